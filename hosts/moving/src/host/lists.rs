//! Lists whose items lie in their mirror: what the layer asks for when one changes over, and items that a look does not tell.

use emul::host::{HostObj, HostRef, ListStorage};
use object_mirror::object::PyObject as Mirror;

use crate::heap::H;
use crate::host::calls::raised;
use crate::host::{MovingHost, make, take, threads, value};
use crate::items::Items;
use crate::known as k;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{R, Vm};

impl ListStorage for MovingHost {
    fn list_over(&self, mirror: *mut Mirror) -> HostObj {
        make(|vm| vm.alloc(k::LIST, Body::List(Items::InC(mirror))))
    }

    fn move_items(&self, list: HostRef, mirror: *mut Mirror, items: &[HostObj]) -> bool {
        threads::current(|vm| {
            let list = value(vm, list.word());
            let Some(Body::List(Items::Own(words))) = list.object().map(|list| &list.body) else { return false };
            let same = |(word, item): (&Value, &HostObj)| *word == value(vm, item.as_ref().word());
            if words.len() != items.len() || !words.iter().zip(items).all(same) {
                return false;
            }
            vm.heap.write(list).body = Body::List(Items::InC(mirror));
            true
        })
    }

    fn leave_mirror(&self, list: HostRef) {
        threads::current(|vm| {
            let list = value(vm, list.word());
            if list.is_object() {
                vm.heap.write(list).body = Body::list(Vec::new());
            }
        });
    }
}

/// The object of an item that the host has not met, as one new handle.
#[cold]
pub(crate) fn realize_item(vm: &mut Vm, item: *mut Mirror) -> R<H> {
    let mark = vm.mark();
    // SAFETY: as for `from_c`, which found it a moment ago: nothing ran since.
    let made = threads::lend(vm, |_| unsafe { emul::lists::to_host(item) });
    vm.cut(mark);
    match made {
        Ok(object) => Ok(take(vm, object)),
        Err(error) => Err(raised(vm, error)),
    }
}
