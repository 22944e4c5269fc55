// Scores of runs on the same pictures, and what another sample of pictures would make of them: as analytics/comparison.py.
"use strict";
const bundleScore = (() => {
  const MOST_DRAWS = 200_000_000, LEAST_RESAMPLES = 200, PYTHONS = 2000;
  const Z = 3.9; // what is called the error of chance is passed by chance once in ten thousand times
  const AT_ONCE_MS = 30;

  // Numbers in [0, 2^32) from a seed: Chris Doty-Humphrey's sfc32, filled by splitmix32.
  function generator(seed) {
    let state = seed >>> 0;
    const split = () => {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    let a = split(), b = split(), c = split(), d = 1;
    const next = () => {
      const t = (((a + b) >>> 0) + d) >>> 0;
      d = (d + 1) >>> 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) >>> 0;
      c = ((c << 21) | (c >>> 11)) >>> 0;
      c = (c + t) >>> 0;
      return t;
    };
    for (let i = 0; i < 15; i++) next();
    return next;
  }

  // What runs were scored on: {truth, said: [of each run], sure, classes, n}
  async function read(key) {
    const about = bundle.facts.scored[key];
    const [truth, ...said] = await Promise.all(
      [`${key}_truth`, ...about.runs.map((_, place) => `${key}_said${place}`)].map(bundle.column));
    const support = new Uint32Array(about.classes);
    for (const index of truth) support[index]++;
    return { key, truth, said, classes: about.classes, n: about.n, support };
  }

  // How many of each class a run gets right, and how many it calls so.
  function tally(on, place) {
    const right = new Uint32Array(on.classes), called = new Uint32Array(on.classes);
    on.said[place].forEach((index, i) => {
      called[index]++;
      if (index === on.truth[i]) right[index]++;
    });
    return { right, called };
  }

  const STATISTICS = {
    balanced_accuracy: (on, { right }) => mean(on, (c) => right[c] / on.support[c]),
    macro_f1: (on, { right, called }) => mean(on, (c) => (2 * right[c]) / (on.support[c] + called[c])),
    accuracy: (on, { right }) => right.reduce((sum, n) => sum + n, 0) / Math.max(on.n, 1),
    recall: (on, { right }, c) => right[c] / on.support[c],
    precision: (on, { right, called }, c) => right[c] / called[c],
  };

  function mean(on, of) {
    let sum = 0, n = 0;
    for (let c = 0; c < on.classes; c++) if (on.support[c]) { sum += of(c); n++; }
    return sum / n;
  }

  const score = (on, name, place, c) => STATISTICS[name](on, tally(on, place), c);

  // Resampled values of `statistic(tallies)`: pictures are drawn class by class, the same ones for all places.
  // Where it asks for nothing but what is right (all but macro F1 and precision), pictures of a class that the same runs
  // get right are alike, and it is drawn how many of them there are: any number of pictures takes as long.
  async function resampled(on, places, statistic, { score: name, resamples, seed, report }) {
    const isCounted = name !== "macro_f1" && name !== "precision";
    const most = isCounted ? resamples : Math.floor(MOST_DRAWS / Math.max(on.n, 1));
    const n = Math.max(LEAST_RESAMPLES, Math.min(resamples, most));
    const strata = Array.from({ length: on.classes }, () => []);
    on.truth.forEach((index, i) => strata[index].push(i));
    const ordered = strata.map((mine) => places.map((place) => Uint16Array.from(mine, (i) => on.said[place][i])));
    const alike = isCounted ? ordered.map((said, c) => cellsOf(said, c)) : [];
    const next = generator(seed), values = new Float64Array(n);
    const tallies = places.map(() => ({ right: new Uint32Array(on.classes), called: new Uint32Array(on.classes) }));
    let since = performance.now();
    for (let r = 0; r < n; r++) {
      for (const { right, called } of tallies) { right.fill(0); called.fill(0); }
      if (isCounted) alike.forEach((cells, c) => count(cells, c, tallies, next));
      else ordered.forEach((said, c) => draw(said, c, tallies, next));
      values[r] = statistic(tallies);
      if (performance.now() - since > AT_ONCE_MS) {
        if (report) report(r / n);
        await new Promise((go) => setTimeout(go));
        since = performance.now();
      }
    }
    return values;
  }

  // As many pictures of class c as there are, with replacement. said: of each run, what it says of them.
  function draw(said, c, tallies, next) {
    const n = said[0].length, k = said.length;
    for (let i = 0; i < n; i++) {
      const at = Math.floor((next() / 4294967296) * n);
      for (let m = 0; m < k; m++) {
        const index = said[m][at];
        tallies[m].called[index]++;
        if (index === c) tallies[m].right[index]++;
      }
    }
  }

  // How many pictures of class c which runs get right: a bit a run.
  function cellsOf(said, c) {
    const cells = new Uint32Array(1 << said.length);
    for (let i = 0; i < said[0].length; i++) cells[said.reduce((bits, mine, m) => bits | (mine[i] === c ? 1 << m : 0), 0)]++;
    return cells;
  }

  // The same draw, as a multinomial one over the cells: each is binomial given those before it.
  function count(cells, c, tallies, next) {
    let pictures = cells.reduce((sum, n) => sum + n, 0), left = pictures;
    for (let bits = cells.length - 1; bits > 0 && left > 0; bits--) {
      if (!cells[bits]) continue;
      const drawn = cells[bits] === pictures ? left : binomial(left, cells[bits] / pictures, next);
      tallies.forEach(({ right }, m) => { if ((bits >> m) & 1) right[c] += drawn; });
      pictures -= cells[bits];
      left -= drawn;
    }
  }

  const between = (next) => (next() + 0.5) / 4294967296; // in (0, 1)

  // A binomial number, exactly distributed: by inversion, or by Hörmann's transformed rejection (BTRS, 1993).
  function binomial(n, p, next) {
    if (p > 0.5) return n - binomial(n, 1 - p, next);
    if (n * p < 10) return inverted(n, p, next);
    const spread = Math.sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p, odds = p / (1 - p);
    const middle = n * p + 0.5, bound = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread, mode = Math.floor((n + 1) * p);
    for (;;) {
      const u = between(next) - 0.5, v = between(next), us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + middle);
      if (us >= 0.07 && v <= bound) return k;
      if (k < 0 || k > n) continue;
      const most = (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) + (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
        (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) + stirling(mode) + stirling(n - mode) - stirling(k) - stirling(n - k);
      if (Math.log((v * alpha) / (a / (us * us) + b)) <= most) return k;
    }
  }

  function inverted(n, p, next) {
    let left = between(next), k = 0, share = (1 - p) ** n;
    while (left > share && k < n) {
      left -= share;
      k++;
      share *= ((n - k + 1) / k) * (p / (1 - p));
    }
    return k;
  }

  // What Stirling's formula lacks of log k!
  function stirling(k) {
    const m = k + 1;
    return (1 / 12 - (1 / 360 - 1 / 1260 / (m * m)) / (m * m)) / m;
  }

  // The ends of the 95 % interval, and between which values chance alone may move each, here and in Python.
  function ends(values) {
    const sorted = values.filter((value) => value === value).sort(), n = sorted.length;
    if (!n) return { low: NaN, high: NaN, around: { low: [NaN, NaN], high: [NaN, NaN] }, resamples: values.length };
    const at = (rank) => sorted[Math.max(0, Math.min(n - 1, Math.round(rank)))];
    const found = { around: {}, resamples: values.length };
    for (const [name, share] of [["low", 0.025], ["high", 0.975]]) {
      const place = (n - 1) * share, below = Math.floor(place), part = place - below;
      found[name] = sorted[below] + (below + 1 < n ? part * (sorted[below + 1] - sorted[below]) : 0);
      const spread = Z * Math.sqrt(share * (1 - share) * n * (1 + n / PYTHONS));
      found.around[name] = [at(Math.floor(place - spread)), at(Math.ceil(place + spread))];
    }
    return found;
  }

  // McNemar's exact p from the pictures that only one of two gets right.
  function mcnemar(first, second) {
    const n = first + second, least = Math.min(first, second);
    if (!n) return 1;
    let logarithm = -n * Math.LN2;
    for (let i = 1; i <= least; i++) logarithm += Math.log((n - least + i) / i);
    let term = Math.exp(logarithm), sum = 0;
    for (let j = least; j >= 0 && term > 0; j--) { sum += term; term *= j / (n - j + 1); }
    return Math.min(1, 2 * sum);
  }

  function wilson(hits, n) {
    const z = 1.959964, share = hits / n, weight = (z * z) / n;
    const middle = (share + weight / 2) / (1 + weight);
    const half = Math.sqrt((share * (1 - share) * weight) + (weight * weight) / 4) / (1 + weight);
    return { low: Math.max(middle - half, 0), high: Math.min(middle + half, 1) };
  }

  // Expected calibration error in 15 bins of equally many pictures. right: whether each is
  function calibration(sure, right, bins = 15) {
    const n = sure.length, sorted = sure.slice().sort(), edges = [];
    for (let b = 1; b < bins; b++) {
      const edge = sorted[Math.floor((n - 1) * (b / bins))];
      if (edges[edges.length - 1] !== edge) edges.push(edge);
    }
    const counts = new Float64Array(bins + 1), confident = counts.slice(), correct = counts.slice();
    sure.forEach((value, i) => {
      let bin = 0;
      while (bin < edges.length && edges[bin] < value) bin++;
      counts[bin]++;
      confident[bin] += value;
      correct[bin] += right[i] ? 1 : 0;
    });
    return counts.reduce((sum, count, b) => sum + (count ? Math.abs(confident[b] - correct[b]) / n : 0), 0);
  }

  return { read, tally, score, STATISTICS, resampled, ends, mcnemar, wilson, calibration, generator, binomial };
})();
