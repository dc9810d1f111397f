//! Searching and splitting bytes. WTF-8 can be searched as bytes, so str uses these too.

use std::ops::Range;

/// The first place of `needle`.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => hay.iter().position(|other| other == byte),
        _ => hay.windows(needle.len()).position(|window| window == needle),
    }
}

/// The last place of `needle`.
pub(crate) fn rfind(hay: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(hay.len());
    }
    hay.windows(needle.len()).rposition(|window| window == needle)
}

/// The places of `needle`, which is not empty, that do not overlap; at most `most`.
pub(crate) fn find_all(hay: &[u8], needle: &[u8], most: usize) -> Vec<usize> {
    let (mut places, mut from) = (Vec::new(), 0);
    while places.len() < most
        && let Some(at) = find(&hay[from..], needle)
    {
        places.push(from + at);
        from += at + needle.len();
    }
    places
}

/// The parts between separators.
pub(crate) fn split(hay: &[u8], separator: &[u8], most: usize) -> Vec<Range<usize>> {
    let mut from = 0;
    let mut parts: Vec<Range<usize>> = Vec::new();
    for at in find_all(hay, separator, most) {
        parts.push(from..at);
        from = at + separator.len();
    }
    parts.push(from..hay.len());
    parts
}

/// The same, counted from the end.
pub(crate) fn rsplit(hay: &[u8], separator: &[u8], most: usize) -> Vec<Range<usize>> {
    let mut to = hay.len();
    let mut parts = Vec::new();
    while parts.len() < most
        && let Some(at) = rfind(&hay[..to], separator)
    {
        parts.push(at + separator.len()..to);
        to = at;
    }
    parts.push(0..to);
    parts.reverse();
    parts
}

/// `items` replaced where they occur.
pub(crate) fn replace(hay: &[u8], old: &[u8], new: &[u8], most: usize) -> Vec<u8> {
    let mut result = Vec::with_capacity(hay.len());
    let mut from = 0;
    for at in find_all(hay, old, most) {
        result.extend_from_slice(&hay[from..at]);
        result.extend_from_slice(new);
        from = at + old.len();
    }
    result.extend_from_slice(&hay[from..]);
    result
}

/// The lines; `breaks` says how long the line end at a place is, 0 if there is none.
pub(crate) fn lines(hay: &[u8], keep: bool, breaks: impl Fn(&[u8]) -> usize) -> Vec<Range<usize>> {
    let (mut parts, mut from, mut at) = (Vec::new(), 0, 0);
    while at < hay.len() {
        let length = breaks(&hay[at..]);
        if length == 0 {
            at += 1;
            continue;
        }
        parts.push(from..if keep { at + length } else { at });
        at += length;
        from = at;
    }
    if from < hay.len() {
        parts.push(from..hay.len());
    }
    parts
}
