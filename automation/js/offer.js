// Pickers that a page draws itself: what their options say, also where only those in view are drawn.
import { atBottom, nextPos } from './list.js';
import { Miss } from './miss.js';
import { matches, resolve } from './resolve.js';
import { norm } from './text.js';
import { frame, pause } from './time.js';
import { insideOf, parentOf } from './tree.js';
import { valueOf } from './value.js';

/** What a list draws for another position, it has drawn after this long, or it draws the same. */
const drawing = 300; // ms

/**
 * listScroller finds what scrolls options and not the picker itself: neither the page nor the form it stands in.
 * @param {El} option
 * @param {El | null} picker
 * @returns {El | null}
 */
function listScroller(option, picker) {
  for (let p = /** @type {El | null} */ (option); p; p = parentOf(p)) {
    if (p.nodeType !== 1 || p.matches('html,body')) continue;
    if (picker && insideOf(picker, p)) return null;
    if (p.scrollHeight > p.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(p).overflowY)) return p;
  }
  return null;
}

/** @type {(t: Target) => string[]} */
const wordsOf = (t) => matches(t).els.map((el) => norm(valueOf(el)));

/**
 * moveOn scrolls a list to its top or by less than what is in view, and waits until other options are drawn.
 * @param {OfferRequest} req
 * @param {El} list
 */
async function moveOn(req, list) {
  const before = wordsOf(req.target).join('\n'), end = performance.now() + drawing;
  list.scrollTo({ top: req.scroll === 'top' ? 0 : nextPos(list), behavior: 'instant' });
  do {
    await frame();
    await pause(0);
  } while (wordsOf(req.target).join('\n') === before && performance.now() < end);
}

/**
 * offered tells what the options say that are drawn now, or after a scroll, and how many of them say what is wanted.
 * @param {OfferRequest} req
 * @returns {Promise<OfferAnswer | Missed>}
 */
export async function offered(req) {
  const picker = resolve(req.picker);
  const first = matches(req.target);
  if (first.miss) return { miss: first.miss };
  const list = first.els.length ? listScroller(first.els[0], picker instanceof Miss ? null : picker.el) : null;
  if (list && req.scroll) await moveOn(req, list);
  const words = wordsOf(req.target), wanted = norm(req.option);
  return {
    equal: words.filter((w) => w === wanted).length, words, scrolls: Boolean(list),
    top: !list || list.scrollTop <= 0, end: !list || atBottom(list),
  };
}
