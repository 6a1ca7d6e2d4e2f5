// What the examples have in common: the place of a label, and what a click shows.

// A point inside a feature: the middle of the widest stretch at half the height of its largest polygon.
export function labelPoint({ type, coordinates }) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  const [rings] = polygons.toSorted((a, b) => area(b[0]) - area(a[0]));
  const heights = rings[0].map(([, y]) => y);
  const middle = (Math.min(...heights) + Math.max(...heights)) / 2;
  const crossings = rings.flatMap((ring) => edges(ring)
    .filter(([[, y0], [, y1]]) => y0 > middle !== y1 > middle)
    .map(([[x0, y0], [x1, y1]]) => x0 + (middle - y0) * (x1 - x0) / (y1 - y0)));
  crossings.sort((a, b) => a - b);
  const stretches = crossings.flatMap((x, i) => i % 2 ? [[crossings[i - 1], x]] : []);
  const [[west, east]] = stretches.toSorted((a, b) => b[1] - b[0] - (a[1] - a[0]));
  return [(west + east) / 2, middle];
}

const edges = (ring) => ring.slice(1).map((corner, i) => [ring[i], corner]);
const area = (ring) => Math.abs(edges(ring).reduce((sum, [[x0, y0], [x1, y1]]) => sum + x0 * y1 - x1 * y0, 0));

const LEVELS = { corridor: "走廊 corridor", core: "核 core", zone: "片区 zone", cluster: "功能组团 cluster" };

// Name, level and accuracy of a feature, as an element: texts of a file are no HTML.
export function card({ name, name_en, level, accuracy_m, authority }) {
  const card = document.createElement("div");
  const line = (tag, text) => card.append(Object.assign(document.createElement(tag), { textContent: text }));
  line("strong", [name, name_en].filter(Boolean).join(" "));
  line("div", `层级 Level: ${LEVELS[level] ?? level}`);
  line("div", `精度 Accuracy: ${accuracy_m === undefined ? "未注明 not stated" : `±${accuracy_m} m`}`);
  if (authority !== "official") line("div", "示意范围，非官方边界 Indicative, not the official boundary");
  return card;
}

// The notice of a plan in GeoJSON, as the HTML that attributions are.
export function attribution({ features }) {
  const notice = features.map(({ properties }) => properties.notice).find(Boolean) ?? "";
  return notice.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
