//! Descriptors whose work is C's: methods, slot wrappers, members and getsets of C types.

use std::rc::Rc;

use emul::host::{FunctionKind, NativeCall, NativeGet, NativeSet};

use crate::heap::H;
use crate::host::borrowed;
use crate::host::calls::{cross, done, returned};
use crate::known as k;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{R, Vm};

/// What a descriptor does.
#[derive(Clone)]
pub(crate) enum Work {
    Method(Rc<NativeCall>),
    ClassMethod(Rc<NativeCall>),
    /// Of a static method, and of `__new__`.
    Function(Rc<NativeCall>),
    /// The special method of a slot.
    Slot(Rc<NativeCall>),
    Member(Rc<NativeGet>, Rc<NativeSet>),
    GetSet(Rc<NativeGet>, Rc<NativeSet>),
}

/// A descriptor of a C type.
#[derive(Clone)]
pub(crate) struct Foreign {
    pub(crate) name: Rc<str>,
    pub(crate) doc: Option<Rc<str>>,
    pub(crate) owner: Value,
    /// Of a method that has a slot's name: the slot's wrapper, which operators use.
    pub(crate) beside: Value,
    /// Whether it is a slot of `tp_as_sequence` that numbers have a slot of the same name for.
    pub(crate) is_of_sequence: bool,
    pub(crate) work: Work,
}

impl std::fmt::Debug for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Foreign {
    /// The work of a method of that kind.
    pub(crate) fn of_kind(kind: FunctionKind, call: NativeCall) -> Work {
        match kind {
            FunctionKind::Method => Work::Method(Rc::new(call)),
            FunctionKind::ClassMethod => Work::ClassMethod(Rc::new(call)),
            FunctionKind::StaticMethod => Work::Function(Rc::new(call)),
        }
    }

    /// The class of such descriptors.
    pub(crate) fn class(&self) -> H {
        match self.work {
            Work::Method(_) => k::METHOD_DESCR,
            Work::ClassMethod(_) => k::CLASS_METHOD_DESCR,
            Work::Function(_) => k::NATIVE,
            Work::Slot(_) => k::SLOT_WRAPPER,
            Work::Member(..) => k::MEMBER,
            Work::GetSet(..) => k::GETSET,
        }
    }

    /// Whether it comes before what an instance's `__dict__` has.
    pub(crate) fn is_data(&self) -> bool {
        matches!(self.work, Work::Member(..) | Work::GetSet(..))
    }
}

impl Vm {
    /// The descriptor behind a handle.
    pub(crate) fn foreign(&self, h: H) -> Option<&Foreign> {
        match self.body(h)? {
            Body::Foreign(foreign) => Some(foreign),
            _ => None,
        }
    }

    /// Call a descriptor with the `n` words from `base` on and the keyword values after them.
    pub(crate) fn call_foreign(&mut self, descriptor: H, base: usize, n: usize, kw: H) -> R<H> {
        let foreign = self.foreign(descriptor).expect("the caller looked").clone();
        match foreign.work {
            Work::Method(call) | Work::Slot(call) => {
                let owner = self.push(foreign.owner);
                let is_slot = self.exact(descriptor, k::SLOT_WRAPPER);
                self.check_self(&foreign.name, owner, base, n, is_slot)?;
                cross(self, base, n, kw, |args, names| call(args, names))
            }
            Work::ClassMethod(call) | Work::Function(call) => cross(self, base, n, kw, |args, names| call(args, names)),
            Work::Member(..) | Work::GetSet(..) => {
                let name = self.class_name(descriptor);
                Err(self.type_error(format!("'{name}' object is not callable")))
            }
        }
    }

    /// What the descriptor gives when read from `obj` (NULL's handle: from the class itself).
    pub(crate) fn bind_foreign(&mut self, descriptor: H, obj: H, class: H) -> R<H> {
        let foreign = self.foreign(descriptor).expect("the caller looked").clone();
        let on_class = obj == k::NULL;
        match foreign.work {
            Work::Function(_) => Ok(descriptor),
            Work::ClassMethod(_) => self.alloc(k::NATIVE, Body::Method(self.get(descriptor), self.get(class))),
            _ if on_class => Ok(descriptor),
            Work::Method(_) | Work::Slot(_) => {
                self.check_descriptor(&foreign.name, foreign.owner, obj)?;
                let class = self.bound_class(descriptor);
                self.alloc(class, Body::Method(self.get(descriptor), self.get(obj)))
            }
            Work::Member(get, _) | Work::GetSet(get, _) => {
                self.check_descriptor(&foreign.name, foreign.owner, obj)?;
                returned(self, |_| get(borrowed(obj)))
            }
        }
    }

    /// Set or delete by the descriptor.
    pub(crate) fn set_foreign(&mut self, descriptor: H, obj: H, value: Option<H>) -> R<()> {
        let foreign = self.foreign(descriptor).expect("the caller looked").clone();
        let (Work::Member(_, set) | Work::GetSet(_, set)) = foreign.work else {
            unreachable!("the caller asked `is_data`");
        };
        self.check_descriptor(&foreign.name, foreign.owner, obj)?;
        done(self, |_| set(borrowed(obj), value.map(borrowed)))
    }

    fn check_descriptor(&mut self, name: &str, owner: Value, obj: H) -> R<()> {
        let owner = self.push(owner);
        if self.is_instance(obj, owner) {
            return Ok(());
        }
        let (wanted, given) = (self.type_data(self.get(owner)).name.clone(), self.class_name(obj));
        Err(self.type_error(format!("descriptor '{name}' for '{wanted}' objects doesn't apply to a '{given}' object")))
    }
}
