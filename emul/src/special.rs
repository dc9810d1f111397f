//! The functions in the slots of mirrors whose implementation is the host's: builtin types and classes made in Python.
//!
//! Two families, one table. A *builtin* function runs the implementation of the nearest builtin type above `type(self)`,
//! past what classes derived from it override, as that type's slot does in CPython. A *dynamic* one looks the special
//! method up on `type(self)`, as the slots of classes made in Python do. Which is which is told by address.

use std::ffi::c_int;
use std::sync::OnceLock;

use object_mirror::object::{Py_TPFLAGS_HEAPTYPE, PyObject, PyTypeObject};
use object_mirror::{Py_hash_t, Py_ssize_t};

use crate::abstract_::object::remember_hash;
use crate::boundary::{Cx, IntoC, New, Obj, Result, enter};
use crate::host::{HostObj, HostRef, host};
use crate::slots::Slot;
use crate::{cross, statics, typeobject};

/// The implementation's class for an operation on `self_`: `None` where nothing but `object` has it.
fn class_for(cx: Cx<'_>, self_: *mut PyObject, slot: Slot, dynamic: bool) -> Result<HostObj> {
    // SAFETY: a live object; types are live as long as their instances; the lock is held.
    unsafe {
        let ty = if dynamic { (*self_).ob_type } else { builtin_with(self_, slot) };
        typeobject::class_of(cx, ty)
    }
}

/// The nearest builtin type above `type(self_)` that has the slot: in its order, where it has one, since a type of C's may have a
/// builtin as its second base.
///
/// # Safety
/// `self_` is a live object; the lock is held.
pub(crate) unsafe fn builtin_with(self_: *mut PyObject, slot: Slot) -> *mut PyTypeObject {
    // SAFETY: types are live as long as their instances, and so are those in their order.
    unsafe {
        let mut ty = (*self_).ob_type;
        let implements = |ty| is_static_builtin(ty) && slot.get(ty) != 0;
        if !(*ty).tp_mro.is_null() {
            let order = crate::tupleobject::items((*ty).tp_mro).iter().map(|&class| class.cast::<PyTypeObject>());
            if let Some(builtin) = order.into_iter().find(|&class| implements(class)) {
                return builtin;
            }
        }
        while !(*ty).tp_base.is_null() && !implements(ty) {
            ty = (*ty).tp_base;
        }
        ty
    }
}

/// Whether `ty` is one of our static types.
fn is_static_builtin(ty: *mut PyTypeObject) -> bool {
    // SAFETY: a live type.
    !typeobject::is_c_class(ty) && unsafe { (*ty).tp_flags } & Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong == 0
}

/// `class.name(self, *args)`, unbound.
fn call_special(cx: Cx<'_>, class: HostRef, name: &str, args: &[HostRef], names: &[HostRef]) -> Result<HostObj> {
    let text = cx.str(name);
    let Some(method) = host().type_lookup(class, text.as_ref()) else {
        return Err(cx.error("AttributeError", format!("no {name}")));
    };
    cx.call(|h| h.call(method.as_ref(), args, names))
}

fn has_special(cx: Cx<'_>, class: HostRef, name: &str) -> bool {
    let text = cx.str(name);
    host().type_lookup(class, text.as_ref()).is_some()
}

/// # Safety
/// `op` is a live object.
unsafe fn obj<'a>(cx: Cx<'a>, op: *mut PyObject) -> Result<Obj<'a>> {
    // SAFETY: the caller's contract.
    unsafe { Obj::from_ptr(op) }.ok_or_else(|| cx.bad_internal_call())
}

/// One operation with `op` as its self: its class and its host object.
fn operand(cx: Cx<'_>, op: *mut PyObject, slot: Slot, dynamic: bool) -> Result<(HostObj, HostObj)> {
    let class = class_for(cx, op, slot, dynamic)?;
    // SAFETY: slots are called with live objects.
    Ok((class, unsafe { obj(cx, op) }?.give(cx)?))
}

