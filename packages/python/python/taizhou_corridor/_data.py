"""What a table can be: paths, arrays of coordinates, data frames, anything with the Arrow PyCapsule interface."""

from __future__ import annotations

import os
import sys
from typing import Any

from ._errors import ArgumentError

_EXPECTED = (
    "a table is expected: a path, two arrays of coordinates, a GeoDataFrame or DataFrame, or an object with "
    "__arrow_c_stream__ or __arrow_c_array__"
)


def _is_arrow(data: Any) -> bool:
    return hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")


def _of_module(data: Any, module: str, name: str) -> bool:
    """Whether the data are of a class of a module, which is not imported for it."""
    imported = sys.modules.get(module)
    return imported is not None and isinstance(data, getattr(imported, name))


def _numbers(values: Any, name: str) -> Any:
    """One-dimensional doubles. NumPy arrays of doubles are used as they are."""
    if _is_arrow(values) and not _of_module(values, "pandas", "Series"):
        return values
    import numpy as np

    if isinstance(values, np.ma.MaskedArray):
        values = values.astype(np.float64).filled(np.nan)
    array = np.asarray(values)
    if array.dtype.kind not in "fiu" and array.size > 0:
        try:
            # Such as a column of pandas with its own missing values.
            if array.dtype.kind != "O" or any(isinstance(value, str) for value in array.flat):
                raise TypeError(array.dtype)
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            raise ArgumentError(
                "not-numbers",
                f"`{name}`: numbers are expected, found {array.dtype}",
                "convert it, for example with .astype(float)",
                {"column": name},
            ) from None
    if array.ndim != 1:
        raise ArgumentError("bad-shape", f"`{name}`: one dimension is expected, found shape {array.shape}")
    return np.ascontiguousarray(array, dtype=np.float64)


def _pair(x: Any, y: Any) -> tuple[Any, Any]:
    x, y = _numbers(x, "x"), _numbers(y, "y")
    if _is_arrow(x) != _is_arrow(y):
        import numpy as np
        import pyarrow as pa

        return tuple(pa.array(each) if isinstance(each, np.ndarray) else each for each in (x, y))
    return x, y


def prepared(data: Any, y: Any = None) -> tuple[Any, dict[str, Any]]:
    """The data as the native module takes them, and what is known of them apart from their schema."""
    if y is not None:
        return _pair(data, y), {}
    if isinstance(data, (str, os.PathLike)):
        return os.fspath(data), {}
    if isinstance(data, tuple) and len(data) == 2:
        return _pair(*data), {}
    if _of_module(data, "geopandas", "GeoDataFrame"):
        # With its index, so that rows that come more than once keep theirs.
        return data.to_arrow(index=True), {"geometry": data.geometry.name}
    if _of_module(data, "geopandas", "GeoSeries"):
        return data.to_arrow(), {}
    if _of_module(data, "pandas", "DataFrame"):
        import pyarrow as pa

        return pa.Table.from_pandas(data, preserve_index=True), {}
    if _of_module(data, "numpy", "ndarray"):
        if data.ndim == 2 and data.shape[1] == 2:
            return _pair(data[:, 0], data[:, 1]), {}
        raise ArgumentError("bad-shape", f"an array of shape (n, 2) is expected, found {data.shape}")
    if _is_arrow(data):
        return data, {}
    raise ArgumentError("bad-data", f"{_EXPECTED}; found {type(data).__name__}")
