// Reading lists: all rows of a page, or of a whole scrolled list, in one evaluate.
import { counted, countShown, filtersNow } from './filter.js';
import { hashOf } from './hash.js';
import { Miss } from './miss.js';
import { resolve } from './resolve.js';
import { resting } from './rest.js';
import { stateOf } from './state.js';
import { collect, rowByKey, rowElements } from './table.js';
import { same } from './text.js';
import { frame, pause } from './time.js';
import { parentOf } from './tree.js';

/** @type {(r: Row) => string} */
const lineOf = (r) => r.at + '\u0001' + r.cells.join('\u0001');

/** @type {(rows: Row[]) => string} */
const signature = (rows) => rows.map(lineOf).join('\u0002');

/** @typedef {{ names: string[], rows: Row[], sig: string, keys: string }} Reading */

/**
 * What one look has read; filling says that rows were there before all their cells were.
 * @typedef {{ el: El, names: string[], rows: Row[], sig: string, filling: boolean }} Screen
 */

const shownBefore = 'the table still shows the page before';

/**
 * coming says why a table is not read yet: the table says that it is busy, or the page is still loading.
 * @param {El} el
 * @returns {Miss | null}
 */
function coming(el) {
  if (el.closest('[aria-busy=true]') || el.querySelector('[aria-busy=true]')) {
    return new Miss('busy', 'the table says it is busy');
  }
  return el.ownerDocument.readyState === 'loading' ? new Miss('busy', 'the page is still loading') : null;
}

/**
 * settled waits until a table is there, says it is not busy, reads the same twice a frame apart, and differs from
 * `unlike`. It is not read a second time where nothing has changed.
 * @param {ListTarget} table
 * @param {number} wait
 * @param {string | null} [unlike]
 * @param {boolean} [scrolled]
 * @returns {Promise<Screen | Miss>}
 */
async function settled(table, wait, unlike, scrolled) {
  const end = performance.now() + wait;
  let last = /** @type {Reading | null} */ (null), unchanged = /** @type {(now: El | null) => boolean} */ (() => false);
  let why = new Miss('missing', 'not looked for yet'), filling = false;
  try {
    for (;;) {
      const found = resolve(table), before = unchanged(found instanceof Miss ? null : found.el) ? last : null;
      const sigBefore = last?.sig, keysBefore = last?.keys;
      unchanged = () => false;
      last = null;
      const got = found instanceof Miss ? found : coming(found.el) ?? before ?? collect(table, found.el, scrolled);
      if (found instanceof Miss || got instanceof Miss) why = /** @type {Miss} */ (got);
      else {
        const sig = before?.sig ?? signature(got.rows), key = got.names.indexOf(table.table.key);
        const keys = got.rows.map((r) => r.cells[key]).join('\u0001');
        filling ||= sigBefore !== undefined && sigBefore !== sig && keysBefore === keys;
        if (unlike !== undefined && unlike !== null && sig === unlike) why = new Miss('unchanged', shownBefore);
        else if (rowElements(found.el, table.table).length && !got.rows.some((r) => r.cells[key])) {
          why = new Miss('busy', 'its rows are still empty');
        } else if (sigBefore === sig) return { el: found.el, ...got, sig, filling };
        else why = new Miss('busy', 'the table is still changing');
        last = { ...got, sig, keys };
        unchanged = resting(found.el);
      }
      if (performance.now() >= end) return why;
      await frame();
    }
  } finally {
    unchanged(null); // ends the watching that is left
  }
}

/**
 * The page read last, by its mark.
 * @type {Map<string, string>}
 */
const seenPages = new Map();

/**
 * rows reads the page of a table that is shown now. `unlike` is the mark of the page before, which must have gone.
 * @param {RowsRequest} req
 * @returns {Promise<RowsAnswer | Missed>}
 */
