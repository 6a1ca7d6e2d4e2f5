//! Layer styles of QGIS: QML as written by version 3.22.

use std::fmt::Write;

use crate::io::{FeatureStyle, FeatureStyles};
use crate::plan::Level;
use crate::plan::palette::Colour;
use crate::table::Schema;

/// With more features, a legend is of no use, and all are drawn alike.
const MAX_CATEGORIES: usize = 100;

/// The columns that a style refers to.
struct Columns {
    id: String,
    /// The column of the label.
    label: String,
    level: Option<String>,
}

impl Columns {
    /// The first attribute of a plan table is the id.
    fn of(schema: &Schema) -> Columns {
        let names: Vec<String> = schema.attributes().into_iter().map(|field| field.name).collect();
        let id = names.first().cloned().unwrap_or_else(|| "id".to_owned());
        let named = |name: &str| names.iter().find(|known| *known == name).cloned();
        Columns { label: named("name").unwrap_or_else(|| id.clone()), level: named("level"), id }
    }
}

/// The style of a plan table: a category for each feature, by its id, and labels.
pub(super) fn qml(styles: &FeatureStyles, schema: &Schema) -> String {
    let columns = Columns::of(schema);
    let is_categorised = styles.entries.len() <= MAX_CATEGORIES;
    let drawn = if is_categorised { &styles.entries[..] } else { &styles.entries[..1] };
    let mut qml = String::from(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis version=\"3.22.16\" styleCategories=\"Symbology|Labeling\" labelsEnabled=\"1\">\n",
    );
    if is_categorised {
        qml.extend(["<renderer-v2 type=\"categorizedSymbol\" attr=\"", &attribute(&columns.id)]);
        qml.push_str("\" symbollevels=\"1\" forceraster=\"0\" enableorderby=\"0\">\n<categories>\n");
        for (number, FeatureStyle { id, name, name_en, .. }) in drawn.iter().enumerate() {
            let label = name_en.as_ref().map_or_else(|| name.clone(), |name_en| format!("{name} {name_en}"));
            let (value, label) = (attribute(id), attribute(&label));
            // Writing to a string cannot fail.
            let _ = writeln!(
                qml,
                "<category value=\"{value}\" type=\"string\" symbol=\"{number}\" label=\"{label}\" render=\"true\"/>"
            );
        }
        qml.push_str("</categories>\n");
    } else {
        qml.push_str("<renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" forceraster=\"0\" enableorderby=\"0\">\n");
    }
    qml.push_str("<symbols>\n");
    for (number, entry) in drawn.iter().enumerate() {
        symbol(&mut qml, number, entry);
    }
    qml.push_str("</symbols>\n</renderer-v2>\n");
    labels(&mut qml, &columns);
    qml.push_str("<layerGeometryType>2</layerGeometryType>\n</qgis>\n");
    qml
}

/// A fill with an outline. Lower levels are drawn on top of higher ones, independent of the order of rows.
fn symbol(qml: &mut String, number: usize, entry: &FeatureStyle) {
    let paint = &entry.paint;
    let pass = match entry.level {
        Some(Level::Corridor) | None => 0,
        Some(Level::Core | Level::Zone) => 1,
        Some(Level::Cluster) => 2,
    };
    let options = [
        ("color", colour(paint.fill, paint.fill_opacity)),
        ("style", "solid".to_owned()),
        ("outline_color", colour(paint.stroke, 1.0)),
        ("outline_style", "solid".to_owned()),
        ("outline_width", format!("{:.2}", paint.stroke_width_px * MM_PER_PIXEL)),
        ("outline_width_unit", "MM".to_owned()),
        ("joinstyle", "round".to_owned()),
    ];
    let _ = writeln!(
        qml,
        "<symbol type=\"fill\" name=\"{number}\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\n\
         <layer class=\"SimpleFill\" pass=\"{pass}\" enabled=\"1\" locked=\"0\">\n<Option type=\"Map\">"
    );
    for (name, value) in options {
        let _ = writeln!(qml, "<Option type=\"QString\" name=\"{name}\" value=\"{value}\"/>");
    }
    qml.push_str("</Option>\n</layer>\n</symbol>\n");
}

