// Keys: one is pressed where the focus has been put and seen. On the way to a commit none presses a button.
import { describe } from './describe.js';
import { deepActive } from './focus.js';
import { arm, pressEvents, typingEvents } from './guard.js';
import { Miss } from './miss.js';
import { lasting, ready } from './press.js';
import { roleOf } from './role.js';
import { pause } from './time.js';
import { insideOf, parentOf } from './tree.js';

/** What Enter presses, of itself or by a script that follows the role. */
const buttons = [
  'button', 'link', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'checkbox', 'radio', 'switch', 'tab',
];

/** Fields whose value the arrow keys and their like change. */
const dials = 'select,input[type=radio],input[type=number],input[type=range],input[type=date],input[type=time],'
  + 'input[type=month],input[type=week],input[type=datetime-local],'
  + '[role=radio],[role=radiogroup],[role=slider],[role=spinbutton]';

/**
 * pressable finds what Enter presses: the element with the focus, something around it, or what it points out instead of
 * itself.
 * @param {El} el
 * @returns {El | null}
 */
function pressable(el) {
  const root = /** @type {Document | ShadowRoot} */ (el.getRootNode());
  const pointed = /** @type {El | null} */ (root.getElementById(el.getAttribute('aria-activedescendant') ?? ''));
  for (const begin of [pointed, el]) {
    for (let p = begin; p; p = parentOf(p)) {
      if (p.nodeType === 1 && (buttons.includes(roleOf(p) ?? '') || p.matches('input[type=file],input[type=color]'))) {
        return p;
      }
    }
  }
  return null;
}

/**
 * beyond says why a key may not be pressed on the way to a commit: Enter would press something, which is for click and
 * commit, and others would change a value, which is for choose, check and fill.
 * @param {El} el what has the focus
 * @param {string} key
 * @returns {Miss | null}
 */
function beyond(el, key) {
  if (key === 'Enter') {
    const hit = pressable(el);
    return hit && new Miss('presses', `Enter would press ${describe(hit)}`);
  }
  if (!/^(Arrow|Home|End|Page)/.test(key) || !el.matches(dials)) return null;
  return new Miss('presses', `${key} would change the value of ${describe(el)}`);
}

/**
 * holder makes one try at putting the focus on the target, and says which element then has it. Without a target it is
 * whatever has it.
 * @param {StrokeRequest} req
 * @param {number} round
 * @returns {Promise<{ el: El, within: El } | Miss>}
 */
async function holder(req, round) {
  if (!req.target) {
    const el = deepActive() ?? /** @type {El} */ (document.documentElement);
    if (el.localName !== 'iframe' && el.localName !== 'frame') return { el, within: el };
    return new Miss('foreign-frame', `${describe(el)} is a frame of another origin and has the focus`);
  }
  const r = await ready({ target: req.target, wait: req.wait }, round);
  if (r instanceof Miss) return r;
  if (!insideOf(deepActive(), r.el)) r.el.focus();
  const el = deepActive();
  if (el && insideOf(el, r.el)) return { el, within: r.el };
  return new Miss('unfocused', `${describe(r.el)} does not take the focus: ${describe(el)} has it`);
}

/**
 * prepareStroke focuses a target and arms a guard that keeps the key from anything else; of a flow that changes
 * something it keeps what the key would press or submit from the page, too.
 * @param {StrokeRequest} req
 * @returns {Promise<{ token: string } | Missed>}
 */
export async function prepareStroke(req) {
  const end = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const at = await holder(req, round);
    if (!(at instanceof Miss)) {
      const wrong = req.changing ? beyond(at.el, req.key) : null;
      return wrong ? { miss: wrong } : { token: guarded(req, at.within) };
    }
    if (lasting.includes(at.kind) && round > 2 || performance.now() >= end) return { miss: at };
    await pause(Math.min(100, round * 20));
  }
}

/**
 * guarded arms for a key.
 * @param {StrokeRequest} req
 * @param {El} within
 * @returns {string}
 */
function guarded(req, within) {
  const held = req.changing && req.key === 'Enter';
  return arm({}, held ? [...typingEvents, ...pressEvents] : typingEvents, (hit, type) => {
    if (pressEvents.includes(type)) return new Miss('presses', `Enter would ${verbOf(type)} ${describe(hit)}`);
    if (!insideOf(hit, within)) return new Miss('missed', `the event reached ${describe(hit)}`);
    return req.changing ? beyond(hit, req.key) : null;
  });
}

/** @type {(type: string) => string} */
const verbOf = (type) => (type === 'submit' ? 'submit' : 'press');
