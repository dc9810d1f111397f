//! `datetime.h`: dates and times, which C reads inline, and the table of functions in the capsule `datetime.datetime_CAPI`.
//!
//! The classes are those of the host's `datetime` module. Their mirrors get CPython's layout when the classes first cross,
//! and an instance's fields are filled when it does: dates and times do not change.

use std::ffi::{CStr, c_int, c_uchar};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use object_mirror::Py_ssize_t;
use object_mirror::datetime::{
    PyDateTime_CAPI, PyDateTime_Date, PyDateTime_DateTime, PyDateTime_Delta, PyDateTime_TZInfo, PyDateTime_Time,
};
use object_mirror::object::{Py_TPFLAGS_HEAPTYPE, PyObject, PyTypeObject};

use crate::boundary::{Cx, IntoC, New, Obj, Result, enter};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::{cross, lifetime, pycapsule, typeobject};

/// The capsule's path, and its name.
pub(crate) const CAPSULE: &std::ffi::CStr = c"datetime.datetime_CAPI";

/// The layouts: which struct the instances of a class have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Date,
    DateTime,
    Time,
    Delta,
    TzInfo,
}

const LAYOUTS: [(&CStr, Layout, usize); 5] = [
    (c"datetime.date", Layout::Date, size_of::<PyDateTime_Date>()),
    (c"datetime.datetime", Layout::DateTime, size_of::<PyDateTime_DateTime>()),
    (c"datetime.time", Layout::Time, size_of::<PyDateTime_Time>()),
    (c"datetime.timedelta", Layout::Delta, size_of::<PyDateTime_Delta>()),
    (c"datetime.tzinfo", Layout::TzInfo, size_of::<PyDateTime_TZInfo>()),
];

/// The mirrors of the classes, in the order of [`LAYOUTS`]; NULL for one that has not crossed.
static CLASSES: [AtomicPtr<PyTypeObject>; 5] = [const { AtomicPtr::new(null_mut()) }; 5];

/// Give the fresh mirror of `class` the layout that CPython's class of that name has, if it is the `datetime` module's.
pub(crate) fn lay_out(ty: *mut PyTypeObject, class: HostRef, name: &str) {
    // The module may be written in Python, or be the host's own: then its name is in the class's.
    let short = name.strip_prefix("datetime.").unwrap_or(name);
    let Some(index) =
        LAYOUTS.iter().position(|layout| layout.0.to_bytes().strip_prefix(b"datetime.") == Some(short.as_bytes()))
    else {
        return;
    };
    if !is_of_module(class, short) {
        return;
    }
    let (full_name, layout, size) = LAYOUTS[index];
    CLASSES[index].store(ty, Relaxed);
    // SAFETY: a type that is being made.
    unsafe {
        (*ty).tp_basicsize = (*ty).tp_basicsize.max(size as Py_ssize_t);
        // They are static types there, however the host wrote its module.
        (*ty).tp_flags &= !(Py_TPFLAGS_HEAPTYPE as std::ffi::c_ulong);
        (*ty).tp_name = full_name.as_ptr();
        if matches!(layout, Layout::DateTime | Layout::Time) {
            (*ty).tp_dealloc = Some(dealloc);
        }
    }
}

fn is_of_module(class: HostRef, name: &str) -> bool {
    let attribute = |object: HostRef, name: &str| {
        let name = host().new_str(name.as_bytes());
        host().get_attr(object, name.as_ref()).ok()
    };
    let is_named = attribute(class, "__module__").is_some_and(|module| {
        let mut same = false;
        if host().kind(module.as_ref()) == Kind::Str {
            host().with_str(module.as_ref(), &mut |text| same = text == b"datetime");
        }
        same
    });
    let found = if is_named { host().import("datetime").ok() } else { None };
    found
        .and_then(|module| attribute(module.as_ref(), name))
        .is_some_and(|found| host().identity(found.word()) == host().identity(class.word()))
}

fn layout_of(ty: *mut PyTypeObject) -> Option<Layout> {
    class_and_layout(ty).map(|(_, layout)| layout)
}

