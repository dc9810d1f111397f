//! `genericaliasobject.h`: `list[int]`.

use capi_macros::capi;

use crate::boundary::{Cx, New, Obj, Result};

/// `types.GenericAlias(origin, args)`.
#[capi]
fn Py_GenericAlias(cx: Cx<'_>, origin: Obj<'_>, args: Obj<'_>) -> Result<New> {
    let (origin, args) = (origin.give(cx)?, args.give(cx)?);
    let Some(class) = cx.host().builtin_class("types.GenericAlias") else { return Err(cx.bad_internal_call()) };
    cx.object(|h| h.call(class.as_ref(), &[origin.as_ref(), args.as_ref()], &[]))
}
