"""Codecs: the registry, the handlers of errors, and the encodings that the interpreter does not have itself."""

import sys
from _codecs_core import core_decode, core_encode

_searchers = []
_found = {}
_handlers = {}


def register(search_function, /):
    if not callable(search_function):
        raise TypeError("argument must be callable")
    _searchers.append(search_function)


def unregister(search_function, /):
    if search_function in _searchers:
        _searchers.remove(search_function)
        _found.clear()


def _normal(encoding):
    return "".join("_" if c in " -" else c for c in encoding.lower())


def lookup(encoding, /):
    if not isinstance(encoding, str):
        raise TypeError(f"lookup() argument must be str, not {type(encoding).__name__}")
    if "\0" in encoding:
        raise ValueError("embedded null character")
    key = _normal(encoding)
    if key in _found:
        return _found[key]
    if not _searchers:
        try:
            import encodings
        except ModuleNotFoundError:
            pass  # There is no library: the interpreter's own encodings are all.
    for search in list(_searchers):
        found = search(key)
        if found is None:
            continue
        if not isinstance(found, tuple) or len(found) != 4:
            raise TypeError("codec search functions must return 4-tuples")
        _found[key] = found
        return found
    raise LookupError(f"unknown encoding: {encoding}")


def _call(position, obj, encoding, errors):
    found = lookup(encoding)
    made = found[position](obj, errors) if errors is not None else found[position](obj)
    if not isinstance(made, tuple) or len(made) != 2:
        raise TypeError(f"{'encoder' if position == 0 else 'decoder'} must return a tuple (object, integer)")
    return made[0]


def encode(obj, encoding="utf-8", errors="strict"):
    return _call(0, obj, encoding, errors)


def decode(obj, encoding="utf-8", errors="strict"):
    return _call(1, obj, encoding, errors)


def _text_call(position, obj, encoding, errors):
    found = lookup(encoding)
    if not getattr(found, "_is_text_encoding", True):
        verb = "encode" if position == 0 else "decode"
        raise LookupError(f"'{encoding}' is not a text encoding; use codecs.{verb}() to handle arbitrary codecs")
    made = found[position](obj, errors or "strict")
    if not isinstance(made, tuple) or len(made) != 2:
        raise TypeError(f"{'encoder' if position == 0 else 'decoder'} must return a tuple (object, integer)")
    return made[0]


def str_encode(text, encoding, errors):
    """`str.encode` where the interpreter does not know the encoding or the handler."""
    made = _text_call(0, text, encoding, errors)
    if not isinstance(made, bytes):
        what = f"'{encoding}' encoder returned '{type(made).__name__}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types"
        raise TypeError(what)
    return made


def bytes_decode(data, encoding, errors):
    made = _text_call(1, data, encoding, errors)
    if not isinstance(made, str):
        what = f"'{encoding}' decoder returned '{type(made).__name__}' instead of 'str'; use codecs.decode() to decode to arbitrary types"
        raise TypeError(what)
    return made


# ---- handlers of errors


def register_error(errors, handler, /):
    if not callable(handler):
        raise TypeError("handler must be callable")
    _handlers[errors] = handler


def lookup_error(errors, /):
    try:
        return _handlers[errors]
    except KeyError:
        raise LookupError(f"unknown error handler name '{errors}'") from None


def _unregister_error(errors, /):
    if errors in _STANDARD:
        raise ValueError(f"cannot un-register built-in error handler '{errors}'")
    return _handlers.pop(errors, None) is not None


def _wrong(error):
    return TypeError(f"don't know how to handle {type(error).__name__} in error callback")


def strict_errors(error):
    if not isinstance(error, Exception):
        raise TypeError("codec must pass exception instance")
    raise error


def ignore_errors(error):
    if not isinstance(error, UnicodeError):
        raise _wrong(error)
    return "", error.end


def replace_errors(error):
    if isinstance(error, UnicodeEncodeError):
        return "?" * (error.end - error.start), error.end
    if isinstance(error, UnicodeDecodeError):
        return "\N{REPLACEMENT CHARACTER}", error.end
    if isinstance(error, UnicodeTranslateError):
        return "\N{REPLACEMENT CHARACTER}" * (error.end - error.start), error.end
    raise _wrong(error)


