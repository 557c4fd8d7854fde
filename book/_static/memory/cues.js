/* Damage to a memory: a blend with another, noise, and pixels erased to the mean. */
sigaeMemory.part("cues", () => {
  /** Standard normal numbers from a seed: Box and Muller's (1958) transform of the generator mulberry32. */
  function normals(count, seed) {
    let state = seed >>> 0;
    const uniform = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    return Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
  }

  /**
   * @param {number[]} memory shape (d)
   * @param {number[]} other the memory that is blended in
   * @param {{blend: number, noise: number, erased: boolean[], seed: number}} damage the other's share; the noise's size over
   *   the memory's, both as root mean squares of the pixels; which pixels are erased
   * @returns {Float64Array} the cue, shape (d)
   */
  function damaged(memory, other, { blend, noise, erased, seed }) {
    const d = memory.length, size = Math.hypot(...memory) / Math.sqrt(d), draws = normals(d, seed);
    return Float64Array.from(memory, (value, k) =>
      erased[k] ? 0 : (1 - blend) * value + blend * other[k] + noise * size * draws[k]);
  }

  return { damaged };
});
