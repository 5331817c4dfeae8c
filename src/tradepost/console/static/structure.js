// Shows a field that another answer makes needed once that is given; what is filled always shows.
"use strict";

(() => {
  const dependent = [...document.querySelectorAll("[data-when]")];
  const isFilled = (element) =>
    [...element.querySelectorAll("input, select, textarea")].some((each) => each.value);
  const isWrong = (element) => element.querySelector(".problem") !== null;
  const show = () => {
    for (const element of dependent) {
      const answer = document.getElementsByName(element.dataset.when)[0];
      element.hidden =
        answer?.value !== element.dataset.is && !isFilled(element) && !isWrong(element);
    }
  };
  document.addEventListener("change", show);
  show();
})();
