# Strings: methods, slices, formatting, characters beyond ASCII.
def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, error)


s = "Hello, World"
print(s.lower(), s.upper(), s.swapcase(), s.title(), s.split(", "), s.find("o"), s.rfind("o"), s.find("zz"), s.count("l"), s.replace("l", "L", 2))
print(s[0], s[-1], s[2:5], s[::-1], s[1:-1:3], len(s), "World" in s, s.startswith("He"), s.endswith(("x", "ld")), s.index("W"))
print("  a b  c ".split(), "  a b  c ".split(None, 1), "  a b  c ".rsplit(None, 1), "a,b,,c".split(","), "a,b,c".rsplit(",", 1), "".split(), "".split(","))
print("x".join(["a", "b", "c"]), "|".join(str(i) for i in range(4)), "ab" * 3, "a" + "b", "abc" < "abd", "a" == "a")
print("  pad ".strip(), "xxaxx".strip("x"), "xxaxx".lstrip("x"), "xxaxx".rstrip("x"), "7".zfill(3), "-7".zfill(4), "c".center(5, "*"), "l".ljust(3) + "|", "r".rjust(3))
print("a\nb\r\nc".splitlines(), "a\nb".splitlines(True), "k=v=w".partition("="), "k=v=w".rpartition("="), "none".partition("="), "a\tb".expandtabs(4))
print("abc".isalpha(), "ab1".isalnum(), "12".isdigit(), " ".isspace(), "Abc".istitle(), "ABC".isupper(), "abc".islower(), "x1".isidentifier(), "".isalpha())
print("héllo wörld".upper(), "ß".upper(), "ÀÉ".lower(), len("naïve 日本語"), "日本語"[1], "日本語"[::-1], "a😀b"[1], ord("😀"), chr(128512), "😀😀".count("😀"))
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("tab\tnl\n\\ \x00 é \x7f \u200b 😀"), ascii("é😀"), repr("\ud800"))
print("%s %r %d %5.2f %x %%" % ("s", "r", 42, 3.14159, 255), "%(a)s-%(b)03d" % {"a": 1, "b": 2}, "%-5s|%5s|" % ("l", "r"), "%c%c" % ("a", 98), "%*d" % (5, 42))
print("{} {1} {name!r:>5}".format(0, 1, name="n") if False else "{0} {1} {name!r:>5} {2[0]} {3.real}".format("a", "b", [7], 5, name="n"))
print(f"{s!r} {s:>15} {s:.3} {len(s)=} {{}} {'nested'} {3:{'0'}>{5}}", f"{1+1}" f"{'a' 'b'}")
print("abc".translate({97: "X", 98: None}), "abc".translate(str.maketrans("ab", "12")), "abc".removeprefix("a"), "abc".removesuffix("bc"))
print("a" "b", "multi\
line", r"raw\n", "\x41\u0042\N{BULLET}", "abc".encode().decode() if hasattr(b"", "decode") else "abc", str(None), str(1.5), str([1, "a"]))
attempt(lambda: "abc"[5])
attempt(lambda: "abc"["x"])
attempt(lambda: "a".join([1]))
attempt(lambda: "abc".index("z"))
attempt(lambda: "a" in 5)
attempt(lambda: 5 in "a")
attempt(lambda: "%d" % "x")
attempt(lambda: "%s %s" % "x")
attempt(lambda: "%s" % (1, 2))
attempt(lambda: "{}".format())
attempt(lambda: "{x}".format(y=1))
attempt(lambda: "{".format())
attempt(lambda: "a".split(""))
attempt(lambda: ord("ab"))
attempt(lambda: chr(-1))
attempt(lambda: f"{'a':d}")
print(sorted("hello"), list("日本"), tuple("ab"), "".join(reversed("abc")), max("hello"), "z" > "a", "é" > "z", hash("a") == hash("a"))
text = ""
for i in range(300):
    text += chr(97 + i % 26)
print(len(text), text[250:260], text.count("abc"))
