"""The capsule _socket.CAPI: the class of sockets, and the fields of a socket that C reads inline."""

import socket

import ext_capsules as c
from show import attempt


def fields(sock):
    number, family, kind, protocol, timeout, error, late = c.socket_fields(sock)
    same = number == sock.fileno(), family == sock.family, kind == sock.type, protocol == sock.proto
    print(same, number < 0, timeout, error is OSError, late is TimeoutError)


class Own(socket.socket):
    def fileno(self):
        return super().fileno()

    def gettimeout(self):
        return 77.0


for cls in (socket.socket, socket.SocketType, Own):
    with_name = cls(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
    fields(with_name)
    with_name.settimeout(1.25)
    fields(with_name)
    with_name.setblocking(False)
    fields(with_name)
    with_name.settimeout(None)
    fields(with_name)
    with_name.close()
    fields(with_name)

left, right = socket.socketpair()
for sock in (left, right):
    fields(sock)
print(left.detach() >= 0)
fields(left)
attempt("its error", c.socket_error, right)
right.close()
attempt("no socket", c.socket_fields, 5)
attempt("no socket", c.socket_fields, type("Other", (), {"fileno": lambda self: 1})())
print(type(__import__("_socket").CAPI).__name__)
