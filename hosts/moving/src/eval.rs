//! The loop that runs bytecode. What an instruction means is CPython 3.14's; operands lie on the root stack above the locals.

use crate::call::FRAME_WORDS;
use crate::code::{Code, Instruction};
use crate::heap::H;
use crate::host::threads;
use crate::known::{self as k, n};
use crate::object::{Body, Traceback};
use crate::value::Value;
use crate::vm::{Active, R, Raised, Vm};
use rustpython_compiler::core::bytecode::Opcode as Op;

/// How a frame stopped; the value is on top of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Return,
    Yield,
}

/// What follows an instruction.
pub(crate) enum Flow {
    Next,
    Exit(Exit),
    Jump,
}

impl Vm {
    /// Runs a frame to its end; what it returns replaces its words.
    pub(crate) fn run_frame(&mut self, active: Active) -> R<H> {
        let base = active.base;
        match self.run(active, false)? {
            (Exit::Return, _) => Ok(self.keep(base, H(self.mark() as u32 - 1))),
            (Exit::Yield, _) => unreachable!("only generators yield"),
        }
    }

    /// Runs a frame until it returns or yields; with `throw`, the pending exception is raised where it stands.
    pub(crate) fn run(&mut self, active: Active, throw: bool) -> R<(Exit, usize)> {
        if self.depth >= self.recursion_limit {
            return Err(self.raise(k::RECURSION_ERROR, "maximum recursion depth exceeded"));
        }
        let mut throw = throw;
        if !throw && threads::is_wanted() && self.attend().is_err() {
            if active.pc == 0 {
                return Err(Raised);
            }
            // A generator goes on: it is raised where that stands.
            throw = true;
        }
        let (base, code, pc) = (active.base, active.code.clone(), active.pc);
        self.depth += 1;
        self.frames.push(active);
        let result = self.run_loop(base, &code, pc, throw);
        self.leave_frame(matches!(result, Ok((Exit::Yield, _))));
        self.frames.pop();
        self.depth -= 1;
        result
    }

    fn run_loop(&mut self, base: usize, code: &Code, mut pc: usize, throw: bool) -> R<(Exit, usize)> {
        let bottom = base + FRAME_WORDS + code.locals.len();
        if throw {
            pc = self.unwind(code, pc - 1, bottom, true)?;
        }
        let frame = self.frames.len() - 1;
        loop {
            let instruction = code.instructions[pc];
            self.frames[frame].pc = pc;
            pc += 1;
            let flow = match self.heap.is_settled() {
                true => self.step(base, code, instruction),
                false => self.run_finalisers().and_then(|()| self.step(base, code, instruction)),
            };
            match flow {
                Ok(Flow::Next) => {}
                Ok(Flow::Jump) => {
                    pc = instruction.arg as usize;
                    if threads::is_wanted() && self.attend().is_err() {
                        // The jump was made: what it leads to has not begun.
                        self.frames[frame].pc = pc;
                        pc = self.unwind(code, pc, bottom, true)?;
                    }
                }
                Ok(Flow::Exit(exit)) => return Ok((exit, pc)),
                Err(Raised) => pc = self.unwind(code, pc - 1, bottom, instruction.op != Op::Reraise)?,
            }
        }
    }

    /// Finds the handler of the pending exception in this frame; cuts the operands as it asks.
    fn unwind(&mut self, code: &Code, pc: usize, bottom: usize, trace: bool) -> R<usize> {
        if trace {
            self.add_traceback(bottom);
        }
        let Some(handler) = code.handler(pc) else { return Err(Raised) };
        self.cut(bottom + handler.depth);
        if handler.push_lasti {
            self.push(Value::small(pc));
        }
        self.take_pending();
        Ok(handler.target)
    }

    /// Notes the current frame in the pending exception's traceback, which may be a MemoryError's: beyond the limit.
    fn add_traceback(&mut self, bottom: usize) {
        let Some(active) = self.frames.last() else { return };
        let line = active.code.instructions[active.pc.min(active.code.instructions.len() - 1)].line;
        let mark = self.mark().max(bottom);
        let pending = self.push(self.get(k::PENDING));
        let _ = self.beyond_limit(|vm| vm.trace_pending(line, pending));
        let word = self.get(pending);
        self.set(k::PENDING, word);
        self.cut(mark);
    }

