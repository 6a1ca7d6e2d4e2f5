// The page: files come in, questions are answered by the worker, and answers are shown and saved.

import { droppedFiles, groupsOf } from "./datasets.mjs";
import { byId, element, save } from "./element.mjs";
import { Engine, Failure } from "./engine.mjs";
import { MapFrame } from "./map_frame.mjs";
import { MAPS, REPORTS, outputName, pixelsOf, tableOutputs } from "./outputs.mjs";
import { OUTLINE_CONTROLS, QUESTIONS, SYSTEMS, outlineOptions, questionOptions, readControls, readOptions, showControls } from "./settings.mjs";
import { TableView } from "./table_view.mjs";
import { textsOf, withLabels } from "./texts.mjs";

/** Of more rows than that, the map is drawn on request. */
const MOST_ON_MAP = 30_000;
/** Beyond this size, sites are answered by their zone alone unless the setting says otherwise. */
const LARGE_BYTES = 8e6;
/** What a browser can hold, with its answer. */
const MOST_BYTES = 1e9;
const CONTAINERS = /\.(xlsx|xlsm|xls|ods|gdb|dxf|zip|kml|kmz|gpkg)$/i;

const samples = JSON.parse(byId("samples").textContent);
/** @type {{ lang: "en" | "zh", theme: string, datasets: any[], current: any, outline: any, run: number, answer: any, said: (() => string) | null }} */
const state = {
  lang: navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en",
  theme: "auto",
  datasets: [],
  current: null,
  // The dataset that is the outline, and its settings; null for the bundled one.
  outline: null,
  run: 0,
  answer: null,
  // What the status says, in either language.
  said: null,
};
let word = textsOf(state.lang);

const engine = new Engine(byId("worker").textContent, byId("engine").textContent.trim(), state.lang);
const table = new TableView(byId("table"), {
  fetchRows: (from, count) => engine.ask("rows", { from, count }),
  onSort: (sort) => showRows({ ...state.answer.choice, ...sort }),
  onChoose: ({ inputRow }) => map.choose(inputRow + 1),
});
const map = new MapFrame(byId("map"), async (row) => table.mark(await engine.ask("place", { inputRow: row - 1 })));

// Files.

function add(found) {
  const groups = groupsOf(found);
  if (groups.length === 0) return say(() => word("no-files"));
  for (const group of groups) {
    const size = group.files.reduce((sum, file) => sum + file.size, 0);
    state.datasets.push({ ...group, size, read: {}, question: null, settings: {}, inspection: null, layers: [], outline: {} });
  }
  byId("welcome").hidden = true;
  byId("work").hidden = false;
  choose(state.datasets.at(-groups.length));
}

function remove(dataset) {
  state.datasets = state.datasets.filter((other) => other !== dataset);
  const wasOutline = state.outline === dataset;
  if (wasOutline) state.outline = null;
  if (state.current !== dataset) return wasOutline ? refresh() : writeForm();
  if (state.datasets.length > 0) return choose(state.datasets[0]);
  state.current = state.answer = null;
  state.run += 1;
  byId("welcome").hidden = false;
  byId("work").hidden = true;
}

function choose(dataset) {
  state.current = dataset;
  refresh();
}

// Questions.

const describe = (dataset) => ({ key: dataset.key, files: dataset.files });

// The outline of the questions; none for the bundled one.
function outlineNow() {
  const dataset = state.outline;
  if (dataset === null) return null;
  return { ...describe(dataset), options: outlineOptions(dataset.outline, readOptions(dataset.read)) };
}

const optionsNow = (dataset) => {
  const read = readOptions(dataset.read);
  const own = questionOptions(dataset.question, dataset.settings[dataset.question] ?? {});
  if (dataset.question !== "check") return { ...read, ...own };
  const { crs, overrideCrs, inputEncoding, layer } = read;
  return Object.fromEntries(Object.entries({ crs, overrideCrs, inputEncoding, layer, ...own }).filter(([, value]) => value !== undefined));
};

