//! The life of a mirror, one rule at a time, on the mock moving host.

use std::ptr::null_mut;

use mock_host::c_object::Finalizer;
use mock_host::heap::{Kind, Word};
use mock_host::world::{Kept, World};
use object_mirror::object::PyObject;
use refcount_bridge::ledger::Life;
use refcount_bridge::{GcHooks, Lent, State};

fn list(world: &mut World, items: &[Word]) -> Word {
    let serial = world.new_serial();
    let items = items.iter().map(|&item| world.host.address(item)).collect();
    world.host.new_object(serial, Kind::List, items)
}

fn count(op: *mut PyObject) -> isize {
    // SAFETY: the tests pass live mirrors.
    unsafe { (*op).ob_refcnt }
}

fn lives(world: &World) -> Vec<(String, Life, isize)> {
    // SAFETY: one thread; the types live in the world.
    let ledger = unsafe { world.bridge.ledger() };
    ledger.rows().map(|(name, life, count)| (name.to_owned(), life, count)).collect()
}

fn serial(world: &World, word: Word) -> u64 {
    world.host.object(world.host.address(word)).serial
}

#[test]
fn a_c_born_object_lives_and_dies_without_the_host() {
    let mut world = World::new();
    world.enter();
    let node = world.new_node(Finalizer::None);
    assert_eq!((count(node), lives(&world)), (1, vec![("node".into(), Life::CBorn, 1)]));
    world.decref(node);
    assert_eq!((lives(&world), world.host.objects().len()), (vec![], 0));
    world.leave();
}

#[test]
fn c_reads_one_more_than_its_references_while_the_host_may_hold_some() {
    let mut world = World::new();
    world.enter();
    let node = world.new_node(Finalizer::None);
    let word = world.to_host(node);
    assert_eq!(count(node), 2);
    world.host.release(word);
    assert_eq!(count(node), 2, "a tracing host does not know yet");
    world.collect();
    assert_eq!((count(node), lives(&world)), (1, vec![("node".into(), Life::COwned, 1)]));
    world.decref(node);
    world.leave();
    world.collect();
    world.collect();
    assert_eq!((lives(&world), world.host.objects().len(), world.host.handles().len()), (vec![], 0, 0));
}

#[test]
fn a_c_owned_wrapper_comes_back_the_same_with_its_dict() {
    let mut world = World::new();
    world.enter();
    let node = world.new_node(Finalizer::None);
    let word = world.to_host(node);
    let attribute = list(&mut world, &[]);
    let (attribute_serial, address) = (serial(&world, attribute), world.host.address(attribute));
    world.host.change(world.host.address(word), |wrapper| wrapper.items.push(address));
    let wrapper = serial(&world, word);
    world.host.release(word);
    world.host.release(attribute);
    for _ in 0..3 {
        world.collect();
    }
    assert_eq!(count(node), 1);
    let word = world.to_host(node);
    assert_eq!((serial(&world, word), count(node)), (wrapper, 2));
    let dict = world.host.object(world.host.address(word)).items;
    assert_eq!(world.host.object(dict[0]).serial, attribute_serial);
    world.leave();
}

#[test]
fn a_wrapper_dies_and_takes_its_mirror_along_when_c_has_let_go() {
    let mut world = World::new();
    world.enter();
    let node = world.new_node(Finalizer::Idle);
    let word = world.to_host(node);
    world.decref(node);
    assert_eq!(count(node), 1, "the share");
    world.leave();
    world.collect();
    assert_eq!(world.events.destroyed, []);
    world.host.release(word);
    world.collect();
    assert_eq!((world.events.finalized.len(), world.events.destroyed.len()), (1, 1));
    world.collect();
    assert_eq!((lives(&world), world.host.objects().len(), world.host.handles().len()), (vec![], 0, 0));
}