    fn trace_pending(&mut self, line: u32, pending: H) -> R<()> {
        let frame = self.frame_object(self.frames.len() - 1)?;
        let Some(Body::Exception(exception)) = self.body(pending) else { return Ok(()) };
        let traceback = Traceback { next: exception.traceback, frame: self.get(frame), line };
        let traceback = self.alloc(k::TRACEBACK, Body::Traceback(Box::new(traceback)))?;
        let word = self.get(traceback);
        if let Body::Exception(exception) = self.body_mut(pending) {
            exception.traceback = word;
        }
        Ok(())
    }

    // ---- operands

    fn top(&self, depth: usize) -> H {
        H((self.mark() - 1 - depth) as u32)
    }

    fn pop(&mut self) -> Value {
        self.heap.stack.pop().expect("the compiler counted the operands")
    }

    /// Ends an instruction: `count` operands give way to the result.
    fn settle(&mut self, sp: usize, count: usize, result: H) -> R<Flow> {
        self.keep(sp - count, result);
        Ok(Flow::Next)
    }

    fn local(&self, base: usize, index: u32) -> H {
        H((base + FRAME_WORDS) as u32 + index)
    }

    fn name(&mut self, base: usize, index: u32) -> H {
        let Some(Body::Code(data)) = self.body(H(base as u32)) else { unreachable!("a frame begins with its code") };
        let word = data.names[index as usize];
        self.push(word)
    }

    fn load_local(&mut self, base: usize, code: &Code, index: u32) -> R<()> {
        let word = self.get(self.local(base, index));
        if word.is_null() {
            return Err(self.unbound(code, index));
        }
        self.push(word);
        Ok(())
    }

    fn unbound(&mut self, code: &Code, index: u32) -> Raised {
        let name = &code.locals[index as usize];
        if index as usize >= code.locals.len() - code.free.len() {
            let what = "where it is not associated with a value in enclosing scope";
            return self.raise(k::NAME_ERROR, format!("cannot access free variable '{name}' {what}"));
        }
        let what = "where it is not associated with a value";
        self.raise(k::UNBOUND_LOCAL_ERROR, format!("cannot access local variable '{name}' {what}"))
    }

    fn cell_value(&self, base: usize, index: u32) -> Value {
        match self.body(self.local(base, index)) {
            Some(Body::Cell(word)) => *word,
            _ => Value::NULL,
        }
    }

    fn set_cell(&mut self, base: usize, index: u32, word: Value) {
        let cell = self.local(base, index);
        if let Body::Cell(place) = self.body_mut(cell) {
            *place = word;
        }
    }

