/* Iterating many cues at once before the reader's eyes: slowly at first, then ever faster. */
sigaeMemory.part("heal", () => {
  const PACE = 200; // after k pictures of the film, k^2 / PACE iterations: 18 in the first second, 1000 after seven

  /**
   * @param {function()} draw shows all paths as they are
   * @param {function()} told is called when the film stops
   * @returns {{set, play, pause, step, running}} set(paths) puts new ones in; play(), step() and pause() say themselves
   */
  function player(draw, told) {
    let paths = [], frames = 0, request = 0;
    const over = () => paths.every((path) => path.over);
    const advance = (most) => paths.forEach((path) => { while (!path.over && path.steps < most) { path.step(); } });

    function pause() {
      cancelAnimationFrame(request);
      request = 0;
      told();
    }

    function picture() {
      frames += 1;
      advance(Math.ceil(frames * frames / PACE));
      draw();
      if (over()) { pause(); } else { request = requestAnimationFrame(picture); }
    }

    return {
      running: () => request !== 0,
      pause,
      set(next) {
        cancelAnimationFrame(request);
        [paths, frames, request] = [next, 0, 0];
        draw();
      },
      play() {
        if (over()) { return pause(); }
        if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
          advance(Infinity);
          draw();
          return pause();
        }
        frames = Math.floor(Math.sqrt(PACE * Math.min(...paths.filter((path) => !path.over).map((path) => path.steps))));
        request = requestAnimationFrame(picture);
        told();
      },
      step() {
        cancelAnimationFrame(request);
        request = 0;
        paths.forEach((path) => path.step());
        draw();
        told();
      },
    };
  }

  return { player };
});
