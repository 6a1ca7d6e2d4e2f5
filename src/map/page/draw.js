// The drawing: zones, parcels, sites, graticule, names.

const HUES = 6;
// More sites than that in view are drawn as groups.
const MOST_SINGLE_SITES = 2000;
const GROUP_PX = 48;
const MOST_NAMES = 400;
// Of more sites than that, or parcels, none has its name on the map.
const MOST_NAMED = 150;
// In larger layers each name has one place.
const MOST_WITH_PLACES = 100;

// Where in a zone its name could stand, the best place first.
function placesIn(zone) {
  if (zone.label === null) return [];
  const [west, south, east, north] = zone.box;
  const places = [];
  for (let i = 1; i < 10; i++) {
    for (let j = 1; j < 10; j++) {
      const [x, y] = [west + ((east - west) * i) / 10, south + ((north - south) * j) / 10];
      if (positionIn(x, y, zone.shape) === "inside") places.push([x, y]);
    }
  }
  const far = ([x, y]) => Math.hypot(x - zone.label[0], y - zone.label[1]);
  return [zone.label, ...places.sort((a, b) => far(a) - far(b))];
}

// The number of each zone's hue: cores and zones in turn, a cluster that of what it is in; null for the corridor.
function huesOf(zones) {
  let next = 0;
  const own = zones.map((zone) => (zone.isPartition ? next++ % HUES : null));
  return zones.map((zone, number) => own[number] ?? (zone.parent === null ? null : own[zone.parent]));
}

