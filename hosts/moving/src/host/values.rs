//! Values: made from and read as plain data.

use std::ops::Range;

use emul::host::{HostObj, HostRef, Kind, ValueProtocol};
use malachite_bigint::{BigInt, Sign};
use rustpython_wtf8::Wtf8;

use crate::host::{MovingHost, handle, make, own, own_value, take, threads, value, with};
use crate::known as k;
use crate::object::Body;
use crate::objects::bytes::terminated;
use crate::value::Value;
use crate::vm::Vm;

/// The bits of a digit of C's ints.
const DIGIT: u32 = 30;

fn digits_of(int: &BigInt) -> (bool, Vec<u32>) {
    let (sign, words) = int.to_u32_digits();
    (sign == Sign::Minus, regroup(&words, u32::BITS, DIGIT))
}

/// The number in `words` of `from` bits, in words of `to` bits; the lowest first, none for zero.
fn regroup(words: &[u32], from: u32, to: u32) -> Vec<u32> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0u64, 0);
    for &word in words {
        bits |= u64::from(word) << count;
        count += from;
        while count >= to {
            out.push((bits & ((1 << to) - 1)) as u32);
            bits >>= to;
            count -= to;
        }
    }
    if bits != 0 {
        out.push(bits as u32);
    }
    while out.last() == Some(&0) {
        out.pop();
    }
    out
}

/// Read the body of an object that the layer says is of that kind.
fn body<T>(object: HostRef, read: impl FnOnce(&Body) -> T) -> T {
    threads::current(|vm| {
        let word = value(vm, object.word());
        read(&word.object().expect("the layer reads what it asked the kind of").body)
    })
}

/// Handles of `items`, given up.
fn taken(vm: &mut Vm, items: Vec<HostObj>) -> usize {
    let mark = vm.mark();
    for item in items {
        take(vm, item);
    }
    mark
}

impl ValueProtocol for MovingHost {
    fn singleton(&self, kind: Kind) -> HostObj {
        let h = match kind {
            Kind::NotImplemented => k::NOT_IMPLEMENTED,
            Kind::Ellipsis => k::ELLIPSIS,
            Kind::False => k::FALSE,
            Kind::True => k::TRUE,
            _ => k::NONE,
        };
        with(|vm| own(vm, h))
    }

    fn new_int(&self, value: i64) -> HostObj {
        make(|vm| vm.int(value))
    }

    fn new_big_int(&self, negative: bool, digits: &[u32]) -> HostObj {
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        let value = BigInt::new(sign, regroup(digits, DIGIT, u32::BITS));
        make(|vm| vm.bigint(value))
    }

    fn int_value(&self, int: HostRef) -> Option<i64> {
        with(|vm| {
            let int = handle(vm, int);
            vm.as_i64(int)
        })
    }

    fn int_digits(&self, int: HostRef) -> (bool, Vec<u32>) {
        with(|vm| {
            let int = handle(vm, int);
            vm.as_bigint(int).map_or((false, Vec::new()), |int| digits_of(&int))
        })
    }

    fn new_float(&self, value: f64) -> HostObj {
        make(|vm| vm.float(value))
    }

    fn float_value(&self, float: HostRef) -> f64 {
        body(float, |body| if let Body::Float(value) = body { *value } else { 0.0 })
    }

    fn new_complex(&self, real: f64, imaginary: f64) -> HostObj {
        make(|vm| vm.alloc(k::COMPLEX, Body::Complex(real, imaginary)))
    }

    fn complex_value(&self, complex: HostRef) -> (f64, f64) {
        body(complex, |body| if let Body::Complex(real, imaginary) = body { (*real, *imaginary) } else { (0.0, 0.0) })
    }

    fn new_str(&self, wtf8: &[u8]) -> HostObj {
        // SAFETY: the layer passes WTF-8.
        let text = unsafe { Wtf8::from_bytes_unchecked(wtf8) }.to_owned();
        make(|vm| vm.wtf8(text))
    }

    fn with_str(&self, str: HostRef, read: &mut dyn FnMut(&[u8])) {
        // A copy: what reads may allocate, and a collection moves the text's owner.
        let text =
            body(str, |body| if let Body::Str(text) = body { text.text.as_bytes().to_vec() } else { Vec::new() });
        read(&text);
    }

    fn new_bytes(&self, data: &[u8]) -> HostObj {
        let data: Box<[u8]> = data.into();
        make(|vm| vm.bytes(data))
    }

    fn with_bytes(&self, bytes: HostRef, read: &mut dyn FnMut(&[u8])) {
        let data = body(bytes, |body| match body {
            Body::Bytes(data) => (data.as_ptr(), data.len()),
            Body::ByteArray(data) => (data.as_ptr(), data.len()),
            _ => (std::ptr::NonNull::<u8>::dangling().as_ptr().cast_const(), 0),
        });
        // SAFETY: the storage lies outside of the heap and stays where it is while the object lives, which the caller's word
        // sees to; `read` does not change the object.
        read(unsafe { std::slice::from_raw_parts(data.0, data.1) });
    }

    fn new_bytearray(&self, data: &[u8]) -> HostObj {
        let data = data.to_vec();
        make(|vm| vm.alloc(k::BYTEARRAY, Body::ByteArray(data)))
    }

