"""Each function that writes to or reads from a file, prints an error or changes the one that is handled: `each.py` tells how."""

import each

each.SPECIAL["traceback"] = lambda: traceback()
each.SPECIAL["globals"] = lambda: {"__builtins__": __builtins__}


def traceback():
    try:
        raise ValueError
    except ValueError as error:
        return error.__traceback__


FUNCTIONS = r"""
files:PyObject_Print O O J
files:PyErr_Print O P=value/caused/context/empty/os/lines/syntax/note
files:PyErr_Print/to O O
files:PyErr_PrintEx O P=value/empty J
files:PyErr_DisplayException O O ! 0:NULL
files:PyErr_Display O O==NULL O=error O==NULL ! 1:NULL all:NULL
files:PyErr_SetHandledException O O<BaseException=error ! 0:True 0:0 0:5 0:-1 0:2**70 0:Int 0:CInt 0:1.5 0:Float 0:CFloat 0:1+2j 0:text 0:'' 0:nul 0:bytes 0:b'' 0:bad-utf8 0:list 0:[] 0:List 0:CList 0:() 0:CTuple 0:dict 0:Dict 0:CDict 0:set 0:Set 0:CSet 0:frozenset 0:FrozenSet 0:Plain 0:int 0:Made 0:len 0:function 0:method 0:method-of-list 0:iterator 0:slice 0:range 0:ValueError 0:module 0:code 0:zip 0:pairs
files:PyRun_FileExFlags O P=1+1/x=5/(/a\tb/é O=globals P==file
files:PyRun_FileExFlags O P=1+1/x=5/( O==globals P=eval/single/file
files:PyErr_SetExcInfo O O==NULL O<BaseException=error O==NULL ! 1:2**70 1:-2**63 1:Int 1:nan 1:Float 1:text 1:nul 1:Text 1:CText 1:b'' 1:Bytes 1:bytearray 1:memoryview 1:List 1:CList 1:CTuple 1:set 1:Set 1:CSet 1:frozenset 1:FrozenSet 1:int 1:method 1:slice all:2**70 all:-2**63 all:Float all:text all:nul all:Text all:CText all:bytes all:b'' all:Bytes all:bytearray all:memoryview all:List all:CList all:CTuple all:set all:Set all:CSet all:frozenset all:FrozenSet all:int all:method all:slice all:super all:items()
files:PyErr_SyntaxLocation O P=syntax/value/indentation/none S J ! 0:none
files:PyErr_SyntaxLocationEx O P=syntax/value/indentation/none S J J ! 0:none
files:PyErr_SyntaxLocationObject O P=syntax/value/indentation/none O=name J J ! 0:none
files:PyErr_RangedSyntaxLocationObject O P=syntax/value/indentation/none O=name J J ! 0:none
files:PyTraceBack_Here O O==None ! usual
files:PyTraceBack_Print O O O=writer
files:PyTraceBack_Print O O=NULL O
files:PyRun_SimpleStringFlags O P=1+1/x=5/(/undefined
files:PyFile_FromFd O J==-1 P==r J==-1 S==NULL
# RustPython: codecs.lookup names what it does not know in its own way.
files:PyFile_FromFd O J==0 P=r/w/rb/wb/r+/x/q/U J=-1 S=utf-8 ~ 3:accent 3:12 3:1e400 3:percent 3:braces 3:escape
files:Py_FdIsInteractive O S
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
