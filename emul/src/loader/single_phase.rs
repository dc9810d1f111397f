//! Modules made in a single phase, imported again: what `PyInit_` did is not done twice, or only where the module says that it
//! may be (`m_size` from 0 on).

use std::collections::HashMap;
use std::ptr::null_mut;
use std::sync::{Mutex, MutexGuard, PoisonError};

use object_mirror::moduleobject::PyModuleDef;

use super::{Init, definition, run};
use crate::boundary::{Cx, New, Obj, Result};
use crate::host::HostObj;
use crate::pystate::interpreters::{self, Loads};
use crate::{cross, import, lifetime, moduleobject};

/// A file and the name of a module in it.
type Key = (String, String);

/// The definitions of the modules made so far, as addresses; a definition is never freed. It keeps what its module's next
/// import needs, where CPython keeps it: `m_init`, or a copy of the namespace in `m_copy`.
static MADE: Mutex<Option<HashMap<Key, usize>>> = Mutex::new(None);

fn made() -> MutexGuard<'static, Option<HashMap<Key, usize>>> {
    MADE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(name: &str, path: &str) -> Key {
    (path.to_owned(), name.to_owned())
}

/// Keep what a module that was just made needs to be imported again, and show it in `sys.modules`.
pub(super) fn remember(
    cx: Cx<'_>,
    name: &str,
    path: &str,
    def: *mut PyModuleDef,
    init: Init,
    module: &HostObj,
) -> Result<()> {
    // SAFETY: a module's definition.
    unsafe {
        if (*def).m_size == -1 {
            let namespace = cx.attr_str(module.as_ref(), "__dict__")?;
            let copy = cx.to_c(cx.call_method(namespace.as_ref(), "copy", &[])?).into_ptr();
            lifetime::xdecref(std::mem::replace(&mut (*def).m_base.m_copy, copy));
        } else {
            (*def).m_base.m_init = Some(init);
        }
    }
    made().get_or_insert_default().insert(key(name, path), def as usize);
    let name = cx.str(name);
    import::put(cx, name.as_ref(), module.as_ref())
}

/// The module of a file that was imported before; `None` if it was not, or can be made anew only.
pub(super) fn again(cx: Cx<'_>, name: &str, path: &str) -> Result<Option<HostObj>> {
    let found = made().as_ref().and_then(|made| made.get(&key(name, path)).copied());
    let Some(def) = found.map(|def| def as *mut PyModuleDef) else { return Ok(None) };
    interpreters::expect_loadable(cx, name, Loads::InOne)?;
    // SAFETY: a definition lives for ever.
    let (size, copy, init) = unsafe { ((*def).m_size, (*def).m_base.m_copy, (*def).m_base.m_init) };
    let title = cx.str(name);
    if size == -1 {
        // SAFETY: NULL, or the copy that the definition holds.
        let Some(copy) = (unsafe { Obj::from_ptr(copy) }) else { return Ok(None) };
        let module = import::add(cx, title.as_ref())?;
        let (namespace, copy) = (cx.attr_str(module.as_ref(), "__dict__")?, copy.give(cx)?);
        cx.call_method(namespace.as_ref(), "update", &[copy.as_ref()])?;
        moduleobject::remember(def, cross::to_c(module.as_ref()).as_ptr());
        return Ok(Some(module));
    }
    let Some(init) = init else { return Ok(None) };
    // SAFETY: what the function returned is a new reference.
    let module = unsafe { New::from_ptr(run(cx, name, init)?) }.expect("checked");
    let def = definition(cx, name, &module)?;
    moduleobject::remember(def, module.as_ptr());
    let module = moduleobject::host_object(cx, &module)?;
    import::put(cx, title.as_ref(), module.as_ref())?;
    Ok(Some(module))
}

/// Forget the module `name` of the file at `path`: its next import is a first one.
pub(crate) fn forget(name: &str, path: &str) {
    let removed = made().as_mut().and_then(|made| made.remove(&key(name, path)));
    let Some(def) = removed.map(|def| def as *mut PyModuleDef) else { return };
    moduleobject::remember(def, null_mut());
    // SAFETY: a definition lives for ever; it holds the copy.
    unsafe {
        (*def).m_base.m_init = None;
        lifetime::xdecref(std::mem::replace(&mut (*def).m_base.m_copy, null_mut()));
    }
}