/// The module's class that instances of `ty` belong to, and its layout.
fn class_and_layout(mut ty: *mut PyTypeObject) -> Option<(*mut PyTypeObject, Layout)> {
    // SAFETY: live types, whose bases are live.
    while !ty.is_null() {
        if let Some(index) = CLASSES.iter().position(|class| std::ptr::eq(class.load(Relaxed), ty)) {
            return Some((ty, LAYOUTS[index].1));
        }
        // SAFETY: the same.
        ty = unsafe { (*ty).tp_base };
    }
    None
}

/// Whether instances of `ty` have fields that [`fill`] fills.
pub(crate) fn is_type(ty: *mut PyTypeObject) -> bool {
    CLASSES.iter().any(|class| !class.load(Relaxed).is_null())
        && layout_of(ty).is_some_and(|layout| layout != Layout::TzInfo)
}

/// Show an instance's fields in its fresh mirror.
pub(crate) fn fill(mirror: *mut PyObject, object: HostRef) {
    // SAFETY: a live mirror.
    let ty = unsafe { (*mirror).ob_type };
    let Some((class, layout)) = class_and_layout(ty) else { return };
    let attribute = |object: HostRef, name: &str| {
        let name = host().new_str(name.as_bytes());
        host().get_attr(object, name.as_ref()).ok()
    };
    // Derived classes may have something else under these names, as pandas' NaT.
    let base = if std::ptr::eq(class, ty) { None } else { lifetime::object_of(class.cast()) };
    let part = |name: &str| match &base {
        None => attribute(object, name),
        Some(base) => {
            let get = attribute(attribute(base.as_ref(), name)?.as_ref(), "__get__")?;
            host().call(get.as_ref(), &[object], &[]).ok()
        }
    };
    let number = |name: &str| part(name).and_then(|value| host().int_value(value.as_ref())).unwrap_or(0) as c_int;
    // SAFETY: a fresh mirror with the struct that its type's layout names.
    unsafe {
        match layout {
            Layout::Date => {
                let date: *mut PyDateTime_Date = mirror.cast();
                (*date).hashcode = -1;
                (*date).data = date_bytes(number("year"), number("month"), number("day"));
            }
            Layout::DateTime => {
                let moment: *mut PyDateTime_DateTime = mirror.cast();
                (*moment).hashcode = -1;
                let date = date_bytes(number("year"), number("month"), number("day"));
                let time = time_bytes(number("hour"), number("minute"), number("second"), number("microsecond"));
                let mut data = [0; 10];
                data[..4].copy_from_slice(&date);
                data[4..].copy_from_slice(&time);
                (*moment).data = data;
                (*moment).fold = number("fold") as c_uchar;
                (*moment).tzinfo = zone(part("tzinfo"));
                (*moment).hastzinfo = i8::from(!(*moment).tzinfo.is_null());
            }
            Layout::Time => {
                let time: *mut PyDateTime_Time = mirror.cast();
                (*time).hashcode = -1;
                (*time).data = time_bytes(number("hour"), number("minute"), number("second"), number("microsecond"));
                (*time).fold = number("fold") as c_uchar;
                (*time).tzinfo = zone(part("tzinfo"));
                (*time).hastzinfo = i8::from(!(*time).tzinfo.is_null());
            }
            Layout::Delta => {
                let delta: *mut PyDateTime_Delta = mirror.cast();
                (*delta).hashcode = -1;
                (*delta).days = number("days");
                (*delta).seconds = number("seconds");
                (*delta).microseconds = number("microseconds");
            }
            Layout::TzInfo => {}
        }
    }
}

fn date_bytes(year: c_int, month: c_int, day: c_int) -> [c_uchar; 4] {
    [(year >> 8) as c_uchar, year as c_uchar, month as c_uchar, day as c_uchar]
}

fn time_bytes(hour: c_int, minute: c_int, second: c_int, micros: c_int) -> [c_uchar; 6] {
    let micros = [(micros >> 16) as c_uchar, (micros >> 8) as c_uchar, micros as c_uchar];
    [hour as c_uchar, minute as c_uchar, second as c_uchar, micros[0], micros[1], micros[2]]
}

