"""websockets: masking of every length and bytes-like kind by the C code, errors, and the protocol above it sending frames."""

import sys
import threading

from websockets import frames, speedups, utils
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side, State
from websockets.server import ServerProtocol
from websockets.streams import StreamReader
from websockets.uri import parse_uri
from report import accelerated, digest, error

mask = b"\x01\x23\xfe\xff"
apply_mask = speedups.apply_mask

print("-- masking")
for length in [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33]:
    data = bytes(range(100, 100 + length))
    print(length, apply_mask(data, mask).hex(), apply_mask(data, mask) == utils.apply_mask(data, mask))
base = bytes((n * 31) & 255 for n in range(70000))
masked = apply_mask(base, mask)
print(digest(masked), masked == utils.apply_mask(base, mask), apply_mask(masked, mask) == base, type(masked).__name__)
print(all(apply_mask(base[n : n + 100], mask) == utils.apply_mask(base[n : n + 100], mask) for n in range(40)))


class Bytes(bytes):
    pass


class Array(bytearray):
    pass


print("-- kinds of data and mask")
view = memoryview(base)
for data in [base, bytearray(base), Bytes(base), Array(base), view, memoryview(bytearray(base)), view[::1]]:
    print(type(data).__name__, apply_mask(data, mask) == masked)
print(apply_mask(view[1:50], mask) == apply_mask(base[1:50], mask), apply_mask(view[::3], mask) == apply_mask(base[::3], mask))
print(apply_mask(view[::-1], mask) == apply_mask(base[::-1], mask), apply_mask(view[:64].cast("I"), mask) == apply_mask(base[:64], mask))
print(apply_mask(view[:24].cast("B", (4, 6)), mask) == apply_mask(base[:24], mask), apply_mask(bytearray(), bytearray(mask)))
print(apply_mask(data=b"abc", mask=memoryview(mask)), apply_mask(b"abc", mask=Bytes(mask)), apply_mask(b"", b"\0\0\0\0"))
array = bytearray(b"0123")
array += b"4567" * 10
del array[:3]
print(apply_mask(array, mask) == utils.apply_mask(array, mask), apply_mask(b"x", array[:4]))

print("-- errors")
error(apply_mask, b"abc", b"abc")
error(apply_mask, b"abc", b"abcde")
error(apply_mask, b"abc", b"")
error(apply_mask, "abc", mask)
error(apply_mask, b"abc", "abcd")
error(apply_mask, None, mask)
error(apply_mask, b"abc", 5)
error(apply_mask, b"abc")
error(apply_mask, b"abc", mask, mask)
error(apply_mask, b"abc", other=mask)
error(apply_mask, b"abc", mask, mask=mask)
released = memoryview(b"abc")
released.release()
error(apply_mask, released, mask, message=False)

print("-- frames")
for frame in [
    Frame(Opcode.TEXT, "caf\xe9".encode()),
    Frame(Opcode.BINARY, base[:300]),
    Frame(Opcode.BINARY, base),
    Frame(Opcode.PING, b"ping"),
    Frame(Opcode.CONT, b"", fin=False),
    Frame(Opcode.CLOSE, frames.Close(1000, "bye").serialize()),
]:
    reader = StreamReader()
    reader.feed_data(frame.serialize(mask=True))
    reader.feed_eof()
    parser = Frame.parse(reader.read_exact, mask=True)
    try:
        while True:
            next(parser)
    except StopIteration as stop:
        back = stop.value
    print(ascii(str(frame)), back == frame, back.opcode.name, back.fin, len(frame.serialize(mask=False)))

print("-- a client and a server, without a network")
client, server = Protocol(Side.CLIENT), Protocol(Side.SERVER)
client.send_text("h\xe9llo \u20ac".encode())
client.send_binary(base)
client.send_continuation(b"", fin=True) if client.state is not State.OPEN else client.send_ping(b"?")
client.send_close(1001, "leaving")
for data in client.data_to_send():
    server.receive_data(data)
for event in server.events_received():
    print(event.opcode.name, digest(bytes(event.data)))
print(server.state.name, server.close_rcvd, sum(map(len, server.data_to_send())) > 0)
client, server = ClientProtocol(parse_uri("ws://example.com/path?q=1")), ServerProtocol()
request = client.connect()
client.send_request(request)
for data in client.data_to_send():
    server.receive_data(data)
(received,) = server.events_received()
print(received.path, received.headers["Host"], received.headers["Upgrade"])
server.send_response(server.accept(received))
for data in server.data_to_send():
    client.receive_data(data)
print(client.events_received()[0].status_code, client.state.name, server.state.name)

print("-- threads")
results = []


def work():
    for _ in range(50):
        results.append(apply_mask(view, mask) == masked)


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(results), all(results))

print(speedups.__name__, speedups.__doc__, apply_mask.__name__, apply_mask.__doc__, type(apply_mask).__name__)
accelerated(frames.apply_mask is speedups.apply_mask and sys.modules["websockets.speedups"] is speedups, speedups)
