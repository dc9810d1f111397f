//! What a fatal error says after its message: where the program was, and which extension modules it had.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::boundary::{Cx, Result};
use crate::host::{Kind, host};
use crate::moduleobject;
use crate::pyerrors::{display, text_of};

/// Print the pending exception with its traceback, that of each thread where there is none, and the names of the extension modules. What
/// cannot be found out any more is left out, and an error in here is not told about.
pub(crate) fn tell(cx: Cx<'_>) {
    static TELLING: AtomicBool = AtomicBool::new(false);
    if TELLING.swap(true, Relaxed) {
        return;
    }
    if !display::display_pending(cx) {
        dump_traceback(cx).unwrap_or_default();
    }
    let names = extension_modules(cx).unwrap_or_default();
    drop(cx.take_error());
    if !names.is_empty() {
        eprintln!("\nExtension modules: {} (total: {})", names.join(", "), names.len());
    }
}

/// Where each thread is, as the module `faulthandler` says it, if there is one.
fn dump_traceback(cx: Cx<'_>) -> Result<()> {
    let module = cx.call(|h| h.import("faulthandler"))?;
    let stderr = host().new_int(2);
    eprintln!();
    cx.call_method(module.as_ref(), "dump_traceback", &[stderr.as_ref()]).map(drop)
}

/// The modules in `sys.modules` that are not written in Python, but for those of the standard library.
fn extension_modules(cx: Cx<'_>) -> Result<Vec<String>> {
    let h = host();
    let (Some(modules), Some(builtin), Some(of_library)) =
        (h.sys_attr("modules"), h.sys_attr("builtin_module_names"), h.sys_attr("stdlib_module_names"))
    else {
        return Ok(Vec::new());
    };
    let (mut names, mut place) = (Vec::new(), 0);
    while h.kind(modules.as_ref()) == Kind::Dict
        && let Some((next, name, module)) = h.dict_next(modules.as_ref(), place)
    {
        place = next;
        if h.kind(name.as_ref()) != Kind::Str || h.kind(module.as_ref()) != Kind::Module {
            continue;
        }
        let is_extension = moduleobject::has_functions(cx.to_c(module).obj())
            || cx.call(|h| h.contains(builtin.as_ref(), name.as_ref()))?;
        if is_extension && !cx.call(|h| h.contains(of_library.as_ref(), name.as_ref()))? {
            names.push(text_of(name.as_ref()));
        }
    }
    Ok(names)
}
