// Shadow roots. A script sees the open ones. The closed ones are handed over by the browser, as far as it was asked.

/** @type {WeakMap<Node, ShadowRoot>} */
const closedRoots = new WeakMap();

/**
 * shadowOf is an element's shadow root: an open one, or a closed one that was handed over.
 * @param {Node} el
 * @returns {ShadowRoot | null}
 */
export const shadowOf = (el) => /** @type {El} */ (el).shadowRoot ?? closedRoots.get(el) ?? null;

/**
 * handOver takes closed shadow roots, and says how many.
 * @param {ShadowRoot[]} roots
 */
export function handOver(roots) {
  for (const root of roots) closedRoots.set(root.host, root);
  return roots.length;
}

/**
 * hitOf is the element that an input event hits. Of a closed shadow root an event names the host alone: the element is
 * what lies in the root under the pointer, or has the focus there.
 * @param {any} e
 * @returns {El}
 */
export function hitOf(e) {
  let hit = /** @type {El} */ (e.composedPath()[0]);
  for (;;) {
    const root = closedRoots.get(hit);
    const inner = root && (e.clientX === undefined ? root.activeElement : root.elementFromPoint(e.clientX, e.clientY));
    if (!inner || inner.getRootNode() !== root) return hit;
    hit = /** @type {El} */ (inner);
  }
}
