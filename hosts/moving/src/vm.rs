//! The interpreter's state, and what every other file uses: making objects, reading them, raising.

use crate::heap::{H, Heap, Mode, Owned};
use crate::items::Items;
use crate::known::{self as k, n};
use crate::object::{Body, Exception, Object, TYPE_C, Text, TypeData};
use crate::table::{Probe, Table};
use crate::value::Value;
use malachite_bigint::BigInt;
use num_traits::ToPrimitive;
use rustpython_wtf8::{Wtf8, Wtf8Buf};
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

/// An exception is pending (see [`k::PENDING`]).
#[derive(Debug)]
pub(crate) struct Raised;

/// What can raise.
pub(crate) type R<T> = Result<T, Raised>;

/// The arguments of a builtin function, brought into the order of its parameters; see [`crate::native`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Args {
    pub(crate) base: u32,
    /// Words given or filled in: the parameters, then what `*rest` takes.
    pub(crate) n: u32,
    /// How many parameters come before the rest.
    pub(crate) named: u32,
    /// The dict of `**kw`, or NULL's handle.
    pub(crate) kw: H,
}

/// The Rust function behind a builtin.
pub(crate) type NativeFn = fn(&mut Vm, Args) -> R<H>;

/// A builtin function or method.
pub(crate) struct NativeDef {
    pub(crate) name: &'static str,
    pub(crate) params: &'static str,
    pub(crate) f: NativeFn,
}

/// How a computed attribute is set, or deleted (`None`).
pub(crate) type SetFn = fn(&mut Vm, H, Option<H>) -> R<()>;

/// A builtin attribute that is computed.
pub(crate) struct GetSetDef {
    pub(crate) name: &'static str,
    pub(crate) get: fn(&mut Vm, H) -> R<H>,
    pub(crate) set: Option<SetFn>,
}

impl std::fmt::Debug for NativeDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl std::fmt::Debug for GetSetDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A Python function that is running.
#[derive(Debug)]
pub(crate) struct Active {
    /// Where its words begin on the root stack.
    pub(crate) base: usize,
    pub(crate) code: Rc<crate::code::Code>,
    pub(crate) pc: usize,
}

/// The interpreter.
pub struct Vm {
    /// The objects.
    pub heap: Heap,
    pub(crate) interned: HashMap<Wtf8Buf, Owned>,
    pub(crate) frames: Vec<Active>,
    pub(crate) depth: usize,
    pub(crate) recursion_limit: usize,
    /// Objects whose repr is being made, by identity.
    pub(crate) repr_stack: Vec<u64>,
    pub(crate) atexit: Vec<Owned>,
    pub(crate) audit_hooks: Vec<Owned>,
    /// The last version that a class got.
    pub(crate) class_versions: Cell<u32>,
    /// The thread that calls the handlers of signals.
    pub(crate) main_thread: u64,
    /// The folder of the standard library.
    pub(crate) library: Option<std::path::PathBuf>,
    pub(crate) out: Vec<u8>,
}

/// Options of a new interpreter.
#[derive(Debug, Clone)]
pub struct Options {
    /// When objects move.
    pub mode: Mode,
    /// Bytes the heap may take.
    pub heap_limit: usize,
    /// Whether a script's end is followed by what the collections did, on standard error.
    pub gc_stats: bool,
    /// `sys.path`, without the library.
    pub path: Vec<String>,
    /// The folder of a standard library in Python, if there is one: the last entry of `sys.path`.
    pub library: Option<String>,
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// `sys.orig_argv`: with the program's name, and what is no option of this host's own.
    pub orig_argv: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            mode: Mode::Normal,
            heap_limit: 4 << 30,
            gc_stats: false,
            path: Vec::new(),
            library: None,
            argv: vec![String::new()],
            orig_argv: vec![String::new()],
        }
    }
}

impl Args {
    /// The handle of parameter `i`.
    pub(crate) fn h(&self, i: usize) -> H {
        debug_assert!((i as u32) < self.n);
        H(self.base + i as u32)
    }

    /// Parameter `i`, if it was given.
    pub(crate) fn opt(&self, vm: &Vm, i: usize) -> Option<H> {
        let h = self.h(i);
        (!vm.get(h).is_null()).then_some(h)
    }

    /// What `*rest` took.
    pub(crate) fn rest(&self) -> impl DoubleEndedIterator<Item = H> + use<> {
        (self.base + self.named..self.base + self.n).map(H)
    }

