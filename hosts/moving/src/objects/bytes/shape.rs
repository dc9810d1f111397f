//! Bytes as ASCII text: what kind it is, its case, its width, and bytes in the place of others.

use super::{make, raw, want};
use crate::heap::H;
use crate::object::Body;
use crate::vm::{Args, R, Vm};

fn all(vm: &mut Vm, args: Args, is: fn(&u8) -> bool) -> R<H> {
    let bytes = raw(vm, args.h(0));
    let result = !bytes.is_empty() && bytes.iter().all(is);
    Ok(vm.bool(result))
}

pub(super) fn isalpha(vm: &mut Vm, args: Args) -> R<H> {
    all(vm, args, u8::is_ascii_alphabetic)
}

pub(super) fn isdigit(vm: &mut Vm, args: Args) -> R<H> {
    all(vm, args, u8::is_ascii_digit)
}

pub(super) fn isalnum(vm: &mut Vm, args: Args) -> R<H> {
    all(vm, args, u8::is_ascii_alphanumeric)
}

pub(super) fn isspace(vm: &mut Vm, args: Args) -> R<H> {
    all(vm, args, |byte| super::split::is_space(byte))
}

pub(super) fn isascii(vm: &mut Vm, args: Args) -> R<H> {
    let result = raw(vm, args.h(0)).is_ascii();
    Ok(vm.bool(result))
}

/// Whether there are letters, and all have this case.
fn cased(vm: &mut Vm, args: Args, other: fn(&u8) -> bool) -> R<H> {
    let bytes = raw(vm, args.h(0));
    let result = bytes.iter().any(u8::is_ascii_alphabetic) && !bytes.iter().any(other);
    Ok(vm.bool(result))
}

pub(super) fn islower(vm: &mut Vm, args: Args) -> R<H> {
    cased(vm, args, u8::is_ascii_uppercase)
}

pub(super) fn isupper(vm: &mut Vm, args: Args) -> R<H> {
    cased(vm, args, u8::is_ascii_lowercase)
}

pub(super) fn istitle(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0));
    let result = bytes.iter().any(u8::is_ascii_alphabetic) && titled(bytes) == bytes;
    Ok(vm.bool(result))
}

/// The first letter of each word a capital.
fn titled(bytes: &[u8]) -> Vec<u8> {
    let mut inside = false;
    let one = |byte: &u8| {
        let was_inside = std::mem::replace(&mut inside, byte.is_ascii_alphabetic());
        if was_inside { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() }
    };
    bytes.iter().map(one).collect()
}

fn changed(vm: &mut Vm, args: Args, change: fn(&[u8]) -> Vec<u8>) -> R<H> {
    let bytes = change(raw(vm, args.h(0)));
    make(vm, args.h(0), bytes)
}

pub(super) fn title(vm: &mut Vm, args: Args) -> R<H> {
    changed(vm, args, titled)
}

pub(super) fn upper(vm: &mut Vm, args: Args) -> R<H> {
    changed(vm, args, |bytes| bytes.to_ascii_uppercase())
}

pub(super) fn lower(vm: &mut Vm, args: Args) -> R<H> {
    changed(vm, args, |bytes| bytes.to_ascii_lowercase())
}

pub(super) fn capitalize(vm: &mut Vm, args: Args) -> R<H> {
    changed(vm, args, |bytes| {
        let mut bytes = bytes.to_ascii_lowercase();
        if let Some(first) = bytes.first_mut() {
            first.make_ascii_uppercase();
        }
        bytes
    })
}

pub(super) fn swapcase(vm: &mut Vm, args: Args) -> R<H> {
    const CASE: u8 = b'a' ^ b'A';
    changed(vm, args, |bytes| {
        bytes.iter().map(|byte| if byte.is_ascii_alphabetic() { byte ^ CASE } else { *byte }).collect()
    })
}

