// Sets of points: a byte a point in the browser (1: in it), a bit a point on the wire (least significant bit first).

export function pack(flags) {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8));
  for (let i = 0; i < flags.length; i += 1) if (flags[i]) bytes[i >> 3] |= 1 << (i & 7);
  return bytes;
}

export function unpack(bytes, n) {
  if (bytes.length !== Math.ceil(n / 8)) throw new Error(bytes.length + " bytes came for " + n + " points");
  const flags = new Uint8Array(n);
  for (let i = 0; i < n; i += 1) flags[i] = (bytes[i >> 3] >> (i & 7)) & 1;
  return flags;
}

export function indices(flags) {
  const found = [];
  for (let i = 0; i < flags.length; i += 1) if (flags[i]) found.push(i);
  return found;
}

// The set after a loop around `hits`: "new" replaces, "add" joins, "subtract" takes away.
export function combine(flags, hits, how) {
  if (how === "add") return flags.map((flag, i) => flag | hits[i]);
  if (how === "subtract") return flags.map((flag, i) => flag & (hits[i] ^ 1));
  return hits;
}

export function size(flags) {
  let n = 0;
  for (let i = 0; i < flags.length; i += 1) n += flags[i];
  return n;
}
