// Distances on the ellipsoid of CGCS2000, to a position and to an edge that is straight in longitude and
// latitude: what src/geometry/distance.rs does, on Vincenty's series instead of Karney's.

const SEMI_MAJOR_M = 6378137;
const FLATTENING = 1 / 298.257222101;
const E2 = FLATTENING * (2 - FLATTENING);
const RADIANS = Math.PI / 180;

// The distance and the azimuth at which the geodesic arrives (radians). Vincenty 1975, “Direct and inverse
// solutions of geodesics on the ellipsoid”: off by less than a micrometre within 100 km, by 0.1 mm anywhere
// but within a degree of the antipodes, where it does not settle.
function inverse(lon1, lat1, lon2, lat2) {
  const semiMinor = SEMI_MAJOR_M * (1 - FLATTENING);
  const reduced = (lat) => Math.atan((1 - FLATTENING) * Math.tan(lat * RADIANS));
  const [u1, u2] = [reduced(lat1), reduced(lat2)];
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let turn = lon2 - lon1;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  const width = turn * RADIANS;
  let lambda = width;
  for (let step = 0; ; step++) {
    const sinL = Math.sin(lambda), cosL = Math.cos(lambda);
    const east = cos2 * sinL;
    // cos u1 sin u2 − sin u1 cos u2 cos λ, without the loss of digits between near positions.
    const north = Math.sin(u2 - u1) + 2 * sin1 * cos2 * Math.sin(lambda / 2) ** 2;
    const sinS = Math.hypot(east, north);
    if (sinS === 0) return { distance: 0, azimuth: 0 };
    const cosS = sin1 * sin2 + cos1 * cos2 * cosL;
    const sigma = Math.atan2(sinS, cosS);
    const sinA = (cos1 * cos2 * sinL) / sinS;
    const cos2A = 1 - sinA * sinA;
    const cosM = cos2A === 0 ? 0 : cosS - (2 * sin1 * sin2) / cos2A;
    const C = (FLATTENING / 16) * cos2A * (4 + FLATTENING * (4 - 3 * cos2A));
    const next = width + (1 - C) * FLATTENING * sinA *
      (sigma + C * sinS * (cosM + C * cosS * (2 * cosM * cosM - 1)));
    if (Math.abs(next - lambda) > 1e-15 && step < 200) {
      lambda = next;
      continue;
    }
    const squared = cos2A * (1 / (1 - FLATTENING) ** 2 - 1);
    const A = 1 + (squared / 16384) * (4096 + squared * (-768 + squared * (320 - 175 * squared)));
    const B = (squared / 1024) * (256 + squared * (-128 + squared * (74 - 47 * squared)));
    const correction = B * sinS * (cosM + (B / 4) * (cosS * (2 * cosM * cosM - 1) -
      (B / 6) * cosM * (4 * sinS * sinS - 3) * (4 * cosM * cosM - 3)));
    const azimuth = Math.atan2(cos1 * sinL, cos1 * sin2 * cosL - sin1 * cos2);
    return { distance: semiMinor * A * (sigma - correction), azimuth };
  }
}

// The radii of curvature in the meridian and in the prime vertical (latitude in radians).
function radii(lat) {
  const w2 = 1 - E2 * Math.sin(lat) ** 2;
  const normal = SEMI_MAJOR_M / Math.sqrt(w2);
  return { meridian: (normal * (1 - E2)) / w2, normal };
}

function geocentric(lon, lat) {
  const { normal } = radii(lat * RADIANS);
  const equatorial = normal * Math.cos(lat * RADIANS);
  return [
    equatorial * Math.cos(lon * RADIANS),
    equatorial * Math.sin(lon * RADIANS),
    normal * (1 - E2) * Math.sin(lat * RADIANS),
  ];
}

// The edges, of at most one degree each, that a line is made of. Their ends are in a fixed order, so that two
// zones that share an edge in opposite directions get the same distance to the last bit.
function edgesOf(shape) {
  const edges = [];
  for (const ring of shape.flat()) {
    for (let i = 0; i + 3 < ring.length; i += 2) {
      let [ax, ay, bx, by] = ring.slice(i, i + 4);
      if (ax > bx || (ax === bx && ay > by)) [ax, ay, bx, by] = [bx, by, ax, ay];
      const dx = bx - ax, dy = by - ay;
      const count = Math.min(Math.max(Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))), 1), 360);
      const at = (n) => (n === count ? [bx, by] : [ax + dx * (n / count), ay + dy * (n / count)]);
      for (let n = 0; n < count; n++) edges.push(edge(...at(n), ...at(n + 1)));
    }
  }
  return edges;
}

