// Opens what exports.py wrote with geojsonhint, check-geojson, mapshaper and topojson-client. `node exports.mjs FOLDER`
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

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

console.log(`exports: ${checks} checks in geojsonhint, check-geojson, mapshaper, topojson-client passed`);
process.exit(0);
