//! The objects every part of the interpreter names: singletons, builtin classes, the names of special methods.
//!
//! They are the first words of the root stack, so that each has a constant handle. Boot fills them in this order.

use crate::heap::H;
use crate::object::{Layout, TYPE_BASE, TYPE_DICT, TYPE_NO_NEW, TYPE_WEAK};

/// A builtin class: what boot makes a type object of.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) base: H,
    pub(crate) layout: Layout,
    pub(crate) flags: u32,
}

pub(crate) const NULL: H = H(0);
pub(crate) const NONE: H = H(1);
pub(crate) const TRUE: H = H(2);
pub(crate) const FALSE: H = H(3);
pub(crate) const ELLIPSIS: H = H(4);
pub(crate) const NOT_IMPLEMENTED: H = H(5);
/// The exception on its way.
pub(crate) const PENDING: H = H(6);
/// The exception being handled.
pub(crate) const HANDLED: H = H(7);
pub(crate) const EMPTY_TUPLE: H = H(8);
/// The dict of the builtins module.
pub(crate) const BUILTINS: H = H(9);
/// `sys.modules`.
pub(crate) const MODULES: H = H(10);
/// The dict of the sys module.
pub(crate) const SYS: H = H(11);
const FIRST_TYPE: u32 = 12;

macro_rules! classes {
    ($($konst:ident $name:literal $base:ident $layout:ident $($flag:ident)|*;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, dead_code, reason = "counts the classes")]
        enum Index { $($konst),* }
        $(
            #[allow(dead_code, reason = "some classes only scripts name")]
            pub(crate) const $konst: H = H(FIRST_TYPE + Index::$konst as u32);
        )*
        /// The builtin classes, in the order of their handles.
        pub(crate) static CLASSES: &[Known] = &[
            $(Known { name: $name, base: $base, layout: Layout::$layout, flags: 0 $(| $flag)* }),*
        ];
    };
}

