/* Eigenvalues of a Jacobian, and their picture in the complex plane. */
sigaeMemory.part("spectrum", () => {
  const SVG = "http://www.w3.org/2000/svg";

  /** The eigenvalues of a matrix (n, n) as pairs of a real and an imaginary part. */
  function eigenvalues(rows) {
    const found = new globalThis.mlMatrix.EigenvalueDecomposition(new globalThis.mlMatrix.Matrix(rows));
    return found.realEigenvalues.map((real, k) => [real, found.imaginaryEigenvalues[k]]);
  }

  /** The spectral radius rho: the largest norm of them. */
  const radius = (values) => Math.max(...values.map(([real, imaginary]) => Math.hypot(real, imaginary)));

  function mark(picture, name, attributes, kind) {
    const element = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.setAttribute("class", kind);
    picture.append(element);
    return element;
  }

  /** Draw eigenvalues, inside the unit circle as discs and else as diamonds, and others as rings, into an <svg> from -1.3 to 1.3. */
  function draw(picture, values, others) {
    picture.replaceChildren();
    mark(picture, "line", { x1: -1.3, x2: 1.3, y1: 0, y2: 0 }, "memory-axis");
    mark(picture, "line", { y1: -1.3, y2: 1.3, x1: 0, x2: 0 }, "memory-axis");
    mark(picture, "circle", { cx: 0, cy: 0, r: 1 }, "memory-unit");
    mark(picture, "text", { x: 1.27, y: -0.05, "text-anchor": "end" }, "memory-label").textContent = "Re λ";
    mark(picture, "text", { x: 0.04, y: -1.17 }, "memory-label").textContent = "Im λ";
    for (const [real, imaginary] of others) { mark(picture, "circle", { cx: real, cy: -imaginary, r: 0.025 }, "memory-other"); }
    for (const [real, imaginary] of values) {
      const size = Math.hypot(real, imaginary), shrink = size > 1.25 ? 1.25 / size : 1;
      const [x, y] = [real * shrink, -imaginary * shrink];
      if (size < 1) {
        mark(picture, "circle", { cx: x, cy: y, r: 0.035 }, "memory-inside");
      } else {
        mark(picture, "path", { d: `M${x - 0.05} ${y}l.05-.05 .05 .05-.05 .05z` }, "memory-outside");
      }
    }
  }

  return { eigenvalues, radius, draw };
});
