"""Each function about threads: locks, events, storage, threads that C starts: `each.py` tells how."""

import each

FUNCTIONS = r"""
threads:PyThread_allocate_lock O
threads:PyThread_free_lock O
threads:PyThread_acquire_lock O J
threads:PyThread_release_lock O J==1
threads:PyThread_acquire_lock_timed O N J==0
threads:PyThread_acquire_lock_timed O N==0 J
threads:PyMutex_Lock O
threads:PyMutex_Unlock O P=once/again/waited-for
threads:PyEvent_Wait O P=set/set-twice/by-another
threads:PyCriticalSection_Begin O O=list O=dict
threads:PyCriticalSection_End O O
threads:PyCriticalSection2_Begin O O=list O=dict
threads:PyCriticalSection2_End O O
threads:PyThread_tss_create O P=fixed/allocated
threads:PyThread_tss_alloc O
threads:PyThread_tss_free O P=new/null/created/set/deleted/again
threads:PyThread_tss_is_created O P=new/created/set/deleted/again
threads:PyThread_tss_delete O P=new/created/set/deleted/deleted-set/again
threads:PyThread_tss_set O P=other-value/null/other-thread/again
threads:PyThread_tss_get O P=usual/other-value/null/other-thread/again
threads:PyThread_create_key O
threads:PyThread_set_key_value O P=other-value/null/other-thread/negative/huge
threads:PyThread_get_key_value O P=usual/unset/null/other-thread/negative/huge
threads:PyThread_delete_key_value O P=usual/unset/null/other-thread/negative/huge
threads:PyThread_delete_key O P=usual/set
threads:PyThread_start_new_thread O P=plain/ensure/own-state/exit
threads:PyThread_exit_thread O P=no-state/had-a-state
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
