//! Slots, called from the host: an operation on an instance of a C type runs the function in that type's slot.
//!
//! A host that makes a class for a C type sets its own slots for those that [`filled`] names, each to a trampoline that
//! calls the function here of the slot's shape. The instance's mirror type tells which C function to run; that is right
//! for subclasses too, whose mirrors inherit or override slots as CPython's do.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

use std::ffi::c_int;
use std::ptr::null_mut;

use object_mirror::Py_ssize_t;
use object_mirror::object::{
    PY_VECTORCALL_ARGUMENTS_OFFSET, Py_buffer, PyObject, PyTypeObject, binaryfunc, descrgetfunc, descrsetfunc,
    getbufferproc, hashfunc, initproc, inquiry, iternextfunc, lenfunc, newfunc, objobjargproc, objobjproc, richcmpfunc,
    ssizeargfunc, ssizeobjargproc, ternaryfunc, unaryfunc, vectorcallfunc,
};

use crate::abstract_::call::vectorcall_of;
use crate::boundary::{Cx, New, Obj, Result};
use crate::buffer::{PyBuffer_Release, PyObject_GetBuffer};
use crate::cross;
use crate::host::{CMemory, Compare, HostObj, HostRef, HostResult, Kind, UnaryOp, host};
use crate::pystate::{self, Frame};
use crate::statics::builtin;

macro_rules! slot_table {
    ($($variant:ident $field:literal $place:tt $shape:ident;)*) => {
        /// A slot of a type, by CPython's name.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "each variant is the slot of that name")]
        pub enum Slot { $($variant),* }

        impl Slot {
            /// Every slot, in the order of the enum.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// CPython's field name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $field),* }
            }

            /// The function in this slot of a type, as an address; 0 for an empty slot.
            ///
            /// # Safety
            /// `ty` is a live type and the lock is held.
            pub unsafe fn get(self, ty: *mut PyTypeObject) -> usize {
                // SAFETY: the caller's contract; suites are live as long as the type.
                unsafe { match self { $(Self::$variant => slot_table!(@get ty $place)),* } }
            }

            /// Put a function into this slot of a type whose suites exist.
            ///
            /// # Safety
            /// As for [`Slot::get`]; `function` is 0 or a function of the slot's type.
            pub unsafe fn set(self, ty: *mut PyTypeObject, function: usize) {
                // SAFETY: the caller's contract; an `Option` of a function pointer is a word.
                unsafe { match self { $(Self::$variant => slot_table!(@set ty function $place)),* } }
            }
        }
    };
    (@get $ty:ident [$field:ident]) => { std::mem::transmute::<_, usize>((*$ty).$field) };
    (@get $ty:ident [$suite:ident $field:ident]) => {
        if (*$ty).$suite.is_null() { 0 } else { std::mem::transmute::<_, usize>((*(*$ty).$suite).$field) }
    };
    (@set $ty:ident $function:ident [$field:ident]) => { (*$ty).$field = std::mem::transmute::<usize, _>($function) };
    (@set $ty:ident $function:ident [$suite:ident $field:ident]) => {
        if !(*$ty).$suite.is_null() { (*(*$ty).$suite).$field = std::mem::transmute::<usize, _>($function) }
    };
}

