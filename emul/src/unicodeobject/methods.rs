//! The str type's methods as functions. What the mirrors can answer they do; the rest is the host's str.

use std::ffi::c_int;
use std::ops::Range;

use capi_macros::capi;
use memchr::memmem;
use object_mirror::Py_ssize_t;
use object_mirror::object::PyObject;

use super::make::{concatenated, exact, memory};
use super::{Chars, adjusted, chars, chars_to_wtf8, expect_str, is_exact, is_str, length, new_from_chars, no_memory};
use crate::abstract_::sequence;
use crate::boundary::{Cx, New, Obj, Out, Result, Text};
use crate::host::{HostObj, HostRef, Kind, host};
use crate::pyctype::{is_linebreak, is_whitespace};
use crate::{listobject, statics, tupleobject};

/// `str.name(self, *args)`, past what subclasses override.
fn method(cx: Cx<'_>, name: &str, self_: Obj<'_>, args: &[HostRef]) -> Result<HostObj> {
    let self_ = self_.give(cx)?;
    let mut all = vec![self_.as_ref()];
    all.extend_from_slice(args);
    cx.call_builtin_method("str", name, &all)
}

/// `left + right` of two strs.
pub(crate) fn concat(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    expect_str(cx, left)?;
    if !is_str(right) {
        return Err(cx.type_error(format!("can only concatenate str (not \"{:.200}\") to str", right.type_name())));
    }
    if length(right.as_ptr()) == 0 {
        return Ok(exact(left));
    }
    if length(left.as_ptr()) == 0 {
        return Ok(exact(right));
    }
    concatenated(&[chars(left.as_ptr()), chars(right.as_ptr())]).ok_or_else(|| no_memory(cx))
}

/// `s * count` of an exact str.
pub(crate) fn repeated(cx: Cx<'_>, s: Obj<'_>, count: usize) -> Result<New> {
    if count == 1 {
        return Ok(s.to_new());
    }
    concatenated(&vec![chars(s.as_ptr()); count]).ok_or_else(|| no_memory(cx))
}

/// Return the two strs joined.
#[capi]
fn PyUnicode_Concat(cx: Cx<'_>, left: Obj<'_>, right: Obj<'_>) -> Result<New> {
    concat(cx, left, right)
}

/// Append to the str in C's variable, which becomes NULL where that fails.
#[capi]
fn PyUnicode_Append(cx: Cx<'_>, pleft: Out<'_, *mut PyObject>, right: Option<Obj<'_>>) {
    append(cx, pleft, right);
}

/// As `PyUnicode_Append`; the reference to `right` is given up.
#[capi]
fn PyUnicode_AppendAndDel(cx: Cx<'_>, pleft: Out<'_, *mut PyObject>, right: Option<crate::boundary::Stolen<'_>>) {
    append(cx, pleft, right.as_ref().map(crate::boundary::Stolen::obj));
}

fn append(cx: Cx<'_>, mut place: Out<'_, *mut PyObject>, right: Option<Obj<'_>>) {
    // SAFETY: C's variable owns a reference to a live object, or is NULL.
    let left = unsafe { New::from_ptr(place.read()) };
    let joined = match (&left, right) {
        (Some(left), Some(right)) if is_str(left.obj()) && is_str(right) => concat(cx, left.obj(), right).ok(),
        _ => {
            if !cx.has_error() {
                let _raised = cx.bad_internal_call();
            }
            None
        }
    };
    place.write(joined.map_or(std::ptr::null_mut(), New::into_ptr));
}

/// Return the strs of an iterable joined by a separator, NULL for a space.
#[capi]
fn PyUnicode_Join(cx: Cx<'_>, separator: Option<Obj<'_>>, seq: Obj<'_>) -> Result<New> {
    let items = sequence::fast(cx, seq, "can only join an iterable")?;
    join(cx, separator, sequence::items_of(items.obj()).unwrap_or_default())
}

/// Return an array's strs joined by a separator, NULL for a space.
#[capi]
fn _PyUnicode_JoinArray(
    cx: Cx<'_>,
    separator: Option<Obj<'_>>,
    items: *const *mut PyObject,
    seqlen: Py_ssize_t,
) -> Result<New> {
    // SAFETY: C passes `seqlen` live objects.
    join(cx, separator, unsafe { memory(items, usize::try_from(seqlen).unwrap_or(0)) })
}

