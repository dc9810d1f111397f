//! Objects and attributes, and dicts by their own implementation.

use emul::host::{Compare, DictProtocol, HostObj, HostRef, HostResult, Kind, ObjectProtocol};

use crate::host::{MovingHost, borrowed, handle, object, own, own_value, result, threads, value, with};
use crate::known::{self as k, n};
use crate::number::Cmp;
use crate::object::{Body, Layout};
use crate::value::Value;
use crate::vm::{Raised, Vm};

/// How a word is laid out for C.
#[inline]
fn kind(vm: &Vm, word: Value) -> Kind {
    match word {
        Value::NONE => return Kind::None,
        Value::TRUE => return Kind::True,
        Value::FALSE => return Kind::False,
        Value::ELLIPSIS => return Kind::Ellipsis,
        Value::NOT_IMPLEMENTED => return Kind::NotImplemented,
        _ => {}
    }
    let Some(object) = word.object() else { return word.as_int().map_or(Kind::Int, Kind::Unboxed) };
    match &object.body {
        Body::CInstance(mirror) | Body::CFunction(mirror) => Kind::CInstance(*mirror),
        Body::Int(_) => Kind::Int,
        Body::Float(_) => Kind::Float,
        Body::Complex(..) => Kind::Complex,
        Body::Str(_) => Kind::Str,
        Body::Bytes(_) => Kind::Bytes,
        Body::ByteArray(_) => Kind::ByteArray,
        Body::Tuple(_) => Kind::Tuple,
        Body::List(_) => Kind::List,
        Body::Dict(_) => Kind::Dict,
        Body::Set(_) if vm.is_subclass(object.class, vm.get(k::FROZENSET)) => Kind::FrozenSet,
        Body::Set(_) => Kind::Set,
        Body::Type(_) => Kind::Type,
        Body::Exception(_) => Kind::Exception,
        Body::Module => Kind::Module,
        Body::Method(..) if object.class == vm.get(k::METHOD) => Kind::Method,
        _ => Kind::Other,
    }
}

impl ObjectProtocol for MovingHost {
    fn kind(&self, object: HostRef) -> Kind {
        threads::current(|vm| kind(vm, value(vm, object.word())))
    }

    fn type_of(&self, object: HostRef) -> HostRef {
        threads::current(|vm| {
            let class = vm.class_word(value(vm, object.word()));
            // On the stack until the call into C that asks returns to the interpreter.
            borrowed(vm.push(class))
        })
    }

    fn get_attr(&self, target: HostRef, name: HostRef) -> HostResult<HostObj> {
        object(|vm| {
            let (target, name) = (handle(vm, target), handle(vm, name));
            vm.getattr(target, name)
        })
    }

    fn set_attr(&self, target: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        result(|vm| {
            let (target, name) = (handle(vm, target), handle(vm, name));
            let value = value.map(|value| handle(vm, value));
            vm.setattr(target, name, value)
        })
    }

    fn set_attr_as(&self, class: HostRef, target: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        result(|vm| {
            let (class, target, name) = (handle(vm, class), handle(vm, target), handle(vm, name));
            let special = if value.is_some() { n::__setattr__ } else { n::__delattr__ };
            let set = vm.lookup(vm.get(class), special).expect("object has both");
            let set = vm.push(set);
            match value.map(|value| handle(vm, value)) {
                Some(value) => vm.call(set, &[target, name, value])?,
                None => vm.call(set, &[target, name])?,
            };
            Ok(())
        })
    }

    fn generic_get_attr(&self, target: HostRef, name: HostRef) -> HostResult<HostObj> {
        object(|vm| {
            let (target, name) = (handle(vm, target), handle(vm, name));
            match vm.generic_getattr(target, name)? {
                Some(found) => Ok(found),
                None => Err(vm.no_attribute(target, name)),
            }
        })
    }

    fn generic_set_attr(&self, target: HostRef, name: HostRef, value: Option<HostRef>) -> HostResult<()> {
        result(|vm| {
            let (target, name) = (handle(vm, target), handle(vm, name));
            let value = value.map(|value| handle(vm, value));
            vm.plain_setattr(target, name, value)
        })
    }

    fn instance_dict(&self, target: HostRef) -> Option<HostObj> {
        with(|vm| {
            let target = handle(vm, target);
            let class = vm.class_word(vm.get(target));
            let has_one = vm.get(target).object().is_some_and(|object| !object.dict.is_null());
            if !has_one && vm.type_data(class).flags & crate::object::TYPE_DICT == 0 {
                return None;
            }
            let dict = vm.instance_dict(target).ok()?;
            Some(own(vm, dict))
        })
    }

    fn present_instance_dict(&self, target: HostRef) -> Option<HostObj> {
        threads::current(|vm| {
            let dict = value(vm, target.word()).object()?.dict;
            (!dict.is_null()).then(|| own_value(vm, dict))
        })
    }

