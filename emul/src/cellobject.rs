//! `cpython/cellobject.h`: cells, the variables that closures share. They are the host's.

use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::cellobject::PyCellObject;
use object_mirror::object::PyObject;

use crate::boundary::{Cx, New, Obj, Result};
use crate::cross::to_c_owned;
use crate::dictobject::is_error;
use crate::host::{HostRef, host};
use crate::lifetime;
use crate::statics::builtin;

fn check<'a>(cx: Cx<'_>, cell: Obj<'a>) -> Result<Obj<'a>> {
    if std::ptr::eq(cell.type_ptr(), builtin!(PyCell_Type)) { Ok(cell) } else { Err(cx.bad_internal_call()) }
}

/// Show C what the cell holds now, where it reads it inline.
pub(crate) fn show(mirror: *mut PyObject, object: HostRef) {
    let name = host().new_str(b"cell_contents");
    let content = host().get_attr(object, name.as_ref()).ok().map_or(null_mut(), |found| to_c_owned(found).into_ptr());
    // SAFETY: the mirror of a cell has its struct, whose field owns a reference.
    unsafe {
        let old = std::mem::replace(&mut (*mirror.cast::<PyCellObject>()).ob_ref, content);
        lifetime::xdecref(old);
    }
}

/// A cell that holds `value`, or nothing.
#[capi]
fn PyCell_New(cx: Cx<'_>, value: Option<Obj<'_>>) -> Result<New> {
    let Some(class) = cx.host().builtin_class("cell") else { return Err(cx.bad_internal_call()) };
    let value = value.map(|value| value.give(cx)).transpose()?;
    let args: Vec<_> = value.iter().map(|value| value.as_ref()).collect();
    cx.object(|h| h.call(class.as_ref(), &args, &[]))
}

/// What the cell holds; NULL without an error if nothing.
#[capi]
fn PyCell_Get(cx: Cx<'_>, cell: Obj<'_>) -> Result<Option<New>> {
    let cell = check(cx, cell)?.give(cx)?;
    let name = cx.str("cell_contents");
    match cx.unlocked(|h| h.get_attr(cell.as_ref(), name.as_ref())) {
        Ok(value) => Ok(Some(cx.to_c(value))),
        Err(error) if is_error(&error, "ValueError") => Ok(None),
        Err(error) => Err(cx.raise(error)),
    }
}

/// Make the cell hold `value`, or nothing.
#[capi]
fn PyCell_Set(cx: Cx<'_>, cell: Obj<'_>, value: Option<Obj<'_>>) -> Result<()> {
    let host_cell = check(cx, cell)?.give(cx)?;
    let value = value.map(|value| value.give(cx)).transpose()?;
    let name = cx.str("cell_contents");
    cx.call(|h| h.set_attr(host_cell.as_ref(), name.as_ref(), value.as_ref().map(|value| value.as_ref())))?;
    show(cell.as_ptr(), host_cell.as_ref());
    Ok(())
}
