# re and io: what scripts use of them.
import io
import re


def attempt(call):
    try:
        print("gave", call())
    except Exception as error:
        print(type(error).__name__, str(error).split(" at position")[0])


print(re.sub(r"^\S+[.]c:[0-9]+: ", "", "Objects/file.c:12: bad argument"), re.sub(r"^\S+[.]c:[0-9]+: ", "", "plain"))
print(re.match(r"(\d+)-(\w+)", "12-ab cd").groups(), re.search(r"b+", "aabbbcc"), re.fullmatch(r"a*", "aaa").group(), re.match("x", "y"))
print(re.findall(r"\d+", "1 22 333"), re.findall(r"(\w)=(\d)", "a=1,b=2"), re.split(r"[,;]\s*", "a, b;c"), re.split(r"(-)", "a-b-c", maxsplit=1))
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.sub("a", lambda m: m.group().upper(), "banana", count=2), re.subn("a", "", "banana"))
print(re.sub(r"(?P<first>\w)(?P<second>\w)", r"\g<second>\g<1>", "abcd"), re.search(r"(?P<n>\d+)", "x42").groupdict(), re.search(r"(?P<n>\d+)", "x42")["n"])
print(re.findall(r"a.*?b", "aXbaYYb"), re.findall(r"a.*b", "aXbaYYb"), re.findall(r"\bfoo\b", "foo food foo"), re.findall(r"^\w+", "one\ntwo", re.M), re.findall(r"(?i)abc", "ABC abc"))
print(re.findall(r"(?:ab)+", "ababab ab"), re.findall(r"[^aeiou\s]+", "hello world"), re.findall(r"a{2,3}", "a aa aaa aaaa"), re.findall(r"x*", "axb"), re.findall(r"(a)|(b)", "ab"))
print(re.findall(r"\w+(?=!)", "hi! there you!"), re.findall(r"\w+(?!\w|!)", "hi! there"), re.findall(r"(?<=\$)\d+", "$5 6 $7"), re.search(r"(\w)\1", "hello").group(), re.match(r"(a|ab)(c|bcd)(d*)", "abcd").groups())
print(re.escape("a.b*c"), re.compile(r"""\d +  # digits
  [.]""", re.X).search("x12.").group(), re.match(r".", "\n"), re.match(r".", "\n", re.S) is not None, [m.span() for m in re.finditer(r"o", "foo boo")])
print(re.match(r"(x)?(y)", "y").groups(), re.match(r"(x)?(y)", "y").groups("-"), re.match(r"a|b|", "c").group() == "", re.search(r"[\d\-x]+", "ab1-x").group(), re.search("é+", "caféé").span())
attempt(lambda: re.compile("("))
attempt(lambda: re.compile("*"))
attempt(lambda: re.compile("[a"))
attempt(lambda: re.match("a", 5))
attempt(lambda: re.match("(a)", "a").group(2))
attempt(lambda: re.compile(r"\q"))
s = io.StringIO()
print("to memory", 1, file=s)
s.write("more\nlines")
print(repr(s.getvalue()), s.tell(), s.seek(0), repr(s.readline()), list(s), s.read() == "")
b = io.BytesIO(b"abc\ndef")
print(b.read(2), b.readlines(), b.getvalue())
with io.StringIO("x\ny\n") as lines:
    print([line.strip() for line in lines])
attempt(lambda: lines.read())
attempt(lambda: io.StringIO().write(b"x"))
