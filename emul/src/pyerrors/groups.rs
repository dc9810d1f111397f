//! Exception groups: what `except*` raises again.

use capi_macros::capi;
use object_mirror::object::Py_TPFLAGS_LIST_SUBCLASS;

use super::{class_object, is_exception};
use crate::boundary::{Cx, New, Obj, Result};
use crate::host::{Kind, host};
use crate::statics::exception;

/// The source of what `except*` does with the exceptions that its clauses raised: those that are parts of the original group
/// are put together again, beside the new ones.
const PREPARE_RERAISE: &str = "\
def is_part(exception, group):
    return (getattr(exception, '__notes__', None) is getattr(group, '__notes__', None)
            and exception.__traceback__ is group.__traceback__
            and exception.__cause__ is group.__cause__
            and exception.__context__ is group.__context__)

def leaves(exception, found):
    if isinstance(exception, BaseExceptionGroup):
        for inner in exception.exceptions:
            leaves(inner, found)
    else:
        found.append(exception)

def prepare(group, exceptions):
    if not exceptions:
        return None
    if not isinstance(group, BaseExceptionGroup):
        return exceptions[0]
    raised, kept = [], []
    for exception in exceptions:
        if exception is None:
            continue
        if is_part(exception, group):
            leaves(exception, kept)
        else:
            raised.append(exception)
    again = group.subgroup(lambda inner: any(inner is leaf for leaf in kept)) if kept else None
    if not raised:
        return again
    if again is not None:
        raised.append(again)
    return raised[0] if len(raised) == 1 else BaseExceptionGroup('', raised)
";

/// What to raise after `except*`: of the original exception and the list of what its clauses raised (None: nothing).
#[capi]
fn PyUnstable_Exc_PrepReraiseStar(cx: Cx<'_>, orig: Obj<'_>, excs: Option<Obj<'_>>) -> Result<New> {
    if !is_exception(orig) {
        return Err(cx.type_error("orig must be an exception instance"));
    }
    let Some(excs) = excs.filter(|excs| excs.type_has(Py_TPFLAGS_LIST_SUBCLASS)) else {
        return Err(cx.type_error("excs must be a list of exception instances"));
    };
    let (orig, excs) = (orig.give(cx)?, excs.give(cx)?);
    let base = class_object(exception!(PyExc_BaseException)).give(cx)?;
    for (index, item) in host().items(excs.as_ref()).iter().enumerate() {
        let is_none = host().kind(item.as_ref()) == Kind::None;
        if !is_none && !cx.call(|h| h.is_instance(item.as_ref(), base.as_ref()))? {
            return Err(cx.type_error(format!("item {index} of excs is not an exception")));
        }
    }
    let traceback = cx.attr_str(orig.as_ref(), "__traceback__")?;
    if host().kind(traceback.as_ref()) == Kind::None {
        return Err(cx.value_error("orig must be a raised exception"));
    }
    let namespace = host().new_dict();
    cx.call(|h| h.run_source(PREPARE_RERAISE, "<pyerrors>", false, namespace.as_ref(), namespace.as_ref()))?;
    let name = cx.str("prepare");
    let prepare = cx.call(|h| h.dict_get(namespace.as_ref(), name.as_ref()))?;
    let prepare = prepare.ok_or_else(|| cx.bad_internal_call())?;
    cx.object(|h| h.call(prepare.as_ref(), &[orig.as_ref(), excs.as_ref()], &[]))
}