slot_table! {
    TpRepr "tp_repr" [tp_repr] unary;
    TpHash "tp_hash" [tp_hash] hash;
    TpCall "tp_call" [tp_call] call;
    TpStr "tp_str" [tp_str] unary;
    TpGetattro "tp_getattro" [tp_getattro] binary;
    TpSetattro "tp_setattro" [tp_setattro] setattr;
    TpRichcompare "tp_richcompare" [tp_richcompare] compare;
    TpIter "tp_iter" [tp_iter] unary;
    TpIternext "tp_iternext" [tp_iternext] next;
    TpDescrGet "tp_descr_get" [tp_descr_get] ternary;
    TpDescrSet "tp_descr_set" [tp_descr_set] setattr;
    TpInit "tp_init" [tp_init] init;
    TpNew "tp_new" [tp_new] new;
    TpFinalize "tp_finalize" [tp_finalize] finalize;
    NbAdd "nb_add" [tp_as_number nb_add] binary;
    NbSubtract "nb_subtract" [tp_as_number nb_subtract] binary;
    NbMultiply "nb_multiply" [tp_as_number nb_multiply] binary;
    NbRemainder "nb_remainder" [tp_as_number nb_remainder] binary;
    NbDivmod "nb_divmod" [tp_as_number nb_divmod] binary;
    NbPower "nb_power" [tp_as_number nb_power] ternary;
    NbNegative "nb_negative" [tp_as_number nb_negative] unary;
    NbPositive "nb_positive" [tp_as_number nb_positive] unary;
    NbAbsolute "nb_absolute" [tp_as_number nb_absolute] unary;
    NbBool "nb_bool" [tp_as_number nb_bool] inquiry;
    NbInvert "nb_invert" [tp_as_number nb_invert] unary;
    NbLshift "nb_lshift" [tp_as_number nb_lshift] binary;
    NbRshift "nb_rshift" [tp_as_number nb_rshift] binary;
    NbAnd "nb_and" [tp_as_number nb_and] binary;
    NbXor "nb_xor" [tp_as_number nb_xor] binary;
    NbOr "nb_or" [tp_as_number nb_or] binary;
    NbInt "nb_int" [tp_as_number nb_int] unary;
    NbFloat "nb_float" [tp_as_number nb_float] unary;
    NbInplaceAdd "nb_inplace_add" [tp_as_number nb_inplace_add] binary;
    NbInplaceSubtract "nb_inplace_subtract" [tp_as_number nb_inplace_subtract] binary;
    NbInplaceMultiply "nb_inplace_multiply" [tp_as_number nb_inplace_multiply] binary;
    NbInplaceRemainder "nb_inplace_remainder" [tp_as_number nb_inplace_remainder] binary;
    NbInplacePower "nb_inplace_power" [tp_as_number nb_inplace_power] ternary;
    NbInplaceLshift "nb_inplace_lshift" [tp_as_number nb_inplace_lshift] binary;
    NbInplaceRshift "nb_inplace_rshift" [tp_as_number nb_inplace_rshift] binary;
    NbInplaceAnd "nb_inplace_and" [tp_as_number nb_inplace_and] binary;
    NbInplaceXor "nb_inplace_xor" [tp_as_number nb_inplace_xor] binary;
    NbInplaceOr "nb_inplace_or" [tp_as_number nb_inplace_or] binary;
    NbFloorDivide "nb_floor_divide" [tp_as_number nb_floor_divide] binary;
    NbTrueDivide "nb_true_divide" [tp_as_number nb_true_divide] binary;
    NbInplaceFloorDivide "nb_inplace_floor_divide" [tp_as_number nb_inplace_floor_divide] binary;
    NbInplaceTrueDivide "nb_inplace_true_divide" [tp_as_number nb_inplace_true_divide] binary;
    NbIndex "nb_index" [tp_as_number nb_index] unary;
    NbMatrixMultiply "nb_matrix_multiply" [tp_as_number nb_matrix_multiply] binary;
    NbInplaceMatrixMultiply "nb_inplace_matrix_multiply" [tp_as_number nb_inplace_matrix_multiply] binary;
    SqLength "sq_length" [tp_as_sequence sq_length] length;
    SqConcat "sq_concat" [tp_as_sequence sq_concat] binary;
    SqRepeat "sq_repeat" [tp_as_sequence sq_repeat] index;
    SqItem "sq_item" [tp_as_sequence sq_item] index;
    SqAssItem "sq_ass_item" [tp_as_sequence sq_ass_item] setindex;
    SqContains "sq_contains" [tp_as_sequence sq_contains] contains;
    SqInplaceConcat "sq_inplace_concat" [tp_as_sequence sq_inplace_concat] binary;
    SqInplaceRepeat "sq_inplace_repeat" [tp_as_sequence sq_inplace_repeat] index;
    MpLength "mp_length" [tp_as_mapping mp_length] length;
    MpSubscript "mp_subscript" [tp_as_mapping mp_subscript] binary;
    MpAssSubscript "mp_ass_subscript" [tp_as_mapping mp_ass_subscript] setattr;
    AmAwait "am_await" [tp_as_async am_await] unary;
    AmAiter "am_aiter" [tp_as_async am_aiter] unary;
    AmAnext "am_anext" [tp_as_async am_anext] unary;
    BfGetbuffer "bf_getbuffer" [tp_as_buffer bf_getbuffer] buffer;
    BfReleasebuffer "bf_releasebuffer" [tp_as_buffer bf_releasebuffer] buffer;
}