export async function rows(req) {
  const old = req.unlike ? seenPages.get(req.unlike) ?? null : null;
  await counted(req);
  let got = await settled(req.table, req.wait, old);
  if (!(got instanceof Miss) && req.unlike && old === null && hashOf(got.sig) === req.unlike) {
    got = new Miss('unchanged', shownBefore);
  }
  if (got instanceof Miss) return { miss: got };
  const mark = hashOf(got.sig);
  seenPages.clear();
  seenPages.set(mark, got.sig);
  /** @type {RowsAnswer} */
  const out = {
    names: got.names, rows: got.rows, drawn: got.rows.length, mark, count: countShown(req), filters: filtersNow(req),
    address: got.el.ownerDocument.location.href,
  };
  if (req.next) {
    const s = stateOf(req.next);
    out.next = s.state;
    out.nextDetail = s.detail;
  }
  if (req.previous) out.previous = stateOf(req.previous).state;
  return out;
}

/**
 * scrollerOf finds what scrolls a list: itself, or the nearest thing around it that does.
 * @param {El} el
 * @returns {Element}
 */
export function scrollerOf(el) {
  for (let p = /** @type {El | null} */ (el); p && p.nodeType === 1; p = parentOf(p)) {
    if (p.scrollHeight > p.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(p).overflowY)) return p;
  }
  return el.ownerDocument.scrollingElement || el;
}

/**
 * nextPos is where a list is scrolled to next: to the last row that is drawn, since most lists draw some more than are
 * in view. Rows beyond a gap do not count, such as one that keeps the focus and is drawn wherever the list stands.
 * @param {Element} el
 * @param {El[]} [rows]
 * @returns {number}
 */
export function nextPos(el, rows = []) {
  const view = el.getBoundingClientRect(), scale = view.height / /** @type {El} */ (el).offsetHeight || 1;
  const boxes = rows.map((r) => r.getBoundingClientRect()).sort((a, b) => a.top - b.top), top = Math.max(0, view.top);
  let last = null;
  for (const box of boxes) {
    if (box.bottom <= top) continue;
    if (last && box.top > last.bottom + 1) break;
    last = box;
  }
  const usual = Math.max(1, Math.floor(el.clientHeight * 0.8)), farthest = 2 * el.clientHeight;
  const beyond = last ? Math.floor((last.top - top) / scale) : 0;
  return el.scrollTop + Math.min(farthest, Math.max(usual, beyond));
}

/** @type {(el: Element) => boolean} */
export const atBottom = (el) => Math.ceil(el.scrollTop + el.clientHeight) >= el.scrollHeight - 1;

/**
 * shows says that a row with a key is among those read.
 * @param {ListTarget} table
 * @param {{ names: string[], rows: Row[] }} got
 * @param {string} key
 * @returns {boolean}
 */
function shows(table, got, key) {
  const at = got.names.indexOf(table.table.key);
  return got.rows.some((r) => same(r.cells[at] ?? '', key, table.table.fold));
}

/** For how many frames a screen is watched for cells that come later than their rows. */
const lateFrames = 6;

/**
 * filled reads a screen of a list again until nothing of it has changed for a tenth of a second: its rows may be drawn
 * first and filled later, by a timer or when they are seen to be in view, and say until then what another row said.
 * @param {ScrollRequest} req
 * @param {Screen} screen
 * @param {number} end
 * @returns {Promise<Screen | Miss>}
 */
async function filled(req, screen, end) {
  for (let last = screen; ;) {
    const unchanged = resting(last.el);
    for (let i = 0; i < lateFrames; i++) await frame();
    await pause(0); // timers of the page that are due run before this one, also on a busy machine
    if (unchanged(last.el)) return last;
    const now = await settled(req.table, Math.max(0, end - performance.now()), null, true);
    if (now instanceof Miss || now.sig === last.sig) return now;
    if (performance.now() >= end) return new Miss('busy', 'its cells are still changing');
    last = now;
  }
}

