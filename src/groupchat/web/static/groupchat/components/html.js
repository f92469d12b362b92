/** Markup in template strings, and the signals that redraw it. */

import htm from "../vendor/htm.js";
import { h } from "../vendor/preact.js";
import "../vendor/signals.js";

export const html = htm.bind(h);
