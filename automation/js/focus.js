// The focus.
import { shadowOf } from './shadow.js';

/**
 * deepActive is the element with the focus, in frames and shadow roots, too.
 * @returns {El | null}
 */
export const deepActive = () => {
  let doc = /** @type {Document | null} */ (document), el = /** @type {El | null} */ (document.activeElement);
  for (;;) {
    const inner = /** @type {El | null | undefined} */ (el && shadowOf(el)?.activeElement);
    if (inner) { el = inner; continue; }
    if (!el || (el.localName !== 'iframe' && el.localName !== 'frame')) return el;
    try { doc = el.contentDocument; } catch { return el; /* another origin */ }
    if (!doc?.activeElement) return el;
    el = /** @type {El} */ (doc.activeElement);
  }
};