/// Bytes of a width, with `share` of what is missing on the left.
fn pad(vm: &mut Vm, args: Args, name: &str, share: fn(usize, usize) -> usize) -> R<H> {
    let width = vm.index_i64(args.h(1))?.max(0) as usize;
    let fill = match args.opt(vm, 2) {
        None => b' ',
        Some(given) => match vm.body(given) {
            Some(Body::Bytes(bytes)) if bytes.len() == 1 => bytes[0],
            Some(Body::ByteArray(bytes)) if bytes.len() == 1 => bytes[0],
            _ => {
                let class = vm.class_name(given);
                let message = format!("{name}() argument 2 must be a byte string of length 1, not {class}");
                return Err(vm.type_error(message));
            }
        },
    };
    let missing = width.saturating_sub(raw(vm, args.h(0)).len());
    vm.reserve(width)?;
    let left = share(missing, width);
    let mut result = vec![fill; left];
    result.extend_from_slice(raw(vm, args.h(0)));
    result.resize(result.len() + missing - left, fill);
    make(vm, args.h(0), result)
}

pub(super) fn ljust(vm: &mut Vm, args: Args) -> R<H> {
    pad(vm, args, "ljust", |_, _| 0)
}

pub(super) fn rjust(vm: &mut Vm, args: Args) -> R<H> {
    pad(vm, args, "rjust", |missing, _| missing)
}

pub(super) fn center(vm: &mut Vm, args: Args) -> R<H> {
    pad(vm, args, "center", |missing, width| missing / 2 + (missing & width & 1))
}

pub(super) fn zfill(vm: &mut Vm, args: Args) -> R<H> {
    let width = vm.index_i64(args.h(1))?.max(0) as usize;
    vm.reserve(width)?;
    let bytes = raw(vm, args.h(0));
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut result = bytes[..sign].to_vec();
    result.resize(sign + width.saturating_sub(bytes.len()), b'0');
    result.extend_from_slice(&bytes[sign..]);
    make(vm, args.h(0), result)
}

pub(super) fn expandtabs(vm: &mut Vm, args: Args) -> R<H> {
    let size = args.opt(vm, 1).map_or(Ok(8), |h| vm.index_i64(h))?.max(0) as usize;
    let (mut result, mut column) = (Vec::new(), 0);
    for at in 0..raw(vm, args.h(0)).len() {
        match raw(vm, args.h(0))[at] {
            b'\t' => {
                let count = if size == 0 { 0 } else { size - column % size };
                vm.reserve(result.len() + count)?;
                result.resize(result.len() + count, b' ');
                column += count;
            }
            byte => {
                column = if matches!(byte, b'\n' | b'\r') { 0 } else { column + 1 };
                result.push(byte);
            }
        }
    }
    make(vm, args.h(0), result)
}

fn without(vm: &mut Vm, args: Args, strip: fn(&[u8], &[u8]) -> Option<usize>, from_start: bool) -> R<H> {
    let affix = want(vm, args.h(1))?;
    let bytes = raw(vm, args.h(0)).to_vec();
    let rest = match strip(&bytes, &affix) {
        Some(_) if from_start => bytes[affix.len()..].to_vec(),
        Some(left) => bytes[..left].to_vec(),
        None => bytes,
    };
    make(vm, args.h(0), rest)
}

pub(super) fn removeprefix(vm: &mut Vm, args: Args) -> R<H> {
    without(vm, args, |bytes, affix| bytes.strip_prefix(affix).map(<[u8]>::len), true)
}

pub(super) fn removesuffix(vm: &mut Vm, args: Args) -> R<H> {
    without(vm, args, |bytes, affix| bytes.strip_suffix(affix).map(<[u8]>::len), false)
}

pub(super) fn translate(vm: &mut Vm, args: Args) -> R<H> {
    let table = match args.h(1) {
        none if vm.is_none(none) => None,
        given => Some(want(vm, given)?),
    };
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(vm.value_error("translation table must be 256 characters long"));
    }
    let delete = args.opt(vm, 2).map_or(Ok(Vec::new()), |given| want(vm, given))?;
    let kept = raw(vm, args.h(0)).iter().filter(|byte| !delete.contains(byte));
    let result = kept.map(|&byte| table.as_ref().map_or(byte, |table| table[usize::from(byte)])).collect();
    make(vm, args.h(0), result)
}

pub(super) fn maketrans(vm: &mut Vm, args: Args) -> R<H> {
    let (from, to) = (want(vm, args.h(0))?, want(vm, args.h(1))?);
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&from, to) in from.iter().zip(to) {
        table[usize::from(from)] = to;
    }
    vm.bytes(table)
}
