//! The names of codes: those of domains, and of subtypes.

use std::collections::HashMap;
use std::sync::Arc;

use super::definition::{Domain, LayerDefinition};
use super::fields::{Field, FieldType, Layout};
use crate::table::Kind;

/// The names of codes, by code as it is written in a cell. Columns share those of their domain.
type Names = Arc<HashMap<String, String>>;

/// The names of the codes in each column of a layer.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// The field of subtypes, if a domain depends on them.
    pub(super) subtype_field: Option<usize>,
    columns: Vec<ColumnCodes>,
}

#[derive(Debug, Default)]
struct ColumnCodes {
    /// Those of the domain of the field, or of the subtypes in their own field.
    names: Names,
    /// Those of the domain that the field has in rows of a subtype, by its code.
    of_subtypes: HashMap<String, Names>,
}

impl Codes {
    pub(super) fn new(layout: &Layout, definition: &LayerDefinition, domains: &HashMap<String, Domain>) -> Codes {
        let fields: Vec<(usize, &Field)> =
            layout.fields.iter().enumerate().filter(|(_, field)| field.column_kind().is_some()).collect();
        let mut known: HashMap<(&str, Notation), Names> = HashMap::new();
        let mut names_in = |domain: &str, field: &Field| -> Option<Names> {
            let (domain, notation) = (domains.get(domain)?, Notation::of(field));
            let codes = domain.codes.iter().map(|(code, name)| (code.as_str(), name.as_str()));
            Some(known.entry((domain.name.as_str(), notation)).or_insert_with(|| names(codes, notation)).clone())
        };
        let mut codes = Codes::default();
        for (_, field) in &fields {
            let domain = definition.fields.get(&field.name).and_then(|field| field.domain.as_ref());
            let names = domain.and_then(|domain| names_in(domain, field)).unwrap_or_default();
            codes.columns.push(ColumnCodes { names, of_subtypes: HashMap::new() });
        }
        let Some(subtypes) = &definition.subtypes else { return codes };
        let columns: HashMap<&str, usize> =
            fields.iter().enumerate().map(|(column, (_, field))| (field.name.as_str(), column)).collect();
        let Some(&own) = columns.get(subtypes.field.as_str()) else { return codes };
        let of_subtypes = subtypes.all.iter().map(|subtype| (subtype.code.as_str(), subtype.name.as_str()));
        codes.columns[own].names = names(of_subtypes, Notation::of(fields[own].1));
        for subtype in &subtypes.all {
            for (name, domain) in &subtype.domains {
                let Some(&column) = columns.get(name.as_str()) else { continue };
                let Some(names) = names_in(domain, fields[column].1) else { continue };
                let code = Notation::of(fields[own].1).code(&subtype.code);
                codes.columns[column].of_subtypes.insert(code, names);
                codes.subtype_field = Some(fields[own].0);
            }
        }
        codes
    }

    /// Whether codes in a column have names.
    pub(super) fn has_names(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|codes| !codes.names.is_empty() || !codes.of_subtypes.is_empty())
    }

    /// The name of a code in a row of a subtype; `None` for one without a name.
    pub(super) fn name(&self, column: usize, code: &str, subtype: &str) -> Option<&str> {
        let codes = self.columns.get(column)?;
        codes.of_subtypes.get(subtype).unwrap_or(&codes.names).get(code).map(String::as_str)
    }
}

/// How the values of a field are written, such as 1.0 for a decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Notation {
    Integer,
    Float32,
    Float64,
    Text,
}

impl Notation {
    fn of(field: &Field) -> Notation {
        match field.column_kind() {
            Some(Kind::Integer) => Notation::Integer,
            Some(Kind::Real) if field.kind == FieldType::Float32 => Notation::Float32,
            Some(Kind::Real) => Notation::Float64,
            _ => Notation::Text,
        }
    }

    /// A code as values are written.
    fn code(self, code: &str) -> String {
        let trimmed = code.trim();
        let number = match self {
            Notation::Integer => trimmed.parse::<i64>().ok().map(|code| code.to_string()),
            Notation::Float32 => trimmed.parse::<f32>().ok().map(|code| zmij::Buffer::new().format(code).to_owned()),
            Notation::Float64 => trimmed.parse::<f64>().ok().map(|code| zmij::Buffer::new().format(code).to_owned()),
            Notation::Text => None,
        };
        number.unwrap_or_else(|| code.to_owned())
    }
}

fn names<'d>(codes: impl Iterator<Item = (&'d str, &'d str)>, notation: Notation) -> Names {
    Arc::new(codes.map(|(code, name)| (notation.code(code), name.to_owned())).collect())
}
