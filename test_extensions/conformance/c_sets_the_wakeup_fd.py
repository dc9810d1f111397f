"""C sets the file descriptor that hears of signals."""
import os
import signal

import ext_lesser

read_end, writer = os.pipe()
os.set_blocking(writer, False)
print(ext_lesser.wakeup(-1), ext_lesser.wakeup(writer))
signal.signal(signal.SIGUSR1, lambda *arguments: print("handled", arguments[0] == signal.SIGUSR1))
os.kill(os.getpid(), signal.SIGUSR1)
print(list(os.read(read_end, 10)) == [signal.SIGUSR1])
print(ext_lesser.wakeup(-5) == writer, signal.set_wakeup_fd(-1))
