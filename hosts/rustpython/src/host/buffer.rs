//! Buffers both ways: memory of host objects for C, memory of C objects for the host.

use emul::host::{BufferLayout, HostBuffer, HostObj};
use rustpython::vm::protocol::{BufferFlags, PyBuffer};
use rustpython::vm::{PyObject, PyResult, VirtualMachine};

use super::memoryview::host_buffer;
use super::{handle, own, raised};

/// A host object's buffer, held open: an export keeps its memory where it is.
pub(super) struct Exported {
    pub(super) buffer: PyBuffer,
    /// RustPython has an object of its own between, too, where a `__buffer__` in Python gives the memory.
    pub(super) is_wrapped: bool,
}

impl HostBuffer for Exported {
    fn memory(&self) -> (*mut u8, usize, bool) {
        let desc = &self.buffer.desc;
        let start = self.buffer.obj_bytes().as_ptr().wrapping_offset(desc.offset);
        (start.cast_mut(), desc.len, desc.readonly)
    }

    fn layout(&self) -> BufferLayout {
        let desc = &self.buffer.desc;
        BufferLayout {
            format: desc.format.to_string(),
            itemsize: desc.itemsize,
            shape: desc.dim_desc.iter().map(|&(extent, _, _)| extent as isize).collect(),
            strides: desc.dim_desc.iter().map(|&(_, stride, _)| stride).collect(),
            suboffsets: Vec::new(),
        }
    }

    fn owner(&self) -> Option<HostObj> {
        self.is_wrapped.then(|| own(self.buffer.obj.clone()))
    }
}

/// The buffer slot of a C type with `bf_getbuffer`.
pub(super) const OF_INSTANCE: fn(&PyObject, BufferFlags, &VirtualMachine) -> PyResult<PyBuffer> = of_instance;

fn of_instance(object: &PyObject, flags: BufferFlags, vm: &VirtualMachine) -> PyResult<PyBuffer> {
    if flags.is_memory_access_mode() {
        return Err(vm.new_system_error("bad argument to internal function"));
    }
    let memory = emul::slots::buffer(handle(object), flags.bits() as i32).map_err(|error| raised(error, vm))?;
    Ok(host_buffer(memory, vm))
}
