//! `Host`: the abstract protocol through which the C API reaches an interpreter.
//!
//! An embedder implements this one trait (a sum of focused ones). Handles are opaque words: a [`HostRef`] names an
//! object somebody else keeps alive for the duration of the call, a [`HostObj`] owns one reference. What a word means is
//! the host's business: an address, an index of a root table.
//!
//! Contract of every method unless its own text says otherwise: it may allocate, collect, and run any Python code, and so
//! may come back into C; it reports failure by `Err(exception object)` and leaves nothing pending in the host. The layer
//! never holds one of its own borrows or the extension lock across such a call. Methods marked *leaf* neither run Python
//! code nor call back, and may be called with the lock held.

mod offers;

use std::cell::UnsafeCell;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::ops::Range;

use object_mirror::object::PyObject;
pub use offers::{
    CountingProtocol, InterpreterConfig, InterpreterProtocol, ListStorage, Monitored, MonitoringProtocol, Offers,
    ToolProtocol, Watched,
};
pub use refcount_bridge::cycles::CountingHost;
pub use refcount_bridge::{GcHooks, Headers};

/// A borrowed handle of a host object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct HostRef(NonZeroUsize);

impl HostRef {
    /// The handle whose word is `word`, or `None` for zero.
    pub const fn from_word(word: usize) -> Option<Self> {
        match NonZeroUsize::new(word) {
            Some(word) => Some(Self(word)),
            None => None,
        }
    }

    /// The host's word.
    pub const fn word(self) -> usize {
        self.0.get()
    }

    /// One more reference to the object.
    pub fn to_owned(self) -> HostObj {
        HostObj(HostRef::from_word(host().retain(self.word())).expect("retain keeps a handle a handle"))
    }
}

/// An owned reference to a host object; dropping it gives the reference back.
#[derive(Debug)]
#[repr(transparent)]
pub struct HostObj(HostRef);

impl HostObj {
    /// Take over the reference that `word` stands for.
    ///
    /// # Safety
    /// `word` came from [`HostObj::into_word`] (or the host's own `retain`) and is given up by the caller.
    pub unsafe fn from_word(word: usize) -> Option<Self> {
        HostRef::from_word(word).map(Self)
    }

    /// The handle, borrowed.
    pub const fn as_ref(&self) -> HostRef {
        self.0
    }

    /// Give the reference to somebody who keeps words.
    pub fn into_word(self) -> usize {
        let word = self.0.word();
        std::mem::forget(self);
        word
    }
}

impl Clone for HostObj {
    fn clone(&self) -> Self {
        self.0.to_owned()
    }
}

impl Drop for HostObj {
    fn drop(&mut self) {
        host().release(self.0.word());
    }
}

impl std::ops::Deref for HostObj {
    type Target = HostRef;

    fn deref(&self) -> &HostRef {
        &self.0
    }
}

/// A result of the host; the error is the exception object.
pub type HostResult<T> = Result<T, HostObj>;

/// The singletons and how a host object is laid out for C.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each variant is the builtin type of that name")]
pub enum Kind {
    None,
    NotImplemented,
    Ellipsis,
    False,
    True,
    Int,
    /// An exact int that is no object of its own on this host: each crossing gives C a fresh int of that value, which no link
    /// ties to the host.
    Unboxed(i64),
    Float,
    Complex,
    Str,
    Bytes,
    ByteArray,
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
    Type,
    Exception,
    Module,
    /// A bound Python method: `PyMethodObject`.
    Method,
    /// An instance of a class made by C (or of a subclass of one), whose mirror the host keeps.
    CInstance(*mut PyObject),
    /// Anything else: C sees a bare `PyObject`.
    Other,
}

impl Kind {
    /// Whether it is an int, and no bool.
    pub fn is_int(self) -> bool {
        matches!(self, Self::Int | Self::Unboxed(_))
    }
}

/// The number protocol's two-operand operations, in the order of `PyNumberMethods`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs, reason = "each variant is the slot of that name")]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Remainder,
    Divmod,
    Lshift,
    Rshift,
    And,
    Xor,
    Or,
    FloorDivide,
    TrueDivide,
    MatrixMultiply,
}

/// The number protocol's one-operand operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs, reason = "each variant is the operation of that name")]
pub enum UnaryOp {
    Negative,
    Positive,
    Absolute,
    Invert,
    /// `int(x)`: the nb_int slot and its fallbacks (`PyNumber_Long`).
    Int,
    /// `float(x)` (`PyNumber_Float`).
    Float,
    /// `operator.index(x)` (`PyNumber_Index`): an exact int.
    Index,
}

