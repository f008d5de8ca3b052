// Recording: a panel over the page, and what the person does there and on the page. Nothing of the panel reaches the
// page or the recording.
import { listAround, listingOf, listsIn, ownIdOf } from './columns.js';
import { capture, controlOf, offered, recorded, tell, tellSecrets, wentBack } from './gesture.js';
import { deepActive } from './focus.js';
import { pointerEvents, watch } from './guard.js';
import { addFilter, filterOf, listButtons, listShown } from './listing.js';
import { grab, moveTo } from './move.js';
import { covers, keyed, lower, make, mark, press, raise, shield, stay } from './overlay.js';
import { topBox } from './point.js';
import { neighbour, outerOf, told } from './seek.js';
import { free, isTyped, noteSecrets, saidOf, sketchOf } from './sketch.js';
import { recorder as style } from './style.js';
import { norm } from './text.js';
import { paced, pause } from './time.js';
import { documents } from './tree.js';
import { valueOf } from './value.js';

/** What is to be shown by the next click, which does not reach the page. */
const asks = /** @type {Record<string, string>} */ ({
  commit: 'Click what commits: it is taken down and not pressed.',
  person: 'Click what shows the e-mail of the person.',
  list: 'Click the list of people.',
  counter: 'Click what says how many there are.',
  next: 'Click what leads to the next page.',
  filter: 'Click what filters the list, or says that it is filtered.',
  roles: 'Click one of the roles on offer.',
  organisation: 'Click the name of the organisation.',
  waiting: 'Click what says that a change of this person awaits somebody else.',
  detail: 'Click what the page says of the person, and nothing else.',
  hover: 'Click what the mouse is to rest on.',
  expect: 'Click what is to say the same each time.',
});

/** @type {Recorder | null} */
let current = null;

/**
 * begin hears what the person does. The panel is drawn later: the document may not have begun.
 * @param {RecordingRequest} req
 * @returns {Recorder}
 */
function begin(req) {
  /** @type {Recorder} */
  const r = {
    req, surface: null, mode: req.mode, paused: req.paused, folded: req.at?.folded ?? false, at: req.at, done: false,
    skipped: false,
    instead: '',
    text: '', naming: null, listing: null, stood: null, seen: null, focus: -1, pending: null, label: null, opened: null,
    drawn: new WeakSet(), typing: null, key: null, moves: null, serial: 0,
    secrets: new Map(), secretFields: new WeakSet(),
    taken: new Set(),
  };
  r.watch = watch(recorded, (hit, type, /** @type {any} */ e) => {
    if (type === 'keyup') return !r.taken.delete(e.key); // a page may act when a key is let go
    const passes = lets(r, hit, type, e);
    if (!passes && type === 'keydown') r.taken.add(e.key);
    return passes;
  });
  r.hover = (/** @type {any} */ e) => hovered(r, /** @type {El} */ (e.composedPath()[0]), e);
  r.follow = paced(200, () => follow(r));
  r.leaves = () => tellSecrets(r);
  addEventListener('pagehide', r.leaves);
  r.travels = (e) => { if (!r.paused) wentBack(r, e); };
  globalThis.navigation?.addEventListener('navigate', r.travels);
  return r;
}

/**
 * lets says whether an event may reach the page: all but what is meant for the panel, and what is to be shown.
 * @param {Recorder} r
 * @param {El} hit
 * @param {string} type
 * @param {any} e
 * @returns {boolean}
 */
function lets(r, hit, type, e) {
  const s = r.surface, keys = !pointerEvents.includes(type);
  if (r.naming !== null && keys) {
    if (type === 'keydown') named(r, e);
    return false;
  }
  if (s && (hit === s.host || !keys && covers(s, e))) {
    if (type === 'click') press(s, e);
    if (type === 'pointerdown' && !grab(r, s, e) && !covers(s, e)) {
      tell(r, { kind: 'unsupported', why: 'a frame of another origin cannot be looked into' });
    }
    return false;
  }
  if (keys && r.focus >= 0) {
    if (type === 'keydown') typed(r, e);
    return false;
  }
  if (type === 'keydown' && e.key === 'F2') { toPanel(r, true); return false; }
  if (type === 'pointerdown') r.focus = -1;
  if (r.mode) {
    if (type === 'pointerdown' && r.mode === 'filter') r.stood = filterOf(r, meant(r.mode, hit));
    if (type === 'keydown' && sought(r, e)) return false;
    if (type === 'click') take(r, hit);
    return keys;
  }
  if (r.listing) { // what is done to the page meanwhile would not be seen among the steps
    if (type === 'keydown' && e.key === 'Escape') { r.listing = null; draw(r); }
    return false;
  }
  if (!r.paused) capture(r, hit, type, e);
  return true;
}

