//! One sheet per page, joined in the order of the layers: Trunk doesn't follow `@import`.

use std::path::PathBuf;

use crate::failure::Outcome;
use crate::files;
use crate::place::Place;

/// Writes `style/.built/panel.css` and `style/.built/report.css`.
pub fn join(place: &Place) -> Outcome {
    let style = place.root.join("style");
    let shared = ["layers.css", "tokens.css", "base.css"].map(|name| style.join(name));
    let blocks = files::below_with(&style.join("ui"), "css")?;
    for (page, own) in [("panel", "pages"), ("report", "report")] {
        let own = files::below_with(&style.join(own), "css")?;
        let sheets: Vec<&PathBuf> = shared.iter().chain(&blocks).chain(&own).collect();
        let mut joined = String::new();
        for sheet in sheets {
            joined.push_str(files::read(sheet)?.trim_end());
            joined.push('\n');
        }
        files::write(&style.join(".built").join(format!("{page}.css")), joined)?;
    }
    Ok(())
}
