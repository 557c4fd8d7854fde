/* What the reader's hands do: every control of the page changes one thing, and asks for what follows from it. */
sigaeMemory.part("controls", ({ given, page, state: states, views }) => {
  const { state, now, film, keep, put, remember, breakAgain, show, walk } = page, { field, element } = views, { NORMS, HALVES } = states;
  const percent = (value) => `${value} %`;

  /** Call `change(value)` when a control is moved, and say its value beside it. */
  function on(name, change, says = String) {
    const control = field(name);
    control.addEventListener("input", () => {
      change(control.type === "checkbox" ? control.checked : control.value);
      reflect();
    });
    return () => {
      const output = document.querySelector(`output[for="memory-${name}"]`);
      output.textContent = says(control.value);
      control.setAttribute("aria-valuetext", output.textContent);
    };
  }

  /** Call `act()` when a button is pressed, and show the state. */
  const press = (name, act) => field(name).addEventListener("click", () => { act(); reflect(); keep(); });

  /** Put the state into the controls. */
  function reflect() {
    const half = Object.keys(HALVES).find((name) => String(states.half(name)) === String(state.erased)) ?? "";
    const { ink, activation, noise, blend } = state;
    Object.entries({ ink, activation, noise, blend, norm: NORMS.indexOf(state.norm), erase: half, digit: "" }).forEach(([name, value]) => { field(name).value = value; });
    ["network", "cycle"].forEach((name) => { field(name).checked = state[name]; });
    tells.forEach((tell) => tell());
  }

  /** Show the state that the address holds; the address of a section of this page holds none. */
  function load() {
    const text = location.hash.slice(1);
    if (text && document.getElementById(text)) { return put(); }
    const found = states.read(text);
    Object.assign(state, found.state);
    remember();
    reflect();
    field("notice").textContent = found.fault;
  }

  const tells = [
    on("ink", (value) => { state.ink = Number(value); keep(); }),
    on("norm", (value) => { state.norm = NORMS[value]; remember(); }, (value) => NORMS[value]),
    on("noise", (value) => { state.noise = Number(value); breakAgain(); }, percent),
    on("blend", (value) => { state.blend = Number(value); breakAgain(); }, percent),
  ];
  on("activation", (value) => { state.activation = value; remember(); });
  on("network", (value) => {
    state.network = value;
    if (value) { Object.assign(state, { pictures: states.digits(), activation: "sigmoid", norm: given.network.norm, cycle: false }); }
    remember();
  });
  on("cycle", (value) => { state.cycle = value; remember(); });
  on("erase", (value) => { if (value) { state.erased = states.half(value); } breakAgain(); });
  on("digit", (value) => { if (value) { state.pictures[state.chosen] = [...given.digits[value]]; } remember(); });
  ["break", "draw"].forEach((mode) => on(`mode-${mode}`, () => { state.mode = mode; show(); }));

  press("clear", () => { state.pictures[state.chosen].fill(0); remember(); });
  press("add", () => { state.chosen += 1; state.pictures.splice(state.chosen, 0, state.pictures[0].map(() => 0)); remember(); });
  press("remove", () => { state.pictures.splice(state.chosen, 1); state.chosen = Math.min(state.chosen, state.pictures.length - 1); remember(); });
  press("ten", () => { state.pictures = states.digits(); remember(); });
  press("again", () => { state.seed += states.MOST; breakAgain(); });
  press("play", () => {
    state.mode = "break";
    if (film.over()) { breakAgain(); } // it heals again
    if (film.running()) { film.pause(); } else { film.play(); }
  });
  press("step", () => { state.mode = "break"; film.step(); });
  press("reset", () => { state.mode = "break"; breakAgain(); });

  // What to try is an address: Back returns to what was before.
  document.querySelectorAll("[data-memory]").forEach((button) => button.addEventListener("click", () => {
    const [text, before] = [states.write(states.read(button.dataset.memory).state), (put(), location.href)];
    if (`${before.split("#")[0]}#${text}` !== before) { history.pushState(null, "", `#${text}`); }
    load();
    field("board").scrollIntoView({ block: "nearest" });
    if (now.turn > 1) { film.play(); }
  }));

  /** A cue on the slice: where the pointer is pressed, or a little on by the arrow keys. */
  function place(cue) {
    state.cue = cue.map((value) => Math.round(Math.min(1000, Math.max(0, value))));
    walk();
    keep();
  }
  field("map").addEventListener("click", (event) => {
    const { left, top, width, height } = field("map").getBoundingClientRect();
    place([1000 * (event.clientX - left) / width, 1000 * (event.clientY - top) / height]);
  });
  field("map").addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-20, 0], ArrowRight: [20, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] }[event.key];
    if (by) { event.preventDefault(); place(state.cue.map((value, k) => value + by[k])); }
  });

  given.digits.forEach((_, k) => field("digit").append(element("option", { value: k }, String(k))));
  Object.keys(HALVES).forEach((name) => field("erase").append(element("option", {}, name)));
  Object.keys(given.activations).forEach((name) => field("activation").append(element("option", {}, name)));
  field("norm").max = NORMS.length - 1;
  document.querySelectorAll(".memory-width").forEach((width) => { width.textContent = given.network.width; });
  field("app").hidden = false;
  load();
  window.addEventListener("popstate", load); // before the hash is said to have changed, and any delayed address is put
  return {};
});
