"""Hash tables, locks, critical sections, thread and interpreter states, statuses, configurations, signals, ends of the process."""

import os
import signal
import sys

import ext_internals as c
from show import attempt, attempt_type

print("tables", c.tables())
print("locks", c.locks())
print("sections", c.sections([], {}, lambda: "inside"), c.sections(keep := [], keep, lambda: keep))
attempt("a section that fails", c.sections, [], [], {}.popitem)
print("states", c.states())
print("interpreter", c.interpreter_of(0))
for value in (-1, 99, 2**70, "0", 1.0, None, True):
    attempt_type(f"interpreter {value!r}", c.interpreter_of, value)
print("statuses", c.statuses())
print("configurations", c.configurations())
print("signals", c.signals())


def handler(number, frame):
    raise LookupError(number)


signal.signal(signal.SIGUSR1, handler)
attempt("interrupted", c.interrupted, signal.SIGUSR1)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
attempt("ignored", c.interrupted, signal.SIGUSR1)
# Whoever started this may have it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
attempt_type("by the keyboard", c.interrupted, signal.SIGINT)
attempt("no signal", c.interrupted, 1000)
print("pending", c.pending_calls())
print("oddities", c.oddities())
sys.warnoptions.append("ignore")
c.without_warn_options()
print(sys.warnoptions)
print("already", c.already())


def ended(how, status):
    """What a child said on standard error and how it ended."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(write, 2)
        c.end(how, status)
    os.close(write)
    said = b""
    while part := os.read(read, 4096):
        said += part
    os.close(read)
    _, ending = os.waitpid(child, 0)
    return os.WEXITSTATUS(ending) if os.WIFEXITED(ending) else signal.Signals(os.WTERMSIG(ending)).name, said.decode().splitlines()[:1]


for how, status in (
    ("exit", 0),
    ("exit", 5),
    ("fatal", 0),
    ("function", 0),
    ("append", 0),
    ("extend", 0),
    ("interpreter", 0),
    ("debug", 0),
    ("after fork", 0),
):
    print(how, status, ended(how, status))