/// Join without a call to the host, so that nobody changes the items meanwhile.
fn join(cx: Cx<'_>, separator: Option<Obj<'_>>, items: &[*mut PyObject]) -> Result<New> {
    let between = match separator {
        Some(separator) if is_str(separator) => chars(separator.as_ptr()),
        Some(separator) if items.len() > 1 => {
            let name = separator.type_name();
            return Err(cx.type_error(format!("separator: expected str instance, {name:.80} found")));
        }
        _ => Chars::One(b" "),
    };
    let parts = str_items(cx, items)?;
    match parts[..] {
        [] => return Ok(New::from_static(statics::empty_str())),
        [only] if is_exact(only) => return Ok(only.to_new()),
        _ => {}
    }
    let mut pieces = Vec::with_capacity(2 * parts.len());
    for part in &parts {
        pieces.extend([between, chars(part.as_ptr())]);
    }
    concatenated(&pieces[1..]).ok_or_else(|| no_memory(cx))
}

/// The items as strs.
fn str_items<'a>(cx: Cx<'_>, items: &'a [*mut PyObject]) -> Result<Vec<Obj<'a>>> {
    let check = |(index, &item): (usize, &*mut PyObject)| {
        // SAFETY: the items of a sequence are live as long as it is, or NULL.
        let Some(item) = (unsafe { Obj::from_ptr(item) }) else {
            return Err(cx.bad_internal_call());
        };
        if is_str(item) {
            return Ok(item);
        }
        let name = item.type_name();
        Err(cx.type_error(format!("sequence item {index}: expected str instance, {name:.80} found")))
    };
    items.iter().enumerate().map(check).collect()
}

/// Return `format % args`.
#[capi]
fn PyUnicode_Format(cx: Cx<'_>, format: Obj<'_>, args: Obj<'_>) -> Result<New> {
    expect_str(cx, format)?;
    let args = args.give(cx)?;
    method(cx, "__mod__", format, &[args.as_ref()]).map(|text| cx.to_c(text))
}

// ---- splitting ----

/// Which way a text is searched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Forwards,
    Backwards,
}

/// Split at a separator, NULL for whitespace, at most `maxsplit` times (-1: everywhere).
#[capi]
fn PyUnicode_Split(cx: Cx<'_>, s: Obj<'_>, sep: Option<Obj<'_>>, maxsplit: Py_ssize_t) -> Result<New> {
    split(cx, s, sep, maxsplit, Way::Forwards)
}

/// As `PyUnicode_Split`, from the end.
#[capi]
fn PyUnicode_RSplit(cx: Cx<'_>, s: Obj<'_>, sep: Option<Obj<'_>>, maxsplit: Py_ssize_t) -> Result<New> {
    split(cx, s, sep, maxsplit, Way::Backwards)
}

fn split(cx: Cx<'_>, s: Obj<'_>, sep: Option<Obj<'_>>, maxsplit: Py_ssize_t, way: Way) -> Result<New> {
    expect_str(cx, s)?;
    let text = chars(s.as_ptr());
    let most = usize::try_from(maxsplit).unwrap_or(usize::MAX);
    let mut parts = match sep {
        None => words(text, most, way),
        Some(sep) => {
            let sep = expect_separator(cx, sep)?;
            // CPython puts the str itself into the list, an instance of a subclass too, where it need not look.
            if text.width() < sep.width() || text.len() < sep.len() {
                return listobject::from_items(cx, &[s.as_ptr()]);
            }
            parts_between(text, sep, most, way)
        }
    };
    if way == Way::Backwards {
        parts.reverse();
    }
    list_of_parts(cx, s, parts.into_iter())
}

/// The characters of a separator, which is not empty.
fn expect_separator<'a>(cx: Cx<'_>, sep: Obj<'a>) -> Result<Chars<'a>> {
    expect_str(cx, sep)?;
    let sep = chars(sep.as_ptr());
    if sep.len() == 0 { Err(cx.value_error("empty separator")) } else { Ok(sep) }
}

