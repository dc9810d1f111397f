//! What a heap cell holds: a header that every object has, and a body per kind of object.
//!
//! Cells have one size and are moved by copying their bytes. Storage that grows (a list's items, a dict's table, a string's text)
//! lies outside of the heap, is owned by the cell and is freed when the object dies.

use crate::code::Code;
use crate::items::Items;
use crate::table::Table;
use crate::value::Value;
use crate::vm::{GetSetDef, NativeDef};
use emul::host::BufferLayout;
use malachite_bigint::BigInt;
use object_mirror::object::PyObject as Mirror;
use rustpython_wtf8::Wtf8Buf;
use std::cell::Cell;
use std::rc::Rc;

/// Set once the object has been copied: `class` then holds the new address.
pub(crate) const FORWARDED: u8 = 1;
/// The object lies in the old space.
pub(crate) const OLD: u8 = 2;
/// The old object is in the remembered set.
pub(crate) const REMEMBERED: u8 = 4;
/// `__del__` has run (or is about to).
pub(crate) const FINALISED: u8 = 8;

/// C's part of the object has ended.
pub(crate) const ENDED: u8 = 32;
/// A memoryview of the object was made.
pub(crate) const VIEWED: u8 = 16;

/// A cell of the heap.
#[derive(Debug)]
#[repr(C)]
pub struct Object {
    pub(crate) flags: u8,
    /// The collection that copied the object last, so that no object is copied twice in one.
    pub(crate) epoch: u32,
    /// Nursery collections survived.
    pub(crate) age: u8,
    /// The class, or the new address of a forwarded object.
    pub(crate) class: Value,
    /// The mirror in C by which the object is found there, 0 if there is none.
    pub(crate) mirror: Cell<usize>,
    /// The identity, 0 until somebody asks; it stays when the object moves.
    pub(crate) id: Cell<u64>,
    /// The instance's `__dict__`, empty until needed.
    pub(crate) dict: Value,
    /// What `__slots__` of Python classes hold.
    #[allow(clippy::box_collection, reason = "few objects have any, and the header is every object's")]
    pub(crate) slots: Option<Box<Vec<Value>>>,
    pub(crate) body: Body,
}

/// A str's text, with what is dear to compute again.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) text: Wtf8Buf,
    /// Code points.
    pub(crate) chars: usize,
    /// 0 until computed.
    pub(crate) hash: Cell<i64>,
}

/// A function made by `def`.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) code: Value,
    pub(crate) globals: Value,
    pub(crate) name: Value,
    pub(crate) qualname: Value,
    pub(crate) module: Value,
    pub(crate) doc: Value,
    pub(crate) defaults: Value,
    pub(crate) kwdefaults: Value,
    pub(crate) closure: Value,
    pub(crate) annotations: Value,
    pub(crate) annotate: Value,
    pub(crate) type_params: Value,
    /// What C has called instead of the code.
    pub(crate) instead: Option<Instead>,
}

/// A call that C put in the place of a function's code.
#[derive(Clone)]
pub(crate) struct Instead(pub(crate) Rc<emul::host::NativeCall>);

impl std::fmt::Debug for Instead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Instead")
    }
}

/// A class.
#[derive(Debug)]
pub(crate) struct TypeData {
    pub(crate) name: Rc<str>,
    pub(crate) bases: Vec<Value>,
    pub(crate) mro: Vec<Value>,
    /// A dict object.
    pub(crate) dict: Value,
    /// The base whose instances ours are laid out like.
    pub(crate) base: Value,
    pub(crate) layout: Layout,
    pub(crate) flags: u32,
    /// How many words `Object::slots` has.
    pub(crate) slot_count: usize,
    /// The `__qualname__`, or NULL where the name says it.
    pub(crate) qualname: Value,
    /// Weak references to the direct subclasses.
    pub(crate) subclasses: Vec<Value>,
    /// A number that no class had before, since something was looked up; 0 after a change, until then.
    pub(crate) version: Cell<u32>,
}

/// The class was made by a class statement or by calling `type`.
pub(crate) const TYPE_HEAP: u32 = 1;
/// Instances have a `__dict__`.
pub(crate) const TYPE_DICT: u32 = 2;
/// Instances can be referred to weakly.
pub(crate) const TYPE_WEAK: u32 = 4;
/// The class may be a base.
pub(crate) const TYPE_BASE: u32 = 8;
/// Some Python class in the MRO defines `__getattribute__`.
pub(crate) const TYPE_GETATTRIBUTE: u32 = 16;
/// Some Python class in the MRO defines `__getattr__`.
pub(crate) const TYPE_GETATTR: u32 = 32;
/// Some Python class in the MRO defines `__setattr__` or `__delattr__`.
pub(crate) const TYPE_SETATTR: u32 = 64;
/// Some Python class in the MRO defines `__del__`.
pub(crate) const TYPE_DEL: u32 = 128;
/// Attributes of the class cannot be set.
pub(crate) const TYPE_IMMUTABLE: u32 = 512;
/// The class cannot be instantiated by calling it.
pub(crate) const TYPE_NO_NEW: u32 = 256;

