//! `pybuffer.h`: the buffer protocol. C exporters are asked through their slot; host objects through the host, which pins
//! the memory until the view is released.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{Py_TPFLAGS_BYTES_SUBCLASS, Py_buffer, PyObject, PyTypeObject, releasebufferproc};

use crate::boundary::{Cx, Obj, Out, Result};
use crate::host::{BufferLayout, HostBuffer, HostObj, host};
use crate::{bytesobject, cross, lifetime};

pub(crate) const PyBUF_SIMPLE: c_int = 0;
const PyBUF_WRITABLE: c_int = 0x1;
const PyBUF_FORMAT: c_int = 0x4;
const PyBUF_ND: c_int = 0x8;
const PyBUF_STRIDES: c_int = 0x10 | PyBUF_ND;
const PyBUF_C_CONTIGUOUS: c_int = 0x20 | PyBUF_STRIDES;
const PyBUF_F_CONTIGUOUS: c_int = 0x40 | PyBUF_STRIDES;
const PyBUF_ANY_CONTIGUOUS: c_int = 0x80 | PyBUF_STRIDES;
const PyBUF_INDIRECT: c_int = 0x100 | PyBUF_STRIDES;
pub(crate) const PyBUF_FULL_RO: c_int = PyBUF_INDIRECT | PyBUF_FORMAT;
/// `PyBUF_READ`, `PyBUF_WRITE`: no exporter's business.
pub(crate) const PyBUF_READ: c_int = 0x100;
pub(crate) const PyBUF_WRITE: c_int = 0x200;

/// What a memory view alone complains of.
const FORMAT_ALONE: &str = "cannot cast to unsigned bytes if the format flag is present";

/// What a view of a host object holds, behind `internal`.
pub(crate) struct HostView {
    pub(crate) pinned: Option<Box<dyn HostBuffer>>,
    pub(crate) format: CString,
    pub(crate) shape: Vec<Py_ssize_t>,
    pub(crate) strides: Vec<Py_ssize_t>,
    pub(crate) suboffsets: Vec<Py_ssize_t>,
    /// What a memory view's mirror holds of its exporter.
    pub(crate) exporter: *mut PyObject,
}

impl HostView {
    /// Hold a host's buffer open.
    pub(crate) fn new(buffer: Box<dyn HostBuffer>) -> (Self, usize) {
        let BufferLayout { format, itemsize, shape, strides, suboffsets } = buffer.layout();
        let format = CString::new(format).unwrap_or_default();
        (Self { pinned: Some(buffer), format, shape, strides, suboffsets, exporter: null_mut() }, itemsize)
    }

    /// The fields that tell where the items lie, as they are while this lives.
    ///
    /// # Safety
    /// `view` is there to be filled.
    pub(crate) unsafe fn show_axes(&mut self, view: *mut Py_buffer) {
        let first = |numbers: &mut Vec<Py_ssize_t>| {
            if numbers.is_empty() { null_mut() } else { numbers.as_mut_ptr() }
        };
        // SAFETY: the caller's contract.
        unsafe {
            (*view).ndim = self.shape.len() as c_int;
            (*view).format = self.format.as_ptr().cast_mut();
            (*view).shape = first(&mut self.shape);
            (*view).strides = first(&mut self.strides);
            (*view).suboffsets = first(&mut self.suboffsets);
        }
    }
}

/// Whether the items lie one behind the other with the last index varying fastest (C), or the first (Fortran).
fn runs(itemsize: Py_ssize_t, axes: impl Iterator<Item = (Py_ssize_t, Py_ssize_t)>) -> bool {
    let mut expected = itemsize;
    let mut fits = true;
    for (extent, stride) in axes {
        if extent == 0 {
            return true;
        }
        fits &= extent <= 1 || stride == expected;
        expected *= extent;
    }
    fits
}

