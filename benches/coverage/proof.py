"""Compares `corridor check --coverage` and GEOS with what was planted: proof.py CORRIDOR FOLDER [TILES] [SYSTEM] [FORMAT] [SEED]

SYSTEM is EPSG:4549 or EPSG:4490, FORMAT gpkg, fgb or parquet. CORRIDOR is the program, or - for GEOS alone.
Exits with 1 where the program missed or invented something."""

import csv
import math
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict

import numpy as np
import pyogrio
import shapely
from pyproj import Geod, Transformer

from tiling import CELL, Plane, planted, tiling, unmatched_corners

GAP_WIDTH = 2.0
DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "parquet": "Parquet"}
TOPOLOGICAL = {"overlap", "contained", "duplicate-shape", "gap", "hole", "unmatched-corner"}


def write(path, plane, names, shapes):
    if os.path.exists(path):
        os.remove(path)
    crs = "EPSG:4549" if plane.name == "EPSG:4549" else "EPSG:4490"
    wkb = shapely.to_wkb(shapes)
    if path.endswith(".parquet"):
        import json

        import pyarrow
        import pyarrow.parquet
        from pyproj import CRS

        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {
            "encoding": "WKB", "geometry_types": ["MultiPolygon", "Polygon"], "crs": CRS.from_user_input(crs).to_json_dict()}}}
        table = pyarrow.table({"name": list(names), "geometry": list(wkb)})
        pyarrow.parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    else:
        pyogrio.raw.write(path, wkb, [np.array(names, object)], ["name"], driver=DRIVERS[path.rsplit(".")[-1]],
                          geometry_type="Unknown", crs=crs)


class Program:
    """What the program finds."""

    def __init__(self, program, path, plane):
        command = [program, "-q", "check", path, "--name-field", "name", "--coverage", "-f", "csv",
                   "--min-finding-area", "0", "--gap-width", f"{GAP_WIDTH:g}", "--strict-corners"]
        start = time.perf_counter()
        run = subprocess.run(command, capture_output=True, text=True)
        self.seconds = time.perf_counter() - start
        if run.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)}: exit code {run.returncode}: {run.stderr}")
        self.findings = list(csv.DictReader(run.stdout.splitlines()))
        to_plane = Transformer.from_crs(4490, 4549, always_xy=True) if plane.name == "EPSG:4549" else None
        for finding in self.findings:
            place = float(finding["lon"]), float(finding["lat"])
            finding["place"] = to_plane.transform(*place) if to_plane else place


# Narrower ones come from the rounding of coordinates, for the program.
MIN_WIDTH = 1e-6


def mean_width(expected, plane):
    return 2 * expected.area / (expected.shape.length / plane.scale[1])


def is_of(finding, expected, fault, plane, order):
    """Whether a finding is the one expected, and else why not."""
    if finding["code"] != expected.code:
        return "another code"
    names = {finding["feature"], finding["other_feature"]} - {""}
    if not names <= expected.features:
        return "other features"
    if expected.code in ("overlap", "contained", "duplicate-shape") and names != expected.features:
        return "other features"
    # Of two that are the same, the second of the file is named.
    inner = max(names, key=order.get) if expected.code == "duplicate-shape" else expected.inner
    if inner and finding["feature"] != inner:
        return "the features the other way round"
    place = shapely.Point(finding["place"][0] - fault.about[0], finding["place"][1] - fault.about[1])
    if place.distance(expected.shape) > 0.1 * plane.scale[1]:
        return "elsewhere"
    # Four decimals are written, and five of the width, which is twice the area by the perimeter.
    width = mean_width(expected, plane)
    if finding["width_m"] and expected.area > 1e-7 and plane.name == "EPSG:4549" and abs(float(finding["width_m"]) - width) > 1e-5 + 1e-3 * width:
        return f"another width than {width:.5f}, {finding['width_m']}"
    if abs(float(finding["area_m2"]) - expected.area) > 5.1e-5 + 2e-6 * expected.area:
        return "another area"
    return None