/// The class of a C type.
pub(crate) const TYPE_C: u32 = 1024;
/// The class of a C type that has got all that C declares.
pub(crate) const TYPE_MADE: u32 = 4096;
/// Instances have a builtin class's content, and C's fields behind: C's destructor is to see both.
pub(crate) const TYPE_ENDS: u32 = 8192;
/// A C type that has `tp_getattr`, the older slot for attributes.
pub(crate) const TYPE_OLD_GETATTR: u32 = 16384;
/// A C type that has `tp_setattr`.
pub(crate) const TYPE_OLD_SETATTR: u32 = 32768;
/// The slots of a sequence or a mapping that a C type, or what it is derived from, has.
pub(crate) const SQ_ITEM: u32 = 1 << 16;
pub(crate) const SQ_ASS_ITEM: u32 = 1 << 17;
pub(crate) const SQ_LENGTH: u32 = 1 << 18;
pub(crate) const MP_SUBSCRIPT: u32 = 1 << 21;
pub(crate) const MP_ASS_SUBSCRIPT: u32 = 1 << 22;
/// Instances match the patterns `[...]` and `{...}`.
pub(crate) const MATCHES_SEQUENCE: u32 = 1 << 23;
pub(crate) const MATCHES_MAPPING: u32 = 1 << 24;
/// C fills the buffers of its instances.
pub(crate) const EXPORTS: u32 = 1 << 25;
/// What derived classes have too.
pub(crate) const INHERITED: u32 = TYPE_DICT
    | TYPE_WEAK
    | TYPE_ENDS
    | SQ_ITEM
    | SQ_ASS_ITEM
    | SQ_LENGTH
    | MP_SUBSCRIPT
    | MP_ASS_SUBSCRIPT
    | MATCHES_SEQUENCE
    | MATCHES_MAPPING
    | EXPORTS;
/// A class in Python that is a static type of CPython's.
pub(crate) const TYPE_STATIC: u32 = 2048;

/// Which body a class's instances have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Plain,
    Int,
    Float,
    Complex,
    Str,
    Bytes,
    ByteArray,
    Tuple,
    List,
    Dict,
    Set,
    Exception,
    Type,
    Module,
    Property,
    ClassMethod,
    StaticMethod,
    Weakref,
    Super,
    /// Instances are made by the interpreter alone.
    Own,
}

/// A suspended, running or finished generator.
#[derive(Debug)]
pub(crate) struct Generator {
    pub(crate) state: GenState,
    pub(crate) pc: usize,
    pub(crate) code: Rc<Code>,
    /// The code object.
    pub(crate) function_code: Value,
    /// The frame's words, from the code object to the top of the operands.
    pub(crate) words: Vec<Value>,
    /// The exception being handled inside when it was suspended.
    pub(crate) handled: Value,
    pub(crate) name: Value,
    pub(crate) qualname: Value,
    /// Of an asynchronous generator: an `asend()` or its like is under way.
    pub(crate) busy: bool,
    /// Of an asynchronous generator: `aclose()` has begun.
    pub(crate) closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GenState {
    Created,
    Suspended,
    Running,
    Finished,
}

/// How many fields of its own a builtin exception class has at most: SyntaxError's.
pub(crate) const EXCEPTION_FIELDS: usize = 7;

/// The fields of `BaseException` and of the builtin classes below it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exception {
    pub(crate) args: Value,
    pub(crate) cause: Value,
    pub(crate) context: Value,
    pub(crate) traceback: Value,
    pub(crate) suppress: bool,
    /// `StopIteration.value`, `SystemExit.code`, `KeyError`'s and others' own fields live here by position.
    pub(crate) fields: [Value; EXCEPTION_FIELDS],
}

/// One entry of a traceback.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Traceback {
    pub(crate) next: Value,
    pub(crate) frame: Value,
    pub(crate) line: u32,
}

/// What a frame's object keeps of it.
#[derive(Debug)]
pub(crate) struct FrameInfo {
    /// The words of the variables and cells, while the frame does not run.
    pub(crate) variables: Vec<Value>,
    pub(crate) code: Value,
    pub(crate) globals: Value,
    pub(crate) back: Value,
    pub(crate) locals: Value,
    pub(crate) line: u32,
}

/// A weak reference.
#[derive(Debug)]
pub(crate) struct Weak {
    /// Not traced; emptied when the referent dies.
    pub(crate) target: Value,
    pub(crate) callback: Value,
    pub(crate) hash: Option<i64>,
}

