//! `python3`'s command line: options and environment variables become RustPython's `Settings` and one thing to run.
//!
//! RustPython's own reader takes the process's arguments, so it can serve neither `pierglass python ...` nor CPython's messages.

use std::env;
use std::ffi::{OsStr, OsString};
use std::num::NonZeroI32;
use std::os::unix::ffi::OsStrExt;

use rustpython::vm::Settings;
use rustpython::vm::vm::CheckHashPycsMode;

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Task {
    /// `-c`: source text. Bytes that are not UTF-8 are kept, here and below: Python sees them as surrogates.
    Command(OsString),
    /// `-m`: a module's name.
    Module(OsString),
    /// A file, a folder or an archive with `__main__`.
    Script(OsString),
    /// `-`, or nothing at all: a program on standard input, typed or piped.
    Stdin,
    /// `-V`: say the version and end; given twice, with the build.
    Version { verbose: bool },
    /// `-h`.
    Help,
}

/// Why there is nothing to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum UsageError {
    /// A command line that is not understood.
    Usage(String),
    /// A setting, from the command line or the environment, that cannot be: the step of CPython's start that finds it,
    /// and what is wrong.
    Setting { step: &'static str, state: RuntimeState, problem: String },
}

/// How far CPython's start has come when it refuses a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuntimeState {
    Preinitializing,
    Preinitialized,
    CoreInitialized,
}

impl RuntimeState {
    fn name(self) -> &'static str {
        match self {
            Self::Preinitializing => "preinitializing",
            Self::Preinitialized => "preinitialized",
            Self::CoreInitialized => "core initialized",
        }
    }
}

/// CPython's words for a start that fails; an exception may follow.
pub(crate) fn fatal(step: &str, problem: &str, state: RuntimeState) -> String {
    format!("Fatal Python error: {step}: {problem}\nPython runtime state: {}\n", state.name())
}

fn usage(text: impl Into<String>) -> UsageError {
    UsageError::Usage(text.into())
}

fn setting(step: &'static str, state: RuntimeState, problem: &str) -> UsageError {
    UsageError::Setting { step, state, problem: problem.to_owned() }
}

/// A command line, understood.
pub(crate) struct Options {
    pub(crate) settings: Settings,
    pub(crate) task: Task,
    /// `sys.argv`; the settings have it as far as it is UTF-8.
    pub(crate) argv: Vec<OsString>,
    /// `PYTHONIOENCODING`. Not among the settings: the host could not report an encoding that it does not know.
    pub(crate) stdio: StdioEncoding,
    pub(crate) pycache_prefix: Option<String>,
    /// `-x`.
    pub(crate) skip_first_line: bool,
}

/// The encoding and the error handler of the standard streams, where they are given.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct StdioEncoding {
    pub(crate) encoding: Option<String>,
    pub(crate) errors: Option<String>,
}

/// The options as they stand, before the environment joins in.
#[derive(Default)]
struct Flags {
    bytes_warning: u64,
    debug: u8,
    dont_write_bytecode: bool,
    hash_random: bool,
    ignore_environment: bool,
    inspect: bool,
    isolated: bool,
    no_site: bool,
    no_user_site: bool,
    optimize: u8,
    quiet: bool,
    safe_path: bool,
    skip_first_line: bool,
    unbuffered: bool,
    verbose: u8,
    version: u8,
    warnings: Vec<String>,
    xoptions: Vec<(String, Option<String>)>,
    check_hash_pycs: CheckHashPycsMode,
}

/// Understand `args`, the arguments after the program's name.
pub(crate) fn parse(args: &[OsString]) -> Result<Options, UsageError> {
    let mut flags = Flags::default();
    let (task, argv) = read_flags(args, &mut flags)?;
    let task = if flags.version > 0 { Task::Version { verbose: flags.version > 1 } } else { task };
    let mut settings = settings(&flags)?;
    settings.argv = argv.iter().map(|arg| lossy(arg)).collect();
    let environment = Environment { ignored: settings.ignore_environment };
    let pycache_prefix = match flags.xoptions.iter().rev().find(|(name, _)| name == "pycache_prefix") {
        Some((_, value)) => value.clone().filter(|path| !path.is_empty()),
        None => environment.text("PYTHONPYCACHEPREFIX"),
    };
    let stdio = stdio_encoding(&environment);
    Ok(Options { settings, task, argv, stdio, pycache_prefix, skip_first_line: flags.skip_first_line })
}

