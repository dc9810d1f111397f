//! The rarer instructions: attributes and items, building, calling, classes, imports, exceptions, patterns.

use crate::code::{Code, Instruction};
use crate::coroutine::AwaitedBy;
use crate::eval::Flow;
use crate::generator::Resumed;
use crate::heap::H;
use crate::host::threads;
use crate::known::{self as k, n};
use crate::object::{Body, MATCHES_MAPPING, MATCHES_SEQUENCE};
use crate::value::Value;
use crate::vm::{R, Raised, Vm};
use rustpython_compiler::core::bytecode::Opcode as Op;

/// A handle of an operand.
fn at(index: usize) -> H {
    H(index as u32)
}

impl Vm {
    fn done(&mut self, sp: usize, count: usize, result: H) -> R<Flow> {
        self.keep(sp - count, result);
        Ok(Flow::Next)
    }

    fn drop_to(&mut self, sp: usize) -> R<Flow> {
        self.cut(sp);
        Ok(Flow::Next)
    }

    fn name_of(&mut self, base: usize, index: u32) -> H {
        let Some(Body::Code(data)) = self.body(at(base)) else { unreachable!("a frame begins with its code") };
        let word = data.names[index as usize];
        self.push(word)
    }

    #[allow(clippy::too_many_lines, reason = "one arm per instruction; long ones call a function")]
    pub(crate) fn step_more(&mut self, base: usize, code: &Code, ins: Instruction) -> R<Flow> {
        let (arg, sp) = (ins.arg, self.mark());
        let count = arg as usize;
        match ins.op {
            Op::LoadAttr => {
                let name = self.name_of(base, arg >> 1);
                if arg & 1 == 0 {
                    let h = self.getattr(at(sp - 1), name)?;
                    return self.done(sp, 1, h);
                }
                let (method, this) = self.load_method(at(sp - 1), name)?;
                let (method, this) = (self.get(method), this.map_or(Value::NULL, |this| self.get(this)));
                self.cut(sp - 1);
                self.heap.stack.extend([method, this]);
                Ok(Flow::Next)
            }
            Op::StoreAttr => {
                let name = self.name_of(base, arg);
                self.setattr(at(sp - 1), name, Some(at(sp - 2)))?;
                self.drop_to(sp - 2)
            }
            Op::DeleteAttr => {
                let name = self.name_of(base, arg);
                self.setattr(at(sp - 1), name, None)?;
                self.drop_to(sp - 1)
            }
            Op::StoreSubscr => {
                self.set_item(at(sp - 2), at(sp - 1), at(sp - 3))?;
                self.drop_to(sp - 3)
            }
            Op::DeleteSubscr => {
                self.del_item(at(sp - 2), at(sp - 1))?;
                self.drop_to(sp - 2)
            }
            Op::BinarySlice => {
                let slice = self.new_slice(at(sp - 2), at(sp - 1), k::NONE)?;
                let h = self.get_item(at(sp - 3), slice)?;
                self.done(sp, 3, h)
            }
            Op::StoreSlice => {
                let slice = self.new_slice(at(sp - 2), at(sp - 1), k::NONE)?;
                self.set_item(at(sp - 3), slice, at(sp - 4))?;
                self.drop_to(sp - 4)
            }
            Op::BuildSlice => {
                let step = if count == 3 { at(sp - 1) } else { k::NONE };
                let h = self.new_slice(at(sp - count), at(sp - count + 1), step)?;
                self.done(sp, count, h)
            }
            Op::BuildTuple => self.tuple_since(sp - count).map(|_| Flow::Next),
            Op::BuildList => self.list_since(sp - count).map(|_| Flow::Next),
            Op::BuildSet => {
                let set = self.alloc(k::SET, Body::Set(Box::default()))?;
                for i in sp - count..sp {
                    self.set_add(set, at(i))?;
                }
                self.done(sp, count, set)
            }
            Op::BuildMap => {
                let dict = self.dict()?;
                for i in 0..count {
                    self.dict_set(dict, at(sp - 2 * count + 2 * i), at(sp - 2 * count + 2 * i + 1))?;
                }
                self.done(sp, 2 * count, dict)
            }
            Op::BuildString => {
                let mut text = rustpython_wtf8::Wtf8Buf::new();
                for i in sp - count..sp {
                    text.push_wtf8(self.text(at(i)).expect("the parts are strs"));
                }
                let h = self.wtf8(text)?;
                self.done(sp, count, h)
            }
            Op::ListAppend => {
                self.list_push(at(sp - 1 - count), at(sp - 1))?;
                self.drop_to(sp - 1)
            }
            Op::ListExtend => {
                let list = at(sp - 1 - count);
                if let Err(raised) = self.list_extend(list, at(sp - 1)) {
                    return Err(self.not_iterable_after_star(at(sp - 1), raised));
                }
                self.drop_to(sp - 1)
            }
            Op::SetAdd => {
                self.set_add(at(sp - 1 - count), at(sp - 1))?;
                self.drop_to(sp - 1)
            }
            Op::SetUpdate => {
                self.set_update(at(sp - 1 - count), at(sp - 1))?;
                self.drop_to(sp - 1)
            }
            Op::MapAdd => {
                self.dict_set(at(sp - 2 - count), at(sp - 2), at(sp - 1))?;
                self.drop_to(sp - 2)
            }
            Op::DictUpdate => {
                self.dict_update(at(sp - 1 - count), at(sp - 1), true)?;
                self.drop_to(sp - 1)
            }
            Op::DictMerge => {
                self.merge_keywords(at(sp - 1 - count), at(sp - 1), at(sp - 4 - count))?;
                self.drop_to(sp - 1)
            }
            Op::ConvertValue => {
                let h = match arg {
                    1 => self.to_str(at(sp - 1))?,
                    2 => self.repr(at(sp - 1))?,
                    _ => self.ascii(at(sp - 1))?,
                };
                self.done(sp, 1, h)
            }
            Op::FormatSimple => {
                if self.exact(at(sp - 1), k::STR) {
                    return Ok(Flow::Next);
                }
                let spec = self.str("")?;
                let h = self.format(at(sp - 1), spec)?;
                self.done(sp, 1, h)
            }
            Op::FormatWithSpec => {
                let h = self.format(at(sp - 2), at(sp - 1))?;
                self.done(sp, 2, h)
            }
            Op::Call => self.step_call(sp - count - 2, count, k::NULL),
            Op::CallKw => {
                let values = self.count(at(sp - 1));
                self.step_call(sp - 1 - count - 2, count - values, at(sp - 1))
            }
            Op::CallFunctionEx => self.step_call_ex(sp),
            Op::CallIntrinsic1 => {
                let h = self.intrinsic_1(base, arg, at(sp - 1))?;
                self.done(sp, 1, h)
            }
            Op::CallIntrinsic2 => {
                let h = self.intrinsic_2(arg, at(sp - 2), at(sp - 1))?;
                self.done(sp, 2, h)
            }
            Op::LoadBuildClass => {
                let h = self.get_item(at(base + 2), n::__build_class__)?;
                self.done(sp, 0, h)
            }
            Op::MakeFunction => {
                let h = self.new_function(at(sp - 1), at(base + 1))?;
                self.done(sp, 1, h)
            }
            Op::SetFunctionAttribute => {
                let value = self.get(at(sp - 2));
                if let Body::Function(function) = self.body_mut(at(sp - 1)) {
                    match arg {
                        1 => function.defaults = value,
                        2 => function.kwdefaults = value,
                        4 => function.annotations = value,
                        8 => function.closure = value,
                        16 => function.annotate = value,
                        _ => function.type_params = value,
                    }
                }
                self.done(sp, 2, at(sp - 1))
            }
            Op::SetupAnnotations => {
                let space = self.namespace(base);
                if self.get_item_opt(space, n::__annotations__)?.is_none() {
                    let dict = self.dict()?;
                    self.store_item_in(space, n::__annotations__, dict)?;
                }
                self.drop_to(sp)
            }
            Op::ImportName => {
                let name = self.name_of(base, arg);
                let h = self.import_name(at(base + 1), name, at(sp - 1), at(sp - 2))?;
                self.done(sp, 2, h)
            }
            Op::ImportFrom => {
                let name = self.name_of(base, arg);
                let h = self.import_from(at(sp - 1), name)?;
                self.done(sp, 0, h)
            }
            Op::UnpackSequence => self.unpack(sp, count, None),
            Op::UnpackEx => self.unpack(sp, count & 255, Some(count >> 8)),
            Op::RaiseVarargs => match arg {
                0 => Err(self.reraise()),
                1 => Err(self.raise_statement(at(sp - 1), None)),
                2 => Err(self.raise_statement(at(sp - 2), Some(at(sp - 1)))),
                _ => {
                    let word = self.get(at(sp - 1));
                    self.set(k::PENDING, word);
                    Err(Raised)
                }
            },
            Op::CheckExcMatch => {
                let matches = self.exception_matches(at(sp - 2), at(sp - 1))?;
                self.cut(sp - 1);
                self.push(Value::bool(matches));
                Ok(Flow::Next)
            }
            Op::CheckEgMatch => self.check_group_match(sp),
            Op::GetAwaitable => {
                let by = [AwaitedBy::Expression, AwaitedBy::Enter, AwaitedBy::Exit][count.min(2)];
                let h = self.awaitable(at(sp - 1), by)?;
                self.done(sp, 1, h)
            }
            Op::GetAiter => {
                let h = self.async_iter(at(sp - 1))?;
                self.done(sp, 1, h)
            }
            Op::GetAnext => {
                let h = self.async_next(at(sp - 1))?;
                self.done(sp, 0, h)
            }
            Op::EndAsyncFor => self.end_async_for(sp),
            Op::WithExceptStart => {
                let exception = at(sp - 1);
                let class = self.class(exception);
                let traceback = self.exception_traceback(exception);
                let this = at(sp - 4);
                let own = if self.get(this).is_null() { None } else { Some(this) };
                let args: Vec<H> = own.into_iter().chain([class, exception, traceback]).collect();
                let h = self.call(at(sp - 5), &args)?;
                self.done(sp, 0, h)
            }
            Op::LoadSpecial => {
                let method = self.load_special(arg, at(sp - 1))?;
                let plain = matches!(self.body(method), Some(Body::Function(_) | Body::MethodDescr(..)));
                let (method, this) = if plain {
                    (self.get(method), self.get(at(sp - 1)))
                } else {
                    let class = self.class(at(sp - 1));
                    let bound = self.bind(method, at(sp - 1), class)?;
                    (self.get(bound), Value::NULL)
                };
                self.cut(sp - 1);
                self.heap.stack.extend([method, this]);
                Ok(Flow::Next)
            }
            Op::LoadSuperAttr => self.load_super_attr(base, arg, sp),
            Op::Send => match self.send(at(sp - 2), at(sp - 1))? {
                Resumed::Yielded(h) => self.done(sp, 1, h),
                Resumed::Returned(h) => {
                    self.keep(sp - 1, h);
                    Ok(Flow::Jump)
                }
            },
            Op::EndSend => self.done(sp, 2, at(sp - 1)),
            Op::CleanupThrow => {
                if !self.is_instance(at(sp - 1), k::STOP_ITERATION) {
                    let word = self.get(at(sp - 1));
                    self.set(k::PENDING, word);
                    return Err(Raised);
                }
                let value = self.stop_value(at(sp - 1));
                let value = self.get(value);
                self.cut(sp - 3);
                self.heap.stack.extend([Value::NONE, value]);
                Ok(Flow::Next)
            }
            Op::GetLen => {
                let len = self.len(at(sp - 1))?;
                self.cut(sp);
                self.size(len);
                Ok(Flow::Next)
            }
            Op::MatchSequence => {
                let yes = matches!(
                    self.body(at(sp - 1)),
                    Some(Body::List(_) | Body::Tuple(_) | Body::Range(_) | Body::View(_))
                ) || self.class_flags(at(sp - 1)) & MATCHES_SEQUENCE != 0;
                self.push(Value::bool(yes));
                Ok(Flow::Next)
            }
            Op::MatchMapping => {
                let yes = matches!(self.body(at(sp - 1)), Some(Body::Dict(_) | Body::MappingProxy(_)))
                    || self.class_flags(at(sp - 1)) & MATCHES_MAPPING != 0;
                self.push(Value::bool(yes));
                Ok(Flow::Next)
            }
            Op::MatchKeys => {
                let h = self.match_keys(at(sp - 2), at(sp - 1))?;
                self.done(sp, 0, h)
            }
            Op::MatchClass => {
                let h = self.match_class(at(sp - 3), at(sp - 2), at(sp - 1), count)?;
                self.done(sp, 3, h)
            }
            op => {
                let what = format!("the instruction {op:?} in {}() is not implemented on this host", code.qualname);
                Err(self.raise(k::NOT_IMPLEMENTED_ERROR, what))
            }
        }
    }

