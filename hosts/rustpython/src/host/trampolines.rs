//! Trampolines: RustPython's slots of a C type's class, each calling the C function in the mirror's slot.
//!
//! RustPython's slots carry no data; the layer finds the function by the type of the instance's mirror. Number slots come
//! in two versions with addresses of their own, since RustPython takes a right operand's slot for the left one's if the
//! functions are the same.

use std::sync::OnceLock;

use emul::host::{Compare, HostObj, HostRef, HostResult};
use emul::slots::{self, Slot};
use object_mirror::object::PyObject as Mirror;
use rustpython::vm::builtins::{PyStr, PyType, PyTypeRef};
use rustpython::vm::function::{Either, FuncArgs, PyComparisonValue, PySetterValue};
use rustpython::vm::protocol::{PyIterReturn, PyMapping, PyNumber, PySequence};
use rustpython::vm::types::{PyComparisonOp, PyTypeFlags};
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::{buffer, handle, handles, powers, raised, returned, take, types, with};

/// Call `f` with all values of a call, keywords' last, and the keywords' names.
pub(super) fn with_args<R>(args: &FuncArgs, vm: &VirtualMachine, f: impl FnOnce(&[HostRef], &[HostRef]) -> R) -> R {
    if args.kwargs.is_empty() {
        return f(handles(&args.args), &[]);
    }
    let names: Vec<PyObjectRef> = args.kwargs.keys().map(|name| vm.ctx.new_str(name.clone()).into()).collect();
    let values = args.args.iter().chain(args.kwargs.values()).map(|value| handle(value));
    f(&values.collect::<Vec<HostRef>>(), handles(&names))
}

fn unit(value: HostResult<()>, vm: &VirtualMachine) -> PyResult<()> {
    value.map_err(|error| raised(error, vm))
}

fn text(value: HostResult<HostObj>, what: &str, vm: &VirtualMachine) -> PyResult<PyRef<PyStr>> {
    returned(value, vm)?
        .downcast::<PyStr>()
        .map_err(|other| vm.new_type_error(format!("{what} returned non-string (type {})", other.class().name())))
}

pub(super) fn assigned(value: PySetterValue) -> Option<PyObjectRef> {
    match value {
        PySetterValue::Assign(value) => Some(value),
        PySetterValue::Delete => None,
    }
}

macro_rules! unary {
    ($slot:ident) => {{
        fn trampoline(number: PyNumber<'_>, vm: &VirtualMachine) -> PyResult {
            returned(slots::unary(Slot::$slot, handle(&number)), vm)
        }
        trampoline
    }};
}

macro_rules! binary {
    ($slot:ident, $owner:ident) => {{
        fn trampoline(left: &PyObject, right: &PyObject, vm: &VirtualMachine) -> PyResult {
            let (left, right) = (handle(left), handle(right));
            returned(slots::binary(Slot::$slot, $owner!(left, right), left, right), vm)
        }
        trampoline
    }};
}
macro_rules! left {
    ($left:ident, $right:ident) => {
        $left
    };
}
macro_rules! right {
    ($left:ident, $right:ident) => {
        $right
    };
}

/// Fill the slots of the class of the C type `mirror`. `is_plain`: C makes the instances.
pub(super) fn install(class: &Py<PyType>, mirror: *mut Mirror, is_plain: bool) {
    let filled = slots::filled(mirror);
    filled.iter().for_each(|&slot| store(class, slot));
    super::sequences::install(class, mirror, &filled);
    let cls = class.slots();
    if cls.flags.has_feature(PyTypeFlags::DISALLOW_INSTANTIATION) {
        cls.new.store(None);
    } else if is_plain {
        cls.new.store(Some(new));
    }
    // RustPython's one slot serves instances that can be called, or else the class itself. C may store a `tp_vectorcall` later.
    if cls.call.load().is_none() {
        cls.vectorcall.store(Some(call_class));
    }
    with(watch_calls);
}

