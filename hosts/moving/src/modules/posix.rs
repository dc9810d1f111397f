//! `_posix`: files, folders, processes. `modules/python/posix.py` makes `posix` of it.

use super::{Native, add_numbers, numbers};
use crate::heap::H;
use crate::host::threads;
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::vm::{Args, NativeDef, R, Raised, Vm};
use std::ffi::{CStr, CString, OsStr};
use std::io;
use std::os::fd::FromRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

impl Vm {
    /// Raises OSError, of the class that fits, for what the system said.
    pub(crate) fn raise_os(&mut self, error: &io::Error, file: Option<H>) -> Raised {
        let number = error.raw_os_error().unwrap_or(0);
        let made = (|| {
            let code = self.int(i64::from(number))?;
            let text = self.str(strerror_text(number))?;
            let args: Vec<H> = [code, text].into_iter().chain(file).collect();
            self.new_exception(os_error_class(number), &args)
        })();
        match made {
            Ok(exception) => self.raise_object(exception),
            Err(raised) => raised,
        }
    }

    /// A path: str, bytes, or what `__fspath__` gives of them.
    pub(crate) fn path_arg(&mut self, h: H) -> R<PathBuf> {
        let bytes = match self.body(h) {
            Some(Body::Str(text)) => encode_path(&text.text),
            Some(Body::Bytes(bytes)) => bytes.to_vec(),
            _ => {
                let name = self.intern("__fspath__")?;
                let Some(given) = self.call_special(h, name, &[])? else {
                    let name = self.class_name(h);
                    let what = format!("expected str, bytes or os.PathLike object, not {name}");
                    return Err(self.type_error(what));
                };
                return self.path_arg(given);
            }
        };
        if bytes.contains(&0) {
            return Err(self.value_error("embedded null byte"));
        }
        Ok(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
    }

    /// A str of a file name: bytes that are no UTF-8 become lone surrogates.
    pub(crate) fn path_str(&mut self, path: &OsStr) -> R<H> {
        let bytes = self.bytes(path.as_bytes())?;
        self.helper("_posix_text", "decode", &[bytes])
    }
}

/// The bytes of a file name: lone surrogates U+DC80 to U+DCFF stand for single bytes.
fn encode_path(text: &rustpython_wtf8::Wtf8) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for point in text.code_points() {
        match (point.to_char(), point.to_u32()) {
            (Some(char), _) => bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            (None, code @ 0xDC80..=0xDCFF) => bytes.push((code - 0xDC00) as u8),
            (None, _) => bytes.push(b'?'),
        }
    }
    bytes
}

pub(crate) fn strerror_text(number: i32) -> String {
    let mut buffer = [0u8; 256];
    // SAFETY: the buffer has the length that is said, and what the call writes ends with NUL.
    unsafe {
        libc::strerror_r(number, buffer.as_mut_ptr().cast(), buffer.len());
        CStr::from_ptr(buffer.as_ptr().cast()).to_string_lossy().into_owned()
    }
}

/// The class of OSError for an error number.
pub(crate) fn os_error_class(number: i32) -> H {
    match number {
        libc::ENOENT => k::FILE_NOT_FOUND_ERROR,
        libc::EEXIST => k::FILE_EXISTS_ERROR,
        libc::EACCES | libc::EPERM => k::PERMISSION_ERROR,
        libc::EISDIR => k::IS_A_DIRECTORY_ERROR,
        libc::ENOTDIR => k::NOT_A_DIRECTORY_ERROR,
        libc::EINTR => k::INTERRUPTED_ERROR,
        libc::ECHILD => k::CHILD_PROCESS_ERROR,
        libc::ESRCH => k::PROCESS_LOOKUP_ERROR,
        libc::ETIMEDOUT => k::TIMEOUT_ERROR,
        libc::EPIPE | libc::ESHUTDOWN => k::BROKEN_PIPE_ERROR,
        libc::ECONNABORTED => k::CONNECTION_ABORTED_ERROR,
        libc::ECONNREFUSED => k::CONNECTION_REFUSED_ERROR,
        libc::ECONNRESET => k::CONNECTION_RESET_ERROR,
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => k::BLOCKING_IO_ERROR,
        _ => k::OS_ERROR,
    }
}

