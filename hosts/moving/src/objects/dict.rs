//! `dict`, its views, and `mappingproxy`.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::{Body, Iter, IterKind as K};
use crate::objects::list::CLASS_GETITEM;
use crate::value::Value;
use crate::vm::{Args, NativeDef, R, Vm};
use rustpython_wtf8::Wtf8Buf;

fn new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(args.h(0), Body::Dict(Box::default()))
}

fn init(vm: &mut Vm, args: Args) -> R<H> {
    update(vm, args)
}

fn update(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(source) = args.opt(vm, 1) {
        vm.dict_update(args.h(0), source, false)?;
    }
    vm.dict_update(args.h(0), args.kw, true)?;
    Ok(k::NONE)
}

fn len(vm: &mut Vm, args: Args) -> R<H> {
    let len = vm.table(args.h(0)).len();
    Ok(vm.size(len))
}

fn getitem(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(value) = vm.dict_get(args.h(0), args.h(1))? {
        return Ok(value);
    }
    if !vm.exact(args.h(0), k::DICT)
        && let Some(value) = vm.call_special(args.h(0), n::__missing__, &[args.h(1)])?
    {
        return Ok(value);
    }
    Err(vm.raise_with(k::KEY_ERROR, &[args.h(1)]))
}

fn setitem(vm: &mut Vm, args: Args) -> R<H> {
    vm.dict_set(args.h(0), args.h(1), args.h(2)).map(|()| k::NONE)
}

fn delitem(vm: &mut Vm, args: Args) -> R<H> {
    if vm.dict_remove(args.h(0), args.h(1))? {
        return Ok(k::NONE);
    }
    Err(vm.raise_with(k::KEY_ERROR, &[args.h(1)]))
}

fn contains(vm: &mut Vm, args: Args) -> R<H> {
    let found = vm.dict_get(args.h(0), args.h(1))?.is_some();
    Ok(vm.bool(found))
}

fn get(vm: &mut Vm, args: Args) -> R<H> {
    let default = args.opt(vm, 2).unwrap_or(k::NONE);
    Ok(vm.dict_get(args.h(0), args.h(1))?.unwrap_or(default))
}

fn setdefault(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(value) = vm.dict_get(args.h(0), args.h(1))? {
        return Ok(value);
    }
    let default = args.opt(vm, 2).unwrap_or(k::NONE);
    vm.dict_set(args.h(0), args.h(1), default)?;
    Ok(default)
}

fn pop(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(value) = vm.dict_get(args.h(0), args.h(1))? {
        vm.dict_remove(args.h(0), args.h(1))?;
        return Ok(value);
    }
    match args.opt(vm, 2) {
        Some(default) => Ok(default),
        None => Err(vm.raise_with(k::KEY_ERROR, &[args.h(1)])),
    }
}

fn popitem(vm: &mut Vm, args: Args) -> R<H> {
    let table = vm.table(args.h(0));
    let Some(last) = table.entries.iter().rposition(|entry| !entry.key.is_null()) else {
        let message = vm.str("popitem(): dictionary is empty")?;
        return Err(vm.raise_with(k::KEY_ERROR, &[message]));
    };
    let Some(entry) = vm.dict_remove_at(args.h(0), last) else { return popitem(vm, args) };
    let (key, value) = (vm.push(entry.key), vm.push(entry.value));
    vm.tuple(&[key, value])
}

fn clear(vm: &mut Vm, args: Args) -> R<H> {
    vm.dict_clear(args.h(0));
    Ok(k::NONE)
}

fn copy(vm: &mut Vm, args: Args) -> R<H> {
    let table = vm.table(args.h(0)).clone();
    vm.alloc(k::DICT, Body::Dict(Box::new(table)))
}

fn fromkeys(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.call(args.h(0), &[])?;
    let value = args.opt(vm, 2).unwrap_or(k::NONE);
    let iter = vm.iter(args.h(1))?;
    let mark = vm.mark();
    while let Some(key) = vm.next(iter)? {
        vm.set_item(dict, key, value)?;
        vm.cut(mark);
    }
    Ok(dict)
}

