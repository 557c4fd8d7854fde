/* The tangent kernel between points and patterns of one norm, tabulated: it depends on the point's norm and on the cosine alone.
   It is odd in both and analytic in a strip about the real axis of v = asinh(norm / r1) and y = asinh(angle / epsilon), so that a
   few dozen Chebyshev polynomials in each reproduce it to rounding (Trefethen 2013, chapter 8). */
sigaeMemory.part("table", ({ kernel }) => {
  const STRIP = Math.PI / 2, SPARE = 6, LIGHT = 1e-3, WORTH = 5;

  /**
   * @param erfs what kernel.prepare returns
   * @param {number} d dimension
   * @param {number} norm of the patterns
   * @param {number} largest norm of the points up to which the table reaches
   * @param {number} digits the coefficients fall to exp(-digits): 36 is rounding
   * @returns {?{kernels: function(number, Float64Array, Float64Array), largest: number}} kernels(r, cosines, out) fills out (n)
   *   with the kernels of a point of norm r and of the given cosines (n); null where a sum is quicker than a table
   */
  function tabulate(erfs, d, norm, largest, digits) {
    if (erfs.w.length < WORTH) { return null; }
    const steepest = Math.max(...erfs.b.filter((b, k) => erfs.w[k] * b > LIGHT));
    const P = 2 * (steepest * largest) ** 2 / d, Q = 2 * (steepest * norm) ** 2 / d;
    const r1 = Math.sqrt(d / 2) / steepest, epsilon = Math.asinh(Math.sqrt((1 + P + Q) / (P * Q)));
    const endV = Math.asinh(largest / r1), endY = Math.asinh(Math.PI / 2 / epsilon);
    const [nV, nY] = [endV, endY].map((end) => Math.ceil(digits / 2 / Math.asinh(STRIP / end)) + SPARE);
    const coefficients = transform(nV, nY, (v, y) => {
      const r = r1 * Math.sinh(endV * v), cosine = Math.cos(epsilon * Math.sinh(endY * y));
      return kernel.tangent(erfs, r * r / d, r * cosine * norm / d, norm * norm / d);
    });
    const series = new Float64Array(nY);

    function kernels(r, cosines, out) {
      // the odd polynomials T_1, T_3, ... at v, by T_{k+2} = 2 T_2 T_k - T_{k-2}
      const v = Math.min(1, Math.asinh(r / r1) / endV), twice = 4 * v * v - 2;
      series.fill(0);
      for (let k = 0, odd = v, before = v; k < nV; k++) {
        for (let j = 0, at = k * nY; j < nY; j++, at++) { series[j] += odd * coefficients[at]; }
        [odd, before] = [twice * odd - before, odd];
      }
      for (let i = 0; i < cosines.length; i++) {
        const t = Math.asinh(Math.acos(Math.min(1, Math.abs(cosines[i]))) / epsilon) / endY, x = 4 * t * t - 2;
        let b1 = 0, b2 = 0; // Clenshaw's recurrence in T_2j(t) = T_j(2 t^2 - 1)
        for (let j = nY - 1; j > 0; j--) { [b1, b2] = [series[j] - b2 + x * b1, b1]; }
        out[i] = Math.sign(cosines[i]) * (series[0] - b2 + x * b1 / 2);
      }
    }
    return { kernels, largest };
  }

  /** Chebyshev coefficients (nV, nY), by rows, of a function odd in the first and even in the second of two variables. */
  function transform(nV, nY, value) {
    const angle = (n, k) => Math.PI * (k + 0.5) / (2 * n);
    const half = new Float64Array(nV * nY), out = new Float64Array(nV * nY);
    for (let a = 0; a < nV; a++) {
      const values = Array.from({ length: nY }, (_, b) => value(Math.cos(angle(nV, a)), Math.cos(angle(nY, b))));
      for (let j = 0; j < nY; j++) {
        half[a * nY + j] = values.reduce((sum, f, b) => sum + f * Math.cos(2 * j * angle(nY, b)), 0) * (j ? 2 : 1) / nY;
      }
    }
    for (let k = 0; k < nV; k++) {
      for (let a = 0; a < nV; a++) {
        const factor = Math.cos((2 * k + 1) * angle(nV, a)) * 2 / nV;
        for (let j = 0; j < nY; j++) { out[k * nY + j] += factor * half[a * nY + j]; }
      }
    }
    return out;
  }

  return { tabulate };
});