/// Whether a layout is contiguous in C's order, and in Fortran's.
fn contiguity(itemsize: Py_ssize_t, shape: &[Py_ssize_t], strides: &[Py_ssize_t]) -> (bool, bool) {
    let axes = || shape.iter().copied().zip(strides.iter().copied());
    let empty = shape.contains(&0);
    (empty || runs(itemsize, axes().rev()), empty || runs(itemsize, axes()))
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

/// Whether it is a memory view that answers: the object itself, or what a `__buffer__` in Python gives.
fn answers_by_view(cx: Cx<'_>, object: Obj<'_>) -> Result<bool> {
    let class = crate::typeobject::class_of(cx, object.type_ptr())?;
    let mro = host().class_info(class.as_ref()).mro;
    let gives = |class: &&HostObj| host().class_info(class.as_ref()).own_specials.iter().any(|own| own == "__buffer__");
    let Some(class) = mro.iter().find(gives) else { return Ok(false) };
    let is_view =
        std::ptr::eq(crate::typeobject::mirror_of_class(class.as_ref()), crate::statics::builtin!(PyMemoryView_Type));
    Ok(is_view || host().class_info(class.as_ref()).is_heap)
}

/// Why a view cannot be given for these flags: what `memory_getbuf` says. Other exporters leave out what they are not asked for.
fn refusal(held: &HostView, itemsize: usize, flags: c_int) -> Option<&'static str> {
    let is_direct = held.suboffsets.is_empty();
    let (c, fortran) = contiguity(itemsize as Py_ssize_t, &held.shape, &held.strides);
    let (c, fortran) = (c && is_direct, fortran && is_direct);
    let asks = |what: c_int| flags & what == what;
    match () {
        () if asks(PyBUF_C_CONTIGUOUS) && !c => Some("underlying buffer is not C-contiguous"),
        () if asks(PyBUF_F_CONTIGUOUS) && !fortran => Some("underlying buffer is not Fortran contiguous"),
        () if asks(PyBUF_ANY_CONTIGUOUS) && !c && !fortran => Some("underlying buffer is not contiguous"),
        () if !asks(PyBUF_INDIRECT) && !is_direct => Some("underlying buffer requires suboffsets"),
        () if !asks(PyBUF_STRIDES) && !c => Some("underlying buffer is not C-contiguous"),
        () if !asks(PyBUF_ND) && asks(PyBUF_FORMAT) => Some(FORMAT_ALONE),
        () => None,
    }
}

/// Whether a type's `bf_getbuffer` or `bf_releasebuffer` is the layer's.
pub(crate) fn is_ours(function: usize) -> bool {
    function == _Emul_host_getbuffer as *const () as usize || function == _Emul_host_releasebuffer as *const () as usize
}

/// # Safety
/// `view` is C's to be filled.
unsafe fn export(cx: Cx<'_>, object: Obj<'_>, view: *mut Py_buffer, flags: c_int) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        if object.type_has(Py_TPFLAGS_BYTES_SUBCLASS) {
            let data = bytesobject::data(object.as_ptr());
            return fill(cx, view, Some(object), data.as_ptr().cast_mut().cast(), data.len() as Py_ssize_t, 1, flags);
        }
        let owner = object.give(cx)?;
        let buffer = cx.call(|h| h.buffer(owner.as_ref(), flags))?;
        let (start, len, readonly) = buffer.memory();
        let named = buffer.owner().map_or_else(|| object.to_new(), cross::to_c_owned);
        let (held, itemsize) = HostView::new(buffer);
        // A bytearray's is `PyBuffer_FillInfo`, which refuses none of these.
        let is_plain = crate::typeobject::is_subtype(object.type_ptr(), crate::statics::builtin!(PyByteArray_Type));
        let complaint = refusal(&held, itemsize, flags).filter(|_| !is_plain);
        if let Some(complaint) = complaint
            && (complaint != FORMAT_ALONE || answers_by_view(cx, object)?)
        {
            return Err(cx.error("BufferError", format!("memoryview: {complaint}")));
        }
        let held = Box::into_raw(Box::new(held));
        given().insert(held as usize, named.as_ptr() as usize);
        (*held).show_axes(view);
        (*view).buf = start.cast();
        (*view).obj = named.into_ptr();
        (*view).len = len as Py_ssize_t;
        (*view).itemsize = itemsize as Py_ssize_t;
        (*view).readonly = c_int::from(readonly);
        (*view).internal = held.cast();
        if flags & PyBUF_FORMAT == 0 {
            (*view).format = null_mut();
        }
        if flags & PyBUF_STRIDES != PyBUF_STRIDES {
            (*view).strides = null_mut();
        }
        if flags & PyBUF_ND == 0 {
            (*view).ndim = 1;
            (*view).shape = null_mut();
        }
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

