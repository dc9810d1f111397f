//! What all containers share: hashing, dict and set access, items, length, iteration, namespaces.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::{Body, Iter, IterKind};
use crate::table::Entry;
use crate::value::Value;
use crate::vm::{R, Raised, Vm, find_text, text_hash};
use emul::watchers::DictEvent;

impl Vm {
    // ---- hashing

    /// `hash(h)`.
    pub(crate) fn hash(&mut self, h: H) -> R<i64> {
        let word = self.get(h);
        if let Some(int) = word.as_int() {
            return Ok(crate::objects::int::hash_i64(int));
        }
        if let Some(Body::Str(text)) = self.body(h)
            && self.exact(h, k::STR)
        {
            return Ok(text_hash(text));
        }
        let mark = self.mark();
        let Some(method) = self.special(h, n::__hash__) else { return Err(self.unhashable(h)) };
        if self.is_none(method) {
            return Err(self.unhashable(h));
        }
        let result = self.call_unbound(method, h, &[])?;
        let Some(big) = self.as_bigint(result) else {
            return Err(self.type_error("__hash__ method should return an integer"));
        };
        let hash = self.as_i64(result).unwrap_or_else(|| crate::objects::int::hash_big(&big));
        self.cut(mark);
        Ok(if hash == -1 { -2 } else { hash })
    }

    fn unhashable(&mut self, h: H) -> crate::vm::Raised {
        let name = self.class_name(h);
        self.type_error(format!("unhashable type: '{name}'"))
    }

