//! CPython C API.
