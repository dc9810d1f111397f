//! `_itertools`: the iterators in Rust; `itertools` adds those in Python.

use super::Native;
use crate::known as k;

pub(super) static MODULE: Native = Native {
    name: "_itertools",
    functions: &[],
    classes: &[
        ("accumulate", k::ACCUMULATE),
        ("chain", k::CHAIN),
        ("count", k::COUNT),
        ("cycle", k::CYCLE),
        ("dropwhile", k::DROPWHILE),
        ("islice", k::ISLICE),
        ("repeat", k::REPEAT),
        ("starmap", k::STARMAP),
        ("takewhile", k::TAKEWHILE),
    ],
    more: None,
};
