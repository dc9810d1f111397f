"""C ends the interpreter that runs it, each time in a program of its own: what runs then, in which order, and what that gives. C that
goes back to the interpreter, or asks it for anything, ends with the process."""

import atexit
import os
import sys
import threading

import ext_ends as c


def say(*words):
    print(*words, flush=True)


def read(descriptor):
    text = b""
    while block := os.read(descriptor, 1 << 16):
        text += block
    os.close(descriptor)
    return text.decode()


def child(what, code, stdout=None):
    """Run the code in a child, and print what it wrote and how it ended; gives the last line of its errors."""
    sys.stdout.flush()
    out, errors = os.pipe(), os.pipe()
    process = os.fork()
    if process == 0:
        for descriptor, place in ((out[1] if stdout is None else stdout, 1), (errors[1], 2)):
            os.dup2(descriptor, place)
        for descriptor in (*out, *errors):
            os.close(descriptor)
        if hasattr(sys.stdout, "buffer"):
            # With room for what is not flushed, however the program was started.
            sys.stdout = open(1, "w", closefd=False)
        namespace = {"atexit": atexit, "sys": sys, "threading": threading, "c": c, "say": say}
        exec(code, namespace)
        sys.exit(namespace.get("status"))
    os.close(out[1])
    os.close(errors[1])
    text, error = read(out[0]), read(errors[0])
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    print(what, "->", status if status >= 0 else "a signal")
    print(text, end="")
    return error.strip().splitlines()[-1:]


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
