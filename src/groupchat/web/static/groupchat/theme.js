// Runs before the first paint, so that a chosen theme never flashes the other one.
(() => {
  try {
    const theme = localStorage.getItem("groupchat-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    if (localStorage.getItem("groupchat-contrast") === "more") document.documentElement.dataset.contrast = "more";
  } catch {
    // Storage is switched off: the system's theme it is.
  }
})();
