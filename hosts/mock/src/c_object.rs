//! C's objects: structs with reference slots, in mirror memory, of types with a `tp_traverse`.

use std::ffi::{CStr, c_int, c_void};

use object_mirror::object::{PyObject, PyTypeObject, visitproc};

/// The reference slots of a C object.
pub const SLOTS: usize = 4;

/// Any mirror of the mock: values use `serial` alone, or the slots too (tuples).
#[repr(C)]
#[derive(Debug)]
pub struct CObject {
    /// The header.
    pub ob_base: PyObject,
    /// The test's name for it.
    pub serial: u64,
    /// References that the object owns, or NULL.
    pub slots: [*mut PyObject; SLOTS],
    /// What the finaliser does.
    pub finalizer: Finalizer,
    /// A number's value.
    pub number: u8,
}

/// What a node's finaliser does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finalizer {
    /// There is none.
    None,
    /// Nothing, but it counts that it ran.
    Idle,
    /// It gives the object to the host, which keeps it.
    ReviveInHost,
    /// It keeps a C reference to the object.
    ReviveInC,
    /// It gives what its first slot refers to to the host.
    ReviveNeighbour,
}

/// The types. Their addresses are what tells mirrors apart, so they stay where they are.
#[derive(Debug)]
pub struct Types {
    /// Instances of a C type: slots change, cycles happen.
    pub node: Box<PyTypeObject>,
    /// Tuples: slots are set once.
    pub tuple: Box<PyTypeObject>,
    /// Lists: nothing in C, the host has the state.
    pub list: Box<PyTypeObject>,
    /// Numbers.
    pub number: Box<PyTypeObject>,
}

impl Types {
    /// The types.
    pub fn new() -> Self {
        Self {
            node: new_type(c"node", true),
            tuple: new_type(c"tuple", true),
            list: new_type(c"list", false),
            number: new_type(c"number", false),
        }
    }
}

impl Default for Types {
    fn default() -> Self {
        Self::new()
    }
}

fn new_type(name: &'static CStr, traverses: bool) -> Box<PyTypeObject> {
    // SAFETY: a type is integers and pointers that may be NULL.
    let mut ty: PyTypeObject = unsafe { std::mem::zeroed() };
    ty.ob_base.ob_base.ob_refcnt = object_mirror::object::IMMORTAL_REFCNT;
    ty.tp_name = name.as_ptr();
    ty.tp_traverse = traverses.then_some(traverse as _);
    Box::new(ty)
}

unsafe extern "C" fn traverse(op: *mut PyObject, visit: visitproc, argument: *mut c_void) -> c_int {
    // SAFETY: the type's instances are `CObject`s; a traversal's caller passes a live one.
    let slots = unsafe { (*op.cast::<CObject>()).slots };
    for slot in slots.into_iter().filter(|slot| !slot.is_null()) {
        // SAFETY: a slot's object is live: the slot owns a reference.
        let stop = unsafe { visit(slot, argument) };
        if stop != 0 {
            return stop;
        }
    }
    0
}
