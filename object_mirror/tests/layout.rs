//! The twins against an installed CPython 3.13's headers: a C program prints every size, offset and constant.
//!
//! The interpreter is `$PIERGLASS_PYTHON313`, else `python3.13` in the path; without one, or without a C compiler (`$CC`,
//! else `cc`), the test says so and checks nothing: the same numbers are asserted when the crate is built.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use object_mirror::code::*;
use object_mirror::descrobject::*;
use object_mirror::layout::{self, Layout};
use object_mirror::memoryobject::*;
use object_mirror::methodobject::*;
use object_mirror::moduleobject::*;
use object_mirror::object::slots::*;
use object_mirror::object::*;

/// Names and values of our constants.
macro_rules! constants {
    [$($name:ident),* $(,)?] => { &[$((stringify!($name), $name as i128)),*] };
}

#[test]
fn structs_and_constants_are_those_of_the_installed_headers() {
    let Some(include) = include_of_python313() else {
        eprintln!("skipped: no CPython 3.13 (set PIERGLASS_PYTHON313, or put python3.13 in the path)");
        return;
    };
    let Some(theirs) = run_c(&include, &program()) else { return };
    let ours = expected();
    let differences: Vec<_> = ours
        .lines()
        .zip(theirs.lines())
        .filter(|(ours, theirs)| ours != theirs)
        .map(|(ours, theirs)| format!("ours: {ours}   CPython's: {theirs}"))
        .collect();
    assert_eq!(ours.lines().count(), theirs.lines().count());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A twin or constant that nobody listed would not be compared.
#[test]
fn every_twin_and_constant_is_listed() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in std::fs::read_dir(source).expect("the crate's sources") {
        let path = file.expect("a readable entry").path();
        if path.ends_with("prefix.rs") || path.ends_with("layout.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        for (before, struct_) in text.split("pub struct ").zip(text.split("pub struct ").skip(1)) {
            let name = struct_.split(|char: char| !(char.is_alphanumeric() || char == '_')).next().unwrap_or_default();
            let is_twin =
                before.trim_end().rsplit("\n\n").next().is_some_and(|attributes| attributes.contains("#[repr(C)]"));
            let listed = layout::all().any(|layout| layout.name == name) || OPAQUE.contains(&name);
            assert!(!is_twin || listed, "{name} of {} is not pinned", path.display());
        }
        for constant in text.split("pub const ").skip(1) {
            let name = constant.split(':').next().unwrap_or_default();
            let is_c = ["Py_", "_Py_", "PY_", "METH_", "CO_"].iter().any(|prefix| name.starts_with(prefix));
            let listed = CONSTANTS.iter().any(|&(listed, _)| listed == name) || OURS.contains(&name);
            assert!(!is_c || listed, "{name} of {} is not compared", path.display());
        }
    }
}

/// CPython keeps these to itself: a name in our code, no header to compare with.
const OPAQUE: &[&str] = &["PyInterpreterState"];
const PRIVATE: &[&str] = &["PyCapsule"];
/// Other spellings of ours for a constant in the list.
const OURS: &[&str] = &["Py_TPFLAGS_STATIC_BUILTIN"];

fn compared() -> impl Iterator<Item = &'static Layout> {
    layout::all().filter(|layout| !PRIVATE.contains(&layout.name))
}

