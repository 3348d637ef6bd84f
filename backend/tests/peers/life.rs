//! The life of a leaver, from the first reading to the deletion, at each provider.

use std::time::Duration;

use frontdesk_backend::server::{self, Options, Upstream};
use frontdesk_backend::upstream::scim::client::Sought;
use frontdesk_backend::upstream::scim::client::{Patience, Provider};
use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;
use tempfile::TempDir;

use crate::app::{self, Caller, NOW, TestApp};
use crate::peer::Peer;

struct Desk {
    app: TestApp,
    provider: Provider,
    admin: Caller,
    second: Caller,
}

impl Desk {
    async fn start(peer: &Peer) -> Self {
        let folder = TempDir::new().unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        app::fill(folder.path(), 0, now).await;
        Self::open(folder, peer, now).await
    }

    async fn open(folder: TempDir, peer: &Peer, now: Timestamp) -> Self {
        let upstream = Upstream {
            address: peer.address.parse().unwrap(),
            token: peer.token.parse().unwrap(),
            is_moved: false,
            patience: Patience::default(),
        };
        let options = Options { scim_upstream: Some(upstream), ..app::options(folder.path(), now) };
        let running = server::start(options).await.unwrap();
        let app = TestApp::of(folder, running, now);
        let provider = app.running.app().provider().unwrap().clone();
        let admin = app.sign_in_as("admin@acme.example").await;
        let second = app.sign_in_as("second.admin@acme.example").await;
        let desk = Self { app, provider, admin, second };
        desk.until("SELECT count(*) FROM mirror WHERE read_at IS NOT NULL OR failure IS NOT NULL").await;
        desk
    }

    async fn reopen_at(self, peer: &Peer, hours: i64) -> Self {
        let TestApp { folder, running, .. } = self.app;
        running.stop().await;
        Self::open(folder, peer, NOW.parse::<Timestamp>().unwrap().plus(Span::hours(hours))).await
    }

    async fn until(&self, sql: &str) {
        let mut hints = self.app.running.app().hints();
        loop {
            let row = sqlx::query(sql).fetch_one(self.app.running.app().store().read()).await.unwrap();
            if row.get::<i64, _>(0) != 0 {
                return;
            }
            let hint = tokio::time::timeout(Duration::from_secs(60), hints.changed()).await;
            hint.unwrap_or_else(|_| panic!("never: {sql}")).unwrap();
        }
    }

    async fn read(&self) {
        let tally = self.provider.read_all(self.app.running.app()).await.unwrap();
        assert!(tally.is_whole, "{:?}", self.app.running.app().store().mirror().await.unwrap());
        assert_eq!((tally.unreadable, tally.conflicts), (0, 0));
    }

    async fn account(&self, id: &str) -> Value {
        self.admin.get(&format!("/api/accounts/{id}")).await.json()
    }

    /// Acts, with the second admin's word where it is needed.
    async fn act(&self, action: &str, id: &str) -> Value {
        let plan = self
            .admin
            .post("/api/plans", &json!({"action": action, "targets": [id], "reason": "Left"}))
            .await;
        assert_eq!(plan.status, 201, "{}", plan.text);
        let plan = plan.json();
        let body = json!({"hash": plan["hash"], "typed": plan["rows"][0]["person"]["name"]});
        let path = format!("/api/plans/{}/runs", plan["id"]);
        let run =
            self.admin.send(Method::POST, &path, Some(body.to_string()), &[("idempotency-key", "k")]).await;
        let mut run = run.json();
        if run["state"] == "approval" {
            let decision = json!({"hash": plan["hash"], "approve": true});
            run = self.second.post(&format!("/api/runs/{}/approval", run["id"]), &decision).await.json();
        }
        assert_eq!(run["counts"]["done"], 1, "{action}: {run}");
        run
    }
}

