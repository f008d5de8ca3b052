// The tree of a page: the top document, same-origin frames and shadow roots.
import { shadowOf } from './shadow.js';

/**
 * docOf is the document that a root is of, or is.
 * @param {Root} root
 * @returns {Document}
 */
export const docOf = (root) => /** @type {Document} */ (root.ownerDocument || root);

/**
 * roots lists a root and every shadow root below it.
 * @param {Root} root
 * @returns {Root[]}
 */
export function roots(root) {
  const all = [root], own = shadowOf(root);
  const walker = docOf(root).createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
  if (own) all.push(...roots(own));
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const shadow = shadowOf(n);
    if (shadow) all.push(...roots(shadow));
  }
  return all;
}

/**
 * An element that has no shadow root in it. It is set only while a function runs to its end at once, so that the page
 * cannot add one meanwhile.
 * @type {El | null}
 */
let plainly = null;

/**
 * withRootsKnown runs a synchronous function that looks for much below an element, and looks for shadow roots there
 * only once.
 * @template T
 * @param {El} el
 * @param {() => T} work
 * @returns {T}
 */
export function withRootsKnown(el, work) {
  const before = plainly;
  plainly = roots(el).length === 1 ? el : null;
  try { return work(); } finally { plainly = before; }
}

/**
 * queryAll finds what a CSS selector matches below a root, in shadow roots, too.
 * @param {Root} root
 * @param {string} css
 * @returns {El[]}
 */
export function queryAll(root, css) {
  /** @type {(r: Root) => El[]} */
  const below = (r) => [.../** @type {NodeListOf<El>} */ (r.querySelectorAll(css))];
  return plainly?.contains(root) ? below(root) : roots(root).flatMap(below);
}

/**
 * parentOf steps from a node to what holds it where it is drawn. A document and a shadow root come, too: whoever reads
 * what only elements have asks nodeType first.
 * @param {any} n
 * @returns {El | null}
 */
export const parentOf = (n) => n.assignedSlot || n.parentNode || (n.nodeType === 11 ? n.host : null) || null;

/**
 * @param {Node | null} n
 * @param {Node} el
 * @returns {boolean}
 */
export const insideOf = (n, el) => {
  for (let p = n; p; p = parentOf(p)) if (p === el) return true;
  return false;
};

/** What may frame a document. */
export const framing = 'iframe,frame,fencedframe,object,embed';

/**
 * documentIn is the document that an element frames, null where there is none that can be read.
 * @param {El} el
 * @returns {Document | null}
 */
export const documentIn = (el) => {
  try { return el.contentDocument ?? /** @type {any} */ (el).getSVGDocument?.() ?? null; } catch { return null; }
};

/**
 * toCome says that a frame still shows the empty document with which it begins, and another is to come.
 * @type {(frame: El, doc: Document) => boolean}
 */
export const toCome = (frame, doc) => {
  const address = frame.getAttribute(frame.localName === 'object' ? 'data' : 'src') ?? '';
  return address !== '' && address !== 'about:blank' && doc.URL === 'about:blank';
};

/**
 * documents lists the top document and those of all frames of its origin.
 * @returns {Document[]}
 */
export function documents() {
  const docs = [document];
  for (let i = 0; i < docs.length; i++) {
    for (const f of queryAll(docs[i], framing)) {
      const doc = documentIn(f);
      if (doc) docs.push(doc);
    }
  }
  return docs;
}

/**
 * How long, in ms, a document may take from the first byte of its answer until its end is there. One that takes longer,
 * held up by a script that does not come, is taken as it stands, and so is a page of which one after the other takes
 * long.
 */
export const arrivalBound = 3000;

/**
 * arriving says that a document of the page has not come to its end: what is not in it may yet come.
 * @returns {boolean}
 */
export const arriving = () => documents().some((doc) => {
  if (doc.readyState !== 'loading' || !doc.defaultView) return false;
  const { performance } = doc.defaultView;
  const answered = /** @type {any} */ (performance.getEntriesByType('navigation')[0])?.responseStart || 0;
  return performance.now() - answered < arrivalBound;
});
