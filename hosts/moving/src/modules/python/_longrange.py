"""Iterating over a range whose numbers do not fit a machine word."""


class longrange_iterator:
    __slots__ = ("_start", "_step", "_left")

    def __init__(self, start, step, left):
        self._start, self._step, self._left = start, step, left

    def __iter__(self):
        return self

    def __next__(self):
        if self._left <= 0:
            raise StopIteration
        item = self._start
        self._start += self._step
        self._left -= 1
        return item

    def __length_hint__(self):
        return self._left

    def __reduce__(self):
        return iter, (range(self._start, self._start + self._step * self._left, self._step),)


longrange_iterator.__module__ = "builtins"
