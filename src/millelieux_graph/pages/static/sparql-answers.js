// An answer read: its columns and rows, and what a term of it is called and leads to.

import { lang } from "./sparql-words.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(
  ["integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"].map((t) => XSD + t),
);
const WKT = "http://www.opengis.net/ont/geosparql#wktLiteral";
const POINT = /^\s*(?:<[^>]*>\s*)?POINT\s*Z?\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)/i;
const CODED = new Set(["place", "impact"]); // columns of codes, by the convention of the stored queries
const POSITIONS = new Set(["start", "end"]); // of passages: numbers, but no quantities
const SUFFIX = lang === "en" ? ".en.html" : ".html";
const LONGEST = 120; // characters of a name of a file; longer ones are hashed (addresses.py)

/** What the engine answered, for the views. */
export class Answer {
  /**
   * @param {{kind: string, body: string, labels: object}} told By the engine.
   * @param {{base: string, prefixes: object}} vocabulary Our names.
   */
  constructor({ kind, body, labels = {} }, vocabulary) {
    this.body = body;
    this.labels = labels;
    this.vocabulary = vocabulary;
    this.truth = undefined;
    [this.columns, this.rows] = kind === "graph" ? triples(body) : this.#solutions(JSON.parse(body));
    this.kind = kind === "graph" ? "graph" : this.truth === undefined ? "rows" : "truth";
  }

  #solutions({ head, results, boolean }) {
    this.truth = boolean;
    if (!results) return [[], []];
    return [head.vars, results.bindings.map((binding) => head.vars.map((name) => binding[name]))];
  }

  column(name) {
    return this.columns.indexOf(name);
  }

  /** Return the numbers of the columns in which every value is a number, and one is. */
  quantities() {
    return this.columns.flatMap((name, n) => {
      const values = this.rows.map((row) => row[n]).filter(Boolean);
      const all = values.length && values.every((term) => quantity(term) !== undefined);
      return all && !POSITIONS.has(name) ? [n] : [];
    });
  }

  /** Return the numbers of the other columns that hold something. */
  names() {
    const numeric = new Set([...this.quantities(), this.column("start"), this.column("end")]);
    return this.columns.flatMap((_, n) => (!numeric.has(n) && this.rows.some((row) => row[n]) ? [n] : []));
  }

  /** Return how a row stands on a map: a function to [longitude, latitude], or null. */
  places() {
    const find = (names) => this.columns.findIndex((name) => names.includes(name.toLowerCase()));
    const [north, east] = [find(["latitude", "lat"]), find(["longitude", "long", "lon", "lng"])];
    if (north >= 0 && east >= 0)
      return (row) => onEarth(quantity(row[east]), quantity(row[north]));
    const wkt = this.columns.findIndex((_, n) => this.rows.some((row) => isPoint(row[n])));
    return wkt < 0 ? null : (row) => isPoint(row[wkt]) && onEarth(...point(row[wkt]));
  }

  /** Return the IRI of what a term is, or is the code of; nothing for other literals. */
  thing(term, column) {
    if (term?.type === "uri") return term.value;
    const name = this.columns[column];
    if (!CODED.has(name) || term?.type !== "literal" || term["xml:lang"]) return undefined;
    const iri = `${this.vocabulary.base}id/${name}/${term.value}`;
    return iri in this.labels ? iri : undefined;
  }

  /** Return a term as people read it. */
  text(term, column) {
    if (!term) return "";
    const iri = this.thing(term, column);
    return iri ? (this.labels[iri] ?? this.curie(iri)) : term.value;
  }

  /** Return the short name of a term that stands beside its label. */
  code(term) {
    return term.type === "uri" ? this.curie(term.value) : term.value;
  }

  curie(iri) {
    const { prefixes } = this.vocabulary;
    let best = "";
    for (const prefix in prefixes)
      if (iri.startsWith(prefixes[prefix]) && prefixes[prefix].length > (prefixes[best]?.length ?? 0)) best = prefix;
    const local = iri.slice(prefixes[best]?.length ?? 0);
    return best && /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(local) ? `${best}:${local}` : iri;
  }

  /** Return where a term leads: to our page of a thing of ours, to the address of another. */
  href(term, column) {
    const iri = this.thing(term, column);
    if (!iri) return null;
    return pageOf(iri, this.vocabulary.base) ?? (/^https?:/i.test(iri) ? iri : null);
  }

  /** SPARQL 1.1 Query Results CSV Format §3: bare values, CRLF, quotes where RFC 4180 wants them. */
  csv() {
    const field = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const value = (term) => field(!term ? "" : term.type === "bnode" ? `_:${term.value}` : term.value);
    return [this.columns.map(field), ...this.rows.map((row) => row.map(value))]
      .map((fields) => `${fields.join(",")}\r\n`)
      .join("");
  }
}

/** Return the address of our page of an IRI of ours; null for others (addresses.py decides). */
export function pageOf(iri, base) {
  if (!iri.startsWith(base)) return null;
  const [path, anchor] = iri.slice(base.length).split(/#(.*)/s);
  const parts = path ? path.split("/").map(segment) : ["index"];
  if (parts.some((part) => part.length > LONGEST)) return null;
  if (parts[0] === "thing" && parts.length > 1) parts[0] = "~74hing";
  return parts.join("/") + SUFFIX + (anchor ? `#${encodeURIComponent(anchor)}` : "");
}

function segment(text) {
  if (text === "index") return "~69ndex";
  const bytes = new TextEncoder().encode(text);
  const safe = (byte) => /[A-Za-z0-9_-]/.test(String.fromCharCode(byte));
  const hex = (byte) => `~${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return Array.from(bytes, (byte) => (safe(byte) ? String.fromCharCode(byte) : hex(byte))).join("") || "~";
}

/** Return a literal's number; undefined where it has none. */
export function quantity(term) {
  if (!term || term.type !== "literal" || !NUMBERS.has(term.datatype)) return undefined;
  const value = Number(term.value);
  return Number.isFinite(value) ? value : undefined;
}

function isPoint(term) {
  return term?.datatype === WKT && POINT.test(term.value);
}

function point(term) {
  return POINT.exec(term.value).slice(1, 3).map(Number);
}

function onEarth(east, north) {
  return Math.abs(east) <= 180 && Math.abs(north) <= 90 ? [east, north] : null;
}

const TERM = /<([^>]*)>|_:(\S+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?/gy;
const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };

/** Read N-Triples as the engine writes them: a triple a line, one space between terms. */
function triples(body) {
  const rows = body.split("\n").filter(Boolean).map((line) => {
    const row = [];
    for (TERM.lastIndex = 0; row.length < 3; TERM.lastIndex++) row.push(term(TERM.exec(line)));
    return row;
  });
  return [["subject", "predicate", "object"], rows];
}

function term([, iri, blank, text, language, datatype]) {
  if (iri !== undefined) return { type: "uri", value: iri };
  if (blank !== undefined) return { type: "bnode", value: blank };
  const value = text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, four, eight, one) =>
    one ? (ESCAPES[one] ?? one) : String.fromCodePoint(parseInt(four ?? eight, 16)),
  );
  return { type: "literal", value, "xml:lang": language, datatype };
}
