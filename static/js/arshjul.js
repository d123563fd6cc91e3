// Seasoning only: every page works without this file.
(() => {
  "use strict";

  const format = new Intl.NumberFormat("nb-NO");

  // A text area with a limit says how much is left while one writes. The server has already written the first number.
  for (const area of document.querySelectorAll("textarea[data-counter]")) {
    const note = document.getElementById(area.dataset.counter);
    if (!note) continue;
    area.addEventListener("input", () => {
      const left = Number(area.dataset.limit) - area.value.length;
      note.textContent = (left < 0 ? note.dataset.over : note.dataset.left).replace("{n}", format.format(Math.abs(left)));
      note.classList.toggle("too-much", left < 0);
    });
  }

  // A binding form is sent once, also when the button is pressed twice. The server refuses the second one anyway.
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  }
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
