//! `datetime.h`: dates, times and the table of functions behind the capsule `datetime.datetime_CAPI`.

use std::ffi::{c_char, c_int, c_uchar};

use crate::Py_hash_t;
use crate::object::{PyObject, PyTypeObject};

#[repr(C)]
#[derive(Debug)]
pub struct PyDateTime_Delta {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub days: c_int,
    pub seconds: c_int,
    pub microseconds: c_int,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyDateTime_TZInfo {
    pub ob_base: PyObject,
}

/// A time without a `tzinfo` is allocated no longer than this.
#[repr(C)]
#[derive(Debug)]
pub struct _PyDateTime_BaseTime {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    pub data: [c_uchar; 6],
}

#[repr(C)]
#[derive(Debug)]
pub struct PyDateTime_Time {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    pub data: [c_uchar; 6],
    pub fold: c_uchar,
    pub tzinfo: *mut PyObject,
}

#[repr(C)]
#[derive(Debug)]
pub struct PyDateTime_Date {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    pub data: [c_uchar; 4],
}

/// A datetime without a `tzinfo` is allocated no longer than this.
#[repr(C)]
#[derive(Debug)]
pub struct _PyDateTime_BaseDateTime {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    pub data: [c_uchar; 10],
}

#[repr(C)]
#[derive(Debug)]
pub struct PyDateTime_DateTime {
    pub ob_base: PyObject,
    pub hashcode: Py_hash_t,
    pub hastzinfo: c_char,
    pub data: [c_uchar; 10],
    pub fold: c_uchar,
    pub tzinfo: *mut PyObject,
}

type Object = *mut PyObject;
type Type = *mut PyTypeObject;

#[repr(C)]
#[derive(Debug)]
pub struct PyDateTime_CAPI {
    pub DateType: *mut PyTypeObject,
    pub DateTimeType: *mut PyTypeObject,
    pub TimeType: *mut PyTypeObject,
    pub DeltaType: *mut PyTypeObject,
    pub TZInfoType: *mut PyTypeObject,
    pub TimeZone_UTC: *mut PyObject,
    pub Date_FromDate: Option<unsafe extern "C" fn(c_int, c_int, c_int, Type) -> Object>,
    pub DateTime_FromDateAndTime:
        Option<unsafe extern "C" fn(c_int, c_int, c_int, c_int, c_int, c_int, c_int, Object, Type) -> Object>,
    pub Time_FromTime: Option<unsafe extern "C" fn(c_int, c_int, c_int, c_int, Object, Type) -> Object>,
    pub Delta_FromDelta: Option<unsafe extern "C" fn(c_int, c_int, c_int, c_int, Type) -> Object>,
    pub TimeZone_FromTimeZone: Option<unsafe extern "C" fn(Object, Object) -> Object>,
    pub DateTime_FromTimestamp: Option<unsafe extern "C" fn(Object, Object, Object) -> Object>,
    pub Date_FromTimestamp: Option<unsafe extern "C" fn(Object, Object) -> Object>,
    pub DateTime_FromDateAndTimeAndFold:
        Option<unsafe extern "C" fn(c_int, c_int, c_int, c_int, c_int, c_int, c_int, Object, c_int, Type) -> Object>,
    pub Time_FromTimeAndFold: Option<unsafe extern "C" fn(c_int, c_int, c_int, c_int, Object, c_int, Type) -> Object>,
}

crate::layout::pinned! {
    PyDateTime_Delta 0x28 { ob_base 0x0 16, hashcode 0x10 8, days 0x18 4, seconds 0x1c 4, microseconds 0x20 4 }
    PyDateTime_TZInfo 0x10 { ob_base 0x0 16 }
    _PyDateTime_BaseTime 0x20 { ob_base 0x0 16, hashcode 0x10 8, hastzinfo 0x18 1, data 0x19 6 }
    PyDateTime_Time 0x28 { ob_base 0x0 16, hashcode 0x10 8, hastzinfo 0x18 1, data 0x19 6, fold 0x1f 1, tzinfo 0x20 8 }
    PyDateTime_Date 0x20 { ob_base 0x0 16, hashcode 0x10 8, hastzinfo 0x18 1, data 0x19 4 }
    _PyDateTime_BaseDateTime 0x28 { ob_base 0x0 16, hashcode 0x10 8, hastzinfo 0x18 1, data 0x19 10 }
    PyDateTime_DateTime 0x30 {
        ob_base 0x0 16,
        hashcode 0x10 8,
        hastzinfo 0x18 1,
        data 0x19 10,
        fold 0x23 1,
        tzinfo 0x28 8,
    }
    PyDateTime_CAPI 0x78 {
        DateType 0x0 8,
        DateTimeType 0x8 8,
        TimeType 0x10 8,
        DeltaType 0x18 8,
        TZInfoType 0x20 8,
        TimeZone_UTC 0x28 8,
        Date_FromDate 0x30 8,
        DateTime_FromDateAndTime 0x38 8,
        Time_FromTime 0x40 8,
        Delta_FromDelta 0x48 8,
        TimeZone_FromTimeZone 0x50 8,
        DateTime_FromTimestamp 0x58 8,
        Date_FromTimestamp 0x60 8,
        DateTime_FromDateAndTimeAndFold 0x68 8,
        Time_FromTimeAndFold 0x70 8,
    }
}
