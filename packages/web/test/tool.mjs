// Drives `corridor.html` in headless Chromium, from the disk and offline: what it saves is, byte by byte, what the
// program writes; it makes no request; and it does what people need it for.
//
//   node tool.mjs CORRIDOR FOLDER [MORE...]      the program; where files go; folders with more files to compare
//
// `CHROMIUM` names the browser, by default `chromium`.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { packed, unpacked } from "../tool/packing.mjs";
import { unzipped, workbook } from "./workbook.mjs";

const [program, folder, ...more] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
const root = resolve(import.meta.dirname, "../../..");
const tool = resolve(import.meta.dirname, "../corridor.html");
const work = join(folder, "tool");
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });

const executablePath = execFileSync("which", [process.env.CHROMIUM || "chromium"], { encoding: "utf8" }).trim();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

// The page, with what it asks for and complains of.
async function opened({ width = 1360, height = 850, lang = "en", ...settings } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: lang, offline: true, ...settings });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const asked = [], complaints = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(tool).href);
  await page.waitForSelector("html[data-ready=yes]");
  const close = async () => {
    assert.deepEqual(complaints, [], "nothing is complained of");
    const elsewhere = asked.filter((address) => !/^(file|blob|about|data):/.test(address));
    assert.deepEqual(elsewhere, [], "nothing is asked for");
    await context.close();
  };
  return { page, close, complaints };
}

// Waits for the end of what was begun: the error code, or null.
async function settled(page) {
  await page.waitForFunction(() => document.querySelector("#busy").hidden
    && (!document.querySelector("#answer").hidden || !document.querySelector("#problem").hidden));
  const code = page.locator("#problem:visible p.fine");
  return (await code.count()) > 0 ? (await code.textContent()).split(/[:：] ?/)[1] : null;
}

async function give(page, paths) {
  await page.setInputFiles("#files-input", paths);
  return settled(page);
}

// What is downloaded on a click.
async function saved(page, button) {
  const failed = page.waitForFunction(() => /not written|未写出/.test(document.querySelector("#status").textContent) && document.querySelector("#status").textContent)
    .then((said) => said.jsonValue()).then((said) => assert.fail(said));
  const download = await Promise.race([page.waitForEvent("download"), failed, page.click(button).then(() => new Promise(() => {}))]);
  failed.catch(() => {});
  const path = join(work, `saved-${download.suggestedFilename()}`);
  await download.saveAs(path);
  await page.waitForFunction(() => document.querySelector("#busy").hidden);
  return { name: download.suggestedFilename(), path, bytes: readFileSync(path) };
}

async function saveRows(page, format) {
  await page.selectOption("#format", format);
  return saved(page, "#save-rows");
}

async function saveReport(page, format) {
  await page.selectOption("#report", format);
  return saved(page, "#save-report");
}

// What the program writes: its file, or what it says of an error.
function native(question, path, ending, ...args) {
  return nativeNamed(`native.${ending}`, question, path, ...args);
}

function nativeNamed(name, question, path, ...args) {
  const output = join(work, name);
  rmSync(output, { force: true });
  const run = spawnSync(program, ["-q", question, path, "-o", output, "--overwrite", "--lang", "en", ...args], { encoding: "utf8" });
  return run.status <= 1 ? { bytes: readFileSync(output) } : { said: run.stderr };
}

// All files below a folder that a reader might choose, each with those that belong to it.
function filesBelow(start) {
  const all = readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
  const inDatabase = (path) => /\.gdb[\\/]/i.test(path);
  const isPart = (path) => /\.(shx|dbf|prj|cpg|qpj|qix|csvt|md|py|sh|json|tsv\.gz)$/i.test(path);
  const beside = (path) => all.filter((other) => dirname(other) === dirname(path)
    && basename(other).replace(/\.[^.]*$/, "") === basename(path).replace(/\.[^.]*$/, "") && /\.(shp|shx|dbf|prj|cpg)$/i.test(other));
  return all.filter((path) => !isPart(path) && !inDatabase(path) && statSync(path).size < 2_000_000)
    .map((path) => (/\.shp$/i.test(path) ? beside(path) : [path]))
    .map((paths) => ({ main: paths.find((path) => /\.shp$/i.test(path)) ?? paths[0], paths }));
}

