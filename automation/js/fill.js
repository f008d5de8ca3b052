// Filling in: a field is typed into as a person does it, and read back.
import { describe } from './describe.js';
import { deepActive } from './focus.js';
import { arm, armed, typingEvents } from './guard.js';
import { Miss } from './miss.js';
import { lasting, ready } from './press.js';
import { resolve } from './resolve.js';
import { frame, pause } from './time.js';
import { insideOf } from './tree.js';
import { valueOf } from './value.js';

/**
 * prepareFill focuses a field, selects what is in it and arms a guard that keeps typed text from any other field.
 * @param {PressRequest} req
 * @returns {Promise<{ token: string, empty: boolean } | Missed>}
 */
export async function prepareFill(req) {
  const end = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const r = await ready({ ...req, editable: true }, round);
    if (!(r instanceof Miss)) {
      const el = r.el;
      el.focus();
      if (el.select) el.select();
      else /** @type {Selection} */ (el.ownerDocument.getSelection()).selectAllChildren(el);
      if (deepActive() === el) {
        const token = arm({ el, target: req.target }, typingEvents, (hit) => (
          insideOf(hit, el) ? null : new Miss('missed', `the event reached ${describe(hit)}`)));
        return { token, empty: valueOf(el) === '' };
      }
      if (performance.now() >= end) {
        const has = describe(deepActive());
        return { miss: new Miss('unfocused', `${describe(el)} does not keep the focus: ${has} has it`) };
      }
    } else if ([...lasting, 'readonly'].includes(r.kind) && round > 2 || performance.now() >= end) return { miss: r };
    await pause(Math.min(100, round * 20));
  }
}

/**
 * finishFill disarms, leaves the field as a person does, so that the browser itself tells the page of the change, and
 * reads it back. A page may draw the field anew when it is left. The value itself is not returned.
 * @param {FinishFillRequest} req
 * @returns {Promise<FinishFillAnswer>}
 */
export async function finishFill({ token, value, secret }) {
  const s = /** @type {(Armed & { el: El, target: Target }) | undefined} */ (armed.get(token));
  if (!s) return { gone: true };
  s.disarm();
  const replaced = () => ({ refused: new Miss('replaced', `${describe(s.el)} was replaced while typed into`) });
  if (secret) s.el.setAttribute('data-billagent-secret', '');
  if (s.refused) return { refused: s.refused };
  if (!s.el.isConnected) return replaced();
  s.el.blur();
  await frame();
  let el = s.el;
  if (!el.isConnected) {
    const again = resolve(s.target);
    if (again instanceof Miss) return replaced();
    el = again.el;
    if (secret) el.setAttribute('data-billagent-secret', '');
    if (valueOf(el) === '' && value !== '') return replaced();
  }
  const got = valueOf(el);
  if (got === value) return { ok: true };
  if (secret) return { differs: `${got.length} characters`, expected: `${value.length} characters` };
  return { differs: `"${got.slice(0, 120)}"`, expected: `"${value}"` };
}
