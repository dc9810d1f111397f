//! `bytes` and `bytearray`: what both share, and the tables of their methods.

mod array;
pub(crate) mod codec;
mod find;
mod sequence;
mod shape;
mod split;
mod text;

use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::number::Cmp;
use crate::object::{Body, VIEWED};
use crate::objects::view::{FULL_RO, buffer, release_buffer};
use crate::vm::{Args, NativeDef, R, Vm};
use array::{append, clear, copy, extend, iadd, imul, insert, pop, remove, reverse};
use find::{count, endswith, find, index, rfind, rindex, startswith};
use sequence::{add, array_init, array_new, contains, delitem, getitem, hash, iter, len, mul, new, repr, setitem};
use shape::{
    capitalize, center, expandtabs, isalnum, isalpha, isascii, isdigit, islower, isspace, istitle, isupper, ljust,
    lower, maketrans, removeprefix, removesuffix, rjust, swapcase, title, translate, upper, zfill,
};
use split::{join, partition, replace, rpartition, rsplit, split, splitlines};
pub(crate) use text::hex_of;
use text::{bytes_of, fromhex, hex, lstrip, percent, rstrip, strip, to_text};

/// The bytes of a bytes-like object.
pub(crate) fn view(vm: &Vm, h: H) -> Option<Vec<u8>> {
    match vm.body(h)? {
        Body::Bytes(bytes) => Some(bytes.to_vec()),
        Body::ByteArray(bytes) => Some(bytes.clone()),
        Body::View(_) => crate::objects::view::contents(vm, h),
        _ => None,
    }
}

/// The bytes of anything that exports its memory.
pub(crate) fn exported(vm: &mut Vm, h: H) -> R<Option<Vec<u8>>> {
    if let Some(bytes) = view(vm, h) {
        return Ok(Some(bytes));
    }
    if matches!(vm.body(h), Some(Body::View(_))) {
        return Err(vm.value_error("operation forbidden on released memoryview object"));
    }
    let mark = vm.mark();
    let Some(opened) = crate::host::view_of_exporter(vm, h, FULL_RO)? else { return Ok(None) };
    let bytes = crate::objects::view::contents(vm, opened);
    crate::objects::view::release_view(vm, opened)?;
    vm.cut(mark);
    Ok(bytes)
}

/// The same, or TypeError.
pub(crate) fn want(vm: &mut Vm, h: H) -> R<Vec<u8>> {
    match exported(vm, h)? {
        Some(bytes) => Ok(bytes),
        None => {
            let name = vm.class_name(h);
            Err(vm.type_error(format!("a bytes-like object is required, not '{name}'")))
        }
    }
}

/// The bytes of an object's buffer; `None` if it has none.
pub(crate) fn of_buffer(vm: &mut Vm, source: H) -> R<Option<Vec<u8>>> {
    match view(vm, source) {
        Some(bytes) => Ok(Some(bytes)),
        None => exported(vm, source),
    }
}

/// What `bytes(source)`, or of an `array` `bytearray(source)`, makes of an argument.
pub(crate) fn from_any(vm: &mut Vm, source: H, array: bool) -> R<Vec<u8>> {
    if let Some(bytes) = view(vm, source) {
        return Ok(bytes);
    }
    if !array && let Some(result) = vm.call_special(source, n::__bytes__, &[])? {
        return match vm.body(result) {
            Some(Body::Bytes(bytes)) => Ok(bytes.to_vec()),
            _ => {
                let name = vm.class_name(result);
                Err(vm.type_error(format!("__bytes__ returned non-bytes (type {name})")))
            }
        };
    }
    if vm.text(source).is_some() {
        return Err(vm.type_error("string argument without an encoding"));
    }
    if let Some(bytes) = exported(vm, source)? {
        return Ok(bytes);
    }
    if vm.is_int(source) || vm.special(source, n::__index__).is_some() {
        let count = vm.index_i64(source)?;
        let Ok(count) = usize::try_from(count) else { return Err(vm.value_error("negative count")) };
        vm.reserve(count)?;
        return Ok(vec![0; count]);
    }
    if !vm.is_iterable(source) {
        let (name, made) = (vm.class_name(source), if array { "bytearray" } else { "bytes" });
        return Err(vm.type_error(format!("cannot convert '{name}' object to {made}")));
    }
    from_ints(vm, source, if array { "byte must be in range(0, 256)" } else { "bytes must be in range(0, 256)" })
}

