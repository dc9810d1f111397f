//! `pybuffer.h`: the buffer protocol. C exporters are asked through their slot; host objects through the host, which pins
//! the memory until the view is released.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{PyObject, Py_TPFLAGS_BYTES_SUBCLASS, Py_buffer};

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{HostBuffer, host};
use crate::{bytesobject, lifetime};

const PyBUF_WRITABLE: c_int = 0x1;
const PyBUF_FORMAT: c_int = 0x4;
const PyBUF_ND: c_int = 0x8;
const PyBUF_STRIDES: c_int = 0x10 | PyBUF_ND;
const PyBUF_C_CONTIGUOUS: c_int = 0x20 | PyBUF_STRIDES;
const PyBUF_F_CONTIGUOUS: c_int = 0x40 | PyBUF_STRIDES;

/// What a view of a host object holds, behind `internal`.
struct HostView {
    _pinned: Option<Box<dyn HostBuffer>>,
    format: CString,
    shape: Vec<Py_ssize_t>,
    strides: Vec<Py_ssize_t>,
}

/// `bf_getbuffer` of builtin types: the host's buffer.
///
/// # Safety
/// C's contract of `bf_getbuffer`.
pub(crate) unsafe extern "C" fn _Emul_host_getbuffer(op: *mut PyObject, view: *mut Py_buffer, flags: c_int) -> c_int {
    // SAFETY: C's contract; the lock is held.
    unsafe {
        crate::boundary::enter("bf_getbuffer", |cx| {
            let object = Obj::from_ptr(op).ok_or_else(|| cx.bad_internal_call())?;
            (*view).obj = null_mut();
            export(cx, object, view, flags)
        })
    }
}

/// # Safety
/// `view` is C's to be filled.
unsafe fn export(cx: Cx<'_>, object: Obj<'_>, view: *mut Py_buffer, flags: c_int) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        if object.type_has(Py_TPFLAGS_BYTES_SUBCLASS) {
            let data = bytesobject::data(object.as_ptr());
            return fill(cx, view, Some(object), data.as_ptr().cast_mut().cast(), data.len() as Py_ssize_t, true, flags);
        }
        let owner = object.give(cx)?;
        let buffer = cx.call(|h| h.buffer(owner.as_ref(), flags & PyBUF_WRITABLE != 0))?;
        let (start, len, readonly) = buffer.memory();
        let (format, itemsize, shape, strides) = buffer.layout();
        let mut expected = itemsize as Py_ssize_t;
        let contiguous = shape.iter().zip(&strides).rev().all(|(&extent, &stride)| {
            let fits = extent <= 1 || stride == expected;
            expected *= extent;
            fits
        });
        if !contiguous && (flags & PyBUF_STRIDES != PyBUF_STRIDES || flags & PyBUF_C_CONTIGUOUS == PyBUF_C_CONTIGUOUS && flags & PyBUF_F_CONTIGUOUS != PyBUF_F_CONTIGUOUS) {
            return Err(cx.error("BufferError", "memoryview: underlying buffer is not C-contiguous"));
        }
        let held = Box::new(HostView {
            _pinned: Some(buffer),
            format: CString::new(format).unwrap_or_default(),
            shape,
            strides,
        });
        let held = Box::into_raw(held);
        (*view).buf = start.cast();
        (*view).obj = object.to_new().into_ptr();
        (*view).len = len as Py_ssize_t;
        (*view).itemsize = itemsize as Py_ssize_t;
        (*view).readonly = c_int::from(readonly);
        (*view).ndim = if flags & PyBUF_ND != 0 { (*held).shape.len() as c_int } else { 1 };
        (*view).format = if flags & PyBUF_FORMAT != 0 { (*held).format.as_ptr().cast_mut() } else { null_mut() };
        (*view).shape = if flags & PyBUF_ND != 0 { (*held).shape.as_mut_ptr() } else { null_mut() };
        (*view).strides = if flags & PyBUF_STRIDES == PyBUF_STRIDES { (*held).strides.as_mut_ptr() } else { null_mut() };
        (*view).suboffsets = null_mut();
        (*view).internal = held.cast();
        Ok(())
    }
}

