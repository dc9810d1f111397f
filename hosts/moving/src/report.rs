//! What goes to `sys.stderr`: exceptions that nobody caught, and those that nobody can catch.

use crate::heap::H;
use crate::known::{self as k, n};
use crate::object::Body;
use crate::vm::{R, Vm};
use rustpython_wtf8::{Wtf8, Wtf8Buf};

impl Vm {
    /// Writes to `sys.stderr`; to the process's own where there is none or it fails.
    pub(crate) fn to_stderr(&mut self, text: &Wtf8) {
        let mark = self.mark();
        self.flush_out();
        let pending = self.push(self.get(k::PENDING));
        if self.write_stderr(text).is_err() {
            eprint!("{}", text.to_string_lossy());
        }
        let pending = self.get(pending);
        self.set(k::PENDING, pending);
        self.cut(mark);
    }

    fn write_stderr(&mut self, text: &Wtf8) -> R<()> {
        let Some(stream) = self.dict_get(k::SYS, n::stderr)? else {
            eprint!("{}", text.to_string_lossy());
            return Ok(());
        };
        if self.is_none(stream) {
            return Ok(());
        }
        let text = self.wtf8(text.to_owned())?;
        let write = self.getattr(stream, n::write)?;
        self.call(write, &[text])?;
        Ok(())
    }

    /// Prints an exception with its causes.
    pub(crate) fn print_exception(&mut self, exception: H) {
        match self.format_exception(exception, true) {
            Ok(text) => self.to_stderr(&text),
            Err(_) => eprintln!("{}", self.describe_pending()),
        }
    }

    /// Reports the pending exception, which nobody can catch, through `sys.unraisablehook`. `message` stands for "Exception
    /// ignored in".
    pub(crate) fn unraisable(&mut self, object: H, message: Option<&str>) {
        let mark = self.mark();
        let exception = self.take_pending();
        if self.call_unraisable_hook(exception, object, message).is_err() {
            self.set(k::PENDING, crate::value::Value::NULL);
        }
        self.cut(mark);
    }

    fn call_unraisable_hook(&mut self, exception: H, object: H, message: Option<&str>) -> R<()> {
        let hook = self.dict_get(k::SYS, n::unraisablehook)?;
        let is_own = |&hook: &H| !self.is_none(hook) && !matches!(self.body(hook), Some(Body::Native(..)));
        let Some(hook) = hook.filter(is_own) else {
            return self.print_unraisable(exception, object, message);
        };
        let details = self.alloc(k::NAMESPACE, Body::Plain)?;
        let dict = self.instance_dict(details)?;
        let class = self.class(exception);
        let traceback = self.exception_traceback(exception);
        let message = match message {
            Some(message) => self.str(message)?,
            None => k::NONE,
        };
        let fields = [("exc_type", class), ("exc_value", exception), ("exc_traceback", traceback)];
        for (name, value) in fields.into_iter().chain([("err_msg", message), ("object", object)]) {
            self.dict_set_str(dict, name, value)?;
        }
        if self.call(hook, &[details]).is_ok() {
            return Ok(());
        }
        let failure = self.take_pending();
        self.print_unraisable(failure, hook, Some("Exception ignored in sys.unraisablehook"))
    }

    /// What `sys.unraisablehook` does unless it is replaced.
    pub(crate) fn print_unraisable(&mut self, exception: H, object: H, message: Option<&str>) -> R<()> {
        let mut text = Wtf8Buf::from(message.unwrap_or(if self.is_none(object) { "" } else { "Exception ignored in" }));
        if !self.is_none(object) {
            text.push_str(": ");
            match self.repr(object) {
                Ok(shown) => text.push_wtf8(self.text(shown).expect("repr gives a str")),
                Err(_) => {
                    self.take_pending();
                    text.push_str("<object repr() failed>");
                }
            }
            text.push_char('\n');
        } else if message.is_some() {
            text.push_str(":\n");
        }
        text.push_wtf8(&self.format_exception(exception, false)?);
        self.to_stderr(&text);
        Ok(())
    }
}
