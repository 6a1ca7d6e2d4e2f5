// Tests the package in Node.js: its answers are, byte by byte, those of the program; whatever it is given ends in an
// answer or an error; it takes no more memory for many calls than for one.
//
//   node web.mjs CORRIDOR FOLDER      the program; where files go, with the seeds of tests/fuzz in FOLDER/corpus

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

import { CorridorError, load } from "../index.mjs";
import { workbook } from "./workbook.mjs";

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
const root = resolve(import.meta.dirname, "../../..");
const data = (name) => readFileSync(join(root, "data", name));
const work = join(folder, "files");
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });

// What the program writes, and says on standard error.
const native = (...args) => {
  const run = spawnSync(program, [...args, "--lang", "en"], { cwd: work, encoding: "utf8", maxBuffer: 1 << 28 });
  assert.ok(run.status <= 1, `${args.join(" ")}: ${run.stderr}`);
  return run.stderr.split("\n").filter(Boolean).map((line) => line.replace(/^corridor: /, ""));
};
const written = (name) => readFileSync(join(work, name));
const put = (name, bytes) => (writeFileSync(join(work, name), bytes), { name, bytes });

// The module.

const wasm = readFileSync(join(import.meta.dirname, "../corridor.wasm"));
const module = await WebAssembly.compile(wasm);
assert.deepEqual(WebAssembly.Module.imports(module), [], "the module imports nothing: neither clock, network nor files");
const sizes = { raw: wasm.length, gzip: gzipSync(wasm, { level: 9 }).length };
assert.ok(sizes.raw <= 4_950_000 && sizes.gzip <= 2_080_000, JSON.stringify(sizes));
console.log(`module: ${(sizes.raw / 1e6).toFixed(2)} MB, ${(sizes.gzip / 1e3).toFixed(0)} kB gzipped, no imports`);

const corridor = await load({ wasm: module });
assert.equal((await load()).bundled.features.length, 16, "it is found beside the package");

// Inputs in every format: made by the program from the sample files.

const landmarks = put("landmarks.csv", data("landmarks.csv"));
const siteFiles = [landmarks];
for (const ending of ["geojson", "xlsx", "kml", "fgb", "ndjson"]) {
  native("convert", "landmarks.csv", "-o", `sites.${ending}`);
  siteFiles.push({ name: `sites.${ending}`, bytes: written(`sites.${ending}`) });
}
const parcels = put("parcels.txt", data("sample-parcels.txt"));
const parcelFiles = [parcels];
for (const ending of ["xlsx", "geojson", "kml", "fgb", "csv"]) {
  // A table cannot say that it is in a Gauss-Krüger zone.
  const system = ["xlsx", "csv"].includes(ending) ? ["--to-crs", "CGCS2000"] : [];
  native("convert", "parcels.txt", "-o", `parcels.${ending}`, ...system);
  parcelFiles.push({ name: `parcels.${ending}`, bytes: written(`parcels.${ending}`) });
}
const ofShapefile = ["shp", "shx", "dbf", "prj", "cpg"];
const shapefile = ofShapefile.map((ending) => put(`sample.${ending}`, data(`sample-parcels.${ending}`)));
const zipped = corridor.convert(shapefile, { output: "zipped.shp" });
assert.equal(zipped.name, "zipped.zip");
parcelFiles.push(put("zipped.zip", zipped.bytes));

// Answers.

let compared = 0;

// The options of a function as those of the command.
const asArguments = (options) => Object.entries(options).flatMap(([name, value]) => {
  const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return value === true ? [option] : [option, Array.isArray(value) ? value.join(",") : String(value)];
});

// Texts that are long: the place where they part says more than all of them.
function equalTexts(found, expected, about) {
  if (found === expected) return;
  let at = 0;
  while (expected !== undefined && found[at] === expected[at]) at += 1;
  assert.fail(`${about}, at ${at}: …${found.slice(at - 60, at + 80)}…, where the program has …${expected?.slice(at - 60, at + 80)}…`);
}

