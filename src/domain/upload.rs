//! How a file is sent in pieces (tus 1.0), as steps without a network: what to do next, and what an answer means.

use serde::{Deserialize, Serialize};

/// The first piece, in bytes: small, so that something is seen to move.
const FIRST: u64 = 256 * 1024;
/// The largest piece, which is what the backend takes.
pub const LARGEST: u64 = 8 * 1024 * 1024;
/// A piece that took less than this is followed by a larger one, in milliseconds.
const QUICK: f64 = 1_500.0;
/// A piece that took more is followed by a smaller one.
const SLOW: f64 = 8_000.0;
/// How long the first wait is at the most, and every wait, in milliseconds.
const WAIT_FIRST: f64 = 1_000.0;
const WAIT_MOST: f64 = 30_000.0;
/// After so many failures in a row nobody tries by itself any more.
const PATIENCE: u32 = 8;

/// A file on its way, as it lies on the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// How long the file is, in bytes.
    pub size: u64,
    /// Where it goes, once the backend has said so.
    #[serde(default)]
    pub address: Option<String>,
    /// So much of it has arrived, as far as we know.
    #[serde(default)]
    pub offset: u64,
}

/// Sends one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sending {
    upload: Upload,
    /// Whether the backend has said since the last cut how far it is.
    is_sure: bool,
    piece: u64,
    failures: u32,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask for a place.
    Create,
    /// Ask how far it is.
    Ask(String),
    /// Send the bytes from here to there.
    Send {
        /// Where to.
        address: String,
        /// The first byte.
        from: u64,
        /// The byte after the last.
        to: u64,
    },
    /// It has arrived.
    Done(String),
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// There is a place.
    Created(String),
    /// So much has arrived.
    At(u64),
    /// There is no such place any more: it has expired, or was somebody else's.
    Gone,
    /// Another offset, a broken piece, or nothing at all: it may have arrived or not.
    Lost,
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// At once.
    Now,
    /// After a wait of up to so many milliseconds, each time another part of it (full jitter).
    Wait(u32),
    /// Not by itself.
    Stop,
}

impl Upload {
    /// A file of which nothing was sent.
    pub const fn new(size: u64) -> Self {
        Self { size, address: None, offset: 0 }
    }

    /// Whether all of it has arrived.
    pub fn is_done(&self) -> bool {
        self.address.is_some() && self.offset >= self.size
    }
}

impl Sending {
    /// Goes on with a file.
    pub const fn new(upload: Upload) -> Self {
        Self { upload, is_sure: false, piece: FIRST, failures: 0 }
    }

    /// What the device has to remember.
    pub const fn upload(&self) -> &Upload {
        &self.upload
    }

    /// What to do next.
    pub fn step(&self) -> Step {
        let Some(address) = self.upload.address.clone() else { return Step::Create };
        // A file that is known to be whole isn't asked about again.
        if self.upload.offset >= self.upload.size {
            return Step::Done(address);
        }
        if !self.is_sure {
            return Step::Ask(address);
        }
        let from = self.upload.offset;
        Step::Send { address, from, to: (from + self.piece).min(self.upload.size) }
    }

    /// Takes in what came of the step, which took so many milliseconds.
    pub fn heard(&mut self, heard: Heard, millis: f64) -> Next {
        match heard {
            Heard::Created(address) => {
                self.upload = Upload { address: Some(address), offset: 0, size: self.upload.size };
                self.is_sure = true;
                self.failures = 0;
                Next::Now
            }
            Heard::At(offset) if offset <= self.upload.size => {
                let is_further = offset > self.upload.offset;
                self.upload.offset = offset;
                if self.is_sure && is_further {
                    self.pace(millis);
                }
                self.is_sure = true;
                if is_further {
                    self.failures = 0;
                }
                Next::Now
            }
            // A place that holds more than the file isn't ours.
            Heard::At(_) | Heard::Gone => {
                self.upload = Upload::new(self.upload.size);
                self.is_sure = false;
                self.failed()
            }
            Heard::Lost => {
                self.is_sure = false;
                self.piece = (self.piece / 2).max(FIRST);
                self.failed()
            }
        }
    }

    fn pace(&mut self, millis: f64) {
        if millis < QUICK {
            self.piece = (self.piece * 2).min(LARGEST);
        } else if millis > SLOW {
            self.piece = (self.piece / 2).max(FIRST);
        }
    }

