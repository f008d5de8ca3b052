// Reading tables: all rows of a page, or of a whole scrolled list, in one evaluate.

// headersOf maps the words of a table's column headers to their position.
function headersOf(table, spec) {
  const cells = queryAll(table, spec.header_cells || 'thead th, [role=columnheader]');
  return new Map(cells.map((el, i) => [norm(el.textContent), i]));
}

const rowElements = (table, spec) => queryAll(table, spec.rows).filter((el) => el.checkVisibility());

// cellOf finds a row's cell for a column: below a header, or by a candidate of its own.
function cellOf(row, col, headers, spec) {
  if (col.header !== undefined) {
    const i = headers.get(norm(col.header));
    if (i === undefined) return new Miss('missing', `no column is headed "${col.header}": there are ${[...headers.keys()].map((k) => `"${k}"`).join(', ')}`);
    const cell = queryAll(row, spec.cells || ':scope > td, :scope > [role=gridcell], :scope > [role=cell]')[i];
    return cell ? { el: cell } : null;
  }
  const found = resolve({ candidates: col.candidates }, row);
  return found instanceof Miss ? (found.kind === 'missing' ? null : found) : found;
}

// rowByKey finds the one row whose key cell equals a value. None and two are Misses.
function rowByKey(table, equals) {
  const found = resolve(table);
  if (found instanceof Miss) return found;
  const spec = table.table, col = spec.columns[spec.key], headers = headersOf(found.el, spec), hits = [];
  for (const row of rowElements(found.el, spec)) {
    const cell = cellOf(row, col, headers, spec);
    if (cell instanceof Miss) return cell;
    if (cell && same(cellText(cell.el, col), equals, spec.fold)) hits.push(row);
  }
  if (hits.length === 0) return new Miss('no-row', `no row has ${spec.key} "${equals}"`);
  if (hits.length > 1) return new Miss('ambiguous', `${hits.length} rows have ${spec.key} "${equals}"`);
  const row = hits[0];
  return { el: row, readKey: () => { const cell = cellOf(row, col, headersOf(found.el, spec), spec); return cell && !(cell instanceof Miss) ? cellText(cell.el, col) : null; } };
}

const cellText = (el, col) => (col.attr ? el.getAttribute(col.attr) || '' : bare(col.hidden ? el.textContent : el.innerText));

// collect reads every row now in the document into arrays of cell texts, in the order of `names`.
function collect(table, el) {
  const spec = table.table, headers = headersOf(el, spec), names = Object.keys(spec.columns).sort(), rows = [];
  for (const row of rowElements(el, spec)) {
    const out = [];
    for (const n of names) {
      const cell = cellOf(row, spec.columns[n], headers, spec);
      if (cell instanceof Miss) return cell;
      out.push(cell ? cellText(cell.el, spec.columns[n]) : null);
    }
    if (out[names.indexOf(spec.key)]) rows.push(out);
  }
  return { names, rows };
}

const signature = (rows) => rows.map((r) => r.join('\u0001')).join('\u0002');

// settled waits until a table is there, says it is not busy, reads the same twice a frame apart, and differs from `unlike`.
async function settled(table, wait, unlike) {
  const end = performance.now() + wait;
  let last = null, why = new Miss('missing', 'not looked for yet');
  for (;;) {
    const found = resolve(table);
    if (found instanceof Miss) { why = found; last = null; }
    else if (found.el.closest('[aria-busy=true]') || found.el.querySelector('[aria-busy=true]')) { why = new Miss('busy', 'the table says it is busy'); last = null; }
    else if (found.el.ownerDocument.readyState === 'loading') { why = new Miss('busy', 'the page is still loading'); last = null; }
    else {
      const got = collect(table, found.el);
      if (got instanceof Miss) { why = got; last = null; }
      else {
        const sig = signature(got.rows);
        if (unlike !== undefined && unlike !== null && sig === unlike) why = new Miss('unchanged', 'the table still shows the page before');
        else if (last === sig) return { el: found.el, ...got, sig };
        else { why = new Miss('busy', 'the table is still changing'); }
        last = sig;
      }
    }
    if (performance.now() >= end) return why;
    await frame();
  }
}

