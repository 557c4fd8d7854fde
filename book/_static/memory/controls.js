/* What the reader's hands do: every control of the page changes one thing, and asks for what follows from it. */
sigaeMemory.part("controls", ({ given, page, views }) => {
  const { state, film, keep, restore, remember, breakAgain, look, choose, HALVES, NORMS } = page, { field, element } = views;

  /** Call `change(value)` when a control is moved, and say its value beside it. */
  function on(name, change, says) {
    const control = field(name), output = document.querySelector(`output[for="memory-${name}"]`);
    const tell = () => {
      const text = says ? says(control.value) : control.value;
      if (output) { output.textContent = text; }
      if (says) { control.setAttribute("aria-valuetext", text); }
    };
    control.addEventListener("input", () => { change(control.type === "checkbox" ? control.checked : control.value); tell(); });
    return tell;
  }

  /** Call `act()` when a button is pressed. */
  const press = (name, act) => field(name).addEventListener("click", act);

  /** Put the state into the controls: a button may have changed it, or the browser them. */
  function reflect() {
    const { damage, network } = state;
    const values = { brush: state.brush, activation: state.activation, norm: NORMS.indexOf(state.norm), noise: 100 * damage.noise, blend: 100 * damage.blend };
    Object.entries(values).forEach(([name, value]) => { field(name).value = value; });
    field("network").checked = network;
    tells.forEach((tell) => tell());
  }

  const percent = (value) => `${value} %`;
  const tells = [
    on("brush", (value) => { state.brush = Number(value); keep(); }),
    on("norm", (value) => { state.norm = NORMS[value]; remember(); }, (value) => String(NORMS[value])),
    on("noise", (value) => { state.damage.noise = value / 100; breakAgain(); }, percent),
    on("blend", (value) => { state.damage.blend = value / 100; breakAgain(); }, percent),
  ];
  on("activation", (value) => { state.activation = value; remember(); });
  on("network", (value) => {
    state.network = value;
    if (value) { Object.assign(state, { greys: page.digits(), activation: "sigmoid", norm: given.network.norm }); }
    choose(state.chosen);
    reflect();
  });
  on("erase", (value) => {
    if (value) { state.damage.erased = state.damage.erased.map((_, k) => HALVES[value](k)); }
    field("erase").value = "";
    breakAgain();
  });
  on("digit", (value) => {
    if (value) { state.greys[state.chosen] = [...given.digits[value]]; }
    field("digit").value = "";
    remember();
  });
  [0, 1, 2].forEach((k) => on(`trio-${k}`, (value) => {
    const twin = state.trio.indexOf(Number(value));
    if (twin >= 0) { state.trio[twin] = state.trio[k]; } // three different ones: they change places
    state.trio[k] = Number(value);
    look();
  }));

  press("clear", () => { state.greys[state.chosen].fill(0); remember(); });
  press("add", () => { state.greys.push(state.greys[0].map(() => 0)); choose(state.greys.length - 1); });
  press("remove", () => { state.greys.splice(state.chosen, 1); choose(state.chosen); });
  press("ten", () => { state.greys = page.digits(); choose(state.chosen); });
  press("again", () => { state.damage.seed += page.MOST; breakAgain(); });
  press("play", () => { if (film.running()) { film.pause(); } else { film.play(); } });
  press("step", () => film.step());
  press("reset", () => breakAgain());

  given.digits.forEach((_, k) => field("digit").append(element("option", { value: k }, String(k))));
  field("norm").max = NORMS.length - 1;
  field("width").textContent = given.network.width;
  field("m").textContent = given.network.width;
  reflect();
  document.getElementById("memory-app").hidden = false;
  remember();
  // By then a browser has put back what it kept of the fields, if a reader returns.
  window.addEventListener("pageshow", () => { restore(); reflect(); });
  return {};
});
