//! Starting and ending an interpreter: builtin classes and modules, running a script, what happens at exit.

use crate::heap::{H, Heap, Mode};
use crate::known::{self as k, n};
use crate::object::{Body, TypeData};
use crate::value::Value;
use crate::vm::{GetSetDef, NativeDef, Options, R, Raised, Vm};
use rustpython_compiler::core::Mode as CompileMode;
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Nothing but finalisers runs any more.
static FINALISING: AtomicBool = AtomicBool::new(false);

/// Whether the interpreter is ending or has ended.
pub(crate) fn is_finalising() -> bool {
    FINALISING.load(Ordering::Relaxed)
}

/// What is run as `__main__`.
pub enum Program {
    /// The script at this path.
    File(String),
    /// This text.
    Command(String),
    /// What the standard input has.
    Stdin,
}

/// What a builtin class has.
pub(crate) struct Members {
    pub(crate) class: H,
    pub(crate) methods: &'static [NativeDef],
    pub(crate) attrs: &'static [GetSetDef],
}

impl Vm {
    /// An interpreter ready to run.
    pub fn new(options: &Options) -> Vm {
        let mut vm = Vm {
            heap: Heap::new(options.mode, options.heap_limit),
            interned: HashMap::new(),
            frames: Vec::new(),
            depth: 0,
            recursion_limit: 1000,
            repr_stack: Vec::new(),
            atexit: Vec::new(),
            audit_hooks: Vec::new(),
            class_versions: Cell::new(0),
            main_thread: crate::modules::thread::ident(),
            library: options.library.as_ref().map(Into::into),
            out: Vec::new(),
        };
        // The mode begins after this: a script meets all that boot makes. So does the limit.
        if vm.beyond_limit(|vm| vm.boot(options)).is_err() {
            panic!("the builtin classes could not be made: {}", vm.describe_pending());
        }
        vm.heap.set_mode(options.mode);
        vm
    }

    fn boot(&mut self, options: &Options) -> R<()> {
        let fixed = [Value::NULL, Value::NONE, Value::TRUE, Value::FALSE, Value::ELLIPSIS, Value::NOT_IMPLEMENTED];
        self.heap.stack.extend(fixed);
        self.heap.stack.resize(k::WORDS, Value::NULL);
        self.make_classes()?;
        self.make_names()?;
        let empty = self.alloc(k::TUPLE, Body::Tuple(Box::default()))?;
        self.fix(k::EMPTY_TUPLE, empty);
        for members in crate::objects::members() {
            self.add_members(&members)?;
        }
        for known in 0..k::CLASSES.len() {
            self.finish_class(H(k::OBJECT.0 + known as u32))?;
        }
        let modules = self.dict()?;
        self.fix(k::MODULES, modules);
        let builtins = self.new_module("builtins")?;
        let dict = self.instance_dict(builtins)?;
        let word = self.get(dict);
        self.set(k::BUILTINS, word);
        self.dict_set(k::MODULES, n::builtins, builtins)?;
        crate::builtins::fill(self, dict)?;
        crate::modules::sys::make(self, options)?;
        crate::modules::sys::fill(self)?;
        self.cut(k::WORDS);
        Ok(())
    }

    fn fix(&mut self, place: H, h: H) {
        let word = self.get(h);
        self.set(place, word);
        self.cut(k::WORDS);
    }

    fn make_classes(&mut self) -> R<()> {
        for (i, known) in k::CLASSES.iter().enumerate() {
            let place = H(k::OBJECT.0 + i as u32);
            let base = self.get(known.base);
            let mut bases = if base.is_null() { Vec::new() } else { vec![base] };
            if place == k::EXCEPTION_GROUP {
                bases.push(self.get(k::EXCEPTION));
            }
            let data = TypeData {
                name: known.name.into(),
                bases,
                mro: Vec::new(),
                dict: Value::NULL,
                base,
                layout: known.layout,
                flags: known.flags
                    | if base.is_null() { 0 } else { self.type_data(base).flags & crate::object::TYPE_DICT },
                slot_count: 0,
                qualname: Value::NULL,
                subclasses: Vec::new(),
                version: Cell::new(0),
            };
            let word = self.heap.allocate(Value::NULL, Body::Type(Box::new(data))).map_err(|_| Raised)?;
            self.set(place, word);
            self.set_mro(place)?;
        }
        for i in 0..k::CLASSES.len() {
            let place = H(k::OBJECT.0 + i as u32);
            let (word, meta) = (self.get(place), self.get(k::TYPE));
            self.heap.write(word).class = meta;
            let dict = self.dict()?;
            let dict = self.get(dict);
            if let Body::Type(data) = self.body_mut(place) {
                data.dict = dict;
            }
            self.cut(k::WORDS);
        }
        Ok(())
    }

