// E-mail addresses in the cells of a list.
import { bare, fold } from './text.js';
import { queryAll } from './tree.js';
import { readable } from './value.js';

// Signs that are not seen or stand for letters left out. An address that a person could copy has none of them.
const unseen = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/g;
const oneAddress = /^[^\s@<>()[\],;:"\\…]+@[^\s@<>()[\],;:"\\…]+$/;

/** @type {(s: string) => boolean} */
const isAddress = (s) => oneAddress.test(s) && !/\.\.|\.$/.test(s) && s.search(unseen) < 0;

/** @type {(s: string) => string[]} */
const addressesIn = (s) => [...new Set(s.split(/[\s<>()[\],;:"\\|]+/).filter(isAddress))];

/**
 * @param {El} a
 * @returns {string}
 */
function mailtoOf(a) {
  const written = /** @type {string} */ (a.getAttribute('href')).replace(/^mailto:/i, '').replace(/\?.*$/, '');
  try { return bare(decodeURIComponent(written)); } catch { return ''; }
}

/**
 * agrees says that what is readable of a cell may well stand for an address: it holds that address and no other, or its
 * beginning and end around an ellipsis.
 * @param {string} text
 * @param {string} address
 * @returns {boolean}
 */
function agrees(text, address) {
  const plain = fold(text.replace(unseen, '')), whole = fold(address);
  if (plain === '') return true;
  const others = addressesIn(plain);
  if (others.length) return others.length === 1 && others[0] === whole;
  const m = /([^\s:<(]*)(?:…|\.\.\.)([^\s>)]*)\s*$/.exec(plain);
  if (!m) return false;
  return m[1] + m[2] !== '' && whole.startsWith(m[1]) && whole.endsWith(m[2]);
}

/**
 * emailIn reads a cell that should hold one e-mail address. Where its text is not exactly one, a link to write to it or
 * an attribute that agrees with the text decides. Otherwise the cell is odd.
 * @param {El} row
 * @param {El} cell
 * @returns {Cell}
 */
export function emailIn(row, cell) {
  const text = readable(cell);
  /** @param {El} el */
  const links = (el) => queryAll(el, 'a[href^="mailto:" i]').map(mailtoOf).filter(isAddress);
  const own = cell.matches('a[href^="mailto:" i]') ? [mailtoOf(cell)] : links(cell);
  if (isAddress(text)) {
    const other = own.find((a) => fold(a) !== fold(text));
    return other ? { text, odd: `its e-mail reads "${text}", but its link writes to "${other}"` } : { text };
  }
  const said = [cell, ...queryAll(cell, '*')].flatMap((el) => [...el.attributes])
    .filter((a) => a.name === 'title' || a.name.startsWith('data-')).map((a) => bare(a.value)).filter(isAddress);
  const speechless = !/[@…]|\.\.\./.test(text); // "Write to", or a picture: the cell's own link is all it says
  for (const source of [own, links(row), said]) {
    const one = [...new Set(source)];
    if (one.length === 1 && (agrees(text, one[0]) || (speechless && source === own))) return { text: one[0] };
    if (one.length) break;
  }
  return { text, odd: text ? `its e-mail "${text}" is not exactly one address` : 'it shows no e-mail' };
}