/// The bytes that an iterable of ints gives.
fn from_ints(vm: &mut Vm, source: H, message: &str) -> R<Vec<u8>> {
    let list = vm.to_list(source)?;
    let mut bytes = Vec::new();
    for i in 0..vm.count(list) {
        let mark = vm.mark();
        let item = vm.item(list, i).expect("counted");
        bytes.push(byte(vm, item, message)?);
        vm.cut(mark);
    }
    Ok(bytes)
}

/// A byte from an int.
fn byte(vm: &mut Vm, h: H, message: &str) -> R<u8> {
    let index = vm.index(h)?;
    match vm.as_i64(index).and_then(|value| u8::try_from(value).ok()) {
        Some(byte) => Ok(byte),
        None => Err(vm.value_error(message)),
    }
}

fn raw(vm: &Vm, h: H) -> &[u8] {
    match vm.body(h) {
        Some(Body::Bytes(bytes)) => bytes,
        Some(Body::ByteArray(bytes)) => bytes,
        other => panic!("not bytes: {other:?}"),
    }
}

fn is_array(vm: &Vm, h: H) -> bool {
    matches!(vm.body(h), Some(Body::ByteArray(_)))
}

/// Bytes of the kind of `like`.
fn make(vm: &mut Vm, like: H, bytes: Vec<u8>) -> R<H> {
    vm.reserve(bytes.len())?;
    if is_array(vm, like) { vm.alloc(k::BYTEARRAY, Body::ByteArray(bytes)) } else { vm.bytes(bytes) }
}

fn array(vm: &mut Vm, h: H) -> &mut Vec<u8> {
    match vm.body_mut(h) {
        Body::ByteArray(bytes) => bytes,
        other => panic!("not a bytearray: {other:?}"),
    }
}

/// The bytes of an array that C is about to see: behind them is a NUL. They may move for that, but not if C has their address:
/// then this was done before, and their number has not changed since.
pub(crate) fn terminated(vm: &mut Vm, h: H) -> &mut Vec<u8> {
    let bytes = array(vm, h);
    bytes.reserve(1);
    bytes.spare_capacity_mut()[0].write(0);
    bytes
}

/// The bytes of an array that is about to change its size, which it must not while its memory is viewed.
fn resized(vm: &mut Vm, h: H) -> R<&mut Vec<u8>> {
    let id = vm.get(h).object().map_or(0, |object| object.id.get());
    let exported = id != 0 && vm.heap.exports.contains_key(&id);
    if exported || is_viewed(vm, h) {
        return Err(vm.raise(k::BUFFER_ERROR, "Existing exports of data: object cannot be re-sized"));
    }
    Ok(array(vm, h))
}

/// Whether a memoryview of the array is still in use. Nothing counts them: a collection tells.
fn is_viewed(vm: &mut Vm, h: H) -> bool {
    if vm.get(h).object().is_none_or(|object| object.flags & VIEWED == 0) {
        return false;
    }
    vm.heap.collect(true, None);
    let (base, mut found) = (vm.get(h), false);
    vm.heap.each(&mut |word| {
        if let Some(Body::View(view)) = word.object().map(|object| &object.body) {
            found |= view.base == base && !view.released;
        }
    });
    if !found {
        vm.heap.write(base).flags &= !VIEWED;
    }
    found
}

macro_rules! comparisons {
    ($($name:ident $op:ident),*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let other = if is_array(vm, args.h(0)) { exported(vm, args.h(1))? } else { view(vm, args.h(1)) };
            let Some(other) = other else { return Ok(k::NOT_IMPLEMENTED) };
            let order = raw(vm, args.h(0)).cmp(&other);
            Ok(vm.bool(Cmp::$op.holds(order)))
        }
    )* };
}