/// `bf_releasebuffer` of builtin types.
///
/// # Safety
/// C's contract of `bf_releasebuffer`.
pub(crate) unsafe extern "C" fn _Emul_host_releasebuffer(_op: *mut PyObject, view: *mut Py_buffer) {
    // SAFETY: a view that `_Emul_host_getbuffer` filled.
    unsafe { let_go(view) };
}

/// # Safety
/// `view` was filled by `export`, or has no internal part.
unsafe fn let_go(view: *mut Py_buffer) {
    // SAFETY: the caller's contract.
    unsafe {
        let held: *mut HostView = std::mem::replace(&mut (*view).internal, null_mut()).cast();
        if !held.is_null() {
            drop(Box::from_raw(held));
        }
    }
}

/// # Safety
/// `view` is C's to be filled, or NULL.
unsafe fn fill(
    cx: Cx<'_>,
    view: *mut Py_buffer,
    exporter: Option<Obj<'_>>,
    buf: *mut c_void,
    len: Py_ssize_t,
    readonly: bool,
    flags: c_int,
) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        if view.is_null() {
            return Err(cx.error("BufferError", "PyBuffer_FillInfo: view==NULL argument is obsolete"));
        }
        if flags & PyBUF_WRITABLE != 0 && readonly {
            return Err(cx.error("BufferError", "Object is not writable."));
        }
        (*view).obj = exporter.map_or(null_mut(), |exporter| exporter.to_new().into_ptr());
        (*view).buf = buf;
        (*view).len = len;
        (*view).readonly = c_int::from(readonly);
        (*view).itemsize = 1;
        (*view).format = if flags & PyBUF_FORMAT != 0 { c"B".as_ptr().cast_mut() } else { null_mut() };
        (*view).ndim = 1;
        (*view).shape = if flags & PyBUF_ND != 0 { &raw mut (*view).len } else { null_mut() };
        (*view).strides = if flags & PyBUF_STRIDES == PyBUF_STRIDES { &raw mut (*view).itemsize } else { null_mut() };
        (*view).suboffsets = null_mut();
        (*view).internal = null_mut();
        Ok(())
    }
}

/// Whether the object exports buffers.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_CheckBuffer(op: *mut PyObject) -> c_int {
    // SAFETY: C passes a live object.
    unsafe {
        let suite = (*(*op).ob_type).tp_as_buffer;
        c_int::from(!suite.is_null() && (*suite).bf_getbuffer.is_some())
    }
}

/// Ask the exporter for a view.
#[capi]
fn PyObject_GetBuffer(cx: Cx<'_>, op: Obj<'_>, view: *mut Py_buffer, flags: c_int) -> Result<()> {
    // SAFETY: a live object; C passes a view to fill.
    unsafe {
        if flags != 0 && (flags == 0x100 || flags == 0x200) {
            return Err(cx.bad_internal_call());
        }
        let suite = (*op.type_ptr()).tp_as_buffer;
        let get = if suite.is_null() { None } else { (*suite).bf_getbuffer };
        let Some(get) = get else {
            if lifetime::host_of(op.as_ptr()).is_some() && !view.is_null() {
                (*view).obj = null_mut();
                if export(cx, op, view, flags).is_ok() {
                    return Ok(());
                }
                drop(cx.take_error());
            }
            return Err(cx.type_error(format!("a bytes-like object is required, not '{}'", op.type_name())));
        };
        if get(op.as_ptr(), view, flags) < 0 { Err(cx.pending()) } else { Ok(()) }
    }
}

