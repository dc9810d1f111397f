//! The program exports every symbol of its tables, functions and data: toolchains strip such symbols from executables.

mod common;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Scratch, command, program, run};

const TABLE: &str = include_str!("../../emul/src/gen/table.rs");
const MISSING: &str = include_str!("../../emul/src/gen/missing.rs");
const IN_C: &str = include_str!("../../emul/src/in_c.rs");
const CPYTHON: &str = include_str!("../../emul/data/cpython-3.13.tsv");

/// A library that, loaded beside the program, asks for each name as an extension module's loader does, and prints those not found.
const PROBE: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((constructor)) static void probe(void)
{
    char name[256];
    FILE *names = fopen(getenv("PROBE_NAMES"), "r");
    while (fgets(name, sizeof name, names)) {
        name[strcspn(name, "\n")] = 0;
        Dl_info info;
        void *address = dlsym(RTLD_DEFAULT, name);
        if (!address)
            printf("not found: %s\n", name);
        else if (!dladdr(address, &info) || !strstr(info.dli_fname, "pierglass"))
            printf("not the program's: %s\n", name);
    }
    exit(0);
}
"#;

/// What stands between the two marks, on each line that has both.
fn between<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| Some(line.strip_prefix(before)?.split_once(after)?.0))
}

/// Every name that the program must export.
fn names() -> Vec<&'static str> {
    let in_rust = between(TABLE, "    (\"", "\"");
    let stubs = between(MISSING, "    ", ": ").filter(|name| name.contains("Py"));
    in_rust.chain(stubs).chain(between(IN_C, "    fn ", "(")).collect()
}

#[test]
fn the_names_are_read() {
    let names = names();
    assert!(names.contains(&"PyList_New") && names.contains(&"PyList_Type") && names.contains(&"PyArg_ParseTuple"));
    let once: HashSet<&str> = names.iter().copied().collect();
    assert_eq!(once.len(), names.len(), "a name is in two tables");
}

#[test]
fn nm_finds_every_symbol_of_its_kind() {
    let listed = run(Command::new("nm").args(["-D", "--defined-only"]).arg(program()), "").ok();
    let fields = listed.lines().map(|line| line.split_whitespace().rev());
    let kinds: HashMap<&str, &str> = fields.filter_map(|mut fields| Some((fields.next()?, fields.next()?))).collect();
    let data: HashSet<&str> =
        CPYTHON.lines().filter_map(|line| line.split_once("\tdata")).map(|(name, _)| name).collect();
    let is_well = |name: &str| {
        let kind = kinds.get(name)?;
        let expected: &[&str] = if data.contains(name) { &["B", "D", "R", "V"] } else { &["T", "W"] };
        expected.contains(kind).then_some(())
    };
    let wrong: Vec<&str> = names().into_iter().filter(|name| is_well(name).is_none()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn dlsym_finds_every_symbol_in_the_program() {
    let scratch = Scratch::new();
    let (source, library, list) = (scratch.path("probe.c"), scratch.path("probe.so"), scratch.path("names"));
    fs::write(&source, PROBE).unwrap();
    fs::write(&list, names().join("\n")).unwrap();
    build(&source, &library);
    let ran = run(command(program()).env("LD_PRELOAD", &library).env("PROBE_NAMES", &list), "");
    assert_eq!(ran.ok(), "");
}

#[test]
fn dlsym_does_not_find_what_is_not_there() {
    let scratch = Scratch::new();
    let (source, library, list) = (scratch.path("probe.c"), scratch.path("probe.so"), scratch.path("names"));
    fs::write(&source, PROBE).unwrap();
    fs::write(&list, "PyNobody_HasThis\nprintf").unwrap();
    build(&source, &library);
    let ran = run(command(program()).env("LD_PRELOAD", &library).env("PROBE_NAMES", &list), "");
    assert_eq!(ran.ok(), "not found: PyNobody_HasThis\nnot the program's: printf");
}

fn build(source: &Path, library: &Path) {
    let flags = ["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"];
    run(Command::new("cc").args(flags).arg(library).arg(source).arg("-ldl"), "").ok();
}
