//! Objects as text: `str()`, `repr()`, `ascii()`, `format()`.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::Body;
use crate::value::Value;
use crate::vm::{R, Vm};
use rustpython_common::format::{FormatSpec, FormatSpecError};
use rustpython_literal::escape::UnicodeEscape;
use rustpython_wtf8::{Wtf8, Wtf8Buf};

/// The repr of a str.
pub(crate) fn quote(text: &Wtf8) -> String {
    UnicodeEscape::new_repr(text).str_repr().to_string().unwrap_or_default()
}

/// The repr of bytes.
pub(crate) fn quote_bytes(bytes: &[u8]) -> String {
    let escape = rustpython_literal::escape::AsciiEscape::new_repr(bytes);
    escape.bytes_repr().to_string().unwrap_or_default()
}

impl Vm {
    /// `str(h)`.
    pub(crate) fn to_str(&mut self, h: H) -> R<H> {
        if self.exact(h, k::STR) {
            return Ok(h);
        }
        let Some(result) = self.call_special(h, n::__str__, &[])? else { return self.repr(h) };
        if self.text(result).is_none() {
            let name = self.class_name(result);
            return Err(self.type_error(format!("__str__ returned non-string (type {name})")));
        }
        Ok(result)
    }

    /// `repr(h)`.
    pub(crate) fn repr(&mut self, h: H) -> R<H> {
        if self.depth > self.recursion_limit {
            return Err(
                self.raise(k::RECURSION_ERROR, "maximum recursion depth exceeded while getting the repr of an object")
            );
        }
        self.depth += 1;
        let result = self.call_special(h, n::__repr__, &[]);
        self.depth -= 1;
        let result = result?.expect("object has one");
        if self.text(result).is_none() {
            let name = self.class_name(result);
            return Err(self.type_error(format!("__repr__ returned non-string (type {name})")));
        }
        Ok(result)
    }

    /// `ascii(h)`.
    pub(crate) fn ascii(&mut self, h: H) -> R<H> {
        let shown = self.repr(h)?;
        let mut text = String::new();
        for point in self.text(shown).expect("a str").code_points() {
            let code = point.to_u32();
            match code {
                0..0x80 => text.push(code as u8 as char),
                0x80..0x100 => text += &format!("\\x{code:02x}"),
                0x100..0x10000 => text += &format!("\\u{code:04x}"),
                _ => text += &format!("\\U{code:08x}"),
            }
        }
        self.str(text)
    }

    /// The repr appended to a text.
    pub(crate) fn push_repr(&mut self, text: &mut Wtf8Buf, h: H) -> R<()> {
        let mark = self.mark();
        let shown = self.repr(h)?;
        text.push_wtf8(self.text(shown).expect("a str"));
        self.cut(mark);
        Ok(())
    }

    /// Runs `f` unless the repr of `h` is being made already; then the result is `again`.
    pub(crate) fn guarded_repr(&mut self, h: H, again: &str, f: impl FnOnce(&mut Vm) -> R<Wtf8Buf>) -> R<H> {
        let word = self.get(h);
        let id = self.heap.id(word);
        if self.repr_stack.contains(&id) {
            return self.str(again);
        }
        self.repr_stack.push(id);
        let text = f(self);
        self.repr_stack.pop();
        self.wtf8(text?)
    }

    /// The items of a list or tuple between brackets.
    pub(crate) fn repr_items(&mut self, h: H, open: &str, close: &str) -> R<Wtf8Buf> {
        let mut text = Wtf8Buf::from(open.to_owned());
        let mut i = 0;
        // The length is read anew each time: a repr may change the list.
        while let Some(item) = self.nth(h, i)? {
            if i > 0 {
                text.push_str(", ");
            }
            self.push_repr(&mut text, item)?;
            i += 1;
        }
        text.push_str(close);
        Ok(text)
    }