    fn step_call(&mut self, callable: usize, argc: usize, kw: H) -> R<Flow> {
        let own = !self.get(at(callable + 1)).is_null();
        let (start, n) = if own { (callable + 1, argc + 1) } else { (callable + 2, argc) };
        let h = self.call_at(at(callable), start, n, kw)?;
        self.keep(callable, h);
        self.after_call()?;
        Ok(Flow::Next)
    }

    fn step_call_ex(&mut self, sp: usize) -> R<Flow> {
        let callable = at(sp - 4);
        let args = if self.exact(at(sp - 2), k::TUPLE) { at(sp - 2) } else { self.star_tuple(callable, at(sp - 2))? };
        let mut kwargs = k::NULL;
        if !self.get(at(sp - 1)).is_null() {
            kwargs = at(sp - 1);
            if !matches!(self.body(kwargs), Some(Body::Dict(_))) {
                kwargs = self.dict()?;
                self.merge_keywords(kwargs, at(sp - 1), callable)?;
            }
        }
        let h = self.call_ex(callable, args, kwargs)?;
        self.after_call()?;
        self.done(sp, 4, h)
    }

    /// What waits for this thread while it waited in C is raised where it did, as in CPython.
    fn after_call(&mut self) -> R<()> {
        if threads::interrupts_wait() { self.attend() } else { Ok(()) }
    }

