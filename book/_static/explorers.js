/* Draws the explorers of book.figures.explorers. Plotly is fetched from this site, once, where it is needed. */
(function () {
  "use strict";
  const here = document.currentScript.src;

  const SHAPES = "Dots lie inside the unit circle (dashed), diamonds on it or outside.";
  const CAPTIONS = {
    spectrum: `Eigenvalues of the trained Jacobian, as in the figure above. ${SHAPES} Width ∞: a sample from the limit.`,
    plane: "First: mean spectral radius ρ of sampled Jacobians, as in the figure above. Line: the stability boundary, "
      + `ρ = 1. Cross: the chosen n and r. Second: the eigenvalues of one Jacobian there. ${SHAPES}`,
    recall: "Mean squared error of cues of one pattern, as in the figure above. Solid curves end below the threshold of "
      + "recall (dashed), dotted ones do not.",
  };

  function colours() {
    const dark = document.documentElement.dataset.theme === "dark";
    return dark
      ? { text: "#e8e8e8", grid: "#444", circle: "#bbb", inside: "#56b4e9", outside: "#ff9a5c", line: "#56b4e9" }
      : { text: "#222", grid: "#ddd", circle: "#666", inside: "#0072b2", outside: "#d55e00", line: "#0072b2" };
  }

  function layout(ink, x, y) {
    const axis = { color: ink.text, gridcolor: ink.grid, zerolinecolor: ink.grid };
    return {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: ink.text, size: 14 },
      margin: { l: 60, r: 15, t: 15, b: 50 }, showlegend: false, height: 310,
      xaxis: Object.assign({}, axis, x), yaxis: Object.assign({}, axis, y),
    };
  }

  const drawings = {
    spectrum(record, ink) {
      const size = record.x.map((x, i) => Math.hypot(x, record.y[i]));
      const points = {
        x: record.x, y: record.y, mode: "markers", type: "scatter",
        marker: { size: 9, color: size.map((r) => (r < 1 ? ink.inside : ink.outside)),
                  symbol: size.map((r) => (r < 1 ? "circle" : "diamond")) },
        customdata: size, hovertemplate: "%{x:.3f} + %{y:.3f} i<br>norm %{customdata:.3f}<extra></extra>",
      };
      const look = layout(ink,
        { title: { text: "Re λ" }, range: [-1.3, 1.3], constrain: "domain" },
        { title: { text: "Im λ" }, range: [-1.3, 1.3], scaleanchor: "x", constrain: "domain" });
      look.shapes = [{ type: "circle", x0: -1, y0: -1, x1: 1, y1: 1, line: { color: ink.circle, dash: "dash", width: 1.5 } }];
      const outside = size.filter((r) => r >= 1).length;
      const says = `ρ = ${record.radius.toFixed(3)}: ` + (record.radius < 1
        ? "every eigenvalue lies inside the unit circle, so the pattern is an attractor."
        : `${outside} of ${size.length} eigenvalues lie on or outside the unit circle, so the pattern is not an attractor.`);
      return { traces: [points], look, says };
    },
    plane(record, ink, data, chosen, narrow) {
      const spectrum = drawings.spectrum(record, ink);
      const field = data.fields[chosen[0]];
      const on = { x: field.norms, y: field.counts, z: field.radii };
      const scale = { title: { text: "ρ" }, thickness: 12, outlinewidth: 0, tickvals: [0.2, 0.4, 0.6, 0.8, 1, 1.2] };
      const map = {
        type: "heatmap", ...on, zmid: 1, zmin: 0.2, zmax: 1.2,
        colorbar: { ...scale, ...(narrow ? { x: 1, y: 0.79, len: 0.5 } : { x: 0.43 }) },
        colorscale: [[0, "#542788"], [0.4, "#b2abd2"], [0.8, "#f7f7f7"], [0.9, "#fdb863"], [1, "#b35806"]],
        hovertemplate: "r = %{x}, n = %{y}<br>mean ρ = %{z:.3f}<extra></extra>",
      };
      const boundary = {
        type: "contour", ...on, showscale: false, hoverinfo: "skip", line: { color: "#000", width: 2 },
        contours: { type: "constraint", operation: "=", value: 1 },
      };
      const cursor = {
        x: [chosen[2]], y: [chosen[1]], mode: "markers", type: "scatter", hoverinfo: "skip",
        marker: { symbol: "cross-thin", size: 18, line: { width: 3, color: "#000" } },
      };
      const points = Object.assign(spectrum.traces[0], { xaxis: "x2", yaxis: "y2" });
      const look = layout(ink, { title: { text: "norm r" }, type: "category", tickangle: 0, nticks: 8, domain: narrow ? [0, 1] : [0, 0.42] },
        { title: { text: "patterns n" }, type: "category", domain: narrow ? [0.58, 1] : [0, 1] });
      const axis = { color: ink.text, gridcolor: ink.grid, zerolinecolor: ink.grid, range: [-1.3, 1.3] };
      look.xaxis2 = { domain: narrow ? [0, 1] : [0.66, 1], anchor: "y2", title: { text: "Re λ" }, constrain: "domain", ...axis };
      look.yaxis2 = { domain: narrow ? [0, 0.42] : [0, 1], anchor: "x2", scaleanchor: "x2", constrain: "domain", title: { text: "Im λ" }, ...axis };
      look.shapes = spectrum.look.shapes.map((shape) => Object.assign(shape, { xref: "x2", yref: "y2" }));
      look.height = narrow ? 640 : 310;
      return { traces: [map, boundary, cursor, points], look, says: spectrum.says };
    },
    recall(record, ink, data) {
      const traces = record.errors.map((errors) => ({
        x: errors.map((_, k) => k), y: errors, mode: "lines", type: "scatter", line: { width: 1.5 },
        hovertemplate: "iteration %{x}<br>error %{y:.3g}<extra></extra>",
        marker: { color: ink.line },
      }));
      traces.forEach((trace, i) => {
        const last = record.errors[i][record.errors[i].length - 1];
        trace.line.color = last < data.threshold ? ink.inside : ink.outside;
        trace.line.dash = last < data.threshold ? "solid" : "dot";
      });
      const look = layout(ink, { title: { text: "iteration" } },
        { title: { text: "mean squared error" }, type: "log", exponentformat: "power", range: [-9, 4] });
      look.shapes = [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: data.threshold, y1: data.threshold,
                       line: { color: ink.circle, dash: "dash", width: 1.5 } }];
      const recalled = record.errors.filter((errors) => errors[errors.length - 1] < data.threshold).length;
      return { traces, look, says: `${recalled} of ${record.errors.length} cues are recalled.` };
    },
  };

  function start(box) {
    const data = JSON.parse(box.querySelector("script").textContent);
    const plot = box.querySelector(".explorer-plot");
    const says = box.querySelector(".explorer-says");
    box.querySelector(".explorer-caption").textContent = CAPTIONS[data.kind];
    const field = (control) => box.querySelector(`#${data.kind}-${control.name}`);
    const grouped = (text) => (/^\d{5,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, "\u202f") : text);
    // Few values are a list, many a slider; one alone is no choice.
    data.controls.forEach((control) => {
      const { name, label, values } = control, id = `${data.kind}-${name}`;
      control.kind = values.length > 4 ? "range" : values.length > 1 ? "select" : "text";
      if (!values.includes(control.start)) { control.start = values[control.kind === "range" ? values.length >> 1 : 0]; }
      const said = `<output for="${id}">${grouped(control.start)}</output>`;
      const choices = values.map((v) => `<option value="${v}">${grouped(v)}</option>`).join("");
      const shown = {
        range: `<label for="${id}">${label}</label> <input type="range" id="${id}" max="${values.length - 1}"> ${said}`,
        select: `<label for="${id}">${label}</label> <select id="${id}">${choices}</select>`,
        text: `${label} ${said}`,
      };
      const box_of = `<span class="explorer-field">${shown[control.kind]}</span>`;
      box.querySelector(".explorer-controls").insertAdjacentHTML("beforeend", box_of);
    });
    function value(control) {
      if (control.kind === "text") { return control.start; }
      return control.kind === "range" ? control.values[Number(field(control).value)] : field(control).value;
    }
    // What is shown is in the address, which can be kept and sent; without it a page opens as it was made.
    function take() {
      const told = new URLSearchParams(location.hash.slice(1)), own = told.get("explorer") === data.kind;
      data.controls.filter((control) => control.kind !== "text").forEach((control) => {
        const asked = own && control.values.includes(told.get(control.name)) ? told.get(control.name) : control.start;
        field(control).value = control.kind === "range" ? control.values.indexOf(asked) : asked;
      });
      draw();
      return own;
    }
    function keep() {
      const shown = new URLSearchParams({ explorer: data.kind });
      data.controls.forEach((control) => shown.set(control.name, value(control)));
      history.replaceState(history.state, "", `#${shown}`);
      draw();
    }
    function draw() {
      const chosen = data.controls.map(value);
      const record = data.records[chosen.join("|")];
      data.controls.filter((control) => control.kind === "range").forEach((control) => {
        box.querySelector(`output[for="${data.kind}-${control.name}"]`).textContent = grouped(value(control));
        field(control).setAttribute("aria-valuetext", value(control));
      });
      const drawn = record ? drawings[data.kind](record, colours(), data, chosen, box.clientWidth < 560)
        : { traces: [], look: layout(colours(), {}, {}), says: "There is nothing to show: this network's training failed." };
      window.Plotly.react(plot, drawn.traces, drawn.look, { responsive: true, displayModeBar: false });
      says.textContent = drawn.says;
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-label", drawn.says);
    }
    // A click on the plane takes the cursor to the nearest place that has a spectrum.
    function go(event) {
      const place = [event.points[0].y, event.points[0].x];
      data.controls.slice(1).forEach((control, i) => {
        const far = control.values.map((v) => Math.abs(Math.log(v / place[i])));
        if (control.kind === "range") { field(control).value = far.indexOf(Math.min(...far)); }
      });
      keep();
    }
    box.hidden = false;
    box.addEventListener("input", keep);
    new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    window.addEventListener("resize", draw);
    window.addEventListener("hashchange", take);
    window.addEventListener("pageshow", take); // after a browser has put back what a reader who returns had chosen
    if (take()) { box.scrollIntoView(); }
    if (data.kind === "plane") { plot.on("plotly_click", go); }
  }

  function begin() {
    const boxes = document.querySelectorAll(".sigae-explorer");
    if (!boxes.length) { return; }
    const script = document.createElement("script");
    script.src = here.replace(/explorers\.js.*$/, "plotly.min.js");
    script.onload = () => boxes.forEach(start);
    document.head.append(script);
  }

  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", begin); } else { begin(); }
})();
