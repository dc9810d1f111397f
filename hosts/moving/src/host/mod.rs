//! The interpreter as a host of the C API: what `emul::host::Host` asks, answered by the interpreter's own functions.
//!
//! **Words.** Objects move, so no word of the layer's is an address: a word names a place that the collector rewrites, or is
//! itself a value that is no object. Its two lowest bits tell which:
//!
//! | bits | the place | it is good |
//! |---|---|---|
//! | `00` | none: the other bits are a small int or a singleton | for ever |
//! | `01` | on the root stack ([`H`]) | until the call that was given it returns |
//! | `10` | in the table of owned roots ([`Owned`]) | until it is released |
//! | `11` | in the table of weak words ([`Weak`]) | as long as the object lives |
//!
//! An object's identity is its `id`, which stays when it moves: the bridge's map need not follow.
//!
//! **Threads.** One thread at a time runs the interpreter ([`threads`]); each has a root stack of its own.

mod agree;
mod buffers;
mod calls;
mod collect;
mod describe;
mod foreign;
pub(crate) mod interrupt;
mod lists;
mod load;
mod objects;
mod runtime;
mod sequences;
mod slot_docs;
pub(crate) mod threads;
mod tools;
mod types;
mod values;

use emul::host::{GcHooks, Headers, Host, HostObj, HostRef, HostResult, Offers};

use crate::heap::{H, Owned, Weak};
use crate::known as k;
use crate::object::{ENDED, FINALISED};
use crate::value::Value;
use crate::vm::{R, Vm};

#[doc(hidden)]
pub use agree::{collect_now, disagreements};
pub(crate) use buffers::{CView, buffer_of, has_releases, view_of_exporter, view_of_memory, view_released};
pub(crate) use calls::{call_c, call_class, call_instead, done, returned};
pub(crate) use collect::{BothSides, Sides, collect_all, has_mirror, is_finalised, run_deaths, words_of_c};
pub(crate) use describe::{Field, described, repr, set_function_module};
pub(crate) use foreign::Foreign;
pub(crate) use lists::realize_item;
pub(crate) use load::{exec_dynamic, load_extension, suffixes};
pub use threads::install;
pub(crate) use tools::WatchedKinds;
pub(crate) use types::{
    attribute_changed, bases_changed, best_base, class_replaced, is_being_made, keep_slot, old_getattr, old_setattr,
    power_of_c, same_fields, type_struct,
};

/// The host. Its state is the interpreter that this thread runs.
pub(crate) struct MovingHost;

/// The one instance.
pub(crate) static HOST: MovingHost = MovingHost;

impl Host for MovingHost {
    fn name(&self) -> &'static str {
        concat!("Pierglass moving host ", env!("CARGO_PKG_VERSION"))
    }
}

/// What it can do beyond: its objects have a word for their mirror, its lists take their items from theirs.
pub(crate) const OFFERS: Offers =
    Offers { headers: Some(&HOST), list_storage: Some(&HOST), tools: Some(&HOST), ..Offers::NONE };

impl Headers for MovingHost {
    fn mirror(&self, word: usize) -> Option<usize> {
        threads::current(|vm| value(vm, word).object().map(|object| object.mirror.get()))
    }

    fn keep(&self, word: usize, mirror: usize) -> bool {
        threads::current(|vm| value(vm, word).object().map(|object| object.mirror.set(mirror)).is_some())
    }
}

const IMMEDIATE: usize = 0b00;
const ON_STACK: usize = 0b01;
const OWNED: usize = 0b10;
const WEAK: usize = 0b11;

/// The word of a handle.
pub(crate) fn borrowed(h: H) -> HostRef {
    HostRef::from_word((h.0 as usize) << 2 | ON_STACK).expect("the tag is not zero")
}

fn owned_word(slot: Owned) -> usize {
    (slot.0 as usize) << 2 | OWNED
}

/// The word that is the value itself; `None` for objects, and for ints that need all their bits.
#[inline]
fn immediate_word(value: Value) -> Option<usize> {
    let word = value.0 << 2;
    let fits = !value.is_object() && !value.is_null() && (word as i64 >> 2) as u64 == value.0;
    fits.then_some(word as usize | IMMEDIATE)
}

/// The object that a word names.
#[inline]
pub(crate) fn value(vm: &Vm, word: usize) -> Value {
    let index = (word >> 2) as u32;
    match word & 0b11 {
        IMMEDIATE => Value((word as i64 >> 2) as u64),
        ON_STACK => vm.get(H(index)),
        OWNED => vm.heap.owned(Owned(index)),
        _ => vm.heap.weak(Weak(index)),
    }
}

