//! The provider that keeps the accounts, on Overview: whether it can be read, and what it did to somebody.

use frontdesk_contract::Right;
use frontdesk_contract::account::mirror::{News, NewsKind, Provider};
use leptos::prelude::*;

use crate::api::{ApiError, Client, accounts};
use crate::browser::intl;
use crate::i18n::{Key, keys as w, t, t_count, t_with, use_words};
use crate::pages::many::wording::Ago;
use crate::route::Route;
use crate::shell::{Act, Failure, Live, use_fetched};
use crate::state::SessionState;
use crate::ui::{Button, Card, When};

/// The card; nothing where the accounts are the backend's own, or where nobody must know anything.
#[component]
pub fn ProviderCard() -> impl IntoView {
    let live = expect_context::<Live>();
    let fetched = use_fetched(move || {
        live.everything.track();
        live.runs.track();
        accounts::provider()
    });
    let provider = Memo::new(move |_| fetched.get().unwrap_or_default());
    let is_failing = Signal::derive(move || provider.with(|provider| provider.failing));
    let left_out = Signal::derive(move || provider.with(|provider| provider.left_out));
    let is_unfiltered = Signal::derive(move || provider.with(|provider| provider.unfiltered));
    let has_left_out = Signal::derive(move || left_out.get() > 0);
    let is_shown = Signal::derive(move || {
        provider.with(|provider| {
            provider.name.is_some()
                && (provider.failing
                    || provider.unfiltered
                    || provider.left_out > 0
                    || !provider.news.is_empty())
        })
    });
    view! {
        <When on=is_shown>
            <Card title=t(w::OVERVIEW_PROVIDER)>
                <ul class="known" role="list">
                    <When on=is_failing>
                        <Failing provider/>
                    </When>
                    <When on=is_unfiltered>
                        <Unfiltered provider/>
                    </When>
                    <When on=has_left_out>
                        <li>
                            <div>
                                <b>{t_count(w::OVERVIEW_PROVIDER_LEFT, left_out)}</b>
                                <p>{t(w::OVERVIEW_PROVIDER_LEFT_TEXT)}</p>
                            </div>
                        </li>
                    </When>
                    <For
                        each=move || provider.get().news
                        key=|news| (news.person.id.clone(), news.kind)
                        let:news
                    >
                        <Line news provider/>
                    </For>
                </ul>
            </Card>
        </When>
    }
}

fn name_of(provider: Memo<Provider>) -> String {
    provider.with(|provider| provider.name.clone().unwrap_or_default())
}

/// Since when what is shown is old.
#[component]
fn Failing(provider: Memo<Provider>) -> impl IntoView {
    let words = use_words();
    let text = move || match provider.with(|provider| provider.read_at) {
        Some(at) => {
            let date = intl::day_and_time(at, &words.language());
            words.text_with(w::OVERVIEW_PROVIDER_FAILING, &[("provider", name_of(provider)), ("date", date)])
        }
        None => words.text_with(w::OVERVIEW_PROVIDER_FIRST, &[("provider", name_of(provider))]),
    };
    view! {
        <li>
            <div>
                <b>{text}</b>
                <p>{t(w::OVERVIEW_PROVIDER_FAILING_TEXT)}</p>
            </div>
        </li>
    }
}

/// It finds nobody by a filter.
#[component]
fn Unfiltered(provider: Memo<Provider>) -> impl IntoView {
    let words = use_words();
    let title = move || words.text_with(w::OVERVIEW_PROVIDER_UNFILTERED, &[("provider", name_of(provider))]);
    let text = move || {
        let at = provider.with(|provider| provider.read_at)?;
        let date = intl::day_and_time(at, &words.language());
        Some(words.text_with(w::OVERVIEW_PROVIDER_UNFILTERED_TEXT, &[("date", date)]))
    };
    view! {
        <li>
            <div>
                <b>{title}</b>
                <p>{text}</p>
            </div>
        </li>
    }
}

#[component]
fn Line(news: News, provider: Memo<Provider>) -> impl IntoView {
    let client = expect_context::<Client>();
    let session = expect_context::<SessionState>();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let may = session.session_untracked().is_some_and(|session| session.person.has(Right::Accounts));
    let News { person, kind, at } = news;
    let id = person.id.clone();
    let see = Act::new(move |()| {
        let (client, id) = (client.clone(), id.clone());
        failure.set(None);
        async move {
            // Whoever looks is told that the list has changed.
            if let Err(error) = client.send(accounts::seen(&id, kind)).await {
                let _ = failure.try_set(Some(error));
            }
        }
    });
    let text = move || words.text_with(text_of(kind), &[("provider", name_of(provider))]);
    let on_press = Callback::new(move |()| see.begin(()));
    let label = t_with(w::OVERVIEW_PROVIDER_SEEN, [("name", Signal::stored(person.name.clone()))]);
    view! {
        <li>
            <div>
                <a href=Route::AccountOf(person.id).to_string()>{person.name}</a>
                <p>{text} " · " <Ago at/></p>
                <Failure error=failure/>
                {may.then(|| view! { <Button busy=see.pending() on_press>{label}</Button> })}
            </div>
        </li>
    }
}

const fn text_of(kind: NewsKind) -> Key {
    match kind {
        NewsKind::Back => w::OVERVIEW_PROVIDER_BACK,
        NewsKind::Missing => w::OVERVIEW_PROVIDER_MISSING,
        NewsKind::Overdue => w::OVERVIEW_PROVIDER_OVERDUE,
        NewsKind::Refused => w::OVERVIEW_PROVIDER_REFUSED,
    }
}
