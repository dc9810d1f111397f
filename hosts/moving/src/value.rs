//! One tagged word: what a variable, a list item or an operand is.
//!
//! A word is an unboxed small int, a singleton, or the address of an [`Object`]. Addresses change at every collection, so a
//! `Value` may be kept only while nothing allocates; across an allocation one keeps a handle ([`crate::heap::H`]) instead.

use crate::object::Object;

/// A tagged word. `NULL` means 'nothing here' and is never seen by Python code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Value(pub(crate) u64);

const SINGLETON: u64 = 0b010;

impl Value {
    /// An empty slot.
    pub const NULL: Value = Value(0);
    /// `None`.
    pub const NONE: Value = Value(SINGLETON);
    /// `False`.
    pub const FALSE: Value = Value(1 << 3 | SINGLETON);
    /// `True`.
    pub const TRUE: Value = Value(2 << 3 | SINGLETON);
    /// `...`.
    pub const ELLIPSIS: Value = Value(3 << 3 | SINGLETON);
    /// `NotImplemented`.
    pub const NOT_IMPLEMENTED: Value = Value(4 << 3 | SINGLETON);

    const INT_MIN: i64 = i64::MIN >> 1;
    const INT_MAX: i64 = i64::MAX >> 1;

    /// The small int `value`, if it fits in 63 bits.
    pub fn int(value: i64) -> Option<Value> {
        (Self::INT_MIN..=Self::INT_MAX).contains(&value).then_some(Value((value as u64) << 1 | 1))
    }

    /// An int known to be small: an index, a length, a count.
    pub fn small(value: usize) -> Value {
        Value((value as u64) << 1 | 1)
    }

    /// `True` or `False`.
    pub fn bool(value: bool) -> Value {
        if value { Value::TRUE } else { Value::FALSE }
    }

    /// The int, if this is an unboxed one.
    pub fn as_int(self) -> Option<i64> {
        (self.0 & 1 == 1).then_some(self.0 as i64 >> 1)
    }

    /// Whether the slot is empty.
    pub fn is_null(self) -> bool {
        self.0 == 0
    }

    /// Whether this is the address of an object.
    pub fn is_object(self) -> bool {
        self.0 & 7 == 0 && self.0 != 0
    }

    /// The object's address.
    pub(crate) fn pointer(self) -> *mut Object {
        debug_assert!(self.is_object());
        self.0 as *mut Object
    }

    /// The word for an object at `address`.
    pub(crate) fn from_pointer(address: *mut Object) -> Value {
        Value(address as u64)
    }

    /// The object, if this is the address of one.
    ///
    /// The reference must not outlive the next allocation: callers take it and drop it within one expression.
    pub(crate) fn object<'a>(self) -> Option<&'a Object> {
        // SAFETY: words that are addresses come from the collector, which rewrites all of them when it moves an object; the
        // module's rule (no `Value` across an allocation) keeps stale ones from being read.
        self.is_object().then(|| unsafe { &*self.pointer() })
    }
}
