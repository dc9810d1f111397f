//! Frames as objects. The loop runs on words of the root stack; a frame object is made when somebody asks for one, once for each
//! running frame, and tells of that frame as it stands. When the frame ends, or waits, the object keeps where and with which
//! variables.

use crate::call::FRAME_WORDS;
use crate::code::Code;
use crate::heap::H;
use crate::known as k;
use crate::object::{Body, FrameInfo};
use crate::value::Value;
use crate::vm::{GetSetDef, R, Vm};
use rustpython_compiler::core::bytecode::CodeFlags;

/// Which word of a running frame holds its object, or NULL.
pub(crate) const FRAME_OBJECT: usize = 5;

impl Vm {
    /// The object of running frame `at`.
    pub(crate) fn frame_object(&mut self, at: usize) -> R<H> {
        let base = self.frames[at].base;
        let place = H((base + FRAME_OBJECT) as u32);
        if !self.get(place).is_null() {
            return Ok(self.push(self.get(place)));
        }
        let [code, globals, _, locals, _] = self.heap.stack[base..base + FRAME_OBJECT] else {
            unreachable!("the words")
        };
        let info =
            FrameInfo { variables: Vec::new(), code, globals, back: Value::NULL, locals, line: self.line_of(at) };
        let frame = self.alloc(k::FRAME, Body::Frame(Box::new(info)))?;
        self.set(place, self.get(frame));
        Ok(frame)
    }

    /// The line that a running frame is at.
    fn line_of(&self, at: usize) -> u32 {
        let active = &self.frames[at];
        active.code.instructions[active.pc.min(active.code.instructions.len() - 1)].line
    }

    /// Which running frame of this thread `object` is.
    fn running_frame(&self, object: H) -> Option<usize> {
        let word = self.get(object);
        self.frames.iter().rposition(|active| self.heap.stack[active.base + FRAME_OBJECT] == word)
    }

    /// The innermost frame ends, or waits if `yields`: its object, if there is one, keeps where that was.
    pub(crate) fn leave_frame(&mut self, yields: bool) {
        let at = self.frames.len() - 1;
        let place = H((self.frames[at].base + FRAME_OBJECT) as u32);
        if self.get(place).is_null() {
            return;
        }
        let (mark, line) = (self.mark(), self.line_of(at));
        let back = if yields || at == 0 { None } else { self.beyond_limit(|vm| vm.frame_object(at - 1)).ok() };
        let back = back.map_or(Value::NULL, |back| self.get(back));
        let (first, count) = (self.frames[at].base + FRAME_WORDS, self.frames[at].code.locals.len());
        let words = self.heap.stack[first..first + count].to_vec();
        if let Body::Frame(frame) = self.body_mut(place) {
            (frame.line, frame.back, frame.variables) = (line, back, words);
        }
        self.cut(mark);
    }

    /// The globals and the locals of a running frame.
    pub(crate) fn frame_namespaces(&mut self, at: usize) -> R<(H, H)> {
        let (base, code) = (self.frames[at].base, self.frames[at].code.clone());
        let globals = H(base as u32 + 1);
        if !code.flags.contains(CodeFlags::OPTIMIZED) {
            return Ok((globals, self.namespace(base)));
        }
        Ok((globals, self.variables_of(&code, base + FRAME_WORDS)?))
    }

    /// A dict of the variables whose words lie on the root stack from `first` on.
    fn variables_of(&mut self, code: &Code, first: usize) -> R<H> {
        let locals = self.dict()?;
        for (i, name) in code.locals.iter().enumerate() {
            let mut word = self.get(H((first + i) as u32));
            if let Some(Body::Cell(inner)) = word.object().map(|object| &object.body) {
                word = *inner;
            }
            if !word.is_null() && !name.starts_with('.') {
                let value = self.push(word);
                self.dict_set_str(locals, name, value)?;
            }
        }
        Ok(locals)
    }
}

fn info(vm: &Vm, this: H) -> &FrameInfo {
    match vm.body(this) {
        Some(Body::Frame(frame)) => frame,
        other => panic!("not a frame: {other:?}"),
    }
}

fn or_none(vm: &mut Vm, word: Value) -> R<H> {
    Ok(vm.push(if word.is_null() { Value::NONE } else { word }))
}

fn f_code(vm: &mut Vm, this: H) -> R<H> {
    let code = info(vm, this).code;
    or_none(vm, code)
}

fn f_globals(vm: &mut Vm, this: H) -> R<H> {
    let globals = info(vm, this).globals;
    or_none(vm, globals)
}

fn f_back(vm: &mut Vm, this: H) -> R<H> {
    match vm.running_frame(this) {
        Some(0) => Ok(k::NONE),
        Some(at) => vm.frame_object(at - 1),
        None => {
            let back = info(vm, this).back;
            or_none(vm, back)
        }
    }
}

fn f_lineno(vm: &mut Vm, this: H) -> R<H> {
    let line = vm.running_frame(this).map_or_else(|| info(vm, this).line, |at| vm.line_of(at));
    vm.int(i64::from(line))
}

fn f_locals(vm: &mut Vm, this: H) -> R<H> {
    if let Some(at) = vm.running_frame(this) {
        return Ok(vm.frame_namespaces(at)?.1);
    }
    let &FrameInfo { locals, globals, code, .. } = info(vm, this);
    if !locals.is_null() {
        return or_none(vm, locals);
    }
    let code = vm.code_of(code);
    if !code.flags.contains(CodeFlags::OPTIMIZED) {
        return or_none(vm, globals);
    }
    let words = info(vm, this).variables.clone();
    if words.is_empty() {
        // It has none, or C made it.
        return vm.dict();
    }
    let first = vm.mark();
    vm.heap.stack.extend(words);
    vm.variables_of(&code, first)
}

pub(crate) static FRAME_ATTRS: [GetSetDef; 6] = [
    GetSetDef { name: "f_code", get: f_code, set: None },
    GetSetDef { name: "f_globals", get: f_globals, set: None },
    GetSetDef { name: "f_builtins", get: |_, _| Ok(k::BUILTINS), set: None },
    GetSetDef { name: "f_back", get: f_back, set: None },
    GetSetDef { name: "f_lineno", get: f_lineno, set: None },
    GetSetDef { name: "f_locals", get: f_locals, set: None },
];