fn lossy(text: &OsStr) -> String {
    text.to_string_lossy().into_owned()
}

fn stdio_encoding(environment: &Environment) -> StdioEncoding {
    let Some(given) = environment.text("PYTHONIOENCODING") else {
        return StdioEncoding::default();
    };
    let (encoding, errors) = given.split_once(':').unwrap_or((&given, ""));
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    StdioEncoding { encoding: filled(encoding), errors: filled(errors) }
}

/// Read options up to the task; the rest is the program's `sys.argv`.
fn read_flags(args: &[OsString], flags: &mut Flags) -> Result<(Task, Vec<OsString>), UsageError> {
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        at += 1;
        let arg = arg.as_bytes();
        if let Some(long) = arg.strip_prefix(b"--") {
            match long_option(&lossy(OsStr::from_bytes(long)), args.get(at), flags)? {
                Long::Task(task) => return Ok((task, Vec::new())),
                Long::TookNext => at += 1,
                Long::Alone => {}
                Long::End => return Ok(script_or_stdin(&args[at..])),
            }
            continue;
        }
        let Some(cluster) = arg.strip_prefix(b"-").filter(|cluster| !cluster.is_empty()) else {
            return Ok(script_or_stdin(&args[at - 1..]));
        };
        for (index, &letter) in cluster.iter().enumerate() {
            let letter = char::from(letter);
            if !"cmWX".contains(letter) {
                if let Some(task) = short_option(letter, flags)? {
                    return Ok((task, Vec::new()));
                }
                continue;
            }
            let value = match &cluster[index + 1..] {
                [] => {
                    let next = args.get(at).cloned().ok_or_else(|| argument_expected(letter))?;
                    at += 1;
                    next
                }
                attached => OsStr::from_bytes(attached).to_owned(),
            };
            let task = match letter {
                'c' => Task::Command(value.to_str().map_or_else(|| value.clone(), |source| dedent(source).into())),
                'm' => Task::Module(value),
                'W' => {
                    flags.warnings.push(lossy(&value));
                    break;
                }
                _ => {
                    flags.xoptions.push(xoption(&lossy(&value)));
                    break;
                }
            };
            let mut argv = vec![OsString::from(format!("-{letter}"))];
            argv.extend_from_slice(&args[at..]);
            return Ok((task, argv));
        }
    }
    Ok((Task::Stdin, vec![OsString::new()]))
}

fn script_or_stdin(args: &[OsString]) -> (Task, Vec<OsString>) {
    match args.first() {
        None => (Task::Stdin, vec![OsString::new()]),
        Some(dash) if dash == "-" => (Task::Stdin, args.to_vec()),
        Some(script) => (Task::Script(script.to_owned()), args.to_vec()),
    }
}

enum Long {
    Task(Task),
    TookNext,
    Alone,
    End,
}

fn long_option(name: &str, next: Option<&OsString>, flags: &mut Flags) -> Result<Long, UsageError> {
    match name {
        "" => Ok(Long::End),
        "help" | "help-all" | "help-env" | "help-xoptions" => Ok(Long::Task(Task::Help)),
        "version" => {
            flags.version += 1;
            Ok(Long::Alone)
        }
        "check-hash-based-pycs" => {
            // The plural is CPython's.
            let mode = next.ok_or_else(|| usage("Argument expected for the --check-hash-based-pycs options"))?;
            flags.check_hash_pycs = match mode.to_str() {
                Some("default") => CheckHashPycsMode::Default,
                Some("always") => CheckHashPycsMode::Always,
                Some("never") => CheckHashPycsMode::Never,
                _ => return Err(usage("--check-hash-based-pycs must be one of 'default', 'always', or 'never'")),
            };
            Ok(Long::TookNext)
        }
        _ => Err(usage(format!("unknown option --{name}"))),
    }
}

