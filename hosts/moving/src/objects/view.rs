//! `memoryview`: memory of bytes, bytearrays, C's exporters and classes with `__buffer__`, in any shape.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::modules::structs;
use crate::native::def;
use crate::object::{Body, View};
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

const MOST_DIMENSIONS: usize = 64;

impl View {
    /// Of a whole bytes or bytearray.
    pub(crate) fn of_bytes(owner: Value, len: usize, readonly: bool) -> Self {
        View {
            base: owner,
            obj: owner,
            start: 0,
            format: "B".into(),
            itemsize: 1,
            shape: vec![len],
            strides: vec![1],
            readonly,
            released: false,
        }
    }

    /// How many bytes it shows.
    pub(crate) fn nbytes(&self) -> usize {
        self.shape.iter().product::<usize>() * self.itemsize
    }

    fn set_shape(&mut self, shape: Vec<usize>) {
        self.strides = strides_of(&shape, self.itemsize);
        self.shape = shape;
    }

    /// The one character of a native format.
    fn code(&self) -> Option<u8> {
        native_code(&self.format)
    }

    fn is_contiguous(&self, fortran: bool) -> bool {
        let mut next = self.itemsize as isize;
        let dimensions = self.shape.iter().zip(&self.strides);
        let mut fits = |(&extent, &stride): (&usize, &isize)| {
            let fits = extent < 2 || stride == next;
            next *= extent as isize;
            fits
        };
        let all = if fortran { dimensions.into_iter().all(&mut fits) } else { dimensions.rev().all(&mut fits) };
        all || self.shape.contains(&0)
    }

    /// Where the items are, in C's order or in Fortran's.
    fn places(&self, fortran: bool) -> Vec<usize> {
        let mut places = vec![self.start as isize];
        let dimensions: Vec<usize> = (0..self.shape.len()).collect();
        let order: Vec<usize> = if fortran { dimensions.into_iter().rev().collect() } else { dimensions };
        for at in order {
            let (extent, stride) = (self.shape[at] as isize, self.strides[at]);
            places = places.iter().flat_map(|place| (0..extent).map(move |i| place + i * stride)).collect();
        }
        places.into_iter().map(|place| place as usize).collect()
    }
}

/// The strides of C-contiguous memory.
fn strides_of(shape: &[usize], itemsize: usize) -> Vec<isize> {
    let mut next = itemsize as isize;
    let mut strides: Vec<isize> = Vec::new();
    for &extent in shape.iter().rev() {
        strides.push(next);
        next *= extent as isize;
    }
    strides.reverse();
    strides
}

/// The one character of a native format.
pub(crate) fn native_code(format: &str) -> Option<u8> {
    match format.strip_prefix('@').unwrap_or(format).as_bytes() {
        [code] if structs::native_size(*code).is_some() => Some(*code),
        _ => None,
    }
}

fn view(vm: &Vm, h: H) -> &View {
    match vm.body(h) {
        Some(Body::View(view)) => view,
        other => panic!("not a memoryview: {other:?}"),
    }
}

/// Where the memory of a view's base begins. It stays there as long as the base lives and keeps its size.
pub(crate) fn memory(base: Value) -> *mut u8 {
    match base.object().map(|object| &object.body) {
        Some(Body::Bytes(bytes)) => bytes.as_ptr().cast_mut(),
        Some(Body::ByteArray(bytes)) => bytes.as_ptr().cast_mut(),
        Some(Body::CView(memory)) => memory.start,
        other => panic!("no memory: {other:?}"),
    }
}

fn read(view: &View, place: usize) -> Vec<u8> {
    // SAFETY: the places of a view that is not released lie in its base's memory.
    unsafe { std::slice::from_raw_parts(memory(view.base).add(place), view.itemsize) }.to_vec()
}

fn write(view: &View, place: usize, item: &[u8]) {
    // SAFETY: as above; who writes has asked whether the memory may be written.
    unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), memory(view.base).add(place), view.itemsize) }
}

