"""Functions of the API given wrong types, NULL, sizes that are negative or huge, texts that are no UTF-8: what they return or raise.

Each line of the table is a function, the kind of its result and those of its parameters (`ext_wrong.c` has the letters); then what
is left out because CPython looks at whatever lies there: `0:None` is None for the first parameter.
"""

import ext_wrong
from show import without_place

FUNCTIONS = r"""
PyBuffer_SizeFromFormat N S 0:b'\xff' 0:None
PyBytes_AsString S O 0:NULL
PyBytes_AsStringAndSize I OPP 0:NULL
PyBytes_DecodeEscape O SNSNS 1:-1 1:2147483647 1:9223372036854775807 1:-9223372036854775808
PyBytes_FromObject O O 0:NULL
PyBytes_FromString O S 0:None
PyBytes_FromStringAndSize O SN 1:2147483647
PyBytes_Size N O 0:NULL
PyCFunction_GetSelf O O 0:NULL
PyCallable_Check I O
PyClassMethod_New O O 0:NULL 0:Bad()
PyCodec_Decoder O S 0:b'\xff' 0:None
PyCodec_Encoder O S 0:b'\xff' 0:None
PyCodec_IncrementalDecoder O SS 0:b'\xff' 0:None
PyCodec_IncrementalEncoder O SS 0:b'\xff' 0:None
PyComplex_ImagAsDouble D O 0:NULL
PyComplex_RealAsDouble D O 0:NULL
PyContextVar_Get I OOQ 0:NULL
PyContextVar_New O SO 0:b'\xff' 0:None
PyContextVar_Set O OO 0:NULL 1:NULL
PyContext_Enter I O 0:NULL
PyContext_Exit I O 0:NULL
PyDictProxy_New O O 0:NULL
PyDict_Clear V O 0:NULL
PyDict_Copy O O 0:NULL
PyDict_DelItem I OO 0:NULL 1:NULL 1:list 1:dict 1:set 1:Bad()
PyDict_DelItemString I OS 0:NULL 1:b'\xff' 1:None
PyDict_GetItem O OO 0:NULL 1:NULL
PyDict_GetItemRef I OOQ 0:NULL 1:NULL
PyDict_GetItemString O OS 0:NULL 1:None
PyDict_GetItemStringRef I OSQ 0:NULL 1:b'\xff' 1:None
PyDict_GetItemWithError O OO 0:NULL 1:NULL
PyDict_Items O O 0:NULL
PyDict_Keys O O 0:NULL
PyDict_Pop I OOQ 0:NULL
PyDict_PopString I OSQ 0:NULL 1:b'\xff' 1:None
PyDict_SetDefault O OOO 0:NULL 1:NULL
PyDict_SetDefaultRef I OOOQ 0:NULL 1:NULL
PyDict_SetItem I OOO 0:NULL 1:NULL 2:NULL
PyDict_SetItemString I OSO 0:NULL 1:b'\xff' 1:None 2:NULL
PyDict_Size N O 0:NULL
PyDict_Update I OO 0:NULL 1:NULL
PyDict_Values O O 0:NULL
PyErr_ExceptionMatches I O
PyErr_Fetch V QQQ
PyErr_GetExcInfo V QQQ
PyErr_GivenExceptionMatches I OO
PyErr_NewException O SOO 0:None
PyErr_NewExceptionWithDoc O SSOO 0:None 1:b'\xff' 3:None 3:5 3:-1 3:2**70 3:1.5 3:text 3:surrogate 3:bytes 3:list 3:tuple 3:() 3:set 3:Plain() 3:Plain 3:len 3:Text() 3:Bad() 3:Index() 3:iterator 3:slice 3:error
PyErr_NormalizeException V QQQ
PyErr_SetFromErrno O O 0:NULL 0:len
PyErr_SetFromErrnoWithFilename O OS 0:NULL 0:len
PyErr_SetImportError O OOO 0:Plain() 0:Bad() 0:Index() 0:iterator
PyErr_SetNone V O 0:NULL 0:Plain() 0:Index() 0:iterator
PyErr_SetObject V OO 0:NULL 0:Plain() 0:Index() 0:iterator
PyErr_SetRaisedException V O 0:Plain() 0:Bad() 0:Index() 0:iterator
PyErr_SetString V OS 0:NULL 0:Plain() 0:Index() 0:iterator 1:b'\xff' 1:None
PyEval_GetFuncDesc S O 0:NULL
PyEval_GetFuncName S O 0:NULL
PyFloat_AsDouble D O
PyFloat_FromString O O 0:NULL
PyFrozenSet_New O O
PyFunction_GetAnnotations O O 0:NULL
PyFunction_GetClosure O O 0:NULL
PyFunction_GetCode O O 0:NULL
PyFunction_GetDefaults O O 0:NULL
PyFunction_GetGlobals O O 0:NULL
PyFunction_GetKwDefaults O O 0:NULL
PyFunction_GetModule O O 0:NULL
PyImport_AddModule O S 0:b'\xff' 0:None
PyImport_AddModuleObject O O 0:NULL 0:None 0:5 0:-1 0:2**70 0:1.5 0:bytes 0:tuple 0:() 0:Plain() 0:Plain 0:len 0:Text() 0:Index() 0:iterator 0:slice 0:error 0:list 0:dict 0:set 0:Bad()
PyImport_AddModuleRef O S 0:b'\xff' 0:None
PyImport_GetModule O O 0:NULL
PyImport_Import O O 0:NULL 0:surrogate
PyImport_ImportModule O S 0:b'\xff' 0:None
PyIndex_Check I O 0:NULL
PyIter_Check I O 0:NULL
PyList_Append I OO 0:NULL 1:NULL
PyList_AsTuple O O 0:NULL
PyList_Clear I O 0:NULL
PyList_Extend I OO 0:NULL 1:NULL
PyList_GetItem O ON 0:NULL
PyList_GetItemRef O ON 0:NULL
PyList_GetSlice O ONN 0:NULL
PyList_Insert I ONO 0:NULL 2:NULL
PyList_Reverse I O 0:NULL
PyList_SetItem I ONO 0:NULL
PyList_SetSlice I ONNO 0:NULL
PyList_Size N O 0:NULL
PyList_Sort I O 0:NULL
PyLong_AsDouble D O 0:NULL
PyLong_AsInt I O 0:NULL
PyLong_AsLong N O 0:NULL
PyLong_AsLongAndOverflow N OP 0:NULL
PyLong_AsLongLong N O 0:NULL
PyLong_AsLongLongAndOverflow N OP 0:NULL
PyLong_AsSize_t N O 0:NULL
PyLong_AsSsize_t N O 0:NULL
PyLong_AsUnsignedLong N O 0:NULL
PyLong_AsUnsignedLongLong N O 0:NULL
PyLong_AsUnsignedLongLongMask N O 0:NULL
PyLong_AsUnsignedLongMask N O 0:NULL
PyLong_FromLongLong O N
PyLong_FromSsize_t O N
PyLong_FromUnsignedLongLong O N
PyMapping_Check I O
PyMapping_GetItemString O OS 1:b'\xff'
PyMapping_GetOptionalItem I OOQ 0:NULL
PyMapping_GetOptionalItemString I OSQ 0:NULL 1:b'\xff'
PyMapping_HasKey I OO
PyMapping_HasKeyString I OS
PyMapping_HasKeyStringWithError I OS 0:NULL 1:b'\xff'
PyMapping_HasKeyWithError I OO 0:NULL
PyMapping_Items O O
PyMapping_Keys O O
PyMapping_SetItemString I OSO 1:b'\xff'
PyMapping_Size N O
PyMapping_Values O O
PyMemoryView_FromObject O O 0:NULL
PyMethod_New O OO 0:NULL
PyModule_Add I OSO 0:NULL 1:None
PyModule_AddObject I OSO 0:NULL 1:None
PyModule_AddObjectRef I OSO 0:NULL 1:None
PyModule_AddStringConstant I OSS 0:NULL 1:None 2:None
PyModule_GetDict O O 0:NULL
PyModule_GetFilenameObject O O 0:NULL
PyModule_GetName S O 0:NULL
PyModule_GetNameObject O O 0:NULL
PyModule_New O S 0:b'\xff' 0:None
PyNumber_Absolute O O
PyNumber_Add O OO 0:NULL 0:bytes 0:list 0:tuple 0:() 1:NULL
PyNumber_And O OO 0:NULL 1:NULL
PyNumber_AsSsize_t N OO 0:2**70
PyNumber_Check I O
PyNumber_Divmod O OO 0:NULL 1:NULL
PyNumber_Float O O
PyNumber_FloorDivide O OO 0:NULL 1:NULL
PyNumber_InPlaceAdd O OO 0:NULL 0:bytes 0:tuple 0:() 1:NULL
PyNumber_InPlaceAnd O OO 0:NULL 0:set 1:NULL
PyNumber_InPlaceFloorDivide O OO 0:NULL 1:NULL
PyNumber_InPlaceLshift O OO 0:NULL 1:NULL
PyNumber_InPlaceMatrixMultiply O OO 0:NULL 1:NULL
PyNumber_InPlaceMultiply O OO 0:NULL 1:NULL 1:Text()
PyNumber_InPlaceOr O OO 0:NULL 0:set 1:NULL
PyNumber_InPlacePower O OOO 0:NULL 1:NULL 2:NULL
PyNumber_InPlaceRemainder O OO 0:NULL 1:NULL
PyNumber_InPlaceRshift O OO 0:NULL 1:NULL
PyNumber_InPlaceSubtract O OO 0:NULL 0:set 1:NULL
PyNumber_InPlaceTrueDivide O OO 0:NULL 1:NULL
PyNumber_InPlaceXor O OO 0:NULL 0:set 1:NULL
PyNumber_Index O O
PyNumber_Invert O O
PyNumber_Long O O
PyNumber_Lshift O OO 0:NULL 1:NULL
PyNumber_MatrixMultiply O OO 0:NULL 1:NULL
PyNumber_Multiply O OO 0:NULL 1:NULL 1:Text()
PyNumber_Negative O O
PyNumber_Or O OO 0:NULL 1:NULL
PyNumber_Positive O O
PyNumber_Power O OOO 0:NULL 1:NULL 2:NULL
PyNumber_Remainder O OO 0:NULL 1:NULL
PyNumber_Rshift O OO 0:NULL 1:NULL
PyNumber_Subtract O OO 0:NULL 1:NULL
PyNumber_TrueDivide O OO 0:NULL 1:NULL
PyNumber_Xor O OO 0:NULL 1:NULL
PyObject_ASCII O O 0:Plain() 0:Index() 0:iterator
PyObject_AsFileDescriptor I O 0:NULL 0:Bad()
PyObject_Bytes O O
PyObject_CallNoArgs O O 0:NULL 0:len
PyObject_CallObject O OO 0:NULL
PyObject_CallOneArg O OO 0:NULL 1:NULL
PyObject_CheckBuffer I O 0:NULL
PyObject_DelAttr I OO 0:NULL 1:NULL 1:surrogate
PyObject_DelAttrString I OS 0:NULL 1:b'\xff' 1:None
PyObject_DelItem I OO 1:None 1:2**70 1:1.5 1:text 1:surrogate 1:bytes 1:list 1:tuple 1:() 1:dict 1:set 1:Plain() 1:Plain 1:len 1:Text() 1:Bad() 1:iterator 1:slice 1:error
PyObject_DelItemString I OS 0:text 0:surrogate 0:bytes 0:tuple 0:() 0:set 0:Plain() 0:Text() 0:Index() 1:b's' 1:b'' 1:b'\xff' 1:b'append'
PyObject_Dir O O 0:1.5 0:tuple 0:()
PyObject_Format O OO 0:NULL 1:text 1:surrogate 1:Text()
PyObject_GenericGetAttr O OO 0:NULL 1:NULL 1:surrogate
PyObject_GenericSetAttr I OOO 0:NULL 1:NULL 1:surrogate
PyObject_GetAttr O OO 0:NULL 1:NULL 1:surrogate
PyObject_GetAttrString O OS 0:NULL 1:b'\xff' 1:None
PyObject_GetItem O OO
PyObject_GetIter O O 0:NULL 0:text
PyObject_GetOptionalAttr I OOQ 0:NULL 1:NULL
PyObject_GetOptionalAttrString I OSQ 0:NULL 1:b'\xff' 1:None
PyObject_HasAttr I OO 0:NULL 1:NULL
PyObject_HasAttrString I OS 0:NULL 1:None
PyObject_HasAttrStringWithError I OS 0:NULL 1:b'\xff' 1:None
PyObject_HasAttrWithError I OO 0:NULL 1:NULL
PyObject_Hash N O 0:NULL 0:text 0:surrogate 0:bytes 0:Plain() 0:Plain 0:len 0:Text() 0:Index() 0:iterator 0:error
PyObject_HashNotImplemented N O 0:NULL
PyObject_IsInstance I OO 0:NULL 1:NULL
PyObject_IsSubclass I OO 0:NULL 1:NULL
PyObject_IsTrue I O 0:NULL
PyObject_LengthHint N ON 0:NULL
PyObject_Not I O 0:NULL
PyObject_Repr O O 0:Plain() 0:Index() 0:iterator
PyObject_SelfIter O O 0:NULL
PyObject_SetAttr I OOO 0:NULL 1:NULL 1:surrogate
PyObject_SetAttrString I OSO 0:NULL 1:b'\xff' 1:None
PyObject_SetItem I OOO 1:2**70 1:Bad()
PyObject_Size N O
PyObject_Str O O 0:Plain() 0:Index() 0:iterator
PyObject_Type O O
PySeqIter_New O O 0:NULL
PySequence_Check I O 0:NULL
PySequence_Concat O OO 0:bytes 0:list 0:tuple 0:()
PySequence_Contains I OO 0:NULL 1:NULL
PySequence_Count N OO
PySequence_DelItem I ON
PySequence_DelSlice I ONN
PySequence_Fast O OS 1:None
PySequence_GetItem O ON
PySequence_GetSlice O ONN
PySequence_InPlaceConcat O OO 0:bytes 0:tuple 0:()
PySequence_InPlaceRepeat O ON 0:Bad() 1:2147483647 1:9223372036854775807
PySequence_Index N OO
PySequence_List O O
PySequence_Repeat O ON 0:Bad() 1:2147483647 1:9223372036854775807
PySequence_SetItem I ONO
PySequence_SetSlice I ONNO 3:NULL
PySequence_Size N O
PySequence_Tuple O O
PySet_Add I OO 0:NULL 1:NULL
PySet_Clear I O 0:NULL
PySet_Contains I OO 0:NULL 1:NULL
PySet_Discard I OO 0:NULL 1:NULL
PySet_New O O
PySet_Pop O O 0:NULL
PySet_Size N O 0:NULL
PyStaticMethod_New O O 0:NULL 0:Bad()
PyTuple_GetItem O ON 0:NULL
PyTuple_GetSlice O ONN 0:NULL
PyTuple_SetItem I ONO 0:NULL
PyTuple_Size N O 0:NULL
PyUnicodeDecodeError_Create O SSNNNS 0:b'\xff' 0:None 1:None 2:2147483647 2:9223372036854775807 5:b'\xff' 5:None
PyUnicode_AsASCIIString O O 0:NULL
PyUnicode_AsCharmapString O OO 0:NULL 1:None 1:text 1:surrogate 1:bytes 1:list 1:tuple 1:() 1:Text()
PyUnicode_AsEncodedString O OSS 0:NULL 1:b'\xff'
PyUnicode_AsLatin1String O O 0:NULL
PyUnicode_AsRawUnicodeEscapeString O O 0:NULL
PyUnicode_AsUTF16String O O 0:NULL 0:text
PyUnicode_AsUTF32String O O 0:NULL 0:text
PyUnicode_AsUTF8 S O 0:NULL
PyUnicode_AsUTF8AndSize S OP 0:NULL
PyUnicode_AsUTF8String O O 0:NULL
PyUnicode_AsUnicodeEscapeString O O 0:NULL
PyUnicode_BuildEncodingMap O O 0:NULL
PyUnicode_Compare I OO 0:NULL 1:NULL
PyUnicode_Concat O OO 0:NULL 1:NULL
PyUnicode_Contains I OO 0:NULL 1:NULL
PyUnicode_Count N OONN 0:NULL 1:NULL
PyUnicode_EncodeFSDefault O O 0:NULL 0:None 0:5 0:-1 0:2**70 0:1.5 0:bytes 0:list 0:tuple 0:() 0:dict 0:set 0:Plain() 0:Plain 0:len 0:Bad() 0:Index() 0:iterator 0:slice 0:error
PyUnicode_EncodeLocale O OS 0:NULL
PyUnicode_Format O OO 0:NULL 1:NULL
PyUnicode_FromEncodedObject O OSS 0:NULL
PyUnicode_FromObject O O 0:NULL
PyUnicode_FromString O S 0:b'\xff' 0:None
PyUnicode_GetLength N O 0:NULL
PyUnicode_Join O OO
PyUnicode_New O NN 0:2147483647
PyUnicode_Partition O OO 0:NULL 1:NULL
PyUnicode_RPartition O OO 0:NULL 1:NULL
PyUnicode_RSplit O OON 0:NULL
PyUnicode_ReadChar U ON 0:NULL
PyUnicode_Replace O OOON 0:NULL 1:NULL 2:NULL
PyUnicode_Split O OON 0:NULL
PyUnicode_Translate O OOS 0:NULL
Py_EnterRecursiveCall I S
Py_GenericAlias O OO 0:NULL 1:NULL
Py_Is I OO
Py_NewRef O O 0:NULL
Py_XNewRef O O
_PyDict_GetItem_KnownHash O OON 0:NULL 1:NULL
_PyDict_NewPresized O N
_PyEval_SliceIndex I OP 0:NULL
_PyEval_SliceIndexNotNone I OP 0:NULL
_PyGen_FetchStopIterationValue I Q
_PyNumber_Index O O
_PySet_Update I OO 0:NULL 1:NULL
_PyTuple_Resize I QN
"""


