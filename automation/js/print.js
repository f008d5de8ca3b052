// Prints: whether what a target shows has changed, or its document was replaced.
import { hashOf } from './hash.js';
import { Miss } from './miss.js';
import { resolve } from './resolve.js';
import { frame, pause } from './time.js';
import { queryAll } from './tree.js';
import { valueOf } from './value.js';

/**
 * printOf hashes what a target shows, its fields included, once a frame has been drawn. busy says that it says so
 * itself, gone that it is not there, empty that it shows no text outside its head.
 * @param {TargetRequest} req
 * @returns {Promise<Print>}
 */
export async function printOf({ target }) {
  await frame();
  await pause(50);
  const found = resolve(target);
  if (found instanceof Miss) return { print: '', busy: false, gone: true, empty: true };
  const text = /** @type {string} */ (found.el.textContent);
  const fields = queryAll(found.el, 'input,select,textarea').map((el) => `${valueOf(el)} ${el.checked}`);
  const busy = Boolean(found.el.closest('[aria-busy=true]') || found.el.querySelector('[aria-busy=true]'));
  const head = queryAll(found.el, 'thead').map((el) => el.textContent).join('');
  const empty = text.replace(head, '').trim() === '' && fields.length === 0;
  return { print: hashOf(text + '\u0000' + fields.join('\u0000')), busy, gone: false, empty };
}

/** @type {{ doc: Document, frame: El | null } | null} */
let marked = null;

/**
 * mark remembers the document a target is in, and replaced says whether another has taken its place since.
 * @param {TargetRequest} req
 * @returns {Partial<Missed>}
 */
export function mark({ target }) {
  const found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  const doc = found.el.ownerDocument;
  marked = { doc, frame: /** @type {El | null} */ (doc.defaultView?.frameElement || null) };
  return {};
}

/**
 * @param {{ wait: number }} req
 * @returns {Promise<{ replaced: boolean }>}
 */
export async function replaced({ wait }) {
  const end = performance.now() + wait;
  for (;;) {
    if (!marked) return { replaced: true }; // this document is the other one
    const { doc, frame: holder } = marked;
    if (!doc.defaultView || (holder && (!holder.isConnected || holder.contentDocument !== doc))) {
      marked = null;
      return { replaced: true };
    }
    if (performance.now() >= end) return { replaced: false };
    await pause(20);
  }
}
