//! Whether a list was changed, in one load.
//!
//! RustPython counts the changes of each list, to notice those made during a sort, and keeps the number to itself. The place
//! of the number in the list's struct is found by changing a list and looking what counts along; `list.sort`, which alone
//! changes a list uncounted, is wrapped to count.

use std::mem::size_of;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustpython::vm::builtins::PyList;
use rustpython::vm::builtins::descriptor::PyMethodDescriptor;
use rustpython::vm::function::{FuncArgs, ItemDoc, PyMethodFlags};
use rustpython::vm::{PyObjectRef, PyResult, VirtualMachine};

/// The list's count of changes; `None` if it was not found.
pub(super) fn of(list: &PyList) -> Option<u32> {
    static PLACE: OnceLock<Option<usize>> = OnceLock::new();
    PLACE.get_or_init(find).map(|place| read(list, place))
}

fn read(list: &PyList, place: usize) -> u32 {
    // SAFETY: `place` is within the struct and aligned; what is there may be written by other threads, so the load is atomic.
    unsafe { (*std::ptr::from_ref(list).byte_add(place).cast::<AtomicU32>()).load(Ordering::Relaxed) }
}

/// Where the only number is that grows by one with each change, and with nothing else.
fn find() -> Option<usize> {
    let list = PyList::default();
    let counts_along = |place: &usize| {
        [1, 0, 3, 2].into_iter().all(|changes| {
            let before = read(&list, *place);
            (0..changes).for_each(|_| drop(list.borrow_vec_mut()));
            drop(list.borrow_vec());
            read(&list, *place) == before.wrapping_add(changes)
        })
    };
    let mut places = (0..size_of::<PyList>()).step_by(size_of::<AtomicU32>()).filter(counts_along);
    places.next().filter(|_| places.next().is_none())
}

static HOST_SORT: OnceLock<PyObjectRef> = OnceLock::new();

/// Make `list.sort` count.
pub(crate) fn install(vm: &VirtualMachine) {
    let class = vm.ctx.types.list_type;
    let name = vm.ctx.intern_str("sort");
    let Some(host) = class.get_attr(name) else { return };
    let signature = host.downcast_ref::<PyMethodDescriptor>().and_then(|host| host.method.doc);
    let doc = ItemDoc { text: signature, ..ItemDoc::NONE };
    if HOST_SORT.set(host).is_err() {
        return; // Types are shared by all interpreters of a process.
    }
    let sort = vm.ctx.new_method_def("sort", sort, PyMethodFlags::METHOD, doc);
    class.set_attr(name, sort.build_method(class, vm).into());
}

fn sort(args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    let list = args.args.first().cloned();
    // Before, too: the list is empty while its items are sorted.
    let count = || {
        if let Some(list) = list.as_ref().and_then(|list| list.downcast_ref::<PyList>()) {
            drop(list.borrow_vec_mut());
        }
    };
    count();
    let result = HOST_SORT.get().expect("it was wrapped").call(args, vm);
    count();
    result
}
