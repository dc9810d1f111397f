//! What the parts of a crossing cost by themselves: mirror memory, the maps, the lent set. No host, no C.
//!
//! Prints what `crossing.py` prints: a line for each number, what, how many live mirrors, nanoseconds. `cargo xtask bench`
//! runs both.

use std::hint::black_box;
use std::ptr::null_mut;
use std::time::Instant;

use object_mirror::object::PyObject;
use refcount_bridge::{Bridge, GcHooks, Lent, State};

/// The size of a small mirror: a float, a short text.
const SIZE: usize = 48;
const TURNS: u32 = 1 << 16;
const SAMPLES: u32 = 15;

/// A host whose words are numbers and whose objects others hold.
struct Words;

impl GcHooks for Words {
    fn retain(&self, host: usize) -> usize {
        host
    }

    fn release(&self, _host: usize) {}

    fn identity(&self, host: usize) -> usize {
        host
    }

    fn only_reference(&self, _host: usize) -> bool {
        false
    }
}

fn main() {
    for live in [0, 10_000, 1_000_000] {
        measure_all(live);
    }
}

/// Addresses as a host has them: scattered over its heap, none of them twice.
fn identity(index: usize) -> usize {
    0x7000_0000_0000 + index.wrapping_mul(0x9E37_79B9) % (1 << 32) * 16
}

fn mirror(bridge: &mut Bridge) -> *mut PyObject {
    let mirror: *mut PyObject = bridge.heap.alloc(SIZE).expect("memory for a mirror").as_ptr().cast();
    // SAFETY: fresh memory of the size of a mirror; nothing reads the type.
    unsafe {
        (*mirror).ob_refcnt = 1;
        (*mirror).ob_type = null_mut();
    }
    mirror
}

/// A bridge with that many values of the host's in C's hands.
fn populate(live: usize) -> (Bridge, Vec<*mut PyObject>) {
    let (mut bridge, mut lent, mut dead) = (Bridge::new(), Lent::new(), Vec::new());
    let mut mirrors = Vec::with_capacity(live);
    for index in 0..live {
        let mirror = mirror(&mut bridge);
        let word = identity(index);
        bridge.link_value(mirror, word, Some(word));
        lent.lend(mirror, &mut bridge);
        mirrors.push(mirror);
    }
    lent.settle(&mut bridge, &Words, &mut dead);
    assert!(dead.is_empty() && bridge.retained_len() == live, "C holds them all");
    (bridge, mirrors)
}

fn measure_all(live: usize) {
    let (mut bridge, mirrors) = populate(live);
    let (mut lent, mut dead) = (Lent::new(), Vec::new());
    let report = |name: &str, nanoseconds: f64| println!("{name}\t{live}\t{nanoseconds:.2}");

    report("a block allocated and freed", {
        time(|_| {
            let block = bridge.heap.alloc(SIZE).expect("memory");
            // SAFETY: allocated just above.
            unsafe { bridge.heap.free(black_box(block.as_ptr())) };
        })
    });
    let statics: Vec<u128> = vec![0; 16];
    report("the prefix of a static", {
        time(|turn| {
            let address = &raw const statics[turn % 16];
            black_box(bridge.link(address.cast_mut().cast()).has(State::IMMORTAL));
        })
    });
    report("the mirror of a host object, by its identity", {
        let live = live.max(1);
        time(|turn| {
            black_box(bridge.find(identity(turn.wrapping_mul(7919) % live)));
        })
    });
    report("a mirror linked, lent, settled and freed", {
        time(|turn| {
            let mirror = mirror(&mut bridge);
            // SAFETY: C has no reference to it.
            unsafe { (*mirror).ob_refcnt = 0 };
            let word = identity(live + turn);
            bridge.link_value(mirror, word, Some(word));
            lent.lend(mirror, &mut bridge);
            lent.settle(&mut bridge, &Words, &mut dead);
            for (mirror, _) in dead.drain(..) {
                // SAFETY: its link ended; nobody uses it any more.
                unsafe { bridge.heap.free(mirror.cast()) };
            }
        })
    });
    report(
        "an outermost return, nothing lent",
        time(|_| {
            black_box(bridge.is_retained_due());
        }),
    );
    drop(mirrors);
}

/// Nanoseconds of one turn, the least of the samples.
fn time(mut turn: impl FnMut(usize)) -> f64 {
    let mut least = f64::INFINITY;
    for sample in 0..SAMPLES {
        let start = Instant::now();
        for index in 0..TURNS {
            turn(sample as usize * TURNS as usize + index as usize);
        }
        least = least.min(start.elapsed().as_nanos() as f64 / f64::from(TURNS));
    }
    least
}
