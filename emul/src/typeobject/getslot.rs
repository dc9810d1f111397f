//! `PyType_GetSlot`: the slots by their numbers.

#![allow(clippy::missing_transmute_annotations, reason = "a slot's own field says the function's type")]

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use capi_macros::capi;
use object_mirror::object::{PyTypeObject, slots as number};

use crate::boundary::{Cx, Result};
use crate::slots::Slot;

pub(super) fn slot_of_number(slot: c_int) -> Option<Slot> {
    use Slot::*;
    const TABLE: &[(c_int, Slot)] = &[
        (1, BfGetbuffer),
        (2, BfReleasebuffer),
        (3, MpAssSubscript),
        (4, MpLength),
        (5, MpSubscript),
        (6, NbAbsolute),
        (7, NbAdd),
        (8, NbAnd),
        (9, NbBool),
        (10, NbDivmod),
        (11, NbFloat),
        (12, NbFloorDivide),
        (13, NbIndex),
        (14, NbInplaceAdd),
        (15, NbInplaceAnd),
        (16, NbInplaceFloorDivide),
        (17, NbInplaceLshift),
        (18, NbInplaceMultiply),
        (19, NbInplaceOr),
        (20, NbInplacePower),
        (21, NbInplaceRemainder),
        (22, NbInplaceRshift),
        (23, NbInplaceSubtract),
        (24, NbInplaceTrueDivide),
        (25, NbInplaceXor),
        (26, NbInt),
        (27, NbInvert),
        (28, NbLshift),
        (29, NbMultiply),
        (30, NbNegative),
        (31, NbOr),
        (32, NbPositive),
        (33, NbPower),
        (34, NbRemainder),
        (35, NbRshift),
        (36, NbSubtract),
        (37, NbTrueDivide),
        (38, NbXor),
        (39, SqAssItem),
        (40, SqConcat),
        (41, SqContains),
        (42, SqInplaceConcat),
        (43, SqInplaceRepeat),
        (44, SqItem),
        (45, SqLength),
        (46, SqRepeat),
        (50, TpCall),
        (54, TpDescrGet),
        (55, TpDescrSet),
        (58, TpGetattro),
        (59, TpHash),
        (60, TpInit),
        (62, TpIter),
        (63, TpIternext),
        (65, TpNew),
        (66, TpRepr),
        (67, TpRichcompare),
        (69, TpSetattro),
        (70, TpStr),
        (75, NbMatrixMultiply),
        (76, NbInplaceMatrixMultiply),
        (77, AmAwait),
        (78, AmAiter),
        (79, AmAnext),
        (80, TpFinalize),
    ];
    TABLE.iter().find(|(number, _)| *number == slot).map(|&(_, slot)| slot)
}

/// The function or pointer in a slot, by its number.
#[capi]
fn PyType_GetSlot(cx: Cx<'_>, ty: *mut PyTypeObject, slot: c_int) -> Result<*mut c_void> {
    // SAFETY: C passes a live type.
    unsafe {
        let word = |function: usize| function as *mut c_void;
        Ok(match slot {
            number::Py_tp_base => (*ty).tp_base.cast(),
            number::Py_tp_bases => (*ty).tp_bases.cast(),
            number::Py_tp_alloc => std::mem::transmute::<_, *mut c_void>((*ty).tp_alloc),
            number::Py_tp_clear => std::mem::transmute::<_, *mut c_void>((*ty).tp_clear),
            number::Py_tp_dealloc => std::mem::transmute::<_, *mut c_void>((*ty).tp_dealloc),
            number::Py_tp_del => std::mem::transmute::<_, *mut c_void>((*ty).tp_del),
            number::Py_tp_doc => (*ty).tp_doc.cast_mut().cast(),
            number::Py_tp_free => std::mem::transmute::<_, *mut c_void>((*ty).tp_free),
            number::Py_tp_getattr => std::mem::transmute::<_, *mut c_void>((*ty).tp_getattr),
            number::Py_tp_setattr => std::mem::transmute::<_, *mut c_void>((*ty).tp_setattr),
            number::Py_tp_is_gc => std::mem::transmute::<_, *mut c_void>((*ty).tp_is_gc),
            number::Py_tp_traverse => std::mem::transmute::<_, *mut c_void>((*ty).tp_traverse),
            number::Py_tp_members => (*ty).tp_members.cast(),
            number::Py_tp_methods => (*ty).tp_methods.cast(),
            number::Py_tp_getset => (*ty).tp_getset.cast(),
            number::Py_am_send if !(*ty).tp_as_async.is_null() => {
                std::mem::transmute::<_, *mut c_void>((*(*ty).tp_as_async).am_send)
            }
            number::Py_am_send => null_mut(),
            other => match slot_of_number(other) {
                Some(slot) => word(slot.get(ty)),
                None => return Err(cx.bad_internal_call()),
            },
        })
    }
}
