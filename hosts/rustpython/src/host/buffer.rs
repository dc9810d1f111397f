//! Buffers both ways: memory of host objects for C, memory of C objects for the host.

use emul::host::{BufferLayout, HostBuffer};
use rustpython::vm::protocol::{BufferFlags, PyBuffer};
use rustpython::vm::{PyObject, PyResult, VirtualMachine};

use super::memoryview::host_buffer;
use super::{handle, raised};

/// A host object's buffer, held open: an export keeps its memory where it is.
pub(super) struct Exported(pub(super) PyBuffer);

impl HostBuffer for Exported {
    fn memory(&self) -> (*mut u8, usize, bool) {
        let desc = &self.0.desc;
        let start = self.0.obj_bytes().as_ptr().wrapping_offset(desc.offset);
        (start.cast_mut(), desc.len, desc.readonly)
    }

    fn layout(&self) -> BufferLayout {
        let desc = &self.0.desc;
        BufferLayout {
            format: desc.format.to_string(),
            itemsize: desc.itemsize,
            shape: desc.dim_desc.iter().map(|&(extent, _, _)| extent as isize).collect(),
            strides: desc.dim_desc.iter().map(|&(_, stride, _)| stride).collect(),
            suboffsets: Vec::new(),
        }
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
