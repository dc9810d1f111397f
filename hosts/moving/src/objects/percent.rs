//! `template % values`, of str and of bytes.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::Body;
use crate::vm::{Args, R, Vm};
use rustpython_common::cformat::{
    CFormatBytes, CFormatConversion, CFormatError, CFormatPart, CFormatPrecision, CFormatQuantity, CFormatSpec,
    CFormatStrOrBytes, CFormatType, CFormatWtf8, CNumberType,
};
use rustpython_wtf8::{CodePoint, Wtf8Buf};

/// Where `%` takes its values from.
struct Values {
    tuple: H,
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

/// What differs between str and bytes.
trait Kind: Sized + Default {
    /// What messages call it.
    const NAME: &str;
    /// Append a part.
    fn add(&mut self, part: &Self);
    /// The object of a key.
    fn key(self, vm: &mut Vm) -> R<H>;
    /// A value as the conversion shows it.
    fn one(vm: &mut Vm, format: &CFormatSpec, value: H) -> R<Self>;
}

impl Kind for Wtf8Buf {
    const NAME: &str = "string";

    fn add(&mut self, part: &Self) {
        self.push_wtf8(part);
    }

    fn key(self, vm: &mut Vm) -> R<H> {
        vm.wtf8(self)
    }

    fn one(vm: &mut Vm, format: &CFormatSpec, value: H) -> R<Self> {
        match &format.format_type {
            CFormatType::String(conversion) => {
                let shown = match *conversion as u32 as u8 {
                    b'r' => vm.repr(value)?,
                    b'a' => vm.ascii(value)?,
                    _ => vm.to_str(value)?,
                };
                Ok(format.format_string(vm.text(shown).expect("a str").to_owned()))
            }
            CFormatType::Character(_) => {
                let point = character(vm, value)?;
                Ok(format.format_char(point))
            }
            CFormatType::Float(_) => {
                let number = crate::objects::float::to_f64(vm, value)?;
                Ok(format.format_float(number).into())
            }
            _ => Ok(number(vm, format, value)?.into()),
        }
    }
}

impl Kind for Vec<u8> {
    const NAME: &str = "bytes";

    fn add(&mut self, part: &Self) {
        self.extend_from_slice(part);
    }

    fn key(self, vm: &mut Vm) -> R<H> {
        vm.bytes(self)
    }

    fn one(vm: &mut Vm, format: &CFormatSpec, value: H) -> R<Self> {
        match &format.format_type {
            CFormatType::Bytes | CFormatType::String(CFormatConversion::Str) => {
                let content = content(vm, value)?;
                Ok(format.format_bytes(&content))
            }
            CFormatType::String(_) => {
                let shown = vm.ascii(value)?;
                Ok(format.format_bytes(vm.text(shown).expect("a str").as_bytes()))
            }
            CFormatType::Character(_) => {
                let byte = byte(vm, value)?;
                Ok(format.format_char(byte))
            }
            CFormatType::Float(_) => {
                let number = match crate::objects::float::to_f64(vm, value) {
                    Err(_) if vm.pending_is(k::TYPE_ERROR) => {
                        let given = vm.class_name(value);
                        return Err(vm.type_error(format!("float argument required, not {given}")));
                    }
                    number => number?,
                };
                Ok(format.format_float(number).into_bytes())
            }
            _ => Ok(number(vm, format, value)?.into_bytes()),
        }
    }
}

/// `str.__mod__`
pub(crate) fn of_str(vm: &mut Vm, args: Args) -> R<H> {
    let text = vm.text(args.h(0)).expect("a str").to_owned();
    let text = fill(vm, CFormatWtf8::parse_from_wtf8(&text), args)?;
    vm.wtf8(text)
}

/// `bytes.__mod__` of these bytes.
pub(crate) fn of_bytes(vm: &mut Vm, bytes: &[u8], args: Args) -> R<Vec<u8>> {
    fill(vm, CFormatBytes::parse_from_bytes(bytes), args)
}

fn fill<T: Kind>(vm: &mut Vm, parsed: Result<CFormatStrOrBytes<T>, CFormatError>, args: Args) -> R<T> {
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let message = error.to_string();
            return Err(vm.value_error(message));
        }
    };
    let many = matches!(vm.body(args.h(1)), Some(Body::Tuple(_)));
    let tuple = if many { args.h(1) } else { vm.tuple(&[args.h(1)])? };
    let mut values = Values { tuple, next: 0 };
    // What may be one value of its kind is that.
    let is_one = vm.text(args.h(1)).is_some() || T::NAME == "bytes" && is_data(vm, args.h(1));
    let is_mapping = !many && !is_one && vm.special(args.h(1), n::__getitem__).is_some();
    let mut result = T::default();
    let mut keyed = false;
    for (_, part) in parsed {
        let mark = vm.mark();
        match part {
            CFormatPart::Literal(literal) => result.add(&literal),
            CFormatPart::Spec(spec) => {
                let mut format = spec.spec;
                let given = match spec.mapping_key {
                    Some(key) => {
                        keyed = true;
                        if !is_mapping {
                            return Err(vm.type_error("format requires a mapping"));
                        }
                        let key = key.key(vm)?;
                        Some(vm.get_item(args.h(1), key)?)
                    }
                    None => None,
                };
                fill_quantities(vm, &mut format, &mut values)?;
                let value = match given {
                    Some(value) => value,
                    None => values.take(vm)?,
                };
                result.add(&T::one(vm, &format, value)?);
            }
        }
        vm.cut(mark);
    }
    let count = vm.count(tuple);
    if values.next < count && !keyed && !is_mapping {
        return Err(vm.type_error(format!("not all arguments converted during {} formatting", T::NAME)));
    }
    Ok(result)
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