def xmlcharrefreplace_errors(error):
    if not isinstance(error, UnicodeEncodeError):
        raise _wrong(error)
    return "".join(f"&#{ord(c)};" for c in error.object[error.start : error.end]), error.end


def _escape(c):
    code = ord(c)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def backslashreplace_errors(error):
    if isinstance(error, UnicodeDecodeError):
        return "".join(f"\\x{byte:02x}" for byte in error.object[error.start : error.end]), error.end
    if isinstance(error, (UnicodeEncodeError, UnicodeTranslateError)):
        return "".join(_escape(c) for c in error.object[error.start : error.end]), error.end
    raise _wrong(error)


def namereplace_errors(error):
    if not isinstance(error, UnicodeEncodeError):
        raise _wrong(error)
    from unicodedata import name

    parts = []
    for c in error.object[error.start : error.end]:
        known = name(c, None)
        parts.append(_escape(c) if known is None else f"\\N{{{known}}}")
    return "".join(parts), error.end


def surrogateescape_errors(error):
    if isinstance(error, UnicodeEncodeError):
        codes = [ord(c) - 0xDC00 for c in error.object[error.start : error.end]]
        if not all(0x80 <= code <= 0xFF for code in codes):
            raise error
        return bytes(codes), error.end
    if isinstance(error, UnicodeDecodeError):
        part = error.object[error.start : error.end]
        count = 0
        while count < len(part) and count < 4 and part[count] >= 0x80:
            count += 1
        if not count:
            raise error
        return "".join(chr(0xDC00 + byte) for byte in part[:count]), error.start + count
    raise _wrong(error)


_UNITS = {"utf-16-le": (2, "little"), "utf-16-be": (2, "big"), "utf-32-le": (4, "little"), "utf-32-be": (4, "big")}


def surrogatepass_errors(error):
    encoding = error.encoding.lower().replace("_", "-")
    if encoding in ("utf-16", "utf-32"):
        encoding += "-le" if sys.byteorder == "little" else "-be"
    size, order = _UNITS.get(encoding, (3, None))
    if encoding not in _UNITS and encoding not in ("utf-8", "utf8", "cp65001"):
        raise error
    if isinstance(error, UnicodeEncodeError):
        made = b""
        for c in error.object[error.start : error.end]:
            code = ord(c)
            if not 0xD800 <= code <= 0xDFFF:
                raise error
            if order is None:
                made += bytes((0xE0 | code >> 12, 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F))
            else:
                made += code.to_bytes(size, order)
        return made, error.end
    if isinstance(error, UnicodeDecodeError):
        part = error.object[error.start : error.start + size]
        code = -1
        if order is not None and len(part) == size:
            code = int.from_bytes(part, order)
        elif order is None and len(part) == 3 and part[0] & 0xF0 == 0xE0 and part[1] & 0xC0 == 0x80 and part[2] & 0xC0 == 0x80:
            code = (part[0] & 15) << 12 | (part[1] & 0x3F) << 6 | part[2] & 0x3F
        if not 0xD800 <= code <= 0xDFFF:
            raise error
        return chr(code), error.start + size
    raise _wrong(error)


for _name, _function in list(globals().items()):
    if _name.endswith("_errors"):
        _handlers[_name.removesuffix("_errors")] = _function
_STANDARD = frozenset(_handlers)


def _encoded(text, errors, once):
    """Encodes with `once`, which raises at the first character that it cannot; the handler says what stands there instead."""
    if not isinstance(text, str):
        raise TypeError(f"argument 1 must be str, not {type(text).__name__}")
    parts, at, handler = [], 0, None
    while True:
        try:
            parts.append(once(text[at:] if at else text))
            return b"".join(parts), len(text)
        except UnicodeEncodeError as problem:
            if errors is None or errors == "strict":
                if not at:
                    raise
            start, end = at + problem.start, at + problem.end
            error = UnicodeEncodeError(problem.encoding, text, start, end, problem.reason)
        if handler is None:
            handler = lookup_error(errors or "strict")
        made = handler(error)
        if not isinstance(made, tuple) or len(made) != 2 or not isinstance(made[0], (str, bytes)):
            raise TypeError("encoding error handler must return (str/bytes, int) tuple")
        parts.append(once(text[at:start]))
        replacement, place = made
        if isinstance(replacement, str):
            try:
                replacement = once(replacement)
            except UnicodeEncodeError:
                raise error from None
        parts.append(replacement)
        at = _place(place, len(text))


