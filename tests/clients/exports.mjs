// Opens what exports.py wrote with geojsonhint, check-geojson, mapshaper, topojson-client, and draws it with
// MapLibre and Leaflet in Chromium. `node exports.mjs FOLDER`
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const require = createRequire(import.meta.url);
const folder = resolve(process.argv[2]);
const read = (name) => readFileSync(join(folder, name), "utf8");
let checks = 0;
function check(isRight, what) {
  checks += 1;
  if (!isRight) {
    console.error(`FAILED: ${what}`);
    process.exit(1);
  }
}

// The validators have nothing to say.
const geojsonhint = require("geojsonhint");
const { check: checkGeojson } = require("@placemarkio/check-geojson");
for (const name of ["plan", "styled", "gcj02", "bd09", "located", "pieces"]) {
  const text = read(`${name}.geojson`);
  const hints = geojsonhint.hint(text);
  check(hints.length === 0, `geojsonhint on ${name}: ${JSON.stringify(hints.slice(0, 3))}`);
  try {
    checkGeojson(text);
    check(true);
  } catch (error) {
    check(false, `check-geojson on ${name}: ${JSON.stringify(error.issues?.slice(0, 3) ?? error.message)}`);
  }
}

// The largest difference of areas, relative to those of the plan, by the surveyor's formula.
const ringArea = (ring) => {
  const [x0, y0] = ring[0];
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) {
    sum += (ring[i - 1][0] - x0) * (ring[i][1] - y0) - (ring[i][0] - x0) * (ring[i - 1][1] - y0);
  }
  return Math.abs(sum / 2);
};
const area = ({ type, coordinates }) =>
  (type === "Polygon" ? [coordinates] : coordinates)
    .map(([exterior, ...holes]) => ringArea(exterior) - holes.reduce((sum, hole) => sum + ringArea(hole), 0))
    .reduce((a, b) => a + b, 0);
const nameOf = (feature) => feature.properties.name;
const plan = JSON.parse(read("plan.geojson"));
const expected = new Map(plan.features.map((feature) => [nameOf(feature), area(feature.geometry)]));
function difference(collection) {
  check(collection.features.length === expected.size, "all features");
  return Math.max(
    ...collection.features.map((feature) => Math.abs(area(feature.geometry) / expected.get(nameOf(feature)) - 1)),
  );
}

// mapshaper, there and back, from each format that it reads. It keeps all digits unless told to round.
const mapshaper = require("mapshaper");
const inputs = ["plan.geojson", "styled.geojson", "styled.topojson", "shp/styled.shp", "styled.kml", "shp/fgb.fgb"];
for (const name of inputs) {
  // Of KML each folder is a layer.
  const merge = name.endsWith("kml") ? "-merge-layers target=* force" : "";
  const commands = `-i "${join(folder, name)}" ${merge} -o out.json format=geojson`;
  const output = await mapshaper.applyCommands(commands, {});
  const back = difference(JSON.parse(output["out.json"]));
  console.log(`mapshaper, ${name}: areas within ${back.toExponential(1)}`);
  check(back <= 1e-9, `mapshaper keeps areas of ${name}: ${back}`);
}

// TopoJSON by its own library.
const topojson = require("topojson-client");
const topology = JSON.parse(read("styled.topojson"));
const decoded = topojson.feature(topology, topology.objects.styled);
const back = difference(decoded);
check(back <= 1e-9, `topojson-client decodes the areas: ${back}`);
check(decoded.features.every((feature, i) => feature.id === plan.features[i].id), "topojson-client keeps ids");
const neighbours = topojson.neighbors(topology.objects.styled.geometries);
const core = decoded.features.findIndex((feature) => feature.id === "core");
const besides = neighbours[core].map((number) => decoded.features[number].id);
check(["jiaojiang", "huangyan", "luqiao"].every((id) => besides.includes(id)), `neighbours of the core: ${besides}`);
console.log(`topojson-client: areas within ${back.toExponential(1)}`);

// Maps in a browser: the styled GeoJSON, and vector tiles.
const browser = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => process.env.PATH.split(":").map((path) => join(path, name)))
  .find(existsSync);
