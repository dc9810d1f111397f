//! Compiling source, and importing: builtin modules and `.py` files on `sys.path`.

use crate::call::FRAME_WORDS;
use crate::code::{Code, Constant};
use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::{Body, CodeData};
use crate::table::Table;
use crate::value::Value;
use crate::vm::{Active, R, Raised, Vm};
use rustpython_compiler::CompileOpts;
use rustpython_compiler::core::Mode;
use rustpython_compiler::core::bytecode::CodeObject;
use std::rc::Rc;

impl Vm {
    /// A code object from source; SyntaxError if that is not Python.
    pub(crate) fn compile(&mut self, source: &str, file: &str, mode: Mode) -> R<H> {
        self.compile_as(source, file, mode, CompileOpts::default())
    }

    /// The same, as these options say.
    pub(crate) fn compile_as(&mut self, source: &str, file: &str, mode: Mode, options: CompileOpts) -> R<H> {
        let compiled = rustpython_compiler::compile(source, mode, file, options);
        match compiled {
            Ok(code) => self.code_object(&code, &file.into()),
            Err(error) => Err(self.syntax_error(&error, source, file)),
        }
    }

    fn code_object(&mut self, code: &CodeObject, file: &Rc<str>) -> R<H> {
        let mark = self.mark();
        for constant in code.constants.iter() {
            let inner = self.mark();
            let h = self.constant(constant, file)?;
            self.keep(inner, h);
        }
        let names = self.mark();
        for name in &code.names {
            self.intern(name)?;
        }
        let rust = Rc::new(Code::new(code, file));
        let consts = self.heap.stack[mark..names].to_vec();
        let names = self.heap.stack[names..].to_vec();
        let h = self.new_code(CodeData { code: rust, consts, names })?;
        Ok(self.keep(mark, h))
    }

    /// A code object.
    pub(crate) fn new_code(&mut self, data: CodeData) -> R<H> {
        let made = self.alloc(k::CODE, Body::Code(Box::new(data)))?;
        self.is_made(made);
        Ok(made)
    }

    /// An object for a constant of the compiler.
    fn constant(&mut self, constant: &Constant, file: &Rc<str>) -> R<H> {
        match constant {
            Constant::None => Ok(k::NONE),
            Constant::Ellipsis => Ok(k::ELLIPSIS),
            Constant::Boolean { value } => Ok(self.bool(*value)),
            Constant::Integer { value } => self.bigint(value.clone()),
            Constant::Float { value } => self.float(*value),
            Constant::Complex { value } => self.alloc(k::COMPLEX, Body::Complex(value.re, value.im)),
            Constant::Str { value } => {
                let name = value.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
                if name { self.intern_wtf8(value) } else { self.wtf8(value.clone()) }
            }
            Constant::Bytes { value } => self.bytes(value.clone()),
            Constant::Code { code } => self.code_object(code, file),
            Constant::Tuple { elements } => {
                let mark = self.constants(elements, file)?;
                self.tuple_since(mark)
            }
            Constant::Slice { elements } => {
                let mark = self.constants(elements.as_slice(), file)? as u32;
                self.new_slice(H(mark), H(mark + 1), H(mark + 2))
            }
            Constant::Frozenset { elements } => {
                let mark = self.constants(elements, file)?;
                let end = self.mark();
                let set = self.alloc(k::FROZENSET, Body::Set(Box::<Table>::default()))?;
                for i in mark..end {
                    self.set_add(set, H(i as u32))?;
                }
                Ok(set)
            }
        }
    }

    fn constants(&mut self, elements: &[Constant], file: &Rc<str>) -> R<usize> {
        let mark = self.mark();
        for element in elements {
            let inner = self.mark();
            let h = self.constant(element, file)?;
            self.keep(inner, h);
        }
        Ok(mark)
    }

    /// Runs code in a namespace, as a module or as `exec` does.
    pub(crate) fn run_code(&mut self, code: H, globals: H, locals: Option<H>) -> R<H> {
        let rust = self.code_of(self.get(code));
        let base = self.mark();
        let locals = locals.map_or(Value::NULL, |locals| self.get(locals));
        let words = [self.get(code), self.get(globals), self.get(k::BUILTINS), locals, Value::NULL];
        self.heap.stack.extend(words);
        self.heap.stack.resize(base + FRAME_WORDS + rust.locals.len(), Value::NULL);
        self.run_frame(Active { base, code: rust, pc: 0 })
    }