/// The slots of the class `mirror` (a `PyTypeObject`) that hold a C function of an extension module, its own or
/// inherited, or a builtin type's that C put there; others that run a host class's own implementation are not among them.
pub fn filled(mirror: *mut PyObject) -> Vec<Slot> {
    let _held = crate::lock::hold();
    let ty: *mut PyTypeObject = mirror.cast();
    // SAFETY: the mirror of a class is a live type.
    let is_foreign = |slot: &Slot| unsafe {
        let function = slot.get(ty);
        function != 0 && (!crate::special::is_ours(function) || crate::typeobject::took_from_builtin(ty, *slot))
    };
    // SAFETY: as above.
    let is_old = |slot: &Slot| unsafe {
        slot.get(ty) == 0
            && match slot {
                Slot::TpGetattro => (*ty).tp_getattr.is_some(),
                Slot::TpSetattro => (*ty).tp_setattr.is_some(),
                _ => false,
            }
    };
    // A type that C gave a hash alone compares by identity, whatever its bases do.
    let is_emptied = |slot: &Slot| {
        // SAFETY: as above.
        *slot == Slot::TpRichcompare && unsafe { slot.get(ty) == 0 && !(*ty).tp_base.is_null() } && compares_values(ty)
    };
    Slot::ALL.iter().copied().filter(|slot| is_foreign(slot) || is_old(slot) || is_emptied(slot)).collect()
}

/// Whether a base of the live type `ty`, other than `object`, has a comparison of its own.
fn compares_values(ty: *mut PyTypeObject) -> bool {
    // SAFETY: bases are live as long as the type.
    unsafe {
        let mut base = (*ty).tp_base;
        while Slot::TpRichcompare.get(base) == 0 && !(*base).tp_base.is_null() {
            base = (*base).tp_base;
        }
        !(*base).tp_base.is_null()
    }
}

/// The `PyTypeObject` of a class.
pub fn type_of_class(class: HostRef) -> *mut PyTypeObject {
    let _held = crate::lock::hold();
    crate::typeobject::mirror_of_class(class)
}

/// Which of the bases lays out the instances of a class derived from them, some of which are C's or derived from C's; `None`: their
/// fields exclude each other.
pub fn best_base(bases: &[HostRef]) -> Option<usize> {
    let _held = crate::lock::hold();
    crate::typeobject::best_of(bases)
}

/// Whether instances of `class` are laid out as ones of a class over these bases would be, as far as C's fields go.
pub fn bases_fit(class: HostRef, bases: &[HostRef]) -> bool {
    let _held = crate::lock::hold();
    crate::typeobject::bases_fit(class, bases)
}

/// The host set or deleted the attribute `name` of `class`: slots that it fills follow, in derived classes too.
pub fn attribute_changed(class: HostRef, name: &str) {
    let _held = crate::lock::hold();
    crate::typeobject::update_slots(class, name);
}

/// The host gave `class` other bases: every slot of its mirror, and those of derived classes, may be another.
pub fn bases_changed(class: HostRef) {
    let _held = crate::lock::hold();
    crate::typeobject::update_orders(class);
}

/// The host changed the class of an instance of a C type: its mirror's type follows.
///
/// # Safety
/// `mirror` is live.
pub unsafe fn class_replaced(mirror: *mut PyObject, class: HostRef) {
    let _held = crate::lock::hold();
    crate::typeobject::replace_type(mirror, class);
}

/// What a slot's function says by its result: the object, or the pending error.
fn object(cx: Cx<'_>, result: *mut PyObject) -> HostResult<HostObj> {
    if result.is_null() {
        return Err(pending(cx));
    }
    // SAFETY: the C function returned a new reference; the lock is held.
    cross::consume_checked(cx, result)
}

/// The pending error; SystemError where C set none.
pub(crate) fn pending(cx: Cx<'_>) -> HostObj {
    match cx.take_error() {
        Some(exception) => exception,
        None => {
            cx.system_error("error return without exception set");
            cx.take_error().expect("just set")
        }
    }
}

/// The pending error of a getter.
///
/// One that returned NULL without an error means "there is none" to `getattr` with a default and to `hasattr`, and is an
/// error to everybody else. The host knows only errors, so it gets one that is both.
pub(crate) fn no_attribute(cx: Cx<'_>) -> HostObj {
    if cx.has_error() {
        return pending(cx);
    }
    quiet_error(cx).unwrap_or_else(|_| pending(cx))
}