#[test]
fn what_was_lent_stays_until_the_outermost_frame_returns() {
    let mut world = World::new();
    world.enter();
    let item = list(&mut world, &[]);
    world.enter();
    let mirror = world.to_c(item);
    let name = world.fields(mirror).serial;
    world.decref(mirror);
    world.host.release(item);
    world.leave();
    for _ in 0..3 {
        world.relocate();
        world.collect();
        world.sweep_lent();
    }
    assert!(world.bridge.link(mirror).has(State::LENT));
    assert_eq!(world.fields(mirror).serial, name);
    let again = world.to_host(mirror);
    assert_eq!(serial(&world, again), name, "and so does the host object");
    world.host.release(again);
    world.leave();
    assert_eq!(lives(&world), []);
    world.collect();
    assert_eq!(world.host.objects().len(), 0);
}

#[test]
fn what_c_keeps_is_retained_and_goes_soon_after_c_lets_go() {
    let mut world = World::new();
    world.enter();
    let item = list(&mut world, &[]);
    let mirror = world.to_c(item);
    world.leave();
    assert_eq!((world.bridge.retained_len(), count(mirror)), (1, 2));
    world.enter();
    world.decref(mirror);
    world.leave();
    assert_eq!((world.bridge.retained_len(), lives(&world)), (0, vec![]));
    world.host.release(item);
}

#[test]
fn a_retained_mirror_that_is_lent_again_is_nobody_elses_to_free() {
    let mut world = World::new();
    world.enter();
    let item = list(&mut world, &[]);
    let mirror = world.to_c(item);
    world.leave();
    world.enter();
    world.decref(mirror);
    let again = world.to_c(item);
    assert_eq!(again, mirror);
    world.decref(again);
    // A collection in the middle of the frame polls the retained: what is lent is not let go.
    world.collect();
    assert!(world.bridge.link(mirror).has(State::LENT | State::RETAINED));
    assert_eq!(lives(&world).len(), 1);
    world.leave();
    assert_eq!((world.bridge.retained_len(), lives(&world)), (0, vec![]));
    world.host.release(item);
}

#[test]
fn what_lent_objects_reach_is_alive_in_the_middle_of_a_frame() {
    let mut world = World::new();
    world.enter();
    let node = world.new_node(Finalizer::Idle);
    let word = world.to_host(node);
    world.decref(node);
    let holder = list(&mut world, &[word]);
    let mirror = world.to_c(holder);
    world.decref(mirror);
    world.host.release(word);
    world.host.release(holder);
    world.collect();
    assert_eq!(world.events.finalized, [], "C may still ask the lent list for its item");
    world.leave();
    world.collect();
    assert_eq!(world.events.finalized.len(), 1);
}

#[test]
fn a_cycle_through_both_sides_is_collected_and_held_by_either() {
    for held_by in ["nobody", "host", "C"] {
        let mut world = World::new();
        world.enter();
        let node = world.new_node(Finalizer::None);
        let wrapper = world.to_host(node);
        let holder = list(&mut world, &[wrapper]);
        let mirror = world.to_c(holder);
        world.set_slot(node, 0, mirror);
        world.decref(mirror);
        if held_by != "host" {
            world.host.release(holder);
        }
        if held_by != "C" {
            world.decref(node);
        }
        world.host.release(wrapper);
        world.leave();
        world.collect();
        world.collect();
        let expected = if held_by == "nobody" { 0 } else { 2 };
        assert_eq!((lives(&world).len(), world.host.objects().len()), (expected, expected), "held by {held_by}");
    }
}

#[test]
fn a_finaliser_runs_once_and_a_revived_object_is_whole() {
    let mut world = World::new();
    world.enter();
    let node = world.new_node(Finalizer::ReviveInHost);
    let neighbour = world.new_node(Finalizer::None);
    world.set_slot(node, 0, neighbour);
    world.set_slot(neighbour, 0, node);
    world.decref(node);
    world.decref(neighbour);
    world.leave();
    world.collect();
    assert_eq!(world.events.destroyed, []);
    let Some((_, Some((_, Kept::Host(word))))) = world.events.finalized.pop() else {
        panic!("the finaliser revived it")
    };
    assert_eq!(world.fields(node).slots[0], neighbour, "nothing was cleared");
    assert_eq!(world.fields(neighbour).slots[0], node);
    world.host.release(word);
    world.collect();
    assert_eq!((world.events.finalized.len(), world.events.destroyed.len()), (0, 2));
}

