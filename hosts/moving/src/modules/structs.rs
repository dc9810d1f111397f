//! `_struct`: C values in bytes. `modules/python/_struct.py` adds the class `Struct`.

use super::Native;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::Body;
use crate::vm::{Args, NativeDef, R, Raised, Vm};
use malachite_bigint::BigInt;
use num_traits::ToPrimitive;

/// One code of a format, with its count.
#[derive(Clone, Copy)]
struct Item {
    code: u8,
    count: usize,
    size: usize,
    /// Where it begins, padding included.
    at: usize,
}

/// What a format stands for.
pub(crate) struct Format {
    items: Vec<Item>,
    size: usize,
    big: bool,
    native: bool,
}

/// Raises `struct.error`.
fn wrong(vm: &mut Vm, message: &str) -> Raised {
    let text = match vm.str(message) {
        Ok(text) => text,
        Err(raised) => return raised,
    };
    match vm.helper("_struct", "error", &[text]) {
        Ok(error) => vm.raise_object(error),
        Err(raised) => raised,
    }
}

/// Size and alignment of a code.
fn size_of_code(code: u8, native: bool) -> Option<usize> {
    Some(match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => {
            if native {
                8
            } else {
                4
            }
        }
        b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        _ => return None,
    })
}

fn format(vm: &mut Vm, given: H) -> R<Format> {
    let text: Vec<u8> = match vm.body(given) {
        Some(Body::Str(text)) => text.text.as_bytes().to_vec(),
        Some(Body::Bytes(bytes)) => bytes.to_vec(),
        _ => {
            let name = vm.class_name(given);
            return Err(vm.type_error(format!("Struct() argument 1 must be a str or bytes object, not {name}")));
        }
    };
    Format::parse(&text).map_err(|message| wrong(vm, message))
}

impl Format {
    /// A tuple of the values in `data`, which is at least as long as the format's size.
    fn unpack(&self, vm: &mut Vm, data: &[u8]) -> R<H> {
        let start = vm.mark();
        for item in &self.items {
            match item.code {
                b'x' => {}
                b's' => {
                    vm.bytes(&data[item.at..item.at + item.count])?;
                }
                b'p' => {
                    let field = &data[item.at..item.at + item.count];
                    let length = field.first().map_or(0, |first| usize::from(*first).min(item.count - 1));
                    vm.bytes(field.get(1..=length).unwrap_or_default())?;
                }
                _ => {
                    for i in 0..item.count {
                        let at = item.at + i * item.size;
                        let mark = vm.mark();
                        let value = unpack_one(vm, item.code, &data[at..at + item.size], self.big)?;
                        vm.keep(mark, value);
                    }
                }
            }
        }
        vm.tuple_since(start)
    }

    /// The value in `data` if the format stands for one, or else the tuple of all.
    pub(crate) fn unpack_single(&self, vm: &mut Vm, data: &[u8]) -> R<H> {
        let all = self.unpack(vm, data)?;
        Ok(if self.values() == 1 { vm.item(all, 0).expect("counted") } else { all })
    }

    /// Of a format's text, or what `struct.error` says of it.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, &'static str> {
        let (order, rest) = match text.first() {
            Some(order @ (b'@' | b'=' | b'<' | b'>' | b'!')) => (*order, &text[1..]),
            _ => (b'@', text),
        };
        let native = order == b'@';
        let mut made = Format { items: Vec::new(), size: 0, big: matches!(order, b'>' | b'!'), native };
        let mut count: Option<usize> = None;
        for &code in rest {
            match code {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C if count.is_none() => continue,
                b'0'..=b'9' => {
                    let next = count.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(usize::from(code - b'0')));
                    let Some(next) = next else { return Err("overflow in item count") };
                    count = Some(next);
                    continue;
                }
                _ => {}
            }
            let Some(size) = size_of_code(code, native) else { return Err("bad char in struct format") };
            if native {
                made.size = made.size.next_multiple_of(size);
            }
            let item = Item { code, count: count.take().unwrap_or(1), size, at: made.size };
            let end = item.count.checked_mul(size).and_then(|n| n.checked_add(made.size)).filter(|end| *end < 1 << 62);
            let Some(end) = end else { return Err("total struct size too long") };
            made.size = end;
            made.items.push(item);
        }
        if count.is_some() {
            return Err("repeat count given without format specifier");
        }
        Ok(made)
    }

    /// How many values it takes.
    fn values(&self) -> usize {
        let of = |item: &Item| match item.code {
            b'x' => 0,
            b's' | b'p' => 1,
            _ => item.count,
        };
        self.items.iter().map(of).sum()
    }
}

