// Gestures: what a person does with the mouse and the keys becomes what a flow has steps for. Trusted events only come
// here (guard.js). What cannot be carried over is told at once.
import { boxBehind, isChecked } from './control.js';
import { deepActive } from './focus.js';
import { find } from './candidate.js';
import { mixed } from './hash.js';
import { controls, lift } from './pick.js';
import { norm } from './text.js';
import { alike, fresh, isTyped, knownAround, leastSecret, optionsOf, refOf, secretOf, sketchOf } from './sketch.js';
import { roleOf } from './role.js';
import { drawn, visible } from './sight.js';
import { pause } from './time.js';
import { documents, insideOf, parentOf, queryAll } from './tree.js';
import { valueOf } from './value.js';

const farthest = 10; // CSS pixels between press and release that are no drag
const optionRoles = ['option', 'menuitemradio', 'treeitem'];
const boxRoles = ['checkbox', 'radio', 'switch', 'menuitemcheckbox'];

/**
 * tell reports a gesture at once, since the page may be gone before it is asked.
 * @param {Recorder} r
 * @param {Gesture} g
 * @returns {string}
 */
export function tell(r, g) {
  if (g.kind !== 'fill') tellSecrets(r);
  const id = g.id ?? fresh(), page = location.origin + location.pathname;
  if (!g.id && g.kind !== 'chosen') r.typing = null;
  globalThis.billagentReport?.(JSON.stringify({ gesture: { ...g, id, page } }));
  return id;
}

/**
 * tellSecrets tells by what the secrets that were typed are known again, in other documents and in what was typed
 * before. That is told once a field is complete: of its parts one after the other the secret could be made out.
 * @param {Recorder} r
 * @param {Element | null} [but] the field that is being typed into
 */
export function tellSecrets(r, but = null) {
  for (const [field, s] of r.secrets) {
    if (s.told || field === but || s.value.length < leastSecret) continue;
    s.told = true;
    const salt = crypto.getRandomValues(new Uint32Array(2)).join('-'), of = refOf(field);
    const known = { salt, length: s.value.length, value: mixed(salt + s.value), secret: s.kind };
    globalThis.billagentReport?.(JSON.stringify({ gesture: { id: fresh(), kind: 'secret', of, ...known } }));
  }
}

/**
 * wentBack takes down that the person went back or forward by the browser's own means to what the page shows without
 * loading it anew. A click that leads there tells itself.
 * @param {Recorder} r
 * @param {any} e a NavigateEvent
 */
export function wentBack(r, e) {
  if (e.navigationType !== 'traverse' || !e.userInitiated || !e.destination?.sameDocument) return;
  const why = 'it went back or forward by the browser, which the page answers by itself: '
    + 'the step opens the address anew';
  tell(r, { kind: 'open', value: e.destination.url, why });
}

/** @type {(r: Recorder, why: string, on?: Sketch) => string} */
const cannot = (r, why, on) => tell(r, { kind: 'unsupported', why, on });

/**
 * controlOf lifts what was hit to what is acted on. Where nothing around it is a control it is the largest thing that
 * says the same and that the pointer shows as one to press.
 * @param {El} hit
 * @returns {El}
 */
export function controlOf(hit) {
  const el = lift(hit);
  if (el !== hit || !hit.ownerDocument.defaultView) return el;
  const presses = (/** @type {Element} */ e) => getComputedStyle(e).cursor === 'pointer';
  let out = hit;
  for (let p = parentOf(hit); p && p.nodeType === 1 && presses(p); p = parentOf(p)) {
    if (norm(p.textContent) === norm(hit.textContent)) out = p;
  }
  return out;
}

/** @type {(el: El) => boolean} */
export const isBox = (el) => (el.localName === 'input' && (el.type === 'checkbox' || el.type === 'radio'))
  || boxRoles.includes(roleOf(el) || '') || (el.localName === 'button' && el.hasAttribute('aria-pressed'));

/** @type {(el: El) => boolean} */
const isRadio = (el) => (el.localName === 'input' ? el.type === 'radio' : roleOf(el) === 'radio');

/**
 * begin takes down what is about to be pressed.
 * @param {Recorder} r
 * @param {El} hit
 * @param {any} e
 * @returns {Pending}
 */
function begin(r, hit, e) {
  const lifted = controlOf(hit), el = lifted.matches(controls) ? lifted : knownAround(r, lifted);
  const role = roleOf(el) || '';
  const appeared = r.opened !== null && !r.drawn.has(el) && !isTyped(el) && !isBox(el);
  const sure = optionRoles.includes(role);
  const options = (sure || appeared) && el.localName !== 'option' ? alike(r, el, sure) : null;
  const sketch = sketchOf(r, el);
  const at = { x: e.clientX ?? 0, y: e.clientY ?? 0, page: pageOf() };
  return { el, hit, sketch, options, ...at, moved: false, was: isChecked(el) };
}

