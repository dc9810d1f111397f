//! The annotations of a class, in its namespace before the class is made: as in 3.13, which `sys.version_info` promises.
//!
//! The host is of 3.14 here: a class body leaves a function, `__annotate_func__`, that computes them when somebody asks. Packages
//! that look for `__annotations__` in the namespace, as attrs and pydantic do before 3.14, would find none and drop the fields.
//! So `__build_class__` is wrapped: where the body has annotations, the metaclass is called by way of [`make`], which computes
//! them first. Those that cannot be computed yet, for a name that comes later, stay with the function. See `docs/identity.md`.

use rustpython::vm::builtins::{PyCode, PyDict, PyTupleRef, PyType, PyTypeRef};
use rustpython::vm::function::{FuncArgs, KwArgs};
use rustpython::vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

const FUNCTION: &str = "__annotate_func__";
const ANNOTATIONS: &str = "__annotations__";
/// `annotationlib.Format.VALUE`.
const AS_VALUES: i32 = 1;

/// Wrap `builtins.__build_class__`.
pub(crate) fn install(vm: &VirtualMachine) -> PyResult<()> {
    let host = vm.builtins.get_attr("__build_class__", vm)?;
    let partial = vm.import("_functools", 0)?.get_attr("partial", vm)?;
    let (make, prepare) = (vm.new_function("make", make), vm.new_function("__prepare__", prepare));
    // Stands for the metaclass of one class: a callable with a `__prepare__`. Both get first what the class statement says.
    let stand_in = move |given: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        let stand_in = partial.call((make.clone(), given.clone()), vm)?;
        stand_in.set_attr("__prepare__", partial.call((prepare.clone(), given), vm)?, vm)?;
        Ok(stand_in)
    };
    let build_class = move |mut args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        if args.args.first().is_some_and(|body| has_annotations(body, vm)) {
            let given =
                args.kwargs.get("metaclass").cloned().unwrap_or_else(|| vm.ctx.types.type_type.to_owned().into());
            args.kwargs.insert("metaclass".into(), stand_in(given, vm)?);
        }
        host.call(args, vm)
    };
    vm.builtins.set_attr("__build_class__", vm.new_function("__build_class__", build_class), vm)
}

fn has_annotations(body: &PyObject, vm: &VirtualMachine) -> bool {
    let code = body.get_attr("__code__", vm).ok().and_then(|code| code.downcast::<PyCode>().ok());
    code.is_some_and(|code| code.code.names.iter().any(|name| name.as_str() == FUNCTION))
}

fn prepare(given: PyObjectRef, name: PyObjectRef, bases: PyTupleRef, kwargs: KwArgs, vm: &VirtualMachine) -> PyResult {
    let metaclass = metaclass(given, &bases, vm)?;
    match vm.get_attribute_opt(&metaclass, "__prepare__")? {
        Some(prepare) => prepare.call(FuncArgs::new(vec![name, bases.into()], kwargs), vm),
        None => Ok(vm.ctx.new_dict().into()),
    }
}

fn make(
    given: PyObjectRef,
    name: PyObjectRef,
    bases: PyTupleRef,
    namespace: PyObjectRef,
    kwargs: KwArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let metaclass = metaclass(given, &bases, vm)?;
    compute(&namespace, vm)?;
    metaclass.call(FuncArgs::new(vec![name, bases.into(), namespace], kwargs), vm)
}

/// The most derived of what is given and the classes of the bases, as `types.prepare_class` tells.
fn metaclass(given: PyObjectRef, bases: &[PyObjectRef], vm: &VirtualMachine) -> PyResult {
    let mut winner: PyTypeRef = match given.downcast::<PyType>() {
        Ok(given) => given,
        Err(given) => return Ok(given),
    };
    for class in bases.iter().map(|base| base.class()) {
        if winner.fast_issubclass(class) {
            continue;
        }
        if !class.fast_issubclass(&winner) {
            return Err(vm.new_type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses \
                 of all its bases",
            ));
        }
        winner = class.to_owned();
    }
    Ok(winner.into())
}

/// Put the annotations into the namespace, if they can be computed now.
fn compute(namespace: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let Ok(function) = namespace.get_item(FUNCTION, vm) else { return Ok(()) };
    let annotations = match function.call((AS_VALUES,), vm) {
        Ok(annotations) => annotations,
        Err(error) if error.fast_isinstance(vm.ctx.exceptions.exception_type) => return Ok(()),
        Err(error) => return Err(error),
    };
    if annotations.downcast_ref::<PyDict>().is_none() {
        return Ok(());
    }
    namespace.set_item(ANNOTATIONS, annotations, vm)
}
