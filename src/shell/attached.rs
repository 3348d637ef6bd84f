//! Files that came with words: pictures and videos in place, everything else by name.

use frontdesk_contract::Upload;
use leptos::prelude::*;

use crate::api::report_groups::file as address_of;
use crate::browser::intl;
use crate::i18n::{keys as w, use_words};

/// The files; nothing where there are none.
#[component]
pub fn Attached(files: Vec<Upload>) -> impl IntoView {
    (!files.is_empty()).then(|| {
        let lines = files.into_iter().map(|file| view! { <File file/> }).collect_view();
        view! { <ul class="files" role="list">{lines}</ul> }
    })
}

#[component]
fn File(file: Upload) -> impl IntoView {
    let words = use_words();
    let href = address_of(&file.id);
    let name = file.name.clone();
    if let Some(at) = file.erased_at {
        let text = move || {
            let date = intl::date(at, &words.language());
            words.text_with(w::FILES_ERASED, &[("name", name.clone()), ("date", date)])
        };
        return view! { <li class="files__gone">{text}</li> }.into_any();
    }
    let seen = if file.kind.is_picture() {
        Some(view! { <img class="files__seen" src=href.clone() alt=name.clone() loading="lazy"/> }.into_any())
    } else if file.kind.is_video() {
        let label = name.clone();
        Some(view! { <video class="files__seen" src=href.clone() aria-label=label controls preload="metadata"></video> }.into_any())
    } else {
        None
    };
    view! {
        <li>
            {seen}
            <a href=href download=file.name rel="external" dir="auto">{name}</a>
        </li>
    }
    .into_any()
}
