// Picking: a person shows by a click which element a target is. The click never reaches the page.
import { describe } from './describe.js';
import { baseOf } from './examine.js';
import { fingerprintOf } from './fingerprint.js';
import { pointerEvents, typingEvents, watch } from './guard.js';
import { Miss } from './miss.js';
import { covers, keyed, lower, make, mark, press, raise, shield, stay } from './overlay.js';
import { topBox } from './point.js';
import { offersFor } from './proposal.js';
import { resolve, scopeOf } from './resolve.js';
import { neighbour, outerOf, told } from './seek.js';
import { drawn, visible } from './sight.js';
import { nameOf, roleOf } from './role.js';
import { bar } from './style.js';
import { paced, pause } from './time.js';
import { documents, insideOf, parentOf } from './tree.js';
import { find, foremost, spell } from './candidate.js';

export const controls = 'button,a[href],area[href],input,select,textarea,summary,'
  + '[contenteditable=""],[contenteditable=true],'
  + ['button', 'link', 'tab', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'option', 'checkbox', 'radio', 'switch',
    'combobox', 'textbox', 'searchbox', 'spinbutton', 'slider', 'treeitem'].map((r) => `[role=${r}]`).join(',');
export const lists = 'table,[role=table],[role=grid],[role=treegrid],[role=list],[role=listbox],ul,ol';

/**
 * lift goes from what was hit to what is acted on by it: the control around it, or that of its label. For a table it is
 * the table around it.
 * @param {El} hit
 * @param {boolean} [table]
 * @returns {El}
 */
export function lift(hit, table) {
  for (let p = /** @type {El | null} */ (hit); p; p = parentOf(p)) {
    if (p.nodeType !== 1) continue;
    if (table ? p.matches(lists) : p.matches(controls)) return p;
    if (!table && p.localName === 'label' && p.control && drawn(/** @type {El} */ (p.control))) {
      return /** @type {El} */ (p.control);
    }
  }
  return hit;
}

/** @type {(row: RowRequest) => string} */
const rowLabel = (row) => (row.equals ? `the row of ${row.equals}` : 'the first row');

/**
 * judge says of an element by what the target would be found if it were it, or why it cannot be.
 * @param {Picking} p
 * @param {El} el
 * @returns {Judged}
 */
function judge(p, el) {
  const { target, row } = p.req;
  const base = baseOf({ target, row });
  const scope = base instanceof Miss ? base : scopeOf(target, base);
  const place = row ? `${rowLabel(row)} in ${row.table.name}` : target.within?.name;
  const none = (/** @type {string} */ note) => ({ offers: [], note, kept: false });
  if (scope instanceof Miss) {
    return none(`${place} is not on this page, and ${target.name} is looked for in it only: walk on to it, or pick `
      + `${place} first.`);
  }
  if (row && !insideOf(el, scope)) {
    const list = resolve(row.table), another = !(list instanceof Miss) && insideOf(el, list.el);
    const where = another ? 'in another row' : `outside of ${row.table.name}`;
    const there = `${target.name} is looked for in ${rowLabel(row)}, which is outlined: click it there.`;
    return none(`It lies ${where}. ${there}`);
  }
  if (!insideOf(el, scope)) {
    const where = place ? `outside of ${place}` : 'in a frame';
    return none(`It lies ${where}, where ${target.name} is not looked for: change its within in the version's file.`);
  }
  const offers = offersFor(el, scope), kept = offers.some((o) => o.kept);
  const note = kept ? '' : 'By none of these could it be found alone: look at what is around it or in it.';
  return { offers, kept, note };
}

/**
 * strays are the candidates of the target that mean something else than the element that is taken, and how many they
 * match: at a commit all that still match must mean the same.
 * @param {Picking} p
 * @param {El} el
 * @returns {{ at: number, matches: number }[]}
 */
function strays(p, el) {
  const { target, row } = p.req, base = baseOf({ target, row });
  const scope = base instanceof Miss ? base : scopeOf(target, base);
  if (scope instanceof Miss) return [];
  return (target.candidates ?? []).flatMap((c, at) => { // a mark has none yet
    const seen = foremost(find(scope, c).filter(visible)), matches = seen.length;
    return matches === 0 || (matches === 1 && seen[0] === el) ? [] : [{ at, matches }];
  });
}