#[test]
fn an_object_revived_by_its_destructors_finaliser_lives_on() {
    let mut world = World::new();
    world.enter();
    let node = world.new_node(Finalizer::ReviveInC);
    world.decref(node);
    assert_eq!((count(node), world.events.destroyed.len()), (1, 0));
    world.decref(node);
    assert_eq!(world.events.destroyed.len(), 1);
    world.leave();
}

#[test]
fn chains_of_100_000_across_both_sides_take_no_stack() {
    const LENGTH: usize = 100_000;
    let mut world = World::new();
    world.enter();
    // node -> list's mirror, list -> wrapper of the next node, ... and the last node -> the first.
    let first = world.new_node(Finalizer::None);
    let mut last = first;
    for _ in 0..LENGTH {
        let next = world.new_node(Finalizer::None);
        let wrapper = world.to_host(next);
        let holder = list(&mut world, &[wrapper]);
        let mirror = world.to_c(holder);
        world.set_slot(last, 0, mirror);
        [mirror, next].into_iter().for_each(|op| world.decref(op));
        [wrapper, holder].into_iter().for_each(|word| world.host.release(word));
        last = next;
    }
    world.set_slot(last, 1, first);
    world.leave();
    world.collect();
    assert_eq!(world.events.destroyed, [], "C holds the first node");
    world.enter();
    world.decref(first);
    world.leave();
    world.collect();
    world.collect();
    assert_eq!((lives(&world), world.host.objects().len()), (vec![], 0));
}

#[test]
fn a_chain_of_100_000_c_objects_dies_by_counts_alone() {
    let mut world = World::new();
    world.enter();
    let mut head: *mut PyObject = null_mut();
    for _ in 0..100_000 {
        let node = world.new_node(Finalizer::None);
        world.set_slot(node, 0, head);
        if !head.is_null() {
            world.decref(head);
        }
        head = node;
    }
    world.decref(head);
    assert_eq!(lives(&world), []);
    world.leave();
}

#[test]
fn a_number_that_has_a_mirror_gives_a_second_one_an_owned_link() {
    let mut world = World::new();
    world.enter();
    let (first, second) = (world.new_number(7), world.new_number(7));
    let words = [world.to_host(first), world.to_host(second)];
    assert_eq!(world.host.identity(words[0]), world.host.identity(words[1]));
    let expected = vec![("number".into(), Life::Owned, 1), ("number".into(), Life::Shared, 1)];
    assert_eq!((lives(&world), count(first), count(second)), (expected, 2, 1));
    let mirror = world.to_c(words[1]);
    assert_eq!(mirror, first);
    [first, second, mirror].into_iter().for_each(|op| world.decref(op));
    words.into_iter().for_each(|word| world.host.release(word));
    world.leave();
    world.collect();
    assert_eq!((lives(&world), world.host.objects().len(), world.host.handles().len()), (vec![], 0, 0));
}

#[test]
fn a_mirror_that_two_threads_lent_lasts_until_both_are_done() {
    let mut world = World::new();
    world.enter();
    let word = list(&mut world, &[]);
    let mirror = world.to_c(word);
    let mut other = Lent::new();
    other.lend(mirror, &mut world.bridge);
    other.lend(mirror, &mut world.bridge);
    world.decref(mirror);
    world.leave();
    assert_eq!((lives(&world), count(mirror)), (vec![("list".into(), Life::Shared, 1)], 1));
    let mut dead = Vec::new();
    other.settle(&mut world.bridge, &world.host, &mut dead);
    assert_eq!(dead.iter().map(|&(freed, _)| freed).collect::<Vec<_>>(), [mirror]);
}
