//! Files: each status of the protocol, cuts and kills at any moment, who may read what.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::app::{Answer, Caller, NOW, Role, TestApp, fill, question};
use crate::durability::Process;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";
const PIECE: &str = "application/offset+octet-stream";

/// Bytes that begin as a video does and go on without a pattern.
pub(crate) fn video(length: usize) -> Vec<u8> {
    let mut bytes = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec();
    let mut state: u32 = 7;
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.extend(state.to_be_bytes());
    }
    bytes.truncate(length);
    bytes
}

impl Caller {
    /// Speaks tus; a header with an empty value is left out.
    async fn tus(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let answer = self.tus_bytes(method, path, headers, body).await;
        let text = String::from_utf8_lossy(&answer.2).into_owned();
        Answer { status: answer.0, headers: answer.1, text }
    }

    async fn tus_bytes(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
        let mut all =
            vec![("tus-resumable", "1.0.0"), ("x-frontdesk", "1"), ("sec-fetch-site", "same-origin")];
        for (name, value) in headers {
            all.retain(|(known, _)| known != name);
            all.push((*name, *value));
        }
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        for (name, value) in all.into_iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(name, value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.body(body.to_vec()).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.bytes().await.unwrap().to_vec())
    }

    /// Begins a file; gives its address.
    async fn begins(&self, name: &str, length: usize) -> String {
        let metadata = format!("filename {}", STANDARD.encode(name));
        let length = length.to_string();
        let headers = [("upload-length", length.as_str()), ("upload-metadata", &metadata)];
        let answer = self.tus(Method::POST, "/api/uploads", &headers, b"").await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.header("location").to_owned()
    }

    async fn piece(&self, path: &str, offset: usize, bytes: &[u8]) -> Answer {
        let offset = offset.to_string();
        let headers = [("upload-offset", offset.as_str()), ("content-type", PIECE)];
        self.tus(Method::PATCH, path, &headers, bytes).await
    }

    /// Sends a whole file; gives its identifier.
    pub(crate) async fn uploads(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.begins(name, bytes.len()).await;
        let answer = self.piece(&path, 0, bytes).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        path.rsplit('/').next().unwrap().to_owned()
    }

    async fn offset(&self, path: &str) -> usize {
        let answer = self.tus(Method::HEAD, path, &[], b"").await;
        assert_eq!(answer.status, 200);
        answer.header("upload-offset").parse().unwrap()
    }

    /// Begins a piece and says no more of it than this.
    async fn begins_a_piece(
        &self,
        path: &str,
        offset: usize,
        length: usize,
        sent: &[u8],
        more: &str,
    ) -> TcpStream {
        let address = self.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "PATCH {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nX-Frontdesk: 1\r\nSec-Fetch-Site: same-origin\r\n\
             Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: {PIECE}\r\n{more}Content-Length: {length}\r\n\r\n",
            self.cookie.as_deref().unwrap()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(sent).await.unwrap();
        stream.flush().await.unwrap();
        stream
    }

    pub(crate) async fn bytes(&self, id: &str) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
        self.tus_bytes(Method::GET, &format!("/api/uploads/{id}"), &[], b"").await
    }
}

fn sum(bytes: &[u8]) -> String {
    format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)))
}

