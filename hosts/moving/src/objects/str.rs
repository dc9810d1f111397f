//! `str`.

use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::number::Cmp;
use crate::object::{Body, IterKind};
use crate::objects::search;
use crate::value::Value;
use crate::vm::{Args, NativeDef, R, Vm, text_body, text_hash};
use rustpython_unicode::{case, classify};
use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};
use std::ops::Range;

/// The text of an argument that has been checked to be a str.
fn text(vm: &Vm, h: H) -> &Wtf8 {
    vm.text(h).expect("a str")
}

/// The text of an argument, or TypeError.
fn want<'a>(vm: &'a mut Vm, h: H, what: &str) -> R<&'a Wtf8> {
    if vm.text(h).is_none() {
        let name = vm.class_name(h);
        let must = if what.ends_with("not") { "" } else { " must be str, not" };
        return Err(vm.type_error(format!("{what}{must} {name}")));
    }
    Ok(text(vm, h))
}

fn is_ascii(vm: &Vm, h: H) -> bool {
    matches!(vm.body(h), Some(Body::Str(text)) if text.chars == text.text.len())
}

/// The byte offset of code point `at`.
fn byte_at(vm: &Vm, h: H, at: usize) -> usize {
    let all = text(vm, h);
    if is_ascii(vm, h) {
        return at.min(all.len());
    }
    all.code_point_indices().nth(at).map_or(all.len(), |(byte, _)| byte)
}

