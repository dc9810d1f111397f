"""Each function that takes C functions or small structs (builtin functions, descriptors, members, capsules): `each.py` tells how."""

import each

FUNCTIONS = r"""
made:PyCFunction_New O P=noargs/one/var/key/fast/fast-key/class/static/coexist/raises/silent/both/nameless/accented/bad-doc/a.dotted/flagless/many-flags/keywords-alone/method-alone/unknown-flag/with-class O==Other()
made:PyCFunction_New O P==one O
made:PyCFunction_NewEx O P==one O O
made:PyCMethod_New O P==one O O==name O==NULL
made:PyCMethod_New O P==with-class O==5 O==name T
made:PyCMethod_New O P==with-class O==5 O==name O==NULL
made:PyCMethod_New O P==one O==5 O==name T==int
made:PyCFunction_GetFlags O P=noargs/one/var/key/fast/fast-key/class/static/coexist/nameless
made:PyDescr_NewMethod O P=noargs/one/var/key/fast/fast-key/class/static/coexist/raises/silent/both/nameless/accented/bad-doc/flagless/many-flags/keywords-alone/method-alone/unknown-flag T==list O==list ? 0:bad-doc
made:PyDescr_NewMethod O P==noargs T==list O ! 2:NULL
made:PyDescr_NewMethod O P==noargs T O==Plain()
made:PyDescr_NewClassMethod O P=noargs/one/var/key/fast/fast-key/class/static/raises/silent/nameless/accented T==list O==list
made:PyDescr_NewClassMethod O P==noargs T==list O ! 2:NULL
made:PyDescr_NewGetSet O P=both/read/write/neither/accented T==list O==list
made:PyDescr_NewGetSet O P==both T O==Plain()
made:PyDescr_NewGetSet O P==both T==list O ! 2:NULL
made:PyDescr_NewMember O P=number/small/boolean/character/text/inside/object/strict/none/readonly/audited/relative/unknown O==None O==5
made:PyDescr_NewMember O P==wrong-object O==None O ! 2:NULL
made:PyMember_GetOne O P=number/small/boolean/character/unsigned_small/two_bytes/unsigned_two_bytes/unsigned_number/wide/unsigned_wide/widest/unsigned_widest/size/single/real/text/inside/object/strict/none/readonly/audited/relative/unknown
made:PyMember_SetOne O P=number/text/inside/none/readonly/audited/relative/unknown O=5
made:PyMember_SetOne O P==small O
made:PyMember_SetOne O P==boolean O
made:PyMember_SetOne O P==character O
made:PyMember_SetOne O P==unsigned_small O
made:PyMember_SetOne O P==two_bytes O
made:PyMember_SetOne O P==unsigned_two_bytes O
made:PyMember_SetOne O P==unsigned_number O
made:PyMember_SetOne O P==wide O
made:PyMember_SetOne O P==unsigned_wide O
made:PyMember_SetOne O P==widest O
made:PyMember_SetOne O P==unsigned_widest O
made:PyMember_SetOne O P==size O
made:PyMember_SetOne O P==single O
made:PyMember_SetOne O P==real O
made:PyMember_SetOne O P==object O
made:PyMember_SetOne O P==strict O
made:PyCapsule_New O P=pointer/null S P==none
made:PyCapsule_New O P==pointer S==s P=usual/error
made:PyCapsule_SetDestructor O O==None P=usual/none/error
made:PyCapsule_SetDestructor O O P==none
made:PyFunction_SetVectorcall O O<function=own-function
made:PyGen_GetCode O O==generator
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
