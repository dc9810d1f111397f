//! Calling anything: arguments lie on the root stack, positional ones first, keyword values after them.

use crate::code::Code;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::{Body, GenState, Generator, TYPE_NO_NEW};
use crate::value::Value;
use crate::vm::{Active, R, Raised, Vm};
use rustpython_compiler::core::bytecode::CodeFlags;
use std::rc::Rc;

/// The words of a frame before its locals: code, globals, builtins, namespace, closure, and the object that stands for the
/// frame once somebody asked for it.
pub(crate) const FRAME_WORDS: usize = 6;

impl Vm {
    /// Calls with positional arguments.
    pub(crate) fn call(&mut self, callable: H, args: &[H]) -> R<H> {
        let base = self.mark();
        for arg in args {
            self.push(self.get(*arg));
        }
        self.call_at(callable, base, args.len(), k::NULL)
    }

    /// Calls with a tuple and a dict (or NULL's handle).
    pub(crate) fn call_ex(&mut self, callable: H, args: H, kwargs: H) -> R<H> {
        let names = self.mark();
        let mut keywords: Vec<Value> = Vec::new();
        if kwargs != k::NULL {
            keywords.extend(self.table(kwargs).iter().map(|entry| entry.key));
        }
        self.heap.stack.extend_from_slice(&keywords);
        for i in 0..keywords.len() {
            if self.text(H((names + i) as u32)).is_none() {
                return Err(self.type_error("keywords must be strings"));
            }
        }
        let names = if keywords.is_empty() { k::NULL } else { self.tuple_since(names)? };
        let base = self.mark();
        let words = self.items(args).expect("a tuple").to_vec();
        self.heap.stack.extend_from_slice(&words);
        if names != k::NULL {
            // Read again: making the tuple of names may have moved the values.
            let values: Vec<Value> = self.table(kwargs).iter().map(|entry| entry.value).collect();
            self.heap.stack.extend(values);
        }
        self.call_at(callable, base, words.len(), names)
    }

    /// Calls a method by name.
    pub(crate) fn call_method(&mut self, this: H, name: H, args: &[H]) -> R<H> {
        let method = self.getattr(this, name)?;
        self.call(method, args)
    }

    /// Calls a special method, looked up on the class; None if there is none.
    pub(crate) fn call_special(&mut self, this: H, name: H, args: &[H]) -> R<Option<H>> {
        let Some(method) = self.special(this, name) else { return Ok(None) };
        self.call_unbound(method, this, args).map(Some)
    }

    /// Calls what a class has for a special method, on an instance.
    pub(crate) fn call_unbound(&mut self, method: H, this: H, args: &[H]) -> R<H> {
        if matches!(self.body(method), Some(Body::Function(_) | Body::MethodDescr(..) | Body::Foreign(_))) {
            let base = self.mark();
            self.push(self.get(this));
            for arg in args {
                self.push(self.get(*arg));
            }
            return self.call_at(method, base, args.len() + 1, k::NULL);
        }
        let class = self.class(this);
        let bound = self.bind(method, this, class)?;
        self.call(bound, args)
    }

    /// Calls with the `n` words from `base` on; `kw` is the tuple of the names of the values after them, or NULL's handle.
    pub(crate) fn call_at(&mut self, callable: H, base: usize, n: usize, kw: H) -> R<H> {
        match self.body(callable) {
            Some(Body::Function(_)) => self.call_function(callable, base, n, kw),
            Some(Body::Native(def, owner)) => {
                let (def, maker) = (*def, Some(*owner).filter(|owner| def.name == "__new__" && owner.is_object()));
                let maker = maker.map(|maker| self.push(maker));
                if maker.is_some() {
                    self.check_new(callable, base, n)?;
                }
                self.call_native(def, maker, base, n, kw)
            }
            Some(Body::MethodDescr(def, owner)) => {
                let (def, owner) = (*def, *owner);
                let owner = self.push(owner);
                let is_slot = self.exact(callable, k::SLOT_WRAPPER);
                self.check_self(def.name, owner, base, n, is_slot)?;
                self.call_native(def, Some(owner), base, n, kw)
            }
            Some(Body::ClassMethodDescr(def, owner)) => {
                let (def, owner) = (*def, *owner);
                let owner = self.push(owner);
                self.check_class_argument(def.name, owner, base, n)?;
                self.call_native(def, None, base, n, kw)
            }
            Some(Body::Method(function, this)) => {
                let (function, this) = (*function, *this);
                let function = self.push(function);
                let start = self.mark();
                self.push(this);
                let values = self.count(kw);
                self.heap.stack.extend_from_within(base..base + n + values);
                self.call_at(function, start, n + 1, kw)
            }
            Some(Body::CFunction(mirror)) => {
                let mirror = *mirror;
                crate::host::call_c(self, mirror, base, n, kw)
            }
            Some(Body::Foreign(_)) => self.call_foreign(callable, base, n, kw),
            _ => self.call_object(callable, base, n, kw),
        }
    }

