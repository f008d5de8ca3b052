// Whether what a table shows may have changed.
import { roots } from './tree.js';

/**
 * drawnOf is what is drawn of a table: its words, and where each part is, with nothing for one that has no box or can
 * not be seen.
 * @param {El} el
 * @returns {string}
 */
const drawnOf = (el) => [el.innerText, .../** @type {El[]} */ ([...el.querySelectorAll('*')]).map((part) => {
  const { top, left, width, height } = part.getBoundingClientRect();
  return part.checkVisibility({ checkVisibilityCSS: true }) ? [top, left, width, height].map(Math.round).join() : '';
})].join(' ');

/**
 * resting begins to watch a table. What it returns ends that, and says whether a reading would find the same as in the
 * beginning: nothing of the document has changed, nor what of the table is drawn and where, which a style sheet or an
 * animation changes alone. Of a table in a shadow root, or with one in it, it says no: a change there is not told of.
 * @param {El} el
 * @returns {(now: El | null) => boolean}
 */
export function resting(el) {
  const doc = el.ownerDocument, before = drawnOf(el);
  const isTold = () => el.getRootNode() === doc && roots(el).length === 1;
  let moved = !isTold();
  const observer = new MutationObserver(() => { moved = true; });
  observer.observe(doc, { subtree: true, childList: true, characterData: true, attributes: true });
  return (now) => {
    moved ||= observer.takeRecords().length > 0;
    observer.disconnect();
    return !moved && now === el && isTold() && drawnOf(el) === before;
  };
}
