/* cpython/pydebug.h: the old global flags; PyConfig took their place. */
#include "Python.h"
#if !defined(Py_CPYTHON_PYDEBUG_H) && !defined(Py_LIMITED_API)
#define Py_CPYTHON_PYDEBUG_H
#ifdef __cplusplus
extern "C" {
#endif

#define _Emul_FLAG(name) Py_DEPRECATED(3.12) PyAPI_DATA(int) name
_Emul_FLAG(Py_DebugFlag);
_Emul_FLAG(Py_VerboseFlag);
_Emul_FLAG(Py_QuietFlag);
_Emul_FLAG(Py_InteractiveFlag);
_Emul_FLAG(Py_InspectFlag);
_Emul_FLAG(Py_OptimizeFlag);
_Emul_FLAG(Py_NoSiteFlag);
_Emul_FLAG(Py_BytesWarningFlag);
_Emul_FLAG(Py_FrozenFlag);
_Emul_FLAG(Py_IgnoreEnvironmentFlag);
_Emul_FLAG(Py_DontWriteBytecodeFlag);
_Emul_FLAG(Py_NoUserSiteDirectory);
_Emul_FLAG(Py_UnbufferedStdioFlag);
_Emul_FLAG(Py_HashRandomizationFlag);
_Emul_FLAG(Py_IsolatedFlag);
#undef _Emul_FLAG

#if __has_include("gen/pydebug.h")
#include "gen/pydebug.h"
#endif

#ifdef __cplusplus
}
#endif
#endif
