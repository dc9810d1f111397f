//! `iterobject.h`, `genobject.h`'s part of it: iterators over a sequence or a callable.

use capi_macros::capi;

use crate::boundary::{Cx, New, Obj, Result};
use crate::host::HostObj;
use crate::slots::Slot;

/// The source of a view of a sequence that has items alone, so that iterating over it takes one after the other.
const ITEMS_ALONE: &str = "\
class Items:
    __slots__ = ('sequence',)
    def __init__(self, sequence):
        self.sequence = sequence
    def __getitem__(self, index):
        return self.sequence[index]
iterate = lambda sequence: iter(Items(sequence))
";

/// An iterator over `sequence[0]`, `sequence[1]`... until IndexError.
#[capi]
fn PySeqIter_New(cx: Cx<'_>, sequence: Obj<'_>) -> Result<New> {
    // SAFETY: a live object of a live type.
    let has_items = unsafe { Slot::SqItem.get(sequence.type_ptr()) != 0 };
    if !has_items {
        return Err(cx.bad_internal_call());
    }
    // SAFETY: as above.
    let has_iterator = unsafe { Slot::TpIter.get(sequence.type_ptr()) != 0 };
    let sequence = sequence.give(cx)?;
    if !has_iterator {
        return cx.object(|h| h.iter(sequence.as_ref()));
    }
    let iterate = items_alone(cx)?;
    cx.object(|h| h.call(iterate.as_ref(), &[sequence.as_ref()], &[]))
}

fn items_alone(cx: Cx<'_>) -> Result<HostObj> {
    let namespace = cx.host().new_dict();
    cx.call(|h| h.run_source(ITEMS_ALONE, "<iterobject>", false, namespace.as_ref(), namespace.as_ref()))?;
    let name = cx.str("iterate");
    let found = cx.call(|h| h.dict_get(namespace.as_ref(), name.as_ref()))?;
    found.ok_or_else(|| cx.bad_internal_call())
}

/// An iterator that calls `callable()` until it returns `sentinel`.
#[capi]
fn PyCallIter_New(cx: Cx<'_>, callable: Obj<'_>, sentinel: Obj<'_>) -> Result<New> {
    let (callable, sentinel) = (callable.give(cx)?, sentinel.give(cx)?);
    let iterator = cx.call_function("builtins", "iter", &[callable.as_ref(), sentinel.as_ref()])?;
    Ok(cx.to_c(iterator))
}
