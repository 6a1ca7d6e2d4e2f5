//! The tables of a geodatabase: which are layers, and what describes them.

use std::collections::{BTreeMap, HashMap};

use super::definition::{Definition, Domain, LayerDefinition, SpatialReference};
use super::fields::FieldType;
use super::malformed;
use super::tables::{Table, file_name};
use super::values::{self, Value};
use crate::error::{Error, ErrorKind, FileProblem, Result, Unsupported};
use crate::io::bytes::folder::Folder;

/// The file of the table of all tables, by which a geodatabase is recognised.
pub(super) const FILE: &str = "a00000001.gdbtable";
/// The number of that table.
const NUMBER: u64 = 1;
/// The maximum number of tables that are examined.
const MAX_TABLES: usize = 100_000;

/// A geodatabase.
pub(super) struct Catalog {
    pub(super) layers: Vec<Layer>,
    /// The codes of domains and their names, by the name of the domain.
    pub(super) domains: HashMap<String, Domain>,
}

/// A layer: a feature class, or a table without geometries.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    pub(super) name: String,
    /// The number of its table.
    pub(super) number: u64,
    /// Its definition, in version 10.
    pub(super) definition: Option<LayerDefinition>,
    /// The CRS of the feature dataset that it is in.
    dataset: Option<SpatialReference>,
    /// Whether its data are compressed.
    is_compressed: bool,
}

impl Catalog {
    pub(super) fn read(folder: &dyn Folder) -> Result<Catalog> {
        let mut tables: BTreeMap<u64, String> = BTreeMap::new();
        read_table(folder, NUMBER, &["Name"], |id, [name]| {
            if !name.is_empty() && tables.len() < MAX_TABLES {
                tables.insert(id, name);
            }
        })?;
        let mut catalog = Catalog { layers: vec![], domains: HashMap::new() };
        let numbers: HashMap<&str, u64> = tables.iter().map(|(number, name)| (name.as_str(), *number)).collect();
        let mut ignored = vec![];
        if let Some(&items) = numbers.get("GDB_Items") {
            catalog.add_items(folder, items, &numbers, &mut ignored)?;
        }
        // Version 9 has no items, and in version 10 some tables are not among them.
        for (&number, name) in &tables {
            let is_known = catalog.layers.iter().any(|layer| layer.number == number);
            let lower = name.to_ascii_lowercase();
            let is_internal = ["gdb_", "vat_", "fras_"].iter().any(|start| lower.starts_with(start));
            if !is_known && !is_internal && !ignored.contains(&number) {
                catalog.layers.push(Layer { name: name.clone(), number, ..Layer::default() });
            }
        }
        catalog.layers.retain_mut(|layer| {
            layer.is_compressed = ["gdbtable.cdf", "gdbtable.sdc", "cdf", "sdc"]
                .iter()
                .any(|ending| folder.has(&file_name(layer.number, ending)));
            layer.is_compressed || folder.has(&file_name(layer.number, "gdbtable"))
        });
        Ok(catalog)
    }

    /// Adds the layers and domains of version 10.
    fn add_items(
        &mut self,
        folder: &dyn Folder,
        items: u64,
        numbers: &HashMap<&str, u64>,
        ignored: &mut Vec<u64>,
    ) -> Result<()> {
        let mut datasets: HashMap<String, SpatialReference> = HashMap::new();
        let mut paths: Vec<String> = vec![];
        read_table(folder, items, &["Name", "Path", "Definition"], |_, [name, path, xml]| {
            let number = numbers.get(name.as_str()).copied();
            match Definition::parse(&xml) {
                Some(Definition::Layer(definition)) => {
                    let Some(number) = number else { return };
                    if self.layers.len() < MAX_TABLES && !self.layers.iter().any(|layer| layer.number == number) {
                        self.layers.push(Layer { name, number, definition: Some(*definition), ..Layer::default() });
                        paths.push(path);
                    }
                }
                Some(Definition::Dataset(system)) => {
                    datasets.insert(path, system);
                }
                Some(Definition::Domain(domain)) => {
                    self.domains.insert(domain.name.clone(), domain);
                }
                // Rasters are not tables.
                None if xml.contains("DERasterDataset") => ignored.extend(number),
                None => {}
            }
        })?;
        for (layer, path) in self.layers.iter_mut().zip(paths) {
            let parent = path.rsplit_once('\\').map_or("", |(parent, _)| parent);
            layer.dataset = datasets.get(parent).cloned();
        }
        Ok(())
    }
}

impl Layer {
    pub(super) fn open(&self, folder: &dyn Folder) -> Result<Table> {
        if self.is_compressed {
            return Err(Error::new(ErrorKind::Unsupported(Unsupported::CompressedLayer(self.name.clone()))));
        }
        Table::open(folder, self.number)
    }

    /// The CRS: that of its feature dataset, else its own, else that in its table.
    pub(super) fn spatial_reference(&self, in_table: &str) -> SpatialReference {
        let own = self.definition.as_ref().map(|definition| &definition.spatial_reference);
        let found = self.dataset.iter().chain(own).find(|system| !system.is_empty());
        found.cloned().unwrap_or_else(|| SpatialReference::of_wkt(in_table))
    }
}

/// Reads the texts of fields of a table of the geodatabase itself; those that are null or missing are empty.
fn read_table<const N: usize>(
    folder: &dyn Folder,
    number: u64,
    names: &[&str; N],
    mut pass: impl FnMut(u64, [String; N]),
) -> Result<()> {
    let mut table = Table::open(folder, number)?;
    if number == NUMBER && !table.has_ids() {
        // Its row ids are the numbers of the tables.
        return Err(malformed(FileProblem::MissingMember(file_name(number, "gdbtablx"))));
    }
    let layout = table.layout.clone();
    let is_text = |kind: &FieldType| matches!(kind, FieldType::Text | FieldType::Xml);
    let places: Vec<Option<usize>> = layout
        .fields
        .iter()
        .map(|field| names.iter().position(|name| *name == field.name && is_text(&field.kind)))
        .collect();
    while let Some(rows) = table.next_rows()? {
        for (row, (id, bytes)) in (rows.first_row..).zip(rows.iter()) {
            let mut texts = [const { String::new() }; N];
            let mut add = |index: usize, value: Value<'_>| {
                let Some(place) = places[index] else { return };
                if let Value::Text(text) = value {
                    text.clone_into(&mut texts[place]);
                }
            };
            let in_table = |error: Error| error.in_file(file_name(number, "gdbtable")).at_row(row);
            values::read(&layout, &[], bytes, &mut add).map_err(in_table)?;
            pass(id, texts);
        }
    }
    Ok(())
}
