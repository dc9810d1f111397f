"""Each function of errors and warnings, with every kind of argument: `each.py` tells how."""

import each

FUNCTIONS = r"""
PyErr_BadArgument I
PyErr_BadInternalCall V
PyErr_ExceptionMatches I O=error-class
PyErr_Fetch V o o o
PyErr_GetExcInfo V o o o
PyErr_GetHandledException O
PyErr_GetRaisedException O
PyErr_GivenExceptionMatches I O=error O=error-class ! all:-2**63 all:1.5
PyErr_NewException O S=a.b O=error-class O<dict=NULL ! 0:NULL ~ 1:None 1:True 1:0 1:5 1:-1 1:2**70 1:-2**63 1:Int 1:CInt 1:1.5 1:nan 1:Float 1:CFloat 1:1+2j 1:text 1:'' 1:wide 1:surrogate 1:nul 1:Text 1:CText 1:bytes 1:b'' 1:bad-utf8 1:Bytes 1:bytearray 1:memoryview 1:list 1:[] 1:List 1:CList 1:tuple 1:Tuple 1:CTuple 1:dict 1:{} 1:Dict 1:CDict 1:set 1:Set 1:CSet 1:frozenset 1:FrozenSet 1:Plain() 1:Odd 1:Index 1:Thing 1:CThingChild 1:len 1:function 1:method 1:method-of-list 1:generator 1:iterator 1:slice 1:range 1:error 1:Error 1:KeyError 1:module 1:capsule 1:property 1:code 1:Ellipsis 1:super 1:items() 1:zip 1:pairs
PyErr_NewExceptionWithDoc O S=a.b S O=error-class O<dict=NULL ! 0:NULL ~ 2:None 2:True 2:0 2:5 2:-1 2:2**70 2:-2**63 2:Int 2:CInt 2:1.5 2:nan 2:Float 2:CFloat 2:1+2j 2:text 2:'' 2:wide 2:surrogate 2:nul 2:Text 2:CText 2:bytes 2:b'' 2:bad-utf8 2:Bytes 2:bytearray 2:memoryview 2:list 2:[] 2:List 2:CList 2:tuple 2:Tuple 2:CTuple 2:dict 2:{} 2:Dict 2:CDict 2:set 2:Set 2:CSet 2:frozenset 2:FrozenSet 2:Plain() 2:Odd 2:Index 2:Thing 2:CThingChild 2:len 2:function 2:method 2:method-of-list 2:generator 2:iterator 2:slice 2:range 2:error 2:Error 2:KeyError 2:module 2:capsule 2:property 2:code 2:Ellipsis 2:super 2:items() 2:zip 2:pairs
PyErr_NoMemory O
# RustPython: str() of an error whose argument has no repr says so.
PyErr_NormalizeException V Q=error-class Q=text Q=NULL ? 1:Bad 1:Odd
PyErr_Occurred B
PyErr_ProgramText O S J=1
PyErr_ProgramTextObject O O=name J=1
PyErr_Restore V K=error-class K=text K=NULL ~ 1:Bad 1:Odd
PyErr_SetFromErrno O O=os-error ! 0:NULL
PyErr_SetFromErrnoWithFilename O O=os-error S ! 0:NULL
PyErr_SetFromErrnoWithFilenameObject O O=os-error O ! 0:NULL all:NULL
PyErr_SetFromErrnoWithFilenameObjects O O=os-error O O ! 0:NULL all:NULL ~ 1:NULL
PyErr_SetImportError O O=text O=name O=name ~ 0:Bad 0:Odd all:Bad all:Odd
PyErr_SetImportErrorSubclass O O=import-error O=text O=name O=name ! 0:NULL all:NULL ~ 1:Bad 1:Odd
PyErr_SetNone V O=error-class ! 0:NULL
PyErr_SetObject V O=error-class O ! 0:NULL all:NULL ~ 1:Bad 1:Odd
PyErr_SetRaisedException V K=error
PyErr_SetString V O=error-class S ! 0:NULL 1:NULL
PyErr_WarnEx I O=NULL S N=1 ! 1:NULL
# RustPython asks warnings.py, which refuses categories and places that CPython's own code takes as they are.
PyErr_WarnExplicit I O=warning S S J=1 S O=NULL ! 1:NULL 2:NULL ? 3:-1 3:-2147483648 5:Bad
# RustPython asks warnings.py, which refuses categories and places that CPython's own code takes as they are.
PyErr_WarnExplicitObject I O=warning O=text O=name J=1 O=name O=NULL ! 1:NULL all:NULL ? 2:Odd 2:NULL 2:None 2:True 2:0 2:5 2:-1 2:2**70 2:-2**63 2:Int 2:1.5 2:nan 2:Float 2:1+2j 2:bytes 2:b'' 2:bad-utf8 2:Bytes 2:bytearray 2:memoryview 2:list 2:[] 2:List 2:tuple 2:() 2:Tuple 2:dict 2:{} 2:Dict 2:set 2:Set 2:frozenset 2:FrozenSet 2:Plain() 2:Index 2:CThingChild 2:Made 2:len 2:function 2:method 2:method-of-list 2:generator 2:iterator 2:slice 2:range 2:error 2:Error 2:KeyError 2:module 2:capsule 2:property 2:code 2:Ellipsis 2:super 2:items() 2:zip 2:pairs 2:CInt 2:CFloat 2:CList 2:CTuple 2:CDict 2:CSet 2:Thing 2:Bad 2:Plain 2:int 2:ValueError 3:-1 3:-2147483648 4:True 4:0 4:5 4:-1 4:2**70 4:-2**63 4:Int 4:1.5 4:nan 4:Float 4:1+2j 4:bytes 4:b'' 4:bad-utf8 4:Bytes 4:bytearray 4:memoryview 4:list 4:[] 4:List 4:tuple 4:() 4:Tuple 4:dict 4:{} 4:Dict 4:set 4:Set 4:frozenset 4:FrozenSet 4:Plain() 4:Odd 4:Index 4:CThingChild 4:Plain 4:int 4:Made 4:len 4:function 4:method 4:method-of-list 4:generator 4:iterator 4:slice 4:range 4:error 4:Error 4:ValueError 4:KeyError 4:module 4:capsule 4:property 4:code 4:Ellipsis 4:super 4:items() 4:zip 4:pairs 4:CInt 4:CFloat 4:CList 4:CTuple 4:CDict 4:CSet 4:Thing 4:Bad 5:Bad
PyExceptionClass_Name S O<type=error-class
PyException_GetArgs O O<BaseException=error
PyException_GetCause O O<BaseException=error
PyException_GetContext O O<BaseException=error
PyException_GetTraceback O O<BaseException=error
PyException_SetArgs V O<BaseException=error O<tuple=tuple
# RustPython has no place for causes and contexts that are no exceptions.
PyException_SetCause V O<BaseException=error K=KeyError ? 1:True 1:0 1:5 1:-1 1:2**70 1:-2**63 1:Int 1:CInt 1:1.5 1:nan 1:Float 1:CFloat 1:1+2j 1:text 1:'' 1:wide 1:surrogate 1:nul 1:Text 1:CText 1:bytes 1:b'' 1:bad-utf8 1:Bytes 1:bytearray 1:memoryview 1:list 1:[] 1:List 1:CList 1:tuple 1:() 1:Tuple 1:CTuple 1:dict 1:{} 1:Dict 1:CDict 1:set 1:Set 1:CSet 1:frozenset 1:FrozenSet 1:Plain() 1:Bad 1:Odd 1:Index 1:Thing 1:CThingChild 1:Plain 1:int 1:Made 1:len 1:function 1:method 1:method-of-list 1:generator 1:iterator 1:slice 1:range 1:ValueError 1:module 1:capsule 1:property 1:code 1:Ellipsis 1:super 1:items() 1:zip 1:pairs
# RustPython has no place for causes and contexts that are no exceptions.
PyException_SetContext V O<BaseException=error K=KeyError ? 1:True 1:0 1:5 1:-1 1:2**70 1:-2**63 1:Int 1:CInt 1:1.5 1:nan 1:Float 1:CFloat 1:1+2j 1:text 1:'' 1:wide 1:surrogate 1:nul 1:Text 1:CText 1:bytes 1:b'' 1:bad-utf8 1:Bytes 1:bytearray 1:memoryview 1:list 1:[] 1:List 1:CList 1:tuple 1:() 1:Tuple 1:CTuple 1:dict 1:{} 1:Dict 1:CDict 1:set 1:Set 1:CSet 1:frozenset 1:FrozenSet 1:Plain() 1:Bad 1:Odd 1:Index 1:Thing 1:CThingChild 1:Plain 1:int 1:Made 1:len 1:function 1:method 1:method-of-list 1:generator 1:iterator 1:slice 1:range 1:ValueError 1:module 1:capsule 1:property 1:code 1:Ellipsis 1:super 1:items() 1:zip 1:pairs
PyException_SetTraceback I O<BaseException=error O=None
PyUnicodeDecodeError_Create O S=ascii S=text N=4 N=1 N=2 S ! 2:2147483647 2:2147483648
PyUnicodeDecodeError_GetEncoding O O==decode-error
PyUnicodeDecodeError_GetEnd I O==decode-error n
PyUnicodeDecodeError_GetObject O O==decode-error
PyUnicodeDecodeError_GetReason O O==decode-error
PyUnicodeDecodeError_GetStart I O==decode-error n
PyUnicodeDecodeError_SetEnd I O==decode-error N
PyUnicodeDecodeError_SetReason I O==decode-error S ! 1:NULL
PyUnicodeDecodeError_SetStart I O==decode-error N
PyUnicodeEncodeError_GetEncoding O O==encode-error
PyUnicodeEncodeError_GetEnd I O==encode-error n
PyUnicodeEncodeError_GetObject O O==encode-error
PyUnicodeEncodeError_GetReason O O==encode-error
PyUnicodeEncodeError_GetStart I O==encode-error n
PyUnicodeEncodeError_SetEnd I O==encode-error N
PyUnicodeEncodeError_SetReason I O==encode-error S ! 1:NULL
PyUnicodeEncodeError_SetStart I O==encode-error N
PyUnicodeTranslateError_GetEnd I O==translate-error n
PyUnicodeTranslateError_GetObject O O==translate-error
PyUnicodeTranslateError_GetReason O O==translate-error
PyUnicodeTranslateError_GetStart I O==translate-error n
PyUnicodeTranslateError_SetEnd I O==translate-error N
PyUnicodeTranslateError_SetReason I O==translate-error S ! 1:NULL
PyUnicodeTranslateError_SetStart I O==translate-error N
PyErr_Format O O=error-class G x x ! 0:NULL 1:%s 1:%U 1:%V 1:%T 1:%#T 1:%N 1:%ls
PyErr_WarnFormat I O=NULL N=1 G x x ! 2:%s 2:%U 2:%V 2:%T 2:%#T 2:%N 2:%ls
# RustPython asks warnings.py, which refuses categories and places that CPython's own code takes as they are.
PyErr_ResourceWarning I O=text N=1 G x x ! 2:%s 2:%U 2:%V 2:%T 2:%#T 2:%N 2:%ls ? 1:2147483648 1:9223372036854775807 1:-9223372036854775808
PyErr_CheckSignals I
PyErr_Clear V
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