/// What stands between separators, of which at most `most` are looked for, in the order of the way.
fn parts_between(text: Chars<'_>, sep: Chars<'_>, most: usize, way: Way) -> Vec<Range<usize>> {
    let (mut parts, mut rest) = (Vec::new(), 0..text.len());
    while parts.len() < most
        && let Some(found) = find(text.slice(rest.start, rest.end), sep, way == Way::Forwards)
    {
        let found = rest.start + found..rest.start + found + sep.len();
        if way == Way::Forwards {
            parts.push(rest.start..found.start);
            rest.start = found.end;
        } else {
            parts.push(found.end..rest.end);
            rest.end = found.start;
        }
    }
    parts.push(rest);
    parts
}

/// At most `most` words, in the order of the way, and then what is left after them.
fn words(text: Chars<'_>, most: usize, way: Way) -> Vec<Range<usize>> {
    let space = |at: &usize| is_whitespace(text.at(*at));
    let (mut parts, mut rest) = (Vec::new(), 0..text.len());
    loop {
        if way == Way::Forwards {
            rest.start = rest.clone().find(|at| !space(at)).unwrap_or(rest.end);
        } else {
            rest.end = rest.clone().rev().find(|at| !space(at)).map_or(rest.start, |last| last + 1);
        }
        if rest.is_empty() {
            return parts;
        }
        if parts.len() == most {
            parts.push(rest);
            return parts;
        }
        if way == Way::Forwards {
            let end = rest.clone().find(space).unwrap_or(rest.end);
            parts.push(rest.start..end);
            rest.start = end;
        } else {
            let start = rest.clone().rev().find(space).map_or(rest.start, |last| last + 1);
            parts.push(start..rest.end);
            rest.end = start;
        }
    }
}

/// Split at line ends, kept in the parts or not.
#[capi]
fn PyUnicode_Splitlines(cx: Cx<'_>, s: Obj<'_>, keepends: c_int) -> Result<New> {
    expect_str(cx, s)?;
    let (mut lines, text) = (Vec::new(), chars(s.as_ptr()));
    let mut start = 0;
    while start < text.len() {
        let end = (start..text.len()).find(|&at| is_linebreak(text.at(at))).unwrap_or(text.len());
        let mut next = (end + 1).min(text.len());
        if next < text.len() && text.at(end) == 0x0d && text.at(next) == 0x0a {
            next += 1;
        }
        lines.push(start..if keepends == 0 { end } else { next });
        start = next;
    }
    list_of_parts(cx, s, lines.into_iter())
}

fn list_of_parts(cx: Cx<'_>, s: Obj<'_>, parts: impl Iterator<Item = Range<usize>>) -> Result<New> {
    let parts: Vec<New> = parts.map(|part| part_of(s, part)).collect();
    let items: Vec<*mut PyObject> = parts.iter().map(New::as_ptr).collect();
    listobject::from_items(cx, &items)
}

/// A part of a str; the whole is the str itself.
fn part_of(s: Obj<'_>, part: Range<usize>) -> New {
    let text = chars(s.as_ptr());
    if part == (0..text.len()) { exact(s) } else { new_from_chars(text.slice(part.start, part.end)) }
}

/// Split at the first separator into three.
#[capi]
fn PyUnicode_Partition(cx: Cx<'_>, s: Obj<'_>, sep: Obj<'_>) -> Result<New> {
    partition(cx, s, sep, Way::Forwards)
}

/// Split at the last separator into three.
#[capi]
fn PyUnicode_RPartition(cx: Cx<'_>, s: Obj<'_>, sep: Obj<'_>) -> Result<New> {
    partition(cx, s, sep, Way::Backwards)
}

/// What stands before the separator, the separator, and what stands behind it. Without one the str itself, an instance of a
/// subclass too, and two empty ones, in the order of the way.
fn partition(cx: Cx<'_>, s: Obj<'_>, sep: Obj<'_>, way: Way) -> Result<New> {
    expect_str(cx, s)?;
    let (text, separator) = (chars(s.as_ptr()), expect_separator(cx, sep)?);
    let empty = || New::from_static(statics::empty_str());
    let parts = match find(text, separator, way == Way::Forwards) {
        Some(at) => [part_of(s, 0..at), sep.to_new(), part_of(s, at + separator.len()..text.len())],
        None if way == Way::Forwards => [s.to_new(), empty(), empty()],
        None => [empty(), empty(), s.to_new()],
    };
    Ok(tupleobject::from_items(&parts.each_ref().map(New::as_ptr)))
}

