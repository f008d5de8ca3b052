// What a person can see of an element.
import { parentOf } from './tree.js';

/**
 * drawn says that an element has a box of its own which styling does not hide.
 * @param {El} el
 * @returns {boolean}
 */
export const drawn = (el) => {
  if (!el.isConnected || !el.checkVisibility({ checkVisibilityCSS: true })) return false;
  const r = el.getBoundingClientRect();
  return r.width > 0 && r.height > 0;
};

/**
 * visible says that a person can see an element, if need be after scrolling.
 * @param {El} el
 * @returns {boolean}
 */
export const visible = (el) => {
  if (el.localName === 'option') { // drawn by the system, not the page
    const list = el.closest('select');
    return Boolean(list) && visible(list);
  }
  return drawn(el) && (el.matches('input, select, textarea, button') || !outOfSight(el));
};

/**
 * hides says that an element's own styling lets nothing of it be seen, or cuts what lies in it down to a pixel.
 * @param {El} p
 * @param {CSSStyleDeclaration} style
 * @param {boolean} itself
 * @returns {boolean}
 */
function hides(p, style, itself) {
  if (style.clip === 'rect(0px, 0px, 0px, 0px)' || /^inset\((50|100)%/.test(style.clipPath)) return true;
  if (p.matches('html, body') || style.display === 'inline' || style.display === 'contents') return false;
  if (!itself && !/hidden|clip/.test(style.overflowX + style.overflowY)) return false;
  return p.offsetWidth <= 1 || p.offsetHeight <= 1;
}

/**
 * outOfSight finds what is drawn and yet never seen: left of or above everything that can be scrolled to, or cut down
 * to a pixel, as texts for screen readers are. A control is not asked: a label may stand for a box that is hidden like
 * this.
 * @param {El} el
 * @returns {boolean}
 */
function outOfSight(el) {
  const box = el.getBoundingClientRect();
  let right = box.right, bottom = box.bottom, position = 'static', rightToLeft = false;
  for (let p = /** @type {El | null} */ (el); p; p = parentOf(p)) {
    if (p.nodeType !== 1) continue;
    const style = getComputedStyle(p);
    // What is positioned is cut and scrolled by the positioned elements around it only.
    const contains = position !== 'fixed'
      && (position !== 'absolute' || style.position !== 'static' || p.matches('html'));
    if (contains && hides(p, style, p === el)) return true;
    if (contains && p !== el) { right += p.scrollLeft; bottom += p.scrollTop; }
    rightToLeft ||= style.direction === 'rtl';
    if (contains) position = style.position;
  }
  return (right <= 0 && !rightToLeft) || bottom <= 0;
}
