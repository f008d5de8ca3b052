// What a person reads in a part of a page.
import { isUnread } from './foreign.js';
import { shadowOf } from './shadow.js';
import { norm } from './text.js';
import { documentIn, framing } from './tree.js';

const unshown = /^(script|style|template|noscript|head|title|option|optgroup|datalist)$/;
const unreadInput = /^(hidden|password|checkbox|radio|file|image|range|color)$/;

/** @type {(el: El) => boolean} */
const unhidden = (el) => el.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });

/**
 * partsOf lists what is drawn inside a node: a shadow root, what is put into a slot, a frame's document.
 * @param {El} el
 * @returns {Iterable<Node>}
 */
function partsOf(el) {
  if (el.matches(framing)) {
    const root = documentIn(el)?.body ?? documentIn(el)?.documentElement;
    if (root) return [root];
    return el.localName === 'object' ? el.childNodes : []; // which are shown instead of what it has
  }
  if (el.localName === 'details' && !el.open) {
    return [...el.children].filter((c) => c.localName === 'summary').slice(0, 1);
  }
  const shadow = shadowOf(el);
  if (shadow) return shadow.childNodes;
  const slotted = el.localName === 'slot' ? el.assignedNodes({ flatten: true }) : [];
  return slotted.length ? slotted : el.childNodes;
}

/** @type {(root: El) => string} */
export const shownText = (root) => shownIn(root).text;

/**
 * shownIn is what a person reads in an element, what is typed into fields included, and in what of it something may
 * be read that no script can read. Blocks are set apart by a line break, so that no name is read across them; what is
 * typed is given once more as one line, since a name may stand in two fields.
 * @param {El} root
 * @returns {{ text: string, unread: El[] }}
 */
export function shownIn(root) {
  /** @type {string[]} */
  const typed = [];
  /** @type {El[]} */
  const unread = [];
  let out = '';
  /** @param {El} el */
  const field = (el) => {
    if (el.localName === 'input' && unreadInput.test(el.type) || !unhidden(el)) return;
    const value = el.localName === 'select' ? norm(el.selectedOptions[0]?.textContent) : el.value;
    out += ` ${value} `;
    typed.push(value);
  };
  /**
   * @param {any} node
   * @param {boolean} shown
   */
  const visit = (node, shown) => {
    if (node.nodeType === 3) { if (shown) out += node.data; return; }
    if (node.nodeType !== 1 || unshown.test(node.localName)) return;
    if (/^(input|textarea|select)$/.test(node.localName)) { field(node); return; }
    const { display } = getComputedStyle(node);
    if (display === 'none') return;
    const edge = node.localName === 'br' || !/^(inline|contents)/.test(display) && !/^table-cell/.test(display);
    if (edge) out += '\n'; else if (display !== 'inline' && display !== 'contents') out += ' ';
    const visibleHere = display === 'contents' ? shown : unhidden(node);
    if (isUnread(node)) unread.push(node);
    for (const part of partsOf(node)) visit(part, visibleHere);
    if (edge) out += '\n'; else if (display !== 'inline' && display !== 'contents') out += ' ';
  };
  visit(root, unhidden(root));
  const said = ['aria-label', 'title', 'alt'].map((a) => root.getAttribute(a) ?? '').join('\n');
  const lines = `${said}\n${out}\n${typed.join(' ')}`.normalize('NFC').replace(/[\u00ad\u200b]/g, '').split(/\n+/);
  return { text: lines.map(norm).filter(Boolean).join('\n'), unread };
}
