"""The program ends while a C thread wants the GIL again and again, and a daemon thread is in C: no hang, no crash."""

import threading

import ext_lives
import ext_threads

seen = []
ext_threads.start(lambda number: seen.append(ext_lives.Node(number)), 100_000_000)
daemon = threading.Thread(target=lambda: [ext_threads.count_unprotected() for _ in iter(int, 1)], daemon=True)
daemon.start()
while len(seen) < 50:
    ext_threads.count_up(10)
print("it ran:", len(seen) >= 50, flush=True)
