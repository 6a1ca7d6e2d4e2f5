//! How tables are read, and areas measured.

use taizhou_corridor::crs::AxisOrder;
use taizhou_corridor::io::ReadOptions;
use taizhou_corridor::query::areas::Method;

use crate::{OptionProblem, Options};

/// The options of reading a table.
pub fn read_options(options: &mut Options) -> Result<ReadOptions, OptionProblem> {
    const AXES: [(&str, AxisOrder); 3] =
        [("auto", AxisOrder::Auto), ("en", AxisOrder::EastNorth), ("ne", AxisOrder::NorthEast)];
    const FIELD_NAMES: [(&str, bool); 2] = [("name", false), ("alias", true)];
    let header_row = options.whole_number("header-row", 1, 1_048_576)?;
    let axis = options.one_of("axis", &AXES, |(name, _)| name)?;
    let field_names = options.one_of("field-names", &FIELD_NAMES, |(name, _)| name)?;
    Ok(ReadOptions {
        format: options.format("input-format")?,
        crs: options.crs("crs")?,
        override_crs: options.crs("override-crs")?,
        axis_order: axis.map(|(_, order)| order).unwrap_or_default(),
        encoding: options.input_encoding("input-encoding")?,
        layer: options.text("layer")?,
        strict_crs: options.flag("strict-crs")?,
        lon_field: options.text("lon-field")?,
        lat_field: options.text("lat-field")?,
        coord_field: options.text("coord-field")?,
        header_rows: header_row.map(|row| u64::from(row)..=u64::from(row)),
        wkt_field: options.text("wkt-field")?,
        uses_aliases: field_names.is_some_and(|(_, is_alias)| is_alias),
        decodes_domains: options.flag("domains")?,
        ..ReadOptions::default()
    })
}

/// How areas are measured.
pub fn area_methods(options: &mut Options) -> Result<Vec<Method>, OptionProblem> {
    const METHODS: [&str; 5] = ["ellipsoid", "survey", "geodesic", "plane", "all"];
    let plane_crs = options.crs("plane-crs")?;
    let usual = if plane_crs.is_some() { "plane" } else { "ellipsoid" };
    let plane = plane_crs.map_or(Method::GAUSS_KRUEGER_120E, Method::Plane);
    Ok(match options.one_of("method", &METHODS, |name| name)?.unwrap_or(usual) {
        "survey" => vec![Method::Survey],
        "geodesic" => vec![Method::Geodesic],
        "plane" => vec![plane],
        "all" => vec![Method::Ellipsoid, Method::Survey, Method::Geodesic, plane],
        _ => vec![Method::Ellipsoid],
    })
}