/// How many code points lie before byte `at`.
fn chars_before(vm: &Vm, h: H, at: usize) -> usize {
    if is_ascii(vm, h) {
        return at;
    }
    text(vm, h).as_bytes()[..at].iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

fn part(all: &Wtf8, range: Range<usize>) -> Wtf8Buf {
    all.get(range).map(ToOwned::to_owned).unwrap_or_default()
}

/// The code point at a byte offset, and the offset of the next.
pub(crate) fn char_at_byte(vm: &Vm, h: H, at: usize) -> Option<(Wtf8Buf, usize)> {
    let all = vm.text(h)?;
    let point = all.get(at..)?.code_points().next()?;
    let next = at + point.len_wtf8();
    Some((part(all, at..next), next))
}

fn from_bytes(bytes: Vec<u8>) -> Wtf8Buf {
    Wtf8Buf::from_bytes(bytes).expect("pieces of WTF-8 cut between code points")
}

fn list_of(vm: &mut Vm, pieces: Vec<Wtf8Buf>) -> R<H> {
    let start = vm.mark();
    for piece in pieces {
        vm.wtf8(piece)?;
    }
    vm.list_since(start)
}

// ---- construction and text

fn new(vm: &mut Vm, args: Args) -> R<H> {
    let class = args.h(0);
    let made = match (args.opt(vm, 1), args.opt(vm, 2), args.opt(vm, 3)) {
        (None, ..) => vm.str("")?,
        (Some(object), None, None) => vm.to_str(object)?,
        (Some(object), encoding, errors) => {
            if vm.text(object).is_some() {
                return Err(vm.type_error("decoding str is not supported"));
            }
            let Some(bytes) = crate::objects::bytes::of_buffer(vm, object)? else {
                let name = vm.class_name(object);
                return Err(vm.type_error(format!("decoding to str: need a bytes-like object, {name} found")));
            };
            crate::objects::bytes::codec::decode(vm, &bytes, encoding, errors)?
        }
    };
    if vm.is(class, k::STR) {
        return Ok(made);
    }
    let copy = text(vm, made).to_owned();
    vm.alloc(class, text_body(copy))
}

fn repr(vm: &mut Vm, args: Args) -> R<H> {
    let shown = crate::text::quote(text(vm, args.h(0)));
    vm.str(shown)
}

fn to_str(vm: &mut Vm, args: Args) -> R<H> {
    if vm.exact(args.h(0), k::STR) {
        return Ok(args.h(0));
    }
    let copy = text(vm, args.h(0)).to_owned();
    vm.wtf8(copy)
}

fn hash(vm: &mut Vm, args: Args) -> R<H> {
    let Some(Body::Str(text)) = vm.body(args.h(0)) else { panic!("not a str") };
    let hash = text_hash(text);
    vm.int(hash)
}

fn len(vm: &mut Vm, args: Args) -> R<H> {
    let Some(Body::Str(text)) = vm.body(args.h(0)) else { panic!("not a str") };
    let chars = text.chars;
    Ok(vm.size(chars))
}

fn iter(vm: &mut Vm, args: Args) -> R<H> {
    vm.new_iter(k::STR_ITER, IterKind::Str, 0, args.h(0))
}

fn chars(vm: &Vm, h: H) -> usize {
    match vm.body(h) {
        Some(Body::Str(text)) => text.chars,
        _ => 0,
    }
}

fn getitem(vm: &mut Vm, args: Args) -> R<H> {
    let (this, key) = (args.h(0), args.h(1));
    let count = chars(vm, this);
    if vm.is_slice(key) {
        let span = vm.slice_span(key, count)?;
        if span.step == 1 {
            let from = byte_at(vm, this, span.start as usize);
            let to = byte_at(vm, this, span.start as usize + span.count);
            let piece = part(text(vm, this), from..to);
            return vm.wtf8(piece);
        }
        let points: Vec<CodePoint> = text(vm, this).code_points().collect();
        let piece: Wtf8Buf = span.indices().map(|i| points[i]).collect();
        return vm.wtf8(piece);
    }
    if !vm.is_int(key) && vm.special(key, crate::known::n::__index__).is_none() {
        let name = vm.class_name(key);
        return Err(vm.type_error(format!("string indices must be integers, not '{name}'")));
    }
    let at = vm.place(key, count, "string index out of range")?;
    let (piece, _) = char_at_byte(vm, this, byte_at(vm, this, at)).expect("the index is in range");
    vm.wtf8(piece)
}

fn contains(vm: &mut Vm, args: Args) -> R<H> {
    if vm.text(args.h(1)).is_none() {
        let name = vm.class_name(args.h(1));
        return Err(vm.type_error(format!("'in <string>' requires string as left operand, not {name}")));
    }
    let found = search::find(text(vm, args.h(0)).as_bytes(), text(vm, args.h(1)).as_bytes()).is_some();
    Ok(vm.bool(found))
}

fn add(vm: &mut Vm, args: Args) -> R<H> {
    let (Some(a), Some(b)) = (vm.text(args.h(0)), vm.text(args.h(1))) else { return Ok(k::NOT_IMPLEMENTED) };
    let mut sum = Wtf8Buf::with_capacity(a.len() + b.len());
    sum.push_wtf8(a);
    sum.push_wtf8(b);
    vm.wtf8(sum)
}

fn mul(vm: &mut Vm, args: Args) -> R<H> {
    if !vm.is_int(args.h(1)) && vm.special(args.h(1), crate::known::n::__index__).is_none() {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let count = vm.index_i64(args.h(1))?.max(0) as usize;
    vm.reserve(text(vm, args.h(0)).len().saturating_mul(count))?;
    let bytes = text(vm, args.h(0)).as_bytes().repeat(count);
    vm.wtf8(from_bytes(bytes))
}

macro_rules! comparisons {
    ($($name:ident $op:ident),*) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let (Some(a), Some(b)) = (vm.text(args.h(0)), vm.text(args.h(1))) else { return Ok(k::NOT_IMPLEMENTED) };
            let order = a.as_bytes().cmp(b.as_bytes());
            Ok(vm.bool(Cmp::$op.holds(order)))
        }
    )* };
}

comparisons!(lt Lt, le Le, eq Eq, ne Ne, gt Gt, ge Ge);

// ---- case and kind

macro_rules! mapped {
    ($($name:ident $f:expr),* $(,)?) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let mapped: Wtf8Buf = $f(text(vm, args.h(0)));
            vm.wtf8(mapped)
        }
    )* };
}

