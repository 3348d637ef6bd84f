//! The accessibility audit of a page: axe-core with every rule on, and nothing found.

use std::fs;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::page::Page;
use crate::place::{self, Kind};

impl Page {
    /// Fails when axe-core finds anything on the page as it is.
    pub async fn see_no_barriers(&self, what: &str) {
        let words = match place::kind() {
            Kind::Chromium => self.asked_in_chromium().await,
            Kind::Firefox | Kind::Webkit => self.asked_by_script().await,
        };
        let violations: Vec<Value> =
            serde_json::from_str(&words).unwrap_or_else(|error| panic!("{what}: {error}: {words}"));
        let said: Vec<String> = violations.iter().map(said).collect();
        assert!(said.is_empty(), "{what} at {}:\n{}", self.path().await, said.join("\n"));
    }

    /// Beside the page, where the page's policy says nothing.
    async fn asked_in_chromium(&self) -> String {
        let frame = self.devtools("Page.getFrameTree", json!({})).await;
        let frame = frame.pointer("/frameTree/frame/id").cloned().unwrap_or_default();
        let world = json!({ "frameId": frame, "worldName": "audit", "grantUniveralAccess": true });
        let context = self.devtools("Page.createIsolatedWorld", world).await;
        let context = context.get("executionContextId").cloned().unwrap_or_default();
        self.evaluate(axe(), &context).await;
        let run = "axe.run(document, { resultTypes: ['violations'] }).then(result => JSON.stringify(result.violations))";
        let answer = self.evaluate(run, &context).await;
        let words = answer.pointer("/result/value").and_then(Value::as_str);
        words.map_or_else(|| format!("no answer from axe: {answer}"), str::to_owned)
    }

    /// Among the scripts of the driver, which no policy of the page holds for either.
    async fn asked_by_script(&self) -> String {
        let run = "const done = arguments[arguments.length - 1]; window.axe\
                   .run(document, { resultTypes: ['violations'] })\
                   .then(result => done(JSON.stringify(result.violations)), error => done(String(error)));";
        let answer = self.script_async(&format!("{}\n{run}", axe())).await;
        answer.as_str().map_or_else(|| format!("no answer from axe: {answer}"), str::to_owned)
    }

    async fn evaluate(&self, expression: &str, context: &Value) -> Value {
        let parameters = json!({
            "expression": expression, "contextId": context, "awaitPromise": true, "returnByValue": true,
        });
        self.devtools("Runtime.evaluate", parameters).await
    }
}

fn said(violation: &Value) -> String {
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let nodes = violation.get("nodes").and_then(Value::as_array).cloned().unwrap_or_default();
    let places: Vec<String> = nodes
        .iter()
        .take(4)
        .map(|node| {
            format!("    {}\n      {}", text(node, "html"), text(node, "failureSummary").replace('\n', " "))
        })
        .collect();
    format!("  {}: {}\n{}", text(violation, "id"), text(violation, "help"), places.join("\n"))
}

fn axe() -> &'static str {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let path =
            place::axe().unwrap_or_else(|| place::out().join("tools/node/node_modules/axe-core/axe.min.js"));
        let script = fs::read_to_string(&path);
        script.unwrap_or_else(|error| panic!("{}: {error}: run `cargo xtask test`", path.display()))
    })
}
