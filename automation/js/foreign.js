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
 * unreadIn lists what is drawn within a part of the page, frames of its own origin included, and cannot be read.
 * @param {Root} part
 * @returns {El[]}
 */
export const unreadIn = (part) => [
  ...foreignFrames(part).filter(legible),
  ...queryAll(part, framing).flatMap((f) => {
    const doc = documentIn(f);
    return doc && legible(f) ? unreadIn(doc) : [];
  }),
];
