"""Plans, and queries of them."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from . import _native
from ._data import prepared
from ._errors import ArgumentError
from ._table import Page, Table, _framed


def _callback(progress: Any, data: Any) -> tuple[Any, Any]:
    """What is called with the number of rows that are done, and what is to be closed at the end."""
    if progress is None or progress is False:
        return None, None
    if progress is True:
        from tqdm.auto import tqdm

        progress = tqdm
    if isinstance(progress, type):
        rows = len(data) if hasattr(data, "__len__") and not isinstance(data, (str, tuple)) else None
        progress = progress(total=rows, unit="rows")
        return progress.update, progress.close
    return getattr(progress, "update", progress), None


class Plan:
    """A plan or polygon layer, for which positions and parcels are looked up.

    Use :meth:`bundled` or :meth:`read`.
    """

    def __init__(self, native: Any):
        self._native = native

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> Plan:
        """The bundled outline of the corridor: an indicative model, not the official one."""
        return cls(_native.NativePlan.bundled())

    @classmethod
    def read(
        cls,
        data: Any,
        *,
        accuracy: float | None = None,
        fields: dict[str, str] | None = None,
        name_field: str | None = None,
        crs: str | None = None,
        override_crs: str | None = None,
        layer: str | None = None,
        input_encoding: str | None = None,
    ) -> Plan:
        """Your own outline or polygon layer: a path, a GeoDataFrame, or any table with geometries.

        Args:
            accuracy: the accuracy in metres (95 %) of features that state none; ``certainty`` needs it.
            fields: properties that the table has under other names, as ``{"name": "名称", "published_area_km2":
                "面积_公顷:ha"}``.
            name_field: the column that identifies each feature; the table is then a flat layer.
            crs: the coordinate system, if the data declare none; ``override_crs`` if they declare a wrong one.

        Raises:
            CorridorError: the table cannot be read, or a polygon in it is invalid; ``place`` names the feature.
        """
        native, known = prepared(data)
        options = dict(
            accuracy=accuracy,
            fields=fields,
            name_field=name_field,
            crs=crs,
            override_crs=override_crs,
            layer=layer,
            input_encoding=input_encoding,
        )
        return cls(_native.NativePlan.read(native, {**options, **known}))

    @property
    def features(self) -> Table:
        """The features in their order: ``id``, ``name``, ``name_en``, ``level``, ``parent``, all properties, and
        ``geometry`` (WKB with its coordinate system)."""
        return Table(self._native.features(), {}, self)

    @property
    def notice(self) -> str | None:
        """The notice of the plan: the bundled one is indicative."""
        return self._native.notice

    @property
    def notes(self) -> list[str]:
        """What should be known of the file that it was read from."""
        return self._native.notes

    @property
    def ids(self) -> list[str]:
        """The ids of the features, in their order."""
        return self._native.ids

    def describe(self, id: str | None = None) -> str:
        """What the plan says of a feature, named by its id, its name or a part of it; by default of the whole.

        Raises:
            CorridorError: there is no such feature.
        """
        return self._native.describe(id)

    def _answer(self, command: str, data: Any, y: Any, progress: Any, stream: bool, options: dict[str, Any]) -> Any:
        native, known = prepared(data, y)
        options = {**known, **options}
        if isinstance(options.get("output"), os.PathLike):
            options["output"] = os.fspath(options["output"])
        if stream:
            return self._native.stream(command, native, options)
        report, close = _callback(progress, data)
        try:
            table, about = self._native.answer(command, native, options, report)
        finally:
            if close is not None:
                close()
        return Table(table, about, self)

    def locate(self, data: Any, y: Any = None, *, progress: Any = None, stream: bool = False, **options: Any) -> Any:
        """Which zone contains each site, how far its boundary is, and how certain that is.

        Args:
            data: a path; a GeoDataFrame of points; a table with a geometry column or columns of coordinates, such as
                ``lon`` and ``lat``; or the longitudes or eastings, shape (n,), degrees or metres, float64.
            y: with arrays, the latitudes or northings, shape (n,).
            columns: those of the answer; by default ``position``, ``zone``, ``zone_name``, ``cluster``, ``path``,
                ``boundary_of``, ``nearest_zone``, ``distance_to_boundary_m``, ``certainty``, ``reason``. Without the
                nearest zone, the distance and the certainty it is a hundred times as fast.
            level: the most specific level of the answer: ``corridor``, ``core``, ``zone`` or ``cluster``.
            long: one row for each site and zone that contains it.
            uncertainty: the position uncertainty of the sites in metres (95 %); ``uncertainty_field`` names a column.
            crs, override_crs, axis, lon_field, lat_field, wkt_field: as in the program.
            fields: only these columns of the input.
            on_invalid: ``"keep"`` marks a bad row (``position`` is ``invalid``, ``reason`` says why), ``"raise"`` is
                an error at the first.
            threads: by default all cores.
            progress: True, the class ``tqdm``, a bar, or a function of the number of rows that were done.
            stream: returns an object with ``__arrow_c_stream__`` that computes answers as they are read.

        Returns:
            The columns of the input, then those of the answer, in the order of the rows. Ids and names are
            dictionaries, null outside all zones; ``distance_to_boundary_m`` is float64. For arrays the answer alone.

        Raises:
            CorridorError: the table cannot be read. ArgumentError: an option or a column is not what is expected.
        """
        return self._answer("locate", data, y, progress, stream, options)

    def overlay(self, data: Any, *, progress: Any = None, stream: bool = False, **options: Any) -> Any:
        """Which zones each parcel lies in, how much of it in each, and how certain its main zone is.

        Args:
            data: a path, a GeoDataFrame, or a table with a geometry column of polygons.
            wide: one row for each parcel.
            pieces: the parts themselves as geometries.
            repair: repair invalid polygons, and note it in ``reason``.
            columns, level, min_area (m²), min_share, sliver_width (m), stated_area, stated_unit: as in the program.
            fields, on_invalid, threads, progress, stream, crs: as for :meth:`locate`.

        Returns:
            A row for each parcel and zone, with ``zone``, ``zone_name``, ``relation``, ``area_m2`` (float64,
            ellipsoid of CGCS2000), ``share`` (0 to 1), ``mean_width_m``, ``parcel_area_m2``, ``majority`` (bool),
            ``certainty``, ``reason``. The part outside all zones is a row whose ``zone`` is null.
        """
        return self._answer("overlay", data, None, progress, stream, options)

    def nearest(self, data: Any, y: Any = None, *, progress: Any = None, stream: bool = False, **options: Any) -> Any:
        """The nearest zone of each site, with the distance in metres and the bearing in degrees.

        Args:
            data, y: as for :meth:`locate`.
            within: only sites within this distance in metres.
            boundary: measure to the boundary, from inside too.
            id: only these features; ``level``: only those of a level.

        Returns:
            The columns of the input with ``nearest_zone``, ``nearest_zone_name``, ``distance_m``, ``bearing_deg``
            (float64, from north, clockwise) and ``reason``.
        """
        return self._answer("nearest", data, y, progress, stream, options)

    def areas(self, **options: Any) -> Table:
        """The area of each feature, and its difference from the published one.

        Args:
            method: ``ellipsoid`` (default), ``survey``, ``geodesic``, ``plane`` or ``all``; ``plane_crs`` for
                ``plane``.
            overlaps: the pairwise intersection areas instead.
            by: sums by this property instead.
        """
        return Table(self._native.areas(options), {}, self)

    def report(self, path: Any, output: Any, *, progress: Any = None, **options: Any) -> dict[str, Any]:
        """Writes the report on the parcels of a file: HTML, Markdown, Excel or Word, by the extension of the output.

        Options are those of :meth:`overlay`, ``label``, ``sum_by``, ``area_tolerance`` and ``overwrite``. Returns the
        counts.
        """
        import json

        report, close = _callback(progress, path)
        try:
            about = self._native.report(os.fspath(path), os.fspath(output), options, report)
        finally:
            if close is not None:
                close()
        return json.loads(about["summary"])

    def map(self, data: Any = None, y: Any = None, **options: Any) -> Page:
        """An interactive map of the plan, with data over it: a page that makes no network requests."""
        if data is None:
            return Page(self._native.page())
        native, known = prepared(data, y)
        return Page(self._native.page(native, {**known, **options}))

    def svg(self, data: Any = None, y: Any = None, **options: Any) -> str:
        """A drawing of the plan as SVG, with data over it."""
        if data is None:
            return self._native.svg()
        native, known = prepared(data, y)
        return self._native.svg(native, {**known, **options})

    def __repr__(self) -> str:
        lines = [f"Plan {self._native.title}: {len(self.ids)} features", *self.notes, self.notice]
        return "\n".join(line for line in lines if line)

    def _repr_html_(self) -> str:
        return _framed(self._native.svg())


def check(data: Any = None, **options: Any) -> Table:
    """What is wrong with an outline: a path or a GeoDataFrame; the bundled one without data.

    Args:
        area_tolerance: the tolerance for published areas in parts per million.
        crs, override_crs, layer, input_encoding, name_field, fields, accuracy: as for :meth:`Plan.read`.

    Returns:
        A row for each finding: ``code``, ``severity``, ``feature``, ``message``, ``lon``, ``lat`` and more. ``summary``
        has the numbers of ``errors``, ``warnings``, ``infos``.
    """
    native, known = (None, {}) if data is None else prepared(data)
    return Table(*_native.check_outline(native, {**known, **options}))


def read(path: Any, **options: Any) -> Table:
    """Reads the table in a file of any format that the light library has.

    Columns have the types of the file; those of a text file are text, but for coordinates. Geometries are WKB in the
    coordinate system of the file, or in ``to_crs``.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise ArgumentError("bad-data", f"a path is expected, found {type(path).__name__}")
    return Plan.bundled()._answer("read", path, None, options.pop("progress", None), False, options)


