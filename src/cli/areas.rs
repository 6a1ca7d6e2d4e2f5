//! `corridor areas`

use clap::{Args, ValueEnum};

use crate::cli::args::{OutputArgs, PlanArgs};
use crate::cli::talk::Talk;
use crate::cli::{Outcome, write_text};
use crate::crs::Crs;
use crate::error::Result;
use crate::query::areas::{Method, areas, overlaps};
use crate::report::areas::{overlap_matrix, overlap_records, records, table};

/// How large is each zone, and how far is that from the published figure?
///
/// Areas are measured on the ellipsoid of CGCS2000, edges straight in longitude and latitude, as the
/// Chinese land survey measures them (椭球面积). Units: m², km², ha (公顷), mu (亩).
#[derive(Args)]
pub(super) struct AreasArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Way of measuring; all puts the three beside each other
    #[arg(long, value_enum, value_name = "METHOD", default_value = "ellipsoid")]
    method: MethodArg,
    /// Projected system of the method plane
    #[arg(long, value_name = "CRS", default_value = "EPSG:4549")]
    plane_crs: Crs,
    /// Instead: the area that each two features have in common
    #[arg(long)]
    overlaps: bool,
    #[command(flatten)]
    output: OutputArgs,
    /// Format of the output; by default that of the file's ending, else text
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<TableFormat>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MethodArg {
    /// On the ellipsoid, edges straight in lon/lat
    Ellipsoid,
    /// On the ellipsoid, edges geodesic
    Geodesic,
    /// In the plane of a projected system
    Plane,
    All,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TableFormat {
    Text,
    Csv,
    Json,
}

pub(super) fn run(args: AreasArgs, talk: &Talk) -> Result<Outcome> {
    let plan = args.plan.load(talk)?;
    let plane = Method::Plane(args.plane_crs);
    let methods = match args.method {
        MethodArg::Ellipsoid => vec![Method::Ellipsoid],
        MethodArg::Geodesic => vec![Method::Geodesic],
        MethodArg::Plane => vec![plane],
        MethodArg::All => vec![Method::Ellipsoid, Method::Geodesic, plane],
    };
    let format = args.format.unwrap_or(match () {
        () if args.output.ends_with("csv") => TableFormat::Csv,
        () if args.output.ends_with("json") => TableFormat::Json,
        () => TableFormat::Text,
    });
    let text = if args.overlaps {
        let (areas, overlaps) = (areas(&plan, &[Method::Ellipsoid])?, overlaps(&plan));
        match format {
            TableFormat::Text => overlap_matrix(&plan, &overlaps, talk.lang),
            TableFormat::Csv => overlap_records(&plan, &areas, &overlaps).to_csv(),
            TableFormat::Json => overlap_records(&plan, &areas, &overlaps).to_json(),
        }
    } else {
        let areas = areas(&plan, &methods)?;
        match format {
            TableFormat::Text => table(&plan, &areas, talk.lang),
            TableFormat::Csv => records(&plan, &areas).to_csv(),
            TableFormat::Json => records(&plan, &areas).to_json(),
        }
    };
    write_text(args.output.create()?, &text)?;
    talk.notice(&plan);
    Ok(Outcome::Done)
}
