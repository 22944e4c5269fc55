// A lasso or a box drawn with the pointer (mouse, pen or finger) above the map, and which points lie inside.

const LEAST = 4; // pixels; below, it was a click

export class Loop {
  // wants(event): "lasso", "box" or "" for a press that is none of ours. done(loop, event), clicked(x, y, event).
  constructor(stage, { wants, done, clicked }) {
    Object.assign(this, { stage, wants, done, clicked, path: null });
    this.sheet = document.createElement("canvas");
    this.sheet.className = "vmap-loop";
    const on = (name, act) => stage.addEventListener(name, act, true); // before the drawing library hears of it
    on("pointerdown", (event) => this.begin(event));
    on("pointermove", (event) => this.extend(event));
    on("pointerup", (event) => this.end(event));
    on("pointercancel", () => this.cancel());
    on("mousedown", (event) => { if (this.path) event.stopPropagation(); });
    on("click", (event) => { if (this.swallow) event.stopPropagation(); this.swallow = false; });
  }

  get isDrawing() {
    return this.path !== null;
  }

  begin(event) {
    this.shape = event.button === 0 ? this.wants(event) : "";
    this.swallow = false;
    if (!this.shape) return;
    event.preventDefault();
    this.stage.setPointerCapture(event.pointerId);
    this.path = [this.at(event)];
    this.swallow = true;
    this.sheet.width = this.stage.clientWidth;
    this.sheet.height = this.stage.clientHeight;
  }

  extend(event) {
    if (!this.path) return;
    const here = this.at(event);
    const last = this.path[this.path.length - 1];
    if (this.shape === "box") this.path = [this.path[0], here];
    else if (Math.hypot(here[0] - last[0], here[1] - last[1]) >= 2) this.path.push(here);
    this.paint(getComputedStyle(this.stage).color);
  }

  end(event) {
    if (!this.path) return;
    this.extend(event);
    const corners = this.corners();
    const xs = corners.map(([x]) => x);
    const ys = corners.map(([, y]) => y);
    const reach = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
    this.cancel();
    if (reach < LEAST) this.clicked(...this.at(event), event);
    else this.done(corners, event);
  }

  cancel() {
    this.path = null;
    this.sheet.getContext("2d").clearRect(0, 0, this.sheet.width, this.sheet.height);
  }

  corners() {
    if (this.shape !== "box" || this.path.length < 2) return this.path;
    const [[left, top], [right, bottom]] = this.path;
    return [[left, top], [right, top], [right, bottom], [left, bottom]];
  }

  at(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left - this.stage.clientLeft, event.clientY - box.top - this.stage.clientTop];
  }

  paint(colour) {
    const pen = this.sheet.getContext("2d");
    pen.clearRect(0, 0, this.sheet.width, this.sheet.height);
    trace(pen, this.corners());
    [pen.fillStyle, pen.globalAlpha] = [colour, 0.08];
    pen.fill("evenodd");
    [pen.strokeStyle, pen.globalAlpha, pen.lineWidth] = [colour, 0.8, 1.5];
    pen.stroke();
  }
}

// Flags of the points whose place on the screen lies inside `corners`, to a pixel. The loop is drawn once and looked up,
// so that a million points cost as much with a hundred corners as with four.
export function inside(corners, { xs, ys }, shown, width, height) {
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [Math.max(1, Math.ceil(width)), Math.max(1, Math.ceil(height))];
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  trace(pen, corners);
  pen.fill("evenodd");
  const { data } = pen.getImageData(0, 0, sheet.width, sheet.height);
  const flags = new Uint8Array(xs.length);
  for (let i = 0; i < xs.length; i += 1) {
    const x = Math.floor(xs[i]);
    const y = Math.floor(ys[i]);
    if (x < 0 || y < 0 || x >= sheet.width || y >= sheet.height || (shown && !shown[i])) continue;
    flags[i] = data[4 * (y * sheet.width + x) + 3] > 127 ? 1 : 0;
  }
  return flags;
}

function trace(pen, corners) {
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(x, y);
  pen.closePath();
}
