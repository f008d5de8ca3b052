// Places: an irreversible step is made only where the page shows the one who is meant, and nobody else.
import { describe } from './describe.js';
import { unreadIn } from './foreign.js';
import { Miss } from './miss.js';
import { named } from './roster.js';
import { shownText } from './shown-text.js';
import { parentOf } from './tree.js';

/**
 * outOf steps from an element to what holds it, out of shadow roots and frames.
 * @param {El} el
 * @returns {El | null}
 */
function outOf(el) {
  const p = /** @type {any} */ (parentOf(el));
  if (p && p.nodeType === 9) return p.defaultView?.frameElement ?? null;
  return p && p.nodeType === 11 ? outOf(p) : p;
}

/** @type {(around: El, el: El) => boolean} */
const holds = (around, el) => {
  for (let p = /** @type {El | null} */ (el); p; p = outOf(p)) if (p === around) return true;
  return false;
};

/**
 * onAnotherLayer says that a frame is laid over the page, as the window of a support service is, and that an element is
 * not in what is laid over it there. What covers the element itself is found by the hit test.
 * @param {El} frame
 * @param {El} el
 * @returns {boolean}
 */
function onAnotherLayer(frame, el) {
  for (let p = /** @type {El | null} */ (frame); p; p = outOf(p)) {
    if (getComputedStyle(p).position === 'fixed') return !holds(p, el);
  }
  return false;
}

/**
 * misplaced says that the nearest thing around an element that shows anybody does not show the one who is meant, or
 * shows somebody else, too, or that it has a frame in which somebody may be shown who cannot be read.
 * @param {El} el
 * @param {Place} place
 * @returns {Miss | null}
 */
export function misplaced(el, place) {
  for (let p = /** @type {El | null} */ (el); p; p = outOf(p)) {
    const { ours, others } = named(shownText(p), place.roster);
    const nobody = !ours && !others.length;
    if (nobody && outOf(p)) continue;
    const who = [...new Set(others)].slice(0, 3).map((o) => `"${o}"`).join(', ');
    if (!ours && !nobody) {
      return new Miss('wrong-one', `${describe(p)} around it shows ${who}, not "${place.roster.email}"`);
    }
    if (others.length && place.alone) {
      return new Miss('wrong-one', `${describe(p)} around it shows ${who} beside "${place.roster.email}"`);
    }
    const unread = place.alone ? unreadIn(p).find((f) => !onAnotherLayer(f, el)) : undefined;
    return !unread ? null : new Miss('unproved', `${describe(unread)} beside it is a frame of another origin: `
      + 'who is shown there cannot be read');
  }
  return null;
}
