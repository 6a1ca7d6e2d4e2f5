//! The languages, and how options are written in them.

use taizhou_corridor::messages::Lang;

/// A language that a package is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JavaScript: `toCrs`, true, an array.
    JavaScript,
    /// Python: `to_crs`, True, a list.
    Python,
}

impl Language {
    /// The name of an option of the command line, `to-crs`.
    pub fn name(self, option: &str) -> String {
        match self {
            Language::JavaScript => camel_case(option),
            Language::Python => option.replace('-', "_"),
        }
    }

    /// The two truth values.
    pub(crate) fn truth_values(self) -> [&'static str; 2] {
        match self {
            Language::JavaScript => ["true", "false"],
            Language::Python => ["True", "False"],
        }
    }

    /// What holds several values.
    pub(crate) fn list(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Language::JavaScript, Lang::En) => "an array",
            (Language::JavaScript, Lang::Zh) => "数组",
            (Language::Python, Lang::En) => "a list",
            (Language::Python, Lang::Zh) => "列表",
        }
    }

    /// A text with options of the command line as they are named here: `--to-crs` as `toCrs`.
    pub fn with_own_names(self, text: &str) -> String {
        match self {
            Language::JavaScript => self.with_names(text),
            Language::Python => {
                // The program is installed, too: what is said of its commands stays.
                let (text, command) = text.split_at(text.find("corridor convert").unwrap_or(text.len()));
                let text = text.replace("--strict", "on_invalid=\"raise\"");
                self.with_names(&text.replace("with -f", "with format").replace("用-f", "用format")) + command
            }
        }
    }

    fn with_names(self, text: &str) -> String {
        let mut own = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("--") {
            let (before, name) = (&rest[..start], &rest[start + 2..]);
            let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(name.len());
            let is_option = name.starts_with(|c: char| c.is_ascii_lowercase()) && !before.ends_with('-');
            own.push_str(before);
            if is_option {
                own.push_str(&self.name(&name[..end]));
            } else {
                own.push_str(&rest[start..start + 2 + end]);
            }
            rest = if is_option { without_placeholder(&name[end..]) } else { &name[end..] };
        }
        own + rest
    }
}

/// What is after an option, without the placeholder of its value, ` COLUMN`; a value such as `EPSG:4528` stays.
fn without_placeholder(text: &str) -> &str {
    let Some(value) = text.strip_prefix(' ') else { return text };
    let length = value.bytes().take_while(u8::is_ascii_uppercase).count();
    let goes_on = value[length..].starts_with(|next: char| next == ':' || next.is_ascii_alphanumeric());
    if length > 1 && !goes_on { &value[length..] } else { text }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |own, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|first| first.to_ascii_uppercase());
        own + &capital.into_iter().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_the_names_of_javascript() {
        let own = |text| Language::JavaScript.with_own_names(text);
        assert_eq!(own("use --input-encoding (such as big5)"), "use inputEncoding (such as big5)");
        assert_eq!(own("请用--to-crs指定，或--crs"), "请用toCrs指定，或crs");
        assert_eq!(own("--lon-field COLUMN --lat-field COLUMN, or"), "lonField latField, or");
        assert_eq!(own("name it: --crs EPSG:4528 or --crs GCJ02"), "name it: crs EPSG:4528 or crs GCJ02");
        assert_eq!(own("a -- b --- c--"), "a -- b --- c--");
    }

    #[test]
    fn options_have_the_names_of_python() {
        let own = |text| Language::Python.with_own_names(text);
        assert_eq!(own("--lon-field COLUMN --lat-field COLUMN, or"), "lon_field lat_field, or");
        assert_eq!(own("leave out --strict"), "leave out on_invalid=\"raise\"");
        assert_eq!(own("name it with -f"), "name it with format");
        assert_eq!(own("run `corridor convert --to-crs X`"), "run `corridor convert --to-crs X`");
    }
}
