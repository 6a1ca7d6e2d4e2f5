// Plane coordinates of the Gauss-Krüger zones of CGCS2000 as longitude and latitude.

const GRID = (() => {
  const f = 1 / 298.257222101, n = f / (2 - f);
  return {
    // The inverse of Krüger's series, and the latitude from the conformal one, to n⁴: Karney 2011, equations 36 and 9.
    radius: (6378137 / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64),
    beta: [
      n / 2 - (2 / 3) * n ** 2 + (37 / 96) * n ** 3 - n ** 4 / 360,
      n ** 2 / 48 + n ** 3 / 15 - (437 / 1440) * n ** 4,
      (17 / 480) * n ** 3 - (37 / 840) * n ** 4,
      (4397 / 161280) * n ** 4,
    ],
    delta: [
      2 * n - (2 / 3) * n ** 2 - 2 * n ** 3 + (116 / 45) * n ** 4,
      (7 / 3) * n ** 2 - (8 / 5) * n ** 3 - (227 / 45) * n ** 4,
      (56 / 15) * n ** 3 - (136 / 35) * n ** 4,
      (4279 / 630) * n ** 4,
    ],
  };
})();

// The easting is without the prefix of its zone.
function fromGrid(easting, northing, meridian) {
  const xi = northing / GRID.radius, eta = (easting - 500000) / GRID.radius;
  let x = xi, y = eta;
  for (const [i, beta] of GRID.beta.entries()) {
    const k = 2 * (i + 1);
    x -= beta * Math.sin(k * xi) * Math.cosh(k * eta);
    y -= beta * Math.cos(k * xi) * Math.sinh(k * eta);
  }
  const chi = Math.asin(Math.sin(x) / Math.cosh(y));
  const lat = GRID.delta.reduce((sum, delta, i) => sum + delta * Math.sin(2 * (i + 1) * chi), chi);
  return [meridian + Math.atan2(Math.sinh(y), Math.cos(x)) / RADIANS, lat / RADIANS];
}

// The readings of two numbers as a northing and an easting, in any order: with the prefix of a zone there is one,
// without it one for each zone of 3 degrees that is within its width of the longitude `near`.
function gridReadings(numbers, near) {
  const isNorthing = (number) => number >= 1e6 && number < 6.5e6;
  const isEasting = (number) => number >= 1e5 && number < 9e5;
  const northing = numbers.find(isNorthing), other = numbers.find((number) => !isNorthing(number));
  if (northing === undefined || other === undefined) return [];
  const reading = (easting, meridian, code) => ({ lonLat: fromGrid(easting, northing, meridian), system: `EPSG:${code}` });
  const zone = Math.floor(other / 1e6), easting = other % 1e6;
  if (zone > 0) {
    if (!isEasting(easting)) return [];
    if (zone >= 25 && zone <= 45) return [reading(easting, 3 * zone, 4513 + zone - 25)];
    if (zone >= 13 && zone <= 23) return [reading(easting, 6 * zone - 3, 4491 + zone - 13)];
    return [];
  }
  if (!isEasting(other)) return [];
  const meridians = Array.from({ length: 21 }, (_, i) => 75 + 3 * i);
  return meridians.map((meridian) => reading(other, meridian, 4534 + (meridian - 75) / 3))
    .filter(({ lonLat: [lon] }) => Math.abs(lon - near) <= 1.5);
}
