// The library taizhou-corridor in JavaScript: a thin layer over `corridor.wasm`, which answers requests (`src/lib.rs`).
//
// It runs in Node.js, in browsers and in web workers, makes no requests but for `corridor.wasm` itself, and keeps
// nothing. All functions but `load` are synchronous: put large tables into a worker.

/** An error with a stable `code`, the `place` it concerns and `advice`. */
export class CorridorError extends Error {
  constructor({ code, message, advice = null, place = {} }) {
    super(message);
    this.name = "CorridorError";
    this.code = code;
    this.advice = advice;
    this.place = place;
  }
}

const CRASHED = {
  en: (file, detail) => `${file ? `${file}: ` : ""}the program failed${detail ? `: ${detail}` : ""}`,
  zh: (file, detail) => `${file ? `${file}：` : ""}程序出错${detail ? `：${detail}` : ""}`,
};
const CRASHED_ADVICE = {
  en: "this is a fault of the program or too little memory: please report it, with the file if you may",
  zh: "这是程序缺陷或内存不足，请反馈；如可能，请附上文件",
};

// The module in memory, and what is in it.
class Instance {
  #exports;

  constructor(module) {
    this.#exports = new WebAssembly.Instance(module, {}).exports;
  }

  #bytes(at, size) {
    return new Uint8Array(this.#exports.memory.buffer, at, size);
  }

