// Tables: their rows, columns and keys.
import { describe } from './describe.js';
import { emailIn } from './email.js';
import { Miss } from './miss.js';
import { matches, resolve } from './resolve.js';
import { bare, norm, same } from './text.js';
import { queryAll, withRootsKnown } from './tree.js';
import { cellText } from './value.js';

const usualHeaders = 'thead th, thead td, [role=columnheader]';

/** Marks of sorting, which come and go with the order. */
const sortMarks = /^[\s\u2190-\u21ff\u25a0-\u25ff\u2b05-\u2b0d]+|[\s\u2190-\u21ff\u25a0-\u25ff\u2b05-\u2b0d]+$/g;

/** @type {(words: string) => string} */
const unmarked = (words) => norm(words).replace(sortMarks, '') || norm(words);

/**
 * headerCells are the headers of a table's columns: where it has no head, what stands in its first row.
 * @param {El} table
 * @param {string} [css]
 * @returns {El[]}
 */
function headerCells(table, css) {
  const cells = queryAll(table, css || usualHeaders), first = queryAll(table, 'tr')[0];
  return cells.length || css || !first || first.querySelector('td') ? cells : queryAll(first, ':scope > th');
}

/**
 * heading is what a header says, without signs and the mark of sorting.
 * @param {El} el
 * @returns {string}
 */
const heading = (el) => unmarked(cellText(el) || el.textContent || '');

/** @type {(el: El) => number} */
const rowsOver = (el) => ('rowSpan' in el && Number(el.rowSpan)) || 1;

/** @type {(el: El) => number} */
const columnsOver = (el) => Number(el.colSpan || el.getAttribute('aria-colspan')) || 1;

/** In the place of a position: two headers have the same words; the table has a cell with a rowspan. */
const twice = -1, spread = -2;

/**
 * headersOf maps the words of a table's column headers to their position. Headers may stand in several rows, of which
 * some go over several columns or rows.
 * @param {El} table
 * @param {Table} spec
 * @returns {Map<string, number>}
 */
function headersOf(table, spec) {
  const out = new Map(), cells = headerCells(table, spec.header_cells);
  const lines = [...new Set(cells.map((el) => el.closest('tr, [role=row]')))];
  /** @type {boolean[][]} */
  const taken = lines.map(() => []);
  for (const el of cells) {
    const line = lines.indexOf(el.closest('tr, [role=row]')), words = heading(el), wide = columnsOver(el);
    let at = 0;
    while (taken[line][at]) at += 1;
    for (let y = line; y < Math.min(lines.length, line + rowsOver(el)); y += 1) {
      for (let x = at; x < at + wide; x += 1) taken[y][x] = true;
    }
    if (wide > 1) continue; // the name of a group of columns
    out.set(words, (out.get(words) ?? at) === at ? at : twice); // a head that is drawn twice has the same places
  }
  const goesOver = queryAll(table, 'tbody > tr > [rowspan]').some((el) => rowsOver(el) > 1);
  return goesOver ? new Map([...out.keys()].map((words) => [words, spread])) : out;
}

/** What the cells of a row are; a cell that heads its row is one of them. */
const usualCells = ['td', 'th', '[role=gridcell]', '[role=cell]', '[role=rowheader]']
  .map((cell) => `:scope > ${cell}`).join();

/**
 * The cells of each row, kept while a table is read, which is synchronous: the page cannot change them meanwhile.
 * @type {Map<El, El[]> | null}
 */
let knownCells = null;

/** @type {(row: El, spec: Table) => El[]} */
function cellsOf(row, spec) {
  const cells = knownCells?.get(row) ?? queryAll(row, spec.cells || usualCells);
  knownCells?.set(row, cells);
  return cells;
}

/**
 * cellAt is a row's cell in a column.
 * @param {El[]} cells
 * @param {number} column
 * @returns {El | undefined}
 */
function cellAt(cells, column) {
  let end = 0;
  return cells.find((el) => { end += columnsOver(el); return end > column; });
}

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
    const i = headers.get(unmarked(col.header));
    if (i === spread) {
      return new Miss('missing', 'a cell goes over several rows: which columns the others are in is not told');
    }
    if (i === twice) return new Miss('missing', `several columns are headed "${col.header}"`);
    if (i === undefined) {
      const there = [...headers.keys()].map((k) => `"${k}"`).join(', ');
      return new Miss('missing', `no column is headed "${col.header}": there are ${there}`);
    }
    const cell = cellAt(cellsOf(row, spec), i);
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

/** A table of which nothing is written yet. */
const plain = { rows: '', key: '', columns: {} };

/** @type {(table: El) => string[]} */
export const headersIn = (table) => headerWords(table, plain);

/**
 * cellUnder is the cell of a row below a header: null where it cannot be told, undefined where the row has none.
 * @param {El} table
 * @param {El} row
 * @param {string} words
 * @returns {El | null | undefined}
 */
export function cellUnder(table, row, words) {
  const at = headersOf(table, plain).get(words) ?? twice;
  return at < 0 ? null : cellAt(cellsOf(row, plain), at);
}

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
  knownCells = new Map();
  try { return withRootsKnown(el, () => collected(table, el, scrolled)); } finally { knownCells = null; }
}

/** @type {(table: ListTarget, el: El, scrolled?: boolean) => { names: string[], rows: Row[] } | Miss} */
function collected(table, el, scrolled) {
  const spec = table.table, headers = headersOf(el, spec), names = Object.keys(spec.columns).sort(), rows = [];
  const drawn = rowElements(el, spec);
  for (const row of scrolled ? asDrawn(drawn) : drawn) {
    const got = readRow(row, names, spec, headers);
    if (got instanceof Miss) return got;
    if (got.cells.some((c) => c !== null && c !== '' && c !== '\u0000')) rows.push(got);
  }
  return { names, rows };
}