function edge(ax, ay, bx, by) {
  const turn = Math.abs(bx - ax) * RADIANS + Math.abs(by - ay) * RADIANS;
  // No point of the edge is farther than this from the chord between its ends.
  const slack = (1.05 / 8) * SEMI_MAJOR_M * turn * turn + 1e-6;
  return { ax, ay, bx, by, slack, from: geocentric(ax, ay), to: geocentric(bx, by) };
}

// Where on the chord a geocentric point is nearest, from 0 to 1, and how far that is.
function nearestOfChord({ from, to }, point) {
  const along = to.map((value, i) => value - from[i]);
  const toPoint = point.map((value, i) => value - from[i]);
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const length2 = dot(along, along);
  const t = length2 > 0 ? clamp(dot(along, toPoint) / length2, 0, 1) : 0;
  return { t, distance: Math.hypot(...toPoint.map((value, i) => value - t * along[i])) };
}

// The geodesic distance from a position to the nearest point of an edge: Newton's method on the derivative of
// the squared distance, from where the chord is nearest; false position (Illinois) where that does not settle.
function distanceToEdge(edge, lon, lat, start) {
  const dx = edge.bx - edge.ax, dy = edge.by - edge.ay;
  const at = (t) => {
    const [x, y] = t === 1 ? [edge.bx, edge.by] : [edge.ax + dx * t, edge.ay + dy * t];
    const { distance, azimuth } = inverse(lon, lat, x, y);
    const { meridian, normal } = radii(y * RADIANS);
    const north = meridian * dy * RADIANS;
    const east = normal * Math.cos(y * RADIANS) * dx * RADIANS;
    const slope = distance * (north * Math.cos(azimuth) + east * Math.sin(azimuth));
    return { t, distance, slope, speed: Math.hypot(north, east) };
  };
  let t = start;
  for (let step = 0; step < 6; step++) {
    const here = at(t);
    if (here.distance === 0 || here.speed === 0) return here.distance;
    const next = clamp(t - here.slope / (here.speed * here.speed), 0, 1);
    if (Math.abs(next - t) * here.speed < 1e-7) return here.distance;
    t = next;
  }
  let low = at(0), high = at(1);
  let best = Math.min(low.distance, high.distance);
  if (low.slope >= 0 || high.slope <= 0) return best;
  for (let step = 0; step < 60; step++) {
    const here = at(low.t - (low.slope * (high.t - low.t)) / (high.slope - low.slope));
    best = Math.min(best, here.distance);
    if (here.slope === 0 || (high.t - low.t) * here.speed < 1e-7) break;
    if (here.slope < 0) [low, high] = [here, { ...high, slope: high.slope / 2 }];
    else [low, high] = [{ ...low, slope: low.slope / 2 }, here];
  }
  return best;
}

// The distance to the nearest of some edges; those whose chord is farther than the best one are not measured.
function distanceToEdges(edges, lon, lat) {
  const point = geocentric(lon, lat);
  let best = Infinity;
  const chords = edges.map((edge) => ({ edge, ...nearestOfChord(edge, point) }));
  for (const { edge, t, distance } of chords.sort((a, b) => a.distance - b.distance)) {
    if (distance - edge.slack <= best) best = Math.min(best, distanceToEdge(edge, lon, lat, t));
  }
  return best;
}

// Edges with the corners of a geocentric box that holds them.
function boundaryOfEdges(edges) {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (const { from, to, slack } of edges) {
    for (let i = 0; i < 3; i++) {
      low[i] = Math.min(low[i], from[i] - slack, to[i] - slack);
      high[i] = Math.max(high[i], from[i] + slack, to[i] + slack);
    }
  }
  return { edges, low, high };
}

// A lower bound of the distance from a geocentric point: the way through the earth is never longer.
function atLeast({ low, high }, point) {
  return Math.hypot(...point.map((value, i) => value - clamp(value, low[i], high[i])));
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
