"""Each function that ends the program, or changes all of it for good, each time in a forked child: `each.py` tells how."""

import warnings

import each

warnings.simplefilter("ignore", DeprecationWarning)  # CPython warns of a fork beside threads.

FUNCTIONS = r"""
endings:Py_Exit O P=usual/unflushed/atexit/atexit-fails/finaliser J=0
endings:Py_AtExit O P=one/two/twice/registers/after-python/killed
endings:Py_AtExit O P==many
# Here the host is gone when these are called: no error can be set any more.
endings:PyUnstable_AtExit O P=one/no-data/two/before-python/after-python/with-Py_AtExit/raises/run-at-once ? 0:raises
endings:Py_FatalError O P=usual/raised/without-the-lock/null/empty/accented/percent
endings:PyMutex_Unlock/misused O P==unlock
endings:PyThreadState_Get/misused O P==get
endings:PyThreadState_Delete/misused O P==delete
endings:PyEval_RestoreThread/misused O P==restore
endings:PyEval_AcquireThread/misused O P==acquire
endings:PyEval_ReleaseThread/misused O P==release-other
endings:PyGILState_Release/misused O P==gilstate-release
endings:PyImport_AppendInittab O P==append-inittab
endings:PyImport_ExtendInittab O P=extend-inittab/extend-with-none
endings:Py_Initialize O
endings:Py_InitializeEx O J
endings:PyMem_SetupDebugHooks O P=usual/twice/grown/behind/before/wrong-domain/without-the-lock J==0
endings:PyMem_SetupDebugHooks O P=usual/twice/grown/behind/before/wrong-domain/without-the-lock J==1
endings:PyMem_SetupDebugHooks O P=usual/twice/grown/behind/before/wrong-domain/without-the-lock J==2
endings:PySys_AddAuditHook O P=one-alone/two/refuses/base/raised/with-python
endings:Py_SetPath O P=usual/twice/empty/null/accented
endings:Py_SetProgramName O P=usual/twice/empty/null/accented
endings:Py_SetPythonHome O P=usual/twice/empty/null/accented
endings:PyOS_BeforeFork O P=usual/no-hooks/hook-raises
endings:PyOS_AfterFork_Parent O P=usual/no-hooks/hook-raises
endings:PyOS_AfterFork_Child O P=usual/no-hooks/hook-raises
endings:PyOS_AfterFork O P=usual/no-hooks/hook-raises
"""

if __name__ == "__main__":
    each.run(FUNCTIONS)
