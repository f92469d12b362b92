/**
 * Keeps what the reader looks at where it is. The browser's own scroll anchoring is switched off: it does not know what a
 * page of history is. Instead the places of the rows on screen are measured after every scroll, and put back after every change.
 */

const NEAR = 24; // px from the end that still count as the end

export class ScrollKeeper {
  /**
   * @param {HTMLElement} scroller its first child holds the rows, each with `data-key`
   * @param {{ends: () => boolean, limits: () => Array<number|null|undefined>, moved: () => void}} options `ends`: the last row is
   *   the room's newest; `limits`: messages that must not leave the screen at the top while new ones push from below; `moved`: after
   *   each change
   */
  constructor(scroller, { ends, limits, moved }) {
    this.scroller = scroller;
    this.rows = scroller.querySelector("[data-rows]");
    this.ends = ends;
    this.limits = limits;
    this.moved = moved;
    this.following = true; // new rows at the end pull the view along
    this.places = []; // [key, distance from the scroller's top] of the rows on screen
    this.height = 0;
    this.viewport = 0;
    this.onScroll = () => this.scrolled();
    this.observer = new ResizeObserver(() => this.settle());
    this.observer.observe(scroller);
    this.observer.observe(this.rows.parentElement);
    scroller.addEventListener("scroll", this.onScroll, { passive: true });
  }

  stop() {
    this.observer.disconnect();
    this.scroller.removeEventListener("scroll", this.onScroll);
  }

  /** Whether the view stands at the end of what is loaded. */
  get atBottom() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight <= NEAR;
  }

  toEnd() {
    this.following = true;
    this.settle();
  }

  /** Show the row with its top at this share of the height. @param {HTMLElement} row @param {number} share */
  toRow(row, share) {
    const distance = row.getBoundingClientRect().top - this.top();
    this.scroller.scrollTop += distance - this.scroller.clientHeight * share;
    this.remember();
  }

  /** Put everything back to where it was, or stay at the end. Called after each change of what is shown. */
  settle() {
    const { scroller } = this;
    if (scroller.clientHeight === 0) return; // another pane is shown
    if (this.following && this.ends()) this.pull();
    else this.putBack();
    this.remember();
    this.moved();
  }

  pull() {
    const { scroller } = this;
    let wanted = scroller.scrollHeight - scroller.clientHeight;
    for (const number of this.limits()) {
      const held = number && this.rows.querySelector(`[data-number="${number}"]`);
      if (!held) continue;
      const room = scroller.scrollTop + held.getBoundingClientRect().top - this.top() - scroller.clientHeight * 0.15;
      wanted = Math.max(scroller.scrollTop, Math.min(wanted, room));
    }
    scroller.scrollTop = wanted;
  }

  putBack() {
    const top = this.top();
    for (const [key, distance] of this.places) {
      const row = this.row(key);
      if (!row) continue; // it was taken away: the next one that is still there will do
      const drift = row.getBoundingClientRect().top - top - distance;
      if (drift !== 0) this.scroller.scrollTop += drift;
      return;
    }
  }

  scrolled() {
    const { scrollHeight, clientHeight } = this.scroller;
    if (clientHeight === 0) return;
    // What is shown has changed since we measured and was not put back yet: measuring now would keep the jump.
    if (scrollHeight !== this.height || clientHeight !== this.viewport) this.settle();
    else {
      this.remember();
      this.moved();
    }
  }

  remember() {
    const { scroller } = this;
    if (scroller.clientHeight === 0) return;
    this.height = scroller.scrollHeight;
    this.viewport = scroller.clientHeight;
    this.following = this.atBottom;
    const top = this.top();
    this.places = this.anchors().map((row) => [row.dataset.key, row.getBoundingClientRect().top - top]);
  }

  /** The rows on screen that can hold the place, the best first. */
  anchors() {
    // A day's separator and the line of new messages go to where they belong: to another place, when history is loaded.
    const rows = this.visible().filter(({ dataset }) => dataset.kind !== "day" && dataset.kind !== "new");
    // The first of all may lose its author's name to a message that is loaded before it: all others are better.
    if (rows.length > 1 && rows[0] === this.rows.querySelector("[data-number]")) rows.push(rows.shift());
    return rows;
  }

  /** The rows on screen, from the top. */
  visible() {
    const rows = /** @type {HTMLCollectionOf<HTMLElement>} */ (this.rows.children);
    const top = this.top();
    const bottom = top + this.scroller.clientHeight;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom <= top) low = middle + 1;
      else high = middle;
    }
    const found = [];
    for (let i = low; i < rows.length && rows[i].getBoundingClientRect().top < bottom; i += 1) found.push(rows[i]);
    return found;
  }

  /** @param {string} key @returns {HTMLElement|null} */
  row(key) {
    return this.rows.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  top() {
    return this.scroller.getBoundingClientRect().top;
  }
}
