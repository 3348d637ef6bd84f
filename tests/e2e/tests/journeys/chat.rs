//! Live chat: the second door, the line, the talk, a line that breaks, two admins in one chat.

use fantoccini::key::Key;
use frontdesk_e2e::page::Network;
use frontdesk_e2e::{Page, Who, desk, desk_with};

use crate::asking::fill_in;
use crate::audit::audit;

const SUBJECT: &str = "Nobody hears the speaker";

/// Agents are there at every hour of every day.
fn always_open(settings: &str) -> String {
    let (before, chat) = settings.split_once("channel = \"chat\"").expect("a chat");
    let (chat, after) = chat.split_once("\n\n").expect("an end");
    let hours = "hours = [{ days = [1, 2, 3, 4, 5, 6, 7], from = \"00:00\", to = \"24:00\" }]";
    let chat: Vec<&str> = chat
        .lines()
        .map(|line| match line.split(' ').next() {
            Some("hours") => hours,
            Some("holidays") => "holidays = []",
            _ => line,
        })
        .collect();
    format!("{before}channel = \"chat\"{}\n\n{after}", chat.join("\n"))
}

#[tokio::test]
async fn a_chat_is_live_on_both_sides_and_survives_a_lost_line() {
    desk_with(always_open, async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        admin.press("Chat with us").await;
        admin.see("its transcript stays there").await;
        audit(&admin, "the second door", 0).await;
        admin.press("Start the chat").await;
        admin.see_heading(SUBJECT).await;
        admin.see("You are number 1 in line").await;
        let field = format!("Your message in {}", number(&admin).await);
        say(&admin, &field, "Are you there?").await;

        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&admin.path().await).await;
        agent.see("Are you there?").await;
        agent.press("Take this chat").await;
        admin.see("Chat is live").await;
        admin.see("Read by ").await;
        agent.fill(&field, "Which room").await;
        admin.see("Typing: ").await;
        say(&agent, &field, "Which room is it?").await;
        admin.see("Which room is it?").await;
        audit(&admin, "a live chat", 1).await;

        // A colleague joins, and all three read the same.
        let colleague = desk.signed_in(Who::SecondAdmin).await;
        colleague.open(&admin.path().await).await;
        say(&colleague, &field, "The large one, upstairs").await;
        admin.see("The large one, upstairs").await;
        agent.see("The large one, upstairs").await;

        admin.network(Network::Cut).await;
        say(&admin, &field, "First without a line").await;
        say(&admin, &field, "Second without a line").await;
        admin.see("On its way").await;
        say(&agent, &field, "Said meanwhile").await;
        admin.network(Network::There).await;
        admin.forgive().await;
        agent.see("Second without a line").await;
        admin.see("Said meanwhile").await;
        admin.see_no("On its way").await;
        for page in [&admin, &agent, &colleague] {
            for words in ["First without a line", "Second without a line", "Said meanwhile"] {
                page.see(words).await;
                assert_eq!(count(page, words).await, 1, "“{words}” once");
            }
        }

        agent.press("End the chat").await;
        admin.see("Chat ended").await;
        admin.see_thing("button", "Send answer").await;
    })
    .await;
}

/// So often the line of a chat is cut.
const CUTS: usize = 50;
/// So many messages the other side says during each cut.
const MEANWHILE: usize = 5;

#[tokio::test]
async fn a_line_that_is_cut_fifty_times_loses_doubles_and_moves_nothing() {
    desk_with(always_open, async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        admin.press("Chat with us").await;
        admin.press("Start the chat").await;
        admin.see_heading(SUBJECT).await;
        let id = number(&admin).await;
        let field = format!("Your message in {id}");
        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&admin.path().await).await;
        agent.press("Take this chat").await;
        admin.see("Chat is live").await;
        for cut in 0..CUTS {
            admin.network(Network::Cut).await;
            say(&admin, &field, &format!("own {cut}")).await;
            let sent = agent.script_async(&speak(&id, cut)).await;
            assert_eq!(sent, MEANWHILE, "the other side speaks");
            admin.network(Network::There).await;
        }
        admin.forgive().await;
        let all = CUTS * (MEANWHILE + 1);
        for page in [&admin, &agent] {
            // As long as more and more comes.
            let mut reached = 0;
            while reached < all {
                let mut now = 0;
                page.wait("everything is there, or more of it", async || {
                    now = lines(page).await.len();
                    now > reached
                })
                .await;
                reached = now;
            }
        }
        admin.see_no("On its way").await;
        let (own, theirs) = (lines(&admin).await, lines(&agent).await);
        assert_eq!(own, theirs, "both read the same in the same order");
        let of = |word: &str| {
            let numbers = own.iter().filter_map(|line| line.strip_prefix(word)?.trim().parse::<usize>().ok());
            numbers.collect::<Vec<_>>()
        };
        assert_eq!(of("own"), (0..CUTS).collect::<Vec<_>>(), "each once, in order");
        assert_eq!(of("said"), (0..CUTS * MEANWHILE).collect::<Vec<_>>(), "each once, in order");
    })
    .await;
}

