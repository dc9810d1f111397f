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
    if !crate::abstract_::sequence::is_sequence(sequence) {
        return Err(cx.bad_internal_call());
    }
    // SAFETY: a live object of a live type.
    let has_iterator = unsafe { Slot::TpIter.get(sequence.type_ptr()) != 0 };
    let sequence = sequence.give(cx)?;
    if !has_iterator {
        return cx.object(|h| h.iter(sequence.as_ref()));
    }
    let iterate = items_alone(cx)?;
    cx.object(|h| h.call(iterate.as_ref(), &[sequence.as_ref()], &[]))
}

fn items_alone(cx: Cx<'_>) -> Result<HostObj> {
    source_function(cx, ITEMS_ALONE, "iterate")
}

/// The function `name` that `source` defines.
fn source_function(cx: Cx<'_>, source: &str, name: &str) -> Result<HostObj> {
    let namespace = cx.host().new_dict();
    cx.call(|h| h.run_source(source, "<iterobject>", false, namespace.as_ref(), namespace.as_ref()))?;
    let name = cx.str(name);
    let found = cx.call(|h| h.dict_get(namespace.as_ref(), name.as_ref()))?;
    found.ok_or_else(|| cx.bad_internal_call())
}

const CALLED_LATER: &str = "def called_later(callable):\n    return lambda: callable()\n";

/// An iterator that calls `callable()` until it returns `sentinel`.
#[capi]
fn PyCallIter_New(cx: Cx<'_>, callable: Obj<'_>, sentinel: Obj<'_>) -> Result<New> {
    let is_callable = crate::abstract_::has_slot(callable, Slot::TpCall);
    let (mut callable, sentinel) = (callable.give(cx)?, sentinel.give(cx)?);
    if !is_callable {
        // `iter` asks at once what CPython's function leaves to the first item.
        let later = source_function(cx, CALLED_LATER, "called_later")?;
        callable = cx.call(|h| h.call(later.as_ref(), &[callable.as_ref()], &[]))?;
    }
    let iterator = cx.call_function("builtins", "iter", &[callable.as_ref(), sentinel.as_ref()])?;
    Ok(cx.to_c(iterator))
}
