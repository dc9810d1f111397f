//! Making bytes and bytearrays, and the operators of sequences.

use super::codec::encode;
use super::{array, byte, exported, from_any, is_array, make, raw, resized, want};
use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::{Body, IterKind};
use crate::objects::search;
use crate::vm::{Args, R, Vm};

fn source(vm: &mut Vm, args: Args, array: bool) -> R<Vec<u8>> {
    let (encoding, errors) = (args.opt(vm, 2), args.opt(vm, 3));
    for (given, what) in [(encoding, "encoding"), (errors, "errors")] {
        if let Some(h) = given
            && vm.text(h).is_none()
        {
            let (class, name) = (vm.type_data(vm.get(args.h(0))).name.clone(), vm.class_name(h));
            return Err(vm.type_error(format!("{class}() argument '{what}' must be str, not {name}")));
        }
    }
    match args.opt(vm, 1) {
        Some(source) if vm.text(source).is_some() && (encoding.is_some() || errors.is_some()) => {
            let made = encode(vm, source, encoding, errors)?;
            Ok(raw(vm, made).to_vec())
        }
        _ if encoding.is_some() => Err(vm.type_error("encoding without a string argument")),
        _ if errors.is_some() => Err(vm.type_error("errors without a string argument")),
        Some(source) => from_any(vm, source, array),
        None => Ok(Vec::new()),
    }
}

pub(super) fn new(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(source) = args.opt(vm, 1)
        && vm.exact(source, k::BYTES)
        && vm.is(args.h(0), k::BYTES)
        && args.opt(vm, 2).is_none()
    {
        return Ok(source);
    }
    let bytes = source(vm, args, false)?;
    vm.alloc(args.h(0), Body::Bytes(bytes.into()))
}

pub(super) fn array_new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(args.h(0), Body::ByteArray(Vec::new()))
}

pub(super) fn array_init(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = source(vm, args, true)?;
    *resized(vm, args.h(0))? = bytes;
    Ok(k::NONE)
}

pub(super) fn repr(vm: &mut Vm, args: Args) -> R<H> {
    let mut shown = crate::text::quote_bytes(raw(vm, args.h(0)));
    if is_array(vm, args.h(0)) {
        // CPython escapes an apostrophe there between quotation marks too.
        if shown.starts_with("b\"") {
            shown = shown.replace('\'', "\\'");
        }
        shown = format!("{}({shown})", vm.short_class_name(args.h(0)));
    }
    vm.str(shown)
}

pub(super) fn hash(vm: &mut Vm, args: Args) -> R<H> {
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    for byte in raw(vm, args.h(0)) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    }
    vm.int((hash ^ hash >> 29) as i64 >> 2)
}

pub(super) fn len(vm: &mut Vm, args: Args) -> R<H> {
    let len = raw(vm, args.h(0)).len();
    Ok(vm.size(len))
}

pub(super) fn iter(vm: &mut Vm, args: Args) -> R<H> {
    let changes = matches!(vm.body(args.h(0)), Some(Body::ByteArray(_)));
    let class = if changes { k::BYTEARRAY_ITER } else { k::BYTES_ITER };
    vm.new_iter(class, IterKind::Bytes, 0, args.h(0))
}

pub(super) fn getitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key) = (args.h(0), args.h(1));
    let count = raw(vm, this).len();
    if vm.is_slice(key) {
        let span = vm.slice_span(key, count)?;
        let all = raw(vm, this);
        let bytes = span.indices().filter_map(|i| all.get(i).copied()).collect();
        return make(vm, this, bytes);
    }
    let kind = if is_array(vm, this) { "bytearray" } else { "byte" };
    vm.check_key(key, kind)?;
    let what = if is_array(vm, this) { "bytearray index out of range" } else { "index out of range" };
    let at = vm.place(key, count, what)?;
    let byte = raw(vm, this)[at];
    Ok(vm.size(byte as usize))
}

pub(super) fn setitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key, value) = (args.h(0), args.h(1), args.h(2));
    let count = raw(vm, this).len();
    if vm.is_slice(key) {
        let is_number = [n::__index__, n::__int__, n::__float__].iter().any(|&name| vm.special(value, name).is_some());
        if is_number || vm.text(value).is_some() {
            return Err(vm.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
        }
        let bytes = from_any(vm, value, true)?;
        let span = vm.slice_span(key, count)?;
        if span.step == 1 {
            let (start, stop) = (span.start as usize, span.stop.max(span.start) as usize);
            let all = if stop - start == bytes.len() { array(vm, this) } else { resized(vm, this)? };
            all.splice(start..stop, bytes);
            return Ok(k::NONE);
        }
        if bytes.len() != span.count {
            let what =
                format!("attempt to assign bytes of size {} to extended slice of size {}", bytes.len(), span.count);
            return Err(vm.value_error(what));
        }
        let all = array(vm, this);
        span.indices().zip(bytes).for_each(|(at, byte)| all[at] = byte);
        return Ok(k::NONE);
    }
    vm.check_key(key, "bytearray")?;
    let at = vm.place(key, count, "bytearray index out of range")?;
    let value = byte(vm, value, "byte must be in range(0, 256)")?;
    array(vm, this)[at] = value;
    Ok(k::NONE)
}

pub(super) fn delitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key) = (args.h(0), args.h(1));
    let count = raw(vm, this).len();
    let mut gone = if vm.is_slice(key) {
        vm.slice_span(key, count)?.indices().collect()
    } else {
        vm.check_key(key, "bytearray")?;
        vec![vm.place(key, count, "bytearray index out of range")?]
    };
    gone.sort_unstable();
    if gone.is_empty() {
        return Ok(k::NONE);
    }
    let all = resized(vm, this)?;
    gone.into_iter().rev().for_each(|at| {
        all.remove(at);
    });
    Ok(k::NONE)
}

/// A subsequence or a single byte to search for.
pub(super) fn needle(vm: &mut Vm, h: H) -> R<Vec<u8>> {
    if vm.is_int(h) {
        return Ok(vec![byte(vm, h, "byte must be in range(0, 256)")?]);
    }
    let Some(bytes) = exported(vm, h)? else {
        let name = vm.class_name(h);
        return Err(vm.type_error(format!("argument should be integer or bytes-like object, not '{name}'")));
    };
    Ok(bytes)
}

pub(super) fn contains(vm: &mut Vm, args: Args) -> R<H> {
    let needle = if vm.is_int(args.h(1)) { needle(vm, args.h(1))? } else { want(vm, args.h(1))? };
    let found = search::find(raw(vm, args.h(0)), &needle).is_some();
    Ok(vm.bool(found))
}

pub(super) fn add(vm: &mut Vm, args: Args) -> R<H> {
    let Some(other) = exported(vm, args.h(1))? else { return Ok(k::NOT_IMPLEMENTED) };
    let sum = [raw(vm, args.h(0)), &other].concat();
    make(vm, args.h(0), sum)
}

/// How often to repeat; `None` if that is no number.
pub(super) fn times(vm: &mut Vm, count: H) -> R<Option<usize>> {
    if !vm.is_int(count) && vm.special(count, n::__index__).is_none() {
        return Ok(None);
    }
    Ok(Some(vm.index_i64(count)?.max(0) as usize))
}

pub(super) fn mul(vm: &mut Vm, args: Args) -> R<H> {
    let Some(count) = times(vm, args.h(1))? else { return Ok(k::NOT_IMPLEMENTED) };
    vm.reserve(raw(vm, args.h(0)).len().saturating_mul(count))?;
    let bytes = raw(vm, args.h(0)).repeat(count);
    make(vm, args.h(0), bytes)
}
