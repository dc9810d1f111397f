//! `internal/pycore_hashtable.h`: a table of C's own pointers, whose struct and entries C may read.

use std::ffi::{c_int, c_void};
use std::mem::offset_of;
use std::ptr::null_mut;

use capi_macros::capi;

type HashFunc = unsafe extern "C" fn(*const c_void) -> usize;
type CompareFunc = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;
type DestroyFunc = unsafe extern "C" fn(*mut c_void);
type ForeachFunc = unsafe extern "C" fn(*mut Table, *const c_void, *const c_void, *mut c_void) -> c_int;

/// `_Py_hashtable_entry_t`.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Entry {
    next: *mut Entry,
    hash: usize,
    key: *mut c_void,
    value: *mut c_void,
}

/// `_Py_hashtable_allocator_t`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allocator {
    malloc: unsafe extern "C" fn(usize) -> *mut c_void,
    free: unsafe extern "C" fn(*mut c_void),
}

/// `_Py_hashtable_t`.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Table {
    entries: usize,
    buckets: usize,
    heads: *mut *mut Entry,
    get_entry: unsafe extern "C" fn(*mut Table, *const c_void) -> *mut Entry,
    hash: HashFunc,
    compare: CompareFunc,
    destroy_key: Option<DestroyFunc>,
    destroy_value: Option<DestroyFunc>,
    alloc: Allocator,
}

const FEWEST_BUCKETS: usize = 16;

impl Table {
    /// The place that refers to the first entry of the key's bucket; the number of buckets is a power of two.
    fn bucket(&self, hash: usize) -> *mut *mut Entry {
        self.heads.wrapping_add(hash & (self.buckets - 1))
    }

    /// The place that refers to the key's entry, or to NULL behind the last of its bucket.
    ///
    /// # Safety
    /// The table is live, and its functions take the key.
    unsafe fn find(&self, key: *const c_void) -> (*mut *mut Entry, usize) {
        // SAFETY: the caller's contract; the entries are ours.
        unsafe {
            let hash = (self.hash)(key);
            let mut place = self.bucket(hash);
            while !(*place).is_null() && ((**place).hash != hash || (self.compare)(key, (**place).key) == 0) {
                place = &raw mut (**place).next;
            }
            (place, hash)
        }
    }

    /// So many empty buckets; NULL if there is no memory.
    ///
    /// # Safety
    /// The allocator is C's.
    unsafe fn new_heads(&self, buckets: usize) -> *mut *mut Entry {
        // SAFETY: the caller's contract; the memory is as large as asked for.
        unsafe {
            let heads: *mut *mut Entry = (self.alloc.malloc)(buckets * size_of::<*mut Entry>()).cast();
            if !heads.is_null() {
                heads.write_bytes(0, buckets);
            }
            heads
        }
    }

    /// Spread the entries over another number of buckets; `false` if there is no memory.
    ///
    /// # Safety
    /// The table is live.
    unsafe fn resize(&mut self, buckets: usize) -> bool {
        // SAFETY: the caller's contract; each entry is taken from the old buckets into the new.
        unsafe {
            let heads = self.new_heads(buckets);
            if heads.is_null() {
                return false;
            }
            let (old, count) = (self.heads, self.buckets);
            (self.heads, self.buckets) = (heads, buckets);
            for index in 0..count {
                let mut entry = *old.add(index);
                while !entry.is_null() {
                    let next = (*entry).next;
                    let place = self.bucket((*entry).hash);
                    (*entry).next = *place;
                    *place = entry;
                    entry = next;
                }
            }
            (self.alloc.free)(old.cast());
            true
        }
    }

    /// # Safety
    /// The entry is the table's, and no longer in it.
    unsafe fn end(&self, entry: *mut Entry) {
        // SAFETY: the caller's contract; the destructors are C's.
        unsafe {
            if let Some(destroy) = self.destroy_key {
                destroy((*entry).key);
            }
            if let Some(destroy) = self.destroy_value {
                destroy((*entry).value);
            }
            (self.alloc.free)(entry.cast());
        }
    }
}

unsafe extern "C" fn get_entry(table: *mut Table, key: *const c_void) -> *mut Entry {
    // SAFETY: C passes a live table and a key of its.
    unsafe { *(*table).find(key).0 }
}

unsafe extern "C" fn raw_malloc(size: usize) -> *mut c_void {
    // SAFETY: `malloc` takes any size.
    unsafe { libc::malloc(size.max(1)) }
}

unsafe extern "C" fn raw_free(memory: *mut c_void) {
    // SAFETY: it came from `raw_malloc`.
    unsafe { libc::free(memory) };
}

/// A hash of the pointer itself.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_hash_ptr(key: *const c_void) -> usize {
    // The low bits of an address are those of its alignment.
    (key as usize).rotate_right(4)
}

/// Whether the pointers are the same.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_compare_direct(key1: *const c_void, key2: *const c_void) -> c_int {
    c_int::from(key1 == key2)
}

