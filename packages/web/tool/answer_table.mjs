// The rows of a CSV: found once, decoded when they are shown, filtered and sorted.

const COMMA = 44, QUOTE = 34, LINE_FEED = 10, CARRIAGE_RETURN = 13;
/** Of more distinct values than that, a column offers none to filter by. */
const MOST_VALUES = 60;

/** Where rows begin: of the bytes after each line end that is in no quoted cell. */
function rowStarts(bytes) {
  let starts = new Uint32Array(1 << 12), count = 0, isQuoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === LINE_FEED && !isQuoted) {
      if (count === starts.length) {
        const larger = new Uint32Array(2 * starts.length);
        larger.set(starts);
        starts = larger;
      }
      starts[count++] = at + 1;
    }
  }
  return starts.subarray(0, count);
}

export class AnswerTable {
  #bytes;
  #starts;
  #decoder = new TextDecoder();
  /** @type {Map<number, string[]>} */
  #columns = new Map();
  /** The numbers of the rows that are shown, in their order; all, as they are, if it is null. @type {Uint32Array | null} */
  #view = null;

  /** Of the CSV of an answer: UTF-8, with a header. */
  constructor(bytes) {
    this.#bytes = bytes;
    this.#starts = rowStarts(bytes);
    /** @type {string[]} */
    this.columns = this.#cells(0, this.#starts[0] ?? bytes.length);
    /** All rows. */
    this.count = Math.max(0, this.#starts.length - 1);
  }

  #cells(from, to) {
    let end = to;
    while (end > from && (this.#bytes[end - 1] === LINE_FEED || this.#bytes[end - 1] === CARRIAGE_RETURN)) end -= 1;
    const text = this.#decoder.decode(this.#bytes.subarray(from, end));
    if (!text.includes('"')) return text.split(",");
    return Array.from(text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
      quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  }

  /** The cells of a row of the file, from 0. */
  row(number) {
    return this.#cells(this.#starts[number], this.#starts[number + 1]);
  }

  /** The cells of a column, which is named by its place: a file may have several of a name. @param {number} index */
  column(index) {
    const known = this.#columns.get(index);
    if (known) return known;
    const cells = Array.from({ length: this.count }, (_, number) => this.#cell(number, index));
    this.#columns.set(index, cells);
    return cells;
  }

  // A cell, without those after it.
  #cell(number, index) {
    const end = this.#starts[number + 1];
    let at = this.#starts[number], column = 0, isQuoted = false;
    for (; at < end && column < index; at++) {
      if (this.#bytes[at] === QUOTE) isQuoted = !isQuoted;
      else if (this.#bytes[at] === COMMA && !isQuoted) column += 1;
    }
    let stop = at;
    for (isQuoted = false; stop < end; stop++) {
      const byte = this.#bytes[stop];
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (!isQuoted && (byte === COMMA || byte === LINE_FEED || byte === CARRIAGE_RETURN)) break;
    }
    const text = this.#decoder.decode(this.#bytes.subarray(at, stop));
    return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
  }

  /** The distinct values of a column with their counts, the most frequent first; none if there are too many. */
  values(index) {
    const counts = new Map();
    for (const value of this.column(index)) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
      if (counts.size > MOST_VALUES) return [];
    }
    return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
  }

  /**
   * Chooses the rows that are shown, and their order. Returns how many they are.
   * @param {{ only?: Record<number, string>, text?: string, sortBy?: number | null, isDescending?: boolean }} choice
   */
  show({ only = {}, text = "", sortBy = null, isDescending = false }) {
    /** @type {Uint32Array | null} */
    let view = null;
    const keep = (test) => {
      const before = view;
      const kept = new Uint32Array(before?.length ?? this.count);
      let count = 0;
      for (let index = 0; index < kept.length; index++) {
        const number = before === null ? index : before[index];
        if (test(number)) kept[count++] = number;
      }
      view = kept.subarray(0, count);
    };
    for (const [index, value] of Object.entries(only)) {
      const cells = this.column(Number(index));
      keep((number) => cells[number] === value);
    }
    const asked = text.trim().toLowerCase();
    if (asked !== "") keep((number) => this.row(number).some((cell) => cell.toLowerCase().includes(asked)));
    if (sortBy !== null) view = this.#sorted(view, sortBy, isDescending);
    this.#view = view;
    return view?.length ?? this.count;
  }

  // Numbers as numbers, other texts as people sort them; empty cells last, rows with equal cells as they were.
  #sorted(view, index, isDescending) {
    const cells = this.column(index);
    const numbers = Float64Array.from(cells, (cell) => (cell === "" ? NaN : Number(cell)));
    const isNumeric = cells.every((cell, number) => cell === "" || !Number.isNaN(numbers[number]));
    const order = isNumeric ? (a, b) => numbers[a] - numbers[b] : this.#textOrder(cells);
    const sign = isDescending ? -1 : 1;
    const all = view ?? Uint32Array.from({ length: this.count }, (_, number) => number);
    return all.slice().sort((a, b) => {
      const [isEmptyA, isEmptyB] = [cells[a] === "", cells[b] === ""];
      if (isEmptyA || isEmptyB) return isEmptyA === isEmptyB ? a - b : isEmptyA ? 1 : -1;
      return sign * order(a, b) || a - b;
    });
  }

  // Each distinct text is compared once with the others, not once a row.
  #textOrder(cells) {
    const collator = new Intl.Collator(undefined, { numeric: true });
    const ranks = new Map([...new Set(cells)].sort(collator.compare).map((text, rank) => [text, rank]));
    const rankOf = (number) => ranks.get(cells[number]) ?? 0;
    return (a, b) => rankOf(a) - rankOf(b);
  }

  /** Rows that are shown, from a place on: of each its number in the file, from 0, and its cells. */
  shown(from, count) {
    const last = Math.min(from + count, this.#view?.length ?? this.count);
    const rows = [];
    for (let index = from; index < last; index++) {
      const number = this.#view === null ? index : this.#view[index];
      rows.push({ number, cells: this.row(number) });
    }
    return rows;
  }

  /** The place of a row among those that are shown; -1 if it is not. */
  placeOf(number) {
    return this.#view === null ? number : this.#view.indexOf(number);
  }
}