    /// Runs a class body: the function's code in `namespace`. Gives what the body returns, the `__class__` cell or None.
    pub(crate) fn run_class_body(&mut self, function: H, namespace: H) -> R<H> {
        let Some(Body::Function(data)) = self.body(function) else {
            return Err(self.type_error("__build_class__: func must be a function"));
        };
        let (code, globals, closure) = (data.code, data.globals, data.closure);
        let rust = self.code_of(code);
        let base = self.mark();
        let words = [code, globals, self.get(k::BUILTINS), self.get(namespace), closure];
        self.heap.stack.extend(words);
        self.heap.stack.resize(base + FRAME_WORDS + rust.locals.len(), Value::NULL);
        self.run_frame(Active { base, code: rust, pc: 0 })
    }

    // ---- modules

    /// A new module object with this name.
    pub(crate) fn new_module(&mut self, name: &str) -> R<H> {
        let module = self.alloc(k::MODULE, Body::Module)?;
        let dict = self.instance_dict(module)?;
        let name = self.intern(name)?;
        self.dict_set(dict, n::__name__, name)?;
        for field in [n::__doc__, n::__package__, n::__loader__, n::__spec__] {
            self.dict_set(dict, field, k::NONE)?;
        }
        Ok(module)
    }

    /// `import name` with `from fromlist`, `level` dots.
    pub(crate) fn import_name(&mut self, globals: H, name: H, fromlist: H, level: H) -> R<H> {
        let hook = self.dict_get(k::BUILTINS, n::__import__)?;
        if let Some(hook) = hook
            && !matches!(self.body(hook), Some(Body::Native(..)))
        {
            return self.call(hook, &[name, globals, k::NONE, fromlist, level]);
        }
        let level = self.as_i64(level).unwrap_or(0) as usize;
        self.import(globals, name, fromlist, level)
    }

    pub(crate) fn import(&mut self, globals: H, name: H, fromlist: H, level: usize) -> R<H> {
        let text = self.string(name);
        let full = if level == 0 { text.clone() } else { self.absolute_name(globals, &text, level)? };
        let module = self.import_dotted(&full)?;
        if self.truth(fromlist)? {
            self.import_listed(module, fromlist, &full)?;
            return Ok(module);
        }
        match (level, text.split_once('.')) {
            (0, Some((first, _))) => self.import_dotted(first),
            _ => Ok(module),
        }
    }

    /// `from package import module`: what is no attribute may be a submodule.
    fn import_listed(&mut self, module: H, fromlist: H, full: &str) -> R<()> {
        if self.getattr_opt(module, n::__path__)?.is_none() {
            return Ok(());
        }
        for i in 0..self.count(fromlist) {
            let Some(name) = self.nth(fromlist, i)? else { break };
            let text = self.string(name);
            if text != "*" && self.getattr_opt(module, name)?.is_none() {
                match self.import_dotted(&format!("{full}.{text}")) {
                    Err(_) if self.pending_is(k::MODULE_NOT_FOUND_ERROR) => self.set(k::PENDING, Value::NULL),
                    Err(raised) => return Err(raised),
                    Ok(_) => {}
                }
            }
        }
        Ok(())
    }

    fn absolute_name(&mut self, globals: H, name: &str, level: usize) -> R<String> {
        let package = self.dict_get(globals, n::__package__)?.filter(|package| !self.is_none(*package));
        let package = package.map(|package| self.string(package)).unwrap_or_default();
        if package.is_empty() {
            return Err(self.raise(k::IMPORT_ERROR, "attempted relative import with no known parent package"));
        }
        let mut parts: Vec<&str> = package.split('.').collect();
        if level > parts.len() {
            return Err(self.raise(k::IMPORT_ERROR, "attempted relative import beyond top-level package"));
        }
        parts.truncate(parts.len() + 1 - level);
        if !name.is_empty() {
            parts.push(name);
        }
        Ok(parts.join("."))
    }

