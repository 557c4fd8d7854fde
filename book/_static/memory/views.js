/* Rows of small pictures, sentences with pictures in them, and the slice, as the page shows them. */
sigaeMemory.part("views", ({ pictures, recall, slice, spectrum }) => {
  const field = (name) => document.getElementById(`memory-${name}`);
  const INKS = ["#0072b2", "#e69f00", "#009e73", "#b9b9b9", "#4a4a4a"]; // of the three, another memory, none
  const SMALLEST = 1e-8; // how far from one rho is known

  function element(name, attributes = {}, text = "") {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = text;
    return made;
  }

  /** A picture in a line of text. */
  function inline(greys, name) {
    const canvas = element("canvas", { class: "memory-inline", role: "img", "aria-label": name });
    pictures.show(canvas, greys);
    return canvas;
  }

  /** rho, or another number by its name, or how far from one it is where it rounds to one. */
  function rho(value, digits, name = "ρ") {
    const gap = 1 - value;
    if (Math.abs(gap) >= 0.5 * 10 ** -digits) { return `${name}\u00a0=\u00a0${value.toFixed(digits)}`; }
    if (Math.abs(gap) < SMALLEST) { return `|1−${name}| < 10⁻⁸`; }
    const [factor, power] = gap.toExponential(0).split("e-");
    return `1−${name}\u00a0= ${factor.replace("-", "−")}·10⁻${"⁰¹²³⁴⁵⁶⁷⁸⁹"[power]}`;
  }

  /** Make a row hold `count` buttons, each with `each` pictures and a caption under each. */
  function fill(row, count, each, press) {
    if (row.dataset.each !== String(each)) { row.replaceChildren(); }
    row.dataset.each = each;
    while (row.children.length > count) { row.lastChild.remove(); }
    while (row.children.length < count) {
      const at = row.children.length, one = element("button", { type: "button", class: "memory-one" });
      for (let k = 0; k < each; k++) { one.append(element("canvas", { "aria-hidden": "true" }), element("span")); }
      one.addEventListener("click", () => press(at));
      row.append(one);
    }
    return [...row.children].map((one) => ({ one, canvases: one.querySelectorAll(":scope > canvas"), captions: one.querySelectorAll("span") }));
  }

  /** Show the memories with rho at each, or where the chosen film is, and under each what its broken copies have become. */
  function memories({ greys, names, radii, rows, look, chosen, turn }, choose) {
    fill(field("row"), greys.length, 1 + rows.length, choose).forEach(({ one, canvases, captions }, i) => {
      pictures.show(canvases[0], greys[i]);
      const says = !radii ? "" : turn === 1 ? rho(radii[i], 3) : rows[0][chosen].at === i ? "▲" : "";
      captions[0].textContent = says;
      rows.forEach((row, k) => {
        const { x, memory, over } = row[i], caption = captions[k + 1], right = memory === i;
        pictures.show(canvases[k + 1], pictures.ink(x, look));
        const end = right ? "✓" : memory >= 0 ? "→" : over ? "none" : "…", key = end + memory;
        if (caption.dataset.key === key) { return; }
        caption.dataset.key = key;
        caption.className = right ? "memory-right" : end === "…" ? "" : "memory-wrong";
        caption.replaceChildren(end, ...(end === "→" ? [inline(greys[memory], names[memory])] : []));
      });
      one.setAttribute("aria-pressed", String(i === chosen));
      const ends = rows.map((row, k) => `${k ? "by the trained network" : "broken"}: ${recall.say(row[i], i, (at) => names[at], turn).join("")}`);
      one.setAttribute("aria-label", [names[i], ...(turn === 1 && radii ? [says] : []), ...ends].join(", "));
    });
  }

  const cycle = (rate) => `The cycle ${rate < 1 ? "attracts" : "does not attract"}: ${rho(rate, 3, "rate")}.`;

  /** Draw the eigenvalues at the chosen memory, with as many of the trained network where it is shown, or along the turn, and say what they mean. */
  function eigenvalues(values, trained, turn) {
    const radius = spectrum.radius(values), one = values.length === 1;
    const sorted = [...trained].sort((a, b) => Math.hypot(...b) - Math.hypot(...a)), most = sorted.slice(0, values.length);
    spectrum.draw(field("spectrum"), values, most);
    const says = turn > 1 ? `${cycle(radius)} Shown are the ${values.length} eigenvalues of the product of the Jacobians along it, their norms to the power 1/${turn}.` :
      `The chosen memory is ${radius < 1 ? "an attractor" : "no attractor"}: ${rho(radius, 4)}. Shown ${one ? "is the eigenvalue" : `are the ${values.length} eigenvalues`} of its Jacobian that need not be zero` +
      (most.length ? ` (discs), and the trained network's ${most.length} largest (rings): ${rho(spectrum.radius(most), 4)}. Its others are at most ${spectrum.radius(sorted.slice(values.length)).toFixed(3)}.` : ".");
    field("spectrum").setAttribute("aria-label", says);
    field("spectrum-says").textContent = says;
  }

  /** Colour the slice by the memories that its points lead to, and tell each memory's share of it. */
  function basins({ size, labels, last }, trio, { greys, names }, pick) {
    const canvas = field("slice"), pen = canvas.getContext("2d"), cell = canvas.width / size;
    const kind = (label) => (label === slice.NONE ? 4 : trio.includes(label) ? trio.indexOf(label) : 3);
    labels.forEach((label, at) => {
      pen.fillStyle = INKS[kind(label)];
      pen.fillRect((at % size) * cell, Math.floor(at / size) * cell, cell, cell);
    });
    canvas.dataset.size = size;
    const share = (label) => `${(100 * labels.reduce((sum, one) => sum + (one === label), 0) / labels.length).toFixed(0)} %`;
    fill(field("shares"), greys.length, 1, pick).forEach(({ one, canvases, captions }, i) => {
      pictures.show(canvases[0], greys[i]);
      captions[0].textContent = share(i);
      one.className = `memory-one memory-trio-${trio.indexOf(i)}`;
      one.setAttribute("aria-pressed", String(trio.includes(i)));
      one.setAttribute("aria-label", `${names[i]}: ${share(i)} of the square leads to it`);
    });
    field("slice-says").textContent = `Light grey leads to a memory without a border, dark grey (${share(slice.NONE)}) to none.` + (last ? "" : " Still being refined …");
  }

  /** Until there is a new slice the one in sight is pale, and nothing is said of it. */
  function waiting() {
    field("slice").dataset.size = 0;
    field("slice-says").textContent = "The slice is being computed.";
    ["places", "walk-says"].forEach((name) => field(name).replaceChildren());
    field("shares").querySelectorAll("span").forEach((share) => { share.textContent = ""; });
    ["halo", "walk", "steps", "cue"].forEach((name) => field(name).removeAttribute("d"));
  }

  /** Show the three memories at their places on the slice, and a path across it, as places, from its cue. */
  function walk(trio, places, path, { greys, names }) {
    field("places").replaceChildren(...trio.map((memory, k) => {
      const picture = inline(greys[memory], names[memory]);
      [picture.style.left, picture.style.top] = places[k].map((value) => `${100 * value}%`);
      return picture;
    }));
    const line = `M${path.map(([u, v]) => `${(1000 * u).toFixed(1)} ${(1000 * v).toFixed(1)}`).join("L")}`;
    const dots = path.map(([u, v]) => `M${(1000 * u).toFixed(1)} ${(1000 * v).toFixed(1)}h0`).join("");
    field("halo").setAttribute("d", line + dots);
    field("walk").setAttribute("d", line);
    field("steps").setAttribute("d", dots);
    field("cue").setAttribute("d", dots.split("h0")[0] + "m-16 0a16 16 0 1 0 32 0a16 16 0 1 0 -32 0");
  }

  return { field, element, inline, memories, cycle, eigenvalues, basins, waiting, walk };
});
