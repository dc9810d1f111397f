"""Each function about memory: allocators and odd sizes, objects made in it by hand, finalisers, buffers: `each.py` tells how."""

import each

FUNCTIONS = r"""
memory:PyMem_RawMalloc O N
memory:PyMem_RawCalloc O N=5 N=1
memory:PyMem_RawRealloc O N==5 N=2
memory:PyMem_RawRealloc O N==-1 N=5
memory:PyMem_RawRealloc O N==1000 N=2000
memory:PyMem_RawFree O
memory:PyMem_Malloc O N
memory:PyMem_Calloc O N=5 N=1
memory:PyMem_Realloc O N==5 N=2
memory:PyMem_Realloc O N==-1 N=5
memory:PyMem_Realloc O N==1000 N=2000
memory:PyMem_Free O
memory:PyObject_Malloc O N
memory:PyObject_Calloc O N=5 N=1 ! 1:2147483647 1:2147483648
memory:PyObject_Realloc O N==5 N=2
memory:PyObject_Realloc O N==-1 N=5
memory:PyObject_Realloc O N==1000 N=2000
memory:PyObject_Free O
memory:PyMem_SetAllocator O P=raw/mem/object
memory:PyMem_GetAllocator O P=raw/mem/object
memory:PyMem_GetAllocator/unknown O N==5
memory:PyObject_GetArenaAllocator O
memory:PyObject_Init O P=usual/var/null
memory:PyObject_InitVar O P=usual/null N
memory:PyObject_GC_Track O P=usual/var/by-hand
memory:PyObject_GC_UnTrack O P=usual/never-tracked/in-a-cycle
memory:PyObject_GC_Del O P=usual/var/tracked/was-tracked
# A tuple of numbers is let go of when a collection finds it.
PyObject_GC_IsTracked I O ! 0:NULL 0:tuple
PyObject_IS_GC I O ! 0:NULL
memory:PyUnstable_Object_GC_NewWithExtraData O J=16 ! 0:-1 0:2147483647 0:-2147483648
memory:PyObject_CallFinalizerFromDealloc O P=plain/tracked/kept/kept-tracked/called-before-tracked
memory:PyObject_CallFinalizer O P=plain/tracked
memory:PyObject_CallFinalizer/of O O ! 0:NULL
memory:PyUnstable_GC_VisitObjects O
memory:PyObject_VisitManagedDict O O ! usual 0:NULL 0:True 0:-1 0:2**70 0:text 0:'' 0:wide 0:surrogate 0:nul 0:CText 0:bad-utf8 0:memoryview 0:CList 0:() 0:CTuple 0:CDict 0:CSet 0:frozenset 0:Plain 0:Made 0:method-of-list 0:iterator 0:range 0:error 0:zip
memory:PyObject_ClearManagedDict O O=Plain() ! 0:NULL
memory:PyObject_ClearWeakRefs O O==Plain P==loudly
memory:PyObject_ClearWeakRefs O O P==loudly ! 0:NULL
memory:PyUnstable_Object_ClearWeakRefsNoCallbacks O O ! 0:NULL
memory:Py_DecRef O
memory:PyBuffer_GetPointer O P=usual/first/backwards/rows/no-dimensions
memory:PyBuffer_Release O O ! usual 0:NULL 0:None 0:True 0:0 0:5 0:-1 0:2**70 0:-2**63 0:Int 0:CInt 0:1.5 0:nan 0:Float 0:CFloat 0:1+2j 0:text 0:'' 0:wide 0:surrogate 0:nul 0:Text 0:CText 0:list 0:[] 0:List 0:CList 0:tuple 0:() 0:Tuple 0:CTuple 0:dict 0:{} 0:Dict 0:CDict 0:set 0:Set 0:CSet 0:frozenset 0:FrozenSet 0:Plain() 0:Bad 0:Odd 0:Index 0:Thing 0:CThingChild 0:Plain 0:int 0:Made 0:len 0:function 0:method 0:method-of-list 0:generator 0:iterator 0:slice 0:range 0:error 0:Error 0:ValueError 0:KeyError 0:module 0:capsule 0:property 0:code 0:Ellipsis 0:super 0:items() 0:zip 0:pairs
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
