//! Decoding and encoding. UTF-8, ASCII and Latin-1 without errors are done here, and a few more in `alone`; error handlers and all
//! other codecs are the host's.

use std::ffi::{c_char, c_int, c_void};

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::object::{Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_LONG_SUBCLASS, PyObject};

use super::alone::{self, Alone, Order};
use super::make::{expect_size, memory, utf8_to_new};
use super::{Chars, chars, chars_to_wtf8, expect_str_argument, is_str, new_from_chars, new_from_latin1};
use crate::boundary::{Cx, New, Obj, Out, Raised, Result, Text, enter};
use crate::bytesobject;
use crate::host::HostObj;
use crate::statics;

/// The host's str of UTF-8 bytes.
pub(crate) fn decode_utf8(cx: Cx<'_>, bytes: &[u8], errors: Option<&str>) -> Result<HostObj> {
    let Err(error) = std::str::from_utf8(bytes) else {
        return Ok(cx.host().new_str(bytes));
    };
    if let Some(repaired) = errors.and_then(|errors| alone::repaired(bytes, errors)) {
        return Ok(cx.host().new_str(&repaired));
    }
    if errors.is_some_and(|errors| errors != "strict") {
        return decode_by_host(cx, bytes, "utf-8", errors);
    }
    let start = error.valid_up_to();
    let (end, reason) = match (error.error_len(), bytes[start]) {
        (None, _) => (bytes.len(), "unexpected end of data"),
        (Some(_), 0x80..0xc2 | 0xf5..) => (start + 1, "invalid start byte"),
        (Some(len), _) => (start + len, "invalid continuation byte"),
    };
    Err(decode_error(cx, "utf-8", bytes, start, end, reason))
}

/// `bytes.decode(encoding, errors)`.
fn decode_by_host(cx: Cx<'_>, bytes: &[u8], encoding: &str, errors: Option<&str>) -> Result<HostObj> {
    let (bytes, encoding) = (cx.host().new_bytes(bytes), cx.str(encoding));
    let errors = cx.str(errors.unwrap_or("strict"));
    cx.call_builtin_method("bytes", "decode", &[bytes.as_ref(), encoding.as_ref(), errors.as_ref()])
}

/// `UnicodeDecodeError(encoding, object, start, end, reason)`.
fn decode_error(cx: Cx<'_>, encoding: &str, bytes: &[u8], start: usize, end: usize, reason: &str) -> Raised {
    let object = cx.host().new_bytes(bytes);
    unicode_error(cx, "UnicodeDecodeError", encoding, object, start, end, reason)
}

/// `UnicodeEncodeError(encoding, object, start, end, reason)`.
pub(crate) fn encode_error(cx: Cx<'_>, encoding: &str, str: Obj<'_>, start: usize, end: usize, reason: &str) -> Raised {
    let object = cx.host().new_str(&chars_to_wtf8(chars(str.as_ptr())));
    unicode_error(cx, "UnicodeEncodeError", encoding, object, start, end, reason)
}

fn unicode_error(
    cx: Cx<'_>,
    class: &str,
    encoding: &str,
    object: HostObj,
    start: usize,
    end: usize,
    reason: &str,
) -> Raised {
    let host = cx.host();
    let Some(class) = host.builtin_class(class) else {
        return cx.value_error(reason);
    };
    let (encoding, reason) = (cx.str(encoding), cx.str(reason));
    let (start, end) = (host.new_int(start as i64), host.new_int(end as i64));
    let args = [encoding.as_ref(), object.as_ref(), start.as_ref(), end.as_ref(), reason.as_ref()];
    match cx.call(|h| h.call(class.as_ref(), &args, &[])) {
        Ok(error) => cx.raise(error),
        Err(raised) => raised,
    }
}

/// A codec that needs no host for text without errors.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Simple {
    Utf8,
    Ascii,
    Latin1,
    Alone(Alone),
}

/// The codec that CPython means by a name, in its spellings of these.
fn simple(encoding: &str) -> Option<Simple> {
    let normal: String =
        encoding.chars().map(|ch| if matches!(ch, ' ' | '_') { '-' } else { ch.to_ascii_lowercase() }).collect();
    match normal.as_str() {
        "utf-8" | "utf8" => Some(Simple::Utf8),
        "ascii" | "us-ascii" => Some(Simple::Ascii),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" => Some(Simple::Latin1),
        other => alone::named(other).map(Simple::Alone),
    }
}

fn text<'a>(text: Option<Text<'a>>) -> Option<std::borrow::Cow<'a, str>> {
    text.map(Text::to_str)
}

