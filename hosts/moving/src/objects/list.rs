//! `list`, `tuple`, `range` and `slice`.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::number::Cmp;
use crate::object::{Body, Iter, IterKind};
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};
use malachite_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

/// What a slice selects from `len` items.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start: i64,
    pub(crate) stop: i64,
    pub(crate) step: i64,
    pub(crate) count: usize,
}

impl Span {
    pub(crate) fn indices(self) -> impl DoubleEndedIterator<Item = usize> + use<> {
        (0..self.count as i64).map(move |i| (self.start + i * self.step) as usize)
    }
}

impl Vm {
    /// A part of a slice: None, or an int brought into the range of machine words.
    fn slice_part(&mut self, part: Value) -> R<Option<i64>> {
        if part == Value::NONE {
            return Ok(None);
        }
        let h = self.push(part);
        if !self.is_int(h) && self.special(h, n::__index__).is_none() {
            return Err(self.type_error("slice indices must be integers or None or have an __index__ method"));
        }
        let index = self.index(h)?;
        let big = self.as_bigint(index).expect("an int");
        let far = if big.is_negative() { i64::MIN >> 2 } else { i64::MAX >> 2 };
        Ok(Some(big.to_i64().map_or(far, |value| value.clamp(i64::MIN >> 2, i64::MAX >> 2))))
    }

    /// `slice.indices(len)`.
    pub(crate) fn slice_span(&mut self, slice: H, len: usize) -> R<Span> {
        let part = |vm: &Vm, i: usize| match vm.body(slice) {
            Some(Body::Slice(words)) => words[i],
            _ => Value::NONE,
        };
        let step = part(self, 2);
        let step = self.slice_part(step)?.unwrap_or(1);
        if step == 0 {
            return Err(self.value_error("slice step cannot be zero"));
        }
        let (start, stop) = (part(self, 0), part(self, 1));
        let (start, stop) = (self.push(start), self.push(stop));
        let start = self.slice_part(self.get(start))?;
        let stop = self.slice_part(self.get(stop))?;
        let len = len as i64;
        let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let place = |value: Option<i64>, default: i64| match value {
            None => default,
            Some(value) if value < 0 => (value + len).max(low),
            Some(value) => value.min(high),
        };
        let (start, stop) =
            if step > 0 { (place(start, low), place(stop, high)) } else { (place(start, high), place(stop, low)) };
        let distance = if step > 0 { stop - start } else { start - stop };
        let count = if distance > 0 { ((distance - 1) / step.abs() + 1) as usize } else { 0 };
        Ok(Span { start, stop, step, count })
    }

    /// An index into `len` items, or IndexError.
    pub(crate) fn place(&mut self, index: H, len: usize, message: &str) -> R<usize> {
        let index = self.index(index)?;
        let at = self.as_i64(index).map(|i| if i < 0 { i + len as i64 } else { i });
        match at {
            Some(at) if (0..len as i64).contains(&at) => Ok(at as usize),
            Some(_) => Err(self.raise(k::INDEX_ERROR, message)),
            None => Err(self.raise(k::INDEX_ERROR, "cannot fit 'int' into an index-sized integer")),
        }
    }

    /// IndexError unless `index` fits into `Py_ssize_t`.
    pub(crate) fn fits_index(&mut self, index: H) -> R<()> {
        let index = self.index(index)?;
        match self.as_i64(index) {
            Some(_) => Ok(()),
            None => Err(self.raise(k::INDEX_ERROR, "cannot fit 'int' into an index-sized integer")),
        }
    }

    pub(crate) fn is_slice(&self, h: H) -> bool {
        matches!(self.body(h), Some(Body::Slice(_)))
    }

    /// TypeError for a key that is neither an index nor a slice.
    pub(crate) fn check_key(&mut self, key: H, what: &str) -> R<()> {
        if self.is_int(key) || self.special(key, n::__index__).is_some() {
            return Ok(());
        }
        let name = self.class_name(key);
        Err(self.type_error(format!("{what} indices must be integers or slices, not {name}")))
    }
}

/// A list, or a tuple where `like` is one, of all that was pushed since `mark`.
fn made_like(vm: &mut Vm, like: H, mark: usize) -> R<H> {
    if kind(vm, like) == "list" { vm.list_since(mark) } else { vm.tuple_since(mark) }
}