/// A native iterator or view over something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Iter {
    pub(crate) kind: IterKind,
    pub(crate) index: i64,
    pub(crate) a: Value,
    pub(crate) b: Value,
    pub(crate) c: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IterKind {
    /// `a[index]` until IndexError.
    Sequence,
    List,
    ListReversed,
    SequenceReversed,
    Tuple,
    Str,
    Bytes,
    DictKeys,
    DictValues,
    DictItems,
    DictKeysReversed,
    DictValuesReversed,
    DictItemsReversed,
    Set,
    /// The next is `index`, the step `b`; `c` are left.
    Range,
    /// The next is `a`, the step `b`; `c` are left: numbers of any size.
    LongRange,
    /// `iter(callable, sentinel)`.
    Callable,
    Enumerate,
    Zip,
    Map,
    Filter,
    Chain,
    Count,
    Repeat,
    Cycle,
    Islice,
    Starmap,
    Takewhile,
    Dropwhile,
    Accumulate,
}

/// A view of a buffer.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// Whose memory it is: bytes, a bytearray, or a cell that stands for memory of C's.
    pub(crate) base: Value,
    /// The exporter, or NULL.
    pub(crate) obj: Value,
    /// Where its first item begins.
    pub(crate) start: isize,
    pub(crate) layout: BufferLayout,
    pub(crate) readonly: bool,
    pub(crate) released: bool,
}

/// A lock of `_thread`: free if `count` is 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lock {
    /// The thread that took it.
    pub(crate) owner: u64,
    pub(crate) count: usize,
}

