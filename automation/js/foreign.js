// Frames of another origin: a person sees what is in them, and no script does.
import { visible } from './sight.js';
import { documentIn, framing, queryAll } from './tree.js';

/**
 * foreignFrames lists the elements below a root in which something may be shown that cannot be read.
 * @param {Root} root
 * @returns {El[]}
 */
export const foreignFrames = (root) => queryAll(root, framing).filter((f) => !documentIn(f));

/** The least width and height, in px, in which anybody's name can be read: counters of visits are smaller. */
const leastSide = 8;

/** @type {(el: El) => boolean} */
function legible(el) {
  const r = el.getBoundingClientRect();
  return r.width >= leastSide && r.height >= leastSide && visible(el) && el.checkVisibility({ checkOpacity: true });
}

/**
 * unreadIn finds what is drawn within a part of the page, frames of its own origin included, and cannot be read.
 * @param {Root} part
 * @returns {El | null}
 */
export function unreadIn(part) {
  const own = foreignFrames(part).find(legible);
  if (own) return own;
  for (const f of queryAll(part, framing)) {
    const doc = documentIn(f), inner = doc && legible(f) ? unreadIn(doc) : null;
    if (inner) return inner;
  }
  return null;
}