fn done(vm: &mut Vm, result: io::Result<()>, file: Option<H>) -> R<H> {
    match result {
        Ok(()) => Ok(k::NONE),
        Err(error) => Err(vm.raise_os(&error, file)),
    }
}

/// The result of a system call that is -1 on failure.
fn number(vm: &mut Vm, result: i64, file: Option<H>) -> R<H> {
    if result == -1 {
        let error = io::Error::last_os_error();
        return Err(vm.raise_os(&error, file));
    }
    vm.int(result)
}

pub(super) fn int_arg(vm: &mut Vm, h: H) -> R<i32> {
    let value = vm.index_i64(h)?;
    match i32::try_from(value) {
        Ok(value) => Ok(value),
        Err(_) => Err(vm.raise(k::OVERFLOW_ERROR, "Python int too large to convert to C int")),
    }
}

fn c_path(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).expect("a path has no NUL")
}

fn getcwd(vm: &mut Vm, _: Args) -> R<H> {
    match std::env::current_dir() {
        Ok(path) => vm.path_str(path.as_os_str()),
        Err(error) => Err(vm.raise_os(&error, None)),
    }
}

fn chdir(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    done(vm, std::env::set_current_dir(path), Some(args.h(0)))
}

fn listdir(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    let names: io::Result<Vec<_>> =
        std::fs::read_dir(path).and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
    let names = match names {
        Ok(names) => names,
        Err(error) => return Err(vm.raise_os(&error, Some(args.h(0)))),
    };
    let start = vm.mark();
    for name in names {
        let mark = vm.mark();
        let name = vm.path_str(&name)?;
        vm.keep(mark, name);
    }
    vm.list_since(start)
}

/// The ten numbers of `os.stat_result`, then the times in nanoseconds and three more fields.
fn stat_numbers(vm: &mut Vm, data: &std::fs::Metadata) -> R<H> {
    let nanoseconds = |seconds: i64, part: i64| seconds * 1_000_000_000 + part;
    let numbers = [
        i64::from(data.mode()),
        data.ino() as i64,
        data.dev() as i64,
        data.nlink() as i64,
        i64::from(data.uid()),
        i64::from(data.gid()),
        data.size() as i64,
        nanoseconds(data.atime(), data.atime_nsec()),
        nanoseconds(data.mtime(), data.mtime_nsec()),
        nanoseconds(data.ctime(), data.ctime_nsec()),
        data.blksize() as i64,
        data.blocks() as i64,
        data.rdev() as i64,
    ];
    let start = vm.mark();
    for number in numbers {
        vm.int(number)?;
    }
    vm.tuple_since(start)
}

/// `fstat`.
fn metadata_of(fd: i32) -> io::Result<std::fs::Metadata> {
    if fd < 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the system says whether it is open, and it is not closed here.
    let file = std::mem::ManuallyDrop::new(unsafe { std::fs::File::from_raw_fd(fd) });
    file.metadata()
}

fn stat(vm: &mut Vm, args: Args) -> R<H> {
    let follow = vm.truth(args.h(1))?;
    let data = if vm.is_int(args.h(0)) {
        let fd = int_arg(vm, args.h(0))?;
        metadata_of(fd)
    } else {
        let path = vm.path_arg(args.h(0))?;
        if follow { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) }
    };
    match data {
        Ok(data) => stat_numbers(vm, &data),
        Err(error) => Err(vm.raise_os(&error, Some(args.h(0)))),
    }
}

macro_rules! path_calls {
    ($($name:ident |$path:ident| $result:expr;)*) => {
        $(fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let $path = vm.path_arg(args.h(0))?;
            done(vm, $result, Some(args.h(0)))
        })*
    };
}

path_calls! {
    rmdir |path| std::fs::remove_dir(path);
    unlink |path| std::fs::remove_file(path);
}

fn mkdir(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    let mode = int_arg(vm, args.h(1))?;
    // SAFETY: the path ends with NUL.
    let result = unsafe { libc::mkdir(c_path(&path).as_ptr(), mode as libc::mode_t) };
    number(vm, i64::from(result), Some(args.h(0))).map(|_| k::NONE)
}

fn chmod(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    let mode = int_arg(vm, args.h(1))?;
    // SAFETY: the path ends with NUL.
    let result = unsafe { libc::chmod(c_path(&path).as_ptr(), mode as libc::mode_t) };
    number(vm, i64::from(result), Some(args.h(0))).map(|_| k::NONE)
}