/// An empty table.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_new(hash: HashFunc, compare: CompareFunc) -> *mut Table {
    // SAFETY: the same contract.
    unsafe { _Py_hashtable_new_full(hash, compare, None, None, null_mut()) }
}

/// An empty table with destructors and an allocator of its own, each of which may be NULL.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_new_full(
    hash: HashFunc,
    compare: CompareFunc,
    destroy_key: Option<DestroyFunc>,
    destroy_value: Option<DestroyFunc>,
    allocator: *mut Allocator,
) -> *mut Table {
    // SAFETY: C passes NULL or an allocator; the memory is as large as asked for.
    unsafe {
        let alloc = allocator.as_ref().copied().unwrap_or(Allocator { malloc: raw_malloc, free: raw_free });
        let table: *mut Table = (alloc.malloc)(size_of::<Table>()).cast();
        if table.is_null() {
            return table;
        }
        table.write(Table {
            entries: 0,
            buckets: FEWEST_BUCKETS,
            heads: null_mut(),
            get_entry,
            hash,
            compare,
            destroy_key,
            destroy_value,
            alloc,
        });
        (*table).heads = (*table).new_heads(FEWEST_BUCKETS);
        if (*table).heads.is_null() {
            (alloc.free)(table.cast());
            return null_mut();
        }
        table
    }
}

/// End all entries.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_clear(table: *mut Table) {
    // SAFETY: C passes a live table. An entry is out of it before its destructors run.
    unsafe {
        for index in 0..(*table).buckets {
            let place = (*table).heads.add(index);
            while !(*place).is_null() {
                let entry = *place;
                *place = (*entry).next;
                (*table).entries -= 1;
                (*table).end(entry);
            }
        }
        // Smaller or not, it is a table.
        let _ = (*table).resize(FEWEST_BUCKETS);
    }
}

/// End the table and all its entries.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_destroy(table: *mut Table) {
    // SAFETY: C passes a live table, for the last time.
    unsafe {
        _Py_hashtable_clear(table);
        let free = (*table).alloc.free;
        free((*table).heads.cast());
        free(table.cast());
    }
}

/// How many entries there are.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_len(table: *const Table) -> usize {
    // SAFETY: C passes a live table.
    unsafe { (*table).entries }
}

/// How many bytes of memory the table takes.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_size(table: *const Table) -> usize {
    // SAFETY: C passes a live table.
    let (entries, buckets) = unsafe { ((*table).entries, (*table).buckets) };
    size_of::<Table>() + buckets * size_of::<*mut Entry>() + entries * size_of::<Entry>()
}

/// Add a key that is not in the table.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_set(table: *mut Table, key: *const c_void, value: *mut c_void) -> c_int {
    // SAFETY: C passes a live table and a key of its; the entry is written before it is in the table.
    unsafe {
        let entry: *mut Entry = ((*table).alloc.malloc)(size_of::<Entry>()).cast();
        if entry.is_null() {
            return -1;
        }
        if (*table).entries >= (*table).buckets && !(*table).resize((*table).buckets * 2) {
            ((*table).alloc.free)(entry.cast());
            return -1;
        }
        let hash = ((*table).hash)(key);
        let place = (*table).bucket(hash);
        entry.write(Entry { next: *place, hash, key: key.cast_mut(), value });
        *place = entry;
        (*table).entries += 1;
        0
    }
}

/// The key's value; NULL if there is none.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_get(table: *mut Table, key: *const c_void) -> *mut c_void {
    // SAFETY: C passes a live table and a key of its.
    unsafe { get_entry(table, key).as_ref().map_or(null_mut(), |entry| entry.value) }
}

/// Take the key out, with no destructor called, and return its value; NULL if there is none.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_steal(table: *mut Table, key: *const c_void) -> *mut c_void {
    // SAFETY: as above.
    unsafe {
        let place = (*table).find(key).0;
        let entry = *place;
        if entry.is_null() {
            return null_mut();
        }
        *place = (*entry).next;
        (*table).entries -= 1;
        let value = (*entry).value;
        ((*table).alloc.free)(entry.cast());
        value
    }
}

/// Call `func` for each entry until it returns other than 0, and return that.
#[capi(raw)]
pub unsafe extern "C" fn _Py_hashtable_foreach(table: *mut Table, func: ForeachFunc, user_data: *mut c_void) -> c_int {
    // SAFETY: C passes a live table, which `func` does not change.
    unsafe {
        for index in 0..(*table).buckets {
            let mut entry = *(*table).heads.add(index);
            while !entry.is_null() {
                let stop = func(table, (*entry).key, (*entry).value, user_data);
                if stop != 0 {
                    return stop;
                }
                entry = (*entry).next;
            }
        }
        0
    }
}

// C calls through `get_entry_func`, inline.
const _: () = assert!(offset_of!(Table, get_entry) == 24 && offset_of!(Entry, key) == 16);
