"""Tables of all kinds, in and out; bad ones are errors that say what is wrong."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import taizhou_corridor as tc

np = pytest.importorskip("numpy")
pa = pytest.importorskip("pyarrow")

X, Y = [121.36898, 121.44, 0.0, None, 121.36898], [28.6559, 28.6584, 0.0, 28.6, float("nan")]
ZONES = ["core", "core", None, None, None]
POSITIONS = ["inside", "boundary", "outside", "invalid", "invalid"]


def zones(table):
    return table.to_pyarrow()["zone"].to_pylist()


def arrow(x=X, y=Y):
    return pa.table({"name": list("abcde")[: len(x)], "lon": x, "lat": y})


def test_arrow_in_and_out(plan):
    table = plan.locate(arrow())
    assert table.column_names[:5] == ["name", "lon", "lat", "position", "zone"]
    out = table.to_pyarrow()
    assert (zones(table), out["position"].to_pylist()) == (ZONES, POSITIONS)
    assert pa.types.is_dictionary(out.schema.field("zone").type)
    assert out["reason"].to_pylist()[:3] == [None] * 3 and "lon" in out["reason"].to_pylist()[3]
    assert out["distance_to_boundary_m"].to_pylist()[0] == 348.92
    assert table.summary["inside"] == 1 and table.summary["invalid"] == 2 and "invalid" in table.notes[0]
    assert "indicative" in table.notice and len(table) == 5


def test_a_record_batch_and_a_struct_array(plan):
    batch = arrow().to_batches()[0]
    assert zones(plan.locate(batch)) == ZONES
    assert zones(plan.locate(batch.to_struct_array())) == ZONES


def test_chunks_and_slices(plan):
    whole = pa.concat_tables([arrow(), arrow(), arrow()])
    assert whole["lon"].num_chunks == 3
    assert zones(plan.locate(whole)) == ZONES * 3
    assert zones(plan.locate(whole.slice(1, 7))) == (ZONES * 3)[1:8]
    lon, lat = pa.chunked_array([X[:2], X[2:]]), pa.chunked_array([Y[:4], Y[4:]], type=pa.float64())
    assert zones(plan.locate(lon, lat)) == ZONES
    points = pa.array([f"POINT ({x} {y})" for x, y in zip(X[:3], Y[:3])])
    table = pa.table({"wkt": points}).slice(1, 2)
    assert zones(plan.locate(table)) == ZONES[1:3]


def test_native_points(plan):
    field = {"ARROW:extension:name": "geoarrow.point"}
    pairs = pa.FixedSizeListArray.from_arrays(pa.array([121.36898, 28.6559, 121.44, 28.6584, 0.0, 0.0]), 2)
    struct = pa.StructArray.from_arrays([pa.array(X[:3]), pa.array(Y[:3])], ["x", "y"])
    for array in (pairs, struct):
        schema = pa.schema([pa.field("place", array.type, metadata=field)])
        for start in range(3):
            table = pa.Table.from_arrays([array.slice(start)], schema=schema)
            assert zones(plan.locate(table)) == ZONES[start:3]


@pytest.mark.parametrize("kind", [pa.float32(), pa.int64(), pa.decimal128(12, 5)])
def test_other_numbers(plan, kind):
    table = pa.table({"lon": pa.array([121.0, 0.0]).cast(kind), "lat": pa.array([28.0, 0.0]).cast(kind)})
    assert zones(plan.locate(table)) == [None, None]


def test_single_precision_is_the_decimal_it_was_written_as(plan):
    single = pa.table({"lon": pa.array([121.36898], pa.float32()), "lat": pa.array([28.6559], pa.float32())})
    decimal = float(str(np.float32(121.36898))), float(str(np.float32(28.6559)))
    ours = plan.locate(single).to_pyarrow()["distance_to_boundary_m"].to_pylist()
    assert ours == plan.locate([decimal[0]], [decimal[1]]).to_pyarrow()["distance_to_boundary_m"].to_pylist()


def test_numpy(plan, points):
    x, y = points
    one = plan.locate(x, y, columns=["zone", "position"])
    assert one.column_names == ["zone", "position"] and len(one) == 200_000
    expected = zones(one)
    assert zones(plan.locate(np.column_stack([x, y]), columns="zone")) == expected
    assert zones(plan.locate((x[::2], y[::2]), columns="zone")) == expected[::2]
    assert zones(plan.locate(np.ma.masked_array(x, mask=x > 0), y, columns="zone")) == [None] * 200_000
    batches = [plan.locate(x[at : at + 1000], y[at : at + 1000], columns="zone") for at in range(0, 5000, 1000)]
    assert sum((zones(batch) for batch in batches), []) == expected[:5000]


def test_no_rows(plan):
    for table in (plan.locate(np.array([]), np.array([])), plan.locate(arrow().slice(0, 0)),
                  plan.nearest(arrow().slice(0, 0))):
        assert len(table) == 0 and len(table.column_names) > 3
        assert table.to_pyarrow().num_rows == 0
    assert plan.locate(arrow().slice(0, 0)).column_names == plan.locate(arrow()).column_names


def test_names_that_are_taken_are_numbered(plan):
    table = arrow().append_column("zone", pa.array(["x"] * 5))
    ours = plan.locate(table)
    assert "zone_2" in ours.column_names
    assert ours.to_pyarrow()["zone_2"].to_pylist() == ZONES and zones(ours) == ["x"] * 5


def test_fields_and_uncertainty(plan):
    table = arrow().append_column("metres", pa.array([0.0, 1.0, 2.0, 3.0, 4.0]))
    assert plan.locate(table, fields=["name"], columns=["zone"]).column_names == ["name", "zone"]
    ours = plan.locate(table, uncertainty_field="metres").to_pyarrow()
    assert ours["certainty"].to_pylist()[0] == "uncertain"
    bad = table.set_column(3, "metres", pa.array(["x"] * 5))
    assert "metres" in plan.locate(bad, uncertainty_field="metres").to_pyarrow()["reason"].to_pylist()[0]


@pytest.mark.parametrize(
    "call, code",
    [
        (lambda plan: plan.locate(["a"], ["b"]), "not-numbers"),
        (lambda plan: plan.locate(pa.table({"lon": ["121.4"], "lat": ["28.6"]})), "not-numbers"),
        (lambda plan: plan.locate(pa.table({"lon": [True], "lat": [False]})), "not-numbers"),
        (lambda plan: plan.locate([1.0, 2.0], [3.0]), "length-mismatch"),
        (lambda plan: plan.locate(np.zeros((3, 3))), "bad-shape"),
        (lambda plan: plan.locate(np.zeros((2, 2)), np.zeros((2, 2))), "bad-shape"),
        (lambda plan: plan.locate(pa.table({"a": [1], "b": [2]})), "no-coordinate-columns"),
        (lambda plan: plan.locate(object()), "bad-data"),
        (lambda plan: plan.locate(arrow(), colums=["zone"]), "unknown-option"),
        (lambda plan: plan.locate(arrow(), columns=["zones"]), "bad-option"),
        (lambda plan: plan.locate(arrow(), threads=0), "bad-option"),
        (lambda plan: plan.locate(arrow(), fields=["x"]), "unknown-column"),
        (lambda plan: plan.locate(arrow(), crs="EPSG:1"), None),
        (lambda plan: plan.locate("nowhere.csv"), "cannot-open"),
        (lambda plan: plan.describe("nowhere"), None),
        (lambda plan: plan.nearest(arrow(), id="nowhere"), None),
        (lambda plan: tc.Plan.read(arrow(), fields={"nam": "x"}), "bad-option"),
    ],
)
def test_errors_have_a_code(plan, call, code):
    with pytest.raises(tc.CorridorError) as raised:
        call(plan)
    error = raised.value
    assert error.code and error.message and isinstance(error.place, dict)
    assert code is None or error.code == code, error.code
    import pickle

    assert pickle.loads(pickle.dumps(error)).code == error.code


def test_messages_in_chinese(plan):
    tc.set_lang("zh")
    try:
        with pytest.raises(tc.ArgumentError, match="数值"):
            plan.locate(pa.table({"lon": ["a"], "lat": ["b"]}))
        assert "非官方" in plan.notice or "指示" in plan.notice or plan.notice
    finally:
        tc.set_lang("en")


def test_a_feature_that_is_not_built_is_named(plan, tmp_path):
    path = tmp_path / "sites.parquet"
    path.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    with pytest.raises(tc.CorridorError) as raised:
        plan.locate(path)
    assert raised.value.code == "not-built" and "Polars" in raised.value.advice


def test_bad_rows_are_kept_or_raised(plan):
    with pytest.raises(tc.CorridorError) as raised:
        plan.locate(arrow(), on_invalid="raise")
    assert (raised.value.code, raised.value.place["row"]) == ("missing-coordinate", 4)
    bowtie = pa.table({"wkt": ["POLYGON((121.40 28.60,121.42 28.62,121.42 28.60,121.40 28.62,121.40 28.60))", None,
                               "POINT (1 2)", "nonsense"]})
    ours = plan.overlay(bowtie)
    assert ours.to_pyarrow()["relation"].to_pylist() == ["invalid"] * 4
    repaired = plan.overlay(bowtie, repair=True).to_pyarrow()
    assert repaired["relation"].to_pylist()[0] != "invalid" and repaired["wkt"].to_pylist()[0].startswith("MULTI")


def test_threads_give_the_same(plan, points):
    x, y = (each[:30_000] for each in points)
    one = plan.locate(x, y, threads=1).to_pyarrow()
    for threads in (2, 7):
        assert plan.locate(x, y, threads=threads).to_pyarrow().equals(one)
    results = []

    def work():
        results.append(plan.locate(x, y).to_pyarrow().equals(one))

    workers = [threading.Thread(target=work) for _ in range(4)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert results == [True] * 4


def test_the_interpreter_goes_on_meanwhile(plan, points):
    x, y = (np.tile(each, 3) for each in points)
    ticks, stop = [], threading.Event()

    def tick():
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.01)

    ticker = threading.Thread(target=tick)
    ticker.start()
    start = time.perf_counter()
    plan.locate(x, y)
    took = time.perf_counter() - start
    stop.set()
    ticker.join()
    during = [at for at in ticks if start < at < start + took]
    assert took > 0.3 and len(during) > 5


def test_ctrl_c_interrupts(root, tmp_path):
    sites = tmp_path / "sites.csv"
    with open(sites, "w") as file:
        file.write("lon,lat\n")
        file.writelines(f"{121.2 + i % 977 / 3000},{28.54 + i % 1013 / 6000}\n" for i in range(2_000_000))
    for data in ("numpy.full(50_000_000, 121.41), numpy.full(50_000_000, 28.66)", repr(str(sites))):
        script = f"""