fn repr(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    vm.guarded_repr(this, "{...}", |vm| {
        let mut text = Wtf8Buf::from("{".to_owned());
        let (mut at, mut first) = (0, true);
        while let Some((found, entry)) = vm.table(this).entry_from(at) {
            let mark = vm.mark();
            let (key, value) = (vm.push(entry.key), vm.push(entry.value));
            if !first {
                text.push_str(", ");
            }
            first = false;
            vm.push_repr(&mut text, key)?;
            text.push_str(": ");
            vm.push_repr(&mut text, value)?;
            vm.cut(mark);
            at = found + 1;
        }
        text.push_str("}");
        Ok(text)
    })
}

/// Whether two dicts have equal items.
fn equal(vm: &mut Vm, a: H, b: H) -> R<bool> {
    if vm.table(a).len() != vm.table(b).len() {
        return Ok(false);
    }
    let mut at = 0;
    while let Some((found, entry)) = vm.table(a).entry_from(at) {
        let mark = vm.mark();
        let (key, value) = (vm.push(entry.key), vm.push(entry.value));
        let Some(other) = vm.find(b, key, entry.hash)? else { return Ok(false) };
        let other = vm.table(b).entries[other].value;
        let other = vm.push(other);
        if !vm.equal(value, other)? {
            return Ok(false);
        }
        vm.cut(mark);
        at = found + 1;
    }
    Ok(true)
}

fn eq(vm: &mut Vm, args: Args) -> R<H> {
    if !matches!(vm.body(args.h(1)), Some(Body::Dict(_))) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let result = equal(vm, args.h(0), args.h(1))?;
    Ok(vm.bool(result))
}

fn ne(vm: &mut Vm, args: Args) -> R<H> {
    if !matches!(vm.body(args.h(1)), Some(Body::Dict(_))) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let result = equal(vm, args.h(0), args.h(1))?;
    Ok(vm.bool(!result))
}

fn union(vm: &mut Vm, a: H, b: H) -> R<H> {
    if !matches!(vm.body(a), Some(Body::Dict(_))) || !matches!(vm.body(b), Some(Body::Dict(_))) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let table = vm.table(a).clone();
    let result = vm.alloc(k::DICT, Body::Dict(Box::new(table)))?;
    vm.dict_update(result, b, true)?;
    Ok(result)
}

fn or(vm: &mut Vm, args: Args) -> R<H> {
    union(vm, args.h(0), args.h(1))
}

fn ror(vm: &mut Vm, args: Args) -> R<H> {
    union(vm, args.h(1), args.h(0))
}

fn ior(vm: &mut Vm, args: Args) -> R<H> {
    vm.dict_update(args.h(0), args.h(1), false)?;
    Ok(args.h(0))
}

/// An iterator over a dict.
fn iterate(vm: &mut Vm, dict: H, class: H, kind: K) -> R<H> {
    let reversed = matches!(kind, K::DictKeysReversed | K::DictValuesReversed | K::DictItemsReversed);
    let table = vm.table(dict);
    let index = if reversed { table.entries.len() as i64 } else { 0 };
    let b = Value::small(table.len());
    let iter = Iter { kind, index, a: vm.get(dict), b, c: Value::NULL };
    vm.alloc(class, Body::Iter(Box::new(iter)))
}

fn iter(vm: &mut Vm, args: Args) -> R<H> {
    iterate(vm, args.h(0), k::KEY_ITER, K::DictKeys)
}

fn reversed(vm: &mut Vm, args: Args) -> R<H> {
    iterate(vm, args.h(0), k::KEY_REV, K::DictKeysReversed)
}

fn keys(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(k::DICT_KEYS, Body::DictView(0, vm.get(args.h(0))))
}

fn values(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(k::DICT_VALUES, Body::DictView(1, vm.get(args.h(0))))
}

fn items(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(k::DICT_ITEMS, Body::DictView(2, vm.get(args.h(0))))
}

pub(crate) static METHODS: [NativeDef; 27] = [
    def("__new__", "cls *args **kw", new),
    def("__init__", "self other= **kw", init),
    def("__len__", "self", len),
    def("__getitem__", "self key", getitem),
    def("__setitem__", "self key value", setitem),
    def("__delitem__", "self key", delitem),
    def("__contains__", "self key", contains),
    def("__iter__", "self", iter),
    def("__reversed__", "self", reversed),
    def("__repr__", "self", repr),
    def("__eq__", "self other", eq),
    def("__ne__", "self other", ne),
    def("__or__", "self other", or),
    def("__ror__", "self other", ror),
    def("__ior__", "self other", ior),
    def("get", "self key default=", get),
    def("setdefault", "self key default=", setdefault),
    def("pop", "self key default=", pop),
    def("popitem", "self", popitem),
    def("clear", "self", clear),
    def("copy", "self", copy),
    def("fromkeys", "cls iterable value=", fromkeys),
    def("update", "self other= **kw", update),
    def("keys", "self", keys),
    def("values", "self", values),
    def("items", "self", items),
    CLASS_GETITEM,
];

