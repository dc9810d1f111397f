//! `bytes` and `bytearray`, and the codecs between them and str.

use crate::container::growth;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::number::Cmp;
use crate::object::{Body, IterKind, VIEWED};
use crate::objects::search;
use crate::vm::{Args, NativeDef, R, Raised, Vm};
use rustpython_wtf8::{CodePoint, Wtf8Buf};
use std::ops::Range;

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
    let Some(opened) = crate::host::view_of_exporter(vm, h)? else { return Ok(None) };
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

/// What `bytes(source)` makes of an argument.
pub(crate) fn from_any(vm: &mut Vm, source: H) -> R<Vec<u8>> {
    if let Some(bytes) = view(vm, source) {
        return Ok(bytes);
    }
    if let Some(result) = vm.call_special(source, n::__bytes__, &[])? {
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
        let name = vm.class_name(source);
        return Err(vm.type_error(format!("cannot convert '{name}' object to bytes")));
    }
    let list = vm.to_list(source)?;
    let mut bytes = Vec::new();
    for i in 0..vm.count(list) {
        let mark = vm.mark();
        let item = vm.item(list, i).expect("counted");
        bytes.push(byte(vm, item, "bytes must be in range(0, 256)")?);
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

/// Whether C has the address of the array's memory.
fn is_exported(vm: &Vm, h: H) -> bool {
    let id = vm.get(h).object().map_or(0, |object| object.id.get());
    id != 0 && vm.heap.exports.contains_key(&id)
}

/// The bytes of an array that C is about to see: behind them is a NUL. They may move for that, unless C has their address.
pub(crate) fn terminated(vm: &mut Vm, h: H) -> &mut Vec<u8> {
    let may_move = !is_exported(vm, h);
    let bytes = array(vm, h);
    if may_move {
        bytes.reserve(1);
    }
    bytes.spare_capacity_mut().first_mut().expect("made when the memory was exported").write(0);
    bytes
}

/// The bytes of an array that is about to change its size, which it must not while its memory is viewed.
fn resized(vm: &mut Vm, h: H) -> R<&mut Vec<u8>> {
    if is_exported(vm, h) || is_viewed(vm, h) {
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

// ---- codecs

/// The codec's own name.
fn codec(vm: &mut Vm, encoding: Option<H>) -> R<String> {
    let Some(encoding) = encoding else { return Ok("utf-8".to_owned()) };
    if vm.text(encoding).is_none() {
        let name = vm.class_name(encoding);
        return Err(vm.type_error(format!("encode() argument 'encoding' must be str, not {name}")));
    }
    let given = vm.string(encoding);
    match &*given.to_ascii_lowercase().replace(['_', ' '], "-") {
        "utf-8" | "utf8" | "u8" => Ok("utf-8".to_owned()),
        "ascii" | "us-ascii" | "646" => Ok("ascii".to_owned()),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Ok("latin-1".to_owned()),
        _ => Ok(String::new()),
    }
}

/// Encodes or decodes by the registry of codecs, which knows more encodings and handlers of errors.
fn by_registry(vm: &mut Vm, function: &str, object: H, encoding: Option<H>, errors: &str) -> R<H> {
    let encoding = match encoding {
        Some(encoding) => encoding,
        None => vm.str("utf-8")?,
    };
    let errors = vm.str(errors)?;
    vm.helper("_codecs", function, &[object, encoding, errors])
}

fn core_encode(vm: &mut Vm, args: Args) -> R<H> {
    if vm.text(args.h(0)).is_none() {
        let name = vm.class_name(args.h(0));
        return Err(vm.type_error(format!("encode() argument 1 must be str, not {name}")));
    }
    encode(vm, args.h(0), Some(args.h(1)), None)
}

fn core_decode(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = want(vm, args.h(0))?;
    decode(vm, &bytes, Some(args.h(1)), None)
}

pub(crate) static CODEC_FUNCTIONS: [NativeDef; 2] =
    [def("core_encode", "text encoding", core_encode), def("core_decode", "data encoding", core_decode)];

fn policy(vm: &Vm, errors: Option<H>) -> String {
    errors.filter(|h| !vm.is_none(*h)).map_or_else(|| "strict".to_owned(), |h| vm.string(h))
}

pub(crate) fn encode(vm: &mut Vm, this: H, encoding: Option<H>, errors: Option<H>) -> R<H> {
    let codec = codec(vm, encoding)?;
    let policy = policy(vm, errors);
    if codec.is_empty() {
        return by_registry(vm, "str_encode", this, encoding, &policy);
    }
    let mut bytes = Vec::new();
    let points: Vec<CodePoint> = vm.text(this).expect("a str").code_points().collect();
    for (at, point) in points.iter().enumerate() {
        let code = point.to_u32();
        let limit = if codec == "ascii" { 0x80 } else { 0x100 };
        match point.to_char() {
            Some(c) if codec == "utf-8" => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Some(_) if code < limit => bytes.push(code as u8),
            _ => match &*policy {
                "ignore" => {}
                "replace" => bytes.push(b'?'),
                "surrogatepass" if codec == "utf-8" => {
                    bytes.extend_from_slice(&[
                        0xE0 | (code >> 12) as u8,
                        0x80 | (code >> 6 & 63) as u8,
                        0x80 | (code & 63) as u8,
                    ]);
                }
                "surrogateescape" if (0xDC80..=0xDCFF).contains(&code) => bytes.push(code as u8),
                "backslashreplace" => bytes.extend_from_slice(escape(code).as_bytes()),
                "xmlcharrefreplace" => bytes.extend_from_slice(format!("&#{code};").as_bytes()),
                "strict" | "surrogatepass" | "surrogateescape" => {
                    return Err(encode_error(vm, &codec, this, at, &points));
                }
                other => return by_registry(vm, "str_encode", this, encoding, other),
            },
        }
    }
    vm.bytes(bytes)
}

fn escape(code: u32) -> String {
    match code {
        0..0x100 => format!("\\x{code:02x}"),
        0x100..0x10000 => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

fn encode_error(vm: &mut Vm, codec: &str, this: H, at: usize, points: &[CodePoint]) -> Raised {
    let bad = |point: &CodePoint| match codec {
        "utf-8" => point.to_char().is_none(),
        "ascii" => point.to_u32() >= 0x80,
        _ => point.to_u32() >= 0x100,
    };
    let end = at + points[at..].iter().take_while(|point| bad(point)).count();
    let reason = match codec {
        "utf-8" => "surrogates not allowed",
        "ascii" => "ordinal not in range(128)",
        _ => "ordinal not in range(256)",
    };
    codec_error(vm, k::UNICODE_ENCODE_ERROR, codec, this, at..end, reason)
}

/// A UnicodeError with CPython's five arguments.
fn codec_error(vm: &mut Vm, class: H, codec: &str, object: H, range: Range<usize>, reason: &str) -> Raised {
    let (Ok(codec), Ok(reason)) = (vm.str(codec), vm.str(reason)) else { return Raised };
    let (start, end) = (vm.size(range.start), vm.size(range.end));
    vm.raise_with(class, &[codec, object, start, end, reason])
}

pub(crate) fn decode(vm: &mut Vm, bytes: &[u8], encoding: Option<H>, errors: Option<H>) -> R<H> {
    let codec = codec(vm, encoding)?;
    let policy = policy(vm, errors);
    if codec.is_empty() {
        let object = vm.bytes(bytes)?;
        return by_registry(vm, "bytes_decode", object, encoding, &policy);
    }
    if codec == "latin-1" {
        return vm.wtf8(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into());
    }
    let mut text = Wtf8Buf::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let good = if codec == "ascii" {
            rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len())
        } else {
            std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len)
        };
        text.push_str(std::str::from_utf8(&rest[..good]).expect("checked"));
        rest = &rest[good..];
        if rest.is_empty() {
            break;
        }
        let (bad, reason) = if codec == "ascii" { (1, "ordinal not in range(128)") } else { wrong_utf8(rest) };
        let at = bytes.len() - rest.len();
        let mut taken = bad;
        match &*policy {
            "ignore" => {}
            "replace" => text.push_char('\u{FFFD}'),
            "surrogateescape" => {
                for byte in &rest[..bad] {
                    text.push(CodePoint::from_u32(0xDC00 + u32::from(*byte)).expect("a surrogate"));
                }
            }
            "surrogatepass" if rest.len() >= 3 && rest[0] == 0xED && rest[1] & 0xE0 == 0xA0 => {
                let code = 0xD000 | u32::from(rest[1] & 63) << 6 | u32::from(rest[2] & 63);
                text.push(CodePoint::from_u32(code).expect("a surrogate"));
                taken = 3;
            }
            "backslashreplace" => rest[..bad].iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}"))),
            "strict" | "surrogatepass" => {
                let object = vm.bytes(bytes)?;
                return Err(codec_error(vm, k::UNICODE_DECODE_ERROR, &codec, object, at..at + bad, reason));
            }
            other => {
                let object = vm.bytes(bytes)?;
                return by_registry(vm, "bytes_decode", object, encoding, other);
            }
        }
        rest = &rest[taken..];
    }
    vm.wtf8(text)
}

/// How many bytes at the start are wrong, and why.
fn wrong_utf8(bytes: &[u8]) -> (usize, &'static str) {
    match std::str::from_utf8(bytes).map_err(|error| error.error_len()) {
        Err(None) => (bytes.len(), "unexpected end of data"),
        Err(Some(length)) if matches!(bytes[0], 0xC2..=0xF4) => (length, "invalid continuation byte"),
        _ => (1, "invalid start byte"),
    }
}

// ---- construction

fn source(vm: &mut Vm, args: Args) -> R<Vec<u8>> {
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
        None => Ok(Vec::new()),
        Some(source) if vm.text(source).is_some() && (encoding.is_some() || errors.is_some()) => {
            let made = encode(vm, source, encoding, errors)?;
            Ok(raw(vm, made).to_vec())
        }
        Some(_) if encoding.is_some() => Err(vm.type_error("encoding without a string argument")),
        Some(_) if errors.is_some() => Err(vm.type_error("errors without a string argument")),
        Some(source) => from_any(vm, source),
    }
}

fn new(vm: &mut Vm, args: Args) -> R<H> {
    if let Some(source) = args.opt(vm, 1)
        && vm.exact(source, k::BYTES)
        && vm.is(args.h(0), k::BYTES)
        && args.opt(vm, 2).is_none()
    {
        return Ok(source);
    }
    let bytes = source(vm, args)?;
    vm.alloc(args.h(0), Body::Bytes(bytes.into()))
}

fn array_new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(args.h(0), Body::ByteArray(Vec::new()))
}

