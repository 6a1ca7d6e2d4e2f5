// Takes the pictures of the front pages: the page of `corridor map` and a report, in both languages.
//
//   node pictures.mjs CORRIDOR FOLDER      the program; where packages are and pages go
//
// `CHROMIUM` names the browser, by default `chromium`. Pixels depend on its version and fonts, so no test compares them.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
const root = resolve(import.meta.dirname, "../..");
const pages = join(folder, "pictures"), pictures = join(root, "docs/pictures");
for (const made of [pages, pictures]) mkdirSync(made, { recursive: true });

// Of the landmarks.
const SOURCE = {
  en: "landmarks: © OpenStreetMap contributors (ODbL 1.0), GeoNames (CC BY 4.0), public maps",
  zh: "地标：© OpenStreetMap contributors（ODbL 1.0）、GeoNames（CC BY 4.0）、公开地图",
};

const corridor = (...args) => execFileSync(program, ["-q", ...args, "--overwrite"], { cwd: root });
const browser = await chromium.launch({
  executablePath: execFileSync("which", [process.env.CHROMIUM || "chromium"], { encoding: "utf8" }).trim(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});

async function opened(name, width, height) {
  // Their policy forbids to fetch even pictures of them.
  const page = await browser.newPage({ bypassCSP: true, viewport: { width, height } });
  await page.goto(pathToFileURL(join(pages, name)).href);
  return page;
}

// As WebP, a fourth of the size.
async function write(name, png, page) {
  const webp = await page.evaluate(async (data) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    return canvas.toDataURL("image/webp", 0.8).split(",")[1];
  }, png.toString("base64"));
  writeFileSync(join(pictures, `${name}.webp`), Buffer.from(webp, "base64"));
  writeFileSync(join(pages, `${name}.png`), png);
}

for (const lang of ["en", "zh"]) {
  corridor("map", "data/landmarks.csv", "--lang", lang, "--source", SOURCE[lang], "-o", join(pages, `page-${lang}.html`));
  const map = await opened(`page-${lang}.html`, 1100, 680);
  await map.waitForFunction(() => document.documentElement.dataset.drawn === "yes");
  // The railway station.
  const box = await map.locator("#canvas").boundingBox();
  const [x, y] = await map.evaluate(() => window.corridor.pixelOf([121.36898, 28.6559]));
  await map.mouse.click(box.x + x, box.y + y);
  await map.mouse.move(0, 0);
  await map.waitForTimeout(300);
  await write(`page-${lang}`, await map.screenshot(), map);

  const report = ["--sum-by", "用途", "--lang", lang, "--report", join(pages, `report-${lang}.html`)];
  corridor("overlay", "data/sample-parcels.txt", ...report, "-o", join(pages, "parts.csv"));
  const document = await opened(`report-${lang}.html`, 1100, 1100);
  // The map, and the table of zones below it.
  const top = (await document.locator("xpath=(//figure)[1]").boundingBox()).y - 60;
  const table = await document.locator("xpath=(//figure)[1]/following::table[1]").boundingBox();
  const clip = { x: 0, y: top, width: 1100, height: table.y + table.height - top + 20 };
  await write(`report-${lang}`, await document.screenshot({ fullPage: true, clip }), document);
}
await browser.close();
