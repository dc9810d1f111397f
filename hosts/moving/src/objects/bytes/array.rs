//! What only a bytearray has: methods that change it.

use super::sequence::times;
use super::{array, byte, exported, from_ints, make, raw, resized, want};
use crate::container::growth;
use crate::heap::H;
use crate::known as k;
use crate::vm::{Args, R, Vm};

pub(super) fn append(vm: &mut Vm, args: Args) -> R<H> {
    let byte = byte(vm, args.h(1), "byte must be in range(0, 256)")?;
    let more = growth(resized(vm, args.h(0))?, 1);
    vm.reserve_to_grow(more)?;
    array(vm, args.h(0)).push(byte);
    Ok(k::NONE)
}

/// What an array is extended with: memory, or ints.
fn more(vm: &mut Vm, source: H) -> R<Vec<u8>> {
    if let Some(bytes) = exported(vm, source)? {
        return Ok(bytes);
    }
    let name = vm.class_name(source);
    if !vm.is_iterable(source) {
        return Err(vm.type_error(format!("can't extend bytearray with {name}")));
    }
    if vm.text(source).is_some_and(|text| !text.is_empty()) {
        return Err(vm.type_error(format!("expected iterable of integers; got: '{name}'")));
    }
    from_ints(vm, source, "byte must be in range(0, 256)")
}

pub(super) fn extend(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = more(vm, args.h(1))?;
    if bytes.is_empty() {
        return Ok(k::NONE);
    }
    let more = growth(resized(vm, args.h(0))?, bytes.len());
    vm.reserve_to_grow(more)?;
    array(vm, args.h(0)).extend(bytes);
    Ok(k::NONE)
}

pub(super) fn iadd(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = want(vm, args.h(1))?;
    if bytes.is_empty() {
        return Ok(args.h(0));
    }
    let more = growth(resized(vm, args.h(0))?, bytes.len());
    vm.reserve_to_grow(more)?;
    array(vm, args.h(0)).extend(bytes);
    Ok(args.h(0))
}

pub(super) fn imul(vm: &mut Vm, args: Args) -> R<H> {
    let Some(count) = times(vm, args.h(1))? else { return Ok(k::NOT_IMPLEMENTED) };
    if count == 1 {
        return Ok(args.h(0));
    }
    vm.reserve(raw(vm, args.h(0)).len().saturating_mul(count))?;
    let bytes = resized(vm, args.h(0))?;
    *bytes = bytes.repeat(count);
    Ok(args.h(0))
}

pub(super) fn pop(vm: &mut Vm, args: Args) -> R<H> {
    let count = raw(vm, args.h(0)).len();
    if count == 0 {
        return Err(vm.raise(k::INDEX_ERROR, "pop from empty bytearray"));
    }
    let at = match args.opt(vm, 1) {
        Some(at) => vm.place(at, count, "pop index out of range")?,
        None => count - 1,
    };
    let byte = resized(vm, args.h(0))?.remove(at);
    Ok(vm.size(byte as usize))
}

pub(super) fn remove(vm: &mut Vm, args: Args) -> R<H> {
    let byte = byte(vm, args.h(1), "byte must be in range(0, 256)")?;
    let Some(at) = raw(vm, args.h(0)).iter().position(|&other| other == byte) else {
        return Err(vm.value_error("value not found in bytearray"));
    };
    resized(vm, args.h(0))?.remove(at);
    Ok(k::NONE)
}

pub(super) fn insert(vm: &mut Vm, args: Args) -> R<H> {
    let at = vm.index_i64(args.h(1))?;
    let byte = byte(vm, args.h(2), "byte must be in range(0, 256)")?;
    let all = resized(vm, args.h(0))?;
    let len = all.len() as i64;
    all.insert(if at < 0 { (at + len).max(0) } else { at.min(len) } as usize, byte);
    Ok(k::NONE)
}

pub(super) fn clear(vm: &mut Vm, args: Args) -> R<H> {
    if !raw(vm, args.h(0)).is_empty() {
        resized(vm, args.h(0))?.clear();
    }
    Ok(k::NONE)
}

pub(super) fn reverse(vm: &mut Vm, args: Args) -> R<H> {
    array(vm, args.h(0)).reverse();
    Ok(k::NONE)
}

pub(super) fn copy(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_vec();
    make(vm, args.h(0), bytes)
}
