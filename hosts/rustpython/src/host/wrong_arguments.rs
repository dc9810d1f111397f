//! Builtins called with wrong arguments: CPython's words for it.
//!
//! RustPython tells in one way that arguments do not fit a builtin, whatever it takes. CPython's words follow from how a
//! function takes its arguments, and that shows in its signature: nothing, one by position, several by position, or some by
//! name. So the slots by which the host calls builtins, types and functions are wrapped, and an error on its way out gets
//! CPython's words; a call that succeeds pays for the way through here alone. (C's pending calls are made here too.)
//!
//! Only what the binding of arguments raised is worded anew: a TypeError that no frame has seen, with the very text that
//! RustPython makes for this function and so many arguments; or one of a call with more arguments than the signature has
//! parameters for. RustPython makes the signatures from the types that bind the arguments: such a call ends before the
//! function runs, if not for the number, then for a value that was looked at before. CPython counts first.
//! Methods of C types have their words from C.

use std::sync::OnceLock;

use emul::suggestions::suggest;
use rustpython::vm::builtins::descriptor::PyMethodDescriptor;
use rustpython::vm::builtins::{PyBaseExceptionRef, PyCode, PyModule, PyStr, PyType};
use rustpython::vm::function::FuncArgs;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::types::mirror_of;

type Call = fn(&PyObject, FuncArgs, &VirtualMachine) -> PyResult;
type VectorCall = fn(&PyObject, Vec<PyObjectRef>, usize, Option<&[PyObjectRef]>, &VirtualMachine) -> PyResult;

/// How many arguments a call has, in front and by name.
#[derive(Clone, Copy)]
struct Given {
    positional: usize,
    keywords: usize,
}

/// Wrap the two slots by which instances of the type `$class` are called.
macro_rules! wrap {
    ($class:expr, $reword:expr) => {{
        static BEFORE: OnceLock<(Call, VectorCall)> = OnceLock::new();
        fn call(callable: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let given = Given { positional: args.args.len(), keywords: args.kwargs.len() };
            let result = (BEFORE.get().expect("stored before this was").0)(callable, args, vm);
            let result = result.map_err(|error| reworded(callable, given, error, $reword, vm))?;
            if emul::calls_wait() { make_calls(result, vm) } else { Ok(result) }
        }
        fn vectorcall(
            callable: &PyObject,
            args: Vec<PyObjectRef>,
            nargs: usize,
            names: Option<&[PyObjectRef]>,
            vm: &VirtualMachine,
        ) -> PyResult {
            let given = Given { positional: nargs, keywords: names.map_or(0, <[_]>::len) };
            let result = (BEFORE.get().expect("stored before this was").1)(callable, args, nargs, names, vm);
            let result = result.map_err(|error| reworded(callable, given, error, $reword, vm))?;
            if emul::calls_wait() { make_calls(result, vm) } else { Ok(result) }
        }
        let slots = $class.slots();
        if let (Some(before), Some(vector_before)) = (slots.call.load(), slots.vectorcall.load())
            && BEFORE.set((before, vector_before)).is_ok()
        {
            slots.call.store(Some(call));
            slots.vectorcall.store(Some(vectorcall));
        }
    }};
}

/// Before a call returns, make those that C asked for and that any thread may make: between instructions the host looks for
/// such on the main thread alone.
#[cold]
fn make_calls(result: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    emul::run_pending_calls().map_err(|error| super::raised(error, vm))?;
    Ok(result)
}

/// Wrap the slots of the host's callables.
pub(super) fn install(vm: &VirtualMachine) {
    let types = &vm.ctx.types;
    wrap!(types.builtin_function_or_method_type, of_builtin);
    wrap!(types.method_descriptor_type, of_method);
    wrap!(types.type_type, of_class);
    wrap!(types.function_type, of_function);
    wrap_class_methods(types.classmethod_descriptor_type);
}

