//! `'...' % values` and `'...'.format()`.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::Body;
use crate::vm::{Args, R, Vm};
use rustpython_common::cformat::{
    CFormatPart, CFormatPrecision, CFormatQuantity, CFormatSpec, CFormatType, CFormatWtf8, CNumberType,
};
use rustpython_common::format::{
    FieldName, FieldNamePart, FieldType, FormatParseError, FormatPart, FormatString, FromTemplate,
};
use rustpython_wtf8::{Wtf8, Wtf8Buf};

/// Where `%` takes its values from.
struct Values {
    tuple: H,
    /// Whether a tuple was given, rather than one value.
    many: bool,
    next: usize,
}

impl Values {
    fn take(&mut self, vm: &mut Vm) -> R<H> {
        self.next += 1;
        match vm.item(self.tuple, self.next - 1) {
            Some(h) => Ok(h),
            None => Err(vm.type_error("not enough arguments for format string")),
        }
    }
}

pub(crate) fn percent(vm: &mut Vm, args: Args) -> R<H> {
    let text = vm.text(args.h(0)).expect("a str").to_owned();
    let parsed = match CFormatWtf8::parse_from_wtf8(&text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let message = error.to_string();
            return Err(vm.value_error(message));
        }
    };
    let many = matches!(vm.body(args.h(1)), Some(Body::Tuple(_)));
    let tuple = if many { args.h(1) } else { vm.tuple(&[args.h(1)])? };
    let mut values = Values { tuple, many, next: 0 };
    let mut result = Wtf8Buf::new();
    let mut keyed = false;
    for (_, part) in parsed {
        let mark = vm.mark();
        match part {
            CFormatPart::Literal(literal) => result.push_wtf8(&literal),
            CFormatPart::Spec(spec) => {
                let mut format = spec.spec;
                let given = match spec.mapping_key {
                    Some(key) => {
                        keyed = true;
                        if values.many
                            || vm.special(args.h(1), n::__getitem__).is_none()
                            || vm.text(args.h(1)).is_some()
                        {
                            return Err(vm.type_error("format requires a mapping"));
                        }
                        let key = vm.wtf8(key)?;
                        Some(vm.get_item(args.h(1), key)?)
                    }
                    None => None,
                };
                fill_quantities(vm, &mut format, &mut values)?;
                let value = match given {
                    Some(value) => value,
                    None => values.take(vm)?,
                };
                result.push_wtf8(&one(vm, &format, value)?);
            }
        }
        vm.cut(mark);
    }
    let count = vm.count(tuple);
    let mapping = !values.many && vm.special(args.h(1), n::__getitem__).is_some() && vm.text(args.h(1)).is_none();
    if values.next < count && !keyed && !mapping {
        return Err(vm.type_error("not all arguments converted during string formatting"));
    }
    vm.wtf8(result)
}

/// `*` as width or precision takes a value.
fn fill_quantities(vm: &mut Vm, format: &mut CFormatSpec, values: &mut Values) -> R<()> {
    if matches!(format.min_field_width, Some(CFormatQuantity::FromValuesTuple)) {
        let width = star(vm, values)?;
        if width < 0 {
            format.flags |= rustpython_common::cformat::CConversionFlags::LEFT_ADJUST;
        }
        format.min_field_width = Some(CFormatQuantity::Amount(width.unsigned_abs() as usize));
    }
    if matches!(format.precision, Some(CFormatPrecision::Quantity(CFormatQuantity::FromValuesTuple))) {
        let precision = star(vm, values)?.max(0);
        format.precision = Some(CFormatPrecision::Quantity(CFormatQuantity::Amount(precision as usize)));
    }
    Ok(())
}

fn star(vm: &mut Vm, values: &mut Values) -> R<i64> {
    let h = values.take(vm)?;
    if !vm.is_int(h) {
        return Err(vm.type_error("* wants int"));
    }
    vm.index_i64(h)
}

