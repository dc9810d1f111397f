"""PyRun_AnyFile reads a terminal statement by statement, with prompts, and `-i` makes one of standard input."""

import os
import subprocess
import sys
import tempfile

CODE = "import sys; sys.path[:0] = " + repr(sys.path) + """
import ext_sessions as c, os
print(c.session(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
"""
TYPED = b"x = 1\nif x:\n  'typed'\n\n1 / 0\nx\n"

for function in range(5, 9):
    main, terminal = os.openpty()
    os.write(main, TYPED + b"\4")
    ran = subprocess.run([sys.executable, "-c", CODE, str(function), "0", "<terminal>"], stdin=terminal, capture_output=True, text=True)
    os.close(main)
    os.close(terminal)
    print(function, ran.returncode)
    print(ran.stdout)
    print(*(line for line in ran.stderr.splitlines() if not line.startswith(("Traceback", "  "))), sep="\n")

for name in ("<stdin>", "???", "<other>"):
    with tempfile.NamedTemporaryFile() as file:
        file.write(TYPED)
        file.seek(0)
        code = CODE + "sys.stdout.flush(); os._exit(0)\n"
        ran = subprocess.run([sys.executable, "-i", "-c", code, "5", str(file.fileno()), name],
                             pass_fds=[file.fileno()], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    print(name, ran.returncode)
    print(ran.stdout)
    print(*(line for line in ran.stderr.splitlines() if not line.startswith(("Traceback", "  "))), sep="\n")