/** pageOf is which page of a site is shown, without what it is filtered by. */
const pageOf = () => location.pathname + location.hash;

/** @type {(r: Recorder) => void} */
function seeDrawn(r) {
  r.drawn = new WeakSet();
  for (const d of documents()) for (const el of queryAll(d, '*')) if (drawn(el)) r.drawn.add(el);
}

/**
 * press is a click that has come, or one that the page gave no time to come.
 * @param {Recorder} r
 * @param {Pending} p
 * @returns {string} the id of the click, if it is one
 */
function press(r, p) {
  const { el, sketch } = p;
  if (el.localName === 'select' || el.localName === 'option') return '';
  if (el.localName === 'canvas') return cannot(r, 'a place on a drawing (canvas) is no element', sketch);
  if (el.localName === 'input' && el.type === 'file') return cannot(r, 'no verb gives a file', sketch);
  if (el.localName === 'input' && /^(range|color)$/.test(el.type)) return ''; // its input event tells
  const behind = boxBehind(el);
  if (behind || isBox(el)) {
    const on = behind ? behind.checked : isRadio(el) || (el.localName === 'input' ? el.checked : !p.was);
    tell(r, { kind: 'check', on: sketch, on_: on });
    r.opened = p;
    return '';
  }
  const id = tell(r, { kind: 'click', on: sketch, options: p.options }), opener = r.opened;
  r.opened = p;
  if (p.options && opener) watchFace(r, opener, p, id);
  return id;
}

/**
 * watchFace waits for what says that an option was chosen: what opened the list, or something close to it.
 * @param {Recorder} r
 * @param {Pending} opener
 * @param {Pending} option
 * @param {string} id
 */
async function watchFace(r, opener, option, id) {
  const { words, sure } = /** @type {Options} */ (option.options), was = r.drawn;
  for (let i = 0; i < 15 && r.opened === option; i++) {
    await pause(50);
    if (!sure && pageOf() !== option.page) return; // a link to another page, which may have its words for a heading
    if (option.el.isConnected && drawn(option.el)) continue;
    const face = faceOf(opener, words);
    if (!face || !sure && !stayed(face, was)) continue;
    tell(r, { kind: 'chosen', of: id, value: words, shows: face === opener.el ? null : sketchOf(r, face) });
    return;
  }
}

/**
 * stayed says that an element was drawn before, or takes the place of one: what comes with another view, such as the
 * name on a row's own page, is no face of what was opened.
 * @param {El} el
 * @param {WeakSet<Element>} was
 */
function stayed(el, was) {
  const p = parentOf(el);
  return was.has(el) || (p !== null && was.has(p) && [...p.children].every((c) => c === el || was.has(c)));
}

/**
 * faceOf is what says the words of the option: the opener, or the innermost thing close to it.
 * @param {Pending} opener
 * @param {string} words
 * @returns {El | null}
 */
function faceOf(opener, words) {
  let { el } = opener;
  if (!el.isConnected) {
    const again = opener.sketch.offers.find((o) => o.kept);
    const found = again ? find(document, again.candidate).filter(visible) : [];
    if (found.length !== 1) return null;
    [el] = found;
  }
  if (norm(valueOf(el)) === words) return el;
  for (let p = parentOf(el), up = 0; p && p.nodeType === 1 && up < 3; p = parentOf(p), up++) {
    const says = queryAll(p, '*').filter((x) => visible(x) && x.localName !== 'option' && norm(valueOf(x)) === words);
    const inner = says.filter((x) => !says.some((other) => other !== x && x.contains(other)));
    if (inner.length === 1) return inner[0];
  }
  return null;
}

/** @type {(r: Recorder) => void} */
function late(r) {
  const p = r.pending;
  if (!p) return;
  r.pending = null;
  if (p.moved) cannot(r, 'no verb drags', p.sketch);
  else press(r, p);
}

/** @type {(r: Recorder, hit: El, e: any) => void} */
function pointerDown(r, hit, e) {
  r.moves = null;
  r.key = null; // a click that follows comes from the mouse, and not from a key before
  late(r);
  if (e.button > 0) return;
  r.pending = begin(r, hit, e);
  seeDrawn(r);
}

