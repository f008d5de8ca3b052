// What is there now, for waits and conditions.
import { find } from './candidate.js';
import { disabled, isChecked } from './control.js';
import { describe } from './describe.js';
import { Miss } from './miss.js';
import { matches, resolve, shown } from './resolve.js';
import { visible } from './sight.js';
import { pause } from './time.js';
import { arrivalBound, arriving } from './tree.js';
import { valueOf } from './value.js';

/**
 * stateOf says what of a target is there now.
 * @param {Target} t
 * @returns {State}
 */
export function stateOf(t) {
  const m = matches(t), { tried } = m;
  if (m.miss) return { state: m.miss.kind === 'missing' ? 'absent' : m.miss.kind, detail: m.miss.detail, tried };
  if (!m.els.length) return { state: m.hidden ? 'hidden' : 'absent', tried };
  if (m.els.length > 1) return { state: 'several', detail: m.els.slice(0, 5).map(describe).join(' | '), tried };
  return { state: disabled(m.els[0]) ? 'disabled' : 'visible', text: valueOf(m.els[0]).slice(0, 500), tried };
}

/**
 * early says that a target has not come to be where it is looked for, in a page that has not come to its end.
 * @type {(s: State) => boolean}
 */
const early = (s) => s.state === 'absent' && arriving();

/**
 * look reports the states of several targets at once, waiting at most `wait` ms until one of them has a state in
 * `until`. What is not there in a page that is still arriving is not called absent.
 * @param {LookRequest} req
 * @returns {Promise<LookAnswer>}
 */
export async function look({ targets, until, wait }) {
  const begun = performance.now(), end = begun + (wait || 0);
  for (;;) {
    const states = targets.map(stateOf);
    const hit = until ? states.findIndex((s) => until.includes(s.state) && !early(s)) : 0;
    const looked = performance.now() - begun;
    const over = until ? hit >= 0 || performance.now() >= end : looked >= arrivalBound || !states.some(early);
    if (over) return { hit, states, url: location.href, title: document.title };
    // What does not come soon is looked for less often.
    await pause(Math.min(100, 25 + looked / 20));
  }
}

/**
 * recognise says which sets of conditions hold: each condition is a list of candidates of which one must be visible. A
 * page that is still arriving is waited for: its beginning may look like an older version's.
 * @param {{ sets: Candidate[][][] }} req
 * @returns {Promise<boolean[]>}
 */
export async function recognise({ sets }) {
  for (const end = performance.now() + arrivalBound; arriving() && performance.now() < end;) await pause(25);
  /** @type {(c: Candidate) => boolean} */
  const holds = (c) => find(shown, c).some((el) => c.css || visible(el));
  return sets.map((conditions) => conditions.every((cands) => cands.some(holds)));
}

/**
 * read returns what one target says.
 * @param {ReadRequest} req
 * @returns {{ value: string } | Missed}
 */
export function read({ target, attr }) {
  const found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  return { value: valueOf(found.el, attr) };
}

/**
 * texts returns what every match of a target says.
 * @param {TargetRequest} req
 * @returns {{ values: string[], miss?: Miss }}
 */
export function texts({ target }) {
  const m = matches(target);
  return { values: m.els.map((el) => valueOf(el)), miss: m.miss };
}

/**
 * checkedState says whether a check box, radio button or switch is on.
 * @param {TargetRequest} req
 * @returns {{ checked: boolean } | Missed}
 */
export const checkedState = ({ target }) => {
  const found = resolve(target);
  return found instanceof Miss ? { miss: found } : { checked: isChecked(found.el) };
};
