//! Errors, modules, threads and the rest of the run time.

use std::ffi::OsString;

use emul::host::{CMemory, CommandLine, HostBuffer, HostObj, HostRef, HostResult, RuntimeProtocol};

use crate::boot::Program;
use crate::host::buffers;
use crate::host::{MovingHost, handle, interrupt, object, own, own_value, result, take, threads, value, with};
use crate::known as k;
use crate::object::{Body, FrameInfo, Traceback};
use crate::value::Value;
use crate::vm::{R, Vm};
use rustpython_compiler::Mode;

impl RuntimeProtocol for MovingHost {
    fn handled_exception(&self) -> Option<HostObj> {
        threads::current(|vm| {
            let handled = vm.get(k::HANDLED);
            handled.is_object().then(|| own_value(vm, handled))
        })
    }

    fn set_handled_exception(&self, exception: Option<HostRef>) -> Option<HostObj> {
        threads::current(|vm| {
            let before = vm.get(k::HANDLED);
            let before = before.is_object().then(|| own_value(vm, before));
            let word = exception.map_or(Value::NULL, |exception| value(vm, exception.word()));
            vm.set(k::HANDLED, word);
            before
        })
    }

    fn unraisable(&self, exception: HostObj, message: Option<&str>, object: Option<HostRef>) {
        with(|vm| {
            let exception = take(vm, exception);
            let object = object.map_or(k::NONE, |object| handle(vm, object));
            let before = vm.get(k::PENDING);
            let before = vm.push(before);
            let word = vm.get(exception);
            vm.set(k::PENDING, word);
            vm.unraisable(object, message);
            let before = vm.get(before);
            vm.set(k::PENDING, before);
        });
    }

    fn import(&self, name: &str) -> HostResult<HostObj> {
        object(|vm| vm.import_dotted(name))
    }

    fn is_audited(&self) -> bool {
        with(|vm| !vm.audit_hooks.is_empty())
    }

    fn sys_attr(&self, name: &str) -> Option<HostObj> {
        with(|vm| {
            let name = vm.intern(name).ok()?;
            let found = vm.dict_get(k::SYS, name).ok()??;
            Some(own(vm, found))
        })
    }

    fn current_globals(&self) -> Option<HostObj> {
        threads::current(|vm| {
            let frame = vm.frames.last()?;
            let globals = vm.heap.stack[frame.base + 1];
            Some(own_value(vm, globals))
        })
    }

    fn enter_context(&self, context: HostRef) -> HostResult<()> {
        result(|vm| {
            let context = handle(vm, context);
            vm.helper("_contextvars", "enter", &[context]).map(drop)
        })
    }

    fn exit_context(&self, context: HostRef) -> HostResult<()> {
        result(|vm| {
            let context = handle(vm, context);
            vm.helper("_contextvars", "leave", &[context]).map(drop)
        })
    }

    fn add_traceback(&self, exception: HostRef, file: &str, function: &str, line: i32) {
        with(|vm| {
            let exception = handle(vm, exception);
            // A place that cannot be shown is no reason to lose the error.
            if add_traceback(vm, exception, file, function, line).is_err() {
                vm.set(k::PENDING, Value::NULL);
            }
        });
    }

    fn blocking(&self, body: &mut dyn FnMut()) {
        let state = threads::detach();
        body();
        threads::attach(state);
    }

    fn detach(&self) -> usize {
        threads::detach()
    }

    fn attach(&self, state: usize) {
        threads::attach(state);
    }

    fn adopt_thread(&self) -> Option<usize> {
        if threads::is_attached() {
            return None;
        }
        threads::adopt();
        Some(1)
    }

    fn leave_thread(&self, _state: usize) {
        threads::leave();
    }

    fn attached(&self) -> Option<i64> {
        threads::is_attached().then_some(0)
    }

    fn before_fork(&self) {
        fork_hooks("before_fork", &[]);
    }

    fn after_fork(&self, in_child: bool) {
        if in_child {
            crate::modules::signals::forget();
            interrupt::forked();
            with(|vm| vm.main_thread = crate::modules::thread::ident());
        }
        fork_hooks("after_fork", &[if in_child { k::TRUE } else { k::FALSE }]);
    }

    fn call_soon(&self) {
        crate::modules::signals::call_soon();
    }

