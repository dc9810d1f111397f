//! The heap itself: everything moves, nothing is lost, a full heap raises and goes on.

use moving_host::{Mode, Options, Vm};

fn run(mode: Mode, heap_limit: usize, source: &str) -> (i32, moving_host::heap::Totals) {
    let options = Options { mode, heap_limit, ..Options::default() };
    let source = source.to_owned();
    let thread = std::thread::Builder::new().stack_size(1 << 28).spawn(move || {
        let mut vm = Vm::new(&options);
        let status = vm.run_source(&source, "<test>");
        vm.heap.collect(true, None);
        (status, vm.heap.totals)
    });
    thread.expect("a thread").join().expect("no panic")
}

#[test]
fn every_live_object_moves_at_every_stress_collection() {
    let (status, totals) = run(Mode::Stress, 1 << 30, "x = [str(i) for i in range(500)]\nassert x[499] == '499'");
    assert_eq!(status, 0);
    assert!(totals.full > 100, "there was a collection for each allocation: {totals:?}");
    assert_eq!((totals.unmoved, totals.live), (0, totals.moved));
    assert_eq!((totals.last.unmoved, totals.last.live), (0, totals.last.moved));
    assert!(totals.last.live > 1000, "the builtin classes live: {totals:?}");
}

#[test]
fn nothing_is_collected_while_nothing_is_due() {
    let (status, totals) = run(Mode::Normal, 1 << 30, "x = 1");
    assert_eq!((status, totals.nursery, totals.full), (0, 0, 1));
}

#[test]
fn the_nursery_is_collected_when_it_is_full() {
    let source = "keep = []\nfor i in range(200000):\n    keep.append([i])\n    [i]\nassert sum(k[0] for k in keep) == 200000 * 199999 // 2";
    let (status, totals) = run(Mode::Normal, 1 << 30, source);
    assert_eq!(status, 0);
    assert!(totals.nursery > 5, "{totals:?}");
}

#[test]
fn a_full_heap_raises_memory_error_and_stays_usable() {
    let source = "
caught = 0
for attempt in range(3):
    keep = []
    try:
        while True:
            keep.append([None] * 100)
    except MemoryError:
        size = len(keep)
        keep = None
        caught += 1
        assert size > 100
assert caught == 3
for huge in ('[0] * 10**12', '\"x\" * 10**12', '1 << 10**11', 'bytes(10**12)', '(1,) * 10**12', '10 ** 10**10', 'bytearray(10**12)'):
    try:
        eval(huge)
    except MemoryError:
        caught += 1
assert caught == 10, caught
assert sorted([3, 1, 2]) == [1, 2, 3]
";
    for mode in [Mode::Normal, Mode::Shake(3)] {
        let (status, _) = run(mode, 8 << 20, source);
        assert_eq!(status, 0, "{mode:?}");
    }
}

#[test]
fn deep_recursion_is_an_exception() {
    let source = "
import sys
def down(n):
    return down(n + 1)
for f in (lambda: down(0), lambda: repr(nested), lambda: nested == other):
    nested, other = [], []
    for _ in range(20000):
        nested, other = [nested], [other]
    try:
        f()
    except RecursionError:
        pass
    else:
        raise AssertionError('no RecursionError')
";
    assert_eq!(run(Mode::Normal, 1 << 30, source).0, 0);
}

#[test]
fn a_chain_of_a_hundred_thousand_links_is_collected_without_recursion() {
    let source = "
import gc
class Link:
    pass
head = None
for i in range(100000):
    new = Link()
    new.next, new.list = head, [head]
    head = new
gc.collect()
count = 0
while head is not None:
    assert head.list[0] is head.next
    head, count = head.next, count + 1
assert count == 100000
gc.collect()
";
    let (status, totals) = run(Mode::Normal, 1 << 30, source);
    assert_eq!((status, totals.unmoved), (0, 0));
}
