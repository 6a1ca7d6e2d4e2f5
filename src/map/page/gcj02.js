// GCJ-02, the shifted coordinates of some Chinese web maps, forward and back: what src/crs/chinese.rs does. It is
// needed here, not only where the page is written, because clicks must be brought back to the plan's own system.

function gcj02([lon, lat]) {
  if (!(lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271)) return [lon, lat];
  const major = 6378245, e2 = 0.006693421622965943;
  const x = lon - 105, y = lat - 35;
  const wave = (degrees, turns, metres) => metres * Math.sin(turns * degrees * Math.PI);
  const waves = (degrees, a, metresA, b, metresB) =>
    ((wave(degrees, a, metresA) + wave(degrees, b, metresB)) * 2) / 3;
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) +
    waves(x, 6, 20, 2, 20) + waves(y, 1, 20, 1 / 3, 40) + waves(y, 1 / 12, 160, 1 / 30, 320);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) +
    waves(x, 6, 20, 2, 20) + waves(x, 1, 20, 1 / 3, 40) + waves(x, 1 / 12, 150, 1 / 30, 300);
  const phi = (lat * Math.PI) / 180;
  const w2 = 1 - e2 * Math.sin(phi) ** 2;
  const w = Math.sqrt(w2);
  return [
    lon + (east * 180) / ((major / w) * Math.cos(phi) * Math.PI),
    lat + (north * 180) / (((major * (1 - e2)) / (w2 * w)) * Math.PI),
  ];
}

function fromGcj02([lon, lat]) {
  let guess = [lon, lat];
  for (let step = 0; step < 20; step++) {
    const shifted = gcj02(guess);
    const miss = [shifted[0] - lon, shifted[1] - lat];
    guess = [guess[0] - miss[0], guess[1] - miss[1]];
    if (Math.abs(miss[0]) < 1e-12 && Math.abs(miss[1]) < 1e-12) break;
  }
  return guess;
}
