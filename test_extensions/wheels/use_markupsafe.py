"""markupsafe: escaping of every width of string, Markup's methods, subclasses, errors, threads."""

import copy
import gc
import pickle
import sys
import threading

import markupsafe
from markupsafe import Markup, EscapeFormatter, escape, escape_silent, soft_str
from markupsafe import _speedups
from report import accelerated, error

inner = _speedups._escape_inner

print("-- widths")
TEXTS = [
    "", "plain", "<", "a<b>c&d\"e'f", "<<<>>>", "&amp;", "\0<\0",
    "\xe9<\xff>", "\xff", "\u0100<\u20ac>&", "\u20ac", "\U0001f600<\"'>\U0010ffff", "\U0001f600", "\ud800<",
]
for text in TEXTS:
    escaped = inner(text)
    print(ascii(text), ascii(escaped), len(escaped), type(escaped) is str, escaped == escape(text))
for text in ["plain", "\xff\xfe", "\u20ac\u20ac", "\U0001f600"]:
    print(ascii(text), "same object when nothing to escape:", inner(text) is text)
print(all(inner(chr(c)) == chr(c) for c in range(0x250) if chr(c) not in "<>&'\""))
long = "<x>&'\"" * 5000
print(len(inner(long)), inner(long) == "&lt;x&gt;&amp;&#39;&#34;" * 5000)
print(inner("<" * 1000 + "\u20ac")[-12:] == "&lt;&lt;&lt;\u20ac"[-12:], len(inner("<" * 1000 + "\u20ac")))
print(hash(inner("<a>")) == hash("&lt;a&gt;"), {inner("<a>"): 1}["&lt;a&gt;"], inner("<a>") + "b", ascii(inner("<\u0100")[4:]))

print("-- Markup")
markup = Markup("<em>%s</em> & %d") % ("<x>", 3)
print(repr(markup), type(markup).__name__, len(markup))
print(repr(Markup("<b>") + "<i>"), repr("<i>" + Markup("<b>")), repr(Markup("<b>") * 2), repr(3 * Markup("'")))
print(repr(Markup(", ").join(["<a>", Markup("<b>"), "&"])), repr(Markup("a<b<c").split("<")))
print(repr(Markup("<em>Hello</em> {name!r} {0:>6}").format("<", name="'")))
print(repr(Markup("{0.real}{1[k]}").format(3, {"k": "<v>"})), repr(Markup("%(a)s") % {"a": "<"}))
print(ascii(Markup("Main &raquo;  <em>About</em>&#x20AC;<!-- x --> &lt;").unescape()))
print(ascii(Markup("Main &raquo;\n <em>About</em><!-- a > b --> x").striptags()))
print(repr(Markup("a<b>").partition("<")), repr(Markup("<a>").upper()), repr(Markup(" <a> ").strip()))
print(repr(Markup("x")[0]), repr(Markup("abc")[1:]), repr(Markup("<a>").replace("<", "&")), Markup("a") == "a")
print(repr(escape_silent(None)), repr(escape(None)), repr(escape(12)), repr(escape(["<"])), repr(Markup.escape("<")))
print(repr(soft_str(Markup("<"))), repr(soft_str(1)), repr(escape(Markup("<"))), ascii(Markup(b"<\xc3\xa9>", "utf-8")))


class Html:
    def __html__(self):
        return "<html & all>"


class Text(str):
    def __str__(self):
        return "str of <Text>"


class Loud(Markup):
    @classmethod
    def escape(cls, s):
        return cls(super().escape(s).upper())


class Formatted:
    def __html_format__(self, spec):
        return Markup("<i>" + escape(spec) + "</i>")


print("-- subclasses and protocols")
print(repr(escape(Html())), repr(Markup("%s") % Html()), repr(Markup("{}").format(Html())))
print(repr(inner(Text("<t>"))), type(inner(Text("t"))).__name__, repr(escape(Text("<t>"))))
print(repr(Loud("<b>%s</b>") % "<x>"), type(Loud("a") + "b").__name__, repr(Loud("<").join(["<", "'"])))
print(repr(Markup("{:<b>} {}").format(Formatted(), "<")), EscapeFormatter(escape).format("{}", "<"))
print(repr(pickle.loads(pickle.dumps(Markup("<p>")))), repr(copy.deepcopy(Markup("<c>"))))

print("-- errors")
for wrong in [None, 1, b"<", 1.5, ["<"], Html()]:
    error(inner, wrong, message=False)
error(inner, message=False)
error(inner, "a", "b", message=False)
error(inner, s="a", message=False)
error(lambda: Markup("%s") % (), message=False)
error(lambda: Markup("{:x}").format(Html()))
error(Markup("a").__add__, message=False)


class Broken:
    def __str__(self):
        raise KeyError("from __str__")

    def __html__(self):
        raise LookupError("from __html__")


error(escape, Broken())
error(str, Broken())

print("-- threads and lives")
results = [None] * 4


def work(slot):
    results[slot] = sum(len(inner(f"<{n}>\u20ac" if slot % 2 else f"<{n}>")) for n in range(2000))


threads = [threading.Thread(target=work, args=(slot,)) for slot in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)
kept = [inner(f"<{n}>") for n in range(3000)]
gc.collect()
print(kept[0], kept[-1], len(set(kept)), sum(map(len, kept)))
print(inner.__name__, inner.__module__, type(inner).__name__, _speedups.__name__, inner.__doc__)
print(sorted(name for name in vars(_speedups) if not name.startswith("__")), callable(inner))
print(sys.modules["markupsafe._speedups"] is _speedups, "markupsafe._native" in sys.modules)
accelerated(markupsafe._escape_inner is _speedups._escape_inner, _speedups)