fn bytes_in_order(view: &View, fortran: bool) -> Vec<u8> {
    let mut all = Vec::with_capacity(view.nbytes());
    if view.nbytes() == 0 {
        return all;
    }
    if !fortran && view.is_contiguous(false) {
        // SAFETY: the memory of a view that is not released.
        all.extend_from_slice(unsafe { std::slice::from_raw_parts(memory(view.base).add(view.start), view.nbytes()) });
        return all;
    }
    view.places(fortran).into_iter().for_each(|place| all.extend(read(view, place)));
    all
}

/// The bytes that a view shows; None once it is released.
pub(crate) fn contents(vm: &Vm, h: H) -> Option<Vec<u8>> {
    let view = view(vm, h);
    (!view.released).then(|| bytes_in_order(view, false))
}

/// What the view is, if it is not released. Its words are good until something allocates: whoever runs other code asks again.
fn check(vm: &mut Vm, h: H) -> R<View> {
    let view = view(vm, h).clone();
    if view.released {
        return Err(vm.value_error("operation forbidden on released memoryview object"));
    }
    Ok(view)
}

/// A view object; its base is told of one more.
pub(crate) fn make(vm: &mut Vm, view: View) -> R<H> {
    let made = vm.alloc(k::MEMORYVIEW, Body::View(Box::new(view)))?;
    let base = self::view(vm, made).base;
    let base = vm.push(base);
    if let Body::CView(memory) = vm.body_mut(base) {
        memory.views += 1;
    }
    Ok(made)
}

/// A view of any exporter's memory.
pub(crate) fn of_object(vm: &mut Vm, source: H) -> R<H> {
    let found = match vm.body(source) {
        Some(Body::Bytes(bytes)) => Some((bytes.len(), true)),
        Some(Body::ByteArray(bytes)) => Some((bytes.len(), false)),
        Some(Body::View(_)) => {
            let copy = check(vm, source)?;
            return make(vm, copy);
        }
        _ => None,
    };
    let Some((len, readonly)) = found else {
        return match crate::host::view_of_exporter(vm, source)? {
            Some(made) => Ok(made),
            None => {
                let name = vm.class_name(source);
                Err(vm.type_error(format!("memoryview: a bytes-like object is required, not '{name}'")))
            }
        };
    };
    let word = vm.get(source);
    if !readonly {
        vm.heap.write(word).flags |= crate::object::VIEWED;
    }
    make(vm, View::of_bytes(word, len, readonly))
}

fn new(vm: &mut Vm, args: Args) -> R<H> {
    of_object(vm, args.h(1))
}

fn len(vm: &mut Vm, args: Args) -> R<H> {
    let view = check(vm, args.h(0))?;
    match view.shape.first() {
        Some(&len) => Ok(vm.size(len)),
        None => Err(vm.type_error("0-dim memory has no length")),
    }
}

fn item_at(vm: &mut Vm, this: H, place: usize) -> R<H> {
    let view = check(vm, this)?;
    let Some(code) = view.code() else {
        let message = format!("memoryview: format {} not supported", view.format);
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, message));
    };
    structs::unpack_native(vm, code, &read(&view, place))
}

/// What a subscript stands for.
enum Key {
    /// An item, here.
    Item(usize),
    /// A part along the first dimension.
    Part(View),
    /// `[...]` of a view without dimensions.
    Whole,
}

fn key(vm: &mut Vm, view: &View, key: H) -> R<Key> {
    if view.shape.is_empty() {
        return match vm.body(key) {
            Some(Body::Tuple(items)) if items.is_empty() => Ok(Key::Item(view.start)),
            _ if vm.is(key, k::ELLIPSIS) => Ok(Key::Whole),
            _ => Err(vm.type_error("invalid indexing of 0-dim memory")),
        };
    }
    if vm.is_slice(key) {
        let span = vm.slice_span(key, view.shape[0])?;
        let mut part = view.clone();
        part.start = (view.start as isize + span.start as isize * view.strides[0]) as usize;
        part.strides[0] *= span.step as isize;
        part.shape[0] = span.count;
        return Ok(Key::Part(part));
    }
    if matches!(vm.body(key), Some(Body::Tuple(_))) {
        return tuple_key(vm, view, key);
    }
    if !vm.is_int(key) && vm.special(key, n::__index__).is_none() {
        return Err(vm.type_error("memoryview: invalid slice key"));
    }
    if view.shape.len() > 1 {
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "multi-dimensional sub-views are not implemented"));
    }
    let at = vm.place(key, view.shape[0], "index out of bounds on dimension 1")?;
    Ok(Key::Item((view.start as isize + at as isize * view.strides[0]) as usize))
}

