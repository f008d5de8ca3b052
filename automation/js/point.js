// Where an element is: the point of the top window at which it is pressed, and what a person would touch there.
import { boxBehind, ticked } from './control.js';
import { shadowOf } from './shadow.js';
import { insideOf, parentOf } from './tree.js';

/**
 * insetOf says how a frame's own coordinates lie in its parent's: a transform or zoom on the frame, or on what holds
 * it, scales them. The frame's box is measured after that, its layout before.
 * @param {El} f
 * @returns {Inset}
 */
function insetOf(f) {
  const r = f.getBoundingClientRect(), style = getComputedStyle(f), w = /** @type {Window} */ (f.contentWindow);
  const sx = r.width / (f.offsetWidth || 1), sy = r.height / (f.offsetHeight || 1);
  const left = parseFloat(style.paddingLeft) || 0, top = parseFloat(style.paddingTop) || 0;
  const width = f.clientWidth - left - (parseFloat(style.paddingRight) || 0);
  const height = f.clientHeight - top - (parseFloat(style.paddingBottom) || 0);
  return {
    x: r.left + (f.clientLeft + left) * sx,
    y: r.top + (f.clientTop + top) * sy,
    sx: width * sx / (w.innerWidth || width || 1),
    sy: height * sy / (w.innerHeight || height || 1),
  };
}

/** @type {(el: El) => View} */
const viewOf = (el) => /** @type {View} */ (el.ownerDocument.defaultView);

/**
 * topPoint moves a point in an element's own frame to the coordinates of the top window.
 * @param {El} el
 * @param {number} x
 * @param {number} y
 * @returns {Point}
 */
function topPoint(el, x, y) {
  for (let w = /** @type {Window} */ (viewOf(el)); w !== window; w = w.parent) {
    const inset = insetOf(/** @type {El} */ (w.frameElement));
    x = inset.x + x * inset.sx;
    y = inset.y + y * inset.sy;
  }
  return { x, y };
}

/**
 * topmost is what a person would touch at a point of the top window, through frames and shadow roots.
 * @param {number} x
 * @param {number} y
 * @returns {El | null}
 */
export function topmost(x, y) {
  let doc = document;
  for (;;) {
    let el = /** @type {El | null} */ (doc.elementFromPoint(x, y));
    for (let root = el && shadowOf(el); root; root = shadowOf(/** @type {El} */ (el))) {
      const inner = /** @type {El | null} */ (root.elementFromPoint(x, y));
      if (!inner || inner === el) break;
      el = inner;
    }
    if (!el || (el.localName !== 'iframe' && el.localName !== 'frame')) return el;
    let inner = null;
    try { inner = el.contentDocument; } catch { /* another origin */ }
    if (!inner) return el;
    const inset = insetOf(el);
    x = (x - inset.x) / inset.sx;
    y = (y - inset.y) / inset.sy;
    doc = inner;
  }
}

/**
 * @param {El} hit
 * @param {El} el
 * @returns {boolean}
 */
function controls(hit, el) {
  for (let p = /** @type {El | null} */ (hit); p; p = parentOf(p)) {
    if (p.localName === 'label' && p.control === el) return true;
  }
  return false;
}

/**
 * reaches says that what is touched belongs to an element: it lies in it, or in its label, or is the box that the
 * element stands for, laid over it and not seen.
 * @type {(hit: El, el: El) => boolean}
 */
export const reaches = (hit, el) => insideOf(hit, el) || controls(hit, el)
  || ticked(hit) && boxBehind(el) === hit && insideOf(hit, el.closest('label'));

/**
 * follows says that a click is the one by which the browser ticks a box when its label is clicked. A box that is
 * somewhere else than in its label may be in another row.
 * @type {(hit: El, type: string, el: El, elsewhere: boolean) => boolean}
 */
export const follows = (hit, type, el, elsewhere) => type === 'click' && ticked(hit) && controls(el, hit)
  && (elsewhere || insideOf(hit, el.closest('label')));

/** @type {(el: El) => Box} */
export const boxOf = (el) => {
  const r = el.getBoundingClientRect();
  return { x: r.left, y: r.top, w: r.width, h: r.height };
};

/** @type {(a: Box, b: Box) => boolean} */
export const sameBox = (a, b) => a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;

/**
 * middleOf is the middle of the part of a box that lies within an element's window.
 * @param {El} el
 * @param {number} left
 * @param {number} top
 * @param {number} right
 * @param {number} bottom
 * @returns {Point | null}
 */
export function middleOf(el, left, top, right, bottom) {
  const w = viewOf(el);
  left = Math.max(0, left);
  top = Math.max(0, top);
  right = Math.min(w.innerWidth, right);
  bottom = Math.min(w.innerHeight, bottom);
  return right - left >= 1 && bottom - top >= 1 ? topPoint(el, (left + right) / 2, (top + bottom) / 2) : null;
}

/**
 * pointOf chooses the middle of an element's first box that lies within its window.
 * @param {El} el
 * @returns {Point | null}
 */
export function pointOf(el) {
  for (const r of el.getClientRects()) {
    const point = middleOf(el, r.left, r.top, r.right, r.bottom);
    if (point) return point;
  }
  return null;
}

/**
 * topBox is where an element is drawn, in the coordinates of the top window.
 * @param {El} el
 * @returns {Box}
 */
export function topBox(el) {
  const r = el.getBoundingClientRect();
  const from = topPoint(el, r.left, r.top), to = topPoint(el, r.right, r.bottom);
  return { x: from.x, y: from.y, w: to.x - from.x, h: to.y - from.y };
}
