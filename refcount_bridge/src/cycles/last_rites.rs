//! The end of the dead that a collection found: see [`super`].

/// What the end of the dead takes. The collection took a reference to each of them; [`LastRites::release`] gives it back.
pub trait LastRites {
    /// A dead object.
    type Node: Copy + Eq;

    /// Clear the weak references to the dead and run their callbacks. A host that does this itself has nothing to do.
    fn clear_weak_references(&mut self, _dead: &[Self::Node]) {}
    /// Run the finalisers of objects that died in the same collection and have no mirror: they may refer to the dead. Whether any
    /// ran.
    fn finalize_others(&mut self) -> bool {
        false
    }
    /// Run `node`'s finaliser, unless it has none or it ran before; whether it ran.
    fn finalize(&mut self, node: Self::Node) -> bool;
    /// The second subtraction: which of `dead` nothing outside them refers to, in the same order. The collector's own
    /// references do not count.
    fn still_dead(&mut self, dead: &[Self::Node]) -> Vec<Self::Node>;
    /// Make `node` give up its references (`tp_clear`).
    fn clear(&mut self, node: Self::Node);
    /// Give the collector's reference to `node` back: one that a finaliser `revived` lives on as if nothing had happened.
    fn release(&mut self, node: Self::Node, revived: bool);
    /// End those that are still dead. A host whose counts tell which of them died of another's end may give the
    /// collector's references back first, and clear only those that live when their turn comes.
    fn end(&mut self, dead: &[Self::Node]) {
        for &node in dead {
            self.clear(node);
        }
        for &node in dead {
            self.release(node, false);
        }
    }
}

/// End the dead that a collection found. Returns how many went; the others were revived.
pub fn last_rites<R: LastRites>(rites: &mut R, dead: &[R::Node]) -> usize {
    rites.clear_weak_references(dead);
    let mut ran = rites.finalize_others();
    for &node in dead {
        ran |= rites.finalize(node);
    }
    let still_dead = if ran { rites.still_dead(dead) } else { dead.to_vec() };
    let mut next = still_dead.iter().peekable();
    for &node in dead {
        if next.next_if_eq(&&node).is_none() {
            rites.release(node, true);
        }
    }
    rites.end(&still_dead);
    still_dead.len()
}
