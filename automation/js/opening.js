// Windows that a click would open.
import { documents, parentOf } from './tree.js';

/**
 * opensWindow says that a name of a browsing context is that of none there is, so that the browser would open one.
 * @param {string | null | undefined} name
 * @returns {boolean}
 */
const opensWindow = (name) => Boolean(name) && !/^_(self|parent|top)$/i.test(/** @type {string} */ (name))
  && !documents().some((d) => d.defaultView?.name === name);

const opener = 'a[href],area[href],button,input[type=submit],input[type=image]';

/**
 * openHere has a link or a form that is about to open another window open in this one.
 * @param {El} hit
 */
export function openHere(hit) {
  let el = /** @type {El | null} */ (hit);
  while (el && !(el.nodeType === 1 && el.matches(opener))) el = parentOf(el);
  if (!el) return;
  const pressed = el;
  const link = pressed.matches('a,area'), attribute = link ? 'target' : 'formtarget';
  const own = pressed.getAttribute(attribute) ?? (link ? null : pressed.form?.getAttribute('target'));
  const base = /** @type {El | null} */ (pressed.ownerDocument.querySelector('base[target]'));
  if (!opensWindow(own ?? base?.target)) return;
  const before = pressed.getAttribute(attribute);
  pressed.setAttribute(attribute, '_self'); // in the frame it stands in, which is where a flow goes on
  setTimeout(() => {
    if (before === null) pressed.removeAttribute(attribute); else pressed.setAttribute(attribute, before);
  });
}
