"""numpy: arrays of every kind, indexing, broadcasting, ufuncs, structured arrays, text, dates, objects, buffers both ways, pickles, subclasses, linalg, fft, random, errors."""

import array
import copy
import ctypes
import gc
import io
import operator
import pickle
import sys
import threading
import warnings
import weakref

import numpy as np
from numpy._core import _multiarray_umath
from report import accelerated, digest, error

print("-- making")
print(np.arange(10).sum(), np.arange(10), np.arange(2, 3, 0.25), np.zeros((2, 3)), np.ones(3, dtype=np.int8), np.full((2, 2), 7), np.eye(3, k=1), np.linspace(0, 1, 5), np.empty((0, 3)).shape)
for value in [5, 2.5, 1j, True, "text", b"bytes", None, [1, 2.5], [1, True], [[1, 2], [3, 4]], [1, "a"], (1, 2), range(4), [2**31, 1], [2**63, 1], [2**64], {1}, [None, 1], array.array("h", [1, 2]), memoryview(b"abc"), bytearray(b"xyz"), np.float32(1.5), [np.int8(1), np.int16(2)]]:
    made = np.array(value)
    print(repr(made), made.dtype, made.shape, made.ndim)
for call in [lambda: np.array([[1, 2], [3]]), lambda: np.array([1, "x"], dtype=int), lambda: np.array([300], dtype=np.int8), lambda: np.array(1, dtype="nonsense"), lambda: np.array(), lambda: np.array([1], ndmin=65), lambda: np.zeros(-1), lambda: np.zeros((2, "x")), lambda: np.arange(), lambda: np.arange(1, 2, 0), lambda: np.ones(2**62), lambda: np.array(5, copy="x"), lambda: np.array([1], order="Q"), lambda: np.full((2,), [1, 2, 3]), lambda: np.frombuffer(b"abc", dtype=np.int32), lambda: np.fromiter([1, "x"], dtype=int)]:
    error(call)
print(np.fromstring("1 2 3", sep=" "), np.fromiter((n * n for n in range(5)), dtype=np.int64), np.frombuffer(b"\1\0\2\0", dtype="<i2"), np.fromfunction(lambda i, j: i + j, (2, 2)), np.asarray([1], dtype=">f4"), np.ascontiguousarray(np.arange(4)[::2]), np.tri(3), np.diag([1, 2]), np.meshgrid([1, 2], [3, 4])[0].tolist(), np.indices((2, 2)).tolist())

print("-- dtypes")
for name in ["?", "i1", "u8", ">i4", "f2", "f8", "c16", "S5", "U3", "V4", "O", "M8[us]", "m8[D]", "i4,f8", "(2,3)i2", int, float, bool, complex, object, bytes, str, np.longdouble]:
    kind = np.dtype(name)
    print(repr(kind), kind.kind, kind.itemsize, kind.str, kind.name, kind.isnative, kind.shape, kind.alignment, kind.hasobject)
record = np.dtype([("name", "U5"), ("age", "i2"), ("pos", [("x", "f4"), ("y", "f4")]), ("grid", "u1", (2, 2))], align=True)
print(record, record.names, record.fields["age"], record.itemsize, record["pos"], record.isalignedstruct, np.dtype({"names": ["a", "b"], "formats": ["i1", "i4"], "offsets": [4, 0]}), np.dtype(record).newbyteorder(">")["age"])
print(np.result_type(np.int8, np.uint8), np.promote_types("i4", "f4"), np.can_cast("i8", "i4"), np.can_cast("i4", "f8", "safe"), np.min_scalar_type(300), np.issubdtype(np.int32, np.integer), np.iinfo(np.int16).max, np.finfo(np.float32).eps, np.common_type(np.ones(1, "f4")), np.dtype("i4") == np.int32, hash(np.dtype("i4")) == hash(np.dtype(np.int32)), np.dtype("i4") < np.dtype("i8"))
for call in [lambda: np.dtype("x9"), lambda: np.dtype([("a",)]), lambda: np.dtype([("a", "i4"), ("a", "i4")]), lambda: np.dtype(5), lambda: record["none"], lambda: record[9], lambda: np.dtype("i4,"), lambda: np.dtype({"names": ["a"], "formats": []}), lambda: setattr(np.dtype("i4"), "itemsize", 5), lambda: np.promote_types("M8[s]", "f8")]:
    error(call)

