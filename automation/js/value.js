// What a person reads at an element.
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
 * @returns {string}
 */
export function readable(el) {
  if (el.innerText === undefined) return bare(el.textContent);
  if (!transformed(el) && ![...el.querySelectorAll('*')].some(transformed)) return bare(el.innerText);
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
    for (const child of n.childNodes) walk(child);
    if (apart) parts.push(' ');
  };
  walk(el);
  return bare(parts.join(''));
}
