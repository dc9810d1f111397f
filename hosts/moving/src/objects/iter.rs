//! Native iterators: those of the builtin containers, `enumerate`, `zip`, `map`..., and itertools'.

use crate::boot::Members;
use crate::heap::H;
use crate::items::Items;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::{Body, Iter, IterKind as K};
use crate::value::Value;
use crate::vm::{Args, NativeDef, R, Vm};
use malachite_bigint::BigInt;
use num_traits::Signed;

impl Vm {
    fn it(&self, iter: H) -> &Iter {
        match self.body(iter) {
            Some(Body::Iter(data)) => data,
            other => panic!("not a native iterator: {other:?}"),
        }
    }

    fn it_mut(&mut self, iter: H) -> &mut Iter {
        match self.body_mut(iter) {
            Body::Iter(data) => data,
            other => panic!("not a native iterator: {other:?}"),
        }
    }

    /// Lets go of what is iterated over: the end is reached for good.
    fn exhaust(&mut self, iter: H) -> R<Option<H>> {
        self.it_mut(iter).a = Value::NULL;
        Ok(None)
    }

    fn part_a(&mut self, iter: H) -> H {
        let word = self.it(iter).a;
        self.push(word)
    }

    fn part_b(&mut self, iter: H) -> H {
        let word = self.it(iter).b;
        self.push(word)
    }

    /// The next item of a native iterator.
    pub(crate) fn native_next(&mut self, iter: H) -> R<Option<H>> {
        let Iter { kind, index, a, b, .. } = *self.it(iter);
        if a.is_null() {
            return Ok(None);
        }
        match kind {
            K::List | K::Tuple => {
                let items: &[Value] = match a.object().map(|object| &object.body) {
                    Some(Body::List(Items::Own(items))) => items,
                    Some(Body::Tuple(items)) => items,
                    Some(Body::List(Items::InC(_))) => return self.next_in_c(iter, 1),
                    _ => return self.exhaust(iter),
                };
                let Some(word) = items.get(index as usize).copied() else { return self.exhaust(iter) };
                self.it_mut(iter).index += 1;
                Ok(Some(self.push(word)))
            }
            K::Range => {
                let (step, left) = (b.as_int().expect("a small int"), self.it(iter).c.as_int().expect("a small int"));
                if left <= 0 {
                    return self.exhaust(iter);
                }
                let data = self.it_mut(iter);
                (data.index, data.c) = (index.wrapping_add(step), Value::small(left as usize - 1));
                self.int(index).map(Some)
            }
            K::LongRange => self.long_range_next(iter),
            K::ListReversed => {
                let item = match a.object().map(|object| &object.body) {
                    Some(Body::List(Items::Own(items))) => {
                        usize::try_from(index).ok().and_then(|at| items.get(at)).copied()
                    }
                    Some(Body::List(Items::InC(_))) => return self.next_in_c(iter, -1),
                    _ => None,
                };
                let Some(word) = item else { return self.exhaust(iter) };
                self.it_mut(iter).index -= 1;
                Ok(Some(self.push(word)))
            }
            K::Str => {
                let text = self.part_a(iter);
                let Some((piece, next)) = crate::objects::str::char_at_byte(self, text, index as usize) else {
                    return self.exhaust(iter);
                };
                self.it_mut(iter).index = next as i64;
                self.wtf8(piece).map(Some)
            }
            K::Bytes => {
                let byte = match a.object().map(|object| &object.body) {
                    Some(Body::Bytes(bytes)) => bytes.get(index as usize).copied(),
                    Some(Body::ByteArray(bytes)) => bytes.get(index as usize).copied(),
                    _ => None,
                };
                let Some(byte) = byte else { return self.exhaust(iter) };
                self.it_mut(iter).index += 1;
                Ok(Some(self.size(byte as usize)))
            }
            K::DictKeys | K::DictValues | K::DictItems | K::Set => self.table_next(iter, false),
            K::DictKeysReversed | K::DictValuesReversed | K::DictItemsReversed => self.table_next(iter, true),
            K::Sequence | K::SequenceReversed => self.sequence_next(iter),
            K::Callable => {
                let (function, sentinel) = (self.part_a(iter), self.part_b(iter));
                match self.call(function, &[]) {
                    Ok(item) if self.equal(item, sentinel)? => self.exhaust(iter),
                    Ok(item) => Ok(Some(item)),
                    Err(_) if self.pending_is(k::STOP_ITERATION) => self.exhaust(iter),
                    Err(raised) => Err(raised),
                }
            }
            _ => self.tool_next(iter),
        }
    }

