//! Classes: making them (`class`, `type(...)`), their MRO, calling them.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::{
    Body, INHERITED, Layout, TYPE_BASE, TYPE_C, TYPE_DEL, TYPE_DICT, TYPE_GETATTR, TYPE_GETATTRIBUTE, TYPE_HEAP,
    TYPE_NO_NEW, TYPE_OLD_GETATTR, TYPE_OLD_SETATTR, TYPE_SETATTR, TYPE_WEAK, TypeData, Weak,
};
use crate::value::Value;
use crate::vm::{Args, R, Vm, find_text};
use std::cell::Cell;
use std::rc::Rc;

impl Vm {
    /// `C(...)` where the class of `C` is `type` itself (others call `type.__call__`, which comes here too).
    pub(crate) fn call_type(&mut self, class: H, base: usize, n: usize, kw: H) -> R<H> {
        if self.is(class, k::TYPE) && n == 1 && kw == k::NULL {
            return Ok(self.class(H(base as u32)));
        }
        let values = self.count(kw);
        let new = self.lookup(self.get(class), n::__new__).expect("object has __new__");
        let data = self.type_data(self.get(class));
        if data.flags & TYPE_NO_NEW != 0 {
            let name = data.name.clone();
            return Err(self.type_error(format!("cannot create '{name}' instances")));
        }
        if data.flags & TYPE_C != 0
            && let Some(made) = crate::host::call_class(self, class, base, n, kw)
        {
            return made;
        }
        let new = self.push(new);
        let new = self.bind(new, k::NULL, class)?;
        let start = self.mark();
        self.push(self.get(class));
        self.heap.stack.extend_from_within(base..base + n + values);
        let made = self.call_at(new, start, n + 1, kw)?;
        if !self.is_instance(made, class) {
            return Ok(made);
        }
        let Some(init) = self.special(made, n::__init__) else { return Ok(made) };
        if Some(self.get(init)) == self.lookup(self.get(k::OBJECT), n::__init__) {
            // `__new__` has judged the arguments already.
            return Ok(made);
        }
        let start = self.mark();
        self.push(self.get(made));
        self.heap.stack.extend_from_within(base..base + n + values);
        let result = if matches!(self.body(init), Some(Body::Function(_) | Body::MethodDescr(..) | Body::Foreign(_))) {
            self.call_at(init, start, n + 1, kw)?
        } else {
            let bound = self.bind(init, made, class)?;
            self.call_at(bound, start + 1, n, kw)?
        };
        if !self.is_none(result) {
            let name = self.class_name(result);
            return Err(self.type_error(format!("__init__() should return None, not '{name}'")));
        }
        Ok(made)
    }

    /// `type(name, bases, namespace, **kw)`; `meta` is the class of the new class.
    pub(crate) fn new_type(&mut self, meta: H, name: H, bases: H, namespace: H, kw: H) -> R<H> {
        let bases = if self.items(bases).is_some_and(<[Value]>::is_empty) { self.tuple(&[k::OBJECT])? } else { bases };
        let count = self.count(bases);
        for i in 0..count {
            let base = self.item(bases, i).expect("counted");
            self.check_base(base)?;
        }
        let meta = self.most_derived_meta(meta, bases)?;
        let base = self.best_base(bases)?;
        let dict = self.dict()?;
        self.dict_update(dict, namespace, true)?;
        let text: Rc<str> = self.string(name).into();
        let slots = self.plan_slots(bases, base, dict)?;
        let words = self.items(bases).expect("a tuple").to_vec();
        let parent = self.type_data(self.get(base));
        let data = TypeData {
            name: text,
            bases: words,
            mro: Vec::new(),
            dict: self.get(dict),
            base: self.get(base),
            layout: parent.layout,
            flags: TYPE_HEAP | TYPE_BASE | slots.flags,
            slot_count: parent.slot_count + slots.names.len(),
            qualname: Value::NULL,
            subclasses: Vec::new(),
            version: Cell::new(0),
        };
        let first_slot = parent.slot_count;
        let class = self.alloc(meta, Body::Type(Box::new(data)))?;
        self.set_mro(class)?;
        self.add_slots(class, dict, &slots.names, first_slot)?;
        crate::objects::basic::add_instance_attrs(self, class, dict)?;
        self.finish_namespace(class, dict, name)?;
        self.update_type_flags(class);
        self.add_to_bases(class, bases)?;
        self.tell_names(class, dict)?;
        self.tell_base(class, kw)?;
        Ok(class)
    }