#[allow(clippy::too_many_lines, reason = "one flat arm a slot")]
fn store(class: &Py<PyType>, slot: Slot) {
    let cls = class.slots();
    let (number, sequence, mapping) = (&cls.as_number, &cls.as_sequence, &cls.as_mapping);
    macro_rules! both {
        ($slot:ident, $field:ident, $reflected:ident) => {{
            number.$field.store(Some(binary!($slot, left)));
            number.$reflected.store(Some(binary!($slot, right)));
        }};
    }
    match slot {
        Slot::TpRepr => {
            cls.repr.store(Some(|object, vm| text(slots::unary(Slot::TpRepr, handle(object)), "__repr__", vm)))
        }
        Slot::TpStr => cls.str.store(Some(|object, vm| text(slots::unary(Slot::TpStr, handle(object)), "__str__", vm))),
        Slot::TpHash => cls.hash.store(Some(hash)),
        Slot::TpCall => {
            cls.call.store(Some(call));
            cls.vectorcall.store(Some(vectorcall));
        }
        Slot::TpGetattro => cls.getattro.store(Some(getattro)),
        Slot::TpSetattro => cls.setattro.store(Some(setattro)),
        Slot::TpRichcompare => cls.richcompare.store(Some(compare)),
        Slot::TpIter => cls.iter.store(Some(|object, vm| returned(slots::unary(Slot::TpIter, handle(&object)), vm))),
        Slot::TpIternext => cls.iternext.store(Some(next)),
        Slot::TpDescrGet => cls.descr_get.store(Some(|object, instance, owner, vm| {
            returned(slots::descr_get(handle(object), instance.map(handle), owner.map(handle)), vm)
        })),
        Slot::TpDescrSet => cls.descr_set.store(Some(|object, instance, value, vm| {
            let value = assigned(value);
            unit(slots::descr_set(handle(object), handle(&instance), value.as_deref().map(handle)), vm)
        })),
        Slot::TpInit => cls.init.store(Some(|object, args, vm| {
            with_args(&args, vm, |values, names| unit(slots::init(handle(object), values, names), vm))
        })),
        Slot::NbAdd => both!(NbAdd, add, right_add),
        Slot::NbSubtract => both!(NbSubtract, subtract, right_subtract),
        Slot::NbMultiply => both!(NbMultiply, multiply, right_multiply),
        Slot::NbRemainder => both!(NbRemainder, remainder, right_remainder),
        Slot::NbDivmod => both!(NbDivmod, divmod, right_divmod),
        Slot::NbLshift => both!(NbLshift, lshift, right_lshift),
        Slot::NbRshift => both!(NbRshift, rshift, right_rshift),
        Slot::NbAnd => both!(NbAnd, and, right_and),
        Slot::NbXor => both!(NbXor, xor, right_xor),
        Slot::NbOr => both!(NbOr, or, right_or),
        Slot::NbFloorDivide => both!(NbFloorDivide, floor_divide, right_floor_divide),
        Slot::NbTrueDivide => both!(NbTrueDivide, true_divide, right_true_divide),
        Slot::NbMatrixMultiply => both!(NbMatrixMultiply, matrix_multiply, right_matrix_multiply),
        Slot::NbPower => powers::install(cls),
        Slot::NbInplacePower => powers::install_in_place(cls),
        Slot::NbInplaceAdd => number.inplace_add.store(Some(binary!(NbInplaceAdd, left))),
        Slot::NbInplaceSubtract => number.inplace_subtract.store(Some(binary!(NbInplaceSubtract, left))),
        Slot::NbInplaceMultiply => number.inplace_multiply.store(Some(binary!(NbInplaceMultiply, left))),
        Slot::NbInplaceRemainder => number.inplace_remainder.store(Some(binary!(NbInplaceRemainder, left))),
        Slot::NbInplaceLshift => number.inplace_lshift.store(Some(binary!(NbInplaceLshift, left))),
        Slot::NbInplaceRshift => number.inplace_rshift.store(Some(binary!(NbInplaceRshift, left))),
        Slot::NbInplaceAnd => number.inplace_and.store(Some(binary!(NbInplaceAnd, left))),
        Slot::NbInplaceXor => number.inplace_xor.store(Some(binary!(NbInplaceXor, left))),
        Slot::NbInplaceOr => number.inplace_or.store(Some(binary!(NbInplaceOr, left))),
        Slot::NbInplaceFloorDivide => number.inplace_floor_divide.store(Some(binary!(NbInplaceFloorDivide, left))),
        Slot::NbInplaceTrueDivide => number.inplace_true_divide.store(Some(binary!(NbInplaceTrueDivide, left))),
        Slot::NbInplaceMatrixMultiply => {
            number.inplace_matrix_multiply.store(Some(binary!(NbInplaceMatrixMultiply, left)))
        }
        Slot::NbNegative => number.negative.store(Some(unary!(NbNegative))),
        Slot::NbPositive => number.positive.store(Some(unary!(NbPositive))),
        Slot::NbAbsolute => number.absolute.store(Some(unary!(NbAbsolute))),
        Slot::NbInvert => number.invert.store(Some(unary!(NbInvert))),
        Slot::NbInt => number.int.store(Some(unary!(NbInt))),
        Slot::NbFloat => number.float.store(Some(unary!(NbFloat))),
        Slot::NbIndex => number.index.store(Some(unary!(NbIndex))),
        Slot::NbBool => number
            .boolean
            .store(Some(|number, vm| slots::truth(Slot::NbBool, handle(&number)).map_err(|error| raised(error, vm)))),
        Slot::SqLength => sequence.length.store(Some(|sequence, vm| length(Slot::SqLength, sequence.obj, vm))),
        Slot::MpLength => mapping.length.store(Some(|mapping, vm| length(Slot::MpLength, mapping.obj, vm))),
        Slot::SqConcat => sequence.concat.store(Some(|s, other, vm| concat(Slot::SqConcat, s, other, vm))),
        Slot::SqInplaceConcat => {
            sequence.inplace_concat.store(Some(|s, other, vm| concat(Slot::SqInplaceConcat, s, other, vm)));
        }
        Slot::SqRepeat => sequence.repeat.store(Some(|s, count, vm| indexed(Slot::SqRepeat, s, count, vm))),
        Slot::SqInplaceRepeat => {
            sequence.inplace_repeat.store(Some(|s, count, vm| indexed(Slot::SqInplaceRepeat, s, count, vm)));
        }
        Slot::SqItem => sequence.item.store(Some(|s, index, vm| indexed(Slot::SqItem, s, index, vm))),
        Slot::SqAssItem => sequence.ass_item.store(Some(|s, index, value, vm| {
            unit(slots::set_indexed(Slot::SqAssItem, handle(s.obj), index, value.as_deref().map(handle)), vm)
        })),
        Slot::SqContains => sequence
            .contains
            .store(Some(|s, item, vm| slots::contains(handle(s.obj), handle(item)).map_err(|error| raised(error, vm)))),
        Slot::MpSubscript => mapping.subscript.store(Some(subscript)),
        Slot::MpAssSubscript => mapping.ass_subscript.store(Some(|m, key, value, vm| {
            unit(slots::set(Slot::MpAssSubscript, handle(m.obj), handle(key), value.as_deref().map(handle)), vm)
        })),
        Slot::BfGetbuffer => cls.as_buffer.store(Some(buffer::OF_INSTANCE)),
        Slot::BfReleasebuffer => {
            cls.has_release_buffer.store(true);
            cls.python_release_buffer.store(false);
        }
        // RustPython finds these by their special methods; finalisers are the layer's.
        Slot::TpNew | Slot::TpFinalize | Slot::AmAwait | Slot::AmAiter | Slot::AmAnext => {}
    }
}

