//! The map in a report on parcels and layers.

use geo::{BoundingRect, Contains, Coord, Intersects, MultiPolygon, Rect};

use crate::cli::against_args::LayerFile;
use crate::cli::report_args::ReportMap;
use crate::cli::ui::Ui;
use crate::crs::Plane;
use crate::error::{Result, RowProblem};
use crate::geometry::clip::intersection;
use crate::map::{self, DataOverlay, MapOptions};
use crate::messages::text::one_line;
use crate::plan::{Feature, FeatureId, Level, Plan};
use crate::query::locate::Certainty;
use crate::query::overlay::CoveredParcel;
use crate::report::Source;
use crate::report::document::Picture;

/// The parcels of the map, each in the layer that covers most of it, kept until all are known: the map is around them,
/// since layers may be those of a province.
#[derive(Default)]
pub(super) struct LayerMap {
    parcels: Vec<MapParcel>,
    count: u64,
}

struct MapParcel {
    /// In longitude and latitude.
    shape: MultiPolygon<f64>,
    layer: Option<usize>,
    certainty: Option<Certainty>,
}

impl LayerMap {
    /// More features of layers cannot be distinguished at this size, and take memory.
    const MAX_FEATURES: usize = 20_000;
    /// How far the map extends beyond the parcels, as a fraction of the longer side of their extent, and at least
    /// (degrees, about 500 m).
    const MARGIN: f64 = 0.06;
    const MIN_MARGIN: f64 = 0.005;
    /// Layers are cut this many times the longer side of the map beyond it, where paper of another shape has no room.
    const CUT: f64 = 1.5;

    /// Adds parcels that keep their shapes.
    pub(super) fn add(&mut self, parcels: &[Result<CoveredParcel, RowProblem>]) {
        for parcel in parcels.iter().flatten() {
            let Some(shape) = &parcel.shape else { continue };
            self.count += 1;
            if self.count <= ReportMap::MAX_PARCELS {
                let layer = layer_of(parcel);
                let certainty = certainty_of(parcel, layer);
                self.parcels.push(MapParcel { shape: shape.clone(), layer, certainty });
            }
        }
    }

    /// Draws the map into a report, if any layer is near the parcels.
    pub(super) fn draw_into(self, source: &mut Source, layers: &[LayerFile], level: Level, ui: &Ui) -> Result<()> {
        let Some(bounds) = self.parcels.iter().filter_map(|parcel| parcel.shape.bounding_rect()).reduce(joined) else {
            return Ok(());
        };
        let margin = LayerMap::MARGIN * bounds.width().max(bounds.height());
        let margin = Coord { x: 1.0, y: 1.0 } * margin.max(LayerMap::MIN_MARGIN);
        let frame = Rect::new(bounds.min() - margin, bounds.max() + margin);
        let beyond = Coord { x: 1.0, y: 1.0 } * (LayerMap::CUT * frame.width().max(frame.height()));
        let cut = Rect::new(frame.min() - beyond, frame.max() + beyond);
        let mut shapes: Vec<MultiPolygon<f64>> = vec![];
        for layer in layers {
            // What cannot be drawn has no map.
            let Ok(plan) = layer.plan.in_lon_lat() else { return Ok(()) };
            shapes.push(near(&plan, level, cut));
        }
        let texts = ui.lang.report_texts();
        if shapes.iter().map(|shape| shape.0.len()).sum::<usize>() > LayerMap::MAX_FEATURES {
            source.map_note = Some(texts.too_many_features(LayerMap::MAX_FEATURES as u64));
            return Ok(());
        }
        let (plan, ids) = as_features(layers, level, shapes);
        if plan.features().is_empty() {
            return Ok(());
        }
        let mut overlay = DataOverlay::new(&plan).framed(frame);
        let shown = self.parcels.len() as u64;
        for MapParcel { shape, layer, certainty } in self.parcels {
            overlay.add_shape(shape, layer.and_then(|layer| ids[layer]), certainty);
        }
        let names: Vec<String> = layers.iter().map(|layer| one_line(&layer.name)).collect();
        let mut notices: Vec<String> = layers.iter().filter_map(|layer| ui.lang.notice_of(&layer.plan)).collect();
        notices.dedup();
        let files: Vec<&str> = layers.iter().map(|layer| layer.file.as_str()).collect();
        let separator = ui.lang.list_separator();
        let offset = layers.iter().find_map(|layer| layer.plan.offset_distance());
        let outline = match offset {
            Some(distance) => {
                format!("{}{}{}", files.join(separator), ui.lang.map_texts().separator, ui.texts().offset(distance))
            }
            None => files.join(separator),
        };
        let options = MapOptions {
            lang: ui.lang,
            title: Some(texts.map_of_layers(&names)),
            subtitle: Some(notices.join(separator)).filter(|notices| !notices.is_empty()),
            outline: Some(outline),
            ..MapOptions::default()
        };
        let drawing = map::draw(&plan, Some(&overlay), &options)?;
        source.map = Some(Picture {
            svg: drawing.svg,
            width_mm: drawing.width_mm,
            height_mm: drawing.height_mm,
            description: ui.lang.map_texts().description(&names, 0, shown),
        });
        source.map_note = (self.count > shown).then(|| texts.first_on_map(shown));
        Ok(())
    }
}

