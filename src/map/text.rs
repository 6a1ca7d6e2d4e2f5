//! Text width and line breaks. Viewers choose the font, so widths are estimates on the large side.

use unicode_width::UnicodeWidthChar;

use crate::messages::text::one_line;

/// The width of a text relative to its font size.
pub(super) fn width_em(text: &str) -> f64 {
    text.chars().map(char_em).sum()
}

/// Widths of Noto Sans Bold, which is wider than Arial and the Latin part of Chinese fonts, in classes.
fn char_em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' => 0.29,
        ' ' | '.' | ',' | ':' | ';' => 0.27,
        'I' | 'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' => 0.37,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.9,
        'A'..='Z' => 0.65,
        _ => match c.width().unwrap_or(0) {
            0 => 0.0,
            1 => 0.57,
            _ => 1.0,
        },
    }
}

/// Text without characters invalid in XML, control characters and bidirectional formatting characters.
pub(super) fn clean(text: &str) -> String {
    let is_hidden = |c: char| matches!(c, '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}');
    one_line(text).replace(is_hidden, "").trim().to_owned()
}

/// Breaks text into lines up to a width, at spaces and between Chinese characters; text that does not fit
/// into the maximum number of lines is cut with an ellipsis.
pub(super) fn wrap(text: &str, widest_em: f64, most_lines: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut line = String::new();
    for word in words(text) {
        if !line.is_empty() && width_em(&line) + width_em(word.trim_end()) > widest_em {
            lines.push(std::mem::take(&mut line));
        }
        // Break words wider than a line anywhere.
        for c in word.chars() {
            if !line.is_empty() && c != ' ' && width_em(&line) + char_em(c) > widest_em {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    lines.push(line);
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    if lines.len() > most_lines {
        lines.truncate(most_lines);
        if let Some(last) = lines.last_mut() {
            while width_em(last) + 1.0 > widest_em && last.pop().is_some() {}
            last.push('…');
        }
    }
    lines
}

/// Breaks text into a number of lines of similar width; `None` if it has too few break positions.
pub(super) fn balanced(text: &str, lines: usize) -> Option<Vec<String>> {
    let whole = width_em(text);
    let mut widest = whole / lines as f64;
    while widest <= whole + 1.0 {
        let wrapped = wrap(text, widest, usize::MAX);
        let breaks_words = wrapped.iter().any(|line| width_em(line) > widest) || is_broken(text, &wrapped);
        if wrapped.len() == lines && !breaks_words {
            return Some(wrapped);
        }
        if wrapped.len() < lines {
            return None;
        }
        widest += 0.5;
    }
    None
}

/// Whether a line ends within a word.
fn is_broken(text: &str, lines: &[String]) -> bool {
    let whole: Vec<&str> = words(text).into_iter().map(str::trim_end).collect();
    lines.iter().flat_map(|line| words(line)).any(|word| !whole.contains(&word.trim_end()))
}

/// Unbreakable pieces: words with their trailing space, and single Chinese characters with punctuation
/// that must not begin a line.
fn words(text: &str) -> Vec<&str> {
    let is_wide = |c: char| c.width() == Some(2);
    let must_follow = |c: char| "，。、；：！？）》」』】·…—".contains(c);
    let mut words = vec![];
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let can_break = match before {
            None => false,
            Some(' ') => c != ' ',
            Some(before) => {
                (is_wide(c) || is_wide(before)) && c != ' ' && !must_follow(c) && !"（《「『【".contains(before)
            }
        };
        if can_break {
            words.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_between_chinese_characters() {
        assert_eq!(wrap("Central Innovation Core", 7.0, 9), ["Central", "Innovation", "Core"]);
        assert_eq!(wrap("中央创新核，一核", 5.0, 9), ["中央创新", "核，一核"]);
        assert_eq!(wrap("", 5.0, 3), [""]);
    }

    #[test]
    fn text_that_does_not_fit_is_cut() {
        let lines = wrap(&"x".repeat(500), 10.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…') && lines.iter().all(|line| width_em(line) <= 10.0), "{lines:?}");
    }

    #[test]
    fn balanced_lines_keep_words_whole() {
        assert_eq!(balanced("Central Innovation Core", 2).unwrap(), ["Central", "Innovation Core"]);
        assert_eq!(balanced("中央创新核心", 2).unwrap(), ["中央创", "新核心"]);
        assert_eq!(balanced("Core", 2), None);
    }

    #[test]
    fn invisible_characters_are_removed() {
        assert_eq!(clean("a\u{202e}b\u{61c}\u{ffff}\u{0}c"), "a b c");
    }
}