    /// How many `*rest` took.
    pub(crate) fn rest_len(&self) -> usize {
        (self.n - self.named) as usize
    }
}

impl Vm {
    // ---- handles

    pub(crate) fn get(&self, h: H) -> Value {
        self.heap.get(h)
    }

    pub(crate) fn push(&mut self, word: Value) -> H {
        self.heap.push(word)
    }

    pub(crate) fn set(&mut self, h: H, word: Value) {
        self.heap.set(h, word);
    }

    pub(crate) fn mark(&self) -> usize {
        self.heap.mark()
    }

    pub(crate) fn cut(&mut self, mark: usize) {
        self.heap.cut(mark);
    }

    /// Ends the handles since `mark`, except that what `h` refers to is kept at the place of the first of them.
    pub(crate) fn keep(&mut self, mark: usize, h: H) -> H {
        let word = self.get(h);
        self.cut(mark);
        self.push(word)
    }

    /// The body, for reading. Of an unboxed int or a singleton there is none.
    pub(crate) fn body(&self, h: H) -> Option<&Body> {
        self.get(h).object::<'_>().map(|object: &Object| &object.body)
    }

    pub(crate) fn body_mut(&mut self, h: H) -> &mut Body {
        let word = self.get(h);
        &mut self.heap.write(word).body
    }

    pub(crate) fn is(&self, a: H, b: H) -> bool {
        self.get(a) == self.get(b)
    }

    pub(crate) fn is_none(&self, h: H) -> bool {
        self.get(h) == Value::NONE
    }

    // ---- classes

    /// The class of any word.
    pub(crate) fn class_word(&self, word: Value) -> Value {
        if let Some(object) = word.object() {
            return object.class;
        }
        let class = match word {
            Value::NONE => k::NONE_TYPE,
            Value::TRUE | Value::FALSE => k::BOOL,
            Value::ELLIPSIS => k::ELLIPSIS_TYPE,
            Value::NOT_IMPLEMENTED => k::NOT_IMPLEMENTED_TYPE,
            _ => k::INT,
        };
        self.get(class)
    }

    /// The class of an object, as a new handle.
    pub(crate) fn class(&mut self, h: H) -> H {
        let class = self.class_word(self.get(h));
        self.push(class)
    }

    /// The flags of the class of `h`.
    pub(crate) fn class_flags(&self, h: H) -> u32 {
        self.type_data(self.class_word(self.get(h))).flags
    }

    /// Whether the class of `h` is exactly `class`.
    pub(crate) fn exact(&self, h: H, class: H) -> bool {
        self.class_word(self.get(h)) == self.get(class)
    }

    /// The data of a class.
    pub(crate) fn type_data(&self, class: Value) -> &TypeData {
        match class.object().map(|object| &object.body) {
            Some(Body::Type(data)) => data,
            other => panic!("not a class: {other:?}"),
        }
    }

    /// The name of the class of `h`, as messages give it: `tp_name`, with the module where the class gives it.
    pub(crate) fn class_name(&self, h: H) -> Rc<str> {
        self.type_data(self.class_word(self.get(h))).name.clone()
    }

    /// The end of the name of the class of `h`: its `__name__`.
    pub(crate) fn short_class_name(&self, h: H) -> Rc<str> {
        let name = self.class_name(h);
        match name.rsplit_once('.') {
            Some((_, last)) => last.into(),
            None => name,
        }
    }

    /// Whether `class` is `base` or derives from it.
    pub(crate) fn is_subclass(&self, class: Value, base: Value) -> bool {
        class == base || self.type_data(class).mro.contains(&base)
    }

    /// Whether the class of `h` is or derives from `class`, without asking `__instancecheck__`.
    pub(crate) fn is_instance(&self, h: H, class: H) -> bool {
        self.is_subclass(self.class_word(self.get(h)), self.get(class))
    }

    /// The attribute that the MRO of `class` gives for `name`, a str.
    pub(crate) fn lookup(&self, class: Value, name: H) -> Option<Value> {
        let name = self.get(name);
        let data = self.type_data(class);
        if data.version.get() == 0 {
            self.assign_version(class);
        }
        data.mro.iter().find_map(|class| {
            let dict = self.type_data(*class).dict;
            self.table_of(dict).and_then(|table| find_text(table, name)).map(|(_, value)| value)
        })
    }