/// CPython reads the name of an error handler when an error wants it: one that is no UTF-8 is an error of its own then.
fn handled<T>(cx: Cx<'_>, errors: Option<Text<'_>>, result: Result<T>) -> Result<T> {
    let Some(name) = errors.map(Text::bytes).filter(|name| std::str::from_utf8(name).is_err()) else { return result };
    if result.is_ok() || !crate::abstract_::object::pending_is(crate::statics::exception!(PyExc_LookupError)) {
        return result;
    }
    drop(cx.take_error());
    decode_utf8(cx, name, None)?;
    result
}

// ---- decoding ----

/// Decode with the codec of that name.
pub(super) fn decode(cx: Cx<'_>, bytes: &[u8], encoding: &str, errors: Option<&str>) -> Result<New> {
    match simple(encoding) {
        Some(Simple::Utf8) => return utf8_to_new(cx, bytes, errors),
        Some(Simple::Latin1) => return Ok(new_from_latin1(bytes)),
        Some(Simple::Ascii) if bytes.is_ascii() => return Ok(new_from_latin1(bytes)),
        Some(Simple::Alone(codec)) => {
            if let Some(text) = codec.decode(bytes) {
                return Ok(new_from_chars(Chars::Four(&text)));
            }
        }
        _ => {}
    }
    decode_by_host(cx, bytes, encoding, errors).map(|text| cx.to_c(text))
}

/// C's bytes.
pub(crate) fn expect_bytes<'a>(cx: Cx<'_>, data: *const c_char, size: Py_ssize_t) -> Result<&'a [u8]> {
    let size = expect_size(cx, size, "Negative size passed to PyUnicode_New")?;
    if data.is_null() && size > 0 {
        return Err(cx.bad_internal_call());
    }
    // SAFETY: C passes `size` readable bytes.
    Ok(unsafe { memory(data.cast(), size) })
}

/// Decode with a codec, NULL for UTF-8.
#[capi]
fn PyUnicode_Decode(
    cx: Cx<'_>,
    s: *const c_char,
    size: Py_ssize_t,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    let bytes = expect_bytes(cx, s, size)?;
    decode(cx, bytes, &text(encoding).unwrap_or("utf-8".into()), text(errors).as_deref())
}

/// Decode UTF-8.
#[capi]
fn PyUnicode_DecodeUTF8(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
) -> Result<New> {
    utf8_to_new(cx, expect_bytes(cx, string, length)?, text(errors).as_deref())
}

/// Decode UTF-8; with `consumed`, bytes of an unfinished character at the end are left over.
#[capi]
fn PyUnicode_DecodeUTF8Stateful(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
    consumed: Option<Out<'_, Py_ssize_t>>,
) -> Result<New> {
    let bytes = expect_bytes(cx, string, length)?;
    let end = if consumed.is_some() { finished_utf8(bytes) } else { bytes.len() };
    let errors = text(errors);
    let decoded = utf8_to_new(cx, &bytes[..end], errors.as_deref());
    finish(consumed, end, told_by_all(cx, decoded, errors.as_deref(), || utf8_to_new(cx, bytes, errors.as_deref())))
}

/// What is wrong with the last of what was decoded depends on what follows: `all` decodes that too.
fn told_by_all(
    cx: Cx<'_>,
    decoded: Result<New>,
    errors: Option<&str>,
    all: impl FnOnce() -> Result<New>,
) -> Result<New> {
    let calls_nobody = matches!(errors, None | Some("strict" | "surrogatepass" | "surrogateescape"));
    if decoded.is_ok() || !calls_nobody {
        return decoded;
    }
    drop(cx.take_error());
    all()
}

fn is_strict(errors: Option<&str>) -> bool {
    errors.is_none_or(|errors| errors == "strict")
}

/// The length without an unfinished character at the end; that may be a surrogate, for the handler that lets those pass.
fn finished_utf8(bytes: &[u8]) -> usize {
    if let [.., 0xed, 0xa0..=0xbf] = bytes {
        return bytes.len() - 2;
    }
    for back in 1..=bytes.len().min(3) {
        let at = bytes.len() - back;
        if bytes[at] & 0xc0 != 0x80 {
            let unfinished = matches!(std::str::from_utf8(&bytes[at..]), Err(error) if error.error_len().is_none());
            return if unfinished { at } else { bytes.len() };
        }
    }
    bytes.len()
}

fn finish(consumed: Option<Out<'_, Py_ssize_t>>, end: usize, result: Result<New>) -> Result<New> {
    if let (Some(mut consumed), Ok(_)) = (consumed, &result) {
        consumed.write(end as Py_ssize_t);
    }
    result
}

/// Decode ASCII.
#[capi]
fn PyUnicode_DecodeASCII(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
) -> Result<New> {
    decode(cx, expect_bytes(cx, string, length)?, "ascii", text(errors).as_deref())
}

/// Decode UTF-7.
#[capi]
fn PyUnicode_DecodeUTF7(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
) -> Result<New> {
    decode(cx, expect_bytes(cx, string, length)?, "utf-7", text(errors).as_deref())
}

