//! `pierglass python` is a `python3`: each test states what CPython 3.13 does.

mod common;

use std::os::unix::fs::symlink;
use std::process::Stdio;

use common::{Scratch, command, pierglass, program, python, run};

#[test]
fn a_command() {
    assert_eq!(python(&["-c", "import sys; print(sys.argv)", "-x", "y"]).ok(), "['-c', '-x', 'y']");
}

#[test]
fn a_module() {
    assert_eq!(python(&["-m", "calendar", "2024", "2"]).ok().lines().next(), Some("   February 2024"));
    let missing = python(&["-m", "no_such_module"]);
    assert_eq!(missing.status, Some(1));
    assert!(missing.err.ends_with("No module named no_such_module\n"), "{missing:?}");
}

#[test]
fn a_script() {
    let scratch = Scratch::new();
    scratch.write("beside.py", "value = 5");
    let script = scratch.write("run.py", "import beside, sys; print(__name__, __file__, sys.argv[1:], beside.value)");
    let expected = format!("__main__ {} ['a'] 5", script.display());
    assert_eq!(python(&[script.to_str().unwrap(), "a"]).ok(), expected);
}

#[test]
fn a_folder_with_main() {
    let scratch = Scratch::new();
    scratch.write("pack/__main__.py", "import sys; print(__name__, sys.path[0])");
    let folder = scratch.path("pack");
    assert_eq!(python(&[&folder]).ok(), format!("__main__ {}", folder.display()));
}

/// An archive with a package and `__main__`.
fn archive(scratch: &Scratch) -> std::path::PathBuf {
    let path = scratch.path("archive.zip");
    let source = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w');\n\
                  z.writestr('pack/__init__.py', ''); z.writestr('pack/mod.py', 'print(__name__)');\n\
                  z.writestr('__main__.py', 'import pack.mod'); z.close()";
    python(&["-c", source, path.to_str().unwrap()]).ok();
    path
}

#[test]
fn archives() {
    let scratch = Scratch::new();
    let archive = archive(&scratch);
    assert_eq!(python(&[&archive]).ok(), "pack.mod");
    let mut module = command(program());
    module.args(["python", "-m", "pack.mod"]).env("PYTHONPATH", &archive);
    assert_eq!(run(&mut module, "").ok(), "__main__");
}

