//! Buffers both ways: memory of bytes, bytearrays and memoryviews for C; memory of C objects for the interpreter.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use emul::host::{CMemory, HostBuffer, HostObj};

use crate::heap::H;
use crate::host::{handle, own, take, threads, with};
use crate::known as k;
use crate::object::{Body, View};
use crate::value::Value;
use crate::vm::{R, Vm};

/// An object's memory, held open. The storage lies outside of the heap and stays where it is while the object lives.
struct Exported {
    start: *mut u8,
    len: usize,
    readonly: bool,
    format: String,
    itemsize: usize,
    stride: isize,
    /// Keeps the object.
    _owner: HostObj,
    /// The identity of a bytearray, which keeps its size meanwhile; 0 for none.
    sized: u64,
    /// What closes the memory, if the object wants to be told.
    closed: Option<HostObj>,
}

impl Drop for Exported {
    fn drop(&mut self) {
        if self.sized != 0 {
            threads::current(|vm| {
                if let Some(count) = vm.heap.exports.get_mut(&self.sized) {
                    *count -= 1;
                    if *count == 0 {
                        vm.heap.exports.remove(&self.sized);
                    }
                }
            });
        }
        if let Some(closed) = self.closed.take() {
            close(closed, &self._owner);
        }
    }
}

/// Call the `__release_buffer__` that is bound in `closed`, with the memoryview `view`.
fn close(closed: HostObj, view: &HostObj) {
    with(|vm| {
        let (method, view) = (take(vm, closed), handle(vm, view.as_ref()));
        let pending = vm.push(vm.get(k::PENDING));
        vm.set(k::PENDING, Value::NULL);
        if vm.call(method, &[view]).is_err() {
            vm.unraisable(method, None);
        }
        let pending = vm.get(pending);
        vm.set(k::PENDING, pending);
    });
}

impl HostBuffer for Exported {
    fn memory(&self) -> (*mut u8, usize, bool) {
        (self.start, self.len, self.readonly)
    }

    fn layout(&self) -> (String, usize, Vec<isize>, Vec<isize>) {
        let count = self.len / self.itemsize.max(1);
        (self.format.clone(), self.itemsize, vec![count as isize], vec![self.stride])
    }
}

/// Open the memory of `target`.
pub(super) fn export(vm: &mut Vm, target: H, writable: bool) -> R<Box<dyn HostBuffer>> {
    let found = match vm.body(target) {
        Some(Body::Bytes(data)) => Some((data.as_ptr().cast_mut(), data.len(), true)),
        Some(Body::ByteArray(data)) => Some((data.as_ptr().cast_mut(), data.len(), false)),
        Some(Body::View(_)) => return Ok(export_view(vm, target, writable)?),
        _ => None,
    };
    let Some((start, len, readonly)) = found else {
        if let Some(view) = made_by_class(vm, target, writable)? {
            return export_of_class(vm, target, view, writable);
        }
        let name = vm.class_name(target);
        return Err(vm.type_error(format!("a bytes-like object is required, not '{name}'")));
    };
    if readonly && writable {
        return Err(vm.raise(k::BUFFER_ERROR, "Object is not writable."));
    }
    let sized = if readonly { 0 } else { hold_size(vm, target) };
    let owner = own(vm, target);
    let format = "B".to_owned();
    Ok(Box::new(Exported { start, len, readonly, format, itemsize: 1, stride: 1, _owner: owner, sized, closed: None }))
}

/// A bytearray keeps its size until its export ends.
fn hold_size(vm: &mut Vm, array: H) -> u64 {
    let word = vm.get(array);
    let id = vm.heap.id(word);
    *vm.heap.exports.entry(id).or_insert(0) += 1;
    id
}

/// The memoryview that the `__buffer__` of the object's class gives.
fn made_by_class(vm: &mut Vm, target: H, writable: bool) -> R<Option<H>> {
    let name = vm.intern("__buffer__")?;
    let Some(method) = vm.special(target, name) else { return Ok(None) };
    // PyBUF_FULL or PyBUF_FULL_RO.
    let flags = vm.int(if writable { 0x11d } else { 0x11c })?;
    let view = vm.call_unbound(method, target, &[flags])?;
    if !matches!(vm.body(view), Some(Body::View(_))) {
        let given = vm.class_name(view);
        return Err(vm.type_error(format!("__buffer__ returned non-memoryview object of type '{given}'")));
    }
    Ok(Some(view))
}

fn export_of_class(vm: &mut Vm, target: H, view: H, writable: bool) -> R<Box<dyn HostBuffer>> {
    let mut exported = export_view(vm, view, writable)?;
    let name = vm.intern("__release_buffer__")?;
    if vm.special(target, name).is_some() {
        let method = vm.getattr(target, name)?;
        exported.closed = Some(own(vm, method));
    }
    Ok(exported)
}

