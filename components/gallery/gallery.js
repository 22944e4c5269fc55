// Thumbnails in sections. Names come from strangers: they are set as textContent, never as HTML.
// data: { layout: "grid" | "rows" | "clusters", side: pixels, label, columns, sections: [{ title, note,
//   href, colour, items: [{ id, url, caption, note,
//   mix: [[colour, share]], drawing: null or { width, height, overlay, shapes: [[x1, y1, x2, y2, colour, words]] } }] }] }.
//   Shapes are in pixels of width x height; overlay: the address of a transparent picture over it all.
// Trigger: "opened" with an image's id.

const drawn = new WeakMap(); // root -> what it shows, so that a rerun with the same data keeps focus and pictures

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery");
  if (!root || !data) return;
  root.onclick = (event) => tell(event.target.closest("button"), setTriggerValue);
  root.onkeydown = (event) => moveFocus(event, root);
  const now = JSON.stringify(data);
  if (drawn.get(root) === now) return;
  drawn.set(root, now);
  root.className = "gallery " + data.layout;
  root.style.setProperty("--side", data.side + "px");
  root.style.setProperty("--least", data.side < 200 ? "28%" : "44%"); // of the width, on a narrow screen
  root.style.setProperty("--columns", data.columns);
  root.setAttribute("aria-label", data.label);
  const hadFocus = root.contains(root.getRootNode().activeElement);
  root.replaceChildren(...data.sections.map(section));
  if (hadFocus) root.querySelector("button.picture")?.focus(); // or the keyboard would start from the page's top
}

function tell(button, setTriggerValue) {
  if (button) setTriggerValue("opened", Number(button.dataset.id));
}

function section(about) {
  const box = element("section", "section");
  if (about.title) box.append(heading(about));
  const items = element("div", "items");
  items.append(...about.items.map(picture));
  box.append(items);
  return box;
}

function heading(about) {
  const head = element(about.href ? "a" : "div", "head");
  if (about.href) {
    head.href = about.href;
    head.target = "_self";
  }
  const title = element("span", "title", about.title);
  if (about.colour) {
    const mark = element("span", "mark");
    mark.style.background = about.colour;
    title.prepend(mark);
  }
  head.append(title, element("span", "note", about.note));
  return head;
}

function picture(about) {
  const button = element("button", "picture");
  button.type = "button";
  button.dataset.id = about.id;
  button.title = [about.caption, about.note].filter(Boolean).join(" · ");
  const frame = element("span", "frame");
  const image = document.createElement("img");
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = about.caption || "picture " + about.id;
  image.onerror = () => frame.classList.add("broken");
  image.src = about.url;
  frame.append(image);
  if (about.drawing) {
    frame.style.aspectRatio = Math.min(1.8, Math.max(0.75, about.drawing.width / about.drawing.height));
    frame.append(drawing(about.drawing));
  }
  button.append(frame);
  if (about.mix.length) button.append(mixture(about.mix));
  if (about.caption) button.append(element("span", "caption", about.caption));
  if (about.note) button.append(element("span", "note", about.note));
  return button;
}

function drawing(about) {
  const over = svg("svg", { viewBox: `0 0 ${about.width} ${about.height}`, "aria-hidden": "true" });
  over.setAttribute("class", "over");
  if (about.overlay) over.append(svg("image", { href: about.overlay, width: about.width, height: about.height, preserveAspectRatio: "none" }));
  const size = Math.max(about.width, about.height) / 26;
  for (const [x1, y1, x2, y2, colour, words] of about.shapes) {
    over.append(svg("rect", { x: x1, y: y1, width: Math.max(x2 - x1, 0), height: Math.max(y2 - y1, 0), stroke: colour }));
    if (!words) continue;
    const text = svg("text", { x: x1, y: y1 > size ? y1 - size / 5 : y2 + size, "font-size": size, fill: colour });
    text.textContent = words;
    over.append(text);
  }
  return over;
}

function svg(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function mixture(parts) {
  const bar = element("span", "mix");
  for (const [colour, share] of parts) {
    const part = element("span", "part");
    part.style.background = colour;
    part.style.width = 100 * share + "%";
    bar.append(part);
  }
  return bar;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function moveFocus(event, root) {
  const all = [...root.querySelectorAll("button.picture")];
  const here = all.indexOf(event.target);
  if (here < 0) return;
  const next = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: all.length - 1 }[event.key];
  const target = next === undefined ? beside(event.key, all, all[here]) : all[next];
  if (!target) return;
  event.preventDefault();
  target.focus();
}

function beside(key, all, from) {
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const start = from.getBoundingClientRect();
  const rows = all.map((button) => [button, button.getBoundingClientRect()]);
  const there = rows.filter(([, box]) => (key === "ArrowDown" ? box.top > start.top + 5 : box.top < start.top - 5));
  const away = ([, box]) => Math.abs(box.top - start.top) * 1000 + Math.abs(box.left - start.left);
  return there.length ? there.reduce((best, one) => (away(one) < away(best) ? one : best))[0] : null;
}