/**
 * said is what an element is for a person: its role and its name.
 * @param {El} el
 * @returns {string}
 */
const said = (el) => `${roleOf(el) || `<${el.localName}>`}${nameOf(el) ? ` “${nameOf(el).slice(0, 80)}”` : ''}`;

/** @type {Picking | null} */
let current = null;

/**
 * begin draws the overlay, and keeps input from the page.
 * @param {PickingRequest} req
 * @returns {Picking}
 */
function begin(req) {
  const surface = raise(bar, 'bar');
  /** @type {Picking} */
  const p = {
    req, surface, walking: req.walking, seen: null, chosen: null, outer: [], shown: null, done: '', focus: 0,
    top: req.top, offered: null,
  };
  p.watch = watch([...pointerEvents, ...typingEvents], (hit, type, e) => lets(p, hit, type, e));
  p.follow = paced(200, () => follow(p));
  p.hover = (/** @type {any} */ e) => hovered(p, /** @type {El} */ (e.composedPath()[0]), e);
  surface.box.setAttribute('role', 'dialog');
  surface.box.setAttribute('aria-label', `Pick ${req.target.name}`);
  surface.box.setAttribute('aria-live', 'polite');
  return p;
}

/**
 * proposed is the first thing that was proposed and that is on this page.
 * @param {Picking} p
 * @returns {El | null}
 */
function proposed(p) {
  for (const candidates of p.req.proposed) {
    for (const c of candidates) {
      const found = documents().flatMap((d) => find(d, c)).filter(visible);
      if (found.length === 1 && judge(p, found[0]).kept) return found[0];
    }
  }
  return null;
}

/**
 * lets says whether an event may reach the page: only while the person walks on, and never one on the bar.
 * @param {Picking} p
 * @param {El} hit
 * @param {string} type
 * @param {any} e
 * @returns {boolean}
 */
function lets(p, hit, type, e) {
  if (typingEvents.includes(type)) {
    const ours = !p.walking || e.key === 'F2';
    if (ours && type === 'keydown') typed(p, e);
    return !ours;
  }
  if (hit === p.surface.host || covers(p.surface, e)) {
    if (type === 'click') press(p.surface, e);
    return false;
  }
  if (!p.walking && type === 'click') choose(p, lift(hit, Boolean(p.req.target.table)));
  return p.walking;
}

/**
 * typed does what a key is for. The page keeps its focus: many a menu closes without it.
 * @param {Picking} p
 * @param {KeyboardEvent} e
 */