// Reads the chosen file, and answers its question. An earlier question is given up.
async function refresh() {
  const dataset = state.current;
  const run = ++state.run;
  const isStale = () => run !== state.run;
  state.answer = null;
  byId("answer").hidden = byId("problem").hidden = byId("again").hidden = true;
  say(null);
  map.clear();
  writeForm();
  if (dataset.size > MOST_BYTES) {
    const values = { name: dataset.name, size: Math.round(dataset.size / 1e6) };
    return showProblem(new Failure({ code: "too-large", message: word("too-large", values), advice: word("too-large-advice") }), dataset);
  }
  busy("phase-starting");
  try {
    if (dataset.inspection === null) {
      dataset.inspection = await engine.ask("inspect", { dataset: describe(dataset), options: readOptions(dataset.read) }, progress(isStale));
      if (isStale()) return;
    }
    dataset.question ??= dataset.inspection.hasParcels ? "overlay" : "locate";
    const settings = (dataset.settings[dataset.question] ??= {});
    if (dataset.question === "locate" && dataset.size > LARGE_BYTES) settings.fast ??= true;
    writeForm();
    const question = dataset.question, options = optionsNow(dataset), outline = outlineNow();
    const found = await engine.ask("answer", { dataset: describe(dataset), question, options, outline }, progress(isStale));
    if (isStale()) return;
    const { sumBy } = settings;
    state.answer = { ...found, dataset, question, options, outline, sumBy, choice: {}, plan: null };
    state.answer.plan = await engine.ask("plan", { outline });
    if (isStale()) return;
    await showAnswer();
    if (isStale()) return;
    await drawMap(isStale);
  } catch (error) {
    if (!isStale()) showProblem(error, dataset);
  } finally {
    if (!isStale()) busy(null);
  }
}

/** @type {(isStale: () => boolean) => import("./engine.mjs").OnProgress} */
const progress = (isStale) => ({ phase, share }) => {
  if (!isStale()) busy(`phase-${phase}`, share);
};

/** @param {any} phase @param {number} [share] */
function busy(phase, share) {
  byId("busy").hidden = phase === null;
  if (phase === null) return;
  byId("phase").textContent = word(phase);
  if (share === undefined) byId("progress").removeAttribute("value");
  else byId("progress").value = share;
}

/** @param {(() => string) | null} said */
function say(said) {
  state.said = said;
  byId("status").textContent = said === null ? "" : said();
}

function showProblem(error, dataset) {
  if (error.code === "cancelled" || error.code === "crashed") {
    // The table was in the worker that ended.
    state.answer = null;
    byId("answer").hidden = true;
    byId("again").hidden = false;
  }
  if (error.code === "cancelled") return say(() => word("cancelled"));
  const isCrash = error.code === "crashed" || !(error instanceof Failure);
  if (isCrash) console.warn(error);
  const message = isCrash ? `${word("crashed", { name: dataset.name })}${error.message ? ` (${error.message})` : ""}` : withLabels(error.message, state.lang);
  const advice = isCrash ? word("crashed-advice") : error.advice && withLabels(error.advice, state.lang);
  byId("problem").replaceChildren(
    element("p", {}, element("strong", { textContent: `${word("error")}${word("colon")}` }), message),
    advice ? element("p", {}, element("b", { textContent: `${word("advice")}${word("colon")}` }), advice) : null,
    element("p", { className: "fine", textContent: `${word("code")}${word("colon")}${error.code ?? error.name}` }));
  byId("problem").hidden = false;
  byId("reading").open = true;
  writeForm();
  listLayers(dataset);
}

// The layers of a file that has several, for the choice of one.
async function listLayers(dataset) {
  if (dataset.layers.length > 0 || !CONTAINERS.test(dataset.name)) return;
  try {
    const { inputEncoding } = readOptions(dataset.read);
    const found = await engine.ask("layers", { dataset: describe(dataset), options: inputEncoding ? { inputEncoding } : {} });
    dataset.layers = found.map(({ name }) => name);
    // What somebody is typing stays.
    const isTyping = byId("read-options").contains(document.activeElement);
    if (dataset === state.current && found.length > 1 && !isTyping) writeForm();
  } catch {
    // What is wrong with the file was said already.
  }
}