/// The views that C was given of host objects, and whose they are said to be: a class of the host's may hand on what a C type below it fills,
/// and an exporter of C's may fill a view with all that it was given itself.
fn given() -> MutexGuard<'static, HashMap<usize, usize>> {
    static GIVEN: LazyLock<Mutex<HashMap<usize, usize>>> = LazyLock::new(Mutex::default);
    GIVEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Let go of a view that [`export`] filled; whether it was one.
///
/// # Safety
/// `view` is a filled view.
unsafe fn let_go(view: *mut Py_buffer) -> bool {
    // SAFETY: the caller's contract; what was given is given back once.
    unsafe {
        let held: *mut HostView = (*view).internal.cast();
        let is_given = given().get(&(held as usize)).is_some_and(|&object| object == (*view).obj as usize);
        if !is_given {
            return false;
        }
        given().remove(&(held as usize));
        (*view).internal = null_mut();
        drop(Box::from_raw(held));
        true
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
    readonly: c_int,
    flags: c_int,
) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        if view.is_null() {
            return Err(cx.error("BufferError", "PyBuffer_FillInfo: view==NULL argument is obsolete"));
        }
        if matches!(flags, PyBUF_READ | PyBUF_WRITE) {
            return Err(cx.bad_internal_call());
        }
        if flags & PyBUF_WRITABLE != 0 && readonly == 1 {
            return Err(cx.error("BufferError", "Object is not writable."));
        }
        (*view).obj = exporter.map_or(null_mut(), |exporter| exporter.to_new().into_ptr());
        (*view).buf = buf;
        (*view).len = len;
        (*view).readonly = readonly;
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
#[capi]
fn PyObject_CheckBuffer(cx: Cx<'_>, op: Obj<'_>) -> c_int {
    // SAFETY: a live object of a live type.
    let in_type = unsafe {
        let suite = (*op.type_ptr()).tp_as_buffer;
        !suite.is_null() && (*suite).bf_getbuffer.is_some()
    };
    if in_type {
        return 1;
    }
    // A class of the host that exports buffers without a slot that C sees.
    let Some(object) = lifetime::object_of(op.as_ptr()) else { return 0 };
    c_int::from(cx.unlocked(|h| h.buffer(object.as_ref(), PyBUF_FULL_RO)).is_ok())
}

/// Whether a host's buffer has its items one after the other.
pub(crate) fn is_c_contiguous(buffer: &dyn HostBuffer) -> bool {
    let BufferLayout { itemsize, shape, strides, .. } = buffer.layout();
    let mut expected = itemsize as isize;
    shape.contains(&0)
        || shape.iter().zip(&strides).rev().all(|(&length, &stride)| {
            let fits = length == 1 || stride == expected;
            expected *= length;
            fits
        })
}

/// Ask the exporter for a view.
#[capi]
fn PyObject_GetBuffer(cx: Cx<'_>, op: Obj<'_>, view: *mut Py_buffer, flags: c_int) -> Result<()> {
    // SAFETY: a live object; C passes a view to fill.
    unsafe {
        if matches!(flags, PyBUF_READ | PyBUF_WRITE) {
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

/// The nearest `bf_releasebuffer` of C's: a class of the host's has the layer's own.
///
/// # Safety
/// `ty` is a live type.
unsafe fn c_release(mut ty: *mut PyTypeObject) -> Option<releasebufferproc> {
    // SAFETY: the caller's contract, and bases live as long as their types.
    unsafe {
        while !ty.is_null() {
            let suite = (*ty).tp_as_buffer;
            let release = if suite.is_null() { None } else { (*suite).bf_releasebuffer };
            if let Some(release) = release
                && !std::ptr::fn_addr_eq(release, _Emul_host_releasebuffer as releasebufferproc)
            {
                return Some(release);
            }
            ty = (*ty).tp_base;
        }
        None
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
        if !let_go(view)
            && let Some(release) = c_release((*object).ob_type)
        {
            release(object, view);
        }
        (*view).obj = null_mut();
        crate::lists::let_go(object);
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
    unsafe { fill(cx, view, exporter, buf, len, readonly, flags) }
}

/// Shape and strides of a view, with what NULL stands for filled in.
///
/// # Safety
/// `view` is a filled view.
pub(crate) unsafe fn axes(view: *const Py_buffer) -> (Vec<Py_ssize_t>, Vec<Py_ssize_t>) {
    // SAFETY: the caller's contract: what is not NULL has `ndim` entries.
    unsafe {
        let ndim = usize::try_from((*view).ndim).unwrap_or(0);
        let given =
            |first: *mut Py_ssize_t| (!first.is_null()).then(|| std::slice::from_raw_parts(first, ndim).to_vec());
        let shape = given((*view).shape)
            .unwrap_or_else(|| if ndim == 0 { Vec::new() } else { vec![(*view).len / (*view).itemsize.max(1)] });
        let strides = given((*view).strides).unwrap_or_else(|| contiguous_strides((*view).itemsize, &shape, false));
        (shape, strides)
    }
}

/// What a view says of its items, with what NULL stands for filled in.
///
/// # Safety
/// `view` is a filled view.
pub(crate) unsafe fn layout(view: *const Py_buffer) -> BufferLayout {
    // SAFETY: the caller's contract: what is not NULL has `ndim` entries, and the format ends with a NUL.
    unsafe {
        let (shape, strides) = axes(view);
        let format = match (*view).format {
            format if format.is_null() => "B".to_owned(),
            format => CStr::from_ptr(format).to_string_lossy().into_owned(),
        };
        let suboffsets = match (*view).suboffsets {
            first if first.is_null() => Vec::new(),
            first => std::slice::from_raw_parts(first, shape.len()).to_vec(),
        };
        BufferLayout { format, itemsize: (*view).itemsize as usize, shape, strides, suboffsets }
    }
}

pub(crate) fn contiguous_strides(itemsize: Py_ssize_t, shape: &[Py_ssize_t], fortran: bool) -> Vec<Py_ssize_t> {
    let mut strides = vec![0; shape.len()];
    let mut next = itemsize;
    let mut step = |axis: usize| {
        strides[axis] = next;
        next *= shape[axis];
    };
    if fortran {
        (0..shape.len()).for_each(&mut step)
    } else {
        (0..shape.len()).rev().for_each(&mut step)
    }
    strides
}

/// Whether a view is contiguous in the given order (`C`, `F` or `A`).
#[capi(raw)]
pub unsafe extern "C" fn PyBuffer_IsContiguous(view: *const Py_buffer, order: c_char) -> c_int {
    // SAFETY: C passes a filled view.
    unsafe {
        if !(*view).suboffsets.is_null() {
            return 0;
        }
        let (shape, strides) = axes(view);
        let (c, fortran) = if (*view).len == 0 { (true, true) } else { contiguity((*view).itemsize, &shape, &strides) };
        c_int::from(match order as u8 {
            b'C' => c,
            b'F' => fortran,
            b'A' => c || fortran,
            _ => false,
        })
    }
}

/// The address of an item.
#[capi(raw)]
pub unsafe extern "C" fn PyBuffer_GetPointer(view: *const Py_buffer, indices: *const Py_ssize_t) -> *mut c_void {
    // SAFETY: C passes a filled view with strides, and as many indices as it has axes.
    unsafe {
        let mut pointer: *mut u8 = (*view).buf.cast();
        for axis in 0..usize::try_from((*view).ndim).unwrap_or(0) {
            pointer = pointer.offset(*(*view).strides.add(axis) * *indices.add(axis));
            let suboffsets = (*view).suboffsets;
            if !suboffsets.is_null() && *suboffsets.add(axis) >= 0 {
                pointer = pointer.cast::<*mut u8>().read().offset(*suboffsets.add(axis));
            }
        }
        pointer.cast()
    }
}

/// Strides of a contiguous array of that shape, `fort` `F` for Fortran's order.
#[capi(raw)]
pub unsafe extern "C" fn PyBuffer_FillContiguousStrides(
    ndim: c_int,
    shape: *mut Py_ssize_t,
    strides: *mut Py_ssize_t,
    itemsize: c_int,
    fort: c_char,
) {
    let ndim = usize::try_from(ndim).unwrap_or(0);
    if ndim == 0 {
        return;
    }
    // SAFETY: C passes that many entries of each.
    unsafe {
        let found =
            contiguous_strides(itemsize as Py_ssize_t, std::slice::from_raw_parts(shape, ndim), fort as u8 == b'F');
        strides.copy_from_nonoverlapping(found.as_ptr(), ndim);
    }
}

/// Call `visit` with the address of each item of a view, in C's or Fortran's order, until it says no.
///
/// # Safety
/// `view` is a filled view.
unsafe fn for_each_item(view: *const Py_buffer, fortran: bool, mut visit: impl FnMut(*mut u8) -> bool) {
    // SAFETY: the caller's contract; the copy lives as long as its shape and strides.
    unsafe {
        let (shape, mut strides) = axes(view);
        if shape.contains(&0) {
            return;
        }
        let mut full = std::ptr::read(view);
        full.strides = strides.as_mut_ptr();
        let mut indices = vec![0; shape.len()];
        let order: Vec<usize> = if fortran { (0..shape.len()).collect() } else { (0..shape.len()).rev().collect() };
        loop {
            if !visit(PyBuffer_GetPointer(&raw const full, indices.as_ptr()).cast()) {
                return;
            }
            // The next index, like a number that is counted up: the axis that varies fastest first.
            let carried = order.iter().all(|&axis| {
                indices[axis] += 1;
                let over = indices[axis] == shape[axis];
                if over {
                    indices[axis] = 0;
                }
                over
            });
            if carried {
                return;
            }
        }
    }
}

/// Copy a view's items one behind the other.
///
/// # Safety
/// `view` is a filled view and `to` has room for its length.
pub(crate) unsafe fn to_contiguous(view: *const Py_buffer, to: *mut u8, order: u8) {
    // SAFETY: the caller's contract.
    unsafe {
        if PyBuffer_IsContiguous(view, order as c_char) != 0 {
            to.copy_from((*view).buf.cast(), (*view).len as usize);
            return;
        }
        let size = (*view).itemsize as usize;
        let mut to = to;
        for_each_item(view, order == b'F', |item| {
            to.copy_from(item, size);
            to = to.add(size);
            true
        });
    }
}

/// The item size of a struct format.
#[capi]
fn PyBuffer_SizeFromFormat(cx: Cx<'_>, format: *const c_char) -> Result<Py_ssize_t> {
    // SAFETY: C passes a NUL-terminated string.
    let format = crate::unicodeobject::decode_utf8(cx, unsafe { CStr::from_ptr(format) }.to_bytes(), None)?;
    let size = cx.call_function("struct", "calcsize", &[format.as_ref()])?;
    Ok(host().int_value(size.as_ref()).unwrap_or(0) as Py_ssize_t)
}

/// Copy a view's items one behind the other in the given order.
#[capi]
fn PyBuffer_ToContiguous(
    cx: Cx<'_>,
    buf: *mut c_void,
    view: *const Py_buffer,
    len: Py_ssize_t,
    order: c_char,
) -> Result<()> {
    // SAFETY: C passes a filled view and room for its length.
    unsafe {
        if len != (*view).len {
            return Err(cx.value_error("PyBuffer_ToContiguous: len != view->len"));
        }
        to_contiguous(view, buf.cast(), order as u8);
    }
    Ok(())
}

/// Copy items that lie one behind the other in the given order into a view.
#[capi]
fn PyBuffer_FromContiguous(
    _cx: Cx<'_>,
    view: *const Py_buffer,
    buf: *const c_void,
    len: Py_ssize_t,
    fort: c_char,
) -> Result<()> {
    // SAFETY: C passes a filled, writable view and that many bytes.
    unsafe { from_contiguous(view, buf.cast(), len, fort as u8) };
    Ok(())
}

/// # Safety
/// `view` is a filled, writable view; `from` has `len` bytes.
unsafe fn from_contiguous(view: *const Py_buffer, from: *const u8, len: Py_ssize_t, order: u8) {
    // SAFETY: the caller's contract.
    unsafe {
        let len = len.min((*view).len);
        let mut from = from;
        if PyBuffer_IsContiguous(view, order as c_char) != 0 {
            (*view).buf.cast::<u8>().copy_from(from, len as usize);
            return;
        }
        let size = (*view).itemsize as usize;
        let mut left = len / (*view).itemsize.max(1);
        for_each_item(view, order == b'F', |item| {
            if left == 0 {
                return false;
            }
            item.copy_from(from, size);
            from = from.add(size);
            left -= 1;
            true
        });
    }
}

/// Copy the data of one exporter into another.
#[capi]
fn PyObject_CopyData(cx: Cx<'_>, dest: Obj<'_>, src: Obj<'_>) -> Result<()> {
    // SAFETY: all-zero views are valid; each is released once.
    unsafe {
        if PyObject_CheckBuffer(dest.as_ptr()) == 0 || PyObject_CheckBuffer(src.as_ptr()) == 0 {
            return Err(cx.type_error("both destination and source must be bytes-like objects"));
        }
        let mut to: Py_buffer = std::mem::zeroed();
        let mut from: Py_buffer = std::mem::zeroed();
        if PyObject_GetBuffer(dest.as_ptr(), &raw mut to, PyBUF_WRITABLE | PyBUF_FULL_RO) < 0 {
            return Err(cx.pending());
        }
        let outcome = if PyObject_GetBuffer(src.as_ptr(), &raw mut from, PyBUF_FULL_RO) < 0 {
            Err(cx.pending())
        } else {
            let outcome = copy_views(cx, &raw const to, &raw const from);
            PyBuffer_Release(&raw mut from);
            outcome
        };
        PyBuffer_Release(&raw mut to);
        outcome
    }
}

/// # Safety
/// Both are filled views, the first a writable one.
unsafe fn copy_views(cx: Cx<'_>, to: *const Py_buffer, from: *const Py_buffer) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        if (*to).len < (*from).len {
            return Err(cx.error("BufferError", "destination is too small to receive data from source"));
        }
        let mut items = vec![0_u8; (*from).len as usize];
        to_contiguous(from, items.as_mut_ptr(), b'C');
        from_contiguous(to, items.as_ptr(), (*from).len, b'C');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contiguity_looks_at_axes_longer_than_one_only() {
        assert_eq!(contiguity(8, &[2, 3], &[24, 8]), (true, false));
        assert_eq!(contiguity(8, &[2, 3], &[8, 16]), (false, true));
        assert_eq!(contiguity(8, &[1, 3], &[7, 8]), (true, true));
        assert_eq!(contiguity(8, &[2, 0], &[1, 1]), (true, true));
        assert_eq!(contiguity(1, &[4], &[2]), (false, false));
        assert_eq!(contiguity(1, &[], &[]), (true, true));
    }

    #[test]
    fn strides_of_both_orders() {
        assert_eq!(contiguous_strides(4, &[2, 3, 5], false), [60, 20, 4]);
        assert_eq!(contiguous_strides(4, &[2, 3, 5], true), [4, 8, 24]);
    }
}

/// The memory of an object, kept by CPython for old binaries: the buffer is released at once, the object keeps its memory.
fn old_buffer(cx: Cx<'_>, object: Option<Obj<'_>>, flags: c_int) -> Result<(*mut c_void, Py_ssize_t)> {
    let object = object.ok_or_else(|| null_argument(cx))?;
    // SAFETY: an all-zero view is valid, and is filled before it is read; the object is alive.
    unsafe {
        let mut view: Py_buffer = std::mem::zeroed();
        if PyObject_GetBuffer(object.as_ptr(), &raw mut view, flags) < 0 {
            return Err(cx.pending());
        }
        let memory = (view.buf, view.len);
        PyBuffer_Release(&raw mut view);
        Ok(memory)
    }
}

fn null_argument(cx: Cx<'_>) -> crate::boundary::Raised {
    if cx.has_error() { cx.pending() } else { cx.system_error("null argument to internal routine") }
}

/// The memory of an object, to read it.
#[capi]
fn PyObject_AsReadBuffer(
    cx: Cx<'_>,
    object: Option<Obj<'_>>,
    buffer: Option<Out<'_, *const c_void>>,
    length: Option<Out<'_, Py_ssize_t>>,
) -> Result<()> {
    let (Some(mut buffer), Some(mut length)) = (buffer, length) else { return Err(null_argument(cx)) };
    let (memory, size) = old_buffer(cx, object, PyBUF_SIMPLE)?;
    buffer.write(memory);
    length.write(size);
    Ok(())
}

/// As `PyObject_AsReadBuffer`, for text.
#[capi]
fn PyObject_AsCharBuffer(
    cx: Cx<'_>,
    object: Option<Obj<'_>>,
    buffer: Option<Out<'_, *const c_char>>,
    length: Option<Out<'_, Py_ssize_t>>,
) -> Result<()> {
    let (Some(mut buffer), Some(mut length)) = (buffer, length) else { return Err(null_argument(cx)) };
    let (memory, size) = old_buffer(cx, object, PyBUF_SIMPLE)?;
    buffer.write(memory.cast());
    length.write(size);
    Ok(())
}

/// The memory of an object, to write to it.
#[capi]
fn PyObject_AsWriteBuffer(
    cx: Cx<'_>,
    object: Option<Obj<'_>>,
    buffer: Option<Out<'_, *mut c_void>>,
    length: Option<Out<'_, Py_ssize_t>>,
) -> Result<()> {
    let (Some(mut buffer), Some(mut length)) = (buffer, length) else { return Err(null_argument(cx)) };
    let object = object.ok_or_else(|| null_argument(cx))?;
    let Ok((memory, size)) = old_buffer(cx, Some(object), PyBUF_WRITABLE) else {
        drop(cx.take_error());
        return Err(cx.type_error("expected a writable bytes-like object"));
    };
    buffer.write(memory);
    length.write(size);
    Ok(())
}

/// Whether the object has memory to read.
#[capi]
fn PyObject_CheckReadBuffer(cx: Cx<'_>, object: Obj<'_>) -> c_int {
    let readable = old_buffer(cx, Some(object), PyBUF_SIMPLE).is_ok();
    if !readable {
        drop(cx.take_error());
    }
    c_int::from(readable)
}
