// What belongs to a list: its filters and its counter.
import { isChecked } from './control.js';
import { Miss } from './miss.js';
import { resolve } from './resolve.js';
import { visible } from './sight.js';
import { norm } from './text.js';
import { pause } from './time.js';
import { valueOf } from './value.js';

/**
 * countShown is what the page says of how many rows there are in all. What that means is for the caller to say.
 * @param {ListRequest} req
 * @returns {string | null}
 */
export function countShown(req) {
  if (!req.counter) return null;
  const found = resolve(req.counter);
  return found instanceof Miss ? null : valueOf(found.el);
}

/**
 * counted waits a while for a counter that comes later than the rows.
 * @param {ListRequest} req
 */
export async function counted(req) {
  const end = performance.now() + Math.min(req.wait, req.counterWait || 0);
  while (req.counter && !/\d/.test(countShown(req) || '') && performance.now() < end) await pause(25);
}

/**
 * filterNow says whether a filter is as it should be: holds, or what it is instead.
 * @param {Filter} f
 * @returns {string}
 */
function filterNow(f) {
  const found = resolve(f.target);
  if (f.empty) {
    if (found instanceof Miss) return ['missing', 'hidden'].includes(found.kind) ? 'holds' : found.detail;
    const says = valueOf(found.el);
    return visible(found.el) && norm(says) !== '' ? `it says "${says}"` : 'holds';
  }
  if (found instanceof Miss) return found.kind === 'missing' ? 'absent' : found.detail;
  if (f.on !== undefined) {
    if (isChecked(found.el) === f.on) return 'holds';
    return `it is ${f.on ? 'off' : 'on'}`;
  }
  const says = valueOf(found.el);
  return norm(says) === norm(f.equals) ? 'holds' : `it says "${says}"`;
}

/** @type {(req: ListRequest) => string[]} */
export const filtersNow = (req) => (req.filters || []).map(filterNow);
