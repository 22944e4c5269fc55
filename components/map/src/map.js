// The map: points by WebGL (regl-scatterplot), names and facts as text above it. Names come from strangers: they are set as
// textContent, never as HTML.
// data: { run, points, facts (both URLs), height, label, sides, colour: { url, names, colours (256), low, high, title, has_names } }.
// State "selected": { run, n, ids: the first 60 }; trigger "opened": an image's id.

import createScatterplot from "regl-scatterplot";
import { fetchCodes, fetchFacts, fetchPoints } from "./data.js";
import { centres } from "./names.js";

const SHOWN = 60; // pictures the gallery asks for
const HOVER_MS = 60;
const AFTER_LASSO_MS = 300; // a lasso that ends where it began ends with a click, which is not one
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
    this.selection = [];
    this.build();
  }

  build() {
    const press = (text, action, title) => {
      const button = element("button", "", text);
      button.type = "button";
      button.title = title || "";
      button.onclick = action;
      return button;
    };
    this.tools = element("div", "vmap-tools");
    this.pan = press("Move", () => this.mode("panZoom"), "Drag to move, wheel to zoom");
    this.lasso = press("Lasso", () => this.mode("lasso"), "Draw around points; also Shift and drag in any mode");
    const all = press("Select all", () => this.selectAll(), "All points that are shown");
    const none = press("Clear", () => this.select([]), "Nothing selected; also Escape");
    const reset = press("Whole map", () => this.plot?.reset(), "Back to the first view");
    this.count = element("span", "vmap-count");
    this.count.setAttribute("role", "status");
    this.tools.append(this.pan, this.lasso, all, none, reset, this.count);
    this.stage = element("div", "vmap-stage");
    this.stage.setAttribute("role", "img");
    this.canvas = document.createElement("canvas");
    this.names = element("div", "vmap-names");
    this.said = element("div", "vmap-said", "Fetching the points…");
    this.card = element("div", "vmap-card");
    this.card.hidden = true;
    this.stage.append(this.canvas, this.names, this.said, this.card);
    this.legend = element("div", "vmap-legend");
    this.root.replaceChildren(this.tools, this.stage, this.legend);
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.stage);
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
    const { points: url, colour } = this.data;
    const [points, codes] = await Promise.all([fetchPoints(url), fetchCodes(colour.url)]);
    if (turn !== this.turn) return; // a newer wish has come
    const isNew = !this.points || before?.points !== url;
    const isRecoloured = isNew || before?.colour.url !== colour.url;
    Object.assign(this, { points, codes });
    if (isNew) this.selection = [];
    if (isRecoloured) this.hidden.clear();
    await this.draw(isNew);
    this.say("");
    this.drawLegend();
    this.placeNames(centres(points, codes, colour.has_names ? colour.names.length : 0));
    this.filter();
    this.tell(isNew);
    this.stage.dataset.drawn = String(points.n);
  }

  start() {
    if (this.plot) return true;
    try {
      const { width, height } = this.stage.getBoundingClientRect();
      this.plot = createScatterplot({
        canvas: this.canvas, width, height, syncEvents: true, lassoMinDelay: 5, lassoMinDist: 3, pointOutlineWidth: 1,
        pointSizeSelected: 0.5, opacityInactiveScale: 0.3, opacityInactiveMax: 0.3, deselectOnDblClick: false,
        spatialIndexUseWorker: false, actionKeyMap: { lasso: "shift", merge: "ctrl", remove: "alt" },
      });
      if (!this.plot.isSupported) throw new Error("WebGL is missing");
    } catch (error) {
      this.plot = null;
      this.say("This browser draws no WebGL, which the map needs. Switch hardware or software rendering on, or use another browser.");
      return false;
    }
    this.listen();
    this.mode("panZoom");
    return true;
  }

  listen() {
    let byLasso = false;
    let lassoEnded = -Infinity;
    this.plot.subscribe("lassoStart", () => { byLasso = true; });
    this.plot.subscribe("select", ({ points }) => {
      const isClick = !byLasso && points.length === 1 && !this.merging;
      if (!isClick) this.selected([...points]);
      else if (performance.now() - lassoEnded < AFTER_LASSO_MS) this.putBack();
      else this.open(points[0]);
    });
    this.plot.subscribe("lassoEnd", () => {
      byLasso = false;
      lassoEnded = performance.now();
    });
    this.plot.subscribe("deselect", () => this.selected([]));
    this.plot.subscribe("view", () => this.moved());
    this.plot.subscribe("pointover", (point) => this.over(point));
    this.plot.subscribe("pointout", () => this.over(-1));
    this.canvas.addEventListener("mousedown", (event) => { this.merging = event.ctrlKey || event.altKey; });
    this.canvas.addEventListener("mouseleave", () => this.over(-1));
  }

  async draw(isNew) {
    const { points, codes, data, plot } = this;
    const text = hex(getComputedStyle(this.root).color);
    plot.set({
      colorBy: "valueA", pointColor: data.colour.colours, pointColorActive: data.colour.colours, pointColorHover: text,
      pointSize: pointSize(points.n), opacity: points.n > 5000 ? 0.75 : 0.9, lassoColor: text,
      backgroundColor: hex(getComputedStyle(this.stage).backgroundColor),
    });
    const index = isNew ? undefined : plot.get("spatialIndex"); // the places are the same: it need not be built again
    const columns = { x: points.x, y: points.y, valueA: Float32Array.from(codes) };
    await plot.draw(columns, { zDataType: "categorical", spatialIndex: index });
    if (isNew) plot.reset();
    if (this.selection.length) plot.select([...this.selection], { preventEvent: true });
  }

  // Selection

  select(points) {
    if (!this.plot) return;
    if (points.length) this.plot.select(points, { preventEvent: true });
    else this.plot.deselect({ preventEvent: true });
    this.selected(points);
  }

  selectAll() {
    if (!this.points) return;
    const shown = [];
    for (let i = 0; i < this.points.n; i += 1) if (!this.hidden.has(this.codes[i])) shown.push(i);
    this.select(shown);
  }

  selected(points) {
    this.selection = points;
    this.tell(true);
  }

  tell(isNews) {
    const n = this.selection.length;
    this.count.textContent = n ? format(n) + " of " + format(this.points.n) + " selected" : format(this.points.n) + " points";
    if (!isNews) return;
    const ids = [...this.selection].sort((a, b) => a - b).slice(0, SHOWN).map((i) => this.points.ids[i]);
    const now = JSON.stringify([this.data.run, n, ids]);
    if (now === this.told || (!n && !this.told)) return;
    this.told = now;
    this.setStateValue("selected", { run: this.data.run, n, ids });
  }

  open(point) {
    this.putBack();
    this.setTriggerValue("opened", this.points.ids[point]);
  }

  // A click has replaced the selection on the map.
  putBack() {
    const kept = this.selection;
    setTimeout(() => {
      if (kept.length) this.plot?.select([...kept], { preventEvent: true });
      else this.plot?.deselect({ preventEvent: true });
    });
  }

  // Looks

  mode(name) {
    this.plot?.set({ mouseMode: name });
    this.pan.setAttribute("aria-pressed", String(name === "panZoom"));
    this.lasso.setAttribute("aria-pressed", String(name === "lasso"));
  }

  drawLegend() {
    const { colour } = this.data;
    this.legend.replaceChildren(...(colour.names.length ? this.classes(colour) : ramp(colour)));
  }

  classes({ names, colours }) {
    const counts = new Uint32Array(256);
    for (const code of this.codes) counts[code] += 1;
    const entries = names.map((name, code) => [code, name]);
    if (counts[255]) entries.push([255, "none"]);
    return entries.filter(([code]) => counts[code]).map(([code, name]) => {
      const button = element("button", "");
      button.type = "button";
      button.title = "Show or hide " + name;
      const mark = element("span", "mark");
      mark.style.background = colours[code];
      button.append(mark, element("span", "name", name), element("span", "n", format(counts[code])));
      button.setAttribute("aria-pressed", "true");
      button.onclick = () => this.toggle(code, button);
      return button;
    });
  }

  toggle(code, button) {
    if (!this.hidden.delete(code)) this.hidden.add(code);
    button.setAttribute("aria-pressed", String(!this.hidden.has(code)));
    this.filter();
    const kept = this.selection.filter((i) => !this.hidden.has(this.codes[i]));
    if (kept.length !== this.selection.length) this.select(kept);
  }

  filter() {
    for (const name of this.names.children) name.hidden = this.hidden.has(Number(name.dataset.code));
    if (!this.hidden.size) {
      if (this.plot.get("isPointsFiltered")) this.plot.unfilter({ preventEvent: true });
      return;
    }
    const shown = [];
    for (let i = 0; i < this.points.n; i += 1) if (!this.hidden.has(this.codes[i])) shown.push(i);
    this.plot.filter(shown, { preventEvent: true });
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

  moved() {
    this.card.hidden = true;
    for (const name of this.names.children) {
      const at = this.plot.getScreenPosition(Number(name.dataset.point));
      if (at) name.style.transform = `translate(${at[0]}px, ${at[1]}px) translate(-50%, -50%)`;
    }
  }

  over(point) {
    clearTimeout(this.waiting);
    this.hovered = point;
    this.canvas.style.cursor = point >= 0 ? "pointer" : "";
    if (point < 0) {
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
    const [x, y] = this.plot.getScreenPosition(point);
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
    this.plot.set({ width, height });
    requestAnimationFrame(() => this.plot && this.points && this.moved());
  }

  destroy() {
    this.watch.disconnect();
    clearTimeout(this.waiting);
    this.turn += 1;
    this.plot?.destroy();
    this.plot = null;
  }
}

function ramp({ colours, low, high, title }) {
  const bar = element("span", "ramp");
  const stops = [0, 64, 128, 192, 254].map((code) => colours[code]);
  bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
  return [element("span", "name", title), element("span", "n", low), bar, element("span", "n", high)];
}

// "rgb(34, 39, 43)" as "#22272b", which is what the drawing library reads.
function hex(colour) {
  const parts = (colour.match(/[\d.]+/g) || ["0", "0", "0"]).slice(0, 3);
  return "#" + parts.map((part) => Math.round(Number(part)).toString(16).padStart(2, "0")).join("");
}

function pointSize(n) {
  if (n > 300000) return 1.2;
  if (n > 60000) return 2;
  if (n > 10000) return 3;
  return n > 1500 ? 4.5 : 7;
}

function format(n) {
  return n.toLocaleString("en-GB");
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
