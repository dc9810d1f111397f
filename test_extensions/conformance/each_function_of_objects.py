"""Each function of the object protocol and of calls, with every kind of argument: `each.py` tells how."""

import each

FUNCTIONS = r"""
PyAIter_Check I O=async-iterable ! 0:NULL
PyObject_ASCII O O=Other()
PyObject_AsFileDescriptor I O=5 ! 0:NULL
PyObject_Bytes O O=bytes
# RustPython: ValueError(one=1) is no error.
PyObject_Call O O=function O<tuple=tuple O<dict=text-keys ! 0:NULL ~ 0:int ? 0:ValueError
PyObject_CallNoArgs O O=function ! 0:NULL
PyObject_CallObject O O=function O=tuple ! 0:NULL all:NULL
PyObject_CallOneArg O O=function O=5 ! 0:NULL 1:NULL all:NULL
PyObject_DelAttrString I O=Other() S ! 0:NULL 1:NULL
PyObject_Dir R O=Other()
# RustPython: format(1, "\ud800") encodes before it looks.
PyObject_Format O O=5 O=format ! 0:NULL all:NULL ~ 1:text 1:wide 1:nul 1:Text 1:CText all:text all:wide all:nul all:Text all:CText ? 1:surrogate all:surrogate
PyObject_GC_IsFinalized I O=Other() ! 0:NULL
# A class has a namespace, which the host gives as a mappingproxy.
PyObject_GenericGetDict O O=Other() x ! 0:NULL ? 0:Plain 0:int 0:ValueError 0:Made
PyObject_GenericHash H O=text ! 0:NULL
PyObject_GenericSetDict I O=Other() O=dict x ! 0:NULL all:NULL 0:module 0:Plain 0:Made 0:int 0:ValueError all:Plain all:Made all:int all:ValueError
PyObject_GetAIter O O=async-iterable ! 0:NULL
PyObject_GetAttrString O O=Other() S ! 0:NULL 1:NULL
PyObject_GetIter R O=list ! 0:NULL
PyObject_GetOptionalAttrString I O=Other() S o ! 0:NULL 1:NULL
PyObject_HasAttrString I O=Other() S ! 0:NULL 1:NULL
PyObject_HasAttrStringWithError I O=Other() S ! 0:NULL 1:NULL
PyObject_Hash H O=text ! 0:NULL
PyObject_HashNotImplemented H O=text ! 0:NULL
PyObject_IsInstance I O=5 O=int-class ! 0:NULL 1:NULL all:NULL
PyObject_IsSubclass I O=Plain-class O=Plain-class ! 0:NULL 1:NULL all:NULL
PyObject_IsTrue I O=list ! 0:NULL
PyObject_Length N O=list
PyObject_LengthHint N O=iterator N=3 ! 0:NULL ~ 0:Odd
PyObject_Not I O=list ! 0:NULL
PyObject_Repr O O=Other()
# RustPython: slice(1) < slice(2) is a TypeError.
PyObject_RichCompare O O=5 O=5 J=0 ! 2:-1 2:6 2:16 2:2147483647 2:-2147483648 ~ 0:NULL 1:NULL all:NULL ? all:slice
PyObject_RichCompareBool I O=5 O=5 J=2 ! 2:-1 2:6 2:16 2:2147483647 2:-2147483648 all:NULL ~ 0:NULL 1:NULL
PyObject_SelfIter O O=Other() ! 0:NULL
PyObject_SetAttrString I O=Other() S O ! 0:NULL 1:NULL all:NULL
PyObject_Size N O=list
PyObject_Str O O=Other()
PyObject_Type O O=Other()
PyVectorcall_Call O O=function O<tuple=tuple O<dict=text-keys ! 0:NULL ~ 0:int
PyVectorcall_NARGS N N
Py_GenericAlias O O=Plain-class O=int-class ! 0:NULL 1:NULL all:NULL
Py_Is I O O ! all:-2**63 all:1.5
Py_IsFalse I O
Py_IsNone I O
Py_IsTrue I O
Py_NewRef O O=text ! 0:NULL
Py_XNewRef O O=text
PyObject_GetAttr O O=Other() O=method-name ! 0:NULL 1:NULL all:NULL ~ 1:surrogate all:surrogate
PyObject_GetAttrString O O=Other() S=method ! 0:NULL 1:NULL
PyObject_GetOptionalAttr I O=Other() O=method-name o ! 0:NULL 1:NULL all:NULL
PyObject_HasAttr I O=Other() O=method-name ! 0:NULL 1:NULL all:NULL
PyObject_HasAttrWithError I O=Other() O=method-name ! 0:NULL 1:NULL all:NULL
PyObject_GenericGetAttr O O=Other() O=method-name ! 0:NULL 1:NULL all:NULL ~ 1:surrogate all:surrogate
PyObject_SetAttr I O=Other() O=name O=5 ! 0:NULL 1:NULL all:NULL ~ all:surrogate
PyObject_SetAttr I O==Other() O=name O==NULL ! 1:NULL ~ 1:surrogate
PyObject_GenericSetAttr I O=Other() O=name O=5 ! 0:NULL 1:NULL all:NULL ~ all:surrogate
PyObject_DelAttr I O=with-name O=name ! 0:NULL 1:NULL all:NULL ~ 1:surrogate all:surrogate
PyObject_GetItem O O=dict O=text ~ 0:range all:range
PyObject_GetItem O O=list O=0 ~ all:range
PyObject_SetItem I O=dict O=text O=5
PyObject_SetItem I O=list O=0 O=5 ~ 1:slice
PyObject_DelItem I O=dict O=text
PyObject_DelItem I O=list O=0
PyObject_DelItemString I O=dict S=text
# RustPython: ValueError(one=1) is no error.
PyObject_Vectorcall O O=function A N=1 O==NULL ! 0:NULL 1:none 2:-1 2:5 2:2147483647 2:-2147483648 2:2147483648 2:9223372036854775807 ? 0:ValueError
PyObject_Vectorcall O O=function A=three N==1 O==keywords ! 0:NULL 1:none 1:one 1:two 1:own-self ~ 0:int ? 0:ValueError
PyObject_VectorcallDict O O=function A N=1 O<dict=text-keys ! 0:NULL 1:none 2:5 2:2147483647 2:2147483648 ~ 0:int ? 0:ValueError
PyObject_VectorcallMethod O O=method-name A=own-self N=1 O==NULL ! 0:NULL 1:none 2:-1 2:0 2:5 2:2147483647 2:-2147483648 2:2147483648 2:9223372036854775807 2:-9223372036854775808 ~ 0:surrogate
# RustPython: ValueError(one=1) is no error.
PyEval_CallObjectWithKeywords O O=function O=tuple O=text-keys ! 0:NULL all:NULL ~ 0:int ? 0:ValueError
PyCFunction_Call O O=len O<tuple=args O==NULL ! 0:NULL
PyObject_CallFunctionObjArgs O O=function O=5 x
PyObject_CallMethodObjArgs O O=Other() O=method-name O=5 x ~ 1:surrogate all:surrogate
PyObject_CallFunction O O=function S=() x x x
PyObject_CallMethod O O=Other() S=method S=() x x x
Py_GetConstant O J
Py_GetConstantBorrowed B J
PyCallable_Check I O=function
PyObject_GetItemData P O==5
Py_ReprEnter I O=text ! 0:NULL
Py_ReprLeave V O=text
Py_IncRef V O==text
PyGC_IsEnabled I
PyGC_Enable I
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
