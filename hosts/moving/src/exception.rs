//! Exceptions: `raise`, matching, the builtin classes' fields, tracebacks as text, finalisers.

use crate::heap::H;
use crate::host::interrupt::Later;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::{Body, EXCEPTION_FIELDS, Exception};
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Raised, Vm};
use rustpython_wtf8::Wtf8Buf;

/// Fields that builtin classes keep in `Exception::fields`, by class and position.
const FIELDS: &[(H, &[&str])] = &[
    (k::STOP_ITERATION, &["value"]),
    (k::SYSTEM_EXIT, &["code"]),
    (k::ATTRIBUTE_ERROR, &["name", "obj"]),
    (k::NAME_ERROR, &["name"]),
    (k::IMPORT_ERROR, &["name", "path", "msg"]),
    (k::OS_ERROR, &["errno", "strerror", "filename", "filename2"]),
    (k::SYNTAX_ERROR, &["msg", "filename", "lineno", "offset", "text", "end_lineno", "end_offset"]),
];

impl Vm {
    pub(crate) fn exception(&self, h: H) -> Option<&Exception> {
        match self.body(h)? {
            Body::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    fn exception_mut(&mut self, h: H) -> &mut Exception {
        match self.body_mut(h) {
            Body::Exception(exception) => exception,
            other => panic!("not an exception: {other:?}"),
        }
    }

    /// Sets the fields that a class derives from its arguments.
    pub(crate) fn init_exception(&mut self, h: H) -> R<()> {
        let args = self.exception(h).map_or(Value::NULL, |exception| exception.args);
        let items: Vec<Value> = match args.object().map(|object| &object.body) {
            Some(Body::Tuple(items)) => items.to_vec(),
            _ => Vec::new(),
        };
        let first = items.first().copied().unwrap_or(Value::NONE);
        let all = if items.len() > 1 { args } else { first };
        if self.is_instance(h, k::STOP_ITERATION) {
            self.exception_mut(h).fields[0] = first;
        } else if self.is_instance(h, k::SYSTEM_EXIT) {
            self.exception_mut(h).fields[0] = all;
        } else if self.is_instance(h, k::IMPORT_ERROR) {
            self.exception_mut(h).fields[2] = if items.len() == 1 { first } else { Value::NONE };
        } else if self.is_instance(h, k::SYNTAX_ERROR) {
            let details = match items.get(1).and_then(|details| details.object()).map(|object| &object.body) {
                Some(Body::Tuple(details)) if items.len() == 2 && details.len() <= 6 => details.to_vec(),
                _ => Vec::new(),
            };
            let exception = self.exception_mut(h);
            exception.fields[0] = first;
            exception.fields[1..=details.len()].copy_from_slice(&details);
        } else if self.is_instance(h, k::OS_ERROR) && (2..=5).contains(&items.len()) {
            return self.init_os_error(h, &items);
        } else if self.is_instance(h, k::UNICODE_ERROR) && (4..=5).contains(&items.len()) {
            // A UnicodeTranslateError has no encoding.
            self.exception_mut(h).fields[5 - items.len()..5].copy_from_slice(&items);
        }
        Ok(())
    }

    /// `OSError(errno, strerror[, filename[, winerror[, filename2]]])`: the names of files are no part of its `args`.
    fn init_os_error(&mut self, h: H, items: &[Value]) -> R<()> {
        let file = |index: usize| items.get(index).copied().filter(|&name| name != Value::NONE);
        let (filename, filename2) = (file(2), file(4));
        let fields = &mut self.exception_mut(h).fields;
        fields[..2].copy_from_slice(&items[..2]);
        fields[2] = filename.unwrap_or(Value::NULL);
        fields[3] = filename2.unwrap_or(Value::NULL);
        if filename.is_some() {
            let [code, text] = [self.push(items[0]), self.push(items[1])];
            let args = self.tuple(&[code, text])?;
            self.exception_mut(h).args = self.get(args);
        }
        Ok(())
    }

    /// `raise` without an exception.
    pub(crate) fn reraise(&mut self) -> Raised {
        let handled = self.get(k::HANDLED);
        if handled.is_null() {
            return self.raise(k::RUNTIME_ERROR, "No active exception to reraise");
        }
        self.set(k::PENDING, handled);
        Raised
    }

    /// An exception from what `raise` was given: a class or an instance.
    pub(crate) fn exception_from(&mut self, what: H, value: Option<H>) -> R<H> {
        if matches!(self.body(what), Some(Body::Type(_)))
            && self.is_subclass(self.get(what), self.get(k::BASE_EXCEPTION))
        {
            let args: Vec<H> = value.into_iter().filter(|value| !self.is_none(*value)).collect();
            let made = self.call(what, &args)?;
            if !self.is_instance(made, k::BASE_EXCEPTION) {
                let (class, name) = (self.type_data(self.get(what)).name.clone(), self.class_name(made));
                let message = format!(
                    "calling <class '{class}'> should have returned an instance of BaseException, not <class '{name}'>"
                );
                return Err(self.type_error(message));
            }
            return Ok(made);
        }
        if self.is_instance(what, k::BASE_EXCEPTION) {
            return Ok(what);
        }
        Err(self.type_error("exceptions must derive from BaseException"))
    }

    /// `raise what from cause`.
    pub(crate) fn raise_statement(&mut self, what: H, cause: Option<H>) -> Raised {
        match self.raise_from(what, cause) {
            Ok(exception) => self.raise_object(exception),
            Err(raised) => raised,
        }
    }

    fn raise_from(&mut self, what: H, cause: Option<H>) -> R<H> {
        let exception = self.exception_from(what, None)?;
        let Some(cause) = cause else { return Ok(exception) };
        let word = if self.is_none(cause) {
            Value::NONE
        } else if matches!(self.body(cause), Some(Body::Type(_) | Body::Exception(_))) {
            let cause = self.exception_from(cause, None)?;
            self.get(cause)
        } else {
            return Err(self.type_error("exception causes must derive from BaseException"));
        };
        let exception_data = self.exception_mut(exception);
        (exception_data.cause, exception_data.suppress) = (word, true);
        Ok(exception)
    }

    /// `except classes`.
    pub(crate) fn exception_matches(&mut self, exception: H, classes: H) -> R<bool> {
        let words = match self.body(classes) {
            Some(Body::Tuple(items)) => items.to_vec(),
            _ => vec![self.get(classes)],
        };
        for word in words {
            let class = matches!(word.object().map(|object| &object.body), Some(Body::Type(_)));
            if !class || !self.is_subclass(word, self.get(k::BASE_EXCEPTION)) {
                return Err(self.type_error("catching classes that do not inherit from BaseException is not allowed"));
            }
            if self.is_subclass(self.class_word(self.get(exception)), word) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `__traceback__`, or None.
    pub(crate) fn exception_traceback(&mut self, exception: H) -> H {
        let word = self.exception(exception).map_or(Value::NULL, |exception| exception.traceback);
        self.push(if word.is_null() { Value::NONE } else { word })
    }

    // ---- finalisers

    /// Calls the callbacks and `__del__` methods that a collection queued.
    pub(crate) fn run_finalisers(&mut self) -> R<()> {
        let mark = self.mark();
        let pending = self.push(self.get(k::PENDING));
        self.set(k::PENDING, Value::NULL);
        // Those of what C has a part in come first, and all callbacks before any finaliser.
        self.run_callbacks();
        crate::host::run_deaths(self);
        self.run_callbacks();
        self.finalise_queued();
        let word = self.get(pending);
        self.set(k::PENDING, word);
        self.cut(mark);
        Ok(())
    }

    /// Calls the `__del__` methods that a collection queued; whether there were any.
    pub(crate) fn finalise_queued(&mut self) -> bool {
        let _later = Later::begin();
        let mut ran = false;
        while let Some(object) = self.heap.finalisers.pop() {
            ran = true;
            let mark = self.mark();
            let object = self.push(object);
            self.finalise(object);
            self.cut(mark);
        }
        ran
    }

    fn finalise(&mut self, object: H) {
        if matches!(self.body(object), Some(Body::Generator(_))) {
            return self.end_generator(object);
        }
        if let Some(method) = self.special(object, n::__del__)
            && self.call_unbound(method, object, &[]).is_err()
        {
            self.unraisable(method, None);
        }
        self.tell_of_end(object);
    }

    /// Calls the callbacks of weak references that a collection queued.
    pub(crate) fn run_callbacks(&mut self) {
        let _later = Later::begin();
        self.heap.calling_back += 1;
        while let Some(reference) = self.heap.callbacks.pop() {
            let reference = self.push(reference);
            let Some(Body::Weakref(weak)) = self.body(reference) else { continue };
            let callback = weak.callback;
            let callback = self.push(callback);
            if let Body::Weakref(weak) = self.body_mut(reference) {
                weak.callback = Value::NULL;
            }
            if self.call(callback, &[reference]).is_err() {
                self.unraisable(callback, None);
            }
        }
        self.heap.calling_back -= 1;
    }

    // ---- as text

    /// What the interpreter prints for an exception nobody caught.
    pub(crate) fn format_exception(&mut self, exception: H, chain: bool) -> R<Wtf8Buf> {
        let mut text = Wtf8Buf::new();
        if chain {
            let (cause, context, suppress) = match self.exception(exception) {
                Some(e) => (e.cause, e.context, e.suppress),
                None => (Value::NULL, Value::NULL, true),
            };
            if cause.is_object() {
                let cause = self.push(cause);
                text.push_wtf8(&self.format_exception(cause, true)?);
                text.push_str("\nThe above exception was the direct cause of the following exception:\n\n");
            } else if context.is_object() && !suppress {
                let context = self.push(context);
                text.push_wtf8(&self.format_exception(context, true)?);
                text.push_str("\nDuring handling of the above exception, another exception occurred:\n\n");
            }
        }
        let entries = self.traceback_entries(exception);
        if !entries.is_empty() {
            text.push_str("Traceback (most recent call last):\n");
        }
        for (file, line, name) in entries {
            text.push_str(&format!("  File \"{file}\", line {line}, in {name}\n"));
            let source = std::fs::read_to_string(&file).unwrap_or_default();
            if let Some(line) = source.lines().nth(line as usize - 1) {
                text.push_str(&format!("    {}\n", line.trim()));
            }
        }
        match self.syntax_lines(exception)? {
            Some(lines) => text.push_str(&lines),
            None => text.push_wtf8(&self.exception_line(exception)?),
        }
        text.push_str("\n");
        Ok(text)
    }

    /// `Class: message`.
    pub(crate) fn exception_line(&mut self, exception: H) -> R<Wtf8Buf> {
        let class = self.class(exception);
        let mut text = Wtf8Buf::from(self.qualified_class_name(class)?);
        let Ok(message) = self.to_str(exception) else {
            self.take_pending();
            text.push_str(": <exception str() failed>");
            return Ok(text);
        };
        let message = self.text(message).expect("a str");
        if !message.is_empty() {
            text.push_str(": ");
            text.push_wtf8(message);
        }
        Ok(text)
    }

    /// The name of an exception class as tracebacks show it.
    pub(crate) fn qualified_class_name(&mut self, class: H) -> R<String> {
        let qualname = self.getattr(class, n::__qualname__)?;
        let qualname = self.string(qualname);
        let module = self.getattr_opt(class, n::__module__)?;
        let module = module.map(|module| self.string(module)).unwrap_or_default();
        Ok(match &*module {
            "" | "builtins" | "__main__" => qualname,
            _ => format!("{module}.{qualname}"),
        })
    }

    fn traceback_entries(&self, exception: H) -> Vec<(String, u32, String)> {
        let mut entries = Vec::new();
        let mut at = self.exception(exception).map_or(Value::NULL, |exception| exception.traceback);
        while let Some(Body::Traceback(traceback)) = at.object().map(|object| &object.body) {
            if let Some(Body::Frame(frame)) = traceback.frame.object().map(|object| &object.body) {
                let code = self.code_of(frame.code);
                entries.push((code.file.to_string(), traceback.line, code.name.clone()));
            }
            at = traceback.next;
        }
        entries
    }
}

// ---- BaseException's methods

fn exc_new(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    let class = match rest[..] {
        // OSError of a known number is of a class of its own.
        [code, _, ..] if vm.is(args.h(0), k::OS_ERROR) && rest.len() <= 5 => {
            let code = vm.as_i64(code).and_then(|code| i32::try_from(code).ok()).unwrap_or(0);
            crate::modules::posix::os_error_class(code)
        }
        _ => args.h(0),
    };
    vm.new_exception(class, &rest)
}

fn exc_init(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    let this = args.h(0);
    let wanted = match () {
        () if vm.is_instance(this, k::UNICODE_DECODE_ERROR) || vm.is_instance(this, k::UNICODE_ENCODE_ERROR) => 5,
        () if vm.is_instance(this, k::UNICODE_TRANSLATE_ERROR) => 4,
        () => rest.len(),
    };
    if rest.len() != wanted {
        let given = rest.len();
        return Err(vm.type_error(format!("function takes exactly {wanted} arguments ({given} given)")));
    }
    let tuple = vm.tuple(&rest)?;
    let word = vm.get(tuple);
    vm.exception_mut(this).args = word;
    if vm.table(args.kw).len() != 0 {
        return set_keywords(vm, this, args.kw);
    }
    vm.init_exception(this).map(|()| k::NONE)
}

/// `ImportError(..., name=, path=)`, `AttributeError(..., name=, obj=)`, `NameError(..., name=)`.
fn set_keywords(vm: &mut Vm, this: H, kw: H) -> R<H> {
    vm.init_exception(this)?;
    let entries: Vec<_> = vm.table(kw).iter().map(|entry| (entry.key, entry.value)).collect();
    for (key, value) in entries {
        let mark = vm.mark();
        let key = vm.push(key);
        let name = vm.string(key);
        vm.cut(mark);
        let field = FIELDS.iter().filter(|(class, _)| vm.is_instance(this, *class)).find_map(|(class, names)| {
            let known = matches!(*class, k::ATTRIBUTE_ERROR | k::NAME_ERROR | k::IMPORT_ERROR) && name != "msg";
            names.iter().position(|other| known && *other == name)
        });
        let Some(field) = field else {
            let class = vm.class_name(this);
            let takes =
                [k::ATTRIBUTE_ERROR, k::NAME_ERROR, k::IMPORT_ERROR].iter().any(|class| vm.is_instance(this, *class));
            let message = match takes {
                true => format!("{class}() got an unexpected keyword argument '{name}'"),
                false => format!("{class}() takes no keyword arguments"),
            };
            return Err(vm.type_error(message));
        };
        vm.exception_mut(this).fields[field] = value;
    }
    Ok(k::NONE)
}

fn exc_str(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    let Some(exception) = vm.exception(this) else { return vm.str("") };
    let (tuple, fields) = (exception.args, exception.fields);
    let tuple = vm.push(tuple);
    if vm.is_instance(this, k::SYNTAX_ERROR) {
        return vm.syntax_error_text(this);
    }
    if vm.is_instance(this, k::OS_ERROR) && !fields[1].is_null() {
        return os_error_text(vm, fields);
    }
    if vm.is_instance(this, k::UNICODE_ERROR) && !fields[4].is_null() {
        let translates = vm.is_instance(this, k::UNICODE_TRANSLATE_ERROR);
        return unicode_error_text(vm, fields, translates);
    }
    match vm.count(tuple) {
        0 => vm.str(""),
        1 => {
            let item = vm.item(tuple, 0).expect("counted");
            if vm.is_instance(this, k::KEY_ERROR) { vm.repr(item) } else { vm.to_str(item) }
        }
        _ => vm.to_str(tuple),
    }
}

/// `'utf-8' codec can't decode byte 0xff in position 0: invalid start byte`.
fn unicode_error_text(vm: &mut Vm, fields: [Value; EXCEPTION_FIELDS], translates: bool) -> R<H> {
    let [codec, object, start, end, reason] = [0, 1, 2, 3, 4].map(|index| vm.push(fields[index]));
    let reason = vm.to_str(reason)?;
    let reason = vm.string(reason);
    let codec = if translates { None } else { Some(vm.to_str(codec)?) };
    let codec = codec.map(|codec| vm.string(codec));
    let (start, end) = (vm.as_i64(start).unwrap_or(0), vm.as_i64(end).unwrap_or(0));
    let one = end - start == 1;
    let (verb, what) = match vm.body(object) {
        Some(Body::Str(text)) => {
            let code = text.text.code_points().nth(start as usize).map_or(0, |point| point.to_u32());
            let shown = match code {
                0..0x100 => format!("\\x{code:02x}"),
                0x100..0x10000 => format!("\\u{code:04x}"),
                _ => format!("\\U{code:08x}"),
            };
            (
                if translates { "translate" } else { "encode" },
                if one { format!("character '{shown}'") } else { "characters".to_owned() },
            )
        }
        Some(Body::Bytes(bytes)) => {
            let byte = bytes.get(start as usize).copied().unwrap_or(0);
            ("decode", if one { format!("byte 0x{byte:02x}") } else { "bytes".to_owned() })
        }
        _ => ("translate", "characters".to_owned()),
    };
    let place = if one { format!("position {start}") } else { format!("position {start}-{}", end - 1) };
    let who = codec.map_or_else(String::new, |codec| format!("'{codec}' codec "));
    vm.str(format!("{who}can't {verb} {what} in {place}: {reason}"))
}

fn os_error_text(vm: &mut Vm, fields: [Value; EXCEPTION_FIELDS]) -> R<H> {
    let [errno, text, file, other] = [0, 1, 2, 3].map(|index| vm.push(fields[index]));
    let (errno, text) = (vm.to_str(errno)?, vm.to_str(text)?);
    let mut message = format!("[Errno {}] {}", vm.string(errno), vm.string(text));
    if !vm.get(file).is_null() {
        let file = vm.repr(file)?;
        message += &format!(": {}", vm.string(file));
        if !vm.get(other).is_null() {
            let other = vm.repr(other)?;
            message += &format!(" -> {}", vm.string(other));
        }
    }
    vm.str(message)
}

fn exc_repr(vm: &mut Vm, args: Args) -> R<H> {
    let tuple = vm.exception(args.h(0)).map_or(Value::NULL, |exception| exception.args);
    let tuple = vm.push(tuple);
    let name = vm.short_class_name(args.h(0));
    if vm.items(tuple).is_some_and(|items| items.len() == 1) {
        let item = vm.item(tuple, 0).expect("counted");
        let shown = vm.repr(item)?;
        let mut text = Wtf8Buf::from(format!("{name}("));
        text.push_wtf8(vm.text(shown).expect("a str"));
        text.push_str(")");
        return vm.wtf8(text);
    }
    let shown = vm.repr(tuple)?;
    let mut text = Wtf8Buf::from(name.to_string());
    text.push_wtf8(vm.text(shown).expect("a str"));
    vm.wtf8(text)
}

fn exc_with_traceback(vm: &mut Vm, args: Args) -> R<H> {
    set_traceback(vm, args.h(0), Some(args.h(1)))?;
    Ok(args.h(0))
}

fn exc_add_note(vm: &mut Vm, args: Args) -> R<H> {
    if vm.text(args.h(1)).is_none() {
        let name = vm.class_name(args.h(1));
        return Err(vm.type_error(format!("note must be a str, not '{name}'")));
    }
    let notes = match vm.getattr_opt(args.h(0), n::__notes__)? {
        Some(notes) => notes,
        None => {
            let list = vm.alloc(k::LIST, Body::list(Vec::new()))?;
            vm.setattr(args.h(0), n::__notes__, Some(list))?;
            list
        }
    };
    vm.list_push(notes, args.h(1))?;
    Ok(k::NONE)
}

fn or_none(vm: &mut Vm, word: Value) -> R<H> {
    Ok(vm.push(if word.is_null() { Value::NONE } else { word }))
}

fn get_args(vm: &mut Vm, this: H) -> R<H> {
    let word = vm.exception(this).map_or(Value::NULL, |e| e.args);
    or_none(vm, word)
}

fn set_args(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let Some(value) = value else { return Err(vm.type_error("args may not be deleted")) };
    let tuple = vm.to_tuple(value)?;
    vm.exception_mut(this).args = vm.get(tuple);
    Ok(())
}

fn get_cause(vm: &mut Vm, this: H) -> R<H> {
    let word = vm.exception(this).map_or(Value::NULL, |e| e.cause);
    or_none(vm, word)
}

fn exception_or_none(vm: &mut Vm, value: Option<H>, what: &str) -> R<Value> {
    let Some(value) = value else { return Err(vm.type_error(format!("__{what}__ may not be deleted"))) };
    if vm.is_none(value) {
        return Ok(Value::NULL);
    }
    if !vm.is_instance(value, k::BASE_EXCEPTION) {
        return Err(vm.type_error(format!("exception {what} must be None or derive from BaseException")));
    }
    Ok(vm.get(value))
}

fn set_cause(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let word = exception_or_none(vm, value, "cause")?;
    let exception = vm.exception_mut(this);
    (exception.cause, exception.suppress) = (word, true);
    Ok(())
}

fn get_context(vm: &mut Vm, this: H) -> R<H> {
    let word = vm.exception(this).map_or(Value::NULL, |e| e.context);
    or_none(vm, word)
}

fn set_context(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let word = exception_or_none(vm, value, "context")?;
    vm.exception_mut(this).context = word;
    Ok(())
}

fn get_traceback(vm: &mut Vm, this: H) -> R<H> {
    Ok(vm.exception_traceback(this))
}

fn set_traceback(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let Some(value) = value else { return Err(vm.type_error("__traceback__ may not be deleted")) };
    let word = match vm.body(value) {
        _ if vm.is_none(value) => Value::NULL,
        Some(Body::Traceback(_)) => vm.get(value),
        _ => return Err(vm.type_error("__traceback__ must be a traceback or None")),
    };
    vm.exception_mut(this).traceback = word;
    Ok(())
}

fn get_suppress(vm: &mut Vm, this: H) -> R<H> {
    let suppress = vm.exception(this).is_some_and(|e| e.suppress);
    Ok(vm.bool(suppress))
}

fn set_suppress(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let truth = value.map_or(Ok(false), |value| vm.truth(value))?;
    vm.exception_mut(this).suppress = truth;
    Ok(())
}

macro_rules! field {
    ($name:literal, $index:literal) => {
        GetSetDef {
            name: $name,
            get: |vm, this| {
                let word = vm.exception(this).map_or(Value::NULL, |e| e.fields[$index]);
                or_none(vm, word)
            },
            set: Some(|vm, this, value| {
                let word = value.map_or(Value::NULL, |value| vm.get(value));
                vm.exception_mut(this).fields[$index] = word;
                Ok(())
            }),
        }
    };
}

pub(crate) static METHODS: [NativeDef; 6] = [
    def("__new__", "cls *args **kw", exc_new),
    def("__init__", "self *args **kw", exc_init),
    def("__str__", "self", exc_str),
    def("__repr__", "self", exc_repr),
    def("with_traceback", "self tb", exc_with_traceback),
    def("add_note", "self note", exc_add_note),
];

pub(crate) static ATTRS: [GetSetDef; 5] = [
    GetSetDef { name: "args", get: get_args, set: Some(set_args) },
    GetSetDef { name: "__cause__", get: get_cause, set: Some(set_cause) },
    GetSetDef { name: "__context__", get: get_context, set: Some(set_context) },
    GetSetDef { name: "__traceback__", get: get_traceback, set: Some(set_traceback) },
    GetSetDef { name: "__suppress_context__", get: get_suppress, set: Some(set_suppress) },
];

pub(crate) static STOP_ATTRS: [GetSetDef; 1] = [field!("value", 0)];
pub(crate) static EXIT_ATTRS: [GetSetDef; 1] = [field!("code", 0)];
pub(crate) static ATTRIBUTE_ATTRS: [GetSetDef; 2] = [field!("name", 0), field!("obj", 1)];
pub(crate) static NAME_ATTRS: [GetSetDef; 1] = [field!("name", 0)];
pub(crate) static IMPORT_ATTRS: [GetSetDef; 3] = [field!("name", 0), field!("path", 1), field!("msg", 2)];
pub(crate) static OS_ATTRS: [GetSetDef; 4] =
    [field!("errno", 0), field!("strerror", 1), field!("filename", 2), field!("filename2", 3)];
pub(crate) static UNICODE_ATTRS: [GetSetDef; 5] =
    [field!("encoding", 0), field!("object", 1), field!("start", 2), field!("end", 3), field!("reason", 4)];
pub(crate) static TRANSLATE_ATTRS: [GetSetDef; 4] =
    [field!("object", 1), field!("start", 2), field!("end", 3), field!("reason", 4)];
pub(crate) static SYNTAX_ATTRS: [GetSetDef; 7] = [
    field!("msg", 0),
    field!("filename", 1),
    field!("lineno", 2),
    field!("offset", 3),
    field!("text", 4),
    field!("end_lineno", 5),
    field!("end_offset", 6),
];