/// A class method's descriptor that is called with, or bound to, what is no class.
fn wrap_class_methods(class: &Py<PyType>) {
    type Get = fn(&PyObject, Option<&PyObject>, Option<&PyObject>, &VirtualMachine) -> PyResult;
    static BEFORE: OnceLock<(Call, Get)> = OnceLock::new();
    let slots = class.slots();
    if let (Some(call), Some(get)) = (slots.call.load(), slots.descr_get.load())
        && BEFORE.set((call, get)).is_ok()
    {
        slots.call.store(Some(|method, args, vm| {
            let given = Given { positional: args.args.len(), keywords: args.kwargs.len() };
            let result = (BEFORE.get().expect("stored before this was").0)(method, args, vm);
            result.map_err(|error| reworded(method, given, error, of_class_method, vm))
        }));
        slots.descr_get.store(Some(|method, instance, class, vm| {
            let given = Given { positional: 2, keywords: 0 };
            let result = (BEFORE.get().expect("stored before this was").1)(method, instance, class, vm);
            result.map_err(|error| reworded(method, given, error, of_class_method, vm))
        }));
    }
}

type Reword = fn(&PyObject, Given, &str, &VirtualMachine) -> Option<String>;

/// The error, or the same in CPython's words.
#[cold]
fn reworded(
    callable: &PyObject,
    given: Given,
    error: PyBaseExceptionRef,
    reword: Reword,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    if !error.class().is(vm.ctx.exceptions.type_error) || error.traceback().is_some() {
        return error;
    }
    let args = error.args();
    let [text] = args.as_slice() else { return error };
    let text = text.downcast_ref::<PyStr>().and_then(|text| text.to_str());
    let words = text.and_then(|text| reword(callable, given, text, vm));
    words.map_or(error, |words| vm.new_type_error(words))
}

/// An attribute that is a str. Those of builtins are the host's own: no code runs.
fn text(object: &PyObject, name: &'static str, vm: &VirtualMachine) -> Option<String> {
    let value = object.get_attr(name, vm).ok()?;
    Some(value.downcast_ref::<PyStr>()?.to_str()?.to_owned())
}

fn is_of_c(class: &Py<PyType>) -> bool {
    class.mro_map_collect(|base| mirror_of(base).is_some()).contains(&true)
}

fn of_builtin(function: &PyObject, given: Given, error: &str, vm: &VirtualMachine) -> Option<String> {
    // What is bound to nothing takes its self by position, and its signature does not tell.
    let owner = function.get_attr("__self__", vm).ok().filter(|owner| !vm.is_none(owner))?;
    let class = owner.downcast_ref::<PyType>().unwrap_or_else(|| owner.class());
    if !owner.downcastable::<PyModule>() && is_of_c(class) {
        return None;
    }
    let name = text(function, "__name__", vm)?;
    let full = || {
        let qualified = text(function, "__qualname__", vm).unwrap_or_else(|| name.clone());
        match text(function, "__module__", vm) {
            Some(module) if module != "builtins" => format!("{module}.{qualified}"),
            _ => qualified,
        }
    };
    words(&name, full, &text(function, "__text_signature__", vm)?, given, error)
}

fn of_method(method: &PyObject, given: Given, error: &str, vm: &VirtualMachine) -> Option<String> {
    let descriptor = method.downcast_ref::<PyMethodDescriptor>()?;
    // What the method is called with is looked at before the arguments are counted.
    if is_of_c(descriptor.common.typ) || error.starts_with("descriptor '") {
        return None;
    }
    let given = Given { positional: given.positional.checked_sub(1)?, ..given };
    let name = text(method, "__name__", vm)?;
    let full = || text(method, "__qualname__", vm).unwrap_or_else(|| name.clone());
    words(&name, full, &text(method, "__text_signature__", vm)?, given, error)
}

fn of_class_method(method: &PyObject, _given: Given, error: &str, vm: &VirtualMachine) -> Option<String> {
    let rest = error.strip_prefix("descriptor '")?.strip_prefix(&text(method, "__name__", vm)?[..])?;
    let (class, got) = rest.strip_prefix("' for type '")?.split_once("' needs a type, not '")?;
    Some(error.replace(&format!("{class}' needs a type, not '{got}"), &format!("{class}' needs a type, not a '{got}")))
}

