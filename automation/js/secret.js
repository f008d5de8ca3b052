// Secrets: what of a page must not be in a picture or a file of it.
import { docOf, queryAll } from './tree.js';

/**
 * A field into which a secret was typed bears data-billagent-secret; the others are secret by the platform's own word.
 */
export const secretFields = 'input[type=password],input[autocomplete=one-time-code],'
  + 'input[autocomplete=current-password],[data-billagent-secret]';

/** longNumber is what may be a bank account or a card: seven digits or more, with blanks or hyphens between them. */
export const longNumber = /\d(?:[ -]?\d){6,}/g;
const address = /[^\s<>()"',;:]+@[^\s<>()"',;:]+\.[^\s<>()"',;:]+/g;

/** tokenName is how what keeps a session is named. */
export const tokenName = /csrf|xsrf|token|secret|nonce|ticket|session/i;

/**
 * textsOf lists the texts below a root.
 * @param {Root} root
 * @returns {Text[]}
 */
export function textsOf(root) {
  const walker = docOf(root).createTreeWalker(root, NodeFilter.SHOW_TEXT), out = [];
  while (walker.nextNode()) {
    const text = /** @type {Text} */ (walker.currentNode);
    if (!/^(SCRIPT|STYLE)$/.test(text.parentElement?.tagName || '')) out.push(text);
  }
  return out;
}

/**
 * othersIn finds the rows that bear an address and none of those to keep. A row is what tables, lists and grids call
 * one.
 * @param {Root} root
 * @param {string[]} keep
 * @returns {Element[]}
 */
export function othersIn(root, keep) {
  const known = keep.map((k) => k.toLowerCase());
  const rows = new Map(); // to whether somebody to keep is in it
  for (const text of textsOf(root)) {
    const found = text.data.match(address);
    if (!found) continue;
    const holder = /** @type {Element} */ (text.parentElement);
    const row = holder.closest('tr,[role=row],li,[role=listitem],article') || holder;
    rows.set(row, rows.get(row) || found.some((a) => known.includes(a.toLowerCase())));
  }
  return [...rows].filter(([, kept]) => !kept).map(([row]) => row);
}

/**
 * secretsIn finds what is to be unreadable in a root: long numbers as ranges of its text, and elements.
 * @param {Root} root
 * @param {Masking} asked
 * @returns {{ ranges: Range[], elements: Element[] }}
 */
export function secretsIn(root, { others, keep }) {
  const ranges = [], doc = docOf(root);
  for (const text of textsOf(root)) {
    for (const m of text.data.matchAll(longNumber)) {
      const range = doc.createRange();
      range.setStart(text, m.index);
      range.setEnd(text, m.index + m[0].length);
      ranges.push(range);
    }
  }
  const elements = others ? othersIn(root, keep ?? []) : [];
  for (const el of queryAll(root, 'input,textarea')) {
    if (el.value && el.value.search(longNumber) >= 0) elements.push(el);
  }
  return { ranges, elements };
}
