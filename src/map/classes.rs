//! Colours by the values of a column: categories, or classes of numbers.

use std::collections::HashMap;

use crate::messages::text::{grouped, one_line};
use crate::messages::{Lang, MapTexts};
use crate::plan::Severity;

/// How the values of a column become colours.
///
/// ```
/// use taizhou_corridor::map::ClassMethod;
///
/// assert_eq!("equal".parse(), Ok(ClassMethod::EqualSteps));
/// assert!(ClassMethod::ALL.contains(&ClassMethod::default()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClassMethod {
    /// Quantiles if all values are numbers and there are more than eight, else categories. Numbers with leading zeros
    /// are codes.
    #[default]
    Auto,
    /// Each value has a colour: the seven with the most rows, the rest has one.
    Categories,
    /// Five classes of numbers with about as many rows each.
    Quantiles,
    /// Five classes of numbers of the same width.
    EqualSteps,
}

impl ClassMethod {
    /// All methods.
    pub const ALL: [ClassMethod; 4] =
        [ClassMethod::Auto, ClassMethod::Categories, ClassMethod::Quantiles, ClassMethod::EqualSteps];

    /// The name: `auto`, `categories`, `quantiles`, `equal`.
    pub fn as_str(self) -> &'static str {
        match self {
            ClassMethod::Auto => "auto",
            ClassMethod::Categories => "categories",
            ClassMethod::Quantiles => "quantiles",
            ClassMethod::EqualSteps => "equal",
        }
    }
}

impl std::str::FromStr for ClassMethod {
    type Err = String;

    fn from_str(text: &str) -> Result<ClassMethod, String> {
        let found = ClassMethod::ALL.into_iter().find(|method| method.as_str() == text);
        found.ok_or_else(|| format!("`{text}` is no method; there are auto, categories, quantiles, equal"))
    }
}

/// The class of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// One of the most frequent values.
    Category(u8),
    /// A range of numbers: the index of the class, and the number of classes.
    Step(u8, u8),
    /// The severity of a finding.
    Severity(Severity),
    /// A rarer value, or text among numbers.
    Other,
    Missing,
}

/// Categories with a colour of their own, and classes of numbers.
const MAX_CATEGORIES: usize = 7;
const STEPS: usize = 5;
/// With at most this many different numbers, each is a category.
const MAX_NUMBERS_AS_CATEGORIES: usize = 8;
/// The maximum number of distinct values that are counted.
const MAX_VALUES: usize = 1 << 20;
/// Longer values are cut.
const MAX_CHARS: usize = 80;

/// The different values of a column with their numbers of rows.
#[derive(Debug, Default)]
pub(super) struct Values {
    index: HashMap<String, u32>,
    counts: Vec<(String, u64)>,
}

impl Values {
    /// The id of a value; the same for all beyond a number of different ones.
    pub(super) fn add(&mut self, text: &str) -> u32 {
        let text: String = one_line(text).trim().chars().take(MAX_CHARS).collect();
        let id = match self.index.get(&text) {
            Some(&id) => id,
            None => {
                let is_full = self.counts.len() >= MAX_VALUES;
                let text = if is_full { "…".to_owned() } else { text };
                let counts = &mut self.counts;
                *self.index.entry(text.clone()).or_insert_with(|| {
                    counts.push((text, 0));
                    counts.len() as u32 - 1
                })
            }
        };
        self.counts[id as usize].1 += 1;
        id
    }
}

/// The classes of a column.
#[derive(Debug)]
pub(super) struct Classes {
    /// The name of the column and the method.
    pub(super) heading: String,
    /// The classes that have rows, with their text in the legend and their number of rows.
    pub(super) entries: Vec<(Class, String, u64)>,
    of_value: Vec<Class>,
}

impl Classes {
    pub(super) fn new(column: &str, values: &Values, method: ClassMethod, texts: &MapTexts) -> Classes {
        let given: Vec<&(String, u64)> = values.counts.iter().filter(|(text, _)| !text.is_empty()).collect();
        let are_numbers = !given.is_empty() && given.iter().all(|(text, _)| number(text).is_some());
        let method = match method {
            ClassMethod::Auto if are_numbers && given.len() > MAX_NUMBERS_AS_CATEGORIES => ClassMethod::Quantiles,
            ClassMethod::Auto => ClassMethod::Categories,
            method => method,
        };
        if method == ClassMethod::Categories {
            categories(column, values, texts)
        } else {
            steps(column, values, method, texts)
        }
    }

