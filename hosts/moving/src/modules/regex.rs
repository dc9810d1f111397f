//! `_regex`: a backtracking matcher for regular expressions; `re` builds its classes on it.

use super::Native;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::vm::{Args, NativeDef, R, Vm};
use rustpython_unicode::{case, classify};
use std::iter::Peekable;
use std::vec::IntoIter;

const IGNORE_CASE: i64 = 2;
const MULTILINE: i64 = 8;
const DOT_ALL: i64 = 16;
const VERBOSE: i64 = 64;
const ASCII: i64 = 256;

#[derive(Debug, Clone)]
enum Item {
    Range(char, char),
    Class(char),
}

#[derive(Debug, Clone)]
enum Node {
    Char(char),
    Any,
    Set(Vec<Item>, bool),
    /// `^ $ \A \Z \b \B`, by their letter.
    Place(char),
    Group(Option<usize>, Box<Node>),
    Alternatives(Vec<Node>),
    Sequence(Vec<Node>),
    Repeat {
        node: Box<Node>,
        least: usize,
        most: usize,
        greedy: bool,
    },
    Back(usize),
    Look {
        node: Box<Node>,
        ahead: bool,
        wanted: bool,
    },
}

struct Program {
    node: Node,
    flags: i64,
    groups: usize,
    names: Vec<(String, usize)>,
}

struct Parser {
    rest: Peekable<IntoIter<char>>,
    flags: i64,
    groups: usize,
    names: Vec<(String, usize)>,
}

/// What is wrong with a pattern.
struct Wrong(String);

type Parsed<T> = Result<T, Wrong>;

fn wrong<T>(message: impl Into<String>) -> Parsed<T> {
    Err(Wrong(message.into()))
}

impl Parser {
    fn alternatives(&mut self) -> Parsed<Node> {
        let mut all = vec![self.sequence()?];
        while self.rest.next_if_eq(&'|').is_some() {
            all.push(self.sequence()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Alternatives(all) })
    }

    fn sequence(&mut self) -> Parsed<Node> {
        let mut all = Vec::new();
        while let Some(c) = self.rest.next_if(|c| !matches!(c, '|' | ')')) {
            if self.flags & VERBOSE != 0 && (c.is_whitespace() || c == '#') {
                while c == '#' && self.rest.next_if(|c| *c != '\n').is_some() {}
                continue;
            }
            let Some(node) = self.atom(c)? else { continue };
            all.push(self.quantified(node)?);
        }
        Ok(Node::Sequence(all))
    }

    fn atom(&mut self, c: char) -> Parsed<Option<Node>> {
        Ok(Some(match c {
            '.' => Node::Any,
            '^' | '$' => Node::Place(c),
            '[' => self.set()?,
            '(' => return self.group(),
            '*' | '+' | '?' => return wrong("nothing to repeat"),
            '\\' => self.escape()?,
            other => Node::Char(other),
        }))
    }

    fn escape(&mut self) -> Parsed<Node> {
        let Some(c) = self.rest.next() else { return wrong("bad escape (end of pattern)") };
        Ok(match c {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => Node::Set(vec![Item::Class(c)], false),
            'A' | 'Z' | 'z' | 'b' | 'B' => Node::Place(c),
            '1'..='9' => {
                let mut number = c.to_digit(10).unwrap_or(0) as usize;
                if let Some(d) = self.rest.next_if(char::is_ascii_digit) {
                    number = number * 10 + d.to_digit(10).unwrap_or(0) as usize;
                }
                if number > self.groups {
                    return wrong(format!("invalid group reference {number}"));
                }
                Node::Back(number)
            }
            c => Node::Char(self.char_escape(c)?),
        })
    }

