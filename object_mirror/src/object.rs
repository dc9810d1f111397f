//! `object.h`, `cpython/object.h`, `typeslots.h`: objects, types and their slots.

use std::ffi::{c_char, c_int, c_uint, c_ulong, c_void};

use crate::methodobject::PyMethodDef;
use crate::{Py_hash_t, Py_ssize_t};

/// The count of an immortal object (3.13, 64 bit).
pub const IMMORTAL_REFCNT: Py_ssize_t = 0xffff_ffff;

/// `_Py_IsImmortal`: 3.13 looks at the low half's sign.
#[inline]
pub const fn is_immortal(refcnt: Py_ssize_t) -> bool {
    (refcnt as i32) < 0
}

#[repr(C)]
#[derive(Debug)]
pub struct PyObject {
    pub ob_refcnt: Py_ssize_t,
    pub ob_type: *mut PyTypeObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyVarObject {
    pub ob_base: PyObject,
    pub ob_size: Py_ssize_t,
}

pub type unaryfunc = unsafe extern "C" fn(*mut PyObject) -> *mut PyObject;
pub type binaryfunc = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;
pub type ternaryfunc = unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject;
pub type inquiry = unsafe extern "C" fn(*mut PyObject) -> c_int;
pub type lenfunc = unsafe extern "C" fn(*mut PyObject) -> Py_ssize_t;
pub type ssizeargfunc = unsafe extern "C" fn(*mut PyObject, Py_ssize_t) -> *mut PyObject;
pub type ssizeobjargproc = unsafe extern "C" fn(*mut PyObject, Py_ssize_t, *mut PyObject) -> c_int;
pub type objobjargproc = unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> c_int;
pub type objobjproc = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> c_int;
pub type visitproc = unsafe extern "C" fn(*mut PyObject, *mut c_void) -> c_int;
pub type traverseproc = unsafe extern "C" fn(*mut PyObject, visitproc, *mut c_void) -> c_int;
pub type freefunc = unsafe extern "C" fn(*mut c_void);
pub type destructor = unsafe extern "C" fn(*mut PyObject);
pub type getattrfunc = unsafe extern "C" fn(*mut PyObject, *mut c_char) -> *mut PyObject;
pub type getattrofunc = binaryfunc;
pub type setattrfunc = unsafe extern "C" fn(*mut PyObject, *mut c_char, *mut PyObject) -> c_int;
pub type setattrofunc = objobjargproc;
pub type reprfunc = unaryfunc;
pub type hashfunc = unsafe extern "C" fn(*mut PyObject) -> Py_hash_t;
pub type richcmpfunc = unsafe extern "C" fn(*mut PyObject, *mut PyObject, c_int) -> *mut PyObject;
pub type getiterfunc = unaryfunc;
pub type iternextfunc = unaryfunc;
pub type descrgetfunc = ternaryfunc;
pub type descrsetfunc = objobjargproc;
pub type initproc = unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> c_int;
pub type newfunc = unsafe extern "C" fn(*mut PyTypeObject, *mut PyObject, *mut PyObject) -> *mut PyObject;
pub type allocfunc = unsafe extern "C" fn(*mut PyTypeObject, Py_ssize_t) -> *mut PyObject;
pub type vectorcallfunc =
    unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, usize, *mut PyObject) -> *mut PyObject;
pub type sendfunc = unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut *mut PyObject) -> c_int;
pub type getbufferproc = unsafe extern "C" fn(*mut PyObject, *mut Py_buffer, c_int) -> c_int;
pub type releasebufferproc = unsafe extern "C" fn(*mut PyObject, *mut Py_buffer);

