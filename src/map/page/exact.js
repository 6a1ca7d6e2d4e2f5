// Where a point lies relative to a shape, decided exactly: what src/geometry/position.rs does.

// The sign of the double area of a, b, p: above 0 where p lies left of the way from a to b.
function orientation(ax, ay, bx, by, px, py) {
  const left = (ax - px) * (by - py);
  const right = (ay - py) * (bx - px);
  const area = left - right;
  // Shewchuk's bound (1997) on what rounding can have done; products that underflow have no bound.
  const bound = 3.3306690738754716e-16 * (Math.abs(left) + Math.abs(right));
  if (Math.abs(area) > bound && bound > 1e-290) return area;
  const [AX, AY, BX, BY, PX, PY] = integers([ax, ay, bx, by, px, py]);
  const exact = (AX - PX) * (BY - PY) - (AY - PY) * (BX - PX);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

// Doubles as whole numbers of one unit, the last place of the finest of them.
function integers(values) {
  const parts = values.map((value) => {
    if (value === 0) return { digits: 0n, exponent: Infinity };
    let exponent = Math.max(Math.floor(Math.log2(Math.abs(value))) - 54, -1074);
    // In two steps, for a power of two may be too large for one.
    const half = Math.trunc(exponent / 2);
    const digits = value * 2 ** -half * 2 ** (half - exponent);
    return { digits: BigInt(digits), exponent };
  });
  const finest = Math.min(...parts.map((part) => part.exponent));
  return parts.map(({ digits, exponent }) => (digits === 0n ? 0n : digits << BigInt(exponent - finest)));
}

// The winding number of a closed ring [x, y, x, y, …] around a point; null where the point is on it.
function winding(x, y, ring) {
  let turns = 0;
  for (let i = 0; i + 3 < ring.length; i += 2) {
    const ax = ring[i], ay = ring[i + 1], bx = ring[i + 2], by = ring[i + 3];
    const rises = ay <= y;
    if (rises ? by < y : by > y) continue;
    const side = orientation(ax, ay, bx, by, x, y);
    if (side === 0) {
      if (Math.min(ax, bx) <= x && x <= Math.max(ax, bx)) return null;
    } else if (rises && side > 0 && by !== y) turns += 1;
    else if (!rises && side < 0) turns -= 1;
  }
  return turns;
}

function positionInPolygon(x, y, rings) {
  for (const [number, ring] of rings.entries()) {
    const turns = winding(x, y, ring);
    if (turns === null) return "boundary";
    if ((turns === 0) === (number === 0)) return "outside";
  }
  return "inside";
}

// The position of a point relative to a shape: polygons of rings, the exterior first.
function positionIn(x, y, shape) {
  let found = "outside";
  for (const rings of shape) {
    const position = positionInPolygon(x, y, rings);
    if (position === "inside") return position;
    if (position === "boundary") found = position;
  }
  return found;
}