fn simple(
    cx: Cx<'_>,
    slot: Slot,
    dynamic: bool,
    name: &str,
    self_: *mut PyObject,
    args: &[*mut PyObject],
) -> Result<HostObj> {
    let (class, this) = operand(cx, self_, slot, dynamic)?;
    let mut owned = vec![this];
    for &argument in args {
        // SAFETY: slots are called with live objects.
        owned.push(unsafe { obj(cx, argument) }?.give(cx)?);
    }
    let refs: Vec<HostRef> = owned.iter().map(HostObj::as_ref).collect();
    call_special(cx, class.as_ref(), name, &refs, &[])
}

/// `tp_setattro` of a builtin type: `__setattr__` called from Python refuses to pass over what a derived type of C's has there.
fn set_attr_as_builtin(cx: Cx<'_>, self_: *mut PyObject, name: *mut PyObject, value: *mut PyObject) -> Result<()> {
    let (class, this) = operand(cx, self_, Slot::TpSetattro, false)?;
    // SAFETY: slots are called with live objects, or NULL to delete.
    let (name, value) = unsafe { (obj(cx, name)?.give(cx)?, Obj::from_ptr(value)) };
    let value = value.map(|value| value.give(cx)).transpose()?;
    cx.call(|h| h.set_attr_as(class.as_ref(), this.as_ref(), name.as_ref(), value.as_ref().map(HostObj::as_ref)))
}

