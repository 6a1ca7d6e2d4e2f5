//! Reports: their options, where they go, and the map in them.

use std::borrow::Cow;
use std::path::{self, Path, PathBuf};

use clap::Args;
use geo::MapCoords;

use crate::cli::args::{OutputArgs, PlanArgs};
use crate::cli::ui::Ui;
use crate::error::{Error, ErrorKind, Result, RowProblem};
use crate::io::Rows;
use crate::map::{self, DataOverlay, MapOptions};
use crate::messages::text::one_line;
use crate::plan::{Finding, Plan};
use crate::query::locate::LocatedSite;
use crate::query::overlay::Parcel;
use crate::report::Source;
use crate::report::document::{DocumentTarget, Picture, Rasterizer, ReportFormat, WrittenDocument};

#[derive(Args)]
pub(super) struct ReportArgs {
    /// Write a report, by the extension a Word document, an Excel workbook, a web page or Markdown (docx, xlsx, html, md); rows are then written only with -o
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Report: title; by default one that says what the report is on
    #[arg(long, value_name = "TEXT", requires = "report")]
    title: Option<String>,
    /// Report: author, such as an office
    #[arg(long, value_name = "TEXT", requires = "report")]
    author: Option<String>,
    /// Report: its date, as it is to be shown; by default none, so that the same input gives the same report
    #[arg(long, value_name = "DATE", requires = "report")]
    date: Option<String>,
    /// Report: leave out the map
    #[arg(long, requires = "report")]
    no_map: bool,
}

impl ReportArgs {
    /// The file of the report.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.report.as_ref()
    }

    pub(super) fn is_given(&self) -> bool {
        self.report.is_some()
    }

    /// Where the report goes; it cannot replace the rows.
    pub(super) fn target(&self, output: &OutputArgs, ui: &Ui) -> Result<Option<DocumentTarget>> {
        let Some(path) = &self.report else { return Ok(None) };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let unknown = || Error::new(ErrorKind::UnknownReportFormat(path.display().to_string()));
        let annex = annex_of(path);
        // With --overwrite, one would silently replace the other.
        let absolute = |path: &PathBuf| path::absolute(path).ok();
        for other in [path, &annex] {
            if output.file().is_some_and(|rows| absolute(rows) == absolute(other)) {
                return Err(Error::new(ErrorKind::SameOutput(other.display().to_string())));
            }
        }
        let format = ReportFormat::of_ending(ending).ok_or_else(unknown)?;
        let mut target = DocumentTarget::new(output.create_other(path)?, format);
        target.rasterizer = rasterizer(format, ui);
        let output = output.clone();
        target.annex = Some(Box::new(move || output.create_other(&annex)));
        Ok(Some(target))
    }

    /// What the cover of any report says.
    pub(super) fn own_source(&self, ui: &Ui) -> Source {
        Source {
            title: self.title.clone(),
            author: self.author.clone(),
            date: self.date.clone(),
            settings: ui.settings(),
            ..Source::default()
        }
    }

    /// What the cover of a report on a plan says.
    pub(super) fn plan_source(&self, plan: &PlanArgs, ui: &Ui) -> Source {
        Source {
            outline: plan.file_name().map(|name| match plan.datum_shift() {
                Some(shift) => ui.texts().shifted_by(&name, shift),
                None => name,
            }),
            ..self.own_source(ui)
        }
    }

    /// The same of a report on a table. Its reader has no use for the folders of this machine.
    pub(super) fn source(&self, input: Option<&Path>, rows: &Rows, plan: &PlanArgs, ui: &Ui) -> Source {
        let name = input.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        Source {
            file: name.unwrap_or_else(|| rows.file().to_owned()),
            format: rows.format().to_string(),
            crs: ui.texts().system_of(&rows.crs(), rows.overridden_crs()),
            ..self.plan_source(plan, ui)
        }
    }

    /// Whether the report has a map.
    pub(super) fn has_map(&self, target: &DocumentTarget) -> bool {
        !self.no_map && target.format.has_pictures()
    }

    /// The plan of the map in longitude and latitude; `None` if the report has no map, or the plan cannot be drawn.
    pub(super) fn plan_of_map<'p>(&self, plan: &'p Plan, target: &DocumentTarget) -> Option<Cow<'p, Plan>> {
        if self.has_map(target) { plan.in_lon_lat().ok() } else { None }
    }

    /// Gives the files of a report their names.
    pub(super) fn commit(&self, report: WrittenDocument, ui: &Ui) -> Result<()> {
        let annex = report.annex().map(str::to_owned);
        report.commit()?;
        if let Some(annex) = annex {
            ui.info(&ui.lang.report_texts().annex_written(&annex));
        }
        Ok(())
    }
}

/// The file of the rows that a Word document does not hold, beside it.
fn annex_of(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-annex.xlsx"))
}

