/** Bytes of a file. A string is written as UTF-8. */
export type Bytes = Uint8Array | ArrayBuffer | ArrayBufferView | string;

/** A file: its name, whose extension is that of its format, and its bytes. */
export interface SourceFile {
  name: string;
  bytes: Bytes;
}

/** A file, or the files of a shapefile: `.shp`, `.dbf` and their companions. */
export type Source = SourceFile | SourceFile[];

/** A file that was written. */
export interface WrittenFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export type Lang = "en" | "zh";
export type Level = "corridor" | "core" | "zone" | "cluster";

/** The formats of tables. GeoPackage and GeoParquet are recognised, and errors. */
export type TableFormat =
  | "csv" | "tsv" | "geojson" | "ndjson" | "geojsonseq" | "xlsx" | "survey-txt" | "shapefile" | "kml" | "flatgeobuf" | (string & {});

/** Where an error is. */
export interface Place {
  file?: string | null;
  /** From 1. */
  line?: number | null;
  /** From 1, not counting a header. */
  row?: number | null;
  feature?: string | null;
  /** The option whose value is the problem. */
  option?: string;
}

export class CorridorError extends Error {
  /** A stable code, as `no-coordinate-columns`. */
  readonly code: string;
  readonly advice: string | null;
  readonly place: Place;
}

export interface ReadOptions {
  /** By default from the extension, else detected from the first bytes. */
  inputFormat?: TableFormat;
  /** A label as `gb18030`; by default detected. */
  inputEncoding?: string;
  /** The layer or sheet of a file with several. */
  layer?: string;
  /** `WGS84`, `CGCS2000`, `GCJ02`, `BD09`, `EPSG:4549`, an ArcGIS name or a definition; by default what the file declares. */
  crs?: string;
  /** For files with a wrong declaration. */
  overrideCrs?: string;
  /** The order of coordinates: detected, easting first, northing first. */
  axis?: "auto" | "en" | "ne";
  /** Whether a name that suggests GCJ-02 or BD-09 is an error if no system is given. */
  strictCrs?: boolean;
  lonField?: string;
  latField?: string;
  /** The column of both coordinates, `121.4,28.65`. */
  coordField?: string;
  /** The row of the column names, from 1; by default recognised. */
  headerRow?: number;
  /** The column of well-known text or hexadecimal WKB. */
  wktField?: string;
}

export interface WriteOptions {
  /** The name of the output, whose extension sets the format; by default that of the input. */
  output?: string;
  /** By default from `output`, else that of the input. */
  format?: TableFormat;
  toCrs?: string;
  /** Decimals of the coordinates, 0 to 15. */
  precision?: number;
  encoding?: "UTF-8" | "GB18030" | "GBK" | "utf-8" | "gb18030" | "gbk";
  /** The name of the layer or sheet. */
  toLayer?: string;
  /** CSV for Excel: a byte order mark, and no formulas. */
  excel?: boolean;
  /** Only these columns of the input. */
  fields?: string[];
  /** Stop at the first invalid row. */
  strict?: boolean;
}

export interface PlanChoice {
  /** By default the bundled one. */
  plan?: Plan;
}

export type LocateColumn =
  | "position" | "zone" | "zone_name" | "cluster" | "path" | "boundary_of" | "nearest_zone"
  | "distance_to_boundary_m" | "certainty" | "reason" | (string & {});

export interface LocateOptions extends ReadOptions, WriteOptions, PlanChoice {
  /** The position uncertainty of the sites in metres (95 %). */
  uncertainty?: number;
  /** The column with that of each site. */
  uncertaintyField?: string;
  /** The most specific level of the answer. */
  level?: Level;
  columns?: LocateColumn[];
  /** One row for each site and zone that contains it. */
  long?: boolean;
  /** Count zones and certainty even if no column of the answer needs a distance. */
  summary?: boolean;
}

export interface NearestOptions extends ReadOptions, WriteOptions, PlanChoice {
  /** Only sites within this distance in metres. */
  within?: number;
  /** Measure to the boundary, from inside too. */
  boundary?: boolean;
  /** Only these features. */
  id?: string | string[];
  level?: Level;
}

export interface ConvertOptions extends ReadOptions, WriteOptions {
  /** Add a column `reason`. */
  mark?: boolean;
}

export interface ParcelOptions extends ReadOptions, PlanChoice {
  level?: Level;
  /** Leave out smaller parts, in square metres, but never the largest. */
  minArea?: number;
  /** Leave out parts with a smaller share of their parcel, but never the largest. */
  minShare?: number;
  /** Parts narrower than this, in metres, do not count in `relation`. */
  sliverWidth?: number;
  /** The column that labels the parcels in a report. */
  label?: string;
  /** The column of stated areas. */
  statedArea?: string;
  statedUnit?: "m2" | "ha" | "mu" | "km2";
  /** The tolerance for stated areas in parts per million. */
  areaTolerance?: number;
  /** Repair invalid polygons. */
  repair?: boolean;
}

