//! Digits: from text and bytes, to bytes and doubles.

use object_mirror::longobject::PyLong_SHIFT;

use super::DIGIT_MASK;
use super::bytes::{digits_of_bytes, native_size, to_bytes};
use super::make::shifted_left;
use super::read::to_f64;
use super::text::digits_in_base;

fn digits(value: u128) -> Vec<u32> {
    let mut digits = Vec::new();
    let mut rest = value;
    while rest != 0 {
        digits.push((rest & u128::from(DIGIT_MASK)) as u32);
        rest >>= PyLong_SHIFT;
    }
    digits
}

fn stripped(mut digits: Vec<u32>) -> Vec<u32> {
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}

#[test]
fn text_in_any_base_is_the_number() {
    assert_eq!(digits_in_base(&[1; 30], 2), digits((1 << 30) - 1));
    assert_eq!(stripped(digits_in_base(&[0, 0, 9, 9], 10)), digits(99));
    let decimal: Vec<u8> = u128::MAX.to_string().bytes().map(|digit| digit - b'0').collect();
    assert_eq!(stripped(digits_in_base(&decimal, 10)), digits(u128::MAX));
    assert_eq!(stripped(digits_in_base(&[35; 20], 36)), digits(36_u128.pow(20) - 1));
}

#[test]
fn bytes_are_twos_complement() {
    for value in [0_i128, 1, -1, 127, 128, -128, -129, 1 << 30, -(1 << 30), 1 << 62, i128::from(i64::MIN), 1 << 90] {
        let mut place = [0xaa; 16];
        to_bytes(value < 0, &digits(value.unsigned_abs()), &mut place);
        assert_eq!(i128::from_le_bytes(place), value);
    }
    assert_eq!(stripped(digits_of_bytes([0xff; 16].into_iter())), digits(u128::MAX));
}

#[test]
fn doubles_are_rounded_to_even() {
    for value in [0, 1, (1 << 53) - 1, (1 << 53) + 1, (1 << 54) + 2, (1 << 64) - 1, 3 << 100, u128::MAX, (1 << 117) + 1]
    {
        assert_eq!(to_f64(false, &digits(value)), Some(value as f64), "{value}");
        assert_eq!(to_f64(true, &digits(value)), Some(-(value as f64)), "-{value}");
    }
    // Half way, and what decides is in the lowest digit.
    let tie = shifted_left((1 << 53) + 1, 200);
    assert_eq!(to_f64(false, &tie), Some(2_f64.powi(253)));
    let mut above = tie;
    above[0] |= 1;
    assert_eq!(to_f64(false, &above), Some(2_f64.powi(253) + 2_f64.powi(201)));
    assert_eq!(to_f64(false, &shifted_left(1, 1024)), None);
    assert_eq!(to_f64(false, &shifted_left(u64::MAX, 960)), None);
    assert_eq!(to_f64(false, &shifted_left((1 << 53) - 1, 971)), Some(f64::MAX));
}

#[test]
fn native_sizes_are_cpythons() {
    // value, n, with flags 0, with an unsigned buffer: recorded from CPython 3.13.
    let recorded: [(i128, usize, usize, usize); 18] = [
        (0, 0, 8, 8),
        (128, 1, 2, 1),
        (127, 1, 1, 1),
        (256, 1, 8, 8),
        (-129, 1, 8, 8),
        (-128, 1, 1, 1),
        (1 << 29, 4, 4, 4),
        (1 << 29, 9, 8, 8),
        (1 << 30, 0, 4, 4),
        (1 << 30, 16, 4, 4),
        ((1 << 32) - 1, 4, 5, 4),
        (1 << 63, 8, 9, 8),
        (1 << 63, 9, 9, 9),
        (-(1 << 63), 8, 8, 8),
        (-(1 << 63), 9, 9, 9),
        (-(1 << 63) - 1, 8, 9, 9),
        (-(1 << 64), 8, 9, 9),
        ((1 << 72) - 1, 9, 10, 9),
    ];
    for (value, n, signed, unsigned) in recorded {
        let digits = digits(value.unsigned_abs());
        assert_eq!(native_size(value < 0, &digits, n, false), signed, "{value} in {n}");
        assert_eq!(native_size(value < 0, &digits, n, true), unsigned, "{value} in {n}, unsigned");
    }
}