/// `Py_LT` ... `Py_GE`, with C's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
#[allow(missing_docs, reason = "each variant is the comparison of that name")]
pub enum Compare {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

impl Compare {
    /// The comparison whose C number is `op`.
    pub fn from_c(op: i32) -> Option<Self> {
        [Self::Lt, Self::Le, Self::Eq, Self::Ne, Self::Gt, Self::Ge].get(usize::try_from(op).ok()?).copied()
    }
}

/// What the layer asks of a class to make its `PyTypeObject`.
pub struct ClassInfo {
    /// `__name__`.
    pub name: String,
    /// The class whose instances' layout this one extends (`__base__`).
    pub base: Option<HostObj>,
    /// `__bases__`, in order.
    pub bases: Vec<HostObj>,
    /// `__mro__`, in order, the class itself first.
    pub mro: Vec<HostObj>,
    /// How many fields of instances its own `__slots__` name.
    pub own_slots: usize,
    /// The special methods (`__len__`...) in the class's own namespace.
    pub own_specials: Vec<String>,
    /// Whether instances have a `__dict__`.
    pub has_dict: bool,
    /// Whether instances can be weakly referenced.
    pub has_weakrefs: bool,
    /// Whether the class may be subclassed.
    pub is_base_type: bool,
    /// Whether it was made at run time (`Py_TPFLAGS_HEAPTYPE`).
    pub is_heap: bool,
}

/// A call from the host into C: positional arguments, then the keyword arguments' values; `names` are the latter's names.
pub type NativeCall = Box<dyn Fn(&[HostRef], &[HostRef]) -> HostResult<HostObj> + Send + Sync>;
/// Read an attribute of the instance.
pub type NativeGet = Box<dyn Fn(HostRef) -> HostResult<HostObj> + Send + Sync>;
/// Write an attribute, or delete it (`None`).
pub type NativeSet = Box<dyn Fn(HostRef, Option<HostRef>) -> HostResult<()> + Send + Sync>;

/// How a function implemented in C appears in a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionKind {
    /// A method of instances: the call receives the instance first.
    Method,
    /// A class method: the call receives the class first.
    ClassMethod,
    /// A static method: the call receives the arguments alone.
    StaticMethod,
}

/// A class that C defined, for the host to make.
pub struct ClassSpec<'a> {
    /// `__name__` (the last part of `tp_name`).
    pub name: &'a str,
    /// `__module__`, for the namespace. A static type has none there: its `tp_name` tells it, `builtins` where it has no dot.
    pub module: Option<&'a str>,
    /// `__qualname__`, where it differs from the name.
    pub qualname: Option<&'a str>,
    /// `__doc__`.
    pub doc: Option<&'a str>,
    /// The bases, in order; never empty.
    pub bases: &'a [HostRef],
    /// The metaclass.
    pub metaclass: HostRef,
    /// The `PyTypeObject` that C sees.
    pub mirror: *mut PyObject,
    /// Whether Python code may subclass it.
    pub is_base_type: bool,
    /// Whether C owns the layout of its instances: they are made as C instances.
    pub c_layout: bool,
    /// Whether the host gives instances a `__dict__` (managed dict).
    pub has_dict: bool,
    /// Whether instances can be weakly referenced.
    pub has_weakrefs: bool,
    /// Whether attributes of the class may not be set (`Py_TPFLAGS_IMMUTABLETYPE`).
    pub is_immutable: bool,
    /// Whether `tp_new` is missing on purpose.
    pub disallow_instantiation: bool,
}

/// What a method says that a host has not got: NotImplementedError with its name.
fn lacking(method: &str) -> HostObj {
    let Some(class) = host().builtin_class("NotImplementedError") else { absent(method) };
    let message = host().new_str(format!("{} has no '{method}'", host().name()).as_bytes());
    host().call(class.as_ref(), &[message.as_ref()], &[]).unwrap_or_else(|error| error)
}

/// What the host offers to tools; NotImplementedError where it has nothing for them.
pub(crate) fn tools() -> HostResult<&'static dyn ToolProtocol> {
    offers().tools.ok_or_else(|| lacking("tools"))
}