    fn long_range_next(&mut self, iter: H) -> R<Option<H>> {
        let [item, step, left] = self.long_range(iter);
        if !left.is_positive() {
            return self.exhaust(iter);
        }
        let (next, left) = (self.bigint(&item + step)?, self.bigint(left - 1)?);
        let (next, left) = (self.get(next), self.get(left));
        let data = self.it_mut(iter);
        (data.a, data.c) = (next, left);
        self.bigint(item).map(Some)
    }

    /// The next number, the step, and how many are left.
    fn long_range(&mut self, iter: H) -> [BigInt; 3] {
        let Iter { a, b, c, .. } = *self.it(iter);
        [a, b, c].map(|word| {
            let number = self.push(word);
            self.as_bigint(number).unwrap_or_default()
        })
    }

    /// Dicts and sets: `index` counts entries, `b` is the number of keys at the start.
    fn table_next(&mut self, iter: H, reversed: bool) -> R<Option<H>> {
        let Iter { kind, index, a, b, .. } = *self.it(iter);
        let table = self.table_of(a).expect("a dict or a set");
        if b.as_int() != Some(table.len() as i64) {
            let what = if kind == K::Set { "Set" } else { "dictionary" };
            // Once this has been said, the iterator stays broken.
            self.it_mut(iter).b = Value::small(usize::MAX >> 8);
            return Err(self.raise(k::RUNTIME_ERROR, format!("{what} changed size during iteration")));
        }
        let found = if reversed {
            let last = (index as usize).min(table.entries.len());
            let at = table.entries[..last].iter().rposition(|entry| !entry.key.is_null());
            at.map(|at| (at, table.entries[at]))
        } else {
            table.entry_from(index as usize)
        };
        let Some((at, entry)) = found else { return self.exhaust(iter) };
        self.it_mut(iter).index = if reversed { at as i64 } else { at as i64 + 1 };
        match kind {
            K::DictValues | K::DictValuesReversed => Ok(Some(self.push(entry.value))),
            K::DictItems | K::DictItemsReversed => {
                let (key, value) = (self.push(entry.key), self.push(entry.value));
                self.tuple(&[key, value]).map(Some)
            }
            _ => Ok(Some(self.push(entry.key))),
        }
    }

    fn sequence_next(&mut self, iter: H) -> R<Option<H>> {
        let Iter { kind, index, .. } = *self.it(iter);
        if index < 0 {
            return self.exhaust(iter);
        }
        let (sequence, at) = (self.part_a(iter), self.int(index)?);
        match self.nth_item(sequence, at) {
            Ok(item) => {
                self.it_mut(iter).index += if kind == K::Sequence { 1 } else { -1 };
                Ok(Some(item))
            }
            Err(_) if self.pending_is(k::INDEX_ERROR) || self.pending_is(k::STOP_ITERATION) => {
                self.set(k::PENDING, Value::NULL);
                self.exhaust(iter)
            }
            Err(raised) => Err(raised),
        }
    }

