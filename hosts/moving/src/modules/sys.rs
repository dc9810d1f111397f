//! `sys`.

use crate::builtins::add_functions;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::object::Body;
use crate::vm::{Args, NativeDef, Options, R, Vm};

fn exit(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.opt(vm, 0).into_iter().collect();
    Err(vm.raise_with(k::SYSTEM_EXIT, &rest))
}

fn getrefcount(vm: &mut Vm, _: Args) -> R<H> {
    Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "this host counts no references"))
}

fn getrecursionlimit(vm: &mut Vm, _: Args) -> R<H> {
    let limit = vm.recursion_limit;
    Ok(vm.size(limit))
}

fn setrecursionlimit(vm: &mut Vm, args: Args) -> R<H> {
    let limit = vm.index_i64(args.h(0))?;
    if limit < 1 {
        return Err(vm.value_error("recursion limit must be greater or equal than 1"));
    }
    vm.recursion_limit = (limit as usize).min(20_000);
    Ok(k::NONE)
}

fn intern(vm: &mut Vm, args: Args) -> R<H> {
    match vm.text(args.h(0)).map(ToOwned::to_owned) {
        Some(text) => vm.intern_wtf8(&text),
        None => {
            let name = vm.class_name(args.h(0));
            Err(vm.type_error(format!("intern() argument must be str, not {name}")))
        }
    }
}

fn exc_info(vm: &mut Vm, _: Args) -> R<H> {
    if vm.get(k::HANDLED).is_null() {
        return vm.tuple(&[k::NONE, k::NONE, k::NONE]);
    }
    let (class, traceback) = (vm.class(k::HANDLED), vm.exception_traceback(k::HANDLED));
    vm.tuple(&[class, k::HANDLED, traceback])
}

fn exception(vm: &mut Vm, _: Args) -> R<H> {
    Ok(if vm.get(k::HANDLED).is_null() { k::NONE } else { k::HANDLED })
}

fn getsizeof(vm: &mut Vm, args: Args) -> R<H> {
    Ok(vm.call_special(args.h(0), n::__sizeof__, &[])?.expect("object has one"))
}

fn displayhook(vm: &mut Vm, args: Args) -> R<H> {
    if vm.is_none(args.h(0)) {
        return Ok(k::NONE);
    }
    let shown = vm.repr(args.h(0))?;
    let line = format!("{}\n", vm.string(shown));
    vm.out.extend_from_slice(line.as_bytes());
    Ok(k::NONE)
}

fn excepthook(vm: &mut Vm, args: Args) -> R<H> {
    vm.print_exception(args.h(1));
    Ok(k::NONE)
}

fn unraisablehook(vm: &mut Vm, args: Args) -> R<H> {
    let mut fields = [k::NONE; 3];
    for (field, name) in fields.iter_mut().zip(["exc_value", "object", "err_msg"]) {
        let name = vm.intern(name)?;
        *field = vm.getattr(args.h(0), name)?;
    }
    let [exception, object, message] = fields;
    let message = if vm.is_none(message) { None } else { Some(vm.to_str(message)?) };
    let message = message.map(|message| vm.string(message));
    vm.print_unraisable(exception, object, message.as_deref())?;
    Ok(k::NONE)
}

fn is_finalizing(vm: &mut Vm, _: Args) -> R<H> {
    Ok(vm.bool(crate::boot::is_finalising()))
}

fn getswitchinterval(vm: &mut Vm, _: Args) -> R<H> {
    vm.float(0.005)
}

fn set_nothing(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

fn settrace(vm: &mut Vm, args: Args) -> R<H> {
    if vm.is_none(args.h(0)) {
        return Ok(k::NONE);
    }
    Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "tracing is not implemented on this host"))
}

fn audit(vm: &mut Vm, args: Args) -> R<H> {
    if vm.text(args.h(0)).is_none() {
        let name = vm.class_name(args.h(0));
        return Err(vm.type_error(format!("expected str for argument 'event', not {name}")));
    }
    let given: Vec<H> = args.rest().collect();
    let given = vm.tuple(&given)?;
    vm.call_audit_hooks(args.h(0), given).map(|()| k::NONE)
}

/// From now on the hook is called for what the program and C tell by `audit`, and for the interpreter's own `compile`, `exec`,
/// `import`, `open` and `sys.addaudithook`.
fn addaudithook(vm: &mut Vm, args: Args) -> R<H> {
    match vm.audit("sys.addaudithook", |_| Ok(Vec::new())) {
        Ok(()) => {}
        Err(_) if vm.pending_is(k::EXCEPTION) => {
            // Those that are there refuse another.
            vm.take_pending();
            return Ok(k::NONE);
        }
        Err(raised) => return Err(raised),
    }
    let hook = vm.get(args.h(0));
    let hook = vm.heap.retain(hook);
    vm.audit_hooks.push(hook);
    Ok(k::NONE)
}

impl Vm {
    /// Tells the hooks, if there are any, that something happens; they may refuse it.
    pub(crate) fn audit(&mut self, event: &str, args: impl FnOnce(&mut Vm) -> R<Vec<H>>) -> R<()> {
        if self.audit_hooks.is_empty() {
            return Ok(());
        }
        let mark = self.mark();
        let event = self.str(event)?;
        let args = args(self)?;
        let args = self.tuple(&args)?;
        self.call_audit_hooks(event, args)?;
        self.cut(mark);
        Ok(())
    }