fn kind(vm: &Vm, h: H) -> &'static str {
    if matches!(vm.body(h), Some(Body::List(_))) { "list" } else { "tuple" }
}

// ---- shared by list and tuple

fn len(vm: &mut Vm, args: Args) -> R<H> {
    let len = vm.count(args.h(0));
    Ok(vm.size(len))
}

fn getitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key) = (args.h(0), args.h(1));
    if vm.is_slice(key) {
        let len = vm.count(this);
        let span = vm.slice_span(key, len)?;
        vm.reserve(span.count * 8)?;
        let mark = vm.mark();
        if let Some(all) = vm.items(this) {
            let words: Vec<Value> = span.indices().filter_map(|i| all.get(i).copied()).collect();
            vm.heap.stack.extend(words);
            return made_like(vm, this, mark);
        }
        for i in span.indices() {
            if vm.nth(this, i)?.is_none() {
                break;
            }
        }
        return made_like(vm, this, mark);
    }
    let kind = kind(vm, this);
    vm.check_key(key, kind)?;
    let count = vm.count(this);
    let at = vm.place(key, count, &format!("{kind} index out of range"))?;
    match vm.nth(this, at)? {
        Some(item) => Ok(item),
        None => Err(vm.raise(k::INDEX_ERROR, format!("{kind} index out of range"))),
    }
}

fn iter(vm: &mut Vm, args: Args) -> R<H> {
    if matches!(vm.body(args.h(0)), Some(Body::List(_))) {
        return vm.new_iter(k::LIST_ITER, IterKind::List, 0, args.h(0));
    }
    vm.new_iter(k::TUPLE_ITER, IterKind::Tuple, 0, args.h(0))
}

fn contains(vm: &mut Vm, args: Args) -> R<H> {
    let mut i = 0;
    while let Some(item) = vm.nth(args.h(0), i)? {
        let mark = vm.mark();
        if vm.equal(item, args.h(1))? {
            return Ok(k::TRUE);
        }
        vm.cut(mark - 1);
        i += 1;
    }
    Ok(k::FALSE)
}

fn count(vm: &mut Vm, args: Args) -> R<H> {
    let (mut i, mut count) = (0, 0);
    while let Some(item) = vm.nth(args.h(0), i)? {
        count += usize::from(vm.equal(item, args.h(1))?);
        i += 1;
    }
    Ok(vm.size(count))
}

fn index(vm: &mut Vm, args: Args) -> R<H> {
    let len = vm.count(args.h(0)) as i64;
    let (start, stop) = (args.opt(vm, 2), args.opt(vm, 3));
    let start = match start {
        Some(h) => vm.index_i64(h).map(|i| if i < 0 { (i + len).max(0) } else { i })?,
        None => 0,
    };
    let stop = match stop {
        Some(h) => vm.index_i64(h).map(|i| if i < 0 { (i + len).max(0) } else { i })?,
        None => i64::MAX,
    };
    let mut i = start;
    while i < stop {
        let Some(item) = vm.nth(args.h(0), i as usize)? else { break };
        if vm.equal(item, args.h(1))? {
            return vm.int(i);
        }
        i += 1;
    }
    if kind(vm, args.h(0)) == "tuple" {
        return Err(vm.value_error("tuple.index(x): x not in tuple"));
    }
    let shown = vm.repr(args.h(1))?;
    let shown = vm.string(shown);
    Err(vm.value_error(format!("{shown} is not in list")))
}

fn is_sequence(vm: &Vm, h: H) -> bool {
    matches!(vm.body(h), Some(Body::List(_) | Body::Tuple(_)))
}

fn add(vm: &mut Vm, args: Args) -> R<H> {
    let (a, b) = (args.h(0), args.h(1));
    if !is_sequence(vm, b) || kind(vm, a) != kind(vm, b) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    vm.reserve((vm.count(a) + vm.count(b)) * 8)?;
    let mark = vm.mark();
    vm.push_items(a, usize::MAX)?;
    vm.push_items(b, usize::MAX)?;
    made_like(vm, a, mark)
}

/// How often a sequence is repeated, for which there is room; `None`: not an int.
fn times(vm: &mut Vm, this: H, count: H) -> R<Option<usize>> {
    if !vm.is_int(count) && vm.special(count, n::__index__).is_none() {
        return Ok(None);
    }
    let count = vm.index_i64(count)?.max(0) as usize;
    let total = vm.count(this).saturating_mul(count);
    vm.reserve(total.saturating_mul(8))?;
    Ok(Some(count))
}

