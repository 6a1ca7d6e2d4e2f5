//! The targets of `tests/fuzz` without a fuzzer: their seeds in every run, and mutations of them in `make fuzz`.

#[path = "fuzz/src/lib.rs"]
mod targets;

use std::fs::{self, File};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use taizhou_corridor::geometry::encoding::{ArcTolerance, from_wkt, to_wkb};
use targets::{TARGETS, readers};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

const CURVES: &str = "010c00000002000000010a0000000100000001090000000200000001080000000300000000000000000000000000000000000000000000000000f03f000000000000f03f0000000000000040000000000000000001020000000200000000000000000000400000000000000000000000000000000000000000000000000103000000010000000400000000000000000014400000000000000000000000000000184000000000000000000000000000001840000000000000f03f00000000000014400000000000000000";
const CURVES_IN_SYSTEM: &str = "010b000020c51100000200000001080000000300000000000000000000000000000000000000000000000000f03f000000000000f03f0000000000000040000000000000000001090000000200000001080000000300000000000000000000000000000000000000000000000000f03f000000000000f03f000000000000004000000000000000000102000000020000000000000000000040000000000000000000000000000000000000000000000000";

/// Files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// What a target begins with: small files of its kind from `data/` and `tests/`, and a few bytes more.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut all = vec![];
    for folder in ["data", "tests/data", "tests/cmd"] {
        files(&Path::new(ROOT).join(folder), &mut all);
    }
    let endings: &[&str] = match target {
        "csv" | "round-csv" | "table-csv" => &["csv"],
        "geojson" | "plan" | "table-geojson" => &["geojson", "json"],
        "geojsonseq" | "round-geojson" | "table-ndjson" | "table-geojsonseq" => {
            &["ndjson", "jsonl", "geojsonl", "geojsons"]
        }
        "xlsx" => &["xlsx", "xls", "ods"],
        "table-xlsx" => &["xlsx"],
        "survey-txt" | "table-survey-txt" => &["txt"],
        "gpkg" | "table-gpkg" => &["gpkg"],
        "flatgeobuf" | "table-flatgeobuf" => &["fgb"],
        "geoparquet" | "table-geoparquet" => &["parquet"],
        "kml" | "table-kml" => &["kml", "kmz"],
        "dxf" | "table-dxf" => &["dxf"],
        "archive" => &["zip", "kmz"],
        "crs" => &["prj"],
        "guess" => &["csv", "kml", "fgb", "ndjson", "txt", "dxf"],
        _ => &[],
    };
    let is_seed = |path: &&PathBuf| path.extension().is_some_and(|found| endings.iter().any(|ending| found == *ending));
    let mut seeds: Vec<Vec<u8>> = all.iter().filter(is_seed).map(|path| fs::read(path).unwrap()).collect();
    seeds.retain(|bytes| bytes.len() < 200_000);
    let texts: &[&str] = match target {
        "csv" | "round-csv" | "table-csv" => &[
            "a,lon,lat\n\"x \"\"y\"\"\",121.4,28.6\n",
            "wkt;b\n\"POINT(121.4 28.6)\";2\n",
            "表,,,\n序号,坐标,,面积\n,经度（E）,纬度（N）,\n1,121°22′08.3″E,28度39分,5\n合计,,,5\n注：x,,,\n",
            "sep=|\n# a\nb|坐标\n1|28.6N，121.4E\n2|28°39′ 121°22′\n",
            "a;X坐标;Y坐标\n1;121,36898;28,6559\n",
        ],
        "geojsonseq" | "round-geojson" => &[
            r#"{"type":"Feature","id":"a","properties":{"b":[1,{"c":"\u4e2d"}],"d":1.50},"geometry":{"type":"Point","coordinates":[121.4,28.6]}}"#,
            r#"{"type":"Feature","properties":null,"geometry":{"type":"Polygon","coordinates":[[[121.4,28.6],[121.5,28.6],[121.5,28.7],[121.4,28.6]]]},"x":1}"#,
        ],
        "crs" => &["EPSG:4549", "WGS84", "GCJ-02", "bd09", "EPSG:4490", "EPSG:32651"],
        "wkt" | "round-geometry" => &[
            "MULTISURFACE(CURVEPOLYGON(COMPOUNDCURVE(CIRCULARSTRING(0 0,1 1,2 0),(2 0,0 0))),((5 0,6 0,6 1,5 0)))",
            "MULTICURVE Z((0 0 1,1 1 1),CIRCULARSTRING Z(0 0 1,1e9 1 1,0 0 1))",
            "0101000020E610000032384A5E9D575E404772F90FE9A73C40",
            "POINT Z(121.4 28.6 1e3)",
            "SRID=4490;MULTIPOLYGON(((0 0,1 0,1 1,0 0),(0.1 0.1,0.2 0.1,0.2 0.2,0.1 0.1)))",
            "GEOMETRYCOLLECTION(LINESTRING(1 2,3 4),MULTIPOINT((1 2),EMPTY),POLYGON EMPTY)",
        ],
        "locate" => &["0123456789abcdef", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"],
        "overlay" => &["0ppp@@`0", "abcdefghijklmnop", "@@`@``@`@@HHHPPPPHHH"],
        _ => &[],
    };
    seeds.extend(texts.iter().map(|text| text.as_bytes().to_vec()));
    match target {
        "shapefile" | "table-shapefile" => {
            for name in ["deleted", "edited", "parcels_gbk", "points_many"] {
                let part = |ending: &str| {
                    fs::read(Path::new(ROOT).join(format!("tests/data/shapefile/{name}.{ending}"))).unwrap_or_default()
                };
                seeds.push([part("shp"), part("dbf"), part("prj"), part("cpg")].join(&b"\n--part--\n"[..]));
            }
        }
        "filegdb" => {
            let plan = ("plan.gdb.zip", "plan.gdb");
            for ((archive, folder), number) in [
                (plan, 9),
                (plan, 10),
                (plan, 11),
                (("subtypes.gdb.zip", "subtypes.gdb"), 9),
                (("rings.gdb.zip", "innerRing.gdb"), 9),
                (("points.gdb.zip", "multipointtest.gdb"), 9),
            ] {
                let mut parts = geodatabase(archive, folder, number);
                seeds.push(parts.join(&b"\n--part--\n"[..]));
                // Without the index of the rows.
                parts[5].clear();
                seeds.push(parts.join(&b"\n--part--\n"[..]));
            }
        }
        "wkb" => {
            for text in ["POINT(1 2)", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))", "GEOMETRYCOLLECTION(POINT(1 2))"] {
                seeds.push(to_wkb(&from_wkt(text, ArcTolerance::default()).unwrap().geometry.unwrap()));
            }
            // A multi-surface of a compound curve and of straight edges, and a multi-curve with a system.
            for curves in [CURVES, CURVES_IN_SYSTEM] {
                let pairs = curves.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
                seeds.push(pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect());
            }
        }
        _ => {}
    }
    let mut numbers = Numbers(0x5851_f42d_4c95_7f2d);
    if target == "clip" {
        seeds.extend((0..200).map(|_| (0..72).map(|_| numbers.below(256) as u8).collect()));
    }
    if target.starts_with("table-") {
        // Their bytes are choices.
        seeds.extend((0..40).map(|number| (0..8 * number).map(|_| numbers.below(256) as u8).collect()));
    }
    seeds
}