// ---- views

fn view(vm: &mut Vm, this: H) -> (u8, H) {
    let Some(Body::DictView(kind, dict)) = vm.body(this) else { panic!("not a view") };
    let (kind, dict) = (*kind, *dict);
    (kind, vm.push(dict))
}

fn view_len(vm: &mut Vm, args: Args) -> R<H> {
    let (_, dict) = view(vm, args.h(0));
    let len = vm.table(dict).len();
    Ok(vm.size(len))
}

fn view_iter(vm: &mut Vm, args: Args) -> R<H> {
    let (kind, dict) = view(vm, args.h(0));
    let class = [k::KEY_ITER, k::VALUE_ITER, k::ITEM_ITER][kind as usize];
    iterate(vm, dict, class, [K::DictKeys, K::DictValues, K::DictItems][kind as usize])
}

fn view_reversed(vm: &mut Vm, args: Args) -> R<H> {
    let (kind, dict) = view(vm, args.h(0));
    let class = [k::KEY_REV, k::VALUE_REV, k::ITEM_REV][kind as usize];
    iterate(vm, dict, class, [K::DictKeysReversed, K::DictValuesReversed, K::DictItemsReversed][kind as usize])
}

fn view_repr(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    vm.guarded_repr(this, "...", |vm| {
        let list = vm.to_list(this)?;
        let open = format!("{}([", vm.class_name(this));
        vm.repr_items(list, &open, "])")
    })
}

fn view_contains(vm: &mut Vm, args: Args) -> R<H> {
    let (kind, dict) = view(vm, args.h(0));
    if kind == 0 {
        let found = vm.dict_get(dict, args.h(1))?.is_some();
        return Ok(vm.bool(found));
    }
    let Some(Body::Tuple(pair)) = vm.body(args.h(1)) else { return Ok(k::FALSE) };
    if pair.len() != 2 {
        return Ok(k::FALSE);
    }
    let (key, value) = (vm.item(args.h(1), 0).expect("two"), vm.item(args.h(1), 1).expect("two"));
    let Some(found) = vm.dict_get(dict, key)? else { return Ok(k::FALSE) };
    let same = vm.equal(found, value)?;
    Ok(vm.bool(same))
}

/// A view as a set, for the operators.
fn as_set(vm: &mut Vm, this: H) -> R<H> {
    let set = vm.alloc(k::SET, Body::Set(Box::default()))?;
    vm.set_update(set, this)?;
    Ok(set)
}

fn is_view_or_set(vm: &Vm, h: H) -> bool {
    matches!(vm.body(h), Some(Body::Set(_) | Body::DictView(0 | 2, _)))
}

macro_rules! view_op {
    ($name:ident, $method:ident) => {
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let (a, b) = (as_set(vm, args.h(0))?, as_set(vm, args.h(1))?);
            Ok(vm.call_special(a, n::$method, &[b])?.unwrap_or(k::NOT_IMPLEMENTED))
        }
    };
}

macro_rules! view_comparison {
    ($name:ident, $method:ident) => {
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            if !is_view_or_set(vm, args.h(1)) {
                return Ok(k::NOT_IMPLEMENTED);
            }
            let (a, b) = (as_set(vm, args.h(0))?, as_set(vm, args.h(1))?);
            Ok(vm.call_special(a, n::$method, &[b])?.unwrap_or(k::NOT_IMPLEMENTED))
        }
    };
}

view_op!(view_and, __and__);
view_op!(view_or, __or__);
view_op!(view_sub, __sub__);
view_op!(view_xor, __xor__);
view_comparison!(view_eq, __eq__);
view_comparison!(view_ne, __ne__);
view_comparison!(view_lt, __lt__);
view_comparison!(view_le, __le__);
view_comparison!(view_gt, __gt__);
view_comparison!(view_ge, __ge__);