def compare(program, faults, plane, expected_corners, order):
    by_feature = defaultdict(list)
    for finding in program.findings:
        finding["matched"] = 0
        for name in {finding["feature"], finding["other_feature"]}:
            by_feature[name].append(finding)
    found, missed, too_narrow = Counter(), [], 0
    overlapping = {name for fault in faults for expected in fault.findings for name in expected.features
                   if expected.code not in ("gap", "hole")}
    for fault in faults:
        is_complete = True
        for expected in fault.findings:
            candidates = {id(finding): finding for name in expected.features for finding in by_feature[name]}
            reasons = Counter()
            for finding in candidates.values():
                reason = is_of(finding, expected, fault, plane, order)
                if reason is None:
                    finding["matched"] += 1
                    reasons = None
                    break
                if reason != "another code" and reason != "other features":
                    reasons[f"{reason}: {finding['feature']},{finding['other_feature']} {finding['area_m2']} m²"] += 1
            if reasons is not None and mean_width(expected, plane) < 1.2 * MIN_WIDTH:
                too_narrow += 1
            elif reasons is not None:
                is_complete = False
                missed.append((fault, expected, dict(reasons)))
        found[fault.kind, fault.size] += is_complete
    exact, near, possible = expected_corners
    corners = defaultdict(set)
    for corner, feature, other in possible:
        corners[feature, other].add(corner)
    seen = set()
    for finding in program.findings:
        if finding["code"] == "unmatched-corner":
            key = finding["feature"], finding["other_feature"]
            here = [corner for corner in corners[key] if math.dist(plane.local(corner), plane.local(finding["place"])) < 0.05]
            seen.update((corner, *key) for corner in here)
            finding["matched"] += bool(here)
    # Where features overlap, the border of another may take the place of the edges at a corner.
    unseen = sorted(corner for corner in (exact | near) - seen if not overlapping & set(corner[1:]))
    covered = len((exact | near) - seen) - len(unseen)
    for fault in faults:
        if fault.kind == "missing corner" and any(fault.involved & set(corner[1:]) for corner in unseen):
            found[fault.kind, fault.size] -= 1
    invented = [finding for finding in program.findings if not finding["matched"] and finding["code"] in TOPOLOGICAL]
    return found, missed, invented, unseen, too_narrow, covered


class Geos:
    def __init__(self, path, plane):
        if path.endswith(".parquet"):
            from pyarrow.parquet import read_table
            names, wkb = (column.to_numpy(zero_copy_only=False) for column in read_table(path, columns=["name", "geometry"]))
        else:
            _, _, wkb, (names,) = pyogrio.raw.read(path, columns=["name"])
        shapes = shapely.from_wkb(wkb)
        self.names = list(names)
        start = time.perf_counter()
        edges = shapely.coverage_invalid_edges(shapes, gap_width=GAP_WIDTH * plane.scale[1])
        self.seconds = time.perf_counter() - start
        self.edges = {name: edge for name, edge in zip(names, edges) if not edge.is_empty}

    def compare(self, faults, plane, corners):
        reach = 0.5 * plane.scale[1]
        found, missed, explained = Counter(), [], set()
        by_feature = defaultdict(list)
        for corner, feature, other in corners:
            by_feature[feature].append(corner)
            by_feature[other].append(corner)
        for fault in faults:
            shapes = [shapely.transform(expected.shape, lambda xy: xy + fault.about) for expected in fault.findings]
            shapes += [shapely.Point(corner) for name in fault.involved for corner in by_feature[name]] \
                if fault.kind == "missing corner" else []
            places = shapely.union_all(shapes).buffer(reach)
            near = {name for name in fault.involved if name in self.edges and self.edges[name].intersects(places)}
            explained |= fault.involved & set(self.edges)
            found[fault.kind, fault.size] += bool(near)
            if not near:
                missed.append(fault)
        unmatched, invented = 0, []
        for name, edge in self.edges.items():
            if name in explained:
                continue
            nodes = [corner for corner in by_feature[name] if shapely.Point(corner).distance(edge) < 1e-6 * plane.scale[1]]
            if nodes:
                unmatched += 1
            else:
                invented.append(name)
        return found, missed, unmatched, invented


