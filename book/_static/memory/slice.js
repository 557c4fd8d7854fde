/* The plane through three memories, coloured by where the iterated map leads each of its points. A worker computes it. */
sigaeMemory.part("slice", ({ map, recall, table }) => {
  const SIZES = [24, 48, 96, 192], DIGITS = 16, STILL = 1e-6, NONE = 255;

  /**
   * The circle through three points, as a frame of their plane.
   *
   * @returns {{origin: number[], axes: number[][], radius: number}} its centre, two orthonormal vectors, and the circle's radius
   */
  function plane([a, b, c]) {
    const axes = map.basis([b.map((value, k) => value - a[k]), c.map((value, k) => value - a[k])]);
    const [bx, cx, cy] = [[b, 0], [c, 0], [c, 1]].map(([point, axis]) => map.dot(point, axes[axis]) - map.dot(a, axes[axis]));
    const x = bx / 2, y = (cx * cx + cy * cy - cx * bx) / (2 * cy);
    return { origin: a.map((value, k) => value + x * axes[0][k] + y * axes[1][k]), axes, radius: Math.hypot(x, y) };
  }

  /** The square of the plane that is shown, around three of some patterns. */
  function square(patterns, trio) {
    const { origin, axes, radius } = plane(trio.map((i) => patterns[i]));
    return { origin, axes, half: 1.5 * radius };
  }

  /** What a worker is sent: the map and the square, in few coordinates. */
  function question({ erfs, patterns, targets, turn, d, inverse, shift }, trio) {
    return { parts: { erfs, patterns, targets, turn, d, inverse, shift }, frame: square(patterns, trio) };
  }

  /** Where a point's projection on the plane is on the square, whose corners are (0, 0) at the upper left and (1, 1). */
  function place({ origin, axes, half }, x) {
    const [u, v] = axes.map((axis) => (map.dot(x, axis) - map.dot(origin, axis)) / half);
    return [(1 + u) / 2, (1 - v) / 2];
  }

  /** The point at such a place. */
  function point({ origin, axes, half }, [u, v]) {
    return origin.map((value, k) => value + half * ((2 * u - 1) * axes[0][k] + (1 - 2 * v) * axes[1][k]));
  }

  /** The label of a point's surroundings on the grid half as fine, where they have one label alone; else -1. */
  function inherited(labels, size, i, j) {
    const own = labels[j * size + i];
    for (let y = Math.max(0, j - 1); y <= Math.min(size - 1, j + 1); y++) {
      for (let x = Math.max(0, i - 1); x <= Math.min(size - 1, i + 1); x++) {
        if (labels[y * size + x] !== own) { return -1; }
      }
    }
    return own;
  }

  /**
   * Label points by the memory that they lead to, 255 where to none; reply with finer and finer grids. All points of the first
   * are iterated, and those of the next that lie near a border of the one before.
   */
  function answer({ parts, frame, sizes = SIZES }, reply) {
    const norm = Math.hypot(...parts.patterns[0]), far = Math.hypot(...frame.origin) + 1.5 * frame.half;
    const f = map.mean(parts, table.tabulate(parts.erfs, parts.d, norm, 1.1 * Math.max(norm, far), DIGITS));
    let before = null;
    for (const size of sizes) {
      const labels = new Uint8Array(size * size);
      for (let j = 0; j < size; j++) {
        for (let i = 0; i < size; i++) {
          const known = before ? inherited(before, size / 2, i >> 1, j >> 1) : -1;
          labels[j * size + i] = known >= 0 ? known : led(f, parts, point(frame, [(i + 0.5) / size, (j + 0.5) / size]));
        }
      }
      reply({ size, labels, last: size === sizes[sizes.length - 1] });
      before = labels;
    }
  }

  function led(f, { patterns, turn }, x) {
    const path = recall.follow(f, patterns, x, turn, STILL);
    while (!path.over) { path.step(); }
    return path.memory < 0 ? NONE : path.memory;
  }

  return { square, question, place, point, answer, NONE };
});
