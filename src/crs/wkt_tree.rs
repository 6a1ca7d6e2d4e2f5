//! The grammar of WKT for CRSs, version 1 (OGC 01-009) and 2 (OGC 18-010): nested elements of texts and words.
//!
//! The crates that read it (`proj4wkt` 0.1, `proj-wkt` 0.6, `epsg-utils` 0.0) return a projection, and leave out the name
//! of the datum, the codes or the axes, by which a system is recognised; one reads version 2 only.

/// An element: `PARAMETER["False_Easting",500000]`.
#[derive(Debug, PartialEq)]
pub(super) struct Element {
    /// In upper case.
    pub keyword: String,
    /// Its texts, and its numbers and other words, in order.
    pub values: Vec<String>,
    /// Its child elements, in order.
    pub children: Vec<Element>,
}

impl Element {
    /// The first element of a text, and its part of it: `PROJCS[…]` of `PROJCS[…],VERTCS[…]`. `None` unless it is closed
    /// and each of its elements has its required content.
    pub(super) fn first(text: &str) -> Option<(Element, &str)> {
        /// Definitions nest to about ten.
        const MAX_DEPTH: usize = 32;
        let mut stack: Vec<Element> = vec![];
        let mut word = Word::default();
        let mut characters = text.char_indices().peekable();
        while let Some((index, c)) = characters.next() {
            match c {
                '"' if word.is_open && characters.next_if(|next| next.1 == '"').is_some() => word.text.push('"'),
                '"' => {
                    word.is_open = !word.is_open;
                    word.is_text = true;
                }
                c if word.is_open => word.text.push(c),
                '[' | '(' => {
                    if stack.len() == MAX_DEPTH {
                        return None;
                    }
                    let keyword = std::mem::take(&mut word).text.trim().to_ascii_uppercase();
                    stack.push(Element { keyword, values: vec![], children: vec![] });
                }
                ',' | ']' | ')' => {
                    let element = stack.last_mut()?;
                    element.values.extend(std::mem::take(&mut word).value());
                    if c == ',' {
                        continue;
                    }
                    let closed = stack.pop().filter(Element::is_well_formed)?;
                    match stack.last_mut() {
                        Some(outer) => outer.children.push(closed),
                        None => return Some((closed, text.get(..=index)?)),
                    }
                }
                c => word.text.push(c),
            }
        }
        None
    }

    /// The first child with one of these keywords.
    pub(super) fn child(&self, keywords: &[&str]) -> Option<&Element> {
        self.children.iter().find(|child| keywords.contains(&child.keyword.as_str()))
    }

    /// The children with a keyword.
    pub(super) fn children(&self, keyword: &str) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(move |child| child.keyword == keyword)
    }

    /// The first text: its name.
    pub(super) fn name(&self) -> Option<&str> {
        self.values.first().map(String::as_str)
    }

    /// A value that is a number.
    pub(super) fn number(&self, index: usize) -> Option<f64> {
        self.values.get(index)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    fn is_well_formed(&self) -> bool {
        let is_number = |index: usize| self.number(index).is_some();
        let has = |keywords: &[&str]| self.child(keywords).is_some();
        let is_of_datum = || has(&["DATUM", "ENSEMBLE", "GEODETICDATUM", "TRF", "DYNAMIC"]);
        match self.keyword.as_str() {
            "PROJCS" => has(&["GEOGCS"]) && has(&["PROJECTION"]),
            "PROJCRS" | "PROJECTEDCRS" => {
                has(&["BASEGEOGCRS", "BASEGEODCRS"]) && has(&["CONVERSION"]) && has(&["CS"]) && has(&["AXIS"])
            }
            "GEOGCRS" | "GEOGRAPHICCRS" | "GEODCRS" | "GEODETICCRS" => is_of_datum() && has(&["CS"]) && has(&["AXIS"]),
            "GEOGCS" | "BASEGEOGCRS" | "BASEGEODCRS" => is_of_datum(),
            "CONVERSION" => has(&["METHOD", "PROJECTION"]),
            "DATUM" | "GEODETICDATUM" | "TRF" => has(&["SPHEROID", "ELLIPSOID"]),
            "COMPD_CS" | "COMPOUNDCRS" => self.children.len() > 1,
            "BOUNDCRS" => has(&["SOURCECRS"]) && has(&["TARGETCRS"]) && has(&["ABRIDGEDTRANSFORMATION"]),
            "SPHEROID" | "ELLIPSOID" => is_number(1) && is_number(2),
            "PRIMEM" | "PARAMETER" | "UNIT" | "LENGTHUNIT" | "ANGLEUNIT" | "SCALEUNIT" => is_number(1),
            "TOWGS84" => [3, 7].contains(&self.values.len()) && (0..self.values.len()).all(is_number),
            _ => true,
        }
    }
}

/// What stands between two separators.
#[derive(Default)]
struct Word {
    text: String,
    /// Within quotes.
    is_open: bool,
    /// Has been in quotes: it may be empty.
    is_text: bool,
}

impl Word {
    fn value(self) -> Option<String> {
        match self.text.trim() {
            "" if !self.is_text => None,
            text => Some(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_with_their_values_and_children() {
        let text = "unit [ \"a, [b] \"\"c\"\"\" , 1.5e0, EAST(\"\") ],more";
        let (element, part) = Element::first(text).unwrap();
        assert_eq!((element.keyword.as_str(), element.number(1)), ("UNIT", Some(1.5)));
        assert_eq!(element.name(), Some("a, [b] \"c\""));
        assert_eq!(element.child(&["EAST"]).unwrap().values, [""]);
        assert_eq!(part, text.strip_suffix(",more").unwrap());
    }

    #[test]
    fn unfinished_and_deep_texts_are_no_elements() {
        let deep = "A[".repeat(1000) + &"]".repeat(1000);
        for text in [
            "",
            "A",
            "A[",
            "A[\"]",
            "A[B]]".trim_end_matches("]]"),
            "]",
            ",",
            "UNIT[\"m\",x]",
            "UNIT[\"m\",1e999]",
            &deep,
        ] {
            assert_eq!(Element::first(text), None, "{text}");
        }
    }
}
