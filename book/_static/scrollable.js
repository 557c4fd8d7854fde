/* Lets the eye and the keyboard reach what is wider than its box: equations, tables and figures. */
(function () {
  "use strict";
  function mark() {
    // A formula in a line scrolls only where it is wider than the line: a box that scrolls cuts what sticks out of it.
    document.querySelectorAll(".bd-article span.math").forEach((line) => {
      const formula = line.querySelector("mjx-container");
      line.classList.toggle("wide", formula !== null && formula.getBoundingClientRect().width > line.clientWidth + 1);
    });
    // In print nothing scrolls: there the style sheet makes an equation of this many ems as small as the sheet asks for.
    document.querySelectorAll(".bd-article mjx-container[display] > mjx-math").forEach((equation) => {
      const { width } = equation.getBoundingClientRect(), { style } = equation.parentElement;
      if (!width) { return; } // in a fold
      style.setProperty("--size", style.fontSize);
      style.setProperty("--ems", (width / parseFloat(getComputedStyle(equation).fontSize)).toFixed(2));
    });
    document.querySelectorAll(BOXES).forEach(edges);
  }
  const BOXES = ".bd-article :is(mjx-container[display], span.math, table, .cell_output, .numbers, pre, .pst-scrollable-table-container)";
  // The style sheet lets fade what goes on beyond an edge.
  function edges(box) {
    const hidden = box.matches("span.math:not(.wide)") ? 0 : box.scrollWidth - box.clientWidth;
    if (hidden > 1) { box.setAttribute("tabindex", "0"); }
    box.classList.toggle("more-left", hidden > 1 && box.scrollLeft > 1);
    box.classList.toggle("more-right", hidden > 1 && box.scrollLeft < hidden - 1);
  }
  document.addEventListener("scroll", ({ target }) => { if (target instanceof Element && target.matches(BOXES)) { edges(target); } }, true);
  window.addEventListener("load", () => {
    const typeset = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
    Promise.resolve(typeset).then(mark);
  });
  window.addEventListener("resize", mark);
  document.addEventListener("toggle", mark, true); // of a fold
})();
