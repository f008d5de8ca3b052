// Controls: whether they can be used, and whether they are on.
import { parentOf } from './tree.js';

/**
 * disabled follows the platform: the control itself, a disabled fieldset around it, or aria-disabled on it or above it.
 * @param {El} el
 * @returns {boolean}
 */
export function disabled(el) {
  if (el.matches(':disabled')) return true;
  for (let p = /** @type {El | null} */ (el); p; p = parentOf(p)) {
    if (p.nodeType === 1 && p.getAttribute('aria-disabled') === 'true') return true;
  }
  return false;
}

/** @type {(el: El) => boolean} */
const ticked = (el) => el.type === 'checkbox' || el.type === 'radio';

/** @type {(el: El) => boolean} */
export const isChecked = (el) => (ticked(el) ? el.checked : el.getAttribute('aria-checked') === 'true');

/**
 * pressed says whether a check box, switch or toggle is on.
 * @param {El} el
 * @returns {boolean}
 */
export function pressed(el) {
  if (ticked(el)) return el.checked;
  return ['aria-checked', 'aria-pressed', 'aria-selected'].some((a) => el.getAttribute(a) === 'true');
}
