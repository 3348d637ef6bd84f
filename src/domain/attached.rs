//! Files that go with words of a request: how far each is, as it lies in a draft.

use frontdesk_contract::UploadId;
use serde::{Deserialize, Serialize};

use crate::domain::upload::Upload;

/// A file that goes with words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedFile {
    /// Its name in this draft.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// How far it is.
    pub upload: Upload,
}

impl AttachedFile {
    /// Its name at the backend, once all of it has arrived there.
    pub fn arrived(&self) -> Option<UploadId> {
        let address = self.upload.address.as_deref().filter(|_| self.upload.is_done())?;
        address.rsplit('/').next()?.parse().ok()
    }
}

/// The names of all files at the backend; `None` while one of them is still on its way.
pub fn arrived(files: &[AttachedFile]) -> Option<Vec<UploadId>> {
    files.iter().map(AttachedFile::arrived).collect()
}

/// Takes out what went with words; whether anything is left, because it was added meanwhile.
pub fn take_sent(files: &mut Vec<AttachedFile>, sent: &[UploadId]) -> bool {
    files.retain(|file| !file.arrived().is_some_and(|id| sent.contains(&id)));
    !files.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(offset: u64, address: Option<&str>) -> AttachedFile {
        let upload = Upload { size: 10, address: address.map(str::to_owned), offset };
        AttachedFile { id: "1".to_owned(), name: "desk.png".to_owned(), upload }
    }

    #[test]
    fn what_was_added_meanwhile_stays() {
        let id = UploadId::of_random([7; 16]);
        let sent = file(10, Some(&format!("/api/uploads/{}", id.as_str())));
        let mut files = vec![sent.clone(), file(3, None)];
        assert!(take_sent(&mut files, std::slice::from_ref(&id)));
        assert_eq!(files, [file(3, None)]);
        assert!(!take_sent(&mut vec![sent], &[id]));
    }

    #[test]
    fn words_go_when_every_file_has_arrived() {
        let id = UploadId::of_random([7; 16]);
        let address = format!("/api/uploads/{}", id.as_str());
        assert_eq!(arrived(&[]), Some(Vec::new()));
        assert_eq!(arrived(&[file(10, Some(&address))]), Some(vec![id]));
        assert_eq!(arrived(&[file(10, Some(&address)), file(9, Some(&address))]), None);
        assert_eq!(arrived(&[file(0, None)]), None);
    }
}