// Answers.

async function showAnswer() {
  const answer = state.answer;
  const { columns, count, own, dataset, summary } = answer;
  const labels = await engine.ask("headings");
  if (answer !== state.answer) return;
  byId("answer").hidden = false;
  writeAnswer();
  writeFilters([]);
  const order = orderOf(columns.length, own, columns.indexOf(dataset.inspection.labelField));
  table.open(order.map((index) => ({ index, name: columns[index], label: labels[index] })), count);
  writeShown(count);
  // Of many rows, values take longer to count than rows to show.
  const facets = await engine.ask("facets", { hasInvalid: (summary.invalid ?? 0) > 0 });
  if (answer !== state.answer) return;
  writeFilters(facets);
  writeShown(answer.shown ?? count);
}

// The columns as they are shown: what names a row, then the answer, then what else the file has.
function orderOf(count, own, label) {
  const all = Array.from({ length: count }, (_, index) => index);
  if (own === 0) return all;
  const isLabel = (index) => index === label;
  return [...all.filter(isLabel), ...all.slice(own), ...all.slice(0, own).filter((index) => !isLabel(index))];
}

function writeAnswer() {
  const { sentence, notes, details, notice, seconds, question } = state.answer;
  say(() => `${sentence} (${word("engine-seconds", { seconds: seconds < 0.1 ? seconds.toFixed(3) : seconds.toFixed(1) })})`);
  const texts = [...notes, ...details].map((note) => withLabels(note, state.lang));
  byId("notes").hidden = texts.length === 0;
  byId("notes").querySelector("summary").textContent = word("notes", { count: texts.length });
  byId("notes").open = notes.length > 0;
  byId("notes").querySelector("ul").replaceChildren(...texts.map((text) => element("li", { textContent: text })));
  byId("notice").textContent = notice ?? "";
  writeCounts();
  const fill = (id, outputs) => {
    const before = byId(id).value;
    byId(id).replaceChildren(...outputs.map(({ id, label, key }) => element("option", { value: id, textContent: label ?? word(key) })));
    if (outputs.some(({ id }) => id === before)) byId(id).value = before;
  };
  fill("format", tableOutputs(question));
  fill("report", REPORTS);
  fill("map-format", MAPS);
  byId("report-group").hidden = question !== "locate" && question !== "overlay";
  for (const id of ["to-crs"]) byId(id).hidden = byId(id).labels[0].hidden = question === "check";
}

function writeCounts() {
  const { summary, plan, question } = state.answer;
  const zones = summary.zones ?? [];
  byId("counts").hidden = zones.length === 0;
  const features = new Map(plan.features.map((feature) => [feature.id, feature]));
  const nameOf = (id) => {
    const feature = features.get(id);
    return feature ? (state.lang === "en" ? feature.nameEn ?? feature.name : feature.name) : id ?? word("outside");
  };
  const heads = question === "nearest" ? ["zone", "count"] : ["zone", "count", "certain", "uncertain", "not-assessed"];
  const row = ({ zone, rows, certain, uncertain, not_assessed }) => {
    const cells = question === "nearest" ? [rows] : [rows, certain, uncertain, not_assessed];
    return element("tr", {}, element("th", { scope: "row", textContent: nameOf(zone) }), ...cells.map((cell) => element("td", { textContent: cell ?? "" })));
  };
  byId("counts").querySelector("table").replaceChildren(
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col", textContent: word(/** @type {any} */ (head)) })))),
    element("tbody", {}, ...zones.map(row)));
}