classes! {
    OBJECT "object" NULL Plain TYPE_BASE;
    TYPE "type" OBJECT Type TYPE_BASE | TYPE_DICT | TYPE_WEAK;
    INT "int" OBJECT Int TYPE_BASE;
    BOOL "bool" INT Int;
    FLOAT "float" OBJECT Float TYPE_BASE;
    COMPLEX "complex" OBJECT Complex TYPE_BASE;
    STR "str" OBJECT Str TYPE_BASE;
    BYTES "bytes" OBJECT Bytes TYPE_BASE;
    BYTEARRAY "bytearray" OBJECT ByteArray TYPE_BASE;
    TUPLE "tuple" OBJECT Tuple TYPE_BASE;
    LIST "list" OBJECT List TYPE_BASE;
    DICT "dict" OBJECT Dict TYPE_BASE;
    SET "set" OBJECT Set TYPE_BASE | TYPE_WEAK;
    FROZENSET "frozenset" OBJECT Set TYPE_BASE | TYPE_WEAK;
    RANGE "range" OBJECT Own;
    SLICE "slice" OBJECT Own;
    NONE_TYPE "NoneType" OBJECT Own;
    ELLIPSIS_TYPE "ellipsis" OBJECT Own;
    NOT_IMPLEMENTED_TYPE "NotImplementedType" OBJECT Own;
    FUNCTION "function" OBJECT Own TYPE_DICT | TYPE_WEAK;
    NATIVE "builtin_function_or_method" OBJECT Own TYPE_NO_NEW | TYPE_WEAK;
    METHOD_DESCR "method_descriptor" OBJECT Own TYPE_NO_NEW;
    CLASS_METHOD_DESCR "classmethod_descriptor" OBJECT Own TYPE_NO_NEW;
    SLOT_WRAPPER "wrapper_descriptor" OBJECT Own TYPE_NO_NEW;
    METHOD "method" OBJECT Own TYPE_WEAK;
    METHOD_WRAPPER "method-wrapper" OBJECT Own TYPE_NO_NEW;
    PROPERTY "property" OBJECT Property TYPE_BASE;
    CLASSMETHOD "classmethod" OBJECT ClassMethod TYPE_BASE | TYPE_DICT;
    STATICMETHOD "staticmethod" OBJECT StaticMethod TYPE_BASE | TYPE_DICT;
    GETSET "getset_descriptor" OBJECT Own TYPE_NO_NEW;
    MEMBER "member_descriptor" OBJECT Own TYPE_NO_NEW;
    CELL "cell" OBJECT Own;
    MODULE "module" OBJECT Module TYPE_BASE | TYPE_DICT | TYPE_WEAK;
    CODE "code" OBJECT Own TYPE_NO_NEW | TYPE_WEAK;
    GENERATOR "generator" OBJECT Own TYPE_NO_NEW | TYPE_WEAK;
    COROUTINE "coroutine" OBJECT Own TYPE_NO_NEW | TYPE_WEAK;
    COROUTINE_WRAPPER "coroutine_wrapper" OBJECT Own TYPE_NO_NEW;
    ASYNC_GENERATOR "async_generator" OBJECT Own TYPE_NO_NEW | TYPE_WEAK;
    ASYNC_WRAPPED "async_generator_wrapped_value" OBJECT Own TYPE_NO_NEW;
    TRACEBACK "traceback" OBJECT Own TYPE_NO_NEW;
    FRAME "frame" OBJECT Own TYPE_NO_NEW;
    WEAKREF "weakref.ReferenceType" OBJECT Weakref TYPE_BASE;
    MEMORYVIEW "memoryview" OBJECT Own TYPE_WEAK;
    SUPER "super" OBJECT Super TYPE_BASE;
    MAPPINGPROXY "mappingproxy" OBJECT Own;
    DICT_KEYS "dict_keys" OBJECT Own TYPE_NO_NEW;
    DICT_VALUES "dict_values" OBJECT Own TYPE_NO_NEW;
    DICT_ITEMS "dict_items" OBJECT Own TYPE_NO_NEW;
    GENERIC_ALIAS "types.GenericAlias" OBJECT Own TYPE_BASE;
    UNION "types.UnionType" OBJECT Own TYPE_NO_NEW | TYPE_WEAK;
    NAMESPACE "types.SimpleNamespace" OBJECT Plain TYPE_BASE | TYPE_DICT;
    LOCK "_thread.lock" OBJECT Own TYPE_WEAK;
    RLOCK "_thread.RLock" OBJECT Plain TYPE_BASE | TYPE_WEAK;
    FILE "TextIOWrapper" OBJECT Own TYPE_NO_NEW | TYPE_DICT;
    SEQ_ITER "iterator" OBJECT Own TYPE_NO_NEW;
    LIST_ITER "list_iterator" OBJECT Own TYPE_NO_NEW;
    LIST_REV "list_reverseiterator" OBJECT Own TYPE_NO_NEW;
    REVERSED "reversed" OBJECT Own TYPE_BASE;
    TUPLE_ITER "tuple_iterator" OBJECT Own TYPE_NO_NEW;
    STR_ITER "str_iterator" OBJECT Own TYPE_NO_NEW;
    BYTES_ITER "bytes_iterator" OBJECT Own TYPE_NO_NEW;
    BYTEARRAY_ITER "bytearray_iterator" OBJECT Own TYPE_NO_NEW;
    MEMORY_ITER "memory_iterator" OBJECT Own TYPE_NO_NEW;
    KEY_ITER "dict_keyiterator" OBJECT Own TYPE_NO_NEW;
    VALUE_ITER "dict_valueiterator" OBJECT Own TYPE_NO_NEW;
    ITEM_ITER "dict_itemiterator" OBJECT Own TYPE_NO_NEW;
    KEY_REV "dict_reversekeyiterator" OBJECT Own TYPE_NO_NEW;
    VALUE_REV "dict_reversevalueiterator" OBJECT Own TYPE_NO_NEW;
    ITEM_REV "dict_reverseitemiterator" OBJECT Own TYPE_NO_NEW;
    SET_ITER "set_iterator" OBJECT Own TYPE_NO_NEW;
    RANGE_ITER "range_iterator" OBJECT Own TYPE_NO_NEW;
    LONG_RANGE_ITER "longrange_iterator" OBJECT Own TYPE_NO_NEW;
    CALL_ITER "callable_iterator" OBJECT Own TYPE_NO_NEW;
    ENUMERATE "enumerate" OBJECT Own TYPE_BASE;
    ZIP "zip" OBJECT Own TYPE_BASE;
    MAP "map" OBJECT Own TYPE_BASE;
    FILTER "filter" OBJECT Own TYPE_BASE;
    CHAIN "itertools.chain" OBJECT Own TYPE_BASE;
    COUNT "itertools.count" OBJECT Own TYPE_BASE;
    REPEAT "itertools.repeat" OBJECT Own TYPE_BASE;
    CYCLE "itertools.cycle" OBJECT Own TYPE_BASE;
    ISLICE "itertools.islice" OBJECT Own TYPE_BASE;
    STARMAP "itertools.starmap" OBJECT Own TYPE_BASE;
    TAKEWHILE "itertools.takewhile" OBJECT Own TYPE_BASE;
    DROPWHILE "itertools.dropwhile" OBJECT Own TYPE_BASE;
    ACCUMULATE "itertools.accumulate" OBJECT Own TYPE_BASE;
    BASE_EXCEPTION "BaseException" OBJECT Exception TYPE_BASE | TYPE_DICT;
    SYSTEM_EXIT "SystemExit" BASE_EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    KEYBOARD_INTERRUPT "KeyboardInterrupt" BASE_EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    GENERATOR_EXIT "GeneratorExit" BASE_EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    EXCEPTION "Exception" BASE_EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    BASE_EXCEPTION_GROUP "BaseExceptionGroup" BASE_EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    EXCEPTION_GROUP "ExceptionGroup" BASE_EXCEPTION_GROUP Exception TYPE_BASE | TYPE_DICT;
    STOP_ITERATION "StopIteration" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    STOP_ASYNC_ITERATION "StopAsyncIteration" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    ARITHMETIC_ERROR "ArithmeticError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    FLOATING_POINT_ERROR "FloatingPointError" ARITHMETIC_ERROR Exception TYPE_BASE | TYPE_DICT;
    OVERFLOW_ERROR "OverflowError" ARITHMETIC_ERROR Exception TYPE_BASE | TYPE_DICT;
    ZERO_DIVISION_ERROR "ZeroDivisionError" ARITHMETIC_ERROR Exception TYPE_BASE | TYPE_DICT;
    ASSERTION_ERROR "AssertionError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    ATTRIBUTE_ERROR "AttributeError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    BUFFER_ERROR "BufferError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    EOF_ERROR "EOFError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    IMPORT_ERROR "ImportError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" IMPORT_ERROR Exception TYPE_BASE | TYPE_DICT;
    LOOKUP_ERROR "LookupError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    INDEX_ERROR "IndexError" LOOKUP_ERROR Exception TYPE_BASE | TYPE_DICT;
    KEY_ERROR "KeyError" LOOKUP_ERROR Exception TYPE_BASE | TYPE_DICT;
    MEMORY_ERROR "MemoryError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    NAME_ERROR "NameError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    UNBOUND_LOCAL_ERROR "UnboundLocalError" NAME_ERROR Exception TYPE_BASE | TYPE_DICT;
    OS_ERROR "OSError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    FILE_NOT_FOUND_ERROR "FileNotFoundError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    FILE_EXISTS_ERROR "FileExistsError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    PERMISSION_ERROR "PermissionError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    TIMEOUT_ERROR "TimeoutError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    CONNECTION_ERROR "ConnectionError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    CHILD_PROCESS_ERROR "ChildProcessError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    BLOCKING_IO_ERROR "BlockingIOError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    INTERRUPTED_ERROR "InterruptedError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    IS_A_DIRECTORY_ERROR "IsADirectoryError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    PROCESS_LOOKUP_ERROR "ProcessLookupError" OS_ERROR Exception TYPE_BASE | TYPE_DICT;
    BROKEN_PIPE_ERROR "BrokenPipeError" CONNECTION_ERROR Exception TYPE_BASE | TYPE_DICT;
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" CONNECTION_ERROR Exception TYPE_BASE | TYPE_DICT;
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" CONNECTION_ERROR Exception TYPE_BASE | TYPE_DICT;
    CONNECTION_RESET_ERROR "ConnectionResetError" CONNECTION_ERROR Exception TYPE_BASE | TYPE_DICT;
    REFERENCE_ERROR "ReferenceError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    RUNTIME_ERROR "RuntimeError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    NOT_IMPLEMENTED_ERROR "NotImplementedError" RUNTIME_ERROR Exception TYPE_BASE | TYPE_DICT;
    RECURSION_ERROR "RecursionError" RUNTIME_ERROR Exception TYPE_BASE | TYPE_DICT;
    FINALIZATION_ERROR "PythonFinalizationError" RUNTIME_ERROR Exception TYPE_BASE | TYPE_DICT;
    SYNTAX_ERROR "SyntaxError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    INDENTATION_ERROR "IndentationError" SYNTAX_ERROR Exception TYPE_BASE | TYPE_DICT;
    TAB_ERROR "TabError" INDENTATION_ERROR Exception TYPE_BASE | TYPE_DICT;
    INCOMPLETE_INPUT_ERROR "_IncompleteInputError" SYNTAX_ERROR Exception TYPE_BASE | TYPE_DICT;
    SYSTEM_ERROR "SystemError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    TYPE_ERROR "TypeError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    VALUE_ERROR "ValueError" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    UNICODE_ERROR "UnicodeError" VALUE_ERROR Exception TYPE_BASE | TYPE_DICT;
    UNICODE_DECODE_ERROR "UnicodeDecodeError" UNICODE_ERROR Exception TYPE_BASE | TYPE_DICT;
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" UNICODE_ERROR Exception TYPE_BASE | TYPE_DICT;
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError" UNICODE_ERROR Exception TYPE_BASE | TYPE_DICT;
    WARNING "Warning" EXCEPTION Exception TYPE_BASE | TYPE_DICT;
    USER_WARNING "UserWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    DEPRECATION_WARNING "DeprecationWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    RUNTIME_WARNING "RuntimeWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    SYNTAX_WARNING "SyntaxWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    FUTURE_WARNING "FutureWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    IMPORT_WARNING "ImportWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    BYTES_WARNING "BytesWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    RESOURCE_WARNING "ResourceWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    UNICODE_WARNING "UnicodeWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
    ENCODING_WARNING "EncodingWarning" WARNING Exception TYPE_BASE | TYPE_DICT;
}