fn quiet_error(cx: Cx<'_>) -> Result<HostObj> {
    let class = |name: &str| host().builtin_class(name).ok_or_else(|| cx.bad_internal_call());
    let meta = class("type")?;
    let bases = host().new_tuple(vec![class("SystemError")?, class("AttributeError")?]);
    let (names, name) = (host().new_dict(), cx.str("SystemError"));
    let (key, module) = (cx.str("__module__"), cx.str("builtins"));
    let message = cx.str("error return without exception set");
    cx.call(|h| {
        h.dict_set(names.as_ref(), key.as_ref(), module.as_ref())?;
        let made = h.call(meta.as_ref(), &[name.as_ref(), bases.as_ref(), names.as_ref()], &[])?;
        h.call(made.as_ref(), &[message.as_ref()], &[])
    })
}

/// One call of C on mirrors of host objects: the frame, and the references to give back at its end.
struct Call {
    cx: Cx<'static>,
    handled: Option<pystate::handling::Before>,
    _frame: Frame,
}

impl Call {
    fn enter() -> Self {
        let frame = Frame::enter();
        // SAFETY: the frame holds the lock as long as this value lives.
        let cx = unsafe { Cx::assume() };
        Self { cx, handled: pystate::handling::sync_to_c(), _frame: frame }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        pystate::handling::restore(self.handled.take());
    }
}

/// The C function in `slot` for `self_`: the nearest one up the bases that is not a trampoline back to the host.
fn function(slot: Slot, self_: *mut PyObject) -> usize {
    // SAFETY: a live object with live types; the lock is held.
    unsafe {
        let mut ty = (*self_).ob_type;
        while !ty.is_null() {
            let function = slot.get(ty);
            if function != 0 && !crate::special::is_dynamic(function) {
                return function;
            }
            ty = (*ty).tp_base;
        }
    }
    0
}

/// The nearest type up the bases of `self_`'s with a function of C's for attributes: the slot's, or the older one that
/// takes a C string.
fn attribute_owner(slot: Slot, self_: *mut PyObject) -> *mut PyTypeObject {
    // SAFETY: a live object with live types; the lock is held.
    unsafe {
        let mut ty = (*self_).ob_type;
        while !(*ty).tp_base.is_null() {
            let function = slot.get(ty);
            let old = match slot {
                Slot::TpGetattro => (*ty).tp_getattr.is_some(),
                _ => (*ty).tp_setattr.is_some(),
            };
            if (function != 0 || old) && !crate::special::is_dynamic(function) {
                break;
            }
            ty = (*ty).tp_base;
        }
        ty
    }
}

/// `tp_getattro(self, name)`, or `tp_getattr` with a C string.
pub fn get_attr(self_: HostRef, name: HostRef) -> HostResult<HostObj> {
    let call = Call::enter();
    let (this, name) = (cross::to_c(self_), cross::to_c(name));
    let owner = attribute_owner(Slot::TpGetattro, this.as_ptr());
    // SAFETY: a live type; its functions take the instance and the name; the lock is held.
    let result = unsafe {
        match ((*owner).tp_getattro, (*owner).tp_getattr) {
            (None, Some(old)) => match c_text(&name) {
                Some(text) => old(this.as_ptr(), text),
                None => null_mut(),
            },
            (Some(function), _) => function(this.as_ptr(), name.as_ptr()),
            (None, None) => crate::typeobject::attributes::PyObject_GenericGetAttr(this.as_ptr(), name.as_ptr()),
        }
    };
    object(call.cx, result)
}

/// `tp_setattro(self, name, value)`, or `tp_setattr` with a C string; NULL deletes.
pub fn set_attr(self_: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
    let call = Call::enter();
    let (this, name, value) = (cross::to_c(self_), cross::to_c(name), value.map(cross::to_c));
    let value = value.as_ref().map_or(null_mut(), New::as_ptr);
    let owner = attribute_owner(Slot::TpSetattro, this.as_ptr());
    // SAFETY: as above.
    let status = unsafe {
        match ((*owner).tp_setattro, (*owner).tp_setattr) {
            (None, Some(old)) => c_text(&name).map_or(-1, |text| old(this.as_ptr(), text, value)),
            (Some(function), _) => function(this.as_ptr(), name.as_ptr(), value),
            (None, None) => crate::typeobject::attributes::PyObject_GenericSetAttr(this.as_ptr(), name.as_ptr(), value),
        }
    };
    done(call.cx, status)
}

/// The UTF-8 of an attribute's name, valid as long as the name; `None` with an error set.
fn c_text(name: &New) -> Option<*mut std::ffi::c_char> {
    // SAFETY: a live str.
    let text = unsafe { crate::unicodeobject::read::PyUnicode_AsUTF8(name.as_ptr()) };
    (!text.is_null()).then(|| text.cast_mut())
}