/// What an object is.
#[derive(Debug)]
pub(crate) enum Body {
    Plain,
    Int(Box<BigInt>),
    Float(f64),
    Complex(f64, f64),
    Str(Box<Text>),
    Bytes(Box<[u8]>),
    ByteArray(Vec<u8>),
    Tuple(Box<[Value]>),
    List(Items),
    Dict(Box<Table>),
    Set(Box<Table>),
    Range([Value; 3]),
    Slice([Value; 3]),
    Function(Box<Function>),
    /// A builtin function; the word is its module or the class it constructs, or NULL.
    Native(&'static NativeDef, Value),
    /// A method of a builtin class, unbound.
    MethodDescr(&'static NativeDef, Value),
    /// A class method of a builtin class, unbound.
    ClassMethodDescr(&'static NativeDef, Value),
    /// Bound: function, self.
    Method(Value, Value),
    Property(Box<[Value; 5]>),
    ClassMethod(Value),
    StaticMethod(Value),
    GetSet(&'static GetSetDef, Value),
    /// A slot of `__slots__`: index, name, owner.
    Member(usize, Value, Value),
    Cell(Value),
    Module,
    Type(Box<TypeData>),
    Code(Box<CodeData>),
    Generator(Box<Generator>),
    Exception(Box<Exception>),
    Traceback(Box<Traceback>),
    Frame(Box<FrameInfo>),
    Weakref(Box<Weak>),
    Iter(Box<Iter>),
    View(Box<View>),
    /// class, self or NULL, the type to start from.
    Super([Value; 3]),
    MappingProxy(Value),
    /// keys, values or items of a dict (0, 1, 2).
    DictView(u8, Value),
    GenericAlias(Value, Value),
    /// A standard stream's file descriptor.
    File(i32),
    Lock(Lock),
    /// An instance of a C type; its mirror.
    CInstance(*mut Mirror),
    /// A C function object; its mirror.
    CFunction(*mut Mirror),
    /// A descriptor of a C type.
    Foreign(Box<crate::host::Foreign>),
    /// Memory that a C object exports, under a memoryview.
    CView(Box<crate::host::CView>),
}

/// A code object: what the loop runs, and the words it refers to.
#[derive(Debug)]
pub(crate) struct CodeData {
    pub(crate) code: Rc<Code>,
    pub(crate) consts: Vec<Value>,
    pub(crate) names: Vec<Value>,
}

impl Object {
    /// A new cell, not yet in the heap.
    pub(crate) fn new(class: Value, body: Body) -> Object {
        Object {
            flags: 0,
            epoch: 0,
            age: 0,
            class,
            mirror: Cell::new(0),
            id: Cell::new(0),
            dict: Value::NULL,
            slots: None,
            body,
        }
    }

    /// The mirror in C: the one it is found by there, or that of which all of it is. NULL if there is none.
    pub(crate) fn mirror(&self) -> *mut Mirror {
        match self.body {
            Body::CInstance(mirror) | Body::CFunction(mirror) => mirror,
            _ => self.mirror.get() as *mut Mirror,
        }
    }

    /// Shows every word the object holds strongly to `f`, which may rewrite it.
    pub(crate) fn trace(&mut self, f: &mut impl FnMut(&mut Value)) {
        f(&mut self.class);
        f(&mut self.dict);
        if let Some(slots) = &mut self.slots {
            slots.iter_mut().for_each(&mut *f);
        }
        self.body.trace(f);
    }
}

impl Body {
    /// A list's, with words of its own.
    pub(crate) fn list(items: Vec<Value>) -> Body {
        Body::List(Items::Own(items))
    }

    fn trace(&mut self, f: &mut impl FnMut(&mut Value)) {
        match self {
            Body::Plain | Body::Int(_) | Body::Float(_) | Body::Complex(..) | Body::Str(_) => {}
            Body::Bytes(_) | Body::ByteArray(_) | Body::Module | Body::File(_) | Body::Lock(_) => {}
            Body::Tuple(items) => items.iter_mut().for_each(f),
            Body::List(Items::Own(items)) => items.iter_mut().for_each(f),
            // The collector sees them by the mirror.
            Body::List(Items::InC(_)) => {}
            Body::Dict(table) | Body::Set(table) => table.trace(f),
            Body::Range(words) | Body::Slice(words) | Body::Super(words) => words.iter_mut().for_each(f),
            Body::Function(function) => function.trace(f),
            Body::Native(_, word) | Body::MethodDescr(_, word) | Body::GetSet(_, word) => f(word),
            Body::ClassMethodDescr(_, word) => f(word),
            Body::ClassMethod(word) | Body::StaticMethod(word) | Body::Cell(word) => f(word),
            Body::MappingProxy(word) | Body::DictView(_, word) => f(word),
            Body::Method(a, b) | Body::Member(_, a, b) | Body::GenericAlias(a, b) => [a, b].into_iter().for_each(f),
            Body::Property(words) => words.iter_mut().for_each(f),
            Body::Type(data) => data.trace(f),
            Body::Code(data) => data.consts.iter_mut().chain(&mut data.names).for_each(f),
            Body::Generator(generator) => {
                generator.words.iter_mut().for_each(&mut *f);
                let Generator { handled, name, qualname, function_code, .. } = &mut **generator;
                [handled, name, qualname, function_code].into_iter().for_each(f);
            }
            Body::Exception(e) => {
                [&mut e.args, &mut e.cause, &mut e.context, &mut e.traceback].into_iter().for_each(&mut *f);
                e.fields.iter_mut().for_each(f);
            }
            Body::Traceback(t) => [&mut t.next, &mut t.frame].into_iter().for_each(f),
            Body::Frame(t) => {
                [&mut t.code, &mut t.globals, &mut t.back, &mut t.locals].into_iter().for_each(&mut *f);
                t.variables.iter_mut().for_each(f);
            }
            Body::Weakref(weak) => f(&mut weak.callback),
            Body::Iter(iter) => [&mut iter.a, &mut iter.b, &mut iter.c].into_iter().for_each(f),
            Body::View(view) => [&mut view.base, &mut view.obj].into_iter().for_each(f),
            Body::CInstance(_) | Body::CFunction(_) | Body::CView(_) => {}
            Body::Foreign(foreign) => [&mut foreign.owner, &mut foreign.beside].into_iter().for_each(f),
        }
    }

    /// Bytes the body owns outside of the heap, about.
    pub(crate) fn outside(&self) -> usize {
        match self {
            Body::Str(text) => text.text.len() + size_of::<Text>(),
            Body::Bytes(bytes) => bytes.len(),
            Body::ByteArray(bytes) => bytes.capacity(),
            Body::Tuple(items) => items.len() * 8,
            Body::List(items) => items.capacity() * 8,
            Body::Dict(table) | Body::Set(table) => table.outside(),
            Body::Generator(generator) => generator.words.capacity() * 8 + size_of::<Generator>(),
            Body::Int(int) => int.bits() as usize / 8 + size_of::<BigInt>(),
            Body::Function(_) => size_of::<Function>(),
            _ => 0,
        }
    }
}

impl Function {
    fn trace(&mut self, f: &mut impl FnMut(&mut Value)) {
        let Function { code, globals, name, qualname, module, doc, .. } = self;
        [code, globals, name, qualname, module, doc].into_iter().for_each(&mut *f);
        let Function { defaults, kwdefaults, closure, annotations, annotate, type_params, .. } = self;
        [defaults, kwdefaults, closure, annotations, annotate, type_params].into_iter().for_each(f);
    }
}

impl TypeData {
    fn trace(&mut self, f: &mut impl FnMut(&mut Value)) {
        let words = self.bases.iter_mut().chain(&mut self.mro).chain(&mut self.subclasses);
        words.for_each(&mut *f);
        f(&mut self.dict);
        f(&mut self.base);
        f(&mut self.qualname);
    }
}
