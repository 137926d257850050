// The query page: YASGUI's editor and result views, an engine in a worker, and the stored queries.
//
// The page is whole without this script: it then says what one can do instead.  Nothing is fetched
// from another host; what YASGUI would ask prefix.cc or Linked Open Vocabularies comes from us.

import { Answer } from "./sparql-answers.js";
import { Engine, Problem, Stopped, TimedOut, Unreachable } from "./sparql-engine.js";
import { element, matches, registerViews, shown, suited } from "./sparql-views.js";
import { folded, lang, number, size, words } from "./sparql-words.js";

const page = document.getElementById("sparql");
const folder = new URL("./", import.meta.url).href;
const root = new URL("../", folder).href;
const FIRST = `PREFIX ml: <https://w3id.org/millelieux/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?place ?name
WHERE {
    ?place a ml:ThirdPlace ; skos:prefLabel ?name .
}
ORDER BY ?name
`;

const json = (address) => once(async () => (await fetch(root + address)).json());

function once(work) {
  let promise;
  return () => (promise ??= work());
}

const catalogue = json("query/index.json");
const vocabulary = json("assets/terms.json");
shown.outlines = once(async () => {
  const response = page.dataset.outlines ? await fetch(root + page.dataset.outlines) : null;
  return response?.ok ? (await response.json()).rings : null;
});

// Completion

const NO_NAME = /^(?:string|comment|keyword)$/; // kinds of token