fn export_view(vm: &mut Vm, target: H, writable: bool) -> R<Box<Exported>> {
    let Some(Body::View(view)) = vm.body(target) else { unreachable!("the caller looked") };
    let view = (**view).clone();
    if view.released {
        return Err(vm.value_error("operation forbidden on released memoryview object"));
    }
    if view.readonly && writable {
        return Err(vm.raise(k::BUFFER_ERROR, "memoryview: underlying buffer is not writable"));
    }
    let base = vm.push(view.base);
    let memory = match vm.body(base) {
        Some(Body::Bytes(data)) => data.as_ptr().cast_mut(),
        Some(Body::ByteArray(data)) => data.as_ptr().cast_mut(),
        Some(Body::CView(memory)) => memory.start,
        _ => return Err(vm.raise(k::BUFFER_ERROR, "memoryview: underlying buffer is gone")),
    };
    let itemsize = item_size(view.format).max(1);
    let sized = if matches!(vm.body(base), Some(Body::ByteArray(_))) { hold_size(vm, base) } else { 0 };
    let owner = own(vm, target);
    Ok(Box::new(Exported {
        start: memory.wrapping_add(view.start),
        len: view.len * itemsize,
        readonly: view.readonly,
        format: char::from(view.format).to_string(),
        itemsize,
        stride: view.step * itemsize as isize,
        _owner: owner,
        sized,
        closed: None,
    }))
}

/// A memoryview over memory of C's.
pub(super) fn view_of(vm: &mut Vm, memory: CMemory) -> R<H> {
    let CMemory { exporter, buf, len, readonly, format, itemsize, shape, strides, release } = memory;
    let ended = Ended { release: Some(release), exporter };
    let plain = shape.len() <= 1 && itemsize == item_size(format_of(&format));
    if !plain {
        drop(CView { start: buf, ended: Some(ended) });
        return Err(vm.raise(
            k::NOT_IMPLEMENTED_ERROR,
            format!("this host has no memoryviews of format '{format}' and this shape"),
        ));
    }
    let step = strides.first().map_or(1, |stride| stride / itemsize.max(1) as isize);
    let base = vm.alloc(k::OBJECT, Body::CView(Box::new(CView { start: buf, ended: Some(ended) })))?;
    let view = View {
        base: vm.get(base),
        start: 0,
        len: len / itemsize.max(1),
        step,
        format: format_of(&format),
        readonly,
        released: false,
    };
    vm.alloc(k::MEMORYVIEW, Body::View(Box::new(view)))
}

/// The one character of a native format; `B` for none.
fn format_of(format: &str) -> u8 {
    match format.trim_start_matches('@').as_bytes() {
        [] => b'B',
        [one] => *one,
        _ => 0,
    }
}

/// The bytes of an item of a native format; 0 for one that is not known.
fn item_size(format: u8) -> usize {
    match format {
        b'b' | b'B' | b'c' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => 0,
    }
}

/// Memory of C's, released when the last view of it is gone.
#[derive(Debug)]
pub(crate) struct CView {
    pub(crate) start: *mut u8,
    ended: Option<Ended>,
}

/// What is to be done when nobody views the memory any more.
pub(super) struct Ended {
    release: Option<Box<dyn FnOnce() + Send>>,
    exporter: Option<HostObj>,
}

impl std::fmt::Debug for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ended")
    }
}

impl Ended {
    /// Release the memory, then its exporter.
    pub(super) fn release(mut self) {
        if let Some(release) = self.release.take() {
            release();
        }
        drop(self.exporter.take());
    }
}

// SAFETY: the words in it are used by the thread that runs the interpreter alone.
unsafe impl Send for Ended {}

/// Views end in a collection, which runs no code of C's: what is to be released waits here.
static ENDED: Mutex<Vec<Ended>> = Mutex::new(Vec::new());
static ANY: AtomicBool = AtomicBool::new(false);

impl Drop for CView {
    fn drop(&mut self) {
        if let Some(ended) = self.ended.take() {
            ENDED.lock().unwrap_or_else(PoisonError::into_inner).push(ended);
            ANY.store(true, Relaxed);
        }
    }
}

/// Whether memory waits to be released.
pub(crate) fn has_releases() -> bool {
    ANY.load(Relaxed)
}

/// The memory that waits to be released.
pub(super) fn ended() -> Vec<Ended> {
    ANY.store(false, Relaxed);
    std::mem::take(&mut *ENDED.lock().unwrap_or_else(PoisonError::into_inner))
}
