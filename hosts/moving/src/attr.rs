//! Attributes: descriptors, instance dicts, classes, modules, `super`.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::{
    Body, TYPE_DICT, TYPE_GETATTR, TYPE_GETATTRIBUTE, TYPE_OLD_GETATTR, TYPE_OLD_SETATTR, TYPE_SETATTR,
};
use crate::value::Value;
use crate::vm::{R, Raised, Vm, find_text};

impl Vm {
    /// `obj.name`.
    pub(crate) fn getattr(&mut self, obj: H, name: H) -> R<H> {
        let class = self.class_word(self.get(obj));
        let flags = self.type_data(class).flags;
        if flags & (TYPE_GETATTRIBUTE | TYPE_GETATTR) == 0 {
            return self.plain_getattr(obj, name);
        }
        self.custom_getattr(obj, name, flags)
    }

    /// `__getattribute__` and `__getattr__` of Python classes, `tp_getattr` of C types.
    fn custom_getattr(&mut self, obj: H, name: H, flags: u32) -> R<H> {
        if flags & TYPE_OLD_GETATTR != 0 {
            return crate::host::old_getattr(self, obj, name);
        }
        let found = if flags & TYPE_GETATTRIBUTE != 0 {
            self.call_special(obj, n::__getattribute__, &[name]).map(|h| h.expect("object has one"))
        } else {
            self.plain_getattr(obj, name)
        };
        if found.is_ok() || flags & TYPE_GETATTR == 0 || !self.pending_is(k::ATTRIBUTE_ERROR) {
            return found;
        }
        let Some(method) = self.special(obj, n::__getattr__) else { return found };
        self.take_pending();
        self.call_unbound(method, obj, &[name])
    }

    /// As `object.__getattribute__`, `type.__getattribute__` and `module.__getattribute__` do.
    pub(crate) fn plain_getattr(&mut self, obj: H, name: H) -> R<H> {
        match self.body(obj) {
            Some(Body::Type(_)) => return self.type_getattr(obj, name),
            Some(Body::Super(_)) => return self.super_getattr(obj, name),
            Some(Body::GenericAlias(..)) => return self.alias_getattr(obj, name),
            _ => {}
        }
        match self.generic_getattr(obj, name)? {
            Some(h) => Ok(h),
            None if matches!(self.body(obj), Some(Body::Module)) => self.module_getattr(obj, name),
            None => Err(self.no_attribute(obj, name)),
        }
    }

    /// The object's attribute, or None.
    pub(crate) fn generic_getattr(&mut self, obj: H, name: H) -> R<Option<H>> {
        let class = self.class_word(self.get(obj));
        let found = self.lookup(class, name);
        if let Some(word) = found
            && self.is_data_descriptor(word)
        {
            let (descriptor, class) = (self.push(word), self.push(class));
            return self.bind(descriptor, obj, class).map(Some);
        }
        if let Some(word) = self.in_instance_dict(obj, name) {
            return Ok(Some(self.push(word)));
        }
        let Some(word) = found else { return Ok(None) };
        let (descriptor, class) = (self.push(word), self.push(class));
        self.bind(descriptor, obj, class).map(Some)
    }

    fn in_instance_dict(&self, obj: H, name: H) -> Option<Value> {
        let dict = self.get(obj).object()?.dict;
        let table = self.table_of(dict)?;
        find_text(table, self.get(name)).map(|(_, word)| word)
    }

    /// Whether the class of `word` has `__set__` or `__delete__`.
    fn is_data_descriptor(&self, word: Value) -> bool {
        let Some(object) = word.object() else { return false };
        match object.body {
            Body::Property(_) | Body::GetSet(..) | Body::Member(..) => true,
            Body::Foreign(ref foreign) => foreign.is_data(),
            Body::Plain | Body::CInstance(_) => {
                let class = object.class;
                self.lookup(class, n::__set__).is_some() || self.lookup(class, n::__delete__).is_some()
            }
            _ => false,
        }
    }

