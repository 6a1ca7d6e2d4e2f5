// Answers questions about files, one after another, in a worker: the page stays responsive, and what takes too long is
// ended with the worker.

import { CorridorError, load } from "../index.mjs";
import { AnswerTable } from "./answer_table.mjs";
import { unpacked } from "./packing.mjs";

/** The columns that are offered to filter by. */
const FACETS = ["position", "relation", "zone_name", "zone", "cluster", "nearest_zone", "certainty", "severity", "code", "reason"];

/** The columns whose values have names. */
const NAMED = ["position", "relation", "certainty", "majority", "severity"];

/** @type {import("../index.mjs").Corridor & Record<string, any>} */
let corridor;
/** What was read last: the bytes of the files of a dataset, by its key. */
/** @type {{ key: string | null, files: { name: string, bytes: Uint8Array }[] }} */
let read = { key: null, files: [] };
/** The plan of a file, by its key. @type {{ key: string | null, plan: any }} */
let outlined = { key: null, plan: null };
/** @type {AnswerTable | null} */
let table = null;
/** How many columns of the table are of the file; those of the answer come after them. */
let own = 0;
/** The row of the input that each row of the table is of, if that is not itself. @type {Uint32Array | null} */
let inputRows = null;

const report = (id, progress) => postMessage({ id, progress });

/** The files of a dataset as bytes. They are kept until those of another are read. */
async function filesOf({ key, files }, id) {
  if (read.key === key) return read.files;
  read = { key: null, files: [] };
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  /** @type {{ name: string, bytes: Uint8Array }[]} */
  const found = [];
  for (const file of files) {
    const bytes = new Uint8Array(file.size);
    let at = 0;
    const reader = file.stream().getReader();
    for (;;) {
      const { done: isRead, value } = await reader.read();
      if (isRead) break;
      bytes.set(value, at);
      at += value.length;
      done += value.length;
      report(id, { phase: "reading", share: total === 0 ? 1 : done / total });
    }
    found.push({ name: file.name, bytes });
  }
  read = { key, files: found };
  return found;
}

/** The plan of a question: one of a file, or by default the bundled one. */
async function planOf(outline, id) {
  if (!outline) return undefined;
  const key = JSON.stringify([outline.key, outline.options, corridor.lang]);
  if (outlined.key !== key) {
    if (outlined.plan) corridor.freePlan(outlined.plan);
    outlined = { key: null, plan: null };
    const files = await filesOf(outline, id);
    outlined = { key, plan: corridor.loadPlan(files, outline.options) };
  }
  return outlined.plan;
}

/** The first column of an answer, which has a number where the file has one of that name. */
const FIRST = { locate: /^position(_\d+)?$/, overlay: /^zone(_\d+)?$/, nearest: /^nearest_zone(_\d+)?$/ };

function ownCount(columns, question) {
  if (question === "check") return 0;
  return FIRST[question] ? columns.findLastIndex((name) => FIRST[question].test(name)) : columns.length;
}

/** The place of a column of the answer; -1 if it has none of that name. */
const placeOf = (columns, name) => columns.findIndex((column, index) => index >= own && column.replace(/_\d+$/, "") === name);

// Which row of the input a row of the answer is of: of parcels there are several, one for each part.
function rowsOfInput(answered, question, summary) {
  if (question !== "overlay" || answered.count === summary.rows) return null;
  const [relations, shares] = ["relation", "share"].map((name) => placeOf(answered.columns, name));
  if (relations < 0 || shares < 0) return null;
  const relation = answered.column(relations), share = answered.column(shares);
  const rows = new Uint32Array(answered.count);
  let row = -1, left = 0;
  for (let number = 0; number < answered.count; number++) {
    // The shares of the parts of a parcel add up to one.
    if (left <= 1e-6) {
      row += 1;
      left = 1;
    }
    rows[number] = row;
    left = relation[number] === "invalid" ? 0 : left - Number(share[number]);
  }
  return row + 1 === summary.rows ? rows : null;
}

const names = new Map();

// A value of an answer as people read it.
function nameOf(value) {
  const key = `${corridor.lang} ${value}`;
  if (!names.has(key)) names.set(key, value === "" ? "" : corridor.words({ values: [value] }).values[0]);
  return names.get(key);
}

