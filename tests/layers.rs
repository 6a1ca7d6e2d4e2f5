//! The modules of `src/` use only modules above them, and each crate is named where it belongs.
//!
//! Sources are parsed, so that comments and texts do not count and code in macros, attributes and nested groups
//! does. What is compiled for tests alone may look anywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;

/// The modules from the top down.
const MODULES: [&str; 19] = [
    "maths", "units", "error", "panics", "parallel", "crs", "geometry", "plan", "index", "table", "query", "io", "run",
    "plan_io", "messages", "report", "map", "engine", "cli",
];

/// Neighbours that do not know each other although one of them stands higher.
const SEPARATE: [(&str, &str); 2] = [("io", "query"), ("plan_io", "query")];

/// Crates and functions, and the only places that name them.
const HOMES: [(&str, &str); 7] = [
    ("proj", "crs/with_proj.rs"),
    ("rstar", "index/"),
    ("clap", "cli/"),
    ("stdout", "cli/"),
    ("resvg", "map/print/"),
    ("pdf_writer", "map/print/"),
    ("datafusion", "engine/"),
];

struct Source {
    /// Below `src/`, with `/`.
    path: String,
    file: syn::File,
}

impl Source {
    /// The module that the file belongs to; none for `lib.rs` and `main.rs`.
    fn module(&self) -> Option<&'static str> {
        let first = self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        MODULES.into_iter().find(|module| *module == first)
    }

    /// The names of the modules that the file stands in, from the root down.
    fn module_path(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.split('/').filter(|name| !matches!(*name, "lib" | "main")).map(str::to_owned).collect()
    }

    fn tokens(&self) -> TokenStream {
        let mut file = self.file.clone();
        if is_test(&file.attrs) {
            return TokenStream::new();
        }
        without_tests(&mut file.items);
        without_documentation(file.to_token_stream())
    }

    /// The paths below `crate` that the file names.
    fn paths(&self) -> BTreeSet<Vec<String>> {
        let mut found = BTreeSet::new();
        collect_paths(self.tokens(), &self.module_path(), &mut found);
        found
    }

    /// The modules at the root of the crate that the file names.
    fn uses(&self) -> BTreeSet<String> {
        self.paths().into_iter().filter_map(|path| path.into_iter().next()).collect()
    }

    /// Those of them that it may not name.
    fn forbidden_uses(&self) -> Vec<String> {
        let Some(module) = self.module() else { return vec![] };
        self.uses().into_iter().filter(|used| is_forbidden(module, used)).collect()
    }
}

fn is_forbidden(module: &str, used: &str) -> bool {
    let rank = |name: &str| MODULES.iter().position(|known| *known == name);
    rank(used) > rank(module) || SEPARATE.contains(&(module, used))
}

/// Takes out what is compiled for tests alone.
fn without_tests(items: &mut Vec<syn::Item>) {
    items.retain(|item| !is_test(item_attributes(item)));
    for item in items {
        match item {
            syn::Item::Mod(module) => {
                if let Some((_, items)) = &mut module.content {
                    without_tests(items);
                }
            }
            syn::Item::Impl(block) => {
                block.items.retain(|item| !matches!(item, syn::ImplItem::Fn(function) if is_test(&function.attrs)));
            }
            _ => {}
        }
    }
}

/// Takes out documentation, which is an attribute once it is parsed.
fn without_documentation(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_documentation = |token: &TokenTree| {
        let TokenTree::Group(group) = token else { return false };
        let first = group.stream().into_iter().next();
        group.delimiter() == Delimiter::Bracket && matches!(first, Some(TokenTree::Ident(name)) if name == "doc")
    };
    tokens
        .iter()
        .filter(|token| !is_documentation(token))
        .map(|token| match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), without_documentation(group.stream())))
            }
            other => other.clone(),
        })
        .collect()
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.meta.to_token_stream().to_string().replace(' ', "") == "cfg(test)"
    })
}

