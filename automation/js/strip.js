// Strips: which parts of a page a picture needs to show that somebody is on a list, and as what.
import { Miss } from './miss.js';
import { topBox } from './point.js';
import { resolve } from './resolve.js';
import { visible } from './sight.js';
import { rowByKey } from './table.js';
import { frame } from './time.js';
import { queryAll } from './tree.js';

/** @type {(el: El) => Strip} */
const stripOf = (el) => {
  const box = topBox(el);
  return { from: box.y + window.scrollY, to: box.y + box.h + window.scrollY };
};

/**
 * windowsOf are the windows that an element is in, its own first and the page's last.
 * @param {El} el
 * @returns {Window[]}
 */
function windowsOf(el) {
  const out = [/** @type {Window} */ (el.ownerDocument.defaultView)];
  while (out[out.length - 1] !== window) out.push(out[out.length - 1].parent);
  return out;
}

/** @type {(list: El) => Strip} */
function headOf(list) {
  const headers = queryAll(list, 'th, [role=columnheader]').filter(visible).map(stripOf);
  return { from: 0, to: headers.length ? Math.max(...headers.map((h) => h.to)) : stripOf(list).from };
}

/**
 * showRow brings the row with a key into view, and says where it is then. Where the page is not scrolled for it, it
 * says where the list's headers end, too.
 * @param {StripRequest} req
 * @returns {Promise<{ row: Strip, head?: Strip } | Missed>}
 */
export async function showRow(req) {
  const before = rowByKey(req.table, req.equals);
  if (before instanceof Miss) return { miss: before };
  before.el.scrollIntoView({ block: 'center', behavior: 'instant' });
  await frame();
  const list = resolve(req.table), row = rowByKey(req.table, req.equals); // it may have been drawn anew
  if (list instanceof Miss) return { miss: list };
  if (row instanceof Miss) return { miss: row };
  const scrolled = windowsOf(list.el).some((w) => w.scrollY > 0);
  return scrolled ? { row: stripOf(row.el) } : { row: stripOf(row.el), head: headOf(list.el) };
}

/**
 * showHead goes to the top of the page, and says where the list's headers end.
 * @param {{ table: ListTarget }} req
 * @returns {Promise<{ head: Strip } | Missed>}
 */
export async function showHead(req) {
  const list = resolve(req.table);
  if (list instanceof Miss) return { miss: list };
  for (const w of windowsOf(list.el)) w.scrollTo({ top: 0, behavior: 'instant' });
  await frame();
  return { head: headOf(list.el) };
}