fn array_init(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = source(vm, args)?;
    *resized(vm, args.h(0))? = bytes;
    Ok(k::NONE)
}

fn repr(vm: &mut Vm, args: Args) -> R<H> {
    let shown = crate::text::quote_bytes(raw(vm, args.h(0)));
    let text = if is_array(vm, args.h(0)) { format!("{}({shown})", vm.short_class_name(args.h(0))) } else { shown };
    vm.str(text)
}

fn hash(vm: &mut Vm, args: Args) -> R<H> {
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    for byte in raw(vm, args.h(0)) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    }
    vm.int((hash ^ hash >> 29) as i64 >> 2)
}

fn len(vm: &mut Vm, args: Args) -> R<H> {
    let len = raw(vm, args.h(0)).len();
    Ok(vm.size(len))
}

fn iter(vm: &mut Vm, args: Args) -> R<H> {
    vm.new_iter(k::BYTES_ITER, IterKind::Bytes, 0, args.h(0))
}

fn getitem(vm: &mut Vm, args: Args) -> R<H> {
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

fn setitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key, value) = (args.h(0), args.h(1), args.h(2));
    let count = raw(vm, this).len();
    if vm.is_slice(key) {
        let bytes = from_any(vm, value)?;
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

fn delitem(vm: &mut Vm, args: Args) -> R<H> {
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
fn needle(vm: &mut Vm, h: H) -> R<Vec<u8>> {
    if vm.is_int(h) {
        return Ok(vec![byte(vm, h, "byte must be in range(0, 256)")?]);
    }
    let Some(bytes) = exported(vm, h)? else {
        let name = vm.class_name(h);
        return Err(vm.type_error(format!("argument should be integer or bytes-like object, not '{name}'")));
    };
    Ok(bytes)
}

fn contains(vm: &mut Vm, args: Args) -> R<H> {
    let needle = if vm.is_int(args.h(1)) { needle(vm, args.h(1))? } else { want(vm, args.h(1))? };
    let found = search::find(raw(vm, args.h(0)), &needle).is_some();
    Ok(vm.bool(found))
}

fn add(vm: &mut Vm, args: Args) -> R<H> {
    let Some(other) = exported(vm, args.h(1))? else { return Ok(k::NOT_IMPLEMENTED) };
    let sum = [raw(vm, args.h(0)), &other].concat();
    make(vm, args.h(0), sum)
}

fn mul(vm: &mut Vm, args: Args) -> R<H> {
    if !vm.is_int(args.h(1)) && vm.special(args.h(1), n::__index__).is_none() {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let count = vm.index_i64(args.h(1))?.max(0) as usize;
    vm.reserve(raw(vm, args.h(0)).len().saturating_mul(count))?;
    let bytes = raw(vm, args.h(0)).repeat(count);
    make(vm, args.h(0), bytes)
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

// ---- searching and splitting

fn window(vm: &mut Vm, args: Args) -> R<Option<Range<usize>>> {
    let count = raw(vm, args.h(0)).len() as i64;
    let mut bounds = [0, count];
    for (i, bound) in bounds.iter_mut().enumerate() {
        if let Some(h) = args.opt(vm, i + 2).filter(|h| !vm.is_none(*h)) {
            let at = vm.index_i64(h)?;
            *bound = if at < 0 { (at + count).max(0) } else { at };
        }
    }
    let [start, end] = [bounds[0], bounds[1].min(count)];
    Ok((start <= end).then_some(start as usize..end as usize))
}

fn locate(vm: &mut Vm, args: Args, last: bool) -> R<Option<usize>> {
    let needle = needle(vm, args.h(1))?;
    let Some(range) = window(vm, args)? else { return Ok(None) };
    let hay = &raw(vm, args.h(0))[range.clone()];
    let found = if last { search::rfind(hay, &needle) } else { search::find(hay, &needle) };
    Ok(found.map(|at| at + range.start))
}

fn find(vm: &mut Vm, args: Args) -> R<H> {
    let at = locate(vm, args, false)?;
    vm.int(at.map_or(-1, |at| at as i64))
}

fn rfind(vm: &mut Vm, args: Args) -> R<H> {
    let at = locate(vm, args, true)?;
    vm.int(at.map_or(-1, |at| at as i64))
}

fn index(vm: &mut Vm, args: Args) -> R<H> {
    match locate(vm, args, false)? {
        Some(at) => Ok(vm.size(at)),
        None => Err(vm.value_error("subsection not found")),
    }
}

fn count(vm: &mut Vm, args: Args) -> R<H> {
    let needle = needle(vm, args.h(1))?;
    let Some(range) = window(vm, args)? else { return Ok(vm.size(0)) };
    let hay = &raw(vm, args.h(0))[range];
    let found = if needle.is_empty() { hay.len() + 1 } else { search::find_all(hay, &needle, usize::MAX).len() };
    Ok(vm.size(found))
}

fn affix(vm: &mut Vm, args: Args, test: fn(&[u8], &[u8]) -> bool) -> R<H> {
    let Some(range) = window(vm, args)? else { return Ok(k::FALSE) };
    let candidates =
        if matches!(vm.body(args.h(1)), Some(Body::Tuple(_))) { args.h(1) } else { vm.tuple(&[args.h(1)])? };
    for i in 0..vm.count(candidates) {
        let one = vm.item(candidates, i).expect("counted");
        let affix = want(vm, one)?;
        if test(&raw(vm, args.h(0))[range.clone()], &affix) {
            return Ok(k::TRUE);
        }
    }
    Ok(k::FALSE)
}

fn startswith(vm: &mut Vm, args: Args) -> R<H> {
    affix(vm, args, |hay, affix| hay.starts_with(affix))
}

fn endswith(vm: &mut Vm, args: Args) -> R<H> {
    affix(vm, args, |hay, affix| hay.ends_with(affix))
}

fn pieces(vm: &mut Vm, like: H, ranges: Vec<Range<usize>>) -> R<H> {
    let all = raw(vm, like).to_vec();
    let start = vm.mark();
    for range in ranges {
        make(vm, like, all[range].to_vec())?;
    }
    vm.list_since(start)
}

fn split(vm: &mut Vm, args: Args) -> R<H> {
    let most = match args.opt(vm, 2) {
        Some(most) => usize::try_from(vm.index_i64(most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let ranges = match args.opt(vm, 1).filter(|h| !vm.is_none(*h)) {
        Some(separator) => {
            let separator = want(vm, separator)?;
            if separator.is_empty() {
                return Err(vm.value_error("empty separator"));
            }
            search::split(raw(vm, args.h(0)), &separator, most)
        }
        None => words(raw(vm, args.h(0)), most),
    };
    pieces(vm, args.h(0), ranges)
}

/// Runs of anything but white space.
fn words(all: &[u8], most: usize) -> Vec<Range<usize>> {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C);
    let (mut ranges, mut at) = (Vec::new(), 0);
    loop {
        at += all[at..].iter().take_while(|byte| space(byte)).count();
        if at == all.len() {
            return ranges;
        }
        let length = all[at..].iter().take_while(|byte| !space(byte)).count();
        if ranges.len() == most {
            let end = all.iter().rposition(|byte| !space(byte)).map_or(at, |last| last + 1);
            ranges.push(at..end);
            return ranges;
        }
        ranges.push(at..at + length);
        at += length;
    }
}

fn splitlines(vm: &mut Vm, args: Args) -> R<H> {
    let keep = args.opt(vm, 1).map_or(Ok(false), |h| vm.truth(h))?;
    let breaks = |rest: &[u8]| match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => 0,
    };
    let ranges = search::lines(raw(vm, args.h(0)), keep, breaks);
    pieces(vm, args.h(0), ranges)
}

fn partition(vm: &mut Vm, args: Args) -> R<H> {
    let separator = want(vm, args.h(1))?;
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let all = raw(vm, args.h(0)).to_vec();
    let parts = match search::find(&all, &separator) {
        Some(at) => [all[..at].to_vec(), separator.clone(), all[at + separator.len()..].to_vec()],
        None => [all, Vec::new(), Vec::new()],
    };
    let start = vm.mark();
    for part in parts {
        make(vm, args.h(0), part)?;
    }
    vm.tuple_since(start)
}

fn replace(vm: &mut Vm, args: Args) -> R<H> {
    let (old, new) = (want(vm, args.h(1))?, want(vm, args.h(2))?);
    let most = match args.opt(vm, 3) {
        Some(most) => usize::try_from(vm.index_i64(most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let all = raw(vm, args.h(0)).to_vec();
    if !old.is_empty() {
        return make(vm, args.h(0), search::replace(&all, &old, &new, most));
    }
    let mut result = Vec::new();
    for (i, byte) in all.iter().enumerate() {
        if i < most {
            result.extend_from_slice(&new);
        }
        result.push(*byte);
    }
    if all.len() < most {
        result.extend_from_slice(&new);
    }
    make(vm, args.h(0), result)
}

fn join(vm: &mut Vm, args: Args) -> R<H> {
    let list = vm.to_list(args.h(1))?;
    let count = vm.count(list);
    if count == 1 {
        let item = vm.item(list, 0).expect("counted");
        if vm.exact(item, k::BYTES) && vm.is_instance(args.h(0), k::BYTES) {
            return Ok(item);
        }
    }
    let mut joined = Vec::new();
    for i in 0..count {
        let item = vm.item(list, i).expect("counted");
        if i > 0 {
            joined.extend_from_slice(raw(vm, args.h(0)));
        }
        match exported(vm, item)? {
            Some(bytes) => joined.extend(bytes),
            None => {
                let name = vm.class_name(item);
                return Err(vm.type_error(format!("sequence item {i}: expected a bytes-like object, {name} found")));
            }
        }
    }
    make(vm, args.h(0), joined)
}

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

fn strip(vm: &mut Vm, args: Args) -> R<H> {
    strip_with(vm, args, true, true)
}

fn lstrip(vm: &mut Vm, args: Args) -> R<H> {
    strip_with(vm, args, true, false)
}

fn rstrip(vm: &mut Vm, args: Args) -> R<H> {
    strip_with(vm, args, false, true)
}

fn upper(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_ascii_uppercase();
    make(vm, args.h(0), bytes)
}

fn lower(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_ascii_lowercase();
    make(vm, args.h(0), bytes)
}

fn isdigit(vm: &mut Vm, args: Args) -> R<H> {
    let all = raw(vm, args.h(0));
    let result = !all.is_empty() && all.iter().all(u8::is_ascii_digit);
    Ok(vm.bool(result))
}

fn isalpha(vm: &mut Vm, args: Args) -> R<H> {
    let all = raw(vm, args.h(0));
    let result = !all.is_empty() && all.iter().all(u8::is_ascii_alphabetic);
    Ok(vm.bool(result))
}

fn hex(vm: &mut Vm, args: Args) -> R<H> {
    let parts: Vec<String> = raw(vm, args.h(0)).iter().map(|byte| format!("{byte:02x}")).collect();
    let separator =
        args.opt(vm, 1).map(|h| view(vm, h).map_or_else(|| vm.string(h), |b| String::from_utf8_lossy(&b).into_owned()));
    vm.str(parts.join(&separator.unwrap_or_default()))
}

fn fromhex(vm: &mut Vm, args: Args) -> R<H> {
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

fn to_text(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_vec();
    decode(vm, &bytes, args.opt(vm, 1), args.opt(vm, 2))
}

fn percent(vm: &mut Vm, _: Args) -> R<H> {
    Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "formatting bytes with % is not implemented on this host"))
}

fn bytes_of(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_vec();
    vm.bytes(bytes)
}

// ---- bytearray

fn append(vm: &mut Vm, args: Args) -> R<H> {
    let byte = byte(vm, args.h(1), "byte must be in range(0, 256)")?;
    let more = growth(resized(vm, args.h(0))?, 1);
    vm.reserve_to_grow(more)?;
    array(vm, args.h(0)).push(byte);
    Ok(k::NONE)
}

fn extend(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = from_any(vm, args.h(1))?;
    if bytes.is_empty() {
        return Ok(k::NONE);
    }
    let more = growth(resized(vm, args.h(0))?, bytes.len());
    vm.reserve_to_grow(more)?;
    array(vm, args.h(0)).extend(bytes);
    Ok(k::NONE)
}

fn iadd(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = want(vm, args.h(1))?;
    if bytes.is_empty() {
        return Ok(args.h(0));
    }
    let more = growth(resized(vm, args.h(0))?, bytes.len());
    vm.reserve_to_grow(more)?;
    array(vm, args.h(0)).extend(bytes);
    Ok(args.h(0))
}

fn pop(vm: &mut Vm, args: Args) -> R<H> {
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

fn insert(vm: &mut Vm, args: Args) -> R<H> {
    let at = vm.index_i64(args.h(1))?;
    let byte = byte(vm, args.h(2), "byte must be in range(0, 256)")?;
    let all = resized(vm, args.h(0))?;
    let len = all.len() as i64;
    all.insert(if at < 0 { (at + len).max(0) } else { at.min(len) } as usize, byte);
    Ok(k::NONE)
}

fn clear(vm: &mut Vm, args: Args) -> R<H> {
    if !raw(vm, args.h(0)).is_empty() {
        resized(vm, args.h(0))?.clear();
    }
    Ok(k::NONE)
}

fn reverse(vm: &mut Vm, args: Args) -> R<H> {
    array(vm, args.h(0)).reverse();
    Ok(k::NONE)
}

fn copy(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = raw(vm, args.h(0)).to_vec();
    make(vm, args.h(0), bytes)
}

macro_rules! table {
    ($name:ident, $count:literal, [$($own:expr),* $(,)?]) => {
        pub(crate) static $name: [NativeDef; $count] = [
            $($own,)*
            def("__repr__", "self", repr),
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
            def("count", "self sub start= end=", count),
            def("startswith", "self prefix start= end=", startswith),
            def("endswith", "self suffix start= end=", endswith),
            def("split", "self :sep= :maxsplit=", split),
            def("splitlines", "self :keepends=", splitlines),
            def("partition", "self sep", partition),
            def("replace", "self old new count=", replace),
            def("join", "self iterable", join),
            def("strip", "self chars=", strip),
            def("lstrip", "self chars=", lstrip),
            def("rstrip", "self chars=", rstrip),
            def("upper", "self", upper),
            def("lower", "self", lower),
            def("isdigit", "self", isdigit),
            def("isalpha", "self", isalpha),
            def("hex", "self :sep= :bytes_per_sep=", hex),
            def("fromhex", "cls string", fromhex),
            def("decode", "self :encoding= :errors=", to_text),
        ];
    };
}

table!(
    METHODS,
    39,
    [
        def("__new__", "cls :source= :encoding= :errors=", new),
        def("__hash__", "self", hash),
        def("__bytes__", "self", bytes_of),
    ]
);
table!(
    ARRAY_METHODS,
    48,
    [
        def("__new__", "cls *args **kw", array_new),
        def("__init__", "self :source= :encoding= :errors=", array_init),
        def("__setitem__", "self key value", setitem),
        def("__delitem__", "self key", delitem),
        def("__iadd__", "self other", iadd),
        def("append", "self item", append),
        def("extend", "self iterable", extend),
        def("pop", "self index=", pop),
        def("insert", "self index item", insert),
        def("clear", "self", clear),
        def("reverse", "self", reverse),
        def("copy", "self", copy),
    ]
);
