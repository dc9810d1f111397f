//! Buffers both ways: memory of bytes, bytearrays and memoryviews for C; memory of C objects for the interpreter.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use emul::host::{BufferLayout, CMemory, HostBuffer, HostObj};

use crate::heap::{H, Owned};
use crate::host::{handle, threads, with};
use crate::known as k;
use crate::object::{Body, EXPORTS, View};
use crate::objects::bytes::terminated;
use crate::objects::view::WRITABLE;
use crate::value::Value;
use crate::vm::{R, Vm};

/// An object's memory, held open. The storage lies outside of the heap and stays where it is while the object lives.
struct Exported {
    start: *mut u8,
    len: usize,
    readonly: bool,
    layout: BufferLayout,
    /// Keeps the object.
    owner: Root,
    /// The identities of a bytearray, which keeps its size meanwhile, and of a memoryview, which cannot be released; 0 for none.
    held: [u64; 2],
    /// What closes the memory, if the object wants to be told.
    closed: Option<Root>,
}

/// Holds an object, whether or not C is in play.
struct Root(Owned);

impl Root {
    fn of(vm: &mut Vm, h: H) -> Self {
        let word = vm.get(h);
        Root(vm.heap.retain(word))
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        threads::current(|vm| vm.heap.release(self.0));
    }
}

impl Drop for Exported {
    fn drop(&mut self) {
        for id in self.held.into_iter().filter(|&id| id != 0) {
            threads::current(|vm| {
                if let Some(count) = vm.heap.exports.get_mut(&id) {
                    *count -= 1;
                    if *count == 0 {
                        vm.heap.exports.remove(&id);
                    }
                }
            });
        }
        if let Some(closed) = self.closed.take() {
            close(closed, &self.owner);
        }
    }
}