fn access(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    let mode = int_arg(vm, args.h(1))?;
    // SAFETY: the path ends with NUL.
    let result = unsafe { libc::access(c_path(&path).as_ptr(), mode) };
    Ok(vm.bool(result == 0))
}

fn rename(vm: &mut Vm, args: Args) -> R<H> {
    let (from, to) = (vm.path_arg(args.h(0))?, vm.path_arg(args.h(1))?);
    done(vm, std::fs::rename(from, to), Some(args.h(0)))
}

fn symlink(vm: &mut Vm, args: Args) -> R<H> {
    let (target, place) = (vm.path_arg(args.h(0))?, vm.path_arg(args.h(1))?);
    done(vm, std::os::unix::fs::symlink(target, place), Some(args.h(0)))
}

fn readlink(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    match std::fs::read_link(path) {
        Ok(target) => vm.path_str(target.as_os_str()),
        Err(error) => Err(vm.raise_os(&error, Some(args.h(0)))),
    }
}

fn open(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    let (flags, mode) = (int_arg(vm, args.h(1))?, int_arg(vm, args.h(2))?);
    let path = c_path(&path);
    let mut fd = -1;
    threads::outside(vm, || {
        // SAFETY: the path ends with NUL.
        fd = unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, mode) };
    });
    number(vm, i64::from(fd), Some(args.h(0)))
}

fn close(vm: &mut Vm, args: Args) -> R<H> {
    let fd = int_arg(vm, args.h(0))?;
    // SAFETY: whether the descriptor is anybody else's is the caller's business, as everywhere.
    let result = unsafe { libc::close(fd) };
    number(vm, i64::from(result), None).map(|_| k::NONE)
}

fn read(vm: &mut Vm, args: Args) -> R<H> {
    let (fd, length) = (int_arg(vm, args.h(0))?, vm.index_i64(args.h(1))?);
    let Ok(length) = usize::try_from(length) else {
        return Err(vm.raise_os(&io::Error::from_raw_os_error(libc::EINVAL), None));
    };
    vm.reserve(length)?;
    let mut buffer = vec![0u8; length];
    let mut got = 0;
    vm.flush_out();
    threads::outside(vm, || {
        // SAFETY: the buffer is that long.
        got = unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), length) };
    });
    number(vm, got as i64, None)?;
    buffer.truncate(got as usize);
    vm.bytes(buffer)
}

fn write(vm: &mut Vm, args: Args) -> R<H> {
    let fd = int_arg(vm, args.h(0))?;
    let bytes = crate::objects::bytes::want(vm, args.h(1))?;
    let mut written = 0;
    if fd == 1 {
        vm.flush_out();
    }
    threads::outside(vm, || {
        // SAFETY: the bytes are ours and that many.
        written = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
    });
    number(vm, written as i64, None)
}

fn pipe(vm: &mut Vm, _: Args) -> R<H> {
    let mut ends = [0i32; 2];
    // SAFETY: room for two.
    let result = unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) };
    number(vm, i64::from(result), None)?;
    let ends = [vm.int(i64::from(ends[0]))?, vm.int(i64::from(ends[1]))?];
    vm.tuple(&ends)
}

macro_rules! int_calls {
    ($($name:ident($($arg:ident),*) $call:expr;)*) => {
        $(fn $name(vm: &mut Vm, _args: Args) -> R<H> {
            let mut _at = 0;
            $(let $arg = int_arg(vm, _args.h(_at))?; _at += 1;)*
            // SAFETY: numbers alone.
            let result = unsafe { $call };
            number(vm, i64::from(result), None)
        })*
    };
}

int_calls! {
    dup(fd) libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0);
    dup2(from, to) libc::dup2(from, to);
    getpid() libc::getpid();
    getppid() libc::getppid();
    kill(pid, signal) libc::kill(pid, signal);
    getuid() libc::getuid();
    geteuid() libc::geteuid();
    getgid() libc::getgid();
    getegid() libc::getegid();
    umask(mask) libc::umask(mask as libc::mode_t);
    sched_yield() libc::sched_yield();
    ftruncate(fd, length) libc::ftruncate(fd, i64::from(length));
    fsync(fd) libc::fsync(fd);
}