fn item_attributes(item: &syn::Item) -> &[syn::Attribute] {
    use syn::Item;
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Collects the paths below `crate` that tokens name, by `crate::` or by `super::` from where they stand.
fn collect_paths(tokens: TokenStream, place: &[String], found: &mut BTreeSet<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |index: usize, word: &str| matches!(tokens.get(index), Some(TokenTree::Ident(ident)) if ident == word);
    for index in 0..tokens.len() {
        if let TokenTree::Group(group) = &tokens[index] {
            // A module inside of the file is one step further from the root.
            let inner = match index.checked_sub(2) {
                Some(start) if is(start, "mod") => [place, &[tokens[index - 1].to_string()]].concat(),
                _ => place.to_vec(),
            };
            collect_paths(group.stream(), &inner, found);
        }
        let mut next = index;
        let mut depth = place.len();
        let is_visibility = index > 0 && is(index - 1, "in");
        if is(index, "crate") && !is_visibility {
            (depth, next) = (0, index + 1);
        } else if is(index, "super") && !(index >= 3 && is(index - 3, "super")) {
            while is(next, "super") {
                depth = depth.saturating_sub(1);
                next += if is_colons(&tokens, next + 1) && is(next + 3, "super") { 3 } else { 1 };
            }
        } else {
            continue;
        }
        if is_colons(&tokens, next) {
            follow(&tokens, next + 2, &place[..depth], found);
        }
    }
}

fn is_colons(tokens: &[TokenTree], index: usize) -> bool {
    [index, index + 1]
        .iter()
        .all(|&index| matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == ':'))
}

/// The path that goes on from here, or each path in a group of a `use`.
fn follow(tokens: &[TokenTree], index: usize, before: &[String], found: &mut BTreeSet<Vec<String>>) {
    match tokens.get(index) {
        Some(TokenTree::Ident(name)) => {
            let path = [before, &[name.to_string()]].concat();
            if is_colons(tokens, index + 1) {
                follow(tokens, index + 3, &path, found);
            } else {
                found.insert(path);
            }
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
            for path in inner.split(is_comma) {
                follow(path, 0, before, found);
            }
        }
        _ => {
            found.insert(before.to_vec());
        }
    }
}

/// Whether tokens use a crate or call a function of this name: `name::…`, `use name`, `name(…)`.
fn names(tokens: TokenStream, name: &str) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_punct = |index: usize, sign: char| matches!(tokens.get(index), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let is_word =
        |index: usize, word: &str| matches!(tokens.get(index), Some(TokenTree::Ident(ident)) if ident == word);
    (0..tokens.len()).any(|index| match &tokens[index] {
        TokenTree::Group(group) => names(group.stream(), name),
        TokenTree::Ident(ident) if ident == name => {
            let is_path = is_punct(index + 1, ':') && is_punct(index + 2, ':');
            // `other::name` is a name of another crate's, `use ::name` is not.
            let is_inner = index >= 3
                && is_punct(index - 1, ':')
                && matches!(&tokens[index - 3], TokenTree::Ident(before) if before != "use");
            let is_call = matches!(tokens.get(index + 1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
            let is_use = index >= 1 && is_word(index - 1, "use");
            (is_path && !is_inner) || is_call || is_use
        }
        _ => false,
    })
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec![];
    walk(&root, &mut found);
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let path = path.strip_prefix(&root).unwrap().components().map(|part| part.as_os_str().to_string_lossy());
            Source { path: path.collect::<Vec<_>>().join("/"), file }
        })
        .collect()
}