    fn call_object(&mut self, callable: H, base: usize, n: usize, kw: H) -> R<H> {
        if matches!(self.body(callable), Some(Body::Type(_))) && self.exact(callable, k::TYPE) {
            return self.call_type(callable, base, n, kw);
        }
        let Some(method) = self.special(callable, n::__call__) else {
            let name = self.class_name(callable);
            return Err(self.type_error(format!("'{name}' object is not callable")));
        };
        let class = self.class(callable);
        if self.depth > self.recursion_limit {
            return Err(self.raise(k::RECURSION_ERROR, "maximum recursion depth exceeded"));
        }
        self.depth += 1;
        let bound = self.bind(method, callable, class);
        let result = bound.and_then(|bound| self.call_at(bound, base, n, kw));
        self.depth -= 1;
        result
    }

    /// A class method of a builtin class is called on that and on classes that derive from it.
    fn check_class_argument(&mut self, name: &str, owner: H, base: usize, n: usize) -> R<()> {
        let (this, class) = (H(base as u32), self.type_data(self.get(owner)).name.clone());
        if n == 0 {
            return Err(self.type_error(format!("descriptor '{name}' of '{class}' object needs an argument")));
        }
        let Some(Body::Type(given)) = self.body(this) else {
            let given = self.class_name(this);
            let what = format!("descriptor '{name}' for type '{class}' needs a type, not a '{given}' as arg 2");
            return Err(self.type_error(what));
        };
        let given = given.name.clone();
        if self.is_subclass(self.get(this), self.get(owner)) {
            return Ok(());
        }
        let what = format!("descriptor '{name}' requires a subtype of '{class}' but received '{given}'");
        Err(self.type_error(what))
    }

    /// `descriptor 'x' requires a 'y' object`: a builtin method is only called on instances of its class.
    pub(crate) fn check_self(&mut self, name: &str, owner: H, base: usize, n: usize, is_slot: bool) -> R<()> {
        let this = H(base as u32);
        if n > 0 && self.is_instance(this, owner) {
            return Ok(());
        }
        let class = self.type_data(self.get(owner)).name.clone();
        let given = if n == 0 { class.clone() } else { self.class_name(this) };
        let message = match (is_slot, n) {
            (true, 0) => format!("descriptor '{name}' of '{class}' object needs an argument"),
            (true, _) => format!("descriptor '{name}' requires a '{class}' object but received a '{given}'"),
            (false, 0) => {
                let class = self.getattr(owner, n::__qualname__)?;
                format!("unbound method {}.{name}() needs an argument", self.string(class))
            }
            (false, _) => format!("descriptor '{name}' for '{class}' objects doesn't apply to a '{given}' object"),
        };
        Err(self.type_error(message))
    }

    /// `X.__new__(C)`: `C` must be a class laid out like `X`.
    fn check_new(&mut self, callable: H, base: usize, n: usize) -> R<()> {
        let Some(Body::Native(_, owner)) = self.body(callable) else { return Ok(()) };
        let owner = self.push(*owner);
        let owner_name = self.type_data(self.get(owner)).name.clone();
        if n == 0 {
            return Err(self.type_error(format!("{owner_name}.__new__(): not enough arguments")));
        }
        let class = H(base as u32);
        if !matches!(self.body(class), Some(Body::Type(_))) {
            let given = self.class_name(class);
            return Err(self.type_error(format!("{owner_name}.__new__(X): X is not a type object ({given})")));
        }
        let class_name = self.type_data(self.get(class)).name.clone();
        if !self.is_subclass(self.get(class), self.get(owner)) {
            let message = format!("{owner_name}.__new__({class_name}): {class_name} is not a subtype of {owner_name}");
            return Err(self.type_error(message));
        }
        let data = self.type_data(self.get(class));
        let other_layout = data.layout != self.type_data(self.get(owner)).layout || data.flags & TYPE_NO_NEW != 0;
        let (maker, new) = self.static_new(class);
        if other_layout || new != self.get(callable) {
            let maker = if other_layout { class_name.clone() } else { maker };
            let message = format!("{owner_name}.__new__({class_name}) is not safe, use {maker}.__new__()");
            return Err(self.type_error(message));
        }
        Ok(())
    }