mapped! {
    lower Wtf8::to_lowercase,
    upper Wtf8::to_uppercase,
    casefold case::casefold_wtf8,
    capitalize case::capitalize_wtf8,
    title case::title_wtf8,
    swapcase case::swapcase_wtf8,
}

macro_rules! all_are {
    ($($name:ident $f:expr),* $(,)?) => { $(
        fn $name(vm: &mut Vm, args: Args) -> R<H> {
            let all = text(vm, args.h(0));
            let result = !all.is_empty() && all.code_points().all(|point| point.is_char_and($f));
            Ok(vm.bool(result))
        }
    )* };
}

all_are! {
    isalpha classify::is_alpha,
    isalnum classify::is_alnum,
    isdecimal classify::is_decimal,
    isdigit classify::is_digit,
    isnumeric classify::is_numeric,
    isspace classify::is_space,
}

fn isascii(vm: &mut Vm, args: Args) -> R<H> {
    let result = is_ascii(vm, args.h(0));
    Ok(vm.bool(result))
}

fn isprintable(vm: &mut Vm, args: Args) -> R<H> {
    let result = text(vm, args.h(0)).code_points().all(|point| point.is_char_and(classify::is_printable));
    Ok(vm.bool(result))
}

fn cased(vm: &mut Vm, h: H, wrong: fn(char) -> bool) -> H {
    let mut any = false;
    for c in text(vm, h).code_points().filter_map(CodePoint::to_char) {
        if wrong(c) || case::is_titlecase(c) {
            return k::FALSE;
        }
        any |= case::is_cased(c);
    }
    vm.bool(any)
}

fn islower(vm: &mut Vm, args: Args) -> R<H> {
    Ok(cased(vm, args.h(0), case::is_uppercase))
}

fn isupper(vm: &mut Vm, args: Args) -> R<H> {
    Ok(cased(vm, args.h(0), case::is_lowercase))
}

fn istitle(vm: &mut Vm, args: Args) -> R<H> {
    let (mut any, mut in_word) = (false, false);
    for c in text(vm, args.h(0)).code_points().map(CodePoint::to_char_lossy) {
        let upper = case::is_uppercase(c) || case::is_titlecase(c);
        let lower = case::is_lowercase(c);
        if upper && in_word || lower && !in_word {
            return Ok(k::FALSE);
        }
        in_word = upper || lower;
        any |= in_word;
    }
    Ok(vm.bool(any))
}

fn isidentifier(vm: &mut Vm, args: Args) -> R<H> {
    let all = vm.string(args.h(0));
    let mut points = all.chars();
    let start = points.next().is_some_and(rustpython_unicode::identifier::is_start);
    let result = start && points.all(rustpython_unicode::identifier::is_xid_continue);
    Ok(vm.bool(result))
}

// ---- searching

/// The byte range that optional start and end arguments select; None if start lies beyond the end.
fn window(vm: &mut Vm, this: H, start: Option<H>, end: Option<H>) -> R<Option<Range<usize>>> {
    let count = chars(vm, this) as i64;
    let place = |vm: &mut Vm, h: Option<H>, default: i64| -> R<i64> {
        match h.filter(|h| !vm.is_none(*h)) {
            None => Ok(default),
            Some(h) => vm.index_i64(h).map(|i| if i < 0 { (i + count).max(0) } else { i }),
        }
    };
    let (start, end) = (place(vm, start, 0)?, place(vm, end, count)?.min(count));
    if start > end {
        return Ok(None);
    }
    Ok(Some(byte_at(vm, this, start as usize)..byte_at(vm, this, end as usize)))
}

fn locate(vm: &mut Vm, args: Args, last: bool) -> R<Option<usize>> {
    let this = args.h(0);
    want(vm, args.h(1), "must be str, not")?;
    let Some(range) = window(vm, this, args.opt(vm, 2), args.opt(vm, 3))? else { return Ok(None) };
    let hay = &text(vm, this).as_bytes()[range.clone()];
    let needle = text(vm, args.h(1)).as_bytes();
    let found = if last { search::rfind(hay, needle) } else { search::find(hay, needle) };
    Ok(found.map(|at| chars_before(vm, this, range.start + at)))
}

