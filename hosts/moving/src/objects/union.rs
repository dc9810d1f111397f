//! `int | str`: unions of types. The body is a cell that holds the tuple of the members.

use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

/// Whether `a | b` of such an operand is a union.
fn is_member(vm: &Vm, h: H) -> bool {
    vm.is_none(h) || vm.exact(h, k::UNION) || matches!(vm.body(h), Some(Body::Type(_) | Body::GenericAlias(..)))
}

/// `a | b` where one of them is a type; NotImplemented if the other cannot be in a union.
pub(crate) fn or(vm: &mut Vm, args: Args) -> R<H> {
    if !is_member(vm, args.h(0)) || !is_member(vm, args.h(1)) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    union_of(vm, &[args.h(0), args.h(1)])
}

pub(crate) fn ror(vm: &mut Vm, args: Args) -> R<H> {
    if !is_member(vm, args.h(0)) || !is_member(vm, args.h(1)) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    union_of(vm, &[args.h(1), args.h(0)])
}

/// The union of these: unions among them dissolved, None as its class, each member once. One member is itself.
pub(crate) fn union_of(vm: &mut Vm, parts: &[H]) -> R<H> {
    let mut found: Vec<H> = Vec::new();
    for part in parts {
        if !vm.exact(*part, k::UNION) {
            let member = if vm.is_none(*part) { k::NONE_TYPE } else { *part };
            add(vm, &mut found, member)?;
            continue;
        }
        let inner = members(vm, *part);
        for i in 0..vm.count(inner) {
            let item = vm.item(inner, i).expect("counted");
            add(vm, &mut found, item)?;
        }
    }
    if let [one] = found[..] {
        return Ok(one);
    }
    let tuple = vm.tuple(&found)?;
    vm.alloc(k::UNION, Body::Cell(vm.get(tuple)))
}

fn add(vm: &mut Vm, found: &mut Vec<H>, member: H) -> R<()> {
    for other in found.iter() {
        if vm.equal(*other, member)? {
            return Ok(());
        }
    }
    found.push(member);
    Ok(())
}

/// `__args__`.
fn members(vm: &mut Vm, this: H) -> H {
    let word = match vm.body(this) {
        Some(Body::Cell(word)) => *word,
        _ => Value::NULL,
    };
    vm.push(word)
}

fn union_repr(vm: &mut Vm, args: Args) -> R<H> {
    let members = members(vm, args.h(0));
    let mut parts = Vec::new();
    for i in 0..vm.count(members) {
        let item = vm.item(members, i).expect("counted");
        parts.push(if vm.is(item, k::NONE_TYPE) {
            "None".to_owned()
        } else if matches!(vm.body(item), Some(Body::Type(_))) {
            crate::objects::basic::full_name(vm, item)?
        } else {
            let shown = vm.repr(item)?;
            vm.string(shown)
        });
    }
    vm.str(parts.join(" | "))
}

fn union_eq(vm: &mut Vm, args: Args) -> R<H> {
    if !vm.exact(args.h(1), k::UNION) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let (a, b) = (member_set(vm, args.h(0))?, member_set(vm, args.h(1))?);
    let equal = vm.equal(a, b)?;
    Ok(vm.bool(equal))
}

fn member_set(vm: &mut Vm, this: H) -> R<H> {
    let members = members(vm, this);
    let set = vm.alloc(k::FROZENSET, Body::Set(Box::default()))?;
    for i in 0..vm.count(members) {
        let item = vm.item(members, i).expect("counted");
        vm.set_add(set, item)?;
    }
    Ok(set)
}

fn union_hash(vm: &mut Vm, args: Args) -> R<H> {
    let set = member_set(vm, args.h(0))?;
    let hash = vm.hash(set)?;
    vm.int(hash)
}

fn check(vm: &mut Vm, args: Args, what: &str, test: fn(&mut Vm, H, H) -> R<bool>) -> R<H> {
    let members = members(vm, args.h(0));
    let count = vm.count(members);
    for i in 0..count {
        let item = vm.item(members, i).expect("counted");
        if !matches!(vm.body(item), Some(Body::Type(_))) {
            return Err(vm.type_error(format!("{what} argument 2 cannot be a parameterized generic")));
        }
    }
    for i in 0..count {
        let item = vm.item(members, i).expect("counted");
        if test(vm, args.h(1), item)? {
            return Ok(k::TRUE);
        }
    }
    Ok(k::FALSE)
}

fn union_instancecheck(vm: &mut Vm, args: Args) -> R<H> {
    check(vm, args, "isinstance()", |vm, obj, class| vm.isinstance(obj, class))
}

fn union_subclasscheck(vm: &mut Vm, args: Args) -> R<H> {
    if !matches!(vm.body(args.h(1)), Some(Body::Type(_))) {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    }
    check(vm, args, "issubclass()", |vm, obj, class| vm.issubclass(obj, class))
}

/// `Union[int, "Name"]`: what is no type is for `typing` to judge.
fn class_getitem(vm: &mut Vm, args: Args) -> R<H> {
    let given = if matches!(vm.body(args.h(1)), Some(Body::Tuple(_))) { args.h(1) } else { vm.tuple(&[args.h(1)])? };
    let mut parts = Vec::new();
    for i in 0..vm.count(given) {
        let part = vm.item(given, i).expect("counted");
        if is_member(vm, part) {
            parts.push(part);
            continue;
        }
        let words = vm.str("Union[arg, ...]: each arg must be a type.")?;
        parts.push(vm.helper("typing", "_type_check", &[part, words])?);
    }
    if parts.is_empty() {
        return Err(vm.type_error("Cannot take a Union of no types."));
    }
    union_of(vm, &parts)
}

fn getitem(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_generics", "substitute_union", &[args.h(0), args.h(1)])
}

pub(crate) static METHODS: [NativeDef; 9] = [
    def("__class_getitem__", "cls item", class_getitem),
    def("__getitem__", "self item", getitem),
    def("__repr__", "self", union_repr),
    def("__eq__", "self other", union_eq),
    def("__hash__", "self", union_hash),
    def("__or__", "self other", or),
    def("__ror__", "self other", ror),
    def("__instancecheck__", "self instance", union_instancecheck),
    def("__subclasscheck__", "self cls_", union_subclasscheck),
];

/// Of `type`, `None` and generic aliases.
pub(crate) static OPERAND_METHODS: [NativeDef; 2] =
    [def("__or__", "self other", or), def("__ror__", "self other", ror)];

pub(crate) static ATTRS: [GetSetDef; 2] = [
    GetSetDef { name: "__args__", get: |vm, this| Ok(members(vm, this)), set: None },
    GetSetDef { name: "__parameters__", get: parameters, set: None },
];

/// The type variables among the members and in them.
fn parameters(vm: &mut Vm, this: H) -> R<H> {
    let members = members(vm, this);
    super::alias::type_parameters(vm, members)
}
