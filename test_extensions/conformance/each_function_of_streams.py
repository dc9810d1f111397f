"""Each function that takes a FILE of C's, or tells sys.unraisablehook of an error: `each.py` tells how."""

import marshal

import each

each.SPECIAL["globals"] = lambda: {"__builtins__": __builtins__}
# What a FILE holds, for the functions of marshal, of code and of lines.
each.MENUS["V"] = {
    "empty": b"", "one": b"\x01", "two": b"\xfe\xff", "three": b"abc", "four": b"\xff\xff\xff\x7f", "eight": b"\0\0\0\x80\5\0\0\0",
    "int": marshal.dumps(5, 0), "two-ints": marshal.dumps(5, 0) + marshal.dumps(6, 0), "list": marshal.dumps([1, "text", None], 0),
    "nested": marshal.dumps(({"key": [1.5, 2**70]}, frozenset([b"bytes"]), "h\xe9"), 2), "cut": marshal.dumps([1, 2, 3], 0)[:-2],
    "shared": marshal.dumps([[]] * 2), "unknown-code": b"?rest", "bad-size": b"[\xff\xff\xff\xff", "long-bytes": b"s" + b"\x10\x27\0\0" + b"x" * 10000,
    "null-object": b"0", "bad-reference": b"r\5\0\0\0", "bad-text": b"u\1\0\0\0\xff",
    "sum": b"1 + 1", "assignment": b"left = 5\n", "two-lines": b"left = 1\r\nleft += 1\r\n", "no-newline": b"left = [1]", "name": b"left = undefined",
    "raises": b"left = 1\nraise KeyError('own')\nleft = 2\n", "open": b"left = (\n", "cookie": b"# coding: latin-1\nleft = '\xe9'\n",
    "utf-8": "left = '\u20ac'\n".encode(), "bom": b"\xef\xbb\xbfleft = 3\n", "file": b"left = __file__ is not None\n", "prints": b"print('printed')\n",
    "annotated": b"def f(a: undefined): pass\nleft = f.__annotations__\n",
    "unix": b"one\ntwo\n\nfour", "dos": b"one\r\ntwo\r\n\r\nfour\r\n", "mac": b"one\rtwo\r\rfour", "mixed": b"1\r2\n3\r\n\n\r\r\n", "nul": b"a\0b\nc\n",
    "long-line": b"y" * 900 + b"\n" + b"end", "last-return": b"one\r",
}  # fmt: skip
each.USUAL["V"] = "int"