    /// The severities of findings that there are, in words.
    pub(super) fn of_severities(values: &Values, lang: Lang) -> Classes {
        let class = |text: &str| Severity::of_code(text).map_or(Class::Other, Class::Severity);
        let of_value: Vec<Class> = values.counts.iter().map(|(text, _)| class(text)).collect();
        let rows = |class| rows_of(values, &of_value, class);
        let entry = |severity| {
            let class = Class::Severity(severity);
            (class, lang.texts().severity_name(severity).to_owned(), rows(class))
        };
        let entries = Severity::ALL.into_iter().map(entry).filter(|(.., rows)| *rows > 0).collect();
        Classes { heading: lang.map_texts().findings.to_owned(), entries, of_value }
    }

    pub(super) fn of(&self, value: u32) -> Class {
        self.of_value.get(value as usize).copied().unwrap_or(Class::Missing)
    }
}

/// The number that a text is; codes with leading zeros are none.
fn number(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches(['-', '+']);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    text.parse().ok().filter(|number: &f64| number.is_finite() && !is_code)
}

fn categories(column: &str, values: &Values, texts: &MapTexts) -> Classes {
    let mut order: Vec<usize> = (0..values.counts.len()).filter(|&id| !values.counts[id].0.is_empty()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&values.counts[a], &values.counts[b]);
        b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))
    });
    let mut of_value = vec![Class::Missing; values.counts.len()];
    let mut entries = vec![];
    let (shown, others) = order.split_at(order.len().min(MAX_CATEGORIES));
    for (rank, &id) in shown.iter().enumerate() {
        of_value[id] = Class::Category(rank as u8);
        entries.push((of_value[id], values.counts[id].0.clone(), values.counts[id].1));
    }
    others.iter().for_each(|&id| of_value[id] = Class::Other);
    if !others.is_empty() {
        entries.push((Class::Other, texts.other_values(others.len() as u64), rows_of(values, &of_value, Class::Other)));
    }
    with_missing(Classes { heading: one_line(column), entries, of_value }, values, texts)
}

fn steps(column: &str, values: &Values, method: ClassMethod, texts: &MapTexts) -> Classes {
    let mut numbers: Vec<(f64, u64)> =
        values.counts.iter().filter_map(|(text, rows)| Some((number(text)?, *rows))).collect();
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (low, high) = (numbers.first().map_or(0.0, |first| first.0), numbers.last().map_or(0.0, |last| last.0));
    let rows: u64 = numbers.iter().map(|(_, rows)| rows).sum();
    let bound = |step: usize| match method {
        ClassMethod::EqualSteps => low + (high - low) * (step as f64 / STEPS as f64),
        _ => {
            let wanted = (rows * step as u64).div_ceil(STEPS as u64);
            let mut passed = 0;
            let reached = numbers.iter().find(|(_, rows)| {
                passed += rows;
                passed >= wanted
            });
            reached.map_or(high, |(number, _)| *number)
        }
    };
    // Rounded first, so that the legend is exact. Classes without rows are left out.
    let mut bounds: Vec<f64> = (1..STEPS).map(|step| four_digits(bound(step))).filter(|bound| *bound < high).collect();
    bounds.dedup();
    let step_of = |number: f64| bounds.iter().take_while(|bound| number > **bound).count();
    let of_text = |text: &str| match number(text) {
        None if text.is_empty() => Class::Missing,
        None => Class::Other,
        Some(number) => Class::Step(step_of(number) as u8, bounds.len() as u8 + 1),
    };
    let of_value: Vec<Class> = values.counts.iter().map(|(text, _)| of_text(text)).collect();
    let shown = |number: f64| grouped_number(number);
    let mut entries = vec![];
    for step in 0..=bounds.len() {
        let class = Class::Step(step as u8, bounds.len() as u8 + 1);
        let text = match (step.checked_sub(1).map(|before| bounds[before]), bounds.get(step)) {
            (None, None) => shown(low),
            (None, Some(&to)) => format!("≤ {}", shown(to)),
            (Some(from), Some(&to)) => format!("> {} – {}", shown(from), shown(to)),
            (Some(from), None) => format!("> {}", shown(from)),
        };
        let rows = rows_of(values, &of_value, class);
        if rows > 0 {
            entries.push((class, text, rows));
        }
    }
    let others = rows_of(values, &of_value, Class::Other);
    if others > 0 {
        entries.push((Class::Other, texts.not_a_number.to_owned(), others));
    }
    let method = if method == ClassMethod::EqualSteps { texts.equal_steps } else { texts.quantiles };
    let heading = texts.with_remark(&one_line(column), method);
    with_missing(Classes { heading, entries, of_value }, values, texts)
}

