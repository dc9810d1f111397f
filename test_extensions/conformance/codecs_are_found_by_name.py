"""PyCodec_*: search functions, encoders and decoders by name, stream and incremental ones, error handlers."""

import codecs
import io

import ext_codecs as c
from show import attempt, attempt_type

SEARCHED = []


class Name(str):
    pass


def search(name):
    SEARCHED.append(name)
    if name == "reversing":
        return codecs.CodecInfo(
            name="reversing",
            encode=lambda text, errors="strict": (text[::-1].encode(), len(text)),
            decode=lambda data, errors="strict": (bytes(data).decode()[::-1], len(data)),
        )
    if name == "short_tuple":
        return (1, 2)
    if name == "odd_results":
        return codecs.CodecInfo(name=name, encode=lambda text, errors="strict": "no tuple", decode=lambda data, errors="strict": (1, 2, 3))
    if name == "rot_like":
        return codecs.CodecInfo(
            name=name, encode=lambda text, errors="strict": (text.swapcase(), len(text)), decode=lambda text, errors="strict": (text, 0)
        )
    if name == "failing":
        raise LookupError("search failed")
    return None


attempt("register", c.PyCodec_Register, search)
attempt("register no function", c.PyCodec_Register, 5)
attempt_type("register NULL", c.PyCodec_Register, ...)
for name in ("utf-8", "UTF8", "latin-1", "reversing", "Reversing", "rever sing", "nothing", "failing", ""):
    print("known", name, c.PyCodec_KnownEncoding(name))
print("names asked for", sorted(set(SEARCHED)))

for encoding in ("ascii", "utf-8", "reversing", "hex", "nothing", "short_tuple", "failing", None):
    attempt(f"encode {encoding}", c.PyCodec_Encode, b"xyz" if encoding == "hex" else "xyz", encoding, None)
    attempt(f"decode {encoding}", c.PyCodec_Decode, b"7879" if encoding == "hex" else b"xyz", encoding, None)
attempt("odd results", c.PyCodec_Encode, "x", "odd_results", None)
attempt("odd results back", c.PyCodec_Decode, b"x", "odd_results", None)
attempt("no text", c.PyCodec_Encode, "xé", "ascii", "ignore")
attempt("replaced", c.PyCodec_Decode, b"x\xff", "ascii", "replace")
attempt_type("strict", c.PyCodec_Encode, "é", "ascii", "strict")
attempt("no such handler", c.PyCodec_Encode, "é", "ascii", "no-such-handler")
attempt("a subclass", c.PyCodec_Encode, Name("xyz"), "reversing", None)

for function in (c.PyCodec_Encoder, c.PyCodec_Decoder):
    for encoding in ("ascii", "reversing"):
        attempt(f"{function.__name__} {encoding}", function(encoding), "abc" if function is c.PyCodec_Encoder else b"abc")
    attempt(f"{function.__name__} of a stranger", function, "nothing")
    attempt(f"{function.__name__} of a short tuple", function, "short_tuple")

print("incremental", c.PyCodec_IncrementalEncoder("utf-16-le", None).encode("é"), c.PyCodec_IncrementalDecoder("utf-8", "replace").decode(b"a\xc3"))
print(
    "incremental, errors",
    c.PyCodec_IncrementalEncoder("ascii", "ignore").encode("aé"),
    c.PyCodec_IncrementalDecoder("ascii", "ignore").decode(b"a\xff"),
)
attempt("incremental of none", c.PyCodec_IncrementalEncoder, "reversing", None)
attempt("incremental of a stranger", c.PyCodec_IncrementalDecoder, "nothing", None)
stream = io.BytesIO()
c.PyCodec_StreamWriter("utf-16-be", stream, None).write("é")
print("stream", stream.getvalue(), c.PyCodec_StreamReader("utf-16-be", io.BytesIO(stream.getvalue()), "strict").read())
attempt("stream of a stranger", c.PyCodec_StreamReader, "nothing", stream, None)

print("error handlers")
HANDLERS = (
    c.PyCodec_StrictErrors,
    c.PyCodec_IgnoreErrors,
    c.PyCodec_ReplaceErrors,
    c.PyCodec_XMLCharRefReplaceErrors,
    c.PyCodec_BackslashReplaceErrors,
    c.PyCodec_NameReplaceErrors,
)
for handler in HANDLERS:
    print(handler.__name__)
    for label, error in (
        ("encode", UnicodeEncodeError("ascii", "aé\u20ac\U0001f389\ud800b", 1, 5, "why")),
        ("encode nothing", UnicodeEncodeError("ascii", "abc", 1, 1, "why")),
        ("encode beyond", UnicodeEncodeError("ascii", "abc", 2, 10, "why")),
        ("decode", UnicodeDecodeError("ascii", b"a\x00\xffb", 1, 3, "why")),
        ("translate", UnicodeTranslateError("aéb", 1, 2, "why")),
        ("other", ValueError("no Unicode error")),
    ):
        attempt(f"  {label}", handler, error)
    attempt("  no exception", handler, 5)

for name in (None, "strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogateescape", "surrogatepass"):
    print("PyCodec_LookupError", name, c.PyCodec_LookupError(name) is codecs.lookup_error(name or "strict"), c._Py_GetErrorHandler(name))
print(c._Py_GetErrorHandler("other"), c._Py_GetErrorHandler(""))
attempt("no handler", c.PyCodec_LookupError, "unheard of")


def handler(error):
    return "<%d>" % error.start, error.end


attempt("register a handler", c.PyCodec_RegisterError, "tested.handler", handler)
print(c.PyCodec_LookupError("tested.handler") is handler, "aéb".encode("ascii", "tested.handler"))
attempt("register no function", c.PyCodec_RegisterError, "tested.other", 5)
attempt("still none", c.PyCodec_LookupError, "tested.other")

attempt("unregister", c.PyCodec_Unregister, search)
attempt("unregister a stranger", c.PyCodec_Unregister, print)
print("known after", c.PyCodec_KnownEncoding("reversing"), c.PyCodec_KnownEncoding("utf-8"))

print("objects")
for function in (c.PyUnicode_AsEncodedObject, c.PyUnicode_AsEncodedUnicode):
    for encoding in ("ascii", None, "rot13", "nothing"):
        attempt(f"{function.__name__} {encoding}", function, "abc", encoding, None)
    attempt(f"{function.__name__} no text", function, b"abc", "ascii", None)
for function in (c.PyUnicode_AsDecodedObject, c.PyUnicode_AsDecodedUnicode):
    for encoding in ("rot13", "nothing"):
        attempt(f"{function.__name__} {encoding}", function, "abc", encoding, None)
    attempt_type(f"{function.__name__} ascii", function, "abc", "ascii", None)
    attempt(f"{function.__name__} no text", function, b"abc", "ascii", None)
