//! What is a sequence and what is not: RustPython asks for `__getitem__`, which C's sequences and mappings both have.
//!
//! CPython asks for the `sq_item` slot. A mapping of C's can be neither iterated over nor reversed, unless a Python class below it
//! defines `__getitem__`; a sequence's items are found by integers alone. What concatenates and repeats sequences is no number
//! slot, though `__add__` and `__mul__` run it: the other operand's number slots come first.

use std::sync::OnceLock;

use emul::slots::{self, Slot};
use object_mirror::object::{PyObject as Mirror, PyTypeObject};
use rustpython::vm::builtins::{PySequenceIterator, PyType, PyTypeRef};
use rustpython::vm::function::FuncArgs;
use rustpython::vm::protocol::{PyMapping, PySequence};
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine};

use super::{ctx, handle, types};

/// Complete the slots of the class of the C type `mirror`, after those that C fills.
pub(super) fn install(class: &Py<PyType>, mirror: *mut Mirror, filled: &[Slot]) {
    keep_twins(class, filled);
    let ty: *mut PyTypeObject = mirror.cast();
    // SAFETY: the mirror of a class is a live type.
    let has = |slot: Slot| unsafe { slot.get(ty) != 0 };
    let cls = class.slots();
    if has(Slot::MpSubscript) {
        if !has(Slot::SqItem) && !has(Slot::TpIter) {
            cls.iter.store(Some(iter));
        }
    } else if has(Slot::SqItem) {
        cls.as_mapping.subscript.store(Some(item));
    }
    if has(Slot::SqAssItem) && !has(Slot::MpAssSubscript) {
        cls.as_mapping.ass_subscript.store(Some(set_item));
    }
    let number = &cls.as_number;
    for (sequence, rival, slots) in [
        (Slot::SqConcat, Slot::NbAdd, [Some(&number.add), Some(&number.right_add)]),
        (Slot::SqRepeat, Slot::NbMultiply, [Some(&number.multiply), Some(&number.right_multiply)]),
        (Slot::SqInplaceConcat, Slot::NbInplaceAdd, [Some(&number.inplace_add), None]),
        (Slot::SqInplaceRepeat, Slot::NbInplaceMultiply, [Some(&number.inplace_multiply), None]),
    ] {
        if has(sequence) && !has(rival) {
            slots.into_iter().flatten().for_each(|slot| slot.store(None));
        }
    }
}

/// A method may stand for two slots, of which C filled one: the other is still a base's, which RustPython put the method over. Which
/// comes first is CPython's to say: items are a mapping's, what adds and multiplies is a number's, the length is a sequence's.
fn keep_twins(class: &Py<PyType>, filled: &[Slot]) {
    let cls = class.slots();
    macro_rules! keep {
        ($($own:ident $twin:ident $suite:ident: $($slot:ident),+;)*) => {$(
            if filled.contains(&Slot::$own)
                && !filled.contains(&Slot::$twin)
                && let Some(owner) = class.mro_collect().into_iter().skip(1).find(|base| has_slot(base, Slot::$twin))
            {
                $(cls.$suite.$slot.store(owner.slots().$suite.$slot.load());)+
            }
        )*};
    }
    keep! {
        SqItem MpSubscript as_mapping: subscript;
        MpSubscript SqItem as_sequence: item;
        SqAssItem MpAssSubscript as_mapping: ass_subscript;
        MpAssSubscript SqAssItem as_sequence: ass_item;
        SqLength MpLength as_mapping: length;
        MpLength SqLength as_sequence: length;
        SqConcat NbAdd as_number: add, right_add;
        SqRepeat NbMultiply as_number: multiply, right_multiply;
        SqInplaceConcat NbInplaceAdd as_number: inplace_add;
        SqInplaceRepeat NbInplaceMultiply as_number: inplace_multiply;
    }
}

/// Whether C left the slot of the class of a C type to a base of the host's (see [`keep_twins`]). A Python class below it has the
/// method in that slot too.
fn keeps_twin(class: &Py<PyType>, slot: Slot) -> bool {
    let ty = slots::type_of_class(handle(class.as_object()));
    has_slot(class, slot) && !slots::filled(ty.cast()).contains(&slot)
}

