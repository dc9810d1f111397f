//! `pierglass demo` where something is missing. With everything there: `network.rs`.

mod common;

use common::{Scratch, command, program, run};

#[test]
fn no_index_and_no_compiler() {
    let mut demo = command(program());
    demo.env("PIP_INDEX_URL", "http://127.0.0.1:9/simple").env("CC", "/no/such/cc");
    let ran = run(demo.arg("demo"), "");
    assert_eq!(ran.status, Some(5), "{ran:?}");
    assert!(ran.out.contains("package index cannot be reached"), "{ran:?}");
    assert!(ran.out.contains("no C compiler: /no/such/cc"), "{ran:?}");
}

#[test]
fn without_an_index_the_extension_still_runs() {
    let mut demo = command(program());
    demo.env("PIP_INDEX_URL", "http://127.0.0.1:9/simple");
    let ran = run(demo.args(["demo", "--json"]), "");
    assert_eq!(ran.status, Some(5), "{ran:?}");
    assert!(ran.out.contains(r#""name":"extension""#) && !ran.out.contains(r#""status":"failed""#), "{ran:?}");
}

#[test]
fn a_folder_that_cannot_be_written() {
    let scratch = Scratch::new();
    let file = scratch.write("file", "");
    for folder in [file.to_str().unwrap(), "/proc/demo"] {
        let ran = run(command(program()).args(["demo", "--dir", folder]), "");
        assert_eq!(ran.status, Some(3), "{ran:?}");
        assert!(ran.out.contains(folder) || ran.out.contains("/proc"), "{ran:?}");
    }
    let ran = run(command(program()).arg("demo").env("TMPDIR", "/proc"), "");
    assert_eq!(ran.status, Some(3), "{ran:?}");
}
