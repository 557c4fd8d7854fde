/* The mean of the infinitely wide network, trained by gradient flow to zero loss: f(x) = Theta(x, X) Theta(X, X)^-1 Y
   (Lee et al. 2019, section 2.2), for patterns X of one norm and their targets Y. */
sigaeMemory.part("map", ({ kernel }) => {
  const dot = (a, b) => { let sum = 0; for (let k = 0; k < a.length; k++) { sum += a[k] * b[k]; } return sum; };

  /** Theta'(X, X), shape (n, n): the tangent kernel of the patterns without its constant. */
  function gram(erfs, patterns, d) {
    return patterns.map((x) => patterns.map((y) => kernel.tangent(erfs, dot(x, x) / d, dot(x, y) / d, dot(y, y) / d)));
  }

  /**
   * @param {object} of
   * @param of.erfs what kernel.prepare returns
   * @param {number[][]} of.patterns X: rows of any number of coordinates, in an orthonormal basis of a space that holds them
   * @param {number[][]} of.targets Y: what each is mapped to, in the same basis
   * @param {number} of.d dimension of the network's input, which is theirs or larger
   * @param {number[][]} of.inverse Theta(X, X)^-1, shape (n, n)
   * @param {number[]} of.shift phi(0)^2 1^T Theta^-1, shape (n)
   * @param {?object} table what table.tabulate makes for these patterns, to be quick; without it the kernel itself is summed
   * @returns {function(ArrayLike<number>): Float64Array} the map, of points in those coordinates
   */
  function mean({ erfs, patterns, targets, d, inverse, shift }, table = null) {
    const n = patterns.length, norm = Math.sqrt(dot(patterns[0], patterns[0]));
    const theta = new Float64Array(n), cosines = new Float64Array(n);
    return function f(x) {
      const r = Math.sqrt(dot(x, x));
      for (let i = 0; i < n; i++) { cosines[i] = r > 0 ? dot(x, patterns[i]) / (r * norm) : 0; }
      if (table && r <= table.largest) {
        table.kernels(r, cosines, theta);
      } else {
        for (let i = 0; i < n; i++) { theta[i] = kernel.tangent(erfs, r * r / d, dot(x, patterns[i]) / d, norm * norm / d); }
      }
      const out = new Float64Array(x.length);
      for (let j = 0; j < n; j++) {
        let weight = shift[j];
        for (let i = 0; i < n; i++) { weight += theta[i] * inverse[i][j]; }
        for (let k = 0; k < out.length; k++) { out[k] += weight * targets[j][k]; }
      }
      return out;
    };
  }

  /** An orthonormal basis of the span of some vectors, by Gram and Schmidt, twice. */
  function basis(vectors) {
    const found = [];
    for (const vector of vectors) {
      let rest = Array.from(vector);
      for (let turn = 0; turn < 2; turn++) {
        for (const e of found) { const along = dot(e, rest); rest = rest.map((value, k) => value - along * e[k]); }
      }
      const length = Math.sqrt(dot(rest, rest));
      if (length > 1e-9 * Math.sqrt(dot(vector, vector))) { found.push(rest.map((value) => value / length)); }
    }
    return found;
  }

  /**
   * The Jacobian J(x) = Y^T Theta^-1 d_x Theta(X, x), in the coordinates of patterns and point. In those of the patterns' span it
   * has all eigenvalues but d less as many zeros, because every output lies in that span.
   *
   * @param {object} of as for `mean`
   * @param {number[]} x shape (k)
   * @returns {number[][]} shape (k, k)
   */
  function jacobian({ erfs, patterns, targets, d, inverse }, x) {
    const q = dot(x, x);
    const gradients = patterns.map((y) => { // d_x Theta(y, x)
      const shared = dot(y, x), { across, along } = kernel.gradient(erfs, dot(y, y) / d, shared / d, q / d);
      const radial = along * d / q - across * shared / q;
      return x.map((value, k) => (across * y[k] + radial * value) / d);
    });
    const weights = inverse.map((row) => x.map((_, k) => row.reduce((sum, value, i) => sum + value * gradients[i][k], 0)));
    return x.map((_, a) => x.map((_, b) => targets.reduce((sum, y, i) => sum + y[a] * weights[i][b], 0)));
  }

  return { dot, gram, mean, basis, jacobian };
});
