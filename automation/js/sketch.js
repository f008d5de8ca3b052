// Sketches: what a recorded element is and by what it can be found, taken before the page reacts to what is done to it.
import { documents, insideOf, parentOf, queryAll } from './tree.js';
import { fingerprintOf } from './fingerprint.js';
import { Miss } from './miss.js';
import { offersFor } from './proposal.js';
import { matches, resolve } from './resolve.js';
import { nameOf, roleOf } from './role.js';
import { norm } from './text.js';
import { keyIn, rowElements } from './table.js';
import { valueOf } from './value.js';

const dialogs = 'dialog,[role=dialog],[role=alertdialog],[aria-modal=true]';
const typed = 'textarea,[contenteditable=""],[contenteditable=true],[contenteditable=plaintext-only],input:not('
  + ['checkbox', 'radio', 'button', 'submit', 'reset', 'image', 'file', 'range', 'color', 'hidden']
    .map((t) => `[type=${t}]`).join(',') + ')';

// An element is the same in two gestures if it has the same number; each document has a word of its own.
const word = Math.random().toString(36).slice(2, 10);
const refs = /** @type {WeakMap<Element, string>} */ (new WeakMap());
let serial = 0;

/** @type {(el: Element) => string} */
export function refOf(el) {
  if (!refs.has(el)) refs.set(el, fresh());
  return /** @type {string} */ (refs.get(el));
}

export const fresh = () => `${word}-${++serial}`;

/** @type {(el: El) => boolean} */
export const isTyped = (el) => el.matches(typed);

/**
 * noteSecrets remembers which fields hide what is typed into them: they may show it before anybody goes to them.
 * @param {Recorder} r
 */
export function noteSecrets(r) {
  for (const d of documents()) for (const el of queryAll(d, 'input[type=password]')) r.secretFields.add(el);
}

const fewestBoxes = 4; // of a code that has a field for each of its signs

/** @type {(el: El) => boolean} */
const isBoxOfCode = (el) => el.localName === 'input' && el.getAttribute('maxlength') === '1'
  && queryAll(/** @type {Root} */ (el.getRootNode()), 'input[maxlength="1"]').length >= fewestBoxes;

/**
 * secretOf says what kind of secret a field is for, by its type, by what it tells the browser and by what it is called.
 * @param {Recorder} r
 * @param {El} el
 * @returns {string} password, code, or empty for none
 */
export function secretOf(r, el) {
  const fills = el.getAttribute('autocomplete') || '';
  if (el.type === 'password' || /password/.test(fills)) r.secretFields.add(el);
  if (/one-time-code|cc-/.test(fills) || isBoxOfCode(el)) return 'code';
  if (r.secretFields.has(el) || el.hasAttribute('data-billagent-secret')) return 'password';
  const called = [...['name', 'id', 'placeholder', 'data-testid'].map((a) => el.getAttribute(a)), nameOf(el)];
  const { password, code, other } = r.req.secret;
  for (const text of called) {
    const words = (text || '').replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
      .replace(new RegExp(other, 'gi'), ' ');
    if (new RegExp(password, 'i').test(words)) return 'password';
    if (new RegExp(code, 'i').test(words)) return 'code';
  }
  return '';
}

/**
 * rowOf finds the row of a known table in which an element stands.
 * @param {Recorder} r
 * @param {El} el
 * @returns {{ el: El, table: string, key: string } | null}
 */
function rowOf(r, el) {
  for (const { target } of r.req.targets) {
    if (!target.table) continue;
    const found = resolve(target);
    if (found instanceof Miss || !insideOf(el, found.el)) continue;
    const row = rowElements(found.el, target.table).find((each) => insideOf(el, each));
    if (row) return { el: row, table: target.name, key: keyIn(found.el, row, target.table) };
  }
  return null;
}

/**
 * knownAs names the targets that are an element, and those that it is one of several matches of.
 * @param {Recorder} r
 * @param {El} el
 * @param {{ el: El, table: string } | null} row
 * @returns {{ known: string[], many: string[] }}
 */
function knownAs(r, el, row) {
  const known = /** @type {string[]} */ ([]), many = /** @type {string[]} */ ([]);
  for (const { target, row: table } of r.req.targets) {
    if (table && table !== row?.table) continue;
    const { els } = matches(target, table ? row?.el : undefined);
    if (els.includes(el)) (els.length === 1 ? known : many).push(target.name);
  }
  return { known, many };
}

/**
 * knownAround is the innermost thing around an element, up to its row, that is a target. Where there is none it is the
 * element.
 * @param {Recorder} r
 * @param {El} el
 * @returns {El}
 */
export function knownAround(r, el) {
  const row = rowOf(r, el);
  if (!row) return el;
  for (let p = /** @type {El | null} */ (el); p && insideOf(p, row.el); p = parentOf(p)) {
    if (p.nodeType === 1 && knownAs(r, p, row).known.length) return p;
  }
  return el;
}

/** @type {(n: any) => El | null} */
const outward = (n) => parentOf(n) || (n.nodeType === 9 ? n.defaultView?.frameElement ?? null : null);

