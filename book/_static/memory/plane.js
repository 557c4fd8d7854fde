/* The plane through three memories as the reader explores it: its basins, and the path of a cue that is put on it. */
sigaeMemory.part("plane", (parts) => {
  const { pictures, recall, slice, views } = parts, { field, inline } = views, PAUSE = 300;

  /** What `state` asks for of what `now` holds; `keep()` is told that the state has changed. */
  function explorer(state, now, keep) {
    let worker = null, address = null, waiting = 0, turn = 0;
    const named = () => ({ greys: state.pictures, names: now.names }), picture = (k) => inline(state.pictures[k], now.names[k]);

    /** Stop computing the slice: the one in sight no longer holds. */
    function rest() {
      clearTimeout(waiting);
      worker?.terminate();
      now.square = null;
      views.waiting();
    }

    function soon() {
      rest();
      waiting = setTimeout(look, PAUSE);
    }

    /** Ask a new worker for the slice; the one before may still be at work on what no longer holds. */
    function look() {
      rest();
      const n = state.pictures.length;
      field("slice-box").hidden = n < 3;
      if (!now.limit || n < 3) { return; }
      state.trio.forEach((one, k) => { // three different ones, all of which are there
        if (one >= n) { state.trio[k] = [...Array(n).keys()].find((i) => !state.trio.includes(i)); }
      });
      now.square = slice.square(now.look.patterns, state.trio);
      address ??= parts.worker(["kernel", "table", "map", "recall", "slice"]);
      worker = new Worker(address);
      worker.onmessage = ({ data }) => views.basins(data, state.trio, named(), pick);
      worker.postMessage(slice.question(now.limit.inside, state.trio));
      walk();
    }

    /** Follow the cue on the slice, where there is one. */
    function walk() {
      if (!now.square) { return; }
      const { patterns } = now.look, x = slice.point(now.square, state.cue.map((value) => value / 1000));
      const path = recall.follow(now.limit.f, patterns, x, now.turn), places = [slice.place(now.square, x)];
      while (!path.over) {
        path.step();
        if (path.steps % now.turn === 0) { places.push(slice.place(now.square, path.x)); }
      }
      now.walk = { trio: [...state.trio], cue: x, places };
      views.walk(state.trio, state.trio.map((i) => slice.place(now.square, patterns[i])), places, named());
      const cue = inline(pictures.ink(x, now.look), "on the slice");
      field("walk-says").replaceChildren("The cue ", cue, " ", ...recall.say(path, -1, picture, now.turn), `. Its path is shown as it projects on the plane${now.turn > 1 ? ", a point a turn" : ""}.`);
    }

    /** Put a memory into the plane, for each of the three in turn. */
    function pick(k) {
      if (state.trio.includes(k)) { return; }
      state.trio[turn] = k;
      turn = (turn + 1) % state.trio.length;
      soon();
      keep();
    }

    return { rest, soon, walk };
  }

  return { explorer };
});