/// Run `body` as the body of a slot function.
fn run<R: IntoC>(slot: Slot, body: impl FnOnce(Cx<'static>) -> Result<R>) -> R::C {
    // SAFETY: slots are called by C with the lock held.
    unsafe { enter(slot.name(), body) }
}

macro_rules! shape {
    (unary $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject) -> *mut PyObject {
            run(Slot::$slot, |cx| Ok(cx.to_c(simple(cx, Slot::$slot, $dynamic, $a, self_, &[])?)))
        }
        slot as *const () as usize
    }};
    (getattr $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
            run(Slot::$slot, |cx| {
                if !$dynamic {
                    return Ok(cx.to_c(simple(cx, Slot::$slot, false, $a, self_, &[name])?));
                }
                // Both `__getattribute__` and `__getattr__` take part: the host knows how.
                // SAFETY: slots are called with live objects.
                let (this, name) = unsafe { (obj(cx, self_)?.give(cx)?, obj(cx, name)?.give(cx)?) };
                Ok(cx.to_c(cx.call(|h| h.get_attr(this.as_ref(), name.as_ref()))?))
            })
        }
        slot as *const () as usize
    }};
    (binary_plain $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject, other: *mut PyObject) -> *mut PyObject {
            run(Slot::$slot, |cx| Ok(cx.to_c(simple(cx, Slot::$slot, $dynamic, $a, self_, &[other])?)))
        }
        slot as *const () as usize
    }};
    (number $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(left: *mut PyObject, right: *mut PyObject) -> *mut PyObject {
            run(Slot::$slot, |cx| {
                number(cx, Slot::$slot, $dynamic, ($a, $b), slot as *const () as usize, left, right, &[])
            })
        }
        slot as *const () as usize
    }};
    (power $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(left: *mut PyObject, right: *mut PyObject, modulus: *mut PyObject) -> *mut PyObject {
            run(Slot::$slot, |cx| {
                let rest: &[*mut PyObject] = if statics::is_none(modulus) { &[] } else { &[modulus] };
                number(cx, Slot::$slot, $dynamic, ($a, $b), slot as *const () as usize, left, right, rest)
            })
        }
        slot as *const () as usize
    }};
    (inplace_power $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(
            self_: *mut PyObject,
            other: *mut PyObject,
            _modulus: *mut PyObject,
        ) -> *mut PyObject {
            run(Slot::$slot, |cx| Ok(cx.to_c(simple(cx, Slot::$slot, $dynamic, $a, self_, &[other])?)))
        }
        slot as *const () as usize
    }};
    (hash $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject) -> Py_hash_t {
            run(Slot::$slot, |cx| {
                let (class, this) = operand(cx, self_, Slot::$slot, $dynamic)?;
                if $dynamic {
                    return cx.call(|h| h.hash(this.as_ref()));
                }
                let hash = call_special(cx, class.as_ref(), $a, &[this.as_ref()], &[])?;
                let hash = host().int_value(hash.as_ref()).unwrap_or(-2) as Py_hash_t;
                // SAFETY: slots are called with live objects, under the lock.
                unsafe { remember_hash(self_, builtin_with(self_, Slot::$slot), hash) };
                Ok(hash)
            })
        }
        slot as *const () as usize
    }};
    (truth $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject) -> c_int {
            run(Slot::$slot, |cx| {
                let answer = simple(cx, Slot::$slot, $dynamic, $a, self_, &[])?;
                cx.call(|h| h.is_true(answer.as_ref()))
            })
        }
        slot as *const () as usize
    }};
    (length $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject) -> Py_ssize_t {
            run(Slot::$slot, |cx| {
                let length = simple(cx, Slot::$slot, $dynamic, $a, self_, &[])?;
                Ok(host().int_value(length.as_ref()).unwrap_or(0) as Py_ssize_t)
            })
        }
        slot as *const () as usize
    }};
    (compare $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject, other: *mut PyObject, op: c_int) -> *mut PyObject {
            run(Slot::$slot, |cx| {
                let name = ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"]
                    .get(op as usize)
                    .copied()
                    .ok_or_else(|| cx.bad_internal_call())?;
                Ok(cx.to_c(simple(cx, Slot::$slot, $dynamic, name, self_, &[other])?))
            })
        }
        slot as *const () as usize
    }};
    (next $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject) -> *mut PyObject {
            run(Slot::$slot, |cx| {
                // SAFETY: slots are called with live objects.
                let this = unsafe { obj(cx, self_) }?.give(cx)?;
                let item = cx.call(|h| h.next(this.as_ref()))?;
                Ok(item.map(|item| cx.to_c(item)))
            })
        }
        slot as *const () as usize
    }};
    (contains $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject, item: *mut PyObject) -> c_int {
            run(Slot::$slot, |cx| {
                let answer = simple(cx, Slot::$slot, $dynamic, $a, self_, &[item])?;
                cx.call(|h| h.is_true(answer.as_ref()))
            })
        }
        slot as *const () as usize
    }};
    (indexed $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject, index: Py_ssize_t) -> *mut PyObject {
            run(Slot::$slot, |cx| {
                let (class, this) = operand(cx, self_, Slot::$slot, $dynamic)?;
                let index = host().new_int(index as i64);
                Ok(cx.to_c(call_special(cx, class.as_ref(), $a, &[this.as_ref(), index.as_ref()], &[])?))
            })
        }
        slot as *const () as usize
    }};
    (set_indexed $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject, index: Py_ssize_t, value: *mut PyObject) -> c_int {
            run(Slot::$slot, |cx| {
                let (class, this) = operand(cx, self_, Slot::$slot, $dynamic)?;
                let index = host().new_int(index as i64);
                // SAFETY: NULL or a live object.
                match unsafe { Obj::from_ptr(value) } {
                    Some(value) => {
                        let value = value.give(cx)?;
                        call_special(cx, class.as_ref(), $a, &[this.as_ref(), index.as_ref(), value.as_ref()], &[])?;
                    }
                    None => drop(call_special(cx, class.as_ref(), $b, &[this.as_ref(), index.as_ref()], &[])?),
                }
                Ok(())
            })
        }
        slot as *const () as usize
    }};
    (set $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject, key: *mut PyObject, value: *mut PyObject) -> c_int {
            run(Slot::$slot, |cx| {
                if Slot::$slot == Slot::TpSetattro && !$dynamic {
                    return set_attr_as_builtin(cx, self_, key, value);
                }
                if value.is_null() {
                    simple(cx, Slot::$slot, $dynamic, $b, self_, &[key])?;
                } else {
                    simple(cx, Slot::$slot, $dynamic, $a, self_, &[key, value])?;
                }
                Ok(())
            })
        }
        slot as *const () as usize
    }};
    (descr_get $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(
            self_: *mut PyObject,
            instance: *mut PyObject,
            class: *mut PyObject,
        ) -> *mut PyObject {
            run(Slot::$slot, |cx| {
                let or_none = |op: *mut PyObject| if op.is_null() { statics::none() } else { op };
                if statics::is_none(instance) {
                    crate::descrobject::check_none(cx, self_)?;
                }
                let args = [or_none(instance), or_none(class)];
                Ok(cx.to_c(simple(cx, Slot::$slot, $dynamic, $a, self_, &args)?))
            })
        }
        slot as *const () as usize
    }};
    (call $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject, args: *mut PyObject, kwargs: *mut PyObject) -> *mut PyObject {
            run(Slot::$slot, |cx| {
                let (class, this) = operand(cx, self_, Slot::$slot, $dynamic)?;
                let (values, names) = arguments(cx, args, kwargs)?;
                if $dynamic {
                    let refs: Vec<HostRef> = values.iter().map(HostObj::as_ref).collect();
                    let names: Vec<HostRef> = names.iter().map(HostObj::as_ref).collect();
                    return Ok(cx.to_c(cx.call(|h| h.call(this.as_ref(), &refs, &names))?));
                }
                Ok(cx.to_c(with_self(cx, class.as_ref(), $a, this, values, names)?))
            })
        }
        slot as *const () as usize
    }};
    (init $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(self_: *mut PyObject, args: *mut PyObject, kwargs: *mut PyObject) -> c_int {
            run(Slot::$slot, |cx| {
                let (class, this) = operand(cx, self_, Slot::$slot, $dynamic)?;
                let (values, names) = arguments(cx, args, kwargs)?;
                with_self(cx, class.as_ref(), $a, this, values, names)?;
                Ok(())
            })
        }
        slot as *const () as usize
    }};
    (new $slot:ident $dynamic:literal $a:literal $b:literal) => {{
        unsafe extern "C" fn slot(ty: *mut PyTypeObject, args: *mut PyObject, kwargs: *mut PyObject) -> *mut PyObject {
            run(Slot::$slot, |cx| new(cx, ty, args, kwargs, $dynamic))
        }
        slot as *const () as usize
    }};
}

