/* Moves the eigenvalues of the front page into the circle as the norm of the patterns grows. */
(function () {
  "use strict";
  const SIZE = 300, SCALE = SIZE / 2 / 1.35; // pixels of the picture, and of one unit
  function start(box) {
    const frames = JSON.parse(box.querySelector("script").textContent), half = SIZE / 2;
    box.insertAdjacentHTML("beforeend", `
      <svg viewBox="${-half} ${-half} ${SIZE} ${SIZE}" width="${SIZE}" height="${SIZE}" role="img"
        aria-label="Eigenvalues of the trained Jacobian in the complex plane, with the unit circle">
        <path d="M${-half} 0H${half}M0 ${-half}V${half}" class="axes"/><circle r="${SCALE}" class="unit"/>
        ${frames[0].x.map(() => '<circle r="4"/>').join("")}</svg>
      <div class="moving-side"><p class="moving-says"></p>
        <p class="moving-slider"><label for="moving-norm">norm <i>r</i> of the patterns</label>
          <input type="range" id="moving-norm" min="0" max="${frames.length - 1}" step="1" value="0">
          <output for="moving-norm"></output></p></div>`);
    const dots = [...box.querySelectorAll("svg circle:not(.unit)")], slider = box.querySelector("input");
    function draw() {
      const frame = frames[slider.value];
      dots.forEach((dot, i) => {
        dot.style.cx = `${frame.x[i] * SCALE}px`;
        dot.style.cy = `${-frame.y[i] * SCALE}px`;
        dot.setAttribute("class", Math.hypot(frame.x[i], frame.y[i]) < 1 ? "inside" : "outside");
      });
      box.querySelector("output").textContent = frame.r;
      const says = `r = ${frame.r}: ρ = ${frame.radius.toFixed(3)}. ` + (frame.radius < 1
        ? "All eigenvalues are inside the circle: every pattern of this network is an attractor."
        : "Eigenvalues are on the circle or outside: not every pattern of this network is an attractor.");
      box.querySelector(".moving-says").textContent = says;
      slider.setAttribute("aria-valuetext", says);
    }
    slider.addEventListener("input", () => { clearInterval(timer); draw(); });
    // It plays once by itself, where that is not unwelcome.
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
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
