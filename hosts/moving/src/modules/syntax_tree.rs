//! `compile(source, ..., PyCF_ONLY_AST)`: what the parser makes of the source, as nodes of `_ast`.
//!
//! A node of the parser becomes a [`Tree`], a node of Python's by name, which [`build`] makes objects of. Most fields have the same
//! name on both sides, so that [`node!`] takes a list of them.

use rustpython_compiler::ast::{self, Expr, Stmt};
use rustpython_compiler::core::{Mode, SourceFile, SourceFileBuilder};
use rustpython_compiler::{CompileError, codegen, parser};

use malachite_bigint::BigInt;
use num_traits::Num;
use rustpython_wtf8::Wtf8Buf;

use crate::heap::H;
use crate::known as k;
use crate::object::Body;
use crate::vm::{R, Vm};

/// A node and what it holds, before the objects are made.
enum Tree {
    None,
    Bool(bool),
    Ellipsis,
    Int(BigInt),
    Float(f64),
    Complex(f64, f64),
    Text(Wtf8Buf),
    Bytes(Vec<u8>),
    /// The one node of a class without fields: an operator, a context.
    Single(String),
    List(Vec<Tree>),
    Node(&'static str, Option<Span>, Vec<(&'static str, Tree)>),
    /// A node that Python's grammar of this version has not.
    Unknown(&'static str),
}

/// Byte offsets into the source: from, to.
type Span = (usize, usize);

/// The source, for places and for literals that are read again.
struct Source {
    file: SourceFile,
    /// Where lines begin.
    lines: Vec<usize>,
}

impl Source {
    fn new(source: &str, file: &str) -> Source {
        let starts = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Source { file: SourceFileBuilder::new(file, source).finish(), lines }
    }

    /// The line, from 1, and the byte in it.
    fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= offset);
        (line, offset - self.lines[line - 1])
    }

    /// Where a statement begins that has decorators until `from`.
    fn after(&self, mut from: usize) -> usize {
        let text = self.file.source_text().as_bytes();
        loop {
            match text.get(from) {
                Some(b'#') => from += text[from..].iter().take_while(|byte| **byte != b'\n').count(),
                Some(byte) if byte.is_ascii_whitespace() || *byte == b'\\' => from += 1,
                _ => return from,
            }
        }
    }
}

macro_rules! span {
    ($node:expr) => {
        Some(($node.range.start().to_usize(), $node.range.end().to_usize()))
    };
}

/// A node at its place: fields of the same name, then `name: what it is`.
macro_rules! node {
    ($s:ident, $e:expr, $name:expr $(, $field:ident)* $(; $($other:literal: $value:expr),* $(,)?)?) => {
        Tree::Node($name, span!($e), vec![$((stringify!($field), $e.$field.tree($s)),)* $($(($other, $value),)*)?])
    };
}

/// Becomes a [`Tree`].
trait Shown {
    fn tree(&self, s: &Source) -> Tree;
}

impl<T: Shown> Shown for [T] {
    fn tree(&self, s: &Source) -> Tree {
        Tree::List(self.iter().map(|item| item.tree(s)).collect())
    }
}

impl<T: Shown> Shown for Option<T> {
    fn tree(&self, s: &Source) -> Tree {
        self.as_ref().map_or(Tree::None, |inner| inner.tree(s))
    }
}

impl<T: Shown> Shown for Box<T> {
    fn tree(&self, s: &Source) -> Tree {
        (**self).tree(s)
    }
}

impl Shown for ast::Identifier {
    fn tree(&self, _: &Source) -> Tree {
        text(self.id.as_str())
    }
}

impl Shown for ast::name::Name {
    fn tree(&self, _: &Source) -> Tree {
        text(self.as_str())
    }
}

macro_rules! singles {
    ($($kind:ident)*) => {
        $(impl Shown for ast::$kind {
            fn tree(&self, _: &Source) -> Tree {
                Tree::Single(format!("{self:?}"))
            }
        })*
    };
}