function writeFilters(facets) {
  const answer = state.answer, choice = answer.choice;
  const text = searchBox(answer);
  const selects = facets.map(({ index, heading, values }) => {
    const select = element("select", {},
      element("option", { value: "*", textContent: word("all-of", { name: heading }) }),
      ...values.map(({ value, label, count }) => element("option", { value: `=${value}`, textContent: `${label || word("empty-value")} (${count})` })));
    select.setAttribute("aria-label", heading);
    select.value = Object.hasOwn(choice.only ?? {}, index) ? `=${choice.only[index]}` : "*";
    select.addEventListener("change", () => {
      const only = { ...answer.choice.only };
      if (select.value === "*") delete only[index];
      else only[index] = select.value.slice(1);
      showRows({ ...answer.choice, only });
    });
    return select;
  });
  for (const other of [...byId("filters").children]) if (other !== text) other.remove();
  byId("filters").append(...(text.isConnected ? [] : [text]), ...selects, element("span", { id: "shown", className: "fine" }));
}

// One for each answer, which stays while what is typed in it is not yet asked for.
function searchBox(answer) {
  if (answer.searchBox) return answer.searchBox;
  const text = element("input", { type: "search", placeholder: word("filter-text") });
  text.setAttribute("aria-label", word("filter-text"));
  let waiting = 0;
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (answer === state.answer) showRows({ ...answer.choice, text: text.value });
    }, 250);
  });
  answer.searchBox = text;
  return text;
}

async function showRows(choice) {
  state.answer.choice = choice;
  const answer = state.answer;
  const shown = await engine.ask("show", { choice }).catch(() => null);
  if (shown === null || answer !== state.answer || choice !== answer.choice) return;
  answer.shown = shown;
  table.reset(shown);
  writeShown(shown);
}

function writeShown(shown) {
  byId("shown").textContent = word("shown-rows", { shown: shown.toLocaleString(), count: state.answer.count.toLocaleString() });
}

// The map.

const mapOptions = () => ({ theme: state.theme, rowNumbers: true });

/** @param {any} options @param {import("./engine.mjs").OnProgress} onProgress */
async function mapNow(options, onProgress) {
  const { dataset, question, options: asked, outline } = state.answer;
  if (question === "check") {
    return engine.ask("mapOfFindings", { dataset: describe(dataset), checkOptions: asked, mapOptions: options }, onProgress);
  }
  const read = readOptions(dataset.read);
  return engine.ask("map", { dataset: describe(dataset), options: { ...read, ...options }, outline }, onProgress);
}

async function drawMap(isStale, isAsked = false) {
  const said = byId("map-said").querySelector("span");
  const isLarge = Math.max(state.answer.count, 0) > MOST_ON_MAP && !isAsked;
  byId("draw-map").hidden = !isLarge;
  said.textContent = isLarge ? word("large-map", { count: state.answer.count.toLocaleString() }) : "";
  if (isLarge) return;
  map.title = word("map-frame");
  try {
    const { bytes } = await mapNow({ ...mapOptions(), format: "html" }, progress(isStale));
    if (!isStale()) map.show(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "cancelled") throw error;
    if (!isStale()) said.textContent = word("no-map", { reason: error.message });
  }
}

// Files out.

async function saving(name, write) {
  const { run, current: dataset } = state, isStale = () => run !== state.run;
  busy("phase-writing");
  try {
    const { bytes, name: written, notes = [] } = await write(progress(isStale));
    save(written, bytes);
    if (!isStale()) say(() => [word("saved", { name: written }), ...notes.filter((note) => !state.answer?.notes.includes(note))].join(" "));
  } catch (/** @type {any} */ error) {
    if (isStale()) return;
    if (error.code === "cancelled" || error.code === "crashed") return showProblem(error, dataset);
    if (!(error instanceof Failure)) console.warn(error);
    say(() => `${word("save-failed", { name })}${word("colon")}${[error.message, error.advice].filter(Boolean).map((text) => withLabels(text, state.lang)).join(state.lang === "zh" ? "。" : ". ")}`);
  } finally {
    if (!isStale()) busy(null);
  }
}

const chosen = (id, outputs) => outputs.find((output) => output.id === byId(id).value);

function saveRows() {
  const { dataset, question, options, outline } = state.answer;
  const format = chosen("format", tableOutputs(question));
  const command = format.command ?? question;
  const name = outputName(dataset.name, command, format.ending, state.lang);
  const toCrs = byId("to-crs").value.trim();
  const own = format.command ? readOptions(dataset.read) : options;
  const all = { ...own, ...format.options, ...(toCrs && question !== "check" ? { toCrs } : {}), output: name };
  const plan = command === "convert" ? null : outline;
  saving(name, (onProgress) => engine.ask("write", { dataset: describe(dataset), command, options: all, outline: plan }, onProgress));
}