    /// The character that an escape stands for.
    fn char_escape(&mut self, c: char) -> Parsed<char> {
        let digits = match c {
            'n' => return Ok('\n'),
            't' => return Ok('\t'),
            'r' => return Ok('\r'),
            'f' => return Ok('\x0C'),
            'v' => return Ok('\x0B'),
            'a' => return Ok('\x07'),
            '0' => return Ok('\0'),
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c if c.is_ascii_alphabetic() => return wrong(format!("bad escape \\{c}")),
            c => return Ok(c),
        };
        let text: String = (0..digits).filter_map(|_| self.rest.next_if(char::is_ascii_hexdigit)).collect();
        let code = u32::from_str_radix(&text, 16).ok().filter(|_| text.len() == digits).and_then(char::from_u32);
        code.map_or_else(|| wrong(format!("incomplete escape \\{c}{text}")), Ok)
    }

    fn set(&mut self) -> Parsed<Node> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut items = Vec::new();
        let mut first = true;
        loop {
            let Some(c) = self.rest.next() else { return wrong("unterminated character set") };
            if c == ']' && !first {
                return Ok(Node::Set(items, negated));
            }
            first = false;
            let low = self.set_char(c)?;
            let Ok(low) = low else {
                items.extend(low.err().map(Item::Class));
                continue;
            };
            if self.rest.next_if_eq(&'-').is_none() {
                items.push(Item::Range(low, low));
                continue;
            }
            match self.rest.next() {
                Some(']') => {
                    items.extend([Item::Range(low, low), Item::Range('-', '-')]);
                    return Ok(Node::Set(items, negated));
                }
                Some(c) => match self.set_char(c)? {
                    Ok(high) if high >= low => items.push(Item::Range(low, high)),
                    Ok(high) => return wrong(format!("bad character range {low}-{high}")),
                    Err(class) => return wrong(format!("bad character range {low}-\\{class}")),
                },
                None => return wrong("unterminated character set"),
            }
        }
    }

    /// A character in a set, or the letter of a class.
    fn set_char(&mut self, c: char) -> Parsed<Result<char, char>> {
        if c != '\\' {
            return Ok(Ok(c));
        }
        match self.rest.next() {
            Some(c @ ('d' | 'D' | 'w' | 'W' | 's' | 'S')) => Ok(Err(c)),
            Some('b') => Ok(Ok('\x08')),
            Some(c) => self.char_escape(c).map(Ok),
            None => wrong("unterminated character set"),
        }
    }

    fn group(&mut self) -> Parsed<Option<Node>> {
        let mut number = None;
        let mut look = None;
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next() {
                Some(':') => {}
                Some('=') => look = Some((true, true)),
                Some('!') => look = Some((true, false)),
                Some('P') if self.rest.peek() == Some(&'=') => {
                    self.rest.next();
                    let name = self.until(')')?;
                    return match self.names.iter().find(|(other, _)| *other == name) {
                        Some((_, number)) => Ok(Some(Node::Back(*number))),
                        None => wrong(format!("unknown group name '{name}'")),
                    };
                }
                Some('P') if self.rest.next_if_eq(&'<').is_some() => {
                    let name = self.until('>')?;
                    self.groups += 1;
                    number = Some(self.groups);
                    self.names.push((name, self.groups));
                }
                Some('<') => match self.rest.next() {
                    Some('=') => look = Some((false, true)),
                    Some('!') => look = Some((false, false)),
                    _ => return wrong("unknown extension ?<"),
                },
                Some('#') => {
                    self.until(')')?;
                    return Ok(None);
                }
                Some(c @ ('i' | 'm' | 's' | 'x' | 'a' | 'u')) => {
                    let rest = self.until(')')?;
                    for c in std::iter::once(c).chain(rest.chars()) {
                        self.flags |= match c {
                            'i' => IGNORE_CASE,
                            'm' => MULTILINE,
                            's' => DOT_ALL,
                            'x' => VERBOSE,
                            'a' => ASCII,
                            'u' => 32,
                            other => {
                                return wrong(format!(
                                    "flags for a part of a pattern are not implemented on this host: {other}"
                                ));
                            }
                        };
                    }
                    return Ok(None);
                }
                other => return wrong(format!("unknown extension ?{}", other.map(String::from).unwrap_or_default())),
            }
        } else {
            self.groups += 1;
            number = Some(self.groups);
        }
        let inner = Box::new(self.alternatives()?);
        if self.rest.next().is_none() {
            return wrong("missing ), unterminated subpattern");
        }
        Ok(Some(match look {
            Some((ahead, wanted)) => Node::Look { node: inner, ahead, wanted },
            None => Node::Group(number, inner),
        }))
    }

    fn until(&mut self, end: char) -> Parsed<String> {
        let mut text = String::new();
        loop {
            match self.rest.next() {
                Some(c) if c == end => return Ok(text),
                Some(c) => text.push(c),
                None => return wrong(format!("missing {end}, unterminated name")),
            }
        }
    }

    fn quantified(&mut self, node: Node) -> Parsed<Node> {
        while self.flags & VERBOSE != 0 && self.rest.next_if(|c| c.is_whitespace()).is_some() {}
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => match self.counts() {
                Some(counts) => counts,
                None => return Ok(node),
            },
            _ => return Ok(node),
        };
        if self.rest.peek().is_some_and(|c| matches!(c, '*' | '+' | '?' | '}')) {
            self.rest.next();
        }
        if least > most {
            return wrong("min repeat greater than max repeat");
        }
        let greedy = self.rest.next_if_eq(&'?').is_none();
        if self.rest.peek().is_some_and(|c| matches!(c, '*' | '+')) {
            return wrong("multiple repeat");
        }
        Ok(Node::Repeat { node: Box::new(node), least, most, greedy })
    }

    /// `{m,n}`, up to the closing brace; None if the brace is an ordinary character.
    fn counts(&mut self) -> Option<(usize, usize)> {
        let mut ahead = self.rest.clone();
        ahead.next();
        let mut text = String::new();
        while let Some(c) = ahead.next_if(|c| c.is_ascii_digit() || *c == ',') {
            text.push(c);
        }
        if ahead.peek() != Some(&'}') || text.is_empty() {
            return None;
        }
        let counts = match text.split_once(',') {
            None => text.parse().ok().map(|n| (n, n)),
            Some((low, high)) => {
                let low = if low.is_empty() { Some(0) } else { low.parse().ok() };
                let high = if high.is_empty() { Some(usize::MAX) } else { high.parse().ok() };
                low.zip(high)
            }
        }?;
        self.rest = ahead;
        Some(counts)
    }
}

