// Files as they are chosen or dropped, grouped to datasets: the parts of a shapefile belong together, and so do the files
// of a geodatabase's folder.

const PART = /\.(shp|shx|dbf|prj|cpg|qpj|qix|sbn|sbx|shp\.xml)$/i;

/** @typedef {{ key: string, name: string, files: File[] }} Dataset */

let made = 0;

/** @param {{ file: File, path: string }[]} found @returns {Dataset[]} */
export function groupsOf(found) {
  const groups = new Map();
  for (const { file, path } of found) {
    const database = /^(.*?[^/]+\.gdb)\/[^/]+$/i.exec(path)?.[1];
    const group = database ?? path.replace(PART, ".shapefile");
    if (!groups.has(group)) groups.set(group, { database, members: [] });
    groups.get(group).members.push(file);
  }
  return [...groups.values()].flatMap(({ database, members }) => {
    const key = () => `dataset-${++made}`;
    const name = (file) => file.name;
    if (database !== undefined) return [{ key: key(), name: database.split("/").pop(), files: members }];
    const main = members.find((file) => /\.shp$/i.test(file.name)) ?? members.find((file) => /\.dbf$/i.test(file.name));
    // A projection file alone is nothing to read.
    if (members.length > 1 && main) return [{ key: key(), name: name(main), files: members }];
    return members.map((file) => ({ key: key(), name: name(file), files: [file] }));
  });
}

/** The files of a drop, those in folders included. @param {DataTransfer} transfer */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.some((entry) => entry === null)) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const found = [];
  const visit = async (/** @type {any} */ entry, path) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      if (!file.name.startsWith(".")) found.push({ file, path });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      // A reader gives a hundred at a time.
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) break;
      for (const one of some) await visit(one, `${path}/${one.name}`);
    }
  };
  for (const entry of entries) await visit(entry, entry?.name);
  return found;
}

/** The name of a dataset without its extension. */
export const stemOf = (name) => name.replace(/\.gz$/i, "").replace(/(?<=.)\.[^.]*$/, "");
