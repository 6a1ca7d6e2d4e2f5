//! Writing KML: a placemark per row, with attributes typed by a schema.

use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::output::Output;
use crate::io::bytes::stored::spool;
use crate::io::formats::kml::styles::{STYLE, Styles};
use crate::io::formats::kml::{NAMES_ARE_COPIES, archive, geometry};
use crate::io::rows::format::NewTable;
use crate::io::rows::loss::Loss;
use crate::io::rows::typed::TypedColumns;
use crate::io::rows::writer::RowWriter;
use crate::table::{AnswerTable, Batch, Field, Kind, Shape, Value};

/// The id of the schema, unlikely to be that of a row.
const SCHEMA: &str = "corridor.schema";

/// Ids are written both as an attribute and as `Data`, marked by characters that XML does not allow; one of both is
/// removed at the end, when it is known whether all ids are valid XML ids.
const AS_ATTRIBUTE: char = '\u{1}';
const AS_DATUM: char = '\u{2}';
const END: char = '\u{3}';

/// Names of columns that become the name of a placemark, the first is 名称.
const NAMES: [&str; 3] = ["\u{540d}\u{79f0}", "Name", "NAME"];

/// Writes rows as KML. Placemarks are buffered in a temporary file, since the column types before them depend on all.
pub(super) struct KmlWriter {
    output: Output,
    placemarks: BufWriter<SpooledTempFile>,
    typed: TypedColumns,
    added: Vec<Field>,
    title: Option<String>,
    roles: Vec<Role>,
    has_ids: bool,
    last_id: Option<String>,
    are_ids_xml_names: bool,
    /// Which columns have integers beyond the 32 bits of the KML type `int`.
    needs_text: Vec<bool>,
    replaced: Vec<u64>,
    styles: Option<Styles>,
    rows: usize,
    text: String,
}

/// The role of a column in a placemark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Id,
    Name,
    Description,
    Datum,
    /// A `Data` element that is also the name.
    NamedDatum,
}

impl KmlWriter {
    pub(super) fn new(output: Output, table: NewTable<'_>) -> Result<KmlWriter> {
        let (schema, added, options) = (&table.schema_of_geometries(), table.added, table.options);
        let typed = TypedColumns::without_case(schema, added, |name| {
            name.chars().map(|c| if is_xml(c) { c } else { '\u{fffd}' }).collect()
        });
        let roles = roles(typed.fields(), schema.ids.is_some());
        let title = options.layer.clone().or_else(|| output.stem());
        Ok(KmlWriter {
            placemarks: BufWriter::new(spool()),
            needs_text: vec![false; roles.len()],
            replaced: vec![0; roles.len()],
            has_ids: roles.contains(&Role::Id),
            are_ids_xml_names: roles.contains(&Role::Id),
            last_id: None,
            styles: table.style.map(|style| Styles::new(style.features)),
            rows: 0,
            text: String::new(),
            added: added.to_vec(),
            output,
            typed,
            title,
            roles,
        })
    }

