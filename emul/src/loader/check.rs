//! What can be said of a file before it is loaded: whether it is a shared library for this machine.

use std::path::Path;

use object::{Architecture, Object, ObjectKind, ObjectSymbol};

/// Check that the file can be an extension module; the error is the reason it cannot.
pub(super) fn file(path: &Path) -> Result<(), String> {
    let data = std::fs::read(path).map_err(|error| error.to_string())?;
    let library = object::File::parse(&*data).map_err(|_| "not an ELF file (invalid ELF header)".to_owned())?;
    let here = if cfg!(target_arch = "aarch64") { Architecture::Aarch64 } else { Architecture::X86_64 };
    if library.architecture() != here {
        return Err(format!("built for {:?}, this is {here:?}", library.architecture()));
    }
    if library.kind() != ObjectKind::Dynamic {
        return Err("not a shared library".to_owned());
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
