/* A trained network of one hidden layer of sigmoids: f(x) = W_2 phi(W_1 x / sqrt(d)) / sqrt(m). */
sigaeMemory.part("network", () => {
  /** Numbers of half precision, little-endian and written in base 64. */
  function numbers(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)), view = new DataView(bytes.buffer);
    return Float64Array.from({ length: bytes.length / 2 }, (_, k) => {
      const bits = view.getUint16(2 * k, true), exponent = (bits >> 10) & 31, fraction = bits & 1023;
      const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
      return bits & 32768 ? -size : size;
    });
  }

  /**
   * @param {{first: string, second: string, width: number, d: number}} stored W_1 (m, d) and the transposed W_2 (m, d)
   * @returns {{map: function(ArrayLike<number>): Float64Array, jacobian: function(ArrayLike<number>): number[][]}} the map and
   *   its Jacobian (d, d)
   */
  function load({ first, second, width, d }) {
    const W1 = numbers(first), W2 = numbers(second), root = Math.sqrt(d), scale = Math.sqrt(width);

    function hidden(x, k) {
      let z = 0;
      for (let a = 0, at = k * d; a < d; a++, at++) { z += W1[at] * x[a]; }
      return 1 / (1 + Math.exp(-z / root));
    }

    function map(x) {
      const out = new Float64Array(d);
      for (let k = 0; k < width; k++) {
        const h = hidden(x, k);
        for (let a = 0, at = k * d; a < d; a++, at++) { out[a] += W2[at] * h; }
      }
      return out.map((value) => value / scale);
    }

    function jacobian(x) {
      const J = Array.from({ length: d }, () => new Array(d).fill(0));
      for (let k = 0; k < width; k++) {
        const h = hidden(x, k), slope = h * (1 - h) / (root * scale), at = k * d;
        for (let a = 0; a < d; a++) {
          const factor = W2[at + a] * slope;
          for (let b = 0; b < d; b++) { J[a][b] += factor * W1[at + b]; }
        }
      }
      return J;
    }

    return { map, jacobian };
  }

  return { numbers, load };
});