/// The host's `sys.monitoring`; NotImplementedError where it has none.
pub(crate) fn monitoring() -> HostResult<&'static dyn MonitoringProtocol> {
    offers().monitoring.ok_or_else(|| lacking("sys.monitoring"))
}

/// The same, of a method that cannot fail: the boundary makes it a SystemError.
#[cold]
fn absent(method: &str) -> ! {
    panic!("{} has no '{method}'", host().name())
}

/// Objects and attributes.
#[allow(unused_variables, reason = "what is not there has no use for its arguments")]
pub trait ObjectProtocol {
    /// *Leaf.* How the object is laid out for C.
    fn kind(&self, object: HostRef) -> Kind {
        absent("kind")
    }
    /// *Leaf.* `type(object)`, borrowed from the object.
    fn type_of(&self, object: HostRef) -> HostRef {
        absent("type_of")
    }
    /// `getattr(object, name)`.
    fn get_attr(&self, object: HostRef, name: HostRef) -> HostResult<HostObj> {
        Err(lacking("get_attr"))
    }
    /// `setattr`, or `delattr` for `None`.
    fn set_attr(&self, object: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        Err(lacking("set_attr"))
    }
    /// `object.__getattribute__(object, name)`, past what the class overrides.
    fn generic_get_attr(&self, object: HostRef, name: HostRef) -> HostResult<HostObj> {
        Err(lacking("generic_get_attr"))
    }
    /// Set an attribute, or delete it for `None`, as the builtin `class` does it, of which `object` is an instance: what its class
    /// overrides is passed over, and nobody asks whether it may be.
    fn set_attr_as(&self, class: HostRef, object: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        Err(lacking("set_attr_as"))
    }
    /// `object.__setattr__` / `__delattr__`, past what the class overrides.
    fn generic_set_attr(&self, object: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        Err(lacking("generic_set_attr"))
    }
    /// The instance's `__dict__`, if it has one now or can have one.
    fn instance_dict(&self, object: HostRef) -> Option<HostObj> {
        absent("instance_dict")
    }
    /// The instance's `__dict__` if it has one now: none is made.
    fn present_instance_dict(&self, object: HostRef) -> Option<HostObj> {
        None
    }
    /// Make `dict` the instance's `__dict__`; `false` if instances keep the dict they have.
    fn set_instance_dict(&self, object: HostRef, dict: HostObj) -> bool {
        false
    }
    /// `repr(object)`.
    fn repr(&self, object: HostRef) -> HostResult<HostObj> {
        Err(lacking("repr"))
    }
    /// `str(object)`.
    fn str(&self, object: HostRef) -> HostResult<HostObj> {
        Err(lacking("str"))
    }
    /// `hash(object)`.
    fn hash(&self, object: HostRef) -> HostResult<isize> {
        Err(lacking("hash"))
    }
    /// `bool(object)`.
    fn is_true(&self, object: HostRef) -> HostResult<bool> {
        Err(lacking("is_true"))
    }
    /// The comparison's result object.
    fn rich_compare(&self, left: HostRef, right: HostRef, op: Compare) -> HostResult<HostObj> {
        Err(lacking("rich_compare"))
    }
    /// `isinstance`.
    fn is_instance(&self, object: HostRef, class: HostRef) -> HostResult<bool> {
        Err(lacking("is_instance"))
    }
    /// `issubclass`.
    fn is_subclass(&self, class: HostRef, of: HostRef) -> HostResult<bool> {
        Err(lacking("is_subclass"))
    }
    /// `len(object)`.
    fn length(&self, object: HostRef) -> HostResult<usize> {
        Err(lacking("length"))
    }
    /// `object[key]`.
    fn get_item(&self, object: HostRef, key: HostRef) -> HostResult<HostObj> {
        Err(lacking("get_item"))
    }
    /// `object[key] = value`, or `del object[key]`.
    fn set_item(&self, object: HostRef, key: HostRef, value: Option<HostRef>) -> HostResult<()> {
        Err(lacking("set_item"))
    }
    /// `item in object`.
    fn contains(&self, object: HostRef, item: HostRef) -> HostResult<bool> {
        Err(lacking("contains"))
    }
    /// `iter(object)`.
    fn iter(&self, object: HostRef) -> HostResult<HostObj> {
        Err(lacking("iter"))
    }
    /// The iterator's next item; `Ok(None)` when it is exhausted. A StopIteration that carries a value is the error.
    fn next(&self, iterator: HostRef) -> HostResult<Option<HostObj>> {
        Err(lacking("next"))
    }
}

