//! `cpython/code.h`: code objects. C makes them up for tracebacks and introspection, with CPython's layout; those of the
//! host show C their fields when they cross.

use std::ffi::{c_int, c_uchar};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::code::PyCodeObject;
use object_mirror::object::{Py_TPFLAGS_BYTES_SUBCLASS, Py_TPFLAGS_TUPLE_SUBCLASS, PyObject, PyVarObject};

use crate::boundary::{Cx, New, Obj, Result, Text};
use crate::host::{HostObj, HostRef, host};
use crate::statics::{self, builtin};
use crate::{bytesobject, cross, lifetime, tupleobject, unicodeobject};

/// What `co_localspluskinds` says of a variable.
const CO_FAST_LOCAL: u8 = 0x20;
const CO_FAST_CELL: u8 = 0x40;
const CO_FAST_FREE: u8 = 0x80;
const CO_VARARGS: c_int = 4;
const CO_VARKEYWORDS: c_int = 8;
/// How many bytes an instruction has.
const INSTRUCTION: usize = 2;

/// What a made-up code object is made of; the names are CPython's.
struct Parts<'a> {
    argcount: c_int,
    posonlyargcount: c_int,
    kwonlyargcount: c_int,
    nlocals: c_int,
    stacksize: c_int,
    flags: c_int,
    firstlineno: c_int,
    code: Obj<'a>,
    consts: Obj<'a>,
    names: Obj<'a>,
    varnames: Obj<'a>,
    freevars: Obj<'a>,
    cellvars: Obj<'a>,
    filename: Obj<'a>,
    name: Obj<'a>,
    qualname: Obj<'a>,
    linetable: Obj<'a>,
    exceptiontable: Obj<'a>,
}

/// Code objects free what their fields hold.
pub(crate) fn init() {
    // SAFETY: our own static, before any C code runs.
    unsafe { (*builtin!(PyCode_Type)).tp_dealloc = Some(dealloc) };
}

unsafe extern "C" fn dealloc(op: *mut PyObject) {
    // SAFETY: a code object without references: each field is NULL or owns a reference.
    unsafe {
        let code: *mut PyCodeObject = op.cast();
        for field in [
            (*code).co_consts,
            (*code).co_names,
            (*code).co_exceptiontable,
            (*code).co_localsplusnames,
            (*code).co_localspluskinds,
            (*code).co_filename,
            (*code).co_name,
            (*code).co_qualname,
            (*code).co_linetable,
        ] {
            lifetime::xdecref(field);
        }
        lifetime::free_object(op.cast());
    }
}

pub(crate) fn is_code(op: *mut PyObject) -> bool {
    // SAFETY: callers pass live objects.
    std::ptr::eq(unsafe { (*op).ob_type }, builtin!(PyCode_Type))
}

fn code_struct(cx: Cx<'_>, code: Obj<'_>) -> Result<*mut PyCodeObject> {
    if is_code(code.as_ptr()) { Ok(code.cast()) } else { Err(cx.bad_internal_call()) }
}

/// A code object, as an object.
fn object<'a>(cx: Cx<'a>, code: *mut PyCodeObject) -> Result<Obj<'a>> {
    // SAFETY: C passes a live code object.
    unsafe { Obj::from_ptr(code.cast()) }.ok_or_else(|| cx.bad_internal_call())
}

/// The text of a str that C made or the host has.
fn text(op: *mut PyObject) -> String {
    // SAFETY: NULL or a live object.
    match unsafe { Obj::from_ptr(op) } {
        Some(text) if unicodeobject::is_str(text) => String::from_utf8_lossy(&unicodeobject::to_wtf8(op)).into_owned(),
        _ => String::new(),
    }
}

/// File and name of a code object, for a traceback.
pub(crate) fn place(code: *mut PyCodeObject) -> (String, String) {
    // SAFETY: callers pass a live code object.
    unsafe { (text((*code).co_filename), text((*code).co_name)) }
}

