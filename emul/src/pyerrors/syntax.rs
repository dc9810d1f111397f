//! Where a SyntaxError is in the source.

use std::ffi::c_int;

use capi_macros::capi;

use super::display::forgive;
use super::{hold_pending, optional, set_part, text_of};
use crate::boundary::{Cx, New, Obj, Result, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::statics::exception;
use crate::unicodeobject;

/// Add file and line to the pending exception, a SyntaxError.
#[capi]
fn PyErr_SyntaxLocation(cx: Cx<'_>, filename: Option<Text<'_>>, line: c_int) {
    let name = filename.map(|name| unicodeobject::decode_utf8(cx, name.bytes(), Some("surrogateescape"))).transpose();
    syntax_location(cx, name.unwrap_or_default(), line, -1);
}

/// Add file, line and column to the pending exception, a SyntaxError.
#[capi]
fn PyErr_SyntaxLocationEx(cx: Cx<'_>, filename: Option<Text<'_>>, line: c_int, column: c_int) {
    let name = filename.map(|name| unicodeobject::decode_utf8(cx, name.bytes(), Some("surrogateescape"))).transpose();
    syntax_location(cx, name.unwrap_or_default(), line, column);
}

/// Add file, line and column to the pending exception, a SyntaxError.
#[capi]
fn PyErr_SyntaxLocationObject(cx: Cx<'_>, filename: Option<Obj<'_>>, line: c_int, column: c_int) {
    let name = filename.map(|name| name.give(cx)).transpose();
    syntax_location(cx, name.unwrap_or_default(), line, column);
}

/// Add file, lines and columns to the pending exception, a SyntaxError.
#[capi]
fn PyErr_RangedSyntaxLocationObject(
    cx: Cx<'_>,
    filename: Option<Obj<'_>>,
    line: c_int,
    column: c_int,
    end_line: c_int,
    end_column: c_int,
) {
    let name = filename.map(|name| name.give(cx)).transpose();
    ranged_location(cx, name.unwrap_or_default(), (line, column), (end_line, end_column));
}

fn syntax_location(cx: Cx<'_>, filename: Option<HostObj>, line: c_int, column: c_int) {
    ranged_location(cx, filename, (line, column), (line, -1));
}

/// Lines and columns below 0 are none, but for the line that it begins in.
fn ranged_location(cx: Cx<'_>, filename: Option<HostObj>, (line, column): (c_int, c_int), end: (c_int, c_int)) {
    let held = hold_pending();
    let Some(mirror) = optional(held.0) else { return };
    let is_syntax_error = std::ptr::eq(mirror.type_ptr(), exception!(PyExc_SyntaxError));
    let Ok(error) = mirror.give(cx) else { return };
    let number = host().new_int(line.into());
    let given = |place: c_int| (place >= 0).then(|| host().new_int(place.into()));
    let (offset, end_line, end_offset) = (given(column), given(end.0), given(end.1));
    let text = filename.as_ref().and_then(|name| program_text(cx, name.as_ref(), line).ok().flatten());
    let parts = [
        ("lineno", Some(number.as_ref())),
        ("offset", offset.as_ref().map(HostObj::as_ref)),
        ("end_lineno", end_line.as_ref().map(HostObj::as_ref)),
        ("end_offset", end_offset.as_ref().map(HostObj::as_ref)),
        ("filename", filename.as_ref().map(HostObj::as_ref)),
        ("text", text.as_ref().map(HostObj::as_ref)),
    ];
    for (name, value) in parts {
        // A line of the text is told where there is one. An exception without such an attribute keeps what it has, as in CPython.
        if name != "text" && name != "filename" || value.is_some() {
            forgive(cx, set_part(cx, error.as_ref(), name, value));
        }
    }
    if !is_syntax_error {
        complete(cx, error.as_ref());
    }
    drop(cx.take_error());
}

/// Whoever shows an error that has a place asks what else a SyntaxError has.
fn complete(cx: Cx<'_>, error: HostRef) {
    let message = cx.call(|h| h.str(error)).ok();
    let none = host().singleton(Kind::None);
    for (name, value) in [("msg", message.as_ref()), ("print_file_and_line", Some(&none))] {
        let attribute = cx.str(name);
        if cx.call(|h| h.get_attr(error, attribute.as_ref())).is_err() {
            drop(cx.take_error());
            forgive(cx, set_part(cx, error, name, value.map(HostObj::as_ref)));
        }
    }
}

fn program_text(cx: Cx<'_>, filename: HostRef, line: c_int) -> Result<Option<HostObj>> {
    // Whatever else is given for a name is no file's.
    if host().kind(filename) != Kind::Str {
        return Ok(None);
    }
    let Ok(source) = std::fs::read(text_of(filename)) else { return Ok(None) };
    let index = usize::try_from(line).ok().and_then(|line| line.checked_sub(1));
    let found = index.and_then(|index| source.split_inclusive(|&byte| byte == b'\n').nth(index));
    Ok(found.and_then(|text| std::str::from_utf8(text).ok()).map(|text| cx.str(text)))
}

/// A line of a source file; NULL without an error where there is none.
#[capi]
fn PyErr_ProgramText(cx: Cx<'_>, filename: Option<Text<'_>>, line: c_int) -> Result<Option<New>> {
    let Some(filename) = filename else { return Ok(None) };
    let filename = unicodeobject::decode_utf8(cx, filename.bytes(), Some("surrogateescape"))?;
    Ok(program_text(cx, filename.as_ref(), line)?.map(|text| cx.to_c(text)))
}

/// A line of a source file; NULL without an error where there is none.
#[capi]
fn PyErr_ProgramTextObject(cx: Cx<'_>, filename: Option<Obj<'_>>, line: c_int) -> Result<Option<New>> {
    let Some(filename) = filename else { return Ok(None) };
    if !unicodeobject::is_str(filename) {
        return Ok(None);
    }
    let filename = filename.give(cx)?;
    Ok(program_text(cx, filename.as_ref(), line)?.map(|text| cx.to_c(text)))
}