/// A time zone's mirror, a reference; NULL for none.
fn zone(zone: Option<HostObj>) -> *mut PyObject {
    match zone {
        Some(zone) if host().kind(zone.as_ref()) != Kind::None => cross::to_c_owned(zone).into_ptr(),
        _ => null_mut(),
    }
}

/// The destructor of mirrors that hold a time zone.
pub(crate) unsafe extern "C" fn dealloc(op: *mut PyObject) {
    // SAFETY: the mirror of a time or datetime without references; the field is NULL or owns one.
    unsafe {
        let zone = match layout_of((*op).ob_type) {
            Some(Layout::Time) => (*op.cast::<PyDateTime_Time>()).tzinfo,
            _ => (*op.cast::<PyDateTime_DateTime>()).tzinfo,
        };
        lifetime::_Emul_value_dealloc(op);
        lifetime::xdecref(zone);
    }
}

/// Put the capsule where C looks for it. CPython's module has it from the start; the host's does not know of C.
pub(crate) fn install(cx: Cx<'_>) -> Result<()> {
    let module = cx.call(|h| h.import("datetime"))?;
    let name = cx.str("datetime_CAPI");
    if host().get_attr(module.as_ref(), name.as_ref()).is_ok() {
        return Ok(());
    }
    let class = |name: &str| -> Result<*mut PyTypeObject> {
        let class = cx.attr_str(module.as_ref(), name)?;
        Ok(typeobject::mirror_of_class(class.as_ref()))
    };
    let timezone = cx.attr_str(module.as_ref(), "timezone")?;
    let utc = cx.attr_str(timezone.as_ref(), "utc")?;
    let table = PyDateTime_CAPI {
        DateType: class("date")?,
        DateTimeType: class("datetime")?,
        TimeType: class("time")?,
        DeltaType: class("timedelta")?,
        TZInfoType: class("tzinfo")?,
        TimeZone_UTC: cx.to_c(utc).into_ptr(),
        Date_FromDate: Some(date_from_date),
        DateTime_FromDateAndTime: Some(datetime_from_date_and_time),
        Time_FromTime: Some(time_from_time),
        Delta_FromDelta: Some(delta_from_delta),
        TimeZone_FromTimeZone: Some(timezone_from_timezone),
        DateTime_FromTimestamp: Some(datetime_from_timestamp),
        Date_FromTimestamp: Some(date_from_timestamp),
        DateTime_FromDateAndTimeAndFold: Some(datetime_from_date_and_time_and_fold),
        Time_FromTimeAndFold: Some(time_from_time_and_fold),
    };
    // The table lasts as long as the process: C keeps its address in a static.
    let capsule = pycapsule::new(cx, Box::into_raw(Box::new(table)).cast(), CAPSULE.as_ptr())?.obj().give(cx)?;
    cx.call(|h| h.set_attr(module.as_ref(), name.as_ref(), Some(capsule.as_ref())))
}

/// Run one of the table's functions.
fn run<R: IntoC>(name: &'static str, body: impl FnOnce(Cx<'static>) -> Result<R>) -> R::C {
    // SAFETY: C calls the table's functions with the lock held.
    unsafe { enter(name, body) }
}

/// `class(*numbers, zone, fold=fold)`.
fn make(cx: Cx<'_>, class: *mut PyTypeObject, numbers: &[c_int], zone: *mut PyObject, fold: c_int) -> Result<New> {
    let class = typeobject::class_of(cx, class)?;
    let mut args: Vec<HostObj> = numbers.iter().map(|&number| host().new_int(i64::from(number))).collect();
    // SAFETY: C passes NULL or a live object.
    if let Some(zone) = unsafe { Obj::from_ptr(zone) } {
        args.push(zone.give(cx)?);
    }
    let keyword = cx.str("fold");
    let mut keywords = Vec::new();
    if fold != 0 {
        args.push(host().new_int(i64::from(fold)));
        keywords.push(keyword.as_ref());
    }
    let args: Vec<HostRef> = args.iter().map(HostObj::as_ref).collect();
    cx.object(|h| h.call(class.as_ref(), &args, &keywords))
}

unsafe extern "C" fn date_from_date(year: c_int, month: c_int, day: c_int, class: *mut PyTypeObject) -> *mut PyObject {
    run("PyDate_FromDate", |cx| make(cx, class, &[year, month, day], null_mut(), 0))
}

