"""PyEval_SaveThread before there is another interpreter, PyEval_AcquireThread of one that another thread started since, and back."""

import sys
import threading

import ext_visits

thread = threading.Thread(target=ext_visits.start)
thread.start()
print(ext_visits.visit("import sys\nsys.mark = 5\nprint('there:', sys.mark, flush=True)"))
thread.join()
print("here:", hasattr(sys, "mark"))