type Spans = Vec<Option<(usize, usize)>>;

struct Matcher<'a> {
    text: &'a [char],
    flags: i64,
}

impl Matcher<'_> {
    fn has(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }

    fn is_word(&self, c: char) -> bool {
        c == '_' || if self.has(ASCII) { c.is_ascii_alphanumeric() } else { classify::is_alnum(c) }
    }

    fn in_class(&self, class: char, c: char) -> bool {
        let ascii = self.has(ASCII);
        let member = match class.to_ascii_lowercase() {
            'd' if ascii => c.is_ascii_digit(),
            'd' => classify::is_decimal(c),
            's' if ascii => matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0B' | '\x0C'),
            's' => classify::is_space(c),
            _ => self.is_word(c),
        };
        member != class.is_ascii_uppercase()
    }

    /// Whether one character matches; None if the node is not about one character.
    fn single(&self, node: &Node, c: char) -> Option<bool> {
        let fold = |c: char| if self.has(IGNORE_CASE) { case::simple_lowercase(c) } else { c };
        match node {
            Node::Char(other) => Some(fold(*other) == fold(c)),
            Node::Any => Some(c != '\n' || self.has(DOT_ALL)),
            Node::Set(items, negated) => {
                let holds = |c: char| {
                    items.iter().any(|item| match item {
                        Item::Range(low, high) => (*low..=*high).contains(&c),
                        Item::Class(class) => self.in_class(*class, c),
                    })
                };
                let either = holds(c) || self.has(IGNORE_CASE) && (holds(fold(c)) || holds(case::simple_uppercase(c)));
                Some(either != *negated)
            }
            _ => None,
        }
    }

    fn at_place(&self, place: char, at: usize) -> bool {
        let word = |i: Option<usize>| i.and_then(|i| self.text.get(i)).is_some_and(|c| self.is_word(*c));
        let boundary = word(at.checked_sub(1)) != word(Some(at));
        match place {
            'A' => at == 0,
            'Z' | 'z' => at == self.text.len(),
            '^' => at == 0 || self.has(MULTILINE) && self.text[at - 1] == '\n',
            '$' => {
                let end = self.text.len();
                at == end || self.text[at] == '\n' && (at + 1 == end || self.has(MULTILINE))
            }
            'b' => boundary,
            _ => !boundary,
        }
    }

    /// Matches `node` at `at`; `then` is asked at each possible end, and says whether the rest matches.
    fn run(&self, node: &Node, at: usize, spans: &mut Spans, then: &mut dyn FnMut(usize, &mut Spans) -> bool) -> bool {
        match node {
            Node::Char(_) | Node::Any | Node::Set(..) => {
                let holds = self.text.get(at).is_some_and(|c| self.single(node, *c) == Some(true));
                holds && then(at + 1, spans)
            }
            Node::Place(place) => self.at_place(*place, at) && then(at, spans),
            Node::Sequence(all) => self.sequence(all, at, spans, then),
            Node::Alternatives(all) => all.iter().any(|one| self.run(one, at, spans, then)),
            Node::Group(None, inner) => self.run(inner, at, spans, then),
            Node::Group(Some(number), inner) => {
                let before = spans[*number];
                let found = self.run(inner, at, spans, &mut |end, spans| {
                    let old = spans[*number].replace((at, end));
                    then(end, spans) || {
                        spans[*number] = old;
                        false
                    }
                });
                if !found {
                    spans[*number] = before;
                }
                found
            }
            Node::Back(number) => {
                let Some((start, end)) = spans[*number] else { return false };
                let length = end - start;
                let same = self.text.get(at..at + length).is_some_and(|part| part == &self.text[start..end]);
                same && then(at + length, spans)
            }
            Node::Look { node, ahead: true, wanted } => {
                let mut inner = spans.clone();
                let found = self.run(node, at, &mut inner, &mut |_, _| true);
                if found && *wanted {
                    *spans = inner;
                }
                found == *wanted && then(at, spans)
            }
            Node::Look { node, ahead: false, wanted } => {
                let mut inner = spans.clone();
                let found = (0..=at).rev().any(|start| self.run(node, start, &mut inner, &mut |end, _| end == at));
                found == *wanted && then(at, spans)
            }
            Node::Repeat { node, least, most, greedy } => self.repeat(node, (*least, *most, *greedy), at, spans, then),
        }
    }

    fn sequence(
        &self,
        all: &[Node],
        at: usize,
        spans: &mut Spans,
        then: &mut dyn FnMut(usize, &mut Spans) -> bool,
    ) -> bool {
        match all {
            [] => then(at, spans),
            [first, rest @ ..] => self.run(first, at, spans, &mut |end, spans| self.sequence(rest, end, spans, then)),
        }
    }

    fn repeat(
        &self,
        node: &Node,
        (least, most, greedy): (usize, usize, bool),
        at: usize,
        spans: &mut Spans,
        then: &mut dyn FnMut(usize, &mut Spans) -> bool,
    ) -> bool {
        if matches!(node, Node::Char(_) | Node::Any | Node::Set(..)) {
            let holds = |c: &&char| self.single(node, **c) == Some(true);
            let count = self.text[at..].iter().take(most).take_while(holds).count();
            if count < least {
                return false;
            }
            return if greedy {
                (least..=count).rev().any(|n| then(at + n, spans))
            } else {
                (least..=count).any(|n| then(at + n, spans))
            };
        }
        if least == 0 && !greedy && then(at, spans) {
            return true;
        }
        let more = most > 0
            && self.run(node, at, spans, &mut |end, spans| {
                // An empty turn would go on for ever.
                let progress = end > at || least > 0;
                let counts = (least.saturating_sub(1), if most == usize::MAX { most } else { most - 1 }, greedy);
                progress && self.repeat(node, counts, end, spans, then)
            });
        more || least == 0 && greedy && then(at, spans)
    }
}

