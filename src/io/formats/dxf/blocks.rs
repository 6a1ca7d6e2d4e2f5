//! Blocks, and the entities that references to them stand for.

use std::collections::HashMap;
use std::sync::Arc;

use super::entity::{Entity, Insert, Shape};
use super::frame::Frame;

/// The blocks of a drawing.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    blocks: Vec<Block>,
    /// By their names in lower case.
    by_key: HashMap<String, usize>,
}

#[derive(Debug)]
pub(super) struct Block {
    base: [f64; 3],
    /// Whether its content is in another file.
    is_external: bool,
    entities: Vec<Arc<Entity>>,
    /// Whether it has a closed polyline, itself or in a block that it refers to.
    has_areas: bool,
}

impl Block {
    pub(super) fn new(base: [f64; 3], is_external: bool, entities: Vec<Arc<Entity>>) -> Block {
        Block { base, is_external, entities, has_areas: false }
    }
}

/// What a reference to a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    /// A symbol: a point.
    Symbol,
    /// The shapes of the block.
    Shapes(usize),
    /// The content of another file.
    External,
}

impl Blocks {
    /// Adds a block; of several with a name, the first counts.
    pub(super) fn add(&mut self, name: &str, block: Block) {
        self.by_key.entry(name.to_lowercase()).or_insert(self.blocks.len());
        self.blocks.push(block);
    }

    /// Finds out which blocks have areas, once all are added.
    pub(super) fn find_areas(&mut self) {
        let mut users: Vec<Vec<usize>> = vec![vec![]; self.blocks.len()];
        let mut found = vec![];
        for (index, block) in self.blocks.iter().enumerate() {
            let mut has_areas = false;
            for entity in &block.entities {
                match &entity.shape {
                    Shape::Polyline(polyline) => has_areas |= polyline.is_ring(),
                    Shape::Insert(insert) => {
                        if let Some(&used) = self.by_key.get(&insert.block.to_lowercase()) {
                            users[used].push(index);
                        }
                    }
                    _ => {}
                }
            }
            if has_areas {
                found.push(index);
            }
        }
        while let Some(index) = found.pop() {
            if !std::mem::replace(&mut self.blocks[index].has_areas, true) {
                found.append(&mut users[index]);
            }
        }
    }

    pub(super) fn reference(&self, insert: &Insert) -> Reference {
        match self.by_key.get(&insert.block.to_lowercase()).map(|&index| (index, &self.blocks[index])) {
            Some((_, block)) if block.is_external => Reference::External,
            Some((index, block)) if block.has_areas => Reference::Shapes(index),
            _ => Reference::Symbol,
        }
    }
}

/// The maximum number of references in each other.
const MAX_DEPTH: usize = 32;

/// Goes through the entities of a block as a reference places them.
pub(super) struct Expansion {
    levels: Vec<Level>,
}

struct Level {
    insert: Insert,
    /// The system of the reference.
    outer: Frame,
    layer: usize,
    block: usize,
    /// The index of the copy in the array of the reference, and of the entity in the block.
    copy: u64,
    entity: usize,
}

/// An entity of a block.
pub(super) struct Placed {
    pub(super) entity: Arc<Entity>,
    pub(super) frame: Frame,
    /// The layer of the reference.
    pub(super) layer: usize,
}

impl Expansion {
    pub(super) fn new(block: usize, entity: &Entity, insert: &Insert, layer: usize) -> Expansion {
        Expansion { levels: vec![Level::new(block, &Frame::WORLD, entity, insert, layer)] }
    }

    /// The next entity; `None` at the end.
    pub(super) fn next(&mut self, blocks: &Blocks) -> Option<Placed> {
        while let Some(level) = self.levels.last_mut() {
            let block = &blocks.blocks[level.block];
            if let Some(entity) = block.entities.get(level.entity) {
                level.entity += 1;
                let frame = level.frame(block.base);
                return Some(Placed { entity: entity.clone(), frame, layer: level.layer });
            }
            (level.entity, level.copy) = (0, level.copy + 1);
            let [columns, rows] = level.insert.counts.map(u64::from);
            if level.copy >= columns * rows {
                self.levels.pop();
            }
        }
        None
    }

    /// Goes on with the entities of a reference in a block; false if references are nested too deeply.
    pub(super) fn enter(&mut self, block: usize, placed: &Placed, insert: &Insert, layer: usize) -> bool {
        let is_possible = self.levels.len() < MAX_DEPTH;
        if is_possible {
            self.levels.push(Level::new(block, &placed.frame, &placed.entity, insert, layer));
        }
        is_possible
    }
}

impl Level {
    fn new(block: usize, outer: &Frame, entity: &Entity, insert: &Insert, layer: usize) -> Level {
        Level { insert: insert.clone(), outer: outer.after(&entity.frame), layer, block, copy: 0, entity: 0 }
    }

    /// The system of the entities of the block.
    fn frame(&self, base: [f64; 3]) -> Frame {
        let Insert { at, scale, rotation_deg, counts: [columns, _], spacing: [along, across], .. } = self.insert;
        let (column, row) = (self.copy % u64::from(columns), self.copy / u64::from(columns));
        let offset = [column as f64 * along, row as f64 * across, 0.0];
        let placed = Frame::placed(at, rotation_deg, [1.0; 3]).after(&Frame::shifted(offset));
        let scaled = placed.after(&Frame::placed([0.0; 3], 0.0, scale));
        self.outer.after(&scaled).after(&Frame::shifted(base.map(|part| -part)))
    }
}