    /// The special method of the class of `h`, unbound, as a new handle.
    pub(crate) fn special(&mut self, h: H, name: H) -> Option<H> {
        let class = self.class_word(self.get(h));
        let found = self.lookup(class, name)?;
        let found = self.beside(class, found).unwrap_or(found);
        (found != Value::NONE || name == n::__hash__).then(|| self.push(found))
    }

    /// The slot that a C class has beside a method of the slot's name. Classes made in Python know the method alone.
    pub(crate) fn beside(&self, class: Value, found: Value) -> Option<Value> {
        let Some(Body::Foreign(foreign)) = found.object().map(|object| &object.body) else { return None };
        let has_slot = !foreign.beside.is_null() && self.type_data(class).flags & TYPE_C != 0;
        has_slot.then_some(foreign.beside)
    }

    /// The table of a dict or set, or of a namespace.
    pub(crate) fn table_of(&self, dict: Value) -> Option<&Table> {
        match dict.object().map(|object| &object.body) {
            Some(Body::Dict(table) | Body::Set(table)) => Some(table),
            _ => None,
        }
    }

    // ---- making objects

    /// A new object of `class`.
    pub(crate) fn alloc(&mut self, class: H, body: Body) -> R<H> {
        if matches!(&body, Body::Tuple(items) if items.is_empty())
            && self.get(class) == self.get(k::TUPLE)
            && self.get(k::EMPTY_TUPLE).is_object()
        {
            let empty = self.get(k::EMPTY_TUPLE);
            return Ok(self.push(empty));
        }
        let made = self.heap.allocate(self.get(class), body);
        match made {
            Ok(word) => {
                self.heap.register(word);
                Ok(self.push(word))
            }
            Err(_) => Err(self.out_of_memory()),
        }
    }

    /// MemoryError; it is made beyond the limit.
    pub(crate) fn out_of_memory(&mut self) -> Raised {
        let mark = self.mark();
        let raised = self.beyond_limit(|vm| {
            let message = format!("the heap is full: its limit is {} bytes", vm.heap.limit);
            vm.raise(k::MEMORY_ERROR, message)
        });
        self.cut(mark);
        raised
    }

    /// Runs `f`, which nobody can do without, with the heap's limit lifted.
    pub(crate) fn beyond_limit<T>(&mut self, f: impl FnOnce(&mut Vm) -> T) -> T {
        self.heap.lift_limit();
        let result = f(self);
        self.heap.obey_limit();
        result
    }

    /// Refuses what would not fit, before Rust allocates it.
    pub(crate) fn reserve(&mut self, bytes: usize) -> R<()> {
        self.heap.reserve(bytes).map_err(|_| self.out_of_memory())
    }

    /// As [`Vm::reserve`], for an object that there is already and that grows by so much.
    pub(crate) fn reserve_to_grow(&mut self, bytes: usize) -> R<()> {
        self.reserve(bytes)?;
        self.heap.grown(bytes);
        Ok(())
    }

    pub(crate) fn int(&mut self, value: i64) -> R<H> {
        match Value::int(value) {
            Some(word) => Ok(self.push(word)),
            None => self.alloc(k::INT, Body::Int(Box::new(value.into()))),
        }
    }

    pub(crate) fn size(&mut self, value: usize) -> H {
        self.push(Value::small(value))
    }

    pub(crate) fn bigint(&mut self, value: BigInt) -> R<H> {
        match value.to_i64().and_then(Value::int) {
            Some(word) => Ok(self.push(word)),
            None => self.alloc(k::INT, Body::Int(Box::new(value))),
        }
    }

    pub(crate) fn float(&mut self, value: f64) -> R<H> {
        self.alloc(k::FLOAT, Body::Float(value))
    }

    pub(crate) fn bool(&mut self, value: bool) -> H {
        if value { k::TRUE } else { k::FALSE }
    }

    pub(crate) fn str(&mut self, text: impl AsRef<str>) -> R<H> {
        self.wtf8(Wtf8Buf::from(text.as_ref().to_owned()))
    }

    pub(crate) fn wtf8(&mut self, text: Wtf8Buf) -> R<H> {
        self.alloc(k::STR, text_body(text))
    }

    pub(crate) fn bytes(&mut self, bytes: impl Into<Box<[u8]>>) -> R<H> {
        self.alloc(k::BYTES, Body::Bytes(bytes.into()))
    }

