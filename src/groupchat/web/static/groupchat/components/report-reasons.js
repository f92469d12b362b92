/** Why a message is reported, by the word of the protocol. */

import { gettext } from "../lib/i18n.js";

/** @type {{[reason: string]: () => string}} */
export const reportReasons = {
  spam: () => gettext("Advertising or spam"),
  abuse: () => gettext("Insult or harassment"),
  danger: () => gettext("Danger for somebody"),
  other: () => gettext("Something else"),
};
