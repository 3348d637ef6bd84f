//! What a mark says, by hue and by shape.

/// The tone of a pill, a banner or bars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Something to know: a dot.
    #[default]
    Info,
    /// It is well: a tick.
    Good,
    /// It wants attention: a triangle.
    Warn,
    /// It is bad: a square.
    Bad,
    /// It doesn't matter now: a ring.
    Mute,
}

impl Tone {
    /// The value of `data-tone`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Mute => "mute",
        }
    }
}