    /// The nearest class, from `class` on, whose `__new__` is no Python function: its name and its `__new__`.
    fn static_new(&self, class: H) -> (Rc<str>, Value) {
        let mut class = self.get(class);
        loop {
            let data = self.type_data(class);
            let new = self.lookup(class, n::__new__).unwrap_or(Value::NULL);
            let is_static =
                matches!(new.object().map(|object| &object.body), Some(Body::Native(..) | Body::Foreign(_)));
            if is_static || data.base.is_null() {
                return (data.name.clone(), new);
            }
            class = data.base;
        }
    }

    // ---- Python functions

    fn call_function(&mut self, function: H, base: usize, n: usize, kw: H) -> R<H> {
        let Some(Body::Function(data)) = self.body(function) else { unreachable!("the caller looked") };
        let data = (**data).clone();
        if let Some(call) = data.instead {
            let start = self.mark();
            self.push(self.get(function));
            let values = self.count(kw);
            self.heap.stack.extend_from_within(base..base + n + values);
            return crate::host::call_instead(self, &call, start, n + 1, kw);
        }
        let code = self.code_of(data.code);
        let start = self.mark();
        let builtins = self.get(k::BUILTINS);
        self.heap.stack.extend([data.code, data.globals, builtins, Value::NULL, data.closure]);
        self.heap.stack.resize(start + FRAME_WORDS + code.locals.len(), Value::NULL);
        self.bind_arguments(function, &code, start + FRAME_WORDS, base, n, kw)?;
        if code.makes_generator() {
            return self.make_generator(function, code, start);
        }
        let result = self.run_frame(Active { base: start, code, pc: 0 })?;
        Ok(result)
    }

    /// The Rust part of a code object.
    pub(crate) fn code_of(&self, code: Value) -> Rc<Code> {
        match code.object().map(|object| &object.body) {
            Some(Body::Code(data)) => data.code.clone(),
            other => panic!("not a code object: {other:?}"),
        }
    }

    fn make_generator(&mut self, function: H, code: Rc<Code>, start: usize) -> R<H> {
        let words = self.heap.stack[start..].to_vec();
        self.cut(start);
        let Some(Body::Function(data)) = self.body(function) else { unreachable!("the caller looked") };
        let (name, qualname, function_code) = (data.name, data.qualname, data.code);
        let state = GenState::Created;
        let class = code.generator_class();
        let handled = Value::NULL;
        let (pc, busy, closed) = (0, false, false);
        let generator = Generator { state, pc, code, function_code, words, handled, name, qualname, busy, closed };
        self.alloc(class, Body::Generator(Box::new(generator)))
    }

    /// Fills the parameters' locals from the arguments.
    #[allow(clippy::too_many_arguments, reason = "the three last are one thing, the arguments of the call")]
    fn bind_arguments(&mut self, function: H, code: &Code, locals: usize, base: usize, n: usize, kw: H) -> R<()> {
        let direct = n.min(code.positional);
        self.heap.stack.copy_within(base..base + direct, locals);
        let params = code.positional + code.keyword_only;
        let varargs = code.flags.contains(CodeFlags::VARARGS);
        let varkw = code.flags.contains(CodeFlags::VARKEYWORDS);
        if kw == k::NULL && n == params && !varargs && !varkw && code.keyword_only == 0 {
            return Ok(());
        }
        let mark = self.mark();
        if varargs {
            let words = self.heap.stack[base + direct..base + n].into();
            let rest = self.alloc(k::TUPLE, Body::Tuple(words))?;
            self.heap.stack[locals + params] = self.get(rest);
        }
        if varkw {
            let dict = self.dict()?;
            self.heap.stack[locals + params + usize::from(varargs)] = self.get(dict);
        }
        let slot = varkw.then(|| H((locals + params + usize::from(varargs)) as u32));
        self.bind_keywords(code, locals, base + n, kw, slot)?;
        if n > code.positional && !varargs {
            return Err(self.too_many(function, code, locals, n));
        }
        self.cut(mark);
        self.fill_defaults(function, code, locals, n)?;
        self.cut(mark);
        Ok(())
    }

