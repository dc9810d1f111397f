//! The codecs between bytes and str.

use super::want;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::vm::{Args, NativeDef, R, Raised, Vm};
use rustpython_wtf8::{CodePoint, Wtf8Buf};
use std::ops::Range;

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
            "surrogatepass"
                if rest.len() >= 3 && rest[0] == 0xED && rest[1] & 0xE0 == 0xA0 && rest[2] & 0xC0 == 0x80 =>
            {
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
