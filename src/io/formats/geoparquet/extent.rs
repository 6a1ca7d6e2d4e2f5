//! The bounds and types of written geometries: of a row, of a row group, and of the file.

use parquet::geospatial::bounding_box::BoundingBox;
use parquet::geospatial::statistics::GeospatialStatistics;

use crate::io::rows::encode::union;

/// Geometry types, in the order of their codes in WKB, from 1.
const TYPES: [&str; 7] =
    ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"];

/// The extent of a geometry.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowExtent {
    /// West, south, east, north.
    pub(super) bounds: [f64; 4],
    pub(super) kind: &'static str,
}

/// The extent of several geometries.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Extent {
    /// West, south, east, north.
    pub(super) bounds: Option<[f64; 4]>,
    /// The types, in the order in which they occur.
    pub(super) types: Vec<&'static str>,
}

impl Extent {
    pub(super) fn of<'a>(rows: impl IntoIterator<Item = &'a Option<RowExtent>>) -> Extent {
        rows.into_iter().flatten().fold(Extent::default(), |mut extent, row| {
            extent.bounds = union(extent.bounds, Some(row.bounds));
            extent.include_types(&[row.kind]);
            extent
        })
    }

    pub(super) fn include(&mut self, other: &Extent) {
        self.bounds = union(self.bounds, other.bounds);
        self.include_types(&other.types);
    }

    fn include_types(&mut self, types: &[&'static str]) {
        for kind in types {
            if !self.types.contains(kind) {
                self.types.push(kind);
            }
        }
    }

    /// The statistics of a row group, by which readers skip it.
    pub(super) fn statistics(&self) -> GeospatialStatistics {
        let around = self.bounds.map(|[west, south, east, north]| BoundingBox::new(west, east, south, north));
        let codes = (1..).zip(TYPES).filter(|(_, name)| self.types.contains(name)).map(|(code, _)| code).collect();
        GeospatialStatistics::new(around, (!self.types.is_empty()).then_some(codes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extents_are_added_up() {
        let row = |bounds, kind| Some(RowExtent { bounds, kind });
        let rows = [row([2.0, 1.0, 3.0, 2.0], "Polygon"), None, row([0.0, 3.0, 0.0, 3.0], "Point")];
        let mut extent = Extent::of(&rows);
        assert_eq!(extent, Extent { bounds: Some([0.0, 1.0, 3.0, 3.0]), types: vec!["Polygon", "Point"] });
        extent.include(&Extent::of(&rows[..1]));
        let statistics = extent.statistics();
        assert_eq!(statistics.bounding_box(), Some(&BoundingBox::new(0.0, 3.0, 1.0, 3.0)));
        assert_eq!(statistics.geospatial_types(), Some(&vec![1, 3]));
        assert_eq!(Extent::of(&rows[1..2]).statistics(), GeospatialStatistics::new(None, None));
    }
}
