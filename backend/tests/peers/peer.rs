//! A real provider that runs for one test.

use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// So long a provider may take to start: they are programs in Python, on machines that do other things too.
const STARTS_WITHIN: Duration = Duration::from_secs(120);

pub(crate) struct Peer {
    child: Child,
    pub(crate) address: String,
    pub(crate) token: String,
    client: Client,
    _folder: TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(variable: &str) -> PathBuf {
    let advice = format!("{variable} is not set: run `cargo xtask test --only peers`");
    std::env::var_os(variable).map(PathBuf::from).expect(&advice)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Peer {
    pub(crate) async fn scim2() -> Self {
        let (port, folder) = (free_port().to_string(), TempDir::new().unwrap());
        let mut command = Command::new(program("FRONTDESK_SCIM2_SERVER"));
        command.args(["--hostname", "127.0.0.1", "--port", &port, "--bearer-token", "sekrit"]);
        let address = format!("http://127.0.0.1:{port}/v2");
        Self::ready(command, address, Some("sekrit".to_owned()), folder).await
    }

    pub(crate) async fn canaille() -> Self {
        let (port, folder) = (free_port(), TempDir::new().unwrap());
        let config = format!(
            "SECRET_KEY = \"of-a-test\"\nSERVER_NAME = \"127.0.0.1:{port}\"\nPREFERRED_URL_SCHEME = \"http\"\n\
             [CANAILLE]\nDATABASE = \"sql\"\n\
             [CANAILLE_SQL]\nDATABASE_URI = \"sqlite:///{}/db.sqlite\"\nAUTO_MIGRATE = true\n\
             [CANAILLE_SCIM]\nENABLE_SERVER = true\n",
            folder.path().display()
        );
        let file = folder.path().join("config.toml");
        std::fs::write(&file, config).unwrap();
        let canaille = || {
            let mut command = Command::new(program("FRONTDESK_CANAILLE"));
            command.current_dir(folder.path()).env("CANAILLE_CONFIG", &file).env("CONFIG", &file);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        assert!(canaille().arg("install").status().unwrap().success());
        let client = [
            "create",
            "client",
            "--client-id",
            "desk",
            "--client-secret",
            "sekrit",
            "--client-name",
            "desk",
            "--client-uri",
            "http://127.0.0.1:9000",
            "--redirect-uris",
            "http://127.0.0.1:9000/cb",
            "--token-endpoint-auth-method",
            "client_secret_basic",
            "--grant-types",
            "client_credentials",
            "--scope",
            "openid",
        ];
        assert!(canaille().args(client).status().unwrap().success());
        let mut command = canaille();
        command.args(["run", "--bind", &format!("127.0.0.1:{port}")]);
        Self::ready(command, format!("http://127.0.0.1:{port}/scim/v2"), None, folder).await
    }

    /// Starts it, and waits until it says where it listens.
    async fn ready(mut command: Command, address: String, token: Option<String>, folder: TempDir) -> Self {
        command.env("PYTHONUNBUFFERED", "1").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (told, tells) = std::sync::mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let told = told.clone();
            // What it says later is read too, so that it never waits for a reader.
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if line.contains("Running on") || line.contains("Serving SCIM") {
                        let _ = told.send(line);
                    }
                }
            });
        }
        let client = Client::builder().no_proxy().build().unwrap();
        let is_machine = token.is_none();
        let mut peer = Self { child, address, token: token.unwrap_or_default(), client, _folder: folder };
        tells.recv_timeout(STARTS_WITHIN).unwrap_or_else(|_| panic!("{} did not start", peer.address));
        if is_machine {
            peer.sign_in().await;
        }
        peer
    }

    /// A token of Canaille for a machine.
    async fn sign_in(&mut self) {
        let url = self.address.replace("/scim/v2", "/oauth/token");
        let asked = self.client.post(url).basic_auth("desk", Some("sekrit"));
        let asked = asked.header("content-type", "application/x-www-form-urlencoded");
        let answer = asked.body("grant_type=client_credentials").send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        self.token = body["access_token"].as_str().unwrap().to_owned();
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Option<(StatusCode, Value)> {
        let mut asked =
            self.client.request(method, format!("{}/{path}", self.address)).bearer_auth(&self.token);
        if let Some(body) = body {
            asked = asked.header("content-type", "application/scim+json").body(body.to_string());
        }
        let answer = asked.send().await.ok()?;
        let (status, text) = (answer.status(), answer.text().await.ok()?);
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// Makes something there, and gives its identifier.
    pub(crate) async fn make(&self, endpoint: &str, body: &Value) -> String {
        let (status, made) = self.ask(Method::POST, endpoint, Some(body)).await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn person(&self, name: &str) -> String {
        let body = json!({
            "schemas": [frontdesk_contract::scim::USER], "userName": name.to_lowercase(), "active": true,
            "name": {"formatted": format!("{name} Leaver"), "givenName": name, "familyName": "Leaver"},
            "displayName": format!("{name} Leaver"), "title": "Designer of chairs",
            "emails": [{"value": format!("{}@idp.example", name.to_lowercase())}],
        });
        self.make("Users", &body).await
    }

    /// What stands there; none when nothing does.
    pub(crate) async fn read(&self, path: &str) -> Option<Value> {
        let (status, body) = self.ask(Method::GET, path, None).await.unwrap();
        (status == StatusCode::OK).then_some(body)
    }

    pub(crate) async fn switch(&self, id: &str, active: bool) {
        let body = json!({
            "schemas": [frontdesk_contract::scim::PATCH],
            "Operations": [{"op": "replace", "path": "active", "value": active}],
        });
        let (status, told) = self.ask(Method::PATCH, &format!("Users/{id}"), Some(&body)).await.unwrap();
        assert!(status.is_success(), "{status} {told}");
    }
}
