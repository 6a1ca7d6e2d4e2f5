// The settings of a question and of how a file is read, as controls with labels.

import { element } from "./element.mjs";

/**
 * @typedef {{ name: string, kind: "text" | "number" | "check" | "choice" | "column", choices?: string[], prefix?: string, list?: string, hint?: string, isDetected?: boolean }} Control
 * @typedef {Record<string, any>} Values
 */

/** @type {(name: string) => Control} */
const number = (name) => ({ name, kind: "number" });
/** @type {(name: string) => Control} */
const check = (name) => ({ name, kind: "check" });
/** @type {(name: string) => Control} */
const column = (name) => ({ name, kind: "column" });
/** One of several, by default the first. @type {(name: string, choices: string[], prefix?: string) => Control} */
const choice = (name, choices, prefix = "") => ({ name, kind: "choice", choices, prefix });
/** What is detected unless it is set. @type {(control: Control) => Control} */
const detected = (control) => ({ ...control, isDetected: true });

/** @type {Record<string, Control[]>} */
export const QUESTIONS = {
  locate: [number("uncertainty"), column("uncertaintyField"), choice("level", ["cluster", "zone", "core"], "level-"), check("fast")],
  overlay: [choice("level", ["zone", "cluster", "core"], "level-"), check("wide"), check("repair"),
    column("statedArea"), detected(choice("statedUnit", ["m2", "ha", "mu", "km2"])), column("sumBy")],
  nearest: [number("within"), choice("level", ["zone", "cluster", "core"], "level-"), check("boundary")],
  check: [column("nameField"), number("gapWidth"), number("minFindingArea"), check("strictCorners")],
  convert: [],
};

const ENCODINGS = ["utf-8", "gb18030", "big5", "utf-16le", "shift_jis", "windows-1252"];

/** @param {{ layers: string[] }} known @returns {Control[]} */
export const readControls = ({ layers }) => [
  { name: "crs", kind: "text", list: "systems", hint: "crs-hint" }, check("overrides"),
  ...(layers.length > 1 ? [detected(choice("layer", layers))] : []),
  detected(choice("inputEncoding", ENCODINGS)), number("headerRow"),
  ...["lonField", "latField", "coordField", "wktField"].map((name) => detected(column(name))),
  detected(choice("axis", ["en", "ne"], "axis-")),
];

/** @type {Control[]} */
export const OUTLINE_CONTROLS = [column("nameField"), number("planAccuracy"), column("map-level"), column("map-accuracy"), column("map-area")];

/** Systems that are offered where one can be named: those of this region, and those of map services. */
export const SYSTEMS = ["CGCS2000", "WGS84", "EPSG:4528", "EPSG:4549", "EPSG:4508", "EPSG:32651", "GCJ02", "BD09"];

/**
 * The controls as elements. Values change as the reader sets them; `changed` is called then.
 * @param {HTMLElement} box
 * @param {{ controls: Control[], values: Values, columns: string[], word: any, automatic?: Record<string, string>, changed: () => void }} form
 */
export function showControls(box, { controls, values, columns, word, automatic = {}, changed }) {
  box.replaceChildren(...controls.map((control) => {
    const { name, kind, choices = [], prefix = "", list, hint, isDetected = false } = control;
    const set = (value) => {
      if (value === "" || value === false || Number.isNaN(value)) delete values[name];
      else values[name] = value;
      changed();
    };
    if (kind === "check") {
      const input = element("input", { type: "checkbox", name, checked: values[name] ?? false });
      input.addEventListener("change", () => set(input.checked));
      return element("label", { className: "check" }, input, word(name));
    }
    const found = automatic[name];
    const placeholder = found ? word("automatic", { value: found }) : hint ? word(hint) : "";
    if (kind === "text" || kind === "number") {
      const input = element("input", { type: kind, name, value: values[name] ?? "", placeholder, spellcheck: false });
      if (list) input.setAttribute("list", list);
      if (kind === "number") Object.assign(input, { min: "0", step: "any" });
      input.addEventListener("change", () => set(kind === "number" && input.value !== "" ? Number(input.value) : input.value.trim()));
      return element("label", {}, word(name), input);
    }
    // Of a file that could not be read the columns are not known.
    if (kind === "column" && columns.length === 0) {
      const input = element("input", { type: "text", name, value: values[name] ?? "", placeholder });
      input.addEventListener("change", () => set(input.value.trim()));
      return element("label", {}, word(name), input);
    }
    const offered = kind === "column" ? columns : choices;
    const text = (value) => (kind === "column" || prefix === "" ? value : word(prefix + value));
    const unset = isDetected ? (found ? word("automatic", { value: found }) : word("automatic-none")) : word("none");
    const hasFirst = kind === "choice" && !isDetected;
    const select = element("select", { name },
      element("option", { value: "", textContent: hasFirst ? text(offered[0]) : unset }),
      ...offered.slice(hasFirst ? 1 : 0).map((value) => element("option", { value, textContent: text(value) })));
    select.value = values[name] ?? "";
    select.addEventListener("change", () => set(select.value));
    return element("label", {}, word(name), select);
  }));
}

/** The options of the library for how a file is read. @param {Values} values @returns {any} */
export function readOptions({ crs, overrides, ...values }) {
  return { ...values, ...(crs ? { [overrides ? "overrideCrs" : "crs"]: crs } : {}) };
}

const ZONES_ONLY = ["position", "zone", "zone_name", "cluster", "path", "boundary_of", "reason"];

/** The options of the library for a question. @param {string} question @param {Values} values */
export function questionOptions(question, { fast, statedUnit, sumBy, ...values }) {
  return {
    ...values,
    ...(question === "locate" && fast ? { columns: ZONES_ONLY, summary: false } : {}),
    ...(values.statedArea && statedUnit ? { statedUnit } : {}),
    ...(question === "check" ? { coverage: true } : {}),
  };
}

/** The options of the library for an outline. @param {Values} values */
export function outlineOptions({ "map-level": level, "map-accuracy": accuracy, "map-area": area, ...values }, { crs, overrideCrs, inputEncoding, layer }) {
  const fields = Object.entries({ level, accuracy_m: accuracy, published_area_km2: area })
    .filter(([, field]) => field).map(([property, field]) => `${property}=${field}`);
  const read = { planCrs: crs, overridePlanCrs: overrideCrs, planEncoding: inputEncoding, planLayer: layer };
  const given = Object.entries(read).filter(([, value]) => value !== undefined);
  return { ...values, ...Object.fromEntries(given), ...(fields.length ? { planFields: fields } : {}) };
}