import numpy, time
from taizhou_corridor import Plan
plan = Plan.bundled()
print("ready", flush=True)
start = time.perf_counter()
try:
    plan.locate({data})
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        time.sleep(1.0)
        start = time.perf_counter()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        took = time.perf_counter() - start
        process.communicate(timeout=60)
        # On busy cores; a second if they are free.
        assert took < 10


def test_progress(plan, points, root):
    x, y = points
    done = []
    plan.locate(x, y, progress=done.append)
    assert sum(done) == len(x) and len(done) > 1
    tqdm = pytest.importorskip("tqdm").tqdm
    plan.locate(arrow(), progress=tqdm)
    bar = tqdm(total=32)
    plan.locate(root / "data/landmarks.csv", progress=bar)
    assert bar.n == 32

    def failing(_):
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        plan.locate(x, y, progress=failing)
    with pytest.raises(RuntimeError, match="stop"):
        plan.locate(root / "data/landmarks.csv", progress=failing)


def test_a_stream_is_answered_as_it_is_read(plan, points):
    x, y = points
    read = []

    def batches():
        for at in range(0, 200_000, 1000):
            read.append(at)
            yield pa.record_batch({"lon": x[at : at + 1000], "lat": y[at : at + 1000]})

    schema = pa.schema({"lon": pa.float64(), "lat": pa.float64()})
    reader = pa.RecordBatchReader.from_batches(schema, batches())
    answers = pa.RecordBatchReader.from_stream(plan.locate(reader, stream=True, columns=["zone"]))
    first = next(answers)
    assert first.num_rows == 1000 and len(read) < 100
    rest = answers.read_all()
    assert rest.num_rows == 199_000
    expected = plan.locate(x, y, columns="zone").to_pyarrow()["zone"].to_pylist()
    assert first["zone"].to_pylist() + rest["zone"].to_pylist() == expected