/// Decode UTF-7; with `consumed`, an unfinished sequence at the end is left over.
#[capi]
fn PyUnicode_DecodeUTF7Stateful(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
    consumed: Option<Out<'_, Py_ssize_t>>,
) -> Result<New> {
    let bytes = expect_bytes(cx, string, length)?;
    let Some(mut consumed) = consumed else {
        return decode(cx, bytes, "utf-7", text(errors).as_deref());
    };
    let host = cx.host();
    let (data, errors) = (host.new_bytes(bytes), cx.str(&text(errors).unwrap_or("strict".into())));
    let last = host.singleton(crate::host::Kind::False);
    let pair = cx.call_function("_codecs", "utf_7_decode", &[data.as_ref(), errors.as_ref(), last.as_ref()])?;
    let (decoded, read) = decoded_pair(cx, &pair)?;
    consumed.write(read as Py_ssize_t);
    Ok(cx.to_c(decoded))
}

/// The (text, length read) that the functions of `codecs` return.
fn decoded_pair(cx: Cx<'_>, pair: &HostObj) -> Result<(HostObj, i64)> {
    let mut items = cx.host().items(pair.as_ref()).into_iter();
    let (Some(text), Some(read)) = (items.next(), items.next()) else {
        return Err(cx.type_error("decoder must return a tuple (object,integer)"));
    };
    Ok((text, cx.host().int_value(read.as_ref()).unwrap_or(0)))
}

/// How UTF-16 and UTF-32 find their byte order and the end of what is whole.
struct Wide {
    unit: usize,
}

const UTF16: Wide = Wide { unit: 2 };
const UTF32: Wide = Wide { unit: 4 };

impl Wide {
    /// Of the codec that encodes in that order.
    fn name(&self, byteorder: c_int) -> &'static str {
        let order = match byteorder {
            -1 => Some(Order::Little),
            1 => Some(Order::Big),
            _ => None,
        };
        Alone::Wide(self.unit, order).name()
    }

    /// The length without an unfinished character at the end.
    fn finished(&self, bytes: &[u8], order: Order) -> usize {
        let end = bytes.len() / self.unit * self.unit;
        let high = |unit: u32| self.unit == 2 && (0xd800..0xdc00).contains(&unit);
        if end >= self.unit && high(order.read(&bytes[end - self.unit..end])) { end - self.unit } else { end }
    }

    fn decode(
        &self,
        cx: Cx<'_>,
        bytes: &[u8],
        errors: Option<&str>,
        byteorder: Option<Out<'_, c_int>>,
        consumed: Option<Out<'_, Py_ssize_t>>,
    ) -> Result<New> {
        let mut order = byteorder.as_ref().map_or(0, |order| order.read());
        let mut skipped = 0;
        if order == 0 && bytes.len() >= self.unit {
            let mark = &bytes[..self.unit];
            for (by, name) in [(Order::Little, -1), (Order::Big, 1)] {
                if by.read(mark) == 0xfeff {
                    (order, skipped) = (name, self.unit);
                }
            }
        }
        let by = match order {
            -1 => Order::Little,
            1 => Order::Big,
            _ => Order::NATIVE,
        };
        let rest = &bytes[skipped..];
        let end = if consumed.is_some() { self.finished(rest, by) } else { rest.len() };
        if let Some(mut byteorder) = byteorder {
            byteorder.write(order);
        }
        let name = Alone::Wide(self.unit, Some(by)).name();
        let mut result = decode(cx, &rest[..end], name, errors);
        if end < rest.len() {
            result = told_by_all(cx, result, errors, || decode(cx, rest, name, errors));
        }
        if result.is_err() && skipped > 0 {
            after_mark(cx, bytes, skipped)?;
        }
        finish(consumed, skipped + end, result)
    }
}

/// A pending UnicodeDecodeError counts from the mark on, which the host did not see.
fn after_mark(cx: Cx<'_>, bytes: &[u8], skipped: usize) -> Result<()> {
    if !crate::abstract_::object::pending_is(crate::statics::exception!(PyExc_UnicodeDecodeError)) {
        return Ok(());
    }
    let Some(error) = cx.take_error() else { return Ok(()) };
    let host = cx.host();
    let object = host.new_bytes(bytes);
    cx.call(|h| h.set_attr(error.as_ref(), cx.str("object").as_ref(), Some(object.as_ref())))?;
    for name in ["start", "end"] {
        let at = cx.attr_str(error.as_ref(), name)?;
        let moved = host.new_int(host.int_value(at.as_ref()).unwrap_or(0) + skipped as i64);
        cx.call(|h| h.set_attr(error.as_ref(), cx.str(name).as_ref(), Some(moved.as_ref())))?;
    }
    Err(cx.raise(error))
}

