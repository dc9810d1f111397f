"""Interpreters that Python code makes: C knows them by their numbers, its code runs in them, they end."""

import _interpreters
import sys

import ext_elsewhere as c
from show import attempt


def run(interpreter, source):
    """Run it there; say what it raised."""
    raised = _interpreters.exec(interpreter, source)
    if raised is not None:
        print(f"{interpreter}: raised {raised.type.__name__}: {raised.msg}")


print("main:", c.here())
sys.of_the_first = True
first, second = _interpreters.create(), _interpreters.create("legacy")
print([number for number, *_ in _interpreters.list_all()])
for interpreter in (0, first, second):
    print("found:", c.find(interpreter))
attempt("no interpreter", c.find, 1000)
attempt("no number", c.find, "1")

print("code there")
SOURCE = """
import sys
import ext_elsewhere as c
print("site" in sys.modules, hasattr(sys, "of_the_first"), c.here(), flush=True)
c.of_this_one = "there"
"""
for interpreter in (first, second):
    run(interpreter, SOURCE)
    run(interpreter, "print(c.here(), c.of_this_one, c.find(0)['runs'], flush=True)")
    run(interpreter, "c.find(-1)")
    print("main:", c.here(), hasattr(c, "of_this_one"), c.find(interpreter))
print("between C code of the main one:", c.call(lambda: run(first, "print(c.here(), c.call(c.here), flush=True)")), c.here())
run(first, f"""
import _interpreters
c.call(lambda: _interpreters.exec({second}, "print('inside of another:', c.here(), flush=True)"))
print("back:", c.here(), flush=True)
try:
    _interpreters.exec({first}, "print('inside of itself')")
except _interpreters.InterpreterError as error:
    print("once more:", error, c.here(), flush=True)
""")

print("threads there")
run(first, """
import threading
def work():
    print("a thread:", c.here(), flush=True)
    print("once more:", c.here(), flush=True)
for _ in range(2):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
print(c.here(), flush=True)
""")
print("C's:", c.in_thread(first, "print(c.here(), flush=True)"))
print("C's:", c.in_thread(second, "print(c.here(), flush=True)"))

print("calls that wait")
print(c.call_in(first), [len(str(number)) for number in range(1000)][-1], c.made())
run(second, "print([len(str(number)) for number in range(1000)][-1], c.made(), flush=True)")
run(first, """
while c.made() == -1:
    len("")
print("made in", c.made(), flush=True)
""")
run(first, "c.call_in(0)")
while c.made() == -1:
    len("")
print("made in", c.made())

print("programs")
print("marked:", c.mark(first, "ask"), c.mark(second, "ask"))
attempt("the main one", c.mark, 0, "ask")
attempt("the main one", c.mark, 0, "runs")
attempt("not here", c.mark, first, "runs")
run(first, f"""
def attempt(how):
    try:
        print(how, c.mark({first}, how), flush=True)
    except Exception as error:
        print(how, type(error).__name__, error, flush=True)
attempt("runs")
attempt("ask")
attempt("rests")
attempt("ask")
attempt("runs")
""")
print("after that:", c.find(first))
c.in_thread(first, f"print('by a thread of C:', c.mark({first}, 'runs'), flush=True)")
attempt("it runs", _interpreters.exec, first, "pass")
print(_interpreters.is_running(first), c.mark(first, "rests"), _interpreters.is_running(first))

print("ends")
for interpreter in (first, second):
    run(interpreter, f"""
import atexit
c.at_end("{interpreter} has ended")
atexit.register(lambda: print("at exit:", c.here()["number"], flush=True))
class Late:
    def __del__(self):
        print("__del__:", here()["number"], flush=True)
here, late = c.here, Late()
""")
    _interpreters.destroy(interpreter)
    attempt("destroyed", c.find, interpreter)
print([number for number, *_ in _interpreters.list_all()], c.here())

print("references")
third = _interpreters.create()
print(c.find(third), c.link(third, True), c.link(third, False), c.link(third, True))
run(third, "import ext_elsewhere as c; c.at_end('the third has ended')")
_interpreters.incref(third)
_interpreters.incref(third)
_interpreters.decref(third)
print(c.find(third))
_interpreters.decref(third)
attempt("no reference", c.find, third)
fourth = _interpreters.create(reqrefs=True)
print(c.find(fourth))
_interpreters.incref(fourth)
_interpreters.decref(fourth)
attempt("no reference", c.find, fourth)
fifth = _interpreters.create()
_interpreters.incref(fifth, implieslink=True)
print(c.find(fifth))
_interpreters.decref(fifth)
attempt("no reference", c.find, fifth)