pub(crate) static VIEW_METHODS: [NativeDef; 4] = [
    def("__len__", "self", view_len),
    def("__iter__", "self", view_iter),
    def("__reversed__", "self", view_reversed),
    def("__repr__", "self", view_repr),
];
pub(crate) static KEYS_METHODS: [NativeDef; 15] = [
    def("__len__", "self", view_len),
    def("__iter__", "self", view_iter),
    def("__reversed__", "self", view_reversed),
    def("__repr__", "self", view_repr),
    def("__contains__", "self item", view_contains),
    def("__and__", "self other", view_and),
    def("__or__", "self other", view_or),
    def("__sub__", "self other", view_sub),
    def("__xor__", "self other", view_xor),
    def("__eq__", "self other", view_eq),
    def("__ne__", "self other", view_ne),
    def("__lt__", "self other", view_lt),
    def("__le__", "self other", view_le),
    def("__gt__", "self other", view_gt),
    def("__ge__", "self other", view_ge),
];

// ---- mappingproxy

fn proxied(vm: &mut Vm, this: H) -> H {
    let Some(Body::MappingProxy(word)) = vm.body(this) else { panic!("not a proxy") };
    let word = *word;
    vm.push(word)
}

fn proxy_new(vm: &mut Vm, args: Args) -> R<H> {
    let of = args.h(1);
    let is_mapping = vm.special(of, n::__getitem__).is_some();
    if !is_mapping || vm.is_instance(of, k::LIST) || vm.is_instance(of, k::TUPLE) {
        let name = vm.class_name(of);
        return Err(vm.type_error(format!("mappingproxy() argument must be a mapping, not {name}")));
    }
    vm.alloc(k::MAPPINGPROXY, Body::MappingProxy(vm.get(args.h(1))))
}

fn proxy_getitem(vm: &mut Vm, args: Args) -> R<H> {
    let mapping = proxied(vm, args.h(0));
    vm.get_item(mapping, args.h(1))
}

fn proxy_len(vm: &mut Vm, args: Args) -> R<H> {
    let mapping = proxied(vm, args.h(0));
    let len = vm.len(mapping)?;
    Ok(vm.size(len))
}

fn proxy_iter(vm: &mut Vm, args: Args) -> R<H> {
    let mapping = proxied(vm, args.h(0));
    vm.iter(mapping)
}

fn proxy_contains(vm: &mut Vm, args: Args) -> R<H> {
    let mapping = proxied(vm, args.h(0));
    let found = vm.contains(mapping, args.h(1))?;
    Ok(vm.bool(found))
}

fn proxy_repr(vm: &mut Vm, args: Args) -> R<H> {
    let mapping = proxied(vm, args.h(0));
    let mut text = Wtf8Buf::from("mappingproxy(".to_owned());
    vm.push_repr(&mut text, mapping)?;
    text.push_str(")");
    vm.wtf8(text)
}

fn proxy_eq(vm: &mut Vm, args: Args) -> R<H> {
    let mapping = proxied(vm, args.h(0));
    let other =
        if matches!(vm.body(args.h(1)), Some(Body::MappingProxy(_))) { proxied(vm, args.h(1)) } else { args.h(1) };
    let same = vm.equal(mapping, other)?;
    Ok(vm.bool(same))
}

macro_rules! forward {
    ($($f:ident $name:literal),*) => { $(
        fn $f(vm: &mut Vm, args: Args) -> R<H> {
            let mapping = proxied(vm, args.h(0));
            let name = vm.intern($name)?;
            let rest: Vec<H> = args.rest().collect();
            vm.call_method(mapping, name, &rest)
        }
    )* };
}

forward!(proxy_get "get", proxy_keys "keys", proxy_values "values", proxy_items "items", proxy_copy "copy");

pub(crate) static PROXY_METHODS: [NativeDef; 12] = [
    def("__new__", "cls mapping", proxy_new),
    def("__getitem__", "self key", proxy_getitem),
    def("__len__", "self", proxy_len),
    def("__iter__", "self", proxy_iter),
    def("__contains__", "self key", proxy_contains),
    def("__repr__", "self", proxy_repr),
    def("__eq__", "self other", proxy_eq),
    def("get", "self *args", proxy_get),
    def("keys", "self *args", proxy_keys),
    def("values", "self *args", proxy_values),
    def("items", "self *args", proxy_items),
    def("copy", "self *args", proxy_copy),
];
