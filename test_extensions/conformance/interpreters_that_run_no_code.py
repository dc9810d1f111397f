"""PyInterpreterState_New and what is made of it; the lists of interpreters and of their thread states."""

import sys
import threading

import ext_states as c

heard = []
sys.addaudithook(lambda event, args: heard.append((event, args)) if "InterpreterState" in event else None)
for line in c.interpreters():
    print(*line)
print(heard)
found, count = c.own_threads()
print("this thread", found)
seen = []
gate = threading.Barrier(3)


def body():
    seen.append(c.own_threads()[0])
    gate.wait()
    gate.wait()


threads = [threading.Thread(target=body) for _ in range(2)]
for thread in threads:
    thread.start()
gate.wait()
print(seen, c.own_threads()[1] - count)
gate.wait()
for thread in threads:
    thread.join()
