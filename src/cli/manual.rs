//! `corridor completions`, `corridor man` and `corridor --version`.

use clap::Args;
use clap_complete::Shell;

use crate::cli::command::command;
use crate::cli::help::MAN_SECTIONS;
use crate::cli::{Outcome, write_text};
use crate::error::Result;
use crate::io::Output;
use crate::messages::Lang;
use crate::plan::Plan;

/// Print completions for a shell.
#[derive(Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Print the manual page.
#[derive(Args)]
pub(super) struct ManArgs {
    /// The page of one command
    command: Option<String>,
}

pub(super) fn completions(args: CompletionsArgs, lang: Lang) -> Result<Outcome> {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut command(lang), "corridor", &mut script);
    print(&script)
}

pub(super) fn man(args: ManArgs, lang: Lang) -> Result<Outcome> {
    let root = command(lang);
    let page = args.command.and_then(|name| root.find_subcommand(&name).cloned()).unwrap_or(root);
    let mut text = vec![];
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(page).render(&mut text);
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if lang == Lang::Zh {
        for (english, chinese) in MAN_SECTIONS {
            text = text.replace(&format!(".SH {english}\n"), &format!(".SH {chinese}\n"));
        }
    }
    print(text.as_bytes())
}

/// Prints the version of the bundled plan after that of the program, since answers depend on both.
pub(super) fn plan_version(lang: Lang) -> Result<Outcome> {
    let plan = Plan::bundled();
    let texts = (lang.parcel_texts().plan_version, lang.texts().colon);
    let version = plan.root().and_then(|root| root.properties.get("version")?.as_str()).unwrap_or_default();
    let notice = lang.notice_of(&plan).unwrap_or_default();
    print(format!("{}{}{version}\n{notice}\n", texts.0, texts.1).as_bytes())
}

fn print(text: &[u8]) -> Result<Outcome> {
    write_text(Output::stream("-", std::io::stdout()), &String::from_utf8_lossy(text))?;
    Ok(Outcome::Done)
}
