//! `longobject.h`, `cpython/longintrepr.h`: ints of 30-bit digits.

use crate::object::PyObject;

/// Bits of a digit.
pub const PyLong_SHIFT: u32 = 30;
/// `lv_tag`'s sign: 0 positive, 1 zero, 2 negative; the digit count is above three bits.
pub const SIGN_ZERO: usize = 1;
pub const SIGN_NEGATIVE: usize = 2;
pub const SIGN_MASK: usize = 3;
pub const NON_SIZE_BITS: u32 = 3;

#[repr(C)]
#[derive(Debug)]
pub struct PyLongObject {
    pub ob_base: PyObject,
    pub lv_tag: usize,
    pub ob_digit: [u32; 1],
}

crate::layout::pinned! {
    PyLongObject 0x20 { ob_base 0x0 16, lv_tag 0x10 8, ob_digit 0x18 4 }
}
