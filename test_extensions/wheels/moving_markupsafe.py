"""markupsafe._speedups, as such: every width of string, what needs no escaping, subclasses of str, errors, results that live on."""

import gc
import sys

from as_such import Churn, error, load, section

speedups = load("markupsafe._speedups")
inner = speedups._escape_inner

section("widths")
TEXTS = [
    "", "plain", "<", "a<b>c&d\"e'f", "<<<>>>", "&amp;", "\0<\0",
    "\xe9<\xff>", "\xff", "\u0100<\u20ac>&", "\u20ac", "\U0001f600<\"'>\U0010ffff", "\U0001f600", "\ud800<",
]
for text in TEXTS:
    escaped = inner(text)
    print(ascii(text), ascii(escaped), len(escaped), type(escaped) is str)
for text in ["plain", "\xff\xfe", "\u20ac\u20ac", "\U0001f600", "pl" + str(len(TEXTS))]:
    print(ascii(text), "same object when nothing to escape:", inner(text) is text)
print(all(inner(chr(c)) == chr(c) for c in range(0x130) if chr(c) not in "<>&'\""))
long = "<x>&'\"" * 2000
print(len(inner(long)), inner(long) == "&lt;x&gt;&amp;&#39;&#34;" * 2000)
print(ascii(inner("<" * 500 + "\u20ac")[-12:]), len(inner("<" * 500 + "\u20ac")))
print(ascii(inner("\U0001f600" * 300 + "'")[-8:]), len(inner("'" + "\U0001f600" * 300)))

section("results are strings of the host")
one = inner("<a>")
print(hash(one) == hash("&lt;a&gt;"), {one: 1}["&lt;a&gt;"], one + "b", one.upper(), one[4:], "%s|%5s" % (one, inner("&")))
print(one.split(";"), "lt" in one, one.replace("&", "+"), one.encode(), sorted([inner(">"), inner("<"), inner("&")]))
print(ascii(inner("<\u0100")[4:]), ascii(inner("\u0100>").encode("utf-8")), inner("<") * 3, inner("<") == inner("<"))
print(inner(inner(inner("<"))), inner("".join(["<", "a", ">"])), inner(f"<{len(TEXTS)}>"))


class Text(str):
    def __str__(self):
        return "str of <Text>"

    def __len__(self):
        return 1


section("subclasses of str")
text = Text("<t>")
text.note = ["kept"]
print(repr(inner(text)), type(inner(text)).__name__, text.note, repr(inner(Text("plain"))), type(inner(Text("plain"))).__name__)

section("errors")


class Html:
    def __html__(self):
        return "<html>"


for wrong in [None, 1, b"<", 1.5, ["<"], Html(), Html, inner, 10**30, (), {}]:
    error(inner, wrong, message=False)
error(inner, message=False)
error(inner, "a", "b", message=False)
error(inner, s="a", message=False)

section("what escape() does with it")


class Markup(str):
    def __html__(self):
        return self


def escape(value):
    """As markupsafe's own escape() is written."""
    if type(value) is str:
        return Markup(inner(value))
    if hasattr(value, "__html__"):
        return Markup(value.__html__())
    return Markup(inner(str(value)))


print([escape(value) for value in ["<b>", Markup("<b>"), Html(), 12, None, ["<"], {"k": "'"}, 1.5, b"<"]], type(escape("<")).__name__)
print(escape(escape("<") + escape(">")), Markup("&").join(map(escape, "<>")), [escape(part) for part in "a<b>".split("<")])

section("results live on")
churn = Churn()
kept = [churn(inner(f"<{n}>\u20ac" if n % 3 else f"<{n}>")) for n in range(300)]
gc.collect()
print(ascii(kept[0]), ascii(kept[-1]), len(set(kept)), sum(map(len, kept)))
del kept[::2]
gc.collect()
print(ascii(kept[:3]), len(kept), ascii([value for value, _ in churn.kept][-2:]))
table = {inner(f"<{n}>"): n for n in range(100)}
print(table["&lt;99&gt;"], all(table[inner(f"<{n}>")] == n for n in range(100)))

section("the module")
print(inner.__name__, inner.__module__, type(inner).__name__, speedups.__name__, inner.__doc__, speedups.__doc__)
print(sorted(name for name in vars(speedups) if not name.startswith("__")), callable(inner), inner.__self__ is speedups)
print(sys.modules["markupsafe._speedups"] is speedups, getattr(speedups, "missing", "no such attribute"))
