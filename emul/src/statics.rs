//! Static immortals: the objects C names by symbol. Singletons, small ints, the empty and one-character strings, builtin
//! types, `PyExc_*`.
//!
//! They live as long as the process, on both sides. What the types look like is recorded from CPython 3.13
//! (`gen/builtin_types.rs`); their slots run the host's own implementation of the builtin.

use std::ffi::{CString, c_char, c_ulong};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use capi_macros::capi_data;
use object_mirror::longobject::PyLongObject;
use object_mirror::object::{
    IMMORTAL_REFCNT, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_READY, PyAsyncMethods, PyBufferProcs, PyMappingMethods,
    PyNumberMethods, PyObject, PySequenceMethods, PyTypeObject,
};

use crate::gen_::builtin_types::{BUILTINS, EXCEPTIONS, addresses, exception_addresses};
use crate::host::{HostRef, Kind, host};
use crate::lifetime::bridge;
use crate::slots::Slot;
use crate::special;

/// The address of a builtin type's mirror.
macro_rules! builtin {
    ($name:ident) => {
        (&raw mut crate::gen_::builtin_types::$name)
    };
}
pub(crate) use builtin;

/// The address of a builtin exception type's mirror.
macro_rules! exception {
    ($name:ident) => {
        crate::statics::exception_at(&raw const crate::gen_::builtin_types::$name)
    };
}
pub(crate) use exception;

pub(crate) use crate::runtime::{empty_bytes, empty_str, empty_tuple, latin1, small_int};

/// What `exception!` reads: `place` is one of the statics that it names.
#[inline]
pub(crate) fn exception_at(place: *const *mut PyObject) -> *mut PyTypeObject {
    // SAFETY: the pointer is written before the process starts and never again.
    unsafe { (*place).cast() }
}

/// What CPython's own type of a name looks like.
pub(crate) struct Builtin {
    pub(crate) symbol: &'static str,
    pub(crate) name: &'static str,
    pub(crate) base: &'static str,
    pub(crate) basicsize: isize,
    pub(crate) itemsize: isize,
    pub(crate) dictoffset: isize,
    pub(crate) weaklistoffset: isize,
    pub(crate) vectorcall_offset: isize,
    pub(crate) flags: u64,
    pub(crate) slots: &'static str,
    /// Which of `tp_getattro` and `tp_setattro` are the type's own, not `object`'s generic ones.
    pub(crate) own: &'static str,
}

/// An empty type, to be filled by [`init`].
pub(crate) const fn zeroed_type() -> PyTypeObject {
    // SAFETY: an all-zero type is valid: NULL pointers, empty slots, zero counts.
    unsafe { std::mem::zeroed() }
}

pub(crate) const fn immortal(ty: *mut PyTypeObject) -> PyObject {
    PyObject { ob_refcnt: IMMORTAL_REFCNT, ob_type: ty }
}

pub(crate) const fn small(value: i64) -> PyLongObject {
    let sign = if value == 0 {
        1
    } else if value < 0 {
        2
    } else {
        0
    };
    let digits = if value == 0 { 0 } else { 1 };
    PyLongObject {
        ob_base: immortal(builtin!(PyLong_Type)),
        lv_tag: digits << 3 | sign,
        ob_digit: [value.unsigned_abs() as u32],
    }
}

/// `None`.
#[capi_data]
pub static mut _Py_NoneStruct: PyObject = immortal(builtin!(_PyNone_Type));
/// `NotImplemented`.
#[capi_data]
pub static mut _Py_NotImplementedStruct: PyObject = immortal(builtin!(_PyNotImplemented_Type));
/// `...`.
#[capi_data]
pub static mut _Py_EllipsisObject: PyObject = immortal(builtin!(PyEllipsis_Type));
/// `True`.
#[capi_data]
pub static mut _Py_TrueStruct: PyLongObject = with_type(small(1), builtin!(PyBool_Type));
/// `False`.
#[capi_data]
pub static mut _Py_FalseStruct: PyLongObject = with_type(small(0), builtin!(PyBool_Type));
/// What an empty bytearray's storage is.
#[capi_data]
pub static mut _PyByteArray_empty_string: [c_char; 1] = [0];
/// `PY_VERSION_HEX`.
#[capi_data]
pub static mut Py_Version: c_ulong = 0x030d_00f0;

const fn with_type(mut value: PyLongObject, ty: *mut PyTypeObject) -> PyLongObject {
    value.ob_base.ob_type = ty;
    value
}

/// `None`.
pub(crate) fn none() -> *mut PyObject {
    &raw mut _Py_NoneStruct
}