/// Call the `__release_buffer__` that is bound in `closed`, with the memoryview `view`.
fn close(closed: Root, view: &Root) {
    with(|vm| {
        let (method, view) = (vm.heap.owned(closed.0), vm.heap.owned(view.0));
        let (method, view) = (vm.push(method), vm.push(view));
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

    fn layout(&self) -> BufferLayout {
        self.layout.clone()
    }
}

/// Open the memory of `target`.
pub(super) fn export(vm: &mut Vm, target: H, flags: i32) -> R<Box<dyn HostBuffer>> {
    let writable = flags & WRITABLE != 0;
    let found = match vm.body(target) {
        Some(Body::Bytes(data)) => Some((data.as_ptr().cast_mut(), data.len(), true)),
        Some(Body::ByteArray(_)) => {
            let bytes = terminated(vm, target);
            Some((bytes.as_mut_ptr(), bytes.len(), false))
        }
        Some(Body::View(_)) => return Ok(export_view(vm, target, writable)?),
        _ => None,
    };
    let Some((start, len, readonly)) = found else {
        if let Some(view) = made_by_class(vm, target, flags)? {
            return export_of_class(vm, target, view, writable);
        }
        let name = vm.class_name(target);
        return Err(vm.type_error(format!("a bytes-like object is required, not '{name}'")));
    };
    if readonly && writable {
        return Err(vm.raise(k::BUFFER_ERROR, "Object is not writable."));
    }
    let held = [if readonly { 0 } else { hold(vm, target) }, 0];
    let owner = Root::of(vm, target);
    Ok(Box::new(Exported { start, len, readonly, layout: BufferLayout::of_bytes(len), owner, held, closed: None }))
}

/// A bytearray keeps its size, and a memoryview stays open, until the export ends.
fn hold(vm: &mut Vm, exporter: H) -> u64 {
    let word = vm.get(exporter);
    let id = vm.heap.id(word);
    *vm.heap.exports.entry(id).or_insert(0) += 1;
    id
}

/// The memoryview that the `__buffer__` of the object's class gives.
fn made_by_class(vm: &mut Vm, target: H, flags: i32) -> R<Option<H>> {
    let name = vm.intern("__buffer__")?;
    let Some(method) = vm.special(target, name) else { return Ok(None) };
    let flags = vm.int(i64::from(flags))?;
    let view = vm.call_unbound(method, target, &[flags])?;
    if !matches!(vm.body(view), Some(Body::View(_))) {
        return Err(vm.type_error("__buffer__ returned non-memoryview object"));
    }
    Ok(Some(view))
}

fn export_of_class(vm: &mut Vm, target: H, view: H, writable: bool) -> R<Box<dyn HostBuffer>> {
    let mut exported = export_view(vm, view, writable)?;
    let name = vm.intern("__release_buffer__")?;
    if vm.special(target, name).is_some() {
        let method = vm.getattr(target, name)?;
        exported.closed = Some(Root::of(vm, method));
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
    let of_array = if matches!(vm.body(base), Some(Body::ByteArray(_))) {
        terminated(vm, base);
        hold(vm, base)
    } else {
        0
    };
    let held = [of_array, hold(vm, target)];
    let start = View { base: vm.get(base), ..view.clone() }.first();
    Ok(Box::new(Exported {
        start,
        len: view.nbytes(),
        readonly: view.readonly,
        layout: view.layout,
        owner: Root::of(vm, target),
        held,
        closed: None,
    }))
}

/// A memoryview over memory of C's.
pub(super) fn view_of(vm: &mut Vm, memory: CMemory) -> R<H> {
    let CMemory { exporter, buf, readonly, layout, release, .. } = memory;
    let obj = exporter.as_ref().map_or(k::NULL, |exporter| handle(vm, exporter.as_ref()));
    view_over(vm, obj, (buf, readonly), layout, Ended { release: Some(release), exporter })
}

/// A memoryview over bytes that `release` gives back with the last view of them.
pub(crate) fn view_of_memory(
    vm: &mut Vm,
    start: *mut u8,
    len: usize,
    readonly: bool,
    release: impl FnOnce() + Send + 'static,
) -> R<H> {
    view_over(
        vm,
        k::NULL,
        (start, readonly),
        BufferLayout::of_bytes(len),
        Ended { release: Some(Box::new(release)), exporter: None },
    )
}

/// A memoryview over memory that `ended` gives back.
fn view_over(vm: &mut Vm, obj: H, (buf, readonly): (*mut u8, bool), layout: BufferLayout, ended: Ended) -> R<H> {
    let base = vm.alloc(k::OBJECT, Body::CView(Box::new(CView { start: buf, views: 0, ended: Some(ended) })))?;
    let view = View { base: vm.get(base), obj: vm.get(obj), start: 0, layout, readonly, released: false };
    crate::objects::view::make(vm, view)
}

/// A memoryview of what C gets that asks for the object's memory.
pub(crate) fn buffer_of(vm: &mut Vm, source: H, flags: i32) -> R<H> {
    let memory = super::calls::done(vm, |_| emul::slots::buffer(super::borrowed(source), flags))?;
    view_of(vm, memory)
}

/// A memoryview of an object whose class is no builtin one; `None` if it exports nothing.
pub(crate) fn view_of_exporter(vm: &mut Vm, source: H, flags: i32) -> R<Option<H>> {
    let name = vm.intern("__buffer__")?;
    if vm.special(source, name).is_none() {
        if vm.class_flags(source) & EXPORTS == 0 {
            return Ok(None);
        }
        return buffer_of(vm, source, flags).map(Some);
    }
    let Some(inner) = made_by_class(vm, source, flags)? else { return Ok(None) };
    let exported = export_of_class(vm, source, inner, false)?;
    let (start, _, readonly) = exported.memory();
    let layout = exported.layout();
    let exported = Closing(exported);
    let ended = Ended { release: Some(Box::new(move || drop(exported))), exporter: None };
    view_over(vm, source, (start, readonly), layout, ended).map(Some)
}

/// An export that ends when a view of it does.
struct Closing(#[allow(dead_code, reason = "its drop is what it is for")] Box<dyn HostBuffer>);

// SAFETY: it ends in the thread that runs the interpreter.
unsafe impl Send for Closing {}

/// A view of `base` was released: C's memory goes with the last one.
pub(crate) fn view_released(vm: &mut Vm, base: H) {
    let Body::CView(memory) = vm.body_mut(base) else { return };
    memory.views = memory.views.saturating_sub(1);
    if memory.views == 0
        && let Some(ended) = memory.ended.take()
    {
        threads::lend(vm, |_| ended.release());
    }
}

/// Memory of C's, released when the last view of it is gone.
#[derive(Debug)]
pub(crate) struct CView {
    pub(crate) start: *mut u8,
    /// How many views of it were made and not released.
    pub(crate) views: usize,
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
