"""C ends the interpreter that runs it, each time in a program of its own: what runs then, in which order, and what that gives. C that
goes back to the interpreter, or asks it for anything, ends with the process."""

import os

from children import child

child("three times", """
atexit.register(lambda: say("atexit, registered first", c.state()))
atexit.register(lambda: say("atexit, registered last", c.state()))
c.at_exit()
sys.stdout.write("not flushed yet; ")
c.finalize(3, 3)
""")
child("Py_Finalize", "atexit.register(say, 'atexit'); c.finalize_void()")
child("Py_Exit", "atexit.register(say, 'atexit'); c.at_exit(); sys.stdout.write('unflushed '); c.leave(9)")
child("a program's own end", """
class Watched:
    def __del__(self, say=say, state=c.state):
        say("finaliser", state())
watched = Watched()
c.at_exit()
atexit.register(lambda: say("atexit", c.state()))
""")

THREAD = """
go = threading.Event()
def run():
    go.wait()
    say("the thread ends")
threading.Thread(target=run).start()
atexit.register(say, "atexit")
threading._register_atexit(lambda: (say("waits for the threads"), go.set()))
"""
child("a thread", THREAD + "c.finalize(0)")
child("a thread, Py_Exit", THREAD + "c.leave(0)")
child("a daemon", """
here = threading.Event()
def run():
    here.set()
    while True:
        pass
threading.Thread(target=run, daemon=True).start()
here.wait()
c.finalize(0)
""")

print(child("a function of atexit raises", """
atexit.register(say, "first")
atexit.register(lambda: 1 / 0)
atexit.register(say, "last")
c.finalize(0)
"""))

STREAM = """
class Stream:
    def __init__(self, name):
        self.name = name
    def write(self, text):
        return len(text)
    def flush(self):
        raise OSError(self.name)
"""
print(child("sys.stdout cannot be flushed", STREAM + "sys.stdout = Stream('no room'); c.finalize(0, 2)"))
child("sys.stdout is None", "sys.stdout = None; c.finalize(0)")
full = os.open("/dev/full", os.O_WRONLY)
for what, code in (("Py_FinalizeEx", "c.finalize_quietly()"), ("Py_Exit", "c.leave(0)"), ("Py_Exit with a status", "c.leave(5)"),
                   ("a program's own end", "pass")):
    child("no room, " + what, "sys.stdout.write('lost'); " + code, full)

child("goes back", "c.finalize_and_return(); say('never')")
child("uses an object", "c.finalize_and_use(sys); say('never')")