fn tuple_key(vm: &mut Vm, view: &View, key: H) -> R<Key> {
    let (given, ndim) = (vm.count(key), view.shape.len());
    let parts: Vec<H> = (0..given).map(|i| vm.item(key, i).expect("counted")).collect();
    if !parts.is_empty() && parts.iter().all(|&part| vm.is_slice(part)) {
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "multi-dimensional slicing is not implemented"));
    }
    for &part in &parts {
        if !vm.is_int(part) && vm.special(part, n::__index__).is_none() {
            return Err(vm.type_error("memoryview: invalid slice key"));
        }
    }
    if given < ndim {
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "sub-views are not implemented"));
    }
    if given > ndim {
        return Err(vm.type_error(format!("cannot index {ndim}-dimension view with {given}-element tuple")));
    }
    let mut place = view.start as isize;
    for (i, part) in parts.into_iter().enumerate() {
        let at = vm.place(part, view.shape[i], &format!("index out of bounds on dimension {}", i + 1))?;
        place += at as isize * view.strides[i];
    }
    Ok(Key::Item(place as usize))
}

fn getitem(vm: &mut Vm, args: Args) -> R<H> {
    let this = check(vm, args.h(0))?;
    match key(vm, &this, args.h(1))? {
        Key::Item(place) => item_at(vm, args.h(0), place),
        Key::Part(part) => {
            let base = check(vm, args.h(0))?;
            make(vm, View { base: base.base, obj: base.obj, ..part })
        }
        Key::Whole => Ok(args.h(0)),
    }
}

fn setitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, value) = (check(vm, args.h(0))?, args.h(2));
    if this.readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    let part = match key(vm, &this, args.h(1))? {
        Key::Item(place) => {
            set_one(vm, args.h(0), place, value)?;
            return Ok(k::NONE);
        }
        Key::Whole => {
            set_one(vm, args.h(0), this.start, value)?;
            return Ok(k::NONE);
        }
        Key::Part(part) => part,
    };
    if this.shape.len() > 1 {
        let message = "memoryview slice assignments are currently restricted to ndim = 1";
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, message));
    }
    let source = of_object(vm, value)?;
    let given = check(vm, source)?;
    let alike = given.shape == part.shape && native_code(&given.format) == part.code() && part.code().is_some();
    if !alike {
        release_view(vm, source)?;
        return Err(vm.value_error("memoryview assignment: lvalue and rvalue have different structures"));
    }
    let items = bytes_in_order(&given, false);
    let now = check(vm, args.h(0))?;
    let part = View { base: now.base, obj: now.obj, ..part };
    for (place, item) in part.places(false).into_iter().zip(items.chunks(part.itemsize.max(1))) {
        write(&part, place, item);
    }
    release_view(vm, source)?;
    Ok(k::NONE)
}

fn set_one(vm: &mut Vm, this: H, place: usize, value: H) -> R<()> {
    let view = check(vm, this)?;
    let Some(code) = view.code() else {
        let message = format!("memoryview: format {} not supported", view.format);
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, message));
    };
    let item = match structs::pack_native(vm, code, value)? {
        Ok(item) => item,
        Err(structs::Misfit::Kind) => {
            return Err(vm.type_error(format!("memoryview: invalid type for format '{}'", char::from(code))));
        }
        Err(structs::Misfit::Range) => {
            return Err(vm.value_error(format!("memoryview: invalid value for format '{}'", char::from(code))));
        }
    };
    let view = check(vm, this)?;
    write(&view, place, &item);
    Ok(())
}