fn calcsize(vm: &mut Vm, args: Args) -> R<H> {
    let format = format(vm, args.h(0))?;
    Ok(vm.size(format.size))
}

/// `pack(format, values)`: the bytes.
fn pack(vm: &mut Vm, args: Args) -> R<H> {
    let format = format(vm, args.h(0))?;
    let given = vm.count(args.h(1));
    if given != format.values() {
        let what = format!("pack expected {} items for packing (got {given})", format.values());
        return Err(wrong(vm, &what));
    }
    vm.reserve(format.size)?;
    let mut out = vec![0u8; format.size];
    let mut next = 0;
    for item in &format.items {
        if item.code == b'x' {
            continue;
        }
        if matches!(item.code, b's' | b'p') {
            let value = vm.item(args.h(1), next).expect("counted");
            next += 1;
            pack_text(vm, item, value, &mut out)?;
            continue;
        }
        for i in 0..item.count {
            let mark = vm.mark();
            let value = vm.item(args.h(1), next).expect("counted");
            next += 1;
            let at = item.at + i * item.size;
            pack_one(vm, item, value, &mut out[at..at + item.size], &format)?;
            vm.cut(mark);
        }
    }
    vm.bytes(out)
}

fn pack_text(vm: &mut Vm, item: &Item, value: H, out: &mut [u8]) -> R<()> {
    let bytes = match vm.body(value) {
        Some(Body::Bytes(bytes)) => bytes.to_vec(),
        Some(Body::ByteArray(bytes)) => bytes.clone(),
        _ => {
            let what = format!("argument for '{}' must be a bytes object", char::from(item.code));
            return Err(wrong(vm, &what));
        }
    };
    let field = &mut out[item.at..item.at + item.count];
    if item.code == b's' {
        let length = bytes.len().min(field.len());
        field[..length].copy_from_slice(&bytes[..length]);
    } else if let Some((first, field)) = field.split_first_mut() {
        let length = bytes.len().min(field.len());
        field[..length].copy_from_slice(&bytes[..length]);
        *first = length.min(255) as u8;
    }
    Ok(())
}

fn pack_one(vm: &mut Vm, item: &Item, value: H, out: &mut [u8], format: &Format) -> R<()> {
    let bytes: Vec<u8> = match item.code {
        b'c' => match vm.body(value) {
            Some(Body::Bytes(bytes)) if bytes.len() == 1 => bytes.to_vec(),
            _ => return Err(wrong(vm, "char format requires a bytes object of length 1")),
        },
        b'?' => vec![u8::from(vm.truth(value)?)],
        b'f' | b'd' | b'e' => pack_float(vm, item.code, value, format.native)?,
        _ => pack_int(vm, item, value)?,
    };
    out.copy_from_slice(&bytes);
    if format.big {
        out.reverse();
    }
    Ok(())
}

