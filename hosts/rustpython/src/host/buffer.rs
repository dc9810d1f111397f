//! Buffers both ways: memory of host objects for C, memory of C objects for the host.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use emul::host::{CMemory, HostBuffer, HostObj};
use rustpython::vm::builtins::{PyGetSet, PyMemoryView, PyType, PyTypeRef};
use rustpython::vm::common::borrow::{BorrowedValue, BorrowedValueMut};
use rustpython::vm::object::{MaybeTraverse, TraverseFn};
use rustpython::vm::protocol::{BufferDescriptor, BufferFlags, BufferMethods, PyBuffer};
use rustpython::vm::types::{PyTypeFlags, PyTypeSlots};
use rustpython::vm::{Context, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine};

use super::{get, handle, raised};

/// A host object's buffer, held open: an export keeps its memory where it is.
pub(super) struct Exported(pub(super) PyBuffer);

impl HostBuffer for Exported {
    fn memory(&self) -> (*mut u8, usize, bool) {
        let desc = &self.0.desc;
        let start = self.0.obj_bytes().as_ptr().wrapping_offset(desc.offset);
        (start.cast_mut(), desc.len, desc.readonly)
    }

    fn layout(&self) -> (String, usize, Vec<isize>, Vec<isize>) {
        let desc = &self.0.desc;
        let shape = desc.dim_desc.iter().map(|&(extent, _, _)| extent as isize).collect();
        let strides = desc.dim_desc.iter().map(|&(_, stride, _)| stride).collect();
        (desc.format.to_string(), desc.itemsize, shape, strides)
    }
}

/// Memory of C's, as the object that RustPython's buffers hold.
struct CBuffer {
    exporter: Option<HostObj>,
    /// The lowest byte that the shape and the strides reach, and how many there are from it on.
    start: *mut u8,
    extent: usize,
    release: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

// SAFETY: the memory is C's, which keeps it in place until `release`; access to it is as unordered as CPython's is.
unsafe impl Send for CBuffer {}
// SAFETY: as above.
unsafe impl Sync for CBuffer {}

impl fmt::Debug for CBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of C's at {:p}", self.extent, self.start)
    }
}

impl PyPayload for CBuffer {
    fn class(ctx: &Context) -> &'static Py<PyType> {
        static CLASS: OnceLock<PyTypeRef> = OnceLock::new();
        CLASS.get_or_init(|| {
            let flags = PyTypeFlags::from_slice(&[PyTypeFlags::DISALLOW_INSTANTIATION]);
            let (base, metaclass) = (ctx.types.object_type.to_owned(), ctx.types.type_type.to_owned());
            let slots = PyTypeSlots::new("managedbuffer", flags);
            PyType::new_static(base, Default::default(), slots, metaclass).expect("a class with one base")
        })
    }
}

impl MaybeTraverse for CBuffer {
    const HAS_TRAVERSE: bool = true;

    fn try_traverse(&self, visit: &mut TraverseFn<'_>) {
        if let Some(exporter) = &self.exporter {
            visit(get(exporter.as_ref()));
        }
    }
}

impl CBuffer {
    fn bytes(&self) -> *mut [u8] {
        std::ptr::slice_from_raw_parts_mut(self.start, self.extent)
    }

    fn release(&self) {
        let release = self.release.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(release) = release {
            release();
        }
    }
}

static METHODS: BufferMethods = BufferMethods {
    // SAFETY: C keeps the memory until the last share of the buffer is given up.
    obj_bytes: |buffer| BorrowedValue::Ref(unsafe { &*buffer.obj_as::<CBuffer>().bytes() }),
    // SAFETY: as above; RustPython asks for it only where the memory is writable.
    obj_bytes_mut: |buffer| BorrowedValueMut::RefMut(unsafe { &mut *buffer.obj_as::<CBuffer>().bytes() }),
    release: |buffer| buffer.obj_as::<CBuffer>().release(),
    retain: |_buffer| {},
};

/// RustPython's description of C's memory, and the lowest byte and extent of it.
fn describe(memory: &CMemory) -> (BufferDescriptor, *mut u8, usize) {
    let dims: Vec<(usize, isize, isize)> = memory
        .shape
        .iter()
        .zip(&memory.strides)
        .map(|(&extent, &stride)| (extent.max(0) as usize, stride, 0))
        .collect();
    let is_empty = dims.iter().any(|&(extent, _, _)| extent == 0);
    let reach = |pick: fn(isize) -> isize| -> isize {
        if is_empty { 0 } else { dims.iter().map(|&(extent, stride, _)| pick(stride) * (extent as isize - 1)).sum() }
    };
    let (below, above) = (-reach(|stride| stride.min(0)), reach(|stride| stride.max(0)));
    let item = if is_empty { 0 } else { memory.itemsize };
    let desc = BufferDescriptor {
        len: memory.len,
        offset: below,
        readonly: memory.readonly,
        itemsize: memory.itemsize,
        format: memory.format.clone().into(),
        dim_desc: dims,
    };
    let start = if memory.buf.is_null() { std::ptr::dangling_mut() } else { memory.buf.wrapping_offset(-below) };
    (desc, start, (below + above) as usize + item)
}

/// A buffer of RustPython's over C's memory; released once, with the last view.
fn over(memory: CMemory, vm: &VirtualMachine) -> PyBuffer {
    let (desc, start, extent) = describe(&memory);
    let payload = CBuffer { exporter: memory.exporter, start, extent, release: Mutex::new(Some(memory.release)) };
    let holder: PyObjectRef = payload.into_ref(&vm.ctx).into();
    PyBuffer::new(holder, desc, &METHODS)
}

/// The buffer slot of a C type with `bf_getbuffer`.
pub(super) fn of_instance(object: &PyObject, flags: BufferFlags, vm: &VirtualMachine) -> PyResult<PyBuffer> {
    // RustPython describes an export in full and projects it to what was asked for; writability alone is the exporter's say.
    let request = if flags.is_writable() { BufferFlags::FULL } else { BufferFlags::FULL_RO };
    let memory = emul::slots::buffer(handle(object), request.bits() as i32).map_err(|error| raised(error, vm))?;
    Ok(over(memory, vm))
}

/// A memoryview over C's memory.
pub(super) fn new_memoryview(memory: CMemory, vm: &VirtualMachine) -> PyResult<PyRef<PyMemoryView>> {
    Ok(PyMemoryView::from_buffer(over(memory, vm), vm)?.into_ref(&vm.ctx))
}

/// `memoryview.obj` shows the exporter, not what holds its buffer.
pub(super) fn show_exporters(vm: &VirtualMachine) {
    let class = vm.ctx.types.memoryview_type;
    let name = vm.ctx.intern_str("obj");
    let Some(host_getset) = class.attributes().get(name) else { return };
    let get_obj = move |view: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        let held = vm.call_get_descriptor(&host_getset, &view).unwrap_or_else(|| Ok(vm.ctx.none()))?;
        Ok(match held.downcast_ref::<CBuffer>() {
            Some(buffer) => {
                buffer.exporter.as_ref().map_or_else(|| vm.ctx.none(), |object| get(object.as_ref()).to_owned())
            }
            None => held,
        })
    };
    let getset = PyGetSet::new("obj", class, &vm.ctx).with_get(get_obj);
    class.set_attr(name, PyRef::new_ref(getset, vm.ctx.types.getset_type.to_owned(), None).into());
}
