//! Searching bytes.

use super::sequence::needle;
use super::{raw, want};
use crate::heap::H;
use crate::known as k;
use crate::object::Body;
use crate::objects::search;
use crate::vm::{Args, R, Vm};
use std::ops::Range;

fn window(vm: &mut Vm, args: Args) -> R<Option<Range<usize>>> {
    let count = raw(vm, args.h(0)).len() as i64;
    let mut bounds = [0, count];
    for (i, bound) in bounds.iter_mut().enumerate() {
        if let Some(h) = args.opt(vm, i + 2).filter(|h| !vm.is_none(*h)) {
            let at = vm.index_i64(h)?;
            *bound = if at < 0 { (at + count).max(0) } else { at };
        }
    }
    let [start, end] = [bounds[0], bounds[1].min(count)];
    Ok((start <= end).then_some(start as usize..end as usize))
}

fn locate(vm: &mut Vm, args: Args, last: bool) -> R<Option<usize>> {
    let needle = needle(vm, args.h(1))?;
    let Some(range) = window(vm, args)? else { return Ok(None) };
    let hay = &raw(vm, args.h(0))[range.clone()];
    let found = if last { search::rfind(hay, &needle) } else { search::find(hay, &needle) };
    Ok(found.map(|at| at + range.start))
}

pub(super) fn find(vm: &mut Vm, args: Args) -> R<H> {
    let at = locate(vm, args, false)?;
    vm.int(at.map_or(-1, |at| at as i64))
}

pub(super) fn rfind(vm: &mut Vm, args: Args) -> R<H> {
    let at = locate(vm, args, true)?;
    vm.int(at.map_or(-1, |at| at as i64))
}

fn index_of(vm: &mut Vm, args: Args, last: bool) -> R<H> {
    match locate(vm, args, last)? {
        Some(at) => Ok(vm.size(at)),
        None => Err(vm.value_error("subsection not found")),
    }
}

pub(super) fn index(vm: &mut Vm, args: Args) -> R<H> {
    index_of(vm, args, false)
}

pub(super) fn rindex(vm: &mut Vm, args: Args) -> R<H> {
    index_of(vm, args, true)
}

pub(super) fn count(vm: &mut Vm, args: Args) -> R<H> {
    let needle = needle(vm, args.h(1))?;
    let Some(range) = window(vm, args)? else { return Ok(vm.size(0)) };
    let hay = &raw(vm, args.h(0))[range];
    let found = if needle.is_empty() { hay.len() + 1 } else { search::find_all(hay, &needle, usize::MAX).len() };
    Ok(vm.size(found))
}

fn affix(vm: &mut Vm, args: Args, test: fn(&[u8], &[u8]) -> bool) -> R<H> {
    let Some(range) = window(vm, args)? else { return Ok(k::FALSE) };
    let candidates =
        if matches!(vm.body(args.h(1)), Some(Body::Tuple(_))) { args.h(1) } else { vm.tuple(&[args.h(1)])? };
    for i in 0..vm.count(candidates) {
        let one = vm.item(candidates, i).expect("counted");
        let affix = want(vm, one)?;
        if test(&raw(vm, args.h(0))[range.clone()], &affix) {
            return Ok(k::TRUE);
        }
    }
    Ok(k::FALSE)
}

pub(super) fn startswith(vm: &mut Vm, args: Args) -> R<H> {
    affix(vm, args, |hay, affix| hay.starts_with(affix))
}

pub(super) fn endswith(vm: &mut Vm, args: Args) -> R<H> {
    affix(vm, args, |hay, affix| hay.ends_with(affix))
}