function same(found, about) {
  for (const file of found.files ?? [found]) {
    compared += 1;
    const expected = written(file.name);
    if (file.name.endsWith(".xlsx")) {
      const parts = workbook(expected);
      for (const [name, text] of workbook(file.bytes)) equalTexts(text, parts.get(name), `${about}: ${name} of ${file.name}`);
    } else {
      assert.ok(expected.equals(file.bytes), `${about}: ${file.name}`);
    }
  }
}

function compare(command, file, output, options = {}) {
  const source = Array.isArray(file) ? file[0] : file;
  const about = `${command} ${source.name} ${JSON.stringify(options)} to ${output}`;
  const said = native(command, source.name, "-o", output, "--overwrite", ...asArguments(options));
  const found = corridor[command](file, { output, ...options });
  same(found, about);
  const sentences = [...found.notes, found.sentence, found.notice].filter(Boolean);
  // What is saved of a shapefile is an archive.
  const camelCase = (name) => name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
  const own = (line) => line.replace(/--([a-z-]+)/g, (_, name) => camelCase(name)).replace(/\.shp(?=: \d+ rows? written)/, ".zip");
  assert.deepEqual(sentences, said.map(own), about);
  return found;
}

for (const file of siteFiles) {
  for (const ending of ["csv", "geojson", "ndjson", "xlsx", "kml", "fgb", "shp"]) {
    compare("locate", file, `located.${ending}`);
    compare("nearest", file, `nearest.${ending}`);
    compare("convert", file, `converted.${ending}`);
  }
  compare("convert", file, "gauss-krueger.csv", { toCrs: "EPSG:4549", precision: 3 });
  compare("convert", file, "gcj02.geojson", { toCrs: "GCJ02" });
}
compare("locate", landmarks, "a.csv", { uncertaintyField: "position_accuracy_m", columns: ["zone", "certainty"] });
compare("locate", landmarks, "a.csv", { long: true, level: "zone", uncertainty: 50, fields: ["id", "name"] });
compare("locate", landmarks, "a.csv", { excel: true });
compare("locate", landmarks, "a.csv", { encoding: "gb18030" });
compare("nearest", landmarks, "a.csv", { within: 5000, boundary: true, level: "cluster" });
for (const file of [...parcelFiles, shapefile]) {
  for (const ending of ["csv", "geojson", "xlsx", "kml", "fgb", "shp"]) {
    compare("overlay", file, `overlaid.${ending}`);
    compare("convert", file, `converted.${ending}`);
  }
  compare("overlay", file, "wide.csv", { wide: true, repair: true });
  compare("overlay", file, "pieces.geojson", { pieces: true, minArea: 1 });
  for (const [lang, ending] of [["en", "html"], ["zh", "html"], ["en", "md"], ["zh", "md"], ["en", "xlsx"]]) {
    const source = [file].flat()[0];
    const name = `report-${lang}.${ending}`;
    spawnSync(program, ["overlay", source.name, "--report", name, "--overwrite", "--lang", lang, "--no-map"], { cwd: work });
    corridor.lang = lang;
    const found = corridor.report(file, { format: ending, output: name });
    corridor.lang = "en";
    same(found, `report of ${source.name} in ${lang}`);
  }
}
native("convert", "parcels.txt", "-o", "plane.csv");
const plane = { name: "plane.csv", bytes: written("plane.csv") };
compare("overlay", plane, "a.csv");
assert.equal(compare("overlay", plane, "a.csv", { crs: "EPSG:4528" }).summary.invalid, 0);
for (const [command, of, file] of [["overlay", "parcels", parcels], ["locate", "sites", landmarks]]) {
  const report = `report-of-${of}.md`;
  spawnSync(program, [command, file.name, "--report", report, "--overwrite", "--lang", "en", "--title", "T", "--author", "A", "--date", "D"], { cwd: work });
  same(corridor.report(file, { of, format: "md", output: report, title: "T", author: "A", date: "D" }), report);
}
for (const [file, options] of [[null, {}], [landmarks, { label: "name_en" }], [parcels, { theme: "dark" }]]) {
  native("map", ...(file ? [file.name] : []), "-o", "map.svg", "--overwrite", ...asArguments(options));
  same(corridor.map(file, { format: "svg", output: "map.svg", ...options }), `map of ${file?.name}`);
  native("map", ...(file ? [file.name] : []), "-o", "map.html", "--overwrite", ...asArguments(options));
  same(corridor.map(file, { output: "map.html", ...options }), `page of ${file?.name}`);
}
assert.deepEqual(corridor.layers(parcelFiles.find(({ name }) => name.endsWith(".xlsx"))).map(({ name, rows }) => [name, rows]), [["Sheet1", 30]]);
assert.deepEqual(corridor.words({ columns: ["zone", "own"], values: ["inside"] }), { columns: ["Zone", "own"], values: ["inside"] });
native("overlay", "parcels.txt", "--sum-by", "用途", "-o", "sums.csv", "--overwrite");
same(corridor.overlay(parcels, { sumBy: "用途", format: "csv", output: "sums.csv" }), "sums");

