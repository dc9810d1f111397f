//! A memory view's items: what a format says of one, to read, to write and to compare it.

use rustpython::vm::buffer::{FormatSpec, PackErrorKind};
use rustpython::vm::builtins::PyBaseExceptionRef;
use rustpython::vm::{PyObjectRef, PyResult, VirtualMachine};

/// The character of a format that is one of C's own types, `@` before it or not, and the item's size.
pub(super) fn native(format: &str) -> Option<(u8, usize)> {
    let [code] = *format.strip_prefix('@').unwrap_or(format).as_bytes() else { return None };
    let size = match code {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    };
    Some((code, size))
}

pub(super) fn is_byte(code: u8) -> bool {
    matches!(code, b'c' | b'b' | b'B')
}

/// The character of a format that has one alone, `@` before it or not: `adjust_fmt`.
pub(super) fn single(format: &str, vm: &VirtualMachine) -> PyResult<u8> {
    match *format.strip_prefix('@').unwrap_or(format).as_bytes() {
        [code] => Ok(code),
        _ => Err(vm.new_not_implemented_error(format!("memoryview: unsupported format {format}"))),
    }
}

fn unknown(code: u8, vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_not_implemented_error(format!("memoryview: format {} not supported", char::from(code)))
}

/// A format as the `struct` module reads it; the host's own reader knows more.
pub(super) fn struct_spec(format: &str, vm: &VirtualMachine) -> Option<FormatSpec> {
    let codes = format.strip_prefix(['@', '=', '<', '>', '!']).unwrap_or(format);
    let is_known = |byte: u8| byte.is_ascii_digit() || b" \t\n\r\x0b\x0cxcbB?hHiIlLqQnNefdspP".contains(&byte);
    codes.bytes().all(is_known).then(|| FormatSpec::parse(format.as_bytes(), vm).ok())?
}

macro_rules! read {
    ($place:expr, $type:ty) => {
        // SAFETY: the caller's contract: an item of this type is there.
        unsafe { $place.cast::<$type>().read_unaligned() }
    };
}

/// The item of a format of a single character.
///
/// # Safety
/// An item of the format lies at `place`.
pub(super) unsafe fn unpack(code: u8, place: *const u8, vm: &VirtualMachine) -> PyResult {
    let ctx = &vm.ctx;
    Ok(match code {
        b'B' => ctx.new_int(read!(place, u8)).into(),
        b'b' => ctx.new_int(read!(place, i8)).into(),
        b'c' => ctx.new_bytes(vec![read!(place, u8)]).into(),
        b'?' => ctx.new_bool(read!(place, u8) != 0).into(),
        b'h' => ctx.new_int(read!(place, i16)).into(),
        b'H' => ctx.new_int(read!(place, u16)).into(),
        b'i' => ctx.new_int(read!(place, i32)).into(),
        b'I' => ctx.new_int(read!(place, u32)).into(),
        b'l' | b'q' | b'n' => ctx.new_int(read!(place, i64)).into(),
        b'L' | b'Q' | b'N' | b'P' => ctx.new_int(read!(place, u64)).into(),
        b'f' => ctx.new_float(f64::from(read!(place, f32))).into(),
        b'd' => ctx.new_float(read!(place, f64)).into(),
        b'e' => ctx.new_float(half(read!(place, u16))).into(),
        _ => return Err(unknown(code, vm)),
    })
}

/// The value of a half precision number's bits.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    match exponent {
        0 => sign * fraction * 2_f64.powi(-24),
        0x1f if fraction == 0.0 => sign * f64::INFINITY,
        0x1f => f64::NAN.copysign(sign),
        _ => sign * (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    }
}

/// The bytes of a value; runs the value's own code.
pub(super) fn pack(format: &str, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    let code = single(format, vm)?;
    if native(format).is_none() {
        return Err(unknown(code, vm));
    }
    let format = format.strip_prefix('@').unwrap_or(format);
    FormatSpec::parse(format.as_bytes(), vm)?.try_pack(vec![value], vm).map_err(|error| {
        let fault = match error.kind {
            PackErrorKind::Raised => return error.exception,
            PackErrorKind::Type => "type",
            PackErrorKind::Value => "value",
        };
        let message = format!("memoryview: invalid {fault} for format '{format}'");
        if fault == "type" { vm.new_type_error(message) } else { vm.new_value_error(message) }
    })
}

/// How the items of two views are compared.
pub(super) enum Comparison {
    /// One of C's own types, the same on both sides.
    Native(u8),
    Struct(FormatSpec, FormatSpec),
}

impl Comparison {
    /// `None`: what a format says is unknown, so that nothing equals it.
    pub(super) fn of(left: &str, right: &str, vm: &VirtualMachine) -> Option<Self> {
        match (native(left), native(right)) {
            (Some((left, _)), Some((right, _))) if left == right => Some(Self::Native(left)),
            _ => Some(Self::Struct(struct_spec(left, vm)?, struct_spec(right, vm)?)),
        }
    }

    /// # Safety
    /// Items of the formats lie there, of these sizes.
    pub(super) unsafe fn equal(
        &self,
        left: (*const u8, usize),
        right: (*const u8, usize),
        vm: &VirtualMachine,
    ) -> PyResult<bool> {
        match self {
            // SAFETY: the caller's contract.
            Self::Native(code) => Ok(unsafe { native_equal(*code, left.0, right.0) }),
            Self::Struct(left_spec, right_spec) => {
                // SAFETY: the caller's contract.
                let (left, right) =
                    unsafe { (unpack_struct(left_spec, left, vm)?, unpack_struct(right_spec, right, vm)?) };
                vm.identical_or_equal(&left, &right)
            }
        }
    }
}

/// # Safety
/// Items of the format lie there.
unsafe fn native_equal(code: u8, left: *const u8, right: *const u8) -> bool {
    macro_rules! same {
        ($type:ty) => {
            read!(left, $type) == read!(right, $type)
        };
    }
    match code {
        b'?' => (read!(left, u8) != 0) == (read!(right, u8) != 0),
        b'c' | b'b' | b'B' => same!(u8),
        b'h' | b'H' => same!(u16),
        b'i' | b'I' => same!(u32),
        b'f' => same!(f32),
        b'd' => same!(f64),
        b'e' => half(read!(left, u16)) == half(read!(right, u16)),
        _ => same!(u64),
    }
}

/// # Safety
/// That many bytes lie there.
unsafe fn unpack_struct(spec: &FormatSpec, (place, size): (*const u8, usize), vm: &VirtualMachine) -> PyResult {
    // SAFETY: the caller's contract.
    let bytes = unsafe { std::slice::from_raw_parts(place, size) }.to_vec();
    let bytes = bytes.get(..spec.size()).unwrap_or(&bytes);
    let values = spec.unpack(bytes, vm)?;
    Ok(match values.as_slice() {
        [value] => value.clone(),
        _ => values.into(),
    })
}
