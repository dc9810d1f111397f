//! Extension modules find the C API in the program itself.

fn main() {
    println!("cargo:rustc-link-arg-bins=-rdynamic");
}
