// The map in three dimensions: a cloud to turn around, drawn by WebGL with regl. Drag turns it, the wheel comes nearer.

import createRegl from "regl";
import { nearest } from "./pick.js";

const AWAY = 3; // distance of the eye at first; the cloud reaches from -1 to 1
const LENS = 2.2; // focal length
const FRAME = 32767; // places come as whole numbers of 16 bits

const VERTEX = `
precision highp float;
attribute vec3 place;
attribute float code, mark;
uniform mat3 turn;
uniform vec2 lens;
uniform float away, size, faint;
uniform sampler2D palette;
varying vec4 colour;
void main() {
  vec3 seen = turn * place;
  float depth = away - seen.z;
  float isFaint = mark > 1.5 && mark < 2.5 ? 1.0 : 0.0;
  float gone = mark < 0.5 || isFaint != faint ? 1.0 : 0.0;
  gl_Position = vec4(seen.xy * lens, (depth - 0.05) / 12.0 * 2.0 * depth - depth, depth) + vec4(gone * 1e6, 0.0, 0.0, 0.0);
  gl_PointSize = size * away / max(depth, 0.05) * (mark > 2.5 ? 1.5 : 1.0);
  colour = vec4(texture2D(palette, vec2((code + 0.5) / 256.0, 0.5)).rgb, faint > 0.5 ? 0.12 : 0.9);
}`;

const FRAGMENT = `
precision mediump float;
varying vec4 colour;
void main() {
  vec2 at = gl_PointCoord - 0.5;
  float edge = dot(at, at);
  if (edge > 0.25) discard;
  gl_FragColor = vec4(colour.rgb * (1.0 - 0.9 * max(0.0, edge - 0.12)), colour.a);
}`;

const HIDDEN = 0;
const PLAIN = 1;
const FAINT = 2;
const CHOSEN = 3;

export class Solid {
  // heard: { open(point), hover(point), moved() }
  constructor(canvas, { width, height }, heard) {
    const attributes = { antialias: true, alpha: false, preserveDrawingBuffer: true };
    this.regl = createRegl({ canvas, attributes });
    Object.assign(this, { canvas, heard, shown: null, chosen: null });
    this.buffers = { place: this.regl.buffer(0), code: this.regl.buffer(0), mark: this.regl.buffer(0) };
    this.palette = this.regl.texture({ width: 256, height: 1 });
    this.paint = this.command();
    this.look();
    this.resize(width, height);
    this.listen();
  }

  command() {
    const { regl } = this;
    return regl({
      vert: VERTEX, frag: FRAGMENT, primitive: "points", count: regl.prop("n"),
      attributes: {
        place: { buffer: this.buffers.place, type: "int16", normalized: true },
        code: { buffer: this.buffers.code, type: "uint8" },
        mark: { buffer: this.buffers.mark, type: "uint8" },
      },
      uniforms: {
        turn: () => this.turn, lens: () => this.lens, away: () => this.away, palette: this.palette,
        size: () => this.size * (window.devicePixelRatio || 1), faint: regl.prop("faint"),
      },
      depth: { enable: true, mask: (_, { faint }) => !faint }, // what is not chosen must not hide what is
      blend: { enable: true, func: { srcRGB: "src alpha", srcAlpha: 1, dstRGB: "one minus src alpha", dstAlpha: 1 } },
    });
  }

  async draw(points, codes, { colours, background, isNew }) {
    this.points = points;
    this.background = rgb(background);
    this.size = points.n > 300000 ? 1.5 : points.n > 10000 ? 3 : points.n > 1500 ? 5 : 8;
    if (isNew) {
      this.buffers.place({ data: points.xyz, type: "int16" });
      this.chosen = null;
      this.look();
    }
    this.buffers.code({ data: codes, type: "uint8" });
    const pixels = new Uint8Array(1024);
    colours.forEach((colour, code) => {
      rgb(colour).forEach((part, i) => { pixels[4 * code + i] = Math.round(part * 255); });
      pixels[4 * code + 3] = 255;
    });
    this.palette({ width: 256, height: 1, data: pixels });
    this.marks();
  }

  show(flags) {
    this.shown = flags;
    this.marks();
  }

  select(flags) {
    this.chosen = flags.some((flag) => flag) ? flags : null;
    this.marks();
  }

  marks() {
    const { n } = this.points;
    const marks = new Uint8Array(n).fill(this.chosen ? FAINT : PLAIN);
    for (let i = 0; i < n; i += 1) {
      if (this.shown && !this.shown[i]) marks[i] = HIDDEN;
      else if (this.chosen?.[i]) marks[i] = CHOSEN;
    }
    this.buffers.mark({ data: marks, type: "uint8" });
    this.render();
  }