    fn make_names(&mut self) -> R<()> {
        for (i, name) in k::NAMES.iter().enumerate() {
            let h = self.intern(name)?;
            self.fix(H(k::FIRST_NAME + i as u32), h);
        }
        Ok(())
    }

    fn add_members(&mut self, members: &Members) -> R<()> {
        let dict = self.type_data(self.get(members.class)).dict;
        let dict = self.push(dict);
        for method in members.methods {
            let owner = self.get(members.class);
            let h = match method.params.split_ascii_whitespace().next() {
                Some("cls") if method.name == "__new__" => self.alloc(k::NATIVE, Body::Native(method, owner))?,
                Some("cls") => self.alloc(k::CLASS_METHOD_DESCR, Body::ClassMethodDescr(method, owner))?,
                Some("self") => {
                    let class =
                        crate::objects::descr::native::descriptor_class(&self.type_data(owner).name, method.name);
                    self.alloc(class, Body::MethodDescr(method, owner))?
                }
                _ => {
                    let native = self.alloc(k::NATIVE, Body::Native(method, Value::NULL))?;
                    self.alloc(k::STATICMETHOD, Body::StaticMethod(self.get(native)))?
                }
            };
            self.dict_set_str(dict, method.name, h)?;
        }
        for attr in members.attrs {
            let owner = self.get(members.class);
            let h = self.alloc(k::GETSET, Body::GetSet(attr, owner))?;
            self.dict_set_str(dict, attr.name, h)?;
        }
        self.cut(k::WORDS);
        Ok(())
    }

    fn finish_class(&mut self, class: H) -> R<()> {
        let data = self.type_data(self.get(class));
        let (dict, name) = (data.dict, data.name.clone());
        let dict = self.push(dict);
        // Of a builtin class its name says that, and what it says is no attribute of instances.
        if let Some((module, _)) = name.rsplit_once('.')
            && self.dict_get(dict, n::__module__)?.is_none()
        {
            let module = self.intern(module)?;
            self.dict_set(dict, n::__module__, module)?;
        }
        crate::objects::basic::add_instance_attrs(self, class, dict)?;
        if self.dict_get(dict, n::__doc__)?.is_none() {
            self.dict_set(dict, n::__doc__, k::NONE)?;
        }
        if self.dict_get(dict, n::__eq__)?.is_some() && self.dict_get(dict, n::__hash__)?.is_none() {
            self.dict_set(dict, n::__hash__, k::NONE)?;
        }
        self.cut(k::WORDS);
        Ok(())
    }

    /// The pending exception in one line, for when nothing else works.
    pub(crate) fn describe_pending(&mut self) -> String {
        let exception = self.take_pending();
        let Some(data) = self.exception(exception) else { return "no memory".to_owned() };
        let args = data.args;
        let args = self.push(args);
        let first = self.item(args, 0);
        let name = self.class_name(exception);
        format!("{name}: {}", first.map(|first| self.string(first)).unwrap_or_default())
    }

    /// Runs a program as `__main__` and ends the interpreter; gives the exit status.
    pub fn run_program(&mut self, program: &Program) -> i32 {
        let mark = self.mark();
        let status = match self.run_as_main(program) {
            Ok(status) => status,
            Err(_) => self.beyond_limit(Vm::report_pending),
        };
        self.cut(mark);
        self.flush_out();
        let flushed = self.end();
        if flushed { status } else { UNFLUSHED }
    }

