//! Values made from and read as plain data. None of it needs an interpreter.

use std::ops::Range;

use emul::host::{HostObj, HostRef, Kind, ValueProtocol};
use malachite_bigint::{BigInt, Sign};
use num_complex::Complex64;
use num_traits::ToPrimitive;
use rustpython::vm::builtins::{
    PyBaseException, PyBoundMethod, PyByteArray, PyBytes, PyComplex, PyDict, PyFloat, PyInt, PyList, PyStr, PyTuple,
    PyType,
};
use rustpython::vm::common::wtf8::Wtf8;
use rustpython::vm::protocol::PySequence;
use rustpython::vm::{AsObject, PyObject, PyObjectRef, PyPayload};

use super::list_stamp;
use super::objects::dict_of;
use super::{RustPythonHost, ctx, get, own, take, with};

/// Bits of a digit of C's ints.
const DIGIT: u32 = 30;
const MASK: u64 = (1 << DIGIT) - 1;

fn int<'a>(handle: HostRef) -> &'a BigInt {
    get(handle).downcast_ref::<PyInt>().expect("the layer reads ints of ints").as_bigint()
}

/// Regroup an integer's bits, least significant word first, from words of `from` bits to words of `to` bits.
fn regroup(words: &[u32], from: u32, to: u32) -> Vec<u32> {
    let mut regrouped = Vec::with_capacity((words.len() * from as usize).div_ceil(to as usize) + 1);
    let (mut window, mut bits) = (0_u64, 0);
    for &word in words {
        window |= u64::from(word) << bits;
        bits += from;
        while bits >= to {
            regrouped.push((window & ((1 << to) - 1)) as u32);
            window >>= to;
            bits -= to;
        }
    }
    regrouped.push(window as u32);
    while regrouped.last() == Some(&0) {
        regrouped.pop();
    }
    regrouped
}

/// The digits of a value of at most 64 bits.
fn small_digits(mut magnitude: u64) -> Vec<u32> {
    let mut digits = Vec::with_capacity(3);
    while magnitude != 0 {
        digits.push((magnitude & MASK) as u32);
        magnitude >>= DIGIT;
    }
    digits
}

impl ValueProtocol for RustPythonHost {
    fn singleton(&self, kind: Kind) -> HostObj {
        let ctx = ctx();
        match kind {
            Kind::NotImplemented => own(ctx.not_implemented()),
            Kind::Ellipsis => own(ctx.ellipsis.clone()),
            Kind::False => own(ctx.false_value.clone()),
            Kind::True => own(ctx.true_value.clone()),
            _ => own(ctx.none()),
        }
    }

    fn new_int(&self, value: i64) -> HostObj {
        own(ctx().new_int(value))
    }

    fn new_big_int(&self, negative: bool, digits: &[u32]) -> HostObj {
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        own(ctx().new_bigint(&BigInt::new(sign, regroup(digits, DIGIT, u32::BITS))))
    }

    fn int_value(&self, handle: HostRef) -> Option<i64> {
        int(handle).to_i64()
    }

    fn int_digits(&self, handle: HostRef) -> (bool, Vec<u32>) {
        let int = int(handle);
        if let Some(value) = int.to_i64() {
            return (value < 0, small_digits(value.unsigned_abs()));
        }
        let (sign, words) = int.to_u32_digits();
        (sign == Sign::Minus, regroup(&words, u32::BITS, DIGIT))
    }

    fn new_float(&self, value: f64) -> HostObj {
        own(ctx().new_float(value))
    }

    fn float_value(&self, float: HostRef) -> f64 {
        get(float).downcast_ref::<PyFloat>().expect("the layer reads floats of floats").to_f64()
    }

    fn new_complex(&self, real: f64, imaginary: f64) -> HostObj {
        own(ctx().new_complex(Complex64::new(real, imaginary)))
    }

    fn complex_value(&self, complex: HostRef) -> (f64, f64) {
        let value =
            get(complex).downcast_ref::<PyComplex>().expect("the layer reads complexes of complexes").to_complex64();
        (value.re, value.im)
    }

