//! C types with the slots of a sequence. A special method does not tell them apart from those of a mapping or a number:
//! `__getitem__` stands for `sq_item`, `mp_subscript` or both. So classes of C types, and those derived from them, have flags
//! for what C filled.

use emul::slots::{self, Slot};
use object_mirror::object::{Py_TPFLAGS_MAPPING, Py_TPFLAGS_SEQUENCE, PyTypeObject};

use crate::heap::H;
use crate::host::borrowed;
use crate::host::calls::{done, returned};
use crate::host::foreign::Work;
use crate::known::{self as k, n};
use crate::object::{
    EXPORTS, MATCHES_MAPPING, MATCHES_SEQUENCE, MP_ASS_SUBSCRIPT, MP_SUBSCRIPT, SQ_ASS_ITEM, SQ_ITEM, SQ_LENGTH, TYPE_C,
};
use crate::vm::{R, Vm};

/// The flags of a C type.
///
/// # Safety
/// `ty` is a live, ready type and the lock is held.
pub(super) unsafe fn flags_of(ty: *mut PyTypeObject) -> u32 {
    let table = [
        (Slot::SqItem, SQ_ITEM),
        (Slot::MpSubscript, MP_SUBSCRIPT),
        (Slot::SqAssItem, SQ_ASS_ITEM),
        (Slot::MpAssSubscript, MP_ASS_SUBSCRIPT),
        (Slot::SqLength, SQ_LENGTH),
        (Slot::BfGetbuffer, EXPORTS),
    ];
    let filled = slots::filled(ty.cast());
    let flags = table.into_iter().filter(|(slot, _)| filled.contains(slot)).fold(0, |flags, (_, flag)| flags | flag);
    // SAFETY: the caller's contract.
    let declared = unsafe { (*ty).tp_flags };
    let matches = [(Py_TPFLAGS_SEQUENCE, MATCHES_SEQUENCE), (Py_TPFLAGS_MAPPING, MATCHES_MAPPING)];
    let matches = matches.into_iter().filter(|(declares, _)| declared & *declares as std::ffi::c_ulong != 0);
    matches.fold(flags, |flags, (_, flag)| flags | flag)
}

impl Vm {
    fn is_c_slot(&self, method: H) -> bool {
        matches!(self.foreign(method).map(|foreign| &foreign.work), Some(Work::Slot(_)))
    }

    /// Whether `method`, the class's `__getitem__`, is C's and takes an index and no other key.
    pub(crate) fn indexes_items(&self, object: H, method: H) -> bool {
        self.is_c_slot(method) && self.class_flags(object) & (SQ_ITEM | MP_SUBSCRIPT) == SQ_ITEM
    }

    /// The same of `__setitem__` or `__delitem__`.
    pub(crate) fn indexes_to_set(&self, object: H, method: H) -> bool {
        self.is_c_slot(method) && self.class_flags(object) & (SQ_ASS_ITEM | MP_ASS_SUBSCRIPT) == SQ_ASS_ITEM
    }

    /// Whether the items of the object can be counted through: `PySequence_Check`.
    pub(crate) fn is_sequence(&mut self, object: H) -> bool {
        if matches!(self.body(object), Some(crate::object::Body::Dict(_))) {
            return false;
        }
        let Some(method) = self.special(object, n::__getitem__) else { return false };
        !self.is_c_slot(method) || self.class_flags(object) & SQ_ITEM != 0
    }

    /// `sq_item` with any key.
    pub(crate) fn c_item(&mut self, object: H, key: H) -> R<H> {
        let index = self.c_index(object, key)?;
        returned(self, |_| slots::indexed(Slot::SqItem, borrowed(object), index))
    }

    /// `sq_ass_item` with any key; `None` deletes.
    pub(crate) fn set_c_item(&mut self, object: H, key: H, value: Option<H>) -> R<()> {
        let index = self.c_index(object, key)?;
        done(self, |_| slots::set_indexed(Slot::SqAssItem, borrowed(object), index, value.map(borrowed)))
    }

    /// Item `index` of a sequence, as the iterator over it asks: by `sq_item` even where keys go to `mp_subscript`. (The `sq_item`
    /// of a class made in Python calls `__getitem__`.)
    pub(crate) fn nth_item(&mut self, object: H, index: H) -> R<H> {
        if self.class_flags(object) & (SQ_ITEM | TYPE_C) == SQ_ITEM | TYPE_C
            && let Some(method) = self.special(object, n::__getitem__)
            && self.is_c_slot(method)
        {
            return self.c_item(object, index);
        }
        self.get_item(object, index)
    }

    fn c_index(&mut self, object: H, key: H) -> R<isize> {
        if !self.is_int(key) && self.special(key, n::__index__).is_none() {
            let given = self.class_name(key);
            return Err(self.type_error(format!("sequence index must be integer, not '{given}'")));
        }
        let index = self.index(key)?;
        let Some(index) = self.as_i64(index) else {
            let given = self.class_name(key);
            return Err(self.raise(k::INDEX_ERROR, format!("cannot fit '{given}' into an index-sized integer")));
        };
        if index >= 0 || self.class_flags(object) & SQ_LENGTH == 0 {
            return Ok(index as isize);
        }
        let length = done(self, |_| slots::length(Slot::SqLength, borrowed(object)))?;
        Ok(index as isize + length as isize)
    }
}
