//! Validity, repair and rounding against computations of another kind.

mod common;

use std::path::Path;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use taizhou_corridor::geometry::encoding::{ArcTolerance, from_wkt};
use taizhou_corridor::geometry::position::{PointLocation, position};
use taizhou_corridor::geometry::repair::repair;
use taizhou_corridor::geometry::validity::first_validation_error;
use taizhou_corridor::io::Format;

/// Numbers that look random, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: i128) -> i128 {
        // SplitMix64 (Steele, Lea and Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i128::from(z ^ (z >> 31)).rem_euclid(limit)
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as i128) as usize]
    }
}

/// Validity in whole numbers of 128 bits: every pair of edges is tried, and every piece between two places where
/// rings touch lies on the side that its middle is on. Corners are even, so that middles are whole.
mod exact {
    pub type Place = (i128, i128);
    pub type Ring = Vec<Place>;

    fn side(a: Place, b: Place, c: Place) -> i128 {
        ((b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)).signum()
    }

    fn is_on(a: Place, b: Place, c: Place) -> bool {
        let is_between = |a: i128, b: i128, c: i128| a.min(b) <= c && c <= a.max(b);
        side(a, b, c) == 0 && is_between(a.0, b.0, c.0) && is_between(a.1, b.1, c.1)
    }

    fn edges(ring: &Ring) -> impl Iterator<Item = (Place, Place)> + '_ {
        (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]))
    }

    /// The places where two edges meet, if they only touch.
    fn touch((a, b): (Place, Place), (c, d): (Place, Place)) -> Option<Vec<Place>> {
        let sides = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
        if sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0 {
            return None;
        }
        let mut places: Vec<Place> = [c, d].into_iter().filter(|&place| is_on(a, b, place)).collect();
        places.extend([a, b].into_iter().filter(|&place| is_on(c, d, place)));
        places.sort_unstable();
        places.dedup();
        (places.len() < 2).then_some(places)
    }

    fn is_simple(ring: &Ring) -> bool {
        let edges: Vec<_> = edges(ring).collect();
        let count = edges.len();
        let is_sound = |a: usize, b: usize| {
            let shared = [(a + 1 == b, edges[b].0), (a == 0 && b + 1 == count, edges[a].0)];
            let shared: Vec<Place> = shared.into_iter().filter(|&(is_shared, _)| is_shared).map(|(_, at)| at).collect();
            touch(edges[a], edges[b]).is_some_and(|places| places.iter().all(|place| shared.contains(place)))
        };
        count >= 3 && (0..count).all(|b| (0..b).all(|a| is_sound(a, b))) && edges.iter().all(|edge| edge.0 != edge.1)
    }

    #[derive(PartialEq, Clone, Copy)]
    pub enum Side {
        Inside,
        On,
        Outside,
    }

    pub fn locate(at: Place, ring: &Ring) -> Side {
        if edges(ring).any(|(a, b)| is_on(a, b, at)) {
            return Side::On;
        }
        let crosses = |(a, b): (Place, Place)| (a.1 > at.1) != (b.1 > at.1) && (side(a, b, at) > 0) == (b.1 > a.1);
        if edges(ring).filter(|&edge| crosses(edge)).count() % 2 == 1 { Side::Inside } else { Side::Outside }
    }

    /// The middles of the pieces of a ring between corners of its own and of others.
    fn middles<'a>(ring: &'a Ring, others: &'a [&'a Ring]) -> impl Iterator<Item = Place> + 'a {
        edges(ring).flat_map(move |(a, b)| {
            let cuts = others.iter().flat_map(|other| other.iter().copied()).filter(|&place| is_on(a, b, place));
            let mut places: Vec<Place> = cuts.chain([a, b]).collect();
            places.sort_unstable();
            places.dedup();
            let middle = |pair: &[Place]| ((pair[0].0 + pair[1].0) / 2, (pair[0].1 + pair[1].1) / 2);
            places.windows(2).map(middle).collect::<Vec<_>>()
        })
    }

    /// Whether a polygon (its exterior first), and perhaps another without holes, are a valid shape.
    pub fn is_valid(polygon: &[Ring], other: Option<&Ring>) -> bool {
        let rings: Vec<&Ring> = polygon.iter().chain(other).collect();
        if !rings.iter().all(|ring| is_simple(ring)) {
            return false;
        }
        // Nodes are rings and places where they touch; a graph without cycles has as many edges as it is more
        // than its components.
        let mut touches: Vec<(usize, Place)> = vec![];
        for b in 0..rings.len() {
            for a in 0..b {
                for edge in edges(rings[a]) {
                    for across in edges(rings[b]) {
                        let Some(places) = touch(edge, across) else { return false };
                        if b < polygon.len() {
                            touches.extend(places.iter().flat_map(|&place| [(a, place), (b, place)]));
                        }
                    }
                }
            }
        }
        touches.sort_unstable();
        touches.dedup();
        if has_cycle(polygon.len(), &touches) {
            return false;
        }
        let (exterior, holes) = (&polygon[0], &polygon[1..]);
        let lies = |ring: &Ring, other: &Ring, side: Side| middles(ring, &[other]).any(|at| locate(at, other) == side);
        if holes.iter().any(|hole| lies(hole, exterior, Side::Outside)) {
            return false;
        }
        let are_apart = |a: usize, b: usize| a == b || !lies(&holes[a], &holes[b], Side::Inside);
        if !(0..holes.len()).all(|a| (0..holes.len()).all(|b| are_apart(a, b))) {
            return false;
        }
        let Some(other) = other else { return true };
        let all: Vec<&Ring> = polygon.iter().collect();
        let is_in_polygon = |at: Place| {
            locate(at, exterior) == Side::Inside && holes.iter().all(|hole| locate(at, hole) == Side::Outside)
        };
        !middles(other, &all).any(is_in_polygon) && !polygon.iter().any(|ring| lies(ring, other, Side::Inside))
    }

    fn has_cycle(ring_count: usize, touches: &[(usize, Place)]) -> bool {
        let mut places: Vec<Place> = touches.iter().map(|&(_, place)| place).collect();
        places.sort_unstable();
        places.dedup();
        let mut groups: Vec<usize> = (0..ring_count + places.len()).collect();
        for &(ring, place) in touches {
            let node = ring_count + places.binary_search(&place).unwrap();
            let (a, b) = (groups[ring], groups[node]);
            if a == b {
                return true;
            }
            groups.iter_mut().filter(|group| **group == a).for_each(|group| *group = b);
        }
        false
    }
}

