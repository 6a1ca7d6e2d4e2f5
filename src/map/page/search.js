// What somebody typed: a position, or what zones and rows are called.

// Degrees, with minutes and seconds or without; the letter of the direction before or after.
const NUMBER = "\\d+(?:\\.\\d+)?|\\.\\d+";
const DEGREES = `([-+−]?(?:${NUMBER}))\\s*(?:[°º度]\\s*(?:(${NUMBER})\\s*['′’分]\\s*(?:(${NUMBER})\\s*(?:["″”秒]|''|′′)\\s*)?)?)?`;
const ANGLE = new RegExp(`([NSEW])\\s*${DEGREES}|${DEGREES}([NSEW])?`, "gi");

// Two angles with their directions, if the text is nothing else.
function anglesIn(text) {
  const plain = text.normalize("NFKC").replace(/[东西南北][经纬]?/g, (word) => "EWSN"["东西南北".indexOf(word[0])]);
  const angles = [];
  const rest = plain.replace(ANGLE, (_, before, d1, m1, s1, d2, m2, s2, after) => {
    const [degrees, minutes, seconds] = d1 === undefined ? [d2, m2, s2] : [d1, m1, s1];
    const number = Number(degrees.replace("−", "-"));
    const size = Math.abs(number) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600;
    const isWhole = Number(minutes ?? 0) < 60 && Number(seconds ?? 0) < 60;
    const direction = (before ?? after ?? "").toUpperCase();
    const isNegative = number < 0 || direction === "S" || direction === "W";
    angles.push({ value: isWhole ? (isNegative ? -size : size) : NaN, direction });
    return " ";
  });
  return angles.length === 2 && /^[\s,、;]*$/.test(rest) ? angles : null;
}

// The readings of a text as a position, each with the system of its coordinates where they are not degrees; or what is
// wrong with it: `swapped` or `invalid`. `null` if it is none.
function typedPosition(text, near) {
  const angles = anglesIn(text);
  if (angles === null) return null;
  const [a, b] = angles;
  const onGrid = gridReadings([a.value, b.value], near);
  if (onGrid.length) return { readings: onGrid };
  const isLatitude = ({ direction }) => direction === "N" || direction === "S";
  const isLongitude = ({ direction }) => direction === "E" || direction === "W";
  if ((isLatitude(a) && isLatitude(b)) || (isLongitude(a) && isLongitude(b))) return { problem: "invalid" };
  const isNamed = a.direction !== "" || b.direction !== "";
  const [lon, lat] = (isLatitude(a) || isLongitude(b) ? [b, a] : [a, b]).map(({ value }) => value);
  if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) return { readings: [{ lonLat: [lon, lat], system: null }] };
  const isSwapped = !isNamed && Math.abs(lon) <= 90 && Math.abs(lat) <= 180;
  return isSwapped ? { problem: "swapped", swapped: [lat, lon] } : { problem: "invalid" };
}

// The zones, parcels and sites that have a text in their names, then those that have it in another column: of each the
// number and the cell that was found. `exact` are those that are called just so.
function matches(text, { zones, parcels, sites }) {
  const asked = text.trim().toLowerCase();
  const lower = (name) => (name ?? "").toLowerCase();
  const has = (name) => lower(name).includes(asked);
  const namesOf = (zone) => [zone.id, zone.name, zone.nameEn];
  const inRows = (rows, kind) => {
    const called = [], other = [];
    for (let number = 0; number < (rows?.name.length ?? 0); number++) {
      const names = [rows.name[number], rows.name_en[number]];
      if (names.some(has)) {
        called.push({ kind, number, cell: null, isExact: names.some((name) => lower(name) === asked) });
        continue;
      }
      const cell = rows.cells[number]?.find(([, content]) => has(content));
      if (cell !== undefined) other.push({ kind, number, cell, isExact: lower(cell[1]) === asked });
    }
    return [...called, ...other];
  };
  const ofZones = [...zones.keys()].filter((number) => namesOf(zones[number]).some(has)).map((number) => (
    { kind: "zone", number, cell: null, isExact: namesOf(zones[number]).some((name) => lower(name) === asked) }));
  return [ofZones, inRows(parcels, "parcel"), inRows(sites, "site")];
}
