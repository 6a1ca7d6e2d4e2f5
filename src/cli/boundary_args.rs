//! Arguments of tables of boundary points, and how they are written beside the answers of a query.

use std::path::{self, PathBuf};

use clap::{Args, ValueEnum};
use geo::Coord;

use crate::cli::args::OutputArgs;
use crate::cli::ui::Ui;
use crate::crs::{Crs, Plane};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Output, Rows};
use crate::query::boundary_points::{
    BoundaryParcel, BoundaryPlane, BoundaryPoints, KeepBoundaries, Numbering, ParcelBoundary, WithBoundaries,
};
use crate::report::boundary_points::{BoundaryFormat, BoundaryWriter};
use crate::run::ParcelColumns;

#[derive(Args)]
pub(super) struct BoundaryArgs {
    /// Write a table of boundary points (界址点成果表), by the extension an Excel workbook or CSV: the corners of each parcel, clockwise from the north-west, with sides, azimuths and areas in the plane of --to-crs, else of the input if that is a Gauss-Krüger zone, else of the 3-degree zone of the first parcel
    #[arg(long, value_name = "FILE")]
    pub(super) boundary_points: Option<PathBuf>,
    /// Number boundary points through the file, where points that parcels share have one number, or anew in each parcel
    #[arg(long, value_enum, value_name = "SCOPE", default_value = "file", requires = "boundary_points")]
    boundary_numbering: Scope,
    /// Column that labels the parcels in the report or table of boundary points; by default one with a matching name
    #[arg(long, value_name = "COLUMN", requires = "labelled")]
    pub(super) label: Option<String>,
}

/// Where numbers of points are distinct.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scope {
    File,
    Parcel,
}

/// A table of boundary points that is written parcel by parcel.
pub(super) struct BoundaryTable<'u> {
    writer: BoundaryWriter,
    numbering: Numbering,
    /// The plane that is stated or that of the table; `None` if the first parcel decides.
    stated: Option<BoundaryPlane>,
    points: Option<BoundaryPoints>,
    label: Option<usize>,
    file: String,
    /// The system of the parcels.
    crs: Crs,
    parcels: u64,
    /// Rows that are not in the table.
    without: u64,
    ui: &'u Ui,
}

impl BoundaryArgs {
    /// The table for the parcels of a table, if one is asked for. Its output must differ from the others.
    pub(super) fn table<'u>(
        &self,
        rows: &Rows,
        to_crs: Option<&Crs>,
        output: &OutputArgs,
        others: &[Option<&PathBuf>],
        ui: &'u Ui,
    ) -> Result<Option<BoundaryTable<'u>>> {
        let Some(path) = &self.boundary_points else { return Ok(None) };
        let absolute = |path: &PathBuf| path::absolute(path).ok();
        if others.iter().chain([&output.file()]).flatten().any(|other| absolute(other) == absolute(path)) {
            return Err(Error::new(ErrorKind::SameOutput(path.display().to_string())));
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let unknown = || Error::new(ErrorKind::UnknownBoundaryFormat(path.display().to_string()));
        let format = BoundaryFormat::of_ending(ending).ok_or_else(unknown)?;
        let columns = ParcelColumns { label: self.label.clone(), ..ParcelColumns::default() };
        let label = columns.of(rows)?.label;
        let stated = match to_crs {
            Some(crs) if !Plane::of(crs)?.is_lon_lat() => Some(BoundaryPlane::of(crs)?),
            _ => BoundaryPlane::of_table(&rows.crs()),
        };
        let numbering = match self.boundary_numbering {
            Scope::File => Numbering::File,
            Scope::Parcel => Numbering::Parcel,
        };
        let writer = BoundaryWriter::new(output.create_other(path)?, format, ui.lang)?;
        let (points, file, crs) = (None, rows.file().to_owned(), rows.crs());
        Ok(Some(BoundaryTable { writer, numbering, stated, points, label, file, crs, parcels: 0, without: 0, ui }))
    }
}

impl<'t> BoundaryTable<'t> {
    /// The query that keeps what the table needs.
    pub(super) fn keep<'q, Q>(
        table: Option<&BoundaryTable<'_>>,
        query: &'q Q,
        with_repair: bool,
        crs: Crs,
    ) -> KeepBoundaries<'q, Q> {
        match table {
            Some(table) => KeepBoundaries::new(query, table.label, with_repair, crs),
            None => KeepBoundaries::none(query),
        }
    }

    /// Writes the parcels of a batch, and returns them.
    pub(super) fn add<S>(&mut self, found: &mut WithBoundaries<S>) -> Result<Vec<BoundaryParcel>> {
        self.without += std::mem::take(&mut found.without);
        let mut parcels = vec![];
        for (source, boundaries) in found.boundaries.drain(..) {
            for boundary in boundaries {
                parcels.extend(self.add_parcel(boundary, &source)?);
            }
        }
        Ok(parcels)
    }

    /// The plane, once there is a parcel.
    pub(super) fn plane(&self) -> Option<&BoundaryPlane> {
        self.points.as_ref().map(BoundaryPoints::plane)
    }

    fn add_parcel(&mut self, boundary: ParcelBoundary, source: &Plane) -> Result<Option<BoundaryParcel>> {
        let row = boundary.row;
        let at_row = |error: Error, file: &str| error.at_row(row).in_file(file);
        let points = match &mut self.points {
            Some(points) => points,
            none => {
                let first = boundary.shape.iter().find_map(|polygon| polygon.exterior().0.first().copied());
                let position = source.position(first.unwrap_or(Coord { x: 0.0, y: 0.0 }));
                let plane = match self.stated.clone() {
                    Some(plane) => plane,
                    None => BoundaryPlane::near(position).ok_or_else(|| {
                        let kind = ErrorKind::NotAPlane { crs: self.crs.to_string() };
                        at_row(Error::new(kind), &self.file)
                    })?,
                };
                plane.check_metric(position)?;
                none.insert(BoundaryPoints::new(plane, self.numbering))
            }
        };
        let parcel = points.parcel(boundary, source).map_err(|problem| at_row(Error::new(problem), &self.file))?;
        let Some(parcel) = parcel else {
            self.without += 1;
            return Ok(None);
        };
        self.parcels += 1;
        self.writer.add(&parcel, points.plane())?;
        Ok(Some(parcel))
    }

    /// Completes the table, which is not yet committed.
    pub(super) fn finish(self) -> Result<FinishedBoundaries<'t>> {
        let BoundaryTable { writer, points, parcels, without, ui, .. } = self;
        let (name, texts) = (writer.name().to_owned(), ui.texts());
        let chosen = points.as_ref().map(BoundaryPoints::plane).filter(|plane| plane.is_chosen());
        let chosen = chosen.map(|plane| texts.chosen_plane(&name, plane));
        let without = (without > 0).then(|| texts.without_boundary(&name, without));
        let points = points.map_or(0, |points| points.point_count());
        let written = texts.boundary_points_written(&name, points, parcels);
        let messages = chosen.into_iter().chain(without).chain([written]).collect();
        Ok(FinishedBoundaries { output: writer.finish()?, messages, ui })
    }
}

/// A complete table of boundary points.
pub(super) struct FinishedBoundaries<'u> {
    output: Output,
    messages: Vec<String>,
    ui: &'u Ui,
}

impl FinishedBoundaries<'_> {
    /// Gives the table its name, and reports it.
    pub(super) fn commit(self) -> Result<()> {
        self.output.commit()?;
        self.messages.iter().for_each(|message| self.ui.info(message));
        Ok(())
    }
}
