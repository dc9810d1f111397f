//! The builtin classes, one file per family.

pub(crate) mod basic;
pub(crate) mod bytes;
pub(crate) mod descr;
pub(crate) mod dict;
pub(crate) mod float;
pub(crate) mod int;
pub(crate) mod iter;
pub(crate) mod list;
pub(crate) mod search;
pub(crate) mod set;
pub(crate) mod str;
pub(crate) mod str_format;
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
        row(k::ELLIPSIS_TYPE, &basic::ELLIPSIS_METHODS, &[]),
        row(k::NOT_IMPLEMENTED_TYPE, &basic::NOT_IMPLEMENTED_METHODS, &[]),
        row(k::GENERATOR, &crate::generator::METHODS, &crate::generator::ATTRS),
        row(k::BASE_EXCEPTION, &crate::exception::METHODS, &crate::exception::ATTRS),
        row(k::STOP_ITERATION, &[], &crate::exception::STOP_ATTRS),
        row(k::SYSTEM_EXIT, &[], &crate::exception::EXIT_ATTRS),
        row(k::ATTRIBUTE_ERROR, &[], &crate::exception::ATTRIBUTE_ATTRS),
        row(k::NAME_ERROR, &[], &crate::exception::NAME_ATTRS),
        row(k::IMPORT_ERROR, &[], &crate::exception::IMPORT_ATTRS),
        row(k::OS_ERROR, &[], &crate::exception::OS_ATTRS),
        row(k::UNICODE_DECODE_ERROR, &[], &crate::exception::UNICODE_ATTRS),
        row(k::UNICODE_ENCODE_ERROR, &[], &crate::exception::UNICODE_ATTRS),
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
    rows.extend(descr::members());
    rows.extend(iter::members());
    rows
}
