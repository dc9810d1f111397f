//! Refcount <-> GC bridge.