singles! { Operator UnaryOp BoolOp CmpOp ExprContext }

fn text(text: &str) -> Tree {
    Tree::Text(text.into())
}

fn number(value: i64) -> Tree {
    Tree::Int(value.into())
}

fn list<T: Shown>(items: impl IntoIterator<Item = T>, s: &Source) -> Tree {
    Tree::List(items.into_iter().map(|item| item.tree(s)).collect())
}

impl<T: Shown> Shown for &T {
    fn tree(&self, s: &Source) -> Tree {
        (**self).tree(s)
    }
}

impl Shown for Expr {
    fn tree(&self, s: &Source) -> Tree {
        match self {
            Expr::BoolOp(e) => node!(s, e, "BoolOp", op, values),
            Expr::Named(e) => node!(s, e, "NamedExpr", target, value),
            Expr::BinOp(e) => node!(s, e, "BinOp", left, op, right),
            Expr::UnaryOp(e) => node!(s, e, "UnaryOp", op, operand),
            Expr::Lambda(e) => {
                let args =
                    e.parameters.as_ref().map_or_else(|| parameters(None, s), |given| parameters(Some(given), s));
                node!(s, e, "Lambda", body; "args": args)
            }
            Expr::If(e) => node!(s, e, "IfExp", test, body, orelse),
            Expr::Dict(e) => node!(s, e, "Dict";
                "keys": list(e.items.iter().map(|item| &item.key), s),
                "values": list(e.items.iter().map(|item| &item.value), s)),
            Expr::Set(e) => node!(s, e, "Set", elts),
            Expr::ListComp(e) => node!(s, e, "ListComp", elt, generators),
            Expr::SetComp(e) => node!(s, e, "SetComp", elt, generators),
            Expr::DictComp(e) if e.key.is_none() => Tree::Unknown("DictComp without a key"),
            Expr::DictComp(e) => node!(s, e, "DictComp", key, value, generators),
            Expr::Generator(e) => node!(s, e, "GeneratorExp", elt, generators),
            Expr::Await(e) => node!(s, e, "Await", value),
            Expr::Yield(e) => node!(s, e, "Yield", value),
            Expr::YieldFrom(e) => node!(s, e, "YieldFrom", value),
            Expr::Compare(e) => node!(s, e, "Compare", left, ops, comparators),
            Expr::Call(e) => {
                let span = (e.range_start.to_usize(), e.arguments.range.end().to_usize());
                let mut args = e.arguments.args.tree(s);
                if let (Tree::List(args), [Expr::Generator(only)]) = (&mut args, &*e.arguments.args)
                    && let [Tree::Node(_, place, _)] = &mut args[..]
                    && !only.parenthesized
                {
                    // The call's parentheses are the generator's.
                    *place = span!(e.arguments);
                }
                let fields = vec![("func", e.func.tree(s)), ("args", args), ("keywords", e.arguments.keywords.tree(s))];
                Tree::Node("Call", Some(span), fields)
            }
            Expr::FString(e) => node!(s, e, "JoinedStr"; "values": joined(e, s)),
            Expr::TString(_) => Tree::Unknown("TemplateStr"),
            Expr::StringLiteral(e) => {
                let value = Tree::Text(codegen::string_literal_value(&s.file, &e.value));
                node!(s, e, "Constant"; "value": value, "kind": kind(e.value.is_unicode()))
            }
            Expr::BytesLiteral(e) => constant(span!(e), Tree::Bytes(e.value.bytes().collect())),
            Expr::NumberLiteral(e) => constant(span!(e), numeral(&e.value)),
            Expr::BooleanLiteral(e) => constant(span!(e), Tree::Bool(e.value)),
            Expr::NoneLiteral(e) => constant(span!(e), Tree::None),
            Expr::EllipsisLiteral(e) => constant(span!(e), Tree::Ellipsis),
            Expr::Attribute(e) => node!(s, e, "Attribute", value, attr, ctx),
            Expr::Subscript(e) => node!(s, e, "Subscript", value, slice, ctx),
            Expr::Starred(e) => node!(s, e, "Starred", value, ctx),
            Expr::Name(e) => node!(s, e, "Name", id, ctx),
            Expr::List(e) => node!(s, e, "List", elts, ctx),
            Expr::Tuple(e) => node!(s, e, "Tuple", elts, ctx),
            Expr::Slice(e) => node!(s, e, "Slice", lower, upper, step),
            Expr::Constant(_) => Tree::Unknown("Constant that no source has"),
            Expr::IpyEscapeCommand(_) => Tree::Unknown("IpyEscapeCommand"),
        }
    }
}

