//! `abstract.h`: the object, number, sequence and mapping protocols, and calls.

pub(crate) mod call;
pub(crate) mod number;
pub(crate) mod object;
pub(crate) mod sequence;
