/* The page "Make a memory": what is stored, how it is broken, and what follows from both. */
sigaeMemory.part("page", (parts) => {
  const { cues, heal, model, network, pictures, recall, slice, views, spectrum } = parts;
  const given = parts.given, { field } = views;
  const NORMS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100], MOST = 10, PAUSE = 300;
  const HALVES = { "lower half": (k) => k >= 32, "upper half": (k) => k < 32, "left half": (k) => k % 8 < 4, "right half": (k) => k % 8 > 3, nothing: () => false };
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  const digits = () => given.digits.map((picture) => [...picture]);

  const state = {
    greys: digits(), chosen: 3, brush: 16, activation: "sigmoid", norm: 20, network: false, trio: [0, 1, 2],
    damage: { blend: 0, noise: 0, seed: 1, erased: given.digits[0].map((_, k) => HALVES["lower half"](k)) },
  };
  const now = { look: null, limit: null, trained: null, rows: [] }; // what follows from it
  let worker = null, address = null, waiting = 0, ink = 16, hide = true;

  const board = pictures.board(field("board"), (k) => `grey ${state.greys[state.chosen][k]}`, (k, first) => {
    const picture = state.greys[state.chosen];
    if (first) { ink = picture[k] === state.brush ? 0 : state.brush; }
    picture[k] = ink;
    remember();
  });
  const cue = pictures.board(field("cue"), (k) => (state.damage.erased[k] ? "erased" : "kept"), (k, first) => {
    if (first) { hide = !state.damage.erased[k]; }
    state.damage.erased[k] = hide;
    breakAgain();
  });
  const film = heal.player(draw, told);

  /** The trained network knows the ten digits at its own norm, and nothing else. */
  function knows() {
    return state.network && state.activation === "sigmoid" && state.norm === given.network.norm && String(state.greys) === String(given.digits);
  }

  /** The trained network's eigenvalues at the chosen memory; nothing where it is not shown. */
  function trained() {
    if (!knows()) { return null; }
    now.trained ??= network.load(given.network);
    return spectrum.eigenvalues(now.trained.jacobian(now.look.patterns[state.chosen]));
  }

  /** Let the browser keep the state as it keeps a field: a reader who comes back finds it, drawings and all. */
  function keep() {
    field("kept").value = JSON.stringify(state);
  }

  /** What follows from the state that the browser kept, where it did; the fields may show something else, or the same. */
  function restore() {
    const kept = field("kept").value;
    if (kept === JSON.stringify(state)) { return; }
    Object.assign(state, JSON.parse(kept));
    remember();
  }

  /** After a change of what is stored, or how. */
  function remember() {
    [now.limit, now.look] = [null, null];
    let fault = model.fault(state.greys);
    if (!fault) {
      try {
        const look = model.prepare(state.greys, state.norm);
        [now.limit, now.look] = [model.limit(given.activations[state.activation], look.patterns, state.norm), look];
      } catch (error) {
        if (!(error instanceof RangeError)) { throw error; }
        fault = error.message;
      }
    }
    if (state.network && !knows()) { fault ||= `The trained network knows the ten digits at r = ${given.network.norm} with the sigmoid alone: it is not shown.`; }
    field("fault").textContent = fault;
    field("app").classList.toggle("memory-nothing", !now.limit); // beside a fault there are no results of before
    board.show(state.greys[state.chosen]);
    field("board").setAttribute("aria-label", `Memory ${state.chosen + 1}, 8 by 8 pixels: arrow keys move, space draws`);
    views.memories(state.greys, now.limit?.radii, state.chosen, choose);
    if (now.limit) { views.eigenvalues(now.limit.spectra[state.chosen], state.chosen, trained()); }
    ["play", "step", "reset"].forEach((name) => { field(name).disabled = !now.limit; });
    field("add").disabled = state.greys.length === MOST;
    field("remove").disabled = state.greys.length === 1;
    breakAgain();
    rest();
    waiting = setTimeout(look, PAUSE);
  }

  /** After a change of the damage: all cues anew. */
  function breakAgain() {
    now.rows = [];
    if (now.limit) {
      const { patterns } = now.look, next = (i) => patterns[(i + 1) % patterns.length];
      now.cues = patterns.map((x, i) => cues.damaged(x, next(i), { ...state.damage, seed: state.damage.seed + i }));
      now.rows.push(now.cues.map((x) => recall.follow(now.limit.f, patterns, x)));
      if (knows()) {
        now.rows.push(now.cues.map((x) => recall.follow(now.trained.map, patterns, x)));
      }
      cue.show(pictures.ink(now.cues[state.chosen], now.look));
    }
    field("trained").hidden = now.rows.length < 2;
    film.set(now.rows.flat());
    field("says").textContent = "";
    told();
    keep();
  }

  function draw() {
    ["limit", "trained-row"].forEach((name, k) => { if (now.rows[k]) { views.paths(field(name), now.rows[k], now.look); } });
    const most = Math.max(0, ...now.rows.flat().map((path) => path.steps));
    field("count").textContent = most ? `${most} iteration${most === 1 ? "" : "s"}` : "";
  }

  /** When the film starts or stops: what the buttons do, and what is recalled. */
  function told() {
    field("play").textContent = film.running() ? "Pause" : "Heal";
    if (film.running() || !now.rows.length || !now.rows[0][0].steps) { return; }
    const count = (row) => row.filter((path, i) => path.memory === i).length;
    const path = now.rows[0][state.chosen];
    const others = now.rows.map((row, k) => `${count(row)} of ${row.length}${k ? " by the trained network" : " at infinite width"}`).join(", ");
    field("says").textContent = `${capital(recall.say(path))}, from the broken memory ${state.chosen + 1}. Healed of all: ${others}.`;
  }

  /** Stop computing the slice: the one in sight no longer holds. */
  function rest() {
    clearTimeout(waiting);
    worker?.terminate();
    views.waiting();
  }

  /** Ask a new worker for the slice; the one before may still be at work on what no longer holds. */
  function look() {
    rest();
    const enough = now.limit && state.greys.length > 2;
    field("slice-box").hidden = !enough;
    if (!enough) { return; }
    trios();
    keep();
    const question = slice.question(now.limit.inside, state.trio), places = slice.places(question, state.trio);
    address ??= parts.worker(["kernel", "table", "map", "recall", "slice"]);
    worker = new Worker(address);
    worker.onmessage = ({ data }) => {
      views.basins(data, state.trio);
      views.marks(places);
    };
    worker.postMessage(question);
  }

  /** Keep three different memories chosen, all of which are there. */
  function trios() {
    const n = state.greys.length;
    state.trio.forEach((one, k) => {
      const taken = state.trio.slice(0, k);
      if (one >= n || taken.includes(one)) { state.trio[k] = [...Array(n).keys()].find((i) => !state.trio.includes(i)); }
    });
    state.trio.forEach((one, k) => {
      field(`trio-${k}`).replaceChildren(...state.greys.map((_, i) => views.element("option", { value: i }, i + 1)));
      field(`trio-${k}`).value = one;
    });
  }

  function choose(k) {
    state.chosen = Math.min(k, state.greys.length - 1);
    remember();
  }

  return { state, now, NORMS, HALVES, MOST, digits, film, keep, restore, remember, breakAgain, look, rest, choose };
});