def convert(path: Any, output: Any, **options: Any) -> Table:
    """Writes the rows of a file in another format or coordinate system (``to_crs``); the format is that of the extension.

    Options: those of reading; ``format``, ``to_crs``, ``precision``, ``encoding``, ``excel``, ``to_layer``,
    ``fields``, ``overwrite``. Returns an empty table with the counts.
    """
    return read(path, output=os.fspath(output), **options)


def locate(data: Any, y: Any = None, **options: Any) -> Any:
    """:meth:`Plan.locate` of the bundled plan."""
    return Plan.bundled().locate(data, y, **options)


def overlay(data: Any, **options: Any) -> Any:
    """:meth:`Plan.overlay` of the bundled plan."""
    return Plan.bundled().overlay(data, **options)


def nearest(data: Any, y: Any = None, **options: Any) -> Any:
    """:meth:`Plan.nearest` of the bundled plan."""
    return Plan.bundled().nearest(data, y, **options)


def areas(**options: Any) -> Table:
    """:meth:`Plan.areas` of the bundled plan."""
    return Plan.bundled().areas(**options)


def report(path: Any, output: Any, **options: Any) -> dict[str, Any]:
    """:meth:`Plan.report` of the bundled plan."""
    return Plan.bundled().report(path, output, **options)