    /// What a class attribute gives when read from `obj` (NULL's handle: from the class itself).
    pub(crate) fn bind(&mut self, attr: H, obj: H, class: H) -> R<H> {
        let on_class = obj == k::NULL;
        match self.body(attr) {
            Some(Body::Function(_) | Body::MethodDescr(..)) => {
                if on_class {
                    return Ok(attr);
                }
                let class = self.bound_class(attr);
                self.alloc(class, Body::Method(self.get(attr), self.get(obj)))
            }
            Some(Body::StaticMethod(word)) => {
                let word = *word;
                Ok(self.push(word))
            }
            Some(Body::ClassMethod(word)) => {
                let word = *word;
                let function = self.push(word);
                if matches!(self.body(function), Some(Body::Function(_) | Body::MethodDescr(..) | Body::Native(..))) {
                    let kind = self.bound_class(function);
                    return self.alloc(kind, Body::Method(self.get(function), self.get(class)));
                }
                let own = self.class(class);
                self.bind(function, class, own)
            }
            Some(Body::ClassMethodDescr(..)) => self.alloc(k::NATIVE, Body::Method(self.get(attr), self.get(class))),
            Some(Body::Property(_)) => self.property_get(attr, obj),
            Some(Body::GetSet(def, owner)) => {
                let (def, owner) = (*def, *owner);
                if on_class {
                    return Ok(attr);
                }
                let owner = self.push(owner);
                if !self.is_instance(obj, owner) {
                    let (name, class) = (self.type_data(self.get(owner)).name.clone(), self.class_name(obj));
                    let what =
                        format!("descriptor '{}' for '{name}' objects doesn't apply to a '{class}' object", def.name);
                    return Err(self.type_error(what));
                }
                (def.get)(self, obj)
            }
            Some(Body::Member(index, ..)) => {
                let index = *index;
                if on_class { Ok(attr) } else { self.member_get(attr, obj, index) }
            }
            Some(Body::Foreign(_)) => self.bind_foreign(attr, obj, class),
            Some(Body::Plain | Body::Super(_) | Body::CInstance(_)) => {
                let Some(get) = self.special(attr, n::__get__) else { return Ok(attr) };
                let obj = if on_class { k::NONE } else { obj };
                self.call_unbound(get, attr, &[obj, class])
            }
            _ => Ok(attr),
        }
    }

    /// The class of the method that binding `function` makes.
    pub(crate) fn bound_class(&self, function: H) -> H {
        match self.body(function) {
            Some(Body::MethodDescr(..) | Body::Foreign(_)) if self.exact(function, k::SLOT_WRAPPER) => {
                k::METHOD_WRAPPER
            }
            Some(Body::MethodDescr(..) | Body::Foreign(_)) => k::NATIVE,
            // A class method of a builtin class.
            Some(Body::Native(_, owner)) if owner.is_null() => k::NATIVE,
            _ => k::METHOD,
        }
    }

    fn property_get(&mut self, property: H, obj: H) -> R<H> {
        if obj == k::NULL {
            return Ok(property);
        }
        let Some(Body::Property(words)) = self.body(property) else { unreachable!("the caller looked") };
        let getter = words[0];
        if getter.is_null() || getter == Value::NONE {
            return Err(self.property_error(property, obj, "getter"));
        }
        let getter = self.push(getter);
        self.call(getter, &[obj])
    }

    fn property_error(&mut self, property: H, obj: H, what: &str) -> Raised {
        let Some(Body::Property(words)) = self.body(property) else { unreachable!("the caller looked") };
        let name = words[4];
        let class = self.class_name(obj);
        let name = self.push(name);
        let message = match self.text(name) {
            Some(_) => format!("property '{}' of '{class}' object has no {what}", self.string(name)),
            None => format!("property of '{class}' object has no {what}"),
        };
        self.raise(k::ATTRIBUTE_ERROR, message)
    }

    fn member_get(&mut self, member: H, obj: H, index: usize) -> R<H> {
        self.check_member(member, obj)?;
        let word = self.get(obj).object().and_then(|object| object.slots.as_ref()?.get(index).copied());
        match word {
            Some(word) if !word.is_null() => Ok(self.push(word)),
            _ => {
                let name = self.member_name(member);
                Err(self.no_attribute(obj, name))
            }
        }
    }

    fn member_name(&mut self, member: H) -> H {
        let Some(Body::Member(_, name, _)) = self.body(member) else { unreachable!("the caller looked") };
        let name = *name;
        self.push(name)
    }

    fn check_member(&mut self, member: H, obj: H) -> R<()> {
        let Some(Body::Member(_, name, owner)) = self.body(member) else { unreachable!("the caller looked") };
        let (name, owner) = (*name, *owner);
        let (name, owner) = (self.push(name), self.push(owner));
        if self.is_instance(obj, owner) {
            return Ok(());
        }
        let (name, class, given) =
            (self.string(name), self.type_data(self.get(owner)).name.clone(), self.class_name(obj));
        Err(self.type_error(format!("descriptor '{name}' for '{class}' objects doesn't apply to a '{given}' object")))
    }