def test_polars(plan):
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"name": list("abcde"), "lon": X, "lat": Y}, strict=False)
    ours = plan.locate(frame).to_polars()
    assert ours["zone"].cast(pl.String).to_list() == ZONES and ours["name"].to_list() == list("abcde")
    assert zones(plan.locate(frame["lon"], frame["lat"])) == ZONES


def test_pandas(plan):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"lon": X, "lat": Y}, index=list("vwxyz"))
    ours = plan.locate(frame).to_pandas()
    assert ours.index.tolist() == list("vwxyz") and ours.zone.dtype == "category"
    assert ours.zone.astype(object).where(ours.zone.notna(), None).tolist() == ZONES
    assert zones(plan.locate(frame.lon, frame.lat)) == ZONES
    assert zones(plan.locate(frame.lon.astype("Float64"), frame.lat.astype("Float64"))) == ZONES


def test_duckdb(plan):
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    relation = connection.sql("SELECT 121.36898::DOUBLE AS lon, 28.6559::DOUBLE AS lat UNION ALL SELECT 0, 0")
    located = plan.locate(relation)
    assert sorted(map(str, zones(located))) == ["None", "core"]
    out = located.to_pyarrow()
    assert connection.sql("SELECT count(*) FROM out WHERE zone = 'core'").fetchall() == [(1,)]


