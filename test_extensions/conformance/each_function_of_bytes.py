"""Each function of bytes, bytearrays, memoryviews and buffers, with every kind of argument: `each.py` tells how."""

import each

FUNCTIONS = r"""
PyBytes_AsString S O=bytes ! 0:NULL
PyBytes_AsStringAndSize I O=bytes s n ! 0:NULL
PyBytes_Concat V Q=bytes O=bytes
PyBytes_ConcatAndDel V Q=bytes K=bytes
PyBytes_DecodeEscape O S=s N=1 S=strict N=0 S=NULL ! 0:NULL 1:2147483647 1:2147483648
PyBytes_FromObject O O=bytes
PyBytes_FromString O S ! 0:NULL
PyBytes_FromStringAndSize O S N=4 ! 1:2147483647 1:2147483648 0:NULL
PyBytes_Repr O O<bytes=bytes J
PyBytes_Size N O=bytes ! 0:NULL
PyByteArray_AsString S O<bytearray=bytearray
PyByteArray_Concat O O=bytearray O=bytes ! 0:NULL 1:NULL all:NULL
PyByteArray_FromObject O O=bytearray ! 0:NULL ~ 0:Odd
PyByteArray_FromStringAndSize O S N=4 ! 1:2147483647 1:2147483648 0:NULL
PyByteArray_Resize I O<bytearray=bytearray N=2 ! 1:2147483647 1:2147483648 1:-1 1:-2147483648 1:-9223372036854775808
PyByteArray_Size N O<bytearray=bytearray
PyMemoryView_FromBuffer O V
PyMemoryView_FromObject O O=bytes ! 0:NULL
PyMemoryView_GetContiguous O O=bytes J==256 J=67 ! 0:NULL
PyMemoryView_GetContiguous O O=bytearray J==512 J=67 ! 0:NULL
PyBuffer_FillContiguousStrides V J=1 n n J=1 J=67 ! 0:2147483647 0:-2147483648
PyBuffer_FromContiguous I V==bytearray S=text N=4 J=67 ! 1:NULL 2:-2147483648 2:-9223372036854775808 2:-1
PyBuffer_IsContiguous I V J=67
# RustPython: struct.calcsize("(O)") is 0.
PyBuffer_SizeFromFormat N S ! 0:NULL ? 0:braces
PyBuffer_ToContiguous I B V N=5 J=67
PyObject_AsCharBuffer I O=bytes s n ! 0:memoryview
PyObject_CheckBuffer I O=bytes ! 0:NULL
PyObject_CheckReadBuffer I O=bytes ! 0:NULL
PyObject_CopyData I O=bytearray O=bytes ! 0:NULL 1:NULL all:NULL
PyObject_AsReadBuffer I O=bytes s n ! 0:memoryview
PyObject_AsWriteBuffer I O=bytearray s n
PyObject_GetBuffer I O=bytes v J=0 ! 0:NULL
PyObject_GetBuffer I O=bytearray v J=1 ! 0:NULL
PyBuffer_FillInfo I v O=bytes S=text N=4 J=1 J=0
PyMemoryView_FromMemory O S=text N=4 J=256
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
