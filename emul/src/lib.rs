//! CPython 3.13's C API over an abstract host interpreter.
//!
//! One file per header family, named like CPython's: who knows `Include/` knows this crate. A function is declared once,
//! with `#[capi]`; [`host`] is what an interpreter implements; [`boundary`] is the door between C and our code; [`cross`]
//! turns host objects into mirrors and back.
#![allow(non_snake_case, non_upper_case_globals, reason = "CPython's names, letter for letter")]

pub mod boundary;
pub mod cross;
pub mod host;
pub mod lifetime;
pub mod loader;
pub mod lock;
pub mod methodobject;
pub mod slots;
pub mod stats;

mod abstract_;
mod boolobject;
mod buffer;
mod bytearrayobject;
mod bytesobject;
mod codecs;
mod complexobject;
mod descrobject;
mod dictobject;
mod floatobject;
#[path = "gen/mod.rs"]
mod gen_;
mod in_c;
mod listobject;
mod longobject;
mod missing;
mod moduleobject;
mod objimpl;
mod pyctype;
mod pyerrors;
mod pyhash;
mod pystate;
mod pystrcmp;
mod pystrtod;
mod setobject;
mod special;
mod statics;
mod tupleobject;
mod typeobject;
mod unicodeobject;

/// Make the layer ready for C code: the statics filled and linked. Once, after [`host::install`].
pub fn init() {
    let _held = lock::hold();
    statics::init();
    methodobject::init();
}

/// Whether CPython exports `name`, we lack it, and it has no way to report that: data, or a function without an error channel.
pub(crate) fn missing_without_error_channel(name: &str) -> bool {
    gen_::missing::NO_ERROR_CHANNEL.binary_search(&name).is_ok()
}

/// After `fork`, in the child.
pub fn after_fork_in_child() {
    lock::renew_after_fork();
}
