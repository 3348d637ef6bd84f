//! Modules of WebAssembly as bytes: their sections and numbers, as the specification writes them.

/// How long the beginning of a module is.
pub const HEADER: usize = 8;

/// A section of a module: its kind, its content, all of it, and what comes after.
pub type Section<'module> = (u8, &'module [u8], &'module [u8], &'module [u8]);

/// The first section of what is left of a module.
pub fn next_section(rest: &[u8]) -> Option<Section<'_>> {
    let (id, after) = rest.split_first()?;
    let (size, of_size) = read_length(after)?;
    let (whole, next) = rest.split_at_checked(1 + of_size + size)?;
    Some((*id, whole.get(1 + of_size..)?, whole, next))
}

/// An unsigned number (LEB128), and how many bytes it has.
pub fn read_length(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut number = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((number, index + 1));
        }
    }
    None
}

/// An unsigned number as WebAssembly writes it (LEB128).
pub fn length(bytes: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        bytes.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return;
        }
    }
}