function saveReport() {
  const { dataset, question, outline, sumBy } = state.answer;
  const format = chosen("report", REPORTS);
  const name = outputName(dataset.name, "report", format.ending, state.lang);
  const { columns, summary, wide, ...options } = state.answer.options;
  const of = question === "locate" ? { of: "sites" } : { of: "parcels", ...(sumBy ? { sumBy } : {}) };
  const all = { ...options, ...of, ...format.options, output: name };
  saving(name, (onProgress) => engine.ask("write", { dataset: describe(dataset), command: "report", options: all, outline }, onProgress));
}

function saveMap() {
  const format = chosen("map-format", MAPS);
  const name = outputName(state.answer.dataset.name, "map", format.ending, state.lang);
  saving(name, async (onProgress) => {
    const theme = format.id === "html" ? { theme: state.theme } : {};
    const { bytes } = await mapNow({ ...theme, ...format.options, output: name }, onProgress);
    return { name, bytes: format.id === "png" ? await pixelsOf(new TextDecoder().decode(bytes)) : bytes };
  });
}

// The form.

function writeForm() {
  const dataset = state.current;
  if (dataset === null) return;
  byId("files").replaceChildren(...state.datasets.map((one) => {
    const radio = element("input", { type: "radio", name: "file", checked: one === dataset });
    radio.addEventListener("change", () => choose(one));
    const button = element("button", { type: "button", textContent: "×", title: word("remove", { name: one.name }) });
    button.setAttribute("aria-label", word("remove", { name: one.name }));
    button.addEventListener("click", () => remove(one));
    return element("li", {}, element("label", {}, radio, one.name), button);
  }));
  const { inspection } = dataset;
  const columns = inspection?.fields.map(({ name }) => name) ?? [];
  byId("question").replaceChildren(...Object.keys(QUESTIONS).map((name) => element("option", { value: name, textContent: word(/** @type {any} */ (name)) })));
  byId("question").value = dataset.question ?? "locate";
  const settings = dataset.question === null ? {} : (dataset.settings[dataset.question] ??= {});
  showControls(byId("question-options"), {
    controls: QUESTIONS[dataset.question] ?? [], values: settings, columns, word, changed: refresh,
  });
  byId("detected").textContent = inspection === null ? "" : [inspection.format, inspection.crs, inspection.encoding].filter(Boolean).join(" · ");
  const [lon, lat] = inspection?.coordinateFields ?? [];
  showControls(byId("read-options"), {
    controls: readControls({ layers: dataset.layers }), values: dataset.read, columns, word,
    automatic: { crs: inspection?.crs, inputEncoding: inspection?.encoding, lonField: lon, latField: lat },
    changed: () => {
      dataset.inspection = null;
      refresh();
    },
  });
  writeOutline();
}

function writeOutline() {
  const { outline } = state;
  byId("outline").replaceChildren(
    element("option", { value: "", textContent: word("bundled") }),
    ...state.datasets.map((one) => element("option", { value: one.key, textContent: one.name })));
  byId("outline").value = outline?.key ?? "";
  byId("outline-options").hidden = byId("outline-said").hidden = outline === null;
  if (outline === null) return;
  showControls(byId("outline-options"), {
    controls: OUTLINE_CONTROLS, values: outline.outline, columns: outline.inspection?.fields.map(({ name }) => name) ?? [], word, changed: refresh,
  });
  const features = state.answer?.plan?.features ?? [];
  const names = features.slice(0, 8).map(({ name }) => name).join(state.lang === "zh" ? "、" : ", ") + (features.length > 8 ? " …" : "");
  byId("outline-said").textContent = features.length ? word("plan-features", { count: features.length, names }) : "";
}

