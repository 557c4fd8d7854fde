/* Shows a figure as large as the window when it is clicked; a click or Escape puts it back. */
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof HTMLImageElement) || !event.target.classList.contains("drawn")) { return; }
    const dialog = document.createElement("dialog");
    dialog.className = "enlarged";
    dialog.setAttribute("aria-label", "Figure, enlarged");
    const image = event.target.cloneNode();
    image.removeAttribute("width");
    image.removeAttribute("height");
    image.classList.remove("drawn");
    dialog.append(image);
    dialog.addEventListener("click", () => dialog.close());
    // Before anything else on the page takes the key.
    const escape = (pressed) => { if (pressed.key === "Escape") { dialog.close(); } };
    window.addEventListener("keydown", escape, true);
    dialog.addEventListener("close", () => window.removeEventListener("keydown", escape, true));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
})();