    fn bind_keywords(&mut self, code: &Code, locals: usize, values: usize, kw: H, varkw: Option<H>) -> R<()> {
        let params = code.positional + code.keyword_only;
        for i in 0..if kw == k::NULL { 0 } else { self.count(kw) } {
            let mark = self.mark();
            let name = self.item(kw, i).expect("the index is in range");
            let text = self.string(name);
            let value = H((values + i) as u32);
            let found = code.locals[..params].iter().position(|local| *local == text);
            match found {
                Some(at) if at >= code.positional_only => {
                    if !self.heap.stack[locals + at].is_null() {
                        let message = format!("{}() got multiple values for argument '{text}'", code.qualname);
                        return Err(self.type_error(message));
                    }
                    self.heap.stack[locals + at] = self.get(value);
                }
                _ => match varkw {
                    Some(dict) => self.dict_set(dict, name, value)?,
                    None if found.is_some() => {
                        let what = "got some positional-only arguments passed as keyword arguments";
                        return Err(self.type_error(format!("{}() {what}: '{text}'", code.qualname)));
                    }
                    None => {
                        let message = format!("{}() got an unexpected keyword argument '{text}'", code.qualname);
                        return Err(self.type_error(message));
                    }
                },
            }
            self.cut(mark);
        }
        Ok(())
    }

    fn fill_defaults(&mut self, function: H, code: &Code, locals: usize, n: usize) -> R<()> {
        let Some(Body::Function(data)) = self.body(function) else { unreachable!("a function is being called") };
        let (defaults, kwdefaults) = (data.defaults, data.kwdefaults);
        let defaults = self.push(defaults);
        let kwdefaults = self.push(kwdefaults);
        let count = self.count(defaults);
        let first = code.positional.saturating_sub(count);
        let mut missing = Vec::new();
        for at in n.min(code.positional)..code.positional {
            if !self.heap.stack[locals + at].is_null() {
                continue;
            }
            match at.checked_sub(first) {
                Some(i) => self.heap.stack[locals + at] = self.items(defaults).expect("counted above")[i],
                None => missing.push(at),
            }
        }
        if !missing.is_empty() {
            return Err(self.missing_arguments(code, &missing, "positional"));
        }
        for at in code.positional..code.positional + code.keyword_only {
            if !self.heap.stack[locals + at].is_null() {
                continue;
            }
            let mark = self.mark();
            let name = self.intern(&code.locals[at])?;
            let found =
                self.table_of(self.get(kwdefaults)).and_then(|table| crate::vm::find_text(table, self.get(name)));
            self.cut(mark);
            match found {
                Some((_, word)) => self.heap.stack[locals + at] = word,
                None => missing.push(at),
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(self.missing_arguments(code, &missing, "keyword-only")) }
    }

    fn missing_arguments(&mut self, code: &Code, missing: &[usize], kind: &str) -> Raised {
        let names: Vec<String> = missing.iter().map(|at| format!("'{}'", code.locals[*at])).collect();
        let list = match names.as_slice() {
            [one] => one.clone(),
            [one, two] => format!("{one} and {two}"),
            [most @ .., last] => format!("{}, and {last}", most.join(", ")),
            [] => String::new(),
        };
        let plural = if names.len() == 1 { "" } else { "s" };
        self.type_error(format!("{}() missing {} required {kind} argument{plural}: {list}", code.qualname, names.len()))
    }

    fn too_many(&mut self, function: H, code: &Code, locals: usize, n: usize) -> Raised {
        let Some(Body::Function(data)) = self.body(function) else { unreachable!("a function is being called") };
        let defaults =
            data.defaults.object().map_or(0, |tuple| if let Body::Tuple(t) = &tuple.body { t.len() } else { 0 });
        let most = code.positional;
        let (takes, plural) = match defaults {
            0 => (most.to_string(), most != 1),
            _ => (format!("from {} to {most}", most - defaults), true),
        };
        let keyword_given =
            (most..most + code.keyword_only).filter(|at| !self.heap.stack[locals + at].is_null()).count();
        let extra = match keyword_given {
            0 => String::new(),
            1 => format!(" positional argument{} (and 1 keyword-only argument)", if n == 1 { "" } else { "s" }),
            _ => format!(" positional arguments (and {keyword_given} keyword-only arguments)"),
        };
        let (s, were) = (if plural { "s" } else { "" }, if n == 1 && keyword_given == 0 { "was" } else { "were" });
        self.type_error(format!("{}() takes {takes} positional argument{s} but {n}{extra} {were} given", code.qualname))
    }
}
