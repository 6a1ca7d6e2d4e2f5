"""Faults that give no error of their own: a file of another kind, a value for a missing one, a wait without end."""

import multiprocessing

import pytest

import taizhou_corridor as tc

np = pytest.importorskip("numpy")
pa = pytest.importorskip("pyarrow")


def test_a_report_of_an_unknown_format_is_refused(root, tmp_path):
    parcels = root / "data/sample-parcels.geojson"
    for name in ("report.pdf", "report.xyz", "report"):
        with pytest.raises(tc.CorridorError) as raised:
            tc.report(parcels, tmp_path / name)
        assert raised.value.code == "unknown-report-format" and not (tmp_path / name).exists()
    tc.report(parcels, tmp_path / "report.HTM")
    tc.report(parcels, tmp_path / "named", format="md")
    assert (tmp_path / "report.HTM").read_bytes().startswith(b"<!DOCTYPE html>")
    assert (tmp_path / "named").read_text().startswith("#")


def points(array):
    field = pa.field("geometry", array.type, metadata={"ARROW:extension:name": "geoarrow.point"})
    return pa.Table.from_arrays([array], schema=pa.schema([field]))


def test_a_point_without_a_coordinate_is_a_bad_row(plan):
    x, y = [121.36898, None, 121.36898], [28.6559, 28.6559, None]
    columns = pa.StructArray.from_arrays([pa.array(x), pa.array(y)], names=["x", "y"])
    pairs = pa.FixedSizeListArray.from_arrays(pa.array([0.0, 0.0, 121.36898, 28.6559, None, 28.6559, 121.36898, None]), 2)
    for array in (columns, pairs.slice(1)):
        for chosen in (["position"], None):
            ours = plan.locate(points(array), **({"columns": chosen} if chosen else {})).to_pyarrow()
            assert ours["position"].to_pylist() == ["inside", "invalid", "invalid"]


def test_advice_names_what_python_has(plan, root, tmp_path):
    with pytest.raises(tc.CorridorError) as raised:
        plan.locate(pa.table({"lon": [None, 121.0], "lat": [28.0, 28.0]}), on_invalid="raise")
    assert 'on_invalid="raise"' in raised.value.advice and "strict" not in raised.value.advice
    with pytest.raises(tc.CorridorError) as raised:
        tc.convert(root / "data/landmarks.csv", tmp_path / "landmarks.xyz")
    assert raised.value.advice.endswith("with format")
    with pytest.raises(tc.ArgumentError) as raised:
        tc.set_lang("xx")
    assert raised.value.code == "bad-option"


def work(kind, parcels, answers):
    plan = tc.Plan.bundled()
    if kind == "arrays":
        answers.put(len(plan.locate(np.full(100_000, 121.36898), np.full(100_000, 28.6559), columns="zone")))
    elif kind == "stream":
        table = pa.table({"lon": np.full(20_000, 121.36898), "lat": np.full(20_000, 28.6559)})
        answers.put(pa.table(plan.locate(table, stream=True, columns="zone")).num_rows)
    elif kind == "plan":
        answers.put(len(tc.Plan.read(plan.features).ids))
    elif kind == "check":
        answers.put(len(tc.check()))
    elif kind == "areas":
        answers.put(len(plan.areas(overlaps=True)))
    else:
        answers.put(len(plan.overlay(parcels)))


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="processes are not forked here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("kind", ["arrays", "stream", "plan", "check", "areas", "file"])
def test_a_forked_process_answers(kind, root):
    """The threads of this process are not in it."""
    parcels = str(root / "data/sample-parcels.geojson")
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    work(kind, parcels, answers)
    expected = answers.get()
    process = context.Process(target=work, args=(kind, parcels, answers))
    process.start()
    process.join(30)
    is_waiting = process.is_alive()
    process.kill()
    process.join()
    assert not is_waiting and process.exitcode == 0 and answers.get() == expected


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -1, "3", True])
def test_an_amount_is_a_finite_number(amount):
    with pytest.raises(tc.ArgumentError) as raised:
        tc.Plan.bundled().locate([121.4], [28.65], uncertainty=amount)
    assert (raised.value.code, raised.value.place["option"]) == ("bad-option", "uncertainty")