/// The layer that covers most of a parcel.
fn layer_of(parcel: &CoveredParcel) -> Option<usize> {
    let areas = parcel.covers.iter().map(|cover| cover.area.0).enumerate().filter(|(_, area)| *area > 0.0);
    // The first of equal ones.
    areas.reduce(|most, other| if other.1 > most.1 { other } else { most }).map(|(layer, _)| layer)
}

/// Whether that is certain; of a parcel in no layer, whether it is outside all of them.
fn certainty_of(parcel: &CoveredParcel, layer: Option<usize>) -> Option<Certainty> {
    match layer {
        Some(layer) => parcel.covers[layer].certainty,
        None => {
            let mut all = parcel.covers.iter().map(|cover| cover.certainty);
            if all.clone().any(|certainty| certainty == Some(Certainty::Uncertain)) {
                return Some(Certainty::Uncertain);
            }
            all.all(|certainty| certainty.is_some()).then_some(Certainty::Certain)
        }
    }
}

/// The polygons of a layer in a frame.
fn near(plan: &Plan, level: Level, frame: Rect<f64>) -> MultiPolygon<f64> {
    let frame_shape = MultiPolygon(vec![frame.to_polygon()]);
    let mut polygons = vec![];
    for feature in plan.features().iter().filter(|feature| is_overlaid(feature, level)) {
        let Some(bounds) = feature.shape.bounding_rect().filter(|bounds| bounds.intersects(&frame)) else { continue };
        polygons.extend(match frame.contains(&bounds) {
            true => feature.shape.0.clone(),
            false => intersection(&feature.shape, &frame_shape).0,
        });
    }
    MultiPolygon(polygons)
}

fn is_overlaid(feature: &Feature, level: Level) -> bool {
    feature.level.is_none_or(|of| of.depth() == level.depth())
}

/// A flat plan with a feature for each layer that has a shape, and the features of all layers.
fn as_features(layers: &[LayerFile], level: Level, shapes: Vec<MultiPolygon<f64>>) -> (Plan, Vec<Option<FeatureId>>) {
    let feature = |(layer, shape): (&LayerFile, MultiPolygon<f64>)| {
        let overlaid = || layer.plan.features().iter().filter(|feature| is_overlaid(feature, level));
        let accuracy = overlaid().map(|feature| feature.accuracy).collect::<Option<Vec<_>>>();
        let accuracy = accuracy.and_then(|all| all.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)));
        // What several layers have in common is not known.
        let of_one = layer.plan.root().or(layer.plan.features().first()).filter(|_| layers.len() == 1);
        (!shape.0.is_empty()).then(|| Feature {
            id: layer.name.clone(),
            level: None,
            parent: None,
            name: layer.name.clone(),
            name_en: None,
            published_area: None,
            accuracy,
            properties: of_one.map(|feature| feature.properties.clone()).unwrap_or_default(),
            shape,
        })
    };
    let features: Vec<Option<Feature>> = layers.iter().zip(shapes).map(feature).collect();
    let has_shape: Vec<bool> = features.iter().map(Option::is_some).collect();
    let plan = Plan::new(features.into_iter().flatten().collect(), true, Plane::LON_LAT);
    let mut ids = plan.ids();
    let ids = has_shape.into_iter().map(|has_shape| if has_shape { ids.next() } else { None }).collect();
    (plan, ids)
}

fn joined(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    Rect::new(
        Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
        Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::overlay::{LayerCover, Relation};
    use crate::units::SquareMetres;

    fn parcel(covers: &[(f64, Option<Certainty>)]) -> CoveredParcel {
        let area = SquareMetres(10.0);
        let cover = |&(covered, certainty): &(f64, Option<Certainty>)| LayerCover {
            relation: Relation::Straddles,
            area: SquareMetres(covered),
            share: covered / area.0,
            parcel_area: area,
            certainty,
        };
        CoveredParcel { area, covers: covers.iter().map(cover).collect(), shape: None, repaired: None }
    }

    #[test]
    fn a_parcel_is_in_the_layer_that_covers_most_of_it() {
        let (yes, no) = (Some(Certainty::Certain), Some(Certainty::Uncertain));
        let found = |covers: &[(f64, Option<Certainty>)]| {
            let parcel = parcel(covers);
            (layer_of(&parcel), certainty_of(&parcel, layer_of(&parcel)))
        };
        assert_eq!(found(&[(3.0, no), (4.0, yes), (4.0, no)]), (Some(1), yes));
        assert_eq!(found(&[(0.0, no), (1.0, None)]), (Some(1), None));
        assert_eq!(found(&[(0.0, yes), (0.0, no)]), (None, no));
        assert_eq!(found(&[(0.0, yes), (0.0, None)]), (None, None));
        assert_eq!(found(&[(0.0, yes)]), (None, yes));
    }

    #[test]
    fn a_layer_is_cut_at_the_frame() {
        let frame = Rect::new(Coord { x: 121.3, y: 28.5 }, Coord { x: 121.4, y: 28.7 });
        let shape = near(&Plan::bundled(), Level::Zone, frame);
        let bounds = shape.bounding_rect().unwrap();
        assert!(frame.contains(&bounds) || bounds.max().x == frame.max().x, "{bounds:?}");
        assert!(near(&Plan::bundled(), Level::Zone, Rect::new((0.0, 0.0), (1.0, 1.0))).0.is_empty());
    }
}
