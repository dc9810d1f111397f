//! `structseq.h`: descriptions of named tuples made in C.

use std::ffi::{c_char, c_int};

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct PyStructSequence_Field {
    pub name: *const c_char,
    pub doc: *const c_char,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyStructSequence_Desc {
    pub name: *const c_char,
    pub doc: *const c_char,
    pub fields: *mut PyStructSequence_Field,
    pub n_in_sequence: c_int,
}

crate::layout::pinned! {
    PyStructSequence_Field 0x10 { name 0x0 8, doc 0x8 8 }
    PyStructSequence_Desc 0x20 { name 0x0 8, doc 0x8 8, fields 0x10 8, n_in_sequence 0x18 4 }
}