  // A length and a text.
  #text(at) {
    const size = new DataView(this.#exports.memory.buffer).getUint32(at, true);
    return new TextDecoder().decode(this.#bytes(at + 4, size));
  }

  // The reply to a request; its files are copies.
  call(request, files) {
    const text = new TextEncoder().encode(JSON.stringify(request));
    const size = files.reduce((sum, { bytes }) => sum + bytes.byteLength, 4 + text.length);
    const at = this.#exports.corridor_request(size) >>> 0;
    if (at === 0) throw new WebAssembly.RuntimeError("out of memory");
    new DataView(this.#exports.memory.buffer).setUint32(at, text.length, true);
    const memory = this.#bytes(at, size);
    memory.set(text, 4);
    let place = 4 + text.length;
    for (const { bytes } of files) {
      memory.set(bytes, place);
      place += bytes.byteLength;
    }
    const reply = JSON.parse(this.#text(this.#exports.corridor_call() >>> 0));
    reply.files = reply.files.map(({ name, at, size }) => ({ name, bytes: this.#bytes(at, size).slice() }));
    this.#exports.corridor_release();
    return reply;
  }

  // The message of the panic that ended it, if one did.
  panic() {
    try {
      const at = this.#exports.corridor_panic() >>> 0;
      return at === 0 ? "" : this.#text(at);
    } catch {
      return "";
    }
  }

  get memoryBytes() {
    return this.#exports.memory.buffer.byteLength;
  }
}

const asBytes = (data) => {
  if (typeof data === "string") return new TextEncoder().encode(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new TypeError("bytes are expected: a Uint8Array, an ArrayBuffer or a string");
};

const needed = (file) => file ?? [];

// A file, or the files of a shapefile with the main one first.
const asFiles = (source) => {
  const given = [source].flat();
  if (given.length === 0 || given.some((file) => typeof file?.name !== "string")) {
    throw new TypeError("a file is expected, { name, bytes }, or an array of those of a shapefile");
  }
  const files = given.map(({ name, bytes }) => ({ name, bytes: asBytes(bytes) }));
  const isMain = ({ name }) => /\.shp$/i.test(name);
  return [...files.filter(isMain), ...files.filter((file) => !isMain(file))];
};

/** A plan: the bundled one, or that of a file. */
export class Plan {
  constructor({ features, notice, notes = [] }) {
    this.features = features;
    this.notice = notice;
    this.notes = notes;
  }
}

/** The library, ready to answer. */
export class Corridor {
  #module;
  #instance;
  // Of each plan of a file, its number in this instance and what it is made of, should the instance have to be replaced.
  #plans = new Map();

  /** Messages, reports and tables for people are in this language: "en" or "zh". */
  lang;

  constructor(module, lang = "en") {
    this.#module = module;
    this.#instance = new Instance(module);
    this.lang = lang;
    this.bundled = new Plan(this.#call("plan", [], {}));
  }

  // The reply to a request. An instance that fails is replaced by a new one.
  #call(command, files, options, plan = 0) {
    const request = {
      command,
      lang: this.lang,
      plan,
      options,
      files: files.map(({ name, bytes }) => ({ name, size: bytes.byteLength })),
    };
    let reply;
    try {
      reply = this.#instance.call(request, files);
    } catch (error) {
      // A trap, or too deep a recursion.
      if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) throw error;
      const lang = this.lang === "zh" ? "zh" : "en";
      const detail = this.#instance.panic() || error.message;
      this.#instance = new Instance(this.#module);
      for (const made of this.#plans.values()) made.number = null;
      const file = files[0]?.name ?? null;
      throw new CorridorError({
        code: "crashed", message: CRASHED[lang](file, detail), advice: CRASHED_ADVICE[lang], place: { file },
      });
    }
    if (reply.error) throw new CorridorError(reply.error);
    return reply;
  }

  // The number of a plan in this instance.
  #numberOf(plan = this.bundled) {
    if (plan === this.bundled) return 0;
    const made = this.#plans.get(plan);
    if (!made) throw new TypeError("a plan of this library that is not freed is expected");
    made.number ??= this.#call("loadPlan", made.files, made.options).plan;
    return made.number;
  }

  #table(command, file, { plan, ...options } = {}) {
    const made = this.#plans.get(plan);
    if ((command === "report" || command === "map") && made) options.planFile = made.files[0].name.split(/[/\\]/).pop();
    const { files, ...reply } = this.#call(command, file ? asFiles(file) : [], options, this.#numberOf(plan));
    return { ...files[0], files: files.length > 1 ? files.slice(1) : files, ...reply };
  }

  /** Loads a plan or a polygon layer from a file of any format. */
  loadPlan(file, options = {}) {
    // Copies, since a buffer may change.
    const files = asFiles(file).map(({ name, bytes }) => ({ name, bytes: bytes.slice() }));
    const reply = this.#call("loadPlan", files, options);
    const plan = new Plan(reply);
    this.#plans.set(plan, { files, options: { ...options }, number: reply.plan });
    return plan;
  }

  /** Frees the memory of a plan. */
  freePlan(plan) {
    const made = this.#plans.get(plan);
    if (made?.number != null) this.#call("freePlan", [], {}, made.number);
    this.#plans.delete(plan);
  }

  /** What a table is: format, coordinate system, columns, rows. */
  inspect(file, options = {}) {
    const { table, files, ...reply } = this.#call("inspect", asFiles(file), options);
    return { ...table, ...reply };
  }

  /** The layers, sheets or tables of a file. */
  layers(file, options = {}) {
    return this.#call("layers", asFiles(file), options).layers;
  }

  /** Columns and values of answers as people read them, in the language of the library. */
  words({ columns = [], values = [] }) {
    const { columns: ofColumns, values: ofValues } = this.#call("words", [], { columns, values });
    return { columns: ofColumns, values: ofValues };
  }

  /** Which zone contains each site. */
  locate(file, options) {
    return this.#table("locate", needed(file), options);
  }

  /** Which zones each parcel lies in, and how much of it. */
  overlay(file, options) {
    return this.#table("overlay", needed(file), options);
  }

  /** A report on parcels or sites, as a web page, Markdown, a workbook or a Word document. */
  report(file, options) {
    return this.#table("report", needed(file), options);
  }

  /** Which zone is nearest to each site. */
  nearest(file, options) {
    return this.#table("nearest", needed(file), options);
  }

  /** The rows in another format or coordinate system. */
  convert(file, options = {}) {
    return this.#table("convert", needed(file), options);
  }

  /** The plan as a web page that works offline, or as a drawing; with the sites or parcels of a file, if there is one. */
  map(file = null, options = {}) {
    return this.#table("map", file, options);
  }

  /** How large each zone is. */
  areas({ plan, ...options } = {}) {
    const { files, ...reply } = this.#call("areas", [], options, this.#numberOf(plan));
    return { ...files[0], ...reply };
  }

  /** The findings about a plan: that of a file, or without one the bundled plan. */
  check(file = null, options = {}) {
    const { files, ...reply } = this.#call("check", file ? asFiles(file) : [], options);
    return { ...files[0], ...reply };
  }

  /**
   * The most specific feature of each point, by its index in `plan.features`; -1 outside, -2 without coordinates.
   * Points are longitude, latitude, longitude, latitude, …
   */
  locatePoints(points, { plan, ...options } = {}) {
    if (!(points instanceof Float64Array) || points.length % 2) throw new TypeError("pairs in a Float64Array are expected");
    const file = { name: "points", bytes: asBytes(points) };
    const { files } = this.#call("locatePoints", [file], options, this.#numberOf(plan));
    const features = new Int32Array(files[0].bytes.buffer);
    if (!options.distances) return { features };
    return { features, distances: new Float64Array(files[1].bytes.buffer), certainties: files[2].bytes };
  }

  /** The bytes of memory that the module has taken so far. */
  get memoryBytes() {
    return this.#instance.memoryBytes;
  }
}

// The bytes beside this file, in Node.js, browsers and workers.
async function moduleBeside() {
  const url = new URL("corridor.wasm", import.meta.url);
  if (url.protocol === "file:" && typeof process === "object") {
    const { readFile } = await import("node:fs/promises");
    return WebAssembly.compile(await readFile(url));
  }
  return compiled(await fetch(url));
}

async function compiled(source) {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof Response === "function" && source instanceof Response) return WebAssembly.compile(await source.arrayBuffer());
  return WebAssembly.compile(asBytes(source));
}

/**
 * Loads the library: by default from `corridor.wasm` beside this file, else from the bytes, the response or the compiled
 * module given.
 */
export async function load({ wasm, lang = "en" } = {}) {
  return new Corridor(await (wasm === undefined ? moduleBeside() : compiled(await wasm)), lang);
}
