// The legend: a button for each class that hides and shows it, or a ramp. Names come from strangers: textContent only.

import { element, format } from "./elements.js";

export function legend({ names, colours, low, high, title }, codes, { hidden, toggle }) {
  if (!names.length) return ramp({ colours, low, high, title });
  const counts = new Uint32Array(256);
  for (const code of codes) counts[code] += 1;
  const entries = names.map((name, code) => [code, name]);
  if (counts[255]) entries.push([255, names.length > 254 ? "others" : "none"]);
  return entries.filter(([code]) => counts[code]).map(([code, name]) => {
    const button = element("button", "");
    button.type = "button";
    button.title = "Show or hide " + name;
    const mark = element("span", "mark");
    mark.style.background = colours[code];
    button.append(mark, element("span", "name", name), element("span", "n", format(counts[code])));
    button.setAttribute("aria-pressed", String(!hidden.has(code)));
    button.onclick = () => {
      toggle(code);
      button.setAttribute("aria-pressed", String(!hidden.has(code)));
    };
    return button;
  });
}

function ramp({ colours, low, high, title }) {
  const bar = element("span", "ramp");
  const stops = [0, 64, 128, 192, 254].map((code) => colours[code]);
  bar.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
  return [element("span", "name", title), element("span", "n", low), bar, element("span", "n", high)];
}
