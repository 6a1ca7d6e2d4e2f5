// Puts the parts together.

const data = JSON.parse(document.getElementById("data").textContent);
const { zones, sites } = data;
const byId = (id) => document.getElementById(id);
const canvas = byId("canvas");

const state = {
  lang: data.lang,
  theme: data.theme,
  layers: data.isLayer
    ? { zones: true, graticule: true }
    : { corridor: true, zones: true, clusters: true, graticule: true },
  selected: null,
  hovered: null,
  parcel: null,
  hoveredParcel: null,
  // What was asked last: the place, and the answer.
  answer: null,
  pin: null,
};
if (data.parcels !== null) state.layers.parcels = true;
if (sites !== null) state.layers.sites = true;
if (data.baseMaps.length) state.layers.base = true;

const locator = Locator(zones);
const view = View(data.isGcj02);
const parcels = data.parcels === null ? null : Parcels(data.parcels, view);
const drawing = Drawing(canvas, view, zones, parcels, sites);
const panel = Panel(data, parcels, locator, state, {
  change: redraw, close, select, goTo, chooseSite, chooseParcel,
});
const tiles = Tiles(byId("tiles"), data.baseMaps, view, (count) => {
  byId("credit").textContent = panel.word("tiles-failed", { count });
});

const everything = zones.reduce(
  (box, zone) => box.map((bound, i) => (i < 2 ? Math.min : Math.max)(bound, zone.box[i])),
  [Infinity, Infinity, -Infinity, -Infinity]);

const middle = () => view.lonLatAt([view.width / 2, view.height / 2]);
const keepLink = Links(() => linkTo(middle(), view.zoom, state.answer === null ? null : [state.answer.lon, state.answer.lat]));

let isWaiting = false;
function redraw() {
  keepLink();
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    draw(window.devicePixelRatio || 1);
  });
}

function draw(density) {
  tiles.update(state.layers.base ?? false);
  const hasCrosshair = canvas.matches(":focus-visible");
  const { nameOf, siteNameOf, parcelNameOf } = panel;
  panel.writeGrouped(drawing.draw({ ...state, nameOf, siteNameOf, parcelNameOf, hasCrosshair }, density));
  const { metres, pixels } = scaleBar(view, 140);
  const length = metres < 1000
    ? panel.word("metres", { number: metres })
    : panel.word("kilometres", { number: metres / 1000 });
  byId("bar").style.width = `${pixels}px`;
  byId("length").textContent = length;
  byId("scale").setAttribute("aria-label", panel.word("scale", { length }));
}

function resize() {
  const { clientWidth, clientHeight } = byId("map");
  if (clientWidth === 0 || clientHeight === 0) return;
  const isFirst = view.width === 1;
  [view.width, view.height] = [clientWidth, clientHeight];
  view.isNarrow = isNarrow();
  if (isFirst && !followLink()) view.fit(everything);
  draw(window.devicePixelRatio || 1);
}

const isNarrow = () => matchMedia("(max-width: 50rem)").matches;

// Whether the address has a view and, perhaps, a place to ask about.
function followLink() {
  const link = readLink(location.hash);
  if (link === null || !isPosition(...link.lonLat)) return false;
  view.goTo(link.lonLat, link.zoom);
  if (link.asked !== null) ask(link.asked);
  else redraw();
  return true;
}

const uncertainty = () => Math.max(0, Number(byId("uncertainty").value) || 0);

const isPosition = (lon, lat) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

// Asks about a place, and shows the finest zone there.
function ask([lon, lat], site = null) {
  if (!isPosition(lon, lat)) return;
  const found = locator.answer(lon, lat, uncertainty());
  state.answer = { lon, lat, uncertainty: uncertainty(), found, site };
  state.pin = [lon, lat];
  state.parcel = null;
  state.selected = found.finest;
  show();
  reportRow(site === null ? null : sites.row?.[site]);
}

// Shows a parcel, and the zone that most of it lies in.
function showParcel(number) {
  state.answer = state.pin = null;
  state.parcel = number;
  state.selected = parcels.zoneOf(number);
  show();
  reportRow(parcels.row?.[number]);
}

// Reports the chosen row to a program that shows the page.
function reportRow(row) {
  if (row != null) document.dispatchEvent(new CustomEvent("choice", { detail: row }));
}

function show() {
  panel.writeCard();
  // Where there is little room, the answer comes before the search box.
  byId("panel").scrollTop = isNarrow() ? byId("card").offsetTop - byId("panel").offsetTop - 8 : 0;
  redraw();
}

function select(number) {
  state.answer = state.pin = state.parcel = null;
  state.selected = number;
  if (!view.isSeen(zones[number].box)) view.fit(zones[number].box);
  show();
}

