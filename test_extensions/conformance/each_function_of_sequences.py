"""Each function of tuples, lists, slices, iterators and the sequence protocol, with every kind of argument: `each.py` tells how."""

import each

FUNCTIONS = r"""
PyCallIter_New O O=function O=5 ! 0:NULL 1:NULL all:NULL
PyIter_Check I O=iterator ! 0:NULL
PyTuple_SetItem I O=tuple N K=text ! 0:NULL all:NULL
PyIter_Next O O<iterator=iterator
PyIter_Send I O=iterator O=None o ! 0:NULL all:NULL
PyList_Append I O=list O ! 0:NULL all:NULL
PyList_AsTuple O O=list
PyList_Clear I O=list ! 0:NULL
PyList_Extend I O=list O=tuple ! 0:NULL 1:NULL all:NULL
PyList_GetItem B O=list N ! 0:NULL
PyList_GetItemRef O O=list N ! 0:NULL
PyList_GetSlice O O=tuple N=0 N=1 ! 0:NULL
PyList_Insert I O=list N O ! 0:NULL all:NULL
PyList_New O N=0 ! 0:2147483647 0:2147483648 0:1 0:2 0:5
PyList_Reverse I O=list
PyList_SetItem I O=list N K ! 0:NULL 2:NULL all:NULL
PyList_SetSlice I O=list N=0 N=1 O=tuple ! 0:NULL all:NULL
PyList_Size N O=list ! 0:NULL
PyList_Sort I O=list
PySeqIter_New O O ! 0:NULL
PySequence_Check I O=list ! 0:NULL
PySequence_Concat O O=list O=list ~ 0:bytes 0:b'' 0:bad-utf8 0:Bytes 0:bytearray 0:tuple 0:() 0:Tuple 0:CTuple 0:Thing 0:CThingChild 1:None 1:True 1:0 1:5 1:-1 1:2**70 1:-2**63 1:Int 1:CInt 1:1.5 1:nan 1:Float 1:CFloat 1:1+2j 1:text 1:'' 1:wide 1:surrogate 1:nul 1:Text 1:CText 1:bytes 1:b'' 1:bad-utf8 1:Bytes 1:bytearray 1:memoryview 1:tuple 1:() 1:Tuple 1:CTuple 1:dict 1:{} 1:Dict 1:CDict 1:set 1:Set 1:CSet 1:frozenset 1:FrozenSet 1:Plain() 1:Bad 1:Odd 1:Index 1:Thing 1:CThingChild 1:Plain 1:int 1:Made 1:len 1:function 1:method 1:method-of-list 1:generator 1:iterator 1:slice 1:range 1:error 1:Error 1:ValueError 1:KeyError 1:module 1:capsule 1:property 1:code 1:Ellipsis 1:super 1:items() 1:zip
PySequence_Contains I O=list O=base ! 0:NULL all:NULL ~ 0:Odd 1:NULL all:Odd
PySequence_Count N O=list O=base
PySequence_DelItem I O=list N
PySequence_DelSlice I O=list N N
PySequence_Fast O O=list S=text
PySequence_GetItem O O=list N
PySequence_GetSlice O O=tuple N=0 N=1
PySequence_In I O=list O=base ! 0:NULL all:NULL ~ 0:Odd 1:NULL all:Odd
PySequence_InPlaceConcat O O=list O=list ~ 0:bytes 0:b'' 0:bad-utf8 0:Bytes 0:bytearray 0:tuple 0:() 0:Tuple 0:CTuple 0:Thing 0:CThingChild
PySequence_InPlaceRepeat O O=list N=2 ! 1:2147483647 1:2147483648
PySequence_Index N O=list O=base
PySequence_Length N O=list
PySequence_List O O=list
PySequence_Repeat O O=list N=2 ! 1:2147483647 1:2147483648
PySequence_SetItem I O=list N O
PySequence_SetSlice I O=list N=0 N=1 O=tuple ~ 3:None 3:True 3:0 3:5 3:-1 3:2**70 3:-2**63 3:Int 3:CInt 3:1.5 3:nan 3:Float 3:CFloat 3:1+2j 3:Plain() 3:Odd 3:Plain 3:int 3:Made 3:len 3:function 3:method 3:method-of-list 3:slice 3:error 3:Error 3:ValueError 3:KeyError 3:module 3:capsule 3:property 3:code 3:Ellipsis 3:super
PySequence_Size N O=list
PySequence_Tuple O O=list
PySlice_AdjustIndices N N=10 n=1 n=-2 N=2 ! 3:0 0:-9223372036854775808
PySlice_GetIndices I O<slice=slice N=10 n n n
PySlice_GetIndicesEx I O<slice=slice N=10 n n n n
PySlice_New O O=None O=5 O=base
PySlice_Unpack I O<slice=slice n n n
PyTuple_GetItem B O=tuple N ! 0:NULL
PyTuple_GetSlice O O=tuple N=0 N=1
PyTuple_New O N=0 ! 0:2147483647 0:2147483648 0:1 0:2 0:5
PyTuple_SetItem I Q=tuple N K ! usual 0:NULL 0:None 0:True 0:0 0:5 0:-1 0:2**70 0:-2**63 0:Int 0:CInt 0:1.5 0:nan 0:Float 0:CFloat 0:1+2j 0:text 0:'' 0:wide 0:surrogate 0:nul 0:Text 0:CText 0:bytes 0:b'' 0:bad-utf8 0:Bytes 0:bytearray 0:memoryview 0:list 0:[] 0:List 0:CList 0:tuple 0:() 0:Tuple 0:CTuple 0:dict 0:{} 0:Dict 0:CDict 0:set 0:Set 0:CSet 0:frozenset 0:FrozenSet 0:Plain() 0:Bad 0:Odd 0:Index 0:Thing 0:CThingChild 0:Plain 0:int 0:Made 0:len 0:function 0:method 0:method-of-list 0:generator 0:iterator 0:slice 0:range 0:error 0:Error 0:ValueError 0:KeyError 0:module 0:property 0:code 0:Ellipsis 0:super 0:items() 0:zip 0:pairs 1:0 1:1 1:-1 1:2 1:5 1:2147483647 1:-2147483648 1:2147483648 1:9223372036854775807 1:-9223372036854775808 2:NULL 2:None 2:True 2:0 2:5 2:-1 2:2**70 2:-2**63 2:Int 2:CInt 2:1.5 2:nan 2:Float 2:CFloat 2:1+2j 2:text 2:'' 2:wide 2:surrogate 2:nul 2:Text 2:CText 2:bytes 2:b'' 2:bad-utf8 2:Bytes 2:bytearray 2:memoryview 2:list 2:[] 2:List 2:CList 2:tuple 2:() 2:Tuple 2:CTuple 2:dict 2:{} 2:Dict 2:CDict 2:set 2:Set 2:CSet 2:frozenset 2:FrozenSet 2:Plain() 2:Bad 2:Odd 2:Index 2:Thing 2:CThingChild 2:Plain 2:int 2:Made 2:len 2:function 2:method 2:method-of-list 2:generator 2:iterator 2:slice 2:range 2:error 2:Error 2:ValueError 2:KeyError 2:module 2:property 2:code 2:Ellipsis 2:super 2:items() 2:zip 2:pairs all:NULL all:None all:True all:0 all:5 all:-1 all:2**70 all:-2**63 all:Int all:CInt all:1.5 all:nan all:Float all:CFloat all:1+2j all:text all:'' all:wide all:surrogate all:nul all:Text all:CText all:bytes all:b'' all:bad-utf8 all:Bytes all:bytearray all:memoryview all:list all:[] all:List all:CList all:tuple all:() all:Tuple all:CTuple all:dict all:{} all:Dict all:CDict all:set all:Set all:CSet all:frozenset all:FrozenSet all:Plain() all:Bad all:Odd all:Index all:Thing all:CThingChild all:Plain all:int all:Made all:len all:function all:method all:method-of-list all:generator all:iterator all:slice all:range all:error all:Error all:ValueError all:KeyError all:module all:property all:code all:Ellipsis all:super all:items() all:zip all:pairs 0:capsule 2:capsule all:capsule
PyTuple_Size N O=tuple ! 0:NULL
PyList_GetSlice O O=many N=1 N=3 ! 0:NULL
PyList_SetSlice I O=many N=1 N=3 O==NULL ! 0:NULL
PyTuple_Pack O N=1 O=text ! 0:2 0:5 1:NULL 0:2147483647 0:2147483648
PyTuple_SetItem I O=tuple N K ! 0:NULL all:NULL
PyList_GetItem B O==many N
PySequence_DelSlice I O=many N=1 N=3
PySequence_GetItem O O=Index N=1
PySequence_GetItem O O==Thing N
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
