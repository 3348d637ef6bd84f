//! Sends a file in pieces for as long as it takes: over cuts, a reload, or signing in again.

use crate::api::bearer::Bearer;
use crate::api::uploads::{self, Answer, NotTaken};
use crate::browser::bytes::{self, Bytes};
use crate::browser::send::{self, Lost};
use crate::browser::{clock, intl, random, timer};
use crate::domain::upload::{Heard, Next, Sending, Step, Upload};
use crate::i18n::{Words, keys as w};

/// How often one looks whether the person goes on after a pause, in milliseconds.
const GLANCE: i32 = 200;

/// Why a file didn't arrive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// It was moved, changed or taken out.
    #[error("The file can't be read any more")]
    Vanished,
    /// The backend doesn't take it.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
    /// The device has no connection.
    #[error("Offline")]
    Offline,
    /// Nobody answers, however often one tries.
    #[error("Nobody answers")]
    GaveUp,
}

/// What is done with a file while it is sent.
pub trait Watch {
    /// It is so far now: to be kept, so that it goes on from there after a reload.
    fn moved(&self, upload: &Upload);
    /// Whether the person wants it to wait.
    fn is_paused(&self) -> bool;
    /// Whether it isn't wanted any more.
    fn is_dropped(&self) -> bool;
    /// Who sends, where no cookie says so.
    fn bearer(&self) -> Option<Bearer> {
        None
    }
}

/// Sends a file from where it was left, and gives back its name at the backend.
///
/// # Errors
/// When it makes no sense to go on by itself.
pub async fn send(file: &Bytes, name: &str, upload: Upload, watch: &impl Watch) -> Result<String, Failed> {
    let mut sending = Sending::new(upload);
    loop {
        while watch.is_paused() && !watch.is_dropped() {
            timer::sleep(GLANCE).await;
        }
        let step = sending.step();
        if let Step::Done(address) = &step {
            return Ok(uploads::id_of(address).to_owned());
        }
        if watch.is_dropped() {
            return Err(Failed::GaveUp);
        }
        let begun = clock::monotonic_millis();
        let (heard, is_offline) = match take(file, name, &step, watch.bearer()).await? {
            Ok(heard) => (heard, false),
            Err(lost) => (Heard::Lost, lost == Lost::Offline),
        };
        let next = sending.heard(heard, clock::monotonic_millis() - begun);
        watch.moved(sending.upload());
        match next {
            Next::Now => {}
            // Without a connection there is nothing to try: whoever called goes on when there is one.
            Next::Wait(_) | Next::Stop if is_offline => return Err(Failed::Offline),
            Next::Wait(most) => timer::sleep((random::fraction() * f64::from(most)) as i32).await,
            Next::Stop => return Err(Failed::GaveUp),
        }
    }
}

/// Takes a file away from the backend, if it had come that far; nobody waits for it.
pub async fn remove(address: &str) {
    let call = uploads::remove(address);
    let headers: Vec<(&str, &str)> =
        call.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let _ = send::send(call.method, &call.path, &headers, None).await;
}

async fn take(
    file: &Bytes,
    name: &str,
    step: &Step,
    bearer: Option<Bearer>,
) -> Result<Result<Heard, Lost>, Failed> {
    let mut body = None;
    let mut call = match step {
        Step::Create => uploads::create(file.size(), &bytes::base64(name), &bytes::base64(&file.kind())),
        Step::Ask(address) => uploads::ask(address),
        Step::Send { address, from, to } => {
            let part = file.part(*from, *to).ok_or(Failed::Vanished)?;
            let held = part.read().await.map_err(|_| Failed::Vanished)?;
            let checksum = held.checksum().await;
            body = Some(held);
            uploads::piece(address, *from, checksum.as_deref())
        }
        Step::Done(_) => return Ok(Err(Lost::Cut)),
    };
    call.headers.extend(bearer.iter().flat_map(Bearer::headers));
    let headers: Vec<(&str, &str)> =
        call.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sent = match send::send(call.method, &call.path, &headers, body.as_ref()).await {
        Ok(sent) => sent,
        Err(lost) => return Ok(Err(lost)),
    };
    let is_problem = sent.kind.starts_with(frontdesk_contract::problem::PROBLEM_JSON);
    let answer = Answer {
        status: sent.status,
        location: sent.location,
        offset: sent.offset,
        body: sent.body,
        is_problem,
    };
    Ok(Ok(uploads::read(step, &answer)?))
}

/// `0.4 MB`.
pub fn megabytes(bytes: u64, words: Words) -> String {
    let size = if bytes < 100_000 {
        (bytes.div_ceil(1_000).max(1) as f64, w::REPORT_KILOBYTES)
    } else {
        ((bytes as f64 / 100_000.0).round() / 10.0, w::REPORT_MEGABYTES)
    };
    words.text_with(size.1, &[("size", intl::decimal(size.0, &words.language()))])
}