#[repr(C)]
#[derive(Debug, Default)]
pub struct PyNumberMethods {
    pub nb_add: Option<binaryfunc>,
    pub nb_subtract: Option<binaryfunc>,
    pub nb_multiply: Option<binaryfunc>,
    pub nb_remainder: Option<binaryfunc>,
    pub nb_divmod: Option<binaryfunc>,
    pub nb_power: Option<ternaryfunc>,
    pub nb_negative: Option<unaryfunc>,
    pub nb_positive: Option<unaryfunc>,
    pub nb_absolute: Option<unaryfunc>,
    pub nb_bool: Option<inquiry>,
    pub nb_invert: Option<unaryfunc>,
    pub nb_lshift: Option<binaryfunc>,
    pub nb_rshift: Option<binaryfunc>,
    pub nb_and: Option<binaryfunc>,
    pub nb_xor: Option<binaryfunc>,
    pub nb_or: Option<binaryfunc>,
    pub nb_int: Option<unaryfunc>,
    pub nb_reserved: *mut c_void,
    pub nb_float: Option<unaryfunc>,
    pub nb_inplace_add: Option<binaryfunc>,
    pub nb_inplace_subtract: Option<binaryfunc>,
    pub nb_inplace_multiply: Option<binaryfunc>,
    pub nb_inplace_remainder: Option<binaryfunc>,
    pub nb_inplace_power: Option<ternaryfunc>,
    pub nb_inplace_lshift: Option<binaryfunc>,
    pub nb_inplace_rshift: Option<binaryfunc>,
    pub nb_inplace_and: Option<binaryfunc>,
    pub nb_inplace_xor: Option<binaryfunc>,
    pub nb_inplace_or: Option<binaryfunc>,
    pub nb_floor_divide: Option<binaryfunc>,
    pub nb_true_divide: Option<binaryfunc>,
    pub nb_inplace_floor_divide: Option<binaryfunc>,
    pub nb_inplace_true_divide: Option<binaryfunc>,
    pub nb_index: Option<unaryfunc>,
    pub nb_matrix_multiply: Option<binaryfunc>,
    pub nb_inplace_matrix_multiply: Option<binaryfunc>,
}

#[repr(C)]
#[derive(Debug, Default)]
pub struct PySequenceMethods {
    pub sq_length: Option<lenfunc>,
    pub sq_concat: Option<binaryfunc>,
    pub sq_repeat: Option<ssizeargfunc>,
    pub sq_item: Option<ssizeargfunc>,
    pub was_sq_slice: *mut c_void,
    pub sq_ass_item: Option<ssizeobjargproc>,
    pub was_sq_ass_slice: *mut c_void,
    pub sq_contains: Option<objobjproc>,
    pub sq_inplace_concat: Option<binaryfunc>,
    pub sq_inplace_repeat: Option<ssizeargfunc>,
}

#[repr(C)]
#[derive(Debug, Default)]
pub struct PyMappingMethods {
    pub mp_length: Option<lenfunc>,
    pub mp_subscript: Option<binaryfunc>,
    pub mp_ass_subscript: Option<objobjargproc>,
}

#[repr(C)]
#[derive(Debug, Default)]
pub struct PyAsyncMethods {
    pub am_await: Option<unaryfunc>,
    pub am_aiter: Option<unaryfunc>,
    pub am_anext: Option<unaryfunc>,
    pub am_send: Option<sendfunc>,
}

#[repr(C)]
#[derive(Debug, Default)]
pub struct PyBufferProcs {
    pub bf_getbuffer: Option<getbufferproc>,
    pub bf_releasebuffer: Option<releasebufferproc>,
}