    pub(crate) fn check_base(&mut self, base: H) -> R<()> {
        if !matches!(self.body(base), Some(Body::Type(_))) {
            return Err(self.type_error("bases must be types"));
        }
        let data = self.type_data(self.get(base));
        if data.flags & TYPE_BASE == 0 {
            let name = data.name.clone();
            return Err(self.type_error(format!("type '{name}' is not an acceptable base type")));
        }
        Ok(())
    }

    pub(crate) fn most_derived_meta(&mut self, meta: H, bases: H) -> R<H> {
        let mut best = self.get(meta);
        for base in self.items(bases).expect("a tuple").to_vec() {
            let other = self.class_word(base);
            if self.is_subclass(best, other) {
                continue;
            }
            if !self.is_subclass(other, best) {
                let what = "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses \
                            of all its bases";
                return Err(self.type_error(what));
            }
            best = other;
        }
        Ok(self.push(best))
    }

    /// The base whose layout contains those of all others.
    pub(crate) fn best_base(&mut self, bases: H) -> R<H> {
        let words = self.items(bases).expect("a tuple").to_vec();
        if words.len() > 1 && words.iter().any(|&base| self.c_part(base).is_some()) {
            let Some(best) = crate::host::best_base(self, &words) else {
                return Err(self.type_error("multiple bases have instance lay-out conflict"));
            };
            // What C was asked for may have moved all.
            let words = self.items(bases).expect("a tuple").to_vec();
            if words.iter().all(|&base| self.type_data(base).slot_count == 0) {
                return Ok(self.push(words[best]));
            }
        }
        let words = self.items(bases).expect("a tuple").to_vec();
        let mut best = words[0];
        for &word in &words[1..] {
            let (a, b) = (self.type_data(best), self.type_data(word));
            let same = a.layout == b.layout;
            if same && a.layout == Layout::Own && self.solid(best) != self.solid(word) {
                return Err(self.type_error("multiple bases have instance lay-out conflict"));
            }
            let extends =
                if same { b.slot_count > a.slot_count } else { a.layout == Layout::Plain && a.slot_count == 0 };
            let conflict = if same {
                let (one, other) = (self.slots_from(best), self.slots_from(word));
                a.slot_count.min(b.slot_count) > 0 && !self.is_subclass(one, other) && !self.is_subclass(other, one)
            } else {
                b.layout != Layout::Plain && a.layout != Layout::Plain
                    || (a.layout == Layout::Plain && a.slot_count > 0)
                    || (b.layout == Layout::Plain && b.slot_count > 0)
            };
            if conflict {
                return Err(self.type_error("multiple bases have instance lay-out conflict"));
            }
            if extends {
                best = word;
            }
        }
        Ok(self.push(best))
    }

    /// The builtin class that `class` is or derives from.
    fn solid(&self, class: Value) -> Option<Value> {
        self.type_data(class).mro.iter().copied().find(|&class| self.type_data(class).flags & TYPE_HEAP == 0)
    }

    /// The class that the slots of `class` end with: itself, or the base from which it has them all.
    fn slots_from(&self, class: Value) -> Value {
        let (mut at, count) = (class, self.type_data(class).slot_count);
        loop {
            let base = self.type_data(at).base;
            if base.is_null() || self.type_data(base).slot_count != count {
                return at;
            }
            at = base;
        }
    }

    fn plan_slots(&mut self, bases: H, base: H, dict: H) -> R<Slots> {
        let mut flags = 0;
        for word in self.items(bases).expect("a tuple").to_vec() {
            flags |= self.type_data(word).flags & INHERITED;
        }
        let Some(slots) = self.dict_get(dict, n::__slots__)? else {
            return Ok(Slots { flags: flags | TYPE_DICT | TYPE_WEAK, names: Vec::new() });
        };
        let list = if self.text(slots).is_some() { self.tuple(&[slots])? } else { self.to_tuple(slots)? };
        let mut names = Vec::new();
        for i in 0..self.count(list) {
            let name = self.item(list, i).expect("counted");
            if self.text(name).is_none() {
                let given = self.class_name(name);
                return Err(self.type_error(format!("__slots__ items must be strings, not '{given}'")));
            }
            let text = self.string(name);
            match &*text {
                "__dict__" => flags |= TYPE_DICT,
                "__weakref__" => flags |= TYPE_WEAK,
                _ if self.dict_get(dict, name)?.is_some() => {
                    return Err(self.value_error(format!("'{text}' in __slots__ conflicts with class variable")));
                }
                _ => names.push(text),
            }
        }
        let layout = self.type_data(self.get(base)).layout;
        if !names.is_empty() && matches!(layout, Layout::Int | Layout::Tuple | Layout::Bytes) {
            let name = self.type_data(self.get(base)).name.clone();
            return Err(self.type_error(format!("nonempty __slots__ not supported for subtype of '{name}'")));
        }
        Ok(Slots { flags, names })
    }

