// The spot check: one picture large, no label, a key or a click for every answer. Each answer is sent at once by HTTP, one after the
// other; the picture after it is shown meanwhile. Names come from strangers: set as textContent, never as HTML.
// data: { token, url, label, n_answered, n_all, items: [{ item, picture }], classes: [{ index, name, key }] }. Trigger: "finished".

const views = new WeakMap(); // root -> the view that is drawn there

export default function (component) {
  const root = component.parentElement.querySelector(".spot");
  if (!root || !component.data) return;
  let view = views.get(root);
  if (!view || view.data.token !== component.data.token) {
    view?.stop();
    view = new View(root, component);
    views.set(root, view);
  } else {
    view.component = component;
    if (!view.waiting) view.take(component.data);
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
    this.waiting = 0; // answers on their way
    this.sent = new Set(); // their items
    this.draw();
    this.take(this.data);
    this.onKey = (event) => this.key(event);
    window.addEventListener("keydown", this.onKey, true);
  }

  stop() {
    window.removeEventListener("keydown", this.onKey, true);
  }

  take(told) {
    this.items = told.items.filter((each) => !this.sent.has(each.item));
    this.nAnswered = told.n_answered;
    this.nAll = told.n_all;
    this.isDone = told.items.length === 0;
    this.show();
  }

  key(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !this.root.isConnected) return;
    if (target?.closest?.("input, textarea, select, [contenteditable], [role=listbox], [role=dialog]")) return;
    const inside = this.root.contains(target) && target.closest?.("button");
    if (inside && (event.key === "Enter" || event.key === " ")) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const about = this.data.classes.find((one) => one.key && one.key === name);
    const keys = {
      x: () => this.answer("none"), s: () => this.answer("cannot-tell"), u: () => this.undo(), "/": () => this.finder?.focus(),
    };
    const act = about ? () => this.answer("class", about.index) : keys[name];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // Streamlit has keys of its own
    act();
  }

  answer(said, index = null) {
    const [item] = this.items;
    if (!item) return;
    this.items = this.items.slice(1);
    this.sent.add(item.item);
    this.nAnswered += 1;
    this.post("answer", { item: item.item, said, class_index: index, ms: Math.round(performance.now() - this.since) }, item);
    this.show();
  }

  undo() {
    this.say("Taking back…");
    this.post("undo", {}, null);
  }

  post(what, body, item) {
    this.waiting += 1;
    this.saving = this.saving.then(async () => {
      let told = null;
      try {
        const answer = await fetch(this.data.url + what, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ token: this.data.token, ...body }),
        });
        told = await answer.json().catch(() => ({ error: "The answer could not be read." }));
        if (!answer.ok) throw new Error(told.error || "It was not saved.");
        this.say(told.said);
      } catch (error) {
        this.say("Not saved: " + error.message, true);
      }
      this.waiting -= 1;
      this.sent.delete(item?.item);
      if (told && !told.error) this.settle(told);
      else if (item !== null) this.putBack(item);
    });
  }

  putBack(item) {
    // it was not saved: it is asked again
    this.nAnswered -= 1;
    this.items = [item, ...this.items];
    this.show();
  }

  settle(told) {
    const shown = this.items[0]?.item;
    if (this.waiting) {
      // answers are still on their way: only what lies behind them is taken over
      const known = new Set([...this.sent, ...this.items.map((each) => each.item)]);
      this.items = [...this.items, ...told.items.filter((each) => !known.has(each.item))];
      this.show();
      return;
    }
    this.take(told);
    if (this.isDone) this.component.setTriggerValue("finished", `${this.nAnswered}`);
    else if (shown === undefined) this.show();
  }

  say(words, wrong = false) {
    this.said.textContent = words;
    this.said.classList.toggle("wrong", wrong);
  }

  draw() {
    this.large = element("div", "large");
    const panel = element("div", "panel");
    this.asked = element("div", "asked", "What is in the picture?");
    this.list = element("div", "classes");
    const acts = element("div", "acts");
    this.back = button("act back", "Take the last answer back", "U", () => this.undo());
    acts.append(
      button("act", "None of these", "X", () => this.answer("none")),
      button("act", "Cannot tell", "S", () => this.answer("cannot-tell")), this.back,
    );
    this.filling = element("div", "");
    const bar = element("div", "bar");
    bar.append(this.filling);
    this.far = element("div", "far");
    this.said = element("div", "said");
    this.said.setAttribute("role", "status");
    panel.append(this.asked);
    if (this.data.classes.length > 10) panel.append(this.search());
    panel.append(this.list, acts, bar, this.far, this.said);
    this.drawClasses(this.data.classes);
    this.root.setAttribute("aria-label", this.data.label);
    this.root.replaceChildren(this.large, panel);
  }

  search() {
    const field = element("input", "find");
    field.placeholder = "Find a class: /";
    field.setAttribute("aria-label", "Find a class");
    const fitting = () => this.data.classes.filter((one) => one.name.toLowerCase().includes(field.value.toLowerCase()));
    field.oninput = () => this.drawClasses(fitting());
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && fitting().length) this.answer("class", fitting()[0].index);
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
    this.list.replaceChildren(...classes.map((one) => button("class", one.name, one.key.toUpperCase(), () => this.answer("class", one.index))));
  }

  show() {
    const [item] = this.items;
    this.far.textContent = `${this.nAnswered.toLocaleString("en")} of ${this.nAll.toLocaleString("en")} answered`;
    this.filling.style.width = `${this.nAll ? (100 * this.nAnswered) / this.nAll : 100}%`;
    this.back.disabled = !this.nAnswered;
    const id = item ? String(item.item) : "";
    if (this.large.dataset.item === id) return;
    this.large.dataset.item = id;
    this.large.className = "large";
    this.large.replaceChildren(...(item ? [picture(item.picture, this.large)] : []));
    this.since = performance.now();
    for (const each of this.items.slice(1)) new Image().src = each.picture; // the next ones are on their way
  }
}

function picture(url, frame) {
  const image = document.createElement("img");
  image.decoding = "async";
  image.alt = "The picture to judge";
  image.onerror = () => frame.classList.add("broken");
  image.src = url;
  return image;
}

function button(className, words, key, act) {
  const made = element("button", className);
  made.type = "button";
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