    /// Imports `a.b.c`, its packages first; gives the last module.
    pub(crate) fn import_dotted(&mut self, full: &str) -> R<H> {
        if full.is_empty() {
            return Err(self.value_error("Empty module name"));
        }
        let mark = self.mark();
        let mut parent: Option<H> = None;
        let mut done = String::new();
        for part in full.split('.') {
            if !done.is_empty() {
                done.push('.');
            }
            done += part;
            let key = self.intern(&done)?;
            let module = match self.dict_get(k::MODULES, key)? {
                Some(module) if !self.is_none(module) => module,
                Some(_) => return Err(self.not_found(&format!("import of {done} halted; None in sys.modules"), &done)),
                None => {
                    let module = self.find_module(&done, part, parent)?;
                    if let Some(parent) = parent {
                        let name = self.intern(part)?;
                        self.setattr(parent, name, Some(module))?;
                    }
                    module
                }
            };
            parent = Some(module);
        }
        let module = parent.expect("a name has a part");
        Ok(self.keep(mark, module))
    }

    fn not_found(&mut self, message: &str, name: &str) -> Raised {
        let raised = self.raise(k::MODULE_NOT_FOUND_ERROR, message);
        let Ok(name) = self.str(name) else { return raised };
        let word = self.get(name);
        if let Body::Exception(exception) = self.body_mut(k::PENDING) {
            exception.fields[0] = word;
        }
        raised
    }

    fn find_module(&mut self, full: &str, last: &str, parent: Option<H>) -> R<H> {
        self.audit("import", |vm| {
            let mut args = vec![vm.str(full)?, k::NONE];
            for name in ["path", "meta_path", "path_hooks"] {
                let name = vm.intern(name)?;
                args.push(vm.dict_get(k::SYS, name)?.unwrap_or(k::NONE));
            }
            Ok(args)
        })?;
        if let Some(module) = crate::modules::make(self, full)? {
            let key = self.intern(full)?;
            self.dict_set(k::MODULES, key, module)?;
            return Ok(module);
        }
        let path = match parent {
            Some(parent) => match self.getattr_opt(parent, n::__path__)? {
                Some(path) => path,
                None => {
                    let package = full.rsplit_once('.').map_or("", |(package, _)| package);
                    let what = format!("No module named '{full}'; '{package}' is not a package");
                    return Err(self.not_found(&what, full));
                }
            },
            None => match self.dict_get(k::SYS, n::path)? {
                Some(path) => path,
                None => return Err(self.raise(k::RUNTIME_ERROR, "unable to get sys.path")),
            },
        };
        let folders = self.to_list(path)?;
        for i in 0..self.count(folders) {
            let folder = self.item(folders, i).expect("counted");
            let folder = self.string(folder);
            let folder = if folder.is_empty() { ".".to_owned() } else { folder };
            let package = format!("{folder}/{last}/__init__.py");
            if std::path::Path::new(&package).is_file() {
                return self.load_file(full, &package, Some(format!("{folder}/{last}")));
            }
            for suffix in crate::host::suffixes() {
                let file = format!("{folder}/{last}{suffix}");
                if std::path::Path::new(&file).exists() {
                    return self.import_extension(full, &file);
                }
            }
            let file = format!("{folder}/{last}.py");
            if std::path::Path::new(&file).is_file() {
                return self.load_file(full, &file, None);
            }
        }
        Err(self.not_found(&format!("No module named '{full}'"), full))
    }

    /// Loads the extension module at `file`: made from a spec, entered in `sys.modules`, then executed.
    fn import_extension(&mut self, full: &str, file: &str) -> R<H> {
        let (name, file) = (self.str(full)?, self.str(file)?);
        self.helper("_importing", "load_extension", &[name, file])
    }