    fn star_tuple(&mut self, callable: H, args: H) -> R<H> {
        if !self.is_iterable(args) {
            let (function, given) = (self.callable_name(callable)?, self.class_name(args));
            return Err(self.type_error(format!("{function} argument after * must be an iterable, not {given}")));
        }
        self.to_tuple(args)
    }

    /// `f(**a, **b)`: keywords are strs and come once.
    fn merge_keywords(&mut self, dict: H, update: H, callable: H) -> R<()> {
        if !matches!(self.body(update), Some(Body::Dict(_))) && self.getattr_opt(update, n::keys)?.is_none() {
            let (function, given) = (self.callable_name(callable)?, self.class_name(update));
            return Err(self.type_error(format!("{function} argument after ** must be a mapping, not {given}")));
        }
        let keys = self.mapping_keys(update)?;
        for i in 0..self.count(keys) {
            let mark = self.mark();
            let key = self.item(keys, i).expect("the index is in range");
            if self.text(key).is_none() {
                return Err(self.type_error("keywords must be strings"));
            }
            if self.dict_get(dict, key)?.is_some() {
                let (function, key) = (self.callable_name(callable)?, self.string(key));
                return Err(self.type_error(format!("{function} got multiple values for keyword argument '{key}'")));
            }
            let value = self.get_item(update, key)?;
            self.dict_set(dict, key, value)?;
            self.cut(mark);
        }
        Ok(())
    }

