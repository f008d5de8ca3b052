// Acting: an element is acted on only when it is the one, visible, still, enabled and hit.
import { handOverFirst, unasked } from './closed.js';
import { disabled } from './control.js';
import { describe } from './describe.js';
import { arm, pointerEvents } from './guard.js';
import { keyed } from './key.js';
import { Miss } from './miss.js';
import { animated, pointInMotion } from './motion.js';
import { boxOf, follows, pointOf, reaches, sameBox, topmost } from './point.js';
import { agreed, resolve, saying } from './resolve.js';
import { rosterOf } from './roster.js';
import { rowByKey } from './table.js';
import { frame, pause } from './time.js';

/**
 * find1 resolves what an action is about: the row first where there is one, then the target in it.
 * @param {PressRequest} req
 * @returns {Found | Miss}
 */
function find1(req) {
  if (!req.row) return req.says ? saying(req.target, req.says) : resolve(req.target);
  const row = rowByKey(req.row.table, req.row.equals);
  if (row instanceof Miss) return row;
  const found = resolve(req.target, row.el);
  if (!(found instanceof Miss)) found.readKey = row.readKey;
  return found;
}

/** @type {ScrollIntoViewOptions[]} */
const alignments = [
  { block: 'center', inline: 'center' }, { block: 'end', inline: 'end' }, { block: 'start', inline: 'start' },
];

/**
 * still looks at an element in two frames and returns where it can be pressed, or why it cannot.
 * @param {PressRequest} req
 * @param {El} el
 * @param {number} round
 * @returns {Promise<{ point: Point, readKey?: () => string | null } | Miss>}
 */
async function still(req, el, round) {
  const before = boxOf(el);
  const inTime = await frame();
  const again = find1(req);
  if (again instanceof Miss) return again;
  if (again.el !== el || !el.isConnected) return new Miss('replaced', `${describe(el)} was replaced while looked at`);
  if (animated(el)) return new Miss('moving', `${describe(el)} is being animated`);
  const scroll = () => el.scrollIntoView({ behavior: 'instant', ...alignments[round % alignments.length] });
  if (!sameBox(before, boxOf(el))) {
    const point = await pointInMotion(el), since = find1(req);
    if (point && !(since instanceof Miss) && since.el === el) return { point, readKey: since.readKey };
    if (!pointOf(el)) scroll();
    return new Miss('moving', `${describe(el)} is moving`);
  }
  if (!inTime && el.ownerDocument.getAnimations().some((a) => a.playState === 'running')) {
    return new Miss('moving', `${describe(el)} may be moving: no frame was drawn`);
  }
  let point = pointOf(el);
  if (!point || round > 0) {
    scroll();
    point = pointOf(el);
  }
  if (!point) return new Miss('outside', `${describe(el)} cannot be scrolled into view`);
  return { point, readKey: again.readKey };
}

/**
 * ready makes one try at everything that must hold before an element is acted on.
 * @param {PressRequest} req
 * @param {number} round
 * @returns {Promise<Ready | Miss>}
 */
export async function ready(req, round) {
  const found = find1(req);
  if (found instanceof Miss) return found;
  const el = found.el, tried = found.tried;
  if (req.agree) { const m = agreed(req.target, found); if (m && !req.row) return m; }
  if (disabled(el)) return new Miss('disabled', `${describe(el)} is disabled`, { tried });
  if (req.editable && (el.readOnly || el.getAttribute('aria-readonly') === 'true')) {
    return new Miss('readonly', `${describe(el)} is read-only`, { tried });
  }
  if (req.editable && el.localName === 'select') {
    const said = `${describe(el)} is a select element: nothing is typed into it, choose from it`;
    return new Miss('readonly', said, { tried });
  }
  const at = await still(req, el, round);
  if (at instanceof Miss) return at;
  const hit = topmost(at.point.x, at.point.y);
  if (!hit || !reaches(hit, el)) {
    const deaf = getComputedStyle(el).pointerEvents === 'none';
    const why = deaf ? 'takes no pointer events: what is pressed there is' : 'is covered by';
    return new Miss('covered', `${describe(el)} ${why} ${describe(hit)}`);
  }
  /** @type {Key} */
  const key = { under: req.under, who: req.key, entered: req.entered, place: req.place };
  if (req.row) {
    const { equals, table } = req.row;
    key.row = { read: /** @type {() => string | null} */ (at.readKey), equals, fold: table.table.fold };
  }
  const wrong = keyed(key, el);
  return wrong ?? { el, point: at.point, key };
}

/**
 * objection says why an event that hit something may not pass.
 * @param {Ready} r
 * @param {El} hit
 * @param {string} type
 * @returns {Miss | null}
 */
function objection(r, hit, type) {
  if (!r.el.isConnected) return new Miss('replaced', `${describe(r.el)} was replaced`);
  const anywhere = !r.key.row && !r.key.place;
  if (!reaches(hit, r.el) && !follows(hit, type, r.el, anywhere)) {
    return new Miss('missed', `the event reached ${describe(hit)}`);
  }
  if (disabled(r.el)) return new Miss('disabled', `${describe(r.el)} became disabled`);
  return keyed(r.key, r.el);
}

/**
 * What several matches are, and a frame that cannot be looked into, does not change by waiting. Whom a page shows may:
 * the one before is sometimes shown for a moment.
 */
export const lasting = ['ambiguous', 'foreign-frame'];

/**
 * prepare waits (at most req.wait ms) until an element may be clicked, then arms the guard and returns the point.
 * @param {PressRequest} req
 * @returns {Promise<{ token: string, x: number, y: number } | Missed | string>}
 */
export async function prepare(req) {
  const end = performance.now() + req.wait, pauses = [0, 20, 100, 100, 500];
  if (req.people) req.place = { roster: rosterOf(req.people), alone: !req.others };
  for (let round = 0; ; round++) {
    const r = await ready(req, round);
    if (!(r instanceof Miss)) {
      if (req.agree && unasked()) return handOverFirst;
      return { token: arm({ here: !req.agree }, pointerEvents, (hit, type) => objection(r, hit, type)), ...r.point };
    }
    if (lasting.includes(r.kind) && round > 2 || performance.now() >= end) return { miss: r };
    await pause(Math.min(pauses[Math.min(round, pauses.length - 1)], Math.max(0, end - performance.now())));
  }
}