/// Release a view: once; a second time does nothing.
#[capi]
fn PyBuffer_Release(_cx: Cx<'_>, view: *mut Py_buffer) {
    // SAFETY: C passes a view that was filled, or one already released.
    unsafe {
        let object = std::mem::replace(&mut (*view).obj, null_mut());
        if object.is_null() {
            return;
        }
        (*view).obj = object;
        let suite = (*(*object).ob_type).tp_as_buffer;
        if !suite.is_null() {
            if (*suite).bf_getbuffer == Some(_Emul_host_getbuffer as _) {
                let_go(view);
            } else if let Some(release) = (*suite).bf_releasebuffer {
                release(object, view);
            }
        } else {
            let_go(view);
        }
        (*view).obj = null_mut();
        lifetime::decref(object);
    }
}

/// Fill a view of plain bytes.
#[capi]
fn PyBuffer_FillInfo(
    cx: Cx<'_>,
    view: *mut Py_buffer,
    exporter: Option<Obj<'_>>,
    buf: *mut c_void,
    len: Py_ssize_t,
    readonly: c_int,
    flags: c_int,
) -> Result<()> {
    // SAFETY: C passes a view to fill.
    unsafe { fill(cx, view, exporter, buf, len, readonly != 0, flags) }
}

/// Whether a view is contiguous in the given order (`C`, `F` or `A`).
#[capi(raw)]
pub unsafe extern "C" fn PyBuffer_IsContiguous(view: *const Py_buffer, order: c_char) -> c_int {
    // SAFETY: C passes a filled view.
    unsafe {
        if !(*view).suboffsets.is_null() {
            return 0;
        }
        if (*view).len == 0 || (*view).strides.is_null() {
            return c_int::from(order as u8 != b'F' || (*view).ndim <= 1 || (*view).strides.is_null() && (*view).ndim <= 1);
        }
        let ndim = (*view).ndim as usize;
        let shape = std::slice::from_raw_parts((*view).shape, ndim);
        let strides = std::slice::from_raw_parts((*view).strides, ndim);
        let runs = |axes: Vec<usize>| {
            let mut expected = (*view).itemsize;
            axes.into_iter().all(|axis| {
                let fits = shape[axis] <= 1 || strides[axis] == expected;
                expected *= shape[axis];
                fits
            })
        };
        let c = runs((0..ndim).rev().collect());
        let fortran = runs((0..ndim).collect());
        c_int::from(match order as u8 {
            b'C' => c,
            b'F' => fortran,
            _ => c || fortran,
        })
    }
}

/// The item size of a struct format.
#[capi]
fn PyBuffer_SizeFromFormat(cx: Cx<'_>, format: *const c_char) -> Result<Py_ssize_t> {
    // SAFETY: C passes a NUL-terminated string.
    let format = unsafe { CStr::from_ptr(format) }.to_string_lossy().into_owned();
    let format = cx.str(&format);
    let size = cx.call_function("struct", "calcsize", &[format.as_ref()])?;
    Ok(host().int_value(size.as_ref()).unwrap_or(0) as Py_ssize_t)
}

/// Copy a view's bytes, in C order where it is contiguous.
#[capi]
fn PyBuffer_ToContiguous(cx: Cx<'_>, buf: *mut c_void, view: *const Py_buffer, len: Py_ssize_t, _order: c_char) -> Result<()> {
    // SAFETY: C passes a filled view and room for its length.
    unsafe {
        if len != (*view).len {
            return Err(cx.value_error("PyBuffer_ToContiguous: len != view->len"));
        }
        if PyBuffer_IsContiguous(view, b'C' as c_char) == 0 {
            return Err(cx.error("BufferError", "PyBuffer_ToContiguous of a strided view is not implemented by pierglass"));
        }
        buf.cast::<u8>().copy_from((*view).buf.cast(), len as usize);
        Ok(())
    }
}

/// A memoryview of the object.
#[capi]
fn PyMemoryView_FromObject(cx: Cx<'_>, op: Obj<'_>) -> Result<New> {
    let object = op.give(cx)?;
    Ok(cx.to_c(cx.call_function("builtins", "memoryview", &[object.as_ref()])?))
}