class Plain:
    pass


class Text(str):
    pass


class Bad:
    """Whatever it is asked is an error."""

    def fail(self, *given):
        raise RuntimeError("Bad")

    __len__ = __iter__ = __index__ = __hash__ = __eq__ = __call__ = __getitem__ = __float__ = __str__ = __repr__ = __bool__ = fail
    __getattr__ = __contains__ = __setitem__ = __delitem__ = fail


class Index:
    def __index__(self):
        return 3


def menu(kind):
    """Name -> value, made anew: a function may change it."""
    if kind in "OQ":
        return {
            "NULL": ext_wrong.NULL, "None": None, "5": 5, "-1": -1, "2**70": 2**70, "1.5": 1.5, "text": "text", "surrogate": "\ud800",
            "bytes": b"bytes", "list": [2, 1], "tuple": (1, 2), "()": (), "dict": {"text": 1}, "set": {1}, "Plain()": Plain(),
            "Plain": Plain, "len": len, "Text()": Text("sub"), "Bad()": Bad(), "Index()": Index(), "iterator": iter([1, 2]),
            "slice": slice(1, None, 2), "error": ValueError("words"),
        }  # fmt: skip
    if kind == "S":
        return {repr(text): text for text in (b"s", b"", b"\xff", b"append", None)}
    if kind == "N":
        return {str(number): number for number in (0, 1, -1, 2**31 - 1, 2**63 - 1, -(2**63))}
    if kind == "D":
        return {str(number): number for number in (0.0, -2.5, float("inf"), float("nan"))}
    return {"place": None}


