// What a reader does to the map by pointer, wheel and keys.

const CLICK_PX = 5;

// `on` is told of: change, click (pixel), hover (pixel or null), ask, escape, showAll.
function listen(canvas, view, on) {
  const pointers = new Map();
  let travelled = 0;
  const pixelOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  // The middle of all pointers, and how far they are apart.
  const grip = () => {
    const all = [...pointers.values()];
    const middle = [0, 1].map((i) => all.reduce((sum, pixel) => sum + pixel[i], 0) / all.length);
    const spread = all.length > 1 ? Math.hypot(all[0][0] - all[1][0], all[0][1] - all[1][1]) : null;
    return { middle, spread };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 0) travelled = 0;
    else travelled = Infinity;
    pointers.set(event.pointerId, pixelOf(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    const pixel = pixelOf(event);
    if (!pointers.has(event.pointerId)) return on.hover(event.pointerType === "touch" ? null : pixel);
    const before = grip();
    const last = pointers.get(event.pointerId);
    pointers.set(event.pointerId, pixel);
    travelled += Math.hypot(pixel[0] - last[0], pixel[1] - last[1]);
    if (travelled < CLICK_PX) return;
    const after = grip();
    canvas.classList.add("moving");
    on.hover(null);
    view.moveBy(after.middle[0] - before.middle[0], after.middle[1] - before.middle[1]);
    if (before.spread && after.spread) view.zoomBy(Math.log2(after.spread / before.spread), after.middle);
    on.change();
  });
  const release = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size === 0) canvas.classList.remove("moving");
    if (event.type === "pointerup" && pointers.size === 0 && travelled < CLICK_PX) on.click(pixelOf(event));
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => on.hover(null));
  canvas.addEventListener("dblclick", (event) => {
    view.zoomBy(1, pixelOf(event));
    on.change();
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const speed = event.ctrlKey ? 0.01 : 0.0025;
    view.zoomBy(clamp(-event.deltaY * lines * speed, -1, 1), pixelOf(event));
    on.change();
  }, { passive: false });

  const step = () => Math.min(view.width, view.height) / 6;
  const keys = {
    ArrowLeft: () => view.moveBy(step(), 0),
    ArrowRight: () => view.moveBy(-step(), 0),
    ArrowUp: () => view.moveBy(0, step()),
    ArrowDown: () => view.moveBy(0, -step()),
    "+": () => view.zoomBy(0.5),
    "=": () => view.zoomBy(0.5),
    "-": () => view.zoomBy(-0.5),
    _: () => view.zoomBy(-0.5),
    0: () => on.showAll(),
    Home: () => on.showAll(),
    Enter: () => on.ask(),
    " ": () => on.ask(),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
    on.change();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") on.escape();
  });
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => on.change());
}