#[repr(C)]
#[derive(Debug)]
pub struct Py_buffer {
    pub buf: *mut c_void,
    pub obj: *mut PyObject,
    pub len: Py_ssize_t,
    pub itemsize: Py_ssize_t,
    pub readonly: c_int,
    pub ndim: c_int,
    pub format: *mut c_char,
    pub shape: *mut Py_ssize_t,
    pub strides: *mut Py_ssize_t,
    pub suboffsets: *mut Py_ssize_t,
    pub internal: *mut c_void,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyTypeObject {
    pub ob_base: PyVarObject,
    pub tp_name: *const c_char,
    pub tp_basicsize: Py_ssize_t,
    pub tp_itemsize: Py_ssize_t,
    pub tp_dealloc: Option<destructor>,
    pub tp_vectorcall_offset: Py_ssize_t,
    pub tp_getattr: Option<getattrfunc>,
    pub tp_setattr: Option<setattrfunc>,
    pub tp_as_async: *mut PyAsyncMethods,
    pub tp_repr: Option<reprfunc>,
    pub tp_as_number: *mut PyNumberMethods,
    pub tp_as_sequence: *mut PySequenceMethods,
    pub tp_as_mapping: *mut PyMappingMethods,
    pub tp_hash: Option<hashfunc>,
    pub tp_call: Option<ternaryfunc>,
    pub tp_str: Option<reprfunc>,
    pub tp_getattro: Option<getattrofunc>,
    pub tp_setattro: Option<setattrofunc>,
    pub tp_as_buffer: *mut PyBufferProcs,
    pub tp_flags: c_ulong,
    pub tp_doc: *const c_char,
    pub tp_traverse: Option<traverseproc>,
    pub tp_clear: Option<inquiry>,
    pub tp_richcompare: Option<richcmpfunc>,
    pub tp_weaklistoffset: Py_ssize_t,
    pub tp_iter: Option<getiterfunc>,
    pub tp_iternext: Option<iternextfunc>,
    pub tp_methods: *mut PyMethodDef,
    pub tp_members: *mut crate::descrobject::PyMemberDef,
    pub tp_getset: *mut crate::descrobject::PyGetSetDef,
    pub tp_base: *mut PyTypeObject,
    pub tp_dict: *mut PyObject,
    pub tp_descr_get: Option<descrgetfunc>,
    pub tp_descr_set: Option<descrsetfunc>,
    pub tp_dictoffset: Py_ssize_t,
    pub tp_init: Option<initproc>,
    pub tp_alloc: Option<allocfunc>,
    pub tp_new: Option<newfunc>,
    pub tp_free: Option<freefunc>,
    pub tp_is_gc: Option<inquiry>,
    pub tp_bases: *mut PyObject,
    pub tp_mro: *mut PyObject,
    pub tp_cache: *mut PyObject,
    pub tp_subclasses: *mut c_void,
    pub tp_weaklist: *mut PyObject,
    pub tp_del: Option<destructor>,
    pub tp_version_tag: c_uint,
    pub tp_finalize: Option<destructor>,
    pub tp_vectorcall: Option<vectorcallfunc>,
    pub tp_watched: u8,
    pub tp_versions_used: u16,
}

#[repr(C)]
#[derive(Debug)]
pub struct _specialization_cache {
    pub getitem: *mut PyObject,
    pub getitem_version: u32,
    pub init: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyHeapTypeObject {
    pub ht_type: PyTypeObject,
    pub as_async: PyAsyncMethods,
    pub as_number: PyNumberMethods,
    pub as_mapping: PyMappingMethods,
    pub as_sequence: PySequenceMethods,
    pub as_buffer: PyBufferProcs,
    pub ht_name: *mut PyObject,
    pub ht_slots: *mut PyObject,
    pub ht_qualname: *mut PyObject,
    pub ht_cached_keys: *mut c_void,
    pub ht_module: *mut PyObject,
    pub _ht_tpname: *mut c_char,
    pub _spec_cache: _specialization_cache,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyType_Slot {
    pub slot: c_int,
    pub pfunc: *mut c_void,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyType_Spec {
    pub name: *const c_char,
    pub basicsize: c_int,
    pub itemsize: c_int,
    pub flags: c_uint,
    pub slots: *mut PyType_Slot,
}

pub const Py_TPFLAGS_HAVE_FINALIZE: u64 = 1 << 0;
pub const _Py_TPFLAGS_STATIC_BUILTIN: u64 = 1 << 1;
pub const Py_TPFLAGS_STATIC_BUILTIN: u64 = _Py_TPFLAGS_STATIC_BUILTIN;
pub const Py_TPFLAGS_INLINE_VALUES: u64 = 1 << 2;
pub const Py_TPFLAGS_MANAGED_WEAKREF: u64 = 1 << 3;
pub const Py_TPFLAGS_MANAGED_DICT: u64 = 1 << 4;
pub const Py_TPFLAGS_PREHEADER: u64 = Py_TPFLAGS_MANAGED_WEAKREF | Py_TPFLAGS_MANAGED_DICT;
pub const Py_TPFLAGS_SEQUENCE: u64 = 1 << 5;
pub const Py_TPFLAGS_MAPPING: u64 = 1 << 6;
pub const Py_TPFLAGS_DISALLOW_INSTANTIATION: u64 = 1 << 7;
pub const Py_TPFLAGS_IMMUTABLETYPE: u64 = 1 << 8;
pub const Py_TPFLAGS_HEAPTYPE: u64 = 1 << 9;
pub const Py_TPFLAGS_BASETYPE: u64 = 1 << 10;
pub const Py_TPFLAGS_HAVE_VECTORCALL: u64 = 1 << 11;
pub const Py_TPFLAGS_READY: u64 = 1 << 12;
pub const Py_TPFLAGS_READYING: u64 = 1 << 13;
pub const Py_TPFLAGS_HAVE_GC: u64 = 1 << 14;
pub const Py_TPFLAGS_METHOD_DESCRIPTOR: u64 = 1 << 17;
pub const Py_TPFLAGS_HAVE_VERSION_TAG: u64 = 1 << 18;
pub const Py_TPFLAGS_VALID_VERSION_TAG: u64 = 1 << 19;
pub const Py_TPFLAGS_IS_ABSTRACT: u64 = 1 << 20;
pub const _Py_TPFLAGS_MATCH_SELF: u64 = 1 << 22;
pub const Py_TPFLAGS_ITEMS_AT_END: u64 = 1 << 23;
pub const Py_TPFLAGS_LONG_SUBCLASS: u64 = 1 << 24;
pub const Py_TPFLAGS_LIST_SUBCLASS: u64 = 1 << 25;
pub const Py_TPFLAGS_TUPLE_SUBCLASS: u64 = 1 << 26;
pub const Py_TPFLAGS_BYTES_SUBCLASS: u64 = 1 << 27;
pub const Py_TPFLAGS_UNICODE_SUBCLASS: u64 = 1 << 28;
pub const Py_TPFLAGS_DICT_SUBCLASS: u64 = 1 << 29;
pub const Py_TPFLAGS_BASE_EXC_SUBCLASS: u64 = 1 << 30;
pub const Py_TPFLAGS_TYPE_SUBCLASS: u64 = 1 << 31;
pub const Py_TPFLAGS_DEFAULT: u64 = 0;

pub const PY_VECTORCALL_ARGUMENTS_OFFSET: usize = 1 << (usize::BITS - 1);

crate::layout::pinned! {
    PyObject 0x10 { ob_refcnt 0x0 8, ob_type 0x8 8 }
    PyVarObject 0x18 { ob_base 0x0 16, ob_size 0x10 8 }
    PyNumberMethods 0x120 {
        nb_add 0x0 8,
        nb_subtract 0x8 8,
        nb_multiply 0x10 8,
        nb_remainder 0x18 8,
        nb_divmod 0x20 8,
        nb_power 0x28 8,
        nb_negative 0x30 8,
        nb_positive 0x38 8,
        nb_absolute 0x40 8,
        nb_bool 0x48 8,
        nb_invert 0x50 8,
        nb_lshift 0x58 8,
        nb_rshift 0x60 8,
        nb_and 0x68 8,
        nb_xor 0x70 8,
        nb_or 0x78 8,
        nb_int 0x80 8,
        nb_reserved 0x88 8,
        nb_float 0x90 8,
        nb_inplace_add 0x98 8,
        nb_inplace_subtract 0xa0 8,
        nb_inplace_multiply 0xa8 8,
        nb_inplace_remainder 0xb0 8,
        nb_inplace_power 0xb8 8,
        nb_inplace_lshift 0xc0 8,
        nb_inplace_rshift 0xc8 8,
        nb_inplace_and 0xd0 8,
        nb_inplace_xor 0xd8 8,
        nb_inplace_or 0xe0 8,
        nb_floor_divide 0xe8 8,
        nb_true_divide 0xf0 8,
        nb_inplace_floor_divide 0xf8 8,
        nb_inplace_true_divide 0x100 8,
        nb_index 0x108 8,
        nb_matrix_multiply 0x110 8,
        nb_inplace_matrix_multiply 0x118 8,
    }
    PySequenceMethods 0x50 {
        sq_length 0x0 8,
        sq_concat 0x8 8,
        sq_repeat 0x10 8,
        sq_item 0x18 8,
        was_sq_slice 0x20 8,
        sq_ass_item 0x28 8,
        was_sq_ass_slice 0x30 8,
        sq_contains 0x38 8,
        sq_inplace_concat 0x40 8,
        sq_inplace_repeat 0x48 8,
    }
    PyMappingMethods 0x18 { mp_length 0x0 8, mp_subscript 0x8 8, mp_ass_subscript 0x10 8 }
    PyAsyncMethods 0x20 { am_await 0x0 8, am_aiter 0x8 8, am_anext 0x10 8, am_send 0x18 8 }
    PyBufferProcs 0x10 { bf_getbuffer 0x0 8, bf_releasebuffer 0x8 8 }
    Py_buffer 0x50 {
        buf 0x0 8,
        obj 0x8 8,
        len 0x10 8,
        itemsize 0x18 8,
        readonly 0x20 4,
        ndim 0x24 4,
        format 0x28 8,
        shape 0x30 8,
        strides 0x38 8,
        suboffsets 0x40 8,
        internal 0x48 8,
    }
    PyTypeObject 0x1a0 {
        ob_base 0x0 24,
        tp_name 0x18 8,
        tp_basicsize 0x20 8,
        tp_itemsize 0x28 8,
        tp_dealloc 0x30 8,
        tp_vectorcall_offset 0x38 8,
        tp_getattr 0x40 8,
        tp_setattr 0x48 8,
        tp_as_async 0x50 8,
        tp_repr 0x58 8,
        tp_as_number 0x60 8,
        tp_as_sequence 0x68 8,
        tp_as_mapping 0x70 8,
        tp_hash 0x78 8,
        tp_call 0x80 8,
        tp_str 0x88 8,
        tp_getattro 0x90 8,
        tp_setattro 0x98 8,
        tp_as_buffer 0xa0 8,
        tp_flags 0xa8 8,
        tp_doc 0xb0 8,
        tp_traverse 0xb8 8,
        tp_clear 0xc0 8,
        tp_richcompare 0xc8 8,
        tp_weaklistoffset 0xd0 8,
        tp_iter 0xd8 8,
        tp_iternext 0xe0 8,
        tp_methods 0xe8 8,
        tp_members 0xf0 8,
        tp_getset 0xf8 8,
        tp_base 0x100 8,
        tp_dict 0x108 8,
        tp_descr_get 0x110 8,
        tp_descr_set 0x118 8,
        tp_dictoffset 0x120 8,
        tp_init 0x128 8,
        tp_alloc 0x130 8,
        tp_new 0x138 8,
        tp_free 0x140 8,
        tp_is_gc 0x148 8,
        tp_bases 0x150 8,
        tp_mro 0x158 8,
        tp_cache 0x160 8,
        tp_subclasses 0x168 8,
        tp_weaklist 0x170 8,
        tp_del 0x178 8,
        tp_version_tag 0x180 4,
        tp_finalize 0x188 8,
        tp_vectorcall 0x190 8,
        tp_watched 0x198 1,
        tp_versions_used 0x19a 2,
    }
    _specialization_cache 0x18 { getitem 0x0 8, getitem_version 0x8 4, init 0x10 8 }
    PyHeapTypeObject 0x3a0 {
        ht_type 0x0 416,
        as_async 0x1a0 32,
        as_number 0x1c0 288,
        as_mapping 0x2e0 24,
        as_sequence 0x2f8 80,
        as_buffer 0x348 16,
        ht_name 0x358 8,
        ht_slots 0x360 8,
        ht_qualname 0x368 8,
        ht_cached_keys 0x370 8,
        ht_module 0x378 8,
        _ht_tpname 0x380 8,
        _spec_cache 0x388 24,
    }
    PyType_Slot 0x10 { slot 0x0 4, pfunc 0x8 8 }
    PyType_Spec 0x20 { name 0x0 8, basicsize 0x8 4, itemsize 0xc 4, flags 0x10 4, slots 0x18 8 }
}

/// The slot numbers of `typeslots.h`.
pub mod slots {
    pub const Py_bf_getbuffer: i32 = 1;
    pub const Py_bf_releasebuffer: i32 = 2;
    pub const Py_mp_ass_subscript: i32 = 3;
    pub const Py_mp_length: i32 = 4;
    pub const Py_mp_subscript: i32 = 5;
    pub const Py_nb_absolute: i32 = 6;
    pub const Py_nb_add: i32 = 7;
    pub const Py_nb_and: i32 = 8;
    pub const Py_nb_bool: i32 = 9;
    pub const Py_nb_divmod: i32 = 10;
    pub const Py_nb_float: i32 = 11;
    pub const Py_nb_floor_divide: i32 = 12;
    pub const Py_nb_index: i32 = 13;
    pub const Py_nb_inplace_add: i32 = 14;
    pub const Py_nb_inplace_and: i32 = 15;
    pub const Py_nb_inplace_floor_divide: i32 = 16;
    pub const Py_nb_inplace_lshift: i32 = 17;
    pub const Py_nb_inplace_multiply: i32 = 18;
    pub const Py_nb_inplace_or: i32 = 19;
    pub const Py_nb_inplace_power: i32 = 20;
    pub const Py_nb_inplace_remainder: i32 = 21;
    pub const Py_nb_inplace_rshift: i32 = 22;
    pub const Py_nb_inplace_subtract: i32 = 23;
    pub const Py_nb_inplace_true_divide: i32 = 24;
    pub const Py_nb_inplace_xor: i32 = 25;
    pub const Py_nb_int: i32 = 26;
    pub const Py_nb_invert: i32 = 27;
    pub const Py_nb_lshift: i32 = 28;
    pub const Py_nb_multiply: i32 = 29;
    pub const Py_nb_negative: i32 = 30;
    pub const Py_nb_or: i32 = 31;
    pub const Py_nb_positive: i32 = 32;
    pub const Py_nb_power: i32 = 33;
    pub const Py_nb_remainder: i32 = 34;
    pub const Py_nb_rshift: i32 = 35;
    pub const Py_nb_subtract: i32 = 36;
    pub const Py_nb_true_divide: i32 = 37;
    pub const Py_nb_xor: i32 = 38;
    pub const Py_sq_ass_item: i32 = 39;
    pub const Py_sq_concat: i32 = 40;
    pub const Py_sq_contains: i32 = 41;
    pub const Py_sq_inplace_concat: i32 = 42;
    pub const Py_sq_inplace_repeat: i32 = 43;
    pub const Py_sq_item: i32 = 44;
    pub const Py_sq_length: i32 = 45;
    pub const Py_sq_repeat: i32 = 46;
    pub const Py_tp_alloc: i32 = 47;
    pub const Py_tp_base: i32 = 48;
    pub const Py_tp_bases: i32 = 49;
    pub const Py_tp_call: i32 = 50;
    pub const Py_tp_clear: i32 = 51;
    pub const Py_tp_dealloc: i32 = 52;
    pub const Py_tp_del: i32 = 53;
    pub const Py_tp_descr_get: i32 = 54;
    pub const Py_tp_descr_set: i32 = 55;
    pub const Py_tp_doc: i32 = 56;
    pub const Py_tp_getattr: i32 = 57;
    pub const Py_tp_getattro: i32 = 58;
    pub const Py_tp_hash: i32 = 59;
    pub const Py_tp_init: i32 = 60;
    pub const Py_tp_is_gc: i32 = 61;
    pub const Py_tp_iter: i32 = 62;
    pub const Py_tp_iternext: i32 = 63;
    pub const Py_tp_methods: i32 = 64;
    pub const Py_tp_new: i32 = 65;
    pub const Py_tp_repr: i32 = 66;
    pub const Py_tp_richcompare: i32 = 67;
    pub const Py_tp_setattr: i32 = 68;
    pub const Py_tp_setattro: i32 = 69;
    pub const Py_tp_str: i32 = 70;
    pub const Py_tp_traverse: i32 = 71;
    pub const Py_tp_members: i32 = 72;
    pub const Py_tp_getset: i32 = 73;
    pub const Py_tp_free: i32 = 74;
    pub const Py_nb_matrix_multiply: i32 = 75;
    pub const Py_nb_inplace_matrix_multiply: i32 = 76;
    pub const Py_am_await: i32 = 77;
    pub const Py_am_aiter: i32 = 78;
    pub const Py_am_anext: i32 = 79;
    pub const Py_tp_finalize: i32 = 80;
    pub const Py_am_send: i32 = 81;
}
