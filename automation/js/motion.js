// What moves.
import { middleOf } from './point.js';
import { frame } from './time.js';
import { parentOf } from './tree.js';

const watched = 500; // ms

/**
 * An element that never stands still, such as a pulsing button, is pressed where it has been all the while.
 * @param {El} el
 * @returns {Promise<Point | null>}
 */
export async function pointInMotion(el) {
  const end = performance.now() + watched;
  const common = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  while (performance.now() < end) {
    const r = el.getBoundingClientRect();
    common.left = Math.max(common.left, r.left);
    common.top = Math.max(common.top, r.top);
    common.right = Math.min(common.right, r.right);
    common.bottom = Math.min(common.bottom, r.bottom);
    if (!await frame() || !el.isConnected) return null;
  }
  return middleOf(el, common.left, common.top, common.right, common.bottom);
}

const soon = 5000; // ms

/**
 * animated says that an animation which soon ends still has an element or what holds it. While a machine is busy two
 * frames may be drawn in which it has not begun to move yet. One that has no end, or a far one, is left to the boxes.
 * @param {El} el
 * @returns {boolean}
 */
export function animated(el) {
  for (let p = /** @type {El | null} */ (el); p; p = parentOf(p)) {
    for (const a of p.getAnimations?.() ?? []) {
      if (a.playState !== 'running' || !a.effect) continue;
      const left = Number(a.effect.getComputedTiming().endTime) - Number(a.currentTime ?? 0);
      if (left > 0 && left < soon) return true;
    }
  }
  return false;
}
