/* Stops the front page's film, and lets it go on. */
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll(".film button")) {
    button.addEventListener("click", () => {
      button.textContent = button.parentElement.classList.toggle("paused") ? "Play" : "Pause";
    });
  }
});
