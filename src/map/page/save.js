// Files of what is in view: rows as CSV and GeoJSON, the map as PNG.

// As with `corridor locate --excel`: UTF-8 with a byte order mark, and no cell that Excel would take for a formula.
function csvOf(columns, rows) {
  const isNumber = (text) => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);
  const cell = (value) => {
    let text = value === null || value === undefined ? "" : String(value);
    if (/^[=+\-@\t\r]/.test(text) && !isNumber(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\ufeff${[columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function geojsonOf(columns, rows, geometries) {
  const features = rows.map((row, number) => ({
    type: "Feature",
    geometry: geometries[number],
    properties: Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])),
  }));
  return JSON.stringify({ type: "FeatureCollection", features });
}

// The sites and parcels in view with their own columns and those of `corridor locate` and `corridor overlay`.
function rowsInView({ zones, sites, table }, view, parcels, answerAt) {
  const own = (rows, number) => {
    const cells = new Map(rows.cells[number]);
    return [rows.name[number], ...table.columns.map((_, column) => cells.get(column) ?? null)];
  };
  const found = [];
  for (let number = 0; number < (sites?.lon.length ?? 0); number++) {
    const [lon, lat] = [sites.lon[number], sites.lat[number]];
    if (!view.isSeen([lon, lat, lon, lat])) continue;
    const geometry = { type: "Point", coordinates: [lon, lat] };
    const answer = table.hasFindings ? {} : { lon, lat, ...answerAt(lon, lat) };
    found.push({ own: own(sites, number), answer, geometry });
  }
  for (const { number } of parcels?.inView().sort((a, b) => a.number - b.number) ?? []) {
    const [zone, share, area] = parcels.parts[number][parcels.majority[number]];
    const answer = table.hasFindings ? {} : {
      zone: zone === null ? null : zones[zone].id,
      zone_name: zone === null ? null : zones[zone].name,
      relation: parcels.relation[number],
      area_m2: area,
      share,
      parcel_area_m2: parcels.area[number],
      certainty: parcels.certainty[number],
    };
    found.push({ own: own(parcels, number), answer, geometry: parcels.geometry(number) });
  }
  const answers = [...new Set(found.flatMap(({ answer }) => Object.keys(answer)))];
  return {
    columns: distinctColumns([table.label ?? "name", ...table.columns, ...answers]),
    rows: found.map(({ own, answer }) => [...own, ...answers.map((column) => answer[column] ?? null)]),
    geometries: found.map(({ geometry }) => geometry),
  };
}

// Names that no two columns share.
function distinctColumns(columns) {
  const seen = new Map();
  return columns.map((column) => {
    const count = (seen.get(column) ?? 0) + 1;
    seen.set(column, count);
    return count === 1 ? column : `${column}_${count}`;
  });
}

// The canvas with its title above and the notes below, which the picture must not lose.
function pictureOf(canvas, { title, notes, paper, land, ink, faint, density }) {
  const margin = 16 * density, line = 18 * density;
  const picture = document.createElement("canvas");
  const context = picture.getContext("2d");
  const font = (size, weight) => `${weight} ${size * density}px system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif`;
  picture.width = canvas.width;
  context.font = font(12, 400);
  const lines = notes.flatMap((note) => brokenLines(note, canvas.width - 2 * margin, (text) => context.measureText(text).width));
  const top = 40 * density;
  picture.height = top + canvas.height + lines.length * line + margin;
  context.fillStyle = paper;
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = land;
  context.fillRect(0, top, canvas.width, canvas.height);
  context.drawImage(canvas, 0, top);
  context.textBaseline = "middle";
  context.fillStyle = ink;
  context.font = font(17, 600);
  context.fillText(title, margin, top / 2, canvas.width - 2 * margin);
  context.fillStyle = faint;
  context.font = font(12, 400);
  lines.forEach((text, row) => context.fillText(text, margin, top + canvas.height + margin / 2 + (row + 0.5) * line));
  return picture;
}

// A text in lines of at most this width, broken at spaces and between Chinese characters.
function brokenLines(text, width, widthOf) {
  const lines = [];
  let current = "";
  for (const part of text.match(/[\u2e80-\uffef]|\s+|[^\s\u2e80-\uffef]+/g) ?? []) {
    if (current !== "" && widthOf(current + part) > width) {
      lines.push(current.trimEnd());
      current = part.trimStart();
    } else current += part;
  }
  return current === "" ? lines : [...lines, current];
}

function saveFile(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