/// A whole number; no other conversion comes here.
fn number(vm: &mut Vm, format: &CFormatSpec, value: H) -> R<String> {
    match &format.format_type {
        CFormatType::Number(kind) => {
            let letter = char::from(*kind as u8);
            let decimal = matches!(kind, CNumberType::DecimalD | CNumberType::DecimalI | CNumberType::DecimalU);
            let number = whole(vm, value, letter, decimal)?;
            Ok(format.format_number(&number))
        }
        CFormatType::Unsupported { ch, index } => {
            let what =
                format!("unsupported format character '{}' ({:#x}) at index {index}", ch.to_char_lossy(), ch.to_u32());
            Err(vm.value_error(what))
        }
        _ => Err(vm.value_error("unsupported format character 'b' (0x62) at index 1")),
    }
}

fn character(vm: &mut Vm, value: H) -> R<CodePoint> {
    if let Some(text) = vm.text(value) {
        let mut points = text.code_points();
        return match (points.next(), points.next()) {
            (Some(point), None) => Ok(point),
            _ => Err(vm.type_error("%c requires int or char")),
        };
    }
    if !vm.is_int(value) {
        return Err(vm.type_error("%c requires int or char"));
    }
    let point = vm.as_i64(value).and_then(|code| u32::try_from(code).ok()).and_then(CodePoint::from_u32);
    point.ok_or_else(|| vm.raise(k::OVERFLOW_ERROR, "%c arg not in range(0x110000)"))
}

/// The byte of `%c`.
fn byte(vm: &mut Vm, value: H) -> R<u8> {
    match vm.body(value) {
        Some(Body::Bytes(bytes)) if bytes.len() == 1 => return Ok(bytes[0]),
        Some(Body::ByteArray(bytes)) if bytes.len() == 1 => return Ok(bytes[0]),
        _ => {}
    }
    if !vm.is_int(value) && vm.special(value, n::__index__).is_none() {
        return Err(vm.type_error("%c requires an integer in range(256) or a single byte"));
    }
    let index = vm.index(value)?;
    let byte = vm.as_i64(index).and_then(|index| u8::try_from(index).ok());
    byte.ok_or_else(|| vm.raise(k::OVERFLOW_ERROR, "%c arg not in range(256)"))
}

fn is_data(vm: &Vm, value: H) -> bool {
    matches!(vm.body(value), Some(Body::Bytes(_) | Body::ByteArray(_)))
}

/// The bytes of `%b`.
fn content(vm: &mut Vm, value: H) -> R<Vec<u8>> {
    let has_bytes = is_data(vm, value) || vm.special(value, n::__bytes__).is_some();
    if has_bytes {
        return crate::objects::bytes::from_any(vm, value, false);
    }
    if let Some(content) = crate::objects::bytes::of_buffer(vm, value)? {
        return Ok(content);
    }
    let given = vm.class_name(value);
    let wanted = "a bytes-like object, or an object that implements __bytes__";
    Err(vm.type_error(format!("%b requires {wanted}, not '{given}'")))
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

/// `str.__rmod__`
pub(crate) fn of_str_reflected(vm: &mut Vm, args: Args) -> R<H> {
    if vm.text(args.h(1)).is_none() {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let swapped = swapped(vm, args);
    of_str(vm, swapped)
}

fn swapped(vm: &mut Vm, args: Args) -> Args {
    let base = vm.mark() as u32;
    let (a, b) = (vm.get(args.h(1)), vm.get(args.h(0)));
    vm.push(a);
    vm.push(b);
    Args { base, n: 2, named: 2, kw: k::NULL }
}