    pub(crate) fn no_attribute(&mut self, obj: H, name: H) -> Raised {
        let text = self.string(name);
        let message = match self.body(obj) {
            Some(Body::Type(data)) => format!("type object '{}' has no attribute '{text}'", data.name),
            // A method passes on to its function what it has not got itself.
            Some(&Body::Method(function, _)) if self.exact(obj, k::METHOD) => {
                let function = self.push(function);
                format!("'{}' object has no attribute '{text}'", self.class_name(function))
            }
            _ => format!("'{}' object has no attribute '{text}'", self.class_name(obj)),
        };
        self.attribute_error(message, obj, name)
    }

    /// AttributeError with its `name` and `obj`.
    pub(crate) fn attribute_error(&mut self, message: String, obj: H, name: H) -> Raised {
        let raised = self.raise(k::ATTRIBUTE_ERROR, message);
        let (name, obj) = (self.get(name), self.get(obj));
        if self.pending_is(k::ATTRIBUTE_ERROR)
            && let Body::Exception(exception) = self.body_mut(k::PENDING)
        {
            exception.fields[0] = name;
            exception.fields[1] = obj;
        }
        raised
    }

    fn type_getattr(&mut self, class: H, name: H) -> R<H> {
        let meta = self.class_word(self.get(class));
        let of_meta = self.lookup(meta, name);
        if let Some(word) = of_meta
            && self.is_data_descriptor(word)
        {
            let (descriptor, meta) = (self.push(word), self.push(meta));
            return self.bind(descriptor, class, meta);
        }
        if let Some(word) = self.lookup(self.get(class), name) {
            let attr = self.push(word);
            return self.bind(attr, k::NULL, class);
        }
        let Some(word) = of_meta else { return Err(self.no_attribute(class, name)) };
        let (descriptor, meta) = (self.push(word), self.push(meta));
        self.bind(descriptor, class, meta)
    }

    fn module_getattr(&mut self, module: H, name: H) -> R<H> {
        if let Some(word) = self.in_instance_dict(module, n::__getattr__) {
            let function = self.push(word);
            return self.call(function, &[name]);
        }
        let own = self.in_instance_dict(module, n::__name__).map(|word| self.push(word));
        let text = self.string(name);
        let message = match own {
            Some(own) if self.text(own).is_some() => format!("module '{}' has no attribute '{text}'", self.string(own)),
            _ => format!("module has no attribute '{text}'"),
        };
        Err(self.attribute_error(message, module, name))
    }

    fn super_getattr(&mut self, this: H, name: H) -> R<H> {
        let Some(Body::Super([class, obj, start])) = self.body(this) else { unreachable!("the caller looked") };
        let (class, obj, start) = (*class, *obj, *start);
        if obj.is_null() || self.text(name).is_some_and(|text| text == "__class__") {
            return match self.generic_getattr(this, name)? {
                Some(h) => Ok(h),
                None => Err(self.no_attribute(this, name)),
            };
        }
        let mro = &self.type_data(start).mro;
        let after = mro.iter().position(|other| *other == class).map_or(0, |at| at + 1);
        let word = self.get(name);
        let found = mro[after..].iter().find_map(|class| {
            let table = self.table_of(self.type_data(*class).dict)?;
            find_text(table, word).map(|(_, value)| value)
        });
        let Some(found) = found else {
            return match self.generic_getattr(this, name)? {
                Some(h) => Ok(h),
                None => {
                    let text = self.string(name);
                    Err(self.attribute_error(format!("'super' object has no attribute '{text}'"), this, name))
                }
            };
        };
        let (attr, obj, start) = (self.push(found), self.push(obj), self.push(start));
        let obj = if self.is(obj, start) { k::NULL } else { obj };
        self.bind(attr, obj, start)
    }

    fn alias_getattr(&mut self, alias: H, name: H) -> R<H> {
        let text = self.string(name);
        let is_own = !text.starts_with("__")
            || matches!(
                &*text,
                "__origin__" | "__args__" | "__parameters__" | "__mro_entries__" | "__class__" | "__reduce__"
            )
            || matches!(
                &*text,
                "__reduce_ex__" | "__unpacked__" | "__typing_unpacked_tuple_args__" | "__copy__" | "__deepcopy__"
            );
        if is_own && let Some(h) = self.generic_getattr(alias, name)? {
            return Ok(h);
        }
        let Some(Body::GenericAlias(origin, _)) = self.body(alias) else { unreachable!("the caller looked") };
        let origin = *origin;
        let origin = self.push(origin);
        self.getattr(origin, name)
    }

