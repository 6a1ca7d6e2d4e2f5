//! Plans and tables in projected planes: edges are straight there, and what is decided is exact on their numbers.

use geo::relate::Relate;
use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon, coord};
use proptest::prelude::*;
use taizhou_corridor::crs::Crs;
use taizhou_corridor::geometry::position::{PointLocation, position};
use taizhou_corridor::io::{self, Format, Input, Output, ReadOptions, WriteOptions};
use taizhou_corridor::plan::Plan;
use taizhou_corridor::plan_io::{self, ExportOptions};
use taizhou_corridor::query::TableQuery;
use taizhou_corridor::query::locate::{Certainty, LocateColumn, Locator, RowLocator};
use taizhou_corridor::query::overlay::{OverlayColumn, Overlayer, Relation, RowOverlayer};
use taizhou_corridor::run::TableRun;
use taizhou_corridor::units::Metres;

const SYSTEMS: [u32; 5] = [4528, 4549, 4550, 32651, 3857];

fn ring(corners: &[(f64, f64)]) -> String {
    let closed = corners.iter().chain(corners.first());
    closed.map(|(x, y)| format!("{x} {y}")).collect::<Vec<_>>().join(",")
}

fn csv(shapes: &[(String, Vec<(f64, f64)>)]) -> String {
    let rows = shapes.iter().map(|(id, corners)| format!("{id},\"POLYGON(({}))\"\n", ring(corners)));
    format!("id,wkt\n{}", rows.collect::<String>())
}

fn options(crs: u32) -> ReadOptions {
    ReadOptions { crs: Some(Crs::Epsg(crs)), prefers_wkt: true, ..ReadOptions::default() }
}

fn plan(csv: &str, crs: u32) -> Plan {
    plan_io::read_plan(Input::bytes("plan.csv", csv), &options(crs), Some("id")).unwrap().into_plan().unwrap()
}

/// The rows of a query as CSV.
fn answered(csv: &str, crs: u32, query: &impl TableQuery, columns: &[&str]) -> String {
    let rows = io::open(Input::bytes("table.csv", csv), &options(crs)).unwrap();
    let (output, written) = Output::memory("answers.csv");
    let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    let run = TableRun::new(rows, query).only_fields(&columns).unwrap();
    run.write(output, WriteOptions::new(Format::CSV)).unwrap().run().unwrap().finish().unwrap();
    String::from_utf8(written.into_bytes()).unwrap()
}

/// A zone of 5 km and parcels along its sides, from the inside, with millimetres.
fn zone_and_parcels(prefix: &str) -> (String, String) {
    let x = |metres: u32, millimetres: u32| format!("{prefix}{metres}.{millimetres:03}");
    let zone = format!(
        "id,wkt\nA,\"POLYGON(({west} 3165000.111,{east} 3165000.111,{east} 3170000.777,{west} 3170000.777,{west} 3165000.111))\"\n",
        west = x(633_838, 222),
        east = x(638_838, 222)
    );
    let mut parcels = "id,wkt\n".to_owned();
    for number in 0..25 {
        let south = 3_165_100 + 190 * number;
        let (from, to) = (x(638_838 - 700, 10 + number), x(638_838, 222));
        parcels += &format!(
            "east {number},\"POLYGON(({from} {south}.5,{to} {south}.25,{to} {}.75,{from} {south}.5))\"\n",
            south + 150
        );
        let (west, middle) = (x(634_000 + 190 * number, 5), x(634_077 + 190 * number, 123));
        parcels += &format!(
            "north {number},\"POLYGON(({west} 3170000.777,{middle} 3168500.001,{} 3170000.777,{west} 3170000.777))\"\n",
            x(634_180 + 190 * number, 456)
        );
    }
    (zone, parcels)
}

#[test]
fn parcels_cut_at_a_border_are_within_in_every_notation() {
    let mut all = vec![];
    for (plan_crs, plan_prefix) in [(4549, ""), (4528, "40")] {
        for (crs, prefix) in [(4549, ""), (4528, "40"), (4549, "40")] {
            let plan = plan(&zone_and_parcels(plan_prefix).0, plan_crs);
            let columns = [OverlayColumn::Zone, OverlayColumn::Relation, OverlayColumn::AreaM2, OverlayColumn::Share];
            let overlayer = RowOverlayer::new(Overlayer::new(&plan), &columns);
            all.push(answered(&zone_and_parcels(prefix).1, crs, &overlayer, &["id"]));
        }
    }
    assert_eq!(all[0].lines().filter(|row| row.contains(",A,within,") && row.ends_with(",1.0000000000")).count(), 50);
    assert_eq!(all[0].lines().count(), 51, "{}", all[0]);
    assert!(all.iter().all(|rows| *rows == all[0]));
}

