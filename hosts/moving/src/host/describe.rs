//! What C functions and descriptors of C types say of themselves.

use emul::methodobject::{function_doc, function_info, function_signature};

use crate::heap::H;
use crate::host::foreign::{Foreign, Work};
use crate::host::{borrowed, done, returned, take, threads};
use crate::known::{self as k, n};
use crate::object::Body;
use crate::vm::{R, Vm};

/// An attribute of a function or descriptor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Name,
    Qualname,
    Module,
    /// `__self__` of a function, `__objclass__` of a descriptor.
    Owner,
    Doc,
    TextSignature,
}

/// The attribute, if `this` is one of C's.
pub(crate) fn described(vm: &mut Vm, this: H, field: Field) -> R<Option<H>> {
    match vm.body(this) {
        Some(Body::CFunction(mirror)) => {
            let mirror = *mirror;
            of_function(vm, mirror, field).map(Some)
        }
        Some(Body::Foreign(foreign)) => {
            let foreign = (**foreign).clone();
            of_descriptor(vm, &foreign, field).map(Some)
        }
        Some(Body::Method(function, this)) => {
            let (function, this) = (*function, *this);
            let (function, this) = (vm.push(function), vm.push(this));
            of_bound(vm, function, this, field).map(Some)
        }
        _ => Ok(None),
    }
}

/// Sets the `__module__` of a function of C's, or deletes it; whether `this` is one.
pub(crate) fn set_function_module(vm: &mut Vm, this: H, value: Option<H>) -> bool {
    let Some(Body::CFunction(mirror)) = vm.body(this) else { return false };
    let mirror = *mirror;
    threads::lend(vm, |_| emul::methodobject::set_function_module(mirror, value.map(borrowed)));
    true
}

/// Of a builtin method that is bound.
fn of_bound(vm: &mut Vm, function: H, this: H, field: Field) -> R<H> {
    let name = match field {
        Field::Owner => return Ok(this),
        Field::Module => return Ok(k::NONE),
        Field::Qualname if !vm.exact(function, k::SLOT_WRAPPER) => {
            let class = if matches!(vm.body(this), Some(Body::Type(_))) { this } else { vm.class(this) };
            let class = vm.getattr(class, n::__qualname__)?;
            let name = vm.getattr(function, n::__name__)?;
            let text = format!("{}.{}", vm.string(class), vm.string(name));
            return vm.str(text);
        }
        Field::Name => n::__name__,
        Field::Qualname => n::__qualname__,
        Field::Doc => n::__doc__,
        Field::TextSignature => vm.intern("__text_signature__")?,
    };
    vm.getattr(function, name)
}

fn of_function(vm: &mut Vm, mirror: *mut object_mirror::object::PyObject, field: Field) -> R<H> {
    if matches!(field, Field::Doc | Field::TextSignature) {
        let read = if field == Field::Doc { function_doc } else { function_signature };
        return returned(vm, |_| read(mirror));
    }
    let info = threads::lend(vm, |_| function_info(mirror));
    match field {
        Field::Name | Field::Doc | Field::TextSignature => vm.str(info.name),
        Field::Qualname => vm.str(info.qualname),
        Field::Owner => Ok(info.self_.map_or(k::NONE, |owner| take(vm, owner))),
        Field::Module => Ok(info.module.map_or(k::NONE, |module| take(vm, module))),
    }
}

fn of_descriptor(vm: &mut Vm, foreign: &Foreign, field: Field) -> R<H> {
    let (signature, doc) = match (&foreign.work, &foreign.doc, super::slot_docs::of(&foreign.name)) {
        (Work::Slot(_), None, Some((signature, doc))) => (Some(signature), Some(doc)),
        _ => foreign.doc.as_deref().map_or((None, None), |doc| emul::split_doc(&foreign.name, doc)),
    };
    let text = |vm: &mut Vm, text: Option<&str>| {
        let Some(text) = text else { return Ok(k::NONE) };
        done(vm, |_| emul::undecodable(text).map_or(Ok(()), Err))?;
        vm.str(text)
    };
    match field {
        Field::Name => vm.str(&*foreign.name),
        Field::Owner => Ok(vm.push(foreign.owner)),
        Field::Module => Ok(k::NONE),
        Field::Doc => text(vm, doc),
        Field::TextSignature => text(vm, signature),
        Field::Qualname => {
            let owner = vm.push(foreign.owner);
            let owner = vm.getattr(owner, n::__qualname__)?;
            let owner = vm.string(owner);
            vm.str(format!("{owner}.{}", foreign.name))
        }
    }
}

/// `repr()` of a C function or of a descriptor of a C type.
pub(crate) fn repr(vm: &mut Vm, this: H) -> R<Option<String>> {
    match vm.body(this) {
        Some(Body::CFunction(mirror)) => {
            let mirror = *mirror;
            function_repr(vm, mirror).map(Some)
        }
        Some(Body::Foreign(foreign)) => {
            let (name, owner) = (foreign.name.clone(), foreign.owner);
            let what = match foreign.work {
                Work::Method(_) | Work::ClassMethod(_) => "method",
                Work::Function(_) => {
                    let (class, id) = (vm.type_data(vm.class_word(owner)).name.clone(), vm.heap.id(owner));
                    return Ok(Some(format!("<built-in method {name} of {class} object at {id:#x}>")));
                }
                Work::Slot(_) => "slot wrapper",
                Work::Member(..) => "member",
                Work::GetSet(..) => "attribute",
            };
            Ok(Some(format!("<{what} '{name}' of '{}' objects>", vm.type_data(owner).name)))
        }
        Some(Body::Method(function, object)) => {
            let (function, object) = (*function, *object);
            let (function, object) = (vm.push(function), vm.push(object));
            let name = vm.getattr(function, n::__name__)?;
            let (name, class, word) = (vm.string(name), vm.class_name(object), vm.get(object));
            let id = vm.heap.id(word);
            if vm.exact(this, k::METHOD_WRAPPER) {
                return Ok(Some(format!("<method-wrapper '{name}' of {class} object at {id:#x}>")));
            }
            Ok(Some(format!("<built-in method {name} of {class} object at {id:#x}>")))
        }
        _ => Ok(None),
    }
}

fn function_repr(vm: &mut Vm, mirror: *mut object_mirror::object::PyObject) -> R<String> {
    let info = threads::lend(vm, |_| function_info(mirror));
    let owner = info.self_.map_or(k::NONE, |owner| take(vm, owner));
    if vm.is_none(owner) || matches!(vm.body(owner), Some(Body::Module)) {
        return Ok(format!("<built-in function {}>", info.name));
    }
    let word = vm.get(owner);
    let (class, id) = (vm.class_name(owner), vm.heap.id(word));
    Ok(format!("<built-in method {} of {class} object at {id:#x}>", info.name))
}
