// Tables: their rows, columns and keys.
import { describe } from './describe.js';
import { emailIn } from './email.js';
import { Miss } from './miss.js';
import { matches, resolve } from './resolve.js';
import { bare, norm, same } from './text.js';
import { queryAll } from './tree.js';
import { cellText } from './value.js';

/**
 * headersOf maps the words of a table's column headers to their position.
 * @param {El} table
 * @param {Table} spec
 * @returns {Map<string, number>}
 */
function headersOf(table, spec) {
  const cells = queryAll(table, spec.header_cells || 'thead th, [role=columnheader]');
  return new Map(cells.map((el, i) => [norm(el.textContent), i]));
}

const usualCells = ':scope > td, :scope > [role=gridcell], :scope > [role=cell]';

/** @type {(row: El, spec: Table) => El[]} */
const cellsOf = (row, spec) => queryAll(row, spec.cells || usualCells);

/**
 * spanning says that a row is one cell across all columns: the heading of a group, or a remark.
 * @param {El} row
 * @param {Table} spec
 * @returns {boolean}
 */
function spanning(row, spec) {
  const cells = cellsOf(row, spec);
  return cells.length === 1 && (cells[0].colSpan > 1 || Number(cells[0].getAttribute('aria-colspan')) > 1);
}

/** @type {(table: El, spec: Table) => El[]} */
export const rowElements = (table, spec) => (
  queryAll(table, spec.rows).filter((el) => el.checkVisibility() && !spanning(el, spec)));

/**
 * asDrawn sorts rows as a person reads them, line by line: a list that uses its rows again, or puts them where they
 * belong by styling alone, has them in another order in the document, and in another one after each scroll.
 * @param {El[]} els
 * @returns {El[]}
 */
function asDrawn(els) {
  const boxes = new Map(els.map((el) => [el, el.getBoundingClientRect()]));
  /** @type {(el: El, side: 'top' | 'left') => number} */
  const at = (el, side) => Math.round(/** @type {DOMRect} */ (boxes.get(el))[side]);
  return els.sort((a, b) => at(a, 'top') - at(b, 'top') || at(a, 'left') - at(b, 'left'));
}

/**
 * expression compiles a column's pattern, which is written as Go has it.
 * @param {string} pattern
 * @returns {RegExp | null}
 */
