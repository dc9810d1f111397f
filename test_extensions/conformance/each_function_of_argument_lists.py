"""Each function that takes a va_list, or more than a table's call can give: `each.py` tells how."""

import each

each.SPECIAL["globals"] = lambda: {"__builtins__": __builtins__}
each.SPECIAL["three-named"] = lambda: {"three": 3}
each.SPECIAL["unknown-name"] = lambda: {"three": 3, "other": 4}
each.SPECIAL["number-name"] = lambda: {3: 3}
each.SPECIAL["shows"] = lambda: lambda *given: ("given", *given)
each.SPECIAL["first-named"] = lambda: {"one": 0}

FUNCTIONS = r"""
varargs:PyUnicode_FromFormatV O P=plain/number/text/object/type/unicode/wide/character/too-wide/size/percent/bad/ends/stars/hex/long-long/bad-utf8/accent/bad-format/empty O==5 O==text
varargs:PyUnicode_FromFormatV O P==object O O==text
varargs:PyUnicode_FromFormatV O P==type O O==text ! 1:NULL
varargs:PyUnicode_FromFormatV O P==unicode O==5 O<str=text
varargs:PyErr_FormatV O O==error-class P=plain/number/text/object/type/unicode/wide/character/too-wide/size/percent/bad/ends/stars/bad-utf8/accent/bad-format/empty O==5 O==text
varargs:PyErr_FormatV O O P==number O==5 O==text ! 0:NULL
varargs:PyBytes_FromFormatV O P=plain/number/text/character/too-wide/negative/percent/hex/bad/ends/width/not-ascii/empty
varargs:PyOS_vsnprintf O P=usual/just/cut/one/empty/accent
varargs:Py_VaBuildValue O P=ints/floats/texts/sized/wide/characters/bool/objects/converted/converter-fails/dict/nested/null/null-alone/nothing/many/separators/open/closed/odd-dict/unknown/bad-utf8/unhashable O==list
varargs:Py_VaBuildValue O P==objects O
varargs:Py_VaBuildValue O P==unhashable O
varargs:PyEval_CallFunction O O==shows P=pair/one/none/nothing/no-format/number/list/tuple/two/sized/null/unknown O==tuple
varargs:PyEval_CallFunction O O P==pair O==5
varargs:PyEval_CallFunction O O==shows P==tuple O
varargs:PyEval_CallMethod O O==shows P==__call__ P=pair/one/none/nothing/no-format/number/list/tuple/two/sized/null/unknown O==tuple
varargs:PyEval_CallMethod O O P==__eq__ P==one O==5 ~ 0:Plain 0:int 0:Made 0:ValueError
varargs:PyEval_CallMethod O O==shows P=absent/__name__ P==none O==5
varargs:PyEval_CallMethod O O==shows P==__call__ P==tuple O
varargs:PyArg_VaParse O O==tuple P=OO/O/OOO/O|O/|OOO/(OO)/O(O)/ll/l|l/ll:name/ll;words/lll/|l/O&O&/O&/O&|O&/$O/O:name/O)/(O ! 1:O) 1:(O
varargs:PyArg_VaParse O O P==OO ! 0:NULL
varargs:PyArg_VaParse O O==list-and-text P=O&O&/OO/ll/(OO)O
varargs:PyArg_VaParseTupleAndKeywords O O==tuple O==three-named P=OOO/OO|O/OO$O/O|OO/OO|$O/O$OO/OO/OOO:name/OOO;words/|OOO/OOOO P==named
varargs:PyArg_VaParseTupleAndKeywords O O==tuple O==unknown-name P=OOO/OO|OO:name P==named
varargs:PyArg_VaParseTupleAndKeywords O O==tuple O==three-named P==OOO P=named/first-unnamed/unnamed/later-unnamed/few/many
varargs:PyArg_VaParseTupleAndKeywords O O==tuple O P==OO|O P==named
varargs:PyArg_VaParseTupleAndKeywords O O O==three-named P==OO|O P==named
varargs:PyArg_ParseTupleAndKeywords O O==tuple O==three-named P=OOO/OO|O/OO$O/O|OO/OO|$O/O$OO/OO/OOO:name/OOO;words/|OOO/OOOO P==named
varargs:PyArg_ParseTupleAndKeywords O O==tuple O==number-name P=OO|O/OOO P==named
varargs:PyArg_ParseTupleAndKeywords O O==tuple O==first-named P=OO|O/OO|O:name/OO$O P==named
varargs:PyArg_ParseTupleAndKeywords O O==tuple O==unknown-name P=OOO/OO|O:name/O|O$O P==named
varargs:PyArg_ParseTupleAndKeywords O O==() O==three-named P=OOO/|OOO/|OO$O P=named/first-unnamed/unnamed
varargs:PyArg_ParseTupleAndKeywords O O==tuple O==three-named P==OOO P=named/first-unnamed/unnamed/later-unnamed/few/many
varargs:PyArg_ParseTupleAndKeywords O O==tuple O P==OO|O P==named
varargs:PyArg_ParseTupleAndKeywords O O O==three-named P==OO|O P==named
varargs:PyEval_EvalCodeEx O P=usual/key/none/many/repeated/other/few/all-defaults/no-three O==globals O==NULL
varargs:PyEval_EvalCodeEx O P==key O O==NULL ! 1:NULL
varargs:PyEval_EvalCodeEx O P==key O==globals O
"""

each.SPECIAL["list-and-text"] = lambda: ([1, 2], "text")

if __name__ == "__main__":
    each.run(FUNCTIONS)
