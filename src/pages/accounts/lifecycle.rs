//! The life cycle explained: what each stage means for the person, for coworkers and for admins, and what can be
//! undone until when. (Seed 003.) Everybody may read it.

use frontdesk_contract::feedback::FeedbackPage;
use leptos::prelude::*;

use crate::i18n::{Key, keys as w, t};
use crate::shell::announce_page;
use crate::shell::helpful::Helpful;
use crate::ui::{Card, PageHeader, Pill, Tone};

/// A stage, and what it means.
struct Chapter {
    name: Key,
    tone: Tone,
    what: Key,
    person: Key,
    coworkers: Key,
    admins: Key,
    undo: Key,
}

/// The stages in the order of a life.
const CHAPTERS: [Chapter; 6] = [
    Chapter {
        name: w::STAGE_NOT_INVITED,
        tone: Tone::Info,
        what: w::LIFECYCLE_PROVISIONED,
        person: w::LIFECYCLE_PROVISIONED_PERSON,
        coworkers: w::LIFECYCLE_PROVISIONED_COWORKERS,
        admins: w::LIFECYCLE_PROVISIONED_ADMINS,
        undo: w::LIFECYCLE_PROVISIONED_UNDO,
    },
    Chapter {
        name: w::STAGE_INVITED,
        tone: Tone::Info,
        what: w::LIFECYCLE_INVITED,
        person: w::LIFECYCLE_INVITED_PERSON,
        coworkers: w::LIFECYCLE_INVITED_COWORKERS,
        admins: w::LIFECYCLE_INVITED_ADMINS,
        undo: w::LIFECYCLE_INVITED_UNDO,
    },
    Chapter {
        name: w::STAGE_ACTIVE,
        tone: Tone::Good,
        what: w::LIFECYCLE_ACTIVE,
        person: w::LIFECYCLE_ACTIVE_PERSON,
        coworkers: w::LIFECYCLE_ACTIVE_COWORKERS,
        admins: w::LIFECYCLE_ACTIVE_ADMINS,
        undo: w::LIFECYCLE_ACTIVE_UNDO,
    },
    Chapter {
        name: w::STAGE_DEACTIVATED,
        tone: Tone::Mute,
        what: w::LIFECYCLE_DEACTIVATED,
        person: w::LIFECYCLE_DEACTIVATED_PERSON,
        coworkers: w::LIFECYCLE_DEACTIVATED_COWORKERS,
        admins: w::LIFECYCLE_DEACTIVATED_ADMINS,
        undo: w::LIFECYCLE_DEACTIVATED_UNDO,
    },
    Chapter {
        name: w::STAGE_FORMER,
        tone: Tone::Mute,
        what: w::LIFECYCLE_FORMER,
        person: w::LIFECYCLE_FORMER_PERSON,
        coworkers: w::LIFECYCLE_FORMER_COWORKERS,
        admins: w::LIFECYCLE_FORMER_ADMINS,
        undo: w::LIFECYCLE_FORMER_UNDO,
    },
    Chapter {
        name: w::LIFECYCLE_DELETED_NAME,
        tone: Tone::Bad,
        what: w::LIFECYCLE_DELETED,
        person: w::LIFECYCLE_DELETED_PERSON,
        coworkers: w::LIFECYCLE_DELETED_COWORKERS,
        admins: w::LIFECYCLE_DELETED_ADMINS,
        undo: w::LIFECYCLE_DELETED_UNDO,
    },
];

/// The page.
#[component]
pub fn Lifecycle() -> impl IntoView {
    let title = t(w::LIFECYCLE_TITLE);
    announce_page(title);
    let chapters = CHAPTERS.map(|chapter| view! { <Told chapter/> });
    view! {
        <PageHeader title intro=t(w::LIFECYCLE_INTRO)/>
        <div class="stack lifecycle">
            <Card title=t(w::LIFECYCLE_WHY)>
                <p>{t(w::LIFECYCLE_WHY_TEXT)}</p>
                <p>{t(w::DELETE_SAFER)}</p>
            </Card>
            {chapters.into_iter().collect_view()}
            <Card title=t(w::LIFECYCLE_CLOCK)>
                <p>{t(w::LIFECYCLE_CLOCK_TEXT)}</p>
                <p>{t(w::LIFECYCLE_HOLD_TEXT)}</p>
            </Card>
        </div>
        <Helpful page=FeedbackPage::Lifecycle/>
    }
}

#[component]
fn Told(chapter: Chapter) -> impl IntoView {
    let line = |name: Key, text: Key| view! { <dt>{t(name)}</dt><dd>{t(text)}</dd> };
    view! {
        <section class="card">
            <h2 class="card__title"><Pill tone=chapter.tone text=t(chapter.name)/></h2>
            <p>{t(chapter.what)}</p>
            <dl class="lifecycle__meaning">
                {line(w::LIFECYCLE_FOR_PERSON, chapter.person)}
                {line(w::LIFECYCLE_FOR_COWORKERS, chapter.coworkers)}
                {line(w::LIFECYCLE_FOR_ADMINS, chapter.admins)}
                {line(w::LIFECYCLE_UNDO, chapter.undo)}
            </dl>
        </section>
    }
}