    fn call_audit_hooks(&mut self, event: H, args: H) -> R<()> {
        for at in 0..self.audit_hooks.len() {
            let mark = self.mark();
            let hook = self.heap.owned(self.audit_hooks[at]);
            let hook = self.push(hook);
            self.call(hook, &[event, args])?;
            self.cut(mark);
        }
        Ok(())
    }
}

fn is_gil_enabled(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::TRUE)
}

fn getfilesystemencodeerrors(vm: &mut Vm, _: Args) -> R<H> {
    vm.str("surrogateescape")
}

fn getframe(vm: &mut Vm, args: Args) -> R<H> {
    let depth = args.opt(vm, 0).map_or(Ok(0), |h| vm.index_i64(h))?.max(0) as usize;
    let Some(at) = vm.frames.len().checked_sub(depth.saturating_add(1)) else {
        return Err(vm.value_error("call stack is not deep enough"));
    };
    vm.frame_object(at)
}

static FUNCTIONS: [NativeDef; 25] = [
    def("getswitchinterval", "", getswitchinterval),
    def("setswitchinterval", "interval", set_nothing),
    def("audit", ":event *args", audit),
    def("addaudithook", "hook", addaudithook),
    def("settrace", "function", settrace),
    def("gettrace", "", set_nothing),
    def("setprofile", "function", settrace),
    def("getprofile", "", set_nothing),
    def("_is_gil_enabled", "", is_gil_enabled),
    def("getfilesystemencoding", "", encoding),
    def("getfilesystemencodeerrors", "", getfilesystemencodeerrors),
    def("exit", "status=", exit),
    def("getrefcount", "object", getrefcount),
    def("getrecursionlimit", "", getrecursionlimit),
    def("setrecursionlimit", "limit", setrecursionlimit),
    def("intern", "string", intern),
    def("exc_info", "", exc_info),
    def("exception", "", exception),
    def("getsizeof", "object default=", getsizeof),
    def("displayhook", "object", displayhook),
    def("excepthook", "exctype value traceback", excepthook),
    def("unraisablehook", "unraisable", unraisablehook),
    def("is_finalizing", "", is_finalizing),
    def("_getframe", "depth=", getframe),
    def("getdefaultencoding", "", encoding),
];

fn encoding(vm: &mut Vm, _: Args) -> R<H> {
    vm.str("utf-8")
}

fn strings(vm: &mut Vm, items: &[String]) -> R<H> {
    let start = vm.mark();
    for item in items {
        vm.str(item)?;
    }
    vm.list_since(start)
}

/// Sets `sys.argv` and `sys.orig_argv`.
pub(crate) fn set_arguments(vm: &mut Vm, argv: &[String], orig_argv: &[String]) -> R<()> {
    for (name, args) in [("argv", argv), ("orig_argv", orig_argv)] {
        let args = strings(vm, args)?;
        vm.dict_set_str(k::SYS, name, args)?;
    }
    Ok(())
}

/// The folder of a script: the first of `sys.path`.
pub(crate) fn put_first_on_path(vm: &mut Vm, script: &std::path::Path) -> R<()> {
    let folder =
        std::path::absolute(script).ok().and_then(|place| Some(place.parent()?.to_string_lossy().into_owned()));
    let (Some(path), Some(folder)) = (vm.dict_get(k::SYS, n::path)?, folder) else { return Ok(()) };
    let (insert, zero, folder) = (vm.intern("insert")?, vm.size(0), vm.str(folder)?);
    vm.call_method(path, insert, &[zero, folder]).map(drop)
}

/// Makes the module; called once, at boot.
pub(crate) fn make(vm: &mut Vm, options: &Options) -> R<()> {
    let module = vm.new_module("sys")?;
    let dict = vm.instance_dict(module)?;
    let word = vm.get(dict);
    vm.set(k::SYS, word);
    vm.dict_set(k::MODULES, n::sys, module)?;
    vm.dict_set(dict, n::modules, k::MODULES)?;
    add_functions(vm, module, dict, &FUNCTIONS)?;
    for (name, fd) in
        [("stdin", 0), ("stdout", 1), ("stderr", 2), ("__stdin__", 0), ("__stdout__", 1), ("__stderr__", 2)]
    {
        let file = vm.alloc(k::FILE, Body::File(fd))?;
        vm.dict_set_str(dict, name, file)?;
    }
    let folders: Vec<String> = options.path.iter().chain(&options.library).cloned().collect();
    let path = strings(vm, &folders)?;
    vm.dict_set(dict, n::path, path)?;
    set_arguments(vm, &options.argv, &options.orig_argv)?;
    for (name, text) in [
        ("byteorder", "little"),
        ("platform", "linux"),
        ("version", "3.13.0 (Pierglass moving host)"),
        ("executable", ""),
    ] {
        let text = vm.str(text)?;
        vm.dict_set_str(dict, name, text)?;
    }
    for (name, number) in [("maxsize", i64::MAX), ("hexversion", 0x030D_00F0), ("maxunicode", 0x10FFFF)] {
        let number = vm.int(number)?;
        vm.dict_set_str(dict, name, number)?;
    }
    Ok(())
}

/// Adds what is made in Python: the named tuples, the lists that tools look for.
pub(crate) fn fill(vm: &mut Vm) -> R<()> {
    let mark = vm.mark();
    let module = vm.dict_get(k::MODULES, n::sys)?.unwrap_or(k::NONE);
    let names = crate::modules::names();
    let start = vm.mark();
    for name in names {
        vm.intern(name)?;
    }
    let names = vm.tuple_since(start)?;
    let machine = vm.str(std::env::consts::ARCH)?;
    vm.helper("_sys", "fill", &[module, names, machine])?;
    vm.cut(mark);
    Ok(())
}
