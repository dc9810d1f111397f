//! What tools written in C are told of: changes of dicts that they watch, the versions of classes, what becomes of functions
//! and code objects.
//!
//! A dict that is watched has a bit per watcher in its table, so that a change of any other costs one test. A class has a
//! version as long as nothing has changed since something was looked up in it.

use emul::host::{HostRef, HostResult, ToolProtocol, Watched};
use emul::watchers::{CodeEvent, DictEvent, FunctionEvent, around_class_change};

use std::collections::HashSet;

use crate::heap::{H, Heap};
use crate::host::{MovingHost, borrowed, handle, result, threads, value};
use crate::object::Body;
use crate::value::Value;
use crate::vm::{R, Vm};

impl ToolProtocol for MovingHost {
    fn watch_dict(&self, dict: HostRef, place: usize, watched: bool) -> HostResult<()> {
        result(|vm| {
            let dict = handle(vm, dict);
            let table = vm.table_mut(dict);
            let before = table.watchers;
            table.watchers = if watched { before | 1 << place } else { before & !(1 << place) };
            if before == 0 && watched {
                let dict = vm.get(dict);
                vm.heap.note_mortal(dict);
            }
            Ok(())
        })
    }

    fn watch_all(&self, what: Watched, watched: bool) -> bool {
        threads::current(|vm| {
            let heap = &mut vm.heap;
            if watched {
                // What is dead already is not to be told of.
                heap.collect(true, None);
            }
            *match what {
                Watched::Functions => &mut heap.watched.functions,
                Watched::Codes => &mut heap.watched.codes,
            } = watched;
            if watched {
                heap.note_all_watched(what);
            }
            true
        })
    }

    fn class_version(&self, class: HostRef) -> u32 {
        threads::current(|vm| vm.type_data(value(vm, class.word())).version.get())
    }

    fn assign_class_version(&self, class: HostRef) -> HostResult<u32> {
        threads::current(|vm| {
            let class = value(vm, class.word());
            vm.assign_version(class);
            Ok(vm.type_data(class).version.get())
        })
    }
}

/// The kinds of objects that are all watched.
#[derive(Default)]
pub(crate) struct WatchedKinds {
    functions: bool,
    codes: bool,
}

impl Heap {
    /// Whether somebody is to be told of the object's end.
    pub(crate) fn is_watched(&self, object: Value) -> bool {
        match object.object().map(|object| &object.body) {
            Some(Body::Dict(table)) => table.watchers != 0,
            Some(Body::Function(_)) => self.watched.functions,
            Some(Body::Code(_)) => self.watched.codes,
            _ => false,
        }
    }

    /// Those that there are already end too.
    fn note_all_watched(&mut self, what: Watched) {
        let mut found = Vec::new();
        self.each(&mut |word| {
            let is_one = match word.object().map(|object| &object.body) {
                Some(Body::Function(_)) => what == Watched::Functions,
                Some(Body::Code(_)) => what == Watched::Codes,
                _ => false,
            };
            if is_one {
                found.push(word);
            }
        });
        let known: HashSet<u64> = self.mortal_young.iter().chain(&self.mortal_old).map(|word| word.0).collect();
        found.into_iter().filter(|word| !known.contains(&word.0)).for_each(|word| self.note_mortal(word));
    }
}

impl Vm {
    // ---- dicts

    /// A dict is about to change: whoever watches it is told.
    pub(crate) fn dict_changes(&mut self, dict: H, event: DictEvent, key: Option<H>, value: Option<H>) {
        let places = self.table(dict).watchers;
        if places != 0 {
            let (dict, key, value) = (borrowed(dict), key.map(borrowed), value.map(borrowed));
            threads::lend(self, |_| emul::watchers::dict_changes(places, event, dict, key, value));
        }
    }

