//! `boolobject.h`: `True` and `False` are ints with one digit.

use crate::longobject::PyLongObject;

/// The struct of `_Py_TrueStruct` and `_Py_FalseStruct`.
pub type PyBoolObject = PyLongObject;
