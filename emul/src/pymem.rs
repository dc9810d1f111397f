//! `pymem.h`: memory. `PyMem_*` is libc's: threads may use it without the lock, and big blocks grow in place. What our own
//! slabs gave (`PyObject_Malloc`) is recognised by its address, so that each free function takes any block.

use std::ffi::{c_int, c_uint, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering::AcqRel, Ordering::Acquire};

use capi_macros::capi;

use crate::lifetime;

/// `PyMemAllocatorEx`.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the fields are CPython's")]
#[allow(unreachable_pub, reason = "a struct of the C API")]
pub struct PyMemAllocatorEx {
    pub ctx: *mut c_void,
    pub malloc: Option<unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void>,
    pub calloc: Option<unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void>,
    pub realloc: Option<unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> *mut c_void>,
    pub free: Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>,
}

/// `PyObjectArenaAllocator`.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the fields are CPython's")]
#[allow(unreachable_pub, reason = "a struct of the C API")]
pub struct PyObjectArenaAllocator {
    pub ctx: *mut c_void,
    pub alloc: Option<unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void>,
    pub free: Option<unsafe extern "C" fn(*mut c_void, *mut c_void, usize)>,
}

/// `PYMEM_DOMAIN_RAW`, `_MEM`, `_OBJ`.
const RAW: usize = 0;
const MEM: usize = 1;
const OBJ: usize = 2;

/// Allocators that C put in our place, one per domain; never freed, so that a reader needs no lock.
static HOOKS: [AtomicPtr<PyMemAllocatorEx>; 3] = [const { AtomicPtr::new(null_mut()) }; 3];

#[inline]
fn hook(domain: usize) -> Option<&'static PyMemAllocatorEx> {
    // SAFETY: NULL or a box that is never freed.
    unsafe { HOOKS[domain].load(Acquire).as_ref() }
}

unsafe fn libc_malloc(size: usize) -> *mut c_void {
    if size > isize::MAX as usize {
        return null_mut();
    }
    // SAFETY: `malloc` takes any size; a block of none has an address of its own, as in CPython.
    unsafe { libc::malloc(size.max(1)) }
}

unsafe fn libc_calloc(count: usize, size: usize) -> *mut c_void {
    if count == 0 || size == 0 {
        // SAFETY: as above.
        return unsafe { libc::calloc(1, 1) };
    }
    if count > isize::MAX as usize / size {
        return null_mut();
    }
    // SAFETY: as above.
    unsafe { libc::calloc(count, size) }
}

/// # Safety
/// `pointer` is NULL or a live block of libc's.
unsafe fn libc_realloc(pointer: *mut c_void, size: usize) -> *mut c_void {
    if size > isize::MAX as usize {
        return null_mut();
    }
    // SAFETY: the caller's contract.
    unsafe { libc::realloc(pointer, size.max(1)) }
}

/// # Safety
/// `pointer` is NULL, or a live block of libc's or of our slabs.
unsafe fn any_realloc(pointer: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller's contract.
    unsafe {
        if object_mirror::heap::in_range(pointer as usize) {
            return if size > isize::MAX as usize { null_mut() } else { lifetime::realloc_raw(pointer, size) };
        }
        libc_realloc(pointer, size)
    }
}

/// # Safety
/// `pointer` is NULL, or a live block of libc's or of our slabs, given up by the caller.
unsafe fn any_free(pointer: *mut c_void) {
    // SAFETY: the caller's contract.
    unsafe {
        if object_mirror::heap::in_range(pointer as usize) {
            lifetime::free_object(pointer);
        } else {
            libc::free(pointer);
        }
    }
}

fn slab_malloc(size: usize) -> *mut c_void {
    if size > isize::MAX as usize { null_mut() } else { lifetime::alloc_raw(size) }
}

fn slab_calloc(count: usize, size: usize) -> *mut c_void {
    let total = count.checked_mul(size).filter(|&total| total <= isize::MAX as usize);
    total.map_or(null_mut(), lifetime::alloc_raw_zeroed)
}

/// Allocate memory of the raw domain; NULL if there is none.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_RawMalloc(size: usize) -> *mut c_void {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(RAW) {
            Some(PyMemAllocatorEx { ctx, malloc: Some(malloc), .. }) => malloc(*ctx, size),
            _ => libc_malloc(size),
        }
    }
}