fn lseek(vm: &mut Vm, args: Args) -> R<H> {
    let (fd, offset, whence) = (int_arg(vm, args.h(0))?, vm.index_i64(args.h(1))?, int_arg(vm, args.h(2))?);
    // SAFETY: numbers alone.
    let result = unsafe { libc::lseek(fd, offset, whence) };
    number(vm, result, None)
}

fn isatty(vm: &mut Vm, args: Args) -> R<H> {
    let fd = int_arg(vm, args.h(0))?;
    // SAFETY: a number alone.
    let result = unsafe { libc::isatty(fd) };
    Ok(vm.bool(result == 1))
}

fn exit_now(vm: &mut Vm, args: Args) -> R<H> {
    let status = int_arg(vm, args.h(0))?;
    // SAFETY: ends the process without running anything.
    unsafe { libc::_exit(status) }
}

/// `fork()`; in the child this thread is the only one. What was printed is written before, or both would.
fn fork(vm: &mut Vm, _: Args) -> R<H> {
    vm.flush_out();
    let pid = threads::fork();
    if pid == 0 {
        super::signals::forget();
        crate::host::forget_threads();
        vm.main_thread = super::thread::ident();
    }
    if pid == 0 && threads::is_attached() {
        emul::after_fork_in_child();
    }
    number(vm, i64::from(pid), None)
}

fn waitpid(vm: &mut Vm, args: Args) -> R<H> {
    let (pid, options) = (int_arg(vm, args.h(0))?, int_arg(vm, args.h(1))?);
    let (mut status, mut result) = (0, 0);
    vm.flush_out();
    threads::outside(vm, || {
        // SAFETY: `status` is there to be written.
        result = unsafe { libc::waitpid(pid, &raw mut status, options) };
    });
    let pid = number(vm, i64::from(result), None)?;
    let status = vm.int(i64::from(status))?;
    vm.tuple(&[pid, status])
}

fn urandom(vm: &mut Vm, args: Args) -> R<H> {
    let length = vm.index_i64(args.h(0))?;
    let Ok(length) = usize::try_from(length) else { return Err(vm.value_error("negative argument not allowed")) };
    vm.reserve(length)?;
    let mut buffer = vec![0u8; length];
    let filled = std::fs::File::open("/dev/urandom").and_then(|mut file| io::Read::read_exact(&mut file, &mut buffer));
    done(vm, filled, None)?;
    vm.bytes(buffer)
}

fn strerror(vm: &mut Vm, args: Args) -> R<H> {
    let number = int_arg(vm, args.h(0))?;
    vm.str(strerror_text(number))
}

fn environment(vm: &mut Vm, _: Args) -> R<H> {
    let dict = vm.dict()?;
    for (name, value) in std::env::vars_os() {
        let mark = vm.mark();
        let (name, value) = (vm.bytes(name.as_bytes())?, vm.bytes(value.as_bytes())?);
        vm.dict_set(dict, name, value)?;
        vm.cut(mark);
    }
    Ok(dict)
}

fn putenv(vm: &mut Vm, args: Args) -> R<H> {
    let (name, value) = (vm.path_arg(args.h(0))?, vm.path_arg(args.h(1))?);
    // SAFETY: this thread runs the interpreter, whose threads read the environment through it; C's own do so at their risk.
    let result = unsafe { libc::setenv(c_path(&name).as_ptr(), c_path(&value).as_ptr(), 1) };
    number(vm, i64::from(result), None).map(|_| k::NONE)
}

fn unsetenv(vm: &mut Vm, args: Args) -> R<H> {
    let name = vm.path_arg(args.h(0))?;
    // SAFETY: as for `putenv`.
    let result = unsafe { libc::unsetenv(c_path(&name).as_ptr()) };
    number(vm, i64::from(result), None).map(|_| k::NONE)
}

fn cpu_count(vm: &mut Vm, _: Args) -> R<H> {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(vm.size(count))
}

