//! `structseq.h`: tuples with named fields, of types that C describes. The fields beyond the sequence's length lie behind
//! its items, in the same memory.

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::offset_of;
use std::ptr::null_mut;
use std::sync::{Mutex, PoisonError};

use capi_macros::{capi, capi_data};
use object_mirror::Py_ssize_t;
use object_mirror::descrobject::{Py_READONLY, PyMemberDef};
use object_mirror::methodobject::{METH_KEYWORDS, METH_NOARGS, METH_VARARGS, PyCFunction, PyMethodDef};
use object_mirror::object::{
    Py_TPFLAGS_DEFAULT, Py_TPFLAGS_DICT_SUBCLASS, Py_TPFLAGS_HAVE_GC, Py_TPFLAGS_HEAPTYPE, PyObject, PyType_Slot,
    PyType_Spec, PyTypeObject, PyVarObject, slots as number, visitproc,
};
use object_mirror::structseq::{PyStructSequence_Desc, PyStructSequence_Field};
use object_mirror::tupleobject::PyTupleObject;

use crate::abstract_::sequence;
use crate::boundary::{Cx, New, Obj, Result, enter};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::statics::{self, builtin};
use crate::{abstract_, cross, dictobject, lifetime, listobject, tupleobject, typeobject, unicodeobject};

/// The name of a field that has none: its address is what counts.
#[capi_data]
pub static mut PyStructSequence_UnnamedField: Name = Name(c"unnamed field".as_ptr());

/// A C string in a static.
#[repr(transparent)]
#[derive(Debug)]
#[allow(unreachable_pub, reason = "a struct of the C API")]
pub struct Name(*const c_char);

/// `T_OBJECT`: NULL reads as `None`.
const T_OBJECT: c_int = 6;

/// How many fields a type has: in the sequence, in all, without a name.
#[derive(Clone, Copy)]
struct Counts {
    visible: usize,
    all: usize,
    unnamed: usize,
}

/// The types made here, by address. None of them can be a base.
static TYPES: Mutex<Option<HashMap<usize, Counts>>> = Mutex::new(None);

fn counts(ty: *mut PyTypeObject) -> Option<Counts> {
    let types = TYPES.lock().unwrap_or_else(PoisonError::into_inner);
    types.as_ref()?.get(&(ty as usize)).copied()
}

fn remember(ty: *mut PyTypeObject, counts: Counts) {
    let mut types = TYPES.lock().unwrap_or_else(PoisonError::into_inner);
    types.get_or_insert_default().insert(ty as usize, counts);
}

/// The place of a field, hidden ones too.
unsafe fn place(op: *mut PyObject, index: usize) -> *mut *mut PyObject {
    // SAFETY: callers pass a struct sequence and an index below its number of fields.
    unsafe { (&raw mut (*op.cast::<PyTupleObject>()).ob_item).cast::<*mut PyObject>().add(index) }
}

/// All fields of a live struct sequence.
unsafe fn fields<'a>(op: *mut PyObject) -> &'a [*mut PyObject] {
    // SAFETY: the caller's contract.
    unsafe {
        let all = counts((*op).ob_type).map_or(0, |counts| counts.all);
        std::slice::from_raw_parts(place(op, 0), all)
    }
}

/// The description's fields, and the members that the named ones become.
unsafe fn read(desc: *mut PyStructSequence_Desc) -> (Counts, Vec<PyMemberDef>) {
    // SAFETY: C passes a description whose fields end with one whose name is NULL.
    unsafe {
        let mut members = Vec::new();
        let mut all = 0;
        loop {
            let field: *mut PyStructSequence_Field = (*desc).fields.add(all);
            if (*field).name.is_null() {
                break;
            }
            if (*field).name != PyStructSequence_UnnamedField.0 {
                members.push(PyMemberDef {
                    name: (*field).name,
                    type_: T_OBJECT,
                    offset: (offset_of!(PyTupleObject, ob_item) + all * size_of::<usize>()) as Py_ssize_t,
                    flags: Py_READONLY,
                    doc: (*field).doc,
                });
            }
            all += 1;
        }
        let counts = Counts {
            visible: usize::try_from((*desc).n_in_sequence).unwrap_or(0).min(all),
            all,
            unnamed: all - members.len(),
        };
        members.push(PyMemberDef { name: std::ptr::null(), type_: 0, offset: 0, flags: 0, doc: std::ptr::null() });
        (counts, members)
    }
}

