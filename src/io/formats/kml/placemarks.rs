//! Iteration over the placemarks of a KML file, from a stream of XML events.

use std::collections::{HashMap, HashSet};
use std::mem;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::error::{FileProblem, Result, RowProblem};
use crate::geometry::encoding::Decoded;
use crate::io::bytes::encoding::InputEncoding;
use crate::io::formats::kml::archive::Documents;
use crate::io::formats::kml::document::Document;
use crate::io::formats::kml::geometry::Parts;
use crate::io::formats::kml::{NAMES_ARE_COPIES, malformed};
use crate::table::Kind;

/// The part of a placemark that is a column of the table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum ColumnSource {
    Name,
    Description,
    /// A `Data` or `SimpleData` element with this name.
    Extended(String),
    /// The path of the folders.
    Folder,
}

/// A value in a placemark, and the schema of its type, if any.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub(super) source: ColumnSource,
    pub(super) schema: Option<String>,
    pub(super) text: String,
}

#[derive(Debug, Default)]
pub(super) struct Placemark {
    pub(super) id: Option<String>,
    pub(super) values: Vec<Value>,
    pub(super) parts: Parts,
}

impl Placemark {
    pub(super) fn geometry(self) -> Result<Decoded, RowProblem> {
        self.parts.finish()
    }
}

/// The maximum depth of elements.
const MAX_DEPTH: usize = 200;

pub(super) struct Placemarks {
    documents: Documents,
    document: Option<Document>,
    buffer: Vec<u8>,
    /// The given encoding, and the name of that of the document.
    given: Option<InputEncoding>,
    encoding: &'static str,
    state: State,
}

impl Placemarks {
    pub(super) fn new(documents: Documents, given: Option<InputEncoding>) -> Placemarks {
        Placemarks { documents, document: None, buffer: vec![], given, encoding: "UTF-8", state: State::default() }
    }

    pub(super) fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// The kind of a field, by the schemas read so far.
    pub(super) fn kind(&self, schema: &str, field: &str) -> Kind {
        let kind = self.state.schemas.get(schema).and_then(|fields| fields.get(field));
        kind.copied().unwrap_or_default()
    }