  // The first view: a little from above and from the side.
  look() {
    this.turn = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    this.away = AWAY;
    this.rotate(0.6, 0.35);
  }

  // Around the screen's own axes; `turn` holds three columns.
  rotate(right, down) {
    const [c, s, d, t] = [Math.cos(right), Math.sin(right), Math.cos(down), Math.sin(down)];
    const step = [c, t * s, -d * s, 0, d, t, s, -t * c, d * c];
    this.turn = multiply(step, this.turn);
  }

  render() {
    if (this.waiting || !this.points) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      if (!this.regl) return;
      this.regl.poll();
      this.regl.clear({ color: [...this.background, 1], depth: 1 });
      const { n } = this.points;
      if (n) this.paint([{ n, faint: 0 }, { n, faint: 1 }]);
      this.heard.moved();
    });
  }

  listen() {
    const last = { x: 0, y: 0, far: 0 };
    this.handlers = {
      pointerdown: (event) => {
        if (event.button !== 0) return;
        this.canvas.setPointerCapture(event.pointerId);
        Object.assign(last, { x: event.clientX, y: event.clientY, far: 0 });
        this.held = true;
      },
      pointermove: (event) => {
        if (!this.held) return this.lookFor(event);
        const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
        Object.assign(last, { x: event.clientX, y: event.clientY, far: last.far + Math.abs(dx) + Math.abs(dy) });
        this.rotate(dx * 0.008, dy * 0.008);
        return this.render();
      },
      pointerup: (event) => {
        if (!this.held) return;
        this.held = false;
        const found = last.far < 4 ? this.pick(event.offsetX, event.offsetY) : -1;
        if (found >= 0) this.heard.open(found);
      },
      pointercancel: () => { this.held = false; },
      pointerleave: () => this.heard.hover(-1),
      wheel: (event) => {
        event.preventDefault();
        this.away = Math.min(9, Math.max(0.4, this.away * Math.exp(event.deltaY * 0.001)));
        this.render();
      },
    };
    for (const [name, act] of Object.entries(this.handlers)) this.canvas.addEventListener(name, act, { passive: false });
  }

  lookFor(event) {
    if (!this.points) return;
    const found = this.pick(event.offsetX, event.offsetY);
    if (found === this.hovered) return;
    this.hovered = found;
    this.heard.hover(found);
  }

  pick(x, y) {
    return nearest(this.places(), x, y, { shown: this.shown, reach: 6 });
  }

  screen(point) {
    const { xyz } = this.points;
    return this.project(xyz[3 * point], xyz[3 * point + 1], xyz[3 * point + 2]);
  }

  places() {
    const { n, xyz } = this.points;
    const [xs, ys, depths] = [new Float32Array(n), new Float32Array(n), new Float32Array(n)];
    for (let i = 0; i < n; i += 1) {
      [xs[i], ys[i], depths[i]] = this.project(xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]);
    }
    return { xs, ys, depths };
  }

  // Whole numbers of a place to pixels from the left and the top, and the distance from the eye; behind it: nowhere.
  project(p, q, r) {
    const [x, y, z] = [p / FRAME, q / FRAME, r / FRAME];
    const m = this.turn;
    const depth = this.away - (m[2] * x + m[5] * y + m[8] * z);
    if (depth < 0.05) return [-1e6, -1e6, 1e6];
    const across = ((m[0] * x + m[3] * y + m[6] * z) * this.lens[0]) / depth;
    const up = ((m[1] * x + m[4] * y + m[7] * z) * this.lens[1]) / depth;
    return [((across + 1) / 2) * this.width, ((1 - up) / 2) * this.height, depth];
  }

  reset() {
    this.look();
    this.render();
  }

  resize(width, height) {
    const scale = window.devicePixelRatio || 1;
    Object.assign(this, { width, height });
    [this.canvas.width, this.canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    Object.assign(this.canvas.style, { width: width + "px", height: height + "px" });
    const least = Math.min(width, height);
    this.lens = [(LENS * least) / width, (LENS * least) / height];
    this.render();
  }

  destroy() {
    cancelAnimationFrame(this.waiting);
    for (const [name, act] of Object.entries(this.handlers)) this.canvas.removeEventListener(name, act);
    this.regl.destroy();
    this.regl = null;
  }
}

// "#22272b" as three shares of 1.
function rgb(colour) {
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16) / 255);
}

// a b, both three columns of three.
function multiply(a, b) {
  const out = new Array(9).fill(0);
  for (let column = 0; column < 3; column += 1) {
    for (let row = 0; row < 3; row += 1) {
      for (let k = 0; k < 3; k += 1) out[3 * column + row] += a[3 * k + row] * b[3 * column + k];
    }
  }
  return out;
}