/// Put the counts and `__match_args__` into the class.
unsafe fn describe(cx: Cx<'_>, ty: *mut PyTypeObject, counts: Counts) -> Result<()> {
    remember(ty, counts);
    let class = typeobject::class_of(cx, ty)?;
    let namespace = host().namespace(class.as_ref());
    let put = |name: &str, value: HostObj| {
        let name = cx.str(name);
        cx.call(|h| h.dict_set(namespace.as_ref(), name.as_ref(), value.as_ref()))
    };
    put("n_sequence_fields", host().new_int(counts.visible as i64))?;
    put("n_fields", host().new_int(counts.all as i64))?;
    put("n_unnamed_fields", host().new_int(counts.unnamed as i64))?;
    // SAFETY: the type's members end with an entry without a name.
    let names = unsafe { names(ty) };
    let visible = offset_of!(PyTupleObject, ob_item) + counts.visible * size_of::<usize>();
    let matched = names.iter().filter(|(_, offset)| *offset < visible).map(|(name, _)| cx.str(name)).collect();
    put("__match_args__", host().new_tuple(matched))?;
    host().class_modified(class.as_ref());
    Ok(())
}

/// The named fields and their offsets.
unsafe fn names(ty: *mut PyTypeObject) -> Vec<(String, usize)> {
    let mut names = Vec::new();
    // SAFETY: members end with an entry without a name.
    unsafe {
        let mut member = (*ty).tp_members;
        while !member.is_null() && !(*member).name.is_null() {
            names.push((CStr::from_ptr((*member).name).to_string_lossy().into_owned(), (*member).offset as usize));
            member = member.add(1);
        }
    }
    names
}

/// The name of the field at `index`, if it has one.
unsafe fn name_of(ty: *mut PyTypeObject, index: usize) -> Option<String> {
    let wanted = offset_of!(PyTupleObject, ob_item) + index * size_of::<usize>();
    // SAFETY: the caller's type is a struct sequence's.
    unsafe { names(ty) }.into_iter().find(|(_, offset)| *offset == wanted).map(|(name, _)| name)
}

fn type_text(ty: *mut PyTypeObject) -> String {
    // SAFETY: types have a name.
    unsafe { CStr::from_ptr((*ty).tp_name) }.to_string_lossy().into_owned()
}

/// A method that takes keyword arguments.
type PyCFunctionWithKeywords = unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject;

