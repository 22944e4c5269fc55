// The map: points by WebGL, flat (flat.js) or in three dimensions (solid.js), names and facts as text above them. Names come
// from strangers: they are set as textContent, never as HTML.
// data: { run, view, dims, points, facts, keep, height, label, picture, colour: { url, names, colours (256), low, high,
// title, has_names }, filter: { url } or null, chosen: { url, turn } or null }. All url, points, facts, keep, picture: addresses.
// State "selected": { run, n, key: what keep answered, turn }; trigger "opened": an image's id.

import { combine, size } from "./bits.js";
import { fetchCodes, fetchFacts, fetchFlat, fetchSet, fetchSolid, keepSet } from "./data.js";
import { element, format, hex, press } from "./elements.js";
import { Flat } from "./flat.js";
import { legend } from "./legend.js";
import { inside, Loop } from "./loop.js";
import { centres, solidCentres } from "./names.js";
import { savePicture } from "./picture.js";
import { Solid } from "./solid.js";

const FEW_NAMES = 24; // all of which are written, whether or not they cover each other
const [NAME_CHARACTER, NAME_HEIGHT, ROOM] = [7, 34, 14]; // pixels
const HOVER_MS = 60;
const TOOLS = { move: "Move", lasso: "Lasso", box: "Box" };
const HOW = { new: "New", add: "Add", subtract: "Subtract" };
const views = new WeakMap(); // root -> View

export function render(root, component) {
  if (!views.has(root)) views.set(root, new View(root));
  views.get(root).update(component);
}

export function destroy(root) {
  views.get(root)?.destroy();
  views.delete(root);
}

class View {
  constructor(root) {
    this.root = root;
    this.hidden = new Set(); // codes that the legend has switched off
    this.told = new Set(); // turns of this view's own selections
    this.fit = null; // flags of the server's filter
    this.shown = null; // flags of what legend and filter leave; null: everything
    this.build();
    this.tool("move");
    this.how("new");
  }