def test_duckdb_functions(plan, points):
    duckdb = pytest.importorskip("duckdb")
    from taizhou_corridor import engines

    connection = duckdb.connect()
    engines.register_duckdb(connection)
    x, y = (each[:20_000] for each in points)
    given = pa.table({"n": np.arange(20_000), "x": x, "y": y})
    rows = connection.execute(
        "SELECT corridor_zone(x, y), corridor_distance_m(x, y), corridor_position(x, NULL) FROM given ORDER BY n"
    ).fetchall()
    expected = plan.locate(x, y).to_pyarrow()
    assert [row[0] for row in rows] == expected["zone"].to_pylist()
    assert [row[1] for row in rows] == expected["distance_to_boundary_m"].to_pylist()
    assert {row[2] for row in rows} == {None}


def test_datafusion_functions(plan):
    datafusion = pytest.importorskip("datafusion")
    from taizhou_corridor import engines

    context = datafusion.SessionContext()
    engines.register_datafusion(context)
    rows = context.sql("SELECT corridor_zone(121.36898, 28.6559) AS zone, corridor_distance_m(121.36898, 28.6559) AS d")
    assert rows.to_pydict() == {"zone": ["core"], "d": [348.92]}


def test_sedonadb_functions(plan):
    sedona = pytest.importorskip("sedonadb")
    from taizhou_corridor import engines

    connection = sedona.connect()
    engines.register_sedonadb(connection)
    frame = connection.sql("SELECT corridor_zone(ST_X(g), ST_Y(g)) AS zone, g FROM (SELECT ST_Point(121.36898, 28.6559) AS g)")
    assert pa.table(frame)["zone"].to_pylist() == ["core"]
    # Its tables go in as they are.
    assert zones(plan.locate(connection.sql("SELECT ST_Point(121.36898, 28.6559) AS g"))) == ["core"]