    /// A tuple of the objects behind `items`.
    pub(crate) fn tuple(&mut self, items: &[H]) -> R<H> {
        let words = items.iter().map(|h| self.get(*h)).collect();
        self.alloc(k::TUPLE, Body::Tuple(words))
    }

    /// A tuple of all that was pushed since `mark`, in place of it.
    pub(crate) fn tuple_since(&mut self, mark: usize) -> R<H> {
        let words = self.heap.stack[mark..].into();
        let tuple = self.alloc(k::TUPLE, Body::Tuple(words))?;
        Ok(self.keep(mark, tuple))
    }

    /// A list of all that was pushed since `mark`, in place of it.
    pub(crate) fn list_since(&mut self, mark: usize) -> R<H> {
        let words = self.heap.stack[mark..].to_vec();
        let list = self.alloc(k::LIST, Body::list(words))?;
        Ok(self.keep(mark, list))
    }

    pub(crate) fn dict(&mut self) -> R<H> {
        self.alloc(k::DICT, Body::Dict(Box::default()))
    }

    /// The one str object with this text.
    pub(crate) fn intern(&mut self, text: &str) -> R<H> {
        self.intern_wtf8(Wtf8::new(text))
    }

    pub(crate) fn intern_wtf8(&mut self, text: &Wtf8) -> R<H> {
        if let Some(slot) = self.interned.get(text) {
            let word = self.heap.owned(*slot);
            return Ok(self.push(word));
        }
        let h = self.wtf8(text.to_owned())?;
        let slot = self.heap.retain(self.get(h));
        self.interned.insert(text.to_owned(), slot);
        Ok(h)
    }

    // ---- reading objects

    /// The text of a str (or of an instance of a subclass).
    pub(crate) fn text(&self, h: H) -> Option<&Wtf8> {
        match self.body(h)? {
            Body::Str(text) => Some(&text.text),
            _ => None,
        }
    }