/**
 * scroll reads a list that draws only what is in view: from a position on, viewport by viewport, at most `limit` rows,
 * or up to the one that is sought, which stays in view. `watch` screens that it scrolls to are watched for cells that
 * come late; where some do, those of each further screen are waited for.
 * @param {ScrollRequest} req
 * @returns {Promise<ScrollAnswer | Missed>}
 */
export async function scroll(req) {
  const found = resolve(req.table);
  if (found instanceof Miss) return { miss: found };
  const end = performance.now() + req.wait, out = new Map();
  await counted(req);
  const first = await settled(req.table, req.wait);
  if (first instanceof Miss) return { miss: first };
  const el = scrollerOf(found.el);
  let names = /** @type {string[]} */ ([]), pos = req.from, least = Infinity, cellsLate = req.late, watched = 0;
  /** @type {(next: number, bottom: boolean) => ScrollAnswer} */
  const soFar = (next, bottom) => ({
    names, rows: [...out.values()], drawn: least, pos: next, bottom, height: el.scrollHeight, count: countShown(req),
    filters: filtersNow(req), address: el.ownerDocument.location.href, late: cellsLate, watched,
  });
  for (;;) {
    const before = el.scrollTop;
    el.scrollTop = pos;
    await frame();
    const screen = await settled(req.table, Math.max(0, end - performance.now()), null, true);
    if (!el.isConnected) return { miss: new Miss('busy', 'the list was drawn anew') };
    const isMoved = el.scrollTop !== before || req.from > 0; // a call goes on where the one before has scrolled to
    cellsLate ||= !(screen instanceof Miss) && screen.filling;
    const isWatched = cellsLate || (isMoved && watched < req.watch);
    const got = isWatched && !(screen instanceof Miss) ? await filled(req, screen, end) : screen;
    if (isWatched && !(screen instanceof Miss)) {
      cellsLate ||= got instanceof Miss || got.sig !== screen.sig;
      if (!(got instanceof Miss)) watched++;
    }
    if (got instanceof Miss && out.size) return soFar(pos, false); // its time may be over
    if (got instanceof Miss) return { miss: got };
    names = got.names;
    for (const r of got.rows) out.set(lineOf(r), r);
    least = Math.min(least, got.rows.length);
    const bottom = atBottom(el), next = nextPos(el, rowElements(got.el, req.table.table));
    const sought = req.until !== undefined && shows(req.table, got, req.until);
    if (bottom || sought || out.size >= req.limit || performance.now() >= end) return soFar(next, bottom);
    pos = next;
  }
}

/**
 * reveal scrolls a list that draws only what is in view, from a position on, until the row with a key is drawn. Where
 * it is not, it says where the bottom is; `more` says that its time was over before, and from where to go on.
 * @param {RevealRequest} req
 * @returns {Promise<{ found: boolean, more?: boolean, pos: number, height: number } | Missed>}
 */
export async function reveal(req) {
  const end = performance.now() + req.wait;
  const found = resolve(req.table);
  if (found instanceof Miss) return { miss: found };
  const first = await settled(req.table, req.wait);
  if (first instanceof Miss) return { miss: first };
  const el = scrollerOf(found.el);
  const further = () => nextPos(el, rowElements(found.el, req.table.table));
  for (let pos = req.from; ; pos = further()) {
    el.scrollTop = pos;
    await frame();
    const got = await settled(req.table, Math.max(0, end - performance.now()));
    if (got instanceof Miss) {
      if (pos > req.from && performance.now() >= end) return { found: false, more: true, pos, height: el.scrollHeight };
      return { miss: got };
    }
    const row = rowByKey(req.table, req.equals);
    if (!(row instanceof Miss)) {
      row.el.scrollIntoView({ block: 'center', behavior: 'instant' });
      await frame();
      return { found: true, pos: el.scrollTop, height: el.scrollHeight };
    }
    if (row.kind !== 'no-row') return { miss: row };
    if (atBottom(el)) return { found: false, pos: el.scrollTop, height: el.scrollHeight };
    if (performance.now() >= end) return { found: false, more: true, pos: further(), height: el.scrollHeight };
  }
}
