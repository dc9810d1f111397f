//! `memoryview`: memory of bytes, bytearrays, C's exporters and classes with `__buffer__`, in any shape.

mod layout;

use emul::host::BufferLayout;

use self::layout::native_code;
use crate::heap::H;
use crate::known::{self as k, n};
use crate::modules::structs::{self, Format};
use crate::native::def;
use crate::object::{Body, View};
use crate::objects::bytes::codec::encode;
use crate::objects::bytes::hex_of;
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

const MOST_DIMENSIONS: usize = 64;
/// CPython's `PyBUF_*`.
pub(crate) const WRITABLE: i32 = 0x1;
pub(crate) const FULL_RO: i32 = 0x11c;
const PYBUF_READ: i32 = 0x100;
const PYBUF_WRITE: i32 = 0x200;

fn view(vm: &Vm, h: H) -> &View {
    match vm.body(h) {
        Some(Body::View(view)) => view,
        other => panic!("not a memoryview: {other:?}"),
    }
}

/// The bytes that a view shows; None once it is released.
pub(crate) fn contents(vm: &Vm, h: H) -> Option<Vec<u8>> {
    let view = view(vm, h);
    (!view.released).then(|| view.bytes(false))
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
    view_for(vm, source, FULL_RO)
}

fn view_for(vm: &mut Vm, source: H, flags: i32) -> R<H> {
    match of_exporter(vm, source, flags)? {
        Some(made) => Ok(made),
        None => {
            let name = vm.class_name(source);
            Err(vm.type_error(format!("memoryview: a bytes-like object is required, not '{name}'")))
        }
    }
}

/// A view of an object's memory; `None` if it exports nothing.
fn of_exporter(vm: &mut Vm, source: H, flags: i32) -> R<Option<H>> {
    let (len, readonly) = match vm.body(source) {
        Some(Body::Bytes(bytes)) => (bytes.len(), true),
        Some(Body::ByteArray(bytes)) => (bytes.len(), false),
        Some(Body::View(_)) => {
            let copy = check(vm, source)?;
            return make(vm, copy).map(Some);
        }
        _ => return crate::host::view_of_exporter(vm, source, flags),
    };
    if readonly && flags & WRITABLE != 0 {
        return Err(vm.raise(k::BUFFER_ERROR, "Object is not writable."));
    }
    let word = vm.get(source);
    if !readonly {
        vm.heap.write(word).flags |= crate::object::VIEWED;
    }
    make(vm, View::of_bytes(word, len, readonly)).map(Some)
}

fn new(vm: &mut Vm, args: Args) -> R<H> {
    of_object(vm, args.h(1))
}

/// `memoryview._from_flags(object, flags)`: what the object gives when it is asked with these flags.
fn from_flags(vm: &mut Vm, args: Args) -> R<H> {
    let flags = vm.index_i64(args.h(2))? as i32;
    if matches!(flags, PYBUF_READ | PYBUF_WRITE) {
        return Err(vm.raise(k::SYSTEM_ERROR, "bad argument to internal function"));
    }
    view_for(vm, args.h(1), flags)
}

/// `__buffer__(flags)` of a builtin exporter: what C would get, as a memoryview.
pub(crate) fn buffer(vm: &mut Vm, args: Args) -> R<H> {
    let index = vm.index(args.h(1))?;
    let Some(flags) = vm.as_i64(index) else {
        return Err(vm.raise(k::OVERFLOW_ERROR, "cannot fit 'int' into an index-sized integer"));
    };
    match i32::try_from(flags) {
        Ok(flags) => crate::host::buffer_of(vm, args.h(0), flags),
        Err(_) => Err(vm.raise(k::OVERFLOW_ERROR, "buffer flags too large")),
    }
}

/// `__release_buffer__(view)`: ends what [`buffer`] gave.
pub(crate) fn release_buffer(vm: &mut Vm, args: Args) -> R<H> {
    let Some(Body::View(given)) = vm.body(args.h(1)) else {
        return Err(vm.type_error("expected a memoryview object"));
    };
    if given.released {
        return Err(vm.value_error("memoryview's buffer has already been released"));
    }
    if given.obj != vm.get(args.h(0)) {
        return Err(vm.value_error("memoryview's buffer is not this object"));
    }
    release_view(vm, args.h(1))?;
    Ok(k::NONE)
}

fn sizeof(vm: &mut Vm, args: Args) -> R<H> {
    const HEAD: usize = std::mem::offset_of!(object_mirror::memoryobject::PyMemoryViewObject, ob_array);
    let ndim = check(vm, args.h(0))?.ndim();
    Ok(vm.size(HEAD + 3 * std::mem::size_of::<isize>() * ndim))
}

