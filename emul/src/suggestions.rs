//! `internal/pycore_pyerrors.h`: how far one name is from another, for 'Did you mean'.

use capi_macros::capi;
use object_mirror::Py_ssize_t;

use crate::boundary::{Cx, Obj, Result};
use crate::unicodeobject::to_wtf8;

const MOVE: usize = 2;
const CASE: usize = 1;
/// Longer names are not compared.
const LONGEST: usize = 40;

/// What it costs to put `b` in the place of `a`.
fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// The least that it costs to make `b` of `a`, or more than `most` where it is more.
fn edit_cost(mut a: &[u8], mut b: &[u8], most: usize) -> usize {
    while let ([first, rest @ ..], [other, others @ ..]) = (a, b)
        && first == other
    {
        (a, b) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., other]) = (a, b)
        && last == other
    {
        (a, b) = (rest, others);
    }
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > LONGEST || b.len() > LONGEST || a.len().abs_diff(b.len()) * MOVE > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).map(|column| column * MOVE).collect();
    for (line, &from) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], (line + 1) * MOVE);
        for (column, &to) in b.iter().enumerate() {
            let changed = diagonal + substitution(from, to);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column].min(diagonal) + MOVE);
        }
        if row.iter().min().is_some_and(|&least| least > most) {
            return most + 1;
        }
    }
    row[b.len()]
}

/// Which of `candidates` was probably meant by `name`, which is none of them: no more than a third of the letters may be others.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(&str, usize)> = None;
    for candidate in candidates {
        let limit = (name.len() + candidate.len() + 3) * MOVE / 6;
        let most = best.map_or(limit, |(_, cost)| limit.min(cost.saturating_sub(1)));
        let cost = edit_cost(name.as_bytes(), candidate.as_bytes(), most);
        if candidate != name && cost <= most {
            best = Some((candidate, cost));
        }
    }
    best.map(|(candidate, _)| candidate)
}

/// The cost of making `str_b` of `str_a`, counted in bytes of UTF-8; -1 is no limit.
#[capi]
fn _Py_UTF8_Edit_Cost(_cx: Cx<'_>, str_a: Obj<'_>, str_b: Obj<'_>, max_cost: Py_ssize_t) -> Result<Py_ssize_t> {
    let (a, b) = (to_wtf8(str_a.as_ptr()), to_wtf8(str_b.as_ptr()));
    let most = usize::try_from(max_cost).unwrap_or(MOVE * a.len().max(b.len()));
    Ok(edit_cost(&a, &b, most) as Py_ssize_t)
}
