/* Eigenvalues of a Jacobian, and their picture in the complex plane. */
sigaeMemory.part("spectrum", () => {
  const SVG = "http://www.w3.org/2000/svg", FARTHEST = 1.25, EDGE = 0.15;

  /** The eigenvalues of a matrix (n, n) as pairs of a real and an imaginary part. */
  function eigenvalues(rows) {
    const found = new globalThis.mlMatrix.EigenvalueDecomposition(new globalThis.mlMatrix.Matrix(rows));
    return found.realEigenvalues.map((real, k) => [real, found.imaginaryEigenvalues[k]]);
  }

  /** The eigenvalues of the product of some Jacobians, first to last, their norms to the power of one over how many they are. */
  function along(jacobians) {
    const steps = jacobians.map((rows) => new globalThis.mlMatrix.Matrix(rows));
    return eigenvalues(steps.reduce((before, step) => step.mmul(before))).map((value) => {
      const size = Math.hypot(...value);
      return value.map((part) => (size ? part * size ** (1 / steps.length - 1) : 0));
    });
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

  /** Draw eigenvalues, inside the unit circle as discs and else as diamonds, and others as rings, into a square <svg> around them. */
  function draw(picture, values, others) {
    const near = values.map(([real, imaginary]) => {
      const shrink = Math.min(1, FARTHEST / Math.hypot(real, imaginary));
      return [real * shrink, -imaginary * shrink, shrink * Math.hypot(real, imaginary) < 1];
    });
    const shown = [...near, ...others.map(([real, imaginary]) => [real, -imaginary])];
    const [left, right] = [Math.min(0, ...shown.map(([x]) => x)) - EDGE, Math.max(1, ...shown.map(([x]) => x)) + EDGE];
    const half = Math.max((right - left) / 2, ...shown.map(([, y]) => Math.abs(y) + EDGE)), from = (left + right) / 2 - half, size = half / 1.3;
    picture.setAttribute("viewBox", `${from} ${-half} ${2 * half} ${2 * half}`);
    picture.style.fontSize = `${0.13 * size}px`;
    picture.replaceChildren();
    mark(picture, "line", { x1: from, x2: from + 2 * half, y1: 0, y2: 0 }, "memory-axis");
    mark(picture, "line", { y1: -half, y2: half, x1: 0, x2: 0 }, "memory-axis");
    const end = 0.99 * Math.min(Math.acos(Math.max(-1, from)), half < 1 ? Math.asin(half) : Math.PI); // of the unit circle in sight
    mark(picture, "path", { d: `M${Math.cos(end)} ${-Math.sin(end)}A1 1 0 ${Number(end > Math.PI / 2)} 1 ${Math.cos(end)} ${Math.sin(end)}` }, "memory-unit");
    mark(picture, "text", { x: from + 1.98 * half, y: 0.12 * size, "text-anchor": "end" }, "memory-label").textContent = "Re λ";
    mark(picture, "text", { x: 0.04 * size, y: -0.9 * half }, "memory-label").textContent = "Im λ";
    mark(picture, "text", { x: Math.cos(0.8 * end) - 0.05 * size, y: -Math.sin(0.8 * end), "text-anchor": "end" }, "memory-label").textContent = "|λ| = 1";
    for (const [x, y, inside] of near) {
      if (inside) {
        mark(picture, "circle", { cx: x, cy: y, r: 0.035 * size }, "memory-inside");
      } else {
        mark(picture, "path", { d: `M${x - 0.05 * size} ${y}l${0.05 * size}-${0.05 * size} ${0.05 * size} ${0.05 * size}-${0.05 * size} ${0.05 * size}z` }, "memory-outside");
      }
    }
    for (const [x, y] of shown.slice(near.length)) { mark(picture, "circle", { cx: x, cy: y, r: 0.055 * size }, "memory-other"); }
  }

  return { eigenvalues, along, radius, draw };
});
