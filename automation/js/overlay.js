// What is drawn over a page for a person who looks on: a surface in a closed shadow root of our world, so that the
// page's own script cannot reach into it, and outlines of elements. It has no box of its own, so no candidate finds it.
import { common } from './style.js';
import { queryAll } from './tree.js';

/** @typedef {{ box: Box, kind?: string, label?: string }} Mark */

/**
 * make makes an element with classes and a text.
 * @param {string} tag
 * @param {string} [classes]
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function make(tag, classes = '', text = '') {
  const el = document.createElement(tag);
  if (classes) el.className = classes;
  if (text) el.textContent = text;
  return el;
}

/**
 * keyed makes a button, which act is called by when it is pressed.
 * @param {string} text
 * @param {() => void} act
 * @param {string} [classes]
 * @returns {Pressable}
 */
export function keyed(text, act, classes) {
  const el = /** @type {Pressable} */ (make('button', classes, text));
  el.act = act;
  return el;
}

// The page's own style sheets do not win over these.
const bare = {
  all: 'initial', display: 'block', position: 'fixed', left: '0', top: '0', width: '0', height: '0', margin: '0',
  padding: '0', border: '0', overflow: 'visible', background: 'none', 'z-index': '2147483647',
};

/**
 * raise draws an empty surface over the page.
 * @param {string} style
 * @param {string} classes
 * @returns {Surface}
 */
export function raise(style, classes) {
  const host = make('billagent-overlay');
  for (const [name, value] of Object.entries(bare)) host.style.setProperty(name, value, 'important');
  const root = host.attachShadow({ mode: 'closed' }), sheet = new CSSStyleSheet();
  sheet.replaceSync(common + style);
  root.adoptedStyleSheets = [sheet];
  const shields = make('div'), marks = make('div'), box = make('div', `surface ${classes}`);
  root.append(shields, marks, box);
  host.popover = 'manual';
  const surface = { host, root, box, marks, shields, above: -1 };
  stay(surface);
  return surface;
}

/**
 * above counts what the page shows in the browser's top layer, over which the surface is to be.
 * @param {Surface} s
 * @returns {number}
 */
const above = ({ host }) => (
  [...document.querySelectorAll('dialog:modal, [popover]:popover-open')].filter((el) => el !== host).length);

/**
 * stay puts the surface back where a page has taken it away, and over what the page has put over it.
 * @param {Surface} s
 */
export function stay(s) {
  if (!s.host.isConnected) { document.documentElement?.append(s.host); s.above = -1; }
  if (!s.host.isConnected) return;
  const now = above(s);
  if (now === s.above) return;
  s.above = now;
  const focused = /** @type {HTMLElement | null} */ (s.root.activeElement);
  if (s.host.matches(':popover-open')) s.host.hidePopover();
  s.host.showPopover();
  focused?.focus();
}

/**
 * lower takes the surface away.
 * @param {Surface} s
 */
export const lower = (s) => s.host.remove();

/**
 * mark outlines elements, in the place of those before.
 * @param {Surface} s
 * @param {Mark[]} all
 */
export function mark(s, all) {
  s.marks.replaceChildren(...all.flatMap(({ box, kind, label }) => {
    const el = make('div', `mark ${kind ?? ''}`);
    set(el, { left: box.x - 3, top: box.y - 3, width: box.w + 6, height: box.h + 6 });
    if (!label) return [el];
    const tag = make('div', `tag ${kind ?? ''}`, label);
    set(tag, { left: Math.max(2, box.x - 3), top: box.y > 24 ? box.y - 23 : box.y + box.h + 5 });
    return [el, tag];
  }));
  for (const tag of /** @type {Iterable<HTMLElement>} */ (s.marks.querySelectorAll('.tag'))) {
    const over = tag.getBoundingClientRect().right + 2 - window.innerWidth;
    if (over > 0) set(tag, { left: Math.max(2, tag.offsetLeft - over) });
  }
}

/**
 * shield covers frames of other origins, which cannot be looked into: a click there would reach them.
 * @param {Surface} s
 * @param {boolean} on
 */
export function shield(s, on) {
  const foreign = on ? queryAll(document, 'iframe,frame').filter((f) => !f.contentDocument) : [];
  s.shields.replaceChildren(...foreign.map((f) => {
    const el = make('div', 'shield'), r = f.getBoundingClientRect();
    set(el, { left: r.left, top: r.top, width: r.width, height: r.height });
    return el;
  }));
}

/** @type {(el: HTMLElement, box: Record<string, number>) => void} */
export const set = (el, box) => {
  for (const [name, value] of Object.entries(box)) el.style.setProperty(name, `${Math.round(value)}px`);
};

/** @type {(el: Element, x: number, y: number) => boolean} */
const holds = (el, x, y) => {
  const r = el.getBoundingClientRect();
  return r.width > 0 && x >= r.left && x < r.right && y >= r.top && y < r.bottom;
};

/**
 * covers says that an event of the top document is on the surface, also where a modal dialog of the page takes its
 * clicks.
 * @param {Surface} s
 * @param {any} e
 * @returns {boolean}
 */
export const covers = (s, e) => e.clientX !== undefined && holds(s.box, e.clientX, e.clientY);

/**
 * press does what the button does that an event is on. The event itself goes no further, so that no listener of the
 * button's own would hear it.
 * @param {Surface} s
 * @param {any} e
 */
export function press(s, e) {
  const all = /** @type {Pressable[]} */ ([...s.root.querySelectorAll('button')]);
  const byKey = e.detail === 0;
  const inView = (/** @type {Element} */ b) => holds(b, e.clientX, e.clientY)
    && holds(b.closest('.body') ?? s.box, e.clientX, e.clientY);
  const hit = all.find((b) => (byKey ? b === s.root.activeElement : inView(b)));
  if (hit && hit.getAttribute('aria-disabled') !== 'true') hit.act?.();
}
