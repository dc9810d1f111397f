//! The builtin classes, one file per family.

pub(crate) mod alias;
pub(crate) mod basic;
pub(crate) mod bytes;
pub(crate) mod descr;
pub(crate) mod dict;
pub(crate) mod float;
pub(crate) mod int;
pub(crate) mod iter;
pub(crate) mod list;
pub(crate) mod percent;
pub(crate) mod search;
pub(crate) mod set;
pub(crate) mod str;
pub(crate) mod str_format;
pub(crate) mod union;
pub(crate) mod view;

use crate::boot::Members;
use crate::known as k;

/// All builtin classes' methods and attributes.
pub(crate) fn members() -> Vec<Members> {
    let row = |class, methods, attrs| Members { class, methods, attrs };
    let mut rows = vec![
        row(k::OBJECT, &basic::OBJECT_METHODS, &basic::OBJECT_ATTRS),
        row(k::TYPE, &basic::TYPE_METHODS, &basic::TYPE_ATTRS),
        row(k::NONE_TYPE, &basic::NONE_METHODS, &[]),
        row(k::NONE_TYPE, &union::OPERAND_METHODS, &[]),
        row(k::UNION, &union::METHODS, &union::ATTRS),
        row(k::GENERIC_ALIAS, &alias::ALIAS_METHODS, &alias::ALIAS_ATTRS),
        row(k::LOCK, &crate::modules::thread::LOCK_METHODS, &[]),
        row(k::RLOCK, &crate::modules::thread::RLOCK_METHODS, &[]),
        row(k::ELLIPSIS_TYPE, &basic::ELLIPSIS_METHODS, &[]),
        row(k::NOT_IMPLEMENTED_TYPE, &basic::NOT_IMPLEMENTED_METHODS, &[]),
        row(k::GENERATOR, &crate::generator::METHODS, &crate::generator::ATTRS),
        row(k::COROUTINE, &crate::coroutine::METHODS, &crate::coroutine::ATTRS),
        row(k::COROUTINE_WRAPPER, &crate::coroutine::WRAPPER_METHODS, &[]),
        row(k::ASYNC_GENERATOR, &crate::coroutine::ASYNC_METHODS, &crate::coroutine::ASYNC_ATTRS),
        row(k::BASE_EXCEPTION_GROUP, &crate::exception_group::METHODS, &crate::exception_group::ATTRS),
        row(k::BASE_EXCEPTION, &crate::exception::METHODS, &crate::exception::ATTRS),
        row(k::STOP_ITERATION, &[], &crate::exception::STOP_ATTRS),
        row(k::SYSTEM_EXIT, &[], &crate::exception::EXIT_ATTRS),
        row(k::ATTRIBUTE_ERROR, &[], &crate::exception::ATTRIBUTE_ATTRS),
        row(k::NAME_ERROR, &[], &crate::exception::NAME_ATTRS),
        row(k::IMPORT_ERROR, &[], &crate::exception::IMPORT_ATTRS),
        row(k::OS_ERROR, &[], &crate::exception::OS_ATTRS),
        row(k::UNICODE_DECODE_ERROR, &[], &crate::exception::UNICODE_ATTRS),
        row(k::UNICODE_ENCODE_ERROR, &[], &crate::exception::UNICODE_ATTRS),
        row(k::UNICODE_TRANSLATE_ERROR, &[], &crate::exception::TRANSLATE_ATTRS),
        row(k::SYNTAX_ERROR, &[], &crate::exception::SYNTAX_ATTRS),
        row(k::INT, &int::METHODS, &int::ATTRS),
        row(k::BOOL, &int::BOOL_METHODS, &[]),
        row(k::FLOAT, &float::METHODS, &float::ATTRS),
        row(k::COMPLEX, &float::COMPLEX_METHODS, &float::COMPLEX_ATTRS),
        row(k::STR, &str::METHODS, &[]),
        row(k::STR, &str::MORE_METHODS, &[]),
        row(k::BYTES, &bytes::METHODS, &[]),
        row(k::BYTEARRAY, &bytes::ARRAY_METHODS, &[]),
        row(k::LIST, &list::METHODS, &[]),
        row(k::LIST, &list::SEARCH_METHODS, &[]),
        row(k::TUPLE, &list::TUPLE_METHODS, &[]),
        row(k::TUPLE, &list::SEARCH_METHODS, &[]),
        row(k::RANGE, &list::RANGE_METHODS, &list::RANGE_ATTRS),
        row(k::SLICE, &list::SLICE_METHODS, &list::SLICE_ATTRS),
        row(k::DICT, &dict::METHODS, &[]),
        row(k::DICT_KEYS, &dict::KEYS_METHODS, &[]),
        row(k::DICT_VALUES, &dict::VIEW_METHODS, &[]),
        row(k::DICT_ITEMS, &dict::KEYS_METHODS, &[]),
        row(k::MAPPINGPROXY, &dict::PROXY_METHODS, &[]),
        row(k::SET, &set::METHODS, &[]),
        row(k::FROZENSET, &set::FROZEN_METHODS, &[]),
        row(k::MEMORYVIEW, &view::METHODS, &view::ATTRS),
    ];
    rows.extend(reduce_rows());
    rows.extend(descr::members());
    rows.extend(iter::members());
    rows
}

/// What `copy` and `pickle` ask for.
fn reduce_rows() -> Vec<Members> {
    use crate::modules::reduce as r;
    let row = |class, methods| Members { class, methods, attrs: &[] };
    let mut rows = vec![
        row(k::OBJECT, &r::OBJECT_METHODS[..]),
        row(k::SET, &r::SET),
        row(k::FROZENSET, &r::SET),
        row(k::BYTEARRAY, &r::BYTEARRAY),
        row(k::RANGE, &r::RANGE),
        row(k::GENERIC_ALIAS, &r::ALIAS),
        row(k::UNION, &r::UNION),
        row(k::NAMESPACE, &r::NAMESPACE),
        row(k::BASE_EXCEPTION, &r::EXCEPTION),
        row(k::ELLIPSIS_TYPE, &r::ELLIPSIS),
        row(k::NOT_IMPLEMENTED_TYPE, &r::NOT_IMPLEMENTED),
    ];
    let values = [k::INT, k::FLOAT, k::COMPLEX, k::STR, k::BYTES, k::TUPLE];
    rows.extend(values.map(|class| row(class, &r::VALUE_METHODS)));
    let functions =
        [k::NATIVE, k::METHOD, k::METHOD_DESCR, k::CLASS_METHOD_DESCR, k::SLOT_WRAPPER, k::GETSET, k::MEMBER];
    rows.extend(functions.map(|class| row(class, &r::FUNCTION)));
    rows
}
