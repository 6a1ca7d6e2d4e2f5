//! The headings of options in the help.

use super::either;
use crate::messages::Lang;

/// The heading of an option in the help, the same in every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    Input,
    Coordinates,
    Plan,
    Layers,
    Query,
    Certainty,
    Coverage,
    Output,
    General,
}

impl Heading {
    pub const ALL: [Heading; 9] = [
        Heading::Input,
        Heading::Coordinates,
        Heading::Plan,
        Heading::Layers,
        Heading::Query,
        Heading::Certainty,
        Heading::Coverage,
        Heading::Output,
        Heading::General,
    ];

    /// The heading of an option; `None` if it is not assigned.
    pub fn of(id: &str) -> Option<Heading> {
        Some(match id {
            "at" | "input_format" | "input_encoding" | "layer" | "lon_field" | "lat_field" | "coord_field"
            | "header_row" | "wkt_field" | "field_names" | "domains" | "input_dialect" | "strict" => Heading::Input,
            "crs" | "override_crs" | "datum_shift" | "axis" | "to_crs" | "precision" => Heading::Coordinates,
            "plan" | "plan_crs" | "plan_datum_shift" | "plan_encoding" | "override_plan_crs" | "plan_layer"
            | "name_field" | "setback" | "grow" | "plan_accuracy" | "plan_fields" | "plan_levels" | "corridor_name"
            | "core" | "authority" | "published_by" | "published_on" => Heading::Plan,
            "against" | "against_accuracy" | "against_crs" | "against_layer" | "against_datum_shift" => Heading::Layers,
            "level" | "id" | "within" | "boundary" | "min_area" | "min_share" | "sliver_width" | "sum_by"
            | "repair" | "stated_area" | "stated_unit" | "area_tolerance" | "method" | "plane_crs" | "by"
            | "overlaps" | "adjust_to" | "adjust_by" | "adjust_tolerance" | "partitions" => Heading::Query,
            "uncertainty" | "uncertainty_field" => Heading::Certainty,
            "coverage"
            | "fix"
            | "fix_priority"
            | "gap_width"
            | "min_finding_area"
            | "strict_corners"
            | "spike_angle"
            | "coverage_sliver_width"
            | "min_width"
            | "coverage_min_area"
            | "boundary_layer"
            | "boundary_crs" => Heading::Coverage,
            "output" | "overwrite" | "format" | "columns" | "fields" | "long" | "wide" | "pieces" | "encoding"
            | "to_layer" | "layer_field" | "text_field" | "txt_dialect" | "corner_numbers" | "open_rings"
            | "geoparquet_version" | "excel" | "report" | "label" | "summary" | "mark" | "style" | "min_zoom"
            | "max_zoom" | "theme" | "basemap" | "basemap_crs" | "title" | "source" | "paper" | "orientation"
            | "dpi" | "boundary_points" | "boundary_numbering" | "color_by" | "classify" | "subtitle" | "author"
            | "date" | "context" | "headers" | "no_map" | "tool" => Heading::Output,
            "lang" | "quiet" | "verbose" | "progress" | "exit_zero" | "strict_crs" | "config" | "no_config"
            | "help" | "version" => Heading::General,
            _ => return None,
        })
    }

    pub fn text(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Heading::Input => ("Input", "输入"),
            Heading::Coordinates => ("Coordinates", "坐标"),
            Heading::Plan => ("Plan", "规划"),
            Heading::Layers => ("Layers", "图层"),
            Heading::Query => ("Query", "查询"),
            Heading::Certainty => ("Certainty", "可信度"),
            Heading::Coverage => ("Coverage", "拓扑检查"),
            Heading::Output => ("Output", "输出"),
            Heading::General => ("General", "通用"),
        };
        either(lang, en, zh)
    }
}
