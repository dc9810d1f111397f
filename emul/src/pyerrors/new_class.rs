//! New exception classes.

use capi_macros::capi;

use super::class_object;
use crate::boundary::{Cx, New, Obj, Result, Text};
use crate::host::{Kind, host};
use crate::statics::exception;

/// Make an exception class named `module.class`.
#[capi]
fn PyErr_NewException(cx: Cx<'_>, name: Text<'_>, base: Option<Obj<'_>>, dict: Option<Obj<'_>>) -> Result<New> {
    new_exception(cx, name, None, base, dict)
}

/// Make an exception class with a docstring.
#[capi]
fn PyErr_NewExceptionWithDoc(
    cx: Cx<'_>,
    name: Text<'_>,
    doc: Option<Text<'_>>,
    base: Option<Obj<'_>>,
    dict: Option<Obj<'_>>,
) -> Result<New> {
    new_exception(cx, name, doc, base, dict)
}

fn new_exception(
    cx: Cx<'_>,
    name: Text<'_>,
    doc: Option<Text<'_>>,
    base: Option<Obj<'_>>,
    dict: Option<Obj<'_>>,
) -> Result<New> {
    let full = name.to_str();
    let Some((module, short)) = full.rsplit_once('.') else {
        return Err(cx.system_error("PyErr_NewException: name must be module.class"));
    };
    let namespace = match dict {
        Some(dict) => dict.give(cx)?,
        None => host().new_dict(),
    };
    if let Some(doc) = doc {
        let (key, doc) = (cx.str("__doc__"), doc.host_str(cx)?);
        cx.call(|h| h.dict_set(namespace.as_ref(), key.as_ref(), doc.as_ref()))?;
    }
    let key = cx.str("__module__");
    if cx.call(|h| h.dict_get(namespace.as_ref(), key.as_ref()))?.is_none() {
        let module = cx.str(module);
        cx.call(|h| h.dict_set(namespace.as_ref(), key.as_ref(), module.as_ref()))?;
    }
    let base = base.unwrap_or_else(|| class_object(exception!(PyExc_Exception))).give(cx)?;
    let bases = if host().kind(base.as_ref()) == Kind::Tuple { base } else { host().new_tuple(vec![base]) };
    let short = cx.str(short);
    let made = cx.call_function("builtins", "type", &[short.as_ref(), bases.as_ref(), namespace.as_ref()])?;
    Ok(cx.to_c(made))
}