fn constant(span: Option<Span>, value: Tree) -> Tree {
    Tree::Node("Constant", span, vec![("value", value), ("kind", Tree::None)])
}

fn kind(is_unicode: bool) -> Tree {
    if is_unicode { text("u") } else { Tree::None }
}

fn numeral(value: &ast::Number) -> Tree {
    match value {
        ast::Number::Int(int) => match int.as_i64() {
            Some(small) => number(small),
            None => digits(&int.to_string()),
        },
        ast::Number::Float(float) => Tree::Float(*float),
        ast::Number::Complex { real, imag } => Tree::Complex(*real, *imag),
    }
}

/// An int as it was written.
fn digits(written: &str) -> Tree {
    let (digits, radix) = match written.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&written[2..], 16),
        [b'0', b'o' | b'O', ..] => (&written[2..], 8),
        [b'0', b'b' | b'B', ..] => (&written[2..], 2),
        _ => (written, 10),
    };
    match BigInt::from_str_radix(&digits.replace('_', ""), radix) {
        Ok(value) => Tree::Int(value),
        Err(_) => Tree::Unknown("Constant: an int that is written in another way"),
    }
}

/// The values of a JoinedStr: literals that lie side by side become one.
#[derive(Default)]
struct Joined {
    values: Vec<Tree>,
    literal: Option<(Span, Wtf8Buf, bool)>,
}

impl Joined {
    fn literal(&mut self, span: Span, value: &Wtf8Buf, is_unicode: bool) {
        match &mut self.literal {
            Some((before, all, _)) => {
                before.1 = span.1;
                all.push_wtf8(value);
            }
            None => self.literal = Some((span, value.clone(), is_unicode)),
        }
    }

    fn value(&mut self, value: Tree) {
        self.end_literal();
        self.values.push(value);
    }

    fn end_literal(&mut self) {
        let Some((span, value, is_unicode)) = self.literal.take() else { return };
        if !value.is_empty() {
            let fields = vec![("value", Tree::Text(value)), ("kind", kind(is_unicode))];
            self.values.push(Tree::Node("Constant", Some(span), fields));
        }
    }

    fn elements<'a>(
        &mut self,
        elements: impl IntoIterator<Item = &'a ast::InterpolatedStringElement>,
        flags: ast::FStringFlags,
        s: &Source,
    ) {
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(e) => {
                    let value = codegen::interpolated_string_literal_value(&s.file, e, flags.into());
                    let span = (e.range.start().to_usize(), e.range.end().to_usize());
                    self.literal(span, &value, false);
                }
                ast::InterpolatedStringElement::Interpolation(e) => self.interpolation(e, flags, s),
            }
        }
    }

    fn interpolation(&mut self, e: &ast::InterpolatedElement, flags: ast::FStringFlags, s: &Source) {
        let mut conversion = e.conversion as i8;
        if let Some(written) = &e.debug_text {
            let text = format!("{}{}{}", written.leading(), written.expression(), written.trailing());
            let start = e.range.start().to_usize() + 1;
            self.literal((start, start + text.len()), &Wtf8Buf::from(text), false);
            if e.format_spec.is_none() && matches!(e.conversion, ast::ConversionFlag::None) {
                conversion = ast::ConversionFlag::Repr as i8;
            }
        }
        let format_spec = e.format_spec.as_ref().map_or(Tree::None, |spec| {
            let mut joined = Joined::default();
            joined.elements(spec.elements.iter(), flags, s);
            joined.end_literal();
            // The colon is the specification's.
            let span = (spec.range.start().to_usize() - 1, spec.range.end().to_usize());
            Tree::Node("JoinedStr", Some(span), vec![("values", Tree::List(joined.values))])
        });
        self.value(node!(s, e, "FormattedValue";
            "value": e.expression.tree(s), "conversion": number(conversion.into()), "format_spec": format_spec));
    }
}

