//! Generators: a frame whose words wait in the heap between two resumptions.

use crate::eval::Exit;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::{Body, FrameInfo, GenState, Generator};
use crate::value::Value;
use crate::vm::{Active, Args, GetSetDef, NativeDef, R, Raised, Vm};
use rustpython_compiler::core::bytecode::Opcode;

/// What a resumption gave.
pub(crate) enum Resumed {
    Yielded(H),
    Returned(H),
}

impl Vm {
    pub(crate) fn generator(&mut self, h: H) -> &mut Generator {
        match self.body_mut(h) {
            Body::Generator(generator) => generator,
            other => panic!("not a generator: {other:?}"),
        }
    }

    /// Runs a generator until its next yield. With `throw`, the pending exception is raised inside.
    pub(crate) fn resume(&mut self, gen_: H, value: H, throw: bool) -> R<Resumed> {
        let state = self.generator(gen_).state;
        match state {
            GenState::Running => {
                let what = self.generator_kind(gen_);
                return Err(self.value_error(format!("{what} already executing")));
            }
            GenState::Finished if self.exact(gen_, k::COROUTINE) => {
                return Err(self.raise(k::RUNTIME_ERROR, "cannot reuse already awaited coroutine"));
            }
            GenState::Finished if throw => return Err(Raised),
            GenState::Finished => return Ok(Resumed::Returned(k::NONE)),
            GenState::Created if !throw && !self.is_none(value) => {
                let what = self.generator_kind(gen_);
                return Err(self.type_error(format!("can't send non-None value to a just-started {what}")));
            }
            _ => {}
        }
        let base = self.mark();
        let generator = self.generator(gen_);
        generator.state = GenState::Running;
        let (code, pc, handled) = (generator.code.clone(), generator.pc, generator.handled);
        let words = std::mem::take(&mut generator.words);
        self.heap.stack.extend(words);
        if state == GenState::Suspended && !throw {
            self.push(self.get(value));
        }
        // The caller's handled exception waits on the stack, below the frame: it may move meanwhile.
        let outer = self.get(k::HANDLED);
        self.heap.stack.insert(base, outer);
        if !handled.is_null() {
            self.set(k::HANDLED, handled);
        }
        let result = self.run(Active { base: base + 1, code, pc }, throw);
        let inner = self.get(k::HANDLED);
        let outer = self.get(H(base as u32));
        self.set(k::HANDLED, outer);
        match result {
            Ok((Exit::Return, _)) => {
                let value = self.keep(base, H(self.mark() as u32 - 1));
                self.finish_generator(gen_);
                Ok(Resumed::Returned(value))
            }
            Ok((Exit::Yield, pc)) => {
                let value = self.heap.stack.pop().expect("the yielded value");
                let words = self.heap.stack[base + 1..].to_vec();
                self.cut(base);
                let generator = self.generator(gen_);
                (generator.state, generator.pc, generator.words) = (GenState::Suspended, pc, words);
                generator.handled = if inner == outer { Value::NULL } else { inner };
                Ok(Resumed::Yielded(self.push(value)))
            }
            Err(raised) => {
                self.cut(base);
                self.finish_generator(gen_);
                Err(raised)
            }
        }
    }