    fn placemark(&mut self, row: &[Value<'_>], shape: Option<Shape<'_>>) {
        let KmlWriter { text, roles, replaced, needs_text, typed, .. } = self;
        let texts: Vec<Option<String>> = row
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let (text, count) = escaped(&text_of(value)?);
                replaced[index] += count;
                needs_text[index] |= matches!(value, Value::Integer(value) if i32::try_from(*value).is_err());
                Some(text)
            })
            .collect();
        text.clear();
        let (row_number, style) = (self.rows, self.styles.as_mut());
        let style = style.map(|styles| (styles.before(row_number), styles.of_row(row_number)));
        let (folder, style) = style.unwrap_or_default();
        self.rows += 1;
        text.push_str(&folder);
        text.push_str("<Placemark");
        if let Some(Value::Text(id)) = row.first().filter(|_| self.has_ids) {
            // Ids are unique in a file, but a query may write a row several times.
            self.are_ids_xml_names &=
                is_name(id) && self.last_id.as_deref() != Some(id) && id != SCHEMA && !id.starts_with(STYLE);
            self.last_id = Some(id.clone().into_owned());
            text.extend([AS_ATTRIBUTE.to_string().as_str(), " id=\"", texts[0].as_deref().unwrap_or_default(), "\""]);
            text.push(END);
        }
        text.push('>');
        let mut of = |roles_of_it: &[Role], element: &str| {
            let index = roles.iter().position(|role| roles_of_it.contains(role));
            if let Some(Some(value)) = index.and_then(|index| texts.get(index)) {
                text.extend(["<", element, ">", value, "</", element, ">"]);
            }
        };
        of(&[Role::Name, Role::NamedDatum], "name");
        of(&[Role::Description], "description");
        text.push_str(&style);
        text.extend(["<ExtendedData><SchemaData schemaUrl=\"#", SCHEMA, "\">"]);
        for ((field, role), value) in typed.fields().iter().zip(&*roles).zip(&texts) {
            let (Some(value), false) = (value, matches!(role, Role::Name | Role::Description)) else { continue };
            let (name, _) = escaped(&field.name);
            if *role == Role::Id {
                text.push(AS_DATUM);
            }
            text.extend(["<SimpleData name=\"", &name, "\">", value, "</SimpleData>"]);
            if *role == Role::Id {
                text.push(END);
            }
        }
        text.push_str("</SchemaData></ExtendedData>");
        if let Some(shape) = shape {
            geometry::push(text, &shape.geometry());
        }
        text.push_str("</Placemark>\n");
    }

    /// The text before the placemarks.
    fn head(&self) -> String {
        let mut text = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\">\n<Document>\n",
        );
        if self.roles.contains(&Role::NamedDatum) {
            text.extend(["<?", NAMES_ARE_COPIES, "?>\n"]);
        }
        let title = self.title.as_ref().map_or_else(|| "table".to_owned(), |title| escaped(title).0);
        let (description, styles) = self.styles.as_ref().map(Styles::head).unwrap_or_default();
        text.extend(["<name>", &title, "</name>\n", &description, &styles]);
        text.extend(["<Schema name=\"", &title, "\" id=\"", SCHEMA, "\">\n"]);
        for ((field, role), is_long) in self.typed.fields().iter().zip(&self.roles).zip(&self.needs_text) {
            let is_elsewhere = match role {
                Role::Name | Role::Description => true,
                Role::Id => self.are_ids_xml_names,
                Role::Datum | Role::NamedDatum => false,
            };
            if is_elsewhere {
                continue;
            }
            let kind = match field.kind {
                Kind::Integer if !is_long => "int",
                Kind::Real => "double",
                Kind::Boolean => "bool",
                _ => "string",
            };
            text.extend(["<SimpleField name=\"", &escaped(&field.name).0, "\" type=\"", kind, "\"/>\n"]);
        }
        text.push_str("</Schema>\n");
        text
    }
}

impl RowWriter for KmlWriter {
    fn write(&mut self, batch: &Batch, answers: &AnswerTable<'_>) -> Result<()> {
        for (row_index, values) in answers.iter() {
            let row = self.typed.row(batch, row_index, values);
            self.placemark(&row, batch.shape(row_index).ok());
            self.placemarks
                .write_all(self.text.as_bytes())
                .map_err(|error| Error::new(ErrorKind::Write(error)).in_file(self.output.name()))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<Loss>> {
        let head = self.head();
        let mut losses = self.typed.losses(&self.added);
        for (field, &count) in self.typed.fields().iter().zip(&self.replaced).filter(|(_, count)| **count > 0) {
            losses.push(Loss::Characters { field: field.name.clone(), count });
        }
        let tail = self.styles.as_ref().map_or("", Styles::close).to_owned() + TAIL;
        let KmlWriter { mut output, placemarks, are_ids_xml_names, .. } = *self;
        let name = output.name().to_owned();
        let is_archive = name.to_ascii_lowercase().ends_with(".kmz");
        let write = || -> io::Result<()> {
            let mut placemarks = placemarks.into_inner().map_err(io::IntoInnerError::into_error)?;
            let size = placemarks.stream_position()? + head.len() as u64 + tail.len() as u64;
            placemarks.seek(SeekFrom::Start(0))?;
            let dropped = if are_ids_xml_names { AS_DATUM } else { AS_ATTRIBUTE };
            let placemarks =
                IdFilter { source: BufReader::new(placemarks), dropped: dropped as u8, is_dropping: false };
            let mut whole = head.as_bytes().chain(placemarks).chain(tail.as_bytes());
            if is_archive {
                io::copy(&mut archive::pack(&mut whole, size)?, &mut output)?;
            } else {
                io::copy(&mut whole, &mut output)?;
            }
            output.flush()
        };
        write().map_err(|error| Error::new(ErrorKind::Write(error)).in_file(name.clone()))?;
        output.commit()?;
        Ok(losses)
    }
}

const TAIL: &str = "</Document>\n</kml>\n";

/// Removes one of both marked forms of ids.
struct IdFilter<R> {
    source: R,
    dropped: u8,
    is_dropping: bool,
}

impl<R: Read> Read for IdFilter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.source.read(buffer)?;
            let mut kept = 0;
            for index in 0..count {
                let byte = buffer[index];
                match byte {
                    1 | 2 => self.is_dropping = byte == self.dropped,
                    3 => self.is_dropping = false,
                    _ if self.is_dropping => {}
                    _ => {
                        buffer[kept] = byte;
                        kept += 1;
                    }
                }
            }
            // An empty chunk is not the end of the source.
            if kept > 0 || count == 0 {
                return Ok(kept);
            }
        }
    }
}

