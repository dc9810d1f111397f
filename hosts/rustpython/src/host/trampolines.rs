//! Trampolines: RustPython's slots of a C type's class, each calling the C function in the mirror's slot.

use emul::host::{Compare, HostObj, HostRef};
use emul::slots::{self, Slot};
use rustpython::vm::builtins::{PyStr, PyType, PyTypeRef};
use rustpython::vm::function::{Either, FuncArgs, PyComparisonValue, PySetterValue};
use rustpython::vm::protocol::{PyIterReturn, PyMapping, PyNumber, PySequence};
use rustpython::vm::types::PyComparisonOp;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::payload::CInstance;
use super::{handle, handles, own, raised, returned, take};

/// The keyword arguments' names and all values of a call, keywords' last.
pub(super) fn flatten(args: FuncArgs, vm: &VirtualMachine) -> (Vec<PyObjectRef>, Vec<PyObjectRef>) {
    let mut values = args.args;
    let mut names = Vec::new();
    for (name, value) in args.kwargs {
        names.push(vm.ctx.new_str(name).into());
        values.push(value);
    }
    (values, names)
}

fn unit(value: Result<(), HostObj>, vm: &VirtualMachine) -> PyResult<()> {
    value.map_err(|error| raised(error, vm))
}

fn text(value: Result<HostObj, HostObj>, what: &str, vm: &VirtualMachine) -> PyResult<PyRef<PyStr>> {
    returned(value, vm)?.downcast::<PyStr>().map_err(|other| {
        vm.new_type_error(format!("{what} returned non-string (type {})", other.class().name()))
    })
}

fn assigned(value: PySetterValue) -> Option<PyObjectRef> {
    match value {
        PySetterValue::Assign(value) => Some(value),
        PySetterValue::Delete => None,
    }
}

macro_rules! unary {
    ($slot:ident) => {{
        fn trampoline(number: PyNumber<'_>, vm: &VirtualMachine) -> PyResult {
            returned(slots::unary(Slot::$slot, handle(number.obj)), vm)
        }
        trampoline
    }};
}

