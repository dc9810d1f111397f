//! Source that is no Python: decoding what a file holds, what SyntaxError says of it, and how that is shown.

use rustpython_compiler::parser::{LexicalErrorType, ParseErrorType};
use rustpython_compiler::{CompileError, TokenKind, codegen};

use crate::heap::H;
use crate::known as k;
use crate::value::Value;
use crate::vm::{R, Raised, Vm};

/// What a SyntaxError says: its class, its words, and where. Lines and columns count from 1.
struct Found {
    class: H,
    message: String,
    line: usize,
    column: Option<usize>,
    end: Option<(i64, i64)>,
}

impl Vm {
    /// The text of a source file. SyntaxError where it is not in its encoding.
    pub(crate) fn decode_source(&mut self, bytes: &[u8], file: &str) -> R<String> {
        let (bytes, marked) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => (rest, true),
            None => (bytes, false),
        };
        let declared = declared_encoding(bytes);
        let text = match declared.as_deref() {
            None | Some("utf-8" | "utf8") => std::str::from_utf8(bytes).map(str::to_owned),
            Some(name) if marked => return Err(self.plain_syntax_error(format!("encoding problem: {name} with BOM"))),
            Some("latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "iso-latin-1") => {
                Ok(bytes.iter().map(|&byte| char::from(byte)).collect())
            }
            Some("ascii" | "us-ascii") if bytes.is_ascii() => std::str::from_utf8(bytes).map(str::to_owned),
            Some(name) => return Err(self.plain_syntax_error(format!("encoding problem: {name}"))),
        };
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to();
                let line = 1 + bytes[..at].iter().filter(|&&byte| byte == b'\n').count();
                let message = match declared {
                    Some(_) => {
                        format!("(unicode error) 'utf-8' codec can't decode byte {:#04x} in position {at}", bytes[at])
                    }
                    None => format!(
                        "Non-UTF-8 code starting with '\\x{:02x}' in file {file} on line {line}, but no encoding declared; see \
                         https://peps.python.org/pep-0263/ for details",
                        bytes[at]
                    ),
                };
                return Err(self.plain_syntax_error(message));
            }
        };
        if let Some(at) = text.find('\0') {
            let line = 1 + text[..at].matches('\n').count();
            let message = "source code cannot contain null bytes".to_owned();
            let found = Found { class: k::SYNTAX_ERROR, message, line, column: None, end: None };
            let shown = text[..at].rsplit('\n').next().unwrap_or_default().to_owned();
            return Err(self.raise_found(&found, file, Some(shown)));
        }
        Ok(text)
    }

    /// A SyntaxError that says nothing of where.
    fn plain_syntax_error(&mut self, message: String) -> Raised {
        self.raise(k::SYNTAX_ERROR, message)
    }

    /// What the compiler says of source that it refuses.
    pub(crate) fn syntax_error(&mut self, error: &CompileError, source: &str, file: &str) -> Raised {
        if let CompileError::Codegen(inner) = error
            && matches!(inner.error, codegen::error::CodegenErrorType::RecursionError)
        {
            return self.raise(k::RECURSION_ERROR, "maximum recursion depth exceeded during compilation");
        }
        let (line, column) = error.python_location();
        let text = line_of(source, line);
        let (class, message) = class_and_message(error, source, line);
        let end = error.python_end_location().filter(|end| *end > (line, column));
        let end = end.map(|(line, column)| (line as i64, column as i64));
        // Of indentation CPython says where it ends, and no end.
        let (column, end) = match class {
            k::TAB_ERROR => (column, Some((line as i64, 0))),
            k::INDENTATION_ERROR if message == "unexpected indent" => {
                (margin(text.unwrap_or_default()).chars().count(), Some((line as i64, -1)))
            }
            k::INDENTATION_ERROR if message.starts_with("unindent") => (column, Some((line as i64, -1))),
            _ => (column, end),
        };
        let found = Found { class, message, line, column: Some(column), end };
        // Of what is refused after it was parsed CPython shows the line in the file, and a string has none.
        let shown = match error {
            CompileError::Codegen(_) if !std::path::Path::new(file).exists() => None,
            _ => text.map(|text| format!("{text}\n")),
        };
        self.raise_found(&found, file, shown)
    }

    fn raise_found(&mut self, found: &Found, file: &str, text: Option<String>) -> Raised {
        let made = (|| {
            let message = self.str(&*found.message)?;
            let file = self.str(file)?;
            let line = self.int(found.line as i64)?;
            let column = match found.column {
                Some(column) => self.int(column as i64)?,
                None => k::NONE,
            };
            let text = match text {
                Some(text) => self.str(text)?,
                None => k::NONE,
            };
            let mut details = vec![file, line, column, text];
            if let Some((line, column)) = found.end {
                details.push(self.int(line)?);
                details.push(self.int(column)?);
            }
            let details = self.tuple(&details)?;
            self.new_exception(found.class, &[message, details])
        })();
        match made {
            Ok(exception) => self.raise_object(exception),
            Err(raised) => raised,
        }
    }

    /// The lines about where, and what, for a SyntaxError; `None` for other exceptions.
    pub(crate) fn syntax_lines(&mut self, exception: H) -> R<Option<String>> {
        if !self.is_instance(exception, k::SYNTAX_ERROR) {
            return Ok(None);
        }
        let Some(data) = self.exception(exception) else { return Ok(None) };
        let fields = data.fields;
        let mark = self.mark();
        let [message, file, line, offset, text, end_line, end_offset] = fields.map(|field| {
            let field = if field.is_null() { Value::NONE } else { field };
            self.push(field)
        });
        let mut lines = String::new();
        let numbers = [line, offset, end_line, end_offset].map(|number| self.as_i64(number));
        let file = if self.is_none(file) { None } else { Some(self.to_str(file)?) };
        let file = file.map(|file| self.string(file));
        let mut suffix = String::new();
        match (&numbers[0], &file) {
            (Some(line), _) => lines += &format!("  File \"{}\", line {line}\n", file.as_deref().unwrap_or("<string>")),
            (None, Some(file)) => suffix = format!(" ({file})"),
            (None, None) => {}
        }
        if numbers[0].is_some() && self.text(text).is_some() {
            show_source(&mut lines, &self.string(text), numbers);
        }
        let message = if self.is_none(message) {
            "<no detail available>".to_owned()
        } else {
            let message = self.to_str(message)?;
            self.string(message)
        };
        let class = self.class(exception);
        let name = self.qualified_class_name(class)?;
        lines += &format!("{name}: {message}{suffix}");
        self.cut(mark);
        Ok(Some(lines))
    }

    /// `str()` of a SyntaxError: its message, and the file and the line if it knows them.
    pub(crate) fn syntax_error_text(&mut self, exception: H) -> R<H> {
        let Some(data) = self.exception(exception) else { return self.str("") };
        let [message, file, line, ..] = data.fields;
        let message = self.push(if message.is_null() { Value::NONE } else { message });
        let (file, line) = (self.push(file), self.push(line));
        let line = if self.get(line).is_null() { None } else { self.as_i64(line) };
        let file = if self.get(file).is_null() || self.text(file).is_none() { None } else { Some(self.string(file)) };
        let shown = self.to_str(message)?;
        let place = match (file.as_deref().map(|file| file.rsplit('/').next().unwrap_or(file)), line) {
            (Some(file), Some(line)) => format!(" ({file}, line {line})"),
            (Some(file), None) => format!(" ({file})"),
            (None, Some(line)) => format!(" (line {line})"),
            (None, None) => return Ok(shown),
        };
        let text = self.string(shown);
        self.str(text + &place)
    }
}

