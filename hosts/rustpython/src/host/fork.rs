//! `fork` called by C, between `PyOS_BeforeFork` and `PyOS_AfterFork_*`: what `os.fork` does around its own.

use rustpython::vm::stdlib::_thread;
use rustpython::vm::vm::runtime;
use rustpython::vm::{PyObjectRef, VirtualMachine};

/// Run the hooks of `os.register_at_fork`, the last registered first, and let no other thread be in the middle of anything.
pub(super) fn before(vm: &VirtualMachine) {
    let mut hooks = vm.state.before_forkers.lock().clone();
    hooks.reverse();
    run(vm, hooks);
    vm.state.stop_the_world.stop_the_world(&vm.state);
}

/// In the parent: let the others go on.
pub(super) fn after_in_parent(vm: &VirtualMachine) {
    vm.state.stop_the_world.start_the_world(&vm.state);
    let hooks = vm.state.after_forkers_parent.lock().clone();
    run(vm, hooks);
}

/// In the child: this thread is the only one, and the main one.
pub(super) fn after_in_child(vm: &VirtualMachine) {
    // SAFETY: other threads do not exist here; they were stopped outside of these locks.
    unsafe { runtime::reinit_after_fork() };
    vm.state.stop_the_world.reset_after_fork();
    let this = _thread::get_ident();
    vm.state.main_thread_ident.store(this);
    vm.state.thread_frames.lock().retain(|&ident, _| ident == this);
    let hooks = vm.state.after_forkers_child.lock().clone();
    run(vm, hooks);
}

fn run(vm: &VirtualMachine, hooks: Vec<PyObjectRef>) {
    for hook in hooks {
        if let Err(error) = hook.call((), vm) {
            vm.run_unraisable(error, Some("Exception ignored in".to_owned()), hook);
        }
    }
}
