//! Datum shifts against PROJ with the same parameters.
#![cfg(test)]

use geo::Coord;
use proj::Proj;
use serde_json::Value;

use crate::crs::formula::transverse_mercator_of;
use crate::crs::proj_string::on_other_ellipsoid;
use crate::crs::structure::ellipsoid_of;
use crate::crs::with_proj::projjson;
use crate::crs::{
    Crs, DatumShift, EarlierDatum, Helmert, RotationConvention, ShiftMethod, ShiftSource, Transformer, earlier,
};
use crate::maths::hypot;
use crate::units::Metres;

/// A pipeline of PROJ from a zone to longitude and latitude in degrees on the ellipsoid of CGCS2000.
fn pipeline(ellipsoid: &str, meridian_deg: u32, false_easting_m: u32, parameters: &Helmert) -> Proj {
    let Helmert { dx_m, dy_m, dz_m, rx_arcsec, ry_arcsec, rz_arcsec, scale_ppm, convention } = parameters;
    let convention = convention.as_str().replace('-', "_");
    let steps = format!(
        "+proj=pipeline +step +inv +proj=tmerc +lon_0={meridian_deg} +x_0={false_easting_m} {ellipsoid} \
         +step +proj=cart {ellipsoid} +step +proj=helmert +x={dx_m} +y={dy_m} +z={dz_m} +rx={rx_arcsec} \
         +ry={ry_arcsec} +rz={rz_arcsec} +s={scale_ppm} +convention={convention} \
         +step +inv +proj=cart +ellps=GRS80 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    );
    Proj::new(&steps).unwrap()
}

/// Xi'an 80 and Beijing 54 with the user's parameters, both conventions: on 100,000 points.
#[test]
fn datum_shifts_agree_with_proj() {
    let ellipsoids = [(EarlierDatum::Xian1980, "+a=6378140 +rf=298.257"), (EarlierDatum::Beijing1954, "+ellps=krass")];
    let mut most_m: f64 = 0.0;
    for (datum, ellipsoid) in ellipsoids {
        for convention in RotationConvention::ALL {
            let parameters = Helmert {
                dx_m: -19.457,
                dy_m: 71.235,
                dz_m: 31.981,
                rx_arcsec: 2.113,
                ry_arcsec: -1.334,
                rz_arcsec: 3.271,
                scale_ppm: -4.83,
                convention,
            };
            let method = ShiftMethod::Helmert(parameters.clone());
            let shift = DatumShift::new("test", ShiftSource::Datum(datum), method, Metres(0.1)).unwrap();
            let code = if datum == EarlierDatum::Xian1980 { 2364 } else { 2437 };
            let crs = shift.bind(&Crs::Epsg(code)).unwrap();
            let (ours, back) = (Transformer::from_crs(crs.clone()).unwrap(), Transformer::to_crs(crs).unwrap());
            let false_easting_m = if code == 2364 { 40_500_000 } else { 500_000 };
            let theirs = pipeline(ellipsoid, 120, false_easting_m, &parameters);
            let points: Vec<Coord<f64>> = (0..25_000)
                .map(|number| Coord {
                    x: f64::from(false_easting_m) - 250_000.0 + f64::from(number % 500) * 1000.0,
                    y: 2_000_000.0 + f64::from(number / 500) * 80_000.0,
                })
                .collect();
            let (mut computed, mut expected) = (points.clone(), points.clone());
            ours.apply(&mut computed).unwrap();
            theirs.convert_array(&mut expected).unwrap();
            for (ours, theirs) in computed.iter().zip(&expected) {
                let north_m = (ours.y - theirs.y) * 111_000.0;
                most_m = most_m.max(hypot((ours.x - theirs.x) * 111_000.0, north_m));
            }
            back.apply(&mut computed).unwrap();
            for (back, point) in computed.iter().zip(&points) {
                assert!(hypot(back.x - point.x, back.y - point.y) < 1e-6, "{datum} {back:?} {point:?}");
            }
        }
    }
    assert!(most_m < 1e-6, "{most_m} m");
}

/// The definitions that are made by formula.
#[test]
fn zones_of_earlier_datums_are_those_of_proj() {
    let codes = (2327..=2390).chain(2401..=2442).chain(21_413..=21_423).chain(21_453..=21_463).chain([4214, 4610]);
    for code in codes {
        let (ours, theirs) = (earlier::projjson(code).unwrap(), projjson(&format!("EPSG:{code}")).unwrap());
        assert_eq!(ours["name"], theirs["name"], "{code}");
        let base = |definition: &Value| match definition["type"] == "ProjectedCRS" {
            true => definition["base_crs"].clone(),
            false => definition.clone(),
        };
        let ellipsoid = |definition: &Value| base(definition)["datum"]["ellipsoid"].clone();
        for key in ["semi_major_axis", "inverse_flattening"] {
            assert_eq!(ellipsoid(&ours)[key].as_f64(), ellipsoid(&theirs)[key].as_f64(), "{code}");
        }
        assert_eq!(base(&ours)["datum"]["name"], base(&theirs)["datum"]["name"], "{code}");
        for parameter in theirs["conversion"]["parameters"].as_array().into_iter().flatten() {
            let same = |ours: &&Value| ours["name"] == parameter["name"];
            let ours = ours["conversion"]["parameters"].as_array().unwrap().iter().find(same).unwrap();
            assert_eq!(ours["value"].as_f64(), parameter["value"].as_f64(), "{code} {parameter}");
        }
    }
}

/// Without PROJ they are read here.
#[test]
fn strings_on_other_ellipsoids_are_those_of_proj() {
    let tmerc = "+proj=tmerc +lat_0=0 +lon_0=121.5 +k=1 +x_0=50000 +y_0=-3000000 +units=m";
    for ellipsoid in ["+ellps=krass", "+ellps=IAU76", "+a=6378140 +rf=298.257"] {
        let text = format!("{tmerc} {ellipsoid}");
        let (ours, theirs) = (on_other_ellipsoid(&text).unwrap(), projjson(&format!("{text} +type=crs")).unwrap());
        let parameters = |definition: &Value| {
            transverse_mercator_of(definition, ellipsoid_of(&definition["base_crs"]).unwrap()).unwrap()
        };
        assert_eq!(parameters(&ours), parameters(&theirs), "{text}");
    }
    assert!(on_other_ellipsoid("+proj=lcc +lat_1=30 +lat_2=40 +ellps=krass").is_none());
}