/// Refuse parts that do not go together, in CPython's order.
fn validate(cx: Cx<'_>, parts: &Parts<'_>) -> Result<()> {
    let tuples = [parts.consts, parts.names, parts.varnames, parts.freevars, parts.cellvars];
    let texts = [parts.filename, parts.name, parts.qualname];
    let bytes = [parts.code, parts.linetable, parts.exceptiontable];
    let right = tuples.iter().all(|part| part.type_has(Py_TPFLAGS_TUPLE_SUBCLASS))
        && texts.iter().all(|&part| unicodeobject::is_str(part))
        && bytes.iter().all(|part| part.type_has(Py_TPFLAGS_BYTES_SUBCLASS));
    let numbers = [parts.posonlyargcount, parts.kwonlyargcount, parts.stacksize, parts.flags];
    if !right || parts.argcount < parts.posonlyargcount || numbers.iter().any(|&number| number < 0) {
        return Err(cx.bad_internal_call());
    }
    if bytesobject::data(parts.code.as_ptr()).len() % INSTRUCTION != 0 {
        return Err(cx.value_error("code: co_code is malformed"));
    }
    let locals = tupleobject::items(parts.varnames.as_ptr()).len() as i64;
    let stars = [CO_VARARGS, CO_VARKEYWORDS].iter().filter(|&flag| parts.flags & flag != 0).count();
    if i64::from(parts.argcount) + i64::from(parts.kwonlyargcount) + stars as i64 > locals {
        return Err(cx.value_error("code: co_varnames is too small"));
    }
    if i64::from(parts.nlocals) != locals {
        return Err(cx.value_error("code: co_nlocals != len(co_varnames)"));
    }
    Ok(())
}

fn make(cx: Cx<'_>, parts: &Parts<'_>) -> Result<New> {
    validate(cx, parts)?;
    let (names, kinds) = variables(parts);
    let instructions = bytesobject::data(parts.code.as_ptr());
    let size = std::mem::offset_of!(PyCodeObject, co_code_adaptive) + instructions.len();
    let memory = lifetime::alloc_object(builtin!(PyCode_Type), size.max(size_of::<PyCodeObject>()));
    let memory = memory.ok_or_else(|| cx.error("MemoryError", ""))?.as_ptr();
    let keep = |part: Obj<'_>| part.to_new().into_ptr();
    // SAFETY: fresh, zeroed memory of the struct's size and the instructions'.
    unsafe {
        (*memory.cast::<PyVarObject>()).ob_size = (instructions.len() / 2) as Py_ssize_t;
        let code: *mut PyCodeObject = memory.cast();
        (*code).co_consts = keep(parts.consts);
        (*code).co_names = keep(parts.names);
        (*code).co_exceptiontable = keep(parts.exceptiontable);
        (*code).co_flags = parts.flags;
        (*code).co_argcount = parts.argcount;
        (*code).co_posonlyargcount = parts.posonlyargcount;
        (*code).co_kwonlyargcount = parts.kwonlyargcount;
        (*code).co_stacksize = parts.stacksize;
        (*code).co_firstlineno = parts.firstlineno;
        (*code).co_nlocalsplus = kinds.len() as c_int;
        (*code).co_framesize = kinds.len() as c_int + parts.stacksize + 9;
        (*code).co_nlocals = parts.nlocals;
        (*code).co_ncellvars = tupleobject::items(parts.cellvars.as_ptr()).len() as c_int;
        (*code).co_nfreevars = tupleobject::items(parts.freevars.as_ptr()).len() as c_int;
        (*code).co_localsplusnames = names.into_ptr();
        (*code).co_localspluskinds = bytesobject::new(&kinds).into_ptr();
        (*code).co_filename = keep(parts.filename);
        (*code).co_name = keep(parts.name);
        (*code).co_qualname = keep(parts.qualname);
        (*code).co_linetable = keep(parts.linetable);
        (&raw mut (*code).co_code_adaptive)
            .cast::<u8>()
            .copy_from_nonoverlapping(instructions.as_ptr(), instructions.len());
        New::from_ptr(memory).ok_or_else(|| cx.bad_internal_call())
    }
}

