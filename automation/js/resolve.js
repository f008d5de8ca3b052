// Finding things: a target's ranked candidates become one element, or a reason why not.
// Everything runs in an isolated world of the top document and reaches into same-origin frames and open shadow roots.
import { find, foremost, spell } from './candidate.js';
import { describe } from './describe.js';
import { Miss } from './miss.js';
import { drawn, visible } from './sight.js';
import { norm } from './text.js';
import { valueOf } from './value.js';

/**
 * insideFrame steps into a same-origin frame; any other element is its own inside.
 * @param {El} el
 * @returns {Root | Miss}
 */
function insideFrame(el) {
  if (el.localName !== 'iframe' && el.localName !== 'frame') return el;
  let doc = null;
  try { doc = el.contentDocument; } catch { /* another origin */ }
  if (!doc) return new Miss('foreign-frame', `${describe(el)} is a frame of another origin and cannot be looked into`);
  if (doc.readyState === 'loading') return new Miss('missing', `${describe(el)} is still loading`);
  return doc;
}

/**
 * shown is what targets are looked for in. A page of the browser's own, which says that it could not load another, has
 * headings and buttons too: nothing of ours is on it.
 */
export const shown = location.protocol === 'chrome-error:' ? document.implementation.createHTMLDocument('') : document;

/**
 * scopeOf finds where a target is looked for: in the row given, in the target it lies within, or in the document.
 * @param {Candidates} t
 * @param {El} [base]
 * @returns {Root | Miss}
 */
export function scopeOf(t, base) {
  if (base) return base;
  if (!t.within) return shown;
  const outer = resolve(t.within);
  return outer instanceof Miss ? outer : insideFrame(outer.el);
}

/**
 * matches returns the visible elements of the first candidate that has any, and what each candidate tried came to.
 * @param {Candidates} t
 * @param {El} [base]
 * @returns {Matches}
 */
export function matches(t, base) {
  const scope = scopeOf(t, base);
  if (scope instanceof Miss) return { els: [], tried: [], miss: scope };
  const tried = [];
  let hidden = 0;
  for (const c of t.candidates) {
    const all = find(scope, c), seen = foremost(all.filter(base ? drawn : visible)); // a row's list has been looked at
    const unseen = all.length > seen.length ? ` (and ${all.length - seen.length} hidden)` : '';
    tried.push(`${spell(c)}: ${seen.length}${unseen}`);
    hidden += all.length - seen.length;
    if (seen.length) return { els: seen, used: c, tried, scope, alone: all.length === 1 };
  }
  return { els: [], tried, hidden, scope };
}

/**
 * The element that each target was last, by its name, and the candidate that meant it alone, hidden ones included.
 * @type {Map<string, { el: WeakRef<El>, alone: Candidate | null }>}
 */
const foundLast = new Map();

/**
 * lastOf is the element that a target was last, or the one in its place, be it hidden since.
 * @param {Target} t
 * @returns {El | null}
 */
export function lastOf(t) {
  const was = foundLast.get(t.name), el = was?.el.deref();
  if (!was || el?.isConnected) return el ?? null;
  const scope = scopeOf(t), found = was.alone && !(scope instanceof Miss) ? find(scope, was.alone) : [];
  return found.length === 1 ? found[0] : null;
}

/**
 * resolve turns a target into exactly one visible element. Nothing, or more than one, is a Miss.
 * @param {Candidates} t
 * @param {El} [base]
 * @returns {Found | Miss}
 */
export function resolve(t, base) {
  const m = matches(t, base), { tried } = m;
  if (m.miss) return m.miss;
  if (!m.els.length) return new Miss('missing', m.hidden ? 'present but not visible' : 'not on the page', { tried });
  if (m.els.length > 1) {
    const some = m.els.slice(0, 5).map(describe).join(' | ');
    return new Miss('ambiguous', `${m.els.length} matches: ${some}`, { tried });
  }
  const used = /** @type {Candidate} */ (m.used), [el] = m.els;
  if (t.name && !base) foundLast.set(t.name, { el: new WeakRef(el), alone: m.alone ? used : null });
  return { el, used, tried, scope: m.scope };
}

/**
 * saying is the one among what a target matches that says the given words, white space folded.
 * @param {Candidates} t
 * @param {string} words
 * @returns {Found | Miss}
 */
export function saying(t, words) {
  const m = matches(t), { tried } = m;
  if (m.miss) return m.miss;
  const hits = m.els.filter((el) => norm(valueOf(el)) === norm(words));
  if (!hits.length) return new Miss('missing', `none of ${m.els.length} matches says "${words}"`, { tried });
  if (hits.length > 1) return new Miss('ambiguous', `${hits.length} matches say "${words}"`, { tried });
  return { el: hits[0], used: /** @type {Candidate} */ (m.used), tried, scope: m.scope };
}

/**
 * agreed makes sure that every candidate that still matches means the chosen element: asked of irreversible steps.
 * @param {Candidates} t
 * @param {Found} found
 * @returns {Miss | null}
 */
export function agreed(t, found) {
  for (const c of t.candidates) {
    const seen = foremost(find(found.scope, c).filter(visible));
    if (!seen.length || (seen.length === 1 && seen[0] === found.el)) continue;
    const ours = `${spell(found.used)} is ${describe(found.el)}`;
    const theirs = `${spell(c)} is ${seen.slice(0, 3).map(describe).join(' | ')}`;
    return new Miss('ambiguous', `candidates disagree: ${ours}, ${theirs}`, { tried: found.tried });
  }
  return null;
}
