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
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
})();
