//! What a memory view of ours holds: its layout, and a share of the exporter's memory.
//!
//! RustPython's memory view holds a buffer, and a buffer holds an object. That object is a [`View`] here, so that a view of
//! ours is one of RustPython's to all its code; what its description cannot say is the `View`'s alone.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use emul::host::{BufferLayout, CMemory, HostBuffer, HostObj};
use rustpython::vm::buffer::FormatSpec;
use rustpython::vm::builtins::{PyMemoryView, PyType, PyTypeRef};
use rustpython::vm::common::borrow::{BorrowedValue, BorrowedValueMut};
use rustpython::vm::object::{MaybeTraverse, Traverse, TraverseFn};
use rustpython::vm::protocol::{BufferFlags, BufferMethods, PyBuffer};
use rustpython::vm::types::{PyTypeFlags, PyTypeSlots};
use rustpython::vm::{Context, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine};

use super::super::get;
use super::layout::Layout;

/// Memory that an exporter keeps in place, until the last view of it is released: `_PyManagedBufferObject`.
pub(super) struct Managed {
    source: Mutex<Option<Source>>,
    views: AtomicUsize,
}

enum Source {
    C { exporter: Option<HostObj>, release: Box<dyn FnOnce() + Send> },
    Host(PyBuffer),
}

impl Managed {
    fn new(source: Source) -> PyRef<Self> {
        Self { source: Mutex::new(Some(source)), views: AtomicUsize::new(0) }.into_ref(super::super::ctx())
    }

    fn source(&self) -> MutexGuard<'_, Option<Source>> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn exporter(&self) -> Option<PyObjectRef> {
        match &*self.source() {
            Some(Source::C { exporter, .. }) => exporter.as_ref().map(|exporter| get(exporter.as_ref()).to_owned()),
            Some(Source::Host(buffer)) => Some(buffer.obj.clone()),
            None => None,
        }
    }

    fn release(&self) {
        // Taken first: what is released runs code of others.
        let source = self.source().take();
        match source {
            Some(Source::C { exporter, release }) => {
                release();
                drop(exporter);
            }
            Some(Source::Host(buffer)) => drop(buffer),
            None => {}
        }
    }

    fn enter(&self) {
        self.views.fetch_add(1, Ordering::Relaxed);
    }

    fn leave(&self) {
        if self.views.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.release();
        }
    }
}

/// One view of managed memory.
pub(super) struct View {
    base: PyRef<Managed>,
    pub(super) layout: Layout,
    /// A memory view's, and not that of a buffer which some code of the host's asked for.
    is_memoryview: bool,
    is_closed: AtomicBool,
    /// How many have asked the memory view for a buffer and not given it back.
    exports: AtomicUsize,
    pub(super) hash: OnceLock<i64>,
    /// Copies of items that the host cannot reach in place; its code may look at them as long as it holds the view.
    copies: Mutex<Vec<Box<[u8]>>>,
}

macro_rules! internal_class {
    ($payload:ty, |$self:ident, $visit:ident| $traverse:expr) => {
        impl fmt::Debug for $payload {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("managedbuffer")
            }
        }

        impl PyPayload for $payload {
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

        impl MaybeTraverse for $payload {
            const HAS_TRAVERSE: bool = true;

            fn try_traverse(&$self, $visit: &mut TraverseFn<'_>) {
                $traverse
            }
        }
    };
}

internal_class!(Managed, |self, visit| {
    // Who holds the lock is about to release the memory; the world stands still, so nobody waits for it.
    let Ok(source) = self.source.try_lock() else { return };
    match &*source {
        Some(Source::C { exporter: Some(exporter), .. }) => visit(get(exporter.as_ref())),
        Some(Source::Host(buffer)) => buffer.traverse(visit),
        _ => {}
    }
});
internal_class!(View, |self, visit| visit(rustpython::vm::AsObject::as_object(&self.base)));

