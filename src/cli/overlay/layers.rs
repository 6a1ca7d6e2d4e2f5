//! `corridor overlay --against`

use crate::cli::against_args::LayerFile;
use crate::cli::boundary_args::BoundaryTable;
use crate::cli::overlay::OverlayArgs;
use crate::cli::overlay::layer_map::LayerMap;
use crate::cli::table_command::{self, BoundaryBatch, write_summary};
use crate::cli::ui::Ui;
use crate::cli::{Outcome, args};
use crate::error::Result;
use crate::messages::Marked;
use crate::query::overlay::{Layer, LayerColumn, LayerOverlayer, LayersSummary, Overlayer};
use crate::report;
use crate::report::layers::{LayerReport, LayerSource};
use crate::run::ParcelColumns;
use crate::units::Metres;

impl OverlayArgs {
    /// The layers; the plan is the last if it is given.
    fn layers(&self, ui: &Ui) -> Result<Vec<LayerFile>> {
        let plan = self.plan.file_stem().zip(self.plan.file_name());
        let mut layers = {
            let taken = plan.as_ref().map(|(name, _)| name.as_str());
            self.against.load(self.repair, taken, &self.plan.offset, ui)?
        };
        if let Some((name, file)) = plan {
            layers.push(LayerFile { name, file, plan: self.plan.load(ui)? });
        }
        Ok(layers)
    }

    fn layer_overlayer<'p>(
        &self,
        layers: &'p [LayerFile],
        columns: &[LayerColumn],
        uncertainty: Metres,
        has_map: bool,
    ) -> LayerOverlayer<'p> {
        let layer = |layer: &'p LayerFile| Layer {
            name: layer.name.clone(),
            overlayer: Overlayer::new(&layer.plan).at_level(self.level).with_uncertainty(uncertainty),
        };
        let mut overlayer = LayerOverlayer::new(layers.iter().map(layer).collect(), columns);
        if self.wide {
            overlayer = overlayer.wide();
        }
        if self.pieces {
            overlayer = overlayer.as_pieces();
        }
        if self.repair {
            overlayer = overlayer.repairing();
        }
        if self.report.is_given() {
            overlayer = overlayer.keeping_parcels();
        }
        if has_map {
            overlayer = overlayer.keeping_shapes();
        }
        match self.sliver_width {
            Some(width) => overlayer.with_sliver_width(Metres(width)),
            None => overlayer,
        }
    }
}

pub(super) fn run(args: &OverlayArgs, ui: &Ui) -> Result<Outcome> {
    let OverlayArgs { table, summary, .. } = args;
    let columns = args.layer_columns()?;
    let layers = args.layers(ui)?;
    let open = table.open_parcels(args::input(&args.input), ui)?;
    let label = ParcelColumns { label: args.boundary.label.clone(), ..ParcelColumns::default() }.of(&open.rows)?.label;
    let uncertainty = open.rows.crs().shift_accuracy();
    let writes_rows = args.has_table();
    let summary_output = summary.output(&table.write)?;
    let target = args.report.target(&table.write.output, ui)?;
    let mut map = target.as_ref().filter(|target| args.report.has_map(target)).map(|_| LayerMap::default());
    let overlayer = args.layer_overlayer(&layers, &columns, uncertainty, map.is_some());
    let overlayer = overlayer.with_reasons(open.reason_text());
    let mut report = match target {
        Some(target) => {
            let of_layer = |file: &LayerFile| LayerSource::new(&file.name, &file.file, &file.plan, args.level, ui.lang);
            let report = LayerReport::new(target, layers.iter().map(of_layer).collect(), label, ui.lang)?;
            Some(if args.boundary.boundary_points.is_some() { report.with_boundary_points()? } else { report })
        }
        None => None,
    };
    let take = |found: &mut LayersSummary, boundaries: Option<BoundaryBatch<'_>>| {
        if let (Some(report), Some(BoundaryBatch { parcels, plane })) = (&mut report, boundaries) {
            report.add_boundary_points(parcels, plane)?;
        }
        for (batch, parcels) in found.batches.drain(..) {
            if let Some(report) = &mut report {
                report.add(&batch, &parcels)?;
            }
            if let Some(map) = &mut map {
                map.add(&parcels);
            }
        }
        Ok(())
    };
    let mut boundaries = args.boundary_table(&open.rows, ui)?;
    let answered = open.run_with_boundaries(&overlayer, boundaries.as_mut(), args.repair, writes_rows, take)?;
    // What takes long comes first, so that all files get their names at once.
    let report = match report {
        Some(report) => {
            let mut source = args.report.source(Some(&args.input), &answered.rows, &args.plan, ui);
            if let Some(map) = map {
                map.draw_into(&mut source, &layers, args.level, ui)?;
            }
            Some(report.finish(&source, &answered.summary)?)
        }
        None => None,
    };
    let boundaries = boundaries.map(BoundaryTable::finish).transpose()?;
    let finished = answered.finish()?;
    if let Some(report) = report {
        args.report.commit(report, ui)?;
    }
    if let Some(boundaries) = boundaries {
        boundaries.commit()?;
    }
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    write_summary(summary_output, || report::summary::layers(&names, &finished.summary))?;

    let is_marked = writes_rows && [LayerColumn::Relation, LayerColumn::Reason].iter().all(|it| columns.contains(it));
    let marked = if is_marked { Marked::Column("relation") } else { Marked::No };
    let invalid = |file: &str, invalid, rows| ui.texts().invalid_rows(file, invalid, rows, marked);
    table_command::report(&finished, &table.write, invalid, ui);
    let LayersSummary { repaired, invalid, .. } = &finished.summary;
    ui.report(ui.texts().of_repairs(finished.rows.file(), *repaired, invalid));
    let sentence = ui.texts().layers_summary(finished.rows.file(), &names, &finished.summary);
    ui.result(&sentence, table.write.output.file().is_some() || args.report.is_given());
    for layer in &layers {
        ui.disclaimer(&layer.plan);
    }
    Ok(table_command::outcome(&finished.summary))
}