fn hash(object: &PyObject, vm: &VirtualMachine) -> PyResult<i64> {
    slots::hash(handle(object)).map(|hash| hash as i64).map_err(|error| raised(error, vm))
}

fn call(object: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    with_args(&args, vm, |values, names| returned(slots::call(handle(object), values, names), vm))
}

fn vectorcall(
    object: &PyObject,
    args: Vec<PyObjectRef>,
    _nargs: usize,
    names: Option<&[PyObjectRef]>,
    vm: &VirtualMachine,
) -> PyResult {
    returned(slots::call(handle(object), handles(&args), names.map_or(&[], handles)), vm)
}

/// How `type` calls a class by itself.
static TYPE_CALL: OnceLock<fn(&PyObject, FuncArgs, &VirtualMachine) -> PyResult> = OnceLock::new();

/// RustPython's slot of a class whose instances C makes.
type ClassCall = fn(&PyObject, Vec<PyObjectRef>, usize, Option<&[PyObjectRef]>, &VirtualMachine) -> PyResult;

/// Calls of classes with `*args` or `**kwargs` come past `type`'s slot for calls alone.
fn watch_calls(vm: &VirtualMachine) {
    let slot = &vm.ctx.types.type_type.slots().call;
    if let Some(own) = slot.load()
        && TYPE_CALL.set(own).is_ok()
    {
        slot.store(Some(call_type));
    }
}

