// Whether what a table shows may have changed.
import { roots } from './tree.js';

/**
 * resting begins to watch a table, until the answer is asked for: it says whether nothing has changed that a reading of the
 * table could show. Where not every change would be noticed it says no: of a table in a shadow root, or with one in it. A
 * change of style alone is no change of the document: the text tells of it.
 * @param {El} el
 * @returns {(now: El | null) => boolean}
 */
export function resting(el) {
  const doc = el.ownerDocument, text = el.innerText;
  let changed = text === undefined || el.getRootNode() !== doc || roots(el).length > 1;
  const observer = new MutationObserver(() => { changed = true; });
  observer.observe(doc, { subtree: true, childList: true, characterData: true, attributes: true });
  return (now) => {
    changed ||= observer.takeRecords().length > 0;
    observer.disconnect();
    return !changed && now === el && el.innerText === text;
  };
}
