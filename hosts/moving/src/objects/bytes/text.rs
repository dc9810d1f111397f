//! Bytes as text: stripping, hexadecimal digits, decoding.

use super::codec::decode;
use super::{make, raw, want};
use crate::heap::H;
use crate::known::{self as k};
use crate::object::Body;
use crate::vm::{Args, R, Vm};

fn strip_with(vm: &mut Vm, args: Args, left: bool, right: bool) -> R<H> {
    let set = match args.opt(vm, 1).filter(|h| !vm.is_none(*h)) {
        Some(h) => want(vm, h)?,
        None => b" \t\n\r\x0b\x0c".to_vec(),
    };
    let mut rest = raw(vm, args.h(0));
    while left && rest.first().is_some_and(|byte| set.contains(byte)) {
        rest = &rest[1..];
    }
    while right && rest.last().is_some_and(|byte| set.contains(byte)) {
        rest = &rest[..rest.len() - 1];
    }
    let rest = rest.to_vec();
    make(vm, args.h(0), rest)
}

pub(super) fn strip(vm: &mut Vm, args: Args) -> R<H> {
    strip_with(vm, args, true, true)
}

pub(super) fn lstrip(vm: &mut Vm, args: Args) -> R<H> {
    strip_with(vm, args, true, false)
}

pub(super) fn rstrip(vm: &mut Vm, args: Args) -> R<H> {
    strip_with(vm, args, false, true)
}

pub(super) fn hex(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_vec();
    hex_of(vm, &bytes, args)
}

/// `hex(sep, bytes_per_sep)` of any type's bytes: groups are counted from the right, or from the left where their size is negative.
pub(crate) fn hex_of(vm: &mut Vm, bytes: &[u8], args: Args) -> R<H> {
    let per = match args.opt(vm, 2) {
        Some(per) => {
            let index = vm.index(per)?;
            vm.as_i64(index).and_then(|per| i32::try_from(per).ok())
        }
        None => Some(1),
    };
    let Some(per) = per else { return Err(vm.raise(k::OVERFLOW_ERROR, "Python int too large to convert to C int")) };
    let separator = match args.opt(vm, 1) {
        Some(given) => Some(separator(vm, given)?),
        None => None,
    };
    let size = per.unsigned_abs() as usize;
    let first = if per > 0 && size > 0 { bytes.len() % size } else { 0 };
    let mut text = String::with_capacity(3 * bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if let Some(separator) = separator
            && at > 0
            && size > 0
            && (at + size - first) % size == 0
        {
            text.push(separator);
        }
        text.push_str(&format!("{byte:02x}"));
    }
    vm.str(text)
}

/// What stands between groups of bytes.
fn separator(vm: &mut Vm, given: H) -> R<char> {
    if vm.len(given)? != 1 {
        return Err(vm.value_error("sep must be length 1."));
    }
    let point = match vm.body(given) {
        Some(Body::Str(text)) => text.text.code_points().next().map(|point| point.to_u32()),
        Some(Body::Bytes(bytes)) => bytes.first().map(|&byte| u32::from(byte)),
        _ => return Err(vm.type_error("sep must be str or bytes.")),
    };
    match point.and_then(char::from_u32).filter(char::is_ascii) {
        Some(separator) => Ok(separator),
        None => Err(vm.value_error("sep must be ASCII.")),
    }
}

pub(super) fn fromhex(vm: &mut Vm, args: Args) -> R<H> {
    let text = vm.string(args.h(1));
    let (mut bytes, mut half) = (Vec::new(), None);
    for (at, c) in text.chars().enumerate() {
        if c.is_ascii_whitespace() && half.is_none() {
            continue;
        }
        let Some(digit) = c.to_digit(16) else {
            return Err(vm.value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}")));
        };
        match half.take() {
            None => half = Some(digit),
            Some(high) => bytes.push((high << 4 | digit) as u8),
        }
    }
    if half.is_some() {
        let at = text.chars().count();
        return Err(vm.value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}")));
    }
    let plain = vm.bytes(bytes)?;
    if vm.is(args.h(0), k::BYTES) { Ok(plain) } else { vm.call(args.h(0), &[plain]) }
}

pub(super) fn to_text(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_vec();
    decode(vm, &bytes, args.opt(vm, 1), args.opt(vm, 2))
}

pub(super) fn percent(vm: &mut Vm, args: Args) -> R<H> {
    let template = raw(vm, args.h(0)).to_vec();
    let formatted = crate::objects::percent::of_bytes(vm, &template, args)?;
    make(vm, args.h(0), formatted)
}

pub(super) fn bytes_of(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_vec();
    vm.bytes(bytes)
}
