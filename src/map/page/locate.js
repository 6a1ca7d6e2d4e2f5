// Which zone holds a site, and how sure is that: what src/query/locate does, answer for answer.

// Prepares the zones of a plan for questions.
function Locator(zones) {
  for (const zone of zones) {
    zone.box = boxOf(zone.shape);
    zone.isPartition = zone.level === null || zone.level === "core" || zone.level === "zone";
  }
  const boundaries = zones.map(() => null);
  const boundaryOf = (number) => (boundaries[number] ??= boundaryOfEdges(edgesOf(zones[number].shape)));

  // All features that hold a position, in plan order, each with the position in it.
  function holding(lon, lat) {
    const found = [];
    for (const [number, { box, shape }] of zones.entries()) {
      if (lon < box[0] || lat < box[1] || lon > box[2] || lat > box[3]) continue;
      const position = positionIn(lon, lat, shape);
      if (position !== "outside") found.push({ number, position });
    }
    return found;
  }

  const distanceTo = (number, lon, lat) => distanceToEdges(boundaryOf(number).edges, lon, lat);

  // Distances that differ by no more are equal: the accuracy of a geodesic to an edge.
  const equalDistance = 1e-6;

  // The core, zone or feature whose boundary is nearest; the first in plan order among equals.
  function nearest(lon, lat) {
    const point = geocentric(lon, lat);
    const found = [];
    let least = Infinity;
    for (const [number, zone] of zones.entries()) {
      if (!zone.isPartition || atLeast(boundaryOf(number), point) > least + equalDistance) continue;
      const distance = distanceTo(number, lon, lat);
      least = Math.min(least, distance);
      found.push({ number, distance });
    }
    return found.find(({ distance }) => distance <= least + equalDistance) ?? null;
  }

  function path(number) {
    const parent = zones[number].parent;
    return parent === null ? [number] : [...path(parent), number];
  }

  // The answer by numbers of zones. Of an uncertain one, `doubt` is the zone whose boundary is too near.
  function answer(lon, lat, uncertainty) {
    const held = holding(lon, lat);
    const numbers = held.map(({ number }) => number);
    const zone = numbers.find((number) => zones[number].isPartition) ?? null;
    const isOfZone = (number) => zone === null || zones[number].parent === zone;
    const cluster = numbers.find((number) => zones[number].level === "cluster" && isOfZone(number)) ?? null;
    const finest = cluster ?? zone ?? numbers[0] ?? null;
    const position = held.find(({ number }) => number === (zone ?? finest))?.position ?? "outside";
    const onBoundary = held.filter((one) => one.position === "boundary").map(({ number }) => number);

    const toBoundary = (number) => (onBoundary.includes(number) ? 0 : distanceTo(number, lon, lat));
    const measured = finest === null ? nearest(lon, lat) : { number: finest, distance: toBoundary(finest) };
    const isDoubtful = (number, distance) =>
      zones[number].accuracy !== null && distance <= Math.hypot(zones[number].accuracy, uncertainty);
    // The corridor is left out, since the core and the zones are the same line.
    const isInQuestion = (number) =>
      zones[number].level !== "corridor" && isDoubtful(number, atLeast(boundaryOf(number), geocentric(lon, lat)));
    let doubt = null;
    if (measured !== null && isDoubtful(measured.number, measured.distance)) doubt = measured.number;
    else if (measured !== null) {
      const isDoubt = (_, number) =>
        number !== measured.number && isInQuestion(number) && isDoubtful(number, toBoundary(number));
      const first = zones.findIndex(isDoubt);
      doubt = first < 0 ? null : first;
    }
    let certainty = null;
    if (doubt !== null) certainty = "uncertain";
    else if (measured !== null && zones[measured.number].accuracy !== null) certainty = "certain";
    return {
      position, zone, cluster, finest, onBoundary, doubt, certainty,
      nearest: finest === null && measured !== null ? measured.number : null,
      distance: measured === null ? null : measured.distance,
    };
  }

  // The columns of `corridor locate`, empty ones null; of no answer, as of a row that has no usable position.
  function columns(answer) {
    const found = answer ?? {
      position: "invalid", zone: null, cluster: null, finest: null, onBoundary: [], nearest: null, distance: null,
      certainty: null,
    };
    const id = (number) => (number === null ? null : zones[number].id);
    const ids = (numbers, separator) => numbers.map(id).join(separator) || null;
    return {
      position: found.position,
      zone: id(found.zone),
      zone_name: found.zone === null ? null : zones[found.zone].name,
      cluster: id(found.cluster),
      path: found.finest === null ? null : ids(path(found.finest), "/"),
      boundary_of: ids(found.onBoundary, ";"),
      nearest_zone: id(found.nearest),
      distance_to_boundary_m: found.distance,
      certainty: found.certainty,
    };
  }

  return { holding, answer, columns, path };
}

function boxOf(shape) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [ring] of shape) {
    for (let i = 0; i < ring.length; i += 2) {
      box[0] = Math.min(box[0], ring[i]);
      box[1] = Math.min(box[1], ring[i + 1]);
      box[2] = Math.max(box[2], ring[i]);
      box[3] = Math.max(box[3], ring[i + 1]);
    }
  }
  return box;
}
