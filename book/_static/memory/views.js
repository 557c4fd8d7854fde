/* Rows of small pictures, the spectrum and the slice, as the page shows them. */
sigaeMemory.part("views", ({ pictures, recall, slice, spectrum }) => {
  const field = (name) => document.getElementById(`memory-${name}`);
  const INKS = ["#0072b2", "#e69f00", "#009e73", "#b9b9b9", "#4a4a4a"]; // of a, b, c, another memory, none

  function element(name, attributes = {}, text = "") {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = text;
    return made;
  }

  /** Make a row hold `count` pictures with captions, as buttons where they can be chosen. */
  function fill(row, count, choose) {
    while (row.children.length > count) { row.lastChild.remove(); }
    while (row.children.length < count) {
      const at = row.children.length, one = element(choose ? "button" : "div", choose ? { type: "button" } : {});
      one.className = "memory-one";
      one.append(element("canvas", { width: 8, height: 8, ...(choose ? { "aria-hidden": "true" } : { role: "img" }) }), element("span"));
      if (choose) { one.addEventListener("click", () => choose(at)); }
      row.append(one);
    }
    return [...row.children].map((one) => ({ one, canvas: one.firstChild, caption: one.lastChild }));
  }

  /** Show the memories, with rho at each. */
  function memories(greys, radii, chosen, choose) {
    fill(field("thumbs"), greys.length, choose).forEach(({ one, canvas, caption }, i) => {
      pictures.show(canvas, greys[i]);
      caption.textContent = radii ? `ρ ${radii[i].toFixed(3)}` : "";
      one.setAttribute("aria-pressed", String(i === chosen));
      one.setAttribute("aria-label", `memory ${i + 1}` + (radii ? `, rho ${radii[i].toFixed(3)}` : ""));
    });
  }

  /** Show where paths are, and which memory each has found. */
  function paths(row, all, look) {
    fill(row, all.length).forEach(({ one, canvas, caption }, i) => {
      const { x, memory, over } = all[i];
      pictures.show(canvas, pictures.ink(x, look));
      const says = memory === i ? `${memory + 1} ✓` : memory >= 0 ? `→ ${memory + 1}` : over ? "none" : "…";
      if (caption.textContent !== says) {
        caption.textContent = says;
        one.className = `memory-one ${memory === i ? "memory-right" : over ? "memory-wrong" : ""}`;
      }
      canvas.setAttribute("aria-label", `cue ${i + 1}: ${recall.say(all[i])}`);
    });
  }

  /** Draw the eigenvalues at one memory, beside them those of the trained network if it is shown, and say what they mean. */
  function eigenvalues(values, chosen, trained) {
    const rho = spectrum.radius(values), picture = field("spectrum");
    spectrum.draw(picture, values, trained ?? []);
    const count = values.length === 1 ? "The one eigenvalue" : `The ${values.length} eigenvalues`;
    const says = `Memory ${chosen + 1} is ${rho < 1 ? "an attractor" : "no attractor"}: ρ = ${rho.toFixed(4)}. ${count} of its Jacobian that need not be zero` + (values.length === 1 ? " is shown." : " are shown.") +
      (trained ? ` Those of the trained network (rings) have ρ = ${spectrum.radius(trained).toFixed(4)}.` : "");
    picture.setAttribute("aria-label", says);
    field("spectrum-says").textContent = says;
  }

  /** Colour the slice by the memories that its points lead to, with the three memories marked. */
  function basins({ size, labels, last }, trio) {
    const canvas = field("slice"), pen = canvas.getContext("2d"), cell = canvas.width / size;
    canvas.dataset.size = size;
    const kind = (label) => (label === slice.NONE ? 4 : trio.includes(label) ? trio.indexOf(label) : 3);
    labels.forEach((label, at) => {
      pen.fillStyle = INKS[kind(label)];
      pen.fillRect((at % size) * cell, Math.floor(at / size) * cell, cell, cell);
    });
    const share = (k) => (100 * labels.reduce((sum, label) => sum + (kind(label) === k), 0) / labels.length).toFixed(0);
    const says = `Of the square ${share(0)} % leads to a (blue), ${share(1)} % to b (yellow), ${share(2)} % to c (green), ` +
      `${share(3)} % to other memories (light grey) and ${share(4)} % to none (dark grey).`;
    canvas.setAttribute("aria-label", says);
    field("slice-says").textContent = says + (last ? "" : " Still being refined …");
  }

  /** Until there is a new slice the one in sight is pale, and nothing is said of it. */
  function waiting() {
    const says = "The slice is being computed.";
    field("slice").dataset.size = 0;
    field("slice").setAttribute("aria-label", says);
    field("slice-says").textContent = says;
  }

  /** Mark the three memories, which lie on one circle about the middle of the slice. */
  function marks(places) {
    const pen = field("slice").getContext("2d"), side = field("slice").width;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.font = "bold 14px sans-serif";
    places.forEach(([u, v], i) => {
      const [x, y] = [side * (1 + u) / 2, side * (1 - v) / 2];
      pen.fillStyle = "#fff";
      pen.beginPath();
      pen.arc(x, y, 9, 0, 2 * Math.PI);
      pen.fill();
      pen.fillStyle = "#000";
      pen.fillText("abc"[i], x, y);
    });
  }

  return { field, element, memories, paths, eigenvalues, basins, waiting, marks };
});
