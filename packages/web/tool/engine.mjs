// The worker as seen from the page: questions have answers, and a worker that fails is replaced.

/** What went wrong, in the language of the page, with a stable code. */
export class Failure extends Error {
  /** @param {{ code: string, message: string, advice?: string | null, place?: object }} problem */
  constructor({ code, message, advice = null, place = {} }) {
    super(message);
    this.code = code;
    this.advice = advice;
    this.place = place;
  }
}

/** @typedef {(progress: { phase: string, share?: number }) => void} OnProgress */

export class Engine {
  #address;
  #module;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Failure) => void, onProgress: OnProgress | null }>} */
  #waiting = new Map();
  #last = 0;
  #ready;
  #lang;

  /**
   * @param {string} source the script of the worker
   * @param {string} packed the module, gzipped, as text
   * @param {string} lang
   */
  constructor(source, packed, lang) {
    this.#address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.#module = packed;
    this.#lang = lang;
    this.#ready = this.#start();
  }

  /** Settled once the engine is there. */
  get ready() {
    return this.#ready;
  }

  set lang(lang) {
    this.#lang = lang;
  }

  async #start() {
    const worker = new Worker(this.#address);
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#receive(data);
    const fail = (message) => {
      if (this.#worker === worker) this.#restart({ code: "crashed", message });
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message ?? "");
    };
    worker.onmessageerror = () => fail("");
    const { module } = await this.#send("start", { engine: this.#module, lang: this.#lang });
    // A worker that takes its place need not unpack it again.
    this.#module = module;
  }

  #receive({ id, progress, result, error }) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    if (progress) return waiting.onProgress?.(progress);
    this.#waiting.delete(id);
    if (error) waiting.reject(new Failure(error));
    else waiting.resolve(result);
  }

  /** @param {string} action @param {any} args @param {OnProgress | null} [onProgress] @returns {Promise<any>} */
  #send(action, args, onProgress = null) {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#waiting.set(id, { resolve, reject, onProgress });
      this.#worker?.postMessage({ id, action, args, lang: this.#lang });
    });
  }

  // All that waits ends with this error; the next question starts anew.
  #restart(error) {
    this.#worker?.terminate();
    this.#worker = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#ready = this.#start();
    for (const { reject } of waiting) reject(new Failure(error));
  }

  /** The answer to a question; progress is reported meanwhile. @param {string} action @param {any} [args] @param {OnProgress | null} [onProgress] */
  async ask(action, args = {}, onProgress = null) {
    await this.#ready;
    return this.#send(action, args, onProgress);
  }

  /** Ends what it works on. */
  cancel() {
    this.#restart({ code: "cancelled", message: "" });
  }
}
