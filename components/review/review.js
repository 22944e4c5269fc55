// The review gallery: one picture large, its batch beside it, a key or a click for every act. Each act is sent at once by HTTP, one
// after the other, and marked as saved when the answer is there. Names come from strangers: set as textContent, never as HTML.
// data: { token, url, label, blind, multi, items: [{ id, thumb, picture, question, suggestion: {index, name} | null, why, caption, now,
//   mark: { act, words, now } | null }], classes: [{ index, name, key }], ahead: [url], alike: bool }.
// Triggers: "turn" ("next"), "opened" and "alike" (an image's id), "changed" (an undo reached beyond this batch).

const CODES = { ArrowRight: 1, ArrowLeft: -1 };
const views = new WeakMap(); // root -> the view that is drawn there

export default function (component) {
  const root = component.parentElement.querySelector(".review");
  if (!root || !component.data) return;
  let view = views.get(root);
  if (!view || view.data.token !== component.data.token) {
    view?.stop();
    view = new View(root, component);
    views.set(root, view);
  } else {
    view.take(component);
  }
  return () => {
    view.stop();
    views.delete(root);
  };
}

class View {
  constructor(root, component) {
    this.root = root;
    this.component = component;
    this.data = component.data;
    this.saving = Promise.resolve();
    this.marked = new Set();
    this.skipped = new Set();
    this.marks = new Map(this.data.items.map((item) => [item.id, item.mark]));
    this.pending = new Map();
    this.turning = false;
    this.draw();
    this.here = this.nextOpen(-1) ?? 0;
    this.show();
    this.onKey = (event) => this.key(event);
    window.addEventListener("keydown", this.onKey, true);
    for (const url of this.data.ahead) new Image().src = url; // the next batch is on its way before it is asked for
  }

  take(component) {
    // a run of the script with the same batch: marks may be newer, focus and selection stay
    this.component = component;
    this.data = component.data;
    this.turning = false;
    for (const item of this.data.items) if (!this.pending.has(item.id)) this.marks.set(item.id, item.mark);
    this.show();
  }

  stop() {
    window.removeEventListener("keydown", this.onKey, true);
  }

  item() {
    return this.data.items[this.here];
  }

  nextOpen(from) {
    const n = this.data.items.length;
    for (let place = from + 1; place < n; place++) if (this.isOpen(place)) return place;
    return null;
  }

  isOpen(place) {
    const item = this.data.items[place];
    return item && !this.marks.get(item.id) && !this.skipped.has(item.id);
  }

