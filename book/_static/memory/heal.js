/* Iterating many cues at once before the reader's eyes: slowly at first, then ever faster; films evenly. */
sigaeMemory.part("heal", () => {
  const PACE = 200, FRAMES = 3; // after t seconds PACE t^2 iterations, of a film FRAMES t
  const LONGEST = 0.05; // a slow machine's picture counts no longer than this

  /**
   * @param {function()} draw shows all paths as they are
   * @param {function()} told is called when the film starts or stops
   * @returns {{set, play, pause, step, running, over}} set(paths, turn) puts new ones in; play(), step() and pause() say themselves
   */
  function player(draw, told) {
    let paths = [], even = false, seconds = 0, last = 0, request = 0;
    const over = () => paths.every((path) => path.over);
    const done = () => Math.max(0, ...paths.map((path) => path.steps));
    const go = () => paths.forEach((path) => { if (even || !path.over) { path.step(); } }); // of films none stands still alone
    const advance = (most) => { while (!over() && done() < most) { go(); } };
    const still = () => { cancelAnimationFrame(request); request = 0; };
    const pause = () => { still(); draw(); told(); };

    function picture(time) {
      seconds += Math.min((time - (last || time)) / 1000, LONGEST);
      last = time;
      advance(Math.ceil(even ? FRAMES * seconds : PACE * seconds * seconds));
      if (over()) { return pause(); }
      draw();
      request = requestAnimationFrame(picture);
    }

    return {
      running: () => request !== 0,
      over,
      pause,
      set(next, turn) { still(); [paths, even] = [next, turn > 1]; },
      play() {
        if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
          advance(Infinity);
          return pause();
        }
        [seconds, last] = [even ? done() / FRAMES : Math.sqrt(done() / PACE), 0];
        request = requestAnimationFrame(picture);
        told();
      },
      step() {
        go();
        pause();
      },
    };
  }

  return { player };
});