fn len(vm: &mut Vm, args: Args) -> R<H> {
    let view = check(vm, args.h(0))?;
    match view.layout.shape.first() {
        Some(&len) => Ok(vm.size(len as usize)),
        None => Err(vm.type_error("0-dim memory has no length")),
    }
}

/// The one character of the view's format: `adjust_fmt`.
fn code(vm: &mut Vm, view: &View) -> R<u8> {
    let format = &view.layout.format;
    match format.strip_prefix('@').unwrap_or(format).as_bytes() {
        [code] => Ok(*code),
        _ => Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, format!("memoryview: unsupported format {format}"))),
    }
}

/// The one character of the view's format, which stands for a native value.
fn value_code(vm: &mut Vm, view: &View) -> R<u8> {
    let code = code(vm, view)?;
    if structs::native_size(code).is_none() {
        let message = format!("memoryview: format {} not supported", view.layout.format);
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, message));
    }
    Ok(code)
}

fn item_at(vm: &mut Vm, this: H, place: *mut u8) -> R<H> {
    let view = check(vm, this)?;
    let code = value_code(vm, &view)?;
    structs::unpack_native(vm, code, &view.read(place))
}

/// What a subscript stands for.
enum Key {
    /// The item with these indices.
    Item(Vec<isize>),
    /// A part along the first dimension.
    Part(View),
    /// `[...]` of a view without dimensions.
    Whole,
}

fn is_index(vm: &mut Vm, part: H) -> bool {
    vm.is_int(part) || vm.special(part, n::__index__).is_some()
}

fn key(vm: &mut Vm, view: &View, key: H) -> R<Key> {
    let ndim = view.ndim();
    if ndim == 0 {
        return match vm.body(key) {
            Some(Body::Tuple(items)) if items.is_empty() => Ok(Key::Item(Vec::new())),
            _ if vm.is(key, k::ELLIPSIS) => Ok(Key::Whole),
            _ => Err(vm.type_error("invalid indexing of 0-dim memory")),
        };
    }
    if vm.is_slice(key) {
        let span = vm.slice_span(key, view.layout.shape[0] as usize)?;
        return Ok(Key::Part(view.part(span.start as isize, span.step as isize, span.count)));
    }
    if matches!(vm.body(key), Some(Body::Tuple(_))) {
        return tuple_key(vm, view, key);
    }
    if !is_index(vm, key) {
        return Err(vm.type_error("memoryview: invalid slice key"));
    }
    if ndim > 1 {
        vm.fits_index(key)?;
        code(vm, view)?;
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "multi-dimensional sub-views are not implemented"));
    }
    code(vm, view)?;
    Ok(Key::Item(vec![index(vm, view, key, 0)?]))
}

/// The index on an axis that Python code gave.
fn index(vm: &mut Vm, view: &View, given: H, axis: usize) -> R<isize> {
    let extent = view.layout.shape[axis] as usize;
    Ok(vm.place(given, extent, &format!("index out of bounds on dimension {}", axis + 1))? as isize)
}

fn tuple_key(vm: &mut Vm, view: &View, key: H) -> R<Key> {
    let (given, ndim) = (vm.count(key), view.ndim());
    let parts: Vec<H> = (0..given).map(|i| vm.item(key, i).expect("counted")).collect();
    if !parts.is_empty() && parts.iter().all(|&part| vm.is_slice(part)) {
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "multi-dimensional slicing is not implemented"));
    }
    if !parts.iter().all(|&part| is_index(vm, part)) {
        return Err(vm.type_error("memoryview: invalid slice key"));
    }
    code(vm, view)?;
    if given < ndim {
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "sub-views are not implemented"));
    }
    if given > ndim {
        return Err(vm.type_error(format!("cannot index {ndim}-dimension view with {given}-element tuple")));
    }
    let mut indices = Vec::new();
    for (axis, part) in parts.into_iter().enumerate() {
        indices.push(index(vm, view, part, axis)?);
    }
    Ok(Key::Item(indices))
}