fn find(vm: &mut Vm, args: Args) -> R<H> {
    let at = locate(vm, args, false)?;
    vm.int(at.map_or(-1, |at| at as i64))
}

fn rfind(vm: &mut Vm, args: Args) -> R<H> {
    let at = locate(vm, args, true)?;
    vm.int(at.map_or(-1, |at| at as i64))
}

fn index(vm: &mut Vm, args: Args) -> R<H> {
    match locate(vm, args, false)? {
        Some(at) => Ok(vm.size(at)),
        None => Err(vm.value_error("substring not found")),
    }
}

fn rindex(vm: &mut Vm, args: Args) -> R<H> {
    match locate(vm, args, true)? {
        Some(at) => Ok(vm.size(at)),
        None => Err(vm.value_error("substring not found")),
    }
}

fn count(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    want(vm, args.h(1), "must be str, not")?;
    let Some(range) = window(vm, this, args.opt(vm, 2), args.opt(vm, 3))? else { return Ok(vm.size(0)) };
    let needle = text(vm, args.h(1)).as_bytes();
    let found = if needle.is_empty() {
        chars_before(vm, this, range.end) - chars_before(vm, this, range.start) + 1
    } else {
        search::find_all(&text(vm, this).as_bytes()[range], needle, usize::MAX).len()
    };
    Ok(vm.size(found))
}

fn affix(vm: &mut Vm, args: Args, name: &str, test: fn(&[u8], &[u8]) -> bool) -> R<H> {
    let (this, what) = (args.h(0), args.h(1));
    let Some(range) = window(vm, this, args.opt(vm, 2), args.opt(vm, 3))? else { return Ok(k::FALSE) };
    let candidates = if matches!(vm.body(what), Some(Body::Tuple(_))) { what } else { vm.tuple(&[what])? };
    for i in 0..vm.count(candidates) {
        let one = vm.item(candidates, i).expect("counted");
        let Some(affix) = vm.text(one) else {
            let given = vm.class_name(one);
            let what = if vm.is(candidates, what) {
                format!("tuple for {name} must only contain str, not {given}")
            } else {
                format!("{name} first arg must be str or a tuple of str, not {given}")
            };
            return Err(vm.type_error(what));
        };
        if test(&text(vm, this).as_bytes()[range.clone()], affix.as_bytes()) {
            return Ok(k::TRUE);
        }
    }
    Ok(k::FALSE)
}

fn startswith(vm: &mut Vm, args: Args) -> R<H> {
    affix(vm, args, "startswith", |hay, affix| hay.starts_with(affix))
}

fn endswith(vm: &mut Vm, args: Args) -> R<H> {
    affix(vm, args, "endswith", |hay, affix| hay.ends_with(affix))
}

fn removeprefix(vm: &mut Vm, args: Args) -> R<H> {
    let prefix = want(vm, args.h(1), "removeprefix() argument")?.to_owned();
    let all = text(vm, args.h(0));
    let rest = all.strip_prefix(&prefix).unwrap_or(all).to_owned();
    vm.wtf8(rest)
}

fn removesuffix(vm: &mut Vm, args: Args) -> R<H> {
    let suffix = want(vm, args.h(1), "removesuffix() argument")?.to_owned();
    let all = text(vm, args.h(0));
    let rest = if suffix.is_empty() { all } else { all.strip_suffix(&suffix).unwrap_or(all) };
    let rest = rest.to_owned();
    vm.wtf8(rest)
}

// ---- splitting and joining

