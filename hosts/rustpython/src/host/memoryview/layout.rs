//! What a view says of memory: `Py_buffer`'s fields, and the arithmetic on them.

use std::ptr;

use emul::host::{BufferLayout, CMemory};
use rustpython::vm::PyResult;
use rustpython::vm::VirtualMachine;
use rustpython::vm::protocol::{BufferDescriptor, PyBuffer};

/// `PyBUF_MAX_NDIM`.
pub(super) const MAX_NDIM: usize = 64;

/// Where a view's items lie. `suboffsets` is empty where a `Py_buffer` has NULL.
#[derive(Clone)]
pub(crate) struct Layout {
    pub(crate) buf: *mut u8,
    pub(crate) len: usize,
    pub(crate) itemsize: usize,
    pub(crate) readonly: bool,
    pub(crate) format: String,
    pub(crate) shape: Vec<isize>,
    pub(crate) strides: Vec<isize>,
    pub(crate) suboffsets: Vec<isize>,
}

// SAFETY: plain numbers; whoever reads or writes through `buf` holds the memory open.
unsafe impl Send for Layout {}
// SAFETY: as above.
unsafe impl Sync for Layout {}

impl Layout {
    pub(super) fn of_c(memory: &CMemory) -> Self {
        let BufferLayout { format, itemsize, shape, strides, suboffsets } = memory.layout.clone();
        Self {
            buf: memory.buf,
            len: memory.len,
            readonly: memory.readonly,
            itemsize,
            format,
            shape,
            strides,
            suboffsets,
        }
    }

    /// A buffer of the host's, whose memory stays where it is as long as the buffer is held.
    pub(super) fn of_host(buffer: &PyBuffer) -> Self {
        let desc = &buffer.desc;
        Self {
            buf: buffer.obj_bytes().as_ptr().cast_mut().wrapping_offset(desc.offset),
            len: desc.len,
            itemsize: desc.itemsize,
            readonly: desc.readonly,
            format: desc.format.to_string(),
            shape: desc.dim_desc.iter().map(|&(extent, _, _)| extent as isize).collect(),
            strides: desc.dim_desc.iter().map(|&(_, stride, _)| stride).collect(),
            suboffsets: Vec::new(),
        }
    }

    /// What the layer is told of it.
    pub(super) fn items(&self) -> BufferLayout {
        let Self { itemsize, format, shape, strides, suboffsets, .. } = self.clone();
        BufferLayout { format, itemsize, shape, strides, suboffsets }
    }

    pub(super) fn ndim(&self) -> usize {
        self.shape.len()
    }

    pub(super) fn check_ndim(&self, vm: &VirtualMachine) -> PyResult<()> {
        if self.ndim() <= MAX_NDIM {
            return Ok(());
        }
        Err(vm.new_value_error(format!("memoryview: number of dimensions must not exceed {MAX_NDIM}")))
    }

    /// The axes in the order in which the items lie in C's order (the last varies fastest), or Fortran's.
    fn runs(&self, axes: impl Iterator<Item = usize>) -> bool {
        let mut expected = self.itemsize as isize;
        for axis in axes {
            if self.shape[axis] > 1 && self.strides[axis] != expected {
                return false;
            }
            expected *= self.shape[axis];
        }
        true
    }

    /// What CPython keeps in a memory view's flags: a single axis counts by its stride alone.
    fn is_contiguous_in(&self, c: bool) -> bool {
        if !self.suboffsets.is_empty() {
            return false;
        }
        match self.ndim() {
            0 => true,
            1 => self.shape[0] == 1 || self.strides[0] == self.itemsize as isize,
            _ if self.len == 0 => true,
            ndim if c => self.runs((0..ndim).rev()),
            ndim => self.runs(0..ndim),
        }
    }

    pub(super) fn is_c_contiguous(&self) -> bool {
        self.is_contiguous_in(true)
    }

    pub(super) fn is_fortran_contiguous(&self) -> bool {
        self.is_contiguous_in(false)
    }

    /// The place of item `index` of an axis, within what the axes before lead to.
    ///
    /// # Safety
    /// The memory is held open, and the index within the axis.
    unsafe fn step(&self, start: *mut u8, axis: usize, index: isize) -> *mut u8 {
        let place = start.wrapping_offset(self.strides[axis].wrapping_mul(index));
        match self.suboffsets.get(axis) {
            // SAFETY: the exporter says that a pointer lies there.
            Some(&offset) if offset >= 0 => unsafe { place.cast::<*mut u8>().read_unaligned().wrapping_offset(offset) },
            _ => place,
        }
    }

    /// The place that an index from Python names on an axis.
    pub(super) fn lookup(&self, start: *mut u8, axis: usize, index: isize, vm: &VirtualMachine) -> PyResult<*mut u8> {
        let extent = self.shape[axis];
        let index = if index < 0 { index.wrapping_add(extent) } else { index };
        if index < 0 || index >= extent {
            return Err(vm.new_index_error(format!("index out of bounds on dimension {}", axis + 1)));
        }
        // SAFETY: the caller holds the memory open; the index was just looked at.
        Ok(unsafe { self.step(start, axis, index) })
    }