function typed(p, e) {
  const step = { Tab: e.shiftKey ? -1 : 1, ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (e.key === 'F2') walk(p, !p.walking);
  else if (e.key === 'Escape') { if (p.chosen) choose(p, null); else p.done = 'cancelled'; }
  else if (e.key === 'ArrowUp') outer(p);
  else if (e.key === 'ArrowDown') inner(p);
  else if (e.key === 'PageDown' || e.key === 'PageUp') scroll(p, e.key === 'PageDown' ? 100 : -100);
  else if (step && p.chosen) p.focus += step;
  else if (step) next(p, step);
  else if (e.key === 'Enter' && p.chosen) {
    const b = buttonsOf(p)[p.focus];
    if (b?.getAttribute('aria-disabled') !== 'true') b?.act?.();
  } else if (e.key === 'Enter' && p.seen) choose(p, p.seen);
  draw(p);
}

/** @type {(p: Picking, by: number) => void} */
const scroll = (p, by) => { p.surface.box.querySelector('.body')?.scrollBy({ top: by, behavior: 'instant' }); };

/** @type {(p: Picking) => Pressable[]} */
const buttonsOf = (p) => /** @type {Pressable[]} */ ([...p.surface.root.querySelectorAll('button')]);

/**
 * next looks at the element before or after the one looked at, of those that may be targets.
 * @param {Picking} p
 * @param {number} step
 */
function next(p, step) {
  const el = neighbour(told(), p.seen, step);
  look(p, el);
  if (el) uncover(p, el);
}

/**
 * uncover has the bar go to the other end of the page where it lies over an element, and would not do so there.
 * @param {Picking} p
 * @param {El} el
 */
function uncover(p, el) {
  const over = () => {
    const b = topBox(el), r = p.surface.box.getBoundingClientRect();
    return b.x < r.right && b.x + b.w > r.left && b.y < r.bottom && b.y + b.h > r.top;
  };
  draw(p);
  if (!over()) return;
  p.top = !p.top;
  draw(p);
  if (!over()) return;
  p.top = !p.top;
  draw(p);
}

/** @type {(p: Picking, el: El | null) => void} */
function look(p, el) {
  p.seen = el;
  p.outer = [];
}

/** @type {(p: Picking, el: El | null) => void} */
function choose(p, el) {
  if (el) look(p, el);
  p.chosen = el;
  p.focus = 0;
  draw(p);
}

/**
 * outer goes to the element around the one looked at.
 * @param {Picking} p
 */
function outer(p) {
  const up = outerOf(p.seen);
  if (!p.seen || !up) return;
  p.outer.push(p.seen);
  p.seen = up;
  if (p.chosen) p.chosen = up;
  draw(p);
}

/** @type {(p: Picking) => void} */
function inner(p) {
  const back = p.outer.pop();
  if (!back) return;
  p.seen = back;
  if (p.chosen) p.chosen = back;
  draw(p);
}

/** @type {(p: Picking, on: boolean) => void} */
function walk(p, on) {
  p.walking = on;
  p.chosen = null;
  look(p, null);
  draw(p);
}

/** @type {(p: Picking, hit: El, e: Event) => void} */
function hovered(p, hit, e) {
  if (!e.isTrusted || p.walking || p.chosen || hit === p.surface.host || !hit.ownerDocument) return;
  if (hit.ownerDocument === document && covers(p.surface, e)) return;
  const el = lift(hit, Boolean(p.req.target.table));
  if (el !== p.seen) { look(p, el); draw(p); }
}

/**
 * draw shows what is looked at, and what can be done.
 * @param {Picking} p
 */
function draw(p) {
  const { surface, req, chosen, walking } = p, el = p.seen;
  const judged = el ? judge(p, el) : null;
  if (el && !el.isConnected) { p.seen = p.chosen = null; return draw(p); }
  const head = make('div', 'head'), body = make('div', 'body'), buttons = make('div', 'buttons');
  head.append(make('span', 'name', `Pick ${req.target.name}`), make('span', 'soft', hint(p, Boolean(judged?.kept))));
  const inRow = req.row && `${req.target.name} is looked for in ${rowLabel(req.row)}, which is outlined.`;
  if (inRow) body.append(make('div', 'soft', inRow));
  if (req.note && (!el || req.guided)) body.append(make('div', 'note', req.note));
  if (el && judged) body.append(...about(el, judged));
  const take = keyed('Take', () => { p.done = 'taken'; }, 'main');
  take.setAttribute('aria-disabled', String(!judged?.kept));
  if (chosen) {
    buttons.append(take, keyed('Outer', () => outer(p)), keyed('Inner', () => inner(p)));
    buttons.append(keyed('Another', () => choose(p, null)));
  }
  buttons.append(keyed(walking ? 'Pick again (F2)' : 'Walk on (F2)', () => walk(p, !walking)));
  buttons.append(keyed(p.top ? 'To the bottom' : 'To the top', () => { p.top = !p.top; draw(p); }));
  if (req.guided) {
    if (req.stretch) buttons.append(keyed('Record from here', () => { p.done = 'stretch'; }));
    if (req.recordable) buttons.append(keyed('Record the flow', () => { p.done = 'record'; }));
    buttons.append(keyed('Skip', () => { p.done = 'skipped'; }));
  }
  buttons.append(keyed(req.guided ? 'Leave' : 'Cancel', () => { p.done = 'cancelled'; }));
  const scrolled = p.shown === el ? surface.box.querySelector('.body')?.scrollTop ?? 0 : 0;
  surface.box.replaceChildren(head, body, buttons);
  body.scrollTop = scrolled;
  p.shown = el;
  surface.box.classList.toggle('top', p.top);
  const all = buttonsOf(p);
  p.focus = (p.focus + all.length) % all.length;
  if (chosen) all[p.focus]?.classList.add('focused');
  place(p);
}

/** @type {(p: Picking, takeable: boolean) => string} */
function hint(p, takeable) {
  if (p.walking) return 'Clicks go to the page now. What would change something is not sent.';
  if (p.chosen && !takeable) return 'It cannot be taken. Escape goes back.';
  if (p.chosen && p.chosen === p.offered) return 'It may be this: Enter takes it, Another lets you click another one.';
  if (p.chosen) return 'Enter takes it, Tab goes to the other buttons, Escape goes back.';
  return `Click the element, or go to it with Tab and press Enter. Escape ${p.req.guided ? 'leaves' : 'cancels'}.`;
}

/**
 * about tells of an element: what it is, and by what it would be found.
 * @param {El} el
 * @param {Judged} judged
 * @returns {HTMLElement[]}
 */
function about(el, { offers, note }) {
  const list = make('ul');
  for (const o of [...offers.filter((o) => o.kept), ...offers.filter((o) => !o.kept)]) {
    const item = make('li'), text = make('span');
    text.append(make('code', '', spell(o.candidate)));
    if (o.why) text.append(make('span', 'why', o.why));
    item.append(make('span', o.kept ? 'kept' : 'dropped', o.kept ? 'finds it' : 'dropped'), text);
    list.append(item);
  }
  const named = make('div', 'soft', 'What names somebody is left out when it is taken.');
  return [make('div', 'said', said(el)), ...(note ? [make('div', 'note', note)] : []), list, named];
}

/** @type {(p: Picking) => void} */
function place(p) {
  const el = p.seen, { row, target } = p.req, base = row ? baseOf({ target, row }) : null;
  const marks = row && base && !(base instanceof Miss) ? [{ box: topBox(base), kind: '', label: rowLabel(row) }] : [];
  if (el?.isConnected) marks.push({ box: topBox(el), kind: p.chosen ? 'chosen' : '', label: said(el) });
  mark(p.surface, marks);
}

/**
 * follow goes along with the page: its new frames, and what it puts over the bar.
 * @param {Picking} p
 */
function follow(p) {
  stay(p.surface);
  p.watch?.listen();
  shield(p.surface, !p.walking);
  for (const d of documents()) d.defaultView?.addEventListener('pointermove', p.hover, true);
}

/**
 * refresh shows where the element has gone.
 * @param {Picking} p
 */
function refresh(p) {
  p.follow?.();
  if (!p.offered && !p.seen && !p.walking && p.req.proposed.length) {
    p.offered = proposed(p);
    if (p.offered) { choose(p, p.offered); uncover(p, p.offered); }
  }
  if (!p.surface.box.firstChild || p.seen && !p.seen.isConnected) draw(p);
  place(p);
}

/** @type {(p: Picking) => void} */
function end(p) {
  p.watch?.stop();
  for (const d of documents()) d.defaultView?.removeEventListener('pointermove', p.hover, true);
  lower(p.surface);
  current = null;
}

/**
 * picking shows the overlay, and says what came of it within `wait` ms: nothing yet, what was taken, or that it was
 * cancelled. In a new document it begins anew.
 * @param {PickingRequest} req
 * @returns {Promise<PickingAnswer>}
 */
export async function picking(req) {
  const p = current ??= begin(req), until = performance.now() + req.wait;
  do {
    refresh(p);
    if (!p.done) await pause(80);
  } while (!p.done && performance.now() < until);
  const answer = { done: p.done, walking: p.walking, top: p.top };
  if (!p.done) return answer;
  const el = p.chosen;
  if (p.done === 'taken' && (!el?.isConnected || !judge(p, el).kept)) { // it has changed in between
    p.done = '';
    draw(p);
    return { ...answer, done: '' };
  }
  end(p);
  if (answer.done !== 'taken' || !el) return answer;
  const { offers } = judge(p, el), looks = { said: said(el), fingerprint: fingerprintOf(el) };
  return { ...answer, offers, strays: strays(p, el), described: describe(el), ...looks };
}
