// What the page of the settings can do better with a script; all of its forms work without.
(() => {
  const look = document.getElementById("look-form");
  // Saved just now: this device has it at once, the others with their next connection.
  if (look.dataset.theme && new URLSearchParams(location.search).get("saved") === "look") {
    const { theme, contrast } = look.dataset;
    keep("theme", theme === "system" ? "" : theme);
    keep("contrast", contrast);
  }

  /** As `theme.js` reads it. @param {string} name @param {string} value */
  function keep(name, value) {
    if (value) document.documentElement.dataset[name] = value;
    else delete document.documentElement.dataset[name];
    try {
      if (value) localStorage.setItem(`groupchat-${name}`, value);
      else localStorage.removeItem(`groupchat-${name}`);
    } catch {
      // No storage: the chat hears of it when it connects.
    }
  }

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const choice = /** @type {HTMLSelectElement} */ (document.getElementById("id_time_zone"));
  const here = document.getElementById("time-zone-here");
  if ([...choice.options].some((option) => option.value === zone)) {
    here.textContent = here.dataset.text.replace("{zone}", zone);
    here.hidden = choice.value === zone;
    here.addEventListener("click", () => {
      choice.value = zone;
      here.hidden = true;
      choice.focus();
    });
  }
})();
