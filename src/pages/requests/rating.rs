//! What the organization thinks of how a request was solved.

use frontdesk_contract::care::{self, NewRating, Rating, Satisfaction};
use frontdesk_contract::request::RequestChange;
use frontdesk_contract::text::{REASON_MAX, Reason, TextRefusal};
use frontdesk_contract::{Request, RequestState};
use leptos::prelude::*;

use crate::i18n::{Key, keys as w, t, t_with, use_words};
use crate::pages::requests::changing::{reason_text, use_changing, use_refused};
use crate::pages::requests::row::SinceText;
use crate::pages::requests::show::Shown;
use crate::shell::Failure;
use crate::ui::{Button, ButtonKind, Card, Choice, ChoiceLayout, ChoiceOption, TextField, When};

/// The card of a solved request: the rating, and the form while it may be given or changed.
#[component]
pub fn RatingCard(request: Signal<Request>, shown: Shown, may_write: Signal<bool>) -> impl IntoView {
    let is_solved = Memo::new(move |_| request.with(|request| request.summary.state == RequestState::Solved));
    let rating = Memo::new(move |_| request.with(|request| request.care.rating.clone()));
    let is_shown =
        Signal::derive(move || is_solved.get() && (may_write.get() || rating.with(Option::is_some)));
    view! {
        <When on=is_shown>
            <Card title=t(w::RATING_TITLE)>
                {move || rating.get().map(|rating| view! { <Given rating/> })}
                <When on=may_write>
                    <Form request shown/>
                </When>
            </Card>
        </When>
    }
}

#[component]
fn Given(rating: Rating) -> impl IntoView {
    let Rating { value, comment, by, at } = rating;
    let name = Signal::stored(by.name);
    view! {
        <p>
            <b>{t(value_key(value))}</b>
            " · "
            {t_with(w::RATING_BY, [("name", name)])}
            " · "
            <SinceText at/>
        </p>
        {comment.map(|comment| view! { <q dir="auto">{comment}</q> })}
    }
}

/// Once, and for a day by whoever gave it.
#[component]
fn Form(request: Signal<Request>, shown: Shown) -> impl IntoView {
    let words = use_words();
    let changing = use_changing(request, shown);
    let refused = use_refused(request, |person, request, _, now| care::can_rate(person, request, now));
    let given = request.with_untracked(|request| request.care.rating.clone());
    let value =
        RwSignal::new(given.as_ref().map(|given| given.value.as_str().to_owned()).unwrap_or_default());
    let comment = RwSignal::new(given.and_then(|given| given.comment).unwrap_or_default());
    let (value_error, comment_error) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if changing.action.is_pending() || refused.with_untracked(Option::is_some) {
            return;
        }
        let chosen = value.with_untracked(|value| Satisfaction::parse(value));
        value_error.set(chosen.is_none().then(|| words.text(w::ERROR_RATING_MISSING)));
        let said = match comment.with_untracked(|comment| comment.parse::<Reason>()) {
            Ok(comment) => Ok(Some(comment)),
            Err(TextRefusal::Empty) => Ok(None),
            Err(refusal) => Err(refusal),
        };
        comment_error.set(said.as_ref().err().map(|refusal| reason_text(*refusal, words)));
        match (chosen, said) {
            (Some(value), Ok(comment)) => {
                let rating = Some(NewRating { value, comment });
                changing.run(RequestChange { rating, ..RequestChange::default() });
            }
            (None, _) => {
                crate::browser::focus::focus_id(VALUE);
            }
            (Some(_), Err(_)) => {
                crate::browser::focus::focus_id(COMMENT);
            }
        }
    };
    let options = Signal::derive(move || {
        let option = |value: Satisfaction| ChoiceOption {
            value: value.as_str().to_owned(),
            label: words.text(value_key(value)),
            text: String::new(),
            refused: None,
        };
        Satisfaction::ALL.map(option).to_vec()
    });
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <Failure error=changing.failure/>
            <Choice
                id=VALUE
                legend=t(w::RATING_FIELD)
                hint=t(w::RATING_HINT)
                value
                options
                error=value_error
                layout=ChoiceLayout::Row
            />
            <TextField id=COMMENT label=t(w::RATING_COMMENT) value=comment error=comment_error max=REASON_MAX/>
            <Button kind=ButtonKind::Submit busy=changing.action.pending() refused>{t(w::RATING_DO)}</Button>
        </form>
    }
}

/// The id of the choice.
const VALUE: &str = "rating-value";
/// The id of the words.
const COMMENT: &str = "rating-comment";

fn value_key(value: Satisfaction) -> Key {
    match value {
        Satisfaction::Good => w::RATING_GOOD,
        Satisfaction::Fair => w::RATING_FAIR,
        Satisfaction::Poor => w::RATING_POOR,
    }
}
