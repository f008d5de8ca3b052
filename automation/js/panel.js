// Inspecting: a panel that shows which targets match what on the page, and follows the page.
import { baseOf } from './examine.js';
import { pointerEvents, watch } from './guard.js';
import { Miss } from './miss.js';
import { grab, moveTo } from './move.js';
import { covers, keyed, lower, make, mark, press, raise, stay } from './overlay.js';
import { pointOf, topBox } from './point.js';
import { matches } from './resolve.js';
import { spell } from './candidate.js';
import { panel as style } from './style.js';
import { frame, paced, pause } from './time.js';
import { arriving, documents, roots } from './tree.js';

const soonest = 500; // ms between two looks at the targets

const groups = /** @type {[string, string][]} */ ([
  ['several', 'Several match'], ['fallback', 'Found by a fallback'], ['first', 'Found by the first candidate'],
  ['none', 'Not here'],
]);

/**
 * surveyOf looks for one target.
 * @param {ExamineRequest} req
 * @param {boolean} many
 * @returns {Survey}
 */
function surveyOf(req, many) {
  const base = baseOf(req);
  if (base instanceof Miss) return { req, group: 'none', detail: base.detail, els: [] };
  const m = matches(req.target, base);
  if (m.miss) return { req, group: 'none', detail: `${req.target.within?.name} is not here`, els: [] };
  if (!m.els.length) return { req, group: 'none', detail: m.hidden ? 'there, but nobody can see it' : '', els: [] };
  const by = spell(/** @type {Candidate} */ (m.used)), row = req.row ? ', in the first row' : '';
  let group = m.used === req.target.candidates[0] ? 'first' : 'fallback';
  if (m.els.length > 1 && !many) group = 'several';
  const number = m.els.length > 1 ? `${m.els.length} elements by ` : '';
  return { req, group, detail: `${number}${by}${row}`, els: m.els.slice(0, 50) };
}

/**
 * survey looks for every target, and draws what has changed since.
 * @param {Panel} p
 */
function survey(p) {
  p.dirty = false;
  p.surveys = p.req.targets.map((t) => surveyOf(t, p.req.many.includes(t.target.name)));
  draw(p);
}

/**
 * follow goes along with the page: every document and open shadow root tells of its changes, and the targets are looked
 * for again where there were any.
 * @param {Panel} p
 */
function follow(p) {
  stay(p.surface);
  p.watch?.listen();
  for (const root of documents().flatMap((d) => roots(d))) {
    if (root.nodeType === 1 || p.seen.has(root)) continue;
    p.seen.add(root);
    p.dirty = true;
    p.observer?.observe(root, { childList: true, subtree: true, attributes: true, characterData: true });
  }
  const early = arriving(); // that a document comes to its end is no change of it
  if (p.dirty || p.early) survey(p);
  p.early = early;
}

/** @type {Panel | null} */
let current = null;

/**
 * begin draws the panel.
 * @param {InspectingRequest} req
 * @returns {Panel}
 */
function begin(req) {
  const surface = raise(style, 'panel');
  /** @type {Panel} */
  const p = {
    req, surface, done: false, dirty: true, early: false, folded: req.at?.folded ?? false, at: req.at, surveys: [],
    lit: '', text: '', seen: new WeakSet(),
  };
  p.follow = paced(soonest, () => follow(p));
  p.observer = new MutationObserver((all) => { p.dirty ||= all.some((r) => r.target !== surface.host); });
  p.watch = watch([...pointerEvents, 'keydown'], (hit, type, e) => lets(p, hit, type, e));
  surface.box.setAttribute('role', 'region');
  surface.box.setAttribute('aria-label', 'Targets of this page');
  const { root, box } = surface;
  root.addEventListener('keydown', (e) => typed(p, /** @type {KeyboardEvent} */ (e)));
  for (const t of ['mouseover', 'focusin']) root.addEventListener(t, (e) => light(p, nameAt(e)));
  for (const t of ['mouseleave', 'focusout']) box.addEventListener(t, () => light(p, ''));
  return p;
}

/** @type {(e: Event) => string} */
const nameAt = (e) => /** @type {HTMLElement} */ (e.target).closest?.('.row')?.getAttribute('data-name') ?? '';

/**
 * lets says whether an event may reach the page: all but what is done on the panel.
 * @param {Panel} p
 * @param {El} hit
 * @param {string} type
 * @param {any} e
 * @returns {boolean}
 */
function lets(p, hit, type, e) {
  if (type === 'keydown') {
    if (e.key === 'F2') rowsOf(p)[0]?.focus();
    return e.key !== 'F2';
  }
  if (hit !== p.surface.host && !covers(p.surface, e)) return true;
  if (type === 'click') press(p.surface, e);
  if (type === 'pointerdown') grab(p, p.surface, e);
  return false;
}

