"""Each function of codecs, files, imports, marshal, compiling and formats, with every kind of argument: `each.py` tells how."""

import each

FUNCTIONS = r"""
PyArg_ValidateKeywordArguments I O=text-keys ! 0:NULL
PyCodec_BackslashReplaceErrors O O=encode-error ! 0:NULL
PyCodec_Decode O O=bytes S=utf-8 S=strict ! 0:NULL ~ 1:bad-utf8 1:accent 1:12 1:1e400 1:percent 1:braces 1:utf-16 1:escape
PyCodec_Decoder O S=utf-8 ~ 0:bad-utf8 0:accent 0:12 0:1e400 0:percent 0:braces 0:utf-16 0:escape
PyCodec_Encode O O=text S=utf-8 S=strict ! 0:NULL ~ 0:None 0:True 0:0 0:5 0:-1 0:2**70 0:-2**63 0:Int 0:CInt 0:1.5 0:nan 0:Float 0:CFloat 0:1+2j 0:bytes 0:b'' 0:bad-utf8 0:Bytes 0:bytearray 0:memoryview 0:list 0:[] 0:List 0:CList 0:tuple 0:() 0:Tuple 0:CTuple 0:dict 0:{} 0:Dict 0:CDict 0:set 0:Set 0:CSet 0:frozenset 0:FrozenSet 0:Plain() 0:Bad 0:Odd 0:Index 0:Thing 0:CThingChild 0:Plain 0:int 0:Made 0:len 0:function 0:method 0:method-of-list 0:generator 0:iterator 0:slice 0:range 0:error 0:Error 0:ValueError 0:KeyError 0:module 0:capsule 0:property 0:code 0:Ellipsis 0:super 0:items() 0:zip 0:pairs 1:bad-utf8 1:accent 1:12 1:1e400 1:percent 1:braces 1:utf-16 1:escape
PyCodec_Encoder O S=utf-8 ~ 0:bad-utf8 0:accent 0:12 0:1e400 0:percent 0:braces 0:utf-16 0:escape
PyCodec_IgnoreErrors O O=encode-error ! 0:NULL
PyCodec_IncrementalDecoder O S=utf-8 ~ 0:bad-utf8 0:accent 0:12 0:1e400 0:percent 0:braces 0:utf-16 0:escape
PyCodec_IncrementalEncoder O S=utf-8 ~ 0:bad-utf8 0:accent 0:12 0:1e400 0:percent 0:braces 0:utf-16 0:escape
PyCodec_KnownEncoding I S
PyCodec_LookupError O S
PyCodec_NameReplaceErrors O O=encode-error ! 0:NULL
PyCodec_ReplaceErrors O O=encode-error ! 0:NULL
PyCodec_StreamReader R S=utf-8 O=writer S=strict ~ 0:bad-utf8 0:accent 0:12 0:1e400 0:percent 0:braces 0:utf-16 0:escape 1:NULL
PyCodec_StreamWriter R S=utf-8 O=writer S=strict ~ 0:bad-utf8 0:accent 0:12 0:1e400 0:percent 0:braces 0:utf-16 0:escape 1:NULL
PyCodec_StrictErrors O O=encode-error ! 0:NULL
PyCodec_XMLCharRefReplaceErrors O O=encode-error ! 0:NULL
PyEval_GetFuncDesc S O=function ! 0:NULL
PyEval_GetFuncName S O=function ! 0:NULL
PyFile_GetLine O O=writer J=0
PyFile_OpenCode R S ! 0:NULL
PyFile_OpenCodeObject R O=name ! 0:NULL ~ 0:nul
PyFile_WriteObject I O=text O=writer J
PyFile_WriteString I S O=writer ! 0:NULL
# RustPython looks at path entries that are no str.
PyImport_GetImporter R O=name ! 0:NULL ~ 0:None 0:True 0:0 0:5 0:-1 0:2**70 0:-2**63 0:Int 0:CInt 0:1.5 0:nan 0:Float 0:1+2j 0:nul 0:bytearray 0:memoryview 0:list 0:[] 0:List 0:CList 0:tuple 0:() 0:Tuple 0:CTuple 0:dict 0:{} 0:Dict 0:CDict 0:set 0:Set 0:CSet 0:frozenset 0:FrozenSet 0:Plain() 0:Odd 0:Thing 0:CThingChild 0:Plain 0:int 0:Made 0:len 0:function 0:method 0:method-of-list 0:generator 0:iterator 0:slice 0:range 0:error 0:Error 0:ValueError 0:KeyError 0:module 0:capsule 0:property 0:code 0:Ellipsis 0:super 0:items() 0:zip 0:pairs ? 0:CFloat 0:bytes 0:b'' 0:bad-utf8 0:Bytes 0:Index
# RustPython: import of a name with a lone surrogate is an ImportError.
PyImport_Import R O=sys-name ~ 0:NULL ? 0:surrogate
PyImport_ImportModule R S=sys ! 0:NULL
PyImport_ImportModuleLevel R S=sys O=NULL O=NULL O=NULL J=0 ! 0:NULL
# RustPython: import of a name with a lone surrogate is an ImportError.
PyImport_ImportModuleLevelObject R O=sys-name O=NULL O=NULL O=NULL J=0 ? 0:surrogate all:surrogate
PyImport_ImportModuleNoBlock R S=sys ! 0:NULL
PyMarshal_ReadObjectFromString O S N=4 ! 0:NULL 1:2147483647 1:2147483648 1:9223372036854775807 1:-9223372036854775808
PyMarshal_WriteObjectToString R O=tuple J=4
PyOS_FSPath O O=Index ! 0:NULL
PyOS_mystricmp I S=text S=text ! 0:NULL 1:NULL
PyOS_mystrnicmp I S=text S=text N=2 ! 0:NULL 1:NULL
# RustPython: an indented expression is a SyntaxError; locals that are None are the globals.
PyRun_String O S=text J==258 O=dict O=dict ! 0:NULL 1:-1 ~ 0:empty 0:bad-utf8 0:utf-16 3:True 3:0 3:5 3:-1 3:2**70 3:-2**63 3:Int 3:CInt 3:1.5 3:nan 3:Float 3:CFloat 3:1+2j 3:set 3:Set 3:CSet 3:frozenset 3:FrozenSet 3:Plain() 3:Odd 3:Plain 3:int 3:Made 3:len 3:function 3:method 3:method-of-list 3:generator 3:iterator 3:slice 3:range 3:error 3:Error 3:ValueError 3:KeyError 3:module 3:capsule 3:property 3:code 3:Ellipsis 3:super 3:items() 3:zip ? 0:12 1:2 3:None
# RustPython: an indented expression is a SyntaxError; locals that are None are the globals.
PyRun_StringFlags O S=text J==258 O=dict O=dict x ! 0:NULL 1:1 ~ 0:empty 0:bad-utf8 0:utf-16 3:True 3:0 3:5 3:-1 3:2**70 3:-2**63 3:Int 3:CInt 3:1.5 3:nan 3:Float 3:CFloat 3:1+2j 3:set 3:Set 3:CSet 3:frozenset 3:FrozenSet 3:Plain() 3:Odd 3:Plain 3:int 3:Made 3:len 3:function 3:method 3:method-of-list 3:generator 3:iterator 3:slice 3:range 3:error 3:Error 3:ValueError 3:KeyError 3:module 3:capsule 3:property 3:code 3:Ellipsis 3:super 3:items() 3:zip ? 0:12 3:None
PySys_AuditTuple I S O=tuple
PyCodec_IgnoreErrors O O==decode-error
PyCodec_ReplaceErrors O O==decode-error
PyCodec_ReplaceErrors O O==translate-error
PyCodec_BackslashReplaceErrors O O==decode-error
PyCodec_IncrementalDecoder R S=utf-8 S=strict ~ 0:bad-utf8 0:accent 0:12 0:1e400 0:percent 0:braces 0:utf-16 0:escape
PyCodec_IncrementalEncoder R S=utf-8 S=strict ~ 0:bad-utf8 0:accent 0:12 0:1e400 0:percent 0:braces 0:utf-16 0:escape
PyImport_AddModule B S=sys ! 0:NULL
PyImport_AddModuleRef O S=sys ! 0:NULL
PyImport_AddModuleObject B O==sys-name
PySys_GetObject B S=each_nothing ! 0:NULL
PySys_SetObject I S=each_made O=5 ! 0:NULL
PyTime_AsSecondsDouble D N
# RustPython: an indented expression is a SyntaxError; compile() looks at its optimisation and the file's name.
Py_CompileString R S=text S J==258 ! 0:NULL 1:NULL 2:0 2:2 2:6 2:-2147483648 ~ 0:empty 0:bad-utf8 0:utf-16 ? 0:12
# RustPython: an indented expression is a SyntaxError; compile() looks at its optimisation and the file's name.
Py_CompileStringExFlags R S=text S J==258 x J=-1 ! 0:NULL 1:NULL 2:0 2:2 2:6 2:-2147483648 ~ 0:empty 0:bad-utf8 0:utf-16 ? 0:12 4:3 4:5 4:6 4:16 4:2147483647 4:-2147483648
# RustPython: an indented expression is a SyntaxError; compile() looks at its optimisation and the file's name.
Py_CompileStringObject R S=text O=name J==258 x J=-1 ! 0:NULL 1:NULL ~ 0:empty 0:bad-utf8 0:utf-16 ? 0:12 1:None 1:True 1:0 1:5 1:-1 1:2**70 1:-2**63 1:Int 1:1.5 1:nan 1:Float 1:1+2j 1:bytearray 1:memoryview 1:list 1:[] 1:List 1:tuple 1:() 1:Tuple 1:dict 1:{} 1:Dict 1:set 1:Set 1:frozenset 1:FrozenSet 1:Plain() 1:CThingChild 1:Plain 1:int 1:Made 1:len 1:method 1:method-of-list 1:generator 1:iterator 1:slice 1:range 1:error 1:Error 1:ValueError 1:KeyError 1:module 1:capsule 1:property 1:code 1:Ellipsis 1:super 1:items() 1:zip 1:pairs 1:CInt 1:CFloat 1:CList 1:CTuple 1:CDict 1:CSet 1:Thing 1:nul 1:bytes 1:b'' 1:bad-utf8 1:Bytes 1:Index 1:Bad 1:Odd 1:function 4:3 4:5 4:6 4:16 4:2147483647 4:-2147483648
PyUnicode_FromFormat O G x x ! 0:%s 0:%U 0:%V 0:%T 0:%#T 0:%N 0:%ls
PyUnicode_FromFormat O G N=65 x ! 0:%s 0:%S 0:%R 0:%A 0:%U 0:%V 0:%T 0:%#T 0:%N 0:%ls
PyBytes_FromFormat O G x x ! 0:%s 0:%.0s
PyBytes_FromFormat O G N=65 x ! 0:%s 0:%.0s
Py_BuildValue O H N=65 N=66 N=67 ! 0:O 0:s 0:z 0:s# 0:y 0:O&
PyArg_ParseTuple I O=args E u u u u u ! 0:NULL 1:( 1:) 1:O) 1:(O 1:O! 1:O&
PyArg_Parse I O=5 E u u u u u ! 1:( 1:) 1:O) 1:(O 1:O! 1:O&
PyArg_UnpackTuple I O=args S N=0 N=2 b b ! 0:NULL
PyOS_snprintf I B N=20 G N=65 x ! 1:2147483647 1:-2147483648 1:2147483648 1:9223372036854775807 1:-9223372036854775808 2:%s 2:%S 2:%A 2:%ls
PyObject_CallFunction O O=function H N=65 N=66 N=67 ! 1:O 1:s 1:z 1:s# 1:y 1:O& ~ 1:[i)
PyObject_CallMethod O O=Other() S=method H N=65 N=66 N=67 ! 2:O 2:s 2:z 2:s# 2:y 2:O& ~ 2:[i)
PyUnstable_Exc_PrepReraiseStar O O<BaseException=error O=list
# RustPython: exec() looks at its locals first.
PyEval_EvalCode O O<code=source O=dict O=dict ! 1:NULL all:NULL ~ 1:None 1:True 1:0 1:5 1:-1 1:2**70 1:-2**63 1:Int 1:CInt 1:1.5 1:nan 1:Float 1:CFloat 1:1+2j 1:text 1:'' 1:wide 1:surrogate 1:nul 1:Text 1:CText 1:bytes 1:b'' 1:bad-utf8 1:Bytes 1:bytearray 1:memoryview 1:list 1:[] 1:List 1:CList 1:tuple 1:() 1:Tuple 1:CTuple 1:set 1:Set 1:CSet 1:frozenset 1:FrozenSet 1:Plain() 1:Bad 1:Odd 1:Index 1:Thing 1:CThingChild 1:Plain 1:int 1:Made 1:len 1:function 1:method 1:method-of-list 1:generator 1:iterator 1:slice 1:range 1:error 1:Error 1:ValueError 1:KeyError 1:module 1:capsule 1:property 1:code 1:Ellipsis 1:super 1:items() 1:zip 1:pairs all:None all:True all:0 all:5 all:-1 all:2**70 all:-2**63 all:Int all:CInt all:1.5 all:nan all:Float all:CFloat all:1+2j all:text all:'' all:wide all:surrogate all:nul all:Text all:CText all:bytes all:b'' all:bad-utf8 all:Bytes all:bytearray all:memoryview all:list all:[] all:List all:CList all:tuple all:() all:Tuple all:CTuple all:set all:Set all:CSet all:frozenset all:FrozenSet all:Plain() all:Bad all:Odd all:Index all:Thing all:CThingChild all:Plain all:int all:Made all:len all:function all:method all:method-of-list all:generator all:iterator all:slice all:range all:error all:Error all:ValueError all:KeyError all:module all:capsule all:property all:code all:Ellipsis all:super all:items() all:zip all:pairs ? 2:True 2:0 2:5 2:-1 2:2**70 2:-2**63 2:Int 2:1.5 2:nan 2:Float 2:1+2j 2:set 2:Set 2:frozenset 2:FrozenSet 2:Plain() 2:Odd 2:Plain 2:int 2:Made 2:len 2:function 2:method 2:method-of-list 2:generator 2:iterator 2:slice 2:error 2:Error 2:ValueError 2:KeyError 2:module 2:capsule 2:property 2:code 2:Ellipsis 2:super 2:items() 2:zip 2:CInt 2:CFloat 2:CSet
PyImport_GetModule R O=sys-name ! 0:NULL
PyGILState_Check I
Py_IsInitialized I
Py_IsFinalizing I
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
