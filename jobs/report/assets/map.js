// A map of pictures on a canvas, pixel by pixel, without WebGL: dragged, zoomed, pointed at, filtered by its legend.
"use strict";
const vitrineMap = (() => {
  const NEAR_PX = 12, CELLS = 128, STEP = 65536 / CELLS, PADDING = 0.94, DIMMED = 0.12;
  const SIZES = [[100_000, 1], [20_000, 1.5], [5_000, 2], [500, 3], [0, 4.5]]; // radius in pixels from so many points on

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // "#rrggbb" as one number, as a canvas keeps pixels; alpha from 0 to 255
  const pixel = (colour, alpha) => {
    const value = parseInt(colour.slice(1), 16);
    return ((alpha << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
  };

  // Pixels of a disc around its middle: those inside, and those that its edge cuts.
  function disc(radius) {
    const inside = [], edge = [];
    const reach = Math.ceil(radius);
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const far = Math.hypot(dx, dy);
        if (far <= radius - 0.35) inside.push([dx, dy]);
        else if (far <= radius + 0.35) edge.push([dx, dy]);
      }
    }
    return { inside: inside.length ? inside : [[0, 0]], edge };
  }

  // Which points lie in each cell of a grid, so that the one under the mouse is found at once.
  function gridOf(x, y) {
    const starts = new Uint32Array(CELLS * CELLS + 1), points = new Uint32Array(x.length);
    const cell = (i) => Math.floor(y[i] / STEP) * CELLS + Math.floor(x[i] / STEP);
    for (let i = 0; i < x.length; i++) starts[cell(i) + 1]++;
    for (let c = 0; c < CELLS * CELLS; c++) starts[c + 1] += starts[c];
    const next = starts.slice();
    for (let i = 0; i < x.length; i++) points[next[cell(i)]++] = i;
    return { starts, points };
  }

  // An order in which no class hides another, the same each time.
  function mixed(n) {
    const order = new Uint32Array(n).map((_, i) => i);
    let state = 801;
    for (let i = n - 1; i > 0; i--) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const j = Math.floor((state / 4294967296) * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  // x, y: Uint16Array of n places; aspect: height over width; wheel: whether it zooms without a key held
  // hover(i, box), leave(), click(i): what else is to happen; without hover a tip names the group
  function create(place, { x, y, aspect = 1, wheel = false, hover, leave, click }) {
    const n = x.length, order = mixed(n), grid = gridOf(x, y);
    const base = SIZES.find(([from]) => n >= from)[1];
    const root = element("div", "map"), stage = element("div", "stage"), canvas = element("canvas");
    const legend = element("div", "legend"), tip = element("div", "tip"), tools = element("div", "tools");
    const context = canvas.getContext("2d", { willReadFrequently: true }); // it is written pixel by pixel
    const view = { zoom: 1, x: 0.5, y: 0.5 }; // zoom, and what lies in the middle
    let group = new Uint16Array(n), groups = [], shown = [], ring = -1, asked = false, size = { w: 0, h: 0, ratio: 1 };
    canvas.tabIndex = 0;
    tip.hidden = true;
    stage.append(canvas, tools, tip);
    root.append(stage, legend);
    place.append(root);

    function measure() {
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const w = Math.max(1, Math.round(stage.clientWidth * ratio)), h = Math.max(1, Math.round(stage.clientHeight * ratio));
      if (w !== size.w || h !== size.h) {
        size = { w, h, ratio };
        canvas.width = w;
        canvas.height = h;
      }
    }

    // Pixels a unit of the map, and where its corner lies. The map is 1 wide and `aspect` high, y upwards.
    function frame() {
      const scale = Math.min(size.w, size.h / aspect) * PADDING * view.zoom;
      return { scale, left: size.w / 2 - view.x * scale, top: size.h / 2 - (1 - view.y) * aspect * scale };
    }

    function paint() {
      asked = false;
      measure();
      const { scale, left, top } = frame(), { w, h, ratio } = size;
      const image = context.createImageData(w, h), buffer = new Uint32Array(image.data.buffer);
      const { inside, edge } = disc(Math.min(base * Math.sqrt(view.zoom), base * 4, 9) * ratio);
      const reach = 10 * ratio, ax = scale / 65535, ay = (aspect * scale) / 65535, bottom = top + aspect * scale;
      const solid = groups.map((each) => pixel(each.colour, 215)), soft = groups.map((each) => pixel(each.colour, 100));
      for (let at = 0; at < n; at++) {
        const i = order[at], g = group[i];
        if (!shown[g]) continue;
        const px = Math.round(left + x[i] * ax), py = Math.round(bottom - y[i] * ay);
        if (px < reach || py < reach || px >= w - reach || py >= h - reach) continue;
        const middle = py * w + px;
        for (const [dx, dy] of inside) buffer[middle + dy * w + dx] = solid[g];
        for (const [dx, dy] of edge) if (!buffer[middle + dy * w + dx]) buffer[middle + dy * w + dx] = soft[g];
      }
      context.putImageData(image, 0, 0);
      if (ring >= 0) drawRing(left + x[ring] * ax, bottom - y[ring] * ay);
    }

    function drawRing(px, py) {
      context.lineWidth = 2 * size.ratio;
      context.strokeStyle = getComputedStyle(canvas).color;
      context.beginPath();
      context.arc(px, py, 8 * size.ratio, 0, 2 * Math.PI);
      context.stroke();
    }

    const redraw = () => {
      if (!asked) { asked = true; requestAnimationFrame(paint); }
    };

    // The point that is nearest to a place on the stage, -1 where none is near.
    function nearest(px, py) {
      const { scale, left, top } = frame(), ratio = size.ratio;
      const mx = ((px * ratio - left) / scale) * 65535, my = 65535 - ((py * ratio - top) / (aspect * scale)) * 65535;
      const rx = ((NEAR_PX * ratio) / scale) * 65535, ry = rx / aspect;
      const clamp = (value) => Math.max(0, Math.min(CELLS - 1, Math.floor(value / STEP)));
      let found = -1, least = 1;
      for (let row = clamp(my - ry); row <= clamp(my + ry); row++) {
        for (let at = grid.starts[row * CELLS + clamp(mx - rx)]; at < grid.starts[row * CELLS + clamp(mx + rx) + 1]; at++) {
          const i = grid.points[at];
          const far = ((x[i] - mx) / rx) ** 2 + ((y[i] - my) / ry) ** 2;
          if (far < least && shown[group[i]]) { least = far; found = i; }
        }
      }
      return found;
    }

    // Zoom by a factor about a place on the stage, its middle by default.
    function zoomBy(factor, px = stage.clientWidth / 2, py = stage.clientHeight / 2) {
      const before = frame(), ratio = size.ratio;
      const mx = (px * ratio - before.left) / before.scale, my = (py * ratio - before.top) / before.scale;
      view.zoom = Math.max(0.5, Math.min(400, view.zoom * factor));
      const { scale } = frame();
      view.x = mx + (size.w / 2 - px * ratio) / scale;
      view.y = 1 - (my + (size.h / 2 - py * ratio) / scale) / aspect;
      redraw();
    }

    function moveBy(dx, dy) {
      const { scale } = frame();
      view.x -= (dx * size.ratio) / scale;
      view.y += (dy * size.ratio) / scale / aspect;
      redraw();
    }

    function reset() {
      Object.assign(view, { zoom: 1, x: 0.5, y: 0.5 });
      redraw();
    }

    function point(px, py) {
      const found = nearest(px, py);
      if (found === ring) return;
      ring = found;
      redraw();
      canvas.style.cursor = ring >= 0 && click ? "pointer" : "grab";
      if (hover) { if (ring >= 0) hover(ring, { x: px, y: py, w: stage.clientWidth, h: stage.clientHeight }); else if (leave) leave(); return; }
      tip.hidden = ring < 0;
      if (ring < 0) return;
      tip.textContent = groups[group[ring]].name;
      tip.style.left = `${Math.min(px + 12, stage.clientWidth - tip.offsetWidth - 4)}px`;
      tip.style.top = `${Math.max(4, py - tip.offsetHeight - 12)}px`;
    }

    function unpoint() {
      ring = -1;
      tip.hidden = true;
      if (leave) leave();
      redraw();
    }

    const fingers = new Map();
    let moved = 0;
    const placeOf = (event) => {
      const box = stage.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    canvas.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, placeOf(event));
      moved = 0;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      const at = placeOf(event), before = fingers.get(event.pointerId);
      if (!before) { point(at.x, at.y); return; }
      const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
      moved += Math.abs(at.x - before.x) + Math.abs(at.y - before.y);
      if (others.length) {
        const far = (one) => Math.hypot(one.x - others[0].x, one.y - others[0].y) || 1;
        zoomBy(far(at) / far(before), (at.x + others[0].x) / 2, (at.y + others[0].y) / 2);
      } else moveBy(at.x - before.x, at.y - before.y);
      fingers.set(event.pointerId, at);
    });
    const lift = (event) => {
      const at = placeOf(event);
      if (fingers.delete(event.pointerId) && moved < 5 && event.type === "pointerup") {
        point(at.x, at.y);
        if (ring >= 0 && click) click(ring);
      }
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("pointerleave", () => { if (!fingers.size) unpoint(); });
    canvas.addEventListener("dblclick", (event) => { const at = placeOf(event); zoomBy(2, at.x, at.y); });
    canvas.addEventListener("wheel", (event) => {
      if (!wheel && !event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
      event.preventDefault();
      const at = placeOf(event);
      zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), at.x, at.y);
    }, { passive: false });
    const keys = {
      ArrowLeft: () => moveBy(40, 0), ArrowRight: () => moveBy(-40, 0), ArrowUp: () => moveBy(0, 40),
      ArrowDown: () => moveBy(0, -40), "+": () => zoomBy(1.4), "-": () => zoomBy(1 / 1.4), 0: reset,
    };
    canvas.addEventListener("keydown", (event) => {
      const act = keys[event.key];
      if (!act || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
    for (const [sign, says, act] of [["+", "Nearer", keys["+"]], ["−", "Farther", keys["-"]], ["⤢", "All of it", reset]]) {
      const button = element("button", "", sign);
      button.type = "button";
      button.title = says;
      button.setAttribute("aria-label", says);
      button.addEventListener("click", act);
      tools.append(button);
    }
    new ResizeObserver(redraw).observe(stage);

    // What points are coloured by. of: Uint16Array, a place in `kinds` for each point; kinds: [{name, colour}]
    function setGroups(of, kinds) {
      [group, groups] = [of, kinds];
      shown = kinds.map(() => true);
      const counts = new Uint32Array(kinds.length);
      for (let i = 0; i < n; i++) counts[of[i]]++;
      const ranked = kinds.map((_, g) => g).filter((g) => counts[g]).sort((a, b) => counts[b] - counts[a]);
      legend.replaceChildren(...ranked.map((g) => entry(g, counts[g])));
      if (ranked.length > 1) legend.prepend(everything());
      redraw();
    }

    function entry(g, count) {
      const button = element("button", "entry"), dot = element("i"), name = element("span", "name", groups[g].name);
      button.type = "button";
      button.title = "Show or hide; double click: this one alone";
      button.dataset.group = g;
      dot.style.background = groups[g].colour;
      name.dir = "auto";
      button.append(dot, name, element("span", "n", count.toLocaleString("en")));
      button.addEventListener("click", () => show(g, !shown[g]));
      button.addEventListener("dblclick", () => { shown.fill(false); show(g, true); });
      return button;
    }

    function everything() {
      const all = element("button", "entry", "Show all");
      all.type = "button";
      all.addEventListener("click", () => { shown.fill(true); mark(); });
      return all;
    }

    function show(g, on) {
      shown[g] = on;
      mark();
    }

    function mark() {
      for (const button of legend.querySelectorAll("[data-group]")) {
        button.setAttribute("aria-pressed", String(shown[button.dataset.group]));
        button.style.opacity = shown[button.dataset.group] ? 1 : DIMMED * 4;
      }
      redraw();
    }

    return { setGroups, redraw, reset, zoomBy, moveBy, nearest, canvas, paint: () => { asked = true; paint(); } };
  }

  const numbers = (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Uint16Array(bytes.buffer);
  };

  // A report's map from its data block: x, y, classes (65535: none), names, colours, none (the colour of no class)
  function fromData(place, data) {
    const map = create(place, { x: numbers(data.x), y: numbers(data.y), aspect: data.aspect });
    const kinds = data.names.map((name, index) => ({ name, colour: data.colours[index] }));
    kinds.push({ name: "no class", colour: data.none });
    map.setGroups(numbers(data.classes).map((index) => Math.min(index, kinds.length - 1)), kinds);
    return map;
  }

  return { create, fromData };
})();
