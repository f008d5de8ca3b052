// The list chooser: what the panel of a recording shows of a list, and what the person says of it there.
import { keyed, make } from './overlay.js';
import { isBox, tell } from './gesture.js';
import { isChecked } from './control.js';
import { turn } from './columns.js';
import { free, isTyped, sketchOf } from './sketch.js';
import { norm } from './text.js';
import { valueOf } from './value.js';

/**
 * filterOf is how a control stands that decides which rows a list has. A field that is typed into narrows the list by
 * whatever stands there, so that it is to be empty; what else there is is to stay as it is now.
 * @param {Recorder} r
 * @param {El} el
 * @returns {ListFilter}
 */
export function filterOf(r, el) {
  const sketch = sketchOf(r, el), says = isTyped(el) ? '' : free(r, norm(valueOf(el)));
  if (isBox(el)) return { sketch, box: true, says: '', is: isChecked(el) ? 'on' : 'off' };
  return { sketch, box: false, says, is: says ? 'says' : 'empty' };
}

/**
 * addFilter takes a control among those that filter the list; one that is there already is looked at anew.
 * @param {Listing} l
 * @param {ListFilter} filter
 */
export function addFilter(l, filter) {
  l.last = true;
  l.filters = [...l.filters.filter((f) => f.sketch.ref !== filter.sketch.ref), filter];
}

/**
 * turnFilter takes a filter for the next way in which it may have to stand.
 * @param {ListFilter} f
 */
function turnFilter(f) {
  const says = /** @type {ListFilter['is'][]} */ (f.says ? ['says', 'empty', ''] : ['empty', '']);
  const ways = /** @type {ListFilter['is'][]} */ (f.box ? ['on', 'off', ''] : says);
  f.is = ways[(ways.indexOf(f.is) + 1) % ways.length];
}

/** @type {(f: ListFilter) => string} */
function standing(f) {
  if (f.is === 'says') return `says “${f.says}”`;
  if (f.is === 'empty') return 'empty or not shown';
  return f.is || 'not used';
}

/** @type {(means: string) => string} */
const wordsFor = (means) => ({ '': 'not used', last_first: 'last, first name', name_email: 'name, then e-mail' }[means]
  ?? means.replace('_', ' '));

/**
 * lineFor is a line of the chooser that changes when it is pressed.
 * @type {(what: string, is: string, more: string, used: boolean, act: () => void) => Pressable}
 */
function lineFor(what, is, more, used, act) {
  const out = keyed('', act, used ? 'row' : 'row unused');
  out.append(make('span', 'header', what), make('span', 'means', is));
  if (more) out.append(make('span', 'soft', more));
  return out;
}

/**
 * listShown is the body of the chooser.
 * @param {Recorder} r
 * @param {Listing} l
 * @param {() => void} draw
 * @returns {HTMLElement[]}
 */
export function listShown(r, l, draw) {
  /** @type {(act: () => void) => () => void} */
  const then = (act) => () => { act(); draw(); };
  const out = /** @type {HTMLElement[]} */ (l.columns.filter((c) => c.header).map((c) => { // a part has no header
    const [what, more] = c.candidate ? [c.sample, c.header] : [c.header, c.sample];
    return lineFor(what, wordsFor(c.means), more, c.means !== '', then(() => turn(l, c)));
  }));
  const rowless = !l.columns.some((c) => c.sample);
  if (rowless) out.push(make('div', 'soft', 'No row is shown: columns are told by headers alone.'));
  if (r.req.guided) return out; // its steps stand in the flow already
  if (l.scrolls) {
    const is = l.scroll ? 'read while it is scrolled' : 'all rows are drawn';
    out.push(lineFor('The list scrolls', is, '', true, then(() => { l.scroll = !l.scroll; })));
  }
  if (!l.counter && !l.next) { // which tell themselves
    const is = l.whole ? 'yes, always' : 'not said';
    out.push(lineFor('Everybody is on this page', is, '', l.whole, then(() => { l.whole = !l.whole; })));
  }
  for (const f of l.filters) {
    out.push(lineFor(f.sketch.said, standing(f), 'while nobody is left out', f.is !== '', then(() => turnFilter(f))));
  }
  const filters = l.filters.length ? '' : undefined; // each has a line of its own
  const also = [['Counter', l.counter?.said], ['Next page', l.next?.said], ['Filters', filters]];
  return [...out, ...also.filter(([, is]) => is !== '').map(([what, is]) => (
    make('div', 'soft', `${what}: ${is ?? 'none shown'}`)))];
}

/**
 * listButtons are what can be done with the list.
 * @param {Recorder} r
 * @param {Listing} l
 * @param {{ ask: (mode: string) => void, ends: () => void }} does
 * @returns {Pressable[]}
 */
export function listButtons(r, l, does) {
  const takes = keyed('Take list', () => { takeList(r, l); does.ends(); }, 'main');
  takes.setAttribute('aria-disabled', String(!l.columns.some((c) => c.means === 'email')));
  const asks = [['Counter…', 'counter'], ['Next page…', 'next'], ['Filter…', 'filter']].map(([text, mode]) => (
    keyed(text, () => does.ask(mode))));
  return [takes, ...(r.req.guided ? [] : asks), keyed('Cancel', does.ends)];
}

/** @type {(r: Recorder, l: Listing) => void} */
function takeList(r, l) {
  const used = l.columns.filter((c) => c.means);
  /** @type {<T>(of: (c: ListColumn) => T | undefined) => Record<string, T>} */
  const by = (of) => Object.fromEntries(used.flatMap((c) => {
    const is = of(c);
    return is === undefined ? [] : [[c.means, is]];
  }));
  const columns = by((c) => (c.candidate || c.attr ? undefined : c.header));
  const filters = l.filters.filter((f) => f.is).map(({ sketch, says, is }) => ({ on: sketch, says, is }));
  tell(r, { kind: 'list', on: l.sketch, rows: l.rows, columns, cells: by((c) => c.candidate), attrs: by((c) => c.attr),
    counter: l.counter, next: l.next, scroll: l.scroll,
    whole: l.whole && !l.counter && !l.next, filters });
}
