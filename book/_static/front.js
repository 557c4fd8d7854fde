/* Moves the eigenvalues of the front page into the circle as the norm of the patterns grows. */
(function () {
  "use strict";
  function start(box) {
    const { scale, frames } = JSON.parse(box.querySelector("script").textContent);
    const dots = [...box.querySelectorAll("svg circle:not(.unit)")];
    const slider = box.querySelector("input");
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    function draw() {
      const frame = frames[slider.value];
      dots.forEach((dot, i) => {
        dot.style.cx = `${frame.x[i] * scale}px`;
        dot.style.cy = `${-frame.y[i] * scale}px`;
        dot.setAttribute("class", Math.hypot(frame.x[i], frame.y[i]) < 1 ? "inside" : "outside");
      });
      box.querySelector("output").textContent = frame.r;
      const says = `r = ${frame.r}: ρ = ${frame.radius.toFixed(3)}. ` + (frame.radius < 1
        ? "All eigenvalues are inside the circle: every pattern of this network is an attractor."
        : "Eigenvalues are on the circle or outside: not every pattern of this network is an attractor.");
      box.querySelector(".moving-says").textContent = says;
      slider.setAttribute("aria-valuetext", says);
    }
    box.querySelector(".moving-slider").hidden = false;
    slider.addEventListener("input", () => { clearInterval(timer); draw(); });
    // It plays once by itself, where that is not unwelcome.
    const timer = still ? 0 : setInterval(() => {
      if (Number(slider.value) === frames.length - 1) { clearInterval(timer); return; }
      slider.value = Number(slider.value) + 1;
      draw();
    }, 1200);
    window.addEventListener("pageshow", draw); // a browser has put the slider back by then, if a reader returns
    draw();
  }
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".moving").forEach(start));
})();
