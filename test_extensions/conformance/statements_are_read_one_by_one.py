"""PyRun_InteractiveOne and its kin read a statement at a time from a file and show values; PyRun_AnyFile takes files that are no
terminals as a whole. What is written, prompts included, is shown as it comes."""

import os
import sys

import ext_sessions as c

ONE_FLAGS, ONE, ONE_OBJECT, LOOP_FLAGS, LOOP, ANY, ANY_FLAGS, ANY_EX, ANY_EX_FLAGS = range(9)


def session(function, text, name="<statements>"):
    """What is written to the process's streams and to Python's, in the order in which it comes; of errors their last lines."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    source, both = os.pipe(), os.pipe()
    os.write(source[1], text.encode())
    os.close(source[1])
    os.dup2(both[1], 1)
    os.dup2(both[1], 2)
    os.close(both[1])
    try:
        given = c.session(function, source[0], name)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor, here in zip(kept, (1, 2)):
            os.dup2(descriptor, here)
            os.close(descriptor)
        os.close(source[0])
    written = os.read(both[0], 1 << 16).decode()
    os.close(both[0])
    print(repr(text), "->", *given)
    for line in written.splitlines():
        # Of an error how it ends, of one of syntax no more than that: the rest is the interpreter's to word.
        if line.startswith(("SyntaxError", "IndentationError")):
            line = line.partition(":")[0]
        if not line.startswith(("  ", "Traceback")):
            print("   ", repr(line.partition("  File")[0].partition("Traceback")[0]))


TEXTS = [
    "", "\n", "1\n", "1", "1; 2\n", "# words\n2\n", "   \n2\n", "x = 3\nx\n", "x = (1 +\n2)\nx\n", "if x:\n  'yes'\n\n'after'\n",
    "if x:\n  'yes'\n'after'\n", "if x:\n  'yes'\nelse:\n  'no'\n\n", "if x:\n  'at the end'\n", "if x:\n  'at the end'", "if x: 'short'\n\n5\n",
    "def f():\n    # words\n    return 4\n\nf()\n", "'''a\nb'''\n", "x = (", "x = (\n", "x = )\n'goes on'\n", "  x\n'goes on'\n", "1 / 0\n'goes on'\n",
    "x = 1 \\\n + 1\nx\n", "None\n", "@(lambda f: f.__name__)\ndef g(): pass\n\ng\n", "import sys; sys.ps1 = 'A '; sys.ps2 = 'B '\nif x:\n  5\n\n",
    "import sys; del sys.ps1, sys.ps2\n6\n", "raise KeyboardInterrupt\n7\n", "\u20ac = 1\n8\n", "'\u20ac'\n",
    "class A:\n  y = 1\n\n  z = 2\n\nA.y\n", "for i in range(2):\n  i\n\n\n\ni\n", "x == 1 \n\n", "while x: break\nelse: 1\n\n", "x, \\\n", "'''open\n",
    "try:\n  1/0\nexcept ZeroDivisionError:\n  'caught'\n\n'more'\n", "return 1\n9\n", "__name__\n",
]
for function in (ONE_FLAGS, LOOP_FLAGS):
    print("one by one" if function == ONE_FLAGS else "all")
    for name in ("ps1", "ps2"):
        sys.__dict__.pop(name, None)
    for text in TEXTS:
        session(function, text)
        print("   ", getattr(sys, "ps1", None), getattr(sys, "ps2", None))
for function in (ONE, ONE_OBJECT, LOOP):
    session(function, "1 + 1\nif 1:\n  2\n\n1 / 0\n3\n")

print("names")
session(LOOP, "number = lambda code: int(code.co_filename.rpartition('-')[2])\nbefore = number((lambda: 0).__code__)\n1 / 0\n\n)\n"
        "after = (lambda: 0).__code__\nafter.co_filename.rpartition('-')[0], number(after) - before\n", "<stdin>")
for text in ("x = )\n", "1 +\n", "(1\n"):
    session(ONE, text)
    print(sys.last_exc.filename, sys.last_exc.lineno)

print("what is no terminal")
for function in (ANY, ANY_FLAGS, ANY_EX, ANY_EX_FLAGS):
    for name in ("<statements>", "<stdin>", None):
        session(function, "1\nprint((lambda: 0).__code__.co_filename, __name__)\nif 1:\n  print(2)\nprint(3)\n", name)
    session(function, "print(1)\n1 / 0\nprint(2)\n")
    session(function, "print(1)\nx = (\n")
