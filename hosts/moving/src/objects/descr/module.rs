//! Cells and modules.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

fn cell_get(vm: &mut Vm, this: H) -> R<H> {
    match vm.body(this) {
        Some(Body::Cell(word)) if !word.is_null() => {
            let word = *word;
            Ok(vm.push(word))
        }
        _ => Err(vm.value_error("cell is empty")),
    }
}

fn cell_set(vm: &mut Vm, this: H, value: Option<H>) -> R<()> {
    let word = value.map_or(Value::NULL, |value| vm.get(value));
    if let Body::Cell(place) = vm.body_mut(this) {
        *place = word;
    }
    Ok(())
}

fn cell_new(vm: &mut Vm, args: Args) -> R<H> {
    let content = args.opt(vm, 1).map_or(Value::NULL, |h| vm.get(h));
    vm.alloc(args.h(0), Body::Cell(content))
}

pub(super) static CELL_METHODS: [NativeDef; 1] = [def("__new__", "cls contents=", cell_new)];
pub(super) static CELL_ATTRS: [GetSetDef; 1] =
    [GetSetDef { name: "cell_contents", get: cell_get, set: Some(cell_set) }];

fn module_new(vm: &mut Vm, args: Args) -> R<H> {
    let module = vm.alloc(args.h(0), Body::Module)?;
    vm.instance_dict(module)?;
    Ok(module)
}

fn module_init(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.instance_dict(args.h(0))?;
    vm.dict_set(dict, n::__name__, args.h(1))?;
    let doc = args.opt(vm, 2).unwrap_or(k::NONE);
    vm.dict_set(dict, n::__doc__, doc)?;
    for field in [n::__package__, n::__loader__, n::__spec__] {
        vm.dict_set(dict, field, k::NONE)?;
    }
    Ok(k::NONE)
}

fn module_repr(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.instance_dict(args.h(0))?;
    let name = vm.dict_get(dict, n::__name__)?.unwrap_or(k::NONE);
    let name = vm.repr(name)?;
    let name = vm.string(name);
    let tail = match vm.dict_get(dict, n::__file__)? {
        Some(file) => {
            let file = vm.repr(file)?;
            format!(" from {}", vm.string(file))
        }
        None if crate::modules::names().any(|own| format!("'{own}'") == name) => " (built-in)".to_owned(),
        None => String::new(),
    };
    vm.str(format!("<module {name}{tail}>"))
}

fn module_dir(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.instance_dict(args.h(0))?;
    let name = vm.intern("__dir__")?;
    if let Some(function) = vm.dict_get(dict, name)? {
        return vm.call(function, &[]);
    }
    vm.to_list(dict)
}

pub(super) static MODULE_METHODS: [NativeDef; 4] = [
    def("__new__", "cls *args **kw", module_new),
    def("__init__", "self :name :doc=", module_init),
    def("__repr__", "self", module_repr),
    def("__dir__", "self", module_dir),
];