    fn tool_next(&mut self, iter: H) -> R<Option<H>> {
        let Iter { kind, index, b, c, .. } = *self.it(iter);
        let source = self.part_a(iter);
        match kind {
            K::Enumerate => {
                let Some(item) = self.next(source)? else { return Ok(None) };
                let count = self.part_b(iter);
                let one = self.size(1);
                let next = self.binary_op(crate::number::ADD, count, one)?;
                let pair = self.tuple(&[count, item])?;
                self.it_mut(iter).b = self.heap.get(next);
                Ok(Some(pair))
            }
            K::Zip => self.zip_next(iter, source),
            K::Map => {
                let function = self.part_b(iter);
                let start = self.mark();
                let count = self.count(source);
                for i in 0..count {
                    let mark = self.mark();
                    let one = self.item(source, i).expect("counted");
                    let Some(item) = self.next_or_stop(one)? else { return Ok(None) };
                    self.keep(mark, item);
                }
                self.call_at(function, start, count, k::NULL).map(Some)
            }
            K::Filter => {
                let function = self.part_b(iter);
                let mark = self.mark();
                while let Some(item) = self.next(source)? {
                    let verdict = if self.is_none(function) { item } else { self.call(function, &[item])? };
                    if self.truth(verdict)? == (index == 0) {
                        return Ok(Some(item));
                    }
                    self.cut(mark);
                }
                Ok(None)
            }
            K::Chain => loop {
                let mut current = self.part_b(iter);
                if self.get(current).is_null() {
                    let Some(next) = self.next(source)? else { return self.exhaust(iter) };
                    current = self.iter(next)?;
                    self.it_mut(iter).b = self.heap.get(current);
                }
                match self.next(current)? {
                    Some(item) => return Ok(Some(item)),
                    None => self.it_mut(iter).b = Value::NULL,
                }
            },
            K::Count => {
                let step = self.part_b(iter);
                let next = self.binary_op(crate::number::ADD, source, step)?;
                self.it_mut(iter).a = self.heap.get(next);
                Ok(Some(source))
            }
            K::Repeat => {
                if index == 0 {
                    return self.exhaust(iter);
                }
                if index > 0 {
                    self.it_mut(iter).index -= 1;
                }
                Ok(Some(source))
            }
            K::Cycle => {
                let saved = self.part_b(iter);
                if index < 0 {
                    if let Some(item) = self.next(source)? {
                        self.list_push(saved, item)?;
                        return Ok(Some(item));
                    }
                    self.it_mut(iter).index = 0;
                }
                let count = self.count(saved);
                if count == 0 {
                    return self.exhaust(iter);
                }
                let at = self.it(iter).index as usize;
                self.it_mut(iter).index = ((at + 1) % count) as i64;
                Ok(self.item(saved, at))
            }
            K::Islice => {
                // `index`: the position of the source; `b`: the next to give, or None at the end; `c`: (stop, step).
                let (Some(wanted), stop, step) = (b.as_int(), self.item_int(c, 0), self.item_int(c, 1)) else {
                    return Ok(None);
                };
                if stop.is_some_and(|stop| wanted >= stop) {
                    return self.exhaust(iter);
                }
                let mut at = index;
                loop {
                    let mark = self.mark();
                    let Some(item) = self.next(source)? else { return self.exhaust(iter) };
                    at += 1;
                    self.it_mut(iter).index = at;
                    if at > wanted {
                        self.it_mut(iter).b = Value::small((wanted + step.unwrap_or(1)) as usize);
                        return Ok(Some(item));
                    }
                    self.cut(mark);
                }
            }
            K::Starmap => {
                let function = self.part_b(iter);
                let Some(item) = self.next(source)? else { return Ok(None) };
                let args = self.to_tuple(item)?;
                self.call_ex(function, args, k::NULL).map(Some)
            }
            K::Takewhile => {
                let function = self.part_b(iter);
                let Some(item) = self.next(source)? else { return Ok(None) };
                let verdict = self.call(function, &[item])?;
                if self.truth(verdict)? { Ok(Some(item)) } else { self.exhaust(iter) }
            }
            K::Dropwhile => {
                let function = self.part_b(iter);
                while let Some(item) = self.next(source)? {
                    if index == 0 {
                        let verdict = self.call(function, &[item])?;
                        if self.truth(verdict)? {
                            continue;
                        }
                        self.it_mut(iter).index = 1;
                    }
                    return Ok(Some(item));
                }
                Ok(None)
            }
            K::Accumulate => {
                let function = self.part_b(iter);
                if index == 1 && !c.is_null() {
                    // The initial value comes first, as it is.
                    self.it_mut(iter).index = 0;
                    return Ok(Some(self.push(c)));
                }
                let total = self.push(c);
                let Some(item) = self.next(source)? else { return Ok(None) };
                let result = match self.get(total) {
                    Value::NULL => item,
                    _ if self.is_none(function) => self.binary_op(crate::number::ADD, total, item)?,
                    _ => self.call(function, &[total, item])?,
                };
                self.it_mut(iter).c = self.heap.get(result);
                Ok(Some(result))
            }
            other => unreachable!("{other:?} is handled by native_next"),
        }
    }

    fn item_int(&self, tuple: Value, index: usize) -> Option<i64> {
        match tuple.object().map(|object| &object.body) {
            Some(Body::Tuple(items)) => items.get(index)?.as_int(),
            _ => None,
        }
    }

    /// The next item of a list whose items lie in its mirror.
    fn next_in_c(&mut self, iter: H, step: i64) -> R<Option<H>> {
        let list = self.part_a(iter);
        let item = match usize::try_from(self.it(iter).index) {
            Ok(at) => self.nth(list, at)?,
            Err(_) => None,
        };
        let Some(item) = item else { return self.exhaust(iter) };
        self.it_mut(iter).index += step;
        Ok(Some(item))
    }

