//! The example's help articles.

/// Language, name and text of each article.
pub(super) const ARTICLES: [(&str, &str, &str); 24] = [
    ("en", "audit-log", include_str!("help/en/audit-log.md")),
    ("en", "good-request", include_str!("help/en/good-request.md")),
    ("en", "integrations", include_str!("help/en/integrations.md")),
    ("en", "invitations", include_str!("help/en/invitations.md")),
    ("en", "leaving", include_str!("help/en/leaving.md")),
    ("en", "live-broadcast", include_str!("help/en/live-broadcast.md")),
    ("en", "notifications", include_str!("help/en/notifications.md")),
    ("en", "phone-support", include_str!("help/en/phone-support.md")),
    ("en", "priorities", include_str!("help/en/priorities.md")),
    ("en", "sign-in-problems", include_str!("help/en/sign-in-problems.md")),
    ("en", "status-page", include_str!("help/en/status-page.md")),
    ("en", "video-sizes", include_str!("help/en/video-sizes.md")),
    ("fr", "audit-log", include_str!("help/fr/audit-log.md")),
    ("fr", "good-request", include_str!("help/fr/good-request.md")),
    ("fr", "integrations", include_str!("help/fr/integrations.md")),
    ("fr", "invitations", include_str!("help/fr/invitations.md")),
    ("fr", "leaving", include_str!("help/fr/leaving.md")),
    ("fr", "live-broadcast", include_str!("help/fr/live-broadcast.md")),
    ("fr", "notifications", include_str!("help/fr/notifications.md")),
    ("fr", "phone-support", include_str!("help/fr/phone-support.md")),
    ("fr", "priorities", include_str!("help/fr/priorities.md")),
    ("fr", "sign-in-problems", include_str!("help/fr/sign-in-problems.md")),
    ("fr", "status-page", include_str!("help/fr/status-page.md")),
    ("fr", "video-sizes", include_str!("help/fr/video-sizes.md")),
];
