//! Answers as Arrow columns: names and ids as dictionaries over those of the plan, numbers as doubles.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, StringArray, UInt32Array};
use arrow_schema::{DataType, Field as ArrowField};
use taizhou_corridor::plan::Plan;
use taizhou_corridor::table::{AnswerTable, Field, Kind, Value, unused_name};

use crate::problem::{DataProblem, Problem};

/// The columns that a query adds.
pub(crate) struct AnswerColumns {
    columns: Vec<Column>,
}

struct Column {
    name: String,
    content: Content,
}

enum Content {
    /// Texts of which there are few: the values, and the key of each.
    Words(Arc<StringArray>, HashMap<String, i32>),
    Text,
    Number,
    Truth,
}

impl AnswerColumns {
    /// The columns for these fields; one whose name the table has taken is numbered.
    pub(crate) fn new(plan: &Plan, fields: &[Field], table: &[String]) -> AnswerColumns {
        let mut taken = table.to_vec();
        let columns = fields.iter().map(|field| {
            let name = unused_name(&field.name, &taken);
            taken.push(name.clone());
            let content = match field.kind {
                Kind::Real => Content::Number,
                Kind::Boolean => Content::Truth,
                _ => words_of(plan, &field.name).map_or(Content::Text, |words| {
                    let keys = words.iter().zip(0..).map(|(word, key)| (word.clone(), key)).collect();
                    Content::Words(Arc::new(StringArray::from(words)), keys)
                }),
            };
            Column { name, content }
        });
        AnswerColumns { columns: columns.collect() }
    }

    pub(crate) fn fields(&self) -> Vec<ArrowField> {
        let field = |column: &Column| {
            let kind = match column.content {
                Content::Words(..) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
                Content::Text => DataType::Utf8,
                Content::Number => DataType::Float64,
                Content::Truth => DataType::Boolean,
            };
            ArrowField::new(&column.name, kind, true)
        };
        self.columns.iter().map(field).collect()
    }

    /// For each answer the row that it belongs to, and the columns.
    pub(crate) fn arrays(&self, answers: &AnswerTable<'_>) -> Result<(UInt32Array, Vec<ArrayRef>), Problem> {
        let width = self.columns.len();
        let (mut rows, mut tuples, mut distinct) = (vec![], vec![], vec![]);
        // Rows share values: those with the same values have them at the same address.
        let mut known: HashMap<usize, u32> = HashMap::new();
        let mut last = (0, 0);
        for (row, values) in answers.iter() {
            rows.push(row as u32);
            let address = values.as_ptr() as usize;
            let tuple = if width == 0 {
                0
            } else if address == last.0 {
                last.1
            } else {
                *known.entry(address).or_insert_with(|| {
                    distinct.push(values);
                    distinct.len() as u32 - 1
                })
            };
            last = (address, tuple);
            tuples.push(tuple);
        }
        let arrays = self.of_tuples(&tuples, &distinct)?;
        Ok((UInt32Array::from(rows), arrays))
    }

    /// The columns of rows, given the tuple of each and the values of the tuples.
    pub(crate) fn of_tuples(&self, tuples: &[u32], values: &[&[Value<'_>]]) -> Result<Vec<ArrayRef>, Problem> {
        let array =
            |(index, column): (usize, &Column)| column.array(tuples, values.iter().map(|values| &values[index]));
        self.columns.iter().enumerate().map(array).collect()
    }
}

impl Column {
    /// The array of rows, given the tuple of each and the values of the tuples.
    fn array<'v>(&self, tuples: &[u32], values: impl Iterator<Item = &'v Value<'v>>) -> Result<ArrayRef, Problem> {
        fn spread<T: Copy>(tuples: &[u32], values: Vec<Option<T>>) -> impl Iterator<Item = Option<T>> {
            tuples.iter().map(move |&tuple| values[tuple as usize])
        }
        Ok(match &self.content {
            Content::Words(words, keys) => {
                let key = |value: &Value<'_>| match value {
                    Value::Text(text) => match keys.get(text.as_ref()) {
                        Some(&key) => Ok(Some(key)),
                        None => Err(DataProblem::Answer(text.clone().into_owned())),
                    },
                    _ => Ok(None),
                };
                let keys: Vec<Option<i32>> = values.map(key).collect::<Result<_, _>>()?;
                let keys: Int32Array = spread(tuples, keys).collect();
                Arc::new(DictionaryArray::try_new(keys, words.clone())?)
            }
            Content::Text => {
                let texts: Vec<Option<&str>> = values
                    .map(|value| match value {
                        Value::Text(text) => Some(text.as_ref()),
                        _ => None,
                    })
                    .collect();
                Arc::new(spread(tuples, texts).collect::<StringArray>())
            }
            Content::Number => Arc::new(spread(tuples, values.map(Value::as_f64).collect()).collect::<Float64Array>()),
            Content::Truth => {
                let truth = |value: &Value<'_>| if let Value::Bool(value) = value { Some(*value) } else { None };
                Arc::new(spread(tuples, values.map(truth).collect()).collect::<BooleanArray>())
            }
        })
    }
}

/// The values that a column of texts can have, each once; none if they are not known before.
fn words_of(plan: &Plan, column: &str) -> Option<Vec<String>> {
    let features = plan.iter();
    let words: Vec<String> = match column {
        "zone" | "cluster" | "nearest_zone" => features.map(|(_, feature)| feature.id.clone()).collect(),
        "zone_name" | "nearest_zone_name" => features.map(|(_, feature)| feature.name.clone()).collect(),
        "path" => {
            let path = |id| plan.path(id).into_iter().map(|id| plan[id].id.as_str()).collect::<Vec<_>>().join("/");
            plan.ids().map(path).collect()
        }
        "position" => ["inside", "boundary", "outside", "invalid"].map(str::to_owned).to_vec(),
        "relation" => ["within", "straddles", "touches", "outside", "invalid"].map(str::to_owned).to_vec(),
        "certainty" => ["certain", "uncertain"].map(str::to_owned).to_vec(),
        _ => return None,
    };
    let mut met = std::collections::HashSet::new();
    Some(words.into_iter().filter(|word| met.insert(word.clone())).collect())
}
