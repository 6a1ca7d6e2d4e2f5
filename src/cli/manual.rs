//! `corridor completions` and `corridor man`: what other programs show of this one.

use clap::Args;
use clap_complete::Shell;

use crate::cli::{Outcome, command, write_text};
use crate::error::Result;
use crate::io::Output;
use crate::report::lang::Lang;

/// Print completions for a shell.
///
/// For bash: corridor completions bash > ~/.local/share/bash-completion/completions/corridor
#[derive(Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Print the manual page: corridor man | man -l -
#[derive(Args)]
pub(super) struct ManArgs {
    /// The page of one command
    command: Option<String>,
}

pub(super) fn completions(args: CompletionsArgs) -> Result<Outcome> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut command(Lang::En), "corridor", &mut script);
    print(&script)
}

pub(super) fn man(args: ManArgs) -> Result<Outcome> {
    let mut whole = command(Lang::En);
    whole.build();
    let page = match args.command {
        None => whole,
        Some(name) => {
            let known = whole.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
            let sub = whole.find_subcommand(&name).cloned();
            sub.ok_or_else(|| {
                use crate::error::{Error, ErrorKind};
                Error::new(ErrorKind::UnknownId { id: name, known })
            })?
        }
    };
    let mut text = vec![];
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(page).render(&mut text);
    print(&text)
}

fn print(text: &[u8]) -> Result<Outcome> {
    write_text(Output::stream("-", std::io::stdout()), &String::from_utf8_lossy(text))?;
    Ok(Outcome::Done)
}
