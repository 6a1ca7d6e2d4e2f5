//! Errors as Python gets them: a code, a message, a place and advice.

use std::sync::atomic::{AtomicBool, Ordering};

use corridor_front_end::{Language, OptionProblem};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use taizhou_corridor::error::Error;
use taizhou_corridor::messages::Lang;

static IS_CHINESE: AtomicBool = AtomicBool::new(false);

/// The language of messages.
pub(crate) fn lang() -> Lang {
    if IS_CHINESE.load(Ordering::Relaxed) { Lang::Zh } else { Lang::En }
}

pub(crate) fn set_lang(lang: Lang) {
    IS_CHINESE.store(lang == Lang::Zh, Ordering::Relaxed);
}

/// Why a call has no answer.
pub(crate) enum Problem {
    /// The options, or an error of the library.
    Option(OptionProblem),
    /// The data are not what is expected.
    Data(DataProblem),
    /// An error of Python, as an interruption.
    Python(PyErr),
}

/// What is wrong with data that are not a file.
pub(crate) enum DataProblem {
    /// A column of coordinates is not of numbers.
    NotNumbers { column: String, found: String },
    /// A geometry column has an encoding that is not read here.
    Encoding { column: String, found: String },
    /// There are no geometries and no coordinates.
    NoGeometry { columns: Vec<String> },
    /// The two arrays of coordinates have different lengths.
    Lengths { x: usize, y: usize },
    /// Arrow data that cannot be read.
    Arrow(String),
    /// An answer that this package does not know.
    Answer(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::Option(error.into())
    }
}

impl From<OptionProblem> for Problem {
    fn from(problem: OptionProblem) -> Problem {
        Problem::Option(problem)
    }
}

impl From<PyErr> for Problem {
    fn from(error: PyErr) -> Problem {
        Problem::Python(error)
    }
}

impl From<DataProblem> for Problem {
    fn from(problem: DataProblem) -> Problem {
        Problem::Data(problem)
    }
}

impl From<arrow_schema::ArrowError> for Problem {
    fn from(error: arrow_schema::ArrowError) -> Problem {
        Problem::Data(DataProblem::Arrow(error.to_string()))
    }
}

impl From<Problem> for PyErr {
    fn from(problem: Problem) -> PyErr {
        Python::attach(|py| problem.into_error(py).unwrap_or_else(|error| error))
    }
}

impl Problem {
    fn into_error(self, py: Python<'_>) -> PyResult<PyErr> {
        let lang = lang();
        let place = PyDict::new(py);
        match &self {
            Problem::Option(OptionProblem::Library(error)) => {
                let at = error.location();
                place.set_item("file", at.file.as_deref())?;
                place.set_item("line", at.line)?;
                place.set_item("row", at.row)?;
                place.set_item("feature", at.feature.as_deref())?;
            }
            Problem::Option(OptionProblem::Bad { name, .. } | OptionProblem::Unknown { name }) => {
                place.set_item("option", name)?;
            }
            Problem::Data(DataProblem::NotNumbers { column, .. } | DataProblem::Encoding { column, .. }) => {
                place.set_item("column", column)?;
            }
            Problem::Data(_) | Problem::Python(_) => {}
        }
        let is_argument = !matches!(self, Problem::Option(OptionProblem::Library(_)));
        let (code, message, advice) = (self.code(), self.message(lang), self.advice(lang));
        if let Problem::Python(error) = self {
            return Ok(error);
        }
        let class = if is_argument { "ArgumentError" } else { "CorridorError" };
        let class = py.import("taizhou_corridor._errors")?.getattr(class)?;
        Ok(PyErr::from_value(class.call1((code, message, advice, place))?))
    }

    fn code(&self) -> &'static str {
        match self {
            Problem::Option(problem) => problem.code(),
            Problem::Data(problem) => problem.code(),
            Problem::Python(_) => "python",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (_, Problem::Option(problem)) => problem.message(lang, Language::Python),
            (Lang::En, Problem::Data(problem)) => problem.english(),
            (Lang::Zh, Problem::Data(problem)) => problem.chinese(),
            (_, Problem::Python(error)) => error.to_string(),
        }
    }

    fn advice(&self, lang: Lang) -> Option<String> {
        match self {
            Problem::Option(problem) => problem.advice(lang, Language::Python, not_built_advice(lang)),
            Problem::Data(problem) => problem.advice(lang).map(str::to_owned),
            Problem::Python(_) => None,
        }
    }
}

/// Advice about what is not in this package.
fn not_built_advice(lang: Lang) -> &'static str {
    match lang {
        Lang::En => {
            "this is not in the package for Python: read the file with GeoPandas, Polars or DuckDB and pass the table, or use the program `corridor` with all features"
        }
        Lang::Zh => "Python包不含此项：请用GeoPandas、Polars或DuckDB读取后传入，或使用功能齐全的`corridor`程序",
    }
}

impl DataProblem {
    fn code(&self) -> &'static str {
        match self {
            DataProblem::NotNumbers { .. } => "not-numbers",
            DataProblem::Encoding { .. } => "geometry-encoding",
            DataProblem::NoGeometry { .. } => "no-coordinate-columns",
            DataProblem::Lengths { .. } => "length-mismatch",
            DataProblem::Arrow(_) => "arrow",
            DataProblem::Answer(_) => "internal",
        }
    }

    fn english(&self) -> String {
        match self {
            DataProblem::NotNumbers { column, found } => {
                format!("column `{column}`: numbers are expected, found {found}")
            }
            DataProblem::Encoding { column, found } => {
                format!("column `{column}`: geometries as {found} are not supported")
            }
            DataProblem::NoGeometry { columns } => {
                format!("no geometry column and no coordinate columns among {}", columns.join(", "))
            }
            DataProblem::Lengths { x, y } => format!("the coordinates have different lengths: {x} and {y}"),
            DataProblem::Arrow(message) => format!("the Arrow data cannot be read: {message}"),
            DataProblem::Answer(text) => format!("unexpected value in an answer: {text}"),
        }
    }

    fn chinese(&self) -> String {
        match self {
            DataProblem::NotNumbers { column, found } => format!("列`{column}`应为数值，实为{found}"),
            DataProblem::Encoding { column, found } => format!("列`{column}`：不支持{found}编码的几何"),
            DataProblem::NoGeometry { columns } => format!("没有几何列，也没有坐标列；现有列：{}", columns.join("、")),
            DataProblem::Lengths { x, y } => format!("两列坐标长度不同：{x}和{y}"),
            DataProblem::Arrow(message) => format!("无法读取Arrow数据：{message}"),
            DataProblem::Answer(text) => format!("结果中有意外的值：{text}"),
        }
    }

    fn advice(&self, lang: Lang) -> Option<&'static str> {
        let (en, zh) = match self {
            DataProblem::NotNumbers { .. } => {
                ("convert the column, for example with .astype(float)", "请先转换该列，如用.astype(float)")
            }
            DataProblem::Encoding { .. } => {
                ("encode the geometries as WKB (geoarrow.wkb)", "请将几何编码为WKB（geoarrow.wkb）")
            }
            DataProblem::NoGeometry { .. } => (
                "name the columns: lon_field and lat_field, or wkt_field",
                "请用lon_field和lat_field或wkt_field指定列名",
            ),
            DataProblem::Lengths { .. } | DataProblem::Arrow(_) => return None,
            DataProblem::Answer(_) => ("this is a fault of the package: please report it", "这是程序缺陷，请反馈"),
        };
        Some(if lang == Lang::Zh { zh } else { en })
    }
}
