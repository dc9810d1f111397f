//! Calls and numbers, and calling C.

use emul::host::{
    BinaryOp, CallProtocol, HostObj, HostRef, HostResult, ObjectProtocol as _, UnaryOp, ValueProtocol as _,
};
use emul::methodobject::call_c_function;
use emul::slots;
use object_mirror::object::PyObject as Mirror;

use crate::heap::H;
use crate::host::{MovingHost, borrowed, handle, object, take};
use crate::known::{self as k, n};
use crate::object::{Body, Instead};
use crate::value::Value;
use crate::vm::{R, Raised, Vm};

impl CallProtocol for MovingHost {
    fn call(&self, callable: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
        object(|vm| {
            let callable = handle(vm, callable);
            let (base, n, kw) = arguments(vm, args, names)?;
            vm.call_at(callable, base, n, kw)
        })
    }

    fn call_new(&self, owner: HostRef, class: HostRef, args: &[HostRef], names: &[HostRef]) -> HostResult<HostObj> {
        let name = self.new_str(b"__new__");
        let new = self.get_attr(owner, name.as_ref())?;
        let args: Vec<HostRef> = std::iter::once(class).chain(args.iter().copied()).collect();
        object(|vm| {
            let new = handle(vm, new.as_ref());
            let (base, n, kw) = arguments(vm, &args, names)?;
            match vm.body(new) {
                // A `tp_new` that C calls trusts it: only `__new__` asks whether it is safe for that class.
                Some(Body::Native(def, _)) => {
                    let def = *def;
                    vm.call_native(def, None, base, n, kw)
                }
                _ => vm.call_at(new, base, n, kw),
            }
        })
    }

    fn binary(&self, op: BinaryOp, left: HostRef, right: HostRef, in_place: bool) -> HostResult<HostObj> {
        object(|vm| {
            let (left, right) = (handle(vm, left), handle(vm, right));
            let Some(number) = number(op) else { return divmod(vm, left, right) };
            let number = if in_place { number + crate::number::IN_PLACE } else { number };
            vm.binary_op(number, left, right)
        })
    }

    fn power(&self, base: HostRef, exponent: HostRef, modulus: Option<HostRef>, in_place: bool) -> HostResult<HostObj> {
        object(|vm| {
            let (base, exponent) = (handle(vm, base), handle(vm, exponent));
            let modulus = modulus.map(|modulus| handle(vm, modulus)).filter(|&modulus| !vm.is_none(modulus));
            let Some(modulus) = modulus else {
                return vm.binary_op(if in_place { POWER + crate::number::IN_PLACE } else { POWER }, base, exponent);
            };
            builtin(vm, "pow", &[base, exponent, modulus])
        })
    }

    fn unary(&self, op: UnaryOp, operand: HostRef) -> HostResult<HostObj> {
        object(|vm| {
            let operand = handle(vm, operand);
            match op {
                UnaryOp::Negative => vm.unary(operand, n::__neg__, "-"),
                UnaryOp::Positive => vm.unary(operand, n::__pos__, "+"),
                UnaryOp::Invert => vm.unary(operand, n::__invert__, "~"),
                UnaryOp::Absolute => builtin(vm, "abs", &[operand]),
                UnaryOp::Int => vm.call(k::INT, &[operand]),
                UnaryOp::Float => vm.call(k::FLOAT, &[operand]),
                UnaryOp::Index => vm.index(operand),
            }
        })
    }
}

/// Where the arguments lie on the root stack now, how many are positional, and the names of the others.
fn arguments(vm: &mut Vm, args: &[HostRef], names: &[HostRef]) -> R<(usize, usize, H)> {
    let kw = if names.is_empty() {
        k::NULL
    } else {
        let mark = vm.mark();
        names.iter().for_each(|&name| _ = handle(vm, name));
        vm.tuple_since(mark)?
    };
    let base = vm.mark();
    args.iter().for_each(|&arg| _ = handle(vm, arg));
    Ok((base, args.len() - names.len(), kw))
}

const POWER: u32 = 8;

/// The interpreter's number of an operator; `None` for divmod, which is a function.
fn number(op: BinaryOp) -> Option<u32> {
    Some(match op {
        BinaryOp::Add => 0,
        BinaryOp::And => 1,
        BinaryOp::FloorDivide => 2,
        BinaryOp::Lshift => 3,
        BinaryOp::MatrixMultiply => 4,
        BinaryOp::Multiply => 5,
        BinaryOp::Remainder => 6,
        BinaryOp::Or => 7,
        BinaryOp::Rshift => 9,
        BinaryOp::Subtract => 10,
        BinaryOp::TrueDivide => 11,
        BinaryOp::Xor => 12,
        BinaryOp::Divmod => return None,
    })
}