fn delitem(vm: &mut Vm, args: Args) -> R<H> {
    let this = check(vm, args.h(0))?;
    Err(vm.type_error(if this.readonly { "cannot modify read-only memory" } else { "cannot delete memory" }))
}

fn tobytes(vm: &mut Vm, args: Args) -> R<H> {
    let view = check(vm, args.h(0))?;
    let order = args.opt(vm, 1).filter(|&order| !vm.is_none(order)).map(|order| vm.string(order));
    let fortran = match order.as_deref() {
        None | Some("C") => false,
        Some("F") => true,
        Some("A") => view.is_contiguous(true) && !view.is_contiguous(false),
        _ => return Err(vm.value_error("order must be 'C', 'F' or 'A'")),
    };
    let all = bytes_in_order(&view, fortran);
    vm.bytes(all)
}

fn tolist(vm: &mut Vm, args: Args) -> R<H> {
    let view = check(vm, args.h(0))?;
    nested(vm, args.h(0), view.start, 0)
}

/// The items from dimension `depth` on, beginning at `place`.
fn nested(vm: &mut Vm, this: H, place: usize, depth: usize) -> R<H> {
    let view = check(vm, this)?;
    let Some(&extent) = view.shape.get(depth) else { return item_at(vm, this, place) };
    let start = vm.mark();
    for i in 0..extent {
        let mark = vm.mark();
        let at = (place as isize + i as isize * view.strides[depth]) as usize;
        let item = nested(vm, this, at, depth + 1)?;
        vm.keep(mark, item);
    }
    vm.list_since(start)
}

fn hex(vm: &mut Vm, args: Args) -> R<H> {
    let this = check(vm, args.h(0))?;
    let bytes = bytes_in_order(&this, false);
    let bytes = vm.bytes(bytes)?;
    let method = vm.intern("hex")?;
    let method = vm.getattr(bytes, method)?;
    let rest: Vec<H> = args.rest().collect();
    vm.call(method, &rest)
}

fn iter(vm: &mut Vm, args: Args) -> R<H> {
    let view = check(vm, args.h(0))?;
    match view.shape.len() {
        0 => Err(vm.type_error("invalid indexing of 0-dim memory")),
        1 => vm.new_iter(k::SEQ_ITER, crate::object::IterKind::Sequence, 0, args.h(0)),
        _ => Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "multi-dimensional sub-views are not implemented")),
    }
}

fn eq(vm: &mut Vm, args: Args) -> R<H> {
    let released = |body: Option<&Body>| matches!(body, Some(Body::View(view)) if view.released);
    if released(vm.body(args.h(0))) || released(vm.body(args.h(1))) {
        let same = vm.is(args.h(0), args.h(1));
        return Ok(vm.bool(same));
    }
    let other = match of_object(vm, args.h(1)) {
        Ok(other) => other,
        Err(_) if vm.pending_is(k::TYPE_ERROR) || vm.pending_is(k::VALUE_ERROR) => {
            vm.take_pending();
            return Ok(k::NOT_IMPLEMENTED);
        }
        Err(raised) => return Err(raised),
    };
    let (a, b) = (view(vm, args.h(0)).clone(), view(vm, other).clone());
    let equal = match (a.code(), b.code()) {
        _ if a.shape != b.shape => false,
        (Some(x), Some(y)) if x == y && !matches!(x, b'e' | b'f' | b'd' | b'?') => {
            bytes_in_order(&a, false) == bytes_in_order(&b, false)
        }
        (Some(_), Some(_)) => items_equal(vm, args.h(0), other)?,
        // As CPython says of formats that cannot be unpacked.
        _ => false,
    };
    release_view(vm, other)?;
    Ok(vm.bool(equal))
}

fn items_equal(vm: &mut Vm, a: H, b: H) -> R<bool> {
    let places = view(vm, a).places(false).into_iter().zip(view(vm, b).places(false));
    for (x, y) in places.collect::<Vec<_>>() {
        let mark = vm.mark();
        let left = item_at(vm, a, x)?;
        let right = item_at(vm, b, y)?;
        let equal = vm.equal(left, right)?;
        vm.cut(mark);
        if !equal {
            return Ok(false);
        }
    }
    Ok(true)
}

