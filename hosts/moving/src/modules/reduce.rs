//! `_reduce_core`: what `modules/python/_reduce.py` must know of an object that is taken apart; `object.__reduce_ex__` itself.

use super::Native;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::{Body, Layout, TYPE_NO_NEW};
use crate::vm::{Args, NativeDef, R, Vm};
use object_mirror::object::PyObject;

/// Whether an instance holds what is neither in its dict nor in slots.
fn has_own_state(vm: &mut Vm, args: Args) -> R<H> {
    let own = match vm.body(args.h(0)) {
        Some(Body::Plain) => false,
        Some(Body::CInstance(mirror)) => {
            let mirror = *mirror;
            c_has_own_state(vm, args.h(0), mirror)
        }
        _ => true,
    };
    Ok(vm.bool(own))
}

/// By CPython's measure: the struct is larger than head, dict, list of weak references and slots.
fn c_has_own_state(vm: &Vm, this: H, mirror: *mut PyObject) -> bool {
    let class = vm.class_word(vm.get(this));
    let slots = vm.type_data(class).slot_count;
    // SAFETY: the mirror of an instance that the interpreter holds is alive, and so is its type.
    let (size, dict, weak) = unsafe {
        let class = (*mirror).ob_type;
        ((*class).tp_basicsize as usize, (*class).tp_dictoffset > 0, (*class).tp_weaklistoffset > 0)
    };
    size > size_of::<PyObject>() + 8 * (slots + usize::from(dict) + usize::from(weak))
}

fn cannot_be_made(vm: &mut Vm, args: Args) -> R<H> {
    let data = vm.type_data(vm.get(args.h(0)));
    let cannot = data.flags & TYPE_NO_NEW != 0 || data.layout == Layout::Module;
    Ok(vm.bool(cannot))
}

fn type_name(vm: &mut Vm, args: Args) -> R<H> {
    let name = vm.type_data(vm.get(args.h(0))).name.clone();
    vm.str(&*name)
}

static FUNCTIONS: [NativeDef; 3] = [
    def("has_own_state", "object", has_own_state),
    def("cannot_be_made", "cls_", cannot_be_made),
    def("type_name", "cls_", type_name),
];

pub(super) static MODULE: Native = Native { name: "_reduce_core", functions: &FUNCTIONS, classes: &[], more: None };

// ---- methods of `object`

fn object_reduce(vm: &mut Vm, args: Args) -> R<H> {
    let protocol = vm.size(0);
    vm.helper("_reduce", "reduce_default", &[args.h(0), protocol])
}

fn object_reduce_ex(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_reduce", "reduce_ex", &[args.h(0), args.h(1)])
}

fn object_getstate(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_reduce", "get_state", &[args.h(0)])
}

pub(crate) static OBJECT_METHODS: [NativeDef; 3] = [
    def("__reduce__", "self", object_reduce),
    def("__reduce_ex__", "self protocol", object_reduce_ex),
    def("__getstate__", "self", object_getstate),
];

// ---- those of classes that know better

/// `(self's plain value,)` of an immutable builtin.
fn getnewargs(vm: &mut Vm, args: Args) -> R<H> {
    let body = match vm.body(args.h(0)) {
        None => return vm.tuple(&[args.h(0)]),
        Some(Body::Int(int)) => (k::INT, Body::Int(int.clone())),
        Some(Body::Float(float)) => (k::FLOAT, Body::Float(*float)),
        Some(Body::Complex(re, im)) => {
            let (re, im) = (*re, *im);
            let (re, im) = (vm.float(re)?, vm.float(im)?);
            return vm.tuple(&[re, im]);
        }
        Some(Body::Str(text)) => {
            let text = text.text.clone();
            (k::STR, crate::vm::text_body(text))
        }
        Some(Body::Bytes(bytes)) => (k::BYTES, Body::Bytes(bytes.clone())),
        Some(Body::Tuple(items)) => (k::TUPLE, Body::Tuple(items.clone())),
        _ => return Err(vm.type_error("__getnewargs__() of an object without a value")),
    };
    let plain = vm.alloc(body.0, body.1)?;
    vm.tuple(&[plain])
}

/// Of int, float, complex, str, bytes and tuple.
pub(crate) static VALUE_METHODS: [NativeDef; 1] = [def("__getnewargs__", "self", getnewargs)];

fn by_helper(vm: &mut Vm, args: Args, function: &str) -> R<H> {
    vm.helper("_reduce", function, &[args.h(0)])
}

fn set_reduce(vm: &mut Vm, args: Args) -> R<H> {
    by_helper(vm, args, "reduce_set")
}

fn bytearray_reduce(vm: &mut Vm, args: Args) -> R<H> {
    by_helper(vm, args, "reduce_bytearray")
}

fn range_reduce(vm: &mut Vm, args: Args) -> R<H> {
    by_helper(vm, args, "reduce_range")
}

fn exception_reduce(vm: &mut Vm, args: Args) -> R<H> {
    by_helper(vm, args, "reduce_exception")
}

fn exception_setstate(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_reduce", "set_exception_state", &[args.h(0), args.h(1)])
}

fn alias_reduce(vm: &mut Vm, args: Args) -> R<H> {
    by_helper(vm, args, "reduce_alias")
}

fn union_reduce(vm: &mut Vm, args: Args) -> R<H> {
    by_helper(vm, args, "reduce_union")
}

fn namespace_reduce(vm: &mut Vm, args: Args) -> R<H> {
    by_helper(vm, args, "reduce_namespace")
}

fn function_reduce(vm: &mut Vm, args: Args) -> R<H> {
    by_helper(vm, args, "reduce_function")
}

fn ellipsis_reduce(vm: &mut Vm, _: Args) -> R<H> {
    vm.str("Ellipsis")
}

fn not_implemented_reduce(vm: &mut Vm, _: Args) -> R<H> {
    vm.str("NotImplemented")
}

macro_rules! reduce {
    ($($table:ident $f:ident;)*) => {
        $(pub(crate) static $table: [NativeDef; 1] = [def("__reduce__", "self", $f)];)*
    };
}

reduce! {
    SET set_reduce;
    BYTEARRAY bytearray_reduce;
    RANGE range_reduce;
    ALIAS alias_reduce;
    UNION union_reduce;
    NAMESPACE namespace_reduce;
    FUNCTION function_reduce;
    ELLIPSIS ellipsis_reduce;
    NOT_IMPLEMENTED not_implemented_reduce;
}

pub(crate) static EXCEPTION: [NativeDef; 2] =
    [def("__reduce__", "self", exception_reduce), def("__setstate__", "self state", exception_setstate)];
