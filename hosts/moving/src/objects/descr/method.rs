//! Bound methods.

use super::function::call_it;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

pub(super) fn method_parts(vm: &mut Vm, this: H) -> (H, H) {
    let Some(Body::Method(function, this)) = vm.body(this) else { panic!("not a method") };
    let (function, this) = (*function, *this);
    (vm.push(function), vm.push(this))
}

fn method_repr(vm: &mut Vm, args: Args) -> R<H> {
    let (function, this) = method_parts(vm, args.h(0));
    let name = vm.getattr(function, n::__qualname__)?;
    let name = vm.string(name);
    let shown = vm.repr(this)?;
    let shown = vm.string(shown);
    vm.str(format!("<bound method {name} of {shown}>"))
}

pub(super) fn method_eq(vm: &mut Vm, args: Args) -> R<H> {
    let (Some(Body::Method(f, a)), Some(Body::Method(g, b))) = (vm.body(args.h(0)), vm.body(args.h(1))) else {
        return Ok(k::NOT_IMPLEMENTED);
    };
    let same = f == g && a == b;
    Ok(vm.bool(same))
}

pub(super) fn method_hash(vm: &mut Vm, args: Args) -> R<H> {
    let (f, a) = match vm.body(args.h(0)) {
        Some(Body::Method(f, a)) => (*f, *a),
        // A function by itself.
        _ => (vm.get(args.h(0)), Value::NULL),
    };
    let hash = vm.heap.id(f) as i64 ^ (vm.heap.id(a) as i64).rotate_left(17);
    vm.int(hash >> 4)
}

fn method_new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(k::METHOD, Body::Method(vm.get(args.h(1)), vm.get(args.h(2))))
}

fn method_getattribute(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(h) = vm.generic_getattr(args.h(0), args.h(1))? {
        return Ok(h);
    }
    let (function, _) = method_parts(vm, args.h(0));
    vm.getattr(function, args.h(1))
}

fn method_func(vm: &mut Vm, this: H) -> R<H> {
    Ok(method_parts(vm, this).0)
}

fn method_self(vm: &mut Vm, this: H) -> R<H> {
    Ok(method_parts(vm, this).1)
}

macro_rules! of_function {
    ($name:ident) => {
        GetSetDef {
            name: stringify!($name),
            get: |vm, this| {
                let (function, _) = method_parts(vm, this);
                vm.getattr(function, n::$name)
            },
            set: None,
        }
    };
}

pub(super) static METHOD_METHODS: [NativeDef; 6] = [
    def("__new__", "cls function instance", method_new),
    def("__repr__", "self", method_repr),
    def("__eq__", "self other", method_eq),
    def("__hash__", "self", method_hash),
    def("__call__", "self *args **kw", call_it),
    def("__getattribute__", "self name", method_getattribute),
];
pub(super) static METHOD_ATTRS: [GetSetDef; 7] = [
    GetSetDef { name: "__func__", get: method_func, set: None },
    GetSetDef { name: "__self__", get: method_self, set: None },
    of_function!(__name__),
    of_function!(__qualname__),
    of_function!(__doc__),
    of_function!(__module__),
    of_function!(__code__),
];
