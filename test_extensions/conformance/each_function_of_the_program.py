"""Each function about the whole program (its clocks, names, options, signals, watchers, frames): `each.py` tells how.

What is the machine's or the interpreter's own is told as there or not.
"""

import each

each.SPECIAL["wrapper"] = lambda: int.__add__

FUNCTIONS = r"""
PyCodec_Register I O=len
PyCodec_Unregister I O=len
PyCodec_RegisterError I S=text O=len ! 0:NULL 0:strict 0:ignore
PyEval_GetBuiltins P
PyEval_GetFrameBuiltins R
PyEval_GetFrameGlobals R
PyEval_GetFrameLocals R
PyEval_GetGlobals P
PyEval_GetLocals P
program:PyEval_GetFrame O
PyEval_InitThreads V
PyEval_ThreadsInitialized I
PyEval_MergeCompilerFlags I i
PyFrame_FastToLocals V F
PyFrame_FastToLocalsWithError I F
PyFrame_LocalsToFast V F J
program:PyFrame_New O O<code=code O=dict O==NULL ! 1:NULL
program:PyFrame_New O O==code O==dict O
PyGC_Collect V
PyGC_Disable I
PyGC_IsEnabled I
PyGC_Enable I
PyHash_GetFuncDef P
PyImport_ExecCodeModule R S O<code=source ! 0:NULL
PyImport_ExecCodeModuleEx R S O<code=source S ! 0:NULL
PyImport_ExecCodeModuleWithPathnames R S O<code=source S S ! 0:NULL
PyImport_ExecCodeModuleObject R O<str=name O<code=source O=name O=NULL ! 0:Text
PyImport_GetMagicNumber P
PyImport_GetMagicTag P
PyImport_GetModuleDict P
PyImport_ImportFrozenModule I S ! 0:NULL
PyImport_ImportFrozenModuleObject I O=name
# RustPython: importlib.reload(sys) finds no spec.
PyImport_ReloadModule R O=new-module ! 0:NULL ? 0:module
PyOS_InterruptOccurred I
PyOS_getsig P J
program:PyOS_setsig O J==10
program:PyOS_setsig O J==0
program:PyErr_SetInterrupt O
program:PyErr_SetInterruptEx O J
program:Py_AddPendingCall O N
Py_MakePendingCalls I
PySys_AddWarnOption V W
PySys_HasWarnOptions I
PySys_AddWarnOptionUnicode V O<str=text
PySys_ResetWarnOptions V
PySys_AddXOption V W
PySys_GetXOptions P
PySys_WriteStdout V S ! 0:NULL 0:percent 0:bad-utf8 0:utf-16
PySys_FormatStdout V S ! 0:NULL 0:percent 0:bad-utf8 0:utf-16
PySys_WriteStderr V S ! 0:NULL 0:percent 0:bad-utf8 0:utf-16
PySys_FormatStderr V S ! 0:NULL 0:percent 0:bad-utf8 0:utf-16
program:PySys_SetArgv O P=usual/none/empty/null
program:PySys_SetArgvEx O P=usual/none/empty/null J
program:PySys_SetPath O P=many/one/none
PyThread_get_stacksize N
PyThread_get_thread_ident P
PyThread_get_thread_ident_ex P
PyThread_get_thread_native_id P
PyThread_GetInfo R
PyThread_init_thread V
PyThread_ReInitTLS V
PyThread_set_stacksize I N
program:PyTime_Time O
program:PyTime_Monotonic O
program:PyTime_PerfCounter O
program:PyTime_TimeRaw O P=usual/without-the-lock
program:PyTime_MonotonicRaw O P=usual/without-the-lock
program:PyTime_PerfCounterRaw O P=usual/without-the-lock
PyUnstable_PerfMapState_Fini V
PyTraceMalloc_Track I N N N
PyTraceMalloc_Untrack I N N
Py_GetArgcArgv V u u
Py_GetBuildInfo P
Py_GetCompiler P
Py_GetCopyright P
Py_GetExecPrefix P
Py_GetPath P
Py_GetPlatform S
Py_GetPrefix P
Py_GetProgramFullPath P
Py_GetProgramName P
Py_GetPythonHome P
Py_GetRecursionLimit I
Py_GetVersion P
Py_HashPointer N N
program:Py_SetRecursionLimit O J==2000
program:Py_LeaveRecursiveCall O J ! 0:2147483647
program:_Py_CheckRecursiveCall O S=text J==0 ! 0:NULL
program:_Py_CheckRecursiveCall O S==text J ! 1:2147483647
program:Py_EnterRecursiveCall O S=text ! 0:NULL
program:PyStatus_IsError O P=ok/error/no-memory/exit/exit-0/unknown
program:PyStatus_IsExit O P=ok/error/no-memory/exit/exit-0/unknown
program:PyStatus_Exception O P=ok/error/no-memory/exit/exit-0/unknown
program:PyStatus_Ok O
program:PyStatus_NoMemory O
program:PyStatus_Error O S=text
program:PyStatus_Exit O J
program:PyConfig_Clear O P=usual/isolated/zeros/filled/again
program:PyConfig_InitPythonConfig O
program:PyConfig_InitIsolatedConfig O
# RustPython does not tell when code objects and functions come and go.
program:PyCode_AddWatcher O P==code ? usual
program:PyFunction_AddWatcher O P==function ? usual
program:PyDict_AddWatcher O P==dict
program:PyType_AddWatcher O P==type
# CPython's own optimiser is watcher 0.
PyDict_ClearWatcher I J=3 ! 0:0
PyType_ClearWatcher I J
PyCode_ClearWatcher I J
PyFunction_ClearWatcher I J
PyDict_Watch I J=5 O=dict ! 0:0 1:NULL
PyDict_Unwatch I J=5 O=dict ! 0:0 1:NULL
PyType_Watch I J O=Plain-class ! 1:NULL
PyType_Unwatch I J O=Plain-class ! 1:NULL
program:PyUnstable_Eval_RequestCodeExtraIndex O O=code ! 0:NULL
PyUnstable_Code_GetExtra I O=code N u ! 0:NULL
program:PyEval_SetTrace O O
program:PyEval_SetProfile O O
PyType_SUPPORTS_WEAKREFS I T
Py_DecodeLocale W S n ! 0:NULL
Py_EncodeLocale Z W n
Py_GETENV S S ! 0:NULL
PySys_Audit I S x ! 0:NULL 0:bad-utf8 0:utf-16
PyWrapper_New R O==wrapper O<int=5
PySignal_SetWakeupFd I J==-1
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
