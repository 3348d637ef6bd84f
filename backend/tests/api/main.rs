//! The backend over real HTTP and a real SQLite file.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod again;
#[cfg(test)]
mod app;
#[cfg(test)]
mod assets;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod care;
#[cfg(test)]
mod chat;
#[cfg(test)]
mod chats;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod events;
#[cfg(test)]
mod feedback;
#[cfg(test)]
mod handover;
#[cfg(test)]
mod history;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod known;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod many;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod safety;
#[cfg(test)]
mod scim;
#[cfg(test)]
mod scim_upstream;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod session;
#[cfg(test)]
mod sink;
#[cfg(test)]
mod status;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod upstream;