fn one(vm: &mut Vm, format: &CFormatSpec, value: H) -> R<Wtf8Buf> {
    match &format.format_type {
        CFormatType::String(conversion) => {
            let shown = match *conversion as u32 as u8 {
                b'r' => vm.repr(value)?,
                b'a' => vm.ascii(value)?,
                _ => vm.to_str(value)?,
            };
            Ok(format.format_string(vm.text(shown).expect("a str").to_owned()))
        }
        CFormatType::Number(kind) => {
            let letter = char::from(*kind as u8);
            let decimal = matches!(kind, CNumberType::DecimalD | CNumberType::DecimalI | CNumberType::DecimalU);
            let number = whole(vm, value, letter, decimal)?;
            Ok(format.format_number(&number).into())
        }
        CFormatType::Float(_) => {
            let number = crate::objects::float::to_f64(vm, value)?;
            Ok(format.format_float(number).into())
        }
        CFormatType::Character(_) => {
            if let Some(text) = vm.text(value) {
                let mut points = text.code_points();
                return match (points.next(), points.next()) {
                    (Some(point), None) => Ok(format.format_char(point)),
                    _ => Err(vm.type_error("%c requires int or char")),
                };
            }
            if !vm.is_int(value) {
                return Err(vm.type_error("%c requires int or char"));
            }
            let point = vm
                .as_i64(value)
                .and_then(|code| u32::try_from(code).ok())
                .and_then(rustpython_wtf8::CodePoint::from_u32);
            match point {
                Some(point) => Ok(format.format_char(point)),
                None => Err(vm.raise(k::OVERFLOW_ERROR, "%c arg not in range(0x110000)")),
            }
        }
        CFormatType::Bytes => Err(vm.value_error("unsupported format character 'b' (0x62) at index 1")),
        CFormatType::Unsupported { ch, index } => {
            let what =
                format!("unsupported format character '{}' ({:#x}) at index {index}", ch.to_char_lossy(), ch.to_u32());
            Err(vm.value_error(what))
        }
    }
}

fn whole(vm: &mut Vm, value: H, letter: char, decimal: bool) -> R<malachite_bigint::BigInt> {
    if let Some(number) = vm.as_bigint(value) {
        return Ok(number);
    }
    if decimal && matches!(vm.body(value), Some(Body::Float(_))) {
        return crate::objects::int::to_int(vm, value);
    }
    for name in [n::__index__, n::__int__] {
        if (name == n::__index__ || decimal)
            && let Some(result) = vm.call_special(value, name, &[])?
            && let Some(number) = vm.as_bigint(result)
        {
            return Ok(number);
        }
    }
    let given = vm.class_name(value);
    let what = if decimal { "a real number is required" } else { "an integer is required" };
    Err(vm.type_error(format!("%{letter} format: {what}, not {given}")))
}

