//! `_mmap`: memory that the system maps, as a memoryview that gives it back with the last view of it. The class is
//! `modules/python/mmap.py`'s.

use super::{Native, add_numbers, numbers};
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::vm::{Args, NativeDef, R, Vm};

/// Mapped memory; unmapped when this is dropped.
struct Mapped {
    start: *mut libc::c_void,
    len: usize,
}

// SAFETY: the memory is the process's, and this the only one who unmaps it.
unsafe impl Send for Mapped {}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: mapped by `map`, with that length, and nobody views it any more.
        unsafe { libc::munmap(self.start, self.len) };
    }
}

/// `map(fd, length, flags, prot, offset)`: a memoryview.
fn map(vm: &mut Vm, args: Args) -> R<H> {
    let (fd, flags, prot) = (
        super::posix::int_arg(vm, args.h(0))?,
        super::posix::int_arg(vm, args.h(2))?,
        super::posix::int_arg(vm, args.h(3))?,
    );
    let (len, offset) = (vm.index_i64(args.h(1))? as usize, vm.index_i64(args.h(4))?);
    // SAFETY: a new mapping, at a place that the system chooses.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), len, prot, flags, fd, offset) };
    if start == libc::MAP_FAILED {
        return Err(vm.raise_os(&std::io::Error::last_os_error(), None));
    }
    let mapped = Mapped { start, len };
    let readonly = prot & libc::PROT_WRITE == 0;
    crate::host::view_of_memory(vm, start.cast(), len, readonly, move || drop(mapped))
}

/// The mapped memory under a view: where it begins, its length, and how many views there are.
fn mapped(vm: &mut Vm, view: H) -> R<(*mut u8, usize, usize)> {
    if let Some(Body::View(data)) = vm.body(view) {
        let (base, len) = (data.base, data.nbytes());
        let base = vm.push(base);
        if let Some(Body::CView(memory)) = vm.body(base) {
            return Ok((memory.start, len, memory.views));
        }
    }
    Err(vm.type_error("not mapped memory"))
}

fn views(vm: &mut Vm, args: Args) -> R<H> {
    let (_, _, views) = mapped(vm, args.h(0))?;
    Ok(vm.size(views))
}

/// The part of the memory that the arguments 1 and 2 tell.
fn part(vm: &mut Vm, args: Args) -> R<(*mut libc::c_void, usize)> {
    let (start, len, _) = mapped(vm, args.h(0))?;
    let (offset, size) = (vm.index_i64(args.h(1))?, vm.index_i64(args.h(2))?);
    match (usize::try_from(offset), usize::try_from(size)) {
        (Ok(offset), Ok(size)) if offset.checked_add(size).is_some_and(|end| end <= len) => {
            Ok((start.wrapping_add(offset).cast(), size))
        }
        _ => Err(vm.value_error("flush values out of range")),
    }
}

fn flush(vm: &mut Vm, args: Args) -> R<H> {
    let (start, size) = part(vm, args)?;
    // SAFETY: within the mapping.
    let result = unsafe { libc::msync(start, size, libc::MS_SYNC) };
    done(vm, result)
}

fn advise(vm: &mut Vm, args: Args) -> R<H> {
    let (start, size) = part(vm, args)?;
    let advice = super::posix::int_arg(vm, args.h(3))?;
    // SAFETY: within the mapping.
    let result = unsafe { libc::madvise(start, size, advice) };
    done(vm, result)
}

fn done(vm: &mut Vm, result: libc::c_int) -> R<H> {
    if result == 0 { Ok(k::NONE) } else { Err(vm.raise_os(&std::io::Error::last_os_error(), None)) }
}

static FUNCTIONS: [NativeDef; 4] = [
    def("_map", "fd length flags prot offset", map),
    def("_views", "view", views),
    def("_flush", "view offset size", flush),
    def("_advise", "view offset size advice", advise),
];

numbers! {
    NUMBERS:
    MAP_SHARED MAP_PRIVATE MAP_ANONYMOUS MAP_ANON MAP_NORESERVE MAP_POPULATE MAP_STACK PROT_READ PROT_WRITE PROT_EXEC
    MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED
}

fn add_constants(vm: &mut Vm, dict: H) -> R<()> {
    // SAFETY: no precondition.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as i32;
    add_numbers(vm, dict, NUMBERS)?;
    add_numbers(vm, dict, &[("PAGESIZE", page), ("ALLOCATIONGRANULARITY", page)])
}

pub(super) static MODULE: Native =
    Native { name: "_mmap", functions: &FUNCTIONS, classes: &[], more: Some(add_constants) };
