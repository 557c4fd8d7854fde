/* Iterating a map from a cue. The memory nearest to where that ends is recalled if it lies within 0.05 of the memories' norm.
   Where each leads to the next, it is the memory that the film would then have begun with. */
sigaeMemory.part("recall", () => {
  const MOST = 1000, NEAR = 0.05, STILL = 1e-9;

  /**
   * @param {function} map
   * @param {number[][]} memories of one norm
   * @param {ArrayLike<number>} cue
   * @param {number} [turn] after how many iterations it is to be where it was: 1, or as many as there are memories
   * @param {number} [still] it is over once a turn moves it less than this, over the memories' norm
   * @returns {{x, steps, over, at, memory, since, step}} where it is, after how many iterations; whether no more are needed; which
   *   memory is near (-1: none), which it is taken for, and since which iteration; and the function that iterates once
   */
  function follow(map, memories, cue, turn = 1, still = STILL) {
    const norm = Math.hypot(...memories[0]), n = memories.length, lately = []; // the states of a turn
    const path = { x: Float64Array.from(cue), steps: 0, over: false, at: -1, memory: -1, since: 0 };

    function away(y) {
      let sum = 0;
      for (let k = 0; k < y.length; k++) { sum += (path.x[k] - y[k]) ** 2; }
      return Math.sqrt(sum);
    }

    function look() {
      let nearest = -1, least = Infinity;
      memories.forEach((y, i) => {
        const distance = away(y);
        if (distance < least) { [nearest, least] = [i, distance]; }
      });
      path.at = least < NEAR * norm ? nearest : -1;
      const found = path.at < 0 ? -1 : (path.at + n - path.steps % turn) % n;
      if (found !== path.memory) { [path.memory, path.since] = [found, path.steps]; }
    }

    path.step = () => {
      lately.push(path.x);
      path.x = map(path.x);
      path.steps += 1;
      path.over = path.steps >= MOST || (path.steps >= turn && away(lately.shift()) < still * norm);
      look();
    };
    look();
    return path;
  }

  /** Say where the path from a cue of memory i (none: -1) is, in pieces; `show(k)` is the piece that stands for memory k. */
  function say(path, i, show, turn) {
    const after = (count) => ` after ${count} iteration${count === 1 ? "" : "s"}`;
    if (path.memory < 0) { return [path.over ? "leads to no memory" : "is not there yet", after(path.steps)]; }
    const now = turn > 1 ? ["; the film is at ", show(path.at)] : [];
    if (path.memory === i) { return ["is recalled", after(path.since), ...now]; }
    return [turn > 1 ? "is taken for " : "converges to ", show(path.memory), after(path.since), ...now];
  }

  return { follow, say };
});
