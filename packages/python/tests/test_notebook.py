"""The notebook runs, and the examples in the docstrings."""

import doctest

import pytest


def test_the_notebook_runs(root, tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("geopandas")
    pytest.importorskip("duckdb")
    folder = root / "packages/python/examples"
    book = nbformat.read(folder / "walk.ipynb", as_version=4)
    for cell in book.cells:
        cell["source"] = cell["source"].replace('"parcels.html"', repr(str(tmp_path / "parcels.html")))
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    shown = [output for cell in book.cells for output in cell.get("outputs", []) if "data" in output]
    pages = [output["data"]["text/html"] for output in shown if "text/html" in output["data"]]
    assert sum("svg+xml" in page for page in pages) == 2 and sum("<iframe" in page for page in pages) == 1
    assert (tmp_path / "parcels.html").stat().st_size > 100_000


@pytest.mark.parametrize("module", ["taizhou_corridor", "taizhou_corridor.engines"])
def test_docstrings_are_true(module):
    import importlib

    pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    assert doctest.testmod(importlib.import_module(module)).failed == 0
