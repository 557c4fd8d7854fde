// Sphinx looks words up in plain objects, which have names of their own: "constructor" found a function there, and the search hung.
document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined" || !Search.hasIndex()) { return; }
  const bare = Object.assign(Object.create(null), { hasOwnProperty: Object.prototype.hasOwnProperty });
  for (const words of [Search._index.terms, Search._index.titleterms]) { Object.setPrototypeOf(words, bare); }
});
