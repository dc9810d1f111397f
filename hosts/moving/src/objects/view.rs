//! `memoryview` of bytes and bytearrays.

use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::{Body, View};
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

fn view(vm: &Vm, h: H) -> &View {
    match vm.body(h) {
        Some(Body::View(view)) => view,
        other => panic!("not a memoryview: {other:?}"),
    }
}

/// The bytes under a base object.
fn base<'a>(view: &View) -> &'a [u8] {
    match view.base.object().map(|object| &object.body) {
        Some(Body::Bytes(bytes)) => bytes,
        Some(Body::ByteArray(bytes)) => bytes,
        _ => &[],
    }
}

fn place(view: &View, index: usize) -> usize {
    (view.start as isize + index as isize * view.step) as usize
}

/// The bytes that a view shows; None once it is released.
pub(crate) fn contents(vm: &Vm, h: H) -> Option<Vec<u8>> {
    let view = view(vm, h);
    let all = base(view);
    (!view.released).then(|| (0..view.len).filter_map(|i| all.get(place(view, i)).copied()).collect())
}

fn check(vm: &mut Vm, h: H) -> R<()> {
    if view(vm, h).released {
        return Err(vm.value_error("operation forbidden on released memoryview object"));
    }
    Ok(())
}

fn new(vm: &mut Vm, args: Args) -> R<H> {
    let source = args.h(1);
    let made = match vm.body(source) {
        Some(Body::Bytes(bytes)) => (bytes.len(), true),
        Some(Body::ByteArray(bytes)) => (bytes.len(), false),
        Some(Body::View(_)) => {
            check(vm, source)?;
            let copy = view(vm, source).clone();
            return vm.alloc(k::MEMORYVIEW, Body::View(Box::new(copy)));
        }
        _ => {
            let name = vm.class_name(source);
            return Err(vm.type_error(format!("memoryview: a bytes-like object is required, not '{name}'")));
        }
    };
    let (len, readonly) = made;
    if !readonly {
        let word = vm.get(source);
        vm.heap.write(word).flags |= crate::object::VIEWED;
    }
    let view = View { base: vm.get(source), start: 0, len, step: 1, format: b'B', readonly, released: false };
    vm.alloc(k::MEMORYVIEW, Body::View(Box::new(view)))
}

fn len(vm: &mut Vm, args: Args) -> R<H> {
    check(vm, args.h(0))?;
    let len = view(vm, args.h(0)).len;
    Ok(vm.size(len))
}

fn getitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key) = (args.h(0), args.h(1));
    check(vm, this)?;
    let len = view(vm, this).len;
    if vm.is_slice(key) {
        let span = vm.slice_span(key, len)?;
        let mut part = view(vm, this).clone();
        part.start = (part.start as isize + span.start as isize * part.step) as usize;
        part.step *= span.step as isize;
        part.len = span.count;
        return vm.alloc(k::MEMORYVIEW, Body::View(Box::new(part)));
    }
    let at = index(vm, key, len)?;
    let view = view(vm, this);
    let byte = base(view).get(place(view, at)).copied().unwrap_or(0);
    Ok(vm.size(byte as usize))
}

fn index(vm: &mut Vm, key: H, len: usize) -> R<usize> {
    if !vm.is_int(key) && vm.special(key, k::n::__index__).is_none() {
        return Err(vm.type_error("memoryview: invalid slice key"));
    }
    vm.place(key, len, "index out of bounds on dimension 1")
}

fn setitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key, value) = (args.h(0), args.h(1), args.h(2));
    check(vm, this)?;
    if view(vm, this).readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    let len = view(vm, this).len;
    let (places, bytes): (Vec<usize>, Vec<u8>) = if vm.is_slice(key) {
        let span = vm.slice_span(key, len)?;
        let bytes = crate::objects::bytes::from_any(vm, value)?;
        if bytes.len() != span.count {
            return Err(vm.value_error("memoryview assignment: lvalue and rvalue have different structures"));
        }
        (span.indices().collect(), bytes)
    } else {
        let at = index(vm, key, len)?;
        if !vm.is_int(value) && vm.special(value, k::n::__index__).is_none() {
            return Err(vm.type_error("memoryview: invalid type for format 'B'"));
        }
        let byte = vm.index_i64(value)?;
        let Ok(byte) = u8::try_from(byte) else {
            return Err(vm.value_error("memoryview: invalid value for format 'B'"));
        };
        (vec![at], vec![byte])
    };
    let view = view(vm, this).clone();
    let target = vm.push(view.base);
    if let Body::ByteArray(all) = vm.body_mut(target) {
        for (at, byte) in places.into_iter().zip(bytes) {
            if let Some(cell) = all.get_mut(place(&view, at)) {
                *cell = byte;
            }
        }
    }
    Ok(k::NONE)
}