/// Replace up to `maxcount` occurrences (-1: all).
#[capi]
fn PyUnicode_Replace(cx: Cx<'_>, str: Obj<'_>, substr: Obj<'_>, replstr: Obj<'_>, maxcount: Py_ssize_t) -> Result<New> {
    expect_str(cx, str)?;
    expect_str(cx, substr)?;
    expect_str(cx, replstr)?;
    let (text, old, new) = (chars(str.as_ptr()), chars(substr.as_ptr()), chars(replstr.as_ptr()));
    let most = usize::try_from(maxcount).unwrap_or(usize::MAX);
    let parts = if old.len() > 0 {
        parts_between(text, old, most, Way::Forwards)
    } else {
        // An empty str is before each character and at the end.
        let places = most.min(text.len() + 1);
        (0..=places).map(|place| place.saturating_sub(1)..if place < places { place } else { text.len() }).collect()
    };
    if parts.len() == 1 {
        return Ok(exact(str));
    }
    let pieces: Vec<Chars<'_>> = parts.into_iter().flat_map(|part| [new, text.slice(part.start, part.end)]).collect();
    concatenated(&pieces[1..]).ok_or_else(|| no_memory(cx))
}

/// Map each character through a table; what it maps to `None` is an error, for the handler that `errors` names.
#[capi]
fn PyUnicode_Translate(cx: Cx<'_>, str: Obj<'_>, table: Option<Obj<'_>>, errors: Option<Text<'_>>) -> Result<New> {
    let table = table.ok_or_else(|| cx.type_error("bad argument type for built-in operation"))?;
    expect_str(cx, str)?;
    let table = table.give(cx)?;
    let input = chars(str.as_ptr());
    let mut output = Vec::new();
    let mut at = 0;
    while at < input.len() {
        if let Some(text) = mapped(cx, &table, input.at(at))? {
            output.extend(text);
            at += 1;
            continue;
        }
        let mut end = at + 1;
        let mut after = None;
        while end < input.len() {
            after = mapped(cx, &table, input.at(end))?;
            if after.is_some() {
                break;
            }
            end += 1;
        }
        if errors.is_some_and(|errors| errors.bytes() == b"ignore") {
            output.extend(after.into_iter().flatten());
            at = (end + 1).min(input.len());
            continue;
        }
        at = handle_undefined(cx, str, errors, at..end, &mut output)?;
    }
    Ok(super::new_from_wtf8(&output))
}

/// What the table maps a character to, as WTF-8: itself where the table has no entry, `None` for what it maps to `None`.
fn mapped(cx: Cx<'_>, table: &HostObj, ch: u32) -> Result<Option<Vec<u8>>> {
    let key = host().new_int(ch.into());
    let mut text = Vec::new();
    let found = match cx.unlocked(|h| h.get_item(table.as_ref(), key.as_ref())) {
        Ok(found) => found,
        Err(error) => {
            let lookup = host().builtin_class("LookupError");
            if !lookup.is_some_and(|class| host().is_subtype(host().type_of(error.as_ref()), class.as_ref())) {
                return Err(cx.raise(error));
            }
            super::push_wtf8(&mut text, ch);
            return Ok(Some(text));
        }
    };
    match host().kind(found.as_ref()) {
        Kind::None => return Ok(None),
        Kind::Str => host().with_str(found.as_ref(), &mut |wtf8| text.extend(wtf8)),
        Kind::Int | Kind::Unboxed(_) | Kind::True | Kind::False => {
            let code = host().int_value(found.as_ref()).and_then(|value| u32::try_from(value).ok());
            let Some(code) = code.filter(|&code| code <= 0x10_FFFF) else {
                return Err(cx.value_error("character mapping must be in range(0x110000)"));
            };
            super::push_wtf8(&mut text, code);
        }
        _ => return Err(cx.type_error("character mapping must return integer, None or str")),
    }
    Ok(Some(text))
}