macro_rules! call_slot {
    ($slot:expr, $self_:expr, $type:ty, $($argument:expr),*) => {{
        let function = function($slot, $self_);
        if function == 0 {
            return Err(missing($slot));
        }
        // SAFETY: the slot holds a function of this type; the arguments are live mirrors; the lock is held.
        unsafe { std::mem::transmute::<usize, $type>(function)($($argument),*) }
    }};
}

#[cold]
fn missing(slot: Slot) -> HostObj {
    let _held = crate::lock::hold();
    // SAFETY: the lock is held.
    let cx = unsafe { Cx::assume() };
    cx.type_error(format!("the type has no {}", slot.name()));
    cx.take_error().expect("just set")
}

/// `f(self)`.
pub fn unary(slot: Slot, self_: HostRef) -> HostResult<HostObj> {
    let call = Call::enter();
    let this = cross::to_c(self_);
    object(call.cx, call_slot!(slot, this.as_ptr(), unaryfunc, this.as_ptr()))
}

/// `f(left, right)`; `owner` says whose type's function runs (the right operand's, for a reflected operation).
pub fn binary(slot: Slot, owner: HostRef, left: HostRef, right: HostRef) -> HostResult<HostObj> {
    let call = Call::enter();
    let (owner, left, right) = (cross::to_c(owner), cross::to_c(left), cross::to_c(right));
    object(call.cx, call_slot!(slot, owner.as_ptr(), binaryfunc, left.as_ptr(), right.as_ptr()))
}

/// `f(a, b, c)` (`nb_power`); `None` passes `None`.
pub fn ternary(slot: Slot, owner: HostRef, a: HostRef, b: HostRef, c: Option<HostRef>) -> HostResult<HostObj> {
    let call = Call::enter();
    let (owner, a, b) = (cross::to_c(owner), cross::to_c(a), cross::to_c(b));
    let c = c.map_or_else(|| New::from_static(crate::statics::none()), cross::to_c);
    object(call.cx, call_slot!(slot, owner.as_ptr(), ternaryfunc, a.as_ptr(), b.as_ptr(), c.as_ptr()))
}

/// `pow(base, exponent, modulus)` as C's slots have it, each of the three objects' in its turn; `None`: none of them is C's.
pub fn power(base: HostRef, exponent: HostRef, modulus: HostRef) -> Option<HostResult<HostObj>> {
    let call = Call::enter();
    let operands = [base, exponent, modulus].map(cross::to_c);
    let made = crate::abstract_::number::power_if_in_c(call.cx, operands.each_ref().map(New::obj))?;
    Some(object(call.cx, made.map_or(null_mut(), New::into_ptr)))
}

/// `f(self) -> 0, 1 or -1`.
pub fn truth(slot: Slot, self_: HostRef) -> HostResult<bool> {
    let call = Call::enter();
    let this = cross::to_c(self_);
    match call_slot!(slot, this.as_ptr(), inquiry, this.as_ptr()) {
        -1 => Err(pending(call.cx)),
        answer => Ok(answer != 0),
    }
}

/// `f(self) -> length`.
pub fn length(slot: Slot, self_: HostRef) -> HostResult<usize> {
    let call = Call::enter();
    let this = cross::to_c(self_);
    usize::try_from(call_slot!(slot, this.as_ptr(), lenfunc, this.as_ptr())).map_err(|_| pending(call.cx))
}

/// `tp_hash`.
pub fn hash(self_: HostRef) -> HostResult<isize> {
    let call = Call::enter();
    let this = cross::to_c(self_);
    match call_slot!(Slot::TpHash, this.as_ptr(), hashfunc, this.as_ptr()) {
        -1 => Err(pending(call.cx)),
        hash => Ok(hash),
    }
}

/// `tp_richcompare`.
pub fn rich_compare(self_: HostRef, other: HostRef, op: Compare) -> HostResult<HostObj> {
    let call = Call::enter();
    let (this, other) = (cross::to_c(self_), cross::to_c(other));
    // SAFETY: a live object of a live type.
    if unsafe { Slot::TpRichcompare.get((*this.as_ptr()).ob_type) } == 0 {
        return Ok(host().singleton(Kind::NotImplemented));
    }
    object(
        call.cx,
        call_slot!(Slot::TpRichcompare, this.as_ptr(), richcmpfunc, this.as_ptr(), other.as_ptr(), op as c_int),
    )
}

