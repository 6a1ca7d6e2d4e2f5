"""Answers: a table as Arrow, and what there is to say of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._plan import Plan


class Table:
    """A table of answers, which any library that knows the Arrow PyCapsule interface takes without copying.

    Attributes:
        summary: the counts, as ``corridor … --summary`` writes them.
        sentence: the summary in a sentence.
        notes: what should be known: invalid rows, columns that were renamed.
        details: what was detected: format, columns, coordinate system.
        notice: the notice of the plan, as that the bundled outline is indicative; None if there is none.
    """

    def __init__(self, native: Any, about: dict[str, Any] | None = None, plan: Plan | None = None):
        about = about or {}
        self._native = native
        self._plan = plan
        summary = about.get("summary")
        self.summary: dict[str, Any] = json.loads(summary) if summary else {}
        self.sentence: str = about.get("sentence") or ""
        self.notes: list[str] = list(about.get("notes") or [])
        self.details: list[str] = list(about.get("details") or [])
        self.notice: str | None = about.get("notice")

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._native.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        return self._native.__arrow_c_schema__()

    def __len__(self) -> int:
        return len(self._native)

    @property
    def column_names(self) -> list[str]:
        """The names of the columns."""
        return list(self._native.column_names)

    def to_pyarrow(self) -> Any:
        """The table as a ``pyarrow.Table``, whose dictionaries are the same in all chunks."""
        import pyarrow as pa

        return pa.table(self)

    def to_pandas(self, **options: Any) -> Any:
        """The table as a ``pandas.DataFrame``: ids and names as categories, with the index of the input.

        Options are those of ``pyarrow.Table.to_pandas``. Geometries are bytes (WKB); see :meth:`to_geopandas`.
        """
        return self.to_pyarrow().to_pandas(**options)

    def to_geopandas(self) -> Any:
        """The table as a ``geopandas.GeoDataFrame`` in the coordinate system of its geometries.

        Raises:
            ValueError: there is no geometry column.
        """
        import geopandas as gpd

        return gpd.GeoDataFrame.from_arrow(self.to_pyarrow())

    def to_polars(self) -> Any:
        """The table as a ``polars.DataFrame``."""
        import polars as pl

        return pl.DataFrame(self)

    def __repr__(self) -> str:
        head = f"Table of {len(self)} rows: {', '.join(self.column_names)}"
        return "\n".join(filter(None, [head, self.sentence, *self.notes]))

    def _repr_html_(self) -> str | None:
        """A map of the plan with the rows, if they have geometries or coordinates; no network is used."""
        if self._plan is None:
            return None
        from ._errors import CorridorError

        try:
            drawing = self._plan._native.svg(self)
        except CorridorError:
            return None
        from html import escape

        lines = [escape(line) for line in [self.sentence, *self.notes, self.notice] if line]
        return _framed(drawing) + "".join(f"<p>{line}</p>" for line in lines)


def _framed(drawing: str) -> str:
    """An SVG as an image, so that ids in it do not meet those of another on the same page."""
    from base64 import b64encode

    data = b64encode(drawing.encode()).decode()
    return f'<img alt="map" style="width:100%;max-width:1120px" src="data:image/svg+xml;base64,{data}">'


class Page:
    """An interactive map: a page for any browser that works offline.

    In a notebook it shows itself; :meth:`save` writes it to a file.
    """

    def __init__(self, html: str):
        self.html = html

    def save(self, path: Any) -> None:
        """Writes the page to a file."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.html)

    def __repr__(self) -> str:
        return f"Page of {len(self.html)} characters"

    def _repr_html_(self) -> str:
        from html import escape

        # In a frame of its own, whose scripts cannot reach the notebook.
        return (
            '<iframe sandbox="allow-scripts allow-downloads" style="width:100%;height:640px;border:0" '
            f'srcdoc="{escape(self.html, quote=True)}"></iframe>'
        )
