//! `list[int]`: generic aliases.

use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

fn alias_new(vm: &mut Vm, args: Args) -> R<H> {
    let items = match vm.body(args.h(2)) {
        Some(Body::Tuple(_)) => args.h(2),
        _ => vm.tuple(&[args.h(2)])?,
    };
    vm.alloc(k::GENERIC_ALIAS, Body::GenericAlias(vm.get(args.h(1)), vm.get(items)))
}

fn alias_parts(vm: &mut Vm, this: H) -> (H, H) {
    let Some(Body::GenericAlias(origin, items)) = vm.body(this) else { panic!("not an alias") };
    let (origin, items) = (*origin, *items);
    (vm.push(origin), vm.push(items))
}

fn alias_repr(vm: &mut Vm, args: Args) -> R<H> {
    let (origin, items) = alias_parts(vm, args.h(0));
    let mut parts = Vec::new();
    for i in 0..vm.count(items) {
        let item = vm.item(items, i).expect("counted");
        parts.push(if matches!(vm.body(item), Some(Body::Type(_))) {
            crate::objects::basic::full_name(vm, item)?
        } else {
            let shown = vm.repr(item)?;
            vm.string(shown)
        });
    }
    let origin = crate::objects::basic::full_name(vm, origin)?;
    vm.str(format!("{origin}[{}]", parts.join(", ")))
}

fn alias_call(vm: &mut Vm, args: Args) -> R<H> {
    let (origin, _) = alias_parts(vm, args.h(0));
    let rest: Vec<H> = args.rest().collect();
    let tuple = vm.tuple(&rest)?;
    vm.call_ex(origin, tuple, args.kw)
}

fn alias_entries(vm: &mut Vm, args: Args) -> R<H> {
    let (origin, _) = alias_parts(vm, args.h(0));
    vm.tuple(&[origin])
}

fn alias_eq(vm: &mut Vm, args: Args) -> R<H> {
    if !matches!(vm.body(args.h(1)), Some(Body::GenericAlias(..))) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let ((a, a_items), (b, b_items)) = (alias_parts(vm, args.h(0)), alias_parts(vm, args.h(1)));
    let equal = vm.equal(a, b)? && vm.equal(a_items, b_items)?;
    Ok(vm.bool(equal))
}

fn alias_hash(vm: &mut Vm, args: Args) -> R<H> {
    let (origin, items) = alias_parts(vm, args.h(0));
    let hash = vm.hash(origin)? ^ vm.hash(items)?;
    vm.int(hash)
}

fn alias_getitem(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_generics", "substitute", &[args.h(0), args.h(1)])
}

fn alias_check(vm: &mut Vm, _: Args) -> R<H> {
    Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn alias_subclass_check(vm: &mut Vm, _: Args) -> R<H> {
    Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

/// The type variables in `items`, each once.
pub(crate) fn type_parameters(vm: &mut Vm, items: H) -> R<H> {
    vm.helper("_generics", "parameters", &[items])
}

fn alias_parameters(vm: &mut Vm, this: H) -> R<H> {
    let (_, items) = alias_parts(vm, this);
    type_parameters(vm, items)
}

pub(crate) static ALIAS_METHODS: [NativeDef; 11] = [
    def("__eq__", "self other", alias_eq),
    def("__hash__", "self", alias_hash),
    def("__getitem__", "self item", alias_getitem),
    def("__or__", "self other", super::union::or),
    def("__ror__", "self other", super::union::ror),
    def("__instancecheck__", "self instance", alias_check),
    def("__subclasscheck__", "self cls_", alias_subclass_check),
    def("__new__", "cls origin args", alias_new),
    def("__repr__", "self", alias_repr),
    def("__call__", "self *args **kw", alias_call),
    def("__mro_entries__", "self bases", alias_entries),
];
pub(crate) static ALIAS_ATTRS: [GetSetDef; 3] = [
    GetSetDef { name: "__parameters__", get: alias_parameters, set: None },
    GetSetDef { name: "__origin__", get: |vm, this| Ok(alias_parts(vm, this).0), set: None },
    GetSetDef { name: "__args__", get: |vm, this| Ok(alias_parts(vm, this).1), set: None },
];
