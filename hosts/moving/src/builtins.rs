//! The builtin functions.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::native::def;
use crate::number::Cmp;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, NativeDef, R, Vm};
use rustpython_compiler::CompileOpts;
use rustpython_compiler::core::Mode;
use rustpython_compiler::core::bytecode::CodeFlags;
use rustpython_wtf8::Wtf8Buf;

fn print(vm: &mut Vm, args: Args) -> R<H> {
    let mut text = Wtf8Buf::new();
    let word = |vm: &mut Vm, i: usize, default: &str| -> R<Wtf8Buf> {
        match args.opt(vm, i).filter(|h| !vm.is_none(*h)) {
            None => Ok(Wtf8Buf::from(default.to_owned())),
            Some(h) => match vm.text(h) {
                Some(text) => Ok(text.to_owned()),
                None => {
                    let (what, given) = (if i == 0 { "sep" } else { "end" }, vm.class_name(h));
                    Err(vm.type_error(format!("{what} must be None or a string, not {given}")))
                }
            },
        }
    };
    let (sep, end) = (word(vm, 0, " ")?, word(vm, 1, "\n")?);
    for (i, item) in args.rest().enumerate() {
        let mark = vm.mark();
        if i > 0 {
            text.push_wtf8(&sep);
        }
        let shown = vm.to_str(item)?;
        text.push_wtf8(vm.text(shown).expect("a str"));
        vm.cut(mark);
    }
    text.push_wtf8(&end);
    let file = match args.opt(vm, 2).filter(|h| !vm.is_none(*h)) {
        Some(file) => file,
        None => match vm.dict_get(k::SYS, n::stdout)? {
            Some(file) => file,
            None => return Err(vm.raise(k::RUNTIME_ERROR, "lost sys.stdout")),
        },
    };
    if vm.is_none(file) {
        return Ok(k::NONE);
    }
    let text = vm.wtf8(text)?;
    vm.call_method(file, n::write, &[text])?;
    if args.opt(vm, 3).map_or(Ok(false), |h| vm.truth(h))? {
        vm.call_method(file, n::flush, &[])?;
    }
    Ok(k::NONE)
}

fn len(vm: &mut Vm, args: Args) -> R<H> {
    let len = vm.len(args.h(0))?;
    Ok(vm.size(len))
}

fn repr(vm: &mut Vm, args: Args) -> R<H> {
    vm.repr(args.h(0))
}

fn ascii(vm: &mut Vm, args: Args) -> R<H> {
    vm.ascii(args.h(0))
}

fn hash(vm: &mut Vm, args: Args) -> R<H> {
    let hash = vm.hash(args.h(0))?;
    vm.int(hash)
}

fn id(vm: &mut Vm, args: Args) -> R<H> {
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    vm.int(id as i64)
}

fn iter(vm: &mut Vm, args: Args) -> R<H> {
    let Some(sentinel) = args.opt(vm, 1) else { return vm.iter(args.h(0)) };
    let iter = vm.new_iter(k::CALL_ITER, crate::object::IterKind::Callable, 0, args.h(0))?;
    let word = vm.get(sentinel);
    if let Body::Iter(data) = vm.body_mut(iter) {
        data.b = word;
    }
    Ok(iter)
}

fn next(vm: &mut Vm, args: Args) -> R<H> {
    if vm.special(args.h(0), n::__next__).is_none() {
        let name = vm.class_name(args.h(0));
        return Err(vm.type_error(format!("'{name}' object is not an iterator")));
    }
    match (vm.call_special(args.h(0), n::__next__, &[]), args.opt(vm, 1)) {
        (Ok(Some(item)), _) => Ok(item),
        (Err(_), Some(default)) if vm.pending_is(k::STOP_ITERATION) => {
            vm.set(k::PENDING, Value::NULL);
            Ok(default)
        }
        (Err(raised), _) => Err(raised),
        (Ok(None), _) => unreachable!("looked up above"),
    }
}

fn isinstance(vm: &mut Vm, args: Args) -> R<H> {
    let result = vm.isinstance(args.h(0), args.h(1))?;
    Ok(vm.bool(result))
}

fn issubclass(vm: &mut Vm, args: Args) -> R<H> {
    let result = vm.issubclass(args.h(0), args.h(1))?;
    Ok(vm.bool(result))
}