impl View {
    fn over(base: PyRef<Managed>, layout: Layout, is_memoryview: bool) -> Self {
        base.enter();
        Self {
            base,
            layout,
            is_memoryview,
            is_closed: AtomicBool::new(false),
            exports: AtomicUsize::new(0),
            hash: OnceLock::new(),
            copies: Mutex::default(),
        }
    }

    /// Another view of the same memory.
    pub(super) fn other(&self, layout: Layout, vm: &VirtualMachine) -> PyResult {
        memoryview(Self::over(self.base.clone(), layout, true), vm)
    }

    pub(super) fn exporter(&self) -> Option<PyObjectRef> {
        self.base.exporter()
    }

    pub(super) fn is_released(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    pub(super) fn exports(&self) -> usize {
        self.exports.load(Ordering::Acquire)
    }

    pub(super) fn check(&self, vm: &VirtualMachine) -> PyResult<()> {
        if self.is_released() { Err(released(vm)) } else { Ok(()) }
    }

    fn close(&self) {
        if !self.is_closed.swap(true, Ordering::AcqRel) {
            self.base.leave();
        }
    }

    fn start_export(&self) {
        self.exports.fetch_add(1, Ordering::Relaxed);
        self.base.enter();
    }

    fn end_export(&self) {
        self.exports.fetch_sub(1, Ordering::AcqRel);
        self.base.leave();
    }

    /// The memory as [`Layout::describe`] describes it.
    fn memory(&self) -> *mut [u8] {
        if self.layout.is_flat() {
            return self.layout.memory();
        }
        // SAFETY: whoever asks holds the view, and with it the memory.
        let mut copy = unsafe { self.layout.bytes(false) }.into_boxed_slice();
        let memory: *mut [u8] = &raw mut *copy;
        self.copies.lock().unwrap_or_else(PoisonError::into_inner).push(copy);
        memory
    }
}

pub(super) fn released(vm: &VirtualMachine) -> rustpython::vm::builtins::PyBaseExceptionRef {
    vm.new_value_error("operation forbidden on released memoryview object")
}

impl Drop for View {
    fn drop(&mut self) {
        self.close();
    }
}

static HELD: BufferMethods = BufferMethods {
    // SAFETY: the memory stays where it is until the last share of it is given up: the buffer's view has one.
    obj_bytes: |buffer| BorrowedValue::Ref(unsafe { &*buffer.obj_as::<View>().memory() }),
    // SAFETY: as above; this is asked of a buffer whose description is not read-only.
    obj_bytes_mut: |buffer| BorrowedValueMut::RefMut(unsafe { &mut *buffer.obj_as::<View>().memory() }),
    release: |buffer| buffer.obj_as::<View>().close(),
    retain: |_buffer| {},
};

fn exported(buffer: &PyBuffer) -> &View {
    of(&buffer.obj).expect("a buffer of a memory view of ours")
}

static EXPORTED: BufferMethods = BufferMethods {
    // SAFETY: the memory stays where it is until the last share of it is given up: the exported view has one until `release`.
    obj_bytes: |buffer| BorrowedValue::Ref(unsafe { &*exported(buffer).memory() }),
    // SAFETY: as above; this is asked of a buffer whose description is not read-only.
    obj_bytes_mut: |buffer| BorrowedValueMut::RefMut(unsafe { &mut *exported(buffer).memory() }),
    release: |buffer| exported(buffer).end_export(),
    retain: |buffer| exported(buffer).start_export(),
};

/// The view that a memory view of ours holds; `None` for the host's.
pub(super) fn of(object: &PyObject) -> Option<&Py<View>> {
    let view: &Py<View> = object.downcast_ref::<PyMemoryView>()?.viewed_object().downcast_ref()?;
    view.is_memoryview.then_some(view)
}

/// The exporter of a buffer that some code of the host's holds, where it is C's.
pub(super) fn exporter_of(held: &PyObject) -> Option<Option<PyObjectRef>> {
    held.downcast_ref::<View>().map(|view| view.exporter())
}

fn buffer(view: View, vm: &VirtualMachine) -> PyBuffer {
    let desc = view.layout.describe();
    PyBuffer::new(view.into_ref(&vm.ctx).into(), desc, &HELD)
}

fn memoryview(view: View, vm: &VirtualMachine) -> PyResult {
    let mut buffer = buffer(view, vm);
    if FormatSpec::parse(buffer.desc.format.as_bytes(), vm).is_err() {
        // The host's own methods, which would ask for it, are not what works on this view.
        buffer.desc.format = "B".into();
    }
    Ok(PyMemoryView::from_buffer(buffer, vm)?.into_ref(&vm.ctx).into())
}

fn managed_by_c(memory: CMemory) -> (PyRef<Managed>, Layout) {
    let layout = Layout::of_c(&memory);
    (Managed::new(Source::C { exporter: memory.exporter, release: memory.release }), layout)
}

/// A memory view of C's memory.
pub(super) fn of_c(memory: CMemory, vm: &VirtualMachine) -> PyResult {
    let (base, layout) = managed_by_c(memory);
    let view = View::over(base, layout, true);
    view.layout.check_ndim(vm)?;
    memoryview(view, vm)
}

/// A memory view of memory that the host exports, of which the host's own cannot tell all.
pub(super) fn of_host(buffer: PyBuffer, vm: &VirtualMachine) -> PyResult {
    let layout = Layout::of_host(&buffer);
    memoryview(View::over(Managed::new(Source::Host(buffer)), layout, true), vm)
}

/// A buffer of C's memory for code of the host's.
pub(crate) fn host_buffer(memory: CMemory, vm: &VirtualMachine) -> PyBuffer {
    let (base, layout) = managed_by_c(memory);
    buffer(View::over(base, layout, false), vm)
}

/// What a memory view of ours answers to code of the host's: `memory_getbuf`.
pub(super) fn export(
    object: &PyObject,
    view: &Py<View>,
    flags: BufferFlags,
    vm: &VirtualMachine,
) -> PyResult<PyBuffer> {
    view.check(vm)?;
    let layout = &view.layout;
    let (c, fortran) = (layout.is_c_contiguous(), layout.is_fortran_contiguous());
    let asks = |what: BufferFlags| flags.contains(what);
    let complaint = match () {
        () if flags.is_writable() && layout.readonly => "underlying buffer is not writable",
        () if asks(BufferFlags::C_CONTIGUOUS) && !c => "underlying buffer is not C-contiguous",
        () if asks(BufferFlags::F_CONTIGUOUS) && !fortran => "underlying buffer is not Fortran contiguous",
        () if asks(BufferFlags::ANY_CONTIGUOUS) && !c && !fortran => "underlying buffer is not contiguous",
        () if !asks(BufferFlags::INDIRECT) && !layout.suboffsets.is_empty() => "underlying buffer requires suboffsets",
        () if !asks(BufferFlags::STRIDES) && !c => "underlying buffer is not C-contiguous",
        () if !asks(BufferFlags::ND) && flags.intersects(BufferFlags::FORMAT) => {
            "cannot cast to unsigned bytes if the format flag is present"
        }
        () if flags.is_writable() && !layout.is_flat() => "the host cannot follow suboffsets to write",
        () => return Ok(PyBuffer::new(object.to_owned(), layout.describe().projected(flags), &EXPORTED)),
    };
    Err(vm.new_buffer_error(format!("memoryview: {complaint}")))
}

/// A memory view of ours, held open for C.
pub(crate) struct Held(PyRef<View>);

impl Held {
    pub(super) fn new(view: &Py<View>) -> Self {
        view.start_export();
        Self(view.to_owned())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.end_export();
    }
}

impl HostBuffer for Held {
    fn memory(&self) -> (*mut u8, usize, bool) {
        let layout = &self.0.layout;
        (layout.buf, layout.len, layout.readonly)
    }

    fn layout(&self) -> BufferLayout {
        self.0.layout.items()
    }
}