/// A Python class below a C type has these slots of the C type's, as long as it does not define the methods itself: RustPython
/// would call the methods.
pub(super) fn inherit(class: &Py<PyType>) {
    let own = class.slots();
    macro_rules! follow {
        ($($name:literal $of_c:ident $suite:ident: $($slot:ident),+;)*) => {$(
            if let Some(owner) = owner(class, $name).filter(|owner| !keeps_twin(owner, Slot::$of_c)) {
                $(own.$suite.$slot.store(owner.slots().$suite.$slot.load());)+
            }
        )*};
    }
    follow! {
        "__getitem__" MpSubscript as_mapping: subscript;
        "__setitem__" MpAssSubscript as_mapping: ass_subscript;
        "__imul__" NbInplaceMultiply as_number: inplace_multiply;
        "__imul__" SqInplaceRepeat as_sequence: inplace_repeat;
    }
    if let Some(owner) = owner(class, "__buffer__") {
        own.as_buffer.store(owner.slots().as_buffer.load());
    }
    if owner(class, "__release_buffer__").is_some() {
        own.python_release_buffer.store(false);
    }
    // One of a pair that is defined in Python has both called by their names.
    macro_rules! follow_pair {
        ($left:literal $right:literal $of_c:ident $number:ident $right_number:ident $sequence:ident) => {{
            let (left, right) = (definer(class, $left), definer(class, $right));
            let is_pythons = |found: &Option<PyTypeRef>| found.as_ref().is_some_and(|class| !types::is_c_class(class));
            let keeps_twin =
                left.as_ref().is_some_and(|owner| types::is_c_class(owner) && keeps_twin(owner, Slot::$of_c));
            let follows = !keeps_twin && !is_pythons(&left) && !is_pythons(&right);
            if follows {
                if let Some(owner) = &left {
                    own.as_number.$number.store(owner.slots().as_number.$number.load());
                    own.as_sequence.$sequence.store(owner.slots().as_sequence.$sequence.load());
                }
                if let Some(owner) = right.or(left) {
                    own.as_number.$right_number.store(owner.slots().as_number.$right_number.load());
                }
            }
            follows
        }};
    }
    // What concatenates in place is a number slot to a class with an addition of its own; what repeats is not.
    if follow_pair!("__add__" "__radd__" NbAdd add right_add concat) {
        follow! {
            "__iadd__" NbInplaceAdd as_number: inplace_add;
            "__iadd__" SqInplaceConcat as_sequence: inplace_concat;
        }
    }
    follow_pair!("__mul__" "__rmul__" NbMultiply multiply right_multiply repeat);
}

/// The C type's class whose definition of a method counts for `class`, if it is one's.
fn owner(class: &Py<PyType>, name: &str) -> Option<PyTypeRef> {
    definer(class, name).filter(|found| types::is_c_class(found))
}

/// The class whose definition of a method counts for `class`.
pub(super) fn definer(class: &Py<PyType>, name: &str) -> Option<PyTypeRef> {
    let name = ctx().interned_str(name)?;
    class.mro_collect().into_iter().find(|class| class.get_direct_attr(name).is_some())
}

/// Whether the instances of `class` are sequences to CPython.
fn is_sequence(class: &Py<PyType>) -> bool {
    has_slot(class, Slot::SqItem)
}

fn has_slot(class: &Py<PyType>, slot: Slot) -> bool {
    let ty = slots::type_of_class(handle(class.as_object()));
    // SAFETY: the mirror of a class is a live type.
    unsafe { slot.get(ty) != 0 }
}

fn iter(object: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    if is_sequence(object.class()) {
        return Ok(PySequenceIterator::new(object, vm)?.into_ref(&vm.ctx).into());
    }
    Err(vm.new_type_error(format!("'{}' object is not iterable", &*object.class().slot_name())))
}

/// The place that `key` names in a sequence.
fn index(sequence: PySequence<'_>, key: &PyObject, vm: &VirtualMachine) -> PyResult<isize> {
    let Some(number) = key.try_index_opt(vm) else {
        let given = key.class().slot_name();
        return Err(vm.new_type_error(format!("sequence index must be integer, not '{}'", &*given)));
    };
    let Ok(index) = isize::try_from(number?.as_bigint()) else {
        let given = key.class().slot_name();
        return Err(vm.new_index_error(format!("cannot fit '{}' into an index-sized integer", &*given)));
    };
    let length = sequence.slots().length.load().filter(|_| index < 0);
    match length {
        Some(length) => Ok(index + length(sequence, vm)? as isize),
        None => Ok(index),
    }
}

fn item(mapping: PyMapping<'_>, key: &PyObject, vm: &VirtualMachine) -> PyResult {
    let sequence = mapping.obj.sequence_unchecked();
    sequence.get_item(index(sequence, key, vm)?, vm)
}

fn set_item(mapping: PyMapping<'_>, key: &PyObject, value: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    let sequence = mapping.obj.sequence_unchecked();
    let index = index(sequence, key, vm)?;
    match value {
        Some(value) => sequence.set_item(index, value, vm),
        None => sequence.del_item(index, vm),
    }
}

static HOST_REVERSED: OnceLock<PyObjectRef> = OnceLock::new();

/// Have `reversed` refuse C's mappings.
pub(super) fn install_reversed(vm: &VirtualMachine) -> PyResult<()> {
    let host = vm.builtins.get_attr("reversed", vm)?;
    if HOST_REVERSED.set(host).is_err() {
        return Ok(()); // One for all interpreters of a process.
    }
    vm.builtins.set_attr("reversed", vm.new_function("reversed", reversed), vm)
}

fn reversed(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    if let [object] = &args.args[..]
        && types::has_c_base(object.class())
        && object.class().get_attr(vm.ctx.intern_str("__reversed__")).is_none()
    {
        let class = object.class();
        if !is_sequence(class) {
            return Err(vm.new_type_error(format!("'{}' object is not reversible", &*class.slot_name())));
        }
        if !has_slot(class, Slot::SqLength) && has_slot(class, Slot::MpLength) {
            return Err(vm.new_type_error(format!("{} is not a sequence", &*class.slot_name())));
        }
    }
    HOST_REVERSED.get().expect("it was wrapped").call(args, vm)
}
