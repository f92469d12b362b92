/** Phones whose keyboard covers the page instead of making it smaller: the page takes what is left to see. */

export function startViewport() {
  const { visualViewport } = window;
  if (!visualViewport) return;
  const root = document.documentElement;
  function adapt() {
    const covered = window.innerHeight - visualViewport.height;
    // A pinch makes the visual viewport smaller too; that is not the keyboard.
    if (covered > 80 && visualViewport.scale < 1.05) {
      root.style.setProperty("--visible-height", `${visualViewport.height}px`);
      window.scrollTo(0, 0);
    } else root.style.removeProperty("--visible-height");
  }
  visualViewport.addEventListener("resize", adapt);
  visualViewport.addEventListener("scroll", adapt);
}
