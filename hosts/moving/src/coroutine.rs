//! Coroutines and asynchronous generators: both are generators of another class. What `asend()` and its like give lives in
//! Python, in `modules/python/_async.py`.

use crate::builtins::add_functions;
use crate::eval::Flow;
use crate::generator::{self as gen_, Resumed};
use crate::heap::H;
use crate::known::{self as k, n};
use crate::modules::Native;
use crate::native::def;
use crate::object::{Body, GenState};
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Raised, Vm};

/// Where `await` stands, for messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AwaitedBy {
    Expression,
    Enter,
    Exit,
}

impl Vm {
    /// What `await object` iterates over.
    pub(crate) fn awaitable(&mut self, object: H, by: AwaitedBy) -> R<H> {
        if let Some(Body::Generator(generator)) = self.body(object)
            && generator.code.is_awaitable()
        {
            if self.exact(object, k::COROUTINE) && self.yield_from(object).is_some() {
                return Err(self.raise(k::RUNTIME_ERROR, "coroutine is being awaited already"));
            }
            return Ok(object);
        }
        let Some(made) = self.call_special(object, n::__await__, &[])? else {
            let name = self.class_name(object);
            let message = match by {
                AwaitedBy::Expression => format!("object {name} can't be used in 'await' expression"),
                AwaitedBy::Enter | AwaitedBy::Exit => {
                    let method = if by == AwaitedBy::Enter { "__aenter__" } else { "__aexit__" };
                    let what = "that does not implement __await__";
                    format!("'async with' received an object from {method} {what}: {name}")
                }
            };
            return Err(self.type_error(message));
        };
        if matches!(self.body(made), Some(Body::Generator(generator)) if generator.code.is_awaitable()) {
            return Err(self.type_error("__await__() returned a coroutine"));
        }
        if self.special(made, n::__next__).is_none() {
            let name = self.class_name(made);
            return Err(self.type_error(format!("__await__() returned non-iterator of type '{name}'")));
        }
        Ok(made)
    }

    /// `async for`'s iterator.
    pub(crate) fn async_iter(&mut self, object: H) -> R<H> {
        let Some(made) = self.call_special(object, n::__aiter__, &[])? else {
            let name = self.class_name(object);
            let message = format!("'async for' requires an object with __aiter__ method, got {name}");
            return Err(self.type_error(message));
        };
        if self.special(made, n::__anext__).is_none() {
            let name = self.class_name(made);
            let what = "'async for' received an object from __aiter__ that does not implement __anext__";
            return Err(self.type_error(format!("{what}: {name}")));
        }
        Ok(made)
    }

    /// What `async for` awaits for its next item.
    pub(crate) fn async_next(&mut self, iter: H) -> R<H> {
        let Some(made) = self.call_special(iter, n::__anext__, &[])? else {
            let name = self.class_name(iter);
            let message = format!("'async for' requires an iterator with __anext__ method, got {name}");
            return Err(self.type_error(message));
        };
        if let Ok(awaitable) = self.awaitable(made, AwaitedBy::Expression) {
            return Ok(awaitable);
        }
        let cause = self.take_pending();
        let name = self.class_name(made);
        self.type_error(format!("'async for' received an invalid object from __anext__: {name}"));
        let cause = self.get(cause);
        if let Body::Exception(exception) = self.body_mut(k::PENDING) {
            (exception.cause, exception.context, exception.suppress) = (cause, cause, true);
        }
        Err(Raised)
    }

    /// `END_ASYNC_FOR`: the loop has ended if the exception says so.
    pub(crate) fn end_async_for(&mut self, sp: usize) -> R<Flow> {
        if self.is_instance(H(sp as u32 - 1), k::STOP_ASYNC_ITERATION) {
            self.cut(sp - 2);
            return Ok(Flow::Next);
        }
        let word = self.get(H(sp as u32 - 1));
        self.set(k::PENDING, word);
        Err(Raised)
    }

    /// A function of a module in Python that comes with the program.
    pub(crate) fn helper(&mut self, module: &str, function: &str, args: &[H]) -> R<H> {
        let module = self.import_dotted(module)?;
        let name = self.intern(function)?;
        let function = self.getattr(module, name)?;
        self.call(function, args)
    }
}

fn coroutine_await(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(k::COROUTINE_WRAPPER, Body::Cell(vm.get(args.h(0))))
}

/// The coroutine behind `coroutine.__await__()`, in place of it.
fn unwrap(vm: &mut Vm, args: Args) {
    if let Some(Body::Cell(word)) = vm.body(args.h(0)) {
        let word = *word;
        vm.set(args.h(0), word);
    }
}

