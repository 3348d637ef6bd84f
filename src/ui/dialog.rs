//! Something that wants an answer before the page goes on.

use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::icon::{Icon, IconName};
use crate::browser::{dialog, focus, random};
use crate::i18n::{keys as w, t};
use crate::ui::effect;

/// A native modal dialog. Escape and the cross close it, a click outside doesn't; the focus goes back to
/// where it came from.
#[component]
pub fn Dialog(
    /// Whether it is shown; closing writes it back.
    open: RwSignal<bool>,
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    children: Children,
) -> impl IntoView {
    let id = StoredValue::new(random::element_id("dialog"));
    let title_id = id.with_value(|id| format!("{id}-title"));
    let labelled_by = title_id.clone();
    let opener = StoredValue::new(SendWrapper::new(None));
    // The browser's top layer, and its focus.
    effect(move || {
        if open.get() {
            opener.set_value(SendWrapper::new(focus::active()));
            id.with_value(|id| dialog::show_modal(id));
        } else {
            id.with_value(|id| dialog::close(id));
        }
    });
    let on_close = move |_| {
        open.set(false);
        // The browser has given the focus back already, and what was done may have moved it on since.
        if focus::active().is_none() {
            opener.with_value(|opener| opener.as_ref().is_some_and(focus::focus));
        }
        // What opened it may have left the page with the act.
        if focus::active().is_none() {
            focus::focus_main_heading();
        }
    };
    view! {
        <dialog class="dialog" id=id.get_value() aria-labelledby=labelled_by on:close=on_close>
            <h2 class="dialog__title" id=title_id>{title}</h2>
            <div class="dialog__body">
                {children()}
            </div>
            // Last, so that the first field takes the focus when the dialog opens.
            <button class="dialog__close" type="button" aria-label=t(w::DIALOG_CLOSE) on:click=move |_| open.set(false)>
                <Icon name=IconName::Cross/>
            </button>
        </dialog>
    }
}
