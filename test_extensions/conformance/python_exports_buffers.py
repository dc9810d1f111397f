"""C reads the buffer of a Python class with __buffer__ and __release_buffer__."""

from ext_buffers import copied
from show import attempt


class Exporter:
    def __init__(self):
        self.data = bytearray(b"python")
        self.released = 0

    def __buffer__(self, flags):
        return memoryview(self.data)

    def __release_buffer__(self, view):
        self.released += 1
        view.release()


exporter = Exporter()
attempt("__buffer__", copied, exporter)
print("released:", exporter.released)
