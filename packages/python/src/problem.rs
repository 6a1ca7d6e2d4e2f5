//! Errors as Python gets them: a code, a message, a place and advice.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use taizhou_corridor::error::Error;
use taizhou_corridor::messages::{self, Lang};

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
    /// An error of the library.
    Library(Error),
    /// The value of an option is not what is expected.
    BadOption { name: String, expected: Expected },
    /// Options that the function does not have.
    UnknownOption { name: String },
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

/// The expected value of an option.
pub(crate) enum Expected {
    Text,
    Texts,
    Flag,
    /// A number, 0 or more.
    Amount,
    /// A whole number in a range.
    WholeNumber {
        min: u32,
        max: u32,
    },
    /// One of these.
    OneOf(Vec<&'static str>),
    /// The label of an encoding.
    Encoding,
    /// Properties of plans and the fields that have them.
    Fields,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem::Library(error)
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
            Problem::Python(_) => {}
            Problem::Library(error) => {
                let at = error.location();
                place.set_item("file", at.file.as_deref())?;
                place.set_item("line", at.line)?;
                place.set_item("row", at.row)?;
                place.set_item("feature", at.feature.as_deref())?;
            }
            Problem::BadOption { name, .. } | Problem::UnknownOption { name } => place.set_item("option", name)?,
            Problem::Data(DataProblem::NotNumbers { column, .. } | DataProblem::Encoding { column, .. }) => {
                place.set_item("column", column)?;
            }
            Problem::Data(_) => {}
        }
        let is_argument = !matches!(self, Problem::Library(_));
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
            Problem::Library(error) => error.kind().code(),
            Problem::BadOption { .. } => "bad-option",
            Problem::UnknownOption { .. } => "unknown-option",
            Problem::Data(problem) => problem.code(),
            Problem::Python(_) => "python",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (_, Problem::Library(error)) => with_own_names(&messages::error(error, lang)),
            (Lang::En, Problem::BadOption { name, expected }) => format!("option `{name}`: {}", expected.english()),
            (Lang::Zh, Problem::BadOption { name, expected }) => format!("选项`{name}`：{}", expected.chinese()),
            (Lang::En, Problem::UnknownOption { name }) => format!("there is no option `{name}` here"),
            (Lang::Zh, Problem::UnknownOption { name }) => format!("此处没有`{name}`选项"),
            (Lang::En, Problem::Data(problem)) => problem.english(),
            (Lang::Zh, Problem::Data(problem)) => problem.chinese(),
            (_, Problem::Python(error)) => error.to_string(),
        }
    }

    fn advice(&self, lang: Lang) -> Option<String> {
        match self {
            Problem::Library(error) if error.kind().code() == "not-built" => Some(
                match lang {
                    Lang::En => "this is not in the package for Python: read the file with GeoPandas, Polars or DuckDB and pass the table, or use the program `corridor` with all features",
                    Lang::Zh => "Python包不含此项：请用GeoPandas、Polars或DuckDB读取后传入，或使用功能齐全的`corridor`程序",
                }
                .to_owned(),
            ),
            Problem::Library(error) => messages::advice(error, lang).map(with_own_names),
            Problem::Data(problem) => problem.advice(lang).map(str::to_owned),
            _ => None,
        }
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

impl Expected {
    fn english(&self) -> String {
        match self {
            Expected::Text => "a text is expected".to_owned(),
            Expected::Texts => "a list of texts is expected".to_owned(),
            Expected::Flag => "True or False is expected".to_owned(),
            Expected::Amount => "a number, 0 or more, is expected".to_owned(),
            Expected::WholeNumber { min, max } => format!("a whole number from {min} to {max} is expected"),
            Expected::OneOf(names) => format!("choose from: {}", names.join(", ")),
            Expected::Encoding => "an encoding such as utf-8, gb18030, big5, utf-16le is expected".to_owned(),
            Expected::Fields => "a dict of properties and fields is expected, as {\"name\": \"名称\"}".to_owned(),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Expected::Text => "应为文本".to_owned(),
            Expected::Texts => "应为文本列表".to_owned(),
            Expected::Flag => "应为True或False".to_owned(),
            Expected::Amount => "应为不小于0的数".to_owned(),
            Expected::WholeNumber { min, max } => format!("应为{min}至{max}的整数"),
            Expected::OneOf(names) => format!("可选值为{}", names.join("、")),
            Expected::Encoding => "应为编码名称，如utf-8、gb18030、big5、utf-16le".to_owned(),
            Expected::Fields => "应为属性与字段名的字典，如{\"name\": \"名称\"}".to_owned(),
        }
    }
}

/// The text with the options of the command line as they are named in Python: `--to-crs` as `to_crs`. Commands of the
/// program, which is installed too, stay.
pub(crate) fn with_own_names(text: &str) -> String {
    let (text, command) = text.split_at(text.find("corridor convert").unwrap_or(text.len()));
    let text =
        text.replace("--strict", "on_invalid=\"raise\"").replace("with -f", "with format").replace("用-f", "用format");
    let mut own = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find("--") {
        let (before, name) = (&rest[..start], &rest[start + 2..]);
        let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(name.len());
        let is_option = name.starts_with(|c: char| c.is_ascii_lowercase()) && !before.ends_with('-');
        own.push_str(before);
        if is_option {
            own.push_str(&name[..end].replace('-', "_"));
        } else {
            own.push_str(&rest[start..start + 2 + end]);
        }
        rest = if is_option { without_placeholder(&name[end..]) } else { &name[end..] };
    }
    own + rest + command
}

/// What is after an option, without the placeholder of its value, ` COLUMN`; a value such as `EPSG:4528` stays.
fn without_placeholder(text: &str) -> &str {
    let Some(value) = text.strip_prefix(' ') else { return text };
    let length = value.bytes().take_while(u8::is_ascii_uppercase).count();
    let goes_on = value[length..].starts_with(|next: char| next == ':' || next.is_ascii_alphanumeric());
    if length > 1 && !goes_on { &value[length..] } else { text }
}
