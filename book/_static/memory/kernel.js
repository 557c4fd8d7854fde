/* Kernels of an activation that is a constant and a sum of erfs, g(z) = sum_k w_k erf(b_k z): Williams (1997), equation 11. */
sigaeMemory.part("kernel", () => {
  /** The squares and products that all kernels of one activation share. */
  function prepare({ weights, scales }) {
    return { w: weights, b: scales, wb: weights.map((w, k) => w * scales[k]), b2: scales.map((b) => b * b) };
  }

  /**
   * The tangent kernel E[g(u) g(v)] + c E[phi'(u) phi'(v)], without its constant phi(0)^2 (Jacot et al. 2018, theorem 1).
   *
   * @param erfs what `prepare` returns
   * @param {number} p variance of u, |x|^2 / d
   * @param {number} c covariance, x . x' / d
   * @param {number} q variance of v, |x'|^2 / d
   */
  function tangent(erfs, p, c, q) {
    const { w, b, wb, b2 } = erfs;
    const rest = Math.max(0, p * q - c * c);
    let e00 = 0, e11 = 0;
    for (let i = 0; i < w.length; i++) {
      const own = 1 + 2 * b2[i] * p, slope = 2 * q + 4 * rest * b2[i], bend = 2 * c * b[i];
      let sum00 = 0, sum11 = 0;
      for (let j = 0; j < w.length; j++) {
        const root = 1 / Math.sqrt(own + slope * b2[j]);
        sum00 += w[j] * Math.atan(bend * b[j] * root);
        sum11 += wb[j] * root;
      }
      e00 += w[i] * sum00;
      e11 += wb[i] * sum11;
    }
    return (2 * e00 + 4 * c * e11) / Math.PI;
  }

  /**
   * What the tangent kernel's gradient by the input x' of v is made of: it is (across x_ + along x' / q) / d, with x_ the part
   * of x orthogonal to x'. By Price's theorem (1958), the terms that cancel summed by hand.
   *
   * @returns {{across: number, along: number}}
   */
  function gradient(erfs, p, c, q) {
    const { w, wb, b2 } = erfs;
    const rest = Math.max(0, p * q - c * c);
    let e11 = 0, e22 = 0, nngp = 0, turn = 0;
    for (let i = 0; i < w.length; i++) {
      const ofU = 1 + 2 * b2[i] * p, slope = 2 * q + 4 * rest * b2[i];
      for (let j = 0; j < w.length; j++) {
        const root = 1 / Math.sqrt(ofU + slope * b2[j]), cube = root * root * root, both = wb[i] * wb[j];
        e11 += both * root;
        e22 += both * b2[i] * b2[j] * cube;
        nngp += both * root / (1 + 2 * b2[j] * q);
        turn += both * ofU * cube;
      }
    }
    const k = 4 / Math.PI;
    return { across: k * (2 * e11 + 4 * c * c * e22), along: k * c * (nngp + turn) };
  }

  return { prepare, tangent, gradient };
});