macro_rules! specials {
    ($($slot:ident $shape:ident $a:literal $b:literal;)*) => {
        fn builtin_address(slot: Slot) -> usize {
            match slot {
                $(Slot::$slot => shape!($shape $slot false $a $b),)*
                _ => 0,
            }
        }

        /// The function that a class made in Python has in `slot`.
        pub(crate) fn dynamic_function(slot: Slot) -> usize {
            match slot {
                $(Slot::$slot => shape!($shape $slot true $a $b),)*
                _ => 0,
            }
        }

        /// The special methods that fill a slot (the first), or take part in it.
        #[allow(unreachable_patterns, reason = "the first two stand in the table too, for their functions")]
        pub(crate) fn special_names(slot: Slot) -> &'static [&'static str] {
            match slot {
                Slot::TpRichcompare => &["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"],
                Slot::TpGetattro => &["__getattribute__", "__getattr__"],
                $(Slot::$slot => { const NAMES: &[&str] = &[$a, $b]; NAMES })*
                _ => &[],
            }
        }
    };
}

specials! {
    TpRepr unary "__repr__" "";
    TpHash hash "__hash__" "";
    TpCall call "__call__" "";
    TpStr unary "__str__" "";
    TpGetattro getattr "__getattribute__" "";
    TpSetattro set "__setattr__" "__delattr__";
    TpRichcompare compare "" "";
    TpIter unary "__iter__" "";
    TpIternext next "__next__" "";
    TpDescrGet descr_get "__get__" "";
    TpDescrSet set "__set__" "__delete__";
    TpInit init "__init__" "";
    TpNew new "__new__" "";
    NbAdd number "__add__" "__radd__";
    NbInplaceAdd binary_plain "__iadd__" "";
    NbSubtract number "__sub__" "__rsub__";
    NbInplaceSubtract binary_plain "__isub__" "";
    NbMultiply number "__mul__" "__rmul__";
    NbInplaceMultiply binary_plain "__imul__" "";
    NbRemainder number "__mod__" "__rmod__";
    NbInplaceRemainder binary_plain "__imod__" "";
    NbDivmod number "__divmod__" "__rdivmod__";
    NbLshift number "__lshift__" "__rlshift__";
    NbInplaceLshift binary_plain "__ilshift__" "";
    NbRshift number "__rshift__" "__rrshift__";
    NbInplaceRshift binary_plain "__irshift__" "";
    NbAnd number "__and__" "__rand__";
    NbInplaceAnd binary_plain "__iand__" "";
    NbXor number "__xor__" "__rxor__";
    NbInplaceXor binary_plain "__ixor__" "";
    NbOr number "__or__" "__ror__";
    NbInplaceOr binary_plain "__ior__" "";
    NbFloorDivide number "__floordiv__" "__rfloordiv__";
    NbInplaceFloorDivide binary_plain "__ifloordiv__" "";
    NbTrueDivide number "__truediv__" "__rtruediv__";
    NbInplaceTrueDivide binary_plain "__itruediv__" "";
    NbMatrixMultiply number "__matmul__" "__rmatmul__";
    NbInplaceMatrixMultiply binary_plain "__imatmul__" "";
    NbPower power "__pow__" "__rpow__";
    NbInplacePower inplace_power "__ipow__" "";
    NbNegative unary "__neg__" "";
    NbPositive unary "__pos__" "";
    NbAbsolute unary "__abs__" "";
    NbBool truth "__bool__" "";
    NbInvert unary "__invert__" "";
    NbInt unary "__int__" "";
    NbFloat unary "__float__" "";
    NbIndex unary "__index__" "";
    SqLength length "__len__" "";
    SqConcat binary_plain "__add__" "";
    SqRepeat indexed "__mul__" "__rmul__";
    SqItem indexed "__getitem__" "";
    SqAssItem set_indexed "__setitem__" "__delitem__";
    SqContains contains "__contains__" "";
    SqInplaceConcat binary_plain "__iadd__" "";
    SqInplaceRepeat indexed "__imul__" "";
    MpLength length "__len__" "";
    MpSubscript binary_plain "__getitem__" "";
    MpAssSubscript set "__setitem__" "__delitem__";
    AmAwait unary "__await__" "";
    AmAiter unary "__aiter__" "";
    AmAnext unary "__anext__" "";
}

