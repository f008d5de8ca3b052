// What a person reads at an element.
import { writes } from './candidate.js';
import { bare, norm } from './text.js';

/**
 * valueOf is what a person reads there: a field's value, a select's chosen words, an attribute, or the text.
 * @param {El} el
 * @param {string} [attr]
 * @returns {string}
 */
export function valueOf(el, attr) {
  if (attr) return el.getAttribute(attr) || '';
  if (el.localName === 'select') return norm(el.selectedOptions[0]?.textContent);
  if (el.localName === 'input' || el.localName === 'textarea') return el.value;
  return readable(el);
}

const blocks = /^(block|flow-root|flex|grid|table|table-row|table-cell|table-caption|list-item)$/;

/** @type {(el: Element) => boolean} */
const transformed = (el) => getComputedStyle(el).textTransform !== 'none';

/**
 * readable is the text a person sees in an element, white space folded, as it is stored: innerText would give what CSS
 * text-transform makes of it.
 * @param {El} el
 * @param {(part: El) => boolean} [sign] parts that are left out
 * @returns {string}
 */
export function readable(el, sign) {
  if (el.innerText === undefined) return bare(el.textContent);
  const inner = /** @type {El[]} */ ([...el.querySelectorAll('*')]);
  if (!transformed(el) && !inner.some(transformed) && !(sign && inner.some(sign))) return bare(el.innerText);
  /** @type {string[]} */
  const parts = [];
  /** @param {any} n a node */
  const walk = (n) => {
    if (n.nodeType === 3) {
      if (n.parentElement.checkVisibility({ checkVisibilityCSS: true })) parts.push(n.data);
      return;
    }
    if (n.nodeType !== 1 || /^(script|style|template|noscript)$/.test(n.localName)) return;
    const apart = n.localName === 'br' || blocks.test(getComputedStyle(n).display);
    if (apart) parts.push(' ');
    if (n === el || !sign?.(n)) for (const child of n.childNodes) walk(child);
    if (apart) parts.push(' ');
  };
  walk(el);
  return bare(parts.join(''));
}

/**
 * isSign says that something stands there as a sign: what is hidden from assistive technology, such as the initials
 * of an avatar or the ligature of an icon font, or a link to write to or call somebody.
 * @param {El} el
 */
const isSign = (el) => writes(el) || el.getAttribute('aria-hidden')?.toLowerCase() === 'true';

/**
 * cellText is what a cell says beside signs, or where there is nothing else, what they say.
 * @param {El} el
 * @returns {string}
 */
export const cellText = (el) => readable(el, isSign) || readable(el);
