/** The texts of the page's language: one file for the page, one for what opens later. */

/** Null, which is English, where it can't be had. @param {string} url @returns {Promise<import("../lib/i18n.js").Catalogue|null>} */
export async function fetchCatalogue(url) {
  if (!url) return null;
  try {
    const response = await fetch(url);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
