//! Journeys through the built panel and a real backend: one test per promise.

#[cfg(test)]
mod start;
