"""What the methods of asynchronous generators give."""

from _async_core import busy, closed, finished, get_awaitable, set_busy, set_closed, step, step_throw

_NEW, _RUNS, _DONE = range(3)
_INSIDE, _YIELDED, _RETURNED = range(3)


class _Awaitable:
    """A step of an asynchronous generator, which is awaited once. `_name` is for the error of a second time."""

    __slots__ = ("_generator", "_state")

    def __await__(self):
        return self

    __iter__ = __await__

    def __next__(self):
        return self.send(None)

    def close(self):
        if self._state == _DONE:
            return
        try:
            self.throw(GeneratorExit)
        except (StopIteration, StopAsyncIteration, GeneratorExit):
            return
        raise RuntimeError("coroutine ignored GeneratorExit")

    def _check(self):
        if self._state == _DONE:
            raise RuntimeError(f"cannot reuse already awaited {self._name}")

    def _end(self):
        self._state = _DONE
        set_busy(self._generator, False)


class async_generator_asend(_Awaitable):
    __slots__ = ("_value",)
    _name = "__anext__()/asend()"

    def __init__(self, generator, value):
        self._generator = generator
        self._value = value
        self._state = _NEW

    def send(self, value):
        self._check()
        if self._state == _NEW:
            self._begin()
            if value is None:
                value = self._value
        return self._step(step, value)

    def throw(self, typ, val=None, tb=None):
        self._check()
        if self._state == _NEW:
            self._begin()
        return self._step(step_throw, typ, val, tb)

    def _begin(self):
        if busy(self._generator):
            self._state = _DONE
            raise RuntimeError("anext(): asynchronous generator is already running")
        self._state = _RUNS
        set_busy(self._generator, True)

    def _step(self, how, *args):
        try:
            kind, value = how(self._generator, *args)
        except BaseException as error:
            self._end()
            if isinstance(error, (StopAsyncIteration, GeneratorExit)):
                set_closed(self._generator)
            raise
        if kind == _INSIDE:
            return value
        self._end()
        if kind == _YIELDED:
            raise StopIteration(value)
        set_closed(self._generator)
        raise StopAsyncIteration


class async_generator_athrow(_Awaitable):
    """`athrow()`, and `aclose()` where there is no exception to throw."""

    __slots__ = ("_exception",)
    _name = "aclose()/athrow()"

    def __init__(self, generator, exception):
        self._generator = generator
        self._exception = exception
        self._state = _NEW

    def send(self, value):
        generator = self._generator
        self._check()
        if finished(generator):
            self._state = _DONE
            raise StopIteration
        if self._state == _RUNS:
            return self._step(step, value)
        if busy(generator):
            self._state = _DONE
            name = "aclose" if self._exception is None else "athrow"
            raise RuntimeError(f"{name}(): asynchronous generator is already running")
        if closed(generator):
            self._state = _DONE
            raise StopAsyncIteration
        if value is not None:
            raise RuntimeError("can't send non-None value to a just-started coroutine")
        self._state = _RUNS
        set_busy(generator, True)
        if self._exception is not None:
            return self._step(step_throw, *self._exception)
        set_closed(generator)
        return self._step(step_throw, GeneratorExit)

    def throw(self, typ, val=None, tb=None):
        self._check()
        if self._state == _NEW:
            if busy(self._generator):
                self._state = _DONE
                name = "aclose" if self._exception is None else "athrow"
                raise RuntimeError(f"{name}(): asynchronous generator is already running")
            self._state = _RUNS
            set_busy(self._generator, True)
        return self._step(step_throw, typ, val, tb)

    def _step(self, how, *args):
        closes = self._exception is None
        try:
            kind, value = how(self._generator, *args)
        except (StopAsyncIteration, GeneratorExit):
            self._end()
            if not closes:
                set_closed(self._generator)
                raise
        except BaseException:
            self._end()
            raise
        else:
            if kind == _INSIDE:
                return value
            self._end()
            if kind == _YIELDED:
                if closes:
                    raise RuntimeError("async generator ignored GeneratorExit")
                raise StopIteration(value)
            if not closes:
                set_closed(self._generator)
                raise StopAsyncIteration
        raise StopIteration


class anext_awaitable:
    __slots__ = ("_wrapped", "_default")

    def __init__(self, wrapped, default):
        self._wrapped = wrapped
        self._default = default

    def __await__(self):
        return self

    __iter__ = __await__

    def _pass(self, how, *args):
        try:
            return how(get_awaitable(self._wrapped), *args)
        except StopAsyncIteration:
            raise StopIteration(self._default) from None

    def __next__(self):
        return self._pass(lambda inner: inner.send(None) if hasattr(inner, "send") else next(inner))

    def send(self, value):
        return self._pass(lambda inner: inner.send(value))

    def throw(self, *args):
        return self._pass(lambda inner: inner.throw(*args))

    def close(self):
        return self._pass(lambda inner: inner.close())


for _class in (async_generator_asend, async_generator_athrow, anext_awaitable):
    _class.__module__ = "builtins"
