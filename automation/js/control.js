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
export const ticked = (el) => el.type === 'checkbox' || el.type === 'radio';

/** @type {(box: El) => boolean} */
const seen = (box) => box.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });

/**
 * boxBehind is the check box or radio button that an element stands for: its label's, where the box is not drawn.
 * @param {El} el
 * @returns {El | null}
 */
export function boxBehind(el) {
  const label = el.closest('label'), box = /** @type {El | null | undefined} */ (label?.control);
  if (!box || label.contains(el.closest('a,button,input,select,textarea'))) return null; // ticks nothing
  return box !== el && ticked(box) && !seen(box) ? box : null;
}

const states = ['aria-checked', 'aria-pressed', 'aria-selected'];

/**
 * isChecked says whether a check box, switch, toggle button or choice of a set is on. Of what it says of itself the
 * first counts: what is selected is not always checked. What says nothing may stand for a box.
 * @param {El} el
 * @returns {boolean}
 */
export function isChecked(el) {
  if (ticked(el)) return el.checked;
  const said = states.find((a) => el.hasAttribute(a));
  return said ? el.getAttribute(said) === 'true' : Boolean(boxBehind(el)?.checked);
}
