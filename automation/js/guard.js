// The guard: the browser's own input events are let through only if they reach the element that is acted on.
//
// Every document has its listeners from its start, before any script of the page, so that no listener of the page's
// can come first and silence them. A document's isolated world shares no values with another's: the listeners ask by
// events, whose names hold a word that the page does not know. What is asked at the element hit is answered by the
// world of the top document, which alone knows what is acted on.
import { Miss } from './miss.js';
import { openHere } from './opening.js';
import { hitOf } from './shadow.js';
import { frame, pause } from './time.js';
import { documents, toCome } from './tree.js';

const guardWord = 'BILLAGENT_GUARD_WORD'; // put in by the Go side, another one for each page

export const pointerEvents = [
  'pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'auxclick', 'dblclick', 'contextmenu',
];
export const typingEvents = ['beforeinput', 'keydown', 'keypress', 'paste'];
/** What a key may cause: the browser presses a button for it, or submits a form. */
export const pressEvents = ['click', 'submit'];
/** What only a recording asks for. */
const recordedEvents = ['input', 'dragstart', 'keyup'];

const alive = guardWord, stray = `${guardWord} stray`;

/** @type {(type: string) => string} */
const armedFor = (type) => `${guardWord} armed ${type}`;

/** @type {(type: string) => string} */
const mayPass = (type) => `${guardWord} may pass ${type}`;

/** The input event of this document that was examined last. */
let examined = /** @type {Event | null} */ (null);

/** @type {(e: Event) => string | undefined} */
const typeOf = (e) => e.type.split(' ').at(-1);

const asking = { cancelable: true, composed: true };

/** @type {(target: any, name: string) => boolean} */
const asks = (target, name) => !target.dispatchEvent(new Event(name, asking));

/**
 * asksOf asks about an input event where it hits. Which key it is, or where the pointer is, goes along: no other world
 * can see the event itself.
 * @param {any} target
 * @param {any} e
 * @returns {boolean}
 */
function asksOf(target, e) {
  const name = mayPass(e.type);
  if (e.key !== undefined) {
    return !target.dispatchEvent(new KeyboardEvent(name, { ...asking, key: e.key, shiftKey: e.shiftKey }));
  }
  const byKey = e.type === 'click' && e.detail === 0; // it has no place of its own
  if (e.clientX === undefined || byKey) return asks(target, name);
  return !target.dispatchEvent(new MouseEvent(name, { ...asking, clientX: e.clientX, clientY: e.clientY }));
}

/**
 * examine asks whether an input event may pass. Without an answer from the world that is armed it may not: then the
 * event is in a frame that appeared after arming.
 * @param {Event} e
 */
function examine(e) {
  if (!e.isTrusted) return;
  let expected = false;
  try { expected = asks(top, armedFor(e.type)); } catch { /* a frame of another origin is never acted on */ }
  examined = e;
  if (!expected || asksOf(e.composedPath()[0], e)) return;
  asks(top, stray);
  e.preventDefault();
  e.stopImmediatePropagation();
}

/**
 * isToCome says that the document of a window is not the one that it is to show. The window is used again then:
 * listeners that are put in from here would stay, answer, and hear no input any more. The script of the frame's own
 * puts in others.
 * @param {Window} w
 * @returns {boolean}
 */
function isToCome(w) {
  const frame = w === window ? null : /** @type {El | null} */ (w.frameElement);
  return Boolean(frame) && toCome(/** @type {El} */ (frame), w.document);
}

/**
 * install puts the listeners into a window, unless those it has answer.
 * @param {Window} w
 */
export function install(w) {
  if (isToCome(w) || asks(w, alive)) return;
  w.addEventListener(alive, (e) => e.preventDefault());
  const types = new Set([...pointerEvents, ...typingEvents, ...pressEvents, ...recordedEvents]);
  for (const t of types) w.addEventListener(t, examine, true);
}

/**
 * armed holds what is armed, by token.
 * @type {Map<string, Armed>}
 */
export const armed = new Map();
let serial = 0;

/**
 * arm lets trusted events of the named types through only if `judge` has no objection to the element they hit.
 * @param {Act} act
 * @param {string[]} types
 * @param {(hit: El, type: string) => Miss | null} judge
 * @returns {string} the token to finish with
 */
