//! `internal/pycore_runtime.h`: `_PyRuntime`, of which CPython's own modules read parts inline.
//!
//! It is mostly the immortal objects that have no symbol of their own: the small ints, the empty and one-character strings, the
//! names that CPython uses itself. They lie where 3.13 has them. Of the rest, the interpreter's place is filled.

use std::mem::{MaybeUninit, offset_of};
use std::ptr::null_mut;

use capi_macros::capi_data;
use object_mirror::bytesobject::PyBytesObject;
use object_mirror::longobject::PyLongObject;
use object_mirror::object::{PyObject, PyVarObject};
use object_mirror::pystate::PyInterpreterState;
use object_mirror::tupleobject::PyTupleObject;
use object_mirror::unicodeobject::{ASCII, COMPACT, KIND_SHIFT, PyASCIIObject, PyCompactUnicodeObject, STATIC};

use crate::statics::{builtin, immortal, small};

const SMALL_MIN: i64 = -5;
const SMALL_COUNT: usize = 262;

/// A one-character or empty ASCII string with its data.
#[repr(C)]
struct AsciiText(PyASCIIObject, [u8; 2]);
/// A one-character Latin-1 string with its data and its UTF-8.
#[repr(C)]
struct LatinText(PyCompactUnicodeObject, [u8; 2], [u8; 3]);
/// A bytes of one byte.
#[repr(C)]
struct Byte(PyBytesObject, [u8; 1]);

/// The strings that are there by name, with their data: their places follow from their lengths.
const NAMES: &str = include_str!("../data/global_strings.txt");
const NAMES_SIZE: usize = 0x120a8 - 0x86f8;

/// `_PyRuntimeState`, as far as we fill it.
#[repr(C)]
pub(crate) struct Runtime {
    _debug_offsets: [u8; 0x254],
    core_initialized: i32,
    initialized: i32,
    _unused: [u8; 0x24],
    main: *mut PyInterpreterState,
    next_id: i64,
    _interpreters: [u8; 0x3610 - 0x290],
    small_ints: [PyLongObject; SMALL_COUNT],
    empty_bytes: PyBytesObject,
    bytes: [Byte; 256],
    names: [u64; NAMES_SIZE / 8],
    ascii: [AsciiText; 128],
    latin: [LatinText; 128],
    _gc_head: [usize; 2],
    empty_tuple: PyTupleObject,
    _rest: [u8; 0x452b8 - 0x158d8],
}

const _: () = {
    assert!(offset_of!(Runtime, core_initialized) == 0x254);
    assert!(offset_of!(Runtime, main) == 0x280);
    assert!(offset_of!(Runtime, small_ints) == 0x3610);
    assert!(offset_of!(Runtime, empty_bytes) == 0x56d0);
    assert!(offset_of!(Runtime, bytes) == 0x56f8);
    assert!(offset_of!(Runtime, names) == 0x86f8);
    assert!(offset_of!(Runtime, ascii) == 0x120a8);
    assert!(offset_of!(Runtime, latin) == 0x138a8);
    assert!(offset_of!(Runtime, empty_tuple) == 0x158b8);
    assert!(size_of::<Runtime>() == 283_320);
    assert!(place_of_name(usize::MAX) == NAMES_SIZE);
};

/// Where among the names the one of this number begins, or where they end.
const fn place_of_name(number: usize) -> usize {
    let text = NAMES.as_bytes();
    let (mut place, mut start, mut line, mut index) = (0, 0, 0, 0);
    while index < text.len() && line < number {
        if text[index] == b'\n' {
            place += size_of_name(index - start);
            start = index + 1;
            line += 1;
        }
        index += 1;
    }
    place
}

const fn size_of_name(length: usize) -> usize {
    (size_of::<PyASCIIObject>() + length + 1).next_multiple_of(align_of::<PyASCIIObject>())
}

/// Which name is the empty string: the first line with nothing in it.
const EMPTY_NAME: usize = {
    let text = NAMES.as_bytes();
    let (mut line, mut index) = (0, 0);
    while !(text[index] == b'\n' && text[index - 1] == b'\n') {
        line += (text[index] == b'\n') as usize;
        index += 1;
        assert!(index < text.len(), "there is no empty name");
    }
    line
};
const EMPTY_PLACE: usize = offset_of!(Runtime, names) + place_of_name(EMPTY_NAME);