/** @type {(r: Recorder, hit: El, e: any) => void} */
function pointerUp(r, _, e) {
  const p = r.pending;
  if (!p) return;
  p.moved = Math.hypot((e.clientX ?? p.x) - p.x, (e.clientY ?? p.y) - p.y) > farthest;
  setTimeout(() => { if (r.pending === p) late(r); }, 120); // a page that has acted on the press may get no click
}

/** @type {(r: Recorder, hit: El, e: any) => void} */
function clicked(r, hit, e) {
  if (r.key?.id) retract(r, r.key.id);
  if (r.key?.opened) r.opened = r.key.opened;
  r.key = r.moves = null;
  const label = hit.closest?.('label'), control = label?.control;
  const p = r.pending ?? r.label?.pending;
  if (control && control !== hit && !insideOf(hit, control)) {
    const via = r.pending ?? begin(r, hit, e);
    r.pending = null;
    r.label = { pending: via, control };
    setTimeout(() => { if (r.label?.pending === via) { r.label = null; press(r, via); } }, 0);
    return;
  }
  const fits = p && (p === r.pending || r.label?.control === hit);
  r.pending = r.label = null;
  if (fits && p.moved && p.hit !== hit) cannot(r, 'no verb drags', p.sketch);
  else press(r, fits ? p : begin(r, hit, e));
}

/** @type {(r: Recorder, hit: El, e: any) => void} */
function twice(r) { tell(r, { kind: 'twice' }); }

/**
 * typing takes down what a field is about to be typed into, before that shows.
 * @type {(r: Recorder, hit: El, e: any) => void}
 */
function typing(r, hit) {
  const el = fieldOf(hit);
  if (el && isTyped(el) && r.typing?.el !== el) r.typing = { el, id: fresh(), sketch: sketchOf(r, el) };
}

/** @type {(hit: El) => El} */
const fieldOf = (hit) => hit.closest?.('[contenteditable]:not([contenteditable=false])') ?? hit;

const mostTyped = 5000; // characters

/** @type {(r: Recorder, hit: El, e: any) => void} */
function typedInto(r, hit) {
  r.moves = null;
  const el = fieldOf(hit);
  if (el.localName === 'select') { chosenIn(r, el); return; }
  if (el.localName === 'input' && /^(checkbox|radio|file)$/.test(el.type)) return;
  if (!isTyped(el)) {
    if (r.opened?.el !== el) cannot(r, 'no verb moves a slider or takes a colour', sketchOf(r, el));
    return;
  }
  if (r.typing?.el !== el) typing(r, el, null);
  const now = /** @type {{ id: string, sketch: Sketch }} */ (r.typing), value = valueOf(el);
  const secret = now.sketch.secret || secretOf(r, el) || typedBefore(r, el, value);
  if (secret) r.secrets.set(el, { value, kind: secret });
  tell(r, { id: now.id, kind: 'fill', on: now.sketch, value: secret ? '' : value.slice(0, mostTyped), secret });
}

/**
 * typedBefore says what kind of secret a value is, or begins to be, that was typed as one into another field.
 * @param {Recorder} r
 * @param {El} el
 * @param {string} value
 * @returns {string}
 */
function typedBefore(r, el, value) {
  const long = (/** @type {string} */ s) => s.length >= leastSecret;
  const is = [...r.secrets].find(([field, s]) => field !== el && long(value) && long(s.value)
    && (value.includes(s.value) || s.value.startsWith(value)));
  return is?.[1].kind ?? '';
}

/** @type {(r: Recorder, el: El) => void} */
function chosenIn(r, el) {
  if (el.selectedOptions.length > 1) { cannot(r, 'no verb chooses several options', sketchOf(r, el)); return; }
  const sketch = r.pending?.el === el ? r.pending.sketch : sketchOf(r, el);
  r.pending = null;
  tell(r, { kind: 'choose', on: { ...sketch, text: '' }, value: valueOf(el) });
}

/** @type {(r: Recorder, id: string) => void} */
const retract = (r, id) => { tell(r, { kind: 'retracted', of: id, id: fresh() }); };

/**
 * optionAt is the option that a key chooses: what has the focus, or what that points to.
 * @param {El} el
 * @returns {El | null}
 */
function optionAt(el) {
  const id = el.getAttribute?.('aria-activedescendant');
  const at = id ? /** @type {any} */ (el.getRootNode()).getElementById(id) : el;
  return at && optionRoles.includes(roleOf(at) || '') && drawn(at) ? at : null;
}

/**
 * chooses makes presses, as the mouse makes them, of the keys that went to an option and of the one that chose it.
 * @param {Recorder} r
 * @param {El} option
 * @param {any} e
 */
