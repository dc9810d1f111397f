"""Interpreters that nobody has ended when their program does: what runs in them then, after the program's own and in which order; and the
calls that wait in an interpreter when it ends, however it does."""

from children import child

SETUP = '''
import _interpreters
import ext_elsewhere as c

THERE = """
import atexit, sys, threading
import ext_elsewhere as c
number = c.here()["number"]
def say(*words):
    print(number, *words, flush=True)
c.at_end(f"{number} has ended")
atexit.register(lambda: say("atexit, registered first"))
atexit.register(lambda: say("atexit", c.here()["number"], c.here()["agrees"]))
threading._register_atexit(lambda: say("waits for its threads"))
class Late:
    def __del__(self, say=say):
        say("__del__")
c.late = Late()
"""

def another():
    number = _interpreters.create("legacy")
    raised = _interpreters.exec(number, THERE)
    if raised is not None:
        say(raised.formatted)
    return number

class Late:
    def __del__(self, say=say):
        say("main: __del__")
late = Late()
atexit.register(say, "main: atexit")
c.at_end("main has ended")
'''

child("a program's own end", SETUP + "[another() for _ in range(3)]")
child("an exit status", SETUP + "another(); sys.exit(5)")
FINALIZE = "import ext_ends; another(); another(); "
child("Py_FinalizeEx", SETUP + FINALIZE + "ext_ends.finalize(4)")
child("Py_Exit", SETUP + FINALIZE + "ext_ends.leave(6)")
child("C's", SETUP + "another(); say(c.leave_one(THERE))")
child("a function of atexit ends one, and makes one", SETUP + """
first, second = another(), another()
def last():
    _interpreters.destroy(first)
    another()
atexit.register(last)
""")

CALLS = """
THERE = THERE.replace("threading._register_atexit", "")
def call(number):
    c.say_in(number, "once", 0, 0)
    c.say_in(number, "again and again", 3, 0)
    c.say_in(number, "fails", 0, 1)
    c.say_in(number, "after that", 0, 0)
"""
child("calls, destroy", SETUP + CALLS + "number = another(); call(number); _interpreters.destroy(number); say('destroyed')")
child("calls, the last reference", SETUP + CALLS + """
number = another()
_interpreters.incref(number, implieslink=True)
call(number)
_interpreters.incref(number)
_interpreters.decref(number)
say("referred to")
_interpreters.decref(number)
say("no more")
""")
child("calls, a program's own end", SETUP + CALLS + "call(another()); call(another())")
child("calls of the main one, Py_FinalizeEx", SETUP + "another(); c.finalize()")
child("calls, Py_EndInterpreter", '''
import ext_internals
ext_internals.another("plain", """
import atexit
import ext_elsewhere as c
number = c.here()["number"]
atexit.register(print, "atexit", flush=True)
c.say_in(number, "once", 1, 0)
print("through", flush=True)
""")
''')
