// The way to the engine: what it needs is fetched once, a worker is started when there is something
// to ask, and ended when somebody has waited long enough.

export class Stopped extends Error {}
export class TimedOut extends Error {}

/** What the engine says of a query that it does not answer: its kind, line, column, words. */
export class Problem extends Error {
  constructor(told) {
    super(told.said ?? told.kind);
    Object.assign(this, told);
  }
}

/** A file that does not come. */
export class Unreachable extends Error {}

export class Engine {
  #folder;
  #dump;
  #base;
  #fetched; // a promise of the engine's code and the dump's bytes
  #thread; // the worker
  #loaded; // a promise of the worker, when it holds the data
  #last = 0;
  #waiting = new Map();
  #cancel = null; // ends what is under way
  quads = 0;

  /**
   * @param {string} folder Address of the folder of scripts, with its slash.
   * @param {string} dump Address of the dump.
   * @param {string} base What our IRIs begin with.
   */
  constructor(folder, dump, base) {
    this.#folder = folder;
    this.#dump = dump;
    this.#base = base;
  }

  get isReady() {
    return this.quads > 0;
  }

  /** Fetch and load, if that is not done; tell the bytes that have come, of how many. */
  async load(progress = () => {}) {
    return this.#bounded(null, () => this.#started(progress));
  }

  /**
   * Return the answer to a query: {kind, body, seconds, labels}.
   *
   * @param {number|null} timeout Seconds for the evaluation, loading not counted.
   */
  async ask(text, lang, timeout = null, progress = () => {}) {
    const worker = await this.load(progress);
    return this.#bounded(timeout, () => this.#tell(worker, { do: "query", text, lang, base: this.#base }));
  }

  /** End what is under way; the next query starts a new worker with the bytes that are here. */
  stop() {
    this.#cancel?.(new Stopped());
  }

  /** Do something that `stop`, or the end of a time, breaks off. */
  async #bounded(seconds, work) {
    let timer;
    const ended = new Promise((_, reject) => {
      this.#cancel = reject;
      if (seconds) timer = setTimeout(() => reject(new TimedOut()), seconds * 1000);
    });
    try {
      return await Promise.race([work(), ended]);
    } catch (error) {
      if (error instanceof Stopped || error instanceof TimedOut) this.#end();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#cancel = null;
    }
  }

  #end() {
    this.#thread?.terminate();
    this.#thread = this.#loaded = undefined;
    this.#waiting.clear(); // nobody waits any more: each wait is raced with its end
  }

  async #started(progress) {
    this.#fetched ??= this.#fetch(progress).catch((error) => {
      this.#fetched = undefined; // the next try may reach it
      throw error;
    });
    const [module, dump] = await this.#fetched;
    this.#loaded ??= this.#start(module, dump).catch((error) => {
      this.#end();
      throw error;
    });
    return this.#loaded;
  }

  async #start(module, dump) {
    const worker = new Worker(`${this.#folder}sparql-worker.js`, { type: "module" });
    this.#thread = worker;
    worker.onmessage = ({ data }) => this.#settle(data);
    worker.onerror = (event) => this.#fail(event.message);
    const { quads } = await this.#tell(worker, { do: "load", module, dump });
    this.quads = quads;
    return worker;
  }

  #tell(worker, message) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...message });
    });
  }

  #settle({ id, error, ...answer }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Problem(error));
    else waiting?.resolve(answer);
  }

  #fail(said) {
    const waiting = [...this.#waiting.values()];
    this.#end();
    for (const { reject } of waiting) reject(new Problem({ kind: "failed", said }));
  }

  async #fetch(progress) {
    const sizes = new Map();
    const told = (name) => (come, whole) => {
      sizes.set(name, [come, whole]);
      const sum = (n) => [...sizes.values()].reduce((total, size) => total + size[n], 0);
      progress(sum(0), sizes.size === 2 ? sum(1) : 0);
    };
    const [code, dump] = await Promise.all([
      bytes(`${this.#folder}oxigraph/web_bg.wasm`, told("code")),
      bytes(this.#dump, told("dump")),
    ]);
    return [await WebAssembly.compile(code), dump];
  }
}

/** Return what stands at an address, telling on the way how much has come. */
async function bytes(address, told) {
  let response;
  try {
    response = await fetch(address);
  } catch {
    throw new Unreachable(address);
  }
  if (!response.ok) throw new Unreachable(address);
  const whole = Number(response.headers.get("Content-Length")) || 0;
  const pieces = [];
  let come = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    come += value.length;
    told(come, Math.max(whole, come));
  }
  return new Blob(pieces).arrayBuffer();
}