/// Runs of anything but white space, at most `most` cuts.
fn words(all: &Wtf8, most: usize, from_end: bool) -> Vec<Wtf8Buf> {
    let space = |point: CodePoint| point.is_char_and(classify::is_space);
    let (mut pieces, mut rest) = (Vec::new(), all.trim_matches(space));
    if !from_end {
        rest = all.trim_start_matches(space);
    } else {
        rest = if most == usize::MAX { rest } else { all.trim_end_matches(space) };
    }
    while !rest.is_empty() {
        if pieces.len() == most {
            let tail = if from_end { rest.trim_end_matches(space) } else { rest };
            let tail = if from_end { tail } else { tail.trim_end_matches(|_| false) };
            pieces.push(tail.to_owned());
            break;
        }
        let edge = if from_end {
            rest.code_point_indices().rfind(|(_, point)| space(*point)).map(|(at, point)| at + point.len_wtf8())
        } else {
            rest.code_point_indices().find(|(_, point)| space(*point)).map(|(at, _)| at)
        };
        if from_end {
            let at = edge.unwrap_or(0);
            pieces.push(part(rest, at..rest.len()));
            rest = rest.get(..at).unwrap_or(Wtf8::new("")).trim_end_matches(space);
        } else {
            let at = edge.unwrap_or(rest.len());
            pieces.push(part(rest, 0..at));
            rest = rest.get(at..).unwrap_or(Wtf8::new("")).trim_start_matches(space);
        }
    }
    if from_end {
        pieces.reverse();
    }
    pieces
}

