// Drives the page of `corridor map` in headless Chromium: its answers are those of `corridor locate`, it asks nobody
// for anything, and it does what a reader expects of a map.
//
//   node page.mjs CORRIDOR FOLDER      the program; where pages and screenshots go
//
// `CHROMIUM` names the browser, by default `chromium`.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
const root = resolve(import.meta.dirname, "../..");
mkdirSync(folder, { recursive: true });

const corridor = (...args) => execFileSync(program, ["-q", ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
const file = (name) => join(folder, name);
const made = (name, ...args) => {
  const run = spawnSync(program, ["map", ...args, "-o", file(name), "--overwrite"], { encoding: "utf8" });
  return { name, code: run.status, said: run.stderr };
};

const executablePath = execFileSync("which", [process.env.CHROMIUM || "chromium"], { encoding: "utf8" }).trim();
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

// A page of a file. Whatever it asks for and complains of is kept.
async function opened({ name }, { width = 1280, height = 800, colorScheme = "light", answers = null, script = null, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, ...more });
  const page = await context.newPage();
  const asked = [], complaints = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  if (answers) await page.route(/^http/, answers);
  if (script) await page.addInitScript(script);
  const [path, link] = name.split(/(?=[?#])(.*)/);
  await page.goto(pathToFileURL(file(path)).href + (link ?? ""));
  await page.waitForFunction(() => document.documentElement.dataset.drawn === "yes");
  return { page, asked, complaints, close: () => context.close() };
}

// The same numbers at every run.
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
  };
}

const beside = (value, steps) => {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += BigInt(steps);
  return new Float64Array(bits.buffer)[0];
};

// Random places around the plan and anywhere, and each corner and edge midpoint with its neighbours one step of a
// double away.
function places(zones) {
  const next = random(7);
  const found = [];
  for (let n = 0; n < 10_000; n++) found.push([121.15 + 0.4 * next(), 28.5 + 0.25 * next()]);
  for (let n = 0; n < 300; n++) found.push([-180 + 360 * next(), -85 + 170 * next()]);
  for (const ring of zones.flatMap((zone) => zone.shape.flat())) {
    for (let i = 0; i + 3 < ring.length; i += 2) {
      const [ax, ay, bx, by] = ring.slice(i, i + 4);
      for (const [x, y] of [[ax, ay], [(ax + bx) / 2, (ay + by) / 2]]) {
        found.push([x, y], [beside(x, 1), y], [beside(x, -1), y], [x, beside(y, 1)], [x, beside(y, -1)]);
      }
    }
  }
  // Near the antipodes the page's series for geodesics does not settle.
  return found.filter(([lon, lat]) => Math.hypot(lon + 58.65, lat + 28.63) > 2);
}

// The rows of a CSV without quotes.
function rows(csv) {
  const [head, ...lines] = csv.trim().split("\n").map((line) => line.split(","));
  return lines.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] || null])));
}

async function compare(page, points, args, uncertainty) {
  writeFileSync(file("points.csv"), "lon,lat\n" + points.map((point) => point.join(",")).join("\n") + "\n");
  const expected = rows(corridor("locate", file("points.csv"), "-f", "csv", ...args));
  const answers = await page.evaluate(
    ([points, uncertainty]) => points.map(([lon, lat]) => window.corridor.locate(lon, lat, uncertainty)),
    [points, uncertainty]);
  assert.equal(answers.length, expected.length);
  let worst = 0, rounded = 0;
  for (const [number, { lon, lat, reason, distance_to_boundary_m: distance, ...words }] of expected.entries()) {
    const { distance_to_boundary_m: metres, ...own } = answers[number];
    assert.deepEqual(own, words, `${lon}, ${lat}`);
    const difference = Math.abs(metres - Number(distance));
    worst = Math.max(worst, difference);
    if (metres.toFixed(3) !== distance && metres < 1e5) rounded += 1;
    assert.ok(difference <= 0.001, `${lon}, ${lat}: ${metres} ${distance}`);
  }
  return { count: points.length, worst, rounded };
}

// How long 30 frames take while the wheel is turned, the shortest first.
const frameTimes = (page) => page.evaluate(async () => {
  const canvas = document.querySelector("#canvas"), times = [];
  for (let n = 0; n < 30; n++) {
    canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: n % 2 ? 120 : -120, clientX: 800, clientY: 400, cancelable: true }));
    const start = performance.now();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
});