    pub(super) fn next(&mut self) -> Result<Option<Placemark>> {
        loop {
            let Placemarks { documents, document, buffer, given, encoding, state } = self;
            let document = match document {
                Some(document) => document,
                None => match documents.next()? {
                    Some(source) => {
                        let (opened, its_encoding) = Document::new(source, *given)?;
                        *encoding = its_encoding;
                        // A schema may be in another document of the archive.
                        let (schemas, kinds) = (mem::take(&mut state.schemas), mem::take(&mut state.placemark_kinds));
                        let has_links = state.has_links;
                        *state = State { schemas, placemark_kinds: kinds, has_links, ..State::default() };
                        document.insert(opened)
                    }
                    None => return Ok(None),
                },
            };
            let event = document.next(state.placemark.is_none(), buffer)?;
            match event {
                Event::Start(element) => state.start(&element)?,
                Event::End(_) => {
                    if let Some(placemark) = state.end() {
                        return Ok(Some(placemark));
                    }
                }
                Event::Text(text) => state.text(&text.xml10_content(), false),
                Event::CData(text) => state.text(&text.xml10_content(), true),
                Event::GeneralRef(reference) => {
                    let name = reference.xml10_content();
                    match (reference.resolve_char_ref(), quick_xml::escape::resolve_xml_entity(&name)) {
                        (Ok(Some(character)), _) => state.text(character.encode_utf8(&mut [0; 4]), true),
                        (_, Some(text)) => state.text(text, true),
                        // Entities of the document type are not expanded, since they could grow without bound.
                        _ => state.text(&format!("&{name};"), true),
                    }
                }
                Event::PI(instruction) if instruction.target() == NAMES_ARE_COPIES => state.are_names_copies = true,
                Event::Eof => {
                    document.end(!state.path.is_empty())?;
                    self.document = None;
                }
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    /// Whether documents link to other files.
    pub(super) fn has_links(&self) -> bool {
        self.state.has_links
    }
}

/// Elements that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Folder,
    Placemark,
    Name,
    Description,
    ExtendedData,
    Data,
    Value,
    SchemaData,
    SimpleData,
    Schema,
    SimpleField,
    Point,
    LineString,
    LinearRing,
    Polygon,
    OuterBoundary,
    InnerBoundary,
    MultiGeometry,
    Coordinates,
    Link,
    /// An unsupported geometry: tracks, models.
    Unread,
    /// A field of a placemark type defined by a schema, as in KML before 2.2.
    Field,
    Other,
}

impl Tag {
    fn of(name: &str) -> Tag {
        match name {
            "Folder" => Tag::Folder,
            "Placemark" => Tag::Placemark,
            "name" => Tag::Name,
            "description" => Tag::Description,
            "ExtendedData" => Tag::ExtendedData,
            "Data" => Tag::Data,
            "value" => Tag::Value,
            "SchemaData" => Tag::SchemaData,
            "SimpleData" => Tag::SimpleData,
            "Schema" => Tag::Schema,
            "SimpleField" => Tag::SimpleField,
            "Point" => Tag::Point,
            "LineString" => Tag::LineString,
            "LinearRing" => Tag::LinearRing,
            "Polygon" => Tag::Polygon,
            "outerBoundaryIs" => Tag::OuterBoundary,
            "innerBoundaryIs" => Tag::InnerBoundary,
            "MultiGeometry" => Tag::MultiGeometry,
            "coordinates" => Tag::Coordinates,
            "NetworkLink" => Tag::Link,
            "Track" | "MultiTrack" | "Model" => Tag::Unread,
            _ => Tag::Other,
        }
    }
}

/// The state of the event stream.
#[derive(Default)]
struct State {
    path: Vec<Tag>,
    /// The names of the enclosing folders; empty for a folder without a name.
    folders: Vec<String>,
    /// The types of the fields of each schema.
    schemas: HashMap<String, HashMap<String, Kind>>,
    /// Schemas that define a placemark type, whose elements have the name of the schema. Google Earth Pro up to 5.1
    /// wrote `<Schema parent="Placemark" name="S_parcel">` and then `<S_parcel>`.
    placemark_kinds: HashSet<String>,
    /// The current schema, of fields or data.
    schema: Option<String>,
    /// The name of the current `Data` element.
    datum: String,
    are_names_copies: bool,
    has_links: bool,
    placemark: Option<Placemark>,
    /// The text of the current element, and its depth.
    text: Option<(usize, Text)>,
}

impl State {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<()> {
        if self.path.len() == MAX_DEPTH {
            return Err(malformed(FileProblem::NestedTooDeep { limit: MAX_DEPTH }));
        }
        let parent = self.path.last().copied().unwrap_or(Tag::Other);
        let name = element.local_name();
        let tag = self.tag(name.as_ref(), parent);
        self.path.push(tag);
        let (attribute, depth) = (|name| attribute(element, name), self.path.len());
        let mut collect = || {
            if self.text.is_none() {
                self.text = Some((depth, Text::default()));
            }
        };
        match (&mut self.placemark, tag) {
            (_, Tag::Schema) => {
                self.schema = attribute("id").or_else(|| attribute("name"));
                if let (Some("Placemark"), Some(name)) = (attribute("parent").as_deref(), attribute("name")) {
                    self.placemark_kinds.insert(name.clone());
                    self.schema = Some(name);
                }
            }
            (_, Tag::SimpleField) if parent == Tag::Schema => {
                if let (Some(schema), Some(name)) = (&self.schema, attribute("name")) {
                    let kind = kind_of_type(&attribute("type").unwrap_or_default());
                    self.schemas.entry(schema.clone()).or_default().insert(name, kind);
                }
            }
            (None, Tag::Link) => self.has_links = true,
            (None, Tag::Folder) => self.folders.push(String::new()),
            (None, Tag::Placemark) => {
                let id = attribute("id").filter(|id| !id.is_empty());
                self.placemark = Some(Placemark { id, ..Placemark::default() });
                self.schema = Some(name.as_ref().to_owned());
            }
            (None, Tag::Name) if parent == Tag::Folder => collect(),
            (None, _) => {}
            (Some(_), Tag::Name | Tag::Description) if parent == Tag::Placemark => collect(),
            (Some(_), Tag::SchemaData) => {
                // The URL of a schema, usually in the same file.
                self.schema = attribute("schemaUrl").and_then(|url| url.rsplit('#').next().map(str::to_owned));
            }
            (Some(_), Tag::Field) => {
                self.datum = name.as_ref().to_owned();
                collect();
            }
            (Some(_), Tag::Data) => self.datum = attribute("name").unwrap_or_default(),
            (Some(_), Tag::Value) if parent == Tag::Data => collect(),
            (Some(_), Tag::SimpleData) => {
                self.datum = attribute("name").unwrap_or_default();
                collect();
            }
            (Some(_), Tag::Coordinates) => collect(),
            (Some(placemark), tag) => placemark.parts.start(tag),
        }
        Ok(())
    }

    /// The tag of an element, by its name and the schemas.
    fn tag(&self, name: &str, parent: Tag) -> Tag {
        match Tag::of(name) {
            Tag::Other if parent == Tag::Placemark => {
                let fields = self.schema.as_ref().and_then(|schema| self.schemas.get(schema));
                if fields.is_some_and(|fields| fields.contains_key(name)) { Tag::Field } else { Tag::Other }
            }
            Tag::Other if self.placemark_kinds.contains(name) => Tag::Placemark,
            tag => tag,
        }
    }

    fn text(&mut self, text: &str, is_kept: bool) {
        if let Some((_, collected)) = &mut self.text {
            collected.push(text, is_kept);
        }
    }

    /// Ends an element, and returns the placemark if it was one.
    fn end(&mut self) -> Option<Placemark> {
        // The parser ensures that ends match starts.
        let tag = self.path.pop()?;
        let parent = self.path.last().copied().unwrap_or(Tag::Other);
        let depth = self.path.len() + 1;
        let text = self.text.take_if(|(started, _)| *started == depth).map(|(_, text)| text.finish());
        let Some(placemark) = &mut self.placemark else {
            match (tag, text) {
                (Tag::Folder, _) => drop(self.folders.pop()),
                (Tag::Name, Some(text)) => self.folders.last_mut().into_iter().for_each(|name| name.clone_from(&text)),
                _ => {}
            }
            return None;
        };
        let mut add = |source, schema, text| placemark.values.push(Value { source, schema, text });
        match (tag, text) {
            (Tag::Name, Some(_)) if self.are_names_copies => {}
            (Tag::Name, Some(text)) => add(ColumnSource::Name, None, text),
            (Tag::Description, Some(text)) => add(ColumnSource::Description, None, text),
            (Tag::Value, Some(text)) => add(ColumnSource::Extended(std::mem::take(&mut self.datum)), None, text),
            (Tag::SimpleData | Tag::Field, Some(text)) => {
                add(ColumnSource::Extended(std::mem::take(&mut self.datum)), self.schema.clone(), text);
            }
            (Tag::Coordinates, Some(text)) => placemark.parts.coordinates(&text),
            // Placemarks must not be nested; the outermost one is the row.
            (Tag::Placemark, _) if !self.path.contains(&Tag::Placemark) => {
                let named = self.folders.iter().filter(|name| !name.is_empty());
                let folder = named.map(String::as_str).collect::<Vec<_>>().join("/");
                if !folder.is_empty() {
                    add(ColumnSource::Folder, None, folder);
                }
                return self.placemark.take();
            }
            _ => placemark.parts.end(tag, parent),
        }
        None
    }
}

/// An attribute of an element, with any prefix.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = attribute.normalized_value(XmlVersion::Explicit1_0).map(std::borrow::Cow::into_owned);
    Some(value.unwrap_or_else(|_| attribute.value.to_string()))
}

fn kind_of_type(name: &str) -> Kind {
    match name {
        "int" | "uint" | "short" | "ushort" => Kind::Integer,
        "float" | "double" => Kind::Real,
        "bool" => Kind::Boolean,
        _ => Kind::Text,
    }
}

/// The text of an element. Surrounding white space is indentation, unless it is from references or CDATA.
#[derive(Default)]
struct Text {
    text: String,
    /// The range of text from references or CDATA, which is not trimmed.
    kept: Option<(usize, usize)>,
}

impl Text {
    fn push(&mut self, text: &str, is_kept: bool) {
        let start = self.text.len();
        self.text.push_str(text);
        if is_kept {
            let first = self.kept.map_or(start, |(first, _)| first);
            self.kept = Some((first, self.text.len()));
        }
    }

    fn finish(mut self) -> String {
        let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
        let end = self.text.trim_end_matches(is_blank).len().max(self.kept.map_or(0, |(_, end)| end));
        self.text.truncate(end);
        let start = end - self.text.trim_start_matches(is_blank).len();
        self.text.drain(..start.min(self.kept.map_or(start, |(first, _)| first)));
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pieces: &[(&str, bool)]) -> String {
        let mut text = Text::default();
        pieces.iter().for_each(|(piece, is_kept)| text.push(piece, *is_kept));
        text.finish()
    }

    #[test]
    fn blanks_around_a_text_are_no_part_of_it() {
        assert_eq!(text(&[("\n  a b\n ", false)]), "a b");
        assert_eq!(text(&[(" ", false), ("\n", true), (" a ", false), (" ", true), (" ", false)]), "\n a  ");
        assert_eq!(text(&[("\n", false), (" <b> ", true), ("\n", false)]), " <b> ");
        assert_eq!(text(&[(" \n ", false)]), "");
    }
}