/// Calls and numbers.
#[allow(unused_variables, reason = "what is not there has no use for its arguments")]
pub trait CallProtocol {
    /// Call with positional arguments, then the values of the keyword arguments `names`.
    fn call(&self, callable: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
        Err(lacking("call"))
    }
    /// Make an instance of `class` as the builtin class `owner` itself makes those of its subclasses, without asking
    /// whether that is safe for `class`: a C type over a builtin calls the builtin's `tp_new` from its own.
    fn call_new(&self, owner: HostRef, class: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
        Err(lacking("call_new"))
    }
    /// A two-operand operation, in place or not, as the operator does it.
    fn binary(&self, op: BinaryOp, left: HostRef, right: HostRef, in_place: bool) -> HostResult<HostObj> {
        Err(lacking("binary"))
    }
    /// `pow(base, exponent, modulus)`; `None` stands for no modulus.
    fn power(&self, base: HostRef, exponent: HostRef, modulus: Option<HostRef>, in_place: bool) -> HostResult<HostObj> {
        Err(lacking("power"))
    }
    /// A one-operand operation.
    fn unary(&self, op: UnaryOp, operand: HostRef) -> HostResult<HostObj> {
        Err(lacking("unary"))
    }
}

/// Values: made from and read as plain data. All *leaf*.
#[allow(unused_variables, reason = "what is not there has no use for its arguments")]
pub trait ValueProtocol {
    /// `None`, `NotImplemented`, `...`, `False`, `True`.
    fn singleton(&self, kind: Kind) -> HostObj {
        absent("singleton")
    }
    /// The int of that value.
    fn new_int(&self, value: i64) -> HostObj {
        absent("new_int")
    }
    /// The int with these 30-bit digits, least significant first.
    fn new_big_int(&self, negative: bool, digits: &[u32]) -> HostObj {
        absent("new_big_int")
    }
    /// An int's value, if it fits; otherwise [`ValueProtocol::int_digits`] has it.
    fn int_value(&self, int: HostRef) -> Option<i64> {
        absent("int_value")
    }
    /// An int's sign and 30-bit digits, least significant first.
    fn int_digits(&self, int: HostRef) -> (bool, Vec<u32>) {
        absent("int_digits")
    }
    /// The float of that value.
    fn new_float(&self, value: f64) -> HostObj {
        absent("new_float")
    }
    /// A float's value.
    fn float_value(&self, float: HostRef) -> f64 {
        absent("float_value")
    }
    /// The complex of that value.
    fn new_complex(&self, real: f64, imaginary: f64) -> HostObj {
        absent("new_complex")
    }
    /// A complex's parts.
    fn complex_value(&self, complex: HostRef) -> (f64, f64) {
        absent("complex_value")
    }
    /// Where a bytearray's bytes lie, and how many. Behind them, in the same memory, is a NUL (`PyByteArray_AsString`); the bytes
    /// may move for that unless somebody views them.
    fn bytearray_storage(&self, bytearray: HostRef) -> (*mut u8, usize) {
        absent("bytearray_storage")
    }
    /// The str with these code points encoded as WTF-8 (lone surrogates included).
    fn new_str(&self, wtf8: &[u8]) -> HostObj {
        absent("new_str")
    }
    /// Call `read` with a str's WTF-8 bytes.
    fn with_str(&self, str: HostRef, read: &mut dyn FnMut(&[u8])) {
        absent("with_str")
    }
    /// The bytes of that content.
    fn new_bytes(&self, data: &[u8]) -> HostObj {
        absent("new_bytes")
    }
    /// Call `read` with the content of a bytes or bytearray.
    fn with_bytes(&self, bytes: HostRef, read: &mut dyn FnMut(&[u8])) {
        absent("with_bytes")
    }
    /// A bytearray of that content.
    fn new_bytearray(&self, data: &[u8]) -> HostObj {
        absent("new_bytearray")
    }
    /// The tuple of these items.
    fn new_tuple(&self, items: Vec<HostObj>) -> HostObj {
        absent("new_tuple")
    }
    /// The list of these items.
    fn new_list(&self, items: Vec<HostObj>) -> HostObj {
        absent("new_list")
    }
    /// The items of a tuple or list.
    fn items(&self, sequence: HostRef) -> Vec<HostObj> {
        absent("items")
    }
    /// The tuple of an exception's arguments, whatever its class makes of `args`. *Leaf*.
    fn exception_args(&self, exception: HostRef) -> HostObj {
        absent("exception_args")
    }
    /// A number that is another one after each change of the list; `None` if this host cannot tell. *Leaf*.
    fn list_stamp(&self, list: HostRef) -> Option<u32> {
        None
    }
    /// Which of these identities are not the list's items any more, and what stands in their place; `None` if all are. *Leaf*.
    fn list_change(&self, list: HostRef, identities: &[usize]) -> Option<(Range<usize>, Vec<HostObj>)> {
        absent("list_change")
    }
    /// Put these items in the place of those in `range`, which may go beyond the end.
    fn splice_list(&self, list: HostRef, range: Range<usize>, items: Vec<HostObj>) {
        absent("splice_list")
    }
    /// An empty dict.
    fn new_dict(&self) -> HostObj {
        absent("new_dict")
    }
    /// The number of entries of a dict, set, list or tuple, whatever its class makes of `len`.
    fn container_len(&self, container: HostRef) -> usize {
        absent("container_len")
    }
    /// The entry at or after `position` of a dict, with the position after it.
    fn dict_next(&self, dict: HostRef, position: usize) -> Option<(usize, HostObj, HostObj)> {
        absent("dict_next")
    }
    /// An empty module object of that name.
    fn new_module(&self, name: HostRef) -> HostObj {
        absent("new_module")
    }
    /// The module's or class's namespace.
    fn namespace(&self, object: HostRef) -> HostObj {
        absent("namespace")
    }
    /// A new bound method.
    fn new_method(&self, function: HostRef, self_: HostRef) -> HostObj {
        absent("new_method")
    }
    /// A bound method's function and self.
    fn method_parts(&self, method: HostRef) -> (HostObj, HostObj) {
        absent("method_parts")
    }
}

