//! Dates and times: numbers of days since 30 December 1899.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike};

/// The days from the epoch of the format to 1 January 1970.
const EPOCH_DAYS: f64 = 25_569.0;
const DAY_S: f64 = 86_400.0;

/// A point in time, to the second, or to the millisecond; `None` if it is no date of four digits of the year.
fn moment(days: f64, is_precise: bool) -> Option<NaiveDateTime> {
    let seconds = (days - EPOCH_DAYS) * DAY_S;
    let milliseconds = if is_precise { (seconds * 1e3).round() } else { (seconds + 0.5).floor() * 1e3 };
    const LIMIT: f64 = 1e15;
    if !(-LIMIT..LIMIT).contains(&milliseconds) {
        return None;
    }
    let moment = DateTime::from_timestamp_millis(milliseconds as i64)?.naive_utc();
    (0..=9999).contains(&moment.year()).then_some(moment)
}

/// A date and time: `2022-11-14T09:30:00`, with milliseconds if they are not zero.
pub(super) fn date_time(days: f64, is_precise: bool) -> Option<String> {
    let moment = moment(days, is_precise)?;
    let time = clock(u64::from(moment.num_seconds_from_midnight()), u64::from(moment.nanosecond() / 1_000_000));
    Some(format!("{}T{time}", calendar(moment)))
}

/// A local time with the minutes by which it is ahead of UTC: `2022-11-14T09:30:00+08:00`, or `Z` if there are none.
pub(super) fn with_offset(days: f64, minutes: i16) -> Option<String> {
    let local = date_time(days, true)?;
    if minutes == 0 {
        return Some(format!("{local}Z"));
    }
    let (sign, size) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    Some(format!("{local}{sign}{:02}:{:02}", size / 60, size % 60))
}

/// A date: `2022-11-14`.
pub(super) fn date(days: f64) -> Option<String> {
    moment(days, false).map(calendar)
}

/// A time of day, given as share of a day: `09:30:00`, with milliseconds if they are not zero.
pub(super) fn time(share: f64) -> Option<String> {
    if !(0.0..=1.0).contains(&share) {
        return None;
    }
    let milliseconds = (share * DAY_S * 1e3).round() as u64;
    Some(clock(milliseconds / 1000, milliseconds % 1000))
}

fn calendar(moment: NaiveDateTime) -> String {
    format!("{:04}-{:02}-{:02}", moment.year(), moment.month(), moment.day())
}

fn clock(seconds: u64, milliseconds: u64) -> String {
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if milliseconds == 0 { text } else { format!("{text}.{milliseconds:03}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates_and_times() {
        assert_eq!(date_time(44_879.395_833_333_336, false).unwrap(), "2022-11-14T09:30:00");
        assert_eq!(date_time(44_879.395_838_e0, true).unwrap(), "2022-11-14T09:30:00.403");
        assert_eq!(date_time(0.0, false).unwrap(), "1899-12-30T00:00:00");
        assert_eq!(date_time(-1.5, false).unwrap(), "1899-12-28T12:00:00");
        assert_eq!(with_offset(44_879.395_833_333_336, 480).unwrap(), "2022-11-14T09:30:00+08:00");
        assert_eq!(with_offset(44_879.395_833_333_336, 0).unwrap(), "2022-11-14T09:30:00Z");
        assert_eq!(with_offset(44_879.395_833_333_336, -210).unwrap(), "2022-11-14T09:30:00-03:30");
        assert_eq!(date(44_879.0).unwrap(), "2022-11-14");
        assert_eq!(time(0.395_833_333_333_333_3).unwrap(), "09:30:00");
        assert_eq!(time(1.0).unwrap(), "24:00:00");
        for days in [f64::NAN, f64::INFINITY, 1e300, -1e6, 3e6] {
            assert_eq!((date_time(days, true), date(days)), (None, None), "{days}");
        }
        assert_eq!((time(-0.1), time(1.5), time(f64::NAN)), (None, None, None));
    }
}