function close() {
  state.answer = state.pin = state.parcel = state.selected = null;
  panel.writeCard();
  redraw();
}

// Near enough to see a place, far enough to see where it is.
const NEAR = data.table?.hasFindings ? 17 : 12.6;

function goTo(lonLat) {
  view.goTo(lonLat, Math.max(view.zoom, NEAR));
  ask(lonLat);
}

function chooseSite(number) {
  view.goTo([sites.lon[number], sites.lat[number]], Math.max(view.zoom, NEAR));
  ask([sites.lon[number], sites.lat[number]], number);
}

function chooseParcel(number) {
  const [west, south, east, north] = parcels.boxes[number];
  const [width, height] = [east - west, north - south];
  const { left, right, top, bottom } = parcels.onScreen(number);
  // With what is around it.
  if (!view.isSeen(parcels.boxes[number]) || Math.max(right - left, bottom - top) < 24) {
    view.fit([west - 2 * width, south - 2 * height, east + 2 * width, north + 2 * height]);
  }
  showParcel(number);
}

const parcelAt = (pixel) => (state.layers.parcels ? parcels.at(pixel) : null);
// Markers of findings with an area lie upon sites.
const siteAt = (pixel) => (state.layers.parcels && parcels.markedAt(pixel) !== null ? null : drawing.siteAt(pixel));

// To the centimetre, so that the place that is shown is the place that is asked about.
const rounded = (lonLat) => lonLat.map((value) => Number(value.toFixed(7)));

function click(pixel) {
  const site = siteAt(pixel);
  if (site === null) {
    const parcel = parcelAt(pixel);
    return parcel === null ? ask(rounded(view.lonLatAt(pixel))) : showParcel(parcel);
  }
  if (site.count > 1) return openGroup(site.members);
  ask([sites.lon[site.number], sites.lat[site.number]], site.number);
  if (site.members.length > 1) panel.offerSites(site.members);
}

// The sites of a group fill the view; where no zoom sets them apart, they are offered by name.
function openGroup(members) {
  const before = view.zoom;
  const box = members.reduce(
    ([west, south, east, north], number) => [
      Math.min(west, sites.lon[number]), Math.min(south, sites.lat[number]),
      Math.max(east, sites.lon[number]), Math.max(north, sites.lat[number]),
    ],
    [Infinity, Infinity, -Infinity, -Infinity]);
  view.fit(box);
  if (view.zoom < before + 0.5) panel.offerSites(members);
  redraw();
}