/// Builtin classes alone: others' errors come from what their classes' methods do.
fn of_class(class: &PyObject, given: Given, error: &str, vm: &VirtualMachine) -> Option<String> {
    class.downcast_ref::<PyType>().filter(|ty| ty.heaptype_ext().is_none() && !is_of_c(ty))?;
    let name = text(class, "__name__", vm)?;
    let signature = text(class, "__text_signature__", vm).unwrap_or_default();
    // How many arguments a class takes by position is told in the same words by both. What is not the binding's is told by
    // the class's methods, which may be of other classes.
    let is_known = unexpected_keyword(&name, given, error).is_some() || is_about_number(&name, given, error);
    let words = words(&name, || name.clone(), &signature, given, error)?;
    (is_known && given.keywords > 0).then_some(words)
}

/// A function made in Python: only which keyword was probably meant is missing.
fn of_function(function: &PyObject, given: Given, error: &str, vm: &VirtualMachine) -> Option<String> {
    let name = text(function, "__qualname__", vm)?;
    let wrong = unexpected_keyword(&name, given, error)?;
    let code = function.get_attr("__code__", vm).ok()?.downcast::<PyCode>().ok()?;
    let named = code.posonlyarg_count as usize..(code.arg_count + code.kwonlyarg_count) as usize;
    let candidates: Vec<&str> = code.varnames.get(named)?.iter().map(|name| name.as_str()).collect();
    let meant = suggest(wrong, candidates)?;
    Some(format!("{error}. Did you mean '{meant}'?"))
}

/// The keyword that RustPython's text says to be wrong.
fn unexpected_keyword<'a>(name: &str, given: Given, error: &'a str) -> Option<&'a str> {
    let keyword =
        error.strip_prefix(name)?.strip_prefix("() got an unexpected keyword argument '")?.strip_suffix('\'')?;
    (given.keywords > 0).then_some(keyword)
}

/// Whether the text says that the number of arguments is wrong.
fn is_about_number(name: &str, given: Given, error: &str) -> bool {
    let count = || error.strip_prefix(name)?.strip_prefix(" expected ")?.rsplit_once(", got ");
    count().is_some_and(|(_, count)| count == given.positional.to_string())
}

/// CPython's words for a call of the function `name` that does not fit; `None` where the host's are the same, or where the
/// signature does not tell.
fn words(name: &str, full: impl Fn() -> String, signature: &str, given: Given, error: &str) -> Option<String> {
    let keyword = unexpected_keyword(name, given, error);
    if let (Some(wrong), Some((_, known))) = (keyword, BY_NAME.iter().find(|(function, _)| *function == name)) {
        return words_of_known(name, known, wrong, given, error);
    }
    let signature = Signature::parse(signature)?;
    let is_known = keyword.is_some() || is_about_number(name, given, error);
    if !is_known && !signature.cannot_take(given) || signature.takes_keywords() && LEAVES_KEYWORDS.contains(&name) {
        return None;
    }
    if signature.takes_keywords() {
        return signature.words_by_name(name, given, keyword, error);
    }
    if given.keywords > 0 {
        return Some(format!("{}() takes no keyword arguments", full()));
    }
    let (count, most) = (given.positional, signature.parameters.len());
    let required = signature.parameters.iter().filter(|parameter| parameter.is_required).count();
    match (required, most) {
        _ if signature.var_positional => None,
        (_, 0) if count > 0 => Some(format!("{}() takes no arguments ({count} given)", full())),
        (1, 1) if count != 1 => Some(format!("{}() takes exactly one argument ({count} given)", full())),
        _ if count > most => {
            let bound = if required < most { "at most " } else { "" };
            Some(format!("{name} expected {bound}{most} argument{}, got {count}", plural(most)))
        }
        _ => None,
    }
}

