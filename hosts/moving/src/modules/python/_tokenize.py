"""`_tokenize`: the tokens that `_tokenize_core` finds, with `token`'s numbers."""

import token
from _tokenize_core import tokens


class TokenizerIter:
    def __init__(self, readline, *, encoding=None, extra_tokens=False):
        if not extra_tokens:
            raise NotImplementedError("_tokenize.TokenizerIter without extra_tokens is not implemented on this host")
        self._tokens = self._read(readline, encoding)

    @staticmethod
    def _read(readline, encoding):
        lines = []
        while True:
            try:
                line = readline()
            except StopIteration:
                break
            if encoding is not None:
                if not isinstance(line, bytes):
                    raise TypeError("readline() returned a non-bytes object")
                line = line.decode(encoding)
            elif not isinstance(line, str):
                raise TypeError("readline() returned a non-string object")
            if not line:
                break
            lines.append(line)
        for name, *rest in tokens("".join(lines)):
            yield getattr(token, name), *rest

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._tokens)
