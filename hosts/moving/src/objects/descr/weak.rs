//! Weak references.

use super::or_none;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::{Body, Weak};
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

impl Vm {
    /// A weak reference; the same one again if `class` is `weakref.ref` itself and there is no callback.
    pub(crate) fn weak_reference(&mut self, class: H, target: H, callback: Option<H>) -> R<H> {
        let of = self.type_data(self.class_word(self.get(target))).flags;
        if of & crate::object::TYPE_WEAK == 0 || !self.get(target).is_object() {
            let name = self.class_name(target);
            return Err(self.type_error(format!("cannot create weak reference to '{name}' object")));
        }
        let callback = callback.filter(|callback| !self.is_none(*callback));
        if callback.is_none() && self.is(class, k::WEAKREF) {
            let old = self.heap.references_to(self.get(target)).into_iter().find(|word| {
                let object = word.object().expect("a weak reference");
                object.class == self.get(k::WEAKREF)
                    && matches!(&object.body, Body::Weakref(weak) if weak.callback.is_null())
            });
            if let Some(old) = old {
                return Ok(self.push(old));
            }
        }
        // The referent is weak for the collector: it is put in when the object is there.
        let callback = callback.map_or(Value::NULL, |callback| self.get(callback));
        let weak = Weak { target: Value::NULL, callback, hash: None };
        let reference = self.alloc(class, Body::Weakref(Box::new(weak)))?;
        let word = self.get(target);
        if let Body::Weakref(weak) = self.body_mut(reference) {
            weak.target = word;
        }
        Ok(reference)
    }

    fn referent(&mut self, reference: H) -> Option<H> {
        match self.body(reference) {
            Some(Body::Weakref(weak)) if !weak.target.is_null() => {
                let word = weak.target;
                Some(self.push(word))
            }
            _ => None,
        }
    }
}

fn weak_new(vm: &mut Vm, args: Args) -> R<H> {
    let mut rest = args.rest();
    let (Some(target), callback) = (rest.next(), rest.next()) else {
        return Err(vm.type_error("__new__ expected at least 1 argument, got 0"));
    };
    vm.weak_reference(args.h(0), target, callback)
}

fn weak_init(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

fn weak_call(vm: &mut Vm, args: Args) -> R<H> {
    Ok(vm.referent(args.h(0)).unwrap_or(k::NONE))
}

fn weak_repr(vm: &mut Vm, args: Args) -> R<H> {
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    let Some(target) = vm.referent(args.h(0)) else { return vm.str(format!("<weakref at {id:#x}; dead>")) };
    let (class, word) = (vm.class_name(target), vm.get(target));
    let of = vm.heap.id(word);
    vm.str(format!("<weakref at {id:#x}; to '{class}' at {of:#x}>"))
}

fn weak_hash(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(Body::Weakref(weak)) = vm.body(args.h(0))
        && let Some(hash) = weak.hash
    {
        return vm.int(hash);
    }
    let Some(target) = vm.referent(args.h(0)) else { return Err(vm.type_error("weak object has gone away")) };
    let hash = vm.hash(target)?;
    if let Body::Weakref(weak) = vm.body_mut(args.h(0)) {
        weak.hash = Some(hash);
    }
    vm.int(hash)
}

fn weak_eq(vm: &mut Vm, args: Args) -> R<H> {
    if !matches!(vm.body(args.h(1)), Some(Body::Weakref(_))) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    match (vm.referent(args.h(0)), vm.referent(args.h(1))) {
        (Some(a), Some(b)) => {
            let equal = vm.equal(a, b)?;
            Ok(vm.bool(equal))
        }
        _ => Ok(vm.bool(vm.is(args.h(0), args.h(1)))),
    }
}

fn weak_callback(vm: &mut Vm, this: H) -> R<H> {
    let word = match vm.body(this) {
        Some(Body::Weakref(weak)) if !weak.target.is_null() => weak.callback,
        _ => Value::NULL,
    };
    or_none(vm, word)
}

pub(super) static WEAK_METHODS: [NativeDef; 6] = [
    def("__new__", "cls *args", weak_new),
    def("__init__", "self *args", weak_init),
    def("__call__", "self", weak_call),
    def("__repr__", "self", weak_repr),
    def("__hash__", "self", weak_hash),
    def("__eq__", "self other", weak_eq),
];
pub(super) static WEAK_ATTRS: [GetSetDef; 1] = [GetSetDef { name: "__callback__", get: weak_callback, set: None }];