/// The source line, and carets below what is wrong in it.
fn show_source(lines: &mut String, text: &str, numbers: [Option<i64>; 4]) {
    let text = text.trim_end_matches('\n');
    let shown = text.trim_start_matches([' ', '\n', '\x0c']);
    *lines += &format!("    {shown}\n");
    let [line, Some(offset), end_line, end_offset] = numbers else { return };
    let len = text.chars().count() as i64;
    let offset = offset.min(len + 1);
    let mut end = match end_offset {
        _ if end_line.is_some() && end_line != line => len + 1,
        None | Some(0) => offset,
        Some(end) => end.min(len + 1),
    };
    if end <= offset {
        end = offset + 1;
    }
    let indent = (text.chars().count() - shown.chars().count()) as i64;
    let start = offset - 1 - indent;
    if start < 0 {
        return;
    }
    let before: String = shown.chars().take(start as usize).map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
    let padding = " ".repeat((start as usize).saturating_sub(before.chars().count()));
    *lines += &format!("    {before}{padding}{}\n", "^".repeat((end - offset) as usize));
}

fn margin(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn line_of(source: &str, line: usize) -> Option<&str> {
    source.split('\n').nth(line.checked_sub(1)?).map(|line| line.trim_end_matches('\r'))
}

/// The encoding that one of the first two lines declares, in lower case with dashes.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&byte| byte == b'\n').take(2) {
        let line = String::from_utf8_lossy(line);
        let Some(comment) = line.trim_start_matches([' ', '\t', '\x0c']).strip_prefix('#') else {
            if line.trim().is_empty() {
                continue;
            }
            return None;
        };
        let Some(at) = comment.find("coding") else { continue };
        let Some(name) = comment[at + "coding".len()..].strip_prefix([':', '=']) else { continue };
        let name = name.trim_start_matches([' ', '\t']);
        let end = name.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(name.len());
        if end > 0 {
            return Some(name[..end].to_ascii_lowercase().replace('_', "-"));
        }
    }
    None
}

/// Whether the line's margin and that of the one before cannot be compared: tabs in one, spaces in the other.
fn mixes_tabs(source: &str, line: usize) -> bool {
    let before = source.split('\n').take(line.saturating_sub(1)).filter(|line| !line.trim().is_empty()).last();
    let (own, before) = (margin(line_of(source, line).unwrap_or_default()), margin(before.unwrap_or_default()));
    !own.starts_with(before) && !before.starts_with(own)
}