    /// The text as Rust's, lone surrogates replaced.
    pub(crate) fn string(&self, h: H) -> String {
        self.text(h).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The items of a tuple, or of a list that has words of its own: not of one whose items lie in its mirror ([`Vm::nth`]).
    pub(crate) fn items(&self, h: H) -> Option<&[Value]> {
        match self.body(h)? {
            Body::Tuple(items) => Some(items),
            Body::List(Items::Own(items)) => Some(items),
            _ => None,
        }
    }

    /// How many items a tuple or list has; none if it is neither.
    pub(crate) fn count(&self, h: H) -> usize {
        match self.body(h) {
            Some(Body::Tuple(items)) => items.len(),
            Some(Body::List(items)) => items.len(),
            _ => 0,
        }
    }

    /// Item `i` of a tuple, or of a list that no program has seen, as a new handle; of any list: [`Vm::nth`].
    pub(crate) fn item(&mut self, h: H, i: usize) -> Option<H> {
        let word = *self.items(h)?.get(i)?;
        Some(self.push(word))
    }

    pub(crate) fn table(&self, h: H) -> &Table {
        self.table_of(self.get(h)).unwrap_or_else(|| panic!("not a dict or a set: {:?}", self.get(h).object()))
    }

    pub(crate) fn table_mut(&mut self, h: H) -> &mut Table {
        match self.body_mut(h) {
            Body::Dict(table) | Body::Set(table) => table,
            other => panic!("not a dict or a set: {other:?}"),
        }
    }

    /// The int, if `h` is one (or a bool, or an instance of a subclass).
    pub(crate) fn as_bigint(&self, h: H) -> Option<BigInt> {
        let word = self.get(h);
        if let Some(int) = word.as_int() {
            return Some(int.into());
        }
        match word {
            Value::TRUE => Some(1.into()),
            Value::FALSE => Some(0.into()),
            _ => match self.body(h)? {
                Body::Int(int) => Some((**int).clone()),
                _ => None,
            },
        }
    }

    /// The int, if `h` is one that fits.
    pub(crate) fn as_i64(&self, h: H) -> Option<i64> {
        let word = self.get(h);
        word.as_int().or_else(|| match word {
            Value::TRUE => Some(1),
            Value::FALSE => Some(0),
            _ => match self.body(h)? {
                Body::Int(int) => int.to_i64(),
                _ => None,
            },
        })
    }

    pub(crate) fn is_int(&self, h: H) -> bool {
        let word = self.get(h);
        word.as_int().is_some()
            || matches!(word, Value::TRUE | Value::FALSE)
            || matches!(self.body(h), Some(Body::Int(_)))
    }

    // ---- raising

    /// Makes `class(message)` the pending exception.
    pub(crate) fn raise(&mut self, class: H, message: impl AsRef<str>) -> Raised {
        let mark = self.mark();
        let raised = match self.str(message) {
            Ok(text) => self.raise_with(class, &[text]),
            Err(raised) => raised,
        };
        self.cut(mark);
        raised
    }

    /// Makes `class(*args)` the pending exception; `class` is a builtin one.
    pub(crate) fn raise_with(&mut self, class: H, args: &[H]) -> Raised {
        let mark = self.mark();
        match self.new_exception(class, args) {
            Ok(exception) => self.raise_object(exception),
            Err(raised) => {
                self.cut(mark);
                raised
            }
        }
    }

    /// A new exception of a builtin class or a subclass, without calling anything.
    pub(crate) fn new_exception(&mut self, class: H, args: &[H]) -> R<H> {
        let args = self.tuple(args)?;
        let (null, args) = (Value::NULL, self.get(args));
        let fields = [null; crate::object::EXCEPTION_FIELDS];
        let exception = Exception { args, cause: null, context: null, traceback: null, suppress: false, fields };
        let made = self.alloc(class, Body::Exception(Box::new(exception)))?;
        self.init_exception(made)?;
        Ok(made)
    }

    /// Makes an exception object the pending one; the one being handled becomes its context.
    pub(crate) fn raise_object(&mut self, exception: H) -> Raised {
        let (word, handled) = (self.get(exception), self.get(k::HANDLED));
        self.set(k::PENDING, word);
        if handled.is_object() && handled != word {
            self.chain_context(word, handled);
        }
        Raised
    }

    /// Sets the context, and breaks the cycle that this could close.
    fn chain_context(&mut self, exception: Value, context: Value) {
        let next = |word: Value| match word.object().map(|object| &object.body) {
            Some(Body::Exception(e)) => e.context,
            _ => Value::NULL,
        };
        let mut at = context;
        while at.is_object() {
            let after = next(at);
            if after == exception {
                if let Body::Exception(e) = &mut self.heap.write(at).body {
                    e.context = Value::NULL;
                }
                break;
            }
            at = after;
        }
        if let Body::Exception(e) = &mut self.heap.write(exception).body {
            e.context = context;
        }
    }

    pub(crate) fn type_error(&mut self, message: impl AsRef<str>) -> Raised {
        self.raise(k::TYPE_ERROR, message)
    }

    pub(crate) fn value_error(&mut self, message: impl AsRef<str>) -> Raised {
        self.raise(k::VALUE_ERROR, message)
    }

    /// Takes the pending exception.
    pub(crate) fn take_pending(&mut self) -> H {
        let word = self.get(k::PENDING);
        self.set(k::PENDING, Value::NULL);
        self.push(word)
    }

    /// Whether the pending exception is an instance of `class`.
    pub(crate) fn pending_is(&self, class: H) -> bool {
        self.get(k::PENDING).is_object() && self.is_instance(k::PENDING, class)
    }
}

/// A str's body.
pub(crate) fn text_body(text: Wtf8Buf) -> Body {
    let chars = if text.is_ascii() { text.len() } else { text.code_points().count() };
    Body::Str(Box::new(Text { text, chars, hash: Cell::new(0) }))
}

/// The hash of a text, as `hash()` gives it.
pub(crate) fn text_hash(text: &Text) -> i64 {
    if text.hash.get() == 0 {
        let mut hash = 0xCBF2_9CE4_8422_2325u64;
        for byte in text.text.as_bytes() {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
        hash ^= hash >> 29;
        text.hash.set(if matches!(hash as i64, 0 | -1) { 7 } else { hash as i64 });
    }
    text.hash.get()
}

/// Finds a str among the keys that are strs, without calling Python code.
pub(crate) fn find_text(table: &Table, name: Value) -> Option<(usize, Value)> {
    let Some(Body::Str(text)) = name.object().map(|object| &object.body) else { return None };
    let hash = text_hash(text);
    let mut probe: Probe = table.probe(hash);
    while let Some(at) = table.next(&mut probe, hash) {
        let entry = table.entries[at];
        if entry.key == name {
            return Some((at, entry.value));
        }
        if let Some(Body::Str(key)) = entry.key.object().map(|object| &object.body)
            && key.text == text.text
        {
            return Some((at, entry.value));
        }
    }
    None
}
