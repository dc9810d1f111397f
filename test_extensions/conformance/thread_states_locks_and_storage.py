"""PyThreadState_Get, GetDict, PyThread locks, thread-specific storage, pending calls."""

import threading

import ext_threads


def run(function):
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


print("facts:", ext_threads.thread_facts(), ext_threads.thread_facts())
print("in another thread:", run(ext_threads.thread_facts), run(lambda: [ext_threads.thread_facts()[3], ext_threads.thread_facts()[3]]))
print("locks:", ext_threads.locked())
print("storage:", ext_threads.stored(5), ext_threads.stored(6))
print("in another thread:", run(lambda: (ext_threads.stored(7), ext_threads.stored(8))))
print("unchanged here:", ext_threads.stored(9)[0])
print("pending:", ext_threads.pending_call())
print("states of C's own:", ext_threads.swap(), ext_threads.swap(), run(ext_threads.swap))
seen = []


def callback(number):
    seen.append(number)
    return [number, threading.current_thread() is threading.main_thread()]


print("a thread with its own state:", ext_threads.visit(callback, 3, False), seen)
print("a thread that keeps its state:", ext_threads.visit(callback, 3, True), seen)
print("from another thread:", run(lambda: ext_threads.visit(callback, 2, False)), run(lambda: ext_threads.visit(callback, 2, True)), len(seen))