/// CPython's class and words for what the compiler found in the line of this number.
fn class_and_message(error: &CompileError, source: &str, number: usize) -> (H, String) {
    let line = line_of(source, number).unwrap_or_default();
    let error = match error {
        CompileError::Codegen(error) => return (k::SYNTAX_ERROR, error.error.to_string()),
        CompileError::Parse(error) => &error.error,
    };
    let indentation = |message: &str| match mixes_tabs(source, number) {
        true => (k::TAB_ERROR, "inconsistent use of tabs and spaces in indentation".to_owned()),
        false => (k::INDENTATION_ERROR, message.to_owned()),
    };
    let message = match error {
        ParseErrorType::UnexpectedIndentation => return indentation("unexpected indent"),
        ParseErrorType::Lexical(LexicalErrorType::IndentationError) => {
            return indentation("unindent does not match any outer indentation level");
        }
        ParseErrorType::OtherError(message) => {
            let message = message.replace('`', "'");
            if message.to_ascii_lowercase().starts_with("expected an indented block") {
                return (k::INDENTATION_ERROR, with_small_letter(&message));
            }
            if message.starts_with("Expected 'except' or 'finally'") {
                return (k::SYNTAX_ERROR, "expected 'except' or 'finally' block".to_owned());
            }
            return (k::SYNTAX_ERROR, known_words(message));
        }
        ParseErrorType::ExpectedToken { expected: TokenKind::Colon, found } => missing_colon(*found, line),
        ParseErrorType::ExpectedToken { expected: TokenKind::Lpar, .. } if begins_with(line, &["def", "async def"]) => {
            "expected '('"
        }
        ParseErrorType::EmptyImportNames => "Expected one or more names after 'import'",
        ParseErrorType::EmptyTypeParams => "Type parameter list cannot be empty",
        ParseErrorType::UnparenthesizedGeneratorExpression => "Generator expression must be parenthesized",
        ParseErrorType::NonDefaultParamAfterDefaultParam => {
            "parameter without a default follows parameter with a default"
        }
        ParseErrorType::ParamAfterVarKeywordParam => "arguments cannot follow var-keyword argument",
        ParseErrorType::VarParameterWithDefault => "var-positional argument cannot have default value",
        ParseErrorType::PositionalAfterKeywordArgument => "positional argument follows keyword argument",
        ParseErrorType::PositionalAfterKeywordUnpacking => "positional argument follows keyword argument unpacking",
        ParseErrorType::InvalidArgumentUnpackingOrder => {
            "iterable argument unpacking follows keyword argument unpacking"
        }
        ParseErrorType::IterableUnpackingInComprehension => "iterable unpacking cannot be used in comprehension",
        ParseErrorType::ExpectedKeywordParam => "named arguments must follow bare *",
        ParseErrorType::ExpectedRealNumber => "real number required in complex literal",
        ParseErrorType::ExpectedImaginaryNumber => "imaginary number required in complex literal",
        ParseErrorType::Lexical(LexicalErrorType::LineContinuationError) => {
            "unexpected character after line continuation character"
        }
        ParseErrorType::Lexical(LexicalErrorType::UnrecognizedToken { tok }) if !tok.is_ascii() => {
            return (k::SYNTAX_ERROR, format!("invalid character '{tok}' (U+{:04X})", u32::from(*tok)));
        }
        ParseErrorType::Lexical(LexicalErrorType::UnrecognizedToken { .. }) => "invalid syntax",
        ParseErrorType::FStringError(_) | ParseErrorType::Lexical(_) => {
            return (k::SYNTAX_ERROR, with_small_letter(&error.to_string().replace('`', "'")));
        }
        _ => "invalid syntax",
    };
    (k::SYNTAX_ERROR, message.to_owned())
}

fn begins_with(line: &str, words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| line.trim_start().strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

/// Where CPython's grammar insists on the colon it says so; elsewhere only at the line's end.
fn missing_colon(found: TokenKind, line: &str) -> &'static str {
    let insists = begins_with(line, &["def", "async def", "else", "try", "finally"]);
    match found {
        TokenKind::Newline | TokenKind::EndOfFile | TokenKind::NonLogicalNewline => "expected ':'",
        _ if insists => "expected ':'",
        TokenKind::Equal => "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
        _ => "invalid syntax",
    }
}

/// The parser's own words, where they are not CPython's, say no more than "invalid syntax".
fn known_words(message: String) -> String {
    const NOT_CPYTHON: [&str; 7] =
        ["Expected ", "Unexpected ", "Got unexpected", "Only ", "Trailing comma", "Invalid ", "Exception missing"];
    const CPYTHON: [&str; 1] = ["Expected one or more names"];
    let is_theirs = NOT_CPYTHON.iter().any(|words| message.starts_with(words));
    if is_theirs && !CPYTHON.iter().any(|words| message.starts_with(words)) {
        return "invalid syntax".to_owned();
    }
    message
}

fn with_small_letter(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