fn files(app: &TestApp) -> usize {
    std::fs::read_dir(app.folder.path().join("uploads")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn the_server_says_what_it_can() {
    let app = TestApp::start().await;
    let answer = app.nobody().send(Method::OPTIONS, "/api/uploads", None, &[]).await;
    assert_eq!((answer.status, answer.header("tus-version")), (204, "1.0.0"));
    assert_eq!(
        answer.header("tus-extension"),
        "creation,creation-with-upload,checksum,expiration,termination"
    );
    assert_eq!(answer.header("tus-max-size"), "200000000");
    assert_eq!(answer.header("tus-checksum-algorithm"), "sha256,sha1");
}

#[tokio::test]
async fn a_file_comes_in_pieces_and_is_read_back() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let bytes = video(300_000);
    let path = admin.begins("Écran.mov", bytes.len()).await;
    let first = admin.piece(&path, 0, &bytes[..100_000]).await;
    assert_eq!((first.status, first.header("upload-offset")), (204, "100000"));
    assert_eq!(first.header("tus-resumable"), "1.0.0");
    assert_eq!(first.header("upload-expires"), "Tue, 24 Nov 2026 09:00:00 GMT");
    let head = admin.tus(Method::HEAD, &path, &[], b"").await;
    assert_eq!((head.header("upload-offset"), head.header("upload-length")), ("100000", "300000"));
    assert_eq!(head.header("cache-control"), "no-store");
    let id = path.rsplit('/').next().unwrap();
    assert_eq!(admin.bytes(id).await.0, 409, "half a file is no file");
    assert_eq!(admin.piece(&path, 100_000, &bytes[100_000..]).await.status, 204);

    let (status, headers, read) = admin.bytes(id).await;
    assert_eq!(status, 200);
    assert!(read == bytes, "the same bytes");
    assert_eq!(headers["content-type"], "video/mp4", "by its bytes");
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"_cran.mp4\"; filename*=UTF-8''%C3%89cran.mp4"
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(headers["cache-control"], "no-store");
    let some = [("range", "bytes=10-19")];
    let (status, headers, read) = admin.tus_bytes(Method::GET, &path, &some, b"").await;
    assert_eq!((status, read.as_slice()), (206, &bytes[10..20]));
    assert_eq!(headers["content-range"], "bytes 10-19/300000");
    let outside = [("range", "bytes=300000-")];
    let (status, headers, _) = admin.tus_bytes(Method::GET, &path, &outside, b"").await;
    assert_eq!((status, headers["content-range"].to_str().unwrap()), (416, "bytes */300000"));
}

#[tokio::test]
async fn the_first_bytes_may_come_along() {
    let app = TestApp::start().await;
    let employee = app.sign_in(Role::Employee).await;
    let length = PNG.len().to_string();
    let headers = [("upload-length", length.as_str()), ("content-type", PIECE)];
    let answer = employee.tus(Method::POST, "/api/uploads", &headers, PNG).await;
    assert_eq!((answer.status, answer.header("upload-offset")), (201, length.as_str()));
    let (status, headers, read) = employee.bytes(answer.header("location").rsplit('/').next().unwrap()).await;
    assert_eq!((status, read.as_slice()), (200, PNG));
    assert!(headers["content-disposition"].to_str().unwrap().contains("\"file.png\""));
}

#[tokio::test]
async fn each_mistake_has_its_status() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let create = |headers: Vec<(&'static str, &'static str)>| {
        let admin = admin.clone();
        async move { admin.tus(Method::POST, "/api/uploads", &headers, b"").await }
    };
    let old = create(vec![("tus-resumable", "0.2.2"), ("upload-length", "5")]).await;
    old.is_problem(412, "upload-version");
    assert_eq!(old.header("tus-version"), "1.0.0");
    create(vec![]).await.is_problem(400, "bad-parameter");
    create(vec![("upload-length", "-1")]).await.is_problem(400, "bad-parameter");
    create(vec![("upload-defer-length", "1")]).await.is_problem(400, "bad-parameter");
    create(vec![("upload-length", "200000001")]).await.is_problem(413, "file-too-large");
    create(vec![("upload-length", "0")]).await.is_problem(415, "file-kind");
    create(vec![("upload-length", "5"), ("upload-metadata", "filename ?")])
        .await
        .is_problem(400, "bad-parameter");
    create(vec![("upload-length", "5"), ("x-frontdesk", "")]).await.is_problem(403, "foreign-origin");

    let path = admin.begins("a.txt", 10).await;
    assert_eq!(admin.piece(&path, 0, b"Hello").await.status, 204);
    admin.piece(&path, 4, b"o").await.is_problem(409, "wrong-offset");
    admin.piece(&path, 5, b" you there").await.is_problem(413, "too-large");
    assert_eq!(admin.offset(&path).await, 5, "nothing of it was kept");
    let send = |headers: Vec<(&'static str, &'static str)>, body: &'static [u8]| {
        let (admin, path) = (admin.clone(), path.clone());
        async move { admin.tus(Method::PATCH, &path, &headers, body).await }
    };
    let json = send(vec![("upload-offset", "5"), ("content-type", "application/json")], b"{}").await;
    json.is_problem(415, "unsupported-media-type");
    send(vec![("content-type", PIECE)], b"x").await.is_problem(400, "bad-parameter");
    let piece = |checksum: &'static str| {
        vec![("upload-offset", "5"), ("content-type", PIECE), ("upload-checksum", checksum)]
    };
    send(piece("md5 AAAA"), b"abc").await.is_problem(400, "bad-parameter");
    send(piece("sha256 AAAA"), b"abc").await.is_problem(460, "wrong-checksum");
    assert_eq!(admin.offset(&path).await, 5);
    let sha1 = send(piece("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0="), b"abc").await;
    assert_eq!((sha1.status, sha1.header("upload-offset")), (204, "8"), "{}", sha1.text);
    admin.tus(Method::HEAD, &path, &[("tus-resumable", "")], b"").await;
    assert_eq!(admin.tus(Method::DELETE, &path, &[], b"").await.status, 204);
    assert_eq!(admin.tus(Method::HEAD, &path, &[], b"").await.status, 404);
    assert_eq!(files(&app), 0, "its bytes are gone too");
    for path in ["/api/uploads/none", "/api/uploads/..%2f..%2ffrontdesk.sqlite"] {
        admin
            .tus(Method::PATCH, path, &[("upload-offset", "0"), ("content-type", PIECE)], b"x")
            .await
            .is_problem(404, "not-found");
        admin.get(path).await.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_client_that_can_only_post_is_served() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let path = admin.begins("a.txt", 5).await;
    let headers = [("upload-offset", "0"), ("content-type", PIECE), ("x-http-method-override", "PATCH")];
    assert_eq!(admin.tus(Method::POST, &path, &headers, b"Hello").await.status, 204);
    assert_eq!(
        admin.tus(Method::POST, &path, &[("x-http-method-override", "DELETE")], b"").await.status,
        204
    );
    admin.tus(Method::POST, &path, &[], b"").await.is_problem(405, "method-not-allowed");
}