for (const format of ["text", "csv", "json"]) {
  for (const options of [{}, { method: "all" }, { overlaps: true }, { by: "level" }]) {
    native("areas", "-f", format, "-o", "areas", "--overwrite", ...asArguments(options));
    same({ ...corridor.areas({ format, output: "areas", ...options }) }, `areas ${format}`);
  }
  native("check", "-f", format, "-o", "findings", "--overwrite");
  same({ ...corridor.check(null, { format, output: "findings" }) }, `check ${format}`);
}

// The error of a call.
const problem = (call) => {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof CorridorError, String(error));
    return error;
  }
  return assert.fail("no error");
};

// Plans of one's own.

const outline = put("outline.geojson", data("taizhou-bay-corridor.geojson"));
const plan = corridor.loadPlan(outline);
native("locate", "landmarks.csv", "--plan", "outline.geojson", "-o", "own.csv", "--overwrite");
same(corridor.locate(landmarks, { plan, output: "own.csv" }), "a plan of one's own");
spawnSync(program, ["overlay", "parcels.txt", "--plan", "outline.geojson", "--report", "own.md", "--lang", "en"], { cwd: work });
same(corridor.report(parcels, { plan, format: "md", output: "own.md" }), "a report with a plan of one's own");
native("check", "outline.geojson", "-f", "geojson", "-o", "own.geojson", "--overwrite");
same(corridor.check(outline, { format: "geojson", output: "own.geojson" }), "check of a file");
corridor.freePlan(plan);
assert.throws(() => corridor.locate(landmarks, { plan }), TypeError);
const layer = parcelFiles.find(({ name }) => name.endsWith(".geojson"));
native("check", layer.name, "--coverage", "--gap-width", "5", "--name-field", "编号", "-o", "coverage.csv", "--overwrite");
same(corridor.check(layer, { coverage: true, gapWidth: 5, nameField: "编号", format: "csv", output: "coverage.csv" }), "check of a coverage");
assert.equal(problem(() => corridor.check(layer, { gapWidth: 5 })).code, "unknown-option");
const stated = corridor.loadPlan(layer, { nameField: "编号", planAccuracy: 3, planFields: "name=名称" });
native("locate", "landmarks.csv", "--plan", layer.name, "--name-field", "编号", "--plan-accuracy", "3", "--plan-fields", "name=名称", "-o", "own.csv", "--overwrite");
same(corridor.locate(landmarks, { plan: stated, output: "own.csv" }), "an outline whose properties are named");
corridor.freePlan(stated);
assert.equal(problem(() => corridor.loadPlan(layer, { planFields: "color=名称" })).code, "bad-option");
const flat = corridor.loadPlan(parcelFiles.find(({ name }) => name.endsWith(".csv")), { nameField: "编号" });
assert.ok(flat.features.length > 3);
corridor.freePlan(flat);
console.log(`answers: ${compared} files are those of the program`);