export function arm(act, types, judge) {
  const token = String(++serial);
  const state = /** @type {Armed} */ ({ ...act, delivered: /** @type {string[]} */ ([]), refused: null });
  /** @param {Event} e */
  const yes = (e) => e.preventDefault();
  /** @param {Event} e */
  const answer = (e) => {
    const hit = hitOf(e), type = /** @type {string} */ (typeOf(e));
    if (!state.refused) state.refused = judge(hit, type);
    if (!state.refused) {
      e.preventDefault();
      state.delivered.push(type);
      if (type === 'click' && state.here) openHere(hit);
    }
    tell(token, state);
  };
  const elsewhere = () => {
    state.refused ??= new Miss('missed', 'the event reached a frame that was not there before');
    tell(token, state);
  };
  /** @param {Event} e */
  const files = (e) => { state.file ||= hitOf(e).matches?.('input[type=file]'); };
  /** @typedef {[w: Window, name: string, f: (e: Event) => void]} Listener */
  const listeners = [
    /** @type {Listener} */ ([window, stray, elsewhere]),
    ...types.map((t) => /** @type {Listener} */ ([window, armedFor(t), yes])),
  ];
  for (const w of /** @type {Window[]} */ (documents().map((d) => d.defaultView).filter(Boolean))) {
    install(w);
    listeners.push(...types.map((t) => /** @type {Listener} */ ([w, mayPass(t), answer])), [w, 'click', files]);
  }
  state.listen = () => { for (const [w, name, f] of listeners) w.addEventListener(name, f, true); };
  state.listen();
  state.disarm = () => {
    for (const [w, name, f] of listeners) {
      try { w.removeEventListener(name, f, true); } catch { /* the frame has gone */ }
    }
    armed.delete(token);
  };
  armed.set(token, state);
  return token;
}

/**
 * unheard says that a window or one of its frames shows a document that is not among those given.
 * @param {Window} w
 * @param {WeakSet<Document>} heard
 * @returns {boolean}
 */
function unheard(w, heard) {
  try { if (!heard.has(w.document)) return true; } catch { return false; /* another origin */ }
  return Array.from({ length: w.length }, (_, i) => w[i]).some((inner) => unheard(inner, heard));
}

/**
 * watch has a judge rule on every trusted event of the named types in all frames, until stop is called: what it does
 * not let pass never reaches the page. A document that appears later is listened to with the first event there.
 * @param {string[]} types
 * @param {(hit: El, type: string, e: Event) => boolean} lets is given the event itself in the top document, elsewhere
 *   what asks about it, which has no more than the key or the place
 * @returns {{ listen: () => void, stop: () => void }}
 */
export function watch(types, lets) {
  const token = String(++serial), heard = new WeakSet();
  /** @param {Event} e */
  const yes = (e) => {
    if (unheard(window, heard)) listen();
    e.preventDefault();
  };
  /** @param {Event} e */
  const answer = (e) => {
    const hit = hitOf(e), type = /** @type {string} */ (typeOf(e));
    const own = hit.getRootNode?.({ composed: true }) === document && examined;
    if (lets(hit, type, own || e)) e.preventDefault();
  };
  const windows = new Set(/** @type {Window[]} */ ([]));
  const listen = () => {
    for (const t of types) window.addEventListener(armedFor(t), yes, true);
    for (const d of documents()) {
      const w = d.defaultView;
      if (!w || isToCome(w)) continue;
      install(w);
      heard.add(d);
      windows.add(w);
      for (const t of types) w.addEventListener(mayPass(t), answer, true);
    }
  };
  const stop = () => {
    armed.delete(token);
    for (const t of types) {
      window.removeEventListener(armedFor(t), yes, true);
      for (const w of windows) {
        try { w.removeEventListener(mayPass(t), answer, true); } catch { /* the frame has gone */ }
      }
    }
  };
  const delivered = /** @type {string[]} */ ([]);
  armed.set(token, /** @type {Armed} */ ({ delivered, refused: null, listen, disarm: stop }));
  listen();
  return { listen, stop };
}

/**
 * tell reports at once, since the page may be gone before it is asked.
 * @type {(token: string, s: Armed) => void}
 */
const tell = (token, s) => globalThis.billagentReport?.(JSON.stringify(verdict(token, s)));

/** @type {(token: string, s: Armed) => Verdict} */
const verdict = (token, s) => ({ token, delivered: s.delivered, refused: s.refused, file: s.file });

/**
 * finish disarms and says what reached the element. A form is submitted in a task of its own after the click: it waits
 * until that has begun, so that the browser has announced the navigation before the answer is read.
 * @param {{ token: string }} req
 * @returns {Promise<Verdict>}
 */
export async function finish({ token }) {
  const s = armed.get(token);
  if (!s) return { token, delivered: [], gone: true };
  s.disarm();
  await frame();
  await pause(0);
  return verdict(token, s);
}
