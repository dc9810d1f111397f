//! `python3`, played by RustPython: from the command line to the exit status.
//!
//! `rustpython::run` reads the process's own arguments, takes its library from a cargo registry and offers no hook between
//! the start of the interpreter and the program, so the interpreter is driven here.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use emul::host::CommandLine;
use rustpython::vm::builtins::{PyBaseExceptionRef, PyCode, PyDictRef};
use rustpython::vm::common::rc::PyRc;
use rustpython::vm::function::IntoFuncArgs;
use rustpython::vm::scope::Scope;
use rustpython::vm::vm::Paths;
use rustpython::vm::{AsObject, PyObjectRef, PyRef, PyResult, VirtualMachine};
use rustpython::{InterpreterBuilder, InterpreterBuilderExt};

use crate::identity::{self, FULL_VERSION, FromCommandLine, SHORT_VERSION};
use crate::import_hook;
use crate::options::{self, HELP, Options, RuntimeState, StdioEncoding, Task, UsageError};
use crate::statistics;
use crate::stdlib::{Home, NoHome};
use crate::{annotations, ending, process_start, standard_streams};

/// Exit status of a command line that is not understood, and of a script that cannot be opened: CPython's.
const USAGE_STATUS: u8 = 2;

/// How the program was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Called {
    /// As `python3` itself, by this name: `sys.executable` is that file.
    AsPython(OsString),
    /// As `pierglass python`: `sys.executable` is the home's `bin/python3`.
    AsSubcommand,
}

impl Called {
    fn program_name(&self) -> String {
        match self {
            Self::AsPython(name) => name.to_string_lossy().into_owned(),
            Self::AsSubcommand => "pierglass python".to_owned(),
        }
    }
}

/// Is the program called as Python: by a name of CPython's (`python`, `python3`, `python3.13`), or by a link that leads to one?
#[must_use]
pub fn is_called_as_python(name: &OsString) -> bool {
    if is_python_name(name.as_ref()) {
        return true;
    }
    let mut link = find_program(name);
    for _ in 0..MOST_LINKS {
        let Some(target) = link.as_ref().and_then(|path| fs::read_link(path).ok()) else {
            return false;
        };
        if is_python_name(&target) {
            return true;
        }
        link = link.and_then(|path| Some(path.parent()?.join(target)));
    }
    false
}

/// As many links in a chain as Linux follows.
const MOST_LINKS: usize = 40;

fn is_python_name(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    matches!(name, Some("python" | "python3" | "python3.13"))
}

/// Do what `python3` with these arguments does, and return its exit status.
#[must_use]
pub fn python(called: &Called, args: Vec<OsString>) -> ExitCode {
    match understand(&called.program_name(), &args) {
        Ok(options) => start(called, &args, options),
        Err(status) => ExitCode::from(status),
    }
}

/// The arguments after the program's name, understood; the exit status where there is nothing to run, and all is said.
fn understand(program: &str, args: &[OsString]) -> Result<Options, u8> {
    let options = match options::parse(args) {
        Ok(options) => options,
        Err(UsageError::Usage(message)) => {
            eprintln!("{message}\nusage: {program} [option] ... [-c cmd | -m mod | file | -] [arg] ...");
            eprintln!("Try `python -h' for more information.");
            return Err(USAGE_STATUS);
        }
        Err(UsageError::Setting { step, state, problem }) => {
            eprintln!("{}", options::fatal(step, &problem, state));
            std::process::exit(1);
        }
    };
    match options.task {
        Task::Help => print!("{}", HELP.replace("{program}", program)),
        Task::Version { verbose: false } => println!("Python {FULL_VERSION}"),
        Task::Version { verbose: true } => println!("Python {}", identity::version_text()),
        _ => return Ok(options),
    }
    Err(0)
}

/// A command line, the program's name first, for the interpreter that runs already.
pub(crate) fn command_line(args: &[OsString]) -> CommandLine {
    let (name, given) = args.split_first().map_or((OsStr::new("python"), args), |(name, given)| (name, given));
    let program = name.to_string_lossy();
    match understand(&program, given) {
        Ok(options) => {
            let job = Job::of(program.into_owned(), &options);
            let (argv, orig_argv) = (options.argv, args.to_vec());
            CommandLine::Program(Box::new(move || crate::host::run(|vm| run_late(vm, &job, &argv, &orig_argv))))
        }
        Err(status) => CommandLine::Answered(status.into()),
    }
}

