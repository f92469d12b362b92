// Whoever deleted themselves leaves nothing on this device: rooms, drafts and what waits to be sent (`lib/storage.js`).
(() => {
  try {
    indexedDB.deleteDatabase("groupchat");
    localStorage.removeItem("groupchat-last-room");
  } catch {
    // No storage, nothing kept.
  }
})();
