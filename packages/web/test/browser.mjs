// Tests the package in headless Chromium, on a page and in a worker: the answers are those of Node.js, nothing is
// requested but the files of the package, and the example works.
//
//   node browser.mjs FOLDER      where web.mjs has put its files, and playwright-core is installed

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename, extname, join, resolve } from "node:path";

import { load } from "../index.mjs";

const folder = resolve(process.argv[2]);
const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
const packageFolder = resolve(import.meta.dirname, "..");
const work = join(folder, "files");

const TYPES = { ".mjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html; charset=utf-8" };
const WORKER = `import { load } from "./index.mjs";
onmessage = async ({ data: [command, file, options] }) => {
  const corridor = await load();
  postMessage(corridor[command](file, options));
};`;
const server = createServer((request, response) => {
  const name = basename(new URL(request.url, "http://localhost").pathname);
  const answer = (body, type) => response.writeHead(200, { "Content-Type": type }).end(body);
  if (name === "") answer("<!doctype html><title>test</title>", TYPES[".html"]);
  else if (name === "worker.mjs") answer(WORKER, TYPES[".mjs"]);
  else if (["index.mjs", "corridor.wasm", "example.html"].includes(name)) {
    answer(readFileSync(join(packageFolder, name)), TYPES[extname(name)]);
  } else response.writeHead(404).end();
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: execFileSync("which", [process.env.CHROMIUM || "chromium"], { encoding: "utf8" }).trim(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
const asked = [], complaints = [];
page.on("request", (request) => asked.push(request.url()));
page.on("pageerror", (error) => complaints.push(error.message));
page.on("console", (message) => complaints.push(message.text()));

const calls = [];
for (const name of readdirSync(work).filter((name) => /^(landmarks|sites|parcels|zipped)\.(csv|txt|geojson|xlsx|kml|fgb|zip)$/.test(name))) {
  const bytes = readFileSync(join(work, name));
  const commands = /^(landmarks|sites)/.test(name)
    ? [["locate", { output: "a.csv" }], ["nearest", { output: "a.geojson" }], ["convert", { output: "a.fgb" }]]
    : [["overlay", { output: "a.csv" }], ["report", { format: "html" }], ["report", { format: "xlsx" }], ["convert", { output: "a.shp" }]];
  for (const [command, options] of commands) calls.push({ command, name, bytes: bytes.toString("base64"), options });
}
calls.push({ command: "areas", options: { format: "csv" } }, { command: "check", options: { format: "json" } });

// The hash of what a call writes. It runs in both.
const answer = async (corridor, { command, name, bytes, options }) => {
  const file = name && { name, bytes: Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)) };
  const found = command === "areas" ? corridor.areas(options) : corridor[command](file ?? null, options);
  const hash = await crypto.subtle.digest("SHA-256", found.bytes);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

const corridor = await load();
const expected = [];
for (const call of calls) expected.push(await answer(corridor, call));

await page.goto(`${origin}/`);
const found = await page.evaluate(async ([text, calls]) => {
  const answer = new Function(`return ${text}`)();
  const { load } = await import("/index.mjs");
  const corridor = await load();
  const hashes = [];
  for (const call of calls) hashes.push(await answer(corridor, call));
  return hashes;
}, [answer.toString(), calls]);
assert.deepEqual(found, expected);

// In a worker.
const landmarks = readFileSync(join(work, "landmarks.csv"), "utf8");
const inWorker = await page.evaluate(async (csv) => {
  const worker = new Worker("/worker.mjs", { type: "module" });
  const reply = new Promise((done, failed) => {
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = (event) => failed(new Error(event.message));
  });
  worker.postMessage(["locate", { name: "landmarks.csv", bytes: csv }, { output: "a.csv" }]);
  const { bytes, summary } = await reply;
  return { text: new TextDecoder().decode(bytes), inside: summary.inside };
}, landmarks);
assert.equal(inWorker.inside, 14);
const digest = (text) => createHash("sha256").update(text).digest("hex");
const located = corridor.locate({ name: "landmarks.csv", bytes: landmarks }, { output: "a.csv" });
assert.equal(digest(inWorker.text), digest(Buffer.from(located.bytes)));

// The speed on a page.
const milliseconds = await page.evaluate(async () => {
  const { load } = await import("/index.mjs");
  const corridor = await load();
  const points = new Float64Array(2_000_000);
  for (let n = 0; n < points.length; n += 2) [points[n], points[n + 1]] = [121.15 + 0.35 * Math.random(), 28.5 + 0.25 * Math.random()];
  corridor.locatePoints(points);
  const start = performance.now();
  corridor.locatePoints(points);
  return performance.now() - start;
});

// The example: a file is chosen, answered and saved.
await page.goto(`${origin}/example.html`);
await page.waitForSelector("#file:enabled");
await page.setInputFiles("#file", { name: "landmarks.csv", mimeType: "text/csv", buffer: Buffer.from(landmarks) });
await page.waitForSelector("#save:enabled");
const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
assert.equal(download.suggestedFilename(), "landmarks.csv");
assert.equal(digest(readFileSync(await download.path())), digest(Buffer.from(located.bytes)));
await page.selectOption("#lang", "zh");
assert.match(await page.textContent("h1"), /\p{Script=Han}/u);
await page.setInputFiles("#file", { name: "empty.csv", mimeType: "text/csv", buffer: Buffer.from("") });
await page.waitForFunction(() => /empty\.csv/.test(document.querySelector("#notes").textContent));

const others = asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("blob:"));
assert.deepEqual(others, [], "nothing else is requested");
assert.deepEqual(complaints.filter((text) => !/favicon/.test(text) && !/404/.test(text)), []);
console.log(`Chromium ${browser.version()}: ${calls.length} answers on a page and one in a worker are those of Node.js; a million points: ${milliseconds.toFixed(0)} ms; the example works; nothing else is requested`);
await browser.close();
server.close();