fn tobytes(vm: &mut Vm, args: Args) -> R<H> {
    check(vm, args.h(0))?;
    let bytes = contents(vm, args.h(0)).unwrap_or_default();
    vm.bytes(bytes)
}

fn tolist(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = tobytes(vm, args)?;
    vm.to_list(bytes)
}

fn iter(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = tobytes(vm, args)?;
    vm.iter(bytes)
}

fn eq(vm: &mut Vm, args: Args) -> R<H> {
    let (Some(a), Some(b)) = (contents(vm, args.h(0)), crate::objects::bytes::view(vm, args.h(1))) else {
        return Ok(k::NOT_IMPLEMENTED);
    };
    Ok(vm.bool(a == b))
}

fn hash(vm: &mut Vm, args: Args) -> R<H> {
    if !view(vm, args.h(0)).readonly {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    let bytes = tobytes(vm, args)?;
    let hash = vm.hash(bytes)?;
    vm.int(hash)
}

fn repr(vm: &mut Vm, args: Args) -> R<H> {
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    let what = if view(vm, args.h(0)).released { "released memory" } else { "memory" };
    vm.str(format!("<{what} at {id:#x}>"))
}

fn release(vm: &mut Vm, args: Args) -> R<H> {
    if let Body::View(view) = vm.body_mut(args.h(0)) {
        view.released = true;
    }
    Ok(k::NONE)
}

fn enter(vm: &mut Vm, args: Args) -> R<H> {
    check(vm, args.h(0))?;
    Ok(args.h(0))
}

fn exit(vm: &mut Vm, args: Args) -> R<H> {
    release(vm, args)
}

fn toreadonly(vm: &mut Vm, args: Args) -> R<H> {
    check(vm, args.h(0))?;
    let copy = View { readonly: true, ..view(vm, args.h(0)).clone() };
    vm.alloc(k::MEMORYVIEW, Body::View(Box::new(copy)))
}

fn cast(vm: &mut Vm, _: Args) -> R<H> {
    Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "memoryview.cast is not implemented on this host"))
}

fn get_obj(vm: &mut Vm, this: H) -> R<H> {
    let base = view(vm, this).base;
    Ok(vm.push(base))
}

fn get_readonly(vm: &mut Vm, this: H) -> R<H> {
    let readonly = view(vm, this).readonly;
    Ok(vm.bool(readonly))
}

fn get_format(vm: &mut Vm, this: H) -> R<H> {
    let format = char::from(view(vm, this).format);
    vm.str(format.to_string())
}

fn get_nbytes(vm: &mut Vm, this: H) -> R<H> {
    let len = view(vm, this).len;
    Ok(vm.size(len))
}

fn get_one(vm: &mut Vm, _: H) -> R<H> {
    Ok(vm.size(1))
}

fn get_shape(vm: &mut Vm, this: H) -> R<H> {
    let len = get_nbytes(vm, this)?;
    vm.tuple(&[len])
}

fn get_strides(vm: &mut Vm, this: H) -> R<H> {
    let step = view(vm, this).step as i64;
    let step = vm.int(step)?;
    vm.tuple(&[step])
}

fn get_contiguous(vm: &mut Vm, this: H) -> R<H> {
    let contiguous = view(vm, this).step == 1 || view(vm, this).len < 2;
    Ok(vm.bool(contiguous))
}

pub(crate) static METHODS: [NativeDef; 15] = [
    def("__new__", "cls :object", new),
    def("__len__", "self", len),
    def("__getitem__", "self key", getitem),
    def("__setitem__", "self key value", setitem),
    def("__iter__", "self", iter),
    def("__eq__", "self other", eq),
    def("__hash__", "self", hash),
    def("__repr__", "self", repr),
    def("__enter__", "self", enter),
    def("__exit__", "self *args", exit),
    def("release", "self", release),
    def("tobytes", "self :order=", tobytes),
    def("tolist", "self", tolist),
    def("toreadonly", "self", toreadonly),
    def("cast", "self :format :shape=", cast),
];

pub(crate) static ATTRS: [GetSetDef; 9] = [
    GetSetDef { name: "obj", get: get_obj, set: None },
    GetSetDef { name: "readonly", get: get_readonly, set: None },
    GetSetDef { name: "format", get: get_format, set: None },
    GetSetDef { name: "nbytes", get: get_nbytes, set: None },
    GetSetDef { name: "itemsize", get: get_one, set: None },
    GetSetDef { name: "ndim", get: get_one, set: None },
    GetSetDef { name: "shape", get: get_shape, set: None },
    GetSetDef { name: "strides", get: get_strides, set: None },
    GetSetDef { name: "contiguous", get: get_contiguous, set: None },
];