fn callable(vm: &mut Vm, args: Args) -> R<H> {
    let result = vm.special(args.h(0), n::__call__).is_some();
    Ok(vm.bool(result))
}

fn attr_name(vm: &mut Vm, name: H) -> R<()> {
    if vm.text(name).is_some() {
        return Ok(());
    }
    let given = vm.class_name(name);
    Err(vm.type_error(format!("attribute name must be string, not '{given}'")))
}

fn getattr(vm: &mut Vm, args: Args) -> R<H> {
    attr_name(vm, args.h(1))?;
    match args.opt(vm, 2) {
        None => vm.getattr(args.h(0), args.h(1)),
        Some(default) => Ok(vm.getattr_opt(args.h(0), args.h(1))?.unwrap_or(default)),
    }
}

fn hasattr(vm: &mut Vm, args: Args) -> R<H> {
    attr_name(vm, args.h(1))?;
    let found = vm.getattr_opt(args.h(0), args.h(1))?.is_some();
    Ok(vm.bool(found))
}

fn setattr(vm: &mut Vm, args: Args) -> R<H> {
    attr_name(vm, args.h(1))?;
    vm.setattr(args.h(0), args.h(1), Some(args.h(2))).map(|()| k::NONE)
}

fn delattr(vm: &mut Vm, args: Args) -> R<H> {
    attr_name(vm, args.h(1))?;
    vm.setattr(args.h(0), args.h(1), None).map(|()| k::NONE)
}

fn abs(vm: &mut Vm, args: Args) -> R<H> {
    match vm.call_special(args.h(0), n::__abs__, &[])? {
        Some(h) => Ok(h),
        None => {
            let name = vm.class_name(args.h(0));
            Err(vm.type_error(format!("bad operand type for abs(): '{name}'")))
        }
    }
}

fn divmod(vm: &mut Vm, args: Args) -> R<H> {
    match vm.binary_pair(args.h(0), args.h(1), n::__divmod__, n::__rdivmod__)? {
        Some(h) => Ok(h),
        None => {
            let (a, b) = (vm.class_name(args.h(0)), vm.class_name(args.h(1)));
            Err(vm.type_error(format!("unsupported operand type(s) for divmod(): '{a}' and '{b}'")))
        }
    }
}

fn pow(vm: &mut Vm, args: Args) -> R<H> {
    let Some(modulus) = args.opt(vm, 2).filter(|h| !vm.is_none(*h)) else {
        return vm.binary_op(8, args.h(0), args.h(1));
    };
    let operands = [args.h(0), args.h(1), modulus];
    let is_of_c = |&operand: &H| vm.c_part(vm.class_word(vm.get(operand))).is_some();
    if operands.iter().any(is_of_c)
        && let Some(h) = crate::host::power_of_c(vm, operands)?
    {
        return Ok(h);
    }
    if let Some(h) = vm.call_special(args.h(0), n::__pow__, &[args.h(1), modulus])?
        && vm.get(h) != Value::NOT_IMPLEMENTED
    {
        return Ok(h);
    }
    let [a, b, c] = [0, 1, 2].map(|i| vm.class_name(args.h(i)));
    Err(vm.type_error(format!("unsupported operand type(s) for ** or pow(): '{a}', '{b}', '{c}'")))
}

fn round(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.opt(vm, 1).into_iter().collect();
    match vm.call_special(args.h(0), n::__round__, &rest)? {
        Some(h) => Ok(h),
        None => {
            let name = vm.class_name(args.h(0));
            Err(vm.type_error(format!("type {name} doesn't define __round__ method")))
        }
    }
}

fn sum(vm: &mut Vm, args: Args) -> R<H> {
    let start = args.opt(vm, 1).unwrap_or_else(|| vm.size(0));
    for (class, what, join) in
        [(k::STR, "strings", "''"), (k::BYTES, "bytes", "b''"), (k::BYTEARRAY, "bytearray", "b''")]
    {
        if vm.is_instance(start, class) {
            return Err(vm.type_error(format!("sum() can't sum {what} [use {join}.join(seq) instead]")));
        }
    }
    let iter = vm.iter(args.h(0))?;
    let total = vm.push(vm.get(start));
    let mark = vm.mark();
    while let Some(item) = vm.next(iter)? {
        let result = vm.binary_op(crate::number::ADD, total, item)?;
        let word = vm.get(result);
        vm.set(total, word);
        vm.cut(mark);
    }
    Ok(total)
}

