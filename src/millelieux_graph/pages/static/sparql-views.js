// The views of a result, as plugins of YASR: table, map, chart, and yes or no.  Each is made of
// plain HTML and SVG, is reached by keyboard, and says in words what it shows.

import { quantity } from "./sparql-answers.js";
import { folded, lang, number, words } from "./sparql-words.js";

const SVG = "http://www.w3.org/2000/svg";
const AT_ONCE = 100; // rows of a table
const BARS = 60;
const ROW = 26; // pixels from one bar to the next
const NUMBER = 80; // pixels that a number beside its bar may take

/** The answer that is shown; set before YASR draws. */
export const shown = { answer: null, outlines: null };

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  return filled(made, attributes, children);
}

function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

class View {
  constructor(yasr) {
    this.yasr = yasr;
  }
  get label() {
    return words.views[this.constructor.id];
  }
  get helpReference() {
    return undefined;
  }
  /** Return the room in CSS pixels, so that letters keep their size on a phone. */
  get width() {
    return Math.min(720, Math.max(300, this.yasr.resultsEl.clientWidth));
  }
  show(...parts) {
    this.yasr.resultsEl.replaceChildren(...parts);
  }
}

class Table extends View {
  static id = "table";
  priority = 10;

  canHandleResults() {
    return shown.answer !== null && shown.answer.kind !== "truth";
  }

  draw() {
    const { answer } = shown;
    let rows = answer.rows;
    let sorted = null; // [column, direction]
    let from = 0;
    const body = element("tbody");
    const place = element("span");
    const turn = (by) => () => fill(from + by);
    const back = element("button", { type: "button", onclick: turn(-AT_ONCE) }, words.previous);
    const on = element("button", { type: "button", onclick: turn(AT_ONCE) }, words.next);
    const numeric = new Set(answer.columns.flatMap((_, n) => (isNumeric(answer, n) ? [n] : [])));

    const fill = (start) => {
      from = start;
      const part = rows.slice(from, from + AT_ONCE);
      body.replaceChildren(...part.map((row) => tableRow(answer, row, numeric)));
      place.textContent = words.pages(number(from + 1), number(from + part.length), number(rows.length));
      back.disabled = from === 0;
      on.disabled = from + AT_ONCE >= rows.length;
    };
    const sort = (n) => () => {
      const direction = sorted?.[0] === n ? -sorted[1] : 1;
      sorted = [n, direction];
      rows = [...answer.rows].sort((one, other) => direction * compared(answer, one[n], other[n], n));
      heads.forEach((head, m) =>
        head.setAttribute("aria-sort", m === n ? (direction > 0 ? "ascending" : "descending") : "none"),
      );
      fill(0);
    };
    const heads = answer.columns.map((name, n) =>
      element(
        "th",
        { scope: "col", "aria-sort": "none", class: numeric.has(n) ? "num" : null },
        element("button", { type: "button", title: words.sortBy(name), onclick: sort(n) }, name),
      ),
    );
    fill(0);
    if (!rows.length) return this.show(element("p", {}, words.empty));
    const table = element("table", {}, element("caption", { class: "hidden" }, words.result));
    table.append(element("thead", {}, element("tr", {}, ...heads)), body);
    const frame = { class: "sparql-table", tabindex: "0", role: "region", "aria-label": words.views.table };
    const turning = rows.length > AT_ONCE ? [element("p", { class: "sparql-turn" }, back, place, on)] : [];
    return this.show(element("div", frame, table), ...turning);
  }
}

function isNumeric(answer, n) {
  const values = answer.rows.map((row) => row[n]).filter(Boolean);
  return values.length > 0 && values.every((term) => quantity(term) !== undefined);
}

function tableRow(answer, row, numeric) {
  return element("tr", {}, ...row.map((term, n) => element("td", { class: numeric.has(n) ? "num" : null }, ...cell(answer, term, n))));
}

