// Draws the examples in `examples/web` in headless Chromium, from a server with byte ranges: zones in their colours,
// labels, the notice, what a click shows; and validates the styles that `corridor export --style` writes beside tiles.
//
//   node web_maps.mjs CORRIDOR FOLDER      the program; where packages are and screenshots go
//
// `CHROMIUM` names the browser, by default `chromium`.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(folder, "package.json"));
const { chromium } = require("playwright-core");
const { validateStyleMin } = require("@maplibre/maplibre-gl-style-spec");
const root = resolve(import.meta.dirname, "../..");
const site = join(folder, "web_maps");
rmSync(site, { recursive: true, force: true });
mkdirSync(site, { recursive: true });
cpSync(join(root, "examples/web"), site, { recursive: true, filter: (path) => !path.includes("node_modules") });

const corridor = (...args) => execFileSync(program, ["-q", ...args], { encoding: "utf8" });
const written = (name, ...args) => corridor("export", "--style", ...args, "-o", join(site, name));
written("leaflet/plan.geojson");
written("maplibre/plan.geojson");
written("maplibre-pmtiles/plan.pmtiles");
written("maplibre-pmtiles/规划 1.pmtiles");
const layer = ["--plan", join(root, "data/sample-parcels.geojson"), "--name-field", "编号"];
written("maplibre-pmtiles/parcels.pmtiles", ...layer);
const plan = JSON.parse(readFileSync(join(site, "leaflet/plan.geojson"), "utf8"));
const names = (...levels) => plan.features.map(({ properties }) => properties)
  .filter(({ level }) => levels.includes(level)).map(({ name }) => name).sort();

const TYPES = { ".html": "text/html", ".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css",
  ".json": "application/json", ".geojson": "application/geo+json" };
// The status of each answer, by file.
const answered = [];
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  const [status, headers, body] = answer(path, request.headers.range);
  answered.push([path, status]);
  response.writeHead(status, headers).end(body);
});
function answer(path, range) {
  let bytes;
  try {
    bytes = readFileSync(join(path.startsWith("/node_modules/") ? folder : site, path.endsWith("/") ? `${path}index.html` : path));
  } catch {
    return [404, {}, ""];
  }
  const headers = { "Content-Type": TYPES[extname(path)] ?? (path.endsWith("/") ? "text/html" : "application/octet-stream") };
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  if (!from) return [200, headers, bytes];
  const part = bytes.subarray(Number(from), Number(to) + 1);
  return [206, { ...headers, "Content-Range": `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}` }, part];
}
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: execFileSync("which", [process.env.CHROMIUM || "chromium"], { encoding: "utf8" }).trim(),
  args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// The page of an example, drawn. The style may be another one than that of the example.
async function opened(example, { width = 960, height = 640, style = null } = {}) {
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  const asked = [], complaints = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("response", (response) => response.status() >= 400 && complaints.push(`${response.status()} ${response.url()}`));
  await page.route(`${origin}/${example}/`, async (route) => {
    const html = readFileSync(join(site, example, "index.html"), "utf8");
    const [before, after] = html.split("</script>\n</html>");
    assert.equal(after, "\n");
    const body = `${before}window.map = map;</script>`.replace("plan.style.json", style ?? "plan.style.json");
    await route.fulfill({ contentType: "text/html", body });
  });
  await page.goto(`${origin}/${example}/`);
  await drawn(page).catch((error) => assert.fail([error.message, ...complaints].join("\n")));
  return { page, complaints, asked, close: () => context.close() };
}

// Before the script has run, `map` is the element with that id. MapLibre tells when all is drawn and has faded in.
async function drawn(page) {
  await page.waitForFunction(() => window.map?.getBounds, null, { timeout: 60_000 });
  const isIdle = page.evaluate(() => new Promise((done) => {
    if (!map.triggerRepaint) return requestAnimationFrame(() => requestAnimationFrame(done));
    map.once("idle", done);
    map.triggerRepaint();
  }));
  const isLate = new Promise((_, fail) => setTimeout(fail, 60_000, new Error("the map is not idle after a minute")).unref());
  await Promise.race([isIdle, isLate]);
}

