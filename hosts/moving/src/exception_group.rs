//! `BaseExceptionGroup`, and the instructions of `except*`. The recursion over groups lives in Python, in
//! `modules/python/_groups.py`.

use crate::eval::Flow;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::value::Value;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;

fn group_new(vm: &mut Vm, args: Args) -> R<H> {
    let given: Vec<H> = args.rest().collect();
    let [message, exceptions] = given[..] else {
        let count = given.len();
        return Err(vm.type_error(format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({count} given)")));
    };
    if vm.text(message).is_none() {
        let name = vm.class_name(message);
        return Err(vm.type_error(format!("BaseExceptionGroup.__new__() argument 1 must be str, not {name}")));
    }
    if !vm.is_sequence(exceptions) {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let items = vm.to_tuple(exceptions)?;
    let class = group_class(vm, args.h(0), items)?;
    let made = vm.new_exception(class, &[message, exceptions])?;
    let (message, items) = (vm.get(message), vm.get(items));
    if let Body::Exception(exception) = vm.body_mut(made) {
        exception.fields[MESSAGE] = message;
        exception.fields[EXCEPTIONS] = items;
    }
    Ok(made)
}

/// The class of the new group: that of `BaseExceptionGroup(...)` depends on what it holds.
fn group_class(vm: &mut Vm, class: H, items: H) -> R<H> {
    let words = vm.items(items).expect("a tuple").to_vec();
    if words.is_empty() {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut only_exceptions = true;
    for (i, word) in words.into_iter().enumerate() {
        let item = vm.class_word(word);
        if !vm.is_subclass(item, vm.get(k::BASE_EXCEPTION)) {
            return Err(vm.value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
        }
        only_exceptions &= vm.is_subclass(item, vm.get(k::EXCEPTION));
    }
    if vm.is(class, k::BASE_EXCEPTION_GROUP) {
        return Ok(if only_exceptions { k::EXCEPTION_GROUP } else { class });
    }
    if only_exceptions || !vm.is_subclass(vm.get(class), vm.get(k::EXCEPTION)) {
        return Ok(class);
    }
    if vm.is(class, k::EXCEPTION_GROUP) {
        return Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
    }
    let name = vm.type_data(vm.get(class)).name.clone();
    Err(vm.type_error(format!("Cannot nest BaseExceptions in '{name}'")))
}

fn field(vm: &mut Vm, this: H, index: usize) -> R<H> {
    let word = vm.exception(this).map_or(Value::NULL, |exception| exception.fields[index]);
    Ok(vm.push(if word.is_null() { Value::NONE } else { word }))
}

fn group_str(vm: &mut Vm, args: Args) -> R<H> {
    let (message, items) = (field(vm, args.h(0), MESSAGE)?, field(vm, args.h(0), EXCEPTIONS)?);
    let count = vm.count(items);
    let mut text = vm.text(message).map(ToOwned::to_owned).unwrap_or_default();
    text.push_str(&format!(" ({count} sub-exception{})", if count == 1 { "" } else { "s" }));
    vm.wtf8(text)
}

fn group_derive(vm: &mut Vm, args: Args) -> R<H> {
    let message = field(vm, args.h(0), MESSAGE)?;
    vm.call(k::BASE_EXCEPTION_GROUP, &[message, args.h(1)])
}

fn group_split(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_groups", "split", &[args.h(0), args.h(1)])
}

fn group_subgroup(vm: &mut Vm, args: Args) -> R<H> {
    vm.helper("_groups", "subgroup", &[args.h(0), args.h(1)])
}

pub(crate) static METHODS: [NativeDef; 6] = [
    def("__new__", "cls *args **kw", group_new),
    def("__str__", "self", group_str),
    def("derive", "self excs", group_derive),
    def("split", "self matcher", group_split),
    def("subgroup", "self matcher", group_subgroup),
    crate::objects::list::CLASS_GETITEM,
];

pub(crate) static ATTRS: [GetSetDef; 2] = [
    GetSetDef { name: "message", get: |vm, this| field(vm, this, MESSAGE), set: None },
    GetSetDef { name: "exceptions", get: |vm, this| field(vm, this, EXCEPTIONS), set: None },
];

impl Vm {
    /// `CHECK_EG_MATCH`: the exception and the classes give way to what remains and what matched.
    pub(crate) fn check_group_match(&mut self, sp: usize) -> R<Flow> {
        let pair = self.helper("_groups", "match", &[H(sp as u32 - 2), H(sp as u32 - 1)])?;
        let words = self.items(pair).expect("a pair").to_vec();
        self.cut(sp - 2);
        self.heap.stack.extend_from_slice(&words[..2]);
        if words[1] != Value::NONE {
            self.set(k::HANDLED, words[1]);
        }
        Ok(Flow::Next)
    }

    /// `PREP_RERAISE_STAR`: what the statement raises at its end, or None.
    pub(crate) fn prepare_reraise_star(&mut self, original: H, errors: H) -> R<H> {
        self.helper("_groups", "reraise", &[original, errors])
    }
}