/// The object of a word as a handle of this scope.
pub(crate) fn handle(vm: &mut Vm, object: HostRef) -> H {
    let word = value(vm, object.word());
    vm.push(word)
}

/// An owned word for what a handle names.
pub(crate) fn own(vm: &mut Vm, h: H) -> HostObj {
    own_value(vm, vm.get(h))
}

/// An owned word for an object.
#[inline]
pub(crate) fn own_value(vm: &mut Vm, value: Value) -> HostObj {
    let word = retained(vm, value);
    // SAFETY: the slot, if there is one, is new, and the word's alone.
    unsafe { HostObj::from_word(word) }.expect("neither a tag nor a value is zero")
}

/// A new owned word.
#[inline]
fn retained(vm: &mut Vm, value: Value) -> usize {
    immediate_word(value).unwrap_or_else(|| owned_word(vm.heap.retain(value)))
}

/// Give an owned or a weak word back.
#[inline]
fn released(vm: &mut Vm, word: usize) {
    match word & 0b11 {
        OWNED => vm.heap.release(Owned((word >> 2) as u32)),
        WEAK => vm.heap.drop_weak(Weak((word >> 2) as u32)),
        _ => {}
    }
}

/// What an owned word named, as a handle.
#[inline]
pub(crate) fn take(vm: &mut Vm, object: HostObj) -> H {
    let word = object.into_word();
    let named = value(vm, word);
    released(vm, word);
    vm.push(named)
}

/// Run with this thread's interpreter; what `f` pushes on the root stack is gone afterwards.
pub(crate) fn with<T>(f: impl FnOnce(&mut Vm) -> T) -> T {
    threads::current(|vm| {
        let mark = vm.mark();
        let result = f(vm);
        vm.cut(mark);
        result
    })
}

/// The pending exception, taken.
pub(crate) fn pending(vm: &mut Vm) -> HostObj {
    let pending = vm.take_pending();
    own(vm, pending)
}

/// As [`with`], for what gives an object or raises.
pub(crate) fn object(f: impl FnOnce(&mut Vm) -> R<H>) -> HostResult<HostObj> {
    result(|vm| {
        let made = f(vm)?;
        Ok(own(vm, made))
    })
}

/// As [`with`], for what may raise.
pub(crate) fn result<T>(f: impl FnOnce(&mut Vm) -> R<T>) -> HostResult<T> {
    with(|vm| {
        vm.heap.crossing();
        // What was raised before the call stays what it was: the layer holds its own.
        let before = vm.get(k::PENDING);
        vm.set(k::PENDING, Value::NULL);
        let before = vm.push(before);
        let result = f(vm).map_err(|_| pending(vm));
        let before = vm.get(before);
        vm.set(k::PENDING, before);
        result
    })
}

/// As [`with`], for what makes a value and can fail only for want of memory: then it goes beyond the limit, and the next that
/// can fail does.
pub(crate) fn make(f: impl FnOnce(&mut Vm) -> R<H>) -> HostObj {
    object(|vm| vm.beyond_limit(f)).unwrap_or_else(|error| unreachable!("a value cannot be made: {error:?}"))
}

/// In a forked child: this thread is the only one.
pub(crate) fn forget_threads() {
    interrupt::forked();
}

impl GcHooks for MovingHost {
    fn retain(&self, word: usize) -> usize {
        if word & 0b11 == IMMEDIATE {
            return word;
        }
        threads::current(|vm| {
            let named = value(vm, word);
            retained(vm, named)
        })
    }

    fn weak(&self, word: usize) -> usize {
        threads::current(|vm| {
            let named = value(vm, word);
            (vm.heap.new_weak(named).0 as usize) << 2 | WEAK
        })
    }

    fn drop_weak(&self, word: usize) {
        threads::current(|vm| {
            let named = value(vm, word);
            if named.is_object() {
                // Its mirror has ended, finaliser included.
                vm.heap.write(named).flags |= FINALISED | ENDED;
            }
            vm.heap.drop_weak(Weak((word >> 2) as u32));
        });
    }

    fn release(&self, word: usize) {
        if word & 0b11 != IMMEDIATE {
            threads::current(|vm| released(vm, word));
        }
    }

    fn identity(&self, word: usize) -> usize {
        threads::current(|vm| {
            if word & 0b11 == WEAK {
                return vm.heap.weak_id(Weak((word >> 2) as u32)) as usize;
            }
            let named = value(vm, word);
            vm.heap.id(named) as usize
        })
    }

    fn only_reference(&self, _word: usize) -> bool {
        false
    }
}