    /// `format(h, spec)`.
    pub(crate) fn format(&mut self, h: H, spec: H) -> R<H> {
        let result = self.call_special(h, n::__format__, &[spec])?.expect("object has one");
        if self.text(result).is_none() {
            let name = self.class_name(result);
            return Err(self.type_error(format!("__format__ must return a str, not {name}")));
        }
        Ok(result)
    }

    /// Formats a number or a str by the mini-language.
    pub(crate) fn format_builtin(&mut self, h: H, spec: H) -> R<H> {
        if self.text(spec).is_some_and(Wtf8::is_empty) {
            return self.to_str(h);
        }
        let parsed = FormatSpec::parse(self.text(spec).unwrap_or(Wtf8::new("")));
        let formatted = parsed.and_then(|parsed| match (self.get(h), self.body(h)) {
            (Value::TRUE, _) => parsed.format_bool(true),
            (Value::FALSE, _) => parsed.format_bool(false),
            (_, Some(Body::Float(value))) => parsed.format_float(*value),
            (_, Some(Body::Complex(re, im))) => parsed.format_complex(&num_complex(*re, *im)),
            (_, Some(Body::Str(text))) => parsed.format_string(&Counted(text.text.to_string_lossy().into_owned())),
            _ => parsed.format_int(&self.as_bigint(h).expect("an int")),
        });
        match formatted {
            Ok(text) => self.str(text),
            Err(error) => Err(self.format_error(error, h, spec)),
        }
    }

    fn format_error(&mut self, error: FormatSpecError, h: H, spec: H) -> crate::vm::Raised {
        let class = self.class_name(h);
        let message = match error {
            FormatSpecError::DecimalDigitsTooMany => "Too many decimal digits in format string".to_owned(),
            FormatSpecError::PrecisionTooBig => "Precision too big".to_owned(),
            FormatSpecError::InvalidFormatSpecifier => {
                let spec = self.string(spec);
                format!("Invalid format specifier '{spec}' for object of type '{class}'")
            }
            FormatSpecError::UnspecifiedFormat(a, b) => format!("Cannot specify '{a}' with '{b}'."),
            FormatSpecError::ExclusiveFormat(a, b) => format!("Cannot specify both '{a}' and '{b}'."),
            FormatSpecError::UnknownFormatCode(code, _) => {
                format!("Unknown format code '{code}' for object of type '{class}'")
            }
            FormatSpecError::PrecisionNotAllowed => "Precision not allowed in integer format specifier".to_owned(),
            FormatSpecError::NotAllowed(what) => format!("{what} not allowed with integer format specifier 'c'"),
            FormatSpecError::CodeNotInRange => {
                return self.raise(k::OVERFLOW_ERROR, "%c arg not in range(0x110000)");
            }
            FormatSpecError::NegativeZeroCoercionNotAllowed(what) => {
                format!("Negative zero coercion (z) not allowed in {what} format specifier")
            }
            FormatSpecError::PrecisionMissing => "Format specifier missing precision".to_owned(),
            FormatSpecError::AlignmentFlag => {
                "'=' alignment flag is not allowed in complex format specifier".to_owned()
            }
            FormatSpecError::ZeroPadding => "Zero padding is not allowed in complex format specifier".to_owned(),
            FormatSpecError::StringAlignmentFlag => "'=' alignment not allowed in string format specifier".to_owned(),
            FormatSpecError::StringSpecNotAllowed(what) => format!("{what} not allowed in string format specifier"),
            other => format!("{other:?}"),
        };
        self.value_error(message)
    }
}

/// A string that knows its length in characters, as the formatter wants it.
struct Counted(String);

impl rustpython_common::format::CharLen for Counted {
    fn char_len(&self) -> usize {
        self.0.chars().count()
    }
}

impl std::ops::Deref for Counted {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

fn num_complex(re: f64, im: f64) -> num_complex::Complex64 {
    num_complex::Complex64::new(re, im)
}
