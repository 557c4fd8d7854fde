/* Iterating a map from a cue. The memory nearest to where that ends is recalled if it lies within 0.05 of the memories' norm. */
sigaeMemory.part("recall", () => {
  const MOST = 1000, NEAR = 0.05, STILL = 1e-9;

  /**
   * @param {function} map
   * @param {number[][]} memories of one norm
   * @param {ArrayLike<number>} cue
   * @param {number} [still] a step shorter than this, over the memories' norm, is the last
   * @returns {{x, steps, over, memory, since, step}} where it is, after how many iterations; whether no more are needed; which
   *   memory is near (-1: none), and since which iteration; and the function that iterates once
   */
  function follow(map, memories, cue, still = STILL) {
    const norm = Math.hypot(...memories[0]);
    const path = { x: Float64Array.from(cue), steps: 0, over: false, memory: -1, since: 0 };

    function look() {
      let nearest = -1, least = Infinity;
      memories.forEach((y, i) => {
        let away = 0;
        for (let k = 0; k < y.length; k++) { away += (path.x[k] - y[k]) ** 2; }
        if (away < least) { [nearest, least] = [i, away]; }
      });
      const found = Math.sqrt(least) < NEAR * norm ? nearest : -1;
      if (found !== path.memory) { [path.memory, path.since] = [found, path.steps]; }
    }

    path.step = () => {
      if (path.over) { return; }
      const next = map(path.x);
      let moved = 0;
      for (let k = 0; k < next.length; k++) { moved += (next[k] - path.x[k]) ** 2; }
      path.x = next;
      path.steps += 1;
      path.over = path.steps >= MOST || Math.sqrt(moved) < still * norm;
      look();
    };
    look();
    return path;
  }

  /** Which memory a cue of memory i is to lead to. */
  const target = (i) => i;

  /** Say where the path from a cue of memory i (none: -1) is, in pieces; `show(k)` is the piece that stands for memory k. */
  function say(path, i, show) {
    const after = (count) => ` after ${count} iteration${count === 1 ? "" : "s"}`;
    if (path.memory < 0) { return [path.over ? "leads to no memory" : "is not there yet", after(path.steps)]; }
    return path.memory === target(i) ? ["is recalled", after(path.since)] : ["converges to ", show(path.memory), after(path.since)];
  }

  return { follow, target, say };
});