export interface OverlayOptions extends ParcelOptions, WriteOptions {
  columns?: string[];
  /** One row for each parcel. */
  wide?: boolean;
  /** The parts themselves as geometries. */
  pieces?: boolean;
}

/** The area of each class in each zone, instead of rows. */
export interface SumOptions extends ParcelOptions {
  /** The column of the classes. */
  sumBy: string;
  format?: "text" | "csv" | "json";
  output?: string;
  strict?: boolean;
}

/** A report on sites has their options, one on parcels those of parcels. */
export interface ReportOptions extends ParcelOptions {
  /** By default parcels. */
  of?: "parcels" | "sites";
  format?: "html" | "md" | "xlsx" | "docx";
  title?: string;
  author?: string;
  date?: string;
  /** Parcels: the column of classes whose areas are summed. */
  sumBy?: string;
  /** Sites: their position uncertainty in metres (95 %). */
  uncertainty?: number;
  /** Sites: the column with that of each site. */
  uncertaintyField?: string;
  output?: string;
  strict?: boolean;
}

export interface MapOptions extends ReadOptions, PlanChoice {
  /** A page for browsers, by default, or a drawing. */
  format?: "html" | "svg";
  /** A page follows the reader's system by default (`auto`). */
  theme?: "auto" | "light" | "dark";
  title?: string;
  /** A source to credit besides those of the plan. */
  source?: string;
  /** The column that labels sites or parcels. */
  label?: string;
  /** The page: only these columns get into it. */
  fields?: string[];
  /** The page: with the numbers of rows, for a program that shows it beside the table. */
  rowNumbers?: boolean;
  /** The drawing: the size of the paper. */
  paper?: "a4" | "a3";
  output?: string;
}

/** A layer, sheet or table of a file. */
export interface FileLayer {
  name: string;
  isHidden: boolean;
  /** `null` if it cannot be read. */
  rows: number | null;
  /** The types of its geometries. */
  geometry: string[];
  crs: string | null;
  fields: string[];
  /** The code of what prevents reading it. */
  problem: string | null;
}

export interface AreasOptions extends PlanChoice {
  method?: "ellipsoid" | "survey" | "geodesic" | "plane" | "all";
  /** The projected system of the method `plane`. */
  planeCrs?: string;
  /** Instead, the pairwise intersection areas. */
  overlaps?: boolean;
  /** Instead, sums by this property. */
  by?: string;
  format?: "text" | "csv" | "json";
  output?: string;
}

export interface CheckOptions {
  crs?: string;
  overrideCrs?: string;
  inputEncoding?: string;
  layer?: string;
  /** Read it as a flat layer whose features are identified by this property. */
  nameField?: string;
  /** The tolerance for published areas in parts per million. */
  areaTolerance?: number;
  planAccuracy?: number;
  planFields?: string | string[];
  planLevels?: string | string[];
  /** Check the features as one coverage, too: overlaps, gaps, borders that do not match. The thresholds need it. */
  coverage?: boolean;
  /** Voids up to this width in metres are gaps. */
  gapWidth?: number;
  /** Smaller areas, in square metres, are counted and not listed. */
  minFindingArea?: number;
  /** A corner without a counterpart is a warning. */
  strictCorners?: boolean;
  /** Corners with a smaller angle, in degrees, are spikes. */
  spikeAngle?: number;
  /** Features with a smaller mean width, in metres, are slivers. */
  sliverWidth?: number;
  /** Parts with a smaller width, in metres, are narrow. */
  minWidth?: number;
  /** Features with a smaller area, in square metres, are small. */
  minArea?: number;
  format?: "text" | "csv" | "json" | "geojson";
  output?: string;
}

export interface PlanOptions {
  planCrs?: string;
  overridePlanCrs?: string;
  planEncoding?: string;
  planLayer?: string;
  /** Read it as a flat layer whose features are identified by this property. */
  nameField?: string;
  /** The accuracy in metres (95 %) of features that state none. */
  planAccuracy?: number;
  /** Properties of a plan that have other names: `accuracy_m=精度`, `published_area_km2=规划面积:ha`. */
  planFields?: string | string[];
  /** What levels mean: `片区=zone`. */
  planLevels?: string | string[];
}

/** Messages in the language of the library. */
export interface Messages {
  /** What should be known: invalid rows, what a format cannot represent. */
  notes: string[];
  /** What was detected. */
  details: string[];
}

