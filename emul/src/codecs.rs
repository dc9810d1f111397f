//! `codecs.h`: the registry of codecs and of error handlers, which is the host's `codecs` module.

use std::ffi::c_int;

use capi_macros::capi;

use crate::boundary::{Cx, New, Obj, Result, Text};
use crate::host::{HostObj, HostRef};
use crate::pyerrors;

/// `codecs.function(*args)`.
fn registry(cx: Cx<'_>, function: &str, args: &[HostRef]) -> Result<HostObj> {
    cx.call_function("codecs", function, args)
}

/// `codecs.encode` or `codecs.decode`.
pub(crate) fn transform(
    cx: Cx<'_>,
    function: &str,
    object: Obj<'_>,
    encoding: &str,
    errors: Option<&str>,
) -> Result<HostObj> {
    let (object, encoding) = (object.give(cx)?, cx.str(encoding));
    match errors.map(|errors| cx.str(errors)) {
        Some(errors) => registry(cx, function, &[object.as_ref(), encoding.as_ref(), errors.as_ref()]),
        None => registry(cx, function, &[object.as_ref(), encoding.as_ref()]),
    }
}

/// An attribute of the codec of that name, or the result of calling it.
fn codec_part(cx: Cx<'_>, encoding: Option<Text<'_>>, part: &str) -> Result<HostObj> {
    let Some(encoding) = encoding else { return Err(cx.type_error("bad argument type for built-in operation")) };
    // A name that is not UTF-8 is just one that nobody knows.
    let encoding = cx.str(&encoding.to_str());
    let codec = registry(cx, "lookup", &[encoding.as_ref()])?;
    cx.attr_str(codec.as_ref(), part)
}

/// Add a function that finds codecs.
#[capi]
fn PyCodec_Register(cx: Cx<'_>, search_function: Option<Obj<'_>>) -> Result<()> {
    let Some(search_function) = search_function else {
        return Err(cx.type_error("bad argument type for built-in operation"));
    };
    let function = search_function.give(cx)?;
    registry(cx, "register", &[function.as_ref()]).map(drop)
}

/// Remove a function that finds codecs, and forget the codecs found.
#[capi]
fn PyCodec_Unregister(cx: Cx<'_>, search_function: Option<Obj<'_>>) -> Result<()> {
    // No function is none that was registered.
    let Some(search_function) = search_function else { return Ok(()) };
    let function = search_function.give(cx)?;
    registry(cx, "unregister", &[function.as_ref()]).map(drop)
}

/// Whether there is a codec of that name; it cannot fail.
#[capi]
fn PyCodec_KnownEncoding(cx: Cx<'_>, encoding: Option<Text<'_>>) -> c_int {
    let Some(encoding) = encoding else { return 0 };
    let known = encoding.host_str(cx).and_then(|name| registry(cx, "lookup", &[name.as_ref()]));
    if known.is_err() {
        drop(cx.take_error());
    }
    c_int::from(known.is_ok())
}

/// Encode any object with a codec.
#[capi]
fn PyCodec_Encode(cx: Cx<'_>, object: Obj<'_>, encoding: Option<Text<'_>>, errors: Option<Text<'_>>) -> Result<New> {
    through(cx, "encode", object, encoding, errors)
}

/// Decode any object with a codec.
#[capi]
fn PyCodec_Decode(cx: Cx<'_>, object: Obj<'_>, encoding: Option<Text<'_>>, errors: Option<Text<'_>>) -> Result<New> {
    through(cx, "decode", object, encoding, errors)
}

/// The name of an error handler is read once the codec is found: it must be UTF-8.
pub(crate) fn expect_handler(cx: Cx<'_>, encoding: &str, errors: Option<Text<'_>>) -> Result<()> {
    let Some(name) = errors.map(Text::bytes).filter(|name| std::str::from_utf8(name).is_err()) else { return Ok(()) };
    let encoding = cx.str(encoding);
    cx.call_function("_codecs", "lookup", &[encoding.as_ref()])?;
    crate::unicodeobject::decode_utf8(cx, name, None).map(drop)
}