  key(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || !this.root.isConnected) return;
    if (target?.closest?.("input, textarea, select, [contenteditable], [role=listbox], [role=dialog]")) return;
    const inside = this.root.contains(target) && target.closest?.("button");
    if (inside && (event.key === "Enter" || event.key === " ") && !target.classList.contains("tile")) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = this.meaning(name, event.shiftKey);
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Streamlit has keys of its own
    if (!event.repeat || CODES[name]) act();
  }

  meaning(name, shift) {
    const about = this.data.classes.find((one) => one.key === name);
    if (about) return () => this.relabel(about.index);
    const keys = {
      k: () => this.decide("keep"), x: () => this.decide("remove"), Delete: () => this.decide("remove"), s: () => this.skip(),
      Enter: () => this.accept(), u: () => this.back("undo"), y: () => this.back("redo"), " ": () => this.mark(),
      a: () => this.markAll(), i: () => this.tell("opened"), l: () => this.data.alike && this.tell("alike"),
      "/": () => this.finder?.focus(), n: () => this.turn(), Escape: () => this.unmark(),
      ArrowRight: () => this.move(1, shift), ArrowLeft: () => this.move(-1, shift),
      ArrowDown: () => this.move(this.columns(), shift), ArrowUp: () => this.move(-this.columns(), shift),
    };
    return keys[name];
  }

  columns() {
    const tops = [...this.tiles].map((tile) => tile.offsetTop);
    return Math.max(tops.filter((top) => top === tops[0]).length, 1);
  }

  move(by, extend) {
    const to = Math.min(Math.max(this.here + by, 0), this.data.items.length - 1);
    if (extend) for (const place of [this.here, to]) this.marked.add(this.data.items[place].id);
    this.here = to;
    this.show();
  }

  mark(place = this.here) {
    const id = this.data.items[place].id;
    if (!this.marked.delete(id)) this.marked.add(id);
    this.here = place;
    this.show();
  }

  markAll() {
    const all = this.data.items.filter((item, place) => this.isOpen(place)).map((item) => item.id);
    if (all.every((id) => this.marked.has(id))) this.marked.clear();
    else for (const id of all) this.marked.add(id);
    this.show();
  }

  unmark() {
    this.marked.clear();
    this.show();
  }

  tell(name) {
    this.component.setTriggerValue(name, this.item().id);
  }

  chosen() {
    return this.marked.size ? this.data.items.filter((item) => this.marked.has(item.id)) : [this.item()];
  }

  accept() {
    const items = this.chosen().filter((item) => item.suggestion);
    if (items.length) this.send(items.map((item) => ({ id: item.id, act: "relabel", label: item.suggestion.index })));
    else this.say("There is no suggestion for this picture.", true);
  }

  relabel(index) {
    this.send(this.chosen().map((item) => ({ id: item.id, act: "relabel", label: index })));
  }

  decide(act) {
    this.send(this.chosen().map((item) => ({ id: item.id, act })));
  }

  skip() {
    for (const item of this.chosen()) this.skipped.add(item.id);
    this.goOn();
  }

  goOn() {
    this.marked.clear();
    const next = this.nextOpen(this.here) ?? this.nextOpen(-1);
    if (next === null) this.turn();
    else this.here = next;
    this.show();
  }

  turn() {
    if (this.turning) return;
    this.turning = true;
    this.saving.then(() => this.component.setTriggerValue("turn", "next"));
  }

  send(acts) {
    const words = { keep: "kept", remove: "removed" };
    for (const act of acts) {
      this.pending.set(act.id, (this.pending.get(act.id) || 0) + 1);
      this.marks.set(act.id, { act: act.act, words: words[act.act] || "→ " + this.className(act.label) });
    }
    this.post("act", { acts });
    this.goOn();
  }

  back(what) {
    this.say(what === "undo" ? "Taking back…" : "Doing again…");
    this.post(what, {});
  }

  post(what, body) {
    const ids = (body.acts || []).map((act) => act.id);
    const began = performance.now();
    this.saving = this.saving.then(async () => {
      try {
        const answer = await fetch(this.data.url + what, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ token: this.data.token, ...body }),
        });
        const told = await answer.json().catch(() => ({ error: "The answer could not be read." }));
        this.settle(ids);
        if (!answer.ok) throw new Error(told.error || "It was not saved.");
        this.answered(what, told, performance.now() - began);
      } catch (error) {
        this.settle(ids);
        for (const id of ids) if (!this.pending.has(id)) this.marks.set(id, null);
        this.say("Not saved: " + error.message, true);
      }
      this.show();
    });
  }

  settle(ids) {
    for (const id of ids) {
      const left = (this.pending.get(id) || 1) - 1;
      if (left) this.pending.set(id, left);
      else this.pending.delete(id);
    }
  }

  answered(what, told, ms) {
    for (const [id, mark] of Object.entries(told.marks)) {
      if (this.pending.has(Number(id))) continue;
      this.marks.set(Number(id), mark);
      if (what !== "act" && told.changed.includes(Number(id))) {
        this.skipped.delete(Number(id));
        this.here = this.data.items.findIndex((item) => item.id === told.changed[0]);
      }
    }
    this.say(told.said + (what === "act" ? ` (${Math.round(ms)} ms)` : ""));
    if (told.elsewhere) this.component.setTriggerValue("changed", told.elsewhere);
  }

  say(words, wrong = false) {
    this.said.textContent = words;
    this.said.classList.toggle("wrong", wrong);
  }

  className(index) {
    return this.data.classes.find((one) => one.index === index)?.name ?? "class " + index;
  }

  draw() {
    const panel = element("div", "panel");
    this.large = element("div", "large");
    this.words = element("div", "words");
    this.said = element("div", "said");
    this.said.setAttribute("role", "status");
    this.accepting = button("act main", "Accept the suggestion", "Enter", () => this.accept());
    const acts = element("div", "acts");
    acts.append(
      this.accepting,
      button("act", "Label is right", "K", () => this.decide("keep")), button("act", "Remove", "X", () => this.decide("remove")),
      button("act", "Skip", "S", () => this.skip()), button("act", "Undo", "U", () => this.back("undo")),
    );
    const more = element("div", "acts more");
    more.append(
      button("act", "Do again", "Y", () => this.back("redo")), button("act", "Next pictures", "N", () => this.turn()),
      button("act", "Choose all", "A", () => this.markAll()), button("act", "Details", "I", () => this.tell("opened")),
    );
    if (this.data.alike) more.append(button("act", "Look alike", "L", () => this.tell("alike")));
    this.list = element("div", "classes");
    panel.append(this.large, this.words, acts);
    if (this.data.classes.length > 10) panel.append(this.search());
    panel.append(this.list, more, this.said);
    this.drawClasses(this.data.classes);
    const items = element("div", "items");
    items.append(...this.data.items.map((item, place) => this.tile(item, place)));
    this.tiles = items.children;
    this.root.setAttribute("aria-label", this.data.label);
    this.root.replaceChildren(panel, items);
  }

  search() {
    const field = element("input", "find");
    field.placeholder = "Find a class: /";
    field.setAttribute("aria-label", "Find a class");
    const fitting = () => this.data.classes.filter((one) => one.name.toLowerCase().includes(field.value.toLowerCase()));
    field.oninput = () => this.drawClasses(fitting());
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && fitting().length) this.relabel(fitting()[0].index);
      if (event.key === "Enter" || event.key === "Escape") {
        field.value = "";
        this.drawClasses(this.data.classes);
        field.blur();
      }
    };
    this.finder = field;
    return field;
  }

  drawClasses(classes) {
    this.list.replaceChildren(...classes.map((one) => {
      const made = button("class", one.name, one.key.toUpperCase(), () => this.relabel(one.index));
      made.dataset.index = one.index;
      return made;
    }));
  }

  tile(item, place) {
    const tile = element("button", "tile");
    tile.type = "button";
    tile.tabIndex = -1;
    tile.dataset.id = item.id;
    const frame = element("span", "frame");
    frame.append(picture(item.thumb, item.caption, frame), element("span", "stamp"));
    tile.append(frame, element("span", "caption", item.caption));
    tile.onclick = (event) => {
      if (event.ctrlKey || event.metaKey) return this.mark(place);
      if (event.shiftKey) return this.markUpTo(place);
      this.here = place;
      this.show();
    };
    return tile;
  }

  markUpTo(place) {
    const [low, high] = [Math.min(this.here, place), Math.max(this.here, place)];
    for (let each = low; each <= high; each++) this.marked.add(this.data.items[each].id);
    this.here = place;
    this.show();
  }

  show() {
    this.data.items.forEach((item, place) => {
      const tile = this.tiles[place];
      const mark = this.marks.get(item.id);
      tile.className = "tile" + (place === this.here ? " here" : "") + (this.marked.has(item.id) ? " marked" : "");
      tile.classList.toggle("pending", this.pending.has(item.id));
      tile.classList.toggle("skipped", this.skipped.has(item.id) && !mark);
      if (mark) tile.dataset.act = mark.act;
      else delete tile.dataset.act;
      const stamp = tile.querySelector(".stamp");
      stamp.textContent = mark ? mark.words : this.skipped.has(item.id) ? "skipped" : "";
      stamp.hidden = !stamp.textContent;
    });
    this.showLarge(this.item());
  }

  showLarge(item) {
    if (!item) return;
    if (this.large.dataset.id !== String(item.id)) {
      this.large.className = "large";
      this.large.dataset.id = item.id;
      this.large.replaceChildren(picture(item.picture, item.caption, this.large));
    }
    const mark = this.marks.get(item.id);
    const many = this.marked.size > 1 ? `${this.marked.size} pictures are chosen; a key acts on all of them. ` : "";
    this.words.replaceChildren(element("div", "asked", many + item.question), element("div", "why", mark ? `Decided: ${mark.words}` : item.why));
    this.accepting.hidden = this.data.blind;
    this.accepting.disabled = !item.suggestion;
    this.accepting.firstChild.textContent = item.suggestion ? "It is " + item.suggestion.name : "No suggestion";
    const now = mark && "now" in mark ? mark.now : item.now;
    for (const one of this.list.children) one.classList.toggle("now", now.includes(Number(one.dataset.index)));
  }
}

function picture(url, text, frame) {
  const image = document.createElement("img");
  image.decoding = "async";
  image.alt = text;
  image.onerror = () => frame.classList.add("broken");
  image.src = url;
  return image;
}

function button(className, words, key, act) {
  const made = element("button", className);
  made.type = "button";
  made.tabIndex = className === "class" ? -1 : 0;
  made.append(element("span", "", words));
  if (key) made.append(element("kbd", "", key));
  made.onclick = () => {
    act();
    made.blur(); // or the next Enter would press it again
  };
  return made;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
