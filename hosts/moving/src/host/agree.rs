//! Whether the two ends of every link name each other: what the tests ask after each step.

use std::collections::HashMap;

use emul::lifetime;
use object_mirror::object::PyObject as Mirror;
use refcount_bridge::State;

use crate::heap::{Owned, Weak};
use crate::host::{IMMEDIATE, OWNED, WEAK, threads};
use crate::items::Items;
use crate::object::Body;
use crate::value::Value;
use crate::vm::Vm;

struct End {
    mirror: *mut Mirror,
    word: usize,
    mapped: bool,
    found: Option<*mut Mirror>,
}

/// What is wrong with the links, one sentence each: a word that names nothing, one that two links have, an object that leads to
/// another mirror than its link's. Asked from inside of a call into C.
pub fn disagreements() -> Vec<String> {
    threads::current(|vm| {
        let mut wrong = Vec::new();
        let mut ends = links();
        let mut seen = HashMap::new();
        for end in &mut ends {
            if end.word & 0b11 != IMMEDIATE
                && let Some(other) = seen.insert(end.word, end.mirror)
            {
                wrong.push(format!("{:p} and {other:p} have the word {:#x}", end.mirror, end.word));
            }
            match named(vm, end) {
                Ok(object) => wrong.extend(disagrees(vm, end, object)),
                Err(sentence) => wrong.extend(sentence),
            }
        }
        // The objects of those that a collection found dead have gone before.
        let mapped = ends.iter().filter(|end| end.mapped && !is_going(vm, end)).count();
        let mut known = lifetime::bridge(|bridge| bridge.mapped());
        vm.heap.each(&mut |word| known += word.object().map_or(0, |object| usize::from(object.mirror.get() != 0)));
        if mapped != known {
            wrong.push(format!("{mapped} links are found by their objects, of which {known} lead to mirrors"));
        }
        wrong
    })
}

fn links() -> Vec<End> {
    let mut ends = Vec::new();
    lifetime::bridge(|bridge| {
        bridge.for_each_link(|mirror, link| {
            if link.host() != 0 {
                ends.push(End { mirror, word: link.host(), mapped: link.has(State::MAPPED), found: None });
            }
        });
    });
    ends
}

/// Whether a collection found the wrapper dead, and its mirror waits for its end.
fn is_going(vm: &Vm, end: &End) -> bool {
    vm.heap.dead_mirrors.contains(&(end.mirror as usize))
}

/// The object of the link's word. A wrapper that a collection found dead is named by nothing until its mirror's end.
fn named(vm: &Vm, end: &End) -> Result<Value, Option<String>> {
    let index = (end.word >> 2) as u32;
    let word = match end.word & 0b11 {
        OWNED => vm.heap.owned(Owned(index)),
        WEAK => vm.heap.weak(Weak(index)),
        IMMEDIATE => return Ok(super::value(vm, end.word)),
        _ => return Err(Some(format!("{:p} keeps a borrowed word", end.mirror))),
    };
    if word.is_null() {
        return Err(
            (!is_going(vm, end)).then(|| format!("the word of {:p}, {:#x}, names nothing", end.mirror, end.word))
        );
    }
    Ok(word)
}

fn disagrees(vm: &Vm, end: &mut End, word: Value) -> Option<String> {
    let Some(object) = word.object() else {
        // Small ints and singletons are their own identity.
        end.found = lifetime::bridge(|bridge| bridge.find(word.0 as usize));
        return wrong_place(end);
    };
    if !vm.heap.has(word) {
        return Some(format!("the word of {:p} names no object of the heap", end.mirror));
    }
    if let Body::CInstance(mirror) | Body::CFunction(mirror) = object.body
        && !std::ptr::eq(mirror, end.mirror)
    {
        return Some(format!("{:p} is linked to a wrapper of {mirror:p}", end.mirror));
    }
    if let Body::List(Items::InC(mirror)) = object.body
        && !std::ptr::eq(mirror, end.mirror)
    {
        return Some(format!("{:p} is linked to a list whose items lie in {mirror:p}", end.mirror));
    }
    end.found = Some(object.mirror.get() as *mut Mirror);
    wrong_place(end)
}

fn wrong_place(end: &End) -> Option<String> {
    let found = end.found.map_or(std::ptr::null_mut(), |found| found);
    (end.mapped && !std::ptr::eq(found, end.mirror))
        .then(|| format!("{:p} is found by its object, but that leads to {found:p}", end.mirror))
}

/// Collect now, the nursery or everything, from inside of a call into C.
pub fn collect_now(full: bool) {
    threads::current(|vm| vm.heap.collect(full, None));
}