/**
 * toPanel goes to the panel with the keys, or back. The page keeps its focus: many a menu closes without it, and behind
 * a modal dialog nothing else can have it.
 * @type {(r: Recorder, on: boolean) => void}
 */
function toPanel(r, on) {
  r.focus = on ? 0 : -1;
  draw(r);
}

/** @type {(r: Recorder) => Pressable[]} */
const buttonsOf = (r) => /** @type {Pressable[]} */ ([...r.surface?.root.querySelectorAll('button') ?? []]);

/**
 * typed does what a key on the panel is for.
 * @param {Recorder} r
 * @param {KeyboardEvent} e
 */
function typed(r, e) {
  const all = buttonsOf(r);
  const step = { Tab: e.shiftKey ? -1 : 1, ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
  if (e.key === 'F2' || e.key === 'Escape') { toPanel(r, false); return; }
  if (step) r.focus = (r.focus + step + all.length) % all.length;
  const hit = all[r.focus];
  if ((e.key === 'Enter' || e.key === ' ') && hit?.getAttribute('aria-disabled') !== 'true') {
    const columns = Boolean(r.listing) && hit.classList.contains('row');
    hit.act?.();
    if (!columns) r.focus = -1;
  }
  draw(r);
}

/**
 * named takes down the name that is typed for a target.
 * @param {Recorder} r
 * @param {KeyboardEvent} e
 */
function named(r, e) {
  const name = r.naming ?? '';
  if (e.key === 'Enter') tell(r, { kind: 'name', value: name });
  if (e.key === 'Enter' || e.key === 'Escape') r.naming = null;
  else if (e.key === 'Backspace') r.naming = name.slice(0, -1);
  else if (/^[a-z0-9_.]$/.test(e.key)) r.naming = name + e.key;
  draw(r);
}

/**
 * sought does what a key is for while something is to be shown, and says whether it is for anything.
 * @param {Recorder} r
 * @param {KeyboardEvent} e
 * @returns {boolean}
 */
function sought(r, e) {
  const step = { Tab: e.shiftKey ? -1 : 1, ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1 }[e.key];
  if (e.key === 'Escape') setMode(r, '');
  else if (step) r.seen = neighbour(meantIn(r.mode), r.seen, step);
  else if (e.key === 'ArrowUp') {
    const up = outerOf(r.seen);
    if (up) r.seen = meant(r.mode, up);
  } else if (e.key === 'Enter' && r.seen) take(r, r.seen);
  else return false;
  return true;
}

/** @type {(mode: string) => El[]} */
const meantIn = (mode) => (mode === 'list' ? documents().flatMap((d) => listsIn(d))
  : [...new Set(told().map((el) => meant(mode, el)))]);

/** @type {(r: Recorder, mode: string) => void} */
function setMode(r, mode) {
  r.mode = r.mode === mode ? '' : mode;
  r.seen = null;
  draw(r);
}

/**
 * withId is what says the same as an element and also what the console calls it: the name may stand in a part of that.
 * @type {(el: El) => El}
 */
function withId(el) {
  for (let p = /** @type {any} */ (el), up = 0; p?.nodeType === 1 && up < 4; p = p.parentElement, up++) {
    if (norm(p.textContent) !== norm(el.textContent)) break;
    if (ownIdOf(p)) return p;
  }
  return el;
}

/** @type {(mode: string, hit: El) => El} */
function meant(mode, hit) {
  if (mode === 'list') return listAround(hit);
  if (['commit', 'next', 'hover', 'filter'].includes(mode)) return controlOf(hit);
  if (mode === 'organisation') return withId(hit);
  return hit.closest?.('input,select,textarea') ?? hit;
}

/**
 * take takes down what was to be shown.
 * @param {Recorder} r
 * @param {El} hit
 */
function take(r, hit) {
  const { mode } = r, el = meant(mode, hit);
  r.mode = '';
  r.seen = null;
  if (mode === 'list') begins(r, el);
  else if (mode === 'counter' && r.listing) Object.assign(r.listing, { counter: sketchOf(r, el), last: true });
  else if (mode === 'next' && r.listing) Object.assign(r.listing, { next: sketchOf(r, el), last: true });
  else if (mode === 'filter' && r.listing) addFilter(r.listing, asItStood(r, filterOf(r, el)));
  else if (mode === 'roles') offered(r, el);
  else {
    const on = sketchOf(r, el), id = mode === 'organisation' ? ownIdOf(el) : '', [kind, column] = mode.split(' ');
    const attrs = /** @type {Record<string, string>} */ (id ? { organisation_id: id } : column ? { column } : {});
    tell(r, { kind, on, attrs, value: on.secret ? '' : free(r, norm(valueOf(el))) });
  }
  draw(r);
}

/**
 * asItStood is a filter as it stood when the pointer went down: a check box turns before anybody hears of the click.
 * @type {(r: Recorder, filter: ListFilter) => ListFilter}
 */
function asItStood(r, filter) {
  const { stood } = r;
  r.stood = null;
  return stood?.sketch.ref === filter.sketch.ref ? stood : filter;
}

/** @type {(r: Recorder, el: El) => void} */
function begins(r, el) {
  const got = listingOf(r, el);
  if (typeof got === 'string') tell(r, { kind: 'unsupported', why: got });
  else r.listing = got;
}

/** @type {(r: Recorder, hit: El, e: any) => void} */
function hovered(r, hit, e) {
  if (!e.isTrusted || !r.mode || hit === r.surface?.host || !hit.ownerDocument) return;
  r.seen = meant(r.mode, hit);
}

/**
 * draw shows how far the recording is, unless that is shown already.
 * @param {Recorder} r
 */
function draw(r) {
  const { surface: s, req, listing } = r;
  if (!s) return;
  const shown = { ...listing, el: null, sketch: null };
  const text = JSON.stringify([req.steps, req.remarks, req.name, req.stopped, r.mode, r.paused, r.folded,
    r.naming, r.focus, shown]);
  if (text === r.text) return;
  r.text = text;
  const head = make('div', 'head'), body = make('div', 'body'), buttons = make('div', 'buttons');
  const fold = keyed(r.folded ? 'Open' : 'Fold', () => { r.folded = !r.folded; draw(r); });
  fold.setAttribute('aria-expanded', String(!r.folded));
  head.append(make('span', r.paused ? 'dot off' : 'dot'), make('span', 'name', req.title), fold);
  if (req.guided) head.append(keyed('Skip', () => { r.done = r.skipped = true; }));
  head.append(keyed(req.guided ? 'Leave' : 'Stop', () => { r.done = true; }));
  const again = () => draw(r), ends = () => { r.listing = null; draw(r); };
  body.append(...(listing ? listShown(r, listing, again) : stepsShown(r)));
  buttons.append(...(listing ? listButtons(r, listing, { ask: (mode) => setMode(r, mode), ends }) : actButtons(r)));
  const sum = make('div', r.mode || r.naming !== null ? 'sum asks' : 'sum', status(r));
  sum.setAttribute('aria-live', 'polite');
  const before = s.box.classList.contains('lists') ? s.box.querySelector('.body')?.scrollTop ?? 0 : 0;
  s.box.replaceChildren(head, sum, body, buttons);
  s.box.classList.toggle('folded', r.folded);
  s.box.classList.toggle('aside', r.mode !== '' && r.focus < 0); // less of the page is covered while it is shown from
  s.box.classList.toggle('lists', listing !== null);
  s.box.classList.toggle('recordable', Boolean(req.recordable));
  body.scrollTop = !listing || listing.last ? body.scrollHeight : before;
  if (listing) listing.last = false;
  const at = buttonsOf(r)[r.focus];
  at?.classList.add('focused');
  if (at && body.contains(at)) at.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  if (r.at && r.at.x >= 0) moveTo(r, s, r.at.x, r.at.y);
}

/** @type {(r: Recorder) => string} */
function status(r) {
  if (r.naming !== null) return `Name: ${r.naming}▏ Enter takes it, Escape leaves it as it was.`;
  if (r.mode && r.req.recordable) return `${asked(r)} Where it is not on this page, record the way to it.`;
  if (r.mode) return `${asked(r)} Or go there with Tab and press Enter; Escape chooses nothing.`;
  if (r.listing) {
    return 'What each line is taken for: press one to change it. One must be taken for email. Escape cancels.';
  }
  if (r.paused) return 'Paused: what you do is not recorded.';
  return 'What would change something is not sent. F2 goes to this panel.';
}

/** @type {(r: Recorder) => string} */
const asked = (r) => (r.mode === 'commit' && r.req.commits
  ? 'Click what commits: it is taken down, and pressed for you after the recording, if its rehearsal passes.'
  : asks[r.mode.split(' ')[0]]);

/** @type {(r: Recorder) => HTMLElement[]} */
function stepsShown(r) {
  const list = make('ol');
  for (const { text, notes } of r.req.steps) {
    const item = make('li', '', text);
    for (const n of notes ?? []) item.append(make('span', 'why', n));
    list.append(item);
  }
  const none = r.req.steps.length ? [] : [make('div', 'soft', 'Nothing is recorded yet.')];
  return [...none, list, ...r.req.remarks.map((text) => make('div', 'note', text))];
}

/** What flows of a kind read: the text of a button, and what is to be shown then. */
const reads = /** @type {Record<string, [string, string][]>} */ ({
  roles: [['Roles…', 'roles']],
  organisation: [['Organisation…', 'organisation']],
  waiting: [['Request…', 'waiting']],
  detail: [['Role…', 'detail role'], ['Status…', 'detail status'], ['First name…', 'detail first_name'],
    ['Last name…', 'detail last_name'], ['Time zone…', 'detail time_zone'], ['Id…', 'detail id']],
});

/** @type {(r: Recorder) => Pressable[]} */
function actButtons(r) {
  const { req } = r;
  const ask = (/** @type {string} */ text, /** @type {string} */ mode) => {
    const b = keyed(text, () => setMode(r, mode));
    b.setAttribute('aria-pressed', String(r.mode === mode));
    return b;
  };
  const instead = (/** @type {string} */ text, /** @type {string} */ what) => keyed(text, () => {
    r.instead = what;
    r.done = true;
  });
  if (req.guided) {
    return [ask('List…', 'list'), ...(req.stretch ? [instead('Record from here', 'stretch')] : []),
      ...(req.recordable ? [instead('Record the flow', 'flow')] : [])];
  }
  const undo = keyed('Undo', () => { tell(r, { kind: 'undo' }); });
  undo.setAttribute('aria-disabled', String(!req.steps.length));
  const rename = keyed('Name…', () => { r.naming = req.name; draw(r); });
  rename.setAttribute('aria-disabled', String(!req.name));
  const shows = reads[req.reads] ?? [['List…', 'list']];
  const was = req.stopped ? [keyed('It was the commit', () => { tell(r, { kind: 'was' }); }, 'main')] : [];
  return [
    ...was, ask('Commit…', 'commit'), ask('Person…', 'person'), ...shows.map((b) => ask(...b)),
    ask('Expect…', 'expect'), ask('Hover…', 'hover'), rename, undo,
    keyed(r.paused ? 'Go on' : 'Pause', () => { r.paused = !r.paused; draw(r); }),
  ];
}

/** @type {(r: Recorder) => void} */
function place(r) {
  const s = r.surface, el = r.seen;
  if (!s) return;
  if (r.listing?.el.isConnected && !r.mode) { mark(s, [{ box: topBox(r.listing.el), label: 'the list' }]); return; }
  const seen = el?.isConnected && r.mode;
  mark(s, seen ? [{ box: topBox(el), kind: r.mode === 'commit' ? 'chosen' : '', label: labelOf(el) }] : []);
}

/** @type {(el: El) => string} */
const labelOf = (el) => (isTyped(el) ? `<${el.localName}>` : saidOf(el));

/**
 * follow goes along with the page: its new frames, and what it puts over the panel.
 * @param {Recorder} r
 */
function follow(r) {
  const s = r.surface ??= raised();
  stay(s);
  r.watch?.listen();
  noteSecrets(r);
  tellSecrets(r, deepActive());
  shield(s, true);
  for (const d of documents()) d.defaultView?.addEventListener('pointermove', r.hover, true);
  draw(r);
}

/** @type {() => Surface} */
function raised() {
  const s = raise(style, 'panel recorder');
  s.box.setAttribute('role', 'region');
  s.box.setAttribute('aria-label', 'Recording');
  return s;
}

/** @type {(r: Recorder) => void} */
function end(r) {
  r.watch?.stop();
  if (r.leaves) removeEventListener('pagehide', r.leaves);
  if (r.travels) globalThis.navigation?.removeEventListener('navigate', r.travels);
  for (const d of documents()) d.defaultView?.removeEventListener('pointermove', r.hover, true);
  if (r.surface) lower(r.surface);
  current = null;
}

/**
 * recording hears and shows for `wait` ms, and says whether the person has ended it. In a new document it begins anew;
 * with wait 0 it only begins to hear.
 * @param {RecordingRequest} req
 * @returns {Promise<RecordingAnswer>}
 */
export async function recording(req) {
  const r = current ??= begin(req), until = performance.now() + req.wait;
  r.req = req;
  if (req.wait) {
    do {
      r.follow?.();
      draw(r);
      place(r);
      if (!r.done) await pause(40);
    } while (!r.done && performance.now() < until);
  }
  if (r.done) end(r);
  const { x, y } = r.at ?? { x: -1, y: -1 };
  const { done, skipped, instead, mode, paused, folded } = r;
  return { done, skipped, instead, mode, paused, at: { x, y, folded } };
}