def _place(place, length):
    moved = place + length if place < 0 else place
    if not 0 <= moved <= length:
        raise IndexError(f"position {place} from error handler out of bounds")
    return moved


def _decoded(data, errors, once):
    """Decodes with `once`, which raises at the first bytes that it cannot."""
    data = bytes(data)
    parts, at, handler = [], 0, None
    while True:
        try:
            parts.append(once(data[at:] if at else data))
            return "".join(parts), len(data)
        except UnicodeDecodeError as problem:
            if errors is None or errors == "strict":
                if not at:
                    raise
            start, end = at + problem.start, at + problem.end
            error = UnicodeDecodeError(problem.encoding, data, start, end, problem.reason)
        if handler is None:
            handler = lookup_error(errors or "strict")
        made = handler(error)
        if not isinstance(made, tuple) or len(made) != 2 or not isinstance(made[0], str):
            raise TypeError("decoding error handler must return (str, int) tuple")
        parts.append(once(data[at:start]))
        parts.append(made[0])
        at = _place(made[1], len(data))


def _by_core(encoding):
    def encoder(text, errors=None, /):
        return _encoded(text, errors, lambda part: core_encode(part, encoding))

    def decoder(data, errors=None, /):
        return _decoded(data, errors, lambda part: core_decode(bytes(part), encoding))

    return encoder, decoder


latin_1_encode, latin_1_decode = _by_core("latin-1")
ascii_encode, ascii_decode = _by_core("ascii")
utf_8_encode, _utf_8_whole = _by_core("utf-8")


def utf_8_decode(data, errors=None, final=False, /):
    data = bytes(data)
    if not final:
        # What may go on in the next piece is left.
        for back in range(1, min(3, len(data)) + 1):
            lead = data[-back]
            if lead & 0xC0 == 0x80:
                continue
            need = 2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4 if 0xF0 <= lead < 0xF5 else 1
            if need > back:
                try:
                    core_decode(data[-back:], "utf-8")
                except UnicodeDecodeError as problem:
                    if problem.reason == "unexpected end of data":
                        return _utf_8_whole(data[:-back], errors)[0], len(data) - back
            break
    return _utf_8_whole(data, errors)


# ---- UTF-16 and UTF-32


def _wide_encode_once(encoding, size, order):
    def once(text):
        out = bytearray()
        for at, c in enumerate(text):
            code = ord(c)
            if 0xD800 <= code <= 0xDFFF:
                raise UnicodeEncodeError(encoding, text, at, at + 1, "surrogates not allowed")
            if size == 2 and code >= 0x10000:
                code -= 0x10000
                out += (0xD800 + (code >> 10)).to_bytes(2, order) + (0xDC00 + (code & 0x3FF)).to_bytes(2, order)
            else:
                out += code.to_bytes(size, order)
        return bytes(out)

    return once


def _wide_decode_once(encoding, size, order):
    def once(data):
        parts, at, end = [], 0, len(data)
        while at < end:
            if end - at < size:
                raise UnicodeDecodeError(encoding, data, at, end, "truncated data")
            code = int.from_bytes(data[at : at + size], order)
            step = size
            if size == 2 and 0xD800 <= code <= 0xDFFF:
                if code >= 0xDC00:
                    raise UnicodeDecodeError(encoding, data, at, at + 2, "illegal encoding")
                if end - at < 4:
                    raise UnicodeDecodeError(encoding, data, at, end, "unexpected end of data")
                low = int.from_bytes(data[at + 2 : at + 4], order)
                if not 0xDC00 <= low <= 0xDFFF:
                    raise UnicodeDecodeError(encoding, data, at, at + 2, "illegal UTF-16 surrogate")
                code, step = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF), 4
            elif code > 0x10FFFF:
                raise UnicodeDecodeError(encoding, data, at, at + 4, "code point not in range(0x110000)")
            elif 0xD800 <= code <= 0xDFFF:
                raise UnicodeDecodeError(encoding, data, at, at + 4, "code point in surrogate code point range(0xd800, 0xe000)")
            parts.append(chr(code))
            at += step
        return "".join(parts)

    return once


