// Claims, and their numbers computed again from the columns in the file: as evidence/bundle/questions.py asks.
"use strict";
const bundleClaims = (() => {
  const CLOSE = 1e-9;
  const { facts } = bundle;
  const results = new Map(); // claim -> what came out, by the name of each number

  const close = (a, b) => Math.abs(a - b) <= CLOSE * Math.max(1, Math.abs(b));

  // Whether a place counts. where: flags in `all` and none of `none`, class, split, labelled
  function test(where) {
    const bits = (names = []) => names.reduce((sum, name) => sum | (1 << facts.flags.indexOf(name)), 0);
    const all = bits(where.all), none = bits(where.none);
    const split = where.split === undefined ? undefined : facts.splits.indexOf(where.split);
    return (place) =>
      (bundle.flags[place] & all) === all && (bundle.flags[place] & none) === 0 &&
      (where.class === undefined || bundle.labelsOf(place).includes(where.class)) &&
      (split === undefined || bundle.split[place] === split) &&
      (where.labelled === undefined || (bundle.labelsOf(place).length > 0) === where.labelled);
  }

  const kept = test({ none: ["missing", "removed"] });

  function count(where) {
    const counts = test(where);
    let n = 0;
    for (let place = 0; place < facts.n_images; place++) if (counts(place)) n++;
    return n;
  }

  // Kept images of each class; one with several labels counts for each.
  function sizes() {
    const found = new Array(facts.n_named).fill(0);
    for (let place = 0; place < facts.n_images; place++) {
      if (kept(place)) for (const index of bundle.labelsOf(place)) found[index] = (found[index] || 0) + 1;
    }
    return Array.from(found, (n) => n || 0);
  }

  // How many groups, images in them, groups of several labels, groups over several splits. groups: lists of places
  function judged(groups, what) {
    if (what === "images") return groups.reduce((sum, places) => sum + places.length, 0);
    const differ = (of) => (places) => new Set(places.map(of).filter((value) => value !== undefined)).size > 1;
    const label = (place) => { const mine = bundle.labelsOf(place); return mine.length ? mine.join() : undefined; };
    const split = (place) => (bundle.split[place] === NONE ? undefined : bundle.split[place]);
    if (what === "groups") return groups.length;
    return groups.filter(differ(what === "conflicting" ? label : split)).length;
  }

  function gathered(keyOf) {
    const groups = new Map();
    for (let place = 0; place < facts.n_images; place++) {
      const key = keyOf(place);
      if (key === undefined) continue;
      if (groups.has(key)) groups.get(key).push(place);
      else groups.set(key, [place]);
    }
    return [...groups.values()].filter((places) => places.length > 1);
  }

  async function connected({ kinds, cosine, bits }) {
    const [first, second, near, differ, same] = await Promise.all(
      ["first", "second", "cosine", "bits", "same"].map((name) => bundle.column(`pairs_${name}`)));
    const least = Math.fround(cosine); // as single precision compares
    const above = new Map();
    const top = (place) => {
      let at = place;
      while (above.has(at)) at = above.get(at);
      return at;
    };
    const is = {
      file: (i) => same[i] & 1, pixels: (i) => same[i] & 2, hash: (i) => differ[i] >= 0 && differ[i] <= bits,
      embedding: (i) => near[i] >= least,
    };
    const members = new Set();
    for (let i = 0; i < first.length; i++) {
      if (!kinds.some((kind) => is[kind](i))) continue;
      members.add(first[i]).add(second[i]);
      const [a, b] = [top(first[i]), top(second[i])];
      if (a !== b) above.set(Math.max(a, b), Math.min(a, b));
    }
    return gathered((place) => (members.has(place) ? top(place) : undefined));
  }

  const bitsOf = async (run) => bundle.column(`check${run}`);
  const countBits = (array, name) => array.reduce((n, bits) => n + ((bits >> facts.bits.indexOf(name)) & 1), 0);

  function entropy(counts) {
    const total = counts.reduce((sum, n) => sum + n, 0);
    return -counts.filter(Boolean).reduce((sum, n) => sum + (n / total) * Math.log(n / total), 0);
  }

  const OPERATIONS = {
    count: async ({ where }) => ({ number: count(where) }),
    share: async ({ where, over }) => ({ number: count(where) / count(over) }),
    classes: async ({ gone }) => ({ number: sizes().length - gone }),
    splits: async () => {
      const found = new Set();
      for (let place = 0; place < facts.n_images; place++) if (kept(place)) found.add(bundle.split[place]);
      found.delete(NONE);
      return { number: found.size };
    },
    sum: async ({ of, where }) => {
      const counts = test(where);
      return { number: (await bundle.column(of)).reduce((sum, value, place) => sum + (counts(place) ? value : 0), 0) };
    },
    balance: async ({ what }) => {
      const filled = sizes().filter(Boolean);
      const ratio = () => filled.reduce((a, b) => Math.max(a, b)) / filled.reduce((a, b) => Math.min(a, b));
      return { number: what === "ratio" ? ratio() : Math.exp(entropy(filled)) };
    },
    twins: async ({ what }) => {
      const groups = gathered((place) => (bundle.twins[place] && kept(place) ? bundle.twins[place] : undefined));
      return { number: judged(groups, what) };
    },
    grouped: async (asked) => ({ number: judged(await connected(asked), asked.what) }),
    check: async ({ run, bit, over }) => {
      const bits = await bitsOf(run);
      return { number: countBits(bits, bit) / (over ? countBits(bits, over) : 1) };
    },
    open: async ({ run }) => {
      const bits = await bitsOf(run), doubted = facts.bits.reduce((sum, name, at) => sum | (["doubted", "copy"].includes(name) ? 1 << at : 0), 0);
      const open = test({ none: ["missing", "decided"] });
      return { number: bits.reduce((n, mine, place) => n + (mine & doubted && open(place) ? 1 : 0), 0) };
    },
    score: async (asked, report) => {
      const on = await bundleScore.read(asked.on);
      const statistic = ([mine]) => bundleScore.STATISTICS[asked.score](on, mine, asked.class);
      const values = await bundleScore.resampled(on, [asked.of], statistic, { ...asked, report });
      return { number: bundleScore.score(on, asked.score, asked.of, asked.class), ...bundleScore.ends(values) };
    },
    difference: async (asked, report) => {
      const on = await bundleScore.read(asked.on), of = bundleScore.STATISTICS[asked.score];
      const values = await bundleScore.resampled(on, asked.sides, ([a, b]) => of(on, b) - of(on, a), { ...asked, report });
      const [first, second] = asked.sides.map((place) => bundleScore.score(on, asked.score, place));
      return { number: second - first, ...bundleScore.ends(values) };
    },
    mcnemar: async ({ on: key, sides }) => {
      const on = await bundleScore.read(key), [a, b] = sides.map((place) => on.said[place]);
      let first = 0, second = 0;
      on.truth.forEach((index, i) => {
        if (a[i] === index && b[i] !== index) first++;
        if (a[i] !== index && b[i] === index) second++;
      });
      return { number: bundleScore.mcnemar(first, second) };
    },
    agreement: async ({ on: key, sides }) => {
      const on = await bundleScore.read(key), [a, b] = sides.map((place) => on.said[place]);
      const same = a.reduce((n, index, i) => n + (index === b[i] ? 1 : 0), 0);
      return { number: same / on.n, ...bundleScore.wilson(same, on.n) };
    },
    calibration: async ({ on: key, of }) => {
      const on = await bundleScore.read(key), sure = await bundle.column(`${key}_sure${of}`);
      return { number: bundleScore.calibration(sure, Array.from(on.truth, (index, i) => on.said[of][i] === index)) };
    },
    effect: async ({ score, of, before, after }) => {
      const [then, now] = await Promise.all([before, after].map(bundleScore.read));
      return { number: bundleScore.score(now, score, of) - bundleScore.score(then, score, of) };
    },
  };

  // What comes out of one number's question, beside what Vitrine had when the file was written.
  async function answer(number, report) {
    if (!number.question) return { state: "not asked", why: number.why_not };
    const found = await OPERATIONS[number.question.op](number.question, report), now = number.now;
    const inside = (end) => !found.around ? close(found[end], now[end])
      : now[end] >= found.around[end][0] - CLOSE && now[end] <= found.around[end][1] + CLOSE;
    found.equal = close(found.number, now.number);
    found.ends = now.low === null ? true : inside("low") && inside("high");
    return { state: found.equal && found.ends ? "same" : "other", ...found };
  }

  async function recompute(claim, report) {
    const found = {};
    for (const number of claim.numbers) found[number.name] = await answer(number, report);
    results.set(claim.id, found);
    return found;
  }

  async function recomputeAll() {
    for (const claim of facts.claims) await recompute(claim);
    return Object.fromEntries(results);
  }

  return { recompute, recomputeAll, results, close, kept, sizes, count };
})();
