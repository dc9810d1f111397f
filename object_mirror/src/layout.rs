//! The pinned layouts as data: what `pinned!` asserts at compile time can also be walked, compared with a C compiler's
//! answer (the `layout` test does, against an installed CPython 3.13's headers) and printed.

/// One struct's layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// CPython's name of the struct.
    pub name: &'static str,
    /// `sizeof`.
    pub size: usize,
    /// Its fields, in order.
    pub fields: &'static [Field],
}

/// One field: `name`, `offsetof`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// CPython's name of the field.
    pub name: &'static str,
    /// `offsetof`.
    pub offset: usize,
    /// `sizeof` the field.
    pub size: usize,
}

/// Pin structs: size and every field's offset and size, asserted at compile time and collected in the module's `LAYOUT`.
macro_rules! pinned {
    ($($name:ident $size:literal { $($field:ident $offset:literal $width:literal),* $(,)? })*) => {
        /// The layouts of this module's structs.
        pub const LAYOUT: &[$crate::layout::Layout] = &[$(
            $crate::layout::Layout {
                name: stringify!($name),
                size: $size,
                fields: &[$($crate::layout::Field { name: stringify!($field), offset: $offset, size: $width }),*],
            }
        ),*];
        const _: () = {
            const fn width<T, F>(_: fn(&T) -> &F) -> usize {
                size_of::<F>()
            }
            $(
                assert!(size_of::<$name>() == $size, concat!("sizeof ", stringify!($name)));
                $(
                    assert!(memoffset::offset_of!($name, $field) == $offset, concat!(stringify!($name), ".", stringify!($field)));
                    assert!(width(|object: &$name| &object.$field) == $width, concat!("sizeof ", stringify!($name), ".", stringify!($field)));
                )*
            )*
        };
    };
}
pub(crate) use pinned;

/// Every pinned layout.
pub fn all() -> impl Iterator<Item = &'static Layout> {
    MODULES.iter().copied().flatten()
}

const MODULES: &[&[Layout]] = &[
    crate::bytearrayobject::LAYOUT,
    crate::bytesobject::LAYOUT,
    crate::cellobject::LAYOUT,
    crate::classobject::LAYOUT,
    crate::code::LAYOUT,
    crate::complexobject::LAYOUT,
    crate::datetime::LAYOUT,
    crate::descrobject::LAYOUT,
    crate::dictobject::LAYOUT,
    crate::floatobject::LAYOUT,
    crate::frameobject::LAYOUT,
    crate::funcobject::LAYOUT,
    crate::genobject::LAYOUT,
    crate::listobject::LAYOUT,
    crate::longobject::LAYOUT,
    crate::memoryobject::LAYOUT,
    crate::methodobject::LAYOUT,
    crate::moduleobject::LAYOUT,
    crate::object::LAYOUT,
    crate::pycapsule::LAYOUT,
    crate::pyerrors::LAYOUT,
    crate::pystate::LAYOUT,
    crate::setobject::LAYOUT,
    crate::sliceobject::LAYOUT,
    crate::structseq::LAYOUT,
    crate::traceback::LAYOUT,
    crate::tupleobject::LAYOUT,
    crate::unicodeobject::LAYOUT,
    crate::weakrefobject::LAYOUT,
];
