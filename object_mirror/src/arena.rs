//! Crossing arenas: what lives for one crossing (argument arrays, names, C strings) is bumped, not malloced.

use bumpalo::Bump;

/// One thread's arena; reset when its outermost crossing ends.
#[derive(Debug, Default)]
pub struct CrossingArena(Bump);

impl CrossingArena {
    /// An empty arena.
    pub fn new() -> Self {
        Self(Bump::new())
    }

    /// A copy of `text` with a NUL behind it, until the next reset.
    pub fn c_string(&self, text: &[u8]) -> *const std::ffi::c_char {
        let copy = self.0.alloc_slice_fill_copy(text.len() + 1, 0_u8);
        copy[..text.len()].copy_from_slice(text);
        copy.as_ptr().cast()
    }

    /// An array of `len` words, zeroed, until the next reset.
    pub fn words(&self, len: usize) -> &mut [usize] {
        self.0.alloc_slice_fill_copy(len, 0)
    }

    /// Forget everything handed out.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}
