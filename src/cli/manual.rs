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
    #[arg(value_parser = ["locate", "areas", "export", "check", "describe", "completions", "man"])]
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
    let page = args.command.and_then(|name| whole.find_subcommand(&name).cloned()).unwrap_or(whole);
    let mut text = vec![];
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(page).render(&mut text);
    print(&text)
}

fn print(text: &[u8]) -> Result<Outcome> {
    write_text(Output::stream("-", std::io::stdout()), &String::from_utf8_lossy(text))?;
    Ok(Outcome::Done)
}