#[test]
fn no_module_uses_one_below_it() {
    let sources = sources();
    let wrong: Vec<String> = sources
        .iter()
        .flat_map(|source| source.forbidden_uses().into_iter().map(|used| format!("{} uses {used}", source.path)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let seen: usize = sources.iter().map(|source| source.uses().len()).sum();
    assert!(seen > 400, "the modules that files name are seen: {seen}");
}

/// In every file a use of every module that it may not use is planted, behind its tests, in each spelling.
#[test]
fn a_forbidden_use_is_found_wherever_it_stands() {
    let mut planted = 0;
    for source in sources() {
        let Some(module) = source.module() else { continue };
        assert_eq!(source.forbidden_uses(), Vec::<String>::new(), "{}", source.path);
        let up = "super::".repeat(source.module_path().len());
        for used in MODULES.into_iter().filter(|used| is_forbidden(module, used)) {
            let spellings = [
                format!("use crate::{used}::Thing;"),
                format!("use crate::{{maths::hypot, {used}::{{Thing, Other}}}};"),
                format!("fn planted() {{ crate::{used}::thing(); }}"),
                format!("fn planted() -> impl Fn(&crate::{used}::Thing) {{ |_| () }}"),
                format!("fn planted() {{ println!(\"{{}}\", [crate::{used}::THING]); }}"),
                format!("#[derive(Clone)] #[other(with = crate::{used}::thing)] struct Planted;"),
                format!("use {up}{used}::Thing;"),
                format!("mod planted {{ use super::{up}{used}::Thing; }}"),
            ];
            for spelling in spellings {
                let mut items = syn::parse_file(&spelling).unwrap().items;
                let path = source.path.clone();
                // What is planted is looked at alone: the file itself was found without fault.
                let behind = Source { path, file: syn::File { shebang: None, attrs: vec![], items: items.clone() } };
                assert_eq!(behind.forbidden_uses(), [used], "{}: {spelling}", source.path);
                planted += 1;
                items.insert(
                    0,
                    syn::parse_quote!(
                        #[cfg(test)]
                        mod tests {}
                    ),
                );
                let behind_tests = Source { file: syn::File { items, ..behind.file }, ..behind };
                assert_eq!(behind_tests.forbidden_uses(), [used], "{}: {spelling}", source.path);
            }
        }
    }
    assert!(planted > 5000, "{planted}");
}

#[test]
fn tests_and_documentation_may_look_anywhere() {
    let text = "/// See [`crate::cli`]. \n#[doc = \"crate::cli::run\"]\n fn a() {}\n\
                #[cfg(test)] mod tests { use crate::cli::run; }\n#[cfg(test)] use crate::map::Thing;";
    let source = Source { path: "error/mod.rs".to_owned(), file: syn::parse_file(text).unwrap() };
    assert_eq!(source.forbidden_uses(), Vec::<String>::new());
}

/// The layers of `io` from the bottom up.
const IO_LAYERS: [&str; 4] = ["bytes", "rows", "formats", "open"];

/// The layer of `io` that a path leads to, and the file or folder in it.
fn io_unit(path: &[String]) -> Option<(usize, &str)> {
    let layer = IO_LAYERS.iter().position(|layer| path.get(1).is_some_and(|name| name == layer))?;
    Some((layer, path.get(2).map_or("", String::as_str)))
}

/// What a file in a layer of `io` may not use: what is above it, another format, the names of `io` itself, which say
/// of no layer; below the formats, any one of them.
fn forbidden_in_io(source: &Source) -> Vec<String> {
    let place = source.module_path();
    let Some((layer, unit)) = io_unit(&place).filter(|_| place[0] == "io") else { return vec![] };
    let is_wrong = |path: &Vec<String>| match io_unit(path) {
        Some((used, other)) => {
            used > layer || used == layer && IO_LAYERS[layer] == "formats" && !unit.is_empty() && other != unit
        }
        None => true,
    };
    let paths = source.paths().into_iter().filter(|path| path.first().is_some_and(|module| module == "io"));
    let mut wrong: Vec<String> = paths.filter(is_wrong).map(|path| path.join("::")).collect();
    if layer < 2 {
        wrong.extend(formats_named(source.tokens()));
    }
    wrong
}

/// Formats and lists of them that tokens name, as `Format::CSV` or `Format::ALL`.
fn formats_named(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = vec![];
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => found.extend(formats_named(group.stream())),
            TokenTree::Ident(name) if name == "Format" && is_colons(&tokens, index + 1) => {
                let name = tokens.get(index + 3).map(ToString::to_string).unwrap_or_default();
                if name.starts_with(char::is_uppercase) || name == "of_path" {
                    found.push(format!("Format::{name}"));
                }
            }
            _ => {}
        }
    }
    found
}

/// Which file or folder of a layer of `io` uses which other one in the same layer.
fn uses_in_layers(sources: &[Source]) -> BTreeSet<((usize, String), (usize, String))> {
    let mut found = BTreeSet::new();
    for source in sources {
        let place = source.module_path();
        let Some((layer, unit)) = io_unit(&place).filter(|(_, unit)| place[0] == "io" && !unit.is_empty()) else {
            continue;
        };
        for path in source.paths() {
            match io_unit(&path).filter(|_| path[0] == "io") {
                Some((used, other)) if used == layer && other != unit => {
                    found.insert(((layer, unit.to_owned()), (used, other.to_owned())));
                }
                _ => {}
            }
        }
    }
    found
}

/// Those that use each other, over whatever others: what is left once all that use none of the rest are taken away.
fn cycles<T: Ord + Clone>(mut uses: BTreeSet<(T, T)>) -> BTreeSet<T> {
    loop {
        let users: BTreeSet<T> = uses.iter().map(|(user, _)| user.clone()).collect();
        let before = uses.len();
        uses.retain(|(_, used)| users.contains(used));
        if uses.len() == before {
            return users;
        }
    }
}

