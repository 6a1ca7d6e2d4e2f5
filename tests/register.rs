//! Every entry of the EPSG register, as PROJ's own database lists it: a system takes a place there and back, or is
//! refused with a reason; nothing panics, not even unseen.

#![cfg(feature = "proj")]

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use geo::{Coord, coord};
use rayon::prelude::*;
use rusqlite::{Connection, OpenFlags};
use taizhou_corridor::Error;
use taizhou_corridor::crs::{AxisOrder, CoordNormalizer, Crs, Transformer};
use taizhou_corridor::error::ErrorKind;

/// An entry of the register: its kind in the database's words, and where it is used.
struct Entry {
    code: u32,
    kind: String,
    middle: Coord<f64>,
}

/// Why a system is refused.
const REASONS: [&str; 6] = [
    "PROJ does not know it",
    "no such system",
    "another datum",
    "PROJ transforms in one direction only",
    "it is not a horizontal system",
    "its coordinates are geocentric",
];

/// The database that the build of PROJ leaves beside what is put into the program.
fn database() -> Option<PathBuf> {
    let builds = Path::new(env!("CARGO_BIN_EXE_corridor")).parent()?.join("build");
    let folders = std::fs::read_dir(builds).ok()?.map(|entry| entry.unwrap().path().join("out/build/data/proj.db"));
    folders.filter(|path| path.is_file()).max_by_key(|path| path.metadata().unwrap().modified().unwrap())
}

/// Each code once; one that is a system and something else, too, as the system.
fn entries(database: &Path) -> Vec<Entry> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut statement = database
        .prepare(
            "SELECT o.code, c.type, e.west_lon, e.south_lat, e.east_lon, e.north_lat FROM object_view o
             LEFT JOIN crs_view c ON c.auth_name = 'EPSG' AND c.code = o.code
             LEFT JOIN usage u ON u.object_auth_name = 'EPSG' AND u.object_code = o.code
                 AND u.object_table_name LIKE '%_crs'
             LEFT JOIN extent e ON e.auth_name = u.extent_auth_name AND e.code = u.extent_code
             WHERE o.auth_name = 'EPSG' AND typeof(o.code) = 'integer' GROUP BY o.code ORDER BY o.code",
        )
        .unwrap();
    let entry = |row: &rusqlite::Row<'_>| {
        let (west, south): (Option<f64>, Option<f64>) = (row.get(2)?, row.get(3)?);
        let (east, north): (Option<f64>, Option<f64>) = (row.get(4)?, row.get(5)?);
        let middle = match (west, south, east, north) {
            (Some(west), Some(south), Some(east), Some(north)) => {
                // An area may reach over the 180th meridian.
                let x = if west <= east { (west + east) / 2.0 } else { (west + east + 360.0) / 2.0 };
                coord! { x: if x > 180.0 { x - 360.0 } else { x }, y: (south + north) / 2.0 }
            }
            _ => coord! { x: 121.4, y: 28.65 },
        };
        let kind: Option<String> = row.get(1)?;
        Ok(Entry { code: row.get(0)?, kind: kind.unwrap_or_else(|| "no system".to_owned()), middle })
    };
    statement.query_map([], entry).unwrap().map(Result::unwrap).collect()
}

/// What becomes of a system: `taken`, or why it is refused.
fn outcome(entry: &Entry) -> String {
    let crs: Crs = format!("EPSG:{}", entry.code).parse().unwrap();
    let reason = |error: Error| match error.kind() {
        ErrorKind::Crs { problem, .. } => problem.to_string(),
        ErrorKind::NoSuchCrs { .. } => "no such system".to_owned(),
        ErrorKind::OtherDatum { .. } => "another datum".to_owned(),
        _ => panic!("{error}"),
    };
    let to = match Transformer::to_crs(crs.clone()) {
        Ok(to) => to,
        Err(error) => return reason(error),
    };
    // Words are asked for by writers.
    let _ = (crs.is_degrees(), crs.wkt_of_esri(), crs.wkt_of_gdal());
    let mut settler = match CoordNormalizer::new(crs.clone(), AxisOrder::EastNorth) {
        Ok(settler) => settler,
        Err(error) => return format!("one way alone: {}", reason(error)),
    };
    let mut there = [entry.middle];
    if let Err(error) = to.apply(&mut there) {
        return format!("its middle: {}", reason(error));
    }
    let mut sites = [Ok(there[0])];
    settler.normalize(&mut sites);
    match &sites[0] {
        Ok(site) if (site.x - entry.middle.x).abs().max((site.y - entry.middle.y).abs()) < 1e-5 => "taken".to_owned(),
        Ok(_) => "comes back elsewhere".to_owned(),
        Err(problem) => format!("does not come back: {}", problem.code()),
    }
}