/// CPython's state of all interpreters.
#[capi_data]
pub static mut _PyRuntime: MaybeUninit<Runtime> = MaybeUninit::zeroed();

fn runtime() -> *mut Runtime {
    (&raw mut _PyRuntime).cast()
}

const fn text_header(length: isize, state: u32) -> PyASCIIObject {
    let state = state | COMPACT | STATIC | 1 << KIND_SHIFT;
    PyASCIIObject { ob_base: immortal(builtin!(PyUnicode_Type)), length, hash: -1, state }
}

const fn bytes_header(size: isize, first: u8) -> PyBytesObject {
    let ob_base = PyVarObject { ob_base: immortal(builtin!(PyBytes_Type)), ob_size: size };
    PyBytesObject { ob_base, ob_shash: -1, ob_sval: [first as _] }
}

/// Fill it. Once, before anything else of the layer is used.
pub(crate) fn init() {
    let at = runtime();
    // SAFETY: our own memory, which nobody uses yet; each place written lies in it.
    unsafe {
        (*at).core_initialized = 1;
        (*at).initialized = 1;
        (*at).main = crate::pystate::interpreter();
        (*at).next_id = 1;
        for (index, value) in (SMALL_MIN..).take(SMALL_COUNT).enumerate() {
            (&raw mut (*at).small_ints[index]).write(small(value));
        }
        (&raw mut (*at).empty_bytes).write(bytes_header(0, 0));
        for byte in 0..=u8::MAX {
            (&raw mut (*at).bytes[usize::from(byte)]).write(Byte(bytes_header(1, byte), [0]));
        }
        for code in 0..128_u8 {
            (&raw mut (*at).ascii[usize::from(code)]).write(AsciiText(text_header(1, ASCII), [code, 0]));
            fill_latin(&raw mut (*at).latin[usize::from(code)], code + 128);
        }
        let ob_base = PyVarObject { ob_base: immortal(builtin!(PyTuple_Type)), ob_size: 0 };
        (&raw mut (*at).empty_tuple).write(PyTupleObject { ob_base, ob_item: [null_mut()] });
        let mut place: *mut PyASCIIObject = (&raw mut (*at).names).cast();
        for name in NAMES.split_terminator('\n') {
            place.write(text_header(name.len() as isize, ASCII));
            place.add(1).cast::<u8>().copy_from_nonoverlapping(name.as_ptr(), name.len());
            place = place.byte_add(size_of_name(name.len()));
        }
    }
}

/// # Safety
/// `text` is memory for the text of this code.
unsafe fn fill_latin(text: *mut LatinText, code: u8) {
    // SAFETY: the caller's contract.
    unsafe {
        let utf8 = (&raw mut (*text).2).cast();
        let header = PyCompactUnicodeObject { _base: text_header(1, 0), utf8_length: 2, utf8 };
        text.write(LatinText(header, [code, 0], [0xC0 | code >> 6, 0x80 | code & 0x3F, 0]));
    }
}

/// The static int of a value from -5 to 256.
pub(crate) fn small_int(value: i64) -> Option<*mut PyObject> {
    let index = usize::try_from(value - SMALL_MIN).ok().filter(|&index| index < SMALL_COUNT)?;
    // SAFETY: a place of ours; nothing is read.
    Some(unsafe { &raw mut (*runtime()).small_ints[index] }.cast())
}

/// The static one-character string of a Latin-1 code.
pub(crate) fn latin1(code: u8) -> *mut PyObject {
    // SAFETY: as above.
    unsafe {
        match code.checked_sub(128) {
            None => (&raw mut (*runtime()).ascii[usize::from(code)]).cast(),
            Some(index) => (&raw mut (*runtime()).latin[usize::from(index)]).cast(),
        }
    }
}

/// `""`.
pub(crate) fn empty_str() -> *mut PyObject {
    // SAFETY: as above.
    unsafe { runtime().byte_add(EMPTY_PLACE).cast() }
}

/// `b""`.
pub(crate) fn empty_bytes() -> *mut PyObject {
    // SAFETY: as above.
    unsafe { &raw mut (*runtime()).empty_bytes }.cast()
}

/// `()`.
pub(crate) fn empty_tuple() -> *mut PyObject {
    // SAFETY: as above.
    unsafe { &raw mut (*runtime()).empty_tuple }.cast()
}
