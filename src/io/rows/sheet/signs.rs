//! One sign for each meaning: full-width characters, quotes as primes, spaces of any width.

/// A text with ASCII characters for full-width ones, and plain spaces.
pub(super) fn half_width(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c if c.is_whitespace() => ' ',
        c => c,
    };
    text.trim().chars().map(plain).collect()
}

/// The same with the signs `°`, `'` and `"` for degrees, minutes and seconds, and plain minus signs.
pub(super) fn with_plain_signs(text: &str) -> String {
    let plain = |c: char| match c {
        'º' | '˚' | '度' => '°',
        '′' | '’' | '‘' | 'ʹ' | '´' | '`' | '分' => '\'',
        '″' | '”' | '“' | 'ʺ' | '〃' | '秒' => '"',
        '−' | '–' | '—' => '-',
        c => c,
    };
    half_width(text).chars().map(plain).collect::<String>().replace("''", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_one_meaning_become_one() {
        assert_eq!(with_plain_signs(" １２１．３６°"), "121.36°");
        assert_eq!(with_plain_signs("121度22分8.3秒"), "121°22'8.3\"");
        assert_eq!(with_plain_signs("121º22′08″Ｅ"), "121°22'08\"E");
        assert_eq!(with_plain_signs("121°22''"), "121°22\"");
        assert_eq!(with_plain_signs("−1\u{a0}2\u{3000}3"), "-1 2 3");
    }
}