#[tokio::test]
async fn a_file_is_taken_for_what_its_bytes_are() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.uploads("holiday.jpg", PNG).await;
    let (_, headers, _) = admin.bytes(&id).await;
    assert_eq!(headers["content-type"], "image/png");
    assert!(headers["content-disposition"].to_str().unwrap().contains("\"holiday.png\""));
    for bytes in [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".as_slice(),
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"PK\x03\x04 a zip that says png",
        b"MZ\x90\0 a program",
    ] {
        let path = admin.begins("a.png", bytes.len()).await;
        admin.piece(&path, 0, bytes).await.is_problem(415, "file-kind");
        assert_eq!(admin.tus(Method::HEAD, &path, &[], b"").await.status, 404, "it is gone");
    }
    assert_eq!(files(&app), 1);
}

#[tokio::test]
async fn one_persons_room_is_bounded_and_others_have_theirs() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    for _ in 0..5 {
        admin.begins("a.mp4", 200_000_000).await;
    }
    let headers = [("upload-length", "1")];
    admin.tus(Method::POST, "/api/uploads", &headers, b"").await.is_problem(413, "quota-used");
    app.sign_in(Role::Employee).await.begins("a.mp4", 200_000_000).await;
}

#[tokio::test]
async fn what_came_before_a_cut_is_kept() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let bytes = video(400_000);
    let path = admin.begins("a.mp4", bytes.len()).await;
    let mut at = 0;
    for cut in [90_000, 180_000, 300_001] {
        drop(admin.begins_a_piece(&path, at, bytes.len() - at, &bytes[at..cut], "").await);
        while at == 0 || at < cut {
            at = admin.offset(&path).await;
        }
        assert_eq!(at, cut, "all that came, and no more");
    }
    assert_eq!(admin.piece(&path, at, &bytes[at..]).await.status, 204);
    assert!(admin.bytes(path.rsplit('/').next().unwrap()).await.2 == bytes);
}

#[tokio::test]
async fn half_of_a_piece_with_a_checksum_is_nothing() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let bytes = video(100_000);
    let path = admin.begins("a.mp4", bytes.len()).await;
    let checksum = format!("Upload-Checksum: {}\r\n", sum(&bytes));
    drop(admin.begins_a_piece(&path, 0, bytes.len(), &bytes[..50_000], &checksum).await);
    let checksum = sum(&bytes);
    let headers = [("upload-offset", "0"), ("content-type", PIECE), ("upload-checksum", checksum.as_str())];
    let mut answer = admin.tus(Method::PATCH, &path, &headers, &bytes).await;
    // The half may be read after the whole that follows it: then it is the newest call, and takes over.
    while answer.status == 409 {
        assert_eq!(admin.offset(&path).await, 0, "half of it is nothing");
        answer = admin.tus(Method::PATCH, &path, &headers, &bytes).await;
    }
    assert_eq!(answer.status, 204, "it begins where it began: {}", answer.text);
    assert!(admin.bytes(path.rsplit('/').next().unwrap()).await.2 == bytes);
}

