//! The definitions of layers, feature datasets and domains: XML in the table `GDB_Items`.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

use crate::crs::{Crs, Declared, declared_name};

/// What a definition describes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Definition {
    /// A feature class or table.
    Layer(Box<LayerDefinition>),
    /// A folder of feature classes with the same CRS.
    Dataset(SpatialReference),
    /// Codes and what they mean.
    Domain(Domain),
}

/// The definition of a feature class or table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct LayerDefinition {
    /// Whether it has geometries.
    pub(super) has_shapes: bool,
    pub(super) spatial_reference: SpatialReference,
    /// Whether dates are in UTC.
    pub(super) is_utc: bool,
    pub(super) fields: HashMap<String, FieldDefinition>,
    pub(super) subtypes: Option<Subtypes>,
}

/// The subtypes of the rows of a layer: integer codes in one of its fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Subtypes {
    pub(super) field: String,
    pub(super) all: Vec<Subtype>,
}

/// A subtype.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Subtype {
    pub(super) code: String,
    pub(super) name: String,
    /// The domains of fields in rows of this subtype, by the names of the fields.
    pub(super) domains: HashMap<String, String>,
}

/// What a definition adds to the description of a field in its table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FieldDefinition {
    pub(super) domain: Option<String>,
    /// Whether times are to the millisecond, and not to the second.
    pub(super) is_precise: bool,
}

/// A domain of coded values: codes, as written in XML, and names.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) codes: Vec<(String, String)>,
}

/// A CRS: its well-known ids, and its definition in Esri's dialect of WKT.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SpatialReference {
    id: Option<u32>,
    latest_id: Option<u32>,
    wkt: String,
}

impl SpatialReference {
    /// The CRS of a definition in WKT.
    pub(super) fn of_wkt(wkt: &str) -> SpatialReference {
        SpatialReference { wkt: wkt.to_owned(), ..SpatialReference::default() }
    }

    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.id.is_none() && self.latest_id.is_none() && (self.wkt.is_empty() || self.wkt.starts_with('{'))
    }

    /// The CRS: by the first known id, else by the definition.
    pub(super) fn declared(&self) -> Declared {
        /// Larger ids are Esri's own.
        const MAX_EPSG: u32 = 32_767;
        let ids = [self.latest_id, self.id].into_iter().flatten().filter(|id| (1..=MAX_EPSG).contains(id));
        let by_id = ids.map(|id| declared_name(&format!("EPSG:{id}"))).find(|declared| matches!(declared, Ok(Some(_))));
        match by_id {
            Some(declared) => declared,
            // A UUID stands for an unknown system.
            None if self.wkt.starts_with('{') => Ok(None),
            None => Crs::of_wkt(&self.wkt),
        }
    }
}

impl Definition {
    /// Reads a definition; `None` if it describes something else, or is not XML.
    pub(super) fn parse(xml: &str) -> Option<Definition> {
        let root = root_of(xml)?;
        Some(match root.as_str() {
            "DEFeatureClassInfo" | "DETableInfo" => Definition::Layer(Box::new(layer(xml)?)),
            "DEFeatureDataset" => {
                let mut system = SpatialReference::default();
                elements(xml, |path, text| {
                    if let [_, "SpatialReference", name] = path {
                        system.add(name, text);
                    }
                })?;
                Definition::Dataset(system)
            }
            "GPCodedValueDomain2" | "CodedValueDomain" | "Domain" => Definition::Domain(domain(xml)?),
            _ => return None,
        })
    }
}

impl SpatialReference {
    fn add(&mut self, name: &str, text: &str) {
        match name {
            "WKID" => self.id = text.trim().parse().ok(),
            "LatestWKID" => self.latest_id = text.trim().parse().ok(),
            "WKT" => text.trim().clone_into(&mut self.wkt),
            _ => {}
        }
    }
}

fn layer(xml: &str) -> Option<LayerDefinition> {
    let mut layer = LayerDefinition::default();
    let (mut name, mut field) = (String::new(), FieldDefinition::default());
    let (mut subtypes, mut subtype, mut domain) = (Subtypes::default(), Subtype::default(), String::new());
    elements(xml, |path, text| match path {
        [_, "ShapeFieldName"] => layer.has_shapes |= !text.is_empty(),
        [_, "IsTimeInUTC"] => layer.is_utc = text.trim() == "true",
        [_, "SpatialReference", part] => layer.spatial_reference.add(part, text),
        [_, "GPFieldInfoExs", "GPFieldInfoEx", "Name"] => text.clone_into(&mut name),
        [_, "GPFieldInfoExs", "GPFieldInfoEx", "DomainName"] => field.domain = Some(text.to_owned()),
        [_, "GPFieldInfoExs", "GPFieldInfoEx", "HighPrecision"] => field.is_precise = text.trim() == "true",
        [_, "GPFieldInfoExs", "GPFieldInfoEx"] => {
            layer.fields.insert(std::mem::take(&mut name), std::mem::take(&mut field));
        }
        [_, "SubtypeFieldName"] => text.clone_into(&mut subtypes.field),
        [_, "Subtypes", "Subtype", rest @ ..] => match rest {
            ["SubtypeCode"] => text.clone_into(&mut subtype.code),
            ["SubtypeName"] => text.clone_into(&mut subtype.name),
            ["FieldInfos", "SubtypeFieldInfo", "FieldName"] => text.clone_into(&mut name),
            ["FieldInfos", "SubtypeFieldInfo", "DomainName"] => text.clone_into(&mut domain),
            ["FieldInfos", "SubtypeFieldInfo"] => {
                let (name, domain) = (std::mem::take(&mut name), std::mem::take(&mut domain));
                if !domain.is_empty() {
                    subtype.domains.insert(name, domain);
                }
            }
            [] => subtypes.all.push(std::mem::take(&mut subtype)),
            _ => {}
        },
        _ => {}
    })?;
    layer.subtypes = (!subtypes.field.is_empty() && !subtypes.all.is_empty()).then_some(subtypes);
    Some(layer)
}

