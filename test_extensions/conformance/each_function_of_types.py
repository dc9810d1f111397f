"""Each function of types, functions, methods, modules, cells, code, contexts, capsules and weak references, with every kind of argument: `each.py` tells how."""

import each

FUNCTIONS = r"""
PyCFunction_GetSelf O O=len ! 0:NULL
PyCapsule_GetContext P O=capsule
PyCapsule_GetName S O=capsule
PyCapsule_GetPointer P O=capsule S
PyCapsule_IsValid I O=capsule S
PyCapsule_SetContext I O=capsule x
PyCapsule_SetName I O=capsule S
PyCapsule_SetPointer I O=capsule x ~ 0:NULL 0:None 0:True 0:0 0:5 0:-1 0:2**70 0:-2**63 0:Int 0:CInt 0:1.5 0:nan 0:Float 0:CFloat 0:1+2j 0:text 0:'' 0:wide 0:surrogate 0:nul 0:Text 0:CText 0:bytes 0:b'' 0:bad-utf8 0:Bytes 0:bytearray 0:memoryview 0:list 0:[] 0:List 0:CList 0:tuple 0:() 0:Tuple 0:CTuple 0:dict 0:{} 0:Dict 0:CDict 0:set 0:Set 0:CSet 0:frozenset 0:FrozenSet 0:Plain() 0:Bad 0:Odd 0:Index 0:Thing 0:CThingChild 0:Plain 0:int 0:Made 0:len 0:function 0:method 0:method-of-list 0:generator 0:iterator 0:slice 0:range 0:error 0:Error 0:ValueError 0:KeyError 0:module 0:property 0:code 0:Ellipsis 0:super 0:items() 0:zip 0:pairs
PyCell_Get O O=cell ! 0:NULL
PyCell_New O O=5
PyCell_Set I O=cell O ! 0:NULL all:NULL
# RustPython: classmethod and staticmethod ask the function for its attributes.
PyClassMethod_New O O=len ! 0:NULL ? 0:Bad
PyCode_Addr2Line I Y J
PyCode_GetCellvars O Y
PyCode_GetCode R Y
PyCode_GetFreevars O Y
PyCode_GetVarnames O Y
# RustPython has no code before the first line.
PyCode_NewEmpty O S S J=1 ! 0:NULL 1:NULL ? 2:-1 2:-2147483648
PyContextVar_Get I O=context-var O=5 o ! 0:NULL all:NULL
PyContextVar_New O S O=5 ! 0:NULL
PyContextVar_Reset I O=context-var O=token ! 0:NULL 1:NULL all:NULL ~ usual 1:None 1:True 1:0 1:5 1:-1 1:2**70 1:-2**63 1:Int 1:CInt 1:1.5 1:nan 1:Float 1:CFloat 1:1+2j 1:text 1:'' 1:wide 1:surrogate 1:nul 1:Text 1:CText 1:bytes 1:b'' 1:bad-utf8 1:Bytes 1:bytearray 1:memoryview 1:list 1:[] 1:List 1:CList 1:tuple 1:() 1:Tuple 1:CTuple 1:dict 1:{} 1:Dict 1:CDict 1:set 1:Set 1:CSet 1:frozenset 1:FrozenSet 1:Plain() 1:Bad 1:Odd 1:Index 1:Thing 1:CThingChild 1:Plain 1:int 1:Made 1:len 1:function 1:method 1:method-of-list 1:generator 1:iterator 1:slice 1:range 1:error 1:Error 1:ValueError 1:KeyError 1:module 1:capsule 1:property 1:code 1:Ellipsis 1:super 1:items() 1:zip 1:pairs
PyContextVar_Set O O=context-var O=5 ! 0:NULL 1:NULL all:NULL
PyContext_Copy O O=context ! 0:NULL
PyContext_Enter I O=context ! 0:NULL
PyContext_Exit I O=context ! 0:NULL
PyContext_New O
PyDescr_IsData I O ! 0:NULL
PyFrame_GetBack O F
PyFrame_GetBuiltins O F
PyFrame_GetCode O F
PyFrame_GetGenerator O F
PyFrame_GetGlobals O F
PyFrame_GetLineNumber I F
PyFrame_GetLocals O F
PyFrame_GetVar O F O=name ! 1:NULL
PyFrame_GetVarString O F S ! 1:NULL
PyFunction_GetAnnotations B O=own-function ! 0:NULL
PyFunction_GetClosure B O=own-function ! 0:NULL
PyFunction_GetCode B O=own-function ! 0:NULL
PyFunction_GetDefaults B O=own-function ! 0:NULL
PyFunction_GetGlobals B O=own-function ! 0:NULL
PyFunction_GetKwDefaults B O=own-function ! 0:NULL
PyFunction_GetModule B O=own-function ! 0:NULL
PyFunction_New O O<code=code O=dict ! 1:NULL
# RustPython: a function's __qualname__ is a str.
PyFunction_NewWithQualName O O<code=code O=dict O<str=name ! 1:NULL all:NULL ? 2:None 2:True 2:0 2:5 2:-1 2:2**70 2:-2**63 2:Int 2:CInt 2:1.5 2:nan
PyFunction_SetAnnotations I O=own-function O=dict ! 0:NULL all:NULL ~ 1:NULL
PyFunction_SetClosure I O=own-function O=None ! 0:NULL 1:NULL all:NULL
PyFunction_SetDefaults I O=own-function O=tuple ! 0:NULL all:NULL ~ 1:NULL
PyFunction_SetKwDefaults I O=own-function O=dict ! 0:NULL all:NULL ~ 1:NULL
PyInstanceMethod_Function B O=len ! 0:NULL
PyInstanceMethod_New O O=len ! 0:NULL
PyMethod_Function B O=method ! 0:NULL
PyMethod_New O O=function O=5 ! 0:NULL
PyMethod_Self B O=method ! 0:NULL
PyModule_Add I O=new-module S K ! 0:NULL 1:NULL all:NULL ~ 2:NULL
PyModule_AddIntConstant I O=new-module S N ! 0:NULL 1:NULL
PyModule_AddObject I O=new-module S K ! 0:NULL 1:NULL all:NULL
PyModule_AddObjectRef I O=new-module S O ! 0:NULL 1:NULL all:NULL
PyModule_AddStringConstant I O=new-module S S ! 0:NULL 1:NULL 2:NULL
PyModule_AddType I O=new-module T ! 0:NULL
PyModule_GetDict B O=new-module ! 0:NULL
PyModule_GetFilename S O=new-module ! 0:NULL
PyModule_GetFilenameObject O O=new-module ! 0:NULL
PyModule_GetName S O=new-module ! 0:NULL
PyModule_GetNameObject O O=new-module ! 0:NULL
PyModule_GetState P O=new-module ! 0:NULL
PyModule_New O S ! 0:NULL
PyModule_NewObject O O<str=name ! 0:Text
PyModule_SetDocString I O=new-module S ! 0:NULL 1:NULL
PyStaticMethod_New O O=len ! 0:NULL ? 0:Bad
PyType_GenericAlloc O T=List N=0 ! 0:dict 0:Error 0:ValueError 0:OSError 0:function 0:generator 0:type 0:Meta
PyType_GenericNew O T O=tuple O=NULL ! 0:dict 0:Error 0:ValueError 0:OSError 0:function 0:generator 0:type 0:Meta
PyType_GetDict R T
PyType_GetFullyQualifiedName O T
PyType_GetModule B T
PyType_GetModuleName O T
PyType_GetModuleState P T
PyType_GetName O T
PyType_GetQualName O T
PyType_GetSlot P T J
PyType_IsSubtype I T T
PyWeakref_GetObject B O=weakref
PyWeakref_GetRef I O=weakref o
# RustPython: weakref.ref(property()) is none of CPython's errors.
PyWeakref_NewProxy R O=Other() O=None ! 0:NULL all:NULL ? 0:property all:property
PyWeakref_NewRef O O=Other() O=None ! 0:NULL all:NULL ? 0:property all:property
PyType_Modified V T
PyType_Ready I T
PyStructSequence_GetItem B O==struct-sequence N=0 ! 1:-1 1:2147483647 1:-2147483648 1:2147483648 1:9223372036854775807 1:-9223372036854775808
PyDescr_IsData I O=property ! 0:NULL
PyCapsule_Import P S=a.b J=0 ! 0:NULL
PyContext_CopyCurrent O
PyModule_GetDef P O=new-module ! 0:NULL 0:module
PyCFunction_GetFunction P O=function ! 0:NULL
PyCapsule_GetDestructor P O=capsule
PyVectorcall_Function P O==Plain()
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
