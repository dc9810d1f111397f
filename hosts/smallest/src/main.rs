//! The smallest host that can call a C function: `smallest_host FILE MODULE FUNCTION ARGUMENT...`.
//!
//! It has objects but no language, never frees anything, and runs one thread. What it has not got is not written down: the
//! traits' defaults raise with the method's name. `docs/embedding.md` starts from here.

use std::cell::RefCell;

use emul::host::{
    CallProtocol, ClassInfo, DictProtocol, EndingProtocol, GcHooks, Host, HostObj, HostRef, HostResult, Kind,
    ObjectProtocol, Offers, RuntimeProtocol, TypeProtocol, ValueProtocol, host, install,
};
use object_mirror::object::PyObject;

/// An object; its word is its place in [`OBJECTS`], counted from one.
enum Object {
    Class,
    Singleton(Kind),
    Int(i64),
    Str(Vec<u8>),
    Tuple(Vec<usize>),
    /// Keys are strs.
    Dict(RefCell<Vec<(usize, usize)>>),
    /// With its namespace.
    Module(usize),
    /// With its class and its arguments.
    Exception(usize, Vec<usize>),
    /// The function of a `PyCFunctionObject`.
    CFunction(*mut PyObject),
}

thread_local! {
    static OBJECTS: RefCell<Vec<&'static Object>> = const { RefCell::new(Vec::new()) };
}

/// The object of a word. It stays: nothing is ever freed.
fn object(word: usize) -> &'static Object {
    OBJECTS.with_borrow(|objects| objects[word - 1])
}

fn word_of(object: Object) -> usize {
    OBJECTS.with_borrow_mut(|objects| {
        objects.push(Box::leak(Box::new(object)));
        objects.len()
    })
}

fn named(word: usize) -> HostObj {
    // SAFETY: words are good for ever, however often they are given out.
    unsafe { HostObj::from_word(word) }.expect("words start at one")
}

fn new(object: Object) -> HostObj {
    named(word_of(object))
}

/// The classes there are, each with its base.
const CLASSES: [(&str, &str); 20] = [
    ("object", "object"),
    ("type", "object"),
    ("NoneType", "object"),
    ("NotImplementedType", "object"),
    ("ellipsis", "object"),
    ("int", "object"),
    ("bool", "int"),
    ("float", "object"),
    ("str", "object"),
    ("tuple", "object"),
    ("dict", "object"),
    ("module", "object"),
    ("builtin_function_or_method", "object"),
    ("BaseException", "object"),
    ("Exception", "BaseException"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("OverflowError", "Exception"),
    ("ImportError", "Exception"),
    ("NotImplementedError", "Exception"),
];

/// The class of that name: it has the word of its place.
fn class(name: &str) -> Option<usize> {
    CLASSES.iter().position(|(known, _)| *known == name).map(|index| index + 1)
}

fn base(class: usize) -> Option<usize> {
    let (name, base) = CLASSES[class - 1];
    (name != base).then(|| self::class(base).expect("a base is a class"))
}

/// The class and its bases, the nearest first.
fn order(of: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(of), |&class| base(class))
}

fn class_of(word: usize) -> usize {
    let name = match object(word) {
        Object::Class => "type",
        Object::Singleton(Kind::None) => "NoneType",
        Object::Singleton(Kind::NotImplemented) => "NotImplementedType",
        Object::Singleton(Kind::Ellipsis) => "ellipsis",
        Object::Singleton(_) => "bool",
        Object::Int(_) => "int",
        Object::Str(_) => "str",
        Object::Tuple(_) => "tuple",
        Object::Dict(_) => "dict",
        Object::Module(_) => "module",
        Object::Exception(class, _) => return *class,
        Object::CFunction(_) => "builtin_function_or_method",
    };
    class(name).expect("each kind of object has a class")
}

fn text(str: usize) -> &'static [u8] {
    match object(str) {
        Object::Str(text) => text,
        _ => b"",
    }
}

fn entries(dict: usize) -> &'static RefCell<Vec<(usize, usize)>> {
    match object(dict) {
        Object::Dict(entries) => entries,
        _ => unreachable!("only dicts are asked for entries"),
    }
}

fn find(dict: usize, key: usize) -> Option<usize> {
    entries(dict).borrow().iter().find(|(known, _)| text(*known) == text(key)).map(|(_, value)| *value)
}

