"""Threads: handles, locals; the locks are the interpreter's."""

import sys
from _structseq import structseq
from _thread_core import LockType, RLock, get_ident, get_native_id, spawn
from _weakref import ref

error = RuntimeError
lock = LockType
TIMEOUT_MAX = 9223372036.0
_main = get_ident()
_running = {}
_names = {}
_locals = {}


def allocate_lock():
    return LockType()


allocate = allocate_lock


class _ThreadHandle:
    """A thread that was started, or will be."""

    def __init__(self):
        self.ident = None
        self._state = "not started"
        self._done = LockType()

    def __repr__(self):
        return f"<_ThreadHandle object: ident={self.ident or 0}>"

    def is_done(self):
        return self._state == "done"

    def _set_done(self):
        if self._state == "not started":
            raise RuntimeError("thread not started")
        self._finish()

    def _finish(self):
        if self._state != "done":
            self._state = "done"
            self._done.release()

    def join(self, timeout=None):
        if self._state == "not started":
            raise RuntimeError("thread not started")
        if self.ident == get_ident() and self._state == "running":
            raise RuntimeError("Cannot join current thread")
        if self._done.acquire(timeout=-1 if timeout is None or timeout < 0 else timeout):
            self._done.release()

    def _start(self, function, daemon):
        if self._state != "not started":
            raise RuntimeError("thread already started")
        self._state = "running"
        self._done.acquire()
        begun = LockType()
        begun.acquire()

        def main():
            self.ident = get_ident()
            if not daemon:
                _running[self.ident] = self
            begun.release()
            _call(function)
            _leave(self.ident)
            self._finish()

        try:
            spawn(main)
        except BaseException:
            self._state = "not started"
            self._done.release()
            raise
        begun.acquire()


def _call(function):
    try:
        function()
    except SystemExit:
        pass
    except BaseException as problem:
        sys.unraisablehook(_unraisable(problem, function))


def _unraisable(problem, function):
    from _types import SimpleNamespace

    return SimpleNamespace(
        exc_type=type(problem), exc_value=problem, exc_traceback=problem.__traceback__, err_msg="Exception ignored in thread started by", object=function
    )


def _leave(ident):
    _running.pop(ident, None)
    for one in _locals.pop(ident, ()):
        local = one()
        if local is not None:
            object.__getattribute__(local, "_local__spaces").pop(ident, None)


def start_joinable_thread(function, handle=None, daemon=True):
    if not callable(function):
        raise TypeError("thread function must be callable")
    if handle is None:
        handle = _ThreadHandle()
    elif not isinstance(handle, _ThreadHandle):
        raise TypeError("'handle' must be a _ThreadHandle")
    handle._start(function, daemon)
    return handle


def start_new_thread(function, args, kwargs={}, /):
    if not callable(function):
        raise TypeError("first arg must be callable")
    if not isinstance(args, tuple):
        raise TypeError("2nd arg must be a tuple")
    if not isinstance(kwargs, dict):
        raise TypeError("optional 3rd arg must be a dictionary")
    handle = _ThreadHandle()
    handle._start(lambda: function(*args, **kwargs), True)
    return handle.ident


start_new = start_new_thread


def _make_thread_handle(ident):
    handle = _ThreadHandle()
    handle.ident = ident
    handle._state = "running"
    handle._done.acquire()
    return handle


def _shutdown():
    """Waits for all threads that are no daemons."""
    while True:
        others = [handle for ident, handle in list(_running.items()) if ident != get_ident()]
        if not others:
            return
        for handle in others:
            handle.join()


def _get_main_thread_ident():
    return _main


def _is_main_interpreter():
    return True


def daemon_threads_allowed():
    return True


def _count():
    return len(_running)


def stack_size(size=0, /):
    if size:
        raise NotImplementedError("the size of threads' stacks cannot be set on this host")
    return 0


def exit():
    raise SystemExit


exit_thread = exit


def interrupt_main(signum=2, /):
    import _signal

    _signal._interrupt_main(signum)


def set_name(name, /):
    _names[get_ident()] = name


_ExceptHookArgs = structseq("_thread._ExceptHookArgs", ("exc_type", "exc_value", "exc_traceback", "thread"))


def _excepthook(args, /):
    kind, value, place, thread = args
    if kind is SystemExit or sys.stderr is None:
        return
    name = thread.name if thread is not None else get_ident()
    sys.stderr.write(f"Exception in thread {name}:\n")
    sys.excepthook(kind, kind() if value is None else value, place)


class _local:
    """Attributes that each thread has for itself."""

    def __new__(cls, /, *args, **kw):
        if (args or kw) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        self = object.__new__(cls)
        object.__setattr__(self, "_local__spaces", {})
        object.__setattr__(self, "_local__given", (args, kw))
        _enter(self)
        return self

    def __getattribute__(self, name):
        if name == "__dict__":
            return _space(self)
        space = _space(self)
        cls = type(self)
        for base in cls.__mro__:
            if name in base.__dict__:
                found = base.__dict__[name]
                if hasattr(type(found), "__set__"):
                    return object.__getattribute__(self, name)
                break
        if name in space:
            return space[name]
        if name.startswith("_local__"):
            raise AttributeError(f"'{cls.__name__}' object has no attribute '{name}'")
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        if name == "__dict__":
            raise AttributeError(f"'{type(self).__name__}' object attribute '__dict__' is read-only")
        found = getattr(type(self), name, None)
        if hasattr(type(found), "__set__"):
            return object.__setattr__(self, name, value)
        _space(self)[name] = value

    def __delattr__(self, name):
        if name == "__dict__":
            raise AttributeError(f"'{type(self).__name__}' object attribute '__dict__' is read-only")
        try:
            del _space(self)[name]
        except KeyError:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'") from None


def _enter(local):
    ident = get_ident()
    space = object.__getattribute__(local, "_local__spaces")[ident] = {}
    _locals.setdefault(ident, []).append(ref(local))
    return space


def _space(local):
    space = object.__getattribute__(local, "_local__spaces").get(get_ident())
    if space is None:
        space = _enter(local)
        args, kw = object.__getattribute__(local, "_local__given")
        type(local).__init__(local, *args, **kw)
    return space


_local.__module__ = _ThreadHandle.__module__ = "_thread"


def _forget_others():
    """In a forked child: this thread is the only one, and the main one."""
    global _main
    _main = get_ident()
    for ident in list(_running):
        if ident != _main:
            del _running[ident]
