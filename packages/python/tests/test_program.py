"""Answers are those of the program, on every sample that the light library reads."""

import csv
import io

import pytest

import taizhou_corridor as tc
from conftest import ROOT

FOLDERS = ["data", "tests/cmd", "tests/data", "examples/recipes"]
ENDINGS = {".csv", ".tsv", ".geojson", ".ndjson", ".geojsons", ".json", ".xlsx", ".xls", ".ods", ".shp", ".zip",
           ".kml", ".kmz", ".fgb", ".txt", ".dxf"}
SAMPLES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if path.suffix.lower() in ENDINGS and path.stat().st_size < 2_000_000
)

# What each command adds to the rows.
ANSWERS = {
    "locate": ["position", "zone", "zone_name", "cluster", "path", "boundary_of", "nearest_zone",
               "distance_to_boundary_m", "certainty", "reason"],
    "overlay": ["zone", "zone_name", "relation", "area_m2", "share", "mean_width_m", "parcel_area_m2", "majority",
                "certainty", "reason"],
    "nearest": ["nearest_zone", "nearest_zone_name", "distance_m", "bearing_deg", "reason"],
}


def same(ours, theirs):
    if ours is None:
        return theirs == ""
    if isinstance(ours, bool):
        return theirs == str(ours).lower()
    if isinstance(ours, float):
        return float(theirs) == ours
    return theirs == str(ours)


@pytest.mark.parametrize("command", list(ANSWERS))
def test_samples_equal_the_program(program, plan, command, monkeypatch):
    monkeypatch.chdir(ROOT)
    compared = refused = 0
    for sample in SAMPLES:
        code, out, err = program(command, sample, "-f", "csv", "-o", "-", "-q", "--lang", "en")
        try:
            table = getattr(plan, command)(sample)
        except tc.CorridorError as error:
            # What the light library lacks is said; all else the program refuses, too.
            lacks = error.code in ("not-built", "crs") or "PROJ" in error.message
            assert code in (2, 3) or lacks, (sample, error, code)
            refused += 1
            continue
        assert code in (0, 1), (sample, code, err)
        rows = list(csv.DictReader(io.StringIO(out)))
        ours = table.to_pyarrow()
        assert len(rows) == len(ours), sample
        for name in ANSWERS[command]:
            # A name that the table has itself is numbered, in both.
            mine = [column for column in ours.column_names if column == name or column.startswith(f"{name}_2")][-1]
            values = ours[mine].to_pylist()
            for row, (value, expected) in enumerate(zip(values, rows)):
                theirs = expected[mine] if mine in expected else expected[name]
                assert same(value, theirs), (sample, row, name, value, theirs)
        compared += 1
    print(command, "compared", compared, "refused", refused)
    assert compared > 60 and refused < compared


def test_console_script_is_the_program(program, root):
    import subprocess
    import sys

    arguments = ["locate", "data/landmarks.csv", "-f", "csv", "-o", "-", "-q"]
    ours = subprocess.run([sys.executable, "-c", "import sys; from taizhou_corridor._cli import main; sys.exit(main())",
                           *arguments], capture_output=True, cwd=root)
    assert (ours.returncode, ours.stdout.decode()) == program(*arguments)[:2]


def test_conversion_equals_the_program(program, root, tmp_path):
    # Of FlatGeobuf, the definition of the system in its header is PROJ's in the program with all features.
    for to in ["csv", "geojson", "kml", "txt"]:
        (tmp_path / to).mkdir()
        expected, output = tmp_path / f"parcels.{to}", tmp_path / to / f"parcels.{to}"
        assert program("convert", "data/sample-parcels.txt", "--to-crs", "EPSG:4550" if to in ("csv", "txt") else "WGS84", "-o", expected, "-q")[0] == 0
        tc.convert(root / "data/sample-parcels.txt", output, to_crs="EPSG:4550" if to in ("csv", "txt") else "WGS84")
        assert output.read_bytes() == expected.read_bytes()


def test_report_equals_the_program(program, root, tmp_path):
    expected, output = tmp_path / "a.md", tmp_path / "b.md"
    program("overlay", "data/sample-parcels.txt", "--report", expected, "-q", "--lang", "en")
    tc.report(root / "data/sample-parcels.txt", output)

    def body(path):
        return [line for line in path.read_text().splitlines() if line.startswith("|")]

    assert body(output) == body(expected) and len(body(output)) > 30


def test_areas_and_findings_equal_the_program(program, root):
    for arguments, ours in [
        (["areas", "--method", "all"], tc.areas(method="all")),
        (["areas", "--overlaps"], tc.areas(overlaps=True)),
        (["check", "tests/cmd/check.in/bow_tie.geojson"], tc.check(root / "tests/cmd/check.in/bow_tie.geojson")),
    ]:
        _, out, _ = program(*arguments, "-f", "csv", "-o", "-", "-q", "--lang", "en")
        rows = list(csv.DictReader(io.StringIO(out)))
        ours = ours.to_pyarrow().to_pylist()
        assert len(ours) == len(rows) > 0
        for mine, theirs in zip(ours, rows):
            assert list(mine) == list(theirs)
            assert all(same(value, theirs[name]) for name, value in mine.items())
