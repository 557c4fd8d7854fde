/* The page "Make a memory": what is stored, how it is broken, and what follows from both. */
sigaeMemory.part("page", (parts) => {
  const { cues, given, heal, model, network, pictures, plane, recall, spectrum, state: states, views } = parts;
  const { field, inline } = views, PAUSE = 300, FEWEST = 3; // frames of a film: less their mean, two would be opposite
  const state = states.first();
  const now = { look: null, limit: null, turn: 1, trained: null, names: [], rows: [], fault: "", square: null, walk: null }; // what follows from it
  let written = 0, ink = 16, hide = true;
  const picture = (k) => inline(state.pictures[k], now.names[k]);

  /** The chosen memory is drawn on where that was asked for, and where none can be broken. */
  const drawing = () => !now.limit || state.mode === "draw";
  const film = heal.player(draw, tell), { rest, soon, walk } = plane.explorer(state, now, keep);
  const board = pictures.board(field("board"), (pixels, first) => {
    const picture = state.pictures[state.chosen];
    if (drawing()) {
      if (first) { ink = picture[pixels[0]] === state.ink ? 0 : state.ink; }
      pixels.forEach((k) => { picture[k] = ink; });
      return remember();
    }
    if (first) { // what has healed is broken anew
      const healed = now.rows[0][state.chosen].steps > 0;
      if (healed) { state.erased.fill(false); }
      hide = !state.erased[pixels[0]];
    }
    pixels.forEach((k) => { state.erased[k] = hide; });
    breakAgain();
  });

  /** The trained network knows the ten digits at its own norm, and nothing else. */
  function knows() {
    return state.network && now.turn === 1 && state.activation === "sigmoid" && state.norm === given.network.norm && String(state.pictures) === String(given.digits);
  }

  /** The address holds the state, a moment after the last change: browsers allow a hundred in half a minute. */
  function keep() {
    field("notice").textContent = "";
    clearTimeout(written);
    written = setTimeout(put, PAUSE);
  }

  function put() {
    const text = states.write(state), bare = location.href.split("#")[0];
    const section = !text && document.getElementById(location.hash.slice(1)); // of the page: it may stay in the address
    if (!section) { history.replaceState(null, "", text ? `${bare}#${text}` : bare); }
  }

  /** After a change of what is stored, or how. */
  function remember() {
    const { pictures: greys } = state;
    now.turn = state.cycle && greys.length >= FEWEST ? greys.length : 1;
    [now.limit, now.look, now.fault, now.names] = [null, null, model.fault(greys, now.turn), model.names(greys)];
    if (!now.fault) {
      try {
        const look = model.prepare(greys, state.norm, now.turn);
        [now.limit, now.look] = [model.limit(given.activations[state.activation], look.patterns, state.norm, now.turn), look];
      } catch (error) {
        if (!(error instanceof RangeError)) { throw error; }
        now.fault = error.message;
      }
    }
    breakAgain();
    soon();
  }

  /** After a change of the damage: all cues anew. */
  function breakAgain() {
    now.rows = [];
    if (now.limit) {
      const { patterns } = now.look, next = (i) => patterns[(i + 1) % patterns.length];
      const damage = { blend: state.blend / 100, noise: state.noise / 100, erased: state.erased };
      now.cues = patterns.map((x, i) => cues.damaged(x, next(i), { ...damage, seed: state.seed + i }));
      if (knows()) { now.trained ??= network.load(given.network); }
      const maps = knows() ? [now.limit.f, now.trained.map] : [now.limit.f];
      now.rows = maps.map((f) => now.cues.map((x) => recall.follow(f, patterns, x, now.turn)));
    }
    film.set(now.rows.flat(), now.turn);
    show();
  }

  /** Everything anew but what is stored and where healing is: for another chosen memory, or another way to look. */
  function show() {
    draw();
    tell();
    keep();
  }

  /** What moves while pictures heal. */
  function draw() {
    const { pictures: greys, chosen } = state, path = now.rows[0]?.[chosen];
    if (drawing()) {
      board.show(greys[chosen], (k) => `grey ${greys[chosen][k]}`);
    } else {
      board.show(pictures.ink(path.x, now.look), (k) => (state.erased[k] ? "erased" : "kept"));
    }
    views.memories({ greys, names: now.names, radii: now.limit?.radii, rows: now.rows, look: now.look, chosen, turn: now.turn }, choose);
    const most = Math.max(0, ...now.rows.flat().map(({ steps }) => steps));
    const at = now.turn > 1 && film.running() && path?.at >= 0 ? [", at ", picture(path.at)] : [];
    field("count").replaceChildren(...(most ? [`${most} iteration${most === 1 ? "" : "s"}`, ...at] : []));
  }

  /** What is told once healing has stopped, or started. */
  function tell() {
    const { names, limit, rows } = now, { chosen } = state, draws = drawing();
    field("fault").textContent = now.fault || (state.cycle && now.turn === 1 ? "A film needs three pictures or more: add some." :
      state.network && !knows() ? `The trained network knows the ten digits at r = ${given.network.norm} with the sigmoid alone, and no film: it is not shown.` : "");
    field("app").classList.toggle("memory-nothing", !limit); // beside a fault there are no results of before
    field("board").setAttribute("aria-label", `${draws ? "" : "Broken: "}${names[chosen]}, 8 by 8 pixels: arrow keys move, space ${draws ? "draws" : "erases and restores"}`);
    field("play").textContent = film.running() ? "Pause" : now.turn > 1 ? "Play" : "Heal";
    ["play", "step", "reset", "mode-break"].forEach((name) => { field(name).disabled = !limit; });
    field(draws ? "mode-draw" : "mode-break").checked = true;
    [field("draw").hidden, field("break").hidden] = [!draws, draws];
    field("add").disabled = state.pictures.length === states.MOST;
    field("remove").disabled = state.pictures.length === 1;
    field("room").textContent = field("add").disabled ? "No more can be added: ten are the most." : field("remove").disabled ? "The last one stays." : "";
    field("legend-trained").hidden = rows.length < 2;
    field("rate").textContent = limit && now.turn > 1 ? `${views.cycle(limit.radii[chosen])} A step multiplies the distance from it by the rate, on average. ▲ marks where the chosen film is.` : "";
    if (limit) {
      views.eigenvalues(limit.spectra[chosen], rows.length > 1 ? spectrum.eigenvalues(now.trained.jacobian(now.look.patterns[chosen])) : [], now.turn);
    }
    outcome();
  }

  /** Say what has become of the chosen memory's broken copy, and of how many. */
  function outcome() {
    const path = now.rows[0]?.[state.chosen];
    if (film.running() || !path?.steps) { return field("says").replaceChildren(); }
    const count = (row) => row.filter(({ memory }, i) => memory === i).length;
    const all = now.rows.map((row, k) => `${count(row)} of ${row.length}${now.rows.length < 2 ? "" : k ? " by the trained network" : " at infinite width"}`).join(", ");
    field("says").replaceChildren(picture(state.chosen), " ", ...recall.say(path, state.chosen, picture, now.turn), `. ${now.turn > 1 ? "Recalled" : "Healed"} of all: ${all}.`);
  }

  function choose(k) {
    state.chosen = k;
    show();
  }

  return { state, now, film, keep, put, remember, breakAgain, show, rest, walk };
});