    fn command_line(&self, args: &[OsString]) -> HostResult<CommandLine> {
        let args: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
        let given: Vec<&str> = args.iter().skip(1).map(String::as_str).collect();
        let (program, argv) = match given[..] {
            [] => (Program::Stdin, vec![""]),
            ["-", ..] => (Program::Stdin, given),
            ["-c", command, ref rest @ ..] => (Program::Command(command.to_owned()), [&["-c"], rest].concat()),
            [option, ..] if option.starts_with('-') => {
                let words = format!("the moving host knows -c, a file and - here, not {option}");
                return result(|vm| Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, words)));
            }
            [file, ..] => (Program::File(file.to_owned()), given),
        };
        let argv: Vec<String> = argv.into_iter().map(str::to_owned).collect();
        Ok(CommandLine::Program(Box::new(move || {
            result(|vm| {
                crate::modules::sys::set_arguments(vm, &argv, &args)?;
                if let Program::File(file) = &program {
                    crate::modules::sys::put_first_on_path(vm, std::path::Path::new(file))?;
                }
                vm.run_as_main(&program)
            })
        })))
    }

    fn end_interpreter(&self) -> HostResult<bool> {
        result(|vm| {
            if !vm.is_main_thread() {
                let words = "Py_FinalizeEx: the moving host's interpreter is ended by its main thread alone";
                return Err(vm.raise(k::RUNTIME_ERROR, words));
            }
            Ok(vm.end())
        })
    }

    fn is_finalizing(&self) -> bool {
        crate::boot::is_finalising()
    }

    fn check_signals(&self) -> HostResult<()> {
        result(|vm| if vm.is_main_thread() { vm.run_due() } else { Ok(()) })
    }

    fn interrupt(&self, thread: u64, exception: Option<HostRef>) -> HostResult<bool> {
        let exception = exception.map(|exception| exception.to_owned());
        Ok(interrupt::interrupt(thread, exception))
    }

    fn recursion_limit_reached(&self) -> bool {
        threads::current(|vm| vm.depth >= vm.recursion_limit)
    }

    fn buffer(&self, target: HostRef, flags: i32) -> HostResult<Box<dyn HostBuffer>> {
        result(|vm| {
            let target = handle(vm, target);
            buffers::export(vm, target, flags)
        })
    }

    fn new_memoryview(&self, memory: CMemory) -> HostResult<HostObj> {
        object(|vm| buffers::view_of(vm, memory))
    }

    fn run_source(
        &self,
        source: &str,
        file: &str,
        eval: bool,
        globals: HostRef,
        locals: HostRef,
    ) -> HostResult<HostObj> {
        object(|vm| {
            let (globals, locals) = (handle(vm, globals), handle(vm, locals));
            let code = vm.compile(source, file, if eval { Mode::Eval } else { Mode::Exec })?;
            vm.run_code(code, globals, Some(locals))
        })
    }
}

/// Runs what `os.register_at_fork` was given, if anything can have been.
fn fork_hooks(function: &str, args: &[crate::heap::H]) {
    with(|vm| {
        let name = vm.intern("posix");
        let Ok(Some(_)) = name.and_then(|name| vm.dict_get(k::MODULES, name)) else { return };
        if vm.helper("posix", function, args).is_err() {
            vm.unraisable(k::NONE, Some("Exception ignored at fork"));
        }
    });
}

/// One more entry at the front of the traceback: a frame of that name and place.
fn add_traceback(vm: &mut Vm, exception: crate::heap::H, file: &str, function: &str, line: i32) -> R<()> {
    let source = format!("def {function}(): pass");
    let is_name = function.chars().all(|c| c.is_alphanumeric() || c == '_') && !function.is_empty();
    let code = vm.compile(if is_name { &source } else { "pass" }, file, Mode::Exec)?;
    let inner = inner_code(vm, code).unwrap_or(code);
    let globals = vm.dict()?;
    let line = u32::try_from(line).unwrap_or(0);
    let frame = FrameInfo {
        variables: Vec::new(),
        code: vm.get(inner),
        globals: vm.get(globals),
        back: Value::NULL,
        locals: Value::NULL,
        line,
    };
    let frame = vm.alloc(k::FRAME, Body::Frame(Box::new(frame)))?;
    let next = vm.exception(exception).map_or(Value::NULL, |exception| exception.traceback);
    let entry = Traceback { next, frame: vm.get(frame), line };
    let entry = vm.alloc(k::TRACEBACK, Body::Traceback(Box::new(entry)))?;
    let word = vm.get(entry);
    if let Body::Exception(exception) = vm.body_mut(exception) {
        exception.traceback = word;
    }
    Ok(())
}

/// The code object of the one function that a module's code makes.
fn inner_code(vm: &mut Vm, module: crate::heap::H) -> Option<crate::heap::H> {
    let Some(Body::Code(data)) = vm.body(module) else { return None };
    let is_code = |word: &&Value| matches!(word.object().map(|object| &object.body), Some(Body::Code(_)));
    let word = *data.consts.iter().find(is_code)?;
    Some(vm.push(word))
}
