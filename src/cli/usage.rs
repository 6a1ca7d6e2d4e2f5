//! Usage errors in both languages. The English text of errors that clap detects is that of clap.

use std::fmt;

use crate::messages::Lang;
use crate::plan::PlanField;

/// The expected value of an option that has an invalid one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ValueProblem {
    /// A quantity, 0 or more.
    Amount(Quantity),
    /// One of these names.
    OneOf(Vec<&'static str>),
    /// A whole number in a range.
    WholeNumber { min: u32, max: u32 },
    /// A distance with or without its unit.
    Distance,
    /// An area with or without its unit.
    Area,
    /// A name and a file, or a file.
    NamedFile,
    /// A label of the Encoding Standard.
    Encoding,
    /// A property of a plan and that of a file.
    PlanField,
    /// A known unit of area, at the end of the name of a field or stated behind it.
    AreaUnit,
    /// The name of a level in a file, and the level.
    LevelName,
    /// A date.
    Date,
    /// An area with its unit, a property, or a file.
    ControlArea,
}

/// The unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    Number,
    Metres,
    PartsPerMillion,
    Degrees,
}

impl ValueProblem {
    pub(crate) fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.to_string(),
            Lang::Zh => match self {
                ValueProblem::Amount(Quantity::Number) => "应为不小于0的数".to_owned(),
                ValueProblem::Amount(Quantity::Metres) => "应为不小于0的数（米）".to_owned(),
                ValueProblem::Amount(Quantity::PartsPerMillion) => "应为不小于0的数（ppm，百万分率）".to_owned(),
                ValueProblem::Amount(Quantity::Degrees) => "应为不小于0的数（度）".to_owned(),
                ValueProblem::OneOf(names) => format!("可选值为{}", names.join("、")),
                ValueProblem::WholeNumber { min, max } => format!("应为{min}至{max}的整数"),
                ValueProblem::Distance => "应为距离，如500、500m或1.5km".to_owned(),
                ValueProblem::Area => "应为面积，如100、100m2、0.5亩或0.1公顷".to_owned(),
                ValueProblem::NamedFile => "应为名称=文件，或文件".to_owned(),
                ValueProblem::PlanField => {
                    format!("应为“属性=字段”，属性可为{}", PlanField::PROPERTIES.join("、"))
                }
                ValueProblem::AreaUnit => "面积单位可为m2、ha、mu、km2：请换算，或注明，如面积:ha".to_owned(),
                ValueProblem::LevelName => {
                    "应为“名称=层级”，层级可为corridor、core、zone、cluster，如片区=zone".to_owned()
                }
                ValueProblem::Date => "应为日期，如2024-05-01".to_owned(),
                ValueProblem::ControlArea => {
                    "应为带单位的面积（如41km2、61500亩）、属性名或表格文件（如控制面积.csv）".to_owned()
                }
                ValueProblem::Encoding => "未知编码，应如utf-8、gb18030、big5、utf-16le、windows-1252".to_owned(),
            },
        }
    }
}

impl fmt::Display for ValueProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueProblem::Amount(Quantity::Number) => f.write_str("a number, 0 or more, is expected"),
            ValueProblem::Amount(Quantity::Metres) => f.write_str("a number of metres, 0 or more, is expected"),
            ValueProblem::Amount(Quantity::PartsPerMillion) => {
                f.write_str("a number of parts per million, 0 or more, is expected")
            }
            ValueProblem::Amount(Quantity::Degrees) => f.write_str("a number of degrees, 0 or more, is expected"),
            ValueProblem::OneOf(names) => write!(f, "choose from: {}", names.join(", ")),
            ValueProblem::WholeNumber { min, max } => write!(f, "a whole number from {min} to {max} is expected"),
            ValueProblem::Distance => f.write_str("a distance such as 500, 500m or 1.5km is expected"),
            ValueProblem::Area => f.write_str("an area such as 100, 100m2, 0.5mu or 0.1ha is expected"),
            ValueProblem::NamedFile => f.write_str("NAME=FILE or FILE is expected"),
            ValueProblem::PlanField => {
                write!(f, "PROPERTY=FIELD is expected, where PROPERTY is one of {}", PlanField::PROPERTIES.join(", "))
            }
            ValueProblem::AreaUnit => {
                f.write_str("units of area are m2, ha, mu, km2; convert the figures, or state theirs, as in 面积:ha")
            }
            ValueProblem::LevelName => {
                f.write_str("NAME=LEVEL is expected, where LEVEL is corridor, core, zone or cluster, as in 片区=zone")
            }
            ValueProblem::Date => f.write_str("a date such as 2024-05-01 is expected"),
            ValueProblem::ControlArea => f.write_str(
                "an area with its unit such as 41km2, a property, or the file of a table such as controls.csv is expected",
            ),
            ValueProblem::Encoding => {
                f.write_str("unknown encoding; use a label such as utf-8, gb18030, big5, utf-16le, windows-1252")
            }
        }
    }
}

impl std::error::Error for ValueProblem {}

/// An error of clap.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum UsageProblem {
    MissingValue { option: String, choices: Vec<String> },
    UnknownValue { option: String, value: String, choices: Vec<String> },
    BadValue { option: String, value: String, problem: String },
    TooManyValues { option: String },
    UnknownOption { name: String },
    UnknownCommand { name: String },
    Conflict { option: String, others: Vec<String> },
    MissingArguments(Vec<String>),
    MissingCommand,
    NotUtf8,
}

impl UsageProblem {
    /// The Chinese text.
    pub(crate) fn zh(&self) -> String {
        let choices = |choices: &[String]| match choices {
            [] => String::new(),
            choices => format!("，可选值为{}", choices.join("、")),
        };
        match self {
            UsageProblem::MissingValue { option, choices: known } => format!("{option}缺少值{}", choices(known)),
            UsageProblem::UnknownValue { option, value, choices: known } => {
                format!("{option}的值“{value}”无效{}", choices(known))
            }
            UsageProblem::BadValue { option, value, problem } => format!("{option}的值“{value}”无效：{problem}"),
            UsageProblem::TooManyValues { option } => format!("{option}的值过多"),
            UsageProblem::UnknownOption { name } => format!("没有此选项或参数：{name}"),
            UsageProblem::UnknownCommand { name } => format!("没有此命令：{name}"),
            UsageProblem::Conflict { option, others } if others.is_empty() || others.contains(option) => {
                format!("{option}只能指定一次")
            }
            UsageProblem::Conflict { option, others } => format!("{option}不能与{}同时使用", others.join("、")),
            UsageProblem::MissingArguments(arguments) => format!("缺少{}", arguments.join("、")),
            UsageProblem::MissingCommand => "缺少命令".to_owned(),
            UsageProblem::NotUtf8 => "参数不是有效的UTF-8文本".to_owned(),
        }
    }
}

/// The suggestion of a similar name, in Chinese.
pub(crate) fn suggestion_zh(name: &str) -> String {
    format!("是否指{name}？")
}

/// Note which settings are used: the file and its keys.
pub(crate) fn settings(lang: Lang, settings: &str) -> String {
    match lang {
        Lang::En => format!("settings from {settings}"),
        Lang::Zh => format!("采用设置文件{settings}"),
    }
}

/// The usage of a command, in Chinese.
pub(crate) fn usage_zh(usage: &str) -> String {
    format!("用法：{usage}")
}

/// The reference to the help, in Chinese.
pub(crate) const MORE_ZH: &str = "详见--help。";