fn parse(pattern: &str, flags: i64) -> Parsed<Program> {
    let rest = pattern.chars().collect::<Vec<_>>().into_iter().peekable();
    let mut parser = Parser { rest, flags, groups: 0, names: Vec::new() };
    let node = parser.alternatives()?;
    if parser.rest.next().is_some() {
        return wrong("unbalanced parenthesis");
    }
    Ok(Program { node, flags: parser.flags, groups: parser.groups, names: parser.names })
}

fn program(vm: &mut Vm, args: Args) -> R<Program> {
    let (pattern, flags) = (vm.string(args.h(0)), vm.index_i64(args.h(1))?);
    parse(&pattern, flags).map_err(|Wrong(message)| vm.value_error(message))
}

/// `info(pattern, flags)`: how many groups, and the names as a dict.
fn info(vm: &mut Vm, args: Args) -> R<H> {
    let program = program(vm, args)?;
    let names = vm.dict()?;
    for (name, number) in &program.names {
        let number = vm.size(*number);
        vm.dict_set_str(names, name, number)?;
    }
    let (groups, flags) = (vm.size(program.groups), vm.int(program.flags)?);
    vm.tuple(&[groups, names, flags])
}

/// `find(pattern, flags, text, start, end, how)`: the spans of the groups or None. `how`: 0 search, 1 match, 2 fullmatch,
/// 3 search for what does not end at the start.
fn find(vm: &mut Vm, args: Args) -> R<H> {
    let program = program(vm, args)?;
    let text: Vec<char> =
        vm.text(args.h(2)).map(|text| text.code_points().map(|p| p.to_char_lossy()).collect()).unwrap_or_default();
    let (start, end, how) = (vm.index_i64(args.h(3))?, vm.index_i64(args.h(4))?, vm.index_i64(args.h(5))?);
    let end = (end.max(0) as usize).min(text.len());
    let matcher = Matcher { text: &text[..end], flags: program.flags };
    for at in start.max(0) as usize..=end {
        let mut spans: Spans = vec![None; program.groups + 1];
        let found = matcher.run(&program.node, at, &mut spans, &mut |stop, spans| {
            spans[0] = Some((at, stop));
            match how {
                2 => stop == end,
                // The last match was empty and ended here: this one has to go on.
                3 => stop > start.max(0) as usize,
                _ => true,
            }
        });
        if found {
            return spans_tuple(vm, &spans);
        }
        if matches!(how, 1 | 2) {
            break;
        }
    }
    Ok(k::NONE)
}

fn spans_tuple(vm: &mut Vm, spans: &Spans) -> R<H> {
    let mark = vm.mark();
    for span in spans {
        let inner = vm.mark();
        let (a, b) = match span {
            Some((a, b)) => (vm.size(*a), vm.size(*b)),
            None => (vm.int(-1)?, vm.int(-1)?),
        };
        let pair = vm.tuple(&[a, b])?;
        vm.keep(inner, pair);
    }
    vm.tuple_since(mark)
}

static FUNCTIONS: [NativeDef; 2] =
    [def("info", "pattern flags", info), def("find", "pattern flags text start end how", find)];

pub(super) static MODULE: Native = Native { name: "_regex", functions: &FUNCTIONS, classes: &[], more: None };
