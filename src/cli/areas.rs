//! `corridor areas`

use clap::{Args, ValueEnum};

use crate::cli::args::{self, OutputArgs, PlanArgs};
use crate::cli::ui::Ui;
use crate::cli::{Outcome, write_text};
use crate::crs::Crs;
use crate::error::Result;
use crate::query::areas::{Method, areas, by_class, check_property, overlaps};
use crate::report::areas::{class_records, class_table, overlap_matrix, overlap_records, records, table};

/// How large is each zone, and how far is that from the published figure?
///
/// Areas are measured on the ellipsoid of CGCS2000 (椭球面积), edges straight in the system of the plan's file.
/// Units: m², km², ha (公顷), mu (亩).
#[derive(Args)]
pub(super) struct AreasArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Method of measurement; all gives the four side by side
    #[arg(
        long,
        value_enum,
        value_name = "METHOD",
        default_value = "ellipsoid",
        default_value_if("plane_crs", clap::builder::ArgPredicate::IsPresent, "plane")
    )]
    method: MethodArg,
    /// Projected coordinate system in metres for the method plane; by default EPSG:4549
    #[arg(long, value_name = "CRS", value_parser = args::crs)]
    plane_crs: Option<Crs>,
    /// Instead, list the pairwise intersection areas of features
    #[arg(long, conflicts_with_all = ["method", "plane_crs"])]
    overlaps: bool,
    /// Instead, sum the areas by this property of the features
    #[arg(long, value_name = "PROPERTY", conflicts_with = "overlaps")]
    by: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
    /// Output format; by default from the file extension, else text
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    format: Option<TableFormat>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MethodArg {
    /// On the ellipsoid, edges straight in the plan's system
    Ellipsoid,
    /// By the rule of the land survey (国土调查办发〔2008〕32号) between the corners
    Survey,
    /// On the ellipsoid, edges geodesic
    Geodesic,
    /// In the plane of a projected system
    Plane,
    /// All four
    All,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TableFormat {
    Text,
    Csv,
    Json,
}

pub(super) fn run(args: AreasArgs, ui: &Ui) -> Result<Outcome> {
    let plan = args.plan.load(ui)?;
    let plane = args.plane_crs.clone().map_or(Method::GAUSS_KRUEGER_120E, Method::Plane);
    let methods = match args.method {
        MethodArg::Ellipsoid => vec![Method::Ellipsoid],
        MethodArg::Survey => vec![Method::Survey],
        MethodArg::Geodesic => vec![Method::Geodesic],
        MethodArg::Plane => vec![plane],
        MethodArg::All => vec![Method::Ellipsoid, Method::Survey, Method::Geodesic, plane],
    };
    let format = match args.format {
        Some(format) => format,
        None => args.output.format(TableFormat::Text, |ending| match ending {
            "txt" => Some(TableFormat::Text),
            "csv" => Some(TableFormat::Csv),
            "json" => Some(TableFormat::Json),
            _ => None,
        })?,
    };
    let mut text = if args.overlaps {
        let (areas, overlaps) = (areas(&plan, &[Method::Ellipsoid])?, overlaps(&plan));
        match format {
            TableFormat::Text => overlap_matrix(&plan, &overlaps, ui.lang),
            TableFormat::Csv => overlap_records(&plan, &areas, &overlaps).to_csv(),
            TableFormat::Json => overlap_records(&plan, &areas, &overlaps).to_json(),
        }
    } else if let Some(property) = &args.by {
        check_property(&plan, property)?;
        let classes = by_class(&plan, &areas(&plan, &methods)?, property);
        match format {
            TableFormat::Text => class_table(&classes, property, ui.lang),
            TableFormat::Csv => class_records(&classes).to_csv(),
            TableFormat::Json => class_records(&classes).to_json(),
        }
    } else {
        let areas = areas(&plan, &methods)?;
        match format {
            TableFormat::Text => table(&plan, &areas, ui.lang),
            TableFormat::Csv => records(&plan, &areas).to_csv(),
            TableFormat::Json => records(&plan, &areas).to_json(),
        }
    };
    if format == TableFormat::Text
        && let Some(line) = ui.texts().outline_line(&plan, args.plan.file_name().as_deref())
    {
        text.extend([&line, "\n"]);
    }
    write_text(args.output.create()?, &text)?;
    ui.disclaimer(&plan);
    Ok(Outcome::Done)
}