/**
 * placeOf finds what an element lies in: the innermost target that others lie in, frame or dialog around it.
 * @param {Recorder} r
 * @param {El} el
 * @param {Map<El, string>} holders
 * @returns {{ holder: Holder | null, scope: Root }}
 */
function placeOf(r, el, holders) {
  for (let p = outward(el), from = /** @type {any} */ (el); p; from = p, p = outward(p)) {
    const frame = from.nodeType === 9, known = holders.get(p) ?? '';
    const scope = frame ? /** @type {Document} */ (p.contentDocument) : p;
    if (known) return { holder: { known, frame, said: '', offers: [], holder: null }, scope };
    if (!frame && !(p.nodeType === 1 && p.matches(dialogs))) continue;
    const outer = placeOf(r, p, holders), offers = freeOffers(r, p, outer.scope);
    const holder = { known, frame, said: freeSaid(r, p), offers, fingerprint: freePrint(r, p), holder: outer.holder };
    return { holder, scope };
  }
  return { holder: null, scope: document };
}

/** @type {(r: Recorder) => Map<El, string>} */
function holdersNow(r) {
  const out = new Map();
  for (const { target, holds } of r.req.targets) {
    const found = holds && !target.table ? resolve(target) : null;
    if (found && !(found instanceof Miss)) out.set(found.el, target.name);
  }
  return out;
}

/**
 * saidOf is what an element is for a person: its role and its name.
 * @param {El} el
 * @returns {string}
 */
export function saidOf(el) {
  const name = nameOf(el).slice(0, 80);
  return `${roleOf(el) || `<${el.localName}>`}${name ? ` “${name}”` : ''}`;
}

/** From how many characters on a secret is looked for elsewhere: a shorter one stands in many words. */
export const leastSecret = 4;

/**
 * holdsSecret says that a text has a secret in it that was typed in this document.
 * @type {(r: Recorder, text: string) => boolean}
 */
const holdsSecret = (r, text) => [...r.secrets.values()].some(({ value }) => (
  value.length >= leastSecret && (text.includes(value) || norm(text).includes(norm(value)))));

/**
 * free is a text, or nothing where it holds a secret.
 * @type {(r: Recorder, text: string) => string}
 */
export const free = (r, text) => (holdsSecret(r, text) ? '' : text);

/** @type {(r: Recorder, el: El) => string} */
const freeSaid = (r, el) => free(r, saidOf(el)) || roleOf(el) || `<${el.localName}>`;

/** @type {(r: Recorder, el: El, scope: Root) => Offer[]} */
const freeOffers = (r, el, scope) => (
  offersFor(el, scope).filter((o) => Object.values(o.candidate).every((text) => !holdsSecret(r, String(text)))));

/** @type {(r: Recorder, el: El) => Fingerprint} */
function freePrint(r, el) {
  const all = Object.entries(fingerprintOf(el)).map(([k, v]) => [k, typeof v === 'string' ? free(r, v) : v]);
  return /** @type {Fingerprint} */ (Object.fromEntries(all));
}

/** What finds a row that is pressed as a whole, seen from itself. */
const rowItself = { candidate: { xpath: '.' }, kept: true, why: '' };

/**
 * sketchOf takes down an element. What is typed into it is not part of that, nor is a secret that it says.
 * @param {Recorder} r
 * @param {El} el
 * @returns {Sketch}
 */
export function sketchOf(r, el) {
  const row = rowOf(r, el), place = row ? { holder: null, scope: row.el } : placeOf(r, el, holdersNow(r));
  const editable = isTyped(el), fingerprint = freePrint(r, el), secret = editable ? secretOf(r, el) : '';
  if (editable) fingerprint.text = '';
  return {
    ref: refOf(el), tag: el.localName, type: el.getAttribute('type') || '', role: roleOf(el) || '',
    name: free(r, nameOf(el)), text: editable ? '' : free(r, norm(valueOf(el))).slice(0, 200), said: freeSaid(r, el),
    secret, editable, ...knownAs(r, el, row), row: row && { table: row.table, key: row.key }, holder: place.holder,
    offers: row?.el === el ? [rowItself] : freeOffers(r, el, place.scope), fingerprint,
  };
}

/**
 * alike says by what all options are found among which one is, and in what they lie.
 * @param {Recorder} r
 * @param {El} el
 * @param {boolean} sure
 * @returns {Options | null}
 */
export function alike(r, el, sure) {
  const words = norm(valueOf(el)), role = roleOf(el) || '';
  const list = el.closest('[role=listbox],[role=menu],[role=tree],ul,ol') ?? el.parentElement;
  if (!words || holdsSecret(r, words) || !list || list.matches('html,body')) return null;
  const steps = [];
  for (let p = /** @type {Element | null} */ (el); p && p !== list; p = p.parentElement) steps.unshift(p.localName);
  const css = `:scope > ${steps.join(' > ')}`;
  return { words, sure, list: sketchOf(r, list), css, role: sure ? role : '' };
}


/**
 * optionsOf says by what the options of a select element are found.
 * @param {Recorder} r
 * @param {El} el
 * @returns {Options}
 */
export const optionsOf = (r, el) => {
  const css = 'option:not([value=""]):not(:disabled)';
  return { words: '', sure: true, list: { ...sketchOf(r, el), text: '' }, css, role: '' };
};
