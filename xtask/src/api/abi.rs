//! Whether a Rust declaration is, to the machine, what CPython's headers declare: as many parameters, passed in the same way.
//!
//! What the types point to is not compared: the headers of ours take CPython's spelling, which says it better than Rust's types.

use syn::{FnArg, GenericArgument, Pat, PathArguments, ReturnType, Type, TypePath};

use super::Facts;
use super::declared::Kind;

/// How a value travels between caller and function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    Nothing,
    Pointer,
    /// A whole number of so many bytes.
    Int(u8),
    Double,
}

/// Declarations that are not CPython's, a sentence each.
pub(super) fn compare(facts: &Facts) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, declaration) in &facts.ours.in_rust {
        let Some(export) = facts.cpython.exports.get(name) else {
            // A helper that C calls may have a name that CPython never uses.
            if !name.starts_with("_Emul_") {
                problems.push(format!(
                    "{}: CPython 3.13 does not export {name}; a helper is called _Emul_*",
                    declaration.file
                ));
            }
            continue;
        };
        let complain = |what: String| format!("{}: {name} {what}", declaration.file);
        match &declaration.kind {
            Kind::Data if !export.is_data => problems.push(complain("is a function in CPython".to_owned())),
            Kind::Function { .. } if export.is_data => problems.push(complain("is data in CPython".to_owned())),
            Kind::Function { declared, .. } if !export.result.is_empty() => {
                let parameters = parameters(declared);
                if parameters.len() != export.parameters.len() {
                    let (ours, theirs) = (parameters.len(), export.parameters.len());
                    problems.push(complain(format!(
                        "has {ours} parameters, in CPython {theirs} ({})",
                        export.parameters.join(", ")
                    )));
                    continue;
                }
                for ((parameter, ty), theirs) in parameters.iter().zip(&export.parameters) {
                    if differ(of_rust(ty), of_c(theirs)) {
                        problems.push(complain(format!(
                            "takes `{parameter}` otherwise than CPython, where it is `{theirs}`"
                        )));
                    }
                }
                if differ(of_result(&declared.sig.output), of_c(&export.result)) {
                    problems.push(complain(format!("does not return CPython's `{}`", export.result)));
                }
            }
            _ => {}
        }
    }
    problems
}

/// Names and types of the parameters that C passes.
pub(super) fn parameters(function: &syn::ItemFn) -> Vec<(String, &Type)> {
    let typed = function.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    let parameters = typed.filter(|typed| last_segment(&typed.ty).is_none_or(|segment| segment.ident != "Cx"));
    let named = parameters.map(|typed| match &*typed.pat {
        Pat::Ident(pattern) => (pattern.ident.to_string().trim_matches('_').to_owned(), &*typed.ty),
        _ => (String::new(), &*typed.ty),
    });
    named.collect()
}

/// Unknown is no difference.
fn differ(ours: Option<Class>, theirs: Option<Class>) -> bool {
    ours.zip(theirs).is_some_and(|(ours, theirs)| ours != theirs)
}

pub(super) fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(TypePath { path, .. }) => path.segments.last(),
        _ => None,
    }
}

