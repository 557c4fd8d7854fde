/* Lets the keyboard reach what scrolls inside its own box: wide equations, tables and figures. */
(function () {
  "use strict";
  function reach() {
    document.querySelectorAll(".bd-article mjx-container[display], .bd-article table, .bd-article .cell_output, .bd-article pre, .bd-article figure")
      .forEach((box) => {
        if (box.scrollWidth > box.clientWidth + 1) { box.setAttribute("tabindex", "0"); }
      });
  }
  window.addEventListener("load", () => {
    const typeset = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
    Promise.resolve(typeset).then(reach);
  });
  window.addEventListener("resize", reach);
})();
