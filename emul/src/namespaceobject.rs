//! `internal/pycore_namespace.h`: `types.SimpleNamespace`.

use capi_macros::capi;

use crate::boundary::{Cx, New, Obj, Result};
use crate::dictobject;

/// `SimpleNamespace(**kwds)`; NULL for an empty one.
#[capi]
fn _PyNamespace_New(cx: Cx<'_>, kwds: Option<Obj<'_>>) -> Result<New> {
    let types = cx.call(|h| h.import("types"))?;
    let class = cx.attr_str(types.as_ref(), "SimpleNamespace")?;
    let namespace = cx.call(|h| h.call(class.as_ref(), &[], &[]))?;
    if let Some(kwds) = kwds {
        if !dictobject::is_dict(kwds) {
            return Err(cx.bad_internal_call());
        }
        let (attributes, kwds) = (cx.attr_str(namespace.as_ref(), "__dict__")?, kwds.give(cx)?);
        cx.call_method(attributes.as_ref(), "update", &[kwds.as_ref()])?;
    }
    Ok(cx.to_c(namespace))
}
