//! `set` and `frozenset`.

use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::{Body, Iter, IterKind};
use crate::objects::list::CLASS_GETITEM;
use crate::value::Value;
use crate::vm::{Args, NativeDef, R, Vm};

fn is_set(vm: &Vm, h: H) -> bool {
    matches!(vm.body(h), Some(Body::Set(_)))
}

/// `set` or `frozenset`, whichever the class of `h` derives from.
fn plain(vm: &Vm, h: H) -> H {
    if vm.is_instance(h, k::FROZENSET) { k::FROZENSET } else { k::SET }
}

fn copy_as(vm: &mut Vm, class: H, source: H) -> R<H> {
    let table = vm.table(source).clone();
    vm.alloc(class, Body::Set(Box::new(table)))
}

/// Any iterable as a set.
fn to_set(vm: &mut Vm, source: H) -> R<H> {
    if is_set(vm, source) {
        return Ok(source);
    }
    let set = vm.alloc(k::SET, Body::Set(Box::default()))?;
    vm.set_update(set, source)?;
    Ok(set)
}

fn new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(args.h(0), Body::Set(Box::default()))
}

fn init(vm: &mut Vm, args: Args) -> R<H> {
    vm.table_mut(args.h(0)).clear();
    if let Some(source) = args.opt(vm, 1) {
        vm.set_update(args.h(0), source)?;
    }
    Ok(k::NONE)
}

fn frozen_new(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(source) = args.opt(vm, 1)
        && vm.exact(source, k::FROZENSET)
        && vm.is(args.h(0), k::FROZENSET)
    {
        return Ok(source);
    }
    let set = vm.alloc(args.h(0), Body::Set(Box::default()))?;
    if let Some(source) = args.opt(vm, 1) {
        vm.set_update(set, source)?;
    }
    Ok(set)
}

fn len(vm: &mut Vm, args: Args) -> R<H> {
    let len = vm.table(args.h(0)).len();
    Ok(vm.size(len))
}

fn iter(vm: &mut Vm, args: Args) -> R<H> {
    let b = Value::small(vm.table(args.h(0)).len());
    let iter = Iter { kind: IterKind::Set, index: 0, a: vm.get(args.h(0)), b, c: Value::NULL };
    vm.alloc(k::SET_ITER, Body::Iter(Box::new(iter)))
}

/// Whether `key` is in the set; a set is looked up as a frozenset.
fn has(vm: &mut Vm, set: H, key: H) -> R<bool> {
    let key = if vm.is_instance(key, k::SET) { copy_as(vm, k::FROZENSET, key)? } else { key };
    let hash = vm.hash(key)?;
    Ok(vm.find(set, key, hash)?.is_some())
}

fn contains(vm: &mut Vm, args: Args) -> R<H> {
    let found = has(vm, args.h(0), args.h(1))?;
    Ok(vm.bool(found))
}

fn repr(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    let name = vm.class_name(this);
    if vm.table(this).len() == 0 {
        return vm.str(format!("{name}()"));
    }
    let again = format!("{name}(...)");
    vm.guarded_repr(this, &again, |vm| {
        let list = vm.to_list(this)?;
        if vm.exact(this, k::SET) {
            return vm.repr_items(list, "{", "}");
        }
        vm.repr_items(list, &format!("{name}({{"), "})")
    })
}

