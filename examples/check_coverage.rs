//! Do parcels overlap or leave gaps, and how are they repaired?

use geo::{MultiPolygon, polygon};
use taizhou_corridor::crs::{Crs, Plane};
use taizhou_corridor::messages::{self, Lang};
use taizhou_corridor::query::coverage::{CoverageFeature, CoverageOptions, check_coverage, fix_coverage};

fn main() -> Result<(), taizhou_corridor::Error> {
    // Parcels of 50 m by 100 m in EPSG:4549: 10 cm between the first two, 20 cm of the second and the third in common.
    let parcel = |west: f64| -> MultiPolygon {
        let (east, south, north) = (west + 50.0, 3_170_000.0, 3_170_100.0);
        polygon![(x: west, y: south), (x: east, y: south), (x: east, y: north), (x: west, y: north)].into()
    };
    let parcels = [("0701", parcel(640_000.0)), ("0702", parcel(640_050.1)), ("0703", parcel(640_099.9))];
    let features: Vec<CoverageFeature<'_>> =
        (1..).zip(&parcels).map(|(row, (id, shape))| CoverageFeature { id, row, shape }).collect();
    let (plane, options) = (Plane::of(&Crs::Epsg(4549))?, CoverageOptions::default());
    for finding in check_coverage(&features, &plane, None, &options).findings {
        let (code, feature) = (finding.problem.code(), finding.feature.as_deref().unwrap_or("-"));
        println!("{code} {feature}: {}", messages::finding(&finding, Lang::En));
    }
    for change in fix_coverage(&features, &plane, None, &options).changes {
        println!("{} {}: {:+.2} m²", change.kind.code(), features[change.feature].id, change.gained.0);
    }
    Ok(())
}
