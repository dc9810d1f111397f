"""Two threads meet inside Py_BEGIN_ALLOW_THREADS: each waits there for the other, so both must be inside at once."""

import threading

import ext_threads

results = {}


def visit(me):
    results[me] = [ext_threads.meet(me) for _ in range(20)]


threads = [threading.Thread(target=visit, args=(me,)) for me in (0, 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("met:", sorted((me, set(met)) for me, met in results.items()))

progress = []
done = threading.Event()


def ticking():
    while not done.is_set():
        progress.append(1)


ticker = threading.Thread(target=ticking)
ticker.start()
ticked = threading.Thread(target=lambda: (ext_threads.meet(0), done.set()))
ticked.start()
print("main:", ext_threads.meet(1))
ticked.join()
ticker.join()
print("python went on:", len(progress) > 0)


def count():
    for _ in range(50):
        ext_threads.count_up(20)


threads = [threading.Thread(target=count) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("counted:", ext_threads.count_up(0))


def unprotected():
    for _ in range(2000):
        ext_threads.count_unprotected()


threads = [threading.Thread(target=unprotected) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("the GIL protects C between two calls to Python:", ext_threads.count_unprotected())
