/** Small choices that this device keeps. Without storage they hold until the page is closed. */

/** What is kept under a name, or null. @param {string} name @returns {string|null} */
export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string|null} value null: keep nothing any more */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // No storage, nothing kept.
  }
}