/// Run a job in the `__main__` that is there. What an interpreter is set up with, it has: of the options, those about the job count.
fn run_late(vm: &VirtualMachine, job: &Job, argv: &[OsString], orig_argv: &[OsString]) -> PyResult<i32> {
    identity::set_arguments(vm, argv, orig_argv)?;
    let main = vm.import("__main__", 0)?.get_attr("__dict__", vm)?;
    let scope = Scope::with_builtins(None, main.try_into_value(vm)?, vm);
    insert_first_path(vm, job)?;
    carry_out(vm, job, scope).map(Into::into)
}

fn start(called: &Called, args: &[OsString], options: Options) -> ExitCode {
    let place = match Place::find(called) {
        Ok(place) => place,
        Err(error) => {
            eprintln!("{}: {error}", called.program_name());
            return ExitCode::FAILURE;
        }
    };
    let paths = place.paths(&options.settings.path_list);
    let job = Job::of(called.program_name(), &options);
    let stdio = options.stdio;
    let mut orig_argv = vec![match called {
        Called::AsPython(name) => name.clone(),
        // What starts itself again with sys.executable and orig_argv[1:] must not find 'python' among the arguments.
        Called::AsSubcommand => paths.executable.clone().into(),
    }];
    orig_argv.extend_from_slice(args);
    let _ = identity::FROM_COMMAND_LINE.set(FromCommandLine {
        argv: options.argv,
        orig_argv,
        pycache_prefix: options.pycache_prefix,
    });

    process_start::make_arguments_utf8();
    process_start::let_stack_grow();
    let interpreter = InterpreterBuilder::new()
        .settings(options.settings)
        .init_stdlib()
        .init_hook(move |vm| set_paths(vm, paths))
        .init_hook(import_hook::install)
        .init_hook(statistics::install)
        .init_hook(crate::host::take_calls)
        .build();
    let status = ending::run(interpreter, |vm| run(vm, &job, &stdio).or_else(|error| report(vm, error)));
    emul::freed::check_at_end();
    rustpython::vm::host_env::os::exit_code(status)
}

/// Replace all that RustPython found for itself: a library in a cargo registry, 3.14's folder names.
fn set_paths(vm: &mut VirtualMachine, paths: Paths) {
    emul::pathconfig::set_module_search_path(paths.module_search_paths.clone());
    PyRc::get_mut(&mut vm.state).expect("an init hook has the state to itself").config.paths = paths;
}

/// Where the program was called, and what belongs to it.
struct Place {
    executable: PathBuf,
    environment: Option<PathBuf>,
    home: Home,
}

impl Place {
    fn find(called: &Called) -> Result<Self, NoHome> {
        let executable = match called {
            Called::AsPython(name) => find_program(name),
            Called::AsSubcommand => None,
        };
        let environment = executable.as_deref().and_then(virtual_environment);
        let home = match environment.as_deref().and_then(home_of) {
            Some(home) => home,
            None => Home::open()?,
        };
        Ok(Self { executable: executable.unwrap_or_else(|| home.python()), environment, home })
    }