  build() {
    this.tools = element("div", "vmap-tools");
    const about = {
      move: "Drag to move or turn, wheel to zoom; Shift and drag adds with the lasso, Alt and drag takes away",
      lasso: "Draw around points", box: "Draw a rectangle around points",
      new: "What you draw replaces the selection", add: "What you draw is added; also Shift",
      subtract: "What you draw is taken away; also Alt",
    };
    const group = (entries, act) => {
      const made = Object.entries(entries).map(([name, text]) => [name, press(text, () => act(name), about[name])]);
      const box = element("span", "vmap-group");
      box.append(...made.map(([, button]) => button));
      return [box, Object.fromEntries(made)];
    };
    let tools, hows;
    [tools, this.toolButtons] = group(TOOLS, (name) => this.tool(name));
    [hows, this.howButtons] = group(HOW, (name) => this.how(name));
    const all = press("Select all", () => this.choose(this.all()), "All points that are shown");
    const none = press("Clear", () => this.choose(this.none()), "Nothing selected; also Escape");
    const reset = press("Whole map", () => this.plot?.reset(), "Back to the first view");
    this.count = element("span", "vmap-count");
    this.count.setAttribute("role", "status");
    this.tools.append(tools, hows, all, none, reset, this.count);
    this.stage = element("div", "vmap-stage");
    this.stage.setAttribute("role", "img");
    this.names = element("div", "vmap-names");
    this.said = element("div", "vmap-said", "Fetching the points…");
    this.card = element("div", "vmap-card");
    this.card.hidden = true;
    this.loop = new Loop(this.stage, {
      wants: (event) => this.wants(event), done: (corners, event) => this.around(corners, event),
      clicked: (x, y) => this.click(x, y),
    });
    this.stage.append(this.names, this.loop.sheet, this.said, this.card);
    this.legend = element("div", "vmap-legend");
    this.save = element("div", "vmap-save");
    this.root.replaceChildren(this.tools, this.stage, this.legend, this.save);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.stage);
    this.keys = (event) => { if (event.key === "Escape") this.escape(); };
    window.addEventListener("keyup", this.keys);
  }

  update({ data, setStateValue, setTriggerValue }) {
    Object.assign(this, { setStateValue, setTriggerValue });
    this.stage.style.setProperty("--height", data.height + "px");
    this.stage.setAttribute("aria-label", data.label);
    const before = this.data;
    this.data = data;
    if (before && JSON.stringify(before) === JSON.stringify(data)) return;
    this.turn = (this.turn || 0) + 1;
    this.load(before, this.turn).catch((error) => this.say("The map could not be drawn: " + error.message));
  }

  async load(before, turn) {
    if (!this.start()) return;
    const { data } = this;
    const fetched = data.dims === 3 ? fetchSolid(data.points) : fetchFlat(data.points);
    const [points, codes] = await Promise.all([fetched, fetchCodes(data.colour.url)]);
    const fit = data.filter ? await fetchSet(data.filter.url, points.n) : null;
    const isNew = !this.points || before?.points !== data.points;
    const wished = data.chosen && (isNew || (data.chosen.turn !== this.latest && !this.told.has(data.chosen.turn)));
    const chosen = wished && data.chosen.url ? await fetchSet(data.chosen.url, points.n) : null;
    if (turn !== this.turn || !this.plot) return; // a newer wish has come
    const isRecoloured = isNew || !same(codes, this.codes) || String(before.colour.colours) !== String(data.colour.colours);
    Object.assign(this, { points, codes, fit });
    if (isNew || !this.flags) this.flags = this.none();
    if (isNew || before.colour.title !== data.colour.title) this.hidden.clear();
    if (isRecoloured) await this.draw(isNew);
    if (wished) this.take(chosen || this.none(), data.chosen.turn);
    this.say("");
    this.drawLegend();
    if (isRecoloured || String(before.colour.names) !== String(data.colour.names)) this.placeNames(this.centres());
    this.filter(!wished && before?.filter?.url !== data.filter?.url);
    this.tellCount();
    this.drawSave();
    this.stage.dataset.drawn = String(points.n);
  }

  // The drawing for this map's dimensions, with a canvas of its own: two libraries cannot share one.
  start() {
    if (this.plot && this.dims === this.data.dims) return true;
    this.plot?.destroy();
    Object.assign(this, { plot: null, points: null, dims: this.data.dims });
    this.canvas?.remove();
    this.canvas = document.createElement("canvas");
    this.stage.prepend(this.canvas);
    const heard = { open: (point) => this.open(point), hover: (point) => this.over(point), moved: () => this.moved() };
    try {
      const Plot = this.dims === 3 ? Solid : Flat;
      this.plot = new Plot(this.canvas, this.stage.getBoundingClientRect(), heard);
    } catch (error) {
      this.say("This browser draws no WebGL, which the map needs. Switch hardware or software rendering on, or use another browser.");
      return false;
    }
    return true;
  }

  async draw(isNew) {
    const { points, codes, data, plot } = this;
    const text = hex(getComputedStyle(this.root).color);
    const background = hex(getComputedStyle(this.stage).backgroundColor);
    await plot.draw(points, codes, { colours: data.colour.colours, text, background, isNew });
    performance.mark("vitrine-map-painted");
  }

  // Selection

  none() {
    return new Uint8Array(this.points?.n || 0);
  }

  all() {
    return this.shown ? Uint8Array.from(this.shown) : this.none().fill(1);
  }

  wants(event) {
    if (!this.points || !this.plot) return "";
    if (this.mode !== "move") return this.mode;
    return event.shiftKey || event.altKey ? "lasso" : "";
  }

  around(corners, event) {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const hits = inside(corners, this.plot.places(), this.shown, width, height);
    const how = event.altKey ? "subtract" : event.shiftKey || event.ctrlKey ? "add" : this.manner;
    this.choose(combine(this.flags, hits, how));
  }

  click(x, y) {
    const found = this.plot.pick(x, y);
    if (found >= 0) this.open(found);
  }

  escape() {
    if (this.loop.isDrawing) this.loop.cancel();
    else if (this.stage.matches(":hover") && !document.querySelector('[role="dialog"]')) this.choose(this.none());
  }

  choose(flags) {
    if (!this.plot || !this.points) return;
    this.mark(flags);
    this.tell();
  }

  mark(flags) {
    this.flags = flags;
    this.nChosen = size(flags);
    this.plot.select(flags);
    this.tellCount();
  }

  // A selection that was made elsewhere.
  take(flags, turn) {
    this.latest = turn;
    this.mark(flags);
  }

  tellCount() {
    const { n } = this.points;
    const shown = this.shown ? size(this.shown) : n;
    const points = shown < n ? format(shown) + " of " + format(n) + " points shown" : format(n) + " points";
    this.count.textContent = this.nChosen ? format(this.nChosen) + " of " + format(n) + " selected" : points;
  }

  async tell() {
    const turn = Math.random().toString(36).slice(2);
    const { run, keep } = this.data;
    const n = this.nChosen;
    Object.assign(this, { latest: turn });
    this.told.add(turn);
    try {
      const { key } = n ? await keepSet(keep, this.flags) : { key: "" };
      if (this.latest === turn) this.setStateValue("selected", { run, n, key, turn });
    } catch (error) {
      this.count.textContent = "The selection was not saved: " + error.message;
    }
  }

  open(point) {
    this.setTriggerValue("opened", this.points.ids[point]);
  }

  // Looks

  tool(name) {
    this.mode = name;
    this.stage.dataset.tool = name;
    for (const [each, button] of Object.entries(this.toolButtons)) button.setAttribute("aria-pressed", String(each === name));
  }

  how(name) {
    this.manner = name;
    for (const [each, button] of Object.entries(this.howButtons)) button.setAttribute("aria-pressed", String(each === name));
  }

  drawLegend() {
    const { hidden } = this;
    this.legend.replaceChildren(...legend(this.data.colour, this.codes, { hidden, toggle: (code) => this.toggle(code) }));
  }

  drawSave() {
    const save = (kind) => {
      const hidden = [...this.hidden].join(".");
      const url = this.data.picture + (hidden ? "&hide=" + hidden : "");
      savePicture(url, kind, "map-" + this.data.run).catch((error) => { this.count.textContent = error.message; });
    };
    const about = "The whole map as it is coloured and filtered here, with legend and caption";
    this.save.hidden = !this.data.picture;
    this.save.replaceChildren(element("span", "", "Save the picture:"),
      press("PNG", () => save("png"), about), press("SVG", () => save("svg"), about));
  }

  toggle(code) {
    if (!this.hidden.delete(code)) this.hidden.add(code);
    this.filter(true);
  }

  // What legend and filter leave. What a visitor hides is not selected any longer: nobody decides on what is not seen. A
  // selection that comes with a link stays whole.
  filter(isNews) {
    const { fit, hidden, codes } = this;
    const before = this.shown;
    this.shown = null;
    if (fit || hidden.size) this.shown = codes.map((code, i) => ((!fit || fit[i]) && !hidden.has(code) ? 1 : 0));
    if (before || this.shown) this.plot.show(this.shown);
    const left = new Set(this.shown ? codes.filter((_, i) => this.shown[i]) : codes);
    for (const name of this.names.children) name.hidden = !left.has(Number(name.dataset.code));
    this.moved();
    if (isNews && this.shown && this.nChosen) {
      const kept = this.flags.map((flag, i) => flag & this.shown[i]);
      if (size(kept) !== this.nChosen) return this.choose(kept);
    }
    if (before || this.shown) this.mark(this.flags);
    return undefined;
  }

  centres() {
    const { points, codes, data } = this;
    return (data.dims === 3 ? solidCentres : centres)(points, codes, data.colour.has_names ? data.colour.names.length : 0);
  }

  placeNames(places) {
    const { names } = this.data.colour;
    this.names.replaceChildren(...[...places].map(([code, point]) => {
      const span = element("span", "", names[code]);
      span.dataset.code = code;
      span.dataset.point = point;
      return span;
    }));
    this.moved();
  }

  // Of many names those are written that cover no other: the rest come in sight as one looks nearer.
  moved() {
    this.card.hidden = true;
    const isCrowded = this.names.children.length > FEW_NAMES;
    const written = [];
    for (const name of this.names.children) {
      const at = this.plot.screen(Number(name.dataset.point));
      if (!at) continue;
      name.style.transform = `translate(${at[0]}px, ${at[1]}px) translate(-50%, -50%)`;
      const wide = NAME_CHARACTER * name.textContent.length;
      const covers = ([x, y, width]) => Math.abs(at[0] - x) < (wide + width) / 2 + ROOM && Math.abs(at[1] - y) < NAME_HEIGHT;
      const hasRoom = !isCrowded || name.hidden || !written.some(covers);
      name.style.visibility = hasRoom ? "" : "hidden";
      if (isCrowded && hasRoom && !name.hidden) written.push([at[0], at[1], wide]);
    }
  }

  over(point) {
    clearTimeout(this.waiting);
    this.hovered = point;
    this.canvas.style.cursor = point >= 0 ? "pointer" : "";
    if (point < 0 || this.loop.isDrawing) {
      this.card.hidden = true;
      return;
    }
    this.waiting = setTimeout(() => this.showCard(point), HOVER_MS);
  }

  async showCard(point) {
    const found = await fetchFacts(this.data.facts + this.points.ids[point]);
    if (!found || this.hovered !== point || !this.plot) return;
    const image = document.createElement("img");
    image.alt = "";
    image.src = found.url;
    this.card.replaceChildren(image, element("strong", "", found.title), ...found.lines.map((line) => element("span", "", line)));
    this.card.hidden = false;
    const [x, y] = this.plot.screen(point);
    const { clientWidth: width, clientHeight: height } = this.stage;
    const left = x + 14 + this.card.offsetWidth > width ? x - 14 - this.card.offsetWidth : x + 14;
    const top = Math.min(Math.max(4, y - 40), height - this.card.offsetHeight - 4);
    this.card.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  say(text) {
    this.said.textContent = text;
    this.said.hidden = !text;
  }

  resize() {
    const { width, height } = this.stage.getBoundingClientRect();
    if (!this.plot || !width || !height) return;
    this.plot.resize(width, height);
    requestAnimationFrame(() => this.plot && this.points && this.moved());
  }

  destroy() {
    this.watch.disconnect();
    window.removeEventListener("keyup", this.keys);
    clearTimeout(this.waiting);
    this.turn += 1;
    this.plot?.destroy();
    this.plot = null;
  }
}

function same(a, b) {
  return a?.length === b?.length && a.every((value, i) => value === b[i]);
}
