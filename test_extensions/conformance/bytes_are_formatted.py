"""PyNumber_Remainder of bytes and bytearrays: what `%` formats, with each conversion and flag, and what it refuses."""

import collections

from ext_numbers import binary
from show import attempt, attempt_type


class Shown:
    def __bytes__(self):
        return b"shown"

    def __repr__(self):
        return "Shown\xe9"

    def __index__(self):
        return 77

    def __float__(self):
        return 0.25


class Wrong:
    def __bytes__(self):
        return "text"

    def __repr__(self):
        return "Wrong"


class Data(bytes):
    pass


for kind in (bytes, bytearray):
    for template in (b"%b", b"%s", b"[%10s]", b"[%-10b]", b"%.2s", b"%r", b"%a", b"%.3r", b"%c", b"%5c|", b"%d", b"%i", b"%u", b"%+d", b"% d", b"%05d", b"%-5d|", b"%.4d",
                     b"%x", b"%#x", b"%X", b"%#X", b"%o", b"%#o", b"%08x", b"%f", b"%.1f", b"%e", b"%G", b"%+010.3f", b"%%%s%%", b"plain", b"", b"\xff%s\x00"):
        for value in (b"x", bytearray(b"yy"), memoryview(b"view"), Data(b"d"), Shown(), "text", 5, -1234, 2**70, 65, 256, -1, 1.5, None, Wrong()):
            # A view's repr is its address; RustPython takes a str for a mapping, whose values need not be used.
            if isinstance(value, memoryview) and template in (b"%r", b"%a") or isinstance(value, str) and template in (b"plain", b""):
                continue
            attempt_type(f"{template!r} of {type(value).__name__}", binary, "Remainder", kind(template), value)
for template, values in ((b"%s %s", (b"a", b"b")), (b"%s", (b"a", b"b")), (b"%s %s", (b"a",)), (b"%s", ()), (b"", ()), (b"", (1,)), (b"%*d|%-*d|", (5, 1, 5, 2)),
                         (b"%.*f", (2, 3.14159)), (b"%*d", ("w", 5)), (b"%(key)s", {b"key": b"value"}), (b"%(key)s", {"key": b"value"}), (b"%(a)d%(a)x", {b"a": 255}),
                         (b"%(key)s", (b"a",)), (b"%(key)s", b"a"), (b"no key", {b"key": 1}), (b"no key", [1]), (b"no key", b"a"), (b"no key", bytearray(b"a")),
                         (b"%s", {b"a": 1}), (b"%(k)s", collections.defaultdict(lambda: b"made")), (b"%", (1,)), (b"%d%", (1,)), (b"%z", (1,)), (b"%(key", {}), (b"%c%c", (b"ab", 1)),
                         (b"%d", (b"5",)), (b"%x", (1.5,)), (b"%f", (b"1",)), (b"%c", ("x",)), (b"%c", (1.5,)), (b"%c", (bytearray(b"ab"),)), (b"%b", ([1],)), (b"%d", ("5",))):
    # RustPython's words for %c are a later Python's.
    told = attempt_type if b"%c" in template else attempt
    told(f"{template!r} % {type(values).__name__} of {len(values)}", binary, "Remainder", template, values)
print(b"%s and %d" % (b"one", 2), bytearray(b"%a") % "\xe9", type(Data(b"%s") % b"x").__name__)
attempt_type("reflected", binary, "Remainder", 5, b"%d")
attempt_type("a str", binary, "Remainder", "%s", b"x")
