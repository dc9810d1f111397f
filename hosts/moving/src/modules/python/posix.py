"""What `os` is made with."""

import _posix
from _posix import (
    EX_OK, F_OK, O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, R_OK, W_OK,
    WNOHANG, WUNTRACED, X_OK, _exit, chdir, close, cpu_count, dup, fsync, ftruncate, getcwd, getegid, geteuid, getgid, getpid, getppid,
    getuid, isatty, kill, pipe, putenv, read, sched_yield, strerror, symlink, umask, unsetenv, urandom, waitpid, write,
)
from _structseq import structseq

error = OSError
_have_functions = []
environ = _posix.environment()
_hooks = {"before": [], "after_in_child": [], "after_in_parent": []}

stat_result = structseq(
    "os.stat_result",
    ("st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size"),
    ("st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_blksize", "st_blocks", "st_rdev"),
    unnamed=3,
)
terminal_size = structseq("os.terminal_size", ("columns", "lines"))
uname_result = structseq("posix.uname_result", ("sysname", "nodename", "release", "version", "machine"))


def fspath(path):
    """The path as str or bytes."""
    if isinstance(path, (str, bytes)):
        return path
    cls = type(path)
    try:
        method = cls.__fspath__
    except AttributeError:
        raise TypeError(f"expected str, bytes or os.PathLike object, not {cls.__name__}") from None
    made = method(path)
    if isinstance(made, (str, bytes)):
        return made
    raise TypeError(f"expected {cls.__name__}.__fspath__() to return str or bytes, not {type(made).__name__}")


def _no_folder(dir_fd, *others):
    if dir_fd is not None or any(other is not None for other in others):
        raise NotImplementedError("paths relative to a descriptor are not implemented on this host")


def _stat(path, follow):
    numbers = _posix.stat(path, follow)
    times = numbers[7:10]
    fields = numbers[:7] + tuple(time // 1_000_000_000 for time in times)
    return stat_result(fields + tuple(time / 1e9 for time in times) + times + numbers[10:])


def stat(path, *, dir_fd=None, follow_symlinks=True):
    _no_folder(dir_fd)
    return _stat(path, follow_symlinks)


def lstat(path, *, dir_fd=None):
    _no_folder(dir_fd)
    return _stat(path, False)


def fstat(fd):
    return _stat(fd, True)


def _as_given(path, names):
    """Names of files as bytes if the path was."""
    return [_posix.fsencode_text(name) for name in names] if isinstance(path, bytes) else names


def listdir(path=None):
    path = "." if path is None else fspath(path)
    return _as_given(path, _posix.listdir(path))


def getcwdb():
    return _posix.fsencode_text(getcwd())


def mkdir(path, mode=0o777, *, dir_fd=None):
    _no_folder(dir_fd)
    _posix.mkdir(path, mode)


def rmdir(path, *, dir_fd=None):
    _no_folder(dir_fd)
    _posix.rmdir(path)


def unlink(path, *, dir_fd=None):
    _no_folder(dir_fd)
    _posix.unlink(path)


remove = unlink


def rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None):
    _no_folder(src_dir_fd, dst_dir_fd)
    _posix.rename(src, dst)


replace = rename


def readlink(path, *, dir_fd=None):
    _no_folder(dir_fd)
    return _as_given(path, [_posix.readlink(path)])[0]


def chmod(path, mode, *, dir_fd=None, follow_symlinks=True):
    _no_folder(dir_fd)
    _posix.chmod(path, mode)


def access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True):
    _no_folder(dir_fd)
    return _posix.access(path, mode)


def open(path, flags, mode=0o777, *, dir_fd=None):
    _no_folder(dir_fd)
    return _posix.open(path, flags, mode)


def dup2(fd, fd2, inheritable=True):
    return _posix.dup2(fd, fd2)


def lseek(fd, position, whence, /):
    return _posix.lseek(fd, position, whence)


class DirEntry:
    """An entry of a folder."""

    def __init__(self, folder, name, path):
        self.name, self.path = name, path
        self._stat = {}

    def stat(self, *, follow_symlinks=True):
        if follow_symlinks not in self._stat:
            self._stat[follow_symlinks] = _stat(self.path, follow_symlinks)
        return self._stat[follow_symlinks]

    def inode(self):
        return self.stat(follow_symlinks=False).st_ino

    def _is(self, kind, follow):
        try:
            return self.stat(follow_symlinks=follow).st_mode & 0o170000 == kind
        except FileNotFoundError:
            return False

    def is_dir(self, *, follow_symlinks=True):
        return self._is(0o040000, follow_symlinks)

    def is_file(self, *, follow_symlinks=True):
        return self._is(0o100000, follow_symlinks)

    def is_symlink(self):
        return self._is(0o120000, False)

    def is_junction(self):
        return False

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f"<DirEntry {self.name!r}>"


class _Scan:
    def __init__(self, path):
        slash = "/" if isinstance(path, str) else b"/"
        folder = path if path.endswith(slash) else path + slash
        self._entries = iter([DirEntry(path, name, folder + name) for name in listdir(path)])

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def close(self):
        self._entries = iter(())

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def scandir(path=None):
    return _Scan("." if path is None else fspath(path))


# ---- processes


def register_at_fork(*, before=None, after_in_child=None, after_in_parent=None):
    for name, hook in (("before", before), ("after_in_child", after_in_child), ("after_in_parent", after_in_parent)):
        if hook is not None:
            _hooks[name].append(hook)


def _run(hooks):
    import sys

    for hook in hooks:
        try:
            hook()
        except BaseException as problem:
            from _types import SimpleNamespace

            sys.unraisablehook(
                SimpleNamespace(exc_type=type(problem), exc_value=problem, exc_traceback=problem.__traceback__, err_msg=None, object=hook)
            )


def before_fork():
    _run(_hooks["before"][::-1])


def after_fork(in_child):
    if in_child:
        import _thread

        _thread._forget_others()
    _run(_hooks["after_in_child" if in_child else "after_in_parent"])


def fork():
    before_fork()
    try:
        pid = _posix.fork()
    except OSError:
        after_fork(False)
        raise
    after_fork(pid == 0)
    return pid


def WIFEXITED(status):
    return status & 0x7F == 0


def WEXITSTATUS(status):
    return status >> 8 & 0xFF


def WIFSIGNALED(status):
    return status & 0x7F not in (0, 0x7F)


def WTERMSIG(status):
    return status & 0x7F


def WIFSTOPPED(status):
    return status & 0xFF == 0x7F


def WCOREDUMP(status):
    return bool(status & 0x80)


def waitstatus_to_exitcode(status):
    if WIFEXITED(status):
        return WEXITSTATUS(status)
    if WIFSIGNALED(status):
        return -WTERMSIG(status)
    raise ValueError(f"invalid wait status: {status}")


def wait():
    return waitpid(-1, 0)


def abort():
    kill(getpid(), 6)
