// Hovering: the mouse is moved to an element and rests there.
import { describe } from './describe.js';
import { Miss } from './miss.js';
import { boxOf, sameBox } from './point.js';
import { lasting, ready } from './press.js';
import { frame, pause } from './time.js';

/**
 * What the mouse was moved to last.
 * @type {El | null}
 */
let hovered = null;

/**
 * prepareHover waits (at most req.wait ms) until an element can be pointed at, and returns where.
 * @param {PressRequest} req
 * @returns {Promise<Point | Missed>}
 */
export async function prepareHover(req) {
  const end = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const r = await ready(req, round);
    if (!(r instanceof Miss)) {
      hovered = r.el;
      return r.point;
    }
    if (lasting.includes(r.kind) && round > 2 || performance.now() >= end) return { miss: r };
    await pause(Math.min(100, round * 20));
  }
}

/**
 * rests says whether the mouse rests on the element: it has been over it for two frames in which nothing moved.
 * @returns {Promise<{ rests: boolean } | Missed>}
 */
export async function rests() {
  const el = hovered;
  if (!el) return { miss: new Miss('replaced', 'the page was replaced') };
  const before = boxOf(el);
  for (let n = 0; n < 2; n++) {
    await frame();
    if (!el.isConnected) return { miss: new Miss('replaced', `${describe(el)} was replaced`) };
    if (!el.matches(':hover')) return { miss: new Miss('missed', `the mouse is not over ${describe(el)}`) };
  }
  if (!sameBox(before, boxOf(el))) return { miss: new Miss('missed', `${describe(el)} moved under the mouse`) };
  return { rests: true };
}
