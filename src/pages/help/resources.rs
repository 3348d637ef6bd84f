//! Other places where people find help: those that the footer links to, and those of the operator.

use frontdesk_contract::Settings;
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::shell::Desk;
use crate::ui::Card;

/// A place, in the language in use.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    name: String,
    text: String,
    address: String,
}

/// The places that have the words searched for.
#[component]
pub fn Resources(
    /// The words; all places without any.
    sought: Signal<String>,
) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let words = use_words();
    let places = Memo::new(move |_| {
        let places = desk.settings.with(|settings| settings.map(|settings| places(settings, words)));
        let sought = intl::lower(&sought.get());
        let mut places = places.unwrap_or_default();
        places.retain(|place| has_words(place, &sought));
        places
    });
    let content = move || {
        let lines = places.get().into_iter().map(line).collect_view();
        if lines.is_empty() {
            view! { <p class="hint">{t(w::HELP_RESOURCES_NONE)}</p> }.into_any()
        } else {
            view! { <ul class="resources known" role="list">{lines}</ul> }.into_any()
        }
    };
    view! { <Card title=t(w::HELP_RESOURCES)>{content}</Card> }
}

fn line(place: Place) -> impl IntoView {
    let text = (!place.text.is_empty()).then(|| view! { <p>{place.text}</p> });
    view! {
        <li>
            <div>
                <a href=place.address rel="external noopener">{place.name}</a>
                {text}
            </div>
        </li>
    }
}

fn has_words(place: &Place, sought: &str) -> bool {
    let text = intl::lower(&format!("{} {}", place.name, place.text));
    sought.split_whitespace().all(|word| text.contains(word))
}

fn places(settings: &Settings, words: Words) -> Vec<Place> {
    let links = &settings.links;
    let known: [(&Option<String>, Key, Key); 6] = [
        (&links.help, w::FOOTER_HELP, w::HELP_PAGES_TEXT),
        (&links.forum, w::FOOTER_FORUM, w::HELP_FORUM_TEXT),
        (&links.resources, w::FOOTER_RESOURCES, w::HELP_CENTER_TEXT),
        (&links.developers, w::FOOTER_DEVELOPERS, w::HELP_DEVELOPERS_TEXT),
        (&links.training, w::HELP_TRAINING, w::HELP_TRAINING_TEXT),
        (&links.status, w::FOOTER_STATUS, w::HELP_STATUS_TEXT),
    ];
    let linked = known.into_iter().filter_map(|(address, name, text)| {
        Some(Place { name: words.text(name), text: words.text(text), address: address.clone()? })
    });
    let language = words.language();
    let own = settings.resources.iter().map(|resource| Place {
        name: resource.name.in_language(&language).to_owned(),
        text: resource.text.in_language(&language).to_owned(),
        address: resource.address.clone(),
    });
    linked.chain(own).collect()
}
