"""Objects dumped, assertions that fail, prompts, and what C runs when the interpreter has ended, each in a program of its own."""

import os
import re
import subprocess
import sys
import tempfile

import ext_states as c

SPOKEN_BY_FAULTHANDLER = "Current thread", "  File", "  <no Python", "Thread 0x", "Extension modules"


def run(code, *args):
    ran = subprocess.run([sys.executable, "-c", "import sys; sys.path[:0] = " + repr(sys.path) + "; import ext_states as c; " + code, *args],
                         capture_output=True, text=True, stdin=subprocess.DEVNULL)
    text = "".join(line for line in ran.stderr.splitlines(True) if not line.startswith(SPOKEN_BY_FAULTHANDLER))
    text = re.sub(r"refcount : \d+", "refcount : ..", re.sub(r"0x[0-9a-f]+", "0x..", text))
    return ran.returncode, ran.stdout, text.strip()


print("dumps")
print(*run("c.dump('text\u20ac')"), sep="\n")
print(*run("c.dump([1, {}])"), sep="\n")
print(*run("c.dump(type('T', (), {'__repr__': lambda self: 1 // 0})())"), sep="\n")
for args in (("(1,)", "x == y", "they differ", "function"), ("None", None, None, None), ("[]", "z", None, "f")):
    code, out, text = run("c.assert_failed({}, {!r}, {!r}, {!r})".format(*args))
    print(code, out, text.split("Python runtime state")[0].strip(), sep="\n")

print("prompts")
with tempfile.TemporaryDirectory() as folder:
    lines = os.path.join(folder, "lines")
    with open(lines, "w") as file:
        file.write("one\ntwo\n")
    print(*run(f"print(c.read_lines({lines!r}, 'ask: '))"))

print("the end")
print(*run("print(c.at_exit()); import atexit; atexit.register(print, 'of Python')"))