    /// The places that the items of one axis have, within what the axes before lead to.
    ///
    /// # Safety
    /// The memory is held open as long as the places are asked for.
    pub(super) unsafe fn axis(&self, start: *mut u8, axis: usize) -> impl Iterator<Item = *mut u8> {
        // SAFETY: the caller's contract.
        (0..self.shape[axis]).map(move |index| unsafe { self.step(start, axis, index) })
    }

    /// Visit the place of each item, in C's order or Fortran's.
    ///
    /// # Safety
    /// The memory is held open.
    unsafe fn for_each(&self, fortran: bool, mut visit: impl FnMut(*mut u8)) {
        if self.shape.contains(&0) {
            return;
        }
        let ndim = self.ndim();
        let mut indices = vec![0_isize; ndim];
        loop {
            // SAFETY: the caller's contract; each index is within its axis.
            let place = (0..ndim).fold(self.buf, |place, axis| unsafe { self.step(place, axis, indices[axis]) });
            visit(place);
            let mut carry = |axis: usize| {
                indices[axis] += 1;
                let over = indices[axis] == self.shape[axis];
                if over {
                    indices[axis] = 0;
                }
                over
            };
            let is_over = if fortran { (0..ndim).all(&mut carry) } else { (0..ndim).rev().all(&mut carry) };
            if is_over {
                return;
            }
        }
    }

    /// The items' bytes, one item behind the other.
    ///
    /// # Safety
    /// The memory is held open.
    pub(super) unsafe fn bytes(&self, fortran: bool) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.len);
        // SAFETY: the caller's contract: each place has an item's bytes.
        unsafe {
            if if fortran { self.is_fortran_contiguous() } else { self.is_c_contiguous() } {
                if self.len > 0 {
                    bytes.extend_from_slice(std::slice::from_raw_parts(self.buf, self.len));
                }
                return bytes;
            }
            self.for_each(fortran, |place| {
                bytes.extend_from_slice(std::slice::from_raw_parts(place, self.itemsize));
            });
        }
        bytes
    }

    /// Write the items of `bytes`, in C's order.
    ///
    /// # Safety
    /// The memory is held open and may be written; `bytes` has all items.
    pub(super) unsafe fn write(&self, bytes: &[u8]) {
        let mut items = bytes.chunks_exact(self.itemsize.max(1));
        // SAFETY: the caller's contract: each place has room for an item.
        unsafe {
            self.for_each(false, |place| {
                if let Some(item) = items.next() {
                    ptr::copy_nonoverlapping(item.as_ptr(), place, self.itemsize);
                }
            });
        }
    }

    /// The view of a slice of the first axis.
    pub(super) fn slice(&mut self, start: isize, step: isize, count: usize) {
        self.buf = self.buf.wrapping_offset(self.strides[0].wrapping_mul(start));
        self.shape[0] = count as isize;
        self.strides[0] = self.strides[0].wrapping_mul(step);
        self.len = self.shape.iter().product::<isize>() as usize * self.itemsize;
    }

    /// Lay the items out anew, one behind the other in C's order.
    pub(super) fn reshape(&mut self, shape: Vec<isize>) {
        self.strides = c_strides(self.itemsize, &shape);
        self.shape = shape;
        self.suboffsets = Vec::new();
    }

    /// The lowest byte that the axes reach, and how many there are from it on. For views without suboffsets.
    fn extent(&self) -> (*mut u8, usize) {
        if self.len == 0 {
            return (ptr::dangling_mut(), 0);
        }
        let axes = || self.shape.iter().zip(&self.strides).map(|(&extent, &stride)| stride * (extent - 1));
        let below: isize = axes().map(|reach| reach.min(0)).sum();
        let above: isize = axes().map(|reach| reach.max(0)).sum();
        (self.buf.wrapping_offset(below), (above - below) as usize + self.itemsize)
    }

    /// Whether the host can read the memory in place: its descriptions know no pointers on the way.
    pub(super) fn is_flat(&self) -> bool {
        self.suboffsets.iter().all(|&offset| offset < 0)
    }

    /// The memory, as the host sees it.
    pub(super) fn memory(&self) -> *mut [u8] {
        let (start, extent) = self.extent();
        ptr::slice_from_raw_parts_mut(start, extent)
    }

    /// The host's description of the view, relative to [`Self::memory`]; of a copy of the items where it is not flat.
    pub(super) fn describe(&self) -> BufferDescriptor {
        let is_flat = self.is_flat();
        let copied = c_strides(self.itemsize, &self.shape);
        let strides = if is_flat { &self.strides } else { &copied };
        BufferDescriptor {
            len: self.len,
            offset: if is_flat && self.len > 0 {
                self.buf.addr() as isize - self.extent().0.addr() as isize
            } else {
                0
            },
            readonly: self.readonly || !is_flat,
            itemsize: self.itemsize,
            format: self.format.clone().into(),
            dim_desc: self.shape.iter().zip(strides).map(|(&extent, &stride)| (extent as usize, stride, 0)).collect(),
        }
    }
}

pub(super) fn c_strides(itemsize: usize, shape: &[isize]) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut next = itemsize as isize;
    for axis in (0..shape.len()).rev() {
        strides[axis] = next;
        next = next.wrapping_mul(shape[axis]);
    }
    strides
}