    fn zip_next(&mut self, iter: H, sources: H) -> R<Option<H>> {
        let strict = self.it(iter).index == 1;
        let start = self.mark();
        let count = self.count(sources);
        if count == 0 {
            return Ok(None);
        }
        for i in 0..count {
            let mark = self.mark();
            let one = self.item(sources, i).expect("counted");
            let Some(item) = self.next(one)? else {
                if strict {
                    self.zip_lengths(sources, i, count)?;
                }
                return self.exhaust(iter);
            };
            self.keep(mark, item);
        }
        self.tuple_since(start).map(Some)
    }

    /// `zip(strict=True)`: argument `ended` is at its end; all others have to be as well.
    fn zip_lengths(&mut self, sources: H, ended: usize, count: usize) -> R<()> {
        let before = |last: usize| if last == 1 { " 1".to_owned() } else { format!("s 1-{last}") };
        if ended > 0 {
            let what = format!("zip() argument {} is shorter than argument{}", ended + 1, before(ended));
            return Err(self.value_error(what));
        }
        for i in 1..count {
            let one = self.item(sources, i).expect("counted");
            if self.next(one)?.is_some() {
                let what = format!("zip() argument {} is longer than argument{}", i + 1, before(i));
                return Err(self.value_error(what));
            }
        }
        Ok(())
    }
}

fn iter_self(_: &mut Vm, args: Args) -> R<H> {
    Ok(args.h(0))
}

fn iter_next(vm: &mut Vm, args: Args) -> R<H> {
    match vm.native_next(args.h(0))? {
        Some(item) => Ok(item),
        None if vm.pending_is(k::STOP_ITERATION) => Err(crate::vm::Raised),
        None => Err(vm.raise_with(k::STOP_ITERATION, &[])),
    }
}

fn length_hint(vm: &mut Vm, args: Args) -> R<H> {
    let Iter { kind, index, a, c, .. } = *vm.it(args.h(0));
    if kind == K::LongRange {
        return Ok(vm.push(c));
    }
    let a = vm.push(a);
    let left = match (kind, vm.body(a)) {
        (K::List | K::Tuple, Some(_)) => vm.count(a) as i64 - index,
        (K::ListReversed, Some(_)) => index + 1,
        (K::Range, _) if !vm.get(a).is_null() => c.as_int().unwrap_or(0),
        (_, Some(Body::Dict(table) | Body::Set(table))) => {
            table.entries.iter().skip(index as usize).filter(|e| !e.key.is_null()).count() as i64
        }
        _ => 0,
    };
    vm.int(left.max(0))
}

/// `iter`, and the range that is left.
fn range_reduce(vm: &mut Vm, args: Args) -> R<H> {
    let [start, step, left] = match *vm.it(args.h(0)) {
        Iter { a: Value::NULL, .. } => [0.into(), 1.into(), 0.into()],
        Iter { kind: K::LongRange, .. } => vm.long_range(args.h(0)),
        Iter { index, b, c, .. } => [index, b.as_int().unwrap_or(1), c.as_int().unwrap_or(0)].map(BigInt::from),
    };
    let stop = &start + &step * left;
    let numbers = [vm.bigint(start)?, vm.bigint(stop)?, vm.bigint(step)?];
    let range = vm.call(k::RANGE, &numbers)?;
    let range = vm.tuple(&[range])?;
    let iter = vm.intern("iter")?;
    let iter = vm.dict_get(k::BUILTINS, iter)?.unwrap_or(k::NONE);
    vm.tuple(&[iter, range])
}

static METHODS: [NativeDef; 3] = [
    def("__iter__", "self", iter_self),
    def("__next__", "self", iter_next),
    def("__length_hint__", "self", length_hint),
];
static RANGE_METHODS: [NativeDef; 4] = [
    def("__iter__", "self", iter_self),
    def("__next__", "self", iter_next),
    def("__length_hint__", "self", length_hint),
    def("__reduce__", "self", range_reduce),
];
static TOOL_METHODS: [NativeDef; 2] = [def("__iter__", "self", iter_self), def("__next__", "self", iter_next)];

// ---- constructors

fn make(vm: &mut Vm, class: H, kind: K, index: i64, a: H, b: Option<H>, c: Option<H>) -> R<H> {
    let word = |vm: &Vm, h: Option<H>| h.map_or(Value::NULL, |h| vm.get(h));
    let iter = Iter { kind, index, a: vm.get(a), b: word(vm, b), c: word(vm, c) };
    vm.alloc(class, Body::Iter(Box::new(iter)))
}