function expression(pattern) {
  const ignoring = pattern.startsWith('(?i)');
  const body = pattern.slice(ignoring ? 4 : 0).replace(/\(\?P</g, '(?<');
  try { return new RegExp(body, ignoring ? 'i' : ''); } catch { return null; }
}

/**
 * cellOf finds a row's cell for a column: below a header, or by a candidate of its own. Of several matches those count
 * whose attribute fits the column's pattern, and they must agree.
 * @param {El} row
 * @param {Column} col
 * @param {Map<string, number>} headers
 * @param {Table} spec
 * @returns {{ el: El } | Miss | null}
 */
function cellOf(row, col, headers, spec) {
  if (col.header !== undefined) {
    const i = headers.get(norm(col.header));
    if (i === undefined) {
      const there = [...headers.keys()].map((k) => `"${k}"`).join(', ');
      return new Miss('missing', `no column is headed "${col.header}": there are ${there}`);
    }
    const cell = cellsOf(row, spec)[i];
    return cell ? { el: cell } : null;
  }
  const found = matches({ candidates: /** @type {Candidate[]} */ (col.candidates) }, row);
  const { attr } = col;
  let els = found.els;
  if (els.length > 1 && attr && col.pattern) {
    const fits = expression(col.pattern);
    if (fits) els = els.filter((el) => fits.test(el.getAttribute(attr) || ''));
    const values = new Set(els.map((el) => el.getAttribute(attr)));
    if (values.size === 1) return { el: els[0] };
  }
  if (els.length > 1) {
    const some = els.slice(0, 3).map(describe).join(' | ');
    return new Miss('ambiguous', `${els.length} matches: ${some}`, { tried: found.tried });
  }
  return els.length ? { el: els[0] } : null;
}

/**
 * readCell reads a cell; odd says why its text cannot be relied on.
 * @param {El} row
 * @param {El} el
 * @param {Column} col
 * @returns {Cell}
 */
function readCell(row, el, col) {
  if (col.attr) return { text: el.getAttribute(col.attr) || '' };
  if (col.kind === 'email') return emailIn(row, el);
  return { text: col.hidden ? bare(el.textContent) : cellText(el) };
}

/**
 * keyOf reads a row's key: a Miss where the table has no such column, null where it cannot be relied on.
 * @param {El} row
 * @param {Table} spec
 * @param {Map<string, number>} headers
 * @returns {string | Miss | null}
 */
function keyOf(row, spec, headers) {
  const col = spec.columns[spec.key], cell = cellOf(row, col, headers, spec);
  if (cell === null || (cell instanceof Miss && cell.kind === 'ambiguous')) return null;
  if (cell instanceof Miss) return cell;
  const got = readCell(row, cell.el, col);
  return got.odd ? null : got.text;
}

/**
 * keyIn is the key of a row of a table, empty where it has none that can be relied on.
 * @param {El} table
 * @param {El} row
 * @param {Table} spec
 * @returns {string}
 */
export function keyIn(table, row, spec) {
  const key = keyOf(row, spec, headersOf(table, spec));
  return key instanceof Miss ? '' : key ?? '';
}

/**
 * columnsOf says of each column of a table whether its first row has it: empty where it has, else why not.
 * @param {El} table
 * @param {Table} spec
 * @returns {Record<string, string>}
 */
export function columnsOf(table, spec) {
  const headers = headersOf(table, spec), row = rowElements(table, spec)[0];
  /** @type {Record<string, string>} */
  const out = {};
  for (const [name, col] of Object.entries(spec.columns)) {
    const cell = row || col.header !== undefined ? cellOf(row ?? table, col, headers, spec) : undefined;
    if (cell instanceof Miss) out[name] = cell.detail;
    else if (cell === null && row) out[name] = 'the first row has no such cell';
    else out[name] = '';
  }
  return out;
}

/**
 * headerWords lists what the headers of a table say, from left to right.
 * @param {El} table
 * @param {Table} spec
 * @returns {string[]}
 */
export const headerWords = (table, spec) => [...headersOf(table, spec).keys()].filter(Boolean);

/**
 * rowByKey finds the one row whose key cell equals a value. None and two are Misses.
 * @param {ListTarget} table
 * @param {string} equals
 * @returns {{ el: El, readKey: () => string | null } | Miss}
 */
export function rowByKey(table, equals) {
  const found = resolve(table);
  if (found instanceof Miss) return found;
  const spec = table.table, headers = headersOf(found.el, spec), hits = [];
  for (const row of rowElements(found.el, spec)) {
    const key = keyOf(row, spec, headers);
    if (key instanceof Miss) return key;
    if (key !== null && same(key, equals, spec.fold)) hits.push(row);
  }
  if (hits.length === 0) return new Miss('no-row', `no row has ${spec.key} "${equals}"`);
  if (hits.length > 1) return new Miss('ambiguous', `${hits.length} rows have ${spec.key} "${equals}"`);
  const row = hits[0];
  const readKey = () => {
    const key = keyOf(row, spec, headersOf(found.el, spec));
    return key instanceof Miss ? null : key;
  };
  return { el: row, readKey };
}

/**
 * readRow reads one row into texts in the order of names, what is odd about it, and which row of the list it says it
 * is.
 * @param {El} row
 * @param {string[]} names
 * @param {Table} spec
 * @param {Map<string, number>} headers
 * @returns {Row | Miss}
 */
function readRow(row, names, spec, headers) {
  const cells = [], odd = [];
  for (const n of names) {
    const cell = cellOf(row, spec.columns[n], headers, spec);
    if (cell instanceof Miss && cell.kind !== 'ambiguous') return cell;
    if (cell instanceof Miss) odd.push(`its ${n} is ambiguous: ${cell.detail}`);
    /** @type {{ text: string | null, odd?: string }} */
    const got = cell && !(cell instanceof Miss) ? readCell(row, cell.el, spec.columns[n]) : { text: null };
    if (got.odd) odd.push(got.odd);
    cells.push(n === spec.key && got.odd ? '\u0000' + got.text : got.text);
  }
  const at = row.getAttribute('aria-rowindex') || row.getAttribute('aria-posinset') || '';
  return { cells, odd: odd.join('; '), at };
}

/**
 * collect reads every row now in the document. A row in which nothing can be read is a spacer.
 * Those of a list that is scrolled come in the order in which they are drawn.
 * @param {ListTarget} table
 * @param {El} el
 * @param {boolean} [scrolled]
 * @returns {{ names: string[], rows: Row[] } | Miss}
 */
export function collect(table, el, scrolled) {
  const spec = table.table, headers = headersOf(el, spec), names = Object.keys(spec.columns).sort(), rows = [];
  const drawn = rowElements(el, spec);
  for (const row of scrolled ? asDrawn(drawn) : drawn) {
    const got = readRow(row, names, spec, headers);
    if (got instanceof Miss) return got;
    if (got.cells.some((c) => c !== null && c !== '' && c !== '\u0000')) rows.push(got);
  }
  return { names, rows };
}
