//! The slots of the class: of the host's own views they run the host's, with CPython's errors; of ours, what follows
//! CPython's `memoryobject.c`.

use std::sync::OnceLock;

use rustpython::vm::builtins::{PyInt, PyMemoryView, PySlice, PyTuple};
use rustpython::vm::function::{Either, FuncArgs, PyComparisonValue};
use rustpython::vm::protocol::{BufferFlags, PyBuffer, PyMapping, PySequence};
use rustpython::vm::types::PyComparisonOp;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::items::{self, Comparison};
use super::layout::Layout;
use super::view::{self, View};
use super::{Open, from_object};

/// What the host's own views are left to.
struct HostSlots {
    new: fn(rustpython::vm::builtins::PyTypeRef, FuncArgs, &VirtualMachine) -> PyResult,
    length: fn(PyMapping<'_>, &VirtualMachine) -> PyResult<usize>,
    subscript: fn(PyMapping<'_>, &PyObject, &VirtualMachine) -> PyResult,
    ass_subscript: fn(PyMapping<'_>, &PyObject, Option<PyObjectRef>, &VirtualMachine) -> PyResult<()>,
    sequence_length: fn(PySequence<'_>, &VirtualMachine) -> PyResult<usize>,
    item: fn(PySequence<'_>, isize, &VirtualMachine) -> PyResult,
    hash: fn(&PyObject, &VirtualMachine) -> PyResult<i64>,
    as_buffer: fn(&PyObject, BufferFlags, &VirtualMachine) -> PyResult<PyBuffer>,
}

static HOST: OnceLock<HostSlots> = OnceLock::new();

fn host() -> &'static HostSlots {
    HOST.get().expect("stored before the slots were")
}

/// Whether this call changed the slots: types are shared by all interpreters of a process.
pub(super) fn install(vm: &VirtualMachine) -> bool {
    let class = vm.ctx.types.memoryview_type;
    let slots = class.slots();
    let found = (|| {
        Some(HostSlots {
            new: slots.new.load()?,
            length: slots.as_mapping.length.load()?,
            subscript: slots.as_mapping.subscript.load()?,
            ass_subscript: slots.as_mapping.ass_subscript.load()?,
            sequence_length: slots.as_sequence.length.load()?,
            item: slots.as_sequence.item.load()?,
            hash: slots.hash.load()?,
            as_buffer: slots.as_buffer.load()?,
        })
    })();
    if HOST.set(found.expect("the host's memory views have these slots")).is_err() {
        return false;
    }
    slots.new.store(Some(new));
    slots.as_mapping.length.store(Some(|view, vm| length(view.obj, vm).unwrap_or_else(|| (host().length)(view, vm))));
    slots.as_mapping.subscript.store(Some(subscript));
    slots.as_mapping.ass_subscript.store(Some(assign));
    slots
        .as_sequence
        .length
        .store(Some(|view, vm| length(view.obj, vm).unwrap_or_else(|| (host().sequence_length)(view, vm))));
    slots.as_sequence.item.store(Some(|view, index, vm| match view::of(view.obj) {
        Some(ours) => item(ours, index, vm),
        None => (host().item)(view, index, vm),
    }));
    slots.hash.store(Some(|object, vm| match view::of(object) {
        Some(view) => hash(view, vm),
        None => (host().hash)(object, vm),
    }));
    slots.as_buffer.store(Some(|object, flags, vm| match view::of(object) {
        Some(view) => view::export(object, view, flags, vm),
        None => (host().as_buffer)(object, flags, vm),
    }));
    slots.richcompare.store(Some(compare));
    for name in [
        "__len__",
        "__getitem__",
        "__setitem__",
        "__delitem__",
        "__hash__",
        "__buffer__",
        "__eq__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
    ] {
        class.attributes().remove(vm.ctx.intern_str(name));
    }
    // Methods of these names that run the slots as they are now.
    rustpython::vm::class::add_operators(class, &vm.ctx, &[]);
    true
}

/// That a memory view of the host's is not released.
pub(super) fn check_host(object: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    match (host().length)(object.mapping_unchecked(), vm) {
        Err(error) if error.fast_isinstance(vm.ctx.exceptions.value_error) => Err(error),
        _ => Ok(()),
    }
}

/// `memoryview(object)`.
fn new(class: rustpython::vm::builtins::PyTypeRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let object = match (&args.args[..], args.kwargs.len()) {
        ([object], 0) => Some(object.clone()),
        ([], 1) => args.get_optional_kwarg("object"),
        _ => None,
    };
    match object {
        Some(object) => from_object(&object, BufferFlags::FULL_RO, vm),
        None => (host().new)(class, args, vm),
    }
}

fn length(object: &PyObject, vm: &VirtualMachine) -> Option<PyResult<usize>> {
    let view = view::of(object)?;
    Some(view.check(vm).and_then(|()| match view.layout.shape.first() {
        Some(&extent) => Ok(extent as usize),
        None => Err(vm.new_type_error("0-dim memory has no length")),
    }))
}

/// The number that an index stands for; the error is CPython's, where the host has one of its own.
fn index(key: &PyObject, vm: &VirtualMachine) -> PyResult<isize> {
    let number = key.try_index(vm)?;
    isize::try_from(number.as_bigint()).map_err(|_| {
        let class = key.class().slot_name();
        vm.new_index_error(format!("cannot fit '{}' into an index-sized integer", &*class))
    })
}

fn is_index(key: &PyObject) -> bool {
    key.number().is_index()
}

/// The indices of a key that has one for each axis, or for too few or too many.
fn indices(key: &PyObject) -> Option<&[PyObjectRef]> {
    let keys = key.downcast_ref::<PyTuple>()?.as_slice();
    keys.iter().all(|key| is_index(key)).then_some(keys)
}

fn is_multislice(key: &PyObject) -> bool {
    let keys = key.downcast_ref::<PyTuple>().map_or(&[][..], |keys| keys.as_slice());
    !keys.is_empty() && keys.iter().all(|key| key.downcastable::<PySlice>())
}

fn is_scalar_key(key: &PyObject, vm: &VirtualMachine) -> bool {
    key.is(&vm.ctx.ellipsis) || indices(key).is_some_and(<[_]>::is_empty)
}

/// A key whose numbers the host's own code takes without an error of its own.
fn fitting(key: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let fits = |key: &PyObject| key.downcast_ref::<PyInt>().is_some_and(|key| isize::try_from(key.as_bigint()).is_ok());
    if is_index(key) {
        return if fits(key) { Ok(None) } else { Ok(Some(vm.ctx.new_int(index(key, vm)?).into())) };
    }
    match indices(key) {
        Some(keys) if !keys.iter().all(|key| fits(key)) => {
            let keys = keys.iter().map(|key| Ok(vm.ctx.new_int(index(key, vm)?).into()));
            Ok(Some(vm.ctx.new_tuple(keys.collect::<PyResult<Vec<PyObjectRef>>>()?).into()))
        }
        _ => Ok(None),
    }
}

fn invalid_scalar_key(vm: &VirtualMachine) -> rustpython::vm::builtins::PyBaseExceptionRef {
    vm.new_type_error("invalid indexing of 0-dim memory")
}

/// The item at `place`; whoever found the place may have run code that released the view.
fn unpacked(view: &View, code: u8, place: *const u8, vm: &VirtualMachine) -> PyResult {
    view.check(vm)?;
    // SAFETY: the view is open, and the place that of an item of its format.
    unsafe { items::unpack(code, place, vm) }
}

/// `memory_item`.
pub(super) fn item(view: &View, index: isize, vm: &VirtualMachine) -> PyResult {
    view.check(vm)?;
    let layout = &view.layout;
    let code = items::single(&layout.format, vm)?;
    match layout.ndim() {
        0 => Err(invalid_scalar_key(vm)),
        1 => unpacked(view, code, layout.lookup(layout.buf, 0, index, vm)?, vm),
        _ => Err(vm.new_not_implemented_error("multi-dimensional sub-views are not implemented")),
    }
}

/// The place that an index for each axis names.
fn place(view: &View, keys: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<*mut u8> {
    let layout = &view.layout;
    if keys.len() < layout.ndim() {
        return Err(vm.new_not_implemented_error("sub-views are not implemented"));
    }
    if keys.len() > layout.ndim() {
        let (ndim, given) = (layout.ndim(), keys.len());
        return Err(vm.new_type_error(format!("cannot index {ndim}-dimension view with {given}-element tuple")));
    }
    keys.iter().enumerate().try_fold(layout.buf, |start, (axis, key)| {
        let index = index(key, vm)?;
        view.check(vm)?;
        layout.lookup(start, axis, index, vm)
    })
}

fn sliced(layout: &Layout, slice: &Py<PySlice>, vm: &VirtualMachine) -> PyResult<Layout> {
    let slice = slice.to_saturated(vm)?;
    let (start, count) = slice.adjust_indices_start(layout.shape[0] as usize);
    let mut layout = layout.clone();
    layout.slice(start, slice.step(), count);
    Ok(layout)
}

/// `memory_subscript`.
fn subscript(mapping: PyMapping<'_>, key: &PyObject, vm: &VirtualMachine) -> PyResult {
    let Some(view) = view::of(mapping.obj) else {
        let fitting = fitting(key, vm)?;
        return (host().subscript)(mapping, fitting.as_deref().unwrap_or(key), vm);
    };
    view.check(vm)?;
    let layout = &view.layout;
    if layout.ndim() == 0 {
        if key.is(&vm.ctx.ellipsis) {
            return Ok(mapping.obj.to_owned());
        }
        return match indices(key) {
            Some([]) => unpacked(view, items::single(&layout.format, vm)?, layout.buf, vm),
            _ => Err(invalid_scalar_key(vm)),
        };
    }
    if is_index(key) {
        return item(view, index(key, vm)?, vm);
    }
    if let Some(slice) = key.downcast_ref::<PySlice>() {
        let layout = sliced(layout, slice, vm)?;
        view.check(vm)?;
        return view.other(layout, vm);
    }
    if let Some(keys) = indices(key) {
        let code = items::single(&layout.format, vm)?;
        return unpacked(view, code, place(view, keys, vm)?, vm);
    }
    if is_multislice(key) {
        return Err(vm.new_not_implemented_error("multi-dimensional slicing is not implemented"));
    }
    Err(vm.new_type_error("memoryview: invalid slice key"))
}

/// `memory_ass_sub`.
fn assign(mapping: PyMapping<'_>, key: &PyObject, value: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    let Some(view) = view::of(mapping.obj) else { return assign_host(mapping, key, value, vm) };
    view.check(vm)?;
    let layout = &view.layout;
    items::single(&layout.format, vm)?;
    if layout.readonly {
        return Err(vm.new_type_error("cannot modify read-only memory"));
    }
    let Some(value) = value else { return Err(vm.new_type_error("cannot delete memory")) };
    if layout.ndim() == 0 {
        return if is_scalar_key(key, vm) { store(view, layout.buf, value, vm) } else { Err(invalid_scalar_key(vm)) };
    }
    if is_index(key) {
        if layout.ndim() > 1 {
            return Err(vm.new_not_implemented_error("sub-views are not implemented"));
        }
        let index = index(key, vm)?;
        return store(view, layout.lookup(layout.buf, 0, index, vm)?, value, vm);
    }
    if let Some(slice) = key.downcast_ref::<PySlice>().filter(|_| layout.ndim() == 1) {
        return assign_slice(mapping.obj, &Open::Ours(view), slice, &value, vm);
    }
    if let Some(keys) = indices(key) {
        return store(view, place(view, keys, vm)?, value, vm);
    }
    if key.downcastable::<PySlice>() || is_multislice(key) {
        return Err(vm.new_not_implemented_error("memoryview slice assignments are currently restricted to ndim = 1"));
    }
    Err(vm.new_type_error("memoryview: invalid slice key"))
}

fn assign_host(
    mapping: PyMapping<'_>,
    key: &PyObject,
    value: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if let (Some(slice), Some(value)) = (key.downcast_ref::<PySlice>(), &value) {
        let open = Open::new(mapping.obj, vm)?;
        if !open.readonly && open.ndim() == 1 {
            return assign_slice(mapping.obj, &open, slice, value, vm);
        }
    }
    let fitting = fitting(key, vm)?;
    (host().ass_subscript)(mapping, fitting.as_deref().unwrap_or(key), value, vm)
}

fn store(view: &View, place: *mut u8, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    let bytes = items::pack(&view.layout.format, value, vm)?;
    view.check(vm)?;
    // SAFETY: the view is open and writable, the place that of an item of the format, which the bytes are.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len()) };
    Ok(())
}

fn same_shape(left: &Layout, right: &Layout) -> bool {
    if left.ndim() != right.ndim() {
        return false;
    }
    for (left, right) in left.shape.iter().zip(&right.shape) {
        if left != right {
            return false;
        }
        if *left == 0 {
            break;
        }
    }
    true
}

fn same_format(left: &Layout, right: &Layout) -> bool {
    let plain = |layout: &Layout| layout.format.strip_prefix('@').unwrap_or(&layout.format).to_owned();
    plain(left) == plain(right) && left.itemsize == right.itemsize
}

/// A memory view, or what any other exporter has to say, for reading.
fn readable<'a>(object: &'a PyObject, vm: &VirtualMachine) -> PyResult<Open<'a>> {
    match view::of(object) {
        Some(_) => Open::new(object, vm),
        None => Ok(Open::held(PyBuffer::from_object(vm, object, BufferFlags::FULL_RO)?)),
    }
}

fn assign_slice(
    object: &PyObject,
    target: &Open<'_>,
    slice: &Py<PySlice>,
    value: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let source = readable(value, vm)?;
    let target_layout = sliced(target, slice, vm)?;
    if !same_format(&target_layout, &source) || !same_shape(&target_layout, &source) {
        let message = "memoryview assignment: lvalue and rvalue have different structures";
        return Err(vm.new_value_error(message));
    }
    // Asking the exporter, and what the slice is made of, run code of others.
    drop(Open::new(object, vm)?);
    // SAFETY: both are open, the target writable. The items are copied first: the two may overlap.
    unsafe { target_layout.write(&source.bytes(false)) };
    Ok(())
}

fn is_accessible(object: &PyObject, vm: &VirtualMachine) -> bool {
    match view::of(object) {
        Some(view) => !view.is_released(),
        None => check_host(object, vm).is_ok(),
    }
}

/// `memory_richcompare`.
fn compare(
    object: &PyObject,
    other: &PyObject,
    op: PyComparisonOp,
    vm: &VirtualMachine,
) -> PyResult<Either<PyObjectRef, PyComparisonValue>> {
    let answer = match op {
        PyComparisonOp::Eq => equal(object, other, vm)?,
        PyComparisonOp::Ne => equal(object, other, vm)?.map(|equal| !equal),
        _ => None,
    };
    Ok(Either::B(answer.map_or(PyComparisonValue::NotImplemented, PyComparisonValue::Implemented)))
}

/// Whether two exporters' items are equal; `None` if the other is none.
fn equal(object: &PyObject, other: &PyObject, vm: &VirtualMachine) -> PyResult<Option<bool>> {
    let is_view = other.downcastable::<PyMemoryView>();
    if !is_accessible(object, vm) || is_view && !is_accessible(other, vm) {
        return Ok(Some(object.is(other)));
    }
    let left = Open::new(object, vm)?;
    let right = if is_view { Open::new(other, vm) } else { readable(other, vm) };
    let Ok(right) = right else { return Ok(None) };
    if !same_shape(&left, &right) {
        return Ok(Some(false));
    }
    let Some(comparison) = Comparison::of(&left.format, &right.format, vm) else { return Ok(Some(false)) };
    let pair = Pair { left: &left, right: &right, comparison };
    // SAFETY: both are open.
    unsafe { pair.equal_from(0, left.buf, right.buf, vm) }.map(Some)
}

struct Pair<'a> {
    left: &'a Layout,
    right: &'a Layout,
    comparison: Comparison,
}

impl Pair<'_> {
    /// Compare what the axes from `axis` on reach.
    ///
    /// # Safety
    /// Both views are open, and those are places of theirs.
    unsafe fn equal_from(&self, axis: usize, left: *mut u8, right: *mut u8, vm: &VirtualMachine) -> PyResult<bool> {
        // SAFETY: the caller's contract.
        unsafe {
            if axis == self.left.ndim() {
                let sizes = (self.left.itemsize, self.right.itemsize);
                return self.comparison.equal((left, sizes.0), (right, sizes.1), vm);
            }
            for (left, right) in self.left.axis(left, axis).zip(self.right.axis(right, axis)) {
                if !self.equal_from(axis + 1, left, right, vm)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
    }
}

/// `memory_hash`.
fn hash(view: &Py<View>, vm: &VirtualMachine) -> PyResult<i64> {
    if let Some(&hash) = view.hash.get() {
        return Ok(hash);
    }
    view.check(vm)?;
    let layout = &view.layout;
    if !layout.readonly {
        return Err(vm.new_value_error("cannot hash writable memoryview object"));
    }
    if !items::native(&layout.format).is_some_and(|(code, _)| items::is_byte(code)) {
        return Err(vm.new_value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    if let Some(exporter) = view.exporter() {
        exporter.hash(vm)?;
        view.check(vm)?;
    }
    // SAFETY: the view is open.
    let bytes = vm.ctx.new_bytes(unsafe { layout.bytes(false) });
    let hash = bytes.as_object().hash(vm)?;
    Ok(*view.hash.get_or_init(|| hash))
}