fn pack_float(vm: &mut Vm, code: u8, value: H, native: bool) -> R<Vec<u8>> {
    let Ok(float) = crate::objects::float::to_f64(vm, value) else {
        if vm.pending_is(k::TYPE_ERROR) {
            vm.take_pending();
            return Err(wrong(vm, "required argument is not a float"));
        }
        return Err(Raised);
    };
    match code {
        b'd' => Ok(float.to_le_bytes().to_vec()),
        b'f' => {
            let small = float as f32;
            // C's own cast, in native formats, says nothing.
            if !native && small.is_infinite() && float.is_finite() {
                return Err(vm.raise(k::OVERFLOW_ERROR, "float too large to pack with f format"));
            }
            Ok(small.to_le_bytes().to_vec())
        }
        _ => match half_bits(float) {
            Some(bits) => Ok(bits.to_le_bytes().to_vec()),
            None => Err(vm.raise(k::OVERFLOW_ERROR, "float too large to pack with e format")),
        },
    }
}

/// The IEEE half-precision number next to `x`, ties to even; None if it is too large.
fn half_bits(x: f64) -> Option<u16> {
    let sign = u16::from(x.is_sign_negative()) << 15;
    if x.is_nan() {
        return Some(sign | 0x7E00);
    }
    if x.is_infinite() {
        return Some(sign | 0x7C00);
    }
    let size = x.abs();
    if size == 0.0 {
        return Some(sign);
    }
    let exponent = ((size.to_bits() >> 52) as i32 - 1023).max(-14);
    // In units of the last place, of which there are 1024 to a power of two.
    let units = (size / 2f64.powi(exponent - 10)).round_ties_even() as u32;
    let bits = if units < 1024 { units } else { (((exponent + 15) as u32) << 10) + (units - 1024) };
    (bits < 0x7C00).then_some(sign | bits as u16)
}

fn half_value(bits: u16) -> f64 {
    let (sign, exponent, part) = (bits >> 15, i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => part * 2f64.powi(-24),
        31 if part == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + part) * 2f64.powi(exponent - 25),
    };
    if sign == 1 { -size } else { size }
}

/// The bytes of an item of a native format; `None` for codes that stand for no single value.
pub(crate) fn native_size(code: u8) -> Option<usize> {
    if matches!(code, b'x' | b's' | b'p') { None } else { size_of_code(code, true) }
}

/// The value of an item of a native format.
pub(crate) fn unpack_native(vm: &mut Vm, code: u8, item: &[u8]) -> R<H> {
    unpack_one(vm, code, item, false)
}

/// Why a value is no item of a format.
pub(crate) enum Misfit {
    Kind,
    Range,
}

/// The bytes of a value as an item of a native format.
pub(crate) fn pack_native(vm: &mut Vm, code: u8, value: H) -> R<Result<Vec<u8>, Misfit>> {
    let size = native_size(code).expect("the caller looked");
    match code {
        b'c' => Ok(match vm.body(value) {
            Some(Body::Bytes(bytes)) if bytes.len() == 1 => Ok(bytes.to_vec()),
            Some(Body::Bytes(_)) => Err(Misfit::Range),
            _ => Err(Misfit::Kind),
        }),
        b'?' => Ok(Ok(vec![u8::from(vm.truth(value)?)])),
        b'f' | b'd' | b'e' => match crate::objects::float::to_f64(vm, value) {
            Ok(_) => match pack_float(vm, code, value, true) {
                Err(_) if vm.pending_is(k::OVERFLOW_ERROR) => {
                    vm.take_pending();
                    Ok(Err(Misfit::Range))
                }
                packed => packed.map(Ok),
            },
            Err(_) if vm.pending_is(k::TYPE_ERROR) => {
                vm.take_pending();
                Ok(Err(Misfit::Kind))
            }
            Err(raised) => Err(raised),
        },
        _ if !vm.is_int(value) && vm.special(value, n::__index__).is_none() => Ok(Err(Misfit::Kind)),
        _ => {
            let index = vm.index(value)?;
            let number = vm.as_bigint(index).expect("an int");
            Ok(int_bytes(code, size, &number).ok_or(Misfit::Range))
        }
    }
}