#[test]
fn a_missing_script() {
    let ran = python(&["/no/such/file.py"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.contains("can't open file '/no/such/file.py': [Errno 2] No such file or directory"), "{ran:?}");
}

#[test]
fn standard_input() {
    let source = "import sys\nprint(__name__, sys.argv, hasattr(sys, 'ps1'))\n";
    let ran = run(command(program()).arg("python"), source);
    assert_eq!(ran.ok(), "__main__ [''] False");
    let ran = run(command(program()).args(["python", "-", "a"]), source);
    assert_eq!(ran.ok(), "__main__ ['-', 'a'] False");
    let broken = run(command(program()).arg("python"), "print(1");
    assert_eq!(broken.status, Some(1));
    assert!(broken.err.contains("File \"<stdin>\", line 1"), "{broken:?}");
}

#[test]
fn exit_statuses() {
    for (source, status) in [
        ("pass", 0),
        ("import sys; sys.exit()", 0),
        ("import sys; sys.exit(7)", 7),
        ("import sys; sys.exit(-1)", 255),
        ("raise SystemExit('text')", 1),
        ("1/0", 1),
        ("import os; os._exit(9)", 9),
        ("import atexit; atexit.register(print, 'x'); raise SystemExit(3)", 3),
    ] {
        assert_eq!(python(&["-c", source]).status, Some(status), "{source}");
    }
}

#[test]
fn a_keyboard_interrupt_ends_by_the_signal() {
    let ran = python(&["-c", "import os, signal; os.kill(os.getpid(), signal.SIGINT); import time; time.sleep(5)"]);
    assert_eq!(ran.status, None, "{ran:?}");
    assert!(ran.err.trim_end().ends_with("KeyboardInterrupt"), "{ran:?}");
}

#[test]
fn flags_reach_sys_flags() {
    let names =
        ["isolated", "no_user_site", "safe_path", "optimize", "dont_write_bytecode", "dev_mode", "bytes_warning"];
    let source = format!("import sys; print(*[int(getattr(sys.flags, n)) for n in {names:?}])");
    assert_eq!(python(&["-IOOBb", "-X", "dev", "-c", &source]).ok(), "1 1 1 2 1 1 1");
    assert_eq!(python(&["-c", &source]).ok(), "0 0 0 0 0 0 0");
    assert_eq!(python(&["-S", "-c", "import sys; print('site' in sys.modules)"]).ok(), "False");
}

#[test]
fn a_class_has_its_annotations_when_it_is_made() {
    let source = "\
class Meta(type):
    @classmethod
    def __prepare__(cls, name, bases, **given): return {'prepared': given}
    def __new__(cls, name, bases, namespace, **given):
        print(name, namespace['__annotations__'], namespace['prepared'], given)
        return super().__new__(cls, name, bases, namespace)
    def __init__(cls, name, bases, namespace, **given): pass
def local():
    kind = int
    class Base(metaclass=Meta, key=1): x: kind = 0
    class Derived(Base): y: 'text'; z: list[kind]
    class Late:
        w: later
    later = str
    return Derived, Late
derived, late = local()
print('__annotations__' in vars(late), late.__annotations__)
class Plain(metaclass=lambda *given, **more: (given[2].get('__annotations__'), more), key=2): v: float
print(Plain)
try:
    class Other(type): pass
    class Conflict(derived, metaclass=Other): u: int
except TypeError as error: print(error)
class Nothing: pass
print('__annotations__' in vars(Nothing))
";
    let expected = "\
Base {'x': <class 'int'>} {'key': 1} {'key': 1}
Derived {'y': 'text', 'z': list[int]} {} {}
False {'w': <class 'str'>}
({'v': <class 'float'>}, {'key': 2})
metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases
False";
    assert_eq!(python(&["-c", source]).ok(), expected);
}

#[test]
fn variables() {
    let source = "import sys; print(sys.path[1], sys.flags.optimize, sys.dont_write_bytecode, sys.pycache_prefix)";
    let mut with_all = command(program());
    with_all.env("PYTHONPATH", "/first:/second").env("PYTHONOPTIMIZE", "1");
    with_all.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONPYCACHEPREFIX", "/cache");
    let mut isolated = command(program());
    isolated.env("PYTHONPATH", "/first").env("PYTHONOPTIMIZE", "1").env("PYTHONPYCACHEPREFIX", "/cache");
    assert_eq!(run(with_all.args(["python", "-c", source]), "").ok(), "/first 1 True /cache");
    let ran = run(isolated.args(["python", "-E", "-c", source]), "").ok();
    assert!(ran.ends_with(" 0 False None") && !ran.starts_with("/first"), "{ran}");
}

#[test]
fn command_lines_that_are_refused() {
    for (args, message) in [
        (&["-z"][..], "Unknown option: -z"),
        (&["--zz"], "unknown option --zz"),
        (&["-c"], "Argument expected for the -c option"),
    ] {
        let ran = python(args);
        assert_eq!(ran.status, Some(2));
        assert_eq!(ran.err.lines().next(), Some(message));
        assert!(ran.err.contains("usage: "), "{ran:?}");
    }
}

#[test]
fn versions() {
    assert_eq!(python(&["-V"]).ok(), "Python 3.13.0");
    let long = python(&["-VV"]).ok();
    assert_eq!(long, format!("Python {}", python(&["-c", "import sys; print(sys.version)"]).ok()));
    assert!(long.contains("pierglass") && long.contains("RustPython"), "{long}");
}

#[test]
fn it_starts_itself_again() {
    let source =
        "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'import sys; sys.exit(6)']).returncode)";
    assert_eq!(python(&["-c", source]).ok(), "6");
    let again = "import os, sys; n = os.environ.get('AGAIN')\n\
                 if n: print('again')\n\
                 else: os.environ['AGAIN'] = '1'; os.execv(sys.executable, sys.orig_argv)";
    assert_eq!(python(&["-c", again]).ok(), "again");
}

#[test]
fn a_symlink_named_python() {
    let scratch = Scratch::new();
    let link = scratch.path("python3.13");
    symlink(program(), &link).unwrap();
    let source = "import sys; print(sys.executable)";
    assert_eq!(run(command(&link).args(["-c", source]), "").ok(), link.display().to_string());
    let mut by_path = command("python3.13");
    by_path.env("PATH", link.parent().unwrap());
    // Found through PATH by the system, and through PATH again by the program.
    assert_eq!(run(by_path.args(["-c", source]), "").ok(), link.display().to_string());
}

#[test]
fn a_symlink_of_any_name_to_python() {
    let scratch = Scratch::new();
    let (python, other) = (scratch.path("python3"), scratch.path("interpreter"));
    symlink(program(), &python).unwrap();
    symlink("python3", &other).unwrap();
    assert_eq!(run(command(&other).args(["-c", "print(1)"]), "").ok(), "1");
}

#[test]
fn the_program_itself_before_a_script_or_an_option() {
    let scratch = Scratch::new();
    let script = scratch.write("run.py", "import sys; print(sys.argv[1:], sys.executable.endswith('/bin/python3'))");
    assert_eq!(pierglass(&[script.to_str().unwrap(), "-V"]).ok(), "['-V'] True");
    assert_eq!(pierglass(&["-I", "-c", "print(1)"]).ok(), "1");
    assert!(pierglass(&["-V"]).ok().starts_with("pierglass "));
    let unknown = pierglass(&["no-such-word"]);
    assert_eq!(unknown.status, Some(2), "{unknown:?}");
    assert!(unknown.err.contains("unrecognized subcommand"), "{unknown:?}");
}

#[test]
fn an_interactive_session() {
    let ran = run(command(program()).args(["python", "-iq"]), "x = 20\nx + 1\nif x:\n  print('in')\n\nexit(4)\n");
    assert_eq!(ran.status, Some(4), "{ran:?}");
    assert_eq!(ran.out, "21\nin\n");
}

#[test]
fn a_closed_standard_output() {
    let mut closed = command("sh");
    closed.args(["-c", "exec \"$0\" python -c \"print('x')\" >&-"]).arg(program()).stderr(Stdio::null());
    assert_eq!(closed.status().unwrap().code(), Some(0));
}

#[test]
fn identity() {
    for (expression, expected) in [
        ("sys.version_info[:]", "(3, 13, 0, 'final', 0)"),
        ("hex(sys.hexversion)", "0x30d00f0"),
        ("sys.implementation.name", "cpython"),
        ("sys.implementation.version == sys.version_info", "True"),
        ("sys.implementation.cache_tag", "pierglass-313"),
        ("repr(sys.abiflags), sys.api_version, sys._is_gil_enabled()", "'' 1013 True"),
        ("platform.python_implementation(), platform.python_version()", "CPython 3.13.0"),
        ("sysconfig.get_config_var('Py_GIL_DISABLED')", "0"),
        ("sysconfig.get_config_var('EXT_SUFFIX') == importlib.machinery.EXTENSION_SUFFIXES[0]", "True"),
        ("importlib.machinery.EXTENSION_SUFFIXES[1:]", "['.abi3.so', '.so']"),
        ("sysconfig.get_path('stdlib') == os.path.dirname(os.__file__)", "True"),
        ("os.path.basename(sysconfig.get_path('include'))", "python3.13"),
        ("os.path.basename(os.path.dirname(site.getusersitepackages()))", "python3.13"),
        ("sys.flags.gil", "1"),
        ("type(__import__('pierglass').stats()).__name__", "dict"),
        ("'_testinternalcapi' in sys.builtin_module_names", "False"),
    ] {
        let source = format!("import sys, os, platform, sysconfig, site, importlib.machinery; print({expression})");
        assert_eq!(python(&["-c", &source]).ok(), expected, "{expression}");
    }
}

#[test]
fn nothing_is_installed_into_the_base() {
    let ran = python(&["-m", "ensurepip"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.err.contains("pierglass venv DIR"), "{ran:?}");
}

/// What the host's own modules lack and packages with extension modules ask for.
#[test]
fn limits_and_processors_of_a_process() {
    let source = "import os, resource as r\n\
        kind = r.RLIMIT_OFILE\n\
        soft, hard = r.getrlimit(kind)\n\
        print(kind == r.RLIMIT_NOFILE, r.prlimit(0, kind) == (soft, hard), r.prlimit(0, kind, [soft - 1, hard]) == (soft, hard))\n\
        print(r.getrlimit(kind)[0] - soft)\n\
        for arguments in (-1, 7), (0, 99), (0, -1), (0, 7, (1,)), (0, 7, (2, 1)):\n\
        \x20   try: r.prlimit(*arguments)\n\
        \x20   except (OSError, ValueError) as error: print(error)\n\
        mine = os.sched_getaffinity(0)\n\
        one = {min(mine)}\n\
        print(os.sched_setaffinity(0, one), os.sched_getaffinity(os.getpid()) == one, os.process_cpu_count())\n\
        for wrong in [-1], ['0'], [2**70]:\n\
        \x20   try: os.sched_setaffinity(0, wrong)\n\
        \x20   except (TypeError, ValueError, OverflowError) as error: print(error)";
    assert_eq!(
        python(&["-c", source]).ok(),
        "True True True\n-1\n\
         [Errno 3] No such process\n\
         invalid resource specified\ninvalid resource specified\n\
         expected a tuple of 2 integers\ncurrent limit exceeds maximum limit\n\
         None True 1\n\
         negative CPU number\n\
         expected an iterator of ints, but iterator yielded <class 'str'>\n\
         CPU number too large"
    );
}