    /// `module.f()` for messages.
    fn callable_name(&mut self, callable: H) -> R<String> {
        let Some(name) = self.getattr_opt(callable, n::__qualname__)? else {
            let class = self.class_name(callable);
            return Ok(format!("{class} object"));
        };
        let name = self.string(name);
        let module = self.getattr_opt(callable, n::__module__)?;
        let module = module.map(|module| self.string(module)).unwrap_or_default();
        let plain = module.is_empty() || module == "builtins" || module == "None";
        Ok(if plain { format!("{name}()") } else { format!("{module}.{name}()") })
    }

    /// `a, b = x` and, with `after`, `a, *b, c = x`.
    fn unpack(&mut self, sp: usize, before: usize, after: Option<usize>) -> R<Flow> {
        let source = at(sp - 1);
        let exact = self.exact(source, k::TUPLE) || self.exact(source, k::LIST);
        if !exact && !self.is_iterable(source) {
            let name = self.class_name(source);
            return Err(self.type_error(format!("cannot unpack non-iterable {name} object")));
        }
        let start = self.mark();
        let most = if after.is_some() { usize::MAX } else { before + 1 };
        self.collect_into_stack(source, most)?;
        let got = self.mark() - start;
        let least = before + after.unwrap_or(0);
        if got < least {
            let expected = if after.is_some() { format!("at least {least}") } else { least.to_string() };
            return Err(self.value_error(format!("not enough values to unpack (expected {expected}, got {got})")));
        }
        let Some(after) = after else {
            if got > before {
                return Err(self.value_error(format!("too many values to unpack (expected {before})")));
            }
            let words: Vec<Value> = self.heap.stack[start..].iter().rev().copied().collect();
            self.cut(sp - 1);
            self.heap.stack.extend(words);
            return Ok(Flow::Next);
        };
        let middle = self.heap.stack[start + before..start + got - after].to_vec();
        let list = self.alloc(k::LIST, Body::list(middle))?;
        let mut words: Vec<Value> = self.heap.stack[start..start + before].to_vec();
        words.push(self.get(list));
        words.extend_from_slice(&self.heap.stack[start + got - after..start + got]);
        self.cut(sp - 1);
        self.heap.stack.extend(words.into_iter().rev());
        Ok(Flow::Next)
    }

