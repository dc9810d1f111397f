//! Calling builtin functions: their parameters are declared in a line of text, and brought into order here.
//!
//! Parameters are separated by spaces. `x` is required, `x=` optional (NULL if missing), `:x` and `:x=` may be given by keyword
//! as well, those after `*` only so; `*rest` takes the remaining positional arguments, `**kw` the remaining keywords as a dict.

use crate::heap::H;
use crate::known as k;
use crate::value::Value;
use crate::vm::{Args, NativeDef, NativeFn, R, Raised, Vm};

/// A row of a table of builtins.
pub(crate) const fn def(name: &'static str, params: &'static str, f: NativeFn) -> NativeDef {
    NativeDef { name, params, f }
}

/// One parameter.
struct Param<'a> {
    name: &'a str,
    optional: bool,
    keyword: bool,
    keyword_only: bool,
}

/// What a parameter line says.
struct Signature<'a> {
    params: Vec<Param<'a>>,
    positional: usize,
    rest: bool,
    kwargs: bool,
}

fn parse(line: &str) -> Signature<'_> {
    let mut signature = Signature { params: Vec::new(), positional: 0, rest: false, kwargs: false };
    let mut keyword_only = false;
    for word in line.split_ascii_whitespace() {
        match word {
            "*" => keyword_only = true,
            _ if word.starts_with("**") => signature.kwargs = true,
            _ if word.starts_with('*') => (signature.rest, keyword_only) = (true, true),
            _ => {
                let name = word.trim_start_matches(':').trim_end_matches('=');
                let keyword = word.starts_with(':') || keyword_only;
                let optional = word.ends_with('=');
                signature.params.push(Param { name, optional, keyword, keyword_only });
                signature.positional += usize::from(!keyword_only);
            }
        }
    }
    signature
}

/// Counts without building anything: required, positional, whether it is plain (nothing but positional parameters).
fn counts(line: &str) -> (usize, usize, bool) {
    let (mut required, mut positional) = (0, 0);
    for word in line.split_ascii_whitespace() {
        if word.starts_with('*') {
            return (0, 0, false);
        }
        positional += 1;
        required += usize::from(!word.ends_with('='));
    }
    (required, positional, true)
}

impl Vm {
    /// Calls a builtin with the `n` words from `base` on and the keyword values after them. `owner` is the class whose method it
    /// is, for messages.
    pub(crate) fn call_native(
        &mut self,
        def: &'static NativeDef,
        owner: Option<H>,
        base: usize,
        n: usize,
        kw: H,
    ) -> R<H> {
        let (required, positional, plain) = counts(def.params);
        let args = if plain && kw == k::NULL && (required..=positional).contains(&n) {
            let mut base = base;
            if n < positional {
                if self.mark() != base + n {
                    let top = self.mark();
                    self.heap.stack.extend_from_within(base..base + n);
                    base = top;
                }
                self.heap.stack.resize(base + positional, Value::NULL);
            }
            Args { base: base as u32, n: positional as u32, named: positional as u32, kw: k::NULL }
        } else {
            self.arrange(def, owner, base, n, kw)?
        };
        (def.f)(self, args)
    }

    /// Copies the arguments to the top of the stack, in the order of the parameters.
    fn arrange(&mut self, def: &'static NativeDef, owner: Option<H>, base: usize, n: usize, kw: H) -> R<Args> {
        let signature = parse(def.params);
        let named = signature.params.len();
        let start = self.mark();
        if n > signature.positional && !signature.rest {
            return Err(self.wrong_count(def, owner, &signature, n));
        }
        self.heap.stack.resize(start + named, Value::NULL);
        let direct = n.min(signature.positional);
        self.heap.stack.copy_within(base..base + direct, start);
        self.heap.stack.extend_from_within(base + direct..base + n);
        let end = self.mark();
        let kwargs = if signature.kwargs { self.dict()? } else { k::NULL };
        self.place_keywords(def, owner, &signature, start, base + n, kw, kwargs)?;
        for (i, param) in signature.params.iter().enumerate() {
            if !param.optional && self.heap.stack[start + i].is_null() {
                return Err(self.missing(def, owner, &signature, n, i));
            }
        }
        Ok(Args { base: start as u32, n: (end - start) as u32, named: named as u32, kw: kwargs })
    }