fn joined(e: &ast::ExprFString, s: &Source) -> Tree {
    let mut joined = Joined::default();
    for part in e.value.iter() {
        match part {
            ast::FStringPart::Literal(e) => {
                let value = codegen::string_literal_part_value(&s.file, e);
                let span = (e.range.start().to_usize(), e.range.end().to_usize());
                joined.literal(span, &value, e.flags.prefix().is_unicode());
            }
            ast::FStringPart::FString(e) => joined.elements(e.elements.iter(), e.flags, s),
        }
    }
    joined.end_literal();
    Tree::List(joined.values)
}

impl Shown for ast::Comprehension {
    fn tree(&self, s: &Source) -> Tree {
        let fields = vec![
            ("target", self.target.tree(s)),
            ("iter", self.iter.tree(s)),
            ("ifs", self.ifs.tree(s)),
            ("is_async", number(self.is_async.into())),
        ];
        Tree::Node("comprehension", None, fields)
    }
}

impl Shown for ast::Keyword {
    fn tree(&self, s: &Source) -> Tree {
        node!(s, self, "keyword", arg, value)
    }
}

impl Shown for ast::Alias {
    fn tree(&self, s: &Source) -> Tree {
        node!(s, self, "alias", name, asname)
    }
}

impl Shown for ast::WithItem {
    fn tree(&self, s: &Source) -> Tree {
        let fields = vec![("context_expr", self.context_expr.tree(s)), ("optional_vars", self.optional_vars.tree(s))];
        Tree::Node("withitem", None, fields)
    }
}

impl Shown for ast::Parameter {
    fn tree(&self, s: &Source) -> Tree {
        // Without the stars in front.
        let span = (self.name.range.start().to_usize(), self.range.end().to_usize());
        let fields =
            vec![("arg", self.name.tree(s)), ("annotation", self.annotation.tree(s)), ("type_comment", Tree::None)];
        Tree::Node("arg", Some(span), fields)
    }
}

fn parameters(given: Option<&ast::Parameters>, s: &Source) -> Tree {
    let Some(given) = given else {
        let lists = ["posonlyargs", "args", "kwonlyargs", "kw_defaults", "defaults"];
        let mut fields: Vec<_> = lists.map(|name| (name, Tree::List(Vec::new()))).into();
        fields.extend([("vararg", Tree::None), ("kwarg", Tree::None)]);
        return Tree::Node("arguments", None, fields);
    };
    let names = |params: &[ast::ParameterWithDefault]| list(params.iter().map(|param| &param.parameter), s);
    let positional = given.posonlyargs.iter().chain(given.args.iter());
    let fields = vec![
        ("posonlyargs", names(&given.posonlyargs)),
        ("args", names(&given.args)),
        ("vararg", given.vararg.tree(s)),
        ("kwonlyargs", names(&given.kwonlyargs)),
        ("kw_defaults", list(given.kwonlyargs.iter().map(|param| &param.default), s)),
        ("kwarg", given.kwarg.tree(s)),
        ("defaults", list(positional.filter_map(|param| param.default.as_ref()), s)),
    ];
    Tree::Node("arguments", None, fields)
}

/// Where a definition begins: behind its decorators.
fn definition(start: usize, end: usize, decorators: &[ast::Decorator], s: &Source) -> Option<Span> {
    let start = decorators.last().map_or(start, |last| s.after(last.range.end().to_usize()));
    Some((start, end))
}

