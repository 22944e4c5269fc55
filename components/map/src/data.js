// Binary columns by HTTP. Each is kept while the page lives; the browser asks again with the ETag after that.

import { pack, unpack } from "./bits.js";

const kept = new Map(); // url -> promise of an ArrayBuffer

export function fetchColumn(url) {
  if (!kept.has(url)) {
    const wanted = fetch(url).then((answer) => {
      if (!answer.ok) throw new Error("the server answered " + answer.status);
      return answer.arrayBuffer();
    });
    wanted.catch(() => kept.delete(url));
    kept.set(url, wanted);
    if (kept.size > 12) kept.delete(kept.keys().next().value);
  }
  return kept.get(url);
}

// flat points: n as uint32, then x (n float32, in [-1, 1]), y (n float32), image id (n uint32); 12 bytes a point.
export async function fetchFlat(url) {
  const buffer = await fetchColumn(url);
  const n = new Uint32Array(buffer, 0, 1)[0];
  return {
    n,
    x: new Float32Array(buffer, 4, n),
    y: new Float32Array(buffer, 4 + 4 * n, n),
    ids: new Uint32Array(buffer, 4 + 8 * n, n),
  };
}

// points in three dimensions: n as uint32, image id (n uint32), then x, y, z of each (int16, 32767 is 1); 10 bytes a point.
export async function fetchSolid(url) {
  const buffer = await fetchColumn(url);
  const n = new Uint32Array(buffer, 0, 1)[0];
  return { n, ids: new Uint32Array(buffer, 4, n), xyz: new Int16Array(buffer, 4 + 4 * n, 3 * n) };
}

// a colour's codes: a byte a point; 255: nothing known.
export async function fetchCodes(url) {
  return new Uint8Array(await fetchColumn(url));
}

// a set of points: a bit a point.
export async function fetchSet(url, n) {
  return unpack(new Uint8Array(await fetchColumn(url)), n);
}

// Leaves a set with the server, which answers with the name it is kept under.
export async function keepSet(url, flags) {
  const headers = { "Content-Type": "application/octet-stream" };
  const answer = await fetch(url, { method: "POST", headers, body: pack(flags) });
  if (!answer.ok) throw new Error("the server answered " + answer.status + " to the selection");
  return answer.json();
}

const facts = new Map(); // url -> promise of { url, title, lines }

export function fetchFacts(url) {
  if (!facts.has(url)) {
    facts.set(url, fetch(url).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));
    if (facts.size > 400) facts.delete(facts.keys().next().value);
  }
  return facts.get(url);
}