fn hash(vm: &mut Vm, args: Args) -> R<H> {
    let mut hash = 0u64;
    for entry in vm.table(args.h(0)).iter() {
        let mixed = (entry.hash as u64 ^ 89_869_747 ^ (entry.hash as u64) << 16).wrapping_mul(3_644_798_167);
        hash ^= mixed;
    }
    hash ^= (vm.table(args.h(0)).len() as u64 + 1).wrapping_mul(1_927_868_237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    vm.int(if hash as i64 == -1 { 590_923_713 } else { hash as i64 })
}

/// Whether all keys of `a` are in `b`.
fn within(vm: &mut Vm, a: H, b: H) -> R<bool> {
    let mut at = 0;
    while let Some((found, entry)) = vm.table(a).entry_from(at) {
        let mark = vm.mark();
        let key = vm.push(entry.key);
        if vm.find(b, key, entry.hash)?.is_none() {
            return Ok(false);
        }
        vm.cut(mark);
        at = found + 1;
    }
    Ok(true)
}

macro_rules! comparison {
    ($name:ident, |$vm:ident, $a:ident, $b:ident| $body:expr) => {
        fn $name($vm: &mut Vm, args: Args) -> R<H> {
            let ($a, $b) = (args.h(0), args.h(1));
            if !is_set($vm, $b) {
                return Ok(k::NOT_IMPLEMENTED);
            }
            let truth = $body;
            Ok($vm.bool(truth))
        }
    };
}

fn size(vm: &Vm, h: H) -> usize {
    vm.table(h).len()
}

comparison!(eq, |vm, a, b| size(vm, a) == size(vm, b) && within(vm, a, b)?);
comparison!(ne, |vm, a, b| !(size(vm, a) == size(vm, b) && within(vm, a, b)?));
comparison!(le, |vm, a, b| within(vm, a, b)?);
comparison!(lt, |vm, a, b| size(vm, a) < size(vm, b) && within(vm, a, b)?);
comparison!(ge, |vm, a, b| within(vm, b, a)?);
comparison!(gt, |vm, a, b| size(vm, a) > size(vm, b) && within(vm, b, a)?);

/// Adds to `result` the keys of `a` that are (or are not) in `b`.
fn select(vm: &mut Vm, result: H, a: H, b: H, wanted: bool) -> R<()> {
    let mut at = 0;
    while let Some((found, entry)) = vm.table(a).entry_from(at) {
        let mark = vm.mark();
        let key = vm.push(entry.key);
        if vm.find(b, key, entry.hash)?.is_some() == wanted {
            vm.set_add(result, key)?;
        }
        vm.cut(mark);
        at = found + 1;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    And,
    Or,
    Sub,
    Xor,
}

fn combine(vm: &mut Vm, a: H, b: H, op: Op) -> R<H> {
    let class = plain(vm, a);
    if op == Op::Or {
        let result = copy_as(vm, class, a)?;
        vm.set_update(result, b)?;
        return Ok(result);
    }
    let result = vm.alloc(class, Body::Set(Box::default()))?;
    select(vm, result, a, b, op == Op::And)?;
    if op == Op::Xor {
        select(vm, result, b, a, false)?;
    }
    Ok(result)
}

/// Gives `target` the keys of `source`.
fn replace(vm: &mut Vm, target: H, source: H) {
    let table = vm.table(source).clone();
    *vm.table_mut(target) = table;
}

macro_rules! operators {
    ($($op:ident $name:ident $reflected:ident $in_place:ident $method:ident $update:ident;)*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            if !is_set(vm, args.h(0)) || !is_set(vm, args.h(1)) {
                return Ok(k::NOT_IMPLEMENTED);
            }
            combine(vm, args.h(0), args.h(1), Op::$op)
        }

        fn $reflected(vm: &mut Vm, args: Args) -> R<H> {
            if !is_set(vm, args.h(0)) || !is_set(vm, args.h(1)) {
                return Ok(k::NOT_IMPLEMENTED);
            }
            combine(vm, args.h(1), args.h(0), Op::$op)
        }

        fn $in_place(vm: &mut Vm, args: Args) -> R<H> {
            if !is_set(vm, args.h(1)) {
                return Ok(k::NOT_IMPLEMENTED);
            }
            let result = combine(vm, args.h(0), args.h(1), Op::$op)?;
            replace(vm, args.h(0), result);
            Ok(args.h(0))
        }

        fn $method(vm: &mut Vm, args: Args) -> R<H> {
            let class = plain(vm, args.h(0));
            let mut result = copy_as(vm, class, args.h(0))?;
            for other in args.rest() {
                let other = to_set(vm, other)?;
                result = combine(vm, result, other, Op::$op)?;
            }
            Ok(result)
        }

        fn $update(vm: &mut Vm, args: Args) -> R<H> {
            let result = $method(vm, args)?;
            replace(vm, args.h(0), result);
            Ok(k::NONE)
        }
    )* };
}

operators! {
    And and rand iand intersection intersection_update;
    Or or ror ior union update;
    Sub sub rsub isub difference difference_update;
    Xor xor rxor ixor symmetric_difference symmetric_difference_update;
}

fn issubset(vm: &mut Vm, args: Args) -> R<H> {
    let other = to_set(vm, args.h(1))?;
    let truth = within(vm, args.h(0), other)?;
    Ok(vm.bool(truth))
}

