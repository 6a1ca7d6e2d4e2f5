//! The landmarks in other systems and encodings, made by other software, are where they are in WGS 84.

use std::process::Command;

/// The answers for a file: the columns that `locate` adds.
fn answers(file: &str, crs: &str, columns: &str) -> Vec<Vec<String>> {
    let arguments = ["-q", "locate", file, "--crs", crs, "--columns", columns];
    let output = Command::new(env!("CARGO_BIN_EXE_corridor"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let added = columns.split(',').count();
    reader
        .records()
        .map(|record| record.unwrap())
        .map(|record| record.iter().skip(record.len() - added).map(str::to_owned).collect())
        .collect()
}

const FILES: [(&str, &str); 6] = [
    ("epsg_4528.csv", "EPSG:4528"),
    ("epsg_4549.csv", "EPSG:4549"),
    ("epsg_4550.csv", "EPSG:4550"),
    ("utm_51n.csv", "EPSG:32651"),
    ("gcj02.csv", "GCJ02"),
    ("bd09.csv", "BD-09"),
];

#[test]
fn the_zones_are_the_same() {
    let columns = "position,zone,cluster,path,nearest_zone,certainty";
    let expected = answers("data/landmarks.csv", "WGS84", columns);
    assert_eq!(expected.len(), 32);
    for (file, crs) in FILES {
        assert_eq!(answers(&format!("tests/cmd/crs.in/{file}"), crs, columns), expected, "{file}");
    }
}

#[test]
fn the_distances_are_the_same_to_a_millimetre() {
    let metres = |file: &str, crs: &str| -> Vec<f64> {
        let answers = answers(file, crs, "distance_to_boundary_m");
        answers.iter().map(|row| row[0].parse().unwrap()).collect()
    };
    let expected = metres("data/landmarks.csv", "CGCS2000");
    for (file, crs) in FILES {
        for (found, expected) in metres(&format!("tests/cmd/crs.in/{file}"), crs).iter().zip(&expected) {
            assert!((found - expected).abs() <= 0.0011, "{file}: {found} {expected}");
        }
    }
}

/// The zone without prefix takes eastings with it, and the other way round.
#[test]
fn the_prefix_is_told_by_the_easting() {
    let expected = answers("data/landmarks.csv", "WGS84", "zone");
    assert_eq!(answers("tests/cmd/crs.in/epsg_4528.csv", "EPSG:4549", "zone"), expected);
    assert_eq!(answers("tests/cmd/crs.in/epsg_4549.csv", "EPSG:4528", "zone"), expected);
}
