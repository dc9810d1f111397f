//! Codecs in C's memory: what text without errors is in UTF-16, UTF-32 and the escapes of literals, and what UTF-8 with errors is
//! under the handlers that CPython's own decoder knows. `None` is for what an error handler, or the host, has to look at.

use super::{Chars, MAX_CHARACTER, push_wtf8};

/// A codec, by the names that CPython itself gives it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Alone {
    /// UTF-16 or UTF-32: the bytes of a unit, and the order; without one it is the machine's, with a mark.
    Wide(usize, Option<Order>),
    UnicodeEscape,
    RawUnicodeEscape,
}

/// An order of the bytes of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    /// The machine's.
    pub(super) const NATIVE: Self = if cfg!(target_endian = "big") { Self::Big } else { Self::Little };

    /// One unit, or the bytes of a part of it.
    pub(super) fn read(self, bytes: &[u8]) -> u32 {
        let fold = |value: u32, &byte: &u8| value << 8 | u32::from(byte);
        match self {
            Self::Big => bytes.iter().fold(0, fold),
            Self::Little => bytes.iter().rev().fold(0, fold),
        }
    }

    fn write(self, bytes: &mut Vec<u8>, unit: usize, value: u32) {
        match self {
            Self::Big => bytes.extend(&value.to_be_bytes()[4 - unit..]),
            Self::Little => bytes.extend(&value.to_le_bytes()[..unit]),
        }
    }
}

const NAMES: [(&str, Alone); 8] = [
    ("utf-16", Alone::Wide(2, None)),
    ("utf-16-le", Alone::Wide(2, Some(Order::Little))),
    ("utf-16-be", Alone::Wide(2, Some(Order::Big))),
    ("utf-32", Alone::Wide(4, None)),
    ("utf-32-le", Alone::Wide(4, Some(Order::Little))),
    ("utf-32-be", Alone::Wide(4, Some(Order::Big))),
    ("unicode-escape", Alone::UnicodeEscape),
    ("raw-unicode-escape", Alone::RawUnicodeEscape),
];

/// The codec of that name, in lower case and with hyphens.
pub(super) fn named(encoding: &str) -> Option<Alone> {
    NAMES.iter().find(|(name, _)| *name == encoding).map(|&(_, codec)| codec)
}

impl Alone {
    /// Its name in the words of an error.
    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, codec)| *codec == self).map_or("", |(name, _)| name)
    }

    /// The bytes of a text; `None` where it has characters that the codec cannot encode.
    pub(super) fn encode(self, text: Chars<'_>) -> Option<Vec<u8>> {
        match self {
            Self::Wide(unit, order) => encode_wide(text, unit, order),
            Self::UnicodeEscape => Some(escaped(text, false)),
            Self::RawUnicodeEscape => Some(escaped(text, true)),
        }
    }

    /// The characters; `None` where the bytes have an error. UTF-16 and UTF-32 name their order, so that no mark is looked for.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<Vec<u32>> {
        match self {
            Self::Wide(unit, order) => decode_wide(bytes, unit, order?),
            Self::UnicodeEscape => unescaped(bytes),
            Self::RawUnicodeEscape => unescaped_raw(bytes),
        }
    }
}

pub(super) fn is_surrogate(ch: u32) -> bool {
    (0xd800..0xe000).contains(&ch)
}

fn encode_wide(text: Chars<'_>, unit: usize, order: Option<Order>) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity((text.len() + 1) * unit);
    if order.is_none() {
        Order::NATIVE.write(&mut bytes, unit, 0xfeff);
    }
    let order = order.unwrap_or(Order::NATIVE);
    for ch in text.iter() {
        if is_surrogate(ch) {
            return None;
        }
        if unit == 2 && ch > 0xffff {
            order.write(&mut bytes, unit, 0xd800 + ((ch - 0x1_0000) >> 10));
            order.write(&mut bytes, unit, 0xdc00 + (ch & 0x3ff));
        } else {
            order.write(&mut bytes, unit, ch);
        }
    }
    Some(bytes)
}

fn decode_wide(bytes: &[u8], unit: usize, order: Order) -> Option<Vec<u32>> {
    let units = bytes.chunks_exact(unit);
    if !units.remainder().is_empty() {
        return None;
    }
    let units = units.map(|unit| order.read(unit));
    if unit == 4 {
        return units.map(|ch| (ch <= MAX_CHARACTER && !is_surrogate(ch)).then_some(ch)).collect();
    }
    let decoded = char::decode_utf16(units.map(|unit| unit as u16));
    decoded.map(|ch| ch.map(u32::from).ok()).collect()
}

/// What UTF-8 with errors is, as WTF-8, for the handlers that CPython's decoder does not look up.
pub(super) fn repaired(bytes: &[u8], errors: &str) -> Option<Vec<u8>> {
    let repair: fn(&mut Vec<u8>, &[u8]) = match errors {
        "replace" => |text, _| push_wtf8(text, 0xfffd),
        "ignore" => |_, _| (),
        "surrogateescape" => |text, wrong| wrong.iter().for_each(|&byte| push_wtf8(text, 0xdc00 + u32::from(byte))),
        _ => return None,
    };
    let mut text = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().bytes());
        if !chunk.invalid().is_empty() {
            repair(&mut text, chunk.invalid());
        }
    }
    Some(text)
}

