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
    place: [u8; 3],
}

impl Prefix {
    /// An empty prefix of a block of this class.
    pub(crate) const fn of_class(class: u8) -> Self {
        Self { host: 0, state: 0, class, place: [0; 3] }
    }

    /// The places there are for [`Prefix::set_place`].
    pub const PLACES: usize = 1 << 24;

    /// A number that a collection noted; whatever it was noted for may be long over.
    #[inline]
    pub fn place(&self) -> usize {
        let [low, middle, high] = self.place;
        u32::from_le_bytes([low, middle, high, 0]) as usize
    }

    /// Note a number below [`Prefix::PLACES`].
    #[inline]
    pub fn set_place(&mut self, place: usize) {
        let [low, middle, high, _] = (place as u32).to_le_bytes();
        self.place = [low, middle, high];
    }
}

const _: () = assert!(size_of::<Prefix>() == 16 && align_of::<Prefix>() == 16);