/// The labels of features. The corridor has none, since its parts are labelled.
fn labels(qml: &mut String, columns: &Columns) {
    let label = quoted(&columns.label);
    let expression = match &columns.level {
        Some(level) => format!("if({} = 'corridor', '', {label})", quoted(level)),
        None => label,
    };
    let _ = writeln!(
        qml,
        "<labeling type=\"simple\">\n<settings calloutType=\"simple\">\n\
         <text-style fieldName=\"{}\" isExpression=\"1\" fontSize=\"9\" fontSizeUnit=\"Point\" \
         textColor=\"30,30,30,255\" textOpacity=\"1\">\n\
         <text-buffer bufferDraw=\"1\" bufferSize=\"0.8\" bufferSizeUnits=\"MM\" bufferColor=\"255,255,255,255\" \
         bufferOpacity=\"1\"/>\n</text-style>\n\
         <placement placement=\"1\" quadOffset=\"4\" centroidInside=\"1\" centroidWhole=\"1\"/>\n\
         <rendering drawLabels=\"1\" obstacle=\"0\"/>\n</settings>\n</labeling>",
        attribute(&expression)
    );
}

/// Millimetres per CSS pixel (96 per inch).
const MM_PER_PIXEL: f64 = 25.4 / 96.0;

/// Red, green, blue, opacity.
fn colour(colour: Colour, opacity: f64) -> String {
    let Colour { red, green, blue } = colour;
    format!("{red},{green},{blue},{}", (opacity * 255.0).round() as u8)
}

/// A quoted column name in an expression.
fn quoted(column: &str) -> String {
    format!("\"{}\"", column.replace('"', "\"\""))
}

/// A text as the value of an XML attribute. Characters that XML does not allow are replaced by `�`.
fn attribute(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' | '\n' | '\r' => xml.push_str(&format!("&#{};", character as u32)),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            character => xml.push(character),
        }
    }
    xml
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use crate::plan_io::feature_styles::feature_styles;
    use crate::plan_io::features::ExportOptions;
    use crate::plan_io::table::plan_table;

    fn style(plan: &Plan) -> String {
        let options = ExportOptions::default();
        let (schema, _) = plan_table(plan, &options).unwrap();
        qml(&feature_styles(plan, &options).unwrap(), &schema)
    }

    /// The elements of a style with their attributes.
    fn elements(qml: &str) -> Vec<(String, Vec<(String, String)>)> {
        let mut reader = quick_xml::Reader::from_str(qml);
        let mut found = vec![];
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => return found,
                quick_xml::events::Event::Start(element) | quick_xml::events::Event::Empty(element) => {
                    let attributes = element.attributes().map(|attribute| {
                        let attribute = attribute.unwrap();
                        let value = quick_xml::escape::unescape(&attribute.value);
                        (attribute.key.0.to_owned(), value.unwrap().into_owned())
                    });
                    let attributes = attributes.collect();
                    found.push((element.name().0.to_owned(), attributes));
                }
                _ => {}
            }
        }
    }

    #[test]
    fn each_feature_has_a_category_and_a_symbol() {
        let plan = Plan::bundled();
        let elements = elements(&style(&plan));
        let of = |element: &str, attribute: &str| {
            let attributes = elements.iter().filter(|(name, _)| name == element).flat_map(|(_, attributes)| attributes);
            attributes.filter(|(name, _)| name == attribute).map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let ids: Vec<String> = plan.features().iter().map(|zone| zone.id.clone()).collect();
        assert_eq!(of("category", "value"), ids);
        assert_eq!(of("category", "symbol"), of("symbol", "name"));
        assert_eq!(of("category", "label")[1], "中央创新核 Central Innovation Core");
        assert_eq!(of("renderer-v2", "attr"), ["id"]);
        assert_eq!(of("text-style", "fieldName"), ["if(\"level\" = 'corridor', '', \"name\")"]);
        assert!(of("Option", "value").contains(&"213,94,0,77".to_owned()));
    }

    #[test]
    fn a_layer_is_labelled_by_its_ids() {
        let feature = r#"{"type":"Feature","id":"<A&\"1>","properties":{},"geometry":{"type":"Polygon",
            "coordinates":[[[121.4,28.6],[121.5,28.6],[121.5,28.7],[121.4,28.6]]]}}"#;
        let json = |count: usize| {
            let features = vec![feature; count].join(",");
            format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}")
        };
        let one = style(&Plan::flat_from_geojson(json(1).as_bytes(), None).unwrap());
        assert!(one.contains("value=\"&lt;A&amp;&quot;1&gt;\""));
        assert!(one.contains("fieldName=\"&quot;id&quot;\""));
        assert!(style(&Plan::flat_from_geojson(json(101).as_bytes(), None).unwrap()).contains("singleSymbol"));
    }
}