#[test]
fn every_corner_and_edge_of_a_plane_and_their_neighbours() {
    let corners =
        [(633_838.222, 3_165_000.111), (641_000.1, 3_164_000.7), (638_838.3, 3_171_000.777), (636_000.9, 3_168_000.3)];
    let prefixed: Vec<(f64, f64)> = corners.map(|(x, y)| (format!("40{x}").parse().unwrap(), y)).to_vec();
    let plan = plan(&csv(&[("A".to_owned(), prefixed)]), 4528);
    let shape: MultiPolygon<f64> = Polygon::new(corners.iter().copied().collect::<LineString<f64>>(), vec![]).into();
    assert_eq!(plan.features()[0].shape, shape);
    let locator = Locator::new(&plan);
    let around = |value: f64| [value.next_down(), value, value.next_up()];
    let mut on_boundary = 0;
    for edge in shape.0[0].exterior().lines() {
        for at in [edge.start, (edge.start + edge.end) / 2.0, edge.start + edge.delta() * 0.3] {
            for (x, y) in around(at.x).into_iter().flat_map(|x| around(at.y).map(|y| (x, y))) {
                let site = coord! { x: x, y: y };
                let answer = locator.locate(site, Metres(0.0));
                assert_eq!(answer.position, position(site, &shape));
                on_boundary += u32::from(answer.position == PointLocation::Boundary);
            }
        }
    }
    assert!(on_boundary >= 4);
    // The same numbers in a table, in both notations.
    let locator = RowLocator::new(Locator::new(&plan), &[LocateColumn::Position, LocateColumn::DistanceToBoundaryM]);
    for (crs, x) in [(4549, "633838.222"), (4528, "40633838.222"), (4549, "40633838.222")] {
        let table = format!("x,y,id\n{x},3165000.111,a\n");
        assert_eq!(answered(&table, crs, &locator, &["id"]).lines().last(), Some("a,boundary,0.000"), "{x}");
    }
}

/// Blocks of a grid with T-junctions: rows of different widths.
fn tiling(origin: Coord<f64>) -> Vec<(String, Vec<(f64, f64)>)> {
    let mut blocks = vec![];
    for row in 0..6_u32 {
        let (south, north) = (origin.y + 310.3 * f64::from(row), origin.y + 310.3 * f64::from(row + 1));
        let width = 2000.0 / f64::from(3 + row);
        let at = |column: u32| origin.x + width * f64::from(column);
        for column in 0..3 + row {
            let (west, east) = (at(column), at(column + 1));
            blocks.push((format!("{row}-{column}"), vec![(west, south), (east, south), (east, north), (west, north)]));
        }
    }
    blocks
}

#[test]
fn a_tiling_with_t_junctions_has_no_slivers_in_its_plane() {
    let blocks = tiling(coord! { x: 634_000.1, y: 3_165_000.7 });
    let plan = plan(&csv(&blocks), 4549);
    let overlayer = Overlayer::new(&plan);
    for (id, feature) in plan.iter() {
        let membership = overlayer.overlay(&feature.shape);
        for part in &membership.parts {
            let expected = if part.zone == Some(id) { Relation::Within } else { Relation::Touches };
            assert_eq!(part.relation, expected, "{} {part:?}", feature.id);
        }
    }
}

#[test]
fn a_tiling_with_t_junctions_has_no_wide_slivers_in_another_plane() {
    let blocks = csv(&tiling(coord! { x: 634_000.1, y: 3_165_000.7 }));
    let (output, written) = Output::memory("plan.geojson");
    let precise = ExportOptions { decimals: 12, ..ExportOptions::default() };
    plan_io::export_plan(&plan(&blocks, 4549), &precise, output, &WriteOptions::new(Format::GEOJSON)).unwrap();
    let exported = Plan::flat_from_geojson(&written.into_bytes(), Some("id")).unwrap();
    let columns = [OverlayColumn::Zone, OverlayColumn::Relation, OverlayColumn::MeanWidthM, OverlayColumn::Majority];
    let rows = answered(&blocks, 4549, &RowOverlayer::new(Overlayer::new(&exported), &columns), &["id"]);
    let mut slivers = 0;
    for row in rows.lines().skip(1) {
        let [id, zone, relation, width_m, majority] = row.split(',').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let expected = if majority == "true" { (id, "within") } else { (zone, relation) };
        assert_eq!((zone, relation), expected, "{row}");
        if majority == "false" && !width_m.is_empty() {
            slivers += 1;
            assert!(width_m.parse::<f64>().unwrap() < 1e-4, "{row}");
        }
    }
    assert!(slivers > 0);
}

/// Two zones that share a border, with different accuracies, and one apart that states none.
const ZONES_OF_DIFFERENT_ACCURACY: &str = "id,accuracy_m,wkt\n\
    A,40,\"POLYGON((634000 3165000,635000 3165000,635000 3166000,634000 3166000,634000 3165000))\"\n\
    B,90,\"POLYGON((635000 3165000,636000 3165000,636100 3166000,635000 3166000,635000 3165000))\"\n\
    C,,\"POLYGON((634200 3166500,635600 3166300,635600 3167000,634200 3167000,634200 3166500))\"\n";

