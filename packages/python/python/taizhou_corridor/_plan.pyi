from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any, Literal, Protocol, TypedDict, overload

from typing_extensions import Unpack

from ._table import Page, Table

Path = str | PathLike[str]
Level = Literal["corridor", "core", "zone", "cluster"]
LocateColumn = Literal[
    "position", "zone", "zone_name", "cluster", "path", "boundary_of", "nearest_zone", "distance_to_boundary_m",
    "certainty", "reason",
]
OverlayColumn = Literal[
    "zone", "zone_name", "relation", "area_m2", "share", "mean_width_m", "parcel_area_m2", "majority", "certainty",
    "shares", "stated_area_m2", "stated_difference_m2", "reason",
]

class ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...

class ReadOptions(TypedDict, total=False):
    input_format: str | None
    input_encoding: str | None
    layer: str | None
    crs: str | None
    override_crs: str | None
    axis: Literal["auto", "en", "ne"] | None
    strict_crs: bool
    lon_field: str | None
    lat_field: str | None
    coord_field: str | None
    header_row: int | None
    wkt_field: str | None
    field_names: Literal["name", "alias"]
    domains: bool

class WriteOptions(TypedDict, total=False):
    format: str | None
    to_crs: str | None
    precision: int | None
    encoding: Literal["UTF-8", "GB18030", "GBK"] | None
    excel: bool
    to_layer: str | None
    overwrite: bool

class ConvertOptions(ReadOptions, WriteOptions, total=False):
    fields: Sequence[str] | None
    on_invalid: Literal["keep", "raise"]
    threads: int | None

class TableOptions(ConvertOptions, total=False):
    output: Path | None

class LocateOptions(TableOptions, total=False):
    columns: LocateColumn | Sequence[LocateColumn] | None
    level: Level | None
    long: bool
    summary: bool
    uncertainty: float | None
    uncertainty_field: str | None

class ParcelOptions(ReadOptions, total=False):
    level: Level | None
    min_area: float | None
    min_share: float | None
    sliver_width: float | None
    label: str | None
    sum_by: str | None
    stated_area: str | None
    stated_unit: Literal["m2", "ha", "mu", "km2"] | None
    area_tolerance: float | None
    repair: bool

class OverlayOptions(TableOptions, ParcelOptions, total=False):
    columns: OverlayColumn | Sequence[OverlayColumn] | None
    wide: bool
    pieces: bool

class NearestOptions(TableOptions, total=False):
    within: float | None
    boundary: bool
    id: str | Sequence[str] | None
    level: Level | None

class ReportOptions(ParcelOptions, total=False):
    format: Literal["html", "md", "xlsx", "docx"] | None
    on_invalid: Literal["keep", "raise"]
    overwrite: bool

class AreasOptions(TypedDict, total=False):
    method: Literal["ellipsoid", "survey", "geodesic", "plane", "all"] | None
    plane_crs: str | None
    overlaps: bool
    by: str | None

class PlanOptions(TypedDict, total=False):
    accuracy: float | None
    fields: dict[str, str] | None
    name_field: str | None
    crs: str | None
    override_crs: str | None
    layer: str | None
    input_encoding: str | None

class CheckOptions(PlanOptions, total=False):
    area_tolerance: float | None

Progress = bool | type | Callable[[int], Any] | Any

class Plan:
    _native: Any
    @classmethod
    def bundled(cls) -> Plan: ...
    @classmethod
    def read(cls, data: Any, **options: Unpack[PlanOptions]) -> Plan: ...
    @property
    def features(self) -> Table: ...
    @property
    def notice(self) -> str | None: ...
    @property
    def notes(self) -> list[str]: ...
    @property
    def ids(self) -> list[str]: ...
    def describe(self, id: str | None = None) -> str: ...
    @overload
    def locate(
        self, data: Any, y: Any = None, *, progress: Progress = None, stream: Literal[False] = False,
        **options: Unpack[LocateOptions],
    ) -> Table: ...
    @overload
    def locate(self, data: Any, y: Any = None, *, stream: Literal[True], **options: Unpack[LocateOptions]) -> ArrowStream: ...
    @overload
    def overlay(
        self, data: Any, *, progress: Progress = None, stream: Literal[False] = False, **options: Unpack[OverlayOptions]
    ) -> Table: ...
    @overload
    def overlay(self, data: Any, *, stream: Literal[True], **options: Unpack[OverlayOptions]) -> ArrowStream: ...
    @overload
    def nearest(
        self, data: Any, y: Any = None, *, progress: Progress = None, stream: Literal[False] = False,
        **options: Unpack[NearestOptions],
    ) -> Table: ...
    @overload
    def nearest(self, data: Any, y: Any = None, *, stream: Literal[True], **options: Unpack[NearestOptions]) -> ArrowStream: ...
    def areas(self, **options: Unpack[AreasOptions]) -> Table: ...
    def report(
        self, path: Path, output: Path, *, progress: Progress = None, **options: Unpack[ReportOptions]
    ) -> dict[str, Any]: ...
    def map(self, data: Any = None, y: Any = None, **options: Unpack[ReadOptions]) -> Page: ...
    def svg(self, data: Any = None, y: Any = None, **options: Unpack[ReadOptions]) -> str: ...

def check(data: Any = None, **options: Unpack[CheckOptions]) -> Table: ...
def read(path: Path, *, progress: Progress = None, **options: Unpack[TableOptions]) -> Table: ...
def convert(path: Path, output: Path, *, progress: Progress = None, **options: Unpack[ConvertOptions]) -> Table: ...
def locate(data: Any, y: Any = None, *, progress: Progress = None, **options: Unpack[LocateOptions]) -> Table: ...
def overlay(data: Any, *, progress: Progress = None, **options: Unpack[OverlayOptions]) -> Table: ...
def nearest(data: Any, y: Any = None, *, progress: Progress = None, **options: Unpack[NearestOptions]) -> Table: ...
def areas(**options: Unpack[AreasOptions]) -> Table: ...
def report(path: Path, output: Path, *, progress: Progress = None, **options: Unpack[ReportOptions]) -> dict[str, Any]: ...
