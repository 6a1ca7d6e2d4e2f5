//! The columns that `overlay` adds to a table for layers.

use crate::table::{Field, Kind};

/// A column about a parcel and a layer. Its name does not depend on the language.
///
/// ```
/// use taizhou_corridor::query::overlay::LayerColumn;
///
/// assert_eq!(LayerColumn::AreaM2.field_of("redline").name, "redline_area_m2");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerColumn {
    /// The name of the layer.
    Layer,
    /// `within`, `straddles`, `touches`, `outside`, or `invalid` for a row without a usable parcel.
    Relation,
    /// The ellipsoidal area of the parcel that the layer covers.
    AreaM2,
    /// The share of the parcel that the layer covers, 0 to 1.
    Share,
    /// The ellipsoidal area of the parcel.
    ParcelAreaM2,
    /// Whether more of the parcel is in the layer than outside.
    Majority,
    /// `certain` or `uncertain`: whether the majority could change within the accuracy of the outlines.
    Certainty,
    /// Why a row is invalid.
    Reason,
}

impl LayerColumn {
    /// All columns, which are those of the long form: one row for each parcel and layer.
    pub const ALL: [LayerColumn; 8] = [
        LayerColumn::Layer,
        LayerColumn::Relation,
        LayerColumn::AreaM2,
        LayerColumn::Share,
        LayerColumn::ParcelAreaM2,
        LayerColumn::Majority,
        LayerColumn::Certainty,
        LayerColumn::Reason,
    ];

    /// The columns of the wide form: one row for each parcel, with columns for each layer.
    pub const WIDE: [LayerColumn; 6] = [
        LayerColumn::Relation,
        LayerColumn::AreaM2,
        LayerColumn::Share,
        LayerColumn::Certainty,
        LayerColumn::ParcelAreaM2,
        LayerColumn::Reason,
    ];

    /// The name of the column.
    ///
    /// ```
    /// use taizhou_corridor::query::overlay::LayerColumn;
    ///
    /// assert_eq!(LayerColumn::Layer.as_str(), "layer");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            LayerColumn::Layer => "layer",
            LayerColumn::Relation => "relation",
            LayerColumn::AreaM2 => "area_m2",
            LayerColumn::Share => "share",
            LayerColumn::ParcelAreaM2 => "parcel_area_m2",
            LayerColumn::Majority => "majority",
            LayerColumn::Certainty => "certainty",
            LayerColumn::Reason => "reason",
        }
    }

    /// The columns of an answer unless others are chosen.
    ///
    /// ```
    /// use taizhou_corridor::query::overlay::LayerColumn;
    ///
    /// assert!(!LayerColumn::of_answer(true).contains(&LayerColumn::Layer));
    /// ```
    pub fn of_answer(is_wide: bool) -> Vec<LayerColumn> {
        if is_wide { LayerColumn::WIDE.to_vec() } else { LayerColumn::ALL.to_vec() }
    }

    /// Whether the column is about a layer, and not about the parcel alone.
    pub fn is_of_layer(self) -> bool {
        !matches!(self, LayerColumn::ParcelAreaM2 | LayerColumn::Reason)
    }

    /// The field of a table in the long form, or of the parcel alone: name and kind.
    pub fn field(self) -> Field {
        let kind = match self {
            LayerColumn::AreaM2 | LayerColumn::Share | LayerColumn::ParcelAreaM2 => Kind::Real,
            LayerColumn::Majority => Kind::Boolean,
            LayerColumn::Layer | LayerColumn::Relation | LayerColumn::Certainty | LayerColumn::Reason => Kind::Text,
        };
        Field::new(self.as_str(), kind)
    }

    /// The field of a layer in the wide form.
    pub fn field_of(self, layer: &str) -> Field {
        let Field { name, kind } = self.field();
        Field::new(format!("{layer}_{name}"), kind)
    }
}