fn getitem(vm: &mut Vm, args: Args) -> R<H> {
    let this = check(vm, args.h(0))?;
    match key(vm, &this, args.h(1))? {
        Key::Item(indices) => {
            let place = check(vm, args.h(0))?.place(&indices);
            item_at(vm, args.h(0), place)
        }
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
    code(vm, &this)?;
    let part = match key_to_set(vm, &this, args.h(1))? {
        Key::Item(indices) => return set_one(vm, args.h(0), &indices, value),
        Key::Whole => return set_one(vm, args.h(0), &[], value),
        Key::Part(part) => part,
    };
    let source = opened(vm, value)?;
    let given = check(vm, source)?;
    let now = check(vm, args.h(0))?;
    let part = View { base: now.base, obj: now.obj, ..part };
    if !is_alike(&part.layout, &given.layout) {
        release_view(vm, source)?;
        return Err(vm.value_error("memoryview assignment: lvalue and rvalue have different structures"));
    }
    let items = given.bytes(false);
    for (place, item) in part.places(false).into_iter().zip(items.chunks(part.layout.itemsize.max(1))) {
        part.write(place, item);
    }
    release_view(vm, source)?;
    Ok(k::NONE)
}

/// As [`key`], in the words for what cannot be assigned to.
fn key_to_set(vm: &mut Vm, this: &View, given: H) -> R<Key> {
    let several = this.ndim() > 1;
    if several && is_index(vm, given) {
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "sub-views are not implemented"));
    }
    let is_slices = match vm.body(given) {
        Some(Body::Tuple(items)) => {
            let count = items.len();
            count > 0 && this.ndim() > 0 && (0..count).all(|i| vm.item(given, i).is_some_and(|part| vm.is_slice(part)))
        }
        _ => several && vm.is_slice(given),
    };
    if is_slices {
        let message = "memoryview slice assignments are currently restricted to ndim = 1";
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, message));
    }
    key(vm, this, given)
}

/// A view of what is assigned.
fn opened(vm: &mut Vm, value: H) -> R<H> {
    match of_exporter(vm, value, FULL_RO)? {
        Some(source) => Ok(source),
        None => {
            let name = vm.class_name(value);
            Err(vm.type_error(format!("a bytes-like object is required, not '{name}'")))
        }
    }
}

/// Whether items can be copied from one to the other: `equiv_structure`.
fn is_alike(to: &BufferLayout, from: &BufferLayout) -> bool {
    let plain = |layout: &BufferLayout| layout.format.strip_prefix('@').unwrap_or(&layout.format).to_owned();
    to.itemsize == from.itemsize && plain(to) == plain(from) && have_one_shape(to, from)
}

/// `equiv_shape`: behind an axis without items nothing counts.
fn have_one_shape(a: &BufferLayout, b: &BufferLayout) -> bool {
    let mut axes = a.shape.iter().zip(&b.shape);
    a.shape.len() == b.shape.len() && axes.find(|(a, b)| a != b || **a == 0).is_none_or(|(a, b)| a == b)
}

fn set_one(vm: &mut Vm, this: H, indices: &[isize], value: H) -> R<H> {
    let view = check(vm, this)?;
    let code = value_code(vm, &view)?;
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
    view.write(view.place(indices), &item);
    Ok(k::NONE)
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
    let all = view.bytes(fortran);
    vm.bytes(all)
}

fn tolist(vm: &mut Vm, args: Args) -> R<H> {
    let view = check(vm, args.h(0))?;
    code(vm, &view)?;
    nested(vm, args.h(0), view.first(), 0)
}

/// The items from dimension `depth` on, beginning at `place`.
fn nested(vm: &mut Vm, this: H, place: *mut u8, depth: usize) -> R<H> {
    let view = check(vm, this)?;
    let Some(&extent) = view.layout.shape.get(depth) else { return item_at(vm, this, place) };
    let start = vm.mark();
    for i in 0..extent {
        let mark = vm.mark();
        let item = nested(vm, this, view.step(place, depth, i), depth + 1)?;
        vm.keep(mark, item);
    }
    vm.list_since(start)
}

fn hex(vm: &mut Vm, args: Args) -> R<H> {
    let bytes = check(vm, args.h(0))?.bytes(false);
    hex_of(vm, &bytes, args)
}

fn iter(vm: &mut Vm, args: Args) -> R<H> {
    let view = check(vm, args.h(0))?;
    match view.ndim() {
        0 => Err(vm.type_error("invalid indexing of 0-dim memory")),
        1 => {
            code(vm, &view)?;
            vm.new_iter(k::MEMORY_ITER, crate::object::IterKind::Sequence, 0, args.h(0))
        }
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
        _ if !have_one_shape(&a.layout, &b.layout) => false,
        (Some(x), Some(y)) if x == y && !matches!(x, b'e' | b'f' | b'd' | b'?') => a.bytes(false) == b.bytes(false),
        _ => items_equal(vm, args.h(0), other)?,
    };
    release_view(vm, other)?;
    Ok(vm.bool(equal))
}

