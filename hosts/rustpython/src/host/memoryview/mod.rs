//! `memoryview`: the host's class, with what CPython's does that the host's does not.
//!
//! RustPython's memory view describes contiguous and strided memory of its own objects, whose formats its `struct` knows.
//! Memory of C's has any format, any number of axes and pointers on the way (suboffsets). Views of such memory are ours: objects
//! of the same class, to the host's code the same kind of object, whose buffer holds a [`view::View`]; the class's slots and
//! methods tell them apart. `docs/decisions/014-memoryview.md` has the reasons.

mod items;
mod iter;
mod layout;
mod methods;
mod slots;
mod view;

use std::ops::Deref;
use std::ptr::fn_addr_eq;

use emul::host::{CMemory, HostBuffer};
use rustpython::vm::builtins::PyMemoryView;
use rustpython::vm::protocol::{BufferFlags, PyBuffer};
use rustpython::vm::{Py, PyObject, PyPayload, PyResult, VirtualMachine};

use super::{buffer, handle, raised};
use layout::Layout;
pub(crate) use view::host_buffer;
use view::{Held, View};

/// Change the host's class: once, before anything uses it.
pub(super) fn install(vm: &VirtualMachine) {
    if slots::install(vm) {
        iter::install(vm);
        methods::install(vm);
    }
}

/// A memory view of C's memory.
pub(super) fn of_c(memory: CMemory, vm: &VirtualMachine) -> PyResult {
    view::of_c(memory, vm)
}

/// The buffer of a memory view of ours for C, suboffsets and all.
pub(super) fn held(object: &PyObject, flags: i32, vm: &VirtualMachine) -> Option<PyResult<Box<dyn HostBuffer>>> {
    let view = view::of(object)?;
    Some(view.check(vm).and_then(|()| {
        if BufferFlags::from_bits_retain(flags.cast_unsigned()).is_writable() && view.layout.readonly {
            return Err(vm.new_buffer_error("memoryview: underlying buffer is not writable"));
        }
        Ok(Box::new(Held::new(view)) as Box<dyn HostBuffer>)
    }))
}

/// `memoryview(object)`, its exporter asked with `flags`: `PyMemoryView_FromObjectAndFlags`.
fn from_object(object: &PyObject, flags: BufferFlags, vm: &VirtualMachine) -> PyResult {
    if let Some(view) = view::of(object) {
        view.check(vm)?;
        return view.other(view.layout.clone(), vm);
    }
    if object.downcastable::<PyMemoryView>() || !object.check_buffer() {
        return Ok(PyMemoryView::from_object_with_flags(object, flags, vm)?.into_ref(&vm.ctx).into());
    }
    let of_c = object.class().slots().as_buffer.load().is_some_and(|slot| fn_addr_eq(slot, buffer::OF_INSTANCE));
    if of_c {
        if flags.is_memory_access_mode() {
            return Err(vm.new_system_error("bad argument to internal function"));
        }
        let memory = emul::slots::buffer(handle(object), flags.bits() as i32).map_err(|error| raised(error, vm))?;
        return view::of_c(memory, vm);
    }
    let buffer = PyBuffer::from_object(vm, object, flags)?;
    if items::native(&buffer.desc.format).is_none() {
        return view::of_host(buffer, vm);
    }
    Ok(PyMemoryView::from_buffer(buffer, vm)?.into_ref(&vm.ctx).into())
}

/// The layout of a view that is in use, and what keeps its memory.
enum Open<'a> {
    Ours(&'a Py<View>),
    Host(Layout, PyBuffer),
}

impl Deref for Open<'_> {
    type Target = Layout;

    fn deref(&self) -> &Layout {
        match self {
            Self::Ours(view) => &view.layout,
            Self::Host(layout, _) => layout,
        }
    }
}

impl<'a> Open<'a> {
    /// A memory view, unless it is released.
    fn new(object: &'a PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        if let Some(view) = view::of(object) {
            return view.check(vm).map(|()| Self::Ours(view));
        }
        slots::check_host(object, vm)?;
        let Some(host) = object.downcast_ref::<PyMemoryView>() else {
            return Err(vm.new_type_error("a memoryview is required"));
        };
        Ok(Self::held(host.clone_buffer()))
    }

    fn held(buffer: PyBuffer) -> Self {
        Self::Host(Layout::of_host(&buffer), buffer)
    }

    /// Another view of the memory, C contiguous like this one.
    fn recast(&self, layout: Layout, vm: &VirtualMachine) -> PyResult {
        let buffer = match self {
            Self::Ours(view) => return view.other(layout, vm),
            Self::Host(_, buffer) => buffer,
        };
        let mut buffer = buffer.clone();
        let offset = buffer.desc.offset;
        buffer.desc = layout.describe();
        buffer.desc.offset = offset;
        Ok(PyMemoryView::from_buffer(buffer, vm)?.into_ref(&vm.ctx).into())
    }
}