    fn load_file(&mut self, full: &str, file: &str, package: Option<String>) -> R<H> {
        let source = match std::fs::read(file) {
            Ok(source) => self.decode_source(&source, file)?,
            Err(error) => return Err(self.raise(k::IMPORT_ERROR, format!("cannot read {file}: {error}"))),
        };
        let code = self.compile(&source, file, Mode::Exec)?;
        let module = self.new_module(full)?;
        let dict = self.instance_dict(module)?;
        let path = self.str(file)?;
        self.dict_set(dict, n::__file__, path)?;
        let own = match &package {
            Some(folder) => {
                let folder = self.str(folder)?;
                let list = self.tuple(&[folder])?;
                let list = self.to_list(list)?;
                self.dict_set(dict, n::__path__, list)?;
                full
            }
            None => full.rsplit_once('.').map_or("", |(package, _)| package),
        };
        let own = self.str(own)?;
        self.dict_set(dict, n::__package__, own)?;
        let name = self.str(full)?;
        let folder = match &package {
            Some(folder) => self.str(folder)?,
            None => k::NONE,
        };
        let spec = self.helper("_importing", "source_spec", &[name, path, folder])?;
        self.dict_set(dict, n::__spec__, spec)?;
        let loader = self.intern("loader")?;
        let loader = self.getattr(spec, loader)?;
        self.dict_set(dict, n::__loader__, loader)?;
        let key = self.intern(full)?;
        self.dict_set(k::MODULES, key, module)?;
        if let Err(raised) = self.run_code(code, dict, None) {
            let pending = self.take_pending();
            self.dict_remove(k::MODULES, key)?;
            let word = self.get(pending);
            self.set(k::PENDING, word);
            return Err(raised);
        }
        // A module may have put something else in its place.
        Ok(self.dict_get(k::MODULES, key)?.unwrap_or(module))
    }

    /// `from module import name`.
    pub(crate) fn import_from(&mut self, module: H, name: H) -> R<H> {
        if let Some(h) = self.getattr_opt(module, name)? {
            return Ok(h);
        }
        let own = self.getattr_opt(module, n::__name__)?;
        let own = own.map(|own| self.string(own)).unwrap_or_else(|| "<unknown module name>".to_owned());
        let text = self.string(name);
        let key = self.intern(&format!("{own}.{text}"))?;
        if let Some(h) = self.dict_get(k::MODULES, key)? {
            return Ok(h);
        }
        let file = self.getattr_opt(module, n::__file__)?;
        let file = file.map(|file| self.string(file)).unwrap_or_else(|| "unknown location".to_owned());
        let raised = self.raise(k::IMPORT_ERROR, format!("cannot import name '{text}' from '{own}' ({file})"));
        let own = self.str(own)?;
        let word = self.get(own);
        if let Body::Exception(exception) = self.body_mut(k::PENDING) {
            exception.fields[0] = word;
        }
        Err(raised)
    }

    /// `from module import *`.
    fn import_star(&mut self, base: usize, module: H) -> R<()> {
        let space = self.namespace(base);
        let listed = self.getattr_opt(module, n::__all__)?;
        let names = match listed {
            Some(all) => self.to_list(all)?,
            None => {
                let dict = self.getattr(module, n::__dict__)?;
                self.mapping_keys(dict)?
            }
        };
        for i in 0..self.count(names) {
            let mark = self.mark();
            let name = self.item(names, i).expect("counted");
            if listed.is_some() || !self.string(name).starts_with('_') {
                let value = self.getattr(module, name)?;
                self.store_item_in(space, name, value)?;
            }
            self.cut(mark);
        }
        Ok(())
    }

    /// `CALL_INTRINSIC_1`.
    pub(crate) fn intrinsic_1(&mut self, base: usize, which: u32, arg: H) -> R<H> {
        match which {
            1 => {
                let hook = self.dict_get(k::SYS, n::displayhook)?.unwrap_or(k::NONE);
                self.call(hook, &[arg])
            }
            2 => self.import_star(base, arg).map(|()| k::NONE),
            3 => self.stop_iteration_error(base, arg),
            4 => crate::coroutine::wrap_yielded(self, arg),
            5 => self.unary(arg, n::__pos__, "+"),
            6 => self.to_tuple(arg),
            7 => self.helper("_typing", "make_typevar", &[arg]),
            8 => self.helper("_typing", "make_paramspec", &[arg]),
            9 => self.helper("_typing", "TypeVarTuple", &[arg]),
            10 => self.helper("_typing", "subscript_generic", &[arg]),
            11 => self.helper("_typing", "make_alias", &[arg]),
            _ => {
                Err(self.raise(k::NOT_IMPLEMENTED_ERROR, format!("intrinsic {which} is not implemented on this host")))
            }
        }
    }