/// Whether a class made in Python fills the slot: CPython leaves these to the number slots of the same methods.
pub(crate) fn is_filled_by_methods(slot: Slot) -> bool {
    !matches!(slot, Slot::SqConcat | Slot::SqRepeat | Slot::SqInplaceConcat | Slot::SqInplaceRepeat)
}

/// `tp_finalize` of generators and coroutines: they are closed, and what goes wrong nobody can catch.
pub(crate) unsafe extern "C" fn _Emul_generator_finalize(self_: *mut PyObject) {
    let _: c_int = run(Slot::TpFinalize, |cx| {
        // SAFETY: slots are called with live objects.
        let this = unsafe { obj(cx, self_) }?.give(cx)?;
        let pending = crate::pystate::take_current_exception();
        let name = cx.str("close");
        let method = cx.unlocked(|h| h.get_attr(this.as_ref(), name.as_ref()));
        let closed = method.and_then(|method| cx.unlocked(|h| h.call(method.as_ref(), &[], &[])));
        if let Err(error) = closed {
            cx.unlocked(|h| h.unraisable(error, None, Some(this.as_ref())));
        }
        if !pending.is_null() {
            crate::pystate::set_current_exception(pending);
        }
        Ok(())
    });
}

/// The function that a builtin type has in `slot`. Getting and setting attributes is generic unless the type's `own`.
pub(crate) fn builtin_function(slot: Slot, own: bool) -> usize {
    match slot {
        _ if own => builtin_address(slot),
        Slot::TpGetattro => crate::typeobject::attributes::PyObject_GenericGetAttr as *const () as usize,
        Slot::TpSetattro => crate::typeobject::attributes::PyObject_GenericSetAttr as *const () as usize,
        _ => builtin_address(slot),
    }
}

/// Functions of ours, sorted. They lie close together, far from those of extension modules, which a comparison with the
/// first and the last tells apart.
struct Addresses(Vec<usize>);

impl Addresses {
    fn of(functions: impl Iterator<Item = usize>) -> Self {
        let mut functions: Vec<usize> = functions.filter(|&function| function != 0).collect();
        functions.sort_unstable();
        functions.dedup();
        Self(functions)
    }

