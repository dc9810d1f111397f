//! `gc`: the collector, and who refers to whom.

use super::Native;
use super::system::named;
use crate::heap::{H, Pause};
use crate::known as k;
use crate::native::def;
use crate::object::{Body, FINALISED, TYPE_HEAP, TYPE_STATIC};
use crate::value::Value;
use crate::vm::{Args, NativeDef, R, Vm};

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
    tell(vm, "start", generation, 0)?;
    let dead = crate::host::collect_all(vm, generation == GENERATIONS - 1)?;
    tell(vm, "stop", generation, dead)?;
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
    let word = vm.get(args.h(0));
    let tracked = match word.object().map(|object| &object.body) {
        // As in CPython, a dict that refers to nothing that can be in a cycle is left alone.
        Some(Body::Dict(table)) => table.iter().any(|entry| may_be_in_cycle(entry.key) || may_be_in_cycle(entry.value)),
        Some(Body::Tuple(items)) => !items.is_empty(),
        _ => may_be_in_cycle(word),
    };
    Ok(vm.bool(tracked))
}

fn may_be_in_cycle(word: Value) -> bool {
    let atom = |body: &Body| {
        matches!(
            body,
            Body::Int(_) | Body::Float(_) | Body::Complex(..) | Body::Str(_) | Body::Bytes(_) | Body::ByteArray(_)
        )
    };
    word.object().is_some_and(|object| match object.body {
        Body::CInstance(mirror) => emul::lifetime::is_tracked(mirror),
        _ => !atom(&object.body),
    })
}

static GC_FUNCTIONS: [NativeDef; 18] = [
    def("collect", ":generation=", collect),
    def("enable", "", enable),
    def("disable", "", disable),
    def("isenabled", "", isenabled),
    def("get_stats", "", get_stats),
    def("get_threshold", "", get_threshold),
    def("set_threshold", "a b= c=", set_threshold),
    def("get_objects", ":generation=", get_objects),
    def("is_tracked", "obj", is_tracked),
    def("is_finalized", "obj", is_finalized),
    def("get_referents", "*objs", get_referents),
    def("get_referrers", "*objs", get_referrers),
    def("get_count", "", get_count),
    def("get_debug", "", get_debug),
    def("set_debug", "flags", set_debug),
    def("freeze", "", freeze),
    def("unfreeze", "", unfreeze),
    def("get_freeze_count", "", get_freeze_count),
];

pub(super) static GC: Native = Native { name: "gc", functions: &GC_FUNCTIONS, classes: &[], more: Some(gc_lists) };

fn gc_lists(vm: &mut Vm, dict: H) -> R<()> {
    for name in ["garbage", "callbacks"] {
        let list = vm.alloc(k::LIST, Body::list(Vec::new()))?;
        vm.dict_set_str(dict, name, list)?;
    }
    Ok(())
}

/// What the module has by that name.
fn attribute(vm: &mut Vm, name: &str) -> R<Option<H>> {
    let (module, name) = (vm.intern("gc")?, vm.intern(name)?);
    match vm.dict_get(k::MODULES, module)? {
        Some(module) => vm.getattr_opt(module, name),
        None => Ok(None),
    }
}

/// Calls `gc.callbacks`.
fn tell(vm: &mut Vm, phase: &str, generation: i64, collected: usize) -> R<()> {
    let Some(callbacks) = attribute(vm, "callbacks")? else { return Ok(()) };
    let callbacks = vm.to_tuple(callbacks)?;
    if vm.count(callbacks) == 0 {
        return Ok(());
    }
    let numbers = [("generation", generation as u64), ("collected", collected as u64), ("uncollectable", 0)];
    let (phase, info) = (vm.str(phase)?, named(vm, &numbers)?);
    for i in 0..vm.count(callbacks) {
        let callback = vm.item(callbacks, i).expect("counted");
        if vm.call(callback, &[phase, info]).is_err() {
            vm.unraisable(callback, None);
        }
    }
    Ok(())
}

fn is_finalized(vm: &mut Vm, args: Args) -> R<H> {
    let finalised = vm.get(args.h(0)).object().is_some_and(|object| {
        object.flags & FINALISED != 0
            || matches!(object.body, Body::CInstance(mirror) if crate::host::is_finalised(mirror))
    });
    Ok(vm.bool(finalised))
}

/// The words that an object refers to, which nothing may be allocated before they are rooted: what its class adds to it, its dict, and the class itself where each instance counts for it.
fn referents(vm: &mut Vm, object: H) -> Vec<Value> {
    let word = vm.get(object);
    if word.object().is_none() {
        return Vec::new();
    }
    let mark = vm.mark();
    if let Some(found) = crate::host::words_of_c(vm, object) {
        vm.cut(mark);
        return found;
    }
    let class = vm.class_word(word);
    let mut found = Vec::new();
    vm.heap.write(word).trace(&mut |child| found.push(*child));
    // The class is what it shows first.
    found.remove(0);
    if vm.type_data(class).flags & (TYPE_HEAP | TYPE_STATIC) == TYPE_HEAP {
        found.push(class);
    }
    found.retain(|word| !word.is_null());
    found
}

fn get_referents(vm: &mut Vm, args: Args) -> R<H> {
    let start = vm.mark();
    for object in args.rest() {
        let found = referents(vm, object);
        vm.heap.stack.extend(found);
    }
    vm.list_since(start)
}

fn get_referrers(vm: &mut Vm, args: Args) -> R<H> {
    let targets: Vec<H> = args.rest().collect();
    let all = get_objects(vm, args)?;
    let mut found = Vec::new();
    for i in 0..vm.count(all) {
        let mark = vm.mark();
        let object = vm.item(all, i).expect("counted");
        let children = referents(vm, object);
        if targets.iter().any(|&target| children.contains(&vm.get(target))) {
            found.push(i);
        }
        vm.cut(mark);
    }
    let start = vm.mark();
    found.into_iter().for_each(|i| _ = vm.item(all, i));
    vm.list_since(start)
}

/// `gc.get_count()`: what was allocated since the last collection is all young.
fn get_count(vm: &mut Vm, _: Args) -> R<H> {
    let zeros = [0; 3].map(|zero| vm.size(zero));
    vm.tuple(&zeros)
}

fn get_debug(vm: &mut Vm, _: Args) -> R<H> {
    Ok(vm.size(0))
}

fn set_debug(vm: &mut Vm, args: Args) -> R<H> {
    if vm.index_i64(args.h(0))? != 0 {
        return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, "gc.set_debug: this collector has no debugging flags"));
    }
    Ok(k::NONE)
}

/// Where the frozen objects are: a list, so that no collection finds them dead.
const FROZEN: &str = "_frozen";

fn set_frozen(vm: &mut Vm, objects: H) -> R<H> {
    let module = vm.intern("gc")?;
    if let Some(module) = vm.dict_get(k::MODULES, module)? {
        let name = vm.intern(FROZEN)?;
        vm.setattr(module, name, Some(objects))?;
    }
    Ok(k::NONE)
}

fn freeze(vm: &mut Vm, args: Args) -> R<H> {
    let all = get_objects(vm, args)?;
    set_frozen(vm, all)
}

fn unfreeze(vm: &mut Vm, _: Args) -> R<H> {
    let none = vm.tuple(&[])?;
    set_frozen(vm, none)
}

fn get_freeze_count(vm: &mut Vm, _: Args) -> R<H> {
    let frozen = attribute(vm, FROZEN)?;
    let count = frozen.map_or(Ok(0), |frozen| vm.len(frozen))?;
    Ok(vm.size(count))
}
