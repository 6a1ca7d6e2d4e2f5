// The zones of the sites in a file, beside it: node node.mjs SITES.csv

import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

import { CorridorError, load } from "taizhou-corridor";

const [path] = process.argv.slice(2);
const corridor = await load();
try {
  const { bytes, sentence, notes } = corridor.locate({ name: basename(path), bytes: readFileSync(path) }, { format: "csv" });
  writeFileSync(path.replace(/\.[^.]*$/, "-zones.csv"), bytes);
  console.log([...notes, sentence].join("\n"));
} catch (error) {
  if (!(error instanceof CorridorError)) throw error;
  console.error([error.message, error.advice].filter(Boolean).join("\n"));
  process.exitCode = 1;
}
