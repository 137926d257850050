// The engine: a store in this worker's memory, which answers queries and changes nothing.
//
// It is told {id, do, …} and answers {id, …} or {id, error}.  Whoever wants an evaluation stopped
// ends the worker: the engine itself cannot be interrupted.

import { Store, initSync } from "./oxigraph/web.js";

const LABELLED = 2000; // things of an answer whose label is looked up

let store;

const work = {
  async load({ module, dump }) {
    initSync({ module });
    const loaded = new Store();
    const text = await unpacked(dump);
    // What the release's own tool wrote need not be checked again.
    loaded.load(text, { format: "application/n-quads", no_transaction: true, lenient: true });
    store = loaded;
    return { quads: store.size };
  },

  query({ text, lang, base }) {
    const form = judge(text);
    const isGraph = form === "CONSTRUCT" || form === "DESCRIBE";
    const started = performance.now();
    const body = evaluate(text, isGraph ? "application/n-triples" : "json");
    const seconds = (performance.now() - started) / 1000;
    return { kind: isGraph ? "graph" : "rows", body, seconds, labels: labels(body, lang, base) };
  },
};

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ id: data.id, ...(await work[data.do](data)) });
  } catch (error) {
    self.postMessage({ id: data.id, error: told(error) });
  }
};

/** Return the bytes of the dump unpacked; some hosts let the browser unpack it on the way. */
async function unpacked(dump) {
  const [first, second] = new Uint8Array(dump, 0, 2);
  if (first !== 0x1f || second !== 0x8b) return new Uint8Array(dump); // RFC 1952 §2.3.1
  const stream = new Blob([dump]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function evaluate(text, format) {
  return store.query(text, { use_default_graph_as_union: true, results_format: format });
}

// What a text may do

// SPARQL 1.1 §19.2: a code point may be written as an escape anywhere in a query.
const ESCAPE = /\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})/g;
const PROLOGUE = /^(?:\s+|#[^\n\r]*|(?:BASE|PREFIX\s*\S*?:)\s*<[^>]*>)*/i;
const UPDATE = /^(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b/i;
const FORM = /^(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i;
const SERVICE = /\bSERVICE(?:\s|#[^\n\r]*)*(?:SILENT\b)?(?:\s|#[^\n\r]*)*(?:<|[?$\w])/i;

/** Refuse what would change data or call another server; return the form of the query. */
function judge(text) {
  const plain = text.replace(ESCAPE, (all, four, eight) => {
    const code = parseInt(four ?? eight, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
  const body = plain.slice(PROLOGUE.exec(plain)[0].length);
  const update = UPDATE.exec(body);
  if (update) throw new Refused("update", update[0].toUpperCase());
  if (/service/i.test(plain) && isCall(text, plain)) throw new Refused("service");
  return (FORM.exec(body)?.[0] ?? "").toUpperCase();
}

/** Tell whether one "service" of a text is the keyword: written otherwise, it would not parse. */
function isCall(text, plain) {
  const renamed = text.replace(/(s)(ervice)/gi, (_, s, rest) => (s === "S" ? "X" : "x") + rest);
  try {
    new Store().query(renamed);
    return false;
  } catch (error) {
    return POSITION.test(String(error)) && SERVICE.test(plain);
  }
}

class Refused extends Error {
  constructor(kind, word = "") {
    super(kind);
    this.kind = kind;
    this.word = word;
  }
}

// What went wrong

const POSITION = /error at (\d+):(\d+): ([^]*)/;

function told(error) {
  if (error instanceof Refused) return { kind: error.kind, word: error.word };
  const said = String(error?.message ?? error);
  const place = POSITION.exec(said);
  if (!place) return { kind: "failed", said };
  const kind = said.includes("Prefix not found") ? "prefix" : "syntax";
  return { kind, line: Number(place[1]), column: Number(place[2]), said: place[3] };
}

// What things are called

const IRI = /"type":"uri","value":("(?:[^"\\]|\\.)*")|<([^<>"{}|^`\\\s]*)>/g;
// A literal may hold what looks like one: <b>.
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:[^<>"{}|^`\\\s]*$/;
// In these columns stand codes, by the convention of the stored queries.
const CODE = /"(place|impact)":\{"type":"literal","value":"([a-z0-9-]+)"\}/g;

/** Return the labels of the things in an answer, in a language before any other. */
function labels(body, lang, base) {
  const iris = new Set();
  const add = (iri) => {
    if (iris.size < LABELLED && ABSOLUTE.test(iri)) iris.add(iri);
  };
  for (const [, quoted, bracketed] of body.matchAll(IRI)) add(quoted ? JSON.parse(quoted) : bracketed);
  for (const [, column, code] of body.matchAll(CODE)) add(`${base}id/${column}/${code}`);
  if (!iris.size) return {};
  const found = JSON.parse(evaluate(labelQuery(iris), "json")).results.bindings;
  const best = {};
  for (const { iri, label } of found) {
    const known = best[iri.value];
    if (!known || (known["xml:lang"] !== lang && label["xml:lang"] === lang)) best[iri.value] = label;
  }
  return Object.fromEntries(Object.entries(best).map(([iri, label]) => [iri, label.value]));
}

function labelQuery(iris) {
  return `
    PREFIX dcterms: <http://purl.org/dc/terms/>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?iri ?label
    WHERE {
      VALUES ?iri { ${[...iris].map((iri) => `<${iri}>`).join(" ")} }
      ?iri skos:prefLabel|rdfs:label|dcterms:title ?label
    }
    ORDER BY ?iri ?label`;
}