/// The range of a code.
fn bounds(code: u8, size: usize) -> (BigInt, BigInt) {
    let bits = size as u32 * 8;
    if code.is_ascii_lowercase() {
        (-(BigInt::from(1) << (bits - 1)), (BigInt::from(1) << (bits - 1)) - 1)
    } else {
        (BigInt::from(0), (BigInt::from(1) << bits) - 1)
    }
}

/// An int in C's form; `None` if it is out of range.
fn int_bytes(code: u8, size: usize, number: &BigInt) -> Option<Vec<u8>> {
    let (least, most) = bounds(code, size);
    if *number < least || *number > most {
        return None;
    }
    let word = match code.is_ascii_lowercase() {
        true => number.to_i64().expect("in range") as u64,
        false => number.to_u64().expect("in range"),
    };
    Some(word.to_le_bytes()[..size].to_vec())
}

fn pack_int(vm: &mut Vm, item: &Item, value: H) -> R<Vec<u8>> {
    if !vm.is_int(value) && vm.special(value, n::__index__).is_none() {
        return Err(wrong(vm, "required argument is not an integer"));
    }
    let index = vm.index(value)?;
    let number = vm.as_bigint(index).expect("an int");
    if let Some(bytes) = int_bytes(item.code, item.size, &number) {
        return Ok(bytes);
    }
    if item.size == 8 {
        return Err(wrong(vm, "int too large to convert"));
    }
    let (code, (least, most)) = (char::from(item.code), bounds(item.code, item.size));
    Err(wrong(vm, &format!("'{code}' format requires {least} <= number <= {most}")))
}

/// `unpack_from(format, data, offset, exact)`: a tuple of the values.
fn unpack_from(vm: &mut Vm, args: Args) -> R<H> {
    let format = format(vm, args.h(0))?;
    let data = crate::objects::bytes::want(vm, args.h(1))?;
    let exact = vm.truth(args.h(3))?;
    if exact && data.len() != format.size {
        let what = format!("unpack requires a buffer of {} bytes", format.size);
        return Err(wrong(vm, &what));
    }
    let given = vm.index_i64(args.h(2))?;
    let offset = if given < 0 { given + data.len() as i64 } else { given };
    if offset < 0 {
        let what = format!("offset {given} out of range for {}-byte buffer", data.len());
        return Err(wrong(vm, &what));
    }
    let offset = offset as usize;
    let Some(data) = data.get(offset..).filter(|data| data.len() >= format.size) else {
        let (need, size, have) = (offset + format.size, format.size, data.len());
        let what = format!(
            "unpack_from requires a buffer of at least {need} bytes for unpacking {size} bytes at offset {given} (actual buffer size is {have})"
        );
        return Err(wrong(vm, &what));
    };
    format.unpack(vm, data)
}

fn unpack_one(vm: &mut Vm, code: u8, field: &[u8], big: bool) -> R<H> {
    let mut bytes = [0u8; 8];
    bytes[..field.len()].copy_from_slice(field);
    if big {
        bytes[..field.len()].reverse();
    }
    let word = u64::from_le_bytes(bytes);
    let unused = 64 - 8 * field.len() as u32;
    match code {
        b'c' => vm.bytes(field),
        b'?' => Ok(vm.bool(word != 0)),
        b'd' => vm.float(f64::from_bits(word)),
        b'f' => vm.float(f64::from(f32::from_bits(word as u32))),
        b'e' => vm.float(half_value(word as u16)),
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => vm.int((word << unused) as i64 >> unused),
        _ => vm.bigint(word.into()),
    }
}

static FUNCTIONS: [NativeDef; 3] = [
    def("calcsize", "format", calcsize),
    def("pack", "format values", pack),
    def("unpack_from", "format data offset exact", unpack_from),
];

pub(super) static MODULE: Native = Native { name: "_struct_core", functions: &FUNCTIONS, classes: &[], more: None };
