//! The project's commands: `cargo xtask serve | test | build | size | …`.
//!
//! Reading order: [`cli`] is what can be asked; [`place`], [`step`], [`failure`] and [`files`] are what every
//! command uses; [`tools`] and [`browsers`] bring what is
//! missing, [`room`] removes what is too much; [`bundle`] makes `dist/` with the words of [`words`]. [`gate`] is `test`,
//! with the rules of [`tidy`], the limits of [`size`] and the journeys that are [`left_out`] in a browser; [`serve`]
//! shows all of it; [`judges`] are other
//! people's programs; [`programs`] are the rest.

#![expect(clippy::print_stdout, reason = "tables and addresses are what these commands are asked for")]

pub mod cli;
pub mod failure;
pub mod files;
pub mod place;
pub mod step;

pub mod browsers;
pub mod bundle;
pub mod gate;
pub mod judges;
pub mod left_out;
pub mod peers;
pub mod programs;
pub mod room;
pub mod serve;
pub mod size;
pub mod tidy;
pub mod tools;
pub mod words;
