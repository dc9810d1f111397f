//! Calls of C functions that the host makes by their address, as its `ctypes` does: what crosses there as `PyObject *`.

use object_mirror::object::PyObject;

use crate::boundary::Cx;
use crate::host::{HostObj, HostRef, HostResult};
use crate::{cross, methodobject, pystate};

/// While it lives, this thread is in C code: the lock is held, and what was lent stays.
#[must_use]
#[allow(missing_debug_implementations, reason = "a guard has nothing to show")]
pub struct Foreign {
    lent: Vec<*mut PyObject>,
    handled: Option<pystate::handling::Before>,
    _frame: pystate::Frame,
}

impl Foreign {
    /// Begin. By a thread that is attached to the host.
    pub fn enter() -> Self {
        let frame = pystate::Frame::enter();
        Self { lent: Vec::new(), handled: pystate::handling::sync_to_c(), _frame: frame }
    }

    /// The address of the object's mirror, which C may use until this ends.
    pub fn lend(&mut self, object: HostRef) -> usize {
        let mirror = methodobject::argument_mirror(object);
        self.lent.push(mirror);
        mirror as usize
    }

    /// The error that C set, which is not pending any more.
    pub fn error(&self) -> Option<HostObj> {
        // SAFETY: the frame holds the lock.
        unsafe { Cx::assume() }.take_error()
    }

    /// The object of a new reference that C returned.
    ///
    /// # Safety
    /// `address` is that of a live object, of which C gave up a reference.
    pub unsafe fn take(&self, address: usize) -> HostResult<HostObj> {
        // SAFETY: the frame holds the lock.
        cross::consume_checked(unsafe { Cx::assume() }, address as *mut PyObject)
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        methodobject::release_arguments(&self.lent);
        pystate::handling::restore(self.handled.take());
    }
}