print("-- indexing")
a = np.arange(24).reshape(2, 3, 4)
print(a[1, 2, 3], a[0], a[..., 1], a[:, ::2, -1], a[1, :, 1:3], a[None].shape, a[-1, -1], a[a % 5 == 0], a[[0, 1], [1, 2]], a[:, [2, 0]][0], a[np.ix_([0], [0, 2])].shape, a.flat[5], a.ravel()[::-5], a.take([3, 1]), a.T.shape, a.swapaxes(0, 2).strides, a.item(7), a[True].shape)
b = a.copy()
b[0, 0] = -1
b[1, ..., 0] = [7, 8, 9]
b[b > 20] = 0
b[:, 1:2] += 100
b[[0, 1], 2, [3, 2]] = 55
b.flat[::7] = 3
np.put(b, [1, 2], [8, 9])
print(b, b.base is None, a[0].base is a, np.shares_memory(a, a[0]), a.flags.c_contiguous, a.T.flags.f_contiguous, a[::2].flags.owndata)
for call in [lambda: a[2], lambda: a[0, 0, 0, 0], lambda: a["x"], lambda: a[1.5], lambda: a[[0, 5]], lambda: a[[True, False, True]], lambda: a.reshape(5, 5), lambda: b.__setitem__(0, [1, 2]), lambda: b.__setitem__((0, 0), "x"), lambda: a[0][object()], lambda: a.item(99), lambda: a.take([99]), lambda: a.__delitem__(0), lambda: np.squeeze(a, 0), lambda: a.transpose(0, 0, 1), lambda: a.resize(3), lambda: a[..., ...], lambda: bool(a), lambda: int(a), lambda: hash(a), lambda: len(np.array(5)), lambda: iter(np.array(5)), lambda: a.view("x9"), lambda: setattr(a, "nothing", 1), lambda: a.nothing]:
    error(call)
frozen = np.arange(3)
frozen.flags.writeable = False
error(frozen.__setitem__, 0, 1)
error(frozen.sort)