    fn new_str(&self, wtf8: &[u8]) -> HostObj {
        if wtf8.is_ascii() && wtf8.len() > 1 {
            // SAFETY: just checked.
            let text = unsafe { PyStr::new_ascii_unchecked(wtf8.to_vec()) };
            return own(text.into_ref(ctx()));
        }
        // SAFETY: the layer passes WTF-8.
        own(ctx().new_str(unsafe { Wtf8::from_bytes_unchecked(wtf8) }))
    }

    fn with_str(&self, str: HostRef, read: &mut dyn FnMut(&[u8])) {
        read(get(str).downcast_ref::<PyStr>().expect("the layer reads text of strs").as_bytes());
    }

    fn new_bytes(&self, data: &[u8]) -> HostObj {
        own(ctx().new_bytes(data.to_vec()))
    }

    fn with_bytes(&self, bytes: HostRef, read: &mut dyn FnMut(&[u8])) {
        let bytes = get(bytes);
        if let Some(bytes) = bytes.downcast_ref::<PyBytes>() {
            return read(bytes.as_bytes());
        }
        let array = bytes.downcast_ref::<PyByteArray>().expect("the layer reads bytes of bytes and bytearrays");
        read(&array.borrow_buf());
    }

    fn bytearray_storage(&self, bytearray: HostRef) -> (*mut u8, usize) {
        let array = get(bytearray).downcast_ref::<PyByteArray>().expect("the layer asks of bytearrays");
        terminated(array)
    }

    fn new_bytearray(&self, data: &[u8]) -> HostObj {
        own(ctx().new_bytearray(data.to_vec()))
    }

    fn new_tuple(&self, items: Vec<HostObj>) -> HostObj {
        own(ctx().new_tuple(taken(items)))
    }

    fn new_list(&self, items: Vec<HostObj>) -> HostObj {
        own(ctx().new_list(taken(items)))
    }

    fn items(&self, sequence: HostRef) -> Vec<HostObj> {
        let sequence = get(sequence);
        let copied = |items: &[PyObjectRef]| items.iter().cloned().map(own).collect();
        if let Some(tuple) = sequence.downcast_ref::<PyTuple>() {
            return copied(tuple.as_slice());
        }
        copied(&sequence.downcast_ref::<PyList>().expect("the layer reads items of tuples and lists").borrow_vec())
    }

    fn exception_args(&self, exception: HostRef) -> HostObj {
        let exception = get(exception).downcast_ref::<PyBaseException>();
        own(exception.expect("the layer reads arguments of exceptions").args())
    }

    fn list_stamp(&self, list: HostRef) -> Option<u32> {
        list_stamp::of(get(list).downcast_ref::<PyList>().expect("the layer asks for stamps of lists"))
    }

    fn list_change(&self, list: HostRef, identities: &[usize]) -> Option<(Range<usize>, Vec<HostObj>)> {
        let now = get(list).downcast_ref::<PyList>().expect("the layer compares items of lists").borrow_vec();
        let same = |(item, known): &(&PyObjectRef, &usize)| std::ptr::from_ref::<PyObject>(item) as usize == **known;
        let start = now.iter().zip(identities).take_while(same).count();
        if start == now.len() && start == identities.len() {
            return None;
        }
        let end = now[start..].iter().rev().zip(identities[start..].iter().rev()).take_while(same).count();
        let new = now[start..now.len() - end].iter().cloned().map(own).collect();
        Some((start..identities.len() - end, new))
    }

    fn splice_list(&self, list: HostRef, range: Range<usize>, items: Vec<HostObj>) {
        let list = get(list).downcast_ref::<PyList>().expect("the layer writes items of lists");
        let old: Vec<PyObjectRef> = {
            let mut now = list.borrow_vec_mut();
            let len = now.len();
            now.splice(range.start.min(len)..range.end.min(len), taken(items)).collect()
        };
        // Finalisers of the old items run without the list borrowed.
        drop(old);
    }