/// `tp_iternext`; `Ok(None)` at the end. A StopIteration that C set with a value is passed on as the error.
pub fn next(self_: HostRef) -> HostResult<Option<HostObj>> {
    let call = Call::enter();
    let this = cross::to_c(self_);
    let item = call_slot!(Slot::TpIternext, this.as_ptr(), iternextfunc, this.as_ptr());
    if item.is_null() {
        return call.cx.take_error().map_or(Ok(None), Err);
    }
    object(call.cx, item).map(Some)
}

/// `f(self, key, value)`, NULL for no value: `tp_setattro`, `mp_ass_subscript`, `tp_descr_set`.
pub fn set(slot: Slot, self_: HostRef, key: HostRef, value: Option<HostRef>) -> HostResult<()> {
    let call = Call::enter();
    let (this, key, value) = (cross::to_c(self_), cross::to_c(key), value.map(cross::to_c));
    let value = value.as_ref().map_or(null_mut(), New::as_ptr);
    done(call.cx, call_slot!(slot, this.as_ptr(), objobjargproc, this.as_ptr(), key.as_ptr(), value))
}

fn done(cx: Cx<'_>, result: c_int) -> HostResult<()> {
    if result < 0 { Err(pending(cx)) } else { Ok(()) }
}

/// `f(self, index)`: `sq_item`, `sq_repeat`.
pub fn indexed(slot: Slot, self_: HostRef, index: isize) -> HostResult<HostObj> {
    let call = Call::enter();
    let this = cross::to_c(self_);
    object(call.cx, call_slot!(slot, this.as_ptr(), ssizeargfunc, this.as_ptr(), index))
}

/// `f(self, index, value)`: `sq_ass_item`.
pub fn set_indexed(slot: Slot, self_: HostRef, index: isize, value: Option<HostRef>) -> HostResult<()> {
    let call = Call::enter();
    let (this, value) = (cross::to_c(self_), value.map(cross::to_c));
    let value = value.as_ref().map_or(null_mut(), New::as_ptr);
    done(call.cx, call_slot!(slot, this.as_ptr(), ssizeobjargproc, this.as_ptr(), index as Py_ssize_t, value))
}

/// `sq_contains`.
pub fn contains(self_: HostRef, item: HostRef) -> HostResult<bool> {
    let call = Call::enter();
    let (this, item) = (cross::to_c(self_), cross::to_c(item));
    match call_slot!(Slot::SqContains, this.as_ptr(), objobjproc, this.as_ptr(), item.as_ptr()) {
        -1 => Err(pending(call.cx)),
        answer => Ok(answer != 0),
    }
}

/// `tp_descr_get(self, object, type)`.
pub fn descr_get(self_: HostRef, object_: Option<HostRef>, class: Option<HostRef>) -> HostResult<HostObj> {
    let call = Call::enter();
    let (this, instance, class) = (cross::to_c(self_), object_.map(cross::to_c), class.map(cross::to_c));
    let pointer = |object: &Option<New>| object.as_ref().map_or(null_mut(), New::as_ptr);
    let function_type =
        call_slot!(Slot::TpDescrGet, this.as_ptr(), descrgetfunc, this.as_ptr(), pointer(&instance), pointer(&class));
    object(call.cx, function_type)
}

/// `tp_descr_set(self, object, value)`.
pub fn descr_set(self_: HostRef, object_: HostRef, value: Option<HostRef>) -> HostResult<()> {
    let call = Call::enter();
    let (this, instance, value) = (cross::to_c(self_), cross::to_c(object_), value.map(cross::to_c));
    let value = value.as_ref().map_or(null_mut(), New::as_ptr);
    done(call.cx, call_slot!(Slot::TpDescrSet, this.as_ptr(), descrsetfunc, this.as_ptr(), instance.as_ptr(), value))
}

/// The tuple and dict (or NULL) of a call with `names.len()` keyword arguments at the end of `args`.
fn tuple_and_dict(cx: Cx<'_>, args: &[HostRef], names: &[HostRef]) -> HostResult<(New, Option<New>)> {
    let positional = args.len() - names.len();
    let tuple = cross::tuple_of_args(&args[..positional]);
    if names.is_empty() {
        return Ok((tuple, None));
    }
    let dict = host().new_dict();
    for (name, value) in names.iter().zip(&args[positional..]) {
        host().dict_set(dict.as_ref(), *name, *value)?;
    }
    Ok((tuple, Some(cx.to_c(dict))))
}

