//! `gc`, `pierglass`, `_weakref`, `time`, `atexit`, and the classes of `types`.

use super::Native;
use crate::heap::{H, Pause};
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, NativeDef, R, Vm};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

// ---- gc

/// How many generations `gc` speaks of, as CPython's does: the nursery is the youngest, and the middle one is the nursery too.
const GENERATIONS: i64 = 3;

fn collect(vm: &mut Vm, args: Args) -> R<H> {
    let generation = match args.opt(vm, 0) {
        Some(generation) => vm.index_i64(generation)?,
        None => GENERATIONS - 1,
    };
    if !(0..GENERATIONS).contains(&generation) {
        return Err(vm.raise(k::VALUE_ERROR, "invalid generation"));
    }
    let dead = crate::host::collect_all(vm, generation == GENERATIONS - 1)?;
    Ok(vm.size(dead))
}

/// `gc.get_stats()`: CPython's three numbers for each generation, and what the last collection of it took, in nanoseconds.
fn get_stats(vm: &mut Vm, _: Args) -> R<H> {
    let totals = vm.heap.totals;
    let generations = [
        (totals.nursery, totals.collected[0], totals.pauses[0]),
        (0, 0, Pause::default()),
        (totals.full, totals.collected[1], totals.pauses[1]),
    ];
    let mut dicts = Vec::new();
    for (collections, collected, pause) in generations {
        let numbers = [
            ("collections", collections),
            ("collected", collected),
            ("uncollectable", 0),
            ("pause_ns", pause.all),
            ("links_ns", pause.links),
            ("containers_ns", pause.containers),
        ];
        dicts.push(named(vm, &numbers)?);
    }
    let start = vm.mark();
    dicts.iter().for_each(|&dict| _ = vm.push(vm.get(dict)));
    vm.list_since(start)
}

/// A dict of names and numbers.
fn named(vm: &mut Vm, numbers: &[(&str, u64)]) -> R<H> {
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

fn enable(vm: &mut Vm, _: Args) -> R<H> {
    vm.heap.enabled = true;
    Ok(k::NONE)
}

fn disable(vm: &mut Vm, _: Args) -> R<H> {
    vm.heap.enabled = false;
    Ok(k::NONE)
}

fn isenabled(vm: &mut Vm, _: Args) -> R<H> {
    let enabled = vm.heap.enabled;
    Ok(vm.bool(enabled))
}

fn get_threshold(vm: &mut Vm, _: Args) -> R<H> {
    let all = [2000, 10, 0].map(Value::small).map(|word| vm.push(word));
    vm.tuple(&all)
}

fn set_threshold(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::NONE)
}

/// `gc.get_objects()`: all there are.
fn get_objects(vm: &mut Vm, _: Args) -> R<H> {
    let mut words = Vec::new();
    vm.heap.each(&mut |word| words.push(word));
    let start = vm.mark();
    vm.heap.stack.extend(words);
    vm.list_since(start)
}

fn is_tracked(vm: &mut Vm, args: Args) -> R<H> {
    let atom = matches!(
        vm.body(args.h(0)),
        None | Some(
            Body::Int(_) | Body::Float(_) | Body::Complex(..) | Body::Str(_) | Body::Bytes(_) | Body::ByteArray(_)
        )
    );
    Ok(vm.bool(!atom))
}

static GC_FUNCTIONS: [NativeDef; 9] = [
    def("collect", ":generation=", collect),
    def("enable", "", enable),
    def("disable", "", disable),
    def("isenabled", "", isenabled),
    def("get_stats", "", get_stats),
    def("get_threshold", "", get_threshold),
    def("set_threshold", "a b= c=", set_threshold),
    def("get_objects", ":generation=", get_objects),
    def("is_tracked", "obj", is_tracked),
];

pub(super) static GC: Native = Native { name: "gc", functions: &GC_FUNCTIONS, classes: &[], more: Some(gc_lists) };

fn gc_lists(vm: &mut Vm, dict: H) -> R<()> {
    for name in ["garbage", "callbacks"] {
        let list = vm.alloc(k::LIST, Body::list(Vec::new()))?;
        vm.dict_set_str(dict, name, list)?;
    }
    Ok(())
}

// ---- pierglass

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

static TIME_FUNCTIONS: [NativeDef; 7] = [
    def("time", "", time),
    def("time_ns", "", time_ns),
    def("monotonic", "", monotonic),
    def("monotonic_ns", "", monotonic_ns),
    def("perf_counter", "", monotonic),
    def("perf_counter_ns", "", monotonic_ns),
    def("sleep", "seconds", sleep),
];

pub(super) static TIME: Native = Native { name: "time", functions: &TIME_FUNCTIONS, classes: &[], more: None };

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