use exact::{Ring, Side, locate};

/// Rings on a small grid that touch all the time: a hole has its corners in the exterior and on it, another part
/// has them outside and on it.
fn touching(random: &mut Random) -> (Vec<Ring>, Option<Ring>) {
    const EXTERIORS: [&[(i128, i128)]; 7] = [
        &[(0, 0), (6, 0), (6, 6), (0, 6)],
        &[(0, 0), (6, 1), (2, 6)],
        &[(0, 0), (6, 0), (6, 3), (3, 3), (3, 6), (0, 6)],
        &[(0, 0), (3, 2), (6, 0), (4, 3), (6, 6), (3, 4), (0, 6), (2, 3)],
        &[(0, 0), (6, 0), (6, 6), (4, 6), (4, 2), (2, 2), (2, 6), (0, 6)],
        &[(0, 3), (3, 0), (6, 3), (3, 6)],
        &[(0, 0), (5, 1), (6, 5), (3, 3)],
    ];
    let exterior: Ring = random.of(&EXTERIORS).to_vec();
    let grid = (-2..9).flat_map(|x| (-2..9).map(move |y| (x, y)));
    let lies =
        |wanted: [Side; 2]| grid.clone().filter(|&at| wanted.contains(&locate(at, &exterior))).collect::<Vec<_>>();
    let (within, beyond) = (lies([Side::Inside, Side::On]), lies([Side::Outside, Side::On]));
    let mut ring = |places: &[(i128, i128)]| -> Ring {
        let count = 3 + random.below(3);
        (0..count).map(|_| random.of(places)).collect()
    };
    let mut rings = vec![exterior.clone(), ring(&within)];
    let other = ring(&beyond);
    match random.below(4) {
        0 => (rings, None),
        1 => {
            let second = (0..3 + random.below(2)).map(|_| random.of(&within)).collect();
            rings.push(second);
            (rings, None)
        }
        2 => (vec![exterior], Some(other)),
        _ => {
            // A part in a hole, or beside it.
            let hole = rings[1].clone();
            let inner = (0..4).map(|i| random.of(if i < 3 { &hole } else { &within })).collect();
            (rings, Some(inner))
        }
    }
}

