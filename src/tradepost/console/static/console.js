// What pages do beside htmx. Everything that reads works without it.
"use strict";

// A button with data-copy puts that element's text on the clipboard.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const said = button.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    if (said) said.textContent = "Copied";
  } catch {
    const range = document.createRange();
    range.selectNodeContents(source);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    if (said) said.textContent = "Selected: copy it with your keyboard";
  }
});

// A select or checkbox with data-submit sends its form at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// A form with data-confirm asks before it is sent.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// A problem that htmx has put beside a field (data-of) marks the field.
document.addEventListener("htmx:oobAfterSwap", ({ target }) => {
  const field = target.dataset?.of && document.getElementById(target.dataset.of);
  if (!field) return;
  if (target.textContent) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
});
