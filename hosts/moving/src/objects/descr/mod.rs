//! Functions, methods, descriptors, modules, code, tracebacks, weak references, `super`, and the small rest.

mod code;
mod field;
mod function;
mod method;
mod module;
mod namespace;
pub(crate) mod native;
mod property;
mod super_;
mod weak;

use crate::boot::Members;
use crate::heap::H;
use crate::known as k;
use crate::value::Value;
use crate::vm::{R, Vm};
use code::{CODE_ATTRS, CODE_METHODS, TRACEBACK_ATTRS};
use field::{DESCRIPTOR_ATTRS, DESCRIPTOR_METHODS};
use function::{FUNCTION_ATTRS, FUNCTION_METHODS};
use method::{METHOD_ATTRS, METHOD_METHODS};
use module::{CELL_ATTRS, CELL_METHODS, MODULE_METHODS};
use namespace::{FILE_METHODS, NAMESPACE_METHODS};
use native::{DESCR_ATTRS, DESCR_METHODS, NATIVE_ATTRS, NATIVE_METHODS, WRAPPER_ATTRS};
use property::{CLASSMETHOD_METHODS, PROPERTY_ATTRS, PROPERTY_METHODS, STATICMETHOD_METHODS, WRAPPED_ATTRS};
use super_::SUPER_METHODS;
use weak::{WEAK_ATTRS, WEAK_METHODS};

fn or_none(vm: &mut Vm, word: Value) -> R<H> {
    Ok(vm.push(if word.is_null() { Value::NONE } else { word }))
}

/// The classes of this folder.
pub(crate) fn members() -> Vec<Members> {
    let row = |class, methods, attrs| Members { class, methods, attrs };
    vec![
        row(k::FUNCTION, &FUNCTION_METHODS, &FUNCTION_ATTRS),
        row(k::NATIVE, &NATIVE_METHODS, &NATIVE_ATTRS),
        row(k::METHOD_DESCR, &DESCR_METHODS, &DESCR_ATTRS),
        row(k::CLASS_METHOD_DESCR, &DESCR_METHODS, &DESCR_ATTRS),
        row(k::SLOT_WRAPPER, &DESCR_METHODS, &DESCR_ATTRS),
        row(k::METHOD, &METHOD_METHODS, &METHOD_ATTRS),
        row(k::METHOD_WRAPPER, &NATIVE_METHODS, &WRAPPER_ATTRS),
        row(k::PROPERTY, &PROPERTY_METHODS, &PROPERTY_ATTRS),
        row(k::CLASSMETHOD, &CLASSMETHOD_METHODS, &WRAPPED_ATTRS),
        row(k::STATICMETHOD, &STATICMETHOD_METHODS, &WRAPPED_ATTRS),
        row(k::GETSET, &DESCRIPTOR_METHODS, &DESCRIPTOR_ATTRS),
        row(k::MEMBER, &DESCRIPTOR_METHODS, &DESCRIPTOR_ATTRS),
        row(k::CELL, &CELL_METHODS, &CELL_ATTRS),
        row(k::MODULE, &MODULE_METHODS, &[]),
        row(k::CODE, &CODE_METHODS, &CODE_ATTRS),
        row(k::TRACEBACK, &[], &TRACEBACK_ATTRS),
        row(k::FRAME, &[], &crate::frame::FRAME_ATTRS),
        row(k::WEAKREF, &WEAK_METHODS, &WEAK_ATTRS),
        row(k::SUPER, &SUPER_METHODS, &[]),
        row(k::NAMESPACE, &NAMESPACE_METHODS, &[]),
        row(k::FILE, &FILE_METHODS, &[]),
    ]
}
