// Masking: what must not be in a picture is made unreadable before the picture is taken.
import { mayBeClosed } from './closed.js';
import { describe } from './describe.js';
import { foreignFrames } from './foreign.js';
import { secretFields, secretsIn } from './secret.js';
import { visible } from './sight.js';
import { documents, queryAll, roots } from './tree.js';

const maskedFields = `${secretFields},[data-billagent-masked]`;
const maskRules = `
  [data-billagent-foreign] { visibility: hidden !important }
  ${maskedFields} { filter: blur(9px) brightness(.4) !important; -webkit-text-security: disc !important }
  ::highlight(billagent-masked) { color: transparent !important; background-color: #888 !important }`;

/** @typedef {Document | ShadowRoot} SheetRoot */

/**
 * A style sheet that is made by a script is not subject to the page's Content-Security-Policy, as an element would be.
 * @type {{ sheets: [SheetRoot, CSSStyleSheet][], elements: Element[], frames: Element[], asked: Masking }}
 */
const masked = { sheets: [], elements: [], frames: [], asked: {} };

/**
 * mask makes secrets and long numbers unreadable, and with others the rows of everybody but keep. It changes no text.
 * @param {Masking} asked
 * @returns {Readable}
 */
export function mask(asked) {
  masked.asked = asked;
  for (const doc of documents()) {
    const view = doc.defaultView, all = [];
    if (!view) continue;
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(maskRules);
    for (const root of /** @type {SheetRoot[]} */ (roots(doc))) {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      masked.sheets.push([root, sheet]);
      const { ranges, elements } = secretsIn(root, asked);
      all.push(...ranges);
      for (const el of elements) {
        el.setAttribute('data-billagent-masked', '');
        masked.elements.push(el);
      }
      for (const f of foreignFrames(root)) {
        f.setAttribute('data-billagent-foreign', '');
        masked.frames.push(f);
      }
    }
    if (all.length) view.CSS.highlights.set('billagent-masked', new view.Highlight(...all));
  }
  return { readable: notMasked(), closed: mayBeClosed() };
}

/**
 * notMasked names what could be read in a picture though it must not be: the page's own styles may win, and what has
 * appeared since is not masked. Empty, the picture may be taken, or kept.
 * @returns {string}
 */
function notMasked() {
  for (const doc of documents()) {
    const view = doc.defaultView;
    if (!view) continue;
    const highlight = view.CSS.highlights.get('billagent-masked');
    for (const root of roots(doc)) {
      const { ranges, elements } = secretsIn(root, masked.asked);
      if (foreignFrames(root).some(visible)) return 'a frame of another origin is not masked';
      for (const el of /** @type {Set<El>} */ (new Set([...queryAll(root, maskedFields), ...elements]))) {
        if (visible(el) && !/blur/.test(view.getComputedStyle(el).filter)) return `${describe(el)} is not masked`;
      }
      for (const r of ranges) {
        const el = /** @type {El | null} */ (r.startContainer.parentElement);
        if (!el || !visible(el) || el.closest('[data-billagent-masked]')) continue;
        const covered = highlight && [...highlight].some((h) => (
          h.startContainer === r.startContainer && h.startOffset <= r.startOffset && h.endOffset >= r.endOffset));
        const { color } = view.getComputedStyle(el, '::highlight(billagent-masked)');
        if (!covered || !/^rgba\(.*, 0\)$/.test(color)) return `a number in ${el.localName} is not masked`;
      }
    }
  }
  return '';
}

/**
 * unmask takes back what mask did, and says what could be read meanwhile.
 * @returns {Readable}
 */
export function unmask() {
  const said = { readable: notMasked(), closed: mayBeClosed() };
  for (const [root, sheet] of masked.sheets.splice(0)) {
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((s) => s !== sheet);
  }
  for (const el of masked.elements.splice(0)) el.removeAttribute('data-billagent-masked');
  for (const f of masked.frames.splice(0)) f.removeAttribute('data-billagent-foreign');
  for (const doc of documents()) doc.defaultView?.CSS.highlights.delete('billagent-masked');
  return said;
}