/** @type {(p: Panel) => HTMLElement[]} */
const rowsOf = (p) => [.../** @type {NodeListOf<HTMLElement>} */ (p.surface.root.querySelectorAll('.row'))];

/**
 * typed moves from row to row.
 * @param {Panel} p
 * @param {KeyboardEvent} e
 */
function typed(p, e) {
  e.stopPropagation();
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key], all = rowsOf(p);
  const at = all.indexOf(/** @type {HTMLElement} */ (p.surface.root.activeElement));
  if (!step || at < 0) return;
  e.preventDefault();
  all[at + step]?.focus();
}

/**
 * light outlines the elements of a target.
 * @param {Panel} p
 * @param {string} name
 */
function light(p, name) {
  p.lit = name;
  place(p);
}

/** @type {(p: Panel) => void} */
function place(p) {
  const lit = p.surveys.find((s) => s.req.target.name === p.lit);
  const els = (lit?.els ?? []).filter((el) => el.isConnected), kind = els.length > 1 ? 'several' : '';
  mark(p.surface, els.map((el, i) => ({ box: topBox(el), kind, label: i ? '' : p.lit })));
}

/**
 * reveal scrolls to the first element of a target.
 * @param {Panel} p
 * @param {string} name
 */
async function reveal(p, name) {
  const el = p.surveys.find((s) => s.req.target.name === name)?.els[0];
  if (el && !pointOf(el)) {
    el.scrollIntoView({ behavior: 'instant', block: 'center', inline: 'center' });
    await frame();
  }
  light(p, name);
}

/**
 * draw shows the targets in their groups, unless they are shown so already.
 * @param {Panel} p
 */
function draw(p) {
  const { surface: { box, root }, req } = p;
  const text = JSON.stringify([p.folded, p.surveys.map((s) => [s.req.target.name, s.group, s.detail])]);
  if (text === p.text) return;
  p.text = text;
  const scrolled = box.querySelector('.body')?.scrollTop ?? 0, focused = root.activeElement?.getAttribute('data-name');
  const head = make('div', 'head'), body = make('div', 'body');
  const fold = keyed(p.folded ? 'Open' : 'Fold', () => { p.folded = !p.folded; draw(p); }, 'fold');
  fold.setAttribute('aria-expanded', String(!p.folded));
  fold.setAttribute('data-name', ' fold');
  head.append(make('span', 'name', req.title), fold, keyed('End', () => { p.done = true; }));
  for (const [group, title] of groups) {
    const all = p.surveys.filter((s) => s.group === group);
    if (all.length) body.append(section(p, group, `${title} (${all.length})`, all));
  }
  if (req.left.length) {
    body.append(make('h2', '', `Not looked for: they depend on a person (${req.left.length})`));
    body.append(make('div', 'soft', req.left.join(', ')));
  }
  box.replaceChildren(head, make('div', 'sum', summary(p)), body);
  box.classList.toggle('folded', p.folded);
  body.scrollTop = scrolled;
  if (focused) /** @type {HTMLElement | null} */ (root.querySelector(`[data-name="${CSS.escape(focused)}"]`))?.focus();
  if (p.at && p.at.x >= 0) moveTo(p, p.surface, p.at.x, p.at.y);
}

/** @type {(p: Panel) => string} */
function summary(p) {
  const count = (/** @type {string} */ g) => p.surveys.filter((s) => s.group === g).length;
  const [first, fallback, several, none] = ['first', 'fallback', 'several', 'none'].map(count);
  return `${first} found, ${fallback} by a fallback, ${several} with several matches, ${none} not here. `
    + 'F2 goes to the list.';
}

/** @type {(p: Panel, group: string, title: string, all: Survey[]) => HTMLElement} */
function section(p, group, title, all) {
  const out = make('section', `group-${group}`);
  out.append(make('h2', '', title));
  for (const s of all) {
    const { name } = s.req.target, row = keyed(name, () => { reveal(p, name); }, 'row');
    row.setAttribute('data-name', name);
    if (s.detail) row.append(make('span', 'soft', s.detail));
    out.append(row);
  }
  return out;
}

/**
 * inspecting shows the panel for `wait` ms, and says which target is in which group, and whether the person has ended
 * it. In a new document it begins anew.
 * @param {InspectingRequest} req
 * @returns {Promise<{ done: boolean, at: Kept | null, groups: Record<string, string> }>}
 */
export async function inspecting(req) {
  const p = current ??= begin(req), until = performance.now() + req.wait;
  do {
    p.follow?.();
    place(p);
    if (!p.done) await pause(80);
  } while (!p.done && performance.now() < until);
  if (p.done) {
    p.watch?.stop();
    p.observer?.disconnect();
    lower(p.surface);
    current = null;
  }
  const { x, y } = p.at ?? { x: -1, y: -1 }, groupsNow = p.surveys.map((s) => [s.req.target.name, s.group]);
  return { done: p.done, at: { x, y, folded: p.folded }, groups: Object.fromEntries(groupsNow) };
}