def _wide(encoding, size, order):
    def encoder(text, errors=None, /):
        return _encoded(text, errors, _wide_encode_once(encoding, size, order))

    def decoder(data, errors=None, final=False, /):
        data = bytes(data)
        keep = len(data)
        if not final:
            keep -= keep % size
            if size == 2 and keep >= 2 and 0xD8 <= data[keep - 2 + (order == "little")] < 0xDC:
                keep -= 2
        return _decoded(data[:keep], errors, _wide_decode_once(encoding, size, order))[0], keep

    return encoder, decoder


utf_16_le_encode, utf_16_le_decode = _wide("utf-16-le", 2, "little")
utf_16_be_encode, utf_16_be_decode = _wide("utf-16-be", 2, "big")
utf_32_le_encode, utf_32_le_decode = _wide("utf-32-le", 4, "little")
utf_32_be_encode, utf_32_be_decode = _wide("utf-32-be", 4, "big")


def _with_mark(name, size):
    mark = "\ufeff"

    def encoder(text, errors=None, byteorder=0, /):
        order = "big" if byteorder > 0 else "little"
        made = _encoded(text, errors, _wide_encode_once(name, size, order))
        return (made[0] if byteorder else 0xFEFF.to_bytes(size, order) + made[0]), made[1]

    def ex_decoder(data, errors=None, byteorder=0, final=False, /):
        data = bytes(data)
        skip = 0
        if byteorder == 0 and len(data) >= size:
            for order, value in (("little", -1), ("big", 1)):
                if int.from_bytes(data[:size], order) == 0xFEFF:
                    byteorder, skip = value, size
        order = "big" if byteorder > 0 else "little"
        rest = data[skip:]
        keep = len(rest)
        if not final:
            keep -= keep % size
            if size == 2 and keep >= 2 and 0xD8 <= rest[keep - 2 + (order == "little")] < 0xDC:
                keep -= 2
        once = _wide_decode_once(name, size, order)

        def whole(part):
            # Positions count the mark.
            try:
                return once(part)
            except UnicodeDecodeError as problem:
                raise UnicodeDecodeError(name, data, problem.start + skip, problem.end + skip, problem.reason) from None

        if errors is None or errors == "strict":
            return whole(rest[:keep]), keep + skip, byteorder
        return _decoded(rest[:keep], errors, once)[0], keep + skip, byteorder

    def decoder(data, errors=None, final=False, /):
        return ex_decoder(data, errors, 0, final)[:2]

    return encoder, decoder, ex_decoder


utf_16_encode, utf_16_decode, utf_16_ex_decode = _with_mark("utf-16", 2)
utf_32_encode, utf_32_decode, utf_32_ex_decode = _with_mark("utf-32", 4)


# ---- escapes

