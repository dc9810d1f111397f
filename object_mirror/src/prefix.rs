//! The words of ours that belong to a mirror: kept right before `ob_refcnt`, or in the side map for foreign memory.

/// 16 bytes, so that the object behind it keeps malloc's alignment.
#[repr(C, align(16))]
#[derive(Debug, Default)]
pub struct Prefix {
    /// The host's word for the linked object; 0 for a C-born mirror.
    pub host: usize,
    /// State bits; the reference-count bridge owns their meaning.
    pub state: u32,
    /// The heap's size class of the block; 0 in foreign memory's and in a free block.
    pub class: u8,
    spare: [u8; 3],
}

impl Prefix {
    /// An empty prefix of a block of this class.
    pub(crate) const fn of_class(class: u8) -> Self {
        Self { host: 0, state: 0, class, spare: [0; 3] }
    }
}

const _: () = assert!(size_of::<Prefix>() == 16 && align_of::<Prefix>() == 16);