const ACTIONS = {
  async start({ engine, lang }) {
    let module = engine;
    if (typeof engine === "string") {
      const stream = new Blob([unpacked(engine)]).stream().pipeThrough(new DecompressionStream("gzip"));
      module = await WebAssembly.compile(await new Response(stream).arrayBuffer());
    }
    corridor = await load({ wasm: module, lang });
    return { module };
  },

  async inspect({ dataset, options }, id) {
    const files = await filesOf(dataset, id);
    report(id, { phase: "recognising" });
    return corridor.inspect(files, { ...options, parcels: true, headOnly: true });
  },

  async layers({ dataset, options }, id) {
    return corridor.layers(await filesOf(dataset, id), options);
  },

  async plan({ outline }, id) {
    const { features, notes } = (await planOf(outline, id)) ?? corridor.bundled;
    return { features, notes };
  },

  /** The notice of the bundled plan. */
  notice: () => corridor.areas().notice,

  async answer({ dataset, question, options, outline }, id) {
    table = inputRows = null;
    const plan = await planOf(outline, id);
    const files = await filesOf(dataset, id);
    report(id, { phase: "answering" });
    const started = performance.now();
    const settings = question === "check" ? options : { ...options, plan };
    const { bytes, summary, sentence, notes, details, notice } = corridor[question](files, { ...settings, format: "csv" });
    const seconds = (performance.now() - started) / 1000;
    report(id, { phase: "arranging" });
    table = new AnswerTable(bytes);
    own = ownCount(table.columns, question);
    inputRows = rowsOfInput(table, question, summary);
    return {
      own, summary, sentence, notes, details, notice, seconds,
      columns: table.columns, count: table.count, memoryBytes: corridor.memoryBytes,
    };
  },

  /** The headings of the columns, those of the answer as people read them. */
  headings() {
    const columns = table?.columns ?? [];
    return [...columns.slice(0, own), ...corridor.words({ columns: columns.slice(own) }).columns];
  },

  /** The columns to filter by, with their values and how often these occur. */
  facets({ hasInvalid }) {
    const answer = table;
    if (answer === null) return [];
    const labelOf = (name, value) => {
      if (name === "certainty" && value === "" && !hasInvalid) return nameOf("not assessed");
      return NAMED.includes(name) ? nameOf(value) : value;
    };
    const hasNames = placeOf(answer.columns, "zone_name") >= 0;
    const found = FACETS.map((name) => ({ name, index: placeOf(answer.columns, name) }))
      .filter(({ name, index }) => index >= 0 && !(name === "zone" && hasNames))
      .map((facet) => ({ ...facet, values: answer.values(facet.index) }))
      .filter(({ values }) => values.length > 1);
    const headings = corridor.words({ columns: found.map(({ name }) => name) }).columns;
    return found.map(({ name, index, values }, number) => ({
      index, heading: headings[number],
      values: values.map(({ value, count }) => ({ value, count, label: labelOf(name, value) })),
    }));
  },

  show: ({ choice }) => table?.show(choice) ?? 0,

  rows({ from, count }) {
    const answer = table;
    if (answer === null) return [];
    const named = NAMED.map((name) => placeOf(answer.columns, name));
    const [certainty, ...states] = ["certainty", "position", "relation"].map((name) => placeOf(answer.columns, name));
    return answer.shown(from, count).map(({ number, cells }) => {
      // A cell without a certainty is of a row that has none to be assessed, or of one that was not.
      const isInvalid = states.some((index) => cells[index] === "invalid");
      const shown = (cell, index) => {
        if (index === certainty && cell === "" && !isInvalid) return nameOf("not assessed");
        return named.includes(index) ? nameOf(cell) : cell;
      };
      return { number, inputRow: inputRows === null ? number : inputRows[number], cells: cells.map(shown) };
    });
  },

  /** The place of the first row of an input row among those that are shown; -1 if it is not. */
  place({ inputRow }) {
    const number = inputRows === null ? inputRow : inputRows.indexOf(inputRow);
    return table === null || number < 0 ? -1 : table.placeOf(number);
  },

  async write({ dataset, command, options, outline }, id) {
    const plan = await planOf(outline, id);
    const files = await filesOf(dataset, id);
    report(id, { phase: "writing" });
    const settings = command === "check" ? options : { ...options, plan };
    const { name, bytes, notes } = corridor[command](files, settings);
    return { name, bytes, notes };
  },

  async map({ dataset, options, outline }, id) {
    const plan = await planOf(outline, id);
    const files = await filesOf(dataset, id);
    report(id, { phase: "drawing" });
    const { bytes, name, notes } = corridor.map(files, { ...options, plan });
    return { name, bytes, notes };
  },

  /** A map of findings over the layer that was checked. */
  async mapOfFindings({ dataset, checkOptions, mapOptions }, id) {
    const files = await filesOf(dataset, id);
    report(id, { phase: "drawing" });
    const findings = corridor.check(files, { ...checkOptions, format: "geojson", output: "findings.geojson" });
    const { nameField, crs, overrideCrs, inputEncoding, layer } = checkOptions;
    const plan = corridor.loadPlan(files, {
      nameField, planCrs: crs, overridePlanCrs: overrideCrs, planEncoding: inputEncoding, planLayer: layer,
    });
    try {
      const { bytes, name, notes } = corridor.map(findings, { ...mapOptions, plan });
      return { name, bytes, notes };
    } finally {
      corridor.freePlan(plan);
    }
  },
};

async function handle({ id, action, args, lang }) {
  try {
    if (corridor && lang) corridor.lang = lang;
    const result = await ACTIONS[action](args, id);
    postMessage({ id, result });
  } catch (error) {
    const { name, message, code = null, advice = null, place = {} } = /** @type {any} */ (error);
    postMessage({ id, error: error instanceof CorridorError ? { code, message, advice, place } : { code: name, message, advice, place } });
  }
}

// One after another: what one question leaves, the next would find in the midst of it.
let last = Promise.resolve();
onmessage = ({ data }) => {
  last = last.then(() => handle(data));
};
