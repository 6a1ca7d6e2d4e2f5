//! The clap command with its help: option headings, examples, translation.

use clap::{Arg, ArgAction, Command, CommandFactory};

use crate::cli::Cli;
use crate::cli::help::{self, Heading};
use crate::cli::outline_args::OutlineArgs;
use crate::messages::Lang;

/// The command with help in a language.
pub(super) fn command(lang: Lang) -> Command {
    let mut root = arranged(Cli::command(), "", lang);
    let names: Vec<String> = root.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    root = root.mut_subcommand("man", |man| {
        man.mut_arg("command", |argument| argument.value_parser(names.clone()).hide_possible_values(true))
    });
    root.build();
    if lang == Lang::Zh {
        root = with_usage(root);
        for name in names {
            root = root.mut_subcommand(&name, with_usage);
        }
        root = root.mut_subcommand("help", |command| command.about(help::HELP_COMMAND));
    }
    root
}

/// Adds option headings, examples and translations to a command and its subcommands.
fn arranged(mut command: Command, path: &str, lang: Lang) -> Command {
    let flag = |name: &'static str, short: char, action: ArgAction| {
        let (text, long) = help::flag(name, lang);
        Arg::new(name).short(short).long(name).action(action).help(text).long_help(long)
    };
    command = command.disable_help_flag(true).arg(flag("help", 'h', ArgAction::Help));
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(flag("version", 'V', ArgAction::Version));
    }
    command = command.mut_args(|argument| match (argument.is_positional(), lang) {
        (true, Lang::En) => argument,
        (true, Lang::Zh) => argument.help_heading(help::ARGUMENTS),
        (false, _) => {
            let heading = Heading::of(argument.get_id().as_str());
            argument.help_heading(heading.map(|heading| heading.text(lang)))
        }
    });
    let file = ["plan", "file"].into_iter().find(|id| command.get_arguments().any(|argument| argument.get_id() == id));
    if let Some(file) = file {
        command = command.mut_args(|argument| match OutlineArgs::IDS.contains(&argument.get_id().as_str()) {
            true => argument.requires(file),
            false => argument,
        });
    }
    if let Some(examples) = help::examples(path, lang) {
        command = command.after_help(examples);
    }
    if lang == Lang::Zh {
        command = translated(command, path);
    }
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(&name, |sub| arranged(sub, &name, lang));
    }
    command
}

/// Replaces the help of a command by the Chinese help.
fn translated(mut command: Command, path: &str) -> Command {
    if let Some(about) = help::help(path) {
        command = command.about(about.lines().next().unwrap_or_default()).long_about(about);
    }
    command = command
        .help_template(help::TEMPLATE)
        .subcommand_help_heading(help::COMMANDS)
        .subcommand_value_name(help::COMMANDS);
    command.mut_args(|argument| {
        let id = argument.get_id().as_str().to_owned();
        let Some(text) = help::help(&key(path, &id)) else { return argument };
        let (default, values) = (defaults(&argument), values(&argument));
        let extra: Vec<String> = [help::values(&values), help::default(&default)].into_iter().flatten().collect();
        let (short, long) = match extra.as_slice() {
            [] => (text.to_owned(), text.to_owned()),
            extra => (format!("{text} {}", extra.join(" ")), format!("{text}\n\n{}", extra.join("\n"))),
        };
        let names: Vec<String> = argument
            .get_value_names()
            .into_iter()
            .flatten()
            .map(|name| help::value_name(name).unwrap_or(name).to_owned())
            .collect();
        let argument = argument.help(short).long_help(long);
        if !argument.get_action().takes_values() {
            return argument;
        }
        let argument = if names.is_empty() { argument } else { argument.value_names(names) };
        argument.hide_possible_values(true).hide_default_value(true)
    })
}

/// The key of the help of an argument: without the command if all commands have the argument.
fn key(path: &str, id: &str) -> String {
    let is_common = matches!(Heading::of(id), Some(Heading::General)) && !matches!(id, "help" | "version");
    if is_common { format!(".{id}") } else { format!("{path}.{id}") }
}

/// The possible values of an argument, if they are enumerated.
fn values(argument: &Arg) -> Vec<String> {
    if !argument.get_action().takes_values() || argument.is_hide_possible_values_set() {
        return vec![];
    }
    let values = argument.get_possible_values().into_iter().filter(|value| !value.is_hide_set());
    values.map(|value| value.get_name().to_owned()).collect()
}

fn defaults(argument: &Arg) -> Vec<String> {
    if !argument.get_action().takes_values() || argument.is_hide_default_value_set() {
        return vec![];
    }
    argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect()
}

/// Replaces the usage of a built command by the Chinese usage.
fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", help::OPTIONS);
    command.override_usage(usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(visit: &mut dyn FnMut(&str, &Command)) {
        let root = Cli::command();
        visit("", &root);
        for command in root.get_subcommands() {
            visit(command.get_name(), command);
        }
    }

    #[test]
    fn the_arguments_are_consistent() {
        command(Lang::En).debug_assert();
        command(Lang::Zh).debug_assert();
    }

    #[test]
    fn every_option_has_a_heading() {
        let mut missing = vec![];
        each(&mut |path, command| {
            let options = command.get_arguments().filter(|argument| !argument.is_positional());
            let ids = options.map(|option| option.get_id().as_str()).filter(|id| Heading::of(id).is_none());
            missing.extend(ids.map(|id| format!("{path}.{id}")));
        });
        assert_eq!(missing, [] as [&str; 0]);
    }

    #[test]
    fn every_command_has_an_example() {
        each(&mut |path, _| {
            for lang in [Lang::En, Lang::Zh] {
                assert!(help::examples(path, lang).is_some_and(|text| text.contains("corridor ")), "{path}");
            }
        });
    }

    #[test]
    fn all_help_is_there_in_chinese() {
        let mut missing = vec![];
        each(&mut |path, command| {
            missing.extend(help::help(path).is_none().then(|| path.to_owned()));
            for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
                let id = argument.get_id().as_str();
                missing.extend(help::help(&key(path, id)).is_none().then(|| format!("{path}.{id}")));
                let takes_values = argument.get_action().takes_values();
                let names = argument.get_value_names().into_iter().flatten().filter(|_| takes_values);
                missing.extend(names.filter(|name| help::value_name(name).is_none()).map(|name| name.to_string()));
            }
        });
        assert_eq!(missing, [] as [String; 0]);
    }

    #[test]
    fn chinese_help_has_no_english_frame() {
        let mut root = command(Lang::Zh);
        let names: Vec<String> = root.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        let mut texts = vec![root.render_long_help().to_string()];
        for name in names.iter().filter(|name| *name != "help") {
            let command = root.find_subcommand_mut(name).unwrap();
            texts.extend([command.render_help(), command.render_long_help()].map(|text| text.to_string()));
        }
        for text in texts.iter().map(|text| help::with_full_width_colons(text)) {
            assert!(!text.lines().any(|line| line.ends_with(':')), "{text}");
            for english in ["Usage", "Options", "OPTIONS", "Arguments", "default:", "alues:", "Print", "<COMMAND>"] {
                assert!(!text.contains(english), "{english}:\n{text}");
            }
        }
    }
}