// A file that the program writes.
function make(name, ...args) {
  const path = join(work, name);
  const output = args.includes("--report") || args.includes("-o") ? [] : ["-o", path];
  const run = spawnSync(program, ["-q", "--lang", "en", ...args, ...output, "--overwrite"], { encoding: "utf8" });
  assert.ok(run.status <= 1, run.stderr);
  return path;
}

const heads = (page) => page.$$eval("#table thead button", (buttons) => buttons.map(({ textContent }) => textContent));

// The map in its frame, once it is drawn.
async function frame(page) {
  const handle = await page.waitForSelector("#map iframe");
  const found = await handle.contentFrame();
  await found.waitForSelector("html[data-drawn=yes]");
  return found;
}

/** What the light library has not, by its codes. */
const NOT_IN_CORE = ["not-built", "unusable-crs"];

const tests = {
  async "the page is small and soon ready"() {
    const size = statSync(tool).size;
    const random = Uint8Array.from({ length: 10_007 }, (_, n) => (n * 7919 + (n >> 3) * 31) & 255);
    assert.deepEqual(unpacked(packed(random)), random);
    const usable = [], ready = [];
    for (let n = 0; n < 3; n++) {
      const { page, close } = await opened();
      // Files can be dropped once the script has run; they wait for the module.
      const times = await page.evaluate(() => [performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd, performance.now()]);
      usable.push(times[0]);
      ready.push(times[1]);
      await close();
    }
    const least = (times) => Math.min(...times).toFixed(0);
    console.log(`  ${(size / 1e6).toFixed(2)} MB, opened from the disk: takes files after ${least(usable)} ms, has its module after ${least(ready)} ms`);
    assert.ok(size <= 2_500_000, `${size}`);
  },

  async "what is saved is what the program writes, for every sample"() {
    const { page, close, complaints } = await opened();
    const folders = [join(root, "data"), join(root, "tests/data"), ...more];
    let compared = 0;
    const refused = new Map(), missing = new Map();
    for (const { main, paths } of folders.flatMap(filesBelow)) {
      const code = await give(page, paths);
      const about = relative(root, main);
      const question = await page.inputValue("#question");
      if (code !== null) {
        if (NOT_IN_CORE.includes(code)) missing.set(code, (missing.get(code) ?? 0) + 1);
        else {
          const { said } = native(question, main, "csv");
          assert.ok(said, `${about}: the page says ${code}, the program has an answer`);
          refused.set(code, (refused.get(code) ?? 0) + 1);
        }
      } else {
        const expected = native(question, main, "csv");
        assert.ok(expected.bytes, `${about}: the page has an answer, the program says ${expected.said}`);
        const { bytes } = await saveRows(page, "csv");
        assert.ok(expected.bytes.equals(bytes), `${about}: ${question}`);
        compared += 1;
      }
      await page.click("#files li:has(:checked) button");
    }
    const list = (counts) => [...counts].map(([code, count]) => `${count} ${code}`).join(", ");
    console.log(`  ${compared} tables equal; in both an error: ${list(refused)}; only in the program: ${list(missing)}`);
    assert.ok(compared > 60);
    complaints.length = 0;
    await close();
  },

  async "a shapefile in GBK and a Gauss-Krüger zone: a workbook in Chinese"() {
    const { page, close } = await opened({ lang: "zh-CN" });
    make("地块.shp", "convert", join(root, "data/sample-parcels.shp"), "--encoding", "gbk", "--to-crs", "EPSG:4528");
    assert.equal(await give(page, ["shp", "shx", "dbf", "prj", "cpg"].map((ending) => join(work, `地块.${ending}`))), null);
    assert.match(await page.textContent("#status"), /地块\.shp：共30个地块/);
    assert.match(await page.textContent("#detected"), /EPSG:4528.*GB/i);
    const { name, bytes } = await saveReport(page, "xlsx");
    assert.equal(name, "地块-报告.xlsx");
    make("native.xlsx", "overlay", join(work, "地块.shp"), "--report", join(work, "native.xlsx"), "--no-map", "--lang", "zh");
    const parts = workbook(readFileSync(join(work, "native.xlsx")));
    for (const [part, text] of workbook(bytes)) assert.equal(text, parts.get(part), part);
    await close();
  },

  async "a survey TXT: shares, a filter, a Word report"() {
    const { page, close } = await opened();
    const path = join(root, "data/sample-parcels.txt");
    assert.equal(await give(page, [path]), null);
    assert.deepEqual((await heads(page)).slice(0, 5), ["编号", "Zone", "Zone name", "Relation", "Area (m²)"]);
    assert.match(await page.textContent("#table tbody tr"), /DK001.*core.*straddles.*0\.4942693263/);
    assert.match(await page.textContent("#counts"), /Central Innovation Core/);
    await page.selectOption('#filters select[aria-label="Relation"]', "=within");
    await page.waitForFunction(() => document.querySelector("#shown").textContent === "10 of 47 rows");
    await page.fill("#filters input", "DK02");
    await page.waitForFunction(() => !document.querySelector("#shown").textContent.startsWith("10 "));
    const { name, bytes } = await saveReport(page, "docx");
    assert.equal(name, "sample-parcels-report.docx");
    const native = join(work, "native.docx");
    make("native.docx", "overlay", path, "--report", native, "--no-map");
    const parts = unzipped(readFileSync(native));
    // Charts are pixels, which the page does not have.
    const words = (document) => document.replace(/<w:p>(?:(?!<\/w:p>).)*<w:drawing>.*?<\/w:drawing>.*?<\/w:p>/gs, "");
    const own = unzipped(bytes).get("word/document.xml");
    assert.equal(words(own), words(parts.get("word/document.xml")));
    assert.match(own, /Central Innovation Core/);
    await close();
  },

  async "a workbook in GCJ-02: named, on the map, linked with the table"() {
    const { page, close } = await opened();
    const path = make("高德.xlsx", "convert", join(root, "data/landmarks.csv"), "--to-crs", "GCJ02");
    await give(page, [path]);
    await page.click("#reading summary");
    await page.fill('#read-options input[name="crs"]', "GCJ02");
    await page.press('#read-options input[name="crs"]', "Enter");
    await page.waitForFunction(() => /14 inside/.test(document.querySelector("#status").textContent));
    await settled(page);
    const map = await frame(page);
    const position = await map.evaluate(() => JSON.parse(document.querySelector("#data").textContent).sites.lon[0]);
    assert.ok(Math.abs(position - 121.36898) < 1e-5, `${position}`);
    const { bytes } = await saveRows(page, "csv");
    assert.ok(native("locate", path, "csv", "--crs", "GCJ02").bytes.equals(bytes));
    // From the table to the map, and back.
    await page.click("#table tbody tr:nth-child(3)");
    await map.waitForFunction(() => document.querySelector("#card").textContent.includes("Guobo Centre Station"));
    const pixel = await map.evaluate(() => {
      const { lon, lat } = JSON.parse(document.querySelector("#data").textContent).sites;
      window.corridor.choose(1);
      return window.corridor.pixelOf([lon[0], lat[0]]);
    });
    const box = await page.locator("#map").boundingBox();
    await page.mouse.click(box.x + 1 + pixel[0], box.y + 1 + pixel[1]);
    await page.waitForFunction(() => document.querySelector('#table tr[aria-selected="true"]')?.textContent.includes("台州站"));
    await close();
  },

  async "an outline of one's own without accuracy: not assessed"() {
    const { page, close } = await opened();
    const outline = join(work, "片区.geojson");
    const square = (name, west) => ({ type: "Feature", properties: { 名称: name }, geometry: { type: "Polygon",
      coordinates: [[[west, 28.6], [west + 0.04, 28.6], [west + 0.04, 28.68], [west, 28.68], [west, 28.6]]] } });
    writeFileSync(outline, JSON.stringify({ type: "FeatureCollection", features: [square("东片", 121.4), square("西片", 121.36)] }));
    const sites = join(root, "data/landmarks.csv");
    await give(page, [sites, outline]);
    await page.click("#outline-box summary");
    await page.selectOption("#outline", { label: "片区.geojson" });
    await page.selectOption('#outline-options select[name="nameField"]', "名称");
    await page.waitForFunction(() => /东片/.test(document.querySelector("#outline-said").textContent) || document.querySelector("#counts")?.textContent.includes("东片"));
    await settled(page);
    assert.match(await page.textContent("#counts tbody"), /西片/);
    assert.match(await page.textContent("#table tbody tr"), /西片.*not assessed|not assessed/);
    const { bytes } = await saveRows(page, "csv");
    assert.ok(native("locate", sites, "csv", "--plan", outline, "--name-field", "名称").bytes.equals(bytes));
    assert.doesNotMatch(await page.textContent("#status"), /[1-9]\d* uncertain/);
    await page.fill('#outline-options input[name="planAccuracy"]', "300");
    await page.press('#outline-options input[name="planAccuracy"]', "Enter");
    await page.waitForFunction(() => /[1-9]\d* uncertain/.test(document.querySelector("#status").textContent));
    await close();
  },

  async "what cannot be read is named, with what to do, and the page does it"() {
    const { page, close } = await opened();
    const broken = join(work, "broken.xlsx");
    writeFileSync(broken, readFileSync(make("whole.xlsx", "convert", join(root, "data/landmarks.csv"))).subarray(0, 3000));
    assert.ok(await give(page, [broken]));
    assert.match(await page.textContent("#problem"), /broken\.xlsx/);
    const unnamed = join(work, "unnamed.csv");
    writeFileSync(unnamed, "name,a,b\n台州站,121.36898,28.65590\n");
    assert.equal(await give(page, [unnamed]), "no-coordinate-columns");
    assert.match(await page.textContent("#problem"), /“Column of longitudes or eastings”/);
    await page.fill('#read-options input[name="lonField"]', "a");
    await page.press('#read-options input[name="lonField"]', "Tab");
    await settled(page);
    await page.fill('#read-options input[name="latField"]', "b");
    await page.press('#read-options input[name="latField"]', "Tab");
    await page.waitForFunction(() => /1 inside/.test(document.querySelector("#status").textContent));
    await close();
  },

  async "polygons: overlaps and gaps, on the map"() {
    const { page, close } = await opened();
    const path = join(root, "data/sample-parcels.geojson");
    await give(page, [path]);
    await page.selectOption("#question", "check");
    await page.waitForFunction(() => /info/.test(document.querySelector("#status").textContent));
    await settled(page);
    const { bytes } = await saveRows(page, "csv");
    assert.ok(native("check", path, "csv", "--coverage").bytes.equals(bytes));
    const map = await frame(page);
    assert.ok(await map.evaluate(() => JSON.parse(document.querySelector("#data").textContent).table.hasFindings));
    await close();
  },

  async "maps are saved as a page, a drawing and pixels"() {
    const { page, close } = await opened();
    await give(page, [join(root, "data/landmarks.csv")]);
    const written = {};
    for (const format of ["html", "svg", "png"]) {
      await page.selectOption("#map-format", format);
      written[format] = (await saved(page, "#save-map")).bytes;
    }
    make("native.svg", "map", join(root, "data/landmarks.csv"), "-o", join(work, "native.svg"));
    assert.ok(readFileSync(join(work, "native.svg")).equals(written.svg), "the drawing is that of the program");
    assert.match(written.html.toString(), /^<!DOCTYPE html>/);
    assert.deepEqual([...written.png.subarray(1, 4)], [80, 78, 71]);
    assert.equal(written.png.readUInt32BE(16), Math.round((297 / 25.4) * 200));
    await close();
  },

  async "formats: every one that is offered is written"() {
    const { page, close } = await opened();
    for (const [path, question] of [[join(root, "data/landmarks.csv"), "locate"], [join(root, "data/sample-parcels.txt"), "overlay"]]) {
      await give(page, [path]);
      for (const format of await page.$$eval("#format option", (options) => options.map(({ value }) => value))) {
        // A drawing is in a plane.
        await page.fill("#to-crs", format === "dxf" ? "EPSG:4549" : "");
        const { bytes, name } = await saveRows(page, format);
        if (["xlsx", "shapefile"].includes(format)) continue;
        const args = { excel: ["--excel"], dxf: ["--to-crs", "EPSG:4549"] }[format] ?? [];
        const command = format === "survey-txt" ? "convert" : question;
        const expected = nativeNamed(name, command, path, ...args);
        assert.ok(expected.bytes?.equals(bytes), `${question} ${format}: ${expected.said}`);
      }
    }
    await close();
  },

  async "both languages, keys, theme"() {
    const { page, close } = await opened({ width: 1200 });
    await give(page, [join(root, "data/landmarks.csv")]);
    await page.click("#language");
    await page.waitForFunction(() => /共32行/.test(document.querySelector("#status").textContent));
    await settled(page);
    assert.match(await page.textContent("#notice"), /非官方/);
    assert.ok((await heads(page)).includes("可信度"));
    assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
    await page.click("#theme");
    await page.click("#theme");
    assert.equal(await (await frame(page)).getAttribute("html", "data-theme"), "dark");
    await page.focus("#table");
    for (const key of ["ArrowDown", "ArrowDown", "End"]) await page.keyboard.press(key);
    await page.waitForFunction(() => document.querySelector('#table tr[aria-selected="true"]')?.getAttribute("aria-rowindex") === "33");
    await page.click('#table th[data-column="distance_to_boundary_m"] button');
    await page.waitForFunction(() => document.querySelector("th[aria-sort=ascending]"));
    const { index } = await page.$eval("th[aria-sort]", (head) => ({ index: head.cellIndex }));
    const distances = await page.$$eval("#table tbody tr", (rows, index) => rows.map((row) => Number(row.cells[index].textContent)), index);
    assert.deepEqual(distances, [...distances].sort((a, b) => a - b));
    await close();
  },

  async "nothing that axe finds, and no sideways scrolling, on a desktop and a phone"() {
    const axe = readFileSync(join(folder, "node_modules/axe-core/axe.min.js"), "utf8");
    for (const [width, colorScheme, lang] of [[1360, "light", "en"], [390, "dark", "zh-CN"]]) {
      // The test's own script is not of the page.
      const { page, close } = await opened({ width, height: 844, colorScheme, lang, bypassCSP: true });
      const look = async (name) => {
        await page.screenshot({ path: join(work, `${name}-${width}.png`), fullPage: true });
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run(document, { iframes: false }));
        assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], name);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} at ${width}`);
      };
      await look("welcome");
      await page.click('[data-sample="parcels"]');
      await settled(page);
      for (const details of ["#reading", "#outline-box", "#about", "#counts"]) await page.click(`${details} > summary`);
      await page.waitForTimeout(300);
      await look("answer");
      await close();
    }
  },

  async "what takes long can be given up; a worker that ends is replaced"() {
    const { page, close } = await opened();
    const many = join(work, "many.csv");
    writeFileSync(many, `name,lon,lat\n${Array.from({ length: 150_000 }, (_, n) => `n${n},${121.2 + (n % 997) * 3e-4},${28.5 + (n % 499) * 4e-4}`).join("\n")}\n`);
    await page.setInputFiles("#files-input", [many]);
    await page.waitForFunction(() => /Computing/.test(document.querySelector("#phase").textContent));
    await page.click("#cancel");
    await page.waitForFunction(() => /Cancelled/.test(document.querySelector("#status").textContent));
    await page.waitForFunction(() => document.querySelector("#busy").hidden);
    assert.equal(await page.locator("#files li").count(), 1, "the file is still there");
    await give(page, [join(root, "data/landmarks.csv")]);
    assert.match(await page.textContent("#status"), /14 inside/);
    await close();
  },

  async "what is shown is of the file that was chosen last"() {
    const { page, close } = await opened();
    const [big, small] = [join(work, "big.csv"), join(work, "small.csv")];
    writeFileSync(big, `name,lon,lat\n${Array.from({ length: 90_000 }, (_, n) => `BIG${n},121.4,28.65`).join("\n")}\n`);
    writeFileSync(small, "name,lon,lat\nSMALL1,121.4,28.65\nSMALL2,121.41,28.65\n");
    await give(page, [big]);
    await give(page, [small]);
    await page.click("#files li:nth-child(1) label");
    await page.click("#files li:nth-child(2) label");
    await page.waitForFunction(() => /small\.csv: 2 rows/.test(document.querySelector("#status").textContent));
    await settled(page);
    await page.click('#table th[data-column="name"] button');
    await page.waitForTimeout(300);
    assert.match(await page.textContent("#table tbody"), /^SMALL1.*SMALL2/);
    // Given up while it is saved, the table is not left empty.
    await page.evaluate(() => {
      document.querySelector("#save-rows").click();
      setTimeout(() => document.querySelector("#cancel").click());
    });
    await page.waitForFunction(() => document.querySelector("#busy").hidden);
    if (await page.isVisible("#again")) {
      await page.click("#again");
      await settled(page);
    }
    await page.waitForFunction(() => document.querySelector("#table tbody").textContent.includes("SMALL2"));
    await close();
  },

  async "columns of a file that are called as those of answers stay its own"() {
    const { page, close } = await opened();
    const parcels = JSON.parse(readFileSync(join(root, "data/sample-parcels.geojson"), "utf8"));
    for (const { properties } of parcels.features) Object.assign(properties, { share: 0.5, relation: "within", certainty: "" });
    const path = join(work, "named.geojson");
    writeFileSync(path, JSON.stringify(parcels));
    await give(page, [path]);
    await page.waitForSelector('#filters select[aria-label="Certainty"]');
    assert.ok(await page.isVisible('#filters select[aria-label="Relation"]'));
    const map = await frame(page);
    const rows = page.locator("#table tbody tr");
    for (const [place, name] of [[6, "DK004"], [7, "DK004"], [10, "DK006"]]) {
      await rows.nth(place).click();
      assert.match(await rows.nth(place).textContent(), new RegExp(name));
      await map.waitForFunction((name) => document.querySelector("#card h2").textContent.startsWith(name), name);
    }
    assert.doesNotMatch(await page.textContent("#table tbody tr td:last-child"), /not assessed/);
    await close();
  },

  async "a million sites and a hundred thousand parcels"() {
    const { page, close } = await opened();
    const sites = join(work, "million.csv"), parcels = join(work, "parcels.csv");
    const next = ((state) => () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32)(7);
    const lines = (count, line) => Array.from({ length: count }, (_, n) => line(n)).join("\n");
    writeFileSync(sites, `name,lon,lat\n${lines(1_000_000, (n) => `n${n},${(121.15 + 0.35 * next()).toFixed(6)},${(28.5 + 0.25 * next()).toFixed(6)}`)}\n`);
    writeFileSync(parcels, `pid,wkt\n${lines(100_000, (n) => {
      const [x, y] = [121.15 + 0.35 * next(), 28.5 + 0.25 * next()];
      const at = (i, j) => `${(x + i * 5e-4).toFixed(7)} ${(y + j * 5e-4).toFixed(7)}`;
      return `p${n},"POLYGON((${[at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)].join(",")}))"`;
    })}\n`);
    for (const path of [sites, parcels]) {
      await page.evaluate(() => {
        window.longest = 0;
        window.watch?.disconnect();
        window.watch = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
        });
        window.watch.observe({ entryTypes: ["longtask"] });
      });
      const start = performance.now();
      assert.equal(await give(page, [path]), null);
      const seconds = (performance.now() - start) / 1000;
      const said = await page.textContent("#status");
      await page.evaluate(() => (document.querySelector("#table").scrollTop = 1e9));
      await page.waitForFunction(() => /^n999999|p99999/.test(document.querySelector("#table tbody tr:last-child")?.textContent ?? ""));
      const longest = await page.evaluate(() => window.longest);
      console.log(`  ${basename(path)}: ${seconds.toFixed(1)} s until the answer; longest task of the page ${longest.toFixed(0)} ms; ${said}`);
      assert.ok(!/Map|map of/.test(await page.textContent("#problem")));
    }
    await close();
  },
};

const only = process.env.ONLY;
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  if (only && !name.includes(only)) continue;
  const start = performance.now();
  try {
    await test();
    console.log(`ok   ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${error.stack}`);
  }
}
await browser.close();
process.exit(failed === 0 ? 0 : 1);