    /// What CPython's `getpath` works out.
    fn paths(&self, path_list: &[String]) -> Paths {
        let base_prefix = text(&self.home.prefix());
        let library = text(&self.home.library());
        let prefix = self.environment.as_deref().map_or_else(|| base_prefix.clone(), text);
        let base_executable = if self.environment.is_some() { &self.home.python() } else { &self.executable };

        let mut search = path_list.to_vec();
        search.push(format!("{base_prefix}/lib/python{}.zip", SHORT_VERSION.replace('.', "")));
        search.push(library.clone());
        search.push(format!("{library}/lib-dynload"));
        Paths {
            executable: text(&self.executable),
            base_executable: text(base_executable),
            prefix: prefix.clone(),
            exec_prefix: prefix,
            base_prefix: base_prefix.clone(),
            base_exec_prefix: base_prefix,
            stdlib_dir: Some(library),
            module_search_paths: search,
        }
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The file that `argv[0]` names: absolute, with symlinks kept, since an environment's `bin/python` is one. A name that does not
/// lead to this very program (a caller may write there what it likes) is none.
fn find_program(name: &OsString) -> Option<PathBuf> {
    let program = fs::canonicalize(env::current_exe().ok()?).ok()?;
    let is_this = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|path| path == program);
    if Path::new(name).components().count() > 1 {
        return std::path::absolute(name).ok().filter(is_this);
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).filter_map(|folder| std::path::absolute(folder.join(name)).ok()).find(is_this)
}

/// The virtual environment that `executable` belongs to.
fn virtual_environment(executable: &Path) -> Option<PathBuf> {
    let folder = executable.parent()?;
    [folder.parent()?, folder].into_iter().find(|path| path.join(CONFIGURATION).is_file()).map(Path::to_owned)
}

/// The home named in an environment's configuration, if there is one of this build.
fn home_of(environment: &Path) -> Option<Home> {
    let configuration = fs::read_to_string(environment.join(CONFIGURATION)).ok()?;
    let pairs = configuration.lines().filter_map(|line| line.split_once('='));
    let (_, bin) = pairs.into_iter().find(|(key, _)| key.trim().eq_ignore_ascii_case("home"))?;
    Home::of_environment(Path::new(bin.trim()))
}

const CONFIGURATION: &str = "pyvenv.cfg";

/// What to do once the interpreter stands.
struct Job {
    /// The name that messages begin with.
    program: String,
    task: Task,
    /// Somebody types the program.
    typed: bool,
    inspect: bool,
    quiet: bool,
    safe_path: bool,
    skip_first_line: bool,
}

impl Job {
    fn of(program: String, options: &Options) -> Self {
        let (task, settings) = (options.task.clone(), &options.settings);
        Self {
            program,
            typed: task == Task::Stdin && (settings.interactive || io::stdin().is_terminal()),
            task,
            inspect: settings.inspect,
            quiet: settings.quiet,
            safe_path: settings.safe_path,
            skip_first_line: options.skip_first_line,
        }
    }
}

/// Print the exception that ends the program, as CPython does; how a SystemExit or a KeyboardInterrupt ends it, the host knows.
fn report(vm: &VirtualMachine, error: PyBaseExceptionRef) -> PyResult<()> {
    let exceptions = &vm.ctx.exceptions;
    let ends = |error: &PyBaseExceptionRef| error.fast_isinstance(exceptions.system_exit);
    if ends(&error) || error.fast_isinstance(exceptions.keyboard_interrupt) {
        return Err(error);
    }
    if let Ok(stdout) = vm.sys_module.get_attr("stdout", vm) {
        // What is written stands before the report; that it cannot be written is reported at the end.
        let _failed = vm.call_method(&stdout, "flush", ());
    }
    match call_hook(vm, "excepthook", &error) {
        Ok(()) => {}
        Err(exit) if ends(&exit) => return Err(exit),
        Err(_) if vm.sys_module.get_attr("excepthook", vm).is_err() => {
            eprintln!("sys.excepthook is missing");
            call_hook(vm, "__excepthook__", &error)?;
        }
        Err(in_hook) => {
            eprintln!("Error in sys.excepthook:");
            call_hook(vm, "__excepthook__", &in_hook)?;
            eprintln!("\nOriginal exception was:");
            call_hook(vm, "__excepthook__", &error)?;
        }
    }
    Err(exit_with(vm, 1))
}

fn call_hook(vm: &VirtualMachine, name: &'static str, error: &PyBaseExceptionRef) -> PyResult<()> {
    let hook = vm.sys_module.get_attr(name, vm)?;
    let sees_stderr = || vm.sys_module.get_attr("stderr", vm).is_ok_and(|stderr| !vm.is_none(&stderr));
    if hook.is(&vm.sys_module.get_attr("__excepthook__", vm)?) && !sees_stderr() {
        return Ok(()); // The host's would print elsewhere.
    }
    hook.call(vm.split_exception(error.clone()), vm).map(drop)
}

fn exit_with(vm: &VirtualMachine, status: u8) -> PyBaseExceptionRef {
    vm.new_system_exit(vec![vm.ctx.new_int(status).into()].into())
}

fn run(vm: &VirtualMachine, job: &Job, stdio: &StdioEncoding) -> PyResult<()> {
    crate::host::remember_vm(vm);
    emul::host::install(&crate::host::HOST, crate::host::OFFERS);
    emul::init();
    if options::debugs_memory(&vm.state.config.settings) {
        emul::set_up_memory_debugging();
    }
    install_ours(vm)?;
    if let Err(error) = standard_streams::set_encoding(vm, stdio) {
        let problem = "failed to get the Python codec name of the stdio encoding";
        eprint!("{}", options::fatal("init_stdio_encoding", problem, RuntimeState::CoreInitialized));
        call_hook(vm, "__excepthook__", &error)?;
        return Err(exit_with(vm, 1));
    }
    standard_streams::close_again(vm)?;
    let scope = vm.new_scope_with_main()?;
    let settings = &vm.state.config.settings;
    if !(job.typed || job.inspect) {
        delete_prompts(vm)?;
    }
    import_first(vm)?;
    insert_first_path(vm, job)?;
    if settings.faulthandler {
        vm.run_simple_string("import faulthandler; faulthandler.enable()")?;
    }
    match carry_out(vm, job, scope)? {
        0 => Ok(()),
        status => Err(exit_with(vm, status)),
    }
}

/// The job itself, in the namespace of `__main__`; the exit status, unless it raises.
fn carry_out(vm: &VirtualMachine, job: &Job, scope: Scope) -> PyResult<u8> {
    if job.typed && !job.quiet {
        let copyright = "Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.";
        eprintln!("Python {} on linux\n{copyright}", identity::version_text());
    }

    let outcome = match &job.task {
        Task::Command(source) => run_command(vm, scope.clone(), source),
        Task::Module(name) => run_module(vm, (vm.fsdecode(name),)),
        Task::Script(path) => run_script(vm, scope.clone(), job, path),
        Task::Stdin if job.typed => {
            run_startup_file(vm, scope.clone()).and_then(|()| shell(vm, scope.clone())).map(done)
        }
        Task::Stdin => run_piped(vm, scope.clone()).map(done),
        Task::Help | Task::Version { .. } => Ok(0),
    };
    if job.typed || !job.inspect {
        return outcome;
    }
    if let Err(error) = outcome {
        vm.print_exception(&error);
    }
    shell(vm, scope).map(done)
}

/// The exit status of what has run.
fn done((): ()) -> u8 {
    0
}

/// An interpreter that C or Python code started is the host's own still: what the program's gets before it runs code.
pub(crate) fn furnish(vm: &VirtualMachine) -> PyResult<()> {
    install_ours(vm)?;
    delete_prompts(vm)?;
    import_first(vm)
}

/// What stands in place of the host's from the beginning.
fn install_ours(vm: &VirtualMachine) -> PyResult<()> {
    annotations::install(vm)?;
    standard_streams::install_print(vm)
}

/// Programs take the presence of a prompt for an interactive session.
fn delete_prompts(vm: &VirtualMachine) -> PyResult<()> {
    ["ps1", "ps2"].iter().try_for_each(|prompt| vm.sys_module.as_object().del_attr(*prompt, vm))
}

/// The modules that are there before the program's.
fn import_first(vm: &VirtualMachine) -> PyResult<()> {
    forget_missing_importers(vm)?;
    vm.import("warnings", 0)?;
    if vm.state.config.settings.import_site {
        return vm.import("site", 0).map(drop);
    }
    // Without `site` nobody gives them in CPython.
    for name in ["exit", "quit", "copyright", "credits", "license", "help"] {
        let _missing = vm.builtins.as_object().del_attr(name, vm);
    }
    Ok(())
}

/// Have `linecache` know the lines of the command, which warnings and tracebacks show, by the name that its code has.
fn show_source(vm: &VirtualMachine, source: &str) -> PyResult<()> {
    let lines = source.lines().map(|line| vm.ctx.new_str(format!("{line}\n")).into()).collect();
    let name: PyObjectRef = vm.ctx.new_str("<string>").into();
    let entry: [PyObjectRef; 4] =
        [vm.ctx.new_int(source.chars().count()).into(), vm.ctx.none(), vm.ctx.new_list(lines).into(), name.clone()];
    let cache = vm.import("linecache", 0)?.get_attr("cache", vm)?;
    cache.set_item(&*name, vm.ctx.new_tuple(entry.into()).into(), vm)
}

fn run_command(vm: &VirtualMachine, scope: Scope, source: &OsStr) -> PyResult<u8> {
    if let Some(source) = source.to_str() {
        show_source(vm, source)?;
        return vm.run_string(scope, source, "<string>").map(|_| 0);
    }
    eprintln!("Unable to decode the command from the command line:");
    let encoded = vm.fsdecode(source).as_object().get_attr("encode", vm)?.call((), vm);
    if let Err(error) = encoded {
        eprintln!("{}: {}", error.class().name(), error.as_object().str(vm)?);
    }
    Ok(1)
}

/// Have `runpy` run a module, which exits with a message where there is none.
fn run_module(vm: &VirtualMachine, args: impl IntoFuncArgs) -> PyResult<u8> {
    match vm.import("runpy", 0)?.get_attr("_run_module_as_main", vm)?.call(args, vm) {
        Ok(_) => Ok(0),
        Err(error) if error.fast_isinstance(vm.ctx.exceptions.system_exit) => {
            // As the system cuts it.
            Ok(vm.handle_exit_exception(error) as u8)
        }
        Err(error) => Err(error),
    }
}

/// The host imports modules before it has the path hook for zip archives, and so holds those in PYTHONPATH for unimportable.
fn forget_missing_importers(vm: &VirtualMachine) -> PyResult<()> {
    let cache: PyDictRef = vm.sys_module.get_attr("path_importer_cache", vm)?.try_into_value(vm)?;
    let missing: Vec<_> = cache.clone().into_iter().filter(|(_, importer)| vm.is_none(importer)).collect();
    for (path, _) in missing {
        cache.del_item(&*path, vm)?;
    }
    Ok(())
}

/// `sys.path[0]`, except a script's, which needs the script looked at first. After `site`, which would make `''` absolute.
fn insert_first_path(vm: &VirtualMachine, job: &Job) -> PyResult<()> {
    if job.safe_path {
        return Ok(());
    }
    let first = match &job.task {
        Task::Command(_) | Task::Stdin => String::new(),
        Task::Module(_) => env::current_dir().map(|folder| text(&folder)).unwrap_or_default(),
        Task::Script(_) | Task::Help | Task::Version { .. } => return Ok(()),
    };
    vm.insert_sys_path(vm.ctx.new_str(first).into())
}

fn run_script(vm: &VirtualMachine, scope: Scope, job: &Job, script: &OsStr) -> PyResult<u8> {
    let place = if script.is_empty() { OsStr::new(".") } else { script };
    let path = std::path::absolute(place).unwrap_or_else(|_| place.into());
    if has_importer(vm, &path)? {
        vm.insert_sys_path(vm.fsdecode(path).into())?;
        return run_module(vm, (vm.ctx.new_str("__main__"), false));
    }
    if !job.safe_path {
        let real = fs::canonicalize(script).unwrap_or_else(|_| path.clone());
        let folder = real.parent().unwrap_or(Path::new(""));
        vm.insert_sys_path(vm.fsdecode(folder).into())?;
    }
    if let Err(error) = fs::File::open(&path) {
        return cannot_open(vm, &job.program, &path, &error);
    }
    if let Some(path) = path.to_str().filter(|_| !job.skip_first_line) {
        return vm.run_any_file(scope, path).map(done);
    }
    let mut source = fs::read(&path).map_err(|error| vm.new_os_error(error.to_string()))?;
    if job.skip_first_line {
        source.drain(..source.iter().position(|&byte| byte == b'\n').unwrap_or(source.len()));
    }
    scope.globals.set_item("__file__", vm.fsdecode(&path).into(), vm)?;
    run_source(vm, scope, source, &text(&path)).map(done)
}

/// A folder or an archive is run through its `__main__` module: is there a path hook that takes `path`?
fn has_importer(vm: &VirtualMachine, path: &Path) -> PyResult<bool> {
    let is_source_file = path.extension().is_some_and(|extension| extension == "py");
    if is_source_file && !path.is_dir() {
        return Ok(false); // The usual case, without the cost of importing pkgutil.
    }
    let get_importer = vm.import("pkgutil", 0)?.get_attr("get_importer", vm)?;
    let importer = get_importer.call((vm.fsdecode(path),), vm)?;
    Ok(!vm.is_none(&importer))
}

fn cannot_open(vm: &VirtualMachine, program: &str, path: &Path, error: &io::Error) -> PyResult<u8> {
    let shown = vm.fsdecode(path).as_object().repr(vm)?;
    let message = error.to_string();
    let message = message.split(" (os error").next().unwrap_or_default();
    eprintln!("{program}: can't open file {shown}: [Errno {}] {message}", error.raw_os_error().unwrap_or(0));
    Ok(USAGE_STATUS)
}

fn run_piped(vm: &VirtualMachine, scope: Scope) -> PyResult<()> {
    let mut source = Vec::new();
    io::stdin().lock().read_to_end(&mut source).map_err(|error| vm.new_os_error(error.to_string()))?;
    run_source(vm, scope, source, "<stdin>")
}

/// Compile bytes as `compile` does, with their encoding declaration honoured, and run them.
fn run_source(vm: &VirtualMachine, scope: Scope, source: Vec<u8>, name: &str) -> PyResult<()> {
    let compile = vm.builtins.get_attr("compile", vm)?;
    let code = compile.call((vm.ctx.new_bytes(source), name, "exec"), vm)?;
    let code: PyRef<PyCode> = code.try_into_value(vm)?;
    vm.run_code_obj(code, scope).map(drop)
}

fn run_startup_file(vm: &VirtualMachine, scope: Scope) -> PyResult<()> {
    let file = env::var_os("PYTHONSTARTUP").filter(|path| !path.is_empty());
    let Some(file) = file.filter(|_| !vm.state.config.settings.ignore_environment) else {
        return Ok(());
    };
    let name = file.to_string_lossy();
    let outcome = match fs::read(&file) {
        Ok(source) => run_source(vm, scope, source, &name),
        Err(error) => {
            eprintln!("Could not open PYTHONSTARTUP {name}: {error}");
            return Ok(());
        }
    };
    match outcome {
        Err(error) if !error.fast_isinstance(vm.ctx.exceptions.system_exit) => {
            vm.print_exception(&error);
            Ok(())
        }
        outcome => outcome,
    }
}

/// The interactive session. RustPython's own keeps a history below the user's configuration folder and panics where that cannot
/// be written; the plain one of module `code` stands in then.
fn shell(vm: &VirtualMachine, scope: Scope) -> PyResult<()> {
    if history_can_be_written() {
        rustpython::run_shell(vm, scope)?;
        eprintln!(); // After the prompt that end of input leaves open.
        return Ok(());
    }
    let plain = vm.new_scope_with_builtins();
    plain.globals.set_item("names", scope.globals.into(), vm)?;
    vm.run_string(plain, "import code; code.interact(banner='', local=names, exitmsg='')", "<shell>").map(drop)
}

fn history_can_be_written() -> bool {
    let configuration = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let Some(configuration) = configuration.or_else(|| env::home_dir().map(|home| home.join(".config"))) else {
        return false;
    };
    let folder = configuration.join("rustpython");
    let history = folder.join("repl_history.txt");
    fs::create_dir_all(&folder).is_ok() && fs::OpenOptions::new().append(true).create(true).open(history).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_python() {
        for name in ["python", "/usr/bin/python3", "python3.13", "venv/bin/python"] {
            assert!(is_python_name(name.as_ref()), "{name}");
        }
        for name in ["pierglass", "python3.12", "pythonw", "/python3/pierglass", ""] {
            assert!(!is_python_name(name.as_ref()), "{name}");
        }
    }
}