async function chooseOutline(key) {
  state.outline = state.datasets.find((one) => one.key === key) ?? null;
  const outline = state.outline;
  if (outline !== null && outline.inspection === null) {
    try {
      outline.inspection = await engine.ask("inspect", { dataset: describe(outline), options: readOptions(outline.read) });
    } catch {
      // The question says what is wrong with it.
    }
  }
  refresh();
}

function writeWords() {
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  document.title = word("title");
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-word]"))) node.textContent = word(/** @type {any} */ (node.dataset.word));
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-label]"))) node.setAttribute("aria-label", word(/** @type {any} */ (node.dataset.label)));
  for (const node of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-hint]"))) node.placeholder = word(/** @type {any} */ (node.dataset.hint));
  byId("language").lang = state.lang === "zh" ? "en" : "zh-CN";
  byId("about-text").textContent = word("about-text", { version: samples.version });
  writeTheme();
  if (state.said !== null) say(state.said);
  writeForm();
}

async function writeNotice() {
  byId("notice").textContent = (await engine.ask("notice")) ?? "";
}

function writeTheme() {
  const key = /** @type {any} */ (`theme-${state.theme}`);
  byId("theme").textContent = { auto: "◐", light: "○", dark: "●" }[state.theme];
  byId("theme").title = word(key);
  byId("theme").setAttribute("aria-label", word(key));
}

// What readers do.

byId("language").addEventListener("click", () => {
  state.lang = state.lang === "zh" ? "en" : "zh";
  word = textsOf(state.lang);
  engine.lang = state.lang;
  writeWords();
  // Messages come in the language of the page at that time.
  if (state.current === null) writeNotice();
  else refresh();
});
byId("theme").addEventListener("click", () => {
  const themes = ["auto", "light", "dark"];
  state.theme = themes[(themes.indexOf(state.theme) + 1) % themes.length];
  document.documentElement.dataset.theme = state.theme;
  writeTheme();
  map.setTheme(state.theme);
});
byId("cancel").addEventListener("click", () => {
  engine.cancel();
});
byId("again").addEventListener("click", refresh);
byId("question").addEventListener("change", () => {
  state.current.question = byId("question").value;
  refresh();
});
byId("outline").addEventListener("change", () => chooseOutline(byId("outline").value));
byId("reading").addEventListener("toggle", () => {
  if (byId("reading").open && state.current) listLayers(state.current);
});
byId("form").addEventListener("submit", (event) => event.preventDefault());
byId("draw-map").addEventListener("click", async () => {
  const run = state.run, isStale = () => run !== state.run;
  busy("phase-drawing");
  try {
    await drawMap(isStale, true);
  } catch (error) {
    if (!isStale()) showProblem(error, state.current);
  } finally {
    if (!isStale()) busy(null);
  }
});
byId("save-rows").addEventListener("click", saveRows);
byId("save-report").addEventListener("click", saveReport);
byId("save-map").addEventListener("click", saveMap);

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-chooses]"))) {
  button.addEventListener("click", () => byId(`${button.dataset.chooses}-input`).click());
}
for (const id of ["files-input", "folder-input"]) {
  byId(id).addEventListener("change", () => {
    const found = [...byId(id).files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    byId(id).value = "";
    if (found.length > 0) add(found);
  });
}
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-sample]"))) {
  button.addEventListener("click", () => {
    const { name, base64 } = samples[/** @type {string} */ (button.dataset.sample)];
    const file = new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name);
    add([{ file, path: name }]);
  });
}
let depth = 0;
const drag = (step) => {
  depth = Math.max(0, depth + step);
  document.body.classList.toggle("dragging", depth > 0);
};
addEventListener("dragenter", (event) => {
  event.preventDefault();
  drag(1);
});
addEventListener("dragleave", () => drag(-1));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", async (event) => {
  event.preventDefault();
  drag(-depth);
  if (event.dataTransfer) add(await droppedFiles(event.dataTransfer));
});

byId("systems").replaceChildren(...SYSTEMS.map((value) => element("option", { value })));
writeWords();
writeNotice().then(() => {
  document.documentElement.dataset.ready = "yes";
}, () => {
  byId("welcome-title").textContent = word("unsupported");
});