    /// Runs a program as `__main__`; gives the exit status of one that ends without an exception.
    pub(crate) fn run_as_main(&mut self, program: &Program) -> R<i32> {
        match program {
            Program::Command(source) => self.run_main(source, "<string>").map(|()| 0),
            Program::Stdin => {
                let mut source = Vec::new();
                let read = std::io::stdin().read_to_end(&mut source).map(|_| source);
                self.run_read("<stdin>", read)
            }
            Program::File(file) => {
                let place = std::path::absolute(file).unwrap_or_else(|_| file.into());
                let inside = place.join("__main__.py");
                let place = if inside.is_file() { inside } else { place };
                self.run_read(&place.to_string_lossy(), std::fs::read(&place))
            }
        }
    }

    fn run_read(&mut self, file: &str, read: std::io::Result<Vec<u8>>) -> R<i32> {
        match read {
            Ok(source) => {
                let source = self.decode_source(&source, file)?;
                self.run_main(&source, file).map(|()| 0)
            }
            Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => {
                eprintln!("pierglass python: can't find '__main__' module in '{file}'");
                Ok(1)
            }
            Err(error) => {
                let words = error.to_string();
                let words = words.split(" (os error").next().unwrap_or_default();
                eprintln!(
                    "pierglass python: can't open file '{file}': [Errno {}] {words}",
                    error.raw_os_error().unwrap_or(0)
                );
                Ok(2)
            }
        }
    }

    /// Runs source text as `__main__`, without ending the interpreter.
    pub fn run_source(&mut self, source: &str, file: &str) -> i32 {
        let mark = self.mark();
        let result = self.run_main(source, file);
        let status = match result {
            Ok(()) => 0,
            Err(_) => self.beyond_limit(Vm::report_pending),
        };
        self.cut(mark);
        self.flush_out();
        status
    }

    fn run_main(&mut self, source: &str, file: &str) -> R<()> {
        let code = self.compile(source, file, CompileMode::Exec)?;
        let module = match self.dict_get(k::MODULES, n::__main__)? {
            Some(module) => module,
            None => {
                let module = self.new_module("__main__")?;
                self.dict_set(k::MODULES, n::__main__, module)?;
                module
            }
        };
        let dict = self.instance_dict(module)?;
        if !file.starts_with('<') && self.dict_get(dict, n::__file__)?.is_none() {
            let path = self.str(file)?;
            self.dict_set(dict, n::__file__, path)?;
        }
        let builtins = self.dict_get(k::MODULES, n::builtins)?.unwrap_or(k::NONE);
        self.dict_set(dict, n::__builtins__, builtins)?;
        self.run_code(code, dict, None).map(|_| ())
    }

    /// Prints the pending exception, or does what SystemExit asks. Gives the exit status.
    fn report_pending(&mut self) -> i32 {
        let exception = self.take_pending();
        self.flush_out();
        if self.is_instance(exception, k::SYSTEM_EXIT) {
            return self.exit_status(exception);
        }
        self.set(k::HANDLED, Value::NULL);
        if let Ok(Some(hook)) = self.dict_get(k::SYS, n::excepthook)
            && !matches!(self.body(hook), Some(Body::Native(..)))
        {
            let (class, traceback) = (self.class(exception), self.exception_traceback(exception));
            if self.call(hook, &[class, exception, traceback]).is_ok() {
                return 1;
            }
        }
        self.print_exception(exception);
        1
    }

    fn exit_status(&mut self, exception: H) -> i32 {
        let code = self.exception(exception).map_or(Value::NONE, |exception| exception.fields[0]);
        let code = self.push(code);
        if self.is_none(code) {
            return 0;
        }
        if let Some(status) = self.as_i64(code) {
            return status as i32;
        }
        if let Ok(text) = self.to_str(code) {
            let mut line = self.text(text).expect("it is a str").to_owned();
            line.push_char('\n');
            self.to_stderr(&line);
        }
        1
    }

    /// Ends the interpreter: its threads, `atexit` functions, then the finalisers of what is left. Whether its streams could be
    /// flushed.
    pub fn end(&mut self) -> bool {
        self.join_threads();
        let _too_deep = crate::host::done(self, |_| {
            emul::finish_pending_calls();
            Ok(())
        });
        while let Some(slot) = self.atexit.pop() {
            let mark = self.mark();
            let word = self.heap.owned(slot);
            let entry = self.push(word);
            self.heap.release(slot);
            let [function, args, kw] = [0, 1, 2].map(|i| self.item(entry, i).expect("three were registered"));
            if self.call_ex(function, args, kw).is_err() {
                self.unraisable(function, Some("Exception ignored in atexit callback"));
            }
            self.cut(mark);
        }
        let flushed = self.flush_streams();
        FINALISING.store(true, Ordering::Relaxed);
        self.drop_modules();
        self.write_out().is_ok() && flushed
    }