    #[inline]
    fn contains(&self, function: usize) -> bool {
        let [first, .., last] = self.0[..] else { return false };
        first <= function && function <= last && self.0.binary_search(&function).is_ok()
    }
}

/// All of our functions, and the dynamic ones.
fn addresses() -> &'static (Addresses, Addresses) {
    static ADDRESSES: OnceLock<(Addresses, Addresses)> = OnceLock::new();
    ADDRESSES.get_or_init(|| {
        let dynamic = || Slot::ALL.iter().map(|&slot| dynamic_function(slot));
        let both = |&slot: &Slot| [builtin_function(slot, false), builtin_function(slot, true)];
        let builtin = Slot::ALL.iter().flat_map(both);
        let buffer = [
            crate::buffer::_Emul_host_getbuffer as *const () as usize,
            crate::buffer::_Emul_host_releasebuffer as *const () as usize,
            _Emul_generator_finalize as *const () as usize,
        ];
        (Addresses::of(builtin.chain(dynamic()).chain(buffer)), Addresses::of(dynamic()))
    })
}

/// Whether a slot's function leads back to the host.
#[inline]
pub(crate) fn is_ours(function: usize) -> bool {
    addresses().0.contains(function)
}

/// Whether a slot's function looks a special method up on `type(self)`.
#[inline]
pub(crate) fn is_dynamic(function: usize) -> bool {
    addresses().1.contains(function)
}

#[allow(clippy::too_many_arguments, reason = "a number slot and how to run it")]
fn number(
    cx: Cx<'_>,
    slot: Slot,
    dynamic: bool,
    names: (&str, &str),
    own: usize,
    left: *mut PyObject,
    right: *mut PyObject,
    rest: &[*mut PyObject],
) -> Result<New> {
    let runs_here = |op: *mut PyObject| {
        // SAFETY: a live object of a live type.
        let function = unsafe { slot.get((*op).ob_type) };
        function == own || (!dynamic && !is_ours(function))
    };
    let attempts = [(left, right, names.0, false), (right, left, names.1, true)];
    for (this, other, name, reflected) in attempts {
        // SAFETY: live objects.
        let same_type = unsafe { (*left).ob_type == (*right).ob_type };
        if !runs_here(this) || (reflected && same_type) {
            continue;
        }
        let class = class_for(cx, this, slot, dynamic)?;
        if !has_special(cx, class.as_ref(), name) {
            continue;
        }
        let mut args = vec![other];
        args.extend_from_slice(rest);
        let result = simple(cx, slot, dynamic, name, this, &args)?;
        if host().kind(result.as_ref()) != crate::host::Kind::NotImplemented {
            return Ok(cx.to_c(result));
        }
    }
    Ok(New::from_static(statics::not_implemented()))
}

/// Positional and keyword arguments of a `tp_call`: values (keywords' last) and names.
pub(crate) fn arguments(
    cx: Cx<'_>,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> Result<(Vec<HostObj>, Vec<HostObj>)> {
    let mut values = Vec::new();
    let mut names = Vec::new();
    if !args.is_null() {
        values = cross::host_list_items(cx, crate::tupleobject::items(args))?;
    }
    // SAFETY: NULL or a live dict.
    if let Some(kwargs) = unsafe { Obj::from_ptr(kwargs) } {
        let dict = kwargs.give(cx)?;
        let mut position = 0;
        while let Some((next, key, value)) = host().dict_next(dict.as_ref(), position) {
            position = next;
            names.push(key);
            values.push(value);
        }
    }
    Ok((values, names))
}

fn with_self(
    cx: Cx<'_>,
    class: HostRef,
    name: &str,
    this: HostObj,
    values: Vec<HostObj>,
    names: Vec<HostObj>,
) -> Result<HostObj> {
    let mut refs = vec![this.as_ref()];
    refs.extend(values.iter().map(HostObj::as_ref));
    let names: Vec<HostRef> = names.iter().map(HostObj::as_ref).collect();
    call_special(cx, class, name, &refs, &names)
}