    #[allow(clippy::too_many_lines, reason = "one arm per instruction; long ones call a function")]
    fn step(&mut self, base: usize, code: &Code, ins: Instruction) -> R<Flow> {
        let (arg, sp) = (ins.arg, self.mark());
        match ins.op {
            Op::Nop | Op::Resume | Op::NotTaken | Op::Cache | Op::ExtendedArg => {}
            Op::LoadFast | Op::LoadFastBorrow | Op::LoadFastCheck => self.load_local(base, code, arg)?,
            Op::LoadFastLoadFast | Op::LoadFastBorrowLoadFastBorrow => {
                self.load_local(base, code, arg >> 4)?;
                self.load_local(base, code, arg & 15)?;
            }
            Op::LoadFastAndClear => {
                let local = self.local(base, arg);
                self.push(self.get(local));
                self.set(local, Value::NULL);
            }
            Op::StoreFast => {
                let word = self.pop();
                self.set(self.local(base, arg), word);
            }
            Op::StoreFastLoadFast => {
                let word = self.pop();
                self.set(self.local(base, arg >> 4), word);
                self.load_local(base, code, arg & 15)?;
            }
            Op::StoreFastStoreFast => {
                let word = self.pop();
                self.set(self.local(base, arg >> 4), word);
                let word = self.pop();
                self.set(self.local(base, arg & 15), word);
            }
            Op::DeleteFast => {
                if self.get(self.local(base, arg)).is_null() {
                    return Err(self.unbound(code, arg));
                }
                self.set(self.local(base, arg), Value::NULL);
            }
            Op::LoadConst => {
                let Some(Body::Code(data)) = self.body(H(base as u32)) else {
                    unreachable!("a frame begins with its code")
                };
                let word = data.consts[arg as usize];
                self.push(word);
            }
            Op::LoadSmallInt => {
                self.push(Value::small(arg as usize));
            }
            Op::LoadCommonConstant => {
                let h = self.common_constant(arg)?;
                self.settle(sp, 0, h)?;
            }
            Op::PopTop | Op::PopIter | Op::EndFor => {
                self.pop();
            }
            Op::PushNull => {
                self.push(Value::NULL);
            }
            Op::Copy => {
                self.push(self.get(self.top(arg as usize - 1)));
            }
            Op::Swap => self.heap.stack.swap(sp - 1, sp - arg as usize),
            Op::LoadGlobal => {
                let name = self.name(base, arg >> 1);
                let word = self.load_global(base, name)?;
                self.cut(sp);
                self.push(word);
                if arg & 1 == 1 {
                    self.push(Value::NULL);
                }
            }
            Op::LoadName => {
                let name = self.name(base, arg);
                let h = self.load_name(base, name)?;
                self.settle(sp, 0, h)?;
            }
            Op::StoreName | Op::StoreGlobal => {
                let name = self.name(base, arg);
                let space = if ins.op == Op::StoreName { self.namespace(base) } else { H(base as u32 + 1) };
                self.store_item_in(space, name, H(sp as u32 - 1))?;
                self.cut(sp - 1);
            }
            Op::DeleteName | Op::DeleteGlobal => {
                let name = self.name(base, arg);
                let space = if ins.op == Op::DeleteName { self.namespace(base) } else { H(base as u32 + 1) };
                self.delete_name(space, name)?;
                self.cut(sp);
            }
            Op::LoadLocals => {
                let space = self.namespace(base);
                self.settle(sp, 0, space)?;
            }
            Op::MakeCell => {
                let local = self.local(base, arg);
                let cell = self.alloc(k::CELL, Body::Cell(self.get(local)))?;
                self.set(local, self.get(cell));
                self.cut(sp);
            }
            Op::CopyFreeVars => {
                let closure = self.items(H(base as u32 + 4)).expect("a closure").to_vec();
                let first = base + FRAME_WORDS + code.locals.len() - arg as usize;
                self.heap.stack[first..first + closure.len()].copy_from_slice(&closure);
            }
            Op::LoadDeref => {
                let word = self.cell_value(base, arg);
                if word.is_null() {
                    return Err(self.unbound(code, arg));
                }
                self.push(word);
            }
            Op::StoreDeref => {
                let word = self.pop();
                self.set_cell(base, arg, word);
            }
            Op::DeleteDeref => {
                if self.cell_value(base, arg).is_null() {
                    return Err(self.unbound(code, arg));
                }
                self.set_cell(base, arg, Value::NULL);
            }
            Op::LoadFromDictOrDeref => {
                let name = self.intern(&code.locals[arg as usize])?;
                let word = match self.get_item_opt(H(sp as u32 - 1), name)? {
                    Some(h) => self.get(h),
                    None => self.cell_value(base, arg),
                };
                if word.is_null() {
                    return Err(self.unbound(code, arg));
                }
                let h = self.push(word);
                return self.settle(sp, 1, h);
            }
            Op::LoadFromDictOrGlobals => {
                let name = self.name(base, arg);
                let word = match self.get_item_opt(H(sp as u32 - 1), name)? {
                    Some(h) => self.get(h),
                    None => self.load_global(base, name)?,
                };
                let h = self.push(word);
                return self.settle(sp, 1, h);
            }
            Op::JumpForward | Op::JumpBackward | Op::JumpBackwardNoInterrupt => return Ok(Flow::Jump),
            Op::PopJumpIfTrue | Op::PopJumpIfFalse => {
                let truth = self.truth(H(sp as u32 - 1))?;
                self.cut(sp - 1);
                if truth == (ins.op == Op::PopJumpIfTrue) {
                    return Ok(Flow::Jump);
                }
            }
            Op::PopJumpIfNone | Op::PopJumpIfNotNone => {
                let none = self.pop() == Value::NONE;
                if none == (ins.op == Op::PopJumpIfNone) {
                    return Ok(Flow::Jump);
                }
            }
            Op::ToBool => {
                let truth = self.truth(H(sp as u32 - 1))?;
                self.cut(sp - 1);
                self.push(Value::bool(truth));
            }
            Op::UnaryNot => {
                let truth = self.truth(H(sp as u32 - 1))?;
                self.cut(sp - 1);
                self.push(Value::bool(!truth));
            }
            Op::UnaryNegative => {
                let h = self.unary(H(sp as u32 - 1), n::__neg__, "-")?;
                return self.settle(sp, 1, h);
            }
            Op::UnaryInvert => {
                let h = self.unary(H(sp as u32 - 1), n::__invert__, "~")?;
                return self.settle(sp, 1, h);
            }
            Op::BinaryOp => {
                let h = self.binary_op(arg, H(sp as u32 - 2), H(sp as u32 - 1))?;
                return self.settle(sp, 2, h);
            }
            Op::CompareOp => {
                let h = self.compare(crate::number::Cmp::from_code(arg >> 5), H(sp as u32 - 2), H(sp as u32 - 1))?;
                if arg & 16 != 0 {
                    let truth = self.truth(h)?;
                    let h = self.bool(truth);
                    return self.settle(sp, 2, h);
                }
                return self.settle(sp, 2, h);
            }
            Op::IsOp => {
                let same = self.is(self.top(1), self.top(0));
                self.cut(sp - 2);
                self.push(Value::bool(same != (arg == 1)));
            }
            Op::ContainsOp => {
                let found = self.contains(H(sp as u32 - 1), H(sp as u32 - 2))?;
                self.cut(sp - 2);
                self.push(Value::bool(found != (arg == 1)));
            }
            Op::GetIter => {
                let h = self.iter(H(sp as u32 - 1))?;
                return self.settle(sp, 1, h);
            }
            Op::GetYieldFromIter => {
                if self.exact(H(sp as u32 - 1), k::COROUTINE) {
                    if !code.is_awaitable() {
                        let what = "cannot 'yield from' a coroutine object in a non-coroutine generator";
                        return Err(self.type_error(what));
                    }
                } else if !self.exact(H(sp as u32 - 1), k::GENERATOR) {
                    let h = self.iter(H(sp as u32 - 1))?;
                    return self.settle(sp, 1, h);
                }
            }
            Op::ForIter => {
                let Some(h) = self.next(H(sp as u32 - 1))? else {
                    self.cut(sp);
                    // The loop's end pops the iterator; END_FOR is passed over.
                    self.push(Value::NULL);
                    return Ok(Flow::Jump);
                };
                return self.settle(sp, 0, h);
            }
            Op::ReturnValue => return Ok(Flow::Exit(Exit::Return)),
            Op::YieldValue => return Ok(Flow::Exit(Exit::Yield)),
            Op::ReturnGenerator => {
                self.push(Value::NONE);
            }
            Op::PushExcInfo => {
                let exception = self.pop();
                let previous = self.get(k::HANDLED);
                self.push(if previous.is_null() { Value::NONE } else { previous });
                self.push(exception);
                self.set(k::HANDLED, exception);
            }
            Op::PopExcept => {
                let previous = self.pop();
                self.set(k::HANDLED, if previous == Value::NONE { Value::NULL } else { previous });
            }
            Op::Reraise => {
                let exception = self.pop();
                self.set(k::PENDING, exception);
                return Err(Raised);
            }
            _ => return self.step_more(base, code, ins),
        }
        Ok(Flow::Next)
    }
}
