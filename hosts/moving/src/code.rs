//! Compiled code in the form the loop runs: RustPython's bytecode with wide arguments joined, inline caches left out and jump
//! targets resolved.

use crate::heap::H;
use crate::known as k;
use rustpython_compiler::core::bytecode::{CodeFlags, CodeObject, ConstantData, Opcode, decode_exception_table};
use std::rc::Rc;

/// One instruction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instruction {
    pub(crate) op: Opcode,
    /// The argument; of a jump, the index of the instruction to go to.
    pub(crate) arg: u32,
    pub(crate) line: u32,
}

/// What to do when an instruction of `from..to` raises.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handler {
    from: u32,
    to: u32,
    pub(crate) target: usize,
    pub(crate) depth: usize,
    pub(crate) push_lasti: bool,
}

/// The parts of a code object that refer to no Python object.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) instructions: Vec<Instruction>,
    handlers: Vec<Handler>,
    pub(crate) flags: CodeFlags,
    pub(crate) positional_only: usize,
    pub(crate) positional: usize,
    pub(crate) keyword_only: usize,
    pub(crate) name: String,
    pub(crate) qualname: String,
    pub(crate) file: Rc<str>,
    pub(crate) first_line: u32,
    /// Names of the local slots: variables, cells, free variables.
    pub(crate) locals: Vec<String>,
    /// How many of `locals` are plain variables (some may be cells as well).
    pub(crate) variables: usize,
    pub(crate) free: Vec<String>,
    /// Variables that are cells, and cells that are no variables.
    pub(crate) cells: Vec<String>,
    pub(crate) stack_size: usize,
}

impl Code {
    /// Translates a compiled code object; its constants and names are the caller's business.
    pub(crate) fn new(code: &CodeObject, file: &Rc<str>) -> Code {
        let (instructions, position) = translate(code);
        let new_index = |old: u32| position.get(old as usize).copied().unwrap_or(instructions.len() as u32);
        let handler = |entry: &rustpython_compiler::core::bytecode::ExceptionTableEntry| Handler {
            from: new_index(entry.start),
            to: new_index(entry.end),
            target: new_index(entry.target) as usize,
            depth: entry.depth as usize,
            push_lasti: entry.push_lasti,
        };
        let handlers = decode_exception_table(&code.exceptiontable).iter().map(handler).collect();
        Code {
            handlers,
            flags: code.flags,
            positional_only: code.posonlyarg_count as usize,
            positional: code.arg_count as usize,
            keyword_only: code.kwonlyarg_count as usize,
            name: code.obj_name.clone(),
            qualname: code.qualname.clone(),
            file: file.clone(),
            first_line: code.first_line_number.map_or(1, |line| line.get() as u32),
            locals: local_names(code),
            variables: code.varnames.len(),
            free: code.freevars.to_vec(),
            cells: code.cellvars.to_vec(),
            stack_size: code.max_stackdepth as usize,
            instructions,
        }
    }

    /// Who handles an exception raised at `pc`.
    pub(crate) fn handler(&self, pc: usize) -> Option<Handler> {
        let pc = pc as u32;
        self.handlers.iter().find(|handler| (handler.from..handler.to).contains(&pc)).copied()
    }

    /// Whether an instruction names a local by its place.
    pub(crate) fn uses_locals(&self) -> bool {
        self.instructions.iter().any(|instruction| instruction.op.has_local() || instruction.op.has_free())
    }

    /// Whether calling the function makes a generator, a coroutine or an asynchronous generator.
    pub(crate) fn makes_generator(&self) -> bool {
        self.flags.intersects(CodeFlags::GENERATOR | CodeFlags::COROUTINE | CodeFlags::ASYNC_GENERATOR)
    }

    /// The class of what calling the function makes.
    pub(crate) fn generator_class(&self) -> H {
        if self.flags.contains(CodeFlags::COROUTINE) {
            return k::COROUTINE;
        }
        if self.flags.contains(CodeFlags::ASYNC_GENERATOR) { k::ASYNC_GENERATOR } else { k::GENERATOR }
    }

    /// Whether what it makes can be awaited: a coroutine, or a generator that `types.coroutine` marked.
    pub(crate) fn is_awaitable(&self) -> bool {
        self.flags.intersects(CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE)
    }
}

/// Variables first, then the cells that are no variables, then the free variables.
fn local_names(code: &CodeObject) -> Vec<String> {
    let own_cells = code.cellvars.iter().filter(|cell| !code.varnames.contains(cell));
    code.varnames.iter().chain(own_cells).chain(&code.freevars).cloned().collect()
}

/// The instructions, and for each old index the new one.
fn translate(code: &CodeObject) -> (Vec<Instruction>, Vec<u32>) {
    let mut instructions = Vec::new();
    let mut position = Vec::new();
    let mut after = Vec::new();
    let (mut index, mut wide) = (0, 0u32);
    while index < code.instructions.len() {
        let unit = code.instructions[index];
        let op = unit.op.as_opcode();
        position.push(instructions.len() as u32);
        wide = wide << 8 | u32::from(u8::from(unit.arg));
        index += 1;
        if op == Opcode::ExtendedArg {
            continue;
        }
        for _ in 0..op.cache_entries() {
            position.push(instructions.len() as u32 + 1);
            index += 1;
        }
        let line = code.locations.get(index - 1 - op.cache_entries()).map_or(0, |span| span.0.line.get() as u32);
        instructions.push(Instruction { op, arg: wide, line });
        after.push(index as u32);
        wide = 0;
    }
    for (instruction, after) in instructions.iter_mut().zip(after) {
        let target = match instruction.op {
            Opcode::JumpBackward | Opcode::JumpBackwardNoInterrupt => after - instruction.arg,
            Opcode::EndAsyncFor => continue,
            op if op.has_jump() => after + instruction.arg,
            _ => continue,
        };
        instruction.arg = position[target as usize];
    }
    (instructions, position)
}

/// What a constant is, for the heap to make objects of.
pub(crate) type Constant = ConstantData;
