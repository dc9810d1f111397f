//! Code objects and tracebacks.

use super::or_none;
use crate::code::Instruction;
use crate::heap::H;
use crate::known as k;
use crate::native::def;
use crate::object::Body;
use crate::vm::{Args, GetSetDef, NativeDef, R, Vm};
use rustpython_compiler::core::bytecode::Opcode;

fn code_attr(vm: &mut Vm, this: H, f: impl FnOnce(&crate::code::Code) -> i64) -> R<H> {
    let code = vm.code_of(vm.get(this));
    vm.int(f(&code))
}

fn code_names(vm: &mut Vm, names: &[String]) -> R<H> {
    let start = vm.mark();
    for name in names {
        vm.intern(name)?;
    }
    vm.tuple_since(start)
}

/// The instructions as bytes: of each its number and its argument's last byte, and before them the other bytes that are not 0.
fn code_bytes(vm: &mut Vm, this: H) -> R<H> {
    let code = vm.code_of(vm.get(this));
    let mut bytes = Vec::new();
    for instruction in &code.instructions {
        let arg = instruction.arg.to_be_bytes();
        for part in &arg[4 - width(instruction)..3] {
            bytes.extend([u8::from(Opcode::ExtendedArg), *part]);
        }
        bytes.extend([u8::from(instruction.op), arg[3]]);
    }
    vm.bytes(bytes)
}

/// How many bytes the argument takes.
fn width(instruction: &Instruction) -> usize {
    (4 - instruction.arg.leading_zeros() as usize / 8).max(1)
}

/// `co_lines()`: which parts of the bytes belong to which line.
fn code_lines(vm: &mut Vm, args: Args) -> R<H> {
    let code = vm.code_of(vm.get(args.h(0)));
    let mut rows: Vec<[usize; 3]> = Vec::new();
    for instruction in &code.instructions {
        let (start, line) = (rows.last().map_or(0, |row| row[1]), instruction.line as usize);
        let end = start + 2 * width(instruction);
        match rows.last_mut() {
            Some(row) if row[2] == line => row[1] = end,
            _ => rows.push([start, end, line]),
        }
    }
    let start = vm.mark();
    for row in rows {
        let mark = vm.mark();
        let row = row.map(|number| vm.size(number));
        let row = vm.tuple(&row)?;
        vm.keep(mark, row);
    }
    let rows = vm.tuple_since(start)?;
    vm.iter(rows)
}

pub(super) static CODE_ATTRS: [GetSetDef; 14] = [
    GetSetDef { name: "co_code", get: code_bytes, set: None },
    GetSetDef {
        name: "co_cellvars",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            code_names(vm, &code.cells)
        },
        set: None,
    },
    GetSetDef {
        name: "co_name",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            vm.str(&code.name)
        },
        set: None,
    },
    GetSetDef {
        name: "co_qualname",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            vm.str(&code.qualname)
        },
        set: None,
    },
    GetSetDef {
        name: "co_filename",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            vm.str(&code.file)
        },
        set: None,
    },
    GetSetDef {
        name: "co_firstlineno",
        get: |vm, this| code_attr(vm, this, |code| i64::from(code.first_line)),
        set: None,
    },
    GetSetDef { name: "co_argcount", get: |vm, this| code_attr(vm, this, |code| code.positional as i64), set: None },
    GetSetDef {
        name: "co_posonlyargcount",
        get: |vm, this| code_attr(vm, this, |code| code.positional_only as i64),
        set: None,
    },
    GetSetDef {
        name: "co_kwonlyargcount",
        get: |vm, this| code_attr(vm, this, |code| code.keyword_only as i64),
        set: None,
    },
    GetSetDef { name: "co_nlocals", get: |vm, this| code_attr(vm, this, |code| code.variables as i64), set: None },
    GetSetDef { name: "co_flags", get: |vm, this| code_attr(vm, this, |code| i64::from(code.flags.bits())), set: None },
    GetSetDef { name: "co_stacksize", get: |vm, this| code_attr(vm, this, |code| code.stack_size as i64), set: None },
    GetSetDef {
        name: "co_varnames",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            code_names(vm, &code.locals[..code.variables])
        },
        set: None,
    },
    GetSetDef {
        name: "co_freevars",
        get: |vm, this| {
            let code = vm.code_of(vm.get(this));
            code_names(vm, &code.free)
        },
        set: None,
    },
];

/// `code.replace(co_name=..., ...)`. What runs stays the same: the instructions cannot be given.
fn code_replace(vm: &mut Vm, args: Args) -> R<H> {
    let Some(Body::Code(data)) = vm.body(args.h(0)) else { panic!("not a code object") };
    let (mut code, consts, names) = ((*data.code).clone(), data.consts.clone(), data.names.clone());
    let first = vm.mark();
    vm.heap.stack.extend(consts.iter().chain(&names));
    let mut next = 0;
    while let Some((at, entry)) = vm.table(args.kw).entry_from(next) {
        next = at + 1;
        let (key, value) = (entry.key, entry.value);
        let (key, value) = (vm.push(key), vm.push(value));
        let name = vm.string(key);
        replace_part(vm, &mut code, &name, value)?;
    }
    let words = &vm.heap.stack[first..first + consts.len() + names.len()];
    let (consts, names) = (words[..consts.len()].to_vec(), words[consts.len()..].to_vec());
    let data = crate::object::CodeData { code: code.into(), consts, names };
    vm.new_code(data)
}