fn raise(class_name: &str, message: &str) -> HostObj {
    let message = word_of(Object::Str(message.into()));
    new(Object::Exception(class(class_name).expect("a class of ours"), vec![message]))
}

struct Smallest;

impl Host for Smallest {
    fn name(&self) -> &'static str {
        "the smallest host"
    }
}

impl GcHooks for Smallest {
    fn retain(&self, word: usize) -> usize {
        word
    }

    fn release(&self, _word: usize) {}

    fn identity(&self, word: usize) -> usize {
        word
    }

    fn only_reference(&self, _word: usize) -> bool {
        false
    }
}

impl EndingProtocol for Smallest {}
impl DictProtocol for Smallest {
    fn dict_get(&self, dict: HostRef, key: HostRef) -> HostResult<Option<HostObj>> {
        Ok(find(dict.word(), key.word()).map(named))
    }

    fn dict_set(&self, dict: HostRef, key: HostRef, value: HostRef) -> HostResult<()> {
        entries(dict.word()).borrow_mut().push((key.word(), value.word()));
        Ok(())
    }
}

impl ObjectProtocol for Smallest {
    fn kind(&self, object: HostRef) -> Kind {
        match self::object(object.word()) {
            Object::Class => Kind::Type,
            Object::Singleton(kind) => *kind,
            Object::Int(_) => Kind::Int,
            Object::Str(_) => Kind::Str,
            Object::Tuple(_) => Kind::Tuple,
            Object::Dict(_) => Kind::Dict,
            Object::Module(_) => Kind::Module,
            Object::Exception(..) => Kind::Exception,
            Object::CFunction(mirror) => Kind::CInstance(*mirror),
        }
    }

    fn type_of(&self, object: HostRef) -> HostRef {
        HostRef::from_word(class_of(object.word())).expect("words start at one")
    }

    fn get_attr(&self, object: HostRef, name: HostRef) -> HostResult<HostObj> {
        let found = match self::object(object.word()) {
            Object::Module(dict) => find(*dict, name.word()),
            _ => None,
        };
        let message = || format!("no attribute '{}'", String::from_utf8_lossy(text(name.word())));
        found.map(named).ok_or_else(|| raise("Exception", &message()))
    }

    fn set_attr(&self, object: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        match (self::object(object.word()), value) {
            (Object::Module(dict), Some(value)) => entries(*dict).borrow_mut().push((name.word(), value.word())),
            _ => return Err(raise("TypeError", "only a module's attributes can be set")),
        }
        Ok(())
    }
}

impl CallProtocol for Smallest {
    fn call(&self, callable: HostRef, args: &[HostRef], _names: &[HostRef]) -> HostResult<HostObj> {
        match object(callable.word()) {
            Object::CFunction(mirror) => emul::methodobject::call_c_function(*mirror, args, &[]),
            Object::Class if order(callable.word()).any(|class| Some(class) == self::class("BaseException")) => {
                Ok(new(Object::Exception(callable.word(), args.iter().map(|arg| arg.word()).collect())))
            }
            _ => Err(raise("TypeError", "this cannot be called")),
        }
    }
}

impl ValueProtocol for Smallest {
    fn singleton(&self, kind: Kind) -> HostObj {
        new(Object::Singleton(kind))
    }

    fn new_int(&self, value: i64) -> HostObj {
        new(Object::Int(value))
    }

    fn int_value(&self, int: HostRef) -> Option<i64> {
        match object(int.word()) {
            Object::Int(value) => Some(*value),
            _ => None,
        }
    }

    fn new_str(&self, wtf8: &[u8]) -> HostObj {
        new(Object::Str(wtf8.into()))
    }

    fn with_str(&self, str: HostRef, read: &mut dyn FnMut(&[u8])) {
        read(text(str.word()));
    }

    fn new_tuple(&self, items: Vec<HostObj>) -> HostObj {
        new(Object::Tuple(items.into_iter().map(HostObj::into_word).collect()))
    }

    fn items(&self, sequence: HostRef) -> Vec<HostObj> {
        match object(sequence.word()) {
            Object::Tuple(items) => items.iter().copied().map(named).collect(),
            _ => Vec::new(),
        }
    }

    fn exception_args(&self, exception: HostRef) -> HostObj {
        match object(exception.word()) {
            Object::Exception(_, args) => new(Object::Tuple(args.clone())),
            _ => unreachable!("only exceptions are asked"),
        }
    }

