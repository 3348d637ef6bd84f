//! What can be asked of `cargo xtask`.

use lexopt::{Arg, Parser, ValueExt as _};

use crate::browsers::Browser;
use crate::bundle::{self, Mode, Wish};
use crate::failure::{Failure, OrFail, Outcome};
use crate::gate::{self, Matrix};
use crate::judges::{self, Judge};
use crate::place::Place;
use crate::serve::{self, Opening, Serve};
use crate::step::Diary;
use crate::{programs, size, tidy};

const HELP: &str = "cargo xtask COMMAND

  serve [--dev] [--port N] [--open]   the panel and a backend with a demo organization; --dev builds on change
  test [--browser chromium|firefox|webkit] [--only NAME] [--matrix full] [--dev]
                                      the gate: fmt, tidy, clippy, clippy-wasm, doc, deny, unit, build, size,
                                      web, e2e; NAME is one of these, peers (real providers of accounts, not
                                      part of the gate), or a part of the names of tests;
                                      --dev takes a panel that is built quickly, and weighs nothing
  build [--frame-ancestor ORIGIN]…    make dist/ for any server of files
  size                                what a browser loads, and whether it is too much
  bench requests | accounts | pages | soak
                                      what lists and searches cost as the data grows, a run over 10,000 people, what
                                      people feel in a browser, and twenty admins for two minutes
  screenshots                         draw every page into <target>/screenshots
  judge [scim|tus|uploads|outbox|api] let other people's programs hold a scratch backend against its standards
  conformance URL                     hold a running demo backend against its own OpenAPI document
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
        "serve" => {
            let wish = serve_wish(&mut parser)?;
            serve::serve(&place, &mut diary, &wish)
        }
        "test" => {
            let wish = gate_wish(&mut parser)?;
            gate::test(&place, &mut diary, &wish)
        }
        "size" => {
            nothing_more(&mut parser)?;
            size::check(&place)
        }
        "bench" => {
            let name = value_of(&mut parser, "NAME")?;
            programs::bench(&place, &mut diary, &name)
        }
        "screenshots" => {
            nothing_more(&mut parser)?;
            programs::screenshots(&place, &mut diary)
        }
        "judge" => {
            let mut judges = Vec::new();
            while let Some(argument) = next(&mut parser)? {
                match argument {
                    Arg::Value(word) => judges.push(Judge::parse(&word.to_string_lossy())?),
                    other => return Err(unknown(other)),
                }
            }
            judges::judge(&place, &mut diary, if judges.is_empty() { &Judge::ALL } else { &judges })
        }
        "conformance" => {
            let url = value_of(&mut parser, "URL")?;
            programs::conformance(&place, &mut diary, &url)
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

fn serve_wish(parser: &mut Parser) -> Outcome<Serve> {
    let mut wish = Serve::default();
    while let Some(argument) = next(parser)? {
        match argument {
            Arg::Long("dev") => wish.mode = Mode::Development,
            Arg::Long("open") => wish.browser = Opening::Open,
            Arg::Long("port") => {
                let word = value(parser)?;
                wish.port = word.parse().or_fail(|| format!("`{word}` is no port"))?;
            }
            other => return Err(unknown(other)),
        }
    }
    Ok(wish)
}

fn gate_wish(parser: &mut Parser) -> Outcome<gate::Wish> {
    let mut wish = gate::Wish::default();
    while let Some(argument) = next(parser)? {
        match argument {
            Arg::Long("browser") => wish.browser = Browser::parse(&value(parser)?)?,
            Arg::Long("dev") => wish.mode = Mode::Development,
            Arg::Long("only") => wish.only = Some(value(parser)?),
            Arg::Long("matrix") => match value(parser)?.as_str() {
                "full" => wish.matrix = Matrix::Full,
                "pairwise" => wish.matrix = Matrix::Pairwise,
                other => return Err(Failure::new(format!("`{other}` is no matrix: pairwise or full."))),
            },
            other => return Err(unknown(other)),
        }
    }
    Ok(wish)
}

fn value_of(parser: &mut Parser, name: &str) -> Outcome<String> {
    let word = match next(parser)? {
        Some(Arg::Value(word)) => word.to_string_lossy().into_owned(),
        Some(other) => return Err(unknown(other)),
        None => return Err(Failure::new(format!("{name} is missing.")).advise(HELP)),
    };
    nothing_more(parser)?;
    Ok(word)
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
