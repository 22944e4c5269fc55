// Every image that is listed, as a table that draws only the rows that are seen; search and filters.
"use strict";
const bundleTable = (() => {
  const ROW_PX = 60, MORE = 8, MOST_PX = 15_000_000; // taller, a browser draws nothing
  const { facts } = bundle;
  const filters = { text: "", given: "", now: "", split: "", states: new Set(), sort: "" };
  let rows = [], box, sheet, said, severity, suggested, listener;

  const STATES = [
    ["in this file", (place, row) => bundle.pictureOf.has(bundle.image_id[row])],
    ["doubted", (place) => bundle.said("doubted", place) || bundle.said("copy", place)],
    ["changed", (place) => bundle.label[place] !== bundle.given[place]],
    ["removed", (place) => bundle.flag("removed", place)],
    ["duplicate", (place) => bundlePictures.isCopy(place)],
    ["outlier", (place) => bundle.said("outlier", place)],
    ["file gone", (place) => bundle.flag("missing", place)],
  ];

  function finder(text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return () => true;
    const fitting = new Set(facts.names.map((name, at) => (name.toLowerCase().includes(wanted) ? at : -1)).filter((at) => at >= 0));
    const number = /^#?\d+$/.test(wanted) ? Number(wanted.replace("#", "")) : -1;
    return (place, row) => bundle.image_id[row] === number || bundle.paths[row].toLowerCase().includes(wanted) ||
      fitting.has(bundle.label[place]) || fitting.has(bundle.given[place]);
  }

  function filtered() {
    const finds = finder(filters.text), tests = STATES.filter(([name]) => filters.states.has(name)).map(([, test]) => test);
    const given = filters.given === "" ? -1 : Number(filters.given), now = filters.now === "" ? -1 : Number(filters.now);
    const split = filters.split === "" ? -1 : Number(filters.split), found = [];
    for (let row = 0; row < facts.n_rows; row++) {
      const place = bundle.row[row];
      if (given >= 0 && bundle.given[place] !== given) continue;
      if (now >= 0 && bundle.label[place] !== now) continue;
      if (split >= 0 && bundle.split[place] !== split) continue;
      if (tests.every((test) => test(place, row)) && finds(place, row)) found.push(row);
    }
    if (filters.sort === "worst" && severity) {
      const bad = (row) => (severity[row] === NONE ? -1 : severity[row]);
      found.sort((a, b) => bad(b) - bad(a) || a - b);
    }
    return found;
  }

  function refresh() {
    rows = filtered();
    said.textContent = `${many(rows.length, "picture")} of ${whole(facts.n_rows)}` +
      (facts.n_rows < facts.n_images ? ` that are listed (a sample of each class, of ${whole(facts.n_images)})` : "");
    sheet.style.height = `${Math.min(rows.length * ROW_PX, MOST_PX)}px`;
    box.scrollTop = 0;
    draw();
    if (listener) listener(rows);
  }

  // Where the first row that is seen lies; of very many rows a pixel of the bar is more than a pixel of the table.
  function draw() {
    const full = rows.length * ROW_PX, shown = Math.min(full, MOST_PX);
    const ratio = shown > box.clientHeight ? (full - box.clientHeight) / (shown - box.clientHeight) : 1;
    const offset = box.scrollTop * ratio, first = Math.max(0, Math.floor(offset / ROW_PX) - MORE);
    const last = Math.min(rows.length, Math.ceil((offset + box.clientHeight) / ROW_PX) + MORE);
    const top = first * ROW_PX - offset + box.scrollTop;
    sheet.replaceChildren(...rows.slice(first, last).map((row, at) => line(row, top + at * ROW_PX)));
  }

  function line(row, top) {
    const place = bundle.row[row], now = bundle.label[place], given = bundle.given[place], id = bundle.image_id[row];
    const made = h("button", { type: "button", class: "line", click: () => bundlePictures.open(row, rows) },
      bundle.pictureOf.has(id) ? bundle.picture(id, "") : h("span", { class: "none" }),
      named(bundle.paths[row], "span", { class: "path", title: bundle.paths[row] }),
      named(bundle.givenName(given), "span", { class: "given" }),
      named(bundle.className(now), "span", { class: now === given ? "now" : "now changed" }),
      named(suggested && suggested[row] !== NONE && bundle.said("doubted", place) ? bundle.className(suggested[row]) : "", "span", { class: "suggested" }),
      named(bundle.split[place] === NONE ? "" : bundle.splitName(bundle.split[place]), "span", { class: "split" }),
      h("span", { class: "states" }, ...bundlePictures.states(place).map((word) => h("span", { class: "state" }, word))));
    made.style.top = `${top}px`;
    return made;
  }

  function choice(title, name, options) {
    const made = h("select", { "aria-label": title }, h("option", { value: "" }, title),
      ...options.map(([value, text]) => h("option", { value }, text)));
    made.addEventListener("change", () => { filters[name] = made.value; refresh(); });
    return made;
  }

  function later(act) {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(act, 120); };
  }

  async function start(panel) {
    [severity, suggested] = await Promise.all(["opinion_severity", "opinion_suggested"].map(bundle.column));
    const text = h("input", { type: "search", placeholder: "Path, class or number", "aria-label": "Search" });
    text.addEventListener("input", later(() => { filters.text = text.value; refresh(); }));
    const classes = (names) => [...names.map((name, at) => [String(at), name]), [String(NONE), "no label"]];
    const states = STATES.map(([name]) => {
      const check = h("input", { type: "checkbox" });
      check.addEventListener("change", () => { filters.states[check.checked ? "add" : "delete"](name); refresh(); });
      return h("label", { class: "check" }, check, name);
    });
    const splits = facts.splits.map((name, at) => [String(at), name]);
    said = h("p", { class: "note", role: "status" });
    sheet = h("div", { class: "lines" });
    box = h("div", { class: "scrolling", tabIndex: 0, scroll: () => requestAnimationFrame(draw) }, sheet);
    const titles = ["", "File", "Imported as", "Label now", "Suggested", "Split", "State"];
    panel.replaceChildren(
      h("h2", {}, "Pictures"),
      h("div", { class: "filters" }, text, choice("Imported as", "given", classes(facts.given_names)), choice("Label now", "now", classes(facts.names)),
        ...(splits.length ? [choice("Split", "split", [...splits, [String(NONE), "no split"]])] : []),
        choice("By number", "sort", severity ? [["worst", "The most doubted first"]] : [])),
      h("div", { class: "filters" }, ...states), said,
      h("div", { class: "line heads" }, ...titles.map((title) => h("span", {}, title))), box);
    refresh();
    new ResizeObserver(draw).observe(box);
  }

  // Show the pictures of one class alone, as its sheet asks.
  function only(index) {
    const select = document.querySelector('#pictures select[aria-label="Label now"]');
    select.value = String(index);
    select.dispatchEvent(new Event("change"));
  }

  return { start, only, refresh, listen: (act) => { listener = act; }, shown: () => rows };
})();