    /// What messages call it.
    pub(crate) fn generator_kind(&self, gen_: H) -> &'static str {
        if self.exact(gen_, k::COROUTINE) {
            return "coroutine";
        }
        if self.exact(gen_, k::ASYNC_GENERATOR) { "async generator" } else { "generator" }
    }

    fn finish_generator(&mut self, gen_: H) {
        let generator = self.generator(gen_);
        generator.state = GenState::Finished;
        generator.words = Vec::new();
        generator.handled = Value::NULL;
    }

    /// What `yield from` does with a value: the subiterator's next item, or its result.
    pub(crate) fn send(&mut self, receiver: H, value: H) -> R<Resumed> {
        if matches!(self.body(receiver), Some(Body::Generator(_))) {
            return self.resume(receiver, value, false);
        }
        if self.is_none(value) {
            return match self.next_or_stop(receiver)? {
                Some(item) => Ok(Resumed::Yielded(item)),
                None => self.take_stop(),
            };
        }
        match self.call_method(receiver, n::send, &[value]) {
            Ok(item) => Ok(Resumed::Yielded(item)),
            Err(_) if self.pending_is(k::STOP_ITERATION) => self.take_stop(),
            Err(raised) => Err(raised),
        }
    }

    fn take_stop(&mut self) -> R<Resumed> {
        if self.get(k::PENDING).is_null() {
            return Ok(Resumed::Returned(k::NONE));
        }
        let stop = self.take_pending();
        Ok(Resumed::Returned(self.stop_value(stop)))
    }

    /// `StopIteration.value`.
    pub(crate) fn stop_value(&mut self, stop: H) -> H {
        let value = match self.body(stop) {
            Some(Body::Exception(exception)) if !exception.fields[0].is_null() => exception.fields[0],
            _ => Value::NONE,
        };
        self.push(value)
    }

    /// The next item of a generator, or None at its end; what it returned is then in a pending StopIteration if not None.
    pub(crate) fn generator_next(&mut self, gen_: H) -> R<Option<H>> {
        match self.resume(gen_, k::NONE, false)? {
            Resumed::Yielded(h) => Ok(Some(h)),
            Resumed::Returned(_) => Ok(None),
        }
    }

    pub(crate) fn stop_with(&mut self, value: H) -> Raised {
        if self.is_none(value) {
            return self.raise_with(k::STOP_ITERATION, &[]);
        }
        self.raise_with(k::STOP_ITERATION, &[value])
    }

    /// The subiterator of a `yield from` or `await` in which the generator is suspended.
    pub(crate) fn yield_from(&mut self, gen_: H) -> Option<H> {
        let generator = self.generator(gen_);
        if generator.state != GenState::Suspended {
            return None;
        }
        let resume = generator.code.instructions.get(generator.pc)?;
        let inside = resume.op == Opcode::Resume && resume.arg & 3 >= 2;
        let word = *generator.words.last()?;
        inside.then(|| self.push(word))
    }

    /// Raises the pending exception inside the generator.
    pub(crate) fn throw_pending(&mut self, gen_: H) -> R<Resumed> {
        let Some(inner) = self.yield_from(gen_) else { return self.resume(gen_, k::NONE, true) };
        let exception = self.take_pending();
        self.generator(gen_).state = GenState::Running;
        let result = self.throw_into(inner, exception);
        self.generator(gen_).state = GenState::Suspended;
        match result {
            Ok(Some(h)) => Ok(Resumed::Yielded(h)),
            Ok(None) => {
                let word = self.get(exception);
                self.set(k::PENDING, word);
                self.resume(gen_, k::NONE, true)
            }
            Err(_) => self.resume(gen_, k::NONE, true),
        }
    }

    /// Passes the exception to a subiterator; None if that has no `throw`.
    fn throw_into(&mut self, inner: H, exception: H) -> R<Option<H>> {
        if self.is_instance(exception, k::GENERATOR_EXIT) {
            if let Some(close) = self.getattr_opt(inner, n::close)? {
                self.call(close, &[])?;
            }
            return Ok(None);
        }
        if matches!(self.body(inner), Some(Body::Generator(_))) {
            let word = self.get(exception);
            self.set(k::PENDING, word);
            return match self.throw_pending(inner)? {
                Resumed::Yielded(h) => Ok(Some(h)),
                Resumed::Returned(value) => Err(self.stop_with(value)),
            };
        }
        let Some(throw) = self.getattr_opt(inner, n::throw)? else { return Ok(None) };
        self.call(throw, &[exception]).map(Some)
    }

    /// Whether the object is a generator that has something left to run.
    pub(crate) fn is_suspended(&self, object: H) -> bool {
        matches!(self.body(object), Some(Body::Generator(generator)) if generator.state == GenState::Suspended)
    }

    /// Closes a generator that nobody refers to any more.
    pub(crate) fn end_generator(&mut self, gen_: H) {
        if self.close_generator(gen_).is_err() {
            self.unraisable(gen_, None);
        }
    }

    /// `close()`.
    pub(crate) fn close_generator(&mut self, gen_: H) -> R<H> {
        match self.generator(gen_).state {
            GenState::Created => {
                self.finish_generator(gen_);
                return Ok(k::NONE);
            }
            GenState::Finished => return Ok(k::NONE),
            _ => {}
        }
        let exit = self.new_exception(k::GENERATOR_EXIT, &[])?;
        self.raise_object(exit);
        match self.throw_pending(gen_) {
            Ok(Resumed::Yielded(_)) => {
                let what = self.generator_kind(gen_);
                Err(self.raise(k::RUNTIME_ERROR, format!("{what} ignored GeneratorExit")))
            }
            Ok(Resumed::Returned(value)) => Ok(value),
            Err(_) if self.pending_is(k::GENERATOR_EXIT) || self.pending_is(k::STOP_ITERATION) => {
                self.set(k::PENDING, Value::NULL);
                Ok(k::NONE)
            }
            Err(raised) => Err(raised),
        }
    }
}

fn gen_iter(_: &mut Vm, args: Args) -> R<H> {
    Ok(args.h(0))
}

pub(crate) fn gen_next(vm: &mut Vm, args: Args) -> R<H> {
    match vm.resume(args.h(0), k::NONE, false)? {
        Resumed::Yielded(h) => Ok(h),
        Resumed::Returned(value) => Err(vm.stop_with(value)),
    }
}

pub(crate) fn gen_send(vm: &mut Vm, args: Args) -> R<H> {
    match vm.resume(args.h(0), args.h(1), false)? {
        Resumed::Yielded(h) => Ok(h),
        Resumed::Returned(value) => Err(vm.stop_with(value)),
    }
}