    fn bytearray_storage(&self, bytearray: HostRef) -> (*mut u8, usize) {
        with(|vm| {
            let bytearray = handle(vm, bytearray);
            let bytes = terminated(vm, bytearray);
            (bytes.as_mut_ptr(), bytes.len())
        })
    }

    fn new_tuple(&self, items: Vec<HostObj>) -> HostObj {
        make(|vm| {
            let mark = taken(vm, items);
            vm.tuple_since(mark)
        })
    }

    fn new_list(&self, items: Vec<HostObj>) -> HostObj {
        make(|vm| {
            let mark = taken(vm, items);
            vm.list_since(mark)
        })
    }

    fn items(&self, sequence: HostRef) -> Vec<HostObj> {
        with(|vm| {
            let sequence = handle(vm, sequence);
            let mark = vm.mark();
            if vm.push_items(sequence, usize::MAX).is_err() {
                drop(crate::host::pending(vm));
                panic!("an item of the list cannot leave C");
            }
            let words = vm.heap.stack[mark..].to_vec();
            words.into_iter().map(|word| own_value(vm, word)).collect()
        })
    }

    fn exception_args(&self, exception: HostRef) -> HostObj {
        with(|vm| {
            let exception = handle(vm, exception);
            let args = vm.exception(exception).map_or(Value::NULL, |exception| exception.args);
            let args = if args.is_null() { vm.get(k::EMPTY_TUPLE) } else { args };
            own_value(vm, args)
        })
    }

    fn list_stamp(&self, _list: HostRef) -> Option<u32> {
        None
    }

    fn list_change(&self, list: HostRef, identities: &[usize]) -> Option<(Range<usize>, Vec<HostObj>)> {
        with(|vm| {
            let list = handle(vm, list);
            let now = vm.items(list).map_or(Vec::new(), <[Value]>::to_vec);
            let now_identities: Vec<usize> = now.iter().map(|&word| vm.heap.id(word) as usize).collect();
            let start = now_identities.iter().zip(identities).take_while(|(item, known)| item == known).count();
            if start == now.len() && start == identities.len() {
                return None;
            }
            let ends = now_identities[start..].iter().rev().zip(identities[start..].iter().rev());
            let end = ends.take_while(|(item, known)| item == known).count();
            let new = now[start..now.len() - end].iter().map(|&word| own_value(vm, word)).collect();
            Some((start..identities.len() - end, new))
        })
    }

    fn splice_list(&self, list: HostRef, range: Range<usize>, items: Vec<HostObj>) {
        with(|vm| {
            let list = handle(vm, list);
            let mark = taken(vm, items);
            // Beyond the limit if need be.
            vm.beyond_limit(|vm| vm.list_splice(list, range, mark)).expect("memory for a list");
        });
    }

    fn new_dict(&self) -> HostObj {
        make(Vm::dict)
    }

    fn container_len(&self, container: HostRef) -> usize {
        body(container, |body| match body {
            Body::Dict(table) | Body::Set(table) => table.len(),
            Body::Tuple(items) => items.len(),
            Body::List(items) => items.len(),
            _ => 0,
        })
    }

    fn dict_next(&self, dict: HostRef, position: usize) -> Option<(usize, HostObj, HostObj)> {
        with(|vm| {
            let dict = handle(vm, dict);
            let (at, entry) = vm.table(dict).entry_from(position)?;
            let (key, value) = (own_value(vm, entry.key), own_value(vm, entry.value));
            Some((at + 1, key, value))
        })
    }

    fn new_module(&self, name: HostRef) -> HostObj {
        make(|vm| {
            let name = handle(vm, name);
            let text = vm.string(name);
            vm.new_module(&text)
        })
    }

    fn namespace(&self, object: HostRef) -> HostObj {
        make(|vm| {
            let object = handle(vm, object);
            if let Some(Body::Type(data)) = vm.body(object) {
                let dict = data.dict;
                return Ok(vm.push(dict));
            }
            vm.instance_dict(object)
        })
    }

    fn new_method(&self, function: HostRef, self_: HostRef) -> HostObj {
        make(|vm| {
            let (function, self_) = (handle(vm, function), handle(vm, self_));
            vm.alloc(k::METHOD, Body::Method(vm.get(function), vm.get(self_)))
        })
    }

    fn method_parts(&self, method: HostRef) -> (HostObj, HostObj) {
        with(|vm| {
            let method = handle(vm, method);
            let Some(Body::Method(function, self_)) = vm.body(method) else {
                return (own(vm, k::NONE), own(vm, k::NONE));
            };
            let (function, self_) = (*function, *self_);
            (own_value(vm, function), own_value(vm, self_))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::regroup;

    #[test]
    fn regrouping_bits_keeps_the_number() {
        for words in [vec![], vec![1], vec![u32::MAX; 7], vec![0, 0, 1], vec![0x8000_0000, 5, 0x4000_0001]] {
            let digits = regroup(&words, 32, 30);
            assert!(digits.iter().all(|&digit| digit < 1 << 30));
            assert_eq!(regroup(&digits, 30, 32), words);
        }
    }
}
