// Places: an irreversible step is made only where the page shows the one who is meant, and nobody else.
import { describe } from './describe.js';
import { Miss } from './miss.js';
import { named } from './roster.js';
import { shownIn } from './shown-text.js';
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

/** The greatest part of the window that a window of a support service takes, opened. */
const mostOfWindow = 1 / 3;

/**
 * isAside says that a frame is in something small that is laid over the page, as the window of a support service is,
 * and that an element is not in it. What is fixed within a frame of the page's own stays in that frame.
 * @param {El} frame
 * @param {El} el
 * @param {El} part
 * @returns {boolean}
 */
function isAside(frame, el, part) {
  const view = /** @type {Window} */ (part.ownerDocument.defaultView);
  for (let p = /** @type {El | null} */ (frame); p && p !== part; p = outOf(p)) {
    if (p.ownerDocument !== part.ownerDocument || getComputedStyle(p).position !== 'fixed') continue;
    const r = p.getBoundingClientRect();
    return !holds(p, el) && r.width * r.height <= view.innerWidth * view.innerHeight * mostOfWindow;
  }
  return false;
}

/**
 * misplaced says that the nearest thing around an element that shows anybody does not show the one who is meant, or
 * shows somebody else, too, or that it has a frame in which somebody may be shown who cannot be read. Where nobody is
 * shown on the whole page, any such frame may show them.
 * @param {El} el
 * @param {Place} place
 * @returns {Miss | null}
 */
export function misplaced(el, place) {
  for (let p = /** @type {El | null} */ (el); p; p = outOf(p)) {
    const { text, unread } = shownIn(p), { ours, others } = named(text, place.roster);
    const nobody = !ours && !others.length;
    if (nobody && outOf(p)) continue;
    const who = [...new Set(others)].slice(0, 3).map((o) => `"${o}"`).join(', ');
    if (!ours && !nobody) {
      return new Miss('wrong-one', `${describe(p)} around it shows ${who}, not "${place.roster.email}"`);
    }
    if (!place.alone) return null;
    if (others.length) {
      return new Miss('wrong-one', `${describe(p)} around it shows ${who} beside "${place.roster.email}"`);
    }
    const hides = unread.find((f) => nobody || !isAside(f, el, /** @type {El} */ (p)));
    return hides ? new Miss('unproved', `who is shown in ${describe(hides)} beside it cannot be read`) : null;
  }
  return null;
}