/// Decode UTF-16 in the byte order of `*byteorder` (-1 little, 1 big, 0 by its mark).
#[capi]
fn PyUnicode_DecodeUTF16(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
    byteorder: Option<Out<'_, c_int>>,
) -> Result<New> {
    let decoded = UTF16.decode(cx, expect_bytes(cx, string, length)?, text(errors).as_deref(), byteorder, None);
    handled(cx, errors, decoded)
}

/// As `PyUnicode_DecodeUTF16`; with `consumed`, an unfinished character at the end is left over.
#[capi]
fn PyUnicode_DecodeUTF16Stateful(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
    byteorder: Option<Out<'_, c_int>>,
    consumed: Option<Out<'_, Py_ssize_t>>,
) -> Result<New> {
    let decoded = UTF16.decode(cx, expect_bytes(cx, string, length)?, text(errors).as_deref(), byteorder, consumed);
    handled(cx, errors, decoded)
}

/// Decode UTF-32 in the byte order of `*byteorder` (-1 little, 1 big, 0 by its mark).
#[capi]
fn PyUnicode_DecodeUTF32(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
    byteorder: Option<Out<'_, c_int>>,
) -> Result<New> {
    let decoded = UTF32.decode(cx, expect_bytes(cx, string, length)?, text(errors).as_deref(), byteorder, None);
    handled(cx, errors, decoded)
}

/// As `PyUnicode_DecodeUTF32`; with `consumed`, an unfinished character at the end is left over.
#[capi]
fn PyUnicode_DecodeUTF32Stateful(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
    byteorder: Option<Out<'_, c_int>>,
    consumed: Option<Out<'_, Py_ssize_t>>,
) -> Result<New> {
    let decoded = UTF32.decode(cx, expect_bytes(cx, string, length)?, text(errors).as_deref(), byteorder, consumed);
    handled(cx, errors, decoded)
}

/// Decode the escapes of a str literal.
#[capi]
fn PyUnicode_DecodeUnicodeEscape(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
) -> Result<New> {
    let decoded = decode(cx, expect_bytes(cx, string, length)?, "unicode_escape", text(errors).as_deref());
    handled(cx, errors, decoded)
}

/// Decode the escapes of a raw str literal.
#[capi]
fn PyUnicode_DecodeRawUnicodeEscape(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
) -> Result<New> {
    decode(cx, expect_bytes(cx, string, length)?, "raw_unicode_escape", text(errors).as_deref())
}

/// Decode bytes through a table, NULL for Latin-1.
#[capi]
fn PyUnicode_DecodeCharmap(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    mapping: Option<Obj<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    let bytes = expect_bytes(cx, string, length)?;
    let Some(mapping) = mapping else {
        return Ok(new_from_latin1(bytes));
    };
    // For the function of `_codecs`, None is Latin-1 as NULL is for this one.
    if statics::is_none(mapping.as_ptr()) && !bytes.is_empty() {
        return Err(cx.type_error("'NoneType' object is not subscriptable"));
    }
    let (data, mapping, handler) = (cx.host().new_bytes(bytes), mapping.give(cx)?, errors);
    let errors = cx.str(&text(errors).unwrap_or("strict".into()));
    let pair = cx.call_function("_codecs", "charmap_decode", &[data.as_ref(), errors.as_ref(), mapping.as_ref()]);
    let pair = handled(cx, handler, pair)?;
    decoded_pair(cx, &pair).map(|(text, _)| cx.to_c(text))
}

/// Decode bytes, or what has a buffer; a str or anything else is a TypeError.
#[capi]
fn PyUnicode_FromEncodedObject(
    cx: Cx<'_>,
    obj: Obj<'_>,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    let (encoding, errors) = (text(encoding).unwrap_or("utf-8".into()), text(errors));
    if obj.type_has(Py_TPFLAGS_BYTES_SUBCLASS) {
        return decode(cx, bytesobject::data(obj.as_ptr()), &encoding, errors.as_deref());
    }
    if is_str(obj) {
        return Err(cx.type_error("decoding str is not supported"));
    }
    let object = obj.give(cx)?;
    let buffer = cx.call(|h| h.buffer(object.as_ref(), crate::buffer::PyBUF_FULL_RO)).map_err(|_| {
        drop(cx.take_error());
        cx.type_error(format!("decoding to str: need a bytes-like object, {:.80} found", obj.type_name()))
    })?;
    let (data, len, _) = buffer.memory();
    // SAFETY: the buffer pins that memory until it is dropped.
    decode(cx, unsafe { memory(data, len) }, &encoding, errors.as_deref())
}

// ---- encoding ----