fn mul(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    let Some(count) = times(vm, this, args.h(1))? else { return Ok(k::NOT_IMPLEMENTED) };
    let mark = vm.mark();
    vm.push_items(this, usize::MAX)?;
    let words = vm.heap.stack[mark..].repeat(count);
    vm.cut(mark);
    let body = if kind(vm, this) == "list" { Body::list(words) } else { Body::Tuple(words.into()) };
    let class = if kind(vm, this) == "list" { k::LIST } else { k::TUPLE };
    vm.alloc(class, body)
}

fn compare(vm: &mut Vm, args: Args, op: Cmp) -> R<H> {
    let (a, b) = (args.h(0), args.h(1));
    if !is_sequence(vm, b) || kind(vm, a) != kind(vm, b) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    if matches!(op, Cmp::Eq | Cmp::Ne) && vm.count(a) != vm.count(b) {
        return Ok(vm.bool(op == Cmp::Ne));
    }
    let mut i = 0;
    loop {
        let mark = vm.mark();
        let (Some(x), Some(y)) = (vm.nth(a, i)?, vm.nth(b, i)?) else { break };
        if !vm.equal(x, y)? {
            return match op {
                Cmp::Eq => Ok(k::FALSE),
                Cmp::Ne => Ok(k::TRUE),
                _ => vm.compare(op, x, y),
            };
        }
        vm.cut(mark);
        i += 1;
    }
    let order = vm.count(a).cmp(&vm.count(b));
    Ok(vm.bool(op.holds(order)))
}

macro_rules! comparisons {
    ($($name:ident $op:ident),*) => { $(fn $name(vm: &mut Vm, args: Args) -> R<H> { compare(vm, args, Cmp::$op) })* };
}

comparisons!(lt Lt, le Le, eq Eq, ne Ne, gt Gt, ge Ge);

fn class_getitem(vm: &mut Vm, args: Args) -> R<H> {
    let items = match vm.body(args.h(1)) {
        Some(Body::Tuple(_)) => args.h(1),
        _ => vm.tuple(&[args.h(1)])?,
    };
    vm.alloc(k::GENERIC_ALIAS, Body::GenericAlias(vm.get(args.h(0)), vm.get(items)))
}

/// `__class_getitem__` of the generic builtins.
pub(crate) const CLASS_GETITEM: NativeDef = def("__class_getitem__", "cls item", class_getitem);

// ---- list

fn list_new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(args.h(0), Body::list(Vec::new()))
}

fn list_init(vm: &mut Vm, args: Args) -> R<H> {
    clear(vm, args)?;
    if let Some(source) = args.opt(vm, 1) {
        vm.list_extend(args.h(0), source)?;
    }
    Ok(k::NONE)
}

fn list_repr(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    vm.guarded_repr(this, "[...]", |vm| vm.repr_items(this, "[", "]"))
}

fn list_setitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key, value) = (args.h(0), args.h(1), args.h(2));
    if vm.is_slice(key) {
        return list_set_slice(vm, this, key, value);
    }
    vm.check_key(key, "list")?;
    let len = vm.count(this);
    let at = vm.place(key, len, "list assignment index out of range")?;
    if !vm.list_set(this, at, value) {
        return Err(vm.raise(k::INDEX_ERROR, "list assignment index out of range"));
    }
    Ok(k::NONE)
}

fn list_set_slice(vm: &mut Vm, this: H, key: H, value: H) -> R<H> {
    if !vm.is_iterable(value) {
        let what = if matches!(vm.body(key), Some(Body::Slice(w)) if w[2] != Value::NONE) {
            "must assign iterable to extended slice"
        } else {
            "can only assign an iterable"
        };
        return Err(vm.type_error(what));
    }
    let values = vm.to_list(value)?;
    let len = vm.count(this);
    let span = vm.slice_span(key, len)?;
    let new = vm.count(values);
    if span.step == 1 {
        let mark = vm.mark();
        vm.push_items(values, usize::MAX)?;
        let start = span.start as usize;
        vm.list_splice(this, start..(span.stop.max(span.start) as usize), mark)?;
        return Ok(k::NONE);
    }
    if new != span.count {
        let what = format!("attempt to assign sequence of size {new} to extended slice of size {}", span.count);
        return Err(vm.value_error(what));
    }
    for (i, at) in span.indices().enumerate() {
        let mark = vm.mark();
        let Some(value) = vm.nth(values, i)? else { break };
        vm.list_set(this, at, value);
        vm.cut(mark);
    }
    Ok(k::NONE)
}