/// `tp_new` of a builtin or of a class made in Python.
fn new(cx: Cx<'_>, ty: *mut PyTypeObject, args: *mut PyObject, kwargs: *mut PyObject, dynamic: bool) -> Result<New> {
    let class = typeobject::class_of(cx, ty)?;
    let mut base = ty;
    // SAFETY: live types.
    unsafe {
        while !dynamic && !is_static_builtin(base) && !(*base).tp_base.is_null() {
            base = (*base).tp_base;
        }
    }
    if !dynamic && std::ptr::eq(base, statics::builtin!(PyBaseObject_Type)) && typeobject::is_c_class(ty) {
        return object_new(cx, ty, class.as_ref(), args, kwargs);
    }
    let owner = typeobject::class_of(cx, base)?;
    let (values, names) = arguments(cx, args, kwargs)?;
    let names: Vec<HostRef> = names.iter().map(HostObj::as_ref).collect();
    if !dynamic && !std::ptr::eq(base, ty) {
        let values: Vec<HostRef> = values.iter().map(HostObj::as_ref).collect();
        return cx.object(|h| h.call_new(owner.as_ref(), class.as_ref(), &values, &names));
    }
    let method = cx.attr_str(owner.as_ref(), "__new__")?;
    let mut refs = vec![class.as_ref()];
    refs.extend(values.iter().map(HostObj::as_ref));
    cx.object(|h| h.call(method.as_ref(), &refs, &names))
}

/// `object.__new__` for a type whose instances C lays out.
fn object_new(
    cx: Cx<'_>,
    ty: *mut PyTypeObject,
    class: HostRef,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> Result<New> {
    if has_any(cx, args, kwargs)? {
        refuse_arguments(cx, ty)?;
    }
    check_concrete(cx, ty, class)?;
    // SAFETY: a live, ready type; `tp_alloc` gives a new reference or sets an error.
    unsafe {
        let alloc = (*ty).tp_alloc.unwrap_or(typeobject::PyType_GenericAlloc);
        New::from_ptr(alloc(ty, 0)).ok_or_else(|| cx.pending())
    }
}

fn has_any(cx: Cx<'_>, args: *mut PyObject, kwargs: *mut PyObject) -> Result<bool> {
    if !args.is_null() && !crate::tupleobject::items(args).is_empty() {
        return Ok(true);
    }
    // SAFETY: NULL or a live dict.
    let Some(kwargs) = (unsafe { Obj::from_ptr(kwargs) }) else { return Ok(false) };
    let dict = kwargs.give(cx)?;
    Ok(host().container_len(dict.as_ref()) > 0)
}

/// `object.__new__` got arguments: an error where nothing else looks at them.
fn refuse_arguments(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<()> {
    // SAFETY: a live type.
    let (new, init) = unsafe { (Slot::TpNew.get(ty), Slot::TpInit.get(ty)) };
    if new != builtin_address(Slot::TpNew) {
        return Err(cx.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
    }
    if init == 0 || init == builtin_address(Slot::TpInit) {
        return Err(cx.type_error(format!("{}() takes no arguments", crate::descrobject::tp_name(ty))));
    }
    Ok(())
}

/// A class with abstract methods makes no instances. Only a metaclass of its own keeps track of them.
fn check_concrete(cx: Cx<'_>, ty: *mut PyTypeObject, class: HostRef) -> Result<()> {
    // SAFETY: a live type.
    if unsafe { std::ptr::eq((*ty.cast::<PyObject>()).ob_type, statics::builtin!(PyType_Type)) } {
        return Ok(());
    }
    let Ok(methods) = cx.attr_str(class, "__abstractmethods__") else {
        drop(cx.take_error());
        return Ok(());
    };
    let methods = cx.call_function("builtins", "sorted", &[methods.as_ref()])?;
    let names = host().items(methods.as_ref());
    if names.is_empty() {
        return Ok(());
    }
    let separator = cx.str("', '");
    let joined = cx.call_method(separator.as_ref(), "join", &[methods.as_ref()])?;
    let mut text = String::new();
    host().with_str(joined.as_ref(), &mut |wtf8| text = String::from_utf8_lossy(wtf8).into_owned());
    Err(cx.type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{} '{text}'",
        crate::descrobject::tp_name(ty),
        if names.len() == 1 { "" } else { "s" },
    )))
}
