//! In the place of [`with_proj`](super::with_proj) in builds without the feature `proj`: systems that need PROJ are
//! errors that say so.

use geo::Coord;
use serde_json::Value;

use crate::crs::Crs;
use crate::crs::names::datum_of_code;
use crate::crs::register::is_system;
use crate::crs::transform::{no_such_crs, unusable_crs};
use crate::crs::wkt_write::WktDialect;
use crate::error::{CrsProblem, Error, ErrorKind, Result};

/// There is none.
pub(super) enum Operation {}

impl Operation {
    pub(super) fn to_crs(crs: &Crs) -> Result<Operation> {
        Err(problem_of(crs))
    }

    pub(super) fn from_crs(crs: &Crs) -> Result<Operation> {
        Err(problem_of(crs))
    }

    pub(super) fn apply(&self, _: &mut [Coord<f64>]) -> std::result::Result<(), CrsProblem> {
        match *self {}
    }
}

fn problem_of(crs: &Crs) -> Error {
    let code = crs.epsg();
    if code.is_some_and(|code| !is_system(code)) {
        return no_such_crs(crs);
    }
    match code.and_then(datum_of_code) {
        Some(datum) => Error::new(ErrorKind::OtherDatum { crs: crs.to_string(), datum: datum.to_owned() }),
        None => unusable_crs(crs, CrsProblem::NeedsProj),
    }
}

pub(super) fn area_of_use_deg(_: &Crs) -> Option<[f64; 4]> {
    None
}

pub(super) fn wkt(_: &Crs, _: WktDialect) -> Option<String> {
    None
}

pub(super) fn definition(_: &Crs) -> Option<Value> {
    None
}

pub(super) fn projjson(_: &str) -> Option<Value> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Transformer;
    use crate::messages::{Lang, error};

    #[test]
    fn systems_that_need_proj_are_errors_that_name_the_feature() {
        let refused = |text: &str| {
            let transformer = text.parse().map_err(|text: String| text).map(Transformer::from_crs);
            transformer.unwrap().err().unwrap()
        };
        let foot = refused("EPSG:2240");
        assert_eq!(
            error(&foot, Lang::En),
            "cannot use EPSG:2240: it needs PROJ, which is not part of this build (feature `proj`)"
        );
        assert!(error(&foot, Lang::Zh).contains("特性`proj`"));
        assert!(matches!(refused("EPSG:4594").kind(), ErrorKind::NoSuchCrs { similar: Some(_), .. }));
        assert!(matches!(refused("EPSG:2385").kind(), ErrorKind::OtherDatum { datum, .. } if datum == "Xian 1980"));
        // A definition of a system on another datum, or of another projection.
        for text in ["+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80", "+proj=tmerc +lon_0=120 +ellps=krass"] {
            let refused = text.parse::<Crs>().unwrap_err();
            assert!(refused.contains("feature `proj`"), "{refused}");
        }
    }
}
