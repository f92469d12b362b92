/** How an address writes a room's slug: as the server does (text.py, `address_of`). */

/** @param {string} slug @returns {string} a part of a path */
export function pathOf(slug) {
  const readable = /[A-Z]/u.test(slug) ? slug : slug.replaceAll("~", "~~").replaceAll("_", "~_").replaceAll(" ", "_");
  return encodeURIComponent(readable);
}

/** @param {string} part of a path @returns {string} */
export function slugOf(part) {
  const address = decode(part);
  return /[A-Z]/u.test(address) ? address : address.replace(/~([_~])|_/gu, (_, escaped) => escaped ?? " ");
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
