//! Rules that a test turns off, one at a time, to see that other tests notice. Nothing else does: no option and no variable of
//! the environment leads here.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// A rule on which the life of objects rests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Rule {
    /// A mirror with more references than the links and other mirrors explain is a root.
    Roots = 1,
    /// The weak word of a link follows its object when that moves.
    WeakWords = 1 << 1,
    /// A link holds the wrapper while C alone holds the mirror, and lets go of it when the wrapper returns to the host.
    Flip = 1 << 2,
    /// A borrowed reference lasts as long as the container that lent it.
    Owners = 1 << 3,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Roots, Self::WeakWords, Self::Flip, Self::Owners];

    /// The word by which the tests' programs name the rule.
    pub fn name(self) -> &'static str {
        match self {
            Self::Roots => "roots",
            Self::WeakWords => "weak-words",
            Self::Flip => "flip",
            Self::Owners => "owners",
        }
    }

    /// The rule of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

static OFF: AtomicU8 = AtomicU8::new(0);

/// The rule does not hold from now on.
pub fn turn_off(rule: Rule) {
    OFF.fetch_or(rule as u8, Relaxed);
}

/// Whether the rule holds: a load of one byte, in collections and where containers lend.
#[inline]
pub fn holds(rule: Rule) -> bool {
    OFF.load(Relaxed) & rule as u8 == 0
}
