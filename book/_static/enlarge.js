/* Makes figures links to themselves, enlarged: reached by hand or key, moved about, closed by Escape or a click. */
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    if (window.matchMedia("print").matches) { return; } // on paper nothing is followed
    document.querySelectorAll("img.drawn").forEach((image) => {
      const link = document.createElement("a"), shown = image.closest("picture") || image;
      link.className = "enlarges";
      link.href = image.src;
      shown.replaceWith(link);
      link.append(shown);
    });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.enlarges");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    const shown = link.querySelector("img"), image = new Image(), close = document.createElement("button");
    image.src = shown.currentSrc;
    image.alt = shown.alt;
    image.style.width = `${Math.max(0.9 * innerWidth, 1.8 * shown.getBoundingClientRect().width)}px`;
    close.textContent = "✕";
    close.setAttribute("aria-label", "Close");
    const dialog = document.createElement("dialog");
    dialog.className = "enlarged";
    dialog.tabIndex = -1; // the arrow keys move what does not fit
    dialog.autofocus = true;
    dialog.setAttribute("aria-label", "Figure, enlarged");
    dialog.append(close, image);
    dialog.addEventListener("click", () => dialog.close());
    // Before anything else on the page takes the key.
    const escape = (pressed) => { if (pressed.key === "Escape") { dialog.close(); } };
    window.addEventListener("keydown", escape, true);
    dialog.addEventListener("close", () => {
      window.removeEventListener("keydown", escape, true);
      dialog.remove();
      link.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
})();
