// Whether what a table shows may have changed.
import { roots } from './tree.js';

/**
 * drawnOf is what is drawn of a table: its words and the box of each part, empty for a part that is not visible.
 * @param {El} el
 * @returns {string}
 */
const drawnOf = (el) => [el.innerText, .../** @type {El[]} */ ([...el.querySelectorAll('*')]).map((part) => {
  const { top, left, width, height } = part.getBoundingClientRect();
  return part.checkVisibility({ checkVisibilityCSS: true }) ? [top, left, width, height].map(Math.round).join() : '';
})].join(' ');

/**
 * resting begins to watch a table, and returns a function that ends this. That function says whether reading the table
 * again would give the same: neither the document has changed, nor what is drawn of the table and where, which a
 * style sheet or an animation changes without the document. For a table in a shadow root, or with one in it, it says
 * no, since no change there is reported.
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
