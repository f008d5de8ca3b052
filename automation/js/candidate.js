// Candidates: the ways to find a target, and which of their matches count.
import { implicit, nameOf, roleOf } from './role.js';
import { norm } from './text.js';
import { docOf, parentOf, queryAll } from './tree.js';

export const labelled = 'input,select,textarea,[contenteditable],'
  + '[role=textbox],[role=combobox],[role=checkbox],[role=switch]';

/** @type {(id: string) => string} */
const testIDs = (id) => `[data-testid="${id}"],[data-test-id="${id}"],[data-test="${id}"]`;

/**
 * find returns every element a candidate matches below root, seen or not.
 * @param {Root} root
 * @param {Candidate} c
 * @returns {El[]}
 */
export function find(root, c) {
  if (c.css) return queryAll(root, c.css);
  if (c.testid) return queryAll(root, testIDs(CSS.escape(c.testid)));
  if (c.placeholder) {
    const placeholder = norm(c.placeholder);
    return queryAll(root, '[placeholder]').filter((el) => norm(el.getAttribute('placeholder')) === placeholder);
  }
  if (c.label) return queryAll(root, labelled).filter((el) => nameOf(el) === norm(c.label));
  if (c.role) {
    const anyName = c.name === undefined || c.name === '';
    const bears = `[role~="${c.role}"]${implicit[c.role] ? ',' + implicit[c.role] : ''}`;
    return queryAll(root, bears).filter((el) => roleOf(el) === c.role && (anyName || nameOf(el) === norm(c.name)));
  }
  if (c.text) {
    const hits = queryAll(root, '*').filter((el) => (
      !/^(script|style|template|head|title)$/.test(el.localName) && norm(el.textContent) === norm(c.text)));
    return hits.filter((el) => !hits.some((other) => other !== el && el.contains(other)));
  }
  if (c.xpath) {
    const res = docOf(root).evaluate(c.xpath, root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    return Array.from({ length: res.snapshotLength }, (_, i) => /** @type {El} */ (res.snapshotItem(i)))
      .filter((n) => n.nodeType === 1);
  }
  return [];
}

/**
 * spell names a candidate for a person.
 * @param {Candidate} c
 * @returns {string}
 */
export const spell = (c) => Object.entries(c).filter(([k, v]) => k !== 'provenance' && v !== undefined && v !== '')
  .map(([k, v]) => `${k}=${v}`).join(' ');

/**
 * aside says that a page has put an element out of use: behind a dialog, or kept for a later view.
 * @param {El} el
 * @returns {boolean}
 */
function aside(el) {
  for (let p = /** @type {El | null} */ (el); p; p = parentOf(p)) {
    if (p.nodeType === 1 && (p.inert || p.getAttribute('aria-hidden') === 'true')) return true;
  }
  return false;
}

/**
 * writes says that an element is a link to write to or call somebody.
 * @param {El} el
 * @returns {boolean}
 */
export const writes = (el) => el.matches('a[href^="mailto:" i],a[href^="tel:" i],a[href^="sms:" i]');

/**
 * foremost leaves out of several matches those put aside, unless that is all of them.
 * @param {El[]} els
 * @returns {El[]}
 */
export function foremost(els) {
  if (els.length < 2) return els;
  const front = els.filter((el) => !aside(el));
  const kept = front.length ? front : els;
  const leading = kept.filter((el) => !writes(el)); // a link to write to somebody is never the way to a page
  return leading.length ? leading : kept;
}
