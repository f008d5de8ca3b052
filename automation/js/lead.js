// Frames: one is led to another address.
import { Miss } from './miss.js';
import { resolve } from './resolve.js';
import { frame } from './time.js';

/**
 * lead has a frame of the page load an address of the page's own origin, and waits until it has begun to show it.
 * @param {LeadRequest} req
 * @returns {Promise<Partial<Missed>>}
 */
export async function lead({ target, address, wait }) {
  const end = performance.now() + wait, found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  const el = /** @type {HTMLIFrameElement} */ (/** @type {unknown} */ (found.el)), before = el.contentDocument;
  if (!el.contentWindow || !before) return { miss: new Miss('missing', 'it is no frame of the page\'s own origin') };
  const wanted = new URL(address, el.ownerDocument.location.href);
  if (wanted.origin !== el.ownerDocument.location.origin) {
    return { miss: new Miss('missing', 'the address is of another origin') };
  }
  el.contentWindow.location.assign(wanted.href);
  for (;;) {
    await frame();
    const now = el.contentDocument;
    if (now && now !== before && now.location.href === wanted.href) return {};
    if (performance.now() >= end) return { miss: new Miss('busy', 'the frame does not show the address') };
  }
}

/**
 * addressOf is the address of the document that a target is in.
 * @param {TargetRequest} req
 * @returns {{ address: string } | Missed}
 */
export function addressOf({ target }) {
  const found = resolve(target);
  return found instanceof Miss ? { miss: found } : { address: found.el.ownerDocument.location.href };
}
