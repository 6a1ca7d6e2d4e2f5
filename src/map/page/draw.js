// The drawing: zones, sites, graticule, names.

const HUES = 6;
// More sites than that in view are drawn as groups.
const MOST_SINGLE_SITES = 2000;
const GROUP_PX = 56;

// The number of a zone's hue: that of the core or zone it is in; null for the corridor.
function hueOf(zones, number) {
  const zone = zones[number];
  if (zone.level === "corridor") return null;
  if (zone.level === "cluster" && zone.parent !== null) return hueOf(zones, zone.parent);
  return zones.slice(0, number).filter((before) => before.isPartition).length % HUES;
}

function Drawing(canvas, view, zones, sites) {
  const context = canvas.getContext("2d");
  const shapes = zones.map((zone) => zone.shape.map((rings) => rings.map((ring) => ringInWorld(ring, view))));
  const hues = zones.map((_, number) => hueOf(zones, number));
  const spots = sites === null ? [] : sites.lon.map((lon, number) => view.toWorld([lon, sites.lat[number]]));
  let drawnSites = [];
  let colour = (name) => name;

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    const known = new Map();
    colour = (name) => {
      if (!known.has(name)) known.set(name, style.getPropertyValue(`--${name}`).trim());
      return known.get(name);
    };
  }

  function trace(number) {
    context.beginPath();
    const size = view.size();
    for (const ring of shapes[number].flat()) {
      for (let i = 0; i < ring.length; i += 2) {
        const px = (ring[i] - view.x) * size + view.width / 2, py = (ring[i + 1] - view.y) * size + view.height / 2;
        if (i === 0) context.moveTo(px, py);
        else context.lineTo(px, py);
      }
      context.closePath();
    }
  }

  function stroke(width, style, dashes = []) {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.setLineDash(dashes);
    context.stroke();
  }

  function fill(style, opacity) {
    context.globalAlpha = opacity;
    context.fillStyle = style;
    context.fill("evenodd");
    context.globalAlpha = 1;
  }

  // The pixels of a zone's box.
  function boxOnScreen({ box: [west, south, east, north] }) {
    const [left, bottom] = view.toPixel(view.toWorld([west, south]));
    const [right, top] = view.toPixel(view.toWorld([east, north]));
    return { left, top, right, bottom };
  }

  function isInView({ left, top, right, bottom }) {
    return right >= 0 && bottom >= 0 && left <= view.width && top <= view.height;
  }

  function isShown(zone, layers) {
    if (zone.level === "corridor") return layers.corridor;
    return zone.isPartition ? layers.zones : layers.clusters;
  }

  function drawZones({ layers, selected, hovered }) {
    const shown = [...zones.keys()].filter((number) => isShown(zones[number], layers));
    const inView = shown.filter((number) => isInView(boxOnScreen(zones[number])));
    const at = (isAsked) => inView.filter((number) => isAsked(zones[number]));
    const line = (number) => colour(`hue-${hues[number]}`);
    const emphasis = (number) => (number === selected ? 0.2 : number === hovered ? 0.1 : 0);
    for (const number of at((zone) => zone.isPartition)) {
      trace(number);
      fill(line(number), 0.26 + emphasis(number));
      stroke(1.8, line(number));
    }
    for (const number of at((zone) => zone.level === "cluster")) {
      trace(number);
      fill(line(number), 0.2 + emphasis(number));
      stroke(1.4, line(number), [5, 3]);
    }
    for (const number of at((zone) => zone.level === "corridor")) {
      trace(number);
      stroke(3, colour("faint"));
    }
    if (selected !== null && shown.includes(selected)) {
      trace(selected);
      stroke(6, colour("halo"));
      stroke(3, colour("pick"));
    }
    return inView;
  }

  function drawSites() {
    const size = view.size();
    const step = GROUP_PX / (TILE_PX * 2 ** Math.floor(view.zoom));
    const inView = [];
    for (const [number, [x, y]] of spots.entries()) {
      const px = (x - view.x) * size + view.width / 2, py = (y - view.y) * size + view.height / 2;
      if (px > -9 && py > -9 && px < view.width + 9 && py < view.height + 9) inView.push({ number, px, py, count: 1 });
    }
    drawnSites = inView;
    const areGrouped = inView.length > MOST_SINGLE_SITES;
    if (areGrouped) {
      const groups = new Map();
      for (const { number, px, py } of inView) {
        const [x, y] = spots[number];
        const cell = Math.floor(x / step) * 2 ** 24 + Math.floor(y / step);
        const group = groups.get(cell) ?? { number, px: 0, py: 0, count: 0 };
        groups.set(cell, { number, px: group.px + px, py: group.py + py, count: group.count + 1 });
      }
      drawnSites = [...groups.values()].map((group) =>
        ({ ...group, px: group.px / group.count, py: group.py / group.count }));
    }
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const { number, px, py, count } of drawnSites) {
      context.beginPath();
      context.arc(px, py, count > 1 ? groupRadius(count) : 4.5, 0, 2 * Math.PI);
      stroke(4, colour("halo"));
      context.fillStyle = count === 1 && sites.uncertain[number] ? colour("paper") : colour("ink");
      context.fill();
      stroke(1.8, colour("ink"));
      if (count > 1) {
        context.font = "600 11px system-ui, sans-serif";
        context.fillStyle = colour("paper");
        context.fillText(shortCount(count), px, py + 0.5);
      }
    }
    return { count: inView.length, areGrouped };
  }

  const groupRadius = (count) => 8 + 2 * Math.log10(count) ** 1.3 * 2;
  const shortCount = (count) => (count < 1000 ? count : count < 9950 ? `${(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`);

  // Names that find room, the more important first.
  function drawNames(inView, { selected, nameOf, siteNameOf, layers }) {
    const taken = drawnSites.map(({ px, py, count }) => {
      const radius = count > 1 ? groupRadius(count) : 5;
      return [px - radius, py - radius, px + radius, py + radius];
    });
    const place = (lines, size, weight, px, py, isLeft) => {
      context.font = `${weight} ${size}px system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif`;
      const width = Math.max(...lines.map((line) => context.measureText(line).width));
      const height = lines.length * size * 1.2;
      const left = isLeft ? px : px - width / 2;
      const box = [left - 2, py - height / 2, left + width + 2, py + height / 2];
      const meets = (other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
      if (box[0] < 0 || box[2] > view.width || box[1] < 0 || box[3] > view.height || taken.some(meets)) return;
      taken.push(box);
      context.textAlign = isLeft ? "left" : "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      for (const [row, line] of lines.entries()) {
        const y = box[1] + size * 1.2 * (row + 0.5);
        context.lineWidth = 3.5;
        context.setLineDash([]);
        context.strokeStyle = colour("halo");
        context.strokeText(line, px, y);
        context.fillStyle = colour("ink");
        context.fillText(line, px, y);
      }
    };
    const rank = (number) => (number === selected ? 0 : zones[number].isPartition ? 1 : 2);
    const named = inView.filter((number) => zones[number].level !== "corridor" && zones[number].label !== null);
    for (const number of named.sort((a, b) => rank(a) - rank(b) || a - b).slice(0, 400)) {
      const zone = zones[number];
      const { left, right, top, bottom } = boxOnScreen(zone);
      const lines = wrapped(nameOf(number), zone.isPartition ? 20 : 16);
      const isRoomy = right - left > (number === selected ? 0 : 44);
      if (!isRoomy || bottom - top < 8) continue;
      const [px, py] = view.toPixel(view.toWorld(zone.label));
      place(lines, zone.isPartition ? 13.5 : 11.5, zone.isPartition ? 700 : 500, px, py, false);
    }
    if (!layers.sites || drawnSites.length > 150) return;
    for (const { number, px, py, count } of drawnSites) {
      const name = siteNameOf(number);
      if (count === 1 && name) place([name.slice(0, 40)], 11.5, 400, px + 9, py, true);
    }
  }

  function wrapped(text, most) {
    const lines = [""];
    for (const word of text.slice(0, 80).split(" ")) {
      const line = lines.at(-1);
      if (line && line.length + word.length >= most) lines.push(word);
      else lines[lines.length - 1] = line ? `${line} ${word}` : word;
    }
    return lines;
  }

  function drawGraticule() {
    const [west, north] = view.lonLatAt([0, 0]), [east, south] = view.lonLatAt([view.width, view.height]);
    const steps = [30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005];
    const step = steps.find((step) => (step / (east - west)) * view.width < 190) ?? 0.0005;
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const line = (from, to) => {
      context.beginPath();
      for (let n = 0; n <= 16; n++) {
        const t = n / 16;
        context.lineTo(...view.toPixel(view.toWorld([from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t])));
      }
      stroke(1, colour("grid"));
    };
    context.font = "11px system-ui, sans-serif";
    const write = (text, px, py, align) => {
      context.textAlign = align;
      context.textBaseline = "middle";
      context.lineWidth = 3;
      context.strokeStyle = colour("halo");
      context.strokeText(text, px, py);
      context.fillStyle = colour("faint");
      context.fillText(text, px, py);
    };
    const texts = [];
    for (let n = Math.ceil(west / step); n * step <= east; n++) {
      line([n * step, Math.max(south, -85)], [n * step, Math.min(north, 85)]);
      const [px] = view.toPixel(view.toWorld([n * step, north]));
      const lon = Math.abs(n * step).toFixed(decimals);
      texts.push([`${lon}°${n < 0 ? "W" : "E"}`, px, 10, "center"]);
    }
    for (let n = Math.ceil(south / step); n * step <= north; n++) {
      line([west, n * step], [east, n * step]);
      const [, py] = view.toPixel(view.toWorld([west, n * step]));
      const lat = Math.abs(n * step).toFixed(decimals);
      if (py > 22) texts.push([`${lat}°${n < 0 ? "S" : "N"}`, 6, py, "left"]);
    }
    return () => texts.forEach((text) => write(...text));
  }

  function drawPin([px, py]) {
    context.beginPath();
    context.arc(px, py, 8, 0, 2 * Math.PI);
    stroke(6, colour("halo"));
    stroke(2.5, colour("pick"));
    context.beginPath();
    context.arc(px, py, 2.2, 0, 2 * Math.PI);
    context.fillStyle = colour("pick");
    context.fill();
  }

  function drawCrosshair() {
    const [px, py] = [view.width / 2, view.height / 2];
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(px + 4 * dx, py + 4 * dy);
      context.lineTo(px + 14 * dx, py + 14 * dy);
    }
    stroke(4, colour("halo"));
    stroke(1.8, colour("pick"));
  }

  // Draws all, with so many dots a pixel, and tells how many sites are in view.
  function draw(state, density) {
    canvas.width = Math.round(view.width * density);
    canvas.height = Math.round(view.height * density);
    context.setTransform(density, 0, 0, density, 0, 0);
    const writeDegrees = state.layers.graticule ? drawGraticule() : () => {};
    const inView = drawZones(state);
    drawnSites = [];
    const siteCount = state.layers.sites && sites !== null ? drawSites() : { count: 0, areGrouped: false };
    drawNames(inView, state);
    writeDegrees();
    if (state.pin !== null) drawPin(view.toPixel(view.toWorld(state.pin)));
    if (state.hasCrosshair) drawCrosshair();
    return siteCount;
  }

  // The site or group under a pixel.
  function siteAt([px, py]) {
    let best = null;
    for (const site of drawnSites) {
      const reach = site.count > 1 ? groupRadius(site.count) : 9;
      const distance = Math.hypot(site.px - px, site.py - py);
      if (distance <= reach && (best === null || distance < best.distance)) best = { ...site, distance };
    }
    return best;
  }

  return { draw, siteAt, readColours };
}
