//! How the panel looks on this device, theme and density, and which keys it hears. The language is kept by `i18n`.

use leptos::prelude::*;

use crate::browser::page;
use crate::browser::storage::{self, Area};

const THEME: &str = "frontdesk.theme";
const DENSITY: &str = "frontdesk.density";
const SINGLE_KEYS: &str = "frontdesk.keys";
/// What is kept when single keys are switched off.
const OFF: &str = "off";

/// Light, dark, or as the device says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The themes as the menu lists them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    fn word(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// How high the rows of lists are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Density {
    /// 56 pixels.
    #[default]
    Comfortable,
    /// 40 pixels.
    Compact,
}

impl Density {
    /// Low rows, or high ones.
    pub const fn of(is_compact: bool) -> Self {
        if is_compact { Self::Compact } else { Self::Comfortable }
    }

    fn word(self) -> Option<&'static str> {
        match self {
            Self::Comfortable => None,
            Self::Compact => Some("compact"),
        }
    }
}

/// The preferences in context.
#[derive(Clone, Copy)]
pub struct Preferences {
    theme: RwSignal<Theme>,
    density: RwSignal<Density>,
    lent: RwSignal<Option<Density>>,
    has_single_keys: RwSignal<bool>,
}

impl Preferences {
    /// What this device was set to. `boot.js` has painted it already.
    pub fn read() -> Self {
        let stored = |name| storage::read(Area::Local, name);
        let theme =
            Theme::ALL.into_iter().find(|theme| theme.word() == stored(THEME).as_deref()).unwrap_or_default();
        let density = if stored(DENSITY).as_deref() == Density::Compact.word() {
            Density::Compact
        } else {
            Density::default()
        };
        let has_single_keys = RwSignal::new(stored(SINGLE_KEYS).as_deref() != Some(OFF));
        let (theme, density, lent) = (RwSignal::new(theme), RwSignal::new(density), RwSignal::new(None));
        Self { theme, density, lent, has_single_keys }
    }

    /// The theme; follows changes.
    pub fn theme(&self) -> Theme {
        self.theme.get()
    }

    /// The density that is shown; follows changes.
    pub fn density(&self) -> Density {
        self.lent.get().unwrap_or_else(|| self.density.get())
    }

    /// Shows a density while a page wants it, or what was chosen. Nothing of it is kept.
    pub fn lend_density(&self, density: Option<Density>) {
        if self.lent.get_untracked() != density {
            self.lent.set(density);
            page::set_density(density.unwrap_or_else(|| self.density.get_untracked()).word());
        }
    }

    /// Whether keys that are pressed by themselves do something, such as `?`. Who speaks to the computer, or
    /// presses keys by accident, can switch them off (WCAG 2.1.4).
    pub fn has_single_keys(&self) -> bool {
        self.has_single_keys.get_untracked()
    }

    /// Switches them on or off and keeps it.
    pub fn set_single_keys(&self, has: bool) {
        self.has_single_keys.set(has);
        keep(SINGLE_KEYS, (!has).then_some(OFF));
    }

    /// Chooses a theme and keeps it.
    pub fn set_theme(&self, theme: Theme) {
        self.theme.set(theme);
        keep(THEME, theme.word());
        page::set_theme(theme.word());
    }

    /// Chooses a density and keeps it.
    pub fn set_density(&self, density: Density) {
        self.lent.set(None);
        self.density.set(density);
        keep(DENSITY, density.word());
        page::set_density(density.word());
    }
}

/// A full store loses the preference at the next start, nothing else.
fn keep(name: &str, word: Option<&str>) {
    match word {
        Some(word) => drop(storage::write(Area::Local, name, word)),
        None => storage::remove(Area::Local, name),
    }
}
