//! How far a statement goes that is read line by line: what CPython's tokenizer and parser know of it before they ask for more.
//!
//! A line ends a simple statement unless a bracket, a string or a backslash goes on. A compound statement ends with an empty line, or
//! with one that cannot belong to it. What is wrong in a statement is its compiler's to say: here that is an end like any other.

/// A statement, as far as it is read.
#[derive(Default)]
pub(crate) struct Statement {
    text: Vec<u8>,
    /// What is open, the innermost last.
    open: Vec<Open>,
    /// The last line ends with a backslash, or with no newline.
    goes_on: bool,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Bracket,
    /// A field of an f-string, `{...`.
    Field,
    /// What is behind the colon of a field.
    Format,
    Text {
        quote: u8,
        triple: bool,
        formatted: bool,
    },
}

#[derive(Default, PartialEq, Eq)]
enum Kind {
    /// Nothing but a comment or space.
    #[default]
    Empty,
    Simple,
    Compound,
    /// Decorators, whose definition is still to come.
    Decorated,
}

impl Statement {
    /// What was read.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether there is nothing to run in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.kind == Kind::Empty
    }

    /// One more line; whether the statement is whole.
    pub(crate) fn read(&mut self, line: &[u8]) -> bool {
        let begins = self.open.is_empty() && !self.goes_on;
        let first = self.text.is_empty();
        self.text.extend_from_slice(line);
        self.goes_on = !line.ends_with(b"\n");
        if begins && is_blank(line) {
            // An empty line ends what has begun; spaces and comments are a part of a compound statement.
            return !self.goes_on && (first || matches!(line, b"\n" | b"\r\n"));
        }
        let ends = begins && self.begins_line(line);
        if !self.scan(line) {
            return true;
        }
        (ends || self.kind == Kind::Simple) && !self.goes_on && self.open.is_empty()
    }

    /// A logical line begins; whether the statement ends with it, as it cannot go on so.
    fn begins_line(&mut self, line: &[u8]) -> bool {
        let word = first_word(line);
        match self.kind {
            Kind::Empty => {
                self.kind = match word {
                    b"@" => Kind::Decorated,
                    _ if is_compound(word, line) => Kind::Compound,
                    _ => Kind::Simple,
                };
                false
            }
            Kind::Decorated if word == b"@" => false,
            Kind::Decorated => {
                self.kind = Kind::Compound;
                !matches!(word, b"def" | b"class" | b"async")
            }
            Kind::Compound => {
                let indented = matches!(line[0], b' ' | b'\t');
                !indented && !matches!(word, b"else" | b"elif" | b"except" | b"finally")
            }
            Kind::Simple => false,
        }
    }

    /// Go through a line, noting what opens and closes; `false` where it is clear that it is wrong.
    fn scan(&mut self, line: &[u8]) -> bool {
        let mut at = 0;
        while let Some(&byte) = line.get(at) {
            at += match self.open.last().copied() {
                Some(Open::Text { quote, triple, formatted }) => match byte {
                    b'\\' => 2,
                    b'\n' if !triple => return false,
                    b'{' if formatted && line.get(at + 1) == Some(&b'{') => 2,
                    b'{' if formatted => self.opens(Open::Field, 1),
                    _ if byte == quote && !triple => self.closes(1),
                    _ if line[at..].starts_with(&[quote; 3]) => self.closes(3),
                    _ => 1,
                },
                Some(Open::Format) => match byte {
                    b'{' => self.opens(Open::Field, 1),
                    b'}' => {
                        self.open.pop();
                        self.closes(1)
                    }
                    _ => 1,
                },
                inner => match byte {
                    b'#' => return true,
                    b'\\' if matches!(&line[at + 1..], b"\n" | b"\r\n") => {
                        self.goes_on = true;
                        return true;
                    }
                    b':' if inner == Some(Open::Field) => self.opens(Open::Format, 1),
                    b'(' | b'[' | b'{' => self.opens(Open::Bracket, 1),
                    b')' | b']' | b'}' if inner.is_none() => return false,
                    b')' | b']' | b'}' => self.closes(1),
                    b'\'' | b'"' => {
                        let triple = line[at..].starts_with(&[byte; 3]);
                        let formatted = is_formatted(&line[..at]);
                        self.opens(Open::Text { quote: byte, triple, formatted }, if triple { 3 } else { 1 })
                    }
                    _ => 1,
                },
            };
        }
        true
    }

    fn opens(&mut self, what: Open, length: usize) -> usize {
        self.open.push(what);
        length
    }

    fn closes(&mut self, length: usize) -> usize {
        self.open.pop();
        length
    }
}

