//! Accounts that the organization's own provider keeps. The provider is another Frontdesk: nothing here is played.

use std::path::{Path, PathBuf};
use std::process::Command;

use fantoccini::key::Key;
use frontdesk_e2e::backend::{self, Backend};
use frontdesk_e2e::{Desk, Page, Who, desk, place};
use serde_json::{Value, json};

use crate::accounts::path_of;
use crate::audit::audit;

/// A provider that has the same people, and the file with its token for machines.
struct Provider {
    backend: Backend,
    token: String,
    file: PathBuf,
}

impl Provider {
    async fn start(folder: &Path) -> Self {
        let home = folder.join("provider");
        std::fs::create_dir(&home).expect("a folder");
        let data = backend::seeded(&home);
        let told = Command::new(place::backend())
            .args(["token", "--scope", "scim", "--name", "desk", "--data"])
            .arg(&data)
            .output()
            .expect("a token");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let token = String::from_utf8_lossy(&told.stdout).trim().to_owned();
        let file = home.join("token");
        std::fs::write(&file, &token).expect("a file with the token");
        Self { backend: Backend::start(&data, &place::dist()).await, token, file }
    }

    /// Lets the desk begin anew with the accounts of this provider.
    async fn keeps_accounts_of(&self, desk: &mut Desk) {
        let address = format!("{}/scim/v2", self.backend.origin);
        let file = self.file.to_str().expect("a plain path");
        desk.backend.kill().await;
        desk.backend.restart_with(&["--scim-upstream", &address, "--scim-token-file", file]).await;
    }

    /// Whether somebody can use the account there.
    async fn is_active(&self, path: &str) -> bool {
        let answer = self.ask(reqwest::Method::GET, path, None).await;
        answer["active"].as_bool().unwrap_or_else(|| panic!("nothing is said: {answer}"))
    }

    /// Switches an account on, as another program of the organization would.
    async fn switch_on(&self, path: &str) {
        let patch = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{ "op": "replace", "path": "active", "value": true }],
        });
        self.ask(reqwest::Method::PATCH, path, Some(patch)).await;
    }

    async fn ask(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let id = path.rsplit('/').next().unwrap_or_default();
        let address = format!("{}/scim/v2/Users/{id}", self.backend.origin);
        let request = reqwest::Client::new().request(method, address).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.json().await.expect("JSON")
    }
}

/// Waits until the backend has read everything at the provider once since it started.
async fn read(page: &Page, before: &Value) -> Value {
    let mut told = Value::Null;
    page.wait("the accounts are read", async || {
        told = page.ask_backend("/api/accounts/provider").await;
        told["readAt"].is_string() && told["readAt"] != *before
    })
    .await;
    told["readAt"].clone()
}

#[tokio::test]
async fn who_is_switched_on_again_by_the_provider_is_told_on_overview() {
    desk(async |desk| {
        let provider = Provider::start(&desk.folder).await;
        provider.keeps_accounts_of(desk).await;
        let admin = desk.signed_in(Who::Admin).await;
        let first = read(&admin, &Value::Null).await;
        let path = path_of(&admin, "João Silva").await;
        admin.open(&path).await;
        admin.press("Deactivate…").await;
        admin.press("See what will happen").await;
        admin.press("Deactivate João Silva").await;
        admin.see("Confirmed at").await;
        assert!(!provider.is_active(&path).await, "what is confirmed is so at the provider");
        provider.switch_on(&path).await;
        provider.keeps_accounts_of(desk).await;
        read(&admin, &first).await;
        admin.open("/").await;
        admin.see_heading("The provider of your accounts").await;
        admin.see("Switched on again by 127.0.0.1 after a deactivation.").await;
        for index in [0, 1] {
            audit(&admin, "news of the provider", index).await;
        }
        admin.press("João Silva").await;
        admin.see_heading("João Silva").await;
        admin.see_thing("button", "Deactivate…").await;
        admin.open("/").await;
        admin.tab_to("button", "Seen: João Silva").await;
        admin.key(Key::Enter).await;
        admin.see_no("Switched on again by 127.0.0.1").await;
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_told_and_nothing_is_called_done() {
    desk(async |desk| {
        let mut provider = Provider::start(&desk.folder).await;
        provider.keeps_accounts_of(desk).await;
        let admin = desk.signed_in(Who::Admin).await;
        let first = read(&admin, &Value::Null).await;
        let path = path_of(&admin, "João Silva").await;
        admin.open(&path).await;
        admin.press("Deactivate…").await;
        admin.press("See what will happen").await;
        admin.see_heading("What will happen").await;
        provider.backend.kill().await;
        admin.press("Deactivate João Silva").await;
        admin.see("The provider of your accounts does not answer as it should. Nothing was changed.").await;
        admin.see_no("Confirmed at").await;
        provider.keeps_accounts_of(desk).await;
        admin
            .wait("the failure is known", async || {
                admin.ask_backend("/api/accounts/provider").await["failing"] == true
            })
            .await;
        admin.open("/").await;
        admin.see("127.0.0.1 can’t be read. Accounts are shown as of").await;
        for index in [0, 1] {
            audit(&admin, "a provider that can’t be read", index).await;
        }
        provider.backend.restart().await;
        provider.keeps_accounts_of(desk).await;
        read(&admin, &first).await;
        admin.open("/").await;
        admin.see_no("127.0.0.1 can’t be read").await;
        assert!(provider.is_active(&path).await);
    })
    .await;
}