    /// Flushes `sys.stdout` and `sys.stderr`, whatever they are; whether that could be done.
    fn flush_streams(&mut self) -> bool {
        let mut flushed = true;
        for (name, message) in [(n::stdout, Some("Exception ignored on flushing sys.stdout")), (n::stderr, None)] {
            let mark = self.mark();
            if self.flush_stream(name).is_err() {
                flushed = false;
                match message {
                    Some(message) => self.unraisable(k::NONE, Some(message)),
                    None => drop(self.take_pending()),
                }
            }
            self.cut(mark);
        }
        flushed
    }

    fn flush_stream(&mut self, name: H) -> R<()> {
        let Some(stream) = self.dict_get(k::SYS, name)?.filter(|&stream| !self.is_none(stream)) else { return Ok(()) };
        let closed = self.intern("closed")?;
        if let Ok(closed) = self.getattr(stream, closed)
            && self.truth(closed)?
        {
            return Ok(());
        }
        self.set(k::PENDING, Value::NULL);
        self.call_method(stream, n::flush, &[]).map(drop)
    }

    /// Waits for the threads that are no daemons, as `threading` knows them.
    fn join_threads(&mut self) {
        let mark = self.mark();
        let joined = self.intern("threading").and_then(|name| match self.dict_get(k::MODULES, name)? {
            Some(module) => {
                let shutdown = self.intern("_shutdown")?;
                let shutdown = self.getattr(module, shutdown)?;
                self.call(shutdown, &[]).map(drop)
            }
            None => Ok(()),
        });
        if joined.is_err() {
            self.unraisable(k::NONE, Some("Exception ignored on threading shutdown"));
        }
        self.cut(mark);
    }

    /// Forgets the modules, so that `__del__` of what they hold runs.
    fn drop_modules(&mut self) {
        let mark = self.mark();
        if let Ok(Some(module)) = self.dict_get(k::MODULES, n::__main__) {
            let dict = self.get(module).object().map_or(Value::NULL, |object| object.dict);
            if dict.is_object() {
                let dict = self.push(dict);
                self.dict_clear(dict);
            }
        }
        self.cut(mark);
        self.heap.collect(true, None);
        let _ = self.run_finalisers();
    }

    /// Writes out what `print` has gathered; where that cannot be written it is lost.
    pub(crate) fn flush_out(&mut self) {
        let _lost = self.write_out();
    }

    /// The same, and whether it could be written.
    pub(crate) fn write_out(&mut self) -> std::io::Result<()> {
        let out = std::mem::take(&mut self.out);
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(&out)?;
        stdout.flush()
    }
}

/// The exit status that says that a stream could not be flushed.
const UNFLUSHED: i32 = 120;

/// Runs a script on a thread with room for deep recursion; gives the exit status.
pub fn run(program: Program, options: Options) -> i32 {
    let process = std::process::id();
    let run = move || {
        let status = run_to_its_end(&program, &options);
        if std::process::id() != process {
            // A forked child: nobody waits for this thread.
            std::process::exit(status);
        }
        status
    };
    let thread = std::thread::Builder::new().stack_size(1 << 29).spawn(run).expect("a thread for the interpreter");
    crate::modules::signals::leave_to_others();
    thread.join().unwrap_or(101)
}

fn run_to_its_end(program: &Program, options: &Options) -> i32 {
    if let Mode::Shake(seed) = options.mode {
        eprintln!("shake: seed {seed}");
    }
    // Not on this thread's stack: in a child that another thread forked, that is anybody's.
    let mut vm = Box::new(Vm::new(options));
    let status = vm.run_program(program);
    emul::freed::check_at_end();
    if options.gc_stats {
        eprintln!("gc: {}", vm.heap.totals);
    }
    if vm.heap.totals.unmoved > 0 {
        eprintln!("collections left {} objects where they were", vm.heap.totals.unmoved);
        return 3;
    }
    status
}
