"""Each function about the states of threads, interpreters and the interpreter's lock: `each.py` tells how."""

import each

FUNCTIONS = r"""
states:PyThreadState_Get O
states:PyThreadState_GetUnchecked O P=usual/swapped/saved/made/other-thread
states:PyThreadState_GetFrame O P=usual/inner/made/other-thread
states:PyThreadState_GetDict O P=usual/none/made/other-thread
states:PyThreadState_GetID O P=usual/cleared
states:PyThreadState_GetInterpreter O P=own/made/of-another
states:PyThreadState_Swap O P==usual
states:PyThreadState_New O
states:PyThreadState_Clear O P=usual/with-dict/with-error/twice
states:PyThreadState_Delete O P=newest/middle/oldest
states:PyThreadState_DeleteCurrent O P=usual/with-dict
states:PyThreadState_Next O P=newest-gone/middle-gone/oldest-gone
states:PyThreadState_EnterTracing O
states:PyThreadState_SetAsyncExc O O
states:PyThreadState_SetAsyncExc/number O P=nobody/taken-back/replaced
states:PyInterpreterState_Get O
states:PyInterpreterState_New O P=alone/newest-first/oldest-first
states:PyInterpreterState_Delete O P=usual/had-a-dict/had-a-state
states:PyInterpreterState_Main O P=usual/beside-another/without-the-lock/other-thread
states:PyInterpreterState_Head O P=usual/beside-another/without-the-lock/other-thread
states:PyInterpreterState_Next O P=newest/older/main
states:PyInterpreterState_GetDict O P=own/made
states:PyInterpreterState_GetID O P==usual
states:PyInterpreterState_ThreadHead O P=own/made
states:PyEval_SaveThread O P=usual/thread/ensure
states:PyEval_RestoreThread O P=own/made/other-thread
states:PyEval_AcquireThread O P=own/made/other-thread
states:PyEval_ReleaseThread O P=once/twice
states:PyEval_AcquireLock O P=once/twice
states:PyEval_ReleaseLock O P=once/twice
states:PyGILState_Ensure O
states:PyGILState_Release O P=other-thread/saved-between/here
states:PyGILState_GetThisThreadState O P=usual/saved/other-thread
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
