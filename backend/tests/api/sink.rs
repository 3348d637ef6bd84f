//! A mail server for tests: it says what it is told to, and keeps what it took.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the server does about the next e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    /// Takes it.
    Takes,
    /// Answers so to `RCPT TO`.
    RefusesRecipient(&'static str),
    /// Answers so after the text.
    RefusesText(&'static str),
    /// Takes it, and the connection is cut before it says so.
    CutsAfterText,
    /// Cuts the connection in the middle of the text.
    CutsWithinText,
    /// Takes the text and says nothing any more.
    Hangs,
}

/// An e-mail as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) text: String,
    /// Whether the server said that it has it.
    pub(crate) is_taken: bool,
}

/// The server.
pub(crate) struct Sink {
    pub(crate) port: u16,
    does: Arc<Mutex<VecDeque<Does>>>,
    mails: watch::Receiver<Vec<Mail>>,
    pub(crate) signed_in: watch::Receiver<Vec<String>>,
}

impl Mail {
    /// A header, unfolded; empty when there is none.
    pub(crate) fn header(&self, name: &str) -> String {
        let head = self.text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().trim().to_owned()
    }

    /// What is to be read, decoded.
    pub(crate) fn body(&self) -> String {
        let (_, body) = self.text.split_once("\r\n\r\n").unwrap();
        match self.header("Content-Transfer-Encoding").as_str() {
            "quoted-printable" => unquoted(body),
            "base64" => {
                use base64::Engine as _;
                let text: String = body.split_whitespace().collect();
                String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text).unwrap()).unwrap()
            }
            _ => body.to_owned(),
        }
        .replace("\r\n", "\n")
    }
}

/// Quoted-printable (RFC 2045, 6.7).
fn unquoted(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' && after.len() >= 2 {
            let digits = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

impl Sink {
    /// A server that takes everything, but for what it is told to do first.
    pub(crate) async fn that(does: impl IntoIterator<Item = Does>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let does = Arc::new(Mutex::new(does.into_iter().collect::<VecDeque<_>>()));
        let (told, mails) = watch::channel(Vec::new());
        let (names, signed_in) = watch::channel(Vec::new());
        let (queue, told, names) = (Arc::clone(&does), Arc::new(told), Arc::new(names));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let talk =
                    Talk { does: Arc::clone(&queue), mails: Arc::clone(&told), names: Arc::clone(&names) };
                tokio::spawn(async move { talk.talk(stream).await });
            }
        });
        Self { port, does, mails, signed_in }
    }

    /// What is to be done about the next one.
    pub(crate) fn next_time(&self, does: Does) {
        self.does.lock().unwrap().push_back(does);
    }

    /// What came, once it is so much.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Mail> {
        let mut mails = self.mails.clone();
        let waiting = mails.wait_for(|mails| mails.len() >= count);
        let found = tokio::time::timeout(Duration::from_secs(90), waiting).await;
        found
            .unwrap_or_else(|_| panic!("{count} e-mails, and not {:?}", self.mails.borrow().len()))
            .unwrap()
            .clone()
    }

    /// The first that is so, once it came.
    pub(crate) async fn wait_until(&self, is_it: impl Fn(&Mail) -> bool) -> Mail {
        let mut mails = self.mails.clone();
        let waiting = mails.wait_for(|mails| mails.iter().any(&is_it));
        let found = tokio::time::timeout(Duration::from_secs(90), waiting).await;
        let found = found.expect("the e-mail that is waited for").unwrap();
        found.iter().find(|mail| is_it(mail)).unwrap().clone()
    }

    /// What came by now.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.mails.borrow().clone()
    }

    /// The table of the settings that leads here.
    pub(crate) fn settings(&self, more: &str) -> String {
        let collect = if more.contains("collectSeconds") { "" } else { "collectSeconds = 1\n" };
        format!(
            "\n[mail]\nserver = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"Acme desk <desk@acme.example>\"\n\
             {collect}{more}\n",
            self.port
        )
    }
}

struct Talk {
    does: Arc<Mutex<VecDeque<Does>>>,
    mails: Arc<watch::Sender<Vec<Mail>>>,
    names: Arc<watch::Sender<Vec<String>>>,
}

impl Talk {
    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        say(&mut stream, "220 sink ESMTP").await?;
        let (mut from, mut to) = (String::new(), String::new());
        let mut does = None;
        loop {
            let line = hear(&mut stream).await?;
            let command = line.to_uppercase();
            if command.starts_with("EHLO") {
                say(&mut stream, "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN").await?;
            } else if command.starts_with("AUTH PLAIN ") {
                self.names.send_modify(|names| names.push(line["AUTH PLAIN ".len()..].to_owned()));
                say(&mut stream, "235 welcome").await?;
            } else if command.starts_with("MAIL FROM:") {
                from = within(&line);
                does = None;
                say(&mut stream, "250 ok").await?;
            } else if command.starts_with("RCPT TO:") {
                to = within(&line);
                let next = self.does.lock().unwrap().pop_front().unwrap_or(Does::Takes);
                if let Does::RefusesRecipient(answer) = next {
                    say(&mut stream, answer).await?;
                } else {
                    does = Some(next);
                    say(&mut stream, "250 ok").await?;
                }
            } else if command == "DATA" {
                say(&mut stream, "354 go on").await?;
                let does = does.take().unwrap_or(Does::Takes);
                if does == Does::CutsWithinText {
                    hear(&mut stream).await?;
                    return None;
                }
                let mail = |is_taken, text| Mail { from: from.clone(), to: to.clone(), text, is_taken };
                let mut text = String::new();
                loop {
                    let line = hear(&mut stream).await?;
                    if line == "." {
                        break;
                    }
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push_str("\r\n");
                }
                match does {
                    Does::Takes => {
                        self.mails.send_modify(|mails| mails.push(mail(true, text)));
                        say(&mut stream, "250 taken").await?;
                    }
                    Does::RefusesText(answer) => say(&mut stream, answer).await?,
                    Does::CutsAfterText => {
                        self.mails.send_modify(|mails| mails.push(mail(false, text)));
                        return None;
                    }
                    Does::Hangs => {
                        self.mails.send_modify(|mails| mails.push(mail(false, text)));
                        // Until the other side goes.
                        hear(&mut stream).await?;
                        return None;
                    }
                    Does::RefusesRecipient(_) | Does::CutsWithinText => return None,
                }
            } else if command == "QUIT" {
                say(&mut stream, "221 bye").await?;
                return None;
            } else {
                say(&mut stream, "250 ok").await?;
            }
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()
}

async fn hear(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let count = stream.read_line(&mut line).await.ok()?;
    (count > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

fn within(line: &str) -> String {
    let (_, rest) = line.split_once('<').unwrap();
    rest.split_once('>').unwrap().0.to_owned()
}