/// Dict access by the dict's own implementation, past what a subclass overrides.
#[allow(unused_variables, reason = "what is not there has no use for its arguments")]
pub trait DictProtocol {
    /// The value of `key`, if any.
    fn dict_get(&self, dict: HostRef, key: HostRef) -> HostResult<Option<HostObj>> {
        Err(lacking("dict_get"))
    }
    /// Store `value` under `key`.
    fn dict_set(&self, dict: HostRef, key: HostRef, value: HostRef) -> HostResult<()> {
        Err(lacking("dict_set"))
    }
    /// As [`DictProtocol::dict_set`], in the namespace of a class: for a host that looks attributes up by names of its own.
    fn namespace_set(&self, dict: HostRef, name: HostRef, value: HostRef) -> HostResult<()> {
        self.dict_set(dict, name, value)
    }
    /// Remove `key`; whether it was there.
    fn dict_remove(&self, dict: HostRef, key: HostRef) -> HostResult<Option<HostObj>> {
        Err(lacking("dict_remove"))
    }
}

/// Classes, functions, modules.
#[allow(unused_variables, reason = "what is not there has no use for its arguments")]
pub trait TypeProtocol {
    /// The builtin class of that name (`int`, `TypeError`, or `module.name` for one outside `builtins`), if the host has it.
    fn builtin_class(&self, name: &str) -> Option<HostObj> {
        absent("builtin_class")
    }
    /// What C needs to know of a class.
    fn class_info(&self, class: HostRef) -> ClassInfo {
        absent("class_info")
    }
    /// Whether `class` is `of` or one of its subclasses, by the method resolution order. *Leaf.*
    fn is_subtype(&self, class: HostRef, of: HostRef) -> bool {
        absent("is_subtype")
    }
    /// Make the class that C described. Its slots follow the mirror's: the host calls [`crate::slots`] for each.
    fn new_class(&self, spec: &ClassSpec<'_>) -> HostResult<HostObj> {
        Err(lacking("new_class"))
    }
    /// A method, class method or static method of `class`, implemented by `call`.
    fn new_method_descriptor(
        &self,
        class: HostRef,
        name: &str,
        doc: Option<&str>,
        kind: FunctionKind,
        call: NativeCall,
    ) -> HostObj {
        absent("new_method_descriptor")
    }
    /// The special method `name` of `class`, which runs the function of a slot (`wrapper_descriptor`). Without a docstring it has
    /// CPython's for that name.
    fn new_slot_wrapper(&self, class: HostRef, name: &str, doc: Option<&str>, call: NativeCall) -> HostObj {
        absent("new_slot_wrapper")
    }
    /// A member descriptor of `class`. One that is read-only says so itself when it is set.
    fn new_member(&self, class: HostRef, name: &str, doc: Option<&str>, get: NativeGet, set: NativeSet) -> HostObj {
        absent("new_member")
    }
    /// A getset descriptor of `class`. One that is read-only says so itself when it is set.
    fn new_getset(&self, class: HostRef, name: &str, doc: Option<&str>, get: NativeGet, set: NativeSet) -> HostObj {
        absent("new_getset")
    }
    /// A function object that calls the C function of `mirror`, a `PyCFunctionObject`. It is linked as a C instance.
    fn new_c_function(&self, mirror: *mut PyObject) -> HostObj {
        absent("new_c_function")
    }
    /// An instance wrapper of `class` for a C-born mirror. It is linked as a C instance: the host tells
    /// [`crate::lifetime::wrapper_died`] when it dies.
    fn new_c_instance(&self, class: HostRef, mirror: *mut PyObject) -> HostObj {
        absent("new_c_instance")
    }
    /// The attribute that `class` or one of its bases defines, without binding it (`_PyType_Lookup`). *Leaf.*
    fn type_lookup(&self, class: HostRef, name: HostRef) -> Option<HostObj> {
        absent("type_lookup")
    }
    /// The classes that have `class` among their bases. *Leaf.*
    fn subclasses(&self, class: HostRef) -> Vec<HostObj> {
        absent("subclasses")
    }
    /// Forget what the host cached of the class. *Leaf.*
    fn class_modified(&self, class: HostRef) {}
    /// Call `call` whenever the function written in Python is called, with the function before its arguments.
    fn set_function_call(&self, function: HostRef, call: NativeCall) -> HostResult<()> {
        Err(lacking("set_function_call"))
    }
    /// Give a function written in Python another tuple of cells, or none.
    fn set_function_closure(&self, function: HostRef, closure: Option<HostRef>) -> HostResult<()> {
        Err(lacking("set_function_closure"))
    }
}