/// Methods that live in a static, which is read by its address.
#[repr(transparent)]
struct Methods(#[allow(dead_code, reason = "C reads it")] [PyMethodDef; 3]);
// SAFETY: read only.
unsafe impl Sync for Methods {}

static mut METHODS: Methods = Methods([
    PyMethodDef { ml_name: c"__reduce__".as_ptr(), ml_meth: Some(reduce), ml_flags: METH_NOARGS, ml_doc: std::ptr::null() },
    PyMethodDef {
        ml_name: c"__replace__".as_ptr(),
        // SAFETY: METH_KEYWORDS says that the function takes a third argument.
        ml_meth: Some(unsafe {
            std::mem::transmute::<PyCFunctionWithKeywords, PyCFunction>(replace)
        }),
        ml_flags: METH_VARARGS | METH_KEYWORDS,
        ml_doc: c"__replace__($self, /, **changes)\n--\n\nReturn a copy of the structure with new values for the specified fields."
            .as_ptr(),
    },
    PyMethodDef { ml_name: std::ptr::null(), ml_meth: None, ml_flags: 0, ml_doc: std::ptr::null() },
]);

/// Make a struct sequence type from its description.
#[capi]
fn PyStructSequence_NewType(cx: Cx<'_>, desc: *mut PyStructSequence_Desc) -> Result<*mut PyTypeObject> {
    // SAFETY: C passes a description, as `read` expects it.
    unsafe {
        let (counts, mut members) = read(desc);
        let slot = |slot: c_int, pfunc: *mut c_void| PyType_Slot { slot, pfunc };
        let doc = (*desc).doc;
        let mut slots = vec![
            slot(number::Py_tp_dealloc, dealloc as *mut c_void),
            slot(number::Py_tp_repr, repr as *mut c_void),
            slot(number::Py_tp_methods, (&raw mut METHODS).cast()),
            slot(number::Py_tp_new, new as *mut c_void),
            slot(number::Py_tp_members, members.as_mut_ptr().cast()),
            slot(number::Py_tp_traverse, traverse as *mut c_void),
        ];
        if !doc.is_null() {
            slots.push(slot(number::Py_tp_doc, doc.cast_mut().cast()));
        }
        slots.push(slot(0, null_mut()));
        let mut spec = PyType_Spec {
            name: (*desc).name,
            basicsize: offset_of!(PyTupleObject, ob_item) as c_int,
            itemsize: size_of::<usize>() as c_int,
            flags: (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC) as u32,
            slots: slots.as_mut_ptr(),
        };
        let tuple = Obj::from_ptr(builtin!(PyTuple_Type).cast()).ok_or_else(|| cx.bad_internal_call())?;
        let made = typeobject::from_spec(cx, None, None, &raw mut spec, Some(tuple))?;
        describe(cx, made.as_ptr().cast(), counts)?;
        Ok(made.into_ptr().cast())
    }
}

unsafe fn init_type(cx: Cx<'_>, ty: *mut PyTypeObject, desc: *mut PyStructSequence_Desc) -> Result<()> {
    // SAFETY: C passes its own static type, zeroed or filled here before, and a description.
    unsafe {
        if (*ty).ob_base.ob_base.ob_refcnt == 0 {
            (*ty).ob_base.ob_base.ob_refcnt = 1;
        }
        let (counts, members) = read(desc);
        (*ty).tp_name = (*desc).name;
        (*ty).tp_basicsize = offset_of!(PyTupleObject, ob_item) as Py_ssize_t;
        (*ty).tp_itemsize = size_of::<usize>() as Py_ssize_t;
        (*ty).tp_flags |= (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC) as std::ffi::c_ulong;
        (*ty).tp_doc = (*desc).doc;
        (*ty).tp_base = builtin!(PyTuple_Type);
        (*ty).tp_methods = (&raw mut METHODS).cast();
        (*ty).tp_new = Some(new);
        (*ty).tp_repr = Some(repr);
        (*ty).tp_dealloc = Some(dealloc);
        (*ty).tp_traverse = Some(traverse);
        // The type's members last as long as it does: for ever.
        (*ty).tp_members = Box::leak(members.into_boxed_slice()).as_mut_ptr();
        typeobject::ready(cx, ty)?;
        describe(cx, ty, counts)
    }
}

/// Make a static type a struct sequence type.
#[capi]
fn PyStructSequence_InitType2(cx: Cx<'_>, ty: *mut PyTypeObject, desc: *mut PyStructSequence_Desc) -> Result<()> {
    // SAFETY: C passes a type and a description of its own.
    unsafe { init_type(cx, ty, desc) }
}

/// As `PyStructSequence_InitType2`, for who does not look at the result.
#[capi(raw)]
pub unsafe extern "C" fn PyStructSequence_InitType(ty: *mut PyTypeObject, desc: *mut PyStructSequence_Desc) {
    // SAFETY: C's contract, with the lock held.
    unsafe { enter("PyStructSequence_InitType", |cx| init_type(cx, ty, desc)) };
}

/// A struct sequence with empty fields, to be filled before anything else sees it.
fn empty(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<New> {
    let counts =
        counts(ty).ok_or_else(|| cx.type_error(format!("Missed attribute 'n_fields' of type {}", type_text(ty))))?;
    // SAFETY: a struct sequence type; the memory has places for all fields.
    unsafe {
        let made = typeobject::PyType_GenericAlloc(ty, counts.all as Py_ssize_t);
        let made = New::from_ptr(made).ok_or_else(|| cx.pending())?;
        (*made.as_ptr().cast::<PyVarObject>()).ob_size = counts.visible as Py_ssize_t;
        Ok(made)
    }
}

/// A struct sequence with empty fields, to be filled before anything else sees it.
#[capi]
fn PyStructSequence_New(cx: Cx<'_>, ty: *mut PyTypeObject) -> Result<New> {
    empty(cx, ty)
}

/// Store `value`, whose reference is taken, in a field of a struct sequence nobody else has seen.
#[capi(raw)]
pub unsafe extern "C" fn PyStructSequence_SetItem(op: *mut PyObject, index: Py_ssize_t, value: *mut PyObject) {
    // SAFETY: C's contract: a fresh struct sequence, and an index of a field.
    unsafe { place(op, index as usize).write(value) };
}

/// The value of a field; borrowed.
#[capi(raw)]
pub unsafe extern "C" fn PyStructSequence_GetItem(op: *mut PyObject, index: Py_ssize_t) -> *mut PyObject {
    // SAFETY: C's contract: an index of a field.
    unsafe { *place(op, index as usize) }
}

unsafe extern "C" fn dealloc(op: *mut PyObject) {
    // SAFETY: a struct sequence without references; each field is NULL or owns one.
    unsafe {
        let ty = (*op).ob_type;
        crate::objimpl::PyObject_GC_UnTrack(op.cast());
        for &field in fields(op) {
            lifetime::xdecref(field);
        }
        match (*ty).tp_free {
            Some(free) => free(op.cast()),
            None => lifetime::free_object(op.cast()),
        }
        if (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE != 0 {
            lifetime::decref(ty.cast());
        }
    }
}

unsafe extern "C" fn traverse(op: *mut PyObject, visit: visitproc, arg: *mut c_void) -> c_int {
    // SAFETY: a live struct sequence; heap types are visited by their instances.
    unsafe {
        let ty = (*op).ob_type;
        let heap = (*ty).tp_flags & Py_TPFLAGS_HEAPTYPE != 0;
        let own = heap.then_some(ty.cast::<PyObject>());
        for field in own.into_iter().chain(fields(op).iter().copied()).filter(|field| !field.is_null()) {
            let stop = visit(field, arg);
            if stop != 0 {
                return stop;
            }
        }
    }
    0
}

/// `name(field=value, ...)`, the visible fields.
unsafe extern "C" fn repr(op: *mut PyObject) -> *mut PyObject {
    // SAFETY: a live struct sequence, with the lock held.
    unsafe {
        enter("repr", |cx| {
            let ty = (*op).ob_type;
            let names = names(ty);
            let mut text = format!("{}(", type_text(ty)).into_bytes();
            for (index, &item) in tupleobject::items(op).iter().enumerate() {
                let Some((name, _)) = names.get(index) else {
                    let name = type_text(ty);
                    return Err(
                        cx.system_error(format!("In structseq_repr(), member {index} name is NULL for type {name}"))
                    );
                };
                if index > 0 {
                    text.extend(b", ");
                }
                text.extend(name.as_bytes());
                text.push(b'=');
                let item = Obj::from_ptr(item).ok_or_else(|| cx.bad_internal_call())?.give(cx)?;
                let shown = cx.call(|h| h.repr(item.as_ref()))?;
                host().with_str(shown.as_ref(), &mut |shown| text.extend(shown));
            }
            text.push(b')');
            Ok(unicodeobject::new_from_wtf8(&text))
        })
    }
}

/// `type(sequence, dict={})`.
unsafe extern "C" fn new(ty: *mut PyTypeObject, args: *mut PyObject, kwargs: *mut PyObject) -> *mut PyObject {
    // SAFETY: C's contract of `tp_new`, with the lock held.
    unsafe {
        enter("structseq_new", |cx| {
            let (sequence, dict) = arguments(cx, args, kwargs)?;
            from_values(cx, ty, sequence, dict)
        })
    }
}

type Given = (New, Option<New>);

/// The constructor's two arguments, by position or name.
unsafe fn arguments(cx: Cx<'_>, args: *mut PyObject, kwargs: *mut PyObject) -> Result<Given> {
    let mut given: [Option<New>; 2] = [None, None];
    let positional = tupleobject::items(args);
    // SAFETY: the caller passes a tuple, and a dict or NULL.
    unsafe {
        let mut named = Vec::new();
        if let Some(kwargs) = Obj::from_ptr(kwargs) {
            named = dictobject::entries(&kwargs.give(cx)?);
        }
        // CPython has one constructor for all, and its name.
        let name = "structseq";
        if positional.len() + named.len() > 2 {
            let count = positional.len() + named.len();
            return Err(cx.type_error(format!("{name}() takes at most 2 arguments ({count} given)")));
        }
        for (place, &argument) in given.iter_mut().zip(positional) {
            *place = Obj::from_ptr(argument).map(Obj::to_new);
        }
        for (key, value) in named {
            let key = cross::to_c_owned(key);
            let key = String::from_utf8_lossy(&unicodeobject::to_wtf8(key.as_ptr())).into_owned();
            let Some(index) = ["sequence", "dict"].iter().position(|name| *name == key) else {
                return Err(cx.type_error(format!("{name}() got an unexpected keyword argument '{key}'")));
            };
            if given[index].is_some() {
                let index = index + 1;
                return Err(
                    cx.type_error(format!("argument for {name}() given by name ('{key}') and position ({index})"))
                );
            }
            given[index] = Some(cross::to_c_owned(value));
        }
        let [sequence, dict] = given;
        let Some(sequence) = sequence else {
            return Err(cx.type_error(format!("{name}() missing required argument 'sequence' (pos 1)")));
        };
        Ok((sequence, dict))
    }
}

/// A struct sequence of the items of any iterable; hidden fields come from it, the dict, or are `None`.
fn from_values(cx: Cx<'_>, ty: *mut PyTypeObject, sequence: New, dict: Option<New>) -> Result<New> {
    let counts = counts(ty).ok_or_else(|| cx.bad_internal_call())?;
    let name = type_text(ty);
    if !is_iterable(cx, &sequence)? {
        return Err(cx.type_error("constructor requires a sequence"));
    }
    let list = sequence::list(cx, sequence.obj())?;
    let dict = dict.filter(|dict| !statics::is_none(dict.as_ptr()));
    if dict.as_ref().is_some_and(|dict| !dict.obj().type_has(Py_TPFLAGS_DICT_SUBCLASS)) {
        return Err(cx.type_error(format!("{name}() takes a dict as second arg, if any")));
    }
    let items = listobject::items(list.as_ptr());
    let (len, least, most) = (items.len(), counts.visible, counts.all);
    if len < least || len > most {
        let wanted = match (least == most, len < least) {
            (true, _) => format!("a {least}-sequence"),
            (false, true) => format!("an at least {least}-sequence"),
            (false, false) => format!("an at most {most}-sequence"),
        };
        return Err(cx.type_error(format!("{name}() takes {wanted} ({len}-sequence given)")));
    }
    let made = empty(cx, ty)?;
    for (index, &item) in items.iter().enumerate() {
        // SAFETY: the list keeps its items; the index is below the number of fields.
        unsafe {
            lifetime::incref(item);
            place(made.as_ptr(), index).write(item);
        }
    }
    let dict = dict.map(|dict| dict.obj().give(cx)).transpose()?;
    let mut found = 0;
    for index in len..most {
        // SAFETY: a struct sequence type.
        let name = unsafe { name_of(ty, index) };
        let value = match (&dict, name) {
            (Some(dict), Some(name)) => {
                let name = cx.str(&name);
                cx.call(|h| h.dict_get(dict.as_ref(), name.as_ref()))?
            }
            _ => None,
        };
        found += usize::from(value.is_some());
        let value = value.map_or_else(|| cx.none(), |value| cx.to_c(value));
        // SAFETY: an empty field.
        unsafe { place(made.as_ptr(), index).write(value.into_ptr()) };
    }
    if dict.is_some_and(|dict| host().container_len(dict.as_ref()) > found) {
        return Err(cx.type_error(format!("{name}() got duplicate or unexpected field name(s)")));
    }
    Ok(made)
}

fn is_iterable(cx: Cx<'_>, object: &New) -> Result<bool> {
    match abstract_::object::iter(cx, object.obj()) {
        Ok(_) => Ok(true),
        Err(raised) => {
            if abstract_::object::pending_is(statics::exception!(PyExc_TypeError)) {
                cx.take_error();
                return Ok(false);
            }
            Err(raised)
        }
    }
}

/// The visible fields as a tuple, and the hidden named ones as a dict.
unsafe fn taken_apart(cx: Cx<'_>, op: *mut PyObject) -> Result<(New, HostObj)> {
    // SAFETY: the caller passes a live struct sequence.
    unsafe {
        let ty = (*op).ob_type;
        let visible = tupleobject::from_items(tupleobject::items(op));
        let hidden = host().new_dict();
        let shown = tupleobject::items(op).len();
        for (index, &value) in fields(op).iter().enumerate().skip(shown) {
            let Some(name) = name_of(ty, index) else { continue };
            let value = Obj::from_ptr(value).map_or_else(|| cx.none(), Obj::to_new).obj().give(cx)?;
            let name = cx.str(&name);
            cx.call(|h| h.dict_set(hidden.as_ref(), name.as_ref(), value.as_ref()))?;
        }
        Ok((visible, hidden))
    }
}

/// `(type, (visible, hidden))`.
unsafe extern "C" fn reduce(op: *mut PyObject, _unused: *mut PyObject) -> *mut PyObject {
    // SAFETY: C's contract of a method, with the lock held.
    unsafe {
        enter("__reduce__", |cx| {
            let (visible, hidden) = taken_apart(cx, op)?;
            let args = tupleobject::from_items(&[visible.as_ptr(), cx.to_c(hidden).as_ptr()]);
            Ok(tupleobject::from_items(&[(*op).ob_type.cast(), args.as_ptr()]))
        })
    }
}

/// A copy with other values of the named fields.
unsafe extern "C" fn replace(op: *mut PyObject, args: *mut PyObject, kwargs: *mut PyObject) -> *mut PyObject {
    // SAFETY: C's contract of a method, with the lock held.
    unsafe {
        enter("__replace__", |cx| {
            let ty = (*op).ob_type;
            let name = type_text(ty);
            if !tupleobject::items(args).is_empty() {
                return Err(cx.type_error("__replace__() takes no positional arguments"));
            }
            if counts(ty).is_none_or(|counts| counts.unnamed > 0) {
                return Err(
                    cx.type_error(format!("__replace__() is not supported for {name} because it has unnamed field(s)"))
                );
            }
            let changed = match Obj::from_ptr(kwargs) {
                Some(kwargs) => dictobject::entries(&kwargs.give(cx)?),
                None => Vec::new(),
            };
            copy_with(cx, op, &changed)
        })
    }
}

unsafe fn copy_with(cx: Cx<'_>, op: *mut PyObject, changed: &[(HostObj, HostObj)]) -> Result<New> {
    // SAFETY: the caller passes a live struct sequence.
    unsafe {
        let ty = (*op).ob_type;
        let made = empty(cx, ty)?;
        for (index, &value) in fields(op).iter().enumerate() {
            lifetime::incref(value);
            place(made.as_ptr(), index).write(value);
        }
        let names = names(ty);
        let mut unexpected: Vec<HostObj> = Vec::new();
        for (key, value) in changed {
            let index = names.iter().position(|(name, _)| is_text(key.as_ref(), name));
            let Some(index) = index else {
                unexpected.push(key.clone());
                continue;
            };
            let value = cross::to_c(value.as_ref()).into_ptr();
            lifetime::xdecref(place(made.as_ptr(), index).replace(value));
        }
        if unexpected.is_empty() {
            return Ok(made);
        }
        let list = host().new_list(unexpected);
        let shown = cx.call(|h| h.repr(list.as_ref()))?;
        let shown = String::from_utf8_lossy(&unicodeobject::to_wtf8(cx.to_c(shown).as_ptr())).into_owned();
        Err(cx.type_error(format!("Got unexpected field name(s): {shown}")))
    }
}

fn is_text(key: HostRef, text: &str) -> bool {
    let mut same = false;
    if host().kind(key) == Kind::Str {
        host().with_str(key, &mut |found| same = found == text.as_bytes());
    }
    same
}
