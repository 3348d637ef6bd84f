//! The backend's binary.

fn main() {}
