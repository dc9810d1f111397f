//! `cpython/sysmodule.h`: the file in which Linux's `perf` looks up the names of generated code.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use capi_macros::capi;

/// This process's map, once somebody has written to it; with the process, since a child's is another.
static MAP: Mutex<Option<(u32, File)>> = Mutex::new(None);

/// How much of a map CPython copies at a time.
const BLOCK: usize = 4096;

fn map() -> MutexGuard<'static, Option<(u32, File)>> {
    MAP.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The map, opened if it is not yet.
fn opened(map: &mut Option<(u32, File)>) -> std::io::Result<&mut File> {
    let process = std::process::id();
    if map.as_ref().is_none_or(|(owner, _)| *owner != process) {
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true).mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC);
        *map = Some((process, options.open(format!("/tmp/perf-{process}.map"))?));
    }
    Ok(&mut map.as_mut().expect("just opened").1)
}

/// Open the map; -1 where it cannot be.
#[capi(raw)]
pub unsafe extern "C" fn PyUnstable_PerfMapState_Init() -> c_int {
    if opened(&mut map()).is_ok() { 0 } else { -1 }
}

/// Write a line: where code lies, how long it is and what it is called; -1 where the map cannot be opened.
#[capi(raw)]
pub unsafe extern "C" fn PyUnstable_WritePerfMapEntry(
    code_addr: *const c_void,
    code_size: c_uint,
    entry_name: *const c_char,
) -> c_int {
    // SAFETY: C passes a NUL-terminated string.
    let name = unsafe { CStr::from_ptr(entry_name) }.to_bytes();
    let mut line = format!("{:x} {code_size:x} ", code_addr.addr()).into_bytes();
    line.extend_from_slice(name);
    line.push(b'\n');
    let mut map = map();
    let Ok(file) = opened(&mut map) else { return -1 };
    // As in CPython, whether the line could be written is not told.
    let _written = file.write_all(&line);
    0
}

/// Add the lines of another process's map; -1 where one of the two cannot be opened, read or written.
#[capi(raw)]
pub unsafe extern "C" fn PyUnstable_CopyPerfMapFile(parent_filename: *const c_char) -> c_int {
    // SAFETY: C passes a NUL-terminated path.
    let path = std::ffi::OsStr::from_bytes(unsafe { CStr::from_ptr(parent_filename) }.to_bytes());
    let mut lines = Vec::new();
    let Ok(mut parent) = File::open(path) else { return -1 };
    let mut map = map();
    let Ok(file) = opened(&mut map) else { return -1 };
    let copied = parent.read_to_end(&mut lines).and_then(|_| file.write_all(&lines));
    // A file that ends where a block does is a failure in CPython, which finds nothing more to write.
    if copied.is_ok() && lines.len() % BLOCK != 0 { 0 } else { -1 }
}

/// Close the map.
#[capi(raw)]
pub unsafe extern "C" fn PyUnstable_PerfMapState_Fini() {
    *map() = None;
}