    /// Where `key` is in the table of a dict or set.
    pub(crate) fn find(&mut self, table: H, key: H, hash: i64) -> R<Option<usize>> {
        'again: loop {
            let version = self.table(table).version;
            let mut probe = self.table(table).probe(hash);
            while let Some(at) = self.table(table).next(&mut probe, hash) {
                let candidate = self.table(table).entries[at].key;
                if candidate == self.get(key) {
                    return Ok(Some(at));
                }
                let mark = self.mark();
                let candidate = self.push(candidate);
                let equal = self.equal(candidate, key)?;
                self.cut(mark);
                if self.table(table).version != version {
                    continue 'again;
                }
                if equal {
                    return Ok(Some(at));
                }
            }
            return Ok(None);
        }
    }

    /// `dict.get(key)` of a dict's own table.
    pub(crate) fn dict_get(&mut self, dict: H, key: H) -> R<Option<H>> {
        let hash = self.hash(key)?;
        let Some(at) = self.find(dict, key, hash)? else { return Ok(None) };
        let word = self.table(dict).entries[at].value;
        Ok(Some(self.push(word)))
    }

    /// `dict[key] = value` of a dict's own table.
    pub(crate) fn dict_set(&mut self, dict: H, key: H, value: H) -> R<()> {
        let hash = self.hash(key)?;
        self.dict_store(dict, key, hash, value)
    }

    fn dict_store(&mut self, dict: H, key: H, hash: i64, value: H) -> R<()> {
        let found = self.find(dict, key, hash)?;
        if self.table(dict).watchers != 0 && self.dict_stores(dict, key, value, found) {
            let found = self.find(dict, key, hash)?;
            return self.dict_put(dict, key, hash, value, found);
        }
        self.dict_put(dict, key, hash, value, found)
    }

    /// Stores an item where a search has found its key, or adds it.
    fn dict_put(&mut self, dict: H, key: H, hash: i64, value: H, found: Option<usize>) -> R<()> {
        if found.is_none() {
            self.room_for_one(dict)?;
        }
        let (key, value) = (self.get(key), self.get(value));
        let table = self.table_mut(dict);
        match found {
            Some(at) => table.entries[at].value = value,
            None => table.add(hash, key, value),
        }
        Ok(())
    }

    pub(crate) fn dict_set_str(&mut self, dict: H, key: &str, value: H) -> R<()> {
        let mark = self.mark();
        let key = self.intern(key)?;
        self.dict_set(dict, key, value)?;
        self.cut(mark);
        Ok(())
    }

    /// Removes a key; whether it was there.
    pub(crate) fn dict_remove(&mut self, dict: H, key: H) -> R<bool> {
        let hash = self.hash(key)?;
        let Some(at) = self.find(dict, key, hash)? else { return Ok(false) };
        Ok(self.dict_remove_at(dict, at).is_some())
    }

    /// Removes an entry that a search found, unless a watcher was quicker.
    pub(crate) fn dict_remove_at(&mut self, dict: H, at: usize) -> Option<Entry> {
        let at = if self.table(dict).watchers == 0 { at } else { self.dict_deletes(dict, at)? };
        Some(self.table_mut(dict).remove(at))
    }

    /// `dict.clear()` of a dict's own table.
    pub(crate) fn dict_clear(&mut self, dict: H) {
        if self.table(dict).len() != 0 {
            self.dict_changes(dict, DictEvent::Cleared, None, None);
        }
        self.table_mut(dict).clear();
    }

    pub(crate) fn set_add(&mut self, set: H, key: H) -> R<()> {
        let hash = self.hash(key)?;
        if self.find(set, key, hash)?.is_none() {
            self.room_for_one(set)?;
            let key = self.get(key);
            self.table_mut(set).add(hash, key, Value::NULL);
        }
        Ok(())
    }

    pub(crate) fn set_update(&mut self, set: H, source: H) -> R<()> {
        let iter = self.iter(source)?;
        let mark = self.mark();
        while let Some(item) = self.next(iter)? {
            self.set_add(set, item)?;
            self.cut(mark);
        }
        Ok(())
    }

    /// `dict.update(source)`; a source without `keys` gives pairs unless `mapping_only`.
    pub(crate) fn dict_update(&mut self, dict: H, source: H, mapping_only: bool) -> R<()> {
        let plain = matches!(self.body(source), Some(Body::Dict(_))) && self.exact(source, k::DICT);
        if plain {
            return self.dict_update_plain(dict, source);
        }
        if self.getattr_opt(source, n::keys)?.is_some() {
            let keys = self.mapping_keys(source)?;
            for i in 0..self.count(keys) {
                let mark = self.mark();
                let key = self.item(keys, i).expect("counted");
                let value = self.get_item(source, key)?;
                self.dict_set(dict, key, value)?;
                self.cut(mark);
            }
            return Ok(());
        }
        if mapping_only {
            let name = self.class_name(source);
            return Err(self.type_error(format!("'{name}' object is not a mapping")));
        }
        self.dict_update_pairs(dict, source)
    }

    fn dict_update_plain(&mut self, dict: H, source: H) -> R<()> {
        let (table, items) = (self.table(dict), self.table(source).len());
        // An empty dict becomes as the source: one change.
        let clones = table.watchers != 0 && table.len() == 0 && items != 0;
        if clones {
            self.dict_changes(dict, DictEvent::Cloned, Some(source), None);
        }
        let mut at = 0;
        while let Some((found, entry)) = self.table(source).entry_from(at) {
            let mark = self.mark();
            let (key, value) = (self.push(entry.key), self.push(entry.value));
            if clones {
                let there = self.find(dict, key, entry.hash)?;
                self.dict_put(dict, key, entry.hash, value, there)?;
            } else {
                self.dict_store(dict, key, entry.hash, value)?;
            }
            self.cut(mark);
            at = found + 1;
        }
        Ok(())
    }

    fn dict_update_pairs(&mut self, dict: H, source: H) -> R<()> {
        let iter = self.iter(source)?;
        for i in 0.. {
            let mark = self.mark();
            let Some(pair) = self.next(iter)? else { break };
            if !self.is_iterable(pair) {
                let what = format!("cannot convert dictionary update sequence element #{i} to a sequence");
                return Err(self.type_error(what));
            }
            let start = self.mark();
            self.collect_into_stack(pair, usize::MAX)?;
            let got = self.mark() - start;
            if got != 2 {
                let what = format!("dictionary update sequence element #{i} has length {got}; 2 is required");
                return Err(self.value_error(what));
            }
            self.dict_set(dict, H(start as u32), H(start as u32 + 1))?;
            self.cut(mark);
        }
        Ok(())
    }

    /// A list of the keys of a mapping.
    pub(crate) fn mapping_keys(&mut self, mapping: H) -> R<H> {
        let start = self.mark();
        if matches!(self.body(mapping), Some(Body::Dict(_))) && self.exact(mapping, k::DICT) {
            let keys: Vec<Value> = self.table(mapping).iter().map(|entry| entry.key).collect();
            self.heap.stack.extend(keys);
            return self.list_since(start);
        }
        let keys = self.call_method(mapping, n::keys, &[])?;
        self.to_list(keys)
    }

    // ---- lists and tuples

    /// Sees to the memory that one more item in a container takes.
    fn room_for_one(&mut self, container: H) -> R<()> {
        let more = match self.body(container) {
            Some(Body::Dict(table) | Body::Set(table)) => table.growth(),
            _ => 0,
        };
        if more == 0 { Ok(()) } else { self.reserve_to_grow(more) }
    }

    pub(crate) fn list_extend(&mut self, list: H, source: H) -> R<()> {
        if self.exact(source, k::LIST) || self.exact(source, k::TUPLE) {
            let mark = self.mark();
            self.push_items(source, usize::MAX)?;
            return self.list_splice(list, usize::MAX..usize::MAX, mark);
        }
        let iter = self.iter(source)?;
        let mark = self.mark();
        while let Some(item) = self.next(iter)? {
            self.list_push(list, item)?;
            self.cut(mark);
        }
        Ok(())
    }

    /// Pushes the items of an iterable onto the root stack, at most `most`.
    pub(crate) fn collect_into_stack(&mut self, source: H, most: usize) -> R<()> {
        if self.exact(source, k::LIST) || self.exact(source, k::TUPLE) {
            return self.push_items(source, most);
        }
        let start = self.mark();
        let iter = self.iter(source)?;
        let mut count = 0;
        while count < most {
            let mark = self.mark();
            let Some(item) = self.next(iter)? else {
                self.cut(mark);
                break;
            };
            self.keep(mark, item);
            count += 1;
        }
        // The iterator and whatever making it left lie below the items.
        let extra = self.mark() - start - count;
        self.heap.stack.drain(start..start + extra);
        Ok(())
    }

    pub(crate) fn to_list(&mut self, source: H) -> R<H> {
        let start = self.mark();
        self.collect_into_stack(source, usize::MAX)?;
        self.list_since(start)
    }

    pub(crate) fn to_tuple(&mut self, source: H) -> R<H> {
        if self.exact(source, k::TUPLE) {
            return Ok(source);
        }
        let start = self.mark();
        self.collect_into_stack(source, usize::MAX)?;
        self.tuple_since(start)
    }

    pub(crate) fn new_slice(&mut self, start: H, stop: H, step: H) -> R<H> {
        let words = [self.get(start), self.get(stop), self.get(step)];
        self.alloc(k::SLICE, Body::Slice(words))
    }

    // ---- items and length

    /// `len(h)`.
    pub(crate) fn len(&mut self, h: H) -> R<usize> {
        match self.body(h) {
            Some(Body::List(items)) if self.exact(h, k::LIST) => return Ok(items.len()),
            Some(Body::Tuple(items)) if self.exact(h, k::TUPLE) => return Ok(items.len()),
            Some(Body::Str(text)) if self.exact(h, k::STR) => return Ok(text.chars),
            Some(Body::Dict(table)) if self.exact(h, k::DICT) => return Ok(table.len()),
            _ => {}
        }
        let mark = self.mark();
        let Some(result) = self.call_special(h, n::__len__, &[])? else {
            let name = self.class_name(h);
            return Err(self.type_error(format!("object of type '{name}' has no len()")));
        };
        let result = self.index(result)?;
        let len = self.as_i64(result);
        self.cut(mark);
        match len {
            Some(len) if len >= 0 => Ok(len as usize),
            Some(_) => Err(self.value_error("__len__() should return >= 0")),
            None => Err(self.raise(k::OVERFLOW_ERROR, "cannot fit 'int' into an index-sized integer")),
        }
    }

    /// `container[key]`.
    pub(crate) fn get_item(&mut self, container: H, key: H) -> R<H> {
        if let Some(i) = self.get(key).as_int()
            && (self.exact(container, k::LIST) || self.exact(container, k::TUPLE))
        {
            let at = if i < 0 { i + self.count(container) as i64 } else { i };
            if let Ok(at) = usize::try_from(at)
                && let Some(item) = self.nth(container, at)?
            {
                return Ok(item);
            }
        }
        if let Some(method) = self.special(container, n::__getitem__) {
            if self.indexes_items(container, method) {
                return self.c_item(container, key);
            }
            return self.call_unbound(method, container, &[key]);
        }
        if matches!(self.body(container), Some(Body::Type(_))) {
            if let Some(method) = self.getattr_opt(container, n::__class_getitem__)? {
                return self.call(method, &[key]);
            }
            let name = self.type_data(self.get(container)).name.clone();
            return Err(self.type_error(format!("type '{name}' is not subscriptable")));
        }
        let name = self.class_name(container);
        Err(self.type_error(format!("'{name}' object is not subscriptable")))
    }

    pub(crate) fn set_item(&mut self, container: H, key: H, value: H) -> R<()> {
        if self.exact(container, k::DICT) {
            return self.dict_set(container, key, value);
        }
        match self.special(container, n::__setitem__) {
            Some(method) if self.indexes_to_set(container, method) => self.set_c_item(container, key, Some(value)),
            Some(method) => self.call_unbound(method, container, &[key, value]).map(|_| ()),
            None => Err(self.no_item_method(container, "does not support item assignment", n::__setitem__)),
        }
    }

    pub(crate) fn del_item(&mut self, container: H, key: H) -> R<()> {
        match self.special(container, n::__delitem__) {
            Some(method) if self.indexes_to_set(container, method) => self.set_c_item(container, key, None),
            Some(method) => self.call_unbound(method, container, &[key]).map(|_| ()),
            None => Err(self.no_item_method(container, "doesn't support item deletion", n::__delitem__)),
        }
    }

    /// One slot of CPython's does both: a class with the other method alone has it, and fails to find this one.
    fn no_item_method(&mut self, container: H, complaint: &str, name: H) -> Raised {
        let other = if name == n::__setitem__ { n::__delitem__ } else { n::__setitem__ };
        if self.special(container, other).is_some() {
            let text = self.string(name);
            return self.attribute_error(text.to_string(), container, name);
        }
        let class = self.class_name(container);
        self.type_error(format!("'{class}' object {complaint}"))
    }

    /// `container[key]`, or None where that raises KeyError.
    pub(crate) fn get_item_opt(&mut self, container: H, key: H) -> R<Option<H>> {
        if self.exact(container, k::DICT) {
            return self.dict_get(container, key);
        }
        match self.get_item(container, key) {
            Ok(h) => Ok(Some(h)),
            Err(_) if self.pending_is(k::KEY_ERROR) => {
                self.set(k::PENDING, Value::NULL);
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    // ---- iteration

    pub(crate) fn new_iter(&mut self, class: H, kind: IterKind, index: i64, a: H) -> R<H> {
        let iter = Iter { kind, index, a: self.get(a), b: Value::NULL, c: Value::NULL };
        self.alloc(class, Body::Iter(Box::new(iter)))
    }

    /// `iter(h)`.
    pub(crate) fn iter(&mut self, h: H) -> R<H> {
        if let Some(method) = self.special(h, n::__iter__) {
            if self.is_none(method) {
                return Err(self.not_iterable(h));
            }
            let result = self.call_unbound(method, h, &[])?;
            if self.special(result, n::__next__).is_none() {
                let name = self.class_name(result);
                return Err(self.type_error(format!("iter() returned non-iterator of type '{name}'")));
            }
            return Ok(result);
        }
        if self.is_sequence(h) {
            return self.new_iter(k::SEQ_ITER, IterKind::Sequence, 0, h);
        }
        Err(self.not_iterable(h))
    }

    /// Whether `iter(h)` has a way.
    pub(crate) fn is_iterable(&mut self, h: H) -> bool {
        self.special(h, n::__iter__).is_some() || self.is_sequence(h)
    }

    fn not_iterable(&mut self, h: H) -> crate::vm::Raised {
        let name = self.class_name(h);
        self.type_error(format!("'{name}' object is not iterable"))
    }

    /// The next item, or None at the end.
    pub(crate) fn next(&mut self, iter: H) -> R<Option<H>> {
        match self.next_or_stop(iter) {
            Ok(None) => {
                self.set(k::PENDING, Value::NULL);
                Ok(None)
            }
            other => other,
        }
    }

    /// The next item; at the end None, and the StopIteration stays pending if there was one.
    pub(crate) fn next_or_stop(&mut self, iter: H) -> R<Option<H>> {
        match self.body(iter) {
            Some(Body::Iter(_)) => return self.native_next(iter),
            Some(Body::Generator(_)) => return self.generator_next(iter),
            _ => {}
        }
        match self.call_special(iter, n::__next__, &[]) {
            Ok(Some(h)) => Ok(Some(h)),
            Ok(None) => {
                let name = self.class_name(iter);
                Err(self.type_error(format!("'{name}' object is not an iterator")))
            }
            Err(_) if self.pending_is(k::STOP_ITERATION) => Ok(None),
            Err(raised) => Err(raised),
        }
    }

    // ---- namespaces

    /// The namespace of names in this frame: the class body's or the module's.
    pub(crate) fn namespace(&self, base: usize) -> H {
        let own = H(base as u32 + 3);
        if self.get(own).is_null() { H(base as u32 + 1) } else { own }
    }

    pub(crate) fn load_global(&mut self, base: usize, name: H) -> R<Value> {
        let (globals, builtins) = (self.get(H(base as u32 + 1)), self.get(H(base as u32 + 2)));
        for dict in [globals, builtins] {
            let found = self.table_of(dict).and_then(|table| find_text(table, self.get(name)));
            if let Some((_, word)) = found {
                return Ok(word);
            }
        }
        let text = self.string(name);
        Err(self.raise(k::NAME_ERROR, format!("name '{text}' is not defined")))
    }

    pub(crate) fn load_name(&mut self, base: usize, name: H) -> R<H> {
        let space = self.namespace(base);
        if let Some(h) = self.get_item_opt(space, name)? {
            return Ok(h);
        }
        let word = self.load_global(base, name)?;
        Ok(self.push(word))
    }

    /// Stores into a namespace, a dict or any mapping.
    pub(crate) fn store_item_in(&mut self, space: H, name: H, value: H) -> R<()> {
        if self.exact(space, k::DICT) {
            return self.dict_set(space, name, value);
        }
        self.set_item(space, name, value)
    }

    pub(crate) fn delete_name(&mut self, space: H, name: H) -> R<()> {
        let gone = if self.exact(space, k::DICT) {
            self.dict_remove(space, name)?
        } else {
            match self.del_item(space, name) {
                Ok(()) => true,
                Err(_) if self.pending_is(k::KEY_ERROR) => {
                    self.set(k::PENDING, Value::NULL);
                    false
                }
                Err(raised) => return Err(raised),
            }
        };
        if gone {
            return Ok(());
        }
        let text = self.string(name);
        Err(self.raise(k::NAME_ERROR, format!("name '{text}' is not defined")))
    }

    /// `LOAD_COMMON_CONSTANT`.
    pub(crate) fn common_constant(&mut self, which: u32) -> R<H> {
        Ok(match which {
            0 => k::ASSERTION_ERROR,
            1 => k::NOT_IMPLEMENTED_ERROR,
            2 => k::TUPLE,
            3 | 4 => {
                let name = self.intern(if which == 3 { "all" } else { "any" })?;
                self.dict_get(k::BUILTINS, name)?.expect("a builtin")
            }
            5 => k::LIST,
            _ => k::SET,
        })
    }
}

/// By how many places a vector grows when `more` items are added at its end.
pub(crate) fn growth<T>(items: &Vec<T>, more: usize) -> usize {
    let needed = items.len() + more;
    if needed <= items.capacity() { 0 } else { needed.max(items.capacity() * 2).max(4) - items.capacity() }
}