def main():
    program, folder = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    system = sys.argv[4] if len(sys.argv) > 4 else "EPSG:4549"
    form = sys.argv[5] if len(sys.argv) > 5 else "gpkg"
    seed = int(sys.argv[6]) if len(sys.argv) > 6 else 1
    os.makedirs(folder, exist_ok=True)
    plane = Plane(system)
    tiles = tiling(plane, count, seed)
    planter = planted(tiles, seed, GAP_WIDTH, max(1, count // 4000))
    kept = [index for index in range(len(tiles.names)) if index not in planter.missing]
    names = [tiles.names[index] for index in kept]
    shapes = tiles.shapes()[kept]
    expected_corners = unmatched_corners(tiles, planter.missing)
    corners = expected_corners[0]
    path = os.path.join(folder, f"tiling-{count}-{system.replace(':', '')}-{seed}.{form}")
    write(path, plane, names, shapes)
    print(f"{path}: {len(names)} features, {shapely.get_num_coordinates(shapes).sum()} coordinates, "
          f"{len(planter.faults)} faults, {sum(len(fault.findings) for fault in planter.faults)} overlaps, gaps and holes, "
          f"{len(corners)} corners exactly on an edge of a neighbour, {len(expected_corners[1] - corners)} within a millimetre", flush=True)
    # The measure of areas here against the geodesic one.
    worst = 0.0
    for fault in planter.faults:
        for expected in fault.findings:
            if expected.area > 100:
                ring = lambda xy: [plane.geographic((x + fault.about[0], y + fault.about[1])) for x, y in xy]
                dense = shapely.segmentize(expected.shape, 4 * plane.scale[1])
                geodesic = sum((1 if k == 0 else -1) * abs(Geod(a=6378137, rf=298.257222101).polygon_area_perimeter(*zip(*ring(line.coords)))[0])
                               for part in shapely.get_parts(dense) for k, line in enumerate([part.exterior, *part.interiors]))
                worst = max(worst, abs(geodesic / expected.area - 1))
    print(f"areas expected are those of geodesics between points 4 m apart, to {worst:.1e} (those over 100 m²)")
    with open(path + ".planted.csv", "w") as file:
        table = csv.writer(file)
        table.writerow(["kind", "size_m", "code", "features", "inner", "area_m2", "lon", "lat"])
        for fault in planter.faults:
            for expected in fault.findings:
                at = expected.shape.representative_point()
                lon, lat = plane.geographic((at.x + fault.about[0], at.y + fault.about[1]))
                table.writerow([fault.kind, fault.size, expected.code, " ".join(sorted(expected.features)), expected.inner or "",
                                f"{expected.area:.9f}", f"{lon:.7f}", f"{lat:.7f}"])
    geos = Geos(path, plane)
    geos_found, geos_missed, geos_unmatched, geos_invented = geos.compare(planter.faults, plane, corners)
    ours = None
    if program != "-":
        ours = Program(program, path, plane)
        order = {name: row for row, name in enumerate(geos.names)}
        found, missed, invented, unseen, too_narrow, covered = compare(ours, planter.faults, plane, expected_corners, order)
    counts = Counter((fault.kind, fault.size) for fault in planter.faults)
    print("\n| fault | size m | planted | corridor | GEOS |\n|---|---|---|---|---|")
    for kind, size in sorted(counts):
        print(f"| {kind} | {size or '':g} | {counts[kind, size]} | {found[kind, size] if ours else '–'} | {geos_found[kind, size]} |"
              if size else f"| {kind} | | {counts[kind, size]} | {found[kind, size] if ours else '–'} | {geos_found[kind, size]} |")
    total = sum(counts.values())
    print(f"| all | | {total} | {sum(found.values()) if ours else '–'} | {sum(geos_found.values())} |")
    print(f"\nGEOS {'.'.join(map(str, shapely.geos_version))} (Shapely {shapely.__version__}), {geos.seconds:.2f} s: "
          f"{len(geos.edges)} features with invalid edges, of which {geos_unmatched} for unmatched corners alone, "
          f"{len(geos_invented)} without anything planted: {geos_invented[:10]}")
    for kind, number in Counter((fault.kind, fault.size) for fault in geos_missed).items():
        print(f"  not found by GEOS: {number} × {kind[0]} {kind[1] or ''}")
    if not ours:
        return
    codes = Counter(finding["code"] for finding in ours.findings)
    print(f"\ncorridor, {ours.seconds:.2f} s: {len(ours.findings)} findings {dict(codes)}")
    print(f"missed: {len(missed)}; invented: {len(invented)}; unmatched corners not reported: {len(unseen)}; "
          f"reported twice: {sum(finding['matched'] > 1 for finding in ours.findings)}; narrower than a micrometre, left out: {too_narrow}; "
          f"unmatched corners not reported where features overlap: {covered}")
    for fault, expected, reasons in missed[:20]:
        print(f"  missed: {fault.kind} {fault.size:g}: {expected.code} {sorted(expected.features)} {expected.area:.9f} m² "
              f"inner {expected.inner}; {reasons}")
    for finding in invented[:20]:
        print("  invented:", {key: value for key, value in finding.items() if key not in ("message", "place", "matched")})
    for corner, feature, other in unseen[:10]:
        print(f"  corner of {feature} on an edge of {other}, not reported: {corner}")
    sys.exit(1 if missed or invented or unseen else 0)


main()