    fn failed(&mut self) -> Next {
        self.failures += 1;
        if self.failures > PATIENCE { Next::Stop } else { Next::Wait(wait(self.failures)) }
    }
}

/// The longest wait after so many failures in a row, in milliseconds; whoever waits takes a random part of it.
pub fn wait(failures: u32) -> u32 {
    let longest = WAIT_FIRST * 2_f64.powi(i32::try_from(failures.saturating_sub(1)).unwrap_or(30).min(30));
    longest.min(WAIT_MOST) as u32
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A backend that keeps what it was sent, and a network that may be cut before or after.
    #[derive(Default)]
    struct Server {
        places: Vec<Vec<u8>>,
        sent: u64,
    }

    #[derive(Debug, Clone, Copy)]
    enum Cut {
        No,
        Before,
        After,
        Expired,
    }

    impl Server {
        fn answer(&mut self, step: &Step, file: &[u8], cut: Cut) -> Heard {
            if matches!(cut, Cut::Before) {
                return Heard::Lost;
            }
            let place =
                |address: &str| address.rsplit('/').next().and_then(|index| index.parse::<usize>().ok());
            let heard = match step {
                Step::Create => {
                    self.places.push(Vec::new());
                    Heard::Created(format!("/api/uploads/{}", self.places.len() - 1))
                }
                Step::Ask(address) | Step::Send { address, .. } => {
                    let held = place(address).and_then(|index| self.places.get_mut(index)).expect("a place");
                    if matches!(cut, Cut::Expired) {
                        return Heard::Gone;
                    }
                    if let Step::Send { from, to, .. } = step {
                        assert_eq!(held.len() as u64, *from, "nothing is sent twice or left out");
                        held.extend_from_slice(&file[*from as usize..*to as usize]);
                        self.sent += to - from;
                    }
                    Heard::At(held.len() as u64)
                }
                Step::Done(_) => unreachable!("nothing is done after the end"),
            };
            if matches!(cut, Cut::After) { Heard::Lost } else { heard }
        }
    }

    fn any_cut() -> impl Strategy<Value = Cut> {
        prop_oneof![4 => Just(Cut::No), 2 => Just(Cut::Before), 2 => Just(Cut::After), 1 => Just(Cut::Expired)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_file_arrives_whole_whatever_is_cut(
            size in 0_usize..3_000_000, cuts in prop::collection::vec(any_cut(), 0..30),
        ) {
            let file: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            let mut server = Server::default();
            let mut stored = Upload::new(file.len() as u64);
            let mut cuts = cuts.into_iter();
            let arrived = loop {
                // The page is loaded again now and then: only what was stored is known.
                let mut sending = Sending::new(stored.clone());
                let mut turns = 0;
                let done = loop {
                    let step = sending.step();
                    if let Step::Done(address) = step {
                        break Some(address);
                    }
                    let next = sending.heard(server.answer(&step, &file, cuts.next().unwrap_or(Cut::No)), 10.0);
                    stored = sending.upload().clone();
                    turns += 1;
                    if next == Next::Stop || turns > 7 {
                        break None;
                    }
                };
                if let Some(address) = done {
                    break address;
                }
            };
            let index: usize = arrived.rsplit('/').next().expect("a place").parse().expect("a number");
            prop_assert_eq!(&server.places[index], &file);
        }
    }

    #[test]
    fn pieces_grow_while_they_are_quick() {
        let mut sending = Sending::new(Upload::new(100_000_000));
        sending.heard(Heard::Created("/api/uploads/1".to_owned()), 5.0);
        let mut largest = 0;
        while let Step::Send { from, to, .. } = sending.step() {
            largest = largest.max(to - from);
            assert!(to - from <= LARGEST);
            sending.heard(Heard::At(to), 5.0);
        }
        assert_eq!(largest, LARGEST);
    }

    #[test]
    fn waits_grow_and_end() {
        assert_eq!([1, 2, 3, 9].map(wait), [1_000, 2_000, 4_000, 30_000]);
        let mut sending = Sending::new(Upload::new(1));
        let nexts: Vec<Next> = (0..9).map(|_| sending.heard(Heard::Lost, 1.0)).collect();
        assert_eq!(nexts.last(), Some(&Next::Stop));
        assert!(nexts[..8].iter().all(|next| matches!(next, Next::Wait(_))));
    }
}
