// Examining: how a target is found on a page, where, and what else there could be it. Nothing is acted on.
import { find, foremost } from './candidate.js';
import { describe } from './describe.js';
import { fingerprintOf, tellingIn } from './fingerprint.js';
import { Miss } from './miss.js';
import { offersFor } from './proposal.js';
import { pointOf, topBox } from './point.js';
import { matches, scopeOf } from './resolve.js';
import { drawn, visible } from './sight.js';
import { columnsOf, headerWords, rowByKey, rowElements } from './table.js';
import { frame } from './time.js';

/**
 * baseOf is the row in which a target is looked for, where it is one of a row's parts: the row with a key, else the
 * first.
 * @param {ExamineRequest} req
 * @returns {El | undefined | Miss}
 */
export function baseOf({ row }) {
  if (!row) return undefined;
  if (row.equals) {
    const found = rowByKey(row.table, row.equals);
    return found instanceof Miss ? found : found.el;
  }
  const table = matches(row.table);
  return table.els.length === 1 ? rowElements(table.els[0], row.table.table)[0] : undefined;
}

/**
 * counts says of each candidate how many elements it finds that are seen.
 * @param {Target} target
 * @param {Root} scope
 * @param {boolean} inRow
 * @returns {number[]}
 */
const counts = (target, scope, inRow) => (
  target.candidates.map((c) => foremost(find(scope, c).filter(inRow ? drawn : visible)).length));

/**
 * elsewhere lists what the candidates find where the target is not looked for.
 * @param {Target} target
 * @returns {string[]}
 */
function elsewhere(target) {
  if (!target.within) return [];
  return matches({ candidates: target.candidates }).els.slice(0, 5).map(describe);
}

/**
 * examine says by which candidate a target is found, and where. It scrolls to what it finds, as whoever acts on it
 * would.
 * @param {ExamineRequest} req
 * @returns {Promise<Examined>}
 */
export async function examine(req) {
  const { target } = req;
  /** @type {Examined} */
  const out = { used: -1, counts: [], matches: [], boxes: [], tried: [], elsewhere: [] };
  const base = baseOf(req);
  if (base instanceof Miss) return { ...out, miss: base };
  const m = matches(target, base);
  if (m.miss) return { ...out, miss: m.miss };
  const els = m.els.slice(0, 10);
  if (els.length && !pointOf(els[0])) {
    els[0].scrollIntoView({ behavior: 'instant', block: 'center', inline: 'center' });
    await frame();
  }
  return {
    used: m.used ? target.candidates.indexOf(m.used) : -1,
    counts: counts(target, m.scope, Boolean(base)),
    matches: els.map(describe), boxes: els.map(topBox), tried: m.tried, hidden: m.hidden,
    elsewhere: els.length ? [] : elsewhere(target),
    columns: els.length === 1 && target.table ? columnsOf(els[0], target.table) : undefined,
    headers: els.length === 1 && target.table ? headerWords(els[0], target.table) : undefined,
    fingerprint: els.length === 1 ? fingerprintOf(els[0]) : undefined,
  };
}

/** What the last look listed, for offers about one of it. */
let listed = /** @type {{ els: El[], scope: Root }} */ ({ els: [], scope: document });

/**
 * around lists what a person sees where a target is looked for, with what it looks like and which target it is already.
 * @param {AroundRequest} req
 * @returns {{ elements: { fingerprint: Fingerprint, target: string }[], miss?: Miss }}
 */
export function around({ target, row, others, limit }) {
  const base = baseOf({ target, row });
  const scope = base instanceof Miss ? base : scopeOf(target, base);
  if (scope instanceof Miss) return { elements: [], miss: scope };
  const taken = new Map();
  for (const other of others) {
    const found = matches(other).els;
    if (found.length === 1) taken.set(found[0], other.name);
  }
  const els = tellingIn(scope, limit);
  listed = { els, scope };
  return { elements: els.map((el) => ({ fingerprint: fingerprintOf(el), target: taken.get(el) ?? '' })) };
}

/**
 * offer lists candidates for one of the elements that around has listed.
 * @param {{ index: number }} req
 * @returns {{ offers: Offer[], described: string, box: Box } | Missed}
 */
export function offer({ index }) {
  const el = listed.els[index];
  if (!el || !el.isConnected) return { miss: new Miss('missing', 'what was listed is not on the page any more') };
  return { offers: offersFor(el, listed.scope), described: describe(el), box: topBox(el) };
}

