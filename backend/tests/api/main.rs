//! The backend over real HTTP and a real SQLite file.

#[cfg(test)]
mod app;
#[cfg(test)]
mod assets;
#[cfg(test)]
mod care;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod events;
#[cfg(test)]
mod history;
mod hostile;
#[cfg(test)]
mod known;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod session;
