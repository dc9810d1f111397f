//! Where the items of a memoryview lie, and their bytes.

use emul::host::BufferLayout;

use crate::modules::structs;
use crate::object::{Body, View};
use crate::value::Value;

/// Where the memory of a view's base begins. It stays there as long as the base lives and keeps its size.
fn memory(base: Value) -> *mut u8 {
    match base.object().map(|object| &object.body) {
        Some(Body::Bytes(bytes)) => bytes.as_ptr().cast_mut(),
        Some(Body::ByteArray(bytes)) => bytes.as_ptr().cast_mut(),
        Some(Body::CView(memory)) => memory.start,
        other => panic!("no memory: {other:?}"),
    }
}

/// The one character of a native format.
pub(super) fn native_code(format: &str) -> Option<u8> {
    match format.strip_prefix('@').unwrap_or(format).as_bytes() {
        [code] if structs::native_size(*code).is_some() => Some(*code),
        _ => None,
    }
}

/// The strides of C-contiguous memory.
fn strides_of(shape: &[isize], itemsize: usize) -> Vec<isize> {
    let mut next = itemsize as isize;
    let mut strides: Vec<isize> = Vec::new();
    for &extent in shape.iter().rev() {
        strides.push(next);
        next = next.wrapping_mul(extent);
    }
    strides.reverse();
    strides
}

impl View {
    /// Of a whole bytes or bytearray.
    pub(crate) fn of_bytes(owner: Value, len: usize, readonly: bool) -> Self {
        View { base: owner, obj: owner, start: 0, layout: BufferLayout::of_bytes(len), readonly, released: false }
    }

    pub(super) fn ndim(&self) -> usize {
        self.layout.shape.len()
    }

    /// How many bytes it shows.
    pub(crate) fn nbytes(&self) -> usize {
        self.layout.shape.iter().product::<isize>() as usize * self.layout.itemsize
    }

    /// Lay the items out anew, one behind the other in C's order.
    pub(super) fn set_shape(&mut self, shape: Vec<isize>) {
        self.layout.strides = strides_of(&shape, self.layout.itemsize);
        self.layout.shape = shape;
        self.layout.suboffsets.clear();
    }

    /// The one character of a native format.
    pub(super) fn code(&self) -> Option<u8> {
        native_code(&self.layout.format)
    }

    /// As CPython keeps it in a memoryview's flags: a single axis counts by its stride alone.
    pub(super) fn is_contiguous(&self, fortran: bool) -> bool {
        let BufferLayout { shape, strides, suboffsets, .. } = &self.layout;
        let mut next = self.layout.itemsize as isize;
        if !suboffsets.is_empty() {
            return false;
        }
        if let ([extent], [stride]) = (&shape[..], &strides[..]) {
            return *extent == 1 || *stride == next;
        }
        let axes = shape.iter().zip(strides);
        let mut fits = |(&extent, &stride): (&isize, &isize)| {
            let fits = extent < 2 || stride == next;
            next *= extent;
            fits
        };
        shape.contains(&0) || if fortran { axes.into_iter().all(&mut fits) } else { axes.rev().all(&mut fits) }
    }

    /// Where its first item begins, if no pointer is on the way.
    pub(crate) fn first(&self) -> *mut u8 {
        memory(self.base).wrapping_offset(self.start)
    }

    /// Where the item `index` of an axis lies, within what the axes before lead to. The view is not released, the index within the
    /// axis.
    pub(super) fn step(&self, from: *mut u8, axis: usize, index: isize) -> *mut u8 {
        let place = from.wrapping_offset(self.layout.strides[axis].wrapping_mul(index));
        match self.layout.suboffsets.get(axis) {
            // SAFETY: the memory is open, and its exporter says that a pointer lies there.
            Some(&offset) if offset >= 0 => unsafe { place.cast::<*mut u8>().read_unaligned().wrapping_offset(offset) },
            _ => place,
        }
    }

    /// Where an item lies.
    pub(super) fn place(&self, indices: &[isize]) -> *mut u8 {
        indices.iter().enumerate().fold(self.first(), |from, (axis, &index)| self.step(from, axis, index))
    }

    /// Where the items are, in C's order or in Fortran's.
    pub(super) fn places(&self, fortran: bool) -> Vec<*mut u8> {
        let BufferLayout { shape, .. } = &self.layout;
        let mut places = Vec::new();
        let mut indices = vec![0; shape.len()];
        let axes: Vec<usize> = if fortran { (0..shape.len()).collect() } else { (0..shape.len()).rev().collect() };
        let mut left = !shape.contains(&0);
        while left {
            places.push(self.place(&indices));
            // The first axis in this order varies fastest; what ran over begins again, and the next goes on.
            left = axes.iter().any(|&axis| {
                indices[axis] += 1;
                let goes_on = indices[axis] < shape[axis];
                if !goes_on {
                    indices[axis] = 0;
                }
                goes_on
            });
        }
        places
    }

    /// The part along the first axis.
    pub(super) fn part(&self, start: isize, step: isize, count: usize) -> View {
        let mut part = self.clone();
        part.start += start.wrapping_mul(self.layout.strides[0]);
        part.layout.strides[0] = part.layout.strides[0].wrapping_mul(step);
        part.layout.shape[0] = count as isize;
        part
    }

    /// The bytes of the item at a place of this view, which is not released.
    pub(super) fn read(&self, place: *mut u8) -> Vec<u8> {
        // SAFETY: the places of a view that is not released lie in memory that is held open.
        unsafe { std::slice::from_raw_parts(place, self.layout.itemsize) }.to_vec()
    }

    /// Write an item; the view is not released and may be written.
    pub(super) fn write(&self, place: *mut u8, item: &[u8]) {
        // SAFETY: as above.
        unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), place, self.layout.itemsize) }
    }

    /// The items' bytes, one behind the other.
    pub(super) fn bytes(&self, fortran: bool) -> Vec<u8> {
        if self.nbytes() == 0 {
            return Vec::new();
        }
        if self.is_contiguous(fortran) {
            // SAFETY: as above.
            return unsafe { std::slice::from_raw_parts(self.first(), self.nbytes()) }.to_vec();
        }
        self.places(fortran).into_iter().flat_map(|place| self.read(place)).collect()
    }
}