/// The variables in the order of a frame's places: locals, cells that are no arguments, free ones; and their kinds.
fn variables(parts: &Parts<'_>) -> (New, Vec<u8>) {
    let locals = tupleobject::items(parts.varnames.as_ptr());
    let cells = tupleobject::items(parts.cellvars.as_ptr());
    let free = tupleobject::items(parts.freevars.as_ptr());
    let same = |one: *mut PyObject, other: *mut PyObject| one == other || text(one) == text(other);
    let mut all: Vec<*mut PyObject> = locals.to_vec();
    let mut kinds: Vec<u8> = locals
        .iter()
        .map(|&local| CO_FAST_LOCAL | if cells.iter().any(|&cell| same(cell, local)) { CO_FAST_CELL } else { 0 })
        .collect();
    for &cell in cells {
        if !locals.iter().any(|&local| same(cell, local)) {
            all.push(cell);
            kinds.push(CO_FAST_CELL);
        }
    }
    all.extend(free);
    kinds.resize(all.len(), CO_FAST_FREE);
    (tupleobject::from_items(&all), kinds)
}

/// Show C the fields of a host's code object.
pub(crate) fn fill(mirror: *mut PyObject, object: HostRef) {
    let code: *mut PyCodeObject = mirror.cast();
    let attribute = |name: &str| {
        let name = host().new_str(name.as_bytes());
        host().get_attr(object, name.as_ref()).ok()
    };
    let number = |name: &str| attribute(name).and_then(|value| host().int_value(value.as_ref())).unwrap_or(0) as c_int;
    let part = |name: &str| attribute(name).map_or(null_mut(), |value| cross::to_c_owned(value).into_ptr());
    let length =
        |name: &str| attribute(name).and_then(|value| host().length(value.as_ref()).ok()).unwrap_or(0) as c_int;
    // SAFETY: a fresh mirror of a code object: its fields are ours to fill.
    unsafe {
        (*code).co_flags = number("co_flags");
        (*code).co_argcount = number("co_argcount");
        (*code).co_posonlyargcount = number("co_posonlyargcount");
        (*code).co_kwonlyargcount = number("co_kwonlyargcount");
        (*code).co_stacksize = number("co_stacksize");
        (*code).co_firstlineno = number("co_firstlineno");
        (*code).co_nlocals = number("co_nlocals");
        (*code).co_ncellvars = length("co_cellvars");
        (*code).co_nfreevars = length("co_freevars");
        (*code).co_nlocalsplus = (*code).co_nlocals + (*code).co_ncellvars + (*code).co_nfreevars;
        (*code).co_consts = part("co_consts");
        (*code).co_names = part("co_names");
        (*code).co_localsplusnames = part("co_varnames");
        (*code).co_filename = part("co_filename");
        (*code).co_name = part("co_name");
        (*code).co_qualname = part("co_qualname");
    }
}

/// The host's code object for one that C made up: nothing to run, but the names, counts and flags.
pub(crate) fn realize(cx: Cx<'_>, mirror: *mut PyObject) -> Result<HostObj> {
    let code: *mut PyCodeObject = mirror.cast();
    let (source, filename, mode) = (cx.str(""), cx.str("<code>"), cx.str("exec"));
    let empty = cx.call_function("builtins", "compile", &[source.as_ref(), filename.as_ref(), mode.as_ref()])?;
    // SAFETY: a live code object.
    let (numbers, objects) = unsafe {
        let numbers = [
            ("co_argcount", (*code).co_argcount),
            ("co_posonlyargcount", (*code).co_posonlyargcount),
            ("co_kwonlyargcount", (*code).co_kwonlyargcount),
            ("co_nlocals", (*code).co_nlocals),
            ("co_flags", (*code).co_flags),
            ("co_firstlineno", (*code).co_firstlineno),
        ];
        let objects = [
            ("co_filename", Obj::from_ptr((*code).co_filename).map(Obj::to_new)),
            ("co_name", Obj::from_ptr((*code).co_name).map(Obj::to_new)),
            ("co_qualname", Obj::from_ptr((*code).co_qualname).map(Obj::to_new)),
            ("co_varnames", Some(names_of(code, CO_FAST_LOCAL))),
            ("co_freevars", Some(names_of(code, CO_FAST_FREE))),
            ("co_cellvars", Some(names_of(code, CO_FAST_CELL))),
        ];
        (numbers, objects)
    };
    let mut names = Vec::new();
    let mut values = Vec::new();
    for (name, number) in numbers {
        names.push(cx.str(name));
        values.push(host().new_int(number.into()));
    }
    for (name, object) in objects {
        if let Some(object) = object {
            names.push(cx.str(name));
            values.push(object.obj().give(cx)?);
        }
    }
    let names: Vec<HostRef> = names.iter().map(HostObj::as_ref).collect();
    let values: Vec<HostRef> = values.iter().map(HostObj::as_ref).collect();
    let replace = cx.attr_str(empty.as_ref(), "replace")?;
    cx.call(|h| h.call(replace.as_ref(), &values, &names))
}