    fn load_special(&mut self, which: u32, manager: H) -> R<H> {
        let name = [n::__enter__, n::__exit__, n::__aenter__, n::__aexit__][which as usize];
        if let Some(method) = self.special(manager, name) {
            return Ok(method);
        }
        let class = self.class_name(manager);
        let (which, what) = match which {
            0 => ("the context manager protocol", ""),
            1 if self.special(manager, n::__enter__).is_some() => {
                ("the context manager protocol", " (missed __exit__ method)")
            }
            1 => ("the context manager protocol", ""),
            _ => ("the asynchronous context manager protocol", ""),
        };
        Err(self.type_error(format!("'{class}' object does not support {which}{what}")))
    }

    fn load_super_attr(&mut self, base: usize, arg: u32, sp: usize) -> R<Flow> {
        let name = self.name_of(base, arg >> 2);
        let builtin = self.is(at(sp - 3), k::SUPER);
        let object = match (arg & 2 == 2, builtin) {
            (_, true) => self.new_super(at(sp - 2), at(sp - 1))?,
            (true, false) => self.call(at(sp - 3), &[at(sp - 2), at(sp - 1)])?,
            (false, false) => self.call(at(sp - 3), &[])?,
        };
        let attr = self.getattr(object, name)?;
        self.keep(sp - 3, attr);
        if arg & 1 == 1 {
            self.push(Value::NULL);
        }
        Ok(Flow::Next)
    }

    fn not_iterable_after_star(&mut self, value: H, raised: Raised) -> Raised {
        let iterable = self.is_iterable(value);
        if iterable || !self.pending_is(k::TYPE_ERROR) {
            return raised;
        }
        self.take_pending();
        let name = self.class_name(value);
        self.type_error(format!("Value after * must be an iterable, not {name}"))
    }
}
