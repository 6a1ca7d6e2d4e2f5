//! `corridor areas`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::args::{self, OutputArgs, PlanArgs};
use crate::cli::report_args::{ReportArgs, ReportMap};
use crate::cli::ui::Ui;
use crate::cli::usage::{Quantity, ValueProblem};
use crate::cli::{Outcome, write_text};
use crate::crs::Crs;
use crate::error::Result;
use crate::io::Format;
use crate::plan::Plan;
use crate::query::adjustment::{Adjustment, Controls, TOLERANCE_PPM, adjust};
use crate::query::areas::{Method, ZoneArea, areas, by_class, check_property, overlaps};
use crate::report::adjustment;
use crate::report::area_report;
use crate::report::areas::{class_records, class_table, overlap_matrix, overlap_records, records, table};
use crate::run::read_controls;
use crate::units::{AreaUnit, SquareMetres, StatedArea};

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
    #[arg(long, conflicts_with_all = ["method", "plane_crs", "report"])]
    overlaps: bool,
    /// Instead, sum the areas by this property of the features
    #[arg(long, value_name = "PROPERTY", conflicts_with_all = ["overlaps", "report"])]
    by: Option<String>,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    adjust: AdjustArgs,
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

/// Adjustment to control areas.
#[derive(Args)]
struct AdjustArgs {
    /// Adjust the areas to control areas: that of the whole with its unit (41km2), a property in which features state theirs (with --by: that of their group), or a table with a column id (or that of --by) and one of areas with their unit
    #[arg(long, value_name = "CONTROL", value_parser = control, conflicts_with = "overlaps")]
    adjust_to: Option<Control>,
    /// Divide a control area in proportion to this
    #[arg(long, value_enum, value_name = "WEIGHT", default_value = "area", requires = "adjust_to")]
    adjust_by: Weight,
    /// Largest difference between computed and control area, in parts per million; the default is 1/200
    #[arg(long, value_name = "PPM", default_value_t = TOLERANCE_PPM, value_parser = tolerance, requires = "adjust_to")]
    adjust_tolerance: f64,
}

/// Where control areas come from.
#[derive(Clone)]
enum Control {
    Total(SquareMetres),
    Property(String),
    File(PathBuf),
}

/// What a control area is divided in proportion to.
#[derive(Clone, Copy, ValueEnum)]
enum Weight {
    Area,
}

fn tolerance(text: &str) -> Result<f64, ValueProblem> {
    args::amount(text, Quantity::PartsPerMillion)
}

/// An area with its unit, a file by its extension, or the name of a property.
fn control(text: &str) -> Result<Control, ValueProblem> {
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    if let Some((figure, unit)) = AreaUnit::at_end_of(text).filter(|(figure, _)| is_number(figure)) {
        let area = StatedArea::parse(figure, unit).map(|stated| stated.area).filter(|area| area.0 > 0.0);
        return area.map(Control::Total).ok_or(ValueProblem::ControlArea);
    }
    let path = Path::new(text);
    if Format::of_path(path).is_ok() {
        return Ok(Control::File(path.to_owned()));
    }
    if text.is_empty() || text.parse::<f64>().is_ok() {
        return Err(ValueProblem::ControlArea);
    }
    Ok(Control::Property(text.to_owned()))
}

impl AreasArgs {
    fn adjusted(&self, control: &Control, plan: &Plan, areas: &[ZoneArea]) -> Result<Vec<Adjustment>> {
        let by = self.by.as_deref();
        if let Some(property) = by {
            check_property(plan, property)?;
        }
        let file = match control {
            Control::File(path) => Some(path.display().to_string()),
            _ => None,
        };
        let controls = match control {
            Control::Total(area) => Controls::of_total(*area),
            Control::Property(property) => Controls::of_property(plan, property, by)?,
            Control::File(path) => read_controls(args::input(path), by)?,
        };
        // There is one way so far.
        let Weight::Area = self.adjust.adjust_by;
        let adjusted = adjust(plan, areas, by, &controls, self.adjust.adjust_tolerance);
        adjusted.map_err(|error| match file {
            Some(file) => error.in_file(file),
            None => error,
        })
    }
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
    if args.report.is_given() {
        write_report(&args, &plan, &methods, ui)?;
        if args.output.output.is_none() && args.format.is_none() {
            ui.disclaimer(&plan);
            return Ok(Outcome::Done);
        }
    }
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
    } else if let Some(control) = &args.adjust.adjust_to {
        let adjusted = args.adjusted(control, &plan, &areas(&plan, &methods)?)?;
        if let Some(adjustment) = adjusted.first() {
            ui.texts().of_adjustment(adjustment).iter().for_each(|message| ui.info(message));
        }
        match format {
            TableFormat::Text => adjustment::table(&plan, &adjusted, ui.lang),
            TableFormat::Csv => adjustment::records(&plan, &adjusted).to_csv(),
            TableFormat::Json => adjustment::records(&plan, &adjusted).to_json(),
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

/// Writes the report on the areas.
fn write_report(args: &AreasArgs, plan: &Plan, methods: &[Method], ui: &Ui) -> Result<()> {
    let Some(target) = args.report.target(&args.output, ui)? else { return Ok(()) };
    let mut source = args.report.plan_source(&args.plan, ui);
    if let Some(plan) = args.report.plan_of_map(plan, &target) {
        ReportMap::of_plan(&plan).draw_into(&mut source, &args.plan, ui)?;
    }
    let report = area_report::write(target, plan, &areas(plan, methods)?, &overlaps(plan), &source, ui.lang)?;
    args.report.commit(report, ui)
}
