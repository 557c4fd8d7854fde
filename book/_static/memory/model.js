/* From pictures to a network: patterns, the infinitely wide network's map, and its stability at each memory. No page is touched. */
sigaeMemory.part("model", ({ given, kernel, map, spectrum, system, table }) => {
  const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
  const DIGITS = 36, LARGEST = 3; // of the table: to rounding; up to cues three times as long as a memory
  const tables = new Map(); // drawing changes the pictures, not these

  /** What is subtracted from each pixel. */
  function middle(pictures, turn) {
    const mean = pictures[0].map((_, k) => pictures.reduce((sum, picture) => sum + picture[k], 0) / pictures.length);
    return turn > 1 ? mean : mean.fill(mean.reduce((sum, value) => sum + value, 0) / mean.length);
  }

  /**
   * Grey pictures as patterns: minus the mean grey of all of them, or a film's minus its mean picture, each scaled to norm r.
   *
   * @param {number[][]} pictures shape (n, d), from 0 to 16
   * @param {number} turn how many lead to one another: all, or 1
   * @returns {{patterns: number[][], mean: number[], scale: number}} scale is the mean factor from grey to pattern
   */
  function prepare(pictures, norm, turn) {
    const mean = middle(pictures, turn);
    const scales = pictures.map((picture) => norm / Math.hypot(...picture.map((value, k) => value - mean[k])));
    const patterns = pictures.map((picture, i) => picture.map((value, k) => (value - mean[k]) * scales[i]));
    return { patterns, mean, scale: scales.reduce((sum, value) => sum + value, 0) / scales.length };
  }

  /** What pictures are called, which they never are by a number: it would be read beside digits. */
  function names(pictures) {
    const digit = (picture) => given.digits.findIndex((one) => String(one) === String(picture));
    return pictures.map((picture, i) => (digit(picture) < 0 ? `the ${ORDINALS[i]} picture` : `the digit ${digit(picture)}`));
  }

  /** The first fault of the pictures, as a sentence; nothing where they can be stored. */
  function fault(pictures, turn) {
    const mean = middle(pictures, turn);
    const plain = pictures.findIndex((picture) => picture.every((value, k) => Math.abs(value - mean[k]) < 1e-9));
    if (plain >= 0) { return `The ${ORDINALS[plain]} picture is ${turn > 1 ? "the mean of all" : "all mean grey"}: draw something on it.`; }
    const said = pictures.map(String), again = said.findIndex((text, i) => said.indexOf(text) < i);
    return again < 0 ? "" : `The ${ORDINALS[said.indexOf(said[again])]} and the ${ORDINALS[again]} picture are the same: change one of them.`;
  }

  /**
   * The infinitely wide network of the patterns.
   *
   * @param {{weights: number[], scales: number[], centre: number}} activation phi(z) = centre + sum_k weights_k erf(scales_k z)
   * @param {number[][]} patterns shape (n, d), of the norm given third
   * @param {number} turn n, where each is mapped to the next, or 1, where to itself
   * @returns {{f: function, spectra: number[][][], radii: number[], inside: object}} the map; at each memory the eigenvalues that
   *   need not be zero, and rho, or along the turn from there, a step; and what map.mean makes a map of, in coordinates of the
   *   memories' span
   */
  function limit(activation, patterns, norm, turn) {
    const erfs = kernel.prepare(activation), d = patterns[0].length;
    const ahead = (rows, count) => rows.map((_, i) => rows[(i + count) % rows.length]), targets = ahead(patterns, turn > 1 ? 1 : 0);
    const parts = { erfs, patterns, targets, turn, d, ...system.solve(map.gram(erfs, patterns, d), activation.centre ** 2) };
    const span = map.basis(patterns), within = (x) => span.map((e) => map.dot(e, x));
    const inside = { ...parts, patterns: patterns.map(within), targets: targets.map(within) };
    const jacobians = inside.patterns.map((x) => map.jacobian(inside, x));
    const spectra = jacobians.map((_, i) => spectrum.along(ahead(jacobians, i).slice(0, turn)));
    const key = [activation.scales[0], norm, d].join();
    if (!tables.has(key)) { tables.set(key, table.tabulate(erfs, d, norm, LARGEST * norm, DIGITS)); }
    return { f: map.mean(parts, tables.get(key)), spectra, radii: spectra.map(spectrum.radius), inside };
  }

  return { prepare, names, fault, limit };
});
