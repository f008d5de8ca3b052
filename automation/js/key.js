// Keys: what must hold of the row and the page that are acted on, at the last look and at every input event.
import { isChecked } from './control.js';
import { Miss } from './miss.js';
import { misplaced } from './place.js';
import { lastOf, resolve } from './resolve.js';
import { namesOnly } from './roster.js';
import { shownText } from './shown-text.js';
import { visible } from './sight.js';
import { norm, same } from './text.js';
import { valueOf } from './value.js';

/**
 * keyed checks that the row or page acted on is the one that is meant, and that what was entered still stands. It runs
 * in the same task as the hit test, and again when each input event arrives.
 * @param {Key} key
 * @param {El} el
 * @returns {Miss | null}
 */
export function keyed(key, el) {
  for (const u of key.under ?? []) {
    const found = resolve(u.target);
    if (found instanceof Miss) {
      return new Miss('unproved', `whose page this is cannot be read: ${found.detail}`, { tried: found.tried });
    }
    const says = valueOf(found.el, u.attr);
    if (same(says, u.equals, u.fold)) continue;
    return new Miss('wrong-one', `the page belongs to "${says}", not "${u.equals}"`);
  }
  return otherRow(key) ?? otherOne(key) ?? changed(key.entered ?? [], el)
    ?? (key.place ? misplaced(el, key.place) : null);
}

/**
 * @param {Key} key
 * @returns {Miss | null}
 */
function otherRow({ row }) {
  if (!row) return null;
  const now = row.read();
  if (now === null) return new Miss('wrong-row', "the row's key cannot be read any more");
  if (same(now, row.equals, row.fold)) return null;
  return new Miss('wrong-row', `the row's key is "${now}", not "${row.equals}"`);
}

/**
 * @param {Key} key
 * @returns {Miss | null}
 */
function otherOne({ who, place }) {
  if (!who) return null;
  const found = resolve(who.target);
  if (found instanceof Miss) {
    return new Miss('unproved', `whom it concerns cannot be read: ${found.detail}`, { tried: found.tried });
  }
  if (who.inSentence) {
    const text = norm(shownText(found.el));
    if (namesOnly(text, who.equals, place?.roster)) return null;
    return new Miss('wrong-one', `the page is about "${text}", not "${who.equals} alone"`);
  }
  const says = valueOf(found.el, who.attr);
  if (same(says, who.equals, who.fold)) return null;
  return new Miss('wrong-one', `the page is about "${says}", not "${who.equals}"`);
}

/**
 * sentHidden says that a field which was hidden since it was entered is sent nevertheless with what is pressed: it is
 * of the same form. Where there is none, it is hidden by itself, and not with the step of a form that it belongs to. A
 * field that is seen is another one's now, where the page uses it again for the next step.
 * @param {El} field
 * @param {El} pressed
 * @returns {boolean}
 */
function sentHidden(field, pressed) {
  if (!field.matches('input,select,textarea') || visible(field)) return false;
  const around = pressed.form ?? pressed.closest('form'), holder = /** @type {El | null} */ (field.parentElement);
  return field.form && around ? field.form === around : Boolean(holder && visible(holder));
}

/**
 * changed says that something entered before is not as it was put in. What is not on the page any more, such as a field
 * of an earlier screen, is passed over.
 * @param {Entered[]} entered
 * @param {El} pressed
 * @returns {Miss | null}
 */
function changed(entered, pressed) {
  for (const e of entered) {
    const found = resolve(e.target);
    if (found instanceof Miss && found.kind === 'ambiguous') {
      return new Miss('ambiguous', `what was entered into "${e.target.name}": ${found.detail}`);
    }
    const hidden = found instanceof Miss ? lastOf(e.target) : null;
    const el = found instanceof Miss ? hidden && sentHidden(hidden, pressed) && hidden : found.el;
    if (!el) continue;
    const want = e.as === 'checked' ? String(e.on) : e.value;
    const now = e.as === 'checked' ? String(isChecked(el)) : valueOf(el);
    if (now === want || e.as === 'chosen' && norm(now) === norm(want)) continue;
    const is = `${hidden ? 'hidden and ' : ''}"${now.slice(0, 120)}"`;
    return new Miss('changed', `"${e.target.name}" was ${e.as} as "${want}", and now it is ${is}`);
  }
  return null;
}