fn list_delitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key) = (args.h(0), args.h(1));
    let len = vm.count(this);
    if vm.is_slice(key) {
        let span = vm.slice_span(key, len)?;
        let mut gone: Vec<usize> = span.indices().collect();
        gone.sort_unstable();
        vm.list_remove(this, &gone);
        return Ok(k::NONE);
    }
    vm.check_key(key, "list")?;
    let at = vm.place(key, len, "list assignment index out of range")?;
    vm.list_remove(this, &[at]);
    Ok(k::NONE)
}

fn append(vm: &mut Vm, args: Args) -> R<H> {
    vm.list_push(args.h(0), args.h(1)).map(|()| k::NONE)
}

fn extend(vm: &mut Vm, args: Args) -> R<H> {
    vm.list_extend(args.h(0), args.h(1)).map(|()| k::NONE)
}

fn iadd(vm: &mut Vm, args: Args) -> R<H> {
    vm.list_extend(args.h(0), args.h(1))?;
    Ok(args.h(0))
}

fn imul(vm: &mut Vm, args: Args) -> R<H> {
    let Some(count) = times(vm, args.h(0), args.h(1))? else { return Ok(k::NOT_IMPLEMENTED) };
    vm.list_repeat(args.h(0), count)?;
    Ok(args.h(0))
}

fn insert(vm: &mut Vm, args: Args) -> R<H> {
    let at = vm.index_i64(args.h(1))?;
    let len = vm.count(args.h(0)) as i64;
    let at = if at < 0 { (at + len).max(0) } else { at.min(len) } as usize;
    let mark = vm.mark();
    let word = vm.get(args.h(2));
    vm.push(word);
    vm.list_splice(args.h(0), at..at, mark)?;
    Ok(k::NONE)
}

fn pop(vm: &mut Vm, args: Args) -> R<H> {
    let len = vm.count(args.h(0));
    if len == 0 {
        return Err(vm.raise(k::INDEX_ERROR, "pop from empty list"));
    }
    let at = match args.opt(vm, 1) {
        Some(at) => vm.place(at, len, "pop index out of range")?,
        None => len - 1,
    };
    let Some(item) = vm.nth(args.h(0), at)? else { return Err(vm.raise(k::INDEX_ERROR, "pop index out of range")) };
    vm.list_remove(args.h(0), &[at]);
    Ok(item)
}

fn remove(vm: &mut Vm, args: Args) -> R<H> {
    let mut i = 0;
    while let Some(item) = vm.nth(args.h(0), i)? {
        if vm.equal(item, args.h(1))? {
            vm.list_remove(args.h(0), &[i]);
            return Ok(k::NONE);
        }
        i += 1;
    }
    Err(vm.value_error("list.remove(x): x not in list"))
}

fn clear(vm: &mut Vm, args: Args) -> R<H> {
    let mark = vm.mark();
    vm.list_splice(args.h(0), 0..usize::MAX, mark)?;
    Ok(k::NONE)
}

fn copy(vm: &mut Vm, args: Args) -> R<H> {
    let mark = vm.mark();
    vm.push_items(args.h(0), usize::MAX)?;
    vm.list_since(mark)
}

fn reverse(vm: &mut Vm, args: Args) -> R<H> {
    vm.list_reverse(args.h(0));
    Ok(k::NONE)
}

fn list_reversed(vm: &mut Vm, args: Args) -> R<H> {
    let last = vm.count(args.h(0)) as i64 - 1;
    vm.new_iter(k::LIST_REV, IterKind::ListReversed, last, args.h(0))
}