/// What becomes of entries, by their kind; fails where one panics, be it in PROJ's wrapper and caught.
fn outcomes(entries: &[Entry]) -> BTreeMap<(&str, String), Vec<u32>> {
    static PANICS: Mutex<Vec<String>> = Mutex::new(vec![]);
    let otherwise = take_hook();
    set_hook(Box::new(move |panic| {
        PANICS.lock().unwrap().push(panic.to_string());
        otherwise(panic);
    }));
    let outcomes: Vec<String> = entries
        .par_iter()
        .map(|entry| catch_unwind(AssertUnwindSafe(|| outcome(entry))).unwrap_or_else(|_| "panics".to_owned()))
        .collect();
    let mut codes: BTreeMap<(&str, String), Vec<u32>> = BTreeMap::new();
    for (entry, outcome) in entries.iter().zip(outcomes) {
        codes.entry((&entry.kind, outcome)).or_default().push(entry.code);
    }
    for ((kind, outcome), codes) in &codes {
        println!("{:>6} {kind}: {outcome}, as {:?}", codes.len(), &codes[..codes.len().min(6)]);
    }
    // Taken out: a failure here is a panic that the hook wants to note.
    let panics = std::mem::take(&mut *PANICS.lock().unwrap());
    assert!(panics.is_empty(), "{panics:?}");
    codes
}

/// Where PROJ is not built beside this test, as in another folder, there is nothing to compare with.
fn listed() -> Option<Vec<Entry>> {
    let database = database();
    if database.is_none() {
        eprintln!("left out, for PROJ's database is not there");
    }
    Some(entries(&database?))
}

#[test]
fn the_codes_of_systems_are_those_of_the_database() {
    let Some(entries) = listed() else { return };
    let mut runs: Vec<(u32, u32)> = vec![];
    for entry in entries.iter().filter(|entry| entry.kind != "no system") {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == entry.code => *last = entry.code,
            _ => runs.push((entry.code, entry.code)),
        }
    }
    let (mut text, mut width) = (String::new(), 0);
    for (first, last) in runs {
        let run = if first == last { first.to_string() } else { format!("{first}-{last}") };
        let is_full = width + 1 + run.len() > 116;
        text.push_str(if text.is_empty() {
            ""
        } else if is_full {
            "\n"
        } else {
            " "
        });
        width = if is_full || width == 0 { run.len() } else { width + 1 + run.len() };
        text.push_str(&run);
    }
    text.push('\n');
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if std::fs::read_to_string(root.join("src/crs/register.txt")).unwrap() != text {
        std::fs::write(root.join("target/register.txt"), text).unwrap();
        panic!("PROJ has another register: target/register.txt goes over src/crs/register.txt");
    }
}

#[test]
fn a_sample_of_entries_is_taken_or_refused() {
    let Some(entries) = listed() else { return };
    let (systems, others): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.kind != "no system");
    // A step that is prime to the steps in which the register numbers zones.
    let sample: Vec<Entry> = systems.into_iter().step_by(307).chain(others.into_iter().step_by(7)).collect();
    assert_eq!(odd(&outcomes(&sample)), []);
}

#[test]
#[ignore = "takes minutes"]
fn every_entry_is_taken_or_refused() {
    let entries = listed().expect("PROJ's build is beside this one");
    assert!(entries.len() > 10_000, "{}", entries.len());
    let known = [
        ("geographic 3D", "does not come back: outside-crs-area", 1),
        ("projected", "its middle: PROJ transforms in one direction only", 13),
    ];
    assert_eq!(odd(&outcomes(&entries)), known);
}

/// What is neither taken nor refused with a reason, and how often.
fn odd<'a>(found: &'a BTreeMap<(&str, String), Vec<u32>>) -> Vec<(&'a str, &'a str, usize)> {
    let all = found.iter().map(|((kind, outcome), codes)| (*kind, outcome.as_str(), codes.len()));
    all.filter(|(_, outcome, _)| *outcome != "taken" && !REASONS.contains(outcome)).collect()
}

/// PROJ's wrapper does not give back what it began for them: it is not asked.
#[cfg(target_os = "linux")]
#[test]
fn codes_that_are_none_take_no_memory() {
    let resident_kib = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let before = resident_kib();
    for code in 900_000..900_200 {
        let crs = Crs::Epsg(code);
        assert!(Transformer::to_crs(crs.clone()).is_err() && crs.projjson().is_none() && crs.wkt_of_gdal().is_none());
        drop(Transformer::to_crs(Crs::Epsg(4549)));
    }
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 200 << 10, "{grown} KiB");
}