if (!browser) {
  console.log("Chromium is not there: maps are left out");
} else {
  const script = (name, file) => `<script src="file://${join(dirname(require.resolve(`${name}/package.json`)), file)}"></script>`;
  const sheet = (name, file) => `<link rel="stylesheet" href="file://${join(dirname(require.resolve(`${name}/package.json`)), file)}">`;
  const page = (head, body) =>
    `<!doctype html><meta charset="utf-8">${head}<style>html,body,#map{margin:0;height:100%;background:#fff}</style>
     <div id="map"></div><script>const plan = ${read("styled.geojson")};${body}</script>`;
  const pages = {
    leaflet: page(
      sheet("leaflet", "dist/leaflet.css") + script("leaflet", "dist/leaflet.js"),
      `const map = L.map("map", {zoomAnimation: false});
       const layer = L.geoJSON(plan, {style: ({properties: p}) => ({color: p.stroke, weight: p["stroke-width"],
         fillColor: p.fill, fillOpacity: p["fill-opacity"]})}).bindTooltip((l) => l.feature.properties.name);
       map.fitBounds(layer.addTo(map).getBounds());
       window.drawn = document.querySelectorAll("path.leaflet-interactive").length;`,
    ),
    maplibre: page(
      sheet("maplibre-gl", "dist/maplibre-gl.css") + script("maplibre-gl", "dist/maplibre-gl.js"),
      `const map = new maplibregl.Map({container: "map", bounds: plan.bbox, fitBoundsOptions: {padding: 30}, style: {version: 8,
         sources: {plan: {type: "geojson", data: plan}}, layers: [
           {id: "fill", type: "fill", source: "plan", paint: {"fill-color": ["get", "fill"], "fill-opacity": ["get", "fill-opacity"]}},
           {id: "line", type: "line", source: "plan", paint: {"line-color": ["get", "stroke"], "line-width": ["get", "stroke-width"]}}]}});
       map.once("idle", () => { window.drawn = new Set(map.queryRenderedFeatures({layers: ["fill"]}).map((f) => f.properties.name)).size; });`,
    ),
    tiles: page(
      sheet("maplibre-gl", "dist/maplibre-gl.css") + script("maplibre-gl", "dist/maplibre-gl.js") + script("pmtiles", "dist/pmtiles.js"),
      `const bytes = Uint8Array.from(atob("${readFileSync(join(folder, "styled.pmtiles")).toString("base64")}"), (c) => c.charCodeAt(0));
       const source = {getKey: () => "plan", getBytes: async (offset, length) => ({data: bytes.buffer.slice(offset, offset + length)})};
       const protocol = new pmtiles.Protocol({metadata: true});
       protocol.add(new pmtiles.PMTiles(source));
       maplibregl.addProtocol("pmtiles", protocol.tile);
       const map = new maplibregl.Map({container: "map", bounds: plan.bbox, fitBoundsOptions: {padding: 30}, style: {version: 8,
         sources: {plan: {type: "vector", url: "pmtiles://plan"}}, layers: [
           {id: "fill", type: "fill", source: "plan", "source-layer": "styled", paint: {"fill-color": ["get", "fill"], "fill-opacity": ["get", "fill-opacity"]}},
           {id: "line", type: "line", source: "plan", "source-layer": "styled", paint: {"line-color": ["get", "stroke"], "line-width": ["get", "stroke-width"]}}]}});
       map.on("error", (event) => console.error(event.error.message));
       map.once("idle", () => { window.drawn = new Set(map.queryRenderedFeatures({layers: ["fill"]}).map((f) => f.properties.id)).size; });`,
    ),
  };
  const { default: puppeteer } = await import("puppeteer-core");
  const chromium = await puppeteer.launch({
    executablePath: browser,
    args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"],
  });
  try {
    for (const [name, html] of Object.entries(pages)) {
      const file = join(folder, `${name}.html`);
      writeFileSync(file, html);
      const tab = await chromium.newPage();
      tab.on("pageerror", (error) => console.log(`${name}: ${error.message}`));
      tab.on("console", (message) => message.type() === "error" && console.log(`${name}: ${message.text()}`));
      await tab.setViewport({ width: 1000, height: 600 });
      await tab.goto(`file://${file}`);
      await tab.waitForFunction("window.drawn !== undefined", { timeout: 60000 });
      await tab.screenshot({ path: join(folder, `${name}.png`) });
      const drawn = await tab.evaluate("window.drawn");
      check(drawn === expected.size, `${name} draws ${drawn} features`);
    }
  } finally {
    await chromium.close();
  }
  console.log(`maps: ${Object.keys(pages).map((name) => join(folder, `${name}.png`)).join(", ")}`);
}
console.log(`exports: ${checks} checks in geojsonhint, check-geojson, mapshaper, topojson-client, Leaflet, MapLibre passed`);
process.exit(0);