fn wrapper_iter(_: &mut Vm, args: Args) -> R<H> {
    Ok(args.h(0))
}

fn wrapper_next(vm: &mut Vm, args: Args) -> R<H> {
    unwrap(vm, args);
    gen_::gen_next(vm, args)
}

fn wrapper_send(vm: &mut Vm, args: Args) -> R<H> {
    unwrap(vm, args);
    gen_::gen_send(vm, args)
}

fn wrapper_throw(vm: &mut Vm, args: Args) -> R<H> {
    unwrap(vm, args);
    gen_::gen_throw(vm, args)
}

fn wrapper_close(vm: &mut Vm, args: Args) -> R<H> {
    unwrap(vm, args);
    gen_::gen_close(vm, args)
}

fn no_origin(_: &mut Vm, _: H) -> R<H> {
    Ok(k::NONE)
}

pub(crate) static METHODS: [NativeDef; 5] = [
    def("__repr__", "self", gen_::gen_repr),
    def("__await__", "self", coroutine_await),
    def("send", "self value", gen_::gen_send),
    def("throw", "self typ val= tb=", gen_::gen_throw),
    def("close", "self", gen_::gen_close),
];

pub(crate) static ATTRS: [GetSetDef; 8] = [
    GetSetDef { name: "__name__", get: gen_::gen_name, set: Some(gen_::set_gen_name) },
    GetSetDef { name: "__qualname__", get: gen_::gen_qualname, set: Some(gen_::set_gen_qualname) },
    GetSetDef { name: "cr_running", get: gen_::gen_running, set: None },
    GetSetDef { name: "cr_suspended", get: gen_::gen_suspended, set: None },
    GetSetDef { name: "cr_await", get: gen_::gen_waits_for, set: None },
    GetSetDef { name: "cr_frame", get: gen_::gen_frame, set: None },
    GetSetDef { name: "cr_code", get: gen_::gen_code, set: None },
    GetSetDef { name: "cr_origin", get: no_origin, set: None },
];

pub(crate) static WRAPPER_METHODS: [NativeDef; 5] = [
    def("__iter__", "self", wrapper_iter),
    def("__next__", "self", wrapper_next),
    def("send", "self value", wrapper_send),
    def("throw", "self typ val= tb=", wrapper_throw),
    def("close", "self", wrapper_close),
];

// ---- asynchronous generators

fn async_self(_: &mut Vm, args: Args) -> R<H> {
    Ok(args.h(0))
}

fn async_anext(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_async", "async_generator_asend", &[args.h(0), k::NONE])
}

fn async_asend(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_async", "async_generator_asend", &[args.h(0), args.h(1)])
}

fn async_athrow(vm: &mut Vm, args: Args) -> R<H> {
    let words: Vec<H> = (1..4).filter_map(|i| args.opt(vm, i)).collect();
    let words = vm.tuple(&words)?;
    vm.helper("_async", "async_generator_athrow", &[args.h(0), words])
}

fn async_aclose(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_async", "async_generator_athrow", &[args.h(0), k::NONE])
}

fn async_running(vm: &mut Vm, this: H) -> R<H> {
    let busy = vm.generator(this).busy;
    Ok(vm.bool(busy))
}

pub(crate) static ASYNC_METHODS: [NativeDef; 7] = [
    def("__repr__", "self", gen_::gen_repr),
    def("__aiter__", "self", async_self),
    def("__anext__", "self", async_anext),
    def("asend", "self value", async_asend),
    def("athrow", "self typ val= tb=", async_athrow),
    def("aclose", "self", async_aclose),
    crate::objects::list::CLASS_GETITEM,
];

pub(crate) static ASYNC_ATTRS: [GetSetDef; 7] = [
    GetSetDef { name: "__name__", get: gen_::gen_name, set: Some(gen_::set_gen_name) },
    GetSetDef { name: "__qualname__", get: gen_::gen_qualname, set: Some(gen_::set_gen_qualname) },
    GetSetDef { name: "ag_running", get: async_running, set: None },
    GetSetDef { name: "ag_suspended", get: gen_::gen_suspended, set: None },
    GetSetDef { name: "ag_await", get: gen_::gen_waits_for, set: None },
    GetSetDef { name: "ag_frame", get: gen_::gen_frame, set: None },
    GetSetDef { name: "ag_code", get: gen_::gen_code, set: None },
];

// ---- what `_async.py` is made of