/// A triangle with another that shares a corner with it, and of which the others lie on its edges but for the rounding:
/// within a step of them, or on a line between two of these.
fn along_edges(random: &mut Random) -> (Vec<Ring>, Option<Ring>) {
    let size = 1i128 << (12 + random.below(32));
    let base = (121 * (1i128 << 46) + random.below(1 << 44), 28 * (1i128 << 46) + random.below(1 << 44));
    let exterior: Ring = (0..3).map(|_| (base.0 + random.below(size), base.1 + random.below(size))).collect();
    let between =
        |(a, b): (i128, i128), (c, d): (i128, i128), part: i128| (a + (c - a) * part / 1000, b + (d - b) * part / 1000);
    let place = |random: &mut Random, corner: usize| {
        let (x, y) = between(exterior[0], exterior[corner], random.below(1001));
        (x + random.below(3) - 1, y + random.below(3) - 1)
    };
    let (a, b) = (place(random, 1), place(random, 2));
    let second = if random.below(2) == 0 { b } else { between(a, b, random.below(1001)) };
    let ring = vec![exterior[0], a, second];
    if random.below(2) == 0 { (vec![exterior, ring], None) } else { (vec![exterior], Some(ring)) }
}

fn is_valid(polygon: &[Ring], other: Option<&Ring>) -> bool {
    // Repeated corners are allowed, and one corner to the oracle.
    let doubled = |ring: &Ring| {
        let mut ring: Ring = ring.iter().map(|&(x, y)| (2 * x, 2 * y)).collect();
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        ring
    };
    exact::is_valid(&polygon.iter().map(doubled).collect::<Vec<_>>(), other.map(doubled).as_ref())
}

/// Turns and shears rings on a small grid, so that their corners are any numbers; in some, a corner is off by a step.
/// False where all would be on a line.
fn turn(rings: &mut [Ring], other: &mut Option<Ring>, random: &mut Random) -> bool {
    let size = 1 << (6 + random.below(36));
    let mut factor = || random.below(2 * size) - size;
    let [a, b, c, d] = [factor(), factor(), factor(), factor()];
    if a * d == b * c {
        return false;
    }
    let base = (121 * (1i128 << 46) + random.below(1 << 46), 28 * (1i128 << 46) + random.below(1 << 46));
    let all = rings.iter_mut().chain(&mut *other).flatten();
    all.for_each(|(x, y)| (*x, *y) = (base.0 + a * *x + b * *y, base.1 + c * *x + d * *y));
    if random.below(3) == 0 {
        let moved = match other {
            Some(other) => other,
            None => rings.last_mut().unwrap(),
        };
        let corner = random.below(moved.len() as i128) as usize;
        moved[corner].0 += random.below(3) - 1;
        moved[corner].1 += random.below(3) - 1;
    }
    true
}

/// Half of the cases are valid; corners are any numbers of the last place of a double.
fn check_touching(cases: usize) {
    const STEP: f64 = 1.0 / (1u64 << 46) as f64;
    let mut random = Random(7);
    let (mut valid, mut invalid) = (0, 0);
    while valid < cases / 2 || invalid < cases / 2 {
        let is_along = random.below(2) == 0;
        let (mut rings, mut other) = if is_along { along_edges(&mut random) } else { touching(&mut random) };
        let seems_valid = is_valid(&rings, other.as_ref());
        if (if seems_valid { valid } else { invalid }) >= cases / 2 + cases / 4 {
            continue;
        }
        if !is_along && !turn(&mut rings, &mut other, &mut random) {
            continue;
        }
        let line = |ring: &Ring| -> LineString<f64> {
            let corner = |&(x, y): &(i128, i128)| Coord { x: x as f64 * STEP, y: y as f64 * STEP };
            ring.iter().chain(ring.first()).map(corner).collect()
        };
        let polygon = Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect());
        let part = other.as_ref().map(|other| Polygon::new(line(other), vec![]));
        let shape: MultiPolygon<f64> = [polygon].into_iter().chain(part).collect();
        let is_valid = is_valid(&rings, other.as_ref());
        assert_eq!(
            first_validation_error(&shape).is_none(),
            is_valid,
            "{shape:?} {:?}",
            first_validation_error(&shape)
        );
        *(if is_valid { &mut valid } else { &mut invalid }) += 1;
    }
    assert!(valid >= cases / 2 && invalid >= cases / 2);
}

