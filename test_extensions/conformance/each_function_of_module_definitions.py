"""Each function that makes modules from definitions, runs them and keeps them: `each.py` tells how."""

import each


class Spec:
    name = "given.name"


each.SPECIAL["spec"] = Spec

FUNCTIONS = r"""
modules:PyModule_AddFunctions O O==new-module P=usual/class/static/bad-flags/later-bad/method/accented/bad-name/none
modules:PyModule_AddFunctions O O P==usual ! 0:NULL
modules:PyModule_Create2 O P=usual/bare/state/huge-state/negative-state/dotted/empty-name/accented/bad-name/bad-doc/bad-flags/class/static/exec J=1013
modules:PyModule_FromDefAndSpec2 O P=usual/bare/state/negative-state/dotted/accented/bad-name/bad-doc/bad-flags/class/exec/two/exec-state/exec-negative/create/create-doc/create-exec/create-state/create-module/create-nothing/create-raises/create-twice/unknown-slot/negative-slot/interpreters/interpreters-twice/gil/gil-twice/empty-slots O==spec J=1013
modules:PyModule_FromDefAndSpec2 O P==usual O J==1013 ! 1:NULL
modules:PyModule_ExecDef O P=exec/usual/two/raises/silent/beside/create/unknown-slot/negative-slot/empty-slots O==new-module
modules:PyModule_ExecDef O P==exec O ! 1:NULL
modules:PyModule_ExecDef/made O P=exec/usual/two/exec-state/exec-negative/raises/silent/beside/create/create-exec/create-module/interpreters/gil/empty-slots O==spec
modules:PyModuleDef_Init O P=usual/bare/exec/bad-name
modules:PyState_FindModule O P=usual/never/slots
modules:_PyState_AddModule O O==new-module P=usual/twice/slots/null
modules:_PyState_AddModule O O P==usual ! 0:NULL 0:None
modules:PyState_AddModule O O==new-module P=usual/once/slots/null ! 1:once 1:null
modules:PyState_AddModule O O P==usual ! 0:NULL 0:None
modules:PyState_RemoveModule O P=usual/never/slots ! usual 0:never
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
