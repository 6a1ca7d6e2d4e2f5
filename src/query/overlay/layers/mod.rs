//! Overlay of parcels with several layers: how much of each parcel any of the features of a layer cover.

mod column;
mod rows;
mod summary;

pub use column::LayerColumn;
pub use rows::{CoveredParcel, Layer, LayerOverlayer};
pub use summary::{LayerSummary, LayersSummary};

use geo::{BoundingRect, MultiPolygon};

use crate::geometry::clip::{intersection, union};
use crate::query::locate::Certainty;
use crate::query::overlay::{Overlayer, Part, Relation, noise};
use crate::units::{Metres, SquareMetres};

/// What the features of a layer together cover of a parcel. What several of them cover counts once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerCover {
    /// [`Within`](Relation::Within) if they cover the whole parcel, [`Straddles`](Relation::Straddles) if a part of it.
    pub relation: Relation,
    /// The ellipsoidal area that they cover.
    pub area: SquareMetres,
    /// The share of the parcel that they cover, 0 to 1.
    pub share: f64,
    /// The ellipsoidal area of the parcel.
    pub parcel_area: SquareMetres,
    /// Whether more than half of the parcel stays in the layer, or outside it, if the boundaries move within their
    /// accuracy; `None` if the relevant outlines do not state an accuracy.
    pub certainty: Option<Certainty>,
}

impl LayerCover {
    /// Whether more of the parcel is in the layer than outside.
    ///
    /// ```
    /// use taizhou_corridor::query::overlay::{LayerCover, Relation};
    /// use taizhou_corridor::units::SquareMetres;
    ///
    /// let (area, parcel_area) = (SquareMetres(60.0), SquareMetres(100.0));
    /// let cover = LayerCover { relation: Relation::Straddles, area, share: 0.6, parcel_area, certainty: None };
    /// assert!(cover.is_majority());
    /// ```
    pub fn is_majority(&self) -> bool {
        self.area.0 > self.parcel_area.0 - self.area.0
    }
}