print("-- arithmetic")
x, y = np.array([1, 2, 3]), np.array([[10], [20]])
print(x + y, x * 2.5, 2 ** x, x / 2, x // 2, x % 2, -x, abs(-x), x @ x, y @ [[1, 2]], x == 2, x < y, ~x, x << 1, x & 1, divmod(x, 2), x ** -1.0, pow(x, 2), +x, x | 8, (x > 1) ^ (x > 2), round(np.array([1.567]).item(), 2), np.array([1.567]).round(1), x.astype("f4") / 3)
z = x.copy()
z += 1
z *= [2, 3, 4]
z **= 2
z //= 3
print(z, 5 - z, [1, 2, 3] + z, z + (1, 2, 3), np.add(x, 1, out=z) is z, z, np.multiply.outer(x, x), np.add.reduce(a, axis=(0, 2)), np.add.accumulate(x), np.maximum.reduce([3, 1, 2]), np.add.at(z, [0, 0], 5), z, np.subtract.reduceat(np.arange(6), [0, 3]), np.add(x, x, where=[True, False, True], out=np.zeros(3, int)))
with np.errstate(all="ignore"):
    print(np.array([1.0, 0, -1]) / 0, np.int8(127) + np.int8(1), np.sqrt([-1.0]), np.float32(1e38) * np.float32(10))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    np.array([1.0]) / 0
    np.log([0.0, -1.0])
    np.int8(100) * np.int8(2)
    np.array([300]).astype("i1")
    print([(warning.category.__name__, str(warning.message)) for warning in caught])
with np.errstate(divide="raise"):
    error(lambda: np.array([1.0]) / 0)
errors = []
with np.errstate(over="call", call=lambda kind, flag: errors.append((kind, flag))):
    np.float64(1e308) * np.array([10.0])
print(errors)
for call in [lambda: x + [1, 2], lambda: x + "text", lambda: x @ y @ y, lambda: np.add(1), lambda: np.add(1, 2, 3, 4), lambda: np.add(x, 1, out=5), lambda: np.add(x, 1, out=np.zeros(2)), lambda: np.add(x, 1, dtype="U1"), lambda: operator.iadd(x.copy(), 1.5), lambda: x << 1.0, lambda: np.sin("x"), lambda: np.sin(object()), lambda: x ** -1, lambda: np.add.reduce(x, axis=5), lambda: np.add(x, x, casting="no", dtype="f8"), lambda: np.add(x, 1, nonsense=2), lambda: 5 @ x, lambda: np.maximum.reduce([]), lambda: x.sum(axis=(0, 0)), lambda: np.int8(300)]:
    error(call)
print(np.add.nin, np.add.nout, np.add.ntypes > 10, np.add.identity, np.add.types[:3], np.add, np.sin.__name__, np.frompyfunc(lambda p, q: f"{p}{q}", 2, 1)([1, 2], ["a", "b"]), np.vectorize(lambda p: p * 2, otypes=["f8"])([1, 2]))
print(np.sin(np.pi / 2), np.exp([0, 1]).round(6), np.hypot(3, 4), np.gcd(12, [18, 8]), np.sign([-2, 0, 3]), np.floor([-1.5, 1.5]), np.isnan([1, np.nan]), np.clip(x, 2, None), np.modf(2.5), np.frexp(8.0), np.ldexp(1.0, 3), np.logical_and([1, 0], [1, 1]), np.arctan2(1, 1).round(6), np.bitwise_count(np.array([7, 8])), np.positive(x), np.cbrt(27.0))

print("-- methods and functions")
m = np.array([[3, 1, 2], [9, 7, 8]])
print(m.sum(), m.sum(axis=0), m.mean(axis=1, keepdims=True), m.std().round(4), m.var(), m.min(), m.max(axis=1), m.argmax(), m.argsort(axis=1), np.sort(m, axis=0), m.cumsum(), m.prod(), m.any(), m.all(axis=0), np.ptp(m), m.nonzero(), m.tolist(), m.trace(), m.repeat(2, axis=1), m.dot([1, 2, 3]), np.searchsorted([1, 3, 5], 4), m.diagonal(), m.compress([True, False], axis=0), np.partition([5, 1, 4, 2], 2)[2], m.tobytes()[:8], m.clip(2, 8))
print(np.concatenate([x, x]), np.stack([x, x], 1), np.vstack([x, x]), np.hstack([x, x]), np.split(np.arange(6), 3), np.where(m > 2, m, -1), np.unique([3, 1, 3], return_counts=True), np.tile(x, 2), np.roll(x, 1), np.flip(m, 1), np.rot90(m), np.pad(x, 1), np.diff([1, 4, 9]), np.histogram([1, 2, 2, 5], bins=2), np.bincount([0, 1, 1]), np.einsum("ij,j", m, [1, 1, 1]), np.tensordot(m, m, 2), np.kron([1, 2], [1, 1]), np.cross([1, 0, 0], [0, 1, 0]), np.outer([1, 2], [3, 4]), np.percentile([1, 2, 3, 4], 50), np.median([3, 1, 2]), np.interp(1.5, [1, 2], [10, 20]), np.polyfit([0, 1, 2], [1, 3, 5], 1).round(6), np.isin([1, 5], [5]), np.array_equal(x, [1, 2, 3]), np.allclose([1.0], [1.0 + 1e-9]), np.apply_along_axis(sum, 1, m), np.select([x < 2, x > 2], [x, -x]), np.digitize([1.5], [1, 2]), np.lexsort(([1, 2], [2, 1])), np.broadcast_to(x, (2, 3)).strides, np.nan_to_num([np.nan]), np.cov([1, 2, 3]), np.gradient([1.0, 4, 9]), np.convolve([1, 2], [1, 1]), np.packbits([1, 0, 1]), np.ndindex(2, 2).__class__.__name__, list(np.ndindex(1, 2)), list(np.ndenumerate([5, 6])), [tuple(map(int, pair)) for pair in np.nditer([[1, 2], [3, 4]])])
s = np.array(["b", "a", "cc"])
print(s, np.sort(s), np.char.upper(s), np.strings.add(s, "!"), s == "a", np.char.join("-", s), s.astype("S2"), np.array([b"x", b"yy"]).astype("U"), np.array(["1", "2"]).astype(int), np.strings.find(s, "c"), np.array(["\u20ac\U0001f600"])[0], np.array(["vary", "ing length"], dtype=np.dtypes.StringDType()), np.strings.str_len(np.array(["vary", "\u20ac"], dtype="T")))
d = np.array(["2024-02-29", "2024-03-01"], dtype="M8[D]")
print(d, d[1] - d[0], d + np.timedelta64(1, "D"), d.astype("M8[M]"), np.datetime64("2024-01-01T12:30"), np.timedelta64(90, "m") / np.timedelta64(30, "m"), np.datetime64("NaT", "s"), d.astype(object), np.busday_count("2024-01-01", "2024-01-31"), np.arange("2024-01", "2024-04", np.timedelta64(1, "M"), dtype="M8[M]"), np.datetime_as_string(d))
error(np.datetime64, "not a date")
error(lambda: d + d)
o = np.array([1, "two", [3], None], dtype=object)
print(o, o[2] is o.tolist()[2], np.array([[1], [2]], dtype=object) + 0, np.array([1, 2], dtype=object).sum(), len(o))

print("-- structured")
t = np.array([("ann", 5, (1, 2), [[1, 2], [3, 4]]), ("bob", 7, (3, 4), 0)], dtype=record)
print(t, t["age"], t["pos"]["y"], t[0], t[0]["name"], t[1].item(), t[["name", "age"]], t[t["age"] > 5]["name"], np.sort(t, order="age")[::-1]["name"], t["grid"].shape, t.view(np.recarray).age, type(t[0]), len(t[0]), t[0].tolist())
t["age"] += 1
t[0] = ("new", 1, (0, 0), 1)
t[1]["pos"]["x"] = 9
print(t, t == t.copy(), np.rec.array([(1, 2.0)], names="a,b").b)
error(lambda: t["none"])
error(lambda: t[["age", "none"]])
error(lambda: t.__setitem__(0, (1, 2)))

print("-- scalars")
for scalar in [np.int8(-5), np.uint64(2**63), np.float16(1.1), np.float64(1.5), np.complex64(1 + 2j), np.bool_(True), np.str_("x"), np.bytes_(b"y"), np.datetime64("2024"), np.longdouble(2)]:
    print(repr(scalar), scalar, type(scalar).__mro__[1].__name__, scalar.dtype, scalar.itemsize, scalar.item(), scalar.ndim, scalar == scalar.item(), hash(scalar) == hash(scalar.item()), pickle.loads(pickle.dumps(scalar)) == scalar, isinstance(scalar, (int, float, complex, str, bytes)))
print(np.float64(3) + 1, 1 + np.int8(3), np.int64(7) // 2, [1, 2, 3][np.int8(1)], range(np.int64(3)), f"{np.float64(1.25):.1f} {np.int32(255):x}", np.float64("1e5"), np.float64(2).is_integer(), np.int64(5).bit_count(), np.bool_(1) & True, divmod(np.int64(7), 3), round(np.float64(2.567), 1), int(np.float32(2.9)), operator.index(np.uint8(5)), np.float64(1) / 3, complex(np.complex128(1j)), np.int64(2) ** 10, -np.float32(0), bool(np.int8(0)), np.float64(1) < 2, "%d" % np.int16(5))
for call in [lambda: np.int8("x"), lambda: np.float64("x"), lambda: np.int8(1) + "x", lambda: operator.index(np.float64(1)), lambda: [1][np.float64(0)], lambda: np.int8(1)[0], lambda: np.generic(), lambda: np.number(5), lambda: np.uint8(-1), lambda: np.int64(1).nothing]:
    error(call)

print("-- buffers and files")
base = bytearray(b"\1\2\3\4\5\6\7\10")
view = np.frombuffer(base, dtype="<u2")
view[0] = 0xFFFF
print(base, view, bytes(memoryview(view)), memoryview(m).shape, memoryview(m).format, memoryview(m).strides, memoryview(m)[1, 2], memoryview(m.T).f_contiguous, memoryview(np.zeros(2, "i2,f4")).format, bytes(np.arange(3, dtype="u1")), np.array(memoryview(m))[0], np.asarray(array.array("d", [1.5])), bytearray(np.arange(3, dtype="i1")), memoryview(np.array(5)).ndim, memoryview(np.arange(4)[::2]).tolist())
error(base.append, 1)
del view
gc.collect()
base.append(1)
error(lambda: memoryview(np.array(["2024"], dtype="M8[Y]")))
error(lambda: memoryview(frozen).__setitem__(0, 1))
print(np.ctypeslib.as_array((ctypes.c_int * 3)(1, 2, 3)), x.ctypes.shape[0], x.__array_interface__["typestr"], x.__array_interface__["shape"], np.asarray(type("Interface", (), {"__array_interface__": x.__array_interface__})()), np.from_dlpack(x), x.__array_struct__ is not None)
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    back = pickle.loads(pickle.dumps([m, t, s, o, m.T, d], protocol))
    print(protocol, all(np.array_equal(one, other) for one, other in zip(back, [m, t, s, o, m.T, d])), back[1].dtype == t.dtype, back[4].flags.f_contiguous, end=" ")
print()
buffers = []
data = pickle.dumps(m, 5, buffer_callback=buffers.append)
print(len(buffers), np.array_equal(pickle.loads(data, buffers=buffers), m), copy.deepcopy(o)[2] is o[2], copy.copy(m) is m)
file = io.BytesIO()
np.save(file, t)
file.seek(0)
print(np.load(file)["name"], len(file.getvalue()))
file = io.BytesIO()
np.savez_compressed(file, x=x, m=m)
file.seek(0)
print(sorted(np.load(file).files), np.load(io.BytesIO(file.getvalue()))["m"][1])
text = io.StringIO()
np.savetxt(text, m, fmt="%d", delimiter=",")
print(text.getvalue(), np.loadtxt(io.StringIO(text.getvalue()), delimiter=","), np.genfromtxt(io.StringIO("1,x\n2,3"), delimiter=","))
print(np.array2string(np.arange(2000), threshold=5), np.array_repr(m), np.array([1e-10, 1, 1e10]), np.array([0.1, 100]), np.array([[1.5, np.nan]]), np.format_float_positional(1e-7), np.array([1 + 2j, 3]))
with np.printoptions(precision=2, suppress=True, linewidth=30, formatter={"int": lambda n: f"<{n}>"}):
    print(np.array([1.23456, 1e-9]), np.arange(20))

print("-- subclasses and protocols")


class Tagged(np.ndarray):
    def __new__(cls, data, tag=None):
        made = np.asarray(data).view(cls)
        made.tag = tag
        return made

    def __array_finalize__(self, source):
        self.tag = getattr(source, "tag", "none")

    def __array_wrap__(self, result, context=None, return_scalar=False):
        wrapped = super().__array_wrap__(result, context, return_scalar)
        return wrapped


tagged = Tagged([1, 2, 3], "first")
print(tagged, tagged.tag, tagged[1:].tag, (tagged + 1).tag, type(tagged + 1).__name__, np.sin(tagged).tag, tagged.copy().tag, tagged.view(np.ndarray).__class__.__name__, type(tagged.sum()).__name__, np.asanyarray(tagged) is tagged, type(np.asarray(tagged)).__name__, Tagged.__mro__[1].__name__, pickle.loads(pickle.dumps(tagged)).__class__.__name__)


class Unit:
    def __init__(self, value):
        self.value = value

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return ("ufunc", ufunc.__name__, method, [getattr(item, "value", item) for item in inputs], sorted(kwargs))

    def __array_function__(self, function, types, args, kwargs):
        return ("function", function.__name__, [kind.__name__ for kind in types], len(args), sorted(kwargs))


class Convertible:
    def __array__(self, dtype=None, copy=None):
        return np.array([7, 8], dtype=dtype)


class Sequence:
    def __len__(self):
        return 2

    def __getitem__(self, index):
        if index > 1:
            raise IndexError
        return index * 10


class Failing:
    def __array__(self, dtype=None, copy=None):
        raise ZeroDivisionError("no array")


unit = Unit(5)
print(np.add(unit, 1), np.arange(2) + unit, np.multiply.reduce(unit, axis=0), np.concatenate([unit, unit]), np.sum(unit, axis=1), np.array(Convertible(), dtype=float), np.add(Convertible(), 1), np.array(Sequence()))
error(np.array, Failing())


class Refuses:
    __array_ufunc__ = None

    def __radd__(self, other):
        return "radd"


print(np.arange(2) + Refuses())
error(np.add, np.arange(2), Refuses())


class Priority(np.ndarray):
    __array_priority__ = 50


print(type(tagged + np.arange(3).view(Priority)).__name__, np.matrix([[1, 2], [3, 4]]) * np.matrix([[1], [1]]), np.ma.array([1, 2, 3], mask=[0, 1, 0]).sum(), np.ma.array([1, 2], mask=[0, 1]))
gone = weakref.ref(tagged)
tagged.ring = tagged
del tagged
gc.collect()
print("a cycle through a subclass was collected:", gone() is None)
ring = np.array([None], dtype=object)
ring[0] = ring
print(ring.dtype)
ring[0] = None
held = [0]


class Noted:
    def __del__(self):
        held[0] += 1


many = np.array([Noted() for _ in range(10)], dtype=object)
many[:5] = None
gc.collect()
print(held)
del many
gc.collect()
print(held)

print("-- linalg, fft, random, polynomials")
square = np.array([[2.0, 1], [1, 3]])
print(np.linalg.det(square).round(6), np.linalg.inv(square).round(6), np.linalg.solve(square, [1, 2]).round(6), np.linalg.eigvalsh(square).round(6), np.linalg.norm(square).round(6), np.linalg.matrix_rank(square), np.linalg.svd(square)[1].round(6), np.abs(np.linalg.qr(square)[1]).round(6), np.linalg.cholesky(square).round(6), np.linalg.matrix_power(square, 3), np.linalg.lstsq(square, [1, 2])[0].round(6), np.linalg.pinv(square).round(6), np.linalg.eig(square).eigenvalues.sum().round(6))
error(np.linalg.inv, np.zeros((2, 2)))
error(np.linalg.inv, np.zeros((2, 3)))
error(np.linalg.cholesky, -square)
print(np.fft.fft([1, 2, 3, 4]).round(6), np.fft.ifft(np.fft.fft([1, 2])).round(6), np.fft.rfft([1, 0, 1]).round(6), np.fft.fftfreq(4))
random = np.random.default_rng(5)
print(random.integers(0, 100, 8), random.random(3).round(6), random.normal(size=2).round(6), random.choice([1, 2, 3], 2), random.permutation(5), random.shuffle(shuffled := list(range(6))), shuffled, random.bytes(4), round(random.standard_gamma(2.0), 6), random.multinomial(5, [0.5, 0.5]), random.binomial(10, 0.5), random.poisson(3), round(random.exponential(), 6))
old = np.random.RandomState(7)
print(old.randint(0, 10, 5), old.rand(2).round(6), old.randn(2).round(6), old.choice(5, 2, replace=False), old.permutation([1, 2, 3]), old.get_state()[0], round(np.random.Generator(np.random.Philox(3)).random(), 6), np.random.Generator(np.random.MT19937(3)).integers(10), np.random.SeedSequence(5).generate_state(2), pickle.loads(pickle.dumps(random)).random() == random.random(), round(random.spawn(2)[1].random(), 6))
error(random.integers, 5, 1)
error(random.choice, [])
error(random.normal, size=-1)
error(random.choice, 5, 9, replace=False)
error(np.random.default_rng, -1)
print(np.poly1d([1, 2, 3])(2), np.polynomial.Polynomial([1, 2])(3), np.roots([1, -3, 2]), np.polynomial.chebyshev.chebval(0.5, [1, 2, 3]))

print("-- threads")
results = []


def work():
    own = np.random.default_rng(1).random((60, 60))
    for _ in range(10):
        results.append(float((own @ own).sum().round(6)))
        np.sort(own, axis=0)
        [np.arange(n).sum() for n in range(50)]


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), len(set(results)))
big = np.arange(1_000_000, dtype=np.float64)
print(big.sum(), (big * 2 + 1).mean(), digest(np.sort(big[::-1] % 1000).tobytes()))
print(np.__version__, np.sum.__name__, np.ndarray.sum.__name__, type(np.add).__name__, type(np.array).__name__, np.array.__name__, np.ndarray.__module__, np.add.__doc__.split("\n")[0])
accelerated(np.ndarray is _multiarray_umath.ndarray, sys.modules["numpy._core._multiarray_umath"])