_SIMPLE = {"\\": "\\", "'": "'", '"': '"', "b": "\b", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v", "a": "\a", "\n": ""}


def _unescape_once(encoding, raw):
    def once(data):
        text = data.decode("latin-1")
        parts, at, end = [], 0, len(text)
        while at < end:
            c = text[at]
            if c != "\\" or at + 1 == end and raw:
                parts.append(c)
                at += 1
                continue
            if at + 1 == end:
                raise UnicodeDecodeError(encoding, data, at, end, "\\ at end of string")
            c = text[at + 1]
            size = {"u": 4, "U": 8}.get(c) if raw else {"x": 2, "u": 4, "U": 8}.get(c)
            if size:
                digits = text[at + 2 : at + 2 + size]
                good = 0
                while good < len(digits) and digits[good] in "0123456789abcdefABCDEF":
                    good += 1
                if good < size:
                    raise UnicodeDecodeError(encoding, data, at, at + 2 + good, f"truncated \\{c}{'X' * size} escape".replace("\\x", "\\x"))
                code = int(digits, 16)
                if code > 0x10FFFF:
                    what = "\\Uxxxxxxxx out of range" if raw else "illegal Unicode character"
                    raise UnicodeDecodeError(encoding, data, at, at + 2 + size, what)
                parts.append(chr(code))
                at += 2 + size
            elif raw:
                parts.append("\\")
                at += 1
            elif c in _SIMPLE:
                parts.append(_SIMPLE[c])
                at += 2
            elif c in "01234567":
                stop = at + 2
                while stop < end and stop < at + 4 and text[stop] in "01234567":
                    stop += 1
                parts.append(chr(int(text[at + 1 : stop], 8)))
                at = stop
            elif c == "N":
                close = text.find("}", at)
                if text[at + 2 : at + 3] != "{" or close < 0:
                    raise UnicodeDecodeError(encoding, data, at, min(at + 2, end), "malformed \\N character escape")
                from unicodedata import lookup as named

                try:
                    parts.append(named(text[at + 3 : close]))
                except KeyError:
                    raise UnicodeDecodeError(encoding, data, at, close + 1, "unknown Unicode character name") from None
                at = close + 1
            else:
                parts.append("\\" + c)
                at += 2
        return "".join(parts)

    return once


def unicode_escape_decode(data, errors=None, final=True, /):
    data = data.encode() if isinstance(data, str) else bytes(data)
    return _decoded(data, errors, _unescape_once("unicodeescape", False))


def raw_unicode_escape_decode(data, errors=None, final=True, /):
    data = data.encode() if isinstance(data, str) else bytes(data)
    return _decoded(data, errors, _unescape_once("rawunicodeescape", True))


def unicode_escape_encode(text, errors=None, /):
    named = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"}
    made = "".join(named.get(c) or (c if " " <= c < "\x7f" else _escape(c)) for c in text)
    return made.encode("ascii"), len(text)


def raw_unicode_escape_encode(text, errors=None, /):
    return "".join(c if ord(c) < 0x100 else _escape(c) for c in text).encode("latin-1"), len(text)


def escape_encode(data, errors=None, /):
    if not isinstance(data, bytes):
        raise TypeError(f"escape_encode() argument 1 must be bytes, not {type(data).__name__}")
    named = {9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\", 39: "\\'"}
    return "".join(named.get(b) or (chr(b) if 32 <= b < 127 else f"\\x{b:02x}") for b in data).encode("ascii"), len(data)


def escape_decode(data, errors=None, /):
    data = data.encode() if isinstance(data, str) else bytes(data)
    out, at, end = bytearray(), 0, len(data)
    while at < end:
        byte = data[at]
        if byte != 92:
            out.append(byte)
            at += 1
            continue
        if at + 1 == end:
            raise ValueError("Trailing \\ in string")
        c = chr(data[at + 1])
        if c == "x":
            digits = data[at + 2 : at + 4]
            if len(digits) == 2 and all(d in b"0123456789abcdefABCDEF" for d in digits):
                out.append(int(digits, 16))
                at += 4
                continue
            if not errors or errors == "strict":
                raise ValueError(f"invalid \\x escape at position {at}")
            if errors == "replace":
                out += b"?"
            elif errors != "ignore":
                raise ValueError(f"decoding error; unknown error handling code: {errors}")
            at += 3 if len(digits) and digits[0] in b"0123456789abcdefABCDEF" else 2
        elif c in _SIMPLE:
            out += _SIMPLE[c].encode("latin-1")
            at += 2
        elif c in "01234567":
            stop = at + 2
            while stop < end and stop < at + 4 and data[stop] in b"01234567":
                stop += 1
            out.append(int(data[at + 1 : stop], 8) & 0xFF)
            at = stop
        else:
            out += data[at : at + 2]
            at += 2
    return bytes(out), end


# ---- tables


def charmap_build(table, /):
    return {ord(c): code for code, c in enumerate(table) if c != "\ufffe"}


def charmap_encode(text, errors=None, mapping=None, /):
    if mapping is None:
        return latin_1_encode(text, errors)

    def once(part):
        out = bytearray()
        for at, c in enumerate(part):
            try:
                made = mapping[ord(c)]
            except LookupError:
                made = None
            if made is None:
                stop = at + 1
                raise UnicodeEncodeError("charmap", part, at, stop, "character maps to <undefined>")
            if isinstance(made, int):
                out.append(made)
            else:
                out += made
        return bytes(out)

    return _encoded(text, errors, once)


def charmap_decode(data, errors=None, mapping=None, /):
    if mapping is None:
        return latin_1_decode(data, errors)

    def once(part):
        out = []
        for at, byte in enumerate(part):
            try:
                made = mapping[byte]
            except LookupError:
                made = None
            if made is None or made == "\ufffe" or made == 0xFFFE:
                raise UnicodeDecodeError("charmap", part, at, at + 1, "character maps to <undefined>")
            out.append(chr(made) if isinstance(made, int) else made)
        return "".join(out)

    return _decoded(data, errors, once)


def readbuffer_encode(data, errors=None, /):
    data = data.encode() if isinstance(data, str) else bytes(data)
    return data, len(data)