impl Overlayer<'_> {
    /// What the overlaid features together cover of a valid polygon in the plan's plane. Parts narrower than a width are
    /// ignored in the relation.
    ///
    /// ```
    /// use geo::{MultiPolygon, polygon};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::{Overlayer, Relation};
    /// use taizhou_corridor::units::Metres;
    ///
    /// // A block on the border of the core and Jiaojiang: together, they cover it.
    /// let block: MultiPolygon =
    ///     polygon![(x: 121.46, y: 28.65), (x: 121.48, y: 28.65), (x: 121.48, y: 28.66), (x: 121.46, y: 28.66)].into();
    /// let plan = Plan::bundled();
    /// let cover = Overlayer::new(&plan).cover(&block, Metres(0.0));
    /// assert_eq!((cover.relation, cover.share), (Relation::Within, 1.0));
    /// ```
    pub fn cover(&self, parcel: &MultiPolygon<f64>, sliver_width: Metres) -> LayerCover {
        let parcel_area = self.plane().area(parcel);
        let parts = self.parts(parcel, parcel_area);
        let outside = parts.iter().find(|part| part.zone.is_none());
        let (area, share) = match outside {
            None => (parcel_area, 1.0),
            Some(outside) if outside.is_whole() => (SquareMetres(0.0), 0.0),
            Some(outside) => {
                let area = SquareMetres((parcel_area.0 - outside.area.0).max(0.0));
                (area, (area.0 / parcel_area.0).clamp(0.0, 1.0))
            }
        };
        let noise = noise(parcel, self.plane(), parcel_area);
        let is_sliver = |part: &Part| {
            sliver_width.0 > 0.0
                && !part.is_whole()
                && (part.area <= noise || part.mean_width(parcel, self.plane()) < sliver_width)
        };
        let in_features = |part: &&Part| part.zone.is_some() && part.relation != Relation::Touches;
        let is_covered = parts.iter().filter(in_features).any(|part| !is_sliver(part));
        let is_uncovered = outside.is_some_and(|part| !is_sliver(part));
        let is_within = !is_uncovered && (is_covered || share > 0.5);
        let relation = match is_covered && is_uncovered {
            true => Relation::Straddles,
            false if is_within => Relation::Within,
            false if parts.iter().any(|part| part.zone.is_some()) => Relation::Touches,
            false => Relation::Outside,
        };
        let certainty = self.certainty_in_layer(parcel, parcel_area, area);
        LayerCover { relation, area, share, parcel_area, certainty }
    }

    /// The geometry of the part that the overlaid features together cover; new vertices are rounded to double precision.
    ///
    /// ```
    /// use geo::{MultiPolygon, polygon};
    /// use taizhou_corridor::plan::Plan;
    /// use taizhou_corridor::query::overlay::Overlayer;
    ///
    /// let block: MultiPolygon =
    ///     polygon![(x: 121.386, y: 28.622), (x: 121.39, y: 28.622), (x: 121.39, y: 28.626), (x: 121.386, y: 28.626)].into();
    /// let plan = Plan::bundled();
    /// let covered = plan.plane().area(&Overlayer::new(&plan).covered(&block));
    /// assert!((covered.0 - 64_522.71).abs() < 0.01);
    /// ```
    pub fn covered(&self, parcel: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        let near = parcel.bounding_rect().map_or(vec![], |bounds| self.locator.index().near(bounds));
        let shapes: Vec<_> = near
            .into_iter()
            .filter(|&feature| self.is_overlaid(feature))
            .map(|feature| &self.plan()[feature].shape)
            .collect();
        match shapes.as_slice() {
            [only] => intersection(parcel, only),
            several => intersection(parcel, &union(several.iter().copied())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use geo::polygon;

    fn block(west: f64, south: f64, size: f64) -> MultiPolygon<f64> {
        let (east, north) = (west + size, south + size);
        polygon![(x: west, y: south), (x: east, y: south), (x: east, y: north), (x: west, y: north)].into()
    }

    /// A layer of squares, with an accuracy where one is stated.
    fn layer(squares: &[(f64, f64, f64)], accuracy_m: Option<f64>) -> Plan {
        let feature = |(id, &(west, south, size)): (usize, &(f64, f64, f64))| {
            let (east, north) = (west + size, south + size);
            let accuracy = accuracy_m.map_or(String::new(), |metres| format!(r#""accuracy_m":{metres}"#));
            format!(
                r#"{{"type":"Feature","id":"{id}","properties":{{{accuracy}}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
            )
        };
        let features: Vec<String> = squares.iter().enumerate().map(feature).collect();
        let json = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        Plan::flat_from_geojson(json.as_bytes(), None).unwrap()
    }

    fn cover(squares: &[(f64, f64, f64)], parcel: &MultiPolygon<f64>) -> LayerCover {
        let plan = layer(squares, None);
        Overlayer::new(&plan).cover(parcel, Metres(0.0))
    }

    #[test]
    fn what_features_cover_together_counts_once() {
        let parcel = block(121.4, 28.6, 0.002);
        let quarter = cover(&[(121.401, 28.601, 0.002)], &parcel);
        assert_eq!(quarter.relation, Relation::Straddles);
        // Twice the same, and one within the other.
        let squares = [(121.401, 28.601, 0.002), (121.401, 28.601, 0.002), (121.4015, 28.6015, 0.0002)];
        let again = cover(&squares, &parcel);
        assert_eq!(again.relation, Relation::Straddles);
        assert!((again.area.0 - quarter.area.0).abs() < 1e-6, "{again:?} {quarter:?}");
        // Neighbours that cover all of it, and overlap.
        let both = cover(&[(121.399, 28.599, 0.0025), (121.4, 28.599, 0.004)], &parcel);
        assert_eq!((both.relation, both.share, both.area), (Relation::Within, 1.0, both.parcel_area));
    }

    #[test]
    fn a_parcel_that_only_touches_has_no_area_in_the_layer() {
        let parcel = block(121.4, 28.6, 0.002);
        let touching = cover(&[(121.402, 28.6, 0.001), (121.5, 28.6, 0.001)], &parcel);
        assert_eq!((touching.relation, touching.area.0, touching.share), (Relation::Touches, 0.0, 0.0));
        let away = cover(&[(121.5, 28.6, 0.001)], &parcel);
        assert_eq!((away.relation, away.area.0), (Relation::Outside, 0.0));
        assert!(!away.is_majority());
    }

    #[test]
    fn certainty_takes_the_features_of_a_layer_as_one() {
        // Strips of 20 m in a row, each accurate to 15 m: no strip is certain, but the parcel is in the layer.
        let strips: Vec<_> = (0..30).map(|i| (121.4 + f64::from(i) * 2e-4, 28.6, 2e-4)).collect();
        let strips: Vec<_> = strips
            .iter()
            .flat_map(|&(west, south, size)| (0..30).map(move |j| (west, south + f64::from(j) * size, size)))
            .collect();
        let parcel = block(121.4025, 28.6025, 0.001);
        let plan = layer(&strips, Some(15.0));
        let overlayer = Overlayer::new(&plan);
        assert_eq!(overlayer.overlay(&parcel).certainty, Some(Certainty::Uncertain));
        assert_eq!(overlayer.cover(&parcel, Metres(0.0)).certainty, Some(Certainty::Certain));
        // At the rim of the layer it is not: half of the parcel is within 15 m of it.
        let at_rim = overlayer.cover(&block(121.3999, 28.6025, 0.0003), Metres(0.0));
        assert_eq!((at_rim.relation, at_rim.certainty), (Relation::Straddles, Some(Certainty::Uncertain)));
        // Away from it, the parcel is outside for certain; without an accuracy nothing is assessed.
        let away = block(121.39, 28.6, 0.001);
        assert_eq!(overlayer.cover(&away, Metres(0.0)).certainty, Some(Certainty::Certain));
        let silent = layer(&strips, None);
        assert_eq!(Overlayer::new(&silent).cover(&parcel, Metres(0.0)).certainty, None);
    }
}
