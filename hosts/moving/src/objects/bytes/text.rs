//! Bytes as text: stripping, case, hexadecimal digits.

use super::codec::decode;
use super::{make, raw, view, want};
use crate::heap::H;
use crate::known::{self as k};
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

pub(super) fn upper(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_ascii_uppercase();
    make(vm, args.h(0), bytes)
}

pub(super) fn lower(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_ascii_lowercase();
    make(vm, args.h(0), bytes)
}

pub(super) fn isdigit(vm: &mut Vm, args: Args) -> R<H> {
    let all = raw(vm, args.h(0));
    let result = !all.is_empty() && all.iter().all(u8::is_ascii_digit);
    Ok(vm.bool(result))
}

pub(super) fn isalpha(vm: &mut Vm, args: Args) -> R<H> {
    let all = raw(vm, args.h(0));
    let result = !all.is_empty() && all.iter().all(u8::is_ascii_alphabetic);
    Ok(vm.bool(result))
}

pub(super) fn hex(vm: &mut Vm, args: Args) -> R<H> {
    let parts: Vec<String> = raw(vm, args.h(0)).iter().map(|byte| format!("{byte:02x}")).collect();
    let separator =
        args.opt(vm, 1).map(|h| view(vm, h).map_or_else(|| vm.string(h), |b| String::from_utf8_lossy(&b).into_owned()));
    vm.str(parts.join(&separator.unwrap_or_default()))
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

pub(super) fn percent(vm: &mut Vm, _: Args) -> R<H> {
    Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "formatting bytes with % is not implemented on this host"))
}

pub(super) fn bytes_of(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_vec();
    vm.bytes(bytes)
}