/// CPython's expression for a field of ours; `None` for one that stands for a macro's fields.
fn field_in_c(name: &'static str) -> Option<&'static str> {
    match name {
        "head" => None,
        "type_" => Some("type"),
        "lv_tag" => Some("long_value.lv_tag"),
        "ob_digit" => Some("long_value.ob_digit"),
        name => Some(name),
    }
}

fn expected() -> String {
    let mut text = String::new();
    for layout in compared() {
        let _ = writeln!(text, "sizeof {} {}", layout.name, layout.size);
        for field in layout.fields.iter().filter(|field| field_in_c(field.name).is_some()) {
            let _ = writeln!(text, "{}.{} {} {}", layout.name, field.name, field.offset, field.size);
        }
    }
    for &(name, value) in CONSTANTS {
        let _ = writeln!(text, "{name} {value}");
    }
    text
}

fn program() -> String {
    let mut text = String::from(PREAMBLE);
    for layout in compared() {
        let name = layout.name;
        let _ = writeln!(text, "    printf(\"sizeof {name} %zu\\n\", sizeof({name}));");
        for field in layout.fields {
            let Some(c) = field_in_c(field.name) else { continue };
            let _ = writeln!(
                text,
                "    printf(\"{name}.{} %zu %zu\\n\", offsetof({name}, {c}), sizeof((({name} *)0)->{c}));",
                field.name
            );
        }
    }
    for (name, _) in CONSTANTS {
        let _ = writeln!(text, "    printf(\"{name} %llu\\n\", (unsigned long long)({name}));");
    }
    text + "    return 0;\n}\n"
}

const PREAMBLE: &str = r#"
#define Py_BUILD_CORE
#include <Python.h>
#include <stddef.h>
#include <stdio.h>
#include "datetime.h"
#include "pycore_frame.h"
#include "pycore_moduleobject.h"
typedef struct wrapperbase wrapperbase;
typedef struct _specialization_cache _specialization_cache;
int main(void)
{
"#;

fn include_of_python313() -> Option<PathBuf> {
    let python = std::env::var_os("PIERGLASS_PYTHON313").unwrap_or_else(|| "python3.13".into());
    let script = "import sys, sysconfig; print(sys.version_info[:2] == (3, 13), sysconfig.get_path('include'))";
    let output = Command::new(python).args(["-I", "-c", script]).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let include = PathBuf::from(answer.trim().strip_prefix("True ")?);
    include.join("Python.h").exists().then_some(include)
}

/// Compile and run; `None`, and a message, if there is no compiler.
fn run_c(include: &Path, program: &str) -> Option<String> {
    let folder = std::env::temp_dir().join(format!("pierglass-layout-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the program");
    let (source, binary) = (folder.join("layout.c"), folder.join("layout"));
    std::fs::write(&source, program).expect("the program is written");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    // Deprecated fields are compared too: no warnings.
    let compiled = Command::new(&compiler)
        .args(["-std=c11", "-w", "-o"])
        .args([&binary, &source])
        .arg("-I")
        .arg(include)
        .arg("-I")
        .arg(include.join("internal"))
        .output();
    let Ok(compiled) = compiled else {
        eprintln!("skipped: no C compiler ({})", compiler.display());
        return None;
    };
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let output = Command::new(&binary).output().expect("the program runs");
    let _ = std::fs::remove_dir_all(&folder);
    Some(String::from_utf8(output.stdout).expect("digits and names"))
}

const CONSTANTS: &[(&str, i128)] = constants![
    CO_OPTIMIZED,
    CO_NEWLOCALS,
    CO_VARARGS,
    CO_VARKEYWORDS,
    CO_NESTED,
    CO_GENERATOR,
    CO_COROUTINE,
    CO_ITERABLE_COROUTINE,
    CO_ASYNC_GENERATOR,
    Py_T_SHORT,
    Py_T_INT,
    Py_T_LONG,
    Py_T_FLOAT,
    Py_T_DOUBLE,
    Py_T_STRING,
    _Py_T_OBJECT,
    Py_T_CHAR,
    Py_T_BYTE,
    Py_T_UBYTE,
    Py_T_USHORT,
    Py_T_UINT,
    Py_T_ULONG,
    Py_T_STRING_INPLACE,
    Py_T_BOOL,
    Py_T_OBJECT_EX,
    Py_T_LONGLONG,
    Py_T_ULONGLONG,
    Py_T_PYSSIZET,
    _Py_T_NONE,
    Py_READONLY,
    Py_AUDIT_READ,
    Py_RELATIVE_OFFSET,
    _Py_MANAGED_BUFFER_RELEASED,
    _Py_MANAGED_BUFFER_FREE_FORMAT,
    _Py_MEMORYVIEW_RELEASED,
    _Py_MEMORYVIEW_C,
    _Py_MEMORYVIEW_FORTRAN,
    _Py_MEMORYVIEW_SCALAR,
    _Py_MEMORYVIEW_PIL,
    _Py_MEMORYVIEW_RESTRICTED,
    METH_VARARGS,
    METH_KEYWORDS,
    METH_NOARGS,
    METH_O,
    METH_CLASS,
    METH_STATIC,
    METH_COEXIST,
    METH_FASTCALL,
    METH_METHOD,
    Py_mod_create,
    Py_mod_exec,
    Py_mod_multiple_interpreters,
    Py_mod_gil,
    Py_TPFLAGS_HAVE_FINALIZE,
    _Py_TPFLAGS_STATIC_BUILTIN,
    Py_TPFLAGS_INLINE_VALUES,
    Py_TPFLAGS_MANAGED_WEAKREF,
    Py_TPFLAGS_MANAGED_DICT,
    Py_TPFLAGS_PREHEADER,
    Py_TPFLAGS_SEQUENCE,
    Py_TPFLAGS_MAPPING,
    Py_TPFLAGS_DISALLOW_INSTANTIATION,
    Py_TPFLAGS_IMMUTABLETYPE,
    Py_TPFLAGS_HEAPTYPE,
    Py_TPFLAGS_BASETYPE,
    Py_TPFLAGS_HAVE_VECTORCALL,
    Py_TPFLAGS_READY,
    Py_TPFLAGS_READYING,
    Py_TPFLAGS_HAVE_GC,
    Py_TPFLAGS_METHOD_DESCRIPTOR,
    Py_TPFLAGS_HAVE_VERSION_TAG,
    Py_TPFLAGS_VALID_VERSION_TAG,
    Py_TPFLAGS_IS_ABSTRACT,
    _Py_TPFLAGS_MATCH_SELF,
    Py_TPFLAGS_ITEMS_AT_END,
    Py_TPFLAGS_LONG_SUBCLASS,
    Py_TPFLAGS_LIST_SUBCLASS,
    Py_TPFLAGS_TUPLE_SUBCLASS,
    Py_TPFLAGS_BYTES_SUBCLASS,
    Py_TPFLAGS_UNICODE_SUBCLASS,
    Py_TPFLAGS_DICT_SUBCLASS,
    Py_TPFLAGS_BASE_EXC_SUBCLASS,
    Py_TPFLAGS_TYPE_SUBCLASS,
    Py_TPFLAGS_DEFAULT,
    PY_VECTORCALL_ARGUMENTS_OFFSET,
    Py_bf_getbuffer,
    Py_bf_releasebuffer,
    Py_mp_ass_subscript,
    Py_mp_length,
    Py_mp_subscript,
    Py_nb_absolute,
    Py_nb_add,
    Py_nb_and,
    Py_nb_bool,
    Py_nb_divmod,
    Py_nb_float,
    Py_nb_floor_divide,
    Py_nb_index,
    Py_nb_inplace_add,
    Py_nb_inplace_and,
    Py_nb_inplace_floor_divide,
    Py_nb_inplace_lshift,
    Py_nb_inplace_multiply,
    Py_nb_inplace_or,
    Py_nb_inplace_power,
    Py_nb_inplace_remainder,
    Py_nb_inplace_rshift,
    Py_nb_inplace_subtract,
    Py_nb_inplace_true_divide,
    Py_nb_inplace_xor,
    Py_nb_int,
    Py_nb_invert,
    Py_nb_lshift,
    Py_nb_multiply,
    Py_nb_negative,
    Py_nb_or,
    Py_nb_positive,
    Py_nb_power,
    Py_nb_remainder,
    Py_nb_rshift,
    Py_nb_subtract,
    Py_nb_true_divide,
    Py_nb_xor,
    Py_sq_ass_item,
    Py_sq_concat,
    Py_sq_contains,
    Py_sq_inplace_concat,
    Py_sq_inplace_repeat,
    Py_sq_item,
    Py_sq_length,
    Py_sq_repeat,
    Py_tp_alloc,
    Py_tp_base,
    Py_tp_bases,
    Py_tp_call,
    Py_tp_clear,
    Py_tp_dealloc,
    Py_tp_del,
    Py_tp_descr_get,
    Py_tp_descr_set,
    Py_tp_doc,
    Py_tp_getattr,
    Py_tp_getattro,
    Py_tp_hash,
    Py_tp_init,
    Py_tp_is_gc,
    Py_tp_iter,
    Py_tp_iternext,
    Py_tp_methods,
    Py_tp_new,
    Py_tp_repr,
    Py_tp_richcompare,
    Py_tp_setattr,
    Py_tp_setattro,
    Py_tp_str,
    Py_tp_traverse,
    Py_tp_members,
    Py_tp_getset,
    Py_tp_free,
    Py_nb_matrix_multiply,
    Py_nb_inplace_matrix_multiply,
    Py_am_await,
    Py_am_aiter,
    Py_am_anext,
    Py_tp_finalize,
    Py_am_send,
];
