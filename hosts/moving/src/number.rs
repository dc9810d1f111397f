//! Operators: arithmetic, comparison, truth, membership. Exact builtin numbers take a short way, all else the special methods.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::{Body, Layout, TYPE_C, TYPE_HEAP};
use crate::value::Value;
use crate::vm::{R, Vm};

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cmp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl Cmp {
    pub(crate) fn from_code(code: u32) -> Cmp {
        [Cmp::Lt, Cmp::Le, Cmp::Eq, Cmp::Ne, Cmp::Gt, Cmp::Ge][code as usize]
    }

    pub(crate) fn name(self) -> H {
        [n::__lt__, n::__le__, n::__eq__, n::__ne__, n::__gt__, n::__ge__][self as usize]
    }

    fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    fn swapped(self) -> Cmp {
        [Cmp::Gt, Cmp::Ge, Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le][self as usize]
    }

    pub(crate) fn holds(self, order: std::cmp::Ordering) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        match self {
            Cmp::Lt => order == Less,
            Cmp::Le => order != Greater,
            Cmp::Eq => order == Equal,
            Cmp::Ne => order != Equal,
            Cmp::Gt => order == Greater,
            Cmp::Ge => order != Less,
        }
    }
}

/// An operator: symbol, special method, the reflected one, the in-place one.
struct Operator(&'static str, H, H, H);

const OPERATORS: [Operator; 13] = [
    Operator("+", n::__add__, n::__radd__, n::__iadd__),
    Operator("&", n::__and__, n::__rand__, n::__iand__),
    Operator("//", n::__floordiv__, n::__rfloordiv__, n::__ifloordiv__),
    Operator("<<", n::__lshift__, n::__rlshift__, n::__ilshift__),
    Operator("@", n::__matmul__, n::__rmatmul__, n::__imatmul__),
    Operator("*", n::__mul__, n::__rmul__, n::__imul__),
    Operator("%", n::__mod__, n::__rmod__, n::__imod__),
    Operator("|", n::__or__, n::__ror__, n::__ior__),
    Operator("**", n::__pow__, n::__rpow__, n::__ipow__),
    Operator(">>", n::__rshift__, n::__rrshift__, n::__irshift__),
    Operator("-", n::__sub__, n::__rsub__, n::__isub__),
    Operator("/", n::__truediv__, n::__rtruediv__, n::__itruediv__),
    Operator("^", n::__xor__, n::__rxor__, n::__ixor__),
];

/// Numbers of operators, CPython's `NB_*`.
pub(crate) const ADD: u32 = 0;
pub(crate) const IN_PLACE: u32 = 13;
const MULTIPLY: u32 = 5;
const SUBSCR: u32 = 26;

/// The methods that sequences and numbers share the names of.
pub(crate) const SEQUENCE_METHODS: [&str; 5] = ["__add__", "__mul__", "__rmul__", "__iadd__", "__imul__"];

impl Vm {
    /// The operator with CPython's number `op`.
    pub(crate) fn binary_op(&mut self, op: u32, a: H, b: H) -> R<H> {
        if op == SUBSCR {
            return self.get_item(a, b);
        }
        let plain = op % IN_PLACE;
        if let (Some(x), Some(y)) = (self.get(a).as_int(), self.get(b).as_int())
            && let Some(result) = small_arithmetic(plain, x, y)
        {
            return self.int(result);
        }
        let Operator(symbol, left, right, in_place) = OPERATORS[plain as usize];
        if op >= IN_PLACE
            && let Some(method) = self.in_place_method(a, in_place)
            && let Some(result) = self.answer(method, a, b)?
        {
            return Ok(result);
        }
        if let Some(result) = self.binary_pair(a, b, left, right)? {
            return Ok(result);
        }
        if matches!(plain, ADD | MULTIPLY) {
            let in_place = (op >= IN_PLACE).then_some(in_place);
            if let Some(result) = self.sequence_arithmetic(plain, a, b, in_place)? {
                return Ok(result);
            }
        }
        let (x, y) = (self.class_name(a), self.class_name(b));
        let symbol = if op >= IN_PLACE { format!("{symbol}=") } else { symbol.to_owned() };
        let symbol =
            if plain == 8 { if op >= IN_PLACE { "**=".into() } else { "** or pow()".to_owned() } } else { symbol };
        Err(self.type_error(format!("unsupported operand type(s) for {symbol}: '{x}' and '{y}'")))
    }

    /// What `method` of `a` makes of `b`; `None` for NotImplemented.
    fn answer(&mut self, method: Value, a: H, b: H) -> R<Option<H>> {
        let method = self.push(method);
        let result = self.call_unbound(method, a, &[b])?;
        Ok((self.get(result) != Value::NOT_IMPLEMENTED).then_some(result))
    }

    /// Whether a method is a sequence's way to concatenate or repeat, no number's: operators come to it last.
    fn is_of_sequence(&self, method: Value) -> bool {
        match method.object().map(|object| &object.body) {
            Some(Body::Foreign(foreign)) => foreign.is_of_sequence,
            Some(Body::MethodDescr(def, owner)) => {
                let layout = self.type_data(*owner).layout;
                matches!(layout, Layout::List | Layout::Tuple | Layout::Str | Layout::Bytes | Layout::ByteArray)
                    && SEQUENCE_METHODS.contains(&def.name)
            }
            _ => false,
        }
    }

    /// The method by which instances of `class` take part in an operator as numbers do. A class has it if it is no sequence's, or
    /// if the class has another one for the operator that is none: `other`.
    fn number_method(&self, class: Value, name: H, other: H) -> Option<Value> {
        let method = self.operator_method(class, name)?;
        let is_number =
            !self.is_of_sequence(method) || self.lookup(class, other).is_some_and(|other| !self.is_of_sequence(other));
        is_number.then_some(method)
    }

    /// The special method of `class` that an operator calls.
    fn operator_method(&self, class: Value, name: H) -> Option<Value> {
        let found = self.lookup(class, name)?;
        self.beside(class, found).or_else(|| (found != Value::NONE).then_some(found))
    }

    /// As [`Vm::number_method`], for `a += b`. A class made in Python takes over how its base is concatenated to, but not how it
    /// is repeated: the first is called in the same way for numbers and sequences.
    fn in_place_method(&self, a: H, name: H) -> Option<Value> {
        let class = self.class_word(self.get(a));
        let method = self.operator_method(class, name)?;
        let is_pythons = self.type_data(class).flags & (TYPE_HEAP | TYPE_C) == TYPE_HEAP;
        let is_number = !self.is_of_sequence(method) || is_pythons && name == n::__iadd__;
        is_number.then_some(method)
    }

    /// What sequences make of `+` and `*`, after the numbers.
    fn sequence_arithmetic(&mut self, op: u32, a: H, b: H, in_place: Option<H>) -> R<Option<H>> {
        let name = if op == ADD { n::__add__ } else { n::__mul__ };
        for name in in_place.into_iter().chain([name]) {
            let class = self.class_word(self.get(a));
            let method = self.operator_method(class, name).filter(|&method| self.is_of_sequence(method));
            if let Some(method) = method.filter(|_| op == ADD || self.is_index(b))
                && let Some(result) = self.answer(method, a, b)?
            {
                return Ok(Some(result));
            }
        }
        if op == MULTIPLY {
            let class = self.class_word(self.get(b));
            let method = self.operator_method(class, name).filter(|&method| self.is_of_sequence(method));
            if let Some(method) = method.filter(|_| self.is_index(a))
                && let Some(result) = self.answer(method, b, a)?
            {
                return Ok(Some(result));
            }
        }
        self.sequence_error(op, a, b)
    }

    fn is_index(&self, h: H) -> bool {
        self.is_int(h) || self.lookup(self.class_word(self.get(h)), n::__index__).is_some()
    }

    /// The messages of `[] + 1` and `[] * 'x'` name the sequence.
    fn sequence_error(&mut self, op: u32, a: H, b: H) -> R<Option<H>> {
        let sequence = |body: Option<&Body>| {
            matches!(body, Some(Body::Str(_) | Body::Bytes(_) | Body::ByteArray(_) | Body::Tuple(_) | Body::List(_)))
        };
        let (left, right) = (sequence(self.body(a)), sequence(self.body(b)));
        let (x, y) = (self.class_name(a), self.class_name(b));
        if op == ADD && left {
            // Those of derived classes speak of the builtin one.
            let kind = match self.body(a) {
                Some(Body::Str(_)) => "str",
                Some(Body::Tuple(_)) => "tuple",
                Some(Body::List(_)) => "list",
                _ => return Err(self.type_error(format!("can't concat {y} to {x}"))),
            };
            return Err(self.type_error(format!("can only concatenate {kind} (not \"{y}\") to {kind}")));
        }
        let repeats = |h: H| {
            let method = self.operator_method(self.class_word(self.get(h)), n::__mul__);
            method.is_some_and(|method| self.is_of_sequence(method))
        };
        if op == MULTIPLY && (left || right || repeats(a) || repeats(b)) {
            let other = if left || repeats(a) { y } else { x };
            return Err(self.type_error(format!("can't multiply sequence by non-int of type '{other}'")));
        }
        Ok(None)
    }

    /// `a.left(b)` and `b.right(a)`, in the right order.
    pub(crate) fn binary_pair(&mut self, a: H, b: H, left: H, right: H) -> R<Option<H>> {
        let (class_a, class_b) = (self.class_word(self.get(a)), self.class_word(self.get(b)));
        let mut right_method = None;
        if class_a != class_b {
            right_method = self.number_method(class_b, right, left);
            let other = self.operator_method(class_a, right);
            if let Some(method) = right_method
                && self.is_subclass(class_b, class_a)
                && other != Some(method)
            {
                let method = self.push(method);
                let result = self.call_unbound(method, b, &[a])?;
                if self.get(result) != Value::NOT_IMPLEMENTED {
                    return Ok(Some(result));
                }
                right_method = None;
            }
        }
        let right_method = right_method.map(|word| self.push(word));
        let class_a = self.class_word(self.get(a));
        if let Some(method) = self.number_method(class_a, left, right)
            && let Some(result) = self.answer(method, a, b)?
        {
            return Ok(Some(result));
        }
        let Some(method) = right_method else { return Ok(None) };
        let result = self.call_unbound(method, b, &[a])?;
        Ok((self.get(result) != Value::NOT_IMPLEMENTED).then_some(result))
    }

    pub(crate) fn unary(&mut self, a: H, name: H, symbol: &str) -> R<H> {
        if let Some(x) = self.get(a).as_int() {
            return self.int(if symbol == "-" {
                -x
            } else if symbol == "~" {
                !x
            } else {
                x
            });
        }
        match self.call_special(a, name, &[])? {
            Some(result) => Ok(result),
            None => {
                let class = self.class_name(a);
                Err(self.type_error(format!("bad operand type for unary {symbol}: '{class}'")))
            }
        }
    }

    /// `a < b` and the like.
    pub(crate) fn compare(&mut self, op: Cmp, a: H, b: H) -> R<H> {
        if let (Some(x), Some(y)) = (self.get(a).as_int(), self.get(b).as_int()) {
            return Ok(self.bool(op.holds(x.cmp(&y))));
        }
        if self.depth > self.recursion_limit {
            return Err(self.raise(k::RECURSION_ERROR, "maximum recursion depth exceeded in comparison"));
        }
        self.depth += 1;
        let result = self.compare_slow(op, a, b);
        self.depth -= 1;
        result
    }

    fn compare_slow(&mut self, op: Cmp, a: H, b: H) -> R<H> {
        let (class_a, class_b) = (self.class_word(self.get(a)), self.class_word(self.get(b)));
        let mut tried = false;
        if class_a != class_b && self.is_subclass(class_b, class_a) {
            tried = true;
            if let Some(result) = self.call_special(b, op.swapped().name(), &[a])?
                && self.get(result) != Value::NOT_IMPLEMENTED
            {
                return Ok(result);
            }
        }
        if let Some(result) = self.call_special(a, op.name(), &[b])?
            && self.get(result) != Value::NOT_IMPLEMENTED
        {
            return Ok(result);
        }
        if !tried
            && let Some(result) = self.call_special(b, op.swapped().name(), &[a])?
            && self.get(result) != Value::NOT_IMPLEMENTED
        {
            return Ok(result);
        }
        match op {
            Cmp::Eq => Ok(self.bool(self.is(a, b))),
            Cmp::Ne => Ok(self.bool(!self.is(a, b))),
            _ => {
                let (x, y, symbol) = (self.class_name(a), self.class_name(b), op.symbol());
                let what = format!("'{symbol}' not supported between instances of '{x}' and '{y}'");
                Err(self.type_error(what))
            }
        }
    }

    /// `a is b or a == b`.
    pub(crate) fn equal(&mut self, a: H, b: H) -> R<bool> {
        if self.is(a, b) {
            return Ok(true);
        }
        let (x, y) = (self.get(a), self.get(b));
        if let (Some(Body::Str(x)), Some(Body::Str(y))) = (self.body(a), self.body(b))
            && self.exact(a, k::STR)
            && self.exact(b, k::STR)
        {
            return Ok(x.text == y.text);
        }
        if x.as_int().is_some() && y.as_int().is_some() {
            return Ok(false);
        }
        let mark = self.mark();
        let result = self.compare(Cmp::Eq, a, b)?;
        let truth = self.truth(result)?;
        self.cut(mark);
        Ok(truth)
    }

    /// `bool(a)`.
    pub(crate) fn truth(&mut self, a: H) -> R<bool> {
        match self.get(a) {
            Value::TRUE => return Ok(true),
            Value::FALSE | Value::NONE => return Ok(false),
            word if word.as_int().is_some() => return Ok(word.as_int() != Some(0)),
            _ => {}
        }
        if let Some(object) = self.get(a).object() {
            let class = object.class;
            match &object.body {
                Body::Str(text) if class == self.get(k::STR) => return Ok(text.chars != 0),
                Body::List(items) if class == self.get(k::LIST) => return Ok(items.len() != 0),
                Body::Tuple(items) if class == self.get(k::TUPLE) => return Ok(!items.is_empty()),
                Body::Dict(table) if class == self.get(k::DICT) => return Ok(table.len() != 0),
                _ => {}
            }
        }
        let mark = self.mark();
        let result = if let Some(result) = self.call_special(a, n::__bool__, &[])? {
            match self.get(result) {
                Value::TRUE => true,
                Value::FALSE => false,
                _ => {
                    let name = self.class_name(result);
                    return Err(self.type_error(format!("__bool__ should return bool, returned {name}")));
                }
            }
        } else if self.special(a, n::__len__).is_some() {
            self.len(a)? != 0
        } else {
            true
        };
        self.cut(mark);
        Ok(result)
    }

    /// `item in container`.
    pub(crate) fn contains(&mut self, container: H, item: H) -> R<bool> {
        if let Some(result) = self.call_special(container, n::__contains__, &[item])? {
            return self.truth(result);
        }
        if self.special(container, n::__iter__).is_none() && self.special(container, n::__getitem__).is_none() {
            let name = self.class_name(container);
            return Err(self.type_error(format!("argument of type '{name}' is not iterable")));
        }
        let iter = self.iter(container)?;
        let mark = self.mark();
        while let Some(next) = self.next(iter)? {
            if self.equal(next, item)? {
                return Ok(true);
            }
            self.cut(mark);
        }
        Ok(false)
    }

    /// An index: an int, or what `__index__` gives.
    pub(crate) fn index(&mut self, h: H) -> R<H> {
        if self.is_int(h) {
            return Ok(h);
        }
        let Some(result) = self.call_special(h, n::__index__, &[])? else {
            let name = self.class_name(h);
            return Err(self.type_error(format!("'{name}' object cannot be interpreted as an integer")));
        };
        if !self.is_int(result) {
            let name = self.class_name(result);
            return Err(self.type_error(format!("__index__ returned non-int (type {name})")));
        }
        Ok(result)
    }

    /// An index as a machine word; IndexError-class errors are the caller's.
    pub(crate) fn index_i64(&mut self, h: H) -> R<i64> {
        let index = self.index(h)?;
        match self.as_i64(index) {
            Some(value) => Ok(value),
            None => {
                let name = self.class_name(h);
                Err(self.raise(k::OVERFLOW_ERROR, format!("cannot fit '{name}' into an index-sized integer")))
            }
        }
    }
}

/// Arithmetic on small ints, where the result needs no big one.
fn small_arithmetic(op: u32, x: i64, y: i64) -> Option<i64> {
    match op {
        0 => x.checked_add(y),
        1 => Some(x & y),
        2 if y != 0 => Some(x / y - i64::from(x % y != 0 && (x < 0) != (y < 0))),
        5 => x.checked_mul(y),
        6 if y != 0 => Some(((x % y) + y) % y),
        7 => Some(x | y),
        9 if (0..64).contains(&y) => Some(x >> y),
        3 if (0..32).contains(&y) && x.unsigned_abs() < 1 << 30 => Some(x << y),
        10 => x.checked_sub(y),
        12 => Some(x ^ y),
        _ => None,
    }
}
