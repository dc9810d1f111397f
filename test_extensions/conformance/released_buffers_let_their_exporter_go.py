"""C releases a buffer of a memory view whose last reference it had: the view ends with that, and so does its hold on the exporter."""

import ext_buffers


def first(memory):
    view = memoryview(memory)
    ext_buffers.hold(view)
    ext_buffers.let_go()
    del view


def last(memory):
    view = memoryview(memory)
    ext_buffers.hold(view)
    del view
    print(ext_buffers.held_bytes())
    ext_buffers.let_go()


def direct(memory):
    ext_buffers.hold(memory)
    ext_buffers.let_go()


for times in [1, 2, 5]:
    for way in [first, last, direct]:
        memory = bytearray(b"memory")
        for _ in range(times):
            way(memory)
        memory.append(0x21)
        print(times, way.__name__, memory)
    memory = bytearray(b"memory")
    ext_buffers.hold(memoryview(memory))
    try:
        memory.append(0x21)
    except BufferError as error:
        print(error)
    ext_buffers.let_go()
    memory.append(0x21)
    print(memory)
