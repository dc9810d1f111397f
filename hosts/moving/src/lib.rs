//! The reference host: a small Python interpreter whose objects really move.
//!
//! It exists to test the layer between C and a managed, moving heap, and to be copied by whoever ports the layer to another
//! interpreter. What it lacks raises NotImplementedError or ImportError and says what.
//!
//! | where | what |
//! |---|---|
//! | `value`, `object` | the tagged word; the cell of the heap and what it can hold |
//! | `collector` | the `Collector` trait and the copying collector |
//! | `slots` | the tables of words that C and the interpreter keep |
//! | `heap` | handles and roots, when to collect, weak references, finalisers |
//! | `endings` | which of the dead end first |
//! | `table` | the hash table of dict and set |
//! | `known` | constant handles: singletons, builtin classes, names |
//! | `vm` | the interpreter's state; making and reading objects, raising |
//! | `code`, `import`, `syntax` | bytecode in the form the loop runs; compiling and importing; source that is refused |
//! | `eval`, `eval_more`, `generator`, `coroutine` | the loop |
//! | `frame` | frames as objects |
//! | `call`, `native` | calling Python functions and builtin ones |
//! | `attr`, `types`, `bases` | attributes, classes |
//! | `number`, `container`, `text`, `exception`, `exception_group` | operators; containers; objects as text; exceptions |
//! | `report` | what goes to `sys.stderr` |
//! | `objects/` | one file per family of builtin classes |
//! | `builtins`, `modules/` | the builtin functions; the modules in Rust |
//! | `host/` | the interpreter as a host of the C API |
//! | `boot` | starting, running a script, ending |
//!
//! The rule for all of it: **no [`value::Value`] across an allocation.** Anything that may allocate takes `&mut Vm` and handles
//! ([`heap::H`]); handles made by a callee are dropped when the instruction that called it ends.
#![allow(clippy::wrong_self_convention, reason = "a conversion may run Python code: it changes the interpreter")]
#![allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a cell that the collector is given is a live one: the heap's contract"
)]

mod attr;
mod bases;
mod boot;
mod builtins;
mod call;
mod code;
pub mod collector;
mod container;
mod coroutine;
mod endings;
mod eval;
mod eval_more;
mod exception;
mod exception_group;
mod frame;
mod generator;
pub mod heap;
pub mod host;
mod import;
mod items;
mod known;
mod modules;
mod native;
mod number;
mod object;
mod objects;
mod report;
mod slots;
mod syntax;
mod table;
mod text;
mod types;
pub mod value;
mod vm;

pub use boot::{Program, run};
pub use heap::Mode;
pub use vm::{Options, Vm};
