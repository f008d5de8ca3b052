// Scrolling: an element is brought into view, or what scrolls it to its beginning or end, and is left at rest.
import { describe } from './describe.js';
import { scrollerOf } from './list.js';
import { Miss } from './miss.js';
import { boxOf, sameBox } from './point.js';
import { lasting } from './press.js';
import { resolve } from './resolve.js';
import { frame, pause } from './time.js';

/** A list that loads more when its end is seen has come to rest when it has stood at it for this long. */
const rest = 500; // ms

/**
 * inView says whether a part of an element lies within everything that cuts it off, up to the top window.
 * @param {El} el
 * @returns {Promise<boolean>}
 */
const inView = (el) => new Promise((done) => {
  const observer = new IntersectionObserver((entries) => answer(entries.some((e) => e.intersectionRatio > 0)));
  /** @param {boolean} seen */
  const answer = (seen) => { observer.disconnect(); done(seen); };
  observer.observe(el);
  setTimeout(() => answer(false), 1000);
});

/**
 * intoView makes one try.
 * @param {El} el
 * @returns {Promise<Miss | null>}
 */
async function intoView(el) {
  el.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  await frame();
  const before = boxOf(el);
  await frame();
  if (!el.isConnected) return new Miss('replaced', `${describe(el)} was replaced while it was scrolled to`);
  if (!sameBox(before, boxOf(el))) return new Miss('moving', `${describe(el)} is moving`);
  return await inView(el) ? null : new Miss('outside', `${describe(el)} cannot be scrolled into view`);
}

/**
 * toEnd scrolls as far as it goes, also where more comes then.
 * @param {El} el
 * @param {boolean} down
 * @param {number} end
 * @returns {Promise<Miss | null>}
 */
async function toEnd(el, down, end) {
  const scroller = scrollerOf(el);
  let last = '', since = performance.now();
  for (;;) {
    scroller.scrollTo({ top: down ? scroller.scrollHeight : -scroller.scrollHeight, behavior: 'instant' });
    await frame();
    if (!scroller.isConnected) return new Miss('replaced', `${describe(el)} was replaced while it was scrolled`);
    const now = `${scroller.scrollTop} ${scroller.scrollHeight}`;
    if (now !== last) { last = now; since = performance.now(); }
    if (performance.now() - since >= rest) return null;
    if (performance.now() >= end) return new Miss('busy', `${describe(el)} grows whenever its end is seen`);
    await pause(20);
  }
}

/**
 * bring scrolls a target into view, or what scrolls it (itself, or the nearest thing around it) to its top or bottom.
 * @param {BringRequest} req
 * @returns {Promise<{ at: string } | Missed>}
 */
export async function bring(req) {
  const end = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const found = resolve(req.target);
    let wrong = found instanceof Miss ? found : null;
    if (!(found instanceof Miss)) {
      const toView = req.to === 'into-view';
      wrong = toView ? await intoView(found.el) : await toEnd(found.el, req.to === 'bottom', end);
    }
    if (!wrong) return { at: req.to };
    if (lasting.includes(wrong.kind) && round > 2 || performance.now() >= end) return { miss: wrong };
    await pause(Math.min(100, round * 20));
  }
}