/** A table that was written. */
export interface TableResult<Summary> extends WrittenFile, Messages {
  /** The files; several of a format with several, as a shapefile: then `name` and `bytes` are those of an archive of them. */
  files: WrittenFile[];
  summary: Summary;
  /** The summary in a sentence. */
  sentence: string;
  /** The notice of the plan: the bundled one is indicative. */
  notice: string | null;
}

export interface CountsOfZone {
  zone: string | null;
  rows: number;
  certain: number;
  uncertain: number;
  not_assessed: number;
}

export interface LocateSummary {
  rows: number;
  inside: number;
  boundary: number;
  outside: number;
  invalid: number;
  certain: number;
  uncertain: number;
  not_assessed: number;
  zones: CountsOfZone[];
}

export interface OverlaySummary {
  rows: number;
  within: number;
  straddles: number;
  outside: number;
  invalid: number;
  repaired: number;
  certain: number;
  uncertain: number;
  not_assessed: number;
  zones: CountsOfZone[];
}

export interface NearestSummary {
  rows: number;
  answered: number;
  beyond: number;
  invalid: number;
  zones: { zone: string | null; rows: number }[];
}

export interface ConvertSummary {
  rows: number;
  withoutGeometry: number;
  invalid: number;
}

export interface Inspection extends Messages {
  format: string;
  crs: string;
  encoding: string;
  fields: { name: string; kind: string }[];
  /** The column whose values label parcels in a report. */
  labelField: string | null;
  /** The columns of the coordinates, if they are in columns. */
  coordinateFields: [string, string] | null;
  /** Whether the first row with a geometry is a parcel; `null` if no row has one. */
  hasParcels: boolean | null;
  /** With `headOnly`, rows are not counted. */
  rows?: number;
  withoutGeometry?: number;
  invalid?: number;
}

export interface PlanFeature {
  id: string;
  name: string;
  nameEn: string | null;
  level: Level | null;
  /** The id of the feature that it is part of. */
  parent: string | null;
}

export class Plan {
  private constructor();
  readonly features: PlanFeature[];
  readonly notice: string | null;
  readonly notes: string[];
}

export interface PointOptions extends PlanChoice {
  level?: Level;
  /** Also the distances to boundaries and the certainty. */
  distances?: boolean;
  /** The position uncertainty of the points in metres (95 %). */
  uncertainty?: number;
}

export interface LocatedPoints {
  /** The index of the most specific feature in `plan.features`; -1 outside, -2 without coordinates. */
  features: Int32Array<ArrayBuffer>;
}

export interface MeasuredPoints extends LocatedPoints {
  /** To the boundary of that feature, or to the nearest zone from outside, in metres. */
  distances: Float64Array<ArrayBuffer>;
  /** 0 not assessed, 1 certain, 2 uncertain. */
  certainties: Uint8Array<ArrayBuffer>;
}

export class Corridor {
  private constructor();
  lang: Lang;
  readonly bundled: Plan;
  readonly memoryBytes: number;
  loadPlan(file: Source, options?: PlanOptions): Plan;
  freePlan(plan: Plan): void;
  inspect(file: Source, options?: ReadOptions & { parcels?: boolean; headOnly?: boolean }): Inspection;
  layers(file: Source, options?: { inputEncoding?: string }): FileLayer[];
  words(names: { columns?: string[]; values?: string[] }): { columns: string[]; values: string[] };
  locate(file: Source, options?: LocateOptions): TableResult<LocateSummary>;
  overlay(file: Source, options?: OverlayOptions | SumOptions): TableResult<OverlaySummary>;
  report(file: Source, options?: ReportOptions): TableResult<OverlaySummary>;
  nearest(file: Source, options?: NearestOptions): TableResult<NearestSummary>;
  convert(file: Source, options?: ConvertOptions): TableResult<ConvertSummary>;
  map(file?: Source | null, options?: MapOptions): TableResult<Record<string, never>>;
  areas(options?: AreasOptions): WrittenFile & { notice: string | null };
  check(file?: Source | null, options?: CheckOptions): WrittenFile & Messages & {
    summary: { errors: number; warnings: number; infos: number };
    sentence: string;
  };
  locatePoints(points: Float64Array, options: PointOptions & { distances: true }): MeasuredPoints;
  locatePoints(points: Float64Array, options?: PointOptions): LocatedPoints;
}

/** Loads the library: by default from `corridor.wasm` beside this file. */
export function load(options?: {
  wasm?: Bytes | WebAssembly.Module | Response | Promise<Response>;
  lang?: Lang;
}): Promise<Corridor>;