    fn new_dict(&self) -> HostObj {
        new(Object::Dict(RefCell::default()))
    }

    fn container_len(&self, container: HostRef) -> usize {
        match object(container.word()) {
            Object::Tuple(items) => items.len(),
            _ => entries(container.word()).borrow().len(),
        }
    }

    fn new_module(&self, name: HostRef) -> HostObj {
        let name = (word_of(Object::Str(b"__name__".into())), name.word());
        let dict = word_of(Object::Dict(RefCell::new(vec![name])));
        new(Object::Module(dict))
    }

    fn namespace(&self, object: HostRef) -> HostObj {
        match self::object(object.word()) {
            Object::Module(dict) => named(*dict),
            _ => new(Object::Dict(RefCell::default())),
        }
    }
}

impl TypeProtocol for Smallest {
    fn builtin_class(&self, name: &str) -> Option<HostObj> {
        class(name).map(named)
    }

    fn class_info(&self, class: HostRef) -> ClassInfo {
        let bases: Vec<HostObj> = base(class.word()).into_iter().map(named).collect();
        ClassInfo {
            name: CLASSES[class.word() - 1].0.to_owned(),
            base: bases.first().cloned(),
            bases,
            mro: order(class.word()).map(named).collect(),
            own_slots: 0,
            own_specials: Vec::new(),
            has_dict: false,
            has_weakrefs: false,
            is_base_type: true,
            is_heap: false,
        }
    }

    fn is_subtype(&self, class: HostRef, of: HostRef) -> bool {
        order(class.word()).any(|class| class == of.word())
    }

    fn new_c_function(&self, mirror: *mut PyObject) -> HostObj {
        new(Object::CFunction(mirror))
    }
}

impl RuntimeProtocol for Smallest {
    fn attached(&self) -> Option<i64> {
        Some(0)
    }

    fn recursion_limit_reached(&self) -> bool {
        false
    }
}

/// Load the module, call its function with the arguments (ints where they look like it, else strs).
fn run(file: &str, module: &str, function: &str, args: &[String]) -> HostResult<HostObj> {
    // What `importlib` would describe the module by: an object with the name.
    let (key, name) = (host().new_str(b"name"), host().new_str(module.as_bytes()));
    let spec = host().new_module(name.as_ref());
    host().set_attr(spec.as_ref(), key.as_ref(), Some(name.as_ref()))?;
    let module = emul::loader::create_once(module, file, spec.as_ref())?;
    emul::loader::exec(module.as_ref())?;
    let name = host().new_str(function.as_bytes());
    let function = host().get_attr(module.as_ref(), name.as_ref())?;
    let value = |arg: &String| arg.parse().map_or_else(|_| host().new_str(arg.as_bytes()), |int| host().new_int(int));
    let args: Vec<HostObj> = args.iter().map(value).collect();
    let args: Vec<HostRef> = args.iter().map(HostObj::as_ref).collect();
    host().call(function.as_ref(), &args, &[])
}

fn show(word: usize) -> String {
    match object(word) {
        Object::Singleton(kind) => format!("{kind:?}"),
        Object::Int(value) => value.to_string(),
        Object::Str(text) => String::from_utf8_lossy(text).into_owned(),
        Object::Tuple(items) => format!("({})", items.iter().map(|&item| show(item)).collect::<Vec<_>>().join(", ")),
        Object::Exception(class, args) => {
            format!("{}: {}", CLASSES[class - 1].0, args.iter().map(|&arg| show(arg)).collect::<Vec<_>>().join(", "))
        }
        _ => format!("<{}>", CLASSES[class_of(word) - 1].0),
    }
}

fn main() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, module, function, args @ ..] = &args[..] else {
        eprintln!("usage: smallest_host FILE MODULE FUNCTION ARGUMENT...");
        return std::process::ExitCode::from(2);
    };
    CLASSES.iter().for_each(|_| _ = word_of(Object::Class));
    install(&Smallest, Offers::NONE);
    emul::init();
    match run(file, module, function, args) {
        Ok(result) => println!("{}", show(result.as_ref().word())),
        Err(error) => {
            eprintln!("{}", show(error.as_ref().word()));
            return std::process::ExitCode::FAILURE;
        }
    }
    std::process::ExitCode::SUCCESS
}