// The number of pixels of each colour on the screen, by `r,g,b`.
async function colours(page, name) {
  const png = await page.screenshot({ path: join(folder, `web-${name}.png`) });
  return page.evaluate(async (data) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    canvas.drawImage(bitmap, 0, 0);
    const counts = {}, { data: pixels } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
    for (let i = 0; i < pixels.length; i += 4) {
      const colour = pixels.slice(i, i + 3).join();
      counts[colour] = (counts[colour] ?? 0) + 1;
    }
    return counts;
  }, png.toString("base64"));
}

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const over = (below, { fill, "fill-opacity": opacity }) => rgb(fill).map((value, i) => value * opacity + below[i] * (1 - opacity));
const near = (counts, colour) => Object.entries(counts)
  .filter(([found]) => found.split(",").every((value, i) => Math.abs(value - colour[i]) <= 4))
  .reduce((sum, [, count]) => sum + count, 0);

// On white, the corridor, and in it the core and each zone.
function checkColours(counts, name) {
  const [corridor, ...parts] = plan.features.filter(({ properties: { level } }) => level !== "cluster").map(({ properties }) => properties);
  for (const part of parts) {
    const pixels = near(counts, over(over([255, 255, 255], corridor), part));
    assert.ok(pixels > 1000, `${name}: ${pixels} pixels of ${part.name}`);
  }
  const dark = Object.entries(counts).filter(([found]) => found.split(",").every((value) => value < 90));
  assert.ok(dark.reduce((sum, [, count]) => sum + count, 0) > 500, `${name}: text`);
}

async function checkNotice(page) {
  const notice = page.locator(".maplibregl-ctrl-attrib, .leaflet-control-attribution");
  assert.ok(await notice.isVisible());
  assert.match(await notice.innerText(), /Indicative model.*非官方边界/s);
}

async function checkClick(page, lonLat, [name, ...texts]) {
  const [x, y] = await page.evaluate((lonLat) => {
    const { x, y } = map.latLngToContainerPoint?.(lonLat.toReversed()) ?? map.project(lonLat);
    return [x, y];
  }, lonLat);
  await page.mouse.click(x, y);
  const popup = page.locator(".maplibregl-popup-content, .leaflet-popup-content").filter({ hasText: name });
  await popup.waitFor({ timeout: 5000 });
  const said = await popup.innerText();
  for (const text of texts) assert.ok(said.includes(text), `${text} in ${said}`);
  // It may lie upon the next place.
  await page.click(".maplibregl-popup-close-button, .leaflet-popup-close-button");
  await popup.waitFor({ state: "detached" });
}

// In Luqiao, outside its clusters; the railway station, in a cluster of the core.
const LUQIAO = [121.352, 28.61], STATION = [121.36898, 28.6559];
async function checkClicks(page) {
  await checkClick(page, LUQIAO, ["路桥环飞龙湖科创生态圈 Luqiao", "片区 zone", "±1500 m", "非官方边界"]);
  await checkClick(page, STATION, ["高铁新区 High-Speed Rail New District", "功能组团 cluster", "±500 m"]);
}

const rendered = (page, type, property = "name") => page.evaluate(([type, property]) => {
  const layers = map.getStyle().layers.filter((layer) => layer.type === type).map(({ id }) => id);
  return map.queryRenderedFeatures({ layers }).map(({ properties }) => properties[property]).sort();
}, [type, property]);

// All features are drawn, and the labels that have room, each once.
async function checkFeatures(page) {
  assert.deepEqual([...new Set(await rendered(page, "fill"))], names("corridor", "core", "zone", "cluster"));
  const labels = await rendered(page, "symbol");
  assert.deepEqual(labels, [...new Set(labels)]);
  for (const name of names("core", "zone")) assert.ok(labels.includes(name), `${name} in ${labels}`);
  await page.evaluate(() => map.jumpTo({ center: [121.36, 28.65], zoom: 14.3 }));
  await drawn(page);
  assert.ok((await rendered(page, "symbol")).includes("高铁新区"));
}