fn extreme(vm: &mut Vm, args: Args, name: &str, op: Cmp) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    let (key, default) = (args.opt(vm, 0).filter(|h| !vm.is_none(*h)), args.opt(vm, 1));
    let source = match rest.as_slice() {
        [] => return Err(vm.type_error(format!("{name} expected at least 1 argument, got 0"))),
        [one] => *one,
        many if default.is_some() => {
            let _ = many;
            return Err(
                vm.type_error(format!("Cannot specify a default for {name}() with multiple positional arguments"))
            );
        }
        many => vm.tuple(many)?,
    };
    let iter = vm.iter(source)?;
    let (best, best_key) = (vm.push(Value::NULL), vm.push(Value::NULL));
    let mark = vm.mark();
    while let Some(item) = vm.next(iter)? {
        let item_key = match key {
            Some(key) => vm.call(key, &[item])?,
            None => item,
        };
        let better = vm.get(best).is_null() || {
            let verdict = vm.compare(op, item_key, best_key)?;
            vm.truth(verdict)?
        };
        if better {
            let (item, item_key) = (vm.get(item), vm.get(item_key));
            vm.set(best, item);
            vm.set(best_key, item_key);
        }
        vm.cut(mark);
    }
    if !vm.get(best).is_null() {
        return Ok(best);
    }
    match default {
        Some(default) => Ok(default),
        None => Err(vm.value_error(format!("{name}() iterable argument is empty"))),
    }
}

fn min(vm: &mut Vm, args: Args) -> R<H> {
    extreme(vm, args, "min", Cmp::Lt)
}

fn max(vm: &mut Vm, args: Args) -> R<H> {
    extreme(vm, args, "max", Cmp::Gt)
}

fn any_all(vm: &mut Vm, source: H, stop_at: bool) -> R<H> {
    let iter = vm.iter(source)?;
    let mark = vm.mark();
    while let Some(item) = vm.next(iter)? {
        if vm.truth(item)? == stop_at {
            return Ok(vm.bool(stop_at));
        }
        vm.cut(mark);
    }
    Ok(vm.bool(!stop_at))
}

fn any(vm: &mut Vm, args: Args) -> R<H> {
    any_all(vm, args.h(0), true)
}

fn all(vm: &mut Vm, args: Args) -> R<H> {
    any_all(vm, args.h(0), false)
}

fn sorted(vm: &mut Vm, args: Args) -> R<H> {
    let list = vm.to_list(args.h(0))?;
    let key = args.opt(vm, 1).unwrap_or(k::NONE);
    let reverse = args.opt(vm, 2).map_or(Ok(false), |h| vm.truth(h))?;
    crate::objects::list::sort(vm, list, key, reverse)?;
    Ok(list)
}

fn chr(vm: &mut Vm, args: Args) -> R<H> {
    let code = vm.index_i64(args.h(0))?;
    let point = u32::try_from(code).ok().and_then(rustpython_wtf8::CodePoint::from_u32);
    let Some(point) = point else { return Err(vm.value_error("chr() arg not in range(0x110000)")) };
    let mut text = Wtf8Buf::new();
    text.push(point);
    vm.wtf8(text)
}

fn ord(vm: &mut Vm, args: Args) -> R<H> {
    let (count, first) = match vm.body(args.h(0)) {
        Some(Body::Str(text)) => (text.chars, text.text.code_points().next().map(|point| point.to_u32())),
        Some(Body::Bytes(bytes)) => (bytes.len(), bytes.first().map(|byte| u32::from(*byte))),
        Some(Body::ByteArray(bytes)) => (bytes.len(), bytes.first().map(|byte| u32::from(*byte))),
        _ => {
            let name = vm.class_name(args.h(0));
            return Err(vm.type_error(format!("ord() expected string of length 1, but {name} found")));
        }
    };
    match first {
        Some(code) if count == 1 => Ok(vm.size(code as usize)),
        _ => Err(vm.type_error(format!("ord() expected a character, but string of length {count} found"))),
    }
}