/// Let the error handler replace the characters of `range`; where to go on.
fn handle_undefined(
    cx: Cx<'_>,
    str: Obj<'_>,
    errors: Option<Text<'_>>,
    range: Range<usize>,
    output: &mut Vec<u8>,
) -> Result<usize> {
    let class = host().builtin_class("UnicodeTranslateError").ok_or_else(|| cx.bad_internal_call())?;
    let (text, reason) = (str.give(cx)?, cx.str("character maps to <undefined>"));
    let (start, end) = (host().new_int(range.start as i64), host().new_int(range.end as i64));
    let args = [text.as_ref(), start.as_ref(), end.as_ref(), reason.as_ref()];
    let error = cx.call(|h| h.call(class.as_ref(), &args, &[]))?;
    let errors = errors.map_or_else(|| Ok(cx.str("strict")), |errors| errors.host_str(cx))?;
    let handler = cx.call_function("codecs", "lookup_error", &[errors.as_ref()])?;
    let answer = cx.call(|h| h.call(handler.as_ref(), &[error.as_ref()], &[]))?;
    let wrong = || cx.type_error("translating error handler must return (str, int) tuple");
    if host().kind(answer.as_ref()) != Kind::Tuple {
        return Err(wrong());
    }
    let parts = host().items(answer.as_ref());
    let [replacement, position] = parts.as_slice() else { return Err(wrong()) };
    if host().kind(replacement.as_ref()) != Kind::Str || !host().kind(position.as_ref()).is_int() {
        return Err(wrong());
    }
    host().with_str(replacement.as_ref(), &mut |wtf8| output.extend(wtf8));
    let len = super::length(str.as_ptr()) as i64;
    let position = host().int_value(position.as_ref()).unwrap_or(i64::MAX);
    let next = if position < 0 { position + len } else { position };
    if !(0..=len).contains(&next) {
        return Err(cx.error("IndexError", format!("position {position} from error handler out of bounds")));
    }
    Ok(next as usize)
}

// ---- searching ----

/// Whether `needle` is in `hay` at `at`.
fn is_at(hay: Chars<'_>, needle: Chars<'_>, at: usize) -> bool {
    super::read::equal(hay.slice(at, at + needle.len()), needle)
}

/// The index of `needle` in `hay`, forwards or backwards.
fn find(hay: Chars<'_>, needle: Chars<'_>, forwards: bool) -> Option<usize> {
    let last = hay.len().checked_sub(needle.len())?;
    if needle.len() == 0 {
        return Some(if forwards { 0 } else { last });
    }
    match (hay, needle) {
        (Chars::One(hay), Chars::One(needle)) => find_units(hay, needle, forwards),
        (Chars::One(hay), _) => find_units(hay, &as_wide::<u8>(needle)?, forwards),
        (Chars::Two(hay), Chars::Two(needle)) => find_units(hay, needle, forwards),
        (Chars::Two(hay), _) => find_units(hay, &as_wide::<u16>(needle)?, forwards),
        (Chars::Four(hay), Chars::Four(needle)) => find_units(hay, needle, forwards),
        (Chars::Four(hay), _) => find_units(hay, &as_wide::<u32>(needle)?, forwards),
    }
}

/// The characters in units of that width, if they fit.
fn as_wide<T: TryFrom<u32>>(chars: Chars<'_>) -> Option<Vec<T>> {
    chars.iter().map(|ch| T::try_from(ch).ok()).collect()
}

/// Find units among units: their bytes, at a place where a unit begins.
fn find_units<T: Copy>(hay: &[T], needle: &[T], forwards: bool) -> Option<usize> {
    let width = size_of::<T>();
    let (hay, needle) = (bytes_of(hay), bytes_of(needle));
    let mut range = 0..hay.len();
    loop {
        let here = &hay[range.clone()];
        let at = if forwards { memmem::find(here, needle) } else { memmem::rfind(here, needle) }? + range.start;
        if at.is_multiple_of(width) {
            return Some(at / width);
        }
        if forwards {
            range.start = at + 1;
        } else {
            range.end = at + needle.len() - 1;
        }
    }
}

fn bytes_of<T: Copy>(units: &[T]) -> &[u8] {
    // SAFETY: callers pass unsigned numbers, which have no padding; the bytes are borrowed as they are.
    unsafe { std::slice::from_raw_parts(units.as_ptr().cast(), size_of_val(units)) }
}

/// Whether a str is part of another.
#[capi]
fn PyUnicode_Contains(cx: Cx<'_>, str: Obj<'_>, substr: Obj<'_>) -> Result<bool> {
    if !is_str(substr) {
        let name = substr.type_name();
        return Err(cx.type_error(format!("'in <string>' requires string as left operand, not {name:.100}")));
    }
    expect_str(cx, str)?;
    Ok(find(chars(str.as_ptr()), chars(substr.as_ptr()), true).is_some())
}