fn domain(xml: &str) -> Option<Domain> {
    let mut domain = Domain::default();
    let (mut name, mut code) = (String::new(), String::new());
    elements(xml, |path, text| match path {
        [_, "DomainName"] => text.clone_into(&mut domain.name),
        [_, "CodedValues", "CodedValue", "Name"] => text.clone_into(&mut name),
        [_, "CodedValues", "CodedValue", "Code"] => text.clone_into(&mut code),
        [_, "CodedValues", "CodedValue"] => domain.codes.push((std::mem::take(&mut code), std::mem::take(&mut name))),
        _ => {}
    })?;
    Some(domain)
}

/// The name of the root element, without its prefix.
fn root_of(xml: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => return Some(element.local_name().as_ref().to_owned()),
            Event::Empty(_) | Event::Eof => return None,
            _ => {}
        }
    }
}

/// Passes the names from the root to each element, without prefixes, and its text, at its end. `None` if it is not XML.
fn elements(xml: &str, mut pass: impl FnMut(&[&str], &str)) -> Option<()> {
    /// Definitions are not nested deeper than this.
    const MAX_DEPTH: usize = 64;
    let mut reader = Reader::from_str(xml);
    let mut path: Vec<String> = vec![];
    let mut text = String::new();
    let mut end = |path: &[String], text: &str| {
        // What is read is at most six levels deep.
        if path.len() <= 6 {
            pass(&path.iter().map(String::as_str).collect::<Vec<&str>>(), text);
        }
    };
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                if path.len() >= MAX_DEPTH {
                    return None;
                }
                path.push(element.local_name().as_ref().to_owned());
                text.clear();
            }
            Event::End(_) => {
                end(&path, &text);
                path.pop();
                text.clear();
            }
            Event::Empty(element) => {
                path.push(element.local_name().as_ref().to_owned());
                end(&path, "");
                path.pop();
            }
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                match (reference.resolve_char_ref(), resolve_xml_entity(&name)) {
                    (Ok(Some(character)), _) => text.push(character),
                    (_, Some(resolved)) => text.push_str(resolved),
                    _ => return None,
                }
            }
            Event::Eof => return path.is_empty().then_some(()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_and_domains_are_read() {
        let layer = r#"<typens:DEFeatureClassInfo xmlns:typens="t"><CatalogPath>\a</CatalogPath><IsTimeInUTC>true</IsTimeInUTC>
            <ShapeFieldName>SHAPE</ShapeFieldName>
            <SubtypeFieldName>kind</SubtypeFieldName><Subtypes><Subtype><SubtypeName>水田</SubtypeName>
            <SubtypeCode>1</SubtypeCode><FieldInfos><SubtypeFieldInfo><FieldName>等级</FieldName>
            <DomainName>耕地等级</DomainName></SubtypeFieldInfo><SubtypeFieldInfo><FieldName>用途</FieldName><DomainName/>
            <DefaultValue>1</DefaultValue></SubtypeFieldInfo></FieldInfos></Subtype></Subtypes>
            <GPFieldInfoExs><GPFieldInfoEx><Name>用地&amp;代码</Name><HighPrecision>true</HighPrecision></GPFieldInfoEx>
            <GPFieldInfoEx><Name>kind</Name><DomainName>&#x7528;地</DomainName></GPFieldInfoEx></GPFieldInfoExs>
            <SpatialReference><WKT>GEOGCS["x"]</WKT><WKID>104199</WKID><LatestWKID>4549</LatestWKID></SpatialReference>
            </typens:DEFeatureClassInfo>"#;
        let Some(Definition::Layer(layer)) = Definition::parse(layer) else { panic!() };
        assert!(layer.has_shapes && layer.is_utc && layer.fields["用地&代码"].is_precise);
        assert_eq!(layer.fields["kind"].domain.as_deref(), Some("用地"));
        let domains = HashMap::from([("等级".to_owned(), "耕地等级".to_owned())]);
        let all = vec![Subtype { code: "1".to_owned(), name: "水田".to_owned(), domains }];
        assert_eq!(layer.subtypes, Some(Subtypes { field: "kind".to_owned(), all }));
        assert_eq!(layer.spatial_reference.declared(), Ok(Some(Crs::Epsg(4549))));
        let domain = r#"<GPCodedValueDomain2><DomainName>用地</DomainName><CodedValues>
            <CodedValue><Name>水田</Name><Code>0101</Code></CodedValue></CodedValues></GPCodedValueDomain2>"#;
        let codes = vec![("0101".to_owned(), "水田".to_owned())];
        assert_eq!(Definition::parse(domain), Some(Definition::Domain(Domain { name: "用地".to_owned(), codes })));
        for other in ["", "<", "<a/>", "<DEWorkspace></DEWorkspace>", "<DETableInfo>", "<DETableInfo><a></DETableInfo>"]
        {
            assert_eq!(Definition::parse(other), None, "{other}");
        }
    }

    #[test]
    fn systems_without_a_known_id_have_their_definition() {
        let unknown = SpatialReference::of_wkt("{B286C06B-0879-11D2-AACA-00C04FA33C20}");
        assert_eq!((unknown.declared(), unknown.is_empty()), (Ok(None), true));
        assert_eq!(SpatialReference::default().declared(), Ok(None));
        let esri = r#"GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
        let own = SpatialReference { id: Some(104_199), ..SpatialReference::of_wkt(esri) };
        assert_eq!(own.declared(), declared_name("EPSG:4490"));
    }
}