/// `(kind, value)`: 0 for what an `await` inside yields, 1 for what the generator itself yields, 2 at its end.
fn step_result(vm: &mut Vm, resumed: Resumed) -> R<H> {
    let (kind, value) = match resumed {
        Resumed::Yielded(value) if vm.exact(value, k::ASYNC_WRAPPED) => {
            let Some(Body::Cell(word)) = vm.body(value) else { unreachable!("that is what the class is for") };
            let word = *word;
            (1, vm.push(word))
        }
        Resumed::Yielded(value) => (0, value),
        Resumed::Returned(value) => (2, value),
    };
    let kind = vm.size(kind);
    vm.tuple(&[kind, value])
}

fn step(vm: &mut Vm, args: Args) -> R<H> {
    let resumed = vm.resume(args.h(0), args.h(1), false)?;
    step_result(vm, resumed)
}

fn step_throw(vm: &mut Vm, args: Args) -> R<H> {
    let words: Vec<H> = args.rest().collect();
    let exception = vm.exception_from(words[0], words.get(1).copied())?;
    if let Some(traceback) = words.get(2).filter(|h| !vm.is_none(**h)) {
        let word = vm.get(*traceback);
        if let Body::Exception(data) = vm.body_mut(exception) {
            data.traceback = word;
        }
    }
    vm.raise_object(exception);
    let resumed = vm.throw_pending(args.h(0))?;
    step_result(vm, resumed)
}

fn finished(vm: &mut Vm, args: Args) -> R<H> {
    let finished = vm.generator(args.h(0)).state == GenState::Finished;
    Ok(vm.bool(finished))
}

fn busy(vm: &mut Vm, args: Args) -> R<H> {
    async_running(vm, args.h(0))
}

fn set_busy(vm: &mut Vm, args: Args) -> R<H> {
    let busy = vm.truth(args.h(1))?;
    vm.generator(args.h(0)).busy = busy;
    Ok(k::NONE)
}

fn closed(vm: &mut Vm, args: Args) -> R<H> {
    let closed = vm.generator(args.h(0)).closed;
    Ok(vm.bool(closed))
}

fn set_closed(vm: &mut Vm, args: Args) -> R<H> {
    vm.generator(args.h(0)).closed = true;
    Ok(k::NONE)
}

fn get_awaitable(vm: &mut Vm, args: Args) -> R<H> {
    vm.awaitable(args.h(0), AwaitedBy::Expression)
}

/// What `_async.py` is made of.
pub(crate) static MODULE: Native = Native { name: "_async_core", functions: &FUNCTIONS, classes: &[], more: None };

static FUNCTIONS: [NativeDef; 8] = [
    def("step", "generator value", step),
    def("step_throw", "generator *exception", step_throw),
    def("finished", "generator", finished),
    def("busy", "generator", busy),
    def("set_busy", "generator value", set_busy),
    def("closed", "generator", closed),
    def("set_closed", "generator", set_closed),
    def("get_awaitable", "object", get_awaitable),
];

// ---- builtins

fn aiter(vm: &mut Vm, args: Args) -> R<H> {
    let Some(made) = vm.call_special(args.h(0), n::__aiter__, &[])? else {
        let name = vm.class_name(args.h(0));
        return Err(vm.type_error(format!("'{name}' object is not an async iterable")));
    };
    if vm.special(made, n::__anext__).is_none() {
        let name = vm.class_name(made);
        return Err(vm.type_error(format!("aiter() returned not an async iterator of type '{name}'")));
    }
    Ok(made)
}

fn anext(vm: &mut Vm, args: Args) -> R<H> {
    let Some(made) = vm.call_special(args.h(0), n::__anext__, &[])? else {
        let name = vm.class_name(args.h(0));
        return Err(vm.type_error(format!("'{name}' object is not an async iterator")));
    };
    match args.opt(vm, 1) {
        None => Ok(made),
        Some(default) => vm.helper("_async", "anext_awaitable", &[made, default]),
    }
}

static BUILTINS: [NativeDef; 2] =
    [def("aiter", "async_iterable", aiter), def("anext", "async_iterator default=", anext)];

/// Adds `aiter` and `anext`.
pub(crate) fn fill(vm: &mut Vm, module: H, dict: H) -> R<()> {
    add_functions(vm, module, dict, &BUILTINS)
}

/// `CALL_INTRINSIC_1` of an asynchronous generator's `yield`.
pub(crate) fn wrap_yielded(vm: &mut Vm, value: H) -> R<H> {
    let word: Value = vm.get(value);
    vm.alloc(k::ASYNC_WRAPPED, Body::Cell(word))
}