/// Errors, modules and the run time.
#[allow(unused_variables, reason = "what is not there has no use for its arguments")]
pub trait RuntimeProtocol {
    /// The exception being handled by the innermost running `except` block, if any. *Leaf.*
    fn handled_exception(&self) -> Option<HostObj> {
        None
    }
    /// Set what [`RuntimeProtocol::handled_exception`] answers, in the place of the code that runs; what was in that place. *Leaf.*
    fn set_handled_exception(&self, exception: Option<HostRef>) -> Option<HostObj> {
        absent("set_handled_exception")
    }
    /// Report an exception nobody can catch (`sys.unraisablehook`).
    fn unraisable(&self, exception: HostObj, message: Option<&str>, object: Option<HostRef>) {
        absent("unraisable")
    }
    /// Import a module and return it (`importlib.import_module`, absolute).
    fn import(&self, name: &str) -> HostResult<HostObj> {
        Err(lacking("import"))
    }
    /// An attribute of `sys`; `None` as well if there is no such module.
    fn sys_attr(&self, name: &str) -> Option<HostObj> {
        None
    }
    /// Whether anybody hears what `sys.audit` tells. *Leaf.*
    fn is_audited(&self) -> bool {
        true
    }
    /// The globals of the innermost Python frame. *Leaf.*
    fn current_globals(&self) -> Option<HostObj> {
        None
    }
    /// Make a `contextvars.Context` this thread's current one.
    fn enter_context(&self, context: HostRef) -> HostResult<()> {
        Err(lacking("enter_context"))
    }
    /// Leave this thread's current `contextvars.Context`, which is to be `context`.
    fn exit_context(&self, context: HostRef) -> HostResult<()> {
        Err(lacking("exit_context"))
    }
    /// The name of a file on disk for `file` and `line`, put on the exception's traceback (`PyTraceBack_Here`).
    fn add_traceback(&self, exception: HostRef, file: &str, function: &str, line: i32) {
        absent("add_traceback")
    }
    /// Run `body` so that other threads of the host need not wait for this one.
    fn blocking(&self, body: &mut dyn FnMut()) {
        // A host without threads has none that wait.
        body();
    }
    /// Leave the host, as `PyEval_SaveThread` does; the word goes to [`RuntimeProtocol::attach`].
    fn detach(&self) -> usize {
        absent("detach")
    }
    /// Come back after [`RuntimeProtocol::detach`].
    fn attach(&self, state: usize) {
        absent("attach")
    }
    /// Make this thread known to the host (`PyGILState_Ensure` of a foreign thread); `None` if it is already.
    fn adopt_thread(&self) -> Option<usize> {
        absent("adopt_thread")
    }
    /// Undo [`RuntimeProtocol::adopt_thread`].
    fn leave_thread(&self, state: usize) {
        absent("leave_thread")
    }
    /// The number of the interpreter that this thread is attached to now, `None` if it is attached to none. A host with one
    /// interpreter in a process numbers it 0. *Leaf.*
    fn attached(&self) -> Option<i64> {
        absent("attached")
    }
    /// C is about to call `fork` by itself: run the program's hooks, and stop all other threads of the host.
    fn before_fork(&self) {}
    /// C has called `fork`: in the parent the other threads go on; in the child this one is the only one. Then the hooks run.
    fn after_fork(&self, _in_child: bool) {}
    /// Call [`crate::run_pending_calls`] on the main thread, between two of Python's instructions; from any thread, which need
    /// not be attached. *Leaf.* Without it they run when C code checks for signals.
    fn call_soon(&self) {}
    /// Understand a command line of `python3`'s, its name first, for the interpreter that runs already.
    fn command_line(&self, args: &[OsString]) -> HostResult<CommandLine> {
        Err(lacking("command_line"))
    }
    /// End the interpreter as the end of its program does, for C that has not ended: wait for its threads, make C's calls
    /// ([`crate::finish_pending_calls`]), call what it has registered for its end, let its modules go, flush its streams, end the
    /// interpreters that it leaves. `false`: a stream could not be flushed. Nothing of the host's
    /// that waits on this thread's stack for C to return goes on afterwards: the process ends before. An error, and nothing has
    /// happened, where this thread cannot end it.
    fn end_interpreter(&self) -> HostResult<bool> {
        Err(lacking("end_interpreter"))
    }
    /// Whether the interpreter is ending or has ended, and runs no Python code but finalisers. Asked by any thread. *Leaf.*
    fn is_finalizing(&self) -> bool {
        false
    }
    /// Handle pending signals.
    fn check_signals(&self) -> HostResult<()> {
        Ok(())
    }
    /// Have the thread with this number (`threading.get_ident()`) raise what [`crate::interruption`] makes of `exception`, between
    /// two of its instructions; in place of an exception that waits for it already, and with none, nothing any more. Whether there
    /// is such a thread. What waits for a thread that ends goes with it.
    fn interrupt(&self, thread: u64, exception: Option<HostRef>) -> HostResult<bool> {
        Err(lacking("interrupt"))
    }
    /// Whether deeper recursion would exhaust the stack. *Leaf.*
    fn recursion_limit_reached(&self) -> bool {
        absent("recursion_limit_reached")
    }
    /// An exporter's buffer: see [`HostBuffer`]. `flags` are `PyBUF_*`; a host may describe more than they ask for.
    fn buffer(&self, object: HostRef, flags: i32) -> HostResult<Box<dyn HostBuffer>> {
        Err(lacking("buffer"))
    }
    /// A memoryview over memory that C exports; `release` runs once, when the last view of it is released.
    fn new_memoryview(&self, memory: CMemory) -> HostResult<HostObj> {
        Err(lacking("new_memoryview"))
    }
    /// Compile and run `source` (`exec` or `eval` mode) in these namespaces.
    fn run_source(
        &self,
        source: &str,
        file: &str,
        eval: bool,
        globals: HostRef,
        locals: HostRef,
    ) -> HostResult<HostObj> {
        Err(lacking("run_source"))
    }
}

