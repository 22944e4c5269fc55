// Small makers of elements and of words.

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function press(text, action, title) {
  const button = element("button", "", text);
  button.type = "button";
  button.title = title || "";
  button.onclick = action;
  return button;
}

export function format(n) {
  return n.toLocaleString("en-GB");
}

// "rgb(34, 39, 43)" as "#22272b", which is what the drawing library reads.
export function hex(colour) {
  const parts = (colour.match(/[\d.]+/g) || ["0", "0", "0"]).slice(0, 3);
  return "#" + parts.map((part) => Math.round(Number(part)).toString(16).padStart(2, "0")).join("");
}
