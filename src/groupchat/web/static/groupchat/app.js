/** Where the client starts: words, store, address, page. */

import { App } from "./components/app.js";
import { chat } from "./components/chat.js";
import { followRoute } from "./components/current.js";
import { html } from "./components/html.js";
import { startKeyboard } from "./components/keyboard.js";
import { startRouting } from "./components/route.js";
import { startTitle } from "./components/title.js";
import { startViewport } from "./components/viewport.js";
import { de } from "./i18n/de.js";
import { en } from "./i18n/en.js";
import { chooseLocale, createTranslator } from "./lib/i18n.js";
import { startStore } from "./store/start.js";
import { render } from "./vendor/preact.js";

const root = document.getElementById("app");
const catalogues = { en, de };

chat.page = { ...root.dataset };
chat.locale = chooseLocale([chat.page.language, ...navigator.languages], Object.keys(catalogues));
chat.translate = createTranslator({ locale: chat.locale, catalogues });
// Dates as the reader's own region writes them, where it speaks the page's language.
chat.locale = navigator.languages.find((tag) => tag.split("-")[0] === chat.locale) ?? chat.locale;
chat.store = await startStore({ url: chat.page.socket, locale: chat.locale });

startRouting();
startTitle();
startViewport();
startKeyboard();
followRoute();
render(html`<${App} />`, root);

// After the page: fetching what the worker keeps must not stand in its way.
if ("serviceWorker" in navigator) navigator.serviceWorker.register(chat.page.worker).catch(() => {});
