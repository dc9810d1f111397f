//! `super`.

use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, NativeDef, R, Vm};

fn super_new(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    match rest.as_slice() {
        [] => super_here(vm),
        [class] => vm.alloc(k::SUPER, Body::Super([vm.get(*class), Value::NULL, Value::NULL])),
        [class, obj, ..] => vm.new_super(*class, *obj),
    }
}

/// `super()`: the class from the `__class__` cell, the object from the first argument of the calling function.
fn super_here(vm: &mut Vm) -> R<H> {
    let Some(frame) = vm.frames.last() else { return Err(vm.raise(k::RUNTIME_ERROR, "super(): no current frame")) };
    let (base, code) = (frame.base + crate::call::FRAME_WORDS, frame.code.clone());
    if code.positional == 0 {
        return Err(vm.raise(k::RUNTIME_ERROR, "super(): no arguments"));
    }
    let mut first = vm.get(H(base as u32));
    if let Some(Body::Cell(word)) = first.object().map(|object| &object.body) {
        first = *word;
    }
    let free = code.free.iter().position(|name| name == "__class__");
    let Some(free) = free else { return Err(vm.raise(k::RUNTIME_ERROR, "super(): __class__ cell not found")) };
    let cell = vm.get(H((base + code.locals.len() - code.free.len() + free) as u32));
    let class = match cell.object().map(|object| &object.body) {
        Some(Body::Cell(word)) if !word.is_null() => *word,
        _ => return Err(vm.raise(k::RUNTIME_ERROR, "super(): empty __class__ cell")),
    };
    if first.is_null() {
        return Err(vm.raise(k::RUNTIME_ERROR, "super(): arg[0] deleted"));
    }
    let (class, first) = (vm.push(class), vm.push(first));
    vm.new_super(class, first)
}

fn super_init(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

fn super_repr(vm: &mut Vm, args: Args) -> R<H> {
    let Some(Body::Super([class, obj, start])) = vm.body(args.h(0)) else { panic!("not a super") };
    let name = vm.type_data(*class).name.clone();
    let text = if obj.is_null() {
        format!("<super: <class '{name}'>, NULL>")
    } else {
        format!("<super: <class '{name}'>, <{} object>>", vm.type_data(*start).name)
    };
    vm.str(text)
}

pub(super) static SUPER_METHODS: [NativeDef; 3] = [
    def("__new__", "cls *args", super_new),
    def("__init__", "self *args", super_init),
    def("__repr__", "self", super_repr),
];
