// Columns: what a list that a person shows has, and what each of its columns is taken for.
import { describe } from './describe.js';
import { norm } from './text.js';
import { queryAll } from './tree.js';
import { readable } from './value.js';
import { sketchOf } from './sketch.js';

/** What a column may be, in the words of the flows; a name is taken apart. */
export const meanings = ['', 'email', 'first_name', 'last_name', 'name', 'role', 'status', 'time_zone', 'id'];

const address = /^\S+@\S+\.\S+$/;
const telling = /** @type {[RegExp, string][]} */ ([
  [/time ?zone/i, 'time_zone'], [/first|given/i, 'first_name'], [/last|family|surname/i, 'last_name'],
  [/^e-?mail|address$/i, 'email'], [/name|user|member|person/i, 'name'], [/role|function|permission/i, 'role'],
  [/status|state|active/i, 'status'], [/^id$|number/i, 'id'],
]);

/**
 * rowsOf is a CSS selector for the rows of a list, below it.
 * @param {El} list
 * @returns {string}
 */
function rowsOf(list) {
  if (list.localName === 'table') return list.querySelector('tbody') ? 'tbody > tr' : 'tr';
  if (list.querySelector('[role=rowgroup] > [role=row] [role=gridcell], [role=rowgroup] > [role=row] [role=cell]')) {
    const head = list.querySelector('[role=rowgroup] > [role=row] > [role=columnheader]');
    return head ? '[role=rowgroup]:last-of-type > [role=row]' : '[role=rowgroup] > [role=row]';
  }
  return '[role=row]';
}

/** @type {(row: El | undefined) => El[]} */
const cellsOf = (row) => (
  row ? queryAll(row, ':scope > td, :scope > th[scope=row], :scope > [role=gridcell], :scope > [role=cell]') : []);

/**
 * listingOf looks at a list: its rows, and its columns by their headers. A list without headers has none.
 * @param {Recorder} r
 * @param {El} el
 * @returns {Listing | string} why it cannot be read, where it cannot
 */
export function listingOf(r, el) {
  const headers = queryAll(el, 'thead th, [role=columnheader]').map((h) => norm(h.textContent));
  if (!headers.some(Boolean)) return `${describe(el).slice(0, 60)} has no headers: its columns are written by hand`;
  const rows = rowsOf(el), samples = queryAll(el, rows).slice(0, 20).map((row) => cellsOf(row).map(readable));
  const taken = new Set();
  const columns = headers.map((header, i) => {
    const says = samples.map((cells) => cells[i] ?? '').filter(Boolean);
    let means = says.some((s) => address.test(s)) ? 'email' : '';
    if (!means) means = telling.find(([word]) => word.test(header))?.[1] ?? '';
    if (!header || taken.has(means)) means = '';
    taken.add(means);
    return { header, sample: says[0] ?? '', means };
  });
  return { el, sketch: sketchOf(r, el), rows, columns, counter: null, next: null };
}

/**
 * turn takes a column for the next thing that it may be and that no other is.
 * @param {Listing} l
 * @param {ListColumn} column
 */
export function turn(l, column) {
  const free = meanings.filter((m) => !m || m === column.means || !l.columns.some((c) => c.means === m));
  column.means = free[(free.indexOf(column.means) + 1) % free.length];
}