/// The escapes of a str literal, or of a raw one, which escapes only what Latin-1 has not.
fn escaped(text: Chars<'_>, raw: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for ch in text.iter() {
        match u8::try_from(ch) {
            Ok(byte) if raw => bytes.push(byte),
            Ok(b'\\') => bytes.extend(br"\\"),
            Ok(b'\t') => bytes.extend(br"\t"),
            Ok(b'\n') => bytes.extend(br"\n"),
            Ok(b'\r') => bytes.extend(br"\r"),
            Ok(byte @ b' '..=b'~') => bytes.push(byte),
            Ok(byte) => bytes.extend(format!("\\x{byte:02x}").bytes()),
            Err(_) if ch < 0x1_0000 => bytes.extend(format!("\\u{ch:04x}").bytes()),
            Err(_) => bytes.extend(format!("\\U{ch:08x}").bytes()),
        }
    }
    bytes
}

/// The character that `count` hexadecimal digits at the beginning name.
fn hexadecimal(digits: &[u8], count: usize) -> Option<u32> {
    let digits = digits.get(..count)?;
    let value = digits.iter().try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))?;
    (value <= MAX_CHARACTER).then_some(value)
}

/// The text of a str literal; names, and what CPython warns of, are for others.
fn unescaped(bytes: &[u8]) -> Option<Vec<u32>> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            text.push(u32::from(byte));
            continue;
        }
        let (&escape, after) = rest.split_first()?;
        let (ch, length) = match escape {
            b'\n' => {
                rest = after;
                continue;
            }
            b'\\' | b'\'' | b'"' => (u32::from(escape), 0),
            b'b' => (0x08, 0),
            b'f' => (0x0c, 0),
            b't' => (0x09, 0),
            b'n' => (0x0a, 0),
            b'r' => (0x0d, 0),
            b'v' => (0x0b, 0),
            b'a' => (0x07, 0),
            b'x' => (hexadecimal(after, 2)?, 2),
            b'u' => (hexadecimal(after, 4)?, 4),
            b'U' => (hexadecimal(after, 8)?, 8),
            b'0'..=b'7' => {
                let more = after.iter().take(2).take_while(|digit| matches!(digit, b'0'..=b'7')).count();
                let value = rest[..=more].iter().fold(0, |value, &digit| value << 3 | u32::from(digit - b'0'));
                (Some(value).filter(|&value| value <= 0xff)?, more)
            }
            _ => return None,
        };
        text.push(ch);
        rest = &after[length..];
    }
    Some(text)
}

/// The text of a raw str literal, where a backslash before another escapes nothing.
fn unescaped_raw(bytes: &[u8]) -> Option<Vec<u32>> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        let count = match after.first() {
            Some(b'u') if byte == b'\\' => 4,
            Some(b'U') if byte == b'\\' => 8,
            Some(&next) if byte == b'\\' => {
                text.extend([u32::from(byte), u32::from(next)]);
                rest = &after[1..];
                continue;
            }
            _ => {
                text.push(u32::from(byte));
                rest = after;
                continue;
            }
        };
        text.push(hexadecimal(&after[1..], count)?);
        rest = &after[1 + count..];
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_text_goes_and_comes_back() {
        let text = [0x61, 0x20ac, 0x1_f600];
        for name in ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"] {
            let codec = named(name).unwrap();
            assert_eq!(codec.decode(&codec.encode(Chars::Four(&text)).unwrap()).unwrap(), text, "{name}");
            assert_eq!(codec.encode(Chars::Two(&[0xd800])), None);
        }
        assert_eq!(decode_wide(b"a\0b", 2, Order::Little), None);
        assert_eq!(decode_wide(b"\0\xdc", 2, Order::Little), None);
        assert_eq!(decode_wide(b"\0\0\x11\0", 4, Order::Little), None);
    }

    #[test]
    fn escapes_are_those_of_literals() {
        let text = |text: &str| text.chars().map(u32::from).collect::<Vec<_>>();
        assert_eq!(unescaped(br"a\n\x41\101\0\u20ac\\'").unwrap(), text("a\nAA\0\u{20ac}\\'"));
        for wrong in [&br"\"[..], br"\q", br"\x4", br"\N{DIGIT ONE}", br"\U00110000", br"\400"] {
            assert_eq!(unescaped(wrong), None);
        }
        assert_eq!(unescaped_raw(br"\n\u0041\\u0041\").unwrap(), text(r"\nA\\u0041\"));
        assert_eq!(escaped(Chars::Two(&[0x0a, 0x7f, 0xe9, 0x20ac, 0x5c]), false), br"\n\x7f\xe9\u20ac\\");
        assert_eq!(escaped(Chars::Two(&[0x0a, 0x5c, 0xe9, 0x20ac]), true), b"\n\\\xe9\\u20ac");
    }

    #[test]
    fn wrong_bytes_are_repaired() {
        assert_eq!(repaired(b"a\xe2\x82b\xff", "replace").unwrap(), "a\u{fffd}b\u{fffd}".as_bytes());
        assert_eq!(repaired(b"a\xffb", "ignore").unwrap(), b"ab");
        assert_eq!(repaired(b"\xff", "surrogateescape").unwrap(), b"\xed\xb3\xbf");
        assert_eq!(repaired(b"\xff", "xmlcharrefreplace"), None);
    }
}
