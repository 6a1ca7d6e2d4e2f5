//! The layers of a drawing, and the texts of names in it.

use std::collections::HashMap;

use super::text::Decoder;

/// The layers by their names, which differ in more than case, and the decoder of texts.
pub(super) struct Names {
    pub(super) decoder: Decoder,
    layers: Vec<Layer>,
    /// By the bytes of the name, for those that were met.
    by_bytes: HashMap<Vec<u8>, usize>,
    /// By the name in lower case.
    by_key: HashMap<String, usize>,
}

struct Layer {
    name: String,
    is_hidden: bool,
}

/// The layer of entities that name none.
const DEFAULT: &[u8] = b"0";

impl Names {
    pub(super) fn new(decoder: Decoder) -> Names {
        Names { decoder, layers: vec![], by_bytes: HashMap::new(), by_key: HashMap::new() }
    }

    /// The index of a layer, which is added if it is not listed: drawings of R12 need not list theirs.
    pub(super) fn layer(&mut self, bytes: Option<&[u8]>) -> usize {
        let bytes = bytes.map_or(DEFAULT, <[u8]>::trim_ascii);
        if let Some(&index) = self.by_bytes.get(bytes) {
            return index;
        }
        let name = self.decoder.decode(bytes);
        let next = self.layers.len();
        let index = *self.by_key.entry(name.to_lowercase()).or_insert(next);
        if index == next {
            self.layers.push(Layer { name, is_hidden: false });
        }
        self.by_bytes.insert(bytes.to_vec(), index);
        index
    }

    /// Records that a layer is off or frozen.
    pub(super) fn hide(&mut self, layer: usize) {
        self.layers[layer].is_hidden = true;
    }

    pub(super) fn name(&self, layer: usize) -> &str {
        &self.layers[layer].name
    }

    /// Whether a layer is the one of entities that name none: in a block, they are on the layer of the reference.
    pub(super) fn is_default(&self, layer: usize) -> bool {
        self.name(layer).as_bytes() == DEFAULT
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_key.get(&name.to_lowercase()).copied()
    }

    /// The names of all layers, and of those that are hidden.
    pub(super) fn lists(&self) -> (Vec<String>, Vec<String>) {
        let names = |is_wanted: fn(&&Layer) -> bool| {
            self.layers.iter().filter(is_wanted).map(|layer| layer.name.clone()).collect()
        };
        (names(|_| true), names(|layer| layer.is_hidden))
    }
}
