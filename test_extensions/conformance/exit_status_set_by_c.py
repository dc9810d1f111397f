"""SystemExit raised by C ends the program with its status, after finally blocks and atexit handlers."""

import atexit
import gc

import ext_shutdown

atexit.register(ext_shutdown.called_at_exit, "before the end")
print("registered:", ext_shutdown.register_at_exit(), flush=True)
loud = ext_shutdown.Loud("deleted before the end")
del loud
gc.collect()
try:
    ext_shutdown.leave(3)
finally:
    print("finally", flush=True)