    /// An item is about to be stored in a watched dict, where `found` says; whether that was told, and the dict may be another
    /// since.
    pub(crate) fn dict_stores(&mut self, dict: H, key: H, value: H, found: Option<usize>) -> bool {
        let event = match found.map(|at| self.table(dict).entries[at].value) {
            Some(old) if old == self.get(value) => return false,
            Some(_) => DictEvent::Modified,
            None => DictEvent::Added,
        };
        self.dict_changes(dict, event, Some(key), Some(value));
        true
    }

    /// The entry is about to be removed from a watched dict; where it is once that was told.
    pub(crate) fn dict_deletes(&mut self, dict: H, at: usize) -> Option<usize> {
        let mark = self.mark();
        let key = self.table(dict).entries[at].key;
        let key = self.push(key);
        self.dict_changes(dict, DictEvent::Deleted, Some(key), None);
        let key = self.get(key);
        self.cut(mark);
        let entries = &self.table(dict).entries;
        let stays = entries.get(at).is_some_and(|entry| entry.key == key);
        if stays { Some(at) } else { entries.iter().position(|entry| entry.key == key) }
    }

    // ---- functions and code objects

    /// A function or a code object has been made.
    pub(crate) fn is_made(&mut self, made: H) {
        let word = self.get(made);
        if !self.heap.is_watched(word) {
            return;
        }
        self.heap.note_mortal(word);
        let object = borrowed(made);
        let is_code = matches!(self.body(made), Some(Body::Code(_)));
        threads::lend(self, |_| match is_code {
            true => emul::watchers::code_changes(CodeEvent::Create, object),
            false => emul::watchers::function_changes(FunctionEvent::Create, object, None),
        });
    }

    /// A function is about to get another part.
    pub(crate) fn function_changes(&mut self, function: H, event: FunctionEvent, value: Option<H>) {
        if self.heap.watched.functions {
            let (function, value) = (borrowed(function), value.map(borrowed));
            threads::lend(self, |_| emul::watchers::function_changes(event, function, value));
        }
    }

    // ---- ends

    /// The object is about to go, its finaliser has run: whoever watches it is told, once. Whether there was somebody.
    pub(crate) fn tell_of_end(&mut self, object: H) -> bool {
        let word = self.get(object);
        if !self.heap.is_watched(word) {
            return false;
        }
        let handle = borrowed(object);
        match self.body(object) {
            Some(Body::Function(_)) => threads::lend(self, |_| {
                emul::watchers::function_changes(FunctionEvent::Destroy, handle, None);
            }),
            Some(Body::Code(_)) => {
                threads::lend(self, |_| emul::watchers::code_changes(CodeEvent::Destroy, handle));
            }
            _ => {
                self.dict_changes(object, DictEvent::Deallocated, None, None);
                self.table_mut(object).watchers = 0;
            }
        }
        true
    }

    // ---- classes

    /// Gives a class a version, and those that it derives from.
    #[cold]
    pub(crate) fn assign_version(&self, class: Value) {
        for &class in self.type_data(class).mro.iter().rev() {
            let version = &self.type_data(class).version;
            if version.get() == 0 {
                let next = self.class_versions.get().saturating_add(1);
                self.class_versions.set(next);
                version.set(if next == u32::MAX { 0 } else { next });
            }
        }
    }

    /// Runs what changes a class: it has no version then, nor has what derives from it.
    pub(crate) fn change_class(&mut self, class: H, change: impl FnOnce(&mut Vm) -> R<()>) -> R<()> {
        if self.type_data(self.get(class)).version.get() == 0 {
            return change(self);
        }
        threads::lend(self, |_| {
            around_class_change(|| {
                threads::current(|vm| {
                    change(vm)?;
                    vm.end_version(vm.get(class));
                    Ok(())
                })
            })
        })
    }

    /// Takes the version from a class and those that derive from it. One that has none has told them before.
    pub(crate) fn end_version(&self, class: Value) {
        let data = self.type_data(class);
        if data.version.replace(0) == 0 {
            return;
        }
        self.subclasses(class).into_iter().for_each(|subclass| self.end_version(subclass));
    }
}
