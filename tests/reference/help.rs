//! The options of the commands, from what `--help` prints to Markdown.

use std::collections::BTreeSet;
use std::fs;

use crate::{LANGUAGES, check_text, options, page, printed, root};

/// An option or argument, as help has it.
#[derive(Default, PartialEq)]
struct Entry {
    /// `-o, --output <FILE>`.
    name: String,
    text: String,
    default: String,
    values: Vec<String>,
    /// Whether its values stand in a list, each with what it means: the names will do.
    has_list: bool,
}

/// The help of a command.
struct Help {
    about: Vec<String>,
    usage: String,
    entries: Vec<Entry>,
    examples: Vec<String>,
}

/// The commands that the program lists, but `sql`, which is not in every build.
fn commands() -> Vec<String> {
    let help = printed(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().lines().take_while(|line| !line.is_empty());
    let names = list.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.map(|line| line.split_whitespace().next().unwrap().to_owned());
    names.filter(|name| !["help", "sql"].contains(&name.as_str())).collect()
}

/// Joins a line to a text; Chinese needs no space between.
fn join(text: &mut String, line: &str) {
    let is_chinese = |c: Option<char>| c.is_some_and(|c| c > '\u{2e80}');
    if !text.is_empty() && !is_chinese(text.chars().last()) && !is_chinese(line.chars().next()) {
        text.push(' ');
    }
    text.push_str(line);
}

impl Help {
    /// Reads what `--help` prints: entries begin by two to six spaces, what is said of them by ten.
    fn read(text: &str) -> Help {
        let mut help = Help { about: vec![], usage: String::new(), entries: vec![], examples: vec![] };
        let (text, examples) = text.split_once("\nExamples:\n").or(text.split_once("\n示例：\n")).unwrap_or((text, ""));
        help.examples = examples.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
        let mut paragraph = String::new();
        for line in text.lines() {
            let (indent, line) = (line.len() - line.trim_start().len(), line.trim());
            if help.usage.is_empty() {
                match line.strip_prefix("Usage: ").or_else(|| line.strip_prefix("用法：")) {
                    Some(usage) => usage.clone_into(&mut help.usage),
                    None if line.is_empty() => help.about.push(std::mem::take(&mut paragraph)),
                    None => join(&mut paragraph, line),
                }
            } else if (2..8).contains(&indent) && (line.starts_with(['-', '[', '<'])) {
                help.entries.push(Entry { name: line.to_owned(), ..Entry::default() });
            } else if let (true, Some(entry)) = (indent >= 10, help.entries.last_mut()) {
                entry.add(line);
            }
        }
        help.about.retain(|paragraph| !paragraph.is_empty());
        help.entries.retain(|entry| !entry.name.contains("--help"));
        // Arguments first.
        help.entries.sort_by_key(|entry| entry.name.starts_with('-'));
        assert!(!help.about.is_empty() && !help.usage.is_empty(), "{text}");
        help
    }
}

impl Entry {
    /// Takes a line of what is said of it.
    fn add(&mut self, line: &str) {
        let inline = |starts: [&str; 2]| {
            let list = starts.iter().find_map(|start| line.strip_prefix(start))?.trim_end_matches(']');
            Some(list.split([',', '、']).map(|name| name.trim().to_owned()))
        };
        if line.is_empty() {
        } else if let Some(values) = inline(["[possible values: ", "[可选值："]) {
            self.values.extend(values);
        } else if let Some(default) = inline(["[default: ", "[默认："]) {
            self.default = default.collect::<Vec<String>>().join(",");
        } else if ["Possible values:", "可选值："].contains(&line) {
            self.has_list = true;
        } else if let (true, Some(value)) = (self.has_list, line.strip_prefix("- ")) {
            self.values.push(value.split(':').next().unwrap_or(value).to_owned());
        } else if !self.has_list {
            join(&mut self.text, line);
        }
    }

    /// The same in both languages: an option without its value, or that it is none.
    fn key(&self) -> &str {
        if self.name.starts_with('-') { self.name.split(" <").next().unwrap() } else { "argument" }
    }

    /// The cells of a row: the option, and what it does.
    fn cells(&self, words: &Words) -> [String; 2] {
        let code = |text: &str| format!("`{text}`");
        let names: Vec<String> = self.name.split(", ").map(code).collect();
        // Outside code, `<` would begin a tag.
        let part = |(place, part): (usize, &str)| if place % 2 == 0 { part.replace('<', "\\<") } else { code(part) };
        let mut text: String = self.text.split('`').enumerate().map(part).collect();
        if !self.values.is_empty() {
            let values: Vec<String> = self.values.iter().map(|value| code(value)).collect();
            text = text + words.values + &values.join(words.comma);
        }
        if !self.default.is_empty() {
            text = text + words.default + &code(&self.default);
        }
        [names.join(", "), text.replace('|', "\\|")]
    }
}

/// The words of the page.
struct Words {
    common: &'static str,
    option: &'static str,
    meaning: &'static str,
    commands: &'static str,
    all: &'static str,
    values: &'static str,
    default: &'static str,
    comma: &'static str,
}

const ENGLISH: Words = Words {
    common: "Options of several commands",
    option: "option",
    meaning: "what it does",
    commands: "commands",
    all: "all",
    values: ". Values: ",
    default: ". Default: ",
    comma: ", ",
};
const CHINESE: Words = Words {
    common: "多个命令共有的选项",
    option: "选项",
    meaning: "作用",
    commands: "命令",
    all: "全部",
    values: "。取值：",
    default: "。默认：",
    comma: "、",
};

/// The options that at least three commands have alike in English, with the places of these commands.
fn common(helps: &[Help]) -> Vec<(&str, Vec<usize>)> {
    let mut found: Vec<(&str, Vec<usize>)> = vec![];
    for entry in helps.iter().flat_map(|help| &help.entries) {
        let users: Vec<usize> = (0..helps.len()).filter(|&place| helps[place].entries.contains(entry)).collect();
        if users.len() >= 3 && !found.iter().any(|known| *known == (entry.key(), users.clone())) {
            found.push((entry.key(), users));
        }
    }
    found
}

/// The generated part of the page: what several commands have in common, then each command.
fn generated(language: &str) -> String {
    let words = if language == "zh" { CHINESE } else { ENGLISH };
    let commands = commands();
    let read = |language: &str| -> Vec<Help> {
        commands.iter().map(|name| Help::read(&printed(&["--lang", language, name, "--help"]))).collect()
    };
    let (english, helps) = (read("en"), read(language));
    let common = common(&english);
    let (option, meaning) = (words.option, words.meaning);
    let mut text = format!("\n## {}\n\n| {option} | {meaning} | {} |\n|---|---|---|\n", words.common, words.commands);
    for (name, users) in &common {
        let entry = helps[users[0]].entries.iter().find(|entry| entry.key() == *name).unwrap();
        let [option, meaning] = entry.cells(&words);
        let names: Vec<&str> = users.iter().map(|&place| commands[place].as_str()).collect();
        let users = if users.len() == commands.len() { words.all.to_owned() } else { names.join(words.comma) };
        text.push_str(&format!("| {option} | {meaning} | {users} |\n"));
    }
    for (place, (name, help)) in commands.iter().zip(&helps).enumerate() {
        text.push_str(&format!(
            "\n## corridor {name}\n\n{}\n\n```text\n{}\n```\n",
            help.about.join("\n\n"),
            help.usage
        ));
        let is_own = |entry: &Entry| !common.iter().any(|(name, users)| *name == entry.key() && users.contains(&place));
        let own: Vec<[String; 2]> =
            help.entries.iter().filter(|entry| is_own(entry)).map(|entry| entry.cells(&words)).collect();
        if !own.is_empty() {
            text.push_str(&format!("\n| {option} | {meaning} |\n|---|---|\n"));
        }
        text.extend(own.iter().map(|[option, meaning]| format!("| {option} | {meaning} |\n")));
        text.push_str(&format!("\n```sh\n{}\n```\n", help.examples.join("\n")));
    }
    text
}

#[test]
fn options_of_the_commands() {
    const MARKER: &str = "<!-- generated: what follows is the help of the program -->\n";
    for language in LANGUAGES {
        let path = page(language, "reference/commands.md");
        let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        let written = text.split(MARKER).next().unwrap();
        check_text(&path, &format!("{written}{MARKER}{}", generated(language)));
    }
}

#[test]
fn no_option_is_lost_on_the_way() {
    for language in LANGUAGES {
        let shown = options(&generated(language));
        for command in commands() {
            let help = options(&printed(&["--lang", language, &command, "--help"]));
            let lost: Vec<&String> = help.difference(&shown).filter(|option| *option != "--help").collect();
            assert!(lost.is_empty(), "{language}, {command}: {lost:?}");
        }
    }
}

#[test]
fn every_option_that_the_manual_names_is_there() {
    let mut known: BTreeSet<String> = commands()
        .iter()
        .flat_map(|name| options(&printed(&[name, "--help"])))
        .chain(options(&printed(&["--help"])))
        .collect();
    // Of cargo, and of `corridor sql`.
    known.extend(
        ["--path", "--features", "--no-default-features", "--open", "--example", "--partitions"].map(str::to_owned),
    );
    let mut pages = vec![root().join("README.md"), root().join("README.zh.md")];
    for language in LANGUAGES {
        for folder in ["", "reference"] {
            pages.extend(fs::read_dir(page(language, folder)).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    let mut unknown = vec![];
    for path in pages.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(&path).unwrap();
        unknown.extend(options(&text).difference(&known).map(|option| format!("{}: {option}", path.display())));
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// The options of `corridor sql` are written by hand, since most builds are without it.
#[cfg(feature = "datafusion")]
#[test]
fn options_of_sql() {
    for language in LANGUAGES {
        let text = fs::read_to_string(page(language, "reference/commands.md")).unwrap();
        let mut known = options(&text);
        known.insert("--help".to_owned());
        let missing: Vec<String> = options(&printed(&["sql", "--help"])).difference(&known).cloned().collect();
        assert!(missing.is_empty(), "{language}: {missing:?}");
    }
}