/// Whether a line has nothing but space and a comment.
fn is_blank(line: &[u8]) -> bool {
    matches!(line.trim_ascii().first(), None | Some(b'#'))
}

fn first_word(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    let length = line.iter().take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'_').count();
    &line[..length.max(1).min(line.len())]
}

fn is_compound(word: &[u8], line: &[u8]) -> bool {
    match word {
        b"if" | b"while" | b"for" | b"try" | b"with" | b"def" | b"class" | b"async" => true,
        // A name like any other, unless a block follows.
        b"match" => line.split(|&byte| byte == b'#').next().is_some_and(|code| code.trim_ascii().ends_with(b":")),
        _ => false,
    }
}

/// Whether the prefix of a string, the end of `before`, makes it an f-string.
fn is_formatted(before: &[u8]) -> bool {
    let prefix = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic());
    prefix.clone().count() <= 2 && prefix.clone().any(|byte| byte.eq_ignore_ascii_case(&b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many lines of the text are read, and whether they are whole.
    fn lines(text: &str) -> (usize, bool) {
        let mut statement = Statement::default();
        let mut lines = text.split_inclusive('\n');
        let whole = lines.position(|line| statement.read(line.as_bytes()));
        whole.map_or((text.split_inclusive('\n').count(), false), |last| (last + 1, true))
    }

    #[test]
    fn a_line_is_a_simple_statement() {
        for text in
            ["1\n2\n", "x = {1: '#'}\n", "a; b\n", r"'\''", "# words", "  ", "", "match = 1", "x = 'it", "x = )"]
        {
            assert_eq!(lines(&format!("{text}\n2\n")), (1, true), "{text}");
        }
    }

    #[test]
    fn what_is_open_goes_on() {
        for text in ["(1 +\n2)\n", "x = 1 \\\n + 1\n", "'''a\n'''\n", "f'''{\n}'''\n", "[#]\n]\n"] {
            assert_eq!(lines(text), (2, true), "{text}");
        }
        assert_eq!(lines("1"), (1, false));
        assert_eq!(lines("x = (\n\n"), (2, false));
    }

    #[test]
    fn strings_with_fields_hold_strings() {
        for text in ["f'{x['a']}'", r#"f"{f("(")}""#, "f'{x:(>{w}}'", "f'{{('", "rf'{x!r:[}'", "b'('"] {
            assert_eq!(lines(&format!("{text}\n2\n")), (1, true), "{text}");
        }
    }

    #[test]
    fn an_empty_line_ends_a_block() {
        for text in ["if x:\n 1\n\n2\n", "def f(): 1\n \n\n", "@a\ndef f(): 1\n\n", "match x:\n case 1: 2\n\n"] {
            assert_eq!(lines(text), (3, true), "{text}");
        }
        assert_eq!(lines("if x:\n 1\nelse:\n# words\n 2\n\n"), (6, true));
        assert_eq!(lines("while x:\n  (\n\n)\n"), (4, false));
    }

    #[test]
    fn a_line_that_cannot_follow_ends_a_block() {
        assert_eq!(lines("if x:\n 1\n2\n3\n"), (3, true));
        assert_eq!(lines("@a\nx = 1\n"), (2, true));
    }
}
