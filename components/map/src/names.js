// Where a class's name is written: at the point nearest to the middle of its densest part.

const CELLS = 48; // a side

export function centres(points, codes, nNames) {
  const counts = new Map(); // code -> Uint32Array of cells
  const cellOf = (i) => {
    const column = Math.min(CELLS - 1, Math.floor(((points.x[i] + 1) / 2) * CELLS));
    const row = Math.min(CELLS - 1, Math.floor(((points.y[i] + 1) / 2) * CELLS));
    return row * CELLS + column;
  };
  for (let i = 0; i < points.n; i += 1) {
    if (codes[i] >= nNames) continue;
    if (!counts.has(codes[i])) counts.set(codes[i], new Uint32Array(CELLS * CELLS));
    counts.get(codes[i])[cellOf(i)] += 1;
  }
  const best = new Map(); // code -> { x, y, point, away }
  for (const [code, cells] of counts) {
    const cell = densest(cells);
    best.set(code, { x: ((cell % CELLS) + 0.5) / CELLS * 2 - 1, y: (Math.floor(cell / CELLS) + 0.5) / CELLS * 2 - 1, away: Infinity });
  }
  for (let i = 0; i < points.n; i += 1) {
    const place = best.get(codes[i]);
    if (!place) continue;
    const away = (points.x[i] - place.x) ** 2 + (points.y[i] - place.y) ** 2;
    if (away < place.away) Object.assign(place, { away, point: i });
  }
  return new Map([...best].map(([code, place]) => [code, place.point]));
}

// In three dimensions: at the point nearest to the mean of the class.
export function solidCentres({ n, xyz }, codes, nNames) {
  const sums = new Map(); // code -> [x, y, z, count]
  for (let i = 0; i < n; i += 1) {
    if (codes[i] >= nNames) continue;
    if (!sums.has(codes[i])) sums.set(codes[i], [0, 0, 0, 0]);
    const sum = sums.get(codes[i]);
    for (let axis = 0; axis < 3; axis += 1) sum[axis] += xyz[3 * i + axis];
    sum[3] += 1;
  }
  const best = new Map([...sums].map(([code, [x, y, z, count]]) => [code, { at: [x / count, y / count, z / count], away: Infinity }]));
  for (let i = 0; i < n; i += 1) {
    const place = best.get(codes[i]);
    if (!place) continue;
    const away = place.at.reduce((sum, middle, axis) => sum + (xyz[3 * i + axis] - middle) ** 2, 0);
    if (away < place.away) Object.assign(place, { away, point: i });
  }
  return new Map([...best].map(([code, place]) => [code, place.point]));
}

// The cell that has most in itself and the eight around it.
function densest(cells) {
  let found = 0;
  let most = -1;
  for (let cell = 0; cell < cells.length; cell += 1) {
    if (!cells[cell]) continue;
    let sum = 0;
    const column = cell % CELLS;
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        if (column + dx < 0 || column + dx >= CELLS) continue;
        sum += cells[cell + dy * CELLS + dx] || 0;
      }
    }
    if (sum > most) [most, found] = [sum, cell];
  }
  return found;
}
