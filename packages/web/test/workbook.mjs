// The parts of a workbook, to compare one that was made here with one that the program wrote.

import { inflateRawSync } from "node:zlib";

// The parts of a workbook, with texts and styles in the cells instead of their numbers: the program has files to buffer
// in, and so writes texts into the cells, numbers styles in another order, and leaves out the hint how far a row reaches.
export function workbook(bytes) {
  const parts = unzipped(Buffer.from(bytes));
  const all = (part, pattern) => [...(parts.get(part) ?? "").matchAll(pattern)].map((match) => match.slice(1));
  const texts = all("xl/sharedStrings.xml", /<si>(.*?)<\/si>/gs);
  const formats = new Map(all("xl/styles.xml", /<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g));
  const fonts = all("xl/styles.xml", /<font>(.*?)<\/font>/gs);
  const [[styles]] = all("xl/styles.xml", /<cellXfs[^>]*>(.*?)<\/cellXfs>/gs);
  const named = styles.replace(/numFmtId="(\d+)"/g, (attribute, number) => formats.get(number) ?? attribute)
    .replace(/fontId="(\d+)"/g, (_, number) => fonts[number]);
  const ofStyle = named.split("<xf ").slice(1);
  for (const [name, text] of parts) {
    const own = name.startsWith("xl/worksheets/")
      ? text.replace(/ spans="[\d:]+"/g, "").replace(/ t="s"><v>(\d+)<\/v>/g, (_, number) => ` t="inlineStr"><is>${texts[number]}</is>`)
        .replace(/ (s|style)="(\d+)"/g, (_, attribute, number) => ` ${attribute}=${ofStyle[number]}`)
      : text.replace(/<(Override|Relationship) [^>]*sharedStrings[^>]*>/g, "").replace(/<(numFmts|fonts|cellXfs).*<\/\1>/gs, "");
    parts.set(name, own);
  }
  parts.delete("xl/sharedStrings.xml");
  return parts;
}

// The texts in a ZIP archive, by the names of its directory.
export function unzipped(bytes) {
  const parts = new Map();
  let at = bytes.readUInt32LE(bytes.lastIndexOf("PK\x05\x06", undefined, "latin1") + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [nameSize, extraSize, commentSize] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const name = bytes.toString("utf8", at + 46, at + 46 + nameSize);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + bytes.readUInt32LE(at + 20));
    parts.set(name, (bytes.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed)).toString());
    at += 46 + nameSize + extraSize + commentSize;
  }
  return parts;
}