#[tokio::test]
async fn the_newest_call_takes_over_from_one_that_hangs() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let bytes = video(100_000);
    let path = admin.begins("a.mp4", bytes.len()).await;
    let hanging = admin.begins_a_piece(&path, 0, bytes.len(), &bytes[..40_000], "").await;
    // Which of the two is the newest depends on how far the hanging one came; the other one keeps what it has.
    let mut at = 0;
    while at < bytes.len() {
        let answer = admin.piece(&path, at, &bytes[at..]).await;
        assert!(matches!(answer.status, 204 | 409), "{}", answer.text);
        at = admin.offset(&path).await;
    }
    drop(hanging);
    assert!(admin.bytes(path.rsplit('/').next().unwrap()).await.2 == bytes);
}

#[tokio::test]
async fn the_next_piece_begins_where_we_say_while_the_last_one_still_hangs() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let bytes = video(3_000_000);
    let path = admin.begins("a.mp4", bytes.len()).await;
    let mut hanging = Vec::new();
    let mut at = 0;
    for _ in 0..4 {
        // Much has come, nothing is acknowledged, and nobody ends the connection.
        let more = &bytes[at..at + 600_000];
        hanging.push(admin.begins_a_piece(&path, at, bytes.len() - at, more, "").await);
        let before = at;
        while at == before {
            at = admin.offset(&path).await;
        }
        let answer = admin.piece(&path, at, &bytes[at..at + 10_000]).await;
        assert_eq!(answer.status, 204, "not taken at {at}: {}", answer.text);
        at += 10_000;
    }
    drop(hanging);
    assert_eq!(admin.piece(&path, at, &bytes[at..]).await.status, 204);
    assert!(admin.bytes(path.rsplit('/').next().unwrap()).await.2 == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_loses_no_byte_that_was_acknowledged() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let bytes = video(3_000_000);
    let mut process = Process::start(folder.path());
    let mut admin = Caller::of(process.base.clone());
    let signed_in = admin
        .post("/api/session", &json!({"email": "admin@acme.example", "password": "three quiet boats"}))
        .await;
    admin.cookie = Some(signed_in.header("set-cookie").split(';').next().unwrap().to_owned());
    let path = admin.begins("a.mp4", bytes.len()).await;
    let mut acknowledged = 0;
    for kill in 0..6 {
        // A whole piece, and half of another one.
        let end = acknowledged + 350_000;
        let answer = admin.piece(&path, acknowledged, &bytes[acknowledged..end]).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        acknowledged = end;
        let half = &bytes[end..end + 20_000 * kill];
        let hanging = admin.begins_a_piece(&path, end, bytes.len() - end, half, "").await;
        process.kill();
        drop(hanging);
        process = Process::start(folder.path());
        admin.base.clone_from(&process.base);
        let at = admin.offset(&path).await;
        assert!(at >= acknowledged && at <= end + half.len(), "{at} of {acknowledged}");
        acknowledged = at;
    }
    assert_eq!(admin.piece(&path, acknowledged, &bytes[acknowledged..]).await.status, 204);
    assert!(admin.bytes(path.rsplit('/').next().unwrap()).await.2 == bytes, "the same bytes");
    process.kill();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_said_and_the_rest_is_kept() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let other = admin.uploads("a.png", PNG).await;
    let path = admin.begins("a.mp4", 10_000).await;
    let file = app.folder.path().join("uploads").join(path.rsplit('/').next().unwrap());
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    admin.piece(&path, 0, &video(10_000)).await.is_problem(507, "disk-full");
    assert_eq!(admin.offset(&path).await, 0, "it can go on once there is room");
    assert_eq!(admin.bytes(&other).await.0, 200);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(admin.piece(&path, 0, &video(10_000)).await.status, 204);
}

#[tokio::test]
async fn what_nobody_sends_goes_away_in_time() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let whole = admin.uploads("a.png", PNG).await;
    let path = admin.begins("a.mp4", 10_000).await;
    admin.piece(&path, 0, &video(5_000)).await;
    let kept = admin.uploads("b.png", PNG).await;
    let mut body = question("With a picture");
    body["uploads"] = json!([kept]);
    assert_eq!(admin.post_keyed("/api/requests", "k", &body).await.status, 201);
    assert_eq!(files(&app), 3);
    let later = app.now().plus(Span::hours(25));
    let app = app.restart_at(later).await;
    let admin = app.sign_in(Role::Admin).await;
    while admin.bytes(&whole).await.0 != 404 {
        tokio::task::yield_now().await;
    }
    assert_eq!(files(&app), 1);
    assert!(matches!(admin.tus(Method::HEAD, &path, &[], b"").await.status, 404 | 410));
    assert_eq!(admin.bytes(&kept).await.0, 200, "what was sent stays");
}