// What a table is.

const inspected = corridor.inspect(landmarks);
assert.deepEqual([inspected.format, inspected.rows, inspected.invalid, inspected.coordinateFields],
  ["csv", 32, 0, ["lon", "lat"]]);

// Errors.

const sites = (csv) => ({ name: "sites.csv", bytes: csv });
const noColumns = problem(() => corridor.locate(sites("name\n台州站\n")));
assert.equal(noColumns.code, "no-coordinate-columns");
assert.equal(noColumns.place.file, "sites.csv");
assert.match(noColumns.advice, /lonField/);
assert.equal(problem(() => corridor.locate(sites("lon,lat\n121.4,28.6\n"), { colums: ["zone"] })).code, "unknown-option");
assert.equal(problem(() => corridor.locate(sites("lon,lat\n1,2\n"), { precision: 99 })).place.option, "precision");
assert.match(problem(() => corridor.locate(sites("lon,lat\n1,2\n"), { level: "street" })).message, /corridor, core, zone, cluster/);
assert.equal(problem(() => corridor.locate(sites("lon,lat\n1,2\n"), { crs: "EPSG:4230" })).code, "unusable-crs");
const notBuilt = problem(() => corridor.convert(sites("lon,lat\n1,2\n"), { format: "gpkg" }));
assert.equal(notBuilt.code, "not-built");
assert.match(notBuilt.advice, /`corridor`/);
for (const none of [undefined, [], "sites.csv", { bytes: "" }]) assert.throws(() => corridor.locate(none), TypeError);
assert.equal(problem(() => corridor.locate(sites("lon,lat\n1,\n"), { strict: true })).place.row, 1);
corridor.lang = "zh";
assert.match(problem(() => corridor.locate(sites("name\n台州站\n"))).message, /\p{Script=Han}/u);
corridor.lang = "en";
const bad = corridor.locate(sites("lon,lat\n121.4,\n121.4,28.65\n"));
assert.deepEqual([bad.summary.rows, bad.summary.invalid], [2, 1]);
assert.ok(bad.notes.some((note) => note.includes("row 1")), bad.notes.join());

// Points.

const next = ((state) => () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32)(7);
const points = new Float64Array(2_000_000);
for (let n = 0; n < points.length; n += 2) [points[n], points[n + 1]] = [121.15 + 0.35 * next(), 28.5 + 0.25 * next()];
const few = points.slice(0, 20_000);
few[10] = Number.NaN;
const csv = `lon,lat\n${Array.from({ length: few.length / 2 }, (_, n) => `${few[2 * n]},${few[2 * n + 1]}`).join("\n")}\n`;
const rows = Buffer.from(corridor.locate(sites(csv), { columns: ["path", "distance_to_boundary_m", "certainty"] }).bytes)
  .toString().trim().split("\n").slice(1).map((line) => line.split(","));
const many = corridor.locatePoints(few, { distances: true });
assert.deepEqual(corridor.locatePoints(few).features, many.features);
for (const [n, [, , path, distance, certainty]] of rows.entries()) {
  if (n === 5) {
    assert.equal(many.features[n], -2);
    continue;
  }
  const { features, distances, certainties } = many;
  assert.equal(corridor.bundled.features[features[n]]?.id ?? "", path.split("/").at(-1));
  assert.ok(Math.abs(distances[n] - Number(distance)) < 0.0006, `${distances[n]} ${distance}`);
  assert.equal(["", "certain", "uncertain"][certainties[n]], certainty);
}
const timed = (call) => {
  call();
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    call();
    return performance.now() - start;
  });
  return Math.min(...times);
};
const times = {
  membership: timed(() => corridor.locatePoints(points)),
  distances: timed(() => corridor.locatePoints(few, { distances: true })),
};
console.log(`a million points: ${times.membership.toFixed(0)} ms; ten thousand with distances: ${times.distances.toFixed(0)} ms`);

// Whatever the bytes: an answer or an error, and no trap.

