// What is framed and cannot be read: a person sees what is in it, and no script does.
import { visible } from './sight.js';
import { documentIn, framing, queryAll, toCome } from './tree.js';

/**
 * foreignFrames lists the elements below a root in which something may be shown that cannot be masked: what cannot be
 * read, and drawings: the colour of a text in them cannot be changed.
 * @param {Root} root
 * @returns {El[]}
 */
export const foreignFrames = (root) => queryAll(root, framing).filter((f) => !documentIn(f)?.body);

/** The least width and height, in px, in which anybody's name can be read: counters of visits are smaller. */
const leastSide = 8;

/** @type {(el: El) => boolean} */
function legible(el) {
  const r = el.getBoundingClientRect();
  return r.width >= leastSide && r.height >= leastSide && visible(el) && el.checkVisibility({ checkOpacity: true });
}

/**
 * isUnread says that an element shows a document that cannot be read. A picture is none, nor is what is drawn in the
 * place of one.
 * @param {El} el
 * @returns {boolean}
 */
export function isUnread(el) {
  if (!el.matches(framing) || !legible(el)) return false;
  if (/^image\/(?!svg)/.test(el.type ?? '')) return false;
  if (el.localName === 'object' && [...el.children].some((c) => c.checkVisibility())) return false;
  const doc = documentIn(el), lazy = el.getAttribute('loading') === 'lazy'; // such a one may stay empty
  return !doc || !lazy && toCome(el, doc);
}