FUNCTIONS = r"""
streams:PyMarshal_ReadLongFromFile O V=int/empty/one/two/three/four/eight/bad-size
streams:PyMarshal_ReadShortFromFile O V=int/empty/one/two/three/four/eight/bad-size
# RustPython: its marshal has words of its own for bad text.
streams:PyMarshal_ReadObjectFromFile O V=int/empty/one/two-ints/list/nested/cut/shared/unknown-code/bad-size/long-bytes/null-object/bad-reference/bad-text ? 0:bad-text
# RustPython: its marshal has words of its own for bad text.
streams:PyMarshal_ReadLastObjectFromFile O V=int/empty/one/two-ints/list/nested/cut/shared/unknown-code/bad-size/long-bytes/null-object/bad-reference/bad-text ? 0:bad-text
streams:PyMarshal_WriteLongToFile O N J=4
streams:PyMarshal_WriteObjectToFile O O=tuple J=4
# What code is made of is each interpreter's own.
streams:PyMarshal_WriteObjectToFile O O=list J==2 ? 0:code
# What code is made of is each interpreter's own.
streams:PyMarshal_WriteObjectToFile O O J==0 ? 0:code
streams:PyRun_File O V=assignment/empty/sum/two-lines/no-newline/name/raises/open/cookie/utf-8/bom/file/prints/nul/two P==file O==globals O==globals
streams:PyRun_File O V==sum P=eval/single/file O==globals O==globals
streams:PyRun_File O V==sum P==eval O=globals O==globals
streams:PyRun_File O V==assignment P==file O==globals O<dict=dict
streams:PyRun_FileEx O V=assignment/empty/sum/two-lines/no-newline/name/raises/open/cookie/utf-8/bom/file/prints/nul/two P==file O==globals O==globals J==0
streams:PyRun_FileEx O V==sum P=eval/single/file O==globals O==globals J
streams:PyRun_FileEx O V==name P==file O=globals O==globals J==1
# RustPython evaluates annotations when they are asked for.
streams:PyRun_FileFlags O V=annotated/assignment/raises/open P==file O==globals O==globals P=null/none/annotations ? usual 4:none
streams:PyRun_FileFlags O V==sum P=eval/single/file O==globals O<dict=dict P==none
streams:PyRun_SimpleFile O V=assignment/empty/sum/two-lines/no-newline/name/raises/open/cookie/utf-8/bom/file/prints/nul/two P=name.py/name.pyc/é/__main__
streams:PyRun_SimpleFileEx O V=assignment/empty/sum/two-lines/no-newline/name/raises/open/cookie/utf-8/bom/file/prints/nul/two P==name.py J
streams:PyRun_SimpleFileEx O V==raises P=name.py/name.pyc/é J==1
streams:PyRun_SimpleFileExFlags O V=annotated/assignment/raises/open P==name.py J=1 P=null/none/annotations
# RustPython names what is no UTF-8 in its own way.
streams:PyRun_SimpleString O V=assignment/empty/sum/two-lines/no-newline/name/raises/open/cookie/utf-8/bom/file/prints/nul/two ? 0:two
streams:Py_UniversalNewlineFgets O V=mixed/empty/unix/dos/mac/nul/long-line/last-return J==1000 O==NULL
streams:Py_UniversalNewlineFgets O V==dos J O==NULL ! 1:-2147483648
streams:Py_UniversalNewlineFgets O V==mac J O==NULL ! 1:-2147483648
streams:Py_UniversalNewlineFgets O V==unix J==1000 O
streams:PyOS_Readline O V=unix/empty/dos/mac/mixed/nul/long-line/last-return S=text
streams:PyUnstable_PerfMapState_Init O
streams:PyUnstable_WritePerfMapEntry O N N=16 S=text ! 2:NULL
streams:PyUnstable_CopyPerfMapFile O V=unix/empty/dos/mac/mixed/nul/last-return P=usual/after-an-entry/missing/nameless
streams:PyErr_WriteUnraisable O P=value/none/empty/lines O
streams:PyErr_WriteUnraisable/printed O P=value/none/empty/lines O
streams:PyErr_WriteUnraisable/to O O
streams:PyErr_WriteUnraisable/hook O P=missing/none/number/raises O==None
streams:PyErr_FormatUnraisable O P=value/none/empty/lines G ! 1:%s 1:%S 1:%R 1:%A 1:%U 1:%V 1:%T 1:%#T 1:%N 1:%ls
streams:PyErr_FormatUnraisable O P=value/none/empty/lines P=plain/null
streams:PyErr_FormatUnraisable/printed O P=value/none/empty/lines P=null/plain/%d
streams:PyErr_FormatUnraisable/to O O
streams:PyErr_FormatUnraisable/hook O P=missing/none/number/raises
# RustPython asks warnings.py, which refuses categories and places that CPython's own code takes as they are.
PyErr_WarnExplicitFormat I O=warning S=text J=1 S=text O=NULL G x x ! 0:NULL 1:NULL 5:%s 5:%U 5:%V 5:%T 5:%#T 5:%N 5:%ls all:NULL ~ 0:True 0:0 0:5 0:-1 0:2**70 0:-2**63 0:Int 0:CInt 0:1.5 0:nan 0:Float 0:CFloat 0:1+2j 0:text 0:'' 0:wide 0:surrogate 0:nul 0:Text 0:CText 0:bytes 0:b'' 0:bad-utf8 0:Bytes 0:bytearray 0:memoryview 0:list 0:[] 0:List 0:CList 0:tuple 0:() 0:Tuple 0:CTuple 0:dict 0:{} 0:Dict 0:CDict 0:set 0:Set 0:CSet 0:frozenset 0:FrozenSet 0:Plain() 0:Odd 0:Index 0:Thing 0:CThingChild 0:len 0:function 0:method 0:method-of-list 0:generator 0:iterator 0:slice 0:range 0:error 0:Error 0:KeyError 0:module 0:capsule 0:property 0:code 0:Ellipsis 0:super 0:items() 0:zip 0:pairs all:dict all:{} all:Dict all:CDict ? 0:None 0:Bad 2:-1 2:-2147483648 all:None
# RustPython: an indented line alone is invalid syntax.
Py_CompileStringFlags R S=text S J==258 x ! 0:NULL 1:NULL ~ 0:empty 0:bad-utf8 0:utf-16 ? 0:12
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