#[allow(clippy::too_many_arguments, reason = "CPython's signature")]
unsafe extern "C" fn datetime_from_date_and_time(
    year: c_int,
    month: c_int,
    day: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    micros: c_int,
    zone: *mut PyObject,
    class: *mut PyTypeObject,
) -> *mut PyObject {
    let numbers = [year, month, day, hour, minute, second, micros];
    run("PyDateTime_FromDateAndTime", |cx| make(cx, class, &numbers, zone, 0))
}

#[allow(clippy::too_many_arguments, reason = "CPython's signature")]
unsafe extern "C" fn datetime_from_date_and_time_and_fold(
    year: c_int,
    month: c_int,
    day: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    micros: c_int,
    zone: *mut PyObject,
    fold: c_int,
    class: *mut PyTypeObject,
) -> *mut PyObject {
    let numbers = [year, month, day, hour, minute, second, micros];
    run("PyDateTime_FromDateAndTimeAndFold", |cx| make(cx, class, &numbers, zone, fold))
}

unsafe extern "C" fn time_from_time(
    hour: c_int,
    minute: c_int,
    second: c_int,
    micros: c_int,
    zone: *mut PyObject,
    class: *mut PyTypeObject,
) -> *mut PyObject {
    run("PyTime_FromTime", |cx| make(cx, class, &[hour, minute, second, micros], zone, 0))
}

unsafe extern "C" fn time_from_time_and_fold(
    hour: c_int,
    minute: c_int,
    second: c_int,
    micros: c_int,
    zone: *mut PyObject,
    fold: c_int,
    class: *mut PyTypeObject,
) -> *mut PyObject {
    run("PyTime_FromTimeAndFold", |cx| make(cx, class, &[hour, minute, second, micros], zone, fold))
}

/// The host's constructor always normalises, which leaves what is normal already as it is.
unsafe extern "C" fn delta_from_delta(
    days: c_int,
    seconds: c_int,
    micros: c_int,
    _normalize: c_int,
    class: *mut PyTypeObject,
) -> *mut PyObject {
    run("PyDelta_FromDSU", |cx| make(cx, class, &[days, seconds, micros], null_mut(), 0))
}

unsafe extern "C" fn timezone_from_timezone(offset: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    run("PyTimeZone_FromOffsetAndName", |cx| {
        // SAFETY: C passes a live offset, and NULL or a live name.
        let (offset, name) = unsafe { (Obj::from_ptr(offset), Obj::from_ptr(name)) };
        let mut args = vec![offset.ok_or_else(|| cx.bad_internal_call())?.give(cx)?];
        if let Some(name) = name {
            args.push(name.give(cx)?);
        }
        let args: Vec<HostRef> = args.iter().map(HostObj::as_ref).collect();
        Ok(cx.to_c(cx.call_function("datetime", "timezone", &args)?))
    })
}

/// `class.fromtimestamp(*args, **kwargs)`.
fn from_timestamp(cx: Cx<'_>, class: *mut PyObject, args: *mut PyObject, kwargs: *mut PyObject) -> Result<New> {
    // SAFETY: C passes a live class.
    let class = unsafe { Obj::from_ptr(class) }.ok_or_else(|| cx.bad_internal_call())?.give(cx)?;
    let method = cx.attr_str(class.as_ref(), "fromtimestamp")?;
    let (values, names) = crate::special::arguments(cx, args, kwargs)?;
    let values: Vec<HostRef> = values.iter().map(HostObj::as_ref).collect();
    let names: Vec<HostRef> = names.iter().map(HostObj::as_ref).collect();
    cx.object(|h| h.call(method.as_ref(), &values, &names))
}

unsafe extern "C" fn datetime_from_timestamp(
    class: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    run("PyDateTime_FromTimestamp", |cx| from_timestamp(cx, class, args, kwargs))
}

unsafe extern "C" fn date_from_timestamp(class: *mut PyObject, args: *mut PyObject) -> *mut PyObject {
    run("PyDate_FromTimestamp", |cx| from_timestamp(cx, class, args, null_mut()))
}
