// Tiles of a base map under the drawing. Without a base map nothing is ever asked for.

const FINEST_TILES = 18;

function Tiles(container, baseMaps, view, onFailure) {
  const images = new Map();
  let failed = 0;

  function address({ template, servers }, z, x, y) {
    const values = { z, x, y, "-y": 2 ** z - 1 - y, s: servers[(x + y) % servers.length] };
    return template.replace(/\{(-?\w)\}/g, (_, name) => values[name]);
  }

  function load(key, layer, z, x, y) {
    const image = new Image(TILE_PX, TILE_PX);
    image.alt = "";
    image.style.zIndex = layer;
    image.onload = () => dropOld();
    image.onerror = () => {
      image.remove();
      failed += 1;
      onFailure(failed);
    };
    image.src = address(baseMaps[layer], z, x, y);
    images.set(key, { image, z, x, y });
    container.append(image);
  }

  let needed = new Set();
  // What is of no use any more goes once all that is needed has come.
  function dropOld() {
    if ([...needed].some((key) => !images.get(key).image.complete)) return;
    for (const [key, { image }] of images) {
      if (needed.has(key)) continue;
      image.remove();
      images.delete(key);
    }
  }

  function update(isShown) {
    container.hidden = !isShown;
    if (!isShown) return;
    const z = clamp(Math.round(view.zoom), 0, FINEST_TILES);
    const [left, top] = view.fromPixel([0, 0]), [right, bottom] = view.fromPixel([view.width, view.height]);
    const bound = (part) => clamp(Math.floor(part * 2 ** z), 0, 2 ** z - 1);
    needed = new Set();
    for (const layer of baseMaps.keys()) {
      for (let x = bound(left); x <= bound(right); x++) {
        for (let y = bound(top); y <= bound(bottom); y++) {
          const key = `${layer}/${z}/${x}/${y}`;
          needed.add(key);
          if (!images.has(key)) load(key, layer, z, x, y);
        }
      }
    }
    for (const { image, z, x, y } of images.values()) {
      const [px, py] = view.toPixel([x / 2 ** z, y / 2 ** z]);
      // A hair larger, so that no seam shows.
      image.style.transform = `translate(${px}px, ${py}px) scale(${view.size() / 2 ** z / TILE_PX + 0.002})`;
    }
    dropOld();
  }

  return { update: baseMaps.length ? update : () => {} };
}
