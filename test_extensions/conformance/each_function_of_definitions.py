"""Each function that makes types and struct sequences from definitions, and reads what was made: `each.py` tells how."""

import each
import ext_each_types

each.SPECIAL["record"] = lambda: ext_each_types.Record

FUNCTIONS = r"""
types:PyType_FromSpec O P=usual/empty/final/no-module/dotted/nameless/null-name/accented/bad-name/new/too-small/extends/far-member/negative-member/absolute-relative/item-size/negative-item/gc-without-traverse/gc/immutable/no-instances/disallow-and-new/mapping/managed/managed-weak/unknown-slot/negative-slot/twice/bad-method/class-and-static/weak-list/bad-weak-list/slot-base/slot-final-base
# For no bases at all CPython returns NULL without an error.
types:PyType_FromSpecWithBases O P==empty O ! 1:()
types:PyType_FromSpecWithBases O P=empty/usual/extends/too-small/slot-base/final/immutable T=list
types:PyType_FromModuleAndSpec O P==usual O O==NULL
types:PyType_FromMetaclass O P==empty T O==NULL O==NULL
types:PyType_FromMetaclass O P==new T=Meta O==NULL O==NULL
types:PyType_FromMetaclass O P==empty T==type O O ! 3:() all:()
types:PyType_GetFlags O T
types:PyType_GetTypeDataSize O P=usual/empty/extends/item-size O==NULL
types:PyType_GetTypeDataSize O P==extends T=list
types:PyObject_GetTypeData O P=extends/empty T=list
types:PyType_GetModuleByDef O P=own/derived/other T=list
types:PyType_GetModuleByDef O P==given T
types:PyType_ClearCache O
types:PyUnstable_Type_AssignVersionTag O T=Plain
types:PyStructSequence_New O O<type=record
types:PyStructSequence_SetItem O O==record J==0 O
types:PyStructSequence_SetItem O O==record J==1 O=None
types:PyStructSequence_SetItem O O==record J==3 O=list
types:PyStructSequence_NewType O P=usual/no-module/no-doc/signed/accented/no-fields/none-in-sequence/all-in-sequence
types:PyStructSequence_InitType O P=usual/no-module/no-doc/signed/accented/no-fields/none-in-sequence/all-in-sequence
types:PyStructSequence_InitType2 O P=usual/no-module/no-doc/signed/accented/no-fields/none-in-sequence/all-in-sequence
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
