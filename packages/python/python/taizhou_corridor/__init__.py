"""Which planning zone contains a site, which zones a parcel lies in, and how certain that is.

>>> from taizhou_corridor import Plan
>>> plan = Plan.bundled()
>>> plan.locate([121.36898], [28.6559]).to_pyarrow()["zone"].to_pylist()
['core']

The bundled outline is an indicative model, not the official one.
"""

from ._errors import ArgumentError, CorridorError
from ._native import __version__, set_lang
from ._plan import Plan, areas, check, convert, locate, nearest, overlay, read, report
from ._table import Page, Table

__all__ = [
    "ArgumentError",
    "CorridorError",
    "Page",
    "Plan",
    "Table",
    "__version__",
    "areas",
    "check",
    "convert",
    "locate",
    "nearest",
    "overlay",
    "read",
    "report",
    "set_lang",
]
