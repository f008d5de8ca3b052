// Fingerprints: what an element looks like, so that one which has changed can be found again. They propose, never
// decide.
import { find } from './candidate.js';
import { topBox } from './point.js';
import { nameOf, roleOf } from './role.js';
import { drawn } from './sight.js';
import { norm } from './text.js';
import { parentOf } from './tree.js';
import { readable } from './value.js';

const longest = 80; // of a text, in characters

/** @type {(s: string | null | undefined) => string} */
const short = (s) => norm(s).slice(0, longest);

export const testIDs = ['data-testid', 'data-test-id', 'data-test'];

/** @type {(el: El) => string} */
export const testIDOf = (el) => testIDs.map((a) => el.getAttribute(a)).find(Boolean) || '';

/**
 * pathOf is an element's place in its tree, as an absolute XPath; it begins anew at each shadow root and frame.
 * @param {El} el
 * @returns {string}
 */
function pathOf(el) {
  const steps = [];
  for (let p = /** @type {Element | null} */ (el); p; p = p.parentElement) {
    const kin = [...(p.parentElement?.children ?? [])].filter((other) => other.localName === p?.localName);
    steps.unshift(kin.length > 1 ? `${p.localName}[${kin.indexOf(p) + 1}]` : p.localName);
  }
  return '/' + steps.join('/');
}

/**
 * besideOf is what stands around an element: the words of the nearest thing around it that says more than itself.
 * @param {El} el
 * @returns {string}
 */
function besideOf(el) {
  const own = norm(el.textContent);
  for (let p = parentOf(el), up = 0; p && p.nodeType === 1 && up < 3; p = parentOf(p), up++) {
    const text = norm(p.textContent);
    if (text.length > own.length && text !== own) return short(text.replace(own, ' '));
  }
  return '';
}

/** @type {(el: El) => string} */
const textOf = (el) => (/^(input|select|textarea)$/.test(el.localName) ? '' : short(readable(el)));

/** @type {(el: El) => string} */
const addressOf = (el) => (el.getAttribute('href') || '').replace(/#.*/, '').replace(/\?.*/, '?');

// By these data attributes authors say what an element does. Others may be a framework's, on every button, or
// somebody's.
const marks = /^data-(icon|action|command)$/;
const aWord = /^(?!(?:true|false)$)[a-z]+(?:[-_][a-z]+)*$/i;

/** @type {(el: El) => string} */
const dataOf = (el) => [...el.attributes]
  .filter((a) => marks.test(a.name) && aWord.test(a.value))
  .map((a) => `${a.name}=${a.value}`).sort().join(' ');

/**
 * fingerprintOf is what an element looks like. What is typed into a field is never in it.
 * @param {El} el
 * @returns {Fingerprint}
 */
export function fingerprintOf(el) {
  /** @param {string} a */
  const attr = (a) => short(el.getAttribute(a));
  const { x, y, w, h } = topBox(el);
  return {
    tag: el.localName, role: roleOf(el) || '', name: short(nameOf(el)), text: textOf(el), type: attr('type'),
    field: attr('name'), id: attr('id'), testid: short(testIDOf(el)), label: attr('aria-label'), alt: attr('alt'),
    title: attr('title'), placeholder: attr('placeholder'), href: short(addressOf(el)), data: short(dataOf(el)),
    beside: besideOf(el), path: pathOf(el), box: [x, y, w, h].map(Math.round),
  };
}

// What may be a target: what one acts on, what bears a name of the page's authors, and what says something itself.
const telling = 'a[href],button,input,select,textarea,summary,table,dialog,form,iframe,frame,h1,h2,h3,h4,h5,h6,'
  + '[role],[tabindex],[contenteditable],[aria-label],[data-testid],[data-test-id],[data-test]';

/** @type {(el: El) => boolean} */
const says = (el) => [...el.childNodes].some((n) => n.nodeType === 3 && norm(/** @type {Text} */ (n).data) !== '');

const unseen = /^(script|style|template|noscript|head|title|meta|link|html|body)$/;

/**
 * tellingIn lists the elements below a root that a person can see and that may be targets.
 * @param {Root} root
 * @param {number} limit
 * @returns {El[]}
 */
export function tellingIn(root, limit) {
  const all = find(root, { css: '*' }).filter((el) => (
    !unseen.test(el.localName) && (el.matches(telling) || says(el)) && drawn(el)));
  return all.slice(0, limit);
}