const plan = made("plan.html", join(root, "data/landmarks.csv"));
const tests = {
  async "answers are those of locate"() {
    const { page, complaints, close } = await opened(plan);
    const zones = JSON.parse(await page.textContent("#data")).zones;
    const points = places(zones);
    for (const [args, uncertainty] of [[[], 0], [["--uncertainty", "400"], 400]]) {
      const { count, worst, rounded } = await compare(page, points, args, uncertainty);
      console.log(`  ${count} places: at most ${worst.toExponential(1)} m apart, ${rounded} of those within 100 km in the last decimal`);
    }
    const start = performance.now();
    await page.evaluate((points) => points.forEach(([lon, lat]) => window.corridor.locate(lon, lat)), points);
    console.log(`  ${((performance.now() - start) * 1000 / points.length).toFixed(0)} µs a place`);
    for (const [lon, lat] of [[181, 28], [121, -91], [NaN, 28]]) {
      assert.equal(await page.evaluate((place) => window.corridor.locate(...place).position, [lon, lat]), "invalid");
    }
    assert.deepEqual(complaints, []);
    await close();
  },

  async "answers are those of locate in a layer"() {
    const layer = join(root, "data/sample-parcels.geojson");
    const named = ["--plan", layer, "--name-field", "编号"];
    const { page, close } = await opened(made("layer.html", ...named));
    const points = places(JSON.parse(await page.textContent("#data")).zones);
    const { count, worst } = await compare(page, points, named, 0);
    console.log(`  ${count} places: at most ${worst.toExponential(1)} m apart`);
    await close();
  },

  async "a click tells what locate tells"() {
    const { page, asked, complaints, close } = await opened(plan);
    for (const [lonLat, texts] of [
      [[121.36898, 28.6559], ["Taizhou Railway Station", "inside", "High-Speed Rail New District", "348.9 m", "rail station"]],
      [[121.41386, 28.66118], ["Taizhou Library", "outside", "16.8 m to Central Innovation Core", "±500 m"]],
      [[121.35, 28.62], ["Answer", "Luqiao"]],
    ]) {
      const pixel = await page.evaluate((lonLat) => window.corridor.pixelOf(lonLat), lonLat);
      const box = await page.locator("#canvas").boundingBox();
      await page.mouse.click(box.x + pixel[0], box.y + pixel[1]);
      const card = await page.textContent("#card");
      for (const text of texts) assert.ok(card.includes(text), `${text} in ${card}`);
    }
    assert.deepEqual(asked, [pathToFileURL(file("plan.html")).href]);
    assert.deepEqual(complaints, []);
    await close();
  },

  async "wheel, buttons, drag and two fingers move the map"() {
    const { page, close } = await opened(plan, { hasTouch: true });
    const width = async () => {
      const [west, east] = await page.evaluate(() => [0, 100].map((x) => window.corridor.lonLatAt([x, 100])[0]));
      return east - west;
    };
    const before = await width();
    const box = await page.locator("#canvas").boundingBox();
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    // Whole pixels of the window, as wheels have them.
    const [x, y] = [Math.round(box.x + 300), Math.round(box.y + 200)];
    const under = () => page.evaluate((pixel) => window.corridor.lonLatAt(pixel), [x - box.x, y - box.y]);
    await page.mouse.move(x, y);
    const place = await under();
    await page.mouse.wheel(0, -400);
    await page.waitForTimeout(100);
    const after = await width();
    assert.ok(Math.abs(after / before - 0.5) < 0.01, `${after / before}`);
    // What is under the pointer stays there.
    const now = await under();
    assert.ok(Math.hypot(...now.map((value, i) => value - place[i])) < 1e-9, `${place} ${now}`);
    await page.click("#zoom-in");
    assert.ok(Math.abs((await width()) / before - 0.25) < 0.01);
    await page.click("#show-all");
    assert.ok(Math.abs((await width()) / before - 1) < 0.01);
    const west = await page.evaluate(() => window.corridor.lonLatAt([0, 0])[0]);
    await page.mouse.move(...middle);
    await page.mouse.down();
    await page.mouse.move(middle[0] + 100, middle[1], { steps: 4 });
    await page.mouse.up();
    const moved = (await page.evaluate(() => window.corridor.lonLatAt([0, 0])[0])) - west;
    assert.ok(Math.abs(moved / -before - 1) < 0.01, `${moved}`);
    assert.ok((await page.textContent("#card")).includes("Click the map"), "a drag is no click");
    const client = await page.context().newCDPSession(page);
    const touch = (type, ...points) => client.send("Input.dispatchTouchEvent", {
      type, touchPoints: points.map(([dx, id]) => ({ x: middle[0] + dx, y: middle[1], id })),
    });
    const start = await width();
    await touch("touchStart", [-50, 0], [50, 1]);
    for (const spread of [60, 80, 100]) await touch("touchMove", [-spread, 0], [spread, 1]);
    await touch("touchEnd");
    assert.ok(Math.abs((await width()) / start - 0.5) < 0.05);
    await close();
  },

  async "all can be done by keys"() {
    const { page, close } = await opened(plan);
    const order = [];
    for (let n = 0; n < 14; n++) {
      await page.keyboard.press("Tab");
      order.push(await page.evaluate(() => document.activeElement.id || document.activeElement.className));
    }
    for (const id of ["language", "theme", "print", "canvas", "zoom-in", "zoom-out", "show-all", "query"]) {
      assert.ok(order.includes(id), `${id} in ${order}`);
    }
    await page.focus("#canvas");
    const middle = () => page.evaluate(() => window.corridor.lonLatAt([0, 0]));
    const before = await middle();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowUp");
    const after = await middle();
    assert.ok(after[0] > before[0] && after[1] > before[1]);
    await page.keyboard.press("+");
    await page.keyboard.press("-");
    await page.keyboard.press("0");
    await page.waitForTimeout(100);
    assert.ok(Math.abs((await middle())[0] - before[0]) < 1e-9);
    await page.keyboard.press("Enter");
    assert.ok((await page.textContent("#card")).includes("Position"));
    assert.match(await page.textContent("#status"), /^inside; Central Innovation Core .* to the boundary of .*certain/);
    await page.keyboard.press("Escape");
    assert.ok((await page.textContent("#card")).includes("Click the map"));
    await page.focus("#zones button >> nth=2");
    await page.keyboard.press("Enter");
    assert.equal(await page.getAttribute("#zones button >> nth=2", "aria-pressed"), "true");
    await close();
  },

  async "facts are those of describe"() {
    const { page, close } = await opened(plan);
    for (const lang of ["en", "zh"]) {
      for (const id of ["corridor", "jiaojiang", "digital-economy-park"]) {
        await page.fill("#query", id);
        await page.keyboard.press("Enter");
        const words = await page.evaluate(() => document.querySelector("#card").innerText);
        const plain = (text) => text.replace(/[\s·:：*-]+/g, "");
        for (const line of corridor("describe", id, "--lang", lang).trim().split("\n").slice(1, -1)) {
          assert.ok(plain(words).includes(plain(line)), `${id}: ${line}`);
        }
      }
      await page.click("#language");
    }
    await close();
  },

  async "typed positions and names are found"() {
    const { page, close } = await opened(plan);
    const card = () => page.textContent("#card");
    for (const text of ["121.36898, 28.65590", "121.36898，28.6559", " 121.36898 28.65590 "]) {
      await page.fill("#query", text);
      await page.keyboard.press("Enter");
      assert.ok((await card()).includes("348.9 m to the boundary of High-Speed Rail New District"), text);
    }
    await page.fill("#uncertainty", "20");
    assert.ok((await card()).includes(", site ±20 m"));
    await page.fill("#query", "28.65590, 121.36898");
    assert.ok((await page.textContent("#found")).includes("Did you mean 121.36898, 28.6559?"));
    await page.fill("#query", "521, 28");
    assert.ok((await page.textContent("#found")).includes("is not a valid position"));
    for (const [text, title] of [["椒江科创谷", "Jiaojiang Sci-Tech Valley"], ["optics", "Zheli Optics Valley"], ["台州站", "Taizhou Railway Station"]]) {
      await page.fill("#query", text);
      await page.keyboard.press("Enter");
      assert.ok((await page.textContent("#card h2 >> nth=0")).includes(title), text);
    }
    await page.fill("#query", "nowhere");
    assert.ok((await page.textContent("#found")).includes("No match for"));
    await close();
  },

  async "coordinates of other kinds are found"() {
    const { page, complaints, close } = await opened(plan);
    const next = random(11);
    const points = Array.from({ length: 500 }, () => [121 + 0.9 * next(), 28.2 + 0.9 * next()]);
    writeFileSync(file("places.csv"), "lon,lat\n" + points.map((point) => point.join(",")).join("\n") + "\n");
    const last = () => page.evaluate(() => location.hash);
    let worst = 0;
    for (const [system, zones] of [["EPSG:4528", 1], ["EPSG:4549", 1], ["EPSG:4499", 1]]) {
      const plane = rows(corridor("convert", file("places.csv"), "--to-crs", system, "-f", "csv")).map(Object.values);
      const readings = await page.evaluate(
        (plane) => plane.map(([a, b]) => window.corridor.read(`${a}, ${b}`)), plane);
      for (const [n, found] of readings.entries()) {
        // Beyond the width of the zone that the plan is in, numbers without a prefix mean another place.
        if (found.length !== zones) continue;
        assert.equal(found[0].system, system);
        const [lon, lat] = found[0].lonLat;
        worst = Math.max(worst, Math.hypot((lon - points[n][0]) * 97_800, (lat - points[n][1]) * 110_900));
      }
      const read = readings.filter((found) => found.length === zones).length;
      assert.ok(read === points.length || system === "EPSG:4549", `${system}: ${read}`);
    }
    console.log(`  1500 places of planes: at most ${(worst * 1000).toFixed(4)} mm apart`);
    assert.ok(worst < 0.001);
    for (const text of ["121°22′08.328″ 28°39′21.24″", "121°22'08.328\"E, 28°39'21.24\"N", "N28.6559 E121.36898",
      "东经121度22分8.328秒 北纬28度39分21.24秒", "１２１．３６８９８，２８．６５５９", "3171898.5607, 40633838.2218",
      "633838.2218 3171898.5607"]) {
      await page.fill("#query", text);
      await page.keyboard.press("Enter");
      assert.ok((await page.textContent("#card")).includes("348.9 m to the boundary of High-Speed Rail New District"), text);
      await page.keyboard.press("Escape");
    }
    for (const text of ["121°61′ 28°", "N28 N29", "3171898, 99633838"]) {
      await page.fill("#query", text);
      assert.ok((await page.textContent("#found")).includes("is not a valid position"), text);
    }
    assert.deepEqual(complaints, []);
    await close();
  },

  async "a link leads back to the view and the answer"() {
    const { page, close } = await opened(plan);
    await page.fill("#query", "121.36898, 28.65590");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash !== "");
    const hash = await page.evaluate(() => location.hash);
    assert.match(hash, /^#121\.36898,28\.6559,12\.6\/121\.36898,28\.6559$/);
    await close();
    const again = await opened({ name: `plan.html${hash}` });
    assert.ok((await again.page.textContent("#card")).includes("348.9 m to the boundary"));
    await again.page.evaluate(() => { location.hash = "#121.2,28.5,9"; });
    await again.page.waitForFunction(() => Math.abs(window.corridor.lonLatAt(
      [document.querySelector("#map").clientWidth / 2, document.querySelector("#map").clientHeight / 2])[0] - 121.2) < 1e-6);
    await again.close();
    for (const odd of ["#", "#nonsense", "#500,28,9", "#121,28,9/500,28"]) {
      const { page, complaints, close } = await opened({ name: `plan.html${odd}` });
      assert.ok((await page.textContent("#card")).includes("Click the map"), odd);
      assert.deepEqual(complaints, []);
      await close();
    }
  },

  async "in a small frame the map stands alone"() {
    const { page, complaints, close } = await opened({ name: "plan.html?embed" }, { width: 640, height: 420 });
    const map = await page.locator("#map").boundingBox();
    assert.ok(map.width === 640 && map.height > 350, `${map.width} ${map.height}`);
    assert.ok(await page.isVisible("#notice") && await page.isHidden("#panel"));
    const pixel = await page.evaluate(() => window.corridor.pixelOf([121.36898, 28.6559]));
    await page.mouse.click(map.x + pixel[0], map.y + pixel[1]);
    assert.ok(await page.isVisible("#card") && await page.isHidden("#search"));
    await page.screenshot({ path: file("page-embed.png") });
    await page.keyboard.press("Escape");
    assert.ok(await page.isHidden("#panel"));
    assert.deepEqual(complaints, []);
    await close();
  },

  async "title, source and columns are those asked for"() {
    writeFileSync(file("firms.csv"), "企业,电话,行业,lon,lat\n恒泰,13800000000,模具,121.4,28.65\n永泰,13900000000,医药,121.41,28.66\n");
    const firms = made("firms.html", file("firms.csv"), "--label", "企业", "--fields", "行业",
      "--title", "重点企业<b>", "--source", "某局", "--lang", "zh");
    assert.equal(firms.code, 0, firms.said);
    assert.ok(firms.said.includes("网页含以下列：企业、行业"), firms.said);
    assert.ok(!readFileSync(file("firms.html"), "utf8").includes("13800000000"));
    const { page, complaints, close } = await opened(firms);
    assert.equal(await page.title(), "重点企业<b>");
    assert.match(await page.textContent("#source"), /数据来源：某局 范围线来源：/);
    await page.fill("#query", "医药");
    assert.match(await page.textContent("#found"), /永泰\s*行业：医药/);
    await page.keyboard.press("Enter");
    assert.equal(await page.textContent("#card h2 >> nth=0"), "永泰");
    // Several: a choice, by keys.
    await page.fill("#query", "泰");
    await page.keyboard.press("Enter");
    const choice = await page.evaluate(() => document.activeElement.textContent);
    assert.ok((await page.locator("#found button").count()) > 1 && choice !== "", choice);
    const unknown = made("firms-2.html", file("firms.csv"), "--fields", "电话号");
    assert.ok(unknown.code === 2 && unknown.said.includes("电话号"), unknown.said);
    assert.deepEqual(complaints, []);
    await close();
  },

  async "what is in view is saved"() {
    writeFileSync(file("save.csv"), "name,kind,lon,lat\nA,=1+1,121.36898,28.6559\nB,\"x, \"\"y\"\"\",121.41386,28.66118\nfar,,116,40\n");
    const { page, complaints, close } = await opened(made("save.html", file("save.csv")));
    const saved = async (button) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
      const path = file(`saved-${download.suggestedFilename()}`);
      await download.saveAs(path);
      return { name: download.suggestedFilename(), bytes: readFileSync(path) };
    };
    const csv = await saved("#save-csv");
    const columns = "position,zone,zone_name,cluster,path,boundary_of,nearest_zone,distance_to_boundary_m,certainty";
    const lines = csv.bytes.toString("utf8").split("\r\n");
    assert.deepEqual([csv.name, lines[0], lines.length], ["save.csv", `\ufeffname,kind,lon,lat,${columns}`, 4]);
    assert.match(lines[1], /^A,'=1\+1,121\.36898,28\.6559,inside,core,中央创新核,high-speed-rail-district,corridor\/core\/high-speed-rail-district,,,348\.9\d+,uncertain$/);
    assert.match(lines[2], /^B,"x, ""y""",121\.41386,28\.66118,outside,,/);
    const { features } = JSON.parse((await saved("#save-geojson")).bytes.toString("utf8"));
    assert.deepEqual(features.map(({ geometry, properties }) => [geometry.coordinates, properties.kind, properties.zone]),
      [[[121.36898, 28.6559], "=1+1", "core"], [[121.41386, 28.66118], 'x, "y"', null]]);
    const png = await saved("#save-png");
    assert.deepEqual([...png.bytes.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join(""), "PNG");
    assert.deepEqual(complaints, []);
    await close();
    const parcels = await opened(made("parcels.html", join(root, "data/sample-parcels.geojson")));
    const [download] = await Promise.all([parcels.page.waitForEvent("download"), parcels.page.click("#save-geojson")]);
    await download.saveAs(file("saved-parcels.geojson"));
    const report = corridor("overlay", file("saved-parcels.geojson"), "--wide", "--columns", "zone,share", "-f", "geojson");
    const shown = JSON.parse(report).features.map(({ properties }) => properties);
    assert.ok(shown.length > 20);
    for (const { zone, share, zone_2, share_2 } of shown) {
      assert.ok((zone ?? null) === (zone_2 ?? null) && Math.abs(share - share_2) < 1e-4, `${zone} ${zone_2} ${share} ${share_2}`);
    }
    await parcels.close();
  },

  async "names of sites stand beside their marks"() {
    // What is written on the map, where, since it was drawn anew.
    const script = `(() => {
      const { fillText, setTransform } = CanvasRenderingContext2D.prototype;
      window.written = [];
      Object.assign(CanvasRenderingContext2D.prototype, {
        setTransform(...to) { window.written = []; return setTransform.apply(this, to); },
        fillText(text, x, y) {
          const width = this.measureText(text).width;
          window.written.push({ text, y, from: this.textAlign === "left" ? x : this.textAlign === "right" ? x - width : x - width / 2, width });
          return fillText.call(this, text, x, y);
        },
      });
    })();`;
    const { page, complaints, close } = await opened(plan, { script });
    const sites = rows(readFileSync(join(root, "data/landmarks.csv"), "utf8"));
    const pixels = await page.evaluate(
      (places) => places.map((lonLat) => window.corridor.pixelOf(lonLat)), sites.map(({ lon, lat }) => [Number(lon), Number(lat)]));
    // How far from its mark each name begins or ends; a name may be that of a zone or a stop elsewhere, too.
    const shown = async () => {
      const written = await page.evaluate(() => window.written);
      return sites.flatMap(({ name_en: name }, number) => {
        const [px, py] = pixels[number];
        const gaps = written.filter(({ text, y }) => text === name && Math.abs(y - py) < 1)
          .map(({ from, width }) => (from > px ? from - px : px - from - width));
        return gaps.length ? [{ name, px, py, gap: Math.min(...gaps) }] : [];
      });
    };
    const names = await shown();
    assert.ok(names.length >= 14, `${names.length} of ${sites.length}: ${names.map(({ name }) => name)}`);
    for (const { name, gap } of names) assert.ok(gap > 6 && gap < 16, `${name}: ${gap} px`);
    // The mark of an answer is larger.
    const { name, px, py } = names[0];
    const box = await page.locator("#canvas").boundingBox();
    await page.mouse.click(box.x + px, box.y + py);
    await page.waitForFunction((name) => document.querySelector("#card").textContent.includes(name), name);
    await page.waitForTimeout(100);
    const pinned = (await shown()).find((site) => site.name === name);
    assert.ok(pinned.gap > 11, `${pinned.gap} px`);
    assert.deepEqual(complaints, []);
    await close();
  },

  async "many sites are groups in the colours of their zones, which open"() {
    const next = random(5);
    const lines = Array.from({ length: 120_000 }, (_, n) => `${n},${121.2 + 0.45 * next()},${28.55 + 0.2 * next()}`);
    // A heap that no zoom sets apart.
    for (let n = 0; n < 6000; n++) lines.push(`heap ${n},121.8,28.7`);
    writeFileSync(file("many.csv"), `name,lon,lat\n${lines.join("\n")}\n`);
    const many = made("many.html", file("many.csv"));
    assert.ok(many.code === 0 && many.said.includes("63,000 of 126,000 sites are on the page"), many.said);
    for (const colorScheme of ["light", "dark"]) {
      const { page, complaints, close } = await opened(many, { colorScheme });
      assert.ok((await page.textContent("#grouped")).includes("drawn as clusters"));
      await page.screenshot({ path: file(`page-many-${colorScheme}.png`) });
      const before = await page.textContent("#grouped");
      const box = await page.locator("#canvas").boundingBox();
      const click = async ([x, y]) => {
        await page.mouse.click(box.x + x, box.y + y);
        await page.waitForTimeout(150);
      };
      for (let n = 0; n < 30 && (await page.textContent("#grouped")) === before; n++) {
        await click([400 + 12 * (n % 6), 300 + 12 * Math.floor(n / 6)]);
      }
      assert.notEqual(await page.textContent("#grouped"), before);
      await page.evaluate(() => { location.hash = "#121.8,28.7,15"; });
      await page.waitForTimeout(200);
      const heap = () => page.evaluate(() => window.corridor.pixelOf([121.8, 28.7]));
      await click(await heap());
      if (await page.locator("#found button").count() === 0) await click(await heap());
      assert.equal(await page.locator("#found button").count(), 8);
      assert.deepEqual(complaints, []);
      await close();
    }
  },

  async "axe finds nothing"() {
    const axe = readFileSync(createRequire(join(folder, "package.json")).resolve("axe-core/axe.min.js"), "utf8");
    for (const [one, what] of [[plan, "sites"], [made("parcels.html", join(root, "data/sample-parcels.geojson")), "parcels"]]) {
      for (const [width, colorScheme, more] of [[1280, "light", {}], [1280, "dark", {}], [390, "light", {}], [390, "dark", {}],
        [1280, "light", { forcedColors: "active" }], [1280, "light", { contrast: "more" }]]) {
        const { page, close } = await opened(one, { width, colorScheme, bypassCSP: true, ...more });
        await page.fill("#query", "121.36898, 28.65590");
        await page.keyboard.press("Enter");
        await page.fill("#query", "a");
        await page.click("#areas summary");
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => (await window.axe.run()).violations
          .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`));
        assert.deepEqual(violations, [], `${what} ${width} ${colorScheme}`);
        if (more.forcedColors || more.contrast) await page.screenshot({ path: file(`page-${more.forcedColors ? "forced" : "contrast"}.png`) });
        await close();
      }
    }
  },

  async "title, scale, source and notice are in view"() {
    for (const lang of ["en", "zh"]) {
      for (const theme of ["light", "dark"]) {
        for (const [width, height] of [[1280, 800], [390, 844]]) {
          const { page, complaints, close } = await opened(plan, { width, height, colorScheme: theme });
          if (lang === "zh") await page.click("#language");
          for (const id of ["title", "scale", "source", "notice", "map"]) {
            const box = await page.locator(`#${id}`).boundingBox();
            const isIn = box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
            assert.ok(isIn && box.width > 20, `${id} at ${width}`);
          }
          await page.screenshot({ path: file(`page-${lang}-${theme}-${width}.png`) });
          assert.deepEqual(complaints, []);
          await close();
        }
      }
    }
  },

  async "language and theme are those asked for, and can be switched"() {
    const { page, close } = await opened(made("dark.html", "--theme", "dark", "--lang", "zh"));
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.deepEqual([await page.title(), await paper()], ["台州湾科创走廊", "rgb(23, 28, 33)"]);
    await page.click("#theme");
    await page.click("#theme");
    assert.equal(await paper(), "rgb(255, 255, 255)");
    await page.click("#language");
    assert.equal(await page.textContent("#title"), "Taizhou Bay Science and Technology Innovation Corridor");
    assert.equal(await page.getAttribute("html", "lang"), "en");
    await close();
  },

  async "layers can be switched off"() {
    const { page, close } = await opened(plan);
    const inks = () => page.evaluate(() => {
      const { width, height } = document.querySelector("canvas");
      const { data } = document.querySelector("canvas").getContext("2d").getImageData(0, 0, width, height);
      return data.reduce((count, value, i) => count + (i % 4 === 3 && value > 0 ? 1 : 0), 0);
    });
    let before = await inks();
    const boxes = await page.locator("#layers input").all();
    assert.equal(boxes.length, 5);
    for (const box of boxes.reverse()) {
      await box.uncheck();
      await page.waitForTimeout(100);
      const after = await inks();
      assert.ok(after <= before);
      before = after;
    }
    assert.equal(before, 0);
    await close();
  },

  async "the first paint is early"() {
    const times = [];
    for (let n = 0; n < 20; n++) {
      const { page, close } = await opened(plan);
      await page.waitForFunction(() => performance.getEntriesByType("paint").length > 0);
      times.push(await page.evaluate(() => performance.getEntriesByType("paint")[0].startTime));
      await close();
    }
    times.sort((a, b) => a - b);
    const [best, median, worst] = [0, 10, 19].map((place) => times[place].toFixed(0));
    console.log(`  ${readFileSync(file("plan.html")).length} bytes, first paint after ${best} ms at best, ${median} ms at the median, ${worst} ms at worst`);
  },

  async "text of data stays text"() {
    const nasty = `</script><img src=x onerror="document.title='no'">]]>\u2028\u05d0\u202e'"&`;
    const own = readFileSync(join(root, "data/taizhou-bay-corridor.geojson"), "utf8")
      .replaceAll('"中央创新核"', JSON.stringify(nasty)).replaceAll('"Central Innovation Core"', JSON.stringify(nasty));
    writeFileSync(file("nasty.geojson"), own);
    writeFileSync(file("nasty.csv"), `name,lon,lat\n"${nasty.replaceAll('"', '""')}",121.4,28.65\n`);
    const { page, asked, complaints, close } =
      await opened(made("nasty.html", "--plan", file("nasty.geojson"), file("nasty.csv")));
    await page.fill("#query", "onerror");
    await page.keyboard.press("Enter");
    await page.fill("#query", "121.4, 28.65");
    await page.keyboard.press("Enter");
    await page.hover("#zones button >> nth=1");
    assert.ok((await page.textContent("#card")).includes(nasty));
    assert.equal(await page.evaluate(() => window.corridor.locate(121.4, 28.65).zone_name), nasty);
    assert.equal(await page.locator("main img").count(), 0);
    assert.notEqual(await page.title(), "no");
    assert.equal(asked.length, 1);
    assert.deepEqual(complaints, []);
    await close();
  },

  async "a base map is asked for what is in view, and shifted"() {
    const tile = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");
    const answers = (route) => route.fulfill({ body: tile, contentType: "image/png" });
    const template = "https://t{0-1}.tiles.test/{z}/{x}/{y}.png";
    const { page, asked, complaints, close } =
      await opened(made("tiles.html", "--basemap", template, "--basemap-crs", "GCJ02"), { answers });
    await page.waitForTimeout(300);
    const tiles = asked.filter((address) => address.startsWith("http"));
    assert.ok(tiles.length > 5 && tiles.every((address) => /^https:\/\/t[01]\.tiles\.test\/1\d\/\d+\/\d+\.png$/.test(address)), `${tiles}`);
    assert.deepEqual(complaints, []);
    // The drawing is where the tiles have it, and a click there is brought back: by the numbers of `convert`.
    const next = random(3);
    const points = Array.from({ length: 1000 }, () => [121.1 + 0.5 * next(), 28.5 + 0.3 * next()]);
    writeFileSync(file("plain.csv"), "lon,lat\n" + points.map((point) => point.join(",")).join("\n") + "\n");
    const shifted = rows(corridor("convert", file("plain.csv"), "--to-crs", "GCJ02", "--precision", "12", "-f", "csv"))
      .map(({ lon, lat }) => [Number(lon), Number(lat)]);
    const { page: straight, close: closeStraight } = await opened(made("bare.html"));
    const pixels = await page.evaluate((points) => points.map((point) => window.corridor.pixelOf(point)), points);
    const back = await page.evaluate((pixels) => pixels.map((pixel) => window.corridor.lonLatAt(pixel)), pixels);
    const mercator = ([lon, lat]) => [lon, Math.log(Math.tan(Math.PI / 4 + lat * Math.PI / 360)) * 180 / Math.PI];
    const [a, b] = [mercator(shifted[0]), mercator(shifted[1])];
    const scale = (pixels[1][0] - pixels[0][0]) / (b[0] - a[0]);
    for (const [n, point] of points.entries()) {
      const [x, y] = mercator(shifted[n]);
      const expected = [pixels[0][0] + (x - a[0]) * scale, pixels[0][1] - (y - a[1]) * scale];
      assert.ok(Math.hypot(...expected.map((value, i) => value - pixels[n][i])) < 1e-4, `${point}`);
      assert.ok(Math.hypot(...back[n].map((value, i) => value - point[i])) < 1e-9, `${point}`);
    }
    assert.deepEqual(await page.evaluate(() => window.corridor.locate(121.36898, 28.6559)),
      await straight.evaluate(() => window.corridor.locate(121.36898, 28.6559)));
    await page.screenshot({ path: file("page-tiles.png") });
    await closeStraight();
    await close();
  },

  async "a base map that fails is said"() {
    const { page, close } = await opened(made("tiles.html", "--basemap", "https://tiles.test/{z}/{x}/{y}.png"),
      { answers: (route) => route.abort() });
    await page.waitForTimeout(300);
    assert.ok((await page.textContent("#credit")).includes("could not be loaded"));
    await close();
  },

  async "what cannot be shown is said"() {
    writeFileSync(file("bad.csv"), "name,lon,lat\na,,28.6\nb,28.6,121.4\nc,x,y\n");
    const none = made("none.html", file("bad.csv"));
    assert.equal(none.code, 1);
    assert.ok(none.said.includes("nothing is shown"), none.said);
    const { page, close } = await opened(none);
    const said = await page.textContent("#table-said");
    assert.ok(said.includes("no valid point or polygon") && said.includes("row 2: ") && said.includes("3 invalid"), said);
    await close();
    writeFileSync(file("far.csv"), "name,lon,lat\na,116.4,39.9\n");
    const far = made("far.html", file("far.csv"));
    assert.ok(far.code === 0 && far.said.includes("all sites are outside"), far.said);
    const away = await opened(far);
    assert.ok((await away.page.textContent("#table-said")).includes("All rows are outside the zones."));
    await away.close();
  },

  async "parcels have the answers of overlay"() {
    const table = join(root, "data/sample-parcels.geojson");
    const parcels = made("parcels.html", table);
    assert.equal(parcels.code, 0, parcels.said);
    assert.ok(parcels.said.includes("30 parcels: 10 within one zone"), parcels.said);
    const { page, asked, complaints, close } = await opened(parcels);
    assert.ok((await page.textContent("#table-said")).includes("30 parcels: 10 within one zone"));
    assert.ok(await page.isHidden("#sites-key") && await page.isVisible("#parcels-key"));
    const columns = ["zone", "relation", "share", "area_m2", "parcel_area_m2", "certainty"];
    const answers = corridor("overlay", table, "--wide", "--columns", columns.join(","), "-f", "geojson");
    const expected = JSON.parse(answers).features.map(({ properties }) => properties);
    assert.equal(expected.length, 30);
    for (const { 编号: name, 用途: use, ...answer } of expected) {
      await page.fill("#query", name);
      await page.keyboard.press("Enter");
      const facts = await page.evaluate(() => Object.fromEntries(
        [...document.querySelectorAll("#card .box:first-child dt")].map((dt) => [dt.textContent, dt.nextSibling.textContent])));
      assert.equal(await page.textContent("#card h2 >> nth=0"), name);
      assert.ok(facts.Zone.includes(answer.zone == null ? "Outside all zones" : `[${answer.zone}]`), `${name}: ${facts.Zone}`);
      assert.equal(facts.Share, `${(100 * answer.share).toFixed(2)} %`);
      assert.equal(facts.Relation, answer.relation);
      assert.equal(facts.Area.split(" ")[0], (answer.parcel_area_m2 / 1e4).toFixed(4));
      assert.equal(facts.Certainty.split(":")[0], answer.certainty);
      assert.equal(facts["用途"], use);
      if (answer.share < 1) assert.ok(facts["All parts"].includes(`${(answer.area_m2 / 1e4).toFixed(4)} ha`));
      // For those who listen.
      assert.ok((await page.textContent("#status")).startsWith(`${name}; `));
    }
    assert.equal(asked.length, 1);
    assert.deepEqual(complaints, []);
    await close();
  },

  async "parcels are hovered, clicked, asked for by keys, and switched off"() {
    for (const colorScheme of ["light", "dark"]) {
      const { page, complaints, close } = await opened(made("parcels.html", join(root, "data/sample-parcels.geojson")), { colorScheme });
      // By what stands in a column, since it is called by another.
      await page.fill("#query", "虚构地块22");
      await page.keyboard.press("Enter");
      assert.equal(await page.textContent("#card h2 >> nth=0"), "DK022");
      await page.screenshot({ path: file(`page-parcels-${colorScheme}.png`) });
      await page.keyboard.press("Escape");
      assert.ok((await page.textContent("#card")).includes("Click the map"));
      const box = await page.locator("#canvas").boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      assert.match(await page.innerText("#tip"), /^DK022\nJiaojiang Sci-Tech Valley 93\.\d\d %\nuncertain$/);
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      assert.equal(await page.textContent("#card h2 >> nth=0"), "DK022");
      assert.equal(await page.textContent("#card h2 >> nth=1"), "Jiaojiang Sci-Tech Valley");
      await page.keyboard.press("Escape");
      await page.focus("#canvas");
      await page.keyboard.press("Enter");
      assert.equal(await page.textContent("#card h2 >> nth=0"), "DK022");
      // Without parcels, it is a place like others.
      await page.locator("#layers label", { hasText: "Parcels" }).locator("input").uncheck();
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      assert.ok((await page.textContent("#card")).includes("Position"));
      // A parcel that is a dot on the screen is found, too.
      await page.locator("#layers label", { hasText: "Parcels" }).locator("input").check();
      await page.click("#show-all");
      for (let n = 0; n < 4; n++) await page.click("#zoom-out");
      const pixel = await page.evaluate(() => window.corridor.pixelOf([121.43056, 28.66048]));
      await page.mouse.click(box.x + pixel[0], box.y + pixel[1]);
      assert.ok((await page.textContent("#card")).includes("Relation"));
      assert.deepEqual(complaints, []);
      await close();
    }
  },

  async "sites and parcels may come together, and rows that are neither are said"() {
    writeFileSync(file("mixed.csv"), "name,wkt\n<b>site</b>,POINT(121.4 28.65)\n"
      + `"<img src=x onerror=""document.title='no'"">","POLYGON((121.46 28.65,121.48 28.65,121.48 28.66,121.46 28.66,121.46 28.65))"\n`
      + `bow,"POLYGON((121.4 28.65,121.41 28.66,121.41 28.65,121.4 28.66,121.4 28.65))"\nline,"LINESTRING(121 28,122 29)"\nnone,\n`
      + `hole,"POLYGON((121.3 28.5,121.4 28.5,121.4 28.6,121.3 28.6,121.3 28.5),(121.32 28.52,121.32 28.58,121.38 28.58,121.38 28.52,121.32 28.52))"\n`);
    const mixed = made("mixed.html", file("mixed.csv"));
    assert.equal(mixed.code, 1);
    assert.ok(mixed.said.includes("row 3: "), mixed.said);
    const { page, complaints, close } = await opened(mixed);
    assert.equal(await page.textContent("#table-title"), "Sites and parcels");
    const said = await page.textContent("#table-said");
    for (const text of ["4 rows: 1 inside", "3 invalid", "2 parcels: ", "(not shown): 3", "row 3: ", "row 4: ", "row 5: "]) {
      assert.ok(said.includes(text), `${text} in ${said}`);
    }
    await page.fill("#query", "onerror");
    await page.keyboard.press("Enter");
    assert.ok((await page.textContent("#card h2 >> nth=0")).includes("onerror"));
    const click = async (lonLat) => {
      await page.click("#show-all");
      await page.click("#zoom-out");
      const [pixel, box] = [await page.evaluate((lonLat) => window.corridor.pixelOf(lonLat), lonLat), await page.locator("#canvas").boundingBox()];
      await page.mouse.move(box.x + pixel[0], box.y + pixel[1]);
      await page.mouse.click(box.x + pixel[0], box.y + pixel[1]);
      return page.textContent("#card h2 >> nth=0");
    };
    assert.ok((await click([121.465, 28.655])).includes("onerror"));
    assert.equal(await click([121.31, 28.55]), "hole");
    assert.equal(await click([121.36, 28.535]), "Answer");
    assert.equal(await click([121.4, 28.65]), "<b>site</b>");
    assert.equal(await page.locator("main img").count() + await page.locator("main b").count(), 0);
    assert.notEqual(await page.title(), "no");
    assert.deepEqual(complaints, []);
    await close();
  },

  async "twenty thousand parcels stay responsive, and those beyond are said"() {
    const next = random(6);
    const lines = Array.from({ length: 20_100 }, (_, n) => {
      const [x, y] = [121.15 + 0.4 * next(), 28.5 + 0.25 * next()];
      const corners = Array.from({ length: 12 }, (_, i) =>
        [x + 4e-4 * Math.cos(i * Math.PI / 6), y + 4e-4 * Math.sin(i * Math.PI / 6)].map((value) => value.toFixed(7)).join(" "));
      return `p${n},"POLYGON((${[...corners, corners[0]].join(",")}))"`;
    });
    writeFileSync(file("many-parcels.csv"), "name,wkt\n" + lines.join("\n") + "\n");
    const many = made("many-parcels.html", file("many-parcels.csv"));
    assert.ok(many.code === 0 && many.said.includes("the first 20,000 of 20,100 parcels are on the page"), many.said);
    const { page, complaints, close } = await opened(many);
    assert.ok((await page.textContent("#table-said")).includes("the first 20,000 of 20,100 parcels"));
    await page.screenshot({ path: file("page-many-parcels.png") });
    const frames = await frameTimes(page);
    console.log(`  ${readFileSync(file("many-parcels.html")).length} bytes, a frame takes ${frames[15].toFixed(0)} ms, at most ${frames[29].toFixed(0)} ms`);
    await page.fill("#query", "p19999");
    await page.keyboard.press("Enter");
    assert.equal(await page.textContent("#card h2 >> nth=0"), "p19999");
    assert.deepEqual(complaints, []);
    await close();
  },

  async "a hundred thousand sites stay responsive"() {
    const next = random(5);
    const lines = Array.from({ length: 100_000 }, (_, n) => `s${n},${121.15 + 0.4 * next()},${28.5 + 0.25 * next()}`);
    writeFileSync(file("many.csv"), "name,lon,lat\n" + lines.join("\n") + "\n");
    const { page, complaints, close } = await opened(made("many.html", file("many.csv")));
    assert.ok((await page.textContent("#grouped")).match(/^\d{5,6} sites in view/));
    await page.screenshot({ path: file("page-many.png") });
    const frames = await frameTimes(page);
    console.log(`  a frame takes ${frames[15].toFixed(0)} ms, at most ${frames[29].toFixed(0)} ms`);
    for (let n = 0; n < 6; n++) await page.click("#zoom-in");
    await page.waitForTimeout(200);
    assert.ok(await page.isHidden("#grouped"));
    assert.deepEqual(complaints, []);
    await close();
  },

  async "it prints on paper"() {
    const { page, close } = await opened(plan, { colorScheme: "dark" });
    await page.click("#zones button >> nth=1");
    await page.evaluate(() => document.activeElement.blur());
    await page.pdf({ path: file("page.pdf"), format: "A4", printBackground: true });
    // By the button, in pixels as fine as paper.
    await page.evaluate(() => { window.print = () => { window.isPrinting = true; }; });
    await page.click("#print");
    await page.waitForFunction(() => window.isPrinting);
    assert.ok(await page.evaluate(() => document.querySelector("canvas").width > 2 * document.querySelector("#map").clientWidth));
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    await page.pdf({ path: file("page-by-button.pdf"), format: "A4", printBackground: true });
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    await close();
  },
};

let failed = 0;
const chosen = Object.entries(tests).filter(([name]) => name.includes(process.argv[4] ?? ""));
for (const [name, test] of chosen) {
  try {
    await test();
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}`);
  }
}
await browser.close();
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
