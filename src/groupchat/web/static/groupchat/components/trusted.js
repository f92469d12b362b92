/**
 * What a page under Trusted Types takes as HTML, or as the address of a script: what went through here, and nothing else
 * (`require-trusted-types-for 'script'`). Browsers that know no such types get the strings.
 */

/** @type {{createHTML: (html: string) => any, createScriptURL: (url: string) => any}} */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("groupchat", rules()) ?? rules();

/** The HTML of a message, which the server made by an allow list (docs/protocol.md). @param {string} html */
export function trustedHtml(html) {
  return policy.createHTML(html);
}

/** The service worker's address. @param {string} url */
export function trustedWorker(url) {
  return policy.createScriptURL(url);
}

function rules() {
  return {
    createHTML: (/** @type {string} */ html) => html,
    createScriptURL(/** @type {string} */ url) {
      if (new URL(url, location.href).origin !== location.origin) throw new TypeError("A script of another site.");
      return url;
    },
  };
}