pub(super) fn type_argument(segment: &syn::PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn of_result(result: &ReturnType) -> Option<Class> {
    let ReturnType::Type(_, ty) = result else { return Some(Class::Nothing) };
    let fallible = last_segment(ty).filter(|segment| segment.ident == "Result").and_then(type_argument);
    match fallible {
        Some(Type::Tuple(tuple)) if tuple.elems.is_empty() => Some(Class::Int(4)),
        Some(inner) => of_rust(inner),
        None => of_rust(ty),
    }
}

fn of_rust(ty: &Type) -> Option<Class> {
    match ty {
        Type::Ptr(_) | Type::Reference(_) | Type::BareFn(_) => return Some(Class::Pointer),
        Type::Never(_) => return Some(Class::Nothing),
        Type::Tuple(tuple) if tuple.elems.is_empty() => return Some(Class::Nothing),
        _ => {}
    }
    let segment = last_segment(ty)?;
    match segment.ident.to_string().as_str() {
        "Obj" | "New" | "Borrowed" | "Stolen" | "StolenOnSuccess" | "Text" | "Out" | "Option" => Some(Class::Pointer),
        "c_int" | "c_uint" | "i32" | "u32" | "bool" | "Py_UCS4" | "wchar_t" => Some(Class::Int(4)),
        "c_long" | "c_ulong" | "c_longlong" | "c_ulonglong" | "i64" | "u64" | "isize" | "usize" => Some(Class::Int(8)),
        "Py_ssize_t" | "Py_hash_t" | "Py_uhash_t" | "size_t" => Some(Class::Int(8)),
        "c_char" | "c_uchar" | "i8" | "u8" => Some(Class::Int(1)),
        "c_double" | "f64" => Some(Class::Double),
        _ => None,
    }
}

fn of_c(ty: &str) -> Option<Class> {
    let ty = ty.trim();
    if ty.ends_with('*') || ty.contains("(*") || ty.contains('[') {
        return Some(Class::Pointer);
    }
    match ty.strip_prefix("const ").unwrap_or(ty) {
        "void" => Some(Class::Nothing),
        "int" | "unsigned int" | "int32_t" | "uint32_t" | "Py_UCS4" | "wchar_t" => Some(Class::Int(4)),
        "PyGILState_STATE" | "PyLockStatus" | "PySendResult" | "PyMemAllocatorDomain" => Some(Class::Int(4)),
        "long" | "unsigned long" | "long long" | "unsigned long long" | "int64_t" | "uint64_t" | "uintptr_t" => {
            Some(Class::Int(8))
        }
        "Py_ssize_t" | "Py_hash_t" | "Py_uhash_t" | "size_t" | "time_t" | "PyTime_t" => Some(Class::Int(8)),
        "PyThread_ident_t" | "PyThread_handle_t" => Some(Class::Int(8)),
        "char" | "unsigned char" => Some(Class::Int(1)),
        "double" => Some(Class::Double),
        "PyCFunction"
        | "PyCapsule_Destructor"
        | "vectorcallfunc"
        | "freefunc"
        | "visitproc"
        | "inquiry"
        | "traverseproc" => Some(Class::Pointer),
        "Py_tracefunc" | "PyThread_type_lock" | "va_list" | "PyOS_sighandler_t" => Some(Class::Pointer),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> Option<Class> {
        of_rust(&syn::parse_str(text).unwrap())
    }

    fn result(text: &str) -> Option<Class> {
        of_result(&syn::parse_str(text).unwrap())
    }

    #[test]
    fn rust_types_travel_as_they_do_in_c() {
        assert_eq!(rust("Option<Obj<'a>>"), Some(Class::Pointer));
        assert_eq!(rust("*mut *mut PyObject"), Some(Class::Pointer));
        assert_eq!(rust("std::ffi::c_int"), Some(Class::Int(4)));
        assert_eq!(rust("Something"), None);
        assert_eq!(result("-> Result<()>"), Some(Class::Int(4)));
        assert_eq!(result("-> Result<bool>"), Some(Class::Int(4)));
        assert_eq!(result("-> Result<Py_ssize_t>"), Some(Class::Int(8)));
        assert_eq!(result("-> Result<Option<New>>"), Some(Class::Pointer));
        assert_eq!(result(""), Some(Class::Nothing));
    }

    #[test]
    fn c_types_are_read() {
        assert_eq!(of_c("PyObject * const *"), Some(Class::Pointer));
        assert_eq!(of_c("void (*)(void *)"), Some(Class::Pointer));
        assert_eq!(of_c("const Py_UCS4"), Some(Class::Int(4)));
        assert_eq!(of_c("Py_complex"), None);
    }

    #[test]
    fn the_context_is_no_parameter_of_c() {
        let function = syn::parse_str("fn F(cx: Cx<'_>, a: Obj<'_>, _b: c_int) {}").unwrap();
        let names: Vec<String> = parameters(&function).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