comparisons!(lt Lt, le Le, eq Eq, ne Ne, gt Gt, ge Ge);

macro_rules! table {
    ($name:ident, $count:literal, [$($own:expr),* $(,)?]) => {
        pub(crate) static $name: [NativeDef; $count] = [
            $($own,)*
            def("__repr__", "self", repr),
            def("__str__", "self", repr),
            def("__len__", "self", len),
            def("__iter__", "self", iter),
            def("__getitem__", "self key", getitem),
            def("__contains__", "self item", contains),
            def("__add__", "self other", add),
            def("__mul__", "self count", mul),
            def("__rmul__", "self count", mul),
            def("__mod__", "self values", percent),
            def("__lt__", "self other", lt),
            def("__le__", "self other", le),
            def("__eq__", "self other", eq),
            def("__ne__", "self other", ne),
            def("__gt__", "self other", gt),
            def("__ge__", "self other", ge),
            def("find", "self sub start= end=", find),
            def("rfind", "self sub start= end=", rfind),
            def("index", "self sub start= end=", index),
            def("rindex", "self sub start= end=", rindex),
            def("count", "self sub start= end=", count),
            def("startswith", "self prefix start= end=", startswith),
            def("endswith", "self suffix start= end=", endswith),
            def("split", "self :sep= :maxsplit=", split),
            def("rsplit", "self :sep= :maxsplit=", rsplit),
            def("splitlines", "self :keepends=", splitlines),
            def("partition", "self sep", partition),
            def("rpartition", "self sep", rpartition),
            def("removeprefix", "self prefix", removeprefix),
            def("removesuffix", "self suffix", removesuffix),
            def("replace", "self old new count=", replace),
            def("join", "self iterable", join),
            def("strip", "self chars=", strip),
            def("lstrip", "self chars=", lstrip),
            def("rstrip", "self chars=", rstrip),
            def("upper", "self", upper),
            def("lower", "self", lower),
            def("capitalize", "self", capitalize),
            def("title", "self", title),
            def("swapcase", "self", swapcase),
            def("isdigit", "self", isdigit),
            def("isalpha", "self", isalpha),
            def("isalnum", "self", isalnum),
            def("isascii", "self", isascii),
            def("islower", "self", islower),
            def("isupper", "self", isupper),
            def("isspace", "self", isspace),
            def("istitle", "self", istitle),
            def("center", "self width fillchar=", center),
            def("ljust", "self width fillchar=", ljust),
            def("rjust", "self width fillchar=", rjust),
            def("zfill", "self width", zfill),
            def("expandtabs", "self :tabsize=", expandtabs),
            def("translate", "self table :delete=", translate),
            def("maketrans", "frm to", maketrans),
            def("hex", "self :sep= :bytes_per_sep=", hex),
            def("fromhex", "cls string", fromhex),
            def("decode", "self :encoding= :errors=", to_text),
        ];
    };
}

table!(
    METHODS,
    62,
    [
        def("__new__", "cls :source= :encoding= :errors=", new),
        def("__buffer__", "self flags", buffer),
        def("__hash__", "self", hash),
        def("__bytes__", "self", bytes_of),
    ]
);
table!(
    ARRAY_METHODS,
    74,
    [
        def("__new__", "cls *args **kw", array_new),
        def("__buffer__", "self flags", buffer),
        def("__release_buffer__", "self buffer", release_buffer),
        def("__init__", "self :source= :encoding= :errors=", array_init),
        def("__setitem__", "self key value", setitem),
        def("__delitem__", "self key", delitem),
        def("__iadd__", "self other", iadd),
        def("__imul__", "self count", imul),
        def("append", "self item", append),
        def("extend", "self iterable", extend),
        def("pop", "self index=", pop),
        def("insert", "self index item", insert),
        def("remove", "self value", remove),
        def("clear", "self", clear),
        def("reverse", "self", reverse),
        def("copy", "self", copy),
    ]
);