/// Find a str in a slice of another, forwards or backwards: its index, -1 if it is not there, -2 with an exception.
#[capi]
fn PyUnicode_Find(
    cx: Cx<'_>,
    str: Obj<'_>,
    substr: Obj<'_>,
    start: Py_ssize_t,
    end: Py_ssize_t,
    direction: c_int,
) -> Py_ssize_t {
    if expect_str(cx, str).and_then(|()| expect_str(cx, substr)).is_err() {
        return -2;
    }
    let hay = chars(str.as_ptr());
    let (start, end) = adjusted(start, end, hay.len());
    if end < start {
        return -1;
    }
    find(hay.slice(start, end), chars(substr.as_ptr()), direction > 0).map_or(-1, |at| (start + at) as Py_ssize_t)
}

/// Count the occurrences of a str in a slice of another, none overlapping.
#[capi]
fn PyUnicode_Count(
    cx: Cx<'_>,
    str: Obj<'_>,
    substr: Obj<'_>,
    start: Py_ssize_t,
    end: Py_ssize_t,
) -> Result<Py_ssize_t> {
    expect_str(cx, str)?;
    expect_str(cx, substr)?;
    let (hay, needle) = (chars(str.as_ptr()), chars(substr.as_ptr()));
    let (mut start, end) = adjusted(start, end, hay.len());
    if end < start {
        return Ok(0);
    }
    if needle.len() == 0 {
        return Ok((end - start) as Py_ssize_t + 1);
    }
    let mut count = 0;
    while let Some(at) = find(hay.slice(start, end), needle, true) {
        count += 1;
        start += at + needle.len();
    }
    Ok(count)
}

/// Whether a slice of a str begins (`direction` < 0) or ends with another.
#[capi]
fn PyUnicode_Tailmatch(
    cx: Cx<'_>,
    str: Obj<'_>,
    substr: Obj<'_>,
    start: Py_ssize_t,
    end: Py_ssize_t,
    direction: c_int,
) -> Result<Py_ssize_t> {
    expect_str(cx, str)?;
    expect_str(cx, substr)?;
    let (hay, needle) = (chars(str.as_ptr()), chars(substr.as_ptr()));
    let (start, end) = adjusted(start, end, hay.len());
    if end < start || end - start < needle.len() {
        return Ok(0);
    }
    let at = if direction > 0 { end - needle.len() } else { start };
    Ok(Py_ssize_t::from(is_at(hay, needle, at)))
}

/// Whether a str is an identifier.
#[capi]
fn PyUnicode_IsIdentifier(cx: Cx<'_>, s: Obj<'_>) -> Result<bool> {
    expect_str(cx, s)?;
    is_identifier(cx, chars(s.as_ptr()))
}

pub(super) fn is_identifier(cx: Cx<'_>, chars: Chars<'_>) -> Result<bool> {
    if let Chars::One(text) = chars
        && text.is_ascii()
    {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        return Ok(text.first().is_some_and(|first| !first.is_ascii_digit()) && text.iter().all(is_word));
    }
    let text = cx.host().new_str(&chars_to_wtf8(chars));
    let answer = cx.call_builtin_method("str", "isidentifier", &[text.as_ref()])?;
    cx.call(|h| h.is_true(answer.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finding_goes_both_ways() {
        let hay = Chars::One(b"abcabc");
        assert_eq!(find(hay, Chars::One(b"bc"), true), Some(1));
        assert_eq!(find(hay, Chars::Two(&[0x62, 0x63]), false), Some(4));
        assert_eq!(find(hay, Chars::Two(&[0x20ac]), true), None);
        assert_eq!(find(hay, Chars::One(b""), false), Some(6));
        assert_eq!(find(Chars::One(b""), Chars::One(b"a"), true), None);
        // The bytes of 0x6261 are in the middle of two units, and once at the beginning of one.
        let wide = Chars::Two(&[0x6100, 0x0062, 0x6261, 0x6100, 0x0062]);
        assert_eq!(find(wide, Chars::Two(&[0x6261]), true), Some(2));
        assert_eq!(find(wide, Chars::Two(&[0x6261]), false), Some(2));
        assert_eq!(find(wide, Chars::One(b"b"), true), Some(1));
        assert_eq!(find(Chars::Four(&[0x1_f600, 0x62]), Chars::One(b"b"), false), Some(1));
    }
}