/// Says some messages one after the other, and tells how many were taken.
fn speak(id: &str, cut: usize) -> String {
    let first = cut * MEANWHILE;
    format!(
        "const done = arguments[arguments.length - 1]; (async () => {{ let taken = 0; \
         for (let at = {first}; at < {first} + {MEANWHILE}; at += 1) {{ \
         const answer = await fetch('/api/requests/{id}/messages', {{ method: 'POST', headers: {{ 'X-Frontdesk': '1', \
         'Content-Type': 'application/json', 'Idempotency-Key': `said-${{at}}` }}, \
         body: JSON.stringify({{ body: `said ${{at}}` }}) }}); taken += answer.status === 201 ? 1 : 0; }} \
         return taken; }})().then(done, error => done(String(error)));"
    )
}

/// What the two sides say in this test, as the page shows it.
async fn lines(page: &Page) -> Vec<String> {
    let script = "return [...document.querySelectorAll('ol li p')].map(line => line.textContent.trim()) \
                  .filter(line => /^(own|said) \\d+$/.test(line))";
    let found = page.script(script).await;
    found.as_array().into_iter().flatten().filter_map(|line| line.as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn a_chat_needs_no_pointer() {
    desk_with(always_open, async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        admin.tab_to("button", "Chat with us").await;
        admin.key(Key::Enter).await;
        admin.see("its transcript stays there").await;
        admin.tab_to("button", "Start the chat").await;
        admin.key(Key::Enter).await;
        admin.see_heading(SUBJECT).await;
        let field = format!("Your message in {}", number(&admin).await);
        admin.tab_to("textbox", &field).await;
        admin.type_text("By keyboard alone").await;
        admin.key(Key::Enter).await;
        admin.see_field(&field, "").await;
        admin.see("By keyboard alone").await;
        admin.tab_to("button", "Continue by message").await;
        admin.key(Key::Enter).await;
        admin.see("Chat ended").await;
        admin.see_thing("textbox", "Your answer").await;
    })
    .await;
}

#[tokio::test]
async fn a_closed_chat_says_when_it_opens_and_one_that_is_off_says_why() {
    let never = |settings: &str| {
        let (before, chat) = settings.split_once("channel = \"chat\"").expect("a chat");
        format!("{before}channel = \"chat\"{}", chat.replacen("enabled = true", "enabled = false", 1))
    };
    desk_with(never, async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/support").await;
        admin.see("Chat is reaching organizations step by step").await;
        admin.press("Chat with us").await;
        admin.see_thing("button", "Send to support").await;
    })
    .await;
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/support").await;
        // Whatever the time is where this runs: open, or closed with a time.
        admin
            .wait("the door is open, or says when it opens", async || {
                let offer = admin.ask_backend("/api/chat/offer").await;
                offer["isOpen"] == true || admin.text().await.contains("Chat is closed. It opens ")
            })
            .await;
    })
    .await;
}

async fn say(page: &Page, field: &str, words: &str) {
    page.fill(field, words).await;
    page.key(Key::Enter).await;
    page.see_field(field, "").await;
}

/// The number of the request on the page.
async fn number(page: &Page) -> String {
    page.path().await.rsplit('/').next().unwrap_or_default().to_owned()
}

/// How often a message with these words stands on the page.
async fn count(page: &Page, words: &str) -> u64 {
    let script = format!(
        "return [...document.querySelectorAll('.message__body')].filter(body => body.textContent.trim() === {words:?}).length"
    );
    page.script(&script).await.as_u64().unwrap_or_default()
}