pub(crate) fn rpercent(vm: &mut Vm, args: Args) -> R<H> {
    if vm.text(args.h(1)).is_none() {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let swapped = swapped(vm, args);
    percent(vm, swapped)
}

fn swapped(vm: &mut Vm, args: Args) -> Args {
    let base = vm.mark() as u32;
    let (a, b) = (vm.get(args.h(1)), vm.get(args.h(0)));
    vm.push(a);
    vm.push(b);
    Args { base, n: 2, named: 2, kw: k::NULL }
}

// ---- str.format

/// What fields refer to: positional arguments and a mapping.
struct Fields {
    args: Vec<H>,
    mapping: H,
    next: usize,
    manual: bool,
}

pub(crate) fn format(vm: &mut Vm, args: Args) -> R<H> {
    let mut fields = Fields { args: args.rest().collect(), mapping: args.kw, next: 0, manual: false };
    let template = vm.text(args.h(0)).expect("a str").to_owned();
    let text = fill(vm, &template, &mut fields, 2)?;
    vm.wtf8(text)
}

pub(crate) fn format_map(vm: &mut Vm, args: Args) -> R<H> {
    let mut fields = Fields { args: Vec::new(), mapping: args.h(1), next: 0, manual: false };
    let template = vm.text(args.h(0)).expect("a str").to_owned();
    let text = fill(vm, &template, &mut fields, 2)?;
    vm.wtf8(text)
}

fn fill(vm: &mut Vm, template: &Wtf8, fields: &mut Fields, depth: u32) -> R<Wtf8Buf> {
    let parsed = match FormatString::from_str(template) {
        Ok(parsed) => parsed,
        Err(error) => return Err(parse_error(vm, &error, template)),
    };
    if depth == 0 {
        return Err(vm.value_error("Max string recursion exceeded"));
    }
    let mut result = Wtf8Buf::new();
    for part in parsed.format_parts {
        let mark = vm.mark();
        match part {
            FormatPart::Literal(literal) => result.push_wtf8(&literal),
            FormatPart::Field { field_name, conversion_spec, format_spec } => {
                let value = field(vm, &field_name, fields)?;
                let value = match conversion_spec.and_then(rustpython_wtf8::CodePoint::to_char) {
                    None => value,
                    Some('s') => vm.to_str(value)?,
                    Some('r') => vm.repr(value)?,
                    Some('a') => vm.ascii(value)?,
                    Some(other) => {
                        let what = format!("Unknown conversion specifier '{other}'");
                        return Err(vm.value_error(what));
                    }
                };
                let spec = if format_spec.as_bytes().contains(&b'{') {
                    fill(vm, &format_spec, fields, depth - 1)?
                } else {
                    format_spec
                };
                let spec = vm.wtf8(spec)?;
                let shown = vm.format(value, spec)?;
                result.push_wtf8(vm.text(shown).expect("a str"));
            }
        }
        vm.cut(mark);
    }
    Ok(result)
}

fn parse_error(vm: &mut Vm, error: &FormatParseError, text: &Wtf8) -> crate::vm::Raised {
    vm.value_error(match error {
        FormatParseError::UnmatchedBracket => "expected '}' before end of string",
        FormatParseError::MissingStartBracket | FormatParseError::UnescapedStartBracketInLiteral
            if text.as_bytes().ends_with(b"{") =>
        {
            "Single '{' encountered in format string"
        }
        FormatParseError::MissingStartBracket | FormatParseError::UnescapedStartBracketInLiteral => {
            "Single '}' encountered in format string"
        }
        FormatParseError::UnknownConversion => "unmatched '{' in format spec",
        FormatParseError::EmptyAttribute => "Empty attribute in format string",
        FormatParseError::MissingRightBracket => "Missing ']' in format string",
        FormatParseError::InvalidCharacterAfterRightBracket => {
            "Only '.' or '[' may follow ']' in format field specifier"
        }
        FormatParseError::TooManyDecimalDigits => "Too many decimal digits in format string",
        FormatParseError::InvalidFormatSpecifier => "Invalid format specifier",
    })
}

fn field(vm: &mut Vm, name: &Wtf8, fields: &mut Fields) -> R<H> {
    let parsed = match FieldName::parse(name) {
        Ok(parsed) => parsed,
        Err(error) => return Err(parse_error(vm, &error, name)),
    };
    let index = match parsed.field_type {
        FieldType::Auto => {
            if fields.manual {
                return Err(
                    vm.value_error("cannot switch from manual field specification to automatic field numbering")
                );
            }
            fields.next += 1;
            Some(fields.next - 1)
        }
        FieldType::Index(index) => {
            if fields.next > 0 {
                return Err(
                    vm.value_error("cannot switch from automatic field numbering to manual field specification")
                );
            }
            fields.manual = true;
            Some(index)
        }
        FieldType::Keyword(_) => None,
    };
    let mut value = match (index, parsed.field_type) {
        (Some(index), _) => match fields.args.get(index) {
            Some(h) => *h,
            None => {
                let what = format!("Replacement index {index} out of range for positional args tuple");
                return Err(vm.raise(k::INDEX_ERROR, what));
            }
        },
        (None, FieldType::Keyword(name)) => {
            let name = vm.wtf8(name)?;
            vm.get_item(fields.mapping, name)?
        }
        (None, _) => unreachable!("only keywords have no index"),
    };
    for part in parsed.parts {
        value = match part {
            FieldNamePart::Attribute(name) => {
                let name = vm.intern_wtf8(&name)?;
                vm.getattr(value, name)?
            }
            FieldNamePart::Index(index) => {
                let index = vm.size(index);
                vm.get_item(value, index)?
            }
            FieldNamePart::StringIndex(key) => {
                let key = vm.wtf8(key)?;
                vm.get_item(value, key)?
            }
        };
    }
    Ok(value)
}
