//! Exporting a plan to any format, with styles if the format supports them.

use crate::error::{Error, ErrorKind, Result};
use crate::io::{Format, LayerStyle, Loss, Output, StyleSupport, WriteOptions, create_styled};
use crate::plan::Plan;
use crate::plan_io::feature_styles::feature_styles;
use crate::plan_io::features::{ExportOptions, Outlines};
use crate::plan_io::geojson::write_plan;
use crate::plan_io::qml::qml;
use crate::plan_io::table::plan_table;
use crate::table::{AnswerTable, Schema};

/// Writes the selected features of a plan in the format and system of `write`. Returns their number, and what the
/// format could not represent. GeoJSON is that of [`write_plan`].
///
/// With a style, KML has shared styles and a folder per level, and GeoPackage the style that QGIS applies to the layer.
/// Next to GeoJSON, shapefiles and FlatGeobuf, the style is written to a `.qml` file.
///
/// Errors if an id is unknown or no feature is selected, if the format does not support styles or the system, and if
/// the output cannot be written.
///
/// ```
/// use taizhou_corridor::io::{Format, Output, WriteOptions};
/// use taizhou_corridor::plan_io::{self, ExportOptions};
/// use taizhou_corridor::plan::Plan;
///
/// let (output, written) = Output::memory("plan.kml");
/// let styled = ExportOptions { with_style: true, ..ExportOptions::default() };
/// let (count, losses) = plan_io::export_plan(&Plan::bundled(), &styled, output, &WriteOptions::new(Format::KML))?;
/// assert_eq!((count, losses.len()), (16, 0));
/// assert!(String::from_utf8(written.into_bytes()).unwrap().contains("<PolyStyle><color>4d005ed5</color>"));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub fn export_plan(
    plan: &Plan,
    options: &ExportOptions,
    mut output: Output,
    write: &WriteOptions,
) -> Result<(usize, Vec<Loss>)> {
    let style_support = write.format.style_support();
    if options.with_style && style_support == StyleSupport::None {
        let format = write.format.to_string();
        return Err(Error::new(ErrorKind::OptionMismatch { option: "--style", format }));
    }
    let sidecar = if options.with_style { sidecar(plan, options, &output, write)? } else { None };
    let options = &options_for(options, write);
    let (count, losses) = if is_written_here(write) {
        let count = write_plan(plan, options, &mut output)?;
        output.commit()?;
        (count, vec![])
    } else {
        let (schema, batch) = plan_table(plan, options)?;
        let is_own_plane = Outlines::new(plan, options)?.is_own_plane();
        let write = &match is_own_plane {
            true => WriteOptions { source_crs: options.crs.clone(), is_in_source_crs: true, ..write.clone() },
            false => write.clone(),
        };
        let styled = options.with_style && style_support == StyleSupport::Embedded;
        let style = if styled { Some(layer_style(plan, options, &schema)?) } else { None };
        let mut writer = create_styled(output, &schema, &[], write, style)?;
        let (count, answers) = (batch.len(), AnswerTable::none(&batch));
        writer.write(batch, &answers)?;
        (count, writer.finish()?)
    };
    sidecar.map(Output::commit).transpose()?;
    Ok((count, losses))
}

/// The options with the system and the decimals that a format is written in.
///
/// ```
/// use taizhou_corridor::crs::Crs;
/// use taizhou_corridor::io::{Format, WriteOptions};
/// use taizhou_corridor::plan_io::{ExportOptions, options_for};
///
/// let write = WriteOptions { crs: Some(Crs::Epsg(4549)), ..WriteOptions::new(Format::SHAPEFILE) };
/// assert_eq!(options_for(&ExportOptions::default(), &write).decimals, 4);
/// ```
pub fn options_for(options: &ExportOptions, write: &WriteOptions) -> ExportOptions {
    let crs = write.written_crs();
    let decimals = match is_written_here(write) {
        true => options.decimals,
        false => write.decimals.unwrap_or(crs.fine_decimals()),
    };
    ExportOptions { crs, decimals, ..options.clone() }
}

/// Whether the plan is written as GeoJSON by this module rather than as a table.
fn is_written_here(write: &WriteOptions) -> bool {
    [Format::GEOJSON, Format::NDJSON].contains(&write.format) && write.format.holds(&write.written_crs())
}

/// Writes the QGIS style file of a layer, named after it. `None` for a stream.
fn sidecar(plan: &Plan, options: &ExportOptions, output: &Output, write: &WriteOptions) -> Result<Option<Output>> {
    if write.format.style_support() != StyleSupport::Sidecar {
        return Ok(None);
    }
    let Some(sidecar) = output.sibling("qml") else { return Ok(None) };
    let (mut sidecar, (schema, _)) = (sidecar?, plan_table(plan, options)?);
    sidecar.text(&qml(&feature_styles(plan, options)?, &schema))?;
    Ok(Some(sidecar))
}

