//! `#[capi]`: one declaration of a C API function.
//!
//! ```ignore
//! #[capi]
//! fn PyList_Size(cx: Cx<'_>, list: Obj<'_>) -> Result<Py_ssize_t> { ... }
//! ```
//!
//! becomes the exported `extern "C"` function of that name, whose arguments and result are the C types of
//! `crate::boundary`, around the function as written. `#[capi(raw)]` exports a function that already is `extern "C"`,
//! `#[capi_data]` a static. The generator (`cargo xtask api`) reads the same declarations from the sources.

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{FnArg, ItemFn, ItemStatic, Lifetime, Pat, ReturnType, Type, parse_macro_input, parse_quote};

/// Export a function of the C API. See the crate's text.
#[proc_macro_attribute]
pub fn capi(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = parse_macro_input!(item as ItemFn);
    if attribute.to_string() == "raw" {
        watch_pointers(&mut function);
        count_calls(&mut function);
        return quote! {
            #[unsafe(no_mangle)]
            #[allow(clippy::missing_safety_doc, unreachable_pub, reason = "the C API's own contract, as CPython documents it")]
            #function
        }
        .into();
    }
    expand(&function).into()
}

/// Export a datum of the C API.
#[proc_macro_attribute]
pub fn capi_data(_attribute: TokenStream, item: TokenStream) -> TokenStream {
    let datum = parse_macro_input!(item as ItemStatic);
    quote! {
        #[unsafe(no_mangle)]
        #[allow(missing_docs, unreachable_pub, reason = "a datum of the C API, as CPython documents it")]
        #datum
    }
    .into()
}

/// Whether CPython's function says "null argument to internal routine" of NULL, as those of `abstract.c` do; the others that look say
/// "bad argument to internal function".
fn is_abstract(name: &str) -> bool {
    if matches!(name, "PyUnicode_Join") || name.starts_with("PyObject_RichCompare") {
        return name == "PyUnicode_Join";
    }
    ["PyObject_", "_PyObject_", "PyNumber_", "_PyNumber_", "PySequence_", "PyMapping_", "PyIter_", "PyIndex_"]
        .iter()
        .any(|family| name.starts_with(family))
}

fn expand(function: &ItemFn) -> proc_macro2::TokenStream {
    let name = &function.sig.ident;
    let name_text = name.to_string();
    let docs = function.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let result = match &function.sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, result) => {
            let result = without_lifetimes(result);
            quote!(#result)
        }
    };
    let mut parameters = Vec::new();
    let mut conversions = Vec::new();
    let mut arguments = Vec::new();
    let mut addresses = Vec::new();
    let (mut results, mut names) = (Vec::new(), Vec::new());
    for (index, argument) in function.sig.inputs.iter().enumerate() {
        let FnArg::Typed(argument) = argument else { panic!("a function of the API has no self") };
        if is_cx(&argument.ty) {
            arguments.push(quote!(cx));
            continue;
        }
        let parameter = match &*argument.pat {
            Pat::Ident(pattern) => pattern.ident.clone(),
            _ => format_ident!("argument{index}"),
        };
        let ty = without_lifetimes(&argument.ty);
        parameters.push(quote!(#parameter: <#ty as crate::boundary::FromC<'static>>::C));
        // SAFETY of the generated block: C keeps the function's contract.
        if !is_abstract(&name_text) {
            conversions.push(quote! {
                if <#ty as crate::boundary::FromC<'static>>::refuses(&#parameter) {
                    return Err(cx.bad_internal_call());
                }
            });
        }
        conversions.push(quote! {
            let #parameter = unsafe { <#ty as crate::boundary::FromC<'static>>::from_c(cx, #parameter) }?;
        });
        if quote!(#ty).to_string().replace(' ', "").contains("Out<'static,*mutPyObject>") {
            results.push(parameter.clone());
        }
        names.push(parameter.clone());
        arguments.push(quote!(#parameter));
        addresses.push(quote!(<#ty as crate::boundary::FromC<'static>>::address(&#parameter)));
    }
    let watch = watch(&name_text, &addresses);
    let converted = if results.is_empty() {
        quote!(#(#conversions)*)
    } else {
        quote! {
            let converted = (|| {
                #(#conversions)*
                Ok((#(#names,)*))
            })();
            let (#(#names,)*) = match converted {
                Ok(converted) => converted,
                Err(raised) => {
                    // Whoever looks at the result alone finds that there is none.
                    #(crate::boundary::no_result(#results);)*
                    return Err(raised);
                }
            };
        }
    };
    quote! {
        #(#docs)*
        #[unsafe(no_mangle)]
        #[allow(non_snake_case, clippy::missing_safety_doc, unreachable_pub, reason = "the C API's own names and contracts, as CPython documents them")]
        pub unsafe extern "C" fn #name(#(#parameters),*) -> <#result as crate::boundary::IntoC>::C {
            #[allow(clippy::needless_lifetimes, clippy::unnecessary_wraps, reason = "one shape for every function of the API")]
            #function
            #[cfg(feature = "tally")]
            let _call = crate::tally::Call::of(#name_text);
            #watch
            // SAFETY: C calls with the lock held and with the arguments that the function's contract asks for.
            unsafe {
                crate::boundary::enter(#name_text, move |cx| {
                    #converted
                    Ok(#name(#(#arguments),*))
                })
            }
        }
    }
}

/// What a function does first: where freed objects are watched for, none may be among its arguments.
fn watch(name: &str, addresses: &[proc_macro2::TokenStream]) -> proc_macro2::TokenStream {
    if addresses.is_empty() {
        return quote!();
    }
    quote! {
        if crate::freed::is_watched() {
            crate::freed::check(#name, &[#(#addresses),*]);
        }
    }
}

/// As [`watch`], for a function that takes C's types as they are.
fn watch_pointers(function: &mut ItemFn) {
    let pointers = function.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) if matches!(&*argument.ty, Type::Ptr(_)) => match &*argument.pat {
            Pat::Ident(pattern) => Some(pattern.ident.clone()),
            _ => None,
        },
        _ => None,
    });
    let addresses: Vec<_> = pointers.map(|pointer| quote!(#pointer.addr())).collect();
    let watch = watch(&function.sig.ident.to_string(), &addresses);
    let body = &function.block;
    function.block = parse_quote!({
        #watch
        #body
    });
}

/// In builds that count calls, a function that takes C's types as they are tells of its own. One that never returns tells that
/// it was called and keeps nothing of its own in its frame: what ends a thread unwinds through it.
fn count_calls(function: &mut ItemFn) {
    let name = function.sig.ident.to_string();
    let never_returns =
        matches!(&function.sig.output, ReturnType::Type(_, result) if matches!(**result, Type::Never(_)));
    let count = if never_returns {
        quote!(crate::tally::ends(&#name))
    } else {
        quote!(let _call = crate::tally::Call::of(#name))
    };
    let body = &function.block;
    function.block = parse_quote!({
        #[cfg(feature = "tally")]
        #count;
        #body
    });
}

fn is_cx(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == "Cx"))
}

/// `ty` with every lifetime made `'static`: the C types do not depend on them.
fn without_lifetimes(ty: &Type) -> Type {
    struct Static;
    impl VisitMut for Static {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
    }
    let mut ty = ty.clone();
    Static.visit_type_mut(&mut ty);
    ty
}
