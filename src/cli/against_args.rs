//! Layers to overlay parcels with, and how they are read.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::args;
use crate::cli::datum_shift::datum_shift;
use crate::cli::offset_args::OffsetArgs;
use crate::cli::outline_file::read_outline;
use crate::cli::ui::Ui;
use crate::cli::usage::ValueProblem;
use crate::crs::{Crs, DatumShift};
use crate::error::{Error, ErrorKind, Result};
use crate::io::ReadOptions;
use crate::plan::{OutlineOptions, Plan};
use crate::plan_io::OutlineRead;
use crate::units::Metres;

/// A value for the layer of this name, or for all.
#[derive(Clone)]
pub(super) struct Named<T> {
    name: Option<String>,
    value: T,
}

#[derive(Args)]
pub(super) struct AgainstArgs {
    /// Overlay with this polygon layer instead of the zones: NAME=FILE or FILE, repeatable; a plan given with --plan is one more layer
    #[arg(long, value_name = "NAME=FILE", value_parser = file)]
    against: Vec<Named<PathBuf>>,
    /// Accuracy (95 %) of layers whose features do not state theirs as `accuracy_m`, in metres; NAME=METRES for one layer
    #[arg(long, value_name = "METRES", requires = "against", value_parser = accuracy)]
    against_accuracy: Vec<Named<f64>>,
    /// Coordinate system of layers; by default what each file declares, else WGS84; NAME=CRS for one layer
    #[arg(long, value_name = "CRS", requires = "against", value_parser = crs)]
    against_crs: Vec<Named<Crs>>,
    /// Your own 4 or 7 parameters from the system of layers to CGCS2000, as with --datum-shift; NAME=FILE for one layer
    #[arg(long, value_name = "FILE", requires = "against", value_parser = shift)]
    against_datum_shift: Vec<Named<DatumShift>>,
    /// Layer of a file with several layers, as NAME=LAYER
    #[arg(long, value_name = "NAME=LAYER", requires = "against", value_parser = layer)]
    against_layer: Vec<Named<String>>,
}

/// A layer that was read, with the name of its file.
pub(super) struct LayerFile {
    pub(super) name: String,
    /// Without its folder, which is private to this machine.
    pub(super) file: String,
    pub(super) plan: ManuallyDrop<Plan>,
}

/// `NAME=FILE`; the name of a file may have such a sign.
fn file(text: &str) -> Result<Named<PathBuf>, ValueProblem> {
    match text.split_once('=').filter(|_| !Path::new(text).exists()) {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => {
            Ok(Named { name: Some(name.to_owned()), value: path.into() })
        }
        None if !text.is_empty() => Ok(Named { name: None, value: text.into() }),
        _ => Err(ValueProblem::NamedFile),
    }
}

fn accuracy(text: &str) -> Result<Named<f64>, ValueProblem> {
    let (name, value) = split(text);
    Ok(Named { name, value: args::distance(value)? })
}

/// A definition of a system may have such a sign itself.
fn crs(text: &str) -> Result<Named<Crs>> {
    args::crs(text).map(|value| Named { name: None, value }).or_else(|error| match split(text) {
        (Some(name), value) => Ok(Named { name: Some(name), value: args::crs(value)? }),
        (None, _) => Err(error),
    })
}

/// The name of a file may have such a sign.
fn shift(text: &str) -> Result<Named<DatumShift>> {
    let (name, path) = if Path::new(text).exists() { (None, text) } else { split(text) };
    Ok(Named { name, value: datum_shift(path)? })
}

fn layer(text: &str) -> Result<Named<String>, ValueProblem> {
    let (name, value) = split(text);
    if value.is_empty() { Err(ValueProblem::NamedFile) } else { Ok(Named { name, value: value.to_owned() }) }
}

fn split(text: &str) -> (Option<String>, &str) {
    text.split_once('=').map_or((None, text), |(name, value)| (Some(name.to_owned()), value))
}

/// The last value for a layer, or for all.
fn value_for<'a, T>(values: &'a [Named<T>], layer: &str) -> Option<&'a T> {
    let of = |name: Option<&str>| values.iter().rev().find(|value| value.name.as_deref() == name);
    of(Some(layer)).or_else(|| of(None)).map(|named| &named.value)
}

impl AgainstArgs {
    pub(super) fn is_given(&self) -> bool {
        !self.against.is_empty()
    }