/// Encode with the codec of that name to a bytes.
pub(super) fn encode(cx: Cx<'_>, str: Obj<'_>, encoding: &str, errors: Option<&str>) -> Result<New> {
    let text = chars(str.as_ptr());
    match (simple(encoding), text) {
        (Some(Simple::Latin1), Chars::One(text)) => return bytesobject::try_new(cx, text),
        (Some(Simple::Alone(codec)), _) => {
            if let Some(bytes) = codec.encode(text) {
                return bytesobject::try_new(cx, &bytes);
            }
            if is_strict(errors)
                && let Some(at) = text.iter().position(alone::is_surrogate)
            {
                return Err(encode_error(cx, codec.name(), str, at, at + 1, "surrogates not allowed"));
            }
        }
        (Some(_), Chars::One(text)) if text.is_ascii() => return bytesobject::try_new(cx, text),
        (Some(Simple::Utf8), _) => {
            let wtf8 = chars_to_wtf8(text);
            if std::str::from_utf8(&wtf8).is_ok() {
                return bytesobject::try_new(cx, &wtf8);
            }
        }
        _ => {}
    }
    let object = cx.host().new_str(&chars_to_wtf8(text));
    let (encoding, errors) = (cx.str(encoding), cx.str(errors.unwrap_or("strict")));
    cx.call_builtin_method("str", "encode", &[object.as_ref(), encoding.as_ref(), errors.as_ref()])
        .map(|bytes| cx.to_c(bytes))
}

/// Encode with a codec, NULL for UTF-8.
#[capi]
fn PyUnicode_AsEncodedString(
    cx: Cx<'_>,
    unicode: Obj<'_>,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    expect_str_argument(cx, unicode)?;
    encode(cx, unicode, &text(encoding).unwrap_or("utf-8".into()), text(errors).as_deref())
}

fn encode_str(cx: Cx<'_>, unicode: Obj<'_>, encoding: &str) -> Result<New> {
    expect_str_argument(cx, unicode)?;
    encode(cx, unicode, encoding, None)
}

/// Encode to UTF-8.
#[capi]
fn PyUnicode_AsUTF8String(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    encode_str(cx, unicode, "utf-8")
}

/// Encode to UTF-8 with an error handler.
#[capi]
fn _PyUnicode_AsUTF8String(cx: Cx<'_>, unicode: Obj<'_>, errors: Option<Text<'_>>) -> Result<New> {
    expect_str_argument(cx, unicode)?;
    encode(cx, unicode, "utf-8", text(errors).as_deref())
}

/// Encode to ASCII.
#[capi]
fn PyUnicode_AsASCIIString(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    encode_str(cx, unicode, "ascii")
}

/// Encode to Latin-1.
#[capi]
fn PyUnicode_AsLatin1String(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    encode_str(cx, unicode, "latin-1")
}

/// Encode to UTF-16 with its mark.
#[capi]
fn PyUnicode_AsUTF16String(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    encode_str(cx, unicode, "utf-16")
}

/// Encode to UTF-32 with its mark.
#[capi]
fn PyUnicode_AsUTF32String(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    encode_str(cx, unicode, "utf-32")
}

/// Encode to UTF-16 in a byte order (-1 little, 1 big, 0 native with its mark).
#[capi]
fn _PyUnicode_EncodeUTF16(cx: Cx<'_>, unicode: Obj<'_>, errors: Option<Text<'_>>, byteorder: c_int) -> Result<New> {
    expect_str_argument(cx, unicode)?;
    encode(cx, unicode, UTF16.name(byteorder), text(errors).as_deref())
}

/// Encode to UTF-32 in a byte order (-1 little, 1 big, 0 native with its mark).
#[capi]
fn _PyUnicode_EncodeUTF32(cx: Cx<'_>, unicode: Obj<'_>, errors: Option<Text<'_>>, byteorder: c_int) -> Result<New> {
    expect_str_argument(cx, unicode)?;
    encode(cx, unicode, UTF32.name(byteorder), text(errors).as_deref())
}

/// Encode with the escapes of a str literal.
#[capi]
fn PyUnicode_AsUnicodeEscapeString(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    encode_str(cx, unicode, "unicode_escape")
}

/// Encode with the escapes of a raw str literal.
#[capi]
fn PyUnicode_AsRawUnicodeEscapeString(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    encode_str(cx, unicode, "raw_unicode_escape")
}

/// Encode through a table.
#[capi]
fn PyUnicode_AsCharmapString(cx: Cx<'_>, unicode: Obj<'_>, mapping: Option<Obj<'_>>) -> Result<New> {
    let Some(mapping) = mapping.filter(|_| is_str(unicode)) else {
        return Err(cx.type_error("bad argument type for built-in operation"));
    };
    if mapping.type_name() != "EncodingMap" {
        return encode_charmap(cx, unicode, mapping);
    }
    let (text, mapping, errors) = (unicode.give(cx)?, mapping.give(cx)?, cx.str("strict"));
    let pair = cx.call_function("_codecs", "charmap_encode", &[text.as_ref(), errors.as_ref(), mapping.as_ref()])?;
    decoded_pair(cx, &pair).map(|(bytes, _)| cx.to_c(bytes))
}