fn through(
    cx: Cx<'_>,
    function: &str,
    object: Obj<'_>,
    encoding: Option<Text<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    let Some(encoding) = encoding else {
        return Err(cx.type_error("bad argument type for built-in operation"));
    };
    expect_handler(cx, &encoding.to_str(), errors)?;
    let errors = errors.map(Text::to_str);
    transform(cx, function, object, &encoding.to_str(), errors.as_deref()).map(|object| cx.to_c(object))
}

/// Return a codec's encoder function.
#[capi]
fn PyCodec_Encoder(cx: Cx<'_>, encoding: Option<Text<'_>>) -> Result<New> {
    codec_part(cx, encoding, "encode").map(|function| cx.to_c(function))
}

/// Return a codec's decoder function.
#[capi]
fn PyCodec_Decoder(cx: Cx<'_>, encoding: Option<Text<'_>>) -> Result<New> {
    codec_part(cx, encoding, "decode").map(|function| cx.to_c(function))
}

fn make(
    cx: Cx<'_>,
    encoding: Option<Text<'_>>,
    part: &str,
    stream: Option<Obj<'_>>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    let factory = codec_part(cx, encoding, part)?;
    let stream = stream.map(|stream| stream.give(cx)).transpose()?;
    let errors = errors.map(|errors| errors.host_str(cx)).transpose()?;
    let args: Vec<HostRef> = stream.iter().chain(errors.iter()).map(HostObj::as_ref).collect();
    cx.object(|h| h.call(factory.as_ref(), &args, &[]))
}

/// Return a codec's incremental encoder.
#[capi]
fn PyCodec_IncrementalEncoder(cx: Cx<'_>, encoding: Option<Text<'_>>, errors: Option<Text<'_>>) -> Result<New> {
    make(cx, encoding, "incrementalencoder", None, errors)
}

/// Return a codec's incremental decoder.
#[capi]
fn PyCodec_IncrementalDecoder(cx: Cx<'_>, encoding: Option<Text<'_>>, errors: Option<Text<'_>>) -> Result<New> {
    make(cx, encoding, "incrementaldecoder", None, errors)
}

/// Return a codec's reader of a stream.
#[capi]
fn PyCodec_StreamReader(
    cx: Cx<'_>,
    encoding: Option<Text<'_>>,
    stream: Obj<'_>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    make(cx, encoding, "streamreader", Some(stream), errors)
}

/// Return a codec's writer to a stream.
#[capi]
fn PyCodec_StreamWriter(
    cx: Cx<'_>,
    encoding: Option<Text<'_>>,
    stream: Obj<'_>,
    errors: Option<Text<'_>>,
) -> Result<New> {
    make(cx, encoding, "streamwriter", Some(stream), errors)
}

// ---- error handlers ----

/// Register an error handler under a name.
#[capi]
fn PyCodec_RegisterError(cx: Cx<'_>, name: Text<'_>, error: Option<Obj<'_>>) -> Result<()> {
    let error = error.ok_or_else(|| cx.type_error("handler must be callable"))?;
    let (name, error) = (name.host_str(cx)?, error.give(cx)?);
    registry(cx, "register_error", &[name.as_ref(), error.as_ref()]).map(drop)
}

/// Return the error handler of a name, NULL for "strict".
#[capi]
fn PyCodec_LookupError(cx: Cx<'_>, name: Option<Text<'_>>) -> Result<New> {
    let name = match name {
        Some(name) => name.host_str(cx)?,
        None => cx.str("strict"),
    };
    registry(cx, "lookup_error", &[name.as_ref()]).map(|handler| cx.to_c(handler))
}

