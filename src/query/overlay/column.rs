//! The columns that `overlay` adds to a table.

use crate::table::{Field, Kind};

/// A column that `overlay` adds. Its name does not depend on the language.
///
/// ```
/// use taizhou_corridor::query::overlay::OverlayColumn;
///
/// assert_eq!(OverlayColumn::ParcelAreaM2.field().name, "parcel_area_m2");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OverlayColumn {
    /// The id of the zone; empty for the part outside all zones.
    Zone,
    /// The name of the zone.
    ZoneName,
    /// `within`, `straddles`, `touches`, `outside`, or `invalid` for a row without a usable parcel.
    Relation,
    /// The ellipsoidal area of the part in the zone.
    AreaM2,
    /// The share of the parcel, 0 to 1.
    Share,
    /// The mean width of the part: twice its area divided by its perimeter.
    MeanWidthM,
    /// The ellipsoidal area of the parcel.
    ParcelAreaM2,
    /// `true` for the largest part.
    Majority,
    /// `certain` or `uncertain`: whether the majority could change within the accuracy of the outlines.
    Certainty,
    /// In the wide form: all intersected zones with their shares, such as `core=0.6000;outside=0.4000`.
    Shares,
    /// The area stated in the table.
    StatedAreaM2,
    /// The computed area minus the stated area.
    StatedDifferenceM2,
    /// Why a row is invalid.
    Reason,
}

impl OverlayColumn {
    /// All columns.
    pub const ALL: [OverlayColumn; 13] = [
        OverlayColumn::Zone,
        OverlayColumn::ZoneName,
        OverlayColumn::Relation,
        OverlayColumn::AreaM2,
        OverlayColumn::Share,
        OverlayColumn::MeanWidthM,
        OverlayColumn::ParcelAreaM2,
        OverlayColumn::Majority,
        OverlayColumn::Certainty,
        OverlayColumn::Shares,
        OverlayColumn::StatedAreaM2,
        OverlayColumn::StatedDifferenceM2,
        OverlayColumn::Reason,
    ];

    /// The columns of the long form: one row for each parcel and zone.
    pub const LONG: [OverlayColumn; 10] = [
        OverlayColumn::Zone,
        OverlayColumn::ZoneName,
        OverlayColumn::Relation,
        OverlayColumn::AreaM2,
        OverlayColumn::Share,
        OverlayColumn::MeanWidthM,
        OverlayColumn::ParcelAreaM2,
        OverlayColumn::Majority,
        OverlayColumn::Certainty,
        OverlayColumn::Reason,
    ];

    /// The columns of the wide form: one row for each parcel, with its majority zone and all shares.
    pub const WIDE: [OverlayColumn; 9] = [
        OverlayColumn::Zone,
        OverlayColumn::ZoneName,
        OverlayColumn::Relation,
        OverlayColumn::AreaM2,
        OverlayColumn::Share,
        OverlayColumn::ParcelAreaM2,
        OverlayColumn::Certainty,
        OverlayColumn::Shares,
        OverlayColumn::Reason,
    ];

    /// The name of the column.
    ///
    /// ```
    /// use taizhou_corridor::query::overlay::OverlayColumn;
    ///
    /// assert_eq!(OverlayColumn::MeanWidthM.as_str(), "mean_width_m");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            OverlayColumn::Zone => "zone",
            OverlayColumn::ZoneName => "zone_name",
            OverlayColumn::Relation => "relation",
            OverlayColumn::AreaM2 => "area_m2",
            OverlayColumn::Share => "share",
            OverlayColumn::MeanWidthM => "mean_width_m",
            OverlayColumn::ParcelAreaM2 => "parcel_area_m2",
            OverlayColumn::Majority => "majority",
            OverlayColumn::Certainty => "certainty",
            OverlayColumn::Shares => "shares",
            OverlayColumn::StatedAreaM2 => "stated_area_m2",
            OverlayColumn::StatedDifferenceM2 => "stated_difference_m2",
            OverlayColumn::Reason => "reason",
        }
    }

    /// The columns of an answer unless others are chosen: a row for each part, or one for each parcel if it is wide; with
    /// those about stated areas if there are such.
    ///
    /// ```
    /// use taizhou_corridor::query::overlay::OverlayColumn;
    ///
    /// assert_eq!(OverlayColumn::of_answer(false, false), OverlayColumn::LONG);
    /// assert!(OverlayColumn::of_answer(true, true).contains(&OverlayColumn::StatedDifferenceM2));
    /// ```
    pub fn of_answer(is_wide: bool, has_stated_areas: bool) -> Vec<OverlayColumn> {
        let mut columns = if is_wide { OverlayColumn::WIDE.to_vec() } else { OverlayColumn::LONG.to_vec() };
        if has_stated_areas {
            let reason = columns.len() - 1;
            columns.splice(reason..reason, [OverlayColumn::StatedAreaM2, OverlayColumn::StatedDifferenceM2]);
        }
        columns
    }

    /// The field of a table: name and kind.
    pub fn field(self) -> Field {
        let kind = match self {
            OverlayColumn::AreaM2
            | OverlayColumn::Share
            | OverlayColumn::MeanWidthM
            | OverlayColumn::ParcelAreaM2
            | OverlayColumn::StatedAreaM2
            | OverlayColumn::StatedDifferenceM2 => Kind::Real,
            OverlayColumn::Majority => Kind::Boolean,
            _ => Kind::Text,
        };
        Field::new(self.as_str(), kind)
    }
}
