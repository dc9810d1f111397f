//! `pierglass`, `_weakref`, `time`, `atexit`, and the classes of `types`.

use super::Native;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::vm::{Args, NativeDef, R, Vm};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

// ---- pierglass

/// A dict of names and numbers.
pub(super) fn named(vm: &mut Vm, numbers: &[(&str, u64)]) -> R<H> {
    let dict = vm.dict()?;
    for &(name, number) in numbers {
        let number = vm.size(number as usize);
        vm.dict_set_str(dict, name, number)?;
    }
    Ok(dict)
}

/// `pierglass.stats()`: what the layer counts.
fn stats(vm: &mut Vm, _: Args) -> R<H> {
    named(vm, &emul::stats::stats().named())
}

pub(super) static PIERGLASS: Native =
    Native { name: "pierglass", functions: &[def("stats", "", stats)], classes: &[], more: None };

// ---- _weakref

fn references(vm: &mut Vm, args: Args) -> R<H> {
    let words = vm.heap.references_to(vm.get(args.h(0)));
    let start = vm.mark();
    vm.heap.stack.extend(words);
    vm.list_since(start)
}

fn reference_count(vm: &mut Vm, args: Args) -> R<H> {
    let count = vm.heap.references_to(vm.get(args.h(0))).len();
    Ok(vm.size(count))
}

static WEAKREF_FUNCTIONS: [NativeDef; 2] =
    [def("getweakrefs", "object", references), def("getweakrefcount", "object", reference_count)];

pub(super) static WEAKREF: Native = Native {
    name: "_weakref_core",
    functions: &WEAKREF_FUNCTIONS,
    classes: &[("ref", k::WEAKREF), ("ReferenceType", k::WEAKREF)],
    more: None,
};

// ---- _codecs_core

pub(super) static CODECS: Native = Native {
    name: "_codecs_core",
    functions: &crate::objects::bytes::codec::CODEC_FUNCTIONS,
    classes: &[],
    more: None,
};

// ---- time

/// When the program started, for the clocks that only go forward.
fn since_start() -> std::time::Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

fn time(vm: &mut Vm, _: Args) -> R<H> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    vm.float(now.as_secs_f64())
}

fn time_ns(vm: &mut Vm, _: Args) -> R<H> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    vm.int(now.as_nanos() as i64)
}

fn monotonic(vm: &mut Vm, _: Args) -> R<H> {
    vm.float(since_start().as_secs_f64())
}

fn monotonic_ns(vm: &mut Vm, _: Args) -> R<H> {
    vm.int(since_start().as_nanos() as i64)
}

/// Sleeps so long, or until a signal arrives.
fn sleep_once(time: Duration) {
    let time = libc::timespec {
        tv_sec: time.as_secs().try_into().unwrap_or(libc::time_t::MAX),
        tv_nsec: time.subsec_nanos().into(),
    };
    // SAFETY: a time; what is left of it is not asked for.
    _ = unsafe { libc::nanosleep(&raw const time, std::ptr::null_mut()) };
}

fn sleep(vm: &mut Vm, args: Args) -> R<H> {
    let seconds = crate::objects::float::to_f64(vm, args.h(0))?;
    if seconds < 0.0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    vm.flush_out();
    let Ok(duration) = Duration::try_from_secs_f64(seconds) else {
        return Err(vm.raise(k::OVERFLOW_ERROR, "timestamp too large to convert to C PyTime_t"));
    };
    let end = Instant::now() + duration;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(k::NONE);
        }
        crate::host::threads::outside(vm, || sleep_once(left));
        // A signal ends the sleep early.
        vm.attend()?;
    }
}

/// The fields of a moment, here or in UTC: year to the daylight saving flag, the zone's name, its offset in seconds.
fn broken_down(vm: &mut Vm, args: Args) -> R<H> {
    let seconds: libc::time_t = vm.index_i64(args.h(0))?;
    let local = vm.truth(args.h(1))?;
    // SAFETY: zeros are valid fields.
    let mut fields: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: a moment, and a place for its fields.
    let found = unsafe {
        match local {
            true => libc::localtime_r(&raw const seconds, &raw mut fields),
            false => libc::gmtime_r(&raw const seconds, &raw mut fields),
        }
    };
    if found.is_null() {
        return Err(vm.raise(k::OVERFLOW_ERROR, "timestamp out of range for platform time_t"));
    }
    let name = match fields.tm_zone.is_null() {
        true => String::new(),
        // SAFETY: the name ends with NUL and lives as long as the process.
        false => unsafe { std::ffi::CStr::from_ptr(fields.tm_zone) }.to_string_lossy().into_owned(),
    };
    let numbers = [
        i64::from(fields.tm_year) + 1900,
        i64::from(fields.tm_mon) + 1,
        fields.tm_mday.into(),
        fields.tm_hour.into(),
        fields.tm_min.into(),
        fields.tm_sec.into(),
        (i64::from(fields.tm_wday) + 6) % 7,
        i64::from(fields.tm_yday) + 1,
        fields.tm_isdst.into(),
    ];
    let start = vm.mark();
    for number in numbers {
        vm.int(number)?;
    }
    vm.str(&name)?;
    vm.int(fields.tm_gmtoff)?;
    vm.tuple_since(start)
}