fn type_params(params: Option<&ast::TypeParams>, s: &Source) -> Tree {
    params.map_or(Tree::List(Vec::new()), |params| params.type_params.tree(s))
}

impl Shown for ast::TypeParam {
    fn tree(&self, s: &Source) -> Tree {
        match self {
            ast::TypeParam::TypeVar(p) => node!(s, p, "TypeVar", name, bound; "default_value": p.default.tree(s)),
            ast::TypeParam::ParamSpec(p) => node!(s, p, "ParamSpec", name; "default_value": p.default.tree(s)),
            ast::TypeParam::TypeVarTuple(p) => node!(s, p, "TypeVarTuple", name; "default_value": p.default.tree(s)),
        }
    }
}

impl Shown for Stmt {
    fn tree(&self, s: &Source) -> Tree {
        match self {
            Stmt::FunctionDef(e) => function(e, s),
            Stmt::ClassDef(e) => class(e, s),
            Stmt::Return(e) => node!(s, e, "Return", value),
            Stmt::Delete(e) => node!(s, e, "Delete", targets),
            Stmt::TypeAlias(e) => node!(s, e, "TypeAlias", name, value;
                "type_params": type_params(e.type_params.as_deref(), s)),
            Stmt::Assign(e) => node!(s, e, "Assign", targets, value; "type_comment": Tree::None),
            Stmt::AugAssign(e) => node!(s, e, "AugAssign", target, op, value),
            Stmt::AnnAssign(e) => {
                node!(s, e, "AnnAssign", target, annotation, value; "simple": number(e.simple.into()))
            }
            Stmt::For(e) => node!(s, e, if e.is_async { "AsyncFor" } else { "For" }, target, iter, body, orelse;
                "type_comment": Tree::None),
            Stmt::While(e) => node!(s, e, "While", test, body, orelse),
            Stmt::If(e) => node!(s, e, "If", test, body; "orelse": alternatives(&e.elif_else_clauses, s)),
            Stmt::With(e) => node!(s, e, if e.is_async { "AsyncWith" } else { "With" }, items, body;
                "type_comment": Tree::None),
            Stmt::Match(e) => node!(s, e, "Match", subject, cases),
            Stmt::Raise(e) => node!(s, e, "Raise", exc, cause),
            Stmt::Try(e) => {
                node!(s, e, if e.is_star { "TryStar" } else { "Try" }, body, handlers, orelse, finalbody)
            }
            Stmt::Assert(e) => node!(s, e, "Assert", test, msg),
            Stmt::Import(e) if e.is_lazy => Tree::Unknown("lazy Import"),
            Stmt::Import(e) => node!(s, e, "Import", names),
            Stmt::ImportFrom(e) if e.is_lazy => Tree::Unknown("lazy ImportFrom"),
            Stmt::ImportFrom(e) => node!(s, e, "ImportFrom", module, names; "level": number(e.level.into())),
            Stmt::Global(e) => node!(s, e, "Global", names),
            Stmt::Nonlocal(e) => node!(s, e, "Nonlocal", names),
            Stmt::Expr(e) => node!(s, e, "Expr", value),
            Stmt::Pass(e) => node!(s, e, "Pass"),
            Stmt::Break(e) => node!(s, e, "Break"),
            Stmt::Continue(e) => node!(s, e, "Continue"),
            Stmt::IpyEscapeCommand(_) => Tree::Unknown("IpyEscapeCommand"),
        }
    }
}

fn decorators(list: &[ast::Decorator], s: &Source) -> Tree {
    self::list(list.iter().map(|decorator| &decorator.expression), s)
}

fn function(e: &ast::StmtFunctionDef, s: &Source) -> Tree {
    let span = definition(e.range.start().to_usize(), e.range.end().to_usize(), &e.decorator_list, s);
    let fields = vec![
        ("name", e.name.tree(s)),
        ("args", parameters(Some(&e.parameters), s)),
        ("body", e.body.tree(s)),
        ("decorator_list", decorators(&e.decorator_list, s)),
        ("returns", e.returns.tree(s)),
        ("type_comment", Tree::None),
        ("type_params", type_params(e.type_params.as_deref(), s)),
    ];
    Tree::Node(if e.is_async { "AsyncFunctionDef" } else { "FunctionDef" }, span, fields)
}