/// A tuple of the iterators of all arguments.
fn iterators(vm: &mut Vm, sources: &[H]) -> R<H> {
    let start = vm.mark();
    for source in sources {
        let mark = vm.mark();
        let iter = vm.iter(*source)?;
        vm.keep(mark, iter);
    }
    vm.tuple_since(start)
}

fn enumerate_new(vm: &mut Vm, args: Args) -> R<H> {
    let iter = vm.iter(args.h(1))?;
    let start = match args.opt(vm, 2) {
        Some(start) => vm.index(start)?,
        None => vm.size(0),
    };
    make(vm, args.h(0), K::Enumerate, 0, iter, Some(start), None)
}

fn zip_new(vm: &mut Vm, args: Args) -> R<H> {
    let strict = args.opt(vm, 1).map_or(Ok(false), |h| vm.truth(h))?;
    let sources: Vec<H> = args.rest().collect();
    let all = iterators(vm, &sources)?;
    make(vm, args.h(0), K::Zip, i64::from(strict), all, None, None)
}

fn map_new(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    let [function, sources @ ..] = rest.as_slice() else {
        return Err(vm.type_error("map() must have at least two arguments."));
    };
    if sources.is_empty() {
        return Err(vm.type_error("map() must have at least two arguments."));
    }
    let all = iterators(vm, sources)?;
    make(vm, args.h(0), K::Map, 0, all, Some(*function), None)
}

fn filter_new(vm: &mut Vm, args: Args) -> R<H> {
    let iter = vm.iter(args.h(2))?;
    make(vm, args.h(0), K::Filter, 0, iter, Some(args.h(1)), None)
}

fn chain_new(vm: &mut Vm, args: Args) -> R<H> {
    let sources: Vec<H> = args.rest().collect();
    let tuple = vm.tuple(&sources)?;
    let iter = vm.iter(tuple)?;
    make(vm, args.h(0), K::Chain, 0, iter, None, None)
}

fn chain_from(vm: &mut Vm, args: Args) -> R<H> {
    let iter = vm.iter(args.h(1))?;
    make(vm, args.h(0), K::Chain, 0, iter, None, None)
}

fn count_new(vm: &mut Vm, args: Args) -> R<H> {
    let start = args.opt(vm, 1).unwrap_or_else(|| vm.size(0));
    let step = args.opt(vm, 2).unwrap_or_else(|| vm.size(1));
    make(vm, args.h(0), K::Count, 0, start, Some(step), None)
}

fn repeat_new(vm: &mut Vm, args: Args) -> R<H> {
    let times = match args.opt(vm, 2) {
        Some(times) => vm.index_i64(times)?.max(0),
        None => -1,
    };
    make(vm, args.h(0), K::Repeat, times, args.h(1), None, None)
}

fn cycle_new(vm: &mut Vm, args: Args) -> R<H> {
    let iter = vm.iter(args.h(1))?;
    let saved = vm.alloc(k::LIST, Body::list(Vec::new()))?;
    make(vm, args.h(0), K::Cycle, -1, iter, Some(saved), None)
}

fn islice_new(vm: &mut Vm, args: Args) -> R<H> {
    let iter = vm.iter(args.h(1))?;
    let (start, stop, step) = match (args.opt(vm, 3), args.opt(vm, 4)) {
        (None, _) => (k::NONE, args.h(2), k::NONE),
        (Some(stop), step) => (args.h(2), stop, step.unwrap_or(k::NONE)),
    };
    let mut number = |h: H, default: i64| if vm.is_none(h) { Ok(default) } else { vm.index_i64(h) };
    let (start, last, step) = (number(start, 0)?, number(stop, i64::MAX >> 2)?, number(step, 1)?);
    if start < 0 || last < 0 {
        let what = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        return Err(vm.value_error(what));
    }
    if step < 1 {
        return Err(vm.value_error("Step for islice() must be a positive integer or None."));
    }
    let (start, last, step) = (vm.int(start)?, vm.int(last)?, vm.int(step)?);
    let plan = vm.tuple(&[last, step])?;
    make(vm, args.h(0), K::Islice, 0, iter, Some(start), Some(plan))
}

fn with_function(vm: &mut Vm, args: Args, kind: K) -> R<H> {
    let iter = vm.iter(args.h(2))?;
    make(vm, args.h(0), kind, 0, iter, Some(args.h(1)), None)
}

