# bytes, bytearray, memoryview, and the codecs.
def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, error)


b = b"Hello\x00\xff\n'"
print(b, b[0], b[-1], b[1:4], b[::-1], len(b), 72 in b, b"ell" in b, b + b"!", b"ab" * 3, b"a" < b"b", b == bytearray(b))
print(bytes(3), bytes([1, 2, 255]), bytes("é", "utf-8"), bytes(bytearray(b"x")), b"abc".hex(), b"abc".hex("-"), bytes.fromhex("61 62 63"), list(b"ab"))
print(b"a,b,,c".split(b","), b" a b ".split(), b"a\nb\r\nc".splitlines(), b"k=v".partition(b"="), b"aXbX".replace(b"X", b"--"), b",".join([b"a", b"b"]))
print(b"abcabc".find(b"c"), b"abcabc".rfind(b"c"), b"abc".index(b"b"), b"aaa".count(b"a"), b"abc".startswith(b"a"), b"abc".endswith((b"x", b"c")), b" x ".strip(), b"xax".strip(b"x"))
print(b"aBc".upper(), b"aBc".lower(), b"123".isdigit(), b"abc".decode(), "héé".encode(), "héé".encode("latin-1"), b"\xe9".decode("latin-1"), "é".encode("ascii", "replace"))
a = bytearray(b"abc")
a.append(100)
a.extend(b"ef")
a[0] = 65
a[1:3] = b"XYZ"
print(a, a.pop(), a.pop(0), len(a), a[::2], repr(bytearray()))
del a[0]
a += b"end"
a.insert(0, 33)
a.reverse()
print(a, bytes(a), a == bytes(a), a.copy())
m = memoryview(bytearray(b"abcdef"))
print(m[0], m[1:3].tobytes(), bytes(m[::-2]), len(m), m.tolist(), m.readonly, m.format, m.itemsize, m.shape, m.strides, m.nbytes, m == b"abcdef")
m[0] = 90
m[1:3] = b"..."[:2]
print(m.obj, memoryview(b"x").readonly, m[2:].obj is m.obj)
with memoryview(b"abc") as v:
    print(v[1])
attempt(lambda: v[0])
attempt(lambda: memoryview(b"abc").__setitem__(0, 1))
attempt(lambda: memoryview("text"))
attempt(lambda: m.__setitem__(0, 256))
attempt(lambda: m[9])
attempt(lambda: b"abc"[5])
attempt(lambda: b"abc" + "x")
attempt(lambda: bytes([256]))
attempt(lambda: bytes("x"))
attempt(lambda: bytes(-1))
attempt(lambda: bytes(None))
attempt(lambda: b"\xff".decode())
attempt(lambda: b"ab\xe2\x82".decode())
attempt(lambda: "\udc80".encode())
attempt(lambda: "é".encode("ascii"))
attempt(lambda: b"\xff".decode("ascii"))
attempt(lambda: "x".encode("no-such"))
print(b"a\xffb".decode("utf-8", "replace"), b"a\xffb".decode("utf-8", "ignore"), "a\udcffb".encode("utf-8", "surrogateescape"), "\ud800".encode("utf-8", "surrogatepass"), b"\xed\xa0\x80".decode("utf-8", "surrogatepass") == "\ud800")
print({b"k": 1}[b"k"], hash(b"x") == hash(b"x"), int.from_bytes(b"\x01\x00", "big"), int.from_bytes(b"\xff", "little", signed=True), (1000).to_bytes(2, "little"))
try:
    b"x\x80".decode()
except UnicodeDecodeError as error:
    print(error.encoding, error.object, error.start, error.end, error.reason)

array = same = bytearray(b"ab")
array *= 3
print(same, array is same)
array *= 0
print(same, array is same)
array += b"x"
view = memoryview(array)
array *= 1
try:
    array *= 2
except BufferError as error:
    print(error)
view.release()
for left, right in ((type("Text", (str,), {})("a"), []), (type("List", (list,), {})(), ()), (bytearray(), "a"), (array, type("T", (), {})())):
    try:
        left + right
    except TypeError as error:
        print(error)


class Bytes:
    def __bytes__(self):
        return b"xx"


class Index:
    def __index__(self):
        return 3


def attempt(function, *args):
    try:
        print(function(*args))
    except Exception as error:
        print(type(error).__name__, error)


for source in (Bytes(), Index(), 1.5, "x", -1, ["a"], [256], {1, 2}, None):
    attempt(bytes, source)
    attempt(bytearray, source)
attempt(bytes, b"x", "utf8")
attempt(lambda: bytes(encoding="utf8"))
attempt(lambda: bytearray(errors="strict"))
array = bytearray(b"abc")
for source in (3, "x", "", Bytes(), [300], ["a"], [1], b"", array):
    attempt(array.extend, source)
    attempt(array.__setitem__, slice(0, 1), source)
    print(array)
attempt(memoryview(b"abc").__delitem__, 0)
attempt(memoryview(bytearray(b"abc")).__delitem__, 0)
for text in (b"hello world", b"Hello World", b"they're 2nd x", b"", b"ABC", b"A1", b" \t", b"\xe9t\xe9", b"aB"):
    for name in ("capitalize", "title", "swapcase", "isalnum", "isascii", "islower", "isupper", "isspace", "istitle"):
        print(name, getattr(text, name)(), getattr(bytearray(text), name)())
for text in (b"+12", b"-1", b"12", b"", b"abc"):
    for width in (-1, 2, 5, 6):
        print(text.zfill(width), text.center(width), text.ljust(width, b"*"), text.rjust(width, bytearray(b"*")), bytearray(text).zfill(width))
for text in (b"a\tb", b"\t", b"a\nb\tc", b"ab\r\tc\t\t", b""):
    print(text.expandtabs(), *(text.expandtabs(size) for size in (-3, 0, 1, 4)), bytearray(text).expandtabs(tabsize=3))
print(b" a b  c ".rsplit(), b" a b  c ".rsplit(None, 1), b" a ".rsplit(None, 0), b"a,b,c".rsplit(b",", 1), b"a,b,c".rsplit(sep=b",", maxsplit=-1))
print(b"a,b,c".rpartition(b","), b"abc".rpartition(b","), bytearray(b"abc").rpartition(b"b"), b"abcabc".rindex(b"b"), b"abcabc".rindex(98, 0, 3))
print(b"abc".removeprefix(b"ab"), b"abc".removeprefix(b"b"), b"abc".removesuffix(b"c"), bytearray(b"abc").removesuffix(b""))
table = bytes.maketrans(b"ab", bytearray(b"cd"))
print(table[95:101], b"aabbcc".translate(table), b"aabbcc".translate(None, b"b"), bytearray(b"abc").translate(table, delete=b"c"), b"".translate(table))
attempt(lambda: b"a".center(3, "x"))
attempt(lambda: b"a".ljust(3, b"xx"))
attempt(lambda: b"a".translate(b"x"))
attempt(lambda: b"a".translate("x" * 256))
attempt(lambda: bytes.maketrans(b"a", b"bc"))
attempt(lambda: b"a".rpartition(b""))
attempt(lambda: b"a".rsplit(b""))
attempt(lambda: b"a".rindex(b"x"))
attempt(lambda: b"a".removeprefix("a"))
