// The point under the pointer, from places on the screen.

// xs, ys: places in pixels; depths: smaller is nearer to the eye (or none). -1 where nothing lies within `reach` pixels.
export function nearest({ xs, ys, depths }, x, y, { shown, reach }) {
  let found = -1;
  let best = Infinity;
  for (let i = 0; i < xs.length; i += 1) {
    const dx = xs[i] - x;
    const dy = ys[i] - y;
    if (dx > reach || dx < -reach || dy > reach || dy < -reach || (shown && !shown[i])) continue;
    const away = dx * dx + dy * dy;
    if (away > reach * reach) continue;
    const rank = depths ? depths[i] + away * 1e-4 : away;
    if (rank < best) [best, found] = [rank, i];
  }
  return found;
}