function Drawing(canvas, view, zones, parcels, sites) {
  const context = canvas.getContext("2d");
  const shapes = zones.map((zone) => zone.shape.map((rings) => rings.map((ring) => ringInWorld(ring, view))));
  const hues = huesOf(zones);
  const spots = Float64Array.from(
    sites === null ? [] : sites.lon.flatMap((lon, number) => view.toWorld([lon, sites.lat[number]])));
  const namePlaces = zones.map((zone) => (zones.length <= MOST_WITH_PLACES ? placesIn(zone) : [zone.label])
    .filter((place) => place !== null).map(view.toWorld));
  const hasFindings = (parcels ?? sites)?.severity !== undefined;
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

  function addRings(rings) {
    const size = view.size();
    for (const ring of rings) {
      for (let i = 0; i < ring.length; i += 2) {
        const px = (ring[i] - view.x) * size + view.width / 2, py = (ring[i + 1] - view.y) * size + view.height / 2;
        if (i === 0) context.moveTo(px, py);
        else context.lineTo(px, py);
      }
      context.closePath();
    }
  }

  function trace(number) {
    context.beginPath();
    addRings(shapes[number].flat());
  }

  function stroke(width, style, dashes = []) {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.setLineDash(dashes);
    context.stroke();
  }

  function fill(style, opacity, rule = "evenodd") {
    context.globalAlpha = opacity;
    context.fillStyle = style;
    context.fill(rule);
    context.globalAlpha = 1;
  }

  function isShown(zone, layers) {
    if (zone.level === "corridor") return layers.corridor;
    return zone.isPartition ? layers.zones : layers.clusters;
  }

  function drawZones({ layers, selected, hovered }) {
    const shown = [...zones.keys()].filter((number) => isShown(zones[number], layers));
    const inView = shown.filter((number) => view.meets(zones[number].box));
    const at = (isAsked) => inView.filter((number) => isAsked(zones[number]));
    // Where findings are drawn, the colours are theirs.
    const line = (number) => colour(hasFindings ? "casing" : `hue-${hues[number]}`);
    const emphasis = (number) => (number === selected ? 0.2 : number === hovered ? 0.1 : 0);
    for (const number of at((zone) => zone.level === "corridor")) {
      trace(number);
      stroke(6, colour("casing"));
    }
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
    if (selected !== null && shown.includes(selected)) {
      trace(selected);
      stroke(6, colour("halo"));
      stroke(3, colour("pick"));
    }
    return inView;
  }

  // Parcels in view, those of a look together: in the colour of their zone, open where that is uncertain, with a broken
  // line where that is not assessed.
  function drawParcels({ parcel, hoveredParcel }) {
    const inView = parcels.inView();
    const looks = new Map();
    for (const { number, box } of inView) {
      const zone = parcels.zoneOf(number);
      const look = hasFindings
        ? `severity-${parcels.severity[number]} certain`
        : `${zone === null ? "faint" : `hue-${hues[zone]}`} ${parcels.certainty[number]}`;
      if (!looks.has(look)) looks.set(look, []);
      looks.get(look).push({ number, box });
    }
    const dotOf = ({ left, top, right, bottom }, size) =>
      [(left + right - size) / 2, (top + bottom - size) / 2, size, size];
    for (const [look, ofLook] of looks) {
      const [hue, certainty] = look.split(" ");
      const isOpen = certainty === "uncertain", isUnknown = certainty === "null";
      context.beginPath();
      for (const { number, box } of ofLook) {
        if (!box.isSmall) {
          addRings(parcels.ringsInWorld(number));
          continue;
        }
        if (hasFindings) continue;
        context.fillStyle = colour("paper");
        context.fillRect(...dotOf(box, 6));
        context.fillStyle = colour(hue);
        context.fillRect(...dotOf(box, 4));
      }
      // Where parcels overlap, both are filled.
      fill(colour("paper"), isOpen ? 0.7 : 1, "nonzero");
      fill(colour(hue), isOpen ? 0.15 : isUnknown ? 0.4 : 0.7, "nonzero");
      stroke(1.4, colour(hue), isUnknown ? [4, 3] : []);
    }
    if (hasFindings) {
      for (const { number } of inView) drawMark(...parcels.markAt(number), colour(`severity-${parcels.severity[number]}`));
    }
    for (const [number, width] of [[hoveredParcel, 2.2], [parcel, 3]]) {
      if (number === null) continue;
      const box = parcels.onScreen(number);
      context.beginPath();
      if (hasFindings) context.arc(...parcels.markAt(number), 6, 0, 2 * Math.PI);
      else if (box.isSmall) context.rect(...dotOf(box, 4));
      else addRings(parcels.ringsInWorld(number));
      stroke(width + 3, colour("halo"));
      stroke(width, colour("pick"));
    }
    return inView;
  }

  // Sites in view, one by one or, where they are many, in groups by cells that stay where they are when the map moves.
  function sitesInView() {
    const size = view.size();
    const left = view.x * size - view.width / 2, top = view.y * size - view.height / 2;
    const single = [];
    for (let number = 0; number < spots.length / 2; number++) {
      const px = spots[2 * number] * size - left, py = spots[2 * number + 1] * size - top;
      if (px > -9 && py > -9 && px < view.width + 9 && py < view.height + 9) single.push({ number, px, py, count: 1 });
    }
    if (single.length <= MOST_SINGLE_SITES) return { single, drawn: single };
    const cellsAcross = (TILE_PX * 2 ** Math.floor(view.zoom)) / GROUP_PX;
    const groups = new Map();
    for (const { number, px, py } of single) {
      const column = Math.floor(spots[2 * number] * cellsAcross), row = Math.floor(spots[2 * number + 1] * cellsAcross);
      const cell = column * 2 ** 24 + row;
      const group = groups.get(cell);
      if (group === undefined) groups.set(cell, { number, px, py, count: 1, members: [number] });
      else {
        group.px += px;
        group.py += py;
        group.count += 1;
        group.members.push(number);
      }
    }
    const middle = (group) => ({ ...group, px: group.px / group.count, py: group.py / group.count });
    return { single, drawn: [...groups.values()].map(middle) };
  }

  function drawSites() {
    const { single, drawn } = sitesInView();
    drawnSites = drawn;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = "600 10.5px system-ui, sans-serif";
    for (const site of drawnSites) site.count === 1 ? drawSite(site) : drawGroup(site);
    return { count: single.length, areGrouped: drawn !== single };
  }

  const circle = (px, py, radius) => {
    context.beginPath();
    context.arc(px, py, radius, 0, 2 * Math.PI);
  };
  const hueOfSite = (number) => (hasFindings ? `severity-${sites.severity[number]}` : sites.zone[number] === null ? "faint" : `hue-${hues[sites.zone[number]]}`);

  // A finding.
  function drawMark(px, py, hue) {
    circle(px, py, 5);
    stroke(4, colour("halo"));
    fill(hue, 1);
    stroke(1.5, colour("paper"));
  }

  // In the colour of its zone, open where that is uncertain, with a broken line where that is not assessed.
  function drawSite({ number, px, py }) {
    const uncertain = sites.uncertain[number], hue = colour(hueOfSite(number));
    if (hasFindings) return drawMark(px, py, hue);
    circle(px, py, 5);
    stroke(4, colour("halo"));
    fill(colour("paper"), 1);
    if (uncertain !== 1) fill(hue, uncertain === null ? 0.4 : 1);
    stroke(2, hue, uncertain === null ? [2.5, 2] : []);
  }

  // A ring in the colours of its sites, as much of each as there are.
  function drawGroup({ px, py, count, members }) {
    const counts = new Map();
    for (const number of members) counts.set(hueOfSite(number), (counts.get(hueOfSite(number)) ?? 0) + 1);
    const radius = groupRadius(count);
    circle(px, py, radius);
    stroke(3, colour("halo"));
    fill(colour("paper"), 1);
    let from = -Math.PI / 2;
    for (const [hue, of] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const to = from + (2 * Math.PI * of) / count;
      context.beginPath();
      context.arc(px, py, radius - 2, from, to);
      stroke(4, colour(hue));
      from = to;
    }
    context.fillStyle = colour("ink");
    context.fillText(shortCount(count), px, py + 0.5);
  }

  const groupRadius = (count) => 9 + 2.4 * Math.log10(count);
  const shortCount = (count) =>
    count < 1000 ? count : count < 9950 ? `${(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`;

  // Names that find room, the more important first.
  function drawNames(inView, parcelsInView, degrees, { selected, answer, pin, nameOf, siteNameOf, parcelNameOf, layers }) {
    const dots = drawnSites.map(({ px, py, count }) => {
      const radius = count > 1 ? groupRadius(count) : 5;
      return [px - radius, py - radius, px + radius, py + radius];
    });
    // The buttons, the scale bar and the degrees have their places.
    const names = [...view.covered(), [0, 0, view.width, 20], ...degrees];
    if (pin !== null) {
      const [px, py] = view.toPixel(view.toWorld(pin));
      names.push([px - 11, py - 11, px + 11, py + 11]);
    }
    // Writes lines where one of some places has room for them.
    const write = (lines, size, weight, places, align, taken) => {
      context.font = `${weight} ${size}px system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif`;
      const width = Math.max(...lines.map((line) => context.measureText(line).width));
      const height = lines.length * size * 1.2;
      for (const [px, py] of places) {
        const left = px - { left: 0, center: width / 2, right: width }[align];
        // Names beside each other do not read as one.
        const box = [left - 6, py - height / 2, left + width + 6, py + height / 2];
        const meets = (other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
        if (box[0] < 0 || box[2] > view.width || box[1] < 0 || box[3] > view.height || taken.some(meets)) continue;
        names.push(box);
        for (const [row, line] of lines.entries()) {
          writeText(line, px, box[1] + size * 1.2 * (row + 0.5), align, "ink");
        }
        return true;
      }
      return false;
    };
    const rank = (number) => (number === selected ? 0 : zones[number].isPartition ? 1 : 2);
    const named = inView.filter((number) => zones[number].level !== "corridor");
    for (const number of named.sort((a, b) => rank(a) - rank(b) || a - b).slice(0, MOST_NAMES)) {
      const { isPartition } = zones[number];
      const { left, right, top, bottom } = view.boxOnScreen(zones[number].box);
      if (bottom - top < 8 || (right - left < 44 && number !== selected)) continue;
      const isNarrow = view.width < 500;
      const lines = wrapped(nameOf(number), isPartition && !isNarrow ? 20 : 16);
      const style = isPartition ? [isNarrow ? 12 : 13.5, 700] : [11.5, 500];
      const places = namePlaces[number].map(view.toPixel);
      if (write(lines, ...style, places, "center", [...dots, ...names])) continue;
      // A zone is more than a site.
      if (isPartition) write(lines, ...style, places, "center", names);
    }
    const short = (name) => (name.length > 36 ? `${name.slice(0, 35)}…` : name);
    // To the right of a mark, or to its left. The room around a name does not meet the mark's own.
    const writeBeside = (name, px, py, away, taken) =>
      [["left", px + away], ["right", px - away]].some(([align, x]) => write([short(name)], 11.5, 400, [[x, py]], align, taken));
    if (drawnSites.length <= MOST_NAMED) {
      for (const { number, px, py, count } of drawnSites) {
        const name = siteNameOf(number);
        if (count === 1 && name) writeBeside(name, px, py, number === answer?.site ? 18 : 12, [...dots, ...names]);
      }
    }
    if (hasFindings) {
      const marks = parcelsInView.length <= MOST_NAMED ? parcelsInView.map(({ number }) => [number, ...parcels.markAt(number)]) : [];
      const markBoxes = marks.map(([, px, py]) => [px - 5, py - 5, px + 5, py + 5]);
      for (const [number, px, py] of marks) {
        writeBeside(parcelNameOf(number), px, py, 12, [...dots, ...markBoxes, ...names]);
      }
      return;
    }
    const large = parcelsInView.filter(({ box }) => !box.isSmall);
    if (large.length > MOST_NAMED) return;
    const ofParcels = large.map(({ box: { left, top, right, bottom } }) => [left, top, right, bottom]);
    for (const { number, box: { left, top, right, bottom } } of large) {
      const name = short(parcelNameOf(number));
      // In the parcel, or beside it.
      const hasRoom = bottom - top > 16 && right - left > 7 * name.length;
      const at = hasRoom ? view.toPixel(view.toWorld(parcels.labels[number])) : [right + 4, (top + bottom) / 2];
      const taken = [...dots, ...names, ...(hasRoom ? [] : ofParcels)];
      if (name) write([name], 11, 400, [at], hasRoom ? "center" : "left", taken);
    }
  }

  function writeText(text, px, py, align, style) {
    context.textAlign = align;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.setLineDash([]);
    context.strokeStyle = colour("halo");
    context.strokeText(text, px, py);
    context.fillStyle = colour(style);
    context.fillText(text, px, py);
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
    const texts = [];
    for (let n = Math.ceil(west / step); n * step <= east; n++) {
      line([n * step, Math.max(south, -85)], [n * step, Math.min(north, 85)]);
      const [px] = view.toPixel(view.toWorld([n * step, north]));
      const lon = Math.abs(n * step).toFixed(decimals);
      if (px > 28 && px < view.width - 60) texts.push([`${lon}°${n < 0 ? "W" : "E"}`, px, 10, "center", "faint"]);
    }
    for (let n = Math.ceil(south / step); n * step <= north; n++) {
      line([west, n * step], [east, n * step]);
      const [, py] = view.toPixel(view.toWorld([west, n * step]));
      const lat = Math.abs(n * step).toFixed(decimals);
      if (py > 22 && py < view.height - 60) texts.push([`${lat}°${n < 0 ? "S" : "N"}`, 6, py, "left", "faint"]);
    }
    return texts;
  }

  const DEGREES_FONT = "11px system-ui, sans-serif";

  function boxOfDegrees([text, px, py, align]) {
    context.font = DEGREES_FONT;
    const width = context.measureText(text).width, left = align === "left" ? px : px - width / 2;
    return [left, py - 7, left + width, py + 7];
  }

  function writeDegrees(texts) {
    context.font = DEGREES_FONT;
    // The number of a group stays legible.
    const isOnGroup = ([text, px, py]) => drawnSites.some((site) => site.count > 1
      && Math.abs(site.px - px) < groupRadius(site.count) + context.measureText(text).width
      && Math.abs(site.py - py) < groupRadius(site.count) + 6);
    for (const text of texts) if (!isOnGroup(text)) writeText(...text);
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
    const degrees = state.layers.graticule ? drawGraticule() : [];
    const inView = drawZones(state);
    let parcelsInView = [], siteCount = { count: 0, areGrouped: false };
    drawnSites = [];
    const rows = [
      () => (parcelsInView = state.layers.parcels ? drawParcels(state) : []),
      () => (siteCount = state.layers.sites && sites !== null ? drawSites() : siteCount),
    ];
    // Findings with an area are the worse ones, and lie upon corners.
    for (const draw of hasFindings ? rows.reverse() : rows) draw();
    drawNames(inView, parcelsInView, degrees.map(boxOfDegrees), state);
    writeDegrees(degrees);
    if (state.pin !== null) drawPin(view.toPixel(view.toWorld(state.pin)));
    if (state.hasCrosshair) drawCrosshair();
    return siteCount;
  }

  // The site or group under a pixel, with all sites at its very place.
  function siteAt([px, py]) {
    let best = null;
    for (const site of drawnSites) {
      const reach = site.count > 1 ? groupRadius(site.count) : 9;
      const distance = Math.hypot(site.px - px, site.py - py);
      if (distance <= reach && (best === null || distance < best.distance)) best = { ...site, distance };
    }
    if (best === null || best.count > 1) return best;
    const isThere = (site) => site.px === best.px && site.py === best.py;
    return { ...best, members: drawnSites.filter(isThere).map(({ number }) => number) };
  }

  return { draw, siteAt, readColours };
}
