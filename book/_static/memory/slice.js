/* The plane through three memories, coloured by where the iterated map leads each of its points. A worker computes it. */
sigaeMemory.part("slice", ({ map, recall, table }) => {
  const SIZES = [12, 24, 48, 96, 192], DIGITS = 16, STILL = 1e-6, NONE = 255;

  /** An orthonormal basis of the span of some vectors, by Gram and Schmidt, twice. */
  function basis(vectors) {
    const found = [];
    for (const vector of vectors) {
      let rest = Array.from(vector);
      for (let turn = 0; turn < 2; turn++) {
        for (const e of found) { const along = map.dot(e, rest); rest = rest.map((value, k) => value - along * e[k]); }
      }
      const length = Math.sqrt(map.dot(rest, rest));
      if (length > 1e-9 * Math.sqrt(map.dot(vector, vector))) { found.push(rest.map((value) => value / length)); }
    }
    return found;
  }

  /**
   * The circle through three points, as a frame of their plane.
   *
   * @returns {{origin: number[], axes: number[][], radius: number}} its centre, two orthonormal vectors, and the circle's radius
   */
  function plane([a, b, c]) {
    const axes = basis([b.map((value, k) => value - a[k]), c.map((value, k) => value - a[k])]);
    const [bx, cx, cy] = [[b, 0], [c, 0], [c, 1]].map(([point, axis]) => map.dot(point, axes[axis]) - map.dot(a, axes[axis]));
    const x = bx / 2, y = (cx * cx + cy * cy - cx * bx) / (2 * cy);
    return { origin: a.map((value, k) => value + x * axes[0][k] + y * axes[1][k]), axes, radius: Math.hypot(x, y) };
  }

  /** The points of a square grid on the plane, whose sides are twice `half` long: column i and row j, of `size` each. */
  function point({ origin, axes, half }, size, i, j) {
    const u = half * ((2 * i + 1) / size - 1), v = half * (1 - (2 * j + 1) / size);
    return origin.map((value, k) => value + u * axes[0][k] + v * axes[1][k]);
  }

  /** What a worker is sent: the map and the plane in coordinates of the memories' span, where both have few numbers. */
  function question({ erfs, patterns, d, inverse, shift }, trio) {
    const span = basis(patterns), inside = (x) => span.map((e) => map.dot(e, x));
    const coordinates = patterns.map(inside), { origin, axes, radius } = plane(trio.map((i) => coordinates[i]));
    return { parts: { erfs, patterns: coordinates, d, inverse, shift }, frame: { origin, axes, half: 1.5 * radius } };
  }

  /** Where the three memories are on the square whose sides run from -1 to 1. */
  function places({ parts, frame }, trio) {
    return trio.map((i) => frame.axes.map((axis) => (map.dot(parts.patterns[i], axis) - map.dot(frame.origin, axis)) / frame.half));
  }

  /** Label every point by the memory that it leads to, 255 where to none; reply with finer and finer grids. */
  function answer({ parts, frame, sizes = SIZES }, reply) {
    const norm = Math.hypot(...parts.patterns[0]), far = Math.hypot(...frame.origin) + 1.5 * frame.half;
    const f = map.mean(parts, table.tabulate(parts.erfs, parts.d, norm, 1.1 * Math.max(norm, far), DIGITS));
    for (const size of sizes) {
      const labels = new Uint8Array(size * size);
      for (let j = 0; j < size; j++) {
        for (let i = 0; i < size; i++) {
          const path = recall.follow(f, parts.patterns, point(frame, size, i, j), STILL);
          while (!path.over) { path.step(); }
          labels[j * size + i] = path.memory < 0 ? NONE : path.memory;
        }
      }
      reply({ size, labels, last: size === sizes[sizes.length - 1] });
    }
  }

  return { question, places, point, answer, NONE };
});