/// Whether `op` is `None`.
pub(crate) fn is_none(op: *mut PyObject) -> bool {
    std::ptr::eq(op, none())
}

/// `True`.
pub(crate) fn true_() -> *mut PyObject {
    (&raw mut _Py_TrueStruct).cast()
}

/// `False`.
pub(crate) fn false_() -> *mut PyObject {
    (&raw mut _Py_FalseStruct).cast()
}

/// `NotImplemented`.
pub(crate) fn not_implemented() -> *mut PyObject {
    &raw mut _Py_NotImplementedStruct
}

/// `...`.
pub(crate) fn ellipsis() -> *mut PyObject {
    &raw mut _Py_EllipsisObject
}

static EXACT_INT: AtomicUsize = AtomicUsize::new(0);
static EXACT_FLOAT: AtomicUsize = AtomicUsize::new(0);
static EXACT_STR: AtomicUsize = AtomicUsize::new(0);

fn is_class(object: HostRef, class: &AtomicUsize) -> bool {
    host().identity(host().type_of(object).word()) == class.load(Relaxed)
}

/// Whether the host object's class is exactly `int`.
pub(crate) fn is_exact_int(object: HostRef) -> bool {
    is_class(object, &EXACT_INT)
}

/// Whether the host object's class is exactly `float`.
pub(crate) fn is_exact_float(object: HostRef) -> bool {
    is_class(object, &EXACT_FLOAT)
}

/// Whether the host object's class is exactly `str`.
pub(crate) fn is_exact_str(object: HostRef) -> bool {
    is_class(object, &EXACT_STR)
}

/// The static type that CPython calls `name` (its `tp_name`), if it exports one.
pub(crate) fn static_type(name: &str) -> Option<*mut PyTypeObject> {
    let of = |rows: &[Builtin], addresses: Vec<*mut PyTypeObject>| {
        let index = rows.iter().position(|row| row.name == name)?;
        Some(addresses[index])
    };
    of(BUILTINS, addresses()).or_else(|| of(EXCEPTIONS, exception_addresses()))
}

/// The types whose instances CPython refuses to hash by this very function, for C compares the slot with it.
const UNHASHABLE: [&str; 16] = [
    "PyByteArray_Type",
    "PyCell_Type",
    "PyContextToken_Type",
    "PyContext_Type",
    "PyDictItems_Type",
    "PyDictKeys_Type",
    "PyDict_Type",
    "PyFrameLocalsProxy_Type",
    "PyInstanceMethod_Type",
    "PyList_Type",
    "PyODictItems_Type",
    "PyODictKeys_Type",
    "PyODict_Type",
    "PySet_Type",
    "_PyWeakref_CallableProxyType",
    "_PyWeakref_ProxyType",
];

/// Fill every static; link the singletons. Once, with the host installed and before any C code.
pub(crate) fn init() {
    for (rows, types) in [(BUILTINS, addresses()), (EXCEPTIONS, exception_addresses())] {
        for (row, ty) in rows.iter().zip(types) {
            // SAFETY: our own statics; no C code runs yet.
            unsafe { fill_type(row, ty) };
        }
    }
    crate::runtime::init();
    let singletons = [
        (none(), Kind::None),
        (true_(), Kind::True),
        (false_(), Kind::False),
        (not_implemented(), Kind::NotImplemented),
        (ellipsis(), Kind::Ellipsis),
    ];
    for (mirror, kind) in singletons {
        let object = host().singleton(kind);
        let identity = host().identity(object.word());
        bridge(|bridge| bridge.link_immortal(mirror, object.into_word(), identity));
    }
    for (name, class) in [("int", &EXACT_INT), ("float", &EXACT_FLOAT), ("str", &EXACT_STR)] {
        let object = host().builtin_class(name).expect("the host has the builtin classes");
        class.store(host().identity(object.word()), Relaxed);
    }
}

