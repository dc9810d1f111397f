"""Each function of dicts, sets and the mapping protocol, with every kind of argument: `each.py` tells how."""

import each

FUNCTIONS = r"""
PyDictProxy_New O O=dict ! 0:NULL
PyDict_Clear V O=dict ! 0:NULL
PyDict_Contains I O<dict=dict O=text ! 1:NULL
PyDict_ContainsString I O<dict=dict S=text ! 1:NULL
PyDict_Copy O O=dict
PyDict_DelItem I O=dict O=text ! 0:NULL 1:NULL all:NULL
PyDict_DelItemString I O=dict S ! 0:NULL 1:NULL
PyDict_GetItem B O=dict O ! 0:NULL 1:NULL all:NULL
PyDict_GetItemRef I O=dict O o ! 0:NULL 1:NULL all:NULL
PyDict_GetItemString B O=dict S ! 0:NULL 1:NULL
PyDict_GetItemStringRef I O=dict S o ! 0:NULL 1:NULL
PyDict_GetItemWithError B O=dict O ! 0:NULL 1:NULL all:NULL
PyDict_Items O O=dict
PyDict_Keys O O=dict
PyDict_Merge I O=dict O=text-keys J=1
PyDict_MergeFromSeq2 I O<dict=dict O=pairs J=1 ! 1:NULL
PyDict_New O
PyDict_Next I O=dict n b b ! 0:NULL
PyDict_Pop I O=dict O o ! 0:NULL 1:NULL all:NULL
PyDict_PopString I O=dict S o ! 0:NULL 1:NULL
PyDict_SetDefault B O=dict O O ! 0:NULL 1:NULL all:NULL
PyDict_SetDefaultRef I O=dict O O o ! 0:NULL 1:NULL all:NULL
PyDict_SetItem I O=dict O O ! 0:NULL 1:NULL 2:NULL all:NULL
PyDict_SetItemString I O=dict S O ! 0:NULL 1:NULL 2:NULL all:NULL
PyDict_Size N O=dict
PyDict_Update I O=dict O=text-keys
PyDict_Values O O=dict
PyFrozenSet_New O O=list ~ 0:Odd
PyMapping_Check I O=dict
PyMapping_GetItemString O O=dict S ~ 0:range
PyMapping_GetOptionalItem I O=dict O o ! 0:NULL 1:NULL all:NULL ~ 0:range all:range
PyMapping_GetOptionalItemString I O=dict S o ! 0:NULL ~ 0:range
PyMapping_HasKey I O=dict O=text
PyMapping_HasKeyString I O=dict S=text
PyMapping_HasKeyStringWithError I O=dict S=text ! 0:NULL ~ 0:range
PyMapping_HasKeyWithError I O=dict O=text ! 0:NULL 1:NULL all:NULL ~ 0:range all:range
PyMapping_Items O O=dict
PyMapping_Keys O O=dict
PyMapping_Length N O=dict
PyMapping_SetItemString I O=dict S O
PyMapping_Size N O=dict
PyMapping_Values O O=dict
PyODict_DelItem I O==odict O=text ! 1:NULL
PyODict_New O
PyODict_SetItem I O==odict O=text O=text ! 1:NULL 2:NULL all:NULL
# Whether anybody else on the host's side has a frozenset that only one place of C's refers to, no layer can know.
PySet_Add I O=set O ! 0:NULL 1:NULL all:NULL ? 0:frozenset 0:FrozenSet all:frozenset all:FrozenSet
PySet_Clear I O=set ! 0:NULL
PySet_Contains I O=set O ! 0:NULL 1:NULL all:NULL
PySet_Discard I O=set O ! 0:NULL 1:NULL all:NULL
PySet_New O O=set ~ 0:Odd
PySet_Pop O O=set ! 0:NULL
PySet_Size N O=set ! 0:NULL
PyDict_Merge I O=dict O=pairs J=2
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