/// C's fields from nine numbers.
fn fields_of(vm: &mut Vm, numbers: H) -> R<libc::tm> {
    let mut values = [0; 9];
    for (i, value) in values.iter_mut().enumerate() {
        let Some(item) = vm.item(numbers, i) else {
            return Err(vm.type_error("Tuple or struct_time argument required"));
        };
        let Ok(number) = i32::try_from(vm.index_i64(item)?) else {
            return Err(vm.raise(k::OVERFLOW_ERROR, "Python int too large to convert to C int"));
        };
        *value = number;
    }
    // SAFETY: zeros are valid fields.
    let mut fields: libc::tm = unsafe { std::mem::zeroed() };
    [fields.tm_year, fields.tm_mon, fields.tm_mday] = [values[0] - 1900, values[1] - 1, values[2]];
    [fields.tm_hour, fields.tm_min, fields.tm_sec] = [values[3], values[4], values[5]];
    [fields.tm_wday, fields.tm_yday, fields.tm_isdst] = [(values[6] + 1) % 7, values[7] - 1, values[8]];
    Ok(fields)
}

fn seconds_of(vm: &mut Vm, args: Args) -> R<H> {
    let mut fields = fields_of(vm, args.h(0))?;
    fields.tm_wday = -1;
    // SAFETY: fields, which it may bring into range.
    let seconds = unsafe { libc::mktime(&raw mut fields) };
    if seconds == -1 && fields.tm_wday == -1 {
        return Err(vm.raise(k::OVERFLOW_ERROR, "mktime argument out of range"));
    }
    vm.int(seconds)
}

/// The fields as a format's text, in UTF-8.
fn formatted(vm: &mut Vm, args: Args) -> R<H> {
    let format = vm.string(args.h(0));
    let fields = fields_of(vm, args.h(1))?;
    // The mark tells an empty text from one that found no room.
    let Ok(marked) = std::ffi::CString::new(format!("{format}.")) else {
        return Err(vm.value_error("embedded null character"));
    };
    let mut room = vec![0u8; 256];
    loop {
        // SAFETY: room of that size, a format that ends with NUL, and fields in range.
        let length =
            unsafe { libc::strftime(room.as_mut_ptr().cast(), room.len(), marked.as_ptr(), &raw const fields) };
        if length > 0 {
            return vm.str(String::from_utf8_lossy(&room[..length - 1]).into_owned());
        }
        room.resize(room.len() * 2, 0);
    }
}

static TIME_FUNCTIONS: [NativeDef; 10] = [
    def("broken_down", "seconds local", broken_down),
    def("seconds_of", "fields", seconds_of),
    def("formatted", "format fields", formatted),
    def("time", "", time),
    def("time_ns", "", time_ns),
    def("monotonic", "", monotonic),
    def("monotonic_ns", "", monotonic_ns),
    def("perf_counter", "", monotonic),
    def("perf_counter_ns", "", monotonic_ns),
    def("sleep", "seconds", sleep),
];

pub(super) static TIME: Native = Native { name: "_time_core", functions: &TIME_FUNCTIONS, classes: &[], more: None };

// ---- atexit

fn register(vm: &mut Vm, args: Args) -> R<H> {
    let rest: Vec<H> = args.rest().collect();
    let tuple = vm.tuple(&rest)?;
    let entry = vm.tuple(&[args.h(0), tuple, args.kw])?;
    let slot = vm.heap.retain(vm.get(entry));
    vm.atexit.push(slot);
    Ok(args.h(0))
}

fn unregister(vm: &mut Vm, args: Args) -> R<H> {
    let mut kept = Vec::new();
    for slot in std::mem::take(&mut vm.atexit) {
        let word = vm.heap.owned(slot);
        let entry = vm.push(word);
        let function = vm.item(entry, 0).expect("three were registered");
        if vm.equal(function, args.h(0))? {
            vm.heap.release(slot);
        } else {
            kept.push(slot);
        }
    }
    vm.atexit = kept;
    Ok(k::NONE)
}

static ATEXIT_FUNCTIONS: [NativeDef; 2] =
    [def("register", "func *args **kw", register), def("unregister", "func", unregister)];

pub(super) static ATEXIT: Native = Native { name: "atexit", functions: &ATEXIT_FUNCTIONS, classes: &[], more: None };

// ---- types

pub(super) static TYPES: Native = Native {
    name: "_types",
    functions: &[],
    classes: &[
        ("FunctionType", k::FUNCTION),
        ("LambdaType", k::FUNCTION),
        ("BuiltinFunctionType", k::NATIVE),
        ("BuiltinMethodType", k::NATIVE),
        ("MethodType", k::METHOD),
        ("MethodDescriptorType", k::METHOD_DESCR),
        ("WrapperDescriptorType", k::SLOT_WRAPPER),
        ("GetSetDescriptorType", k::GETSET),
        ("MemberDescriptorType", k::MEMBER),
        ("ModuleType", k::MODULE),
        ("CodeType", k::CODE),
        ("CellType", k::CELL),
        ("FrameType", k::FRAME),
        ("TracebackType", k::TRACEBACK),
        ("GeneratorType", k::GENERATOR),
        ("CoroutineType", k::COROUTINE),
        ("AsyncGeneratorType", k::ASYNC_GENERATOR),
        ("UnionType", k::UNION),
        ("ClassMethodDescriptorType", k::CLASS_METHOD_DESCR),
        ("MappingProxyType", k::MAPPINGPROXY),
        ("SimpleNamespace", k::NAMESPACE),
        ("GenericAlias", k::GENERIC_ALIAS),
        ("MethodWrapperType", k::METHOD_WRAPPER),
        ("ClassMethodDescriptorType", k::CLASS_METHOD_DESCR),
        ("NoneType", k::NONE_TYPE),
        ("EllipsisType", k::ELLIPSIS_TYPE),
        ("NotImplementedType", k::NOT_IMPLEMENTED_TYPE),
    ],
    more: None,
};