macro_rules! binary {
    ($slot:ident, $owner:ident) => {{
        fn trampoline(left: &PyObject, right: &PyObject, vm: &VirtualMachine) -> PyResult {
            returned(slots::binary(Slot::$slot, handle($owner!(left, right)), handle(left), handle(right)), vm)
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

fn power_of(owner: &PyObject, a: &PyObject, b: &PyObject, c: &PyObject, slot: Slot, vm: &VirtualMachine) -> PyResult {
    let modulus = (!vm.is_none(c)).then(|| handle(c));
    returned(slots::ternary(slot, handle(owner), handle(a), handle(b), modulus), vm)
}

fn del(object: &PyObject, _vm: &VirtualMachine) -> PyResult<()> {
    let Some(instance) = object.downcast_ref::<CInstance>() else { return Ok(()) };
    let kept = emul::lifetime::wrapper_unreferenced(instance.mirror(), || own(object.to_owned()).into_word());
    if kept {
        clear_finalized(object);
    }
    Ok(())
}

/// RustPython calls `del` once in an object's life; a wrapper that C kept needs it again.
fn clear_finalized(object: &PyObject) {
    /// Where `gc_bits` lies in the pinned version: behind the count and the vtable.
    const GC_BITS: usize = 16;
    const FINALIZED: u8 = 1 << 1;
    let bits = (object.as_raw() as *const u8).wrapping_add(GC_BITS).cast::<std::sync::atomic::AtomicU8>();
    // SAFETY: RustPython is pinned to 0.6.0, whose `Py<T>` starts with two words and then this byte.
    unsafe { (*bits).fetch_and(!FINALIZED, std::sync::atomic::Ordering::Relaxed) };
}

/// Store the trampoline of each slot that C filled, and the finaliser that keeps wrappers C still needs.
pub(super) fn install(class: &Py<PyType>, filled: &[Slot]) {
    let cls = class.slots();
    cls.del.store(Some(del));
    for &slot in filled {
        store(class, slot);
    }
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
        Slot::TpRepr => cls.repr.store(Some(|object, vm| text(slots::unary(Slot::TpRepr, handle(object)), "__repr__", vm))),
        Slot::TpStr => cls.str.store(Some(|object, vm| text(slots::unary(Slot::TpStr, handle(object)), "__str__", vm))),
        Slot::TpHash => cls.hash.store(Some(|object, vm| slots::hash(handle(object)).map(|hash| hash as _).map_err(|error| raised(error, vm)))),
        Slot::TpCall => {
            cls.vectorcall.store(None);
            cls.call.store(Some(|object, args, vm| {
                let (values, names) = flatten(args, vm);
                returned(slots::call(handle(object), handles(&values), handles(&names)), vm)
            }));
        }
        Slot::TpGetattro => cls.getattro.store(Some(|object, name, vm| {
            returned(slots::binary(Slot::TpGetattro, handle(object), handle(object), handle(name.as_object())), vm)
        })),
        Slot::TpSetattro => cls.setattro.store(Some(|object, name, value, vm| {
            let value = assigned(value);
            let value = value.as_ref().map(|value| handle(value));
            unit(slots::set(Slot::TpSetattro, handle(object), handle(name.as_object()), value), vm)
        })),
        Slot::TpRichcompare => cls.richcompare.store(Some(compare)),
        Slot::TpIter => cls.iter.store(Some(|object, vm| returned(slots::unary(Slot::TpIter, handle(&object)), vm))),
        Slot::TpIternext => cls.iternext.store(Some(|object, vm| match slots::next(handle(object)) {
            Ok(Some(item)) => Ok(PyIterReturn::Return(take(item))),
            Ok(None) => Ok(PyIterReturn::StopIteration(None)),
            Err(error) => PyIterReturn::from_pyresult(Err(raised(error, vm)), vm),
        })),
        Slot::TpDescrGet => cls.descr_get.store(Some(|object, instance, owner, vm| {
            let instance = instance.filter(|instance| !vm.is_none(instance)).map(handle);
            returned(slots::descr_get(handle(object), instance, owner.map(handle)), vm)
        })),
        Slot::TpDescrSet => cls.descr_set.store(Some(|object, instance, value, vm| {
            let value = assigned(value);
            unit(slots::descr_set(handle(object), handle(&instance), value.as_ref().map(|value| handle(value))), vm)
        })),
        Slot::TpInit => cls.init.store(Some(|object, args, vm| {
            let (values, names) = flatten(args, vm);
            unit(slots::init(handle(object), handles(&values), handles(&names)), vm)
        })),
        Slot::TpNew => cls.new.store(Some(new)),
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
        Slot::NbPower => {
            number.power.store(Some(|a, b, c, vm| power_of(a, a, b, c, Slot::NbPower, vm)));
            number.right_power.store(Some(|a, b, c, vm| power_of(b, a, b, c, Slot::NbPower, vm)));
        }
        Slot::NbInplacePower => number.inplace_power.store(Some(|a, b, c, vm| power_of(a, a, b, c, Slot::NbInplacePower, vm))),
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
        Slot::NbInplaceMatrixMultiply => number.inplace_matrix_multiply.store(Some(binary!(NbInplaceMatrixMultiply, left))),
        Slot::NbNegative => number.negative.store(Some(unary!(NbNegative))),
        Slot::NbPositive => number.positive.store(Some(unary!(NbPositive))),
        Slot::NbAbsolute => number.absolute.store(Some(unary!(NbAbsolute))),
        Slot::NbInvert => number.invert.store(Some(unary!(NbInvert))),
        Slot::NbInt => number.int.store(Some(unary!(NbInt))),
        Slot::NbFloat => number.float.store(Some(unary!(NbFloat))),
        Slot::NbIndex => number.index.store(Some(unary!(NbIndex))),
        Slot::NbBool => number.boolean.store(Some(|number, vm| slots::truth(Slot::NbBool, handle(number.obj)).map_err(|error| raised(error, vm)))),
        Slot::SqLength => sequence.length.store(Some(|s, vm| slots::length(Slot::SqLength, handle(s.obj)).map_err(|error| raised(error, vm)))),
        Slot::MpLength => mapping.length.store(Some(|m, vm| slots::length(Slot::MpLength, handle(m.obj)).map_err(|error| raised(error, vm)))),
        Slot::SqConcat => sequence.concat.store(Some(|s, other, vm| concat(Slot::SqConcat, s, other, vm))),
        Slot::SqInplaceConcat => sequence.inplace_concat.store(Some(|s, other, vm| concat(Slot::SqInplaceConcat, s, other, vm))),
        Slot::SqRepeat => sequence.repeat.store(Some(|s, count, vm| returned(slots::indexed(Slot::SqRepeat, handle(s.obj), count), vm))),
        Slot::SqInplaceRepeat => sequence.inplace_repeat.store(Some(|s, count, vm| returned(slots::indexed(Slot::SqInplaceRepeat, handle(s.obj), count), vm))),
        Slot::SqItem => sequence.item.store(Some(|s, index, vm| returned(slots::indexed(Slot::SqItem, handle(s.obj), index), vm))),
        Slot::SqAssItem => sequence.ass_item.store(Some(|s, index, value, vm| {
            unit(slots::set_indexed(Slot::SqAssItem, handle(s.obj), index, value.as_ref().map(|value| handle(value))), vm)
        })),
        Slot::SqContains => sequence.contains.store(Some(|s, item, vm| slots::contains(handle(s.obj), handle(item)).map_err(|error| raised(error, vm)))),
        Slot::MpSubscript => mapping.subscript.store(Some(subscript)),
        Slot::MpAssSubscript => mapping.ass_subscript.store(Some(|m, key, value, vm| {
            unit(slots::set(Slot::MpAssSubscript, handle(m.obj), handle(key), value.as_ref().map(|value| handle(value))), vm)
        })),
        Slot::BfGetbuffer => super::runtime::export_buffers(class),
        _ => {}
    }
}

fn concat(slot: Slot, sequence: PySequence<'_>, other: &PyObject, vm: &VirtualMachine) -> PyResult {
    returned(slots::binary(slot, handle(sequence.obj), handle(sequence.obj), handle(other)), vm)
}

fn subscript(mapping: PyMapping<'_>, key: &PyObject, vm: &VirtualMachine) -> PyResult {
    returned(slots::binary(Slot::MpSubscript, handle(mapping.obj), handle(mapping.obj), handle(key)), vm)
}

fn compare(object: &PyObject, other: &PyObject, op: PyComparisonOp, vm: &VirtualMachine) -> PyResult<Either<PyObjectRef, PyComparisonValue>> {
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
    let (values, names) = flatten(args, vm);
    let class: HostRef = handle(class.as_object());
    returned(slots::new(class, handles(&values), handles(&names)), vm)
}