function completers(known) {
  const { prefixes } = known;
  const curie = (iri) => new Answer({ kind: "graph", body: "" }, known).curie(iri);
  const terms = known.terms.map((term) => {
    const short = curie(term.iri);
    const label = term[lang] ?? term.fr ?? term.en ?? "";
    const shownAs = short === term.iri ? `<${short}>` : short;
    const kinds = `${words[term.kind]}${label ? ` · ${label}` : ""}`;
    return { text: shownAs, kinds, found: folded(`${shownAs} ${term.fr ?? ""} ${term.en ?? ""}`), local: folded(shownAs.split(/[:#/]/).pop()) };
  });
  const byText = new Map(terms.map((term) => [term.text, term]));
  const rank = (typed) => (term) => (term.local.startsWith(typed) ? 0 : term.text.toLowerCase().startsWith(typed) ? 1 : 2);

  return [
    {
      name: "millelieux-terms",
      bulk: false,
      autoShow: false,
      persistenceId: () => "",
      isValidCompletionPosition(yasqe) {
        const token = yasqe.getCompleteToken();
        if (/^[?$]/.test(token.string) || NO_NAME.test(token.type ?? "")) return false;
        const { line } = yasqe.getDoc().getCursor();
        return !/^\s*(?:PREFIX|BASE)\b/i.test(yasqe.getDoc().getLine(line));
      },
      preProcessToken: (_, token) => ({ ...token, autocompletionString: token.string.trim() }),
      get(_, token) {
        const typed = folded((token?.autocompletionString ?? "").replace(/^</, "").replace(/>$/, ""));
        const order = rank(typed);
        return terms
          .filter((term) => term.found.includes(typed))
          .sort((one, other) => order(one) - order(other) || (one.text < other.text ? -1 : 1))
          .slice(0, 60)
          .map((term) => term.text);
      },
      postProcessSuggestion: (_yasqe, _token, text) => text,
      postprocessHints: (_, hints) =>
        hints.map((hint) => ({
          ...hint,
          render: (item) => item.append(element("b", {}, hint.text), " ", element("span", {}, byText.get(hint.text)?.kinds ?? "")),
        })),
    },
    {
      name: "millelieux-prefixes",
      bulk: true,
      autoShow: true,
      persistenceId: () => "", // nothing of it is kept in the browser
      get: Object.entries(prefixes).map(([prefix, namespace]) => `${prefix}: <${namespace}>`).sort(),
    },
  ];
}

function registerCompleters(Yasqe, known) {
  const [terms, prefixes] = completers(known);
  Yasqe.registerAutocompleter(terms, false);
  Yasqe.forkAutocompleter("prefixes", prefixes, false);
  Yasqe.defaults.autocompleters = ["millelieux-prefixes", "millelieux-terms", "variables"];
}

// The editor

function makeEditor(place, Yasqe, run) {
  Yasqe.prototype.query = () => Promise.resolve(run());
  Object.assign(Yasqe.defaults, { createShareableLink: null, consumeShareLink: null, prefixCcApi: null });
  Yasqe.defaults.requestConfig.endpoint = "";
  const yasqe = new Yasqe(place, {
    value: FIRST,
    persistenceId: "millelieux_query",
    showQueryButton: false,
    resizeable: false,
    editorHeight: "22rem",
    // Tab moves on, as everywhere on the page (WCAG 2.2, 2.1.2).
    extraKeys: { Tab: false, "Shift-Tab": false },
    inputStyle: "contenteditable", // a screen reader then finds the text, and a key scrolls it
  });
  yasqe.showNotification = () => {}; // in English only; the line below the editor says it
  yasqe.on("autocompletionShown", (_, { hints }) => hints.setAttribute("aria-label", words.proposals));
  const input = yasqe.getInputField();
  input.setAttribute("role", "textbox");
  input.setAttribute("aria-multiline", "true");
  input.setAttribute("aria-label", words.editor);
  input.setAttribute("aria-describedby", "sparql-keys");
  input.setAttribute("spellcheck", "false");
  return yasqe;
}

/** Mark a line that cannot be understood, until the text is changed. */
function markLine(yasqe, line) {
  yasqe.addLineClass(line - 1, "background", "sparql-wrong");
  const clear = () => {
    yasqe.removeLineClass(line - 1, "background", "sparql-wrong");
    yasqe.off("change", clear);
  };
  yasqe.on("change", clear);
}

// The results

function makeResults(place, Yasr) {
  registerViews(Yasr);
  const yasr = new Yasr(place, { persistenceId: null, maxPersistentResponseSize: 0, defaultPlugin: "table" });
  // They lead to another site, or say in English what stands beside them.
  for (const name of [".yasr_external_ref_btn", ".yasr_downloadIcon", ".yasr_response_chip", ".yasr_fallback_info", ".space_element", ".yasr_plugin_control"])
    yasr.rootEl.querySelector(name)?.remove();
  const group = yasr.rootEl.querySelector(".yasr_btnGroup");
  group.setAttribute("aria-label", words.viewOf);
  for (const button of group.querySelectorAll("button")) {
    const name = /select_(\w+)/.exec(button.className)[1];
    const label = words.views[name];
    button.replaceChildren(element("span", {}, label));
    button.removeAttribute("title");
    button.setAttribute("aria-label", label);
  }
  yasr.on("drawn", (_, plugin) => mend(yasr, group, plugin));
  return yasr;
}

/** Say with ARIA what YASR says with classes only. */
function mend(yasr, group, plugin) {
  for (const button of group.querySelectorAll("button")) {
    const name = /select_(\w+)/.exec(button.className)[1];
    const able = yasr.plugins[name].canHandleResults();
    button.setAttribute("aria-pressed", String(yasr.plugins[name] === plugin));
    button.disabled = !able;
    button.title = able ? "" : (words.needs[name] ?? "");
  }
  const raw = yasr.resultsEl.querySelector(".CodeMirror");
  raw?.querySelector("textarea").setAttribute("aria-label", words.views.response);
  raw?.querySelector(".CodeMirror-scroll").setAttribute("tabindex", "0");
}

function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// The page

class Page {
  constructor(known) {
    this.known = known;
    this.engine = new Engine(folder, root + page.dataset.dump, known.base);
    this.stored = null; // the stored query that is shown, until its text is changed
    this.draw();
    const { Yasqe, Yasr } = window.Yasgui;
    registerCompleters(Yasqe, known);
    this.yasqe = makeEditor(this.editorPlace, Yasqe, () => this.run());
    this.yasr = makeResults(this.resultPlace, Yasr);
    this.yasqe.on("change", () => this.changed());
    this.listen();
  }

  draw() {
    const button = (name, work) => element("button", { type: "button", id: `sparql-${name}`, onclick: work }, words[name]);
    this.runButton = button("run", () => this.run());
    this.stopButton = button("stop", () => this.engine.stop());
    this.loadButton = button("load", () => this.load());
    this.shareButton = button("share", () => this.share());
    this.timeout = element("select", {}, ...Object.entries(words.timeouts).map(([s, text]) => element("option", { value: s, selected: s === "60" }, text)));
    this.status = element("p", { role: "status", id: "sparql-status", class: "soft" });
    this.progress = element("progress", { hidden: true, "aria-label": words.load });
    this.problem = element("div", { role: "alert", id: "sparql-problem" });
    this.title = element("p", { id: "sparql-question" });
    this.editorPlace = element("div", { id: "sparql-editor" });
    this.resultPlace = element("div", { id: "sparql-result" });
    this.files = element("p", { class: "sparql-files", hidden: true });
    this.stopButton.disabled = true;
    this.tools = element("div", { class: "sparql-tools" }, this.runButton, this.stopButton, this.loadButton, this.shareButton, element("label", {}, `${words.timeout} `, this.timeout));
    const keys = element("p", { id: "sparql-keys", class: "soft" }, words.keys);
    this.results = element("section", { "aria-label": words.result, id: "sparql-results", hidden: true }, this.files, this.resultPlace);
    page.replaceChildren(this.title, this.editorPlace, this.tools, keys, this.status, this.progress, this.problem, this.results);
  }

  listen() {
    for (const link of document.querySelectorAll("[data-stored]"))
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        history.pushState(null, "", `#stored=${link.dataset.stored}`);
        this.openAddress();
      });
    window.addEventListener("hashchange", () => this.openAddress());
    window.addEventListener("popstate", () => this.openAddress());
    this.openAddress();
  }

  /** Open what the address names: a stored query, which runs, or a text, which waits. */
  async openAddress() {
    const told = new URLSearchParams(location.hash.slice(1));
    const asked = new URLSearchParams(location.search);
    const name = told.get("stored") ?? asked.get("stored") ?? asked.get("name");
    const text = told.get("query") ?? (name === null ? asked.get("query") : null);
    if (text !== null) {
      // A link from elsewhere starts no work by itself.
      if (text !== this.yasqe.getValue()) this.show(text);
    } else if (name !== null && name !== this.stored?.name) await this.open(name);
  }

  async open(name) {
    const query = (await catalogue()).find((entry) => entry.name === name);
    if (!query) return this.complain(words.unknown(name));
    this.show(query.sparql[lang], query);
    return this.run();
  }

  show(text, query = null) {
    this.engine.stop();
    this.yasqe.setValue(text);
    this.stored = query;
    this.title.replaceChildren();
    if (query) this.title.append(element("strong", {}, query.question[lang]), " ", element("a", { href: page.dataset.question.replace("NAME", query.name) }, words.page));
    for (const link of document.querySelectorAll("[data-stored]"))
      link.dataset.stored === query?.name ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    this.clear();
  }

  changed() {
    if (this.stored && this.yasqe.getValue() !== this.stored.sparql[lang]) this.stored = null;
  }

  clear() {
    this.problem.replaceChildren();
    this.status.textContent = "";
  }

  async load() {
    await this.busy(async () => {
      await this.engine.load(this.told);
      this.status.textContent = words.ready(number(this.engine.quads));
    });
  }

  async run() {
    const text = this.yasqe.getValue();
    const seconds = Number(this.timeout.value);
    const { stored } = this;
    await this.busy(async () => {
      if (this.engine.isReady) this.status.textContent = words.running;
      const told = await this.engine.ask(text, lang, seconds, this.told);
      this.answered(told, stored);
    });
  }

  answered(told, stored) {
    const answer = new Answer(told, this.known);
    shown.answer = answer;
    const [many, seconds] = [number(answer.rows.length), number(told.seconds)];
    this.status.textContent =
      answer.kind === "truth" ? words.truth(answer.truth, seconds) : words[answer.kind === "graph" ? "triples" : "rows"](many, seconds);
    this.results.hidden = false;
    const view = answer.kind === "truth" ? "boolean" : suited(stored?.picture);
    const type = answer.kind === "graph" ? "application/n-triples" : "application/sparql-results+json";
    this.yasr.selectPlugin(view);
    this.yasr.setResponse({ data: told.body || " ", contentType: type, status: 200 });
    this.offerFiles(answer, stored?.name ?? "millelieux");
  }

  offerFiles(answer, name) {
    const offer = (label, suffix, type, text) => element("button", { type: "button", onclick: () => download(`${name}.${suffix}`, type, text()) }, label);
    const whole = () => answer.body;
    const offers = {
      graph: [offer(words.nt, "nt", "application/n-triples", whole)],
      rows: [
        offer(words.csv, "csv", "text/csv", () => answer.csv()),
        offer(words.json, "srj", "application/sparql-results+json", whole),
      ],
      truth: [],
    };
    this.files.replaceChildren(...offers[answer.kind]);
    this.files.hidden = answer.kind === "truth";
  }

  told = (come, whole) => {
    this.progress.hidden = false;
    if (whole) {
      this.progress.max = whole;
      this.progress.value = come;
    }
    this.status.textContent = whole && come >= whole ? words.preparing : words.loading(size(come), whole ? size(whole) : "");
  };

  /** Do something that takes time: it can be stopped, and what goes wrong is said. */
  async busy(work) {
    this.engine.stop();
    const turn = (this.turn = Symbol("turn"));
    this.clear();
    this.stopButton.disabled = false;
    page.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      if (turn === this.turn) this.explain(error);
    } finally {
      if (turn === this.turn) {
        this.stopButton.disabled = true;
        this.progress.hidden = true;
        this.loadButton.hidden = this.engine.isReady;
        page.removeAttribute("aria-busy");
      }
    }
  }

  explain(error) {
    this.status.textContent = "";
    if (error instanceof Stopped) this.status.textContent = words.stopped;
    else if (error instanceof TimedOut) this.complain(words.timedOut(words.timeouts[this.timeout.value]));
    else if (error instanceof Unreachable) this.complain(words.unreachable(error.message.replace(root, "")));
    else if (error instanceof Problem) this.explainProblem(error);
    else throw error;
  }

  explainProblem({ kind, word, line, column, said }) {
    if (kind === "update" || kind === "service") return this.complain(kind === "update" ? words.update(word) : words.service);
    const parts = [element("details", {}, element("summary", {}, words.engine), element("pre", { lang: "en" }, said))];
    if (!line) return this.complain(words.failed, ...parts);
    markLine(this.yasqe, Math.min(line, this.yasqe.lineCount()));
    const goTo = element("button", { type: "button", onclick: () => this.goTo(line, column) }, words.goTo(line));
    return this.complain(words[kind](line, column), goTo, ...parts);
  }

  goTo(line, column) {
    this.yasqe.focus();
    this.yasqe.setCursor({ line: line - 1, ch: column - 1 });
    this.yasqe.scrollIntoView(null, 60);
  }

  complain(text, ...parts) {
    this.status.textContent = "";
    this.results.hidden = true;
    this.problem.replaceChildren(element("p", {}, text), ...parts);
  }

  async share() {
    const hash = this.stored ? `#stored=${this.stored.name}` : `#query=${encodeURIComponent(this.yasqe.getValue())}`;
    history.replaceState(null, "", location.pathname + hash);
    try {
      await navigator.clipboard.writeText(location.href);
      this.status.textContent = words.copied;
    } catch {
      this.status.textContent = words.linked; // the browser keeps the clipboard to itself
    }
  }
}

// The list of stored queries

function makeSearch(list) {
  const entries = [...list.querySelectorAll("[data-stored]")].map((link) => ({
    item: link.closest("li"),
    name: link.dataset.stored,
    text: folded(`${link.textContent} ${link.dataset.stored}`),
  }));
  const line = element("p", { role: "status", class: "soft" });
  const input = element("input", { type: "search", autocomplete: "off", id: "sparql-search" });
  const groups = [...list.querySelectorAll("details")];
  const keywords = once(async () => {
    const found = new Map((await catalogue()).map((query) => [query.name, query.keywords]));
    for (const entry of entries) entry.text += folded(` ${found.get(entry.name)?.join(" ") ?? ""}`);
  });
  const filter = async () => {
    await keywords();
    let many = 0;
    for (const { item, text } of entries) many += !(item.hidden = !matches(text, input.value));
    for (const group of groups) {
      group.hidden = !group.querySelector("li:not([hidden])");
      group.open = Boolean(input.value.trim()) && !group.hidden;
    }
    line.textContent = input.value.trim() ? words.found(many) : "";
  };
  input.addEventListener("input", filter);
  list.querySelector("h2").after(element("label", { for: "sparql-search" }, words.search), input, line);
}

async function start() {
  if (!window.Yasgui || !window.DecompressionStream || !window.WebAssembly) {
    page.replaceChildren(element("p", { class: "note" }, words.old));
    return;
  }
  const list = document.getElementById("sparql-stored");
  if (list) makeSearch(list);
  new Page(await vocabulary());
  page.dataset.ready = "true";
}

if (page) start();