#[test]
fn touching_rings_are_valid_as_in_whole_numbers() {
    check_touching(1_000);
}

#[test]
#[ignore = "takes a minute"]
fn a_hundred_thousand_touching_rings_are_valid_as_in_whole_numbers() {
    check_touching(100_000);
}

/// Rings as people and programs break them: on a coarse grid, where edges run along each other and corners fall
/// together; with any coordinates; with corners that were set on edges, a rounding error beside them.
fn broken_ring(random: &mut Random) -> LineString<f64> {
    let kind = random.below(3);
    let count = 3 + random.below(10);
    let mut corners: Vec<Coord<f64>> = vec![];
    for _ in 0..count {
        let mut number = |limit: i128| random.below(limit) as f64;
        let corner = match kind {
            0 => Coord { x: 121.0 + number(6) * 0.001, y: 28.0 + number(6) * 0.001 },
            _ => Coord { x: 121.0 + number(100_000) * 1e-7, y: 28.0 + number(100_000) * 1e-7 },
        };
        corners.push(corner);
        if kind == 2 && corners.len() > 2 {
            let edge = random.below(corners.len() as i128 - 1) as usize;
            let along = random.below(1000) as f64 / 1000.0;
            corners.push(corners[edge] + (corners[edge + 1] - corners[edge]) * along);
        }
    }
    let mut ring = LineString(corners);
    ring.close();
    ring
}

/// How often a ring winds around a point: the angle that it goes through, seen from there.
fn winding(at: Coord<f64>, ring: &LineString<f64>) -> i32 {
    let angle = |edge: geo::Line<f64>| {
        let (a, b) = (edge.start - at, edge.end - at);
        (a.x * b.y - a.y * b.x).atan2(a.x * b.x + a.y * b.y)
    };
    (ring.lines().map(angle).sum::<f64>() / std::f64::consts::TAU).round() as i32
}

fn distance(at: Coord<f64>, ring: &LineString<f64>) -> f64 {
    use geo::{Distance, Euclidean};
    ring.lines().map(|edge| Euclidean.distance(at, &edge)).fold(f64::INFINITY, f64::min)
}

fn check_repairs(cases: usize) {
    let mut random = Random(11);
    for _ in 0..cases {
        let exterior = broken_ring(&mut random);
        let holes: Vec<_> = (0..random.below(6) / 4).map(|_| broken_ring(&mut random)).collect();
        let shape = MultiPolygon::from(Polygon::new(exterior.clone(), holes.clone()));
        if first_validation_error(&shape).is_none() {
            continue;
        }
        let repaired = repair(&shape);
        let flaw = repaired.as_ref().and_then(first_validation_error);
        assert!(flaw.is_none(), "{flaw:?} {shape:?}");
        // Any places, and those beside corners and middles of edges.
        let beside = exterior.lines().flat_map(|edge| [edge.start, (edge.start + edge.end) / 2.0]);
        let beside: Vec<_> = beside
            .flat_map(|at| [(1.0, 0.3), (-0.8, 0.9), (0.1, -1.0)].map(|(x, y)| at + Coord { x, y } * 1e-6))
            .collect();
        let mut number = || 28.0 + random.below(1 << 20) as f64 * (0.01 / (1 << 20) as f64);
        let any: Vec<_> = (0..40).map(|_| Coord { x: number() + 93.0, y: number() }).collect();
        for at in any.into_iter().chain(beside) {
            if [&exterior].into_iter().chain(&holes).any(|ring| distance(at, ring) < 1e-10) {
                continue;
            }
            let is_covered = winding(at, &exterior) != 0 && holes.iter().all(|hole| winding(at, hole) == 0);
            let found = repaired.as_ref().is_some_and(|repaired| position(at, repaired) == PointLocation::Inside);
            assert_eq!(found, is_covered, "{at:?} {shape:?} {repaired:?}");
        }
    }
}

#[test]
fn what_is_repaired_covers_what_its_rings_wind_around() {
    check_repairs(2_000);
}

#[test]
#[ignore = "takes minutes"]
fn a_hundred_thousand_repairs_cover_what_their_rings_wind_around() {
    check_repairs(100_000);
}

