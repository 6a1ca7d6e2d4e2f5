// What part of the world is seen, and the way between longitude and latitude, the world in Web Mercator (0 to 1
// from west to east, from north to south) and pixels.

const TILE_PX = 256;
const NEAREST = 20, FARTHEST = 2;

function View(isGcj02) {
  const view = { x: 0.5, y: 0.5, zoom: 10, width: 1, height: 1 };

  // To the world as it is drawn: shifted where the base map is.
  view.toWorld = (lonLat) => {
    const [lon, lat] = isGcj02 ? gcj02(lonLat) : lonLat;
    const sin = Math.sin(clamp(lat, -85.0511, 85.0511) * RADIANS);
    return [lon / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
  };
  view.fromWorld = ([x, y]) => {
    const lonLat = [(x - 0.5) * 360, Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) / RADIANS];
    return isGcj02 ? fromGcj02(lonLat) : lonLat;
  };
  view.size = () => TILE_PX * 2 ** view.zoom;
  view.toPixel = ([x, y]) => [
    (x - view.x) * view.size() + view.width / 2,
    (y - view.y) * view.size() + view.height / 2,
  ];
  view.fromPixel = ([px, py]) => [
    (px - view.width / 2) / view.size() + view.x,
    (py - view.height / 2) / view.size() + view.y,
  ];
  view.lonLatAt = (pixel) => view.fromWorld(view.fromPixel(pixel));

  view.moveBy = (dx, dy) => {
    view.x = clamp(view.x - dx / view.size(), 0, 1);
    view.y = clamp(view.y - dy / view.size(), 0, 1);
  };
  // The place under a pixel stays there.
  view.zoomBy = (steps, pixel = [view.width / 2, view.height / 2]) => {
    const place = view.fromPixel(pixel);
    view.zoom = clamp(view.zoom + steps, FARTHEST, NEAREST);
    const moved = view.toPixel(place);
    view.moveBy(pixel[0] - moved[0], pixel[1] - moved[1]);
  };
  view.goTo = (lonLat, zoom = view.zoom) => {
    [view.x, view.y] = view.toWorld(lonLat);
    view.zoom = clamp(zoom, FARTHEST, NEAREST);
  };
  // Where there is little room the buttons stand in a row at the bottom, else in a column at the right; the scale bar is
  // at the bottom.
  view.isNarrow = false;
  const BUTTONS_PX = 60, FOOT_PX = 48;
  view.covered = () => [
    view.isNarrow
      ? [view.width - 150, view.height - FOOT_PX, view.width, view.height]
      : [view.width - BUTTONS_PX, 0, view.width, 145],
    [0, view.height - FOOT_PX, 190, view.height],
  ];

  // A box [west, south, east, north] fills the view, but for margins which hold what stands on the map.
  view.fit = ([west, south, east, north]) => {
    const [left, bottom] = view.toWorld([west, south]);
    const [right, top] = view.toWorld([east, north]);
    const fits = (pixels, part) => Math.log2(pixels / TILE_PX / Math.max(part, 1e-9));
    const side = view.isNarrow ? 12 : Math.min(BUTTONS_PX, view.width / 8);
    const head = 24, foot = FOOT_PX + 4;
    const zoom = Math.min(fits(view.width - 2 * side, right - left), fits(view.height - head - foot, bottom - top));
    view.zoom = clamp(zoom, FARTHEST, 17);
    [view.x, view.y] = [(left + right) / 2, (top + bottom) / 2 + (foot - head) / 2 / view.size()];
  };
  // The pixels of a box.
  view.boxOnScreen = ([west, south, east, north]) => {
    const [left, bottom] = view.toPixel(view.toWorld([west, south]));
    const [right, top] = view.toPixel(view.toWorld([east, north]));
    return { left, top, right, bottom };
  };
  view.isSeen = (box) => {
    const { left, top, right, bottom } = view.boxOnScreen(box);
    return left >= 0 && top >= 0 && right <= view.width && bottom <= view.height;
  };
  // Whether a part of a box is seen.
  view.meets = (box) => {
    const { left, top, right, bottom } = view.boxOnScreen(box);
    return right >= 0 && bottom >= 0 && left <= view.width && top <= view.height;
  };
  return view;
}

// A ring in the world, its edges cut so finely that, straight in longitude and latitude, they are straight here.
function ringInWorld(ring, view) {
  const world = [];
  for (let i = 0; i + 3 < ring.length; i += 2) {
    const [ax, ay, bx, by] = ring.slice(i, i + 4);
    const pieces = clamp(Math.ceil(Math.max(Math.abs(bx - ax), Math.abs(by - ay)) / 0.02), 1, 2000);
    for (let n = 0; n < pieces; n++) {
      const t = n / pieces;
      world.push(...view.toWorld([ax + (bx - ax) * t, ay + (by - ay) * t]));
    }
  }
  return Float64Array.from(world);
}

// A round length of at most so many pixels at the middle of the view, for a scale bar.
function scaleBar(view, pixels) {
  const [lon, lat] = view.lonLatAt([view.width / 2, view.height / 2]);
  const beside = view.lonLatAt([view.width / 2 + pixels, view.height / 2]);
  const metres = inverse(lon, lat, ...beside).distance;
  const power = 10 ** Math.floor(Math.log10(metres));
  const round = [5, 2, 1].map((digit) => digit * power).find((length) => length <= metres) ?? power;
  return { metres: round, pixels: (pixels * round) / metres };
}
