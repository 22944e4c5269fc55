// What is in the file: facts, columns as typed arrays, pictures. Every text of a stranger becomes text, never markup.
"use strict";
const NONE = 65535;

// An element. given: properties, `class`, `data`, and listeners as functions under their event's name
function h(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(key, value);
    else if (key === "class") made.className = value;
    else if (key === "data") Object.assign(made.dataset, value);
    else if (key in made && key !== "list" && key !== "role") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// A name of the dataset or of a person, in the direction of its own script.
const named = (text, tag = "span", given = {}) => h(tag, { dir: "auto", ...given }, String(text));
const button = (text, click, given = {}) => h("button", { type: "button", click, ...given }, text);
const whole = (number) => Number(number).toLocaleString("en");
const many = (n, one, more = `${one}s`) => `${whole(n)} ${n === 1 ? one : more}`;

const bundle = (() => {
  const json = (id) => JSON.parse(document.getElementById(id).textContent);
  const facts = json("bundle"), album = json("bundle-pictures");
  const TYPES = {
    uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, uint32: Uint32Array, float32: Float32Array, float64: Float64Array,
  };
  const MOST_URLS = 3000; // pictures that are held open at once
  const kept = new Map(), chunks = new Map(), urls = new Map();
  const data = { facts, album };

  function decoded(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const letters = atob(text), bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
  }

  async function inflated(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  const has = (name) => kept.has(name) || document.getElementById(`column-${name}`) !== null;

  // A column as a typed array; undefined where the file has none of that name.
  function column(name) {
    if (!kept.has(name)) kept.set(name, read(name));
    return kept.get(name);
  }

  async function read(name) {
    const block = document.getElementById(`column-${name}`);
    if (!block) return undefined;
    let bytes = decoded(block.textContent);
    if ("deflated" in block.dataset) bytes = await inflated(bytes);
    const kind = TYPES[block.dataset.type];
    block.remove(); // its text is not needed twice
    return new kind(bytes.buffer, bytes.byteOffset, Number(block.dataset.n));
  }

  async function load() {
    const wanted = ["label", "given", "split", "flags", "twins", "near", "labels_end", "labels_value", "row", "image_id", "path", "sha256",
      `check${facts.check}`, "picture_id", "picture_chunk", "picture_at", "picture_bytes", "picture_stage"];
    const found = await Promise.all(wanted.map(column));
    wanted.forEach((name, at) => { data[name] = found[at]; });
    data.check = data[`check${facts.check}`];
    data.paths = new TextDecoder().decode(data.path).split("\0");
    data.rowOf = new Int32Array(facts.n_images).fill(-1);
    data.row.forEach((place, row) => { data.rowOf[place] = row; });
    data.pictureOf = new Map();
    data.picture_id.forEach((id, at) => data.pictureOf.set(id, at));
    data.rowOfId = new Map();
    data.image_id.forEach((id, row) => data.rowOfId.set(id, row));
    return data;
  }

  const bitOf = (name) => 1 << facts.flags.indexOf(name);
  const flag = (name, place) => (data.flags[place] & bitOf(name)) !== 0;
  const said = (name, place) => data.check !== undefined && (data.check[place] & (1 << facts.bits.indexOf(name))) !== 0;
  const className = (index) => (index === NONE ? "no label" : facts.names[index] ?? `class ${index}`);
  const givenName = (index) => (index === NONE ? "no label" : facts.given_names[index] ?? `class ${index}`);
  const splitName = (code) => (code === NONE ? "no split" : facts.splits[code]);

  // All classes that count of an image; most datasets know one at most.
  function labelsOf(place) {
    if (data.labels_end) {
      const several = [...new Set(data.labels_value.subarray(place ? data.labels_end[place - 1] : 0, data.labels_end[place]))];
      if (several.length) return several.sort((a, b) => a - b);
    }
    return data.label[place] === NONE ? [] : [data.label[place]];
  }

  function sha256(row) {
    let text = "";
    for (const byte of data.sha256.subarray(32 * row, 32 * row + 32)) text += byte.toString(16).padStart(2, "0");
    return text;
  }

  // The address of a picture that travels, null of one that does not.
  function pictureUrl(id) {
    const at = data.pictureOf.get(id);
    if (at === undefined) return null;
    let url = urls.get(id);
    if (url) urls.delete(id);
    else {
      const number = data.picture_chunk[at];
      if (!chunks.has(number)) chunks.set(number, decoded(document.getElementById(`pictures-${number}`).textContent));
      const start = data.picture_at[at];
      url = URL.createObjectURL(new Blob([chunks.get(number).subarray(start, start + data.picture_bytes[at])], { type: "image/jpeg" }));
    }
    urls.set(id, url);
    if (urls.size > MOST_URLS) {
      const [oldest, its] = urls.entries().next().value;
      if (!document.querySelector(`img[src="${its}"]`)) { URL.revokeObjectURL(its); urls.delete(oldest); }
    }
    return url;
  }

  // A picture as an element, a quiet tile where it does not travel.
  function picture(id, alt, given = {}) {
    const url = pictureUrl(id);
    if (url) return h("img", { class: "tile", src: url, alt, decoding: "async", ...given });
    return h("div", { class: "tile empty", role: "img", "aria-label": `${alt}: not in this file`, ...given }, "not in this file");
  }

  return Object.assign(data, { has, column, load, flag, said, className, givenName, splitName, labelsOf, sha: sha256, pictureUrl, picture });
})();