#[test]
fn io_has_layers_and_no_cycles() {
    let sources = sources();
    let wrong: Vec<String> = sources
        .iter()
        .flat_map(|source| forbidden_in_io(source).into_iter().map(|used| format!("{} uses {used}", source.path)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let uses = uses_in_layers(&sources);
    assert!(uses.len() > 30, "{}", uses.len());
    assert_eq!(cycles(uses), BTreeSet::new());
}

#[test]
fn a_use_against_the_layers_of_io_is_found() {
    let planted = |path: &str, text: &str| Source { path: path.to_owned(), file: syn::parse_file(text).unwrap() };
    for (path, text) in [
        ("io/bytes/input.rs", "use crate::io::rows::format::Format;"),
        ("io/bytes/input.rs", "use crate::io::Format;"),
        ("io/rows/read.rs", "fn a() { crate::io::formats::csv::open(); }"),
        ("io/rows/read.rs", "use crate::{error::Error, io::{bytes::input::Input, open::open}};"),
        ("io/rows/format/driver.rs", "use super::super::super::formats::csv::DRIVER;"),
        ("io/rows/write.rs", "fn a(format: Format) -> bool { format == Format::CSV }"),
        ("io/rows/write.rs", "fn a() { for format in Format::ALL {} }"),
        ("io/formats/kml/read.rs", "use crate::io::formats::geojson::kind_of;"),
        ("io/formats/kml/mod.rs", "use super::geojson::kind_of;"),
        ("io/formats/kml/mod.rs", "use crate::io::open::open;"),
    ] {
        assert_eq!(forbidden_in_io(&planted(path, text)).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("io/rows/read.rs", "use crate::io::bytes::input::Source; use crate::io::rows::block::Block;"),
        ("io/formats/kml/read.rs", "use crate::io::formats::kml::malformed; use super::geometry::Parts;"),
        ("io/open/mod.rs", "use crate::io::rows::format::Format; fn a() { Format::ALL; }"),
        ("io/mod.rs", "pub use self::open::open;"),
    ] {
        assert_eq!(forbidden_in_io(&planted(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
    let of = |path: &str, text: &str| planted(path, text);
    let in_a_line = [
        of("io/rows/a.rs", "use crate::io::rows::b::B;"),
        of("io/rows/b.rs", "use crate::io::rows::c::C;"),
        of("io/rows/c.rs", ""),
    ];
    assert_eq!(cycles(uses_in_layers(&in_a_line)), BTreeSet::new());
    let [a, b, _] = in_a_line;
    let in_a_circle = [a, b, of("io/rows/c.rs", "use super::a::A;")];
    assert_eq!(cycles(uses_in_layers(&in_a_circle)).len(), 3);
}

#[test]
fn lib_declares_the_modules_in_order() {
    let lib = sources().into_iter().find(|source| source.path == "lib.rs").unwrap();
    let declared = lib.file.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    });
    assert_eq!(declared.collect::<Vec<_>>(), MODULES);
}

#[test]
fn each_crate_is_named_where_it_belongs() {
    let sources = sources();
    for (name, home) in HOMES {
        let users: Vec<&str> =
            sources.iter().filter(|source| names(source.tokens(), name)).map(|source| source.path.as_str()).collect();
        assert!(!users.is_empty(), "{name} is used");
        for user in users {
            assert!(user.starts_with(home), "{name} is named in {user}");
        }
    }
}

#[test]
fn a_crate_is_found_in_each_spelling() {
    for spelling in [
        "use clap::Parser;",
        "use ::clap::Parser;",
        "#[derive(clap::Parser)] struct Args;",
        "fn a() { clap::Command::new(\"a\"); }",
        "fn a() { vec![clap::Command::new(\"a\")]; }",
        "use clap as other;",
    ] {
        assert!(names(syn::parse_file(spelling).unwrap().to_token_stream(), "clap"), "{spelling}");
    }
    for spelling in ["fn clap_it() {}", "struct A { clap: u8 }", "use crate::clap::Thing;"] {
        assert!(!names(syn::parse_file(spelling).unwrap().to_token_stream(), "clap"), "{spelling}");
    }
}

#[test]
fn chinese_prose_is_in_the_messages() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for source in sources() {
        let text: String = source.tokens().to_string().chars().filter(|&c| is_chinese(c)).collect();
        // Names of coordinate columns, and of the unit mu; names of units, of columns of control areas, of datums and of levels, the words of a file
        // format and of sheets.
        let allowed = ["经度纬度", "亩"].contains(&text.as_str()) || text.is_empty();
        let homes = [
            "messages/",
            "cli/args.rs",
            "cli/help/",
            "cli/messages.rs",
            "cli/usage.rs",
            "io/formats/survey_txt/",
            "io/rows/labels.rs",
            "io/rows/sheet/",
            "map/context/kinds.rs",
            "plan/outline_options.rs",
            "run/controls.rs",
            "units.rs",
            "crs/names.rs",
            "crs/recognise.rs",
            "crs/structure.rs",
        ];
        let has_words = homes.iter().any(|home| source.path.starts_with(home));
        assert!(allowed || has_words, "{}: {text}", source.path);
    }
}