    fn new_dict(&self) -> HostObj {
        own(ctx().new_dict())
    }

    fn container_len(&self, container: HostRef) -> usize {
        let container = get(container);
        if let Some(dict) = container.downcast_ref::<PyDict>() {
            return dict.__len__();
        }
        if let Some(tuple) = container.downcast_ref::<PyTuple>() {
            return tuple.as_slice().len();
        }
        match container.downcast_ref::<PyList>() {
            Some(list) => list.borrow_vec().len(),
            None => set_len(container),
        }
    }

    fn dict_next(&self, dict: HostRef, position: usize) -> Option<(usize, HostObj, HostObj)> {
        let (next, key, value) = dict_of(dict).next_entry(position)?;
        Some((next, own(key), own(value)))
    }

    fn new_module(&self, name: HostRef) -> HostObj {
        with(|vm| {
            let made = vm.ctx.types.module_type.as_object().call((get(name).to_owned(),), vm);
            own(made.expect("a module is made of its name"))
        })
    }

    fn namespace(&self, object: HostRef) -> HostObj {
        let object = get(object);
        let Some(class) = object.downcast_ref::<PyType>() else {
            return object.dict().map_or_else(|| self.new_dict(), own);
        };
        match class.attributes().as_dict() {
            Some(dict) => own(dict.to_owned()),
            // A builtin class keeps its attributes in a table; what is read of it is a copy.
            None => with(|vm| {
                let copy = vm.ctx.new_dict();
                for (name, value) in class.attributes().entries() {
                    let _ = copy.set_item(&*name, value, vm);
                }
                own(copy)
            }),
        }
    }

    fn new_method(&self, function: HostRef, self_: HostRef) -> HostObj {
        own(PyBoundMethod::new(get(self_).to_owned(), get(function).to_owned()).into_ref(ctx()))
    }

    fn method_parts(&self, method: HostRef) -> (HostObj, HostObj) {
        with(|vm| {
            let part = |name: &'static str| {
                own(get(method).get_attr(vm.ctx.intern_str(name), vm).expect("bound methods have their parts"))
            };
            (part("__func__"), part("__self__"))
        })
    }
}

fn taken(items: Vec<HostObj>) -> Vec<PyObjectRef> {
    items.into_iter().map(take).collect()
}

/// The number of elements by the set's own implementation, whatever a subclass overrides.
fn set_len(set: &PyObject) -> usize {
    with(|vm| {
        let base = if set.fast_isinstance(vm.ctx.types.set_type) {
            vm.ctx.types.set_type
        } else {
            vm.ctx.types.frozenset_type
        };
        let length = base.slots().as_sequence.length.load();
        length.and_then(|length| length(PySequence { obj: set }, vm).ok()).unwrap_or(0)
    })
}

/// Where the bytes of an array that C is about to see lie, and how many; behind them is a NUL. They may move for that, but not if C
/// has their address: then this was done before, and their number has not changed since.
pub(super) fn terminated(array: &PyByteArray) -> (*mut u8, usize) {
    let mut bytes = array.borrow_buf_mut();
    bytes.reserve(1);
    bytes.spare_capacity_mut()[0].write(0);
    (bytes.as_mut_ptr(), bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regrouping_bits_keeps_the_number() {
        for words in [vec![], vec![1], vec![u32::MAX; 7], vec![0, 0, 1], vec![0x8000_0000, 5, 0x4000_0001]] {
            let digits = regroup(&words, 32, 30);
            assert!(digits.iter().all(|&digit| u64::from(digit) <= MASK));
            assert_eq!(regroup(&digits, 30, 32), words);
        }
    }

    #[test]
    fn small_digits_are_those_of_the_general_way() {
        for value in [0, 1, MASK, MASK + 1, u64::MAX, 1 << 60] {
            assert_eq!(small_digits(value), regroup(&[value as u32, (value >> 32) as u32], 32, 30));
        }
    }
}
