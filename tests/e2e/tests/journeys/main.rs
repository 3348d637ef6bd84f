//! Journeys through the built panel and a real backend: one test per promise.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod asking;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod chat;
#[cfg(test)]
mod dialog;
#[cfg(test)]
mod drafts;
#[cfg(test)]
mod files;
#[cfg(test)]
mod guide;
#[cfg(test)]
mod history;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod keyboard;
#[cfg(test)]
mod leavers;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod locked_out;
#[cfg(test)]
mod many;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod once;
#[cfg(test)]
mod phone;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod report;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod request;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod session;
#[cfg(test)]
mod start;
#[cfg(test)]
mod status;
#[cfg(test)]
mod vouched;
