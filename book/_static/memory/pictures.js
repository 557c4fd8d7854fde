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

  /** Ink of a point of pattern space, with the mean grey and the factor that model.prepare found. */
  const ink = (x, { mean, scale }) => Array.from(x, (value) => mean + value / scale);

  /**
   * A board of 64 buttons: a stroke of the pointer, or space and the arrow keys, draw on it.
   *
   * @param {Element} box where it goes
   * @param {function(number): string} says what a pixel holds, in words
   * @param {function(number, boolean)} draw is told each pixel of a stroke, and whether it is the first
   * @returns {{show: function(ArrayLike<number>)}} show(ink) brings it up to date
   */
  function board(box, says, draw) {
    const cells = Array.from({ length: SIDE * SIDE }, (_, k) => {
      const cell = document.createElement("button");
      cell.type = "button";
      cell.tabIndex = k ? -1 : 0;
      box.append(cell);
      return cell;
    });
    let last = -1;
    const at = (event) => cells.indexOf(document.elementFromPoint(event.clientX, event.clientY));
    const stroke = (k) => { if (k >= 0 && k !== last) { draw(k, last < 0); last = k; } };

    box.addEventListener("pointerdown", (event) => {
      if (event.button) { return; }
      event.preventDefault(); // or text is selected on the way
      last = -1;
      stroke(at(event));
      const move = (next) => next.getCoalescedEvents?.().concat(next).forEach((one) => stroke(at(one)));
      box.addEventListener("pointermove", move);
      const end = () => { box.removeEventListener("pointermove", move); last = -1; };
      ["pointerup", "pointercancel"].forEach((name) => window.addEventListener(name, end, { once: true }));
    });
    box.addEventListener("click", (event) => { // without a pointer: the key, or what a screen reader sends
      if (event.detail === 0) { draw(cells.indexOf(event.target), true); }
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
      show(values) {
        cells.forEach((cell, k) => {
          cell.style.setProperty("--grey", Math.min(1, Math.max(0, values[k] / BLACK)).toFixed(3));
          cell.setAttribute("aria-label", `row ${Math.floor(k / SIDE) + 1}, column ${k % SIDE + 1}: ${says(k)}`);
        });
      },
    };
  }

  return { show, ink, board };
});
