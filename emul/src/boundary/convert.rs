//! What C passes and gets back, as types that say ownership and failure.

use std::ffi::{CStr, c_char, c_int, c_long, c_longlong, c_uint, c_ulong, c_ulonglong};
use std::marker::PhantomData;
use std::ptr::NonNull;

use object_mirror::object::{PyObject, PyTypeObject};

use super::{Cx, Raised, Result};
use crate::host::HostObj;
use crate::{cross, lifetime};

/// A borrowed, non-NULL `PyObject *`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Obj<'a>(NonNull<PyObject>, PhantomData<&'a PyObject>);

impl<'a> Obj<'a> {
    /// The object at `pointer`, unless that is NULL.
    ///
    /// # Safety
    /// A non-NULL `pointer` is a live object that somebody keeps alive for `'a`.
    pub unsafe fn from_ptr(pointer: *mut PyObject) -> Option<Self> {
        NonNull::new(pointer).map(|pointer| Self(pointer, PhantomData))
    }

    /// The pointer.
    pub const fn as_ptr(self) -> *mut PyObject {
        self.0.as_ptr()
    }

    /// The pointer, as a pointer to a longer struct.
    pub const fn cast<T>(self) -> *mut T {
        self.0.as_ptr().cast()
    }

    /// `Py_TYPE`.
    #[inline]
    pub fn type_ptr(self) -> *mut PyTypeObject {
        // SAFETY: a live object has a type.
        unsafe { (*self.0.as_ptr()).ob_type }
    }

    /// Whether a flag of the type is set (`PyType_HasFeature`).
    #[inline]
    pub fn type_has(self, flag: u64) -> bool {
        // SAFETY: a live object has a live type.
        unsafe { (*self.type_ptr()).tp_flags & flag as std::ffi::c_ulong != 0 }
    }

    /// A new reference.
    pub fn to_new(self) -> New {
        // SAFETY: the object is live.
        unsafe { lifetime::incref(self.as_ptr()) };
        New(self.0)
    }

    /// The object as the host's, kept or not by whoever gets it.
    pub fn give(self, cx: Cx<'_>) -> Result<HostObj> {
        cross::to_host(cx, self)
    }

    /// The name of the object's type (`Py_TYPE(op)->tp_name`).
    pub fn type_name(self) -> String {
        // SAFETY: types have a NUL-terminated name.
        unsafe { CStr::from_ptr((*self.type_ptr()).tp_name) }.to_string_lossy().into_owned()
    }

    /// The same object for another lifetime.
    ///
    /// # Safety
    /// Somebody keeps the object alive for `'b`.
    pub unsafe fn extend<'b>(self) -> Obj<'b> {
        Obj(self.0, PhantomData)
    }
}

/// A new reference; dropping it gives it back.
#[derive(Debug)]
#[repr(transparent)]
pub struct New(NonNull<PyObject>);

impl New {
    /// Own the reference at `pointer`; `None` for NULL.
    ///
    /// # Safety
    /// The caller gives up one reference to a live object.
    pub unsafe fn from_ptr(pointer: *mut PyObject) -> Option<Self> {
        NonNull::new(pointer).map(Self)
    }

    /// A reference to a static, immortal object.
    pub fn from_static(pointer: *mut PyObject) -> Self {
        Self(NonNull::new(pointer).expect("statics have addresses"))
    }

    /// Give the reference away.
    pub fn into_ptr(self) -> *mut PyObject {
        let pointer = self.0.as_ptr();
        std::mem::forget(self);
        pointer
    }

    /// The object, borrowed.
    pub fn obj(&self) -> Obj<'_> {
        Obj(self.0, PhantomData)
    }

    /// The pointer, borrowed.
    pub fn as_ptr(&self) -> *mut PyObject {
        self.0.as_ptr()
    }
}

impl Drop for New {
    fn drop(&mut self) {
        // SAFETY: we own one reference.
        unsafe { lifetime::decref(self.0.as_ptr()) };
    }
}

/// A result that somebody else keeps alive.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Borrowed<'a>(NonNull<PyObject>, PhantomData<&'a PyObject>);

impl<'a> Borrowed<'a> {
    /// The object, lent as long as its owner has it.
    pub fn of(object: Obj<'a>) -> Self {
        Self(object.0, PhantomData)
    }

    /// Hand out an object that a host container keeps alive: the mirror stays until the C frame that runs returns, and
    /// as long as the container holds the object.
    pub fn lent(object: HostObj) -> Self {
        let new = cross::to_c_shared(object.as_ref());
        let pointer = new.0;
        lifetime::lend(new);
        Self(pointer, PhantomData)
    }

    /// Hand out a static object.
    pub fn of_static(pointer: *mut PyObject) -> Self {
        Self(NonNull::new(pointer).expect("statics have addresses"), PhantomData)
    }
}

/// An argument whose reference is ours now, whether we succeed or not.
#[derive(Debug)]
#[repr(transparent)]
pub struct Stolen<'a>(New, PhantomData<&'a ()>);