    #[allow(clippy::too_many_arguments, reason = "the last four are where the arguments lie")]
    fn place_keywords(
        &mut self,
        def: &NativeDef,
        owner: Option<H>,
        signature: &Signature<'_>,
        start: usize,
        values: usize,
        kw: H,
        kwargs: H,
    ) -> R<()> {
        if kw == k::NULL {
            return Ok(());
        }
        for i in 0..self.count(kw) {
            let mark = self.mark();
            let name = self.item(kw, i).expect("the index is in range");
            let text = self.string(name);
            let value = H((values + i) as u32);
            match signature.params.iter().position(|param| param.keyword && param.name == text) {
                Some(at) if self.heap.stack[start + at].is_null() => self.heap.stack[start + at] = self.get(value),
                Some(at) => {
                    let short = self.short_native_name(def, owner);
                    let own = usize::from(owner.is_some());
                    let what =
                        format!("argument for {short}() given by name ('{text}') and position ({})", at + 1 - own);
                    return Err(self.type_error(what));
                }
                None if kwargs != k::NULL => self.dict_set(kwargs, name, value)?,
                None if signature.params.iter().all(|param| !param.keyword) => {
                    let name = self.native_name(def, owner);
                    return Err(self.type_error(format!("{name}() takes no keyword arguments")));
                }
                None => {
                    let short = self.short_native_name(def, owner);
                    let what = format!("{short}() got an unexpected keyword argument '{text}'");
                    return Err(self.type_error(what));
                }
            }
            self.cut(mark);
        }
        Ok(())
    }

    /// `list.append` for messages, or `len`; the class alone for what makes or fills its instances.
    fn native_name(&self, def: &NativeDef, owner: Option<H>) -> String {
        match owner {
            Some(_) if is_maker(def) => self.short_native_name(def, owner),
            Some(owner) => format!("{}.{}", self.type_data(self.get(owner)).name, def.name),
            None => def.name.to_owned(),
        }
    }

    /// `append`, or `len`; the class for what makes or fills its instances.
    fn short_native_name(&self, def: &NativeDef, owner: Option<H>) -> String {
        match owner.filter(|_| is_maker(def)) {
            Some(owner) => self.type_data(self.get(owner)).name.to_string(),
            None => def.name.to_owned(),
        }
    }

    fn wrong_count(&mut self, def: &NativeDef, owner: Option<H>, signature: &Signature<'_>, n: usize) -> Raised {
        let counts = Counts::new(signature, owner, n);
        let (name, short) = (self.native_name(def, owner), self.short_native_name(def, owner));
        let message = counts.exactly_one(&name).unwrap_or_else(|| match counts {
            Counts { most: 0, given, .. } => format!("{name}() takes no arguments ({given} given)"),
            Counts { least, most, given } if least == most => {
                format!("{short} expected {}, got {given}", arguments(most))
            }
            Counts { most, given, .. } => format!("{short} expected at most {}, got {given}", arguments(most)),
        });
        self.type_error(message)
    }

    fn missing(&mut self, def: &NativeDef, owner: Option<H>, signature: &Signature<'_>, n: usize, at: usize) -> Raised {
        let counts = Counts::new(signature, owner, n);
        let (name, param) = (self.native_name(def, owner), &signature.params[at]);
        let short = self.short_native_name(def, owner);
        if param.keyword_only || param.keyword {
            let position = at + 1 - usize::from(owner.is_some());
            return self.type_error(format!("{short}() missing required argument '{}' (pos {position})", param.name));
        }
        let message = counts.exactly_one(&name).unwrap_or_else(|| match counts {
            Counts { least, most, given } if least == most => {
                format!("{short} expected {}, got {given}", arguments(least))
            }
            Counts { least, given, .. } => format!("{short} expected at least {}, got {given}", arguments(least)),
        });
        self.type_error(message)
    }
}

fn is_maker(def: &NativeDef) -> bool {
    matches!(def.name, "__new__" | "__init__")
}

/// How many arguments a builtin wants and got, its self not counted.
#[derive(Clone, Copy)]
struct Counts {
    least: usize,
    most: usize,
    given: usize,
}

impl Counts {
    fn new(signature: &Signature<'_>, owner: Option<H>, n: usize) -> Counts {
        let own = usize::from(owner.is_some());
        let required = signature.params.iter().filter(|param| !param.optional && !param.keyword_only).count();
        let without = |count: usize| count.saturating_sub(own);
        Counts { least: without(required), most: without(signature.positional), given: without(n) }
    }

    fn exactly_one(self, name: &str) -> Option<String> {
        let one = self.least == 1 && self.most == 1;
        one.then(|| format!("{name}() takes exactly one argument ({} given)", self.given))
    }
}

fn arguments(count: usize) -> String {
    format!("{count} argument{}", if count == 1 { "" } else { "s" })
}