/// A table of one polygon a row, as well-known text.
fn table(polygons: impl Iterator<Item = Polygon<f64>>) -> String {
    let ring = |ring: &LineString<f64>| {
        let corners: Vec<String> = ring.0.iter().map(|corner| format!("{} {}", corner.x, corner.y)).collect();
        format!("({})", corners.join(","))
    };
    let row = |(number, polygon): (usize, Polygon<f64>)| {
        let rings: Vec<String> = [polygon.exterior()].into_iter().chain(polygon.interiors()).map(ring).collect();
        format!("{number},\"POLYGON({})\"\n", rings.join(","))
    };
    let rows: String = polygons.enumerate().map(row).collect();
    format!("number,wkt\n{rows}")
}

fn corridor(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let output = common::corridor(folder, arguments).output().unwrap();
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{arguments:?} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// The column `name` of a table, by the number of each row.
fn column(csv: &[u8], name: &str) -> Vec<(u32, String)> {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (number, cell) = (place("number"), place(name));
    let mut cells: Vec<(u32, String)> = reader
        .records()
        .map(|record| record.unwrap())
        .map(|record| (record[number].parse().unwrap(), record[cell].to_owned()))
        .collect();
    cells.sort();
    cells
}

#[test]
fn rows_are_written_with_their_repaired_polygons_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(23);
    let nothing = LineString::from(vec![(121.0, 28.0), (121.25, 28.25), (121.5, 28.5), (121.0, 28.0)]);
    let rings = (0..60).map(|_| broken_ring(&mut random)).chain([nothing]);
    let rings: Vec<_> = rings.map(|ring| Polygon::new(ring, vec![])).collect();
    std::fs::write(folder.path().join("broken.csv"), table(rings.into_iter())).unwrap();
    corridor(folder.path(), &["convert", "broken.csv", "--fields", "number", "-o", "broken.geojson"]);
    corridor(folder.path(), &["convert", "broken.csv", "--to-crs", "EPSG:4549", "-o", "broken-4549.csv"]);
    let (mut repaired, mut refused) = (0, 0);
    for input in ["broken.csv", "broken.geojson"] {
        // Survey texts hold no answers, and drawings no degrees.
        let others = [Format::SURVEY_TXT, Format::DXF];
        for format in Format::WRITTEN.into_iter().filter(|format| !others.contains(format)) {
            let file = format!("{}-{format}.{}", input.replace('.', "-"), format.ending());
            let mut arguments = vec!["overlay", input, "--repair", "--wide", "-o", &file];
            let to = format.is_lon_lat_only().then_some("WGS84");
            arguments.extend(to.into_iter().flat_map(|to| ["--to-crs", to]));
            let name = format.to_string();
            arguments.extend(["-f", &name]);
            corridor(folder.path(), &arguments);
            // What was written is asked again, without a repair.
            let again = ["overlay", &file, "--wide", "-f", "csv", "--input-format", &name];
            let answers = corridor(folder.path(), &again).stdout;
            let relations = column(&answers, "relation_2");
            for ((number, reason), (again, relation)) in column(&answers, "reason").into_iter().zip(relations) {
                assert_eq!(number, again);
                assert_eq!(
                    relation == "invalid",
                    reason.starts_with("not-repairable: "),
                    "{file} {number}: {relation}, {reason}"
                );
                refused += usize::from(relation == "invalid");
                repaired += usize::from(reason.starts_with("repaired: "));
            }
        }
    }
    assert!(repaired > 500 && refused > 0, "{repaired} {refused}");
    // In a plane the text is that of the plane, and valid in it.
    let arguments = ["overlay", "broken-4549.csv", "--crs", "EPSG:4549", "--repair", "--wide", "-f", "csv"];
    let rows = corridor(folder.path(), &arguments).stdout;
    for ((number, text), (_, reason)) in column(&rows, "wkt").into_iter().zip(column(&rows, "reason")) {
        assert!(is_valid_text(&text) || !reason.starts_with("repaired: "), "{number}: {text} {reason}");
    }
}