fn split_with(vm: &mut Vm, args: Args, from_end: bool) -> R<H> {
    let most = match args.opt(vm, 2) {
        Some(most) => usize::try_from(vm.index_i64(most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let Some(separator) = args.opt(vm, 1).filter(|h| !vm.is_none(*h)) else {
        let pieces = words(text(vm, args.h(0)), most, from_end);
        return list_of(vm, pieces);
    };
    let separator = want(vm, separator, "must be str or None, not")?.to_owned();
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let all = text(vm, args.h(0));
    let split = if from_end { search::rsplit } else { search::split };
    let pieces = split(all.as_bytes(), separator.as_bytes(), most).into_iter().map(|range| part(all, range)).collect();
    list_of(vm, pieces)
}

fn split(vm: &mut Vm, args: Args) -> R<H> {
    split_with(vm, args, false)
}

fn rsplit(vm: &mut Vm, args: Args) -> R<H> {
    split_with(vm, args, true)
}

fn splitlines(vm: &mut Vm, args: Args) -> R<H> {
    let keep = args.opt(vm, 1).map_or(Ok(false), |h| vm.truth(h))?;
    let all = text(vm, args.h(0));
    let breaks = |rest: &[u8]| match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r' | 0x0B | 0x0C | 0x1C..=0x1E, ..] => 1,
        [0xC2, 0x85, ..] => 2,
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => 3,
        _ => 0,
    };
    let pieces = search::lines(all.as_bytes(), keep, breaks).into_iter().map(|range| part(all, range)).collect();
    list_of(vm, pieces)
}

fn partition_at(vm: &mut Vm, args: Args, last: bool) -> R<H> {
    let separator = want(vm, args.h(1), "must be str, not")?.to_owned();
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let all = text(vm, args.h(0)).to_owned();
    let find = if last { search::rfind } else { search::find };
    let pieces = match find(all.as_bytes(), separator.as_bytes()) {
        Some(at) => [part(&all, 0..at), separator.clone(), part(&all, at + separator.len()..all.len())],
        None if last => [Wtf8Buf::new(), Wtf8Buf::new(), all],
        None => [all, Wtf8Buf::new(), Wtf8Buf::new()],
    };
    let start = vm.mark();
    for piece in pieces {
        vm.wtf8(piece)?;
    }
    vm.tuple_since(start)
}

fn partition(vm: &mut Vm, args: Args) -> R<H> {
    partition_at(vm, args, false)
}

fn rpartition(vm: &mut Vm, args: Args) -> R<H> {
    partition_at(vm, args, true)
}

fn join(vm: &mut Vm, args: Args) -> R<H> {
    let iterable = vm.is_iterable(args.h(1));
    if !iterable {
        return Err(vm.type_error("can only join an iterable"));
    }
    let list = vm.to_list(args.h(1))?;
    let mut joined = Wtf8Buf::new();
    for i in 0..vm.count(list) {
        let mark = vm.mark();
        let item = vm.item(list, i).expect("counted");
        if i > 0 {
            joined.push_wtf8(text(vm, args.h(0)));
        }
        let Some(piece) = vm.text(item) else {
            let name = vm.class_name(item);
            return Err(vm.type_error(format!("sequence item {i}: expected str instance, {name} found")));
        };
        joined.push_wtf8(piece);
        vm.cut(mark);
    }
    vm.wtf8(joined)
}

fn replace(vm: &mut Vm, args: Args) -> R<H> {
    let old = want(vm, args.h(1), "replace() argument 1")?.to_owned();
    let new = want(vm, args.h(2), "replace() argument 2")?.to_owned();
    let most = match args.opt(vm, 3) {
        Some(most) => usize::try_from(vm.index_i64(most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let all = text(vm, args.h(0));
    if !old.is_empty() {
        let result = search::replace(all.as_bytes(), old.as_bytes(), new.as_bytes(), most);
        return vm.wtf8(from_bytes(result));
    }
    // An empty text is found before every code point and at the end.
    let mut result = Wtf8Buf::new();
    let mut done = 0;
    for point in all.code_points() {
        if done < most {
            result.push_wtf8(&new);
            done += 1;
        }
        result.push(point);
    }
    if done < most {
        result.push_wtf8(&new);
    }
    vm.wtf8(result)
}

fn strip_with(vm: &mut Vm, args: Args, left: bool, right: bool, name: &str) -> R<H> {
    let set: Option<Vec<CodePoint>> = match args.opt(vm, 1).filter(|h| !vm.is_none(*h)) {
        Some(h) if vm.text(h).is_none() => return Err(vm.type_error(format!("{name} arg must be None or str"))),
        Some(h) => Some(text(vm, h).code_points().collect()),
        None => None,
    };
    let gone = |point: CodePoint| match &set {
        Some(set) => set.contains(&point),
        None => point.is_char_and(classify::is_space),
    };
    let mut rest = text(vm, args.h(0));
    if left {
        rest = rest.trim_start_matches(gone);
    }
    if right {
        rest = rest.trim_end_matches(gone);
    }
    let rest = rest.to_owned();
    vm.wtf8(rest)
}

fn strip(vm: &mut Vm, args: Args) -> R<H> {
    strip_with(vm, args, true, true, "strip")
}

fn lstrip(vm: &mut Vm, args: Args) -> R<H> {
    strip_with(vm, args, true, false, "lstrip")
}

fn rstrip(vm: &mut Vm, args: Args) -> R<H> {
    strip_with(vm, args, false, true, "rstrip")
}

// ---- filling

fn pad(vm: &mut Vm, args: Args, share: fn(usize, usize) -> usize) -> R<H> {
    let width = vm.index_i64(args.h(1))?.max(0) as usize;
    let fill = match args.opt(vm, 2) {
        None => CodePoint::from_char(' '),
        Some(h) => {
            let mut points = want(vm, h, "The fill character")?.code_points();
            match (points.next(), points.next()) {
                (Some(point), None) => point,
                _ => return Err(vm.type_error("The fill character must be exactly one character long")),
            }
        }
    };
    let missing = width.saturating_sub(chars(vm, args.h(0)));
    vm.reserve(missing.saturating_mul(4))?;
    let left = share(missing, width);
    let mut result = Wtf8Buf::new();
    (0..left).for_each(|_| result.push(fill));
    result.push_wtf8(text(vm, args.h(0)));
    (left..missing).for_each(|_| result.push(fill));
    vm.wtf8(result)
}

fn ljust(vm: &mut Vm, args: Args) -> R<H> {
    pad(vm, args, |_, _| 0)
}

fn rjust(vm: &mut Vm, args: Args) -> R<H> {
    pad(vm, args, |missing, _| missing)
}

fn center(vm: &mut Vm, args: Args) -> R<H> {
    pad(vm, args, |missing, width| missing / 2 + (missing & width & 1))
}

fn zfill(vm: &mut Vm, args: Args) -> R<H> {
    let width = vm.index_i64(args.h(1))?.max(0) as usize;
    let missing = width.saturating_sub(chars(vm, args.h(0)));
    vm.reserve(missing)?;
    let all = text(vm, args.h(0));
    let sign = usize::from(all.as_bytes().first().is_some_and(|byte| matches!(byte, b'+' | b'-')));
    let mut result = part(all, 0..sign);
    result.push_str(&"0".repeat(missing));
    result.push_wtf8(&part(all, sign..all.len()));
    vm.wtf8(result)
}

fn expandtabs(vm: &mut Vm, args: Args) -> R<H> {
    let size = args.opt(vm, 1).map_or(Ok(8), |h| vm.index_i64(h))?.max(0) as usize;
    let (mut result, mut column) = (Wtf8Buf::new(), 0);
    for point in text(vm, args.h(0)).code_points() {
        match point.to_char() {
            Some('\t') => {
                let count = if size == 0 { 0 } else { size - column % size };
                result.push_str(&" ".repeat(count));
                column += count;
            }
            c => {
                column = if matches!(c, Some('\n' | '\r')) { 0 } else { column + 1 };
                result.push(point);
            }
        }
    }
    vm.wtf8(result)
}

// ---- encoding, formatting, translating

fn encode(vm: &mut Vm, args: Args) -> R<H> {
    crate::objects::bytes::codec::encode(vm, args.h(0), args.opt(vm, 1), args.opt(vm, 2))
}

fn format_spec(vm: &mut Vm, args: Args) -> R<H> {
    vm.format_builtin(args.h(0), args.h(1))
}

fn translate(vm: &mut Vm, args: Args) -> R<H> {
    let points: Vec<CodePoint> = text(vm, args.h(0)).code_points().collect();
    let mut result = Wtf8Buf::new();
    for point in points {
        let mark = vm.mark();
        let key = vm.size(point.to_u32() as usize);
        let found = match vm.get_item(args.h(1), key) {
            Ok(h) => Some(h),
            Err(_) if vm.pending_is(k::LOOKUP_ERROR) => {
                vm.set(k::PENDING, Value::NULL);
                None
            }
            Err(raised) => return Err(raised),
        };
        match found {
            None => result.push(point),
            Some(h) if vm.is_none(h) => {}
            Some(h) => match (vm.text(h), vm.as_i64(h)) {
                (Some(text), _) => result.push_wtf8(text),
                (None, Some(code)) => match u32::try_from(code).ok().and_then(CodePoint::from_u32) {
                    Some(point) => result.push(point),
                    None => return Err(vm.value_error("character mapping must be in range(0x110000)")),
                },
                _ => return Err(vm.type_error("character mapping must return integer, None or str")),
            },
        }
        vm.cut(mark);
    }
    vm.wtf8(result)
}

fn maketrans(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.dict()?;
    let Some(to) = args.opt(vm, 1) else {
        let keys = vm.mapping_keys(args.h(0))?;
        for i in 0..vm.count(keys) {
            let key = vm.item(keys, i).expect("counted");
            let value = vm.get_item(args.h(0), key)?;
            let first = vm.text(key).and_then(|text| text.code_points().next());
            let key = match first {
                Some(point) if chars(vm, key) == 1 => vm.size(point.to_u32() as usize),
                Some(_) => return Err(vm.value_error("string keys in translate table must be of length 1")),
                None => key,
            };
            vm.dict_set(dict, key, value)?;
        }
        return Ok(dict);
    };
    let from: Vec<CodePoint> = want(vm, args.h(0), "maketrans() argument 1")?.code_points().collect();
    let to: Vec<CodePoint> = want(vm, to, "maketrans() argument 2")?.code_points().collect();
    if from.len() != to.len() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    for (a, b) in from.into_iter().zip(to) {
        let (key, value) = (vm.size(a.to_u32() as usize), vm.size(b.to_u32() as usize));
        vm.dict_set(dict, key, value)?;
    }
    if let Some(gone) = args.opt(vm, 2) {
        let gone: Vec<CodePoint> = want(vm, gone, "maketrans() argument 3")?.code_points().collect();
        for point in gone {
            let key = vm.size(point.to_u32() as usize);
            vm.dict_set(dict, key, k::NONE)?;
        }
    }
    Ok(dict)
}

fn getnewargs(vm: &mut Vm, args: Args) -> R<H> {
    let copy = to_str(vm, args)?;
    vm.tuple(&[copy])
}

pub(crate) static METHODS: [NativeDef; 65] = [
    def("__new__", "cls :object= :encoding= :errors=", new),
    def("__repr__", "self", repr),
    def("__str__", "self", to_str),
    def("__hash__", "self", hash),
    def("__len__", "self", len),
    def("__iter__", "self", iter),
    def("__getitem__", "self key", getitem),
    def("__contains__", "self item", contains),
    def("__add__", "self other", add),
    def("__mul__", "self count", mul),
    def("__rmul__", "self count", mul),
    def("__mod__", "self values", crate::objects::percent::of_str),
    def("__rmod__", "self other", crate::objects::percent::of_str_reflected),
    def("__format__", "self spec", format_spec),
    def("__getnewargs__", "self", getnewargs),
    def("__lt__", "self other", lt),
    def("__le__", "self other", le),
    def("__eq__", "self other", eq),
    def("__ne__", "self other", ne),
    def("__gt__", "self other", gt),
    def("__ge__", "self other", ge),
    def("lower", "self", lower),
    def("upper", "self", upper),
    def("casefold", "self", casefold),
    def("capitalize", "self", capitalize),
    def("title", "self", title),
    def("swapcase", "self", swapcase),
    def("isalpha", "self", isalpha),
    def("isalnum", "self", isalnum),
    def("isdecimal", "self", isdecimal),
    def("isdigit", "self", isdigit),
    def("isnumeric", "self", isnumeric),
    def("isspace", "self", isspace),
    def("isascii", "self", isascii),
    def("isprintable", "self", isprintable),
    def("islower", "self", islower),
    def("isupper", "self", isupper),
    def("istitle", "self", istitle),
    def("isidentifier", "self", isidentifier),
    def("find", "self sub start= end=", find),
    def("rfind", "self sub start= end=", rfind),
    def("index", "self sub start= end=", index),
    def("rindex", "self sub start= end=", rindex),
    def("count", "self sub start= end=", count),
    def("startswith", "self prefix start= end=", startswith),
    def("endswith", "self suffix start= end=", endswith),
    def("removeprefix", "self prefix", removeprefix),
    def("removesuffix", "self suffix", removesuffix),
    def("split", "self :sep= :maxsplit=", split),
    def("rsplit", "self :sep= :maxsplit=", rsplit),
    def("splitlines", "self :keepends=", splitlines),
    def("partition", "self sep", partition),
    def("rpartition", "self sep", rpartition),
    def("join", "self iterable", join),
    def("replace", "self old new :count=", replace),
    def("strip", "self chars=", strip),
    def("lstrip", "self chars=", lstrip),
    def("rstrip", "self chars=", rstrip),
    def("ljust", "self width fillchar=", ljust),
    def("rjust", "self width fillchar=", rjust),
    def("center", "self width fillchar=", center),
    def("zfill", "self width", zfill),
    def("expandtabs", "self :tabsize=", expandtabs),
    def("encode", "self :encoding= :errors=", encode),
    def("translate", "self table", translate),
];

pub(crate) static MORE_METHODS: [NativeDef; 3] = [
    def("format", "self *args **kw", crate::objects::str_format::format),
    def("format_map", "self mapping", crate::objects::str_format::format_map),
    def("maketrans", "x y= z=", maketrans),
];