    fn add_slots(&mut self, class: H, dict: H, names: &[String], first: usize) -> R<()> {
        let owner = self.string_name(class);
        for (i, name) in names.iter().enumerate() {
            let mark = self.mark();
            let mangled = name.starts_with("__") && !name.ends_with("__");
            let name = if mangled { format!("_{}{name}", owner.trim_start_matches('_')) } else { name.clone() };
            let name = self.intern(&name)?;
            let body = Body::Member(first + i, self.get(name), self.get(class));
            let member = self.alloc(k::MEMBER, body)?;
            self.dict_set(dict, name, member)?;
            self.cut(mark);
        }
        Ok(())
    }

    fn string_name(&self, class: H) -> String {
        self.type_data(self.get(class)).name.to_string()
    }

    /// What `type.__new__` changes in the namespace it copied.
    fn finish_namespace(&mut self, class: H, dict: H, name: H) -> R<()> {
        for (method, static_) in [(n::__new__, true), (n::__init_subclass__, false), (n::__class_getitem__, false)] {
            let Some(function) = self.dict_get(dict, method)? else { continue };
            if !matches!(self.body(function), Some(Body::Function(_))) {
                continue;
            }
            let word = self.get(function);
            let (class, body) = if static_ {
                (k::STATICMETHOD, Body::StaticMethod(word))
            } else {
                (k::CLASSMETHOD, Body::ClassMethod(word))
            };
            let wrapped = self.alloc(class, body)?;
            self.dict_set(dict, method, wrapped)?;
        }
        let given = self.dict_get(dict, n::__qualname__)?;
        if given.is_some() {
            self.dict_remove(dict, n::__qualname__)?;
        }
        let qualname = self.get(given.unwrap_or(name));
        if let Body::Type(data) = self.body_mut(class) {
            data.qualname = qualname;
        }
        if self.dict_get(dict, n::__doc__)?.is_none() {
            self.dict_set(dict, n::__doc__, k::NONE)?;
        }
        if self.dict_get(dict, n::__eq__)?.is_some() && self.dict_get(dict, n::__hash__)?.is_none() {
            self.dict_set(dict, n::__hash__, k::NONE)?;
        }
        if self.dict_get(dict, n::__module__)?.is_none() {
            let globals = self.frames.last().map(|frame| H(frame.base as u32 + 1));
            if let Some(globals) = globals
                && let Some(module) = self.dict_get(globals, n::__name__)?
            {
                self.dict_set(dict, n::__module__, module)?;
            }
        }
        for cell in [n::__classcell__, n::__classdictcell__] {
            let Some(found) = self.dict_get(dict, cell)? else { continue };
            let word = if cell == n::__classcell__ { self.get(class) } else { self.get(dict) };
            if let Body::Cell(place) = self.body_mut(found) {
                *place = word;
            }
            self.dict_remove(dict, cell)?;
        }
        Ok(())
    }

    pub(crate) fn add_to_bases(&mut self, class: H, bases: H) -> R<()> {
        for i in 0..self.count(bases) {
            let base = self.item(bases, i).expect("counted");
            let weak = Weak { target: Value::NULL, callback: Value::NULL, hash: None };
            let reference = self.alloc(k::WEAKREF, Body::Weakref(Box::new(weak)))?;
            // The target is not traced: it is put in when nothing can move it before the collector knows the reference.
            let (word, target) = (self.get(reference), self.get(class));
            if let Body::Weakref(weak) = self.body_mut(reference) {
                weak.target = target;
            }
            let dead =
                |word: &Value| matches!(word.object().map(|o| &o.body), Some(Body::Weakref(w)) if w.target.is_null());
            if let Body::Type(data) = self.body_mut(base) {
                data.subclasses.retain(|word| !dead(word));
                data.subclasses.push(word);
            }
        }
        Ok(())
    }

