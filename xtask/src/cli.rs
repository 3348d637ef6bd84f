//! What can be asked of `cargo xtask`.

use lexopt::{Arg, Parser, ValueExt as _};

use crate::bundle::{self, Wish};
use crate::failure::{Failure, OrFail, Outcome};
use crate::place::Place;
use crate::step::Diary;
use crate::tidy;

const HELP: &str = "cargo xtask COMMAND

  build [--frame-ancestor ORIGIN]…    make dist/ for any server of files
  tidy                                hold the rules of docs/rules.md
";

/// Reads the command line and does what it says.
pub fn run() -> Outcome {
    let mut parser = Parser::from_env();
    let command = match next(&mut parser)? {
        Some(Arg::Value(command)) => command.to_string_lossy().into_owned(),
        Some(Arg::Short('h') | Arg::Long("help")) | None => {
            println!("{HELP}");
            return Ok(());
        }
        Some(other) => return Err(unknown(other)),
    };
    let place = Place::find()?;
    let mut diary = Diary::default();
    match command.as_str() {
        "build" => {
            let mut wish = Wish::release(&place);
            while let Some(argument) = next(&mut parser)? {
                match argument {
                    Arg::Long("frame-ancestor") => wish.frame_ancestors.push(value(&mut parser)?),
                    other => return Err(unknown(other)),
                }
            }
            bundle::build(&place, &mut diary, &wish)?;
            println!("\n{}\n\nThe panel is in {}.", diary.table(), wish.dist.display());
            Ok(())
        }
        "tidy" => {
            nothing_more(&mut parser)?;
            diary.step("Reading the rules of docs/rules.md over the sources", || tidy::check(&place))
        }
        other => Err(Failure::new(format!("There is no command `{other}`.")).advise(HELP)),
    }
}

fn next(parser: &mut Parser) -> Outcome<Option<Arg<'_>>> {
    parser.next().or_fail(|| "The command can't be understood".to_owned())
}

fn nothing_more(parser: &mut Parser) -> Outcome {
    next(parser)?.map_or(Ok(()), |argument| Err(unknown(argument)))
}

fn value(parser: &mut Parser) -> Outcome<String> {
    let value = parser.value().or_fail(|| "The command can't be understood".to_owned())?;
    value.string().or_fail(|| "The command can't be understood".to_owned())
}

fn unknown(argument: Arg<'_>) -> Failure {
    let text = match argument {
        Arg::Short(letter) => format!("-{letter}"),
        Arg::Long(word) => format!("--{word}"),
        Arg::Value(word) => word.to_string_lossy().into_owned(),
    };
    Failure::new(format!("`{text}` can't be understood.")).advise(HELP)
}