def test_display(plan, root):
    assert plan._repr_html_().startswith("<img")
    located = plan.locate(root / "data/landmarks.csv")
    shown = located._repr_html_()
    assert "data:image/svg+xml;base64," in shown and "indicative" in shown
    svg = plan.svg(root / "data/landmarks.csv")
    assert svg.startswith("<svg") and "http:" not in svg.replace("http://www.w3.org", "") and svg != plan.svg()
    page = plan.map(located)
    assert "台州站" in page.html and "<iframe" in page._repr_html_() and "default-src 'none'" in page.html
    parcels = plan.map(tc.read(root / "data/sample-parcels.geojson"))
    assert "DK001" in parcels.html


def test_peak_memory():
    """Coordinates are not copied: the peak is less than another copy of them above what is answered."""
    resource = pytest.importorskip("resource")
    script = """
import numpy, resource
from taizhou_corridor import Plan
plan = Plan.bundled()
x = numpy.random.default_rng(1).random(10_000_000) * 0.33 + 121.19
y = numpy.random.default_rng(2).random(10_000_000) * 0.175 + 28.54
plan.locate(x[:1000], y[:1000], columns="zone")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
table = plan.locate(x, y, columns="zone")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    # 160 MB of coordinates; 40 MB of keys and their validity.
    assert int(out) < 120, out


def test_shared_answers_are_those_of_single_points(plan, points):
    """Points without distances are answered by the zones that they share; `summary` answers each."""
    corners = np.array([corner for shape in plan.features.to_pandas()["geometry"] for corner in coordinates(shape)])
    x = np.concatenate([corners[:, 0], points[0], [-180.0, 180.0, 0.0]])
    y = np.concatenate([corners[:, 1], points[1], [-90.0, 90.0, 0.0]])
    columns = ["position", "zone", "zone_name", "cluster", "path", "boundary_of", "reason"]
    for level in ("cluster", "zone", "core"):
        shared = plan.locate(x, y, columns=columns, level=level)
        single = plan.locate(x, y, columns=columns, level=level, summary=True)
        assert shared.to_pyarrow().to_pylist() == single.to_pyarrow().to_pylist()
        counts = ("rows", "inside", "boundary", "outside", "invalid")
        assert [shared.summary[name] for name in counts] == [single.summary[name] for name in counts]
        assert shared.summary["boundary"] > 100
    # A bad one among them.
    x[70_000], y[80_000] = np.nan, 91.0
    bad = plan.locate(x, y, columns=columns).to_pyarrow().to_pylist()
    assert (bad[70_000]["position"], bad[80_000]["position"]) == ("invalid", "invalid")
    assert "latitude" in bad[80_000]["reason"] and bad[:70_000] == plan.locate(x[:70_000], y[:70_000], columns=columns).to_pyarrow().to_pylist()


def coordinates(wkb):
    shapely = pytest.importorskip("shapely")
    return shapely.get_coordinates(shapely.from_wkb(wkb)).tolist()


def test_geometries_that_name_another_system(plan):
    shapely = pytest.importorskip("shapely")
    point = shapely.set_srid(shapely.Point(633838.222, 3171898.561), 4549)
    table = pa.table({"geom": pa.array([shapely.to_wkb(point, include_srid=True)], pa.binary())})
    refused = plan.locate(table).to_pyarrow()
    assert refused["position"].to_pylist() == ["invalid"] and "EPSG:4549" in refused["reason"].to_pylist()[0]
    assert zones(plan.locate(table, crs="EPSG:4549")) == ["core"]
    assert zones(plan.locate(table, override_crs="EPSG:4549")) == ["core"]


def test_coordinates_in_another_system(plan):
    for x, y in [(633838.222, 3171898.561), (3171898.561, 633838.222)]:
        assert zones(plan.locate([x], [y], crs="EPSG:4549")) == ["core"]
    prefixed = pa.table({"east": [40633838.222], "north": [3171898.561]})
    assert zones(plan.locate(prefixed, crs="EPSG:4528")) == ["core"]
    with pytest.raises(tc.CorridorError):
        plan.locate([1.0], [2.0], crs="nowhere")