    /// Calls `__set_name__` of what the namespace holds.
    fn tell_names(&mut self, class: H, dict: H) -> R<()> {
        let keys = self.mapping_keys(dict)?;
        for i in 0..self.count(keys) {
            let mark = self.mark();
            let key = self.item(keys, i).expect("counted");
            if let Some(value) = self.dict_get(dict, key)? {
                let word = self.get(key);
                if let Some(Body::Property(_)) = self.body(value)
                    && let Body::Property(words) = self.body_mut(value)
                {
                    words[4] = word;
                } else if self.special(value, n::__set_name__).is_some() {
                    self.call_special(value, n::__set_name__, &[class, key])?;
                }
            }
            self.cut(mark);
        }
        Ok(())
    }

    /// Calls `super(cls, cls).__init_subclass__(**kw)`.
    fn tell_base(&mut self, class: H, kw: H) -> R<()> {
        let start = self.new_super(class, class)?;
        let method = self.getattr(start, n::__init_subclass__)?;
        self.call_ex(method, k::EMPTY_TUPLE, kw).map(|_| ())
    }

    /// Computes the MRO from the bases (C3).
    pub(crate) fn set_mro(&mut self, class: H) -> R<()> {
        let data = self.type_data(self.get(class));
        let mut lists: Vec<Vec<Value>> = data.bases.iter().map(|base| self.type_data(*base).mro.clone()).collect();
        lists.push(data.bases.clone());
        let mut mro = vec![self.get(class)];
        while lists.iter().any(|list| !list.is_empty()) {
            let heads = lists.iter().filter_map(|list| list.first().copied());
            let good =
                heads.into_iter().find(|head| lists.iter().all(|list| !list.iter().skip(1).any(|other| other == head)));
            let Some(head) = good else {
                let names = lists.iter().filter_map(|list| list.first());
                let mut unique: Vec<String> = Vec::new();
                for name in names.map(|word| self.type_data(*word).name.to_string()) {
                    if !unique.contains(&name) {
                        unique.push(name);
                    }
                }
                let what = "Cannot create a consistent method resolution order (MRO) for bases";
                return Err(self.type_error(format!("{what} {}", unique.join(", "))));
            };
            mro.push(head);
            lists.iter_mut().for_each(|list| list.retain(|other| *other != head));
        }
        if let Body::Type(data) = self.body_mut(class) {
            data.mro = mro;
        }
        Ok(())
    }

    /// Brings the flags that say which hooks Python classes define in step with the MRO, here and in all subclasses.
    pub(crate) fn update_type_flags(&mut self, class: H) {
        let data = self.type_data(self.get(class));
        let (mut flags, mro) =
            (data.flags & !(TYPE_GETATTRIBUTE | TYPE_GETATTR | TYPE_SETATTR | TYPE_DEL), data.mro.clone());
        flags |= if flags & TYPE_OLD_GETATTR != 0 { TYPE_GETATTRIBUTE } else { 0 };
        flags |= if flags & TYPE_OLD_SETATTR != 0 { TYPE_SETATTR } else { 0 };
        let hooks = [
            (n::__getattribute__, TYPE_GETATTRIBUTE),
            (n::__getattr__, TYPE_GETATTR),
            (n::__setattr__, TYPE_SETATTR),
            (n::__delattr__, TYPE_SETATTR),
            (n::__del__, TYPE_DEL),
        ];
        for word in mro {
            let data = self.type_data(word);
            if data.flags & TYPE_HEAP == 0 {
                continue;
            }
            for (name, flag) in hooks {
                let found = self.table_of(data.dict).and_then(|table| find_text(table, self.get(name)));
                flags |= if found.is_some() { flag } else { 0 };
            }
        }
        let Body::Type(data) = self.body_mut(class) else { return };
        data.flags = flags;
        for subclass in self.subclasses(self.get(class)) {
            let mark = self.mark();
            let subclass = self.push(subclass);
            self.update_type_flags(subclass);
            self.cut(mark);
        }
    }

    /// `isinstance(obj, class)`, with tuples and `__instancecheck__`.
    pub(crate) fn isinstance(&mut self, obj: H, class: H) -> R<bool> {
        self.check_class(obj, class, n::__instancecheck__, true)
    }

    /// `issubclass(class, base)`.
    pub(crate) fn issubclass(&mut self, class: H, base: H) -> R<bool> {
        self.check_class(class, base, n::__subclasscheck__, false)
    }