/// Sorts a list in place. The items lie on the root stack meanwhile, and the list is empty, as in CPython.
pub(crate) fn sort(vm: &mut Vm, list: H, key: H, reverse: bool) -> R<()> {
    let start = vm.mark();
    let taken = vm.take_items(list)?;
    let count = vm.mark() - start;
    let result = sort_on_stack(vm, start, count, key, reverse);
    let unused = vm.put_back(list, taken, start, result.as_deref().ok())?;
    vm.cut(start);
    result?;
    if !unused {
        return Err(vm.value_error("list modified during sort"));
    }
    Ok(())
}

/// The order of the `count` words from `start` on: a merge sort, which is stable and asks only `<`.
fn sort_on_stack(vm: &mut Vm, start: usize, count: usize, key: H, reverse: bool) -> R<Vec<u32>> {
    let mut keys = start;
    if !vm.is_none(key) {
        keys = vm.mark();
        for i in 0..count {
            let mark = vm.mark();
            let made = vm.call(key, &[H((start + i) as u32)])?;
            vm.keep(mark, made);
        }
    }
    let mut order: Vec<u32> = (0..count as u32).collect();
    if reverse {
        order.reverse();
    }
    let mut width = 1;
    while width < count {
        let mut merged = Vec::with_capacity(count);
        for run in order.chunks(width * 2) {
            merge(vm, keys, run, width.min(run.len()), &mut merged)?;
        }
        order = merged;
        width *= 2;
    }
    if reverse {
        order.reverse();
    }
    Ok(order)
}

fn merge(vm: &mut Vm, keys: usize, run: &[u32], middle: usize, into: &mut Vec<u32>) -> R<()> {
    let (mut left, mut right) = (&run[..middle], &run[middle..]);
    while let ([a, more_left @ ..], [b, more_right @ ..]) = (left, right) {
        let mark = vm.mark();
        let less = vm.compare(Cmp::Lt, H((keys + *b as usize) as u32), H((keys + *a as usize) as u32))?;
        let less = vm.truth(less)?;
        vm.cut(mark);
        if less {
            into.push(*b);
            right = more_right;
        } else {
            into.push(*a);
            left = more_left;
        }
    }
    into.extend_from_slice(left);
    into.extend_from_slice(right);
    Ok(())
}

fn list_sort(vm: &mut Vm, args: Args) -> R<H> {
    let key = args.opt(vm, 1).unwrap_or(k::NONE);
    let reverse = args.opt(vm, 2).map_or(Ok(false), |h| vm.truth(h))?;
    sort(vm, args.h(0), key, reverse).map(|()| k::NONE)
}

pub(crate) static METHODS: [NativeDef; 31] = [
    def("__new__", "cls *args **kw", list_new),
    def("__init__", "self iterable=", list_init),
    def("__repr__", "self", list_repr),
    def("__len__", "self", len),
    def("__getitem__", "self key", getitem),
    def("__setitem__", "self key value", list_setitem),
    def("__delitem__", "self key", list_delitem),
    def("__iter__", "self", iter),
    def("__reversed__", "self", list_reversed),
    def("__contains__", "self item", contains),
    def("__add__", "self other", add),
    def("__iadd__", "self other", iadd),
    def("__mul__", "self count", mul),
    def("__rmul__", "self count", mul),
    def("__imul__", "self count", imul),
    def("__lt__", "self other", lt),
    def("__le__", "self other", le),
    def("__eq__", "self other", eq),
    def("__ne__", "self other", ne),
    def("__gt__", "self other", gt),
    def("__ge__", "self other", ge),
    def("append", "self object", append),
    def("extend", "self iterable", extend),
    def("insert", "self index object", insert),
    def("pop", "self index=", pop),
    def("remove", "self value", remove),
    def("clear", "self", clear),
    def("copy", "self", copy),
    def("reverse", "self", reverse),
    def("sort", "self * key= reverse=", list_sort),
    CLASS_GETITEM,
];

/// `list.index` and `list.count`, shared with tuple.
pub(crate) static SEARCH_METHODS: [NativeDef; 2] =
    [def("index", "self value start= stop=", index), def("count", "self value", count)];

// ---- tuple

fn tuple_new(vm: &mut Vm, args: Args) -> R<H> {
    let Some(source) = args.opt(vm, 1) else {
        return if vm.is(args.h(0), k::TUPLE) {
            Ok(k::EMPTY_TUPLE)
        } else {
            vm.alloc(args.h(0), Body::Tuple(Box::default()))
        };
    };
    let tuple = vm.to_tuple(source)?;
    if vm.is(args.h(0), k::TUPLE) {
        return Ok(tuple);
    }
    let items = vm.items(tuple).expect("a tuple").to_vec();
    vm.alloc(args.h(0), Body::Tuple(items.into()))
}

