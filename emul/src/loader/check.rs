//! What can be said of a file before it is loaded: whether it is a shared library for this machine.

use std::path::Path;

use object::{Architecture, Object, ObjectKind, ObjectSegment, ObjectSymbol};

/// Check that the file can be an extension module; the error is the reason it cannot. What the system's loader refuses in
/// words of its own (no ELF file, none of this class, no library) is left to it; what it would choke on is not.
pub(super) fn file(path: &Path) -> Result<(), String> {
    let Ok(data) = std::fs::read(path) else { return Ok(()) };
    if !is_elf_of_this_class(&data) {
        return Ok(());
    }
    let library = object::File::parse(&*data).map_err(|_| CUT_SHORT.to_owned())?;
    let here = if cfg!(target_arch = "aarch64") { Architecture::Aarch64 } else { Architecture::X86_64 };
    if library.architecture() != here {
        return Err(format!("built for {:?}, this is {here:?}", library.architecture()));
    }
    if library.kind() != ObjectKind::Dynamic {
        return Ok(());
    }
    // The system maps segments without a look at the file's size; touching what is not there would end the process.
    let ends = |(offset, size): (u64, u64)| offset.checked_add(size);
    if library.segments().any(|segment| ends(segment.file_range()).is_none_or(|end| end > data.len() as u64)) {
        return Err(CUT_SHORT.to_owned());
    }
    let missing: Vec<&str> = library
        .dynamic_symbols()
        .filter(ObjectSymbol::is_undefined)
        .filter_map(|symbol| symbol.name().ok())
        .filter(|name| crate::missing_without_error_channel(name))
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "needs functions of the C API that pierglass does not have and that cannot report it: {}",
            missing.join(", ")
        ));
    }
    Ok(())
}

const CUT_SHORT: &str = "the ELF file is damaged or cut short";

/// Whether it begins as a 64-bit little-endian ELF file does, and has a whole header.
fn is_elf_of_this_class(data: &[u8]) -> bool {
    data.len() >= size_of::<object::elf::FileHeader64<object::LittleEndian>>() && data.starts_with(b"\x7fELF\x02\x01")
}

/// RFC 3492, as `PyInitU_` names use it.
pub(super) fn punycode(text: &str) -> String {
    let (mut n, mut delta, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut out: String = text.chars().filter(char::is_ascii).collect();
    let basic = out.len() as u32;
    let mut handled = basic;
    let total = text.chars().count() as u32;
    if basic > 0 {
        out.push('-');
    }
    while handled < total {
        let next = text.chars().map(|c| c as u32).filter(|&c| c >= n).min().unwrap_or(n);
        delta += (next - n) * (handled + 1);
        n = next;
        for code in text.chars().map(|c| c as u32) {
            if code < n {
                delta += 1;
            }
            if code == n {
                variable_length(delta, bias, &mut out);
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    out
}

fn variable_length(mut q: u32, bias: u32, out: &mut String) {
    let mut k = 36;
    loop {
        let t = if k <= bias { 1 } else { (k - bias).min(26) };
        if q < t {
            break;
        }
        out.push(digit(t + (q - t) % (36 - t)));
        q = (q - t) / (36 - t);
        k += 36;
    }
    out.push(digit(q));
}

fn digit(value: u32) -> char {
    char::from(if value < 26 { b'a' + value as u8 } else { b'0' + (value - 26) as u8 })
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    #[test]
    fn punycode_is_the_codec_s() {
        // Recorded from CPython: 'x'.encode('punycode').
        assert_eq!(super::punycode("módulo"), "mdulo-0ta");
        assert_eq!(super::punycode("инит"), "h1aaov");
    }
}
