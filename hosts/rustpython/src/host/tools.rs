//! What tools written in C are told of: changes of dicts and classes, and what `sys.monitoring` listens to.

use std::sync::atomic::Ordering::{Acquire, Relaxed};

use emul::host::{HostObj, HostRef, HostResult, Monitored, MonitoringProtocol, ToolProtocol, Watched};

use super::types::class_of;
use super::{RustPythonHost, get, own, result, with};

impl ToolProtocol for RustPythonHost {
    fn watch_dict(&self, dict: HostRef, place: usize, watched: bool) -> HostResult<()> {
        with(|vm| result(super::dict_watch::set(get(dict), place, watched, vm)))
    }

    fn class_version(&self, class: HostRef) -> u32 {
        class_of(class).tp_version_tag.load(Relaxed)
    }

    fn assign_class_version(&self, class: HostRef) -> HostResult<u32> {
        with(|vm| {
            let class = class_of(class);
            // Looking something up gives the class and its bases a version.
            class.lookup_ref(vm.ctx.intern_str("__class__"), vm);
            Ok(class.tp_version_tag.load(Relaxed))
        })
    }

    fn watch_all(&self, _what: Watched, _watched: bool) -> bool {
        // Functions and code objects come and go without a hook.
        false
    }
}

impl MonitoringProtocol for RustPythonHost {
    fn monitored(&self) -> HostResult<Monitored> {
        with(|vm| {
            let state = vm.state.monitoring.lock();
            let mut monitored = Monitored { version: vm.state.instrumentation_version.load(Acquire), events: [0; 8] };
            for (tool, &events) in state.global_events.iter().enumerate() {
                monitored.events[tool] = (0..=LAST_EVENT)
                    .filter(|&event| host_events(event).iter().any(|event| events & (1 << event) != 0))
                    .fold(0, |all, event| all | 1 << event);
            }
            Ok(monitored)
        })
    }

    fn monitoring_callback(&self, tool: usize, event: usize) -> Option<HostObj> {
        with(|vm| {
            let state = vm.state.monitoring.lock();
            host_events(event).into_iter().find_map(|event| state.callbacks.get(&(tool, event)).cloned()).map(own)
        })
    }
}

/// The number of the last event that CPython 3.13's `sys.monitoring` has.
const LAST_EVENT: usize = 16;

/// RustPython's numbers of an event: it has 3.14's, with two events for branches, and at the end the one for both, which
/// `set_events` replaces by the two.
fn host_events(event: usize) -> Vec<usize> {
    const BRANCH: usize = 8;
    match event {
        BRANCH => vec![18, 8, 9],
        event if event > BRANCH => vec![event + 1],
        event => vec![event],
    }
}
