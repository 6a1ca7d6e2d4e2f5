// Makes `corridor.html` of the module, the scripts and the style: one file that makes no request.
//
//   node build.mjs OUTPUT FOLDER      needs corridor.wasm beside index.mjs (`make web`), and in FOLDER the packages of
//                                     package.json; QUICK=1 for a page that is larger and made sooner

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { constants, gzipSync } from "node:zlib";

import { load } from "../index.mjs";
import { packed } from "./packing.mjs";

const [output, tools] = process.argv.slice(2).map((path) => resolve(path));
const needed = createRequire(join(tools, "package.json"));
const { build } = needed("esbuild");
// Takes half a minute, and makes it 4 % smaller.
const gzipped = async (bytes) => {
  if (process.env.QUICK) return gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
  return needed("@gfx/zopfli").gzipAsync(bytes, { numiterations: 5 });
};
const here = import.meta.dirname, data = join(here, "../../../data");
const text = (name) => readFileSync(join(here, name), "utf8");

// Words between tags of HTML and rules of CSS need no spaces.
const bundled = async (entry) => {
  const options = { bundle: true, write: false, minify: true, format: "iife", charset: "utf8", target: ["chrome103", "firefox113", "safari16.4"] };
  // In Node.js the library reads its module; here it is given one.
  const define = { "import.meta.url": '""' };
  const { outputFiles } = await build({ entryPoints: [join(here, entry)], define, external: ["node:*"], logLevel: "error", ...options });
  return outputFiles[0].text.trim();
};
const css = async (name) => {
  const { outputFiles } = await build({ entryPoints: [join(here, name)], minify: true, write: false, logLevel: "error", charset: "utf8" });
  return outputFiles[0].text.trim();
};

const wasm = readFileSync(join(here, "../corridor.wasm"));
const corridor = await load({ wasm });
const hash = (content) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
// The map is a page in a frame, which is bound by the policy of this page, too.
const map = new TextDecoder().decode(corridor.map(null, { format: "html" }).bytes);
const between = (start, end) => map.slice(map.lastIndexOf(start) + start.length, map.indexOf(end, map.lastIndexOf(start)));
const [script, style] = [await bundled("main.mjs"), await css("tool.css")];
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)} ${hash(between("<script>", "</script>"))} 'wasm-unsafe-eval'`,
  `style-src ${hash(style)} ${hash(between("<style>", "</style>"))} 'unsafe-hashes'`,
  "worker-src blob:", "img-src blob:", "base-uri 'none'", "form-action 'none'",
].join("; ");

const sample = (name) => ({ name, base64: readFileSync(join(data, name)).toString("base64") });
const version = /^version = "(.*)"/m.exec(readFileSync(join(here, "../../../Cargo.toml"), "utf8"))?.[1];
const values = {
  policy,
  title: "Taizhou Corridor · 台州湾科创走廊",
  style,
  engine: packed(await gzipped(wasm)),
  worker: (await bundled("worker.mjs")).replaceAll("</script", "<\\/script"),
  samples: JSON.stringify({ version, sites: sample("landmarks.csv"), parcels: sample("sample-parcels.txt") }).replaceAll("<", "\\u003c"),
  script,
};
const page = text("tool.html").replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
writeFileSync(output, page);
for (const [name, content] of Object.entries({ ...values, page })) {
  if (!["policy", "title"].includes(name)) console.log(`${name.padEnd(8)} ${String(Buffer.byteLength(content)).padStart(9)} bytes`);
}