const NAMES = { "survey-txt": "txt", geojsonseq: "geojsons", archive: "zip", guess: "", geoparquet: "parquet",
  flatgeobuf: "fgb", shapefile: "shp", plan: "geojson", locate: "csv", overlay: "geojson" };
const corpus = join(folder, "corpus");
const counts = { answers: 0, errors: 0, traps: 0 };
const seeds = existsSync(corpus) ? readdirSync(corpus).flatMap((target) => {
  const seedsOf = readdirSync(join(corpus, target)).map((seed) => join(corpus, target, seed));
  const name = target.replace(/^(table|round)-/, "");
  return seedsOf.map((path) => ({ target, path, ending: NAMES[name] ?? name }));
}) : [];
const hostile = (file, options = {}) => {
  const calls = [
    () => corridor.locate(file, { format: "csv", ...options }),
    () => corridor.overlay(file, { format: "geojson", repair: true, ...options }),
    () => corridor.report(file, { format: "xlsx", ...options }),
    () => corridor.convert(file, { format: "xlsx", ...options }),
    () => corridor.convert(file, { format: "shapefile", toCrs: "EPSG:4549", ...options }),
    () => corridor.check(file),
    () => corridor.freePlan(corridor.loadPlan(file)),
  ];
  for (const call of calls) {
    try {
      call();
      counts.answers += 1;
    } catch (error) {
      assert.ok(error instanceof CorridorError, `${file.name}: ${error}`);
      if (error.code === "crashed") {
        counts.traps += 1;
        console.log(`  ${file.path ?? file.name}: ${error.message}`);
      } else {
        counts.errors += 1;
      }
    }
  }
};
for (const { path, ending } of seeds) {
  const bytes = readFileSync(path);
  const name = ending ? `seed.${ending}` : "seed";
  hostile({ name, bytes, path });
  if (ending === "shp") hostile([{ name, bytes }, ...shapefile.slice(1).map((part) => ({ ...part, name: part.name.replace("sample", "seed") }))]);
}
// Each sample, cut off and with single bytes changed, to any or to one of its own: such a text stays a text.
for (const file of [...siteFiles, ...parcelFiles]) {
  const bytes = Buffer.from(file.bytes);
  const place = () => Math.floor(next() * bytes.length);
  for (let n = 0; n < 12; n++) {
    hostile({ name: file.name, bytes: bytes.subarray(0, place()) });
    const changed = Buffer.from(bytes);
    for (let k = 0; k <= n; k++) changed[place()] = n % 2 === 0 ? Math.floor(next() * 256) : bytes[place()];
    hostile({ name: file.name, bytes: changed });
  }
}
console.log(`hostile bytes: ${seeds.length} seeds and changed samples: ${counts.answers} answers, ${counts.errors} errors, ${counts.traps} traps`);
assert.ok(seeds.length > 0, "the seeds of tests/fuzz are there: cargo test --test fuzz -- --ignored seeds_are_written");
assert.equal(counts.traps, 0);

// Memory: a thousand calls take no more than a hundred.

const repeat = (count) => {
  for (let n = 0; n < count; n++) {
    corridor.locate(landmarks);
    corridor.overlay(parcels, { output: "a.geojson" });
    problem(() => corridor.locate(sites("name\n")));
    corridor.freePlan(corridor.loadPlan(outline));
  }
};
repeat(25);
const before = corridor.memoryBytes;
repeat(225);
assert.equal(corridor.memoryBytes, before, "memory after 100 calls and after 1,000");
console.log(`memory: ${(before / 1e6).toFixed(0)} MB, the same after 1,000 calls`);

// Types.

const tsc = join(folder, "node_modules/.bin/tsc");
if (existsSync(tsc)) {
  execFileSync(tsc, ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom",
    "--types", "", join(import.meta.dirname, "types.mts")], { stdio: "inherit" });
  console.log("types: strict");
}
assert.ok(statSync(join(import.meta.dirname, "../index.d.mts")).size > 0);