fn short_option(letter: char, flags: &mut Flags) -> Result<Option<Task>, UsageError> {
    match letter {
        'b' => flags.bytes_warning += 1,
        'B' => flags.dont_write_bytecode = true,
        'd' => flags.debug += 1,
        'E' => flags.ignore_environment = true,
        'h' | '?' => return Ok(Some(Task::Help)),
        'i' => flags.inspect = true,
        'I' => flags.isolated = true,
        'O' => flags.optimize += 1,
        'P' => flags.safe_path = true,
        'q' => flags.quiet = true,
        'R' => flags.hash_random = true,
        's' => flags.no_user_site = true,
        'S' => flags.no_site = true,
        't' => {} // CPython ignores it for the sake of old scripts.
        'u' => flags.unbuffered = true,
        'v' => flags.verbose += 1,
        'V' => flags.version += 1,
        'x' => flags.skip_first_line = true,
        'J' => return Err(usage("-J is reserved for Jython")),
        _ => return Err(usage(format!("Unknown option: -{letter}"))),
    }
    Ok(None)
}

fn argument_expected(letter: char) -> UsageError {
    usage(format!("Argument expected for the -{letter} option"))
}

fn xoption(text: &str) -> (String, Option<String>) {
    match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.to_owned(), None),
    }
}

/// The `PYTHON*` variables, unless `-E` or `-I` shut them out.
struct Environment {
    ignored: bool,
}

impl Environment {
    /// A variable's value; empty counts as unset.
    fn text(&self, name: &str) -> Option<String> {
        if self.ignored {
            return None;
        }
        env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
    }