/// The tables of a geodatabase in `tests/data/filegdb/` whose only layer is the table of a number.
fn geodatabase(archive: &str, folder: &str, number: u32) -> [Vec<u8>; 6] {
    let archive = File::open(Path::new(ROOT).join("tests/data/filegdb").join(archive)).unwrap();
    let mut archive = zip::ZipArchive::new(archive).unwrap();
    let mut file = |name: String| {
        let mut bytes = vec![];
        archive.by_name(&format!("{folder}/{name}")).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    readers::TABLES.map(|name| file(name.replace("a00000009", &format!("a{number:08x}"))))
}

#[test]
fn the_seeds_of_every_target_pass() {
    for (name, run) in TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seed");
        seeds.iter().for_each(|bytes| run(bytes));
    }
}

/// What fuzzing found, by target: files in `tests/fuzz/found/TARGET/`.
#[test]
fn what_was_found_stays_mended() {
    for (name, run) in TARGETS {
        let folder = Path::new(ROOT).join("tests/fuzz/found").join(name);
        let mut found = vec![];
        if folder.is_dir() {
            files(&folder, &mut found);
        }
        found.iter().for_each(|path| run(&fs::read(path).unwrap()));
    }
}

/// Numbers that look random, the same in every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound.max(1)
    }
}

