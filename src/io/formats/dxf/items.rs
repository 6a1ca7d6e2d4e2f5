//! The entities of the model, with those that references to blocks stand for, and the rows that they are.

use std::sync::Arc;

use geo::{CoordsIter, Geometry, GeometryCollection, MultiLineString, MultiPoint, MultiPolygon};

use super::blocks::{Blocks, Expansion, Placed, Reference};
use super::entity::{self, Entity, Shape};
use super::frame::Frame;
use super::layers::Names;
use super::malformed;
use super::own::{OwnRow, Place};
use super::record::{Record, Records};
use super::shape::{Drawn, draw};
use crate::error::{FileProblem, Result, RowProblem};
use crate::geometry::encoding::{ArcTolerance, Decoded};

/// An entity as it is in the drawing.
pub(super) struct Item {
    pub(super) entity: Arc<Entity>,
    frame: Frame,
    pub(super) layer: usize,
    /// The block that it is of, or that it refers to.
    pub(super) block: Option<String>,
    /// The handle of the entity, or of the reference.
    pub(super) handle: String,
    /// The values of the attributes of the reference.
    pub(super) texts: Vec<String>,
    /// Whether it is a reference to a block in another file.
    pub(super) is_external: bool,
}

/// The maximum number of vertices and entities that references stand for, in all: blocks that refer to each other can
/// stand for any number.
pub(super) const MAX_EXPANDED: usize = 1 << 22;

/// Goes through the entities of the model.
pub(super) struct Items {
    records: Records,
    record: Record,
    expansion: Option<(Expansion, Origin)>,
    budget: usize,
}

/// The reference that is being expanded.
struct Origin {
    block: String,
    handle: String,
    texts: Vec<String>,
}

impl Items {
    /// `records` are those of the section of entities, whose head is read.
    pub(super) fn new(records: Records) -> Items {
        Items { records, record: Record::default(), expansion: None, budget: MAX_EXPANDED }
    }

    /// The records after the section.
    pub(super) fn into_records(self) -> Records {
        self.records
    }

    /// The next entity; `None` at the end of the section.
    pub(super) fn next(&mut self, names: &mut Names, blocks: &Blocks) -> Result<Option<Item>> {
        loop {
            if let Some(item) = self.next_of_block(names, blocks)? {
                return Ok(Some(item));
            }
            if self.records.peek() == b"ENDSEC" || !self.records.read(&mut self.record)? {
                return Ok(None);
            }
            let entity = entity::read(&mut self.records, &self.record, names)?;
            let layer = entity.layer;
            let handle = entity.handle.clone();
            let (mut block, mut texts, mut is_external) = (None, vec![], false);
            if let Shape::Insert(insert) = &entity.shape {
                (block, texts) = (Some(insert.block.clone()), insert.texts.clone());
                match blocks.reference(insert) {
                    Reference::Shapes(index) if !entity.is_on_sheet => {
                        let expansion = Expansion::new(index, &entity, insert, layer);
                        self.expansion = Some((expansion, Origin { block: insert.block.clone(), handle, texts }));
                        continue;
                    }
                    Reference::External => is_external = true,
                    _ => {}
                }
            }
            let frame = Frame::WORLD;
            return Ok(Some(Item { entity: Arc::new(entity), frame, layer, block, handle, texts, is_external }));
        }
    }

    fn next_of_block(&mut self, names: &Names, blocks: &Blocks) -> Result<Option<Item>> {
        let Some((expansion, reference)) = &mut self.expansion else { return Ok(None) };
        while let Some(placed) = expansion.next(blocks) {
            let cost = match &placed.entity.shape {
                Shape::Polyline(polyline) => 1 + polyline.vertices.len(),
                _ => 1,
            };
            let too_many = || malformed(FileProblem::BlocksTooLarge { limit: MAX_EXPANDED });
            self.budget = self.budget.checked_sub(cost).ok_or_else(too_many)?;
            let Placed { entity, frame, layer: outer } = &placed;
            let layer = if names.is_default(entity.layer) { *outer } else { entity.layer };
            let mut is_external = false;
            if let Shape::Insert(insert) = &entity.shape {
                match blocks.reference(insert) {
                    Reference::Shapes(index) if expansion.enter(index, &placed, insert, layer) => continue,
                    Reference::External => is_external = true,
                    _ => {}
                }
            }
            let block = match &entity.shape {
                Shape::Insert(insert) => insert.block.clone(),
                _ => reference.block.clone(),
            };
            return Ok(Some(Item {
                entity: entity.clone(),
                frame: *frame,
                layer,
                block: Some(block),
                handle: reference.handle.clone(),
                texts: reference.texts.clone(),
                is_external,
            }));
        }
        self.expansion = None;
        Ok(None)
    }

    /// Draws an item. The vertices of arcs in blocks count, too.
    fn draw(&mut self, item: &Item, arcs: ArcTolerance) -> Result<Drawn> {
        let drawn = draw(&item.entity, &item.frame, arcs);
        if self.expansion.is_some()
            && let Ok(Decoded { geometry: Some(geometry), .. }) = &drawn.geometry
        {
            let too_many = || malformed(FileProblem::BlocksTooLarge { limit: MAX_EXPANDED });
            self.budget = self.budget.checked_sub(geometry.coords_count()).ok_or_else(too_many)?;
        }
        Ok(drawn)
    }
}

