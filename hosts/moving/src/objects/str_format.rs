//! `'...'.format()`.

use crate::heap::H;
use crate::known as k;
use crate::vm::{Args, R, Vm};
use rustpython_common::format::{
    FieldName, FieldNamePart, FieldType, FormatParseError, FormatPart, FormatString, FromTemplate,
};
use rustpython_wtf8::{Wtf8, Wtf8Buf};

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
