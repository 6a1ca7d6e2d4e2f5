// The map: the page that `corridor map` writes, in a frame of its own.

import { element } from "./element.mjs";

export class MapFrame {
  #box;
  /** @type {any} */
  #frame = null;
  #onChoose;
  #title = "";
  // Set while the table chooses a row, which the map need not report.
  #isFromTable = false;

  /** @param {HTMLElement} box @param {(row: number) => void} onChoose the number of a row that was chosen, from 1 */
  constructor(box, onChoose) {
    this.#box = box;
    this.#onChoose = onChoose;
  }

  set title(title) {
    this.#title = title;
    if (this.#frame) this.#frame.title = title;
  }

  clear() {
    this.#frame = null;
    this.#box.replaceChildren();
  }

  /** @param {string} page */
  show(page) {
    const frame = element("iframe", { title: this.#title, srcdoc: page.replace("<html ", '<html data-embed="tool" ') });
    frame.addEventListener("load", () => {
      frame.contentDocument?.addEventListener("choice", ({ detail }) => {
        if (!this.#isFromTable) this.#onChoose(detail);
      });
    });
    this.#frame = frame;
    this.#box.replaceChildren(frame);
  }

  get #page() {
    return this.#frame?.contentWindow?.corridor ?? null;
  }

  choose(row) {
    this.#isFromTable = true;
    try {
      this.#page?.choose(row);
    } finally {
      this.#isFromTable = false;
    }
  }

  setLang(lang) {
    this.#page?.setLang(lang);
  }

  setTheme(theme) {
    this.#page?.setTheme(theme);
  }
}