fn tuple_repr(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    let close = if vm.count(this) == 1 { ",)" } else { ")" };
    vm.guarded_repr(this, "(...)", |vm| vm.repr_items(this, "(", close))
}

fn tuple_hash(vm: &mut Vm, args: Args) -> R<H> {
    let mut hash: u64 = 2_870_177_450_012_600_261;
    let count = vm.count(args.h(0));
    for i in 0..count {
        let mark = vm.mark();
        let item = vm.item(args.h(0), i).expect("counted");
        let lane = vm.hash(item)? as u64;
        vm.cut(mark);
        hash = hash.wrapping_add(lane.wrapping_mul(14_029_467_366_897_019_727));
        hash = hash.rotate_left(31).wrapping_mul(11_400_714_785_074_694_791);
    }
    hash = hash.wrapping_add(count as u64 ^ (2_870_177_450_012_600_261 ^ 3_527_539));
    vm.int(if hash as i64 == -1 { 1_546_275_796 } else { hash as i64 })
}

pub(crate) static TUPLE_METHODS: [NativeDef; 19] = [
    def("__new__", "cls iterable=", tuple_new),
    def("__repr__", "self", tuple_repr),
    def("__hash__", "self", tuple_hash),
    def("__len__", "self", len),
    def("__getitem__", "self key", getitem),
    def("__iter__", "self", iter),
    def("__contains__", "self item", contains),
    def("__add__", "self other", add),
    def("__mul__", "self count", mul),
    def("__rmul__", "self count", mul),
    def("__lt__", "self other", lt),
    def("__le__", "self other", le),
    def("__eq__", "self other", eq),
    def("__ne__", "self other", ne),
    def("__gt__", "self other", gt),
    def("__ge__", "self other", ge),
    def("__getnewargs__", "self", getnewargs),
    def("index", "self value start= stop=", index),
    CLASS_GETITEM,
];

fn getnewargs(vm: &mut Vm, args: Args) -> R<H> {
    let items = vm.items(args.h(0)).expect("a tuple").to_vec();
    let copy = vm.alloc(k::TUPLE, Body::Tuple(items.into()))?;
    vm.tuple(&[copy])
}

// ---- slice

fn slice_new(vm: &mut Vm, args: Args) -> R<H> {
    match (args.opt(vm, 2), args.opt(vm, 3)) {
        (None, _) => vm.new_slice(k::NONE, args.h(1), k::NONE),
        (Some(stop), step) => vm.new_slice(args.h(1), stop, step.unwrap_or(k::NONE)),
    }
}

fn slice_part(vm: &mut Vm, this: H, i: usize) -> R<H> {
    let Some(Body::Slice(words) | Body::Range(words)) = vm.body(this) else { panic!("not a slice") };
    let word = words[i];
    Ok(vm.push(word))
}

fn parts(vm: &mut Vm, this: H) -> R<H> {
    let all = [slice_part(vm, this, 0)?, slice_part(vm, this, 1)?, slice_part(vm, this, 2)?];
    vm.tuple(&all)
}

fn slice_repr(vm: &mut Vm, args: Args) -> R<H> {
    let tuple = parts(vm, args.h(0))?;
    let shown = vm.repr(tuple)?;
    let text = vm.string(shown);
    vm.str(format!("slice{text}"))
}

fn slice_eq(vm: &mut Vm, args: Args) -> R<H> {
    if !vm.is_slice(args.h(1)) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let (a, b) = (parts(vm, args.h(0))?, parts(vm, args.h(1))?);
    let equal = vm.equal(a, b)?;
    Ok(vm.bool(equal))
}

fn slice_hash(vm: &mut Vm, args: Args) -> R<H> {
    let tuple = parts(vm, args.h(0))?;
    let hash = vm.hash(tuple)?;
    vm.int(hash)
}

fn slice_indices(vm: &mut Vm, args: Args) -> R<H> {
    let len = vm.index_i64(args.h(1))?;
    if len < 0 {
        return Err(vm.value_error("length should not be negative"));
    }
    let span = vm.slice_span(args.h(0), len as usize)?;
    let all = [vm.int(span.start)?, vm.int(span.stop)?, vm.int(span.step)?];
    vm.tuple(&all)
}

