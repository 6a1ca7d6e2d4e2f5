//! Requests: what is asked, in which language, of which plan, with which options and files.

use corridor_front_end::{Language, Options};
use serde_json::{Map, Value};
use taizhou_corridor::io::Input;
use taizhou_corridor::messages::Lang;

use crate::problem::Problem;

/// What is asked.
pub(crate) struct Request {
    pub(crate) command: String,
    pub(crate) lang: Lang,
    /// The number of the plan; 0 is the bundled one.
    pub(crate) plan: usize,
    pub(crate) options: Options,
    pub(crate) files: Vec<RequestFile>,
}

/// A file in memory, and those beside it of a format with several.
#[derive(Clone)]
pub(crate) struct RequestFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    beside: Vec<RequestFile>,
}

impl RequestFile {
    /// The name without its extension, and without that of a compressed file.
    pub(crate) fn stem(&self) -> &str {
        let name = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let lower = name.to_ascii_lowercase();
        let name = if lower.ends_with(".gz") { &name[..name.len() - 3] } else { name };
        match name.rfind('.') {
            Some(end) if end > 0 => &name[..end],
            _ => name,
        }
    }

    pub(crate) fn into_input(self) -> Input {
        let RequestFile { name, bytes, beside } = self;
        if beside.is_empty() {
            return Input::bytes(name, bytes);
        }
        let beside = beside.into_iter().map(|file| (file.name, file.bytes));
        Input::files(name.clone(), [(name, bytes)].into_iter().chain(beside))
    }
}

impl Request {
    pub(crate) fn read(bytes: &[u8]) -> Result<Request, Problem> {
        let (text, mut rest) = split(bytes).ok_or(Problem::BadRequest)?;
        let Ok(Value::Object(mut object)) = serde_json::from_slice(text) else { return Err(Problem::BadRequest) };
        let mut files = vec![];
        for file in object.get("files").and_then(Value::as_array).into_iter().flatten() {
            let name = file["name"].as_str().unwrap_or_default().to_owned();
            let size = file["size"].as_u64().and_then(|size| usize::try_from(size).ok());
            let (bytes, after) = size.and_then(|size| rest.split_at_checked(size)).ok_or(Problem::BadRequest)?;
            files.push(RequestFile { name, bytes: bytes.to_vec(), beside: vec![] });
            rest = after;
        }
        let options = match object.remove("options") {
            Some(Value::Object(options)) => options,
            _ => Map::new(),
        };
        let text_of = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        Ok(Request {
            command: text_of("command").to_owned(),
            lang: Lang::of_locale(text_of("lang")),
            plan: object.get("plan").and_then(Value::as_u64).unwrap_or_default() as usize,
            options: Options::new(options, Language::JavaScript),
            files,
        })
    }

    /// The first file, with those beside it.
    pub(crate) fn file(&mut self) -> Result<RequestFile, Problem> {
        let mut files = std::mem::take(&mut self.files).into_iter();
        let first = files.next().ok_or(Problem::NoFile)?;
        Ok(RequestFile { beside: files.collect(), ..first })
    }
}

/// The text, and what is after it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}