DEFAULTS = {"O": ["text", "5", "list", "dict", "tuple"], "Q": ["text"], "S": ["b's'"], "N": ["0"], "D": ["0.0"], "P": ["place"]}


def default(kind, index):
    return DEFAULTS[kind][index % len(DEFAULTS[kind])]


def shown(value, depth=0):
    """Without addresses, or the order of a set."""
    kind = type(value)
    if kind in (int, float, complex, bool, type(None), str, bytes, bytearray, slice, range):
        text = ascii(value)
        return text if len(text) < 150 else f"{text[:150]}..."
    if depth < 2 and kind in (list, tuple):
        return f"{kind.__name__}[{', '.join(shown(item, depth + 1) for item in value)}]"
    if depth < 2 and kind is dict:
        return "{" + ", ".join(f"{shown(key, 2)}: {shown(item, depth + 1)}" for key, item in value.items()) + "}"
    return f"class {value.__name__}" if kind is type else f"<{kind.__name__}>"


def outcome(name, result, kinds, labels):
    values = tuple(menu(kind)[label] for kind, label in zip(kinds, labels))
    returned, error = ext_wrong.call(name, result, kinds, values)
    if error is None:
        return shown(returned)
    return f"{shown(returned)} {type(error).__name__}: {ascii(without_place(str(error)))[1:-1]}"


def cases(kinds):
    """Each choice for each parameter, with a usual one for the others."""
    for index, kind in enumerate(kinds):
        for label in menu(kind):
            yield f"{index}:{label}", [label if at == index else default(other, at) for at, other in enumerate(kinds)]


def main():
    for line in FUNCTIONS.split("\n"):
        if not line:
            continue
        name, result, kinds, *left_out = line.split()
        groups = {}
        for case, labels in cases(kinds):
            if case not in left_out:
                groups.setdefault(outcome(name, result, kinds, labels), []).append(case)
        print(f"-- {name}")
        for words, members in groups.items():
            print(f"{words}   <- {' '.join(members)}")


if __name__ == "__main__":
    main()
