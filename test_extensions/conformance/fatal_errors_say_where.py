"""A fatal error says where the program was, and which extension modules it had: each in a child."""

import os
import re
import sys

import ext_elsewhere as c
import ext_internals


def outer(end):
    inner(end)


def inner(end):
    end()


def child(what, end):
    sys.stdout.flush()
    errors = os.pipe()
    process = os.fork()
    if process == 0:
        os.dup2(errors[1], 2)
        outer(end)
        os._exit(0)
    os.close(errors[1])
    with open(errors[0], encoding="utf-8") as file:
        text = file.read()
    print(what, "->", os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    text = re.sub(r"0x[0-9a-f]+", "0x...", text)
    print(re.sub(r'"[^"]*/', '"', text))


child("in a function", lambda: ext_internals.end("fatal", 0))
child("in a callback", lambda: c.call(lambda: ext_internals.end("fatal", 0)))
sys.stdlib_module_names = sys.stdlib_module_names | {"ext_elsewhere"}
child("a module of the library", lambda: ext_internals.end("fatal", 0))
sys.modules["another_name"] = ext_internals
sys.modules["no_module"] = 5
child("another name", lambda: ext_internals.end("fatal", 0))