/// Stars of some metres, some with a hole.
fn small_polygon(random: &mut Random) -> Polygon<f64> {
    let mut number = || random.below(1 << 30) as f64 / (1 << 30) as f64;
    loop {
        let size = 3e-6 * 50f64.powf(number());
        let centre = Coord { x: 121.3 + 0.3 * number(), y: 28.5 + 0.3 * number() };
        let mut star = |size: f64| {
            let count = 3 + (number() * 9.0) as usize;
            let corner = |i: usize| {
                let (sin, cos) = (std::f64::consts::TAU * i as f64 / count as f64).sin_cos();
                let radius = size * (0.05 + 0.95 * number());
                centre + Coord { x: radius * cos, y: radius * sin }
            };
            let mut ring: LineString<f64> = (0..count).map(corner).collect();
            ring.close();
            ring
        };
        let (exterior, hole) = (star(size), star(size * 0.04));
        let with_hole = Polygon::new(exterior.clone(), vec![hole]);
        for polygon in [with_hole, Polygon::new(exterior, vec![])] {
            if first_validation_error(&polygon.clone().into()).is_none() {
                return polygon;
            }
        }
    }
}

#[test]
fn polygons_of_few_decimals_are_valid_or_named_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(31);
    let polygons: Vec<_> = (0..400).map(|_| small_polygon(&mut random)).collect();
    std::fs::write(folder.path().join("small.csv"), table(polygons.into_iter())).unwrap();
    corridor(folder.path(), &["convert", "small.csv", "--fields", "number", "-o", "small.geojson"]);
    let mut named_in_all = 0;
    for format in Format::WRITTEN {
        let is_in_degrees = format.is_lon_lat_only() || format == Format::KML;
        let crs = if is_in_degrees { "WGS84" } else { "EPSG:4549" };
        for (decimals, command) in [(0, "convert"), (1, "convert"), (2, "convert"), (0, "overlay"), (1, "overlay")] {
            if command == "overlay" && format == Format::SURVEY_TXT {
                continue;
            }
            let file = format!("{command}{decimals}-{format}.{}", format.ending());
            let precision = (if is_in_degrees { decimals + 5 } else { decimals }).to_string();
            let name = format.to_string();
            let mut arguments =
                vec![command, "small.geojson", "--to-crs", crs, "--precision", &precision, "-f", &name, "-o", &file];
            arguments.extend((command == "overlay").then_some("--pieces"));
            let notes = String::from_utf8(corridor(folder.path(), &arguments).stderr).unwrap();
            let count = |what: &str| {
                let line = notes.lines().find(|line| line.contains(what))?;
                line.split_whitespace().find_map(|word| word.parse::<usize>().ok())
            };
            let named = count("too small for the number of decimals: no longer valid").unwrap_or(0);
            if decimals == 0 && command == "convert" {
                assert!(notes.contains("not written: too small for the number of decimals"), "{file}: {notes}");
            }
            let mut back = vec!["convert", &file, "-f", "csv", "--input-format", &name];
            let is_declared = ![Format::CSV, Format::TSV, Format::XLSX, Format::DXF].contains(&format);
            back.extend((!is_declared && !is_in_degrees).then_some(["--crs", crs]).into_iter().flatten());
            let back = corridor(folder.path(), &back).stdout;
            let mut reader = csv::Reader::from_reader(&back[..]);
            let wkt = reader.headers().unwrap().iter().position(|column| column == "wkt").unwrap();
            let texts: Vec<String> = reader.records().map(|record| record.unwrap()[wkt].to_owned()).collect();
            let invalid = texts.iter().filter(|text| !is_valid_text(text)).count();
            assert!(texts.len() >= 390, "{file}: {}", texts.len());
            assert_eq!(invalid, named, "{file}: {notes}");
            named_in_all += named;
        }
    }
    assert!(named_in_all > 0);
}

/// Whether well-known text in a plane is a valid polygon. Divided by a power of two, no corner is beyond the degrees
/// that there are, and all relations stay.
fn is_valid_text(text: &str) -> bool {
    use geo::MapCoords;
    let Ok(decoded) = from_wkt(text, ArcTolerance::default()) else { return false };
    let shape = match decoded.geometry {
        Some(geo::Geometry::Polygon(polygon)) => MultiPolygon::from(polygon),
        Some(geo::Geometry::MultiPolygon(polygons)) => polygons,
        _ => return false,
    };
    first_validation_error(&shape.map_coords(|corner| corner / (1u64 << 20) as f64)).is_none()
}
