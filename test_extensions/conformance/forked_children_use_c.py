"""os.fork with C extensions loaded: from C callbacks, from threads, beside threads that are in C; and fork called by C."""

import gc
import importlib
import os
import sys
import threading
import warnings

import ext_callbacks
import ext_heap
import ext_threads

warnings.simplefilter("ignore", DeprecationWarning)  # CPython warns of a fork beside threads.


def say(*words):
    # Past all buffers, which parent and child would both write.
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def through_c(function, *args):
    return ext_callbacks.call("Call", function, args)


def work():
    """What a child does: calls into C and back, types of C, a new extension, threads of both kinds, a collection."""
    assert through_c(max, 1, 2) == 2
    assert threading.active_count() == 1 and threading.current_thread() is threading.main_thread()
    results = []
    thread = threading.Thread(target=lambda: results.append(ext_threads.identifier() != main_identifier))
    thread.start()
    thread.join()
    assert ext_threads.spawn(results.append, 2, 3) == 0
    assert sorted(results[1:]) == [0, 0, 1, 1, 2, 2], results
    importlib.import_module("ext_numbers")
    gc.collect()
    return 0


def end(function):
    """Call it in this child and end."""
    try:
        status = function()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 99
    os._exit(status)


def wait(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def fork(function):
    child = os.fork()
    if child == 0:
        main_identifier_of_child()
        end(function)
    return wait(child)


def main_identifier_of_child():
    global main_identifier
    main_identifier = ext_threads.identifier()


main_identifier = ext_threads.identifier()
say("plain:", fork(work))
say("in a callback:", through_c(lambda: fork(work)))
say("two levels down:", through_c(lambda: through_c(lambda: fork(work))))


def forked_twice():
    return fork(lambda: fork(work))


say("a child's child:", fork(forked_twice))


def back_through_c():
    """The child returns through the C function that called it and goes on from there."""
    return os.fork()


child = through_c(back_through_c)
if child == 0:
    main_identifier_of_child()
    end(work)
say("back through C:", wait(child))

found = []
thread = threading.Thread(target=lambda: found.append(through_c(lambda: fork(work))))
thread.start()
thread.join()
say("in a thread of Python's:", found)
found.clear()
ext_threads.spawn(lambda i: found.append(fork(lambda: 0 if through_c(lambda: 5) == 5 else 1)), 1, 1)
say("in a thread of C's:", found)

# Another thread is in C all the time: with the GIL, without it, and in callbacks.
go_on = True


def stay_in_c():
    while go_on:
        ext_threads.count_up(50)
        ext_threads.blocked_inside(lambda which: which)


others = [threading.Thread(target=stay_in_c) for _ in range(2)]
for other in others:
    other.start()
ext_threads.start(lambda i: sum(range(20)), 10**9)
say("beside threads:", [fork(lambda: through_c(lambda: 7)) for _ in range(5)])
say("beside threads, in a callback:", through_c(lambda: fork(lambda: through_c(lambda: 8))))
say("threads in the child:", fork(lambda: threading.active_count()))
go_on = False
ext_threads.stop()
for other in others:
    other.join()
say("the parent's threads:", ext_threads.join(), threading.active_count())

# A lock that the parent holds is the child's too.
lock = threading.Lock()
with lock:
    say("a held lock:", fork(lambda: lock.locked() + 2 * lock.acquire(timeout=0.01)))

# Ends that are no os._exit: the child leaves the interpreter as every program does.
for how, exception in (("sys.exit", SystemExit(5)), ("an error", ValueError("of the child"))):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        import atexit

        atexit.register(say, "atexit runs in the child")
        kept_until_the_end = ext_heap
        sys.stderr = open(os.devnull, "w")
        raise exception
    say(how, wait(child))

# Objects of C are copies: what the child does to them does not reach the parent.
shared = [1, 2, 3]
say("a child's change:", fork(lambda: through_c(shared.append, 4) or len(shared)), shared)

# fork called by C, with the hooks of both kinds.
ran = []
os.register_at_fork(
    before=lambda: ran.append("before"),
    after_in_parent=lambda: ran.append("parent"),
    after_in_child=lambda: ran.append("child"),
)
say("hooks:", fork(lambda: 10 + (ran == ["before", "child"])), ran)
ran.clear()
main_identifier_of_child()
say("fork in C:", ext_threads.fork_in_c(work), ran)
ran.clear()
say("its hooks:", ext_threads.fork_in_c(lambda: 10 + (ran == ["before", "child"])), ran)
say("in a callback:", through_c(lambda: ext_threads.fork_in_c(work)))