    /// A StopIteration that leaves a generator becomes a RuntimeError, and a StopAsyncIteration that leaves an asynchronous one.
    fn stop_iteration_error(&mut self, base: usize, exception: H) -> R<H> {
        let class = self.code_of(self.get(H(base as u32))).generator_class();
        let raised = match class {
            _ if self.is_instance(exception, k::STOP_ITERATION) => "StopIteration",
            k::ASYNC_GENERATOR if self.is_instance(exception, k::STOP_ASYNC_ITERATION) => "StopAsyncIteration",
            _ => return Ok(exception),
        };
        let what = match class {
            k::COROUTINE => "coroutine",
            k::ASYNC_GENERATOR => "async generator",
            _ => "generator",
        };
        let message = self.str(format!("{what} raised {raised}"))?;
        let error = self.new_exception(k::RUNTIME_ERROR, &[message])?;
        let word = self.get(exception);
        if let Body::Exception(data) = self.body_mut(error) {
            (data.cause, data.context, data.suppress) = (word, word, true);
        }
        Ok(error)
    }

    pub(crate) fn intrinsic_2(&mut self, which: u32, a: H, b: H) -> R<H> {
        match which {
            1 => self.prepare_reraise_star(a, b),
            2 | 3 => {
                let field = self.intern(if which == 2 { "bound" } else { "constraints" })?;
                self.helper("_typing", "make_typevar", &[a, field, b])
            }
            4 => self.helper("_typing", "set_type_params", &[a, b]),
            5 => self.helper("_typing", "set_default", &[a, b]),
            _ => {
                Err(self.raise(k::NOT_IMPLEMENTED_ERROR, format!("intrinsic {which} is not implemented on this host")))
            }
        }
    }

    // ---- patterns

    /// `case {k: v}`.
    pub(crate) fn match_keys(&mut self, subject: H, keys: H) -> R<H> {
        let start = self.mark();
        for i in 0..self.count(keys) {
            let mark = self.mark();
            let key = self.item(keys, i).expect("counted");
            let Some(value) = self.get_item_opt(subject, key)? else { return Ok(k::NONE) };
            self.keep(mark, value);
        }
        self.tuple_since(start)
    }

    /// `case Class(a, b=c)`.
    pub(crate) fn match_class(&mut self, subject: H, class: H, names: H, positional: usize) -> R<H> {
        if !matches!(self.body(class), Some(Body::Type(_))) {
            return Err(self.type_error("called match pattern must be a class"));
        }
        if !self.isinstance(subject, class)? {
            return Ok(k::NONE);
        }
        let mut wanted = Vec::new();
        if positional > 0 {
            let own = self.type_data(self.get(class)).name.clone();
            match self.getattr_opt(class, n::__match_args__)? {
                Some(args) => {
                    let count = self.count(args);
                    if count < positional {
                        let plural = if count == 1 { "" } else { "s" };
                        let what =
                            format!("{own}() accepts {count} positional sub-pattern{plural} ({positional} given)");
                        return Err(self.type_error(what));
                    }
                    (0..positional).for_each(|i| wanted.push((args, i)));
                }
                None if positional == 1 && self.matches_itself(class) => {}
                None => {
                    let what = format!("{own}() accepts 0 positional sub-patterns ({positional} given)");
                    return Err(self.type_error(what));
                }
            }
        }
        (0..self.count(names)).for_each(|i| wanted.push((names, i)));
        let mut found = Vec::new();
        for (from, i) in wanted {
            let Some(name) = self.nth(from, i)? else { return Ok(k::NONE) };
            match self.getattr_opt(subject, name)? {
                Some(value) => found.push(value),
                None => return Ok(k::NONE),
            }
        }
        if positional == 1 && self.matches_itself(class) {
            found.insert(0, subject);
        }
        self.tuple(&found)
    }

    /// Whether `int(x)` as a pattern binds the subject itself.
    fn matches_itself(&self, class: H) -> bool {
        use crate::object::Layout as L;
        let layout = self.type_data(self.get(class)).layout;
        let builtin = matches!(
            layout,
            L::Int | L::Float | L::Str | L::Bytes | L::ByteArray | L::Tuple | L::List | L::Dict | L::Set
        );
        builtin && self.lookup(self.get(class), n::__match_args__).is_none()
    }
}