/// Makes pixels of pictures, if the format has pixels and there are fonts.
#[cfg(feature = "png")]
fn rasterizer(format: ReportFormat, ui: &Ui) -> Result<Rasterizer, String> {
    use crate::map::Drawing;
    use crate::messages::Lang;
    /// Enough for paper.
    const DPI: u32 = 150;
    if !format.has_pixels() {
        return Err(String::new());
    }
    let fonts = map::Fonts::system();
    if fonts.are_none() || ui.lang == Lang::Zh && !fonts.have_chinese() {
        return Err(ui.lang.report_texts().no_font().to_owned());
    }
    Ok(Box::new(move |picture| {
        let Picture { svg, width_mm, height_mm, .. } = picture.clone();
        Drawing { svg, width_mm, height_mm, ..Drawing::default() }.to_png(DPI, &fonts)
    }))
}

#[cfg(not(feature = "png"))]
fn rasterizer(format: ReportFormat, ui: &Ui) -> Result<Rasterizer, String> {
    Err(if format.has_pixels() { ui.lang.report_texts().no_pixels().to_owned() } else { String::new() })
}

/// The map in a report, which is drawn as the rows come.
pub(super) struct ReportMap<'p> {
    plan: &'p Plan,
    overlay: Option<DataOverlay<'p>>,
    sites: u64,
    parcels: u64,
}

impl<'p> ReportMap<'p> {
    /// More parcels cannot be distinguished at this size, and take memory.
    pub(super) const MAX_PARCELS: u64 = 20_000;

    /// A map of a plan alone.
    pub(super) fn of_plan(plan: &'p Plan) -> ReportMap<'p> {
        ReportMap { plan, overlay: None, sites: 0, parcels: 0 }
    }

    /// A map of a layer with the findings about it.
    pub(super) fn of_findings(plan: &'p Plan, findings: &[Finding]) -> ReportMap<'p> {
        let mut overlay = DataOverlay::new(plan).of_findings(0);
        findings.iter().for_each(|finding| overlay.add_finding(finding));
        ReportMap { overlay: Some(overlay), ..ReportMap::of_plan(plan) }
    }

    /// A map of a plan with rows.
    pub(super) fn new(plan: &'p Plan) -> ReportMap<'p> {
        ReportMap { overlay: Some(DataOverlay::new(plan)), ..ReportMap::of_plan(plan) }
    }

    pub(super) fn add_sites(&mut self, sites: &[Result<LocatedSite, RowProblem>]) {
        for site in sites.iter().flatten() {
            self.sites += 1;
            if let Some(overlay) = &mut self.overlay {
                overlay.add_located(site);
            }
        }
    }

    /// Adds parcels in the plane of this plan.
    pub(super) fn add_parcels(&mut self, parcels: &[Result<Parcel, RowProblem>], plan: &Plan) {
        for parcel in parcels.iter().flatten() {
            self.parcels += 1;
            if let Some(overlay) = self.overlay.as_mut().filter(|_| self.parcels <= ReportMap::MAX_PARCELS) {
                let shape = parcel.shape.map_coords(|corner| plan.plane().position(corner));
                let Parcel { membership, has_slivers, .. } = parcel;
                let (membership, has_slivers) = (membership.clone(), *has_slivers);
                overlay.add_overlaid(Parcel { shape, membership, repaired: None, has_slivers });
            }
        }
    }

    /// Draws the map into a report.
    pub(super) fn draw_into(self, source: &mut Source, plan: &PlanArgs, ui: &Ui) -> Result<()> {
        self.draw_named(source, plan.file_stem(), plan.file_name(), ui)
    }

    /// Draws the map of a file, which has this name without its extension, and with it.
    pub(super) fn draw_named(
        self,
        source: &mut Source,
        stem: Option<String>,
        name: Option<String>,
        ui: &Ui,
    ) -> Result<()> {
        let options = MapOptions {
            lang: ui.lang,
            // A flat layer has no name.
            title: stem.filter(|_| self.plan.root().is_none()),
            outline: name,
            ..MapOptions::default()
        };
        let drawing = map::draw(self.plan, self.overlay.as_ref(), &options)?;
        let zones: Vec<String> =
            self.plan.partition().take(20).map(|zone| one_line(ui.lang.name_of(&self.plan[zone]))).collect();
        let shown = self.parcels.min(ReportMap::MAX_PARCELS);
        source.map = Some(Picture {
            svg: drawing.svg,
            width_mm: drawing.width_mm,
            height_mm: drawing.height_mm,
            description: ui.lang.map_texts().description(&zones, self.sites, shown),
        });
        source.map_note = (self.parcels > shown).then(|| ui.lang.report_texts().first_on_map(shown));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annex_is_beside_the_document() {
        assert_eq!(annex_of(Path::new("out/报告.docx")), Path::new("out/报告-annex.xlsx"));
    }
}
