// Packs the package as npm does, installs it elsewhere, and uses it there: from Node.js, and from a bundle.
//
//   node pack.mjs FOLDER      where esbuild is installed

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const tools = resolve(process.argv[2]);
const packageFolder = resolve(import.meta.dirname, "..");
const elsewhere = mkdtempSync(join(tmpdir(), "corridor-pack-"));
const npm = (...args) => execFileSync("npm", args, { cwd: elsewhere, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
try {
  const [{ filename, files }] = JSON.parse(npm("pack", "--json", packageFolder));
  const names = files.map(({ path }) => path);
  for (const name of ["index.mjs", "index.d.mts", "corridor.wasm", "LICENSE-MIT", "LICENSE-APACHE", "examples/node.mjs"]) {
    assert.ok(names.includes(name), `${name} is in the package`);
  }
  writeFileSync(join(elsewhere, "package.json"), '{ "type": "module" }');
  npm("install", "--offline", "--no-audit", "--no-fund", join(elsewhere, filename));
  cpSync(join(packageFolder, "../../data/landmarks.csv"), join(elsewhere, "landmarks.csv"));
  const example = join(elsewhere, "node_modules/taizhou-corridor/examples/node.mjs");
  const said = execFileSync("node", [example, "landmarks.csv"], { cwd: elsewhere, encoding: "utf8" });
  assert.match(said, /landmarks\.csv: 32 rows: 14 inside/);
  assert.match(readFileSync(join(elsewhere, "landmarks-zones.csv"), "utf8"), /^id,name,.*,certainty,reason\n/);
  // A bundler is given the address of the module.
  writeFileSync(join(elsewhere, "entry.mjs"), 'import { load } from "taizhou-corridor"; globalThis.corridor = load;\n');
  execFileSync(join(tools, "node_modules/.bin/esbuild"),
    ["entry.mjs", "--bundle", "--format=esm", "--external:node:*", "--outfile=bundle.mjs", "--log-level=error"], { cwd: elsewhere });
  console.log(`package: ${names.length} files, installed and used elsewhere`);
} finally {
  rmSync(elsewhere, { recursive: true, force: true });
}
