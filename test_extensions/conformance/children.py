"""What scripts share that run code in a child which may end as it likes: the child is a fork, which any host of ours has."""

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
    return in_words_of_313(text.decode())


def in_words_of_313(text):
    """RustPython has the exceptions of interpreters from 3.14, where their module is in another."""
    return text.replace("concurrent.interpreters.", "interpreters.")


def child(what, code, stdout=None, stdin=""):
    """Run the code in a child, and print what it wrote and how it ended; gives the last line of its errors."""
    sys.stdout.flush()
    given, out, errors = os.pipe(), os.pipe(), os.pipe()
    os.write(given[1], stdin.encode())
    process = os.fork()
    if process == 0:
        for descriptor, place in ((given[0], 0), (out[1] if stdout is None else stdout, 1), (errors[1], 2)):
            os.dup2(descriptor, place)
        for descriptor in (*given, *out, *errors):
            os.close(descriptor)
        if hasattr(sys.stdout, "buffer"):
            # With room for what is not flushed, however the program was started.
            sys.stdout = open(1, "w", closefd=False)
        namespace = {"atexit": atexit, "sys": sys, "threading": threading, "c": c, "say": say}
        exec(code, namespace)
        sys.exit(namespace.get("status"))
    for descriptor in (*given, out[1], errors[1]):
        os.close(descriptor)
    text, error = read(out[0]), read(errors[0])
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    print(what, "->", status if status >= 0 else "a signal")
    print(text, end="")
    return error.strip().splitlines()[-1:]