    fn set_instance_dict(&self, target: HostRef, dict: HostObj) -> bool {
        threads::current(|vm| {
            let class = vm.class_word(value(vm, target.word()));
            let has_one = vm.type_data(class).flags & crate::object::TYPE_DICT != 0;
            let mark = vm.mark();
            let dict = super::take(vm, dict);
            if has_one {
                let (target, dict) = (value(vm, target.word()), vm.get(dict));
                vm.heap.write(target).dict = dict;
            }
            vm.cut(mark);
            has_one
        })
    }

    fn repr(&self, target: HostRef) -> HostResult<HostObj> {
        object(|vm| {
            let target = handle(vm, target);
            vm.repr(target)
        })
    }

    fn str(&self, target: HostRef) -> HostResult<HostObj> {
        object(|vm| {
            let target = handle(vm, target);
            vm.to_str(target)
        })
    }

    fn hash(&self, target: HostRef) -> HostResult<isize> {
        result(|vm| {
            let target = handle(vm, target);
            vm.hash(target).map(|hash| hash as isize)
        })
    }

    fn is_true(&self, target: HostRef) -> HostResult<bool> {
        result(|vm| {
            let target = handle(vm, target);
            vm.truth(target)
        })
    }

    fn rich_compare(&self, left: HostRef, right: HostRef, op: Compare) -> HostResult<HostObj> {
        object(|vm| {
            let (left, right) = (handle(vm, left), handle(vm, right));
            vm.compare(Cmp::from_code(op as u32), left, right)
        })
    }

    fn is_instance(&self, target: HostRef, class: HostRef) -> HostResult<bool> {
        result(|vm| {
            let (target, class) = (handle(vm, target), handle(vm, class));
            vm.isinstance(target, class)
        })
    }

    fn is_subclass(&self, class: HostRef, of: HostRef) -> HostResult<bool> {
        result(|vm| {
            let (class, of) = (handle(vm, class), handle(vm, of));
            vm.issubclass(class, of)
        })
    }

    fn length(&self, target: HostRef) -> HostResult<usize> {
        result(|vm| {
            let target = handle(vm, target);
            vm.len(target)
        })
    }

    fn get_item(&self, target: HostRef, key: HostRef) -> HostResult<HostObj> {
        object(|vm| {
            let (target, key) = (handle(vm, target), handle(vm, key));
            vm.get_item(target, key)
        })
    }

    fn set_item(&self, target: HostRef, key: HostRef, value: Option<HostRef>) -> HostResult<()> {
        result(|vm| {
            let (target, key) = (handle(vm, target), handle(vm, key));
            match value {
                Some(value) => {
                    let value = handle(vm, value);
                    vm.set_item(target, key, value)
                }
                None => vm.del_item(target, key),
            }
        })
    }

    fn contains(&self, target: HostRef, item: HostRef) -> HostResult<bool> {
        result(|vm| {
            let (target, item) = (handle(vm, target), handle(vm, item));
            vm.contains(target, item)
        })
    }

    fn iter(&self, target: HostRef) -> HostResult<HostObj> {
        object(|vm| {
            let target = handle(vm, target);
            vm.iter(target)
        })
    }

    fn next(&self, iterator: HostRef) -> HostResult<Option<HostObj>> {
        result(|vm| {
            let iterator = handle(vm, iterator);
            if let Some(item) = vm.next_or_stop(iterator)? {
                return Ok(Some(own(vm, item)));
            }
            let stop = vm.push(vm.get(k::PENDING));
            if vm.get(stop).is_null() {
                return Ok(None);
            }
            let value = vm.stop_value(stop);
            if !vm.is_none(value) {
                return Err(Raised);
            }
            vm.set(k::PENDING, Value::NULL);
            Ok(None)
        })
    }
}

impl DictProtocol for MovingHost {
    fn dict_get(&self, dict: HostRef, key: HostRef) -> HostResult<Option<HostObj>> {
        result(|vm| {
            let (dict, key) = (handle(vm, dict), handle(vm, key));
            let found = vm.dict_get(dict, key)?;
            Ok(found.map(|found| own(vm, found)))
        })
    }

    fn dict_set(&self, dict: HostRef, key: HostRef, value: HostRef) -> HostResult<()> {
        result(|vm| {
            let (dict, key, value) = (handle(vm, dict), handle(vm, key), handle(vm, value));
            vm.dict_set(dict, key, value)
        })
    }

    fn dict_remove(&self, dict: HostRef, key: HostRef) -> HostResult<Option<HostObj>> {
        result(|vm| {
            let (dict, key) = (handle(vm, dict), handle(vm, key));
            let Some(found) = vm.dict_get(dict, key)? else { return Ok(None) };
            let removed = own(vm, found);
            vm.dict_remove(dict, key)?;
            Ok(Some(removed))
        })
    }
}

/// The class attribute that `class` or a base defines, unbound.
pub(super) fn lookup(class: HostRef, name: HostRef) -> Option<HostObj> {
    with(|vm| {
        let name = handle(vm, name);
        let found = vm.lookup(value(vm, class.word()), name)?;
        Some(own_value(vm, found))
    })
}

/// The layout of a class's instances.
pub(super) fn layout(vm: &Vm, class: Value) -> Layout {
    vm.type_data(class).layout
}