pub(crate) const FIRST_NAME: u32 = FIRST_TYPE + CLASSES.len() as u32;

macro_rules! names {
    ($($name:ident)*) => {
        /// Handles of interned names.
        #[allow(non_upper_case_globals, reason = "each constant is called what it holds")]
        pub(crate) mod n {
            use super::{FIRST_NAME, H};
            #[allow(non_camel_case_types, dead_code, reason = "counts the names")]
            enum Index { $($name),* }
            $(
                #[allow(dead_code, reason = "some names are spare")]
                pub(crate) const $name: H = H(FIRST_NAME + Index::$name as u32);
            )*
        }
        /// The names, in the order of their handles.
        pub(crate) static NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

names! {
    __abs__ __add__ __all__ __and__ __annotate__ __annotations__ __args__ __bases__ __bool__ __build_class__ __builtins__ __bytes__ __call__
    __class__ __class_getitem__ __classcell__ __classdict__ __classdictcell__ __complex__ __contains__ __del__ __delattr__ __delete__ __delitem__ __dict__
    __dir__ __divmod__ __doc__ __enter__ __eq__ __exit__ __file__ __float__ __floordiv__ __format__ __ge__ __get__ __getattr__
    __getattribute__ __getitem__ __gt__ __hash__ __iadd__ __iand__ __ifloordiv__ __ilshift__ __imatmul__ __imod__ __import__ __imul__
    __index__ __init__ __init_subclass__ __instancecheck__ __int__ __invert__ __ior__ __ipow__ __irshift__ __isub__ __iter__ __itruediv__
    __ixor__ __le__ __len__ __length_hint__ __lshift__ __lt__ __main__ __match_args__ __matmul__ __missing__ __mod__ __module__
    __mro_entries__ __mul__ __name__ __ne__ __neg__ __new__ __next__ __notes__ __objclass__ __or__ __orig_bases__ __origin__ __path__
    __pos__ __pow__ __prepare__ __qualname__ __radd__ __rand__ __rdivmod__ __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmatmul__
    __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __self__ __set__ __set_name__
    __setattr__ __setitem__ __slots__ __static_attributes__ __firstlineno__ __str__ __sub__ __subclasscheck__ __subclasshook__ __truediv__ __trunc__
    __type_params__ __weakref__ __wrapped__ __xor__ __package__ __spec__ __loader__ __debug__ __code__ __func__ __defaults__
    builtins close dict displayhook end excepthook items keys modules mro path send sep stderr stdout sys throw unraisablehook update value values write flush
    argv last_exc metaclass get encoding gc __ceil__ __floor__ __sizeof__ __conditional_annotations__ __aenter__ __aexit__ __await__ __aiter__ __anext__ file format
}

/// How many words of the root stack are spoken for.
pub(crate) const WORDS: usize = FIRST_NAME as usize + NAMES.len();
