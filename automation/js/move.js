// A panel is moved with the pointer, by its head.
import { set } from './overlay.js';

/** @typedef {{ at: Kept | null, folded: boolean }} Moved */

/** @type {(el: Element | null, e: PointerEvent) => boolean} */
const within = (el, e) => {
  const q = el?.getBoundingClientRect();
  return Boolean(q && e.clientX >= q.left && e.clientX < q.right && e.clientY >= q.top && e.clientY < q.bottom);
};

/**
 * grab begins to move the panel, where the pointer is on its head and on none of the head's buttons.
 * @param {Moved} p
 * @param {Surface} s
 * @param {PointerEvent} e
 * @returns {boolean}
 */
export function grab(p, s, e) {
  const { box } = s, head = box.querySelector('.head'), r = box.getBoundingClientRect();
  if (!within(head, e) || [...box.querySelectorAll('.head button')].some((b) => within(b, e))) return false;
  const dx = e.clientX - r.left, dy = e.clientY - r.top, done = new AbortController();
  head?.setPointerCapture(e.pointerId); // also over a frame
  const move = (/** @type {PointerEvent} */ m) => {
    if (!(m.buttons & 1)) return done.abort();
    moveTo(p, s, m.clientX - dx, m.clientY - dy);
  };
  window.addEventListener('pointermove', move, { capture: true, signal: done.signal });
  return true;
}

/** @type {(p: Moved, s: Surface, x: number, y: number) => void} */
export function moveTo(p, s, x, y) {
  const { box } = s;
  x = Math.max(0, Math.min(x, window.innerWidth - box.offsetWidth));
  y = Math.max(0, Math.min(y, window.innerHeight - 48));
  p.at = { x, y, folded: p.folded };
  set(box, { left: x, top: y });
  for (const side of ['right', 'bottom']) box.style.setProperty(side, 'auto');
}