pub(crate) fn gen_throw(vm: &mut Vm, args: Args) -> R<H> {
    let (what, value) = (args.h(1), args.opt(vm, 2));
    let class = matches!(vm.body(what), Some(Body::Type(_))) && vm.is_subclass(vm.get(what), vm.get(k::BASE_EXCEPTION));
    if !class && !vm.is_instance(what, k::BASE_EXCEPTION) {
        let name = vm.class_name(what);
        return Err(
            vm.type_error(format!("exceptions must be classes or instances deriving from BaseException, not {name}"))
        );
    }
    let exception = vm.exception_from(what, value)?;
    if let Some(traceback) = args.opt(vm, 3).filter(|h| !vm.is_none(*h)) {
        if !matches!(vm.body(traceback), Some(Body::Traceback(_))) {
            return Err(vm.type_error("throw() third argument must be a traceback object"));
        }
        let word = vm.get(traceback);
        if let Body::Exception(data) = vm.body_mut(exception) {
            data.traceback = word;
        }
    }
    vm.raise_object(exception);
    match vm.throw_pending(args.h(0))? {
        Resumed::Yielded(h) => Ok(h),
        Resumed::Returned(value) => Err(vm.stop_with(value)),
    }
}

pub(crate) fn gen_close(vm: &mut Vm, args: Args) -> R<H> {
    vm.close_generator(args.h(0))
}

pub(crate) fn gen_name(vm: &mut Vm, this: H) -> R<H> {
    let word = vm.generator(this).name;
    Ok(vm.push(word))
}

pub(crate) fn gen_qualname(vm: &mut Vm, this: H) -> R<H> {
    let word = vm.generator(this).qualname;
    Ok(vm.push(word))
}

pub(crate) fn set_gen_name(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let word = name_to_set(vm, value, "__name__")?;
    vm.generator(this).name = word;
    Ok(())
}

pub(crate) fn set_gen_qualname(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let word = name_to_set(vm, value, "__qualname__")?;
    vm.generator(this).qualname = word;
    Ok(())
}

fn name_to_set(vm: &mut Vm, value: Option<H>, field: &str) -> R<Value> {
    match value.filter(|value| vm.text(*value).is_some()) {
        Some(value) => Ok(vm.get(value)),
        None => Err(vm.type_error(format!("{field} must be set to a string object"))),
    }
}

pub(crate) fn gen_running(vm: &mut Vm, this: H) -> R<H> {
    let running = vm.generator(this).state == GenState::Running;
    Ok(vm.bool(running))
}

pub(crate) fn gen_suspended(vm: &mut Vm, this: H) -> R<H> {
    let suspended = vm.generator(this).state == GenState::Suspended;
    Ok(vm.bool(suspended))
}

/// The subiterator it waits for, or None.
pub(crate) fn gen_waits_for(vm: &mut Vm, this: H) -> R<H> {
    Ok(vm.yield_from(this).unwrap_or(k::NONE))
}

/// Its frame, or None at its end.
pub(crate) fn gen_frame(vm: &mut Vm, this: H) -> R<H> {
    let generator = vm.generator(this);
    let Some(&[code, globals, _, _, _, known]) = generator.words.first_chunk() else { return Ok(k::NONE) };
    if !known.is_null() {
        return Ok(vm.push(known));
    }
    let at = generator.pc.saturating_sub(1).min(generator.code.instructions.len() - 1);
    let line = generator.code.instructions[at].line;
    let first = crate::call::FRAME_WORDS;
    let count = generator.code.locals.len();
    let variables = generator.words[first..first + count].to_vec();
    let info = FrameInfo { variables, code, globals, back: Value::NULL, locals: Value::NULL, line };
    let frame = vm.alloc(k::FRAME, Body::Frame(Box::new(info)))?;
    let word = vm.get(frame);
    vm.generator(this).words[crate::frame::FRAME_OBJECT] = word;
    Ok(frame)
}

pub(crate) fn gen_code(vm: &mut Vm, this: H) -> R<H> {
    let word = vm.generator(this).function_code;
    Ok(vm.push(word))
}

pub(crate) fn gen_repr(vm: &mut Vm, args: Args) -> R<H> {
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    let (kind, name) = (vm.class_name(args.h(0)), vm.generator(args.h(0)).qualname);
    let name = vm.push(name);
    let name = vm.string(name);
    vm.str(format!("<{kind} object {name} at {id:#x}>"))
}

pub(crate) static METHODS: [NativeDef; 6] = [
    def("__repr__", "self", gen_repr),
    def("__iter__", "self", gen_iter),
    def("__next__", "self", gen_next),
    def("send", "self value", gen_send),
    def("throw", "self typ val= tb=", gen_throw),
    def("close", "self", gen_close),
];

pub(crate) static ATTRS: [GetSetDef; 7] = [
    GetSetDef { name: "__name__", get: gen_name, set: Some(set_gen_name) },
    GetSetDef { name: "__qualname__", get: gen_qualname, set: Some(set_gen_qualname) },
    GetSetDef { name: "gi_running", get: gen_running, set: None },
    GetSetDef { name: "gi_suspended", get: gen_suspended, set: None },
    GetSetDef { name: "gi_yieldfrom", get: gen_waits_for, set: None },
    GetSetDef { name: "gi_frame", get: gen_frame, set: None },
    GetSetDef { name: "gi_code", get: gen_code, set: None },
];
