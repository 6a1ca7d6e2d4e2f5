//! The columns that an overlay adds to a table.

use crate::table::{Field, Kind};

/// A column that `overlay` adds. Its name is the same in every language.
///
/// ```
/// use taizhou_corridor::query::overlay::Column;
///
/// assert_eq!(Column::ParcelAreaM2.field().name, "parcel_area_m2");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// The id of the zone; empty for what lies in none.
    Zone,
    /// Its name.
    ZoneName,
    /// `within`, `straddles`, `touches`, `outside`, or `invalid` for a row without a usable parcel.
    Relation,
    /// The area of the part in the zone, on the ellipsoid.
    AreaM2,
    /// Its share of the parcel, 0 to 1.
    Share,
    /// Twice the area by the length of the part's boundary: how wide a sliver is.
    MeanWidthM,
    /// The area of the parcel, on the ellipsoid.
    ParcelAreaM2,
    /// `true` on the largest part.
    Majority,
    /// `certain` or `uncertain`: whether the majority could change within the accuracy of the outlines.
    Certainty,
    /// In wide form: all zones met, each with its share, as `core=0.6000;outside=0.4000`.
    Shares,
    /// The area that the table states for the parcel.
    StatedAreaM2,
    /// The area of the parcel less the one that is stated.
    StatedDifferenceM2,
    /// Why a row is invalid.
    Reason,
}

impl Column {
    /// All columns.
    pub const ALL: [Column; 13] = [
        Column::Zone,
        Column::ZoneName,
        Column::Relation,
        Column::AreaM2,
        Column::Share,
        Column::MeanWidthM,
        Column::ParcelAreaM2,
        Column::Majority,
        Column::Certainty,
        Column::Shares,
        Column::StatedAreaM2,
        Column::StatedDifferenceM2,
        Column::Reason,
    ];

    /// The columns of the long form: a row for each parcel and zone.
    pub const LONG: [Column; 10] = [
        Column::Zone,
        Column::ZoneName,
        Column::Relation,
        Column::AreaM2,
        Column::Share,
        Column::MeanWidthM,
        Column::ParcelAreaM2,
        Column::Majority,
        Column::Certainty,
        Column::Reason,
    ];

    /// The columns of the wide form: a row for each parcel, its majority zone and all its shares.
    pub const WIDE: [Column; 9] = [
        Column::Zone,
        Column::ZoneName,
        Column::Relation,
        Column::AreaM2,
        Column::Share,
        Column::ParcelAreaM2,
        Column::Certainty,
        Column::Shares,
        Column::Reason,
    ];

    /// The name of the column.
    ///
    /// ```
    /// use taizhou_corridor::query::overlay::Column;
    ///
    /// assert_eq!(Column::MeanWidthM.as_str(), "mean_width_m");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Column::Zone => "zone",
            Column::ZoneName => "zone_name",
            Column::Relation => "relation",
            Column::AreaM2 => "area_m2",
            Column::Share => "share",
            Column::MeanWidthM => "mean_width_m",
            Column::ParcelAreaM2 => "parcel_area_m2",
            Column::Majority => "majority",
            Column::Certainty => "certainty",
            Column::Shares => "shares",
            Column::StatedAreaM2 => "stated_area_m2",
            Column::StatedDifferenceM2 => "stated_difference_m2",
            Column::Reason => "reason",
        }
    }

    /// The column as a table has it: its name and kind.
    pub fn field(self) -> Field {
        let kind = match self {
            Column::AreaM2
            | Column::Share
            | Column::MeanWidthM
            | Column::ParcelAreaM2
            | Column::StatedAreaM2
            | Column::StatedDifferenceM2 => Kind::Real,
            Column::Majority => Kind::Boolean,
            _ => Kind::Text,
        };
        Field::new(self.as_str(), kind)
    }
}
