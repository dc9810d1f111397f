"""Each function that makes code of parts, wraps slots, or listens to what runs: `each.py` tells how."""

import each

each.SPECIAL["names"] = lambda: ("one", "two", "three", "four")

FUNCTIONS = r"""
# RustPython keeps the first line as a number without a sign.
code:PyUnstable_Code_New O P=usual/argcount/kwonly/nlocals/stacksize/flags/firstline N==-1 ? 0:firstline
code:PyUnstable_Code_New O P==argcount N
code:PyUnstable_Code_New O P==nlocals N
# RustPython keeps the first line as a number without a sign.
code:PyUnstable_Code_New O P==firstline N ? 1:-1 1:9223372036854775807 1:-2147483648 1:2147483648
code:PyUnstable_Code_New/part O P=code/consts/names/varnames/freevars/cellvars/filename/name/qualname/linetable/exceptiontable O==list
code:PyUnstable_Code_New/part O P=names/varnames/freevars/cellvars O==names
code:PyUnstable_Code_New/part O P==consts O
code:PyUnstable_Code_New/part O P==filename O
# RustPython keeps the first line as a number without a sign.
code:PyUnstable_Code_NewWithPosOnlyArgs O P=usual/argcount/posonly/kwonly/nlocals/stacksize/flags/firstline N==-1 ? 0:firstline
code:PyUnstable_Code_NewWithPosOnlyArgs O P==posonly N
code:PyUnstable_Code_NewWithPosOnlyArgs O P==kwonly N
code:PyUnstable_Code_NewWithPosOnlyArgs/part O P=code/consts/names/varnames/freevars/cellvars/filename/name/qualname/linetable/exceptiontable O==list
code:PyUnstable_Code_NewWithPosOnlyArgs/part O P==varnames O
code:PyUnstable_Code_NewWithPosOnlyArgs/part O P==qualname O
code:PyUnstable_Code_SetExtra O O=code N ! 0:NULL
# How many instructions come before the first that is traced is the interpreter's own.
code:PyFrame_GetLasti O P=made/running ? usual
# RustPython: a descriptor that is asked for None is asked for the class.
code:PyDescr_NewWrapper O P=plain/keyed/fails/accented T==list O=list ! 2:NULL ? 2:None
code:PyDescr_NewWrapper O P==plain T O==Plain()
states:PyThreadState_LeaveTracing O P=usual/nested/made
code:PyRefTracer_SetTracer O P=usual/replaced/taken-away/none-with-data
code:PyRefTracer_GetTracer O P=usual/none/no-data/no-place
code:PyMonitoring_EnterScope O P=no-tool/tool/tool-later/tool-gone/no-events/one-event
code:PyMonitoring_ExitScope O P=usual/not-entered/twice
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