/// Of a function that takes its keywords by a list of its own, apart from what it takes by position.
fn words_of_known(name: &str, known: &[&str], wrong: &str, given: Given, error: &str) -> Option<String> {
    if given.keywords > known.len() {
        let most = format!("{} keyword argument{}", known.len(), plural(known.len()));
        return Some(format!("{name}() takes at most {most} ({} given)", given.keywords));
    }
    suggest(wrong, known.iter().copied()).map(|meant| format!("{error}. Did you mean '{meant}'?"))
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// What CPython's functions that have no signature, or parse their keywords apart, take by name.
const BY_NAME: &[(&str, &[&str])] = &[
    ("AttributeError", &["name", "obj"]),
    ("ImportError", &["name", "path", "name_from"]),
    ("NameError", &["name"]),
    ("max", &["key", "default"]),
    ("min", &["key", "default"]),
    ("product", &["repeat"]),
];

/// Functions that count what they get by position and hand on keywords as they are, whatever their signature says.
const LEAVES_KEYWORDS: &[&str] = &["sorted"];

struct Parameter {
    name: String,
    is_required: bool,
}

/// What `__text_signature__` says: first those by position alone, then those by both, then those by name alone.
struct Signature {
    parameters: Vec<Parameter>,
    by_position_alone: usize,
    by_position: usize,
    var_positional: bool,
}

impl Signature {
    /// `None` for one that is not understood, or that takes any keyword.
    fn parse(text: &str) -> Option<Self> {
        let inside = text.strip_prefix('(')?.strip_suffix(')')?;
        let mut signature =
            Self { parameters: Vec::new(), by_position_alone: 0, by_position: 0, var_positional: false };
        let mut by_name_alone = false;
        for part in split(inside)? {
            let (name, default) = match part.split_once('=') {
                Some((name, default)) => (name, Some(default)),
                None => (part, None),
            };
            match name {
                "/" => signature.by_position_alone = signature.parameters.len(),
                "*" => by_name_alone = true,
                name if name.starts_with("**") => return None,
                name if name.starts_with('*') => (signature.var_positional, by_name_alone) = (true, true),
                name if name.starts_with('$') => {}
                name if name.chars().all(|ch| ch.is_alphanumeric() || ch == '_') && !name.is_empty() => {
                    let parameter = Parameter { name: name.to_owned(), is_required: default.is_none() };
                    signature.parameters.push(parameter);
                    signature.by_position += usize::from(!by_name_alone);
                }
                _ => return None,
            }
        }
        Some(signature)
    }

    fn takes_keywords(&self) -> bool {
        self.parameters.len() > self.by_position_alone
    }

    /// Whether no binding of so many arguments to these parameters exists, whatever they are called.
    fn cannot_take(&self, given: Given) -> bool {
        let too_many = given.positional > self.by_position || given.positional + given.keywords > self.parameters.len();
        !self.var_positional && too_many || given.keywords > 0 && !self.takes_keywords()
    }

    /// What `_PyArg_UnpackKeywords` says, in its order.
    fn words_by_name(&self, name: &str, given: Given, keyword: Option<&str>, error: &str) -> Option<String> {
        let (count, total) = (given.positional, given.positional + given.keywords);
        let required = |range: &[Parameter]| range.iter().filter(|parameter| parameter.is_required).count();
        if !self.var_positional {
            let most = self.parameters.len();
            if total > most {
                let kind = if count == 0 { "keyword " } else { "" };
                return Some(format!("{name}() takes at most {most} {kind}argument{} ({total} given)", plural(most)));
            }
            let most = self.by_position;
            if count > most && most == 0 {
                return Some(format!("{name}() takes no positional arguments"));
            }
            if count > most {
                let bound = if required(&self.parameters[..most]) < most { "at most" } else { "exactly" };
                let rest = format!("{most} positional argument{} ({count} given)", plural(most));
                return Some(format!("{name}() takes {bound} {rest}"));
            }
        }
        let least = required(&self.parameters[..self.by_position_alone]);
        if count < least {
            let bound = if least < self.by_position || self.var_positional { "at least" } else { "exactly" };
            let rest = format!("{least} positional argument{} ({count} given)", plural(least));
            return Some(format!("{name}() takes {bound} {rest}"));
        }
        let may_lack = self.parameters.iter().skip(count).any(|parameter| parameter.is_required);
        match keyword {
            // Which of them the names given stand for is not known here.
            _ if may_lack => None,
            Some(wrong) => {
                let candidates = self.parameters[self.by_position_alone..].iter().map(|parameter| &parameter.name[..]);
                suggest(wrong, candidates).map(|meant| format!("{error}. Did you mean '{meant}'?"))
            }
            None => None,
        }
    }
}

/// The parts between the outermost commas.
fn split(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    let mut escaped = false;
    for (index, ch) in text.char_indices() {
        match (quote, ch) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == ch => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(ch),
            (None, '(' | '[' | '{' | '<') => depth += 1,
            (None, ')' | ']' | '}' | '>') => depth = depth.checked_sub(1)?,
            (None, ',') if depth == 0 => {
                parts.push(text[start..index].trim());
                start = index + 1;
            }
            (None, _) => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    (depth == 0 && quote.is_none()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::{Given, Signature, words};

    fn said(signature: &str, positional: usize, keywords: usize, error: &str) -> Option<String> {
        words("f", || "C.f".to_owned(), signature, Given { positional, keywords }, error)
    }

    #[test]
    fn a_function_without_parameters_says_so() {
        assert_eq!(
            said("($self, /)", 2, 0, "f expected 0 arguments, got 2").as_deref(),
            Some("C.f() takes no arguments (2 given)")
        );
    }

    #[test]
    fn an_error_of_the_functions_own_stays() {
        assert_eq!(said("($self, x, /)", 0, 0, "g expected 1 argument, got 0"), None);
        assert_eq!(said("($self, x, /)", 1, 0, "f expected 1 argument, got 2"), None);
        assert_eq!(said("($self, x, y=1)", 1, 1, "f() got an unexpected keyword argument 'y', says g"), None);
        assert_eq!(said("($self, x, /, *more)", 9, 0, "f got nonsense"), None);
    }

    #[test]
    fn arguments_are_counted_before_they_are_looked_at() {
        let words = said("($self, x, y=1, /)", 3, 0, "Expected type 'str' but 'int' found.");
        assert_eq!(words.as_deref(), Some("f expected at most 2 arguments, got 3"));
        let words = said("($self, x, /)", 1, 1, "Expected type 'str' but 'int' found.");
        assert_eq!(words.as_deref(), Some("C.f() takes no keyword arguments"));
    }

    #[test]
    fn keywords_are_refused_before_all_else() {
        let words = said("($self, x, y=1, /)", 0, 1, "f expected at least 1 argument, got 0");
        assert_eq!(words.as_deref(), Some("C.f() takes no keyword arguments"));
    }

    #[test]
    fn a_name_that_was_probably_meant_is_told() {
        let words = said("($self, /, sep=None, maxsplit=-1)", 0, 1, "f() got an unexpected keyword argument 'maxsplt'");
        assert_eq!(
            words.as_deref(),
            Some("f() got an unexpected keyword argument 'maxsplt'. Did you mean 'maxsplit'?")
        );
    }

    #[test]
    fn signatures_have_commas_in_defaults() {
        let signature =
            Signature::parse("($module, a, /, b=(1, ','), *, c='x,\\'', d=<unrepresentable>)").expect("one");
        let names: Vec<&str> = signature.parameters.iter().map(|parameter| &parameter.name[..]).collect();
        assert_eq!((names, signature.by_position_alone, signature.by_position), (vec!["a", "b", "c", "d"], 1, 2));
    }

    #[test]
    fn what_is_not_understood_stays() {
        assert!(Signature::parse("($self, value, [start, [stop]])").is_none());
        assert!(Signature::parse("(*args, **kwargs)").is_none());
    }
}