/// `tp_init(self, args, kwargs)`.
pub fn init(self_: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<()> {
    let call = Call::enter();
    let this = cross::to_c(self_);
    let (args, kwargs) = tuple_and_dict(call.cx, args, names)?;
    let kwargs = kwargs.as_ref().map_or(null_mut(), New::as_ptr);
    let status = call_slot!(Slot::TpInit, this.as_ptr(), initproc, this.as_ptr(), args.as_ptr(), kwargs);
    if status == 0 {
        crate::instancedict::after_call(self_, this.as_ptr());
    }
    done(call.cx, status)
}

/// The object's vectorcall function where it has one, else `tp_call(self, args, kwargs)`.
pub fn call(self_: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
    let call = Call::enter();
    let this = cross::to_c(self_);
    if let Some(function) = vectorcall_of(this.obj()) {
        return object(call.cx, vectorcall(function, this.as_ptr(), args, names));
    }
    let (args, kwargs) = tuple_and_dict(call.cx, args, names)?;
    let kwargs = kwargs.as_ref().map_or(null_mut(), New::as_ptr);
    object(call.cx, call_slot!(Slot::TpCall, this.as_ptr(), ternaryfunc, this.as_ptr(), args.as_ptr(), kwargs))
}

/// `tp_new(class, args, kwargs)` of the C type `owner`, the nearest one up the bases of `class`. Where the type has it of a
/// Python class, that class's `__new__` runs.
pub fn new(owner: *mut PyObject, class: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
    let call = Call::enter();
    let class = cross::to_c(class);
    let ty: *mut PyTypeObject = class.as_ptr().cast();
    // SAFETY: the mirror of a class is a live type; the lock is held.
    let function = unsafe { Slot::TpNew.get(owner.cast()) };
    if function == 0 {
        // SAFETY: types have names.
        let name = unsafe { std::ffi::CStr::from_ptr((*ty).tp_name) }.to_string_lossy();
        call.cx.type_error(format!("cannot create '{name}' instances"));
        return Err(pending(call.cx));
    }
    let (args, kwargs) = tuple_and_dict(call.cx, args, names)?;
    let kwargs = kwargs.as_ref().map_or(null_mut(), New::as_ptr);
    // SAFETY: the slot holds a function of this type; the arguments are live mirrors; the lock is held.
    let result = unsafe { std::mem::transmute::<usize, newfunc>(function)(ty, args.as_ptr(), kwargs) };
    object(call.cx, result)
}

/// `object.__new__(class, *args)` for a class whose instances C lays out; `args` starts with the class.
pub fn object_new(args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
    crate::descrobject::object_new(args, names)
}

/// Whether C stored a `tp_vectorcall` into the type of `class`, at whatever time: calling the class goes there.
pub fn has_class_vectorcall(class: HostRef) -> bool {
    let _held = crate::lock::hold();
    // SAFETY: a class's mirror is a live type.
    crate::lifetime::find(class).is_some_and(|ty| unsafe { (*ty.cast::<PyTypeObject>()).tp_vectorcall.is_some() })
}

/// `type->tp_vectorcall`, where C stored one into a type. `None` if there is none.
pub fn class_vectorcall(class: HostRef, args: &[HostRef], names: &[HostRef]) -> Option<HostResult<HostObj>> {
    if !has_class_vectorcall(class) {
        return None;
    }
    let call = Call::enter();
    let mirror = cross::to_c(class);
    let class = mirror.as_ptr();
    // SAFETY: a class's mirror is a live type.
    let function = unsafe { (*class.cast::<PyTypeObject>()).tp_vectorcall }?;
    Some(object(call.cx, vectorcall(function, class, args, names)))
}

/// Run a vectorcall function of C's; the values of `names` are the last of `args`.
fn vectorcall(function: vectorcallfunc, callable: *mut PyObject, args: &[HostRef], names: &[HostRef]) -> *mut PyObject {
    let values: Vec<New> = args.iter().map(|&argument| cross::to_c(argument)).collect();
    // The place before the arguments is the callee's to use.
    let pointers: Vec<*mut PyObject> = std::iter::once(null_mut()).chain(values.iter().map(New::as_ptr)).collect();
    let kwnames = (!names.is_empty()).then(|| cross::tuple_of_names(names));
    let kwnames = kwnames.as_ref().map_or(null_mut(), New::as_ptr);
    let nargsf = (args.len() - names.len()) | PY_VECTORCALL_ARGUMENTS_OFFSET;
    // SAFETY: a vectorcall function of the callable's; the arguments are live mirrors; the lock is held.
    unsafe { function(callable, pointers.as_ptr().add(1), nargsf, kwnames) }
}

/// `bf_getbuffer(self, view, flags)`, with what the view says as plain data. The memory stays where it is until `release`.
pub fn buffer(self_: HostRef, flags: c_int) -> HostResult<CMemory> {
    let call = Call::enter();
    let this = cross::to_c(self_);
    // SAFETY: a live object of a live type.
    if unsafe { Slot::BfGetbuffer.get(this.obj().type_ptr()) } == 0 {
        // The host's class says that C exports, C's type that it does not: asking again would only come back here.
        let message = format!("a bytes-like object is required, not '{}'", this.obj().type_name());
        call.cx.type_error(message);
        return Err(pending(call.cx));
    }
    asked(call.cx, &this, PyObject_GetBuffer, flags)
}

/// What `get` fills a view with.
fn asked(cx: Cx<'_>, this: &New, get: getbufferproc, flags: c_int) -> HostResult<CMemory> {
    // SAFETY: an all-zero view is valid: NULL pointers and zero counts.
    let mut view = Box::new(View(unsafe { std::mem::zeroed::<Py_buffer>() }));
    // SAFETY: a live mirror and a view to fill; the lock is held.
    if unsafe { get(this.as_ptr(), &raw mut view.0, flags) } < 0 {
        return Err(pending(cx));
    }
    // SAFETY: the exporter filled the view for these flags; NULL leaves out what follows from the rest.
    unsafe {
        let raw = &view.0;
        let exporter = Obj::from_ptr(raw.obj).and_then(|object| object.give(cx).ok());
        Ok(CMemory {
            exporter,
            buf: raw.buf.cast(),
            len: raw.len as usize,
            readonly: raw.readonly != 0,
            layout: crate::buffer::layout(raw),
            release: Box::new(move || view.release()),
        })
    }
}

/// `__buffer__(flags)` of a C type: a memory view of what its slot's function `get` gives.
pub(crate) fn buffer_method(cx: Cx<'_>, this: &New, get: getbufferproc, flags: &New) -> HostResult<HostObj> {
    let flags = flags.obj().give(cx).and_then(|flags| cx.call(|h| h.unary(UnaryOp::Index, flags.as_ref())));
    let flags = flags.map_err(|_| pending(cx))?;
    let Some(flags) = host().int_value(flags.as_ref()) else {
        cx.error("OverflowError", "cannot fit 'int' into an index-sized integer");
        return Err(pending(cx));
    };
    let Ok(flags) = c_int::try_from(flags) else {
        cx.error("OverflowError", "buffer flags too large");
        return Err(pending(cx));
    };
    let memory = asked(cx, this, get, flags)?;
    cx.unlocked(|h| h.new_memoryview(memory))
}

/// `__release_buffer__(view)` of a C type.
pub(crate) fn release_buffer_method(cx: Cx<'_>, this: &New, view: &New) -> HostResult<HostObj> {
    // SAFETY: a live object.
    if unsafe { (*view.as_ptr()).ob_type } != builtin!(PyMemoryView_Type) {
        cx.type_error("expected a memoryview object");
        return Err(pending(cx));
    }
    let given = view.obj().give(cx).map_err(|_| pending(cx))?;
    let released = |error| {
        // What a released view was of is no longer known.
        drop(error);
        cx.value_error("memoryview's buffer has already been released");
        pending(cx)
    };
    let exporter = cx.unlocked(|h| h.get_attr(given.as_ref(), h.new_str(b"obj").as_ref())).map_err(released)?;
    if host().kind(exporter.as_ref()) == Kind::None {
        return Ok(exporter);
    }
    if cross::to_c(exporter.as_ref()).as_ptr() != this.as_ptr() {
        cx.value_error("memoryview's buffer is not this object");
        return Err(pending(cx));
    }
    let release = cx.unlocked(|h| h.get_attr(given.as_ref(), h.new_str(b"release").as_ref()))?;
    drop(exporter);
    cx.unlocked(|h| h.call(release.as_ref(), &[], &[]))
}

/// A filled view, kept where it is: exporters may point into it.
struct View(Py_buffer);
// SAFETY: a view may be released by any thread that holds the lock.
unsafe impl Send for View {}

impl View {
    fn release(&mut self) {
        let _frame = Frame::enter();
        // SAFETY: filled by `buffer`, released once; the frame holds the lock.
        unsafe { PyBuffer_Release(&raw mut self.0) };
    }
}