function cell(answer, term, column) {
  if (!term) return [];
  const thing = answer.thing(term, column);
  if (!thing) return [literal(term)];
  const [text, short] = [answer.text(term, column), answer.code(term)];
  const href = answer.href(term, column);
  const foreign = href === thing;
  const shownAs = href
    ? element("a", { href, rel: foreign ? "noopener noreferrer external" : null, title: thing }, text)
    : element("span", { title: thing }, text);
  return text === short ? [shownAs] : [shownAs, " ", element("code", {}, short)];
}

function literal(term) {
  return element("span", { lang: term["xml:lang"], dir: "auto" }, term.value);
}

function compared(answer, one, other, column) {
  if (!one || !other) return Number(!one) - Number(!other);
  const [n, m] = [quantity(one), quantity(other)];
  if (n !== undefined && m !== undefined) return n - m;
  return answer.text(one, column).localeCompare(answer.text(other, column), lang);
}

class Truth extends View {
  static id = "boolean";
  priority = 20;
  hideFromSelection = true;

  canHandleResults() {
    return shown.answer?.kind === "truth";
  }

  draw() {
    this.show(element("p", { class: "sparql-truth" }, shown.answer.truth ? words.yes : words.no));
  }
}

class Places extends View {
  static id = "map";
  priority = 4;

  canHandleResults() {
    return shown.answer !== null && shown.answer.kind !== "truth" && shown.answer.places() !== null;
  }

  async draw() {
    const { answer } = shown;
    const where = answer.places();
    const points = answer.rows.flatMap((row) => {
      const place = where(row);
      return place ? [{ place, row }] : [];
    });
    if (!points.length) return this.show(element("p", {}, words.empty));
    const naming = ["name", "label", "place"].map((name) => answer.column(name)).find((n) => n >= 0);
    // Several rows may be of one place, with several passages.
    const sites = points.map(({ place, row }) => ({ place, ...name(answer, row, naming) }));
    const named = [...new Map(sites.map((site) => [`${site.text} ${site.place}`, site])).values()];
    const outlines = await shown.outlines?.();
    const notes = [];
    if (!outlines) notes.push(words.noCoast);
    const lost = answer.rows.length - points.length;
    if (lost) notes.push(words.offMap(lost));
    const list = element("ul", { class: "inline sparql-places" }, ...named.map((site) => element("li", {}, entry(site))));
    return this.show(mapOf(named, outlines ?? [], this.width), ...notes.map((text) => element("p", { class: "soft" }, text)), list);
  }
}

function name(answer, row, naming) {
  const column = naming ?? row.findIndex((cell) => cell && quantity(cell) === undefined);
  const linked = row.findIndex((cell, n) => answer.href(cell, n));
  return { text: answer.text(row[column], column), href: linked < 0 ? null : answer.href(row[linked], linked) };
}

function entry({ text, href }) {
  return href ? element("a", { href }, text) : element("span", {}, text);
}

/** Draw points on a plane where a degree of longitude is as wide as it is in their middle. */
function mapOf(sites, outlines, wide) {
  const spread = (n) => [Math.min(...sites.map(({ place }) => place[n])), Math.max(...sites.map(({ place }) => place[n]))];
  const [[west, east], [south, north]] = [spread(0), spread(1)];
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const room = Math.max((east - west) * shrink, (north - south) * 0.8, 1) * 0.15;
  const [left, width] = [west * shrink - room * 1.6, (east - west) * shrink + 3.2 * room];
  const scale = wide / Math.max(width, 0.5);
  const high = Math.max(260, Math.min(900, (north - south + 2 * room) * scale));
  const middle = (south + north) / 2;
  const place = ([x, y]) => [(x * shrink - left) * scale, high / 2 - (y - middle) * scale];
  const path = (ring) => `M${ring.map((at) => place(at).map((n) => n.toFixed(1)).join(" ")).join("L")}Z`;
  return drawn(
    "svg",
    { viewBox: `0 0 ${wide} ${high.toFixed(0)}`, class: "sparql-map", role: "group", "aria-label": words.map(sites.length) },
    drawn("path", { class: "land", d: outlines.map(path).join("") }),
    ...sites.map((site) => dot(site, place(site.place))),
  );
}