/// Encode character by character through what `mapping` has for its number.
fn encode_charmap(cx: Cx<'_>, unicode: Obj<'_>, mapping: Obj<'_>) -> Result<New> {
    let text: Vec<u32> = chars(unicode.as_ptr()).iter().collect();
    let mut bytes = Vec::new();
    for (at, &ch) in text.iter().enumerate() {
        match mapped(cx, mapping, ch)? {
            Some(more) => bytes.extend(more),
            None => {
                let mut end = at + 1;
                while end < text.len() && mapped(cx, mapping, text[end])?.is_none() {
                    end += 1;
                }
                return Err(encode_error(cx, "charmap", unicode, at, end, "character maps to <undefined>"));
            }
        }
    }
    Ok(cx.to_c(cx.host().new_bytes(&bytes)))
}

/// The bytes for a character; `None` where it is undefined.
fn mapped(cx: Cx<'_>, mapping: Obj<'_>, ch: u32) -> Result<Option<Vec<u8>>> {
    let key = cx.to_c(cx.host().new_int(i64::from(ch)));
    let found = match crate::abstract_::object::get_item(cx, mapping, key.obj()) {
        Ok(found) => found,
        Err(_) if crate::abstract_::object::pending_is(crate::statics::exception!(PyExc_LookupError)) => {
            drop(cx.take_error());
            return Ok(None);
        }
        Err(raised) => return Err(raised),
    };
    if statics::is_none(found.as_ptr()) {
        return Ok(None);
    }
    if found.obj().type_has(Py_TPFLAGS_LONG_SUBCLASS) {
        let byte = crate::longobject::to_i64(found.as_ptr()).and_then(|number| u8::try_from(number).ok());
        return match byte {
            Some(byte) => Ok(Some(vec![byte])),
            None => Err(cx.type_error("character mapping must be in range(256)")),
        };
    }
    if found.obj().type_has(Py_TPFLAGS_BYTES_SUBCLASS) {
        return Ok(Some(bytesobject::data(found.as_ptr()).to_vec()));
    }
    let name = found.obj().type_name();
    Err(cx.type_error(format!("character mapping must return integer, bytes or None, not {name:.400}")))
}