const isOwn = (asked) => asked.filter((url) => !url.startsWith(origin) && !/^(data|blob|pmtiles):/.test(url));

const tests = {
  async "the styles are valid"() {
    for (const name of ["plan", "规划 1", "parcels"]) {
      const style = JSON.parse(readFileSync(join(site, `maplibre-pmtiles/${name}.style.json`), "utf8"));
      assert.deepEqual(validateStyleMin(style).map(({ message }) => message), [], name);
    }
  },

  async "Leaflet draws GeoJSON"() {
    const { page, complaints, asked, close } = await opened("leaflet");
    checkColours(await colours(page, "leaflet"), "leaflet");
    assert.equal(await page.locator("path.leaflet-interactive").count(), plan.features.length);
    const labels = () => page.locator(".name:visible").allInnerTexts();
    assert.equal((await labels()).length, names("core", "zone").length);
    assert.ok((await labels()).some((label) => label.startsWith("路桥")));
    await checkNotice(page);
    await checkClicks(page);
    await page.evaluate(() => map.setView([28.65, 121.36], 14, { animate: false }));
    assert.ok((await labels()).some((label) => label.startsWith("高铁新区")));
    assert.deepEqual([complaints, isOwn(asked)], [[], []]);
    await close();
  },

  async "MapLibre draws GeoJSON"() {
    const { page, complaints, asked, close } = await opened("maplibre");
    checkColours(await colours(page, "maplibre"), "maplibre");
    await checkNotice(page);
    await checkClicks(page);
    await checkFeatures(page);
    assert.deepEqual([complaints, isOwn(asked)], [[], []]);
    await close();
  },

  async "MapLibre draws PMTiles"() {
    answered.length = 0;
    const { page, complaints, asked, close } = await opened("maplibre-pmtiles");
    checkColours(await colours(page, "maplibre-pmtiles"), "maplibre-pmtiles");
    await checkNotice(page);
    await checkClicks(page);
    await checkFeatures(page);
    const tiles = answered.filter(([path]) => path.endsWith(".pmtiles"));
    assert.ok(tiles.length > 2 && tiles.every(([, status]) => status === 206), JSON.stringify(tiles));
    assert.deepEqual([complaints, isOwn(asked)], [[], []]);
    await close();
  },

  async "a name that is no URL, and a layer without levels"() {
    const { page, complaints, close } = await opened("maplibre-pmtiles", { style: "规划 1.style.json" });
    checkColours(await colours(page, "named"), "named");
    assert.deepEqual(complaints, []);
    await close();
    const parcels = await opened("maplibre-pmtiles", { style: "parcels.style.json" });
    await colours(parcels.page, "parcels");
    const { features } = JSON.parse(corridor("export", ...layer));
    const ids = features.map(({ id }) => id).sort();
    assert.deepEqual([...new Set(await rendered(parcels.page, "fill", "id"))], ids);
    const labels = await rendered(parcels.page, "symbol", "id");
    assert.ok(labels.length > 5 && labels.every((id) => ids.includes(id)), `${labels}`);
    assert.deepEqual(parcels.complaints, []);
    await parcels.close();
  },

  async "the examples fit a phone"() {
    for (const example of ["leaflet", "maplibre", "maplibre-pmtiles"]) {
      const { page, complaints, close } = await opened(example, { width: 390, height: 844 });
      const [west, south, east, north] = plan.bbox;
      const box = await page.evaluate(() => [map.getBounds().getWest(), map.getBounds().getSouth(), map.getBounds().getEast(), map.getBounds().getNorth()]);
      assert.ok(box[0] < west && box[1] < south && box[2] > east && box[3] > north, `${example}: ${box}`);
      await checkNotice(page);
      await colours(page, `${example}-phone`);
      assert.deepEqual(complaints, []);
      await close();
    }
  },
};

let failed = 0;
const chosen = Object.entries(tests).filter(([name]) => name.includes(process.argv[4] ?? ""));
for (const [name, test] of chosen) {
  try {
    await test();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}`);
  }
}
await browser.close();
server.close();
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
