/** The tabs of one browser among themselves: which of them sends, and how they tell each other. */

/**
 * @typedef {{request: (name: string, granted: () => void) => () => void}} Lead
 *   `granted` runs when this tab leads (perhaps never); what `request` gives lets go of it, or of waiting for it
 * @typedef {{post: (message: any) => void, listen: (hear: (message: any) => void) => void, close: () => void}} Channel
 */

/**
 * Leadership by Web Locks: the browser passes it on when a tab is closed or crashes.
 * @param {any} locks navigator.locks @param {string} prefix of the locks' names: those who share a database share it
 * @returns {Lead}
 */
export function leadByLocks(locks, prefix) {
  return {
    request(name, granted) {
      const waiting = new AbortController();
      let letGo = null;
      let over = false;
      locks
        .request(`${prefix} ${name}`, { signal: waiting.signal }, () => {
          if (over) return undefined;
          return new Promise((resolve) => {
            letGo = resolve;
            granted();
          });
        })
        .catch((error) => {
          if (error.name !== "AbortError") throw error;
        });
      return () => {
        over = true;
        if (letGo) letGo();
        else waiting.abort();
      };
    },
  };
}

/** Where there is only this tab, it leads. @returns {Lead} */
export function leadAlone() {
  return {
    request(_name, granted) {
      let over = false;
      queueMicrotask(() => over || granted());
      return () => {
        over = true;
      };
    },
  };
}

/** @param {any} BroadcastChannel the class @param {string} name @returns {Channel} */
export function channelBetweenTabs(BroadcastChannel, name) {
  const channel = new BroadcastChannel(name);
  return {
    post: (message) => channel.postMessage(message),
    listen(hear) {
      channel.onmessage = (event) => hear(event.data);
    },
    close: () => channel.close(),
  };
}

/** Where there is nobody to tell. @returns {Channel} */
export function noChannel() {
  return { post() {}, listen() {}, close() {} };
}
