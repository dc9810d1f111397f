"""Each function about threads: locks, storage, thread states, interpreters, the interpreter's lock: `each.py` tells how.

A row is named after the first of the functions that it is about; the comment above it names the others.
"""

import each

FUNCTIONS = r"""
threads:PyThread_allocate_lock O
threads:PyThread_free_lock O
threads:PyThread_acquire_lock O J
threads:PyThread_release_lock O J==1
threads:PyThread_acquire_lock_timed O N J==0
threads:PyThread_acquire_lock_timed O N==0 J
# also: PyMutex_Unlock
threads:PyMutex_Lock O
# also: PyCriticalSection_End PyCriticalSection2_Begin PyCriticalSection2_End
threads:PyCriticalSection_Begin O O=list O=dict
# also: PyThread_tss_alloc PyThread_tss_free PyThread_tss_is_created PyThread_tss_set PyThread_tss_get PyThread_tss_delete
threads:PyThread_tss_create O P=fixed/allocated
# also: PyThread_set_key_value PyThread_get_key_value PyThread_delete_key_value PyThread_delete_key
threads:PyThread_create_key O
# also: PyThread_exit_thread PyEval_AcquireThread PyEval_ReleaseThread PyThreadState_DeleteCurrent
threads:PyThread_start_new_thread O P=plain/ensure/own-state/exit
# also: PyThreadState_GetUnchecked PyThreadState_GetFrame PyThreadState_GetDict PyThreadState_GetID PyThreadState_GetInterpreter
threads:PyThreadState_Get O
threads:PyThreadState_Swap O P==usual
# also: PyThreadState_Clear PyThreadState_Delete
threads:PyThreadState_New O
# also: PyThreadState_LeaveTracing
threads:PyThreadState_EnterTracing O
# also: PyInterpreterState_Main PyInterpreterState_Head PyInterpreterState_Next PyInterpreterState_GetDict PyInterpreterState_GetID
threads:PyInterpreterState_Get O
# also: PyEval_RestoreThread
threads:PyEval_SaveThread O P=usual/thread/ensure
# also: PyGILState_Release PyGILState_GetThisThreadState
threads:PyGILState_Ensure O
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
