//! The tokens of a source, as the parser's crate finds them, for `modules/python/_tokenize.py`.

use rustpython_compiler::core::{Mode, SourceFileBuilder};
use rustpython_compiler::parser::{self, LexicalErrorType, ParseErrorType};
use rustpython_compiler::{CompileError, TokenKind};

use super::Native;
use crate::heap::H;
use crate::native::def;
use crate::vm::{Args, NativeDef, R, Vm};

/// The source by lines: a token's place is a line and a character in it.
struct Lines<'a> {
    source: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(source: &'a str) -> Lines<'a> {
        let after = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Lines { source, starts: std::iter::once(0).chain(after).collect() }
    }

    fn row(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    fn place(&self, offset: usize) -> (usize, usize) {
        let row = self.row(offset);
        (row, self.source[self.starts[row - 1]..offset].chars().count())
    }

    /// All of the lines that the token lies in.
    fn text(&self, from: usize, to: usize) -> &'a str {
        let end = self.starts.get(self.row(to)).copied().unwrap_or(self.source.len());
        &self.source[self.starts[self.row(from) - 1]..end]
    }

    /// Where the tokens are that end the source: on a line of their own.
    fn end(&self) -> (usize, usize) {
        let (row, column) = self.place(self.source.len());
        if column == 0 { (row, 0) } else { (row + 1, 0) }
    }
}

/// A token as `tokenize` shows it: its type's name, its text, from, to, its line.
type Shown<'a> = (&'static str, &'a str, (usize, usize), (usize, usize), &'a str);

/// The name of a token's type; the words of the language are names, and all the rest operators.
fn type_name(kind: TokenKind, text: &str) -> &'static str {
    match kind {
        TokenKind::Int | TokenKind::Float | TokenKind::Complex => "NUMBER",
        TokenKind::String => "STRING",
        TokenKind::FStringStart => "FSTRING_START",
        TokenKind::FStringMiddle => "FSTRING_MIDDLE",
        TokenKind::FStringEnd => "FSTRING_END",
        TokenKind::TStringStart => "TSTRING_START",
        TokenKind::TStringMiddle => "TSTRING_MIDDLE",
        TokenKind::TStringEnd => "TSTRING_END",
        TokenKind::Comment => "COMMENT",
        TokenKind::Newline => "NEWLINE",
        TokenKind::NonLogicalNewline => "NL",
        TokenKind::Indent => "INDENT",
        TokenKind::Dedent => "DEDENT",
        TokenKind::EndOfFile => "ENDMARKER",
        _ if text.starts_with(|first: char| first == '_' || first.is_alphabetic()) => "NAME",
        _ => "OP",
    }
}

fn show<'a>(lines: &Lines<'a>, kind: TokenKind, from: usize, to: usize, all: &mut Vec<Shown<'a>>) {
    let text = &lines.source[from..to];
    let name = type_name(kind, text);
    let (start, end) = (lines.place(from), lines.place(to));
    match name {
        "ENDMARKER" | "DEDENT" if from == lines.source.len() => all.push((name, "", lines.end(), lines.end(), "")),
        "DEDENT" => all.push((name, "", start, start, lines.text(from, from))),
        "NEWLINE" | "NL" => {
            let line = if text.is_empty() { "" } else { lines.text(from, from) };
            all.push((name, text, start, (start.0, start.1 + text.len().max(1)), line));
        }
        "FSTRING_MIDDLE" => show_middle(lines, from, to, all),
        _ => all.push((name, text, start, end, lines.text(from, to))),
    }
}

/// The text between two replacement fields: what comes after a doubled brace is a token of its own.
fn show_middle<'a>(lines: &Lines<'a>, mut from: usize, to: usize, all: &mut Vec<Shown<'a>>) {
    while from < to {
        let text = &lines.source[from..to];
        let doubled = text.find("{{").into_iter().chain(text.find("}}")).min();
        let end = doubled.map_or(to, |at| from + at + 1);
        let shown = &lines.source[from..end];
        all.push(("FSTRING_MIDDLE", shown, lines.place(from), lines.place(end), lines.text(from, end)));
        from = if doubled.is_some() { end + 1 } else { to };
    }
}

/// Whether the error is the lexer's, and not about a character that `tokenize` takes as an operator.
fn is_lexical(error: &parser::ParseError) -> bool {
    match &error.error {
        ParseErrorType::Lexical(LexicalErrorType::UnrecognizedToken { tok }) => !matches!(tok, '$' | '?' | '!'),
        ParseErrorType::Lexical(_) => true,
        _ => false,
    }
}

fn tokens(vm: &mut Vm, args: Args) -> R<H> {
    let source = vm.string(args.h(0));
    let parsed = parser::parse_unchecked(&source, parser::ParseOptions::from(parser::Mode::Module));
    if let Some(error) = parsed.errors().iter().find(|error| is_lexical(error)) {
        let file = SourceFileBuilder::new("<string>", &*source).finish();
        let error = CompileError::from_ruff_parse_error(error.clone(), &file, Mode::Exec);
        return Err(vm.syntax_error(&error, &source, "<string>"));
    }
    let lines = Lines::new(&source);
    let mut all = Vec::new();
    for token in parsed.tokens().iter() {
        let (kind, range) = token.as_tuple();
        show(&lines, kind, range.start().to_usize(), range.end().to_usize(), &mut all);
    }
    // The parser's crate has no token for the end.
    if all.last().is_none_or(|last| last.0 != "ENDMARKER") {
        all.push(("ENDMARKER", "", lines.end(), lines.end(), ""));
    }
    let start = vm.mark();
    for token in all {
        let mark = vm.mark();
        let made = shown(vm, token)?;
        vm.keep(mark, made);
    }
    vm.list_since(start)
}

fn shown(vm: &mut Vm, (name, text, from, to, line): Shown<'_>) -> R<H> {
    let place = |vm: &mut Vm, (row, column): (usize, usize)| {
        let both = [vm.size(row), vm.size(column)];
        vm.tuple(&both)
    };
    let fields = [vm.intern(name)?, vm.str(text)?, place(vm, from)?, place(vm, to)?, vm.str(line)?];
    vm.tuple(&fields)
}

static FUNCTIONS: [NativeDef; 1] = [def("tokens", "source", tokens)];

pub(super) static MODULE: Native = Native { name: "_tokenize_core", functions: &FUNCTIONS, classes: &[], more: None };
