//! One sheet per page, joined in the order of the layers: Trunk doesn't follow `@import`. What only the panel's later
//! pages need comes in a sheet of its own, which boot.js fetches when the first page has started.

use std::path::PathBuf;

use crate::failure::Outcome;
use crate::files;
use crate::place::Place;

/// Writes `style/.built/panel.css`, `style/.built/more.css` and `style/.built/report.css`.
pub fn join(place: &Place) -> Outcome {
    let style = place.root.join("style");
    let order = style.join("layers.css");
    let mut shared = vec![style.join("tokens.css"), style.join("base.css")];
    shared.extend(files::below_with(&style.join("ui"), "css")?);
    for (page, shared, own) in
        [("panel", &*shared, "shell"), ("more", &[], "pages"), ("report", &shared, "report")]
    {
        let own = files::below_with(&style.join(own), "css")?;
        let sheets: Vec<&PathBuf> = [&order].into_iter().chain(shared).chain(&own).collect();
        let mut joined = String::new();
        for sheet in sheets {
            joined.push_str(files::read(sheet)?.trim_end());
            joined.push('\n');
        }
        files::write(&style.join(".built").join(format!("{page}.css")), joined)?;
    }
    Ok(())
}