/// The variables of a made-up code object that are of a kind.
///
/// # Safety
/// `code` is a live code object that C made.
unsafe fn names_of(code: *mut PyCodeObject, kind: u8) -> New {
    // SAFETY: the caller's contract: names and kinds go together.
    unsafe {
        if (*code).co_localspluskinds.is_null() {
            return New::from_static(statics::empty_tuple());
        }
        let kinds = bytesobject::data((*code).co_localspluskinds);
        let names = tupleobject::items((*code).co_localsplusnames).iter().zip(kinds);
        let found: Vec<*mut PyObject> = names.filter(|&(_, &of)| of & kind != 0).map(|(&name, _)| name).collect();
        tupleobject::from_items(&found)
    }
}

fn variables_of(cx: Cx<'_>, code: Obj<'_>, kind: u8, attribute: &str) -> Result<New> {
    let fields = code_struct(cx, code)?;
    if lifetime::host_of(code.as_ptr()).is_some() {
        let code = code.give(cx)?;
        return Ok(cx.to_c(cx.attr_str(code.as_ref(), attribute)?));
    }
    // SAFETY: C-born code is C-made.
    Ok(unsafe { names_of(fields, kind) })
}

/// A code object with a place and a name, and nothing to run.
#[capi]
fn PyCode_NewEmpty(
    cx: Cx<'_>,
    filename: Text<'_>,
    funcname: Text<'_>,
    firstlineno: c_int,
) -> Result<*mut PyCodeObject> {
    let filename = cx.to_c(unicodeobject::decode_utf8(cx, filename.bytes(), Some("surrogateescape"))?);
    let name = unicodeobject::utf8_to_new(cx, funcname.bytes(), None)?;
    let nothing = New::from_static(statics::empty_tuple());
    let no_bytes = New::from_static(statics::empty_bytes());
    // LOAD_ASSERTION_ERROR, RAISE_VARARGS 1; and the line of both.
    let instructions = bytesobject::new(b"\x95\x00W\x00e\x01");
    let linetable = bytesobject::new(b"\xf2\x03\x01\x01\x01");
    let code = make(
        cx,
        &Parts {
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            nlocals: 0,
            stacksize: 1,
            flags: 0,
            firstlineno,
            code: instructions.obj(),
            consts: nothing.obj(),
            names: nothing.obj(),
            varnames: nothing.obj(),
            freevars: nothing.obj(),
            cellvars: nothing.obj(),
            filename: filename.obj(),
            name: name.obj(),
            qualname: name.obj(),
            linetable: linetable.obj(),
            exceptiontable: no_bytes.obj(),
        },
    )?;
    Ok(code.into_ptr().cast())
}

/// A code object of the given parts.
#[capi]
fn PyUnstable_Code_NewWithPosOnlyArgs(
    cx: Cx<'_>,
    argcount: c_int,
    posonlyargcount: c_int,
    kwonlyargcount: c_int,
    nlocals: c_int,
    stacksize: c_int,
    flags: c_int,
    code: Obj<'_>,
    consts: Obj<'_>,
    names: Obj<'_>,
    varnames: Obj<'_>,
    freevars: Obj<'_>,
    cellvars: Obj<'_>,
    filename: Obj<'_>,
    name: Obj<'_>,
    qualname: Obj<'_>,
    firstlineno: c_int,
    linetable: Obj<'_>,
    exceptiontable: Obj<'_>,
) -> Result<*mut PyCodeObject> {
    let parts = Parts {
        argcount,
        posonlyargcount,
        kwonlyargcount,
        nlocals,
        stacksize,
        flags,
        firstlineno,
        code,
        consts,
        names,
        varnames,
        freevars,
        cellvars,
        filename,
        name,
        qualname,
        linetable,
        exceptiontable,
    };
    Ok(make(cx, &parts)?.into_ptr().cast())
}