/// What a command line comes to.
pub enum CommandLine {
    /// It is answered (`-V`) or refused, and that has been said: the exit status.
    Answered(i32),
    /// What runs its program in `__main__` and gives the exit status, or what ended it and is still to be reported.
    Program(Box<dyn FnOnce() -> HostResult<i32>>),
}

/// Memory of a host object, pinned until it is dropped.
pub trait HostBuffer {
    /// Start, length in bytes, whether it may not be written.
    fn memory(&self) -> (*mut u8, usize, bool);
    /// Where its items lie.
    fn layout(&self) -> BufferLayout;
    /// What `Py_buffer.obj` names where that is not the object that was asked: CPython has an object of its own between C and a
    /// `__buffer__` written in Python.
    fn owner(&self) -> Option<HostObj> {
        None
    }
}

/// What the items of a buffer are and where they lie: the fields of `Py_buffer` that say so, sizes in bytes. `shape` and `strides`
/// have an entry for each dimension.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BufferLayout {
    /// One item, in the syntax of the `struct` module.
    pub format: String,
    /// The size of an item.
    pub itemsize: usize,
    /// How many items.
    pub shape: Vec<isize>,
    /// From one item to the next.
    pub strides: Vec<isize>,
    /// Where pointers lie on the way to an item, as long as `shape`; empty where there are none (`Py_buffer` has NULL).
    pub suboffsets: Vec<isize>,
}