/// Whether all items are equal as the `struct` module reads them; those of a format that it does not know are not.
fn items_equal(vm: &mut Vm, a: H, b: H) -> R<bool> {
    let (first, second) = (view(vm, a).clone(), view(vm, b).clone());
    let format = |view: &View| Format::parse(view.layout.format.as_bytes());
    let (Ok(x), Ok(y)) = (format(&first), format(&second)) else { return Ok(false) };
    for (left, right) in first.places(false).into_iter().zip(second.places(false)) {
        let mark = vm.mark();
        let (left, right) = (first.read(left), second.read(right));
        let left = x.unpack_single(vm, &left)?;
        let right = y.unpack_single(vm, &right)?;
        let equal = vm.equal(left, right)?;
        vm.cut(mark);
        if !equal {
            return Ok(false);
        }
        // An item's `__eq__` is a builtin one: nothing was released meanwhile.
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
    if !view.obj.is_null() {
        let exporter = vm.push(view.obj);
        vm.hash(exporter)?;
    }
    let view = check(vm, args.h(0))?;
    let all = view.bytes(false);
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
    let ascii = vm.str("ascii")?;
    encode(vm, args.h(1), Some(ascii), None)?;
    let format = vm.string(args.h(1));
    let shape = args.opt(vm, 2).filter(|&shape| !vm.is_none(shape));
    if !made.is_contiguous(false) {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || made.ndim() != 1) && made.layout.shape.contains(&0) {
        return Err(vm.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let native = "format must be a native single character format prefixed with an optional '@'";
    let from = made.code();
    let Some(to) = native_code(&format) else {
        return Err(vm.value_error(format!("memoryview: destination {native}")));
    };
    let is_byte = |code: u8| matches!(code, b'b' | b'B' | b'c');
    if !from.is_some_and(is_byte) && !is_byte(to) {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let (len, itemsize) = (made.nbytes(), structs::native_size(to).expect("a native code"));
    if !len.is_multiple_of(itemsize) {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let before = made.ndim();
    made.layout.format = format;
    made.layout.itemsize = itemsize;
    made.set_shape(vec![(len / itemsize) as isize]);
    if let Some(shape) = shape {
        let shape = wanted_shape(vm, shape)?;
        if before != 1 && shape.len() != 1 {
            return Err(vm.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
        let items = shape.iter().try_fold(1, |items: isize, &extent| items.checked_mul(extent));
        let Some(wanted) = items.and_then(|items| items.checked_mul(itemsize as isize)) else {
            return Err(vm.value_error("memoryview.cast(): product(shape) > SSIZE_MAX"));
        };
        if wanted as usize != len {
            return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
        }
        made.set_shape(shape);
    }
    let now = check(vm, args.h(0))?;
    make(vm, View { base: now.base, obj: now.obj, ..made })
}

fn wanted_shape(vm: &mut Vm, shape: H) -> R<Vec<isize>> {
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
            Some(extent) if extent > 0 => extents.push(extent as isize),
            None => return Err(vm.raise(k::OVERFLOW_ERROR, "Python int too large to convert to C ssize_t")),
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
    let format = check(vm, this)?.layout.format;
    vm.str(format)
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
    get_itemsize |vm, view| Ok(vm.size(view.layout.itemsize));
    get_ndim |vm, view| Ok(vm.size(view.ndim()));
    get_shape |vm, view| sizes(vm, &view.layout.shape);
    get_strides |vm, view| sizes(vm, &view.layout.strides);
    get_suboffsets |vm, view| sizes(vm, &view.layout.suboffsets);
    get_c_contiguous |vm, view| Ok(vm.bool(view.is_contiguous(false)));
    get_f_contiguous |vm, view| Ok(vm.bool(view.is_contiguous(true)));
    get_contiguous |vm, view| Ok(vm.bool(view.is_contiguous(false) || view.is_contiguous(true)));
}

fn sizes(vm: &mut Vm, sizes: &[isize]) -> R<H> {
    let start = vm.mark();
    for &size in sizes {
        vm.int(size as i64)?;
    }
    vm.tuple_since(start)
}

pub(crate) static METHODS: [NativeDef; 21] = [
    def("__new__", "cls :object", new),
    def("_from_flags", "cls :object :flags", from_flags),
    def("__sizeof__", "self", sizeof),
    def("__buffer__", "self flags", buffer),
    def("__release_buffer__", "self buffer", release_buffer),
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
    def("hex", "self :sep= :bytes_per_sep=", hex),
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
