"""Each function of ints, floats, complex numbers and the number protocol, with every kind of argument: `each.py` tells how.

PyFloat_AsDouble and the like have a bool's, a subclass's and a C type's number; sizes go to both ends of what they hold.
"""

import each

FUNCTIONS = r"""
PyNumber_Absolute O O=5
PyNumber_Negative O O=5
PyNumber_Positive O O=5
PyNumber_Invert O O=5
PyNumber_Long O O=5 ~ 0:bytearray 0:memoryview
PyNumber_Float O O=5
PyNumber_Index O O=5
PyNumber_Add O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 0:bytes 0:b'' 0:bad-utf8 0:Bytes 0:bytearray 0:list 0:[] 0:List 0:CList 0:tuple 0:() 0:Tuple 0:CTuple 0:pairs
PyNumber_Subtract O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_Multiply O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ all:Text all:Bytes all:List all:Tuple
PyNumber_TrueDivide O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_FloorDivide O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 1:0 all:0
PyNumber_Remainder O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 1:0 all:0
PyNumber_Divmod O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 1:0 all:0
PyNumber_Lshift O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_Rshift O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_And O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_Or O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_Xor O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_MatrixMultiply O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_InPlaceAdd O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 0:bytes 0:b'' 0:bad-utf8 0:Bytes 0:bytearray 0:tuple 0:() 0:Tuple 0:CTuple
PyNumber_InPlaceSubtract O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 0:set 0:Set 0:CSet
PyNumber_InPlaceMultiply O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ all:Text all:Bytes all:List all:Tuple
PyNumber_InPlaceTrueDivide O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_InPlaceFloorDivide O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 1:0 all:0
PyNumber_InPlaceRemainder O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 1:0 all:0
PyNumber_InPlaceLshift O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_InPlaceRshift O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_InPlaceAnd O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 0:set 0:Set 0:CSet
PyNumber_InPlaceOr O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 0:set 0:Set 0:CSet
PyNumber_InPlaceXor O O=5 O=5 ! 0:NULL 1:NULL all:NULL ~ 0:set 0:Set 0:CSet
PyNumber_InPlaceMatrixMultiply O O=5 O=5 ! 0:NULL 1:NULL all:NULL
PyNumber_Power O O=5 O=base O=None ! 0:NULL 1:NULL 1:2**70 2:NULL all:NULL
PyNumber_InPlacePower O O=5 O=base O=None ! 0:NULL 1:NULL 1:2**70 2:NULL all:NULL
PyNumber_Check I O=5
PyNumber_AsSsize_t N O=5 O=error-class
PyNumber_ToBase O O=5 J=16
PyIndex_Check I O=5 ! 0:NULL
PyBool_FromLong O N
PyComplex_AsCComplex C O=1+2j ! 0:NULL
PyComplex_FromCComplex O C
PyComplex_FromDoubles O D D
PyComplex_ImagAsDouble D O=1+2j ! 0:NULL
PyComplex_RealAsDouble D O=1+2j ! 0:NULL
PyFloat_AsDouble D O=1.5
PyFloat_FromDouble O D
PyFloat_FromString O O=12.5-text ! 0:NULL
PyFloat_GetInfo O
PyFloat_GetMax D
PyFloat_GetMin D
PyFloat_Pack2 I D B J
PyFloat_Pack4 I D B J
PyFloat_Pack8 I D B J
PyFloat_Unpack2 D S J ! 0:NULL
PyFloat_Unpack4 D S J ! 0:NULL
PyFloat_Unpack8 D S J ! 0:NULL
PyLong_AsDouble D O=5
PyLong_AsInt I O=5
PyLong_AsLong N O=5
PyLong_AsLongAndOverflow N O=5 i
PyLong_AsLongLong N O=5
PyLong_AsLongLongAndOverflow N O=5 i
PyLong_AsNativeBytes N O=5 B N=8 J=-1 ! 2:2147483647 2:2147483648 2:9223372036854775807
PyLong_AsSize_t M O=5
PyLong_AsSsize_t N O=5
PyLong_AsUnsignedLong M O=5
PyLong_AsUnsignedLongLong M O=5
PyLong_AsUnsignedLongLongMask M O=5
PyLong_AsUnsignedLongMask M O=5
PyLong_AsVoidPtr P O=5 ! 0:NULL
PyLong_FromDouble O D
PyLong_FromLong O N
PyLong_FromLongLong O N
PyLong_FromNativeBytes O S N=5 J=-1 ! 1:2147483647 1:-2147483648 1:2147483648 1:9223372036854775807 1:-9223372036854775808
PyLong_FromSize_t O N
PyLong_FromSsize_t O N
PyLong_FromString O S=12 s J=10 ! 0:NULL
PyLong_FromString O S==0x1f s J=0
PyLong_FromUnicodeObject O O=twelve J=10 ! 0:NULL
PyLong_FromUnsignedLong O N
PyLong_FromUnsignedLongLong O N
PyLong_FromUnsignedNativeBytes O S N=5 J=-1 ! 1:2147483647 1:-2147483648 1:2147483648 1:9223372036854775807 1:-9223372036854775808
PyLong_FromVoidPtr O x
PyLong_GetInfo O
PyOS_double_to_string Z D J=114 J=0 J=0 i ! 2:-1
PyOS_double_to_string Z D==1234.5678 J=102 J=3 J=3 i ! 2:2147483647 2:-2147483648 2:-1
PyOS_string_to_double D S=1.5x s O=error-class ! 0:NULL
PyOS_string_to_double D S=1.5x s O==NULL ! 0:NULL
PyOS_strtol N S=12 s J=10 ! 0:NULL
PyOS_strtoul M S=12 s J=10 ! 0:NULL
PyUnstable_Long_CompactValue N O==5
PyUnstable_Long_CompactValue N O==-1
PyUnstable_Long_IsCompact I O==2**70
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