fn starmap_new(vm: &mut Vm, args: Args) -> R<H> {
    with_function(vm, args, K::Starmap)
}

fn takewhile_new(vm: &mut Vm, args: Args) -> R<H> {
    with_function(vm, args, K::Takewhile)
}

fn dropwhile_new(vm: &mut Vm, args: Args) -> R<H> {
    with_function(vm, args, K::Dropwhile)
}

fn accumulate_new(vm: &mut Vm, args: Args) -> R<H> {
    let iter = vm.iter(args.h(1))?;
    let function = args.opt(vm, 2).unwrap_or(k::NONE);
    let initial = args.opt(vm, 3).filter(|h| !vm.is_none(*h));
    make(vm, args.h(0), K::Accumulate, i64::from(initial.is_some()), iter, Some(function), initial)
}

fn reversed_new(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(result) = vm.call_special(args.h(1), n::__reversed__, &[])? {
        return Ok(result);
    }
    if !vm.is_sequence(args.h(1)) {
        let name = vm.class_name(args.h(1));
        return Err(vm.type_error(format!("'{name}' object is not reversible")));
    }
    let len = vm.len(args.h(1))?;
    make(vm, args.h(0), K::SequenceReversed, len as i64 - 1, args.h(1), None, None)
}

macro_rules! constructor {
    ($table:ident, $params:literal, $f:ident) => {
        static $table: [NativeDef; 3] =
            [def("__new__", $params, $f), def("__iter__", "self", iter_self), def("__next__", "self", iter_next)];
    };
}

constructor!(ENUMERATE, "cls :iterable :start=", enumerate_new);
constructor!(ZIP, "cls * strict= *iterables", zip_new);
constructor!(MAP, "cls *args", map_new);
constructor!(FILTER, "cls function iterable", filter_new);
constructor!(COUNT, "cls :start= :step=", count_new);
constructor!(REPEAT, "cls :object :times=", repeat_new);
constructor!(CYCLE, "cls iterable", cycle_new);
constructor!(ISLICE, "cls iterable start stop= step=", islice_new);
constructor!(STARMAP, "cls function iterable", starmap_new);
constructor!(TAKEWHILE, "cls predicate iterable", takewhile_new);
constructor!(DROPWHILE, "cls predicate iterable", dropwhile_new);
constructor!(ACCUMULATE, "cls :iterable :func= * initial=", accumulate_new);
constructor!(REVERSED, "cls sequence", reversed_new);
static CHAIN: [NativeDef; 4] = [
    def("__new__", "cls *iterables", chain_new),
    def("from_iterable", "cls iterable", chain_from),
    def("__iter__", "self", iter_self),
    def("__next__", "self", iter_next),
];

/// The iterator classes.
pub(crate) fn members() -> Vec<Members> {
    let plain = [
        k::SEQ_ITER,
        k::LIST_ITER,
        k::LIST_REV,
        k::TUPLE_ITER,
        k::STR_ITER,
        k::BYTES_ITER,
        k::BYTEARRAY_ITER,
        k::MEMORY_ITER,
        k::KEY_ITER,
        k::VALUE_ITER,
        k::ITEM_ITER,
        k::KEY_REV,
        k::VALUE_REV,
        k::ITEM_REV,
        k::SET_ITER,
    ];
    let row = |class, methods| Members { class, methods, attrs: &[] };
    let mut rows: Vec<Members> = plain.into_iter().map(|class| row(class, &METHODS as &[NativeDef])).collect();
    rows.extend([k::RANGE_ITER, k::LONG_RANGE_ITER].map(|class| row(class, &RANGE_METHODS)));
    rows.push(row(k::CALL_ITER, &TOOL_METHODS));
    rows.push(row(k::CHAIN, &CHAIN));
    let tools: [(H, &'static [NativeDef]); 13] = [
        (k::ENUMERATE, &ENUMERATE),
        (k::ZIP, &ZIP),
        (k::MAP, &MAP),
        (k::FILTER, &FILTER),
        (k::COUNT, &COUNT),
        (k::REPEAT, &REPEAT),
        (k::CYCLE, &CYCLE),
        (k::ISLICE, &ISLICE),
        (k::STARMAP, &STARMAP),
        (k::TAKEWHILE, &TAKEWHILE),
        (k::DROPWHILE, &DROPWHILE),
        (k::ACCUMULATE, &ACCUMULATE),
        (k::REVERSED, &REVERSED),
    ];
    rows.extend(tools.into_iter().map(|(class, methods)| row(class, methods)));
    rows
}
