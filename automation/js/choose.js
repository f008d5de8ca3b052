// Choosing: an option of a select element is chosen as a person does it, and read back.
import { describe } from './describe.js';
import { Miss } from './miss.js';
import { ready } from './press.js';
import { norm } from './text.js';
import { frame, pause } from './time.js';
import { valueOf } from './value.js';

/** Options may come in batches: one is said not to be offered when none has come for a while, or time is up. */
const batchPause = 1500; // ms

/**
 * sentFor is what the page sends for an option, empty where that is what another option reads.
 * @param {El} el
 * @param {HTMLOptionElement} option
 * @returns {string}
 */
const sentFor = (el, option) => (
  [...el.options].some((o) => o !== option && norm(o.textContent) === norm(option.value)) ? '' : option.value);

/**
 * select1 chooses an option as a person does: the page hears of the focus, the input, the change and the leaving.
 * @param {El} el
 * @param {HTMLOptionElement} option
 * @returns {Promise<PickAnswer>}
 */
async function select1(el, option) {
  const value = sentFor(el, option);
  el.focus();
  el.selectedIndex = option.index;
  el.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  el.dispatchEvent(new Event('change', { bubbles: true }));
  el.blur();
  await frame();
  await pause(0); // a choice may submit its form: see finish
  if (!el.isConnected || norm(valueOf(el)) === norm(option.textContent)) return { value };
  return { miss: new Miss('changed', `chose "${norm(option.textContent)}", it shows "${valueOf(el)}"`) };
}

/**
 * pick chooses an option of a select element by its exact words. req.last says that no other look follows.
 * @param {PickRequest} req
 * @returns {Promise<PickAnswer>}
 */
export async function pick(req) {
  const end = performance.now() + req.wait;
  let most = 0, grew = performance.now();
  for (let round = 0; ; round++) {
    const r = await ready(req, round), late = performance.now() >= end;
    if (r instanceof Miss) {
      if (r.kind === 'ambiguous' && round > 2 || late) return { miss: r };
      await pause(50);
      continue;
    }
    const el = r.el;
    if (el.localName !== 'select') return { miss: new Miss('not-a-select', `${describe(el)} is not a select element`) };
    const hits = [...el.options].filter((o) => norm(o.textContent) === norm(req.option));
    if (hits.length > 1) return { miss: new Miss('ambiguous', `${hits.length} options read "${req.option}"`) };
    if (hits.length === 1) {
      if (el.selectedOptions.length === 1 && el.selectedOptions[0] === hits[0]) {
        return { already: true, value: sentFor(el, hits[0]) };
      }
      if (hits[0].disabled) return { miss: new Miss('disabled', `option "${req.option}" is disabled`) };
      return select1(el, hits[0]);
    }
    const offered = [...el.options].filter((o) => o.value !== '').map((o) => norm(o.textContent));
    if (offered.length > most) { most = offered.length; grew = performance.now(); }
    const complete = offered.length > 0 && performance.now() - grew >= batchPause;
    if (complete || late && req.last) {
      return { miss: new Miss('not-offered', `"${req.option}" is not among the options`), offered };
    }
    if (late) return { miss: new Miss('busy', 'the options are still coming'), offered };
    await pause(50);
  }
}
