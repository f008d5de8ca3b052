// Seeking: going by keys from one element to another that may be meant.
import { tellingIn } from './fingerprint.js';
import { documents, parentOf } from './tree.js';

const most = 3000; // elements of a document

/**
 * told lists what may be a target on the page and in its frames.
 * @returns {El[]}
 */
export const told = () => documents().flatMap((d) => tellingIn(d, most));

/**
 * neighbour is the element before or after one of several, which is brought into view.
 * @param {El[]} all
 * @param {El | null} el
 * @param {number} step 1: after, -1: before
 * @returns {El | null}
 */
export function neighbour(all, el, step) {
  const at = el ? all.indexOf(el) : -1, from = at < 0 && step < 0 ? 0 : at;
  const out = all[(from + step + all.length) % all.length] ?? null;
  out?.scrollIntoView({ behavior: 'instant', block: 'nearest', inline: 'nearest' });
  return out;
}

/**
 * outerOf is the element around one, out of shadow trees and frames, up to the body of the page.
 * @param {El | null} el
 * @returns {El | null}
 */
export function outerOf(el) {
  let up = el && parentOf(el);
  while (up && up.nodeType !== 1) up = parentOf(up);
  return !up || up.matches('html') ? null : up;
}