fn radix(vm: &mut Vm, args: Args, prefix: &str, base: u32) -> R<H> {
    let index = vm.index(args.h(0))?;
    let value = vm.as_bigint(index).expect("an int");
    let digits = value.to_str_radix(base);
    let text = match digits.strip_prefix('-') {
        Some(digits) => format!("-{prefix}{digits}"),
        None => format!("{prefix}{digits}"),
    };
    vm.str(text)
}

fn bin(vm: &mut Vm, args: Args) -> R<H> {
    radix(vm, args, "0b", 2)
}

fn oct(vm: &mut Vm, args: Args) -> R<H> {
    radix(vm, args, "0o", 8)
}

fn hex(vm: &mut Vm, args: Args) -> R<H> {
    radix(vm, args, "0x", 16)
}

fn format(vm: &mut Vm, args: Args) -> R<H> {
    let spec = match args.opt(vm, 1) {
        Some(spec) if vm.text(spec).is_some() => spec,
        Some(spec) => {
            let name = vm.class_name(spec);
            return Err(vm.type_error(format!("format() argument 2 must be str, not {name}")));
        }
        None => vm.str("")?,
    };
    vm.format(args.h(0), spec)
}

/// The namespaces of the function that called a builtin.
fn current(vm: &mut Vm) -> R<(H, H)> {
    match vm.frames.len() {
        0 => Err(vm.raise(k::SYSTEM_ERROR, "frame does not exist")),
        count => vm.frame_namespaces(count - 1),
    }
}

fn globals(vm: &mut Vm, _: Args) -> R<H> {
    Ok(current(vm)?.0)
}

fn locals(vm: &mut Vm, _: Args) -> R<H> {
    Ok(current(vm)?.1)
}

fn vars(vm: &mut Vm, args: Args) -> R<H> {
    match args.opt(vm, 0) {
        None => Ok(current(vm)?.1),
        Some(h) => match vm.getattr_opt(h, n::__dict__)? {
            Some(dict) => Ok(dict),
            None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
        },
    }
}

fn dir(vm: &mut Vm, args: Args) -> R<H> {
    let list = match args.opt(vm, 0) {
        None => {
            let (_, locals) = current(vm)?;
            vm.mapping_keys(locals)?
        }
        Some(h) => {
            let names = vm.call_special(h, n::__dir__, &[])?.expect("object has one");
            vm.to_list(names)?
        }
    };
    crate::objects::list::sort(vm, list, k::NONE, false)?;
    Ok(list)
}

fn source_of(vm: &mut Vm, source: H, name: &str) -> R<String> {
    match vm.body(source) {
        Some(Body::Str(text)) => Ok(text.text.to_string_lossy().into_owned()),
        Some(Body::Bytes(bytes)) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        _ => Err(vm.type_error(format!("{name}() arg 1 must be a string, bytes or code object"))),
    }
}

fn run(vm: &mut Vm, args: Args, name: &str, mode: Mode) -> R<H> {
    let given = |vm: &Vm, i: usize| args.opt(vm, i).filter(|h| !vm.is_none(*h));
    let (globals, locals) = match (given(vm, 1), given(vm, 2)) {
        (Some(globals), locals) => (globals, locals),
        (None, Some(locals)) => (current(vm)?.0, Some(locals)),
        (None, None) => {
            let (globals, locals) = current(vm)?;
            (globals, Some(locals).filter(|locals| !vm.is(*locals, globals)))
        }
    };
    if !matches!(vm.body(globals), Some(Body::Dict(_))) {
        let given = vm.class_name(globals);
        return Err(vm.type_error(format!("{name}() globals must be a dict, not {given}")));
    }
    if vm.dict_get(globals, n::__builtins__)?.is_none() {
        let module = vm.dict_get(k::MODULES, n::builtins)?.unwrap_or(k::NONE);
        vm.dict_set(globals, n::__builtins__, module)?;
    }
    let code = if matches!(vm.body(args.h(0)), Some(Body::Code(_))) {
        args.h(0)
    } else {
        let source = source_of(vm, args.h(0), name)?;
        let source = if name == "eval" { source.trim_start_matches([' ', '\t']).to_owned() } else { source };
        let options = CompileOpts { future_features: futures(vm), ..CompileOpts::default() };
        audit_compile(vm, args.h(0), None)?;
        vm.compile_as(&source, "<string>", mode, options)?
    };
    vm.audit("exec", |_| Ok(vec![code]))?;
    let result = vm.run_code(code, globals, locals)?;
    Ok(if name == "exec" { k::NONE } else { result })
}

