// What the page of the settings can do better with a script; all of its forms work without.
(() => {
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
