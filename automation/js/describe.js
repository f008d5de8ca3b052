import { norm } from './text.js';

const told = ['id', 'name', 'type', 'role', 'aria-label', 'data-testid', 'href'];

/**
 * describe names an element for a person, without the values typed into it.
 * @param {El | null} el
 * @returns {string}
 */
export function describe(el) {
  if (!el || el.nodeType !== 1) return String(el && el.nodeName);
  const said = told.filter((a) => el.hasAttribute(a)).map((a) => {
    const value = /** @type {string} */ (el.getAttribute(a));
    return ` ${a}="${(a === 'href' ? value.replace(/[?#].*/, '') : value).slice(0, 60)}"`;
  });
  const text = norm(el.localName === 'select' ? '' : el.textContent).slice(0, 40);
  return `<${el.localName}${said.join('')}>${text}`;
}