    /// Reads the layers, of which none may have the name `taken`. Plans are never freed, since that takes long for many
    /// features.
    pub(super) fn load(
        &self,
        with_repair: bool,
        taken: Option<&str>,
        offset: &OffsetArgs,
        ui: &Ui,
    ) -> Result<Vec<LayerFile>> {
        let names = self.names();
        let mut known: Vec<&str> = vec![];
        for name in names.iter().map(String::as_str).chain(taken) {
            if known.contains(&name) {
                return Err(Error::new(ErrorKind::DuplicateLayerName(name.to_owned())));
            }
            known.push(name);
        }
        let of_accuracy = self.against_accuracy.iter().map(|named| &named.name);
        let of_crs = self.against_crs.iter().map(|named| &named.name);
        let of_layer = self.against_layer.iter().map(|named| &named.name);
        let of_shift = self.against_datum_shift.iter().map(|named| &named.name);
        let unknown =
            of_accuracy.chain(of_crs).chain(of_layer).chain(of_shift).flatten().find(|&name| !names.contains(name));
        if let Some(name) = unknown {
            return Err(Error::new(ErrorKind::UnknownLayerName { name: name.clone(), known: names }));
        }
        let read = |(name, file): (String, &Named<PathBuf>)| {
            let mut layer = self.read(name, &file.value, with_repair, ui)?;
            layer.plan = ManuallyDrop::new(offset.apply(ManuallyDrop::into_inner(layer.plan), &layer.file, ui)?);
            Ok(layer)
        };
        names.into_iter().zip(&self.against).map(read).collect()
    }

    fn names(&self) -> Vec<String> {
        let stem = |path: &PathBuf| path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        self.against.iter().map(|named| named.name.clone().unwrap_or_else(|| stem(&named.value))).collect()
    }

    fn read(&self, name: String, path: &PathBuf, with_repair: bool, ui: &Ui) -> Result<LayerFile> {
        let input = args::input(path);
        let file = input.name().to_owned();
        let options = ReadOptions {
            crs: value_for(&self.against_crs, &name).cloned(),
            datum_shift: value_for(&self.against_datum_shift, &name).cloned(),
            layer: value_for(&self.against_layer, &name).cloned(),
            ..ReadOptions::default()
        };
        let shift = options.datum_shift.clone();
        let accuracy = value_for(&self.against_accuracy, &name).map(|&metres| Metres(metres));
        let of_outline = OutlineOptions { accuracy, ..OutlineOptions::default() };
        let OutlineRead { mut outline, .. } = read_outline(input, options, &of_outline, "--against-crs", ui)?;
        ui.report(ui.texts().of_layer(&file, &outline));
        if with_repair {
            match outline.repair() {
                0 => {}
                count => ui.info(&ui.texts().layer_repaired(&file, count)),
            }
        }
        let plan = outline.into_layer().map_err(|error| error.in_file(file.clone()))?;
        ui.verbose(&ui.texts().uses_plan(&file, plan.features().len(), plan.is_flat()));
        let file = path.file_name().map_or(file, |name| name.to_string_lossy().into_owned());
        let file = match &shift {
            Some(shift) => ui.texts().shifted_by(&file, shift),
            None => file,
        };
        Ok(LayerFile { name, file, plan: ManuallyDrop::new(plan) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_before_the_first_sign() {
        let parsed = |text: &str| file(text).ok().map(|named| (named.name, named.value.display().to_string()));
        assert_eq!(parsed("红线=b=c.shp"), Some((Some("红线".to_owned()), "b=c.shp".to_owned())));
        assert_eq!(parsed("b.shp"), Some((None, "b.shp".to_owned())));
        assert_eq!((parsed("=b.shp"), parsed("红线="), parsed("")), (None, None, None));
        // A definition of a system has such signs.
        assert!(crs("+proj=utm +zone=51 +ellps=GRS80").is_ok_and(|named| named.name.is_none()));
        assert!(crs("红线=EPSG:4549").is_ok_and(|named| named.name.as_deref() == Some("红线")));
    }

    #[test]
    fn a_value_of_a_layer_wins_over_one_for_all() {
        let values = ["红线=5", "20", "农田=1"].map(|text| accuracy(text).ok().unwrap());
        assert_eq!(
            ["红线", "农田", "城镇"].map(|layer| value_for(&values, layer).copied()),
            [Some(5.0), Some(1.0), Some(20.0)]
        );
    }
}
