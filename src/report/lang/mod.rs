//! The two languages: the only folder with prose for people, so that nothing else depends on it.

mod errors;
#[cfg(feature = "cli")]
pub(crate) mod help;
mod words;

pub use errors::{advice, error, finding, problem};
pub use words::Words;

/// A language of messages and reports. Column names and codes are the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese (中文).
    Zh,
}

impl Lang {
    /// The language of a locale name such as `zh_CN.UTF-8`; English unless it is Chinese.
    pub fn of_locale(name: &str) -> Lang {
        if name.to_ascii_lowercase().starts_with("zh") { Lang::Zh } else { Lang::En }
    }

    /// The words of this language.
    pub fn words(self) -> &'static Words {
        Words::of(self)
    }

    /// The text in this language.
    pub fn of(self, text: &crate::plan::Text) -> &str {
        match self {
            Lang::En => &text.en,
            Lang::Zh => &text.zh,
        }
    }

    /// The name of a zone: in English where it has an English one.
    pub fn name_of(self, zone: &crate::plan::Zone) -> &str {
        match self {
            Lang::En => zone.name_en.as_deref().unwrap_or(&zone.name),
            Lang::Zh => &zone.name,
        }
    }
}
