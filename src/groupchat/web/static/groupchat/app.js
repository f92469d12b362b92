/** Where the client starts: words, store, address, page. */

import { App } from "./components/app.js";
import { fetchCatalogue } from "./components/catalogue.js";
import { chat } from "./components/chat.js";
import { followRoute } from "./components/current.js";
import { html } from "./components/html.js";
import { startKeyboard } from "./components/keyboard.js";
import { loadWhenUsed, loadWhileIdle } from "./components/loading.js";
import { startOverlays } from "./components/overlays.js";
import { startRouting } from "./components/route.js";
import { followLook } from "./components/theme.js";
import { startTitle } from "./components/title.js";
import { trustedWorker } from "./components/trusted.js";
import { startViewport } from "./components/viewport.js";
import { speak } from "./lib/i18n.js";
import { startStore } from "./store/start.js";
import { render } from "./vendor/preact.js";

const root = document.getElementById("app");

chat.page = { ...root.dataset };
const catalogue = await fetchCatalogue(chat.page.texts); // the page preloads it
if (catalogue) speak(catalogue);
// What is drawn may be in another language than what a site puts around it.
root.lang = catalogue?.language ?? "en";
// Dates as the reader's own region writes them, where it speaks the page's language.
chat.locale = navigator.languages.find((tag) => tag.split("-")[0] === root.lang.split("-")[0]) ?? root.lang;
chat.store = await startStore({ url: chat.page.socket, locale: chat.locale });

startRouting();
startOverlays();
loadWhenUsed();
startTitle();
startViewport();
startKeyboard();
followRoute();
followLook(chat.store.look);
root.replaceChildren(); // the frame that the page came with; nothing is painted between
render(html`<${App} />`, root);

// After the page: fetching what the worker keeps, and what opens on demand, must not stand in its way.
if ("serviceWorker" in navigator) navigator.serviceWorker.register(trustedWorker(chat.page.worker)).catch(() => {});
loadWhileIdle();