pub(crate) static SLICE_METHODS: [NativeDef; 5] = [
    def("__new__", "cls start stop= step=", slice_new),
    def("__repr__", "self", slice_repr),
    def("__eq__", "self other", slice_eq),
    def("__hash__", "self", slice_hash),
    def("indices", "self length", slice_indices),
];
pub(crate) static SLICE_ATTRS: [GetSetDef; 3] = [
    GetSetDef { name: "start", get: |vm, this| slice_part(vm, this, 0), set: None },
    GetSetDef { name: "stop", get: |vm, this| slice_part(vm, this, 1), set: None },
    GetSetDef { name: "step", get: |vm, this| slice_part(vm, this, 2), set: None },
];
pub(crate) use SLICE_ATTRS as RANGE_ATTRS;

// ---- range

fn range_new(vm: &mut Vm, args: Args) -> R<H> {
    let first = vm.index(args.h(1))?;
    let (start, stop, step) = match args.opt(vm, 2) {
        None => (vm.size(0), first, vm.size(1)),
        Some(stop) => {
            let stop = vm.index(stop)?;
            let step = match args.opt(vm, 3) {
                Some(step) => vm.index(step)?,
                None => vm.size(1),
            };
            (first, stop, step)
        }
    };
    if vm.as_i64(step) == Some(0) {
        return Err(vm.value_error("range() arg 3 must not be zero"));
    }
    vm.alloc(k::RANGE, Body::Range([vm.get(start), vm.get(stop), vm.get(step)]))
}

fn range_parts(vm: &mut Vm, this: H) -> R<[BigInt; 3]> {
    let mut all = Vec::new();
    for i in 0..3 {
        let h = slice_part(vm, this, i)?;
        all.push(vm.as_bigint(h).unwrap_or_default());
    }
    Ok(all.try_into().expect("three parts"))
}

fn range_count([start, stop, step]: &[BigInt; 3]) -> BigInt {
    let distance = if step.is_negative() { start - stop } else { stop - start };
    if distance.is_positive() { (distance - 1) / step.abs() + 1 } else { BigInt::zero() }
}

fn range_len(vm: &mut Vm, args: Args) -> R<H> {
    let parts = range_parts(vm, args.h(0))?;
    match range_count(&parts).to_i64() {
        Some(count) => vm.int(count),
        None => Err(vm.raise(k::OVERFLOW_ERROR, "Python int too large to convert to C ssize_t")),
    }
}

fn range_iter_of(vm: &mut Vm, this: H, [start, _, step]: &[BigInt; 3], count: &BigInt) -> R<H> {
    let fits = |value: &BigInt| value.to_i64().filter(|value| Value::int(*value).is_some());
    let end = start + step * count;
    let (Some(start), Some(step), Some(count), Some(_)) = (fits(start), fits(step), fits(count), fits(&end)) else {
        let numbers = [vm.bigint(start.clone())?, vm.bigint(step.clone())?, vm.bigint(count.clone())?];
        let [a, b, c] = numbers.map(|number| vm.get(number));
        let iter = Iter { kind: IterKind::LongRange, index: 0, a, b, c };
        return vm.alloc(k::LONG_RANGE_ITER, Body::Iter(Box::new(iter)));
    };
    let iter = Iter {
        kind: IterKind::Range,
        index: start,
        a: vm.get(this),
        b: Value::int(step).expect("it fits"),
        c: Value::small(count as usize),
    };
    vm.alloc(k::RANGE_ITER, Body::Iter(Box::new(iter)))
}

fn range_iter(vm: &mut Vm, args: Args) -> R<H> {
    let parts = range_parts(vm, args.h(0))?;
    let count = range_count(&parts);
    range_iter_of(vm, args.h(0), &parts, &count)
}

fn range_reversed(vm: &mut Vm, args: Args) -> R<H> {
    let [start, _, step] = range_parts(vm, args.h(0))?;
    let count = range_count(&range_parts(vm, args.h(0))?);
    let last = &start + (&count - BigInt::from(1)) * &step;
    range_iter_of(vm, args.h(0), &[last, start, -step], &count)
}

