/* Solving with the tangent kernel Theta = Theta' + o 1 1^T, whose large constant o = phi(0)^2 must not cost digits: Theta' is scaled
   to unit diagonal, and a reflection turns the constant's direction into the first axis, where it meets one number alone. */
sigaeMemory.part("system", () => {
  const WORST = 1e12, SMALLEST = 2.3e-308;

  /**
   * @param {number[][]} theta Theta', shape (n, n)
   * @param {number} offset o
   * @returns {{inverse: number[][], shift: number[], condition: number}} Theta^-1 (n, n), o 1^T Theta^-1 (n) and the condition
   *   number of the matrix that is factored
   * @throws {RangeError} where that is singular to working precision
   */
  function solve(theta, offset) {
    const { Matrix, CholeskyDecomposition, EigenvalueDecomposition } = globalThis.mlMatrix;
    const n = theta.length, scale = theta.map((row, i) => 1 / Math.sqrt(row[i]));
    let A = new Matrix(theta.map((row, i) => row.map((value, j) => scale[i] * value * scale[j])));
    const length = Math.hypot(...scale);
    const mirror = scale.map((value, i) => value / length + (i === 0 ? 1 : 0));
    const reach = mirror.reduce((sum, value) => sum + value * value, 0);
    const H = Matrix.eye(n);
    if (offset > 0) { mirror.forEach((a, i) => mirror.forEach((b, j) => H.set(i, j, H.get(i, j) - 2 * a * b / reach))); }
    A = H.mmul(A).mmul(H);
    if (offset > 0) { A.set(0, 0, A.get(0, 0) + offset * length * length); }
    const balance = A.diagonal().map((value) => 1 / Math.sqrt(Math.max(value, SMALLEST)));
    const B = new Matrix(n, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) { B.set(i, j, balance[i] * balance[j] * (A.get(i, j) + A.get(j, i)) / 2); }
    }
    const values = new EigenvalueDecomposition(B, { assumeSymmetric: true }).realEigenvalues;
    const condition = Math.min(...values) > 0 ? Math.max(...values) / Math.min(...values) : Infinity;
    if (!(condition < WORST)) {
      throw new RangeError("Two of these pictures are the same, or opposite, or one is plain: change one of them, or take a larger norm.");
    }
    const right = H.mmul(Matrix.diag(scale)); // of the reflected and scaled unit vectors
    const solution = new CholeskyDecomposition(B).solve(Matrix.diag(balance).mmul(right));
    const turned = Matrix.diag(balance).mmul(solution);
    // the reflection takes the scales to minus their length times the first axis
    const shift = offset > 0 ? turned.getRow(0).map((value) => -offset * length * value) : new Array(n).fill(0);
    return { inverse: Matrix.diag(scale).mmul(H).mmul(turned).to2DArray(), shift, condition };
  }

  return { solve };
});