/// # Safety
/// `ty` is one of the statics and nobody uses it yet.
unsafe fn fill_type(row: &Builtin, ty: *mut PyTypeObject) {
    let leak = |text: &str| CString::new(text).expect("no NUL in a type's name").into_raw();
    // SAFETY: the caller's contract; the boxes live for ever, as the types do.
    unsafe {
        (*ty).ob_base.ob_base = immortal(builtin!(PyType_Type));
        (*ty).tp_name = leak(row.name);
        (*ty).tp_basicsize = row.basicsize;
        (*ty).tp_itemsize = row.itemsize;
        (*ty).tp_dictoffset = row.dictoffset;
        (*ty).tp_weaklistoffset = row.weaklistoffset;
        (*ty).tp_vectorcall_offset = row.vectorcall_offset;
        (*ty).tp_flags = (row.flags | Py_TPFLAGS_READY) as c_ulong;
        (*ty).tp_base = base_of(row);
        (*ty).tp_dealloc = Some(crate::lifetime::_Emul_value_dealloc);
        if row.flags & Py_TPFLAGS_HAVE_GC != 0 {
            (*ty).tp_traverse = Some(crate::lifetime::_Emul_value_traverse);
        }
        (*ty).tp_alloc = Some(crate::typeobject::PyType_GenericAlloc);
        (*ty).tp_free = Some(crate::lifetime::free_object_c);
        (*ty).tp_as_number = Box::into_raw(Box::<PyNumberMethods>::default());
        (*ty).tp_as_sequence = Box::into_raw(Box::<PySequenceMethods>::default());
        (*ty).tp_as_mapping = Box::into_raw(Box::<PyMappingMethods>::default());
        (*ty).tp_as_async = Box::into_raw(Box::<PyAsyncMethods>::default());
        let inherited = if row.slots.is_empty() {
            "tp_repr tp_hash tp_str tp_getattro tp_setattro tp_richcompare tp_init tp_new"
        } else {
            row.slots
        };
        for name in inherited.split(' ') {
            let slot = Slot::ALL.iter().copied().find(|slot| slot.name() == name);
            if let Some(slot) = slot {
                slot.set(ty, special::builtin_function(slot, row.own.contains(name)));
            }
        }
        if UNHASHABLE.contains(&row.symbol) {
            (*ty).tp_hash = Some(crate::abstract_::object::hash::PyObject_HashNotImplemented);
        }
        if row.symbol == "PyType_Type" {
            (*ty).tp_dealloc = Some(crate::heaptype::dealloc);
            (*ty).tp_traverse = Some(crate::heaptype::traverse);
        }
        if row.symbol == "PyModule_Type" {
            (*ty).tp_dealloc = Some(crate::moduleobject::dealloc);
            (*ty).tp_traverse = Some(crate::moduleobject::traverse);
        }
        if matches!(row.symbol, "PyGen_Type" | "PyCoro_Type" | "PyAsyncGen_Type") {
            (*ty).tp_finalize = Some(special::_Emul_generator_finalize);
        }
        if row.flags & Py_TPFLAGS_HAVE_GC != 0 {
            (*ty).tp_clear = Some(match row.symbol {
                "PyType_Type" => crate::heaptype::clear,
                "PyModule_Type" => crate::moduleobject::clear,
                _ => crate::lifetime::_Emul_value_clear,
            });
        }
        if row.slots.contains("bf_getbuffer") {
            (*ty).tp_as_buffer = Box::into_raw(Box::new(PyBufferProcs {
                bf_getbuffer: Some(crate::buffer::_Emul_host_getbuffer),
                bf_releasebuffer: matches!(row.symbol, "PyByteArray_Type" | "PyMemoryView_Type")
                    .then_some(crate::buffer::_Emul_host_releasebuffer as _),
            }));
        }
        empty_suites_away(ty, row.slots);
    }
}

/// A type without, say, number slots has no number suite: C code looks at the pointer.
unsafe fn empty_suites_away(ty: *mut PyTypeObject, slots: &str) {
    // SAFETY: the suites are this type's own boxes.
    unsafe {
        if !slots.contains("nb_") {
            drop(Box::from_raw(std::mem::replace(&mut (*ty).tp_as_number, std::ptr::null_mut())));
        }
        if !slots.contains("sq_") {
            drop(Box::from_raw(std::mem::replace(&mut (*ty).tp_as_sequence, std::ptr::null_mut())));
        }
        if !slots.contains("mp_") {
            drop(Box::from_raw(std::mem::replace(&mut (*ty).tp_as_mapping, std::ptr::null_mut())));
        }
        if !slots.contains("am_") {
            drop(Box::from_raw(std::mem::replace(&mut (*ty).tp_as_async, std::ptr::null_mut())));
        }
    }
}

fn base_of(row: &Builtin) -> *mut PyTypeObject {
    if row.base.is_empty() {
        return std::ptr::null_mut();
    }
    let find = |rows: &[Builtin], addresses: Vec<*mut PyTypeObject>| {
        rows.iter().position(|other| other.symbol == row.base).map(|index| addresses[index])
    };
    find(BUILTINS, addresses())
        .or_else(|| find(EXCEPTIONS, exception_addresses()))
        .unwrap_or(builtin!(PyBaseObject_Type))
}
