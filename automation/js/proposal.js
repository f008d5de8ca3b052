// Proposals: the candidates by which one element can be found and no other, best first, and why others were dropped.
import { find, foremost, labelled } from './candidate.js';
import { testIDOf } from './fingerprint.js';
import { nameOf, roleOf } from './role.js';
import { visible } from './sight.js';
import { norm } from './text.js';

// What a build or a framework makes up anew: long hexadecimal, UUIDs, hashes behind a hyphen, counters.
const libraries = 'ember|react|radix|mui|headlessui';
const hexadecimal = '[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{12,}';
const made = new RegExp(`${hexadecimal}|^:r[0-9a-z]+:$|^(${libraries})[-:\\d]|[_-]\\d{3,}$`, 'i');
const counter = /\d/;
const state = /^(loading|saving|selected|active|open|opened|closed|expanded|collapsed|on|off|checked|busy)\b|…$/i;
const iconFont = /[\ue000-\uf8ff]/;
const address = /\S+@\S+\.\S+/;

/**
 * flawOf says why a word is not one to find an element by; nothing where it is.
 * @param {string} word
 * @param {{ made?: boolean, counter?: boolean }} [ask]
 * @returns {string}
 */
export function flawOf(word, ask) {
  if (iconFont.test(word)) return 'it is a sign of an icon font';
  if (address.test(word)) return "it is somebody's address";
  if (ask?.made && made.test(word)) return 'it looks made up by a program';
  if (ask?.counter && counter.test(word)) return 'it has a number in it';
  if (state.test(word)) return 'it tells a state';
  if (word.length > 60) return 'it is long';
  return '';
}

/** @typedef {{ candidate: Candidate, word: string, ask?: { made?: boolean, counter?: boolean } }} Spoken */

const controls = 'button|link|tab|menuitem|option|checkbox|radio|switch|combobox|textbox|searchbox|listbox';
const speaking = new RegExp(`^(${controls}|grid|table|dialog|alertdialog|heading)$`);
const named = /^(list|feed)$/; // of which there are many, but few that have a name

/**
 * stylesOf lists CSS selectors for an element, by its attributes and then by its place below the scope.
 * @param {El} el
 * @param {Root} scope
 * @returns {Spoken[]}
 */
function stylesOf(el, scope) {
  const out = /** @type {Spoken[]} */ ([]);
  /** @type {(css: string, word?: string, ask?: Spoken['ask']) => unknown} */
  const add = (css, word = '', ask = {}) => out.push({ candidate: { css }, word, ask });
  const id = el.getAttribute('id'), name = el.getAttribute('name'), type = el.getAttribute('type');
  if (id) add(`#${CSS.escape(id)}`, id, { made: true, counter: true });
  if (name) add(`${el.localName}[name="${CSS.escape(name)}"]`, name, { made: true });
  if (type) add(`${el.localName}[type="${CSS.escape(type)}"]`);
  const steps = [];
  let p = /** @type {Element | null} */ (el);
  for (; p && p !== scope && steps.length < 5; p = p.parentElement) {
    const holder = p.parentElement;
    const kin = [...(holder?.children ?? [])].filter((other) => other.localName === p?.localName);
    steps.unshift(kin.length > 1 ? `${p.localName}:nth-of-type(${kin.indexOf(p) + 1})` : p.localName);
    const anchor = holder && holder !== scope ? testIDOf(/** @type {El} */ (holder)) : '';
    if (anchor) { steps.unshift(`[data-testid="${CSS.escape(anchor)}"]`); break; }
  }
  const path = steps.join(' > '), whole = p === scope && scope.nodeType === 1;
  add(whole && find(scope, { css: path }).length > 1 ? `:scope > ${path}` : path);
  return out;
}

/**
 * spoken lists what could find an element, best first, each with the word that decides and what is asked of it.
 * @param {El} el
 * @param {Root} scope
 * @returns {Spoken[]}
 */
function spoken(el, scope) {
  const out = /** @type {Spoken[]} */ ([]);
  const testid = testIDOf(el), role = roleOf(el) || '', name = nameOf(el);
  const placeholder = norm(el.getAttribute('placeholder')), text = norm(el.textContent);
  if (testid) out.push({ candidate: { testid }, word: testid, ask: { made: true } });
  const tells = speaking.test(role) || named.test(role);
  if (role && name && tells) out.push({ candidate: { role, name }, word: name, ask: { counter: true } });
  if (placeholder) out.push({ candidate: { placeholder }, word: placeholder });
  if (name && el.matches(labelled)) out.push({ candidate: { label: name }, word: name, ask: { counter: true } });
  if (text && !el.matches(labelled)) out.push({ candidate: { text }, word: text, ask: { counter: true } });
  out.push(...stylesOf(el, scope));
  if (role && speaking.test(role)) out.push({ candidate: { role }, word: '' });
  return out;
}

/**
 * offersFor lists candidates for an element within a scope: those that mean it alone are kept, the others say why not.
 * @param {El} el
 * @param {Root} scope
 * @returns {Offer[]}
 */
export function offersFor(el, scope) {
  return spoken(el, scope).map(({ candidate, word, ask }) => {
    const seen = foremost(find(scope, candidate).filter(visible));
    let why = flawOf(word, ask);
    if (!why && seen.length > 1) why = `it matches ${seen.length} elements`;
    if (!why && seen[0] !== el) why = seen.length ? 'it matches another element' : 'it does not match what is seen';
    return { candidate, kept: why === '', why };
  });
}

