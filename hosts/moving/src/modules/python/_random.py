"""Module implements the Mersenne Twister random number generator."""

import _random_core as _core
from posix import urandom as _urandom
from sys import byteorder as _byteorder

_WORDS = 625


class Random:
    """Random() -> create a random number generator with its own internal state."""

    __slots__ = ("_words",)

    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self._words = bytearray(_WORDS * 4)
        Random.seed(self, *args)
        return self

    def seed(self, n=None, /):
        """Use None or no argument to seed from the operating system's entropy."""
        if n is None:
            n = int.from_bytes(_urandom(_WORDS * 4 - 4), "little")
        elif not isinstance(n, int):
            n = hash(n) & 0xFFFF_FFFF_FFFF_FFFF
        _core.seed(self._words, n)

    def random(self):
        """random() -> x in the interval [0, 1)."""
        return _core.random(self._words)

    def getrandbits(self, k, /):
        """getrandbits(k) -> x.  Generates an int with k random bits."""
        return _core.getrandbits(self._words, k)

    def getstate(self):
        """getstate() -> tuple containing the current state."""
        return _core.state(self._words)

    def setstate(self, state, /):
        """setstate(state) -> None.  Restores generator state."""
        if not isinstance(state, tuple):
            raise TypeError("state vector must be a tuple")
        if len(state) != _WORDS:
            raise ValueError("state vector is the wrong size")
        if not 0 <= state[-1] < _WORDS:
            raise ValueError("invalid state")
        words = bytearray()
        for word in state:
            words += word.to_bytes(4, _byteorder)
        self._words[:] = words

