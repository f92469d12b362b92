// Runs before the first paint, so that a chosen theme never flashes the other one.
(() => {
  try {
    const theme = localStorage.getItem("groupchat-theme");
    if (localStorage.getItem("groupchat-contrast") === "more") document.documentElement.dataset.contrast = "more";
    if (localStorage.getItem("groupchat-density") === "compact") document.documentElement.dataset.density = "compact";
    if (theme !== "light" && theme !== "dark") return;
    document.documentElement.dataset.theme = theme;
    // The blank page, before the style sheet has come.
    document.querySelector('meta[name="color-scheme"]').setAttribute("content", theme);
  } catch {
    // Storage is switched off: the system's theme it is.
  }
})();
