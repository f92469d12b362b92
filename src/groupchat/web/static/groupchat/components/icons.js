/** Drawn on a grid of 20, with one stroke. They say nothing by themselves: the button that holds one has the words. */

import { html } from "./html.js";

const paths = {
  back: "M12 4l-6 6 6 6",
  check: "M4.500 10.500l3.500 3.500 7.500-8",
  clock: "M10 3.500a6.500 6.500 0 1 1 0 13a6.500 6.500 0 1 1 0-13M10 6.500V10l2.500 1.500",
  close: "M5 5l10 10M15 5L5 15",
  down: "M10 4v11M5 10.500l5 5 5-5",
  edit: "M4 16l.800-3.200L13.200 4.400a1.400 1.400 0 0 1 2 0l.4.4a1.400 1.400 0 0 1 0 2L7.200 15.200zM11.500 6l2.500 2.500",
  hash: "M7.500 3.500l-1.500 13M14 3.500l-1.500 13M3.500 7.500h13M3.500 12.500h13",
  letters: "M2.500 15.500L6.500 5l4 10.500M3.900 12h5.200M14.500 15.500a2.500 2.500 0 1 1 0-5a2.500 2.500 0 1 1 0 5M17 10.500v5",
  link: "M8.500 11.500a3 3 0 0 0 4.300 0l2.700-2.700a3 3 0 0 0-4.300-4.300L10 5.700M11.500 8.500a3 3 0 0 0-4.300 0l-2.700 2.700a3 3 0 0 0 4.300 4.300L10 14.300",
  lock: "M5.500 9.500h9a1 1 0 0 1 1 1V15a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-4.500a1 1 0 0 1 1-1zM7 9.300V6.800a3 3 0 0 1 6 0v2.500",
  megaphone: "M4.500 8.500v3.500h2.500l8.500 3.500V5L7 8.500zM7 12.200l.8 4.300h2.400l-.7-3.200",
  more: "M4.500 10h.01M10 10h.01M15.500 10h.01",
  people: "M7.500 9.500a2.750 2.750 0 1 1 0-5.500a2.750 2.750 0 1 1 0 5.500M2.500 16c.3-2.800 2.300-4.300 5-4.300s4.700 1.500 5 4.300M13 4.300a2.600 2.600 0 0 1 0 5M14.500 11.900c1.800.5 2.800 1.900 3 4.100",
  plus: "M10 4v12M4 10h12",
  reply: "M8.500 4.500L3.500 9l5 4.500M3.500 9h7c3.500 0 5.500 2 6 6",
  search: "M9 3.500a5.500 5.500 0 1 1 0 11a5.500 5.500 0 1 1 0-11M13 13l3.500 3.500",
  send: "M3.500 10L16.500 4l-4 12.500-3-5.500zM9.500 11l3-3",
  trash: "M4 6h12M8 6V4.200h4V6M5.500 6l.7 10.200h7.600L14.500 6M8.500 9v4.500M11.500 9v4.500",
  up: "M10 16V5M5 9.500l5-5 5 5",
  warn: "M10 3.500l7 12.500H3zM10 8.500v3.500M10 14.200v.01",
};

/** @param {{name: keyof typeof paths, flip?: boolean}} props `flip`: points the other way where text runs from right to left */
export function Icon({ name, flip = false }) {
  return html`<svg class=${flip ? "icon flip" : `icon ${name}-icon`} viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><path d=${paths[name]} /></svg>`;
}
