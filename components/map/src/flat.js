// The flat map: points by WebGL with regl-scatterplot, which moves and zooms, and finds the point under the pointer.

import createScatterplot from "regl-scatterplot";
import { indices } from "./bits.js";
import { nearest } from "./pick.js";

export class Flat {
  // heard: { open(point), hover(point), moved() }
  constructor(canvas, { width, height }, heard) {
    this.plot = createScatterplot({
      canvas, width, height, syncEvents: true, pointOutlineWidth: 1, pointSizeSelected: 0.5, opacityInactiveScale: 0.3,
      opacityInactiveMax: 0.3, deselectOnDblClick: false, deselectOnEscape: false, spatialIndexUseWorker: false,
      actionKeyMap: {},
    });
    if (!this.plot.isSupported) throw new Error("WebGL is missing");
    this.chosen = [];
    this.plot.subscribe("select", ({ points }) => {
      if (points.length !== 1) return;
      this.putBack();
      heard.open(points[0]);
    });
    this.plot.subscribe("view", heard.moved);
    this.plot.subscribe("pointover", heard.hover);
    this.plot.subscribe("pointout", () => heard.hover(-1));
    this.left = () => heard.hover(-1);
    canvas.addEventListener("mouseleave", this.left);
    this.canvas = canvas;
  }

  async draw(points, codes, { colours, text, background, isNew }) {
    const { plot } = this;
    this.points = points;
    plot.set({
      colorBy: "valueA", pointColor: colours, pointColorActive: colours, pointColorHover: text,
      pointSize: pointSize(points.n), opacity: points.n > 5000 ? 0.75 : 0.9, backgroundColor: background,
    });
    const index = isNew ? undefined : plot.get("spatialIndex"); // the places are the same: it need not be built again
    const columns = { x: points.x, y: points.y, valueA: Float32Array.from(codes) };
    if (isNew) this.chosen = [];
    await plot.draw(columns, { zDataType: "categorical", spatialIndex: index });
    if (isNew) {
      this.ends = extremes(points);
      plot.reset({ preventEvent: true });
    }
    if (this.chosen.length) plot.select([...this.chosen], { preventEvent: true });
  }

  // flags: what is shown; null: everything.
  show(flags) {
    this.shown = flags;
    if (flags) this.plot.filter(indices(flags), { preventEvent: true });
    else if (this.plot.get("isPointsFiltered")) this.plot.unfilter({ preventEvent: true });
  }

  select(flags) {
    this.chosen = indices(flags);
    if (this.chosen.length) this.plot.select([...this.chosen], { preventEvent: true });
    else this.plot.deselect({ preventEvent: true });
  }

  // A click has replaced the selection on the map.
  putBack() {
    setTimeout(() => {
      if (this.chosen.length) this.plot?.select([...this.chosen], { preventEvent: true });
      else this.plot?.deselect({ preventEvent: true });
    });
  }

  screen(point) {
    return this.plot.getScreenPosition(point);
  }

  // Places of all points on the screen. The view moves and zooms but does not turn: two points give both straight lines.
  places() {
    const { x, y, n } = this.points;
    const across = line(x, this.ends.x, (i) => this.screen(i)[0]);
    const down = line(y, this.ends.y, (i) => this.screen(i)[1]);
    const [xs, ys] = [new Float32Array(n), new Float32Array(n)];
    for (let i = 0; i < n; i += 1) {
      xs[i] = across.a * x[i] + across.b;
      ys[i] = down.a * y[i] + down.b;
    }
    return { xs, ys };
  }

  pick(x, y) {
    return nearest(this.places(), x, y, { shown: this.shown, reach: 6 });
  }

  reset() {
    this.plot.reset();
  }

  resize(width, height) {
    this.plot.set({ width, height });
  }

  destroy() {
    this.canvas.removeEventListener("mouseleave", this.left);
    this.plot.destroy();
    this.plot = null;
  }
}

// The first and the last point of each axis.
function extremes({ x, y, n }) {
  const ends = { x: [0, 0], y: [0, 0] };
  for (let i = 1; i < n; i += 1) {
    if (x[i] < x[ends.x[0]]) ends.x[0] = i;
    if (x[i] > x[ends.x[1]]) ends.x[1] = i;
    if (y[i] < y[ends.y[0]]) ends.y[0] = i;
    if (y[i] > y[ends.y[1]]) ends.y[1] = i;
  }
  return ends;
}

function line(values, [first, last], screen) {
  const reach = values[last] - values[first];
  const a = reach ? (screen(last) - screen(first)) / reach : 0;
  return { a, b: screen(first) - a * values[first] };
}

function pointSize(n) {
  if (n > 300000) return 1.2;
  if (n > 60000) return 2;
  if (n > 10000) return 3;
  return n > 1500 ? 4.5 : 7;
}
