//! `types.SimpleNamespace`, and the standard streams.

use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::vm::{Args, NativeDef, R, Vm};

fn namespace_new(vm: &mut Vm, args: Args) -> R<H> {
    vm.alloc(args.h(0), Body::Plain)
}

fn namespace_init(vm: &mut Vm, args: Args) -> R<H> {
    let dict = vm.instance_dict(args.h(0))?;
    vm.dict_update(dict, args.kw, true)?;
    Ok(k::NONE)
}

fn namespace_repr(vm: &mut Vm, args: Args) -> R<H> {
    let this = args.h(0);
    vm.guarded_repr(this, "namespace(...)", |vm| {
        let mut text = rustpython_wtf8::Wtf8Buf::from("namespace(".to_owned());
        let dict = vm.instance_dict(this)?;
        let keys = vm.mapping_keys(dict)?;
        for i in 0..vm.count(keys) {
            let key = vm.item(keys, i).expect("counted");
            text.push_str(&format!("{}{}=", if i > 0 { ", " } else { "" }, vm.string(key)));
            let value = vm.get_item(dict, key)?;
            vm.push_repr(&mut text, value)?;
        }
        text.push_str(")");
        Ok(text)
    })
}

fn namespace_eq(vm: &mut Vm, args: Args) -> R<H> {
    if !vm.is_instance(args.h(1), k::NAMESPACE) {
        return Ok(k::NOT_IMPLEMENTED);
    }
    let (a, b) = (vm.instance_dict(args.h(0))?, vm.instance_dict(args.h(1))?);
    let equal = vm.equal(a, b)?;
    Ok(vm.bool(equal))
}

pub(super) static NAMESPACE_METHODS: [NativeDef; 4] = [
    def("__new__", "cls *args **kw", namespace_new),
    def("__init__", "self **kw", namespace_init),
    def("__repr__", "self", namespace_repr),
    def("__eq__", "self other", namespace_eq),
];

fn file_write(vm: &mut Vm, args: Args) -> R<H> {
    let Some(text) = vm.text(args.h(1)) else {
        let name = vm.class_name(args.h(1));
        return Err(vm.type_error(format!("write() argument must be str, not {name}")));
    };
    let (is_utf8, chars) = (text.as_str().is_ok(), text.code_points().count());
    let Some(Body::File(fd)) = vm.body(args.h(0)) else { panic!("not a stream") };
    let fd = *fd;
    let bytes = if is_utf8 {
        vm.text(args.h(1)).expect("looked at before").to_string_lossy().into_owned().into_bytes()
    } else {
        // The standard output refuses what is no UTF-8, the errors' stream shows it.
        let handler = vm.str(if fd == 1 { "strict" } else { "backslashreplace" })?;
        let made = crate::objects::bytes::codec::encode(vm, args.h(1), None, Some(handler))?;
        crate::objects::bytes::want(vm, made)?
    };
    if fd == 1 {
        vm.out.extend_from_slice(&bytes);
        if vm.out.len() > 1 << 13 {
            vm.flush_out();
        }
    } else {
        vm.flush_out();
        eprint!("{}", String::from_utf8_lossy(&bytes));
    }
    Ok(vm.size(chars))
}

fn file_flush(vm: &mut Vm, _: Args) -> R<H> {
    match vm.write_out() {
        Ok(()) => Ok(k::NONE),
        Err(error) => Err(vm.raise_os(&error, None)),
    }
}

fn file_fileno(vm: &mut Vm, args: Args) -> R<H> {
    let Some(Body::File(fd)) = vm.body(args.h(0)) else { panic!("not a stream") };
    let fd = i64::from(*fd);
    vm.int(fd)
}

fn file_isatty(_: &mut Vm, _: Args) -> R<H> {
    Ok(k::FALSE)
}

pub(super) static FILE_METHODS: [NativeDef; 4] = [
    def("write", "self text", file_write),
    def("flush", "self", file_flush),
    def("fileno", "self", file_fileno),
    def("isatty", "self", file_isatty),
];
