//! `_opcode`: what the compiler's crate says of the instructions.

use rustpython_compiler::core::bytecode::{AnyOpcode, oparg};

use super::Native;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::vm::{Args, NativeDef, R, Vm};

fn opcode(vm: &mut Vm, h: H) -> R<Option<AnyOpcode>> {
    let number = vm.index_i64(h)?;
    Ok(u16::try_from(number).ok().and_then(|number| AnyOpcode::try_from(number).ok()))
}

macro_rules! questions {
    ($($name:ident $asked:expr;)*) => {
        $(fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let asked: fn(AnyOpcode) -> bool = $asked;
            let answer = opcode(vm, args.h(0))?.is_some_and(asked);
            Ok(vm.bool(answer))
        })*
    };
}

questions! {
    is_valid |_| true;
    has_arg |op| op.has_arg();
    has_const |op| op.has_const();
    has_name |op| op.has_name();
    has_jump |op| op.has_jump();
    has_free |op| op.has_free();
    has_local |op| op.has_local();
    has_exc |op| op.is_block_push();
}

fn stack_effect(vm: &mut Vm, args: Args) -> R<H> {
    let op = opcode(vm, args.h(0))?.filter(|op| op.real().is_none_or(|op| op.deopt().is_none()));
    let given = |i| args.opt(vm, i).filter(|h| !vm.is_none(*h));
    let (arg, jump) = (given(1), given(2));
    let arg = arg.map_or(Ok(0), |h| vm.index_i64(h))?;
    let (Some(op), Ok(arg)) = (op, u32::try_from(arg)) else {
        return Err(vm.value_error("invalid opcode or oparg"));
    };
    let effect = match jump {
        Some(jump) if vm.truth(jump)? => op.stack_effect_jump(arg),
        Some(_) => op.stack_effect(arg),
        None => op.stack_effect(arg).max(op.stack_effect_jump(arg)),
    };
    vm.int(i64::from(effect))
}

fn texts(vm: &mut Vm, texts: impl Iterator<Item = impl AsRef<str>>) -> R<H> {
    let start = vm.mark();
    for text in texts {
        vm.str(text)?;
    }
    vm.list_since(start)
}

fn intrinsics_1(vm: &mut Vm, _: Args) -> R<H> {
    texts(vm, oparg::IntrinsicFunction1::iter().map(|which| which.desc().to_owned()))
}

fn intrinsics_2(vm: &mut Vm, _: Args) -> R<H> {
    texts(vm, oparg::IntrinsicFunction2::iter().map(|which| which.desc().to_owned()))
}

fn special_methods(vm: &mut Vm, _: Args) -> R<H> {
    texts(vm, oparg::SpecialMethod::iter().map(|which| which.to_string()))
}

fn binary_operators(vm: &mut Vm, _: Args) -> R<H> {
    let start = vm.mark();
    for which in oparg::BinaryOperator::iter() {
        let mark = vm.mark();
        let pair = [vm.str(which.desc())?, vm.str(which.to_string())?];
        let pair = vm.tuple(&pair)?;
        vm.keep(mark, pair);
    }
    vm.list_since(start)
}

fn none(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

static FUNCTIONS: [NativeDef; 15] = [
    def("is_valid", ":opcode", is_valid),
    def("has_arg", ":opcode", has_arg),
    def("has_const", ":opcode", has_const),
    def("has_name", ":opcode", has_name),
    def("has_jump", ":opcode", has_jump),
    def("has_free", ":opcode", has_free),
    def("has_local", ":opcode", has_local),
    def("has_exc", ":opcode", has_exc),
    def("stack_effect", "opcode oparg= * jump=", stack_effect),
    def("get_intrinsic1_descs", "", intrinsics_1),
    def("get_intrinsic2_descs", "", intrinsics_2),
    def("get_nb_ops", "", binary_operators),
    def("get_special_method_names", "", special_methods),
    def("get_executor", ":code :offset", none),
    def("get_specialization_stats", "", none),
];

pub(super) static MODULE: Native = Native { name: "_opcode", functions: &FUNCTIONS, classes: &[], more: None };
