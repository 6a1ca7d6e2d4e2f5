// The table of answers: only the rows in view are in the document, however many there are.

import { element } from "./element.mjs";

const ROW_PX = 28;
/** Browsers cannot scroll farther than that. */
const MOST_PX = 8_000_000;
const PAGE = 200;
/** Longer cells are cut on the screen: geometries as text. */
const MOST_LETTERS = 120;

export class TableView {
  #box;
  #body;
  #head;
  #spacer;
  #fetchRows;
  #onSort;
  #onChoose;
  #count = 0;
  #pages = new Map();
  #generation = 0;
  /** @type {{ index: number, name: string, label: string }[]} */
  #columns = [];
  #chosen = -1;
  /** @type {{ sortBy: number | null, isDescending: boolean }} */
  #sort = { sortBy: null, isDescending: false };

  /**
   * @param {HTMLElement} box
   * @param {{ fetchRows: (from: number, count: number) => Promise<any[]>, onSort: (sort: any) => void, onChoose: (row: any) => void }} on
   */
  constructor(box, { fetchRows, onSort, onChoose }) {
    this.#box = box;
    this.#fetchRows = fetchRows;
    this.#onSort = onSort;
    this.#onChoose = onChoose;
    this.#head = element("thead");
    this.#body = element("tbody");
    const table = element("table", {}, this.#head, this.#body);
    table.setAttribute("role", "grid");
    this.#spacer = element("div", { className: "spacer" }, table);
    box.append(this.#spacer);
    box.addEventListener("scroll", () => this.#draw(), { passive: true });
    box.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#draw()).observe(box);
  }

  get #table() {
    return this.#spacer.firstElementChild;
  }

  /**
   * Shows an answer: its columns in this order, and how many rows there are.
   * @param {{ index: number, name: string, label: string }[]} columns
   * @param {number} count
   */
  open(columns, count) {
    this.#columns = columns;
    this.#sort = { sortBy: null, isDescending: false };
    this.#head.replaceChildren(element("tr", {}, ...columns.map(({ index, name, label }) => {
      const button = element("button", { type: "button", textContent: label, title: name });
      button.addEventListener("click", () => this.#sortBy(index));
      const head = element("th", { scope: "col" }, button);
      head.dataset.column = name;
      head.dataset.index = String(index);
      return head;
    })));
    this.#table.setAttribute("aria-colcount", String(columns.length));
    this.#box.scrollLeft = 0;
    this.reset(count);
  }

  /** Shows the rows anew, which are this many. */
  reset(count) {
    this.#count = count;
    this.#pages.clear();
    this.#generation += 1;
    this.#chosen = -1;
    this.#box.scrollTop = 0;
    this.#spacer.style.height = `${Math.min(MOST_PX, (count + 1) * ROW_PX)}px`;
    this.#table.setAttribute("aria-rowcount", String(count + 1));
    this.#draw();
  }

  #sortBy(index) {
    const isSame = this.#sort.sortBy === index;
    if (isSame && this.#sort.isDescending) this.#sort = { sortBy: null, isDescending: false };
    else this.#sort = { sortBy: index, isDescending: isSame };
    for (const head of this.#head.querySelectorAll("th")) {
      const isSorted = Number(head.dataset.index) === this.#sort.sortBy;
      if (isSorted) head.setAttribute("aria-sort", this.#sort.isDescending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    this.#onSort(this.#sort);
  }

  // The first row in view. Of very many rows a pixel stands for several.
  get #first() {
    const height = this.#box.clientHeight;
    const range = Math.max(1, this.#spacer.offsetHeight - height);
    const last = Math.max(0, this.#count + 1 - Math.floor(height / ROW_PX));
    if ((this.#count + 1) * ROW_PX <= MOST_PX) return Math.floor(this.#box.scrollTop / ROW_PX);
    return Math.round((this.#box.scrollTop / range) * last);
  }

  async #page(number) {
    const generation = this.#generation;
    if (!this.#pages.has(number)) {
      this.#pages.set(number, null);
      // Without them, rows stay empty until they are fetched again.
      const rows = await this.#fetchRows(number * PAGE, PAGE).catch(() => null);
      if (rows === null) return void this.#pages.delete(number);
      if (generation !== this.#generation) return;
      this.#pages.set(number, rows);
      this.#draw();
    }
  }

  #rowAt(index) {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? null;
  }

  #draw() {
    const first = Math.max(0, Math.min(this.#first, this.#count - 1));
    const seen = Math.ceil(this.#box.clientHeight / ROW_PX) + 1;
    const last = Math.min(this.#count, first + seen);
    const rows = [];
    for (let index = first; index < last; index++) {
      const row = this.#rowAt(index);
      if (row === null) this.#page(Math.floor(index / PAGE));
      const line = element("tr", {}, ...this.#columns.map(({ index: column }) => {
        const cell = row?.cells[column] ?? "";
        const text = cell.length > MOST_LETTERS ? `${cell.slice(0, MOST_LETTERS)}…` : cell;
        return element("td", { textContent: text, title: cell.length > 24 ? cell.slice(0, 2000) : "" });
      }));
      line.setAttribute("aria-rowindex", String(index + 2));
      line.setAttribute("aria-selected", String(index === this.#chosen));
      line.addEventListener("click", () => this.#choose(index));
      rows.push(line);
    }
    this.#body.replaceChildren(...rows);
  }

  #choose(index) {
    this.#chosen = index;
    this.#draw();
    const row = this.#rowAt(index);
    if (row !== null) this.#onChoose(row);
  }

  /** Marks a row, and scrolls to it. */
  mark(index) {
    this.#chosen = index;
    this.#scrollTo(index);
    this.#draw();
  }

  #scrollTo(index) {
    if (index < 0) return;
    const height = this.#box.clientHeight, first = this.#first, seen = Math.floor(height / ROW_PX) - 1;
    if (index >= first && index < first + seen - 1) return;
    const top = Math.max(0, index - Math.floor(seen / 2));
    if ((this.#count + 1) * ROW_PX <= MOST_PX) this.#box.scrollTop = top * ROW_PX;
    else {
      const range = this.#spacer.offsetHeight - height;
      this.#box.scrollTop = (top / Math.max(1, this.#count + 1 - Math.floor(height / ROW_PX))) * range;
    }
  }

  #key(event) {
    const seen = Math.max(1, Math.floor(this.#box.clientHeight / ROW_PX) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: seen, PageUp: -seen, Home: -Infinity, End: Infinity };
    if (event.target !== this.#box || !Object.hasOwn(steps, event.key) || this.#count === 0) return;
    event.preventDefault();
    const from = this.#chosen < 0 && steps[event.key] > 0 ? -1 : Math.max(0, this.#chosen);
    const index = Math.max(0, Math.min(this.#count - 1, from + steps[event.key]));
    this.#scrollTo(index);
    this.#choose(index);
  }
}
