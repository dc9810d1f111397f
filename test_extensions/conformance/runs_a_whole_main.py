"""C calls Py_BytesMain, Py_Main and Py_RunMain in a program that runs: refused, unless the first program has been said not to count.
Each time in a program of its own."""

import os
import sys
import tempfile

from children import child

SHOW = "import sys; print(sys.argv, __name__, early, c.state(), flush=True)"


def main(what, args, stdin="", call="bytes_main", late=True):
    code = f"""
import __main__
__main__.early, __main__.c, __main__.say = "early", c, say
__main__.__dict__.pop("__file__", None)
atexit.register(lambda: say("atexit", c.state()))
c.at_exit()
{"c.not_running()" if late else ""}
c.{call}(*{args!r})
"""
    for line in child(what, code, stdin=stdin):
        print(line.rpartition(": ")[2] if "can't open" in line else line)


print("inside of a program")
main("-c", ["python", "-c", "print(1)"], late=False)
main("Py_Main", ["python", "-c", "print(1)"], call="main", late=False)

print("after it")
main("-c", ["python", "-c", SHOW])
main("-c with arguments", ["python", "-c", SHOW, "a", "-b"])
main("Py_Main", ["python", "-c", SHOW, "\u20ac"], call="main")
main("an exit status", ["python", "-c", "import sys; sys.exit(5)"])
main("an exit message", ["python", "-c", "import sys; sys.exit('words')"])
main("an error", ["python", "-c", "1 / 0"])
main("an error of syntax", ["python", "-c", "x = ("])
main("an interrupt", ["python", "-c", "raise KeyboardInterrupt"])
main("a stream that cannot be flushed", ["python", "-c", """
import sys
class Stream:
    def write(self, text):
        return len(text)
    def flush(self):
        raise OSError("no room")
sys.stdout = Stream()
"""])
main("standard input", ["python"], stdin=SHOW)
main("standard input with arguments", ["python", "-", "a"], stdin=SHOW)
main("an error on standard input", ["python"], stdin="x = 1\n1 / 0\n")
main("one program at a time", ["python", "-c", "c.bytes_main('python', '-c', 'print(1)')"])
main("one after the other", ["python", "-c", "c.not_running(); c.bytes_main('python', '-c', 'print(2)')"])

folder = tempfile.mkdtemp()  # A TemporaryDirectory would go with the first child.
os.chdir(folder)
try:
    with open("a_program.py", "w") as file:
        file.write(SHOW + "; print(__file__ == sys.path[0] + '/a_program.py', flush=True)")
    with open("no_program.py", "w") as file:
        file.write("x = (")
    main("a file", ["python", "a_program.py", "a"])
    main("a file with an error of syntax", ["python", "no_program.py"])
    main("no such file", ["python", "none.py"])
finally:
    for name in os.listdir(folder):
        os.remove(name)
    os.rmdir(folder)