/// Allocate zeroed memory of the raw domain; NULL if there is none.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_RawCalloc(nelem: usize, elsize: usize) -> *mut c_void {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(RAW) {
            Some(PyMemAllocatorEx { ctx, calloc: Some(calloc), .. }) => calloc(*ctx, nelem, elsize),
            _ => libc_calloc(nelem, elsize),
        }
    }
}

/// Resize memory of the raw domain; NULL if that is not possible, and the block stays.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_RawRealloc(ptr: *mut c_void, new_size: usize) -> *mut c_void {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(RAW) {
            Some(PyMemAllocatorEx { ctx, realloc: Some(realloc), .. }) => realloc(*ctx, ptr, new_size),
            _ => libc_realloc(ptr, new_size),
        }
    }
}

/// Free memory of the raw domain; NULL is fine.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_RawFree(ptr: *mut c_void) {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(RAW) {
            Some(PyMemAllocatorEx { ctx, free: Some(free), .. }) => free(*ctx, ptr),
            _ => libc::free(ptr),
        }
    }
}

/// Allocate memory of the mem domain; NULL if there is none.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_Malloc(size: usize) -> *mut c_void {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(MEM) {
            Some(PyMemAllocatorEx { ctx, malloc: Some(malloc), .. }) => malloc(*ctx, size),
            _ => libc_malloc(size),
        }
    }
}

/// Allocate zeroed memory of the mem domain; NULL if there is none.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_Calloc(nelem: usize, elsize: usize) -> *mut c_void {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(MEM) {
            Some(PyMemAllocatorEx { ctx, calloc: Some(calloc), .. }) => calloc(*ctx, nelem, elsize),
            _ => libc_calloc(nelem, elsize),
        }
    }
}

/// Resize memory of the mem domain; NULL if that is not possible, and the block stays.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_Realloc(ptr: *mut c_void, new_size: usize) -> *mut c_void {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(MEM) {
            Some(PyMemAllocatorEx { ctx, realloc: Some(realloc), .. }) => realloc(*ctx, ptr, new_size),
            _ => any_realloc(ptr, new_size),
        }
    }
}

/// Free memory of the mem domain; NULL is fine.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_Free(ptr: *mut c_void) {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(MEM) {
            Some(PyMemAllocatorEx { ctx, free: Some(free), .. }) => free(*ctx, ptr),
            _ => any_free(ptr),
        }
    }
}

/// Allocate memory of the object domain; NULL if there is none.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Malloc(size: usize) -> *mut c_void {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(OBJ) {
            Some(PyMemAllocatorEx { ctx, malloc: Some(malloc), .. }) => malloc(*ctx, size),
            _ => slab_malloc(size),
        }
    }
}

/// Allocate zeroed memory of the object domain; NULL if there is none.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Calloc(nelem: usize, elsize: usize) -> *mut c_void {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(OBJ) {
            Some(PyMemAllocatorEx { ctx, calloc: Some(calloc), .. }) => calloc(*ctx, nelem, elsize),
            _ => slab_calloc(nelem, elsize),
        }
    }
}

/// Resize memory of the object domain; NULL if that is not possible, and the block stays.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Realloc(ptr: *mut c_void, new_size: usize) -> *mut c_void {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(OBJ) {
            Some(PyMemAllocatorEx { ctx, realloc: Some(realloc), .. }) => realloc(*ctx, ptr, new_size),
            _ => any_realloc(ptr, new_size),
        }
    }
}

/// Free memory of the object domain; NULL is fine.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_Free(ptr: *mut c_void) {
    // SAFETY: C's contract; a hook takes what its domain's function takes.
    unsafe {
        match hook(OBJ) {
            Some(PyMemAllocatorEx { ctx, free: Some(free), .. }) => free(*ctx, ptr),
            _ => lifetime::free_object(ptr),
        }
    }
}