impl Stolen<'_> {
    /// The object, borrowed.
    pub fn obj(&self) -> Obj<'_> {
        self.0.obj()
    }

    /// The reference.
    pub fn into_new(self) -> New {
        self.0
    }
}

/// A NUL-terminated string of C's.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(&'a CStr);

impl<'a> Text<'a> {
    /// The bytes, without the NUL.
    pub fn bytes(self) -> &'a [u8] {
        self.0.to_bytes()
    }

    /// As UTF-8; SystemError-free: broken sequences are replaced.
    pub fn to_str(self) -> std::borrow::Cow<'a, str> {
        self.0.to_string_lossy()
    }

    /// The C string.
    pub fn c_str(self) -> &'a CStr {
        self.0
    }

    /// A host str decoded from UTF-8; UnicodeDecodeError if it is none.
    pub fn host_str(self, cx: Cx<'_>) -> Result<HostObj> {
        match std::str::from_utf8(self.bytes()) {
            Ok(text) => Ok(cx.str(text)),
            Err(_) => crate::unicodeobject::decode_utf8(cx, self.bytes(), None),
        }
    }
}

/// An out-parameter.
#[derive(Debug)]
pub struct Out<'a, T>(NonNull<T>, PhantomData<&'a mut T>);

impl<T> Out<'_, T> {
    /// Store `value`.
    pub fn write(&mut self, value: T) {
        // SAFETY: C passes the address of a variable of this type, valid during the call.
        unsafe { self.0.as_ptr().write(value) };
    }

    /// What is stored there now.
    pub fn read(&self) -> T
    where
        T: Copy,
    {
        // SAFETY: as in `write`; functions that read it document that C has initialised it.
        unsafe { self.0.as_ptr().read() }
    }
}

/// How a C argument becomes one of ours.
pub trait FromC<'a>: Sized {
    /// The argument's C type.
    type C;
    /// Convert it.
    ///
    /// # Safety
    /// `c` is what the function's C contract asks for, valid for `'a`.
    unsafe fn from_c(cx: Cx<'a>, c: Self::C) -> Result<Self>;
    /// Whether the conversion fails of NULL, here a NULL.
    fn refuses(_c: &Self::C) -> bool {
        false
    }
    /// Where a pointer points; 0 for what is none. For [`crate::freed`].
    fn address(_c: &Self::C) -> usize {
        0
    }
}

/// How a result becomes C's.
pub trait IntoC {
    /// The result's C type.
    type C;
    /// Convert it.
    fn into_c(self) -> Self::C;
    /// What C gets when an error is set.
    fn failed() -> Self::C;
}

impl<'a> FromC<'a> for Obj<'a> {
    type C = *mut PyObject;
    fn address(c: &*mut PyObject) -> usize {
        c.addr()
    }
    fn refuses(c: &Self::C) -> bool {
        c.is_null()
    }
    unsafe fn from_c(cx: Cx<'a>, c: *mut PyObject) -> Result<Self> {
        // SAFETY: the caller's contract.
        unsafe { Obj::from_ptr(c) }.ok_or_else(|| null_argument(cx))
    }
}

/// CPython's `null_error`: an error that is already pending is more telling.
#[cold]
pub(crate) fn null_argument(cx: Cx<'_>) -> Raised {
    if cx.has_error() { cx.pending() } else { cx.system_error("null argument to internal routine") }
}

impl<'a> FromC<'a> for Option<Obj<'a>> {
    type C = *mut PyObject;
    fn address(c: &*mut PyObject) -> usize {
        c.addr()
    }
    unsafe fn from_c(_cx: Cx<'a>, c: *mut PyObject) -> Result<Self> {
        // SAFETY: the caller's contract.
        Ok(unsafe { Obj::from_ptr(c) })
    }
}

impl<'a> FromC<'a> for Stolen<'a> {
    type C = *mut PyObject;
    fn address(c: &*mut PyObject) -> usize {
        c.addr()
    }
    fn refuses(c: &Self::C) -> bool {
        c.is_null()
    }
    unsafe fn from_c(cx: Cx<'a>, c: *mut PyObject) -> Result<Self> {
        // SAFETY: the caller's contract: the reference is ours.
        unsafe { New::from_ptr(c) }.map(|new| Stolen(new, PhantomData)).ok_or_else(|| null_argument(cx))
    }
}

impl<'a> FromC<'a> for Option<Stolen<'a>> {
    type C = *mut PyObject;
    fn address(c: &*mut PyObject) -> usize {
        c.addr()
    }
    unsafe fn from_c(_cx: Cx<'a>, c: *mut PyObject) -> Result<Self> {
        // SAFETY: the caller's contract: the reference is ours.
        Ok(unsafe { New::from_ptr(c) }.map(|new| Stolen(new, PhantomData)))
    }
}

