//! Values made from and read as plain data.

use emul::host::{HostObj, HostRef, Kind, ValueProtocol};
use malachite_bigint::{BigInt, Sign};
use num_complex::Complex64;
use num_traits::ToPrimitive;
use rustpython::vm::builtins::{
    PyBoundMethod, PyByteArray, PyBytes, PyComplex, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyStr, PyTuple, PyType,
};
use rustpython::vm::common::wtf8::Wtf8Buf;
use rustpython::vm::{PyObjectRef, PyPayload};

use super::objects::dict_of;
use super::{RustPythonHost, get, own, take, with};

/// Bits of a digit of C's ints.
const DIGIT: u32 = 30;

fn int<'a>(handle: HostRef) -> &'a BigInt {
    get(handle).downcast_ref::<PyInt>().expect("the layer reads ints of ints").as_bigint()
}

impl ValueProtocol for RustPythonHost {
    fn singleton(&self, kind: Kind) -> HostObj {
        with(|vm| match kind {
            Kind::NotImplemented => own(vm.ctx.not_implemented()),
            Kind::Ellipsis => own(vm.ctx.ellipsis.clone()),
            Kind::False => own(vm.ctx.false_value.clone()),
            Kind::True => own(vm.ctx.true_value.clone()),
            _ => own(vm.ctx.none()),
        })
    }

    fn new_int(&self, value: i64) -> HostObj {
        with(|vm| own(vm.ctx.new_int(value)))
    }

    fn new_big_int(&self, negative: bool, digits: &[u32]) -> HostObj {
        let mut bytes = vec![0_u8; (digits.len() * DIGIT as usize).div_ceil(8) + 8];
        for (index, &digit) in digits.iter().enumerate() {
            let bit = index * DIGIT as usize;
            let shifted = u64::from(digit) << (bit % 8);
            for (place, byte) in bytes[bit / 8..].iter_mut().zip(shifted.to_le_bytes()) {
                *place |= byte;
            }
        }
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        with(|vm| own(vm.ctx.new_bigint(&BigInt::from_bytes_le(sign, &bytes))))
    }

    fn int_value(&self, handle: HostRef) -> Option<i64> {
        int(handle).to_i64()
    }

    fn int_digits(&self, handle: HostRef) -> (bool, Vec<u32>) {
        let (sign, bytes) = int(handle).to_bytes_le();
        let mut digits = Vec::with_capacity(bytes.len() * 8 / DIGIT as usize + 1);
        let (mut window, mut bits) = (0_u64, 0);
        for byte in bytes {
            window |= u64::from(byte) << bits;
            bits += 8;
            if bits >= DIGIT {
                digits.push((window & 0x3FFF_FFFF) as u32);
                window >>= DIGIT;
                bits -= DIGIT;
            }
        }
        digits.push(window as u32);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        (sign == Sign::Minus, digits)
    }

    fn new_float(&self, value: f64) -> HostObj {
        with(|vm| own(vm.ctx.new_float(value)))
    }

    fn float_value(&self, float: HostRef) -> f64 {
        get(float).downcast_ref::<PyFloat>().expect("the layer reads floats of floats").to_f64()
    }

    fn new_complex(&self, real: f64, imaginary: f64) -> HostObj {
        with(|vm| own(vm.ctx.new_complex(Complex64::new(real, imaginary))))
    }

    fn complex_value(&self, complex: HostRef) -> (f64, f64) {
        let value = get(complex).downcast_ref::<PyComplex>().expect("the layer reads complexes of complexes").to_complex64();
        (value.re, value.im)
    }

    fn new_str(&self, wtf8: &[u8]) -> HostObj {
        with(|vm| match std::str::from_utf8(wtf8) {
            Ok(text) => own(vm.ctx.new_str(text)),
            Err(_) => {
                // SAFETY: the layer passes WTF-8.
                let text = unsafe { Wtf8Buf::from_bytes_unchecked(wtf8.to_vec()) };
                own(vm.ctx.new_str(text))
            }
        })
    }