#[tokio::test]
async fn files_of_a_request_are_read_by_whoever_reads_the_request() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let picture = admin.uploads("Screenshot.png", PNG).await;
    for role in [Role::Employee, Role::Auditor, Role::Agent] {
        assert_eq!(app.sign_in(role).await.bytes(&picture).await.0, 404, "{role:?}: it is nobody else's yet");
    }
    let mut body = question("The page stays white");
    body["uploads"] = json!([picture]);
    let asked = admin.post_keyed("/api/requests", "k1", &body).await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    assert_eq!(
        asked.json()["thread"][0]["uploads"],
        json!([{"id": picture, "kind": "image/png", "name": "Screenshot.png", "size": PNG.len()}])
    );
    assert_eq!(admin.post_keyed("/api/requests", "k1", &body).await.word("id"), asked.word("id"), "once");
    for (role, status) in
        [(Role::Employee, 404), (Role::Auditor, 200), (Role::Agent, 200), (Role::Admin, 200)]
    {
        assert_eq!(app.sign_in(role).await.bytes(&picture).await.0, status, "{role:?}");
    }
    assert_eq!(app.nobody().bytes(&picture).await.0, 401);
    admin
        .tus(Method::DELETE, &format!("/api/uploads/{picture}"), &[], b"")
        .await
        .is_problem(409, "not-possible");
    let again = admin.post_keyed("/api/requests", "k2", &body).await;
    again.points_at(&["/uploads/0"]);

    let id = asked.word("id");
    let own = agent.uploads("log.txt", b"One line").await;
    let words = json!({"body": "Only for us", "internal": true, "uploads": [own]});
    assert_eq!(agent.say(&id, "n1", &words).await.status, 201);
    assert_eq!(admin.bytes(&own).await.0, 404, "a note is for agents, and so is its file");
    let reply = agent.uploads("log.txt", b"One line").await;
    let words = json!({"body": "See the log", "uploads": [reply]});
    assert_eq!(admin.say(&id, "n2", &words).await.status, 422, "it is the agent's");
    assert_eq!(agent.say(&id, "n2", &words).await.status, 201);
    let (status, headers, read) = admin.bytes(&reply).await;
    assert_eq!((status, read.as_slice()), (200, b"One line".as_slice()));
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    let half = admin.begins("a.mp4", 10_000).await;
    let half = half.rsplit('/').next().unwrap();
    let words = json!({"body": "See the film", "uploads": [reply, half]});
    admin.say(&id, "n3", &words).await.points_at(&["/uploads/0"]);
    let words = json!({"body": "See the film", "uploads": [half]});
    admin.say(&id, "n4", &words).await.points_at(&["/uploads/0"]);
    let many = json!({"body": "All of them", "uploads": vec![half; 11]});
    admin.say(&id, "n5", &many).await.points_at(&["/uploads"]);
}

#[tokio::test]
async fn a_large_file_arrives_whole_whatever_is_cut() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let bytes = video(30_000_000);
    let path = admin.begins("a.mp4", bytes.len()).await;
    let (mut at, mut state) = (0, 11_u32);
    for _ in 0..20 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let sent = (state >> 12) as usize % 1_300_000;
        drop(admin.begins_a_piece(&path, at, bytes.len() - at, &bytes[at..at + sent], "").await);
        let before = at;
        while at < before + sent {
            at = admin.offset(&path).await;
            tokio::time::timeout(Duration::from_secs(30), tokio::task::yield_now()).await.unwrap();
        }
        assert_eq!(at, before + sent);
    }
    assert_eq!(admin.piece(&path, at, &bytes[at..]).await.status, 204);
    let read = admin.bytes(path.rsplit('/').next().unwrap()).await.2;
    assert_eq!(Sha256::digest(&read), Sha256::digest(&bytes));
}

#[tokio::test]
async fn a_time_in_the_past_is_no_reason_to_keep_anything() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let path = admin.begins("a.mp4", 10_000).await;
    let early: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    let app = app.restart_at(early).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(admin.offset(&path).await, 0, "a clock that was put back forgets nothing");
}