    fn is_set(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// A flag that counts: a number is itself, any other text is 1.
    fn count(&self, name: &str) -> u8 {
        self.text(name).map_or(0, |value| value.parse().unwrap_or(1))
    }
}

fn settings(flags: &Flags) -> Result<Settings, UsageError> {
    let environment = Environment { ignored: flags.isolated || flags.ignore_environment };
    let xoption =
        |name: &str| flags.xoptions.iter().rev().find(|(found, _)| found == name).map(|(_, value)| value.as_deref());
    let mut settings = Settings::default();

    settings.isolated = flags.isolated;
    settings.ignore_environment = environment.ignored;
    settings.import_site = !flags.no_site;
    settings.user_site_directory = !(flags.isolated || flags.no_user_site || environment.is_set("PYTHONNOUSERSITE"));
    settings.safe_path = flags.isolated || flags.safe_path || environment.is_set("PYTHONSAFEPATH");
    settings.path_list = environment.text("PYTHONPATH").map(|paths| split_paths(&paths)).unwrap_or_default();

    settings.debug = flags.debug.max(environment.is_set("PYTHONDEBUG").into());
    settings.verbose = flags.verbose.max(environment.count("PYTHONVERBOSE"));
    settings.optimize = flags.optimize.max(environment.count("PYTHONOPTIMIZE"));
    settings.quiet = flags.quiet;
    settings.inspect = flags.inspect || environment.is_set("PYTHONINSPECT");
    settings.interactive = flags.inspect;
    settings.write_bytecode = !(flags.dont_write_bytecode || environment.is_set("PYTHONDONTWRITEBYTECODE"));
    settings.check_hash_pycs_mode = flags.check_hash_pycs;
    settings.buffered_stdio = !(flags.unbuffered || environment.is_set("PYTHONUNBUFFERED"));

    settings.dev_mode = xoption("dev").is_some() || environment.is_set("PYTHONDEVMODE");
    settings.faulthandler =
        settings.dev_mode || xoption("faulthandler").is_some() || environment.is_set("PYTHONFAULTHANDLER");
    settings.warn_default_encoding =
        xoption("warn_default_encoding").is_some() || environment.is_set("PYTHONWARNDEFAULTENCODING");
    settings.code_debug_ranges = xoption("no_debug_ranges").is_none() && !environment.is_set("PYTHONNODEBUGRANGES");
    settings.utf8_mode = utf8_mode(xoption("utf8"), &environment)?;
    settings.int_max_str_digits = int_max_str_digits(xoption("int_max_str_digits"), &environment)?;
    settings.cpu_count = cpu_count(xoption("cpu_count"), &environment)?;
    if !flags.hash_random {
        settings.hash_seed = hash_seed(&environment)?;
    }
    settings.bytes_warning = flags.bytes_warning;
    settings.warnoptions = warnoptions(flags, &settings, &environment);
    settings.xoptions = flags.xoptions.clone();
    Ok(settings)
}

/// Whether the memory allocators shall check what C does to their blocks.
pub(crate) fn debugs_memory(settings: &Settings) -> bool {
    let environment = Environment { ignored: settings.ignore_environment };
    // `debug`, `malloc_debug`, ...: which allocator it is before does not matter here.
    environment.text("PYTHONMALLOC").map_or(settings.dev_mode, |name| name.ends_with("debug"))
}

/// `sys.warnoptions`, weakest first: later filters win.
fn warnoptions(flags: &Flags, settings: &Settings, environment: &Environment) -> Vec<String> {
    let mut options = Vec::new();
    if settings.dev_mode {
        options.push("default".to_owned());
    }
    let listed = environment.text("PYTHONWARNINGS").unwrap_or_default();
    options.extend(listed.split(',').filter(|option| !option.is_empty()).map(str::to_owned));
    options.extend(flags.warnings.iter().cloned());
    match flags.bytes_warning {
        0 => {}
        1 => options.push("default::BytesWarning".to_owned()),
        _ => options.push("error::BytesWarning".to_owned()),
    }
    options
}

/// On unless refused: RustPython knows no other locale encoding well enough.
fn utf8_mode(xoption: Option<Option<&str>>, environment: &Environment) -> Result<i8, UsageError> {
    let (given, problem) = match xoption {
        Some(value) => (Some(value.unwrap_or("1").to_owned()), "invalid -X utf8 option value"),
        None => (environment.text("PYTHONUTF8"), "invalid PYTHONUTF8 environment variable value"),
    };
    match given.as_deref() {
        None | Some("1") => Ok(1),
        Some("0") => Ok(0),
        Some(_) => Err(setting("preconfig_init_utf8_mode", RuntimeState::Preinitializing, problem)),
    }
}

fn int_max_str_digits(xoption: Option<Option<&str>>, environment: &Environment) -> Result<i64, UsageError> {
    let (given, source) = match xoption {
        Some(value) => (Some(value.unwrap_or_default().to_owned()), "-X int_max_str_digits"),
        None => (environment.text("PYTHONINTMAXSTRDIGITS"), "PYTHONINTMAXSTRDIGITS"),
    };
    let Some(given) = given else { return Ok(4300) };
    match given.parse() {
        Ok(digits @ (0 | 640..)) => Ok(digits),
        _ => {
            let problem = format!("{source}: invalid limit; must be >= 640 or 0 for unlimited.");
            Err(setting("config_init_int_max_str_digits", RuntimeState::Preinitialized, &problem))
        }
    }
}

fn cpu_count(xoption: Option<Option<&str>>, environment: &Environment) -> Result<Option<NonZeroI32>, UsageError> {
    let given = match xoption {
        Some(value) => Some(value.unwrap_or_default().to_owned()),
        None => environment.text("PYTHON_CPU_COUNT"),
    };
    match given.as_deref() {
        None | Some("default") => Ok(None),
        Some(number) => number.parse().ok().filter(|count: &NonZeroI32| count.get() > 0).map(Some).ok_or_else(|| {
            // CPython names the option also where the variable is wrong.
            let problem = "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0";
            setting("config_init_cpu_count", RuntimeState::Preinitialized, problem)
        }),
    }
}

fn hash_seed(environment: &Environment) -> Result<Option<u32>, UsageError> {
    match environment.text("PYTHONHASHSEED").as_deref() {
        None | Some("random") => Ok(None),
        Some(seed) => seed.parse().map(Some).map_err(|_| {
            let problem = "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]";
            setting("config_init_hash_seed", RuntimeState::Preinitialized, problem)
        }),
    }
}

fn split_paths(paths: &str) -> Vec<String> {
    env::split_paths(paths).map(|path| path.to_string_lossy().into_owned()).collect()
}

/// Take the common indentation off `-c`'s text, so that a quoted block in a shell script may be indented (3.14 does it for all,
/// 3.13 refuses such text; taking it costs nothing).
fn dedent(source: &str) -> String {
    let indented = |line: &&str| !line.trim().is_empty();
    let Some(first) = source.lines().find(indented) else {
        return source.to_owned();
    };
    let mut common = &first[..first.len() - first.trim_start_matches([' ', '\t']).len()];
    for line in source.lines().filter(indented) {
        let shared = common.bytes().zip(line.bytes()).take_while(|(a, b)| a == b).count();
        common = &common[..shared];
    }
    if common.is_empty() {
        return source.to_owned();
    }
    let strip = |line: &str| line.strip_prefix(common).unwrap_or("").to_owned();
    source.lines().map(strip).collect::<Vec<_>>().join("\n")
}

/// `-h`.
pub(crate) const HELP: &str = "\
usage: {program} [option] ... [-c cmd | -m mod | file | -] [arg] ...
Options (and their environment variables):
-b      warn about comparing bytes with str or int (-bb: raise)
-B      write no .pyc files (PYTHONDONTWRITEBYTECODE)
-c cmd  run this text; ends the options
-d      parser debugging (PYTHONDEBUG); no effect here
-E      ignore all PYTHON* variables
-h      this help (also -? and --help)
-i      go on interactively after the script (PYTHONINSPECT)
-I      isolate from the user's environment: -E, -P and -s
-m mod  run a library module as a script; ends the options
-O      drop asserts (PYTHONOPTIMIZE); -OO: drop docstrings too
-P      put no unsafe path first in sys.path (PYTHONSAFEPATH)
-q      no banner when interactive
-s      no user site folder (PYTHONNOUSERSITE)
-S      do not import site
-u      unbuffered stdout and stderr (PYTHONUNBUFFERED)
-v      trace imports (PYTHONVERBOSE)
-V      the version (also --version); -VV: with the build
-W arg  a warnings filter (PYTHONWARNINGS)
-x      skip the first line of the source
-X opt  dev, faulthandler, utf8[=0|1], int_max_str_digits=n, cpu_count=n,
        pycache_prefix=folder, warn_default_encoding, no_debug_ranges
--check-hash-based-pycs always|default|never
Other variables: PYTHONPATH, PYTHONHASHSEED, PYTHONSTARTUP, PYTHONIOENCODING,
PYTHONUSERBASE, PYTHONPYCACHEPREFIX, PYTHONUTF8, PYTHONDEVMODE,
PYTHONMALLOC=debug.
";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Options {
        let args: Vec<OsString> = args.iter().map(Into::into).collect();
        parse(&args).unwrap_or_else(|error| panic!("{error:?}"))
    }

    fn refused(args: &[&str]) -> String {
        let args: Vec<OsString> = args.iter().map(Into::into).collect();
        match parse(&args).err().expect("an error") {
            UsageError::Usage(text) | UsageError::Setting { problem: text, .. } => text,
        }
    }

    #[test]
    fn a_command_ends_the_options() {
        let options = parsed(&["-BIc", "print()", "-x", "y"]);
        assert_eq!(options.task, Task::Command("print()".into()));
        assert_eq!(options.settings.argv, ["-c", "-x", "y"]);
        assert!(options.settings.isolated && options.settings.safe_path && !options.settings.write_bytecode);
        assert!(!options.skip_first_line);
    }

    #[test]
    fn values_may_be_attached() {
        let options = parsed(&["-Werror", "-Xdev", "-mthis", "a"]);
        assert_eq!(options.task, Task::Module("this".into()));
        assert_eq!(options.settings.warnoptions, ["default", "error"]);
        assert!(options.settings.dev_mode);
    }

    #[test]
    fn standard_input() {
        assert_eq!(parsed(&[]).task, Task::Stdin);
        assert_eq!(parsed(&[]).settings.argv, [""]);
        assert_eq!(parsed(&["-", "a"]).settings.argv, ["-", "a"]);
    }

    #[test]
    fn the_first_plain_word_is_the_script() {
        let options = parsed(&["-u", "run.py", "-V"]);
        assert_eq!(options.task, Task::Script("run.py".into()));
        assert_eq!(options.settings.argv, ["run.py", "-V"]);
        assert!(!options.settings.buffered_stdio);
    }

    #[test]
    fn versions_count() {
        assert_eq!(parsed(&["-V"]).task, Task::Version { verbose: false });
        assert_eq!(parsed(&["-VV"]).task, Task::Version { verbose: true });
        assert_eq!(parsed(&["--version", "x.py"]).task, Task::Version { verbose: false });
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(refused(&["-z"]), "Unknown option: -z");
        assert_eq!(refused(&["--zz"]), "unknown option --zz");
        assert_eq!(refused(&["-c"]), "Argument expected for the -c option");
        assert!(refused(&["-X", "int_max_str_digits=5"]).contains("640"));
    }

    #[test]
    fn indented_commands() {
        assert_eq!(dedent("  a\n    b\n\n  c"), "a\n  b\n\nc");
        assert_eq!(dedent("a\n  b"), "a\n  b");
    }
}