    fn with_str(&self, str: HostRef, read: &mut dyn FnMut(&[u8])) {
        read(get(str).downcast_ref::<PyStr>().expect("the layer reads text of strs").as_wtf8().as_bytes());
    }

    fn new_bytes(&self, data: &[u8]) -> HostObj {
        with(|vm| own(vm.ctx.new_bytes(data.to_vec())))
    }

    fn with_bytes(&self, bytes: HostRef, read: &mut dyn FnMut(&[u8])) {
        let bytes = get(bytes);
        if let Some(bytes) = bytes.downcast_ref::<PyBytes>() {
            return read(bytes.as_bytes());
        }
        let array = bytes.downcast_ref::<PyByteArray>().expect("the layer reads bytes of bytes and bytearrays");
        read(&array.borrow_buf());
    }

    fn new_bytearray(&self, data: &[u8]) -> HostObj {
        with(|vm| own(vm.ctx.new_bytearray(data.to_vec())))
    }

    fn new_tuple(&self, items: Vec<HostObj>) -> HostObj {
        with(|vm| own(vm.ctx.new_tuple(items.into_iter().map(take).collect())))
    }

    fn new_list(&self, items: Vec<HostObj>) -> HostObj {
        with(|vm| own(vm.ctx.new_list(items.into_iter().map(take).collect())))
    }

    fn items(&self, sequence: HostRef) -> Vec<HostObj> {
        let sequence = get(sequence);
        let copied = |items: &[PyObjectRef]| items.iter().cloned().map(own).collect();
        if let Some(tuple) = sequence.downcast_ref::<PyTuple>() {
            return copied(tuple.as_slice());
        }
        copied(&sequence.downcast_ref::<PyList>().expect("the layer reads items of tuples and lists").borrow_vec())
    }

    fn set_list_items(&self, list: HostRef, items: Vec<HostObj>) {
        let list = get(list).downcast_ref::<PyList>().expect("the layer writes items of lists");
        let old = std::mem::replace(&mut *list.borrow_vec_mut(), items.into_iter().map(take).collect());
        drop(old);
    }

    fn new_dict(&self) -> HostObj {
        with(|vm| own(vm.ctx.new_dict()))
    }

    fn container_len(&self, container: HostRef) -> usize {
        let container = get(container);
        if let Some(dict) = container.downcast_ref::<PyDict>() {
            return dict.__len__();
        }
        if let Some(set) = container.downcast_ref::<PySet>() {
            return set.elements().len();
        }
        container.downcast_ref::<PyFrozenSet>().map_or(0, |set| set.elements().len())
    }

    fn dict_next(&self, dict: HostRef, position: usize) -> Option<(usize, HostObj, HostObj)> {
        let (next, key, value) = dict_of(dict).next_entry(position)?;
        Some((next, own(key), own(value)))
    }

    fn new_module(&self, name: HostRef) -> HostObj {
        with(|vm| {
            let name = get(name).downcast_ref::<PyStr>().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            own(vm.new_module(&name, vm.ctx.new_dict(), None))
        })
    }

    fn namespace(&self, object: HostRef) -> HostObj {
        let object = get(object);
        with(|vm| {
            if let Some(class) = object.downcast_ref::<PyType>()
                && let Some(dict) = class.attributes().as_dict()
            {
                return own(dict.to_owned());
            }
            object.dict().map_or_else(|| own(vm.ctx.new_dict()), own)
        })
    }

    fn new_method(&self, function: HostRef, self_: HostRef) -> HostObj {
        with(|vm| own(PyBoundMethod::new(get(self_).to_owned(), get(function).to_owned()).into_ref(&vm.ctx)))
    }

    fn method_parts(&self, method: HostRef) -> (HostObj, HostObj) {
        with(|vm| {
            let part = |name: &'static str| own(get(method).get_attr(name, vm).expect("bound methods have their parts"));
            (part("__func__"), part("__self__"))
        })
    }
}