fn class(e: &ast::StmtClassDef, s: &Source) -> Tree {
    let span = definition(e.range.start().to_usize(), e.range.end().to_usize(), &e.decorator_list, s);
    let none = || Tree::List(Vec::new());
    let (bases, keywords) = match &e.arguments {
        Some(given) => (given.args.tree(s), given.keywords.tree(s)),
        None => (none(), none()),
    };
    let fields = vec![
        ("name", e.name.tree(s)),
        ("bases", bases),
        ("keywords", keywords),
        ("body", e.body.tree(s)),
        ("decorator_list", decorators(&e.decorator_list, s)),
        ("type_params", type_params(e.type_params.as_deref(), s)),
    ];
    Tree::Node("ClassDef", span, fields)
}

/// `elif` is an `If` in the `else` of what comes before.
fn alternatives(clauses: &[ast::ElifElseClause], s: &Source) -> Tree {
    let Some((first, rest)) = clauses.split_first() else { return Tree::List(Vec::new()) };
    let Some(test) = &first.test else { return first.body.tree(s) };
    let end = clauses.last().map_or(first.range.end(), |last| last.range.end());
    let fields = vec![("test", test.tree(s)), ("body", first.body.tree(s)), ("orelse", alternatives(rest, s))];
    Tree::List(vec![Tree::Node("If", Some((first.range.start().to_usize(), end.to_usize())), fields)])
}

impl Shown for ast::ExceptHandler {
    fn tree(&self, s: &Source) -> Tree {
        let ast::ExceptHandler::ExceptHandler(e) = self;
        node!(s, e, "ExceptHandler", name, body; "type": e.type_.tree(s))
    }
}

impl Shown for ast::MatchCase {
    fn tree(&self, s: &Source) -> Tree {
        let fields =
            vec![("pattern", self.pattern.tree(s)), ("guard", self.guard.tree(s)), ("body", self.body.tree(s))];
        Tree::Node("match_case", None, fields)
    }
}

impl Shown for ast::Pattern {
    fn tree(&self, s: &Source) -> Tree {
        match self {
            ast::Pattern::MatchValue(p) => node!(s, p, "MatchValue", value),
            ast::Pattern::MatchSingleton(p) => node!(s, p, "MatchSingleton"; "value": match p.value {
                ast::Singleton::None => Tree::None,
                ast::Singleton::True => Tree::Bool(true),
                ast::Singleton::False => Tree::Bool(false),
            }),
            ast::Pattern::MatchSequence(p) => node!(s, p, "MatchSequence", patterns),
            ast::Pattern::MatchMapping(p) => node!(s, p, "MatchMapping", keys, patterns, rest),
            ast::Pattern::MatchClass(p) => node!(s, p, "MatchClass", cls;
                "patterns": p.arguments.patterns.tree(s),
                "kwd_attrs": list(p.arguments.keywords.iter().map(|keyword| &keyword.attr), s),
                "kwd_patterns": list(p.arguments.keywords.iter().map(|keyword| &keyword.pattern), s)),
            ast::Pattern::MatchStar(p) => node!(s, p, "MatchStar", name),
            ast::Pattern::MatchAs(p) => node!(s, p, "MatchAs", pattern, name),
            ast::Pattern::MatchOr(p) => node!(s, p, "MatchOr", patterns),
        }
    }
}