fn with_missing(mut classes: Classes, values: &Values, texts: &MapTexts) -> Classes {
    let rows = rows_of(values, &classes.of_value, Class::Missing);
    if rows > 0 {
        classes.entries.push((Class::Missing, texts.no_value.to_owned(), rows));
    }
    classes
}

fn rows_of(values: &Values, of_value: &[Class], class: Class) -> u64 {
    values.counts.iter().zip(of_value).filter(|(_, of)| **of == class).map(|((_, rows), _)| rows).sum()
}

/// A number at four significant digits.
fn four_digits(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
}

/// A number with its thousands apart, as short as it can be written.
fn grouped_number(number: f64) -> String {
    let plain = format!("{number}");
    let decimals = plain.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if number.abs() >= 1e15 || decimals > 9 { format!("{number:e}") } else { grouped(number, decimals) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Lang;

    fn classes(texts: &[&str], method: ClassMethod) -> (Vec<(String, u64)>, Vec<Class>) {
        let mut values = Values::default();
        let ids: Vec<u32> = texts.iter().map(|text| values.add(text)).collect();
        let classes = Classes::new("column", &values, method, Lang::En.map_texts());
        let entries = classes.entries.iter().map(|(_, text, rows)| (text.clone(), *rows)).collect();
        (entries, ids.into_iter().map(|id| classes.of(id)).collect())
    }

    fn entry(text: &str, rows: u64) -> (String, u64) {
        (text.to_owned(), rows)
    }

    #[test]
    fn the_most_frequent_values_are_categories_and_the_rest_is_one() {
        let texts = ["a", "b", "b", "c", "d", "e", "f", "g", "h", "i", ""];
        let (entries, of) = classes(&texts, ClassMethod::Auto);
        assert_eq!(entries[0], entry("b", 2));
        assert_eq!(entries[7..], [entry("Other (2 values)", 2), entry("No value", 1)]);
        assert_eq!((of[1], of[9], of[10]), (Class::Category(0), Class::Other, Class::Missing));
    }

    #[test]
    fn codes_with_leading_zeros_are_categories_and_many_numbers_quantiles() {
        let codes: Vec<String> = (1..=12).map(|code| format!("07{code:02}")).collect();
        let (entries, _) = classes(&codes.iter().map(String::as_str).collect::<Vec<_>>(), ClassMethod::Auto);
        assert_eq!(entries.len(), 8);
        let numbers: Vec<String> = (1..=10).map(|number| (number * number * 100).to_string()).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let (entries, of) = classes(&numbers, ClassMethod::Auto);
        let expected =
            [("≤ 400", 2), ("> 400 – 1,600", 2), ("> 1,600 – 3,600", 2), ("> 3,600 – 6,400", 2), ("> 6,400", 2)];
        assert_eq!(entries, expected.map(|(text, rows)| entry(text, rows)));
        assert_eq!((of[1], of[2]), (Class::Step(0, 5), Class::Step(1, 5)));
        let (entries, _) = classes(&numbers, ClassMethod::EqualSteps);
        assert_eq!(entries.iter().map(|(_, rows)| *rows).collect::<Vec<_>>(), [4, 2, 1, 1, 2]);
    }

    #[test]
    fn equal_numbers_are_one_class_and_text_among_numbers_is_told() {
        let (entries, _) = classes(&["5", "5", "5", "x"], ClassMethod::Quantiles);
        assert_eq!(entries, [entry("5", 3), entry("Not a number", 1)]);
    }
}