/// Bytes changed in a few places.
fn mutated(seeds: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    const TELLING: [&[u8]; 16] = [
        b"\0",
        b"\xff\xff\xff\xff",
        b"\xff\xff\xff\x7f",
        b"\0\0\0\x80",
        b"\"",
        b",",
        b"\n",
        b"[",
        b"}",
        b"1e999",
        b"-0",
        b"NaN",
        b"\xf0\x9f\x98\x80",
        b"EMPTY",
        b"(",
        b"<",
    ];
    let mut bytes = seeds[numbers.below(seeds.len())].clone();
    for _ in 0..=numbers.below(6) {
        let place = numbers.below(bytes.len() + 1);
        let most = 1 + numbers.below(64);
        let end = (place + numbers.below(most)).min(bytes.len());
        match numbers.below(7) {
            0 if place < bytes.len() => bytes[place] = numbers.below(256) as u8,
            1 if place < bytes.len() => bytes[place] ^= 1 << numbers.below(8),
            2 => drop(bytes.drain(place..end)),
            3 => {
                let piece = bytes[place..end].to_vec();
                bytes.splice(place..place, piece);
            }
            4 => {
                let piece = TELLING[numbers.below(TELLING.len())];
                let to = (place + piece.len() * numbers.below(2)).min(bytes.len());
                bytes.splice(place..to, piece.iter().copied());
            }
            5 => {
                let other = &seeds[numbers.below(seeds.len())];
                let from = numbers.below(other.len() + 1);
                let to = (from + numbers.below(256)).min(other.len());
                bytes.splice(place..end, other[from..to].iter().copied());
            }
            _ if numbers.below(8) == 0 => bytes.truncate(place),
            _ => {}
        }
    }
    bytes
}

/// `make fuzz-guided` begins with the seeds, as files in `target/fuzz/corpus/TARGET/`.
#[test]
#[ignore = "writes files: make fuzz-guided"]
fn seeds_are_written() {
    for (name, _) in TARGETS {
        let folder = Path::new(ROOT).join("target/fuzz/corpus").join(name);
        fs::create_dir_all(&folder).unwrap();
        for (number, seed) in seeds(name).iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed).unwrap();
        }
    }
}

/// `make fuzz`: FUZZ_SECONDS a target, all of them or the one that FUZZ_TARGET names. What fails, or takes a minute, is
/// kept in `target/fuzz`.
#[test]
#[ignore = "runs for minutes: make fuzz"]
fn mutations() {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let start: u64 = std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let chosen = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let folder = Path::new(ROOT).join("target/fuzz");
    fs::create_dir_all(&folder).unwrap();
    let mut failures = vec![];
    for (name, run) in TARGETS.iter().filter(|(name, _)| chosen.is_empty() || chosen == *name) {
        let seeds = seeds(name);
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15 ^ start);
        let (mut count, mut slowest, mut failed) = (0_u64, Duration::ZERO, 0);
        let begin = Instant::now();
        // Whatever hangs is there to be seen.
        let last = folder.join(format!("{name}-last"));
        while begin.elapsed() < Duration::from_secs(seconds) && failed < 5 {
            let bytes = mutated(&seeds, &mut numbers);
            fs::write(&last, &bytes).unwrap();
            let one = Instant::now();
            let outcome = catch_unwind(AssertUnwindSafe(|| run(&bytes)));
            let took = one.elapsed();
            count += 1;
            if outcome.is_err() || took > Duration::from_secs(60) {
                failed += 1;
                let kept = folder.join(format!("{name}-{start}-{count}"));
                fs::write(&kept, &bytes).unwrap();
                failures.push(format!("{} ({took:?})", kept.display()));
            }
            slowest = slowest.max(took);
        }
        println!("{name}: {count} inputs, {failed} failed, the slowest took {slowest:?}");
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