/// The style that is embedded in the file.
fn layer_style(plan: &Plan, options: &ExportOptions, schema: &Schema) -> Result<LayerStyle> {
    let features = feature_styles(plan, options)?;
    Ok(LayerStyle { qml: qml(&features, schema), features })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::{Input, ReadOptions};
    use crate::plan::Level;
    use crate::plan_io::read::read_plan;

    fn export(format: Format, with_style: bool) -> Result<Vec<u8>> {
        let (output, written) = Output::memory(format!("plan.{}", format.ending()));
        let options = ExportOptions { with_style, ..ExportOptions::default() };
        export_plan(&Plan::bundled(), &options, output, &WriteOptions::new(format))?;
        Ok(written.into_bytes())
    }

    #[test]
    fn placemarks_share_styles_and_lie_in_the_folder_of_their_level() {
        let kml = String::from_utf8(export(Format::KML, true).unwrap()).unwrap();
        let count = |text: &str| kml.matches(text).count();
        // The corridor, the core and three zones, and the clusters of each of these.
        assert_eq!((count("<Style id="), count("<styleUrl>"), count("<Folder>"), count("</Folder>")), (9, 16, 4, 4));
        for level in Level::ALL {
            assert_eq!(count(&format!("<Folder><name>{}</name>", level.as_str())), 1);
        }
        assert_eq!(count("<description>Indicative model"), 1);
        // The order required by the KML schema.
        let places = ["<Document>", "<description>", "<Style id=", "<Schema", "<Folder>", "<Placemark"];
        assert!(places.map(|text| kml.find(text).unwrap()).is_sorted());
        let placemark = &kml[kml.find("<Placemark id=\"core\"").unwrap()..];
        let places = ["<name>", "<styleUrl>", "<ExtendedData>", "<Polygon>"];
        assert!(places.map(|text| placemark.find(text).unwrap()).is_sorted());
    }

    #[test]
    fn a_styled_file_is_the_same_plan() {
        let original = Plan::bundled();
        let formats = [Format::KML, Format::GEOPACKAGE, Format::GEOJSON];
        for format in formats.into_iter().filter(|format| cfg!(feature = "geopackage") || *format != Format::GEOPACKAGE)
        {
            let bytes = export(format, true).unwrap();
            let name = format!("plan.{}", format.ending());
            let outline = read_plan(Input::bytes(name, bytes), &ReadOptions::default(), None).unwrap();
            let plan = outline.into_plan().unwrap();
            assert_eq!(plan.features().len(), original.features().len());
            for (zone, before) in plan.features().iter().zip(original.features()) {
                assert_eq!((&zone.id, &zone.name, zone.level), (&before.id, &before.name, before.level));
                assert_eq!(zone.shape, before.shape);
            }
        }
    }

    #[cfg(feature = "geopackage")]
    #[test]
    fn a_geopackage_has_the_style_of_its_layer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.gpkg");
        std::fs::write(&path, export(Format::GEOPACKAGE, true).unwrap()).unwrap();
        let database = rusqlite::Connection::open(&path).unwrap();
        let text = |sql: &str| database.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        // QGIS finds the style by the layer and its geometry column.
        let names = "SELECT table_name || '.' || column_name FROM gpkg_geometry_columns";
        let styled = "SELECT f_table_name || '.' || f_geometry_column FROM layer_styles WHERE useAsDefault";
        assert_eq!(text(names), text(styled));
        assert!(text("SELECT styleQML FROM layer_styles").contains("value=\"luqiao\""));
        assert!(text("SELECT description FROM layer_styles").starts_with("Indicative model"));
        assert_eq!(text("SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"), "attributes");
    }

    #[test]
    fn a_style_lies_beside_its_layer() {
        let folder = tempfile::tempdir().unwrap();
        let options = ExportOptions { with_style: true, ..ExportOptions::default() };
        let export = |name: &str, format, overwrite| {
            let output = Output::create(folder.path().join(name), overwrite).unwrap();
            export_plan(&Plan::bundled(), &options, output, &WriteOptions::new(format))
        };
        let names = || {
            let entries = std::fs::read_dir(folder.path()).unwrap();
            let mut names: Vec<String> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        export("plan.geojson", Format::GEOJSON, false).unwrap();
        assert_eq!(names(), ["plan.geojson", "plan.qml"]);
        let style = std::fs::read(folder.path().join("plan.qml")).unwrap();
        // Without `overwrite`, an existing style is an error, and the layer is not written.
        let error = export("plan.shp", Format::SHAPEFILE, false).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::AlreadyExists)
                && error.location().file.as_ref().unwrap().ends_with("plan.qml")
        );
        assert_eq!(names(), ["plan.geojson", "plan.qml"]);
        export("plan.shp", Format::SHAPEFILE, true).unwrap();
        assert_eq!(names().len(), 7);
        assert_eq!(std::fs::read(folder.path().join("plan.qml")).unwrap(), style);
    }

    #[test]
    fn a_format_without_a_place_for_a_style_is_refused() {
        assert!(export(Format::CSV, false).is_ok());
        assert!(matches!(export(Format::CSV, true).unwrap_err().kind(), ErrorKind::OptionMismatch { .. }));
    }
}
