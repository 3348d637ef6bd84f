//! What happens by itself at a time: reminders of invitations, dated deactivations, the waiting period of deletions.

pub mod status;