/// The shares of a parcel whose points stay in a zone, and stay but are not assessed, by points on a grid.
fn sampled_shares(
    plan: &Plan,
    parcel: &MultiPolygon<f64>,
    zone: Option<taizhou_corridor::plan::FeatureId>,
) -> [f64; 2] {
    const SIDE: u32 = 120;
    let (locator, bounds) = (Locator::new(plan), parcel.bounding_rect().unwrap());
    let (mut inside, mut shares) = (0, [0, 0]);
    for (i, j) in (0..SIDE).flat_map(|i| (0..SIDE).map(move |j| (i, j))) {
        let part = |k: u32| (f64::from(k) + 0.5) / f64::from(SIDE);
        let point = bounds.min() + coord! { x: part(i) * bounds.width(), y: part(j) * bounds.height() };
        if position(point, parcel) == PointLocation::Inside {
            inside += 1;
            let answer = locator.locate(point, Metres(0.0));
            match answer.certainty {
                Some(Certainty::Certain) if answer.zone == zone => shares[0] += 1,
                None if answer.zone == zone => shares[1] += 1,
                _ => {}
            }
        }
    }
    shares.map(|count| f64::from(count) / f64::from(inside))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn certainty_of_parcels_is_that_of_their_points(
        x in -300.0..2000.0, y in -300.0..2000.0, u in 20.0..900.0, v in 20.0..900.0, cut in 0.1..0.9,
    ) {
        let plan = plan(ZONES_OF_DIFFERENT_ACCURACY, 4549);
        let (x, y): (f64, f64) = (634_000.0 + x, 3_165_000.0 + y);
        // An L, whose middle is not typical of it.
        let corners = [(0.0, 0.0), (u, 0.0), (u, cut * v), (cut * u, cut * v), (cut * u, v), (0.0, v)];
        let corners: LineString<f64> = corners.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        let parcel = MultiPolygon::from(Polygon::new(corners, vec![]));
        let membership = Overlayer::new(&plan).overlay(&parcel);
        let [stays, not_assessed] = sampled_shares(&plan, &parcel, membership.parts[membership.majority].zone);
        // Two hundredths: the step of the grid.
        if stays > 0.52 {
            prop_assert_eq!(membership.certainty, Some(Certainty::Certain), "{} {}", stays, not_assessed);
        } else if stays < 0.48 && stays + not_assessed > 0.52 {
            prop_assert_eq!(membership.certainty, None, "{} {}", stays, not_assessed);
        } else if stays + not_assessed < 0.48 {
            prop_assert_eq!(membership.certainty, Some(Certainty::Uncertain), "{} {}", stays, not_assessed);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Parcels with corners on a lattice, so that they touch, share edges and coincide.
    #[test]
    fn relations_are_those_of_the_plane(
        system in 0..SYSTEMS.len(), west in 0..8i32, south in 0..8i32, width in 1..8i32, height in 1..8i32, cut in 0..4i32,
    ) {
        let crs = SYSTEMS[system];
        let origin = match crs {
            4528 => coord! { x: 40_634_000.1, y: 3_165_000.7 },
            4550 => coord! { x: 348_000.1, y: 3_165_000.7 },
            3857 => coord! { x: 13_510_000.1, y: 3_330_000.7 },
            _ => coord! { x: 348_000.1, y: 3_165_000.7 },
        };
        let at = |x: i32, y: i32| (origin.x + 371.3 * f64::from(x), origin.y + 290.1 * f64::from(y));
        let zone = vec![at(2, 2), at(6, 2), at(6, 4), at(8, 6), at(2, 6)];
        let (east, north) = (west + width, south + height);
        let parcel = vec![at(west, south), at(east, south), at(east, north), at(west + cut.min(width - 1), north)];
        let plan = plan(&csv(&[("A".to_owned(), zone.clone())]), crs);
        let columns = [OverlayColumn::Zone, OverlayColumn::Relation];
        let overlayer = RowOverlayer::new(Overlayer::new(&plan), &columns);
        let rows = answered(&csv(&[("p".to_owned(), parcel.clone())]), crs, &overlayer, &["id"]);
        // The numbers without the prefix.
        let bare = |x: f64| match crs {
            4528 => format!("{x}").strip_prefix("40").unwrap().parse().unwrap(),
            _ => x,
        };
        let polygon = |corners: &[(f64, f64)]| {
            Polygon::new(corners.iter().map(|&(x, y)| (bare(x), y)).collect::<LineString<f64>>(), vec![])
        };
        let relate = polygon(&parcel).relate(&polygon(&zone));
        let expected = match () {
            () if relate.is_coveredby() => "p,A,within",
            () if relate.is_disjoint() => "p,,outside",
            () if relate.is_touches() => "p,A,touches",
            () => "p,A,straddles",
        };
        prop_assert!(rows.lines().any(|row| row == expected), "{} {:?} {}", expected, parcel, rows);
        prop_assert_eq!(rows.lines().any(|row| row == "p,,outside"), !relate.is_coveredby(), "{}", rows);
    }
}