impl BufferLayout {
    /// One byte behind the other.
    pub fn of_bytes(len: usize) -> Self {
        let shape = vec![len as isize];
        Self { format: "B".to_owned(), itemsize: 1, shape, strides: vec![1], suboffsets: Vec::new() }
    }
}

/// Memory that a C object exports through `bf_getbuffer`.
#[allow(missing_docs, reason = "the fields are Py_buffer's")]
pub struct CMemory {
    pub exporter: Option<HostObj>,
    pub buf: *mut u8,
    pub len: usize,
    pub readonly: bool,
    pub layout: BufferLayout,
    pub release: Box<dyn FnOnce() + Send>,
}

/// How dead objects end: the steps of a collection that C has a part in. The layer holds each object until its end is over.
#[allow(unused_variables, reason = "what is not there has no use for its arguments")]
pub trait EndingProtocol {
    /// Clear the weak references to the `dead`, then call those callbacks whose weak references are not dead themselves.
    fn clear_weak_references(&self, dead: &[HostRef]) {
        absent("clear_weak_references")
    }
    /// Clear the weak references to the object, and forget what they were to call. *Leaf.*
    fn forget_weak_references(&self, object: HostRef) {
        absent("forget_weak_references")
    }
    /// Run the object's finaliser, once in its life; whether it ran. A wrapper's may be C's: see
    /// [`crate::lifetime::finalize`].
    fn finalize(&self, object: HostRef) -> bool {
        absent("finalize")
    }
    /// Whether the object's finaliser ran. Asked of objects whose state is the host's.
    fn is_finalized(&self, object: HostRef) -> bool {
        absent("is_finalized")
    }
    /// Make the object give up its references; of a wrapper, those that are the host's.
    fn clear(&self, object: HostRef) {
        absent("clear")
    }
}

/// Everything an interpreter offers.
pub trait Host:
    GcHooks
    + ObjectProtocol
    + CallProtocol
    + ValueProtocol
    + DictProtocol
    + TypeProtocol
    + RuntimeProtocol
    + EndingProtocol
    + Sync
{
    /// The host's name and version, for `pierglass --version` and messages.
    fn name(&self) -> &'static str;
}

struct HostCell(UnsafeCell<Option<(&'static dyn Host, Offers)>>);
// SAFETY: written once by `install`, before any C code or other thread can reach the layer.
unsafe impl Sync for HostCell {}
static HOST: HostCell = HostCell(UnsafeCell::new(None));

/// Make `host` the interpreter that this process's C API serves. Once, before any extension module is loaded.
pub fn install(host: &'static dyn Host, offers: Offers) {
    // SAFETY: the caller's contract: no C code runs yet, so nobody reads the cell.
    unsafe { *HOST.0.get() = Some((host, offers)) };
    crate::lists::note_offer(offers.list_storage.is_some());
}

/// Whether [`install`] has been called.
pub fn is_installed() -> bool {
    // SAFETY: as in `host`.
    unsafe { (*HOST.0.get()).is_some() }
}

/// The installed host.
#[inline]
pub fn host() -> &'static dyn Host {
    #[cfg(feature = "tally")]
    crate::tally::asks();
    // SAFETY: `install` ran before anything could call this, and nobody writes the cell again.
    unsafe { (*HOST.0.get()).expect("a host is installed before the C API is used").0 }
}

/// What it offers beyond [`Host`]; nothing before one is installed.
#[inline]
pub(crate) fn offers() -> Offers {
    // SAFETY: as in `host`.
    unsafe { (*HOST.0.get()).map_or(Offers::NONE, |(_, offers)| offers) }
}
