/* Search results in reading order, the appendix and Python's names last, each with a line of prose. */
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  if (typeof Search === "undefined" || !Search.hasIndex()) { return; }
  // Sphinx looks words up in plain objects, which have names of their own: "constructor" found a function there, and the search hung.
  const bare = Object.assign(Object.create(null), { hasOwnProperty: Object.prototype.hasOwnProperty });
  for (const words of [Search._index.terms, Search._index.titleterms]) { Object.setPrototypeOf(words, bare); }

  const addresses = (list) => [...list.querySelectorAll("a")].map((link) => link.getAttribute("href"));
  const parts = [...document.querySelectorAll(".bd-sidenav")].map(addresses), pages = parts.flat(), appendix = parts.at(-1) ?? [];
  Scorer.score = ([page, , , name, score]) => {
    const address = `${page}.html`;
    return score - pages.indexOf(address) / 100 - 100 * appendix.includes(address) - 1000 * (name !== null);
  };

  const names = "alpha beta gamma delta eta theta kappa lambda mu rho sigma phi Theta".split(" ");
  const greek = Object.fromEntries(names.map((name, i) => [name, "αβγδηθκλμρσφΘ"[i]]));
  const letters = (formula) => formula.replace(/^\\\(|\\\)$|\\[,;!]/g, "").replace(/\\([A-Za-z]+)/g, (all, name) => greek[name] ?? all);
  const plain = (formula) => (/[\\^_{]/.test(letters(formula)) ? "…" : letters(formula));
  Search.makeSearchSummary = (text, keywords, anchor) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const part of page.querySelectorAll(".headerlink, script, style, pre, table, div.math, details")) { part.remove(); }
    for (const formula of page.querySelectorAll("span.math")) { formula.textContent = plain(formula.textContent); }
    const section = page.getElementById(anchor.slice(1)) ?? page.querySelector("article");
    const paragraphs = ["p:not(:has(code))", "p"].flatMap((kind) => [...section.querySelectorAll(kind)]);
    const prose = paragraphs.map((p) => p.textContent.replace(/\s+/g, " ").trim()).filter(Boolean);
    const words = [...keywords].flatMap((word) => [word, greek[word] ?? word]);
    const at = (p) => Math.max(...words.map((word) => p.toLowerCase().indexOf(word)));
    const found = prose.find((p) => at(p) >= 0) ?? prose[0] ?? "";
    const start = at(found) > 200 ? found.indexOf(" ", at(found) - 120) : 0;
    const end = found.length > start + 240 ? found.lastIndexOf(" ", start + 240) : found.length;
    const summary = document.createElement("p");
    summary.className = "context";
    summary.textContent = `${start ? "…" : ""}${found.slice(start, end)}${end < found.length ? " …" : ""}`;
    return summary;
  };
});