/// `type.__call__`, also for classes whose type has a `tp_vectorcall`.
fn call_type(class: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let of_c = class.downcast_ref::<PyType>().and_then(|class| class.slots().vectorcall.load());
    if of_c.is_some_and(|of_c| std::ptr::fn_addr_eq(of_c, call_class as ClassCall))
        && let Some(made) = with_args(&args, vm, |values, names| slots::class_vectorcall(handle(class), values, names))
    {
        return returned(made, vm);
    }
    (TYPE_CALL.get().expect("stored before this function was"))(class, args, vm)
}

/// Call a class of C's that cannot itself be called: by its type's `tp_vectorcall`, if there is one.
fn call_class(
    class: &PyObject,
    args: Vec<PyObjectRef>,
    nargs: usize,
    names: Option<&[PyObjectRef]>,
    vm: &VirtualMachine,
) -> PyResult {
    let made = slots::class_vectorcall(handle(class), handles(&args), names.map_or(&[], handles));
    match made {
        Some(made) => returned(made, vm),
        None => {
            let call = TYPE_CALL.get().expect("stored before any class had this slot");
            call(class, FuncArgs::from_vectorcall_owned(args, nargs, names), vm)
        }
    }
}

fn getattro(object: &PyObject, name: &Py<PyStr>, vm: &VirtualMachine) -> PyResult {
    returned(slots::get_attr(handle(object), handle(name.as_object())), vm)
}

fn setattro(object: &PyObject, name: &Py<PyStr>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
    let value = assigned(value);
    unit(slots::set_attr(handle(object), handle(name.as_object()), value.as_deref().map(handle)), vm)
}

fn next(object: &PyObject, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
    match slots::next(handle(object)) {
        Ok(Some(item)) => Ok(PyIterReturn::Return(take(item))),
        Ok(None) => Ok(PyIterReturn::StopIteration(None)),
        Err(error) => PyIterReturn::from_pyresult(Err(raised(error, vm)), vm),
    }
}

fn length(slot: Slot, object: &PyObject, vm: &VirtualMachine) -> PyResult<usize> {
    slots::length(slot, handle(object)).map_err(|error| raised(error, vm))
}

fn concat(slot: Slot, sequence: PySequence<'_>, other: &PyObject, vm: &VirtualMachine) -> PyResult {
    let sequence = handle(sequence.obj);
    returned(slots::binary(slot, sequence, sequence, handle(other)), vm)
}

fn indexed(slot: Slot, sequence: PySequence<'_>, index: isize, vm: &VirtualMachine) -> PyResult {
    returned(slots::indexed(slot, handle(sequence.obj), index), vm)
}

fn subscript(mapping: PyMapping<'_>, key: &PyObject, vm: &VirtualMachine) -> PyResult {
    let mapping = handle(mapping.obj);
    returned(slots::binary(Slot::MpSubscript, mapping, mapping, handle(key)), vm)
}

fn compare(
    object: &PyObject,
    other: &PyObject,
    op: PyComparisonOp,
    vm: &VirtualMachine,
) -> PyResult<Either<PyObjectRef, PyComparisonValue>> {
    let op = match op {
        PyComparisonOp::Lt => Compare::Lt,
        PyComparisonOp::Le => Compare::Le,
        PyComparisonOp::Eq => Compare::Eq,
        PyComparisonOp::Ne => Compare::Ne,
        PyComparisonOp::Gt => Compare::Gt,
        PyComparisonOp::Ge => Compare::Ge,
    };
    returned(slots::rich_compare(handle(object), handle(other), op), vm).map(Either::A)
}

fn new(class: PyTypeRef, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let owner = class.iter_base_chain().find_map(types::mirror_of);
    let owner = owner.unwrap_or_else(|| slots::type_of_class(handle(class.as_object())));
    with_args(&args, vm, |values, names| {
        returned(slots::new(owner.cast(), handle(class.as_object()), values, names), vm)
    })
}
