"""Every kind of PyMemberDef: reading, writing, limits, deleting, documentation."""

import warnings

import ext_static
from ext_static import Fields
from show import attempt, attempt_type

fields = Fields()
NAMES = [name for name in vars(Fields) if not name.startswith("__")]
print("names:", sorted(NAMES))
for name in sorted(NAMES):
    attempt(f"fresh {name}", getattr, fields, name)
VALUES = {
    "a_bool": [True, False, 1],
    "a_char": ["x", "xy", b"x"],
    "a_byte": [-128, 127],
    "a_ubyte": [255],
    "a_short": [-(2**15), 2**15 - 1],
    "a_ushort": [2**16 - 1],
    "an_int": [-(2**31), 2**31 - 1, "text"],
    "a_uint": [2**32 - 1],
    "a_long": [-(2**63), 2**63 - 1],
    "a_ulong": [2**64 - 1],
    "a_long_long": [-(2**63)],
    "a_ulong_long": [2**64 - 1],
    "a_size": [-1, 2**62],
    "a_float": [0.5, 3, "text"],
    "a_double": [0.1],
    "a_string": ["text"],
    "in_place": ["text"],
    "an_object": [[1]],
    "a_strict_object": [{"k": 1}],
    "fixed": [8],
}
for name, values in VALUES.items():
    for value in values:
        attempt(f"{name} = {value!r}", setattr, fields, name, value)
        attempt(f"  {name}", getattr, fields, name)
for name in ("an_int", "an_object", "a_strict_object", "a_string"):
    attempt(f"del {name}", delattr, fields, name)
    attempt(f"  {name}", getattr, fields, name)
attempt("del a_strict_object again", delattr, fields, "a_strict_object")
print("doc:", Fields.a_bool.__doc__, Fields.a_char.__doc__, Fields.an_object.__doc__)
print("descriptor:", type(Fields.an_int).__name__, Fields.an_int.__name__, Fields.an_int.__objclass__ is Fields)
attempt_type("an attribute that is not there", setattr, fields, "other", 1)


class Derived(Fields):
    __slots__ = ("own",)


derived = Derived()
derived.own, derived.an_int = "slot", 5
print("derived:", derived.own, derived.an_int, derived.in_place)

OUTSIDE = {
    "a_byte": [128, -129],
    "a_ubyte": [256, -1],
    "a_short": [2**15],
    "a_ushort": [2**16, -1],
    "an_int": [2**31, -(2**31) - 1],
    "a_uint": [2**32, -1, 2**63, 2**64, -(2**63) - 1],
    "a_long": [2**63, "text"],
    "a_ulong": [2**64, -1, -(2**63) - 1],
    "a_long_long": [2**63],
    "a_ulong_long": [-1, 2**200],
    "a_size": [2**63],
    "a_double": ["text"],
}
for name, values in OUTSIDE.items():
    for value in values:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            attempt(f"{name} = {value!r}", setattr, fields, name, value)
        print(f"  {name}", getattr(fields, name), [str(warning.message) for warning in said])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    attempt("a warning that is an error", setattr, fields, "a_short", 2**20 + 3)
    print("  a_short", fields.a_short)
