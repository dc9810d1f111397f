//! `_operator`: the operators as functions; `operator` adds the getters.

use super::Native;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::number::{Cmp, IN_PLACE};
use crate::vm::{Args, NativeDef, R, Vm};

macro_rules! binary {
    ($($name:ident $in_place:ident $number:literal;)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            vm.binary_op($number, args.h(0), args.h(1))
        }

        fn $in_place(vm: &mut Vm, args: Args) -> R<H> {
            vm.binary_op($number + IN_PLACE, args.h(0), args.h(1))
        }
    )* };
}

binary! {
    add iadd 0;
    and iand 1;
    floordiv ifloordiv 2;
    lshift ilshift 3;
    matmul imatmul 4;
    mul imul 5;
    modulo imodulo 6;
    or ior 7;
    pow ipow 8;
    rshift irshift 9;
    sub isub 10;
    truediv itruediv 11;
    xor ixor 12;
}

macro_rules! comparison {
    ($($name:ident $op:ident)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            vm.compare(Cmp::$op, args.h(0), args.h(1))
        }
    )* };
}

comparison!(lt Lt le Le eq Eq ne Ne gt Gt ge Ge);

fn neg(vm: &mut Vm, args: Args) -> R<H> {
    vm.unary(args.h(0), n::__neg__, "-")
}

fn pos(vm: &mut Vm, args: Args) -> R<H> {
    vm.unary(args.h(0), n::__pos__, "+")
}

fn invert(vm: &mut Vm, args: Args) -> R<H> {
    vm.unary(args.h(0), n::__invert__, "~")
}

fn not_(vm: &mut Vm, args: Args) -> R<H> {
    let truth = vm.truth(args.h(0))?;
    Ok(vm.bool(!truth))
}

fn truth(vm: &mut Vm, args: Args) -> R<H> {
    let truth = vm.truth(args.h(0))?;
    Ok(vm.bool(truth))
}

fn is_(vm: &mut Vm, args: Args) -> R<H> {
    Ok(vm.bool(vm.is(args.h(0), args.h(1))))
}

fn is_not(vm: &mut Vm, args: Args) -> R<H> {
    Ok(vm.bool(!vm.is(args.h(0), args.h(1))))
}

fn index(vm: &mut Vm, args: Args) -> R<H> {
    let index = vm.index(args.h(0))?;
    let value = vm.as_bigint(index).expect("an int");
    vm.bigint(value)
}

fn contains(vm: &mut Vm, args: Args) -> R<H> {
    let found = vm.contains(args.h(0), args.h(1))?;
    Ok(vm.bool(found))
}

fn getitem(vm: &mut Vm, args: Args) -> R<H> {
    vm.get_item(args.h(0), args.h(1))
}

fn setitem(vm: &mut Vm, args: Args) -> R<H> {
    vm.set_item(args.h(0), args.h(1), args.h(2)).map(|()| k::NONE)
}

fn delitem(vm: &mut Vm, args: Args) -> R<H> {
    vm.del_item(args.h(0), args.h(1)).map(|()| k::NONE)
}

fn length_hint(vm: &mut Vm, args: Args) -> R<H> {
    if vm.special(args.h(0), n::__len__).is_some() {
        let len = vm.len(args.h(0))?;
        return Ok(vm.size(len));
    }
    if let Some(hint) = vm.call_special(args.h(0), n::__length_hint__, &[])?
        && vm.is_int(hint)
    {
        return Ok(hint);
    }
    Ok(args.opt(vm, 1).unwrap_or_else(|| vm.size(0)))
}

static FUNCTIONS: [NativeDef; 44] = [
    def("add", "a b", add),
    def("iadd", "a b", iadd),
    def("and_", "a b", and),
    def("iand", "a b", iand),
    def("floordiv", "a b", floordiv),
    def("ifloordiv", "a b", ifloordiv),
    def("lshift", "a b", lshift),
    def("ilshift", "a b", ilshift),
    def("matmul", "a b", matmul),
    def("imatmul", "a b", imatmul),
    def("mul", "a b", mul),
    def("imul", "a b", imul),
    def("mod", "a b", modulo),
    def("imod", "a b", imodulo),
    def("or_", "a b", or),
    def("ior", "a b", ior),
    def("pow", "a b", pow),
    def("ipow", "a b", ipow),
    def("rshift", "a b", rshift),
    def("irshift", "a b", irshift),
    def("sub", "a b", sub),
    def("isub", "a b", isub),
    def("truediv", "a b", truediv),
    def("itruediv", "a b", itruediv),
    def("xor", "a b", xor),
    def("ixor", "a b", ixor),
    def("lt", "a b", lt),
    def("le", "a b", le),
    def("eq", "a b", eq),
    def("ne", "a b", ne),
    def("gt", "a b", gt),
    def("ge", "a b", ge),
    def("neg", "a", neg),
    def("pos", "a", pos),
    def("invert", "a", invert),
    def("not_", "a", not_),
    def("truth", "a", truth),
    def("is_", "a b", is_),
    def("is_not", "a b", is_not),
    def("index", "a", index),
    def("contains", "a b", contains),
    def("getitem", "a b", getitem),
    def("setitem", "a b c", setitem),
    def("delitem", "a b", delitem),
];

static MORE: [NativeDef; 1] = [def("length_hint", "obj default=", length_hint)];

pub(super) static MODULE: Native = Native {
    name: "_operator",
    functions: &FUNCTIONS,
    classes: &[],
    more: Some(|vm, dict| crate::builtins::add_functions(vm, k::NONE, dict, &MORE)),
};