macro_rules! own_allocator {
    ($malloc:expr, $calloc:expr, $realloc:expr, $free:expr) => {{
        unsafe extern "C" fn malloc(_ctx: *mut c_void, size: usize) -> *mut c_void {
            // SAFETY: C's contract of the domain.
            #[allow(unused_unsafe, reason = "some domains' functions are safe")]
            unsafe {
                $malloc(size)
            }
        }
        unsafe extern "C" fn calloc(_ctx: *mut c_void, count: usize, size: usize) -> *mut c_void {
            // SAFETY: C's contract of the domain.
            #[allow(unused_unsafe, reason = "some domains' functions are safe")]
            unsafe {
                $calloc(count, size)
            }
        }
        unsafe extern "C" fn realloc(_ctx: *mut c_void, pointer: *mut c_void, size: usize) -> *mut c_void {
            // SAFETY: C's contract of the domain.
            unsafe { $realloc(pointer, size) }
        }
        unsafe extern "C" fn free(_ctx: *mut c_void, pointer: *mut c_void) {
            // SAFETY: C's contract of the domain.
            unsafe { $free(pointer) }
        }
        PyMemAllocatorEx {
            ctx: null_mut(),
            malloc: Some(malloc),
            calloc: Some(calloc),
            realloc: Some(realloc),
            free: Some(free),
        }
    }};
}

/// The allocator of a domain; all NULL for a number that names none.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_GetAllocator(domain: c_uint, allocator: *mut PyMemAllocatorEx) {
    // SAFETY: C passes a struct to fill.
    unsafe { allocator.write(self::allocator(domain as usize)) };
}

/// Whether C put another allocator in the domain's place.
pub(crate) fn is_replaced(domain: usize) -> bool {
    hook(domain).is_some()
}

/// The allocator of a domain.
pub(crate) fn allocator(domain: usize) -> PyMemAllocatorEx {
    match (HOOKS.get(domain).and_then(|_| hook(domain)), domain) {
        (Some(hook), _) => *hook,
        (None, RAW) => own_allocator!(libc_malloc, libc_calloc, libc_realloc, libc::free),
        (None, MEM) => own_allocator!(libc_malloc, libc_calloc, any_realloc, any_free),
        (None, OBJ) => own_allocator!(slab_malloc, slab_calloc, any_realloc, lifetime::free_object),
        _ => PyMemAllocatorEx { ctx: null_mut(), malloc: None, calloc: None, realloc: None, free: None },
    }
}

/// Put C's allocator in the place of a domain's own; a number that names no domain is ignored, as in CPython.
#[capi(raw)]
pub unsafe extern "C" fn PyMem_SetAllocator(domain: c_uint, allocator: *mut PyMemAllocatorEx) {
    // SAFETY: C passes a filled struct.
    replace(domain as usize, unsafe { *allocator });
}

/// Put another allocator in the place of a domain's own.
pub(crate) fn replace(domain: usize, allocator: PyMemAllocatorEx) {
    let Some(place) = HOOKS.get(domain) else { return };
    // The box that was there before may be in use by another thread: it stays.
    place.swap(Box::into_raw(Box::new(allocator)), AcqRel);
}

/// Put CPython's debug hooks before the allocators: see [`crate::memdebug`].
#[capi(raw)]
pub unsafe extern "C" fn PyMem_SetupDebugHooks() {
    crate::memdebug::set_up();
}

unsafe extern "C" fn arena_alloc(_ctx: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: a private anonymous mapping concerns nobody else.
    let memory = unsafe {
        libc::mmap(null_mut(), size, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0)
    };
    if std::ptr::eq(memory, libc::MAP_FAILED) { null_mut() } else { memory }
}

unsafe extern "C" fn arena_free(_ctx: *mut c_void, memory: *mut c_void, size: usize) {
    // SAFETY: C gives back what `arena_alloc` mapped.
    unsafe { libc::munmap(memory, size) };
}

/// How pages for arenas are taken from the system. Ours lie in one reserved range, so that C cannot replace it.
#[capi(raw)]
pub unsafe extern "C" fn PyObject_GetArenaAllocator(allocator: *mut PyObjectArenaAllocator) {
    // SAFETY: C passes a struct to fill.
    unsafe {
        allocator.write(PyObjectArenaAllocator { ctx: null_mut(), alloc: Some(arena_alloc), free: Some(arena_free) })
    };
}

/// Tell tracemalloc of a block; -2: it is not tracing.
#[capi(raw)]
pub unsafe extern "C" fn PyTraceMalloc_Track(_domain: c_uint, _pointer: usize, _size: usize) -> c_int {
    -2
}

/// Tell tracemalloc that a block is gone; -2: it is not tracing.
#[capi(raw)]
pub unsafe extern "C" fn PyTraceMalloc_Untrack(_domain: c_uint, _pointer: usize) -> c_int {
    -2
}