/// The syntax tree of `source`.
pub(crate) fn parse(vm: &mut Vm, source: &str, file: &str, mode: Mode) -> R<H> {
    let s = Source::new(source, file);
    let kind = match mode {
        Mode::Eval => parser::Mode::Expression,
        _ => parser::Mode::Module,
    };
    let parsed = rustpython_compiler::pre_parse_source_error(&s.file).and_then(|()| {
        parser::parse(source, parser::ParseOptions::from(kind))
            .map_err(|error| CompileError::from_ruff_parse_error(error, &s.file, mode))
    });
    let parsed = match parsed {
        Ok(parsed) => parsed.into_syntax(),
        Err(error) => return Err(vm.syntax_error(&error, source, file)),
    };
    let checked = rustpython_compiler::too_deeply_nested_error(&parsed, &s.file, vm.recursion_limit);
    if let Err(error) = checked {
        return Err(vm.syntax_error(&error, source, file));
    }
    let tree = match (&parsed, mode) {
        (ast::Mod::Expression(e), _) => Tree::Node("Expression", None, vec![("body", e.body.tree(&s))]),
        (ast::Mod::Module(e), Mode::Single) => Tree::Node("Interactive", None, vec![("body", e.body.tree(&s))]),
        (ast::Mod::Module(e), _) => {
            Tree::Node("Module", None, vec![("body", e.body.tree(&s)), ("type_ignores", Tree::List(Vec::new()))])
        }
    };
    let classes = vm.import_dotted("_ast")?;
    let classes = vm.instance_dict(classes)?;
    let singles = entry(vm, classes, "_singletons")?;
    Builder { classes, singles, source: &s }.build(vm, tree)
}

fn entry(vm: &mut Vm, dict: H, name: &str) -> R<H> {
    let key = vm.intern(name)?;
    match vm.dict_get(dict, key)? {
        Some(found) => Ok(found),
        None => Err(unknown(vm, name)),
    }
}

fn unknown(vm: &mut Vm, name: &str) -> crate::vm::Raised {
    vm.raise(k::NOT_IMPLEMENTED_ERROR, format!("the syntax tree's node {name} is not implemented on this host"))
}

/// Makes objects of a tree.
struct Builder<'a> {
    /// The namespace of `_ast`.
    classes: H,
    /// The nodes without fields, by name.
    singles: H,
    source: &'a Source,
}

impl Builder<'_> {
    fn build(&self, vm: &mut Vm, tree: Tree) -> R<H> {
        let mark = vm.mark();
        let made = match tree {
            Tree::None => k::NONE,
            Tree::Ellipsis => k::ELLIPSIS,
            Tree::Bool(value) => vm.bool(value),
            Tree::Int(value) => vm.bigint(value)?,
            Tree::Float(value) => vm.float(value)?,
            Tree::Complex(real, imag) => vm.alloc(k::COMPLEX, Body::Complex(real, imag))?,
            Tree::Text(text) => vm.wtf8(text)?,
            Tree::Bytes(bytes) => vm.bytes(bytes)?,
            Tree::Single(name) => entry(vm, self.singles, &name)?,
            Tree::Unknown(name) => return Err(unknown(vm, name)),
            Tree::List(items) => {
                let start = vm.mark();
                for item in items {
                    self.build(vm, item)?;
                }
                vm.list_since(start)?
            }
            Tree::Node(name, span, fields) => self.node(vm, name, span, fields)?,
        };
        Ok(vm.keep(mark, made))
    }

    fn node(&self, vm: &mut Vm, name: &str, span: Option<Span>, fields: Vec<(&'static str, Tree)>) -> R<H> {
        let class = entry(vm, self.classes, name)?;
        let node = vm.alloc(class, Body::Plain)?;
        let dict = vm.instance_dict(node)?;
        for (name, value) in fields {
            let mark = vm.mark();
            let value = self.build(vm, value)?;
            vm.dict_set_str(dict, name, value)?;
            vm.cut(mark);
        }
        let Some((from, to)) = span else { return Ok(node) };
        let (from, to) = (self.source.place(from), self.source.place(to));
        let place = [("lineno", from.0), ("col_offset", from.1), ("end_lineno", to.0), ("end_col_offset", to.1)];
        for (name, value) in place {
            let value = vm.size(value);
            vm.dict_set_str(dict, name, value)?;
        }
        Ok(node)
    }
}