fn replace_part(vm: &mut Vm, code: &mut crate::code::Code, name: &str, value: H) -> R<()> {
    match name {
        "co_name" => code.name = code_text(vm, name, value)?,
        "co_qualname" => code.qualname = code_text(vm, name, value)?,
        "co_filename" => code.file = code_text(vm, name, value)?.into(),
        "co_firstlineno" => code.first_line = vm.index_i64(value)? as u32,
        "co_argcount" => code.positional = code_count(vm, name, value)?,
        "co_posonlyargcount" => code.positional_only = code_count(vm, name, value)?,
        "co_kwonlyargcount" => code.keyword_only = code_count(vm, name, value)?,
        "co_stacksize" => code.stack_size = code_count(vm, name, value)?,
        // Follows from the names.
        "co_nlocals" => _ = code_count(vm, name, value)?,
        "co_flags" => {
            let flags = vm.index_i64(value)? as u32;
            code.flags = rustpython_compiler::core::bytecode::CodeFlags::from_bits_truncate(flags as _);
        }
        "co_varnames" => rename_locals(vm, code, name, value, 0)?,
        "co_cellvars" => rename_locals(vm, code, name, value, 1)?,
        "co_freevars" => rename_locals(vm, code, name, value, 2)?,
        _ if name.starts_with("co_") => {
            let what = format!("code.replace({name}=...) is not implemented on this host");
            return Err(vm.raise(k::NOT_IMPLEMENTED_ERROR, what));
        }
        _ => return Err(vm.type_error(format!("replace() got an unexpected keyword argument '{name}'"))),
    }
    Ok(())
}

fn code_text(vm: &mut Vm, part: &str, value: H) -> R<String> {
    if vm.text(value).is_none() {
        let given = vm.class_name(value);
        return Err(vm.type_error(format!("replace() argument '{part}' must be str, not {given}")));
    }
    Ok(vm.string(value))
}

fn code_count(vm: &mut Vm, part: &str, value: H) -> R<usize> {
    let count = vm.index_i64(value)?;
    usize::try_from(count).map_err(|_| vm.value_error(format!("code: {part} must not be negative")))
}

/// Other names of the variables, the cells or the free variables. The instructions count the places of all of them.
fn rename_locals(vm: &mut Vm, code: &mut crate::code::Code, part: &str, value: H, which: usize) -> R<()> {
    if !matches!(vm.body(value), Some(Body::Tuple(_))) {
        let given = vm.class_name(value);
        return Err(vm.type_error(format!("replace() argument '{part}' must be tuple, not {given}")));
    }
    let mut names = Vec::new();
    for i in 0..vm.count(value) {
        let item = vm.item(value, i).expect("counted");
        if vm.text(item).is_none() {
            let given = vm.class_name(item);
            return Err(vm.type_error(format!("name tuples must contain only strings, not '{given}'")));
        }
        names.push(vm.string(item));
    }
    let mut variables = code.locals[..code.variables].to_vec();
    let place = [&mut variables, &mut code.cells, &mut code.free].into_iter().nth(which).expect("one of three");
    let same_count = place.len() == names.len();
    *place = names;
    let own_cells: Vec<String> = code.cells.iter().filter(|cell| !variables.contains(cell)).cloned().collect();
    let before = code.locals.len();
    code.variables = variables.len();
    code.locals = [variables, own_cells, code.free.clone()].concat();
    if (!same_count || code.locals.len() != before) && code.uses_locals() {
        return Err(vm.value_error(format!("code: {part} does not fit the instructions")));
    }
    Ok(())
}

fn code_repr(vm: &mut Vm, args: Args) -> R<H> {
    let word = vm.get(args.h(0));
    let (code, id) = (vm.code_of(word), vm.heap.id(word));
    vm.str(format!("<code object {} at {id:#x}, file \"{}\", line {}>", code.name, code.file, code.first_line))
}

pub(super) static CODE_METHODS: [NativeDef; 3] = [
    def("__repr__", "self", code_repr),
    def("replace", "self **kw", code_replace),
    def("co_lines", "self", code_lines),
];

pub(super) static TRACEBACK_ATTRS: [GetSetDef; 3] = [
    GetSetDef {
        name: "tb_next",
        get: |vm, this| {
            let Some(Body::Traceback(data)) = vm.body(this) else { panic!("not a traceback") };
            let word = data.next;
            or_none(vm, word)
        },
        set: None,
    },
    GetSetDef {
        name: "tb_frame",
        get: |vm, this| {
            let Some(Body::Traceback(data)) = vm.body(this) else { panic!("not a traceback") };
            let word = data.frame;
            or_none(vm, word)
        },
        set: None,
    },
    GetSetDef {
        name: "tb_lineno",
        get: |vm, this| {
            let Some(Body::Traceback(data)) = vm.body(this) else { panic!("not a traceback") };
            let line = data.line;
            vm.int(i64::from(line))
        },
        set: None,
    },
];
