// The viewer of the API reference. Its requests go through the console, as who is signed in.
"use strict";

(() => {
  const place = document.getElementById("viewer");
  const known = place.dataset;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const tint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", tint);
  tint();

  // Parts of the viewer that do not fit into a page with a heading and a main part of its own, or
  // have links inside of buttons.
  const parts = ({ React }) => ({
    components: {
      BaseLayout({ getComponent, specSelectors }) {
        const [assets, errors, filter, operations] = [
          getComponent("SvgAssets"),
          getComponent("errors", true),
          getComponent("FilterContainer", true),
          getComponent("operations", true),
        ].map((part) => React.createElement(part));
        const isRead = specSelectors.specStr() && specSelectors.loadingStatus() !== "loading";
        return React.createElement(
          "div",
          { className: "swagger-ui" },
          assets,
          errors,
          React.createElement("h2", { className: "viewer-title" }, "Operations"),
          isRead ? filter : null,
          isRead ? operations : React.createElement("p", null, "Reading the document …"),
        );
      },
      DeepLink: ({ text }) => React.createElement("span", null, text),
    },
  });

  // Elements that lack a name, or cannot be reached, get it as they appear.
  const mend = () => {
    for (const element of place.querySelectorAll("input, select, textarea")) {
      if (element.hasAttribute("aria-label") || element.labels?.length) continue;
      const row = element.closest("tr[data-param-name]");
      const isType = element.matches(".content-type, [aria-controls]");
      const fallback = element.matches(".operation-filter-input") ? "Groups" : isType ? "Media type" : "Body";
      element.setAttribute("aria-label", row ? row.dataset.paramName : fallback);
    }
    for (const element of place.querySelectorAll("pre:not([tabindex])")) element.tabIndex = 0;
    for (const element of place.querySelectorAll("table[role]")) element.removeAttribute("role");
  };
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });

  place.textContent = "";
  window.SwaggerUIBundle({
    url: known.document,
    domNode: place,
    plugins: [parts],
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    filter: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    requestInterceptor(request) {
      // To this server alone, with what shows that this page has sent it.
      if (!["GET", "HEAD"].includes(request.method ?? "GET")) {
        request.headers["X-CSRF-Token"] = known.csrf;
      }
      return request;
    },
    responseInterceptor(response) {
      // The session has ended.
      if (new URL(response.url).pathname === "/sign-in") location.assign("/sign-in?ended=1&to=/reference");
      return response;
    },
  });
})();