// counter reads how many rows there are in all, by the page's own word: the last number in its text.
function counter(req) {
  if (!req.counter) return null;
  const found = resolve(req.counter);
  if (found instanceof Miss) return null;
  const numbers = norm(valueOf(found.el)).match(/\d[\d., \u202f]*/g);
  return numbers ? Number(numbers.at(-1).replace(/\D/g, '')) : null;
}

const hashOf = (s) => { let h = 5381; for (let i = 0; i < s.length; i++) h = ((h << 5) + h + s.charCodeAt(i)) | 0; return h + ':' + s.length; };
const seenPages = new Map();

// rows reads the page of a table that is shown now. `unlike` is the mark of the page before, which must have gone.
async function rows(req) {
  const before = req.unlike ? seenPages.get(req.unlike) ?? null : null;
  let got = await settled(req.table, req.wait, before);
  if (!(got instanceof Miss) && req.unlike && before === null && hashOf(got.sig) === req.unlike) got = new Miss('unchanged', 'the table still shows the page before');
  if (got instanceof Miss) return { miss: got };
  const mark = hashOf(got.sig);
  seenPages.clear(); seenPages.set(mark, got.sig);
  const out = { names: got.names, rows: got.rows, mark, total: counter(req) };
  if (req.next) {
    const s = stateOf(req.next);
    out.next = s.state; out.nextDetail = s.detail;
  }
  return out;
}

// scrollerOf finds what scrolls a list: itself, or the nearest thing around it that does.
function scrollerOf(el) {
  for (let p = el; p && p.nodeType === 1; p = parentOf(p)) if (p.scrollHeight > p.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(p).overflowY)) return p;
  return el;
}

// scroll reads a list that draws only what is in view: from a position on, viewport by viewport, at most `limit` rows.
async function scroll(req) {
  const found = resolve(req.table);
  if (found instanceof Miss) return { miss: found };
  const end = performance.now() + req.wait, out = new Map();
  const first = await settled(req.table, req.wait);
  if (first instanceof Miss) return { miss: first };
  const el = scrollerOf(found.el);
  let names = [], pos = req.from;
  for (;;) {
    el.scrollTop = pos;
    await frame();
    const got = await settled(req.table, Math.max(0, end - performance.now()));
    if (got instanceof Miss) return { miss: got };
    names = got.names;
    for (const r of got.rows) out.set(r.join('\u0001'), r);
    const bottom = Math.ceil(el.scrollTop + el.clientHeight) >= el.scrollHeight - 1;
    const next = el.scrollTop + Math.max(1, Math.floor(el.clientHeight * 0.8));
    if (bottom || out.size >= req.limit || performance.now() >= end) return { names, rows: [...out.values()], pos: next, bottom, total: counter(req) };
    pos = next;
  }
}

// reveal scrolls a list that draws only what is in view until the row with a key is drawn.
async function reveal(req) {
  const end = performance.now() + req.wait;
  const found = resolve(req.table);
  if (found instanceof Miss) return { miss: found };
  const first = await settled(req.table, req.wait);
  if (first instanceof Miss) return { miss: first };
  const el = scrollerOf(found.el);
  for (let pos = 0; ; pos = el.scrollTop + Math.max(1, Math.floor(el.clientHeight * 0.8))) {
    el.scrollTop = pos;
    await frame();
    const got = await settled(req.table, Math.max(0, end - performance.now()));
    if (got instanceof Miss) return { miss: got };
    const row = rowByKey(req.table, req.equals);
    if (!(row instanceof Miss)) { row.el.scrollIntoView({ block: 'center', behavior: 'instant' }); await frame(); return { found: true }; }
    if (row.kind !== 'no-row') return { miss: row };
    if (Math.ceil(el.scrollTop + el.clientHeight) >= el.scrollHeight - 1) return { found: false };
    if (performance.now() >= end) return { miss: new Miss('busy', 'the list was not read to its end in time') };
  }
}