/// The roles of columns. The name is the column `name`, else one with a similar name, else the first of text; a column
/// that is not called `name` is also a `Data` element, to keep its name.
fn roles(fields: &[Field], has_ids: bool) -> Vec<Role> {
    let first = usize::from(has_ids);
    let is_text = |field: &Field| field.kind == Kind::Text;
    let named = |name: &str| fields.iter().skip(first).position(|field| is_text(field) && field.name == name);
    let mut roles = vec![Role::Datum; fields.len()];
    // Numbers are not valid XML ids, so numeric ids are a column.
    if fields.first().is_some_and(|field| has_ids && is_text(field)) {
        roles[0] = Role::Id;
    }
    if let Some(index) = named("description") {
        roles[first + index] = Role::Description;
    }
    if let Some(index) = named("name") {
        roles[first + index] = Role::Name;
        return roles;
    }
    let other = NAMES.into_iter().find_map(named);
    let any = || (first..fields.len()).find(|&index| is_text(&fields[index]) && roles[index] == Role::Datum);
    if let Some(index) = other.map(|index| first + index).or_else(any) {
        roles[index] = Role::NamedDatum;
    }
    roles
}

fn text_of(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text.clone().into_owned()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Float { value, .. } => Some(value.to_string()),
        Value::Bool(value) => Some(if *value { "1" } else { "0" }.to_owned()),
    }
}

/// Escapes text for XML, and returns the number of characters that XML does not allow, which are replaced by `�`.
/// Leading and trailing blanks and line ends become references, so that they are not mistaken for indentation. `escape`
/// of `quick-xml` (0.42) does neither.
pub(super) fn escaped(text: &str) -> (String, u64) {
    let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let first = text.len() - text.trim_start_matches(is_blank).len();
    let last = text.trim_end_matches(is_blank).len();
    let (mut xml, mut replaced) = (String::with_capacity(text.len() + 8), 0);
    for (index, character) in text.char_indices() {
        let is_outside = index < first || index >= last;
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\r' | '\n' | '\t' => xml.push_str(&format!("&#{};", character as u32)),
            ' ' if is_outside => xml.push_str("&#32;"),
            character if is_xml(character) => xml.push(character),
            _ => {
                xml.push('\u{fffd}');
                replaced += 1;
            }
        }
    }
    (xml, replaced)
}

/// Whether XML 1.0 (2.2) allows a character.
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r') || !matches!(character, '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text is a name without a colon (Namespaces in XML 1.0), as ids must be.
fn is_name(text: &str) -> bool {
    let is_letter = |c: char| {
        c.is_ascii_alphabetic()
            || c == '_'
            || matches!(c, '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
                | '\u{37f}'..='\u{1fff}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
                | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
    };
    let is_further = |c: char| {
        is_letter(c)
            || c.is_ascii_digit()
            || matches!(c, '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
    };
    text.starts_with(is_letter) && text.chars().all(is_further)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_xml() {
        assert_eq!(escaped("a<b> & \"c\""), ("a&lt;b&gt; &amp; &quot;c&quot;".to_owned(), 0));
        assert_eq!(escaped(" a b\r\n"), ("&#32;a b&#13;&#10;".to_owned(), 0));
        assert_eq!(escaped("\0台\u{b}\u{ffff}"), ("\u{fffd}台\u{fffd}\u{fffd}".to_owned(), 3));
    }

    #[test]
    fn ids_are_names() {
        assert!(is_name("core") && is_name("台州.1") && is_name("_0701"));
        assert!(!is_name("0701") && !is_name("a b") && !is_name("a:b") && !is_name(""));
    }

    #[test]
    fn one_column_is_the_name() {
        let role = |names: &[&str]| {
            let fields: Vec<Field> = names.iter().map(|name| Field::new(*name, Kind::Text)).collect();
            roles(&fields, false)
        };
        use Role::{Datum, Description, Name, NamedDatum};
        assert_eq!(role(&["code", "name", "description"]), [Datum, Name, Description]);
        assert_eq!(role(&["code", "\u{540d}\u{79f0}"]), [Datum, NamedDatum]);
        assert_eq!(role(&["description", "code"]), [Description, NamedDatum]);
        assert_eq!(roles(&[Field::new("id", Kind::Integer), Field::new("n", Kind::Real)], true), [Datum, Datum]);
    }

    #[test]
    fn what_is_not_chosen_is_left_out() {
        let chosen = |dropped: u8| {
            let mut text = String::new();
            let source = "<P\u{1} id=\"a\"\u{3}>\u{2}<D>a</D>\u{3}</P>".as_bytes();
            IdFilter { source, dropped, is_dropping: false }.read_to_string(&mut text).unwrap();
            text
        };
        assert_eq!(chosen(1), "<P><D>a</D></P>");
        assert_eq!(chosen(2), "<P id=\"a\"></P>");
    }
}
