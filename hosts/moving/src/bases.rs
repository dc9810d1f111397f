//! `class.__bases__ = ...`: a class that there is gets other bases, and it and those derived from it another order.

use crate::heap::H;
use crate::object::{Body, TYPE_C, TYPE_DICT, TYPE_HEAP, TYPE_IMMUTABLE, TYPE_WEAK};
use crate::value::Value;
use crate::vm::{R, Raised, Vm};

impl Vm {
    /// `class.__bases__ = bases`.
    pub(crate) fn set_bases(&mut self, class: H, bases: Option<H>) -> R<()> {
        let data = self.type_data(self.get(class));
        let name = data.name.clone();
        if data.flags & TYPE_HEAP == 0 || data.flags & TYPE_IMMUTABLE != 0 {
            return Err(self.type_error(format!("cannot set '__bases__' attribute of immutable type '{name}'")));
        }
        let Some(bases) = bases else {
            return Err(self.type_error(format!("cannot delete '__bases__' attribute of type '{name}'")));
        };
        self.check_bases(class, bases, &name)?;
        let base = self.best_base(bases)?;
        if !self.laid_out_alike(self.get(base), self.type_data(self.get(class)).base) {
            let old = self.type_data(self.get(class)).base;
            let (new, old) = (self.type_data(self.get(base)).name.clone(), self.type_data(old).name.clone());
            let what = format!("__bases__ assignment: '{new}' object layout differs from '{old}'");
            return Err(self.type_error(what));
        }
        self.change_class(class, |vm| vm.replace_bases(class, bases, base))?;
        crate::host::bases_changed(self, class);
        Ok(())
    }

    fn check_bases(&mut self, class: H, bases: H, name: &str) -> R<()> {
        if !matches!(self.body(bases), Some(Body::Tuple(_))) {
            let given = self.class_name(bases);
            return Err(self.type_error(format!("can only assign tuple to {name}.__bases__, not {given}")));
        }
        if self.count(bases) == 0 {
            return Err(self.type_error(format!("can only assign non-empty tuple to {name}.__bases__, not ()")));
        }
        for i in 0..self.count(bases) {
            let base = self.item(bases, i).expect("counted");
            if !matches!(self.body(base), Some(Body::Type(_))) {
                let given = self.class_name(base);
                let what = format!("{name}.__bases__ must be tuple of classes, not '{given}'");
                return Err(self.type_error(what));
            }
            if self.is_subclass(self.get(base), self.get(class)) {
                return Err(self.type_error("a __bases__ item causes an inheritance cycle"));
            }
            self.check_base(base)?;
        }
        Ok(())
    }

    /// Whether instances of classes over the one are as those of classes over the other.
    fn laid_out_alike(&self, one: Value, other: Value) -> bool {
        let (a, b) = (self.type_data(one), self.type_data(other));
        a.layout == b.layout
            && a.slot_count == b.slot_count
            && (a.flags ^ b.flags) & (TYPE_DICT | TYPE_WEAK) == 0
            && self.c_part(one) == self.c_part(other)
    }

    /// The class of C's that the fields of instances are from.
    pub(crate) fn c_part(&self, class: Value) -> Option<Value> {
        self.type_data(class).mro.iter().copied().find(|&class| self.type_data(class).flags & TYPE_C != 0)
    }

    fn replace_bases(&mut self, class: H, bases: H, base: H) -> R<()> {
        let before = self.type_data(self.get(class)).bases.clone();
        let start = self.mark();
        self.heap.stack.extend_from_slice(&before);
        let before = self.tuple_since(start)?;
        self.put_bases(class, bases);
        if let Err(raised) = self.renew_orders(class) {
            self.put_bases(class, before);
            return self.restored(class, raised);
        }
        self.leave_bases(class, before);
        let base = self.get(base);
        if let Body::Type(data) = self.body_mut(class) {
            data.base = base;
        }
        self.add_to_bases(class, bases)?;
        self.update_type_flags(class);
        Ok(())
    }

    /// The old orders of a class and of those that derive from it, which were good, in place of those that were not.
    fn restored(&mut self, class: H, raised: Raised) -> R<()> {
        let mark = self.mark();
        let pending = self.take_pending();
        let result = self.renew_orders(class);
        let pending = self.get(pending);
        self.cut(mark);
        result?;
        self.set(crate::known::PENDING, pending);
        Err(raised)
    }

    fn put_bases(&mut self, class: H, bases: H) {
        let words = self.items(bases).expect("a tuple").to_vec();
        if let Body::Type(data) = self.body_mut(class) {
            data.bases = words;
        }
    }

    /// The order of a class, and then of those that derive from it.
    fn renew_orders(&mut self, class: H) -> R<()> {
        self.set_mro(class)?;
        for subclass in self.subclasses(self.get(class)) {
            let mark = self.mark();
            let subclass = self.push(subclass);
            self.renew_orders(subclass)?;
            self.cut(mark);
        }
        Ok(())
    }

    fn leave_bases(&mut self, class: H, bases: H) {
        let class = self.get(class);
        for base in self.items(bases).expect("a tuple").to_vec() {
            if let Body::Type(data) = &mut self.heap.write(base).body {
                data.subclasses.retain(|reference| target(*reference) != Some(class));
            }
        }
    }

    /// The direct subclasses of a class that there are still.
    pub(crate) fn subclasses(&self, class: Value) -> Vec<Value> {
        self.type_data(class).subclasses.iter().filter_map(|reference| target(*reference)).collect()
    }
}

/// What a weak reference refers to.
fn target(reference: Value) -> Option<Value> {
    match &reference.object()?.body {
        Body::Weakref(weak) if !weak.target.is_null() => Some(weak.target),
        _ => None,
    }
}
