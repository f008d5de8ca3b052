// Whether what a table shows may have changed.
import { roots } from './tree.js';

/** @type {(el: El) => boolean} */
const unseen = (el) => !el.checkVisibility({ checkVisibilityCSS: true });

/**
 * shapeOf is what a reading sees of a table beside its document: its words, and where each part of it is drawn.
 * @param {El} el
 * @returns {string}
 */
function shapeOf(el) {
  const boxes = /** @type {El[]} */ ([...el.querySelectorAll('*')]).map((part) => {
    const { top, left, width, height } = part.getBoundingClientRect();
    return unseen(part) ? '' : [top, left, width, height].map(Math.round).join();
  });
  return `${el.innerText}\n${boxes.join(' ')}`;
}

/**
 * resting begins to watch a table. What it returns ends that, and says whether a reading would find the same as in the
 * beginning: nothing of the document has changed, nor what is drawn of the table, which a style sheet can do alone.
 * Of a table in a shadow root, or with one in it, it says no: a change there is not told of.
 * @param {El} el
 * @returns {(now: El | null) => boolean}
 */
export function resting(el) {
  const doc = el.ownerDocument, shape = shapeOf(el);
  const watched = () => el.getRootNode() === doc && roots(el).length === 1;
  let changed = !watched();
  const observer = new MutationObserver(() => { changed = true; });
  observer.observe(doc, { subtree: true, childList: true, characterData: true, attributes: true });
  return (now) => {
    changed ||= observer.takeRecords().length > 0;
    observer.disconnect();
    return !changed && now === el && watched() && shapeOf(el) === shape;
  };
}