fn exec(vm: &mut Vm, args: Args) -> R<H> {
    run(vm, args, "exec", Mode::Exec)
}

fn eval(vm: &mut Vm, args: Args) -> R<H> {
    run(vm, args, "eval", Mode::Eval)
}

fn compile(vm: &mut Vm, args: Args) -> R<H> {
    let source = source_of(vm, args.h(0), "compile")?;
    let (file, mode) = (vm.string(args.h(1)), vm.string(args.h(2)));
    let Ok(mode) = mode.parse::<Mode>() else {
        return Err(vm.value_error("compile() mode must be 'exec', 'eval' or 'single'"));
    };
    let options = compile_options(vm, args)?;
    let flags = args.opt(vm, 3).map_or(Ok(0), |flags| vm.index_i64(flags))?;
    if flags & ONLY_AST != 0 {
        return crate::modules::syntax_tree(vm, &source, &file, mode);
    }
    audit_compile(vm, args.h(0), Some(args.h(1)))?;
    vm.compile_as(&source, &file, mode, options)
}

fn audit_compile(vm: &mut Vm, source: H, file: Option<H>) -> R<()> {
    vm.audit("compile", |vm| Ok(vec![source, file.map_or_else(|| vm.str("<string>"), Ok)?]))
}

/// `flags`, `dont_inherit` and `optimize` of `compile`.
fn compile_options(vm: &mut Vm, args: Args) -> R<CompileOpts> {
    let flags = args.opt(vm, 3).map_or(Ok(0), |flags| vm.index_i64(flags))?;
    let alone = args.opt(vm, 4).map_or(Ok(false), |alone| vm.truth(alone))?;
    let level = args.opt(vm, 5).map_or(Ok(-1), |level| vm.index_i64(level))?;
    let given = CodeFlags::from_bits_truncate(flags as u32) & FUTURES;
    if flags & !(i64::from(FUTURES.bits()) | COMPILER_FLAGS) != 0 {
        return Err(vm.value_error("compile(): unrecognised flags"));
    }
    if !(-1..=2).contains(&level) {
        return Err(vm.value_error("compile(): invalid optimize value"));
    }
    Ok(CompileOpts {
        optimize: level.max(0) as u8,
        allow_top_level_await: flags & TOP_LEVEL_AWAIT != 0,
        future_features: if alone { given } else { given | futures(vm) },
        ..CompileOpts::default()
    })
}

/// The future statements of the code that runs: what it compiles has them too.
fn futures(vm: &Vm) -> CodeFlags {
    vm.frames.last().map_or(CodeFlags::empty(), |frame| frame.code.flags & FUTURES)
}

const FUTURES: CodeFlags = CodeFlags::FUTURE_MASK;
/// `compile` is to make the syntax tree alone.
const ONLY_AST: i64 = 0x400;
/// `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`.
const TOP_LEVEL_AWAIT: i64 = 0x2000;
/// All of `ast.PyCF_*`, and what the parser has for interactive input.
const COMPILER_FLAGS: i64 = 0x200 | ONLY_AST | 0x1000 | TOP_LEVEL_AWAIT | 0x4000 | 0x8000;

fn import(vm: &mut Vm, args: Args) -> R<H> {
    let globals = match args.opt(vm, 1).filter(|h| !vm.is_none(*h)) {
        Some(globals) => globals,
        None => vm.dict()?,
    };
    let fromlist = args.opt(vm, 3).unwrap_or(k::EMPTY_TUPLE);
    let level = match args.opt(vm, 4) {
        Some(level) => vm.index_i64(level)? as usize,
        None => 0,
    };
    vm.import(globals, args.h(0), fromlist, level)
}

/// `open`, which is `io.open`.
fn open(vm: &mut Vm, args: Args) -> R<H> {
    let io = vm.import_dotted("io")?;
    let name = vm.intern("open")?;
    let function = vm.getattr(io, name)?;
    let rest: Vec<H> = args.rest().collect();
    let tuple = vm.tuple(&rest)?;
    vm.call_ex(function, tuple, args.kw)
}