impl Item {
    /// The kind of a row; `None` if the entity is not a row.
    pub(super) fn kind(&self) -> Option<&'static str> {
        if self.entity.is_on_sheet || self.is_external {
            return None;
        }
        match &self.entity.shape {
            Shape::Polyline(polyline) => Some(polyline.kind),
            Shape::Circle { kind, .. } => Some(kind),
            Shape::Hatch { .. } => Some("HATCH"),
            Shape::Point(_) => Some("POINT"),
            Shape::Insert(_) => Some("INSERT"),
            Shape::Text { .. } | Shape::Other(_) => None,
        }
    }

    /// Whether its geometry is a point.
    pub(super) fn is_point(&self) -> bool {
        matches!(self.entity.shape, Shape::Point(_) | Shape::Insert(_))
    }

    /// Its row, if this program has written it.
    pub(super) fn own(&self) -> Option<&OwnRow> {
        self.entity.own.as_ref().filter(|_| self.block.is_none())
    }

    /// A position on it, not in a block.
    pub(super) fn position(&self) -> Option<[f64; 3]> {
        let at = match &self.entity.shape {
            Shape::Polyline(polyline) => polyline.vertices.first()?.at,
            Shape::Circle { centre, .. } => *centre,
            Shape::Point(at) | Shape::Text { at, .. } => *at,
            Shape::Insert(insert) => insert.at,
            Shape::Hatch { .. } | Shape::Other(_) => return None,
        };
        Some(self.frame.after(&self.entity.frame).apply(at))
    }
}

/// A row: one entity, or those that this program has written for one.
pub(super) struct Row {
    /// The first of them.
    pub(super) item: Item,
    pub(super) geometry: Result<Decoded, RowProblem>,
    pub(super) z: Option<f64>,
}

/// Goes through the rows of a layer, or of all.
pub(super) struct Rows {
    items: Items,
    layer: Option<usize>,
    pending: Option<Item>,
}

impl Rows {
    pub(super) fn new(items: Items, layer: Option<usize>) -> Rows {
        Rows { items, layer, pending: None }
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self, names: &mut Names, blocks: &Blocks, arcs: ArcTolerance) -> Result<Option<Row>> {
        let Some(item) = self.next_item(names, blocks)? else { return Ok(None) };
        let Drawn { geometry, z } = self.items.draw(&item, arcs)?;
        let Some(mut before) = item.own().map(|own| own.place) else { return Ok(Some(Row { item, geometry, z })) };
        let mut parts = vec![(before, geometry)];
        loop {
            let next = self.next_item(names, blocks)?;
            match next.as_ref().and_then(Item::own).map(|own| own.place) {
                Some(place) if place.follows(before) => before = place,
                _ => {
                    self.pending = next;
                    break;
                }
            }
            if let Some(next) = next {
                parts.push((before, self.items.draw(&next, arcs)?.geometry));
            }
        }
        Ok(Some(Row { item, geometry: joined(parts), z }))
    }

    fn next_item(&mut self, names: &mut Names, blocks: &Blocks) -> Result<Option<Item>> {
        if let Some(item) = self.pending.take() {
            return Ok(Some(item));
        }
        while let Some(item) = self.items.next(names, blocks)? {
            if item.kind().is_some() && self.layer.is_none_or(|layer| layer == item.layer) {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

/// The geometry of the entities of a row.
fn joined(parts: Vec<(Place, Result<Decoded, RowProblem>)>) -> Result<Decoded, RowProblem> {
    let mut whole = Decoded::default();
    let mut members: Vec<Geometry<f64>> = vec![];
    for (place, part) in parts {
        let part = part?;
        whole.has_arcs |= part.has_arcs;
        whole.has_heights |= part.has_heights;
        match (part.geometry, members.last_mut()) {
            (Some(Geometry::Polygon(hole)), Some(Geometry::Polygon(polygon))) if place.ring > 0 => {
                polygon.interiors_push(hole.into_inner().0);
            }
            (geometry, _) => members.extend(geometry),
        }
    }
    if members.len() < 2 {
        whole.geometry = members.pop();
        return Ok(whole);
    }
    whole.geometry = Some(if members.iter().all(|member| matches!(member, Geometry::Polygon(_))) {
        MultiPolygon(members.into_iter().filter_map(|member| member.try_into().ok()).collect()).into()
    } else if members.iter().all(|member| matches!(member, Geometry::LineString(_))) {
        MultiLineString(members.into_iter().filter_map(|member| member.try_into().ok()).collect()).into()
    } else if members.iter().all(|member| matches!(member, Geometry::Point(_))) {
        MultiPoint(members.into_iter().filter_map(|member| member.try_into().ok()).collect()).into()
    } else {
        Geometry::GeometryCollection(GeometryCollection(members))
    });
    Ok(whole)
}
