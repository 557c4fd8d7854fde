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
    document.querySelectorAll(".bd-article mjx-container[display], .bd-article span.math.wide, .bd-article table, .bd-article .cell_output, .bd-article pre, .bd-article figure")
      .forEach((box) => {
        if (box.scrollWidth > box.clientWidth + 1) { box.setAttribute("tabindex", "0"); }
      });
  }
  window.addEventListener("load", () => {
    const typeset = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
    Promise.resolve(typeset).then(mark);
  });
  window.addEventListener("resize", mark);
  document.addEventListener("toggle", mark, true); // of a fold
})();
