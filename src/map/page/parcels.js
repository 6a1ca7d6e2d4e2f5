// Parcels: their shapes, and which of them is at a place. Their answers came with them.

const UNITS_A_DEGREE = 1e7;
// A parcel that is smaller than that on the screen is found, and drawn, as a dot.
const SMALL_PX = 8;
const MARK_REACH_PX = 9;

// A ring of steps in units, as x, y, x, y, … in degrees.
function ringOfSteps(steps) {
  const ring = new Float64Array(steps.length);
  const place = [0, 0];
  for (let i = 0; i < steps.length; i++) {
    place[i % 2] += steps[i];
    ring[i] = place[i % 2] / UNITS_A_DEGREE;
  }
  return ring;
}

function Parcels(table, view) {
  const shapes = table.shape.map((shape) => shape.map((rings) => rings.map(ringOfSteps)));
  const boxes = shapes.map(boxOf);
  const boxesInWorld = boxes.map(([west, south, east, north]) =>
    [...view.toWorld([west, north]), ...view.toWorld([east, south])]);
  // What is small lies upon what is large.
  const order = [...shapes.keys()].sort((a, b) => table.area[b] - table.area[a]);
  const inWorld = shapes.map(() => null);
  const labels = table.label.map((label, number) => label ?? boxes[number].slice(0, 2));

  const ringsInWorld = (number) =>
    (inWorld[number] ??= shapes[number].flatMap((rings) => rings.map((ring) => ringInWorld(ring, view))));

  // The zone that most of it lies in, or null.
  const zoneOf = (number) => table.parts[number][table.majority[number]][0];

  // The pixels of a parcel's box.
  function onScreen(number) {
    const [west, north, east, south] = boxesInWorld[number];
    const [left, top] = view.toPixel([west, north]), [right, bottom] = view.toPixel([east, south]);
    return { left, top, right, bottom, isSmall: right - left < SMALL_PX && bottom - top < SMALL_PX };
  }

  // Those in view, the large first, each with its box.
  function inView() {
    const found = [];
    for (const number of order) {
      const box = onScreen(number);
      if (box.right >= 0 && box.bottom >= 0 && box.left <= view.width && box.top <= view.height) found.push({ number, box });
    }
    return found;
  }

  // Findings have a marker at their middle, which is seen however narrow they are.
  const markAt = (number) => view.toPixel(view.toWorld(labels[number]));

  // The uppermost finding whose marker is at a pixel, or null.
  function markedAt(pixel) {
    if (table.severity === undefined) return null;
    const isHit = (number) => {
      const [px, py] = markAt(number);
      return Math.hypot(px - pixel[0], py - pixel[1]) <= MARK_REACH_PX;
    };
    return order.findLast(isHit) ?? null;
  }

  // The uppermost at a pixel, or null.
  function at(pixel) {
    const [lon, lat] = view.lonLatAt(pixel);
    const isHit = (number) => {
      const [west, south, east, north] = boxes[number];
      if (lon >= west && lat >= south && lon <= east && lat <= north
        && positionIn(lon, lat, shapes[number]) !== "outside") return true;
      const { left, top, right, bottom, isSmall } = onScreen(number);
      const reach = SMALL_PX / 2;
      return isSmall && pixel[0] >= left - reach && pixel[0] <= right + reach && pixel[1] >= top - reach
        && pixel[1] <= bottom + reach;
    };
    return markedAt(pixel) ?? order.findLast(isHit) ?? null;
  }

  // In GeoJSON.
  function geometry(number) {
    const places = (ring) => Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i], ring[2 * i + 1]]);
    return { type: "MultiPolygon", coordinates: shapes[number].map((rings) => rings.map(places)) };
  }

  return { inView, at, markAt, markedAt, onScreen, zoneOf, ringsInWorld, geometry, boxes, labels, ...table };
}