/// Return the table that encodes what a str of 256 characters decodes.
#[capi]
fn PyUnicode_BuildEncodingMap(cx: Cx<'_>, string: Obj<'_>) -> Result<New> {
    if !is_str(string) || super::length(string.as_ptr()) == 0 {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    let string = string.give(cx)?;
    cx.call_function("_codecs", "charmap_build", &[string.as_ref()]).map(|map| cx.to_c(map))
}

// ---- codecs from str to anything ----

fn by_codec(
    cx: Cx<'_>,
    function: &str,
    unicode: Obj<'_>,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
) -> Result<HostObj> {
    expect_str_argument(cx, unicode)?;
    let encoding = text(encoding).unwrap_or("utf-8".into());
    crate::codecs::expect_handler(cx, &encoding, errors)?;
    super::super::codecs::transform(cx, function, unicode, &encoding, text(errors).as_deref())
}

fn expect_str_result(cx: Cx<'_>, result: HostObj, what: &str, encoding: Option<Text<'_>>) -> Result<New> {
    let new = cx.to_c(result);
    if is_str(new.obj()) {
        return Ok(new);
    }
    let (encoding, name) = (text(encoding).unwrap_or("utf-8".into()), new.obj().type_name());
    let function = if what == "decoder" { "decode" } else { "encode" };
    Err(cx.type_error(format!(
        "'{encoding:.400}' {what} returned '{name:.400}' instead of 'str'; \
         use codecs.{function}() to {function} to arbitrary types"
    )))
}

/// Decode a str with a codec that reads str. Deprecated.
#[capi]
fn PyUnicode_AsDecodedObject(
    cx: Cx<'_>,
    unicode: Obj<'_>,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    by_codec(cx, "decode", unicode, encoding, errors).map(|object| cx.to_c(object))
}

/// Decode a str with a codec from str to str. Deprecated.
#[capi]
fn PyUnicode_AsDecodedUnicode(
    cx: Cx<'_>,
    unicode: Obj<'_>,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    let result = by_codec(cx, "decode", unicode, encoding, errors)?;
    expect_str_result(cx, result, "decoder", encoding)
}

/// Encode a str with a codec to any object. Deprecated.
#[capi]
fn PyUnicode_AsEncodedObject(
    cx: Cx<'_>,
    unicode: Obj<'_>,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    by_codec(cx, "encode", unicode, encoding, errors).map(|object| cx.to_c(object))
}

/// Encode a str with a codec from str to str. Deprecated.
#[capi]
fn PyUnicode_AsEncodedUnicode(
    cx: Cx<'_>,
    unicode: Obj<'_>,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    let result = by_codec(cx, "encode", unicode, encoding, errors)?;
    expect_str_result(cx, result, "encoder", encoding)
}

// ---- the file system's and the locale's encoding: UTF-8 ----

/// What keeps undecodable file names.
const FS_ERRORS: &str = "surrogateescape";

/// The name of the default encoding.
#[capi(raw)]
pub unsafe extern "C" fn PyUnicode_GetDefaultEncoding() -> *const c_char {
    c"utf-8".as_ptr()
}

/// Decode a file name.
#[capi]
fn PyUnicode_DecodeFSDefault(cx: Cx<'_>, s: Text<'_>) -> Result<New> {
    utf8_to_new(cx, s.bytes(), Some(FS_ERRORS))
}

/// Decode a file name of that length.
#[capi]
fn PyUnicode_DecodeFSDefaultAndSize(cx: Cx<'_>, s: *const c_char, size: Py_ssize_t) -> Result<New> {
    utf8_to_new(cx, expect_bytes(cx, s, size)?, Some(FS_ERRORS))
}

/// Encode a file name.
#[capi]
fn PyUnicode_EncodeFSDefault(cx: Cx<'_>, unicode: Obj<'_>) -> Result<New> {
    if !is_str(unicode) {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    encode(cx, unicode, "utf-8", Some(FS_ERRORS))
}

/// The error handlers that the locale's codec knows.
fn locale_errors(cx: Cx<'_>, errors: Option<Text<'_>>) -> Result<&'static str> {
    match errors.map(Text::bytes) {
        None | Some(b"strict") => Ok("strict"),
        Some(b"surrogateescape") => Ok(FS_ERRORS),
        Some(_) => Err(cx.value_error("unsupported error handler")),
    }
}

/// Decode text in the locale's encoding; it has no NUL before the end.
#[capi]
fn PyUnicode_DecodeLocaleAndSize(
    cx: Cx<'_>,
    str: *const c_char,
    len: Py_ssize_t,
    errors: Option<Text<'_>>,
) -> Result<New> {
    // SAFETY: the text ends in a NUL: the length has to say where.
    let bytes = unsafe { std::ffi::CStr::from_ptr(str) }.to_bytes();
    if usize::try_from(len) != Ok(bytes.len()) {
        return Err(cx.value_error("embedded null byte"));
    }
    let errors = locale_errors(cx, errors)?;
    decode_locale(cx, bytes, errors)
}

/// Decode text in the locale's encoding.
#[capi]
fn PyUnicode_DecodeLocale(cx: Cx<'_>, str: Text<'_>, errors: Option<Text<'_>>) -> Result<New> {
    let errors = locale_errors(cx, errors)?;
    decode_locale(cx, str.bytes(), errors)
}

/// Decode as C's locale functions do, which do not tell what is wrong with a byte.
fn decode_locale(cx: Cx<'_>, bytes: &[u8], errors: &str) -> Result<New> {
    match std::str::from_utf8(bytes) {
        Err(error) if errors == "strict" => {
            let start = error.valid_up_to();
            Err(decode_error(cx, "locale", bytes, start, start + 1, "decoding error"))
        }
        _ => utf8_to_new(cx, bytes, Some(errors)),
    }
}

/// Encode text in the locale's encoding.
#[capi]
fn PyUnicode_EncodeLocale(cx: Cx<'_>, unicode: Obj<'_>, errors: Option<Text<'_>>) -> Result<New> {
    expect_str_argument(cx, unicode)?;
    if chars(unicode.as_ptr()).iter().any(|ch| ch == 0) {
        return Err(cx.value_error("embedded null character"));
    }
    let errors = locale_errors(cx, errors)?;
    if errors == "strict"
        && let Some(at) = chars(unicode.as_ptr()).iter().position(alone::is_surrogate)
    {
        return Err(encode_error(cx, "locale", unicode, at, at + 1, "encoding error"));
    }
    encode(cx, unicode, "utf-8", Some(errors))
}

// ---- converters for "O&" ----

const CLEANUP_SUPPORTED: c_int = 0x2_0000;

/// Run one path converter: NULL cleans up, otherwise the converted object is stored.
fn convert(
    name: &'static str,
    arg: *mut PyObject,
    addr: *mut c_void,
    body: impl FnOnce(Cx<'static>, Obj<'static>) -> Result<New>,
) -> c_int {
    let place = addr.cast::<*mut PyObject>();
    // SAFETY: C passes the address of its object variable and a live object; at the clean-up the variable owns the result.
    let result = unsafe {
        enter(name, |cx| {
            let Some(object) = Obj::from_ptr(arg) else {
                drop(New::from_ptr(place.replace(std::ptr::null_mut())));
                return Ok(1);
            };
            let is_path = is_str(object) || bytesobject::is_bytes(object);
            let path = if is_path { object.to_new() } else { cx.to_c(fs_path(cx, object)?) };
            place.write(body(cx, path.obj().extend())?.into_ptr());
            Ok(CLEANUP_SUPPORTED)
        })
    };
    result.max(0)
}

/// `os.fspath`.
fn fs_path(cx: Cx<'_>, object: Obj<'_>) -> Result<HostObj> {
    crate::osmodule::fs_path(cx, object)?.obj().give(cx)
}

/// An argument converter: a path as bytes, for the file system.
#[capi(raw)]
pub unsafe extern "C" fn PyUnicode_FSConverter(arg: *mut PyObject, addr: *mut c_void) -> c_int {
    convert("PyUnicode_FSConverter", arg, addr, |cx, path| {
        let bytes = if is_str(path) { encode(cx, path, "utf-8", Some(FS_ERRORS))? } else { path.to_new() };
        if bytesobject::data(bytes.as_ptr()).contains(&0) {
            return Err(cx.value_error("embedded null byte"));
        }
        Ok(bytes)
    })
}

/// An argument converter: a path as str.
#[capi(raw)]
pub unsafe extern "C" fn PyUnicode_FSDecoder(arg: *mut PyObject, addr: *mut c_void) -> c_int {
    convert("PyUnicode_FSDecoder", arg, addr, |cx, path| {
        let text = if is_str(path) {
            path.to_new()
        } else {
            utf8_to_new(cx, bytesobject::data(path.as_ptr()), Some(FS_ERRORS))?
        };
        if chars(text.as_ptr()).iter().any(|ch| ch == 0) {
            return Err(cx.value_error("embedded null character"));
        }
        Ok(text)
    })
}

/// The escapes of a str literal, for CPython's own parser; `first_invalid_escape` is where the first unknown one is.
#[capi]
fn _PyUnicode_DecodeUnicodeEscapeInternal(
    cx: Cx<'_>,
    string: *const c_char,
    length: Py_ssize_t,
    errors: Option<Text<'_>>,
    consumed: Option<Out<'_, Py_ssize_t>>,
    first_invalid_escape: Option<Out<'_, *const c_char>>,
) -> Result<New> {
    let bytes = expect_bytes(cx, string, length)?;
    if let Some(mut invalid) = first_invalid_escape {
        let at = first_invalid(bytes);
        invalid.write(at.map_or(std::ptr::null(), |at| bytes[at..].as_ptr().cast()));
    }
    let whole = if consumed.is_some() { finished_escapes(bytes) } else { bytes.len() };
    finish(consumed, whole, decode(cx, &bytes[..whole], "unicode_escape", text(errors).as_deref()))
}

/// How much of it is there before an escape that may go on behind the end.
fn finished_escapes(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        let rest = bytes.get(at + 2..).unwrap_or(&[]);
        let digits = |count| rest.len() < count && rest.iter().all(u8::is_ascii_hexdigit);
        let unfinished = match bytes.get(at + 1) {
            None => true,
            Some(b'x') => digits(2),
            Some(b'u') => digits(4),
            Some(b'U') => digits(8),
            Some(b'N') => rest.first().is_none_or(|&first| first == b'{' && !rest.contains(&b'}')),
            Some(_) => false,
        };
        if unfinished {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

fn first_invalid(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match bytes.get(at + 1) {
            None | Some(b'\n' | b'\\' | b'\'' | b'"' | b'b' | b'f' | b't' | b'n' | b'r' | b'v' | b'a') => at += 2,
            // Three octal digits are more than a byte from \400 on.
            Some(b'4'..=b'7')
                if bytes[at + 2..].iter().take(2).filter(|byte| matches!(byte, b'0'..=b'7')).count() == 2 =>
            {
                return Some(at + 1);
            }
            Some(b'0'..=b'7' | b'x' | b'u' | b'U' | b'N') => at += 2,
            Some(_) => return Some(at + 1),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_character_is_left_over() {
        assert_eq!(finished_utf8(b"abc"), 3);
        assert_eq!(finished_utf8(b"a\xe2\x82"), 1);
        assert_eq!(finished_utf8(b"a\xe2\x82\xac"), 4);
        assert_eq!(finished_utf8(b"a\xff"), 2);
        assert_eq!(finished_utf8(b""), 0);
        assert_eq!(UTF16.finished(b"a\0\x3d\xd8", Order::Little), 2);
        assert_eq!(UTF16.finished(b"a\0b", Order::Little), 2);
        assert_eq!(UTF32.finished(b"abcdefg", Order::Big), 4);
    }

    #[test]
    fn codecs_are_known_by_their_spellings() {
        assert!(simple("UTF_8") == Some(Simple::Utf8) && simple("Latin-1") == Some(Simple::Latin1));
        assert!(simple("utf-8-sig").is_none() && simple("cp1252").is_none());
    }

    #[test]
    fn unknown_escapes_are_found() {
        assert_eq!(first_invalid(br"a\n\x41\q"), Some(8));
        assert_eq!(first_invalid(br"\\q"), None);
    }
}
