//! CPython 3.13 object layouts.