    fn check_class(&mut self, obj: H, class: H, hook: H, instance: bool) -> R<bool> {
        if let Some(Body::Tuple(items)) = self.body(class) {
            for i in 0..items.len() {
                let one = self.item(class, i).expect("counted");
                if self.check_class(obj, one, hook, instance)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if instance && self.class_word(self.get(obj)) == self.get(class) {
            return Ok(true);
        }
        if !self.exact(class, k::TYPE)
            && let Some(method) = self.special(class, hook)
            && !matches!(self.body(method), Some(Body::MethodDescr(_, owner)) if *owner == self.get(k::TYPE))
        {
            let h = self.call_unbound(method, class, &[obj])?;
            return self.truth(h);
        }
        self.plain_class_check(obj, class, instance)
    }

    pub(crate) fn plain_class_check(&mut self, obj: H, class: H, instance: bool) -> R<bool> {
        if !matches!(self.body(class), Some(Body::Type(_))) {
            let what = if instance {
                "isinstance() arg 2 must be a type, a tuple of types, or a union"
            } else {
                "issubclass() arg 2 must be a class, a tuple of classes, or a union"
            };
            return Err(self.type_error(what));
        }
        if !instance {
            if !matches!(self.body(obj), Some(Body::Type(_))) {
                return Err(self.type_error("issubclass() arg 1 must be a class"));
            }
            return Ok(self.is_subclass(self.get(obj), self.get(class)));
        }
        if self.is_instance(obj, class) {
            return Ok(true);
        }
        let Some(claimed) = self.getattr_opt(obj, n::__class__)? else { return Ok(false) };
        let is_type = matches!(self.body(claimed), Some(Body::Type(_)));
        Ok(is_type && self.is_subclass(self.get(claimed), self.get(class)))
    }
}

struct Slots {
    flags: u32,
    names: Vec<String>,
}

/// `__build_class__(function, name, *bases, metaclass=None, **kw)`.
pub(crate) fn build_class(vm: &mut Vm, args: Args) -> R<H> {
    let (function, name) = (args.h(0), args.h(1));
    let start = vm.mark();
    for base in args.rest() {
        vm.push(vm.get(base));
    }
    let given = vm.tuple_since(start)?;
    let bases = resolve_bases(vm, given)?;
    let kw = args.kw;
    let meta = match vm.dict_get(kw, n::metaclass)? {
        Some(meta) => {
            vm.dict_remove(kw, n::metaclass)?;
            meta
        }
        None if vm.items(bases).is_some_and(|items| !items.is_empty()) => {
            let first = vm.item(bases, 0).expect("counted");
            vm.class(first)
        }
        None => k::TYPE,
    };
    let is_type = matches!(vm.body(meta), Some(Body::Type(_)));
    let meta = if is_type { vm.most_derived_meta(meta, bases)? } else { meta };
    let namespace = match vm.getattr_opt(meta, n::__prepare__)? {
        Some(prepare) => {
            let args = vm.tuple(&[name, bases])?;
            vm.call_ex(prepare, args, kw)?
        }
        None => vm.dict()?,
    };
    if !vm.is(bases, given) {
        vm.store_item_in(namespace, n::__orig_bases__, given)?;
    }
    let cell = vm.run_class_body(function, namespace)?;
    let args = vm.tuple(&[name, bases, namespace])?;
    let class = vm.call_ex(meta, args, kw)?;
    if let Some(Body::Cell(word)) = vm.body(cell)
        && matches!(vm.body(class), Some(Body::Type(_)))
        && word.is_null()
    {
        let name = vm.string(name);
        let what = format!(
            "__class__ not set defining '{name}' as <class '{name}'>. Was __classcell__ propagated to type.__new__?"
        );
        return Err(vm.raise(k::RUNTIME_ERROR, what));
    }
    Ok(class)
}

/// `__mro_entries__` of bases that are no classes.
fn resolve_bases(vm: &mut Vm, bases: H) -> R<H> {
    let words = vm.items(bases).expect("a tuple");
    if words.iter().all(|word| matches!(word.object().map(|object| &object.body), Some(Body::Type(_)))) {
        return Ok(bases);
    }
    let count = words.len();
    let result = vm.alloc(k::LIST, Body::list(Vec::new()))?;
    let mut replaced = false;
    for i in 0..count {
        let base = vm.item(bases, i).expect("counted");
        let entries =
            if matches!(vm.body(base), Some(Body::Type(_))) { None } else { vm.getattr_opt(base, n::__mro_entries__)? };
        match entries {
            Some(method) => {
                let more = vm.call(method, &[bases])?;
                vm.list_extend(result, more)?;
                replaced = true;
            }
            None => vm.list_push(result, base)?,
        }
    }
    if replaced { vm.to_tuple(result) } else { Ok(bases) }
}
