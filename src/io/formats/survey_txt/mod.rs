//! Text files in which Chinese land surveys submit parcels (报批坐标, 界址点坐标).
//!
//! There is no standard, and writers differ: reading is lenient, writing is strict. A file has a header of `key=value`
//! lines, then parcels: a line of fields that ends in `@`, and a line for each boundary point: label, ring, northing,
//! easting. Dialects have other orders of fields; files of CASS have points instead of parcels.

mod cass;
mod dialect;
mod header;
mod keywords;
mod parse;
mod read;
mod write;

use crate::crs::AxisOrder;
use crate::io::rows::format::{Codec, Content, Driver, Format, IdColumn, Signature};

static DRIVER: Driver = Driver {
    shares_ending: true,
    content: Content::Text,
    signature: Signature::Text(parse::is_survey_txt),
    axis_order: AxisOrder::NorthEast,
    // Coordinates are rounded once, before polygons are validated.
    decimals: Some(write::DECIMALS),
    has_encodings: true,
    ids: IdColumn::Never,
    has_fixed_fields: true,
    ..Driver::new(
        "survey-txt",
        &["txt", "dat"],
        "parcels of a Chinese land survey",
        Codec::Built(
            |source, options| Ok(Box::new(read::SurveyTxtReader::new(source, options)?)),
            |output, table| {
                Ok(Box::new(write::SurveyTxtWriter::new(output, table.schema, table.added, table.options)?))
            },
        ),
    )
};

impl Format {
    /// The text file in which Chinese land surveys submit parcels.
    pub const SURVEY_TXT: Format = Format::of(&DRIVER);
}
