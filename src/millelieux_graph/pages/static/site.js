// What scripts add to pages that are whole without them: filters, search, zoom of the map.

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function field(label) {
  const box = document.createElement("label");
  const input = document.createElement("input");
  box.className = "filter-label";
  box.append(label, document.createElement("br"), input);
  input.type = "search";
  input.className = "filter";
  input.autocomplete = "off";
  return [box, input];
}

function status() {
  const line = document.createElement("p");
  line.className = "soft";
  line.setAttribute("role", "status");
  return line;
}

for (const list of document.querySelectorAll("[data-filter]")) {
  const entries = [...list.querySelectorAll("li")].map((item) => [item, fold(item.textContent)]);
  if (entries.length < 12) continue;
  const [box, input] = field(list.dataset.filter);
  const line = status();
  list.before(box, line);
  input.addEventListener("input", () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [item, text] of entries) {
      item.hidden = !words.every((word) => text.includes(word));
      shown += !item.hidden;
    }
    for (const section of list.querySelectorAll("section"))
      section.hidden = !section.querySelector("li:not([hidden])");
    line.textContent = shown ? "" : list.dataset.none;
  });
}

const search = document.getElementById("search");
if (search) {
  const [box, input] = field(search.dataset.label);
  const line = status();
  const found = document.createElement("ul");
  found.className = "entries";
  search.append(box, line, found);
  let entries;
  const load = async () =>
    (entries ??= (await (await fetch(search.dataset.index)).json()).map(([title, kind, href]) => ({
      title, kind, href, text: fold(`${title} ${kind}`),
    })));
  const show = async () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const all = words.length ? (await load()).filter((e) => words.every((w) => e.text.includes(w))) : [];
    const first = words[0] ?? "";
    all.sort((a, b) => b.text.startsWith(first) - a.text.startsWith(first) || a.title.length - b.title.length);
    found.replaceChildren(...all.slice(0, 60).map((entry) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const kind = document.createElement("span");
      link.href = entry.href;
      link.textContent = entry.title;
      kind.className = "soft";
      kind.textContent = entry.kind;
      item.append(link, " ", kind);
      return item;
    }));
    line.textContent = words.length ? (all.length ? String(all.length) : search.dataset.none) : "";
    history.replaceState(null, "", words.length ? `?q=${encodeURIComponent(input.value)}` : location.pathname);
  };
  input.addEventListener("input", show);
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  if (input.value) show();
  input.focus();
}

for (const map of document.querySelectorAll("[data-zoom] > svg")) {
  const whole = map.viewBox.baseVal;
  const [x, y, width, height] = [whole.x, whole.y, whole.width, whole.height];
  const view = { x, y, width, height };
  const told = map.getAttribute("viewBox");
  const draw = () => map.setAttribute("viewBox",
    view.width < width ? `${view.x} ${view.y} ${view.width} ${view.height}` : told);
  const zoom = (factor) => {
    const wide = Math.min(width, view.width * factor);
    const tall = (wide * height) / width;
    view.x = Math.max(x, Math.min(x + width - wide, view.x + (view.width - wide) / 2));
    view.y = Math.max(y, Math.min(y + height - tall, view.y + (view.height - tall) / 2));
    [view.width, view.height] = [wide, tall];
    draw();
  };
  const tools = document.createElement("div");
  tools.className = "zoom";
  const words = map.parentElement.dataset;
  for (const [sign, name, act] of [
    ["+", words.in, () => zoom(0.7)],
    ["−", words.out, () => zoom(1 / 0.7)],
    ["○", words.reset, () => zoom(1e9)],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", name);
    button.addEventListener("click", act);
    tools.append(button);
  }
  map.after(tools);
  let last;
  map.addEventListener("pointerdown", (event) => { last = event; });
  map.addEventListener("pointerup", () => { last = undefined; });
  map.addEventListener("pointerleave", () => { last = undefined; });
  map.addEventListener("pointermove", (event) => {
    if (!last || view.width >= width) return;
    const scale = view.width / map.clientWidth;
    view.x = Math.max(x, Math.min(x + width - view.width, view.x - (event.clientX - last.clientX) * scale));
    view.y = Math.max(y, Math.min(y + height - view.height, view.y - (event.clientY - last.clientY) * scale));
    last = event;
    draw();
  });
}