/// What must hold at every provider. Gives what the provider kept of the profile.
async fn goes_through(peer: Peer) -> Vec<String> {
    let bob = peer.person("Bob").await;
    let ada = peer.person("Ada").await;
    let member = |id: &str| json!({"value": id, "$ref": format!("{}/Users/{id}", peer.address)});
    let members = json!({
        "schemas": [frontdesk_contract::scim::GROUP], "displayName": "Chairs", "members": [member(&bob), member(&ada)],
    });
    let group = peer.make("Groups", &members).await;
    let desk = Desk::start(&peer).await;
    desk.read().await;
    let account = desk.account(&bob).await;
    assert_eq!((&account["name"], &account["stage"]), (&json!("Bob Leaver"), &json!("active")), "{account}");
    assert_eq!(account["groups"][0]["name"], "Chairs", "{account}");

    // A question that the provider doesn't heed finds nobody else.
    let abilities = desk.provider.abilities().await.unwrap();
    for abilities in [
        abilities.clone(),
        frontdesk_contract::scim::abilities::Abilities { filter: true, ..abilities.clone() },
    ] {
        let eve =
            desk.provider.find(Sought::User("eve\" or userName pr or userName eq \""), &abilities).await;
        assert!(!matches!(eve, Ok(Some(_))), "{eve:?}");
        if abilities.filter {
            let found = desk.provider.find(Sought::User("BOB"), &abilities).await.unwrap();
            assert_eq!(found.map(|person| person.id), Some(bob.clone()));
        }
    }
    assert!(desk.provider.person("/../Users", &abilities).await.unwrap_or_default().is_none());

    let run = desk.act("deactivate", &bob).await;
    assert_eq!(run["receipt"]["stage"], "deactivated");
    let there = peer.read(&format!("Users/{bob}")).await.unwrap();
    assert_eq!((&there["active"], &there["title"]), (&json!(false), &json!("Designer of chairs")));
    desk.read().await;
    assert!(
        desk.account(&bob).await.get("estimate").is_none(),
        "a reading takes our own doing for nobody else's"
    );

    peer.switch(&bob, true).await;
    desk.read().await;
    assert_eq!(desk.account(&bob).await["stage"], "active");
    let news = desk.admin.get("/api/accounts/provider").await.json()["news"].clone();
    assert_eq!((&news[0]["kind"], &news[0]["person"]["id"]), (&json!("back"), &json!(bob)), "{news}");

    // Four days after a deactivation of ours, it is in no group any more, there.
    desk.act("deactivate", &bob).await;
    let desk = desk.reopen_at(&peer, 100).await;
    desk.until("SELECT count(*) FROM people WHERE memberships_removed_at IS NOT NULL").await;
    let there = peer.read(&format!("Groups/{group}")).await.unwrap();
    assert_eq!(there["members"].as_array().map(Vec::len), Some(1), "{there}");

    let run = desk.act("remove", &bob).await;
    assert_eq!(run["receipt"]["stage"], "former");
    let there = peer.read(&format!("Users/{bob}")).await.unwrap();
    assert_eq!(there["name"]["formatted"], "Former Member", "{there}");
    for word in ["Bob", "Leaver", "chairs", "@idp"] {
        assert!(!there.to_string().contains(word), "{word} in {there}");
    }
    desk.read().await;

    desk.act("delete", &bob).await;
    let desk = desk.reopen_at(&peer, 130).await;
    desk.until("SELECT count(*) FROM people WHERE deleted_at IS NOT NULL").await;
    assert_eq!(peer.read(&format!("Users/{bob}")).await, None);
    assert_eq!(desk.admin.get(&format!("/api/accounts/{bob}")).await.status, 410);
    desk.read().await;

    let new = json!({"name": "Zoé New", "email": "zoe@idp.example", "department": "Design"});
    let made = desk.admin.post_keyed("/api/accounts", "\"zoe\"", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let zoe = peer.read(&format!("Users/{}", made.word("id"))).await.unwrap();
    assert_eq!(zoe["userName"], "zoe@idp.example");
    desk.read().await;
    serde_json::from_value(run["receipt"].get("kept").cloned().unwrap_or_else(|| json!([]))).unwrap()
}

#[tokio::test]
async fn a_leaver_goes_through_scim2_server() {
    assert_eq!(goes_through(Peer::scim2().await).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_leaver_goes_through_canaille() {
    assert_eq!(goes_through(Peer::canaille().await).await, Vec::<String>::new());
}