/// As `PyUnstable_Code_NewWithPosOnlyArgs`, without positional-only arguments.
#[capi]
fn PyUnstable_Code_New(
    cx: Cx<'_>,
    argcount: c_int,
    kwonlyargcount: c_int,
    nlocals: c_int,
    stacksize: c_int,
    flags: c_int,
    code: Obj<'_>,
    consts: Obj<'_>,
    names: Obj<'_>,
    varnames: Obj<'_>,
    freevars: Obj<'_>,
    cellvars: Obj<'_>,
    filename: Obj<'_>,
    name: Obj<'_>,
    qualname: Obj<'_>,
    firstlineno: c_int,
    linetable: Obj<'_>,
    exceptiontable: Obj<'_>,
) -> Result<*mut PyCodeObject> {
    let parts = Parts {
        argcount,
        posonlyargcount: 0,
        kwonlyargcount,
        nlocals,
        stacksize,
        flags,
        firstlineno,
        code,
        consts,
        names,
        varnames,
        freevars,
        cellvars,
        filename,
        name,
        qualname,
        linetable,
        exceptiontable,
    };
    Ok(make(cx, &parts)?.into_ptr().cast())
}

/// `co_varnames`.
#[capi]
fn PyCode_GetVarnames(cx: Cx<'_>, code: *mut PyCodeObject) -> Result<New> {
    let code = object(cx, code)?;
    variables_of(cx, code, CO_FAST_LOCAL, "co_varnames")
}

/// `co_cellvars`.
#[capi]
fn PyCode_GetCellvars(cx: Cx<'_>, code: *mut PyCodeObject) -> Result<New> {
    let code = object(cx, code)?;
    variables_of(cx, code, CO_FAST_CELL, "co_cellvars")
}

/// `co_freevars`.
#[capi]
fn PyCode_GetFreevars(cx: Cx<'_>, code: *mut PyCodeObject) -> Result<New> {
    let code = object(cx, code)?;
    variables_of(cx, code, CO_FAST_FREE, "co_freevars")
}

/// `co_code`: the instructions.
#[capi]
fn PyCode_GetCode(cx: Cx<'_>, code: *mut PyCodeObject) -> Result<New> {
    let code = object(cx, code)?;
    let fields = code_struct(cx, code)?;
    if lifetime::host_of(code.as_ptr()).is_some() {
        let code = code.give(cx)?;
        return Ok(cx.to_c(cx.attr_str(code.as_ref(), "co_code")?));
    }
    // SAFETY: a code object that C made: its instructions lie behind the struct.
    Ok(unsafe {
        let len = (*fields.cast::<PyVarObject>()).ob_size as usize * 2;
        bytesobject::new(std::slice::from_raw_parts((&raw const (*fields).co_code_adaptive).cast::<c_uchar>(), len))
    })
}

/// The line of an instruction, by its offset in bytes; -1 for none.
#[capi]
fn PyCode_Addr2Line(cx: Cx<'_>, code: *mut PyCodeObject, addrq: c_int) -> c_int {
    // SAFETY: C passes a live code object.
    let (first, object) = unsafe { ((*code).co_firstlineno, Obj::from_ptr(code.cast())) };
    let Some(object) = object.filter(|object| addrq >= 0 && lifetime::host_of(object.as_ptr()).is_some()) else {
        return first;
    };
    let _held = crate::pyerrors::hold_pending();
    let line = line_at(cx, object, addrq.into());
    drop(cx.take_error());
    line.unwrap_or(Some(first)).unwrap_or(-1)
}

fn line_at(cx: Cx<'_>, code: Obj<'_>, address: i64) -> Result<Option<c_int>> {
    let code = code.give(cx)?;
    let lines = cx.call_method(code.as_ref(), "co_lines", &[])?;
    while let Some(row) = cx.call(|h| h.next(lines.as_ref()))? {
        let row = host().items(row.as_ref());
        let [start, end, line] = row.as_slice() else { continue };
        let number =
            |value: &HostObj| host().kind(value.as_ref()).is_int().then(|| host().int_value(value.as_ref())).flatten();
        if number(start).is_some_and(|start| start <= address) && number(end).is_some_and(|end| address < end) {
            return Ok(number(line).map(|line| line as c_int));
        }
    }
    Ok(None)
}