function chooses(r, option, e) {
  const moves = movesFrom(r, deepActive() ?? option);
  for (const id of moves?.ids ?? []) retract(r, id);
  const opener = moves?.opener;
  if (opener && r.opened?.el !== opener.el) press(r, opener);
  r.moves = null;
  const { opened } = r, id = press(r, begin(r, option, e));
  r.key = { key: e.key, id, opened }; // a click may follow
}

/**
 * movesFrom are the keys that went through the options of one list so far, where an element belongs to it.
 * @param {Recorder} r
 * @param {El} el
 */
const movesFrom = (r, el) => (r.moves && (r.moves.opener?.el === el || optionAt(el)) ? r.moves : null);

/** @type {(el: El) => boolean} */
const opensList = (el) => roleOf(el) === 'combobox' || el.hasAttribute('aria-haspopup') || Boolean(optionAt(el));

const pressable = ['Enter', 'Escape', 'Tab', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown'];
const editing = ['a', 'c', 'v', 'x', 'z', 'y'];

/** @type {(r: Recorder, hit: El, e: any) => void} */
function keyDown(r, hit, e) {
  r.key = null;
  const el = deepActive() ?? hit, held = e.ctrlKey || e.metaKey || e.altKey;
  const key = e.key ?? ''; // what fills in a form sends events without one
  // Many a keyboard has signs beside Alt, which passwords have too.
  const sign = key.length === 1 && !editing.includes(key.toLowerCase());
  const writes = e.altKey && !e.metaKey && isTyped(fieldOf(el));
  if (held && (key === 'Enter' || sign && !writes)) {
    cannot(r, `no verb presses ${key} while another key is held`);
    return;
  }
  const option = !held && (key === 'Enter' || key === ' ' && !isTyped(el)) ? optionAt(el) : null;
  if (option) { chooses(r, option, e); return; }
  if (!pressable.includes(e.key)) return;
  const moves = e.key !== 'Enter' && e.key !== 'Escape';
  if (e.key === 'Tab') { // the browser's own way to the next field: each step goes to its target by itself
    r.moves = null;
    if (e.isTrusted) setTimeout(() => { if (e.defaultPrevented) tell(r, { kind: 'press', key: 'Tab' }); }, 0);
    return;
  }
  const own = el.localName === 'select' || el.localName === 'textarea' || el.isContentEditable;
  if (el.localName === 'input' && el.type === 'range') return; // its input event tells
  if (own && e.key !== 'Escape' || moves && isTyped(el) && roleOf(el) !== 'combobox') return;
  if (moves && (el.matches('body,html') || isBox(el))) return; // it scrolls, or goes to the next box
  const on = e.key === 'Escape' || el.matches('body,html') ? null : sketchOf(r, el);
  const id = tell(r, { kind: 'press', key: e.key, on });
  if (e.key === 'Enter') r.key = { key: e.key, id, opened: null };
  const before = movesFrom(r, el);
  r.moves = null;
  if (!on || !opensList(el)) return;
  const at = { el, hit: el, sketch: on, options: null, x: 0, y: 0, page: pageOf(), moved: false, was: isChecked(el) };
  r.moves = { opener: before?.opener ?? (optionAt(el) === el ? null : at), ids: [...before?.ids ?? [], id] };
}

/** @type {Record<string, (r: Recorder, hit: El, e: any) => void>} */
const handlers = {
  pointerdown: pointerDown, pointerup: pointerUp, click: clicked, dblclick: twice,
  beforeinput: typing, input: typedInto, keydown: keyDown,
  contextmenu: (r) => { cannot(r, 'no verb presses the other button of the mouse'); },
  dragstart: (r) => { r.pending = null; cannot(r, 'no verb drags'); },
};

/** The events that a recording hears. */
export const recorded = [...Object.keys(handlers), 'mousedown', 'mouseup', 'keypress', 'keyup', 'paste', 'auxclick'];

/**
 * capture makes gestures of an event of the page.
 * @param {Recorder} r
 * @param {El} hit
 * @param {string} type
 * @param {any} e
 */
export function capture(r, hit, type, e) { handlers[type]?.(r, hit, e); }

/**
 * offered takes down what is on offer, by one of the options or by the select element that has them.
 * @param {Recorder} r
 * @param {El} el
 */
export function offered(r, el) {
  const sure = optionRoles.includes(roleOf(el) || '');
  const options = el.localName === 'select' ? optionsOf(r, el) : alike(r, sure ? el : controlOf(el), sure);
  if (options) tell(r, { kind: 'roles', on: options.list, options });
  else cannot(r, 'it says nothing, or is none of several in a list', sketchOf(r, el));
}