fn range_repr(vm: &mut Vm, args: Args) -> R<H> {
    let [start, stop, step] = range_parts(vm, args.h(0))?;
    let tail = if step == BigInt::from(1) { String::new() } else { format!(", {step}") };
    vm.str(format!("range({start}, {stop}{tail})"))
}

fn range_getitem(vm: &mut Vm, args: Args) -> R<H> {
    let all = range_parts(vm, args.h(0))?;
    let count = range_count(&all);
    let [start, _, step] = &all;
    if vm.is_slice(args.h(1)) {
        let Some(len) = count.to_usize() else { return Err(vm.raise(k::OVERFLOW_ERROR, "range too long to slice")) };
        let span = vm.slice_span(args.h(1), len)?;
        let from = vm.bigint(start + step * BigInt::from(span.start))?;
        let to = vm.bigint(start + step * BigInt::from(span.stop))?;
        let by = vm.bigint(step * BigInt::from(span.step))?;
        return vm.alloc(k::RANGE, Body::Range([vm.get(from), vm.get(to), vm.get(by)]));
    }
    vm.check_key(args.h(1), "range")?;
    let at = vm.index(args.h(1))?;
    let at = vm.as_bigint(at).expect("an int");
    let at = if at.is_negative() { at + &count } else { at };
    if at.is_negative() || at >= count {
        return Err(vm.raise(k::INDEX_ERROR, "range object index out of range"));
    }
    vm.bigint(start + step * at)
}

/// Where an int is in the range.
fn range_find(vm: &mut Vm, this: H, value: H) -> R<Option<BigInt>> {
    let Some(value) = vm.as_bigint(value) else { return Ok(None) };
    let all = range_parts(vm, this)?;
    let [start, _, step] = &all;
    let distance = value - start;
    let (at, rest) = crate::objects::int::div_mod(&distance, step);
    Ok((rest.is_zero() && !at.is_negative() && at < range_count(&all)).then_some(at))
}

fn range_contains(vm: &mut Vm, args: Args) -> R<H> {
    if vm.is_int(args.h(1)) {
        let found = range_find(vm, args.h(0), args.h(1))?.is_some();
        return Ok(vm.bool(found));
    }
    let iter = vm.iter(args.h(0))?;
    while let Some(item) = vm.next(iter)? {
        if vm.equal(item, args.h(1))? {
            return Ok(k::TRUE);
        }
    }
    Ok(k::FALSE)
}

fn range_index(vm: &mut Vm, args: Args) -> R<H> {
    match range_find(vm, args.h(0), args.h(1))? {
        Some(at) => vm.bigint(at),
        None => {
            let shown = vm.repr(args.h(1))?;
            let shown = vm.string(shown);
            Err(vm.value_error(format!("{shown} is not in range")))
        }
    }
}

fn range_eq(vm: &mut Vm, args: Args) -> R<H> {
    if !matches!(vm.body(args.h(1)), Some(Body::Range(_))) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let (a, b) = (range_parts(vm, args.h(0))?, range_parts(vm, args.h(1))?);
    let (count, other) = (range_count(&a), range_count(&b));
    let same = count == other && (count.is_zero() || a[0] == b[0] && (count == BigInt::from(1) || a[2] == b[2]));
    Ok(vm.bool(same))
}

fn range_hash(vm: &mut Vm, args: Args) -> R<H> {
    let all = range_parts(vm, args.h(0))?;
    let count = range_count(&all);
    let [start, _, step] = all;
    let one = count == BigInt::from(1);
    let (length, zero) = (vm.bigint(count.clone())?, count.is_zero());
    let first = if zero { k::NONE } else { vm.bigint(start)? };
    let by = if zero || one { k::NONE } else { vm.bigint(step)? };
    let tuple = vm.tuple(&[length, first, by])?;
    let hash = vm.hash(tuple)?;
    vm.int(hash)
}

pub(crate) static RANGE_METHODS: [NativeDef; 10] = [
    def("__new__", "cls start stop= step=", range_new),
    def("__len__", "self", range_len),
    def("__iter__", "self", range_iter),
    def("__reversed__", "self", range_reversed),
    def("__repr__", "self", range_repr),
    def("__getitem__", "self key", range_getitem),
    def("__contains__", "self item", range_contains),
    def("__eq__", "self other", range_eq),
    def("__hash__", "self", range_hash),
    def("index", "self value", range_index),
];