impl<'a> FromC<'a> for Text<'a> {
    type C = *const c_char;
    fn refuses(c: &Self::C) -> bool {
        c.is_null()
    }
    unsafe fn from_c(cx: Cx<'a>, c: *const c_char) -> Result<Self> {
        if c.is_null() {
            return Err(null_argument(cx));
        }
        // SAFETY: the caller's contract: a NUL-terminated string.
        Ok(Text(unsafe { CStr::from_ptr(c) }))
    }
}

impl<'a> FromC<'a> for Option<Text<'a>> {
    type C = *const c_char;
    unsafe fn from_c(_cx: Cx<'a>, c: *const c_char) -> Result<Self> {
        // SAFETY: the caller's contract: a NUL-terminated string or NULL.
        Ok((!c.is_null()).then(|| Text(unsafe { CStr::from_ptr(c) })))
    }
}

impl<'a, T> FromC<'a> for Out<'a, T> {
    type C = *mut T;
    unsafe fn from_c(cx: Cx<'a>, c: *mut T) -> Result<Self> {
        NonNull::new(c).map(|out| Out(out, PhantomData)).ok_or_else(|| null_argument(cx))
    }
}

impl<'a, T> FromC<'a> for Option<Out<'a, T>> {
    type C = *mut T;
    unsafe fn from_c(_cx: Cx<'a>, c: *mut T) -> Result<Self> {
        Ok(NonNull::new(c).map(|out| Out(out, PhantomData)))
    }
}

impl<'a, T> FromC<'a> for *mut T {
    type C = *mut T;
    fn address(c: &*mut T) -> usize {
        c.addr()
    }
    unsafe fn from_c(_cx: Cx<'a>, c: *mut T) -> Result<Self> {
        Ok(c)
    }
}

impl<'a, T> FromC<'a> for *const T {
    type C = *const T;
    fn address(c: &*const T) -> usize {
        c.addr()
    }
    unsafe fn from_c(_cx: Cx<'a>, c: *const T) -> Result<Self> {
        Ok(c)
    }
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl<'a> FromC<'a> for $type {
            type C = $type;
            unsafe fn from_c(_cx: Cx<'a>, c: $type) -> Result<Self> {
                Ok(c)
            }
        }

        impl IntoC for $type {
            type C = $type;
            fn into_c(self) -> $type {
                self
            }
            #[allow(clippy::cast_lossless, clippy::cast_sign_loss, reason = "-1 is the sentinel of every number type")]
            fn failed() -> $type {
                -1_i8 as $type
            }
        }
    )*};
}
plain!(c_int, c_uint, i16, u16, i8, u8, isize, usize, c_long, c_ulong, f64);

// `long long` is Rust's i64 too where `long` is; these say so.
const _: () =
    assert!(size_of::<c_longlong>() == size_of::<c_long>() && size_of::<c_ulonglong>() == size_of::<c_ulong>());

impl IntoC for New {
    type C = *mut PyObject;
    fn into_c(self) -> *mut PyObject {
        self.into_ptr()
    }
    fn failed() -> *mut PyObject {
        std::ptr::null_mut()
    }
}

impl IntoC for Option<New> {
    type C = *mut PyObject;
    fn into_c(self) -> *mut PyObject {
        self.map_or(std::ptr::null_mut(), New::into_ptr)
    }
    fn failed() -> *mut PyObject {
        std::ptr::null_mut()
    }
}

impl IntoC for Borrowed<'_> {
    type C = *mut PyObject;
    fn into_c(self) -> *mut PyObject {
        self.0.as_ptr()
    }
    fn failed() -> *mut PyObject {
        std::ptr::null_mut()
    }
}

impl IntoC for Option<Borrowed<'_>> {
    type C = *mut PyObject;
    fn into_c(self) -> *mut PyObject {
        self.map_or(std::ptr::null_mut(), |object| object.0.as_ptr())
    }
    fn failed() -> *mut PyObject {
        std::ptr::null_mut()
    }
}

impl IntoC for () {
    type C = c_int;
    fn into_c(self) -> c_int {
        0
    }
    fn failed() -> c_int {
        -1
    }
}

impl IntoC for bool {
    type C = c_int;
    fn into_c(self) -> c_int {
        c_int::from(self)
    }
    fn failed() -> c_int {
        -1
    }
}

impl<T> IntoC for *mut T {
    type C = *mut T;
    fn into_c(self) -> *mut T {
        self
    }
    fn failed() -> *mut T {
        std::ptr::null_mut()
    }
}

impl<T> IntoC for *const T {
    type C = *const T;
    fn into_c(self) -> *const T {
        self
    }
    fn failed() -> *const T {
        std::ptr::null()
    }
}

impl<T: IntoC> IntoC for Result<T, Raised> {
    type C = T::C;
    fn into_c(self) -> T::C {
        match self {
            Ok(value) => value.into_c(),
            Err(_) => T::failed(),
        }
    }
    fn failed() -> T::C {
        T::failed()
    }
}
