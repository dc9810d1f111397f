"""The program ends while daemon threads are in C, one of them without the GIL, and atexit stops a C thread: no hang, no crash."""

import atexit
import threading

import ext_lives
import ext_threads

seen = []
ext_threads.start(lambda number: seen.append(ext_lives.Node(number)), 100_000_000)


@atexit.register
def stop_the_c_thread():
    ext_threads.stop()
    print("joined at exit:", ext_threads.join(), flush=True)


waiting = threading.Thread(target=ext_threads.meet, args=(0,), daemon=True)
counting = threading.Thread(target=lambda: [ext_threads.count_unprotected() for _ in iter(int, 1)], daemon=True)
waiting.start()
counting.start()
while len(seen) < 50 or ext_threads.count_unprotected() < 50:
    ext_threads.count_up(10)
print("all ran:", waiting.is_alive(), counting.is_alive(), flush=True)
