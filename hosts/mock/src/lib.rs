//! Mock host.
