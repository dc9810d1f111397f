//! What `cpython/code.h` and `ceval.h` let a tool keep with a code object: a pointer for each index that was asked for.
//!
//! The pointers are kept beside the code object, which a weak reference watches: when it ends, the functions that the indices
//! came with free them.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Mutex;

use capi_macros::capi;
use object_mirror::Py_ssize_t;
use object_mirror::methodobject::{METH_O, PyCFunction, PyMethodDef};
use object_mirror::object::PyObject;

use crate::boundary::{Cx, New, Obj, Out, Result};
use crate::code;
use crate::host::{HostObj, HostRef, host};
use crate::methodobject::PyCFunction_NewEx;

/// The most indices that are given out.
const MOST: usize = 255;

/// The functions that free what each index keeps; 0 for none.
static FREE: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// A code object's pointers.
struct Extras {
    /// `weakref.ref(code)`, whose end is the entry's.
    watch: HostObj,
    values: Vec<usize>,
}

static KEPT: Mutex<Vec<Extras>> = Mutex::new(Vec::new());

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// An index for every code object, -1 without an error if there are no more; `free` ends what is kept there.
#[capi]
fn PyUnstable_Eval_RequestCodeExtraIndex(free: *mut c_void) -> Py_ssize_t {
    let mut functions = lock(&FREE);
    if functions.len() >= MOST {
        return -1;
    }
    functions.push(free as usize);
    functions.len() as Py_ssize_t - 1
}

fn is_same(one: HostRef, other: HostRef) -> bool {
    host().identity(one.word()) == host().identity(other.word())
}

/// The entry of a code object, by its place.
fn find(cx: Cx<'_>, code: &HostObj) -> Result<Option<usize>> {
    let watches: Vec<HostObj> = lock(&KEPT).iter().map(|entry| entry.watch.clone()).collect();
    for (place, watch) in watches.iter().enumerate() {
        let watched = cx.call(|h| h.call(watch.as_ref(), &[], &[]))?;
        if is_same(watched.as_ref(), code.as_ref()) {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// What is kept at an index; NULL if nothing was.
#[capi]
fn PyUnstable_Code_GetExtra(
    cx: Cx<'_>,
    code: Obj<'_>,
    index: Py_ssize_t,
    mut extra: Out<'_, *mut c_void>,
) -> Result<()> {
    if !code::is_code(code.as_ptr()) {
        return Err(cx.bad_internal_call());
    }
    extra.write(null_mut());
    let code = code.give(cx)?;
    if let Some(place) = find(cx, &code)? {
        let kept = lock(&KEPT);
        let value = usize::try_from(index).ok().and_then(|index| kept.get(place)?.values.get(index).copied());
        extra.write(value.unwrap_or(0) as *mut c_void);
    }
    Ok(())
}

/// Keep a pointer at an index; the one that was there is ended.
#[capi]
fn PyUnstable_Code_SetExtra(cx: Cx<'_>, code: Obj<'_>, index: Py_ssize_t, extra: *mut c_void) -> Result<()> {
    let functions = lock(&FREE).clone();
    let index = usize::try_from(index).ok().filter(|&index| index < functions.len());
    let (true, Some(index)) = (code::is_code(code.as_ptr()), index) else { return Err(cx.bad_internal_call()) };
    let code = code.give(cx)?;
    let place = match find(cx, &code)? {
        Some(place) => place,
        None => watch(cx, &code)?,
    };
    let mut kept = lock(&KEPT);
    let Some(entry) = kept.get_mut(place) else { return Err(cx.bad_internal_call()) };
    entry.values.resize(functions.len().max(entry.values.len()), 0);
    let before = std::mem::replace(&mut entry.values[index], extra as usize);
    drop(kept);
    if before != 0 {
        free(functions[index], before);
    }
    Ok(())
}

fn free(function: usize, value: usize) {
    if function != 0 {
        // SAFETY: C gave this function to end what it keeps there.
        unsafe { std::mem::transmute::<usize, unsafe extern "C" fn(*mut c_void)>(function)(value as *mut c_void) };
    }
}

/// A definition that threads may share.
struct Definition(PyMethodDef);
// SAFETY: it points to constants.
unsafe impl Sync for Definition {}
static ENDED: Definition = Definition(PyMethodDef {
    ml_name: c"code_ended".as_ptr(),
    ml_meth: Some(ended as PyCFunction),
    ml_flags: METH_O,
    ml_doc: std::ptr::null(),
});

/// A new entry for the code object.
fn watch(cx: Cx<'_>, code: &HostObj) -> Result<usize> {
    let definition: *const PyMethodDef = &raw const ENDED.0;
    // SAFETY: a definition that stays; the result is a new reference or NULL with an error.
    let callback = unsafe { New::from_ptr(PyCFunction_NewEx(definition.cast_mut(), null_mut(), null_mut())) };
    let Some(callback) = callback else { return Err(cx.pending()) };
    let callback = callback.obj().give(cx)?;
    let watch = cx.call_function("weakref", "ref", &[code.as_ref(), callback.as_ref()])?;
    let mut kept = lock(&KEPT);
    kept.push(Extras { watch, values: Vec::new() });
    Ok(kept.len() - 1)
}

/// The weak reference's callback: its code object has ended.
unsafe extern "C" fn ended(_self: *mut PyObject, watch: *mut PyObject) -> *mut PyObject {
    // SAFETY: C functions are called with the lock held, this one with a weak reference.
    let (cx, watch) = unsafe { (Cx::assume(), Obj::from_ptr(watch)) };
    if let Some(watch) = watch
        && let Ok(watch) = watch.give(cx)
    {
        let mut kept = lock(&KEPT);
        let place = kept.iter().position(|entry| is_same(entry.watch.as_ref(), watch.as_ref()));
        let entry = place.map(|place| kept.swap_remove(place));
        drop(kept);
        let functions = lock(&FREE).clone();
        for (index, &value) in entry.iter().flat_map(|entry| entry.values.iter().enumerate()) {
            free(functions.get(index).copied().unwrap_or(0), value);
        }
    }
    cx.none().into_ptr()
}
