/* Pictures of 8 x 8 greys: small ones to look at, and one to draw on with pointer or keyboard. */
sigaeMemory.part("pictures", () => {
  const SIDE = 8, BLACK = 16;

  /** Draw ink (d), 0 to 16, on a canvas of 8 x 8 pixels: black of that opacity, which the style sheet inverts in the dark. */
  function show(canvas, ink) {
    if (canvas.width !== SIDE) { [canvas.width, canvas.height] = [SIDE, SIDE]; }
    const image = new ImageData(SIDE, SIDE);
    ink.forEach((value, k) => { image.data[4 * k + 3] = 255 * Math.min(1, Math.max(0, value / BLACK)); });
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  /** Ink of a point of pattern space, with the mean and the factor that model.prepare found. */
  const ink = (x, { mean, scale }) => Array.from(x, (value, k) => mean[k] + value / scale);

  /** The pixels on the straight line between two points of a board whose sides are SIDE long; of what lies beside it none. */
  function between([x0, y0], [x1, y1]) {
    const steps = Math.ceil(4 * Math.hypot(x1 - x0, y1 - y0)), inside = (value) => value >= 0 && value < SIDE;
    const points = Array.from({ length: steps + 1 }, (_, i) => [x0 + (x1 - x0) * i / (steps || 1), y0 + (y1 - y0) * i / (steps || 1)]);
    return new Set(points.filter(([x, y]) => inside(x) && inside(y)).map(([x, y]) => SIDE * Math.floor(y) + Math.floor(x)));
  }

  /**
   * A board of 64 buttons: a stroke of the pointer, or space and the arrow keys, draw on it.
   *
   * @param {Element} box where it goes
   * @param {function(number[], boolean)} draw is told the pixels of each piece of a stroke, and whether it is the first
   * @returns {{show: function(ArrayLike<number>, function(number): string)}} show(ink, says) brings it up to date: says(k) is
   *   what a pixel holds, in words
   */
  function board(box, draw) {
    const cells = Array.from({ length: SIDE * SIDE }, (_, k) => {
      const cell = document.createElement("button");
      cell.type = "button";
      cell.tabIndex = k ? -1 : 0;
      box.append(cell);
      return cell;
    });
    let last = null, stroked = new Set();

    /** Draw on to where the pointer has come. */
    function stroke(event) {
      const { left, top, width, height } = box.getBoundingClientRect();
      const before = stroked.size;
      for (const { clientX, clientY } of [...event.getCoalescedEvents?.() ?? [], event]) {
        const point = [SIDE * (clientX - left) / width, SIDE * (clientY - top) / height];
        between(last ?? point, point).forEach((k) => stroked.add(k));
        last = point;
      }
      if (stroked.size > before) { draw([...stroked].slice(before), before === 0); }
    }

    box.addEventListener("pointerdown", (event) => {
      if (event.button || !event.isPrimary) { return; }
      event.preventDefault(); // or text is selected on the way
      box.setPointerCapture(event.pointerId);
      [last, stroked] = [null, new Set()];
      stroke(event);
    });
    box.addEventListener("pointermove", (event) => { if (box.hasPointerCapture(event.pointerId)) { stroke(event); } });
    box.addEventListener("click", (event) => { // without a pointer: the key, or what a screen reader sends
      if (event.detail === 0 && event.target !== box) { draw([cells.indexOf(event.target)], true); }
    });
    box.addEventListener("keydown", (event) => {
      const from = cells.indexOf(event.target), row = Math.floor(from / SIDE), column = from % SIDE;
      const to = { ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
                   Home: [row, 0], End: [row, SIDE - 1] }[event.key];
      if (from < 0 || !to) { return; }
      event.preventDefault();
      const next = cells[SIDE * Math.min(SIDE - 1, Math.max(0, to[0])) + Math.min(SIDE - 1, Math.max(0, to[1]))];
      cells[from].tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });

    return {
      show(values, says) {
        cells.forEach((cell, k) => {
          cell.style.setProperty("--grey", Math.min(1, Math.max(0, values[k] / BLACK)).toFixed(3));
          cell.setAttribute("aria-label", `row ${Math.floor(k / SIDE) + 1}, column ${k % SIDE + 1}: ${says(k)}`);
        });
      },
    };
  }

  return { show, ink, board };
});
