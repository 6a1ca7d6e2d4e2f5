// What can be saved of an answer, and under which name.

import { stemOf } from "./datasets.mjs";

/** @typedef {{ id: string, label?: string, key?: string, ending: string, options: Record<string, any>, command?: string }} Output */

/** @type {Output[]} */
const TABLES = [
  { id: "csv", label: "CSV", ending: "csv", options: { format: "csv" } },
  { id: "excel", key: "excel", ending: "csv", options: { format: "csv", excel: true } },
  { id: "xlsx", label: "Excel (xlsx)", ending: "xlsx", options: { format: "xlsx" } },
  { id: "geojson", label: "GeoJSON", ending: "geojson", options: { format: "geojson" } },
  { id: "shapefile", label: "Shapefile (zip)", ending: "shp", options: { format: "shapefile" } },
  { id: "kml", label: "KML", ending: "kml", options: { format: "kml" } },
  { id: "dxf", label: "DXF", ending: "dxf", options: { format: "dxf" } },
  { id: "flatgeobuf", label: "FlatGeobuf", ending: "fgb", options: { format: "flatgeobuf" } },
];
/** @type {Output} */
const SURVEY = { id: "survey-txt", key: "text-TXT", ending: "txt", options: { format: "survey-txt" }, command: "convert" };

/** The formats of the rows of an answer. @param {string} question @returns {Output[]} */
export function tableOutputs(question) {
  const ofFindings = TABLES.filter(({ id }) => id === "csv" || id === "geojson");
  if (question === "check") return ofFindings;
  return question === "overlay" || question === "convert" ? [...TABLES, SURVEY] : TABLES;
}

/** @type {Output[]} */
export const REPORTS = ["docx", "xlsx", "html", "md"].map((id) => ({ id, key: `format-${id}`, ending: id, options: { format: id } }));

/** @type {Output[]} */
export const MAPS = [
  { id: "html", key: "page-html", ending: "html", options: { format: "html" } },
  { id: "svg", label: "SVG", ending: "svg", options: { format: "svg" } },
  { id: "png", label: "PNG", ending: "png", options: { format: "svg" } },
];

const SUFFIXES = {
  en: { locate: "zones", overlay: "zones", nearest: "nearest", check: "findings", convert: "", report: "report", map: "map" },
  zh: { locate: "片区", overlay: "片区", nearest: "最近片区", check: "问题", convert: "", report: "报告", map: "地图" },
};

/** The name of an output, after that of the input. */
export function outputName(input, what, ending, lang) {
  const suffix = SUFFIXES[lang][what];
  return `${stemOf(input)}${suffix === "" ? "" : `-${suffix}`}.${ending}`;
}

const DPI = 200, MM_PER_INCH = 25.4;

/** The pixels of a drawing. @param {string} svg @returns {Promise<Blob>} */
export async function pixelsOf(svg) {
  const [, width, height] = /<svg[^>]*?\bwidth="([\d.]+)mm"[^>]*?\bheight="([\d.]+)mm"/.exec(svg) ?? [null, "297", "210"];
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height].map((mm) => Math.round((Number(mm) / MM_PER_INCH) * DPI));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("PNG"))), "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
