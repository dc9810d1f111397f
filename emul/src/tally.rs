//! Which functions of the API were called and returned: only in builds with the feature `tally`, for `cargo xtask exports`.
//!
//! `PIERGLASS_TALLY=FILE` in the environment: count there. The file is mapped, so that what a process counted stays however it
//! ends, and its children count on in it. It has a [`Record`] for each function, in the order of the names.
//!
//! `PIERGLASS_WITHOUT=NAME=HOW`: let the function be as if it were missing, to see which test notices. Its first
//! instructions become a jump to one that raises SystemError and returns NULL, 0, -1 or -1.0 (`null`, `zero`, `minus one`, `minus one, a float`),
//! or, where there is no way to say that it failed (`none`), ends the process.

use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::{CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::boundary::Cx;
use crate::gen_::table::TABLE;
use crate::in_c::IN_C;
use crate::{pylifecycle, pystate};

/// What the file holds of one function.
#[repr(C)]
struct Record {
    /// Its name, zeros after it.
    name: [u8; 48],
    calls: AtomicU64,
    /// How many calls came back without an error that was not there before.
    returns: AtomicU64,
    /// How often the host was asked for something during those.
    asked: AtomicU64,
}

struct Tally {
    by_name: HashMap<&'static str, &'static Record>,
    /// The functions in C, which tell only where they are.
    by_address: HashMap<usize, &'static Record>,
}

/// The tally, if one is wanted.
fn tally() -> Option<&'static Tally> {
    static WANTED: OnceLock<Option<Tally>> = OnceLock::new();
    WANTED.get_or_init(|| std::env::var_os("PIERGLASS_TALLY").map(|path| Tally::begin(path.as_bytes()))).as_ref()
}

/// Every name and where it is.
fn exports() -> impl Iterator<Item = (&'static str, usize)> {
    let in_rust = TABLE.iter().map(|(name, address)| (*name, address.0.addr()));
    in_rust.chain(IN_C.iter().map(|(name, address)| (*name, *address as usize)))
}

impl Tally {
    fn begin(path: &[u8]) -> Self {
        let mut names: Vec<_> = exports().collect();
        names.sort_unstable();
        let mut tally = Self { by_name: HashMap::new(), by_address: HashMap::new() };
        let first = map_file(path, names.len());
        for (index, (name, address)) in names.into_iter().enumerate() {
            // SAFETY: the mapping has that many records and is never taken back. Processes that write the name write the same.
            let record = unsafe {
                let record = first.add(index);
                (&raw mut (*record).name).cast::<u8>().copy_from_nonoverlapping(name.as_ptr(), name.len().min(48));
                &*record
            };
            tally.by_name.insert(name, record);
            tally.by_address.insert(address, record);
        }
        tally
    }
}

/// The file's records, shared with every process that counts there.
fn map_file(path: &[u8], records: usize) -> *mut Record {
    let length = records * size_of::<Record>();
    let path = CString::new(path).expect("a path has no zero byte");
    // SAFETY: calls of the system with what they ask for; the descriptor is ours.
    unsafe {
        let file = libc::open(path.as_ptr(), libc::O_RDWR | libc::O_CREAT | libc::O_CLOEXEC, 0o666);
        assert!(file >= 0, "PIERGLASS_TALLY: {path:?}: {}", std::io::Error::last_os_error());
        assert_eq!(libc::ftruncate(file, length as libc::off_t), 0, "{}", std::io::Error::last_os_error());
        let mapped =
            libc::mmap(std::ptr::null_mut(), length, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED, file, 0);
        assert_ne!(mapped, libc::MAP_FAILED, "{}", std::io::Error::last_os_error());
        libc::close(file);
        mapped.cast()
    }
}

/// A call that ends the thread or the process. It does not unwind, so that its caller has nothing to clean up: the end of a thread
/// goes through the frames that are left, and a frame of ours with something to clean up would abort.
pub(crate) extern "C" fn ends(name: &'static &'static str) {
    if let Some(record) = tally().and_then(|tally| tally.by_name.get(*name)) {
        record.calls.fetch_add(1, Relaxed);
    }
}

/// A call that runs. Dropped, it has returned.
pub(crate) struct Call {
    record: Option<&'static Record>,
    pending: *mut c_void,
    /// What [`ASKED`] was when it began.
    asked: u64,
}