fn issuperset(vm: &mut Vm, args: Args) -> R<H> {
    let other = to_set(vm, args.h(1))?;
    let truth = within(vm, other, args.h(0))?;
    Ok(vm.bool(truth))
}

fn isdisjoint(vm: &mut Vm, args: Args) -> R<H> {
    let other = to_set(vm, args.h(1))?;
    let both = combine(vm, args.h(0), other, Op::And)?;
    Ok(vm.bool(size(vm, both) == 0))
}

fn copy(vm: &mut Vm, args: Args) -> R<H> {
    if vm.exact(args.h(0), k::FROZENSET) {
        return Ok(args.h(0));
    }
    let class = plain(vm, args.h(0));
    copy_as(vm, class, args.h(0))
}

fn add(vm: &mut Vm, args: Args) -> R<H> {
    vm.set_add(args.h(0), args.h(1)).map(|()| k::NONE)
}

fn take(vm: &mut Vm, set: H, key: H) -> R<bool> {
    let key = if vm.is_instance(key, k::SET) { copy_as(vm, k::FROZENSET, key)? } else { key };
    vm.dict_remove(set, key)
}

fn discard(vm: &mut Vm, args: Args) -> R<H> {
    take(vm, args.h(0), args.h(1)).map(|_| k::NONE)
}

fn remove(vm: &mut Vm, args: Args) -> R<H> {
    if take(vm, args.h(0), args.h(1))? {
        return Ok(k::NONE);
    }
    Err(vm.raise_with(k::KEY_ERROR, &[args.h(1)]))
}

fn pop(vm: &mut Vm, args: Args) -> R<H> {
    let Some((at, _)) = vm.table(args.h(0)).entry_from(0) else {
        let message = vm.str("pop from an empty set")?;
        return Err(vm.raise_with(k::KEY_ERROR, &[message]));
    };
    let entry = vm.table_mut(args.h(0)).remove(at);
    Ok(vm.push(entry.key))
}

fn clear(vm: &mut Vm, args: Args) -> R<H> {
    vm.table_mut(args.h(0)).clear();
    Ok(k::NONE)
}

macro_rules! table {
    ($name:ident, $count:literal, [$($own:expr),* $(,)?]) => {
        pub(crate) static $name: [NativeDef; $count] = [
            $($own,)*
            def("__len__", "self", len),
            def("__iter__", "self", iter),
            def("__contains__", "self item", contains),
            def("__repr__", "self", repr),
            def("__eq__", "self other", eq),
            def("__ne__", "self other", ne),
            def("__lt__", "self other", lt),
            def("__le__", "self other", le),
            def("__gt__", "self other", gt),
            def("__ge__", "self other", ge),
            def("__and__", "self other", and),
            def("__rand__", "self other", rand),
            def("__or__", "self other", or),
            def("__ror__", "self other", ror),
            def("__sub__", "self other", sub),
            def("__rsub__", "self other", rsub),
            def("__xor__", "self other", xor),
            def("__rxor__", "self other", rxor),
            def("intersection", "self *others", intersection),
            def("union", "self *others", union),
            def("difference", "self *others", difference),
            def("symmetric_difference", "self *others", symmetric_difference),
            def("issubset", "self other", issubset),
            def("issuperset", "self other", issuperset),
            def("isdisjoint", "self other", isdisjoint),
            def("copy", "self", copy),
            CLASS_GETITEM,
        ];
    };
}

table!(FROZEN_METHODS, 29, [def("__new__", "cls iterable=", frozen_new), def("__hash__", "self", hash)]);
table!(
    METHODS,
    42,
    [
        def("__new__", "cls *args **kw", new),
        def("__init__", "self iterable=", init),
        def("__iand__", "self other", iand),
        def("__ior__", "self other", ior),
        def("__isub__", "self other", isub),
        def("__ixor__", "self other", ixor),
        def("intersection_update", "self *others", intersection_update),
        def("update", "self *others", update),
        def("difference_update", "self *others", difference_update),
        def("symmetric_difference_update", "self other", symmetric_difference_update_one),
        def("add", "self item", add),
        def("discard", "self item", discard),
        def("remove", "self item", remove),
        def("pop", "self", pop),
        def("clear", "self", clear),
    ]
);

fn symmetric_difference_update_one(vm: &mut Vm, args: Args) -> R<H> {
    symmetric_difference_update(vm, Args { named: 1, ..args })
}
