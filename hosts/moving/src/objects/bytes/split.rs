//! Splitting, replacing and joining bytes.

use super::{exported, make, raw, want};
use crate::heap::H;
use crate::known::{self as k};
use crate::objects::search;
use crate::vm::{Args, R, Vm};
use std::ops::Range;

fn pieces(vm: &mut Vm, like: H, ranges: Vec<Range<usize>>) -> R<H> {
    let all = raw(vm, like).to_vec();
    let start = vm.mark();
    for range in ranges {
        make(vm, like, all[range].to_vec())?;
    }
    vm.list_since(start)
}

/// What CPython takes for white space among bytes.
pub(super) fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

pub(super) fn split(vm: &mut Vm, args: Args) -> R<H> {
    split_at(vm, args, search::split, words)
}

pub(super) fn rsplit(vm: &mut Vm, args: Args) -> R<H> {
    split_at(vm, args, search::rsplit, last_words)
}

fn split_at(
    vm: &mut Vm,
    args: Args,
    by: fn(&[u8], &[u8], usize) -> Vec<Range<usize>>,
    by_space: fn(&[u8], usize) -> Vec<Range<usize>>,
) -> R<H> {
    let most = match args.opt(vm, 2) {
        Some(most) => usize::try_from(vm.index_i64(most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let ranges = match args.opt(vm, 1).filter(|h| !vm.is_none(*h)) {
        Some(separator) => {
            let separator = want(vm, separator)?;
            if separator.is_empty() {
                return Err(vm.value_error("empty separator"));
            }
            by(raw(vm, args.h(0)), &separator, most)
        }
        None => by_space(raw(vm, args.h(0)), most),
    };
    pieces(vm, args.h(0), ranges)
}

/// Runs of anything but white space.
fn words(all: &[u8], most: usize) -> Vec<Range<usize>> {
    let (mut ranges, mut at) = (Vec::new(), 0);
    loop {
        at += all[at..].iter().take_while(|byte| is_space(byte)).count();
        if at == all.len() {
            return ranges;
        }
        let length = all[at..].iter().take_while(|byte| !is_space(byte)).count();
        if ranges.len() == most {
            let end = all.iter().rposition(|byte| !is_space(byte)).map_or(at, |last| last + 1);
            ranges.push(at..end);
            return ranges;
        }
        ranges.push(at..at + length);
        at += length;
    }
}

/// The same, the last ones apart: what is before them is one part.
fn last_words(all: &[u8], most: usize) -> Vec<Range<usize>> {
    let mut ranges = words(all, usize::MAX);
    let first = ranges.len().saturating_sub(most);
    if first > 0 {
        ranges[first - 1].start = 0;
        ranges.drain(..first - 1);
    }
    ranges
}

pub(super) fn splitlines(vm: &mut Vm, args: Args) -> R<H> {
    let keep = args.opt(vm, 1).map_or(Ok(false), |h| vm.truth(h))?;
    let breaks = |rest: &[u8]| match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => 0,
    };
    let ranges = search::lines(raw(vm, args.h(0)), keep, breaks);
    pieces(vm, args.h(0), ranges)
}

pub(super) fn partition(vm: &mut Vm, args: Args) -> R<H> {
    partition_at(vm, args, false)
}

pub(super) fn rpartition(vm: &mut Vm, args: Args) -> R<H> {
    partition_at(vm, args, true)
}

fn partition_at(vm: &mut Vm, args: Args, last: bool) -> R<H> {
    let separator = want(vm, args.h(1))?;
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let all = raw(vm, args.h(0)).to_vec();
    let found = if last { search::rfind(&all, &separator) } else { search::find(&all, &separator) };
    let parts = match found {
        Some(at) => [all[..at].to_vec(), separator.clone(), all[at + separator.len()..].to_vec()],
        None if last => [Vec::new(), Vec::new(), all],
        None => [all, Vec::new(), Vec::new()],
    };
    let start = vm.mark();
    for part in parts {
        make(vm, args.h(0), part)?;
    }
    vm.tuple_since(start)
}

pub(super) fn replace(vm: &mut Vm, args: Args) -> R<H> {
    let (old, new) = (want(vm, args.h(1))?, want(vm, args.h(2))?);
    let most = match args.opt(vm, 3) {
        Some(most) => usize::try_from(vm.index_i64(most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let all = raw(vm, args.h(0)).to_vec();
    if !old.is_empty() {
        return make(vm, args.h(0), search::replace(&all, &old, &new, most));
    }
    let mut result = Vec::new();
    for (i, byte) in all.iter().enumerate() {
        if i < most {
            result.extend_from_slice(&new);
        }
        result.push(*byte);
    }
    if all.len() < most {
        result.extend_from_slice(&new);
    }
    make(vm, args.h(0), result)
}

pub(super) fn join(vm: &mut Vm, args: Args) -> R<H> {
    let list = vm.to_list(args.h(1))?;
    let count = vm.count(list);
    if count == 1 {
        let item = vm.item(list, 0).expect("counted");
        if vm.exact(item, k::BYTES) && vm.is_instance(args.h(0), k::BYTES) {
            return Ok(item);
        }
    }
    let mut joined = Vec::new();
    for i in 0..count {
        let item = vm.item(list, i).expect("counted");
        if i > 0 {
            joined.extend_from_slice(raw(vm, args.h(0)));
        }
        match exported(vm, item)? {
            Some(bytes) => joined.extend(bytes),
            None => {
                let name = vm.class_name(item);
                return Err(vm.type_error(format!("sequence item {i}: expected a bytes-like object, {name} found")));
            }
        }
    }
    make(vm, args.h(0), joined)
}