function dot({ text, href }, [x, y]) {
  const marks = [
    drawn("title", {}, text),
    drawn("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: "6" }),
    drawn("text", { x: (x + 10).toFixed(1), y: (y + 4).toFixed(1) }, text),
  ];
  return href
    ? drawn("a", { href, "aria-label": text }, ...marks)
    : drawn("g", { tabindex: "0", role: "img", "aria-label": text }, ...marks);
}

class Chart extends View {
  static id = "chart";
  priority = 3;

  canHandleResults() {
    return Boolean(shown.answer?.quantities().length && shown.answer.names().length);
  }

  draw() {
    const { answer } = shown;
    const numbers = answer.quantities();
    const named = answer.names();
    const preferred = ["value", "percent", "count", "n"].map((c) => answer.column(c)).find((c) => numbers.includes(c));
    const labelled = ["label", "name"].map((c) => answer.column(c)).find((c) => named.includes(c));
    const bars = choice(words.bars, answer, numbers, preferred ?? numbers[0]);
    const labels = choice(words.labels, answer, named, labelled ?? named[0]);
    const frame = element("div", { class: "sparql-chart" });
    const redraw = () => frame.replaceChildren(...barsOf(answer, [Number(labels.value()), Number(bars.value())], this.width));
    for (const { box } of [bars, labels]) box.addEventListener("change", redraw);
    redraw();
    this.show(element("p", { class: "sparql-choices" }, bars.box, labels.box), frame);
  }
}

function choice(label, answer, columns, chosen) {
  const options = columns.map((n) => element("option", { value: n, selected: n === chosen }, answer.columns[n]));
  const select = element("select", {}, ...options);
  return { box: element("label", {}, `${label} `, select), value: () => select.value };
}

function barsOf(answer, [label, value], wide) {
  const rows = answer.rows.filter((row) => row[value]).slice(0, BARS);
  const told = rows.map((row) => ({ text: answer.text(row[label], label), n: quantity(row[value]) }));
  const [least, most] = [Math.min(0, ...told.map(({ n }) => n)), Math.max(0, ...told.map(({ n }) => n))];
  const head = Math.round(wide / 3);
  const x = (n) => head + ((n - least) / (most - least || 1)) * (wide - head - NUMBER);
  const title = words.chart(answer.columns[value], answer.columns[label]);
  const bars = told.map(({ text, n }, row) => bar(text, n, { from: x(Math.min(0, n)), to: x(Math.max(0, n)), y: row * ROW + 4, head }));
  const size = { viewBox: `0 0 ${wide} ${told.length * ROW + 8}`, role: "list", "aria-label": title, class: "sparql-bars" };
  const more = answer.rows.length > BARS ? [element("p", { class: "soft" }, words.more(BARS))] : [];
  return [element("h3", {}, title), drawn("svg", size, ...bars), ...more];
}

function bar(text, n, { from, to, y, head }) {
  const letters = Math.floor((head - 8) / 7.8); // of thirteen pixels
  const cut = text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
  const told = words.pair(text, number(n));
  return drawn(
    "g",
    { role: "listitem", tabindex: "0", "aria-label": told },
    drawn("title", {}, told),
    drawn("text", { x: head - 8, y: y + 14, "text-anchor": "end" }, cut),
    drawn("rect", { x: from.toFixed(1), y, width: Math.max(1, to - from).toFixed(1), height: 18 }),
    drawn("text", { x: (to + 6).toFixed(1), y: y + 14 }, number(n)),
  );
}

export function registerViews(Yasr) {
  for (const view of [Table, Truth, Places, Chart]) Yasr.registerPlugin(view.id, view);
  // What YASR brings for these is replaced, or speaks of an endpoint that is not there.
  Yasr.defaults.plugins.error = { enabled: false };
  Yasr.defaults.pluginOrder = ["table", "map", "chart", "response"];
}

/** Return the view that suits an answer: that of the stored query's picture, else the table. */
export function suited(picture) {
  const { answer } = shown;
  if (picture === "map" && answer.places()) return "map";
  if (picture === "bars" && answer.quantities().length) return "chart";
  return "table";
}

export const matches = (text, query) => folded(query).split(/\s+/).filter(Boolean).every((word) => text.includes(word));