/// What the error handler of that name does with an exception.
fn handled(cx: Cx<'_>, name: &str, exception: Obj<'_>) -> Result<New> {
    let handler = registry(cx, "lookup_error", &[cx.str(name).as_ref()])?;
    let exception = in_range(cx, exception)?;
    cx.object(|h| h.call(handler.as_ref(), &[exception.as_ref()], &[]))
}

/// The exception, or one like it whose ends lie in its object: the host's handlers believe them.
fn in_range(cx: Cx<'_>, exception: Obj<'_>) -> Result<HostObj> {
    let given = exception.give(cx)?;
    for (name, fields) in UNICODE_ERRORS {
        let Some(class) = cx.host().builtin_class(name) else { continue };
        if !cx.call(|h| h.is_instance(given.as_ref(), class.as_ref()))? {
            continue;
        }
        let (start, end) = pyerrors::unicode_range(cx, exception)?;
        let mut args = vec![];
        for field in fields {
            args.push(cx.attr_str(given.as_ref(), field)?);
        }
        let range = [cx.host().new_int(start.max(0)), cx.host().new_int(end)];
        args.splice(args.len() - 1..args.len() - 1, range);
        let args: Vec<HostRef> = args.iter().map(HostObj::as_ref).collect();
        return cx.call(|h| h.call(class.as_ref(), &args, &[]));
    }
    Ok(given)
}

/// What they are made of beside `start` and `end`, which come before the last.
const UNICODE_ERRORS: [(&str, &[&str]); 3] = [
    ("UnicodeEncodeError", &["encoding", "object", "reason"]),
    ("UnicodeDecodeError", &["encoding", "object", "reason"]),
    ("UnicodeTranslateError", &["object", "reason"]),
];

/// Raise the exception.
#[capi]
fn PyCodec_StrictErrors(cx: Cx<'_>, exc: Obj<'_>) -> Result<New> {
    if !pyerrors::is_exception(exc) {
        return Err(cx.type_error("codec must pass exception instance"));
    }
    Err(cx.raise(exc.give(cx)?))
}

/// Skip what cannot be converted.
#[capi]
fn PyCodec_IgnoreErrors(cx: Cx<'_>, exc: Obj<'_>) -> Result<New> {
    handled(cx, "ignore", exc)
}

/// Put '?' or U+FFFD for what cannot be converted.
#[capi]
fn PyCodec_ReplaceErrors(cx: Cx<'_>, exc: Obj<'_>) -> Result<New> {
    handled(cx, "replace", exc)
}

/// Put XML's character references for what cannot be encoded.
#[capi]
fn PyCodec_XMLCharRefReplaceErrors(cx: Cx<'_>, exc: Obj<'_>) -> Result<New> {
    handled(cx, "xmlcharrefreplace", exc)
}

/// Put escapes for what cannot be converted.
#[capi]
fn PyCodec_BackslashReplaceErrors(cx: Cx<'_>, exc: Obj<'_>) -> Result<New> {
    handled(cx, "backslashreplace", exc)
}

/// Put `\N{...}` escapes for what cannot be encoded.
#[capi]
fn PyCodec_NameReplaceErrors(cx: Cx<'_>, exc: Obj<'_>) -> Result<New> {
    handled(cx, "namereplace", exc)
}

// internal/pycore_fileutils.h

/// `_Py_error_handler`: CPython's numbers of the error handlers that it knows itself, from 1.
const ERROR_HANDLERS: [&[u8]; 7] =
    [b"strict", b"surrogateescape", b"replace", b"ignore", b"backslashreplace", b"surrogatepass", b"xmlcharrefreplace"];

/// The number of an error handler; NULL is `strict`, one behind the last is any other.
#[capi]
fn _Py_GetErrorHandler(errors: Option<Text<'_>>) -> c_int {
    let Some(errors) = errors else { return 1 };
    let index = ERROR_HANDLERS.iter().position(|name| *name == errors.bytes());
    index.unwrap_or(ERROR_HANDLERS.len()) as c_int + 1
}