static FUNCTIONS: [NativeDef; 43] = [
    def("getcwd", "", getcwd),
    def("chdir", ":path", chdir),
    def("listdir", "path", listdir),
    def("stat", "path follow", stat),
    def("rmdir", "path", rmdir),
    def("unlink", "path", unlink),
    def("mkdir", "path mode", mkdir),
    def("chmod", "path mode", chmod),
    def("access", "path mode", access),
    def("rename", "src dst", rename),
    def("symlink", "src dst", symlink),
    def("readlink", "path", readlink),
    def("open", "path flags mode", open),
    def("close", ":fd", close),
    def("read", "fd length", read),
    def("write", "fd data", write),
    def("pipe", "", pipe),
    def("dup", "fd", dup),
    def("dup2", "fd fd2", dup2),
    def("lseek", "fd position whence", lseek),
    def("isatty", "fd", isatty),
    def("ftruncate", "fd length", ftruncate),
    def("fsync", ":fd", fsync),
    def("getpid", "", getpid),
    def("getppid", "", getppid),
    def("kill", "pid signal", kill),
    def("getuid", "", getuid),
    def("geteuid", "", geteuid),
    def("getgid", "", getgid),
    def("getegid", "", getegid),
    def("umask", "mask", umask),
    def("sched_yield", "", sched_yield),
    def("_exit", ":status", exit_now),
    def("fork", "", fork),
    def("waitpid", "pid options", waitpid),
    def("urandom", "size", urandom),
    def("strerror", "code", strerror),
    def("environment", "", environment),
    def("putenv", "name value", putenv),
    def("unsetenv", "name", unsetenv),
    def("cpu_count", "", cpu_count),
    def("error_class", "code", error_class),
    def("fsencode_text", "text", fsencode_text),
];

fn error_class(vm: &mut Vm, args: Args) -> R<H> {
    Ok(os_error_class(int_arg(vm, args.h(0))?))
}

fn fsencode_text(vm: &mut Vm, args: Args) -> R<H> {
    let path = vm.path_arg(args.h(0))?;
    vm.bytes(path.as_os_str().as_bytes())
}

/// The numbers of the C headers.
const NUMBERS: &[(&str, i32)] = &[
    ("F_OK", libc::F_OK),
    ("R_OK", libc::R_OK),
    ("W_OK", libc::W_OK),
    ("X_OK", libc::X_OK),
    ("O_RDONLY", libc::O_RDONLY),
    ("O_WRONLY", libc::O_WRONLY),
    ("O_RDWR", libc::O_RDWR),
    ("O_CREAT", libc::O_CREAT),
    ("O_EXCL", libc::O_EXCL),
    ("O_TRUNC", libc::O_TRUNC),
    ("O_APPEND", libc::O_APPEND),
    ("O_NONBLOCK", libc::O_NONBLOCK),
    ("O_CLOEXEC", libc::O_CLOEXEC),
    ("O_NOFOLLOW", libc::O_NOFOLLOW),
    ("O_DIRECTORY", libc::O_DIRECTORY),
    ("WNOHANG", libc::WNOHANG),
    ("WUNTRACED", libc::WUNTRACED),
    ("EX_OK", 0),
];

fn add_constants(vm: &mut Vm, dict: H) -> R<()> {
    add_numbers(vm, dict, NUMBERS)
}

pub(super) static MODULE: Native =
    Native { name: "_posix", functions: &FUNCTIONS, classes: &[], more: Some(add_constants) };

// ---- errno

numbers! {
    ERRORS:
    EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV
    ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG
    ENOLCK ENOSYS ENOTEMPTY ELOOP EWOULDBLOCK EPROTO EOVERFLOW EILSEQ ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT
    EPROTONOSUPPORT EOPNOTSUPP ENOTSUP EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ECONNABORTED ECONNRESET
    ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETIMEDOUT ECONNREFUSED EHOSTUNREACH EALREADY EINPROGRESS ECANCELED
}

fn add_errors(vm: &mut Vm, dict: H) -> R<()> {
    let names = vm.dict()?;
    for (name, value) in ERRORS {
        let mark = vm.mark();
        let value = vm.int(i64::from(*value))?;
        vm.dict_set_str(dict, name, value)?;
        if vm.dict_get(names, value)?.is_none() {
            let name = vm.intern(name)?;
            vm.dict_set(names, value, name)?;
        }
        vm.cut(mark);
    }
    vm.dict_set_str(dict, "errorcode", names)
}

pub(super) static ERRNO: Native = Native { name: "errno", functions: &[], classes: &[], more: Some(add_errors) };
