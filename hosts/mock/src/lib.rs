//! A mock host whose objects move: the smallest interpreter that has every hook the bridge asks for, for tests.
//!
//! [`heap::MovingHeap`] is the host: lists, tuples, interned numbers and wrappers of C objects, at addresses that change
//! whenever the test says so (by default at every step, and onto each other's old places), named by handles, collected by
//! tracing. [`c_object`] is the C side: instances of a C type with reference slots that `tp_traverse` visits, and C's tuples.
//! [`world::World`] is the layer between the two, doing by the bridge what the real one does: crossing, lending, dying,
//! collecting. [`model::Model`] is the brute-force reference: a graph that knows what must be alive.
#![allow(clippy::not_unsafe_ptr_arg_deref, reason = "a world is given its own live mirrors, and there is one thread")]

pub mod c_object;
mod collect;
pub mod heap;
pub mod model;
pub mod world;
