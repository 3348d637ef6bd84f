//! People that are selected in the list of accounts, for the page that acts on many. They lie in this tab, as
//! identifiers alone.

use frontdesk_contract::PersonId;
use frontdesk_contract::json;

use crate::browser::storage::{self, Area, Full};

/// Where they lie: a JSON array.
const NAME: &str = "frontdesk-selection";

/// Who is selected, in the order in which they were.
pub fn read() -> Vec<PersonId> {
    let text = storage::read(Area::Session, NAME);
    text.and_then(|text| json::read(&text).ok()).unwrap_or_default()
}

/// Keeps who is selected, in place of those before.
///
/// # Errors
/// The device has no room for so many.
pub fn write(people: &[PersonId]) -> Result<(), Full> {
    if people.is_empty() {
        clear();
        return Ok(());
    }
    let text = serde_json::to_string(people).map_err(|_| Full)?;
    storage::write(Area::Session, NAME, &text)
}

/// Nobody is selected any more.
pub fn clear() {
    storage::remove(Area::Session, NAME);
}
