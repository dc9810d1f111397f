//! The methods and properties of the class: the host's own for its views, and what follows CPython's for ours.

use rustpython::vm::builtins::descriptor::PyMethodDescriptor;
use rustpython::vm::builtins::{PyGetSet, PyInt, PyList, PyMemoryView, PyStr, PyTuple, PyType};
use rustpython::vm::function::{FuncArgs, ItemDoc, PyMethodFlags};
use rustpython::vm::protocol::BufferFlags;
use rustpython::vm::{AsObject, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::layout::{Layout, MAX_NDIM};
use super::view::{self, View};
use super::{Open, from_object, items};

type Ours = fn(&PyObject, &Py<View>, FuncArgs, &VirtualMachine) -> PyResult;
type OfLayout = fn(&Layout, &VirtualMachine) -> PyObjectRef;

pub(super) fn install(vm: &VirtualMachine) {
    let class = vm.ctx.types.memoryview_type;
    let methods: [(&'static str, Ours); 7] = [
        ("release", release),
        ("__exit__", release),
        ("toreadonly", toreadonly),
        ("tobytes", tobytes),
        ("tolist", |_object, view, _args, vm| tolist(view, vm)),
        ("hex", hex),
        ("count", count),
    ];
    for (name, ours) in methods.into_iter().chain([("index", index as Ours)]) {
        let Some(host) = class.attributes().get(vm.ctx.intern_str(name)) else { continue };
        let before = host.clone();
        let call = move |mut args: FuncArgs, vm: &VirtualMachine| -> PyResult {
            let Some(object) = args.args.first().filter(|object| view::of(object).is_some()).cloned() else {
                return before.call(args, vm);
            };
            args.args.remove(0);
            let view = view::of(&object).expect("just looked at");
            ours(&object, view, args, vm)
        };
        set_method(class, name, &host, call, vm);
    }
    if let Some(host) = class.attributes().get(vm.ctx.intern_str("cast")) {
        set_method(class, "cast", &host, cast, vm);
    }
    set_sizeof(class, vm);
    set_from_flags(class, vm);
    install_properties(class, vm);
}

/// Put a method in the place of the host's of that name, with its words.
fn set_method<F>(class: &'static Py<PyType>, name: &'static str, host: &PyObject, call: F, vm: &VirtualMachine)
where
    F: Fn(FuncArgs, &VirtualMachine) -> PyResult + Send + Sync + 'static,
{
    let doc = host.downcast_ref::<PyMethodDescriptor>().map_or(ItemDoc::NONE, |host| host.method.item_doc());
    let def = vm.ctx.new_method_def(name, call, PyMethodFlags::METHOD, doc);
    class.set_attr(vm.ctx.intern_str(name), def.build_method(class, vm).into());
}

fn set_from_flags(class: &'static Py<PyType>, vm: &VirtualMachine) {
    let def = vm.ctx.new_method_def(
        "_from_flags",
        from_flags,
        PyMethodFlags::CLASS | PyMethodFlags::METHOD,
        ItemDoc::static_text(
            "_from_flags($type, /, object, flags)\n--\n\n\
             Create a new memoryview object which references the given object.",
        ),
    );
    let definition = def.build_method(class, vm).method;
    let descriptor = super::super::descriptors::class_method(definition, def.into(), class);
    class.set_attr(vm.ctx.intern_str("_from_flags"), descriptor);
}

/// What CPython's struct takes: three numbers for each axis behind the rest.
fn set_sizeof(class: &'static Py<PyType>, vm: &VirtualMachine) {
    let sizeof = |args: FuncArgs, vm: &VirtualMachine| -> PyResult {
        let object: PyRef<PyMemoryView> = args.bind::<(PyRef<PyMemoryView>,)>(vm)?.0;
        let object: &PyObject = object.as_object();
        let ndim = match Open::new(object, vm) {
            Ok(open) => open.ndim(),
            Err(_) => view::of(object).map_or(1, |view| view.layout.ndim()),
        };
        Ok(vm.ctx.new_int(BASIC_SIZE + AXIS_SIZE * ndim).into())
    };
    let doc = ItemDoc::static_text("__sizeof__($self, /)\n--\n\nSize of object in memory, in bytes.");
    let def = vm.ctx.new_method_def("__sizeof__", sizeof, PyMethodFlags::METHOD, doc);
    class.set_attr(vm.ctx.intern_str("__sizeof__"), def.build_method(class, vm).into());
}

const BASIC_SIZE: usize = std::mem::offset_of!(object_mirror::memoryobject::PyMemoryViewObject, ob_array);
const AXIS_SIZE: usize = 3 * size_of::<isize>();

fn install_properties(class: &'static Py<PyType>, vm: &VirtualMachine) {
    let properties: [(&'static str, OfLayout); 11] = [
        ("nbytes", |layout, vm| vm.ctx.new_int(layout.len).into()),
        ("readonly", |layout, vm| vm.ctx.new_bool(layout.readonly).into()),
        ("itemsize", |layout, vm| vm.ctx.new_int(layout.itemsize).into()),
        ("format", |layout, vm| vm.ctx.new_str(&*layout.format).into()),
        ("ndim", |layout, vm| vm.ctx.new_int(layout.ndim()).into()),
        ("shape", |layout, vm| tuple(&layout.shape, vm)),
        ("strides", |layout, vm| tuple(&layout.strides, vm)),
        ("suboffsets", |layout, vm| tuple(&layout.suboffsets, vm)),
        ("c_contiguous", |layout, vm| vm.ctx.new_bool(layout.is_c_contiguous()).into()),
        ("f_contiguous", |layout, vm| vm.ctx.new_bool(layout.is_fortran_contiguous()).into()),
        ("contiguous", |layout, vm| vm.ctx.new_bool(layout.is_c_contiguous() || layout.is_fortran_contiguous()).into()),
    ];
    for (name, ours) in properties {
        let Some(host) = class.attributes().get(vm.ctx.intern_str(name)) else { continue };
        let get = move |object: PyObjectRef, vm: &VirtualMachine| -> PyResult {
            match view::of(&object) {
                Some(view) => view.check(vm).map(|()| ours(&view.layout, vm)),
                None => host_property(&host, &object, vm),
            }
        };
        set_property(class, name, PyGetSet::new(name, class, &vm.ctx).with_get(get), vm);
    }
    let Some(host) = class.attributes().get(vm.ctx.intern_str("obj")) else { return };
    let get = move |object: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        if let Some(view) = view::of(&object) {
            view.check(vm)?;
            return Ok(view.exporter().unwrap_or_else(|| vm.ctx.none()));
        }
        let held = host_property(&host, &object, vm)?;
        // What holds C's memory for the host's own code is not what the user knows.
        Ok(match view::exporter_of(&held) {
            Some(exporter) => exporter.unwrap_or_else(|| vm.ctx.none()),
            None => held,
        })
    };
    set_property(class, "obj", PyGetSet::new("obj", class, &vm.ctx).with_get(get), vm);
}

fn tuple(numbers: &[isize], vm: &VirtualMachine) -> PyObjectRef {
    vm.ctx.new_tuple(numbers.iter().map(|&number| vm.ctx.new_int(number).into()).collect()).into()
}

fn host_property(host: &PyObject, object: &PyObject, vm: &VirtualMachine) -> PyResult {
    vm.call_get_descriptor(host, object).unwrap_or_else(|| Ok(vm.ctx.none()))
}

fn set_property(class: &'static Py<PyType>, name: &'static str, getset: PyGetSet, vm: &VirtualMachine) {
    let getset = PyRef::new_ref(getset, vm.ctx.types.getset_type.to_owned(), None);
    class.set_attr(vm.ctx.intern_str(name), getset.into());
}

fn release(object: &PyObject, view: &Py<View>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let exports = view.exports();
    if !view.is_released() && exports > 0 {
        let plural = if exports == 1 { "" } else { "s" };
        return Err(vm.new_buffer_error(format!("memoryview has {exports} exported buffer{plural}")));
    }
    if let Some(host) = object.downcast_ref::<PyMemoryView>() {
        host.release();
    }
    Ok(vm.ctx.none())
}

fn toreadonly(_object: &PyObject, view: &Py<View>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    view.check(vm)?;
    view.other(Layout { readonly: true, ..view.layout.clone() }, vm)
}

/// An argument by its place, or by its name.
fn argument(args: &mut FuncArgs, name: &str) -> Option<PyObjectRef> {
    args.take_positional_keyword(name)
}

fn tobytes(_object: &PyObject, view: &Py<View>, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    view.check(vm)?;
    let order = argument(&mut args, "order").filter(|order| !vm.is_none(order));
    let order = match order {
        None => "C".to_owned(),
        Some(order) => match order.downcast_ref::<PyStr>() {
            Some(order) => order.to_string_lossy().into_owned(),
            None => {
                let class = order.class().slot_name();
                return Err(
                    vm.new_type_error(format!("tobytes() argument 'order' must be str or None, not {}", &*class))
                );
            }
        },
    };
    let fortran = match &*order {
        "C" => false,
        "F" => true,
        "A" => view.layout.is_fortran_contiguous(),
        _ => return Err(vm.new_value_error("order must be 'C', 'F' or 'A'")),
    };
    // SAFETY: the view is open.
    Ok(vm.ctx.new_bytes(unsafe { view.layout.bytes(fortran) }).into())
}

fn tolist(view: &View, vm: &VirtualMachine) -> PyResult {
    view.check(vm)?;
    let layout = &view.layout;
    let code = items::single(&layout.format, vm)?;
    // SAFETY: the view is open; nothing of others runs meanwhile.
    unsafe { listed(layout, code, 0, layout.buf, vm) }
}

/// The items that the axes from `axis` on reach.
///
/// # Safety
/// The view is open and `start` a place of its.
unsafe fn listed(layout: &Layout, code: u8, axis: usize, start: *mut u8, vm: &VirtualMachine) -> PyResult {
    // SAFETY: the caller's contract.
    unsafe {
        if axis == layout.ndim() {
            return items::unpack(code, start, vm);
        }
        let items = layout.axis(start, axis).map(|place| listed(layout, code, axis + 1, place, vm));
        Ok(vm.ctx.new_list(items.collect::<PyResult<_>>()?).into())
    }
}

fn hex(_object: &PyObject, view: &Py<View>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    view.check(vm)?;
    // SAFETY: the view is open.
    let bytes: PyObjectRef = vm.ctx.new_bytes(unsafe { view.layout.bytes(false) }).into();
    bytes.get_attr("hex", vm)?.call(args, vm)
}

fn extent(view: &View, vm: &VirtualMachine) -> PyResult<isize> {
    view.check(vm)?;
    match *view.layout.shape {
        [extent] => Ok(extent),
        _ => Err(vm.new_not_implemented_error("multi-dimensional sub-views are not implemented")),
    }
}

fn count(_object: &PyObject, view: &Py<View>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let (value,): (PyObjectRef,) = args.bind(vm)?;
    let mut count = 0;
    for index in 0..extent(view, vm)? {
        let item = super::slots::item(view, index, vm)?;
        count += usize::from(vm.identical_or_equal(&item, &value)?);
    }
    Ok(vm.ctx.new_int(count).into())
}

fn index(_object: &PyObject, view: &Py<View>, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let extent = extent(view, vm)?;
    let mut bounds = [0, isize::MAX];
    for (bound, given) in bounds.iter_mut().zip(args.args.drain(1.min(args.args.len())..)) {
        *bound = given.try_index(vm)?.try_to_primitive(vm)?;
    }
    let (value,): (PyObjectRef,) = args.bind(vm)?;
    let [start, stop] = bounds.map(|bound| if bound < 0 { (bound + extent).max(0) } else { bound.min(extent) });
    for index in start..stop {
        let item = super::slots::item(view, index, vm)?;
        if vm.identical_or_equal(&item, &value)? {
            return Ok(vm.ctx.new_int(index).into());
        }
    }
    Err(vm.new_value_error("memoryview.index(x): x not in memoryview"))
}

/// `memoryview._from_flags(object, flags)`.
fn from_flags(mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    args.take_positional(); // the class
    let (Some(object), Some(flags)) = (argument(&mut args, "object"), argument(&mut args, "flags")) else {
        return Err(vm.new_type_error("_from_flags() missing required argument 'object' or 'flags'"));
    };
    let flags: i32 = flags.try_index(vm)?.try_to_primitive(vm)?;
    from_object(&object, BufferFlags::from_bits_retain(flags.cast_unsigned()), vm)
}

/// `memoryview.cast(format, shape)`, of either kind of view.
fn cast(mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let Some(object) = args.take_positional() else {
        return Err(vm.new_type_error("unbound method memoryview.cast() needs an argument"));
    };
    let (format, shape) = (argument(&mut args, "format"), argument(&mut args, "shape"));
    if !args.args.is_empty() {
        let given = args.args.len() + 2;
        return Err(vm.new_type_error(format!("cast() takes at most 2 arguments ({given} given)")));
    }
    if let Some(name) = args.kwargs.keys().next() {
        return Err(vm.new_type_error(format!("cast() got an unexpected keyword argument '{name}'")));
    }
    let Some(format) = format else {
        return Err(vm.new_type_error("cast() missing required argument 'format' (pos 1)"));
    };
    let Some(format) = format.downcast_ref::<PyStr>() else {
        let class = format.class().slot_name();
        return Err(vm.new_type_error(format!("cast() argument 'format' must be str, not {}", &*class)));
    };
    let open = Open::new(&object, vm)?;
    if matches!(open, Open::Host(..)) {
        // Only the host knows whether it lets anything outlive a view of its own.
        drop(rustpython::vm::protocol::PyBuffer::from_object(vm, &object, BufferFlags::FULL_RO)?);
    }
    if !open.is_c_contiguous() {
        return Err(vm.new_type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || open.ndim() != 1) && open.shape.contains(&0) {
        return Err(vm.new_type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let shape = shape.map(|shape| numbers(&shape, vm)).transpose()?;
    if let Some(shape) = &shape {
        if shape.len() > MAX_NDIM {
            return Err(vm.new_value_error(format!("memoryview: number of dimensions must not exceed {MAX_NDIM}")));
        }
        if open.ndim() != 1 && shape.len() != 1 {
            return Err(vm.new_type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
    }
    if !format.to_string_lossy().is_ascii() {
        // What does not encode raises here.
        format.as_object().get_attr("encode", vm)?.call(("ascii",), vm)?;
    }
    let mut layout = cast_to_1d(&open, &format.to_string_lossy(), vm)?;
    if let Some(shape) = shape {
        let shape = extents(&shape, layout.itemsize, vm)?;
        let len = layout.itemsize * shape.iter().product::<isize>() as usize;
        if len != layout.len {
            return Err(vm.new_type_error("memoryview: product(shape) * itemsize != buffer size"));
        }
        layout.reshape(shape);
    }
    open.recast(layout, vm)
}

fn numbers(shape: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    if let Some(list) = shape.downcast_ref::<PyList>() {
        return Ok(list.borrow_vec().to_vec());
    }
    match shape.downcast_ref::<PyTuple>() {
        Some(tuple) => Ok(tuple.as_slice().to_vec()),
        None => Err(vm.new_type_error("shape must be a list or a tuple")),
    }
}

/// The view as a single axis of items of another format.
fn cast_to_1d(from: &Layout, format: &str, vm: &VirtualMachine) -> PyResult<Layout> {
    let Some((code, itemsize)) = items::native(format) else {
        return Err(vm.new_value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let from_bytes = items::native(&from.format).is_some_and(|(code, _)| items::is_byte(code));
    if !from_bytes && !items::is_byte(code) {
        return Err(vm.new_type_error("memoryview: cannot cast between two non-byte formats"));
    }
    if !from.len.is_multiple_of(itemsize) {
        return Err(vm.new_type_error("memoryview: length is not a multiple of itemsize"));
    }
    let mut layout = Layout { itemsize, format: format.to_owned(), ..from.clone() };
    layout.reshape(vec![(from.len / itemsize) as isize]);
    Ok(layout)
}

/// `copy_shape`: the extents of a cast, each a number above zero.
fn extents(shape: &[PyObjectRef], itemsize: usize, vm: &VirtualMachine) -> PyResult<Vec<isize>> {
    let mut len = itemsize as isize;
    let mut extents = Vec::with_capacity(shape.len());
    for number in shape {
        let Some(number) = number.downcast_ref::<PyInt>() else {
            return Err(vm.new_type_error("memoryview.cast(): elements of shape must be integers"));
        };
        let extent = isize::try_from(number.as_bigint())
            .map_err(|_| vm.new_overflow_error("Python int too large to convert to C ssize_t"))?;
        if extent <= 0 {
            return Err(vm.new_value_error("memoryview.cast(): elements of shape must be integers > 0"));
        }
        len = len
            .checked_mul(extent)
            .ok_or_else(|| vm.new_value_error("memoryview.cast(): product(shape) > SSIZE_MAX"))?;
        extents.push(extent);
    }
    Ok(extents)
}