    /// `obj.name` for a call: the unbound method and its self, or the attribute alone.
    pub(crate) fn load_method(&mut self, obj: H, name: H) -> R<(H, Option<H>)> {
        let class = self.class_word(self.get(obj));
        let plain = self.type_data(class).flags & (TYPE_GETATTRIBUTE | TYPE_GETATTR) == 0;
        let special =
            matches!(self.body(obj), Some(Body::Type(_) | Body::Super(_) | Body::Module | Body::GenericAlias(..)));
        if plain
            && !special
            && let Some(word) = self.lookup(class, name)
            && matches!(word.object().map(|object| &object.body), Some(Body::Function(_) | Body::MethodDescr(..)))
            && self.in_instance_dict(obj, name).is_none()
        {
            return Ok((self.push(word), Some(obj)));
        }
        self.getattr(obj, name).map(|h| (h, None))
    }

    /// `obj.name`, or None where that raises AttributeError.
    pub(crate) fn getattr_opt(&mut self, obj: H, name: H) -> R<Option<H>> {
        match self.getattr(obj, name) {
            Ok(h) => Ok(Some(h)),
            Err(_) if self.pending_is(k::ATTRIBUTE_ERROR) => {
                self.set(k::PENDING, Value::NULL);
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    /// `obj.name = value`, or `del obj.name`.
    pub(crate) fn setattr(&mut self, obj: H, name: H, value: Option<H>) -> R<()> {
        let class = self.class_word(self.get(obj));
        if self.type_data(class).flags & TYPE_SETATTR == 0 {
            return self.plain_setattr(obj, name, value);
        }
        if self.type_data(class).flags & TYPE_OLD_SETATTR != 0 {
            return crate::host::old_setattr(self, obj, name, value);
        }
        match value {
            Some(value) => self.call_special(obj, n::__setattr__, &[name, value])?,
            None => self.call_special(obj, n::__delattr__, &[name])?,
        };
        Ok(())
    }

    /// As `object.__setattr__` and `object.__delattr__` do.
    pub(crate) fn plain_setattr(&mut self, obj: H, name: H, value: Option<H>) -> R<()> {
        if matches!(self.body(obj), Some(Body::Type(_))) {
            return self.type_setattr(obj, name, value);
        }
        let class = self.class_word(self.get(obj));
        if let Some(word) = self.lookup(class, name)
            && self.is_data_descriptor(word)
        {
            let descriptor = self.push(word);
            return self.descriptor_set(descriptor, obj, name, value);
        }
        if self.type_data(class).flags & TYPE_DICT == 0 {
            return Err(self.cannot_set(obj, name, value.is_some()));
        }
        let Some(value) = value else {
            let dict = self.get(obj).object().map_or(Value::NULL, |object| object.dict);
            let found = self.table_of(dict).and_then(|table| find_text(table, self.get(name)));
            let Some((at, _)) = found else { return Err(self.no_attribute(obj, name)) };
            let dict = self.push(dict);
            self.dict_remove_at(dict, at);
            return Ok(());
        };
        let dict = self.instance_dict(obj)?;
        self.dict_set(dict, name, value)
    }

    fn cannot_set(&mut self, obj: H, name: H, setting: bool) -> Raised {
        let class = self.class_name(obj);
        let text = self.string(name);
        if self.lookup(self.class_word(self.get(obj)), name).is_some() {
            return self.attribute_error(format!("'{class}' object attribute '{text}' is read-only"), obj, name);
        }
        let tail = if setting { " and no __dict__ for setting new attributes" } else { "" };
        self.attribute_error(format!("'{class}' object has no attribute '{text}'{tail}"), obj, name)
    }

    /// The `__dict__` of an instance, made if it has none yet.
    pub(crate) fn instance_dict(&mut self, obj: H) -> R<H> {
        let dict = self.get(obj).object().map_or(Value::NULL, |object| object.dict);
        if !dict.is_null() {
            return Ok(self.push(dict));
        }
        let dict = self.dict()?;
        let (obj, word) = (self.get(obj), self.get(dict));
        self.heap.write(obj).dict = word;
        Ok(dict)
    }

    pub(crate) fn descriptor_set(&mut self, descriptor: H, obj: H, name: H, value: Option<H>) -> R<()> {
        match self.body(descriptor) {
            Some(Body::Property(words)) => {
                let accessor = words[if value.is_some() { 1 } else { 2 }];
                if accessor.is_null() || accessor == Value::NONE {
                    let what = if value.is_some() { "setter" } else { "deleter" };
                    return Err(self.property_error(descriptor, obj, what));
                }
                let accessor = self.push(accessor);
                let args: Vec<H> = [obj].into_iter().chain(value).collect();
                self.call(accessor, &args).map(|_| ())
            }
            Some(Body::GetSet(def, _)) => match def.set {
                Some(set) => set(self, obj, value),
                None => {
                    let (class, text) = (self.class_name(obj), self.string(name));
                    let what = format!("attribute '{text}' of '{class}' objects is not writable");
                    Err(self.attribute_error(what, obj, name))
                }
            },
            Some(Body::Member(index, ..)) => {
                let index = *index;
                self.check_member(descriptor, obj)?;
                self.member_set(obj, name, index, value)
            }
            Some(Body::Foreign(_)) => self.set_foreign(descriptor, obj, value),
            _ => self.custom_set(descriptor, obj, value),
        }
    }

    fn member_set(&mut self, obj: H, name: H, index: usize, value: Option<H>) -> R<()> {
        let word = value.map_or(Value::NULL, |value| self.get(value));
        let target = self.get(obj);
        let count = self.type_data(self.class_word(target)).slot_count;
        let slots = self.heap.write(target).slots.get_or_insert_with(|| Box::new(vec![Value::NULL; count]));
        let old = std::mem::replace(&mut slots[index], word);
        if word.is_null() && old.is_null() {
            return Err(self.no_attribute(obj, name));
        }
        Ok(())
    }

    fn custom_set(&mut self, descriptor: H, obj: H, value: Option<H>) -> R<()> {
        let (method, args) = match value {
            Some(value) => (n::__set__, vec![obj, value]),
            None => (n::__delete__, vec![obj]),
        };
        if self.call_special(descriptor, method, &args)?.is_none() {
            let name = self.string(method);
            return Err(self.raise(k::ATTRIBUTE_ERROR, name));
        }
        Ok(())
    }

    fn type_setattr(&mut self, class: H, name: H, value: Option<H>) -> R<()> {
        if crate::host::is_being_made(self, class) {
            return self.declare(class, name, value);
        }
        if let Some(word) = self.lookup(self.class_word(self.get(class)), name)
            && self.is_data_descriptor(word)
        {
            let descriptor = self.push(word);
            return self.descriptor_set(descriptor, class, name, value);
        }
        let data = self.type_data(self.get(class));
        if data.flags & crate::object::TYPE_HEAP == 0 || data.flags & crate::object::TYPE_IMMUTABLE != 0 {
            let (name, class) = (self.string(name), data.name.clone());
            let what = format!("cannot set '{name}' attribute of immutable type '{class}'");
            return Err(self.type_error(what));
        }
        self.change_class(class, |vm| {
            vm.set_in_namespace(class, name, value)?;
            vm.update_type_flags(class);
            crate::host::attribute_changed(vm, class, name);
            Ok(())
        })
    }

    fn set_in_namespace(&mut self, class: H, name: H, value: Option<H>) -> R<()> {
        let dict = self.type_data(self.get(class)).dict;
        let dict = self.push(dict);
        let Some(value) = value else {
            let found = find_text(self.table(dict), self.get(name));
            let Some((at, _)) = found else { return Err(self.no_attribute(class, name)) };
            self.dict_remove_at(dict, at);
            return Ok(());
        };
        self.dict_set(dict, name, value)
    }

    /// What C declares goes into the namespace, whatever the metaclass makes of its name.
    fn declare(&mut self, class: H, name: H, value: Option<H>) -> R<()> {
        let dict = self.type_data(self.get(class)).dict;
        let dict = self.push(dict);
        let before = self.dict_get(dict, name)?;
        let Some(value) = value else {
            let removed = self.dict_remove(dict, name)?;
            return if removed { Ok(()) } else { Err(self.no_attribute(class, name)) };
        };
        if let Some(before) = before {
            crate::host::keep_slot(self, before, value);
        }
        self.dict_set(dict, name, value)?;
        self.update_type_flags(class);
        Ok(())
    }

    /// `super(class, obj)`.
    pub(crate) fn new_super(&mut self, class: H, obj: H) -> R<H> {
        if !matches!(self.body(class), Some(Body::Type(_))) {
            let name = self.class_name(class);
            return Err(self.type_error(format!("super() argument 1 must be a type, not {name}")));
        }
        let start = if matches!(self.body(obj), Some(Body::Type(_))) && self.is_subclass(self.get(obj), self.get(class))
        {
            self.get(obj)
        } else {
            self.class_word(self.get(obj))
        };
        if !self.is_subclass(start, self.get(class)) {
            let what = "super(type, obj): obj must be an instance or subtype of type";
            return Err(self.type_error(what));
        }
        self.alloc(k::SUPER, Body::Super([self.get(class), self.get(obj), start]))
    }
}