fn hash(vm: &mut Vm, args: Args) -> R<H> {
    let view = check(vm, args.h(0))?;
    if !view.readonly {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    if !matches!(view.code(), Some(b'B' | b'b' | b'c')) {
        return Err(vm.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    let all = bytes_in_order(&view, false);
    let all = vm.bytes(all)?;
    let hash = vm.hash(all)?;
    vm.int(hash)
}

fn repr(vm: &mut Vm, args: Args) -> R<H> {
    let word = vm.get(args.h(0));
    let id = vm.heap.id(word);
    let what = if view(vm, args.h(0)).released { "released memory" } else { "memory" };
    vm.str(format!("<{what} at {id:#x}>"))
}

/// Ends the view; C's memory is released with the last one.
pub(crate) fn release_view(vm: &mut Vm, this: H) -> R<()> {
    if view(vm, this).released {
        return Ok(());
    }
    let word = vm.get(this);
    let id = vm.heap.id(word);
    if let Some(count) = vm.heap.exports.get(&id).copied() {
        let plural = if count == 1 { "" } else { "s" };
        return Err(vm.raise(k::BUFFER_ERROR, format!("memoryview has {count} exported buffer{plural}")));
    }
    let Body::View(view) = vm.body_mut(this) else { unreachable!("a view") };
    view.released = true;
    view.obj = Value::NULL;
    let base = std::mem::replace(&mut view.base, Value::NULL);
    let base = vm.push(base);
    crate::host::view_released(vm, base);
    Ok(())
}

fn release(vm: &mut Vm, args: Args) -> R<H> {
    release_view(vm, args.h(0))?;
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
    let copy = View { readonly: true, ..check(vm, args.h(0))? };
    make(vm, copy)
}

fn cast(vm: &mut Vm, args: Args) -> R<H> {
    let mut made = check(vm, args.h(0))?;
    if vm.text(args.h(1)).is_none() {
        return Err(vm.type_error("format argument must be a string"));
    }
    let format = vm.string(args.h(1));
    let shape = args.opt(vm, 2).filter(|&shape| !vm.is_none(shape));
    if !made.is_contiguous(false) {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || made.shape.len() != 1) && made.shape.contains(&0) {
        return Err(vm.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let native = "format must be a native single character format prefixed with an optional '@'";
    let Some(from) = made.code() else { return Err(vm.value_error(format!("memoryview: source {native}"))) };
    let Some(to) = native_code(&format) else {
        return Err(vm.value_error(format!("memoryview: destination {native}")));
    };
    let is_byte = |code: u8| matches!(code, b'b' | b'B' | b'c');
    if !is_byte(from) && !is_byte(to) {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let (len, itemsize) = (made.nbytes(), structs::native_size(to).expect("a native code"));
    if !len.is_multiple_of(itemsize) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let before = made.shape.len();
    made.format = format.into();
    made.itemsize = itemsize;
    made.set_shape(vec![len / itemsize]);
    if let Some(shape) = shape {
        let shape = wanted_shape(vm, shape)?;
        if before != 1 && shape.len() != 1 {
            return Err(vm.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
        let wanted = shape.iter().try_fold(itemsize, |size, &extent| size.checked_mul(extent));
        if wanted != Some(len) {
            return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
        }
        made.set_shape(shape);
    }
    let now = check(vm, args.h(0))?;
    make(vm, View { base: now.base, obj: now.obj, ..made })
}

fn wanted_shape(vm: &mut Vm, shape: H) -> R<Vec<usize>> {
    if !matches!(vm.body(shape), Some(Body::List(_) | Body::Tuple(_))) {
        return Err(vm.type_error("shape must be a list or a tuple"));
    }
    let ndim = vm.count(shape);
    if ndim > MOST_DIMENSIONS {
        return Err(vm.value_error(format!("memoryview: number of dimensions must not exceed {MOST_DIMENSIONS}")));
    }
    let mut extents = Vec::new();
    for i in 0..ndim {
        let Some(extent) = vm.nth(shape, i)? else { break };
        if !vm.is_int(extent) {
            return Err(vm.type_error("memoryview.cast(): elements of shape must be integers"));
        }
        match vm.as_i64(extent) {
            Some(extent) if extent > 0 => extents.push(extent as usize),
            _ => return Err(vm.value_error("memoryview.cast(): elements of shape must be integers > 0")),
        }
    }
    Ok(extents)
}

fn get_obj(vm: &mut Vm, this: H) -> R<H> {
    let obj = check(vm, this)?.obj;
    Ok(if obj.is_null() { k::NONE } else { vm.push(obj) })
}

fn get_format(vm: &mut Vm, this: H) -> R<H> {
    let format = check(vm, this)?.format;
    vm.str(&*format)
}

macro_rules! facts {
    ($($name:ident |$vm:ident, $view:ident| $value:expr;)*) => { $(
        fn $name($vm: &mut Vm, this: H) -> R<H> {
            let $view = check($vm, this)?;
            $value
        }
    )* };
}

facts! {
    get_readonly |vm, view| Ok(vm.bool(view.readonly));
    get_nbytes |vm, view| Ok(vm.size(view.nbytes()));
    get_itemsize |vm, view| Ok(vm.size(view.itemsize));
    get_ndim |vm, view| Ok(vm.size(view.shape.len()));
    get_shape |vm, view| sizes(vm, view.shape.into_iter().map(|extent| extent as i64));
    get_strides |vm, view| sizes(vm, view.strides.into_iter().map(|stride| stride as i64));
    get_suboffsets |vm, _view| vm.tuple(&[]);
    get_c_contiguous |vm, view| Ok(vm.bool(view.is_contiguous(false)));
    get_f_contiguous |vm, view| Ok(vm.bool(view.is_contiguous(true)));
    get_contiguous |vm, view| Ok(vm.bool(view.is_contiguous(false) || view.is_contiguous(true)));
}

fn sizes(vm: &mut Vm, sizes: impl Iterator<Item = i64>) -> R<H> {
    let start = vm.mark();
    for size in sizes {
        vm.int(size)?;
    }
    vm.tuple_since(start)
}

pub(crate) static METHODS: [NativeDef; 17] = [
    def("__new__", "cls :object", new),
    def("__len__", "self", len),
    def("__getitem__", "self key", getitem),
    def("__setitem__", "self key value", setitem),
    def("__delitem__", "self key", delitem),
    def("__iter__", "self", iter),
    def("__eq__", "self other", eq),
    def("__hash__", "self", hash),
    def("__repr__", "self", repr),
    def("__enter__", "self", enter),
    def("__exit__", "self *args", exit),
    def("release", "self", release),
    def("tobytes", "self :order=", tobytes),
    def("tolist", "self", tolist),
    def("hex", "self *args", hex),
    def("toreadonly", "self", toreadonly),
    def("cast", "self :format :shape=", cast),
];

pub(crate) static ATTRS: [GetSetDef; 12] = [
    GetSetDef { name: "obj", get: get_obj, set: None },
    GetSetDef { name: "readonly", get: get_readonly, set: None },
    GetSetDef { name: "format", get: get_format, set: None },
    GetSetDef { name: "nbytes", get: get_nbytes, set: None },
    GetSetDef { name: "itemsize", get: get_itemsize, set: None },
    GetSetDef { name: "ndim", get: get_ndim, set: None },
    GetSetDef { name: "shape", get: get_shape, set: None },
    GetSetDef { name: "strides", get: get_strides, set: None },
    GetSetDef { name: "suboffsets", get: get_suboffsets, set: None },
    GetSetDef { name: "c_contiguous", get: get_c_contiguous, set: None },
    GetSetDef { name: "f_contiguous", get: get_f_contiguous, set: None },
    GetSetDef { name: "contiguous", get: get_contiguous, set: None },
];
