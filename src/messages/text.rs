//! Formatting of text and numbers for people.

/// The text without line breaks, terminal control characters and characters that change the writing direction.
///
/// ```
/// use taizhou_corridor::messages::text::one_line;
///
/// assert_eq!(one_line("台州站\u{1b}[31m"), "台州站 [31m");
/// ```
pub fn one_line(text: &str) -> String {
    let is_control = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_control(c) { ' ' } else { c }).collect()
}

/// A number with digits grouped by commas, as `115,000.00`: with spaces it could be read as two numbers.
///
/// ```
/// use taizhou_corridor::messages::text::grouped;
///
/// assert_eq!(grouped(172_500.007, 1), "172,500.0");
/// assert_eq!(grouped(-0.000_02, 2), "0.00");
/// ```
pub fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, part)| (whole, Some(part)));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "-" } else { "" };
    fraction.map_or_else(|| format!("{sign}{grouped}"), |fraction| format!("{sign}{grouped}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_drives_the_terminal() {
        assert_eq!(one_line("a\u{1b}[31m\nb\u{202e}c"), "a [31m b c");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(1234567.891, 2), "1,234,567.89");
        assert_eq!(grouped(-1234.0, 0), "-1,234");
        assert_eq!(grouped(-0.001, 2), "0.00");
        assert_eq!(grouped(999.0, 1), "999.0");
    }
}
