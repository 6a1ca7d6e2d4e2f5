"""Functions for SQL engines: ``corridor_zone(lon, lat)`` and its kind, as ``corridor sql`` has them.

>>> import duckdb
>>> from taizhou_corridor import engines
>>> connection = duckdb.connect()
>>> engines.register_duckdb(connection)
>>> connection.sql("SELECT corridor_zone(121.36898, 28.6559)").fetchall()
[('core',)]

An engine passes batches of coordinates; a row without a usable position is null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._plan import Plan

#: The functions, and the columns of ``locate`` that they return.
FUNCTIONS: dict[str, str] = {
    "corridor_position": "position",
    "corridor_zone": "zone",
    "corridor_zone_name": "zone_name",
    "corridor_cluster": "cluster",
    "corridor_path": "path",
    "corridor_boundary_of": "boundary_of",
    "corridor_nearest_zone": "nearest_zone",
    "corridor_distance_m": "distance_to_boundary_m",
    "corridor_certainty": "certainty",
}


def function(column: str, plan: Plan | None = None, **options: Any) -> Callable[[Any, Any], Any]:
    """A function of two Arrow arrays of coordinates, shape (n,), that returns an Arrow array of the same length.

    Args:
        column: one of ``locate``; text (utf8), or float64 for ``distance_to_boundary_m``.
        plan: by default the bundled one.
        crs: the system of the coordinates, by default degrees on WGS 84; ``level`` and ``uncertainty`` as in ``locate``.
    """
    locator = (plan or Plan.bundled())._native.locator(column, options)

    def answer(x: Any, y: Any) -> Any:
        import pyarrow as pa

        answers = pa.array(locator(x, y))
        if column == "position":
            import pyarrow.compute as pc

            # As in `corridor sql`, a row without a usable position is null.
            answers = pc.if_else(pc.equal(answers, "invalid"), None, answers)
        return answers

    return answer


def _arrow_type(column: str) -> Any:
    import pyarrow as pa

    return pa.float64() if column == "distance_to_boundary_m" else pa.string()


def register_duckdb(connection: Any, plan: Plan | None = None, **options: Any) -> None:
    """Registers the functions in a DuckDB connection, as Arrow functions."""
    try:
        from duckdb import sqltypes as types
    except ImportError:
        from duckdb import typing as types

    double, text = types.DOUBLE, types.VARCHAR
    for name, column in FUNCTIONS.items():
        result = double if column == "distance_to_boundary_m" else text
        connection.create_function(
            name,
            function(column, plan, **options),
            [double, double],
            result,
            type="arrow",
            null_handling="special",
        )


def register_datafusion(context: Any, plan: Plan | None = None, **options: Any) -> None:
    """Registers the functions in a ``datafusion.SessionContext``."""
    import pyarrow as pa
    from datafusion import udf

    for name, column in FUNCTIONS.items():
        answer = function(column, plan, **options)
        context.register_udf(udf(answer, [pa.float64(), pa.float64()], _arrow_type(column), "immutable", name))


def register_sedonadb(connection: Any, plan: Plan | None = None, **options: Any) -> None:
    """Registers the functions in a SedonaDB connection, for two numbers: ``corridor_zone(ST_X(g), ST_Y(g))``."""
    from sedonadb import udf

    def registered(name: str, column: str) -> None:
        answer = function(column, plan, **options)

        @udf.arrow_udf(_arrow_type(column), [udf.NUMERIC, udf.NUMERIC], name=name)
        def call(x: Any, y: Any) -> Any:
            import pyarrow as pa

            numbers = [pa.array(each.to_array()).cast(pa.float64()) for each in (x, y)]
            return answer(*numbers)

        # Renamed in SedonaDB 0.5.
        (connection.register if hasattr(connection, "register") else connection.register_udf)(call)

    for name, column in FUNCTIONS.items():
        registered(name, column)