fn divmod(vm: &mut Vm, left: H, right: H) -> R<H> {
    builtin(vm, "divmod", &[left, right])
}

/// Call a function of the builtins module.
pub(super) fn builtin(vm: &mut Vm, name: &str, args: &[H]) -> R<H> {
    let key = vm.intern(name)?;
    match vm.dict_get(k::BUILTINS, key)? {
        Some(function) => vm.call(function, args),
        None => Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, format!("this host has no builtin {name}()"))),
    }
}

/// Call the C function of `mirror` with the `n` words from `base` on and the keyword values after them.
pub(crate) fn call_c(vm: &mut Vm, mirror: *mut Mirror, base: usize, n: usize, kw: H) -> R<H> {
    cross(vm, base, n, kw, |args, names| call_c_function(mirror, args, names))
}

/// Call the class of a C type by its `tp_vectorcall`; `None` if it has none.
pub(crate) fn call_class(vm: &mut Vm, class: H, base: usize, n: usize, kw: H) -> Option<R<H>> {
    let called = borrowed(class);
    if !super::threads::lend(vm, |_| slots::has_class_vectorcall(called)) {
        return None;
    }
    let call = |args: &[HostRef], names: &[HostRef]| {
        slots::class_vectorcall(called, args, names).expect("asked before, and types keep theirs")
    };
    Some(cross(vm, base, n, kw, call))
}

/// How many arguments go into C without memory of their own.
const FEW: usize = 6;

/// Call into C with arguments that lie on the root stack.
pub(super) fn cross(
    vm: &mut Vm,
    base: usize,
    n: usize,
    kw: H,
    call: impl FnOnce(&[HostRef], &[HostRef]) -> HostResult<HostObj>,
) -> R<H> {
    let at = |index: usize| borrowed(H((base + index) as u32));
    if kw != k::NULL {
        let names = vm.items(kw).map_or(Vec::new(), <[Value]>::to_vec);
        let names: Vec<HostRef> = names.into_iter().map(|name| borrowed(vm.push(name))).collect();
        let args: Vec<HostRef> = (0..n + names.len()).map(at).collect();
        return returned(vm, |_| call(&args, &names));
    }
    if n <= FEW {
        let args: [HostRef; FEW] = std::array::from_fn(at);
        return returned(vm, |_| call(&args[..n], &[]));
    }
    let args: Vec<HostRef> = (0..n).map(at).collect();
    returned(vm, |_| call(&args, &[]))
}

/// Call what C put in the place of a function's code, with the function before the arguments.
pub(crate) fn call_instead(vm: &mut Vm, call: &Instead, base: usize, n: usize, kw: H) -> R<H> {
    cross(vm, base, n, kw, |args, names| (call.0)(args, names))
}

/// Run C with the interpreter lent to it; its result or its exception becomes the interpreter's.
pub(crate) fn returned(vm: &mut Vm, call: impl FnOnce(&mut Vm) -> HostResult<HostObj>) -> R<H> {
    deeper(vm)?;
    vm.heap.crossing();
    let mark = vm.mark();
    let result = super::threads::lend(vm, call);
    vm.cut(mark);
    vm.depth -= 1;
    vm.heap.crossing();
    match result {
        Ok(object) => Ok(take(vm, object)),
        Err(error) => Err(raised(vm, error)),
    }
}

/// As [`returned`], for what gives no object.
pub(crate) fn done<T>(vm: &mut Vm, call: impl FnOnce(&mut Vm) -> HostResult<T>) -> R<T> {
    deeper(vm)?;
    vm.heap.crossing();
    let mark = vm.mark();
    let result = super::threads::lend(vm, call);
    vm.cut(mark);
    vm.depth -= 1;
    vm.heap.crossing();
    result.map_err(|error| raised(vm, error))
}

#[inline]
fn deeper(vm: &mut Vm) -> R<()> {
    if vm.depth > vm.recursion_limit {
        return Err(vm.raise(k::RECURSION_ERROR, "maximum recursion depth exceeded"));
    }
    vm.depth += 1;
    Ok(())
}

/// Make an exception that C raised the pending one.
pub(super) fn raised(vm: &mut Vm, error: HostObj) -> Raised {
    let error = take(vm, error);
    let word = vm.get(error);
    if !matches!(vm.body(error), Some(Body::Exception(_))) {
        return vm.type_error("exceptions must derive from BaseException");
    }
    vm.set(k::PENDING, word);
    debug_assert!(word != Value::NULL);
    Raised
}