thread_local! {
    /// How often this thread asked the host for something.
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// The host is asked for something.
pub(crate) fn asks() {
    ASKED.set(ASKED.get() + 1);
}

impl Call {
    pub(crate) fn of(name: &str) -> Self {
        Self::new(tally().and_then(|tally| tally.by_name.get(name).copied()))
    }

    fn new(record: Option<&'static Record>) -> Self {
        if let Some(record) = record {
            record.calls.fetch_add(1, Relaxed);
        }
        Self { record, pending: pystate::peek_exception().cast(), asked: ASKED.get() }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let pending: *mut c_void = pystate::peek_exception().cast();
        if let Some(record) = self.record
            && (pending.is_null() || pending == self.pending)
        {
            record.returns.fetch_add(1, Relaxed);
            record.asked.fetch_add(ASKED.get() - self.asked, Relaxed);
        }
    }
}

thread_local! {
    /// The calls of functions in C that run, innermost last.
    static IN_C_RUNNING: std::cell::RefCell<Vec<(usize, Call)>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// What the compiler has each function in C call first: `-finstrument-functions`.
#[unsafe(no_mangle)]
extern "C" fn __cyg_profile_func_enter(function: *const c_void, _caller: *const c_void) {
    let Some(record) = tally().and_then(|tally| tally.by_address.get(&function.addr()).copied()) else { return };
    IN_C_RUNNING.with_borrow_mut(|running| running.push((function.addr(), Call::new(Some(record)))));
}

/// And last.
#[unsafe(no_mangle)]
extern "C" fn __cyg_profile_func_exit(function: *const c_void, _caller: *const c_void) {
    IN_C_RUNNING.with_borrow_mut(|running| {
        // What lies above it was left by an unwinding and did not return.
        if let Some(place) = running.iter().rposition(|(address, _)| *address == function.addr()) {
            running.drain(place + 1..).for_each(|(_, call)| std::mem::forget(call));
            running.pop();
        }
    });
}

static WITHOUT: OnceLock<String> = OnceLock::new();

/// Take a function away, if that is wanted: once, before any extension runs.
pub(crate) fn begin() {
    let Ok(asked) = std::env::var("PIERGLASS_WITHOUT") else { return };
    let (name, how) = asked.split_once('=').expect("PIERGLASS_WITHOUT=NAME=HOW");
    let (_, address) =
        exports().find(|(export, _)| *export == name).expect("PIERGLASS_WITHOUT names a function of ours");
    let _ = WITHOUT.set(name.to_owned());
    let instead = match how {
        "null" | "zero" => without_zero as *const (),
        "minus one" => without_minus_one as *const (),
        "minus one, a float" => without_minus_one_float as *const (),
        "none" => without_end as *const (),
        _ => panic!("PIERGLASS_WITHOUT: {how}"),
    };
    jump(address, instead.addr());
}

/// Write a jump to `target` over the first instructions of the function at `address`.
#[cfg(target_arch = "x86_64")]
fn jump(address: usize, target: usize) {
    // movabs rax, target; jmp rax
    let mut code = [0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0];
    code[2..10].copy_from_slice(&target.to_le_bytes());
    // SAFETY: our own code, which no thread runs yet; functions begin at multiples of 16 bytes, so that the next stays whole.
    unsafe {
        let page = libc::sysconf(libc::_SC_PAGESIZE) as usize;
        let (first, last) = (address / page * page, (address + code.len()).next_multiple_of(page));
        let all = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
        let start = std::ptr::with_exposed_provenance_mut::<c_void>(first);
        assert_eq!(libc::mprotect(start, last - first, all), 0, "{}", std::io::Error::last_os_error());
        std::ptr::with_exposed_provenance_mut::<u8>(address).copy_from_nonoverlapping(code.as_ptr(), code.len());
        assert_eq!(libc::mprotect(start, last - first, libc::PROT_READ | libc::PROT_EXEC), 0);
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn jump(_address: usize, _target: usize) {
    panic!("PIERGLASS_WITHOUT is for x86-64");
}

fn raise() {
    let name = WITHOUT.get().map_or("", String::as_str);
    // SAFETY: C calls a function that can fail with the lock held.
    unsafe { Cx::assume() }.system_error(format!("{name} was taken away"));
}

extern "C" fn without_zero() -> usize {
    raise();
    0
}

extern "C" fn without_minus_one() -> isize {
    raise();
    -1
}

extern "C" fn without_minus_one_float() -> f64 {
    raise();
    -1.0
}

extern "C" fn without_end() {
    pylifecycle::fatal(None, &format!("{} was taken away", WITHOUT.get().map_or("", String::as_str)));
}