function hover(pixel) {
  const tip = byId("tip");
  const before = [state.hovered, state.hoveredParcel];
  state.hovered = state.hoveredParcel = null;
  let lines = [];
  if (pixel !== null) {
    const [lon, lat] = view.lonLatAt(pixel);
    byId("pointer").textContent = `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
    const isShown = ({ number }) =>
      zones[number].level === "cluster" ? state.layers.clusters : zones[number].isPartition && state.layers.zones;
    state.hovered = locator.holding(lon, lat).filter(isShown).at(-1)?.number ?? null;
    const site = siteAt(pixel);
    if (site === null) state.hoveredParcel = parcelAt(pixel);
    if (site !== null && site.count === 1) lines = [panel.siteNameOf(site.number)];
    if (state.hoveredParcel !== null) lines = panel.shortOfParcel(state.hoveredParcel);
    if (lines.join("") === "" && state.hovered !== null) lines = [panel.nameOf(state.hovered)];
    const isRight = pixel[0] > view.width - 220;
    tip.style.transform = `translate(${pixel[0] + (isRight ? -14 : 14)}px, ${pixel[1] + 16}px)${isRight ? " translateX(-100%)" : ""}`;
  }
  lines = lines.filter((line) => line !== "");
  tip.replaceChildren(...lines.map((line) => element("div", {}, apart(line))));
  tip.hidden = lines.length === 0;
  if (before[0] !== state.hovered || before[1] !== state.hoveredParcel) redraw();
}

listen(canvas, view, {
  change: redraw,
  click,
  hover,
  ask: () => click([view.width / 2, view.height / 2]),
  escape: close,
  showAll,
});

function showAll() {
  view.fit(everything);
  redraw();
}

function zoom(steps) {
  view.zoomBy(steps);
  redraw();
}

byId("zoom-in").addEventListener("click", () => zoom(1));
byId("zoom-out").addEventListener("click", () => zoom(-1));
byId("show-all").addEventListener("click", showAll);
byId("print").addEventListener("click", () => {
  prepare(PAPER_DENSITY);
  requestAnimationFrame(() => requestAnimationFrame(() => window.print()));
});
byId("uncertainty").addEventListener("input", () => {
  if (state.answer === null) return;
  const { lon, lat, site } = state.answer;
  ask([lon, lat], site);
});
function setLang(lang) {
  state.lang = lang;
  panel.writeAll();
  redraw();
}
byId("language").addEventListener("click", () => setLang(state.lang === "zh" ? "en" : "zh"));

function setTheme(theme) {
  state.theme = theme;
  document.documentElement.dataset.theme = theme;
  panel.writeTheme();
  recolour();
}
byId("theme").addEventListener("click", () => {
  const themes = ["auto", "light", "dark"];
  setTheme(themes[(themes.indexOf(state.theme) + 1) % themes.length]);
});

function recolour() {
  drawing.readColours();
  redraw();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);

// Paper is light, and finer than a screen; the map keeps its part of the world, and is made as wide as the paper.
const PAPER_PX = 680, PAPER_DENSITY = 3;
let isPrepared = false;
// Before the browser prints: of a canvas that is drawn only then, Chromium prints the drawing in a wrong scale.
function prepare(density) {
  isPrepared = true;
  document.documentElement.dataset.theme = "light";
  drawing.readColours();
  draw(density);
}
window.addEventListener("beforeprint", () => {
  const map = byId("map");
  const isDark = getComputedStyle(document.documentElement).colorScheme === "dark";
  if (isDark && !isPrepared) prepare(window.devicePixelRatio || 1);
  byId("areas").open = true;
  map.style.width = `${view.width}px`;
  map.style.height = `${view.height}px`;
  map.style.zoom = Math.min(1, PAPER_PX / view.width);
});
window.addEventListener("afterprint", () => {
  const map = byId("map");
  isPrepared = false;
  document.documentElement.dataset.theme = state.theme;
  map.style.width = map.style.height = map.style.zoom = "";
  drawing.readColours();
  resize();
});

function saveRows(format) {
  const { columns, rows, geometries } = rowsInView(data, view, parcels, (lon, lat) =>
    locator.columns(locator.answer(lon, lat, uncertainty())));
  const [text, type] = format === "csv"
    ? [csvOf(columns, rows), "text/csv"]
    : [geojsonOf(columns, rows, geometries), "application/geo+json"];
  saveFile(`${data.table.name}.${format}`, new Blob([text], { type }));
}

function savePicture() {
  const style = getComputedStyle(document.documentElement);
  const [paper, land, ink, faint] = ["paper", "land", "ink", "faint"].map((name) => style.getPropertyValue(`--${name}`).trim());
  const density = window.devicePixelRatio || 1;
  draw(density);
  const notes = ["notice", "outline", "source"].map((id) => byId(id).textContent).filter((text) => text !== "");
  const picture = pictureOf(canvas, { title: document.title, notes, paper, land, ink, faint, density });
  picture.toBlob((blob) => saveFile(`${document.title}.png`, blob));
}

byId("save-png").addEventListener("click", savePicture);
for (const format of ["csv", "geojson"]) byId(`save-${format}`).addEventListener("click", () => saveRows(format));
window.addEventListener("hashchange", followLink);

// Alone on the page where that is asked for, or where it is a small frame of another.
const isFrame = window.parent !== window && isNarrow();
if (isFrame || new URLSearchParams(location.search).has("embed")) document.documentElement.dataset.embed ??= "yes";

panel.writeAll();
drawing.readColours();
resize();
new ResizeObserver(resize).observe(byId("map"));

// For tests and for other scripts: the answer of `corridor locate`, column by column.
window.corridor = Object.freeze({
  locate: (lon, lat, uncertaintyMetres = 0) =>
    locator.columns(isPosition(lon, lat) ? locator.answer(lon, lat, uncertaintyMetres) : null),
  pixelOf: (lonLat) => view.toPixel(view.toWorld(lonLat)),
  lonLatAt: (pixel) => view.lonLatAt(pixel),
  // How a typed position is read: of each reading the place, and the system unless it is degrees.
  read: (text) => panel.readings(text),
  // Shows a row of the table, by its number; false where the map does not have it.
  choose: (row) => {
    const [site, parcel] = [sites, parcels].map((rows) => rows?.row?.indexOf(row) ?? -1);
    if (parcel >= 0) chooseParcel(parcel);
    else if (site >= 0) chooseSite(site);
    else return false;
    // The row is seen above the answer, which lies upon the map.
    if (document.documentElement.dataset.embed !== undefined) view.moveBy(0, -byId("panel").offsetHeight / 2);
    redraw();
    return true;
  },
  setLang,
  setTheme,
});

document.documentElement.dataset.drawn = "yes";