static FUNCTIONS: [NativeDef; 41] = [
    def("print", "* sep= end= file= flush= *args", print),
    def("len", "obj", len),
    def("repr", "obj", repr),
    def("ascii", "obj", ascii),
    def("hash", "obj", hash),
    def("id", "obj", id),
    def("iter", "object sentinel=", iter),
    def("next", "iterator default=", next),
    def("isinstance", "obj class", isinstance),
    def("issubclass", "cls_ class", issubclass),
    def("callable", "obj", callable),
    def("getattr", "obj name default=", getattr),
    def("hasattr", "obj name", hasattr),
    def("setattr", "obj name value", setattr),
    def("delattr", "obj name", delattr),
    def("abs", "x", abs),
    def("divmod", "x y", divmod),
    def("pow", ":base :exp :mod=", pow),
    def("round", ":number :ndigits=", round),
    def("sum", "iterable :start=", sum),
    def("min", "* key= default= *args", min),
    def("max", "* key= default= *args", max),
    def("any", "iterable", any),
    def("all", "iterable", all),
    def("sorted", "iterable * key= reverse=", sorted),
    def("chr", "i", chr),
    def("ord", "c", ord),
    def("bin", "number", bin),
    def("oct", "number", oct),
    def("hex", "number", hex),
    def("format", "value spec=", format),
    def("globals", "", globals),
    def("locals", "", locals),
    def("vars", "object=", vars),
    def("dir", "object=", dir),
    def("exec", "source :globals= :locals=", exec),
    def("eval", "source :globals= :locals=", eval),
    def("compile", ":source :filename :mode :flags= :dont_inherit= :optimize= * _feature_version=", compile),
    def("__import__", ":name :globals= :locals= :fromlist= :level=", import),
    def("open", "*args **kw", open),
    def("__build_class__", "func name *bases **kw", crate::types::build_class),
];

/// Adds builtin functions to a module's dict.
pub(crate) fn add_functions(vm: &mut Vm, module: H, dict: H, functions: &'static [NativeDef]) -> R<()> {
    for function in functions {
        let mark = vm.mark();
        let h = vm.alloc(k::NATIVE, Body::Native(function, vm.get(module)))?;
        vm.dict_set_str(dict, function.name, h)?;
        vm.cut(mark);
    }
    Ok(())
}

/// Classes that are not names of the builtins module.
const ELSEWHERE: &[H] = &[
    k::NONE_TYPE,
    k::ELLIPSIS_TYPE,
    k::NOT_IMPLEMENTED_TYPE,
    k::FUNCTION,
    k::NATIVE,
    k::METHOD_DESCR,
    k::METHOD,
    k::GETSET,
    k::MEMBER,
    k::CELL,
    k::MODULE,
    k::CODE,
    k::GENERATOR,
    k::COROUTINE,
    k::TRACEBACK,
    k::FRAME,
    k::MAPPINGPROXY,
    k::FILE,
    k::CALL_ITER,
];

/// Fills the builtins module.
pub(crate) fn fill(vm: &mut Vm, dict: H) -> R<()> {
    let module = vm.dict_get(k::MODULES, n::builtins)?.unwrap_or(k::NONE);
    add_functions(vm, module, dict, &FUNCTIONS)?;
    crate::coroutine::fill(vm, module, dict)?;
    for (i, known) in k::CLASSES.iter().enumerate() {
        let class = H(k::OBJECT.0 + i as u32);
        let hidden = known.name.contains('.')
            || (known.name.contains('_') && class != k::INCOMPLETE_INPUT_ERROR)
            || known.name.ends_with("iterator")
            || ELSEWHERE.contains(&class);
        if !hidden {
            vm.dict_set_str(dict, known.name, class)?;
        }
    }
    for (name, value) in [("Ellipsis", k::ELLIPSIS), ("NotImplemented", k::NOT_IMPLEMENTED), ("__debug__", k::TRUE)] {
        vm.dict_set_str(dict, name, value)?;
    }
    for name in ["EnvironmentError", "IOError"] {
        vm.dict_set_str(dict, name, k::OS_ERROR)?;
    }
    Ok(())
}
